//! The scenario as written: a tree whose every key and value remembers where it stands.

use toml::de::{DeTable, DeValue};

use super::source::{Origin, Sources, quoted};
use crate::error::Result;

/// A value as written; numbers keep their text, so that money stays exact.
#[derive(Debug, Clone)]
pub(super) enum Value {
    /// Text.
    Text(String),
    /// An integer or float, as its digits.
    Number(String),
    /// A list.
    List(Vec<Node>),
    /// A table, in file order.
    Table(Vec<Entry>),
    /// A kind that no key takes, by its name.
    Other(&'static str),
}

/// A value and its place.
#[derive(Debug, Clone)]
pub(super) struct Node {
    /// What was written.
    pub value: Value,
    /// Where.
    pub origin: Origin,
}

/// One `key = value` of a table.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// The key.
    pub key: String,
    /// Where the key stands.
    pub key_origin: Origin,
    /// Its value.
    pub node: Node,
}

impl Node {
    /// Parses a whole TOML document that was added to `sources` as number `source`.
    ///
    /// # Errors
    /// TOML syntax, duplicate keys, nesting too deep; the place is pointed at.
    pub fn parse(sources: &Sources, source: usize, text: &str) -> Result<Self> {
        let table = DeTable::parse(text).map_err(|error| syntax_error(sources, source, text, &error))?;
        let span = table.span();
        Ok(Self::from_toml(DeValue::Table(table.into_inner()), source, 0, span))
    }

    /// Converts a parsed value whose text starts at byte `offset` of its source. The recursion is
    /// as deep as the parser's limit.
    pub fn from_toml(value: DeValue<'_>, source: usize, offset: usize, span: std::ops::Range<usize>) -> Self {
        let at =
            |span: std::ops::Range<usize>| Origin { source, span: span.start + offset..span.end + offset };
        let child = |item: toml::Spanned<DeValue<'_>>| {
            let span = item.span();
            Self::from_toml(item.into_inner(), source, offset, span)
        };
        let value = match value {
            DeValue::String(text) => Value::Text(text.into_owned()),
            DeValue::Integer(number) if number.radix() == 10 => Value::Number(number.as_str().to_owned()),
            DeValue::Integer(_) => Value::Other("a number that is not written in base ten"),
            DeValue::Float(number) => Value::Number(number.as_str().to_owned()),
            DeValue::Boolean(_) => Value::Other("true or false"),
            DeValue::Datetime(_) => Value::Other("a date"),
            DeValue::Array(items) => Value::List(items.into_iter().map(child).collect()),
            DeValue::Table(table) => {
                let mut entries: Vec<Entry> = table
                    .into_iter()
                    .map(|(key, item)| Entry {
                        key_origin: at(key.span()),
                        key: key.into_inner().into_owned(),
                        node: child(item),
                    })
                    .collect();
                // The parser moves a table that `[a.b]` implied to the place of its own `[a]`.
                entries.sort_by_key(|entry| entry.key_origin.span.start);
                Value::Table(entries)
            }
        };
        Self { value, origin: at(span) }
    }

    /// The value in words, for messages.
    pub fn describe(&self) -> String {
        match &self.value {
            Value::Text(text) => format!("the text {}", quoted(text)),
            Value::Number(digits) => digits.chars().take(60).collect(),
            Value::List(_) => "a list".to_owned(),
            Value::Table(_) => "a table".to_owned(),
            Value::Other(kind) => (*kind).to_owned(),
        }
    }
}

fn syntax_error(
    sources: &Sources,
    source: usize,
    text: &str,
    error: &toml::de::Error,
) -> crate::error::Error {
    let span = error.span().unwrap_or(0..0);
    let origin = Origin { source, span: span.clone() };
    if error.message() == "duplicate key" {
        let key = text.get(span.clone()).unwrap_or_default();
        let first = first_place(text, &span);
        return sources.error_with(
            &origin,
            &format!("the key {} is written twice", quoted(key)),
            first.map(|span| (span, "first written here")),
            "keep one of the two",
        );
    }
    let help =
        "texts and durations stand in quotes (\"30d\"), tables open with [name], lists are [\"a\", \"b\"]";
    sources.error(&origin, &format!("not valid TOML: {}", error.message()), help)
}

/// The earlier place of a key that was written twice: the same table header, or else the nearest
/// `key =` above it.
fn first_place(text: &str, second: &std::ops::Range<usize>) -> Option<std::ops::Range<usize>> {
    let before = text.get(..second.start)?;
    let before = before.get(..before.rfind('\n')? + 1)?;
    let bare = |line: &str| line.split('#').next().unwrap_or_default().trim().to_owned();
    let header = bare(text.get(before.len()..)?.lines().next()?);
    let key = text.get(second.clone())?;
    let mut found = None;
    let mut at = 0;
    for line in before.split_inclusive('\n') {
        let written = bare(line);
        let same = if header.starts_with('[') {
            written == header
        } else {
            written.split('=').next().is_some_and(|name| name.trim() == key)
        };
        if same {
            found = Some(at..at + line.trim_end().len());
        }
        at += line.len();
    }
    found
}
