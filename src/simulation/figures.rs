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

    /// What the kernel does not count yet is taken from `exact`.
    pub fn of_kernel(book: &BookPlan, state: &BookState, lane: usize, exact: &Self) -> Self {
        let mut balances = exact.balances;
        balances[0] = state.equity()[lane];
        balances[1] = state.least_equity(lane);
        balances[2] = state.drawdown(lane);
        balances[6] = state.shortfall(lane);
        let pools = book.pool_of_positions();
        let position = |p: usize| (state.liquidated_at(pools[p], lane).map(u64::from), exact.positions[p].1);
        Self {
            positions: (0..exact.positions.len()).map(position).collect(),
            closes: exact.closes,
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
