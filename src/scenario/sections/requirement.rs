//! The requirement of one market as read: what it asks for, and the leverages it allows.

use rust_decimal::Decimal;

use crate::domain::Requirement;
use crate::error::Result;
use crate::scenario::context::Context;
use crate::scenario::sections::market_requirement::{MarketRequirement, RequirementKind, TierRow, tier_of};
use crate::scenario::sections::tiers::read_tiers;
use crate::scenario::syntax::reader::{Field, Table};

const ROWS_EXAMPLE: &str =
    "tiers = [[0, 0.004, 125], [50_000, 0.005, 100]], each [floor, rate, max_leverage]";

/// Reads a list of rows `[floor, rate, max_leverage, maintenance_amount]`, of which the first two are required.
///
/// # Errors
/// A row of another length, numbers out of their ranges, rows that are no requirement: points at the row.
pub(crate) fn read_rows(field: &Field<'_>, kind: RequirementKind) -> Result<MarketRequirement> {
    let items = field.list(ROWS_EXAMPLE)?;
    let rows = items.iter().map(read_row).collect::<Result<Vec<_>>>()?;
    MarketRequirement::of_rows(kind, &rows).map_err(|error| {
        let row = tier_of(&error).checked_sub(1).and_then(|row| items.get(row));
        let what = format!("`{}`: {error}", field.path);
        row.unwrap_or(field)
            .fail(&what, "correct the row; the amount may be left out, because it can be computed")
    })
}

fn read_row(item: &Field<'_>) -> Result<TierRow> {
    let example = "[50_000, 0.005, 100]";
    let numbers = item.list(example)?;
    if !(2..=4).contains(&numbers.len()) {
        let what = format!("`{}` has {} numbers", item.path, numbers.len());
        return Err(item.fail(
            &what,
            "write [floor, rate], [floor, rate, max_leverage] or [floor, rate, max_leverage, amount]",
        ));
    }
    let most = Decimal::from(1_000_000_000_000_000_u64);
    let number = |at: usize| numbers.get(at).map(|field| field.decimal(example)).transpose();
    let floor = match numbers.first() {
        Some(field) => {
            field.decimal_in(|f| f >= Decimal::ZERO && f <= most, "a floor from 0 to 1e15", example)?
        }
        None => Decimal::ZERO,
    };
    let rate = match numbers.get(1) {
        Some(field) => rate(field, example)?,
        None => Decimal::ZERO,
    };
    let leverage = numbers.get(2).map(leverage_cap).transpose()?;
    Ok((floor, rate, leverage, number(3)?))
}

/// A largest leverage.
///
/// # Errors
/// Below 1, or more than a million.
pub(crate) fn leverage_cap(field: &Field<'_>) -> Result<Decimal> {
    let most = Decimal::from(1_000_000_u64);
    field.decimal_in(|l| l >= Decimal::ONE && l <= most, "1 to 1000000", "a leverage such as 100")
}

/// A rate `0 <= r < 1`.
///
/// # Errors
/// Outside the range, with the remedy for what looks like per cent.
pub(crate) fn rate(field: &Field<'_>, example: &str) -> Result<Decimal> {
    let rate = field.decimal(example)?;
    if rate >= Decimal::ONE && rate < Decimal::ONE_HUNDRED {
        return Err(field.per_cent(rate, rate / Decimal::ONE_HUNDRED, "0 <= rate < 1"));
    }
    if rate < Decimal::ZERO || rate >= Decimal::ONE {
        return Err(field.out_of_range(rate, "0 <= rate < 1", example));
    }
    Ok(rate)
}

/// The requirement that a venue, a market or an asset brings: one rate, tiers, or a slope; `None` where it has none.
///
/// # Errors
/// Two of them together, a rate out of its range, tiers that are no requirement, a tier file that cannot be read.
pub(crate) fn read(
    table: &Table<'_>,
    kind: RequirementKind,
    context: &Context<'_>,
) -> Result<Option<MarketRequirement>> {
    let keys = ["maintenance_margin_rate", "tiers", "base"];
    let written: Vec<_> = keys.iter().filter_map(|key| table.field(key)).collect();
    if let [first, second, ..] = &written[..] {
        let what = format!("`{}` and `{}` are both given", first.path, second.path);
        return Err(second.fail(&what, "keep one of the two"));
    }
    let cap = table.field("max_leverage").map(|field| leverage_cap(&field)).transpose()?;
    if let Some(field) = table.field("maintenance_margin_rate") {
        return Ok(Some(MarketRequirement::flat(rate(&field, "maintenance_margin_rate = 0.005")?, cap)));
    }
    if table.field("base").or(table.field("slope")).is_some() {
        let base = rate(&table.require("base", "base = 0.01")?, "base = 0.01")?;
        let slope = table.require("slope", "slope = 0.00005")?;
        let slope = slope.decimal_in(
            |s| s >= Decimal::ZERO && s < Decimal::ONE,
            "0 <= slope < 1, the rise of the rate for each unit of quantity",
            "slope = 0.00005",
        )?;
        return Ok(Some(MarketRequirement {
            requirement: Requirement::Slope { base, slope },
            max_leverages: vec![cap],
        }));
    }
    let Some(field) = table.field("tiers") else { return Ok(None) };
    if !field.is_text() {
        if !field.is_list() {
            let what = format!("`{}` is {}", field.path, field.node().describe());
            let help = format!("write {ROWS_EXAMPLE}; or tiers = \"tiers.csv\"");
            return Err(field.fail_expected(&what, "a list of tiers, or the name of a tier file", &help));
        }
        return Ok(Some(read_rows(&field, kind)?.capped(cap)));
    }
    let file = context.data_file(&field, "tiers = \"tiers.csv\"")?;
    let read = read_tiers(&file.path, &file.shown_name);
    Ok(Some(read.map_err(|error| field.about_file(&error.into_invalid()))?.capped(cap)))
}
