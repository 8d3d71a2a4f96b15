//! What a user requests of `run`.

use std::path::Path;
use std::time::Duration;

use crate::report::charts::encode::Scale;
use crate::report::outcomes::OutcomeFormat;
use crate::result::batch_description::BatchDescription;
use crate::result::json::SUMMARY;
use crate::run::file_names::{PAGE, SHARD_FILE, outcomes_file};
use crate::scenario::Batch;
use crate::store::shard::Shard;

/// A batch, and how to ask for it again.
#[derive(Debug, Clone)]
pub struct Asked {
    /// What is to be run.
    pub batch: Batch,
    /// The command that runs it.
    pub command: String,
    /// What was changed from outside the file, as `key → value`.
    pub overrides: Vec<(String, String)>,
}

/// Where results go, and how many of them.
pub struct Request<'a> {
    /// Parent of the scenarios' folders.
    pub out: &'a Path,
    /// Draw the charts and the report page.
    pub charts: bool,
    /// Pixels of a chart for each of its 1280 × 800 units.
    pub scale: Scale,
    /// Replace a folder that holds something else, and drop work that did not end.
    pub force: bool,
    /// Go on with work that did not end, and keep results that are there.
    pub resume: bool,
    /// Only this part of the paths.
    pub shard: Option<Shard>,
    /// Keep a row for every path and mode.
    pub outcomes: Option<OutcomeFormat>,
    /// How often work at hand is kept for `--resume`.
    pub keep_every: Duration,
}

impl Request<'_> {
    /// Files that a finished result of a batch has at least.
    pub fn needed(&self, facts: &BatchDescription) -> Vec<String> {
        if self.shard.is_some() {
            return vec![SHARD_FILE.to_owned()];
        }
        let mut files = vec![SUMMARY.to_owned()];
        if self.charts {
            files.push(PAGE.to_owned());
        }
        if let Some(format) = self.outcomes {
            files.extend((0..facts.cells.len()).map(|cell| outcomes_file(facts, cell, format)));
        }
        files
    }
}
