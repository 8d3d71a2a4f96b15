//! What a run would cost, for `check`. Constants were measured on one core of a server of 2025 with AVX-512; other
//! machines differ, which the text says.

use crate::domain::{Monitoring, to_f64};
use crate::paths::{CommonJumps, LANES, MarketModel};
use crate::scenario::{Batch, Scenario};
use crate::simulation::{bias_paths, inside_ns};
use crate::text::format::significant;

/// Nanoseconds a path-step takes: per asset drawn, per mode, and per asset or pool that a mode looks at.
const PER_ASSET_NS: f64 = 0.8;
const PER_MODE_NS: f64 = 0.15;
const PER_TERM_NS: f64 = 0.07;
/// Nanoseconds to draw a jump of one asset, or the switch of a regime.
const PER_EVENT_NS: f64 = 100.0;
/// Nanoseconds to add one path's outcome in one mode to the totals.
const PER_OUTCOME_NS: f64 = 40.0;
/// Seconds for audit, charts and files, whatever the size.
const FIXED_SECONDS: f64 = 0.5;

/// Seconds to audit one cell of a sweep and to write what it found.
const CELL_SECONDS: f64 = 0.02;
/// Cells of a sweep that are stepped on one draw at a time: drawing prices is then a few hundredths of the work.
pub const CELLS_A_DRAW: usize = 64;
/// Memory that the totals of such cells may take, MiB.
pub const SWEEP_TOTALS_MIB: f64 = 256.0;

/// Memory of the program, and of drawing its charts.
const PROGRAM_MIB: f64 = 7.0;
const CHARTS_MIB: f64 = 50.0;
/// A histogram's page: 256 bins of 16 bytes, and of them per unit and per doubling beyond 8 units.
const PAGE_MIB: f64 = 4_096.0 / 1_048_576.0;
const PAGES_PER_UNIT: f64 = 64.0;
const LINEAR_UNITS: f64 = 8.0;
/// Standard deviations of an asset's log return that outcomes are taken to spread over, each way.
const SPREAD: f64 = 4.0;
/// Share of the pages in that range that a run touches.
const TOUCHED: f64 = 0.35;

/// Time and memory in words.
pub fn in_words(scenario: &Scenario, threads: usize) -> String {
    let without_charts = PROGRAM_MIB + totals_mib(scenario, threads);
    format!(
        "Predicted: {} on {threads} threads of a server of 2025 with AVX-512, and {} MiB of memory \
         ({} without charts), which grows with the spread of outcomes, not with the number of paths.",
        duration(seconds(scenario, threads)),
        significant(without_charts + CHARTS_MIB, 2),
        significant(without_charts, 2),
    )
}

/// Time and memory of a sweep in words. `groups` are the cells that share their paths.
pub fn of_sweep_in_words(batch: &Batch, groups: &[Vec<usize>], threads: usize) -> String {
    let cells = |group: &Vec<usize>| -> Vec<&Scenario> {
        group.iter().filter_map(|&cell| batch.cells.get(cell)).map(|cell| &cell.scenario).collect()
    };
    let groups: Vec<Vec<&Scenario>> = groups.iter().map(cells).collect();
    let seconds: f64 = groups.iter().map(|cells| group_seconds(cells, threads)).sum();
    let totals = |cells: &Vec<&Scenario>| -> f64 { cells.iter().map(|cell| totals_mib(cell, threads)).sum() };
    let at_once = groups.iter().map(totals).fold(0.0, f64::max).min(SWEEP_TOTALS_MIB);
    let most = match batch.cells.iter().any(|cell| cell.scenario.settings.precision.is_some()) {
        true => "at most ",
        false => "",
    };
    format!(
        "Predicted: {most}{} on {threads} threads of a server of 2025 with AVX-512, and {} MiB of memory ({} without \
         charts), which grows with neither the number of paths nor, beyond that, of cells.",
        duration(FIXED_SECONDS + seconds),
        significant(PROGRAM_MIB + at_once + CHARTS_MIB, 2),
        significant(PROGRAM_MIB + at_once, 2),
    )
}

/// Of cells on one draw of their paths, which each so many of them pay for again.
fn group_seconds(cells: &[&Scenario], threads: usize) -> f64 {
    let parts = cells.iter().map(|cell| Parts::of(cell));
    let accounts: f64 = parts.clone().map(|parts| parts.accounts + parts.inside).sum();
    let draws = cells.len().div_ceil(CELLS_A_DRAW) as f64;
    let drawing = parts.map(|parts| parts.drawing).fold(0.0, f64::max);
    let Some(settings) = cells.first().map(|cell| &cell.settings) else { return 0.0 };
    let audits = CELL_SECONDS * cells.len() as f64;
    audits + (draws * drawing + accounts) * 1e-9 * lanes(settings.paths) / busy(settings.paths, threads)
}

/// What one path of a scenario takes, nanoseconds.
struct Parts {
    /// Its prices.
    drawing: f64,
    /// Its accounts, in all modes, checked at steps.
    accounts: f64,
    /// What checking them inside steps adds, where it is asked for.
    inside: f64,
}

impl Parts {
    fn of(scenario: &Scenario) -> Self {
        let (settings, market) = (&scenario.settings, &scenario.market);
        let (n, positions) = (market.assets.len(), scenario.portfolio.positions.len());
        let (assets, position_count) = (n as f64, positions as f64);
        let (steps, modes) = (settings.steps as f64, settings.modes.len() as f64);
        let drawn: f64 = market.assets.iter().map(|asset| PER_ASSET_NS * asset.process.relative_cost()).sum();
        // A driver mixes the normals of the assets before it.
        let drawn = drawn + assets * (assets - 1.0) / 2.0 * PER_TERM_NS;
        let looked_at = modes * (PER_MODE_NS + PER_TERM_NS * (assets + position_count));
        let events = PER_EVENT_NS * events_per_year(market) * settings.horizon.years();
        let is_continuous = settings.monitoring == Monitoring::Continuous;
        Self {
            drawing: steps * drawn + events,
            accounts: steps * looked_at + modes * PER_OUTCOME_NS,
            inside: if is_continuous { steps * inside_ns(n, positions) } else { 0.0 },
        }
    }
}

fn lanes(paths: u64) -> f64 {
    LANES as f64 * paths.div_ceil(LANES as u64) as f64
}

fn busy(paths: u64, threads: usize) -> f64 {
    (threads as f64).min(paths.div_ceil(LANES as u64) as f64)
}

fn seconds(scenario: &Scenario, threads: usize) -> f64 {
    let (settings, market) = (&scenario.settings, &scenario.market);
    let (n, positions) = (market.assets.len(), scenario.portfolio.positions.len());
    let parts = Parts::of(scenario);
    // The bias of steps is measured beside the run, where every model has a path inside them.
    let has_bridges = market.assets.iter().all(|asset| asset.process.has_bridge());
    let compared = if has_bridges { bias_paths(settings.paths, settings.steps, n, positions) } else { 0 };
    let steps = settings.steps as f64;
    let both = 2.0 * (parts.drawing + parts.accounts) + steps * inside_ns(n, positions);
    let run = lanes(settings.paths) * (parts.drawing + parts.accounts + parts.inside);
    FIXED_SECONDS + (run + compared as f64 * both) * 1e-9 / busy(settings.paths, threads)
}

/// Jumps and switches of all assets, expected per year.
fn events_per_year(market: &MarketModel) -> f64 {
    let common = |jumps: &CommonJumps| jumps.rate * jumps.sizes.iter().flatten().count() as f64;
    market.assets.iter().map(|asset| asset.process.events_per_year()).sum::<f64>()
        + market.common_jumps.as_ref().map_or(0.0, common)
}

/// Histograms and counts: one set a thread, and one to merge them in.
pub fn totals_mib(scenario: &Scenario, threads: usize) -> f64 {
    let portfolio = &scenario.portfolio;
    let wallet = to_f64(portfolio.account.wallet);
    let market = &scenario.market;
    let context = market.context();
    let root_years = scenario.settings.horizon.years().sqrt();
    let mut notionals = 0.0;
    let mut spread = 0.0;
    for position in &portfolio.positions {
        let notional = to_f64(portfolio.entry_notional(position));
        let log_return =
            SPREAD * market.assets[position.asset].process.annual_volatility(&context) * root_years;
        notionals += notional;
        spread += notional * (libm::exp(log_return) - libm::exp(-log_return));
    }
    let unit = wallet.min(notionals);
    let pages = 2.0 * pages(spread / unit) + pages(wallet / unit);
    let at_most = 3.0 * scenario.settings.paths as f64;
    let totals = (pages * TOUCHED).min(at_most) * PAGE_MIB;
    let counts = scenario.settings.steps as f64 * 8.0 / 1_048_576.0;
    let modes = scenario.settings.modes.len() as f64;
    modes * ((threads + 1) as f64 * totals + counts)
}

fn pages(units: f64) -> f64 {
    let doublings = libm::log2((units / LINEAR_UNITS).max(1.0));
    PAGES_PER_UNIT * (units.min(LINEAR_UNITS) + doublings)
}

fn duration(seconds: f64) -> String {
    let (scale, unit) = match seconds {
        s if s < 120.0 => (1.0, "seconds"),
        s if s < 7_200.0 => (60.0, "minutes"),
        s if s < 172_800.0 => (3_600.0, "hours"),
        s if s < 63_072_000.0 => (86_400.0, "days"),
        _ => (31_536_000.0, "years"),
    };
    format!("about {} {unit}", significant(seconds / scale, 2))
}
