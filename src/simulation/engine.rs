//! Rayon across blocks; running totals that merge exactly.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use rayon::ThreadPool;
use rayon::prelude::*;

use super::outcomes::{self, OutcomeSink};
use super::pass::{Pass, Stopped};
use super::totals::Totals;
use crate::error::{Error, Result};
use crate::margin::{BookPlan, FundingTable};
use crate::paths::{LANES, PathGenerator};
use crate::simulation::dispatch::VectorWidth;
use crate::simulation::outcome::{Audit, Correlation, PathSample, RunOutcome, StepBias};
use crate::simulation::{audit, bias, correlation, sample};

/// One run, dense: nothing in it is decided later.
#[derive(Debug, Clone)]
pub struct Job {
    /// Where prices come from; jobs that share it are stepped on the same draw.
    pub generator: Arc<PathGenerator>,
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
    /// Number of blocks of [`LANES`] paths; the last may be cut.
    pub fn blocks(&self) -> u64 {
        self.paths.div_ceil(LANES as u64)
    }

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
    /// Told how many more paths are done, from any thread; a path counts once for every job stepped on it.
    pub progress: &'a (dyn Fn(u64) + Sync),
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
        let mut totals = [Totals::new(job)];
        self.extend(&[job], 0..job.blocks(), &mut totals, control)?;
        let [totals] = totals;
        Ok(totals.finish())
    }

    /// Simulates blocks of [`LANES`] paths and adds them to the totals of each job. The jobs share one generator, the number
    /// of steps and of paths: their paths are drawn once, and the totals of each are those of it alone. Blocks beyond the
    /// last path are none. Progress is told in paths, each counted once for every job.
    ///
    /// # Errors
    /// [`Error::Interrupted`] when cancelled; [`Error::Failed`], and which job it was, when an amount leaves the range of
    /// numbers, or when jobs and totals do not belong together. Totals then hold some of the blocks.
    pub fn extend(
        &self,
        jobs: &[&Job],
        blocks: Range<u64>,
        totals: &mut [Totals],
        control: &Control<'_>,
    ) -> Result<(), Stopped> {
        self.threads.install(|| {
            let pass = Pass::new(jobs, totals, self.threads(), self.width, control)?;
            (blocks.start..blocks.end.min(pass.blocks()))
                .into_par_iter()
                .try_for_each(|block| pass.fold(block, None))?;
            pass.finish()
        })
    }

    /// The same, and hands the sink what every path came to, in the order of paths: blocks are simulated many at a time, and
    /// written while the next ones are. What is held does not grow with the number of paths.
    ///
    /// # Errors
    /// As above, and those of the sink.
    pub fn extend_with_outcomes(
        &self,
        jobs: &[&Job],
        blocks: Range<u64>,
        totals: &mut [Totals],
        sink: &mut dyn OutcomeSink,
        control: &Control<'_>,
    ) -> Result<(), Stopped> {
        self.threads.install(|| {
            let pass = Pass::new(jobs, totals, self.threads(), self.width, control)?;
            outcomes::in_rounds(&pass, blocks, sink)?;
            pass.finish()
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
