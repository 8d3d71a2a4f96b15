//! Venue presets, and `[venue]` merged over the one it names.

use rust_decimal::Decimal;

use super::context::Context;
use super::node::{Entry, Node, Value};
use super::reader::Table;
use super::source::Sources;
use super::tiers::{Requirement, read_tiers};
use crate::domain::{FillPrice, LiquidationRule, Remainder, Venue};
use crate::error::Result;

/// Every shipped venue file, by name; the first is the default.
const FILES: [(&str, &str); 1] = [("textbook", include_str!("../../data/venues/textbook.toml"))];

/// Keys of a venue file that describe it.
const ABOUT: [&str; 4] = ["name", "summary", "date", "source"];
const RULES: [&str; 3] = ["maintenance_margin_rate", "tiers", "liquidation"];
const RULES_LATER: [&str; 7] =
    ["trigger", "contract", "taker_fee", "maker_fee", "requirement_basis", "fee_in_requirement", "funding"];
const LIQUIDATION_LATER: [&str; 6] = ["procedure", "steps", "fraction", "order", "fee", "slippage"];

const FILLS: [(&str, FillPrice); 2] = [("mark", FillPrice::Mark), ("bankruptcy", FillPrice::Bankruptcy)];
const REMAINDERS: [(&str, Remainder); 2] = [("forfeit", Remainder::Forfeit), ("return", Remainder::Return)];

/// A venue whose rules a scenario may start from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preset {
    /// What `venue.preset` calls it.
    pub name: String,
    /// One line.
    pub summary: String,
    /// The rules in words, one sentence each.
    pub rules: Vec<String>,
    /// The day on which the rules were looked at, `YYYY-MM-DD`.
    pub date: String,
    /// Where the rules come from.
    pub source: String,
}

/// Every preset, the default first.
///
/// # Errors
/// A shipped venue file that is broken, which a test excludes.
pub fn presets() -> Result<Vec<Preset>> {
    FILES.iter().map(|(name, text)| preset(name, text)).collect()
}

fn preset(name: &str, text: &str) -> Result<Preset> {
    let mut sources = Sources::default();
    let source = sources.add(name, text);
    let node = Node::parse(&sources, source, text)?;
    let table = Table::root(&sources, &node);
    table.only(&[&ABOUT[..], &RULES[..]].concat(), &[])?;
    let about = |key| table.require(key, "a text")?.text("a text").map(str::to_owned);
    let rate = maintenance_rate(&table)?.unwrap_or_default();
    let rules = in_words(rate, &liquidation(&table)?);
    Ok(Preset {
        name: about("name")?,
        summary: about("summary")?,
        rules,
        date: about("date")?,
        source: about("source")?,
    })
}

fn in_words(rate: Decimal, rule: &LiquidationRule) -> Vec<String> {
    let percent = (rate * Decimal::ONE_HUNDRED).normalize();
    let fill = match rule.first_price() {
        FillPrice::Mark => {
            "every position of the pool is closed in full at the mark price; a loss beyond the pool's money is a \
             shortfall, which the account is not charged"
        }
        FillPrice::Bankruptcy | FillPrice::Fillable => {
            "every position of the pool is handed over in full at the price where the pool's money is used up"
        }
    };
    let remainder = match rule.remainder {
        Remainder::Forfeit => "what is left of the pool's money goes to the venue's insurance fund",
        Remainder::Return => "what is left of the pool's money goes back to the wallet",
    };
    vec![
        format!(
            "the maintenance margin is {rate} ({percent} %) of the notional at the mark price, for every size"
        ),
        "a pool is liquidated when its equity is at or below its maintenance margin".to_owned(),
        fill.to_owned(),
        remainder.to_owned(),
        "contracts are linear; there are no fees, no funding and no cap on leverage".to_owned(),
    ]
}

/// Name and text of the preset that `[venue]` names.
///
/// # Errors
/// An unknown preset.
pub(super) fn chosen_preset(root: &Table<'_>) -> Result<(&'static str, &'static str)> {
    let table = root.table("venue")?;
    let (default, _) = FILES[0];
    let Some(field) = table.field("preset") else { return Ok(FILES[0]) };
    let written = field.text(&format!("preset = \"{default}\""))?;
    if written.contains(['/', '\\']) || written.ends_with(".toml") {
        let what = format!("`{}` names a file, which is not yet known in this version", field.path);
        let names = FILES.map(|(name, _)| name).join(", ");
        return Err(field.fail(&what, &format!("name one of the presets: {names}")));
    }
    field.word(&FILES.map(|file| (file.0, file)), &[])
}

/// Fills the keys that `[venue]` of `root` leaves open with the preset's, so that one reading serves both.
pub(super) fn merge_preset(root: &mut Node, preset: &Node) {
    let (Value::Table(entries), Value::Table(rules)) = (&mut root.value, &preset.value) else { return };
    let index = entries.iter().position(|entry| entry.key == "venue").unwrap_or_else(|| {
        let node = Node { value: Value::Table(Vec::new()), origin: preset.origin.clone() };
        entries.push(Entry { key: "venue".to_owned(), key_origin: preset.origin.clone(), node });
        entries.len() - 1
    });
    let mut rules: Vec<Entry> =
        rules.iter().filter(|rule| RULES.contains(&rule.key.as_str())).cloned().collect();
    if let Value::Table(written) = &entries[index].node.value
        && written.iter().any(|entry| entry.key == "tiers")
    {
        rules.retain(|rule| rule.key != "maintenance_margin_rate");
    }
    fill_open_keys(&mut entries[index].node, &rules);
}

fn fill_open_keys(node: &mut Node, rules: &[Entry]) {
    let Value::Table(entries) = &mut node.value else { return };
    for rule in rules {
        match (entries.iter_mut().find(|entry| entry.key == rule.key), &rule.node.value) {
            (None, _) => entries.push(rule.clone()),
            (Some(entry), Value::Table(inner)) => fill_open_keys(&mut entry.node, inner),
            (Some(_), _) => {}
        }
    }
}

/// Reads `[venue]`, its preset already merged, and the requirement of assets that bring none of their own. The
/// requirement is recorded with the assets, so that one which no asset uses does not count.
///
/// # Errors
/// Any key out of its range; a rate and tiers together; a tier file that cannot be read.
pub(super) fn read(
    root: &Table<'_>,
    preset: &str,
    context: &mut Context<'_>,
) -> Result<(Venue, Requirement)> {
    let table = root.table("venue")?;
    table.only(&[&["preset"], &RULES[..]].concat(), &RULES_LATER)?;
    context.resolve(table.key("preset"), preset);
    let maintenance = match maintenance(&table, context)? {
        Some(own) => own,
        None => {
            return Err(
                table.fail("the venue has no maintenance margin", "write maintenance_margin_rate = 0.005")
            );
        }
    };
    let liquidation = liquidation(&table)?;
    let rule = table.table("liquidation")?;
    context.resolve(rule.key("price"), liquidation.first_price().name());
    context.resolve(rule.key("remainder"), liquidation.remainder.name());
    Ok((Venue { preset: preset.to_owned(), liquidation, ..Venue::textbook() }, maintenance))
}

fn liquidation(table: &Table<'_>) -> Result<LiquidationRule> {
    let rule = table.table("liquidation")?;
    rule.only(&["price", "remainder"], &LIQUIDATION_LATER)?;
    let price = rule.require("price", "price = \"mark\"")?.word(&FILLS, &[])?;
    let remainder = rule.require("remainder", "remainder = \"forfeit\"")?.word(&REMAINDERS, &[])?;
    Ok(LiquidationRule::full(price, remainder))
}

/// The requirement that a venue or an asset brings: one rate, or tiers; `None` where it has neither.
///
/// # Errors
/// Both together, a rate outside `0 <= r < 1`, a tier file that cannot be read.
pub(super) fn maintenance(table: &Table<'_>, context: &Context<'_>) -> Result<Option<Requirement>> {
    let rate = maintenance_rate(table)?;
    let Some(field) = table.field("tiers") else { return Ok(rate.map(Requirement::flat)) };
    if rate.is_some() {
        let what = format!(
            "`{}` and `{}` are both written",
            table.key("maintenance_margin_rate"),
            table.key("tiers")
        );
        return Err(field.fail(&what, "keep one of the two"));
    }
    let file = context.data_file(&field, "tiers = \"tiers.csv\"")?;
    let read = read_tiers(&file.path, &file.shown_name);
    Ok(Some(read.map_err(|error| field.about_file(&error))?))
}

fn maintenance_rate(table: &Table<'_>) -> Result<Option<Decimal>> {
    let Some(field) = table.field("maintenance_margin_rate") else { return Ok(None) };
    let rate = field.decimal("maintenance_margin_rate = 0.005")?;
    if rate >= Decimal::ONE && rate < Decimal::ONE_HUNDRED {
        return Err(field.per_cent(rate, rate / Decimal::ONE_HUNDRED, "0 <= r < 1"));
    }
    if rate < Decimal::ZERO || rate >= Decimal::ONE {
        return Err(field.out_of_range(rate, "0 <= r < 1", "maintenance_margin_rate = 0.005"));
    }
    Ok(Some(rate))
}
