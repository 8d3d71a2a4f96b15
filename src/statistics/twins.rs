//! Paths drawn in pairs ("twins") that depend on each other: what their shares and differences vary by.
//!
//! A pair is one observation. How far the share of `2m` paths varies beside that of `2m` independent ones is its
//! *design effect*, `1 + ρ` with `ρ` the correlation within a pair (Kish 1965, *Survey Sampling*, 5.4). It is measured
//! from the pairs, and lies in `[0, 2]`: at 2 a pair is worth one path.

use crate::statistics::histogram::Histogram;
use crate::statistics::normal::normal_cdf;
use crate::statistics::quantile::quantile_rank;

/// The most that pairs can spoil: two paths that always agree.
pub const LARGEST_EFFECT: f64 = 2.0;
/// Sum of squares of a pair's deviations below which they are too few to measure a variance by. At the floor a count is
/// taken to vary by a standard deviation of two paths.
const LEAST_SQUARES: f64 = 4.0;

/// A proportion over twins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TwinProportion {
    /// Paths counted, of `2·pairs`.
    pub count: u64,
    /// Pairs of which both are counted.
    pub both: u64,
    /// Number of pairs.
    pub pairs: u64,
}

impl TwinProportion {
    /// Variance of the share over that of as many independent paths, within `[≈0, 2]`: with hardly any variance seen
    /// the count is taken to have a standard deviation of two paths at least, and where nothing, or everything, was
    /// counted there is no correlation to see and a pair is worth one path.
    pub fn design_effect(&self) -> f64 {
        let Some(independent) = self.independent_squares() else { return LARGEST_EFFECT };
        effect(self.squares(), independent, self.pairs)
    }

    /// How many times as much the share of independent paths would vary, as measured: without the limits of
    /// [`Self::design_effect`]. `None` where either does not vary.
    pub fn variance_factor(&self) -> Option<f64> {
        let squares = self.squares();
        let of_pairs = squares * correction(self.pairs)?;
        (squares > 0.0).then(|| Some(self.independent_squares()? / of_pairs)).flatten()
    }

    /// Squares of the pairs' counts (0, 1, 2) about their mean.
    fn squares(&self) -> f64 {
        let (count, both, pairs) = (self.count as f64, self.both as f64, self.pairs as f64);
        count + 2.0 * both - count * count / pairs
    }

    /// What [`Self::squares`] would be if the paths were independent.
    fn independent_squares(&self) -> Option<f64> {
        let paths = 2 * self.pairs;
        (self.count > 0 && self.count < paths)
            .then(|| self.count as f64 * ((paths - self.count) as f64 / paths as f64))
    }
}

/// Differences of twins in `{−1, 0, 1}`, summed over each pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct TwinDifferences {
    /// Pairs with a sum of −1 or 1.
    pub by_one: u64,
    /// Pairs with a sum of −2 or 2.
    pub by_two: u64,
}

impl TwinDifferences {
    /// Variance of the mean difference of `2·pairs` paths, `plus` and `minus` of which have 1 and −1, over that of as
    /// many independent ones; limits as those of [`TwinProportion::design_effect`].
    pub fn design_effect(&self, plus: u64, minus: u64, pairs: u64) -> f64 {
        let sum = plus.abs_diff(minus) as f64;
        let independent = (plus + minus) as f64 - sum * sum / (2 * pairs) as f64;
        if independent <= 0.0 {
            return LARGEST_EFFECT;
        }
        effect(self.squares() - sum * sum / pairs as f64, independent, pairs)
    }

    /// Two-sided p-value of "1 is as likely as −1": McNemar's test for clustered data, `|Σ D| / √(Σ D²)` over the
    /// pairs' sums D against the normal distribution (Durkalski et al. 2003, Statistics in Medicine 22:2417). McNemar's
    /// exact test takes paths to be independent, which twins are not. Corrected for continuity by the mean step of
    /// the sum, `Σ D² / Σ |D|`; 1 where no pair differs.
    pub fn mcnemar(&self, plus: u64, minus: u64) -> f64 {
        let (squares, sizes) = (self.squares(), (self.by_one + 2 * self.by_two) as f64);
        if squares == 0.0 {
            return 1.0;
        }
        let distance = plus.abs_diff(minus) as f64 - squares / sizes;
        if distance <= 0.0 { 1.0 } else { 2.0 * normal_cdf(-distance / squares.sqrt()) }
    }

    fn squares(&self) -> f64 {
        self.by_one as f64 + 4.0 * self.by_two as f64
    }
}

/// Ranks of independent observations' bounds for the `p`-quantile of `n` values, moved away from `p·n` to what twins
/// need: by the roots of the design effects of the shares of values at or below the quantile (`at`), which decide on
/// the lower bound, and below it (`below`), which decide on the upper.
pub fn widened_ranks(
    ranks: (Option<u64>, Option<u64>),
    n: u64,
    p: f64,
    at: f64,
    below: f64,
) -> (Option<u64>, Option<u64>) {
    let middle = p * n as f64;
    // A lower bound l fails where fewer than l values lie at or below; an upper bound u where u or more lie below.
    let lower = ranks.0.map(|l| (middle - (middle - l as f64) * at.sqrt()).floor());
    let upper = ranks.1.map(|u| (middle + (u as f64 - 1.0 - middle) * below.sqrt()).ceil() + 1.0);
    let within = |rank: f64| (1.0..=n as f64).contains(&rank).then_some(rank as u64);
    (lower.and_then(within), upper.and_then(within))
}

/// Which tail of a distribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tail {
    /// The smallest values.
    Lower,
    /// The largest.
    Upper,
}

/// The most that the design effect of a tail's mean can be, within `[1, 2]`: of the smallest or largest `share` of
/// `values`, when `larger` holds the larger value of each pair.
///
/// What varies is the mean of `Y`, the depth of a value in the tail, 0 outside. Of the sum of the products of twins'
/// depths only the smaller factors are known one by one; the larger ones are at most the deepest values there are, so
/// that by Cauchy and Schwarz the sum is at most the root of both sums of squares.
pub fn largest_tail_effect(values: &Histogram, larger: &Histogram, tail: Tail, share: f64) -> f64 {
    let (total, pairs) = (values.total(), larger.total());
    let rank = quantile_rank(share, total);
    let depth = |value: f64, edge: f64| match tail {
        Tail::Lower => (edge - value).max(0.0),
        Tail::Upper => (value - edge).max(0.0),
    };
    // (count, sum, sum of squares) of depths beyond the edge, from the end of the tail inwards, of so many at most.
    let depths = |histogram: &Histogram, edge: f64, most: u64| {
        let sum = |bins: &mut dyn Iterator<Item = (f64, u64)>| {
            let mut left = most;
            let (mut inside, mut sum, mut squares) = (0, 0.0, 0.0);
            for (value, count) in bins.take_while(|(value, _)| depth(*value, edge) > 0.0) {
                let part = count.min(left);
                left -= part;
                inside += part;
                let y = depth(value, edge);
                sum += part as f64 * y;
                squares += part as f64 * y * y;
            }
            (inside, sum, squares)
        };
        match tail {
            Tail::Lower => sum(&mut histogram.bins()),
            Tail::Upper => sum(&mut histogram.bins().rev()),
        }
    };
    let edge = match tail {
        Tail::Lower => at_rank(values.bins(), rank),
        Tail::Upper => at_rank(values.bins().rev(), rank),
    };
    let Some(edge) = edge else { return LARGEST_EFFECT };
    let (all_inside, sum, squares) = depths(values, edge, u64::MAX);
    let (larger_inside, _, larger_squares) = depths(larger, edge, u64::MAX);
    // Of a pair the smaller value is what is not the larger one.
    let (both, nearer_squares) = match tail {
        Tail::Lower => (larger_inside, larger_squares),
        Tail::Upper => (all_inside.saturating_sub(larger_inside), (squares - larger_squares).max(0.0)),
    };
    let (_, _, deepest_squares) = depths(values, edge, both);
    let mean = sum / total as f64;
    let variance = squares / total as f64 - mean * mean;
    let covariance = (nearer_squares * deepest_squares).sqrt() / pairs as f64 - mean * mean;
    let effect = 1.0 + covariance / variance;
    if effect.is_nan() { LARGEST_EFFECT } else { effect.clamp(1.0, LARGEST_EFFECT) }
}

fn at_rank(mut bins: impl Iterator<Item = (f64, u64)>, rank: u64) -> Option<f64> {
    let mut seen = 0;
    bins.find_map(|(value, count)| {
        seen += count;
        (seen >= rank).then_some(value)
    })
}

fn effect(squares: f64, independent: f64, pairs: u64) -> f64 {
    let Some(correction) = correction(pairs) else { return LARGEST_EFFECT };
    (squares.max(LEAST_SQUARES) * correction / independent).min(LARGEST_EFFECT)
}

/// Of a sample variance: `m / (m − 1)`.
fn correction(pairs: u64) -> Option<f64> {
    (pairs > 1).then(|| pairs as f64 / (pairs - 1) as f64)
}
