//! The way from a file or an embedded text to a [`Scenario`].

use std::io::Read;
use std::path::Path;

use rust_decimal::Decimal;

use crate::domain::{Account, Contract, Portfolio, Position, Venue};
use crate::error::{Error, Result};
use crate::scenario::context::Context;
use crate::scenario::definition::Scenario;
use crate::scenario::models::replaying;
use crate::scenario::sections::assets::Modelled;
use crate::scenario::sections::{assets, entry, funding, orders, positions, precision, settings};
use crate::scenario::sweep::axes::Sweep;
use crate::scenario::sweep::batch::{Batch, Cell};
use crate::scenario::sweep::cells::Loader;
use crate::scenario::syntax::node::{Node, Value};
use crate::scenario::syntax::overrides::Override;
use crate::scenario::syntax::reader::Table;
use crate::scenario::syntax::source::{Sources, quoted};
use crate::scenario::syntax::{name, overrides};
use crate::scenario::venue;
use crate::scenario::venue::overridden::Overridden;

/// Largest scenario file: parsing takes some 70 times its size in memory.
const MAX_BYTES: u64 = 1 << 20;
const MAX_WALLET: u64 = 1_000_000_000_000;
/// The smallest wallet is 1e-4: the exact ledger keeps 15 decimals, and balances are good to 1e-9 of the wallet.
const MIN_WALLET_DECIMALS: u32 = 4;
/// Digits of a wallet, before and after the point together: sums with it then stay exact.
const WALLET_DIGITS: u32 = 24;
const MAX_CURRENCY_CHARS: usize = 16;

const SECTIONS: [&str; 11] = [
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

/// Name of the scenario that is shipped inside the program.
pub const DEFAULT_NAME: &str = "ten-thousand";
/// Its text.
pub const DEFAULT_TEXT: &str = include_str!("../../scenarios/ten-thousand.toml");

/// Reads a scenario file, applies `--set` overrides, and validates the whole. The run is named after the file's
/// stem; relative file names are relative to its folder.
///
/// # Errors
/// [`Error::Input`] with the place and the remedy: a file that cannot be read, is too large or not
/// UTF-8, and everything that [`load_text`] refuses.
pub fn load(path: &Path, overrides: &[Override]) -> Result<Scenario> {
    alone(&path.display().to_string(), load_batch(path, overrides)?)
}

/// As [`load`], of a file that may have `[sweep]`: every cell is validated.
///
/// # Errors
/// As [`load`]; a sweep that is none, or of which a cell cannot be run.
pub fn load_batch(path: &Path, overrides: &[Override]) -> Result<Batch> {
    let shown_name = path.display().to_string();
    let text = read_text(path, &shown_name, "scenario")?;
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let folder = path.parent().unwrap_or_else(|| Path::new(""));
    load_batch_text(&stem, &shown_name, &text, folder, overrides)
}

impl Scenario {
    /// Reads and validates a scenario file; relative file names in it are relative to its folder.
    ///
    /// # Errors
    /// [`Error::Input`] with the place, the value and what to write instead; a file with `[sweep]` too, which
    /// [`load_batch`] reads.
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        load(path.as_ref(), &[])
    }

    /// Reads and validates the text of a scenario called `name`; file names in it are relative to the current folder.
    ///
    /// # Errors
    /// As [`Scenario::load`].
    pub fn from_text(name: &str, text: &str) -> Result<Self> {
        load_text(name, name, text, Path::new(""), &[])
    }
}

/// Reads a venue file of the user's, as `venue.preset = "./my-venue.toml"` does.
///
/// # Errors
/// [`Error::Input`]: a file that cannot be read, and everything that is no venue file.
pub fn load_preset(path: &Path) -> Result<venue::Preset> {
    let shown_name = path.display().to_string();
    let text = read_text(path, &shown_name, "venue file")?;
    venue::read_preset(&shown_name, &text, path.parent().unwrap_or_else(|| Path::new("")))
}

/// The text of a scenario or a venue file, whichever `what` says.
///
/// # Errors
/// A file that cannot be read, is too large or not UTF-8.
pub(crate) fn read_text(path: &Path, shown_name: &str, what: &str) -> Result<String> {
    let wrong = |fault: &str| Error::input(format!("{}: {fault}", quoted(shown_name)));
    let cannot = |error: std::io::Error| wrong(&format!("the {what} cannot be read: {error}"));
    if !path.metadata().map_err(cannot)?.is_file() {
        return Err(wrong(&format!("is not a regular file; name a {what}, a file that ends in .toml")));
    }
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(cannot)?;
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(cannot)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(wrong(&format!("is larger than 1 MiB, the limit for a {what}; put data into CSV files")));
    }
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(wrong("is written in UTF-16; save it as UTF-8"));
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = error.as_bytes().iter().take(valid).filter(|byte| **byte == b'\n').count() + 1;
        wrong(&format!("line {line} is not UTF-8; save the file as UTF-8"))
    })
}

/// As [`load`], for a text that is already in memory. `shown_name` is what messages call it.
///
/// # Errors
/// [`Error::Input`]: a name that is not one, TOML syntax, an unknown key, a value out of its
/// range, data files that cannot be read, an account that would be liquidated at entry; a sweep.
pub fn load_text(
    name: &str,
    shown_name: &str,
    text: &str,
    folder: &Path,
    overrides: &[Override],
) -> Result<Scenario> {
    alone(shown_name, load_batch_text(name, shown_name, text, folder, overrides)?)
}

/// As [`load_text`], of a text that may have `[sweep]`.
///
/// # Errors
/// As [`load_text`]; a sweep that is none, or of which a cell cannot be run.
pub fn load_batch_text(
    name: &str,
    shown_name: &str,
    text: &str,
    folder: &Path,
    overrides: &[Override],
) -> Result<Batch> {
    check_text(name, shown_name, text)?;
    let mut sources = Sources::default();
    let source = sources.add(shown_name, text);
    let mut root = Node::parse(&sources, source, text)?;
    for set in overrides {
        overrides::apply(&mut root, set, &mut sources)?;
    }
    if matches!(&root.value, Value::Table(entries) if entries.is_empty()) {
        let what = "is empty; a scenario has [simulation], [account], [assets.NAME] and [positions.NAME]";
        return Err(Error::input(format!("{}: {what}", quoted(shown_name))));
    }
    let sweep = Sweep::take(&mut root, &mut sources)?;
    let mut loader = Loader::new(name, folder, sources);
    let Some(sweep) = sweep else {
        let cell = Cell { set: Vec::new(), scenario: loader.scenario(root)? };
        return Ok(Batch { name: name.to_owned(), axes: Vec::new(), cells: vec![cell] });
    };
    sweep.refuse(overrides)?;
    Ok(Batch { name: name.to_owned(), axes: sweep.axes(), cells: loader.cells(&root, &sweep)? })
}

/// The one scenario of a batch.
fn alone(shown_name: &str, batch: Batch) -> Result<Scenario> {
    let (is_sweep, count) = (batch.is_sweep(), batch.cells.len());
    match batch.cells.into_iter().next().filter(|_| !is_sweep) {
        Some(cell) => Ok(cell.scenario),
        None => Err(Error::input(format!(
            "{}: [sweep] asks for {count} runs, and here one is wanted: write --set 'sweep={{}}' to leave the sweep out, \
             and --set KEY=VALUE for its keys",
            quoted(shown_name)
        ))),
    }
}

fn check_text(name: &str, shown_name: &str, text: &str) -> Result<()> {
    if let Some(fault) = name::name_fault(name) {
        return Err(Error::input(format!(
            "{}: the file's name names the run and its folder, but {} {fault}",
            quoted(shown_name),
            quoted(name),
        )));
    }
    if let Some(at) = text.find('\0') {
        let line = text.get(..at).unwrap_or_default().matches('\n').count() + 1;
        let what = "holds a NUL character: it is not a text file, or one in UTF-16; save it as UTF-8";
        return Err(Error::input(format!("{}: line {line} {what}", quoted(shown_name))));
    }
    Ok(())
}

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

fn read_account(root: &Table<'_>, context: &mut Context<'_>) -> Result<Account> {
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
        let what = format!("`{}` is {wallet}: more than {WALLET_DIGITS} digits", field.path);
        return Err(field.fail(&what, "round it: sums stay exact only up to 24 digits"));
    }
    let currency = match table.field("currency") {
        Some(field) => {
            let text = field.text("currency = \"USD\"")?;
            if text.chars().count() > MAX_CURRENCY_CHARS || text.chars().any(char::is_control) {
                let what = format!("`{}` is {}; allowed: up to 16 characters", field.path, quoted(text));
                return Err(field.fail(&what, "write, for example, currency = \"USD\""));
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
fn name_coin(
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

fn point_at(root: &Table<'_>, positions: &[Position], refusal: &entry::Refusal) -> Error {
    let position = refusal.position.and_then(|index| positions.get(index));
    let place = match position {
        Some(position) => root.table("positions").and_then(|table| table.table(&position.name)),
        None => root.table("account"),
    };
    match (place, position) {
        (Err(error), _) => error,
        (Ok(table), Some(_)) => table.fail(&refusal.what, &refusal.help),
        (Ok(table), None) => match table.field("wallet") {
            Some(field) => field.fail(&refusal.what, &refusal.help),
            None => table.fail(&refusal.what, &refusal.help),
        },
    }
}

fn note_unused_assets(portfolio: &Portfolio, context: &mut Context<'_>) {
    for (index, asset) in portfolio.assets.iter().enumerate() {
        if !portfolio.positions.iter().any(|position| position.asset == index) {
            context.notes.push(format!("the asset {} is simulated, but no position holds it", asset.name));
        }
    }
}
