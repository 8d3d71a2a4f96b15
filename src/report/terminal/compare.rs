//! Several scenarios side by side.

use crate::report::terminal::layout::WIDTH;
use crate::report::terminal::mode_table::{align_right, lines_of, plain_table};
use crate::report::wording::cells::{at, or_dash};
use crate::report::wording::sampling_error::symbols;
use crate::report::wording::share::share;
use crate::result::document::mode::ModeResult;
use crate::result::document::{Frequency, ResultDocument};
use crate::text::format::{distinct, fixed, percent_trimmed, wrap};

/// Characters of a scenario's name that are shown.
const SCENARIO: usize = 15;

/// A row per scenario and mode. Profits are in percent of the scenario's opening equity, so that
/// accounts of different sizes compare.
pub fn render_comparison(documents: &[&ResultDocument]) -> String {
    let mut table = plain_table();
    table.set_header([
        "scenario",
        "mode",
        "liquidated",
        "ruin",
        "drawdown\nmedian",
        "profit\nmean",
        "profit\n5 % VaR",
        "loss if\nliquid.",
    ]);
    let shown = distinct(documents.iter().map(|document| document.scenario.name.as_str()), SCENARIO);
    for (document, shown) in documents.iter().zip(shown) {
        for (index, (name, mode)) in document.modes.iter().enumerate() {
            let scenario = if index == 0 { shown.clone() } else { String::new() };
            table.add_row([vec![scenario, name.to_owned()], cells(mode, document.scenario.wallet)].concat());
        }
    }
    align_right(&mut table, 2);
    let note = format!(
        "In %. {}. Profits and losses are in % of opening equity: the mean, the 5 % quantile (VaR), and the mean loss on \
         liquidated paths.",
        symbols(&levels(documents)),
    );
    let overlapping = documents.iter().any(|document| document.sampling.overlapping_windows);
    let windows = if overlapping { " Overlapping windows have no intervals." } else { "" };
    lines_of(&table) + &wrap(&(note + windows), "", "  ", WIDTH)
}

/// The level of the intervals, or each in the order of the rows.
fn levels(documents: &[&ResultDocument]) -> String {
    let mut levels: Vec<String> =
        documents.iter().map(|document| percent_trimmed(document.scenario.confidence)).collect();
    levels.dedup();
    levels.join(", ")
}

fn cells(mode: &ModeResult, wallet: f64) -> Vec<String> {
    let percent = |value: Option<f64>| or_dash(value.map(|v| fixed(100.0 * v, 2)));
    let bare = |f: &Frequency| share(f).replace(" %", "");
    let of_wallet = |value: Option<f64>| percent(value.map(|v| v / wallet));
    vec![
        bare(&mode.liquidation.any),
        bare(&mode.ruin),
        percent(at(&mode.drawdown.relative.distribution.quantiles, "0.5")),
        of_wallet(mode.pnl.distribution.mean),
        of_wallet(at(&mode.pnl.distribution.quantiles, "0.05")),
        of_wallet(mode.liquidation.loss.mean),
    ]
}
