//! What the cells of a batch have in common: every data file is read once, every set of histories joined once, and
//! equal markets and rates are one.

use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::Hash;
use std::path::PathBuf;
use std::sync::Arc;

use crate::domain::FundingRates;
use crate::error::Invalid;
use crate::history::PriceHistory;
use crate::history::funding::FundingHistory;
use crate::history::joint::{JointCloses, JointError, JointReturns};
use crate::paths::MarketModel;

/// Joined histories that are replayed.
#[derive(Debug)]
pub(crate) struct Windows {
    /// One column an asset.
    pub joint: JointCloses,
    /// The same row by row, as a market holds them.
    pub closes: Arc<[f64]>,
}

/// What has been read and joined so far.
#[derive(Debug, Default)]
pub(crate) struct Files {
    /// Price files by where they are.
    pub prices: Once<PathBuf, PriceHistory, Invalid>,
    /// Funding files by where they are.
    pub funding: Once<PathBuf, FundingHistory, Invalid>,
    /// Joined histories by all that determines them.
    pub returns: Once<String, JointReturns, JointError>,
    /// The same of histories that are replayed.
    pub windows: Once<String, Windows, JointError>,
    numbers: RefCell<Vec<Arc<[f64]>>>,
    rates: RefCell<Vec<FundingRates>>,
    /// By their laws in words, so that few are compared.
    markets: RefCell<HashMap<String, Vec<Arc<MarketModel>>>>,
}

impl Files {
    /// The numbers, or the equal ones that are known already.
    pub fn numbers(&self, numbers: Arc<[f64]>) -> Arc<[f64]> {
        known(&mut self.numbers.borrow_mut(), numbers)
    }

    /// The rates, or the equal ones that are known already.
    pub fn rates(&self, rates: FundingRates) -> FundingRates {
        match rates {
            FundingRates::Constant(_) => rates,
            FundingRates::Series(_) | FundingRates::Windows { .. } => {
                known(&mut self.rates.borrow_mut(), rates)
            }
        }
    }

    /// The market, or the equal one that is known already.
    pub fn market(&self, market: MarketModel) -> Arc<MarketModel> {
        let words = format!("{:?}", (&market.assets, &market.correlation, &market.shocks));
        known(self.markets.borrow_mut().entry(words).or_default(), Arc::new(market))
    }
}

fn known<T: Clone + PartialEq>(all: &mut Vec<T>, new: T) -> T {
    if let Some(known) = all.iter().find(|known| **known == new) {
        return known.clone();
    }
    all.push(new.clone());
    new
}

/// Values made once each; a failure is remembered too, so that a large broken file is read once.
#[derive(Debug)]
pub(crate) struct Once<K, T, E>(RefCell<HashMap<K, Result<Arc<T>, E>>>);

impl<K, T, E> Default for Once<K, T, E> {
    fn default() -> Self {
        Self(RefCell::default())
    }
}

impl<K: Eq + Hash, T, E: Clone> Once<K, T, E> {
    /// The value of a key, made by `make` where it is not known.
    ///
    /// # Errors
    /// Whatever `make` failed with.
    pub fn get(&self, key: K, make: impl FnOnce() -> Result<T, E>) -> Result<Arc<T>, E> {
        if let Some(known) = self.0.borrow().get(&key) {
            return known.clone();
        }
        let made = make().map(Arc::new);
        self.0.borrow_mut().insert(key, made.clone());
        made
    }
}
