//! Where a picture is shown, and its size there.

use crate::report::charts::picture::{HEIGHT, WIDTH};

/// What a picture is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// To stand alone in a file: heading, run, legend and notes are painted.
    File,
    /// Inside a document, as wide as a screen.
    Wide,
    /// Inside a document, as wide as a telephone: panels lie below one another.
    Narrow,
}

impl Layout {
    /// Width and height of a picture of so many panels, in units.
    pub fn size(self, panels: usize) -> (f64, f64) {
        match self {
            Self::File => (WIDTH, HEIGHT),
            Self::Wide => (WIDTH, 640.0),
            Self::Narrow => (560.0, 60.0 + 400.0 * panels as f64),
        }
    }
}
