//! Charts as PNG and SVG. Each chart file turns results into a `picture::Picture`, shapes as plain
//! data; `encode` paints it in both formats with one embedded font, so the bytes are the same everywhere.

pub(crate) mod axis;
pub(crate) mod dash;
pub(crate) mod drawdown;
pub(crate) mod drawdown_pairs;
pub(crate) mod encode;
pub(crate) mod equity_fan;
pub(crate) mod final_equity;
pub(crate) mod format;
pub(crate) mod heat_map;
pub(crate) mod ink;
pub(crate) mod inline;
pub(crate) mod input;
pub(crate) mod layout;
pub(crate) mod map_cell;
pub(crate) mod numbers;
pub(crate) mod page;
pub(crate) mod panel;
pub mod picture;
pub(crate) mod ramp;
pub(crate) mod sample_paths;
pub(crate) mod staircase;
pub(crate) mod style;
pub(crate) mod survival;
pub(crate) mod sweep;
pub(crate) mod sweep_lines;
pub(crate) mod text;

use std::fmt::Display;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::{Error, Result};
pub use crate::report::charts::encode::Scale;
pub use crate::report::charts::ink::{Dash, Ink};
pub use crate::report::charts::inline::inline_svg;
pub use crate::report::charts::input::ChartInput;
pub use crate::report::charts::layout::Layout;
pub use crate::report::charts::page::{mode_of, swatch_alone};
pub use crate::report::charts::picture::{
    Anchor, Picture, Plot, Point, Rectangle, Shape, Span, Swatch, Text,
};
pub use crate::report::charts::text::{one_line, width as text_width};
use crate::result::document::SweepDocument;

type Draw = fn(&ChartInput<'_>) -> Option<Picture>;

const CHARTS: [(&str, Draw); 6] = [
    ("survival", survival::picture),
    ("drawdown", drawdown::picture),
    ("final_equity", final_equity::picture),
    ("sample_paths", sample_paths::picture),
    ("equity_fan", equity_fan::picture),
    ("drawdown_pairs", drawdown_pairs::picture),
];

/// Every chart that the run has data for (the pairs need two modes), with its name.
///
/// # Errors
/// [`Error::Failed`] when the embedded font cannot be read.
pub fn pictures(run: &ChartInput<'_>) -> Result<Vec<(&'static str, Picture)>> {
    text::register()?;
    Ok(CHARTS.iter().filter_map(|(name, draw)| Some((*name, draw(run)?))).collect())
}

/// Writes `charts/NAME.png` and `charts/NAME.svg` under `folder` for every chart that the run has data
/// for, and returns those relative names. `scale` times 1280 × 800 is their size in pixels.
///
/// # Errors
/// [`Error::Failed`] when a file cannot be written; [`Error::Interrupted`] when cancelled, which is looked
/// at before each chart.
pub fn render_all(
    folder: &Path,
    run: &ChartInput<'_>,
    scale: Scale,
    cancelled: &AtomicBool,
) -> Result<Vec<String>> {
    write(folder, pictures(run)?, scale, cancelled)
}

/// The pictures of a sweep by two of its axes, or along its only one, each with a file name without ending. None where
/// nothing varies.
///
/// # Errors
/// [`Error::Failed`] when the embedded font cannot be read.
pub fn sweep_pictures(document: &SweepDocument, layout: Layout) -> Result<Vec<(String, Picture)>> {
    text::register()?;
    Ok(sweep::pictures(document, layout))
}

/// Writes `charts/NAME.png` and `charts/NAME.svg` under `folder` for every picture of the sweep, and returns those
/// relative names.
///
/// # Errors
/// [`Error::Failed`] when a file cannot be written; [`Error::Interrupted`] when cancelled, which is looked
/// at before each chart.
pub fn render_sweep_charts(
    folder: &Path,
    document: &SweepDocument,
    scale: Scale,
    cancelled: &AtomicBool,
) -> Result<Vec<String>> {
    write(folder, sweep_pictures(document, Layout::File)?, scale, cancelled)
}

/// Writes pictures under `folder` as both kinds of file.
fn write(
    folder: &Path,
    pictures: Vec<(impl Display, Picture)>,
    scale: Scale,
    cancelled: &AtomicBool,
) -> Result<Vec<String>> {
    let target = folder.join("charts");
    fs::create_dir_all(&target).map_err(Error::io(&target, "the folder cannot be created"))?;
    let mut names = Vec::new();
    for (name, picture) in pictures {
        if cancelled.load(Ordering::Relaxed) {
            return Err(Error::Interrupted);
        }
        let (png, svg) = (format!("charts/{name}.png"), format!("charts/{name}.svg"));
        encode::write_png(&picture, scale, &folder.join(&png))?;
        encode::write_svg(&picture, scale, &folder.join(&svg))?;
        names.extend([png, svg]);
    }
    Ok(names)
}
