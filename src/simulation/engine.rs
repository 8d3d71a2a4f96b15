//! Rayon across blocks; one running total per thread, merged exactly at the end.

use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

use rayon::ThreadPool;
use rayon::prelude::*;

use super::block::{Scratch, Unobserved};
use super::results::ModeResults;
use super::totals::Totals;
use super::{
    Audit, Correlation, PathSample, RunOutcome, StepBias, VectorWidth, audit, bias, correlation, sample,
};
use crate::error::{Error, Result};
use crate::margin::{BookPlan, FundingTable};
use crate::paths::{LANES, PathGenerator};

/// Steps of paths after which a thread tells of them, some 2 ms: the counter behind is shared by all threads.
const STEPS_TOLD: u64 = 1 << 20;

/// One run, dense: nothing in it is decided later.
#[derive(Debug, Clone)]
pub struct Job {
    /// Where prices come from.
    pub generator: PathGenerator,
    /// One per mode, in the scenario's order; at least one, all of one portfolio.
    pub books: Vec<BookPlan>,
    /// Funding rates of the portfolio's assets.
    pub funding: FundingTable,
    /// Number of paths, at least 1.
    pub paths: u64,
    /// Steps of a path, `1 ..= 2^32 − 1`.
    pub steps: u64,
    /// Equity at or below which a path counts as ruined, account currency.
    pub ruin_equity: f64,
}

impl Job {
    /// Equity at time 0, the same in every mode.
    pub fn opening_equity(&self) -> f64 {
        self.books.first().map_or(1.0, BookPlan::opening_equity)
    }

    /// Whether any mode takes the loop that knows every rule.
    pub fn is_managed(&self) -> bool {
        self.books.iter().any(BookPlan::is_managed)
    }

    /// The natural size of profits: opening equity, or what is held where that is less, so that small
    /// positions of a large account are resolved as finely as large ones.
    pub fn money_unit(&self) -> f64 {
        self.opening_equity().min(self.books.first().map_or(1.0, BookPlan::entry_notional))
    }

    /// Number of positions, the same in every mode.
    pub fn positions(&self) -> usize {
        self.books.first().map_or(0, |book| book.positions())
    }
}

/// How a run is watched and stopped from outside.
pub struct Control<'a> {
    /// Set to stop; the run then ends with [`Error::Interrupted`].
    pub cancelled: &'a AtomicBool,
    /// Told how many more paths are done, from any thread.
    pub progress: &'a (dyn Fn(u64) + Sync),
}

/// What one thread works with.
struct Worker {
    scratch: Scratch,
    /// Per mode: what the paths of the last block came to.
    results: Vec<ModeResults>,
    totals: Totals,
    /// Paths folded that nobody was told of.
    untold: u64,
}

impl Worker {
    fn new(job: &Job) -> Self {
        let results = vec![ModeResults::new(job.positions()); job.books.len()];
        Self { scratch: Scratch::new(job), results, totals: Totals::new(job), untold: 0 }
    }
}

/// Threads and vector width that runs are made with. Neither changes a result.
#[derive(Debug)]
pub struct Simulator {
    threads: ThreadPool,
    width: VectorWidth,
}

impl Simulator {
    /// `threads = 0` takes one per core.
    ///
    /// # Errors
    /// [`Error::Failed`] when the system gives no threads.
    pub fn new(threads: usize, width: VectorWidth) -> Result<Self> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        Ok(Self { threads: pool.map_err(|e| Error::failed(format!("cannot start threads: {e}")))?, width })
    }

    /// Number of threads.
    pub fn threads(&self) -> usize {
        self.threads.current_num_threads()
    }

    /// Simulates every path in every mode.
    ///
    /// # Errors
    /// [`Error::Interrupted`] when cancelled; [`Error::Failed`] when an amount leaves the range of numbers.
    pub fn simulate(&self, job: &Job, control: &Control<'_>) -> Result<RunOutcome> {
        let blocks = job.paths.div_ceil(LANES as u64);
        // A thread has its own place and nobody waits for it; what all threads write to would slow many of them.
        let places: Vec<Mutex<Option<Worker>>> = (0..self.threads()).map(|_| Mutex::default()).collect();
        self.threads.install(|| {
            (0..blocks).into_par_iter().try_for_each(|block| {
                let place = rayon::current_thread_index().and_then(|thread| places.get(thread));
                let mut place = place.and_then(|place| place.lock().ok()).ok_or_else(stopped)?;
                let worker = place.get_or_insert_with(|| Worker::new(job));
                worker.untold += self.fold_block(job, worker, block, control.cancelled)?;
                if worker.untold.saturating_mul(job.steps) >= STEPS_TOLD {
                    (control.progress)(std::mem::take(&mut worker.untold));
                }
                Ok(())
            })
        })?;
        let workers: Vec<Worker> = places
            .into_iter()
            .filter_map(|place| place.into_inner().map_err(|_| stopped()).transpose())
            .collect::<Result<_>>()?;
        (control.progress)(workers.iter().map(|worker| worker.untold).sum());
        let merged = self.threads.install(|| {
            workers.into_par_iter().map(|worker| Ok(worker.totals)).reduce_with(
                |ours: Result<Totals>, theirs| {
                    let mut ours = ours?;
                    ours.merge(&theirs?)?;
                    Ok(ours)
                },
            )
        });
        Ok(merged.transpose()?.unwrap_or_else(|| Totals::new(job)).finish())
    }

    /// Simulates one block and adds it to the worker's totals; returns the number of its paths.
    fn fold_block(&self, job: &Job, worker: &mut Worker, block: u64, cancelled: &AtomicBool) -> Result<u64> {
        let first_path = block * LANES as u64;
        self.width.run(job, &mut worker.scratch, first_path, &mut Unobserved, cancelled)?;
        let lanes = (job.paths - first_path).min(LANES as u64);
        let Worker { scratch, results, totals, .. } = worker;
        let folded = self.width.fold(totals, job, scratch, results, lanes as usize);
        folded.map(|()| lanes).map_err(|_| {
            let last = first_path + lanes - 1;
            Error::failed(format!(
                "among the paths {first_path} to {last} an amount left the range of numbers: shorten the horizon, \
                 or lower volatility, drift or sizes"
            ))
        })
    }

    /// Follows a sample of the run's paths in the exact ledger and compares the kernel with it; `sharing` is the number
    /// of runs that share the effort.
    ///
    /// # Errors
    /// [`Error::Failed`] when they differ; [`Error::Interrupted`] when cancelled.
    pub fn audit(&self, job: &Job, sharing: u64, cancelled: &AtomicBool) -> Result<Audit> {
        self.threads.install(|| audit::audit(job, sharing, cancelled))
    }

    /// What checking margin at steps only misses; `None` where a law has no path inside steps.
    ///
    /// # Errors
    /// [`Error::Interrupted`] when cancelled.
    pub fn step_bias(&self, job: &Job, cancelled: &AtomicBool) -> Result<Option<StepBias>> {
        self.threads.install(|| bias::step_bias(job, self.width, cancelled))
    }

    /// How the assets' step returns are correlated on the first paths of the run.
    ///
    /// # Errors
    /// [`Error::Interrupted`] when cancelled.
    pub fn correlations(&self, job: &Job, cancelled: &AtomicBool) -> Result<Vec<Correlation>> {
        self.threads.install(|| correlation::correlations(job, cancelled))
    }

    /// Records the first paths of the run for pictures.
    ///
    /// # Errors
    /// [`Error::Interrupted`] when cancelled.
    pub fn sample(&self, job: &Job, cancelled: &AtomicBool) -> Result<PathSample> {
        self.threads.install(|| sample::sample(job, self.width, cancelled))
    }
}

fn stopped() -> Error {
    Error::failed("a worker thread stopped")
}
