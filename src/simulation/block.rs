//! The block loop: draw a block of paths once, step every mode on it.

use std::sync::atomic::{AtomicBool, Ordering};

use super::Job;
use crate::error::{Error, Result};
use crate::margin::BookState;
use crate::paths::{CHUNK, PathBlock};

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

    /// Whether a price of the lane's path left the range of numbers and was held at its edge.
    pub fn is_held(&self, lane: usize) -> bool {
        self.paths.is_held(lane)
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
                state.step(plan, step as u32, |asset| paths.price(asset, index));
                observer.stepped(book, step, state);
            }
        }
        done += steps as u64;
    }
    Ok(())
}
