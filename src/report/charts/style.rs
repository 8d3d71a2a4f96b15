//! Colours and strokes. The hues are Okabe and Ito's, told apart by every kind of colour vision; modes
//! also differ by their dash.

use crate::domain::MarginMode;
use crate::report::charts::ink::{Dash, Ink};

/// Text and axes.
pub const DARK: Ink = Ink(31, 41, 55);
/// Less important text, and what stands between two modes.
pub const GREY: Ink = Ink(100, 108, 118);
/// What is painted on.
pub const WHITE: Ink = Ink(255, 255, 255);
/// Grid lines.
pub const GRID: Ink = Ink(225, 228, 232);

/// How the lines of one mode look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stroke {
    /// Colour.
    pub ink: Ink,
    /// Dash; whole where `None`.
    pub dash: Option<Dash>,
}

/// The stroke of a mode, the same in every chart.
pub fn of_mode(mode: MarginMode) -> Stroke {
    match mode {
        MarginMode::Isolated => Stroke { ink: Ink(0, 114, 178), dash: None },
        MarginMode::Cross => Stroke { ink: Ink(213, 94, 0), dash: Some((14.0, 6.0)) },
        MarginMode::Mixed => Stroke { ink: Ink(0, 158, 115), dash: Some((3.0, 5.0)) },
    }
}
