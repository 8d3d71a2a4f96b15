//! Two modes compared path by path, in sentences.

use crate::report::wording::cells::at_most;
use crate::report::wording::money::{Money, ROUNDING};
use crate::report::wording::share::{half_width, interval};
use crate::report::wording::verdict::{Verdict, factor, verdict};
use crate::result::document::mode::ModeResult;
use crate::result::document::paired::{MeanDifference, PairedResult, TwoByTwoResult};
use crate::result::document::{Frequency, ResultDocument};
use crate::result::sampling::WINDOWS;
use crate::text::format::{decimals_for, fixed, listed, paths as counted, percent_trimmed, significant};

/// How often the two modes are liquidated, and the test of it; nothing where a mode is missing.
pub fn frequency(document: &ResultDocument, pair: &PairedResult) -> Vec<String> {
    let (Some(a), Some(b)) = (document.modes.get(&pair.a), document.modes.get(&pair.b)) else {
        return Vec::new();
    };
    std::iter::once(liquidation(document, pair, a, b)).chain(test(document, pair)).collect()
}

/// The differences of drawdown and profit.
pub fn amounts(document: &ResultDocument, pair: &PairedResult) -> Vec<String> {
    let drawdown = Comparison { name: "mean maximum drawdown", words: ["deeper", "shallower"] };
    let drawdown = drawdown.difference(pair, &pair.drawdown_relative, ROUNDING, |mean, half| {
        let decimals = half.map_or(2, |h| decimals_for(100.0 * h, 1));
        let margin = half.map(|h| format!(" ± {}", fixed(100.0 * h, decimals))).unwrap_or_default();
        format!("{}{margin} percentage points", fixed(100.0 * mean, decimals))
    });
    let money = Money::of(document);
    let profit = Comparison { name: "mean profit", words: ["higher", "lower"] };
    let rounding = ROUNDING * document.scenario.wallet;
    let profit = profit.difference(pair, &pair.pnl, rounding, |mean, half| {
        format!("{} {}", money.spaced_half_width(mean, half), money.currency)
    });
    drawdown.into_iter().chain(profit).collect()
}

/// What is established about how often the two modes are liquidated: a direction only where both the test and the interval
/// of the difference support it.
fn liquidation(document: &ResultDocument, pair: &PairedResult, a: &ModeResult, b: &ModeResult) -> String {
    let (any_a, any_b) = (&a.liquidation.any, &b.liquidation.any);
    let figures = format!("{} against {}", interval(any_b), interval(any_a));
    let (name_a, name_b) = (&pair.a, &pair.b);
    let word = less_or_more(any_a, any_b);
    let confidence = percent_trimmed(document.scenario.confidence);
    match verdict(pair, any_a, any_b, document.scenario.confidence) {
        Verdict::Windows => {
            let as_often = any_a.count == any_b.count;
            let than = if as_often { "as often as".to_owned() } else { format!("{word} often than") };
            format!("{name_b} was liquidated {than} {name_a} on these windows: {figures}.")
        }
        Verdict::Never => {
            format!("neither mode was liquidated on any path; each probability is {}.", at_most(any_a))
        }
        Verdict::Established => {
            let factor = factor(any_a, any_b);
            format!("{name_b} is liquidated {word} often than {name_a}{factor}: {figures}.")
        }
        Verdict::Open | Verdict::Same => format!(
            "the liquidation frequencies of {name_b} and {name_a} do not differ significantly at {confidence}: {figures}."
        ),
        Verdict::Doubtful => format!(
            "{name_b} was liquidated {word} often than {name_a} on these paths, but at {confidence} the interval of the \
             difference and McNemar's test disagree on its significance: {figures}."
        ),
    }
}

/// How often the second mode was liquidated, relative to the first.
pub fn less_or_more(a: &Frequency, b: &Frequency) -> &'static str {
    if b.count < a.count { "less" } else { "more" }
}

/// The difference and its test, where there is one.
fn test(document: &ResultDocument, pair: &PairedResult) -> Option<String> {
    let l = &pair.liquidation;
    let mut text = String::new();
    if let (Some(difference), Some(low), Some(high)) = (l.difference, l.low, l.high) {
        let decimals = decimals_for(50.0 * (high - low), 1);
        let [difference, low, high] = [difference, low, high].map(|v| fixed(100.0 * v, decimals));
        text =
            format!("difference {} − {}: {difference} percentage points [{low}, {high}]; ", pair.a, pair.b);
    }
    let p = l.mcnemar_p?;
    let p = if p < 1e-16 { "< 1e-16".to_owned() } else { format!("= {}", significant(p, 2)) };
    let test = match document.sampling.pairs {
        Some(_) => "McNemar's test for antithetic pairs",
        None => "McNemar's exact test",
    };
    Some(format!("{text}{test}: p {p}."))
}

/// On how many paths a position was liquidated in one mode only, and in both.
pub fn position(name: &str, table: &TwoByTwoResult, pair: &PairedResult, paths: u64) -> String {
    let of = |count: u64| {
        let percent = 100.0 * count as f64 / paths as f64;
        let decimals = if count == 0 { 0 } else { decimals_for(percent, 2) };
        format!("{} ({} %)", counted(count), fixed(percent, decimals))
    };
    let [a_only, b_only] = attributions(&pair.a, &pair.b);
    format!(
        "{name}: {a_only} on {}, {b_only} on {}, liquidated in both on {}.",
        of(table.a_only),
        of(table.b_only),
        of(table.both),
    )
}

/// The names of a liquidation in the first mode only, and in the second mode only.
pub fn attributions(a: &str, b: &str) -> [String; 2] {
    match (a, b) {
        ("isolated", "cross") => ["saved by pooling".to_owned(), "contagion".to_owned()],
        ("cross", "isolated") => ["contagion".to_owned(), "saved by pooling".to_owned()],
        _ => [a, b].map(|mode| format!("liquidated in {mode} only")),
    }
}

/// A measure of which the second mode has more or less than the first, and the words for it.
struct Comparison<'a> {
    name: &'a str,
    words: [&'a str; 2],
}

impl Comparison<'_> {
    /// A sentence about the mean difference; `None` where it is undefined. Differences up to `rounding` are rounding of the
    /// simulation.
    fn difference(
        &self,
        pair: &PairedResult,
        d: &MeanDifference,
        rounding: f64,
        show: impl Fn(f64, Option<f64>) -> String,
    ) -> Option<String> {
        let (mean, half) = (d.mean_difference?, half_width(d.low, d.high));
        let (a, b, name) = (&pair.a, &pair.b, self.name);
        if mean.abs() <= rounding && half.is_none_or(|h| h <= rounding) {
            return Some(format!("the {name} is the same in both modes."));
        }
        let [more, less] = self.words;
        let word = if mean < 0.0 { more } else { less };
        let remark = match half {
            _ if pair.liquidation.mcnemar_p.is_none() => " on these windows",
            Some(half) if half < mean.abs() => "",
            _ => "; the difference is not statistically significant",
        };
        let by = show(mean.abs(), half);
        Some(format!("the {name} is {by} {word} in {b} than in {a}{remark}."))
    }
}

/// By what factor common random numbers reduce, or increase, the paths that the differences need; `None` where it is
/// undefined.
pub fn common_random_numbers(document: &ResultDocument, pair: &PairedResult) -> Option<String> {
    // Replayed windows cannot be drawn independently for each mode.
    if document.sampling.kind == WINDOWS {
        return None;
    }
    let factors = [
        (pair.liquidation.variance_factor, "liquidation"),
        (pair.drawdown_relative.variance_factor, "drawdown"),
        (pair.pnl.variance_factor, "profit"),
    ];
    let factors = || factors.iter().filter_map(|(factor, what)| Some(((*factor)?, what)));
    let reduced: Vec<String> = factors()
        .filter(|(factor, _)| *factor >= 1.0)
        .map(|(factor, what)| format!("{} ({what})", significant(factor, 2)))
        .collect();
    let increased: Vec<String> = factors()
        .filter(|(factor, _)| *factor < 1.0)
        .map(|(factor, what)| format!("{} ({what})", significant(1.0 / factor, 2)))
        .collect();
    let part = |verb: &str, found: &[String]| {
        let found: Vec<&str> = found.iter().map(String::as_str).collect();
        let factor = listed(&found, "and")?;
        Some((verb.to_owned(), factor))
    };
    match (part("reduce", &reduced), part("increase", &increased)) {
        (None, None) => None,
        (Some((verb, factor)), None) | (None, Some((verb, factor))) => Some(format!(
            "common random numbers {verb} the paths needed for these differences by a factor of {factor}."
        )),
        (Some((_, factor)), Some((_, other))) => Some(format!(
            "common random numbers reduce the paths needed for these differences by a factor of {factor}, and increase \
             them by a factor of {other}."
        )),
    }
}
