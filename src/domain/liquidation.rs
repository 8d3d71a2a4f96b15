use rust_decimal::Decimal;

/// At what price a part of a failing pool is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FillPrice {
    /// On the book: the mark at which the check failed, less slippage.
    Mark,
    /// Handed over where the pool's money is exactly used up: nothing is left for the holder.
    Bankruptcy,
    /// On the book, at the limit price of [`Fillable`].
    Fillable,
}

impl FillPrice {
    /// The name used in scenario files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mark => "mark",
            Self::Bankruptcy => "bankruptcy",
            Self::Fillable => "fillable",
        }
    }
}

/// Who receives what is left of an emptied pool's money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remainder {
    /// The venue's insurance fund.
    Forfeit,
    /// The holder's wallet.
    Return,
}

impl Remainder {
    /// The name used in scenario files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Forfeit => "forfeit",
            Self::Return => "return",
        }
    }
}

/// Which size of a pool goes first. A size is all positions of one market and one side in a pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// All at once.
    #[default]
    All,
    /// The largest unrealised loss first.
    LargestLoss,
    /// The largest requirement first.
    LargestRequirement,
}

impl Order {
    /// The name used in scenario files.
    pub fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::LargestLoss => "largest_loss",
            Self::LargestRequirement => "largest_requirement",
        }
    }
}

/// How far below the mark (above it, for a short) a forced close is filled, as a fraction of the mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slippage {
    /// The same fraction for every size.
    Fixed(Decimal),
    /// `impact · sqrt(notional closed / daily volume)`, the square-root law of market impact.
    SquareRoot {
        /// Fraction of the price that a close of a whole day's volume costs.
        impact: Decimal,
        /// Notional traded in a day, in the money that notionals are in; greater than 0.
        daily_volume: Decimal,
    },
}

/// The limit price of a forced order, `P·(1 − s·A·spread·m)` with `A = clamp(adjustment·(1 − equity/requirement), 0, 1)`
/// and `m` the size's requirement over its notional; the fee, and what the fund pays, are measured from the closed
/// part's share of the pool's equity, in proportion to requirements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fillable {
    /// Spread to the maintenance margin ratio.
    pub spread: Decimal,
    /// How fast the limit moves away from the mark as equity falls.
    pub adjustment: Decimal,
}

/// What one step of a procedure closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepKind {
    /// Everything that is left, size by size in the order; at bankruptcy the whole pool at once.
    Full,
    /// Sizes down to the top of the tier `tiers` lower, again and again, while they stand above tier `tiers`.
    Tiered {
        /// Tiers at a time; at least 1.
        tiers: u32,
        /// Only while the pool's equity is at or above its requirement at the first tier's rate.
        above_first_tier: bool,
    },
    /// A share of every size whose notional is above a bound.
    Fraction {
        /// Share of the present size, `0 < f <= 1`.
        fraction: Decimal,
        /// Only sizes with a larger notional at the mark; 0: all.
        above_notional: Decimal,
        /// Closes at least so much notional, where the size has it.
        least_notional: Decimal,
        /// Seconds to wait before the next close; whole steps of the simulation are waited, none where it is shorter.
        cooldown_seconds: u64,
        /// Again and again until the check holds, instead of once.
        repeat: bool,
    },
    /// Exactly what restores the requirement, from one size after the other; nothing where no close can.
    Cover,
}

impl StepKind {
    /// The name used in scenario files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Tiered { .. } => "tiered",
            Self::Fraction { .. } => "fraction",
            Self::Cover => "cover",
        }
    }
}

/// One step of a procedure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LiquidationStep {
    /// What is closed.
    pub kind: StepKind,
    /// At what price.
    pub price: FillPrice,
}

/// How a pool that fails the margin check is closed: step by step, until the check holds or nothing is left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiquidationRule {
    /// In order; the last is [`StepKind::Full`], or a fraction that repeats.
    pub steps: Vec<LiquidationStep>,
    /// Which size goes first.
    pub order: Order,
    /// Fee on the notional closed on the book, never beyond what is left.
    pub fee: Decimal,
    /// Slippage of fills at the mark.
    pub slippage: Slippage,
    /// Once the pool is emptied of positions.
    pub remainder: Remainder,
    /// Parameters of [`FillPrice::Fillable`], where a step uses it.
    pub fillable: Option<Fillable>,
    /// Below this share of its requirement the pool is taken over whole at the mark, and what is left is forfeited.
    pub backstop: Option<Decimal>,
}

impl LiquidationRule {
    /// One step that closes everything, without costs.
    pub fn full(price: FillPrice, remainder: Remainder) -> Self {
        Self {
            steps: vec![LiquidationStep { kind: StepKind::Full, price }],
            order: Order::All,
            fee: Decimal::ZERO,
            slippage: Slippage::Fixed(Decimal::ZERO),
            remainder,
            fillable: None,
            backstop: None,
        }
    }

    /// Price of the first step.
    pub fn first_price(&self) -> FillPrice {
        self.steps.first().map_or(FillPrice::Mark, |step| step.price)
    }
}
