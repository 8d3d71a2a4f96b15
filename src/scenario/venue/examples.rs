//! `[[example]]` of a venue file: published numbers that its rules must give back.

use rust_decimal::Decimal;

use crate::domain::{Contract, MarginMode, Requirement, Side, TierTable};
use crate::error::Result;
use crate::scenario::sections::market_requirement::MarketRequirement;
use crate::scenario::sections::requirement;
use crate::scenario::syntax::reader::{Field, Table};
use crate::scenario::venue::rules::Rules;

/// Which number is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    /// The mark at which the margin check begins to fail.
    LiquidationPrice,
    /// The mark at which the money is used up.
    BankruptcyPrice,
    /// The requirement at the mark.
    MaintenanceMargin,
    /// Notional at the mark over the leverage.
    InitialMargin,
    /// Profit at the mark.
    UnrealizedPnl,
}

impl Quantity {
    /// Every one with its key.
    pub const ALL: [(&'static str, Self); 5] = [
        ("liquidation_price", Self::LiquidationPrice),
        ("bankruptcy_price", Self::BankruptcyPrice),
        ("maintenance_margin", Self::MaintenanceMargin),
        ("initial_margin", Self::InitialMargin),
        ("unrealized_pnl", Self::UnrealizedPnl),
    ];

    /// The key of a venue file.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, quantity)| *quantity == self).map_or("", |(name, _)| name)
    }
}

/// A published number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected {
    /// Which.
    pub what: Quantity,
    /// As published.
    pub value: Decimal,
}

/// One position of one account, and what is published about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// Where it is published.
    pub source: String,
    /// Isolated, or alone in a cross pool.
    pub mode: MarginMode,
    /// The contract, where it is not the venue's.
    pub contract: Contract,
    /// Direction.
    pub side: Side,
    /// Base units, or face value in quote.
    pub quantity: Decimal,
    /// Price at entry.
    pub entry: Decimal,
    /// Mark for what is published at a mark; the entry price where there is none.
    pub mark: Decimal,
    /// Margin of an isolated position.
    pub margin: Option<Decimal>,
    /// Leverage: the margin is the notional at entry over it.
    pub leverage: Option<Decimal>,
    /// The money of a cross pool.
    pub wallet: Option<Decimal>,
    /// Taker fee of that account and day.
    pub taker_fee: Decimal,
    /// The requirement of that market and day.
    pub requirement: MarketRequirement,
    /// What is published; not empty.
    pub expected: Vec<Expected>,
    /// Largest difference, in the unit of the number.
    pub tolerance: Decimal,
    /// Why it is not 0, and other remarks.
    pub note: Option<String>,
}

const KEYS: [&str; 18] = [
    "source",
    "mode",
    "contract",
    "side",
    "quantity",
    "entry",
    "mark",
    "margin",
    "leverage",
    "wallet",
    "taker_fee",
    "market",
    "rate",
    "deduction",
    "tiers",
    "base",
    "slope",
    "tolerance",
];

pub(crate) fn read(file: &Table<'_>, rules: &Rules) -> Result<Vec<Example>> {
    let Some(field) = file.field("example") else { return Ok(Vec::new()) };
    field.list("[[example]] and its keys below")?.iter().map(|item| example(&item.table()?, rules)).collect()
}

fn example(table: &Table<'_>, rules: &Rules) -> Result<Example> {
    table.only(&[&KEYS[..], &Quantity::ALL.map(|(name, _)| name), &["note"]].concat(), &[])?;
    let modes = [MarginMode::Isolated, MarginMode::Cross].map(|mode| (mode.name(), mode));
    let contracts = [Contract::Linear, Contract::Inverse].map(|contract| (contract.name(), contract));
    let positive =
        |field: Field<'_>| field.decimal_in(|value| value > Decimal::ZERO, "a number greater than 0", "100");
    let optional = |key: &str| table.field(key).map(positive).transpose();
    let text = |key: &str| table.field(key).map(|field| field.text("a text").map(str::to_owned)).transpose();
    let entry = positive(table.require("entry", "entry = 60_000")?)?;
    let expected: Vec<Expected> = Quantity::ALL
        .iter()
        .filter_map(|(name, what)| Some((table.field(name)?, *what)))
        .map(|(field, what)| Ok(Expected { what, value: field.decimal("a number")? }))
        .collect::<Result<_>>()?;
    if expected.is_empty() {
        return Err(table.fail(
            "the example has no expected value",
            "write liquidation_price, bankruptcy_price, maintenance_margin, initial_margin or unrealized_pnl",
        ));
    }
    let mode = table.require("mode", "mode = \"isolated\"")?.word(&modes, &[])?;
    let (margin, leverage, wallet) = (optional("margin")?, optional("leverage")?, optional("wallet")?);
    let has_money = match mode {
        MarginMode::Isolated => margin.is_some() || leverage.is_some(),
        MarginMode::Cross | MarginMode::Mixed => wallet.is_some(),
    };
    if !has_money {
        let help = "write margin or leverage for an isolated position, wallet for a cross one";
        return Err(table.fail("the example has no collateral", help));
    }
    Ok(Example {
        source: table.require("source", "source = \"where it is published\"")?.text("a text")?.to_owned(),
        mode,
        contract: table.field("contract").map_or(Ok(rules.venue.contract), |f| f.word(&contracts, &[]))?,
        side: table
            .require("side", "side = \"long\"")?
            .word(&[("long", Side::Long), ("short", Side::Short)], &[])?,
        quantity: positive(table.require("quantity", "quantity = 1")?)?,
        entry,
        mark: optional("mark")?.unwrap_or(entry),
        margin,
        leverage,
        wallet,
        taker_fee: match table.field("taker_fee") {
            Some(field) => field.fraction(Decimal::ZERO, Decimal::new(1, 1), "taker_fee = 0.0005")?,
            None => rules.venue.fees.taker,
        },
        requirement: requirement(table, rules)?,
        expected,
        tolerance: table.field("tolerance").map_or(Ok(Decimal::ZERO), |field| field.decimal("0.01"))?,
        note: text("note")?,
    })
}

/// That of a market of the venue, one line `rate·N − deduction`, tiers, or a slope.
fn requirement(table: &Table<'_>, rules: &Rules) -> Result<MarketRequirement> {
    if let Some(field) = table.field("market") {
        let name = field.text("market = \"BTCUSDT\"")?;
        let found = rules.market(name).and_then(|market| market.requirement.clone());
        return found.ok_or_else(|| {
            let what = format!("`{}` is `{name}`, a market without a requirement in this file", field.path);
            field.fail(&what, "name a market that has one, or write rate = 0.005")
        });
    }
    if let Some(field) = table.field("tiers") {
        return requirement::read_rows(&field, rules.kind);
    }
    if let Some(field) = table.field("base") {
        let base = requirement::rate(&field, "base = 0.01")?;
        let slope = table.require("slope", "slope = 0.00005")?.decimal("slope = 0.00005")?;
        let requirement = Requirement::Slope { base, slope };
        return Ok(MarketRequirement { requirement, max_leverages: vec![None] });
    }
    let rate = requirement::rate(&table.require("rate", "rate = 0.005")?, "rate = 0.005")?;
    let Some(field) = table.field("deduction") else { return Ok(MarketRequirement::flat(rate, None)) };
    let deduction = field.decimal("deduction = 50")?;
    // Free up to deduction/rate, where the line leaves 0.
    let free = deduction.checked_div(rate).filter(|free| *free > Decimal::ZERO);
    let line = free.map(|free| TierTable::new(&[(Decimal::ZERO, Decimal::ZERO, None), (free, rate, None)]));
    match line {
        Some(Ok(table)) => {
            Ok(MarketRequirement { requirement: Requirement::Lines(table), max_leverages: vec![None, None] })
        }
        _ => {
            Err(field
                .fail(&format!("`{}` gives no requirement", field.path), "write a deduction greater than 0"))
        }
    }
}
