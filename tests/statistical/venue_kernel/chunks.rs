//! A chunk of steps gives bit for bit what its steps give one by one, whatever happens in them: 64 different paths a case,
//! some led to a barrier, a level, or within rounding of it.

use ringfence::paths::CHUNK;

use super::*;

/// A step's rows: prices and funding rates by asset.
struct Step {
    prices: Vec<Lanes>,
    rates: Option<Vec<Lanes>>,
}

/// Whether a move of one lane's price closes anything, tried on a copy.
fn closes(
    state: &BookState,
    plan: &BookPlan,
    step: u32,
    rows: &[Lanes],
    (lane, asset): (usize, usize),
    price: f64,
) -> bool {
    let (mut copy, mut rows) = (state.clone(), rows.to_vec());
    rows[asset][lane] = price;
    copy.step(plan, step, |asset| &rows[asset], None);
    copy.closes(lane) > state.closes(lane)
}

/// A price at which one lane's first pool begins to fail, if a move by half brings it there.
fn barrier(state: &BookState, plan: &BookPlan, step: u32, rows: &[Lanes], at: (usize, usize)) -> Option<f64> {
    let here = rows[at.1][at.0];
    let there = [0.5 * here, 1.5 * here].into_iter().find(|p| closes(state, plan, step, rows, at, *p))?;
    let (mut alive, mut dead) = (here, there);
    for _ in 0..44 {
        let middle = 0.5 * (alive + dead);
        if closes(state, plan, step, rows, at, middle) { dead = middle } else { alive = middle }
    }
    Some(dead)
}

/// Levels of the orders on an asset.
fn levels(portfolio: &Portfolio, asset: usize) -> Vec<f64> {
    let held = portfolio.positions.iter().filter(|p| p.asset == asset);
    held.flat_map(|p| [p.orders.stop_loss, p.orders.take_profit]).flatten().map(to_f64).collect()
}

/// Walks every lane its own way, step by step, and remembers the rows.
fn walk(dice: &mut Dice, portfolio: &Portfolio, plan: &BookPlan, table: &FundingTable) -> Vec<Step> {
    let mut state = BookState::open(plan);
    let mut prices: Vec<Lanes> = portfolio.assets.iter().map(|a| [to_f64(a.price); LANES]).collect();
    let calm = dice.pick(&[0.002, 0.02, 0.05]);
    let mut steps = Vec::new();
    for step in 1..=STEPS as u32 {
        for asset in 0..prices.len() {
            let levels = levels(portfolio, asset);
            for lane in 0..LANES {
                let size = match dice.below(80) {
                    0..=3 => 0.4,
                    4 => 3.0,
                    _ => calm,
                };
                let mut price = prices[asset][lane] * libm::exp(size * (2.0 * dice.unit() - 1.0));
                if dice.one_in(60) && !levels.is_empty() {
                    price = dice.pick(&levels);
                } else if dice.one_in(400) {
                    price = barrier(&state, plan, step, &prices, (lane, asset)).unwrap_or(price);
                }
                price *= 1.0 + dice.pick(&[0.0, 0.0, 1e-12, -1e-12, 5e-10, -5e-10, 1e-9, -1e-9]);
                prices[asset][lane] = if dice.one_in(2) { round(price) } else { price };
            }
        }
        let mut rates = vec![[0.0; LANES]; prices.len()];
        let due = table.rates(0, u64::from(step), &mut rates).then_some(rates);
        state.step(plan, step, |asset| &prices[asset], due.as_deref());
        steps.push(Step { prices: prices.clone(), rates: due });
    }
    steps
}

/// Moves the state through `N` steps at once.
fn at_once<const N: usize>(state: &mut BookState, plan: &BookPlan, first: u32, steps: &[Step]) {
    let assets = 0..steps[0].prices.len();
    let rows: Vec<[Lanes; N]> =
        assets.map(|asset| std::array::from_fn(|index| steps[index].prices[asset])).collect();
    let extreme = |rows: &[Lanes; N], of: fn(f64, f64) -> f64| -> Lanes {
        std::array::from_fn(|lane| rows.iter().map(|row| row[lane]).reduce(of).unwrap())
    };
    let bounds: Vec<[Lanes; 2]> =
        rows.iter().map(|rows| [extreme(rows, f64::min), extreme(rows, f64::max)]).collect();
    let bounds = |asset: usize| (&bounds[asset][0], &bounds[asset][1]);
    if plan.is_managed() {
        state.steps_managed(plan, first, |asset| &rows[asset], bounds, |index| steps[index].rates.as_deref());
    } else {
        state.steps_plain(plan, first, |asset| &rows[asset], bounds);
    }
}

/// Everything that is known of one lane, as bits.
fn known(state: &BookState, lane: usize, positions: usize) -> Vec<u64> {
    let figures = [
        state.equity()[lane],
        state.least_equity(lane),
        state.drawdown(lane),
        state.relative_drawdown(lane),
        state.shortfall(lane),
        state.fees(lane),
        state.funding_paid(lane),
        state.wallet(lane),
    ];
    let quote = state.in_quote(lane).unwrap_or_default();
    let of = |position: usize| {
        [
            state.quantity(position, lane).to_bits(),
            u64::from(state.liquidated_at(position, lane).unwrap_or(0)),
        ]
    };
    let counts = [u64::from(state.closes(lane))];
    let floats = figures.into_iter().chain(quote).map(f64::to_bits);
    floats.chain((0..positions).flat_map(of)).chain(counts).collect()
}

/// One case in one mode; how many lanes lost a position.
fn chunks_are_steps(seed: u64, dice: &mut Dice, portfolio: &Portfolio, plan: &BookPlan) -> usize {
    let table = FundingTable::new(portfolio, CLOCK);
    let steps = walk(dice, portfolio, plan, &table);
    let mut alone = BookState::open(plan);
    let mut together = BookState::open(plan);
    let mut done = 0;
    while done < steps.len() {
        let left = &steps[done..];
        let first = done as u32 + 1;
        let made =
            if left.len() >= CHUNK && !dice.one_in(8) { CHUNK } else { dice.pick(&[1, 2]).min(left.len()) };
        match made {
            CHUNK => at_once::<CHUNK>(&mut together, plan, first, left),
            2 => at_once::<2>(&mut together, plan, first, left),
            _ => at_once::<1>(&mut together, plan, first, left),
        }
        for (step, rows) in (first..).zip(&left[..made]) {
            alone.step(plan, step, |asset| &rows.prices[asset], rows.rates.as_deref());
        }
        done += made;
        for lane in 0..LANES {
            let positions = portfolio.positions.len();
            let (a, b) = (known(&alone, lane, positions), known(&together, lane, positions));
            assert_eq!(a, b, "seed {seed} {} steps {first} to {done}, lane {lane}", plan.mode());
        }
    }
    (0..LANES).filter(|lane| alone.closes(*lane) > 0).count()
}

fn cases() -> u64 {
    std::env::var("RINGFENCE_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(150)
}

/// Every case of these seeds in every mode; how many lanes lost a position.
fn closed_in_cases(seeds: u64, make: impl Fn(&mut Dice, &mut Portfolio), is_managed: Option<bool>) -> usize {
    let mut closed = 0;
    for seed in 0..cases() {
        let mut dice = Dice(seed ^ seeds);
        let (mut portfolio, _) = case(&mut dice);
        make(&mut dice, &mut portfolio);
        for mode in MarginMode::ALL {
            let plan = BookPlan::new(&portfolio, mode, CLOCK);
            assert!(is_managed.is_none_or(|managed| plan.is_managed() == managed));
            closed += chunks_are_steps(seed, &mut dice, &portfolio, &plan);
        }
    }
    closed
}

#[test]
fn a_chunk_of_any_venue_is_its_steps() {
    let closed = closed_in_cases(0x5eed, |_, _| (), None);
    assert!(closed > 1_000, "{closed}");
}

#[test]
fn a_chunk_of_a_plain_venue_is_its_steps() {
    let closed = closed_in_cases(0x9_1a1e, make_plain, Some(false));
    assert!(closed > 1_000, "{closed}");
}
