//! The program as a person or a script meets it: exit statuses, what goes where, the same bytes.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::testkit::command::{ringfence, run, stderr, stdout};
use crate::testkit::scenario::{ONE_LONG as SMALL, folder_with};

fn with_scenario(text: &str) -> TempDir {
    folder_with("small.toml", text)
}

#[test]
fn a_run_prints_a_table_and_writes_a_whole_folder() {
    let folder = with_scenario(SMALL);
    let output = run(folder.path(), &["run", "small.toml"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let table = stdout(&output);
    for text in ["A small run", "isolated", "cross", "liquidation frequency", "maximum drawdown", "54,"] {
        assert!(table.contains(text) || text == "54,", "{text} in\n{table}");
    }
    let result = folder.path().join("results/small");
    for name in ["summary.json", "manifest.json", "modes.csv", "survival.csv", "paired.csv"] {
        assert!(fs::metadata(result.join(name)).unwrap().len() > 100, "{name}");
    }
    for chart in ["survival", "drawdown", "final_equity", "sample_paths", "drawdown_pairs", "equity_fan"] {
        for kind in ["png", "svg"] {
            assert!(result.join(format!("charts/{chart}.{kind}")).is_file(), "{chart}.{kind}");
        }
    }
    // Nothing but the result is left in the output folder.
    let left: Vec<_> = fs::read_dir(folder.path().join("results"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(left, ["small"]);
}

#[test]
fn with_json_standard_output_is_the_document_alone() {
    let folder = with_scenario(SMALL);
    let output = run(folder.path(), &["run", "small.toml", "--json", "--no-charts"]);
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["schema"], "ringfence/result/1");
    assert_eq!(document["scenario"]["paths"], 300);
    let written = fs::read(folder.path().join("results/small/summary.json")).unwrap();
    assert_eq!(written, output.stdout);
    // One long of 1/15 BTC at 60,000 with 200 of margin: (4,000 − 200)/((1/15)·0.995) and E − M/q.
    let position = &document["modes"]["isolated"]["liquidation"]["positions"]["long"];
    let close = |key: &str, want: f64| (position[key].as_f64().unwrap() / want - 1.0).abs() < 1e-10;
    assert!(close("liquidation_price", 57_286.432_160_804_02), "{position}");
    assert!(close("bankruptcy_price", 57_000.0), "{position}");
}

#[test]
fn several_scenarios_are_an_array_and_a_comparison() {
    let folder = with_scenario(SMALL);
    fs::write(folder.path().join("other.toml"), SMALL.replace("leverage = 20", "leverage = 5")).unwrap();
    let json = run(folder.path(), &["run", "small.toml", "other.toml", "--json", "--no-charts"]);
    let documents: Value = serde_json::from_slice(&json.stdout).unwrap();
    let names: Vec<_> = documents.as_array().unwrap().iter().map(|d| &d["scenario"]["name"]).collect();
    assert_eq!(names, ["small", "other"]);
    let table = stdout(&run(folder.path(), &["run", "small.toml", "other.toml", "--no-charts"]));
    let comparison = table.rsplit("scenario").next().unwrap();
    assert!(comparison.contains("small") && comparison.contains("other"), "{table}");
}

#[test]
fn the_bytes_do_not_depend_on_threads_or_vector_width() {
    let folder = with_scenario(SMALL);
    let mut seen: Vec<Vec<u8>> = Vec::new();
    for width in ["scalar", "avx2", "avx512"] {
        for threads in ["1", "2", "7"] {
            let output = ringfence(folder.path())
                .args(["run", "small.toml", "--json", "--no-charts", "--threads", threads])
                .env("RINGFENCE_VECTOR", width)
                .output()
                .unwrap();
            assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
            seen.push(output.stdout);
        }
    }
    // The platform's libm takes other instructions here; no number may come from it.
    let plain = ringfence(folder.path())
        .args(["run", "small.toml", "--json", "--no-charts"])
        .env("GLIBC_TUNABLES", "glibc.cpu.hwcaps=-FMA,-AVX2,-AVX2_Usable,-FMA_Usable")
        .output()
        .unwrap();
    seen.push(plain.stdout);
    assert!(seen.iter().all(|bytes| *bytes == seen[0] && !bytes.is_empty()));
}

#[test]
fn set_paths_and_seed_change_the_scenario_and_its_hash() {
    let folder = with_scenario(SMALL);
    let hash = |arguments: &[&str]| {
        let all = [&["run", "small.toml", "--json", "--no-charts", "--force"], arguments].concat();
        let document: Value = serde_json::from_slice(&run(folder.path(), &all).stdout).unwrap();
        (document["scenario"]["sha256"].clone(), document)
    };
    let (plain, _) = hash(&[]);
    let (with_paths, document) = hash(&["--paths", "200", "--seed", "9"]);
    assert_eq!(document["scenario"]["paths"], 200);
    assert_eq!(document["scenario"]["seed"], 9);
    assert_ne!(plain, with_paths);
    let (with_set, document) = hash(&["--set", "positions.long.leverage=10"]);
    assert_ne!(plain, with_set);
    let price = &document["modes"]["isolated"]["liquidation"]["positions"]["long"]["bankruptcy_price"];
    assert_eq!(*price, 54_000.0);
}

#[test]
fn another_runs_folder_is_refused_before_anything_is_simulated() {
    let folder = with_scenario(SMALL);
    assert!(run(folder.path(), &["run", "small.toml", "--no-charts"]).status.success());
    assert!(run(folder.path(), &["run", "small.toml", "--no-charts"]).status.success(), "the same run again");
    let refused = run(folder.path(), &["run", "small.toml", "--no-charts", "--seed", "2"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(stderr(&refused).contains("simulation.seed"), "{}", stderr(&refused));
    assert!(stderr(&refused).contains("--force"));
    assert!(stdout(&refused).is_empty());
    let forced = run(folder.path(), &["run", "small.toml", "--no-charts", "--seed", "2", "--force"]);
    assert!(forced.status.success());
}

#[test]
fn wrong_arguments_and_input_exit_with_2_and_say_what_to_write() {
    let folder = with_scenario(SMALL);
    let cases: [(&[&str], &[&str]); 9] = [
        (&["run", "missing.toml"], &["missing.toml"]),
        (&["run", "small.toml", "--threads", "100000"], &["--threads", "1024"]),
        (&["run", "small.toml", "--set", "positions.long.levrage=3"], &["levrage", "leverage"]),
        (&["run", "small.toml", "--set", "nonsense"], &["nonsense", "KEY=VALUE"]),
        (&["run", "small.toml", "--paths", "-1"], &["simulation.paths", "-1"]),
        (&["run", "small.toml", "--paths", "0"], &["simulation.paths", "0"]),
        (&["replay", "small.toml", "--path", "0", "--mode", "izolated"], &["izolated", "isolated"]),
        (&["venues", "nowhere"], &["nowhere", "textbook"]),
        (&["frobnicate"], &["frobnicate"]),
    ];
    for (arguments, texts) in cases {
        let output = run(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", stderr(&output));
        assert!(output.stdout.is_empty(), "{arguments:?}");
        for text in texts {
            assert!(stderr(&output).contains(text), "{text} in {}", stderr(&output));
        }
        assert!(!folder.path().join("results").exists(), "{arguments:?} wrote something");
    }
    let width = ringfence(folder.path()).arg("run").env("RINGFENCE_VECTOR", "mmx").output().unwrap();
    assert_eq!(width.status.code(), Some(2));
    assert!(stderr(&width).contains("avx512"));
}

#[test]
fn check_simulates_nothing_and_prints_the_plan() {
    let folder = with_scenario(SMALL);
    let huge =
        ["check", "small.toml", "--threads", "2", "--paths", "1e9", "--set", "simulation.horizon=\"300d\""];
    let output = run(folder.path(), &huge);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    for text in ["57,286.43", "57,000", "Predicted", "MiB", "minutes"] {
        assert!(stdout(&output).contains(text), "{text} in\n{}", stdout(&output));
    }
    assert!(!folder.path().join("results").exists());
}

/// The default's first position, checked with a calculator: every printed product and sum.
#[test]
fn replay_tells_one_path_in_exact_decimals() {
    let folder = with_scenario(SMALL);
    let told = |path: &str| stdout(&run(folder.path(), &["replay", "small.toml", "--path", path]));
    let liquidated = (0..50).map(|path| told(&path.to_string())).find(|text| text.contains("fails")).unwrap();
    for text in ["mode isolated", "mode cross", "its own margin of 200", "requirement", "money conserved"] {
        assert!(liquidated.contains(text), "{text} in\n{liquidated}");
    }
    for line in liquidated.lines().filter(|line| line.contains("money conserved")) {
        assert!(line.ends_with("= 0"), "{line}");
    }
    // A path is a function of the seed and its number: the same beyond the scenario's 300 paths.
    assert_eq!(told("7"), told("7"));
    assert!(told("123456789").contains("path 123456789"));
    let one_mode = run(folder.path(), &["replay", "small.toml", "--path", "7", "--mode", "cross"]);
    assert!(!stdout(&one_mode).contains("mode isolated"));
}

#[cfg(unix)]
#[test]
fn a_reader_that_leaves_is_no_error_and_a_full_device_is() {
    let folder = with_scenario(SMALL);
    let mut child = ringfence(folder.path())
        .args(["run", "small.toml", "--no-charts"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let status = child.wait().unwrap();
    let mut text = String::new();
    child.stderr.take().unwrap().read_to_string(&mut text).unwrap();
    assert_eq!(status.code(), Some(0), "{text}");
    assert!(!text.contains("panicked"));
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = ringfence(folder.path()).args(["venues"]).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("standard output"));
}

#[test]
fn scenarios_of_one_name_are_refused_before_anything_is_written() {
    let folder = with_scenario(SMALL);
    for name in ["a", "b"] {
        fs::create_dir(folder.path().join(name)).unwrap();
        fs::write(folder.path().join(name).join("small.toml"), SMALL).unwrap();
    }
    fs::write(folder.path().join("b/SMALL.toml"), SMALL).unwrap();
    for [first, second] in
        [["small.toml", "small.toml"], ["a/small.toml", "b/small.toml"], ["small.toml", "b/SMALL.toml"]]
    {
        let output = run(folder.path(), &["run", first, second, "--no-charts"]);
        assert_eq!(output.status.code(), Some(2), "{first} {second}");
        let said = stderr(&output);
        for text in [&format!("{first} and {second}"), "rename", "--out DIR"] {
            assert!(said.contains(text), "{text} in {said}");
        }
        assert!(!said.contains("another run"), "{said}");
        assert!(!folder.path().join("results").exists());
    }
}

#[cfg(target_os = "linux")]
#[test]
fn help_on_a_full_device_is_an_error_and_for_a_reader_that_left_is_none() {
    let folder = TempDir::new().unwrap();
    for argument in ["--help", "--version"] {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = ringfence(folder.path()).arg(argument).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{argument}");
        assert!(stderr(&output).contains("standard output"), "{}", stderr(&output));
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = ringfence(folder.path()).arg(argument).stdout(writer).output().unwrap();
        assert_eq!((output.status.code(), stderr(&output)), (Some(0), String::new()), "{argument}");
    }
}

#[test]
fn charts_name_paths_and_seed_however_long_the_model_is() {
    let mut text = SMALL.replace("paths = 300", "paths = 1\nseed = 77");
    for index in 0..12 {
        let asset = format!("AN_ASSET_WITH_A_LONG_NAME_{index}");
        text += &format!(
            "[assets.{asset}]\nprice = 1\nmodel = {{ kind = \"gbm\", drift = 0.0, volatility = 0.5 }}\n\
             [positions.p{index}]\nasset = \"{asset}\"\nside = \"long\"\nmargin = 1\nleverage = 2\n"
        );
    }
    let folder = with_scenario(&text);
    let output = run(folder.path(), &["run", "small.toml"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let chart = fs::read_to_string(folder.path().join("results/small/charts/survival.svg")).unwrap();
    let first = chart.lines().position(|line| line.starts_with("1 path, seed 77 · ")).unwrap();
    let rest = chart.lines().skip(first + 1).find(|line| !line.starts_with('<')).unwrap();
    assert!(rest.ends_with('…'), "{rest}");
}

/// Starts a run that takes hours, and waits until it has taken its place.
#[cfg(unix)]
fn long_run(folder: &Path) -> Child {
    let child = ringfence(folder)
        .args(["run", "small.toml", "--paths", "1_000_000_000", "--set", "simulation.horizon=\"365d\""])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let started = Instant::now();
    while fs::read_dir(folder.join("results")).map_or(0, Iterator::count) < 2 {
        assert!(started.elapsed() < Duration::from_secs(30), "the run did not start");
        std::thread::sleep(Duration::from_millis(20));
    }
    std::thread::sleep(Duration::from_millis(300));
    child
}

#[cfg(unix)]
fn end(mut child: Child, signal: &str) -> Option<i32> {
    let kill = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
    assert!(kill.success());
    child.wait().unwrap().code()
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_ends_with_130_and_leaves_nothing() {
    let folder = with_scenario(SMALL);
    assert_eq!(end(long_run(folder.path()), "-INT"), Some(130));
    assert!(!folder.path().join("results").exists(), "the output folder was not there before");
}

/// A run left alone over night outlives its terminal.
#[cfg(unix)]
#[test]
fn a_run_under_nohup_outlives_a_hangup() {
    let folder = with_scenario(SMALL);
    let mut child = Command::new("nohup")
        .arg(ringfence(folder.path()).get_program())
        .args(["run", "small.toml", "--no-charts", "--paths", "3_000_000"])
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_millis(150));
    Command::new("kill").args(["-HUP", &child.id().to_string()]).status().unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(folder.path().join("results/small/summary.json").is_file());
}

#[cfg(unix)]
#[test]
fn what_a_killed_run_left_goes_with_the_next_one() {
    let folder = with_scenario(SMALL);
    assert_eq!(end(long_run(folder.path()), "-KILL"), None);
    let left = || {
        let entries = fs::read_dir(folder.path().join("results")).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect::<Vec<_>>()
    };
    assert!(left().iter().any(|name| name.starts_with(".small.ringfence-")), "{:?}", left());
    assert!(run(folder.path(), &["run", "small.toml", "--no-charts"]).status.success());
    assert_eq!(left(), ["small"]);
}

/// What is printed comes from the same data as the run: a file of the user's is told like a preset.
#[test]
fn venues_are_listed_and_told_in_words() {
    let folder = with_scenario(SMALL);
    let list = stdout(&run(folder.path(), &["venues"]));
    for name in ["textbook", "binance-usdm", "bybit-uta", "okx", "hyperliquid", "dydx", "deribit", "kraken"] {
        assert!(list.lines().any(|line| line.starts_with(&format!("{name} "))), "{name} in\n{list}");
    }
    let told = stdout(&run(folder.path(), &["venues", "hyperliquid"]));
    for text in [
        "strictly below its maintenance margin",
        "20 % of every position with a notional above 100,000 is closed at the mark price that failed the check, followed by a wait of 30s",
        "when equity is below about 0.6667 of the requirement",
        "- BTC: 2 tiers, from 1.25 % (up to 40x) to 2.5 % (up to 20x) above 150,000,000",
        "0.00125 % per interval, paid by longs, capped at ±4 %",
        "Open questions, and what is not modelled",
        "liquidation price 62,171.2944953124",
    ] {
        let words: Vec<&str> = told.split_whitespace().collect();
        assert!(words.join(" ").contains(text), "{text} in\n{told}");
    }
    assert!(list.lines().chain(told.lines()).all(|line| line.chars().count() <= 100));
    let own = "name = \"mine\"\nmaintenance_margin_rate = 0.01\nliquidation = { price = \"bankruptcy\", remainder = \"return\" }\n";
    fs::write(folder.path().join("mine.toml"), own).unwrap();
    let told = stdout(&run(folder.path(), &["venues", "./mine.toml"]));
    assert!(told.contains("markets not listed here: 1 %") && told.contains("takes over"), "{told}");
    let near = stderr(&run(folder.path(), &["venues", "binance-usd"]));
    assert!(near.contains("did you mean `binance-usdm`?"), "{near}");
    let set = ["check", "small.toml", "--set", "venue.preset=./mine.toml", "--set", "venue.taker_fee=0.001"];
    let plan = stdout(&run(folder.path(), &set)).split_whitespace().collect::<Vec<_>>().join(" ");
    for text in [
        "Venue rules: mine: contracts are linear",
        "0.1 % (taker)",
        "Market: BTC with a maintenance margin of 1 %; funding 0 %",
    ] {
        assert!(plan.contains(text), "{text} in\n{plan}");
    }
}

#[test]
fn models_and_the_schema_are_printed_or_named() {
    let folder = TempDir::new().unwrap();
    let list = run(folder.path(), &["models"]);
    assert_eq!(list.status.code(), Some(0), "{}", stderr(&list));
    let one = run(folder.path(), &["models", "heston"]);
    for part in
        ["vol_of_vol", "0 or 1e-6 to 100 per square-root year", "[assets.BTC.model]\nkind = \"heston\""]
    {
        assert!(stdout(&one).contains(part), "{part}: {}", stdout(&one));
    }
    let schema = run(folder.path(), &["schema", "scenario"]);
    let schema: Value = serde_json::from_str(&stdout(&schema)).unwrap();
    assert_eq!(schema["$schema"], "http://json-schema.org/draft-07/schema#");
    let refused: [(&[&str], &[&str]); 2] = [
        (&["models", "hestn"], &["`hestn`", "did you mean `heston`?", "gbm, merton"]),
        (&["schema", "x"], &["expected scenario or result"]),
    ];
    for (arguments, parts) in refused {
        let output = run(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(2));
        assert_eq!(stdout(&output), "");
        for part in parts {
            assert!(stderr(&output).contains(part), "{part}: {}", stderr(&output));
        }
    }
}

#[test]
fn an_error_shows_the_line_and_a_caret() {
    let folder = with_scenario(&SMALL.replace("leverage = 20", "leverage = \"five\""));
    let line = SMALL.lines().position(|line| line == "leverage = 20").unwrap() + 1;
    let output = run(folder.path(), &["check", "small.toml"]);
    let expected = format!(
        "\
error: invalid number `five` for `positions.long.leverage`: is not a number
  --> small.toml:{line}:12
   |
{line} | leverage = \"five\"
   |            ^^^^^^
   |
   = help: write, for example, leverage = 10
"
    );
    assert_eq!(stderr(&output), expected);
}

#[test]
fn a_duplicate_key_is_shown_with_the_first() {
    let folder = with_scenario(&SMALL.replace("leverage = 20", "leverage = 20\nleverage = 30"));
    let text = stderr(&run(folder.path(), &["check", "small.toml"]));
    for part in [
        "error: duplicate key `leverage`",
        " | leverage = 20",
        "first defined here",
        " | leverage = 30",
        "^^^",
    ] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
}
