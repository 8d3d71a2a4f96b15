//! The first paths of a run, recorded for pictures only.

use std::sync::atomic::AtomicBool;

use rayon::prelude::*;

use super::block::{Observer, Scratch};
use crate::error::Result;
use crate::margin::BookState;
use crate::paths::{LANES, Lanes};
use crate::simulation::dispatch::VectorWidth;
use crate::simulation::engine::Job;
use crate::simulation::outcome::{PathSample, SampledMode};

/// Paths recorded at most.
const SAMPLE_PATHS: u64 = 2_048;
/// Times recorded at most, besides time 0.
const SAMPLE_TIMES: u64 = 120;

/// Equity of one block at the recorded steps: `rows[book][i]`.
struct Recorder<'a> {
    steps: &'a [u64],
    rows: Vec<Vec<Lanes>>,
}

impl Observer for Recorder<'_> {
    fn stepped(&mut self, book: usize, step: u64, state: &BookState) {
        let rows = &mut self.rows[book];
        if self.steps.get(rows.len()) == Some(&step) {
            rows.push(*state.equity());
        }
    }
}

/// Re-runs the first paths with a recorder.
pub fn sample(job: &Job, width: VectorWidth, cancelled: &AtomicBool) -> Result<PathSample> {
    let times = SAMPLE_TIMES.min(job.steps);
    let steps: Vec<u64> = (0..=times).map(|i| i * job.steps / times).collect();
    let paths = SAMPLE_PATHS.min(job.paths);
    let opening = [job.opening_equity(); LANES];
    let blocks: Vec<(Vec<Vec<Lanes>>, Scratch)> = (0..paths.div_ceil(LANES as u64))
        .into_par_iter()
        .map(|block| {
            let mut recorder = Recorder { steps: &steps, rows: vec![vec![opening]; job.books.len()] };
            let mut scratch = Scratch::of_one(job);
            width.run(job, &mut scratch, block * LANES as u64, &mut recorder, cancelled)?;
            Ok((recorder.rows, scratch))
        })
        .collect::<Result<_>>()?;
    let modes = job
        .books
        .iter()
        .enumerate()
        .map(|(book, plan)| {
            let mut mode = SampledMode {
                mode: plan.mode(),
                equity: Vec::new(),
                first_liquidation: Vec::new(),
                drawdown_relative: Vec::new(),
            };
            for path in 0..paths as usize {
                let (rows, scratch) = &blocks[path / LANES];
                let (lane, state) = (path % LANES, &scratch.states(0)[book]);
                mode.equity.push(rows[book].iter().map(|row| row[lane]).collect());
                let first = (0..plan.positions()).filter_map(|at| state.liquidated_at(at, lane)).min();
                mode.first_liquidation.push(first.map(u64::from));
                mode.drawdown_relative.push(state.relative_drawdown(lane));
            }
            mode
        })
        .collect();
    Ok(PathSample { steps, modes })
}
