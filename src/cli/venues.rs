use std::path::Path;

use crate::cli::output;
use crate::error::{Invalid, Result};
use crate::report::venue_catalogue::{render_list, render_one};
use crate::scenario::{Preset, load_preset, presets};
use crate::text::unknown;

/// `ringfence venues`
pub fn venues(name: Option<&str>) -> Result<()> {
    match name {
        None => output::print(&render_list(&presets()?)),
        Some(name) => output::print(&render_one(&preset(name)?)),
    }
}

/// A shipped venue by its name, or one of the user's by its file.
pub fn preset(name: &str) -> Result<Preset> {
    if name.contains(['/', '\\']) || name.ends_with(".toml") {
        return load_preset(Path::new(name));
    }
    let presets = presets()?;
    let names: Vec<String> = presets.iter().map(|preset| preset.name.clone()).collect();
    presets.into_iter().find(|preset| preset.name == name).ok_or_else(|| {
        let known: Vec<&str> = names.iter().map(String::as_str).collect();
        let invalid = unknown(Invalid::new(format!("unknown venue preset `{name}`")), name, &known);
        invalid.expected(format!("one of: {}, or the name of a file", known.join(", "))).into()
    })
}
