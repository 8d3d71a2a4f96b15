//! What a simulation adds up to, in a few numbers: two programs, or two machines, can be seen to have done the same work.

use std::fmt;

use ringfence::simulation::{ModeOutcome, RunOutcome};
use ringfence::statistics::Distribution;

/// One margin mode.
pub struct ModeDigest {
    pub mode: String,
    /// Paths liquidated at all.
    pub liquidated: u64,
    /// Mean over paths of the largest drawdown relative to the running peak.
    pub drawdown: f64,
    /// Mean over paths of final less opening equity.
    pub profit: f64,
}

/// Every mode, in the order they were asked for.
pub struct Digest {
    pub paths: u64,
    pub modes: Vec<ModeDigest>,
}

impl Digest {
    pub fn of(outcome: &RunOutcome) -> Self {
        let mean = |d: &Distribution| d.moments().mean().unwrap_or(f64::NAN);
        let mode = |m: &ModeOutcome| ModeDigest {
            mode: m.mode.to_string(),
            liquidated: m.any,
            drawdown: mean(&m.drawdown_relative),
            profit: mean(&m.pnl),
        };
        Self { paths: outcome.paths, modes: outcome.modes.iter().map(mode).collect() }
    }

    /// Differences of the liquidated paths, per mode, in standard errors of two independent samples.
    pub fn standard_errors_from(&self, other: &Self) -> Vec<f64> {
        let n = self.paths as f64;
        let of_mode = |(a, b): (&ModeDigest, &ModeDigest)| {
            let (a, b) = (a.liquidated as f64 / n, b.liquidated as f64 / n);
            let p = 0.5 * (a + b);
            let error = (2.0 * p * (1.0 - p) / n).sqrt();
            if error > 0.0 { (a - b) / error } else { 0.0 }
        };
        self.modes.iter().zip(&other.modes).map(of_mode).collect()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, m) in self.modes.iter().enumerate() {
            let gap = if i == 0 { "" } else { "; " };
            let ModeDigest { mode, liquidated, drawdown, profit } = m;
            write!(f, "{gap}{mode} liquidated {liquidated:5}, drawdown {drawdown:.9}, profit {profit:13.9}")?;
        }
        Ok(())
    }
}
