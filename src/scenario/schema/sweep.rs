//! What of the scenario's schema belongs to batch research: sweeps and precision.

use serde_json::{Value, json};

use crate::domain::{Intervals, Measure};
use crate::paths::catalogue::{Bound, Range};
use crate::scenario::schema::builders::{map, number, table, whole, with};

/// Values of one swept key, or a range.
fn values() -> Value {
    let end = || json!({ "type": ["number", "string"] });
    let range = json!({
        "from": end(),
        "to": end(),
        "steps": with(whole(1, 10_000, Value::Null), "description", json!("number of values, both ends included")),
        "scale": { "enum": ["linear", "log"], "default": "linear" },
    });
    json!({
        "anyOf": [
            { "type": "array", "minItems": 1, "maxItems": 10_000, "uniqueItems": true },
            table(map(range), &["from", "to", "steps"]),
        ],
    })
}

/// Swept keys that move together.
fn zip() -> Value {
    json!({
        "type": "object",
        "minProperties": 1,
        "description": "keys that move together, with equally many values each",
        "additionalProperties": values(),
    })
}

/// `[sweep]`.
pub(crate) fn sweep() -> Value {
    json!({
        "type": "object",
        "description": "\"KEY\" = [values] or { from, to, steps }: a run for every combination, the first key slowest; \
                        KEY as --set takes it, in quotes",
        "properties": { "zip": { "anyOf": [zip(), { "type": "array", "items": zip() }] } },
        "additionalProperties": values(),
    })
}

/// `simulation.precision`.
pub(crate) fn precision() -> Value {
    let keys = json!({
        "measure": { "enum": Measure::ALL.map(Measure::name) },
        "half_width": with(
            number(Range::above(0.0, 1e12)),
            "description",
            json!("half the width of the interval, in the measure's unit"),
        ),
        "relative": with(
            number(Range { high: Bound::Open(1.0), ..Range::above(0.0, 1.0) }),
            "description",
            json!("the same as a share of the estimate"),
        ),
    });
    let either = json!([{ "required": ["half_width"] }, { "required": ["relative"] }]);
    let schema = with(table(map(keys), &["measure"]), "oneOf", either);
    with(
        schema,
        "description",
        json!("stop before all paths where the measure is known so well in every mode"),
    )
}

/// `simulation.intervals`.
pub(crate) fn intervals() -> Value {
    let kinds = [Intervals::Pointwise, Intervals::Simultaneous];
    json!({ "enum": kinds.map(Intervals::name), "default": Intervals::default().name() })
}
