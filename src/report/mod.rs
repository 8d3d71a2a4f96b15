//! What a person or a program reads: plain data first, then one writer a file.

pub mod answer;
mod assumptions;
mod batch;
mod build;
pub mod catalogue;
pub mod charts;
pub mod content;
mod cost;
pub mod csv;
pub mod diff;
mod document;
mod facts;
pub mod folder;
mod format;
pub mod html;
pub mod json;
mod law;
pub mod markdown;
pub mod measures;
pub mod outcomes;
pub mod plan;
pub mod result_schema;
mod sampling;
pub mod saved;
pub mod schema;
pub mod sweep;
mod sweep_schema;
pub mod terminal;
pub mod venue;
mod venue_schema;

pub use batch::{BatchFacts, CellFacts};
pub use build::build;
pub use content::Reproduce;
pub use cost::{CELLS_A_DRAW, SWEEP_TOTALS_MIB, totals_mib};
pub use document::*;
pub use facts::Facts;
