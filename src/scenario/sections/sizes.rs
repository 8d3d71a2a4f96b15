//! How large a position is: quantity and margin from any of the usual pairs of numbers.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::domain::{Asset, Contract};
use crate::error::Result;
use crate::scenario::syntax::reader::{Field, Table};
use crate::text::number::{round_significant, significant_digits};

/// Significant digits of a computed quantity; a written one may have the 17 that any f64 prints.
const QUANTITY_DIGITS: u32 = 15;
const WRITTEN_DIGITS: usize = 17;
/// Decimals of a margin, those of the smallest unit that wallets book.
const MARGIN_DECIMALS: u32 = 8;
/// Account currency; also the largest face value of an inverse contract.
const MAX_NOTIONAL: u64 = 1_000_000_000_000;
/// Base units: that of `MAX_NOTIONAL` at a price of 1e-3.
const MAX_QUANTITY: u64 = 1_000_000_000_000_000;
/// The smallest quantity is 1e-12 units.
const MIN_QUANTITY_DECIMALS: u32 = 12;
const MAX_LEVERAGE: u64 = 1_000_000;

/// The keys of a size.
pub(crate) const SIZES: [&str; 4] = ["margin", "leverage", "quantity", "notional"];

/// The numbers that size a position, as written.
#[derive(Debug, Clone, Copy)]
struct Written {
    margin: Option<Decimal>,
    leverage: Option<Decimal>,
    quantity: Option<Decimal>,
    notional: Option<Decimal>,
}

/// What they come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size {
    /// Base units, or face value in quote of an inverse contract.
    pub quantity: Decimal,
    /// Account currency.
    pub margin: Decimal,
    /// Notional over margin.
    pub leverage: Decimal,
}

#[derive(Debug, PartialEq, Eq)]
enum SizeError {
    Combination,
    Overflow,
    Notional(Decimal),
    Quantity(Decimal),
    Margin,
}

/// Reads the two numbers that size a position, and computes the others.
///
/// # Errors
/// Fewer or more than two, or out of their ranges, as is what follows from them.
pub(crate) fn read(table: &Table<'_>, asset: &Asset, contract: Contract) -> Result<Size> {
    let written = read_sizes(table)?;
    size(written, asset.price, contract).map_err(|error| explain(&error, table, asset))
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
        let what = format!(
            "`{}` is {quantity}, which has more than {WRITTEN_DIGITS} significant digits",
            field.path
        );
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
/// half to even, a margin down to 8 decimals; a written quantity stays as it is. On an inverse contract `notional` is the
/// face value, which is the quantity; the margin is in coin.
fn size(written: Written, price: Decimal, contract: Contract) -> std::result::Result<Size, SizeError> {
    use SizeError::{Combination, Overflow};
    let rounded = |quantity: Decimal| round_significant(quantity, QUANTITY_DIGITS).ok_or(Overflow);
    // Of a notional in account currency.
    let computed = |notional: Decimal| match contract {
        Contract::Linear => rounded(notional.checked_div(price).ok_or(Overflow)?),
        Contract::Inverse => rounded(notional.checked_mul(price).ok_or(Overflow)?),
    };
    let notional_of = |quantity: Decimal| match contract {
        Contract::Linear => quantity.checked_mul(price).ok_or(Overflow),
        Contract::Inverse => quantity.checked_div(price).ok_or(Overflow),
    };
    let over = |notional: Decimal, by: Decimal| notional.checked_div(by).ok_or(Overflow);
    let mut written = written;
    if contract == Contract::Inverse && written.quantity.is_none() {
        written.quantity = written.notional.take();
    }
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
            let found = if found.is_empty() { "none of them".to_owned() } else { found.join(", ") };
            return table.fail(
                &format!(
                    "the size of `{path}` needs exactly two of {}, but it has {found}",
                    SIZES.join(", ")
                ),
                &combination_help(table, asset),
            );
        }
        SizeError::Overflow => (
            format!("the size of `{path}` is too large or too small to represent"),
            "write a size between 1e-12 and 1e12",
        ),
        SizeError::Notional(notional) => {
            let notional = notional.normalize();
            let what =
                format!("`{path}` has a notional of {notional} at {}; expected at most 1e12", asset.price);
            (what, "lower its size")
        }
        SizeError::Quantity(quantity) => {
            (format!("`{path}` has a quantity of {quantity}; expected at least 1e-12"), "raise its size")
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
            let size = size(written(pair), dec!(50000), Contract::Linear);
            let expected = Size { quantity: dec!(0.4), margin: dec!(2000), leverage: dec!(10) };
            assert_eq!(size, Ok(expected), "{pair:?}");
        }
    }

    #[test]
    fn an_inverse_contract_is_sized_in_quote_and_margined_in_coin() {
        // 20,000 USD at 50,000 are 0.4 BTC; at 10x the margin is 0.04 BTC.
        let (m, l, q) = (Some(dec!(0.04)), Some(dec!(10)), Some(dec!(20000)));
        let pairs = [
            [m, l, None, None],
            [None, l, q, None],
            [None, l, None, q],
            [m, None, q, None],
            [m, None, None, q],
        ];
        for pair in pairs {
            let expected = Size { quantity: dec!(20000), margin: dec!(0.04), leverage: dec!(10) };
            assert_eq!(size(written(pair), dec!(50000), Contract::Inverse), Ok(expected), "{pair:?}");
        }
        let both = size(written([None, l, q, q]), dec!(50000), Contract::Inverse);
        assert_eq!(both, Err(SizeError::Combination));
    }

    #[test]
    fn other_combinations_are_refused() {
        let one = Some(dec!(1));
        for mask in 0..16 {
            let sizes = [1, 2, 4, 8].map(|bit| if mask & bit != 0 { one } else { None });
            // margin+leverage, leverage+quantity, margin+quantity, leverage+notional, margin+notional
            let good = [3, 6, 5, 10, 9].contains(&mask);
            let refused = size(written(sizes), dec!(1), Contract::Linear) == Err(SizeError::Combination);
            assert_eq!(refused, !good, "{mask:04b}");
        }
    }

    #[test]
    fn rounds_computed_quantities_and_margins() {
        // 20,000 / 60,000 to 15 digits; 10,000 / 3 down to 8 decimals.
        let thirds =
            size(written([Some(dec!(2000)), Some(dec!(10)), None, None]), dec!(60000), Contract::Linear)
                .unwrap();
        assert_eq!(thirds.quantity, dec!(0.333333333333333));
        let margin =
            size(written([None, Some(dec!(3)), None, Some(dec!(20000))]), dec!(50000), Contract::Linear)
                .unwrap();
        assert_eq!(margin.margin, dec!(6666.66666666));
    }

    #[test]
    fn extreme_sizes_are_errors() {
        let tiny = size(
            written([None, Some(dec!(1000000)), Some(dec!(0.0000001)), None]),
            dec!(0.0001),
            Contract::Linear,
        );
        assert_eq!(tiny, Err(SizeError::Margin));
        let small = |quantity| {
            size(written([Some(dec!(1)), None, Some(quantity), None]), dec!(1000), Contract::Linear)
        };
        assert_eq!(small(dec!(9e-13)), Err(SizeError::Quantity(dec!(9e-13))));
        assert!(small(dec!(1e-12)).is_ok());
        let at_most =
            |notional| size(written([Some(dec!(1)), None, None, Some(notional)]), dec!(1), Contract::Linear);
        assert!(at_most(dec!(1e12)).is_ok());
        assert_eq!(at_most(dec!(1000000000001)), Err(SizeError::Notional(dec!(1000000000001))));
        let huge = size(
            written([None, Some(dec!(1)), Some(dec!(1000000)), None]),
            dec!(1000000000000),
            Contract::Linear,
        );
        assert_eq!(huge, Err(SizeError::Notional(dec!(1000000000000000000))));
        let fine = size(
            written([Some(dec!(1)), None, Some(dec!(1.00000000000001)), None]),
            dec!(0.000000001234567),
            Contract::Linear,
        );
        assert!(fine.is_ok());
    }
}
