//! What `check` prints: the account as it opens, and what the run would cost.

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table, presets};

use super::assumptions::{model_in_words, venue_in_words};
use super::cost;
use super::format::{distinct, elided, exact, paths, printable, seven_digits, steps, wrap};
use crate::domain::{Contract, Decimal, MarginMode, Monitoring, Position};
use crate::margin::entry_prices;
use crate::paths::Sampling;
use crate::scenario::Scenario;

/// Columns of a terminal that all output fits into.
const WIDTH: usize = 100;
/// Characters of a position's name, and of an asset's, that the table shows.
const NAME: usize = 16;
const ASSET: usize = 8;

/// The plan of one scenario on so many threads.
pub fn render(scenario: &Scenario, threads: usize) -> String {
    let settings = &scenario.settings;
    let account = &scenario.portfolio.account;
    let modes: Vec<&str> = settings.modes.iter().map(|mode| mode.name()).collect();
    let notes = scenario.notes.iter().map(|note| format!("note: {}", printable(note, 400)));
    let above = [
        format!("{}: {}", elided(&scenario.name, 40), printable(&scenario.title, 80)),
        format!(
            "{} of {} over {} in the modes {}; wallet {} {}",
            paths(settings.paths),
            steps(settings.steps),
            settings.horizon,
            modes.join(", "),
            exact(account.wallet),
            printable(&account.currency, 16),
        ),
        format!(
            "margin checked {}; paths drawn {}",
            match settings.monitoring {
                Monitoring::Step => "at the end of each step",
                Monitoring::Continuous => "at every moment",
            },
            match settings.sampling {
                _ if scenario.market.windows.is_some() => "from a history, a window each",
                Sampling::Independent => "each on its own",
                Sampling::Antithetic => "in antithetic pairs",
            },
        ),
    ];
    let model = model_in_words(scenario).into_iter().map(|line| printable(&line, 4 * WIDTH));
    let below = [
        "Prices at entry, the other assets unchanged; '-' where no price of the asset does it. A margin in \
         brackets only sets the size: the whole wallet backs the position."
            .to_owned(),
        cost::in_words(scenario, threads),
        format!("sha256 of the resolved scenario: {}", scenario.sha256()),
    ];
    let venue = venue_in_words(scenario).into_iter().map(|line| printable(&line, 20 * WIDTH));
    wrapped(above.into_iter().chain(model).chain(venue))
        + &positions(scenario)
        + "\n"
        + &wrapped(below.into_iter().chain(notes))
}

fn wrapped(lines: impl IntoIterator<Item = String>) -> String {
    lines.into_iter().map(|line| wrap(&line, "", "  ", WIDTH)).collect()
}

fn positions(scenario: &Scenario) -> String {
    let portfolio = &scenario.portfolio;
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_BORDERS_ONLY)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(WIDTH as u16);
    table.set_header([
        "position",
        "mode",
        "size",
        "entry",
        "margin",
        "leverage",
        "liquidated\nat",
        "bankrupt\nat",
    ]);
    let names = distinct(portfolio.positions.iter().map(|position| position.name.as_str()), NAME);
    let assets = distinct(portfolio.assets.iter().map(|asset| asset.name.as_str()), ASSET);
    for &mode in &scenario.settings.modes {
        let prices = entry_prices(portfolio, mode);
        for ((position, name), prices) in portfolio.positions.iter().zip(&names).zip(prices) {
            let asset = assets.get(position.asset).map(String::as_str).unwrap_or_default();
            let price = portfolio.assets.get(position.asset).map(|asset| asset.price);
            let or_dash = |price: Option<Decimal>| price.map_or("-".to_owned(), seven_digits);
            table.add_row([
                name.clone(),
                mode.name().to_owned(),
                size(portfolio.venue.contract, position, asset),
                or_dash(price),
                margin(position.margin, mode),
                format!("{}x", seven_digits(position.leverage)),
                or_dash(prices.liquidation),
                or_dash(prices.bankruptcy),
            ]);
        }
    }
    // What does not fit breaks elsewhere: a name on two lines reads as two.
    if let Some(first) = table.column_mut(0) {
        first.set_constraint(ColumnConstraint::ContentWidth);
    }
    for column in table.column_iter_mut().skip(3) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.to_string()
}

/// A face value is in quote, whatever that is called.
fn size(contract: Contract, position: &Position, asset: &str) -> String {
    let unit = if contract == Contract::Inverse { "quote of " } else { "" };
    format!("{} {} {unit}{asset}", position.side.name(), seven_digits(position.quantity))
}

/// In cross a margin is only the initial requirement.
fn margin(margin: Decimal, mode: MarginMode) -> String {
    let amount = seven_digits(margin);
    if mode == MarginMode::Cross { format!("({amount})") } else { amount }
}
