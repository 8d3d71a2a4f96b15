//! `[venue]` and a position's orders in the JSON Schema of the scenario file.

use serde_json::{Value, json};

use crate::paths::catalogue::Range;
use crate::scenario::schema::builders::{duration, maintenance_rate, map, number, table, whole, with};

/// `[venue]`: a preset, and what is written over it.
pub fn venue() -> Value {
    let fee = |low| number(Range::closed(low, 0.1));
    let keys = json!({
        "preset": {
            "type": "string",
            "default": "textbook",
            "description": "a name that `ringfence venues` lists, or a venue file relative to the scenario",
        },
        "modes": { "type": "array", "minItems": 1, "items": { "enum": ["isolated", "cross", "mixed"] } },
        "modes_reason": { "type": "string" },
        "contract": { "enum": ["linear", "inverse"] },
        "trigger": { "enum": ["le", "lt"] },
        "taker_fee": fee(0.0),
        "maker_fee": fee(-0.01),
        "requirement_basis": { "enum": ["mark", "entry"] },
        "fee_in_requirement": {
            "enum": ["none", "taker", "liquidation", "taker_at_bankruptcy", "taker_at_entry"],
        },
        "requirement": { "enum": ["lines", "steps", "slope"] },
        "maintenance_margin_rate": maintenance_rate(),
        "tiers": tiers(),
        "base": maintenance_rate(),
        "slope": maintenance_rate(),
        "max_leverage": number(Range::closed(1.0, 1e6)),
        "liquidation": liquidation(),
        "funding": funding(),
        "markets": { "type": "object", "additionalProperties": market() },
    });
    with(table(map(keys), &[]), "not", json!({ "required": ["maintenance_margin_rate", "tiers"] }))
}

/// Rows, or a file of them.
pub fn tiers() -> Value {
    let row = json!({
        "type": "array",
        "minItems": 2,
        "maxItems": 4,
        "items": { "type": ["number", "string"] },
        "description": "[floor, rate, max_leverage, maintenance_amount]",
    });
    json!({ "anyOf": [{ "type": "string" }, { "type": "array", "minItems": 1, "items": row }] })
}

fn market() -> Value {
    let keys = json!({
        "lot": number(Range::above(0.0, 1e12)),
        "tiers": tiers(),
        "base": maintenance_rate(),
        "slope": maintenance_rate(),
        "maintenance_margin_rate": maintenance_rate(),
        "max_leverage": number(Range::closed(1.0, 1e6)),
    });
    table(map(keys), &[])
}

fn liquidation() -> Value {
    let square_root = json!({ "impact": number(Range::closed(0.0, 10.0)), "daily_volume": number(Range::above(0.0, 1e15)) });
    let fillable = json!({ "spread": number(Range::closed(0.0, 100.0)), "adjustment": number(Range::closed(0.0, 100.0)) });
    let keys = json!({
        "price": { "enum": ["mark", "bankruptcy", "fillable"] },
        "remainder": { "enum": ["forfeit", "return"] },
        "order": { "enum": ["all", "largest_loss", "largest_requirement"], "default": "all" },
        "fee": { "anyOf": [{ "const": "taker" }, number(Range::closed(0.0, 0.1))] },
        "slippage": {
            "anyOf": [
                number(Range::closed(0.0, 0.5)),
                table(map(square_root), &["impact", "daily_volume"]),
            ],
        },
        "procedure": { "enum": ["full", "tiered", "fraction", "cover"] },
        "fraction": number(Range::above(0.0, 1.0)),
        "steps": { "type": "array", "minItems": 1, "maxItems": 20, "items": step() },
        "backstop": number(Range::above(0.0, 1.0)),
        "fillable": table(map(fillable), &["spread", "adjustment"]),
    });
    with(table(map(keys), &[]), "not", json!({ "required": ["procedure", "steps"] }))
}

fn step() -> Value {
    let keys = json!({
        "kind": { "enum": ["full", "tiered", "fraction", "cover"] },
        "price": { "enum": ["mark", "bankruptcy", "fillable"] },
        "tiers": whole(1, 100, json!(1)),
        "above_first_tier": { "type": "boolean", "default": false },
        "fraction": number(Range::above(0.0, 1.0)),
        "above_notional": number(Range::closed(0.0, 1e15)),
        "least_notional": number(Range::closed(0.0, 1e15)),
        "cooldown": duration(),
        "repeat": { "type": "boolean", "default": false },
    });
    table(map(keys), &["kind"])
}

/// Of one interval, paid by longs.
pub fn funding_rate() -> Value {
    number(Range::closed(-0.1, 0.1))
}

fn funding() -> Value {
    let keys = json!({
        "interval": duration(),
        "rate": funding_rate(),
        "history": { "type": "string", "description": "CSV with a time and a funding_rate" },
        "cap": { "anyOf": [{ "const": "maintenance" }, number(Range::closed(0.0, 1.0))] },
        "debit": { "enum": ["margin", "wallet", "available_then_margin"] },
        "floor_at_requirement": { "type": "boolean" },
    });
    with(table(map(keys), &[]), "not", json!({ "required": ["rate", "history"] }))
}

/// Margin added to an isolated position.
pub fn top_up() -> Value {
    let keys = json!({
        "trigger": number(Range::above(1.0, 1_000.0)),
        "amount": { "anyOf": [{ "const": "initial" }, number(Range::above(0.0, 1e12))] },
        "times": whole(1, 1_000_000, json!(1)),
    });
    table(map(keys), &["trigger", "amount"])
}

/// The position opened anew.
pub fn reopen() -> Value {
    let keys = json!({ "after": duration(), "times": whole(1, 1_000_000, json!(1)) });
    table(map(keys), &["after"])
}
