//! Typed reading of the tree: every error names the key, the value, what is expected and what to
//! write instead.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::domain::Span;
use crate::error::{Error, Invalid, Result};
use crate::scenario::syntax::node::{Entry, Node, Value};
use crate::scenario::syntax::source::{Origin, Sources, quoted, quoted_key};
use crate::text::number::exact_decimal;
use crate::text::unknown;

/// A table, or the absence of one.
#[derive(Debug, Clone)]
pub(crate) struct Table<'a> {
    sources: &'a Sources,
    entries: &'a [Entry],
    origin: &'a Origin,
    path: String,
}

/// A value with the dotted key that leads to it.
#[derive(Debug, Clone)]
pub(crate) struct Field<'a> {
    sources: &'a Sources,
    node: &'a Node,
    key_origin: &'a Origin,
    /// The key as `--set` would name it.
    pub path: String,
}

/// One more part of a dotted key, in quotes where it needs them.
fn join(path: &str, part: &str) -> String {
    let plain = part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    let part = if plain && (1..=64).contains(&part.len()) { part.to_owned() } else { quoted_key(part) };
    if path.is_empty() { part } else { format!("{path}.{part}") }
}

/// The help that shows what to write; the example may be followed by a remark.
pub(crate) fn for_example(example: &str) -> String {
    format!("write, for example, {example}")
}

impl<'a> Table<'a> {
    /// The root of a document.
    pub fn root(sources: &'a Sources, node: &'a Node) -> Self {
        let entries = if let Value::Table(entries) = &node.value { entries.as_slice() } else { &[] };
        Self { sources, entries, origin: &node.origin, path: String::new() }
    }

    /// Refuses keys that are neither `known` nor, in a later version, `later`.
    pub fn only(&self, known: &[&str], later: &[&str]) -> Result<()> {
        for Entry { key, key_origin, .. } in self.entries {
            let path = join(&self.path, key);
            if known.contains(&key.as_str()) {
                continue;
            }
            if later.contains(&key.as_str()) {
                let message = format!("key `{path}` is not supported yet");
                return Err(self
                    .sources
                    .invalid(key_origin, &message)
                    .of_key(path)
                    .with_help("remove it")
                    .into());
            }
            let message = format!("unknown key `{path}`");
            return Err(unknown(self.sources.invalid(key_origin, &message).of_key(path), key, known).into());
        }
        Ok(())
    }

    /// The value of a key, if it is written.
    pub fn field(&self, key: &str) -> Option<Field<'a>> {
        let entry = self.entries.iter().find(|entry| entry.key == key)?;
        let path = join(&self.path, key);
        Some(Field { sources: self.sources, node: &entry.node, key_origin: &entry.key_origin, path })
    }

    /// The value of a key that has no default.
    pub fn require(&self, key: &str, example: &str) -> Result<Field<'a>> {
        self.field(key).ok_or_else(|| {
            let key = join(&self.path, key);
            let message = format!("missing key `{key}`");
            let invalid = self.sources.invalid(self.origin, &message).of_key(key);
            invalid.with_help(for_example(example)).into()
        })
    }

    /// A table below this one; empty where it is not written.
    pub fn table(&self, key: &str) -> Result<Table<'a>> {
        match self.field(key) {
            Some(field) => field.table(),
            None => Ok(Self {
                sources: self.sources,
                entries: &[],
                origin: self.origin,
                path: join(&self.path, key),
            }),
        }
    }

    /// Every key and value, in file order.
    pub fn fields(&self) -> impl Iterator<Item = (&'a str, Field<'a>)> {
        self.entries.iter().map(|entry| {
            let path = join(&self.path, &entry.key);
            let (sources, key_origin) = (self.sources, &entry.key_origin);
            (entry.key.as_str(), Field { sources, node: &entry.node, key_origin, path })
        })
    }

    /// The key that leads here.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The full key of a value in this table.
    pub fn key(&self, key: &str) -> String {
        join(&self.path, key)
    }

    /// An error that points at the first of `keys` that is written, or else at the table.
    pub fn fail_at(&self, keys: &[&str], message: &str, help: &str) -> Error {
        match keys.iter().find_map(|key| self.field(key)) {
            Some(field) => field.fail(message, help),
            None => self.fail(message, help),
        }
    }

    /// An error that points at the table.
    pub fn fail(&self, message: &str, help: &str) -> Error {
        self.sources.invalid(self.origin, message).of_key(&self.path).with_help(help).into()
    }
}

impl<'a> Field<'a> {
    /// The value as written.
    pub fn node(&self) -> &'a Node {
        self.node
    }

    /// Where the key stands; of an item of a list, where the item does.
    pub fn key_origin(&self) -> &'a Origin {
        self.key_origin
    }

    /// An error that points at the value.
    pub fn fail(&self, message: &str, help: &str) -> Error {
        self.invalid(message).with_help(help).into()
    }

    /// As [`Self::fail`], with what was expected.
    pub fn fail_expected(&self, message: &str, expected: &str, help: &str) -> Error {
        self.invalid(message).expected(expected).with_help(help).into()
    }

    /// As [`Self::fail`], without help.
    pub fn invalid(&self, message: &str) -> Invalid {
        let value = match &self.node.value {
            Value::Text(text) | Value::Number(text) => text.clone(),
            _ => self.node.describe(),
        };
        self.sources.invalid(&self.node.origin, message).of_key(&self.path).with_value(value)
    }

    /// An error inside the file that this field names.
    pub fn about_file(&self, error: &Invalid) -> Error {
        let place = error.place().map_or_else(String::new, |place| format!("{place}: "));
        let message = format!("`{}`: {place}{}", self.path, error.title());
        self.fail(&message, error.help().unwrap_or("correct the file, or name another one here"))
    }

    /// Whether the value was given by `--set`.
    pub fn is_override(&self) -> bool {
        self.sources.is_override(&self.node.origin)
    }

    fn wrong_kind(&self, wanted: &str, example: &str) -> Error {
        let message = format!("`{}` is {}", self.path, self.node.describe());
        self.invalid(&message).expected(wanted).with_help(for_example(example)).into()
    }

    /// The value, which must be a table.
    pub fn table(&self) -> Result<Table<'a>> {
        let Value::Table(entries) = &self.node.value else {
            return Err(self.wrong_kind("a table", &format!("[{}] and its keys below", self.path)));
        };
        Ok(Table { sources: self.sources, entries, origin: &self.node.origin, path: self.path.clone() })
    }

    /// Whether the value is a table.
    pub fn is_table(&self) -> bool {
        matches!(self.node.value, Value::Table(_))
    }

    /// Whether the value is a list.
    pub fn is_list(&self) -> bool {
        matches!(self.node.value, Value::List(_))
    }

    /// Whether the value is a text.
    pub fn is_text(&self) -> bool {
        matches!(self.node.value, Value::Text(_))
    }

    /// `true` or `false`.
    pub fn flag(&self, example: &str) -> Result<bool> {
        let Value::Flag(flag) = self.node.value else {
            return Err(self.wrong_kind("true or false, without quotes", example));
        };
        Ok(flag)
    }

    /// A fraction from `low` to `high`; a value a hundred times too large is reported as per cent.
    pub fn fraction(&self, low: Decimal, high: Decimal, example: &str) -> Result<Decimal> {
        let value = self.decimal(example)?;
        if (low..=high).contains(&value) {
            return Ok(value);
        }
        let range = format!("{} to {}", low.normalize(), high.normalize());
        match value.checked_div(Decimal::ONE_HUNDRED).filter(|small| (low..=high).contains(small)) {
            Some(small) if value > high => Err(self.per_cent(value, small, &range)),
            _ => Err(self.out_of_range(value, &range, example)),
        }
    }

    /// Whether the value is a number.
    pub fn is_number(&self) -> bool {
        matches!(self.node.value, Value::Number(_))
    }

    /// The value, which must be a list; an item's key ends in its number, from 0.
    pub fn list(&self, example: &str) -> Result<Vec<Field<'a>>> {
        let Value::List(items) = &self.node.value else { return Err(self.wrong_kind("a list", example)) };
        let field = |(index, node): (usize, &'a Node)| {
            let path = format!("{}.{index}", self.path);
            Field { sources: self.sources, node, key_origin: &node.origin, path }
        };
        Ok(items.iter().enumerate().map(field).collect())
    }

    /// The value, which must be text.
    pub fn text(&self, example: &str) -> Result<&'a str> {
        let Value::Text(text) = &self.node.value else {
            return Err(self.wrong_kind("a text in quotes", example));
        };
        Ok(text)
    }

    /// One of a few words; `later` lists those of a later version.
    pub fn word<T: Copy>(&self, choices: &[(&str, T)], later: &[&str]) -> Result<T> {
        let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
        let text = self.text(&format!("\"{}\"", names.first().unwrap_or(&"")))?;
        if let Some((_, value)) = choices.iter().find(|(name, _)| *name == text) {
            return Ok(*value);
        }
        let message = if later.contains(&text) {
            format!("{} is not supported yet as `{}`", quoted(text), self.path)
        } else {
            format!("unknown value {} of `{}`", quoted(text), self.path)
        };
        Err(unknown(self.invalid(&message), text, &names).into())
    }

    /// A number, written as a number or as a text of digits; exact.
    pub fn decimal(&self, example: &str) -> Result<Decimal> {
        let (Value::Number(text) | Value::Text(text)) = &self.node.value else {
            return Err(self.wrong_kind("a number", example));
        };
        exact_decimal(text).map_err(|error| {
            let message = format!("invalid number {} for `{}`: {}", quoted(text), self.path, error.reason());
            self.fail(&message, &for_example(example))
        })
    }

    /// A number in a range that `allowed` decides and `range` describes.
    pub fn decimal_in(
        &self,
        allowed: impl Fn(Decimal) -> bool,
        range: &str,
        example: &str,
    ) -> Result<Decimal> {
        let value = self.decimal(example)?;
        if allowed(value) { Ok(value) } else { Err(self.out_of_range(value, range, example)) }
    }

    /// A whole number from `low` to `high`.
    pub fn whole(&self, low: u64, high: u64, example: &str) -> Result<u64> {
        let value = self.decimal(example)?;
        let in_range = value.to_u64().filter(|whole| value.is_integer() && (low..=high).contains(whole));
        in_range
            .ok_or_else(|| self.out_of_range(value, &format!("a whole number from {low} to {high}"), example))
    }

    /// A value outside its range.
    pub fn out_of_range(&self, value: Decimal, range: &str, example: &str) -> Error {
        let message = format!("`{}` is {}", self.path, value.normalize());
        self.invalid(&message).expected(range).with_help(for_example(example)).into()
    }

    /// A value that was written in per cent; `fraction` is what it should be.
    pub fn per_cent(&self, written: Decimal, fraction: Decimal, range: &str) -> Error {
        let key = self.path.rsplit('.').next().unwrap_or_default();
        // An item of a list is named by its number, which is no key to write.
        let key = if key.parse::<usize>().is_ok() { String::new() } else { format!("{key} = ") };
        let message = format!("`{}` is {written}, which looks like per cent", self.path);
        let help = format!("write `{key}{}`", fraction.normalize());
        self.invalid(&message).expected(range).with_help(help).into()
    }

    /// A length of time.
    pub fn span(&self, example: &str) -> Result<Span> {
        let text = self.text(example)?;
        text.parse().map_err(|reason| {
            let message = format!("invalid duration {} for `{}`: {reason}", quoted(text), self.path);
            self.fail(&message, &for_example(example))
        })
    }
}
