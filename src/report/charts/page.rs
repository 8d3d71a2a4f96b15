//! What every chart shares: heading, run, legend, notes, and the space that is left for panels.

use crate::domain::MarginMode;
use crate::report::charts::ink::Ink;
use crate::report::charts::input::ChartInput;
use crate::report::charts::layout::Layout;
use crate::report::charts::map_cell::{hatched, missing};
use crate::report::charts::picture::{Anchor, HEIGHT, Picture, Rectangle, Shape, Swatch, Text, WIDTH};
use crate::report::charts::style::{DARK, GREY, of_mode};
use crate::report::charts::text::{fitted, in_lines, one_line, width};

const MARGIN: f64 = 40.0;
const LEGEND_SIZE: f64 = 20.0;
const LEGEND_ROW: f64 = 30.0;
const NOTE_SIZE: f64 = 17.0;
const SUBTITLE_LINES: usize = 2;
const SUBTITLE_LINE: f64 = 22.0;
const LINE_SWATCH: f64 = 46.0;
const MARK_SWATCH: f64 = 18.0;
const CELL_SWATCH: f64 = 32.0;

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
    /// What pictures are made for.
    pub layout: Layout,
}

impl<'a> From<&'a ChartInput<'_>> for Run<'a> {
    fn from(input: &'a ChartInput<'_>) -> Self {
        Self { title: input.title, subtitle: &input.subtitle, layout: input.layout }
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
    /// Plot areas that share the page.
    pub panels: usize,
}

impl Page<'_> {
    /// Paints everything but the panels; returns the picture and the space for them. Inside a document its text stands
    /// around the picture, which then is panels alone.
    pub fn begin<'r>(&self, run: impl Into<Run<'r>>) -> (Picture, Rectangle) {
        let run = run.into();
        let title = one_line(run.title);
        let (width, height) = run.layout.size(self.panels);
        let mut picture = Picture {
            heading: self.heading.to_owned(),
            alternative: self.alternative(&title),
            legend: self.legend.clone(),
            notes: self.notes.clone(),
            size: (width, height),
            ..Picture::default()
        };
        let inset = Rectangle { left: 4.0, top: 0.0, right: width - 4.0, bottom: height - 4.0 };
        let space = if run.layout == Layout::File { self.frame(&mut picture, run, &title) } else { inset };
        (picture, space)
    }

    /// Heading, run, legend and notes; returns what space they leave.
    fn frame(&self, picture: &mut Picture, run: Run<'_>, title: &str) -> Rectangle {
        let space = WIDTH - 2.0 * MARGIN;
        let mut line = |y: f64, text: &str, size: f64, ink: Ink, bold: bool| {
            let text = fitted(text, size, bold, space);
            picture.text(Text { at: (MARGIN, y), text, size, ink, anchor: Anchor::Start, bold });
        };
        line(48.0, self.heading, 30.0, DARK, true);
        line(79.0, title, 21.0, DARK, false);
        let lines = in_lines(&one_line(run.subtitle), NOTE_SIZE, space, SUBTITLE_LINES);
        for (i, text) in lines.iter().enumerate() {
            line(105.0 + SUBTITLE_LINE * i as f64, text, NOTE_SIZE, GREY, false);
        }
        let below = SUBTITLE_LINE * lines.len().saturating_sub(1) as f64;
        for (i, note) in self.notes.iter().rev().enumerate() {
            line(HEIGHT - 18.0 - 24.0 * i as f64, note, NOTE_SIZE, GREY, false);
        }
        let top = self.paint_legend(picture, 142.0 + below, space);
        let bottom = HEIGHT - 14.0 - 24.0 * self.notes.len() as f64;
        Rectangle { left: MARGIN, top, right: WIDTH - MARGIN, bottom }
    }

    fn alternative(&self, title: &str) -> String {
        let legend = self.legend.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join("; ");
        format!("{} — {title}. {legend}", self.heading)
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

/// The mode that a legend's mark stands for.
pub fn mode_of(swatch: Swatch) -> Option<MarginMode> {
    let (Swatch::Line(ink, _) | Swatch::Band(ink) | Swatch::Cross(ink) | Swatch::Disc(ink)) = swatch else {
        return None;
    };
    MarginMode::ALL.into_iter().find(|mode| of_mode(*mode).ink == ink)
}

/// A legend's mark as a picture of its own.
pub fn swatch_alone(swatch: Swatch) -> Picture {
    let mut picture = Picture { size: (swatch.width(), MARK_SWATCH + 4.0), ..Picture::default() };
    let middle = picture.size.1 / 2.0;
    paint_swatch(&mut picture, swatch, (0.0, middle));
    picture
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
            picture.shapes.push(Shape::Disc { at, radius: 6.0, ink, opacity: 0.8 });
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
