//! Regime switching (Hamilton 1989; in continuous time Guo 2001): in state i, d ln S = (drift_i − volatility_i²/2) dt +
//! volatility_i dB, and the state is a continuous-time Markov chain, independent of B.
//!
//! A state lasts an exponential time of its mean duration; the transition probabilities then choose the next. The instants
//! of switches do not depend on the step: the log return of a step is normal with the mean and variance of the times
//! spent in each state, so that the step is exact.

use rand_distr::Distribution;
use rand_distr::weighted::WeightedIndex;

use crate::lanes::{LANES, Lanes};
use crate::paths::catalogue::parameter_table::{ModelEntry, Parameter, Range, ValueKind};
use crate::paths::catalogue::parameters::{DRIFT, VOLATILITY};
use crate::paths::draws::Draws;
use crate::paths::log_return_bound::LogReturnBound;
use crate::paths::market_context::MarketContext;
use crate::paths::models::gbm::GbmStep;
use crate::paths::parameter_reader::ParameterReader;
use crate::paths::price_model::{FormulaModel, ModelStep, PriceModel, StepSetting};
use crate::paths::stream::{Purpose, Stream, unit_exponential};
use crate::paths::wording::{DAYS_PER_YEAR, diffusion, short};
use crate::text::format::percent_trimmed;

/// One state.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct State {
    /// Drift of the price per year in this state.
    pub drift: f64,
    /// Volatility per square-root year in this state, `>= 0`.
    pub volatility: f64,
    /// Mean duration, years, `> 0`; infinite where it is never left.
    pub mean_duration_years: f64,
}

/// Parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct Regime {
    /// The states, at least one.
    pub states: Vec<State>,
    /// Row-major, `states × states`: probability that a state, when left, is followed by another; rows sum to 1, the
    /// diagonal is 0.
    pub transition: Vec<f64>,
    /// Probability of each state at time 0.
    pub start: Vec<f64>,
}

/// Long-run share of time in each state, from the transition probabilities and the mean durations; `None` where it
/// depends on the start, or rows do not sum to 1.
pub fn stationary(transition: &[f64], durations: &[f64]) -> Option<Vec<f64>> {
    let n = durations.len();
    if n == 1 {
        return Some(vec![1.0]);
    }
    // ν(P − 1) = 0 with Σν = 1 in place of the last equation; columns are equations.
    let mut rows: Vec<Vec<f64>> = (0..n)
        .map(|j| {
            (0..n).map(|i| transition[i * n + j] - if i == j { 1.0 } else { 0.0 }).chain([0.0]).collect()
        })
        .collect();
    rows[n - 1] = vec![1.0; n + 1];
    for column in 0..n {
        let pivot = (column..n).max_by(|a, b| rows[*a][column].abs().total_cmp(&rows[*b][column].abs()))?;
        rows.swap(column, pivot);
        if rows[column][column].abs() < 1e-12 {
            return None;
        }
        for other in (0..n).filter(|other| *other != column) {
            let factor = rows[other][column] / rows[column][column];
            for k in column..=n {
                let taken = factor * rows[column][k];
                rows[other][k] -= taken;
            }
        }
    }
    let weights: Vec<f64> = (0..n).map(|i| (rows[i][n] / rows[i][i]).max(0.0) * durations[i]).collect();
    let total: f64 = weights.iter().sum();
    (total > 0.0 && total.is_finite()).then(|| weights.iter().map(|w| w / total).collect())
}

/// Share of time below which a state counts as one that is never entered.
const LEAST_SHARE: f64 = 1e-12;

/// Keys of a state.
const STATE: [Parameter; 3] = [
    Parameter { meaning: "of the price in this state", ..DRIFT },
    Parameter { meaning: "in this state", ..VOLATILITY },
    Parameter {
        name: "mean_duration",
        unit: "",
        value: ValueKind::Duration,
        default: Some("for ever, with one state only"),
        example: "\"20d\"",
        meaning: "how long the state lasts on average",
    },
];

/// The parameter table.
const PARAMETERS: [Parameter; 2] = [
    Parameter {
        name: "states",
        unit: "",
        value: ValueKind::Tables(16, &STATE),
        default: None,
        example: "[{ drift = 0.3, volatility = 0.4, mean_duration = \"60d\" }, { drift = -0.6, volatility = 1.0, \
                  mean_duration = \"15d\" }]",
        meaning: "the states; one is drawn at time 0 by its share of time",
    },
    Parameter {
        name: "transition",
        unit: "",
        value: ValueKind::Matrix(Range::closed(0.0, 1.0)),
        default: Some("to the other, with two states"),
        example: "[[0, 1], [1, 0]]",
        meaning: "row by row, the probability that a state is followed by each other; the diagonal is 0",
    },
];

impl PriceModel for Regime {
    const ENTRY: &'static ModelEntry = &ModelEntry {
        kind: "regime",
        summary: "drift and volatility that switch between states",
        formula: &[
            "in state i: d ln S = (drift_i − volatility_i²/2) dt + volatility_i dB",
            "a state lasts an exponential time; the transition probabilities choose the next",
        ],
        discretisation: "exact in distribution for any step; switches happen at their own instants",
        source: "Hamilton 1989; in continuous time Guo 2001",
        limits: "The state at time 0 is drawn from the long-run shares of time. A switch inside a step is seen by its \
                 share of the step's variance.",
        is_continuous: true,
        parameters: &PARAMETERS,
    };

    type Step = RegimeStep;

    fn step(&self, setting: &StepSetting) -> RegimeStep {
        RegimeStep::new(self, setting.common_return, setting.step_years)
    }

    /// Switches, over the shares of time at the start.
    fn events_per_year(&self) -> f64 {
        self.states.iter().zip(&self.start).map(|(state, share)| share / state.mean_duration_years).sum()
    }

    fn relative_cost(&self) -> f64 {
        1.6
    }

    fn describe(&self, _context: &MarketContext<'_>) -> String {
        let n = self.states.len();
        let state = |index: usize| {
            let state = &self.states[index];
            let duration = if state.mean_duration_years.is_finite() {
                let days = short(state.mean_duration_years * DAYS_PER_YEAR);
                format!(" for {days} {} on average", if days == "1" { "day" } else { "days" })
            } else {
                String::new()
            };
            let share = percent_trimmed(libm::round(self.start[index] * 1e4) / 1e4);
            let follow: Vec<String> = (0..n)
                .filter(|to| n > 2 && self.transition[index * n + to] > 0.0)
                .map(|to| format!("{to} ({})", percent_trimmed(self.transition[index * n + to])))
                .collect();
            let follow =
                if follow.is_empty() { String::new() } else { format!(", then to {}", follow.join(", ")) };
            format!(
                "{index}: {}{duration}{follow} ({share} of the time)",
                diffusion(state.drift, state.volatility)
            )
        };
        let states: Vec<String> = (0..n).map(state).collect();
        format!("switches between states; {}", states.join("; "))
    }
}

impl FormulaModel for Regime {
    fn read<E>(parameters: &mut dyn ParameterReader<E>) -> Result<Self, E> {
        let mut states = Vec::new();
        parameters.tables("states", &mut |state, count| {
            let (drift, volatility) = (state.number("drift")?, state.number("volatility")?);
            let mean_duration_years = if count == 1 {
                state.ignored_duration("mean_duration", "the only state is never left")?;
                f64::INFINITY
            } else {
                state.mean_duration("mean_duration")?
            };
            states.push(State { drift, volatility, mean_duration_years });
            Ok(())
        })?;
        let transition = parameters.transitions("transition", states.len())?;
        let durations: Vec<f64> = states.iter().map(|state| state.mean_duration_years).collect();
        let Some(start) = stationary(&transition, &durations) else {
            let problem = format!(
                "`{}`: some states cannot be reached from others, so that the long-run shares of time, with which a \
                 path starts, are not unique",
                parameters.path("transition")
            );
            return Err(parameters.refuse("", &problem, "make every state reachable from every other"));
        };
        if let Some(index) = start.iter().position(|share| *share < LEAST_SHARE) {
            let problem = format!(
                "`{}.{index}` is never entered in the long run: the recurring states do not lead to it",
                parameters.path("states")
            );
            let help = "remove the state, or give it a probability in another state's row";
            return Err(parameters.refuse("states", &problem, help));
        }
        Ok(Self { states, transition, start })
    }

    /// The largest of any state.
    fn annual_variance(&self) -> f64 {
        self.states.iter().map(|s| s.volatility * s.volatility).fold(0.0, f64::max)
    }

    fn log_return_bound(&self, _price: f64, years: f64) -> LogReturnBound {
        let drift = self.states.iter().map(|state| state.drift.abs()).fold(0.0, f64::max);
        LogReturnBound::of_drift(drift, self.annual_variance().sqrt(), 0.0, years)
    }
}

/// One step.
#[derive(Debug, Clone)]
pub struct RegimeStep {
    /// Mean and deviation of a step spent in one state.
    whole: Vec<GbmStep>,
    /// Mean duration in steps.
    duration: Vec<f64>,
    /// For each state, the distribution of the state that follows it; `None` where no other state can.
    successor: Vec<Option<WeightedIndex<f64>>>,
    /// The distribution of the state at time 0.
    start: Option<WeightedIndex<f64>>,
}

/// The states of a block's paths.
#[derive(Debug, Clone)]
pub struct RegimeState {
    streams: Vec<Stream>,
    state: [usize; LANES],
    /// When the state is left, in steps.
    until: [f64; LANES],
    earliest: f64,
    mean: Lanes,
    scale: Lanes,
    /// Deviation of the step just made.
    made: Lanes,
}

impl RegimeStep {
    /// From annual parameters; `compensation` is taken from every state's drift.
    pub fn new(model: &Regime, compensation: f64, step_years: f64) -> Self {
        let whole = |s: &State| GbmStep::new(s.drift - compensation, s.volatility, step_years);
        Self {
            whole: model.states.iter().map(whole).collect(),
            duration: model.states.iter().map(|s| s.mean_duration_years / step_years).collect(),
            successor: model.transition.chunks(model.states.len()).map(weighted).collect(),
            start: weighted(&model.start),
        }
    }

    /// Sums up the step of every lane that switches in it.
    #[cold]
    #[inline(never)]
    fn switch(&self, state: &mut RegimeState, end: f64, mean: &mut Lanes) {
        for lane in 0..LANES {
            if state.until[lane] > end {
                continue;
            }
            let (mut at, mut sum, mut variance) = (end - 1.0, 0.0, 0.0);
            while at < end {
                let now = &self.whole[state.state[lane]];
                let part = state.until[lane].min(end) - at;
                sum += now.mean * part;
                variance += now.scale * now.scale * part;
                if state.until[lane] > end {
                    break;
                }
                at = state.until[lane];
                self.leave(state, lane);
            }
            mean[lane] = sum;
            state.made[lane] = variance.sqrt();
            let now = &self.whole[state.state[lane]];
            (state.mean[lane], state.scale[lane]) = (now.mean, now.scale);
        }
        state.find_earliest();
    }

    fn leave(&self, state: &mut RegimeState, lane: usize) {
        let left = state.state[lane];
        let stream = &mut state.streams[lane];
        let next = choose(self.successor[left].as_ref(), left, stream);
        state.state[lane] = next;
        state.until[lane] += self.duration_of(next, stream);
    }

    /// How long a state lasts, in steps.
    fn duration_of(&self, state: usize, stream: &mut Stream) -> f64 {
        let mean = self.duration[state];
        if mean.is_finite() { mean * unit_exponential(stream) } else { f64::INFINITY }
    }
}

impl ModelStep for RegimeStep {
    type State = RegimeState;

    fn begin(&self, stream: impl Fn(usize, Purpose) -> Stream) -> RegimeState {
        let mut streams: Vec<Stream> = (0..LANES).map(|lane| stream(lane, Purpose::Switch)).collect();
        let state: [usize; LANES] = std::array::from_fn(|l| choose(self.start.as_ref(), 0, &mut streams[l]));
        let until = std::array::from_fn(|l| self.duration_of(state[l], &mut streams[l]));
        let mut begun = RegimeState {
            streams,
            state,
            until,
            earliest: 0.0,
            mean: std::array::from_fn(|l| self.whole[state[l]].mean),
            scale: std::array::from_fn(|l| self.whole[state[l]].scale),
            made: [0.0; LANES],
        };
        begun.find_earliest();
        begun
    }

    #[inline(always)]
    fn advance(&self, state: &mut RegimeState, before: &Lanes, after: &mut Lanes, draws: &Draws<'_>) {
        let (step, driver) = (draws.step, draws.driver);
        let mut mean = state.mean;
        state.made = state.scale;
        if state.earliest <= step as f64 {
            self.switch(state, step as f64, &mut mean);
        }
        for l in 0..LANES {
            after[l] = before[l] + (mean[l] + state.made[l] * f64::from(driver[l]));
        }
    }

    fn step_variance(&self, state: &RegimeState, row: &mut Lanes) {
        *row = state.made.map(|deviation| deviation * deviation);
    }
}

/// The distribution of an index with these probabilities; an index of probability 0 is never drawn. `None` where all
/// are 0.
fn weighted(probabilities: &[f64]) -> Option<WeightedIndex<f64>> {
    WeightedIndex::new(probabilities).ok()
}

/// Draws a state; `default` where there is no distribution to draw from. It uses sums and comparisons only, so that
/// every processor draws the same state.
fn choose(distribution: Option<&WeightedIndex<f64>>, default: usize, stream: &mut Stream) -> usize {
    distribution.map_or(default, |distribution| distribution.sample(stream))
}

impl RegimeState {
    fn find_earliest(&mut self) {
        self.earliest = self.until.iter().fold(f64::INFINITY, |least, time| least.min(*time));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_description_names_all_parameters() {
        let state = |volatility, days: f64| State {
            drift: 0.0,
            volatility,
            mean_duration_years: days / DAYS_PER_YEAR,
        };
        let regime = Regime {
            states: vec![state(0.4, 60.0), state(1.0, 20.0)],
            transition: vec![0.0, 1.0, 1.0, 0.0],
            start: vec![0.75, 0.25],
        };
        assert_eq!(
            regime.describe(&MarketContext::default()),
            "switches between states; 0: drift 0 % and volatility 40 % a year for 60 days on average (75 % of the \
             time); 1: drift 0 % and volatility 100 % a year for 20 days on average (25 % of the time)"
        );
    }
}
