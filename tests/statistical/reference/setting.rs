//! What a figure is about: an account, its positions and the law of their prices.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use ringfence::domain::{
    Account, Asset, Clock, Decimal, FillPrice, FundingRates, LiquidationRule, MarginMode, Orders, Portfolio,
    Position, Remainder, Requirement, Side, Venue,
};
use ringfence::margin::{BookPlan, FundingTable};
use ringfence::paths::{AssetModel, MarketModel, PathGenerator, PriceProcess};
use ringfence::simulation::{Control, Job, RunOutcome, Simulator};

use super::closed_form::mean_depth_below;

/// Opening price of every asset.
pub const OPENING: f64 = 100.0;

/// One position and the law of the price under it; annual rates.
#[derive(Debug, Clone, PartialEq)]
pub struct Leg {
    pub side: Side,
    pub quantity: Decimal,
    pub maintenance: Decimal,
    pub law: PriceProcess,
}

/// When the account is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Monitoring {
    /// At the end of every step.
    Steps,
    /// At every moment.
    Continuous,
}

/// One or two legs in an account.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    pub mode: MarginMode,
    pub wallet: Decimal,
    /// Of each position.
    pub margin: Decimal,
    pub legs: Vec<Leg>,
    /// Of every pair of legs.
    pub correlation: f64,
    pub days: f64,
    pub steps: u64,
    pub monitoring: Monitoring,
}

/// What a probability may differ by where a law is stepped approximately: Heston's, at the steps of the figures.
const DISCRETISATION: f64 = 1e-3;

impl Setting {
    /// Horizon in years of 365 days.
    pub fn years(&self) -> f64 {
        self.days / 365.0
    }

    /// Simulates the account on all of the simulator's threads.
    pub fn simulate(
        &self,
        simulator: &Simulator,
        seed: u64,
        paths: u64,
    ) -> Result<RunOutcome, Box<dyn Error>> {
        let generator =
            PathGenerator::new(&self.market(), seed).ok_or("the correlation matrix is singular")?;
        let clock = Clock { horizon_seconds: 3_600 * self.steps, steps: self.steps };
        let job = Job {
            generator: Arc::new(match self.monitoring {
                Monitoring::Steps => generator,
                Monitoring::Continuous => generator.recording_bridges(),
            }),
            books: vec![BookPlan::new(&self.portfolio(), self.mode, clock)],
            funding: FundingTable::default(),
            paths,
            steps: self.steps,
            // No figure asks for ruin.
            ruin_equity: 0.0,
        };
        let cancelled = AtomicBool::new(false);
        Ok(simulator.simulate(&job, &Control { cancelled: &cancelled, progress: &|_| () })?)
    }

    /// What a probability may differ from the exact one by, for the length of the step.
    pub fn discretisation(&self) -> f64 {
        let is_approximate = |leg: &Leg| matches!(leg.law, PriceProcess::Heston(_) | PriceProcess::Bates(_));
        if self.legs.iter().any(is_approximate) { DISCRETISATION } else { 0.0 }
    }

    /// How far the mean drawdown of this account may lie below that of one which is never liquidated.
    ///
    /// Without maintenance an account is liquidated once its equity is 0 or less, and its drawdown is then
    /// 1; the other's goes on to at most 1 + (debt / wallet), since no peak lies below the wallet. A long's
    /// debt is quantity·(barrier − price), and its mean is bounded by continuous monitoring.
    pub fn drawdown_cut_off(&self) -> f64 {
        let [leg] = self.legs.as_slice() else { return f64::INFINITY };
        let (wallet, quantity) = (number(self.wallet), number(leg.quantity));
        let barrier = 1.0 - wallet / (quantity * OPENING);
        if barrier <= 0.0 {
            return 0.0;
        }
        let PriceProcess::Gbm(law) = &leg.law else { return f64::INFINITY };
        let depth = mean_depth_below(barrier, law.drift, law.volatility, self.years());
        depth * quantity * OPENING / wallet
    }

    fn market(&self) -> MarketModel {
        let n = self.legs.len();
        let model = |leg: &Leg| AssetModel { price: OPENING, process: leg.law.clone() };
        MarketModel {
            assets: self.legs.iter().map(model).collect(),
            correlation: (0..n * n).map(|k| if k % (n + 1) == 0 { 1.0 } else { self.correlation }).collect(),
            step_years: self.years() / self.steps as f64,
            ..MarketModel::default()
        }
    }

    fn portfolio(&self) -> Portfolio {
        let price = Decimal::ONE_HUNDRED;
        let asset = |(i, leg): (usize, &Leg)| Asset {
            name: format!("A{i}"),
            price,
            maintenance: Requirement::flat(leg.maintenance),
            lot: Decimal::new(1, 8),
            funding: FundingRates::default(),
        };
        let position = |(i, leg): (usize, &Leg)| Position {
            name: format!("p{i}"),
            asset: i,
            side: leg.side,
            quantity: leg.quantity,
            margin: self.margin,
            leverage: leg.quantity * price / self.margin,
            collateral: None,
            entry_fee: Decimal::ZERO,
            orders: Orders::default(),
        };
        let liquidation = LiquidationRule::full(FillPrice::Mark, Remainder::Return);
        Portfolio {
            account: Account { wallet: self.wallet, currency: "USD".to_owned() },
            venue: Venue { liquidation, ..Venue::textbook() },
            assets: self.legs.iter().enumerate().map(asset).collect(),
            positions: self.legs.iter().enumerate().map(position).collect(),
        }
    }
}

/// A decimal as the number its digits spell.
fn number(x: Decimal) -> f64 {
    x.to_string().parse().unwrap_or(f64::NAN)
}
