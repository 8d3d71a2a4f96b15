//! Widths that the terminal tables share.

/// Columns of a terminal that all output fits into.
pub(crate) const WIDTH: usize = 100;

/// Characters of a name that are shown.
pub(crate) const NAME: usize = 24;
