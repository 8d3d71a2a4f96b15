use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};

use crate::cli::output;
use crate::error::{Error, Invalid, Result};
use crate::scenario::{NAME_RULE, name_fault};

const TEMPLATE: &str = include_str!("new.toml");

/// `ringfence new`
pub fn new(name: &str) -> Result<()> {
    if let Some(stem) = name.strip_suffix(".toml").filter(|stem| name_fault(stem).is_none()) {
        let invalid = Invalid::new(format!("invalid name `{name}`: the ending .toml is added"));
        return Err(invalid.with_value(name).with_help(format!("write `ringfence new {stem}`")).into());
    }
    if let Some(fault) = name_fault(name) {
        let invalid =
            Invalid::new(format!("invalid name `{}`: it {fault}", name.escape_debug())).with_value(name);
        return Err(invalid.with_help(NAME_RULE).into());
    }
    let file_name = format!("{name}.toml");
    let created = OpenOptions::new().write(true).create_new(true).open(&file_name);
    let mut file = created.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => {
            let invalid = Invalid::new("the file exists already").in_file(&file_name);
            invalid.with_help("choose another name, or remove the file")
        }
        _ => Invalid::new(format!("the file cannot be created: {error}")).in_file(&file_name),
    })?;
    if let Err(error) = file.write_all(TEMPLATE.as_bytes()).and_then(|()| file.sync_all()) {
        let _ = fs::remove_file(&file_name);
        return Err(Error::io(file_name.as_ref(), "the file cannot be written")(error));
    }
    output::print(&format!("written: {file_name}\nnext: ringfence check {file_name}\n"))
}
