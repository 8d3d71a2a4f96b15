//! What checking margin at steps only misses.

use crate::paths::PARTS_OF_A_STEP;
use crate::report::terminal::layout::{WIDTH, or_dash};
use crate::report::terminal::share::share;
use crate::result::document::{Frequency, ResultDocument, StepBiasResult};
use crate::text::format::{paths, significant, wrap};

/// Widths of the labels and of a mode's column.
const LABEL: usize = 31;
const COLUMN: usize = 22;

const NOT_MEASURED: &str = "What checking margin at steps misses is not measured: a model here has no path between steps \
    (`ringfence models` says which have one).";

/// Shares of paths liquidated under both kinds of monitoring, side by side; a sentence where a model has no path inside
/// steps.
pub fn render(document: &ResultDocument) -> String {
    let monitoring = &document.monitoring;
    let Some(looked_at) = monitoring.paths else {
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
    let chosen = |kind: &str| if monitoring.kind == kind { " (as here)" } else { "" };
    let mut out = String::from("\n");
    out += &line("Liquidated at all", modes().map(|(name, _)| name.to_owned()).collect());
    out += &row(&format!("  checked at steps{}", chosen("step")), &|mode| &mode.at_steps);
    out += &row(&format!("  at every moment{}", chosen("continuous")), &|mode| &mode.continuous);
    out += &row("  missed by steps", &|mode| &mode.missed);
    if modes().any(|(_, mode)| mode.residual.is_some_and(|residual| residual != 0.0)) {
        let residual = |mode: &StepBiasResult| {
            or_dash(mode.residual.map(|r| format!("{} %", significant(100.0 * r, 2))))
        };
        out += &line("  missed between looks, about", modes().map(|(_, mode)| residual(mode)).collect());
    }
    let note = format!(
        "(on {} of the same law, each under both kinds of monitoring; a pool of several assets is looked at {} \
         times a step)",
        paths(looked_at),
        PARTS_OF_A_STEP,
    );
    out + &wrap(&note, "  ", "  ", WIDTH)
}
