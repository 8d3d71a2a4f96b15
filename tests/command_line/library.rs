//! The library gives what the command line writes, in memory.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use ringfence::error::Error;
use ringfence::scenario::{load, load_batch, parse_override};
use ringfence::{Options, Scenario, outcomes, simulate, sweep};
use serde_json::Value;

use crate::testkit::command::ringfence;

/// `summary.json` of `ringfence run FILE --set SET`.
fn summary(file: &str, sets: &[&str]) -> Value {
    let out = tempfile::tempdir().unwrap();
    let mut command = ringfence(env!("CARGO_MANIFEST_DIR"));
    command.args(["run", file, "--no-charts", "--out"]).arg(out.path());
    for set in sets {
        command.args(["--set", set]);
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let stem = Path::new(file).file_stem().unwrap();
    serde_json::from_slice(&fs::read(out.path().join(stem).join("summary.json")).unwrap()).unwrap()
}

fn example(paths: &str) -> Scenario {
    let set = parse_override(&format!("simulation.paths={paths}")).unwrap();
    load(Path::new("scenarios/ten-thousand.toml"), &[set]).unwrap()
}

#[test]
fn a_result_in_memory_is_the_one_on_disk() {
    for precision in ["{}", "{ measure = \"liquidation.any\", half_width = 0.02 }"] {
        let sets = ["simulation.paths=20_000".to_owned(), format!("simulation.precision={precision}")];
        let sets = if precision == "{}" { &sets[..1] } else { &sets[..] };
        let overrides: Vec<_> = sets.iter().map(|set| parse_override(set).unwrap()).collect();
        let scenario = load(Path::new("scenarios/ten-thousand.toml"), &overrides).unwrap();
        let own = simulate(&scenario, &Options { threads: 2, ..Options::default() }).unwrap();
        let sets: Vec<&str> = sets.iter().map(String::as_str).collect();
        assert_eq!(serde_json::to_value(&own).unwrap(), summary("scenarios/ten-thousand.toml", &sets));
    }
}

#[test]
fn a_sweep_in_memory_is_the_one_on_disk() {
    let (file, set) = ("scenarios/sweeps/allocation.toml", "simulation.paths=640");
    let batch = load_batch(Path::new(file), &[parse_override(set).unwrap()]).unwrap();
    let own = sweep(&batch, &Options::default()).unwrap();
    assert_eq!(serde_json::to_value(&own).unwrap(), summary(file, &[set]));
    let single = load_batch(Path::new("scenarios/ten-thousand.toml"), &[]).unwrap();
    assert!(matches!(sweep(&single, &Options::default()), Err(Error::Input(_))), "it has no [sweep]");
}

#[test]
fn outcomes_add_up_to_the_result() {
    let scenario = example("5_000");
    let result = simulate(&scenario, &Options::default()).unwrap();
    let rows: Vec<_> = outcomes(&scenario, &Options::default()).unwrap().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 10_000, "one for each path and mode");
    for mode in ["isolated", "cross"] {
        let liquidated =
            rows.iter().filter(|row| &*row.mode == mode && row.liquidation_days.is_some()).count();
        assert_eq!(liquidated as u64, result.modes[mode].liquidation.any.count, "{mode}");
    }
    assert!(rows.windows(2).all(|pair| pair[0].path <= pair[1].path), "in the order of paths");
}

#[test]
fn progress_counts_every_path_and_cancellation_stops() {
    let scenario = example("5_000");
    let done = Arc::new(AtomicU64::new(0));
    let counter = done.clone();
    let progress: Arc<dyn Fn(u64) + Send + Sync> = Arc::new(move |paths| {
        counter.fetch_add(paths, Ordering::Relaxed);
    });
    simulate(&scenario, &Options { progress: Some(progress), ..Options::default() }).unwrap();
    assert_eq!(done.load(Ordering::Relaxed), 5_000);
    let cancelled = Arc::new(AtomicBool::new(true));
    let options = Options { cancelled, ..Options::default() };
    assert!(matches!(simulate(&scenario, &options), Err(Error::Interrupted)));
    // The first of the rows may have been finished before the flag is seen; the last item is the error.
    let last = outcomes(&example("1_000_000"), &options).unwrap().last().unwrap();
    assert!(matches!(last, Err(Error::Interrupted)));
}

#[test]
fn dropped_outcomes_end_their_simulation() {
    let done = Arc::new(AtomicU64::new(0));
    let counter = Arc::downgrade(&done);
    let progress: Arc<dyn Fn(u64) + Send + Sync> = Arc::new(move |_| {
        done.fetch_add(1, Ordering::Relaxed);
    });
    let options = Options { progress: Some(progress), ..Options::default() };
    let mut rows = outcomes(&example("1_000_000_000"), &options).unwrap();
    assert!(rows.next().unwrap().is_ok());
    drop((rows, options));
    // The simulating thread holds the counter: it is gone once the thread has ended, long before a billion paths are.
    while counter.upgrade().is_some() {
        std::thread::yield_now();
    }
}
