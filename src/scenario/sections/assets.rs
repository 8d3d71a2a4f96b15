//! `[assets.NAME]`, and what their models make together: the market.

use rust_decimal::Decimal;

use crate::domain::{Asset, FundingRates, Position, to_f64};
use crate::error::Result;
use crate::paths::{AssetModel, Bootstrap, MarketModel, PriceProcess, Replay};
use crate::scenario::context::Context;
use crate::scenario::definition::Settings;
use crate::scenario::models::model::Model;
use crate::scenario::models::{model, overflow_check, replaying, resampling, shock_overlay};
use crate::scenario::sections::correlation::Driver;
use crate::scenario::sections::market_requirement::MarketRequirement;
use crate::scenario::sections::modelled::Modelled;
use crate::scenario::sections::{correlation, requirement};
use crate::scenario::syntax::name;
use crate::scenario::syntax::reader::{Field, Table};
use crate::scenario::syntax::source::quoted;
use crate::scenario::venue;
use crate::scenario::venue::rules::{FundingSource, Rules};
use crate::text::number::significant_digits;
use crate::text::{did_you_mean, nearest};

/// Beyond it the correlation matrix alone would dominate time and memory.
const MAX_ASSETS: usize = 100;

/// The lot of a market whose lot is not known.
const SMALLEST_LOT: Decimal = Decimal::from_parts(1, 0, 0, false, 8);

/// Significant digits of a price: what any f64 prints.
const PRICE_DIGITS: usize = 17;

/// Reads every asset, in file order.
///
/// # Errors
/// No assets or too many; a bad name; any key out of its range.
pub(crate) fn read(
    root: &Table<'_>,
    settings: &Settings,
    rules: &Rules,
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
        let asset = field.table()?;
        check_unit(root, name, &asset, rules)?;
        assets.push(read_asset(name, &asset, settings, rules, context)?);
    }
    if assets.is_empty() {
        let help = "write [assets.BTC], and below it price = 60_000 and model = { kind = \"gbm\", drift = 0.0, \
                    volatility = 0.65 }";
        return Err(table.fail("the scenario has no assets", help));
    }
    Ok(assets)
}

/// Refuses a name that cannot become a file name, or that an earlier one equals but for case.
pub(crate) fn check_name<'n>(
    written: &str,
    field: &Field<'_>,
    earlier: impl Iterator<Item = &'n str>,
) -> Result<()> {
    if let Some(fault) = name::fault(written) {
        return Err(field.fail(&format!("invalid name {}: it {fault}", quoted(written)), name::RULE));
    }
    match name::collision(written, earlier) {
        Some(other) => {
            let what = format!("the names `{other}` and `{written}` differ only in case");
            Err(field.fail(&what, "choose another name; some file systems do not distinguish case"))
        }
        None => Ok(()),
    }
}

fn read_asset(
    name: &str,
    table: &Table<'_>,
    settings: &Settings,
    rules: &Rules,
    context: &mut Context<'_>,
) -> Result<Modelled> {
    table.only(&["price", "model", "market", "maintenance_margin_rate", "tiers", "lot", "funding"], &[])?;
    let field = table.require("price", "price = 60_000")?;
    let low = Decimal::new(1, 9);
    let high = Decimal::from(1_000_000_000_000_u64);
    let price = field.decimal_in(|p| (low..=high).contains(&p), "1e-9 to 1e12", "price = 60_000")?;
    let price = price.normalize();
    if significant_digits(price) > PRICE_DIGITS {
        let what =
            format!("`{}` is {price}, which has more than {PRICE_DIGITS} significant digits", field.path);
        return Err(field.fail(&what, "round it to 17 digits"));
    }
    context.resolve(table.key("price"), price);
    let (requirement, required_by, lot) = market_rules(name, table, rules, context)?;
    let (key, value) = requirement.resolved();
    context.resolve(table.key(key), value);
    if lot != SMALLEST_LOT {
        context.resolve_decimal(table.key("lot"), lot);
    }
    let funding = funding(table, rules, context)?;
    let model = model::read(table, settings, context)?;
    if let Model::Formula(process) = &model {
        let written = table.require("model", "")?.table()?;
        overflow_check::check_model(&written, process, to_f64(price), settings.horizon)?;
    }
    let asset = Asset {
        name: name.to_owned(),
        price,
        maintenance: requirement.requirement.clone(),
        lot,
        funding: FundingRates::default(),
    };
    Ok(Modelled { asset, requirement, required_by, funding, model })
}

/// Refuses a table of the venue's file whose sizes are in another unit, or of another kind, than the scenario's.
fn check_unit(root: &Table<'_>, name: &str, table: &Table<'_>, rules: &Rules) -> Result<()> {
    let over = &rules.over;
    let Some((key, before)) = over.unit else { return Ok(()) };
    let called = table.field("market").map_or(Ok(name), |field| field.text("market = \"BTCUSDT\""))?;
    let has_own = ["maintenance_margin_rate", "tiers"].iter().any(|key| table.field(key).is_some());
    if has_own || over.requirement || over.markets.iter().any(|market| market == called) {
        return Ok(());
    }
    let of_market = rules.market(called).and_then(|market| market.requirement.as_ref());
    if of_market.is_none() && rules.requirement.is_one_rate() {
        return Ok(());
    }
    let venue = root.table("venue")?;
    let what = format!(
        "`{}` differs from `{before}`, the unit of {}'s table for {called}",
        venue.key(key),
        rules.venue.preset
    );
    let help = "write venue.tiers or venue.maintenance_margin_rate in the new unit too";
    Err(venue.fail_at(&[key], &what, help))
}

/// The requirement of an asset, who states it, and the lot: its own, those of the market it names, the venue's.
fn market_rules(
    name: &str,
    table: &Table<'_>,
    rules: &Rules,
    context: &mut Context<'_>,
) -> Result<(MarketRequirement, String, Decimal)> {
    let field = table.field("market");
    let called = field.as_ref().map_or(Ok(name), |field| field.text("market = \"BTCUSDT\""))?;
    let market = rules.market(called);
    if let (Some(field), None) = (&field, market) {
        let what = format!(
            "unknown market {} for `{}`: {} does not list it",
            quoted(called),
            field.path,
            rules.venue.preset
        );
        let near = did_you_mean(called, rules.markets.iter().map(|market| market.name.as_str()));
        let help = format!("{near}{}; or remove the key", known_markets(called, rules));
        return Err(field.fail(&what, &help));
    }
    let own = requirement::read(table, rules.kind, context)?;
    let of_market = market.and_then(|market| market.requirement.clone());
    if own.is_none() && market.is_none() && !rules.markets.is_empty() && !rules.over.requirement {
        let (_, value) = rules.requirement.resolved();
        let cap = match rules.requirement.max_leverages.first().copied().flatten() {
            Some(cap) => format!(" and at most {}x", cap.normalize()),
            None => String::new(),
        };
        context.note(&[format!(
            "{name} names no market of {}, whose default applies: a maintenance margin rate of {value}{cap}; {}",
            rules.venue.preset,
            known_markets(called, rules)
        )]);
    }
    let of_scenario = match &of_market {
        Some(_) => rules.over.markets.iter().any(|market| market == called),
        None => rules.over.requirement,
    };
    let required_by = match (&own, of_scenario) {
        (Some(_), _) => format!("the requirement of {}", table.path()),
        (None, true) => "the scenario's own requirement".to_owned(),
        (None, false) if rules.over.max_leverage.is_some() => {
            format!("{} under venue.max_leverage", rules.venue.preset)
        }
        (None, false) => rules.venue.preset.clone(),
    };
    let requirement = own.or(of_market).unwrap_or_else(|| rules.requirement.clone());
    let cap = rules.over.max_leverage;
    let requirement = requirement.capped(cap);
    let lot = match table.field("lot") {
        Some(field) => venue::lot(&field)?,
        None => market.and_then(|market| market.lot).unwrap_or(SMALLEST_LOT),
    };
    Ok((requirement, required_by, lot))
}

/// The markets that a name may mean, or the first of them.
fn known_markets(name: &str, rules: &Rules) -> String {
    const MOST: usize = 8;
    let all = || rules.markets.iter().map(|market| market.name.as_str());
    if rules.markets.is_empty() {
        return format!("{} lists no markets", rules.venue.preset);
    }
    let lower = name.to_lowercase();
    let mut near: Vec<&str> =
        all().filter(|market| market.to_lowercase().contains(&lower)).take(MOST).collect();
    near.extend(nearest(name, all()).filter(|_| near.is_empty()));
    match near.first() {
        Some(first) => format!("write market = \"{first}\" (near: {})", near.join(", ")),
        None => {
            let more = if rules.markets.len() > MOST { ", …" } else { "" };
            format!("it lists {}{more}", all().take(MOST).collect::<Vec<_>>().join(", "))
        }
    }
}

/// Funding of an asset: its own source, or the venue's.
fn funding(table: &Table<'_>, rules: &Rules, context: &mut Context<'_>) -> Result<FundingSource> {
    let own = table.table("funding")?;
    own.only(&["rate", "history"], &[])?;
    Ok(venue::read_funding(&own, context)?.unwrap_or_else(|| rules.funding.clone()))
}

/// Raises lots to what 9 digits of the asset's largest position can tell apart: numbers of lots stay exact.
pub(crate) fn set_lots(assets: &mut [Modelled], positions: &[Position]) {
    for (index, modelled) in assets.iter_mut().enumerate() {
        let held = positions.iter().filter(|position| position.asset == index);
        let Some(largest) = held.map(|position| position.quantity).max() else { continue };
        modelled.asset.lot = modelled.asset.lot.max(finest_lot(largest)).normalize();
    }
}

/// `10^(floor(log10 q) − 8)`, at least 1e-28.
fn finest_lot(quantity: Decimal) -> Decimal {
    let normal = quantity.normalize();
    let digits = normal.mantissa().unsigned_abs().checked_ilog10().unwrap_or(0);
    let exponent = i64::from(digits) - i64::from(normal.scale()) - 8;
    match u32::try_from(exponent) {
        Ok(up) => Decimal::from(10_u64.saturating_pow(up)),
        Err(_) => Decimal::new(1, u32::try_from(-exponent).unwrap_or(28).min(28)),
    }
}

/// The price models of all assets, with what they share.
///
/// # Errors
/// Correlations that contradict each other; histories that disagree or do not fit the step; jumps and shocks out of
/// their ranges.
pub(crate) fn market(
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
        process: match &a.model {
            Model::Formula(process) => process.clone(),
            Model::Bootstrap(_) => {
                PriceProcess::Bootstrap(Bootstrap { column: resampled.next().unwrap_or_default() })
            }
            Model::Replay(_) => PriceProcess::Replay(Replay { column: replayed.next().unwrap_or_default() }),
        },
    });
    let models = models.collect();
    let names: Vec<&str> = assets.iter().map(|a| a.asset.name.as_str()).collect();
    let common_jumps = shock_overlay::common_jumps(root, &names, settings, context)?;
    let shocks = shock_overlay::shocks(root, &names, settings, context)?;
    let step_years = settings.horizon.years() / settings.steps as f64;
    let market =
        MarketModel { assets: models, correlation, history, windows, common_jumps, shocks, step_years };
    overflow_check::check_overlay(root, &market, settings.horizon)?;
    Ok(market)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;

    #[test]
    fn lots_follow_the_ninth_digit() {
        let cases = [
            (dec!(0.333333333333333), dec!(0.000000001)),
            (dec!(1), dec!(0.00000001)),
            (dec!(9.99), dec!(0.00000001)),
            (dec!(10), dec!(0.0000001)),
            (dec!(1000000000), dec!(10)),
            (dec!(100000000), dec!(1)),
            (dec!(0.000000000001), dec!(0.00000000000000000001)),
        ];
        for (quantity, lot) in cases {
            assert_eq!(finest_lot(quantity), lot, "{quantity}");
        }
    }
}
