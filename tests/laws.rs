//! Every law of prices against numbers that are not ours: exact moments and probabilities, distribution functions by
//! inversion of characteristic functions, limits, and relations between runs. All seeds are fixed.
//!
//! A comparison fails at |z| >= 4.5, odds of 1 in 150,000 for a correct simulator; a Kolmogorov–Smirnov distance at
//! √n·D >= 2.5, odds of at most 2·exp(−2·2.5²) = 1 in 134,000. About 350 of either are made here: odds of 1 in 400
//! whenever a stream changes. What a test would see stands at the test.

#[path = "laws/antithetic.rs"]
mod antithetic;
#[path = "laws/characteristic.rs"]
mod characteristic;
#[path = "laws/complex.rs"]
mod complex;
#[path = "laws/dependence.rs"]
mod dependence;
#[path = "laws/distance.rs"]
mod distance;
#[path = "laws/extremes.rs"]
mod extremes;
#[path = "laws/figures.rs"]
mod figures;
#[path = "laws/history.rs"]
mod history;
#[path = "laws/inversion.rs"]
mod inversion;
#[path = "laws/limits.rs"]
mod limits;
#[path = "laws/marginal.rs"]
mod marginal;
#[path = "laws/moments.rs"]
mod moments;
#[path = "laws/overlay.rs"]
mod overlay;
#[path = "laws/range.rs"]
mod range;
#[path = "laws/sample.rs"]
mod sample;
#[path = "laws/steps.rs"]
mod steps;
#[path = "laws/zoo.rs"]
mod zoo;

/// Largest deviation in standard errors.
const LIMIT: f64 = 4.5;
