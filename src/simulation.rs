//! Runs blocks of paths in parallel and folds their outcomes. The only user of rayon.

mod audit;
mod bias;
mod block;
mod correlation;
mod dispatch;
mod engine;
mod figures;
mod group;
mod mode_name;
mod outcome;
mod outcomes;
mod pass;
mod results;
mod sample;
mod sightings;
mod totals;
mod twins;

pub use bias::{bias_paths, inside_ns};
pub use dispatch::{VectorWidth, WidthLimit};
pub use engine::{Control, Job, Simulator};
pub use outcome::{
    Audit, Correlation, ModeBias, ModeOutcome, PairOutcome, PathSample, QuoteOutcome, RunOutcome,
    SampledMode, StepBias, TwoByTwo,
};
pub use outcomes::{OutcomeSink, PathOutcome};
pub use pass::Stopped;
pub use sightings::{Sighting, Sightings};
pub use totals::Totals;
pub use twins::{TwinDifference, TwinMeasure, TwinMode, Twins};
