//! `[positions.NAME]`: what is held, sized from any of the usual pairs of numbers.

use rust_decimal::{Decimal, RoundingStrategy};

use super::assets::check_name;
use super::context::Context;
use super::number::{round_significant, significant_digits};
use super::reader::{Field, Table, nearest};
use super::source::quoted;
use crate::domain::{Asset, Collateral, MarginMode, Position, Side};
use crate::error::Result;

const MAX_POSITIONS: usize = 1_000;
/// Significant digits of a computed quantity; a written one may have the 17 that any f64 prints.
const QUANTITY_DIGITS: u32 = 15;
const WRITTEN_DIGITS: usize = 17;
/// Decimals of a margin, those of the smallest unit that wallets book.
const MARGIN_DECIMALS: u32 = 8;
/// Account currency.
const MAX_NOTIONAL: u64 = 1_000_000_000_000;
/// Base units: that of `MAX_NOTIONAL` at a price of 1e-3.
const MAX_QUANTITY: u64 = 1_000_000_000_000_000;
/// The smallest quantity is 1e-12 base units.
const MIN_QUANTITY_DECIMALS: u32 = 12;
const MAX_LEVERAGE: u64 = 1_000_000;

const SIZES: [&str; 4] = ["margin", "leverage", "quantity", "notional"];

/// The numbers that size a position, as written.
#[derive(Debug, Clone, Copy)]
struct Written {
    margin: Option<Decimal>,
    leverage: Option<Decimal>,
    quantity: Option<Decimal>,
    notional: Option<Decimal>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Size {
    quantity: Decimal,
    margin: Decimal,
    leverage: Decimal,
}

#[derive(Debug, PartialEq, Eq)]
enum SizeError {
    Combination,
    Overflow,
    Notional(Decimal),
    Quantity(Decimal),
    Margin,
}

/// Reads every position, in file order.
///
/// # Errors
/// No positions or too many; a bad name; an unknown asset; a missing mode where "mixed" is asked for;
/// sizes that are missing, too many, or out of range.
pub(super) fn read(
    root: &Table<'_>,
    assets: &[&Asset],
    modes: &[MarginMode],
    context: &mut Context<'_>,
) -> Result<Vec<Position>> {
    let table = root.table("positions")?;
    let mut positions: Vec<Position> = Vec::new();
    for (name, field) in table.fields() {
        check_name(name, &field, positions.iter().map(|known| known.name.as_str()))?;
        if positions.len() == MAX_POSITIONS {
            return Err(
                field.fail(&format!("more than {MAX_POSITIONS} positions"), "hold fewer in one scenario")
            );
        }
        positions.push(read_position(name, &field.table()?, assets, modes, context)?);
    }
    if positions.is_empty() {
        let help = "write [positions.btc_long] and below it asset = \"BTC\", side = \"long\", margin = 2_000, \
                    leverage = 10";
        return Err(table.fail("there are no positions", help));
    }
    Ok(positions)
}

fn read_position(
    name: &str,
    table: &Table<'_>,
    assets: &[&Asset],
    modes: &[MarginMode],
    context: &mut Context<'_>,
) -> Result<Position> {
    table.only(&[&["asset", "side", "mode"], &SIZES[..]].concat(), &[])?;
    let (index, asset) = read_asset(table, assets)?;
    let side = table.require("side", "side = \"long\"")?;
    let side = side.word(&[("long", Side::Long), ("short", Side::Short)], &[])?;
    let collateral = read_collateral(table, modes, context)?;
    let written = read_sizes(table)?;
    let size = size(written, asset.price).map_err(|error| explain(&error, table, asset))?;
    let position = Position {
        name: name.to_owned(),
        asset: index,
        side,
        quantity: size.quantity,
        margin: size.margin,
        leverage: size.leverage,
        collateral,
        entry_fee: Decimal::ZERO,
        orders: Default::default(),
    };
    context.resolve(table.key("asset"), &asset.name);
    context.resolve(table.key("side"), side.name());
    context.resolve_decimal(table.key("quantity"), size.quantity);
    context.resolve_decimal(table.key("margin"), size.margin);
    // Leverage is only shown, and the mode only read in mixed: neither makes another run.
    if let Some(collateral) = collateral.filter(|_| modes.contains(&MarginMode::Mixed)) {
        context.resolve(table.key("mode"), collateral.name());
    }
    Ok(position)
}

fn read_asset<'a>(table: &Table<'_>, assets: &[&'a Asset]) -> Result<(usize, &'a Asset)> {
    let field = table.require("asset", "asset = \"BTC\"")?;
    let written = field.text("asset = \"BTC\"")?;
    let found = assets.iter().enumerate().find(|(_, asset)| asset.name == written);
    found.map(|(index, asset)| (index, *asset)).ok_or_else(|| {
        let names: Vec<&str> = assets.iter().map(|asset| asset.name.as_str()).collect();
        let what = format!("`{}` is {}, which is not an asset of this scenario", field.path, quoted(written));
        let near = nearest(written, names.iter().copied()).map(|near| format!("did you mean {near}? "));
        field.fail(&what, &format!("{}the assets are {}", near.unwrap_or_default(), names.join(", ")))
    })
}

fn read_collateral(
    table: &Table<'_>,
    modes: &[MarginMode],
    context: &mut Context<'_>,
) -> Result<Option<Collateral>> {
    let mixed = modes.contains(&MarginMode::Mixed);
    let Some(field) = table.field("mode") else {
        if mixed {
            let what = format!("`{}` is missing, and simulation.modes asks for \"mixed\"", table.key("mode"));
            return Err(table.fail(&what, "write mode = \"isolated\" or mode = \"cross\""));
        }
        return Ok(None);
    };
    let choices = [Collateral::Isolated, Collateral::Cross].map(|choice| (choice.name(), choice));
    let collateral = field.word(&choices, &[])?;
    if !mixed {
        let note = format!("{} is ignored unless simulation.modes asks for \"mixed\"", field.path);
        context.notes.push(note);
    }
    Ok(Some(collateral))
}

fn read_sizes(table: &Table<'_>) -> Result<Written> {
    let amount = |key: &str, max: u64| -> Result<Option<(Field<'_>, Decimal)>> {
        let Some(field) = table.field(key) else { return Ok(None) };
        let max = Decimal::from(max);
        let range = format!("greater than 0, at most {max}");
        let value = field.decimal_in(|v| v > Decimal::ZERO && v <= max, &range, &format!("{key} = 10"))?;
        Ok(Some((field, value)))
    };
    let value = |read: Option<(Field<'_>, Decimal)>| read.map(|(_, value)| value);
    let quantity = amount("quantity", MAX_QUANTITY)?;
    if let Some((field, quantity)) = &quantity
        && significant_digits(*quantity) > WRITTEN_DIGITS
    {
        let what = format!("`{}` is {quantity}: more than {WRITTEN_DIGITS} significant digits", field.path);
        return Err(field.fail(&what, "round it to 17 digits"));
    }
    Ok(Written {
        margin: value(amount("margin", MAX_NOTIONAL)?),
        leverage: value(amount("leverage", MAX_LEVERAGE)?),
        quantity: value(quantity),
        notional: value(amount("notional", MAX_NOTIONAL)?),
    })
}

/// Quantity and margin from two of the four numbers. A computed quantity is rounded to 15 significant digits
/// half to even, a margin down to 8 decimals; a written quantity stays as it is.
fn size(written: Written, price: Decimal) -> std::result::Result<Size, SizeError> {
    use SizeError::{Combination, Overflow};
    let computed = |notional: Decimal| {
        let quantity = notional.checked_div(price).ok_or(Overflow)?;
        round_significant(quantity, QUANTITY_DIGITS).ok_or(Overflow)
    };
    let notional_of = |quantity: Decimal| quantity.checked_mul(price).ok_or(Overflow);
    let over = |notional: Decimal, by: Decimal| notional.checked_div(by).ok_or(Overflow);
    let Written { margin, leverage, quantity, notional } = written;
    let (quantity, margin, leverage) = match (margin, leverage, quantity, notional) {
        (Some(m), Some(l), None, None) => (computed(m.checked_mul(l).ok_or(Overflow)?)?, m, l),
        (None, Some(l), Some(q), None) => (q, over(notional_of(q)?, l)?, l),
        (None, Some(l), None, Some(n)) => (computed(n)?, over(n, l)?, l),
        (Some(m), None, Some(q), None) => (q, m, over(notional_of(q)?, m)?),
        (Some(m), None, None, Some(n)) => (computed(n)?, m, over(n, m)?),
        _ => return Err(Combination),
    };
    let (quantity, margin) = (
        quantity.normalize(),
        margin.round_dp_with_strategy(MARGIN_DECIMALS, RoundingStrategy::ToZero).normalize(),
    );
    if quantity < Decimal::new(1, MIN_QUANTITY_DECIMALS) {
        return Err(SizeError::Quantity(quantity));
    }
    if margin <= Decimal::ZERO {
        return Err(SizeError::Margin);
    }
    let notional = notional_of(quantity)?;
    if notional > Decimal::from(MAX_NOTIONAL) {
        return Err(SizeError::Notional(notional));
    }
    if margin > Decimal::from(MAX_NOTIONAL) {
        return Err(Overflow);
    }
    let leverage = round_significant(leverage, QUANTITY_DIGITS).ok_or(Overflow)?;
    Ok(Size { quantity, margin, leverage })
}

fn explain(error: &SizeError, table: &Table<'_>, asset: &Asset) -> crate::error::Error {
    let path = table.path();
    let (what, help) = match error {
        SizeError::Combination => {
            let found: Vec<&str> = SIZES.into_iter().filter(|key| table.field(key).is_some()).collect();
            let found = if found.is_empty() { "none of its sizes".to_owned() } else { found.join(", ") };
            return table.fail(
                &format!("`{path}` has {found}: its size needs exactly two numbers"),
                &combination_help(table, asset),
            );
        }
        SizeError::Overflow => {
            (format!("`{path}`: its size is too large or too small a number"), "choose usual sizes")
        }
        SizeError::Notional(notional) => {
            let notional = notional.normalize();
            let what =
                format!("`{path}` has a notional of {notional} at {}; allowed: up to 1e12", asset.price);
            (what, "lower its size")
        }
        SizeError::Quantity(quantity) => {
            (format!("`{path}` has a quantity of {quantity}; allowed: 1e-12 and more"), "raise its size")
        }
        SizeError::Margin => (
            format!("`{path}`: its margin rounds down to 0 at 8 decimals"),
            "raise the margin or lower the leverage",
        ),
    };
    table.fail(&what, help)
}

/// How to size a position; where `--set` added a number, how to replace those of the file.
fn combination_help(table: &Table<'_>, asset: &Asset) -> String {
    let fields = || SIZES.into_iter().filter_map(|key| table.field(key));
    let mixed = fields().any(|field| field.is_override()) && fields().any(|field| !field.is_override());
    if !mixed || fields().count() < 3 {
        return "write leverage with one of margin, quantity, notional; or margin with quantity or notional"
            .to_owned();
    }
    let side = table.field("side").and_then(|field| field.text("").ok()).unwrap_or("long");
    format!(
        "to size it by other numbers than the file does, set the whole table: --set '{}={{ asset = \"{}\", side = \
         \"{side}\", notional = 100, leverage = 2 }}'",
        table.path(),
        asset.name
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;

    fn written(sizes: [Option<Decimal>; 4]) -> Written {
        let [margin, leverage, quantity, notional] = sizes;
        Written { margin, leverage, quantity, notional }
    }

    #[test]
    fn every_pair_of_numbers_gives_the_same_position() {
        // 2,000 at 10x on a price of 50,000: notional 20,000, quantity 0.4.
        let (m, l, q, n) = (Some(dec!(2000)), Some(dec!(10)), Some(dec!(0.4)), Some(dec!(20000)));
        let pairs = [
            [m, l, None, None],
            [None, l, q, None],
            [None, l, None, n],
            [m, None, q, None],
            [m, None, None, n],
        ];
        for pair in pairs {
            let size = size(written(pair), dec!(50000));
            let expected = Size { quantity: dec!(0.4), margin: dec!(2000), leverage: dec!(10) };
            assert_eq!(size, Ok(expected), "{pair:?}");
        }
    }

    #[test]
    fn other_combinations_are_refused() {
        let one = Some(dec!(1));
        for mask in 0..16 {
            let sizes = [1, 2, 4, 8].map(|bit| if mask & bit != 0 { one } else { None });
            // margin+leverage, leverage+quantity, margin+quantity, leverage+notional, margin+notional
            let good = [3, 6, 5, 10, 9].contains(&mask);
            let refused = size(written(sizes), dec!(1)) == Err(SizeError::Combination);
            assert_eq!(refused, !good, "{mask:04b}");
        }
    }

    #[test]
    fn rounds_computed_quantities_and_margins() {
        // 20,000 / 60,000 to 15 digits; 10,000 / 3 down to 8 decimals.
        let thirds = size(written([Some(dec!(2000)), Some(dec!(10)), None, None]), dec!(60000)).unwrap();
        assert_eq!(thirds.quantity, dec!(0.333333333333333));
        let margin = size(written([None, Some(dec!(3)), None, Some(dec!(20000))]), dec!(50000)).unwrap();
        assert_eq!(margin.margin, dec!(6666.66666666));
    }

    #[test]
    fn extreme_sizes_are_errors() {
        let tiny = size(written([None, Some(dec!(1000000)), Some(dec!(0.0000001)), None]), dec!(0.0001));
        assert_eq!(tiny, Err(SizeError::Margin));
        let small = |quantity| size(written([Some(dec!(1)), None, Some(quantity), None]), dec!(1000));
        assert_eq!(small(dec!(9e-13)), Err(SizeError::Quantity(dec!(9e-13))));
        assert!(small(dec!(1e-12)).is_ok());
        let at_most = |notional| size(written([Some(dec!(1)), None, None, Some(notional)]), dec!(1));
        assert!(at_most(dec!(1e12)).is_ok());
        assert_eq!(at_most(dec!(1000000000001)), Err(SizeError::Notional(dec!(1000000000001))));
        let huge = size(written([None, Some(dec!(1)), Some(dec!(1000000)), None]), dec!(1000000000000));
        assert_eq!(huge, Err(SizeError::Notional(dec!(1000000000000000000))));
        let fine =
            size(written([Some(dec!(1)), None, Some(dec!(1.00000000000001)), None]), dec!(0.000000001234567));
        assert!(fine.is_ok());
    }
}
