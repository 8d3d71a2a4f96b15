//! `assets.NAME.model`: the price model of one asset.

use std::sync::Arc;

use crate::domain::Span;
use crate::error::{Error, Result};
use crate::history::{PriceHistory, read_history};
use crate::paths::catalogue::{MODELS, ModelEntry};
use crate::paths::{PriceProcess, catalogue};
use crate::scenario::context::Context;
use crate::scenario::definition::Settings;
use crate::scenario::models::model_reader::ModelReader;
use crate::scenario::models::parameters::{Keys, whole_steps};
use crate::scenario::syntax::reader::Table;

/// Bars that a price file may hold: a longer stride leaves one window.
const MOST_BARS: u64 = 6_000_000;
const EXAMPLE: &str = "model = { kind = \"gbm\", drift = 0.0, volatility = 0.65 }";

/// A model as read, its history included.
#[derive(Debug)]
pub(crate) enum Model {
    /// A model with a formula.
    Formula(PriceProcess),
    /// Blocks of a history.
    Bootstrap(Resampled),
    /// Windows of a history.
    Replay(Replayed),
}

impl Model {
    /// Whether a Gaussian driver moves it.
    pub fn is_driven(&self) -> bool {
        matches!(self, Self::Formula(process) if process.is_driven())
    }

    /// Its entry in the catalogue.
    pub fn entry(&self) -> Option<&'static ModelEntry> {
        catalogue::model(match self {
            Self::Formula(process) => process.kind(),
            Self::Bootstrap(_) => "bootstrap",
            Self::Replay(_) => "replay",
        })
    }
}

/// The history of a bootstrapped asset and how it is resampled.
#[derive(Debug)]
pub(crate) struct Resampled {
    /// The prices.
    pub history: Arc<PriceHistory>,
    /// Mean length of a block.
    pub block: Span,
    /// Missing bars repeat the last close instead of being refused.
    pub fill_gaps: bool,
}

/// The history of a replayed asset and how its windows are taken.
#[derive(Debug)]
pub(crate) struct Replayed {
    /// The prices.
    pub history: Arc<PriceHistory>,
    /// Bars from the start of one window to that of the next, `>= 1`.
    pub stride: u64,
    /// Missing bars repeat the last close instead of being refused.
    pub fill_gaps: bool,
}

/// Reads `model` of an asset.
///
/// # Errors
/// No model or an unknown kind; a parameter that is missing, unknown or out of its range; parameters that do not fit
/// each other; a history that cannot be read.
pub(crate) fn read(asset: &Table<'_>, settings: &Settings, context: &mut Context<'_>) -> Result<Model> {
    let table = asset.require("model", EXAMPLE)?.table()?;
    let kind = table.require("kind", "kind = \"gbm\"")?;
    let kinds: Vec<(&str, &ModelEntry)> = MODELS.iter().map(|entry| (entry.kind, entry)).collect();
    let entry = kind.word(&kinds, &[])?;
    let keys = Keys::new(&table, entry.parameters, &["kind"])?;
    context.resolve(table.key("kind"), entry.kind);
    match entry.kind {
        // Models of a history need files, and all assets that have one share its rows: they are joined later.
        "bootstrap" => bootstrap(&keys, context).map(Model::Bootstrap),
        "replay" => replay(&keys, settings, context).map(Model::Replay),
        kind => PriceProcess::read(kind, &mut ModelReader { keys, settings, context })?
            .map(Model::Formula)
            .ok_or_else(|| Error::failed(format!("the scenario reader lacks the model `{kind}`"))),
    }
}

fn bootstrap(keys: &Keys<'_, '_>, context: &mut Context<'_>) -> Result<Resampled> {
    let history = history(keys, context)?;
    let block = keys.required("block")?.span("block = \"1d\"")?;
    context.resolve(keys.table.key("block"), block);
    let fill_gaps = fills_gaps(keys, context)?;
    Ok(Resampled { history, block, fill_gaps })
}

fn replay(keys: &Keys<'_, '_>, settings: &Settings, context: &mut Context<'_>) -> Result<Replayed> {
    let history = history(keys, context)?;
    let stride = match keys.field("stride")? {
        Some(field) if field.is_number() => field.whole(1, MOST_BARS, "stride = 24 or stride = \"1d\"")?,
        Some(field) => {
            let length = field.span("stride = \"1d\" or stride = 24")?;
            whole_steps(&field, length, settings.horizon, settings.steps)?
        }
        None => 1,
    };
    context.resolve(keys.table.key("stride"), stride);
    let fill_gaps = fills_gaps(keys, context)?;
    Ok(Replayed { history, stride, fill_gaps })
}

/// Reads the file and resolves it by the hash of its bytes.
fn history(keys: &Keys<'_, '_>, context: &mut Context<'_>) -> Result<Arc<PriceHistory>> {
    let field = keys.required("history")?;
    let file = context.data_file(&field, "history = \"btc.csv\"")?;
    let read = || read_history(&file.path, &file.shown_name).map_err(Error::into_invalid);
    let history =
        context.files.prices.get(file.path.clone(), read).map_err(|error| field.about_file(&error))?;
    context.resolve(keys.table.key("history"), format!("sha256:{}", history.sha256));
    context.notes.extend(history.notes.iter().cloned());
    Ok(history)
}

fn fills_gaps(keys: &Keys<'_, '_>, context: &mut Context<'_>) -> Result<bool> {
    let fill = match keys.field("gaps")? {
        Some(field) => field.word(&[("error", false), ("fill", true)], &[])?,
        None => false,
    };
    context.resolve(keys.table.key("gaps"), if fill { "fill" } else { "error" });
    Ok(fill)
}
