//! What every chart shares: heading, run, legend, notes, and the space that is left for panels.

use super::ChartInput;
use super::map_cell::{hatched, missing};
use super::picture::{Anchor, Dash, HEIGHT, Ink, Picture, Text, WIDTH};
use super::style::{DARK, GREY};
use super::text::{fitted, in_lines, one_line, width};

const MARGIN: f64 = 40.0;
const LEGEND_SIZE: f64 = 20.0;
const LEGEND_ROW: f64 = 30.0;
const NOTE_SIZE: f64 = 17.0;
const SUBTITLE_LINES: usize = 2;
const SUBTITLE_LINE: f64 = 22.0;
const LINE_SWATCH: f64 = 46.0;
const MARK_SWATCH: f64 = 18.0;
const CELL_SWATCH: f64 = 32.0;

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

impl Swatch {
    fn width(self) -> f64 {
        match self {
            Self::Line(..) | Self::Band(_) => LINE_SWATCH,
            Self::Cross(_) | Self::Disc(_) => MARK_SWATCH,
            Self::Hatched | Self::Missing => CELL_SWATCH,
        }
    }
}

/// What stands below every chart's heading.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Run<'a> {
    /// The scenario's title, shown as it is on one line.
    pub title: &'a str,
    /// What was run, on two lines; what is too long is cut at its end.
    pub subtitle: &'a str,
}

impl<'a> From<&'a ChartInput<'_>> for Run<'a> {
    fn from(input: &'a ChartInput<'_>) -> Self {
        Self { title: input.title, subtitle: &input.subtitle }
    }
}

/// The fixed parts of a chart.
pub struct Page<'a> {
    /// What the chart shows.
    pub heading: &'a str,
    /// Marks and what they mean, in order.
    pub legend: Vec<(Swatch, String)>,
    /// Lines below the panels.
    pub notes: Vec<String>,
}

impl Page<'_> {
    /// Paints everything but the panels; returns the picture and the space for them.
    pub fn begin<'r>(&self, run: impl Into<Run<'r>>) -> (Picture, Rectangle) {
        let run = run.into();
        let title = one_line(run.title);
        let mut picture = Picture { alternative: self.alternative(&title), shapes: Vec::new() };
        let space = WIDTH - 2.0 * MARGIN;
        let mut line = |y: f64, text: &str, size: f64, ink: Ink, bold: bool| {
            let text = fitted(text, size, bold, space);
            picture.text(Text { at: (MARGIN, y), text, size, ink, anchor: Anchor::Start, bold });
        };
        line(48.0, self.heading, 30.0, DARK, true);
        line(79.0, &title, 21.0, DARK, false);
        let facts = in_lines(&one_line(run.subtitle), NOTE_SIZE, space, SUBTITLE_LINES);
        for (i, text) in facts.iter().enumerate() {
            line(105.0 + SUBTITLE_LINE * i as f64, text, NOTE_SIZE, GREY, false);
        }
        let below = SUBTITLE_LINE * facts.len().saturating_sub(1) as f64;
        for (i, note) in self.notes.iter().rev().enumerate() {
            line(HEIGHT - 18.0 - 24.0 * i as f64, note, NOTE_SIZE, GREY, false);
        }
        let top = self.paint_legend(&mut picture, 142.0 + below, space);
        let bottom = HEIGHT - 14.0 - 24.0 * self.notes.len() as f64;
        (picture, Rectangle { left: MARGIN, top, right: WIDTH - MARGIN, bottom })
    }

    fn alternative(&self, title: &str) -> String {
        let said = self.legend.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join("; ");
        format!("{} — {title}. {said}", self.heading)
    }

    /// Rows of marks with their texts, wrapped to the page; returns where they end.
    fn paint_legend(&self, picture: &mut Picture, first: f64, space: f64) -> f64 {
        let (mut x, mut y) = (MARGIN, first);
        for (swatch, text) in &self.legend {
            let before = swatch.width() + 12.0;
            let text = fitted(text, LEGEND_SIZE, false, space - before);
            let taken = before + width(&text, LEGEND_SIZE, false);
            if x > MARGIN && x + taken > MARGIN + space {
                (x, y) = (MARGIN, y + LEGEND_ROW);
            }
            paint_swatch(picture, *swatch, (x, y - 0.35 * LEGEND_SIZE));
            let at = (x + before, y);
            let (ink, anchor) = (DARK, Anchor::Start);
            picture.text(Text { at, text, size: LEGEND_SIZE, ink, anchor, bold: false });
            x += taken + 28.0;
        }
        if self.legend.is_empty() { first } else { y + 22.0 }
    }
}

fn paint_swatch(picture: &mut Picture, swatch: Swatch, (x, y): (f64, f64)) {
    match swatch {
        Swatch::Line(ink, dash) => picture.line(vec![(x, y), (x + LINE_SWATCH, y)], ink, 3.5, dash),
        Swatch::Band(ink) => {
            let (r, h) = (x + LINE_SWATCH, 9.0);
            picture.area(vec![(x, y - h), (r, y - h), (r, y + h), (x, y + h)], ink, 1.0);
        }
        Swatch::Cross(ink) => picture.cross((x + MARK_SWATCH / 2.0, y), 7.0, ink),
        Swatch::Disc(ink) => {
            let at = (x + MARK_SWATCH / 2.0, y);
            picture.shapes.push(super::picture::Shape::Disc { at, radius: 6.0, ink, opacity: 0.8 });
        }
        Swatch::Hatched | Swatch::Missing => {
            let cell = Rectangle { left: x, top: y - 10.0, right: x + CELL_SWATCH, bottom: y + 10.0 };
            match swatch {
                Swatch::Hatched => hatched(picture, cell),
                _ => missing(picture, cell),
            }
        }
    }
}
