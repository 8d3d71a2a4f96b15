//! The time of a bar, in any of the ways exchanges and charting sites write it.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

/// How a time is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TimeFormat {
    Seconds,
    Milliseconds,
    Microseconds,
    Nanoseconds,
    Iso,
}

impl TimeFormat {
    /// The name used in messages.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Seconds => "seconds",
            Self::Milliseconds => "milliseconds",
            Self::Microseconds => "microseconds",
            Self::Nanoseconds => "nanoseconds",
            Self::Iso => "ISO dates",
        }
    }
}

/// What a time should look like instead.
pub(crate) const TIME_REMEDY: &str = "write the bar's open time as Unix seconds or milliseconds, \
                                      or as 2024-01-31 or 2024-01-31T13:00:00Z (UTC)";

/// Milliseconds since 1970 (UTC) and how they were written; `None` for what is no time.
///
/// The unit of an integer follows from its size: whichever puts it between 1973 and 5138. Dates
/// without a zone are UTC; fractions of a millisecond are cut off.
pub(crate) fn parse_time(text: &str) -> Option<(i64, TimeFormat)> {
    let whole = text.split_once('.').filter(|(_, zeros)| zeros.bytes().all(|b| b == b'0'));
    let digits = whole.map_or(text, |(digits, _)| digits);
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return from_unix(digits.parse().ok()?);
    }
    // A bracketed zone name would be skipped over by the parser and the time read as UTC.
    if text.contains('[') {
        return None;
    }
    let timestamp = text
        .parse::<Timestamp>()
        .or_else(|_| text.parse::<DateTime>().and_then(|civil| Offset::UTC.to_timestamp(civil)))
        .ok()?;
    Some((timestamp.as_millisecond(), TimeFormat::Iso))
}

fn from_unix(count: i64) -> Option<(i64, TimeFormat)> {
    match count {
        100_000_000..100_000_000_000 => Some((count * 1_000, TimeFormat::Seconds)),
        100_000_000_000..100_000_000_000_000 => Some((count, TimeFormat::Milliseconds)),
        100_000_000_000_000..100_000_000_000_000_000 => Some((count / 1_000, TimeFormat::Microseconds)),
        100_000_000_000_000_000.. => Some((count / 1_000_000, TimeFormat::Nanoseconds)),
        _ => None,
    }
}

/// `2024-01-31T13:00:00Z`, for messages.
pub(crate) fn iso(time_ms: i64) -> String {
    Timestamp::from_millisecond(time_ms).map_or_else(|_| format!("{time_ms} ms"), |t| t.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_of_writing_gives_the_same_instant() {
        // 2024-01-31T13:00:00Z is 1706706000 (GNU date -d … +%s).
        let cases = [
            ("1706706000", TimeFormat::Seconds),
            ("1706706000.0", TimeFormat::Seconds),
            ("1706706000000", TimeFormat::Milliseconds),
            ("1706706000000000", TimeFormat::Microseconds),
            ("1706706000000000000", TimeFormat::Nanoseconds),
            ("2024-01-31T13:00:00Z", TimeFormat::Iso),
            ("2024-01-31 13:00:00", TimeFormat::Iso),
            ("2024-01-31T13:00", TimeFormat::Iso),
            ("2024-01-31T15:00:00+02:00", TimeFormat::Iso),
            ("2024-01-31 08:00:00-05:00", TimeFormat::Iso),
        ];
        for (text, format) in cases {
            assert_eq!(parse_time(text), Some((1_706_706_000_000, format)), "{text}");
        }
        assert_eq!(parse_time("2024-01-31"), Some((1_706_659_200_000, TimeFormat::Iso)));
        assert_eq!(iso(1_706_706_000_000), "2024-01-31T13:00:00Z");
    }

    #[test]
    fn refuses_what_is_no_time() {
        let cases = [
            "",
            "time",
            "20240131",
            "0",
            "-1706706000",
            "1.7067E+12",
            "1706706000.5",
            "31/01/2024",
            "2024-13-01",
            "2024-01-31 01-PM",
            "13:00:00",
            "2024-01-31T13:00[America/New_York]",
            "99999999999999999999",
        ];
        for text in cases {
            assert_eq!(parse_time(text), None, "{text}");
        }
    }
}
