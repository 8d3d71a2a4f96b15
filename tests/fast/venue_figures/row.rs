//! The table, row by row.

use std::collections::HashMap;
use std::str::FromStr;

use rust_decimal::Decimal;

/// One published figure.
pub struct Row {
    columns: HashMap<String, String>,
}

pub fn rows() -> Vec<Row> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fast/venues.csv");
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.deserialize().map(|columns| Row { columns: columns.unwrap() }).collect()
}

pub fn number(text: &str) -> Decimal {
    let parsed = Decimal::from_str(text).or_else(|_| Decimal::from_scientific(text));
    parsed.unwrap_or_else(|error| panic!("{text}: {error}"))
}

impl Row {
    pub fn text(&self, column: &str) -> &str {
        &self.columns[column]
    }

    pub fn id(&self) -> &str {
        self.text("id")
    }

    pub fn formula(&self) -> &str {
        self.key("formula").unwrap()
    }

    /// A column that holds a number; `None` where it is empty or a word.
    pub fn number(&self, column: &str) -> Option<Decimal> {
        let text = self.text(column);
        text.starts_with(|c: char| c.is_ascii_digit() || c == '-').then(|| number(text))
    }

    /// `key=value` of the notes, which end at the first bar.
    pub fn key(&self, key: &str) -> Option<&str> {
        let keys = self.text("notes").split('|').next()?;
        keys.split(';').find_map(|pair| pair.trim().strip_prefix(key)?.strip_prefix('=')).map(str::trim)
    }

    pub fn key_number(&self, key: &str) -> Decimal {
        number(self.key(key).unwrap_or_else(|| panic!("{}: no {key}", self.id())))
    }
}
