//! Runs blocks of paths in parallel and folds their outcomes. The only user of rayon.

mod audit;
mod block;
mod correlation;
mod dispatch;
mod engine;
mod outcome;
mod sample;
mod totals;
mod twins;

pub use dispatch::{VectorWidth, WidthLimit};
pub use engine::{Control, Job, Simulator};
pub use outcome::{
    Audit, Correlation, ModeOutcome, PairOutcome, PathSample, RunOutcome, SampledMode, TwoByTwo,
};
pub use twins::{TwinDifference, TwinMeasure, TwinMode, Twins};
