//! What became of one batch.

use std::path::PathBuf;

use crate::result::document::Document;

/// What became of one batch.
pub struct Finished {
    /// The result; `None` of a shard, which is none.
    pub document: Option<Document>,
    /// Where it was written.
    pub folder: PathBuf,
}
