//! The bias of checking margin at the ends of steps only.

use crate::paths::PARTS_OF_A_STEP;
use crate::report::terminal::layout::WIDTH;
use crate::report::wording::cells::or_dash;
use crate::report::wording::share::share;
use crate::result::document::{Frequency, ResultDocument, StepBiasResult};
use crate::text::format::{paths, significant, wrap};

/// Widths of the labels and of a mode's column.
const LABEL: usize = 34;
const COLUMN: usize = 22;

const NOT_MEASURED: &str = "The bias of checking margin at the ends of steps is not measured: a price model of this \
    scenario has no path between steps (`ringfence models` lists those that have one).";

/// Liquidation frequencies under both kinds of monitoring, side by side; a sentence where a model has no path inside
/// steps.
pub fn render(document: &ResultDocument) -> String {
    let monitoring = &document.monitoring;
    let Some(measured) = monitoring.paths else {
        return format!("\n{}", wrap(NOT_MEASURED, "", "  ", WIDTH));
    };
    let modes = || monitoring.modes.iter();
    let line = |label: &str, cells: Vec<String>| {
        let cells: String = cells.iter().map(|cell| format!(" {cell:>COLUMN$}")).collect();
        format!("{label:<LABEL$}{cells}\n")
    };
    let row = |label: &str, of: &dyn Fn(&StepBiasResult) -> &Frequency| {
        line(label, modes().map(|(_, mode)| share(of(mode))).collect())
    };
    let chosen = |kind: &str| if monitoring.kind == kind { " (this run)" } else { "" };
    let mut out = String::from("\n");
    out += &line("Liquidation frequency", modes().map(|(name, _)| name.to_owned()).collect());
    out += &row(&format!("  checked at steps{}", chosen("step")), &|mode| &mode.at_steps);
    out += &row(&format!("  checked continuously{}", chosen("continuous")), &|mode| &mode.continuous);
    out += &row("  missed at steps", &|mode| &mode.missed);
    if modes().any(|(_, mode)| mode.residual.is_some_and(|residual| residual != 0.0)) {
        let residual = |mode: &StepBiasResult| {
            or_dash(mode.residual.map(|r| format!("{} %", significant(100.0 * r, 2))))
        };
        out += &line("  discretisation bias, about", modes().map(|(_, mode)| residual(mode)).collect());
    }
    let note = format!(
        "(measured on {} of the same price model, each under both kinds of monitoring; continuous monitoring checks a \
         pool with several assets at {} times in a step)",
        paths(measured),
        PARTS_OF_A_STEP,
    );
    out + &wrap(&note, "  ", "  ", WIDTH)
}
