//! `[assets.NAME]`, and what their models make together: the market.

use rust_decimal::Decimal;

use super::Settings;
use super::context::Context;
use super::correlation::{self, Driver};
use super::model::{self, Model};
use super::number::significant_digits;
use super::reader::{Field, Table};
use super::source::quoted;
use super::tiers::Requirement;
use super::{laid_over, name, reach, replaying, resampling, venue};
use crate::domain::{Asset, to_f64};
use crate::error::Result;
use crate::paths::{AssetModel, Law, MarketModel};

/// Beyond it the correlation matrix alone would dominate time and memory.
const MAX_ASSETS: usize = 100;
/// Significant digits of a price: what any f64 prints.
const PRICE_DIGITS: usize = 17;

/// An asset with the model of its price.
#[derive(Debug)]
pub(super) struct Modelled {
    /// What the portfolio holds of it.
    pub asset: Asset,
    /// What its market requires and allows.
    pub requirement: Requirement,
    /// Its law.
    pub model: Model,
}

/// Reads every asset, in file order.
///
/// # Errors
/// No assets or too many; a bad name; any key out of its range.
pub(super) fn read(
    root: &Table<'_>,
    settings: &Settings,
    default: &Requirement,
    context: &mut Context<'_>,
) -> Result<Vec<Modelled>> {
    let table = root.table("assets")?;
    let mut assets: Vec<Modelled> = Vec::new();
    for (name, field) in table.fields() {
        check_name(name, &field, assets.iter().map(|known| known.asset.name.as_str()))?;
        if assets.len() == MAX_ASSETS {
            return Err(field
                .fail(&format!("more than {MAX_ASSETS} assets"), "simulate fewer assets in one scenario"));
        }
        assets.push(read_asset(name, &field.table()?, settings, default, context)?);
    }
    if assets.is_empty() {
        let help = "write [assets.BTC] and below it price = 60_000 and model = { kind = \"gbm\", drift = 0.0, \
                    volatility = 0.65 }";
        return Err(table.fail("there are no assets", help));
    }
    Ok(assets)
}

/// Refuses a name that cannot become a file name, or that an earlier one equals but for case.
pub(super) fn check_name<'n>(
    written: &str,
    field: &Field<'_>,
    earlier: impl Iterator<Item = &'n str>,
) -> Result<()> {
    if let Some(fault) = name::fault(written) {
        return Err(field.fail(&format!("the name {} {fault}", quoted(written)), name::RULE));
    }
    match name::collision(written, earlier) {
        Some(other) => {
            let what = format!("the names {other} and {written} differ only in case");
            Err(field.fail(&what, "on some systems files cannot be told apart by case: choose another name"))
        }
        None => Ok(()),
    }
}

fn read_asset(
    name: &str,
    table: &Table<'_>,
    settings: &Settings,
    default: &Requirement,
    context: &mut Context<'_>,
) -> Result<Modelled> {
    table.only(&["price", "model", "maintenance_margin_rate", "tiers"], &["market"])?;
    let field = table.require("price", "price = 60_000")?;
    let low = Decimal::new(1, 9);
    let high = Decimal::from(1_000_000_000_000_u64);
    let price = field.decimal_in(|p| (low..=high).contains(&p), "1e-9 to 1e12", "price = 60_000")?;
    let price = price.normalize();
    if significant_digits(price) > PRICE_DIGITS {
        let what = format!("`{}` is {price}: more than {PRICE_DIGITS} significant digits", field.path);
        return Err(field.fail(&what, "round it to 17 digits"));
    }
    context.resolve(table.key("price"), price);
    let requirement = venue::maintenance(table, context)?.unwrap_or_else(|| default.clone());
    let (key, value) = requirement.resolved();
    context.resolve(table.key(key), value);
    let model = model::read(table, settings, context)?;
    if let Model::Formula(law) = &model {
        let written = table.require("model", "")?.table()?;
        reach::check_law(&written, law, to_f64(price), settings.horizon)?;
    }
    let asset = Asset {
        name: name.to_owned(),
        price,
        maintenance: crate::domain::Requirement::Lines(requirement.table.clone()),
        lot: Decimal::new(1, 8),
        funding: Default::default(),
    };
    Ok(Modelled { asset, requirement, model })
}

/// The law of the price vector.
///
/// # Errors
/// Correlations that contradict each other; histories that disagree or do not fit the step; jumps and shocks out of
/// their ranges.
pub(super) fn market(
    root: &Table<'_>,
    assets: &[Modelled],
    settings: &Settings,
    context: &mut Context<'_>,
) -> Result<MarketModel> {
    let drivers: Vec<Driver<'_>> =
        assets.iter().map(|a| Driver { name: &a.asset.name, gaussian: a.model.is_driven() }).collect();
    let correlation = correlation::read(root, &drivers, context)?;
    let history = resampling::join(root, assets, settings, context)?;
    let windows = replaying::join(root, assets, settings, context)?;
    let (mut resampled, mut replayed) = (0.., 0..);
    let models = assets.iter().map(|a| AssetModel {
        price: to_f64(a.asset.price),
        law: match &a.model {
            Model::Formula(law) => law.clone(),
            Model::Bootstrap(_) => Law::Bootstrap { column: resampled.next().unwrap_or_default() },
            Model::Replay(_) => Law::Replay { column: replayed.next().unwrap_or_default() },
        },
    });
    let models = models.collect();
    let names: Vec<&str> = assets.iter().map(|a| a.asset.name.as_str()).collect();
    let common_jumps = laid_over::common_jumps(root, &names, settings, context)?;
    let shocks = laid_over::shocks(root, &names, settings, context)?;
    let step_years = settings.horizon.years() / settings.steps as f64;
    let market =
        MarketModel { assets: models, correlation, history, windows, common_jumps, shocks, step_years };
    reach::check_laid_over(root, &market, settings.horizon)?;
    Ok(market)
}
