use std::path::Path;

use super::output;
use crate::error::{Error, Result};
use crate::report::venue::{render_list, render_one};
use crate::scenario::{Preset, load_preset, nearest, presets};

/// `ringfence venues`
pub fn venues(name: Option<&str>) -> Result<()> {
    let presets = presets()?;
    let Some(name) = name else { return output::print(&render_list(&presets)) };
    if name.contains(['/', '\\']) || name.ends_with(".toml") {
        return output::print(&render_one(&load_preset(Path::new(name))?));
    }
    output::print(&render_one(find(&presets, name)?))
}

fn find<'p>(presets: &'p [Preset], name: &str) -> Result<&'p Preset> {
    presets.iter().find(|preset| preset.name == name).ok_or_else(|| {
        let names: Vec<&str> = presets.iter().map(|preset| preset.name.as_str()).collect();
        let near = nearest(name, names.iter().copied());
        let near = near.map(|near| format!("did you mean {near}? ")).unwrap_or_default();
        let all = names.join(", ");
        Error::input(format!("there is no preset {name:?}; {near}write one of: {all}; or a file's name"))
    })
}
