//! What an account has come to, as the ledger and the kernel tell it, and whether they tell the same.

use rust_decimal::Decimal;

use crate::domain::to_f64;
use crate::margin::{AccountRecord, BookPlan, BookState, Ledger};

/// Largest difference of a balance, as a fraction of opening equity, or of the balance where it is larger.
const BALANCE_BUDGET: f64 = 1e-9;
/// A shortfall below this fraction of opening equity counts as none.
const NO_SHORTFALL: f64 = 1e-12;
/// Largest difference of a quantity, as a fraction of the opening one; half a lot where that is more.
const QUANTITY_BUDGET: f64 = 1e-9;

/// Balances that are compared, as fractions of opening equity.
const BALANCES: [&str; 7] =
    ["equity", "least equity", "drawdown", "wallet", "fees", "funding paid", "shortfall"];

/// One account at one moment.
pub(super) struct Figures {
    /// Per position: the step at which it was first liquidated, and what is left of it.
    positions: Vec<(Option<u64>, f64)>,
    /// Closes of sizes by procedures.
    closes: u64,
    /// In the order of [`BALANCES`].
    balances: [f64; 7],
    relative_drawdown: f64,
    is_conserved: bool,
}

impl Figures {
    pub fn of_ledger(book: &BookPlan, ledger: &Ledger<'_>, record: &AccountRecord) -> Self {
        let positions = 0..book.portfolio().positions.len();
        let balances: [Decimal; 7] = [
            record.equity,
            record.least_equity,
            record.drawdown,
            ledger.wallet(),
            ledger.fees(),
            ledger.funding_paid(),
            ledger.shortfall(),
        ];
        Self {
            positions: positions.map(|p| (ledger.liquidated_at(p), to_f64(ledger.quantity(p)))).collect(),
            closes: ledger.closes(),
            balances: balances.map(to_f64),
            relative_drawdown: to_f64(record.relative_drawdown),
            is_conserved: record.is_conserved,
        }
    }

    pub fn of_kernel(book: &BookPlan, state: &BookState, lane: usize) -> Self {
        let balances = [
            state.equity()[lane],
            state.least_equity(lane),
            state.drawdown(lane),
            state.wallet(lane),
            state.fees(lane),
            state.funding_paid(lane),
            state.shortfall(lane),
        ];
        let position = |p: usize| (state.liquidated_at(p, lane).map(u64::from), state.quantity(p, lane));
        Self {
            positions: (0..book.positions()).map(position).collect(),
            closes: u64::from(state.closes(lane)),
            balances,
            relative_drawdown: state.relative_drawdown(lane),
            is_conserved: true,
        }
    }
}

/// The largest relative difference of a balance between the ledger and the kernel on the same marks, or what differs
/// there or on the run's own prices.
///
/// # Errors
/// The name and both values of what differs.
pub(super) fn differ(
    book: &BookPlan,
    exact: &Figures,
    [on_marks, on_prices]: [&Figures; 2],
) -> Result<f64, String> {
    if !exact.is_conserved {
        return Err("money is not conserved in the ledger".to_owned());
    }
    for kernel in [on_marks, on_prices] {
        closes_differ(book, exact, kernel)?;
    }
    quantities_differ(book, exact, on_marks)?;
    balances_differ(book, exact, on_marks)
}

fn closes_differ(book: &BookPlan, exact: &Figures, kernel: &Figures) -> Result<(), String> {
    let positions = &book.portfolio().positions;
    for (position, (a, b)) in positions.iter().zip(exact.positions.iter().zip(&kernel.positions)) {
        if a.0 != b.0 {
            return Err(format!("{} is liquidated at step {:?} and {:?}", position.name, a.0, b.0));
        }
    }
    if exact.closes != kernel.closes {
        return Err(format!("sizes were closed {} and {} times", exact.closes, kernel.closes));
    }
    Ok(())
}

fn quantities_differ(book: &BookPlan, exact: &Figures, kernel: &Figures) -> Result<(), String> {
    let portfolio = book.portfolio();
    for (position, (a, b)) in portfolio.positions.iter().zip(exact.positions.iter().zip(&kernel.positions)) {
        let half_a_lot = 0.5 * to_f64(portfolio.assets[position.asset].lot);
        let allowed = half_a_lot.max(QUANTITY_BUDGET * to_f64(position.quantity));
        let difference = (a.1 - b.1).abs();
        if difference.is_nan() || difference > allowed {
            return Err(format!("of {} {} and {} are left", position.name, a.1, b.1));
        }
    }
    Ok(())
}

fn balances_differ(book: &BookPlan, exact: &Figures, kernel: &Figures) -> Result<f64, String> {
    let opening = book.opening_equity();
    let [a, b] = [exact, kernel].map(|figures| figures.balances[6] > NO_SHORTFALL * opening);
    if a != b {
        return Err(format!("shortfall is {} and {}", exact.balances[6], kernel.balances[6]));
    }
    let pairs = BALANCES.iter().zip(exact.balances.iter().zip(&kernel.balances));
    let relative = ("relative drawdown", exact.relative_drawdown, kernel.relative_drawdown, 1.0);
    let all = pairs.map(|(name, (a, b))| (*name, *a, *b, opening)).chain([relative]);
    let mut worst: f64 = 0.0;
    for (name, exact, fast, unit) in all {
        let error = (exact - fast).abs() / unit.max(fast.abs());
        if error.is_nan() || error > BALANCE_BUDGET {
            return Err(format!("{name} is {exact} and {fast}"));
        }
        worst = worst.max(error);
    }
    Ok(worst)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        Account, Asset, Clock, FundingRates, MarginMode, Orders, Portfolio, Position, Requirement, Side,
        Venue,
    };
    use rust_decimal::dec;

    /// One long of 10 at 100 in an account of 1,000: a balance may differ by 1e-6, a quantity by 1e-8 or half a lot.
    fn book(lot: Decimal) -> BookPlan {
        let asset = Asset {
            name: "X".into(),
            price: dec!(100),
            maintenance: Requirement::flat(dec!(0.01)),
            lot,
            funding: FundingRates::default(),
        };
        let position = Position {
            name: "p".into(),
            asset: 0,
            side: Side::Long,
            quantity: dec!(10),
            margin: dec!(100),
            leverage: dec!(10),
            collateral: None,
            entry_fee: dec!(0),
            orders: Orders::default(),
        };
        let portfolio = Portfolio {
            account: Account { wallet: dec!(1000), currency: "USD".into() },
            venue: Venue::textbook(),
            assets: vec![asset],
            positions: vec![position],
        };
        BookPlan::new(&portfolio, MarginMode::Isolated, Clock { horizon_seconds: 3_600, steps: 1 })
    }

    fn figures() -> Figures {
        Figures {
            positions: vec![(Some(3), 5.0)],
            closes: 2,
            balances: [900.0, 800.0, 300.0, 700.0, 10.0, 20.0, 30.0],
            relative_drawdown: 0.25,
            is_conserved: true,
        }
    }

    /// Figures that a change set apart.
    fn changed(change: impl Fn(&mut Figures)) -> Figures {
        let mut other = figures();
        change(&mut other);
        other
    }

    /// What is said of a kernel so changed, on the ledger's marks and on the run's own prices.
    fn said(lot: Decimal, change: impl Fn(&mut Figures)) -> [Result<f64, String>; 2] {
        let (book, same, other) = (book(lot), figures(), changed(change));
        [differ(&book, &same, [&other, &same]), differ(&book, &same, [&same, &other])]
    }

    const FINE: Decimal = dec!(0.00000001);

    #[track_caller]
    fn refused(told: &Result<f64, String>, of: &str) {
        let message = told.as_ref().expect_err("a difference");
        assert!(message.contains(of), "{message}");
    }

    #[test]
    fn the_same_figures_do_not_differ() {
        assert_eq!(said(FINE, |_| ()), [Ok(0.0), Ok(0.0)]);
    }

    #[test]
    fn money_made_of_nothing_is_noticed() {
        let leaky = changed(|figures| figures.is_conserved = false);
        refused(&differ(&book(FINE), &leaky, [&figures(), &figures()]), "not conserved");
    }

    #[test]
    fn closes_are_compared_on_both_kinds_of_prices() {
        for step in [None, Some(2), Some(4)] {
            let [on_marks, on_prices] = said(FINE, |figures| figures.positions[0].0 = step);
            refused(&on_marks, "p is liquidated at step Some(3)");
            refused(&on_prices, "p is liquidated at step Some(3)");
        }
        for closes in [1, 3] {
            let [on_marks, on_prices] = said(FINE, |figures| figures.closes = closes);
            refused(&on_marks, "closed 2 and");
            refused(&on_prices, "closed 2 and");
        }
    }

    #[test]
    fn a_quantity_may_differ_by_half_a_lot_or_by_rounding() {
        for (lot, allowed) in [(dec!(0.5), 0.25), (FINE, 1e-8)] {
            for sign in [-1.0, 1.0] {
                let by = |part: f64| said(lot, |figures| figures.positions[0].1 += sign * part * allowed);
                assert_eq!(by(0.9), [Ok(0.0), Ok(0.0)]);
                let [on_marks, on_prices] = by(1.1);
                refused(&on_marks, "of p 5 and");
                // On the run's own prices the last lot may fall to the other side.
                assert_eq!(on_prices, Ok(0.0));
            }
        }
        refused(&said(FINE, |figures| figures.positions[0].1 = f64::NAN)[0], "of p 5 and NaN");
    }

    #[test]
    fn every_balance_is_compared_on_the_ledgers_marks() {
        let names = ["equity", "least equity", "drawdown", "wallet", "fees", "funding paid", "shortfall"];
        for (index, name) in names.iter().enumerate() {
            for sign in [-1.0, 1.0] {
                let by = |amount: f64| said(FINE, |figures| figures.balances[index] += sign * amount);
                let [within, unseen] = by(0.9e-6);
                assert!((within.unwrap() - 0.9e-9).abs() < 1e-15, "{name}");
                assert_eq!(unseen, Ok(0.0), "{name}");
                let [beyond, unseen] = by(1.1e-6);
                let message = beyond.expect_err(name);
                assert!(message.starts_with(&format!("{name} is ")), "{name}: {message}");
                assert_eq!(unseen, Ok(0.0), "{name}");
            }
            assert!(said(FINE, |figures| figures.balances[index] = f64::NAN)[0].is_err(), "{name}");
        }
        for by in [-1.1e-9, 1.1e-9] {
            refused(&said(FINE, |figures| figures.relative_drawdown += by)[0], "relative drawdown is");
        }
        assert!(said(FINE, |figures| figures.relative_drawdown += 0.9e-9)[0].is_ok());
    }

    #[test]
    fn a_balance_beyond_the_opening_one_is_its_own_unit() {
        // A million may differ by a thousandth.
        let rich = |by: f64| changed(|figures| figures.balances[0] = 1e6 + by);
        let told = |by: f64| differ(&book(FINE), &rich(0.0), [&rich(by), &rich(by)]);
        assert!(told(0.9e-3).is_ok());
        refused(&told(1.1e-3), "equity is");
    }

    #[test]
    fn a_shortfall_of_one_alone_is_a_difference_however_small() {
        // 1e-12 of 1,000 counts as none.
        let owing = |amount: f64| changed(|figures| figures.balances[6] = amount);
        let told = |a: f64, b: f64| differ(&book(FINE), &owing(a), [&owing(b), &owing(b)]);
        refused(&told(0.0, 1.1e-9), "shortfall is");
        refused(&told(1.1e-9, 0.0), "shortfall is");
        assert!(told(0.0, 0.9e-9).is_ok());
    }
}
