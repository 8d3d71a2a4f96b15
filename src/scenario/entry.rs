//! The account at the moment of entry: is there enough money, and would a position be liquidated
//! before the first step?

use rust_decimal::Decimal;

use crate::domain::{MarginMode, Portfolio};
use crate::margin::{Partition, PoolKind, requirement};

/// Relative difference of two amounts that count as the same.
const TIE: Decimal = Decimal::from_parts(1, 0, 0, false, 12);

/// Why the portfolio cannot be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    /// Index of the position to point at; `None`: the wallet.
    pub position: Option<usize>,
    /// What is wrong, with both numbers.
    pub what: String,
    /// What to change.
    pub help: String,
}

/// Refuses margins above the wallet, and a pool whose equity is at or below its requirement at entry.
///
/// # Errors
/// The first [`Refusal`], modes in the order given.
pub(super) fn check(portfolio: &Portfolio, modes: &[MarginMode]) -> Result<(), Refusal> {
    let wallet = portfolio.account.wallet;
    let margins: Decimal = portfolio.positions.iter().map(|position| position.margin).sum();
    if margins > wallet {
        return Err(Refusal {
            position: None,
            what: format!("the positions need margins of {margins}, more than the wallet of {wallet}"),
            help: "raise account.wallet, or lower margins, or raise leverages where sizes are given"
                .to_owned(),
        });
    }
    modes.iter().try_for_each(|mode| check_mode(portfolio, *mode))
}

fn check_mode(portfolio: &Portfolio, mode: MarginMode) -> Result<(), Refusal> {
    let prices: Vec<Decimal> = portfolio.assets.iter().map(|asset| asset.price).collect();
    for pool in Partition::new(portfolio, mode).pools {
        let required = requirement(portfolio, &pool, &prices).map_err(|error| Refusal {
            position: None,
            what: format!("in the mode {mode} the positions are too large: {error}"),
            help: "hold smaller positions".to_owned(),
        })?;
        // A computed quantity is rounded, which must not decide a tie in favour of the entry.
        if pool.money > required + required * TIE {
            continue;
        }
        return Err(match (pool.kind, &pool.positions[..]) {
            (PoolKind::Isolated, [index]) => isolated_refusal(portfolio, *index, required, mode),
            _ => Refusal {
                position: None,
                what: format!(
                    "in the mode {mode} the account would be liquidated at entry: the cross positions have {} behind \
                     them and require a maintenance margin of {}",
                    pool.money,
                    required.normalize()
                ),
                help: "raise account.wallet or hold smaller positions".to_owned(),
            },
        });
    }
    Ok(())
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
            position.margin,
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
