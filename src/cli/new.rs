use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};

use crate::cli::output;
use crate::error::{Error, Result};
use crate::scenario::name_fault;

const TEMPLATE: &str = include_str!("new.toml");

/// `ringfence new`
pub fn new(name: &str) -> Result<()> {
    if let Some(stem) = name.strip_suffix(".toml").filter(|stem| name_fault(stem).is_none()) {
        return Err(Error::input(format!("{name:?}: the ending is added; write ringfence new {stem}")));
    }
    if let Some(fault) = name_fault(name) {
        return Err(Error::input(format!("no scenario has the name {name:?}, which {fault}")));
    }
    let file_name = format!("{name}.toml");
    let created = OpenOptions::new().write(true).create_new(true).open(&file_name);
    let mut file = created.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => {
            Error::input(format!("{file_name} is there already; choose another name, or remove it first"))
        }
        _ => Error::input(format!("{file_name} cannot be written here: {error}")),
    })?;
    if let Err(error) = file.write_all(TEMPLATE.as_bytes()).and_then(|()| file.sync_all()) {
        let _ = fs::remove_file(&file_name);
        return Err(Error::failed(format!("{file_name} cannot be written: {error}")));
    }
    output::print(&format!("written: {file_name}\nnext: ringfence check {file_name}\n"))
}
