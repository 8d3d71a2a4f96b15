use std::fmt::Write;

use super::output;
use crate::error::{Error, Result};
use crate::scenario::presets;

/// `ringfence venues`
pub fn venues(name: Option<&str>) -> Result<()> {
    let presets = presets()?;
    let mut text = String::new();
    match name {
        None => {
            for preset in &presets {
                let _ = writeln!(text, "{}  ({})  {}", preset.name, preset.date, preset.summary);
            }
        }
        Some(name) => {
            let preset = presets.iter().find(|preset| preset.name == name).ok_or_else(|| {
                let names: Vec<&str> = presets.iter().map(|preset| preset.name.as_str()).collect();
                Error::input(format!("there is no preset '{name}'; write one of: {}", names.join(", ")))
            })?;
            let _ = writeln!(text, "{}: {}", preset.name, preset.summary);
            for rule in &preset.rules {
                let _ = writeln!(text, "- {rule}");
            }
            let _ = writeln!(text, "as of {}; source: {}", preset.date, preset.source);
        }
    }
    output::print(&text)
}
