//! The model `regime`: states, how they follow each other, and which of them a path starts in.

use rust_decimal::Decimal;

use crate::domain::to_f64;
use crate::error::Result;
use crate::paths::catalogue::ValueKind;
use crate::paths::{Regime, State, stationary};
use crate::scenario::context::Context;
use crate::scenario::definition::Settings;
use crate::scenario::models::parameters::{Keys, check_arrivals, number};
use crate::scenario::syntax::reader::Field;

/// How far a row of probabilities may be from 1 in sum; it is then made 1.
const ROW_TOLERANCE: Decimal = Decimal::from_parts(1, 0, 0, false, 9);
/// Share of time below which a state counts as never held.
const LEAST_SHARE: f64 = 1e-12;

/// Reads `states` and `transition`.
///
/// # Errors
/// No states or too many; a key of one out of its range; probabilities that do not fit, or that leave the long-run
/// share of a state undefined or zero; switches too frequent to draw.
pub(crate) fn read(keys: &Keys<'_, '_>, settings: &Settings, context: &mut Context<'_>) -> Result<Regime> {
    let field = keys.required("states")?;
    let states = states(keys, &field, settings, context)?;
    let transition = transition(keys, states.len(), context)?;
    let durations: Vec<f64> = states.iter().map(|state| state.mean_duration_years).collect();
    let Some(start) = stationary(&transition, &durations) else {
        let what = format!(
            "`{}`: the states fall into groups that do not lead to each other, so that their long-run shares of time, \
             in which a path starts, depend on the start",
            keys.table.key("transition")
        );
        return Err(keys.table.fail(&what, "make every state reachable from every other"));
    };
    if let Some(index) = start.iter().position(|share| *share < LEAST_SHARE) {
        let what = format!(
            "`{}.{index}` is never held in the long run: the states that are held do not lead to it",
            field.path
        );
        return Err(field.fail(&what, "remove the state, or give it a probability in another state's row"));
    }
    Ok(Regime { states, transition, start })
}

fn states(
    keys: &Keys<'_, '_>,
    field: &Field<'_>,
    settings: &Settings,
    context: &mut Context<'_>,
) -> Result<Vec<State>> {
    let parameter = keys.parameter("states")?;
    let ValueKind::Tables(most, inner) = parameter.value else { return Ok(Vec::new()) };
    let items = field.list(&format!("states = {}", parameter.example))?;
    if items.is_empty() || items.len() > most {
        let what = format!("`{}` has {} states; allowed: 1 to {most}", field.path, items.len());
        return Err(field.fail(&what, &format!("write, for example, states = {}", parameter.example)));
    }
    let is_alone = items.len() == 1;
    let mut states = Vec::with_capacity(items.len());
    for item in &items {
        let table = item.table()?;
        let state = Keys::new(&table, inner, &[])?;
        let drift = state.number("drift", context)?;
        let volatility = state.number("volatility", context)?;
        states.push(State {
            drift,
            volatility,
            mean_duration_years: duration(&state, is_alone, settings, context)?,
        });
    }
    Ok(states)
}

fn duration(
    state: &Keys<'_, '_>,
    is_alone: bool,
    settings: &Settings,
    context: &mut Context<'_>,
) -> Result<f64> {
    let name = "mean_duration";
    if is_alone {
        if let Some(field) = state.table.field(name) {
            field.span("mean_duration = \"20d\"")?;
            context.notes.push(format!("{} is ignored: the only state is never left", field.path));
        }
        return Ok(f64::INFINITY);
    }
    let field = state.required(name)?;
    let length = field.span("mean_duration = \"20d\"")?;
    check_arrivals(&field, 1.0 / length.years(), settings.horizon)?;
    context.resolve(state.table.key(name), length);
    Ok(length.years())
}

/// Row-major, rows normalised.
fn transition(keys: &Keys<'_, '_>, n: usize, context: &mut Context<'_>) -> Result<Vec<f64>> {
    let name = "transition";
    let rows = match (keys.field(name)?, n) {
        (None, 1) => return Ok(vec![0.0]),
        (Some(field), 1) => {
            let what = format!("`{}`: the only state is followed by no other", field.path);
            return Err(field.fail(&what, "remove it, or add states"));
        }
        (None, 2) => vec![vec![Decimal::ZERO, Decimal::ONE], vec![Decimal::ONE, Decimal::ZERO]],
        (Some(field), n) => written_rows(keys, &field, n)?,
        (None, n) => {
            let what =
                format!("`{}` is missing: with {n} states it says which follows which", keys.table.key(name));
            return Err(keys.table.fail(&what, &format!("write, for example, transition = {}", even(n))));
        }
    };
    let texts =
        rows.iter().map(|row| row.iter().map(|p| p.normalize().to_string()).collect::<Vec<_>>().join(", "));
    context.resolve(keys.table.key(name), texts.collect::<Vec<_>>().join("; "));
    let row = |row: &Vec<Decimal>| {
        let total = to_f64(row.iter().sum());
        row.iter().map(|p| to_f64(*p) / total).collect::<Vec<f64>>()
    };
    Ok(rows.iter().flat_map(row).collect())
}

fn written_rows(keys: &Keys<'_, '_>, field: &Field<'_>, n: usize) -> Result<Vec<Vec<Decimal>>> {
    let parameter = keys.parameter("transition")?;
    let example = format!("transition = {}", even(n));
    let wrong = |at: &Field<'_>, what: String| at.fail(&what, &format!("write, for example, {example}"));
    let rows = field.list(&example)?;
    if rows.len() != n {
        return Err(wrong(field, format!("`{}` has {} rows for {n} states", field.path, rows.len())));
    }
    let mut matrix = Vec::with_capacity(n);
    for (index, row) in rows.iter().enumerate() {
        let entries = row.list(&example)?;
        if entries.len() != n {
            let what = format!("`{}` has {} entries for {n} states", row.path, entries.len());
            return Err(wrong(row, what));
        }
        let values: Vec<Decimal> =
            entries.iter().map(|entry| number(entry, parameter)).collect::<Result<_>>()?;
        if let (Some(own), Some(entry)) = (values.get(index).filter(|p| !p.is_zero()), entries.get(index)) {
            let what = format!(
                "`{}` is {own}: a state cannot follow itself, which its mean_duration already says; allowed: 0",
                entry.path
            );
            return Err(wrong(entry, what));
        }
        let total: Decimal = values.iter().sum();
        if (total - Decimal::ONE).abs() > ROW_TOLERANCE {
            return Err(wrong(row, format!("`{}` sums to {}; allowed: 1", row.path, total.normalize())));
        }
        matrix.push(values);
    }
    Ok(matrix)
}

/// A matrix in which every other state is equally likely, as TOML; shown to three decimals where they do not end.
fn even(n: usize) -> String {
    let others = n.saturating_sub(1).max(1);
    // In units of 1e-3, the last other state taking what is left, so that what is shown is accepted.
    let share = 1_000 / others;
    let row = |own: usize| {
        let last = if own + 1 == n { n.saturating_sub(2) } else { n - 1 };
        let entry = |to: usize| match to {
            _ if to == own => Decimal::ZERO,
            _ if to == last => Decimal::new((1_000 - share * (others - 1)) as i64, 3),
            _ => Decimal::new(share as i64, 3),
        };
        let entries: Vec<String> = (0..n).map(|to| entry(to).normalize().to_string()).collect();
        format!("[{}]", entries.join(", "))
    };
    format!("[{}]", (0..n).map(row).collect::<Vec<_>>().join(", "))
}
