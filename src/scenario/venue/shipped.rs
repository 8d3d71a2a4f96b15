//! The venue files inside the program, and which file a scenario names.

use std::borrow::Cow;
use std::path::Path;

use crate::error::Result;
use crate::scenario::syntax::reader::Table;
use crate::scenario::syntax::source::quoted;
use crate::scenario::syntax::text_file::read_text;
use crate::scenario::venue::about::{Preset, read_preset};

macro_rules! shipped {
    ($($name:literal),+ $(,)?) => {
        [$(($name, include_str!(concat!("../../../data/venues/", $name, ".toml")))),+]
    };
}

/// Every shipped venue file, by name; the first is the default.
pub(crate) const FILES: [(&str, &str); 11] = shipped![
    "textbook",
    "binance-usdm",
    "binance-coinm",
    "bybit",
    "bybit-uta",
    "okx",
    "hyperliquid",
    "dydx",
    "deribit",
    "bitmex",
    "kraken",
];

/// The text of a venue file.
#[derive(Debug)]
pub(crate) struct VenueText {
    /// How messages call it.
    pub shown_name: String,
    /// What it says.
    pub text: Cow<'static, str>,
    /// Whether it is the user's.
    pub is_own: bool,
}

/// Every preset, the default first.
///
/// # Errors
/// A shipped venue file that is broken, which a test excludes.
pub fn presets() -> Result<Vec<Preset>> {
    FILES.iter().map(|(name, text)| read_preset(name, text, Path::new(""))).collect()
}

/// Whether a preset's name means a file of the user's.
fn names_file(written: &str) -> bool {
    written.contains(['/', '\\']) || written.ends_with(".toml")
}

/// The venue file that `[venue]` names: a preset, or a file relative to the scenario's folder.
///
/// # Errors
/// An unknown preset; a file that cannot be read.
pub(crate) fn chosen_preset(root: &Table<'_>, folder: &Path) -> Result<VenueText> {
    let table = root.table("venue")?;
    let (default, text) = FILES[0];
    let shipped = |name: &str, text: &'static str| VenueText {
        shown_name: format!("{name}.toml (shipped)"),
        text: Cow::Borrowed(text),
        is_own: false,
    };
    let Some(field) = table.field("preset") else { return Ok(shipped(default, text)) };
    let written = field.text(&format!("preset = \"{default}\" or preset = \"./my-venue.toml\""))?;
    if !names_file(written) {
        let (name, text) = field.word(&FILES.map(|file| (file.0, file)), &[])?;
        return Ok(shipped(name, text));
    }
    let path = folder.join(written);
    let shown_name = path.display().to_string();
    let text = read_text(&path, &shown_name, "venue file").map_err(|error| {
        let what = format!("`{}` is {}: {}", field.path, quoted(written), error.into_invalid().title());
        field.fail(&what, "write a path relative to the scenario's folder, or the name of a preset")
    })?;
    Ok(VenueText { shown_name, text: Cow::Owned(text), is_own: true })
}
