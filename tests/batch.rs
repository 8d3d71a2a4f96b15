//! Sweeps, interrupted work and shards: the same bytes, however the work was cut.

// Clippy lets tests unwrap, but not the functions that they share.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

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

fn ringfence(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ringfence")).args(arguments).current_dir(folder).output().unwrap()
}

/// Standard output of a command that must succeed.
fn done(folder: &Path, arguments: &[&str]) -> String {
    let output = ringfence(folder, arguments);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

/// Standard error of a command that must be refused as wrong input.
fn refused(folder: &Path, arguments: &[&str]) -> String {
    let output = ringfence(folder, arguments);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
    said
}

fn workshop(text: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("s.toml"), text).unwrap();
    folder
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

/// Kills at random moments, 24 in all, and goes on each time. That a kill came while the batch was at work, and that work
/// was taken up again, is counted: a test in which nothing is ever killed would show nothing.
#[test]
fn a_killed_batch_goes_on_to_the_same_bytes() {
    let place = workshop(&SWEEP.replace("2_000", "40_000"));
    done(place.path(), &["run", "s.toml", "--out", "whole", "--no-charts", "--quiet"]);
    // Some hundredths to tenths of a second, by a linear congruence.
    let mut state: u64 = 20;
    let mut moment = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Duration::from_millis(20 + (state >> 33) % 380)
    };
    let (mut kills, mut resumed) = (0, 0);
    for round in 0..100 {
        let out = format!("out{round}");
        let arguments = ["run", "s.toml", "--out", &out, "--no-charts", "--quiet", "--resume"];
        loop {
            let mut child = Command::new(env!("CARGO_BIN_EXE_ringfence"))
                .args(arguments)
                .current_dir(place.path())
                .stdout(Stdio::null())
                .spawn()
                .unwrap();
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
    assert!(said.contains("parts of one split"), "{said}");
    let said = refused(place.path(), &["merge", "a", "a/s.shard-1-of-2"]);
    assert!(said.contains("twice"), "{said}");
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
        assert!(said.contains("did not end") && said.contains("--force"), "{said}");
    }
    done(place.path(), &["run", "s.toml", "--force", "--no-charts", "--quiet"]);
    assert!(!work.exists());
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
