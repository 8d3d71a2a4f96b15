//! Two results compared.

use std::fs;
use std::path::PathBuf;

use ringfence::report::comparison::render;
use ringfence::result::comparison::{DiffDocument, DiffRow, diff, load};
use ringfence::result::document::{OrderedMap, ResultDocument, SweepDocument};
use ringfence::result::json;
use ringfence::statistics::{Bounded, MeanOf, difference_of_bounded, difference_of_means, wilson};
use serde_json::{Value, json};
use statrs::distribution::{Binomial, ContinuousCDF, DiscreteCDF, StudentsT};
use tempfile::TempDir;

use crate::testkit::command::{self, stderr};
use crate::testkit::sweeps::{PATHS, axis, document, mode, pair, steps, sweep};

fn run(liquidated: [u64; 2], profit: f64, seed: u64) -> ResultDocument {
    let (a, b) = (mode(liquidated[0], 40, 0.3, profit), mode(liquidated[1], 0, 0.2, -20.0));
    let paired = vec![pair(&a, &b)];
    let mut result = document(OrderedMap(vec![("isolated".to_owned(), a), ("cross".to_owned(), b)]), paired);
    (result.scenario.seed, result.scenario.sha256) = (seed, format!("{seed}{liquidated:?}"));
    result
}

fn saved(folder: &TempDir, name: &str, text: &str) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    path
}

fn compare(a: &impl serde::Serialize, b: &impl serde::Serialize) -> DiffDocument {
    let folder = TempDir::new().unwrap();
    let texts =
        [("a.json", serde_json::to_string(a).unwrap()), ("b.json", serde_json::to_string(b).unwrap())];
    let [a, b] = texts.map(|(name, text)| saved(&folder, name, &text));
    diff(&load(&a).unwrap(), &load(&b).unwrap()).unwrap()
}

fn row<'a>(document: &'a DiffDocument, mode: &str, measure: &str) -> &'a DiffRow {
    document.measures.iter().find(|row| row.mode == mode && row.measure == measure).unwrap()
}

/// Newcombe (1998), Statistics in Medicine 17:873, table II: 56/70 and 48/80, 10/10 and 0/20, 5/56 and 0/29, method 10.
#[test]
fn differences_of_shares_as_published() {
    let of = |count, n| {
        let bounds = wilson(count, n, 0.95).unwrap();
        Bounded { value: count as f64 / n as f64, low: bounds.low, high: bounds.high }
    };
    let cases = [
        ((56, 70), (48, 80), (0.0524, 0.3339)),
        ((9, 10), (3, 10), (0.1705, 0.8090)),
        ((6, 7), (2, 7), (0.0582, 0.8062)),
        ((5, 56), (0, 29), (-0.0381, 0.1926)),
        ((0, 10), (0, 20), (-0.1611, 0.2775)),
        ((10, 10), (0, 20), (0.6791, 1.0000)),
    ];
    for ((a, m), (b, n), (low, high)) in cases {
        // The paper's difference is first minus second.
        let found = difference_of_bounded(of(b, n), of(a, m));
        assert!(
            (found.low - low).abs() < 5e-5 && (found.high - high).abs() < 5e-5,
            "{a}/{m} {b}/{n}: {found:?}"
        );
    }
}

#[test]
fn differences_of_means_by_student_and_welch() {
    let mean = |value, std_error, n| MeanOf { value, std_error, n };
    // (0.25 + 0.64)² / (0.25²/11 + 0.64²/8) = 13.9 degrees of freedom.
    let found = difference_of_means(mean(10.0, 0.5, 12), mean(12.0, 0.8, 9), 0.95).unwrap();
    let t = StudentsT::new(0.0, 1.0, 13.0).unwrap().inverse_cdf(0.975);
    let half = t * 0.89_f64.sqrt();
    assert!((found.low - (2.0 - half)).abs() < 1e-7 && (found.high - (2.0 + half)).abs() < 1e-7, "{found:?}");
    // Many: 1.96 standard errors.
    let found = difference_of_means(mean(1.0, 3.0, 5_000), mean(0.0, 4.0, 5_000), 0.95).unwrap();
    assert!((found.high - (-1.0 + 5.0 * 1.959_963_984_540_054)).abs() < 1e-12, "{found:?}");
    // Of what never varies the difference is known.
    let found = difference_of_means(mean(1.0, 0.0, 5), mean(4.0, 0.0, 5), 0.95).unwrap();
    assert_eq!((found.low, found.high), (3.0, 3.0));
    assert_eq!(difference_of_means(mean(1.0, 0.0, 1), mean(4.0, 0.0, 5), 0.95), None);
    // Fourth powers of such errors are no numbers.
    let found = difference_of_means(mean(0.0, 1e150, 50), mean(0.0, 1e150, 50), 0.95).unwrap();
    assert!((found.high / 1e150 - 2.0_f64.sqrt() * 1.984_467).abs() < 0.05, "{found:?}");
}

#[test]
fn a_result_does_not_differ_from_itself() {
    let result = run([4_000, 1_000], 50.0, 1);
    let found = compare(&result, &result);
    assert_eq!(found.measures.len(), 15);
    assert!(found.measures.iter().all(|row| row.difference == Some(0.0) && row.excludes_zero == Some(false)));
    assert_eq!((found.excluding_zero, found.intervals, found.differing_keys.len()), (0, 15, 0));
    assert!(found.same_seed && found.remarks[0].contains("they are the same run"), "{:?}", found.remarks);
}

#[test]
fn each_difference_is_b_minus_a_with_the_interval_of_independent_results() {
    let (a, b) = (run([4_000, 1_000], 50.0, 1), run([4_300, 1_000], 55.0, 2));
    let found = compare(&a, &b);
    let shares = row(&found, "isolated", "liquidation.any");
    assert_eq!((shares.a, shares.b), (Some(0.2), Some(0.215)));
    // Wald's interval, which at 20,000 paths is Newcombe's to within 1e-5.
    let half = 1.959_963_984_540_054 * ((0.2_f64 * 0.8 + 0.215 * 0.785) / PATHS as f64).sqrt();
    let close = |found: Option<f64>, expected: f64, within: f64| (found.unwrap() - expected).abs() < within;
    assert!(close(shares.low, 0.015 - half, 1e-5) && close(shares.high, 0.015 + half, 1e-5), "{shares:?}");
    assert_eq!(shares.excludes_zero, Some(true));
    // Standard errors 0.03·50 + 0.5 and 0.03·55 + 0.5.
    let profit = row(&found, "isolated", "pnl");
    let half = 1.959_963_984_540_054 * (2.0_f64 * 2.0 + 2.15 * 2.15).sqrt();
    assert!(close(profit.low, 5.0 - half, 1e-9) && close(profit.high, 5.0 + half, 1e-9), "{profit:?}");
    assert_eq!(profit.excludes_zero, Some(false));
    // Of the pairs: 12 each.
    let paired = row(&found, "isolated-cross", "paired.pnl");
    assert!(close(paired.high, 5.0 + 1.959_963_984_540_054 * 288.0_f64.sqrt(), 1e-9), "{paired:?}");
    assert_eq!(row(&found, "cross", "ruin").difference, Some(0.0));
    let keys: Vec<&str> = found.differing_keys.iter().map(|differing| differing.key.as_str()).collect();
    assert_eq!(keys, ["sha256", "seed"]);
    assert!(!found.same_seed && found.remarks[0].contains("independent results"), "{:?}", found.remarks);
}

#[test]
fn what_cannot_be_compared_is_said() {
    let a = run([4_000, 1_000], 50.0, 1);
    let mut other = run([4_100, 1_000], 55.0, 1);
    other.scenario.currency = "BTC".to_owned();
    let found = compare(&a, &other);
    assert_eq!(row(&found, "cross", "pnl").difference, None);
    assert!(row(&found, "cross", "ruin").low.is_some());
    let said = found.remarks.join("\n");
    assert!(
        said.contains("Amounts are in USDT and BTC") && said.contains("Both results have seed 1"),
        "{said}"
    );
    let mut level = run([4_100, 1_000], 55.0, 2);
    level.scenario.confidence = 0.9;
    let found = compare(&a, &level);
    assert_eq!((found.confidence, found.intervals), (None, 0));
    assert!(found.remarks.join("\n").contains("different levels (0.95 and 0.9)"));
    let mut modes = run([4_100, 1_000], 55.0, 2);
    modes.modes.0[1].0 = "mixed".to_owned();
    (modes.paired[0].a, modes.paired[0].b) = ("cross".to_owned(), "isolated".to_owned());
    let found = compare(&a, &modes);
    let said = found.remarks.join("\n");
    assert!(said.contains("Only A has cross.") && said.contains("Only B has mixed."), "{said}");
    // The pair stands the other way round in B.
    let turned = row(&found, "isolated-cross", "paired.liquidation");
    assert!((turned.b.unwrap() + (4_100.0 - 1_000.0) / 20_000.0).abs() < 1e-12, "{turned:?}");
}

#[test]
fn pairs_of_paths_count_once() {
    let few = |pairs: Option<u64>| {
        let mut result = run([4_000, 1_000], 50.0, 1);
        (result.scenario.paths, result.sampling.pairs) = (20, pairs);
        result
    };
    let width = |result: &ResultDocument| {
        let found = compare(result, result);
        let row = row(&found, "isolated", "pnl");
        row.high.unwrap() - row.low.unwrap()
    };
    // 38 degrees of freedom, or 18: equal errors add them.
    let t = |freedom: f64| StudentsT::new(0.0, 1.0, freedom).unwrap().inverse_cdf(0.975);
    let ratio = width(&few(Some(10))) / width(&few(None));
    assert!((ratio - t(18.0) / t(38.0)).abs() < 1e-6, "{ratio}");
}

fn grid(seed: u64, shift: u64) -> SweepDocument {
    let mut found =
        sweep("Grid", vec![axis(&["p.q"], steps(1.0, 4.0, 4)), axis(&["r.s"], steps(1.0, 2.0, 3))], 1.0);
    (found.scenario.seed, found.scenario.sha256) = (seed, seed.to_string());
    let modes = &mut found.sweep[7].modes.0;
    let count = modes[0].1.liquidation.any.count + shift;
    modes[0].1.liquidation.any = crate::testkit::sweeps::frequency(count, PATHS);
    found
}

#[test]
fn sweeps_are_compared_cell_by_cell() {
    let found = compare(&grid(1, 0), &grid(2, 2_000));
    assert_eq!((found.measures.len(), found.intervals, found.excluding_zero), (12 * 15, 12 * 15, 1));
    let marked = found.measures.iter().find(|row| row.excludes_zero == Some(true)).unwrap();
    assert_eq!(marked.set, OrderedMap(vec![("p.q".to_owned(), json!(3.0)), ("r.s".to_owned(), json!(1.5))]));
    assert!((marked.difference.unwrap() - 0.1).abs() < 1e-12);
    let shown = render(&found);
    assert!(shown.contains("p.q = 3.0, r.s = 1.5\n"), "{shown}");
    assert!(
        shown.split_whitespace().collect::<Vec<_>>().join(" ").contains(
            "as 1 of 180 do. If nothing differed, chance alone would be expected to mark 9 of them."
        ),
        "{shown}"
    );
    assert_eq!(shown.matches("liquidation.any").count(), 1, "only what is marked is shown: {shown}");
    let same = render(&compare(&grid(1, 0), &grid(2, 0)));
    assert!(same.contains("No difference is statistically significant in any cell"), "{same}");
}

#[test]
fn the_text_fits_a_terminal_and_hostile_text_stays_text() {
    let hostile = "\u{1b}[2J\u{202e}x";
    let mut other = run([4_300, 1_000], 55.0, 2);
    (other.scenario.title, other.scenario.name, other.version) =
        (hostile.repeat(30), hostile.to_owned(), hostile.to_owned());
    other.modes.0[1].0 = hostile.to_owned();
    let shown = render(&compare(&run([4_000, 1_000], 50.0, 1), &other));
    assert!(shown.contains('\u{fffd}') && !shown.contains(['\u{1b}', '\u{202e}']), "{shown}");
    let long: Vec<&str> = shown.lines().filter(|line| line.chars().count() > 100).collect();
    // A folder's name is not broken.
    assert!(long.iter().all(|line| line.starts_with("A: ") || line.starts_with("B: ")), "{long:?}");
}

#[test]
fn what_is_no_result_is_refused_with_what_to_name_instead() {
    let folder = TempDir::new().unwrap();
    let good = json::render(&[&run([4_000, 1_000], 50.0, 1)]).unwrap();
    saved(&folder, "good.json", &good);
    saved(&folder, "cut.json", &good[..good.len() / 2]);
    saved(&folder, "head.json", "{\"schema\": \"ringfence/result/1\", \"version\": \"0.5.0\"}");
    saved(&folder, "other.json", &good.replace("ringfence/result/1", "ringfence/result/2"));
    saved(&folder, "foreign.json", "{\"a\": 1}");
    saved(&folder, "array.json", &format!("[{good}, {good}]"));
    saved(&folder, "sweep.json", &serde_json::to_string(&grid(1, 0)).unwrap());
    saved(&folder, "empty.json", "");
    fs::create_dir(folder.path().join("bare")).unwrap();
    let huge = fs::File::create(folder.path().join("huge.json")).unwrap();
    huge.set_len((512 << 20) + 1).unwrap();
    for (name, said) in [
        ("nowhere", "no such file\n  help: name a result folder"),
        ("bare", "summary.json: no such file\n  help: name a result folder"),
        ("cut.json", "ends in the middle of the document"),
        ("empty.json", "ends in the middle of the document"),
        ("head.json", "is not the result of a run: missing field"),
        ("other.json", "this version cannot read the schema `ringfence/result/2`"),
        ("foreign.json", "is not the result of a run: missing field `schema`"),
        ("array.json", "contains several results\n  help: name the folder of one"),
        ("sweep.json", "is one run, but sweep.json is a sweep\n  help: name two runs"),
        ("huge.json", "larger than 512 MiB"),
    ] {
        let output = command::run(folder.path(), &["diff", "good.json", name]);
        assert_eq!(output.status.code(), Some(2), "{name}: {}", stderr(&output));
        assert!(stderr(&output).contains(said), "{name}: {}", stderr(&output));
        assert!(stderr(&output).contains(name) && output.stdout.is_empty(), "{name}: {}", stderr(&output));
    }
    let mut other = grid(2, 0);
    other.sweep[3].set.0[1].1 = json!("changed");
    saved(&folder, "cells.json", &serde_json::to_string(&other).unwrap());
    let output = command::run(folder.path(), &["diff", "sweep.json", "cells.json"]);
    assert!(
        stderr(&output).contains("cell 3 is {\"p.q\":2.0,\"r.s\":1.0} in the first and"),
        "{}",
        stderr(&output)
    );
    other.sweep.pop();
    saved(&folder, "cells.json", &serde_json::to_string(&other).unwrap());
    let output = command::run(folder.path(), &["diff", "sweep.json", "cells.json"]);
    assert!(
        stderr(&output).contains("sweep.json has 12 cells, but cells.json has 11"),
        "{}",
        stderr(&output)
    );
}

const SMALL: &str = r#"
[simulation]
paths = 1_000
horizon = "2d"
[account]
wallet = 1_000
[assets.BTC]
price = 60_000
model = { kind = "gbm", drift = 0.0, volatility = 0.9 }
[positions.long]
asset = "BTC"
side = "long"
margin = 200
leverage = 20
"#;

#[test]
fn two_folders_tell_which_keys_differ() {
    let folder = TempDir::new().unwrap();
    saved(&folder, "small.toml", SMALL);
    for (out, set) in [("a", "positions.long.leverage=20"), ("b", "positions.long.leverage=10")] {
        let output =
            command::run(folder.path(), &["run", "small.toml", "--no-charts", "--out", out, "--set", set]);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    }
    let output = command::run(folder.path(), &["diff", "a/small", "b/small", "--json"]);
    assert_eq!(output.status.code(), Some(0), "that they differ is no failure: {}", stderr(&output));
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["schema"], "ringfence/diff/1");
    let keys = found["facts"].as_array().unwrap();
    let quantity = keys.iter().find(|key| key["key"] == "positions.long.quantity").unwrap();
    // 4,000 and 2,000 at 60,000.
    assert_eq!(
        (quantity["a"].as_str(), quantity["b"].as_str()),
        (Some("0.0666666666666667"), Some("0.0333333333333333"))
    );
    let any = &found["measures"][0];
    assert_eq!((&any["mode"], &any["measure"]), (&json!("isolated"), &json!("liquidation.any")));
    let summary = |out: &str| -> Value {
        serde_json::from_slice(&fs::read(folder.path().join(out).join("small/summary.json")).unwrap())
            .unwrap()
    };
    let share =
        |out: &str| summary(out)["modes"]["isolated"]["liquidation"]["any"]["frequency"].as_f64().unwrap();
    assert!((any["difference"].as_f64().unwrap() - (share("b") - share("a"))).abs() < 1e-15);
    let text = command::run(folder.path(), &["diff", "a/small/summary.json", "b/small"]);
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(
        text.contains(
            "Both results have seed 1, so they use the same random numbers where their draws align."
        ),
        "{text}"
    );
    assert!(text.contains("isolated        liquidation.any"), "{text}");
    assert!(!text.contains("positions.long.quantity"), "a summary alone does not tell: {text}");
}

/// Runs of one scenario that differ in the seed alone: an interval of 95 % leaves out 0 in one pair of 20. Of 30 pairs
/// more than 6 with odds of 6 in 10,000 for each measure.
#[test]
fn intervals_of_independent_seeds_contain_zero_as_often_as_they_should() {
    const PAIRS: usize = 30;
    let folder = TempDir::new().unwrap();
    saved(&folder, "small.toml", SMALL);
    for seed in 1..=2 * PAIRS {
        let (seed, out) = (seed.to_string(), format!("s{seed}"));
        let output = command::run(
            folder.path(),
            &["run", "small.toml", "--no-charts", "--out", &out, "--seed", &seed],
        );
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    }
    let at = |seed: usize| load(&folder.path().join(format!("s{seed}/small"))).unwrap();
    let found: Vec<DiffDocument> =
        (0..PAIRS).map(|i| diff(&at(2 * i + 1), &at(2 * i + 2)).unwrap()).collect();
    let odds = 1.0 - Binomial::new(0.05, PAIRS as u64).unwrap().cdf(6);
    assert!(odds < 7e-4, "{odds}");
    let mut marked = 0;
    for (mode, measure) in [
        ("isolated", "liquidation.any"),
        ("isolated", "drawdown.relative"),
        ("isolated", "pnl"),
        ("cross", "pnl"),
        ("isolated-cross", "paired.liquidation"),
        ("isolated-cross", "paired.pnl"),
    ] {
        let outside = found.iter().filter(|d| row(d, mode, measure).excludes_zero == Some(true)).count();
        assert!(outside <= 6, "{mode} {measure}: {outside} of {PAIRS}");
        marked += outside;
    }
    // None of 180, however they hang together, has odds below 0.95^30 = 21 %; of intervals twice too wide 99 % would be.
    assert!(marked > 0);
}
