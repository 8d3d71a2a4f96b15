//! Which two modes a sweep compares.

use crate::domain::{MarginMode, Measure};
use crate::result::document::sweep::{SweepCell, SweepDocument};
use crate::result::measures::{Estimate, of_pair};

/// The modes of a sweep in its order.
pub fn modes(document: &SweepDocument) -> Vec<MarginMode> {
    let Some(cell) = document.sweep.first() else { return Vec::new() };
    let known = |name: &str| MarginMode::ALL.into_iter().find(|mode| mode.name() == name);
    cell.modes.iter().filter_map(|(name, _)| known(name)).collect()
}

/// Isolated and cross where both are there; otherwise the first two modes.
pub fn compared(document: &SweepDocument) -> Option<(MarginMode, MarginMode)> {
    let modes = modes(document);
    let usual = (MarginMode::Isolated, MarginMode::Cross);
    if modes.contains(&usual.0) && modes.contains(&usual.1) {
        return Some(usual);
    }
    Some((*modes.first()?, *modes.get(1)?))
}

/// The difference a − b of two modes in a cell, whichever way the document has it.
pub fn difference(cell: &SweepCell, (a, b): (MarginMode, MarginMode), measure: Measure) -> Option<Estimate> {
    let find = |a: MarginMode, b: MarginMode| {
        cell.paired.iter().find(|pair| pair.a == a.name() && pair.b == b.name())
    };
    let straight = find(a, b).and_then(|pair| of_pair(pair, measure));
    straight.or_else(|| Some(of_pair(find(b, a)?, measure)?.negated()))
}
