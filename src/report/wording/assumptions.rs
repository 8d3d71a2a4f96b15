//! Assumptions in the order in which a report lists them.

use crate::result::assumption::Assumption;

/// A line an assumption: those of all cells of a sweep, then those of the first cell alone below a line that says so.
pub fn lines<'a>(assumptions: impl Iterator<Item = &'a Assumption>) -> Vec<String> {
    let (varying, common): (Vec<&Assumption>, Vec<&Assumption>) =
        assumptions.partition(|assumption| assumption.varies);
    let mut lines: Vec<String> = common.iter().map(ToString::to_string).collect();
    if !varying.is_empty() {
        let start = if common.is_empty() { "" } else { "The assumptions above hold in every cell. " };
        lines.push(format!("{start}The following vary between cells and are stated for the first cell:"));
        lines.extend(varying.iter().map(ToString::to_string));
    }
    lines
}
