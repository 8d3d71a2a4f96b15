//! A margin mode is a partition of the positions into collateral pools. This file holds the one
//! `match` on the mode; nothing after it knows modes.

use rust_decimal::Decimal;

use crate::domain::{Collateral, MarginMode, Portfolio, Side};

/// Whose money a pool holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PoolKind {
    /// The margin allocated to one position.
    Isolated,
    /// The wallet.
    Wallet,
}

/// All positions of one market and one side in one pool: the requirement counts them as one size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SizedMarket {
    /// Index into the portfolio's assets.
    pub asset: usize,
    /// Direction.
    pub side: Side,
    /// Sum of the quantities, base units.
    pub quantity: Decimal,
}

/// Positions that share collateral, and that collateral.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pool {
    /// Whose money it is.
    pub kind: PoolKind,
    /// Indices into the portfolio's positions; never empty.
    pub positions: Vec<usize>,
    /// Sizes the requirement is computed from.
    pub sizes: Vec<SizedMarket>,
    /// The pool's money at time 0, account currency: margin and what is set aside, or the wallet.
    pub money: Decimal,
}

/// An account divided into pools. Every position lies in exactly one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partition {
    /// The wallet's pool first where any position is in it, then one per isolated position.
    pub pools: Vec<Pool>,
    /// Money that is not allocated to an isolated position and not paid as a fee of entry, `W`.
    pub wallet: Decimal,
}

impl Partition {
    /// Divides the portfolio's positions as the mode says.
    pub fn new(portfolio: &Portfolio, mode: MarginMode) -> Self {
        let is_isolated = |index: &usize| match mode {
            MarginMode::Isolated => true,
            MarginMode::Cross => false,
            MarginMode::Mixed => portfolio.positions[*index].collateral == Some(Collateral::Isolated),
        };
        let (isolated, shared): (Vec<usize>, Vec<usize>) =
            (0..portfolio.positions.len()).partition(is_isolated);
        let own = |index: usize| {
            let position = &portfolio.positions[index];
            position.margin + portfolio.set_aside(position)
        };
        let allocated: Decimal = isolated.iter().map(|&index| own(index)).sum();
        let fees: Decimal = portfolio.positions.iter().map(|position| portfolio.entry_fee(position)).sum();
        let wallet = portfolio.account.wallet - allocated - fees;
        let mut pools = Vec::with_capacity(isolated.len() + 1);
        if !shared.is_empty() {
            pools.push(Pool::new(portfolio, PoolKind::Wallet, shared, wallet));
        }
        for index in isolated {
            pools.push(Pool::new(portfolio, PoolKind::Isolated, vec![index], own(index)));
        }
        Self { pools, wallet }
    }
}

impl Pool {
    /// The asset that every position of the pool is in, if there is only one.
    pub fn only_asset(&self) -> Option<usize> {
        let first = self.sizes.first()?.asset;
        self.sizes.iter().all(|size| size.asset == first).then_some(first)
    }

    fn new(portfolio: &Portfolio, kind: PoolKind, positions: Vec<usize>, money: Decimal) -> Self {
        let mut sizes: Vec<SizedMarket> = Vec::new();
        for &index in &positions {
            let position = &portfolio.positions[index];
            let same = |s: &&mut SizedMarket| s.asset == position.asset && s.side == position.side;
            match sizes.iter_mut().find(same) {
                Some(size) => size.quantity += position.quantity,
                None => sizes.push(SizedMarket {
                    asset: position.asset,
                    side: position.side,
                    quantity: position.quantity,
                }),
            }
        }
        Self { kind, positions, sizes, money }
    }
}
