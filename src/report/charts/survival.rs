//! The share of paths without a liquidation, over time.

use std::iter::Peekable;

use crate::report::charts::axis::{Clock, share_axis};
use crate::report::charts::format::percent;
use crate::report::charts::input::ChartInput;
use crate::report::charts::layout::Layout;
use crate::report::charts::page::Page;
use crate::report::charts::panel::Panel;
use crate::report::charts::picture::{Picture, Point, Swatch};
use crate::report::charts::style::of_mode;
use crate::simulation::RunOutcome;
use crate::statistics::{Interval, TwinProportion, wilson_of_clusters};
use crate::text::format::percent_trimmed;

/// Columns that corners are told apart by in a file: as many as it is painted with.
const COLUMNS: u128 = 3 * 1280;
/// Inside a document.
const COLUMNS_INSIDE: u128 = 640;

/// From this step on so many paths are left.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Corner {
    step: u64,
    alive: f64,
    /// `None` where no error is stated.
    band: Option<Interval>,
}

impl Corner {
    fn low(&self) -> f64 {
        self.band.map_or(self.alive, |band| band.low)
    }

    fn high(&self) -> f64 {
        self.band.map_or(self.alive, |band| band.high)
    }
}

/// One falling staircase a mode, each in the band of its pointwise intervals where they can be stated.
pub fn picture(input: &ChartInput<'_>) -> Option<Picture> {
    let paths = input.outcome.paths;
    let confidence = input.intervals.then_some(input.confidence);
    let columns = if input.layout == Layout::File { COLUMNS } else { COLUMNS_INSIDE };
    let curves: Vec<_> = input
        .outcome
        .modes
        .iter()
        .enumerate()
        .map(|(index, m)| {
            let bands = Bands::new(input.outcome, index, confidence);
            (of_mode(m.mode), m.mode, corners(&m.first_liquidation, paths, bands, columns))
        })
        .filter(|(_, _, curve)| !curve.is_empty())
        .collect();
    let legend = curves
        .iter()
        .filter_map(|(stroke, mode, curve)| {
            let end = curve.last()?;
            let band = end.band.map(|band| format!(" ({} to {})", percent(band.low), percent(band.high)));
            let text = format!("{mode}: {} at the horizon{}", percent(end.alive), band.unwrap_or_default());
            Some((Swatch::Line(stroke.ink, stroke.dash), text))
        })
        .collect();
    let bands = confidence.map(|c| format!(" Bands: pointwise {} intervals.", percent_trimmed(c)));
    let notes = vec![format!("A path survives until its first liquidation.{}", bands.unwrap_or_default())];
    let page = Page { heading: "Survival: share of paths without a liquidation", legend, notes, panels: 1 };
    let (mut picture, space) = page.begin(input);
    let lowest = curves.iter().flat_map(|(_, _, curve)| curve).map(Corner::low).fold(1.0, f64::min);
    let y = share_axis("Share of paths", lowest);
    let clock = Clock::new(input.horizon_days, input.steps);
    let panel_width = Panel::share_of_width(space, &y, 1);
    let panel = Panel::single(&mut picture, space, clock.axis(panel_width), y);
    for (stroke, _, curve) in curves.iter().filter(|_| confidence.is_some()) {
        let mut band = stairs(&panel, &clock, curve, Corner::high);
        band.extend(stairs(&panel, &clock, curve, Corner::low).into_iter().rev());
        picture.area(band, stroke.ink, 0.22);
    }
    for (stroke, _, curve) in &curves {
        picture.line(stairs(&panel, &clock, curve, |p| p.alive), stroke.ink, 3.5, stroke.dash);
    }
    (!curves.is_empty()).then_some(picture)
}

/// Steps and their counts, ascending.
type Counts<'a> = Box<dyn Iterator<Item = (u64, u64)> + 'a>;

/// Wilson's intervals at steps that are asked for in rising order.
struct Bands<'a> {
    confidence: Option<f64>,
    pairs: u64,
    /// Where paths are in pairs: by step, those of which the first path is liquidated then.
    lost: Option<Peekable<Counts<'a>>>,
    /// Pairs of which neither path has been liquidated.
    both: u64,
}

impl<'a> Bands<'a> {
    fn new(outcome: &'a RunOutcome, mode: usize, confidence: Option<f64>) -> Self {
        let twin = outcome.twins.as_ref().and_then(|twins| Some((twins.pairs, twins.modes.get(mode)?)));
        let pairs = twin.map_or(0, |(pairs, _)| pairs);
        let lost = twin.map(|(_, mode)| {
            let counts: Counts<'_> = Box::new(mode.first_liquidation.iter());
            counts.peekable()
        });
        Self { confidence, pairs, lost, both: pairs }
    }

    /// Of `alive` of `paths` paths at the end of `step`.
    fn at(&mut self, step: u64, alive: u64, paths: u64) -> Option<Interval> {
        let effect = match &mut self.lost {
            None => 1.0,
            Some(lost) => {
                while let Some((_, pairs)) = lost.next_if(|(at, _)| *at <= step) {
                    self.both -= pairs;
                }
                TwinProportion { count: alive, both: self.both, pairs: self.pairs }.design_effect()
            }
        };
        wilson_of_clusters(alive, paths, effect, self.confidence?)
    }
}

/// Where the curve has its corners: at time 0, when nothing can have been liquidated and nothing is
/// uncertain; at the first step, where the band opens; at each step that liquidates, the last of its
/// column; and at the end. Empty without paths.
fn corners(first_liquidation: &[u64], paths: u64, mut bands: Bands<'_>, columns: u128) -> Vec<Corner> {
    if paths == 0 {
        return Vec::new();
    }
    let last = first_liquidation.len().saturating_sub(1) as u64;
    let column = |step: u64| u128::from(step) * columns / u128::from(last.max(1));
    let mut counts = (0..).zip(first_liquidation.iter().copied()).skip(1).peekable();
    let mut found = vec![Corner { step: 0, alive: 1.0, band: Some(Interval { low: 1.0, high: 1.0 }) }];
    let (mut alive, mut changed) = (paths, false);
    while let Some((step, gone)) = counts.next() {
        alive = alive.saturating_sub(gone);
        changed |= gone > 0;
        let column_ends = counts.peek().is_none_or(|(next, _)| column(*next) > column(step));
        if !(column_ends && changed || step == 1 || step == last) {
            continue;
        }
        let band = bands.at(step, alive, paths);
        found.push(Corner { step, alive: alive as f64 / paths as f64, band });
        changed = false;
    }
    found
}

/// The curve as a staircase: a value holds until the next corner.
fn stairs(panel: &Panel, clock: &Clock, curve: &[Corner], value: impl Fn(&Corner) -> f64) -> Vec<Point> {
    let mut points = Vec::with_capacity(2 * curve.len());
    let mut held = None;
    for corner in curve {
        let x = clock.at(corner.step);
        if let Some(before) = held {
            points.push(panel.at(x, before));
        }
        points.push(panel.at(x, value(corner)));
        held = Some(value(corner));
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    const INDEPENDENT: Bands<'static> = Bands { confidence: Some(0.95), pairs: 0, lost: None, both: 0 };

    #[test]
    fn corners_lie_where_paths_are_liquidated() {
        let mut counts = vec![0; 721];
        (counts[2], counts[100], counts[101]) = (1, 1, 1);
        let found = corners(&counts, 10, INDEPENDENT, COLUMNS);
        let seen: Vec<_> = found.iter().map(|c| (c.step, c.alive)).collect();
        assert_eq!(seen, [(0, 1.0), (1, 1.0), (2, 0.9), (100, 0.8), (101, 0.7), (720, 0.7)]);
        // Wilson's 95 % interval of 7 out of 10, as tables of it print it.
        let end = found[5];
        assert!((end.low() - 0.3968).abs() < 5e-5 && (end.high() - 0.8922).abs() < 5e-5, "{end:?}");
    }

    #[test]
    fn nothing_is_uncertain_at_the_beginning_and_something_from_the_first_step_on() {
        for counts in [vec![0; 25], vec![0, 3, 0, 0]] {
            let found = corners(&counts, 10, INDEPENDENT, COLUMNS);
            assert_eq!((found[0].low(), found[0].high()), (1.0, 1.0));
            assert!(found[1].step == 1 && found[1].low() < found[1].high());
        }
        assert!(corners(&[0, 0], 0, INDEPENDENT, COLUMNS).is_empty());
    }

    #[test]
    fn long_runs_are_thinned_to_the_picture() {
        let steps = 100_000;
        let mut counts = vec![1; steps + 1];
        counts[0] = 0;
        let found = corners(&counts, 2 * steps as u64, INDEPENDENT, COLUMNS);
        assert!(found.len() <= 3 * 1280 + 3, "{}", found.len());
        // One path of 200,000 a step: the share left is exact at every corner that stays.
        for corner in &found {
            assert!((corner.alive - (1.0 - corner.step as f64 / 200_000.0)).abs() < 1e-12, "{corner:?}");
        }
        let widest = found.windows(2).map(|w| w[1].step - w[0].step).max().unwrap();
        assert!(widest <= 28, "26.04 steps share a column: {widest}");
        assert_eq!(found[found.len() - 1].step, steps as u64);
    }
}
