//! The block loop: draw a block of paths once, step every mode on it.

use std::array::from_ref;
use std::sync::atomic::{AtomicBool, Ordering};

use super::Job;
use crate::error::{Error, Result};
use crate::margin::{BookPlan, BookState};
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
    funding: FundingDue,
    /// Per asset: each lane's least and greatest price of the chunk.
    bounds: Vec<[Lanes; 2]>,
}

impl Scratch {
    /// Room for one block of the job.
    pub fn new(job: &Job) -> Self {
        Self {
            paths: job.generator.begin(0),
            states: job.books.iter().map(BookState::open).collect(),
            funding: FundingDue::new(job.generator.assets()),
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
    let Scratch { paths, states, funding, bounds } = scratch;
    job.generator.restart(paths, first_path);
    for (plan, state) in job.books.iter().zip(states.iter_mut()) {
        state.restart(plan);
    }
    funding.next = if MANAGED { job.funding.next_due(1) } else { u64::MAX };
    let mut walk = WATCHED.then(|| InsideWalk::new(&job.generator));
    let mut done = 0;
    while done < job.steps {
        if cancelled.load(Ordering::Relaxed) {
            return Err(Error::Interrupted);
        }
        let steps = CHUNK.min((job.steps - done) as usize);
        job.generator.advance(paths, steps);
        funding.find(job, first_path, done + 1, steps);
        if let Some(walk) = &mut walk {
            // Everything inside a step happens, in every mode, before the step ends in any.
            for index in 0..steps {
                let step = done + index as u64 + 1;
                watch(job, paths, (index, steps), step as u32, walk, states);
                for (book, (plan, state)) in job.books.iter().zip(states.iter_mut()).enumerate() {
                    end_step::<MANAGED>(paths, index, step, plan, state, funding);
                    observer.stepped(book, step, state);
                }
            }
        } else if !O::LOOKS && steps == CHUNK {
            for (asset, bounds) in bounds.iter_mut().enumerate() {
                extremes(paths.prices(asset), bounds);
            }
            for (plan, state) in job.books.iter().zip(states.iter_mut()) {
                end_chunk::<MANAGED>(paths, bounds, done + 1, plan, state, funding);
            }
        } else {
            for (book, (plan, state)) in job.books.iter().zip(states.iter_mut()).enumerate() {
                for index in 0..steps {
                    let step = done + index as u64 + 1;
                    end_step::<MANAGED>(paths, index, step, plan, state, funding);
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

/// The funding rates due in a chunk.
struct FundingDue {
    /// Per step of the chunk and asset: the sum of the rates due.
    rates: Vec<Vec<Lanes>>,
    is_due: [bool; CHUNK],
    /// The step at which they are next asked for.
    next: u64,
}

impl FundingDue {
    fn new(assets: usize) -> Self {
        Self { rates: vec![vec![[0.0; LANES]; assets]; CHUNK], is_due: [false; CHUNK], next: 0 }
    }

    /// Finds the rates of the steps from `first` on.
    #[inline(always)]
    fn find(&mut self, job: &Job, first_path: u64, first: u64, steps: usize) {
        self.is_due = [false; CHUNK];
        while self.next < first + steps as u64 {
            let index = (self.next - first) as usize;
            self.is_due[index] = job.funding.rates(first_path, self.next, &mut self.rates[index]);
            self.next = job.funding.next_due(self.next + 1);
        }
    }

    /// The rates due at the chunk's step `index`, if any are.
    #[inline(always)]
    fn rates(&self, index: usize) -> Option<&[Lanes]> {
        if self.is_due[index] { Some(&self.rates[index]) } else { None }
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
    funding: &FundingDue,
) {
    let row = |asset| from_ref(paths.price(asset, index));
    let bounds = |asset| (paths.price(asset, index), paths.price(asset, index));
    if MANAGED {
        state.steps_managed(plan, step as u32, row, bounds, |_| funding.rates(index));
    } else {
        state.steps_plain(plan, step as u32, row, bounds);
    }
}

/// Moves one mode through a whole chunk, whose first step is `first`.
#[inline(always)]
fn end_chunk<const MANAGED: bool>(
    paths: &PathBlock,
    bounds: &[[Lanes; 2]],
    first: u64,
    plan: &BookPlan,
    state: &mut BookState,
    funding: &FundingDue,
) {
    let rows = |asset| paths.prices(asset);
    let bounds = |asset: usize| (&bounds[asset][0], &bounds[asset][1]);
    if MANAGED {
        state.steps_managed(plan, first as u32, rows, bounds, |index| funding.rates(index));
    } else {
        state.steps_plain(plan, first as u32, rows, bounds);
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
