//! One measure over all paths: moments exact, quantiles and tails within a bin.

use super::histogram::{BIN, FAR_BIN, FINE_LIMIT, LINEAR_LIMIT};
use super::tail::tail_mean;
use crate::statistics::histogram::Histogram;
use crate::statistics::moments::{MeanEstimate, Moments};
use crate::statistics::quantile::quantile_rank;

/// Moments, extremes and a histogram of one measure.
///
/// Quantiles and tail means are read off the bins by the largest value each bin holds: they lie above
/// the exact value by at most 2^−14 (6.1e-5) of the unit, or of the value where that is beyond 8
/// units (2^−8 beyond 2^27 units). A value that many paths share exactly (a liquidated account's loss) comes out exactly
/// where nothing above it falls into its bin.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Distribution {
    unit: f64,
    moments: Moments,
    histogram: Histogram,
}

impl Distribution {
    /// Nothing yet; `unit` is opening equity for money and 1 for ratios.
    pub fn new(unit: f64) -> Self {
        Self { unit, moments: Moments::new(unit), histogram: Histogram::new(unit) }
    }

    /// Adds one finite value.
    #[inline]
    pub fn add(&mut self, value: f64) {
        self.moments.add(value);
        self.histogram.add(value);
    }

    /// Adds finite values: the same as one by one, several times as fast.
    #[inline(always)]
    pub fn add_all(&mut self, values: &[f64]) {
        self.moments.add_all(values);
        self.histogram.add_all(values);
    }

    /// Adds everything `other` has seen.
    pub fn merge(&mut self, other: &Self) {
        self.moments.merge(&other.moments);
        self.histogram.merge(&other.histogram);
    }

    /// Whether it is such as `count` values can have led to: what was read from a file may be anything.
    pub fn can_be_of(&self, count: u64) -> bool {
        let (moments, histogram) = (&self.moments, &self.histogram);
        moments.can_be_of(count)
            && histogram.total() == count
            && self.is_like(&Self::new(self.unit))
            && histogram.bins().next_back().map(|(largest, _)| largest) == moments.max()
            && moments.min().is_none_or(|least| histogram.counts_to(least).0 == 0)
    }

    /// Whether both measure in the same unit, as they must to be merged.
    pub fn is_like(&self, other: &Self) -> bool {
        self.unit == other.unit
            && self.moments.is_like(&other.moments)
            && self.histogram.is_like(&other.histogram)
    }

    /// Mean, standard deviation, standard error, minimum, maximum.
    pub fn moments(&self) -> &Moments {
        &self.moments
    }

    /// The bins, for pictures and tables.
    pub fn histogram(&self) -> &Histogram {
        &self.histogram
    }

    /// The value at `rank` (1 = smallest) in ascending order; `None` outside `1 ..= count`.
    pub fn at_rank(&self, rank: u64) -> Option<f64> {
        if rank == 0 {
            return None;
        }
        let mut seen = 0;
        self.histogram.bins().find_map(|(value, count)| {
            seen += count;
            (seen >= rank).then_some(value)
        })
    }

    /// Type-1 quantile: the smallest value with at least a share `p` of all at or below it.
    pub fn quantile(&self, p: f64) -> Option<f64> {
        self.at_rank(quantile_rank(p, self.histogram.total()))
    }

    /// Mean of the smallest `share·n` values, the last one counted in part, with the standard error of
    /// Manistre and Hancock (2005).
    pub fn lower_tail(&self, share: f64) -> Option<MeanEstimate> {
        tail_mean(self.histogram.bins(), share, self.histogram.total())
    }

    /// Mean of the largest `share·n` values, likewise.
    pub fn upper_tail(&self, share: f64) -> Option<MeanEstimate> {
        tail_mean(self.histogram.bins().rev(), share, self.histogram.total())
    }

    /// How far a quantile or a tail mean can lie above the exact one: the width of the widest bin in use.
    /// `None` without values.
    pub fn resolution(&self) -> Option<f64> {
        let largest = self.moments.max()?.max(-self.moments.min()?);
        Some(match largest / self.unit {
            size if size > FINE_LIMIT => FAR_BIN * largest,
            size if size > LINEAR_LIMIT => BIN * largest,
            _ => BIN * self.unit,
        })
    }
}
