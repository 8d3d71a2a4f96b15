//! What a sweep's result is shown and saved as, and what two results say of each other; from documents made by hand.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking, as tests do")]

#[path = "sweep/charts.rs"]
mod charts;
#[path = "sweep/diff.rs"]
mod diff;
#[path = "sweep/measures.rs"]
mod measures;
#[path = "support/sweeps.rs"]
mod sweeps;
#[path = "sweep/tables.rs"]
mod tables;
#[path = "sweep/terminal.rs"]
mod terminal;
