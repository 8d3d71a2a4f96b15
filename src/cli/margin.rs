use std::fmt::Write;
use std::str::FromStr;

use clap::Args;

use crate::cli::output;
use crate::cli::venues::preset;
use crate::domain::{Basis, Contract, Decimal, Requirement, Side, TierTable, Trigger, Venue};
use crate::error::{Error, Invalid, Result};
use crate::margin::{Backing, Quote, QuoteError, QuoteInput, quote};
use crate::scenario;
use crate::text::did_you_mean;

/// Most markets that a message lists.
const MOST_NAMES: usize = 12;

/// Numbers stay text until they are read as exact decimals.
#[derive(Debug, Args)]
pub struct MarginOptions {
    /// Venue preset, or the file of a venue of your own
    #[arg(long, value_name = "NAME")]
    venue: String,
    /// Market whose tiers and largest leverages apply; without it, the venue's default rate and leverage
    #[arg(long, value_name = "NAME")]
    market: Option<String>,
    /// linear or inverse; without it, the venue's own
    #[arg(long, value_name = "KIND")]
    contract: Option<String>,
    /// long or short
    #[arg(long, value_name = "SIDE")]
    side: String,
    /// Base units, or face value in quote of an inverse contract
    #[arg(long, value_name = "Q", allow_hyphen_values = true)]
    quantity: String,
    /// Entry price
    #[arg(long, value_name = "PRICE", allow_hyphen_values = true)]
    entry: String,
    /// Mark price; without it, the entry price
    #[arg(long, value_name = "PRICE", allow_hyphen_values = true)]
    mark: Option<String>,
    /// isolated or cross; without it, cross where there is a wallet
    #[arg(long, value_name = "MODE")]
    mode: Option<String>,
    /// Isolated margin, without what is set aside for the fee of closing
    #[arg(long, value_name = "M", allow_hyphen_values = true)]
    margin: Option<String>,
    /// Leverage; beside --margin or --wallet it tells the initial margin alone
    #[arg(long, value_name = "L", allow_hyphen_values = true)]
    leverage: Option<String>,
    /// Balance of the wallet behind a cross position
    #[arg(long, value_name = "W", allow_hyphen_values = true)]
    wallet: Option<String>,
    /// Maintenance margin rate in place of the market's tiers
    #[arg(long, value_name = "R", allow_hyphen_values = true)]
    rate: Option<String>,
    /// Maintenance amount of that rate: the requirement is rate times notional less it
    #[arg(long, value_name = "C", allow_hyphen_values = true)]
    deduction: Option<String>,
    /// Taker fee in place of the venue's
    #[arg(long, value_name = "F", allow_hyphen_values = true)]
    taker_fee: Option<String>,
    /// Print one JSON object instead of a table
    #[arg(long)]
    json: bool,
}

/// What the flags ask, and the rules it is asked of.
struct Question {
    venue: Venue,
    maintenance: Requirement,
    max_leverage: Option<Decimal>,
    side: Side,
    quantity: Decimal,
    entry: Decimal,
    mark: Decimal,
    leverage: Option<Decimal>,
    margin: Option<Decimal>,
    /// Of a cross position.
    wallet: Option<Decimal>,
}

/// `ringfence margin`
pub fn margin(options: &MarginOptions) -> Result<()> {
    let question = options.question()?;
    let backing = match question.wallet {
        Some(wallet) => Backing::Cross { wallet, others: &[] },
        None => Backing::Isolated { margin: question.margin },
    };
    let answer = quote(&QuoteInput {
        venue: &question.venue,
        maintenance: &question.maintenance,
        max_leverage: question.max_leverage,
        side: question.side,
        quantity: question.quantity,
        entry: question.entry,
        mark: question.mark,
        leverage: question.leverage,
        backing,
    })
    .map_err(|error| refusal(&error))?;
    output::print(&if options.json { json(&answer) } else { table(&question, &answer) })
}

fn refusal(error: &QuoteError) -> Error {
    let help = match error {
        QuoteError::LeverageTooHigh { .. } => {
            "lower --leverage, or pass --rate for a requirement of your own"
        }
        QuoteError::LeverageNeeded => "pass --leverage; this venue reserves a closing fee that depends on it",
        QuoteError::OutOfRange => "write smaller numbers",
    };
    Invalid::new(error).with_help(help).into()
}

impl MarginOptions {
    fn question(&self) -> Result<Question> {
        let side = word("--side", &self.side, &[("long", Side::Long), ("short", Side::Short)])?;
        let quantity = positive("--quantity", &self.quantity)?;
        let entry = positive("--entry", &self.entry)?;
        let mark = self.mark.as_deref().map_or(Ok(entry), |mark| positive("--mark", mark))?;
        let optional =
            |flag, text: &Option<String>| text.as_deref().map(|text| positive(flag, text)).transpose();
        let leverage = optional("--leverage", &self.leverage)?;
        let margin = optional("--margin", &self.margin)?;
        let wallet = optional("--wallet", &self.wallet)?;
        self.check_backing()?;
        let mut rules = Rules::find(self, quantity, entry)?;
        if let Some(taker) = self.taker_fee.as_deref() {
            rules.venue.fees.taker = fraction("--taker-fee", taker)?;
        }
        let price = match rules.venue.basis {
            Basis::Mark => mark,
            Basis::Entry => entry,
        };
        let notional = notional(rules.venue.contract, quantity, price)?;
        self.override_rate(&mut rules, notional)?;
        let Rules { venue, maintenance, max_leverage } = rules;
        Ok(Question {
            venue,
            maintenance,
            max_leverage,
            side,
            quantity,
            entry,
            mark,
            leverage,
            margin,
            wallet,
        })
    }

    /// The money must be of one mode, and there must be some.
    fn check_backing(&self) -> Result<()> {
        let modes = [("isolated", false), ("cross", true)];
        let cross = match self.mode.as_deref() {
            Some(mode) => word("--mode", mode, &modes)?,
            None => self.wallet.is_some(),
        };
        let (message, help) = match (cross, &self.margin, &self.leverage, &self.wallet) {
            (true, Some(_), ..) => {
                ("--margin applies to isolated positions", "use --wallet for cross margin")
            }
            (true, None, _, None) => {
                ("--mode cross needs a wallet", "pass --wallet, for example --wallet 1000")
            }
            (false, _, _, Some(_)) => {
                ("--wallet applies to cross positions", "pass --mode cross, or use --margin")
            }
            (false, None, None, None) => ("no collateral given", "pass --margin, --leverage or --wallet"),
            _ => return Ok(()),
        };
        Err(Invalid::new(message).with_help(help).into())
    }

    /// One line in place of the market's requirement, at the notional where it is asked for; the leverage of its tiers
    /// says nothing about it.
    fn override_rate(&self, rules: &mut Rules, notional: Decimal) -> Result<()> {
        match (self.rate.as_deref(), self.deduction.as_deref()) {
            (Some(text), deduction) => {
                let rate = rate("--rate", text)?;
                let deduction =
                    deduction.map_or(Ok(Decimal::ZERO), |text| not_negative("--deduction", text))?;
                if notional.checked_mul(rate).is_some_and(|margin| margin < deduction) {
                    let most = (notional * rate).normalize();
                    let message =
                        format!("--deduction is {deduction}, so that the maintenance margin is negative");
                    let invalid = Invalid::new(message).of_key("--deduction").with_value(deduction);
                    return Err(invalid.expected(format!("0 to {most}")).into());
                }
                rules.maintenance = Requirement::Lines(TierTable::line(rate, deduction));
                if self.leverage.is_some() {
                    rules.max_leverage = None;
                }
                Ok(())
            }
            (None, Some(deduction)) => Err(Invalid::new("--deduction needs --rate")
                .with_help(format!("write, for example, --rate 0.01 --deduction {deduction}"))
                .into()),
            (None, None) => Ok(()),
        }
    }
}

/// A market's rules.
struct Rules {
    venue: Venue,
    maintenance: Requirement,
    max_leverage: Option<Decimal>,
}

impl Rules {
    /// Of a venue's market, or of the markets it does not list, for a position of this quantity and entry price.
    fn find(options: &MarginOptions, quantity: Decimal, entry: Decimal) -> Result<Self> {
        let rules = preset(&options.venue)?.rules;
        let mut found = rules.requirement.clone();
        if let Some(name) = options.market.as_deref() {
            let market = rules.market(name).ok_or_else(|| unknown_market(name, &rules))?;
            found = market.requirement.clone().unwrap_or(found);
        }
        let mut venue = rules.venue;
        let contract = options.contract.as_deref().map_or(Ok(venue.contract), |contract| {
            word("--contract", contract, &[("linear", Contract::Linear), ("inverse", Contract::Inverse)])
        })?;
        if contract != venue.contract {
            if let (Some(market), None) = (&options.market, &options.rate) {
                let message = format!(
                    "--contract is {}, but the table of --market {market} is for {} contracts",
                    contract.name(),
                    venue.contract.name()
                );
                let help = "pass --rate for a requirement of your own, or remove --contract";
                return Err(Invalid::new(message).with_help(help).into());
            }
            // A rate counts in whatever money.
            found.requirement = Requirement::flat(found.requirement.first_rate());
            venue.contract = contract;
        }
        let max_leverage = found.max_leverage(notional(contract, quantity, entry)?, quantity);
        Ok(Self { venue, maintenance: found.requirement, max_leverage })
    }
}

/// Of a size at a price, in the money of its contract.
fn notional(contract: Contract, quantity: Decimal, price: Decimal) -> Result<Decimal> {
    let notional = match contract {
        Contract::Linear => price.checked_mul(quantity),
        Contract::Inverse => quantity.checked_div(price),
    };
    notional.ok_or_else(|| refusal(&QuoteError::OutOfRange))
}

fn unknown_market(name: &str, rules: &scenario::Rules) -> Error {
    let mut names: Vec<&str> = rules.markets.iter().map(|market| market.name.as_str()).collect();
    let near = did_you_mean(name, names.iter().copied());
    let more = if names.len() > MOST_NAMES { ", …" } else { "" };
    names.truncate(MOST_NAMES);
    let venue = &rules.venue.preset;
    let known = match names.is_empty() {
        true => "it lists none".to_owned(),
        false => format!("it lists {}{more}", names.join(", ")),
    };
    let message = format!("unknown market `{name}`: {venue} does not list it");
    let invalid = Invalid::new(message).of_key("--market").with_value(name);
    invalid.with_help(format!("{near}{known}; or remove --market")).into()
}

fn word<T: Copy>(flag: &str, text: &str, words: &[(&str, T)]) -> Result<T> {
    let known = words.iter().find(|(word, _)| *word == text);
    known.map(|(_, value)| *value).ok_or_else(|| {
        let names: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let invalid = Invalid::new(format!("unknown value `{text}` of {flag}")).of_key(flag).with_value(text);
        invalid.expected(names.join(" or ")).into()
    })
}

fn number(flag: &str, text: &str) -> Result<Decimal> {
    let parsed = Decimal::from_str(text).or_else(|_| Decimal::from_scientific(text));
    parsed.map_err(|_| {
        let (fault, help) = match text.parse::<f64>() {
            Ok(value) if value.abs() > 1.0 => {
                ("it is too large for 28 exact digits", format!("write, for example, {flag} 1000"))
            }
            Ok(value) if !value.is_nan() => ("it has more than 28 digits", "round it".to_owned()),
            _ => ("it is not a number", format!("write, for example, {flag} 0.5")),
        };
        let invalid = Invalid::new(format!("invalid value `{text}` for {flag}: {fault}"));
        invalid.of_key(flag).with_value(text).with_help(help).into()
    })
}

fn within(
    flag: &str,
    text: &str,
    fits: fn(Decimal) -> bool,
    allowed: &str,
    example: &str,
) -> Result<Decimal> {
    let value = number(flag, text)?;
    match fits(value) {
        true => Ok(value),
        false => Err(Invalid::new(format!("{flag} is {text}"))
            .of_key(flag)
            .with_value(text)
            .expected(allowed)
            .with_help(format!("write, for example, {flag} {example}"))
            .into()),
    }
}

fn positive(flag: &str, text: &str) -> Result<Decimal> {
    within(flag, text, |value| value > Decimal::ZERO, "greater than 0", "10")
}

fn not_negative(flag: &str, text: &str) -> Result<Decimal> {
    within(flag, text, |value| value >= Decimal::ZERO, "0 and more", "100")
}

fn rate(flag: &str, text: &str) -> Result<Decimal> {
    let fits = |value| (Decimal::ZERO..Decimal::ONE).contains(&value);
    within(flag, text, fits, "0 and more, below 1 (0.005 is 0.5 %)", "0.005")
}

fn fraction(flag: &str, text: &str) -> Result<Decimal> {
    let fits = |value| (Decimal::ZERO..=Decimal::ONE).contains(&value);
    within(flag, text, fits, "0 to 1 (0.005 is 0.5 %)", "0.005")
}

/// The six figures, in this order. A decimal's text is a JSON number with all its digits, which an f64 would lose.
fn json(quote: &Quote) -> String {
    let figures = [
        ("initial_margin", quote.initial_margin),
        ("maintenance_margin", Some(quote.maintenance_margin)),
        ("liquidation_price", quote.liquidation_price),
        ("bankruptcy_price", quote.bankruptcy_price),
        ("unrealized_pnl", Some(quote.unrealized_pnl)),
        ("margin_ratio", quote.margin_ratio),
    ];
    let pairs = figures.map(|(key, value)| {
        let value = value.map_or("null".to_owned(), |value| value.normalize().to_string());
        format!("  \"{key}\": {value}")
    });
    format!("{{\n{}\n}}\n", pairs.join(",\n"))
}

fn table(question: &Question, quote: &Quote) -> String {
    let figure = |value: Option<Decimal>| {
        let rounded = value.map(|value| value.round_sf(12).unwrap_or(value).normalize().to_string());
        rounded.unwrap_or_else(|| "none".to_owned())
    };
    let inside = if quote.set_aside.is_zero() { "" } else { ", with the fee set aside for closing" };
    let ratio = match question.venue.trigger {
        Trigger::AtOrBelow => "equity over requirement; liquidated at 1",
        Trigger::Below => "equity over requirement; liquidated below 1",
    };
    let rows = [
        ("initial margin", quote.initial_margin, "what the position ties up"),
        ("maintenance margin", Some(quote.maintenance_margin), "what it must not fall below"),
        ("requirement", Some(quote.requirement), "all that equity is measured against, fees included"),
        ("equity", Some(quote.equity), "money behind the position, with its profit at the mark"),
        ("margin ratio", quote.margin_ratio, ratio),
        ("unrealised profit", Some(quote.unrealized_pnl), "at the mark"),
        ("liquidation price", quote.liquidation_price, "where equity meets the requirement"),
        ("bankruptcy price", quote.bankruptcy_price, "where the money behind the position is used up"),
    ];
    let figures: Vec<String> = rows.iter().map(|row| figure(row.1)).collect();
    let width = figures.iter().map(String::len).max().unwrap_or_default();
    let mut text = format!(
        "{} {} at {}, mark {}: {}, {}, {}{inside}\n",
        question.side.name(),
        question.quantity,
        question.entry,
        question.mark,
        question.venue.preset,
        question.venue.contract.name(),
        if question.wallet.is_some() { "cross" } else { "isolated" },
    );
    for ((name, _, words), figure) in rows.iter().zip(&figures) {
        let _ = writeln!(text, "{name:<18}  {figure:>width$}  {words}");
    }
    text
}
