//! The block loop: draw a block of paths once, step every mode on it.

use std::sync::atomic::{AtomicBool, Ordering};

use super::Job;
use crate::margin::BookState;
use crate::paths::CHUNK;

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

/// Steps the paths `first_path ..` to the horizon in every mode; `None` if cancelled on the way.
#[inline(always)]
pub fn run_block<O: Observer>(
    job: &Job,
    first_path: u64,
    observer: &mut O,
    cancelled: &AtomicBool,
) -> Option<Vec<BookState>> {
    let assets = job.generator.assets();
    let mut paths = job.generator.begin(first_path);
    let mut states: Vec<BookState> = job.books.iter().map(|b| BookState::open(b, assets)).collect();
    let mut done = 0;
    while done < job.steps {
        if cancelled.load(Ordering::Relaxed) {
            return None;
        }
        let steps = CHUNK.min((job.steps - done) as usize);
        job.generator.advance(&mut paths, steps);
        for (book, (plan, state)) in job.books.iter().zip(&mut states).enumerate() {
            for index in 0..steps {
                let step = done + index as u64 + 1;
                state.step(plan, step as u32, |asset| paths.price(asset, index));
                observer.stepped(book, step, state);
            }
        }
        done += steps as u64;
    }
    Some(states)
}
