//! Which cells are stepped together, and how far at a time.

use std::ops::Range;
use std::time::{Duration, Instant};

use crate::plan::cost::{CELLS_A_DRAW, SWEEP_TOTALS_MIB, totals_mib};
use crate::scenario::Batch;

/// Cells of a pass where each gathers rows for a file, some 50 MiB.
const MOST_CELLS_WITH_ROWS: usize = 4;
/// Blocks of the first round, whose time tells how many more a round may have.
const FIRST_ROUND: u64 = 512;
/// Blocks after which a precision is first looked at, 4,096 paths: fewer tell little of a rare event.
const FIRST_LOOK: u64 = 64;

/// The cells of each pass: of one path group, and so few that their totals fit in memory, and the rows that a file of each
/// gathers where `keeps_rows`.
pub fn passes(batch: &Batch, threads: usize, keeps_rows: bool) -> Vec<Vec<usize>> {
    let most_cells = if keeps_rows { MOST_CELLS_WITH_ROWS } else { CELLS_A_DRAW };
    let mut passes = Vec::new();
    for group in batch.groups() {
        let heaviest = group.iter().filter_map(|&cell| batch.cells.get(cell));
        let heaviest = heaviest.map(|cell| totals_mib(&cell.scenario, threads)).fold(0.0, f64::max);
        let most = ((SWEEP_TOTALS_MIB / heaviest.max(1e-3)) as usize).clamp(1, most_cells);
        // Passes of one size: a last one of a single cell would pay for its prices alone.
        let count = group.len().div_ceil(most);
        let size = group.len().div_ceil(count.max(1)).max(1);
        passes.extend(group.chunks(size).map(<[usize]>::to_vec));
    }
    passes
}

/// How far a pass goes at a time: to where a precision is looked at, and no longer than work may be lost.
#[derive(Debug)]
pub struct Rounds {
    reached: u64,
    end: u64,
    /// Where a precision is looked at next; nowhere where none was asked for.
    look: Option<u64>,
    keep_every: Duration,
    /// Blocks of the next round.
    size: u64,
    started: Instant,
}

impl Rounds {
    /// From `reached` to `end`.
    pub fn new(reached: u64, end: u64, looks: bool, keep_every: Duration) -> Self {
        let mut rounds = Self {
            reached,
            end,
            look: looks.then_some(FIRST_LOOK.min(end)),
            keep_every,
            size: FIRST_ROUND,
            started: Instant::now(),
        };
        while rounds.is_at_look() {
            rounds.next_look();
        }
        rounds
    }

    /// The next round's blocks; empty at the end.
    pub fn next(&mut self) -> Range<u64> {
        self.started = Instant::now();
        let target = self.look.unwrap_or(self.end).min(self.reached.saturating_add(self.size));
        self.reached..target
    }

    /// Whether a precision is to be looked at, after the round that ends at `reached`. The places depend on nothing but
    /// the number of blocks, so that stopping does not either.
    pub fn done(&mut self, reached: u64) -> bool {
        let (blocks, took) = (reached - self.reached, self.started.elapsed());
        self.reached = reached;
        let in_time = blocks as f64 * self.keep_every.as_secs_f64() / took.as_secs_f64().max(1e-6);
        self.size = (in_time as u64).clamp(1, self.size.saturating_mul(8));
        let looks = self.is_at_look();
        if looks {
            self.next_look();
        }
        looks
    }

    fn is_at_look(&self) -> bool {
        self.look.is_some_and(|look| look <= self.reached) && self.reached < self.end
    }

    /// A quarter further on each time: what is drawn in vain is at most a quarter.
    fn next_look(&mut self) {
        self.look = self.look.map(|look| (look + look.div_ceil(4)).min(self.end));
    }
}
