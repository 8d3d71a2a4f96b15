//! Wall time on a machine that others use too: everything compared takes turns, and the fastest round of each counts.

use std::hint::black_box;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use ringfence::simulation::{Control, Job, RunOutcome, Simulator, Totals, VectorWidth, WidthLimit};

/// So many threads, 0 for one a core, with the widest vectors there are.
pub fn simulator(threads: usize) -> Simulator {
    match Simulator::new(threads, VectorWidth::detect(WidthLimit::Avx512)) {
        Ok(simulator) => simulator,
        Err(error) => panic!("{error}"),
    }
}

pub fn run(simulator: &Simulator, job: &Job) -> RunOutcome {
    let cancelled = AtomicBool::new(false);
    match simulator.simulate(job, &Control { cancelled: &cancelled, progress: &|_| () }) {
        Ok(outcome) => outcome,
        Err(error) => panic!("{error}"),
    }
}

/// Jobs that share their paths.
pub fn extend(simulator: &Simulator, jobs: &[&Job]) -> Vec<Totals> {
    let cancelled = AtomicBool::new(false);
    let control = Control { cancelled: &cancelled, progress: &|_| () };
    let mut totals: Vec<Totals> = jobs.iter().map(|job| Totals::new(job)).collect();
    let blocks = 0..jobs.iter().map(|job| job.blocks()).max().unwrap_or(0);
    match simulator.extend(jobs, blocks, &mut totals, &control) {
        Ok(()) => totals,
        Err(stopped) => panic!("{}", stopped.error),
    }
}

/// Seconds of the fastest round of each piece of work.
pub fn fastest<const N: usize>(rounds: u32, mut works: [&mut dyn FnMut(); N]) -> [f64; N] {
    let mut least = [f64::INFINITY; N];
    for _ in 0..rounds {
        for (work, least) in works.iter_mut().zip(&mut least) {
            *least = least.min(seconds(work));
        }
    }
    least
}

/// Seconds that it takes.
pub fn seconds<T>(work: impl FnOnce() -> T) -> f64 {
    let started = Instant::now();
    black_box(work());
    started.elapsed().as_secs_f64()
}
