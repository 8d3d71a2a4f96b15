//! What is seen inside a step, kept so that several accounts can go through the same.

use rust_decimal::Decimal;

use crate::domain::to_f64;
use crate::margin::{BookPlan, BookState, Ledger, LedgerEvent, OutOfRange, price_to_decimal};
use crate::paths::{BridgeObserver, Need};

/// One thing seen; a price per asset.
#[derive(Debug, Clone, PartialEq)]
pub enum Sighting<Price> {
    /// Each asset has been at its `low` and its `high`, and all are at `end` now.
    Ran {
        /// Least prices.
        low: Vec<Price>,
        /// Largest prices.
        high: Vec<Price>,
        /// Present prices.
        end: Vec<Price>,
    },
    /// All are at these prices now, some by a jump.
    Jumped(Vec<Price>),
}

/// Everything seen in one step of one path, wherever any mode's pool is near.
pub struct Sightings<'a> {
    /// The modes.
    pub books: &'a [BookPlan],
    /// Their accounts.
    pub states: &'a [BookState],
    /// The path's lane.
    pub lane: usize,
    /// In the order of time.
    pub list: Vec<Sighting<f64>>,
}

impl BridgeObserver for Sightings<'_> {
    fn need(&self, low: &[f64], high: &[f64]) -> Need {
        let needs =
            self.books.iter().zip(self.states).map(|(book, state)| state.need(book, self.lane, low, high));
        needs.max().unwrap_or(Need::Nothing)
    }

    fn moved(&mut self, low: &[f64], high: &[f64], end: &[f64]) {
        self.list.push(Sighting::Ran { low: low.to_vec(), high: high.to_vec(), end: end.to_vec() });
    }

    fn jumped(&mut self, to: &[f64]) {
        self.list.push(Sighting::Jumped(to.to_vec()));
    }
}

impl<Price> Sighting<Price> {
    fn map<Other, E>(&self, price: impl Fn(&Price) -> Result<Other, E>) -> Result<Sighting<Other>, E> {
        let all = |row: &[Price]| row.iter().map(&price).collect::<Result<Vec<Other>, E>>();
        Ok(match self {
            Self::Ran { low, high, end } => {
                Sighting::Ran { low: all(low)?, high: all(high)?, end: all(end)? }
            }
            Self::Jumped(to) => Sighting::Jumped(all(to)?),
        })
    }
}

impl Sighting<f64> {
    /// At 12 significant digits.
    pub fn exact(&self) -> Result<Sighting<Decimal>, OutOfRange> {
        self.map(|price| price_to_decimal(*price))
    }

    /// One lane of the kernel goes through it.
    pub fn show(&self, plan: &BookPlan, state: &mut BookState, step: u32, lane: usize) {
        match self {
            Self::Ran { low, high, end } => state.ran(plan, step, lane, [low, high, end]),
            Self::Jumped(to) => state.jumped(plan, step, lane, to),
        }
    }
}

impl Sighting<Decimal> {
    /// As the kernel sees it.
    pub fn rounded(&self) -> Sighting<f64> {
        let rounded = self.map(|price| Ok::<_, std::convert::Infallible>(to_f64(*price)));
        match rounded {
            Ok(sighting) => sighting,
            Err(never) => match never {},
        }
    }

    /// The ledger goes through it.
    ///
    /// # Errors
    /// [`OutOfRange`] when an amount is too large to be exact.
    pub fn tell(&self, ledger: &mut Ledger<'_>, step: u64) -> Result<Vec<LedgerEvent>, OutOfRange> {
        match self {
            Self::Jumped(to) => ledger.jump(step, to),
            Self::Ran { low, high, end } => ledger.touch(step, [low, high, end]),
        }
    }
}
