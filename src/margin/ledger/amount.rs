//! Amounts of money and prices in exact decimals: what is too large is an error, never a panic.

use std::fmt;

use rust_decimal::Decimal;

use crate::domain::to_f64;

/// Decimals of an amount of money in the ledger.
pub const MONEY_DECIMALS: u32 = 15;
/// Amounts below it are summed without loss at that many decimals.
const LARGEST_AMOUNT: i64 = 1_000_000_000_000;
/// Significant digits of a price handed to the ledger.
pub(super) const PRICE_DIGITS: usize = 12;
/// Below it a decimal cannot hold that many digits.
const SMALLEST_PRECISE_PRICE: f64 = 1e-16;
const LARGEST_PRICE: f64 = 1e16;

/// An amount too large for exact arithmetic; the path cannot be kept in the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutOfRange;

impl fmt::Display for OutOfRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "an amount beyond {LARGEST_AMOUNT} or a price beyond {LARGEST_PRICE:e} cannot be kept exactly"
        )
    }
}

/// A number, or that it is too large.
pub(super) type Exact = Result<Decimal, OutOfRange>;

pub(super) fn add(a: Decimal, b: Decimal) -> Exact {
    a.checked_add(b).ok_or(OutOfRange)
}

pub(super) fn sub(a: Decimal, b: Decimal) -> Exact {
    a.checked_sub(b).ok_or(OutOfRange)
}

pub(super) fn mul(a: Decimal, b: Decimal) -> Exact {
    a.checked_mul(b).ok_or(OutOfRange)
}

pub(super) fn div(a: Decimal, b: Decimal) -> Exact {
    a.checked_div(b).ok_or(OutOfRange)
}

/// An amount of money as it is booked: at [`MONEY_DECIMALS`], so that sums of it are exact.
pub(super) fn booked(amount: Decimal) -> Exact {
    in_range(amount.round_dp(MONEY_DECIMALS))
}

pub(super) fn in_range(amount: Decimal) -> Exact {
    if amount.abs() < Decimal::from(LARGEST_AMOUNT) { Ok(amount) } else { Err(OutOfRange) }
}

/// Two booked amounts together.
pub(super) fn sum(a: Decimal, b: Decimal) -> Exact {
    in_range(add(a, b)?)
}

/// What is above zero of it.
pub(super) fn positive(amount: Decimal) -> Decimal {
    amount.max(Decimal::ZERO)
}

/// Square root of a number that is not negative: twelve digits of the f64's, doubled twice by Newton's method.
pub(super) fn square_root(x: Decimal) -> Exact {
    let mut root = price_to_decimal(to_f64(x).sqrt())?;
    for _ in 0..2 {
        if root.is_zero() {
            break;
        }
        root = div(add(root, div(x, root)?)?, Decimal::TWO)?;
    }
    Ok(root)
}

/// A simulated price at 12 significant digits, so that products with it stay exact; below 1e-16 at 28
/// decimals, all a decimal has.
///
/// # Errors
/// [`OutOfRange`] for a price that is not finite or beyond 1e16.
pub fn price_to_decimal(price: f64) -> Result<Decimal, OutOfRange> {
    if !price.is_finite() || price.abs() > LARGEST_PRICE {
        return Err(OutOfRange);
    }
    let rounded = if price.abs() < SMALLEST_PRECISE_PRICE {
        Decimal::from_str_exact(&format!("{price:.28}"))
    } else {
        Decimal::from_scientific(&format!("{price:.*e}", PRICE_DIGITS - 1))
    };
    rounded.map_err(|_| OutOfRange)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;

    #[test]
    fn prices_keep_twelve_digits() {
        assert_eq!(price_to_decimal(60_123.456_789_012_3), Ok(dec!(60123.4567890)));
        assert_eq!(price_to_decimal(0.000_012_345_678_901_26), Ok(dec!(0.0000123456789013)));
        assert_eq!(price_to_decimal(1.234_567e-20), Ok(dec!(0.0000000000000000000123456700)));
        assert_eq!(price_to_decimal(0.0), Ok(dec!(0)));
        assert_eq!(price_to_decimal(f64::NAN), Err(OutOfRange));
        assert_eq!(price_to_decimal(1e40), Err(OutOfRange));
    }

    #[test]
    fn square_roots_are_exact_to_the_last_digits() {
        // The square root of two to 28 decimals is a published constant.
        let two = square_root(dec!(2)).unwrap();
        assert!((two - dec!(1.4142135623730950488016887242)).abs() <= dec!(0.0000000000000000000000000002));
        assert_eq!(square_root(dec!(0.0004)), Ok(dec!(0.02)));
        assert_eq!(square_root(dec!(0)), Ok(dec!(0)));
        assert_eq!(square_root(dec!(1000000)), Ok(dec!(1000)));
    }

    #[test]
    fn what_is_too_large_is_an_error() {
        assert_eq!(mul(Decimal::MAX, dec!(2)), Err(OutOfRange));
        assert_eq!(div(dec!(1), dec!(0)), Err(OutOfRange));
        assert_eq!(sum(dec!(999999999999), dec!(1)), Err(OutOfRange));
        assert_eq!(booked(dec!(0.0000000000000004)), Ok(dec!(0)));
    }
}
