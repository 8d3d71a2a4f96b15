//! A price, strictly: nothing is guessed from half a number.

use crate::error::Invalid;
use crate::history::csv_file::shown;

/// Smallest and largest price, so that the ratio of any two is finite and greater than zero.
const PRICES: std::ops::RangeInclusive<f64> = 1e-15..=1e15;

/// What to do with a bar that has no price.
const DELETE: &str = "delete the row (and see the key `gaps`)";

/// Reads the price in the column `name`: a decimal, with or without exponent, greater than zero.
///
/// # Errors
/// The column, the value and what to write instead.
pub(crate) fn parse_price(name: &str, text: &str) -> Result<f64, Invalid> {
    // The standard parser also reads `inf` and `NaN`.
    let is_decimal = text.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte));
    match text.parse::<f64>() {
        Ok(price) if is_decimal && PRICES.contains(&price) => Ok(price),
        Ok(price) if is_decimal => Err(out_of_range(name, text, price)),
        _ => Err(unreadable(name, text)),
    }
}

fn out_of_range(name: &str, text: &str, price: f64) -> Invalid {
    let value = shown(text);
    let (expected, help) = if price == 0.0 {
        ("a price greater than 0", DELETE)
    } else if price < 0.0 {
        ("a price greater than 0", "correct or delete the row")
    } else {
        ("a price from 1e-15 to 1e15", "correct the row")
    };
    Invalid::new(format!("the {name} is {value}")).with_value(text).expected(expected).with_help(help)
}

fn unreadable(name: &str, text: &str) -> Invalid {
    const MISSING: [&str; 7] = ["", "null", "none", "nan", "n/a", "na", "-"];
    let value = shown(text);
    if MISSING.contains(&text.to_ascii_lowercase().as_str()) {
        return Invalid::new(format!("the {name} is missing ({value})")).with_help(DELETE);
    }
    let help = match text.contains(',') {
        true => "write it without thousands separators and with a decimal point, as in 1234.56",
        false => "write the number alone, as in 1234.56",
    };
    Invalid::new(format!("the {name} is {value}")).with_value(text).expected("a number").with_help(help)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_decimals_only() {
        let good = [("60000", 60_000.0), ("0.00001234", 1.234e-5), ("1.234e-05", 1.234e-5), ("1E3", 1_000.0)];
        for (text, price) in good {
            assert_eq!(parse_price("close", text), Ok(price), "{text}");
        }
        let bad = [
            ("", "missing"),
            ("NULL", "missing"),
            ("NaN", "missing"),
            ("0", "greater than 0"),
            ("0.00", "greater than 0"),
            ("1e-400", "greater than 0"),
            ("-5", "greater than 0"),
            ("1e400", "1e15"),
            ("1e16", "1e15"),
            ("inf", "expected a number"),
            ("infinity", "expected a number"),
            ("1,234.56", "separators"),
            ("$100", "write the number alone"),
            ("1_000", "expected a number"),
            ("0x10", "expected a number"),
            ("1.2.3", "expected a number"),
            ("e", "expected a number"),
        ];
        for (text, part) in bad {
            let message = parse_price("close", text).unwrap_err().to_string();
            assert!(message.contains(part) && message.contains("close"), "{text}: {message}");
        }
    }
}
