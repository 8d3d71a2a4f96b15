//! What drawing paths in pairs was worth.

use crate::result::build::estimate::number;
use crate::result::document::mode::AntitheticFactors;
use crate::simulation::{ModeOutcome, TwinMode};
use crate::statistics::{Moments, TwinProportion};

/// The measured factors of one mode over so many pairs.
pub fn factors(mode: &ModeOutcome, twin: &TwinMode, pairs: u64) -> AntitheticFactors {
    let share = |count, both| TwinProportion { count, both, pairs }.variance_factor().and_then(number);
    AntitheticFactors {
        liquidation_any: share(mode.any, twin.any),
        ruin: share(mode.ruin, twin.ruin),
        drawdown_relative: mean(mode.drawdown_relative.moments(), &twin.drawdown_relative.means),
        drawdown_absolute: mean(mode.drawdown_absolute.moments(), &twin.drawdown_absolute.means),
        pnl: mean(mode.pnl.moments(), &twin.pnl.means),
        shortfall: mean(&mode.shortfall, &twin.shortfall),
    }
}

/// `(var / 2m) / (var of pair means / m)`.
fn mean(paths: &Moments, pairs: &Moments) -> Option<f64> {
    let of_pairs = pairs.variance().filter(|variance| *variance > 0.0)?;
    number(paths.variance()? / (2.0 * of_pairs)).filter(|factor| *factor > 0.0)
}
