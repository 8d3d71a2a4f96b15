//! Two modes compared path by path, in words and numbers.

use super::{Money, NAME, WIDTH, at_most};
use crate::report::document::{
    Frequency, MeanDifference, ModeResult, PairedResult, ResultDocument, TwoByTwoResult,
};
use crate::report::format::{
    decimals_for, fixed, paths as counted, percent_trimmed, printable, significant, wrap,
};

/// Ratio of frequencies from which it is named.
const NAMED_RATIO: f64 = 1.5;

/// A paragraph on one pair of modes.
pub fn render(document: &ResultDocument, pair: &PairedResult) -> String {
    let (Some(a), Some(b)) = (document.modes.get(&pair.a), document.modes.get(&pair.b)) else {
        return String::new();
    };
    let mut sentences = vec![liquidation(document, pair, a, b), test(pair)];
    let lost = pair.positions.iter().filter(|(_, t)| t.both + t.a_only + t.b_only > 0);
    sentences.extend(lost.map(|(name, table)| position(name, table, pair, document.scenario.paths)));
    let decimals = half_width(&pair.drawdown_relative).map_or(2, |h| decimals_for(100.0 * h, 1));
    sentences.extend(difference(
        "maximum drawdown",
        ["deeper", "shallower"],
        pair,
        &pair.drawdown_relative,
        |v| format!("{} points", fixed(100.0 * v, decimals)),
    ));
    let money = Money::of(document);
    sentences.extend(difference("profit", ["higher", "lower"], pair, &pair.pnl, |v| money.with_currency(v)));
    sentences.extend(gain_of_pairing(pair));
    let lines = sentences.iter().map(|sentence| wrap(sentence, "  ", "    ", WIDTH));
    format!("{} against {}, on the same paths\n{}", pair.a, pair.b, lines.collect::<String>())
}

fn liquidation(document: &ResultDocument, pair: &PairedResult, a: &ModeResult, b: &ModeResult) -> String {
    let (any_a, any_b) = (&a.liquidation.any, &b.liquidation.any);
    let figures = format!("{} against {}", interval(any_b), interval(any_a));
    let (name_a, name_b) = (&pair.a, &pair.b);
    if any_a.count == 0 && any_b.count == 0 {
        return format!("neither was liquidated on any path; each probability is {}.", at_most(any_a));
    }
    let excludes_zero = pair.liquidation.low.is_some_and(|low| low > 0.0)
        || pair.liquidation.high.is_some_and(|high| high < 0.0);
    if !excludes_zero {
        let confidence = percent_trimmed(document.scenario.confidence);
        return format!(
            "no difference in how often {name_b} and {name_a} are liquidated shows at {confidence}: {figures}."
        );
    }
    let (more, fewer) = (any_a.count.max(any_b.count) as f64, any_a.count.min(any_b.count) as f64);
    let word = if any_b.count < any_a.count { "less" } else { "more" };
    let ratio = more / fewer;
    if ratio.is_finite() && ratio >= NAMED_RATIO {
        format!(
            "{name_b} is liquidated {} times {word} often than {name_a}: {figures}.",
            significant(ratio, 2)
        )
    } else {
        format!("{name_b} is liquidated {word} often than {name_a}: {figures}.")
    }
}

fn test(pair: &PairedResult) -> String {
    let l = &pair.liquidation;
    let mut text = String::new();
    if let (Some(difference), Some(low), Some(high)) = (l.difference, l.low, l.high) {
        let decimals = decimals_for(50.0 * (high - low), 1);
        let [difference, low, high] = [difference, low, high].map(|v| fixed(100.0 * v, decimals));
        text = format!("difference {} − {}: {difference} points [{low}, {high}]; ", pair.a, pair.b);
    }
    let p =
        if l.mcnemar_p < 1e-16 { "< 1e-16".to_owned() } else { format!("= {}", significant(l.mcnemar_p, 2)) };
    text.push_str(&format!("McNemar's exact p {p}."));
    text
}

fn position(name: &str, table: &TwoByTwoResult, pair: &PairedResult, paths: u64) -> String {
    let of = |count: u64| format!("{} ({} %)", counted(count), fixed(100.0 * count as f64 / paths as f64, 2));
    let (a_only, b_only) = if pair.a == "isolated" && pair.b == "cross" {
        ("saved by pooling", "contagion")
    } else {
        ("lost in the first only", "in the second only")
    };
    format!(
        "{}: {a_only} on {}, {b_only} on {}, lost in both on {}.",
        printable(name, NAME),
        of(table.a_only),
        of(table.b_only),
        of(table.both),
    )
}

/// What the mean difference says of the second mode; nothing where it is undefined.
fn difference(
    what: &str,
    [more, less]: [&str; 2],
    pair: &PairedResult,
    d: &MeanDifference,
    show: impl Fn(f64) -> String,
) -> Option<String> {
    let (mean, a, b) = (d.mean_difference?, &pair.a, &pair.b);
    let half = half_width(d);
    if mean == 0.0 && half.is_none_or(|h| h == 0.0) {
        return Some(format!("{what} is the same in both, on average."));
    }
    let word = if mean < 0.0 { more } else { less };
    let margin = half.map(|h| format!(" ± {}", show(h))).unwrap_or_default();
    let unclear = if half.is_some_and(|h| h < mean.abs()) { "" } else { ", which may be chance" };
    Some(format!("{what} is {word} in {b} than in {a}, on average by {}{margin}{unclear}.", show(mean.abs())))
}

fn half_width(d: &MeanDifference) -> Option<f64> {
    Some((d.high? - d.low?) / 2.0)
}

/// What sharing the paths was worth, where it is defined.
fn gain_of_pairing(pair: &PairedResult) -> Option<String> {
    let factors = [
        (pair.liquidation.variance_factor, "liquidation"),
        (pair.drawdown_relative.variance_factor, "drawdown"),
        (pair.pnl.variance_factor, "profit"),
    ];
    let known: Vec<String> = factors
        .iter()
        .filter_map(|(factor, what)| Some(format!("{} ({what})", significant((*factor)?, 2))))
        .collect();
    (!known.is_empty()).then(|| {
        format!("Runs on separate paths would need {} times as many for these differences.", known.join(", "))
    })
}

/// `4.20 % [4.08, 4.33]`
fn interval(f: &Frequency) -> String {
    let (Some(value), Some(low), Some(high)) = (f.frequency, f.low, f.high) else { return "-".to_owned() };
    let decimals = decimals_for(50.0 * (high - low), 1);
    let [value, low, high] = [value, low, high].map(|v| fixed(100.0 * v, decimals));
    format!("{value} % [{low}, {high}]")
}
