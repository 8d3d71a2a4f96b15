//! `{ from, to, steps }`: values at equal distances, or at equal ratios.

use rust_decimal::Decimal;

use crate::domain::to_f64;
use crate::error::{Error, Result};
use crate::scenario::sweep::batch::MOST_CELLS;
use crate::scenario::syntax::node::{Node, Value};
use crate::scenario::syntax::reader::Field;
use crate::text::number::exact_decimal;

pub(crate) const KEYS: [&str; 4] = ["from", "to", "steps", "scale"];
const EXAMPLE: &str = "{ from = 0.2, to = 1.2, steps = 6 }";
/// Of values inside a range; its ends are exact.
const DIGITS: u32 = 12;

/// The values of a range, ends included, each in the range's place.
///
/// # Errors
/// An unknown key, one missing, or one out of its range; a logarithmic range that does not lie above 0.
pub(crate) fn read(field: &Field<'_>) -> Result<Vec<Node>> {
    let table = field.table()?;
    table.only(&KEYS, &[])?;
    let from = table.require("from", EXAMPLE)?.decimal("from = 0.2")?;
    let to = table.require("to", EXAMPLE)?.decimal("to = 1.2")?;
    let count = table.require("steps", EXAMPLE)?;
    let steps = count.whole(1, MOST_CELLS as u64, "steps = 6, the number of values with both ends")?;
    if (steps == 1) != (from == to) {
        let what = match steps {
            1 => format!("`{}` is 1, but `from` and `to` differ", count.path),
            _ => format!("`{}` is {steps}, but `from` and `to` are equal", count.path),
        };
        return Err(
            count.fail(&what, "write steps = 2 or more for different ends, or steps = 1 for equal ends")
        );
    }
    let is_log = match table.field("scale") {
        Some(field) => field.word(&[("linear", false), ("log", true)], &[])?,
        None => false,
    };
    if is_log && (from <= Decimal::ZERO || to <= Decimal::ZERO) {
        let what =
            format!("`{}` goes from {from} to {to}; expected ends greater than 0 on a log scale", field.path);
        return Err(field.fail(&what, "raise the lower end, or write scale = \"linear\""));
    }
    let value = |index: u64| match index {
        0 => Ok(from),
        last if last + 1 == steps => Ok(to),
        _ if is_log => between_log(from, to, index, steps - 1).ok_or_else(|| too_wide(field)),
        _ => between(from, to, index, steps - 1).ok_or_else(|| too_wide(field)),
    };
    let node = |value: Decimal| Node {
        value: Value::Number(value.normalize().to_string()),
        origin: field.node().origin.clone(),
    };
    (0..steps).map(|index| value(index).map(node)).collect()
}

fn too_wide(field: &Field<'_>) -> Error {
    let what = format!("the values of `{}` need more than the 28 digits that are kept exactly", field.path);
    field.fail(&what, "move its ends closer together, or round them")
}

/// `from + (to − from)·index/intervals`, at 12 significant digits; `None` where 28 digits are too few.
fn between(from: Decimal, to: Decimal, index: u64, intervals: u64) -> Option<Decimal> {
    let along = to.checked_sub(from)?.checked_mul(index.into())?.checked_div(intervals.into())?;
    from.checked_add(along)?.round_sf(DIGITS)
}

/// `from·(to/from)^(index/intervals)`, at 12 significant digits.
fn between_log(from: Decimal, to: Decimal, index: u64, intervals: u64) -> Option<Decimal> {
    let (low, high) = (libm::log(to_f64(from)), libm::log(to_f64(to)));
    let value = libm::exp(low + (high - low) * index as f64 / intervals as f64);
    exact_decimal(&format!("{value:.*e}", DIGITS as usize - 1)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;

    #[test]
    fn inner_values_are_those_a_person_would_write() {
        let tenths: Vec<String> = (1..10)
            .filter_map(|i| between(dec!(0), dec!(1), i, 10))
            .map(|x| x.normalize().to_string())
            .collect();
        assert_eq!(tenths, ["0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.8", "0.9"]);
        assert_eq!(between(dec!(1), dec!(2), 1, 3), Some(dec!(1.33333333333)));
        assert_eq!(between(dec!(50), dec!(2), 1, 4), Some(dec!(38)));
        assert_eq!(between(dec!(-1), dec!(1), 1, 2), Some(dec!(0)));
    }

    #[test]
    fn ratios_are_equal_on_a_log_scale() {
        let values = |from, to, n| (1..n).filter_map(|i| between_log(from, to, i, n)).collect::<Vec<_>>();
        assert_eq!(values(dec!(10), dec!(1000), 2), [dec!(100)]);
        assert_eq!(values(dec!(1), dec!(16), 4), [dec!(2), dec!(4), dec!(8)]);
        assert_eq!(values(dec!(0.001), dec!(1000), 6), [dec!(0.01), dec!(0.1), dec!(1), dec!(10), dec!(100)]);
        assert_eq!(values(dec!(2), dec!(1), 2), [dec!(1.41421356237)]);
    }

    #[test]
    fn what_does_not_fit_is_none() {
        let huge = Decimal::MAX;
        assert_eq!(between(-huge, huge, 1, 2), None);
        assert_eq!(between_log(dec!(0.0000000000000000000000000001), dec!(1), 1, 3), None);
    }
}
