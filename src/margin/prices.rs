//! Prices at which a pool fails, found exactly across tiers.

use rust_decimal::Decimal;

use super::pool::{Partition, Pool};
use crate::domain::{MarginMode, Portfolio, Side, Tier};

/// Fraction of the entry price below which a price is zero but for the rounding of quantities.
const NOTHING: Decimal = Decimal::from_parts(1, 0, 0, false, 9);

/// Part of a touched price by which it is moved to the side that does not fail, so that rounding it to 12 digits makes
/// no shortfall where the requirement is zero.
pub(super) const INWARDS: Decimal = Decimal::from_parts(1, 0, 0, false, 11);

/// Prices of one position's asset at which its pool fails, the other assets unchanged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryPrices {
    /// Where the pool's equity meets its requirement; `None` where no price of the asset does.
    pub liquidation: Option<Decimal>,
    /// Where the pool's equity is zero; `None` where no price of the asset does.
    pub bankruptcy: Option<Decimal>,
}

/// For every position, in the portfolio's order, at time 0. A long's prices lie below its entry and
/// a short's above: the direction in which the position itself loses. All positions in that asset
/// move together; a pool that gains where the position loses has no such price.
pub fn entry_prices(portfolio: &Portfolio, mode: MarginMode) -> Vec<EntryPrices> {
    let partition = Partition::new(portfolio, mode);
    (0..portfolio.positions.len())
        .map(|index| {
            let pool = partition.pools.iter().find(|pool| pool.positions.contains(&index));
            let position = &portfolio.positions[index];
            let entry = portfolio.entry_price(position);
            let find = |with_requirement| {
                let pool = pool?;
                let curve = Curve::new(portfolio, pool, position.asset, pool.money, with_requirement)?;
                curve.root(entry, position.side)
            };
            EntryPrices { liquidation: find(true), bankruptcy: find(false) }
        })
        .collect()
}

/// The price at which a pool of one asset that holds `money` and fails at the price `failing` meets its requirement, on
/// the way from there to where it does not fail; `None` where an amount outgrows decimals.
///
/// What is left after the requirement is concave in the price, so that Newton's method from a failing price never
/// leaves the failing side, and ends after at most one step for each line.
pub(super) fn touched_price(
    portfolio: &Portfolio,
    pool: &Pool,
    money: Decimal,
    failing: Decimal,
) -> Option<Decimal> {
    let asset = pool.sizes.first()?.asset;
    let curve = Curve::new(portfolio, pool, asset, money, true)?;
    let mut price = failing;
    for _ in 0..=curve.breaks.len() {
        let slope = curve.slope(price)?;
        let next = price.checked_sub(curve.value(price)?.checked_div(slope)?)?;
        if next == price {
            break;
        }
        price = next;
    }
    let inwards = if price < failing { Decimal::ONE - INWARDS } else { Decimal::ONE + INWARDS };
    price.checked_mul(inwards)
}

/// A pool's equity, less its requirement if asked, as a function of one asset's price: concave and
/// piecewise linear, because the requirement is a maximum of lines.
struct Curve {
    /// Value at price 0 without the requirement in this asset.
    constant: Decimal,
    /// Net quantity.
    net: Decimal,
    /// (rate·size, deduction) of every line, per size.
    requirements: Vec<Vec<(Decimal, Decimal)>>,
    /// Prices at which a requirement changes its line.
    breaks: Vec<Decimal>,
}

impl Curve {
    /// As a function of the price of asset `moving`, the others at their entry prices.
    fn new(
        portfolio: &Portfolio,
        pool: &Pool,
        moving: usize,
        money: Decimal,
        with_requirement: bool,
    ) -> Option<Self> {
        let entry = portfolio.assets[moving].price;
        let mut curve =
            Self { constant: money, net: Decimal::ZERO, requirements: Vec::new(), breaks: Vec::new() };
        for &index in &pool.positions {
            let p = &portfolio.positions[index];
            if p.asset == moving {
                let signed = p.side.sign() * p.quantity;
                curve.net = curve.net.checked_add(signed)?;
                curve.constant = curve.constant.checked_sub(signed.checked_mul(entry)?)?;
            }
        }
        for size in pool.sizes.iter().filter(|_| with_requirement) {
            let tiers = portfolio.assets[size.asset].maintenance.tiers();
            let slope = |t: &Tier| Some((t.rate.checked_mul(size.quantity)?, t.deduction));
            let lines: Vec<_> = tiers.iter().map(slope).collect::<Option<_>>()?;
            if size.asset == moving {
                // A break that no decimal holds lies beyond any price.
                curve.breaks.extend(tiers[1..].iter().filter_map(|t| t.floor.checked_div(size.quantity)));
                curve.requirements.push(lines);
            } else {
                let required = highest(&lines, portfolio.assets[size.asset].price)?;
                curve.constant = curve.constant.checked_sub(required)?;
            }
        }
        Some(curve)
    }

    fn value(&self, price: Decimal) -> Option<Decimal> {
        let mut value = self.constant.checked_add(self.net.checked_mul(price)?)?;
        for lines in &self.requirements {
            value = value.checked_sub(highest(lines, price)?)?;
        }
        Some(value)
    }

    /// Change of the value per unit of price.
    fn slope(&self, price: Decimal) -> Option<Decimal> {
        let mut slope = self.net;
        for lines in &self.requirements {
            slope = slope.checked_sub(steepness(lines, price)?)?;
        }
        Some(slope)
    }

    /// Walks from the entry in the losing direction of the side, segment by segment, to the first zero.
    fn root(mut self, entry: Decimal, side: Side) -> Option<Decimal> {
        self.breaks.sort();
        let beyond: Vec<Decimal> = match side {
            Side::Long => {
                let below = self.breaks.iter().rev().copied().filter(|b| *b < entry);
                below.chain([Decimal::ZERO]).collect()
            }
            Side::Short => {
                let above = self.breaks.iter().copied().filter(|b| *b > entry);
                // One point past the last break fixes the slope of the unbounded segment.
                let last = above.clone().next_back().unwrap_or(entry);
                above.chain([last.checked_mul(Decimal::TWO)?]).collect()
            }
        };
        let (mut near, mut near_value) = (entry, self.value(entry)?);
        for (index, &far) in beyond.iter().enumerate() {
            let far_value = self.value(far)?;
            let unbounded = side == Side::Short && index + 1 == beyond.len();
            if far_value <= Decimal::ZERO || (unbounded && far_value < near_value) {
                let run = far.checked_sub(near)?.checked_mul(near_value)?;
                let fall = near_value.checked_sub(far_value)?;
                let price = near.checked_add(run.checked_div(fall)?)?;
                return (price > entry * NOTHING).then_some(price);
            }
            (near, near_value) = (far, far_value);
        }
        None
    }
}

/// Slope of the line that is highest at a price.
fn steepness(lines: &[(Decimal, Decimal)], price: Decimal) -> Option<Decimal> {
    let mut best: Option<(Decimal, Decimal)> = None;
    for (slope, deduction) in lines {
        let value = slope.checked_mul(price)?.checked_sub(*deduction)?;
        if best.is_none_or(|(highest, _)| value > highest) {
            best = Some((value, *slope));
        }
    }
    best.map(|(_, slope)| slope)
}

/// `max over k of (slope_k·P − c_k)`.
fn highest(lines: &[(Decimal, Decimal)], price: Decimal) -> Option<Decimal> {
    let mut best: Option<Decimal> = None;
    for (slope, deduction) in lines {
        let value = slope.checked_mul(price)?.checked_sub(*deduction)?;
        best = Some(best.map_or(value, |b| b.max(value)));
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Account, Asset, FundingRates, Orders, Position, Requirement, TierTable, Venue};
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
}
