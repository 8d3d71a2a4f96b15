//! The rules and the portfolio of any venue as dense numbers.

use super::super::pool::{Partition, PoolKind};
use crate::domain::{
    Basis, Clock, Contract, Debit, FeeInRequirement, FillPrice, Order, Portfolio, Position, Remainder,
    Requirement, Side, Slippage, StepKind, TopUpAmount, Trigger, to_f64,
};

/// Maintenance rates of one market.
#[derive(Debug, Clone)]
pub(super) enum Rates {
    /// (floor, rate, deduction), rising.
    Lines(Vec<[f64; 3]>),
    /// (floor, rate): of the last floor below the quantity.
    Steps(Vec<[f64; 2]>),
    /// `base + slope·quantity`.
    Slope { base: f64, slope: f64 },
}

/// One market.
#[derive(Debug, Clone)]
pub(super) struct Market {
    pub price: f64,
    pub lot: f64,
    pub rates: Rates,
}

/// One position as it is opened.
#[derive(Debug, Clone)]
pub(super) struct PositionTerms {
    pub asset: usize,
    pub pool: usize,
    /// +1 long, −1 short.
    pub sign: f64,
    pub quantity: f64,
    pub margin: f64,
    pub set_aside: f64,
    pub entry_fee: f64,
    pub stop_loss: Option<f64>,
    pub take_profit: Option<f64>,
    pub top_up: Option<TopUpTerms>,
    pub reopen: Option<ReopenTerms>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct TopUpTerms {
    pub trigger: f64,
    /// So much money, or the initial margin of what is left.
    pub amount: Option<f64>,
    pub times: u32,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct ReopenTerms {
    /// Steps waited.
    pub steps: u32,
    pub times: u32,
}

/// All positions of one market and one side in one pool.
#[derive(Debug, Clone)]
pub(super) struct SizeTerms {
    pub asset: usize,
    /// Place of the asset among its pool's.
    pub slot: usize,
    pub sign: f64,
    pub positions: Vec<usize>,
}

/// One pool.
#[derive(Debug, Clone)]
pub(super) struct PoolTerms {
    pub is_wallet: bool,
    pub positions: Vec<usize>,
    pub sizes: Vec<SizeTerms>,
    /// Sizes whose requirement has several lines that move with the mark.
    pub laddered: Vec<usize>,
    pub assets: Vec<usize>,
    /// The asset of all positions, if there is only one.
    pub only_asset: Option<usize>,
    /// Opening money of an isolated pool; 0 of the wallet's.
    pub money: f64,
    /// The larger of money and notional at the opening.
    pub size: f64,
    /// Equity at or below so many times the requirement is topped up; of an isolated pool that is.
    pub top_up: Option<f64>,
}

/// One step of the liquidation procedure.
#[derive(Debug, Clone, Copy)]
pub(super) struct StepTerms {
    pub kind: KindTerms,
    pub price: FillPrice,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum KindTerms {
    Full,
    Tiered { tiers: usize, above_first_tier: bool },
    Fraction(FractionTerms),
    Cover,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct FractionTerms {
    pub fraction: f64,
    pub above: f64,
    pub least: f64,
    /// Steps waited after a close.
    pub cooldown: u32,
    pub repeat: bool,
}

/// How a failing pool is closed.
#[derive(Debug, Clone)]
pub(super) struct Procedure {
    pub steps: Vec<StepTerms>,
    pub order: Order,
    pub fee: f64,
    /// Fixed part of the price.
    pub slippage: f64,
    /// Part of the price for a notional of 1, growing with its root.
    pub impact: f64,
    pub remainder: Remainder,
    /// Adjustment and spread of fillable prices.
    pub fillable: [f64; 2],
    pub backstop: Option<f64>,
}

/// Everything about one mode that is the same in every lane.
#[derive(Debug, Clone)]
pub(in crate::margin) struct Terms {
    pub(super) inverse: bool,
    pub(super) at_entry: bool,
    /// Rate of the notional in the requirement beside the maintenance rate.
    pub(super) phi: f64,
    pub(super) equality_fails: bool,
    pub(super) taker: f64,
    pub(super) debit: Debit,
    pub(super) floors_funding: bool,
    pub(super) set_aside: FeeInRequirement,
    pub(super) markets: Vec<Market>,
    pub(super) positions: Vec<PositionTerms>,
    pub(super) pools: Vec<PoolTerms>,
    /// `W` at time 0.
    pub(super) wallet: f64,
    pub(super) entry_fees: f64,
    pub(super) procedure: Procedure,
}

impl Terms {
    pub fn new(portfolio: &Portfolio, partition: &Partition, clock: Clock) -> Self {
        let venue = &portfolio.venue;
        let isolated = partition.pools.iter().filter(|pool| pool.kind == PoolKind::Isolated);
        let tied_up: crate::domain::Decimal = isolated
            .flat_map(|pool| &pool.positions)
            .map(|&index| &portfolio.positions[index])
            .map(|position| position.margin + portfolio.set_aside(position))
            .sum();
        let fees: crate::domain::Decimal = portfolio.positions.iter().map(|p| portfolio.entry_fee(p)).sum();
        let mut terms = Self {
            inverse: venue.contract == Contract::Inverse,
            at_entry: venue.basis == Basis::Entry,
            phi: to_f64(venue.fee_rate_in_requirement()),
            equality_fails: venue.trigger == Trigger::AtOrBelow,
            taker: to_f64(venue.fees.taker),
            debit: venue.funding.debit,
            floors_funding: venue.funding.floor_at_requirement,
            set_aside: venue.fee_in_requirement,
            markets: portfolio.assets.iter().map(Market::new).collect(),
            positions: portfolio.positions.iter().map(|p| PositionTerms::new(portfolio, p, clock)).collect(),
            pools: Vec::new(),
            wallet: to_f64(portfolio.account.wallet - tied_up - fees),
            entry_fees: to_f64(fees),
            procedure: Procedure::new(portfolio, clock),
        };
        for (index, pool) in partition.pools.iter().enumerate() {
            for &position in &pool.positions {
                terms.positions[position].pool = index;
            }
            let pool = PoolTerms::new(&terms, pool);
            terms.pools.push(pool);
        }
        terms
    }

    /// The number in which profits are linear: the price, or its reciprocal.
    pub fn x(&self, price: f64) -> f64 {
        if self.inverse { 1.0 / price } else { price }
    }

    /// Change of a position's profit per unit of it and of x.
    pub fn direction(&self, sign: f64) -> f64 {
        if self.inverse { -sign } else { sign }
    }

    pub fn has_stops(&self) -> bool {
        self.positions.iter().any(|p| p.stop_loss.is_some())
    }

    /// Index of the wallet's pool.
    pub fn shared(&self) -> Option<usize> {
        self.pools.iter().position(|pool| pool.is_wallet)
    }

    /// What is set aside for the fee of closing a position of this notional at entry, rounded down to 8 decimals.
    pub(super) fn set_aside_of(&self, position: &PositionTerms, notional: f64) -> f64 {
        let basis = match self.set_aside {
            FeeInRequirement::TakerAtBankruptcy => notional - self.direction(position.sign) * position.margin,
            FeeInRequirement::TakerAtEntry => notional + position.margin,
            FeeInRequirement::None | FeeInRequirement::Taker | FeeInRequirement::Liquidation => return 0.0,
        };
        libm::floor(basis * self.taker * 1e8 + 1e-6) / 1e8
    }
}

impl Market {
    fn new(asset: &crate::domain::Asset) -> Self {
        let rates = match &asset.maintenance {
            Requirement::Lines(table) => Rates::Lines(
                table
                    .tiers()
                    .iter()
                    .map(|t| [to_f64(t.floor), to_f64(t.rate), to_f64(t.deduction)])
                    .collect(),
            ),
            Requirement::Steps(steps) => {
                Rates::Steps(steps.iter().map(|step| [to_f64(step.floor), to_f64(step.rate)]).collect())
            }
            Requirement::Slope { base, slope } => Rates::Slope { base: to_f64(*base), slope: to_f64(*slope) },
        };
        Self { price: to_f64(asset.price), lot: to_f64(asset.lot), rates }
    }
}

impl PositionTerms {
    fn new(portfolio: &Portfolio, position: &Position, clock: Clock) -> Self {
        let margin = to_f64(position.margin);
        let top_up = position.orders.top_up.map(|top_up| TopUpTerms {
            trigger: to_f64(top_up.trigger),
            amount: match top_up.amount {
                TopUpAmount::Money(amount) => Some(to_f64(amount)),
                TopUpAmount::Initial => None,
            },
            times: top_up.times,
        });
        let reopen = position.orders.reopen.map(|reopen| ReopenTerms {
            steps: u32::try_from(clock.steps_for(reopen.after_seconds)).unwrap_or(u32::MAX),
            times: reopen.times,
        });
        Self {
            asset: position.asset,
            pool: 0,
            sign: if position.side == Side::Long { 1.0 } else { -1.0 },
            quantity: to_f64(position.quantity),
            margin,
            set_aside: to_f64(portfolio.set_aside(position)),
            entry_fee: to_f64(position.entry_fee),
            stop_loss: position.orders.stop_loss.map(to_f64),
            take_profit: position.orders.take_profit.map(to_f64),
            top_up,
            reopen,
        }
    }
}

impl PoolTerms {
    fn new(terms: &Terms, pool: &super::super::pool::Pool) -> Self {
        let is_wallet = pool.kind == PoolKind::Wallet;
        let mut assets: Vec<usize> = Vec::new();
        let mut sizes: Vec<SizeTerms> = Vec::new();
        for &index in &pool.positions {
            let position = &terms.positions[index];
            let slot = assets.iter().position(|&a| a == position.asset).unwrap_or_else(|| {
                assets.push(position.asset);
                assets.len() - 1
            });
            match sizes.iter_mut().find(|s| s.slot == slot && s.sign == position.sign) {
                Some(size) => size.positions.push(index),
                None => sizes.push(SizeTerms {
                    asset: position.asset,
                    slot,
                    sign: position.sign,
                    positions: vec![index],
                }),
            }
        }
        let held = || pool.positions.iter().map(|&index| &terms.positions[index]);
        let money = if is_wallet { 0.0 } else { held().map(|p| p.margin + p.set_aside).sum() };
        let notional: f64 = held().map(|p| p.quantity * terms.x(terms.markets[p.asset].price)).sum();
        let has_ladder = |size: &SizeTerms| match &terms.markets[size.asset].rates {
            Rates::Lines(lines) => lines.len() > 1 && !terms.at_entry,
            Rates::Steps(_) | Rates::Slope { .. } => false,
        };
        Self {
            is_wallet,
            positions: pool.positions.clone(),
            laddered: (0..sizes.len()).filter(|&size| has_ladder(&sizes[size])).collect(),
            only_asset: if assets.len() == 1 { assets.first().copied() } else { None },
            money,
            size: notional.max(if is_wallet { terms.wallet } else { money }),
            top_up: held().find_map(|p| p.top_up).filter(|_| !is_wallet).map(|top_up| top_up.trigger),
            sizes,
            assets,
        }
    }
}

impl Procedure {
    fn new(portfolio: &Portfolio, clock: Clock) -> Self {
        let rule = &portfolio.venue.liquidation;
        let (slippage, impact) = match rule.slippage {
            Slippage::Fixed(part) => (to_f64(part), 0.0),
            Slippage::SquareRoot { impact, daily_volume } => {
                (0.0, to_f64(impact) / to_f64(daily_volume).sqrt())
            }
        };
        let kind = |kind: StepKind| match kind {
            StepKind::Full => KindTerms::Full,
            StepKind::Tiered { tiers, above_first_tier } => {
                KindTerms::Tiered { tiers: tiers as usize, above_first_tier }
            }
            StepKind::Fraction { fraction, above_notional, least_notional, cooldown_seconds, repeat } => {
                KindTerms::Fraction(FractionTerms {
                    fraction: to_f64(fraction),
                    above: to_f64(above_notional),
                    least: to_f64(least_notional),
                    cooldown: u32::try_from(clock.steps_within(cooldown_seconds)).unwrap_or(u32::MAX),
                    repeat,
                })
            }
            StepKind::Cover => KindTerms::Cover,
        };
        Self {
            steps: rule.steps.iter().map(|s| StepTerms { kind: kind(s.kind), price: s.price }).collect(),
            order: rule.order,
            fee: to_f64(rule.fee),
            slippage,
            impact,
            remainder: rule.remainder,
            fillable: rule.fillable.map_or([0.0; 2], |f| [to_f64(f.adjustment), to_f64(f.spread)]),
            backstop: rule.backstop.map(to_f64),
        }
    }
}

impl Rates {
    /// Maintenance of a size with basis notional `notional` and quantity `quantity`.
    pub fn required(&self, notional: f64, quantity: f64) -> f64 {
        match self {
            Self::Lines(lines) => {
                lines.iter().map(|[_, rate, deduction]| rate * notional - deduction).fold(0.0, f64::max)
            }
            Self::Steps(_) | Self::Slope { .. } => self.rate(quantity) * notional,
        }
    }

    /// Change of the maintenance per unit of notional, the quantity given.
    pub fn steepness(&self, notional: f64, quantity: f64) -> f64 {
        let Self::Lines(lines) = self else { return self.rate(quantity) };
        let steeper = |best: (f64, f64), [_, rate, deduction]: &[f64; 3]| {
            let line = rate * notional - deduction;
            if line > best.0 { (line, *rate) } else { best }
        };
        lines.iter().fold((0.0, self.first_rate()), steeper).1
    }

    /// The rate that a size of this quantity has at every notional; of lines the first one's.
    pub fn rate(&self, quantity: f64) -> f64 {
        match self {
            Self::Lines(_) => self.first_rate(),
            Self::Steps(steps) => {
                let below = steps.iter().rev().find(|[floor, _]| is_above(quantity, *floor));
                below.map_or(self.first_rate(), |[_, rate]| *rate)
            }
            Self::Slope { base, slope } => base + slope * quantity,
        }
    }

    /// Rate of the smallest size.
    pub fn first_rate(&self) -> f64 {
        match self {
            Self::Lines(lines) => lines.first().map_or(0.0, |line| line[1]),
            Self::Steps(steps) => steps.first().map_or(0.0, |step| step[1]),
            Self::Slope { base, .. } => *base,
        }
    }

    /// Floors of the tiers, in basis notional (`lines`) or in quantity (`steps`); none of a slope.
    pub fn floors(&self) -> Vec<f64> {
        match self {
            Self::Lines(lines) => lines.iter().map(|line| line[0]).collect(),
            Self::Steps(steps) => steps.iter().map(|step| step[0]).collect(),
            Self::Slope { .. } => Vec::new(),
        }
    }
}

/// Whether an amount stands above a floor, by more than rounding.
pub(super) fn is_above(amount: f64, floor: f64) -> bool {
    amount > floor * (1.0 + 1e-12)
}
