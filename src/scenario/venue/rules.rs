//! The rules of a venue: what `[venue]` says once a venue file lies below it.

use std::sync::Arc;

use rust_decimal::{Decimal, dec};

use crate::domain::{
    Basis, Debit, FeeInRequirement, Fees, FillPrice, FundingRule, LiquidationRule, LiquidationStep,
    MarginMode, Order, Slippage, Span, StepKind, Trigger, Venue,
};
use crate::error::{Error, Result};
use crate::history::funding::{FundingHistory, read_funding_history};
use crate::scenario::context::Context;
use crate::scenario::definition::Settings;
use crate::scenario::sections::market_requirement::{MarketRequirement, RequirementKind};
use crate::scenario::sections::requirement;
use crate::scenario::syntax::name;
use crate::scenario::syntax::reader::{Field, Table, for_example};
use crate::scenario::syntax::source::quoted;
use crate::scenario::venue::keys::CONTRACTS;
use crate::scenario::venue::keys::{ABOUT, RULES};
use crate::scenario::venue::overridden::Overridden;
use crate::scenario::venue::procedure;

const TRIGGERS: [(&str, Trigger); 2] = [("le", Trigger::AtOrBelow), ("lt", Trigger::Below)];

const BASES: [(&str, Basis); 2] = [("mark", Basis::Mark), ("entry", Basis::Entry)];

const FEES_IN: [(&str, FeeInRequirement); 5] = [
    ("none", FeeInRequirement::None),
    ("taker", FeeInRequirement::Taker),
    ("liquidation", FeeInRequirement::Liquidation),
    ("taker_at_bankruptcy", FeeInRequirement::TakerAtBankruptcy),
    ("taker_at_entry", FeeInRequirement::TakerAtEntry),
];

const DEBITS: [(&str, Debit); 3] = [
    ("margin", Debit::Margin),
    ("wallet", Debit::Wallet),
    ("available_then_margin", Debit::AvailableThenMargin),
];

/// Largest trading fee, and largest rebate of a maker.
const MAX_FEE: Decimal = dec!(0.1);

const MAX_REBATE: Decimal = dec!(-0.01);

/// Largest funding rate of one interval, either way.
const MAX_FUNDING: Decimal = dec!(0.1);

const MAX_MARKETS: usize = 2_000;

const MAX_LOT: Decimal = dec!(1_000_000_000_000);

/// One market of a venue.
#[derive(Debug, Clone, PartialEq)]
pub struct Market {
    /// What `assets.NAME.market` calls it.
    pub name: String,
    /// Its own requirement; `None`: the venue's.
    pub requirement: Option<MarketRequirement>,
    /// Smallest part of a size that is closed.
    pub lot: Option<Decimal>,
}

/// Where a market's funding rates come from.
#[derive(Debug, Clone, PartialEq)]
pub enum FundingSource {
    /// The same at every payment.
    Rate(Decimal),
    /// A file.
    History(Arc<FundingHistory>),
}

/// How large a funding rate may be, either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FundingCap {
    /// So large.
    Rate(Decimal),
    /// As large as the market's first maintenance margin rate.
    Maintenance,
}

/// A venue's rules before any asset is known.
#[derive(Debug, Clone, PartialEq)]
pub struct Rules {
    /// What does not differ by market.
    pub venue: Venue,
    /// Modes that the venue has.
    pub modes: Vec<MarginMode>,
    /// Why it has no others.
    pub modes_reason: Option<String>,
    /// What a list of tiers means.
    pub kind: RequirementKind,
    /// The requirement of markets that have none of their own.
    pub requirement: MarketRequirement,
    /// What the scenario wrote over the venue's file.
    pub(crate) over: Overridden,
    /// Markets by name.
    pub markets: Vec<Market>,
    /// Funding of markets that have none of their own.
    pub funding: FundingSource,
    /// How large its rates may be.
    pub funding_cap: Option<FundingCap>,
}

/// Reads the rules in `table`: `[venue]` merged, or a venue file. `over`: what the scenario wrote.
///
/// # Errors
/// Any key out of its range; requirements and histories that cannot be read.
pub(crate) fn read(
    table: &Table<'_>,
    name: &str,
    over: Overridden,
    context: &mut Context<'_>,
) -> Result<Rules> {
    let beside = if table.path().is_empty() { &ABOUT[..] } else { &["preset"] };
    table.only(&[beside, &RULES[..]].concat(), &[])?;
    let kind = word(table, "requirement", &RequirementKind::WORDS)?;
    let requirement = requirement::read(table, kind, context)?.ok_or_else(|| {
        table.fail("the venue has no maintenance margin", "write maintenance_margin_rate = 0.005")
    })?;
    let fee = |key: &str, low: Decimal| match table.field(key) {
        Some(field) => field.fraction(low, MAX_FEE, &format!("{key} = 0.0005 for 0.05 %")),
        None => Ok(Decimal::ZERO),
    };
    let fees = Fees { taker: fee("taker_fee", Decimal::ZERO)?, maker: fee("maker_fee", MAX_REBATE)? };
    let (funding, rates, funding_cap) = funding_rule(table, context)?;
    let venue = Venue {
        preset: name.to_owned(),
        contract: word(table, "contract", &CONTRACTS)?,
        basis: word(table, "requirement_basis", &BASES)?,
        fee_in_requirement: word(table, "fee_in_requirement", &FEES_IN)?,
        trigger: word(table, "trigger", &TRIGGERS)?,
        fees,
        funding,
        liquidation: procedure::read(table, fees.taker, context)?,
    };
    resolve(&venue, context);
    let modes_reason = match table.field("modes_reason") {
        Some(field) => Some(field.text("modes_reason = \"the mode belongs to the account\"")?.to_owned()),
        None => None,
    };
    Ok(Rules {
        markets: markets(table, kind, &requirement, context)?,
        modes: modes(table)?,
        modes_reason,
        kind,
        requirement,
        over,
        funding: rates,
        funding_cap,
        venue,
    })
}

fn word<T: Copy + Default>(table: &Table<'_>, key: &str, words: &[(&str, T)]) -> Result<T> {
    table.field(key).map_or(Ok(T::default()), |field| field.word(words, &[]))
}

fn modes(table: &Table<'_>) -> Result<Vec<MarginMode>> {
    let Some(field) = table.field("modes") else { return Ok(MarginMode::ALL.to_vec()) };
    let example = "modes = [\"isolated\", \"cross\", \"mixed\"]";
    let words = MarginMode::ALL.map(|mode| (mode.name(), mode));
    let modes = field.list(example)?.iter().map(|item| item.word(&words, &[])).collect::<Result<Vec<_>>>()?;
    if modes.is_empty() {
        return Err(field.fail(&format!("`{}` is empty", field.path), &for_example(example)));
    }
    Ok(modes)
}

fn markets(
    table: &Table<'_>,
    kind: RequirementKind,
    of_venue: &MarketRequirement,
    context: &Context<'_>,
) -> Result<Vec<Market>> {
    let table = table.table("markets")?;
    let mut markets: Vec<Market> = Vec::new();
    for (name, field) in table.fields() {
        if let Some(fault) = name::fault(name) {
            return Err(field.fail(&format!("invalid name {}: it {fault}", quoted(name)), name::RULE));
        }
        if let Some(other) = name::collision(name, markets.iter().map(|known| known.name.as_str())) {
            let what = format!("the markets `{other}` and `{name}` differ only in case");
            return Err(field.fail(&what, "remove one of the two"));
        }
        if markets.len() == MAX_MARKETS {
            return Err(
                field.fail(&format!("more than {MAX_MARKETS} markets"), "remove those that you do not trade")
            );
        }
        let market = field.table()?;
        market.only(&["lot", "tiers", "base", "slope", "maintenance_margin_rate", "max_leverage"], &[])?;
        let own = requirement::read(&market, kind, context)?;
        // A cap alone is laid on what the venue requires.
        let cap = market.field("max_leverage").map(|field| requirement::leverage_cap(&field)).transpose()?;
        let requirement = own.or_else(|| Some(of_venue.clone().capped(Some(cap?))));
        markets.push(Market {
            name: name.to_owned(),
            requirement,
            lot: market.field("lot").map(|field| lot(&field)).transpose()?,
        });
    }
    Ok(markets)
}

/// The smallest part of a size that is closed.
///
/// # Errors
/// Not above 0, or above 1e12.
pub(crate) fn lot(field: &Field<'_>) -> Result<Decimal> {
    field.decimal_in(
        |lot| lot > Decimal::ZERO && lot <= MAX_LOT,
        "a quantity greater than 0 and at most 1e12",
        "lot = 0.001",
    )
}

fn funding_rule(
    venue: &Table<'_>,
    context: &mut Context<'_>,
) -> Result<(FundingRule, FundingSource, Option<FundingCap>)> {
    let table = venue.table("funding")?;
    table.only(&["interval", "rate", "history", "cap", "debit", "floor_at_requirement"], &[])?;
    let default = FundingRule::default();
    let interval_seconds = match table.field("interval") {
        Some(field) => interval(&field)?.seconds(),
        None => default.interval_seconds,
    };
    let floor_at_requirement = match table.field("floor_at_requirement") {
        Some(field) => field.flag("floor_at_requirement = true")?,
        None => false,
    };
    let cap = match table.field("cap") {
        Some(field) if field.is_text() && field.text("")? == "maintenance" => Some(FundingCap::Maintenance),
        Some(field) => {
            let example = "cap = 0.0075, or cap = \"maintenance\"";
            Some(FundingCap::Rate(field.fraction(Decimal::ZERO, Decimal::ONE, example)?))
        }
        None => None,
    };
    let source = read_funding(&table, context)?.unwrap_or(FundingSource::Rate(Decimal::ZERO));
    let rule = FundingRule { interval_seconds, debit: word(&table, "debit", &DEBITS)?, floor_at_requirement };
    Ok((rule, source, cap))
}

fn interval(field: &Field<'_>) -> Result<Span> {
    let span = field.span("interval = \"8h\"")?;
    if span.seconds() >= 60 {
        return Ok(span);
    }
    let what = format!("`{}` is {span}", field.path);
    Err(field.fail_expected(&what, "at least 1m", &for_example("interval = \"8h\"")))
}

/// `rate` or `history` of a `funding` table; `None` where it has neither.
///
/// # Errors
/// Both; a rate out of its range; a file that cannot be read.
pub(crate) fn read_funding(table: &Table<'_>, context: &mut Context<'_>) -> Result<Option<FundingSource>> {
    match (table.field("rate"), table.field("history")) {
        (Some(rate), Some(history)) => {
            let what = format!("`{}` and `{}` are both given", rate.path, history.path);
            Err(history.fail(&what, "keep one of the two"))
        }
        (Some(field), None) => {
            let example = "rate = 0.0001 for 0.01 % an interval, paid by longs";
            field.fraction(-MAX_FUNDING, MAX_FUNDING, example).map(|rate| Some(FundingSource::Rate(rate)))
        }
        (None, Some(field)) => {
            let file = context.data_file(&field, "history = \"funding.csv\"")?;
            let read = || read_funding_history(&file.path, &file.shown_name).map_err(Error::into_invalid);
            let history = context
                .files
                .funding
                .get(file.path.clone(), read)
                .map_err(|error| field.about_file(&error))?;
            context.note(&history.notes);
            Ok(Some(FundingSource::History(history)))
        }
        (None, None) => Ok(None),
    }
}

/// Refuses modes that the venue does not have.
///
/// # Errors
/// The first of them, with the reason.
pub(crate) fn check_modes(root: &Table<'_>, settings: &Settings, rules: &Rules) -> Result<()> {
    let Some(mode) = settings.modes.iter().find(|mode| !rules.modes.contains(mode)) else { return Ok(()) };
    let table = root.table("simulation")?;
    let has: Vec<&str> = rules.modes.iter().map(|mode| mode.name()).collect();
    let reason = rules.modes_reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    let what = format!(
        "`{}` has mode `{mode}`, which {} does not offer{reason}",
        table.key("modes"),
        rules.venue.preset
    );
    let quoted: Vec<String> = has.iter().map(|mode| format!("\"{mode}\"")).collect();
    let help = format!("write modes = [{}], or set venue.modes", quoted.join(", "));
    Err(table.fail_at(&["modes"], &what, &help))
}

/// Records what differs from the textbook, so that a scenario without real rules stays the run it was.
fn resolve(venue: &Venue, context: &mut Context<'_>) {
    let plain = Venue::textbook();
    let mut line = |key: &str, differs: bool, value: String| {
        if differs {
            context.resolve(format!("venue.{key}"), value);
        }
    };
    let number = |value: Decimal| value.normalize().to_string();
    line("preset", true, venue.preset.clone());
    line("contract", venue.contract != plain.contract, venue.contract.name().to_owned());
    line("trigger", venue.trigger != plain.trigger, venue.trigger.name().to_owned());
    line("taker_fee", venue.fees.taker != plain.fees.taker, number(venue.fees.taker));
    line("maker_fee", venue.fees.maker != plain.fees.maker, number(venue.fees.maker));
    line("requirement_basis", venue.basis != plain.basis, venue.basis.name().to_owned());
    let fee_in = venue.fee_in_requirement;
    line("fee_in_requirement", fee_in != plain.fee_in_requirement, fee_in.name().to_owned());
    let rule = &venue.liquidation;
    line("liquidation.price", true, rule.first_price().name().to_owned());
    line("liquidation.remainder", true, rule.remainder.name().to_owned());
    line("liquidation.order", rule.order != Order::All, rule.order.name().to_owned());
    line("liquidation.fee", !rule.fee.is_zero(), number(rule.fee));
    line("liquidation.slippage", rule.slippage != plain.liquidation.slippage, slippage(rule.slippage));
    let whole = [LiquidationStep { kind: StepKind::Full, price: rule.first_price() }];
    line("liquidation.steps", rule.steps != whole, steps(rule));
    line("liquidation.backstop", rule.backstop.is_some(), number(rule.backstop.unwrap_or_default()));
    if let Some(fillable) = rule.fillable {
        let value = format!("{}, {}", number(fillable.spread), number(fillable.adjustment));
        line("liquidation.fillable", true, value);
    }
    let (funding, none) = (&venue.funding, &plain.funding);
    let interval = Span::from_seconds(funding.interval_seconds).map(|span| span.to_string());
    let same = funding.interval_seconds == none.interval_seconds;
    line("funding.interval", !same, interval.unwrap_or_default());
    line("funding.debit", funding.debit != none.debit, funding.debit.name().to_owned());
    line("funding.floor_at_requirement", funding.floor_at_requirement, "true".to_owned());
}

fn slippage(slippage: Slippage) -> String {
    match slippage {
        Slippage::Fixed(fraction) => fraction.normalize().to_string(),
        Slippage::SquareRoot { impact, daily_volume } => {
            format!("{} of {}", impact.normalize(), daily_volume.normalize())
        }
    }
}

fn steps(rule: &LiquidationRule) -> String {
    let step = |step: &LiquidationStep| {
        let numbers = match step.kind {
            StepKind::Full | StepKind::Cover => String::new(),
            StepKind::Tiered { tiers, above_first_tier } => {
                format!(" {tiers}{}", if above_first_tier { " above_first_tier" } else { "" })
            }
            StepKind::Fraction { fraction, above_notional, least_notional, cooldown_seconds, repeat } => {
                format!(
                    " {} above {} least {} cooldown {cooldown_seconds}s{}",
                    fraction.normalize(),
                    above_notional.normalize(),
                    least_notional.normalize(),
                    if repeat { " repeat" } else { "" },
                )
            }
        };
        format!("{}{numbers} at {}", step.kind.name(), step.price.name())
    };
    rule.steps.iter().map(step).collect::<Vec<_>>().join(", ")
}

impl Rules {
    /// The market of a name.
    pub fn market(&self, name: &str) -> Option<&Market> {
        self.markets.iter().find(|market| market.name == name)
    }

    /// Whether any step closes a part of a size, which is what lots are for.
    pub fn closes_parts(&self) -> bool {
        self.venue.liquidation.steps.iter().any(|step| step.kind != StepKind::Full)
    }

    /// Whether fills come from the book.
    pub fn fills_on_book(&self) -> bool {
        self.venue.liquidation.steps.iter().any(|step| step.price != FillPrice::Bankruptcy)
    }
}
