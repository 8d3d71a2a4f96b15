//! A row per measure, a column per margin mode.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use crate::report::terminal::layout::{NAME, WIDTH, at, or_dash};
use crate::report::terminal::money::Money;
use crate::report::terminal::share::{half_width, mean_share, quantile_half_width, quantile_share, share};
use crate::result::document::ResultDocument;
use crate::result::document::mode::{MeanOfPaths, ModeResult};
use crate::text::format::{decimals_for, distinct, fixed, percent_trimmed, price};

/// The table, its lines ending in a line break.
pub fn render(document: &ResultDocument) -> String {
    let mut table = plain_table();
    let names = document.modes.iter().map(|(name, _)| name.to_owned());
    table.set_header(std::iter::once(String::new()).chain(names));
    for (label, value) in rows(document) {
        let cells = document.modes.iter().map(|(_, mode)| value(mode));
        table.add_row(std::iter::once(label).chain(cells));
    }
    align_right(&mut table, 1);
    lines_of(&table)
}

/// A table within the terminal's width, with lines above, below and under the header only.
pub fn plain_table() -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_BORDERS_ONLY)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(WIDTH as u16);
    table
}

/// Numbers below one another, from the column `first` on.
pub fn align_right(table: &mut Table, first: usize) {
    for column in table.column_iter_mut().skip(first) {
        column.set_cell_alignment(CellAlignment::Right);
    }
}

/// The table's text without blanks at the ends of its lines.
pub fn lines_of(table: &Table) -> String {
    table.to_string().lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// A label, indented where it belongs to the one before, and its value in a mode.
pub type Row<'a> = (String, Box<dyn Fn(&ModeResult) -> String + 'a>);

fn rows(document: &ResultDocument) -> Vec<Row<'_>> {
    let mut rows = liquidation_rows(document);
    rows.extend(drawdown_rows());
    rows.extend(money_rows(document));
    if document.modes.iter().any(|(_, mode)| mode.in_quote.is_some()) {
        rows.extend(quote_rows());
    }
    rows
}

fn row<'a>(label: impl Into<String>, value: impl Fn(&ModeResult) -> String + 'a) -> Row<'a> {
    (label.into(), Box::new(value))
}

/// Forced closes of the account.
pub fn account_rows(document: &ResultDocument) -> [Row<'_>; 4] {
    let ruin = percent_trimmed(document.scenario.ruin_level);
    [
        row("liquidated at all", |m| share(&m.liquidation.any)),
        row("every position liquidated", |m| share(&m.liquidation.all)),
        row("median time, if liquidated", |m| {
            let median = at(&m.liquidation.time_days.quantiles, "0.5");
            or_dash(median.map(|days| time(days, document.scenario.horizon_days)))
        }),
        row(format!("ruin: equity down to {ruin}"), |m| share(&m.ruin)),
    ]
}

fn liquidation_rows(document: &ResultDocument) -> Vec<Row<'_>> {
    let [any, all, time, ruin] = account_rows(document);
    let mut rows = vec![any, all];
    let first = document.modes.iter().next();
    let names = || first.iter().flat_map(|(_, mode)| mode.liquidation.positions.iter()).map(|(name, _)| name);
    for (name, shown) in names().zip(distinct(names(), NAME)) {
        let position = move |m: &ModeResult| m.liquidation.positions.get(name).cloned();
        rows.push(row(format!("  {shown}"), move |m| or_dash(position(m).map(|p| share(&p.liquidated)))));
        rows.push(row("    liquidation price at entry", move |m| {
            or_dash(position(m).and_then(|p| p.liquidation_price).map(price))
        }));
    }
    rows.extend([time, ruin]);
    rows
}

/// Maximum drawdowns.
pub fn drawdown_rows<'a>() -> Vec<Row<'a>> {
    let quantile =
        |level: &'static str| move |m: &ModeResult| quantile_share(&m.drawdown.relative.distribution, level);
    vec![
        row("maximum drawdown, mean", |m| mean_share(&m.drawdown.relative.distribution)),
        row("  median", quantile("0.5")),
        row("  deepest 5 % of paths, from", quantile("0.95")),
    ]
}

/// Profits, losses and costs.
pub fn money_rows(document: &ResultDocument) -> Vec<Row<'_>> {
    let amount = move |value: Option<f64>, low: Option<f64>, high: Option<f64>| {
        or_dash(value.map(|v| Money::of(document).with_half_width(v, half_width(low, high))))
    };
    let quantile = move |m: &ModeResult, level: &str| {
        let half = quantile_half_width(&m.pnl.distribution, level);
        let value = at(&m.pnl.distribution.quantiles, level);
        or_dash(value.map(|v| Money::of(document).known_to(v, half)))
    };
    let of_paths = move |m: &MeanOfPaths| amount(m.mean, m.low, m.high);
    let currency = Money::of(document).currency;
    let mut rows = vec![
        row(format!("profit, mean ({currency})"), move |m| {
            let d = &m.pnl.distribution;
            amount(d.mean, d.low, d.high)
        }),
        row("  median", move |m| quantile(m, "0.5")),
        row("  worst 5 % of paths, up to", move |m| quantile(m, "0.05")),
        row("  worst 5 % of paths, mean", move |m| {
            let loss = |losses| at(losses, "0.95");
            let p = &m.pnl;
            let mean = loss(&p.expected_shortfall).map(|loss| -loss);
            amount(mean, loss(&p.expected_shortfall_low), loss(&p.expected_shortfall_high))
        }),
        row("shortfall, of liquidated paths", |m| share(&m.shortfall.paths)),
        row("  mean where there is any", move |m| {
            amount(m.shortfall.mean, m.shortfall.mean_low, m.shortfall.mean_high)
        }),
        row("loss of liquidated paths, mean", move |m| of_paths(&m.liquidation.loss)),
    ];
    let costs = |m: &ModeResult| [m.costs.fees.mean, m.costs.funding.mean];
    if document.modes.iter().any(|(_, m)| costs(m).iter().any(|mean| mean.is_some_and(|mean| mean != 0.0))) {
        rows.push(row("fees paid, mean", move |m| of_paths(&m.costs.fees)));
        rows.push(row("funding paid, mean", move |m| of_paths(&m.costs.funding)));
    }
    rows
}

/// The account in coin, valued in quote.
pub fn quote_rows<'a>() -> Vec<Row<'a>> {
    let bounded = |value: Option<f64>, low: Option<f64>, high: Option<f64>| {
        let half = half_width(low, high);
        let decimals = decimals_for(half.or(value).unwrap_or_default().abs(), 2);
        let margin = half.map(|half| format!(" ±{}", fixed(half, decimals))).unwrap_or_default();
        or_dash(value.map(|v| fixed(v, decimals) + &margin))
    };
    vec![
        row("in quote: maximum drawdown, median", |m| {
            or_dash(m.in_quote.as_ref().map(|q| quantile_share(&q.drawdown.relative.distribution, "0.5")))
        }),
        row("  profit, mean", move |m| {
            let profit = m.in_quote.as_ref().map(|q| &q.pnl.distribution);
            or_dash(profit.map(|d| bounded(d.mean, d.low, d.high)))
        }),
        row("  worst 5 % of paths, up to", |m| {
            let profit = m.in_quote.as_ref().and_then(|q| at(&q.pnl.distribution.quantiles, "0.05"));
            or_dash(profit.map(|v| fixed(v, decimals_for(v.abs(), 2))))
        }),
    ]
}

/// Days, or hours where the horizon is short.
fn time(days: f64, horizon_days: f64) -> String {
    if horizon_days < 2.0 { format!("{} h", fixed(days * 24.0, 2)) } else { format!("{} d", fixed(days, 2)) }
}
