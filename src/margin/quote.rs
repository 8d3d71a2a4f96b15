//! One position's margin figures, for one-off checks: what a venue's screen shows beside a position.

use std::fmt;

use rust_decimal::Decimal;

use super::prices::{Curve, CurveInput, Holding, maintenance_of, notional};
use crate::domain::{Asset, Basis, Contract, FeeInRequirement, FundingRates, Requirement, Side, Venue};

/// What stands behind the position.
#[derive(Debug, Clone, Copy)]
pub enum Backing<'a> {
    /// Its own margin, without what is set aside for the fee of closing; `None`: the initial margin of the leverage.
    Isolated {
        /// Margin put in, with what was added and less what was taken out since.
        margin: Option<Decimal>,
    },
    /// The wallet, shared with other positions.
    Cross {
        /// Its balance, without unrealised profit.
        wallet: Decimal,
        /// The positions that share it, in other markets, at their own marks.
        others: &'a [OtherPosition],
    },
}

/// A position that shares the wallet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherPosition {
    /// Requirement of its market.
    pub maintenance: Requirement,
    /// Direction.
    pub side: Side,
    /// Base units, or face value in quote of an inverse contract.
    pub quantity: Decimal,
    /// Entry price.
    pub entry: Decimal,
    /// Its mark, which does not move.
    pub mark: Decimal,
}

/// What a quote is asked for.
#[derive(Debug, Clone, Copy)]
pub struct QuoteInput<'a> {
    /// Contract, basis, fees.
    pub venue: &'a Venue,
    /// Requirement of the market.
    pub maintenance: &'a Requirement,
    /// Largest leverage that the market allows a position of this size; of the smallest size, where the requirement is a
    /// slope. It is also what the initial margin is reckoned with where neither leverage nor margin is given.
    pub max_leverage: Option<Decimal>,
    /// Direction.
    pub side: Side,
    /// Base units, or face value in quote of an inverse contract; greater than 0.
    pub quantity: Decimal,
    /// Entry price; greater than 0.
    pub entry: Decimal,
    /// Mark price; greater than 0.
    pub mark: Decimal,
    /// Leverage the holder chose; greater than 0.
    pub leverage: Option<Decimal>,
    /// Money behind the position.
    pub backing: Backing<'a>,
}

/// A position's figures, unrounded, in account currency (the coin, for an inverse contract) or as a price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// `N/L`: at entry for an isolated position, at the requirement's basis for one that shares the wallet. It holds the
    /// fee set aside where that is the fee at bankruptcy. `None` where nothing tells the leverage.
    pub initial_margin: Option<Decimal>,
    /// The position's own maintenance margin as its venue shows it: with the fee in it, unless that is the taker's,
    /// which such venues count beside the maintenance margin.
    pub maintenance_margin: Decimal,
    /// Where the pool's equity meets its requirement, everything else unchanged; `None` where no price does it.
    pub liquidation_price: Option<Decimal>,
    /// Where the pool's equity is what was set aside for fees; `None` where no price does it.
    pub bankruptcy_price: Option<Decimal>,
    /// Profit at the mark.
    pub unrealized_pnl: Decimal,
    /// Equity of the pool over its requirement; `None` where nothing is required.
    pub margin_ratio: Option<Decimal>,
    /// Money of the pool and all its profit at the marks.
    pub equity: Decimal,
    /// Everything the pool's equity is measured against, fees included.
    pub requirement: Decimal,
    /// Set aside at entry for the fee of closing.
    pub set_aside: Decimal,
}

/// Why there is no quote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuoteError {
    /// More leverage than a position of this size is allowed.
    LeverageTooHigh {
        /// As asked for.
        leverage: Decimal,
        /// The largest.
        most: Decimal,
    },
    /// Neither leverage nor margin is known, and the figures depend on them.
    LeverageNeeded,
    /// A price, quantity or leverage that is not greater than 0, or an amount that outgrows decimals.
    OutOfRange,
}

impl fmt::Display for QuoteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LeverageTooHigh { leverage, most } => {
                let most = most.round_dp(4).normalize();
                write!(f, "leverage {leverage} exceeds {most}, the highest for a position of this size")
            }
            Self::LeverageNeeded => f.write_str("neither leverage nor margin is given"),
            Self::OutOfRange => {
                f.write_str("a number is not greater than 0, or an amount needs more than 28 digits")
            }
        }
    }
}

impl std::error::Error for QuoteError {}

/// The figures of one position.
///
/// # Errors
/// [`QuoteError`].
pub fn quote(input: &QuoteInput) -> Result<Quote, QuoteError> {
    refuse_leverage(input)?;
    let set_aside = set_aside(input)?;
    figures(input, set_aside).ok_or(QuoteError::OutOfRange)
}

fn figures(input: &QuoteInput, set_aside: Decimal) -> Option<Quote> {
    let money = match input.backing {
        Backing::Isolated { margin } => {
            margin.or(initial_margin(input, input.entry))?.checked_add(set_aside)?
        }
        Backing::Cross { wallet, .. } => wallet,
    };
    let own = OtherPosition {
        maintenance: input.maintenance.clone(),
        side: input.side,
        quantity: input.quantity,
        entry: input.entry,
        mark: input.mark,
    };
    let (plain, fee) = required(input.venue, &own)?;
    let unrealized_pnl = profit(input.venue.contract, &own)?;
    let mut equity = money.checked_add(unrealized_pnl)?;
    let mut requirement = plain.checked_add(fee)?.checked_add(set_aside)?;
    for other in others(input) {
        let (plain, fee) = required(input.venue, other)?;
        requirement = requirement.checked_add(plain)?.checked_add(fee)?;
        equity = equity.checked_add(profit(input.venue.contract, other)?)?;
    }
    let is_beside = input.venue.fee_in_requirement == FeeInRequirement::Taker;
    let shown_fee = if is_beside { Decimal::ZERO } else { fee };
    let pool = Pool::new(input, money, set_aside);
    Some(Quote {
        initial_margin: shown_initial_margin(input, set_aside),
        maintenance_margin: plain.checked_add(shown_fee)?.checked_add(set_aside)?,
        liquidation_price: pool.root(input.venue, Curve::new),
        bankruptcy_price: pool.root(input.venue, Curve::above_set_aside),
        unrealized_pnl,
        margin_ratio: match requirement > Decimal::ZERO {
            true => Some(equity.checked_div(requirement)?),
            false => None,
        },
        equity,
        requirement,
        set_aside,
    })
}

/// The position and those beside it, as a curve reads them; the first is the one asked for.
struct Pool {
    assets: Vec<Asset>,
    holdings: Vec<Holding>,
    marks: Vec<Decimal>,
    money: Decimal,
}

impl Pool {
    fn new(input: &QuoteInput, money: Decimal, set_aside: Decimal) -> Self {
        let mut pool = Self { assets: Vec::new(), holdings: Vec::new(), marks: Vec::new(), money };
        pool.add(input.maintenance, input.side, [input.quantity, input.entry, input.mark, set_aside]);
        for other in others(input) {
            let numbers = [other.quantity, other.entry, other.mark, Decimal::ZERO];
            pool.add(&other.maintenance, other.side, numbers);
        }
        pool
    }

    fn add(&mut self, maintenance: &Requirement, side: Side, numbers: [Decimal; 4]) {
        let [quantity, entry, mark, set_aside] = numbers;
        self.holdings.push(Holding { asset: self.assets.len(), side, quantity, entry, set_aside });
        self.marks.push(mark);
        self.assets.push(Asset {
            name: String::new(),
            price: mark,
            maintenance: maintenance.clone(),
            lot: Decimal::ONE,
            funding: FundingRates::default(),
        });
    }

    fn root(&self, venue: &Venue, curve: fn(&CurveInput) -> Option<Curve>) -> Option<Decimal> {
        let input = CurveInput {
            venue,
            assets: &self.assets,
            money: self.money,
            holdings: &self.holdings,
            moving: 0,
            marks: &self.marks,
        };
        curve(&input)?.root(*self.marks.first()?, self.holdings.first()?.side)
    }
}

fn others<'a>(input: &QuoteInput<'a>) -> &'a [OtherPosition] {
    match input.backing {
        Backing::Isolated { .. } => &[],
        Backing::Cross { others, .. } => others,
    }
}

/// Unrealised profit at the mark.
fn profit(contract: Contract, position: &OtherPosition) -> Option<Decimal> {
    let signed = position.side.sign().checked_mul(position.quantity)?;
    match contract {
        Contract::Linear => signed.checked_mul(position.mark.checked_sub(position.entry)?),
        Contract::Inverse => {
            let at_entry = notional(contract, signed, position.entry)?;
            at_entry.checked_sub(notional(contract, signed, position.mark)?)
        }
    }
}

/// The maintenance margin of a position and the fee on its notional that the requirement holds, at its basis.
fn required(venue: &Venue, position: &OtherPosition) -> Option<(Decimal, Decimal)> {
    let price = match venue.basis {
        Basis::Mark => position.mark,
        Basis::Entry => position.entry,
    };
    let notional = notional(venue.contract, position.quantity, price)?;
    let plain = maintenance_of(&position.maintenance, position.quantity, notional)?;
    Some((plain, notional.checked_mul(venue.fee_rate_in_requirement())?))
}

/// `1 + L·slope·q`: how much less than the largest leverage of the smallest size this size is allowed, where the rate of
/// the initial margin rises with the size as that of the requirement does.
fn tightening(input: &QuoteInput, most: Decimal) -> Option<Decimal> {
    match input.maintenance {
        Requirement::Slope { slope, .. } => {
            most.checked_mul(slope.checked_mul(input.quantity)?)?.checked_add(Decimal::ONE)
        }
        Requirement::Lines(_) | Requirement::Steps(_) => Some(Decimal::ONE),
    }
}

fn refuse_leverage(input: &QuoteInput) -> Result<(), QuoteError> {
    let numbers =
        [Some(input.quantity), Some(input.entry), Some(input.mark), input.leverage, input.max_leverage];
    if numbers.into_iter().flatten().any(|number| number <= Decimal::ZERO) {
        return Err(QuoteError::OutOfRange);
    }
    let (Some(leverage), Some(most)) = (input.leverage, input.max_leverage) else { return Ok(()) };
    let tightening = tightening(input, most).ok_or(QuoteError::OutOfRange)?;
    let asked = leverage.checked_mul(tightening).ok_or(QuoteError::OutOfRange)?;
    if asked > most {
        let most = most.checked_div(tightening).ok_or(QuoteError::OutOfRange)?;
        return Err(QuoteError::LeverageTooHigh { leverage, most });
    }
    Ok(())
}

/// Initial margin at a price, without what is set aside: by the leverage, else as put in, else the least allowed.
fn initial_margin(input: &QuoteInput, price: Decimal) -> Option<Decimal> {
    let notional = notional(input.venue.contract, input.quantity, price)?;
    if let Some(leverage) = input.leverage {
        return notional.checked_div(leverage);
    }
    if let Backing::Isolated { margin: Some(margin) } = input.backing {
        return Some(margin);
    }
    let most = input.max_leverage?;
    notional.checked_mul(tightening(input, most)?)?.checked_div(most)
}

fn shown_initial_margin(input: &QuoteInput, set_aside: Decimal) -> Option<Decimal> {
    let price = match (input.backing, input.venue.basis) {
        (Backing::Isolated { .. }, _) | (_, Basis::Entry) => input.entry,
        (Backing::Cross { .. }, Basis::Mark) => input.mark,
    };
    let margin = initial_margin(input, price)?;
    match input.venue.fee_in_requirement {
        FeeInRequirement::TakerAtBankruptcy => margin.checked_add(set_aside),
        _ => Some(margin),
    }
}

/// As [`crate::domain::Portfolio::set_aside`], unrounded; a wallet without leverage is used up where the pool's is.
fn set_aside(input: &QuoteInput) -> Result<Decimal, QuoteError> {
    let (kind, taker) = (input.venue.fee_in_requirement, input.venue.fees.taker);
    if !kind.is_set_aside() || taker.is_zero() {
        return Ok(Decimal::ZERO);
    }
    let sum = match (kind, input.backing, input.leverage) {
        (FeeInRequirement::TakerAtBankruptcy, Backing::Cross { wallet, .. }, None) => {
            fee_at_bankruptcy(input, wallet)
        }
        _ => {
            let margin = initial_margin(input, input.entry).ok_or(QuoteError::LeverageNeeded)?;
            let signed = match (kind, input.venue.contract) {
                (FeeInRequirement::TakerAtBankruptcy, Contract::Linear) => -input.side.sign() * margin,
                (FeeInRequirement::TakerAtBankruptcy, Contract::Inverse) => input.side.sign() * margin,
                _ => margin,
            };
            let notional = notional(input.venue.contract, input.quantity, input.entry);
            notional.and_then(|notional| notional.checked_add(signed)?.checked_mul(taker))
        }
    };
    sum.ok_or(QuoteError::OutOfRange)
}

/// The fee at the price where a wallet is used up by the fee at that price: the root of a curve whose only requirement
/// is the fee. Nothing where no price does it: the notional there is nothing.
fn fee_at_bankruptcy(input: &QuoteInput, wallet: Decimal) -> Option<Decimal> {
    let taker = input.venue.fees.taker;
    let mut pool = Pool::new(input, wallet, Decimal::ZERO);
    for asset in &mut pool.assets {
        asset.maintenance = Requirement::flat(Decimal::ZERO);
    }
    pool.assets.first_mut()?.maintenance = Requirement::flat(taker);
    let venue = Venue { contract: input.venue.contract, ..Venue::textbook() };
    match pool.root(&venue, Curve::new) {
        Some(price) => notional(input.venue.contract, input.quantity, price)?.checked_mul(taker),
        None => Some(Decimal::ZERO),
    }
}
