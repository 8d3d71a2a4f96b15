//! The maximum drawdowns of two modes on the same paths.

use crate::domain::MarginMode;
use crate::report::charts::axis::{Axis, Quantity};
use crate::report::charts::format::{grouped, percent};
use crate::report::charts::ink::Ink;
use crate::report::charts::input::ChartInput;
use crate::report::charts::layout::Layout;
use crate::report::charts::page::Page;
use crate::report::charts::panel::Panel;
use crate::report::charts::picture::{Picture, Rectangle, Shape, Swatch};
use crate::report::charts::style::{DARK, GREY, of_mode};
use crate::simulation::SampledMode;
use crate::text::format::paths;

/// Points that are shown at most; more would hide one another.
const SHOWN: usize = 2_000;
/// Points that are shown at most on a telephone.
const SHOWN_NARROW: usize = 600;
/// Points from which on discs are translucent, so that dense places look dense.
const CROWD: usize = 100;
/// Drawdowns that differ by less are equal: the modes round differently.
const SAME: f64 = 1e-9;

/// Maximum relative drawdown of two modes, a disc a path, and the line where both are equal.
pub fn picture(input: &ChartInput<'_>) -> Option<Picture> {
    let (a, b) = compared(&input.sample.modes)?;
    let points: Vec<(f64, f64)> =
        a.drawdown_relative.iter().copied().zip(b.drawdown_relative.iter().copied()).collect();
    if points.is_empty() {
        return None;
    }
    let (ink_a, ink_b) = (of_mode(a.mode).ink, of_mode(b.mode).ink);
    let share = |test: &dyn Fn(f64) -> bool| {
        percent(points.iter().filter(|(x, y)| test(x - y)).count() as f64 / points.len() as f64)
    };
    let most = if input.layout == Layout::Narrow { SHOWN_NARROW } else { SHOWN };
    let shown = points.len().min(most);
    let legend = vec![
        (Swatch::Disc(ink_a), format!("deeper in {}: {}", a.mode, share(&|d| d > SAME))),
        (Swatch::Disc(ink_b), format!("deeper in {}: {}", b.mode, share(&|d| d < -SAME))),
        (Swatch::Disc(GREY), format!("equal: {}", share(&|d| d.abs() <= SAME))),
    ];
    let notes = vec![format!(
        "Each disc is one price path; on the line both modes have equal drawdowns. Shares are over {} of {}, {} of them \
         shown.",
        grouped(points.len() as f64, 0),
        paths(input.outcome.paths),
        grouped(shown as f64, 0)
    )];
    let heading = format!("Maximum drawdown, path by path: {} against {}", a.mode, b.mode);
    let page = Page { heading: &heading, legend, notes, panels: 1 };
    let (mut picture, space) = page.begin(input);
    let deepest = points.iter().map(|(x, y)| x.max(*y)).fold(0.0, f64::max);
    let span = (0.0, if deepest > 0.0 { deepest * 1.03 } else { 1.0 });
    let name = |mode| format!("Maximum drawdown, {mode}");
    let y = Axis::new(&name(b.mode), &Quantity::Share, span, 8, None);
    let space = squared(space, &y);
    let x = Axis::new(&name(a.mode), &Quantity::Share, span, 8, Some(Panel::share_of_width(space, &y, 1)));
    let panel = Panel::single(&mut picture, space, x, y);
    picture.line(vec![panel.at(0.0, 0.0), panel.at(span.1, span.1)], DARK, 1.5, Some((6.0, 5.0)));
    let opacity = if points.len() > CROWD { 0.35 } else { 0.9 };
    for (x, y) in points.iter().take(shown) {
        let at = panel.at(*x, *y);
        let ink = side(x - y, ink_a, ink_b);
        picture.shapes.push(Shape::Disc { at, radius: 4.0, ink, opacity });
    }
    Some(picture)
}

/// Isolated and cross, the two that every margin account chooses between; the first two modes where one of
/// them is missing.
fn compared(modes: &[SampledMode]) -> Option<(&SampledMode, &SampledMode)> {
    let of = |mode| modes.iter().find(|sampled| sampled.mode == mode);
    of(MarginMode::Isolated).zip(of(MarginMode::Cross)).or_else(|| modes.first().zip(modes.get(1)))
}

fn side(difference: f64, a: Ink, b: Ink) -> Ink {
    match difference {
        d if d > SAME => a,
        d if d < -SAME => b,
        _ => GREY,
    }
}

/// The middle of `space`, so wide that the plot area is a square.
fn squared(space: Rectangle, y: &Axis) -> Rectangle {
    let surplus = Panel::share_of_width(space, y, 1) - (space.bottom - space.top - 94.0);
    let inset = (surplus / 2.0).max(0.0);
    Rectangle { left: space.left + inset, right: space.right - inset, ..space }
}
