//! Margin rules: pools of collateral, the exact ledger, and the block kernel.

mod prices;

pub use prices::EntryPrices;
