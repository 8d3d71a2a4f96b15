//! Prices at which a pool fails, found exactly across tiers.

mod curve;

use rust_decimal::Decimal;

use super::pool::{Partition, Pool};
use crate::domain::{MarginMode, Portfolio};

pub use curve::{Curve, CurveInput, Holding};
pub(super) use curve::{maintenance_of, notional};

/// Part of a touched price by which it is moved to the side that does not fail, so that rounding it to 12 digits makes
/// no shortfall where the requirement is zero.
pub(super) const INWARDS: Decimal = Decimal::from_parts(1, 0, 0, false, 11);

/// Prices of one position's asset at which its pool fails, the other assets unchanged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryPrices {
    /// Where the pool's equity meets its requirement; `None` where no price of the asset does.
    pub liquidation: Option<Decimal>,
    /// Where the pool's equity is what was set aside for fees; `None` where no price of the asset does.
    pub bankruptcy: Option<Decimal>,
}

/// For every position, in the portfolio's order, at time 0. A long's prices lie below its entry and
/// a short's above: the direction in which the position itself loses. All positions in that asset
/// move together, longs and shorts; a pool that gains where the position loses has no such price.
pub fn entry_prices(portfolio: &Portfolio, mode: MarginMode) -> Vec<EntryPrices> {
    let partition = Partition::new(portfolio, mode);
    let marks: Vec<Decimal> = portfolio.assets.iter().map(|asset| asset.price).collect();
    (0..portfolio.positions.len())
        .map(|index| {
            let pool = partition.pools.iter().find(|pool| pool.positions.contains(&index));
            let position = &portfolio.positions[index];
            let (moving, mark) = (position.asset, marks[position.asset]);
            let find = |curve: fn(&CurveInput) -> Option<Curve>| {
                let holdings = opening(portfolio, pool?);
                let input = CurveInput {
                    venue: &portfolio.venue,
                    assets: &portfolio.assets,
                    money: pool?.money,
                    holdings: &holdings,
                    moving,
                    marks: &marks,
                };
                curve(&input)?.root(mark, position.side)
            };
            EntryPrices { liquidation: find(Curve::new), bankruptcy: find(Curve::above_set_aside) }
        })
        .collect()
}

/// A pool's positions as they were opened.
fn opening(portfolio: &Portfolio, pool: &Pool) -> Vec<Holding> {
    let holding = |&index: &usize| {
        let position = &portfolio.positions[index];
        Holding {
            asset: position.asset,
            side: position.side,
            quantity: position.quantity,
            entry: portfolio.entry_price(position),
            set_aside: portfolio.set_aside(position),
        }
    };
    pool.positions.iter().map(holding).collect()
}

/// The price at which a pool of one asset that fails at the price `failing` meets its requirement, on the way from there
/// to where it does not fail, and a trifle further that way; `None` where there is none or an amount outgrows decimals.
pub fn touched_price(curve: &Curve, failing: Decimal) -> Option<Decimal> {
    let (price, above) = curve.way_out(failing)?;
    price.checked_mul(if above { Decimal::ONE + INWARDS } else { Decimal::ONE - INWARDS })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        Account, Asset, FundingRates, Orders, Position, Requirement, Side, TierTable, Venue,
    };
    use rust_decimal::dec;

    fn portfolio(wallet: Decimal, tiers: TierTable, positions: &[(Side, Decimal, Decimal)]) -> Portfolio {
        let position = |(i, &(side, quantity, margin)): (usize, &(Side, Decimal, Decimal))| Position {
            name: format!("p{i}"),
            asset: 0,
            side,
            quantity,
            margin,
            leverage: dec!(1),
            collateral: None,
            entry_fee: Decimal::ZERO,
            orders: Orders::default(),
        };
        Portfolio {
            account: Account { wallet, currency: "USDT".into() },
            venue: Venue::textbook(),
            assets: vec![Asset {
                name: "X".into(),
                price: dec!(100),
                maintenance: Requirement::Lines(tiers),
                lot: dec!(0.00000001),
                funding: FundingRates::default(),
            }],
            positions: positions.iter().enumerate().map(position).collect(),
        }
    }

    #[test]
    fn one_tier_follows_the_closed_form() {
        // P* = (s·q·E − M)/(q·(s − r)): long (100 − 10)/0.995, short (−100 − 10)/(−1.005); bankruptcy E − s·M/q.
        let flat = TierTable::flat(dec!(0.005));
        let book =
            portfolio(dec!(50), flat, &[(Side::Long, dec!(1), dec!(10)), (Side::Short, dec!(1), dec!(10))]);
        let prices = entry_prices(&book, MarginMode::Isolated);
        let rounded = |p: Option<Decimal>| p.map(|p| p.round_dp(12));
        assert_eq!(rounded(prices[0].liquidation), Some(dec!(90.452261306533)));
        assert_eq!(prices[0].bankruptcy, Some(dec!(90)));
        assert_eq!(rounded(prices[1].liquidation), Some(dec!(109.452736318408)));
        assert_eq!(prices[1].bankruptcy, Some(dec!(110)));
    }

    #[test]
    fn a_root_lies_in_the_tier_that_holds_it() {
        // 2021 BTCUSDT tiers of a worked example: notional falls from 60,000 to tier 1 on the way.
        let tiers =
            TierTable::new(&[(dec!(0), dec!(0.004), None), (dec!(50000), dec!(0.005), Some(dec!(50)))])
                .unwrap();
        let book = portfolio(dec!(20000), tiers, &[(Side::Long, dec!(600), dec!(15000))]);
        // Tier 1: (600·100 − 15000)/(600·0.996) = 75.3012…, notional 45,180 < 50,000: inside.
        let found = entry_prices(&book, MarginMode::Isolated)[0].liquidation.map(|p| p.round_dp(10));
        assert_eq!(found, Some(dec!(75.3012048193)));
    }

    #[test]
    fn a_tier_beyond_any_price_is_no_obstacle() {
        let tiers = TierTable::new(&[(dec!(0), dec!(0.004), None), (dec!(1000000000000), dec!(0.005), None)])
            .unwrap();
        let book = portfolio(dec!(1), tiers, &[(Side::Short, dec!(0.00000000000000000001), dec!(1))]);
        assert_eq!(entry_prices(&book, MarginMode::Isolated).len(), 1);
    }

    #[test]
    fn where_nothing_fails_there_is_no_price() {
        let flat = TierTable::flat(dec!(0.005));
        // Margin covers the whole notional of a long: it cannot be liquidated.
        let book = portfolio(dec!(200), flat.clone(), &[(Side::Long, dec!(1), dec!(100))]);
        let prices = entry_prices(&book, MarginMode::Isolated);
        assert_eq!(prices[0], EntryPrices { liquidation: None, bankruptcy: None });
        // A long hedged by a larger short in one pool gains when the price falls.
        let hedged =
            portfolio(dec!(200), flat, &[(Side::Long, dec!(1), dec!(10)), (Side::Short, dec!(3), dec!(10))]);
        let prices = entry_prices(&hedged, MarginMode::Cross);
        assert_eq!(prices[0].liquidation, None);
        // Short side: 200 − 2·(P − 100) = 0.005·4·P at P = 400/2.02.
        assert_eq!(prices[1].liquidation.map(|p| p.round_dp(10)), Some(dec!(198.0198019802)));
    }

    #[test]
    fn money_is_what_the_opening_leaves() {
        // Fee of 1 % at entry from the wallet, 1 % of 90 (long) and 110 (short) set aside beside margins of 10.
        let flat = TierTable::flat(dec!(0));
        let positions = [(Side::Long, dec!(1), dec!(10)), (Side::Short, dec!(1), dec!(10))];
        let mut book = portfolio(dec!(50), flat, &positions);
        book.venue.fees.taker = dec!(0.01);
        book.venue.fee_in_requirement = crate::domain::FeeInRequirement::TakerAtBankruptcy;
        book.positions.iter_mut().for_each(|position| position.entry_fee = dec!(0.01));
        // An isolated pool holds what it set aside, and owes it: both prices lie where the margin is used up.
        let both = |p| EntryPrices { liquidation: Some(p), bankruptcy: Some(p) };
        assert_eq!(entry_prices(&book, MarginMode::Isolated), [both(dec!(90)), both(dec!(110))]);
        book.positions.truncate(1);
        book.positions[0].quantity = dec!(2);
        // Notional 200: fee 2, set aside 1.9; 50 − 2 − 1.9 = 46.1 for two units.
        let prices = entry_prices(&book, MarginMode::Cross);
        assert_eq!(prices, [both(dec!(100) - dec!(23.05))]);
    }

    #[test]
    fn an_inverse_position_loses_towards_half_its_price() {
        // 100 of quote at 100 with one coin: bankrupt at 50; liquidated where 1 + 1 − 100/P = 0.01·100/P.
        let mut book = portfolio(dec!(3), TierTable::flat(dec!(0.01)), &[(Side::Long, dec!(100), dec!(1))]);
        book.venue.contract = crate::domain::Contract::Inverse;
        let expected = EntryPrices { liquidation: Some(dec!(50.5)), bankruptcy: Some(dec!(50)) };
        assert_eq!(entry_prices(&book, MarginMode::Isolated), [expected]);
    }
}
