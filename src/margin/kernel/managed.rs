//! The rules of any venue for a block of paths: wide rows that say which lanes anything happens in, and those lanes
//! resolved alone.

use super::account::{Desk, LaneAccount};
use super::line::EquityLine;
use super::screen::{Level, Screen, gap_row, lanes_of, levels};
use super::terms::{PoolTerms, Terms};
use crate::domain::Debit;
use crate::lanes::{LANES, Lanes};

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
    /// Account equity.
    pub line: EquityLine,
    pub stops: Vec<Level>,
    pub profits: Vec<Level>,
    /// Marks of the step before, where anybody asks.
    pub before: Vec<Lanes>,
    /// The step that is made, or comes next.
    pub now: u32,
    /// First steps at which any lane's pool has waited, or a position is opened anew.
    pub wakes_at: u32,
    pub reopens_at: u32,
    opening: LaneAccount,
    /// Index of the wallet's pool.
    shared: Option<usize>,
    /// One lane's marks, their place kept.
    pub marks: Vec<f64>,
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
            line: EquityLine::new(terms.markets.len()),
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
        for account in &mut self.accounts {
            account.copy_from(&self.opening);
        }
        self.refresh(terms, 0);
        self.spread();
    }

    /// The first lane's rows in every lane.
    fn spread(&mut self) {
        for pool in &mut self.pools {
            let screens = std::iter::once(&mut pool.check).chain(&mut pool.top_up);
            let bases_and_slopes =
                screens.flat_map(|screen| std::iter::once(&mut screen.base).chain(&mut screen.slopes));
            let own = std::iter::once(&mut pool.worth).chain(&mut pool.nets).chain(&mut pool.quantities);
            own.chain(bases_and_slopes).for_each(|row| *row = [row[0]; LANES]);
        }
        for level in self.stops.iter_mut().chain(&mut self.profits) {
            level.row = [level.row[0]; LANES];
        }
        self.line.spread();
    }

    /// Funding: what is simple at once in every lane, the rest alone.
    #[inline(always)]
    pub fn fund<'a, 'b>(
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
                self.line.base[l] -= owed[l];
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
    pub fn book_funding(&mut self, terms: &Terms, lane: usize) {
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
    pub fn refresh(&mut self, terms: &Terms, lane: usize) {
        let account = &self.accounts[lane];
        for net in &mut self.line.nets {
            net[lane] = 0.0;
        }
        let mut base = if self.shared.is_some() { 0.0 } else { account.wallet };
        for (index, (pool, planned)) in self.pools.iter_mut().zip(&terms.pools).enumerate() {
            pool.write(terms, planned, account, index, lane);
            base += pool.worth[lane];
            for (net, &asset) in pool.nets.iter().zip(&planned.assets) {
                self.line.nets[asset][lane] += net[lane];
            }
        }
        self.line.base[lane] = base;
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
