//! `[positions.NAME]`: what is held, sized from any of the usual pairs of numbers.

use rust_decimal::Decimal;

use crate::domain::{Collateral, Contract, MarginMode, Orders, Position, Side, Venue};
use crate::error::Result;
use crate::scenario::context::Context;
use crate::scenario::sections::assets::check_name;
use crate::scenario::sections::modelled::Modelled;
use crate::scenario::sections::sizes::{SIZES, Size};
use crate::scenario::sections::{orders, sizes};
use crate::scenario::syntax::reader::{Field, Table};
use crate::scenario::syntax::source::quoted;
use crate::text::unknown;

const MAX_POSITIONS: usize = 1_000;

/// Reads every position, in file order.
///
/// # Errors
/// No positions or too many; a bad name; an unknown asset; a missing mode where "mixed" is asked for;
/// sizes that are missing, too many, or out of range; a leverage that the market does not allow; a second asset of an
/// account on inverse contracts.
pub(crate) fn read(
    root: &Table<'_>,
    assets: &[Modelled],
    venue: &Venue,
    modes: &[MarginMode],
    context: &mut Context<'_>,
) -> Result<Vec<Position>> {
    let table = root.table("positions")?;
    let mut positions: Vec<Position> = Vec::new();
    for (name, field) in table.fields() {
        check_name(name, &field, positions.iter().map(|known| known.name.as_str()))?;
        if positions.len() == MAX_POSITIONS {
            return Err(field.fail(
                &format!("more than {MAX_POSITIONS} positions"),
                "use fewer positions in one scenario",
            ));
        }
        let position = read_position(name, &field.table()?, assets, venue, modes, context)?;
        check_one_coin(&field, venue, positions.first(), &position, assets)?;
        positions.push(position);
    }
    if positions.is_empty() {
        let help = "write [positions.btc_long], and below it asset = \"BTC\", side = \"long\", margin = 2_000, \
                    leverage = 10";
        return Err(table.fail("the scenario has no positions", help));
    }
    Ok(positions)
}

/// An account on inverse contracts is in their coin, so that it holds one asset.
fn check_one_coin(
    field: &Field<'_>,
    venue: &Venue,
    first: Option<&Position>,
    position: &Position,
    assets: &[Modelled],
) -> Result<()> {
    let Some(first) = first.filter(|first| first.asset != position.asset) else { return Ok(()) };
    if venue.contract == Contract::Linear {
        return Ok(());
    }
    let name = |position: &Position| assets.get(position.asset).map_or("", |a| a.asset.name.as_str());
    let what = format!(
        "position {} is in {} and position {} in {}, but the margin of inverse contracts is paid in the coin itself, \
         and an account has one coin",
        first.name,
        name(first),
        position.name,
        name(position)
    );
    Err(field.fail(&what, "use positions in one asset, or a venue with linear contracts"))
}

fn read_position(
    name: &str,
    table: &Table<'_>,
    assets: &[Modelled],
    venue: &Venue,
    modes: &[MarginMode],
    context: &mut Context<'_>,
) -> Result<Position> {
    let own = ["asset", "side", "mode", "entry"];
    table.only(&[&own[..], &SIZES[..], &orders::KEYS[..]].concat(), &[])?;
    let (index, modelled) = read_asset(table, assets)?;
    let asset = &modelled.asset;
    let side = table.require("side", "side = \"long\"")?;
    let side = side.word(&[("long", Side::Long), ("short", Side::Short)], &[])?;
    let collateral = read_collateral(table, modes, context)?;
    let size = sizes::read(table, asset, venue.contract)?;
    check_leverage(name, table, modelled, venue, size)?;
    context.resolve(table.key("asset"), &asset.name);
    context.resolve(table.key("side"), side.name());
    context.resolve_decimal(table.key("quantity"), size.quantity);
    context.resolve_decimal(table.key("margin"), size.margin);
    // Leverage is only shown, and the mode only read in mixed: neither makes another run.
    if let Some(collateral) = collateral.filter(|_| modes.contains(&MarginMode::Mixed)) {
        context.resolve(table.key("mode"), collateral.name());
    }
    let fees = [("taker", venue.fees.taker), ("maker", venue.fees.maker)];
    let entry_fee = table.field("entry").map_or(Ok(venue.fees.taker), |field| field.word(&fees, &[]))?;
    if entry_fee != venue.fees.taker {
        context.resolve(table.key("entry"), "maker");
    }
    let isolated = modes.iter().any(|mode| match mode {
        MarginMode::Isolated => true,
        MarginMode::Cross => false,
        MarginMode::Mixed => collateral == Some(Collateral::Isolated),
    });
    let orders: Orders = orders::read(table, side, asset.price, isolated, context)?;
    Ok(Position {
        name: name.to_owned(),
        asset: index,
        side,
        quantity: size.quantity,
        margin: size.margin,
        leverage: size.leverage,
        collateral,
        entry_fee,
        orders,
    })
}

/// Refuses a leverage above what the market allows at this size.
fn check_leverage(
    name: &str,
    table: &Table<'_>,
    modelled: &Modelled,
    venue: &Venue,
    size: Size,
) -> Result<()> {
    let price = modelled.asset.price;
    let notional = match venue.contract {
        Contract::Linear => size.quantity.checked_mul(price),
        Contract::Inverse => size.quantity.checked_div(price),
    };
    let notional = notional.unwrap_or(Decimal::MAX);
    let allowed = modelled.requirement.max_leverage(notional, size.quantity);
    let Some(allowed) = allowed.filter(|max| size.leverage > *max) else { return Ok(()) };
    let what = format!(
        "position {name} has a leverage of {}x at a notional of {}, but {} allows {}x for this size",
        size.leverage,
        notional.round_dp(2).normalize(),
        modelled.required_by,
        allowed.normalize()
    );
    let help = format!("write leverage = {} or lower, or a smaller size", allowed.normalize());
    Err(table.fail_at(&["leverage"], &what, &help))
}

fn read_asset<'a>(table: &Table<'_>, assets: &'a [Modelled]) -> Result<(usize, &'a Modelled)> {
    let field = table.require("asset", "asset = \"BTC\"")?;
    let written = field.text("asset = \"BTC\"")?;
    let name = |modelled: &'a Modelled| -> &'a str { &modelled.asset.name };
    let found = assets.iter().enumerate().find(|(_, modelled)| name(modelled) == written);
    found.ok_or_else(|| {
        let names: Vec<&str> = assets.iter().map(name).collect();
        unknown(
            field.invalid(&format!("unknown asset {} for `{}`", quoted(written), field.path)),
            written,
            &names,
        )
        .into()
    })
}

fn read_collateral(
    table: &Table<'_>,
    modes: &[MarginMode],
    context: &mut Context<'_>,
) -> Result<Option<Collateral>> {
    let mixed = modes.contains(&MarginMode::Mixed);
    let Some(field) = table.field("mode") else {
        if mixed {
            let what =
                format!("missing key `{}`, which mode `mixed` in simulation.modes needs", table.key("mode"));
            return Err(table.fail(&what, "write mode = \"isolated\" or mode = \"cross\""));
        }
        return Ok(None);
    };
    let choices = [Collateral::Isolated, Collateral::Cross].map(|choice| (choice.name(), choice));
    let collateral = field.word(&choices, &[])?;
    if !mixed {
        let note = format!("{} is ignored unless simulation.modes asks for \"mixed\"", field.path);
        context.notes.push(note);
    }
    Ok(Some(collateral))
}
