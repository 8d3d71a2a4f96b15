//! The answer of a run in sentences with numbers, as they stand at the head of its report.

pub(crate) mod sentence;
pub(crate) mod sweep;

pub use crate::report::headline::sentence::{Answer, capitalised};
pub use crate::report::headline::sweep::of_sweep;
use crate::report::terminal::layout::at_most;
use crate::report::terminal::paired::{amounts, times};
use crate::report::terminal::share::{half_width, share};
use crate::result::document::mode::ModeResult;
use crate::result::document::paired::PairedResult;
use crate::result::document::{Frequency, ResultDocument};
use crate::text::format::{decimals_for, fixed, paths, percent_trimmed, significant};

/// Part of the account from which a loss is the whole of it.
const WHOLE: f64 = 0.995;

/// What two modes on the same paths say of how often they are liquidated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// No sampling error can be stated: only what happened may be told.
    Windows,
    /// Neither was liquidated on any path.
    Never,
    /// Both were liquidated on the same paths.
    Same,
    /// One is liquidated more often: both the interval of the difference and the test bear it out.
    Established,
    /// Interval and test disagree.
    Doubtful,
    /// No difference shows.
    Open,
}

/// What may be said of a pair of modes whose first has the frequency `a` and whose second has `b`.
pub fn verdict(pair: &PairedResult, a: &Frequency, b: &Frequency, confidence: f64) -> Verdict {
    let l = &pair.liquidation;
    let Some(p) = l.mcnemar_p else { return Verdict::Windows };
    if a.count == 0 && b.count == 0 {
        return Verdict::Never;
    }
    if l.table.a_only == 0 && l.table.b_only == 0 {
        return Verdict::Same;
    }
    let by_interval = l.low.is_some_and(|low| low > 0.0) || l.high.is_some_and(|high| high < 0.0);
    match (by_interval, p < 1.0 - confidence) {
        (true, true) => Verdict::Established,
        (false, false) => Verdict::Open,
        _ => Verdict::Doubtful,
    }
}

/// Isolated against cross, the two that every margin account chooses between; the first pair where one of them is
/// missing.
fn main_pair(paired: &[PairedResult]) -> Option<&PairedResult> {
    let is_main = |pair: &&PairedResult| {
        let names = [pair.a.as_str(), pair.b.as_str()];
        names.contains(&"isolated") && names.contains(&"cross")
    };
    paired.iter().find(is_main).or_else(|| paired.first())
}

/// The answer of one run.
pub fn of_run(document: &ResultDocument) -> Answer {
    let pair = main_pair(&document.paired);
    let known =
        pair.and_then(|pair| Some((pair, document.modes.get(&pair.a)?, document.modes.get(&pair.b)?)));
    let Some((pair, a, b)) = known else { return of_one_mode(document) };
    let headline = compared(document, pair, a, b);
    let others = document.modes.iter().filter(|(name, _)| *name != pair.a && *name != pair.b);
    let mut more: Vec<String> = others.map(|(name, mode)| alone(document, name, mode)).collect();
    more.extend(ruin(document));
    more.extend(amounts(document, pair).into_iter().filter(|s| !s.starts_with("Runs ")).map(capitalised));
    Answer { headline: capitalised(headline), more }
}

fn of_one_mode(document: &ResultDocument) -> Answer {
    let headline = document.modes.iter().map(|(name, mode)| alone(document, name, mode)).collect::<Vec<_>>();
    Answer { headline: headline.join(" "), more: ruin(document).into_iter().collect() }
}

/// `Cross is liquidated on 4.2 % ± 0.1 of 100,000 paths, and then loses 99 % of the account on average.`
fn alone(document: &ResultDocument, name: &str, mode: &ModeResult) -> String {
    let any = &mode.liquidation.any;
    let of = paths(document.scenario.paths);
    if any.count == 0 {
        return capitalised(format!(
            "{name} was not liquidated on any of {of}{}.",
            never_means(document, any)
        ));
    }
    let then = Loss::of(document, mode).map(|loss| format!(", and when it is, it {}", loss.told()));
    let then = then.unwrap_or_default();
    capitalised(format!("{name} is liquidated on {} of {of}{then}.", brief(any)))
}

fn compared(document: &ResultDocument, pair: &PairedResult, a: &ModeResult, b: &ModeResult) -> String {
    let (any_a, any_b) = (&a.liquidation.any, &b.liquidation.any);
    let (name_a, name_b) = (&pair.a, &pair.b);
    let of = paths(document.scenario.paths);
    let confidence = document.scenario.confidence;
    let figures = format!("{} against {}", brief(any_b), brief(any_a));
    let word = if any_b.count < any_a.count { "less" } else { "more" };
    let verdict = verdict(pair, any_a, any_b, confidence);
    let told = match verdict {
        Verdict::Never => {
            let means = never_means(document, any_a);
            return format!("neither {name_a} nor {name_b} was liquidated on any of {of}{means}.");
        }
        Verdict::Windows if any_a.count + any_b.count == 0 => {
            return format!("neither {name_a} nor {name_b} was liquidated on any of {of} of this history.");
        }
        Verdict::Windows if any_a.count == any_b.count => {
            format!("on these windows {name_b} was liquidated as often as {name_a}, {}", brief(any_b))
        }
        Verdict::Windows => {
            format!("on these windows {name_b} was liquidated {word} often than {name_a}, {figures}")
        }
        Verdict::Same => {
            format!("{name_a} and {name_b} are liquidated on the same paths, {}", brief(any_a))
        }
        Verdict::Established if any_b.count == 0 => {
            let means = never_means(document, any_b);
            format!("{name_b} was not liquidated on any of {of}{means}, {name_a} on {}", brief(any_a))
        }
        Verdict::Established => {
            let times = times(any_a, any_b).map(|times| times + " ").unwrap_or_default();
            format!("{name_b} is liquidated {times}{word} often than {name_a}, {figures}")
        }
        Verdict::Doubtful => format!(
            "{name_b} was liquidated {word} often than {name_a} on these paths, {figures}, which may be chance"
        ),
        Verdict::Open => format!(
            "whether {name_a} or {name_b} is liquidated more often does not show on {of}: {figures}{}",
            difference(pair)
        ),
    };
    let it = matches!(verdict, Verdict::Established | Verdict::Doubtful) && any_b.count > 0;
    format!("{told}{}.", consequences(document, pair, [a, b], it))
}

/// What a liquidation costs on average, of the account.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Loss {
    Whole,
    Part(f64),
    /// It is still worth more than at the beginning.
    Gain(f64),
    /// So little beside its error that it may be either.
    Unclear,
}

impl Loss {
    fn of(document: &ResultDocument, mode: &ModeResult) -> Option<Self> {
        let loss = &mode.liquidation.loss;
        let share = loss.mean? / document.scenario.wallet;
        let unclear = loss.low.zip(loss.high).is_some_and(|(low, high)| low < 0.0 && high > 0.0);
        match share {
            s if !s.is_finite() => None,
            _ if unclear => Some(Self::Unclear),
            s if s >= WHOLE => Some(Self::Whole),
            s if s > 0.0 => Some(Self::Part(s)),
            s => Some(Self::Gain(-s)),
        }
    }

    /// After the subject.
    fn told(self) -> String {
        match self {
            Self::Whole => "takes the whole account".to_owned(),
            Self::Part(share) => format!("takes {} of the account on average", rounded(share)),
            Self::Gain(share) => format!("leaves the account {} up on average", rounded(share)),
            Self::Unclear => "costs nothing that stands out from chance".to_owned(),
        }
    }

    /// In brackets, after the other mode's.
    fn brief(self) -> String {
        match self {
            Self::Whole => "the whole".to_owned(),
            Self::Part(share) => format!("{} of it", rounded(share)),
            Self::Gain(share) => format!("{} up", rounded(share)),
            Self::Unclear => "no loss that stands out from chance".to_owned(),
        }
    }
}

fn rounded(share: f64) -> String {
    format!("{} %", significant(100.0 * share, 2))
}

/// What a liquidation costs in the two modes; `it` where the sentence before has spoken of the second.
fn consequences(
    document: &ResultDocument,
    pair: &PairedResult,
    [a, b]: [&ModeResult; 2],
    it: bool,
) -> String {
    let (name_a, name_b) = (&pair.a, &pair.b);
    match (Loss::of(document, a), Loss::of(document, b)) {
        (Some(one), Some(other)) if it => {
            format!(", and when it is, it {} ({name_a}: {})", other.told(), one.brief())
        }
        (Some(one), Some(other)) => {
            format!(". A liquidation in {name_b} {} (in {name_a}: {})", other.told(), one.brief())
        }
        (Some(one), None) => format!(". A liquidation in {name_a} {}", one.told()),
        (None, Some(other)) => format!(". A liquidation in {name_b} {}", other.told()),
        (None, None) => String::new(),
    }
}

fn difference(pair: &PairedResult) -> String {
    let l = &pair.liquidation;
    let (Some(difference), Some(low), Some(high)) = (l.difference, l.low, l.high) else {
        return String::new();
    };
    let decimals = decimals_for(50.0 * (high - low), 1);
    let [difference, low, high] = [difference, low, high].map(|v| fixed(100.0 * v, decimals));
    format!(" (difference {difference} points [{low}, {high}])")
}

fn ruin(document: &ResultDocument) -> Option<String> {
    let level = percent_trimmed(document.scenario.ruin_level);
    let of = |(name, mode): (&str, &ModeResult)| format!("{} in {name}", brief(&mode.ruin));
    let figures: Vec<String> = document.modes.iter().map(of).collect();
    let any = document.modes.iter().any(|(_, mode)| mode.ruin.count > 0);
    any.then(|| format!("Equity falls to {level} of its opening value or below on {}.", figures.join(", ")))
}

/// What it means that a mode was never liquidated.
fn never_means(document: &ResultDocument, any: &Frequency) -> String {
    match any.high {
        Some(_) => format!(" ({} at {})", at_most(any), percent_trimmed(document.scenario.confidence)),
        None => ", which does not mean never".to_owned(),
    }
}

/// `4.2 % ± 0.1`: a digit of the half-width. Where the interval is lopsided, or there is none, as in tables.
pub fn brief(f: &Frequency) -> String {
    let long = share(f);
    match (f.frequency, half_width(f.low, f.high)) {
        (Some(value), Some(half)) if long.contains('±') => {
            let decimals = decimals_for(1_000.0 * half, 1);
            format!("{} % ± {}", fixed(100.0 * value, decimals), fixed(100.0 * half, decimals))
        }
        _ => long,
    }
}
