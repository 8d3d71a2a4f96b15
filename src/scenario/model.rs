//! `assets.NAME.model`: the law of one price.

use rust_decimal::Decimal;

use super::context::Context;
use super::history::{PriceHistory, read_history};
use super::reader::Table;
use crate::domain::{Span, to_f64};
use crate::error::Result;

const EXAMPLE: &str = "model = { kind = \"gbm\", drift = 0.0, volatility = 0.65 }";
const LATER: [&str; 10] =
    ["merton", "kou", "heston", "bates", "garch", "regime", "ou", "variance_gamma", "nig", "replay"];
/// Largest log return over the horizon: a price that changes by a factor of 1e26 means nothing any more, and amounts
/// and their squares are still well inside `f64`.
pub(super) const LARGEST_LOG_RETURN: f64 = 60.0;

/// A model as read, its history included.
#[derive(Debug)]
pub(super) enum Model {
    /// Geometric Brownian motion.
    Gbm {
        /// Per year.
        drift: f64,
        /// Per square-root year.
        volatility: f64,
    },
    /// Blocks of a history.
    Bootstrap(Resampled),
}

/// What a bootstrapped asset asks for.
#[derive(Debug)]
pub(super) struct Resampled {
    /// The prices.
    pub history: PriceHistory,
    /// Mean length of a block.
    pub block: Span,
    /// Missing bars repeat the last close instead of being refused.
    pub fill_gaps: bool,
}

#[derive(Clone, Copy)]
enum Kind {
    Gbm,
    Bootstrap,
}

/// Reads `model` of an asset.
///
/// # Errors
/// No model or an unknown kind; a parameter that is missing, unknown or out of its range; a
/// history that cannot be read.
pub(super) fn read(asset: &Table<'_>, horizon: Span, context: &mut Context<'_>) -> Result<Model> {
    let table = asset.require("model", EXAMPLE)?.table()?;
    let kind = table.require("kind", "kind = \"gbm\"")?;
    let kind = kind.word(&[("gbm", Kind::Gbm), ("bootstrap", Kind::Bootstrap)], &LATER)?;
    match kind {
        Kind::Gbm => gbm(&table, horizon, context),
        Kind::Bootstrap => bootstrap(&table, context),
    }
}

fn gbm(table: &Table<'_>, horizon: Span, context: &mut Context<'_>) -> Result<Model> {
    table.only(&["kind", "drift", "volatility"], &[])?;
    let twenty = Decimal::from(20);
    let drift = table.require("drift", "drift = 0.0")?;
    let drift = drift.decimal_in(|d| d.abs() <= twenty, "−20 to 20 per year", "drift = 0.05")?;
    let field = table.require("volatility", "volatility = 0.65")?;
    let volatility = field.decimal("volatility = 0.65")?;
    if volatility > Decimal::TEN && volatility < Decimal::ONE_THOUSAND {
        return Err(field.per_cent(volatility, volatility / Decimal::ONE_HUNDRED, "0 to 10"));
    }
    if volatility < Decimal::ZERO || volatility > Decimal::TEN {
        return Err(field.out_of_range(volatility, "0 to 10 per square-root year", "volatility = 0.65"));
    }
    context.resolve(table.key("kind"), "gbm");
    context.resolve_decimal(table.key("drift"), drift);
    context.resolve_decimal(table.key("volatility"), volatility);
    let (drift, volatility, years) = (to_f64(drift), to_f64(volatility), horizon.years());
    // Nine standard deviations: no path of any run goes further.
    let reach = drift.abs() * years + 9.0 * volatility * years.sqrt() + volatility * volatility * years / 2.0;
    if reach > LARGEST_LOG_RETURN {
        let what = format!(
            "over a horizon of {horizon}, `{}` lets the price leave the range of numbers: log returns up to {reach:.0}; \
             allowed: {LARGEST_LOG_RETURN}, a factor of 1e26",
            table.path()
        );
        return Err(field.fail(&what, "shorten simulation.horizon, or lower drift or volatility"));
    }
    Ok(Model::Gbm { drift, volatility })
}

fn bootstrap(table: &Table<'_>, context: &mut Context<'_>) -> Result<Model> {
    table.only(&["kind", "history", "block", "gaps"], &[])?;
    let field = table.require("history", "history = \"btc.csv\"")?;
    let file = context.data_file(&field, "history = \"btc.csv\"")?;
    let block = table.require("block", "block = \"1d\"")?.span("block = \"1d\"")?;
    let fill_gaps = match table.field("gaps") {
        Some(field) => field.word(&[("error", false), ("fill", true)], &[])?,
        None => false,
    };
    let history = read_history(&file.path, &file.shown_name).map_err(|error| field.about_file(&error))?;
    context.resolve(table.key("kind"), "bootstrap");
    context.resolve(table.key("history"), format!("sha256:{}", history.sha256));
    context.resolve(table.key("block"), block);
    context.resolve(table.key("gaps"), if fill_gaps { "fill" } else { "error" });
    context.notes.extend(history.notes.iter().cloned());
    Ok(Model::Bootstrap(Resampled { history, block, fill_gaps }))
}
