//! Sweeps, interrupted work and shards: the same bytes, however the work was cut.

// Clippy lets tests unwrap, but not the functions that they share.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use ringfence::error::Error;
use ringfence::report::charts::Scale;
use ringfence::run::{Asked, Request, Told, run_all, simulator};
use ringfence::scenario;
use ringfence::simulation::Control;
use serde_json::Value;
use tempfile::TempDir;

use crate::testkit::command;
use crate::testkit::scenario::folder_with;

const SWEEP: &str = r#"
title = "A sweep"
[simulation]
paths = 2_000
seed = 7
horizon = "5d"
modes = ["isolated", "cross"]
[account]
wallet = 1_000
[assets.BTC]
price = 100
model = { kind = "gbm", drift = 0.0, volatility = 0.9 }
[positions.long]
asset = "BTC"
side = "long"
margin = 200
leverage = 5
[sweep]
"assets.BTC.model.volatility" = [0.5, 0.9, 1.4]
"positions.long.leverage" = { from = 5, to = 50, steps = 4 }
"#;

/// Standard output of a command that must succeed.
#[track_caller]
fn done(folder: &Path, arguments: &[&str]) -> String {
    command::printed(&command::run(folder, arguments))
}

/// Standard error of a command that must be refused as wrong input.
#[track_caller]
fn refused(folder: &Path, arguments: &[&str]) -> String {
    command::refused(&command::run(folder, arguments))
}

fn workshop(text: &str) -> TempDir {
    folder_with("s.toml", text)
}

/// Every file below a folder but the manifest, which tells of the machine and the clock.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(at) = waiting.pop() {
        for entry in fs::read_dir(&at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.file_name().unwrap() != "manifest.json" {
                files.insert(path.strip_prefix(folder).unwrap().to_owned(), fs::read(&path).unwrap());
            }
        }
    }
    files
}

fn same(a: &Path, b: &Path) {
    let (a, b) = (files(a), files(b));
    assert_eq!(a.keys().collect::<Vec<_>>(), b.keys().collect::<Vec<_>>());
    for (name, bytes) in &a {
        assert!(*bytes == b[name], "{} differs", name.display());
    }
}

#[test]
fn cells_are_the_runs_that_their_settings_are() {
    let place = workshop(SWEEP);
    let sweep: Value =
        serde_json::from_str(&done(place.path(), &["run", "s.toml", "--json", "--no-charts"])).unwrap();
    let alone = SWEEP.split("[sweep]").next().unwrap();
    fs::write(place.path().join("alone.toml"), alone).unwrap();
    let cells = sweep["sweep"].as_array().unwrap();
    assert_eq!(cells.len(), 12);
    for cell in cells {
        let sets: Vec<String> =
            cell["set"].as_object().unwrap().iter().map(|(key, value)| format!("{key}={value}")).collect();
        let mut arguments = vec!["run", "alone.toml", "--json", "--no-charts", "--force", "--threads", "1"];
        sets.iter().for_each(|set| arguments.extend(["--set", set]));
        let run: Value = serde_json::from_str(&done(place.path(), &arguments)).unwrap();
        for key in ["modes", "paired"] {
            assert_eq!(cell[key].to_string(), run[key].to_string(), "{key} at {sets:?}");
        }
    }
    assert_eq!(sweep["plan"]["path_groups"], 3);
}

/// Kills a batch at random moments, 24 times in all, and resumes it each time. The moments are fractions of the time that the
/// whole batch takes here, so that a busy machine is no exception. The test counts the kills that found finished cells: without
/// any, nothing would have been resumed.
#[test]
fn a_killed_batch_goes_on_to_the_same_bytes() {
    let place = workshop(&SWEEP.replace("2_000", "40_000"));
    let start = Instant::now();
    done(place.path(), &["run", "s.toml", "--out", "whole", "--no-charts", "--quiet"]);
    let whole = start.elapsed();
    // From a tenth to nine tenths, by a linear congruence.
    let mut state: u64 = 20;
    let mut moment = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        whole.mul_f64(0.1 + 0.8 * ((state >> 33) % 1_000) as f64 / 1_000.0)
    };
    let (mut kills, mut resumed) = (0, 0);
    for round in 0..100 {
        let out = format!("out{round}");
        let arguments = ["run", "s.toml", "--out", &out, "--no-charts", "--quiet", "--resume"];
        loop {
            let mut child =
                command::ringfence(place.path()).args(arguments).stdout(Stdio::null()).spawn().unwrap();
            std::thread::sleep(moment());
            child.kill().unwrap();
            if child.wait().unwrap().success() {
                break;
            }
            kills += 1;
            let cells = place.path().join(&out).join(".s.unfinished/cells");
            resumed += u32::from(fs::read_dir(cells).is_ok_and(|cells| cells.count() > 0));
            if kills % 4 == 0 {
                done(place.path(), &arguments);
                break;
            }
        }
        same(&place.path().join("whole"), &place.path().join(&out));
        if kills >= 24 {
            break;
        }
    }
    assert!(kills >= 24 && resumed >= 3, "{kills} kills, {resumed} of them with finished cells");
}

#[test]
fn shards_merge_to_the_bytes_of_one_run() {
    let single = SWEEP.split("[sweep]").next().unwrap().replace("2_000", "1_234");
    for text in [SWEEP, &single] {
        let place = workshop(text);
        let whole = done(place.path(), &["run", "s.toml", "--json", "--out", "whole"]);
        for shard in ["3/4", "1/4", "4/4", "2/4"] {
            done(place.path(), &["run", "s.toml", "--shard", shard, "--out", "parts", "--quiet"]);
        }
        // One is lost: what is missing is named, and run again.
        fs::remove_dir_all(place.path().join("parts/s.shard-2-of-4")).unwrap();
        let said = refused(place.path(), &["merge", "parts"]);
        assert!(said.contains("missing: 2") && said.contains("--shard 2/4"), "{said}");
        done(place.path(), &["run", "s.toml", "--shard", "2/4", "--out", "parts", "--quiet"]);
        let merged = done(place.path(), &["merge", "parts", "--json", "--out", "merged"]);
        assert!(merged == whole);
        same(&place.path().join("whole"), &place.path().join("merged"));
        // In any order.
        let named: Vec<String> = [4, 2, 1, 3].iter().map(|i| format!("parts/s.shard-{i}-of-4")).collect();
        let named: Vec<&str> = named.iter().map(String::as_str).collect();
        done(place.path(), &[&["merge", "--out", "again", "--quiet"], &named[..]].concat());
        same(&place.path().join("whole"), &place.path().join("again"));
    }
}

#[test]
fn parts_that_do_not_belong_together_are_refused() {
    let place = workshop(SWEEP);
    for shard in ["1/2", "2/2"] {
        done(place.path(), &["run", "s.toml", "--shard", shard, "--out", "a", "--quiet"]);
        done(place.path(), &["run", "s.toml", "--shard", shard, "--out", "b", "--quiet", "--seed", "8"]);
    }
    done(place.path(), &["run", "s.toml", "--shard", "2/3", "--out", "c", "--quiet"]);
    let said = refused(place.path(), &["merge", "a/s.shard-1-of-2", "b/s.shard-2-of-2"]);
    assert!(said.contains("different scenarios"), "{said}");
    let said = refused(place.path(), &["merge", "a/s.shard-1-of-2", "c"]);
    assert!(said.contains("shards of the same count"), "{said}");
    done(place.path(), &["run", "s.toml", "--shard", "1/2", "--out", "d", "--quiet"]);
    let said = refused(place.path(), &["merge", "a", "d"]);
    assert!(said.contains("duplicate shard"), "{said}");
    assert!(refused(place.path(), &["merge", "."]).contains("no finished shard"));
    assert!(refused(place.path(), &["merge", "nowhere"]).contains("nowhere"));
    // A bit that has turned over.
    let file = place.path().join("a/s.shard-2-of-2/cells/00005.bin");
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&file, bytes).unwrap();
    let said = refused(place.path(), &["merge", "a"]);
    assert!(said.contains("00005.bin") && said.contains("damaged"), "{said}");
    // Another version.
    let file = place.path().join("b/s.shard-1-of-2/shard.json");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace(env!("CARGO_PKG_VERSION"), "0.1.0")).unwrap();
    assert!(refused(place.path(), &["merge", "b"]).contains("version 0.1.0"));
    assert!(!place.path().join("results").exists(), "nothing was written");
}

#[test]
fn work_that_did_not_end_is_not_dropped_by_accident() {
    let place = workshop(SWEEP);
    let work = place.path().join("results/.s.unfinished");
    fs::create_dir_all(work.join("cells")).unwrap();
    let identity = r#"{ "program": "ringfence", "version": "0.0.1", "sha256": "x", "outcomes": null }"#;
    fs::write(work.join("identity.json"), identity).unwrap();
    fs::write(work.join("cells/00000.json"), "{}").unwrap();
    for arguments in [&["run", "s.toml"][..], &["run", "s.toml", "--resume"]] {
        let said = refused(place.path(), arguments);
        assert!(said.contains("interrupted run") && said.contains("--force"), "{said}");
    }
    done(place.path(), &["run", "s.toml", "--force", "--no-charts", "--quiet"]);
    assert!(!work.exists());
    // What cannot be told to be ours is nobody's to drop.
    fs::create_dir_all(&work).unwrap();
    fs::write(work.join("mine.txt"), "mine").unwrap();
    assert!(refused(place.path(), &["run", "s.toml", "--resume"]).contains("interrupted run"));
    assert_eq!(fs::read_to_string(work.join("mine.txt")).unwrap(), "mine");
}

#[test]
fn a_result_that_is_there_is_kept_by_resume() {
    let place = workshop(SWEEP);
    let run = ["run", "s.toml", "--no-charts", "--quiet"];
    let first = done(place.path(), &run);
    let manifest = place.path().join("results/s/manifest.json");
    let before = fs::read(&manifest).unwrap();
    let again = done(place.path(), &[&run[..], &["--resume"]].concat());
    assert_eq!(first, again);
    assert!(before == fs::read(&manifest).unwrap(), "it was not run again");
    // What is asked for beside it is run for.
    done(place.path(), &["run", "s.toml", "--resume", "--quiet"]);
    assert!(place.path().join("results/s/report.html").exists());
}

/// Runs the scenario `s.toml` of `place` in this process; stopped once so many paths are done. Whether it was.
fn run_here(place: &Path, out: &str, keep_every: Duration, resume: bool, stop_at: u64) -> bool {
    let batch = scenario::load_batch(&place.join("s.toml"), &[]).unwrap();
    let asked = [Asked { batch, command: "ringfence run s.toml".to_owned(), overrides: Vec::new() }];
    let out = place.join(out);
    let request = Request {
        out: &out,
        charts: false,
        scale: Scale::ONE,
        force: false,
        resume,
        shard: None,
        outcomes: None,
        keep_every,
    };
    let (cancelled, done) = (AtomicBool::new(false), AtomicU64::new(0));
    let progress = |paths| {
        if done.fetch_add(paths, Ordering::Relaxed) + paths >= stop_at {
            cancelled.store(true, Ordering::Relaxed);
        }
    };
    let control = Control { cancelled: &cancelled, progress: &progress };
    let told = Told { stage: &|_| {}, remark: &|_| {} };
    match run_all(&asked, &simulator(2).unwrap(), &control, &request, &told) {
        Ok(_) => false,
        Err(Error::Interrupted) => true,
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn work_at_hand_is_taken_up_where_it_was() {
    let single = SWEEP.split("[sweep]").next().unwrap().replace("2_000", "80_000").replace("5d", "1d");
    for text in [single.as_str(), &single.replace("seed = 7", "seed = 7\nsampling = \"antithetic\"")] {
        let place = workshop(text);
        let long = Duration::from_secs(3_600);
        assert!(!run_here(place.path(), "whole", long, false, u64::MAX));
        assert!(run_here(place.path(), "out", Duration::ZERO, false, 40_000));
        let at_hand = place.path().join("out/.s.unfinished/at-hand.bin");
        assert!(fs::metadata(&at_hand).unwrap().len() > 1_000);
        // What is done is not done again.
        assert!(run_here(place.path(), "out", Duration::ZERO, true, 60_000));
        assert!(!run_here(place.path(), "out", long, true, 2 * 80_000));
        same(&place.path().join("whole"), &place.path().join("out"));
        // A run that was stopped once all paths were done has but to be written.
        assert!(run_here(place.path(), "ended", long, false, 80_000));
        assert!(place.path().join("ended/.s.unfinished/cells/00000.bin").exists());
        assert!(!run_here(place.path(), "ended", long, true, 80_001));
        same(&place.path().join("whole"), &place.path().join("ended"));
        // A file that is no longer whole is work lost, not a wrong result.
        assert!(run_here(place.path(), "again", Duration::ZERO, false, 40_000));
        let at_hand = place.path().join("again/.s.unfinished/at-hand.bin");
        let mut bytes = fs::read(&at_hand).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 4;
        fs::write(&at_hand, bytes).unwrap();
        assert!(!run_here(place.path(), "again", long, true, u64::MAX));
        same(&place.path().join("whole"), &place.path().join("again"));
    }
}

fn run_as_json(place: &Path, arguments: &[&str]) -> Value {
    let fixed = ["run", "s.toml", "--json", "--no-charts", "--force"];
    serde_json::from_str(&done(place, &[&fixed[..], arguments].concat())).unwrap()
}

#[test]
fn a_run_stops_where_its_precision_is_met() {
    let precise = "seed = 7\nprecision = { measure = \"liquidation.any\", half_width = 0.006 }";
    let single = SWEEP.split("[sweep]").next().unwrap().replace("2_000", "200_000").replace("5d", "1d");
    let place = workshop(&single.replace("seed = 7", precise));
    let found = run_as_json(place.path(), &["--set", "positions.long.leverage=50"]);
    let paths = found["scenario"]["paths"].as_u64().unwrap();
    let half = |run: &Value, mode: &str| {
        let any = &run["modes"][mode]["liquidation"]["any"];
        (any["high"].as_f64().unwrap() - any["low"].as_f64().unwrap()) / 2.0
    };
    let widest = |run: &Value| half(run, "isolated").max(half(run, "cross"));
    assert_eq!(found["precision"]["met"], true);
    assert!(
        widest(&found) <= 0.006
            && (found["precision"]["widest"].as_f64().unwrap() - widest(&found)).abs() < 1e-12
    );
    // It is the run of that many paths, and a fifth less would not have done.
    fs::write(place.path().join("s.toml"), &single).unwrap();
    let sets = ["--set", "positions.long.leverage=50", "--paths"];
    let plain = run_as_json(place.path(), &[&sets[..], &[&paths.to_string()]].concat());
    assert_eq!(plain["modes"].to_string(), found["modes"].to_string());
    let fewer = run_as_json(place.path(), &[&sets[..], &[&(paths * 4 / 5 - 64).to_string()]].concat());
    assert!(paths > 4_096 && paths < 200_000 && widest(&fewer) > 0.006);
}

#[test]
fn cells_of_a_sweep_stop_each_by_itself() {
    let precise = "seed = 7\nprecision = { measure = \"liquidation.any\", half_width = 0.008 }";
    let text = SWEEP.replace("2_000", "30_000").replace("5d", "1d").replace("seed = 7", precise);
    let place = workshop(&text);
    let one = run_as_json(place.path(), &["--threads", "1"]);
    assert_eq!(one, run_as_json(place.path(), &["--threads", "3"]));
    let cells = one["sweep"].as_array().unwrap();
    let paths: Vec<u64> = cells.iter().map(|cell| cell["paths"].as_u64().unwrap()).collect();
    assert!(paths.iter().any(|p| *p != paths[0]), "{paths:?}");
    for cell in cells {
        let met = cell["precision"]["met"].as_bool().unwrap();
        assert!(met || cell["paths"] == 30_000);
    }
}

#[test]
fn simultaneous_intervals_are_those_of_a_higher_level() {
    let place = workshop(&SWEEP.replace("seed = 7", "seed = 7\nintervals = \"simultaneous\""));
    let sweep = run_as_json(place.path(), &[]);
    // 12 cells in two modes share 5 %.
    let each = 1.0 - 0.05 / 24.0;
    assert_eq!(sweep["intervals"]["family"], 24);
    assert!((sweep["intervals"]["confidence_each"].as_f64().unwrap() - each).abs() < 1e-12);
    fs::write(place.path().join("s.toml"), SWEEP.split("[sweep]").next().unwrap()).unwrap();
    let level = format!("simulation.confidence={each}");
    let settings = ["--set", "assets.BTC.model.volatility=0.5", "--set", "positions.long.leverage=5"];
    let run = run_as_json(place.path(), &[&settings[..], &["--set", &level]].concat());
    for mode in ["isolated", "cross"] {
        for end in ["low", "high"] {
            let of = |document: &Value| document["modes"][mode]["pnl"][end].as_f64().unwrap();
            assert!((of(&sweep["sweep"][0]) / of(&run) - 1.0).abs() < 1e-9);
        }
    }
}

#[test]
fn rows_of_paths_are_kept_for_every_cell() {
    let place = workshop(SWEEP);
    let run = ["run", "s.toml", "--no-charts", "--quiet", "--outcomes=csv"];
    done(place.path(), &[&run[..], &["--out", "a", "--threads", "1"]].concat());
    done(place.path(), &[&run[..], &["--out", "b", "--threads", "3"]].concat());
    same(&place.path().join("a"), &place.path().join("b"));
    let summary: Value =
        serde_json::from_slice(&fs::read(place.path().join("a/s/summary.json")).unwrap()).unwrap();
    for (index, cell) in summary["sweep"].as_array().unwrap().iter().enumerate() {
        let text = fs::read_to_string(place.path().join(format!("a/s/outcomes/{index:05}.csv"))).unwrap();
        for mode in ["isolated", "cross"] {
            let rows = text.lines().skip(1).filter(|row| row.split(',').nth(1) == Some(mode));
            let liquidated = rows.clone().filter(|row| row.split(',').nth(2) != Some("")).count() as u64;
            assert_eq!(rows.count(), 2_000);
            assert_eq!(cell["modes"][mode]["liquidation"]["any"]["count"], liquidated);
        }
    }
}

#[test]
fn a_result_is_drawn_again_as_it_was() {
    for text in [SWEEP, SWEEP.split("[sweep]").next().unwrap()] {
        let place = workshop(text);
        done(place.path(), &["run", "s.toml", "--quiet"]);
        let before = files(&place.path().join("results/s"));
        done(place.path(), &["report", "results/s", "--scale", "2"]);
        assert!(before != files(&place.path().join("results/s")));
        done(place.path(), &["report", "results/s"]);
        assert!(before == files(&place.path().join("results/s")));
        fs::write(place.path().join("results/s/notes.txt"), "mine").unwrap();
        assert!(refused(place.path(), &["report", "results/s"]).contains("notes.txt"));
    }
    assert!(refused(Path::new("/"), &["report", "/nowhere"]).contains("/nowhere"));
}

/// Profits that are all alike on the first paths have an interval of no width, which is not knowledge.
#[test]
fn a_precision_is_not_met_by_paths_that_saw_nothing() {
    let text = SWEEP.split("[sweep]").next().unwrap().replace("2_000", "10_000").replace("5d", "1d");
    let precise = "seed = 7\nprecision = { measure = \"paired.pnl\", half_width = 1e-6 }";
    let place = workshop(&text.replace("seed = 7", precise));
    let found = run_as_json(place.path(), &["--set", "positions.long.leverage=1.5"]);
    assert_eq!(found["paired"][0]["liquidation"]["a_only"], 0);
    assert_eq!(found["precision"]["met"], false);
    assert_eq!(found["scenario"]["paths"], 10_000);
}
