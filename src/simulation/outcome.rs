use serde::de::{Deserializer, Error as _};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};

use super::mode_name;
use super::twins::Twins;
use crate::domain::MarginMode;
use crate::statistics::{Distribution, Moments};

/// What all paths of one mode add up to. Counts are numbers of paths.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ModeOutcome {
    /// The mode.
    #[serde(with = "mode_name")]
    pub mode: MarginMode,
    /// At least one position was force-closed.
    pub any: u64,
    /// Every position was force-closed.
    pub all: u64,
    /// This position was force-closed; in the portfolio's order.
    pub positions: Vec<u64>,
    /// Equity fell to the ruin level or below.
    pub ruin: u64,
    /// `first_liquidation[k]`: paths whose first forced close was seen at step k, `k = 0 ..= steps`
    /// (entry 0 is always 0).
    pub first_liquidation: Vec<u64>,
    /// Maximum drawdown relative to the running peak, unit 1, in `[0, 1]`.
    pub drawdown_relative: Distribution,
    /// Maximum drawdown in account currency.
    pub drawdown_absolute: Distribution,
    /// Final equity minus opening equity, in account currency.
    pub pnl: Distribution,
    /// Paths with any shortfall.
    pub shortfall_paths: u64,
    /// Shortfall in account currency over all paths (0 where there was none).
    pub shortfall: Moments,
    /// Opening equity minus final equity over the paths with any forced close, account currency. Not kept over antithetic
    /// pairs, nor are fees and funding.
    pub loss_when_liquidated: Moments,
    /// Fees paid over all paths, those at entry among them, account currency.
    pub fees: Moments,
    /// Funding paid less funding received over all paths, account currency.
    pub funding: Moments,
    /// The same account counted in quote, where the account is in coin.
    pub quote: Option<QuoteOutcome>,
}

/// An account in coin counted in quote at the marks of each step; not kept over antithetic pairs.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct QuoteOutcome {
    /// Maximum drawdown relative to the running peak, unit 1, in `[0, 1]`.
    pub drawdown_relative: Distribution,
    /// Maximum drawdown.
    pub drawdown_absolute: Distribution,
    /// Final equity minus opening equity.
    pub pnl: Distribution,
}

/// A 2×2 table over paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TwoByTwo {
    /// Both modes.
    pub both: u64,
    /// The first mode only.
    pub a_only: u64,
    /// The second mode only.
    pub b_only: u64,
    /// Neither.
    pub neither: u64,
}

/// Two modes compared path by path; differences are `a − b`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PairOutcome {
    /// Index of the first mode in [`RunOutcome::modes`].
    pub a: usize,
    /// Index of the second.
    pub b: usize,
    /// Liquidated at all.
    pub liquidation: TwoByTwo,
    /// Per position, in the portfolio's order.
    pub positions: Vec<TwoByTwo>,
    /// Difference of maximum relative drawdowns.
    pub drawdown_relative: Moments,
    /// Difference of profits, account currency.
    pub pnl: Moments,
    /// Difference of shortfalls, account currency.
    pub shortfall: Moments,
}

/// Ledger against kernel on a sample of the run's paths.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Audit {
    /// Paths compared, each in every mode.
    pub paths: u64,
    /// Steps of each path that were compared, from the first.
    pub steps: u64,
    /// Paths given up because an amount outgrew exact decimals.
    pub left_out: u64,
    /// Liquidations seen, the same in both.
    pub events: u64,
    /// Largest difference of any compared amount, as a fraction of opening equity, or of itself if larger.
    pub max_balance_error: f64,
}

/// One mode's paths liquidated at all, under both kinds of monitoring.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct ModeBias {
    /// With margin checked at steps.
    pub at_steps: u64,
    /// With margin checked at every moment.
    pub continuous: u64,
    /// Only with margin checked at every moment.
    pub only_continuous: u64,
    /// Estimate of what continuous monitoring still misses, a share of paths: pools of several assets are checked at
    /// a finite number of times inside a step.
    pub residual: f64,
}

/// What checking margin at steps only misses, on a part of the run's paths.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepBias {
    /// Paths looked at.
    pub paths: u64,
    /// Per mode, in the run's order.
    pub modes: Vec<ModeBias>,
}

/// One mode over the sampled paths.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SampledMode {
    /// The mode.
    #[serde(with = "mode_name")]
    pub mode: MarginMode,
    /// `equity[path][i]` at `PathSample::steps[i]`, account currency.
    pub equity: Vec<Vec<f64>>,
    /// Step of the first forced close of each path, if any.
    pub first_liquidation: Vec<Option<u64>>,
    /// Maximum relative drawdown of each path.
    pub drawdown_relative: Vec<f64>,
}

/// The first paths of the run, kept for pictures only.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct PathSample {
    /// Steps at which equity was recorded, from 0 to the last step, rising.
    pub steps: Vec<u64>,
    /// Per mode, in the run's order.
    pub modes: Vec<SampledMode>,
}

impl PathSample {
    /// Whether every mode has the same paths, each with an equity at every step, and only numbers.
    fn is_sound(&self) -> bool {
        let paths = self.modes.first().map_or(0, |mode| mode.equity.len());
        let row =
            |row: &Vec<f64>| row.len() == self.steps.len() && row.iter().all(|equity| equity.is_finite());
        self.steps.is_sorted()
            && self.modes.iter().all(|mode| {
                let lengths = [mode.equity.len(), mode.first_liquidation.len(), mode.drawdown_relative.len()];
                lengths == [paths; 3]
                    && mode.equity.iter().all(row)
                    && mode.drawdown_relative.iter().all(|drawdown| drawdown.is_finite())
            })
    }
}

impl Serialize for PathSample {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for PathSample {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let sample = Self::deserialize(deserializer)?;
        if sample.is_sound() { Ok(sample) } else { Err(D::Error::custom("sampled paths are not complete")) }
    }
}

/// How the step returns of two assets are correlated on the first paths of a run.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Correlation {
    /// Index of the first asset.
    pub a: usize,
    /// Index of the second.
    pub b: usize,
    /// Correlation of log returns, over all steps and paths looked at; `None` where one of them never moves.
    pub realised: Option<f64>,
    /// Its standard error by the delete-one jackknife over groups of paths.
    pub std_error: Option<f64>,
    /// Groups of paths that the standard error is from.
    pub groups: u64,
    /// Paths looked at.
    pub paths: u64,
    /// Steps of each that were looked at, from the first.
    pub steps: u64,
}

/// Everything a run adds up to.
#[derive(Debug, Clone)]
pub struct RunOutcome {
    /// Number of paths folded.
    pub paths: u64,
    /// Per mode, in the scenario's order.
    pub modes: Vec<ModeOutcome>,
    /// Every pair of modes, a before b.
    pub pairs: Vec<PairOutcome>,
    /// Paths on which a price left the range of numbers and was held at its edge.
    pub held_paths: u64,
    /// Totals over pairs of paths, where paths were drawn in pairs.
    pub twins: Option<Twins>,
    /// What checking margin at steps only misses, where it was looked at and every law has a path inside steps.
    pub step_bias: Option<StepBias>,
    /// Every two assets, the first before the second; none unless they were looked at.
    pub correlations: Vec<Correlation>,
}
