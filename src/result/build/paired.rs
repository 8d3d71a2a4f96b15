//! Every two modes, path by path.

use crate::result::build::estimate::{Estimator, Uncertainty};
use crate::result::document::paired::{MeanDifference, PairedLiquidation, PairedResult};
use crate::result::scenario_description::ScenarioDescription;
use crate::simulation::{ModeOutcome, PairOutcome, RunOutcome, TwinDifference, TwinMode, TwoByTwo};
use crate::statistics::{
    Moments, TwinProportion, mcnemar_exact, newcombe_of_clusters, proportion_difference_std_error,
    proportion_variance_factor, variance_factor,
};

/// Two modes over pairs of paths.
struct Twinned<'a> {
    pairs: u64,
    difference: &'a TwinDifference,
    a: &'a TwinMode,
    b: &'a TwinMode,
}

/// The two modes of one run that stand at `index`; `None` where the outcome has no such modes.
pub fn pair(
    outcome: &RunOutcome,
    index: usize,
    description: &ScenarioDescription,
    estimator: &Estimator<'_>,
) -> Option<PairedResult> {
    let pair = outcome.pairs.get(index)?;
    let (a, b) = (outcome.modes.get(pair.a)?, outcome.modes.get(pair.b)?);
    let twinned = match estimator.uncertainty() {
        Uncertainty::Pairs(twins) => Some(Twinned {
            pairs: twins.pairs,
            difference: twins.differences.get(index)?,
            a: twins.modes.get(pair.a)?,
            b: twins.modes.get(pair.b)?,
        }),
        Uncertainty::Independent | Uncertainty::Unknown => None,
    };
    let names = description.positions.iter().cloned();
    type Means<'a> = [&'a Moments; 3];
    let difference = |own: Means<'_>, of_twins: fn(&Twinned<'_>) -> [Moments; 3]| {
        mean_difference(estimator, own, twinned.as_ref().map(of_twins))
    };
    Some(PairedResult {
        a: a.mode.name().to_owned(),
        b: b.mode.name().to_owned(),
        liquidation: liquidation(pair, [a, b], estimator, twinned.as_ref(), description.level),
        positions: names.zip(pair.positions.iter().map(|table| (*table).into())).collect(),
        drawdown_relative: difference(
            [&pair.drawdown_relative, a.drawdown_relative.moments(), b.drawdown_relative.moments()],
            |t| {
                let of = |mode: &TwinMode| mode.drawdown_relative.means.clone();
                [t.difference.drawdown_relative.clone(), of(t.a), of(t.b)]
            },
        ),
        pnl: difference([&pair.pnl, a.pnl.moments(), b.pnl.moments()], |t| {
            [t.difference.pnl.clone(), t.a.pnl.means.clone(), t.b.pnl.means.clone()]
        }),
        shortfall: difference([&pair.shortfall, &a.shortfall, &b.shortfall], |t| {
            [t.difference.shortfall.clone(), t.a.shortfall.clone(), t.b.shortfall.clone()]
        }),
    })
}

fn liquidation(
    pair: &PairOutcome,
    [a, b]: [&ModeOutcome; 2],
    estimator: &Estimator<'_>,
    twinned: Option<&Twinned<'_>>,
    confidence: f64,
) -> PairedLiquidation {
    let TwoByTwo { both, a_only, b_only, neither } = pair.liquidation;
    let paths = (both + a_only + b_only + neither) as f64;
    let effect = match (estimator.uncertainty(), twinned) {
        (Uncertainty::Unknown, _) => None,
        (_, Some(t)) => Some(t.difference.liquidation.design_effect(a_only, b_only, t.pairs)),
        (_, None) => Some(1.0),
    };
    let bounds = effect.and_then(|e| newcombe_of_clusters([both, a_only, b_only, neither], e, confidence));
    let error = proportion_difference_std_error(both, a_only, b_only, neither);
    let of_twins = |t: &Twinned<'_>, effect: f64| {
        let variance = |count, both| {
            let share = count as f64 / paths;
            share * (1.0 - share) * TwinProportion { count, both, pairs: t.pairs }.design_effect()
        };
        let of_difference = error.map(|error| error * error * paths * effect);
        variance_factor(Some(variance(a.any, t.a.any)), Some(variance(b.any, t.b.any)), of_difference)
    };
    PairedLiquidation {
        table: pair.liquidation.into(),
        difference: (paths > 0.0).then(|| (a_only as f64 - b_only as f64) / paths),
        std_error: error.zip(effect).map(|(error, effect)| error * effect.sqrt()),
        low: bounds.map(|b| b.low),
        high: bounds.map(|b| b.high),
        mcnemar_p: effect.map(|_| match twinned {
            Some(t) => t.difference.liquidation.mcnemar(a_only, b_only),
            None => mcnemar_exact(a_only, b_only),
        }),
        variance_factor: effect.and_then(|effect| match twinned {
            Some(t) => of_twins(t, effect),
            None => proportion_variance_factor(both, a_only, b_only, neither),
        }),
    }
}

/// From the moments of the difference and of both modes: over paths, and over pairs of paths where there are any.
fn mean_difference(
    estimator: &Estimator<'_>,
    own: [&Moments; 3],
    of_twins: Option<[Moments; 3]>,
) -> MeanDifference {
    let mean = estimator.mean_of(own[0], of_twins.as_ref().map(|[difference, ..]| difference));
    let [difference, a, b] = of_twins.as_ref().map_or(own, |[d, a, b]| [d, a, b]);
    let known = !matches!(estimator.uncertainty(), Uncertainty::Unknown);
    let factor = known.then(|| variance_factor(a.variance(), b.variance(), difference.variance()));
    MeanDifference {
        mean_difference: mean.mean,
        std_error: mean.std_error,
        low: mean.low,
        high: mean.high,
        variance_factor: factor.flatten(),
    }
}
