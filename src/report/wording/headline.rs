//! The headline of a run in sentences with numbers.

pub(crate) mod sentence;
pub(crate) mod sweep;

use crate::report::wording::cells::at_most;
use crate::report::wording::headline::sentence::{Headline, capitalised};
use crate::report::wording::paired::{amounts, less_or_more};
use crate::report::wording::share::brief;
use crate::report::wording::verdict::{Verdict, factor, verdict};
use crate::result::document::mode::ModeResult;
use crate::result::document::paired::PairedResult;
use crate::result::document::{Frequency, ResultDocument};
use crate::text::format::{decimals_for, fixed, paths, percent_trimmed, significant};

/// Isolated against cross, the two modes that every margin account chooses between; the first pair where one of them is
/// missing.
fn main_pair(paired: &[PairedResult]) -> Option<&PairedResult> {
    let is_main = |pair: &&PairedResult| {
        let names = [pair.a.as_str(), pair.b.as_str()];
        names.contains(&"isolated") && names.contains(&"cross")
    };
    paired.iter().find(is_main).or_else(|| paired.first())
}

/// The headline of one run.
pub fn of_run(document: &ResultDocument) -> Headline {
    let pair = main_pair(&document.paired);
    let known =
        pair.and_then(|pair| Some((pair, document.modes.get(&pair.a)?, document.modes.get(&pair.b)?)));
    let Some((pair, a, b)) = known else { return of_single_modes(document) };
    let text = compared(document, pair, a, b);
    let others = document.modes.iter().filter(|(name, _)| *name != pair.a && *name != pair.b);
    let mut more: Vec<String> = others.map(|(name, mode)| alone(document, name, mode)).collect();
    more.extend(ruin(document));
    more.extend(amounts(document, pair).into_iter().map(capitalised));
    Headline { text: capitalised(text), more }
}

fn of_single_modes(document: &ResultDocument) -> Headline {
    let text = document.modes.iter().map(|(name, mode)| alone(document, name, mode)).collect::<Vec<_>>();
    Headline { text: text.join(" "), more: ruin(document).into_iter().collect() }
}

/// `Cross is liquidated on 4.2 % ± 0.1 of 100,000 paths. On these paths the account loses 99 % of its opening equity on
/// average.`
fn alone(document: &ResultDocument, name: &str, mode: &ModeResult) -> String {
    let any = &mode.liquidation.any;
    let of = paths(document.scenario.paths);
    if any.count == 0 {
        let meaning = never_means(document, any);
        return capitalised(format!("{name} was not liquidated on any of {of}{meaning}."));
    }
    let change = AccountChange::of(document, mode);
    let change =
        change.map(|change| format!(" On these paths the account {} on average.", change.in_words()));
    capitalised(format!("{name} is liquidated on {} of {of}.{}", brief(any), change.unwrap_or_default()))
}

fn compared(document: &ResultDocument, pair: &PairedResult, a: &ModeResult, b: &ModeResult) -> String {
    let (any_a, any_b) = (&a.liquidation.any, &b.liquidation.any);
    let (name_a, name_b) = (&pair.a, &pair.b);
    let of = paths(document.scenario.paths);
    let confidence = document.scenario.confidence;
    let figures = format!("{} against {}", brief(any_b), brief(any_a));
    let word = less_or_more(any_a, any_b);
    let frequency = match verdict(pair, any_a, any_b, confidence) {
        Verdict::Never => {
            let means = never_means(document, any_a);
            return format!("neither {name_a} nor {name_b} was liquidated on any of {of}{means}.");
        }
        Verdict::Windows if any_a.count + any_b.count == 0 => {
            return format!("neither {name_a} nor {name_b} was liquidated on any of {of} of this history.");
        }
        Verdict::Windows if any_a.count == any_b.count => {
            format!("on these windows {name_b} was liquidated as often as {name_a}: {}", brief(any_b))
        }
        Verdict::Windows => {
            format!("on these windows {name_b} was liquidated {word} often than {name_a}: {figures}")
        }
        Verdict::Same => {
            format!("{name_a} and {name_b} are liquidated on the same paths: {}", brief(any_a))
        }
        Verdict::Established if any_b.count == 0 => {
            let means = never_means(document, any_b);
            format!("{name_b} was not liquidated on any of {of}{means}, {name_a} on {}", brief(any_a))
        }
        Verdict::Established => {
            format!("{name_b} is liquidated {word} often than {name_a}{}: {figures}", factor(any_a, any_b))
        }
        Verdict::Doubtful => format!(
            "{name_b} was liquidated {word} often than {name_a} on these paths, {figures}, but the significance of the \
             difference is doubtful"
        ),
        Verdict::Open => format!(
            "the liquidation frequencies of {name_a} and {name_b} do not differ significantly on {of}: {figures}{}",
            difference(pair)
        ),
    };
    format!("{frequency}.{}", account_changes(document, pair, [a, b]))
}

/// What becomes of the account on liquidated paths, on average, as a share of its opening equity.
#[derive(Debug, Clone, Copy, PartialEq)]
enum AccountChange {
    Loss(f64),
    Gain(f64),
    /// So small beside its error that it may be either.
    NotSignificant,
}

impl AccountChange {
    fn of(document: &ResultDocument, mode: &ModeResult) -> Option<Self> {
        let loss = &mode.liquidation.loss;
        let share = loss.mean? / document.scenario.wallet;
        let unclear = loss.low.zip(loss.high).is_some_and(|(low, high)| low < 0.0 && high > 0.0);
        match share {
            s if !s.is_finite() => None,
            _ if unclear => Some(Self::NotSignificant),
            s if s > 0.0 => Some(Self::Loss(s)),
            s => Some(Self::Gain(-s)),
        }
    }

    fn in_words(self) -> String {
        let percent = |share: f64| format!("{} %", significant(100.0 * share, 2));
        match self {
            Self::Loss(share) => format!("loses {} of its opening equity", percent(share)),
            Self::Gain(share) => format!("gains {} of its opening equity", percent(share)),
            Self::NotSignificant => "shows no significant change".to_owned(),
        }
    }
}

/// What becomes of the account on the liquidated paths of the two modes.
fn account_changes(document: &ResultDocument, pair: &PairedResult, [a, b]: [&ModeResult; 2]) -> String {
    let of = |name: &str, mode: &ModeResult| {
        AccountChange::of(document, mode).map(|change| format!("{} in {name}", change.in_words()))
    };
    let changes: Vec<String> = [of(&pair.b, b), of(&pair.a, a)].into_iter().flatten().collect();
    match changes.is_empty() {
        true => String::new(),
        false => format!(" On liquidated paths the account on average {}.", changes.join(" and ")),
    }
}

fn difference(pair: &PairedResult) -> String {
    let l = &pair.liquidation;
    let (Some(difference), Some(low), Some(high)) = (l.difference, l.low, l.high) else {
        return String::new();
    };
    let decimals = decimals_for(50.0 * (high - low), 1);
    let [difference, low, high] = [difference, low, high].map(|v| fixed(100.0 * v, decimals));
    format!(" (difference {difference} percentage points [{low}, {high}])")
}

fn ruin(document: &ResultDocument) -> Option<String> {
    let level = percent_trimmed(document.scenario.ruin_level);
    let of = |(name, mode): (&str, &ModeResult)| format!("{} in {name}", brief(&mode.ruin));
    let figures: Vec<String> = document.modes.iter().map(of).collect();
    let any = document.modes.iter().any(|(_, mode)| mode.ruin.count > 0);
    any.then(|| format!("Ruin (equity at or below {level} of its opening value): {}.", figures.join(", ")))
}

/// What it means that a mode was never liquidated.
fn never_means(document: &ResultDocument, any: &Frequency) -> String {
    match any.high {
        Some(_) => {
            format!(" ({} at {} confidence)", at_most(any), percent_trimmed(document.scenario.confidence))
        }
        None => ", which does not rule out a liquidation".to_owned(),
    }
}
