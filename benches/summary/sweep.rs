//! Cells that share their paths, beside the same cells each run alone.

use ringfence::simulation::{Job, Simulator};

use crate::clock::{extend, fastest, run};
use crate::workloads::sweep;

/// Paths of a cell.
const PATHS: u64 = 4_096;

/// Ten leverages times five margins; a group may cost half of what its cells cost alone.
pub fn print(one: &Simulator) {
    let Some(cells) = sweep(PATHS) else { panic!("the sweep cannot be built") };
    let jobs: Vec<&Job> = cells.iter().collect();
    let [together, alone, first] = fastest(
        3,
        [
            &mut || drop(extend(one, &jobs)),
            &mut || jobs.iter().for_each(|job| drop(run(one, job))),
            &mut || drop(run(one, jobs[0])),
        ],
    );
    let each = |seconds: f64| seconds / (PATHS * jobs.len() as u64) as f64 * 1e9;
    println!(
        "a sweep of {} cells on shared paths: {:.0} ns a path and cell, {:.2} of the {:.0} ns of its cells alone \
         ({:.1} times one cell's run); a half is allowed",
        jobs.len(),
        each(together),
        together / alone,
        each(alone),
        together / first
    );
}
