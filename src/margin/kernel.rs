//! The margin rules for a block of paths side by side, in f64.
//!
//! Screen wide, resolve rarely: a chunk of steps asks in every lane at once whether anything can happen while prices stay
//! between their least and their greatest, and a lane in which something may goes through its steps alone, by plainly
//! written functions on its account. A plain venue has a loop of its own.

mod account;
mod chunk;
mod close;
mod cover;
mod funding;
mod inside;
mod line;
mod managed;
mod orders;
mod plain;
mod plain_inside;
mod procedure;
mod screen;
mod terms;
mod ties;
mod track;

pub(super) use terms::Terms;
pub(super) use ties::GUARD;

use std::array::from_ref;

use chunk::Chunk;
use managed::ManagedState;
use plain::PlainState;
use track::EquityTrack;

use super::plan::{BookPlan, Rules};
use crate::lanes::{Aligned, CHUNK, LANES, Lanes, Need};

/// Steps of Newton's method for one touched price: one for each line of a requirement is enough.
const MOST_LINES: usize = 64;

#[derive(Debug, Clone)]
#[allow(
    clippy::large_enum_variant,
    reason = "few states, and every step of a plain venue goes through its rows"
)]
enum Accounts {
    Plain(PlainState),
    Managed(Box<ManagedState>),
}

/// One mode of one block of paths.
#[derive(Debug, Clone)]
pub struct BookState {
    accounts: Accounts,
    track: EquityTrack,
    /// Equity in quote, of an inverse contract.
    quote: Option<Box<EquityTrack>>,
    /// Room for a managed account's equity at each step of a chunk.
    rows: Box<Aligned<[Lanes; CHUNK]>>,
}

impl BookState {
    /// The account of every lane at time 0.
    pub fn open(plan: &BookPlan) -> Self {
        let accounts = match &plan.rules {
            Rules::Plain(plain) => {
                let positions = plan.pool_of.iter().copied().zip(plan.quantities.iter().copied());
                Accounts::Plain(PlainState::open(plain, positions.collect()))
            }
            Rules::Managed(terms) => Accounts::Managed(Box::new(ManagedState::open(terms))),
        };
        Self {
            accounts,
            track: EquityTrack::open(plan.opening_equity()),
            quote: plan.opening_quote_equity().map(|equity| Box::new(EquityTrack::open(equity))),
            rows: Box::new(Aligned([[0.0; LANES]; CHUNK])),
        }
    }

    /// Back to time 0, for a state opened with the same plan.
    pub fn restart(&mut self, plan: &BookPlan) {
        match (&mut self.accounts, &plan.rules) {
            (Accounts::Plain(state), Rules::Plain(plain)) => state.restart(plain),
            (Accounts::Managed(state), Rules::Managed(terms)) => state.restart(terms),
            _ => *self = Self::open(plan),
        }
        self.track.restart(plan.opening_equity());
        if let (Some(track), Some(equity)) = (&mut self.quote, plan.opening_quote_equity()) {
            track.restart(equity);
        }
    }

    /// Moves every lane to `step` (from 1) at these prices. `prices(asset)` gives the asset's row, `rates` by asset
    /// the sum of the funding rates due, if any is.
    #[inline(always)]
    pub fn step<'a>(
        &mut self,
        plan: &BookPlan,
        step: u32,
        prices: impl Fn(usize) -> &'a Lanes + Copy,
        rates: Option<&[Lanes]>,
    ) {
        let rows = |asset| from_ref(prices(asset));
        let bounds = |asset| (prices(asset), prices(asset));
        if plan.is_managed() {
            self.steps_managed(plan, step, rows, bounds, |_| rates);
        } else {
            self.steps_plain(plan, step, rows, bounds);
        }
    }

    /// Moves every lane of a plan that is not managed through the steps from `first` (from 1) on; for any other nothing
    /// happens. `prices(asset)` gives the asset's rows, one a step, `bounds(asset)` each lane's least and greatest price
    /// in them.
    #[inline(always)]
    pub fn steps_plain<'a, const N: usize>(
        &mut self,
        plan: &BookPlan,
        first: u32,
        prices: impl Fn(usize) -> &'a [Lanes; N],
        bounds: impl Fn(usize) -> (&'a Lanes, &'a Lanes),
    ) {
        if let (Accounts::Plain(state), Rules::Plain(plain)) = (&mut self.accounts, &plan.rules) {
            state.steps(plain, &mut self.track, first, prices, bounds);
        }
    }

    /// The same for a managed plan, at most [`CHUNK`] steps; for any other nothing happens. `rates(index)` gives by asset
    /// the sum of the funding rates due at a step, if any is.
    #[inline(always)]
    pub fn steps_managed<'a, 'c, const N: usize>(
        &mut self,
        plan: &BookPlan,
        first: u32,
        prices: impl Fn(usize) -> &'a [Lanes; N] + Copy,
        bounds: impl Fn(usize) -> (&'a Lanes, &'a Lanes) + Copy,
        rates: impl Fn(usize) -> Option<&'c [Lanes]>,
    ) {
        let (Accounts::Managed(state), Rules::Managed(terms)) = (&mut self.accounts, &plan.rules) else {
            return;
        };
        let Some(equity) = self.rows.first_chunk_mut::<N>() else { return };
        if let Some(quote) = &mut self.quote {
            let price = prices(0);
            let xs = reciprocals(price);
            state.steps(terms, Chunk { first, prices, xs: |_| &xs.0, bounds, rates }, equity);
            quote.see::<N>(|index, l| equity[index][l] * price[index][l]);
        } else {
            state.steps(terms, Chunk { first, prices, xs: prices, bounds, rates }, equity);
        }
        self.track.see::<N>(|index, l| equity[index][l]);
    }

    /// Lanes, as bits, in which something may happen while prices stay within bounds. `bounds(asset)` gives the lower
    /// and the upper row.
    #[inline(always)]
    pub fn near<'a>(&self, plan: &BookPlan, bounds: impl Fn(usize) -> (&'a Lanes, &'a Lanes) + Copy) -> u64 {
        match (&self.accounts, &plan.rules) {
            (Accounts::Plain(state), Rules::Plain(plain)) => state.near(plain, bounds),
            (Accounts::Managed(state), Rules::Managed(terms)) => state.near(terms, bounds),
            _ => 0,
        }
    }

    /// What of one lane has to be seen while prices stay within bounds.
    pub fn need(&self, plan: &BookPlan, lane: usize, low: &[f64], high: &[f64]) -> Need {
        match (&self.accounts, &plan.rules) {
            (Accounts::Plain(state), Rules::Plain(plain)) => state.need(plain, lane, low, high),
            (Accounts::Managed(state), Rules::Managed(terms)) => state.need(terms, lane, low, high),
            _ => Need::Nothing,
        }
    }

    /// One lane: inside step `step` each asset has been at its `low` and its `high`, and all are at `end` now.
    pub fn ran(&mut self, plan: &BookPlan, step: u32, lane: usize, stretch: [&[f64]; 3]) {
        match (&mut self.accounts, &plan.rules) {
            (Accounts::Plain(state), Rules::Plain(plain)) => state.ran(plain, step, lane, stretch),
            (Accounts::Managed(state), Rules::Managed(terms)) => {
                state.now = step;
                state.ran(terms, lane, stretch);
            }
            _ => {}
        }
    }

    /// One lane: all assets are at `to` now, some by a jump.
    pub fn jumped(&mut self, plan: &BookPlan, step: u32, lane: usize, to: &[f64]) {
        match (&mut self.accounts, &plan.rules) {
            (Accounts::Plain(state), Rules::Plain(plain)) => state.jumped(plain, step, lane, to),
            (Accounts::Managed(state), Rules::Managed(terms)) => {
                state.now = step;
                state.jumped(terms, lane, to);
            }
            _ => {}
        }
    }

    /// Account equity at the present step.
    pub fn equity(&self) -> &Lanes {
        &self.track.equity
    }

    /// Smallest account equity so far.
    pub fn least_equity(&self, lane: usize) -> f64 {
        self.track.least(lane)
    }

    /// Largest fall from the running peak, account currency.
    pub fn drawdown(&self, lane: usize) -> f64 {
        self.track.drawdown(lane)
    }

    /// Largest fall relative to the running peak, in `[0, 1]`.
    pub fn relative_drawdown(&self, lane: usize) -> f64 {
        self.track.relative_drawdown(lane)
    }

    /// Of an inverse contract, one lane in quote: equity, largest fall from the running peak, and the same relative to
    /// it.
    pub fn in_quote(&self, lane: usize) -> Option<[f64; 3]> {
        let track = self.quote.as_ref()?;
        Some([track.equity[lane], track.drawdown(lane), track.relative_drawdown(lane)])
    }

    /// What the fund paid so far: loss beyond pools' money, and charges that nobody could pay.
    pub fn shortfall(&self, lane: usize) -> f64 {
        match &self.accounts {
            Accounts::Plain(state) => state.shortfall[lane],
            Accounts::Managed(state) => state.accounts[lane].shortfall,
        }
    }

    /// Step at which a procedure first closed any of a position, if one did.
    #[inline]
    pub fn liquidated_at(&self, position: usize, lane: usize) -> Option<u32> {
        let step = match &self.accounts {
            Accounts::Plain(state) => state.liquidated_at(position, lane),
            Accounts::Managed(state) => state.accounts[lane].positions[position].liquidated_at,
        };
        (step != 0).then_some(step)
    }

    /// The same in every lane, 0 where none did.
    #[inline(always)]
    pub fn liquidation_steps(&self, position: usize) -> [u32; LANES] {
        match &self.accounts {
            Accounts::Plain(state) => state.liquidated_at[state.positions[position].0],
            Accounts::Managed(state) => {
                std::array::from_fn(|lane| state.accounts[lane].positions[position].liquidated_at)
            }
        }
    }

    /// What is left of a position.
    pub fn quantity(&self, position: usize, lane: usize) -> f64 {
        match &self.accounts {
            Accounts::Plain(state) if state.liquidated_at(position, lane) != 0 => 0.0,
            Accounts::Plain(state) => state.positions[position].1,
            Accounts::Managed(state) => state.accounts[lane].positions[position].quantity,
        }
    }

    /// Sizes closed by procedures so far.
    pub fn closes(&self, lane: usize) -> u32 {
        match &self.accounts {
            Accounts::Plain(state) => state.closes(lane),
            Accounts::Managed(state) => state.accounts[lane].closes,
        }
    }

    /// Fees paid so far, those at entry among them.
    pub fn fees(&self, lane: usize) -> f64 {
        match &self.accounts {
            Accounts::Plain(_) => 0.0,
            Accounts::Managed(state) => state.accounts[lane].fees,
        }
    }

    /// Funding paid less funding received so far.
    pub fn funding_paid(&self, lane: usize) -> f64 {
        match &self.accounts {
            Accounts::Plain(_) => 0.0,
            Accounts::Managed(state) => state.funding(lane),
        }
    }

    /// Money that is not allocated to an isolated position.
    pub fn wallet(&self, lane: usize) -> f64 {
        match &self.accounts {
            Accounts::Plain(state) => state.wallet[lane],
            Accounts::Managed(state) => state.wallet(lane),
        }
    }
}

/// One over each price.
#[inline(always)]
fn reciprocals<const N: usize>(prices: &[Lanes; N]) -> Aligned<[Lanes; N]> {
    let mut rows = Aligned([[0.0; LANES]; N]);
    for (row, prices) in rows.0.iter_mut().zip(prices) {
        for l in 0..LANES {
            row[l] = 1.0 / prices[l];
        }
    }
    rows
}
