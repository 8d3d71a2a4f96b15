//! Two modes compared path by path, in words and numbers.

use crate::report::headline::{Verdict, verdict};
use crate::report::terminal::layout::{NAME, WIDTH, at_most};
use crate::report::terminal::money::{Money, ROUNDING};
use crate::report::terminal::share::{half_width, interval};
use crate::result::document::mode::ModeResult;
use crate::result::document::paired::{MeanDifference, PairedResult, TwoByTwoResult};
use crate::result::document::{Frequency, ResultDocument};
use crate::result::sampling::WINDOWS;
use crate::text::format::{
    decimals_for, distinct, fixed, paths as counted, percent_trimmed, significant, significant_at_least, wrap,
};

/// Ratio of frequencies from which it is named.
const NAMED_RATIO: f64 = 1.5;
/// Liquidated paths of the rarer mode from which a ratio is known to some two parts in five; below, only
/// what it exceeds is named.
const RATIO_EVENTS: u64 = 30;

/// A paragraph on one pair of modes.
pub fn render(document: &ResultDocument, pair: &PairedResult) -> String {
    let mut sentences = frequency(document, pair);
    if sentences.is_empty() {
        return String::new();
    }
    let names = distinct(pair.positions.iter().map(|(name, _)| name), NAME);
    let lost = names.iter().zip(pair.positions.iter()).filter(|(_, (_, t))| t.both + t.a_only + t.b_only > 0);
    sentences.extend(lost.map(|(name, (_, table))| position(name, table, pair, document.scenario.paths)));
    sentences.extend(amounts(document, pair));
    let lines = sentences.iter().map(|sentence| wrap(sentence, "  ", "    ", WIDTH));
    format!("{} against {}, on the same paths\n{}", pair.a, pair.b, lines.collect::<String>())
}

/// How often the two are liquidated, and the test of it; nothing where a mode is missing.
pub fn frequency(document: &ResultDocument, pair: &PairedResult) -> Vec<String> {
    let (Some(a), Some(b)) = (document.modes.get(&pair.a), document.modes.get(&pair.b)) else {
        return Vec::new();
    };
    std::iter::once(liquidation(document, pair, a, b)).chain(test(document, pair)).collect()
}

/// Whose drawdowns are deeper, whose profits higher, and what sharing the paths was worth.
pub fn amounts(document: &ResultDocument, pair: &PairedResult) -> Vec<String> {
    let drawdown = Measure { name: "maximum drawdown", words: ["deeper", "shallower"] };
    let drawdown = drawdown.difference(pair, &pair.drawdown_relative, ROUNDING, |mean, half| {
        let decimals = half.map_or(2, |h| decimals_for(100.0 * h, 1));
        let margin = half.map(|h| format!(" ± {}", fixed(100.0 * h, decimals))).unwrap_or_default();
        format!("{}{margin} points", fixed(100.0 * mean, decimals))
    });
    let money = Money::of(document);
    let profit = Measure { name: "profit", words: ["higher", "lower"] };
    let rounding = ROUNDING * document.scenario.wallet;
    let profit = profit.difference(pair, &pair.pnl, rounding, |mean, half| {
        format!("{} {}", money.with_half_width(mean, half).replace('±', "± "), money.currency)
    });
    drawdown.into_iter().chain(profit).chain(gain_of_pairing(document, pair)).collect()
}

/// What may be said of how often the two are liquidated: a direction only where both the test and the
/// interval of the difference bear it out.
fn liquidation(document: &ResultDocument, pair: &PairedResult, a: &ModeResult, b: &ModeResult) -> String {
    let (any_a, any_b) = (&a.liquidation.any, &b.liquidation.any);
    let figures = format!("{} against {}", interval(any_b), interval(any_a));
    let (name_a, name_b) = (&pair.a, &pair.b);
    let word = if any_b.count < any_a.count { "less" } else { "more" };
    let confidence = percent_trimmed(document.scenario.confidence);
    match verdict(pair, any_a, any_b, document.scenario.confidence) {
        Verdict::Windows => {
            let as_often = any_a.count == any_b.count;
            let than = if as_often { "as often as".to_owned() } else { format!("{word} often than") };
            format!("{name_b} was liquidated {than} {name_a} on these windows: {figures}.")
        }
        Verdict::Never => {
            format!("neither was liquidated on any path; each probability is {}.", at_most(any_a))
        }
        Verdict::Established => {
            let times = times(any_a, any_b).map(|times| times + " ").unwrap_or_default();
            format!("{name_b} is liquidated {times}{word} often than {name_a}: {figures}.")
        }
        Verdict::Open | Verdict::Same => format!(
            "no difference in how often {name_b} and {name_a} are liquidated shows at {confidence}: {figures}."
        ),
        Verdict::Doubtful => format!(
            "{name_b} was liquidated {word} often than {name_a} on these paths, which may be chance: at \
             {confidence} the interval of the difference and McNemar's test disagree: {figures}."
        ),
    }
}

/// How many times more often the one that was liquidated more often was, where that is worth naming.
pub fn times(a: &Frequency, b: &Frequency) -> Option<String> {
    let (more, rarer) = if a.count > b.count { (a, b) } else { (b, a) };
    if rarer.count >= RATIO_EVENTS {
        let ratio = more.frequency? / rarer.frequency?;
        return (ratio >= NAMED_RATIO).then(|| format!("{} times", significant(ratio, 2)));
    }
    let ratio = more.low? / rarer.high?;
    (ratio >= NAMED_RATIO).then(|| format!("at least {} times", significant_at_least(ratio, 2)))
}

/// The difference and its test, where there is one.
fn test(document: &ResultDocument, pair: &PairedResult) -> Option<String> {
    let l = &pair.liquidation;
    let mut text = String::new();
    if let (Some(difference), Some(low), Some(high)) = (l.difference, l.low, l.high) {
        let decimals = decimals_for(50.0 * (high - low), 1);
        let [difference, low, high] = [difference, low, high].map(|v| fixed(100.0 * v, decimals));
        text = format!("difference {} − {}: {difference} points [{low}, {high}]; ", pair.a, pair.b);
    }
    let p = l.mcnemar_p?;
    let p = if p < 1e-16 { "< 1e-16".to_owned() } else { format!("= {}", significant(p, 2)) };
    let test = if document.sampling.pairs.is_some() { "McNemar's p, by pairs," } else { "McNemar's exact p" };
    Some(format!("{text}{test} {p}."))
}

fn position(name: &str, table: &TwoByTwoResult, pair: &PairedResult, paths: u64) -> String {
    let of = |count: u64| {
        let percent = 100.0 * count as f64 / paths as f64;
        format!("{} ({} %)", counted(count), fixed(percent, decimals_for(percent, 2)))
    };
    let [a_only, b_only] = attributions(&pair.a, &pair.b);
    format!(
        "{name}: {a_only} on {}, {b_only} on {}, lost in both on {}.",
        of(table.a_only),
        of(table.b_only),
        of(table.both),
    )
}

/// What it is called when only the first mode, and only the second, lost a position.
pub fn attributions(a: &str, b: &str) -> [String; 2] {
    match (a, b) {
        ("isolated", "cross") => ["saved by pooling".to_owned(), "contagion".to_owned()],
        ("cross", "isolated") => ["contagion".to_owned(), "saved by pooling".to_owned()],
        _ => [a, b].map(|mode| format!("lost in {mode} only")),
    }
}

/// A measure and what it is called where the second mode has more or less of it.
struct Measure<'a> {
    name: &'a str,
    words: [&'a str; 2],
}

impl Measure<'_> {
    /// What the mean difference says of the second mode; nothing where it is undefined. Up to `rounding`
    /// there is no difference.
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
            return Some(format!("{name} is the same in both, on average."));
        }
        let [more, less] = self.words;
        let word = if mean < 0.0 { more } else { less };
        let unclear = match half {
            _ if pair.liquidation.mcnemar_p.is_none() => " on these windows",
            Some(half) if half < mean.abs() => "",
            _ => ", which may be chance",
        };
        let by = show(mean.abs(), half);
        Some(format!("{name} is {word} in {b} than in {a}, on average by {by}{unclear}."))
    }
}

/// What sharing the paths was worth, where it is defined.
fn gain_of_pairing(document: &ResultDocument, pair: &PairedResult) -> Option<String> {
    // There are no other windows that separate runs could have.
    if document.sampling.kind == WINDOWS {
        return None;
    }
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
