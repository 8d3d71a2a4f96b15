//! Tier files: a venue's maintenance requirement as a table in CSV.

use std::path::Path;

use csv::StringRecord;
use rust_decimal::{Decimal, dec};

use crate::error::{Invalid, Result};
use crate::history::csv_file::{CsvFile, shown};
use crate::history::layout::{is_data, separators};
use crate::scenario::sections::market_requirement::tier_of;
use crate::scenario::sections::market_requirement::{MarketRequirement, RequirementKind, TierRow};

/// Columns in the order in which venues print them; only the last two may be left out.
const COLUMNS: [&str; 6] = [
    "tier",
    "notional_floor",
    "notional_cap",
    "maintenance_margin_rate",
    "max_leverage",
    "maintenance_amount",
];

/// The second and third of them in a table whose floors are quantities.
const BY_QUANTITY: [&str; 2] = ["quantity_floor", "quantity_cap"];

const REQUIRED: usize = 4;

const MAX_MIB: u64 = 1;

/// Largest floor or cap, account currency: far above any position, and small enough to stay exact.
const MAX_NOTIONAL: Decimal = dec!(1_000_000_000_000_000);

/// One row, with the line it stands on.
struct Row {
    line: u64,
    floor: Decimal,
    cap: Option<Decimal>,
    rate: Decimal,
    max_leverage: Option<Decimal>,
    amount: Option<Decimal>,
}

/// Reads a tier table: a header with the columns `tier`, `notional_floor`, `notional_cap`,
/// `maintenance_margin_rate` and, where wanted, `max_leverage` and `maintenance_amount`, in any
/// order. Lines that begin with `#` are comments. Amounts are checked where they are given and
/// computed where not; the last cap may be empty and limits nothing. Decimals keep 28 digits. With `quantity_floor` and
/// `quantity_cap` instead, floors are quantities and a rate counts for the whole size.
///
/// # Errors
/// An [`Error::Input`](crate::error::Error::Input) that names `shown_name`, the line and the values.
pub fn read_tiers(path: &Path, shown_name: &str) -> Result<MarketRequirement> {
    let mut file = CsvFile::open(path, shown_name, MAX_MIB, Some(b'#'))?;
    let mut record = StringRecord::new();
    let Some(line) = file.read(&mut record)? else {
        let help = format!("write a first line {}", COLUMNS.join(","));
        return Err(Invalid::new("the file has no header").in_file(shown_name).with_help(help).into());
    };
    let is_quantity = |name: &str| BY_QUANTITY.contains(&name.trim().to_lowercase().as_str());
    let kind = if record.iter().any(is_quantity) { RequirementKind::Steps } else { RequirementKind::Lines };
    let columns = find_columns(&record, kind).map_err(|invalid| file.error_at(line, invalid))?;
    let width = record.len();
    let mut rows: Vec<Row> = Vec::new();
    while let Some(line) = file.read(&mut record)? {
        if record.len() != width {
            let message = format!("the row has {} columns, but the header has {width}", record.len());
            return Err(file.error_at(line, Invalid::new(message).with_help("correct the row")));
        }
        let row = read_row(&columns, &record, line, rows.len() + 1)
            .map_err(|invalid| file.error_at(line, invalid))?;
        check_joint(rows.last(), &row).map_err(|invalid| file.error_at(line, invalid))?;
        rows.push(row);
    }
    let tiers: Vec<TierRow> =
        rows.iter().map(|row| (row.floor, row.rate, row.max_leverage, row.amount)).collect();
    MarketRequirement::of_rows(kind, &tiers).map_err(|error| {
        match rows.get(tier_of(&error).wrapping_sub(1)) {
            Some(row) => file.error_at(row.line, Invalid::new(error)),
            None => file.error(&error.to_string()),
        }
    })
}

/// Where each of [`COLUMNS`] stands.
fn find_columns(
    header: &StringRecord,
    kind: RequirementKind,
) -> std::result::Result<[Option<usize>; 6], Invalid> {
    separators(header)?;
    let mut columns = COLUMNS;
    if kind == RequirementKind::Steps {
        [columns[1], columns[2]] = BY_QUANTITY;
    }
    if is_data(header) {
        let help = format!("write a first line {}", COLUMNS.join(","));
        return Err(Invalid::new("the file has no header").with_help(help));
    }
    let mut found = [None; 6];
    for (index, name) in header.iter().enumerate() {
        let name = name.trim();
        let lower = name.to_lowercase();
        let Some((slot, _)) = found.iter_mut().zip(columns).find(|(_, column)| *column == lower) else {
            let expected = format!("one of: {}", columns.join(", "));
            return Err(Invalid::new(format!("unknown column {}", shown(name))).expected(expected));
        };
        if slot.replace(index).is_some() {
            return Err(
                Invalid::new(format!("duplicate column `{lower}`")).with_help("remove one of the two")
            );
        }
    }
    match found.iter().zip(columns).take(REQUIRED).find(|(index, _)| index.is_none()) {
        Some((_, column)) => Err(Invalid::new(format!("missing column `{column}`"))
            .expected(format!("the columns {}", columns.join(",")))),
        None => Ok(found),
    }
}

fn read_row(
    columns: &[Option<usize>; 6],
    record: &StringRecord,
    line: u64,
    number: usize,
) -> std::result::Result<Row, Invalid> {
    let [tier, floor, cap, rate, leverage, amount] =
        columns.map(|index| index.and_then(|index| record.get(index)).unwrap_or_default().trim());
    if tier.parse() != Ok(number) {
        let invalid = Invalid::new(format!("the tier is {}", shown(tier))).expected(number);
        return Err(invalid.with_help("number the tiers from 1"));
    }
    let max_leverage = optional("max_leverage", leverage)?;
    if let Some(leverage) = max_leverage
        && leverage < Decimal::ONE
    {
        let invalid = Invalid::new(format!("the max_leverage is {leverage}")).expected("at least 1");
        return Err(invalid.with_help("correct it, or leave it empty"));
    }
    Ok(Row {
        line,
        floor: bounded("notional_floor", decimal("notional_floor", floor)?)?,
        cap: optional("notional_cap", cap)?.map(|cap| bounded("notional_cap", cap)).transpose()?,
        rate: decimal("maintenance_margin_rate", rate)?,
        max_leverage,
        amount: optional("maintenance_amount", amount)?,
    })
}

/// The cap of a tier is the floor of the next.
fn check_joint(previous: Option<&Row>, row: &Row) -> std::result::Result<(), Invalid> {
    if let Some(cap) = row.cap
        && cap <= row.floor
    {
        let message = format!("the notional_cap {cap} is not greater than the notional_floor {}", row.floor);
        return Err(Invalid::new(message));
    }
    let Some(previous) = previous else {
        return Ok(());
    };
    let floor = row.floor;
    match previous.cap {
        Some(cap) if cap == floor => Ok(()),
        Some(cap) => {
            let what = if cap < floor { "a gap" } else { "an overlap" };
            let message = format!(
                "the notional_floor {floor} differs from the notional_cap {cap} of line {}, which leaves {what}",
                previous.line
            );
            Err(Invalid::new(message).with_help("write the same number in both"))
        }
        None => {
            let message = format!(
                "the notional_cap of line {} is empty, but only that of the last tier may be",
                previous.line
            );
            Err(Invalid::new(message).with_help(format!("write {floor} there")))
        }
    }
}

fn optional(name: &str, text: &str) -> std::result::Result<Option<Decimal>, Invalid> {
    if text.is_empty() { Ok(None) } else { decimal(name, text).map(Some) }
}

fn bounded(name: &str, notional: Decimal) -> std::result::Result<Decimal, Invalid> {
    if notional <= MAX_NOTIONAL {
        return Ok(notional);
    }
    let invalid = Invalid::new(format!("the {name} is {notional}")).expected("at most 1e15");
    Err(if name == "notional_cap" { invalid.with_help("leave the last cap empty") } else { invalid })
}

fn decimal(name: &str, text: &str) -> std::result::Result<Decimal, Invalid> {
    text.parse().map_err(|_| {
        let example = if name == "maintenance_margin_rate" { "0.005 for 0.5 %" } else { "50000" };
        let invalid =
            Invalid::new(format!("the {name} is {}", shown(text))).with_value(text).expected("a number");
        invalid.with_help(format!("write a decimal such as {example}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::RateStep;
    use std::fs;

    const HEADER: &str =
        "tier,notional_floor,notional_cap,maintenance_margin_rate,max_leverage,maintenance_amount";

    fn read(content: &str) -> Result<MarketRequirement> {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("any.csv");
        fs::write(&path, content).unwrap();
        read_tiers(&path, "tiers.csv")
    }

    #[test]
    fn reads_a_venues_table() {
        // Four tiers of BTCUSDT on 2024-10-24; 50,000 belongs to the first tier, a cent more to the second.
        let file = read(&format!(
            "{HEADER}\n1,0,50000,0.004,125,0\n2,50000,600000,0.005,100,50\n3,600000,3000000,0.0065,75,950\n\
             4,3000000,12000000,0.01,50,11450\n"
        ))
        .unwrap();
        assert_eq!(file.requirement.tiers()[3].deduction, dec!(11450));
        let caps = [dec!(50000), dec!(50000.01), dec!(2e9)]
            .map(|notional| file.max_leverage(notional, Decimal::ONE));
        assert_eq!(caps, [Some(dec!(125)), Some(dec!(100)), Some(dec!(50))]);
    }

    #[test]
    fn floors_of_quantities_are_steps() {
        let header = HEADER.replace("notional", "quantity");
        let file = read(&format!("{header}\n1,0,10,0.004,100,\n2,10,,0.005,66.66,\n")).unwrap();
        let steps =
            [(dec!(0), dec!(0.004)), (dec!(10), dec!(0.005))].map(|(floor, rate)| RateStep { floor, rate });
        assert_eq!(file.requirement, crate::domain::Requirement::Steps(steps.to_vec()));
        assert_eq!(file.max_leverage(dec!(1e9), dec!(10)), Some(dec!(100)));
        assert_eq!(file.max_leverage(dec!(1), dec!(10.1)), Some(dec!(66.66)));
        let mixed = format!("{}\n1,0,,0.004,,\n", header.replace("quantity_cap", "notional_cap"));
        assert!(read(&mixed).unwrap_err().to_string().contains("unknown column `notional_cap`"));
    }

    #[test]
    fn optional_columns_may_be_empty_or_absent() {
        let full = read(&format!("# from a venue\n{HEADER}\n1,0,50000,0.004,125,0\n2,50000,,0.005,100,50\n"));
        let empty = read(&format!("{HEADER}\r\n1,0,50000,0.004,,\r\n2,50000,100000,0.005,,\r\n"));
        let absent = read(
            "Maintenance_Margin_Rate,tier,notional_floor,notional_cap\n0.004,1,0,50000\n# half\n\n0.005,2,50000,\n",
        );
        let table = full.unwrap().requirement;
        assert_eq!(table.tiers()[1].deduction, dec!(50));
        assert_eq!(empty.unwrap().requirement, table);
        assert_eq!(absent.unwrap().requirement, table);
    }

    #[test]
    fn floors_and_caps_reach_1e15() {
        let read = read(
            &format!("{HEADER}\n1,0,1e15,0.004,,\n2,1000000000000000,,0.005,,\n")
                .replace("1e15", "1000000000000000"),
        );
        assert_eq!(read.unwrap().requirement.tiers()[1].floor, dec!(1000000000000000));
    }

    #[test]
    fn what_counts_is_what_is_required() {
        let table = |content: &str| read(&format!("{HEADER}\n{content}")).unwrap().resolved();
        let expected = ("tiers", "0.004 above 0, 0.005 above 50000".to_owned());
        assert_eq!(table("1,0,50000,0.004,125,0\n2,50000,,0.005,100,50\n"), expected);
        assert_eq!(table("1,0,50000.0,0.0040,,\n# two\n2,50000,90000,0.005,,\n"), expected);
        assert_eq!(table("1,0,,0.0050,,\n"), MarketRequirement::flat(dec!(0.005), None).resolved());
    }

    #[test]
    fn amounts_may_be_rounded_where_the_rate_is() {
        // A rate of 1/30 above 100 million: the amount is 1e8·(1/30 − 1/50) = 4e6/3.
        let table = |amount: &str| {
            let rate = "0.03333333333333333333333333333";
            read(&format!("{HEADER}\n1,0,100000000,0.02,,\n2,100000000,,{rate},,{amount}\n"))
        };
        let deduction = table("1333333.333333333333333333333").unwrap().requirement.tiers()[1].deduction;
        assert!((deduction * dec!(3) - dec!(4000000)).abs() < dec!(1e-15));
        let text = table("1333333.333").unwrap_err().to_string();
        assert!(text.starts_with("tiers.csv:3: tier 2 has the maintenance amount 1333333.333;"), "{text}");
    }

    #[test]
    fn refuses_every_flaw_with_line_and_values() {
        let second = |row: &str| format!("{HEADER}\n1,0,50000,0.004,125,0\n{row}\n3,600000,,0.0065,75,950\n");
        let cases = [
            (String::new(), "tiers.csv: the file is empty"),
            ("# nothing\n".to_owned(), "tiers.csv: the file has no header"),
            (format!("{HEADER}\n"), "tiers.csv: the table has no tiers"),
            ("tier,floor\n1,0\n".to_owned(), ":1: unknown column `floor`"),
            (
                format!("{HEADER}\n1,0,,0.004,,\n").replace(',', ";"),
                ":1: the columns are separated by semicolons; expected commas",
            ),
            (format!("{HEADER}\n1,0,,0.004,,\n").replace(',', "\t"), "separated by tabs; expected commas"),
            (
                "1,0,50000,0.004,125,0\n".to_owned(),
                ":1: the file has no header; help: write a first line tier,notional_floor",
            ),
            ("tier,notional_floor,notional_cap\n".to_owned(), ":1: missing column `maintenance_margin_rate`"),
            ("tier,tier\n".to_owned(), ":1: duplicate column `tier`"),
            (second("2,50000,600000,0.005,100"), ":3: the row has 5 columns"),
            (second("3,50000,600000,0.005,100,50"), ":3: the tier is `3`"),
            (
                second("2,60000,600000,0.005,100,50"),
                ":3: the notional_floor 60000 differs from the notional_cap 50000 of line 2, which leaves a gap",
            ),
            (second("2,40000,600000,0.005,100,50"), "an overlap"),
            (second("2,50000,,0.005,100,50"), ":4: the notional_cap of line 3 is empty"),
            (
                second("2,50000,50000,0.005,100,50"),
                ":3: the notional_cap 50000 is not greater than the notional_floor 50000",
            ),
            (
                second("2,50000,1000000000000001,0.005,100,50"),
                ":3: the notional_cap is 1000000000000001; expected at most 1e15; help: leave",
            ),
            (
                format!("{HEADER}\n1,0,50000,0.004,,\n2,9000000000000000,,0.005,,\n"),
                ":3: the notional_floor is 9000000000000000; expected at most 1e15",
            ),
            (second("2,50000,600000,0.003,100,50"), ":3: tier 2 has the rate 0.003; below the 0.004"),
            (second("2,50000,600000,5,100,50"), ":3: tier 2 has the rate 5;"),
            (second("2,50000,600000,0.5 %,100,50"), ":3: the maintenance_margin_rate is `0.5 %`"),
            (second("2,50000,600000,0.005,100,60"), ":3: tier 2 has the maintenance amount 60"),
            (second("2,50000,600000,0.005,0,50"), ":3: the max_leverage is 0"),
            (second("2,50000,600000,0.005,x,50"), ":3: the max_leverage is `x`"),
            (second("2,\"50,000\",600000,0.005,100,50"), ":3: the notional_floor is `50,000`"),
            (second(",50000,600000,0.005,100,50"), ":3: the tier is ``"),
            (format!("{HEADER}\n1,5,,0.004,,\n"), ":2: tier 1 starts at 5"),
            (format!("{HEADER}\n1,0,,0.004,,7\n"), ":2: tier 1 has the maintenance amount 7"),
            (
                format!("{HEADER}\n1,0,,0.004,,-79228162514264337593543950335\n"),
                ":2: tier 1 has the maintenance amount",
            ),
        ];
        for (content, part) in cases {
            let text = read(&content).unwrap_err().to_string();
            assert!(text.starts_with("tiers.csv") && text.contains(part), "{part}: {text}");
        }
    }
}
