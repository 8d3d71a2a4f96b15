//! Numbers with their uncertainty, as the document has them.

use crate::domain::{Decimal, to_f64};
use crate::report::document::{DistributionResult, DrawdownResult, Frequency, Keyed, PnlResult};
use crate::statistics::{
    Distribution, MeanEstimate, Moments, mean_half_width, proportion_std_error, rank_interval, wilson,
};

/// Quantile levels and the keys they are given under.
pub const LEVELS: [(&str, f64); 9] = [
    ("0.01", 0.01),
    ("0.05", 0.05),
    ("0.1", 0.1),
    ("0.25", 0.25),
    ("0.5", 0.5),
    ("0.75", 0.75),
    ("0.9", 0.9),
    ("0.95", 0.95),
    ("0.99", 0.99),
];
/// Levels of tail measures, and the share of paths beyond them (written out: 1 − 0.95 is not 0.05).
const TAILS: [(&str, f64); 2] = [("0.95", 0.05), ("0.99", 0.01)];

/// Ranks of the bounds of a quantile.
type Ranks = (Option<u64>, Option<u64>);
/// A value at each level.
type AtLevels = Keyed<Option<f64>>;

/// A finite number, zero without a sign; `None` for what JSON cannot say.
pub fn number(value: f64) -> Option<f64> {
    value.is_finite().then_some(value + 0.0)
}

/// The nearest f64.
pub fn decimal(value: Decimal) -> Option<f64> {
    number(to_f64(value))
}

/// A mean with its standard error and bounds.
#[derive(Default)]
pub struct MeanResult {
    pub mean: Option<f64>,
    pub std_error: Option<f64>,
    pub low: Option<f64>,
    pub high: Option<f64>,
}

impl MeanResult {
    /// In another unit: `convert` multiplies by what is positive.
    pub fn converted(self, convert: impl Fn(f64) -> f64) -> Self {
        let scale = |value: Option<f64>| value.and_then(|v| number(convert(v)));
        Self {
            mean: scale(self.mean),
            std_error: scale(self.std_error),
            low: scale(self.low),
            high: scale(self.high),
        }
    }

    /// With the opposite sign.
    fn negated(self) -> Self {
        let minus = |value: Option<f64>| value.and_then(|v| number(-v));
        Self {
            mean: minus(self.mean),
            std_error: self.std_error,
            low: minus(self.high),
            high: minus(self.low),
        }
    }
}

/// Estimates over so many paths.
pub struct Estimator {
    paths: u64,
    confidence: f64,
    /// Per quantile level and per tail.
    ranks: Vec<Ranks>,
    tail_ranks: Vec<Ranks>,
}

impl Estimator {
    /// For measures that every one of `paths` paths has.
    pub fn new(paths: u64, confidence: f64) -> Self {
        let ranks = |levels: &[(&str, f64)]| {
            levels.iter().map(|(_, p)| rank_interval(paths, *p, confidence)).collect()
        };
        Self { paths, confidence, ranks: ranks(&LEVELS), tail_ranks: ranks(&TAILS) }
    }

    /// `count` of `of` paths.
    pub fn frequency(&self, count: u64, of: u64) -> Frequency {
        let bounds = wilson(count, of, self.confidence);
        Frequency {
            count,
            frequency: bounds.map(|_| count as f64 / of as f64),
            std_error: proportion_std_error(count, of),
            low: bounds.map(|b| b.low),
            high: bounds.map(|b| b.high),
        }
    }

    /// A mean of `n` values.
    pub fn mean(&self, estimate: Option<MeanEstimate>, n: u64) -> MeanResult {
        let Some(MeanEstimate { mean, std_error }) = estimate else { return MeanResult::default() };
        let half = mean_half_width(n, self.confidence).zip(std_error).map(|(factor, error)| factor * error);
        MeanResult {
            mean: number(mean),
            std_error: std_error.and_then(number),
            low: half.and_then(|half| number(mean - half)),
            high: half.and_then(|half| number(mean + half)),
        }
    }

    /// The mean of all values.
    pub fn mean_of(&self, moments: &Moments) -> MeanResult {
        let estimate = moments.mean().map(|mean| MeanEstimate { mean, std_error: moments.std_error() });
        self.mean(estimate, moments.count())
    }

    /// Ranks of the bounds of the quantile at a level, among all paths.
    fn ranks(&self, level: usize) -> Ranks {
        self.ranks.get(level).copied().unwrap_or_default()
    }

    /// Moments and quantiles.
    pub fn distribution(&self, values: &Distribution) -> DistributionResult {
        let moments = values.moments();
        let mean = self.mean_of(moments);
        let at_rank = |rank: Option<u64>| rank.and_then(|rank| values.at_rank(rank));
        DistributionResult {
            mean: mean.mean,
            std_error: mean.std_error,
            low: mean.low,
            high: mean.high,
            std: moments.std().and_then(number),
            min: moments.min().and_then(number),
            max: moments.max().and_then(number),
            resolution: values.resolution().and_then(number),
            quantiles: at_levels(|_, p| values.quantile(p)),
            quantiles_low: at_levels(|level, _| at_rank(self.ranks(level).0)),
            quantiles_high: at_levels(|level, _| at_rank(self.ranks(level).1)),
        }
    }

    /// A kind of drawdown.
    pub fn drawdown(&self, values: &Distribution) -> DrawdownResult {
        let [cdar, cdar_std_error, cdar_low, cdar_high] = self.tails(|share| values.upper_tail(share), false);
        let distribution = self.distribution(values);
        DrawdownResult { distribution, cdar, cdar_std_error, cdar_low, cdar_high }
    }

    /// Profit and loss; losses are positive in its tail measures.
    pub fn pnl(&self, values: &Distribution) -> PnlResult {
        let loss_at = |rank: Option<u64>| rank.and_then(|rank| values.at_rank(rank)).map(|v| -v);
        let ranks = |tail: usize| self.tail_ranks.get(tail).copied().unwrap_or_default();
        let [
            expected_shortfall,
            expected_shortfall_std_error,
            expected_shortfall_low,
            expected_shortfall_high,
        ] = self.tails(|share| values.lower_tail(share), true);
        PnlResult {
            distribution: self.distribution(values),
            value_at_risk: in_tails(|_, share| values.quantile(share).map(|v| -v)),
            // A loss is least where the profit is largest.
            value_at_risk_low: in_tails(|tail, _| loss_at(ranks(tail).1)),
            value_at_risk_high: in_tails(|tail, _| loss_at(ranks(tail).0)),
            expected_shortfall,
            expected_shortfall_std_error,
            expected_shortfall_low,
            expected_shortfall_high,
        }
    }

    /// Means of the tails: value, standard error, lower and upper bound.
    fn tails(&self, tail: impl Fn(f64) -> Option<MeanEstimate>, negate: bool) -> [AtLevels; 4] {
        let result = |share: f64| {
            let mean = self.mean(tail(share), (share * self.paths as f64) as u64);
            if negate { mean.negated() } else { mean }
        };
        [
            in_tails(|_, share| result(share).mean),
            in_tails(|_, share| result(share).std_error),
            in_tails(|_, share| result(share).low),
            in_tails(|_, share| result(share).high),
        ]
    }
}

/// A value at every quantile level, by index and level.
pub fn at_levels(value: impl Fn(usize, f64) -> Option<f64>) -> AtLevels {
    keyed(&LEVELS, value)
}

fn in_tails(value: impl Fn(usize, f64) -> Option<f64>) -> AtLevels {
    keyed(&TAILS, value)
}

fn keyed(levels: &[(&str, f64)], value: impl Fn(usize, f64) -> Option<f64>) -> AtLevels {
    levels
        .iter()
        .enumerate()
        .map(|(index, (key, p))| ((*key).to_owned(), value(index, *p).and_then(number)))
        .collect()
}
