//! Cells of tables.

use crate::result::document::Frequency;
use crate::result::document::ordered_map::OrderedMap;
use crate::text::format::significant;

/// The upper bound of a frequency.
pub fn at_most(f: &Frequency) -> String {
    or_dash(f.high.map(|high| format!("at most {} %", significant(high * 100.0, 3))))
}

/// The value at a level, where there is one.
pub fn at(levels: &OrderedMap<Option<f64>>, level: &str) -> Option<f64> {
    levels.get(level).copied().flatten()
}

/// A text, or a dash where there is none.
pub fn or_dash(text: Option<String>) -> String {
    text.unwrap_or_else(|| "-".to_owned())
}
