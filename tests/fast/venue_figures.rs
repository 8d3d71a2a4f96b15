//! Figures that venues, and protocols' own tests, have published (`tests/fast/venues.csv`), asked of this program.
//!
//! A row names the rule by which its figure arises (`formula=`). Each rule is asked for through the program's own code;
//! the test only lays out the row's inputs, and rounds as the row says the source rounds: to a tick, to a satoshi.

mod ask;
mod closes;
mod row;
mod rules;

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use row::{Row, rows};
use rules::{Answer, answer};

/// The figure as its source prints it.
fn shown(row: &Row, value: Decimal) -> Decimal {
    let value = match (row.key("tick").map(row::number), row.key("round")) {
        (Some(tick), Some(rule)) => match rule {
            "ceil" => (value / tick).ceil() * tick,
            "floor" => (value / tick).floor() * tick,
            "near" => (value / tick).round() * tick,
            other => panic!("{}: rounding {other}", row.id()),
        },
        _ => value,
    };
    value + row.key("add_tick").map(row::number).unwrap_or_default()
}

#[test]
fn every_row_in_scope_is_reproduced() {
    let all = rows();
    let mut missed = Vec::new();
    let mut outside: BTreeMap<&str, usize> = BTreeMap::new();
    let mut reproduced = 0;
    for row in &all {
        match answer(row) {
            Answer::Figure(value) => {
                let (value, expected) = (shown(row, value), row::number(row.text("expected_value")));
                if (value - expected).abs() <= row::number(row.text("tolerance")) {
                    reproduced += 1;
                } else {
                    missed.push(format!("{} {}: {value}, not {expected}", row.id(), row.formula()));
                }
            }
            Answer::None => missed.push(format!("{} {}: no figure", row.id(), row.formula())),
            Answer::OutOfScope(why) => *outside.entry(why).or_default() += 1,
        }
    }
    let left_out: usize = outside.values().sum();
    println!("{reproduced} of {} rows reproduced", all.len());
    for (why, count) in &outside {
        println!("{count} out of scope: {why}");
    }
    assert!(missed.is_empty(), "{} rows missed:\n{}", missed.len(), missed.join("\n"));
    assert_eq!(reproduced + left_out, all.len());
    assert_eq!((all.len(), left_out), (195, 20), "rows, and those out of scope");
}
