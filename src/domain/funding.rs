use std::sync::Arc;

use rust_decimal::Decimal;

/// Funding rates of one market, each for one interval, paid by longs where positive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FundingRates {
    /// The same at every payment.
    Constant(Decimal),
    /// One after the other, from the start again after the last.
    Series(Arc<[Decimal]>),
    /// Row `i` holds the rates of the payments due on the path that is window `i` of the replayed history; as long as
    /// paths have payments.
    Windows {
        /// Rates in the order of time.
        rates: Arc<[Decimal]>,
        /// Index of the first payment of every path, by its number.
        starts: Arc<[u32]>,
    },
}

impl Default for FundingRates {
    fn default() -> Self {
        Self::Constant(Decimal::ZERO)
    }
}

impl FundingRates {
    /// The rate of payment `index` (from 0) on path `path`; 0 beyond what is known.
    pub fn rate(&self, path: u64, index: u64) -> Decimal {
        match self {
            Self::Constant(rate) => *rate,
            Self::Series(rates) if rates.is_empty() => Decimal::ZERO,
            Self::Series(rates) => rates[(index % rates.len() as u64) as usize],
            Self::Windows { rates, starts } => {
                let start = usize::try_from(path).ok().and_then(|path| starts.get(path)).copied();
                let at = start.and_then(|start| usize::try_from(u64::from(start) + index).ok());
                at.and_then(|at| rates.get(at)).copied().unwrap_or_default()
            }
        }
    }

    /// Nothing is ever paid.
    pub fn is_zero(&self) -> bool {
        match self {
            Self::Constant(rate) => rate.is_zero(),
            Self::Series(rates) | Self::Windows { rates, .. } => rates.iter().all(Decimal::is_zero),
        }
    }
}
