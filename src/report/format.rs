//! Numbers and texts as a person reads them.

/// Beyond this size a number is written with an exponent.
const PLAIN_LIMIT: f64 = 1e13;

/// `1,234,567`.
pub fn whole(value: u64) -> String {
    group_digits(&value.to_string())
}

/// `1 path`, `1,234 paths`.
pub fn paths(count: u64) -> String {
    format!("{} {}", whole(count), if count == 1 { "path" } else { "paths" })
}

/// A price: two decimals, or five significant digits below 1.
pub fn price(value: f64) -> String {
    if value.abs() >= 1.0 { fixed(value, 2) } else { significant(value, 5) }
}

/// `-1,234.50`: so many decimals, thousands apart; never `-0.00`.
pub fn fixed(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return "-".to_owned();
    }
    if value.abs() >= PLAIN_LIMIT {
        return format!("{value:.4e}");
    }
    let text = format!("{:.decimals$}", value.abs());
    let sign = if value < 0.0 && text.contains(|c: char| c.is_ascii_digit() && c != '0') { "-" } else { "" };
    match text.split_once('.') {
        Some((before, after)) => format!("{sign}{}.{after}", group_digits(before)),
        None => format!("{sign}{}", group_digits(&text)),
    }
}

/// So many significant digits at most, without trailing zeros.
pub fn significant(value: f64, digits: usize) -> String {
    if value == 0.0 || !value.is_finite() {
        return fixed(value, 0);
    }
    let magnitude = libm::floor(libm::log10(value.abs()));
    if magnitude < -7.0 {
        return format!("{value:.2e}");
    }
    let decimals = (digits as f64 - 1.0 - magnitude).clamp(0.0, 12.0) as usize;
    trim_zeros(fixed(value, decimals))
}

/// `65 %`, without trailing zeros.
pub fn percent_trimmed(share: f64) -> String {
    format!("{} %", significant(share * 100.0, 6))
}

/// Decimals that show two digits of `uncertainty`, at least `least` and at most 8.
pub fn decimals_for(uncertainty: f64, least: usize) -> usize {
    if !(uncertainty > 0.0 && uncertainty.is_finite()) {
        return least.max(2);
    }
    let wanted = 1.0 - libm::floor(libm::log10(uncertainty));
    wanted.clamp(least as f64, 8.0) as usize
}

/// Text of a stranger on one line: what would move the cursor, break the line or turn the direction of
/// writing is replaced, and so is what goes beyond `most` characters.
pub fn printable(text: &str, most: usize) -> String {
    let clean = text.chars().map(|c| if c.is_control() || is_invisible(c) { '\u{fffd}' } else { c });
    if text.chars().count() <= most {
        return clean.collect();
    }
    clean.take(most.saturating_sub(1)).chain(['…']).collect()
}

/// Breaks a text at blanks so that no line is wider than `width`, the first line starting with `first`
/// and the others with `rest`; a longer word stays whole.
pub fn wrap(text: &str, first: &str, rest: &str, width: usize) -> String {
    let (mut out, mut line) = (String::new(), first.to_owned());
    let mut empty = true;
    for word in text.split(' ') {
        if !empty && line.chars().count() + 1 + word.chars().count() > width {
            out.push_str(line.trim_end());
            out.push('\n');
            (line, empty) = (rest.to_owned(), true);
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(word);
        empty = false;
    }
    out.push_str(line.trim_end());
    out.push('\n');
    out
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

fn trim_zeros(text: String) -> String {
    if text.contains('.') && !text.contains('e') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

fn group_digits(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_thousands() {
        assert_eq!(
            [whole(0), whole(999), whole(1_000), whole(1_234_567)],
            ["0", "999", "1,000", "1,234,567"]
        );
        assert_eq!([fixed(-1234.5, 2), fixed(-0.001, 2), fixed(0.5, 0)], ["-1,234.50", "0.00", "0"]);
        assert_eq!([paths(1), paths(2_000)], ["1 path", "2,000 paths"]);
        assert_eq!(
            [price(3_283.582), price(60_000.0), price(0.123_456_7)],
            ["3,283.58", "60,000.00", "0.12346"]
        );
        assert_eq!([fixed(f64::NAN, 2), fixed(1e15, 2)], ["-", "1.0000e15"]);
    }

    #[test]
    fn keeps_significant_digits() {
        assert_eq!([significant(54_271.356_783_9, 7), significant(3_000.0, 7)], ["54,271.36", "3,000"]);
        assert_eq!([significant(0.000_123_4, 3), significant(1e-12, 3)], ["0.000123", "1.00e-12"]);
        assert_eq!([percent_trimmed(0.65), percent_trimmed(0.995)], ["65 %", "99.5 %"]);
    }

    #[test]
    fn shows_two_digits_of_the_uncertainty() {
        assert_eq!(decimals_for(0.21, 1), 2);
        assert_eq!(decimals_for(0.0021, 1), 4);
        assert_eq!(decimals_for(25.0, 1), 1);
        assert_eq!(decimals_for(0.0, 1), 2);
    }

    #[test]
    fn disarms_hostile_text() {
        assert_eq!(printable("a\u{1b}[31m\nb\u{202e}c", 20), "a\u{fffd}[31m\u{fffd}b\u{fffd}c");
        assert_eq!(printable("twelve chars", 6), "twelv…");
    }

    #[test]
    fn wraps_at_blanks() {
        assert_eq!(wrap("aa bb cc", "- ", "  ", 7), "- aa bb\n  cc\n");
    }
}
