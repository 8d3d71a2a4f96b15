//! What a precision, a sweep's table and map, and a comparison of results speak of.

use std::fmt;

/// One number of a result that has an interval: of a margin mode, or of two of them path by path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Measure {
    /// Share of paths on which at least one position is liquidated.
    LiquidationAny,
    /// Share of paths on which every position is.
    LiquidationAll,
    /// Share of paths whose equity falls to the ruin level or below.
    Ruin,
    /// Mean maximum drawdown as a share of the running peak.
    DrawdownRelative,
    /// Mean maximum drawdown in account currency.
    DrawdownAbsolute,
    /// Mean of final minus opening equity, account currency.
    Pnl,
    /// Difference of two modes' shares of liquidated paths.
    PairedLiquidation,
    /// Mean difference of two modes' relative drawdowns.
    PairedDrawdownRelative,
    /// Mean difference of two modes' profits, account currency.
    PairedPnl,
}

impl Measure {
    /// Every measure: those of a mode, then those of two.
    pub const ALL: [Self; 9] = [
        Self::LiquidationAny,
        Self::LiquidationAll,
        Self::Ruin,
        Self::DrawdownRelative,
        Self::DrawdownAbsolute,
        Self::Pnl,
        Self::PairedLiquidation,
        Self::PairedDrawdownRelative,
        Self::PairedPnl,
    ];

    /// The name used in scenario files and results: where the result document has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::LiquidationAny => "liquidation.any",
            Self::LiquidationAll => "liquidation.all",
            Self::Ruin => "ruin",
            Self::DrawdownRelative => "drawdown.relative",
            Self::DrawdownAbsolute => "drawdown.absolute",
            Self::Pnl => "pnl",
            Self::PairedLiquidation => "paired.liquidation",
            Self::PairedDrawdownRelative => "paired.drawdown_relative",
            Self::PairedPnl => "paired.pnl",
        }
    }

    /// What it is, as a heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::LiquidationAny => "Share of paths liquidated",
            Self::LiquidationAll => "Share of paths with every position liquidated",
            Self::Ruin => "Share of paths ruined",
            Self::DrawdownRelative => "Mean maximum drawdown",
            Self::DrawdownAbsolute => "Mean maximum drawdown in money",
            Self::Pnl => "Mean profit and loss",
            Self::PairedLiquidation => "Difference of the shares of paths liquidated",
            Self::PairedDrawdownRelative => "Mean difference of the maximum drawdowns",
            Self::PairedPnl => "Mean difference of profit and loss",
        }
    }

    /// Whether it compares two modes.
    pub fn is_paired(self) -> bool {
        matches!(self, Self::PairedLiquidation | Self::PairedDrawdownRelative | Self::PairedPnl)
    }

    /// Whether it is a share or a difference of shares: of paths, or of the running peak. Others are money.
    pub fn is_share(self) -> bool {
        !matches!(self, Self::DrawdownAbsolute | Self::Pnl | Self::PairedPnl)
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A precision to stop at before all paths are simulated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Precision {
    /// What is to be known so well, in every mode or every two of them.
    pub measure: Measure,
    /// How well.
    pub target: PrecisionTarget,
}

/// How well a measure is to be known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PrecisionTarget {
    /// Half the width of its interval, `> 0`, in the measure's unit.
    HalfWidth(f64),
    /// The same as a share of the estimate, `0 < r < 1`.
    Relative(f64),
}

/// How the intervals of many cells are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Intervals {
    /// Each holds by itself.
    #[default]
    Pointwise,
    /// All of one measure's hold together.
    Simultaneous,
}

impl Intervals {
    /// The name used in scenario files and results.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pointwise => "pointwise",
            Self::Simultaneous => "simultaneous",
        }
    }
}
