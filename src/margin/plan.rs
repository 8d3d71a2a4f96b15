//! A portfolio in one mode as dense f64: the only crossing from decimals.

use rust_decimal::Decimal;

use super::kernel::{GUARD, Terms};
use super::pool::{Partition, Pool, PoolKind};
use crate::domain::{
    Basis, Clock, Contract, FillPrice, MarginMode, Order, Orders, Portfolio, Remainder, Requirement,
    Slippage, StepKind, Tier, Trigger, to_f64,
};

/// A requirement of several lines for one size: `max over k of (rate·size·P − deduction)`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TieredSize {
    pub asset: usize,
    /// (rate·size, deduction) per line.
    pub lines: Vec<(f64, f64)>,
}

/// One pool of a plain venue. With prices P its gap, equity minus requirement, is
/// `money + offset + Σ slope·P − Σ tiered`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PlainPool {
    pub is_wallet: bool,
    /// The asset of all positions, if there is only one.
    pub only_asset: Option<usize>,
    /// Opening money.
    pub money: f64,
    /// Gaps within it of zero are decided at prices of 12 digits.
    pub guard: f64,
    /// `−Σ s·q·E`.
    pub offset: f64,
    /// (asset, net quantity `Σ s·q`).
    pub net: Vec<(usize, f64)>,
    /// (asset, net quantity less rate·size of the markets that have one line).
    pub slopes: Vec<(usize, f64)>,
    pub tiered: Vec<TieredSize>,
    /// (asset, quantity) of each size.
    pub sizes: Vec<(usize, f64)>,
}

/// The rules of a venue that closes a failing pool at once, without costs.
#[derive(Debug, Clone)]
pub(super) struct PlainPlan {
    pub pools: Vec<PlainPool>,
    /// Number of assets.
    pub assets: usize,
    /// `W` at time 0.
    pub wallet: f64,
    pub equality_fails: bool,
    pub fill: FillPrice,
    pub remainder: Remainder,
}

/// What the kernel steps by.
#[derive(Debug, Clone)]
pub(super) enum Rules {
    /// Everything is closed at once, at the mark or at bankruptcy, and nothing costs a fee.
    Plain(PlainPlan),
    /// Any venue.
    Managed(Box<Terms>),
}

/// One mode, ready for the kernel. Shared by all threads.
#[derive(Debug, Clone)]
pub struct BookPlan {
    mode: MarginMode,
    clock: Clock,
    portfolio: Portfolio,
    /// Per pool: the asset of all its positions, if there is only one.
    only_assets: Vec<Option<usize>>,
    /// Per position, in the portfolio's order.
    pub(super) pool_of: Vec<usize>,
    /// Quantities at the opening.
    pub(super) quantities: Vec<f64>,
    pub(super) rules: Rules,
    opening_equity: f64,
    entry_notional: f64,
}

impl BookPlan {
    /// Decides everything that varies by run.
    pub fn new(portfolio: &Portfolio, mode: MarginMode, clock: Clock) -> Self {
        let partition = Partition::new(portfolio, mode);
        let mut pool_of = vec![0; portfolio.positions.len()];
        for (index, pool) in partition.pools.iter().enumerate() {
            pool.positions.iter().for_each(|&position| pool_of[position] = index);
        }
        let notionals = portfolio.positions.iter().map(|p| to_f64(portfolio.entry_notional(p)));
        let rules = if is_plain(portfolio) {
            Rules::Plain(PlainPlan::new(portfolio, &partition))
        } else {
            Rules::Managed(Box::new(Terms::new(portfolio, &partition, clock)))
        };
        Self {
            mode,
            clock,
            only_assets: partition.pools.iter().map(Pool::only_asset).collect(),
            pool_of,
            quantities: portfolio.positions.iter().map(|p| to_f64(p.quantity)).collect(),
            rules,
            opening_equity: to_f64(portfolio.account.wallet),
            entry_notional: notionals.sum(),
            portfolio: portfolio.clone(),
        }
    }

    /// The same, stepped by the loop that knows every rule, whether the venue needs it or not: so that both loops can be
    /// compared.
    pub fn managed(mut self) -> Self {
        let partition = Partition::new(&self.portfolio, self.mode);
        self.rules = Rules::Managed(Box::new(Terms::new(&self.portfolio, &partition, self.clock)));
        self
    }

    /// Whether it takes the loop that knows every rule.
    pub fn is_managed(&self) -> bool {
        matches!(self.rules, Rules::Managed(_))
    }

    /// Whether the kernel counts in the reciprocals of prices.
    pub fn is_inverse(&self) -> bool {
        self.portfolio.venue.contract == Contract::Inverse
    }

    /// The mode.
    pub fn mode(&self) -> MarginMode {
        self.mode
    }

    /// The times of a path.
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// Equity at time 0: the wallet as written.
    pub fn opening_equity(&self) -> f64 {
        self.opening_equity
    }

    /// Equity at time 0 in quote, of an inverse contract: the wallet at the opening price.
    pub fn opening_quote_equity(&self) -> Option<f64> {
        let price = self.portfolio.assets.first().map(|asset| to_f64(asset.price))?;
        self.is_inverse().then_some(self.opening_equity * price)
    }

    /// Sum of the positions' notionals at entry.
    pub fn entry_notional(&self) -> f64 {
        self.entry_notional
    }

    /// Whether a pool holds positions in several assets, which have no exact bridge.
    pub fn has_joint_pool(&self) -> bool {
        self.only_assets.iter().any(Option::is_none)
    }

    /// Number of pools that hold positions.
    pub fn pools(&self) -> usize {
        self.only_assets.len()
    }

    /// Number of positions.
    pub fn positions(&self) -> usize {
        self.pool_of.len()
    }

    /// The pool of every position, in the portfolio's order.
    pub fn pool_of_positions(&self) -> &[usize] {
        &self.pool_of
    }

    /// The portfolio in decimals.
    pub fn portfolio(&self) -> &Portfolio {
        &self.portfolio
    }
}

/// Whether a failing pool is gone at once and nothing else ever changes an account.
fn is_plain(portfolio: &Portfolio) -> bool {
    let (venue, rule) = (&portfolio.venue, &portfolio.venue.liquidation);
    let step = match rule.steps.as_slice() {
        // One size after the other may end before all are closed.
        [step] if step.price == FillPrice::Mark => step.kind == StepKind::Full && rule.order == Order::All,
        [step] => step.kind == StepKind::Full && step.price == FillPrice::Bankruptcy,
        _ => false,
    };
    let markets = portfolio
        .assets
        .iter()
        .all(|asset| asset.funding.is_zero() && matches!(asset.maintenance, Requirement::Lines(_)));
    let positions =
        portfolio.positions.iter().all(|p| p.entry_fee.is_zero() && p.orders == Orders::default());
    venue.contract == Contract::Linear
        && venue.basis == Basis::Mark
        && !venue.fee_in_requirement.is_set_aside()
        && step
        && rule.fee.is_zero()
        && rule.slippage == Slippage::Fixed(Decimal::ZERO)
        && rule.backstop.is_none()
        && markets
        && positions
}

impl PlainPlan {
    fn new(portfolio: &Portfolio, partition: &Partition) -> Self {
        let rule = &portfolio.venue.liquidation;
        Self {
            pools: partition.pools.iter().map(|pool| PlainPool::new(portfolio, pool)).collect(),
            assets: portfolio.assets.len(),
            wallet: to_f64(partition.wallet),
            equality_fails: portfolio.venue.trigger == Trigger::AtOrBelow,
            fill: rule.first_price(),
            remainder: rule.remainder,
        }
    }
}

impl PlainPool {
    fn new(portfolio: &Portfolio, pool: &Pool) -> Self {
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
        let fee = portfolio.venue.fee_rate_in_requirement();
        let mut slopes = net.clone();
        let mut tiered = Vec::new();
        for size in &pool.sizes {
            match portfolio.assets[size.asset].maintenance.tiers() {
                [line] => add_to(&mut slopes, size.asset, -(line.rate + fee) * size.quantity),
                lines => {
                    let dense = |t: &Tier| (to_f64((t.rate + fee) * size.quantity), to_f64(t.deduction));
                    tiered.push(TieredSize { asset: size.asset, lines: lines.iter().map(dense).collect() });
                }
            }
        }
        let dense = |pairs: Vec<(usize, Decimal)>| pairs.into_iter().map(|(a, x)| (a, to_f64(x))).collect();
        Self {
            is_wallet: pool.kind == PoolKind::Wallet,
            only_asset: pool.only_asset(),
            money: to_f64(pool.money),
            guard: GUARD * to_f64(pool.money.max(notional)),
            offset: to_f64(offset),
            net: dense(net),
            slopes: dense(slopes),
            tiered,
            sizes: pool.sizes.iter().map(|size| (size.asset, to_f64(size.quantity))).collect(),
        }
    }

    /// Profit since the opening, less the offset.
    pub fn profit(&self, price: &dyn Fn(usize) -> f64) -> f64 {
        self.net.iter().map(|&(asset, net)| net * price(asset)).sum()
    }

    /// The larger of money and notional at these prices: what rounding is measured by.
    pub fn size(&self, price: &dyn Fn(usize) -> f64) -> f64 {
        let notional: f64 = self.sizes.iter().map(|&(asset, quantity)| quantity * price(asset)).sum();
        notional.max(self.money)
    }
}

fn add_to(pairs: &mut Vec<(usize, Decimal)>, asset: usize, amount: Decimal) {
    match pairs.iter_mut().find(|(a, _)| *a == asset) {
        Some((_, sum)) => *sum += amount,
        None => pairs.push((asset, amount)),
    }
}
