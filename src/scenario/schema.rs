//! The scenario file as a JSON Schema, for editors; models and their ranges come from the catalogue.

pub(crate) mod builders;
pub(crate) mod sweep;
pub(crate) mod venue;

use serde_json::{Value, json};

use crate::paths::catalogue::{
    Bound, COMMON_JUMP, JUMP_RATE, MODELS, ModelEntry, Parameter, Range, SHOCK_MOVE, ValueKind,
};
use crate::scenario::schema::builders::{duration, maintenance_rate, map, number, table, whole, with};

/// Draft 7, which TOML and YAML editors know. What a schema cannot say, such as a step that divides the horizon,
/// `ringfence check` does.
pub fn scenario() -> Value {
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "ringfence scenario",
        "type": "object",
        "additionalProperties": false,
        "required": ["simulation", "account", "assets", "positions"],
        "properties": {
            "title": { "type": "string" },
            "description": { "type": "string", "description": "Markdown" },
            "simulation": simulation(),
            "account": account(),
            "venue": venue::venue(),
            "assets": named(&asset(), 100),
            "correlation": {
                "type": "object",
                "description": "\"A/B\" = rho, of the Gaussian drivers of two assets",
                "propertyNames": { "pattern": "^[^/]+/[^/]+$" },
                "additionalProperties": number(Range { low: Bound::Open(-1.0), high: Bound::Open(1.0), ..Range::closed(0.0, 0.0) }),
            },
            "common_jumps": common_jumps(),
            "shock": { "type": "array", "maxItems": 100, "items": shock() },
            "positions": named(&position(), 1_000),
            "sweep": sweep::sweep(),
        },
    })
}

/// A table of tables under names.
fn named(item: &Value, most: usize) -> Value {
    json!({
        "type": "object",
        "minProperties": 1,
        "maxProperties": most,
        "propertyNames": { "pattern": "^[A-Za-z0-9_.-]{1,64}$" },
        "additionalProperties": item,
    })
}

fn simulation() -> Value {
    let keys = json!({
        "paths": whole(1, 1_000_000_000_000, json!(100_000)),
        "seed": whole(0, i64::MAX as u64, json!(1)),
        "horizon": duration(),
        "step": duration(),
        "steps": whole(1, 10_000_000, Value::Null),
        "modes": {
            "type": "array",
            "minItems": 1,
            "uniqueItems": true,
            "items": { "enum": ["isolated", "cross", "mixed"] },
            "default": ["isolated", "cross"],
        },
        "monitoring": { "enum": ["step", "continuous"], "default": "step" },
        "sampling": { "enum": ["independent", "antithetic"], "default": "independent" },
        "confidence": with(number(Range::above(0.0, 0.999_999_999)), "default", json!(0.95)),
        "ruin_level": with(number(Range::closed(0.0, 1.0)), "default", json!(0.1)),
        "precision": sweep::precision(),
        "intervals": sweep::intervals(),
    });
    with(table(map(keys), &["horizon"]), "not", json!({ "required": ["step", "steps"] }))
}

fn account() -> Value {
    let keys = json!({
        "wallet": number(Range::closed(1e-4, 1e12)),
        "currency": { "type": "string", "maxLength": 16, "default": "USD" },
    });
    table(map(keys), &["wallet"])
}

fn asset() -> Value {
    let models: Vec<Value> = MODELS.iter().map(model).collect();
    let funding = json!({ "rate": venue::funding_rate(), "history": { "type": "string" } });
    let keys = json!({
        "price": number(Range::closed(1e-9, 1e12)),
        "market": { "type": "string", "description": "name in the venue's tables; the asset's own by default" },
        "maintenance_margin_rate": maintenance_rate(),
        "tiers": venue::tiers(),
        "lot": number(Range::above(0.0, 1e12)),
        "funding": with(table(map(funding), &[]), "not", json!({ "required": ["rate", "history"] })),
        "model": { "type": "object", "required": ["kind"], "oneOf": models },
    });
    let not = json!({ "required": ["maintenance_margin_rate", "tiers"] });
    with(table(map(keys), &["price", "model"]), "not", not)
}

fn model(entry: &ModelEntry) -> Value {
    let kind = Some(("kind".to_owned(), json!({ "const": entry.kind })));
    let own = entry.parameters.iter().map(|p| (p.name.to_owned(), parameter(p)));
    let required: Vec<&str> = ["kind"].into_iter().chain(required(entry.parameters)).collect();
    with(table(kind.into_iter().chain(own).collect(), &required), "description", json!(entry.summary))
}

fn required(parameters: &[Parameter]) -> impl Iterator<Item = &'static str> {
    parameters.iter().filter(|parameter| parameter.default.is_none()).map(|parameter| parameter.name)
}

fn inner_table(parameters: &[Parameter]) -> Value {
    let keys = parameters.iter().map(|p| (p.name.to_owned(), parameter(p))).collect();
    table(keys, &required(parameters).collect::<Vec<_>>())
}

fn parameter(parameter: &Parameter) -> Value {
    let value = match parameter.value {
        ValueKind::Number(range) => number(range),
        ValueKind::Duration => duration(),
        ValueKind::DurationOrBars => json!({ "anyOf": [duration(), { "type": "integer", "minimum": 1 }] }),
        ValueKind::File => json!({ "type": "string" }),
        ValueKind::Word(words) => json!({ "enum": words }),
        ValueKind::WordOrTable(word, keys) => json!({ "anyOf": [{ "const": word }, inner_table(keys)] }),
        ValueKind::Tables(most, keys) => {
            json!({ "type": "array", "minItems": 1, "maxItems": most, "items": inner_table(keys) })
        }
        ValueKind::Matrix(range) => {
            json!({ "type": "array", "items": { "type": "array", "items": number(range) } })
        }
    };
    let unit = if parameter.unit.is_empty() { String::new() } else { format!("{}; ", parameter.unit) };
    with(value, "description", json!(format!("{unit}{}", parameter.meaning)))
}

fn common_jumps() -> Value {
    json!({
        "type": "object",
        "required": ["rate"],
        "minProperties": 2,
        "properties": { "rate": JUMP_RATE.range().map(number) },
        "additionalProperties": inner_table(&COMMON_JUMP),
    })
}

fn shock() -> Value {
    let keys = json!({
        "at": duration(),
        "rate": JUMP_RATE.range().map(number),
        "moves": { "type": "object", "minProperties": 1, "additionalProperties": parameter(&SHOCK_MOVE) },
    });
    with(table(map(keys), &["moves"]), "oneOf", json!([{ "required": ["at"] }, { "required": ["rate"] }]))
}

fn position() -> Value {
    let above = |high| number(Range::above(0.0, high));
    let keys = json!({
        "asset": { "type": "string" },
        "side": { "enum": ["long", "short"] },
        "margin": above(1e12),
        "leverage": above(1e6),
        "quantity": above(1e15),
        "notional": above(1e12),
        "mode": { "enum": ["isolated", "cross"] },
        "entry": { "enum": ["taker", "maker"], "default": "taker" },
        "stop_loss": above(1e12),
        "take_profit": above(1e12),
        "top_up": venue::top_up(),
        "reopen": venue::reopen(),
    });
    let pairs = [
        ["margin", "leverage"],
        ["quantity", "leverage"],
        ["notional", "leverage"],
        ["margin", "quantity"],
        ["margin", "notional"],
    ];
    let pairs: Vec<Value> = pairs.iter().map(|pair| json!({ "required": pair })).collect();
    with(table(map(keys), &["asset", "side"]), "oneOf", json!(pairs))
}
