//! The block loop: draw a block of paths once, step every mode on it.

use std::array::from_ref;
use std::sync::atomic::{AtomicBool, Ordering};

use super::group::Segment;
use crate::error::{Error, Result};
use crate::margin::{BookPlan, BookState};
use crate::paths::{BridgeObserver, BridgeWalk, CHUNK, LANES, Lanes, Need, PathBlock, PathGenerator};
use crate::simulation::engine::Job;

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

/// One job's accounts of a block, and what funding is due.
pub struct Accounts {
    /// One per mode.
    pub states: Vec<BookState>,
    funding: FundingDue,
}

impl Accounts {
    pub fn new(job: &Job) -> Self {
        Self {
            states: job.books.iter().map(BookState::open).collect(),
            funding: FundingDue::new(job.generator.assets()),
        }
    }

    /// Back to time 0.
    pub fn restart(&mut self, job: &Job) {
        for (plan, state) in job.books.iter().zip(&mut self.states) {
            state.restart(plan);
        }
        self.funding.next = if job.is_managed() { job.funding.next_due(1) } else { u64::MAX };
    }
}

/// What a thread steps a block in, used again for the next one.
pub struct Scratch {
    pub(super) paths: PathBlock,
    /// One per job.
    pub(super) accounts: Vec<Accounts>,
    pub(super) segment: Segment,
}

impl Scratch {
    /// Room for one block of jobs that share this generator.
    pub fn new(generator: &PathGenerator, jobs: &[&Job]) -> Self {
        Self {
            paths: generator.begin(0),
            accounts: jobs.iter().map(|job| Accounts::new(job)).collect(),
            segment: Segment::new(generator.assets(), jobs.len()),
        }
    }

    /// Room for one block of one job.
    pub fn of_one(job: &Job) -> Self {
        Self::new(&job.generator, &[job])
    }

    /// Every mode's accounts of one job at the step reached.
    pub fn states(&self, job: usize) -> &[BookState] {
        self.accounts.get(job).map_or(&[], |accounts| &accounts.states)
    }

    /// Paths of which a price left the range of numbers and was held at its edge, as bits.
    pub fn held(&self) -> u64 {
        self.paths.clamped()
    }
}

/// Steps the paths `first_path ..` of one job to the horizon in every mode. `WATCHED` looks inside steps, `MANAGED` knows
/// every rule of a venue; apart, because one loop with all of it would be too large for the compiler to keep in registers.
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
    let Scratch { paths, accounts, segment } = scratch;
    let Some(accounts) = accounts.first_mut() else { return Ok(()) };
    job.generator.restart(paths, first_path);
    accounts.restart(job);
    let mut walk = WATCHED.then(|| BridgeWalk::new(&job.generator));
    let mut done = 0;
    while done < job.steps {
        if cancelled.load(Ordering::Relaxed) {
            return Err(Error::Interrupted);
        }
        let place = Place { first_path, done, steps: CHUNK.min((job.steps - done) as usize) };
        job.generator.advance(paths, place.steps);
        if let Some(walk) = &mut walk {
            watch_chunk::<O, MANAGED>(job, place, paths, walk, accounts, observer);
        } else {
            let bounds = segment.bounds_of_one();
            if !O::LOOKS {
                for (asset, bounds) in bounds.iter_mut().enumerate() {
                    extremes(paths.prices(asset), bounds);
                }
            }
            end_chunk::<O, MANAGED>(job, place, |asset| paths.prices(asset), bounds, accounts, observer);
        }
        done += place.steps as u64;
    }
    Ok(())
}

/// Which steps of which paths a chunk is.
#[derive(Clone, Copy)]
pub struct Place {
    pub first_path: u64,
    /// Steps made before it.
    pub done: u64,
    /// Its steps, [`CHUNK`] at most.
    pub steps: usize,
}

/// Moves one job through a chunk, looking inside every step.
#[inline(always)]
pub fn watch_chunk<O: Observer, const MANAGED: bool>(
    job: &Job,
    place: Place,
    paths: &PathBlock,
    walk: &mut BridgeWalk<'_>,
    accounts: &mut Accounts,
    observer: &mut O,
) {
    let Accounts { states, funding } = accounts;
    funding.find(job, place);
    // Everything inside a step happens, in every mode, before the step ends in any.
    for index in 0..place.steps {
        let step = place.done + index as u64 + 1;
        watch(job, paths, (index, place.steps), step as u32, walk, states);
        for (book, (plan, state)) in job.books.iter().zip(states.iter_mut()).enumerate() {
            end_step::<MANAGED>(|asset| paths.prices(asset), index, step, plan, state, funding);
            observer.stepped(book, step, state);
        }
    }
}

/// Moves one job through a chunk that is not looked inside. `prices(asset)` gives the asset's rows, `bounds` each lane's
/// least and greatest price in a whole chunk.
#[inline(always)]
pub fn end_chunk<'a, O: Observer, const MANAGED: bool>(
    job: &Job,
    place: Place,
    prices: impl Fn(usize) -> &'a [Lanes; CHUNK] + Copy,
    bounds: &'a [[Lanes; 2]],
    accounts: &mut Accounts,
    observer: &mut O,
) {
    let Accounts { states, funding } = accounts;
    funding.find(job, place);
    for (book, (plan, state)) in job.books.iter().zip(states.iter_mut()).enumerate() {
        if !O::LOOKS && place.steps == CHUNK {
            let first = place.done as u32 + 1;
            let bounds = |asset: usize| (&bounds[asset][0], &bounds[asset][1]);
            if MANAGED {
                state.steps_managed(plan, first, prices, bounds, |index| funding.rates(index));
            } else {
                state.steps_plain(plan, first, prices, bounds);
            }
            continue;
        }
        for index in 0..place.steps {
            let step = place.done + index as u64 + 1;
            end_step::<MANAGED>(prices, index, step, plan, state, funding);
            observer.stepped(book, step, state);
        }
    }
}

/// Each lane's least and greatest price of a chunk.
#[inline(always)]
pub fn extremes(prices: &[Lanes; CHUNK], [least, greatest]: &mut [Lanes; 2]) {
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

    /// Finds the rates of a chunk's steps.
    #[inline(always)]
    fn find(&mut self, job: &Job, place: Place) {
        self.is_due = [false; CHUNK];
        let first = place.done + 1;
        while self.next < first + place.steps as u64 {
            let index = (self.next - first) as usize;
            self.is_due[index] = job.funding.rates(place.first_path, self.next, &mut self.rates[index]);
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
fn end_step<'a, const MANAGED: bool>(
    prices: impl Fn(usize) -> &'a [Lanes; CHUNK] + Copy,
    index: usize,
    step: u64,
    plan: &BookPlan,
    state: &mut BookState,
    funding: &FundingDue,
) {
    let row = |asset| from_ref(&prices(asset)[index]);
    let bounds = |asset| (&prices(asset)[index], &prices(asset)[index]);
    if MANAGED {
        state.steps_managed(plan, step as u32, row, bounds, |_| funding.rates(index));
    } else {
        state.steps_plain(plan, step as u32, row, bounds);
    }
}

/// One lane of every mode, looking inside a step together: what they see costs more than showing it to each.
struct LaneWatcher<'a> {
    books: &'a [BookPlan],
    states: &'a mut [BookState],
    step: u32,
    lane: usize,
}

impl BridgeObserver for LaneWatcher<'_> {
    fn need(&self, low: &[f64], high: &[f64]) -> Need {
        let needs = self.books.iter().zip(&*self.states).map(|(book, s)| s.need(book, self.lane, low, high));
        needs.max().unwrap_or(Need::Nothing)
    }

    fn moved(&mut self, low: &[f64], high: &[f64], end: &[f64]) {
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
    walk: &mut BridgeWalk<'_>,
    states: &mut [BookState],
) {
    let Some(inside) = paths.bridges() else { return };
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
