//! How the margins of error beside the numbers are to be read.

use crate::report::wording::cells::at_most;
use crate::report::wording::money::Money;
use crate::result::document::mode::{DistributionResult, ModeResult};
use crate::result::document::{AuditResult, PrecisionResult, ResultDocument};
use crate::result::sampling::WINDOWS;
use crate::text::format::{counted, listed, paths, percent_trimmed, significant, steps};

/// Pairs from which on their variance factors are shown.
const FEWEST_PAIRS: u64 = 200;

/// Share of the standard deviation from which on the width of a histogram's bins is stated.
const COARSE: f64 = 0.01;

/// What `±`, `[ ]`, `≤` and `≥` mean in a table of intervals at `confidence`.
pub fn symbols(confidence: &str) -> String {
    format!(
        "±: half-width of the {confidence} interval; [ ]: the interval; ≤ and ≥: the bound of a one-sided interval"
    )
}

/// The sampling error of a run, a sentence a line.
pub fn sampling_error(document: &ResultDocument) -> Vec<String> {
    let scenario = &document.scenario;
    let symbols = symbols(&percent_trimmed(scenario.confidence));
    let of = paths(scenario.paths);
    let mut lines = Vec::new();
    if document.sampling.overlapping_windows {
        // No interval is stated, so no symbol has to be explained.
    } else if document.sampling.kind == WINDOWS {
        lines.push(format!(
            "{symbols}. Intervals treat the {of} as independent draws from one distribution, which windows of a history \
             are not."
        ));
    } else {
        lines.push(format!(
            "{symbols}. Intervals cover the sampling error of {of}, not errors in the price model."
        ));
    }
    lines.extend(antithetic_gain(document));
    lines.extend(no_liquidations(document));
    lines.extend(coarse_bins(document));
    lines
}

/// What it means that a mode was never liquidated.
fn no_liquidations(document: &ResultDocument) -> Option<String> {
    let never = |mode: &ModeResult| mode.liquidation.any.count == 0;
    let names: Vec<&str> = document.modes.iter().filter(|(_, m)| never(m)).map(|(name, _)| name).collect();
    let any = &document.modes.get(names.first()?)?.liquidation.any;
    let (names, of) = (listed(&names, "and")?, paths(document.scenario.paths));
    let observed = format!("{names}: no liquidation on {of}. This does not rule out a liquidation");
    if document.sampling.overlapping_windows {
        return Some(format!("{observed}."));
    }
    Some(format!(
        "{observed}: at {} confidence its probability is {}.",
        percent_trimmed(document.scenario.confidence),
        at_most(any),
    ))
}

/// By how much antithetic pairs changed the variance, a line a mode.
fn antithetic_gain(document: &ResultDocument) -> Vec<String> {
    // The variance of a few pairs does not show what they are worth.
    if document.sampling.pairs.is_some_and(|pairs| pairs < FEWEST_PAIRS) {
        return Vec::new();
    }
    let of_mode = |(mode, result): (&str, &ModeResult)| {
        let factors = &result.antithetic_variance_factor;
        let factors = [
            (factors.pnl, "mean profit"),
            (factors.drawdown_relative, "mean drawdown"),
            (factors.liquidation_any, "liquidation frequency"),
            (factors.ruin, "ruin"),
        ];
        let known = || factors.iter().filter_map(|(factor, what)| Some(((*factor)?, what)));
        let part = |verb: &str, found: Vec<String>| {
            let found: Vec<&str> = found.iter().map(String::as_str).collect();
            Some(format!("{verb} by a factor of {}", listed(&found, "and")?))
        };
        let text = |factor: f64, what: &str| format!("{} ({what})", significant(factor, 2));
        let reduced =
            known().filter(|(factor, _)| *factor >= 1.0).map(|(factor, what)| text(factor, what)).collect();
        let increased = known()
            .filter(|(factor, _)| *factor < 1.0)
            .map(|(factor, what)| text(1.0 / factor, what))
            .collect();
        let parts: Vec<String> =
            [part("reduced", reduced), part("increased", increased)].into_iter().flatten().collect();
        (!parts.is_empty()).then(|| format!("Antithetic pairs, {mode}: variance {}.", parts.join(", ")))
    };
    document.modes.iter().filter_map(of_mode).collect()
}

/// Measures whose histogram bins are wide relative to the spread of the values.
fn coarse_bins(document: &ResultDocument) -> Vec<String> {
    let money = Money::of(document);
    let is_coarse = |d: &DistributionResult| {
        d.resolution.zip(d.std).is_some_and(|(bin, std)| std > 0.0 && bin > COARSE * std)
    };
    let line = |what: &str, mode: &str, d: &DistributionResult, width: String| {
        let part = d.resolution? / d.std?;
        is_coarse(d).then(|| {
            format!(
                "{what} in {mode}: quantiles and tail means are read from histogram bins {width} wide, {} % of the \
                 standard deviation; smaller differences are not meaningful.",
                significant(100.0 * part, 2),
            )
        })
    };
    let of_mode = |(mode, result): (&str, &ModeResult)| {
        let (pnl, drawdown) = (&result.pnl.distribution, &result.drawdown.relative.distribution);
        let bin = |d: &DistributionResult| d.resolution.unwrap_or(0.0);
        let points = format!("{} percentage points", significant(100.0 * bin(drawdown), 2));
        let amount = format!("{} {}", significant(bin(pnl), 2), money.currency);
        [line("Maximum drawdown", mode, drawdown, points), line("Profit", mode, pnl, amount)]
    };
    document.modes.iter().flat_map(of_mode).flatten().collect()
}

/// Whether the requested precision was reached.
pub fn precision(precision: &PrecisionResult) -> String {
    let share = |value: f64| format!("{} %", significant(100.0 * value, 3));
    let requested = match (precision.half_width, precision.relative) {
        (Some(half), _) => format!("a half-width of at most {}", significant(half, 3)),
        (None, Some(relative)) => format!("a half-width of at most {} of the estimate", share(relative)),
        (None, None) => "a half-width".to_owned(),
    };
    let widest = match (precision.widest, precision.half_width) {
        (Some(widest), Some(_)) => format!("; the widest is {}", significant(widest, 3)),
        (Some(widest), None) => format!("; the widest is {}", share(widest)),
        (None, _) => String::new(),
    };
    let met = if precision.met { "was reached" } else { "was not reached within the paths allowed" };
    format!("Precision: {requested} was requested for {} and {met}{widest}.", precision.measure)
}

/// What the audit of the kernel by the exact ledger found.
pub fn audited(audit: &AuditResult) -> String {
    let left_out = match audit.left_out {
        0 => String::new(),
        1 => "; 1 path was left out because an amount exceeds exact decimals".to_owned(),
        count => format!("; {} were left out because an amount exceeds exact decimals", paths(count)),
    };
    format!(
        "Audit: {} replayed in exact decimals over {} with {}, all identical{left_out}.",
        paths(audit.paths),
        steps(audit.steps),
        counted(audit.events, "liquidation", "liquidations"),
    )
}
