//! A venue's rules in words, from the data that a run applies: `ringfence venues`, and the assumptions of a result.

use crate::domain::{
    Asset, Basis, Contract, Debit, Decimal, FeeInRequirement, FillPrice, FundingRates, FundingRule,
    LiquidationRule, LiquidationStep, Order, Portfolio, Remainder, Requirement, Slippage, Span, StepKind,
    Trigger, Venue,
};
use crate::scenario::{Example, FundingCap, FundingSource, Market, MarketRequirement, Preset};
use crate::text::format::{exact, wrap};

/// Columns of a terminal that all output fits into.
const WIDTH: usize = 100;

/// One line a preset: name, date, summary; its first source below.
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
    text.push_str("\nringfence venues NAME prints one venue's rules, doubts and worked examples.\n");
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
    lines.extend(in_words(&rules.venue).concat());
    section("Rules", lines);
    let mut lines = vec![format!(
        "a market without a table: {}",
        requirement_in_words(&rules.requirement, rules.venue.contract)
    )];
    lines.extend(rules.markets.iter().map(|market| market_in_words(market, rules.venue.contract)));
    section("Requirement by market", lines);
    let cap = match rules.funding_cap {
        None => "no cap".to_owned(),
        Some(FundingCap::Rate(cap)) => format!("at most {} either way", percent(cap)),
        Some(FundingCap::Maintenance) => "at most the market's first maintenance rate either way".to_owned(),
    };
    let rate = match &rules.funding {
        FundingSource::Rate(rate) => format!("{} each interval", percent(*rate)),
        FundingSource::History(history) => {
            format!("{} rates of {}", history.rates.len(), history.shown_name)
        }
    };
    section("Funding rate unless the scenario names another", vec![format!("{rate}, paid by longs; {cap}")]);
    section("Doubts, and what is not modelled", preset.notes.clone());
    section(
        "Worked examples that the rules give back",
        preset.examples.iter().map(example_in_words).collect(),
    );
    let as_of = if preset.date.is_empty() { "no date".to_owned() } else { preset.date.clone() };
    section(&format!("Sources, as of {as_of}"), preset.sources.clone());
    text
}

/// A venue in sentences: contract, requirement and check; the procedure; fees and funding.
pub fn in_words(venue: &Venue) -> [Vec<String>; 3] {
    let contract = match venue.contract {
        Contract::Linear => "contracts are linear: sizes in base units, margin and profit in quote",
        Contract::Inverse => "contracts are inverse: sizes in quote, margin and profit in the coin",
    };
    let basis = match venue.basis {
        Basis::Mark => "the maintenance margin is computed at the mark price",
        Basis::Entry => "the maintenance margin is computed at the entry price",
    };
    let check = match venue.trigger {
        Trigger::AtOrBelow => "at or below",
        Trigger::Below => "below (equality is safe)",
    };
    let requirement = vec![
        contract.to_owned(),
        format!("{basis}; {}", fee_inside(venue)),
        format!("a pool is liquidated when its equity is {check} its maintenance margin"),
    ];
    [requirement, procedure(&venue.liquidation), vec![fees(venue), funding(&venue.funding)]]
}

fn fee_inside(venue: &Venue) -> String {
    let fixed = "is set aside with the margin and counts in the requirement";
    match venue.fee_in_requirement {
        FeeInRequirement::None => "no fee counts in it".to_owned(),
        FeeInRequirement::Taker => {
            format!("the taker fee of {} is added to its rate", percent(venue.fees.taker))
        }
        FeeInRequirement::Liquidation => {
            format!("the liquidation fee of {} is added to its rate", percent(venue.liquidation.fee))
        }
        FeeInRequirement::TakerAtBankruptcy => {
            let taker = percent(venue.fees.taker);
            format!("the taker fee of {taker} on the notional where the margin is used up {fixed}")
        }
        FeeInRequirement::TakerAtEntry => {
            let taker = percent(venue.fees.taker);
            format!("the taker fee of {taker} on notional and margin at entry {fixed}")
        }
    }
}

/// What each asset requires and what funding it pays, where the venue's rules are more than the textbook's: a sentence
/// an asset.
pub fn assets_in_words(portfolio: &Portfolio) -> Vec<String> {
    if is_plain(portfolio) {
        return Vec::new();
    }
    let contract = portfolio.venue.contract;
    let line = |asset: &Asset| {
        let own = MarketRequirement { requirement: asset.maintenance.clone(), max_leverages: Vec::new() };
        let funding = match &asset.funding {
            FundingRates::Constant(rate) => percent(*rate),
            FundingRates::Series(rates) => format!("{} rates one after the other", rates.len()),
            FundingRates::Windows { .. } => "the rates of the replayed time".to_owned(),
        };
        format!(
            "{}: maintenance margin {}; funding {funding} each interval; lots of {}",
            asset.name,
            requirement_in_words(&own, contract),
            asset.lot.normalize()
        )
    };
    portfolio.assets.iter().map(line).collect()
}

/// Whether nothing but the fill and the remainder differs from the textbook's rules.
pub fn is_plain(portfolio: &Portfolio) -> bool {
    let venue = &portfolio.venue;
    let rule = &venue.liquidation;
    let whole = LiquidationRule::full(rule.first_price(), rule.remainder);
    let plain = Venue { preset: venue.preset.clone(), liquidation: whole, ..Venue::textbook() };
    let funded = portfolio.assets.iter().any(|asset| !asset.funding.is_zero());
    *venue == plain && !funded && portfolio.assets.iter().all(|asset| !asset.maintenance.tiers().is_empty())
}

/// The procedure step by step, where it fills, and who gets what is left.
pub fn procedure(rule: &LiquidationRule) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(backstop) = rule.backstop {
        lines.push(format!(
            "where equity is below {} of the requirement the venue takes the pool over whole at the mark, and keeps what \
             is left",
            share(backstop)
        ));
    }
    let many = rule.steps.len() > 1;
    for (index, step) in rule.steps.iter().enumerate() {
        let number = if many { format!("step {}: ", index + 1) } else { String::new() };
        let until = if many && index + 1 < rule.steps.len() { ", while the check fails" } else { "" };
        lines.push(format!("{number}{}{until}", step_in_words(step, rule)));
    }
    let order = match rule.order {
        Order::All => None,
        Order::LargestLoss => Some("the largest unrealised loss first"),
        Order::LargestRequirement => Some("the largest requirement first"),
    };
    lines.extend(order.map(|order| format!("of a pool of several sizes {order}")));
    let on_book = rule.steps.iter().any(|step| step.price != FillPrice::Bankruptcy);
    if on_book {
        lines.push(execution(rule));
    }
    let taken_over = rule.steps.iter().all(|step| step.price == FillPrice::Bankruptcy);
    if !taken_over {
        lines.push(match rule.remainder {
            Remainder::Forfeit => {
                "what is left of the money of a pool that was closed on the book goes to the venue's insurance fund"
                    .to_owned()
            }
            Remainder::Return => {
                "what is left of the money of a pool that was closed on the book is returned to the wallet"
                    .to_owned()
            },
        });
    }
    lines.push("a loss beyond a pool's money is a shortfall, which the account is not charged".to_owned());
    lines
}

fn step_in_words(step: &LiquidationStep, rule: &LiquidationRule) -> String {
    let at = match step.price {
        FillPrice::Mark => "at the mark that failed the check",
        FillPrice::Bankruptcy => "at the bankruptcy price",
        FillPrice::Fillable => "at the limit price",
    };
    match step.kind {
        StepKind::Full if step.price == FillPrice::Bankruptcy => {
            "the whole pool is handed over at the price where its money is used up: nothing is left"
                .to_owned()
        }
        StepKind::Full if rule.order == Order::All => {
            format!("every position of the pool is closed in full {at}")
        }
        StepKind::Full => {
            format!("positions are closed in full {at}, one size after the other until the check holds")
        }
        StepKind::Tiered { tiers, above_first_tier } => {
            let steps = if tiers == 1 { "one tier".to_owned() } else { format!("{tiers} tiers") };
            let only = match above_first_tier {
                true => ", as long as equity covers the requirement at the first tier's rate",
                false => "",
            };
            format!("sizes above tier {tiers} are reduced by {steps} at a time {at}{only}")
        }
        StepKind::Fraction { fraction, above_notional, least_notional, cooldown_seconds, repeat } => {
            let mut text = format!("{} of every size", percent(fraction));
            if !above_notional.is_zero() {
                text.push_str(&format!(" above {}", exact(above_notional)));
            }
            if !least_notional.is_zero() {
                text.push_str(&format!(", at least {}", exact(least_notional)));
            }
            text.push_str(&format!(" is closed {at}"));
            if let Some(wait) = Span::from_seconds(cooldown_seconds) {
                text.push_str(&format!(", then {wait} waited"));
            }
            if repeat {
                text.push_str(", again and again until the check holds");
            }
            text
        }
        StepKind::Cover => {
            format!("exactly what restores the requirement is closed {at}, where that is possible")
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
            "; the limit is the mark less min(1, {}·(1 − equity/requirement))·{}·(requirement/notional)",
            fillable.adjustment.normalize(),
            fillable.spread.normalize()
        ),
        None => String::new(),
    };
    let fee = match rule.fee.is_zero() {
        true => "no liquidation fee".to_owned(),
        false => {
            format!("a liquidation fee of {} of what is closed, never beyond what is left", percent(rule.fee))
        }
    };
    format!("orders fill {slippage}{limit}; {fee}")
}

fn fees(venue: &Venue) -> String {
    if venue.fees.taker.is_zero() && venue.fees.maker.is_zero() {
        return "there are no trading fees".to_owned();
    }
    format!(
        "trading fees: taker {}, maker {}; paid at entry from the wallet, and by stops and take profits",
        percent(venue.fees.taker),
        percent(venue.fees.maker)
    )
}

fn funding(rule: &FundingRule) -> String {
    let every = Span::from_seconds(rule.interval_seconds).map(|span| span.to_string()).unwrap_or_default();
    let debit = match rule.debit {
        Debit::Margin => "from and to the position's margin",
        Debit::Wallet => "from and to the wallet",
        Debit::AvailableThenMargin => "from the free wallet, then the margin, and to the wallet",
    };
    let floor = if rule.floor_at_requirement { "; it never takes a pool below its requirement" } else { "" };
    format!(
        "funding, where its rate is not 0, is paid every {every} on the notional at the mark: under isolated margin {debit}, \
         under cross margin from and to the wallet{floor}"
    )
}

fn market_in_words(market: &Market, contract: Contract) -> String {
    let requirement = market.requirement.as_ref();
    let requirement = requirement.map(|own| requirement_in_words(own, contract));
    let lot = market.lot.map(|lot| format!("; lots of {}", lot.normalize())).unwrap_or_default();
    format!(
        "{}: {}{lot}",
        market.name,
        requirement.unwrap_or_else(|| "as a market without a table".to_owned())
    )
}

fn requirement_in_words(own: &MarketRequirement, contract: Contract) -> String {
    let cap =
        |cap: Option<Decimal>| cap.map(|cap| format!(", at most {}x", cap.normalize())).unwrap_or_default();
    let first = own.max_leverages.first().copied().flatten();
    let tiers = |count: usize, last: Decimal, from: Decimal, of: &str| {
        let rate = percent(own.requirement.first_rate());
        if count == 1 {
            return format!("{rate}{}", cap(first));
        }
        let lowest = own.max_leverages.last().copied().flatten();
        let lowest = lowest.map(|cap| format!(" ({}x)", cap.normalize())).unwrap_or_default();
        format!(
            "{count} tiers, from {rate}{} to {}{lowest} above {} {of}",
            cap(first),
            percent(last),
            exact(from)
        )
    };
    match &own.requirement {
        Requirement::Lines(table) => {
            let last = table.tiers().last();
            let (rate, floor) = last.map_or((Decimal::ZERO, Decimal::ZERO), |tier| (tier.rate, tier.floor));
            tiers(table.tiers().len(), rate, floor, "of notional, each above its floor")
        }
        Requirement::Steps(steps) => {
            let last = steps.last();
            let (rate, floor) = last.map_or((Decimal::ZERO, Decimal::ZERO), |step| (step.rate, step.floor));
            tiers(steps.len(), rate, floor, "units, each for the whole size")
        }
        Requirement::Slope { base, slope } => {
            let unit = if contract == Contract::Linear { "unit" } else { "unit of quote" };
            format!("{} and {} more for each {unit}{}", percent(*base), percent(*slope), cap(first))
        }
    }
}

fn example_in_words(example: &Example) -> String {
    let numbers: Vec<String> = example
        .expected
        .iter()
        .map(|expected| format!("{} {}", expected.what.name().replace('_', " "), expected.value.normalize()))
        .collect();
    let money = match (example.margin, example.leverage, example.wallet) {
        (Some(margin), ..) => format!("margin {}", margin.normalize()),
        (None, _, Some(wallet)) => format!("wallet {}", wallet.normalize()),
        (None, Some(leverage), None) => format!("{}x", leverage.normalize()),
        (None, None, None) => String::new(),
    };
    let note = example.note.as_ref().map(|note| format!("; {note}")).unwrap_or_default();
    format!(
        "{} {} {} at {}, {money}: {} (±{}){note}; {}",
        example.mode,
        example.side.name(),
        example.quantity.normalize(),
        example.entry.normalize(),
        numbers.join(", "),
        example.tolerance.normalize(),
        example.source
    )
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
