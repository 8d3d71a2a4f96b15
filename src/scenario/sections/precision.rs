//! `simulation.precision`: when to stop before all paths are simulated.

use rust_decimal::Decimal;

use crate::domain::{MarginMode, Measure, Precision, PrecisionTarget, to_f64};
use crate::error::Result;
use crate::scenario::context::Context;
use crate::scenario::definition::Scenario;
use crate::scenario::syntax::reader::Table;

const EXAMPLE: &str = "precision = { measure = \"liquidation.any\", half_width = 0.002 }";
/// Of the wallet, which is at most 1e12.
const LARGEST_MONEY: u64 = 1_000_000_000_000;

/// Reads `precision` of `[simulation]`, if it is written.
///
/// # Errors
/// A measure that is none, or of two modes where there is one; `half_width` and `relative` both, or neither, or out of
/// range.
pub(crate) fn read(
    simulation: &Table<'_>,
    modes: &[MarginMode],
    context: &mut Context<'_>,
) -> Result<Option<Precision>> {
    let Some(field) = simulation.field("precision") else { return Ok(None) };
    if !field.is_table() {
        let what = format!("`{}` is no table of a measure and how well it is to be known", field.path);
        return Err(field.fail(&what, &format!("write, for example, {EXAMPLE}")));
    }
    let table = field.table()?;
    table.only(&["measure", "half_width", "relative"], &[])?;
    let word = table.require("measure", EXAMPLE)?;
    let measure = word.word(&Measure::ALL.map(|measure| (measure.name(), measure)), &[])?;
    if measure.is_paired() && modes.len() < 2 {
        let what = format!("`{}` is {measure}, which compares two modes, but there is one", word.path);
        return Err(word.fail(&what, "add a mode to simulation.modes, or choose a measure of one mode"));
    }
    context.resolve(table.key("measure"), measure);
    let target = match (table.field("half_width"), table.field("relative")) {
        (Some(field), None) => {
            let (most, words, example) = match measure.is_share() {
                true => (Decimal::ONE, "greater than 0, below 1 (0.002 is 0.2 points)", "half_width = 0.002"),
                false => {
                    let words = "greater than 0, below 1e12, in account currency";
                    (Decimal::from(LARGEST_MONEY), words, "half_width = 10")
                }
            };
            let width = field.decimal_in(|w| w > Decimal::ZERO && w < most, words, example)?;
            context.resolve_decimal(table.key("half_width"), width);
            PrecisionTarget::HalfWidth(to_f64(width))
        }
        (None, Some(field)) => {
            let words = "greater than 0, below 1 (0.05 is 5 % of the estimate)";
            let share = field.decimal_in(
                |share| share > Decimal::ZERO && share < Decimal::ONE,
                words,
                "relative = 0.05",
            )?;
            context.resolve_decimal(table.key("relative"), share);
            PrecisionTarget::Relative(to_f64(share))
        }
        (Some(_), Some(field)) => {
            let what = format!("`{}` and `{}` are both written", table.key("half_width"), field.path);
            return Err(field.fail(&what, "keep one: a width in the measure's unit, or a share of it"));
        }
        (None, None) => {
            let what = format!("`{}` does not say how well {measure} is to be known", field.path);
            return Err(field.fail(&what, "add half_width = 0.002, or relative = 0.05"));
        }
    };
    Ok(Some(Precision { measure, target }))
}

/// Refuses a precision where no sampling error can be stated.
///
/// # Errors
/// Paths that are overlapping windows of a history.
pub(crate) fn check(root: &Table<'_>, scenario: &Scenario) -> Result<()> {
    let simulation = root.table("simulation")?;
    match simulation.field("precision").filter(|_| scenario.windows_overlap()) {
        Some(field) => {
            let what = format!(
                "`{}`: paths are overlapping windows of one history, which have no sampling error to stop at",
                field.path
            );
            Err(field.fail(&what, "remove it, or lengthen the models' stride to the horizon"))
        }
        None => Ok(()),
    }
}
