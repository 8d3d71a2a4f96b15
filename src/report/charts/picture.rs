//! A chart as plain data: shapes on a page of so many units, y downwards, painted in order.

use crate::report::charts::ink::{Dash, Ink};
use crate::report::charts::style::WHITE;

/// Width of a picture that stands in a file of its own, in units (pixels of the PNG).
pub const WIDTH: f64 = 1280.0;
/// Its height, in units.
pub const HEIGHT: f64 = 800.0;

/// A point of the page, in units.
pub type Point = (f64, f64);

/// Which end of a text its position names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// Its left end.
    Start,
    /// Its middle.
    Middle,
    /// Its right end.
    End,
}

/// A line of text; `at` lies on the baseline.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    /// Anchor point on the baseline.
    pub at: Point,
    /// The text itself.
    pub text: String,
    /// Size of an em, in units.
    pub size: f64,
    /// Colour.
    pub ink: Ink,
    /// Where `at` is.
    pub anchor: Anchor,
    /// Bold face.
    pub bold: bool,
}

/// One thing that is painted.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// An open line through points.
    Line {
        /// Two points or more.
        points: Vec<Point>,
        /// Colour.
        ink: Ink,
        /// Width of the stroke, in units.
        width: f64,
        /// Broken into marks and gaps, or whole.
        dash: Option<Dash>,
    },
    /// A filled polygon.
    Area {
        /// Its corners.
        points: Vec<Point>,
        /// Colour.
        ink: Ink,
        /// 1 hides what is below.
        opacity: f64,
    },
    /// A filled disc.
    Disc {
        /// Its centre.
        at: Point,
        /// Its radius, in units.
        radius: f64,
        /// Colour.
        ink: Ink,
        /// 1 hides what is below.
        opacity: f64,
    },
    /// A line of text.
    Text(Text),
}

/// A rectangle of the page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rectangle {
    /// Left edge.
    pub left: f64,
    /// Upper edge.
    pub top: f64,
    /// Right edge.
    pub right: f64,
    /// Lower edge.
    pub bottom: f64,
}

/// What stands before a legend's text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Swatch {
    /// A line.
    Line(Ink, Option<Dash>),
    /// A band.
    Band(Ink),
    /// A saltire.
    Cross(Ink),
    /// A disc.
    Disc(Ink),
    /// A hatched cell of a map.
    Hatched,
    /// A cell without a value.
    Missing,
}

/// What an axis of a plot spans, as it is shown: percentages, days, millions.
#[derive(Debug, Clone, PartialEq)]
pub struct Span {
    /// Value at its beginning.
    pub low: f64,
    /// Value at its end.
    pub high: f64,
    /// What values are counted in; empty where in nothing.
    pub unit: String,
}

/// The values that a plot area spans, so that a page can show the values at a point.
#[derive(Debug, Clone, PartialEq)]
pub struct Plot {
    /// The plot area.
    pub inside: Rectangle,
    /// From its left to its right edge.
    pub x: Span,
    /// From its lower to its upper edge.
    pub y: Span,
}

/// A finished chart.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Picture {
    /// What it shows, in a few words.
    pub heading: String,
    /// One sentence for those who cannot see it.
    pub alternative: String,
    /// Marks and what they mean, in order; painted too where the picture stands alone.
    pub legend: Vec<(Swatch, String)>,
    /// What is to be known besides; painted too where the picture stands alone.
    pub notes: Vec<String>,
    /// Width and height, in units.
    pub size: (f64, f64),
    /// In the order of painting.
    pub shapes: Vec<Shape>,
    /// Its plot areas.
    pub plots: Vec<Plot>,
    /// Texts of places, shown where a reader points at them.
    pub places: Vec<(Rectangle, String)>,
}

impl Picture {
    /// An open line.
    pub fn line(&mut self, points: Vec<Point>, ink: Ink, width: f64, dash: Option<Dash>) {
        self.shapes.push(Shape::Line { points, ink, width, dash });
    }

    /// A filled polygon.
    pub fn area(&mut self, points: Vec<Point>, ink: Ink, opacity: f64) {
        self.shapes.push(Shape::Area { points, ink, opacity });
    }

    /// A saltire of half-width `arm` around a point, with a white rim that sets it off from lines below.
    pub fn cross(&mut self, (x, y): Point, arm: f64, ink: Ink) {
        for (ink, width, arm) in [(WHITE, 5.5, arm + 1.5), (ink, 2.5, arm)] {
            self.line(vec![(x - arm, y - arm), (x + arm, y + arm)], ink, width, None);
            self.line(vec![(x - arm, y + arm), (x + arm, y - arm)], ink, width, None);
        }
    }

    /// A line of text.
    pub fn text(&mut self, text: Text) {
        self.shapes.push(Shape::Text(text));
    }
}
