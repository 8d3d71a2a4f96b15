//! A map: a grid of cells coloured by a value, or several such grids side by side.

use crate::report::charts::axis::{Axis, TICK_SIZE};
use crate::report::charts::ink::Ink;
use crate::report::charts::map_cell::{filled, hatched, missing};
use crate::report::charts::numbers::Numbers;
use crate::report::charts::picture::{Anchor, Picture, Rectangle, Text};
use crate::report::charts::ramp::{Ramp, readable_on};
use crate::report::charts::style::{DARK, GREY};
use crate::report::charts::text::{fitted, width};
use crate::text::format::distinct;

const SMALL_TICK: f64 = 16.0;
const NAME_ROW: f64 = 28.0;
const CAPTION_ROW: f64 = 28.0;
const TICK_ROW: f64 = 30.0;
const GAP: f64 = 30.0;
const BAR: f64 = 26.0;
const BAR_GAP: f64 = 34.0;
const BAR_TICK: f64 = 6.0;
const BAR_STEPS: usize = 64;
/// Space below which grids lie below one another.
const NARROW: f64 = 700.0;
/// Beyond this, cells of a small grid would be slabs.
const LARGEST_CELL: (f64, f64) = (420.0, 220.0);
/// Cells of all grids up to which their values are written in them.
const MOST_WRITTEN: usize = 150;
/// Cells of all grids up to which each has a text of its own.
const MOST_DESCRIBED: usize = 1_000;
const VALUE_SIZES: [f64; 4] = [20.0, 17.0, 15.0, 13.0];
/// Widest label of a row, in units.
const WIDEST_LABEL: f64 = 250.0;
/// Characters that a shortened label keeps at least.
const SHORTEST_LABEL: usize = 8;

/// What one cell shows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Shown {
    /// No value.
    Missing,
    /// A value.
    Value(f64),
    /// A difference that is not statistically significant.
    NotSignificant(f64),
}

/// One axis of a map.
#[derive(Debug, Clone, PartialEq)]
pub struct Side {
    /// What it is called.
    pub name: String,
    /// Its settings in order.
    pub labels: Vec<String>,
    /// Whether they are numbers, so that leaving some out is understood.
    pub numeric: bool,
}

/// A map.
pub struct HeatMap<'a> {
    /// Rows from the top.
    pub rows: &'a Side,
    /// Columns from the left.
    pub columns: &'a Side,
    /// Per grid its caption (empty where there is one grid only) and its cells, row by row.
    pub grids: Vec<(String, Vec<Vec<Shown>>)>,
    /// Colours.
    pub ramp: Ramp,
    /// How values are written.
    pub numbers: &'a Numbers,
    /// The legend's axis: ticks along [`Ramp::span`].
    pub bar: &'a Axis,
}

/// The measures of a grid on the page.
struct Geometry {
    columns: usize,
    tick: f64,
    left: f64,
    top: f64,
    cell: (f64, f64),
    /// From one grid to the next, across and down.
    pitch: (f64, f64),
}

impl HeatMap<'_> {
    /// Paints it into `space`.
    pub fn paint(&self, picture: &mut Picture, space: Rectangle) {
        let (rows, columns) = (self.rows.labels.len(), self.columns.labels.len());
        if rows == 0 || columns == 0 || self.grids.is_empty() {
            return;
        }
        let tick = if self.grids.len() > 1 { SMALL_TICK } else { TICK_SIZE };
        let row_labels = shortened(&self.rows.labels, tick, WIDEST_LABEL);
        let geometry = self.geometry(space, tick, &row_labels);
        let name = fitted(&self.rows.name, TICK_SIZE, false, 0.6 * (space.right - space.left));
        write(picture, (space.left, space.top + 20.0), name, TICK_SIZE, GREY, Anchor::Start);
        for (index, (caption, cells)) in self.grids.iter().enumerate() {
            let grid = geometry.grid(index, rows, columns);
            let first = index % geometry.columns == 0;
            let text = fitted(caption, tick, true, grid.right - grid.left + GAP / 2.0);
            let at = (grid.left, grid.top - 9.0);
            if !text.is_empty() {
                picture.text(Text { at, text, size: tick, ink: DARK, anchor: Anchor::Start, bold: true });
            }
            if first {
                self.name_rows(picture, grid, geometry.cell.1, tick, &row_labels);
            }
            self.name_columns(picture, grid, geometry.cell.0, tick);
            self.fill(picture, grid, geometry.cell, cells);
            self.describe(picture, grid, geometry.cell, cells);
        }
        self.paint_values(picture, &geometry);
        let last = geometry.grid(geometry.columns.min(self.grids.len()) - 1, rows, columns);
        let down = geometry.grid(self.grids.len() - 1, rows, columns);
        self.paint_bar(
            picture,
            (last.right + BAR_GAP, geometry.top, down.bottom.max(geometry.top + 140.0)),
            space,
        );
    }

    fn geometry(&self, space: Rectangle, tick: f64, row_labels: &[String]) -> Geometry {
        let columns = match self.grids.len() {
            _ if space.right - space.left < NARROW => 1,
            4 => 2,
            count => count.clamp(1, 3),
        };
        let lines = self.grids.len().div_ceil(columns);
        let left = space.left + widest(row_labels, tick) + 12.0;
        let labels = self.bar.ticks.iter().map(|(_, text)| width(text, TICK_SIZE, false)).fold(0.0, f64::max);
        let right = space.right - BAR_GAP - BAR - BAR_TICK - 9.0 - labels;
        let caption = if self.grids.len() > 1 { CAPTION_ROW } else { 0.0 };
        let below = TICK_ROW + NAME_ROW;
        let top = space.top + NAME_ROW + 6.0 + caption;
        let each = (
            (right - left - GAP * (columns - 1) as f64) / columns as f64,
            (space.bottom - top - below * lines as f64 - (caption + 4.0) * (lines - 1) as f64) / lines as f64,
        );
        let cell = (
            (each.0 / self.columns.labels.len() as f64).min(LARGEST_CELL.0),
            (each.1 / self.rows.labels.len() as f64).min(LARGEST_CELL.1),
        );
        let grid = (cell.0 * self.columns.labels.len() as f64, cell.1 * self.rows.labels.len() as f64);
        let pitch = (grid.0 + GAP, grid.1 + below + caption + 4.0);
        Geometry { columns, tick, left, top, cell, pitch }
    }

    fn name_rows(&self, picture: &mut Picture, grid: Rectangle, height: f64, tick: f64, labels: &[String]) {
        let every = (1.25 * tick / height).ceil().max(1.0) as usize;
        for (index, label) in labels.iter().enumerate().step_by(every) {
            let y = grid.top + (index as f64 + 0.5) * height + 0.36 * tick;
            write(picture, (grid.left - 10.0, y), label.clone(), tick, DARK, Anchor::End);
        }
    }

    fn name_columns(&self, picture: &mut Picture, grid: Rectangle, cell: f64, tick: f64) {
        for (index, label) in across(self.columns, cell, tick) {
            let x = grid.left + (index as f64 + 0.5) * cell;
            write(picture, (x, grid.bottom + 1.3 * tick), label, tick, DARK, Anchor::Middle);
        }
        let name = fitted(&self.columns.name, tick, false, (grid.right - grid.left).max(260.0));
        let middle = (grid.left + grid.right) / 2.0;
        write(picture, (middle, grid.bottom + TICK_ROW + 1.1 * tick), name, tick, GREY, Anchor::Middle);
    }

    fn fill(&self, picture: &mut Picture, grid: Rectangle, cell: (f64, f64), cells: &[Vec<Shown>]) {
        // White seams between cells that are large enough for them.
        let seam = if cell.0.min(cell.1) >= 12.0 { 0.5 } else { 0.0 };
        for (row, values) in cells.iter().enumerate() {
            for (column, shown) in values.iter().enumerate() {
                let (left, top) = (grid.left + column as f64 * cell.0, grid.top + row as f64 * cell.1);
                let place = Rectangle {
                    left: left + seam,
                    top: top + seam,
                    right: left + cell.0 - seam,
                    bottom: top + cell.1 - seam,
                };
                match shown {
                    Shown::Missing => missing(picture, place),
                    Shown::Value(value) => filled(picture, place, self.ramp.ink(*value)),
                    Shown::NotSignificant(_) => hatched(picture, place),
                }
            }
        }
    }

    /// The settings and the value of each cell, shown where a reader points at it.
    fn describe(&self, picture: &mut Picture, grid: Rectangle, cell: (f64, f64), cells: &[Vec<Shown>]) {
        if self.rows.labels.len() * self.columns.labels.len() * self.grids.len() > MOST_DESCRIBED {
            return;
        }
        for ((row, values), row_label) in cells.iter().enumerate().zip(&self.rows.labels) {
            for ((column, shown), column_label) in values.iter().enumerate().zip(&self.columns.labels) {
                let (left, top) = (grid.left + column as f64 * cell.0, grid.top + row as f64 * cell.1);
                let place = Rectangle { left, top, right: left + cell.0, bottom: top + cell.1 };
                let value = match shown {
                    Shown::Missing => "no value".to_owned(),
                    Shown::Value(value) => self.numbers.bare(*value),
                    Shown::NotSignificant(value) => format!("{}, not significant", self.numbers.bare(*value)),
                };
                let (rows, columns) = (&self.rows.name, &self.columns.name);
                let text = format!("{rows} {row_label}, {columns} {column_label}: {value}");
                picture.places.push((place, text));
            }
        }
    }

    /// The values themselves, where all fit.
    fn paint_values(&self, picture: &mut Picture, geometry: &Geometry) {
        let (rows, columns) = (self.rows.labels.len(), self.columns.labels.len());
        let values = || {
            self.grids.iter().enumerate().flat_map(|(grid, (_, cells))| {
                cells.iter().enumerate().flat_map(move |(row, values)| {
                    values.iter().enumerate().filter_map(move |(column, shown)| match shown {
                        Shown::Missing => None,
                        Shown::Value(v) => Some((grid, row, column, *v, readable_on(self.ramp.ink(*v)))),
                        Shown::NotSignificant(v) => Some((grid, row, column, *v, DARK)),
                    })
                })
            })
        };
        if rows * columns * self.grids.len() > MOST_WRITTEN {
            return;
        }
        let fits = |size: f64| {
            let widest =
                values().map(|(_, _, _, v, _)| width(&self.numbers.bare(v), size, false)).fold(0.0, f64::max);
            widest + 6.0 <= geometry.cell.0 && 1.2 * size <= geometry.cell.1
        };
        let Some(size) = VALUE_SIZES.into_iter().find(|size| *size <= geometry.tick && fits(*size)) else {
            return;
        };
        for (grid, row, column, value, ink) in values() {
            let grid = geometry.grid(grid, rows, columns);
            let x = grid.left + (column as f64 + 0.5) * geometry.cell.0;
            let y = grid.top + (row as f64 + 0.5) * geometry.cell.1 + 0.36 * size;
            write(picture, (x, y), self.numbers.bare(value), size, ink, Anchor::Middle);
        }
    }

    /// The colours and what they stand for.
    fn paint_bar(&self, picture: &mut Picture, (left, top, bottom): (f64, f64, f64), space: Rectangle) {
        let (low, high) = self.ramp.span();
        let y_of = |share: f64| bottom - share * (bottom - top);
        for step in 0..BAR_STEPS {
            let share = |at: f64| at / BAR_STEPS as f64;
            let value = low + share(step as f64 + 0.5) * (high - low);
            let place = Rectangle {
                left,
                top: y_of(share(step as f64 + 1.0)),
                right: left + BAR,
                bottom: y_of(share(step as f64)),
            };
            filled(picture, place, self.ramp.ink(value));
        }
        for (value, text) in &self.bar.ticks {
            let y = y_of((value - low) / (high - low));
            picture.line(vec![(left + BAR, y), (left + BAR + BAR_TICK, y)], GREY, 1.5, None);
            let at = (left + BAR + BAR_TICK + 9.0, y + 0.36 * TICK_SIZE);
            write(picture, at, text.clone(), TICK_SIZE, DARK, Anchor::Start);
        }
        let label = fitted(&self.bar.label, TICK_SIZE, false, 0.38 * (space.right - space.left));
        let taken = width(&label, TICK_SIZE, false);
        // Above the bar, moved left where it would leave the page.
        let x = (left + BAR).min(space.right).max(space.left + taken);
        write(picture, (x, space.top + 20.0), label, TICK_SIZE, GREY, Anchor::End);
    }
}

impl Geometry {
    fn grid(&self, index: usize, rows: usize, columns: usize) -> Rectangle {
        let left = self.left + (index % self.columns) as f64 * self.pitch.0;
        let top = self.top + (index / self.columns) as f64 * self.pitch.1;
        let right = left + columns as f64 * self.cell.0;
        Rectangle { left, top, right, bottom: top + rows as f64 * self.cell.1 }
    }
}

/// The labels below columns that are `cell` wide: all, shortened, or where they are numbers every second, third, …
pub fn across(side: &Side, cell: f64, tick: f64) -> Vec<(usize, String)> {
    let gap = 0.6 * tick;
    let labels = if side.numeric { side.labels.clone() } else { shortened(&side.labels, tick, cell - gap) };
    let step = ((widest(&labels, tick) + gap) / cell).ceil().max(1.0) as usize;
    labels.into_iter().enumerate().step_by(step).collect()
}

/// Labels that are at most `limit` wide where that leaves enough of them, still distinct.
fn shortened(whole: &[String], size: f64, limit: f64) -> Vec<String> {
    let mut labels = whole.to_vec();
    let mut most = whole.iter().map(|label| label.chars().count()).max().unwrap_or(0);
    while widest(&labels, size) > limit && most > SHORTEST_LABEL {
        most -= 1;
        labels = distinct(whole.iter().map(String::as_str), most);
    }
    labels
}

fn widest(labels: &[String], size: f64) -> f64 {
    labels.iter().map(|label| width(label, size, false)).fold(0.0, f64::max)
}

fn write(picture: &mut Picture, at: (f64, f64), text: String, size: f64, ink: Ink, anchor: Anchor) {
    picture.text(Text { at, text, size, ink, anchor, bold: false });
}
