//! A chunk of steps of any venue: all lanes at once where nothing can happen, the others alone.

use std::ops::Range;

use super::managed::ManagedState;
use super::screen::{bits, gap_at, lanes_of, least_gaps};
use super::terms::Terms;
use crate::lanes::Lanes;

/// Marks of a chunk, and what is known of them.
pub(super) struct Chunk<Prices, Xs, Bounds, Rates> {
    /// The first step.
    pub first: u32,
    /// `prices(asset)`: a row a step.
    pub prices: Prices,
    /// The same of x.
    pub xs: Xs,
    /// `bounds(asset)`: each lane's least and greatest price.
    pub bounds: Bounds,
    /// `rates(index)`: by asset the sum of the funding rates due at a step, if any is.
    pub rates: Rates,
}

impl ManagedState {
    /// Moves every lane through the chunk, and writes the equity of each step.
    #[inline(always)]
    pub fn steps<'a, 'b, 'c, const N: usize>(
        &mut self,
        terms: &Terms,
        chunk: Chunk<
            impl Fn(usize) -> &'a [Lanes; N],
            impl Fn(usize) -> &'b [Lanes; N],
            impl Fn(usize) -> (&'a Lanes, &'a Lanes) + Copy,
            impl Fn(usize) -> Option<&'c [Lanes]>,
        >,
        equity: &mut [Lanes; N],
    ) {
        let mut start = 0;
        while start < N {
            // Funding moves the lines of all lanes: they hold until it is due again.
            if let Some(rates) = (chunk.rates)(start) {
                self.now = chunk.first + start as u32;
                let row = |asset| &(chunk.prices)(asset)[start];
                self.fund(terms, &|asset| &(chunk.xs)(asset)[start], &row, rates);
            }
            let end = (start + 1..N).find(|&index| (chunk.rates)(index).is_some()).unwrap_or(N);
            self.line.write(equity, start..end, |asset| (chunk.xs)(asset));
            if let lanes @ 1.. = self.asked(terms, chunk.first + end as u32 - 1, chunk.bounds) {
                let marks = |index: usize, asset: usize, lane: usize| (chunk.prices)(asset)[index][lane];
                let x = |index: usize, asset: usize, lane: usize| (chunk.xs)(asset)[index][lane];
                self.resolve(terms, chunk.first, (lanes, start..end), &marks, &x, equity);
            }
            for (asset, row) in self.before.iter_mut().enumerate() {
                *row = (chunk.prices)(asset)[end - 1];
            }
            start = end;
        }
        self.now = chunk.first.saturating_add(N as u32);
    }

    /// Lanes, as bits, in which anything may happen up to step `last` while prices stay within bounds.
    #[inline(always)]
    fn asked<'a>(
        &mut self,
        terms: &Terms,
        last: u32,
        bounds: impl Fn(usize) -> (&'a Lanes, &'a Lanes) + Copy,
    ) -> u64 {
        let mut lanes = self.near(terms, bounds);
        for (pool, planned) in self.pools.iter().zip(&terms.pools) {
            if let (Some(screen), Some(times)) = (&pool.top_up, planned.top_up) {
                let gap = least_gaps(terms, planned, screen, &pool.quantities, times, bounds);
                lanes |= bits(&gap, planned.guard() * times);
            }
        }
        if self.wakes_at <= last.saturating_add(1) || self.reopens_at <= last {
            lanes |= self.due(last);
        }
        lanes
    }

    /// Lanes in which a pool has waited, or a position is opened anew, up to step `last`.
    #[cold]
    fn due(&mut self, last: u32) -> u64 {
        let mut lanes = 0;
        (self.wakes_at, self.reopens_at) = (u32::MAX, u32::MAX);
        for (lane, account) in self.accounts.iter().enumerate() {
            for wakes_at in account.pools.iter().map(|pool| pool.waits_until).filter(|&step| step != 0) {
                if wakes_at <= last.saturating_add(1) {
                    lanes |= 1 << lane;
                } else {
                    self.wakes_at = self.wakes_at.min(wakes_at);
                }
            }
            for reopens_at in account.positions.iter().map(|held| held.reopens_at).filter(|&step| step != 0) {
                if reopens_at <= last {
                    lanes |= 1 << lane;
                } else {
                    self.reopens_at = self.reopens_at.min(reopens_at);
                }
            }
        }
        lanes
    }

    /// Goes through these steps with each of these lanes alone, and corrects its equity. `mark` and `x` are by step, asset
    /// and lane.
    #[cold]
    #[inline(never)]
    fn resolve<const N: usize>(
        &mut self,
        terms: &Terms,
        first: u32,
        (lanes, steps): (u64, Range<usize>),
        mark: &impl Fn(usize, usize, usize) -> f64,
        x: &impl Fn(usize, usize, usize) -> f64,
        equity: &mut [Lanes; N],
    ) {
        let mut marks = std::mem::take(&mut self.marks);
        for lane in lanes_of(lanes) {
            let mut acted = false;
            for index in steps.clone() {
                for (asset, cell) in marks.iter_mut().enumerate() {
                    *cell = mark(index, asset, lane);
                }
                let x = |asset| x(index, asset, lane);
                acted |= self.step_lane(terms, first + index as u32, lane, &marks, &x);
                if acted {
                    equity[index][lane] = self.line.at(lane, x);
                }
                self.end_step(terms, lane, &marks);
            }
        }
        self.marks = marks;
    }

    /// One lane's step, but for the funding: stops, checks, what is asked after them. Whether anything may have happened:
    /// only then is its account written into the rows, because funding booked in another order is rounded otherwise.
    fn step_lane(
        &mut self,
        terms: &Terms,
        step: u32,
        lane: usize,
        marks: &[f64],
        x: &impl Fn(usize) -> f64,
    ) -> bool {
        self.now = step;
        let mut acted = false;
        let positions = 0..terms.positions.len();
        if self.stops.iter().any(|level| level.is_reached(lane, marks[level.asset])) {
            acted = true;
            let before = self.marks_before(lane);
            self.with_lane(terms, lane, marks, |desk| {
                positions.clone().for_each(|position| desk.stop(position, &before));
            });
        }
        for (index, planned) in terms.pools.iter().enumerate() {
            let pool = &mut self.pools[index];
            let woken = pool.woken >> lane & 1 == 1;
            pool.woken &= !(1 << lane);
            let gap = || gap_at(terms, planned, &pool.check, &pool.quantities, 1.0, (lane, x));
            if woken || gap() <= planned.guard() {
                acted = true;
                self.with_lane(terms, lane, marks, |desk| desk.check(index));
            }
        }
        if self.is_asked_after_check(terms, lane, marks, x) {
            acted = true;
            self.with_lane(terms, lane, marks, |desk| {
                positions.clone().for_each(|position| desk.take_profit(position));
                positions.clone().for_each(|position| desk.top_up(position));
                positions.for_each(|position| desk.reopen(position));
            });
        }
        acted
    }

    /// Goes on to one lane's next step: pools that have waited until then are shown again.
    fn end_step(&mut self, terms: &Terms, lane: usize, marks: &[f64]) {
        for (row, mark) in self.before.iter_mut().zip(marks) {
            row[lane] = *mark;
        }
        self.now = self.now.saturating_add(1);
        let mut wakes = false;
        for (wide, pool) in self.pools.iter_mut().zip(&self.accounts[lane].pools) {
            if pool.waits_until != 0 && pool.waits_until <= self.now {
                wide.woken |= 1 << lane;
                wakes = true;
            }
        }
        if wakes {
            self.book_funding(terms, lane);
            self.refresh(terms, lane);
        }
    }

    /// Whether one lane's take profit is reached, a pool of it asks for money, or a position is opened anew.
    fn is_asked_after_check(
        &self,
        terms: &Terms,
        lane: usize,
        marks: &[f64],
        x: &impl Fn(usize) -> f64,
    ) -> bool {
        let due = |step: u32| step != 0 && step <= self.now;
        self.profits.iter().any(|level| level.is_reached(lane, marks[level.asset]))
            || self.pools.iter().zip(&terms.pools).any(|(pool, planned)| {
                let (Some(screen), Some(times)) = (&pool.top_up, planned.top_up) else { return false };
                let gap = gap_at(terms, planned, screen, &pool.quantities, times, (lane, x));
                gap <= planned.guard() * times
            })
            || self.accounts[lane].positions.iter().any(|held| due(held.reopens_at))
    }
}
