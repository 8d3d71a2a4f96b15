//! What an account is told to have happened, with every value a decision rested on.

use rust_decimal::Decimal;

use crate::domain::{FillPrice, Side, StepKind};

/// One thing that happened to an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LedgerEvent {
    /// Funding was due.
    Funding(FundingEvent),
    /// A stop loss or a take profit was carried out.
    Order(OrderEvent),
    /// A pool failed its check.
    Liquidation(LiquidationEvent),
    /// Margin was added.
    TopUp(TopUpEvent),
    /// A position was due to be opened anew.
    Reopening(ReopeningEvent),
}

impl LedgerEvent {
    /// The liquidation, if it is one.
    pub fn liquidation(&self) -> Option<&LiquidationEvent> {
        match self {
            Self::Liquidation(event) => Some(event),
            _ => None,
        }
    }
}

/// Funding of one pool at one step. `owed = waived + from_wallet + from_margin + shortfall` where it is paid; where it
/// is received, `from_wallet` or `from_margin` is negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FundingEvent {
    /// Step.
    pub step: u64,
    /// Index of the pool in the partition.
    pub pool: usize,
    /// Sum over its positions of `s·N·R`; negative: received.
    pub owed: Decimal,
    /// Not charged, because it would have taken the pool to its requirement.
    pub waived: Decimal,
    /// Paid by the wallet.
    pub from_wallet: Decimal,
    /// Paid by the pool's own margin.
    pub from_margin: Decimal,
    /// What nobody could pay; the fund paid it in.
    pub shortfall: Decimal,
}

/// Which of the holder's orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderKind {
    /// On the losing side.
    StopLoss,
    /// On the gaining side.
    TakeProfit,
}

/// A position closed by its holder's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderEvent {
    /// Step.
    pub step: u64,
    /// Index into the portfolio's positions.
    pub position: usize,
    /// Which order.
    pub kind: OrderKind,
    /// The price it waited for.
    pub level: Decimal,
    /// The price it was filled at.
    pub fill: Decimal,
    /// Quantity closed: all that was left.
    pub quantity: Decimal,
    /// Entry price.
    pub entry: Decimal,
    /// Profit realised.
    pub realised: Decimal,
    /// Taker fee.
    pub fee: Decimal,
    /// Loss beyond the money of the pool it emptied; paid in.
    pub shortfall: Decimal,
    /// Money of the isolated pool it emptied, back in the wallet.
    pub returned: Decimal,
}

/// Margin added to an isolated position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TopUpEvent {
    /// Step.
    pub step: u64,
    /// Index into the portfolio's positions.
    pub position: usize,
    /// What the wallet gave.
    pub amount: Decimal,
    /// The pool's equity before.
    pub equity: Decimal,
    /// Its requirement.
    pub requirement: Decimal,
}

/// A position opened anew, or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReopeningEvent {
    /// Step.
    pub step: u64,
    /// Index into the portfolio's positions.
    pub position: usize,
    /// The mark.
    pub price: Decimal,
    /// Quantity; less than a lot: the position stays out.
    pub quantity: Decimal,
    /// Initial margin.
    pub margin: Decimal,
    /// Set aside beside it.
    pub set_aside: Decimal,
    /// Fee of the entry.
    pub fee: Decimal,
    /// Free wallet before.
    pub free: Decimal,
    /// False: it could not be afforded, and the position stays out for good.
    pub opened: bool,
}

/// Why a size was closed in a liquidation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// Equity was below the backstop's share of the requirement.
    Backstop,
    /// A step of the procedure, at its price.
    Step(StepKind, FillPrice),
}

/// What one position gave to a close.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PositionFill {
    /// Index into the portfolio's positions.
    pub position: usize,
    /// Quantity closed.
    pub quantity: Decimal,
    /// Entry price.
    pub entry: Decimal,
    /// Profit of it at the mark.
    pub profit_at_mark: Decimal,
    /// Profit of it at the fill; of a hand-over, at the mark less slippage.
    pub profit: Decimal,
}

/// A size, or a part of it, closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SizeClose {
    /// Why.
    pub cause: Cause,
    /// Index into the portfolio's assets.
    pub asset: usize,
    /// Direction.
    pub side: Side,
    /// Quantity closed.
    pub quantity: Decimal,
    /// Quantity before.
    pub of: Decimal,
    /// Tier it stood in.
    pub tier: usize,
    /// Mark at the check.
    pub mark: Decimal,
    /// Price of the fill; none where the pool was handed over with all its money.
    pub fill: Option<Decimal>,
    /// What each position gave.
    pub fills: Vec<PositionFill>,
    /// Profit realised.
    pub realised: Decimal,
    /// Liquidation fee.
    pub fee: Decimal,
    /// What the fund paid in at once, where the fill was worse than the size's share of the pool's equity.
    pub paid_in: Decimal,
}

/// One liquidation of a pool, with every value the decision rested on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiquidationEvent {
    /// Step at which the check failed.
    pub step: u64,
    /// Index of the pool in the partition.
    pub pool: usize,
    /// The pool's money before.
    pub money: Decimal,
    /// Its equity at the mark, `money + Σ U`.
    pub equity: Decimal,
    /// Its maintenance requirement at the mark.
    pub requirement: Decimal,
    /// What was closed, in order; empty where no step found anything to close.
    pub closes: Vec<SizeClose>,
    /// Profit realised by all of it.
    pub realised: Decimal,
    /// Fees of all of it.
    pub fee: Decimal,
    /// Loss beyond the pool's money.
    pub shortfall: Decimal,
    /// Part of the shortfall paid into the pool; none where the venue took the positions over at bankruptcy.
    pub paid_in: Decimal,
    /// What was left and went to the fund.
    pub forfeited: Decimal,
    /// What was left and went back to the wallet.
    pub returned: Decimal,
    /// The pool holds no position any more.
    pub emptied: bool,
    /// The step at which the pool is checked again, where it waits.
    pub waits_until: Option<u64>,
}
