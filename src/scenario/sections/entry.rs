//! The account at the moment of entry: is there enough money, and would a position be liquidated
//! before the first step?

use rust_decimal::Decimal;

use crate::domain::{MarginMode, Portfolio, Position, Slippage, Trigger, to_f64};
use crate::margin::{Partition, Pool, PoolKind, requirement};

/// Relative difference of two amounts that count as the same.
const TIE: Decimal = Decimal::from_parts(1, 0, 0, false, 12);

/// Fraction of the price.
const MAX_SLIPPAGE: f64 = 0.5;

/// Why the portfolio cannot be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// Index of the position to point at; `None`: the wallet.
    pub position: Option<usize>,
    /// What is wrong, with both numbers.
    pub what: String,
    /// What to change.
    pub help: String,
}

/// Refuses margins and fees above the wallet, and a pool that fails its margin check at entry.
///
/// # Errors
/// The first [`Refusal`], modes in the order given.
pub(crate) fn check(portfolio: &Portfolio, modes: &[MarginMode]) -> Result<(), Refusal> {
    check_slippage(portfolio)?;
    modes.iter().try_for_each(|mode| {
        let partition = Partition::new(portfolio, *mode);
        check_wallet(portfolio, &partition)?;
        partition.pools.iter().try_for_each(|pool| check_pool(portfolio, *mode, &partition, pool))
    })
}

/// Refuses a law of slippage by which closing an asset's positions at once would cost half of the price or more: far
/// outside what it describes, and near a fill below 0.
fn check_slippage(portfolio: &Portfolio) -> Result<(), Refusal> {
    let Slippage::SquareRoot { impact, daily_volume } = portfolio.venue.liquidation.slippage else {
        return Ok(());
    };
    for (index, asset) in portfolio.assets.iter().enumerate() {
        let held = portfolio.positions.iter().filter(|position| position.asset == index);
        let notional: Decimal = held.map(|position| portfolio.entry_notional(position)).sum();
        let slippage = to_f64(impact) * (to_f64(notional) / to_f64(daily_volume)).sqrt();
        if slippage >= MAX_SLIPPAGE {
            return Err(Refusal {
                position: None,
                what: format!(
                    "by venue.liquidation.slippage, closing {} of {} costs {slippage:.2} of the price; expected less \
                     than {MAX_SLIPPAGE}",
                    notional.round_dp(2).normalize(),
                    asset.name
                ),
                help: "lower its impact, raise its daily_volume, or use smaller positions".to_owned(),
            });
        }
    }
    Ok(())
}

/// What a position takes out of the wallet, or sets a limit to it by, beside its fee.
fn margin_of(portfolio: &Portfolio, position: &Position, kind: PoolKind) -> Decimal {
    match kind {
        PoolKind::Isolated => position.margin + portfolio.set_aside(position),
        PoolKind::Wallet => position.margin,
    }
}

fn sum(portfolio: &Portfolio, pool: &Pool, of: impl Fn(&Position) -> Decimal) -> Decimal {
    pool.positions.iter().filter_map(|index| portfolio.positions.get(*index)).map(of).sum()
}

fn check_wallet(portfolio: &Portfolio, partition: &Partition) -> Result<(), Refusal> {
    let wallet = portfolio.account.wallet;
    let margins: Decimal = partition
        .pools
        .iter()
        .map(|pool| sum(portfolio, pool, |position| margin_of(portfolio, position, pool.kind)))
        .sum();
    let fees: Decimal = portfolio.positions.iter().map(|position| portfolio.entry_fee(position)).sum();
    if margins + fees <= wallet {
        return Ok(());
    }
    let with_fees = match fees.is_zero() {
        true => String::new(),
        false => format!(" and entry fees of {}", fees.normalize()),
    };
    Err(Refusal {
        position: None,
        what: format!("the positions need margins of {margins}{with_fees}, more than the wallet of {wallet}"),
        help: "raise account.wallet, or lower margins, or raise leverages where sizes are given".to_owned(),
    })
}

/// The money of a pool after everything at the opening is paid.
fn money(portfolio: &Portfolio, partition: &Partition, pool: &Pool) -> Decimal {
    match pool.kind {
        PoolKind::Isolated => sum(portfolio, pool, |p| margin_of(portfolio, p, PoolKind::Isolated)),
        PoolKind::Wallet => {
            let isolated = partition.pools.iter().filter(|other| other.kind == PoolKind::Isolated);
            let allocated: Decimal = isolated.map(|other| money(portfolio, partition, other)).sum();
            let fees: Decimal = portfolio.positions.iter().map(|p| portfolio.entry_fee(p)).sum();
            portfolio.account.wallet - allocated - fees
        }
    }
}

fn check_pool(
    portfolio: &Portfolio,
    mode: MarginMode,
    partition: &Partition,
    pool: &Pool,
) -> Result<(), Refusal> {
    let prices: Vec<Decimal> = portfolio.assets.iter().map(|asset| asset.price).collect();
    let required = requirement(portfolio, pool, &prices).map_err(|error| Refusal {
        position: None,
        what: format!("in the mode {mode} the positions are too large: {error}"),
        help: "hold smaller positions".to_owned(),
    })?;
    let money = money(portfolio, partition, pool);
    // A computed quantity is rounded, which must not decide a tie in favour of the entry, nor of a refusal.
    let fails = match portfolio.venue.trigger {
        Trigger::AtOrBelow => money <= required + required * TIE,
        Trigger::Below => money < required - required * TIE,
    };
    if !fails {
        return Ok(());
    }
    Err(match (pool.kind, &pool.positions[..]) {
        (PoolKind::Isolated, [index]) => isolated_refusal(portfolio, *index, required, mode),
        _ => Refusal {
            position: None,
            what: format!(
                "in the mode {mode} the account would be liquidated at entry: the cross positions have {money} behind \
                 them and require a maintenance margin of {}",
                required.normalize()
            ),
            help: "raise account.wallet or use smaller positions".to_owned(),
        },
    })
}

fn isolated_refusal(portfolio: &Portfolio, index: usize, required: Decimal, mode: MarginMode) -> Refusal {
    let position = &portfolio.positions[index];
    let notional = portfolio.entry_notional(position);
    let bound = notional.checked_div(required).map(|leverage| leverage.round_dp(2).normalize());
    let bound = bound.map_or(String::new(), |leverage| format!(": at this size below {leverage}"));
    Refusal {
        position: Some(index),
        what: format!(
            "in the mode {mode} the position {} would be liquidated at entry: its margin is {}, and a notional of {} \
             requires a maintenance margin of {}",
            position.name,
            margin_of(portfolio, position, PoolKind::Isolated).normalize(),
            notional.round_sf(15).unwrap_or(notional).normalize(),
            required.round_sf(15).unwrap_or(required).normalize()
        ),
        help: format!("give it more margin or a lower leverage{bound}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Collateral;
    use crate::domain::{
        Account, Asset, FundingRates, Orders, Position, Requirement, Side, TierTable, Venue,
    };
    use rust_decimal::dec;

    fn portfolio(wallet: Decimal, table: TierTable, positions: &[(Side, Decimal, Decimal)]) -> Portfolio {
        let position = |(index, &(side, quantity, margin)): (usize, &(Side, Decimal, Decimal))| Position {
            name: format!("p{index}"),
            asset: 0,
            side,
            quantity,
            margin,
            leverage: dec!(1),
            collateral: Some(if index == 0 { Collateral::Isolated } else { Collateral::Cross }),
            entry_fee: Decimal::ZERO,
            orders: Orders::default(),
        };
        Portfolio {
            account: Account { wallet, currency: "USD".into() },
            venue: Venue::textbook(),
            assets: vec![Asset {
                name: "A".into(),
                price: dec!(100),
                maintenance: Requirement::Lines(table),
                lot: dec!(0.00000001),
                funding: FundingRates::default(),
            }],
            positions: positions.iter().enumerate().map(position).collect(),
        }
    }

    fn tiers() -> TierTable {
        // mm(1,000) = 10, mm(2,000) = 0.05·2,000 − 40 = 60.
        TierTable::new(&[(dec!(0), dec!(0.01), None), (dec!(1000), dec!(0.05), None)]).unwrap()
    }

    #[test]
    fn margin_at_the_requirement_is_refused() {
        let open = |margin| {
            check(&portfolio(dec!(1000), tiers(), &[(Side::Long, dec!(20), margin)]), &[MarginMode::Isolated])
        };
        assert_eq!(open(dec!(60)).unwrap_err().position, Some(0));
        assert_eq!(open(dec!(60.00000001)), Ok(()));
    }

    #[test]
    fn one_market_and_side_is_one_size() {
        // Two longs of 1,000 count as 2,000: 60. A long and a short of 1,000: 10 each.
        let same = [(Side::Long, dec!(10), dec!(1)), (Side::Long, dec!(10), dec!(1))];
        let opposite = [(Side::Long, dec!(10), dec!(1)), (Side::Short, dec!(10), dec!(1))];
        let open =
            |wallet, positions: &[_]| check(&portfolio(wallet, tiers(), positions), &[MarginMode::Cross]);
        assert!(open(dec!(60), &same).is_err());
        assert_eq!(open(dec!(60.01), &same), Ok(()));
        assert!(open(dec!(20), &opposite).is_err());
        assert_eq!(open(dec!(20.01), &opposite), Ok(()));
    }

    #[test]
    fn mixed_backs_the_pool_with_what_is_left() {
        // The second position requires 10 of what the first leaves of the wallet.
        let positions = [(Side::Long, dec!(10), dec!(90)), (Side::Long, dec!(10), dec!(5))];
        let open = |wallet, mode| check(&portfolio(wallet, tiers(), &positions), &[mode]);
        assert!(open(dec!(100), MarginMode::Mixed).is_err());
        assert_eq!(open(dec!(100.01), MarginMode::Mixed), Ok(()));
        assert_eq!(open(dec!(100), MarginMode::Cross), Ok(()));
    }

    #[test]
    fn margins_may_use_the_whole_wallet_and_no_more() {
        let positions = [(Side::Long, dec!(1), dec!(60)), (Side::Long, dec!(1), dec!(40))];
        let open = |wallet| check(&portfolio(wallet, tiers(), &positions), &[MarginMode::Isolated]);
        assert_eq!(open(dec!(100)), Ok(()));
        let refusal = open(dec!(99.99)).unwrap_err();
        assert!(refusal.what.contains("100") && refusal.what.contains("99.99"), "{}", refusal.what);
    }
}
