//! What a person or a program reads: plain data first, then one writer a file.

pub mod charts;
pub mod comparison;
pub mod content;
pub mod csv;
pub mod html;
pub mod markdown;
pub mod model_catalogue;
pub mod outcomes;
pub mod plan;
pub mod sweep;
pub mod terminal;
pub mod venue_catalogue;
pub(crate) mod wording;

pub use crate::report::content::Reproduce;
pub use crate::report::wording::headline;
