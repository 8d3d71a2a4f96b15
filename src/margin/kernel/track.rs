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

    /// The equity of one step after the other. The lanes go round the steps, so that what is remembered of a lane
    /// stays in registers.
    #[inline(always)]
    pub fn see<const N: usize>(&mut self, equity: &[Lanes; N]) {
        for l in 0..LANES {
            let (mut peak, mut least, mut drawdown) = (self.peak[l], self.least[l], self.drawdown[l]);
            let (mut relative_drop, mut relative_peak) = (self.relative_drop[l], self.relative_peak[l]);
            for row in equity {
                let e = row[l];
                peak = if e > peak { e } else { peak };
                let drop = peak - e;
                drawdown = if drop > drawdown { drop } else { drawdown };
                let deeper = drop * relative_peak > relative_drop * peak;
                relative_drop = if deeper { drop } else { relative_drop };
                relative_peak = if deeper { peak } else { relative_peak };
                least = if e < least { e } else { least };
                self.equity[l] = e;
            }
            (self.peak[l], self.least[l], self.drawdown[l]) = (peak, least, drawdown);
            (self.relative_drop[l], self.relative_peak[l]) = (relative_drop, relative_peak);
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
