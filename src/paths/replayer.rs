//! Historical replay: every window of the horizon's length is one path, as it was.
//!
//! Path p is the window that opens at bar p·stride; its price is the close, scaled so that the path opens at the
//! asset's price: exact where that price is the window's own first close, and to one rounding elsewhere. All assets
//! are taken from the same bars. Windows that begin less than a horizon apart overlap, and all come from one history.

use std::sync::Arc;

use crate::lanes::{LANES, Lanes};

/// Closes of the assets that are replayed, over the dates they have in common.
#[derive(Debug, Clone, PartialEq)]
pub struct WindowHistory {
    /// Number of columns (assets).
    pub columns: usize,
    /// Row-major, `bars × columns`: the close of each bar, a step apart.
    pub closes: Arc<[f64]>,
    /// Bars from the start of one window to that of the next, `>= 1`.
    pub stride: usize,
    /// When the first bar opened, milliseconds since 1970 (UTC).
    pub first_bar_ms: i64,
    /// Length of a bar, milliseconds.
    pub bar_ms: i64,
}

impl WindowHistory {
    /// Number of bars.
    pub fn bars(&self) -> usize {
        self.closes.len() / self.columns
    }

    /// Windows of `steps` steps that fit in, which are the paths there are.
    pub fn windows(&self, steps: u64) -> u64 {
        let starts = (self.bars() as u64).saturating_sub(steps);
        starts.div_ceil(self.stride as u64)
    }

    /// When the first and the last bar of window `window` of `steps` steps opened, milliseconds since 1970 (UTC).
    pub fn opens_ms(&self, window: u64, steps: u64) -> (i64, i64) {
        let first = window.saturating_mul(self.stride as u64);
        let time = |bar: u64| self.first_bar_ms.saturating_add(self.bar_ms.saturating_mul(bar as i64));
        (time(first), time(first.saturating_add(steps)))
    }
}

/// The first bars of a block's windows.
#[derive(Debug, Clone, Copy)]
pub struct WindowStarts([usize; LANES]);

/// Closes to read windows from.
#[derive(Debug, Clone, PartialEq)]
pub struct Replayer {
    history: WindowHistory,
}

impl Replayer {
    /// Takes the history over.
    pub fn new(history: &WindowHistory) -> Self {
        Self { history: history.clone() }
    }

    /// The windows of the paths `first_path ..`. Past the last window a path begins again at the first bars, and a
    /// window that extends past the last bar goes on at the first: neither is a path of the history, and none is counted.
    pub fn begin(&self, first_path: u64) -> WindowStarts {
        let bars = self.history.bars() as u128;
        let start = |l: usize| (u128::from(first_path) + l as u128) * self.history.stride as u128 % bars;
        WindowStarts(std::array::from_fn(|l| start(l) as usize))
    }

    /// Turns prices that only jumps move into those of one column `step` bars into each window, moved by the same jumps.
    #[inline(always)]
    pub fn apply(&self, starts: &WindowStarts, column: usize, step: u64, row: &mut Lanes) {
        let WindowHistory { columns, closes, .. } = &self.history;
        let bars = self.history.bars();
        let along = (step % bars as u64) as usize;
        for l in 0..LANES {
            let bar = starts.0[l] + along;
            let bar = if bar < bars { bar } else { bar - bars };
            row[l] = closes[bar * columns + column] * (row[l] / closes[starts.0[l] * columns + column]);
        }
    }
}
