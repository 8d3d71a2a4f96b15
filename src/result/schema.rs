//! The result document as a JSON Schema, from the types that are written.

use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use crate::result::document::ResultDocument;
use crate::result::document::sweep::SweepDocument;

/// Draft 7 of what `summary.json` holds: one run's document, or a sweep's.
pub fn result() -> Value {
    let mut generator = SchemaSettings::draft07().for_serialize().into_generator();
    let run = generator.subschema_for::<ResultDocument>();
    let sweep = generator.subschema_for::<SweepDocument>();
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "ringfence result",
        "anyOf": [run, sweep],
        "definitions": generator.take_definitions(true),
    })
}
