//! The rules of any venue for a block of paths: wide rows that say which lanes anything happens in, and those lanes
//! resolved alone.

use super::account::{Desk, LaneAccount};
use super::screen::{Level, Screen, bits, gap_row, lanes_of, levels, reached};
use super::terms::{PoolTerms, Terms};
use super::track::EquityTrack;
use crate::domain::Debit;
use crate::paths::{LANES, Lanes};

/// One pool in every lane.
#[derive(Debug, Clone)]
pub(super) struct WidePool {
    /// Money less what positions cost: equity is `worth + Σ net·x`.
    pub worth: Lanes,
    /// Per asset of the pool.
    pub nets: Vec<Lanes>,
    /// Per laddered size.
    pub quantities: Vec<Lanes>,
    /// What the margin check asks; +∞ where there is nothing to check.
    pub check: Screen,
    /// What a top-up asks, where the pool has any.
    pub top_up: Option<Screen>,
    /// Lanes that have waited and are checked next, as bits.
    pub woken: u64,
    /// Funding paid since the lane's account was last written.
    unbooked: Lanes,
}

/// One mode of one block of paths.
#[derive(Debug, Clone)]
pub(super) struct ManagedState {
    pub accounts: Vec<LaneAccount>,
    pub pools: Vec<WidePool>,
    /// Account equity is `equity_base + Σ equity_net[asset]·x`.
    equity_base: Lanes,
    equity_net: Vec<Lanes>,
    pub stops: Vec<Level>,
    pub profits: Vec<Level>,
    /// Marks of the step before, where anybody asks.
    before: Vec<Lanes>,
    /// The step that is made, or comes next.
    pub now: u32,
    /// First steps at which any lane's pool has waited, or a position is opened anew.
    wakes_at: u32,
    reopens_at: u32,
    opening: LaneAccount,
    /// Index of the wallet's pool.
    shared: Option<usize>,
    /// One lane's marks, their place kept.
    marks: Vec<f64>,
}

impl ManagedState {
    pub fn open(terms: &Terms) -> Self {
        let opening = LaneAccount::open(terms);
        let pool = |p: &PoolTerms| WidePool {
            worth: [0.0; LANES],
            nets: vec![[0.0; LANES]; p.assets.len()],
            quantities: vec![[0.0; LANES]; p.laddered.len()],
            check: Screen::new(p),
            top_up: p.top_up.map(|_| Screen::new(p)),
            woken: 0,
            unbooked: [0.0; LANES],
        };
        let mut state = Self {
            accounts: vec![opening.clone(); LANES],
            pools: terms.pools.iter().map(pool).collect(),
            equity_base: [0.0; LANES],
            equity_net: vec![[0.0; LANES]; terms.markets.len()],
            stops: levels(terms, true),
            profits: levels(terms, false),
            before: vec![[0.0; LANES]; if terms.has_stops() { terms.markets.len() } else { 0 }],
            now: 1,
            wakes_at: u32::MAX,
            reopens_at: u32::MAX,
            opening,
            shared: terms.shared(),
            marks: vec![0.0; terms.markets.len()],
        };
        state.restart(terms);
        state
    }

    /// Back to time 0, for a state opened with the same terms.
    pub fn restart(&mut self, terms: &Terms) {
        for (row, market) in self.before.iter_mut().zip(&terms.markets) {
            *row = [market.price; LANES];
        }
        for pool in &mut self.pools {
            pool.woken = 0;
            pool.unbooked = [0.0; LANES];
        }
        (self.now, self.wakes_at, self.reopens_at) = (1, u32::MAX, u32::MAX);
        for lane in 0..LANES {
            self.accounts[lane].copy_from(&self.opening);
            self.refresh(terms, lane);
        }
    }

    /// Moves every lane to `step` at these prices, x among them, and at these rates of the funding due.
    #[inline(always)]
    pub fn step<'a, 'b>(
        &mut self,
        terms: &Terms,
        track: &mut EquityTrack,
        step: u32,
        prices: &impl Fn(usize) -> &'a Lanes,
        xs: &impl Fn(usize) -> &'b Lanes,
        rates: Option<&[Lanes]>,
    ) {
        self.now = step;
        if let Some(rates) = rates {
            self.fund(terms, xs, prices, rates);
        }
        if let lanes @ 1.. = reached(&self.stops, prices) {
            self.resolve(terms, lanes, prices, &mut |desk, before| {
                (0..terms.positions.len()).for_each(|position| desk.stop(position, before));
            });
        }
        for index in 0..terms.pools.len() {
            let pool = &mut self.pools[index];
            let gap = gap_row(terms, &terms.pools[index], &pool.check, &pool.quantities, 1.0, xs);
            let guard = terms.pools[index].guard();
            let mut failing = false;
            for l in 0..LANES {
                failing |= gap[l] <= guard;
            }
            if failing || pool.woken != 0 {
                let lanes = pool.woken | bits(&gap, guard);
                pool.woken = 0;
                self.resolve(terms, lanes, prices, &mut |desk, _| desk.check(index));
            }
        }
        let lanes = self.asked_after_check(terms, step, prices, xs);
        if lanes != 0 {
            self.resolve(terms, lanes, prices, &mut |desk, _| {
                let positions = 0..terms.positions.len();
                positions.clone().for_each(|position| desk.take_profit(position));
                positions.clone().for_each(|position| desk.top_up(position));
                positions.for_each(|position| desk.reopen(position));
            });
        }
        let mut equity = self.equity_base;
        for (asset, net) in self.equity_net.iter().enumerate() {
            let x = xs(asset);
            for l in 0..LANES {
                equity[l] += net[l] * x[l];
            }
        }
        track.see::<1>(|_, l| equity[l]);
        for (asset, row) in self.before.iter_mut().enumerate() {
            *row = *prices(asset);
        }
        self.now = step.saturating_add(1);
        if self.wakes_at <= self.now {
            self.wake(terms);
        }
    }

    /// Lanes in which a take profit is reached, a pool asks for money, or a position is opened anew.
    #[inline(always)]
    fn asked_after_check<'a, 'b>(
        &mut self,
        terms: &Terms,
        step: u32,
        prices: &impl Fn(usize) -> &'a Lanes,
        xs: &impl Fn(usize) -> &'b Lanes,
    ) -> u64 {
        let mut lanes = reached(&self.profits, prices);
        for (pool, planned) in self.pools.iter().zip(&terms.pools) {
            if let (Some(screen), Some(times)) = (&pool.top_up, planned.top_up) {
                let gap = gap_row(terms, planned, screen, &pool.quantities, times, xs);
                lanes |= bits(&gap, planned.guard() * times);
            }
        }
        if self.reopens_at <= step {
            lanes |= self.due(step);
        }
        lanes
    }

    /// Lanes in which a position is opened anew at `step`.
    #[cold]
    fn due(&mut self, step: u32) -> u64 {
        let mut lanes = 0;
        self.reopens_at = u32::MAX;
        for (lane, account) in self.accounts.iter().enumerate() {
            for held in account.positions.iter().filter(|held| held.reopens_at != 0) {
                if held.reopens_at <= step {
                    lanes |= 1 << lane;
                } else {
                    self.reopens_at = self.reopens_at.min(held.reopens_at);
                }
            }
        }
        lanes
    }

    /// Pools that have waited until now are shown again.
    #[cold]
    fn wake(&mut self, terms: &Terms) {
        self.wakes_at = u32::MAX;
        for lane in 0..LANES {
            let mut any = false;
            for (index, pool) in self.accounts[lane].pools.iter().enumerate() {
                if pool.waits_until == 0 {
                    continue;
                }
                if pool.waits_until <= self.now {
                    self.pools[index].woken |= 1 << lane;
                    any = true;
                } else {
                    self.wakes_at = self.wakes_at.min(pool.waits_until);
                }
            }
            if any {
                self.book_funding(terms, lane);
                self.refresh(terms, lane);
            }
        }
    }

    /// Funding: what is simple at once in every lane, the rest alone.
    #[inline(always)]
    fn fund<'a, 'b>(
        &mut self,
        terms: &Terms,
        xs: &impl Fn(usize) -> &'b Lanes,
        prices: &impl Fn(usize) -> &'a Lanes,
        rates: &[Lanes],
    ) {
        // Notionals carry the side's sign, profits of an inverse contract its opposite.
        let direction = terms.direction(1.0);
        for (index, planned) in terms.pools.iter().enumerate() {
            let by_pool = planned.is_wallet || terms.debit == Debit::Margin;
            let pool = &mut self.pools[index];
            let mut owed = [0.0; LANES];
            let mut room = pool.worth;
            for (net, &asset) in pool.nets.iter().zip(&planned.assets) {
                let (x, rate) = (xs(asset), &rates[asset]);
                for l in 0..LANES {
                    let profit = net[l] * x[l];
                    owed[l] += direction * profit * rate[l];
                    room[l] += profit;
                }
            }
            if terms.floors_funding {
                let gap = gap_row(terms, planned, &pool.check, &pool.quantities, 1.0, xs);
                let guard = 2.0 * planned.guard();
                for l in 0..LANES {
                    // A pool that fails while it waits has no room; one that holds nothing owes nothing.
                    room[l] = gap[l] - guard;
                }
            }
            let mut alone = 0;
            for l in 0..LANES {
                let simple = owed[l] == 0.0 || (by_pool && (owed[l] < 0.0 || owed[l] <= room[l]));
                alone |= u64::from(!simple) << l;
                owed[l] = if simple { owed[l] } else { 0.0 };
            }
            for l in 0..LANES {
                pool.unbooked[l] += owed[l];
                pool.worth[l] -= owed[l];
                pool.check.base[l] -= owed[l];
                self.equity_base[l] -= owed[l];
            }
            if let Some(screen) = &mut pool.top_up {
                for l in 0..LANES {
                    screen.base[l] -= owed[l];
                }
            }
            if alone != 0 {
                self.fund_alone(terms, index, alone, prices, rates);
            }
        }
    }

    #[cold]
    #[inline(never)]
    fn fund_alone<'a>(
        &mut self,
        terms: &Terms,
        pool: usize,
        lanes: u64,
        prices: &impl Fn(usize) -> &'a Lanes,
        rates: &[Lanes],
    ) {
        for lane in lanes_of(lanes) {
            let marks: Vec<f64> = (0..terms.markets.len()).map(|asset| prices(asset)[lane]).collect();
            let rates: Vec<f64> = rates.iter().map(|row| row[lane]).collect();
            self.with_lane(terms, lane, &marks, |desk| desk.fund(pool, &rates));
        }
    }

    /// Lets `act` work on each of these lanes' accounts at its marks, and the marks of the step before.
    #[cold]
    #[inline(never)]
    fn resolve<'a>(
        &mut self,
        terms: &Terms,
        lanes: u64,
        prices: &impl Fn(usize) -> &'a Lanes,
        act: &mut dyn FnMut(&mut Desk<'_>, &[f64]),
    ) {
        let mut marks = std::mem::take(&mut self.marks);
        for lane in lanes_of(lanes) {
            for (asset, mark) in marks.iter_mut().enumerate() {
                *mark = prices(asset)[lane];
            }
            let before = self.marks_before(lane);
            self.with_lane(terms, lane, &marks, |desk| act(desk, &before));
        }
        self.marks = marks;
    }

    /// One lane's marks of the step before; none where nobody asks.
    pub fn marks_before(&self, lane: usize) -> Vec<f64> {
        self.before.iter().map(|row| row[lane]).collect()
    }

    /// Lets `act` work on one lane's account, and shows what has become of it.
    pub fn with_lane<T>(
        &mut self,
        terms: &Terms,
        lane: usize,
        marks: &[f64],
        act: impl FnOnce(&mut Desk<'_>) -> T,
    ) -> T {
        self.book_funding(terms, lane);
        let done = act(&mut Desk { terms, account: &mut self.accounts[lane], step: self.now, marks });
        self.refresh(terms, lane);
        done
    }

    /// Writes funding that was paid wide into one lane's account.
    fn book_funding(&mut self, terms: &Terms, lane: usize) {
        let account = &mut self.accounts[lane];
        for (index, (pool, planned)) in self.pools.iter_mut().zip(&terms.pools).enumerate() {
            let paid = std::mem::replace(&mut pool.unbooked[lane], 0.0);
            account.funding += paid;
            if planned.is_wallet {
                account.wallet -= paid;
            } else {
                account.pools[index].money -= paid;
            }
        }
    }

    /// Writes one lane's account, all funding booked, into the rows.
    fn refresh(&mut self, terms: &Terms, lane: usize) {
        let account = &self.accounts[lane];
        for net in &mut self.equity_net {
            net[lane] = 0.0;
        }
        let mut base = if self.shared.is_some() { 0.0 } else { account.wallet };
        for (index, (pool, planned)) in self.pools.iter_mut().zip(&terms.pools).enumerate() {
            pool.write(terms, planned, account, index, lane);
            base += pool.worth[lane];
            for (net, &asset) in pool.nets.iter().zip(&planned.assets) {
                self.equity_net[asset][lane] += net[lane];
            }
        }
        self.equity_base[lane] = base;
        for held in &account.positions {
            if held.reopens_at != 0 {
                self.reopens_at = self.reopens_at.min(held.reopens_at);
            }
        }
        for pool in &account.pools {
            if pool.waits_until > self.now {
                self.wakes_at = self.wakes_at.min(pool.waits_until);
            }
        }
        for level in &mut self.stops {
            level.write(lane, &account.positions[level.position], true);
        }
        for level in &mut self.profits {
            level.write(lane, &account.positions[level.position], false);
        }
    }

    /// Funding paid less funding received.
    pub fn funding(&self, lane: usize) -> f64 {
        self.accounts[lane].funding + self.pools.iter().map(|pool| pool.unbooked[lane]).sum::<f64>()
    }

    pub fn wallet(&self, lane: usize) -> f64 {
        let unbooked = self.shared.map_or(0.0, |pool| self.pools[pool].unbooked[lane]);
        self.accounts[lane].wallet - unbooked
    }
}

impl WidePool {
    /// Writes one lane of a pool's rows.
    fn write(
        &mut self,
        terms: &Terms,
        planned: &PoolTerms,
        account: &LaneAccount,
        index: usize,
        lane: usize,
    ) {
        let state = &account.pools[index];
        self.worth[lane] = if planned.is_wallet { account.wallet } else { state.money };
        self.nets.iter_mut().for_each(|net| net[lane] = 0.0);
        let (mut is_empty, mut fixed) = (true, 0.0);
        for &position in &planned.positions {
            let (held, p) = (&account.positions[position], &terms.positions[position]);
            if held.quantity <= 0.0 {
                continue;
            }
            is_empty = false;
            let net = terms.direction(p.sign) * held.quantity;
            let slot = planned.assets.iter().position(|&asset| asset == p.asset).unwrap_or(0);
            self.nets[slot][lane] += net;
            self.worth[lane] -= net * held.entry_x;
            fixed += held.set_aside * held.left();
        }
        // Requirements per unit of x, by asset; those at entry do not move.
        let mut rates = vec![0.0; planned.assets.len()];
        for size in &planned.sizes {
            let held = size.positions.iter().map(|&position| &account.positions[position]);
            let quantity: f64 = held.clone().map(|held| held.quantity).sum();
            let market = &terms.markets[size.asset].rates;
            if terms.at_entry {
                let notional = held.map(|held| held.quantity * held.entry_x).sum();
                fixed += market.required(notional, quantity) + terms.phi * notional;
            } else {
                rates[size.slot] += (market.rate(quantity) + terms.phi) * quantity;
            }
        }
        for (row, &size) in self.quantities.iter_mut().zip(&planned.laddered) {
            let positions = &planned.sizes[size].positions;
            row[lane] = positions.iter().map(|&position| account.positions[position].quantity).sum();
        }
        let line = (self.worth[lane], fixed);
        self.check.write(lane, line, 1.0, &self.nets, &rates, is_empty);
        if let (Some(screen), Some(times)) = (&mut self.top_up, planned.top_up) {
            let left = planned.positions.iter().any(|&p| account.positions[p].top_ups_left > 0);
            screen.write(lane, line, times, &self.nets, &rates, is_empty || !left);
        }
    }
}
