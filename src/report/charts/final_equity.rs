//! The distribution of account equity at the end.

use crate::report::charts::axis::{Axis, Quantity, roomy, share_axis, span_of};
use crate::report::charts::format::{amount, percent};
use crate::report::charts::input::ChartInput;
use crate::report::charts::page::Page;
use crate::report::charts::panel::Panel;
use crate::report::charts::picture::{Picture, Swatch};
use crate::report::charts::staircase::{cumulative, shared_value, thinned};
use crate::report::charts::style::{DARK, of_mode};
use crate::report::charts::text::one_line;
use crate::simulation::ModeOutcome;

/// The axis ends at this quantile: the upper tail is long and thin.
const UPPER: f64 = 0.995;

/// The share of paths that end at or below each equity, a mode a curve; values that many paths share
/// (margin lost, everything lost) are vertical.
pub fn picture(input: &ChartInput<'_>) -> Option<Picture> {
    let opening = input.opening_equity;
    let modes: Vec<_> = input.outcome.modes.iter().filter(|m| m.pnl.histogram().total() > 0).collect();
    let ends = modes.iter().flat_map(|m| [m.pnl.moments().min(), m.pnl.quantile(UPPER)]).flatten();
    let span = roomy(span_of(ends.map(|pnl| opening + pnl).chain([opening])), 0.03);
    let currency = one_line(input.currency);
    let mut legend: Vec<_> = modes
        .iter()
        .map(|m| {
            let stroke = of_mode(m.mode);
            (Swatch::Line(stroke.ink, stroke.dash), described(m, opening))
        })
        .collect();
    legend.push((
        Swatch::Line(DARK, Some((6.0, 5.0))),
        format!("opening equity {} {currency}", amount(opening)),
    ));
    let page = Page {
        heading: "Final equity: share of paths that end at or below it",
        legend,
        notes: vec![note(&modes, opening, span.1)],
        panels: 1,
    };
    let (mut picture, space) = page.begin(input);
    let y = share_axis("Share of paths", 0.0);
    let width = Panel::share_of_width(space, &y, 1);
    let x = Axis::new("Account equity at the end", &Quantity::Money(currency), span, 9, Some(width));
    let panel = Panel::single(&mut picture, space, x, y);
    picture.line(vec![panel.at(opening, 0.0), panel.at(opening, 1.0)], DARK, 1.5, Some((6.0, 5.0)));
    for mode in &modes {
        let stroke = of_mode(mode.mode);
        let corners = cumulative(mode.pnl.histogram(), span.0 - opening, span.1 - opening);
        let points = corners.into_iter().map(|(pnl, share)| panel.at(opening + pnl, share)).collect();
        picture.line(thinned(points, 0.3), stroke.ink, 3.5, stroke.dash);
    }
    (!modes.is_empty()).then_some(picture)
}

fn described(mode: &ModeOutcome, opening: f64) -> String {
    let median = mode.pnl.quantile(0.5).unwrap_or(0.0);
    let atom = shared_value(&mode.pnl)
        .map(|(pnl, share)| format!(", {} end at {}", percent(share), amount(opening + pnl)))
        .unwrap_or_default();
    format!("{}: median {}{atom}", mode.mode, amount(opening + median))
}

fn note(modes: &[&ModeOutcome], opening: f64, axis_end: f64) -> String {
    let shared = "Vertical lines: many paths end at the same value.";
    let gains = modes.iter().filter_map(|m| m.pnl.moments().max());
    let largest = gains.map(|pnl| opening + pnl).fold(f64::NEG_INFINITY, f64::max);
    if largest > axis_end {
        let tail = amount(largest);
        format!("{shared} The axis ends at the 99.5 % quantile; the largest value is {tail}.")
    } else {
        shared.to_owned()
    }
}
