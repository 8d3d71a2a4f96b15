//! A histogram of fixed bins that merges exactly.

use std::collections::BTreeMap;
use std::ops::Bound;

use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, Serializer};

use super::moments::is_unit;

/// Bins a page holds.
const PAGE: usize = 256;
/// Width of a bin, 2^−14 = 6.1e-5: of the unit up to [`LINEAR_LIMIT`] units, of its value beyond.
pub(super) const BIN: f64 = 1.0 / BINS_PER_UNIT;
const BINS_PER_UNIT: f64 = 16_384.0;
/// Up to here (in units) bins have a fixed width.
pub(super) const LINEAR_LIMIT: f64 = 8.0;
/// Up to here (in units) bins are as fine as [`BIN`]; beyond, where moments have no variance any more, there is one page
/// for every doubling, or a price held at the edge of the range of numbers would cost hundreds of megabytes.
pub(super) const FINE_LIMIT: f64 = (1u64 << 27) as f64;
/// Relative width of the bins beyond that.
pub(super) const FAR_BIN: f64 = 1.0 / PAGE as f64;
/// Bits of a number that do not tell its bin: all but 14 of the fraction, and all but 8 far out.
const FINE_BITS: u32 = 52 - 14;
const FAR_BITS: u32 = 52 - 8;
const LINEAR_BINS: i64 = (LINEAR_LIMIT * BINS_PER_UNIT) as i64;

#[derive(Debug, Clone, Copy, PartialEq)]
struct Bin {
    count: u64,
    max: f64,
}

impl Bin {
    #[inline]
    fn add(&mut self, value: f64) {
        // Adding +0.0 turns −0.0 into +0.0, so that the largest does not depend on the order.
        let value = value + 0.0;
        self.count += 1;
        self.max = if value > self.max { value } else { self.max };
    }
}

const EMPTY: Bin = Bin { count: 0, max: f64::NEG_INFINITY };

type Page = Box<[Bin; PAGE]>;

/// Values looked at side by side: one vector of the widest.
const SIDE: usize = 8;
/// The place of a value that no page of bins of fixed width has.
const NO_PLACE: f64 = -1.0;

/// Pages of the bins of fixed width, and one for the bin of exactly `-LINEAR_LIMIT` units.
const LINEAR_PAGES: usize = 2 * LINEAR_BINS as usize / PAGE + 1;

/// Counts per bin and the largest value seen in each, in pages made on demand: memory depends on the
/// spread of the values, not on their number, and stays below 2 MiB for values within 8 units
/// of either sign, a quarter of that for every doubling beyond, and a page of 4 KiB for every one beyond 2^27 units.
#[derive(Debug, Clone, PartialEq)]
pub struct Histogram {
    unit: f64,
    total: u64,
    /// Pages of the bins `-LINEAR_BINS ..= LINEAR_BINS`, nearly all values: found without a search.
    linear: Vec<Option<Page>>,
    /// Pages of the bins beyond, by number.
    beyond: BTreeMap<i64, Page>,
}

impl Histogram {
    /// An empty histogram of values whose natural size is `unit > 0`.
    pub fn new(unit: f64) -> Self {
        Self { unit, total: 0, linear: vec![None; LINEAR_PAGES], beyond: BTreeMap::new() }
    }

    /// One of these bins, (largest value, count), ascending; `None` where no values can have filled them.
    fn of_bins(unit: f64, bins: &[(f64, u64)]) -> Option<Self> {
        let mut histogram = is_unit(unit).then(|| Self::new(unit))?;
        let mut last = i64::MIN;
        for &(max, count) in bins {
            let index = bin_index(max / unit) + LINEAR_BINS;
            let is_minus_zero = max == 0.0 && max.is_sign_negative();
            if !max.is_finite() || is_minus_zero || count == 0 || index <= last {
                return None;
            }
            last = index;
            histogram.total = histogram.total.checked_add(count)?;
            let page = histogram.page(index.div_euclid(PAGE as i64));
            page[index.rem_euclid(PAGE as i64) as usize] = Bin { count, max };
        }
        Some(histogram)
    }

    /// Adds one finite value.
    #[inline]
    pub fn add(&mut self, value: f64) {
        let index = bin_index(value / self.unit) + LINEAR_BINS;
        self.page(index.div_euclid(PAGE as i64))[index.rem_euclid(PAGE as i64) as usize].add(value);
        self.total += 1;
    }

    /// Adds finite values: the same as one by one, several times as fast.
    #[inline(always)]
    pub fn add_all(&mut self, values: &[f64]) {
        let (groups, rest) = values.as_chunks::<SIDE>();
        for group in groups {
            let mut places = [0; SIDE];
            for l in 0..SIDE {
                let x = group[l] / self.unit;
                let place = (x * BINS_PER_UNIT).ceil() + LINEAR_BINS as f64;
                places[l] = (if x.abs() <= LINEAR_LIMIT { place } else { NO_PLACE }) as i32;
            }
            for (value, place) in group.iter().zip(places) {
                let place = place as usize;
                match self.linear.get_mut(place / PAGE) {
                    Some(Some(page)) => {
                        page[place % PAGE].add(*value);
                        self.total += 1;
                    }
                    _ => self.add(*value),
                }
            }
        }
        for value in rest {
            self.add(*value);
        }
    }

    /// The page of that number, made if need be; page 0 begins with the bin of `-LINEAR_LIMIT` units.
    #[inline]
    fn page(&mut self, number: i64) -> &mut Page {
        let new = || Box::new([EMPTY; PAGE]);
        match usize::try_from(number).ok().and_then(|at| self.linear.get_mut(at)) {
            Some(page) => page.get_or_insert_with(new),
            None => self.beyond.entry(number).or_insert_with(new),
        }
    }

    /// Adds everything `other` has seen; both have the same unit.
    pub fn merge(&mut self, other: &Self) {
        self.total += other.total;
        for (number, theirs) in other.pages() {
            for (a, b) in self.page(number).iter_mut().zip(theirs.iter()) {
                a.count += b.count;
                a.max = a.max.max(b.max);
            }
        }
    }

    /// The pages there are, ascending, with their numbers.
    fn pages(&self) -> impl DoubleEndedIterator<Item = (i64, &Page)> {
        let beyond = |range| self.beyond.range::<i64, _>(range).map(|(number, page)| (*number, page));
        let linear = self.linear.iter().enumerate();
        let linear = linear.filter_map(|(number, page)| Some((number as i64, page.as_ref()?)));
        beyond((Bound::Unbounded, Bound::Excluded(0)))
            .chain(linear)
            .chain(beyond((Bound::Included(0), Bound::Unbounded)))
    }

    /// Whether both measure in the same unit, as they must to be merged.
    pub fn is_like(&self, other: &Self) -> bool {
        self.unit == other.unit
    }

    /// Number of values.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Number of values in the bins below that of `value`, and in those up to it.
    pub fn counts_to(&self, value: f64) -> (u64, u64) {
        let bin = bin_index(value / self.unit) + LINEAR_BINS;
        let (own, place) = (bin.div_euclid(PAGE as i64), bin.rem_euclid(PAGE as i64) as usize);
        let sum = |bins: &[Bin]| bins.iter().map(|bin| bin.count).sum::<u64>();
        let mut counts = (0, 0);
        for (number, page) in self.pages().take_while(|(number, _)| *number <= own) {
            let (below, at) = if number < own { (PAGE, PAGE) } else { (place, place + 1) };
            counts = (counts.0 + sum(&page[..below]), counts.1 + sum(&page[..at]));
        }
        counts
    }

    /// The bins that hold anything, ascending: (largest value in the bin, count).
    pub fn bins(&self) -> impl DoubleEndedIterator<Item = (f64, u64)> + '_ {
        self.pages()
            .flat_map(|(_, page)| page.iter())
            .filter(|bin| bin.count > 0)
            .map(|bin| (bin.max, bin.count))
    }
}

/// The unit, and of each bin that holds anything, ascending, the largest value and the count: the bin is that of its value.
impl Serialize for Histogram {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let bins: Vec<(f64, u64)> = self.bins().collect();
        (self.unit, bins).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Histogram {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (unit, bins) = <(f64, Vec<(f64, u64)>)>::deserialize(deserializer)?;
        Self::of_bins(unit, &bins)
            .ok_or_else(|| D::Error::custom("a histogram's bins are not such as values can fill"))
    }
}

/// Monotone map from a value in units to its bin. Linear bins are closed above, so that a whole number
/// of units is the largest value of its bin, which is the one that the bin keeps.
#[inline]
fn bin_index(x: f64) -> i64 {
    if x.abs() <= LINEAR_LIMIT {
        return (x * BINS_PER_UNIT).ceil() as i64;
    }
    // The bit pattern of a positive f64 rises with its value: keep exponent and the first bits of the fraction.
    let bins =
        |from: f64, to: f64, bits: u32| (to.to_bits() >> bits) as i64 - (from.to_bits() >> bits) as i64;
    let coarse = |y: f64| {
        bins(LINEAR_LIMIT, y.min(FINE_LIMIT), FINE_BITS) + bins(FINE_LIMIT, y.max(FINE_LIMIT), FAR_BITS)
    };
    if x > 0.0 { LINEAR_BINS + 1 + coarse(x) } else { -LINEAR_BINS - 1 - coarse(-x) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Limits between widths, edges of bins and of pages, and numbers beside them.
    fn awkward() -> impl Strategy<Value = f64> {
        let bins = |count: f64| count * BIN;
        let edges = [0.0, bins(1.0), bins(PAGE as f64), 1.0, LINEAR_LIMIT, FINE_LIMIT, 5e-324, f64::MAX];
        let near = |v: f64| [v, -v, v.next_up(), v.next_down(), -v.next_up(), -v.next_down()];
        let all: Vec<f64> = edges.into_iter().flat_map(near).filter(|v| v.is_finite()).collect();
        prop::sample::select(all)
    }

    proptest! {
        #[test]
        fn many_at_once_fall_where_each_does(
            values in prop::collection::vec(prop_oneof![awkward(), -9.0..9.0, -1e10..1e10], 0..200),
            unit in prop_oneof![Just(1.0), Just(3.0), 1e-3..1e6],
        ) {
            let [mut at_once, mut one_by_one] = [Histogram::new(unit), Histogram::new(unit)];
            at_once.add_all(&values);
            values.iter().for_each(|value| one_by_one.add(*value));
            prop_assert_eq!(&at_once, &one_by_one);
            prop_assert_eq!(at_once.total(), values.len() as u64);
            let bits = |h: &Histogram| h.bins().map(|(max, count)| (max.to_bits(), count)).collect::<Vec<_>>();
            prop_assert_eq!(bits(&at_once), bits(&one_by_one));
        }
    }
}
