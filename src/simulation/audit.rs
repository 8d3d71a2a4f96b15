//! Ledger against kernel on a sample of the run's own paths: the same closes of the same positions at the same
//! steps, the same balances at every step within a budget.
//!
//! The kernel is stepped twice. On the marks the ledger sees (12 significant digits) quantities and balances must agree
//! as well; on the run's own prices it must close as often, and liquidate the same positions at the same steps.

use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;
use rust_decimal::Decimal;

use super::figures::{Figures, differ};
use super::sightings::{Sighting, Sightings};
use crate::domain::to_f64;
use crate::error::{Error, Result};
use crate::margin::{AccountRecord, BookPlan, BookState, Ledger, LedgerEvent, OutOfRange, price_to_decimal};
use crate::paths::{BridgeWalk, CHUNK, LANES, Lanes, PathBlock};
use crate::simulation::engine::Job;
use crate::simulation::outcome::Audit;

/// Paths audited at most; each is kept in decimals in every mode.
const AUDIT_PATHS: u64 = 64;
/// Paths audited at least, where there are so many; a longer run is audited over its first steps only.
const FEWEST_PATHS: u64 = 8;
/// Ledger steps spent: position-steps over all paths and modes.
const AUDIT_BUDGET: u64 = 1_000_000;

/// Which paths are followed, and how far.
struct Extent {
    /// (block, lanes of it).
    blocks: Vec<(u64, Vec<usize>)>,
    steps: u64,
}

impl Extent {
    /// Paths spread evenly over the run, within the budget that so many runs share.
    fn new(job: &Job, sharing: u64) -> Self {
        let (most, fewest) = ((AUDIT_PATHS / sharing).max(1), (FEWEST_PATHS / sharing).max(1));
        let budget = AUDIT_BUDGET / sharing;
        let per_step = (job.books.len() * job.positions()).max(1) as u64;
        let most = most.min(job.paths);
        let paths = (budget / (job.steps * per_step)).clamp(fewest.min(most), most);
        let steps = job.steps.min((budget / (paths * per_step)).max(1));
        let mut blocks: Vec<(u64, Vec<usize>)> = Vec::new();
        for index in 0..paths {
            let path = (u128::from(index) * u128::from(job.paths) / u128::from(paths)) as u64;
            let (block, lane) = (path / LANES as u64, (path % LANES as u64) as usize);
            match blocks.last_mut() {
                Some((same, lanes)) if *same == block => lanes.push(lane),
                _ => blocks.push((block, vec![lane])),
            }
        }
        Self { blocks, steps }
    }
}

/// One account followed in decimals.
struct Followed<'a> {
    ledger: Ledger<'a>,
    /// Liquidations seen.
    liquidations: u64,
    record: AccountRecord,
    /// Nothing is open any more, and the record has seen it.
    is_settled: bool,
}

impl<'a> Followed<'a> {
    fn open(book: &'a BookPlan, path: u64) -> Self {
        Self {
            ledger: Ledger::open(book.portfolio(), book.mode(), book.clock(), path),
            liquidations: 0,
            record: AccountRecord::open(book.portfolio().account.wallet),
            is_settled: false,
        }
    }

    fn look_inside(
        &mut self,
        step: u64,
        sighting: &Sighting<Decimal>,
    ) -> std::result::Result<(), OutOfRange> {
        let events = sighting.tell(&mut self.ledger, step)?;
        self.count(&events);
        Ok(())
    }

    fn step(&mut self, step: u64, marks: &[Decimal]) -> std::result::Result<(), OutOfRange> {
        if self.is_settled {
            return Ok(());
        }
        let events = self.ledger.step(step, marks)?;
        self.count(&events);
        self.record.see(self.ledger.balance(marks)?);
        self.is_settled = self.ledger.is_closed();
        Ok(())
    }

    fn count(&mut self, events: &[LedgerEvent]) {
        self.liquidations += events.iter().filter(|event| event.liquidation().is_some()).count() as u64;
    }
}

/// Compares the two, blocks in parallel, with the effort that `sharing` runs have together.
///
/// # Errors
/// [`Error::Failed`] with the path and the values on the first difference; [`Error::Interrupted`].
pub fn audit(job: &Job, sharing: u64, cancelled: &AtomicBool) -> Result<Audit> {
    let extent = Extent::new(job, sharing.max(1));
    let one = |(block, lanes): &(u64, Vec<usize>)| audit_block(job, *block, lanes, extent.steps, cancelled);
    extent.blocks.par_iter().map(one).try_reduce(Audit::default, |a, b| {
        Ok(Audit {
            paths: a.paths + b.paths,
            steps: extent.steps,
            left_out: a.left_out + b.left_out,
            events: a.events + b.events,
            max_balance_error: a.max_balance_error.max(b.max_balance_error),
        })
    })
}

/// One block: the accounts in decimals, and the kernel on both kinds of prices.
struct BlockAudit<'a> {
    job: &'a Job,
    first_path: u64,
    lanes: &'a [usize],
    /// Per lane: the accounts of every mode; `None` once an amount outgrew decimals.
    followed: Vec<Option<Vec<Followed<'a>>>>,
    on_marks: Vec<BookState>,
    on_prices: Vec<BookState>,
    total: Audit,
}

fn audit_block(job: &Job, block: u64, lanes: &[usize], steps: u64, cancelled: &AtomicBool) -> Result<Audit> {
    let open = || -> Vec<BookState> { job.books.iter().map(BookState::open).collect() };
    let first_path = block * LANES as u64;
    let accounts = |lane: &usize| {
        let path = first_path + *lane as u64;
        job.books.iter().map(|book| Followed::open(book, path)).collect()
    };
    let mut audit = BlockAudit {
        job,
        first_path,
        lanes,
        followed: lanes.iter().map(|lane| Some(accounts(lane))).collect(),
        on_marks: open(),
        on_prices: open(),
        total: Audit::default(),
    };
    let mut paths = job.generator.begin(audit.first_path);
    let mut done = 0;
    while done < steps {
        if cancelled.load(Ordering::Relaxed) {
            return Err(Error::Interrupted);
        }
        let chunk = CHUNK.min((steps - done) as usize);
        job.generator.advance(&mut paths, chunk);
        for index in 0..chunk {
            let step = done + index as u64 + 1;
            audit.look_inside(&paths, (index, chunk), step);
            let prices: Vec<Lanes> =
                (0..job.generator.assets()).map(|asset| *paths.price(asset, index)).collect();
            audit.step(step, &prices)?;
        }
        done += chunk as u64;
    }
    audit.finish()
}

impl BlockAudit<'_> {
    /// Continuous monitoring: every account and both kernels go through what happens inside the step.
    fn look_inside(&mut self, paths: &PathBlock, (index, steps): (usize, usize), step: u64) {
        if paths.bridges().is_none() {
            return;
        }
        let mut walk = BridgeWalk::new(&self.job.generator);
        for (place, accounts) in self.followed.iter_mut().enumerate() {
            let lane = self.lanes[place];
            let Some(open) = accounts else { continue };
            let mut seen =
                Sightings { books: &self.job.books, states: &self.on_prices, lane, list: Vec::new() };
            walk.look(paths, (index, steps), lane, &mut seen);
            for sighting in seen.list {
                for (mode, book) in self.job.books.iter().enumerate() {
                    sighting.show(book, &mut self.on_prices[mode], step as u32, lane);
                }
                let Ok(exact) = sighting.exact() else {
                    *accounts = None;
                    self.total.left_out += 1;
                    break;
                };
                for (mode, book) in self.job.books.iter().enumerate() {
                    exact.rounded().show(book, &mut self.on_marks[mode], step as u32, lane);
                }
                if open.iter_mut().try_for_each(|account| account.look_inside(step, &exact)).is_err() {
                    *accounts = None;
                    self.total.left_out += 1;
                    break;
                }
            }
        }
    }

    fn step(&mut self, step: u64, prices: &[Lanes]) -> Result<()> {
        let mut rounded = prices.to_vec();
        for (&lane, accounts) in self.lanes.iter().zip(&mut self.followed) {
            let Some(open) = accounts else { continue };
            if follow(open, step, lane, prices, &mut rounded).is_err() {
                *accounts = None;
                self.total.left_out += 1;
            }
        }
        let mut rates = vec![[0.0; LANES]; prices.len()];
        let due = self.job.funding.rates(self.first_path, step, &mut rates).then_some(&*rates);
        for (book, (marks, own)) in
            self.job.books.iter().zip(self.on_marks.iter_mut().zip(&mut self.on_prices))
        {
            marks.step(book, step as u32, |asset| &rounded[asset], due);
            own.step(book, step as u32, |asset| &prices[asset], due);
        }
        for index in 0..self.lanes.len() {
            self.compare(index)?;
        }
        Ok(())
    }

    /// One lane in every mode, at the present step.
    fn compare(&mut self, index: usize) -> Result<()> {
        let Some(accounts) = &self.followed[index] else { return Ok(()) };
        let lane = self.lanes[index];
        for (mode, account) in accounts.iter().enumerate() {
            let book = &self.job.books[mode];
            let exact = Figures::of_ledger(book, &account.ledger, &account.record);
            let on_marks = Figures::of_kernel(book, &self.on_marks[mode], lane);
            let on_prices = Figures::of_kernel(book, &self.on_prices[mode], lane);
            let checked = differ(book, &exact, [&on_marks, &on_prices]);
            let error = checked.map_err(|difference| {
                Error::failed(format!(
                    "the exact ledger and the fast kernel disagree on path {} in mode {}: {difference}. \
                     No result was written; please report this scenario",
                    self.first_path + lane as u64,
                    book.mode()
                ))
            })?;
            self.total.max_balance_error = self.total.max_balance_error.max(error);
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Audit> {
        for accounts in self.followed.iter().flatten() {
            self.total.paths += 1;
            self.total.events += accounts.iter().map(|account| account.liquidations).sum::<u64>();
        }
        Ok(self.total)
    }
}

/// Moves one lane's accounts to the step, and puts the marks they saw into `rounded`.
fn follow(
    accounts: &mut [Followed<'_>],
    step: u64,
    lane: usize,
    prices: &[Lanes],
    rounded: &mut [Lanes],
) -> std::result::Result<(), OutOfRange> {
    let mut marks = Vec::with_capacity(prices.len());
    for (row, rounded) in prices.iter().zip(rounded) {
        let mark = price_to_decimal(row[lane])?;
        rounded[lane] = to_f64(mark);
        marks.push(mark);
    }
    accounts.iter_mut().try_for_each(|account| account.step(step, &marks))
}
