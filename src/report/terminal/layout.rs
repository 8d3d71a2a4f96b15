//! Widths and cells that the terminal tables share.

use crate::result::document::ordered_map::OrderedMap;
use crate::result::document::{AuditResult, Frequency};
use crate::text::format::{paths, significant, steps, whole};

/// Columns of a terminal that all output fits into.
pub(crate) const WIDTH: usize = 100;

/// Characters of a name that are shown.
pub(crate) const NAME: usize = 24;

/// Characters of a currency that are shown.
pub(crate) const CURRENCY: usize = 12;

/// What the exact ledger was asked.
pub(crate) fn audited(audit: &AuditResult) -> String {
    let left_out = match audit.left_out {
        0 => String::new(),
        count => format!("; {} left out, beyond exact decimals", paths(count)),
    };
    format!(
        "Audit: {} followed in exact decimals over {}, {} liquidations, the same in both{left_out}.",
        paths(audit.paths),
        steps(audit.steps),
        whole(audit.events),
    )
}

/// The upper bound of a frequency.
pub(crate) fn at_most(f: &Frequency) -> String {
    or_dash(f.high.map(|high| format!("at most {} %", significant(high * 100.0, 3))))
}

/// The value at a level, where there is one.
pub(crate) fn at(levels: &OrderedMap<Option<f64>>, level: &str) -> Option<f64> {
    levels.get(level).copied().flatten()
}

/// A text, or a dash where there is nothing to say.
pub(crate) fn or_dash(text: Option<String>) -> String {
    text.unwrap_or_else(|| "-".to_owned())
}
