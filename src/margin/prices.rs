use rust_decimal::Decimal;

/// Prices of one position's asset at which its pool fails, the other assets unchanged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryPrices {
    /// Where the pool's equity meets its requirement; `None` where no price of the asset does.
    pub liquidation: Option<Decimal>,
    /// Where the pool's equity is zero; `None` where no price of the asset does.
    pub bankruptcy: Option<Decimal>,
}
