//! What a scenario file's result is: of one run, or of a sweep.

use crate::result::document::run::ResultDocument;
use crate::result::document::sweep::SweepDocument;

/// A result, of either shape.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
pub enum Document {
    /// Of a sweep; tried first, since only it has the key `sweep`.
    Sweep(Box<SweepDocument>),
    /// Of one run.
    Run(Box<ResultDocument>),
}
