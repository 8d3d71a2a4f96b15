//! The tables of a run's report.

use crate::report::content::section::{Column, Table};
use crate::report::wording::cells::or_dash;
use crate::report::wording::mode_rows::{ModeRow, account_rows, money_rows, quote_rows};
use crate::report::wording::money::Money;
use crate::report::wording::paired::attributions;
use crate::report::wording::share::{half_width, share};
use crate::result::document::ResultDocument;
use crate::result::document::paired::{MeanDifference, PairedResult, TwoByTwoResult};
use crate::text::format::{decimals_for, fixed, paths, percent_trimmed, price, significant, whole};

/// A table with a column a mode.
pub fn of_rows<'a>(
    document: &ResultDocument,
    caption: &str,
    rows: impl IntoIterator<Item = ModeRow<'a>>,
) -> Table {
    let mut table = Table::new(caption, mode_columns(document));
    for ModeRow { indent, label, value } in rows {
        let cells = document.modes.iter().map(|(_, mode)| value(mode));
        table.indented_row(indent, std::iter::once(label).chain(cells));
    }
    table
}

fn mode_columns(document: &ResultDocument) -> impl Iterator<Item = Column> {
    let modes = document.modes.iter().map(|(name, _)| Column::of_mode(name, None));
    std::iter::once(Column::new("")).chain(modes)
}

/// How often, and when, accounts are liquidated.
pub fn account(document: &ResultDocument) -> Table {
    of_rows(document, "Liquidations of the account", account_rows(document))
}

/// Profits, losses, costs; where the account is in coin, its value in quote.
pub fn money(document: &ResultDocument) -> Vec<Table> {
    let mut tables = vec![of_rows(document, "Profit and loss", money_rows(document))];
    if document.modes.iter().any(|(_, mode)| mode.in_quote.is_some()) {
        tables.push(of_rows(document, "The coin account, valued in quote currency", quote_rows()));
    }
    tables
}

/// Every position in every mode.
pub fn by_position(document: &ResultDocument) -> Table {
    let first = document.modes.iter().next();
    let names: Vec<&str> =
        first.iter().flat_map(|(_, m)| m.liquidation.positions.iter()).map(|(name, _)| name).collect();
    let what = ["liquidated", "liquidation price at entry", "bankruptcy price at entry"];
    let of_modes =
        document.modes.iter().flat_map(|(mode, _)| what.map(|what| Column::of_mode(mode, Some(what))));
    let columns = std::iter::once(Column::new("position")).chain(of_modes);
    let mut table = Table { sortable: names.len() > 1, ..Table::new("Every position", columns) };
    for name in names {
        let cells = document.modes.iter().flat_map(|(_, mode)| {
            let position = mode.liquidation.positions.get(name);
            [
                or_dash(position.map(|p| share(&p.liquidated))),
                or_dash(position.and_then(|p| p.liquidation_price).map(price)),
                or_dash(position.and_then(|p| p.bankruptcy_price).map(price)),
            ]
        });
        table.row(std::iter::once(name.to_owned()).chain(cells));
    }
    table
}

/// Two modes' differences with their intervals.
pub fn paired(document: &ResultDocument, pair: &PairedResult) -> Table {
    let confidence = percent_trimmed(document.scenario.confidence);
    let (difference, interval) = (format!("{} − {}", pair.a, pair.b), format!("{confidence} interval"));
    let headings = ["difference of", &difference, &interval, "standard error", "fewer paths needed (factor)"];
    let mut table = Table::headed(format!("{} minus {}", pair.a, pair.b), headings);
    let l = &pair.liquidation;
    let often = MeanDifference {
        mean_difference: l.difference,
        std_error: l.std_error,
        low: l.low,
        high: l.high,
        variance_factor: l.variance_factor,
    };
    let money = Money::of(document);
    let points = |value: f64, guide: Option<f64>| {
        fixed(100.0 * value, guide.map_or(2, |half| decimals_for(100.0 * half, 1)))
    };
    let amount = |value: f64, guide: Option<f64>| money.known_to(value, guide);
    let mut row = |what: String, d: &MeanDifference, show: &dyn Fn(f64, Option<f64>) -> String| {
        let half = half_width(d.low, d.high);
        let bounds =
            d.low.zip(d.high).map(|(low, high)| format!("[{}, {}]", show(low, half), show(high, half)));
        table.row([
            what,
            or_dash(d.mean_difference.map(|mean| show(mean, half))),
            or_dash(bounds),
            or_dash(d.std_error.map(|error| show(error, half))),
            or_dash(d.variance_factor.map(|factor| significant(factor, 2))),
        ]);
    };
    row("liquidation frequency (percentage points)".to_owned(), &often, &points);
    row("maximum drawdown, mean (percentage points)".to_owned(), &pair.drawdown_relative, &points);
    row(format!("profit, mean ({})", money.currency), &pair.pnl, &amount);
    row(format!("bad debt (shortfall), mean ({})", money.currency), &pair.shortfall, &amount);
    table
}

/// On how many paths the account, and each position, was liquidated in both modes, one or neither.
pub fn attribution(document: &ResultDocument, pair: &PairedResult) -> Vec<Table> {
    let [a_only, b_only] = attributions(&pair.a, &pair.b);
    let headings = ["", "both", &format!("{} only", pair.a), &format!("{} only", pair.b), "neither"];
    let mut all = Table::headed(format!("Paths with a liquidation, {} against {}", pair.a, pair.b), headings);
    let total = document.scenario.paths;
    let shares = |t: &TwoByTwoResult| {
        [t.both, t.a_only, t.b_only, t.neither].map(|count| {
            let percent = 100.0 * count as f64 / total.max(1) as f64;
            format!("{} %", fixed(percent, if count == 0 { 0 } else { decimals_for(percent, 2) }))
        })
    };
    let t = &pair.liquidation.table;
    let counts = [t.both, t.a_only, t.b_only, t.neither].map(whole);
    all.row(std::iter::once("paths".to_owned()).chain(counts));
    all.row(std::iter::once("share of paths".to_owned()).chain(shares(t)));
    let headings = ["position", "liquidated in both", &a_only, &b_only, "liquidated in neither"];
    let caption = format!("Liquidated positions, {} against {}, in % of paths", pair.a, pair.b);
    let mut positions = Table { sortable: pair.positions.0.len() > 1, ..Table::headed(caption, headings) };
    for (name, table) in pair.positions.iter() {
        positions.row(std::iter::once(name.to_owned()).chain(shares(table)));
    }
    vec![all, positions]
}

/// The bias of checking margin at the ends of steps only.
pub fn monitoring(document: &ResultDocument) -> Option<Table> {
    let monitoring = &document.monitoring;
    let measured = monitoring.paths?;
    let modes = || monitoring.modes.iter();
    let caption =
        format!("Margin checked at steps and continuously, on {} of the same price model", paths(measured));
    let mut table = Table::new(caption, mode_columns(document));
    let mut row = |label: &str, cells: Vec<String>| table.row(std::iter::once(label.to_owned()).chain(cells));
    row("liquidated, checked at steps", modes().map(|(_, m)| share(&m.at_steps)).collect());
    row("liquidated, checked continuously", modes().map(|(_, m)| share(&m.continuous)).collect());
    row("missed at steps", modes().map(|(_, m)| share(&m.missed)).collect());
    Some(table)
}

/// Correlations of step returns: target and realised.
pub fn correlations(document: &ResultDocument) -> Option<Table> {
    let headings = ["assets", "target", "realised", "interval"];
    let caption = "Correlation of the step returns of two assets";
    let mut table = Table { sortable: document.correlations.len() > 1, ..Table::headed(caption, headings) };
    for c in &document.correlations {
        let bounds = c.low.zip(c.high).map(|(low, high)| format!("[{}, {}]", fixed(low, 4), fixed(high, 4)));
        table.row([
            format!("{}/{}", c.a, c.b),
            or_dash(c.target.map(|value| fixed(value, 4))),
            or_dash(c.realised.map(|value| fixed(value, 4))),
            or_dash(bounds),
        ]);
    }
    (!table.rows.is_empty()).then_some(table)
}
