//! Share of paths that no forced close has hit yet, over time.

use super::ChartInput;
use super::axis::{Clock, share_axis};
use super::format::{level, percent};
use super::page::{Page, Swatch};
use super::panel::Panel;
use super::picture::{Picture, Point};
use super::style::of_mode;
use crate::statistics::{SurvivalPoint, survival};

const POINTS: u64 = 240;

/// One falling staircase a mode, each in the band of its pointwise intervals.
pub fn picture(input: &ChartInput<'_>) -> Option<Picture> {
    let paths = input.outcome.paths;
    let curves: Vec<_> = input
        .outcome
        .modes
        .iter()
        .map(|m| (of_mode(m.mode), m.mode, survival(&m.first_liquidation, paths, POINTS, input.confidence)))
        .filter(|(_, _, curve)| !curve.is_empty())
        .collect();
    let legend = curves
        .iter()
        .filter_map(|(stroke, mode, curve)| {
            let end = curve.last()?;
            let text = format!(
                "{mode}: {} at the end ({} to {})",
                percent(end.alive),
                percent(end.low),
                percent(end.high)
            );
            Some((Swatch::Line(stroke.ink, stroke.dash), text))
        })
        .collect();
    let notes = vec![format!(
        "A path counts until its first forced close. Bands: Wilson's {} interval at each time.",
        level(input.confidence)
    )];
    let page = Page { heading: "Survival: paths without a liquidation", legend, notes };
    let (mut picture, space) = page.begin(input);
    let lowest = curves.iter().flat_map(|(_, _, curve)| curve).map(|p| p.low).fold(1.0, f64::min);
    let y = share_axis("Share of paths", lowest);
    let clock = Clock::new(input.horizon_days, input.steps);
    let panel_width = Panel::share_of_width(space, &y, 1);
    let panel = Panel::single(&mut picture, space, clock.axis(panel_width), y);
    for (stroke, _, curve) in &curves {
        let mut band = stairs(&panel, &clock, curve, |p| p.high);
        band.extend(stairs(&panel, &clock, curve, |p| p.low).into_iter().rev());
        picture.area(band, stroke.ink, 0.22);
    }
    for (stroke, _, curve) in &curves {
        picture.line(stairs(&panel, &clock, curve, |p| p.alive), stroke.ink, 3.5, stroke.dash);
    }
    (!curves.is_empty()).then_some(picture)
}

/// The curve as a staircase: a value holds until the next point.
fn stairs(
    panel: &Panel,
    clock: &Clock,
    curve: &[SurvivalPoint],
    value: impl Fn(&SurvivalPoint) -> f64,
) -> Vec<Point> {
    let mut points = Vec::with_capacity(2 * curve.len());
    let mut held = None;
    for p in curve {
        let x = clock.at_share(p.fraction_of_horizon);
        if let Some(before) = held {
            points.push(panel.at(x, before));
        }
        points.push(panel.at(x, value(p)));
        held = Some(value(p));
    }
    points
}
