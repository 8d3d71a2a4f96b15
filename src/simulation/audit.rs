//! Ledger against kernel on a sample of the run's own paths: the same liquidations at the same
//! steps, the same balances within a budget.

use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::block::{Scratch, Unobserved};
use super::{Audit, Job, VectorWidth};
use crate::error::{Error, Result};
use crate::margin::{BookPlan, BookState, Ledger, OutOfRange, price_to_decimal};
use crate::paths::{CHUNK, LANES};

/// Paths audited at most; each is kept in decimals in every mode.
const AUDIT_PATHS: u64 = 64;
/// Ledger steps spent at most: position-steps over all paths and modes.
const AUDIT_BUDGET: u64 = 1_000_000;
/// Largest difference of a balance, as a fraction of opening equity or of itself if larger.
pub const BALANCE_BUDGET: f64 = 1e-9;

/// One account followed in decimals.
struct Followed<'a> {
    ledger: Ledger<'a>,
    /// (pool, step) in the order seen.
    events: Vec<(usize, u64)>,
    equity: Decimal,
    peak: Decimal,
    least_equity: Decimal,
    drawdown: Decimal,
    relative_drawdown: Decimal,
    conserved: bool,
}

impl<'a> Followed<'a> {
    fn open(book: &'a BookPlan) -> Self {
        let wallet = book.portfolio().account.wallet;
        Self {
            ledger: Ledger::open(book.portfolio(), book.mode()),
            events: Vec::new(),
            equity: wallet,
            peak: wallet,
            least_equity: wallet,
            drawdown: Decimal::ZERO,
            relative_drawdown: Decimal::ZERO,
            conserved: true,
        }
    }

    fn step(&mut self, step: u64, marks: &[Decimal]) -> std::result::Result<(), OutOfRange> {
        for event in self.ledger.step(step, marks)? {
            self.events.push((event.pool, step));
        }
        let balance = self.ledger.balance(marks)?;
        self.conserved &= balance.held == balance.explained;
        self.equity = balance.held;
        self.peak = self.peak.max(self.equity);
        self.least_equity = self.least_equity.min(self.equity);
        let drop = self.peak - self.equity;
        self.drawdown = self.drawdown.max(drop);
        self.relative_drawdown = self.relative_drawdown.max(drop / self.peak);
        Ok(())
    }
}

/// Compares the two on paths spread evenly over the run, blocks in parallel.
///
/// # Errors
/// [`Error::Failed`] with the path and the values on the first difference; [`Error::Interrupted`].
pub fn audit(job: &Job, width: VectorWidth, cancelled: &AtomicBool) -> Result<Audit> {
    let cost = job.steps * (job.books.len() * job.positions()).max(1) as u64;
    let wanted = (AUDIT_BUDGET / cost).clamp(1, AUDIT_PATHS).min(job.paths);
    let mut by_block: Vec<(u64, Vec<usize>)> = Vec::new();
    for index in 0..wanted {
        let path = (u128::from(index) * u128::from(job.paths) / u128::from(wanted)) as u64;
        // Spread over the lanes of their blocks as well.
        let block = path / LANES as u64;
        let last_lane = (job.paths - block * LANES as u64).min(LANES as u64) - 1;
        let lane = if wanted == job.paths { path % LANES as u64 } else { (index * 7) % (last_lane + 1) };
        match by_block.last_mut() {
            Some((same, lanes)) if *same == block => lanes.push(lane as usize),
            _ => by_block.push((block, vec![lane as usize])),
        }
    }
    by_block
        .par_iter_mut()
        .map(|(block, lanes)| {
            lanes.sort_unstable();
            lanes.dedup();
            audit_block(job, width, *block * LANES as u64, lanes, cancelled)
        })
        .try_reduce(Audit::default, |a, b| {
            Ok(Audit {
                paths: a.paths + b.paths,
                events: a.events + b.events,
                max_balance_error: a.max_balance_error.max(b.max_balance_error),
            })
        })
}

fn audit_block(
    job: &Job,
    width: VectorWidth,
    first_path: u64,
    lanes: &[usize],
    cancelled: &AtomicBool,
) -> Result<Audit> {
    let mut scratch = Scratch::new(job);
    width.run(job, &mut scratch, first_path, &mut Unobserved, cancelled)?;
    let open = || -> Vec<Followed<'_>> { job.books.iter().map(Followed::open).collect() };
    // A path whose amounts outgrow the ledger is left out.
    let mut followed: Vec<Option<Vec<Followed<'_>>>> = lanes.iter().map(|_| Some(open())).collect();
    let mut paths = job.generator.begin(first_path);
    let mut done = 0;
    while done < job.steps {
        if cancelled.load(Ordering::Relaxed) {
            return Err(Error::Interrupted);
        }
        let steps = CHUNK.min((job.steps - done) as usize);
        job.generator.advance(&mut paths, steps);
        for index in 0..steps {
            let step = done + index as u64 + 1;
            for (&lane, accounts) in lanes.iter().zip(&mut followed) {
                let mut advance = || -> std::result::Result<(), OutOfRange> {
                    let assets = 0..job.generator.assets();
                    let price = |asset| price_to_decimal(paths.price(asset, index)[lane]);
                    let marks: Vec<Decimal> = assets.map(price).collect::<std::result::Result<_, _>>()?;
                    accounts.iter_mut().flatten().try_for_each(|account| account.step(step, &marks))
                };
                if advance().is_err() {
                    *accounts = None;
                }
            }
        }
        done += steps as u64;
    }
    let mut total = Audit::default();
    for (&lane, accounts) in lanes.iter().zip(&followed) {
        let Some(accounts) = accounts else { continue };
        total.paths += 1;
        for ((book, state), account) in job.books.iter().zip(scratch.states()).zip(accounts) {
            let error = compare(book, state, lane, account).map_err(|difference| {
                Error::failed(format!(
                    "the exact ledger and the fast kernel disagree on path {} in mode {}: {difference}. \
                     No result was written; please report this scenario",
                    first_path + lane as u64,
                    book.mode()
                ))
            })?;
            total.events += account.events.len() as u64;
            total.max_balance_error = total.max_balance_error.max(error);
        }
    }
    Ok(total)
}

/// The largest relative difference of a balance, or what differs.
fn compare(
    book: &BookPlan,
    state: &BookState,
    lane: usize,
    account: &Followed<'_>,
) -> std::result::Result<f64, String> {
    if !account.conserved {
        return Err("money is not conserved in the ledger".to_owned());
    }
    for pool in 0..book.pools() {
        let exact = account.events.iter().find(|(p, _)| *p == pool).map(|(_, step)| *step);
        let fast = state.liquidated_at(pool, lane).map(u64::from);
        if exact != fast {
            return Err(format!("pool {pool} is liquidated at step {exact:?} and {fast:?}"));
        }
    }
    let opening = book.opening_equity();
    let pairs = [
        ("final equity", account.equity, state.equity()[lane], opening),
        ("least equity", account.least_equity, state.least_equity(lane), opening),
        ("drawdown", account.drawdown, state.drawdown(lane), opening),
        ("relative drawdown", account.relative_drawdown, state.relative_drawdown(lane), 1.0),
        ("shortfall", account.ledger.shortfall(), state.shortfall(lane), opening),
    ];
    let mut worst: f64 = 0.0;
    for (name, exact, fast, unit) in pairs {
        // An account that has grown is measured against its size.
        let error = (exact.to_f64().unwrap_or(f64::NAN) - fast).abs() / unit.max(fast.abs());
        if error.is_nan() || error > BALANCE_BUDGET {
            return Err(format!("{name} is {exact} and {fast}"));
        }
        worst = worst.max(error);
    }
    Ok(worst)
}
