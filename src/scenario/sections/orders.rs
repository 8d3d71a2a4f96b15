//! What the holder of a position does while it is open: stop loss, take profit, top-up, reopening.

use rust_decimal::Decimal;

use crate::domain::{Orders, Portfolio, Reopen, Side, TopUp, TopUpAmount};
use crate::error::Result;
use crate::margin::{EntryPrices, entry_prices};
use crate::scenario::context::Context;
use crate::scenario::definition::Settings;
use crate::scenario::syntax::reader::{Field, Table};
use crate::text::number::significant_digits;

/// The keys of a position that are about orders.
pub(crate) const KEYS: [&str; 4] = ["stop_loss", "take_profit", "top_up", "reopen"];

/// Significant digits of a level, those of a price.
const LEVEL_DIGITS: usize = 17;
const MAX_LEVEL: u64 = 1_000_000_000_000;
const MAX_TIMES: u64 = 1_000_000;
const MAX_TRIGGER: u64 = 1_000;

/// Reads the orders of a position at the price `entry`; `isolated`: some mode holds it isolated.
///
/// # Errors
/// A level on the wrong side of the price; a key out of its range.
pub(crate) fn read(
    table: &Table<'_>,
    side: Side,
    entry: Decimal,
    isolated: bool,
    context: &mut Context<'_>,
) -> Result<Orders> {
    let mut level = |key: &str, gains: bool| -> Result<Option<Decimal>> {
        let Some(field) = table.field(key) else { return Ok(None) };
        let level = read_level(&field, gains == (side == Side::Long), side, entry)?;
        context.resolve_decimal(table.key(key), level);
        Ok(Some(level))
    };
    let (stop_loss, take_profit) = (level("stop_loss", false)?, level("take_profit", true)?);
    let top_up = match table.field("top_up") {
        Some(field) if !isolated => {
            context.notes.push(format!(
                "{} is ignored: no mode of this scenario holds the position isolated",
                field.path
            ));
            read_top_up(&field)?;
            None
        }
        Some(field) => {
            let top_up = read_top_up(&field)?;
            context.resolve(field.path.clone(), top_up_line(top_up));
            Some(top_up)
        }
        None => None,
    };
    let reopen = table.field("reopen").map(|field| read_reopen(&field)).transpose()?;
    if let Some(reopen) = reopen {
        context
            .resolve(table.key("reopen"), format!("after {}s, {} times", reopen.after_seconds, reopen.times));
    }
    Ok(Orders { stop_loss, take_profit, top_up, reopen })
}

/// Says which orders can hardly ever do anything: stops beyond the price at which the position is liquidated first, and
/// reopenings after the end.
pub(crate) fn note_idle(portfolio: &Portfolio, settings: &Settings, context: &mut Context<'_>) {
    let prices: Vec<_> = settings.modes.iter().map(|mode| entry_prices(portfolio, *mode)).collect();
    for (index, position) in portfolio.positions.iter().enumerate() {
        let liquidation = |prices: &Vec<EntryPrices>| prices.get(index)?.liquidation;
        let name = &position.name;
        let is_beyond = |stop: Decimal, price: Decimal| match position.side {
            Side::Long => stop < price,
            Side::Short => stop > price,
        };
        if let Some(stop) = position.orders.stop_loss
            && prices.iter().all(|prices| liquidation(prices).is_some_and(|price| is_beyond(stop, price)))
            && let Some(price) = prices.first().and_then(liquidation)
        {
            context.notes.push(format!(
                "positions.{name}.stop_loss lies at {stop}, beyond the liquidation price at entry of {}: the position is \
                 liquidated before it",
                price.round_sf(8).unwrap_or(price).normalize()
            ));
        }
        let after = position.orders.reopen.map(|reopen| reopen.after_seconds);
        if after.is_some_and(|after| after >= settings.horizon.seconds()) {
            context.notes.push(format!(
                "positions.{name}.reopen has no effect: it comes after the horizon of {}",
                settings.horizon
            ));
        }
    }
}

fn read_level(field: &Field<'_>, above: bool, side: Side, entry: Decimal) -> Result<Decimal> {
    let most = Decimal::from(MAX_LEVEL);
    let level = field.decimal_in(
        |l| l > Decimal::ZERO && l <= most,
        "greater than 0, at most 1e12",
        "level = 50_000",
    )?;
    if significant_digits(level) > LEVEL_DIGITS {
        let what =
            format!("`{}` is {level}, which has more than {LEVEL_DIGITS} significant digits", field.path);
        return Err(field.fail(&what, "round it to 17 digits"));
    }
    if (level > entry) == above && level != entry {
        return Ok(level.normalize());
    }
    let where_ = if above { "above" } else { "below" };
    let what = format!(
        "`{}` is {}; of a {} it lies {where_} the entry price of {entry}",
        field.path,
        level.normalize(),
        side.name()
    );
    Err(field.fail(&what, &format!("write a price {where_} {entry}")))
}

fn read_times(table: &Table<'_>) -> Result<u32> {
    let times = table.field("times").map_or(Ok(1), |field| field.whole(1, MAX_TIMES, "times = 1"))?;
    Ok(u32::try_from(times).unwrap_or(u32::MAX))
}

fn read_top_up(field: &Field<'_>) -> Result<TopUp> {
    let table = field.table()?;
    table.only(&["trigger", "amount", "times"], &[])?;
    let most = Decimal::from(MAX_TRIGGER);
    let trigger = table.require("trigger", "trigger = 1.5, in multiples of the requirement")?.decimal_in(
        |trigger| trigger > Decimal::ONE && trigger <= most,
        "a multiple of the requirement greater than 1 and at most 1000",
        "trigger = 1.5",
    )?;
    let example = "amount = 500, or amount = \"initial\"";
    let field = table.require("amount", example)?;
    let amount = if field.is_text() && field.text(example)? == "initial" {
        TopUpAmount::Initial
    } else {
        let most = Decimal::from(MAX_LEVEL);
        let range = "greater than 0, at most 1e12, with at most 8 decimals; or \"initial\"";
        TopUpAmount::Money(field.decimal_in(
            |money| money > Decimal::ZERO && money <= most && money.normalize().scale() <= 8,
            range,
            example,
        )?)
    };
    Ok(TopUp { trigger, amount, times: read_times(&table)? })
}

fn top_up_line(top_up: TopUp) -> String {
    let amount = match top_up.amount {
        TopUpAmount::Money(money) => money.normalize().to_string(),
        TopUpAmount::Initial => "initial".to_owned(),
    };
    format!("{amount} at {}, {} times", top_up.trigger.normalize(), top_up.times)
}

fn read_reopen(field: &Field<'_>) -> Result<Reopen> {
    let table = field.table()?;
    table.only(&["after", "times"], &[])?;
    let after = table.require("after", "after = \"1d\"")?.span("after = \"1d\"")?;
    Ok(Reopen { after_seconds: after.seconds(), times: read_times(&table)? })
}
