//! Names of the files in a result folder.

use crate::report::outcomes::OutcomeFormat;
use crate::result::batch_description::BatchDescription;

/// The totals of a run, from which its reports are drawn again.
pub const OUTCOME: &str = "outcome.bin";
/// The report page.
pub const PAGE: &str = "report.html";
/// The same report as Markdown.
pub const MARKDOWN: &str = "report.md";
/// Says what a shard is of.
pub const SHARD_FILE: &str = "shard.json";

/// Extension of a file of outcomes.
pub fn extension(format: OutcomeFormat) -> &'static str {
    match format {
        OutcomeFormat::Parquet => "parquet",
        OutcomeFormat::Csv => "csv",
    }
}

/// Name of a cell's file of outcomes in the result's folder.
pub fn outcomes_file(facts: &BatchDescription, cell: usize, format: OutcomeFormat) -> String {
    let extension = extension(format);
    match facts.is_sweep() {
        true => format!("outcomes/{cell:05}.{extension}"),
        false => format!("outcomes.{extension}"),
    }
}
