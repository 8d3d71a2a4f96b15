//! Some single paths, mode beside mode.

use crate::report::charts::axis::{Axis, Clock, Quantity, roomy, span_of};
use crate::report::charts::format::grouped;
use crate::report::charts::ink::Ink;
use crate::report::charts::input::ChartInput;
use crate::report::charts::page::Page;
use crate::report::charts::panel::Panel;
use crate::report::charts::picture::{Picture, Swatch};
use crate::report::charts::style::{DARK, Stroke, of_mode};
use crate::report::charts::text::one_line;
use crate::simulation::{PathSample, SampledMode};
use crate::text::format::paths;

/// Lines that are shown at most; more cannot be distinguished.
const SHOWN: usize = 40;

/// Account equity of the first paths, one panel a mode; the same path number has the same prices in
/// every panel. A saltire marks the first forced close.
pub fn picture(input: &ChartInput<'_>) -> Option<Picture> {
    let modes = &input.sample.modes;
    let shown = modes.iter().map(|m| m.equity.len()).max()?.min(SHOWN);
    if shown == 0 || input.sample.steps.is_empty() {
        return None;
    }
    let mut legend: Vec<_> = vec![(Swatch::Cross(DARK), "first liquidation of a path".to_owned())];
    legend.push((Swatch::Line(DARK, Some((6.0, 5.0))), "opening equity".to_owned()));
    let notes = vec![format!(
        "The first {} of {}; all panels show the same price paths.",
        grouped(shown as f64, 0),
        paths(input.outcome.paths)
    )];
    let page = Page { heading: "Sample paths: account equity over time", legend, notes, panels: modes.len() };
    let (mut picture, space) = page.begin(input);
    let values = modes.iter().flat_map(|m| m.equity.iter().take(shown)).flatten().copied();
    let span = roomy(span_of(values.chain([input.opening_equity])), 0.03);
    let y = Axis::new("Account equity", &Quantity::Money(one_line(input.currency)), span, 8, None);
    let clock = Clock::new(input.horizon_days, input.steps);
    let x = clock.axis(Panel::share_of_width(space, &y, modes.len()));
    let captions: Vec<_> = modes.iter().map(|m| (caption(m, shown), of_mode(m.mode).ink)).collect();
    let panels = Panel::row(&mut picture, space, &x, &y, &captions);
    for (panel, mode) in panels.iter().zip(modes) {
        paint(&mut picture, panel, &clock, input.sample, mode);
        panel.level(&mut picture, input.opening_equity);
        mark(&mut picture, panel, &clock, input.sample, mode);
    }
    Some(picture)
}

fn caption(mode: &SampledMode, shown: usize) -> String {
    let hit = mode.first_liquidation.iter().take(shown).flatten().count();
    format!("{}: {hit} of {shown} liquidated", mode.mode)
}

fn paint(picture: &mut Picture, panel: &Panel, clock: &Clock, sample: &PathSample, mode: &SampledMode) {
    let Stroke { ink, .. } = of_mode(mode.mode);
    // Three strengths in turn let the eye follow one line among many.
    let tints: [Ink; 3] = [ink.tint(0.8), ink.tint(0.55), ink.tint(0.35)];
    for (equity, tint) in mode.equity.iter().take(SHOWN).zip(tints.iter().cycle()) {
        let points = sample.steps.iter().zip(equity).map(|(step, value)| panel.at(clock.at(*step), *value));
        picture.line(points.collect(), *tint, 1.6, None);
    }
}

/// Marks where paths stand after their first forced close, at the next recorded step.
fn mark(picture: &mut Picture, panel: &Panel, clock: &Clock, sample: &PathSample, mode: &SampledMode) {
    for (equity, hit) in mode.equity.iter().zip(&mode.first_liquidation).take(SHOWN) {
        let Some(step) = hit else { continue };
        let recorded = sample.steps.iter().zip(equity).find(|(recorded, _)| *recorded >= step);
        if let Some((recorded, value)) = recorded {
            picture.cross(panel.at(clock.at(*recorded), *value), 6.0, DARK);
        }
    }
}
