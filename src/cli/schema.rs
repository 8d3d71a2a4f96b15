use crate::cli::output;
use crate::error::{Error, Invalid, Result};
use crate::result::schema as result_schema;
use crate::scenario::schema as scenario_schema;

/// `ringfence schema`
pub fn schema(of: &str) -> Result<()> {
    let schema = match of {
        "scenario" => scenario_schema::scenario(),
        "result" => result_schema::result(),
        other => {
            let invalid = Invalid::new(format!("unknown schema `{other}`")).with_value(other);
            return Err(invalid.expected("scenario or result").into());
        }
    };
    let text = serde_json::to_string_pretty(&schema)
        .map_err(|error| Error::failed(format!("the schema cannot be written: {error}")))?;
    output::print(&format!("{text}\n"))
}
