//! From the tree of a scenario file to a validated [`Scenario`].

use rust_decimal::Decimal;

use crate::domain::{Account, Contract, Portfolio, Position, Venue};
use crate::error::{Error, Result};
use crate::scenario::context::Context;
use crate::scenario::definition::Scenario;
use crate::scenario::models::replaying;
use crate::scenario::sections::modelled::Modelled;
use crate::scenario::sections::{assets, entry, funding, orders, positions, precision, settings};
use crate::scenario::syntax::reader::{Table, for_example};
use crate::scenario::syntax::source::quoted;
use crate::scenario::venue;
use crate::scenario::venue::overridden::Overridden;

pub(crate) const MAX_WALLET: u64 = 1_000_000_000_000;

/// The smallest wallet is 1e-4: the exact ledger keeps 15 decimals, and balances are good to 1e-9 of the wallet.
pub(crate) const MIN_WALLET_DECIMALS: u32 = 4;

/// Digits of a wallet, before and after the point together: sums with it then stay exact.
pub(crate) const WALLET_DIGITS: u32 = 24;

pub(crate) const MAX_CURRENCY_CHARS: usize = 16;

pub(crate) const SECTIONS: [&str; 11] = [
    "title",
    "description",
    "simulation",
    "account",
    "venue",
    "assets",
    "correlation",
    "common_jumps",
    "shock",
    "positions",
    "sweep",
];

/// Reads the sections in a fixed order, which is that of the resolved lines. With the preset's name comes what the
/// scenario wrote over it.
pub(crate) fn resolve(
    name: &str,
    (preset, over): (&str, Overridden),
    root: &Table<'_>,
    mut context: Context<'_>,
) -> Result<Scenario> {
    root.only(&SECTIONS, &[])?;
    let title = match root.field("title") {
        Some(field) => field.text("title = \"A hedged pair\"")?.to_owned(),
        None => name.to_owned(),
    };
    let description =
        root.field("description").map(|f| f.text("description = \"…\"").map(str::to_owned)).transpose()?;
    context.resolve(root.key("title"), &title);
    context.resolve(root.key("description"), description.as_deref().unwrap_or_default());
    let mut settings = settings::read(root, &mut context)?;
    let mut account = read_account(root, &mut context)?;
    let rules = venue::read(&root.table("venue")?, preset, over, &mut context)?;
    venue::check_modes(root, &settings, &rules)?;
    let mut modelled = assets::read(root, &settings, &rules, &mut context)?;
    settings::check_models(root, &settings, &modelled)?;
    let mut market = assets::market(root, &modelled, &settings, &mut context)?;
    replaying::limit_paths(root, &mut market, &mut settings, &mut context);
    settings::check_size(root, &settings, modelled.len())?;
    funding::assign(root, &mut modelled, &rules, &market, &settings, &mut context)?;
    let positions = positions::read(root, &modelled, &rules.venue, &settings.modes, &mut context)?;
    assets::set_lots(&mut modelled, &positions);
    name_coin(root, &mut account, (&rules.venue, &modelled, &positions), &mut context)?;
    let assets = modelled.into_iter().map(|modelled| modelled.asset).collect();
    let portfolio = Portfolio { account, venue: rules.venue, assets, positions };
    entry::check(&portfolio, &settings.modes)
        .map_err(|refusal| point_at(root, &portfolio.positions, &refusal))?;
    note_unused_assets(&portfolio, &mut context);
    orders::note_idle(&portfolio, &settings, &mut context);
    let market = context.files.market(market);
    let Context { resolved, notes, .. } = context;
    let name = name.to_owned();
    let scenario = Scenario { name, title, description, settings, portfolio, market, resolved, notes };
    precision::check(root, &scenario)?;
    Ok(scenario)
}

pub(crate) fn read_account(root: &Table<'_>, context: &mut Context<'_>) -> Result<Account> {
    let table = root.table("account")?;
    table.only(&["wallet", "currency"], &[])?;
    let max = Decimal::from(MAX_WALLET);
    let field = table.require("wallet", "wallet = 10_000")?;
    let wallet = field.decimal_in(
        |w| w >= Decimal::new(1, MIN_WALLET_DECIMALS) && w <= max,
        "1e-4 to 1e12",
        "wallet = 10_000",
    )?;
    let wallet = wallet.normalize();
    let before_point = wallet.trunc().mantissa().checked_ilog10().map_or(0, |digits| digits + 1);
    if before_point + wallet.scale() > WALLET_DIGITS {
        let what = format!("`{}` is {wallet}, which has more than {WALLET_DIGITS} digits", field.path);
        return Err(field.fail(&what, "round it; sums are exact up to 24 digits only"));
    }
    let currency = match table.field("currency") {
        Some(field) => {
            let text = field.text("currency = \"USD\"")?;
            if text.chars().count() > MAX_CURRENCY_CHARS || text.chars().any(char::is_control) {
                let invalid = field.invalid(&format!("`{}` is {}", field.path, quoted(text)));
                let invalid = invalid.expected("up to 16 characters, none of them a control character");
                return Err(invalid.with_help(for_example("currency = \"USD\"")).into());
            }
            text.to_owned()
        }
        None => "USD".to_owned(),
    };
    context.resolve(table.key("wallet"), wallet);
    context.resolve(table.key("currency"), &currency);
    Ok(Account { wallet, currency })
}

/// The money of an account on inverse contracts is the coin they are of, unless it is called otherwise.
pub(crate) fn name_coin(
    root: &Table<'_>,
    account: &mut Account,
    (venue, assets, positions): (&Venue, &[Modelled], &[Position]),
    context: &mut Context<'_>,
) -> Result<()> {
    let table = root.table("account")?;
    let held = positions.first().and_then(|position| assets.get(position.asset));
    let Some(coin) = held.filter(|_| venue.contract == Contract::Inverse) else { return Ok(()) };
    if table.field("currency").is_none() {
        account.currency.clone_from(&coin.asset.name);
        context.resolve_again(&table.key("currency"), &account.currency);
    }
    Ok(())
}

pub(crate) fn point_at(root: &Table<'_>, positions: &[Position], refusal: &entry::Refusal) -> Error {
    let position = refusal.position.and_then(|index| positions.get(index));
    let place = match position {
        Some(position) => root.table("positions").and_then(|table| table.table(&position.name)),
        None => root.table("account"),
    };
    match (place, position) {
        (Err(error), _) => error,
        (Ok(table), Some(_)) => table.fail(&refusal.what, &refusal.help),
        (Ok(table), None) => table.fail_at(&["wallet"], &refusal.what, &refusal.help),
    }
}

pub(crate) fn note_unused_assets(portfolio: &Portfolio, context: &mut Context<'_>) {
    for (index, asset) in portfolio.assets.iter().enumerate() {
        if !portfolio.positions.iter().any(|position| position.asset == index) {
            context.notes.push(format!("the asset {} is simulated, but no position holds it", asset.name));
        }
    }
}
