//! Values inside maps, and what they are called in sentences.

use crate::report::charts::axis::Quantity;
use crate::report::charts::format::{Scale, grouped, percent, scientific};

/// Digits of the largest amount that are shown.
const DIGITS: f64 = 3.0;

/// How the values of one measure are written.
#[derive(Debug, Clone, PartialEq)]
pub struct Numbers {
    quantity: Quantity,
    scale: Scale,
    /// Of amounts.
    decimals: usize,
    /// Amounts too large or too small for plain digits.
    exponents: bool,
    /// A positive value carries its sign.
    signed: bool,
}

impl Numbers {
    /// For values up to `largest` in size.
    pub fn new(quantity: Quantity, largest: f64, signed: bool) -> Self {
        let scale = match quantity {
            Quantity::Money(_) => Scale::of(largest),
            _ => Scale { divisor: 1.0, word: "" },
        };
        let size = largest.abs() / scale.divisor;
        let magnitude = if size > 0.0 { libm::floor(libm::log10(size)) } else { 0.0 };
        let decimals = (DIGITS - 1.0 - magnitude).clamp(0.0, 6.0) as usize;
        let exponents = size >= 1e9 || size > 0.0 && size < 1e-3;
        Self { quantity, scale, decimals, exponents, signed }
    }

    /// The number alone.
    pub fn bare(&self, value: f64) -> String {
        let sign = if self.signed && value > 0.0 { "+" } else { "" };
        let text = match self.quantity {
            Quantity::Share => percent(value).replace(" %", ""),
            Quantity::Points => points(value),
            _ if self.exponents && value == 0.0 => "0".to_owned(),
            _ if self.exponents => scientific(value),
            _ => grouped(value / self.scale.divisor, self.decimals),
        };
        format!("{sign}{text}")
    }

    /// The number with its unit.
    pub fn with_unit(&self, value: f64) -> String {
        let unit = self.unit();
        if unit.is_empty() { self.bare(value) } else { format!("{} {unit}", self.bare(value)) }
    }

    /// What the bare numbers are counted in.
    pub fn unit(&self) -> String {
        match &self.quantity {
            Quantity::Share => "%".to_owned(),
            Quantity::Points => "percentage points".to_owned(),
            Quantity::Money(currency) => [self.scale.word, currency].join(" ").trim().to_owned(),
            Quantity::Time(unit) => (*unit).to_owned(),
        }
    }
}

/// A difference of shares in percentage points; two decimals below one point.
fn points(share: f64) -> String {
    let value = 100.0 * share;
    grouped(value, if value.abs() < 1.0 { 2 } else { 1 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_short_and_name_their_unit() {
        let share = Numbers::new(Quantity::Share, 0.5, false);
        assert_eq!([share.with_unit(0.1234), share.bare(1e-6)], ["12.3 %", "<0.01"]);
        let points = Numbers::new(Quantity::Points, 0.5, true);
        assert_eq!(
            [points.with_unit(0.1234), points.bare(-0.001), points.bare(0.0)],
            ["+12.3 percentage points", "−0.10", "0.00"]
        );
        let money = |largest| Numbers::new(Quantity::Money("USDT".to_owned()), largest, true);
        assert_eq!(money(1_234.0).with_unit(-1_234.4), "−1,234 USDT");
        assert_eq!(money(2.5e7).with_unit(1.25e7), "+12.5 million USDT");
        assert_eq!(money(4.2).with_unit(0.5), "+0.50 USDT");
        assert_eq!(money(1e20).bare(1e20), "+1.000e20");
        assert_eq!(money(0.0).bare(0.0), "0.00");
    }
}
