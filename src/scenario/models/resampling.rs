//! Joins the histories of all bootstrapped assets: their returns are what the market resamples.

use crate::domain::Span;
use crate::error::{Error, Result};
use crate::history::PriceHistory;
use crate::history::joint::{Gaps, Place, joint_returns};
use crate::paths::ReturnHistory;
use crate::scenario::context::Context;
use crate::scenario::definition::Settings;
use crate::scenario::models::model::{Model, Resampled};
use crate::scenario::models::overflow_check::LARGEST_LOG_RETURN;
use crate::scenario::models::parameters::whole_seconds;
use crate::scenario::sections::modelled::Modelled;
use crate::scenario::syntax::reader::Table;

/// Largest log return over the horizon that a bootstrap may plausibly bound. It is far above that of a formula, since
/// [`ResampledBound`] takes all returns of a block as one; prices and their squares are still well inside `f64`.
const LARGEST_BOUND: f64 = 300.0;

/// Joins the histories, if any asset has one.
///
/// # Errors
/// Assets that differ in block or gaps, a step that the histories do not have, histories that do not fit each other,
/// returns that would leave what numbers hold.
pub(crate) fn join(
    root: &Table<'_>,
    assets: &[Modelled],
    settings: &Settings,
    context: &mut Context<'_>,
) -> Result<Option<ReturnHistory>> {
    let resampled: Vec<(&str, &Resampled)> = assets
        .iter()
        .filter_map(|a| match &a.model {
            Model::Bootstrap(model) => Some((a.asset.name.as_str(), model)),
            Model::Formula(_) | Model::Replay(_) => None,
        })
        .collect();
    let Some(&(first_name, first)) = resampled.first() else { return Ok(None) };
    check_agreement(root, &resampled)?;
    let step = check_step(root, first_name, first, settings)?;
    let histories: Vec<_> = resampled.iter().map(|(name, model)| (*name, &*model.history)).collect();
    let gaps = if first.fill_gaps { Gaps::Fill } else { Gaps::Error };
    let mean_block = first.block.seconds() as f64 / step.seconds() as f64;
    let key = format!("{:?}", (joint_key(&histories), step, gaps, mean_block));
    let join = || joint_returns(&histories, step.seconds(), gaps, mean_block);
    let joint = context.files.returns.get(key, join).map_err(|error| {
        let name = resampled.get(error.asset).map_or(first_name, |(name, _)| *name);
        fail_at(root, name, error.place, &error.what, &error.help)
    })?;
    for (column, (name, _)) in resampled.iter().enumerate() {
        check_overflow(&joint.history, column, settings.steps)
            .map_err(|(what, help)| fail_at(root, name, Place::History, &what, &help))?;
    }
    context.notes.extend(joint.notes.iter().cloned());
    let log_returns = context.files.numbers(joint.history.log_returns.clone());
    Ok(Some(ReturnHistory { log_returns, ..joint.history.clone() }))
}

/// The identity of histories, for the cache of joint ones.
pub(crate) fn joint_key<'h>(histories: &[(&'h str, &'h PriceHistory)]) -> Vec<(&'h str, &'h str)> {
    histories.iter().map(|(name, history)| (*name, history.sha256.as_str())).collect()
}

/// One row index serves all, so that block and gaps must be the same.
fn check_agreement(root: &Table<'_>, resampled: &[(&str, &Resampled)]) -> Result<()> {
    let Some((first_name, first)) = resampled.first() else { return Ok(()) };
    for (name, model) in resampled {
        let place = match (model.block == first.block, model.fill_gaps == first.fill_gaps) {
            (true, true) => continue,
            (false, _) => Place::Block,
            (true, false) => Place::Gaps,
        };
        let what = format!(
            "{first_name} and {name} differ in `block` or `gaps`, but are resampled by the same rows"
        );
        let help = "give every bootstrapped asset the same block and gaps";
        return Err(fail_at(root, name, place, &what, help));
    }
    Ok(())
}

/// The step of an asset whose bars are steps.
pub(crate) fn bar_step(root: &Table<'_>, name: &str, settings: &Settings) -> Result<Span> {
    whole_seconds(settings.horizon, settings.steps).ok_or_else(|| {
        let what = format!("{} steps do not divide {} into whole seconds", settings.steps, settings.horizon);
        let help = "a history gives one bar a step: write step = \"1h\" for hourly bars";
        fail_at(root, name, Place::Step, &what, help)
    })
}

fn check_step(root: &Table<'_>, name: &str, model: &Resampled, settings: &Settings) -> Result<Span> {
    let step = bar_step(root, name, settings)?;
    if model.block < step {
        let what = format!("`block` of {name} is {}, shorter than a step of {step}", model.block);
        let help = format!("write block = \"{step}\" or longer; 1d is usual for hourly bars");
        return Err(fail_at(root, name, Place::Block, &what, &help));
    }
    Ok(step)
}

/// An error that points at the setting of an asset, or at its model where the setting is not written.
pub(crate) fn fail_at(root: &Table<'_>, name: &str, place: Place, what: &str, help: &str) -> Error {
    let point = || -> Result<Error> {
        let model = root.table("assets")?.table(name)?.table("model")?;
        let simulation = root.table("simulation")?;
        let field = match place {
            Place::History => model.field("history"),
            Place::Gaps => model.field("gaps").or_else(|| model.field("history")),
            Place::Block => model.field("block"),
            Place::Stride => model.field("stride"),
            Place::Step => simulation.field("step").or_else(|| simulation.field("steps")),
        };
        Ok(field.map_or_else(|| model.fail(what, help), |field| field.fail(what, help)))
    };
    point().unwrap_or_else(|error| error)
}

/// Bound of the log return over the horizon, from the returns of one column.
#[derive(Debug, PartialEq)]
struct ResampledBound {
    /// `steps·|mean|`.
    drift: f64,
    /// `9·σ·√(steps·mean block) + max|r|·mean block`: nine deviations if all returns of a block were equal,
    /// and a block of the largest return.
    spread: f64,
}

impl ResampledBound {
    fn of(history: &ReturnHistory, column: usize, steps: u64) -> Self {
        let returns = || history.log_returns.iter().skip(column).step_by(history.columns).copied();
        let (rows, steps) = (history.rows() as f64, steps as f64);
        let mean = returns().sum::<f64>() / rows;
        let variance = returns().map(|r| (r - mean) * (r - mean)).sum::<f64>() / rows;
        let largest = returns().fold(0.0, |most: f64, r| most.max(r.abs()));
        let spread = 9.0 * (variance * steps * history.mean_block).sqrt() + largest * history.mean_block;
        Self { drift: steps * mean.abs(), spread }
    }
}

fn check_overflow(
    history: &ReturnHistory,
    column: usize,
    steps: u64,
) -> std::result::Result<(), (String, String)> {
    let ResampledBound { drift, spread } = ResampledBound::of(history, column, steps);
    if drift <= LARGEST_LOG_RETURN && drift + spread <= LARGEST_BOUND {
        return Ok(());
    }
    let what = format!(
        "over {steps} steps in blocks of {} on average the history lets the log price drift by {drift:.0} and spread \
         by {spread:.0}, at which prices overflow; expected a drift of at most {LARGEST_LOG_RETURN}, and \
         {LARGEST_BOUND} together",
        history.mean_block
    );
    let help = "shorten simulation.horizon or the block, or check the prices of the history";
    Err((what, help.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two columns: +0.01 and −0.03 in turn, and a constant 0.5.
    fn history(mean_block: f64) -> ReturnHistory {
        let log_returns = (0..100).flat_map(|row| [[0.01, -0.03][row % 2], 0.5]).collect();
        ReturnHistory { columns: 2, log_returns, mean_block }
    }

    #[test]
    fn the_bound_follows_its_formula() {
        // Mean −0.01, deviation 0.02, largest 0.03: 100 steps drift by 1; 9·0.02·√(100·4) + 0.03·4 = 3.72.
        let bound = ResampledBound::of(&history(4.0), 0, 100);
        // Sums of a hundred terms near 0.01: a few units of the sixteenth digit.
        assert!((bound.drift - 1.0).abs() < 1e-13 && (bound.spread - 3.72).abs() < 1e-13, "{bound:?}");
    }

    #[test]
    fn both_limits_are_kept() {
        // A constant 0.5: the drift is steps/2, the spread 0.5·block.
        assert_eq!(check_overflow(&history(2.0), 1, 120), Ok(()));
        let (what, _) = check_overflow(&history(2.0), 1, 122).unwrap_err();
        assert!(what.contains("drift by 61 and spread by 1") && what.contains("300 together"), "{what}");
        // 0.18·√(100·block) + 0.03·block + 1 passes 300 between 6,900 (150 + 207) and 5,000 (127 + 150 + 1).
        assert_eq!(check_overflow(&history(5_000.0), 0, 100), Ok(()));
        assert!(check_overflow(&history(6_900.0), 0, 100).is_err());
    }
}
