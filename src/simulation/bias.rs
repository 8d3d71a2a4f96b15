//! What checking margin at steps only misses: the same paths under both kinds of monitoring.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use rayon::prelude::*;

use super::block::{Scratch, Unobserved};
use crate::error::Result;
use crate::paths::{LANES, PARTS_OF_A_STEP, PathGenerator, Sampling};
use crate::simulation::dispatch::VectorWidth;
use crate::simulation::engine::Job;
use crate::simulation::outcome::{ModeBias, StepBias};

/// Paths looked at, at most; they leave a standard error of some 0.1 points of the difference.
const MOST_PATHS: u64 = 16_384;
/// Nanoseconds spent on it at most, on one core and but for one block of paths.
const MOST_NS: f64 = 1.5e9;
/// Nanoseconds that looking inside a step takes on average: of one asset for each position; of several for each position,
/// and there for each asset and position.
const ONE_NS: f64 = 8.0;
const SEVERAL_NS: f64 = 10.0;

/// Nanoseconds, roughly, that looking inside one step of one path takes.
pub fn inside_ns(assets: usize, positions: usize) -> f64 {
    let per_position = if assets > 1 { SEVERAL_NS * (assets + positions) as f64 } else { ONE_NS };
    per_position * positions as f64
}

/// How many of a run's paths are looked at under both kinds of monitoring.
pub fn bias_paths(paths: u64, steps: u64, assets: usize, positions: usize) -> u64 {
    let affordable = (MOST_NS / (steps as f64 * inside_ns(assets, positions))) as u64;
    paths.min(affordable.clamp(LANES as u64, MOST_PATHS))
}

/// Runs the first paths, drawn each on its own, under both kinds of monitoring; `None` where a law has no path inside
/// steps.
pub fn step_bias(job: &Job, width: VectorWidth, cancelled: &AtomicBool) -> Result<Option<StepBias>> {
    if !job.generator.has_bridges() {
        return Ok(None);
    }
    let generator = PathGenerator::clone(&job.generator).with_sampling(Sampling::Independent);
    let at_steps = Job { generator: Arc::new(generator.clone().without_bridges()), ..job.clone() };
    let continuous = Job { generator: Arc::new(generator.recording_bridges()), ..job.clone() };
    let paths = bias_paths(job.paths, job.steps, job.generator.assets(), job.positions());
    let counted: Vec<Vec<ModeBias>> = (0..paths.div_ceil(LANES as u64))
        .into_par_iter()
        .map(|block| {
            let first_path = block * LANES as u64;
            let (mut blind, mut watched) = (Scratch::of_one(&at_steps), Scratch::of_one(&continuous));
            width.run(&at_steps, &mut blind, first_path, &mut Unobserved, cancelled)?;
            width.run(&continuous, &mut watched, first_path, &mut Unobserved, cancelled)?;
            Ok(count(job, &blind, &watched, (paths - first_path).min(LANES as u64) as usize))
        })
        .collect::<Result<_>>()?;
    let mut modes = vec![ModeBias::default(); job.books.len()];
    for block in &counted {
        for (total, mode) in modes.iter_mut().zip(block) {
            total.at_steps += mode.at_steps;
            total.continuous += mode.continuous;
            total.only_continuous += mode.only_continuous;
        }
    }
    for (mode, book) in modes.iter_mut().zip(&job.books) {
        // A bias goes with the root of the distance between checks: what is left at `PARTS_OF_A_STEP` checks a step is
        // a root of that smaller than the whole.
        let missed = (mode.continuous as f64 - mode.at_steps as f64) / paths as f64;
        let left = missed / (f64::from(PARTS_OF_A_STEP).sqrt() - 1.0);
        mode.residual = if book.has_joint_pool() { left } else { 0.0 };
    }
    Ok(Some(StepBias { paths, modes }))
}

/// Liquidated paths of one block.
fn count(job: &Job, blind: &Scratch, watched: &Scratch, lanes: usize) -> Vec<ModeBias> {
    let mut modes = vec![ModeBias::default(); job.books.len()];
    for (mode, book) in job.books.iter().enumerate() {
        let lost = |scratch: &Scratch, lane| {
            (0..book.positions()).any(|at| scratch.states(0)[mode].liquidated_at(at, lane).is_some())
        };
        for lane in 0..lanes {
            let (at_steps, continuous) = (lost(blind, lane), lost(watched, lane));
            modes[mode].at_steps += u64::from(at_steps);
            modes[mode].continuous += u64::from(continuous);
            modes[mode].only_continuous += u64::from(continuous && !at_steps);
        }
    }
    modes
}
