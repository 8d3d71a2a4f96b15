//! What checking margin at steps only misses: the same paths under both kinds of monitoring.

use std::sync::atomic::AtomicBool;

use rayon::prelude::*;

use super::block::{Scratch, Unobserved};
use super::{Job, ModeBias, StepBias, VectorWidth};
use crate::error::Result;
use crate::paths::{LANES, PARTS_OF_A_STEP, Sampling};

/// Paths looked at, at most; they leave a standard error of some 0.1 points of the difference.
const MOST_PATHS: u64 = 16_384;
/// Asset-steps looked at, at most, but for one block.
const MOST_ASSET_STEPS: u64 = 30_000_000;

/// How many of a run's paths are looked at.
pub fn bias_paths(paths: u64, steps: u64, assets: u64) -> u64 {
    let affordable = MOST_ASSET_STEPS / (steps * assets);
    paths.min(affordable.clamp(LANES as u64, MOST_PATHS))
}

/// Runs the first paths, drawn each on its own, under both kinds of monitoring; `None` where a law has no path inside
/// steps.
pub fn step_bias(job: &Job, width: VectorWidth, cancelled: &AtomicBool) -> Result<Option<StepBias>> {
    if !job.generator.has_bridges() {
        return Ok(None);
    }
    let generator = job.generator.clone().with_sampling(Sampling::Independent);
    let at_steps = Job { generator: generator.clone().blind_inside(), ..job.clone() };
    let continuous = Job { generator: generator.recording_inside(), ..job.clone() };
    let paths = bias_paths(job.paths, job.steps, job.generator.assets() as u64);
    let counted: Vec<Vec<ModeBias>> = (0..paths.div_ceil(LANES as u64))
        .into_par_iter()
        .map(|block| {
            let first_path = block * LANES as u64;
            let (mut blind, mut watched) = (Scratch::new(&at_steps), Scratch::new(&continuous));
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
            (0..book.pools()).any(|pool| scratch.states()[mode].liquidated_at(pool, lane).is_some())
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
