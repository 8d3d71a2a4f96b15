//! A histogram of fixed bins that merges exactly.

use std::collections::BTreeMap;

/// Bins a page holds.
const PAGE: usize = 256;
/// Width of a bin, 2^−14 = 6.1e-5: of the unit up to [`LINEAR_LIMIT`] units, of its value beyond.
pub(super) const BIN: f64 = 1.0 / BINS_PER_UNIT;
const BINS_PER_UNIT: f64 = 16_384.0;
/// Up to here (in units) bins have a fixed width.
pub(super) const LINEAR_LIMIT: f64 = 8.0;
const LINEAR_BINS: i64 = (LINEAR_LIMIT * BINS_PER_UNIT) as i64;

#[derive(Debug, Clone, Copy, PartialEq)]
struct Bin {
    count: u64,
    max: f64,
}

const EMPTY: Bin = Bin { count: 0, max: f64::NEG_INFINITY };

/// Counts per bin and the largest value seen in each, in pages made on demand: memory depends on the
/// spread of the values, not on their number, and stays below 2 MiB for values within 8 units
/// of either sign and a quarter of that for every doubling beyond.
#[derive(Debug, Clone, PartialEq)]
pub struct Histogram {
    unit: f64,
    total: u64,
    pages: BTreeMap<i64, Box<[Bin; PAGE]>>,
}

impl Histogram {
    /// An empty histogram of values whose natural size is `unit > 0`.
    pub fn new(unit: f64) -> Self {
        Self { unit, total: 0, pages: BTreeMap::new() }
    }

    /// Adds one finite value.
    #[inline]
    pub fn add(&mut self, value: f64) {
        let index = bin_index(value / self.unit);
        let page = self.pages.entry(index.div_euclid(PAGE as i64)).or_insert_with(|| Box::new([EMPTY; PAGE]));
        let bin = &mut page[index.rem_euclid(PAGE as i64) as usize];
        bin.count += 1;
        bin.max = bin.max.max(value + 0.0);
        self.total += 1;
    }

    /// Adds everything `other` has seen; both have the same unit.
    pub fn merge(&mut self, other: &Self) {
        self.total += other.total;
        for (key, theirs) in &other.pages {
            let ours = self.pages.entry(*key).or_insert_with(|| Box::new([EMPTY; PAGE]));
            for (a, b) in ours.iter_mut().zip(theirs.iter()) {
                a.count += b.count;
                a.max = a.max.max(b.max);
            }
        }
    }

    /// Number of values.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// The bins that hold anything, ascending: (largest value in the bin, count).
    pub fn bins(&self) -> impl DoubleEndedIterator<Item = (f64, u64)> + '_ {
        self.pages
            .values()
            .flat_map(|page| page.iter())
            .filter(|bin| bin.count > 0)
            .map(|bin| (bin.max, bin.count))
    }
}

/// Monotone map from a value in units to its bin. Linear bins are closed above, so that a whole number
/// of units is the largest value of its bin, which is the one that the bin keeps.
#[inline]
fn bin_index(x: f64) -> i64 {
    if x.abs() <= LINEAR_LIMIT {
        return (x * BINS_PER_UNIT).ceil() as i64;
    }
    // The bit pattern of a positive f64 rises with its value: keep exponent and 14 mantissa bits.
    let coarse = |y: f64| (y.to_bits() >> 38) as i64 - (LINEAR_LIMIT.to_bits() >> 38) as i64;
    if x > 0.0 { LINEAR_BINS + 1 + coarse(x) } else { -LINEAR_BINS - 1 - coarse(-x) }
}
