//! The distribution of maximum drawdowns.

use crate::report::charts::axis::{Axis, Quantity, share_axis};
use crate::report::charts::format::percent;
use crate::report::charts::input::ChartInput;
use crate::report::charts::page::Page;
use crate::report::charts::panel::Panel;
use crate::report::charts::picture::{Picture, Swatch};
use crate::report::charts::staircase::{exceedance, thinned};
use crate::report::charts::style::of_mode;

/// For each drawdown the share of paths that reach it. Where liquidated paths share one drawdown, the curve falls by their
/// share.
pub fn picture(input: &ChartInput<'_>) -> Option<Picture> {
    let modes: Vec<_> =
        input.outcome.modes.iter().filter(|m| m.drawdown_relative.histogram().total() > 0).collect();
    let legend = modes
        .iter()
        .map(|m| {
            let stroke = of_mode(m.mode);
            let at = |p: f64| percent(m.drawdown_relative.quantile(p).unwrap_or(0.0));
            let text = format!("{}: median {}, 95th percentile {}", m.mode, at(0.5), at(0.95));
            (Swatch::Line(stroke.ink, stroke.dash), text)
        })
        .collect();
    let notes = vec![
        "Maximum drawdown: largest fall of account equity below its previous peak, in % of that peak. Vertical lines: \
         many paths share it."
            .to_owned(),
    ];
    let page = Page { heading: "Maximum drawdown: share of paths exceeding it", legend, notes, panels: 1 };
    let (mut picture, space) = page.begin(input);
    let deepest = modes.iter().filter_map(|m| m.drawdown_relative.moments().max()).fold(0.0, f64::max);
    let high = if deepest > 0.0 { deepest * 1.03 } else { 1.0 };
    let y = share_axis("Share of paths", 0.0);
    let width = Panel::share_of_width(space, &y, 1);
    let x = Axis::new("Maximum drawdown of account equity", &Quantity::Share, (0.0, high), 10, Some(width));
    let panel = Panel::single(&mut picture, space, x, y);
    for mode in &modes {
        let stroke = of_mode(mode.mode);
        let corners = exceedance(mode.drawdown_relative.histogram(), 0.0, high);
        let points = corners.into_iter().map(|(x, y)| panel.at(x, y)).collect();
        picture.line(thinned(points, 0.3), stroke.ink, 3.5, stroke.dash);
    }
    (!modes.is_empty()).then_some(picture)
}
