//! Simulations against exact figures, laws of prices, and the ledger against the kernel.

mod antithetic;
mod continuous;
mod group;
mod held;
mod laws;
mod ledger_kernel;
mod models;
mod outcomes;
mod presets;
mod reference;
mod relations;
mod reproducible;
mod statistics;
mod totals;
mod venue_kernel;

#[path = "../testkit/lib.rs"]
mod testkit;
