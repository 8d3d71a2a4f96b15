//! Numbers with their uncertainty, as the document has them.

use crate::domain::{Decimal, to_f64};
use crate::result::document::Frequency;
use crate::result::document::mode::{DistributionResult, DrawdownResult, MeanOfPaths, PnlResult};
use crate::result::document::ordered_map::OrderedMap;
use crate::simulation::{TwinMeasure, Twins};
use crate::statistics::{
    Distribution, Interval, LARGEST_EFFECT, MeanEstimate, Moments, Tail, TwinProportion, largest_tail_effect,
    mean_half_width, proportion_std_error, rank_interval, widened_ranks, wilson_of_clusters,
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
type AtLevels = OrderedMap<Option<f64>>;

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

/// What is known of the sampling error of an estimate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Spread {
    /// Its variance is so many times that of independent paths: 1 for those, measured for pairs of paths.
    Effect(f64),
    /// Nothing: paths overlap.
    Unknown,
}

impl Spread {
    /// The design effect, where error can be stated.
    fn effect(self) -> Option<f64> {
        match self {
            Self::Effect(effect) => Some(effect),
            Self::Unknown => None,
        }
    }
}

/// How the paths of a run depend on each other.
#[derive(Debug, Clone, Copy)]
pub enum Uncertainty<'a> {
    /// Not at all.
    Independent,
    /// In pairs, by whose totals the dependence is measured.
    Pairs(&'a Twins),
    /// They overlap: no sampling error can be stated.
    Unknown,
}

/// Estimates over so many paths.
pub struct Estimator<'a> {
    paths: u64,
    confidence: f64,
    uncertainty: Uncertainty<'a>,
    /// Per quantile level and per tail.
    ranks: Vec<Ranks>,
    tail_ranks: Vec<Ranks>,
}

impl<'a> Estimator<'a> {
    /// For measures that every one of `paths` paths has.
    pub fn new(paths: u64, confidence: f64, uncertainty: Uncertainty<'a>) -> Self {
        let ranks = |levels: &[(&str, f64)]| {
            levels.iter().map(|(_, p)| rank_interval(paths, *p, confidence)).collect()
        };
        Self { paths, confidence, uncertainty, ranks: ranks(&LEVELS), tail_ranks: ranks(&TAILS) }
    }

    /// How the paths depend on each other.
    pub fn uncertainty(&self) -> Uncertainty<'a> {
        self.uncertainty
    }

    /// Of the share of all paths that `count` of them are; `both` pairs of them are counted whole.
    pub fn spread(&self, count: u64, both: Option<u64>) -> Spread {
        match (self.uncertainty, both) {
            (Uncertainty::Independent, _) => Spread::Effect(1.0),
            (Uncertainty::Pairs(twins), Some(both)) => {
                Spread::Effect(TwinProportion { count, both, pairs: twins.pairs }.design_effect())
            }
            (Uncertainty::Pairs(_), None) => Spread::Effect(LARGEST_EFFECT),
            (Uncertainty::Unknown, _) => Spread::Unknown,
        }
    }

    /// Of estimates over the liquidated paths, or those with a shortfall: there pairs are not followed, and one is taken
    /// to be worth one path, the least it can be.
    pub fn worst_spread(&self) -> Spread {
        self.spread(0, None)
    }

    /// `count` of `of` paths.
    pub fn frequency(&self, count: u64, of: u64, spread: Spread) -> Frequency {
        let bounds = self.bounds(count, of, spread);
        let error = spread.effect().zip(proportion_std_error(count, of));
        Frequency {
            count,
            frequency: (of > 0).then(|| count as f64 / of as f64),
            std_error: error.map(|(effect, error)| error * effect.sqrt()),
            low: bounds.map(|b| b.low),
            high: bounds.map(|b| b.high),
        }
    }

    /// Bounds of the share that `count` of `of` paths are.
    pub fn bounds(&self, count: u64, of: u64, spread: Spread) -> Option<Interval> {
        wilson_of_clusters(count, of, spread.effect()?, self.confidence)
    }

    /// A mean of `n` of the paths.
    pub fn mean(&self, estimate: Option<MeanEstimate>, n: u64, spread: Spread) -> MeanResult {
        let of_some = |MeanEstimate { mean, std_error }| {
            let effect = spread.effect();
            let std_error = std_error.zip(effect).map(|(error, effect)| error * effect.sqrt());
            self.mean_result(mean, std_error, (n as f64 / effect.unwrap_or(1.0)) as u64)
        };
        estimate.map(of_some).unwrap_or_default()
    }

    /// The mean of a measure that some of the paths, or all, have; pairs are not followed.
    pub fn mean_of_paths(&self, values: &Moments) -> MeanOfPaths {
        let estimate = values.mean().map(|mean| MeanEstimate { mean, std_error: values.std_error() });
        let MeanResult { mean, std_error, low, high } =
            self.mean(estimate, values.count(), self.worst_spread());
        MeanOfPaths { mean, std_error, low, high }
    }

    /// The mean of all values; `pair_means` are those of the pairs' means, where there are pairs.
    pub fn mean_of(&self, moments: &Moments, pair_means: Option<&Moments>) -> MeanResult {
        let Some(mean) = moments.mean() else { return MeanResult::default() };
        self.mean_over_all(mean, moments.std_error(), pair_means)
    }

    /// A mean over all paths, with the standard error that it would have if they were independent.
    pub fn mean_over_all(
        &self,
        mean: f64,
        independent: Option<f64>,
        pair_means: Option<&Moments>,
    ) -> MeanResult {
        match self.uncertainty {
            Uncertainty::Independent => self.mean_result(mean, independent, self.paths),
            Uncertainty::Pairs(twins) => {
                self.mean_result(mean, pair_means.and_then(Moments::std_error), twins.pairs)
            }
            Uncertainty::Unknown => self.mean_result(mean, None, self.paths),
        }
    }

    /// A mean with a standard error from `n` observations.
    fn mean_result(&self, mean: f64, std_error: Option<f64>, n: u64) -> MeanResult {
        let half = mean_half_width(n, self.confidence).zip(std_error).map(|(factor, error)| factor * error);
        MeanResult {
            mean: number(mean),
            std_error: std_error.and_then(number),
            low: half.and_then(|half| number(mean - half)),
            high: half.and_then(|half| number(mean + half)),
        }
    }

    /// Ranks of the bounds of a quantile over all paths, from those for independent ones.
    fn ranks(&self, independent: Ranks, p: f64, values: &Distribution, twin: Option<&TwinMeasure>) -> Ranks {
        match (self.uncertainty, twin, values.quantile(p)) {
            (Uncertainty::Independent, _, _) => independent,
            (Uncertainty::Pairs(_), Some(twin), Some(quantile)) => {
                let counts = values.histogram().counts_to(quantile);
                let both = twin.larger.counts_to(quantile);
                let root = |count, both| self.spread(count, Some(both)).effect().unwrap_or(LARGEST_EFFECT);
                widened_ranks(independent, self.paths, p, root(counts.1, both.1), root(counts.0, both.0))
            }
            (Uncertainty::Pairs(_), _, _) => {
                widened_ranks(independent, self.paths, p, LARGEST_EFFECT, LARGEST_EFFECT)
            }
            (Uncertainty::Unknown, _, _) => (None, None),
        }
    }

    /// Ranks of the bounds of the `p`-quantile over `n` of the paths.
    pub fn ranks_of_some(&self, n: u64, p: f64) -> Ranks {
        let independent = || rank_interval(n, p, self.confidence);
        match self.worst_spread() {
            Spread::Effect(1.0) => independent(),
            Spread::Effect(effect) => widened_ranks(independent(), n, p, effect, effect),
            Spread::Unknown => (None, None),
        }
    }

    /// Moments and quantiles.
    pub fn distribution(&self, values: &Distribution, twin: Option<&TwinMeasure>) -> DistributionResult {
        let moments = values.moments();
        let mean = self.mean_of(moments, twin.map(|twin| &twin.means));
        let at_rank = |rank: Option<u64>| rank.and_then(|rank| values.at_rank(rank));
        let independent = |level: usize| self.ranks.get(level).copied().unwrap_or_default();
        let ranks: Vec<Ranks> = LEVELS
            .iter()
            .enumerate()
            .map(|(level, (_, p))| self.ranks(independent(level), *p, values, twin))
            .collect();
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
            quantiles_low: at_levels(|level, _| ranks.get(level).and_then(|ranks| at_rank(ranks.0))),
            quantiles_high: at_levels(|level, _| ranks.get(level).and_then(|ranks| at_rank(ranks.1))),
        }
    }

    /// A kind of drawdown.
    pub fn drawdown(&self, values: &Distribution, twin: Option<&TwinMeasure>) -> DrawdownResult {
        let [cdar, cdar_std_error, cdar_low, cdar_high] = self.tails(values, twin, Tail::Upper);
        let distribution = self.distribution(values, twin);
        DrawdownResult { distribution, cdar, cdar_std_error, cdar_low, cdar_high }
    }

    /// Profit and loss; losses are positive in its tail measures.
    pub fn pnl(&self, values: &Distribution, twin: Option<&TwinMeasure>) -> PnlResult {
        let loss_at = |rank: Option<u64>| rank.and_then(|rank| values.at_rank(rank)).map(|v| -v);
        let ranks = |tail: usize, share: f64| {
            let independent = self.tail_ranks.get(tail).copied().unwrap_or_default();
            self.ranks(independent, share, values, twin)
        };
        let [
            expected_shortfall,
            expected_shortfall_std_error,
            expected_shortfall_low,
            expected_shortfall_high,
        ] = self.tails(values, twin, Tail::Lower);
        PnlResult {
            distribution: self.distribution(values, twin),
            value_at_risk: in_tails(|_, share| values.quantile(share).map(|v| -v)),
            // A loss is least where the profit is largest.
            value_at_risk_low: in_tails(|tail, share| loss_at(ranks(tail, share).1)),
            value_at_risk_high: in_tails(|tail, share| loss_at(ranks(tail, share).0)),
            expected_shortfall,
            expected_shortfall_std_error,
            expected_shortfall_low,
            expected_shortfall_high,
        }
    }

    /// Of the mean of a tail.
    fn tail_spread(
        &self,
        values: &Distribution,
        twin: Option<&TwinMeasure>,
        tail: Tail,
        share: f64,
    ) -> Spread {
        match (self.uncertainty, twin) {
            (Uncertainty::Pairs(_), Some(twin)) => {
                Spread::Effect(largest_tail_effect(values.histogram(), &twin.larger, tail, share))
            }
            _ => self.worst_spread(),
        }
    }

    /// Means of the tails: value, standard error, lower and upper bound; of the lower tail as losses.
    fn tails(&self, values: &Distribution, twin: Option<&TwinMeasure>, tail: Tail) -> [AtLevels; 4] {
        let result = |share: f64| {
            let spread = self.tail_spread(values, twin, tail, share);
            let n = (share * self.paths as f64) as u64;
            match tail {
                Tail::Lower => self.mean(values.lower_tail(share), n, spread).negated(),
                Tail::Upper => self.mean(values.upper_tail(share), n, spread),
            }
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
