//! What a run found, as plain data: the documents, how they are built from totals, their measures, and how two compare.
//! Everything that is written to a file as JSON is declared here.

pub mod assumption;
pub(crate) mod assumptions;
pub mod batch_description;
pub mod build;
pub mod comparison;
pub mod document;
pub mod json;
pub mod measures;
pub mod outcome_names;
pub(crate) mod overlay_wording;
pub(crate) mod sampling;
pub mod scenario_description;
pub mod schema;
pub(crate) mod venue_wording;
