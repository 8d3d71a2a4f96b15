//! `simulation.precision`: when to stop before all paths are simulated.

use rust_decimal::Decimal;

use crate::domain::{MarginMode, Measure, Precision, PrecisionTarget, to_f64};
use crate::error::Result;
use crate::scenario::context::Context;
use crate::scenario::definition::Scenario;
use crate::scenario::syntax::reader::{Table, for_example};

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
        let invalid = field.invalid(&format!("`{}` is {}", field.path, field.node().describe()));
        let invalid = invalid.expected("a table with a measure and its precision");
        return Err(invalid.with_help(for_example(EXAMPLE)).into());
    }
    let table = field.table()?;
    table.only(&["measure", "half_width", "relative"], &[])?;
    let word = table.require("measure", EXAMPLE)?;
    let measure = word.word(&Measure::ALL.map(|measure| (measure.name(), measure)), &[])?;
    if measure.is_paired() && modes.len() < 2 {
        let what =
            format!("`{}` is `{measure}`, which compares two modes, but the scenario has one", word.path);
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
            let what = format!("`{}` and `{}` are both given", table.key("half_width"), field.path);
            return Err(field.fail(
                &what,
                "keep one: half_width is in the unit of the measure, relative is a fraction of it",
            ));
        }
        (None, None) => {
            let what = format!("`{}` gives no precision for {measure}", field.path);
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
                "`{}` needs a sampling error, and paths that are overlapping windows of one history have none",
                field.path
            );
            Err(field.fail(&what, "remove it, or lengthen the models' stride to the horizon"))
        }
        None => Ok(()),
    }
}
