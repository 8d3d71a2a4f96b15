use std::fmt;
use std::str::FromStr;

/// Seconds in a day.
pub const SECONDS_PER_DAY: u64 = 86_400;
/// Seconds in a year of 365 days, the year of every annual rate and volatility here.
pub const SECONDS_PER_YEAR: u64 = 365 * SECONDS_PER_DAY;

const UNITS: [(&str, u64); 6] = [
    ("s", 1),
    ("m", 60),
    ("h", 3_600),
    ("d", SECONDS_PER_DAY),
    ("w", 7 * SECONDS_PER_DAY),
    ("y", SECONDS_PER_YEAR),
];

/// A length of time in whole seconds, greater than zero: `30d`, `1h`, `5m`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    seconds: u64,
}

/// Longest span, in years: beyond it no rate or volatility of today means anything.
const MAX_YEARS: u64 = 1_000;

/// Why a text is not a [`Span`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParseDurationError {
    /// Not a whole number greater than zero and a unit.
    Syntax,
    /// More than 1,000 years.
    TooLong,
}

impl fmt::Display for ParseDurationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax => f.write_str(
                "a duration is a whole number greater than 0 and a unit: s, m, h, d, w or y (365 days)",
            ),
            Self::TooLong => write!(f, "a duration is at most {MAX_YEARS} years (1000y, or 365000d)"),
        }
    }
}

impl std::error::Error for ParseDurationError {}

impl Span {
    /// A span of so many seconds; `None` for zero and for more than 1,000 years.
    pub fn from_seconds(seconds: u64) -> Option<Self> {
        (1..=MAX_YEARS * SECONDS_PER_YEAR).contains(&seconds).then_some(Self { seconds })
    }

    /// Whole seconds.
    pub fn seconds(self) -> u64 {
        self.seconds
    }

    /// Days of 86,400 seconds.
    pub fn days(self) -> f64 {
        self.seconds as f64 / SECONDS_PER_DAY as f64
    }

    /// Years of 365 days.
    pub fn years(self) -> f64 {
        self.seconds as f64 / SECONDS_PER_YEAR as f64
    }
}

impl FromStr for Span {
    type Err = ParseDurationError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        use ParseDurationError::{Syntax, TooLong};
        let split = text.find(|c: char| !c.is_ascii_digit()).ok_or(Syntax)?;
        let (digits, unit) = text.split_at(split);
        let (_, scale) = UNITS.iter().find(|(name, _)| *name == unit).ok_or(Syntax)?;
        if digits.bytes().all(|digit| digit == b'0') {
            return Err(Syntax);
        }
        // Only digits are left, so that a number too large to hold is the one way to fail.
        let count: u64 = digits.parse().map_err(|_| TooLong)?;
        count.checked_mul(*scale).and_then(Self::from_seconds).ok_or(TooLong)
    }
}

impl fmt::Display for Span {
    /// The largest of d, h, m, s that divides it, as a person would have written it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, scale) = UNITS[..4]
            .iter()
            .rev()
            .find(|(_, scale)| self.seconds.is_multiple_of(*scale))
            .unwrap_or(&UNITS[0]);
        write!(f, "{}{unit}", self.seconds / scale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_unit() {
        let cases = [
            ("90s", 90),
            ("5m", 300),
            ("1h", 3_600),
            ("30d", 2_592_000),
            ("2w", 1_209_600),
            ("1y", 31_536_000),
        ];
        for (text, seconds) in cases {
            assert_eq!(text.parse::<Span>().map(Span::seconds), Ok(seconds), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_not_a_duration() {
        for text in ["", "h", "0h", "00y", "1.5h", "-1h", "1 h", "1H", "1month"] {
            assert_eq!(text.parse::<Span>(), Err(ParseDurationError::Syntax), "{text}");
        }
    }

    #[test]
    fn names_the_limit_of_a_thousand_years() {
        assert_eq!("1000y".parse::<Span>().map(Span::years), Ok(1_000.0));
        assert_eq!("365000d".parse::<Span>(), "1000y".parse::<Span>());
        for text in ["1001y", "365001d", "99999999999999999999y", "99999999999999999999999s"] {
            assert_eq!(text.parse::<Span>(), Err(ParseDurationError::TooLong), "{text}");
        }
        assert!(ParseDurationError::TooLong.to_string().contains("at most 1000 years"));
    }

    #[test]
    fn prints_what_it_would_read() {
        for text in ["90s", "5m", "1h", "30d"] {
            assert_eq!(text.parse::<Span>().map(|s| s.to_string()).as_deref(), Ok(text));
        }
    }
}
