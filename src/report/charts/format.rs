//! Numbers as a person reads them.

/// A power of ten, exactly rounded.
pub fn power_of_ten(exponent: i32) -> f64 {
    format!("1e{exponent}").parse().unwrap_or(1.0)
}

/// What large amounts are counted in, so that an axis shows few digits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// Amounts are divided by it.
    pub divisor: f64,
    /// Its name; empty for 1.
    pub word: &'static str,
}

impl Scale {
    /// The scale for amounts up to `largest` in size.
    pub fn of(largest: f64) -> Self {
        const LARGE: [(f64, &str); 3] = [(1e12, "trillion"), (1e9, "billion"), (1e6, "million")];
        let found = LARGE.iter().find(|(divisor, _)| largest.abs() >= 10.0 * divisor && largest.abs() < 1e17);
        let (divisor, word) = found.copied().unwrap_or((1.0, ""));
        Self { divisor, word }
    }
}

/// `value` with `decimals` places and commas between thousands.
pub fn grouped(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |rest| ("−", rest));
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(w, f)| (w, Some(f)));
    let mut shown = String::new();
    for (i, c) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(c);
    }
    let zero = digits.chars().all(|c| matches!(c, '0' | '.'));
    let sign = if zero { "" } else { sign };
    fraction.map_or_else(|| format!("{sign}{shown}"), |f| format!("{sign}{shown}.{f}"))
}

/// An amount of money to about four significant digits.
pub fn amount(value: f64) -> String {
    let size = value.abs();
    let Scale { divisor, word } = Scale::of(value);
    if !word.is_empty() {
        return format!("{} {word}", grouped(value / divisor, 2));
    }
    match size {
        0.0 => "0".to_owned(),
        s if s >= 1e17 => scientific(value),
        s if s >= 1e3 => grouped(value, 0),
        s if s >= 1.0 => grouped(value, 2),
        s if s >= 1e-3 => grouped(value, 5),
        _ => scientific(value),
    }
}

/// Four significant digits and a power of ten.
pub fn scientific(value: f64) -> String {
    format!("{value:.3e}").replace('-', "−")
}

/// A share as a percentage; what is not exactly none or all is never shown as such.
pub fn percent(share: f64) -> String {
    let value = share * 100.0;
    if share > 0.0 && value < 0.01 {
        return "<0.01 %".to_owned();
    }
    if share < 1.0 && value > 99.99 {
        return ">99.99 %".to_owned();
    }
    let decimals = match value {
        v if v == 0.0 || v == 100.0 => 0,
        v if !(1.0..=99.0).contains(&v) => 2,
        _ => 1,
    };
    format!("{} %", grouped(value, decimals))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_thousands() {
        let cases =
            [(0.0, 0, "0"), (999.0, 0, "999"), (1234567.891, 2, "1,234,567.89"), (-1000.0, 0, "−1,000")];
        for (value, decimals, text) in cases {
            assert_eq!(grouped(value, decimals), text);
        }
        assert_eq!(grouped(-0.001, 2), "0.00");
    }

    #[test]
    fn amounts_of_every_size() {
        let cases = [
            (0.0, "0"),
            (10_234.4, "10,234"),
            (12.345, "12.35"),
            (1e12, "1,000.00 billion"),
            (2.5e13, "25.00 trillion"),
            (1e-6, "1.000e−6"),
            (0.0125, "0.01250"),
            (1e20, "1.000e20"),
        ];
        for (value, text) in cases {
            assert_eq!(amount(value), text);
        }
    }

    #[test]
    fn rare_is_not_never_and_nearly_all_is_not_all() {
        let cases = [
            (0.0, "0 %"),
            (1e-7, "<0.01 %"),
            (0.0012, "0.12 %"),
            (0.123, "12.3 %"),
            (0.999_999, ">99.99 %"),
            (0.9995, "99.95 %"),
            (1.0, "100 %"),
        ];
        for (share, text) in cases {
            assert_eq!(percent(share), text);
        }
    }

    #[test]
    fn powers_of_ten_are_exact() {
        assert_eq!(power_of_ten(-3), 0.001);
        assert_eq!(power_of_ten(12), 1e12);
    }
}
