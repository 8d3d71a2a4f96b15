//! Margin rules: pools of collateral, the exact ledger, and the block kernel.
//!
//! The rules stand twice, on purpose: [`Ledger`] in exact decimals for one path, [`BookState`] in
//! f64 for a block of paths. They share the partition into pools, and the rounding of prices
//! to 12 digits.

mod funding_table;
mod kernel;
mod ledger;
mod plan;
mod pool;
mod prices;
mod quote;
mod record;

pub use funding_table::FundingTable;
pub use kernel::BookState;
pub use ledger::{
    Balance, Cause, FundingEvent, Ledger, LedgerEvent, LiquidationEvent, OrderEvent, OrderKind, OutOfRange,
    PositionFill, ReopeningEvent, SizeClose, TopUpEvent, price_to_decimal, requirement,
};
pub use plan::BookPlan;
pub use pool::{Partition, Pool, PoolKind, SizedMarket};
pub use prices::{Curve, CurveInput, EntryPrices, Holding, entry_prices, touched_price};
pub use quote::{Backing, OtherPosition, Quote, QuoteError, QuoteInput, quote};
pub use record::AccountRecord;
