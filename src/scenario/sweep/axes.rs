//! `[sweep]` as written: the axes, and the values that each cell's keys take.

use crate::error::{Error, Invalid, Result};
use crate::scenario::sweep::batch::Axis;
use crate::scenario::sweep::batch::MOST_CELLS;
use crate::scenario::sweep::range;
use crate::scenario::syntax::key::split_key;
use crate::scenario::syntax::node::{Node, Value};
use crate::scenario::syntax::overrides::{Override, alternatives};
use crate::scenario::syntax::reader::{Field, Table, for_example};
use crate::scenario::syntax::source::{Origin, Sources, quoted, quoted_key};
use crate::text::number::exact_decimal;

const EXAMPLE: &str = "\"positions.btc_long.leverage\" = [2, 5, 10]";

/// The axes of a sweep, the slowest first.
#[derive(Debug)]
pub(crate) struct Sweep {
    axes: Vec<Vec<SweptKey>>,
    /// Product of the lengths of all axes.
    pub cells: usize,
}

/// One key and its values; those of an axis have equally many.
#[derive(Debug)]
pub(crate) struct SweptKey {
    /// As written.
    pub key: String,
    /// Its parts, each with the place of the whole.
    pub parts: Vec<(String, Origin)>,
    values: Vec<Node>,
}

impl Sweep {
    /// Takes `sweep` out of the root; `None` where there is none, or an empty one. From then on, errors about its
    /// values name their entry.
    ///
    /// # Errors
    /// No list or range, keys that are none or cannot be swept, keys twice, unequal lengths in a `zip`, too many cells.
    pub fn take(root: &mut Node, sources: &mut Sources) -> Result<Option<Self>> {
        let axes = match Table::root(sources, root).field("sweep") {
            Some(field) => read_axes(&field)?,
            None => return Ok(None),
        };
        if let Value::Table(entries) = &mut root.value {
            entries.retain(|entry| entry.key != "sweep");
        }
        let cells = axes.iter().map(|axis| axis.first().map_or(0, |key| key.values.len())).product();
        for swept in axes.iter().flatten() {
            let label = format!("sweep.{}", quoted_key(&swept.key));
            let key = swept.parts.first().map(|(_, origin)| origin);
            for place in key.into_iter().chain(swept.values.iter().map(|value| &value.origin)) {
                sources.mark(place, &label);
            }
        }
        Ok(Some(Self { axes, cells }).filter(|sweep| !sweep.axes.is_empty()))
    }

    /// The axes as results have them.
    pub fn axes(&self) -> Vec<Axis> {
        let axis = |keys: &Vec<SweptKey>| {
            let settings = keys.first().map_or(0, |key| key.values.len());
            let values = |index: usize| keys.iter().filter_map(move |key| key.values.get(index).map(json));
            Axis {
                keys: keys.iter().map(|key| key.key.clone()).collect(),
                values: (0..settings).map(|index| values(index).collect()).collect(),
            }
        };
        self.axes.iter().map(axis).collect()
    }

    /// Key and value of every swept key in a cell; the last axis varies fastest.
    pub fn cell(&self, cell: usize) -> Vec<(&SweptKey, &Node)> {
        let mut rest = cell;
        let mut settings: Vec<(&SweptKey, &Node)> = Vec::new();
        for axis in self.axes.iter().rev() {
            let length = axis.first().map_or(1, |key| key.values.len());
            let index = rest % length;
            rest /= length;
            settings.extend(axis.iter().rev().filter_map(|key| Some((key, key.values.get(index)?))));
        }
        settings.reverse();
        settings
    }

    /// Refuses what `--set` writes where the sweep would write over it.
    ///
    /// # Errors
    /// The first such `--set`.
    pub fn refuse(&self, overrides: &[Override]) -> Result<()> {
        for set in overrides {
            let parts = split_key(&set.key).map_err(Invalid::new)?;
            let below = |swept: &&SweptKey| {
                swept.parts.len() <= parts.len()
                    && swept.parts.iter().zip(&parts).all(|(own, other)| own.0 == other.0)
            };
            if let Some(swept) = self.axes.iter().flatten().find(below) {
                let message =
                    format!("--set {} has no effect, because the sweep varies `{}`", set.key, swept.key);
                let help = format!(
                    "write --set 'sweep.\"{}\"=[…]' for other values, or add --set 'sweep={{}}' to leave the sweep out",
                    swept.key
                );
                return Err(Invalid::new(message)
                    .of_key(&swept.key)
                    .with_value(&set.value)
                    .with_help(help)
                    .into());
            }
        }
        Ok(())
    }
}

/// A value as JSON: numbers as numbers where an `f64` has all their digits, and as text elsewhere.
pub(crate) fn json(node: &Node) -> serde_json::Value {
    match &node.value {
        Value::Text(text) => text.as_str().into(),
        Value::Number(text) => number(text),
        Value::List(items) => items.iter().map(json).collect(),
        Value::Table(entries) => {
            let pairs = entries.iter().map(|entry| (entry.key.clone(), json(&entry.node)));
            serde_json::Value::Object(pairs.collect())
        }
        Value::Flag(flag) => (*flag).into(),
        Value::Other(kind) => (*kind).into(),
    }
}

fn number(text: &str) -> serde_json::Value {
    let Ok(exact) = exact_decimal(text) else { return text.into() };
    let exact = exact.normalize().to_string();
    if let Ok(whole) = exact.parse::<i64>() {
        return whole.into();
    }
    let nearest: f64 = exact.parse().unwrap_or(f64::NAN);
    match exact_decimal(&nearest.to_string()).is_ok_and(|shown| shown.to_string() == exact) {
        true => nearest.into(),
        false => exact.into(),
    }
}

fn read_axes(field: &Field<'_>) -> Result<Vec<Vec<SweptKey>>> {
    let mut axes: Vec<Vec<SweptKey>> = Vec::new();
    let mut cells = 1;
    for (key, entry) in field.table()?.fields() {
        let read = match key {
            "zip" if entry.is_list() => {
                entry.list("[[sweep.zip]]")?.iter().map(read_zip).collect::<Result<_>>()?
            }
            "zip" => vec![read_zip(&entry)?],
            _ => vec![vec![read_key(key, &entry)?]],
        };
        for axis in read {
            let length = axis.first().map_or(1, |key| key.values.len());
            cells = length.saturating_mul(cells);
            if cells > MOST_CELLS {
                let many = if cells == usize::MAX {
                    "more than can be counted".to_owned()
                } else {
                    cells.to_string()
                };
                let what = format!("the sweep has too many cells: with `{}` {many}", entry.path);
                let help = format!("give fewer values; the limit is {MOST_CELLS} cells");
                return Err(entry.fail(&what, &help));
            }
            for swept in &axis {
                check_apart(swept, axes.iter().flatten(), &entry)?;
            }
            for (index, swept) in axis.iter().enumerate() {
                check_apart(swept, axis.iter().take(index), &entry)?;
            }
            check_distinct(&axis, &entry)?;
            axes.push(axis);
        }
    }
    Ok(axes)
}

/// Refuses a key that an earlier one reaches, is reached by, or excludes.
fn check_apart<'k>(
    swept: &SweptKey,
    mut earlier: impl Iterator<Item = &'k SweptKey>,
    entry: &Field<'_>,
) -> Result<()> {
    let path = |key: &SweptKey| key.parts.iter().map(|(part, _)| part.clone()).collect::<Vec<_>>();
    let own = path(swept);
    let found = earlier.find_map(|key| {
        let other = path(key);
        let words: Vec<&str> = own.iter().map(String::as_str).collect();
        let (parent, last) = (own.len() - 1, other.last().map(String::as_str).unwrap_or_default());
        let excludes = other.len() == own.len()
            && other[..parent] == own[..parent]
            && alternatives(&words).contains(&last);
        match (other.starts_with(&own) || own.starts_with(&other), excludes) {
            (true, _) if own == other => Some((key, "is swept twice", "keep one of the two")),
            (true, _) => Some((key, "is swept together with a key above or below it", "keep one of the two")),
            (false, true) => {
                Some((key, "is swept together with a key that excludes it", "keep one of the two"))
            }
            (false, false) => None,
        }
    });
    let Some((other, fault, help)) = found else { return Ok(()) };
    let beside = if path(other) == own { String::new() } else { format!(", {}", quoted(&other.key)) };
    Err(entry.fail(&format!("{} {fault}{beside}", quoted(&swept.key)), help))
}

/// Refuses a setting that an axis has twice.
fn check_distinct(axis: &[SweptKey], entry: &Field<'_>) -> Result<()> {
    let mut seen = std::collections::HashSet::new();
    for index in 0..axis.first().map_or(0, |key| key.values.len()) {
        let values: Vec<&Node> = axis.iter().filter_map(|key| key.values.get(index)).collect();
        let words = serde_json::Value::from_iter(values.iter().map(|node| json(node))).to_string();
        if !seen.insert(words) {
            let shown: Vec<String> = values.iter().map(|node| node.describe()).collect();
            let what = format!("duplicate value of `{}`: {}", entry.path, shown.join(" with "));
            return Err(entry.fail(&what, "write each value once; a range computes 12 digits"));
        }
    }
    Ok(())
}

fn read_zip(group: &Field<'_>) -> Result<Vec<SweptKey>> {
    let mut keys: Vec<SweptKey> = Vec::new();
    for (key, field) in group.table()?.fields() {
        let swept = read_key(key, &field)?;
        if let Some(first) = keys.first().filter(|first| first.values.len() != swept.values.len()) {
            let what = format!(
                "`{}` has {} values, but {}, which varies with it, has {}",
                field.path,
                swept.values.len(),
                quoted(&first.key),
                first.values.len()
            );
            return Err(field.fail(&what, "give every key of a zip the same number of values"));
        }
        keys.push(swept);
    }
    if keys.is_empty() {
        let what = format!("`{}` has no keys", group.path);
        return Err(group.fail(&what, &format!("write keys that vary together, for example `{EXAMPLE}`")));
    }
    Ok(keys)
}

fn read_key(key: &str, field: &Field<'_>) -> Result<SweptKey> {
    let node = field.node();
    if let Value::Table(entries) = &node.value
        && !entries.iter().any(|entry| range::KEYS.contains(&entry.key.as_str()))
    {
        return Err(unquoted(key, node, field));
    }
    let parts = split_key(key)
        .map_err(|reason| field.fail(&format!("`{}`: {reason}", field.path), &for_example(EXAMPLE)))?;
    let parts: Vec<String> = parts.into_iter().map(|(part, _)| part).collect();
    check_allowed(key, &parts, field)?;
    let values = match &node.value {
        Value::List(items) if items.is_empty() => {
            let what = format!("`{}` is an empty list", field.path);
            return Err(field.fail(&what, "write at least one value, or remove the key"));
        }
        Value::List(items) => items.clone(),
        Value::Table(_) => range::read(field)?,
        _ => {
            let what = format!("`{}` is {}", field.path, node.describe());
            let help = "write a list such as [2, 5, 10], or { from = 2, to = 10, steps = 5 }; write a single value in its \
                        own section";
            return Err(field.fail_expected(&what, "a list or a range", help));
        }
    };
    let place = field.key_origin().clone();
    let parts = parts.into_iter().map(|part| (part, place.clone())).collect();
    Ok(SweptKey { key: key.to_owned(), parts, values })
}

/// `[sweep]` with a dotted key that does not stand in quotes is a table of tables.
fn unquoted(key: &str, node: &Node, field: &Field<'_>) -> Error {
    if key.contains('.') {
        let what = format!("`{}` is a table", field.path);
        let help = "write a list of tables, [{ … }, { … }], or { from = 2, to = 10, steps = 5 }";
        return field.fail_expected(&what, "a list or a range", help);
    }
    let mut path = key.to_owned();
    let mut node = node;
    while let Value::Table(entries) = &node.value
        && let Some(entry) = entries.first().filter(|entry| !range::KEYS.contains(&entry.key.as_str()))
    {
        path = format!("{path}.{}", entry.key);
        node = &entry.node;
    }
    let what = format!("`{}` is a table", field.path);
    let help = format!(
        "write the dotted key in quotes: {} = [2, 5, 10], or {{ from, to, steps }}",
        quoted_key(&path)
    );
    field.fail_expected(&what, "a list or a range", &help)
}

/// Refuses keys that are the same in all cells of one result.
fn check_allowed(key: &str, parts: &[String], field: &Field<'_>) -> Result<()> {
    let words: Vec<&str> = parts.iter().map(String::as_str).collect();
    let (fault, help) = match &words[..] {
        ["sweep", ..] => ("a sweep cannot vary itself", "name a key outside [sweep]"),
        ["title" | "description", ..] => ("a sweep has one title and one description", "remove it"),
        ["simulation"] => ("it is a whole section", "sweep its keys, such as \"simulation.step\""),
        ["simulation", "confidence" | "intervals" | "precision", ..] => {
            ("it is the same for all cells of a sweep", "write it in [simulation]")
        }
        _ => return Ok(()),
    };
    Err(field.fail(&format!("{} cannot be swept: {fault}", quoted(key)), help))
}
