//! Numbers, rows and sentences that several renderers share.

pub(crate) mod assumptions;
pub(crate) mod cells;
pub mod headline;
pub(crate) mod mode_rows;
pub(crate) mod money;
pub(crate) mod paired;
pub(crate) mod sampling_error;
pub(crate) mod share;
pub(crate) mod sweep;
pub(crate) mod verdict;
