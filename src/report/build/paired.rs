//! Every two modes, path by path.

use super::estimate::Estimator;
use crate::domain::Position;
use crate::report::document::{MeanDifference, PairedLiquidation, PairedResult};
use crate::simulation::{ModeOutcome, PairOutcome, TwoByTwo};
use crate::statistics::{
    Moments, mcnemar_exact, newcombe_paired, proportion_difference_std_error, proportion_variance_factor,
    variance_factor,
};

/// Two modes of one run; `None` where the outcome has no such modes.
pub fn pair(
    pair: &PairOutcome,
    modes: &[ModeOutcome],
    positions: &[Position],
    estimator: &Estimator,
    confidence: f64,
) -> Option<PairedResult> {
    let (a, b) = (modes.get(pair.a)?, modes.get(pair.b)?);
    let names = positions.iter().map(|position| position.name.clone());
    let difference = |d: &Moments, a: &Moments, b: &Moments| mean_difference(estimator, d, a, b);
    Some(PairedResult {
        a: a.mode.name().to_owned(),
        b: b.mode.name().to_owned(),
        liquidation: liquidation(pair.liquidation, confidence),
        positions: names.zip(pair.positions.iter().map(|table| (*table).into())).collect(),
        drawdown_relative: difference(
            &pair.drawdown_relative,
            a.drawdown_relative.moments(),
            b.drawdown_relative.moments(),
        ),
        pnl: difference(&pair.pnl, a.pnl.moments(), b.pnl.moments()),
        shortfall: difference(&pair.shortfall, &a.shortfall, &b.shortfall),
    })
}

fn liquidation(table: TwoByTwo, confidence: f64) -> PairedLiquidation {
    let TwoByTwo { both, a_only, b_only, neither } = table;
    let bounds = newcombe_paired(both, a_only, b_only, neither, confidence);
    let paths = (both + a_only + b_only + neither) as f64;
    PairedLiquidation {
        table: table.into(),
        difference: bounds.map(|_| (a_only as f64 - b_only as f64) / paths),
        std_error: proportion_difference_std_error(both, a_only, b_only, neither),
        low: bounds.map(|b| b.low),
        high: bounds.map(|b| b.high),
        mcnemar_p: mcnemar_exact(a_only, b_only),
        variance_factor: proportion_variance_factor(both, a_only, b_only, neither),
    }
}

fn mean_difference(estimator: &Estimator, difference: &Moments, a: &Moments, b: &Moments) -> MeanDifference {
    let mean = estimator.mean_of(difference);
    MeanDifference {
        mean_difference: mean.mean,
        std_error: mean.std_error,
        low: mean.low,
        high: mean.high,
        variance_factor: variance_factor(a.variance(), b.variance(), difference.variance()),
    }
}
