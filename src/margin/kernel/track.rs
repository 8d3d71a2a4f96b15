//! What is remembered of one equity: its peak, its least value, its deepest falls.

use crate::lanes::{LANES, Lanes};

/// One equity of a block of paths, and its extremes so far.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub(super) struct EquityTrack {
    pub equity: Lanes,
    peak: Lanes,
    least: Lanes,
    drawdown: Lanes,
    /// The largest relative drawdown as a fraction, so that no step divides.
    relative_drop: Lanes,
    relative_peak: Lanes,
}

/// One lane of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct LaneTrack {
    equity: f64,
    peak: f64,
    least: f64,
    drawdown: f64,
    relative_drop: f64,
    relative_peak: f64,
}

impl LaneTrack {
    /// The equity of a step.
    #[inline(always)]
    pub fn see(&mut self, equity: f64) {
        self.equity = equity;
        self.peak = if equity > self.peak { equity } else { self.peak };
        let drop = self.peak - equity;
        self.drawdown = if drop > self.drawdown { drop } else { self.drawdown };
        let deeper = drop * self.relative_peak > self.relative_drop * self.peak;
        self.relative_drop = if deeper { drop } else { self.relative_drop };
        self.relative_peak = if deeper { self.peak } else { self.relative_peak };
        self.least = if equity < self.least { equity } else { self.least };
    }
}

impl EquityTrack {
    /// At time 0.
    pub fn open(equity: f64) -> Self {
        let opening = [equity; LANES];
        Self {
            equity: opening,
            peak: opening,
            least: opening,
            drawdown: [0.0; LANES],
            relative_drop: [0.0; LANES],
            relative_peak: opening,
        }
    }

    /// Back to time 0.
    pub fn restart(&mut self, equity: f64) {
        *self = Self::open(equity);
    }

    /// The equity `of(step, lane)` of `N` steps, one after the other. Lanes go round steps, so that what is remembered of
    /// a lane stays in registers.
    #[inline(always)]
    pub fn see<const N: usize>(&mut self, of: impl Fn(usize, usize) -> f64) {
        for l in 0..LANES {
            let mut lane = self.lane(l);
            for index in 0..N {
                lane.see(of(index, l));
            }
            self.set(l, lane);
        }
    }

    /// What is remembered of one lane.
    #[inline(always)]
    pub fn lane(&self, lane: usize) -> LaneTrack {
        LaneTrack {
            equity: self.equity[lane],
            peak: self.peak[lane],
            least: self.least[lane],
            drawdown: self.drawdown[lane],
            relative_drop: self.relative_drop[lane],
            relative_peak: self.relative_peak[lane],
        }
    }

    /// Puts one lane in the place of what was remembered of it.
    #[inline(always)]
    pub fn set(&mut self, lane: usize, track: LaneTrack) {
        self.equity[lane] = track.equity;
        self.peak[lane] = track.peak;
        self.least[lane] = track.least;
        self.drawdown[lane] = track.drawdown;
        self.relative_drop[lane] = track.relative_drop;
        self.relative_peak[lane] = track.relative_peak;
    }

    pub fn least(&self, lane: usize) -> f64 {
        self.least[lane]
    }

    /// Largest fall from the running peak.
    pub fn drawdown(&self, lane: usize) -> f64 {
        self.drawdown[lane]
    }

    /// Largest fall relative to the running peak, in `[0, 1]`.
    pub fn relative_drawdown(&self, lane: usize) -> f64 {
        (self.relative_drop[lane] / self.relative_peak[lane]).min(1.0)
    }
}
