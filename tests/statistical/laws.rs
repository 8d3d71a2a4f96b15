//! Every law of prices against numbers that are not ours: exact moments and probabilities, distribution functions by
//! inversion of characteristic functions, limits, and relations between runs. All seeds are fixed.
//!
//! A comparison fails at |z| >= 4.5, odds of 1 in 150,000 for a correct simulator; a Kolmogorov–Smirnov distance at
//! √n·D >= 2.5, odds of at most 2·exp(−2·2.5²) = 1 in 134,000. About 350 of either are made here: odds of 1 in 400
//! whenever a stream changes. What a test would see stands at the test.

mod antithetic;
mod characteristic;
mod complex;
mod dependence;
mod distance;
mod extremes;
mod figures;
mod history;
mod inversion;
mod limits;
mod marginal;
mod moments;
mod overlay;
mod range;
mod sample;
mod steps;
pub mod zoo;

/// Largest deviation in standard errors.
const LIMIT: f64 = 4.5;
