//! Which column of a price file is what.

use csv::StringRecord;

use crate::error::Invalid;
use crate::history::csv_file::shown;
use crate::history::time::parse_time;

/// Header names of a bar's time, compared in lower case with `_` for blanks.
const TIME_NAMES: [&str; 17] = [
    "time",
    "timestamp",
    "date",
    "datetime",
    "date_time",
    "open_time",
    "opentime",
    "open_time_ms",
    "time_ms",
    "timestamp_ms",
    "unix",
    "unix_time",
    "unix_timestamp",
    "ts",
    "start_time",
    "starttime",
    "time_utc",
];
/// More of them in files of funding rates.
const FUNDING_TIMES: [&str; 4] = ["calc_time", "funding_time", "fundingtime", "calctime"];
/// Header names of a funding rate.
const RATE_NAMES: [&str; 7] = [
    "rate",
    "funding_rate",
    "fundingrate",
    "last_funding_rate",
    "lastfundingrate",
    "realized_rate",
    "funding_mean",
];
/// Columns of a Binance kline file.
const KLINE_COLUMNS: usize = 12;
/// The remedy for a file whose columns are not named.
const HEADER_REMEDY: &str = "write a first line that names the columns: time,open,high,low,close,volume";

/// Columns by index, counted from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) time: usize,
    pub(crate) close: usize,
    pub(crate) high: Option<usize>,
    pub(crate) low: Option<usize>,
    /// Columns that every row has.
    pub(crate) width: usize,
}

/// Columns of a file of funding rates, counted from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FundingLayout {
    pub(crate) time: usize,
    pub(crate) rate: usize,
    /// Hours between payments.
    pub(crate) hours: Option<usize>,
    /// Columns that every row has.
    pub(crate) width: usize,
}

impl FundingLayout {
    /// The layout that a header names.
    ///
    /// # Errors
    /// Other separators than commas; a missing or repeated column.
    pub(crate) fn of_header(record: &StringRecord) -> Result<Self, Invalid> {
        separators(record)?;
        let names = names(record);
        let find = |known: &dyn Fn(&str) -> bool, wanted: &str| {
            let mut found = names.iter().enumerate().filter(|(_, name)| known(name)).map(|(index, _)| index);
            match (found.next(), found.next()) {
                (Some(_), Some(_)) => {
                    Err(Invalid::new(format!("two columns contain a {wanted}"))
                        .with_help("remove one of them"))
                }
                (Some(index), None) => Ok(index),
                (None, _) => {
                    let prices = names.iter().any(|name| name == "close");
                    let help = match prices {
                        true => "these look like prices; name a file with the columns time,funding_rate",
                        false => "write a header such as time,funding_rate",
                    };
                    let message =
                        format!("no column contains a {wanted} (found {})", shown(&names.join(",")));
                    Err(Invalid::new(message).with_help(help))
                }
            }
        };
        let is_time = |name: &str| TIME_NAMES.contains(&name) || FUNDING_TIMES.contains(&name);
        Ok(Self {
            time: find(&is_time, "time")?,
            rate: find(&|name: &str| RATE_NAMES.contains(&name), "funding rate")?,
            hours: column(&names, "funding_interval_hours")?,
            width: names.len(),
        })
    }
}

/// Column names in lower case with `_` for blanks.
fn names(record: &StringRecord) -> Vec<String> {
    record.iter().map(|name| name.trim().to_lowercase().replace(' ', "_")).collect()
}

/// Whether a first row is data, that is, begins with a number or a date.
pub(crate) fn is_data(record: &StringRecord) -> bool {
    let first = record.get(0).unwrap_or_default().trim();
    let is_number = !first.is_empty() && first.bytes().all(|b| b.is_ascii_digit() || b".-+".contains(&b));
    is_number || parse_time(first).is_some()
}

impl Layout {
    /// The layout of a file without header: Binance's klines, the only one known by its width.
    ///
    /// # Errors
    /// Any other number of columns.
    pub(crate) fn of_data(record: &StringRecord) -> Result<Self, Invalid> {
        separators(record)?;
        if record.len() != KLINE_COLUMNS {
            let message = format!(
                "the file has no header, and {} columns instead of the {KLINE_COLUMNS} of Binance's klines",
                record.len()
            );
            return Err(Invalid::new(message).with_help(HEADER_REMEDY));
        }
        Ok(Self { time: 0, close: 4, high: Some(2), low: Some(3), width: KLINE_COLUMNS })
    }

    /// The layout that a header names.
    ///
    /// # Errors
    /// Other separators than commas; a missing or repeated column.
    pub(crate) fn of_header(record: &StringRecord) -> Result<Self, Invalid> {
        separators(record)?;
        let names = names(record);
        let time = time_column(&names)?;
        let close = column(&names, "close")?.ok_or_else(|| missing("close", &names))?;
        Ok(Self {
            time,
            close,
            high: column(&names, "high")?,
            low: column(&names, "low")?,
            width: names.len(),
        })
    }
}

fn missing(wanted: &str, names: &[String]) -> Invalid {
    let remedy = match names.iter().any(|name| name.contains("funding")) {
        true => "these look like funding rates; name a file of prices",
        false => HEADER_REMEDY,
    };
    let message = format!("missing column `{wanted}` (found {})", shown(&names.join(",")));
    Invalid::new(message).with_help(remedy)
}

/// Refuses a record that other separators than commas divide.
///
/// # Errors
/// The separator and what to write.
pub(crate) fn separators(record: &StringRecord) -> Result<(), Invalid> {
    let has = |separator: char| record.iter().any(|field| field.contains(separator));
    let found = [(';', "semicolons"), ('\t', "tabs"), ('|', "vertical bars")];
    match found.into_iter().find(|(separator, _)| has(*separator)) {
        Some((_, name)) => Err(Invalid::new(format!("the columns are separated by {name}"))
            .expected("commas")
            .with_help("save the file with commas between the columns")),
        None => Ok(()),
    }
}

/// The leftmost time column: some files give the same instant twice, as a number and as a date.
fn time_column(names: &[String]) -> Result<usize, Invalid> {
    let has = |name: &str| names.iter().any(|other| other == name);
    if has("date") && has("time") {
        return Err(Invalid::new("the columns `date` and `time` each contain a part of the time")
            .with_help("join them in one column, as in 2024-01-31T13:00:00Z"));
    }
    names.iter().position(|name| TIME_NAMES.contains(&name.as_str())).ok_or_else(|| missing("time", names))
}

fn column(names: &[String], wanted: &str) -> Result<Option<usize>, Invalid> {
    let mut found = names.iter().enumerate().filter(|(_, name)| *name == wanted).map(|(index, _)| index);
    let first = found.next();
    match found.next() {
        Some(_) => {
            Err(Invalid::new(format!("duplicate column `{wanted}`")).with_help("remove one of the two"))
        }
        None => Ok(first),
    }
}
