//! A row per measure, a column per margin mode.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use super::{Money, NAME, WIDTH, at, or_dash};
use crate::report::document::{DistributionResult, Frequency, ModeResult, ResultDocument};
use crate::report::format::{decimals_for, fixed, percent_trimmed, price, printable};

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

type Row<'a> = (String, Box<dyn Fn(&ModeResult) -> String + 'a>);

fn rows(document: &ResultDocument) -> Vec<Row<'_>> {
    let mut rows = liquidation_rows(document);
    rows.extend(drawdown_rows());
    rows.extend(money_rows(document));
    rows
}

fn row<'a>(label: impl Into<String>, value: impl Fn(&ModeResult) -> String + 'a) -> Row<'a> {
    (label.into(), Box::new(value))
}

fn liquidation_rows(document: &ResultDocument) -> Vec<Row<'_>> {
    let mut rows = vec![
        row("liquidated at all", |m| share(&m.liquidation.any)),
        row("every position liquidated", |m| share(&m.liquidation.all)),
    ];
    let first = document.modes.iter().next();
    for (name, _) in first.iter().flat_map(|(_, mode)| mode.liquidation.positions.iter()) {
        let position = move |m: &ModeResult| m.liquidation.positions.get(name).cloned();
        let shown = printable(name, NAME);
        rows.push(row(format!("  {shown}"), move |m| or_dash(position(m).map(|p| share(&p.liquidated)))));
        rows.push(row("    liquidation price at entry", move |m| {
            or_dash(position(m).and_then(|p| p.liquidation_price).map(price))
        }));
    }
    rows.push(row("median time, if liquidated", |m| {
        let median = at(&m.liquidation.time_days.quantiles, "0.5");
        or_dash(median.map(|days| time(days, document.scenario.horizon_days)))
    }));
    let ruin = percent_trimmed(document.scenario.ruin_level);
    rows.push(row(format!("ruin: equity down to {ruin}"), |m| share(&m.ruin)));
    rows
}

fn drawdown_rows<'a>() -> Vec<Row<'a>> {
    let quantile = |level: &'static str| {
        move |m: &ModeResult| {
            let value = at(&m.drawdown.relative.distribution.quantiles, level);
            or_dash(value.map(|v| format!("{} %", fixed(100.0 * v, 2))))
        }
    };
    vec![
        row("maximum drawdown, mean", |m| mean_share(&m.drawdown.relative.distribution)),
        row("  median", quantile("0.5")),
        row("  deepest 5 % of paths, from", quantile("0.95")),
    ]
}

fn money_rows(document: &ResultDocument) -> Vec<Row<'_>> {
    let currency = Money::of(document).currency;
    let amount = move |value: Option<f64>| or_dash(value.map(|v| Money::of(document).plain(v)));
    vec![
        row(format!("profit, mean ({currency})"), move |m| {
            let half = half_width(m.pnl.distribution.low, m.pnl.distribution.high);
            let mean = amount(m.pnl.distribution.mean);
            half.map_or(mean.clone(), |h| format!("{mean} ±{}", amount(Some(h))))
        }),
        row("  median", move |m| amount(at(&m.pnl.distribution.quantiles, "0.5"))),
        row("  worst 5 % of paths, up to", move |m| amount(at(&m.pnl.distribution.quantiles, "0.05"))),
        row("  worst 5 % of paths, mean", move |m| {
            amount(at(&m.pnl.expected_shortfall, "0.95").map(|loss| -loss))
        }),
        row("shortfall, of liquidated paths", |m| share(&m.shortfall.paths)),
        row("  mean where there is any", move |m| amount(m.shortfall.mean)),
    ]
}

/// `13.12 % ±0.21`, to two digits of the half-width; at the ends, where an interval has one side only,
/// `0 % (≤ 0.04)` and `100 % (≥ 99.96)`.
pub fn share(f: &Frequency) -> String {
    let (Some(value), Some(low), Some(high)) = (f.frequency, f.low, f.high) else { return "-".to_owned() };
    let decimals = decimals_for(100.0 * (high - low), 1);
    if f.count == 0 {
        format!("0 % (≤ {})", fixed(100.0 * high, decimals))
    } else if value >= 1.0 {
        format!("100 % (≥ {})", fixed(100.0 * low, decimals))
    } else {
        with_half_width(value, (high - low) / 2.0)
    }
}

fn mean_share(d: &DistributionResult) -> String {
    or_dash(d.mean.map(|mean| match half_width(d.low, d.high) {
        Some(half) => with_half_width(mean, half),
        None => format!("{} %", fixed(100.0 * mean, 2)),
    }))
}

fn with_half_width(share: f64, half: f64) -> String {
    let decimals = decimals_for(100.0 * half, 1);
    format!("{} % ±{}", fixed(100.0 * share, decimals), fixed(100.0 * half, decimals))
}

fn half_width(low: Option<f64>, high: Option<f64>) -> Option<f64> {
    Some((high? - low?) / 2.0)
}

/// Days, or hours where the horizon is short.
fn time(days: f64, horizon_days: f64) -> String {
    if horizon_days < 2.0 { format!("{} h", fixed(days * 24.0, 2)) } else { format!("{} d", fixed(days, 2)) }
}
