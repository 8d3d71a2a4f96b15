use super::output;
use crate::error::{Error, Result};
use crate::report::schema;

/// `ringfence schema`
pub fn schema(of: &str) -> Result<()> {
    match of {
        "scenario" => {
            let text = serde_json::to_string_pretty(&schema::scenario())
                .map_err(|error| Error::failed(format!("the schema cannot be written: {error}")))?;
            output::print(&format!("{text}\n"))
        }
        "result" => {
            Err(Error::input("schema result is not yet known in this version; write schema scenario"))
        }
        other => Err(Error::input(format!("there is no schema {other:?}; write schema scenario"))),
    }
}
