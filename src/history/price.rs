//! A price, strictly: nothing is guessed from half a number.

use crate::history::csv_file::shown;

/// Smallest and largest price, so that the ratio of any two is finite and greater than zero.
const PRICES: std::ops::RangeInclusive<f64> = 1e-15..=1e15;

/// Reads the price in the column `name`: a decimal, with or without exponent, greater than zero.
///
/// # Errors
/// The column, the value and what to write instead.
pub(crate) fn parse_price(name: &str, text: &str) -> Result<f64, String> {
    // The standard parser also reads `inf` and `NaN`.
    let is_decimal = text.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte));
    match text.parse::<f64>() {
        Ok(price) if is_decimal && PRICES.contains(&price) => Ok(price),
        Ok(price) if is_decimal => Err(out_of_range(name, text, price)),
        _ => Err(unreadable(name, text)),
    }
}

fn out_of_range(name: &str, text: &str, price: f64) -> String {
    let value = shown(text);
    if price == 0.0 {
        format!("the {name} is {value}; prices are greater than 0: delete the row (and see the key `gaps`)")
    } else if price < 0.0 {
        format!("the {name} is {value}; prices are greater than 0: correct or delete the row")
    } else {
        format!("the {name} is {value}; prices lie in 1e-15 … 1e15: correct the row")
    }
}

fn unreadable(name: &str, text: &str) -> String {
    const MISSING: [&str; 7] = ["", "null", "none", "nan", "n/a", "na", "-"];
    let value = shown(text);
    if MISSING.contains(&text.to_ascii_lowercase().as_str()) {
        format!("the {name} is missing ({value}): delete the row (and see the key `gaps`)")
    } else if text.contains(',') {
        format!("the {name} is {value}: write it without separators of thousands, with a point: 1234.56")
    } else {
        format!("the {name} is {value}, not a number: write the number alone, as in 1234.56")
    }
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
            ("inf", "not a number"),
            ("infinity", "not a number"),
            ("1,234.56", "separators"),
            ("$100", "write the number alone"),
            ("1_000", "not a number"),
            ("0x10", "not a number"),
            ("1.2.3", "not a number"),
            ("e", "not a number"),
        ];
        for (text, part) in bad {
            let message = parse_price("close", text).unwrap_err();
            assert!(message.contains(part) && message.contains("close"), "{text}: {message}");
        }
    }
}
