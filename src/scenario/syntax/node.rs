//! The scenario as written: a tree whose every key and value remembers where it stands.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use crate::error::Result;
use crate::scenario::syntax::key::split_key;
use crate::scenario::syntax::source::{Origin, Sources, quoted};

/// A value as written; numbers keep their text, so that money stays exact.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    /// Text.
    Text(String),
    /// An integer or float, as its digits.
    Number(String),
    /// A list.
    List(Vec<Node>),
    /// A table, in file order.
    Table(Vec<Entry>),
    /// `true` or `false`.
    Flag(bool),
    /// A kind that no key takes, by its name.
    Other(&'static str),
}

/// A value and its place.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    /// What was written.
    pub value: Value,
    /// Where.
    pub origin: Origin,
}

/// One `key = value` of a table.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
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
    pub fn from_toml(value: DeValue<'_>, source: usize, offset: usize, span: Range<usize>) -> Self {
        let at = |span: Range<usize>| Origin { source, span: span.start + offset..span.end + offset };
        let child = |item: toml::Spanned<DeValue<'_>>| {
            let span = item.span();
            Self::from_toml(item.into_inner(), source, offset, span)
        };
        let value = match value {
            DeValue::String(text) => Value::Text(text.into_owned()),
            DeValue::Integer(number) if number.radix() == 10 => Value::Number(number.as_str().to_owned()),
            DeValue::Integer(_) => Value::Other("a number in a base other than ten"),
            DeValue::Float(number) => Value::Number(number.as_str().to_owned()),
            DeValue::Boolean(flag) => Value::Flag(flag),
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
            Value::Number(digits) => format!("the number {}", quoted(digits)),
            Value::List(_) => "a list".to_owned(),
            Value::Table(_) => "a table".to_owned(),
            Value::Flag(flag) => format!("`{flag}`"),
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
        let message = format!("duplicate key {}", quoted(key));
        let invalid = match first_place(text, &span) {
            Some(first) => sources.invalid_with(&origin, &message, &first, "first defined here"),
            None => sources.invalid(&origin, &message),
        };
        return invalid.with_value(key).with_help("remove one of the two").into();
    }
    let help = "write texts and durations in quotes (\"30d\"), tables as [name], and lists as [\"a\", \"b\"]";
    sources.error(&origin, &format!("invalid TOML: {}", error.message()), help)
}

/// The earlier place of a key or table header that was written twice; `None` wherever the text alone leaves a doubt.
fn first_place(text: &str, second: &Range<usize>) -> Option<Range<usize>> {
    let line_start = text.get(..second.start)?.rfind('\n')? + 1;
    let before = text.get(..line_start)?;
    let line = text.get(line_start..)?.lines().next()?;
    if let Some(header) = header(line) {
        let same = |(_, line): &(usize, &str)| self::header(line).as_ref() == Some(&header);
        return lines(before).find(same).and_then(|(at, line)| outside_texts(before, at, line));
    }
    // Inside an inline table the lines above belong to other tables.
    if !text.get(line_start..second.start)?.trim().is_empty() {
        return None;
    }
    let key = split_key(text.get(second.clone())?).ok()?;
    let table = lines(before).filter(|(_, line)| line.trim_start().starts_with('[')).last();
    let table_start = table.map_or(0, |(at, _)| at);
    let same = |(_, line): &(usize, &str)| {
        line.split_once('=').is_some_and(|(name, _)| parts(name).is_some_and(|name| name == parts_of(&key)))
    };
    lines(before)
        .filter(|(at, _)| *at >= table_start)
        .find(same)
        .and_then(|(at, line)| outside_texts(before, at, line))
}

/// Every line with the byte at which it starts.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_inclusive('\n').scan(0, |at, line| {
        let start = *at;
        *at += line.len();
        Some((start, line))
    })
}

/// The key of a table header, its parts without quotes; `None` for any other line.
fn header(line: &str) -> Option<Vec<String>> {
    let inner = line.trim_start().strip_prefix('[')?;
    parts(inner.split_once(']')?.0)
}

fn parts(key: &str) -> Option<Vec<String>> {
    split_key(key.trim()).ok().map(|key| parts_of(&key))
}

fn parts_of(key: &[(String, Range<usize>)]) -> Vec<String> {
    key.iter().map(|(part, _)| part.clone()).collect()
}

/// The line's range, unless a text of several lines opens above it: then the line may be a part of that text.
fn outside_texts(before: &str, at: usize, line: &str) -> Option<Range<usize>> {
    let above = before.get(..at)?;
    let open = ["\"\"\"", "'''"].iter().any(|quotes| above.matches(quotes).count() % 2 == 1);
    (!open).then(|| at..at + line.trim_end().len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The line, counted from 1, at which the key that the parser finds twice is said to stand first.
    fn first_line(text: &str) -> Option<usize> {
        let error = DeTable::parse(text).unwrap_err();
        assert_eq!(error.message(), "duplicate key", "{text}");
        let place = first_place(text, &error.span().unwrap())?;
        Some(text[..place.start].matches('\n').count() + 1)
    }

    #[test]
    fn the_first_place_is_in_the_same_table() {
        let cases = [
            ("a = 1\na = 2\n", Some(1)),
            ("[x]\nlong = 1\n[y]\nlong = 1\nshort = 1\nlong = 2\n", Some(4)),
            ("[x]\n\"a b\" = 1\n'a b' = 2\n", Some(2)),
            ("[x]\n\"a\" = 1\na = 2\n", Some(2)),
            ("[x.y]\na = 1\n[z]\n[ \"x\".y ] # again\n", Some(1)),
            ("t = \"\"\"\n[x]\n\"\"\"\n[y]\n[x]\n[x]\n", None),
            ("t = \"\"\"\na = 1\n\"\"\"\na = 1\na = 2\n", None),
            ("a = 1\nx = { a = 1, a = 2 }\n", None),
            ("a = 1\nx = { b = 1,\n a = 2, a = 3 }\n", None),
        ];
        for (text, line) in cases {
            assert_eq!(first_line(text), line, "{text}");
        }
    }
}
