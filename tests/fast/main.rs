//! Scenarios, venues, margin rules, histories, reports and charts through the library: seconds in all.

mod charts;
mod history;
mod layers;
mod prices;
mod report;
mod scenario;
mod sweep_report;
mod sweeps;
mod venue_figures;
mod venue_ledger;
mod venues;
mod worked_examples;

#[path = "../testkit/lib.rs"]
mod testkit;
