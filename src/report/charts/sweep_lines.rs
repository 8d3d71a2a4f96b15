//! A sweep along one axis: a line for each mode, in the band of its intervals.

use crate::report::charts::axis::{Axis, Quantity, TICK_SIZE, roomy, span_of};
use crate::report::charts::heat_map::{Side, across};
use crate::report::charts::ink::Ink;
use crate::report::charts::panel::Panel;
use crate::report::charts::picture::{Picture, Point, Rectangle, Shape};
use crate::report::charts::style::{GREY, Stroke};
use crate::report::charts::text::width;
use crate::result::measures::Estimate;

/// Settings up to which each point is marked.
const MOST_MARKED: usize = 60;
const DISC: f64 = 5.5;

/// One line.
pub struct Series {
    /// How it looks.
    pub stroke: Stroke,
    /// The estimate at each setting, where there is one.
    pub values: Vec<Option<Estimate>>,
}

/// Where settings stand along the axis.
pub struct Positions {
    at: Vec<f64>,
    /// What is written after the axis's name.
    pub remark: &'static str,
}

impl Positions {
    /// By their size, or the logarithm of it where that spaces them more evenly; one after another where they are no
    /// numbers.
    pub fn new(numbers: Option<&[f64]>, count: usize) -> Self {
        let Some(numbers) = numbers else {
            return Self { at: (0..count).map(|i| i as f64).collect(), remark: "" };
        };
        let logs: Vec<f64> = numbers.iter().map(|v| libm::log10(*v)).collect();
        if numbers.iter().all(|v| *v > 0.0) && evenness(&logs) > evenness(numbers) + 1e-9 {
            return Self { at: logs, remark: " (logarithmic)" };
        }
        Self { at: numbers.to_vec(), remark: "" }
    }
}

/// The least over the greatest distance of neighbours.
fn evenness(values: &[f64]) -> f64 {
    let gaps = || values.windows(2).map(|pair| (pair[1] - pair[0]).abs());
    gaps().fold(f64::INFINITY, f64::min) / gaps().fold(0.0, f64::max)
}

/// Paints the lines into `space`; `differences` shows the level 0, and points that are not statistically significant in
/// grey.
pub fn paint(
    picture: &mut Picture,
    space: Rectangle,
    side: &Side,
    positions: &Positions,
    (name, quantity): (&str, &Quantity),
    series: &[Series],
    differences: bool,
) {
    let values = series.iter().flat_map(|s| s.values.iter().flatten());
    let ends = values.flat_map(|e| [e.value, e.low, e.high]).flatten();
    let (low, high) = roomy(span_of(ends.chain(differences.then_some(0.0))), 0.04);
    let not_below = if *quantity == Quantity::Share && low < 0.0 { 0.0 } else { low };
    let y = Axis::new(name, quantity, (not_below, high), 9, None);
    let panel_width = Panel::share_of_width(space, &y, 1);
    let x = x_axis(side, positions, panel_width);
    let panel = Panel::single(picture, space, x, y);
    if differences {
        panel.level(picture, 0.0);
    }
    for line in series {
        for run in runs(&positions.at, &line.values) {
            let at = |value: fn(&Estimate) -> Option<f64>| -> Vec<Point> {
                run.iter().filter_map(|(x, e)| Some(panel.at(*x, value(e)?))).collect()
            };
            let mut band = at(|e| e.high);
            band.extend(at(|e| e.low).into_iter().rev());
            if band.len() > 2 {
                picture.area(band, line.stroke.ink, 0.22);
            }
        }
    }
    for line in series {
        for run in runs(&positions.at, &line.values) {
            let points: Vec<Point> = run.iter().filter_map(|(x, e)| Some(panel.at(*x, e.value?))).collect();
            let dots: Vec<(Point, Ink)> = run
                .iter()
                .zip(&points)
                .map(|((_, e), at)| {
                    let not_significant = differences && e.excludes_zero() == Some(false);
                    (*at, if not_significant { GREY } else { line.stroke.ink })
                })
                .collect();
            picture.line(points, line.stroke.ink, 3.5, line.stroke.dash);
            if side.labels.len() <= MOST_MARKED {
                for (at, ink) in dots {
                    picture.shapes.push(Shape::Disc { at, radius: DISC, ink, opacity: 1.0 });
                }
            }
        }
    }
}

/// Neighbours that have values.
fn runs<'a>(at: &[f64], values: &'a [Option<Estimate>]) -> Vec<Vec<(f64, &'a Estimate)>> {
    let mut runs = vec![Vec::new()];
    for (x, value) in at.iter().zip(values) {
        match value.as_ref().filter(|e| e.value.is_some()) {
            Some(estimate) => runs.last_mut().into_iter().for_each(|run| run.push((*x, estimate))),
            None => runs.push(Vec::new()),
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}

/// Ticks at settings, as many as do not touch.
fn x_axis(side: &Side, positions: &Positions, length: f64) -> Axis {
    let at = &positions.at;
    let (low, high) = span_of(at.iter().copied());
    let share = if side.numeric { 0.04 } else { 0.5 / (at.len().max(2) - 1) as f64 };
    let (low, high) = roomy((low, high), share);
    let cell = length / at.len().max(1) as f64;
    let labels: Vec<(usize, String)> = if side.numeric {
        side.labels.iter().cloned().enumerate().collect()
    } else {
        across(side, cell, TICK_SIZE)
    };
    let mut settings: Vec<(f64, String)> =
        labels.into_iter().filter_map(|(i, label)| Some((*at.get(i)?, label))).collect();
    settings.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut ticks: Vec<(f64, String)> = Vec::new();
    let mut taken = f64::NEG_INFINITY;
    for (value, label) in settings {
        let (middle, half) = ((value - low) / (high - low) * length, width(&label, TICK_SIZE, false) / 2.0);
        if middle - half >= taken + 10.0 {
            taken = middle + half;
            ticks.push((value, label));
        }
    }
    Axis::of_settings(format!("{}{}", side.name, positions.remark), (low, high), ticks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_stand_by_size_or_its_logarithm() {
        let line = Positions::new(Some(&[0.2, 0.4, 0.6]), 3);
        assert_eq!((line.at, line.remark), (vec![0.2, 0.4, 0.6], ""));
        let powers = Positions::new(Some(&[1.0, 10.0, 100.0]), 3);
        assert_eq!((powers.at, powers.remark), (vec![0.0, 1.0, 2.0], " (logarithmic)"));
        assert_eq!(Positions::new(Some(&[0.0, 10.0, 100.0]), 3).at, [0.0, 10.0, 100.0]);
        assert_eq!(Positions::new(None, 3).at, [0.0, 1.0, 2.0]);
    }

    #[test]
    fn a_missing_value_breaks_the_line() {
        let value = |v: f64| Some(Estimate::of(Some(v)));
        let values = [value(1.0), None, value(2.0), value(3.0), Some(Estimate::default())];
        let found = runs(&[0.0, 1.0, 2.0, 3.0, 4.0], &values);
        let at: Vec<Vec<f64>> = found.iter().map(|run| run.iter().map(|(x, _)| *x).collect()).collect();
        assert_eq!(at, [vec![0.0], vec![2.0, 3.0]]);
    }

    #[test]
    fn ticks_never_touch() {
        super::super::text::register().unwrap();
        let labels: Vec<String> = (0..40).map(|i| format!("{}", 1_000 * i)).collect();
        let side = Side { name: String::new(), labels, numeric: true };
        let at = Positions::new(None, 40);
        let axis = x_axis(&side, &at, 900.0);
        let ends: Vec<(f64, f64)> = axis
            .ticks
            .iter()
            .map(|(v, text)| {
                let (x, half) =
                    ((v - axis.low) / (axis.high - axis.low) * 900.0, width(text, TICK_SIZE, false) / 2.0);
                (x - half, x + half)
            })
            .collect();
        assert!(ends.len() > 5 && ends.len() < 40);
        assert!(ends.windows(2).all(|pair| pair[1].0 > pair[0].1), "{ends:?}");
    }
}
