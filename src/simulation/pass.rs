//! One pass over blocks of paths for several jobs: what threads work with, and where totals go.

use std::sync::{Arc, Mutex};

use super::block::{Scratch, Unobserved};
use super::group::run_group;
use super::outcomes::PathOutcome;
use super::results::ModeResults;
use super::totals::Totals;
use crate::error::{Error, Result};
use crate::paths::LANES;
use crate::simulation::dispatch::VectorWidth;
use crate::simulation::engine::{Control, Job};

/// Steps of paths after which a thread tells of them, some 2 ms: the counter behind is shared by all threads.
const STEPS_TOLD: u64 = 1 << 20;

/// Why a pass ended early.
#[derive(Debug)]
pub struct Stopped {
    /// What happened.
    pub error: Error,
    /// Index of the job that it happened to, if to one.
    pub job: Option<usize>,
}

impl From<Error> for Stopped {
    fn from(error: Error) -> Self {
        Self { error, job: None }
    }
}

impl From<Stopped> for Error {
    fn from(stopped: Stopped) -> Self {
        stopped.error
    }
}

/// What one thread works with.
struct Worker {
    scratch: Scratch,
    /// Per mode of the job at hand: what the paths of the last block came to.
    results: Vec<ModeResults>,
    /// Paths folded that nobody was told of.
    untold: u64,
}

/// Jobs that share their paths, and their totals.
pub struct Pass<'a> {
    jobs: &'a [&'a Job],
    width: VectorWidth,
    control: &'a Control<'a>,
    /// One per thread; what all threads write to would slow many of them.
    workers: Vec<Mutex<Option<Worker>>>,
    /// Per job: its totals.
    totals: Vec<Mutex<&'a mut Totals>>,
    /// Per job: totals that other threads fold into, made when first needed. Of one job every thread has its own; where there
    /// are many jobs, threads are seldom at the same, and copies would cost more memory than they save time.
    copies: Vec<Vec<Mutex<Option<Totals>>>>,
}

impl<'a> Pass<'a> {
    /// # Errors
    /// [`Error::Failed`] where jobs do not share their paths, or totals are not theirs.
    pub fn new(
        jobs: &'a [&'a Job],
        totals: &'a mut [Totals],
        threads: usize,
        width: VectorWidth,
        control: &'a Control<'a>,
    ) -> Result<Self> {
        if let Some(first) = jobs.first() {
            let same = |job: &&Job| {
                Arc::ptr_eq(&job.generator, &first.generator)
                    && (job.steps, job.paths) == (first.steps, first.paths)
            };
            if !jobs.iter().all(same) {
                return Err(Error::failed("jobs that do not share their paths cannot be run together"));
            }
        }
        if jobs.len() != totals.len() || !jobs.iter().zip(&*totals).all(|(job, totals)| totals.fits(job)) {
            return Err(Error::failed("totals are not those of the jobs they are to be added to"));
        }
        let more = (2 * threads).div_ceil(jobs.len().max(1)).min(threads) - 1;
        Ok(Self {
            jobs,
            width,
            control,
            workers: (0..threads).map(|_| Mutex::default()).collect(),
            totals: totals.iter_mut().map(Mutex::new).collect(),
            copies: jobs.iter().map(|_| (0..more).map(|_| Mutex::default()).collect()).collect(),
        })
    }

    /// Simulates one block and adds it to the totals; appends what each path came to in every mode of every job to `rows`.
    pub fn fold(&self, block: u64, mut rows: Option<&mut Vec<PathOutcome>>) -> Result<(), Stopped> {
        let Some(first) = self.jobs.first() else { return Ok(()) };
        let first_path = block.saturating_mul(LANES as u64);
        let lanes = first.paths.saturating_sub(first_path).min(LANES as u64) as usize;
        if lanes == 0 {
            return Ok(());
        }
        let thread = rayon::current_thread_index().unwrap_or(0);
        let mut worker = self.workers.get(thread).and_then(|place| place.lock().ok()).ok_or_else(lost)?;
        let Worker { scratch, results, untold } = worker.get_or_insert_with(|| Worker {
            scratch: Scratch::new(&first.generator, self.jobs),
            results: Vec::new(),
            untold: 0,
        });
        let cancelled = self.control.cancelled;
        match self.jobs {
            [job] => self.width.run(job, scratch, first_path, &mut Unobserved, cancelled)?,
            jobs => run_group(self.width, jobs, scratch, first_path, cancelled)?,
        }
        for (index, job) in self.jobs.iter().enumerate() {
            results.resize_with(job.books.len(), ModeResults::new);
            let block = (scratch.states(index), scratch.held());
            let folded =
                self.on_totals(index, thread, |totals| self.width.fold(totals, job, block, results, lanes))?;
            folded.map_err(|_| Stopped { error: out_of_range(first_path, lanes), job: Some(index) })?;
            if let Some(rows) = rows.as_deref_mut() {
                PathOutcome::read(rows, (index, first_path), scratch.states(index), results);
            }
        }
        *untold += (lanes * self.jobs.len()) as u64;
        if untold.saturating_mul(first.steps) >= STEPS_TOLD {
            (self.control.progress)(std::mem::take(untold));
        }
        Ok(())
    }

    /// Lets a thread work on the totals of a job.
    fn on_totals<T>(&self, job: usize, thread: usize, work: impl FnOnce(&mut Totals) -> T) -> Result<T> {
        match thread % (self.copies[job].len() + 1) {
            0 => Ok(work(*self.totals[job].lock().map_err(|_| lost())?)),
            copy => {
                let mut place = self.copies[job][copy - 1].lock().map_err(|_| lost())?;
                Ok(work(place.get_or_insert_with(|| Totals::new(self.jobs[job]))))
            }
        }
    }

    /// Tells of what nobody was told of, and brings the totals of all threads together.
    pub fn finish(self) -> Result<(), Stopped> {
        for worker in self.workers {
            let worker = worker.into_inner().map_err(|_| lost())?;
            (self.control.progress)(worker.map_or(0, |worker| worker.untold));
        }
        for (totals, copies) in self.totals.into_iter().zip(self.copies) {
            let totals = totals.into_inner().map_err(|_| lost())?;
            for copy in copies {
                if let Some(copy) = copy.into_inner().map_err(|_| lost())? {
                    totals.merge(&copy)?;
                }
            }
        }
        Ok(())
    }

    /// The jobs' modes in all: rows that one path makes.
    pub fn rows_of_a_path(&self) -> usize {
        self.jobs.iter().map(|job| job.books.len()).sum()
    }

    /// Number of blocks that have a path.
    pub fn blocks(&self) -> u64 {
        self.jobs.first().map_or(0, |job| job.blocks())
    }
}

fn out_of_range(first_path: u64, lanes: usize) -> Error {
    let last = first_path + lanes as u64 - 1;
    Error::failed(format!(
        "among the paths {first_path} to {last} an amount left the range of numbers: shorten the horizon, or lower \
         volatility, drift or sizes"
    ))
}

fn lost() -> Error {
    Error::failed("a worker thread stopped")
}
