//! `[common_jumps]` and `[[shock]]`: what is added to the price models of several assets at once.

use rust_decimal::Decimal;

use crate::domain::{Span, to_f64};
use crate::error::{Error, Result};
use crate::paths::catalogue::{COMMON_JUMP, JUMP_RATE, Parameter, SHOCK_MOVE};
use crate::paths::{CommonJumps, NormalJump, Shock, ShockTime};
use crate::scenario::context::Context;
use crate::scenario::definition::Settings;
use crate::scenario::models::parameters::{Keys, check_arrivals, number};
use crate::scenario::syntax::reader::{Field, Table, for_example};
use crate::scenario::syntax::source::quoted;
use crate::text::unknown;

const MAX_SHOCKS: usize = 100;
const RATE: &str = "rate";
const SIZE_EXAMPLE: &str = "BTC = { mean = -0.05, std = 0.03 }";
const MOVES_EXAMPLE: &str = "moves = { BTC = -0.30, ETH = -0.35 }";
static RATE_PARAMETER: Parameter =
    Parameter { name: RATE, example: "4", meaning: "mean number of arrivals", ..JUMP_RATE };

/// Index of an asset by its name.
///
/// # Errors
/// There is none of that name.
pub(crate) fn find_asset(name: &str, field: &Field<'_>, assets: &[&str]) -> Result<usize> {
    assets.iter().position(|known| *known == name).ok_or_else(|| {
        let message = format!("unknown asset {} in `{}`", quoted(name), field.path);
        unknown(field.invalid(&message), name, assets).into()
    })
}

/// Reads `[common_jumps]`, where it is written; `assets` are the names in order.
///
/// # Errors
/// No rate, no asset, an unknown asset, a value out of its range.
pub(crate) fn common_jumps(
    root: &Table<'_>,
    assets: &[&str],
    settings: &Settings,
    context: &mut Context<'_>,
) -> Result<Option<CommonJumps>> {
    let Some(field) = root.field("common_jumps") else { return Ok(None) };
    let table = field.table()?;
    let rate = table.require(RATE, "rate = 4")?;
    if rate.is_table() {
        let what = format!("`{}` is a table, but `rate` is the number of arrivals a year", rate.path);
        let help = "write a number; an asset named `rate` cannot have common jumps, so give it another name";
        return Err(rate.fail(&what, help));
    }
    let per_year = number(&rate, &RATE_PARAMETER)?;
    check_arrivals(&rate, to_f64(per_year), settings.horizon)?;
    context.resolve_decimal(table.key(RATE), per_year);
    let mut sizes: Vec<Option<Table<'_>>> = vec![None; assets.len()];
    for (name, field) in table.fields().filter(|(name, _)| *name != RATE) {
        let asset = find_asset(name, &field, assets)?;
        if let Some(size) = sizes.get_mut(asset) {
            *size = Some(field.table()?);
        }
    }
    if sizes.iter().all(Option::is_none) {
        let what = format!("`{}` moves no asset", field.path);
        return Err(field.fail(&what, &for_example(&format!("{SIZE_EXAMPLE} below its rate"))));
    }
    let mut size = |table: &Table<'_>| -> Result<NormalJump> {
        let keys = Keys::new(table, &COMMON_JUMP, &[])?;
        Ok(NormalJump { mean: keys.number("mean", context)?, std: keys.number("std", context)? })
    };
    let sizes = sizes.iter().map(|table| table.as_ref().map(&mut size).transpose()).collect::<Result<_>>()?;
    Ok(Some(CommonJumps { rate: to_f64(per_year), sizes }))
}

/// Reads every `[[shock]]`; `assets` are the names in order.
///
/// # Errors
/// Too many; neither or both of `at` and `rate`; no moves, an unknown asset, a value out of its range.
pub(crate) fn shocks(
    root: &Table<'_>,
    assets: &[&str],
    settings: &Settings,
    context: &mut Context<'_>,
) -> Result<Vec<Shock>> {
    let Some(field) = root.field("shock") else { return Ok(Vec::new()) };
    if field.is_table() {
        let what = format!("`{}` is a table; expected a list of tables", field.path);
        let help = if field.is_override() {
            "the file has no shocks to change; write --set 'shock=[{ at = \"10d\", moves = { BTC = -0.30 } }]'"
        } else {
            "write [[shock]], with two brackets, for each shock"
        };
        return Err(field.fail(&what, help));
    }
    let items = field.list("[[shock]] and its keys below")?;
    if items.len() > MAX_SHOCKS {
        let what = format!("`{}` has {} shocks", field.path, items.len());
        let expected = format!("at most {MAX_SHOCKS}");
        return Err(field.fail_expected(&what, &expected, "use fewer shocks in one scenario"));
    }
    items.iter().map(|item| shock(&item.table()?, assets, settings, context)).collect()
}

fn shock(
    table: &Table<'_>,
    assets: &[&str],
    settings: &Settings,
    context: &mut Context<'_>,
) -> Result<Shock> {
    table.only(&["at", RATE, "moves"], &[])?;
    let time = match (table.field("at"), table.field(RATE)) {
        (Some(at), None) => {
            let span = at.span("at = \"10d\"")?;
            context.resolve(table.key("at"), span);
            ShockTime::At(steps_until(&at, span, settings)?)
        }
        (None, Some(field)) => {
            let rate = number(&field, &RATE_PARAMETER)?;
            check_arrivals(&field, to_f64(rate), settings.horizon)?;
            context.resolve_decimal(table.key(RATE), rate);
            ShockTime::Rate(to_f64(rate))
        }
        (Some(field), Some(_)) => return Err(when(table, "both `at` and `rate`", |w, h| field.fail(w, h))),
        (None, None) => return Err(when(table, "neither `at` nor `rate`", |w, h| table.fail(w, h))),
    };
    Ok(Shock { time, log_moves: moves(table, assets, context)? })
}

fn when(table: &Table<'_>, has: &str, fail: impl Fn(&str, &str) -> Error) -> Error {
    let what = format!("`{}` has {has}; expected exactly one of the two", table.path());
    fail(
        &what,
        "write at = \"10d\" for a shock at a fixed time, or rate = 2 for shocks at random times, on average two a year",
    )
}

/// The time in steps. A step's end is an exact integer, whatever the step.
fn steps_until(field: &Field<'_>, at: Span, settings: &Settings) -> Result<f64> {
    if at > settings.horizon {
        let what = format!("`{}` is {at}, after the horizon of {}", field.path, settings.horizon);
        return Err(field.fail(&what, "write an earlier time, or lengthen simulation.horizon"));
    }
    let parts = u128::from(at.seconds()) * u128::from(settings.steps);
    let of = u128::from(settings.horizon.seconds());
    Ok((parts / of) as f64 + (parts % of) as f64 / of as f64)
}

/// Log moves in the order of the assets.
fn moves(table: &Table<'_>, assets: &[&str], context: &mut Context<'_>) -> Result<Vec<f64>> {
    let field = table.require("moves", MOVES_EXAMPLE)?;
    let moves = field.table()?;
    let mut written: Vec<Option<Decimal>> = vec![None; assets.len()];
    for (name, field) in moves.fields() {
        let asset = find_asset(name, &field, assets)?;
        if let Some(place) = written.get_mut(asset) {
            *place = Some(number(&field, &Parameter { name: "BTC", ..SHOCK_MOVE })?);
        }
    }
    if written.iter().flatten().all(Decimal::is_zero) {
        let what = format!("`{}` moves no asset", field.path);
        return Err(field.fail(&what, &for_example(MOVES_EXAMPLE)));
    }
    for (name, fraction) in assets.iter().zip(&written) {
        if let Some(fraction) = fraction.filter(|fraction| !fraction.is_zero()) {
            context.resolve_decimal(moves.key(name), fraction);
        }
    }
    Ok(written.iter().map(|fraction| fraction.map_or(0.0, |f| libm::log1p(to_f64(f)))).collect())
}
