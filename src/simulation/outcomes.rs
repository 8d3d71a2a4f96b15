//! What each path came to, handed on in the order of paths.

use std::ops::Range;

use rayon::prelude::*;

use super::pass::{Pass, Stopped};
use super::results::{ModeResults, NEVER};
use crate::error::Result;
use crate::margin::BookState;
use crate::paths::LANES;

/// Rows held at a time, twice: those that are written, and those that come next; 14 MB in all.
const ROWS_HELD: usize = 1 << 17;

/// What one path came to in one mode of one job.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PathOutcome {
    /// Number of the path, from 0.
    pub path: u64,
    /// Index of the job among those simulated together.
    pub job: usize,
    /// Index of the mode among the job's books.
    pub mode: usize,
    /// Step of the first forced close, from 1, if there was one.
    pub liquidation_step: Option<u32>,
    /// The position that it was of; of several at the same step the first in the portfolio's order.
    pub first_liquidated: Option<usize>,
    /// Account currency.
    pub final_equity: f64,
    /// Largest fall from the running peak relative to it, in `[0, 1]`.
    pub max_drawdown: f64,
    /// Loss beyond the collateral, account currency.
    pub shortfall: f64,
}

/// Takes what paths came to.
pub trait OutcomeSink: Send {
    /// More rows: path after path, of one path job after job, of one job mode after mode.
    ///
    /// # Errors
    /// Where they cannot be kept; the pass ends with it.
    fn write(&mut self, rows: &[PathOutcome]) -> Result<()>;
}

impl PathOutcome {
    /// Appends the rows of one job's block, mode after mode.
    pub fn read(
        rows: &mut Vec<Self>,
        (job, first_path): (usize, u64),
        states: &[BookState],
        results: &[ModeResults],
    ) {
        for (mode, (state, results)) in states.iter().zip(results).enumerate() {
            for lane in 0..results.lanes {
                let first = results.first_liquidation[lane];
                let is_first = |position: &usize| state.liquidated_at(*position, lane) == Some(first);
                rows.push(Self {
                    path: first_path + lane as u64,
                    job,
                    mode,
                    liquidation_step: (first != NEVER).then_some(first),
                    first_liquidated: (0..results.positions.len()).find(is_first),
                    final_equity: state.equity()[lane],
                    max_drawdown: results.drawdown_relative[lane],
                    shortfall: results.shortfall[lane],
                });
            }
        }
    }
}

/// Simulates blocks many at a time, and writes what came of them while the next ones are simulated.
pub fn in_rounds(pass: &Pass<'_>, blocks: Range<u64>, sink: &mut dyn OutcomeSink) -> Result<(), Stopped> {
    let rows_of_a_block = (pass.rows_of_a_path() * LANES).max(1);
    let blocks_of_a_round = (ROWS_HELD / rows_of_a_block).max(1) as u64;
    let end = blocks.end.min(pass.blocks());
    let mut next = blocks.start;
    let mut simulated = Vec::new();
    while next < end || !simulated.is_empty() {
        let round = next..end.min(next.saturating_add(blocks_of_a_round));
        next = round.end.max(next);
        let (coming, written) = rayon::join(
            || simulate(pass, round),
            || simulated.iter().try_for_each(|rows: &Vec<_>| sink.write(rows)),
        );
        written?;
        simulated = coming?;
    }
    Ok(())
}

/// The rows of each block, in order.
fn simulate(pass: &Pass<'_>, blocks: Range<u64>) -> Result<Vec<Vec<PathOutcome>>, Stopped> {
    blocks
        .into_par_iter()
        .map(|block| {
            let mut rows = Vec::with_capacity(pass.rows_of_a_path() * LANES);
            pass.fold(block, Some(&mut rows))?;
            // Made mode after mode; a path keeps the order of its jobs and modes.
            rows.sort_by_key(|row| row.path);
            Ok(rows)
        })
        .collect()
}
