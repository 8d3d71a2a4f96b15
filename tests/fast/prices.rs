//! Prices at which a pool fails, against a bisection of the rules written out in f64, published closed forms, and
//! figures computed by hand.

use proptest::prelude::*;
use ringfence::domain::{
    Asset, Basis, Contract, FeeInRequirement, Fees, FundingRates, RateStep, Requirement, Side, TierTable,
    Venue, to_f64,
};
use ringfence::margin::{Curve, CurveInput, Holding, touched_price};
use rust_decimal::{Decimal, dec};

#[derive(Debug, Clone)]
struct Book {
    venue: Venue,
    assets: Vec<Asset>,
    money: Decimal,
    holdings: Vec<Holding>,
    marks: Vec<Decimal>,
}

fn venue(contract: Contract, basis: Basis, fee: FeeInRequirement, taker: Decimal) -> Venue {
    let fees = Fees { taker, maker: taker };
    Venue { contract, basis, fee_in_requirement: fee, fees, ..Venue::textbook() }
}

fn asset(maintenance: Requirement) -> Asset {
    let funding = FundingRates::default();
    Asset { name: "X".into(), price: Decimal::ONE, maintenance, lot: Decimal::ONE, funding }
}

fn holding(asset: usize, side: Side, quantity: Decimal, entry: Decimal) -> Holding {
    Holding { asset, side, quantity, entry, set_aside: Decimal::ZERO }
}

fn two_tiers() -> Requirement {
    Requirement::Lines(
        TierTable::new(&[(dec!(0), dec!(0.004), None), (dec!(50000), dec!(0.01), None)]).unwrap(),
    )
}

impl Book {
    /// One market, no fees.
    fn plain(contract: Contract, maintenance: Requirement, money: Decimal, holdings: Vec<Holding>) -> Self {
        let venue = venue(contract, Basis::Mark, FeeInRequirement::None, Decimal::ZERO);
        let marks = vec![holdings[0].entry];
        Self { venue, assets: vec![asset(maintenance)], money, holdings, marks }
    }

    fn curve(&self, new: fn(&CurveInput) -> Option<Curve>) -> Option<Curve> {
        new(&CurveInput {
            venue: &self.venue,
            assets: &self.assets,
            money: self.money,
            holdings: &self.holdings,
            moving: 0,
            marks: &self.marks,
        })
    }

    fn liquidation(&self, side: Side) -> Option<Decimal> {
        self.curve(Curve::new)?.root(self.marks[0], side)
    }

    fn bankruptcy(&self, side: Side) -> Option<Decimal> {
        self.curve(Curve::above_set_aside)?.root(self.marks[0], side)
    }

    /// Equity less requirement at a price of the first asset, as the rules say it, in f64.
    fn gap(&self, price: f64) -> f64 {
        let f = to_f64;
        let is_linear = self.venue.contract == Contract::Linear;
        let at = |quantity: f64, price: f64| if is_linear { quantity * price } else { quantity / price };
        let mark = |asset: usize| if asset == 0 { price } else { f(self.marks[asset]) };
        let mut gap = f(self.money);
        for h in &self.holdings {
            let (q, e, p) = (f(h.quantity), f(h.entry), mark(h.asset));
            let gain = if is_linear { q * (p - e) } else { q * (1.0 / e - 1.0 / p) };
            gap += if h.side == Side::Long { gain } else { -gain };
            gap -= f(h.set_aside);
        }
        for (asset, market) in self.assets.iter().enumerate() {
            for side in [Side::Long, Side::Short] {
                let size: Vec<_> =
                    self.holdings.iter().filter(|h| h.asset == asset && h.side == side).collect();
                let quantity: f64 = size.iter().map(|h| f(h.quantity)).sum();
                let notional = match self.venue.basis {
                    Basis::Mark => at(quantity, mark(asset)),
                    Basis::Entry => size.iter().map(|h| at(f(h.quantity), f(h.entry))).sum(),
                };
                let required = match &market.maintenance {
                    Requirement::Lines(table) => {
                        let last = table.tiers().iter().rev().find(|tier| f(tier.floor) < notional);
                        last.map_or(0.0, |tier| f(tier.rate) * notional - f(tier.deduction))
                    }
                    Requirement::Steps(steps) => {
                        let last = steps.iter().rev().find(|step| f(step.floor) < quantity);
                        last.map_or(0.0, |step| f(step.rate) * notional)
                    }
                    Requirement::Slope { base, slope } => (f(*base) + f(*slope) * quantity) * notional,
                };
                gap -= required + f(self.venue.fee_rate_in_requirement()) * notional;
            }
        }
        gap
    }

    /// First price of the losing direction at which the gap is gone; the gap is concave in x, so it goes once.
    fn bisect(&self, side: Side) -> Option<f64> {
        let mark = to_f64(self.marks[0]);
        let mut near = mark;
        let mut far = if side == Side::Long { mark * 1e-12 } else { mark * 1e12 };
        if self.gap(far) > 0.0 {
            return None;
        }
        for _ in 0..400 {
            let middle = (near * far).sqrt();
            if self.gap(middle) > 0.0 { near = middle } else { far = middle }
        }
        Some(near)
    }
}

fn number(range: std::ops::Range<i64>, scale: u32) -> impl Strategy<Value = Decimal> {
    range.prop_map(move |mantissa| Decimal::new(mantissa, scale))
}

fn requirement() -> impl Strategy<Value = Requirement> {
    let rows = prop::collection::vec((1_i64..400_000, 1_i64..60), 1..7);
    let table = |rows: Vec<(i64, i64)>| {
        let (mut floor, mut rate) = (0, 0);
        let mut tiers: Vec<(Decimal, Decimal)> = Vec::new();
        for (width, rise) in rows {
            rate += rise;
            tiers.push((Decimal::new(floor, 2), Decimal::new(rate, 3)));
            floor += width;
        }
        tiers
    };
    (rows, 0..3).prop_map(move |(rows, kind)| match kind {
        0 => {
            let rows: Vec<_> = table(rows).iter().map(|(floor, rate)| (*floor, *rate, None)).collect();
            Requirement::Lines(TierTable::new(&rows).unwrap())
        }
        1 => Requirement::Steps(
            table(rows).iter().map(|(floor, rate)| RateStep { floor: *floor, rate: *rate }).collect(),
        ),
        _ => Requirement::Slope { base: Decimal::new(rows[0].1, 3), slope: Decimal::new(rows[0].0, 9) },
    })
}

fn book() -> impl Strategy<Value = Book> {
    let holding =
        (0..2_usize, any::<bool>(), number(1..200_000, 3), number(500..2_000, 1), number(0..300, 2));
    let holdings = prop::collection::vec(holding, 1..6);
    let rules = (any::<bool>(), any::<bool>(), 0..2_usize, number(0..20, 4));
    (
        rules,
        prop::collection::vec(requirement(), 2),
        holdings,
        number(1..40_000_000, 3),
        number(500..2_000, 1),
    )
        .prop_map(|((linear, at_mark, fee, taker), requirements, holdings, money, mark)| {
            let contract = if linear { Contract::Linear } else { Contract::Inverse };
            let basis = if at_mark { Basis::Mark } else { Basis::Entry };
            let fee = [FeeInRequirement::None, FeeInRequirement::Taker][fee];
            let holdings =
                holdings.into_iter().enumerate().map(|(i, (asset, long, quantity, entry, aside))| {
                    // The first is in the asset that moves; an inverse pool holds one asset.
                    let asset = if i == 0 || !linear { 0 } else { asset };
                    let side = if long { Side::Long } else { Side::Short };
                    Holding { asset, side, quantity, entry, set_aside: aside }
                });
            Book {
                venue: venue(contract, basis, fee, taker),
                assets: requirements.into_iter().map(asset).collect(),
                money: if linear { money } else { money / dec!(100) },
                holdings: holdings.collect(),
                marks: vec![mark, dec!(120.5)],
            }
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    /// On any contract, basis, requirement and mix of positions: equity less requirement is what the rules say, and the
    /// walk ends where a bisection ends.
    #[test]
    fn the_walk_is_the_bisection(book in book(), long in any::<bool>()) {
        let side = if long { Side::Long } else { Side::Short };
        let mark = to_f64(book.marks[0]);
        let curve = book.curve(Curve::new).unwrap();
        let scale = to_f64(book.money)
            + book.holdings.iter().map(|h| to_f64(h.quantity) * 200.0).sum::<f64>();
        prop_assert!((to_f64(curve.value(book.marks[0]).unwrap()) - book.gap(mark)).abs() < 1e-12 * scale);
        prop_assume!(book.gap(mark) > 1e-6 * scale);
        match (book.liquidation(side), book.bisect(side)) {
            (Some(exact), Some(found)) => {
                let exact = to_f64(exact);
                prop_assert!((exact / found - 1.0).abs() < 1e-7, "{exact} {found}");
                prop_assert!((exact < mark) == long);
            }
            (exact, found) => {
                // A root beyond 1e9 times the price is none; so far out f64 does not tell.
                let nothing = |price: f64| !(mark * 2e-9..mark * 5e8).contains(&price);
                prop_assert!(exact.is_none_or(|p| nothing(to_f64(p))), "{exact:?} {found:?}");
                prop_assert!(found.is_none_or(nothing), "{exact:?} {found:?}");
            }
        }
    }

    /// At the price itself the pool is at its requirement: a trifle to one side it fails, to the other it does not.
    #[test]
    fn the_sign_changes_at_the_price(book in book(), long in any::<bool>()) {
        let side = if long { Side::Long } else { Side::Short };
        let curve = book.curve(Curve::new).unwrap();
        let (mark, value) = (book.marks[0], curve.value(book.marks[0]).unwrap());
        prop_assume!(!value.is_zero());
        if let Some(price) = curve.root(mark, side) {
            let towards = |factor: Decimal| curve.value(price * factor).unwrap();
            let near = if price < mark { dec!(1.000001) } else { dec!(0.999999) };
            let far = dec!(2) - near;
            prop_assert!((towards(near) > Decimal::ZERO) == (value > Decimal::ZERO));
            prop_assert!((towards(far) > Decimal::ZERO) != (value > Decimal::ZERO));
        }
    }

    /// From a price at which it fails, the touched price lies on the way out, on the side that does not fail, within
    /// two parts in 1e11 of the root.
    #[test]
    fn the_touched_price_does_not_fail(book in book(), beyond in number(1..999, 3)) {
        let curve = book.curve(Curve::new).unwrap();
        let mark = book.marks[0];
        if curve.value(mark).unwrap() > Decimal::ZERO {
            for (side, factor) in [(Side::Long, Decimal::ONE - beyond), (Side::Short, Decimal::ONE / beyond)] {
                let Some(root) = curve.root(mark, side) else { continue };
                let touched = touched_price(&curve, root * factor).unwrap();
                prop_assert!(((touched / root) - Decimal::ONE).abs() < dec!(0.00000000002));
                prop_assert!(curve.value(touched).unwrap() >= Decimal::ZERO);
                prop_assert!((touched > root) == (side == Side::Long));
            }
        }
    }

    /// Numbers of any size, of either sign: an answer or none, never a panic.
    #[test]
    fn no_number_breaks_it(
        numbers in prop::collection::vec((any::<i128>(), 0_u32..29), 8),
        book in book(),
        long in any::<bool>(),
    ) {
        let any = |i: usize| {
            let (mantissa, scale) = numbers[i];
            Decimal::try_from_i128_with_scale(mantissa >> 32, scale).unwrap_or_default()
        };
        let mut book = book;
        book.money = any(0);
        let last = book.holdings.len() - 1;
        book.holdings[last] = Holding {
            asset: numbers[7].1 as usize % 3,
            side: if long { Side::Long } else { Side::Short },
            quantity: any(1),
            entry: any(2),
            set_aside: any(3),
        };
        book.marks = vec![any(4), any(5)];
        for new in [Curve::new, Curve::above_set_aside] {
            if let Some(curve) = book.curve(new) {
                let _ = (curve.value(any(6)), curve.root(any(4), Side::Long), curve.root(any(6), Side::Short));
                let _ = touched_price(&curve, any(6));
            }
        }
    }
}

#[test]
fn a_hedged_pair_has_one_price() {
    // The venue's formula for both legs of one market in a cross pool (no one-way position):
    // (WB − TMM + UPNL + cL + cS − qL·EL + qS·ES) / (qL·mL + qS·mS − qL + qS).
    let holdings = vec![
        holding(0, Side::Long, dec!(3), dec!(20000)),
        holding(0, Side::Short, dec!(1), dec!(21000)),
        holding(1, Side::Long, dec!(10), dec!(1500)),
    ];
    let book = Book {
        venue: venue(Contract::Linear, Basis::Mark, FeeInRequirement::None, dec!(0)),
        assets: vec![asset(two_tiers()), asset(Requirement::flat(dec!(0.02)))],
        money: dec!(9000),
        holdings,
        marks: vec![dec!(20500), dec!(1450)],
    };
    // Of the other market: TMM = 10·1450·0.02 = 290, UPNL = −500. The long stands below 50,000 at the price (3·14,8xx),
    // above it at the mark; both legs are in tier 1 there: (9000 − 290 − 500 − 60000 + 21000)/(0.012 + 0.004 − 2).
    let expected = dec!(-30790) / dec!(-1.984);
    assert!(expected * dec!(3) < dec!(50000));
    assert_eq!(book.liquidation(Side::Long), Some(expected));
    // The pair gains when the price rises: the short has no price of its own.
    assert_eq!(book.liquidation(Side::Short), None);
    // More money behind it would put the long in tier 2: c = 50000·0.006 = 300.
    let poorer = Book { money: dec!(5500), ..book };
    let expected = dec!(-33990) / dec!(-1.966);
    assert!(expected * dec!(3) > dec!(50000));
    assert_eq!(poorer.liquidation(Side::Long), Some(expected));
}

#[test]
fn a_hedged_pair_of_equal_sizes_fails_where_the_requirements_alone_do_it() {
    // U is constant, 1·(110 − 100) = 10 with the short entered above: 10 + 1 = 2·0.005·P at 1100.
    let holdings =
        vec![holding(0, Side::Long, dec!(1), dec!(100)), holding(0, Side::Short, dec!(1), dec!(110))];
    let book = Book::plain(Contract::Linear, Requirement::flat(dec!(0.005)), dec!(1), holdings);
    assert_eq!(book.liquidation(Side::Short), Some(dec!(1100)));
    assert_eq!(book.liquidation(Side::Long), None);
    assert_eq!(book.bankruptcy(Side::Short), None);
}

#[test]
fn a_position_at_one_times_lives_at_its_edge() {
    let flat = || Requirement::flat(dec!(0.01));
    // Linear long: its margin is its notional.
    let long = vec![holding(0, Side::Long, dec!(2), dec!(100))];
    let book = Book::plain(Contract::Linear, flat(), dec!(200), long.clone());
    assert_eq!((book.liquidation(Side::Long), book.bankruptcy(Side::Long)), (None, None));
    // Inverse short: equity is q/P, always more than a hundredth of it.
    let short = vec![holding(0, Side::Short, dec!(100), dec!(100))];
    let mut book = Book::plain(Contract::Inverse, flat(), dec!(1), short);
    assert_eq!((book.liquidation(Side::Short), book.bankruptcy(Side::Short)), (None, None));
    // With the requirement frozen at entry, 0.01 coin: 100/P = 0.01.
    book.venue.basis = Basis::Entry;
    assert_eq!(book.liquidation(Side::Short), Some(dec!(10000)));
    // Inverse long: half the price, not nothing.
    let book = Book::plain(Contract::Inverse, flat(), dec!(2), long_of(dec!(200)));
    assert_eq!(book.bankruptcy(Side::Long), Some(dec!(50)));
}

fn long_of(quantity: Decimal) -> Vec<Holding> {
    vec![holding(0, Side::Long, quantity, dec!(100))]
}

#[test]
fn what_is_set_aside_is_required_and_left() {
    // 1 long at 100, money 12 of which 2 set aside: bankrupt at 90, liquidated where 12 − 2 + P − 100 = 0.01·P.
    let mut holdings = long_of(dec!(1));
    holdings[0].set_aside = dec!(2);
    let book = Book::plain(Contract::Linear, Requirement::flat(dec!(0.01)), dec!(12), holdings);
    assert_eq!(book.bankruptcy(Side::Long), Some(dec!(90)));
    assert_eq!(book.liquidation(Side::Long), Some(dec!(90) / dec!(0.99)));
}

#[test]
fn a_pool_that_fails_at_the_mark_has_its_price_behind_it() {
    // 10 behind a long at 100, mark 80: the price that liquidated it is (100 − 10)/0.99, above the mark.
    let mut book = Book::plain(Contract::Linear, Requirement::flat(dec!(0.01)), dec!(10), long_of(dec!(1)));
    book.marks = vec![dec!(80)];
    assert_eq!(book.liquidation(Side::Long), Some(dec!(90) / dec!(0.99)));
}

#[test]
fn exactly_at_its_requirement_the_mark_is_the_price() {
    let mut book = Book::plain(Contract::Linear, Requirement::flat(dec!(0.1)), dec!(10), long_of(dec!(1)));
    book.marks = vec![dec!(100)];
    assert_eq!(book.liquidation(Side::Long), Some(dec!(100)));
    // A touch there is moved upwards, where the long does not fail.
    let curve = book.curve(Curve::new).unwrap();
    assert_eq!(touched_price(&curve, dec!(100)), Some(dec!(100.000000001)));
}

#[test]
fn the_rate_of_a_size_counts_for_all_of_it() {
    // Two longs are one size of 15, above the floor of 10: 1500 − 150 = 15·P·(1 − 0.02), not 0.01.
    let steps = Requirement::Steps(vec![
        RateStep { floor: dec!(0), rate: dec!(0.01) },
        RateStep { floor: dec!(10), rate: dec!(0.02) },
    ]);
    let two = vec![holding(0, Side::Long, dec!(5), dec!(100)), holding(0, Side::Long, dec!(10), dec!(100))];
    let book = Book::plain(Contract::Linear, steps.clone(), dec!(150), two);
    assert_eq!(book.liquidation(Side::Long), Some(dec!(1350) / dec!(14.7)));
    // Exactly at the floor the lower rate holds.
    let book = Book::plain(Contract::Linear, steps, dec!(100), long_of(dec!(10)));
    assert_eq!(book.liquidation(Side::Long), Some(dec!(900) / dec!(9.9)));
}

#[test]
fn a_price_of_nothing_is_none() {
    // Margin short of the notional by the rounding of a quantity: 100 − 99.99999999 left at a price of 1e-8.
    let flat = || Requirement::flat(dec!(0));
    let book = Book::plain(Contract::Linear, flat(), dec!(99.99999999), long_of(dec!(1)));
    assert_eq!(book.bankruptcy(Side::Long), None);
    let book = Book::plain(Contract::Linear, flat(), dec!(99.9999), long_of(dec!(1)));
    assert_eq!(book.bankruptcy(Side::Long), Some(dec!(0.0001)));
}
