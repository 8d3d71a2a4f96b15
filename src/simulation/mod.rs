//! Runs blocks of paths in parallel and folds their outcomes. The only user of rayon.

mod audit;
mod bias;
mod block;
mod dispatch;
mod engine;
mod outcome;
mod sample;
mod sightings;
mod totals;

pub use dispatch::{VectorWidth, WidthLimit};
pub use engine::{Control, Job, Simulator};
pub use outcome::{
    Audit, ModeBias, ModeOutcome, PairOutcome, PathSample, RunOutcome, SampledMode, StepBias, TwoByTwo,
};
pub use sightings::{Sighting, Sightings};
