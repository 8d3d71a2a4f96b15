//! Runs blocks of paths in parallel and folds their outcomes. The only user of rayon.

mod outcome;

pub use outcome::{Audit, ModeOutcome, PairOutcome, PathSample, RunOutcome, SampledMode, TwoByTwo};
