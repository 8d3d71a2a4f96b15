//! What a person or a program reads: plain data first, then one writer a file.

mod assumptions;
mod build;
pub mod catalogue;
pub mod charts;
mod cost;
pub mod csv;
mod document;
pub mod folder;
mod format;
pub mod json;
mod law;
pub mod outcomes;
pub mod plan;
mod sampling;
pub mod schema;
pub mod terminal;
pub mod venue;
mod venue_schema;

pub use build::build;
pub use document::*;
