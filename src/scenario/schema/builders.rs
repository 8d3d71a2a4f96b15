//! Pieces of a JSON Schema.

use serde_json::{Map, Value, json};

use crate::paths::catalogue::{Bound, Range};

/// A table whose keys are all known.
pub(crate) fn table(properties: Map<String, Value>, required: &[&str]) -> Value {
    json!({ "type": "object", "additionalProperties": false, "required": required, "properties": properties })
}

pub(crate) fn map(value: Value) -> Map<String, Value> {
    if let Value::Object(map) = value { map } else { Map::new() }
}

pub(crate) fn maintenance_rate() -> Value {
    number(Range { low: Bound::Closed(0.0), high: Bound::Open(1.0), ..Range::closed(0.0, 0.0) })
}

/// A number; a text of its digits is taken too.
pub(crate) fn number(range: Range) -> Value {
    let (low_key, low) = match range.low {
        Bound::Closed(low) => ("minimum", low),
        Bound::Open(low) => ("exclusiveMinimum", low),
    };
    let (high_key, high) = match range.high {
        Bound::Closed(high) => ("maximum", high),
        Bound::Open(high) => ("exclusiveMaximum", high),
    };
    let within = json!({ "type": ["number", "string"], low_key: low, high_key: high });
    if range.or_zero { json!({ "anyOf": [{ "const": 0 }, within] }) } else { within }
}

pub(crate) fn whole(low: u64, high: u64, default: Value) -> Value {
    let value = json!({ "type": ["number", "string"], "multipleOf": 1, "minimum": low, "maximum": high });
    if default.is_null() { value } else { with(value, "default", default) }
}

pub(crate) fn duration() -> Value {
    json!({ "type": "string", "pattern": "^0*[1-9][0-9]*[smhdwy]$" })
}

/// One more keyword.
pub(crate) fn with(mut schema: Value, keyword: &str, value: Value) -> Value {
    if let Value::Object(map) = &mut schema {
        map.insert(keyword.to_owned(), value);
    }
    schema
}
