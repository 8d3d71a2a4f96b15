//! The block loop: draw a block of paths once, step every mode on it.

use std::sync::atomic::{AtomicBool, Ordering};

use super::Job;
use crate::error::{Error, Result};
use crate::margin::{BookPlan, BookState};
use crate::paths::{CHUNK, PathBlock, Watcher};

/// Sees every mode after every step.
pub trait Observer {
    /// `book` is the mode's index; `step` counts from 1.
    fn stepped(&mut self, book: usize, step: u64, state: &BookState);
}

/// Sees nothing, costs nothing.
pub struct Unobserved;

impl Observer for Unobserved {
    #[inline(always)]
    fn stepped(&mut self, _: usize, _: u64, _: &BookState) {}
}

/// What a thread steps a block in, used again for the next one.
pub struct Scratch {
    paths: PathBlock,
    states: Vec<BookState>,
}

impl Scratch {
    /// Room for one block of the job.
    pub fn new(job: &Job) -> Self {
        Self { paths: job.generator.begin(0), states: job.books.iter().map(BookState::open).collect() }
    }

    /// Every mode's accounts at the step reached.
    pub fn states(&self) -> &[BookState] {
        &self.states
    }
}

/// Steps the paths `first_path ..` to the horizon in every mode.
///
/// # Errors
/// [`Error::Interrupted`] if cancelled on the way.
#[inline(always)]
pub fn run_block<O: Observer>(
    job: &Job,
    scratch: &mut Scratch,
    first_path: u64,
    observer: &mut O,
    cancelled: &AtomicBool,
) -> Result<()> {
    let Scratch { paths, states } = scratch;
    job.generator.restart(paths, first_path);
    for (plan, state) in job.books.iter().zip(states.iter_mut()) {
        state.reopen(plan);
    }
    let mut done = 0;
    while done < job.steps {
        if cancelled.load(Ordering::Relaxed) {
            return Err(Error::Interrupted);
        }
        let steps = CHUNK.min((job.steps - done) as usize);
        job.generator.advance(paths, steps);
        for (book, (plan, state)) in job.books.iter().zip(states.iter_mut()).enumerate() {
            for index in 0..steps {
                let step = done + index as u64 + 1;
                if let Some(inside) = paths.inside() {
                    let lanes = state.near(plan, |asset| inside.bounds(asset, index)) | inside.jumping(index);
                    watch(job, paths, (index, steps), step as u32, lanes, plan, state);
                }
                state.step(plan, step as u32, |asset| paths.price(asset, index));
                observer.stepped(book, step, state);
            }
        }
        done += steps as u64;
    }
    Ok(())
}

/// One lane of one mode, looking inside a step.
struct LaneWatcher<'a> {
    plan: &'a BookPlan,
    state: &'a mut BookState,
    step: u32,
    lane: usize,
}

impl Watcher for LaneWatcher<'_> {
    fn is_near(&self, low: &[f64], high: &[f64]) -> bool {
        self.state.is_near(self.plan, self.lane, low, high)
    }

    fn ran(&mut self, low: &[f64], high: &[f64], end: &[f64]) {
        self.state.ran(self.plan, self.step, self.lane, [low, high, end]);
    }

    fn jumped(&mut self, to: &[f64]) {
        self.state.jumped(self.plan, self.step, self.lane, to);
    }
}

/// Looks inside the step of every lane whose bit is set.
fn watch(
    job: &Job,
    paths: &PathBlock,
    (index, steps): (usize, usize),
    step: u32,
    mut lanes: u64,
    plan: &BookPlan,
    state: &mut BookState,
) {
    while lanes != 0 {
        let lane = lanes.trailing_zeros() as usize;
        lanes &= lanes - 1;
        let mut watcher = LaneWatcher { plan, state, step, lane };
        job.generator.look_inside(paths, index, steps, lane, &mut watcher);
    }
}
