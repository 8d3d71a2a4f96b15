//! What is remembered of one equity: its peak, its least value, its deepest falls.

use crate::paths::{LANES, Lanes};

/// One equity of a block of paths, and its extremes so far.
#[derive(Debug, Clone)]
pub(super) struct EquityTrack {
    pub equity: Lanes,
    peak: Lanes,
    least: Lanes,
    drawdown: Lanes,
    /// The largest relative drawdown as a fraction, so that no step divides.
    relative_drop: Lanes,
    relative_peak: Lanes,
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

    /// The equity of a step.
    #[inline(always)]
    pub fn see(&mut self, equity: &Lanes) {
        for l in 0..LANES {
            let e = equity[l];
            self.equity[l] = e;
            let peak = if e > self.peak[l] { e } else { self.peak[l] };
            let drop = peak - e;
            self.peak[l] = peak;
            self.drawdown[l] = if drop > self.drawdown[l] { drop } else { self.drawdown[l] };
            let deeper = drop * self.relative_peak[l] > self.relative_drop[l] * peak;
            self.relative_drop[l] = if deeper { drop } else { self.relative_drop[l] };
            self.relative_peak[l] = if deeper { peak } else { self.relative_peak[l] };
            self.least[l] = if e < self.least[l] { e } else { self.least[l] };
        }
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
