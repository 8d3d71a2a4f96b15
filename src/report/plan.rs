//! What `check` prints: the account as it opens, and the predicted time and memory of the run.

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table, presets};
use serde_json::Value;

use crate::domain::{Contract, Decimal, MarginMode, Monitoring, Position, PrecisionTarget};
use crate::margin::entry_prices;
use crate::paths::Sampling;
use crate::plan::cost;
use crate::result::assumptions::{model_in_words, venue_assumptions};
use crate::scenario::{Axis, Batch, Cell, Scenario};
use crate::text::format::{
    counted, distinct, elided, exact, paths, percent_trimmed, printable, seven_digits, steps, wrap,
};

/// Columns of a terminal that all output fits into.
const WIDTH: usize = 100;
/// Characters of a position's name, and of an asset's, that the table shows.
const NAME: usize = 16;
const ASSET: usize = 8;

/// Settings of an axis that its line shows.
const MOST_VALUES: usize = 24;

/// The plan of what one scenario file asks for, on so many threads.
pub fn render_batch(batch: &Batch, threads: usize) -> String {
    match &batch.cells[..] {
        [cell] if !batch.is_sweep() => render(&cell.scenario, threads),
        [first, ..] => sweep(batch, first, threads),
        [] => String::new(),
    }
}

/// The plan of one scenario on so many threads.
pub fn render(scenario: &Scenario, threads: usize) -> String {
    let hash = format!("sha256 of the resolved scenario: {}", scenario.sha256());
    let below = [cost::in_words(scenario, threads), hash];
    let notes = scenario.notes.iter().map(String::as_str).map(note);
    heading(scenario) + &account(scenario) + &wrapped(below.into_iter().chain(notes))
}

fn note(text: &str) -> String {
    format!("note: {}", printable(text, 400))
}

fn heading(scenario: &Scenario) -> String {
    wrapped([format!("{}: {}", elided(&scenario.name, 40), printable(&scenario.title, 80))])
}

/// The plan of a sweep: what varies and what it costs, then the first cell's account.
fn sweep(batch: &Batch, first: &Cell, threads: usize) -> String {
    let groups = batch.groups();
    let settings = |cell: &Cell| (cell.scenario.settings.paths, cell.scenario.settings.modes.len() as u64);
    let drawn = groups.iter().filter_map(|group| group.first()).filter_map(|&cell| batch.cells.get(cell));
    let drawn = drawn.map(|cell| settings(cell).0).fold(0, u64::saturating_add);
    let accounts = batch.cells.iter().map(settings).map(|(paths, modes)| paths.saturating_mul(modes));
    let accounts = accounts.fold(0, u64::saturating_add);
    let above = [format!(
        "a sweep of {} on {}: {} in all, and {}",
        counted(batch.cells.len() as u64, "cell", "cells"),
        counted(groups.len() as u64, "set of price paths", "sets of price paths"),
        paths(drawn),
        counted(accounts, "account simulation", "account simulations"),
    )];
    let axes: Vec<String> = batch.axes.iter().map(axis).collect();
    let stops = first.scenario.settings.precision.map(|precision| {
        let (measure, kind) = (precision.measure, first.scenario.settings.intervals.name());
        match precision.target {
            PrecisionTarget::HalfWidth(width) => {
                format!("a cell stops early once the {kind} interval of {measure} is within ±{width}")
            }
            PrecisionTarget::Relative(share) => format!(
                "a cell stops early once the {kind} interval of {measure} is within ±{} of its estimate",
                percent_trimmed(share)
            ),
        }
    });
    let below = [
        cost::of_sweep_in_words(batch, &groups, threads),
        format!("sha256 of the sweep: {}", batch.sha256()),
    ];
    let set = first.set.iter().map(|(key, value)| format!("{key} = {}", shown(value)));
    let cell = format!("The first cell, {}:", set.collect::<Vec<_>>().join(", "));
    heading(&first.scenario)
        + &wrapped(above)
        + &axes.iter().map(|axis| wrap(axis, "  ", "    ", WIDTH)).collect::<String>()
        + &wrapped(stops.into_iter().chain(below).chain(batch.notes().into_iter().map(note)))
        + "\n"
        + &wrapped([cell])
        + &account(&first.scenario)
}

/// An axis in a line: its keys, then their values in order.
fn axis(axis: &Axis) -> String {
    let keys: Vec<String> = axis.keys.iter().map(|key| printable(key, 80)).collect();
    let setting = |values: &Vec<Value>| values.iter().map(shown).collect::<Vec<_>>().join(" with ");
    let count = axis.values.len();
    let (kept, left_out) = match count > MOST_VALUES {
        true => (&axis.values[..MOST_VALUES - 1], true),
        false => (&axis.values[..], false),
    };
    let mut values: Vec<String> = kept.iter().map(setting).collect();
    if left_out {
        values.extend(["…".to_owned()].into_iter().chain(axis.values.last().map(setting)));
    }
    format!("{} ({count}): {}", keys.join(" with "), values.join(", "))
}

/// A value, short.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => printable(text, 40),
        other => printable(&other.to_string(), 60),
    }
}

/// A scenario's account as it opens.
fn account(scenario: &Scenario) -> String {
    let settings = &scenario.settings;
    let account = &scenario.portfolio.account;
    let modes: Vec<&str> = settings.modes.iter().map(|mode| mode.name()).collect();
    let above = [
        format!(
            "{} of {} over {}; {} {}; wallet {} {}",
            paths(settings.paths),
            steps(settings.steps),
            settings.horizon,
            if modes.len() == 1 { "margin mode" } else { "margin modes" },
            modes.join(", "),
            exact(account.wallet),
            printable(&account.currency, 16),
        ),
        format!(
            "margin checked {}; {}",
            match settings.monitoring {
                Monitoring::Step => "at the end of each step",
                Monitoring::Continuous => "continuously",
            },
            match settings.sampling {
                _ if scenario.market.windows.is_some() => "paths are windows of a history",
                Sampling::Independent => "independent paths",
                Sampling::Antithetic => "antithetic pairs of paths",
            },
        ),
    ];
    let model = model_in_words(scenario).into_iter().map(|line| printable(&line, 4 * WIDTH));
    let below = "Prices at entry, with the prices of all other assets unchanged; '-': no price of the asset liquidates the \
                 pool. A margin in parentheses only sets the size of the position: the whole wallet is its collateral.";
    let venue = venue_assumptions(scenario);
    let venue = venue.iter().map(|assumption| printable(&assumption.to_string(), 20 * WIDTH));
    wrapped(above.into_iter().chain(model).chain(venue))
        + &positions(scenario)
        + "\n"
        + &wrapped([below.to_owned()])
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
        "liquidation\nprice",
        "bankruptcy\nprice",
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
