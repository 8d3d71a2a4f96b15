//! Transition probabilities between the states of a model.

use rust_decimal::Decimal;

use crate::domain::to_f64;
use crate::error::Result;
use crate::paths::catalogue::Parameter;
use crate::scenario::context::Context;
use crate::scenario::models::parameters::{Keys, number};
use crate::scenario::syntax::reader::{Field, for_example};

/// How far a row of probabilities may be from 1 in sum; it is then made 1.
const ROW_TOLERANCE: Decimal = Decimal::from_parts(1, 0, 0, false, 9);

/// Reads the probabilities of `n` states, row-major, rows normalised. With two states they need not be written.
///
/// # Errors
/// A list of another size; a probability out of its range; a state that follows itself; a row that does not sum to 1.
pub(crate) fn read(keys: &Keys<'_, '_>, name: &str, n: usize, context: &mut Context<'_>) -> Result<Vec<f64>> {
    let rows = match (keys.field(name)?, n) {
        (None, 1) => return Ok(vec![0.0]),
        (Some(field), 1) => {
            let what = format!("`{}` has no effect with a single state", field.path);
            return Err(field.fail(&what, "remove it, or add states"));
        }
        (None, 2) => vec![vec![Decimal::ZERO, Decimal::ONE], vec![Decimal::ONE, Decimal::ZERO]],
        (Some(field), n) => written_rows(keys.parameter(name)?, &field, n)?,
        (None, n) => {
            let what = format!(
                "missing key `{}`, the probabilities of the next of {n} states",
                keys.table.key(name)
            );
            return Err(keys.table.fail(&what, &for_example(&format!("{name} = {}", even(n)))));
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

fn written_rows(parameter: &Parameter, field: &Field<'_>, n: usize) -> Result<Vec<Vec<Decimal>>> {
    let example = format!("{} = {}", parameter.name, even(n));
    let wrong = |at: &Field<'_>, what: String| at.fail(&what, &for_example(&example));
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
                "`{}` is {own}; expected 0, because a state cannot follow itself (mean_duration sets how long it lasts)",
                entry.path
            );
            return Err(wrong(entry, what));
        }
        let total: Decimal = values.iter().sum();
        if (total - Decimal::ONE).abs() > ROW_TOLERANCE {
            return Err(wrong(row, format!("`{}` sums to {}; expected 1", row.path, total.normalize())));
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
