//! Tier files: a venue's maintenance requirement as a table in CSV.

use std::path::Path;

use csv::StringRecord;
use rust_decimal::Decimal;

use crate::domain::{TierError, TierTable};
use crate::error::Result;

use super::history::csv_file::{CsvFile, shown};

/// Columns in the order in which venues print them; only the last two may be left out.
const COLUMNS: [&str; 6] = [
    "tier",
    "notional_floor",
    "notional_cap",
    "maintenance_margin_rate",
    "max_leverage",
    "maintenance_amount",
];
const REQUIRED: usize = 4;
const MAX_MIB: u64 = 1;

/// A tier table and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TierFile {
    /// The requirement.
    pub table: TierTable,
    /// SHA-256 of the file's bytes, in hex.
    pub sha256: String,
}

/// One row, with the line it stands on.
struct Row {
    line: u64,
    floor: Decimal,
    cap: Option<Decimal>,
    rate: Decimal,
    amount: Option<Decimal>,
}

/// Reads a tier table: a header with the columns `tier`, `notional_floor`, `notional_cap`,
/// `maintenance_margin_rate` and, where wanted, `max_leverage` and `maintenance_amount`, in any
/// order. Lines that begin with `#` are comments. Amounts are checked where they are given and
/// computed where not; the last cap may be empty and limits nothing.
///
/// # Errors
/// An [`Error::Input`](crate::error::Error::Input) that names `shown_name`, the line and the values.
pub fn read_tiers(path: &Path, shown_name: &str) -> Result<TierFile> {
    let mut file = CsvFile::open(path, shown_name, MAX_MIB, Some(b'#'))?;
    let mut record = StringRecord::new();
    let Some(line) = file.read(&mut record)? else {
        return Err(file.error(
            "the file holds no header: write one: tier,notional_floor,notional_cap,maintenance_margin_rate",
        ));
    };
    let columns = find_columns(&record).map_err(|text| file.error_at(line, text))?;
    let width = record.len();
    let mut rows: Vec<Row> = Vec::new();
    while let Some(line) = file.read(&mut record)? {
        if record.len() != width {
            let text = format!(
                "the row has {} columns instead of the header's {width}: correct the row",
                record.len()
            );
            return Err(file.error_at(line, text));
        }
        let row =
            read_row(&columns, &record, line, rows.len() + 1).map_err(|text| file.error_at(line, text))?;
        check_joint(rows.last(), &row).map_err(|text| file.error_at(line, text))?;
        rows.push(row);
    }
    let lines: Vec<_> = rows.iter().map(|row| (row.floor, row.rate, row.amount)).collect();
    let table = TierTable::new(&lines).map_err(|error| match rows.get(tier_of(&error).wrapping_sub(1)) {
        Some(row) => file.error_at(row.line, error),
        None => file.error(error),
    })?;
    Ok(TierFile { table, sha256: file.sha256() })
}

/// Where each of [`COLUMNS`] stands.
fn find_columns(header: &StringRecord) -> std::result::Result<[Option<usize>; 6], String> {
    let mut found = [None; 6];
    for (index, name) in header.iter().enumerate() {
        let lower = name.to_lowercase();
        let Some((slot, _)) = found.iter_mut().zip(COLUMNS).find(|(_, column)| *column == lower) else {
            return Err(format!(
                "the column {} is not known; the columns are {}",
                shown(name),
                COLUMNS.join(",")
            ));
        };
        if slot.replace(index).is_some() {
            return Err(format!("the column `{lower}` is there twice: keep one"));
        }
    }
    match found.iter().zip(COLUMNS).take(REQUIRED).find(|(index, _)| index.is_none()) {
        Some((_, column)) => {
            Err(format!("the column `{column}` is missing; the columns are {}", COLUMNS.join(",")))
        }
        None => Ok(found),
    }
}

fn read_row(
    columns: &[Option<usize>; 6],
    record: &StringRecord,
    line: u64,
    number: usize,
) -> std::result::Result<Row, String> {
    let [tier, floor, cap, rate, leverage, amount] =
        columns.map(|index| index.and_then(|index| record.get(index)).unwrap_or_default());
    if tier.parse() != Ok(number) {
        return Err(format!("the tier is {}; tiers count from 1, so this is tier {number}", shown(tier)));
    }
    if let Some(leverage) = optional("max_leverage", leverage)?
        && leverage < Decimal::ONE
    {
        return Err(format!("the max_leverage is {leverage}; write at least 1, or leave it empty"));
    }
    Ok(Row {
        line,
        floor: decimal("notional_floor", floor)?,
        cap: optional("notional_cap", cap)?,
        rate: decimal("maintenance_margin_rate", rate)?,
        amount: optional("maintenance_amount", amount)?,
    })
}

/// The cap of a tier is the floor of the next.
fn check_joint(previous: Option<&Row>, row: &Row) -> std::result::Result<(), String> {
    if let Some(cap) = row.cap
        && cap <= row.floor
    {
        return Err(format!("the notional_cap {cap} is not above the notional_floor {}", row.floor));
    }
    let Some(previous) = previous else {
        return Ok(());
    };
    let floor = row.floor;
    match previous.cap {
        Some(cap) if cap == floor => Ok(()),
        Some(cap) => {
            let what = if cap < floor { "a gap" } else { "an overlap" };
            Err(format!(
                "the notional_floor {floor} is not the notional_cap {cap} of line {}, which leaves {what}: \
                 write the same number in both",
                previous.line
            ))
        }
        None => Err(format!(
            "the notional_cap of line {} is empty, which only the last tier's may be: write {floor} there",
            previous.line
        )),
    }
}

fn optional(name: &str, text: &str) -> std::result::Result<Option<Decimal>, String> {
    if text.is_empty() { Ok(None) } else { decimal(name, text).map(Some) }
}

fn decimal(name: &str, text: &str) -> std::result::Result<Decimal, String> {
    Decimal::from_str_exact(text).map_err(|_| {
        let example = if name == "maintenance_margin_rate" { "0.005 for 0.5 %" } else { "50000" };
        let value = shown(text);
        format!("the {name} is {value}, not a decimal of at most 28 digits: write it as in {example}")
    })
}

/// The tier an error speaks of, from 1; 0 where it speaks of none.
fn tier_of(error: &TierError) -> usize {
    match error {
        TierError::Empty => 0,
        TierError::FirstFloor(_) | TierError::FirstDeduction(_) => 1,
        TierError::Floor { tier, .. }
        | TierError::RateRange { tier, .. }
        | TierError::Rate { tier, .. }
        | TierError::Deduction { tier, .. }
        | TierError::Overflow { tier } => *tier,
    }
}
