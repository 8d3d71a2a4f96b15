//! What `cargo bench` says before criterion measures: a line a workload.

mod laws;
mod overhead;
mod startup;
mod sweep;

use ringfence::simulation::{Job, Simulator};

use crate::clock::{fastest, run, simulator};
use crate::digest::Digest;
use crate::workloads::{self, Workload, w1, w1_under_binance_usdm};

const ROUNDS: u32 = 5;
/// Ours is timed over so many times the paths: a run of a few milliseconds would time the start of threads.
const LONGER: u64 = 8;

/// Everything.
pub fn print(workloads: &[Workload]) {
    let (one, all) = (simulator(1), simulator(0));
    let digests = speeds(workloads, &one, &all);
    liquidations(workloads, &digests);
    println!();
    venue(&one);
    overhead::print(&one);
    sweep::print(&one);
    startup::print();
    println!();
    laws::print(&one);
    println!();
}

/// Asset-steps a second and the plain loop's; returns the digests of both.
fn speeds(workloads: &[Workload], one: &Simulator, all: &Simulator) -> Vec<[Digest; 2]> {
    let threads = format!("{} threads", all.threads());
    println!("million asset-steps/s, both modes and drawdowns evaluated");
    println!(
        "{:26} {:>9} {threads:>11} {:>7} {:>11} {:>12}",
        "", "one core", "scaling", "plain loop", "ours is"
    );
    let row = |w: &Workload| {
        let longer = Job { paths: LONGER * w.job.paths, ..w.job.clone() };
        let mut theirs = None;
        let seconds = fastest(
            ROUNDS,
            [&mut || drop(run(one, &longer)), &mut || drop(run(all, &longer)), &mut || {
                theirs = Some((w.plain)())
            }],
        );
        let [core, cores, plain] = [LONGER as f64 / seconds[0], LONGER as f64 / seconds[1], 1.0 / seconds[2]]
            .map(|runs| w.asset_steps() as f64 * runs / 1e6);
        println!(
            "{:8}{:18} {core:9.0} {cores:11.0} {:7.2} {plain:11.0} {:6.1} times",
            w.name,
            w.about,
            cores / core,
            core / plain
        );
        Some([Digest::of(&run(one, &w.job)), theirs?])
    };
    workloads.iter().filter_map(row).collect()
}

/// What both found.
fn liquidations(workloads: &[Workload], digests: &[[Digest; 2]]) {
    println!("\ndigest of results, and the difference of liquidated paths in standard errors");
    for (w, [ours, theirs]) in workloads.iter().zip(digests) {
        println!("{:8}ringfence   {ours}", w.name);
        let apart: Vec<String> =
            ours.standard_errors_from(theirs).iter().map(|z| format!("{z:+.1}")).collect();
        let law = if w.same_law { "" } else { " (another scheme or law)" };
        println!("{:8}plain loop  {theirs}; {}{law}", "", apart.join(" and "));
    }
}

/// W1 under a real venue's rules beside W1 itself.
fn venue(one: &Simulator) {
    let (Some(plain), Some(real)) = (w1(workloads::STEPS), w1_under_binance_usdm()) else {
        panic!("W1 cannot be built");
    };
    let mut outcome = None;
    let [plain_seconds, seconds] =
        fastest(9, [&mut || drop(run(one, &plain)), &mut || outcome = Some(run(one, &real))]);
    let digest = outcome.map(|outcome| Digest::of(&outcome).to_string()).unwrap_or_default();
    println!(
        "W1 binance-usdm rules: {:.0} million asset-steps/s, {:.2} times W1's time; digest: {digest}",
        (real.paths * real.steps) as f64 / seconds / 1e6,
        seconds / plain_seconds
    );
}
