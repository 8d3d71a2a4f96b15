//! `[simulation]`: how much is simulated and what is asked of it.

use rust_decimal::Decimal;

use crate::domain::{Intervals, MarginMode, Monitoring, Span, to_f64};
use crate::error::Result;
use crate::paths::Sampling;
use crate::paths::catalogue::MODELS;
use crate::scenario::context::Context;
use crate::scenario::definition::Settings;
use crate::scenario::models::model::Model;
use crate::scenario::models::parameters::whole_seconds;
use crate::scenario::sections::modelled::Modelled;
use crate::scenario::sections::precision;
use crate::scenario::syntax::reader::{Table, for_example};

const MAX_PATHS: u64 = 1_000_000_000_000;

const MAX_STEPS: u64 = 10_000_000;

/// Asset-steps of one run beyond which it would not end within a lifetime.
const MAX_ASSET_STEPS: u128 = 10_000_000_000_000_000;

/// Rough speed of one core, for the prediction only.
const ASSET_STEPS_PER_SECOND: u128 = 100_000_000;

const KEYS: [&str; 12] = [
    "paths",
    "seed",
    "horizon",
    "step",
    "steps",
    "modes",
    "monitoring",
    "sampling",
    "confidence",
    "ruin_level",
    "precision",
    "intervals",
];

const MONITORINGS: [(&str, Monitoring); 2] =
    [("step", Monitoring::Step), ("continuous", Monitoring::Continuous)];

const INTERVALS: [(&str, Intervals); 2] =
    [("pointwise", Intervals::Pointwise), ("simultaneous", Intervals::Simultaneous)];

const SAMPLINGS: [(&str, Sampling); 2] =
    [("independent", Sampling::Independent), ("antithetic", Sampling::Antithetic)];

/// Reads `[simulation]`.
///
/// # Errors
/// Any key out of its range; both `step` and `steps`; a step that does not divide the horizon.
pub(crate) fn read(root: &Table<'_>, context: &mut Context<'_>) -> Result<Settings> {
    let table = root.table("simulation")?;
    table.only(&KEYS, &[])?;
    let paths = match table.field("paths") {
        Some(field) => field.whole(1, MAX_PATHS, "paths = 100_000")?,
        None => 100_000,
    };
    let seed = match table.field("seed") {
        Some(field) => field.whole(0, i64::MAX as u64, "seed = 42")?,
        None => 1,
    };
    let horizon = table.require("horizon", "horizon = \"30d\"")?.span("horizon = \"30d\"")?;
    let steps = read_steps(&table, horizon)?;
    let modes = read_modes(&table)?;
    let monitoring = word(&table, "monitoring", &MONITORINGS)?;
    let sampling = word(&table, "sampling", &SAMPLINGS)?;
    let confidence = read_confidence(&table)?;
    let ruin_level = read_ruin_level(&table)?;
    let intervals = word(&table, "intervals", &INTERVALS)?;

    context.resolve(table.key("paths"), paths);
    context.resolve(table.key("seed"), seed);
    context.resolve(table.key("horizon"), horizon);
    if let Some(step) = whole_seconds(horizon, steps) {
        context.resolve(table.key("step"), step);
    }
    context.resolve(table.key("steps"), steps);
    let names: Vec<&str> = modes.iter().map(|mode| mode.name()).collect();
    context.resolve(table.key("modes"), names.join(", "));
    context.resolve(table.key("monitoring"), monitoring.name());
    context.resolve(table.key("sampling"), sampling.name());
    context.resolve_decimal(table.key("confidence"), confidence);
    context.resolve_decimal(table.key("ruin_level"), ruin_level);
    let precision = precision::read(&table, &modes, context)?;
    if intervals != Intervals::default() {
        context.resolve(table.key("intervals"), intervals.name());
    }
    Ok(Settings {
        paths,
        seed,
        horizon,
        steps,
        modes,
        monitoring,
        sampling,
        confidence: to_f64(confidence),
        ruin_level: to_f64(ruin_level),
        precision,
        intervals,
    })
}

/// Refuses a run that would take longer than anyone waits.
///
/// # Errors
/// More than 1e16 asset-steps.
pub(crate) fn check_size(root: &Table<'_>, settings: &Settings, assets: usize) -> Result<()> {
    let work = u128::from(settings.paths) * u128::from(settings.steps) * assets as u128;
    if work <= MAX_ASSET_STEPS {
        return Ok(());
    }
    let days = work / ASSET_STEPS_PER_SECOND / 86_400;
    let what = format!(
        "{} paths of {} steps of {assets} assets need {days} days on one core, at about 100 million asset-steps a \
         second",
        settings.paths, settings.steps
    );
    let table = root.table("simulation")?;
    Err(table.fail(
        &what,
        "lower simulation.paths, or lengthen simulation.step; 100_000 paths give ±0.3 percentage points at 95 %",
    ))
}

/// One of a few words; the default where none is written.
fn word<T: Copy + Default>(table: &Table<'_>, key: &str, words: &[(&str, T)]) -> Result<T> {
    table.field(key).map_or(Ok(T::default()), |field| field.word(words, &[]))
}

/// Refuses ways of monitoring and sampling that the assets' models do not have.
///
/// # Errors
/// Continuous monitoring of an asset without a path between steps; antithetic paths of an odd number, of windows, or
/// without anything to mirror.
pub(crate) fn check_models(root: &Table<'_>, settings: &Settings, assets: &[Modelled]) -> Result<()> {
    let table = root.table("simulation")?;
    let fail = |key: &str, what: &str, help: &str| Err(table.fail_at(&[key], what, help));
    if settings.monitoring == Monitoring::Continuous {
        for asset in assets {
            let Some(entry) = asset.model.entry().filter(|entry| !entry.is_continuous) else { continue };
            let reason = match &asset.model {
                Model::Formula(_) => {
                    "moves by jumps alone, so that it has no continuous path between two steps"
                }
                _ => "has bars alone, and no prices between them",
            };
            let what = format!(
                "`{}` is `continuous`, but the model {} of {} {reason}",
                table.key("monitoring"),
                entry.kind,
                asset.asset.name
            );
            let able: Vec<&str> = MODELS.iter().filter(|m| m.is_continuous).map(|m| m.kind).collect();
            let help = format!("write monitoring = \"step\"; models that can: {}", able.join(", "));
            return fail("monitoring", &what, &help);
        }
    }
    if settings.sampling == Sampling::Antithetic {
        let key = table.key("sampling");
        if settings.paths % 2 == 1 {
            let (below, above) = (settings.paths - 1, settings.paths + 1);
            let what = format!(
                "`{key}` is `antithetic`, which needs an even number of paths; {} is odd",
                settings.paths
            );
            let help = if below == 0 { String::new() } else { format!("paths = {below} or ") };
            return fail("paths", &what, &format!("write {help}paths = {above}"));
        }
        let help = "write sampling = \"independent\"";
        if !assets.iter().any(|asset| asset.model.is_driven()) {
            let what = format!("`{key}` is `antithetic`, but no asset has a Gaussian driver to mirror");
            return fail("sampling", &what, help);
        }
        if assets.iter().any(|asset| matches!(asset.model, Model::Replay(_))) {
            let what = format!(
                "`{key}` is `antithetic`, but the two paths of a pair would replay different windows"
            );
            return fail("sampling", &what, help);
        }
    }
    Ok(())
}

fn read_confidence(table: &Table<'_>) -> Result<Decimal> {
    // Nearer to 1, the nearest f64 may be 1 itself, and no interval holds with certainty.
    let (default, highest) = (Decimal::new(95, 2), Decimal::new(999_999_999, 9));
    let Some(field) = table.field("confidence") else { return Ok(default) };
    let value = field.decimal("confidence = 0.95")?;
    let allowed = |c: Decimal| c > Decimal::ZERO && c <= highest;
    if allowed(value) {
        return Ok(value);
    }
    let range = format!("greater than 0, at most {highest}");
    // A level below one half is no one's: only from 50 on is a number a level in per cent.
    match value.checked_div(Decimal::ONE_HUNDRED).filter(|small| allowed(*small)) {
        Some(small) if value >= Decimal::from(50) => Err(field.per_cent(value, small, &range)),
        _ => Err(field.out_of_range(value, &range, "confidence = 0.95")),
    }
}

fn read_ruin_level(table: &Table<'_>) -> Result<Decimal> {
    let Some(field) = table.field("ruin_level") else { return Ok(Decimal::new(1, 1)) };
    let value = field.decimal("ruin_level = 0.1")?;
    let allowed = |level: Decimal| level >= Decimal::ZERO && level <= Decimal::ONE;
    if allowed(value) {
        return Ok(value);
    }
    match value.checked_div(Decimal::ONE_HUNDRED).filter(|small| allowed(*small)) {
        Some(small) => Err(field.per_cent(value, small, "0 to 1")),
        None => Err(field.out_of_range(value, "0 to 1", "ruin_level = 0.1")),
    }
}

fn read_modes(table: &Table<'_>) -> Result<Vec<MarginMode>> {
    let example = "modes = [\"isolated\", \"cross\"]";
    let Some(field) = table.field("modes") else { return Ok(vec![MarginMode::Isolated, MarginMode::Cross]) };
    let mut modes = Vec::new();
    for item in field.list(example)? {
        let mode = item.word(&MarginMode::ALL.map(|mode| (mode.name(), mode)), &["portfolio"])?;
        if modes.contains(&mode) {
            let what = format!("duplicate mode `{mode}` in `{}`", field.path);
            return Err(item.fail(&what, "remove one of the two"));
        }
        modes.push(mode);
    }
    if modes.is_empty() {
        let what = format!("`{}` is empty", field.path);
        return Err(field.fail(&what, &for_example(example)));
    }
    Ok(modes)
}

fn read_steps(table: &Table<'_>, horizon: Span) -> Result<u64> {
    match (table.field("step"), table.field("steps")) {
        (Some(step), Some(_)) => {
            let what = format!("`{}` and `{}` are both given", table.key("step"), table.key("steps"));
            Err(step
                .fail(&what, "keep one: a duration such as step = \"1h\", or a number such as steps = 720"))
        }
        (None, Some(steps)) => steps.whole(1, MAX_STEPS, "steps = 720"),
        (Some(field), None) => {
            let step = field.span("step = \"1h\"")?;
            steps_of_length(horizon, step).map_err(|(what, help)| field.fail(&what, &help))
        }
        (None, None) => {
            // A constant that parses; the fallback is never taken.
            let step = Span::from_seconds(3_600).unwrap_or(horizon);
            steps_of_length(horizon, step)
                .map_err(|(what, help)| table.fail(&format!("{what} (the default step)"), &help))
        }
    }
}

fn steps_of_length(horizon: Span, step: Span) -> std::result::Result<u64, (String, String)> {
    if !horizon.seconds().is_multiple_of(step.seconds()) {
        let what = format!("a step of {step} does not divide the horizon of {horizon}");
        return Err((what, format!("write the nearest step that does: {}", nearest_divisors(horizon, step))));
    }
    let steps = horizon.seconds() / step.seconds();
    if steps > MAX_STEPS {
        let what = format!("a step of {step} divides the horizon of {horizon} into {steps} steps");
        return Err((what, format!("lengthen simulation.step; the limit is {MAX_STEPS} steps")));
    }
    Ok(steps)
}

/// The longest shorter and the shortest longer step that divide the horizon, as a person writes them.
fn nearest_divisors(horizon: Span, step: Span) -> String {
    let (mut below, mut above) = (1, horizon.seconds());
    let mut divisor = 1;
    while divisor * divisor <= horizon.seconds() {
        if horizon.seconds().is_multiple_of(divisor) {
            for candidate in [divisor, horizon.seconds() / divisor] {
                if candidate < step.seconds() {
                    below = below.max(candidate);
                } else {
                    above = above.min(candidate);
                }
            }
        }
        divisor += 1;
    }
    let quoted = |seconds| Span::from_seconds(seconds).map(|span| format!("step = \"{span}\""));
    let mut near = vec![below, above];
    near.dedup();
    near.into_iter().filter_map(quoted).collect::<Vec<_>>().join(" or ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(text: &str) -> Span {
        text.parse().unwrap()
    }

    #[test]
    fn steps_divide_the_horizon() {
        assert_eq!(steps_of_length(span("30d"), span("1h")), Ok(720));
        assert_eq!(steps_of_length(span("1h"), span("1h")), Ok(1));
        assert!(steps_of_length(span("1y"), span("1s")).is_err());
    }

    #[test]
    fn proposes_the_neighbouring_divisors() {
        // 1 d = 86,400 s: the divisors around 7 h = 25,200 s are 21,600 s and 28,800 s.
        assert_eq!(nearest_divisors(span("1d"), span("7h")), "step = \"6h\" or step = \"8h\"");
        // A step longer than the horizon: only the horizon itself is near.
        assert_eq!(nearest_divisors(span("1h"), span("2h")), "step = \"1h\"");
        // 999,999,937 is prime.
        assert_eq!(
            nearest_divisors(span("999999937s"), span("1h")),
            "step = \"1s\" or step = \"999999937s\""
        );
    }
}
