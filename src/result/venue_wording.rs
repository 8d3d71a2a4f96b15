//! A venue's rules in words, made from the data that a run applies.

use crate::domain::{
    Asset, Basis, Contract, Debit, Decimal, FeeInRequirement, FillPrice, FundingRates, FundingRule,
    LiquidationRule, LiquidationStep, Order, Portfolio, Remainder, Requirement, Slippage, Span, StepKind,
    Trigger, Venue,
};
use crate::result::assumption::{Assumption, AssumptionKind};
use crate::scenario::MarketRequirement;
use crate::text::format::{counted, exact};

/// A venue's rules, a clause each: contract, requirement and check; the liquidation procedure; fees and funding.
pub fn rules_in_words(venue: &Venue) -> [Vec<String>; 3] {
    let contract = match venue.contract {
        Contract::Linear => {
            "contracts are linear: sizes are in base units, margin and profit in quote currency"
        }
        Contract::Inverse => {
            "contracts are inverse: sizes are in quote currency, margin and profit in the coin"
        }
    };
    let basis = match venue.basis {
        Basis::Mark => "the maintenance margin is computed at the mark price",
        Basis::Entry => "the maintenance margin is computed at the entry price",
    };
    let check = match venue.trigger {
        Trigger::AtOrBelow => "at or below",
        Trigger::Below => "strictly below",
    };
    let requirement = vec![
        contract.to_owned(),
        format!("{basis}; {}", fee_inside(venue)),
        format!("a pool is liquidated when its equity is {check} its maintenance margin"),
    ];
    [requirement, procedure(&venue.liquidation), vec![fees(venue), funding(&venue.funding)]]
}

fn fee_inside(venue: &Venue) -> String {
    let reserved = "is reserved with the margin and added to the requirement";
    match venue.fee_in_requirement {
        FeeInRequirement::None => "it contains no fee".to_owned(),
        FeeInRequirement::Taker => {
            format!("the taker fee of {} is added to its rate", percent(venue.fees.taker))
        }
        FeeInRequirement::Liquidation => {
            format!("the liquidation fee of {} is added to its rate", percent(venue.liquidation.fee))
        }
        FeeInRequirement::TakerAtBankruptcy => {
            let taker = percent(venue.fees.taker);
            format!("the taker fee of {taker} on the notional at the bankruptcy price {reserved}")
        }
        FeeInRequirement::TakerAtEntry => {
            let taker = percent(venue.fees.taker);
            format!("the taker fee of {taker} on notional and margin at entry {reserved}")
        }
    }
}

/// The rules of a venue that are more than the textbook's.
pub fn rule_assumptions(venue: &Venue) -> [Assumption; 3] {
    let [requirement, liquidation, costs] = rules_in_words(venue).map(|clauses| clauses.join("; "));
    [
        Assumption::new(AssumptionKind::VenueRules, format!("{}: {requirement}.", venue.preset)),
        Assumption::new(AssumptionKind::LiquidationProcedure, format!("{liquidation}.")),
        Assumption::new(AssumptionKind::Costs, format!("{costs}.")),
    ]
}

/// What each asset requires and what funding it pays, an assumption an asset.
pub fn market_assumptions(portfolio: &Portfolio) -> Vec<Assumption> {
    let contract = portfolio.venue.contract;
    let of_asset = |asset: &Asset| {
        let own = MarketRequirement { requirement: asset.maintenance.clone(), max_leverages: Vec::new() };
        let funding = match &asset.funding {
            FundingRates::Constant(rate) => format!("funding {} per interval", percent(*rate)),
            FundingRates::Series(rates) => {
                format!("funding by a series of {}", counted(rates.len() as u64, "rate", "rates"))
            }
            FundingRates::Windows { .. } => "funding at the rates of the replayed period".to_owned(),
        };
        let text = format!(
            "{} with a maintenance margin of {}; {funding}; lot size {}.",
            asset.name,
            requirement_in_words(&own, contract),
            asset.lot.normalize()
        );
        Assumption::new(AssumptionKind::Market, text)
    };
    portfolio.assets.iter().map(of_asset).collect()
}

/// Whether the venue has the textbook's rules: only the fill price and the remainder may differ from them.
pub fn is_textbook(portfolio: &Portfolio) -> bool {
    let venue = &portfolio.venue;
    let rule = &venue.liquidation;
    let whole = LiquidationRule::full(rule.first_price(), rule.remainder);
    let textbook = Venue { preset: venue.preset.clone(), liquidation: whole, ..Venue::textbook() };
    let funded = portfolio.assets.iter().any(|asset| !asset.funding.is_zero());
    *venue == textbook
        && !funded
        && portfolio.assets.iter().all(|asset| !asset.maintenance.tiers().is_empty())
}

/// The liquidation procedure, a clause each: its steps, the order of closing, fills, and what remains.
fn procedure(rule: &LiquidationRule) -> Vec<String> {
    let mut clauses = Vec::new();
    if let Some(backstop) = rule.backstop {
        clauses.push(format!(
            "when equity is below {} of the requirement, the venue takes over the whole pool at the mark price and keeps \
             the remaining collateral",
            share(backstop)
        ));
    }
    let many = rule.steps.len() > 1;
    for (index, step) in rule.steps.iter().enumerate() {
        let number = if many { format!("step {}: ", index + 1) } else { String::new() };
        let until = if many && index + 1 < rule.steps.len() { ", while the check fails" } else { "" };
        clauses.push(format!("{number}{}{until}", step_in_words(step, rule)));
    }
    clauses.extend(match rule.order {
        Order::All => None,
        Order::LargestLoss => {
            Some("the position with the largest unrealised loss is closed first".to_owned())
        }
        Order::LargestRequirement => {
            Some("the position with the largest requirement is closed first".to_owned())
        }
    });
    let on_book = rule.steps.iter().any(|step| step.price != FillPrice::Bankruptcy);
    if on_book {
        clauses.push(execution(rule));
        clauses.push(match rule.remainder {
            Remainder::Forfeit => {
                "collateral that remains after closing on the order book goes to the venue's insurance fund"
                    .to_owned()
            }
            Remainder::Return => {
                "collateral that remains after closing on the order book returns to the wallet".to_owned()
            }
        });
    }
    clauses.push(
        "a loss beyond a pool's collateral is bad debt (shortfall), which the account does not pay"
            .to_owned(),
    );
    clauses
}

fn step_in_words(step: &LiquidationStep, rule: &LiquidationRule) -> String {
    let at = match step.price {
        FillPrice::Mark => "at the mark price that failed the check",
        FillPrice::Bankruptcy => "at the bankruptcy price",
        FillPrice::Fillable => "at the fillable price",
    };
    match step.kind {
        StepKind::Full if step.price == FillPrice::Bankruptcy => {
            "the venue takes over the whole pool at its bankruptcy price, so nothing remains".to_owned()
        }
        StepKind::Full if rule.order == Order::All => {
            format!("every position of the pool is closed in full {at}")
        }
        StepKind::Full => {
            format!("positions are closed in full {at}, one after the other, until the check holds")
        }
        StepKind::Tiered { tiers, above_first_tier } => {
            let steps = if tiers == 1 { "one tier".to_owned() } else { format!("{tiers} tiers") };
            let only = match above_first_tier {
                true => ", as long as equity covers the requirement at the first tier's rate",
                false => "",
            };
            format!("positions above tier {tiers} are reduced by {steps} at a time {at}{only}")
        }
        StepKind::Fraction { fraction, above_notional, least_notional, cooldown_seconds, repeat } => {
            let mut text = format!("{} of every position", percent(fraction));
            if !above_notional.is_zero() {
                text.push_str(&format!(" with a notional above {}", exact(above_notional)));
            }
            if !least_notional.is_zero() {
                text.push_str(&format!(" (at least {} of notional)", exact(least_notional)));
            }
            text.push_str(&format!(" is closed {at}"));
            if let Some(wait) = Span::from_seconds(cooldown_seconds) {
                text.push_str(&format!(", followed by a wait of {wait}"));
            }
            if repeat {
                text.push_str(", repeatedly until the check holds");
            }
            text
        }
        StepKind::Cover => {
            format!("just enough to restore the margin is closed {at}, where that is possible")
        }
    }
}

fn execution(rule: &LiquidationRule) -> String {
    let slippage = match rule.slippage {
        Slippage::Fixed(fraction) if fraction.is_zero() => "without slippage".to_owned(),
        Slippage::Fixed(fraction) => format!("with a slippage of {}", percent(fraction)),
        Slippage::SquareRoot { impact, daily_volume } => format!(
            "with a slippage of {}·sqrt(notional closed / {})",
            impact.normalize(),
            exact(daily_volume)
        ),
    };
    let limit = match rule.fillable {
        Some(fillable) => format!(
            "; the fillable price is the mark price less min(1, {}·(1 − equity/requirement))·{}·(requirement/notional)",
            fillable.adjustment.normalize(),
            fillable.spread.normalize()
        ),
        None => String::new(),
    };
    let fee = match rule.fee.is_zero() {
        true => "there is no liquidation fee".to_owned(),
        false => {
            format!(
                "the liquidation fee is {} of the notional closed, capped by the remaining collateral",
                percent(rule.fee)
            )
        }
    };
    format!("orders fill {slippage}{limit}; {fee}")
}

fn fees(venue: &Venue) -> String {
    if venue.fees.taker.is_zero() && venue.fees.maker.is_zero() {
        return "there are no trading fees".to_owned();
    }
    format!(
        "trading fees are {} (taker) and {} (maker), paid from the wallet at entry and by stop-loss and take-profit \
         orders",
        percent(venue.fees.taker),
        percent(venue.fees.maker)
    )
}

fn funding(rule: &FundingRule) -> String {
    let every = Span::from_seconds(rule.interval_seconds).map(|span| span.to_string()).unwrap_or_default();
    let isolated = match rule.debit {
        Debit::Margin => "with the position's margin",
        Debit::Wallet => "with the wallet",
        Debit::AvailableThenMargin => {
            "with the wallet, and payments that exceed the free wallet with the position's margin"
        }
    };
    let floor = if rule.floor_at_requirement { "; it never takes a pool below its requirement" } else { "" };
    format!(
        "funding at a rate other than 0 is settled every {every} on the notional at the mark price: under isolated margin \
         {isolated}, under cross margin with the wallet{floor}"
    )
}

/// What a market requires, with its largest leverages.
pub fn requirement_in_words(own: &MarketRequirement, contract: Contract) -> String {
    let up_to =
        |cap: Option<Decimal>| cap.map(|cap| format!(" (up to {}x)", cap.normalize())).unwrap_or_default();
    let first = own.max_leverages.first().copied().flatten();
    let tiers = |count: usize, last: Decimal, from: Decimal, of: &str| {
        let rate = percent(own.requirement.first_rate());
        if count == 1 {
            return format!("{rate}{}", up_to(first));
        }
        format!(
            "{count} tiers, from {rate}{} to {}{} above {} {of}",
            up_to(first),
            percent(last),
            up_to(own.max_leverages.last().copied().flatten()),
            exact(from)
        )
    };
    match &own.requirement {
        Requirement::Lines(table) => {
            let last = table.tiers().last();
            let (rate, floor) = last.map_or((Decimal::ZERO, Decimal::ZERO), |tier| (tier.rate, tier.floor));
            tiers(
                table.tiers().len(),
                rate,
                floor,
                "of notional; each rate applies to the notional above its tier's floor",
            )
        }
        Requirement::Steps(steps) => {
            let last = steps.last();
            let (rate, floor) = last.map_or((Decimal::ZERO, Decimal::ZERO), |step| (step.rate, step.floor));
            tiers(steps.len(), rate, floor, "units; each rate applies to the whole size")
        }
        Requirement::Slope { base, slope } => {
            let unit = if contract == Contract::Linear { "unit" } else { "unit of quote currency" };
            format!("{} plus {} per {unit}{}", percent(*base), percent(*slope), up_to(first))
        }
    }
}

/// `0.05 %`, exact.
pub fn percent(fraction: Decimal) -> String {
    let percent = fraction.checked_mul(Decimal::ONE_HUNDRED).unwrap_or(fraction).normalize();
    format!("{percent} %")
}

/// A share with at most four decimals.
fn share(fraction: Decimal) -> String {
    let shown = fraction.round_dp(4).normalize();
    if shown == fraction.normalize() { shown.to_string() } else { format!("about {shown}") }
}
