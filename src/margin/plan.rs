//! A portfolio in one mode as dense f64: the only crossing from decimals.

use rust_decimal::Decimal;

use super::pool::{Partition, Pool, PoolKind};
use crate::domain::{FillPrice, MarginMode, Portfolio, Remainder, Tier, to_f64};

/// Relative width of the band around a barrier inside which the exact rule decides. Wider than the
/// rounding of prices to 12 digits, narrower than anything a person could notice.
const GUARD: f64 = 1e-9;

/// A requirement of several lines for one size: `max over k of (rate·size·P − deduction)`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TieredSize {
    pub asset: usize,
    /// (rate·size, deduction) per line.
    pub lines: Vec<(f64, f64)>,
}

/// One pool. With prices P its gap, equity minus requirement, is
/// `money + offset + Σ slope·P − Σ tiered`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PoolPlan {
    pub is_wallet: bool,
    pub positions: Vec<usize>,
    /// The asset of all of them, if there is only one.
    pub only_asset: Option<usize>,
    /// Opening money.
    pub money: f64,
    /// Gaps within it of zero are decided exactly.
    pub guard: f64,
    /// `−Σ s·q·E`.
    pub offset: f64,
    /// (asset, net quantity `Σ s·q`).
    pub net: Vec<(usize, f64)>,
    /// (asset, net quantity less rate·size of the markets that have one line).
    pub slopes: Vec<(usize, f64)>,
    pub tiered: Vec<TieredSize>,
    /// The pool in decimals, for decisions inside the guard band.
    pub exact: Pool,
}

/// One mode, ready for the kernel. Shared by all threads.
#[derive(Debug, Clone)]
pub struct BookPlan {
    pub(super) mode: MarginMode,
    pub(super) portfolio: Portfolio,
    pub(super) pools: Vec<PoolPlan>,
    /// `W` at time 0.
    pub(super) wallet: f64,
    /// The same in decimals.
    pub(super) exact_wallet: Decimal,
    /// Remainders of isolated pools go to a wallet that backs positions.
    pub(super) returns_to_pool: bool,
    pub(super) opening_equity: f64,
    entry_notional: f64,
    pub(super) fill: FillPrice,
    pub(super) remainder: Remainder,
}

impl BookPlan {
    /// Decides everything that varies by run.
    pub fn new(portfolio: &Portfolio, mode: MarginMode) -> Self {
        let partition = Partition::new(portfolio, mode);
        let opening_equity = to_f64(portfolio.account.wallet);
        let entry_notional: f64 =
            portfolio.positions.iter().map(|p| to_f64(portfolio.entry_notional(p))).sum();
        let rule = &portfolio.venue.liquidation;
        let backs_positions = partition.pools.iter().any(|pool| pool.kind == PoolKind::Wallet);
        let returns = rule.remainder == Remainder::Return && rule.first_price() == FillPrice::Mark;
        Self {
            mode,
            exact_wallet: partition.wallet,
            returns_to_pool: returns && backs_positions && partition.pools.len() > 1,
            pools: partition.pools.into_iter().map(|pool| PoolPlan::new(portfolio, pool)).collect(),
            wallet: to_f64(partition.wallet),
            opening_equity,
            entry_notional,
            fill: rule.first_price(),
            remainder: rule.remainder,
            portfolio: portfolio.clone(),
        }
    }

    /// The mode.
    pub fn mode(&self) -> MarginMode {
        self.mode
    }

    /// Equity at time 0: the wallet as written.
    pub fn opening_equity(&self) -> f64 {
        self.opening_equity
    }

    /// Sum of the positions' notionals at entry.
    pub fn entry_notional(&self) -> f64 {
        self.entry_notional
    }

    /// Whether a pool holds positions in several assets, which have no exact bridge.
    pub fn has_joint_pool(&self) -> bool {
        self.pools.iter().any(|pool| pool.only_asset.is_none())
    }

    /// Number of pools that hold positions.
    pub fn pools(&self) -> usize {
        self.pools.len()
    }

    /// The pool of every position, in the portfolio's order.
    pub fn pool_of_positions(&self) -> Vec<usize> {
        let mut pools = vec![0; self.portfolio.positions.len()];
        for (index, pool) in self.pools.iter().enumerate() {
            for &position in &pool.positions {
                pools[position] = index;
            }
        }
        pools
    }

    /// The portfolio in decimals.
    pub fn portfolio(&self) -> &Portfolio {
        &self.portfolio
    }
}

impl PoolPlan {
    fn new(portfolio: &Portfolio, pool: Pool) -> Self {
        let mut offset = Decimal::ZERO;
        let mut notional = Decimal::ZERO;
        let mut net: Vec<(usize, Decimal)> = Vec::new();
        for &index in &pool.positions {
            let position = &portfolio.positions[index];
            let signed = position.side.sign() * position.quantity;
            offset -= signed * portfolio.entry_price(position);
            notional += portfolio.entry_notional(position);
            add_to(&mut net, position.asset, signed);
        }
        let mut slopes = net.clone();
        let mut tiered = Vec::new();
        for size in &pool.sizes {
            match portfolio.assets[size.asset].maintenance.tiers() {
                [line] => add_to(&mut slopes, size.asset, -line.rate * size.quantity),
                lines => {
                    let dense = |t: &Tier| (to_f64(t.rate * size.quantity), to_f64(t.deduction));
                    tiered.push(TieredSize { asset: size.asset, lines: lines.iter().map(dense).collect() });
                }
            }
        }
        let dense = |pairs: Vec<(usize, Decimal)>| pairs.into_iter().map(|(a, x)| (a, to_f64(x))).collect();
        Self {
            is_wallet: pool.kind == PoolKind::Wallet,
            positions: pool.positions.clone(),
            only_asset: pool.only_asset(),
            money: to_f64(pool.money),
            guard: GUARD * to_f64(pool.money.max(notional)),
            offset: to_f64(offset),
            net: dense(net),
            slopes: dense(slopes),
            tiered,
            exact: pool,
        }
    }
}

fn add_to(pairs: &mut Vec<(usize, Decimal)>, asset: usize, amount: Decimal) {
    match pairs.iter_mut().find(|(a, _)| *a == asset) {
        Some((_, sum)) => *sum += amount,
        None => pairs.push((asset, amount)),
    }
}
