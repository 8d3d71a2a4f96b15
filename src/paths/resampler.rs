//! Stationary block bootstrap (Politis and Romano, "The Stationary Bootstrap", JASA 1994).
//!
//! Rows of the history are replayed in blocks of geometric length with the given mean, wrapping
//! round at the end. A row is taken whole, so assets keep their dependence; returns are used as
//! they are, uncentred.

use std::sync::Arc;

use super::stream::LaneStreams;
use crate::lanes::{Aligned, LANES, Lanes};

/// Log returns of the assets that have a history, over the dates they have in common.
#[derive(Debug, Clone, PartialEq)]
pub struct ReturnHistory {
    /// Number of columns (assets).
    pub columns: usize,
    /// Row-major, `rows × columns`: the log return of each bar.
    pub log_returns: Arc<[f64]>,
    /// Mean length of a resampled block in rows (steps), `>= 1`.
    pub mean_block: f64,
}

impl ReturnHistory {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.log_returns.len() / self.columns
    }
}

/// The resampling of one market.
#[derive(Debug, Clone, PartialEq)]
pub struct Resampler {
    /// At most 2^32 − 1.
    rows: u64,
    columns: usize,
    log_returns: Arc<[f64]>,
    /// A step starts a new block when a 64-bit draw is at most this.
    restart_below: u64,
}

/// The row of the history that each path of a block is at.
#[derive(Debug, Clone)]
pub struct ResamplerState {
    streams: LaneStreams,
    row: Aligned<[u64; LANES]>,
}

impl Resampler {
    /// Prepares a history of at least one and at most 2^32 − 1 rows.
    pub fn new(history: &ReturnHistory) -> Self {
        // A probability of 1/mean in units of 2^−64; mean 1 restarts at every step.
        let restart = 18_446_744_073_709_551_616.0 / history.mean_block.max(1.0);
        Self {
            rows: history.rows() as u64,
            columns: history.columns,
            log_returns: history.log_returns.clone(),
            restart_below: restart as u64,
        }
    }

    /// The state before the first step.
    pub fn begin(&self, mut streams: LaneStreams) -> ResamplerState {
        let mut row = Aligned([0; LANES]);
        // The row before a uniform one, so that the first step takes a uniform row either way.
        streams.each_word(|l, word| row[l] = uniform_below(self.rows, word));
        ResamplerState { streams, row }
    }

    /// Moves every path to its next row. Two words a path and step, whether it restarts or not: lanes stay in step.
    #[inline(always)]
    pub fn advance(&self, state: &mut ResamplerState) {
        let mut drawn = Aligned([0; LANES]);
        state.streams.each_word(|l, word| drawn[l] = uniform_below(self.rows, word));
        let row = &mut state.row;
        state.streams.each_word(|l, word| {
            let next = if row[l] + 1 == self.rows { 0 } else { row[l] + 1 };
            row[l] = if word <= self.restart_below { drawn[l] } else { next };
        });
    }

    /// The log prices after the current row's return of one column.
    #[inline(always)]
    pub fn gather(&self, state: &ResamplerState, column: usize, before: &Lanes, after: &mut Lanes) {
        for l in 0..LANES {
            after[l] = before[l] + self.log_returns[state.row[l] as usize * self.columns + column];
        }
    }
}

/// A number below `bound` (`< 2^32`), each with a probability within 2^−64 of its share: the upper half of the product
/// with a word.
#[inline(always)]
fn uniform_below(bound: u64, word: u64) -> u64 {
    let low = (word & 0xffff_ffff) * bound;
    ((word >> 32) * bound + (low >> 32)) >> 32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paths::Purpose;

    fn streams(seed: u64, first_path: u64) -> LaneStreams {
        LaneStreams::new(seed, &std::array::from_fn(|l| first_path + l as u64), Purpose::Resample, 0)
    }

    /// Against 128-bit arithmetic, the first and the last word of rows included.
    #[test]
    fn a_row_is_the_upper_half_of_the_product() {
        for bound in [1, 2, 3, 10, 8_760, 1 << 31, u64::from(u32::MAX)] {
            let step = u64::MAX / bound;
            for word in
                [0, 1, step, step.wrapping_add(1), step * (bound - 1), u64::MAX / 3, u64::MAX - 1, u64::MAX]
            {
                let exact = (u128::from(word) * u128::from(bound)) >> 64;
                assert_eq!(u128::from(uniform_below(bound, word)), exact, "{word} {bound}");
            }
        }
    }

    fn walk(rows: usize, mean_block: f64, steps: usize) -> Vec<Vec<u64>> {
        let history = ReturnHistory { columns: 1, log_returns: vec![0.0; rows].into(), mean_block };
        let resampler = Resampler::new(&history);
        let mut state = resampler.begin(streams(5, 0));
        let mut walks = vec![Vec::new(); LANES];
        for _ in 0..steps {
            resampler.advance(&mut state);
            for (walk, row) in walks.iter_mut().zip(*state.row) {
                walk.push(row);
            }
        }
        walks
    }

    /// Breaks of the run i → i + 1 (mod n) happen with probability (1/L)·(1 − 1/n). 64 × 20,000
    /// steps, L = 24, n = 500: 53,227 expected, standard deviation 226; the bound is 4.5 of them.
    #[test]
    fn blocks_have_the_asked_mean_length() {
        let breaks: usize = walk(500, 24.0, 20_001)
            .iter()
            .map(|walk| walk.windows(2).filter(|w| w[1] != (w[0] + 1) % 500).count())
            .sum();
        assert!((breaks as f64 - 53_226.7).abs() < 4.5 * 226.0, "{breaks}");
    }

    /// Every row is as likely, the wrapped ones too: chi-squared with 9 degrees of freedom over
    /// restarts-at-every-step draws stays below 36 (false alarm 4e-5; the seed is fixed).
    #[test]
    fn rows_are_uniform() {
        let mut counts = [0.0; 10];
        for row in walk(10, 1.0, 2_000).concat() {
            counts[row as usize] += 1.0;
        }
        let expected = (LANES * 2_000) as f64 / 10.0;
        let chi_squared: f64 = counts.iter().map(|c| (c - expected) * (c - expected) / expected).sum();
        assert!(chi_squared < 36.0, "{chi_squared}");
    }

    /// Columns with no value in common, the second a function of the first: every step takes one row of both.
    #[test]
    fn a_row_is_taken_whole() {
        let rows = 40;
        let log_returns = (0..rows).flat_map(|r| [f64::from(r), 1_000.0 - 7.0 * f64::from(r)]).collect();
        let history = ReturnHistory { columns: 2, log_returns, mean_block: 3.0 };
        let resampler = Resampler::new(&history);
        let mut state = resampler.begin(streams(8, 64));
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..200 {
            resampler.advance(&mut state);
            let (mut first, mut second) = ([0.0; LANES], [0.0; LANES]);
            resampler.gather(&state, 0, &[0.0; LANES], &mut first);
            resampler.gather(&state, 1, &[0.0; LANES], &mut second);
            for (a, b) in first.iter().zip(second) {
                assert_eq!(b, 1_000.0 - 7.0 * a);
                seen.insert(*a as u32);
            }
        }
        assert_eq!(seen.len(), rows as usize);
    }

    #[test]
    fn a_block_longer_than_any_run_replays_the_history_in_a_circle() {
        for walk in walk(7, 1e18, 30) {
            assert!(walk.windows(2).all(|w| w[1] == (w[0] + 1) % 7));
        }
    }
}
