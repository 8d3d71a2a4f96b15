//! The sweep of a scenario file: its axes, their ranges, the cells they span, and the batch of scenarios they become.

pub(crate) mod axes;
pub(crate) mod batch;
pub(crate) mod cells;
pub(crate) mod range;
