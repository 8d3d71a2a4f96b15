//! Funding rates from a CSV file, in the order of time.

use std::path::Path;

use csv::StringRecord;
use rust_decimal::Decimal;

use crate::error::{Invalid, Result};
use crate::history::bars::Bars;
use crate::history::csv_file::{CsvFile, shown};
use crate::history::layout;
use crate::history::layout::FundingLayout;
use crate::history::remarks::{notes, ragged};
use crate::text::number::exact_decimal;

const MAX_MIB: u64 = 64;
/// Sixty years of hourly payments.
const MAX_RATES: usize = 525_600;
/// Decimals of a rate: the ledger's.
const DECIMALS: u32 = 15;
/// Venues stamp a payment a few milliseconds late; payments fall on whole minutes.
const MINUTE_MS: i64 = 60_000;

/// The funding rates of one market. `times_ms` and `rates` have the same length, at least 1.
#[derive(Debug, Clone, PartialEq)]
pub struct FundingHistory {
    /// When each was paid, milliseconds since 1970 (UTC), down to the minute; never falling.
    pub times_ms: Vec<i64>,
    /// Fraction of the notional for one interval, `−1 < r < 1`, rounded to 15 decimals.
    pub rates: Vec<Decimal>,
    /// Hours between payments where the file has a column of them and they are all the same.
    pub interval_hours: Option<Decimal>,
    /// What was done to the rows, for the person to read.
    pub notes: Vec<String>,
    /// How messages call the file.
    pub shown_name: String,
    /// SHA-256 of the file's bytes, in hex.
    pub sha256: String,
}

/// Reads a CSV with a header that names a time and a rate, in any order and beside any other columns; times as in a
/// price file. A row that repeats time and rate of the row before it is dropped and counted.
///
/// # Errors
/// An [`Error::Input`](crate::error::Error::Input) that names `shown_name`, the line, the value and the remedy.
pub fn read_funding_history(path: &Path, shown_name: &str) -> Result<FundingHistory> {
    let mut file = CsvFile::open(path, shown_name, MAX_MIB, None)?;
    let mut record = StringRecord::new();
    let Some(line) = file.read(&mut record)? else {
        return Err(file.error("the file is empty"));
    };
    if layout::is_data(&record) {
        return Err(file.error_at(
            line,
            Invalid::new("the file has no header").with_help("write a first line such as time,funding_rate"),
        ));
    }
    let layout = FundingLayout::of_header(&record).map_err(|invalid| file.error_at(line, invalid))?;
    let mut rows: Bars<Decimal> = Bars::new("rate", "rate");
    let mut hours: Option<Option<Decimal>> = None;
    while let Some(line) = file.read(&mut record)? {
        if record.len() != layout.width {
            return Err(ragged(&mut file, line, record.len(), layout.width)?);
        }
        if rows.times_ms.len() == MAX_RATES {
            let message = format!("the file has more than {MAX_RATES} rates");
            return Err(file.error_at(line, Invalid::new(message).with_help("shorten it")));
        }
        let field = |index: usize| record.get(index).unwrap_or_default().trim();
        let rate = parse_rate(field(layout.rate)).map_err(|invalid| file.error_at(line, invalid))?;
        rows.push(line, field(layout.time), rate).map_err(|invalid| file.error_at(line, invalid))?;
        if let Some(index) = layout.hours {
            let this = exact_decimal(field(index)).ok();
            hours = Some(hours.map_or(this, |all| all.filter(|all| Some(*all) == this)));
        }
    }
    if rows.times_ms.is_empty() {
        return Err(file.error("the file has a header but no rates"));
    }
    rows.round_times(MINUTE_MS).map_err(|invalid| invalid.in_file(shown_name))?;
    let notes = notes(shown_name, &mut rows, &file);
    Ok(FundingHistory {
        times_ms: rows.times_ms,
        rates: rows.values,
        interval_hours: hours.flatten(),
        notes,
        shown_name: shown_name.to_owned(),
        sha256: file.sha256(),
    })
}

fn parse_rate(text: &str) -> std::result::Result<Decimal, Invalid> {
    const MISSING: [&str; 7] = ["", "null", "none", "nan", "n/a", "na", "-"];
    if MISSING.contains(&text.to_ascii_lowercase().as_str()) {
        return Err(
            Invalid::new(format!("the rate is missing ({})", shown(text))).with_help("delete the row")
        );
    }
    let wrong = |expected: &str| {
        let invalid =
            Invalid::new(format!("the rate is {}", shown(text))).with_value(text).expected(expected);
        invalid.with_help("write a fraction, such as 0.0001 for 0.01 %")
    };
    if text.ends_with('%') {
        return Err(wrong("a fraction"));
    }
    let rate = exact_decimal(text).map_err(|_| wrong("a number"))?;
    if rate.abs() >= Decimal::ONE {
        return Err(wrong("a rate greater than -1 and less than 1"));
    }
    Ok(rate.round_dp(DECIMALS).normalize())
}

impl FundingHistory {
    /// The usual distance of two rates, milliseconds: the median, of an even number the smaller; `None` for one rate.
    pub(crate) fn spacing_ms(&self) -> Option<i64> {
        let mut gaps: Vec<i64> = self.times_ms.windows(2).map(|pair| pair[1] - pair[0]).collect();
        gaps.sort_unstable();
        gaps.get(gaps.len().checked_sub(1)? / 2).copied()
    }

    /// The rate that holds at a time: the latest at or before it.
    pub(crate) fn at(&self, time_ms: i64) -> Option<Decimal> {
        let next = self.times_ms.partition_point(|time| *time <= time_ms);
        next.checked_sub(1).and_then(|last| self.rates.get(last)).copied()
    }
}
