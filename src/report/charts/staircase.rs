//! Empirical distributions as staircases that a page can show.

use crate::report::charts::picture::Point;
use crate::statistics::{Distribution, Histogram};

/// A share of paths that is worth naming.
const WORTH_NAMING: f64 = 0.05;
/// Bins beside a shared value hold less than its count over this.
const NEARLY_EMPTY: f64 = 20.0;
/// Values that differ by less, relative to their size, are one value rounded differently.
const SAME: f64 = 1e-9;

/// Corners of the share of values `<= x` from `low` on: `(low, 0)`, then up at each value `<= high`, to the
/// share that is reached at `high`. No value lies below `low`.
pub fn cumulative(histogram: &Histogram, low: f64, high: f64) -> Vec<Point> {
    let (mut points, mut seen) = (vec![(low, 0.0)], 0);
    for (value, count) in histogram.bins().take_while(|(value, _)| *value <= high) {
        let before = share(seen, histogram.total());
        seen += count;
        points.push((value, before));
        points.push((value, share(seen, histogram.total())));
    }
    points.push((high, share(seen, histogram.total())));
    points
}

/// Corners of the share of values `>= x`, falling from 1 at `low`.
pub fn exceedance(histogram: &Histogram, low: f64, high: f64) -> Vec<Point> {
    // A value counts as reached up to and including itself, so both staircases have their corners
    // at the same places and add up to 1.
    cumulative(histogram, low, high).into_iter().map(|(x, y)| (x, 1.0 - y)).collect()
}

/// The value that most paths share, and their share of all; `None` where none can be told from a crowd of
/// different values, as a bin knows only its largest.
///
/// The lowest bin holds one value alone when that is also the smallest of all. Any other bin counts when
/// its neighbours are nearly empty: different values would spill into them.
pub fn shared_value(distribution: &Distribution) -> Option<(f64, f64)> {
    let (histogram, smallest) = (distribution.histogram(), distribution.moments().min()?);
    let bins: Vec<_> = histogram.bins().collect();
    let (at, &(value, count)) = bins.iter().enumerate().max_by_key(|(_, (_, count))| *count)?;
    let size = value.abs().max(smallest.abs());
    let alone = if at == 0 {
        value - smallest <= SAME * size
    } else {
        let beside = [bins.get(at - 1), bins.get(at + 1)];
        beside.into_iter().flatten().all(|(_, other)| *other as f64 * NEARLY_EMPTY < count as f64)
    };
    let share = share(count, histogram.total());
    (alone && share > WORTH_NAMING).then_some((value, share))
}

/// Leaves out points that a reader could not tell from the one before; keeps the last.
pub fn thinned(points: Vec<Point>, resolution: f64) -> Vec<Point> {
    let mut kept: Vec<Point> = Vec::new();
    let last = points.last().copied();
    for p in points {
        let near = |q: &Point| (p.0 - q.0).abs() < resolution && (p.1 - q.1).abs() < resolution;
        if !kept.last().is_some_and(near) {
            kept.push(p);
        }
    }
    if kept.last() != last.as_ref() {
        kept.extend(last);
    }
    kept
}

fn share(count: u64, total: u64) -> f64 {
    count as f64 / total.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[f64]) -> Histogram {
        let mut histogram = Histogram::new(1.0);
        values.iter().for_each(|v| histogram.add(*v));
        histogram
    }

    #[test]
    fn staircase_steps_at_the_values() {
        let steps = cumulative(&of(&[0.5, 0.25, 0.5, 0.75]), 0.0, 1.0);
        let expected = [
            (0.0, 0.0),
            (0.25, 0.0),
            (0.25, 0.25),
            (0.5, 0.25),
            (0.5, 0.75),
            (0.75, 0.75),
            (0.75, 1.0),
            (1.0, 1.0),
        ];
        assert_eq!(steps, expected);
        let falling = exceedance(&of(&[0.5, 0.25, 0.5, 0.75]), 0.0, 1.0);
        assert_eq!((falling[0], falling[4], falling[7]), ((0.0, 1.0), (0.5, 0.25), (1.0, 0.0)));
    }

    #[test]
    fn staircase_ends_at_the_share_that_its_end_reaches() {
        let steps = cumulative(&of(&[0.25, 0.5, 0.75, 4.0]), 0.0, 1.0);
        assert_eq!(steps.last(), Some(&(1.0, 0.75)));
        assert!(!steps.iter().any(|(x, _)| *x > 1.0));
    }

    fn named(values: &[(f64, u32)]) -> Option<(f64, f64)> {
        let mut distribution = Distribution::new(1.0);
        values.iter().for_each(|(value, times)| (0..*times).for_each(|_| distribution.add(*value)));
        shared_value(&distribution)
    }

    #[test]
    fn a_value_that_many_share_is_named() {
        assert_eq!(named(&[(0.25, 2), (0.5, 60), (0.75, 2), (0.8, 36)]), Some((0.5, 0.6)));
        assert_eq!(named(&[(-0.4, 60), (0.5, 20), (0.75, 20)]), Some((-0.4, 0.6)), "the lowest, proved");
        assert_eq!(named(&[(0.0, 10)]), Some((0.0, 1.0)));
    }

    #[test]
    fn a_crowd_of_different_values_is_not() {
        let width = 1.0 / 16_384.0;
        assert_eq!(named(&[(0.5, 30), (0.5 + width, 40), (0.5 + 2.0 * width, 30)]), None);
        assert_eq!(named(&[(0.5 - 0.1 * width, 50), (0.5, 50)]), None, "two values of one bin");
        assert_eq!(named(&[]), None);
    }

    #[test]
    fn thinning_keeps_the_ends() {
        let points: Vec<_> = (0..=100).map(|i| (i as f64 * 0.01, 0.0)).collect();
        let kept = thinned(points, 0.25);
        assert!(kept.len() <= 6 && kept[0] == (0.0, 0.0) && kept[kept.len() - 1] == (1.0, 0.0));
    }
}
