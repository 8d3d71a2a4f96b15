//! The block loop: draw a block of paths once, step every mode on it.

use std::array::from_ref;
use std::sync::atomic::{AtomicBool, Ordering};

use super::Job;
use crate::error::{Error, Result};
use crate::margin::{BookPlan, BookState, reciprocals};
use crate::paths::{CHUNK, InsideWalk, LANES, Lanes, Need, PathBlock, Watcher};

/// Sees every mode after every step.
pub trait Observer {
    /// Whether it does; steps that nobody looks at are made many at a time.
    const LOOKS: bool = true;

    /// `book` is the mode's index; `step` counts from 1.
    fn stepped(&mut self, book: usize, step: u64, state: &BookState);
}

/// Sees nothing, costs nothing.
pub struct Unobserved;

impl Observer for Unobserved {
    const LOOKS: bool = false;

    #[inline(always)]
    fn stepped(&mut self, _: usize, _: u64, _: &BookState) {}
}

/// What a thread steps a block in, used again for the next one.
pub struct Scratch {
    paths: PathBlock,
    states: Vec<BookState>,
    /// Per asset: the sum of the funding rates due.
    rates: Vec<Lanes>,
    /// Per asset: each lane's least and greatest price of the chunk.
    bounds: Vec<[Lanes; 2]>,
}

impl Scratch {
    /// Room for one block of the job.
    pub fn new(job: &Job) -> Self {
        Self {
            paths: job.generator.begin(0),
            states: job.books.iter().map(BookState::open).collect(),
            rates: vec![[0.0; LANES]; job.generator.assets()],
            bounds: vec![[[0.0; LANES]; 2]; job.generator.assets()],
        }
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

/// Steps the paths `first_path ..` to the horizon in every mode. `WATCHED` looks inside steps, `MANAGED` knows every rule
/// of a venue; apart, because one loop with all of it would be too large for the compiler to keep in registers.
///
/// # Errors
/// [`Error::Interrupted`] if cancelled on the way.
#[inline(always)]
pub fn run_block<O: Observer, const WATCHED: bool, const MANAGED: bool>(
    job: &Job,
    scratch: &mut Scratch,
    first_path: u64,
    observer: &mut O,
    cancelled: &AtomicBool,
) -> Result<()> {
    let Scratch { paths, states, rates, bounds } = scratch;
    job.generator.restart(paths, first_path);
    for (plan, state) in job.books.iter().zip(states.iter_mut()) {
        state.restart(plan);
    }
    let mut funding = FundingDue { rates, next: if MANAGED { job.funding.next_due(1) } else { u64::MAX } };
    let mut done = 0;
    while done < job.steps {
        if cancelled.load(Ordering::Relaxed) {
            return Err(Error::Interrupted);
        }
        let steps = CHUNK.min((job.steps - done) as usize);
        job.generator.advance(paths, steps);
        if WATCHED {
            // Everything inside a step happens, in every mode, before the step ends in any.
            let mut walk = InsideWalk::new(&job.generator);
            for index in 0..steps {
                let step = done + index as u64 + 1;
                watch(job, paths, (index, steps), step as u32, &mut walk, states);
                let due = if MANAGED { funding.rates(job, first_path, step) } else { None };
                for (book, (plan, state)) in job.books.iter().zip(states.iter_mut()).enumerate() {
                    end_step::<MANAGED>(paths, index, step, plan, state, due);
                    observer.stepped(book, step, state);
                }
            }
        } else if !MANAGED && !O::LOOKS && steps == CHUNK {
            for (asset, bounds) in bounds.iter_mut().enumerate() {
                extremes(paths.prices(asset), bounds);
            }
            let bounds = |asset: usize| (&bounds[asset][0], &bounds[asset][1]);
            for (plan, state) in job.books.iter().zip(states.iter_mut()) {
                state.steps_plain(plan, done as u32 + 1, |asset| paths.prices(asset), bounds);
            }
        } else {
            let next = funding.next;
            for (book, (plan, state)) in job.books.iter().zip(states.iter_mut()).enumerate() {
                funding.next = next;
                for index in 0..steps {
                    let step = done + index as u64 + 1;
                    let due = if MANAGED { funding.rates(job, first_path, step) } else { None };
                    end_step::<MANAGED>(paths, index, step, plan, state, due);
                    observer.stepped(book, step, state);
                }
            }
        }
        done += steps as u64;
    }
    Ok(())
}

/// Each lane's least and greatest price of a chunk.
#[inline(always)]
fn extremes(prices: &[Lanes; CHUNK], [least, greatest]: &mut [Lanes; 2]) {
    for l in 0..LANES {
        let [mut low, mut high] = [prices[0][l]; 2];
        for row in prices {
            low = if row[l] < low { row[l] } else { low };
            high = if row[l] > high { row[l] } else { high };
        }
        (least[l], greatest[l]) = (low, high);
    }
}

/// Rows of funding rates, and the step at which they are next asked for.
struct FundingDue<'a> {
    rates: &'a mut [Lanes],
    next: u64,
}

impl FundingDue<'_> {
    /// The rates due at a step, if any are.
    #[inline(always)]
    fn rates(&mut self, job: &Job, first_path: u64, step: u64) -> Option<&[Lanes]> {
        if step < self.next {
            return None;
        }
        self.next = job.funding.next_due(step + 1);
        job.funding.rates(first_path, step, self.rates).then_some(&*self.rates)
    }
}

/// Moves one mode to the chunk's step `index`.
#[inline(always)]
fn end_step<const MANAGED: bool>(
    paths: &PathBlock,
    index: usize,
    step: u64,
    plan: &BookPlan,
    state: &mut BookState,
    rates: Option<&[Lanes]>,
) {
    let prices = |asset| paths.price(asset, index);
    if !MANAGED {
        let row = |asset| from_ref(prices(asset));
        state.steps_plain(plan, step as u32, row, |asset| (prices(asset), prices(asset)));
    } else if plan.is_inverse() {
        let row = reciprocals(paths.price(0, index));
        state.step_managed(plan, step as u32, prices, |_| &row, rates);
    } else {
        state.step_managed(plan, step as u32, prices, prices, rates);
    }
}

/// One lane of every mode, looking inside a step together: what they see costs more than showing it to each.
struct LaneWatcher<'a> {
    books: &'a [BookPlan],
    states: &'a mut [BookState],
    step: u32,
    lane: usize,
}

impl Watcher for LaneWatcher<'_> {
    fn need(&self, low: &[f64], high: &[f64]) -> Need {
        let needs = self.books.iter().zip(&*self.states).map(|(book, s)| s.need(book, self.lane, low, high));
        needs.max().unwrap_or(Need::Nothing)
    }

    fn ran(&mut self, low: &[f64], high: &[f64], end: &[f64]) {
        for (plan, state) in self.books.iter().zip(&mut *self.states) {
            state.ran(plan, self.step, self.lane, [low, high, end]);
        }
    }

    fn jumped(&mut self, to: &[f64]) {
        for (plan, state) in self.books.iter().zip(&mut *self.states) {
            state.jumped(plan, self.step, self.lane, to);
        }
    }
}

/// Looks inside the step of every lane in which a pool of any mode may fail.
#[inline(always)]
fn watch(
    job: &Job,
    paths: &PathBlock,
    (index, steps): (usize, usize),
    step: u32,
    walk: &mut InsideWalk<'_>,
    states: &mut [BookState],
) {
    let Some(inside) = paths.inside() else { return };
    let mut lanes = inside.jumping(index);
    for (plan, state) in job.books.iter().zip(&*states) {
        lanes |= state.near(plan, |asset| inside.bounds(asset, index));
    }
    while lanes != 0 {
        let lane = lanes.trailing_zeros() as usize;
        lanes &= lanes - 1;
        let mut watcher = LaneWatcher { books: &job.books, states, step, lane };
        walk.look(paths, (index, steps), lane, &mut watcher);
    }
}
