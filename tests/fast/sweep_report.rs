//! What a sweep's result is shown and saved as, and what two results say of each other; from documents made by hand.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking, as tests do")]

mod charts;
mod diff;
mod measures;
mod tables;
mod terminal;
