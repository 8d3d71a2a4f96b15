use rust_decimal::Decimal;

/// How much a top-up moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TopUpAmount {
    /// So much money.
    Money(Decimal),
    /// The position's initial margin.
    Initial,
}

/// Margin added to an isolated position from the free wallet, after the margin check of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TopUp {
    /// When the pool's equity is at or below so many times its requirement; greater than 1.
    pub trigger: Decimal,
    /// How much, or all that is free where that is less.
    pub amount: TopUpAmount,
    /// At most so often.
    pub times: u32,
}

/// The same position opened anew after it was liquidated whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reopen {
    /// Seconds after the liquidation; at least one step of the simulation is waited.
    pub after_seconds: u64,
    /// At most so often.
    pub times: u32,
}

/// What the holder does while a position is open; nothing, by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Orders {
    /// Closes the position when the mark is at or beyond it on the losing side.
    pub stop_loss: Option<Decimal>,
    /// Closes the position when the mark is at or beyond it on the gaining side.
    pub take_profit: Option<Decimal>,
    /// Adds margin.
    pub top_up: Option<TopUp>,
    /// Opens the position anew.
    pub reopen: Option<Reopen>,
}
