//! Funding rates of every asset: constant, or a file's, as the paths meet them.

use std::sync::Arc;

use rust_decimal::Decimal;

use crate::domain::{Clock, FundingRates, Span};
use crate::error::{Error, Result};
use crate::history::funding::FundingHistory;
use crate::history::time::iso;
use crate::paths::{MarketModel, WindowHistory};
use crate::scenario::context::Context;
use crate::scenario::definition::Settings;
use crate::scenario::sections::modelled::Modelled;
use crate::scenario::syntax::reader::Table;
use crate::scenario::venue::rules::{FundingCap, FundingSource, Rules};

/// Payments in one step: each is looked up on every path.
const MOST_PAYMENTS_A_STEP: u64 = 10_000;
/// Rates that replayed windows may need: 16 bytes each.
const MOST_RATES: u64 = 10_000_000;

/// Gives every asset its rates, capped as the venue caps them.
///
/// # Errors
/// Too many payments in a step; a file that does not cover the windows that are replayed.
pub(crate) fn assign(
    root: &Table<'_>,
    assets: &mut [Modelled],
    rules: &Rules,
    market: &MarketModel,
    settings: &Settings,
    context: &mut Context<'_>,
) -> Result<()> {
    let interval = rules.venue.funding.interval_seconds;
    check_interval(root, settings, interval)?;
    for modelled in assets.iter_mut() {
        let name = modelled.asset.name.clone();
        let cap = rules.funding_cap.map(|cap| match cap {
            FundingCap::Rate(cap) => cap,
            FundingCap::Maintenance => modelled.requirement.requirement.first_rate(),
        });
        let key = |part: &str| format!("assets.{name}.funding.{part}");
        modelled.asset.funding = match &modelled.funding {
            FundingSource::Rate(rate) => {
                let capped = clamp(*rate, cap);
                if capped != *rate {
                    context.note(&[cap_note(&name, &rules.venue.preset, cap, 1)]);
                }
                if !capped.is_zero() {
                    context.resolve_decimal(key("rate"), capped);
                }
                FundingRates::Constant(capped)
            }
            FundingSource::History(history) => {
                context.resolve(key("history"), format!("sha256:{}", history.sha256));
                let over = history.rates.iter().filter(|rate| clamp(**rate, cap) != **rate).count();
                if over > 0 {
                    context.resolve_decimal(key("cap"), cap.unwrap_or_default());
                    context.note(&[cap_note(&name, &rules.venue.preset, cap, over)]);
                }
                note_spacing(history, interval, market.windows.is_some(), context);
                let rates = match &market.windows {
                    Some(windows) => of_windows(history, windows, settings, interval)
                        .map_err(|(what, help)| point_at(root, &name, &what, &help))?,
                    None => {
                        note_order(&name, history, market, settings, interval, context);
                        FundingRates::Series(history.rates.clone().into())
                    }
                };
                context.files.rates(capped(rates, cap))
            }
        };
    }
    Ok(())
}

fn clamp(rate: Decimal, cap: Option<Decimal>) -> Decimal {
    cap.map_or(rate, |cap| rate.clamp(-cap, cap))
}

fn capped(rates: FundingRates, cap: Option<Decimal>) -> FundingRates {
    let all = |rates: &[Decimal]| -> Arc<[Decimal]> { rates.iter().map(|rate| clamp(*rate, cap)).collect() };
    match rates {
        FundingRates::Constant(rate) => FundingRates::Constant(clamp(rate, cap)),
        FundingRates::Series(rates) => FundingRates::Series(all(&rates)),
        FundingRates::Windows { rates, starts } => FundingRates::Windows { rates: all(&rates), starts },
    }
}

fn cap_note(name: &str, preset: &str, cap: Option<Decimal>, count: usize) -> String {
    format!(
        "funding of {name}: {count} rate{} beyond the cap of {preset}, ±{}, {} lowered to it",
        if count == 1 { "" } else { "s" },
        cap.unwrap_or_default().normalize(),
        if count == 1 { "is" } else { "are" },
    )
}

fn check_interval(root: &Table<'_>, settings: &Settings, interval: u64) -> Result<()> {
    let clock = Clock { horizon_seconds: settings.horizon.seconds(), steps: settings.steps };
    let most = clock.horizon_seconds.div_ceil(clock.steps.max(1)).div_ceil(interval);
    if most <= MOST_PAYMENTS_A_STEP {
        return Ok(());
    }
    let what = format!("a step has {most} funding payments; expected at most {MOST_PAYMENTS_A_STEP}");
    let help = "lengthen venue.funding.interval, or shorten simulation.step";
    let table = root.table("venue")?.table("funding")?;
    Err(table.fail_at(&["interval"], &what, help))
}

/// Says where rows and payments are not the same distance apart, and where rows are missing.
fn note_spacing(history: &FundingHistory, interval: u64, is_replayed: bool, context: &mut Context<'_>) {
    let span = |ms: i64| {
        let span = u64::try_from(ms / 1_000).ok().and_then(Span::from_seconds);
        span.map_or_else(|| format!("{ms} ms"), |span| span.to_string())
    };
    let payments = i64::try_from(interval).unwrap_or(i64::MAX).saturating_mul(1_000);
    let Some(rows) = history.spacing_ms() else { return };
    let stated = history.interval_hours.and_then(|hours| {
        let ms = hours.checked_mul(Decimal::from(3_600_000))?;
        i64::try_from(ms).ok()
    });
    // Differences of a tenth are late stamps and single missing rows.
    let is_other = |ms: &i64| (ms - payments).abs() > payments / 10;
    if let Some(ms) = [Some(rows), stated].into_iter().flatten().find(is_other) {
        let paid = match is_replayed {
            true => format!("each payment takes the latest rate of its time: one every {}", span(payments)),
            false => format!("rows {} apart are paid one each {}", span(ms), span(payments)),
        };
        context.note(&[format!(
            "{}: the rates are {} apart, payments are every {}; {paid}, as it stands",
            history.shown_name,
            span(ms),
            span(payments)
        )]);
    }
    let gaps = history.times_ms.windows(2).map(|pair| (pair[1] - pair[0], pair[0]));
    if let Some((gap, after)) = gaps.max().filter(|(gap, _)| *gap > 2 * rows.max(payments)) {
        context.note(&[format!(
            "{}: the largest gap between two rates is {}, after {}",
            history.shown_name,
            span(gap),
            iso(after)
        )]);
    }
}

/// Says that rates are taken in the file's order, whatever the prices are made of.
fn note_order(
    name: &str,
    history: &FundingHistory,
    market: &MarketModel,
    settings: &Settings,
    interval: u64,
    context: &mut Context<'_>,
) {
    let payments = settings.horizon.seconds() / interval;
    let again = match payments > history.rates.len() as u64 {
        true => format!(", and from the first again after the last: {payments} payments",),
        false => String::new(),
    };
    let prices = if market.history.is_some() { "resampled" } else { "of the model" };
    context.note(&[format!(
        "funding of {name}: its {} rates are taken one after the other on every path{again}; they are not drawn together \
         with the prices, which are {prices}",
        history.rates.len()
    )]);
}

/// The rates of the payments due on every window: each is the latest at or before its time.
fn of_windows(
    history: &FundingHistory,
    windows: &WindowHistory,
    settings: &Settings,
    interval: u64,
) -> std::result::Result<FundingRates, (String, String)> {
    let payments = settings.horizon.seconds() / interval;
    let paths = settings.paths;
    // Prices are those of closes: a path begins when its first bar closes.
    let begins = |path: u64| windows.opens_ms(path, settings.steps).0 + windows.bar_ms;
    let interval_ms = i64::try_from(interval).unwrap_or(i64::MAX).saturating_mul(1_000);
    let due = |path: u64, payment: u64| begins(path) + interval_ms * (payment as i64 + 1);
    if payments == 0 || paths == 0 {
        return Ok(FundingRates::Constant(Decimal::ZERO));
    }
    let (first, last) = (due(0, 0), due(paths - 1, payments - 1));
    let known = |index: Option<&i64>| index.copied().unwrap_or_default();
    let (opens, closes) = (known(history.times_ms.first()), known(history.times_ms.last()));
    let reach = closes + history.spacing_ms().unwrap_or(interval_ms).max(interval_ms);
    if first < opens || last >= reach {
        return Err((
            format!(
                "{}: its rates are from {} to {}, but payments are due from {} to {}",
                history.shown_name,
                iso(opens),
                iso(closes),
                iso(first),
                iso(last)
            ),
            "give a file over the whole period of the prices, or replay a shorter history".to_owned(),
        ));
    }
    // Windows that begin a whole number of intervals apart share a row: one for each remainder of their starts.
    let stride_ms = windows.bar_ms.saturating_mul(windows.stride as i64);
    let unit = gcd(stride_ms, interval_ms);
    let phases = (interval_ms / unit) as u64;
    let span = (last - first) / interval_ms + 1;
    let total = phases.saturating_mul(span as u64);
    if total > MOST_RATES {
        return Err((
            format!("the windows need {total} funding rates; expected at most {MOST_RATES}"),
            "write a funding interval that is a multiple of the stride, or a longer stride".to_owned(),
        ));
    }
    let mut rates = Vec::with_capacity(total as usize);
    for phase in 0..phases as i64 {
        for payment in 0..span {
            rates.push(history.at(first + phase * unit + payment * interval_ms).unwrap_or_default());
        }
    }
    let starts: Vec<u32> = (0..paths)
        .map(|path| {
            let after = begins(path) - begins(0);
            let (whole, part) = (after / interval_ms, after % interval_ms);
            u32::try_from(part / unit * span + whole).unwrap_or(u32::MAX)
        })
        .collect();
    Ok(FundingRates::Windows { rates: rates.into(), starts: starts.into() })
}

fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a.max(1) } else { gcd(b, a % b) }
}

/// An error that points at the file of an asset's funding, or of the venue's.
fn point_at(root: &Table<'_>, name: &str, what: &str, help: &str) -> Error {
    let point = || -> Result<Error> {
        let own = root.table("assets")?.table(name)?.table("funding")?;
        let of_venue = root.table("venue")?.table("funding")?;
        let field = own.field("history").or_else(|| of_venue.field("history"));
        Ok(field.map_or_else(|| of_venue.fail(what, help), |field| field.fail(what, help)))
    };
    point().unwrap_or_else(|error| error)
}
