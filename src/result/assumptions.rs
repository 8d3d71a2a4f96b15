//! The model in sentences: what a reader has to know before using the numbers.

use crate::domain::{FillPrice, MarginMode, Monitoring, Remainder, Slippage, Span, StepKind, Venue};
use crate::result::model_wording;
use crate::result::sampling::intervals;
use crate::result::venue_wording::{assets_in_words, in_words, is_plain};
use crate::scenario::Scenario;
use crate::text::format::{significant, steps, whole};

/// What the numbers rest on: what every reader of a table has to know.
pub fn essential(scenario: &Scenario) -> Vec<String> {
    let history = scenario.market.history.as_ref().map(|history| {
        format!(
            "Resampled returns know only their history of {} rows: its own sampling error, and anything that \
             did not happen in it, are not in the intervals.",
            whole(history.rows() as u64),
        )
    });
    let before = [
        liquidated(scenario),
        "A liquidation price at entry holds the other assets where they are: of a pool of several it is no trigger."
            .to_owned(),
        check_times(scenario),
    ];
    let mut all: Vec<String> = history.into_iter().chain(replayed(scenario)).chain(before).collect();
    all.extend(venue_rules(scenario));
    all.push(not_modelled(scenario));
    all
}

/// The rest, which the table shows in other words.
pub fn further(scenario: &Scenario) -> Vec<String> {
    vec![
        intervals(scenario),
        "Modes are run on the same price paths, so their differences are measured path by path.".to_owned(),
        "Quantiles and tail means are read off bins and lie above the exact value by at most the `resolution` \
         given with them."
            .to_owned(),
    ]
}

/// What replayed windows are.
fn replayed(scenario: &Scenario) -> Option<String> {
    let windows = scenario.market.windows.as_ref()?;
    Some(format!(
        "Paths are windows of one history of {} bars, {} in all, as they were. Highs and lows between closes are not \
         used.",
        whole(windows.bars() as u64),
        whole(windows.windows(scenario.settings.steps)),
    ))
}

fn check_times(scenario: &Scenario) -> String {
    let settings = &scenario.settings;
    let step = settings.horizon.seconds().checked_div(settings.steps).and_then(Span::from_seconds);
    let every = match step {
        Some(step) if step.seconds() * settings.steps == settings.horizon.seconds() => {
            format!(" ({step} apart)")
        }
        _ => String::new(),
    };
    if settings.monitoring == Monitoring::Continuous {
        return continuous(scenario, &every);
    }
    format!(
        "Margin is checked at the end of each of {}{every}: a dip inside a step that has recovered by \
         its end liquidates nothing, so liquidations are counted too low rather than too high.",
        steps(settings.steps),
    )
}

fn continuous(scenario: &Scenario, every: &str) -> String {
    let of_one =
        "the lowest and the highest price inside each step are drawn from their law given the step's ends";
    // Only a pool that holds several assets has no law of one price to draw from.
    let pools_assets = scenario.portfolio.assets.len() > 1
        && scenario.settings.modes.iter().any(|mode| *mode != MarginMode::Isolated);
    let of_several = if pools_assets {
        "; a pool of several assets is checked at 256 times inside the steps that come near its barrier, so that a \
         dip between two of them is missed"
    } else {
        ""
    };
    format!(
        "Margin is checked at every moment: prices move in {}{every}, and {of_one}{of_several}. Times are \
         told and drawdowns measured at the ends of steps: a time is late by up to a step, and of a dip inside a step \
         only a liquidation is seen in a drawdown.",
        steps(scenario.settings.steps),
    )
}

fn liquidated(scenario: &Scenario) -> String {
    let steps = &scenario.portfolio.venue.liquidation.steps;
    let pool = match steps.iter().all(|step| step.kind == StepKind::Full) {
        true => "under cross margin the whole pool is closed",
        false => "and under cross margin the venue closes as much of the pool as its procedure says",
    };
    let part = if steps.len() > 1 { ", in part or whole" } else { "" };
    format!(
        "Liquidated counts a path once any position is force-closed{part}: under isolated margin (a bucket of money \
         for each position, not a sub-account) the others stay open, {pool}."
    )
}

/// What of a real account this run leaves out.
fn not_modelled(scenario: &Scenario) -> String {
    let portfolio = &scenario.portfolio;
    let venue = &portfolio.venue;
    let orders = || portfolio.positions.iter().map(|position| position.orders);
    let is_free = |slippage| matches!(slippage, Slippage::Fixed(fraction) if fraction.is_zero());
    let missing = [
        (venue.fees.taker.is_zero() && venue.liquidation.fee.is_zero(), "fees"),
        (portfolio.assets.iter().all(|asset| asset.funding.is_zero()), "funding"),
        (is_free(venue.liquidation.slippage), "slippage"),
        (true, "order-book depth"),
        (orders().all(|orders| orders.top_up.is_none()), "top-ups"),
        (
            orders().all(|o| o.stop_loss.is_none() && o.take_profit.is_none() && o.reopen.is_none()),
            "the holder's own orders",
        ),
    ];
    let missing: Vec<&str> =
        missing.iter().filter(|(is_missing, _)| *is_missing).map(|(_, what)| *what).collect();
    format!(
        "Not modelled: {}, and auto-deleveraging. Positions are opened at time 0 and marked, not closed, at the \
         horizon.",
        missing.join(", ")
    )
}

/// A venue's rules, for those of the textbook kind in one sentence; otherwise what each asset requires and pays, too.
fn venue_rules(scenario: &Scenario) -> Vec<String> {
    match is_plain(&scenario.portfolio) {
        true => vec![textbook_rules(&scenario.portfolio.venue)],
        false => venue_in_words(scenario),
    }
}

fn textbook_rules(venue: &Venue) -> String {
    let fill = match venue.liquidation.first_price() {
        FillPrice::Mark => "closed whole at the mark price that failed the check",
        FillPrice::Bankruptcy | FillPrice::Fillable => "handed over whole at its bankruptcy price",
    };
    let remainder = match venue.liquidation.remainder {
        Remainder::Forfeit => "forfeited to the venue",
        Remainder::Return => "returned to the wallet",
    };
    format!(
        "Venue rules: {}. A pool that fails the margin check is {fill}; what is left of its money is \
         {remainder}; a loss beyond it is a shortfall that the account does not pay.",
        venue.preset,
    )
}

/// The venue's rules and what each asset requires, where they are more than the textbook's.
pub fn venue_in_words(scenario: &Scenario) -> Vec<String> {
    let portfolio = &scenario.portfolio;
    if is_plain(portfolio) {
        return Vec::new();
    }
    let venue = &portfolio.venue;
    let [requirement, liquidation, costs] = in_words(venue).map(|sentences| sentences.join("; "));
    let rules = [
        format!("Venue rules: {}: {requirement}.", venue.preset),
        format!("Liquidation: {liquidation}."),
        format!("Fees and funding: {costs}."),
    ];
    rules.into_iter().chain(assets_in_words(portfolio)).collect()
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
            model_wording::in_words(&model.law, market)
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
    lines.extend(model_wording::common_jumps_in_words(market, &names));
    lines.extend(model_wording::shocks_in_words(market, &names));
    lines
}
