use crate::cli::output;
use crate::error::{Error, Result};
use crate::result::schema as result_schema;
use crate::scenario::schema as scenario_schema;

/// `ringfence schema`
pub fn schema(of: &str) -> Result<()> {
    let schema = match of {
        "scenario" => scenario_schema::scenario(),
        "result" => result_schema::result(),
        other => {
            let known = "write schema scenario or schema result";
            return Err(Error::input(format!("there is no schema {other:?}; {known}")));
        }
    };
    let text = serde_json::to_string_pretty(&schema)
        .map_err(|error| Error::failed(format!("the schema cannot be written: {error}")))?;
    output::print(&format!("{text}\n"))
}
