//! What a path costs beside its steps: the streams are begun, accounts opened, outcomes folded into totals.

use ringfence::simulation::{Job, Simulator};

use crate::clock::{fastest, run};
use crate::workloads::{PATHS, STEPS, w1};

/// Steps of the short paths: as few as a path is made of at a time.
const FEW: u64 = 8;

/// Short paths, which cost a few steps beside all that is done once a path, against W1's whole ones: no less than the
/// share of a run that folding statistics takes.
pub fn print(one: &Simulator) {
    let (Some(whole), Some(short)) = (w1(STEPS), w1(FEW)) else { panic!("W1 cannot be built") };
    // So many that starting the run is no part of it.
    let short = Job { paths: 16 * PATHS, ..short };
    let [whole_seconds, short_seconds] =
        fastest(9, [&mut || drop(run(one, &whole)), &mut || drop(run(one, &short))]);
    let whole_ns = whole_seconds / whole.paths as f64 * 1e9;
    let short_ns = short_seconds / short.paths as f64 * 1e9;
    println!(
        "a path beside its steps: at most {short_ns:.0} ns (a path of {FEW} steps), {:.1} % of W1's {whole_ns:.0} ns a path; \
         statistics may cost 10 %",
        100.0 * short_ns / whole_ns
    );
}
