//! The result as a person reads it: at most 100 columns, no colour.

pub(crate) mod compare;
pub(crate) mod correlation;
pub(crate) mod layout;
pub(crate) mod mode_table;
pub(crate) mod money;
pub(crate) mod monitoring;
pub(crate) mod paired;
pub(crate) mod share;
pub(crate) mod sweep;

use crate::report::content::run::precision;
pub use crate::report::terminal::compare::render_comparison;
use crate::report::terminal::layout::{WIDTH, at_most, audited};
use crate::report::terminal::money::Money;
pub use crate::report::terminal::sweep::render as render_sweep;
use crate::result::document::ResultDocument;
use crate::result::document::either::Document;
use crate::result::document::mode::{DistributionResult, ModeResult};
use crate::result::sampling::WINDOWS;
use crate::text::format::{paths, percent_trimmed, printable, significant, steps, wrap};

/// Pairs from which on their variance factors are shown.
const FEWEST_PAIRS: u64 = 200;

/// Part of the standard deviation beyond which the bins that quantiles are read off are told.
const COARSE: f64 = 0.01;

/// One scenario: what was run, a table with a column per mode, the modes compared, and what the
/// numbers rest on.
pub fn render(document: &ResultDocument) -> String {
    let mut out = header(document);
    out.push('\n');
    out.push_str(&mode_table::render(document));
    for pair in &document.paired {
        out.push('\n');
        out.push_str(&paired::render(document, pair));
    }
    out.push_str(&monitoring::render(document));
    out.push_str(&correlation::render(document));
    out.push('\n');
    out.push_str(&footer(document));
    out
}

/// Every scenario, and where there are several, one table that compares them.
pub fn render_all(documents: &[&Document]) -> String {
    let mut parts = Vec::new();
    let mut runs = Vec::new();
    for document in documents {
        match document {
            Document::Sweep(sweep) => parts.push(render_sweep(sweep)),
            Document::Run(run) => {
                parts.push(render(run));
                runs.push(run.as_ref());
            }
        }
    }
    if runs.len() > 1 {
        parts.push(render_comparison(&runs));
    }
    parts.join("\n")
}

fn header(document: &ResultDocument) -> String {
    let scenario = &document.scenario;
    let mut out = format!("{}\n", printable(&scenario.title, WIDTH));
    let facts = format!(
        "{} of {} over {} days, seed {}; opening equity {}",
        paths(scenario.paths),
        steps(scenario.steps),
        significant(scenario.horizon_days, 6),
        scenario.seed,
        Money::of(document).with_currency(scenario.wallet),
    );
    out.push_str(&wrap(&facts, "", "", WIDTH));
    for line in &scenario.model {
        out.push_str(&wrap(&printable(line, 4 * WIDTH), "", "  ", WIDTH));
    }
    out
}

fn footer(document: &ResultDocument) -> String {
    let mut lines = sampling_error(document);
    lines.extend(document.precision.as_ref().map(precision));
    lines.extend(document.assumptions.iter().take(document.essential).cloned());
    lines.push(audited(&document.audit));
    lines.extend(document.notes.iter().map(|note| format!("Note: {note}")));
    lines.iter().map(|line| wrap(&printable(line, 10 * WIDTH), "", "  ", WIDTH)).collect()
}

/// How the margins of error beside the numbers are to be read.
pub(crate) fn sampling_error(document: &ResultDocument) -> Vec<String> {
    let scenario = &document.scenario;
    let confidence = percent_trimmed(scenario.confidence);
    let mut lines = Vec::new();
    if document.sampling.overlapping_windows {
        // Nothing is stated, so that nothing has to be explained.
    } else if document.sampling.kind == WINDOWS {
        lines.push(format!(
            "± is half the {confidence} interval, [ ] the interval itself, ≤ or ≥ its far end: the error there would \
             be if the {} were independent draws of one law, which is more than a history can promise.",
            paths(scenario.paths),
        ));
    } else {
        lines.push(format!(
            "± is half the {confidence} interval, [ ] the interval itself, ≤ or ≥ its far end: the error of \
             simulating {} rather than all, not that of the price model.",
            paths(scenario.paths),
        ));
    }
    lines.extend(gain_of_twins(document));
    lines.extend(no_liquidations(document));
    lines.extend(coarse_bins(document));
    lines
}

/// What it means that a mode was never liquidated.
fn no_liquidations(document: &ResultDocument) -> Option<String> {
    let never = |mode: &ModeResult| mode.liquidation.any.count == 0;
    let names: Vec<&str> = document.modes.iter().filter(|(_, m)| never(m)).map(|(name, _)| name).collect();
    let any = &document.modes.get(names.first()?)?.liquidation.any;
    let (names, of) = (names.join(", "), paths(document.scenario.paths));
    if document.sampling.overlapping_windows {
        return Some(format!("{names}: liquidated on 0 of {of}, which does not mean never."));
    }
    Some(format!(
        "{names}: liquidated on 0 of {of}, which does not mean never: at {} confidence the probability is {}.",
        percent_trimmed(document.scenario.confidence),
        at_most(any),
    ))
}

/// What drawing paths in pairs was worth, a line a mode.
fn gain_of_twins(document: &ResultDocument) -> Vec<String> {
    let of_mode = |(mode, result): (&str, &ModeResult)| {
        let factors = &result.antithetic_variance_factor;
        let known: Vec<String> = [
            ("the mean profit", factors.pnl),
            ("the mean drawdown", factors.drawdown_relative),
            ("how often it is liquidated", factors.liquidation_any),
            ("ruin", factors.ruin),
        ]
        .into_iter()
        .filter_map(|(what, factor)| {
            let factor = factor?;
            Some(match factor {
                f if f < 1.0 => format!("of {what} × {}", significant(1.0 / f, 2)),
                f => format!("of {what} ÷ {}", significant(f, 2)),
            })
        })
        .collect();
        (!known.is_empty()).then(|| format!("Antithetic pairs, {mode}: variance {}.", known.join(", ")))
    };
    // The variance of a few pairs says nothing of what they are worth.
    if document.sampling.pairs.is_some_and(|pairs| pairs < FEWEST_PAIRS) {
        return Vec::new();
    }
    document.modes.iter().filter_map(of_mode).collect()
}

/// Where the bins are wide beside the spread of the values.
fn coarse_bins(document: &ResultDocument) -> Vec<String> {
    let money = Money::of(document);
    let is_coarse = |d: &DistributionResult| {
        d.resolution.zip(d.std).is_some_and(|(bin, std)| std > 0.0 && bin > COARSE * std)
    };
    let tell = |what: &str, mode: &str, d: &DistributionResult, width: String| {
        let part = d.resolution? / d.std?;
        is_coarse(d).then(|| {
            format!(
                "{what} in {mode}: quantiles and tail means are read off bins {width} wide, {} % of the standard \
                 deviation; finer differences mean nothing.",
                significant(100.0 * part, 2),
            )
        })
    };
    let of_mode = |(mode, result): (&str, &ModeResult)| {
        let (pnl, drawdown) = (&result.pnl.distribution, &result.drawdown.relative.distribution);
        let bin = |d: &DistributionResult| d.resolution.unwrap_or(0.0);
        let points = format!("{} points", significant(100.0 * bin(drawdown), 2));
        let amount = format!("{} {}", significant(bin(pnl), 2), money.currency);
        [tell("maximum drawdown", mode, drawdown, points), tell("profit", mode, pnl, amount)]
    };
    document.modes.iter().flat_map(of_mode).flatten().collect()
}
