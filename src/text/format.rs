//! Numbers and texts as a person reads them.

use crate::domain::{Decimal, to_f64};

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

/// `720 steps`.
pub fn steps(count: u64) -> String {
    format!("{} {}", whole(count), if count == 1 { "step" } else { "steps" })
}

/// `1 bar`, `2,999 bars`: a count with its noun.
pub fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", whole(count), if count == 1 { one } else { many })
}

/// `30 days`, `1 day`, `1 hour`: a length of time, in hours, minutes or seconds where it is shorter than a day.
pub fn duration(days: f64) -> String {
    const UNITS: [(f64, &str); 4] = [(1.0, "day"), (24.0, "hour"), (1_440.0, "minute"), (86_400.0, "second")];
    let found = UNITS.into_iter().find(|(per_day, _)| days * per_day >= 1.0 - 1e-9);
    let (per_day, unit) = found.unwrap_or(UNITS[3]);
    let count = significant(days * per_day, 6);
    let plural = if count == "1" { "" } else { "s" };
    format!("{count} {unit}{plural}")
}

/// `fees, funding and slippage`; `None` of nothing.
pub fn listed(items: &[&str], conjunction: &str) -> Option<String> {
    match items {
        [] => None,
        [one] => Some((*one).to_owned()),
        [before @ .., last] => Some(format!("{} {conjunction} {last}", before.join(", "))),
    }
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

/// So many significant digits at most, without trailing zeros; whole numbers are rounded too.
pub fn significant(value: f64, digits: usize) -> String {
    rounded(value, digits, libm::round)
}

/// [`significant`], rounded towards zero: what is at least so much still is.
pub fn significant_at_least(value: f64, digits: usize) -> String {
    rounded(value, digits, libm::trunc)
}

fn rounded(value: f64, digits: usize, round: impl Fn(f64) -> f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return fixed(value, 0);
    }
    let magnitude = libm::floor(libm::log10(value.abs()));
    if magnitude < -7.0 {
        return format!("{value:.*e}", digits.saturating_sub(1));
    }
    let decimals = (digits as f64 - 1.0 - magnitude).clamp(-12.0, 12.0) as i32;
    let scale = (0..decimals.abs()).fold(1.0, |scale, _| scale * 10.0);
    if decimals < 0 {
        return fixed(round(value / scale) * scale, 0);
    }
    trim_zeros(fixed(round(value * scale) / scale, decimals as usize))
}

/// A decimal at seven significant digits.
pub fn seven_digits(value: Decimal) -> String {
    significant(to_f64(value), 7)
}

/// A decimal with all its digits, thousands apart.
pub fn exact(value: Decimal) -> String {
    let text = value.abs().normalize().to_string();
    let sign = if value.is_sign_negative() { "-" } else { "" };
    match text.split_once('.') {
        Some((before, after)) => format!("{sign}{}.{after}", group_digits(before)),
        None => format!("{sign}{}", group_digits(&text)),
    }
}

/// `65 %`, without trailing zeros; what is not the whole never reads as 100 %.
pub fn percent_trimmed(share: f64) -> String {
    let whole = |text: &str| share < 1.0 && text == "100";
    (6..=14)
        .map(|digits| significant(share * 100.0, digits))
        .find(|text| !whole(text))
        .map_or_else(|| share.to_string(), |text| format!("{text} %"))
}

/// Decimals that show two digits of `uncertainty`, at least `least` and at most 12.
pub fn decimals_for(uncertainty: f64, least: usize) -> usize {
    if !(uncertainty > 0.0 && uncertainty.is_finite()) {
        return least.max(2);
    }
    let wanted = 1.0 - libm::floor(libm::log10(uncertainty));
    wanted.clamp(least as f64, 12.0) as usize
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

/// A name of at most `most` characters: of a longer one the head and the tail, where names differ.
pub fn elided(name: &str, most: usize) -> String {
    let clean = printable(name, name.chars().count());
    let count = clean.chars().count();
    if count <= most {
        return clean;
    }
    let head = most.saturating_sub(1).div_ceil(2);
    let tail = most.saturating_sub(1) - head;
    clean.chars().take(head).chain(['…']).chain(clean.chars().skip(count - tail)).collect()
}

/// Every name as [`elided`]; those that then look the same end in `~` and their number in the list.
pub fn distinct<'a>(names: impl IntoIterator<Item = &'a str>, most: usize) -> Vec<String> {
    let names: Vec<&str> = names.into_iter().collect();
    let short: Vec<String> = names.iter().map(|name| elided(name, most)).collect();
    let alike = |name: &String| short.iter().filter(|other| *other == name).count() > 1;
    let numbered = |(index, name): (usize, &&str)| {
        let number = format!("~{}", index + 1);
        elided(name, most.saturating_sub(number.len())) + &number
    };
    let shown = names.iter().enumerate().zip(&short);
    shown.map(|(at, name)| if alike(name) { numbered(at) } else { name.clone() }).collect()
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
        assert_eq!(
            [significant(1_955.0, 2), significant(995.0, 2), significant(-19_449.0, 3)],
            ["2,000", "1,000", "-19,400"]
        );
        assert_eq!([significant_at_least(1_955.0, 2), significant_at_least(3.49, 2)], ["1,900", "3.4"]);
    }

    #[test]
    fn a_share_below_the_whole_is_not_the_whole() {
        assert_eq!(
            [percent_trimmed(0.65), percent_trimmed(0.995), percent_trimmed(1.0)],
            ["65 %", "99.5 %", "100 %"]
        );
        assert_eq!(percent_trimmed(0.999_999_999_9), "99.99999999 %");
        assert_eq!(percent_trimmed(1.0 - f64::EPSILON / 2.0), "0.9999999999999999");
    }

    #[test]
    fn decimals_with_thousands_apart() {
        let decimal = |text: &str| text.parse::<Decimal>().unwrap();
        assert_eq!([exact(decimal("-1234567.50")), exact(decimal("0.001"))], ["-1,234,567.5", "0.001"]);
        assert_eq!(
            [seven_digits(decimal("57286.432160804")), seven_digits(decimal("123456789"))],
            ["57,286.43", "123,456,800"]
        );
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
        assert_eq!(elided("\u{1b}bc", 6), "\u{fffd}bc");
    }

    #[test]
    fn long_names_stay_distinct() {
        let long = "basis_trade_of_the_winter_";
        let names = [format!("{long}long"), format!("{long}short"), "btc".to_owned()];
        assert_eq!(distinct(names.iter().map(String::as_str), 12), ["basis_…_long", "basis_…short", "btc"]);
        let (one, two) = (format!("{long}1{long}"), format!("{long}2{long}"));
        let shown = distinct([one.as_str(), &two, "btc"], 12);
        assert_eq!(shown, ["basis…ter_~1", "basis…ter_~2", "btc"]);
    }

    #[test]
    fn wraps_at_blanks() {
        assert_eq!(wrap("aa bb cc", "- ", "  ", 7), "- aa bb\n  cc\n");
    }
}
