//! The catalogue of venue presets as text: what `ringfence venues` prints.

use crate::domain::Contract;
use crate::result::venue_wording::{percent, requirement_in_words, rules_in_words};
use crate::scenario::{Example, FundingCap, FundingSource, Market, Preset};
use crate::text::format::{exact, whole, wrap};

/// Columns of a terminal that all output fits into.
const WIDTH: usize = 100;

/// One line a preset: name, date and summary, with its first source below.
pub fn render_list(presets: &[Preset]) -> String {
    let name = presets.iter().map(|preset| preset.name.len()).max().unwrap_or(0);
    let date = presets.iter().map(|preset| preset.date.len()).max().unwrap_or(0);
    let mut text = String::new();
    for preset in presets {
        let first = format!("{:name$}  {:date$}  ", preset.name, preset.date);
        let rest = " ".repeat(first.len());
        text.push_str(&wrap(&preset.summary, &first, &rest, WIDTH));
        if let Some(source) = preset.sources.first() {
            text.push_str(&wrap(source, &rest, &rest, WIDTH));
        }
    }
    text.push_str(
        "\n`ringfence venues NAME` prints one venue's rules, open questions and worked examples.\n",
    );
    text
}

/// Everything about one venue.
pub fn render_one(preset: &Preset) -> String {
    let rules = &preset.rules;
    let mut text = wrap(&preset.summary, &format!("{}: ", preset.name), "    ", WIDTH);
    let mut section = |title: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            text.push_str(&format!("\n{title}\n"));
            lines.iter().for_each(|line| text.push_str(&wrap(line, "- ", "  ", WIDTH)));
        }
    };
    let modes: Vec<&str> = rules.modes.iter().map(|mode| mode.name()).collect();
    let reason = rules.modes_reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    let mut lines = vec![format!("margin modes: {}{reason}", modes.join(", "))];
    lines.extend(rules_in_words(&rules.venue).concat());
    section("Rules", lines);
    let mut lines = vec![format!(
        "markets not listed here: {}",
        requirement_in_words(&rules.requirement, rules.venue.contract)
    )];
    lines.extend(rules.markets.iter().map(|market| market_in_words(market, rules.venue.contract)));
    section("Requirement by market", lines);
    let cap = match rules.funding_cap {
        None => "without a cap".to_owned(),
        Some(FundingCap::Rate(cap)) => format!("capped at ±{}", percent(cap)),
        Some(FundingCap::Maintenance) => "capped at ± the market's first maintenance rate".to_owned(),
    };
    let rate = match &rules.funding {
        FundingSource::Rate(rate) => format!("{} per interval", percent(*rate)),
        FundingSource::History(history) => {
            format!("{} rates from {}", whole(history.rates.len() as u64), history.shown_name)
        }
    };
    section("Funding rate unless the scenario sets one", vec![format!("{rate}, paid by longs, {cap}")]);
    section("Open questions, and what is not modelled", preset.notes.clone());
    section(
        "Worked examples reproduced by these rules",
        preset.examples.iter().map(example_in_words).collect(),
    );
    let as_of = if preset.date.is_empty() { "an unknown date".to_owned() } else { preset.date.clone() };
    section(&format!("Sources, as of {as_of}"), preset.sources.clone());
    text
}

fn market_in_words(market: &Market, contract: Contract) -> String {
    let requirement = market.requirement.as_ref();
    let requirement = requirement.map(|own| requirement_in_words(own, contract));
    let lot = market.lot.map(|lot| format!("; lot size {}", lot.normalize())).unwrap_or_default();
    format!(
        "{}: {}{lot}",
        market.name,
        requirement.unwrap_or_else(|| "as markets not listed here".to_owned())
    )
}

fn example_in_words(example: &Example) -> String {
    let numbers: Vec<String> = example
        .expected
        .iter()
        .map(|expected| format!("{} {}", expected.what.name().replace('_', " "), exact(expected.value)))
        .collect();
    let money = match (example.margin, example.leverage, example.wallet) {
        (Some(margin), ..) => format!("margin {}", exact(margin)),
        (None, _, Some(wallet)) => format!("wallet {}", exact(wallet)),
        (None, Some(leverage), None) => format!("{}x", leverage.normalize()),
        (None, None, None) => String::new(),
    };
    let note = example.note.as_ref().map(|note| format!("; {note}")).unwrap_or_default();
    format!(
        "{} {} {} at {}, {money}: {} (±{}){note}; {}",
        example.mode,
        example.side.name(),
        exact(example.quantity),
        exact(example.entry),
        numbers.join(", "),
        example.tolerance.normalize(),
        example.source
    )
}
