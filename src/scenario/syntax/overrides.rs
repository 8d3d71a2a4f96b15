//! `--set KEY=VALUE`: replaces or adds one value of the scenario as written.

use toml::de::DeValue;

use crate::error::{Invalid, Result};
use crate::scenario::syntax::key::split_key;
use crate::scenario::syntax::node::{Entry, Node, Value};
use crate::scenario::syntax::source::{OVERRIDE, Origin, Sources, quoted};

const EXAMPLE: &str = "write KEY=VALUE, for example --set simulation.paths=50_000";

/// One `--set KEY=VALUE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// Dotted path; a part that holds a dot stands in quotes.
    pub key: String,
    /// A TOML value, or a bare text.
    pub value: String,
}

/// Splits `KEY=VALUE` at its first `=`.
///
/// # Errors
/// No `=`, an empty key or key part, an unclosed quote, more than eight parts.
pub fn parse_override(text: &str) -> Result<Override> {
    let invalid = |reason: &str| {
        let message = format!("invalid value {} for --set: {reason}", quoted(text));
        Invalid::new(message).with_value(text).with_help(EXAMPLE)
    };
    let (key, value) = text.split_once('=').ok_or_else(|| invalid("it has no `=`"))?;
    let parsed = Override { key: key.trim().to_owned(), value: value.trim().to_owned() };
    split_key(&parsed.key).map_err(invalid)?;
    Ok(parsed)
}

/// The keys beside the one that `path` leads to, of which only one can be written.
pub(crate) fn alternatives(path: &[&str]) -> &'static [&'static str] {
    match path {
        ["simulation", "step"] => &["steps"],
        ["simulation", "steps"] => &["step"],
        ["venue", .., "tiers"] | ["assets", _, .., "tiers"] => &["maintenance_margin_rate", "base", "slope"],
        ["venue", .., "maintenance_margin_rate"] | ["assets", _, .., "maintenance_margin_rate"] => {
            &["tiers", "base", "slope"]
        }
        ["venue", .., "base" | "slope"] => &["maintenance_margin_rate", "tiers"],
        ["venue", "funding", "rate"] | ["assets", _, "funding", "rate"] => &["history"],
        ["venue", "funding", "history"] | ["assets", _, "funding", "history"] => &["rate"],
        ["venue", "liquidation", "steps"] => &["procedure", "fraction"],
        ["venue", "liquidation", "procedure"] => &["steps"],
        ["shock", _, "at"] => &["rate"],
        ["shock", _, "rate"] => &["at"],
        _ => &[],
    }
}

/// Applies one override to the tree.
///
/// # Errors
/// A malformed key or list, or a path through a value that is not a table.
pub(crate) fn apply(root: &mut Node, set: &Override, sources: &mut Sources) -> Result<()> {
    let written = format!("{}={}", set.key, set.value);
    let source = sources.add(OVERRIDE, &written);
    let offset = set.key.len() + 1;
    let parts = split_key(&set.key)
        .map_err(|reason| sources.error(&Origin { source, span: 0..set.key.len() }, reason, EXAMPLE))?;
    let value = parse_value(&set.value, source, offset, sources)?;
    let parts: Vec<(String, Origin)> =
        parts.into_iter().map(|(part, span)| (part, Origin { source, span })).collect();
    insert(root, &parts, value, sources)
}

fn parse_value(text: &str, source: usize, offset: usize, sources: &Sources) -> Result<Node> {
    let whole = Origin { source, span: offset..offset + text.len() };
    let bare = || Node { value: Value::Text(text.to_owned()), origin: whole.clone() };
    match DeValue::parse(text) {
        Ok(value) if matches!(value.get_ref(), DeValue::Datetime(_)) => Ok(bare()),
        Ok(value) => {
            let span = value.span();
            Ok(Node::from_toml(value.into_inner(), source, offset, span))
        }
        Err(error) if text.starts_with(['[', '{', '"', '\'']) => {
            let span = error.span().unwrap_or(0..text.len());
            let origin = Origin { source, span: span.start + offset..span.end + offset };
            let what = format!("the value of --set is invalid TOML: {}", error.message());
            let help =
                "write texts inside a list or table in quotes: simulation.modes='[\"isolated\", \"cross\"]'";
            Err(sources.error(&origin, &what, help))
        }
        Err(_) => Ok(bare()),
    }
}

/// Puts a value where a path leads, with the place of each part; keys that only the file wrote and that exclude it go.
///
/// # Errors
/// A path through a value that is neither a table nor a list that long.
pub(crate) fn insert(
    root: &mut Node,
    parts: &[(String, Origin)],
    value: Node,
    sources: &Sources,
) -> Result<()> {
    let path: Vec<&str> = parts.iter().map(|(part, _)| part.as_str()).collect();
    let mut node = root;
    for (depth, (part, origin)) in parts.iter().enumerate() {
        let words = node.describe();
        let entries = match &mut node.value {
            Value::Table(entries) => entries,
            Value::List(items) => {
                let index = list_index(part, items.len(), origin, sources)?;
                node = &mut items[index];
                continue;
            }
            _ => {
                let what = format!(
                    "{} cannot set {}: the value above it is {words}, not a table",
                    who(origin, sources),
                    quoted(part)
                );
                return Err(sources.error(origin, &what, "name a key below one of the scenario's tables"));
            }
        };
        // What the file wrote gives way; of two overrides that exclude each other neither does.
        if depth + 1 == parts.len() {
            let others = alternatives(&path);
            entries.retain(|entry| {
                !others.contains(&entry.key.as_str()) || sources.is_override(&entry.node.origin)
            });
        }
        let index = entries.iter().position(|entry| entry.key == *part).unwrap_or_else(|| {
            let empty = Node { value: Value::Table(Vec::new()), origin: origin.clone() };
            entries.push(Entry { key: part.clone(), key_origin: origin.clone(), node: empty });
            entries.len() - 1
        });
        node = &mut entries[index].node;
    }
    *node = value;
    Ok(())
}

fn who(origin: &Origin, sources: &Sources) -> &'static str {
    if sources.is_override(origin) { "--set" } else { "the sweep" }
}

/// The item of a list of `length` that a part of a key names, from 0.
fn list_index(part: &str, length: usize, origin: &Origin, sources: &Sources) -> Result<usize> {
    if let Some(index) =
        part.parse().ok().filter(|index: &usize| *index < length && index.to_string() == part)
    {
        return Ok(index);
    }
    let items = if length == 1 { "1 item".to_owned() } else { format!("{length} items") };
    let what = format!("{} cannot set item {} of a list of {items}", who(origin, sources), quoted(part));
    let help = match length {
        0 => "set the whole list".to_owned(),
        _ => format!("write an index from 0 to {}, or set the whole list", length - 1),
    };
    Err(sources.error(origin, &what, &help))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_at_the_first_equals_sign() {
        let set = parse_override("title = a=b").unwrap();
        assert_eq!((set.key.as_str(), set.value.as_str()), ("title", "a=b"));
    }

    #[test]
    fn quoted_parts_keep_their_dots() {
        let parts =
            |key| split_key(key).map(|parts| parts.into_iter().map(|(part, _)| part).collect::<Vec<_>>());
        assert_eq!(parts("correlation.\"BTC/ETH\""), Ok(vec!["correlation".into(), "BTC/ETH".into()]));
        assert_eq!(parts("assets.'A.B'.price"), Ok(vec!["assets".into(), "A.B".into(), "price".into()]));
        assert_eq!(parts("correlation.BTC/ETH"), Ok(vec!["correlation".into(), "BTC/ETH".into()]));
    }

    #[test]
    fn refuses_malformed_keys() {
        for text in ["no equals", "=1", "a..b=1", "a.=1", "\"a=1", "'a'b=1", "a.b.c.d.e.f.g.h.i=1", "\"\"=1"]
        {
            assert!(parse_override(text).is_err(), "{text}");
        }
    }
}
