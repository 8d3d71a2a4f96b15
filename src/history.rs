//! Price histories: from CSV files as exchanges and charting sites give them to joint log returns.

pub(crate) mod bars;
pub(crate) mod csv_file;
pub(crate) mod funding;
pub(crate) mod joint;
pub(crate) mod layout;
pub(crate) mod price;
pub(crate) mod price_history;
pub(crate) mod remarks;
pub(crate) mod time;

use std::path::Path;

use crate::error::{Invalid, Result};
use crate::history::bars::Bars;
use crate::history::csv_file::{CsvFile, shown};
pub use crate::history::funding::{FundingHistory, read_funding_history};
pub use crate::history::joint::{
    Gaps, JointCloses, JointError, JointReturns, Place, joint_closes, joint_returns,
};
use crate::history::layout::Layout;
use crate::history::price::parse_price;
use crate::history::price_history::MIN_RETURNS;
pub use crate::history::price_history::PriceHistory;
use crate::history::remarks::{notes, ragged};
use crate::text::format::counted;
use csv::StringRecord;

/// Largest price file.
const MAX_MIB: u64 = 256;

/// Most bars of a file: ten years of minutes and some.
const MAX_BARS: usize = 6_000_000;

/// Lines in which a header is looked for, so that a message can say where it stands.
const HEADER_LINES: usize = 5;
const CORRECT: &str = "correct or delete the row";

/// Reads a CSV of bars: Binance's klines (12 columns, with or without header), or any file whose
/// header names a time and a `close`, in any order and beside any other columns.
///
/// Times are Unix seconds, milliseconds, microseconds or nanoseconds, distinguished by their size, or
/// ISO dates, UTC where they name no zone; one format a file. Rows run oldest or newest first; a
/// row that repeats time and close of the row before it is dropped. Where `high` and `low` exist,
/// the close must lie between them. Files up to 256 MiB and 6 million bars; two numbers a bar are kept.
///
/// # Errors
/// An [`Error::Input`](crate::error::Error::Input) that names `shown_name`, the line, the value and the remedy.
pub fn read_history(path: &Path, shown_name: &str) -> Result<PriceHistory> {
    let mut file = CsvFile::open(path, shown_name, MAX_MIB, None)?;
    let mut record = StringRecord::new();
    let mut bars = Bars::new("bar", "close");
    let layout = read_layout(&mut file, &mut record, &mut bars)?;
    while let Some(line) = file.read(&mut record)? {
        if record.len() != layout.width {
            return Err(ragged(&mut file, line, record.len(), layout.width)?);
        }
        if bars.times_ms.len() == MAX_BARS {
            let message = format!("the file has more than {MAX_BARS} bars");
            return Err(file.error_at(line, Invalid::new(message).with_help("shorten it")));
        }
        add_bar(&mut bars, &layout, line, &record).map_err(|invalid| file.error_at(line, invalid))?;
    }
    if bars.times_ms.is_empty() {
        return Err(file.error("the file has a header but no bars"));
    }
    if bars.times_ms.len() <= MIN_RETURNS {
        let message = format!("the file has {}", counted(bars.times_ms.len() as u64, "bar", "bars"));
        let expected = format!("at least {}, for {MIN_RETURNS} returns", MIN_RETURNS + 1);
        let invalid = Invalid::new(message).in_file(shown_name).expected(expected);
        return Err(invalid.with_help("use a longer history").into());
    }
    let notes = notes(shown_name, &mut bars, &file);
    Ok(PriceHistory { times_ms: bars.times_ms, closes: bars.values, notes, sha256: file.sha256() })
}

/// Reads the first line: a header, or the first bar of a file without one.
fn read_layout(file: &mut CsvFile, record: &mut StringRecord, bars: &mut Bars<f64>) -> Result<Layout> {
    let Some(line) = file.read(record)? else {
        return Err(file.error("the file is empty"));
    };
    if layout::is_data(record) {
        let layout = Layout::of_data(record).map_err(|invalid| file.error_at(line, invalid))?;
        add_bar(bars, &layout, line, record).map_err(|invalid| file.error_at(line, invalid))?;
        return Ok(layout);
    }
    let invalid = match Layout::of_header(record) {
        Ok(layout) => return Ok(layout),
        Err(invalid) => invalid,
    };
    // Some sites put their address, or an explanation, above the header.
    let first = record.get(0).unwrap_or_default().trim().to_owned();
    for _ in 1..HEADER_LINES {
        let Some(next) = file.read(record)? else { break };
        if Layout::of_header(record).is_ok() {
            let message = format!("{} is not the header, which is on line {next}", shown(&first));
            return Err(
                file.error_at(line, Invalid::new(message).with_help("delete the lines above the header"))
            );
        }
    }
    Err(file.error_at(line, invalid))
}

fn add_bar(
    bars: &mut Bars<f64>,
    layout: &Layout,
    line: u64,
    record: &StringRecord,
) -> std::result::Result<(), Invalid> {
    let field = |index: usize| record.get(index).unwrap_or_default().trim();
    let bound = |name, index: Option<usize>| index.map(|index| parse_price(name, field(index))).transpose();
    let close = parse_price("close", field(layout.close))?;
    let (high, low) = (bound("high", layout.high)?, bound("low", layout.low)?);
    if let (Some(high), Some(low)) = (high, low)
        && high < low
    {
        return Err(Invalid::new(format!("the high {high} is below the low {low}")).with_help(CORRECT));
    }
    let outside = high.is_some_and(|high| close > high) || low.is_some_and(|low| close < low);
    if outside {
        let end = |bound: Option<f64>| bound.map_or("…".to_owned(), |b| b.to_string());
        let message =
            format!("the close {close} is outside the range from low {} to high {}", end(low), end(high));
        return Err(Invalid::new(message).with_help(CORRECT));
    }
    bars.push(line, field(layout.time), close)
}
