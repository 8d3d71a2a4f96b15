//! Empirical distributions as staircases that a page can show.

use super::picture::Point;
use crate::statistics::Histogram;

/// Corners of the share of values `<= x` from `low` on: `(low, 0)`, then up at each value, to `(high, 1)`.
/// Values outside are drawn at the end they lie beyond.
pub fn cumulative(histogram: &Histogram, low: f64, high: f64) -> Vec<Point> {
    let (mut points, mut seen) = (vec![(low, 0.0)], 0);
    for (value, count) in histogram.bins() {
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

/// The value that most paths share, and their share of all; `None` without values.
pub fn largest_atom(histogram: &Histogram) -> Option<(f64, f64)> {
    let (value, count) = histogram.bins().fold(None, |best: Option<(f64, u64)>, bin| match best {
        Some(b) if b.1 >= bin.1 => best,
        _ => Some(bin),
    })?;
    Some((value, share(count, histogram.total())))
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
    fn atom_is_the_value_that_most_share() {
        assert_eq!(largest_atom(&of(&[0.5, 0.25, 0.5, 0.75])), Some((0.5, 0.5)));
        assert_eq!(largest_atom(&of(&[])), None);
    }

    #[test]
    fn thinning_keeps_the_ends() {
        let points: Vec<_> = (0..=100).map(|i| (i as f64 * 0.01, 0.0)).collect();
        let kept = thinned(points, 0.25);
        assert!(kept.len() <= 6 && kept[0] == (0.0, 0.0) && kept[kept.len() - 1] == (1.0, 0.0));
    }
}
