//! Stationary block bootstrap (Politis and Romano, "The Stationary Bootstrap", JASA 1994).
//!
//! Rows of the history are replayed in blocks of geometric length with the given mean, wrapping
//! round at the end. A row is taken whole, so assets keep their dependence; returns are used as
//! they are, uncentred.

use rand::{Rng, RngExt};

use super::stream::{Purpose, Stream};
use super::{LANES, Lanes, ReturnHistory};

/// The resampling of one market.
#[derive(Debug, Clone, PartialEq)]
pub struct Resampler {
    rows: u32,
    columns: usize,
    log_returns: Vec<f64>,
    /// A step starts a new block when a 64-bit draw is at most this.
    restart_below: u64,
}

/// Where each path of a block stands in the history.
#[derive(Debug, Clone)]
pub struct ResamplerState {
    streams: Vec<Stream>,
    row: [u32; LANES],
}

impl Resampler {
    /// Prepares a history of at least one and at most 2^32 − 1 rows.
    pub fn new(history: &ReturnHistory) -> Self {
        // A probability of 1/mean in units of 2^−64; mean 1 restarts at every step.
        let restart = 18_446_744_073_709_551_616.0 / history.mean_block.max(1.0);
        Self {
            rows: u32::try_from(history.rows()).unwrap_or(u32::MAX),
            columns: history.columns,
            log_returns: history.log_returns.clone(),
            restart_below: restart as u64,
        }
    }

    /// The state before the first step; `stream` gives a lane's stream.
    pub fn begin(&self, stream: impl Fn(usize, Purpose) -> Stream) -> ResamplerState {
        let mut streams: Vec<Stream> = (0..LANES).map(|lane| stream(lane, Purpose::Resample)).collect();
        // The row before a uniform one, so that the first step takes a uniform row either way.
        let row = std::array::from_fn(|lane| streams[lane].random_range(0..self.rows));
        ResamplerState { streams, row }
    }

    /// Moves every path to its next row.
    #[inline(always)]
    pub fn advance(&self, state: &mut ResamplerState) {
        for (row, stream) in state.row.iter_mut().zip(&mut state.streams) {
            *row = if stream.next_u64() <= self.restart_below {
                stream.random_range(0..self.rows)
            } else if *row + 1 == self.rows {
                0
            } else {
                *row + 1
            };
        }
    }

    /// The log prices after the current row's return of one column.
    #[inline(always)]
    pub fn gather(&self, state: &ResamplerState, column: usize, before: &Lanes, after: &mut Lanes) {
        for l in 0..LANES {
            after[l] = before[l] + self.log_returns[state.row[l] as usize * self.columns + column];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(rows: usize, mean_block: f64, steps: usize) -> Vec<Vec<u32>> {
        let history = ReturnHistory { columns: 1, log_returns: vec![0.0; rows], mean_block };
        let resampler = Resampler::new(&history);
        let mut state = resampler.begin(|lane, purpose| Stream::new(5, lane as u64, purpose, 0));
        let mut walks = vec![Vec::new(); LANES];
        for _ in 0..steps {
            resampler.advance(&mut state);
            for (walk, row) in walks.iter_mut().zip(state.row) {
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
        let mut state = resampler.begin(|lane, purpose| Stream::new(8, 64 + lane as u64, purpose, 0));
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
