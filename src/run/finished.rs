//! What became of one batch.

use crate::result::document::Document;
use std::path::PathBuf;

/// What became of one batch.
pub struct Finished {
    /// The result; `None` of a shard, which is none.
    pub document: Option<Document>,
    /// Where it was written.
    pub folder: PathBuf,
}
