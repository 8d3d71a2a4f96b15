//! The assumptions of a scenario: what a reader needs to know before using the numbers.

use crate::domain::{FillPrice, MarginMode, Monitoring, Remainder, Slippage, Span, StepKind, Venue};
use crate::result::assumption::{Assumption, AssumptionKind};
use crate::result::overlay_wording;
use crate::result::sampling::intervals;
use crate::result::venue_wording::{is_textbook, market_assumptions, rule_assumptions};
use crate::scenario::Scenario;
use crate::text::format::{counted, listed, significant, steps};

/// The assumptions that every reader of a table needs.
pub fn essential(scenario: &Scenario) -> Vec<Assumption> {
    let before = [
        liquidation_count(scenario),
        Assumption::new(
            AssumptionKind::LiquidationPrice,
            "a price at entry assumes that the prices of all other assets stay unchanged; it is indicative only in pools \
             with several assets.",
        ),
        margin_checks(scenario),
    ];
    let mut all: Vec<Assumption> = history(scenario).into_iter().chain(before).collect();
    all.extend(venue_rules(scenario));
    all.push(Assumption::new(
        AssumptionKind::Horizon,
        "positions are opened at time 0; at the horizon they are marked to market, not closed.",
    ));
    all.push(Assumption::new(
        AssumptionKind::NotModelled,
        "order-book depth, auto-deleveraging, oracle prices that differ from mark prices, portfolio margin, failure of the \
         venue, and actions of the trader that the scenario does not state.",
    ));
    all.extend(not_used(scenario));
    all
}

/// The other assumptions, which the terminal leaves out.
pub fn further(scenario: &Scenario) -> Vec<Assumption> {
    vec![
        intervals(scenario),
        Assumption::new(
            AssumptionKind::CommonPaths,
            "all modes are simulated on the same price paths, so their differences are measured path by path.",
        ),
        Assumption::new(
            AssumptionKind::Quantiles,
            "quantiles and tail means are read from histogram bins and exceed the exact value by at most the \
             `resolution` that is stated with them.",
        ),
    ]
}

/// The history behind resampled or replayed paths.
fn history(scenario: &Scenario) -> Option<Assumption> {
    let market = &scenario.market;
    let resampled = market.history.as_ref().map(|history| {
        format!(
            "returns are resampled from {}. Intervals cover neither the sampling error of this history nor events \
             that are not in it.",
            counted(history.rows() as u64, "row", "rows"),
        )
    });
    let replayed = market.windows.as_ref().map(|windows| {
        let count = windows.windows(scenario.settings.steps);
        format!(
            "paths are windows of one history, replayed unchanged: {} with {}. Highs and lows between \
             closes are not used.",
            counted(windows.bars() as u64, "bar", "bars"),
            counted(count, "window", "windows"),
        )
    });
    resampled.or(replayed).map(|text| Assumption::new(AssumptionKind::History, text))
}

fn margin_checks(scenario: &Scenario) -> Assumption {
    let settings = &scenario.settings;
    let step = settings.horizon.seconds().checked_div(settings.steps).and_then(Span::from_seconds);
    let apart = match step {
        Some(step) if step.seconds() * settings.steps == settings.horizon.seconds() => {
            format!(" ({step} apart)")
        }
        _ => String::new(),
    };
    let text = match settings.monitoring {
        Monitoring::Continuous => continuous(scenario, &apart),
        Monitoring::Step => format!(
            "at the end of each of {}{apart}. A dip inside a step that has recovered by its end liquidates nothing, so \
             liquidation frequencies are biased downwards.",
            steps(settings.steps),
        ),
    };
    Assumption::new(AssumptionKind::MarginChecks, text)
}

fn continuous(scenario: &Scenario, apart: &str) -> String {
    // The bridge of one price has a known distribution; that of a pool with several assets is sampled.
    let pools_assets = scenario.portfolio.assets.len() > 1
        && scenario.settings.modes.iter().any(|mode| *mode != MarginMode::Isolated);
    let of_several = if pools_assets {
        "; a pool with several assets is checked at 256 times inside each step that comes near its barrier, so a dip \
         between two of these times is missed"
    } else {
        ""
    };
    format!(
        "continuous. Prices move in {}{apart}, and the lowest and highest price inside each step are drawn from their \
         distribution given the prices at its ends{of_several}. Times are reported, and drawdowns measured, at the ends \
         of steps: a time is late by up to one step, and a dip inside a step affects the drawdown only if it liquidates.",
        steps(scenario.settings.steps),
    )
}

fn liquidation_count(scenario: &Scenario) -> Assumption {
    let steps = &scenario.portfolio.venue.liquidation.steps;
    let pool = match steps.iter().all(|step| step.kind == StepKind::Full) {
        true => "the whole pool is closed",
        false => "the venue closes as much of the pool as its procedure requires",
    };
    let part = if steps.len() > 1 { ", in part or in full" } else { "" };
    Assumption::new(
        AssumptionKind::LiquidationCount,
        format!(
            "a path counts as liquidated once any position is closed by force{part}. Under isolated margin each position \
             has its own collateral (it is not a sub-account) and the other positions stay open; under cross margin \
             {pool}."
        ),
    )
}

/// What the simulator supports and this scenario leaves out.
fn not_used(scenario: &Scenario) -> Option<Assumption> {
    let portfolio = &scenario.portfolio;
    let venue = &portfolio.venue;
    let orders = || portfolio.positions.iter().map(|position| position.orders);
    let is_free = |slippage| matches!(slippage, Slippage::Fixed(fraction) if fraction.is_zero());
    let unused = [
        (venue.fees.taker.is_zero() && venue.liquidation.fee.is_zero(), "fees"),
        (portfolio.assets.iter().all(|asset| asset.funding.is_zero()), "funding"),
        (is_free(venue.liquidation.slippage), "slippage"),
        (orders().all(|orders| orders.top_up.is_none()), "top-ups"),
        (orders().all(|orders| orders.stop_loss.is_none()), "stop losses"),
        (orders().all(|orders| orders.take_profit.is_none()), "take profits"),
        (orders().all(|orders| orders.reopen.is_none()), "reopening"),
    ];
    let unused: Vec<&str> =
        unused.iter().filter(|(is_unused, _)| *is_unused).map(|(_, what)| *what).collect();
    let listed = listed(&unused, "and")?;
    Some(Assumption::new(AssumptionKind::NotUsed, format!("{listed}.")))
}

/// A venue's rules: those of the textbook in one assumption, others with what each asset requires and pays.
fn venue_rules(scenario: &Scenario) -> Vec<Assumption> {
    match is_textbook(&scenario.portfolio) {
        true => vec![textbook_rules(&scenario.portfolio.venue)],
        false => venue_assumptions(scenario),
    }
}

fn textbook_rules(venue: &Venue) -> Assumption {
    let fill = match venue.liquidation.first_price() {
        FillPrice::Mark => "is closed in full at the mark price that failed the check",
        FillPrice::Bankruptcy | FillPrice::Fillable => "is taken over in full at its bankruptcy price",
    };
    let remainder = match venue.liquidation.remainder {
        Remainder::Forfeit => "the venue keeps the remaining collateral",
        Remainder::Return => "the remaining collateral returns to the wallet",
    };
    Assumption::new(
        AssumptionKind::VenueRules,
        format!(
            "{}. A pool that fails the margin check {fill}; {remainder}. A loss beyond the collateral is bad debt \
             (shortfall), which the account does not pay.",
            venue.preset,
        ),
    )
}

/// The venue's rules and what each asset requires; empty for the textbook's rules.
pub fn venue_assumptions(scenario: &Scenario) -> Vec<Assumption> {
    let portfolio = &scenario.portfolio;
    if is_textbook(portfolio) {
        return Vec::new();
    }
    rule_assumptions(&portfolio.venue).into_iter().chain(market_assumptions(portfolio)).collect()
}

/// The price model, a sentence an asset and one for each correlation.
pub fn model_in_words(scenario: &Scenario) -> Vec<String> {
    let market = &scenario.market;
    let mut lines: Vec<String> = Vec::new();
    for (asset, model) in scenario.portfolio.assets.iter().zip(&market.assets) {
        lines.push(format!(
            "{} at {}: {}",
            asset.name,
            significant(model.price, 12),
            model.process.describe(&market.context())
        ));
    }
    let count = market.assets.len();
    for (i, first) in scenario.portfolio.assets.iter().enumerate() {
        for (j, second) in scenario.portfolio.assets.iter().enumerate().skip(i + 1) {
            let rho = market.correlation.get(i * count + j).copied().unwrap_or(0.0);
            if rho != 0.0 {
                lines.push(format!("{}/{} correlation {}", first.name, second.name, significant(rho, 6)));
            }
        }
    }
    let names: Vec<&str> = scenario.portfolio.assets.iter().map(|asset| asset.name.as_str()).collect();
    lines.extend(overlay_wording::common_jumps_in_words(market, &names));
    lines.extend(overlay_wording::shocks_in_words(market, &names));
    lines
}
