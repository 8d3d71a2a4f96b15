//! Cells that share their price paths, from their first block to the last, with what is kept on the way.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::evaluate::job::generator;
use crate::evaluate::open_cell::{OpenCell, named};
use crate::plan::passes::Rounds;
use crate::result::outcome_names::OutcomeNames;
use crate::run::cell_store::Store;
use crate::run::executor::Machine;
use crate::run::prepare::Prepared;
use crate::scenario::Scenario;
use crate::simulation::{Job, Totals};
use crate::store::checkpoint::AT_HAND;
use crate::store::saved_totals;
use crate::store::saved_totals::Part;

/// How far a pass has come.
#[derive(Serialize, Deserialize)]
struct AtHand {
    cells: Vec<usize>,
    reached: u64,
    totals: Vec<Totals>,
}

/// Runs those cells of a pass that are not stored yet, and stores each as soon as it is finished.
///
/// # Errors
/// As a run's; what was stored stays.
pub fn run(
    prepared: &Prepared,
    cells: &[(usize, &Scenario)],
    part: Part,
    machine: &Machine<'_>,
    store: &mut Store<'_>,
) -> Result<()> {
    let Some((_, first)) = cells.first() else { return Ok(()) };
    let generator = Arc::new(generator(first)?);
    let mut open = Vec::new();
    for &(index, scenario) in cells {
        if store.has(index, part, scenario.settings.precision)? {
            machine.skip(part.paths(scenario.settings.paths));
        } else {
            let mut cell = OpenCell::new(&prepared.facts, index, scenario, generator.clone());
            if part.first == 0 {
                cell.observe(&prepared.facts, machine.simulator, machine.control.cancelled)?;
            }
            open.push(cell);
        }
    }
    let mut totals: Vec<Totals> = open.iter().map(|cell| Totals::new(&cell.job)).collect();
    let reached = resume(prepared, &open, part.first, &mut totals)?.unwrap_or(part.first);
    open.iter().for_each(|cell| machine.skip(cell.paths(part.first, reached)));
    let stops = open.iter().any(|cell| cell.precision().is_some());
    let mut rounds = Rounds::new(reached, part.end, stops, machine.keep_every);
    store.open_outcomes(open.iter().map(|cell| (cell.index, OutcomeNames::new(cell.scenario))))?;
    loop {
        let blocks = rounds.next();
        if blocks.is_empty() || open.is_empty() {
            break;
        }
        let jobs: Vec<&Job> = open.iter().map(|cell| &cell.job).collect();
        machine
            .extend(&jobs, blocks.clone(), &mut totals, store)
            .map_err(|stopped| named(stopped, &open, &prepared.facts))?;
        if rounds.done(blocks.end) {
            stop_where_sure(&mut open, &mut totals, Part { end: blocks.end, ..part }, machine, store)?;
        }
        if blocks.end < part.end && !open.is_empty() && store.keeps_work_at_hand() {
            let cells = open.iter().map(|cell| cell.index).collect();
            let at_hand = AtHand { cells, reached: blocks.end, totals: totals.clone() };
            prepared.work.write(AT_HAND, &saved_totals::encode(&at_hand)?)?;
        }
    }
    // The files of outcomes move up as they are closed.
    for (cell, totals) in open.iter().zip(&totals) {
        store.keep(cell.index, 0, cell.saved(part, totals), cell.precision())?;
    }
    prepared.work.remove(AT_HAND)
}

/// Stores the cells that are known well enough, and goes on without them.
fn stop_where_sure(
    open: &mut Vec<OpenCell<'_>>,
    totals: &mut Vec<Totals>,
    part: Part,
    machine: &Machine<'_>,
    store: &mut Store<'_>,
) -> Result<()> {
    let mut place = 0;
    while let Some((cell, of_cell)) = open.get(place).zip(totals.get(place)) {
        let saved = cell.saved(part, of_cell);
        let document = saved.clone().document(cell.precision().as_ref());
        if !document.precision.is_some_and(|precision| precision.met) {
            place += 1;
            continue;
        }
        machine.skip(cell.paths(part.end, u64::MAX));
        store.keep(cell.index, place, saved, cell.precision())?;
        open.remove(place);
        totals.remove(place);
    }
    Ok(())
}

/// Takes up the totals of a pass that did not end; where it had come to.
fn resume(
    prepared: &Prepared,
    open: &[OpenCell<'_>],
    first: u64,
    totals: &mut [Totals],
) -> Result<Option<u64>> {
    let Some(bytes) = prepared.work.read(AT_HAND)? else { return Ok(None) };
    // A file of another pass, or a damaged one, is work lost and no more.
    let Ok(at_hand) = saved_totals::decode::<AtHand>(&bytes) else { return Ok(None) };
    let mut kept = Vec::with_capacity(open.len());
    for cell in open {
        let place = at_hand.cells.iter().position(|&index| index == cell.index);
        let found = place.and_then(|place| at_hand.totals.get(place)).filter(|totals| totals.fits(&cell.job));
        let Some(found) = found.filter(|totals| totals.paths() == cell.paths(first, at_hand.reached)) else {
            return Ok(None);
        };
        kept.push(found.clone());
    }
    totals.iter_mut().zip(kept).for_each(|(totals, kept)| *totals = kept);
    Ok(Some(at_hand.reached))
}
