use std::path::Path;

use crate::cli::output;
use crate::error::{Invalid, Result};
use crate::report::venue_catalogue::{render_list, render_one};
use crate::scenario::{Preset, load_preset, presets};
use crate::text::nearest;

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
        let near = nearest(name, names.iter().map(String::as_str));
        let invalid = Invalid::new(format!("unknown venue preset `{name}`")).with_value(name);
        let invalid = invalid.expected(format!("one of: {}, or the name of a file", names.join(", ")));
        near.into_iter()
            .fold(invalid, |invalid, near| invalid.with_help(format!("did you mean `{near}`?")))
            .into()
    })
}
