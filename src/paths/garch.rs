//! GARCH(1,1) with leverage (Bollerslev 1986; Glosten, Jagannathan and Runkle 1993):
//! r = drift·dt − h/2 + √h·ε, h' = ω + (α + γ·1{ε < 0})·h·ε² + β·h, ω = h̄·(1 − α − β − γ/2).
//!
//! ε is normal or Student-t scaled to unit variance (Bollerslev 1987). The parameters belong to an `interval`: h is
//! updated once per interval from that interval's return, and the steps inside it share h equally. For normal ε
//! `E[S_t] = S_0·exp(drift·t)`; for Student-t that expectation does not exist and −h/2 is a convention.
//!
//! Kept relative to the long-run variance h̄ = volatility²·interval: started at 1, so that with α = β = γ = 0 the
//! price is a geometric Brownian motion bit for bit. A Student-t is a normal with a random variance,
//! (ν − 2)/χ²_ν, drawn once per interval; assets share the draw (a multivariate Student-t), so that they keep the
//! correlation of their drivers, and have large moves together.

use super::asset::Draws;
use super::gbm::half_variance;
use super::table::NormalTable;
use crate::lanes::{LANES, Lanes, Normals};

/// Parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Garch {
    /// Drift of the price per year.
    pub drift: f64,
    /// Long-run volatility per square-root year, `>= 0`.
    pub volatility: f64,
    /// Weight of the last squared return, `>= 0`.
    pub alpha: f64,
    /// Weight of the last variance, `>= 0`.
    pub beta: f64,
    /// Additional weight of the last squared return where it was a loss; `alpha + gamma >= 0`.
    pub gamma: f64,
    /// Distribution of ε.
    pub innovations: Innovations,
    /// Length of the interval in steps, `>= 1`.
    pub interval_steps: u32,
    /// Variance at time 0 in units of the long-run variance, `>= 0`.
    pub initial_variance: f64,
}

/// Distribution of an innovation; all have mean 0 and variance 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Innovations {
    /// Normal.
    Normal,
    /// Student-t with so many degrees of freedom, `> 2`.
    StudentT(f64),
}

impl Garch {
    /// α + β + γ/2, below 1 where the variance returns to its long-run value.
    pub fn persistence(&self) -> f64 {
        self.alpha + self.beta + 0.5 * self.gamma
    }
}

/// A variance beyond it, in units of the long-run one, is as good as infinite: the variance is clamped to it.
const LARGEST_VARIANCE: f64 = 1e30;

/// One step.
#[derive(Debug, Clone)]
pub struct GarchStep {
    growth: f64,
    half_variance: f64,
    scale: f64,
    omega: f64,
    model: Garch,
    /// 1/√(steps of an interval).
    share: f32,
    /// √((ν − 2)/χ²_ν) at the normal deviate of its probability; `None` for normal innovations.
    mixing: Option<NormalTable>,
}

/// Where every path of a block stands.
#[derive(Debug, Clone)]
pub struct GarchState {
    /// h in units of the long-run variance.
    variance: Lanes,
    /// √h of the present interval, mixing included; right to a relative 4e-7 (1e-6 for mixings beyond 6 deviations).
    spread: Normals,
    /// The interval's innovation so far, in units of the long-run standard deviation.
    innovation: Normals,
    /// Steps left in the interval.
    left: u32,
}

impl GarchStep {
    /// From annual parameters. `drift` is what is left for the diffusion once jumps are compensated.
    pub fn new(model: &Garch, drift: f64, step_years: f64) -> Self {
        Self {
            growth: drift * step_years,
            half_variance: half_variance(model.volatility, step_years),
            scale: model.volatility * step_years.sqrt(),
            omega: 1.0 - model.persistence(),
            share: (1.0 / f64::from(model.interval_steps).sqrt()) as f32,
            mixing: match model.innovations {
                Innovations::Normal => None,
                Innovations::StudentT(nu) => Some(NormalTable::student_mixing(nu)),
            },
            model: *model,
        }
    }

    /// Whether a step consumes a normal beside the driver.
    pub fn is_mixed(&self) -> bool {
        self.mixing.is_some()
    }

    /// The state before the first step.
    pub fn begin(&self) -> GarchState {
        GarchState {
            variance: [self.model.initial_variance; LANES],
            spread: [0.0; LANES],
            innovation: [0.0; LANES],
            left: 0,
        }
    }

    /// The log prices a step after `before`. The asset's own normals are read at the start of an interval, where
    /// innovations are mixed.
    #[inline(always)]
    pub fn advance(&self, state: &mut GarchState, before: &Lanes, after: &mut Lanes, draws: &Draws<'_>) {
        if state.left == 0 {
            state.left = self.model.interval_steps;
            state.innovation = [0.0; LANES];
            self.spread(state, draws.normals);
        }
        for l in 0..LANES {
            let move_ = state.spread[l] * draws.driver[l];
            state.innovation[l] += move_ * self.share;
            let drift = self.growth - self.half_variance * state.variance[l];
            after[l] = before[l] + (drift + self.scale * f64::from(move_));
        }
        state.left -= 1;
        if state.left == 0 {
            self.update(state);
        }
    }

    /// √h, and what the interval's random variance makes of it.
    #[inline(always)]
    fn spread(&self, state: &mut GarchState, deviates: &Normals) {
        for l in 0..LANES {
            state.spread[l] = (state.variance[l] as f32).sqrt();
        }
        if let Some(table) = &self.mixing {
            let mut mixing = [0.0; LANES];
            table.at(deviates, &mut mixing);
            for l in 0..LANES {
                state.spread[l] *= mixing[l];
            }
        }
    }

    #[inline(always)]
    fn update(&self, state: &mut GarchState) {
        let Garch { alpha, beta, gamma, .. } = self.model;
        for l in 0..LANES {
            let e = f64::from(state.innovation[l]);
            let weight = if e < 0.0 { alpha + gamma } else { alpha };
            let next = self.omega + weight * (e * e) + beta * state.variance[l];
            state.variance[l] = if next < LARGEST_VARIANCE { next } else { LARGEST_VARIANCE };
        }
    }

    /// Variance of the log price over the step just made.
    #[inline(always)]
    pub fn step_variance(&self, state: &GarchState, lane: usize) -> f64 {
        let deviation = self.scale * f64::from(state.spread[lane]);
        deviation * deviation
    }
}
