//! Totals on disk: of a whole run, so that it can be drawn again, or of a part, so that parts can be merged.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::domain::Precision;
use crate::error::{Error, Invalid, Result};
use crate::paths::LANES;
use crate::result::document::ResultDocument;
use crate::result::scenario_description::ScenarioDescription;
use crate::result::{build, measures};
use crate::simulation::{Audit, Correlation, PathSample, RunOutcome, StepBias, Totals};

/// First bytes of a file: its kind and the version of its form.
const MAGIC: &[u8; 16] = b"ringfence part 1";
/// Bytes of the hash that follows.
const HASH: usize = 32;
/// A file that is larger is none of ours: totals grow with the spread of outcomes, not with paths.
const LIMIT: u64 = 1 << 30;

/// Blocks of 64 paths, `first .. end` of `all`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The first block.
    pub first: u64,
    /// The block after the last.
    pub end: u64,
    /// Blocks of the whole run.
    pub all: u64,
}

impl Part {
    /// How many of a run's paths are in it.
    pub fn paths(self, of: u64) -> u64 {
        let before = |block: u64| block.saturating_mul(LANES as u64).min(of);
        before(self.end).saturating_sub(before(self.first))
    }
}

/// What is looked at beside the run, on its first paths.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Observed {
    /// Ledger against kernel.
    pub audit: Audit,
    /// Correlations of step returns.
    pub correlations: Vec<Correlation>,
    /// What checking margin at steps misses.
    pub step_bias: Option<StepBias>,
    /// Single paths for pictures; `None` in a sweep, which has none.
    pub sample: Option<PathSample>,
}

/// A run's totals, or those of a part of its paths.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Saved {
    /// Version of the program: another one's totals are never mixed with ours.
    pub version: String,
    /// The scenario, as results tell of it.
    pub facts: ScenarioDescription,
    /// Which paths were folded.
    pub part: Part,
    /// What they add up to.
    pub totals: Totals,
    /// In the part that holds the first path.
    pub observed: Option<Observed>,
}

impl Saved {
    /// The outcome of a whole run, and what was seen beside it.
    pub fn finish(self) -> (ScenarioDescription, RunOutcome, Option<Observed>) {
        let mut outcome = self.totals.finish();
        if let Some(observed) = &self.observed {
            outcome.correlations.clone_from(&observed.correlations);
            outcome.step_bias.clone_from(&observed.step_bias);
        }
        (self.facts, outcome, self.observed)
    }

    /// The document of a whole run, with what became of the precision that was asked for.
    pub fn document(self, precision: Option<&Precision>) -> ResultDocument {
        let (facts, outcome, observed) = self.finish();
        let audit = observed.map(|observed| observed.audit).unwrap_or_default();
        let mut document = build::build(&facts, &outcome, &audit);
        document.precision = precision.map(|asked| measures::precision(&document, asked));
        document
    }
}

/// The bytes of a file that holds `value`, whole or recognisably not.
///
/// # Errors
/// [`Error::Failed`] when the value cannot be written.
pub fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>> {
    let body = postcard::to_stdvec(value);
    Ok(seal(&body.map_err(|e| Error::failed(format_args!("totals cannot be saved: {e}")))?))
}

/// What [`encode`] wrote; `Err` says what is wrong with the bytes.
pub fn decode<T: for<'a> Deserialize<'a>>(bytes: &[u8]) -> std::result::Result<T, &'static str> {
    postcard::from_bytes(unseal(bytes)?).map_err(|_| "the file has no totals of this version")
}

/// A body behind its kind and its hash.
pub fn seal(body: &[u8]) -> Vec<u8> {
    [&MAGIC[..], &Sha256::digest(body), body].concat()
}

/// The body that [`seal`] was given; `Err` says what is wrong with the bytes.
pub fn unseal(bytes: &[u8]) -> std::result::Result<&[u8], &'static str> {
    let rest = bytes.strip_prefix(&MAGIC[..]).ok_or("is no file of saved totals of this version")?;
    let (hash, body) = rest.split_at_checked(HASH).ok_or("is cut off")?;
    match Sha256::digest(body)[..] == *hash {
        true => Ok(body),
        false => Err("is damaged: its hash is not that of its contents"),
    }
}

/// Reads a file of saved totals; `remedy` is what to do where it is not whole.
///
/// # Errors
/// [`Error::Input`] naming the file: unreadable, too large, damaged.
pub fn read<T: for<'a> Deserialize<'a>>(path: &Path, remedy: &str) -> Result<T> {
    let wrong = |message: &dyn std::fmt::Display| -> Error {
        Invalid::new(message).in_file(path).with_help(remedy).into()
    };
    let size = fs::metadata(path).map_err(|e| wrong(&e))?.len();
    if size > LIMIT {
        return Err(wrong(&"the file is larger than any file of saved totals"));
    }
    let bytes = fs::read(path).map_err(|e| wrong(&e))?;
    decode(&bytes).map_err(|what| wrong(&what))
}
