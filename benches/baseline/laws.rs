//! One struct a law, stepped as the workload's recursion reads.

use rand::rngs::SmallRng;
use rand_distr::{Distribution, Normal, Poisson, StandardNormal, StudentT};

use super::{Law, STEP_YEARS};

/// Geometric Brownian motions, all pairs equally correlated.
#[derive(Clone)]
pub struct Gbm {
    volatilities: Vec<f64>,
    factor: Vec<Vec<f64>>,
}

impl Gbm {
    pub fn new(volatilities: &[f64], correlation: f64) -> Self {
        Self { volatilities: volatilities.to_vec(), factor: factor(volatilities.len(), correlation) }
    }
}

/// Lower Cholesky factor of equal correlations.
fn factor(n: usize, correlation: f64) -> Vec<Vec<f64>> {
    let mut factor = vec![vec![0.0; n]; n];
    for i in 0..n {
        for j in 0..=i {
            let dot: f64 = (0..j).map(|k| factor[i][k] * factor[j][k]).sum();
            factor[i][j] = if i == j { (1.0 - dot).sqrt() } else { (correlation - dot) / factor[j][j] };
        }
    }
    factor
}

impl Law for Gbm {
    fn begin(&mut self) {}

    fn draw(&self, rng: &mut SmallRng) -> f64 {
        StandardNormal.sample(rng)
    }

    fn log_return(&mut self, i: usize, z: &[f64], _: &mut SmallRng) -> f64 {
        let v = self.volatilities[i];
        let driver: f64 = (0..=i).map(|j| self.factor[i][j] * z[j]).sum();
        -0.5 * v * v * STEP_YEARS + v * STEP_YEARS.sqrt() * driver
    }
}

/// Heston's law by the full-truncation Euler scheme (Lord, Koekkoek and van Dijk 2010).
#[derive(Clone)]
pub struct Heston {
    law: ringfence::paths::Heston,
    /// √(1 − ρ²).
    rest: f64,
    /// Where the path stands.
    variance: f64,
}

impl Heston {
    /// Without drift.
    pub fn new(law: ringfence::paths::Heston) -> Self {
        Self { rest: (1.0 - law.correlation * law.correlation).sqrt(), variance: law.initial_variance, law }
    }
}

impl Law for Heston {
    fn begin(&mut self) {
        self.variance = self.law.initial_variance;
    }

    fn draw(&self, rng: &mut SmallRng) -> f64 {
        StandardNormal.sample(rng)
    }

    fn log_return(&mut self, i: usize, z: &[f64], rng: &mut SmallRng) -> f64 {
        let other: f64 = StandardNormal.sample(rng);
        let positive = self.variance.max(0.0);
        let deviation = (positive * STEP_YEARS).sqrt();
        self.variance += self.law.mean_reversion * (self.law.long_run_variance - positive) * STEP_YEARS
            + self.law.vol_of_vol * deviation * (self.law.correlation * z[i] + self.rest * other);
        -0.5 * positive * STEP_YEARS + deviation * z[i]
    }
}

/// Merton's jump diffusion.
#[derive(Clone)]
pub struct Merton {
    drift: f64,
    deviation: f64,
    arrivals: Poisson<f64>,
    size: Normal<f64>,
}

impl Merton {
    /// `rate` a year; sizes of the given mean and standard deviation. `None` for a rate or a deviation out of range.
    pub fn new(volatility: f64, rate: f64, mean: f64, std: f64) -> Option<Self> {
        let compensator = rate * ((mean + 0.5 * std * std).exp() - 1.0);
        Some(Self {
            drift: (-0.5 * volatility * volatility - compensator) * STEP_YEARS,
            deviation: volatility * STEP_YEARS.sqrt(),
            arrivals: Poisson::new(rate * STEP_YEARS).ok()?,
            size: Normal::new(mean, std).ok()?,
        })
    }
}

impl Law for Merton {
    fn begin(&mut self) {}

    fn draw(&self, rng: &mut SmallRng) -> f64 {
        StandardNormal.sample(rng)
    }

    fn log_return(&mut self, i: usize, z: &[f64], rng: &mut SmallRng) -> f64 {
        let mut log_return = self.drift + self.deviation * z[i];
        for _ in 0..self.arrivals.sample(rng) as u64 {
            log_return += self.size.sample(rng);
        }
        log_return
    }
}

/// GARCH(1,1) with Student-t innovations of unit variance, without a convexity correction.
#[derive(Clone)]
pub struct GarchT {
    alpha: f64,
    beta: f64,
    /// Long-run variance of a step.
    long_run: f64,
    /// To unit variance.
    scale: f64,
    innovation: StudentT<f64>,
    /// Where the path stands.
    variance: f64,
}

impl GarchT {
    /// `None` for degrees of freedom that are none.
    pub fn new(volatility: f64, alpha: f64, beta: f64, degrees: f64) -> Option<Self> {
        let long_run = volatility * volatility * STEP_YEARS;
        let scale = ((degrees - 2.0) / degrees).sqrt();
        let innovation = StudentT::new(degrees).ok()?;
        Some(Self { alpha, beta, long_run, scale, innovation, variance: long_run })
    }
}

impl Law for GarchT {
    fn begin(&mut self) {
        self.variance = self.long_run;
    }

    fn draw(&self, rng: &mut SmallRng) -> f64 {
        self.innovation.sample(rng)
    }

    fn log_return(&mut self, i: usize, drawn: &[f64], _: &mut SmallRng) -> f64 {
        let r = self.variance.sqrt() * self.scale * drawn[i];
        let omega = self.long_run * (1.0 - self.alpha - self.beta);
        self.variance = omega + self.alpha * r * r + self.beta * self.variance;
        r
    }
}
