//! Result documents as the program writes them.

use ringfence::result::document::ResultDocument;

use super::command::{printed, run};

/// The result of the shipped example, 64 paths of two hours: a document of the right shape, whose numbers a test replaces.
pub fn small_result() -> ResultDocument {
    let out = tempfile::tempdir().unwrap();
    let arguments = ["run", "--json", "--quiet", "--no-charts", "--paths", "64"];
    let horizon = ["--set", "simulation.horizon=\"2h\"", "--out", "."];
    serde_json::from_str(&printed(&run(out.path(), &[&arguments[..], &horizon].concat()))).unwrap()
}
