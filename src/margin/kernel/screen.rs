//! Wide rows that say in which lanes something may happen.

use super::account::Held;
use super::terms::{PoolTerms, Rates, Terms};
use super::ties::GUARD;
use crate::lanes::{LANES, Lanes};

/// Equity less a multiple of the requirement, but for the lines beyond the first: `base + Σ slope·x`.
#[derive(Debug, Clone)]
pub(super) struct Screen {
    /// +∞ in lanes with nothing to ask.
    pub base: Lanes,
    /// Per asset of the pool.
    pub slopes: Vec<Lanes>,
}

impl Screen {
    pub fn new(pool: &PoolTerms) -> Self {
        Self { base: [f64::INFINITY; LANES], slopes: vec![[0.0; LANES]; pool.assets.len()] }
    }

    pub fn write(
        &mut self,
        lane: usize,
        (worth, fixed): (f64, f64),
        times: f64,
        nets: &[Lanes],
        rates: &[f64],
        hidden: bool,
    ) {
        self.base[lane] = if hidden { f64::INFINITY } else { worth - times * fixed };
        for ((slope, net), rate) in self.slopes.iter_mut().zip(nets).zip(rates) {
            slope[lane] = net[lane] - times * rate;
        }
    }
}

impl PoolTerms {
    /// Gaps within it of zero are decided at prices of 12 digits.
    pub fn guard(&self) -> f64 {
        GUARD * self.size
    }
}

/// Equity less so many times the requirement, in every lane.
#[inline(always)]
pub(super) fn gap_row<'a>(
    terms: &Terms,
    pool: &PoolTerms,
    screen: &Screen,
    quantities: &[Lanes],
    times: f64,
    xs: &impl Fn(usize) -> &'a Lanes,
) -> Lanes {
    let mut gap = screen.base;
    for (slope, &asset) in screen.slopes.iter().zip(&pool.assets) {
        let x = xs(asset);
        for l in 0..LANES {
            gap[l] += slope[l] * x[l];
        }
    }
    for (quantity, &size) in quantities.iter().zip(&pool.laddered) {
        let asset = pool.sizes[size].asset;
        climb(terms, asset, quantity, xs(asset), times, &mut gap);
    }
    gap
}

/// The same of one lane.
pub(super) fn gap_at(
    terms: &Terms,
    pool: &PoolTerms,
    screen: &Screen,
    quantities: &[Lanes],
    times: f64,
    (lane, x): (usize, impl Fn(usize) -> f64),
) -> f64 {
    let mut gap = screen.base[lane];
    for (slope, &asset) in screen.slopes.iter().zip(&pool.assets) {
        gap += slope[lane] * x(asset);
    }
    for (quantity, &size) in quantities.iter().zip(&pool.laddered) {
        let asset = pool.sizes[size].asset;
        let Rates::Lines(lines) = &terms.markets[asset].rates else { continue };
        let [first, higher @ ..] = lines.as_slice() else { continue };
        let notional = quantity[lane] * x(asset);
        let beyond = higher.iter().take_while(|[floor, ..]| notional > *floor);
        let line = |[_, rate, deduction]: &[f64; 3]| (rate - first[1]) * notional - deduction;
        gap -= times * beyond.map(line).fold(0.0, f64::max);
    }
    gap
}

/// A lower bound of the same in every lane while prices stay within bounds.
#[inline(always)]
pub(super) fn least_gaps<'a>(
    terms: &Terms,
    pool: &PoolTerms,
    screen: &Screen,
    quantities: &[Lanes],
    times: f64,
    bounds: impl Fn(usize) -> (&'a Lanes, &'a Lanes),
) -> Lanes {
    let mut gap = screen.base;
    for (slope, &asset) in screen.slopes.iter().zip(&pool.assets) {
        let (low, high) = bounds(asset);
        for l in 0..LANES {
            let [least, most] = x_between(terms, low[l], high[l]);
            gap[l] += slope[l] * if slope[l] > 0.0 { least } else { most };
        }
    }
    for (quantity, &size) in quantities.iter().zip(&pool.laddered) {
        let asset = pool.sizes[size].asset;
        let (low, high) = bounds(asset);
        let mut most = [0.0; LANES];
        for l in 0..LANES {
            most[l] = x_between(terms, low[l], high[l])[1];
        }
        climb(terms, asset, quantity, &most, times, &mut gap);
    }
    gap
}

/// The least and the greatest x of two prices.
#[inline(always)]
fn x_between(terms: &Terms, low: f64, high: f64) -> [f64; 2] {
    if terms.inverse { [1.0 / high, 1.0 / low] } else { [low, high] }
}

/// Takes what the lines beyond the first ask from the gap: nothing while no lane's notional exceeds the second's floor.
#[inline(always)]
pub(super) fn climb(terms: &Terms, asset: usize, quantity: &Lanes, x: &Lanes, times: f64, gap: &mut Lanes) {
    let Rates::Lines(lines) = &terms.markets[asset].rates else { return };
    let [first, higher @ ..] = lines.as_slice() else { return };
    let mut beyond = false;
    if let Some([floor, ..]) = higher.first() {
        for l in 0..LANES {
            beyond |= quantity[l] * x[l] > *floor;
        }
    }
    if !beyond {
        return;
    }
    let mut more = [0.0; LANES];
    for [floor, rate, deduction] in higher {
        let mut above = false;
        for l in 0..LANES {
            above |= quantity[l] * x[l] > *floor;
        }
        if !above {
            break;
        }
        let steeper = rate - first[1];
        for l in 0..LANES {
            let line = steeper * (quantity[l] * x[l]) - deduction;
            more[l] = if line > more[l] { line } else { more[l] };
        }
    }
    for l in 0..LANES {
        gap[l] -= times * more[l];
    }
}

/// The level of one position's order in every lane; out of reach where there is none.
#[derive(Debug, Clone)]
pub(super) struct Level {
    pub position: usize,
    pub asset: usize,
    /// Reached by a price that falls to it.
    pub falling: bool,
    pub row: Lanes,
}

impl Level {
    /// Whether one lane's price has come to it.
    pub fn is_reached(&self, lane: usize, price: f64) -> bool {
        if self.falling { price <= self.row[lane] } else { price >= self.row[lane] }
    }

    /// Of the stop, or of the take profit.
    pub fn write(&mut self, lane: usize, held: &Held, stop: bool) {
        let level = if stop { held.stop_loss } else { held.take_profit };
        let nowhere = if self.falling { f64::NEG_INFINITY } else { f64::INFINITY };
        // Wider by the guard: the lane alone decides what is near.
        let guard = if self.falling { 1.0 + GUARD } else { 1.0 - GUARD };
        self.row[lane] = level.filter(|_| held.quantity > 0.0).map_or(nowhere, |level| level * guard);
    }
}

/// One row for each position that has a stop (or a take profit).
pub(super) fn levels(terms: &Terms, stop: bool) -> Vec<Level> {
    let has = |p: &super::terms::PositionTerms| if stop { p.stop_loss } else { p.take_profit }.is_some();
    let positions = terms.positions.iter().enumerate().filter(|(_, p)| has(p));
    positions
        .map(|(position, p)| Level {
            position,
            asset: p.asset,
            falling: (p.sign > 0.0) == stop,
            row: [0.0; LANES],
        })
        .collect()
}

/// Lanes in which a price comes to a level while prices stay within bounds, as bits.
#[inline(always)]
pub(super) fn reached<'a>(levels: &[Level], bounds: impl Fn(usize) -> (&'a Lanes, &'a Lanes)) -> u64 {
    let mut lanes = 0;
    for level in levels {
        let (low, high) = bounds(level.asset);
        lanes |= bits_where(|l| if level.falling { low[l] <= level.row[l] } else { high[l] >= level.row[l] });
    }
    lanes
}

/// Lanes at or below a bound, as bits.
#[inline(always)]
pub(super) fn bits(row: &Lanes, bound: f64) -> u64 {
    bits_where(|l| row[l] <= bound)
}

/// Lanes for which something holds, as bits: asked of all at once first, because it rarely holds of any.
#[inline(always)]
fn bits_where(holds: impl Fn(usize) -> bool) -> u64 {
    let mut any = false;
    for l in 0..LANES {
        any |= holds(l);
    }
    let mut lanes = 0;
    if any {
        for l in 0..LANES {
            lanes |= u64::from(holds(l)) << l;
        }
    }
    lanes
}

/// Lanes of bits.
pub(super) fn lanes_of(mut bits: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let lane = bits.trailing_zeros() as usize;
        bits &= bits.wrapping_sub(1);
        (lane < LANES).then_some(lane)
    })
}
