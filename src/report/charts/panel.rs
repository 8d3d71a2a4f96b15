//! A plot area with its axes, and the map from values to the page.

use crate::report::charts::axis::{Axis, TICK_SIZE};
use crate::report::charts::ink::Ink;
use crate::report::charts::picture::{Anchor, Picture, Plot, Point, Rectangle, Text};
use crate::report::charts::style::{DARK, GREY, GRID};
use crate::report::charts::text::{fitted, width};

const CAPTION_ROW: f64 = 30.0;
const TICK_ROW: f64 = 30.0;
const LABEL_ROW: f64 = 28.0;
const GAP: f64 = 44.0;
const STACK_GAP: f64 = 14.0;
/// Space below this width holds panels one below the other.
const NARROW: f64 = 700.0;

/// One plot area.
#[derive(Debug, Clone)]
pub struct Panel {
    /// The plot area itself, without labels.
    pub inside: Rectangle,
    x: Axis,
    y: Axis,
}

impl Panel {
    /// Left edge of the plot area of a panel in `space` whose vertical axis is `y`.
    fn left_of(space: Rectangle, y: &Axis) -> f64 {
        let widest = y.ticks.iter().map(|(_, text)| width(text, TICK_SIZE, false)).fold(0.0, f64::max);
        space.left + widest + 12.0
    }

    /// Width that is left for one of `count` panels in `space` that share the axis `y`.
    pub fn share_of_width(space: Rectangle, y: &Axis, count: usize) -> f64 {
        let count = if is_narrow(space) { 1.0 } else { count.max(1) as f64 };
        (space.right - 14.0 - Self::left_of(space, y) - GAP * (count - 1.0)) / count
    }

    /// Panels side by side in `space`, or one below the other where it is narrow, with one vertical axis; each has its
    /// own caption.
    pub fn row(
        picture: &mut Picture,
        space: Rectangle,
        x: &Axis,
        y: &Axis,
        captions: &[(String, Ink)],
    ) -> Vec<Self> {
        let (left, each) = (Self::left_of(space, y), Self::share_of_width(space, y, captions.len()));
        let first = space.top + LABEL_ROW;
        let stacked = is_narrow(space);
        let below = TICK_ROW + LABEL_ROW + if stacked { STACK_GAP } else { 0.0 };
        let count = if stacked { captions.len().max(1) as f64 } else { 1.0 };
        let slot = (space.bottom - first) / count;
        Self::name_of_y(picture, space, y);
        let panels: Vec<_> = (0..captions.len())
            .map(|i| {
                let (column, row) = if stacked { (0.0, i as f64) } else { (i as f64, 0.0) };
                let (left, top) = (left + column * (each + GAP), first + row * slot + CAPTION_ROW);
                let bottom = top - CAPTION_ROW + slot - below;
                let inside = Rectangle { left, top, right: left + each, bottom };
                Self { inside, x: x.clone(), y: y.clone() }
            })
            .collect();
        for (i, (panel, (caption, ink))) in panels.iter().zip(captions).enumerate() {
            panel.frame(picture, stacked || i == 0);
            let text = fitted(caption, 20.0, true, each);
            let at = (panel.inside.left, panel.inside.top - 11.0);
            picture.text(Text { at, text, size: 20.0, ink: *ink, anchor: Anchor::Start, bold: true });
        }
        panels
    }

    /// One panel that fills `space`.
    pub fn single(picture: &mut Picture, space: Rectangle, x: Axis, y: Axis) -> Self {
        let inside = Rectangle {
            left: Self::left_of(space, &y),
            top: space.top + LABEL_ROW + 8.0,
            right: space.right - 14.0,
            bottom: space.bottom - TICK_ROW - LABEL_ROW,
        };
        Self::name_of_y(picture, space, &y);
        let panel = Self { inside, x, y };
        panel.frame(picture, true);
        panel
    }

    /// Written level above the axis: text on its side is hard to read.
    fn name_of_y(picture: &mut Picture, space: Rectangle, y: &Axis) {
        let text = fitted(&y.label, TICK_SIZE, false, space.right - space.left);
        let at = (space.left, space.top + 20.0);
        picture.text(Text { at, text, size: TICK_SIZE, ink: GREY, anchor: Anchor::Start, bold: false });
    }

    fn frame(&self, picture: &mut Picture, numbers_of_y: bool) {
        let Rectangle { left, top, right, bottom } = self.inside;
        picture.plots.push(Plot { inside: self.inside, x: self.x.span(), y: self.y.span() });
        let mut tick = |at: Point, text: &str, anchor: Anchor| {
            let text = text.to_owned();
            picture.text(Text { at, text, size: TICK_SIZE, ink: DARK, anchor, bold: false });
        };
        for (value, text) in &self.x.ticks {
            tick((self.at(*value, self.y.low).0, bottom + 26.0), text, Anchor::Middle);
        }
        for (value, text) in self.y.ticks.iter().filter(|_| numbers_of_y) {
            tick((left - 10.0, self.at(self.x.low, *value).1 + 0.36 * TICK_SIZE), text, Anchor::End);
        }
        for (value, _) in &self.y.ticks {
            let y = self.at(self.x.low, *value).1;
            picture.line(vec![(left, y), (right, y)], GRID, 1.0, None);
        }
        for (value, _) in &self.x.ticks {
            let x = self.at(*value, self.y.low).0;
            picture.line(vec![(x, top), (x, bottom)], GRID, 1.0, None);
            picture.line(vec![(x, bottom), (x, bottom + 6.0)], GREY, 1.5, None);
        }
        picture.line(vec![(left, top), (left, bottom), (right, bottom)], GREY, 1.5, None);
        let text = fitted(&self.x.label, TICK_SIZE, false, right - left);
        let at = ((left + right) / 2.0, bottom + TICK_ROW + 24.0);
        picture.text(Text { at, text, size: TICK_SIZE, ink: GREY, anchor: Anchor::Middle, bold: false });
    }

    /// Where a pair of values lies; what is beyond an axis lies on its end.
    pub fn at(&self, x: f64, y: f64) -> Point {
        let share = |value: f64, axis: &Axis| ((value - axis.low) / (axis.high - axis.low)).clamp(0.0, 1.0);
        let Rectangle { left, top, right, bottom } = self.inside;
        (left + share(x, &self.x) * (right - left), bottom - share(y, &self.y) * (bottom - top))
    }

    /// A level line across the panel at `y`, where the axis reaches it.
    pub fn level(&self, picture: &mut Picture, y: f64) {
        if y >= self.y.low && y <= self.y.high {
            let ends = vec![self.at(self.x.low, y), self.at(self.x.high, y)];
            picture.line(ends, DARK, 1.5, Some((6.0, 5.0)));
        }
    }
}

fn is_narrow(space: Rectangle) -> bool {
    space.right - space.left < NARROW
}
