//! The cells of a map: filled, hatched, or without a value.

use crate::report::charts::ink::Ink;
use crate::report::charts::picture::{Picture, Rectangle};
use crate::report::charts::style::GREY;

/// Ground of a cell whose value is not statistically significant.
pub const NOT_SIGNIFICANT: Ink = Ink(229, 231, 235);
const HATCH: Ink = Ink(196, 200, 207);
const HATCH_GAP: f64 = 9.0;

/// A filled cell.
pub fn filled(picture: &mut Picture, cell: Rectangle, ink: Ink) {
    let Rectangle { left, top, right, bottom } = cell;
    picture.area(vec![(left, top), (right, top), (right, bottom), (left, bottom)], ink, 1.0);
}

/// Grey, with thin lines rising to the right.
pub fn hatched(picture: &mut Picture, cell: Rectangle) {
    filled(picture, cell, NOT_SIGNIFICANT);
    let Rectangle { left, top, right, bottom } = cell;
    let (width, height) = (right - left, bottom - top);
    // Each line is given by where it meets the lower edge, or its extension.
    let count = ((width + height) / HATCH_GAP) as usize;
    for index in 1..=count {
        let from = index as f64 * HATCH_GAP - height;
        let (begin, end) = (from.max(0.0), (from + height).min(width));
        if end - begin > 1.0 {
            let ends = vec![(left + begin, bottom - (begin - from)), (left + end, bottom - (end - from))];
            picture.line(ends, HATCH, 1.0, None);
        }
    }
}

/// White in a thin frame, with a small cross.
pub fn missing(picture: &mut Picture, cell: Rectangle) {
    let Rectangle { left, top, right, bottom } = cell;
    let frame = vec![(left, top), (right, top), (right, bottom), (left, bottom), (left, top)];
    picture.line(frame, HATCH, 1.0, None);
    let (x, y) = ((left + right) / 2.0, (top + bottom) / 2.0);
    let arm = (0.25 * (right - left).min(bottom - top)).min(6.0);
    picture.line(vec![(x - arm, y - arm), (x + arm, y + arm)], GREY, 1.5, None);
    picture.line(vec![(x - arm, y + arm), (x + arm, y - arm)], GREY, 1.5, None);
}
