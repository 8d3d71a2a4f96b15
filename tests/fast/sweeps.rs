//! `[sweep]`: the cells that a file asks for, which of them share their paths, and what is refused.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking, as tests do")]

use std::fs;
use std::path::Path;
use std::sync::Arc;

use ringfence::domain::{Intervals, Measure, Precision, PrecisionTarget};
use ringfence::error::{Error, Result};
use ringfence::report::plan;
use ringfence::scenario::{
    Batch, Override, Scenario, load_batch, load_batch_text, load_text, parse_override,
};
use serde_json::{Value, json};
use tempfile::TempDir;

const BASE: &str = r#"
[simulation]
paths = 300
seed = 7
horizon = "2d"
step = "1h"
[account]
wallet = 1_000
[assets.BTC]
price = 60_000
maintenance_margin_rate = 0.005
model = { kind = "gbm", drift = 0.0, volatility = 0.9 }
[assets.ETH]
price = 3_000
model = { kind = "gbm", drift = 0.0, volatility = 0.9 }
[correlation]
"BTC/ETH" = 0.5
[positions.a]
asset = "BTC"
side = "long"
margin = 200
leverage = 4
mode = "isolated"
[positions.b]
asset = "ETH"
side = "short"
margin = 200
leverage = 4
mode = "cross"
"#;

fn overrides(sets: &[&str]) -> Vec<Override> {
    sets.iter().map(|set| parse_override(set).unwrap()).collect()
}

fn read_in(folder: &Path, sweep: &str, sets: &[&str]) -> Result<Batch> {
    load_batch_text("swept", "swept.toml", &format!("{BASE}{sweep}"), folder, &overrides(sets))
}

fn read(sweep: &str, sets: &[&str]) -> Result<Batch> {
    read_in(Path::new(""), sweep, sets)
}

fn batch(sweep: &str) -> Batch {
    read(sweep, &[]).unwrap_or_else(|error| panic!("{sweep}: {error}"))
}

fn refusal(read: Result<Batch>, what: &str) -> String {
    match read {
        Err(Error::Input(error)) => error.to_string(),
        Err(error) => panic!("{what}: not the input's fault: {error}"),
        Ok(batch) => panic!("{what}: {} cells", batch.cells.len()),
    }
}

/// The base file alone with `--set`.
fn alone(folder: &Path, sets: &[String]) -> Scenario {
    let sets: Vec<&str> = sets.iter().map(String::as_str).collect();
    load_text("swept", "swept.toml", BASE, folder, &overrides(&sets)).unwrap()
}

/// Values of one axis of one key.
fn values(batch: &Batch, axis: usize) -> Value {
    batch.axes[axis].values.iter().map(|values| values[0].clone()).collect()
}

#[test]
fn a_file_without_a_sweep_is_one_cell() {
    let plain = batch("");
    assert!(!plain.is_sweep());
    assert_eq!((plain.axes.len(), plain.cells.len(), plain.cells[0].set.len()), (0, 1, 0));
    assert_eq!(plain.cells[0].scenario, alone(Path::new(""), &[]));
    assert_eq!(plain.sha256(), plain.cells[0].scenario.sha256());
    assert_eq!(plain.resolved(), plain.cells[0].scenario.resolved);
    assert_eq!(batch("[sweep]\n"), plain);
}

#[test]
fn lists_ranges_and_zips_become_axes_in_their_order() {
    let swept = batch(
        r#"
[[sweep.zip]]
"positions.a.margin" = [100, 200]
"positions.b.margin" = { from = 200, to = 100, steps = 2 }
[sweep]
"assets.BTC.model.volatility" = { from = 0.2, to = 1.2, steps = 6 }
"assets.ETH.price" = { from = 10, to = 1000, steps = 3, scale = "log" }
'correlation."BTC/ETH"' = [0.5e0, -0.25]
"#,
    );
    assert!(swept.is_sweep());
    assert_eq!(swept.axes[0].keys, ["positions.a.margin", "positions.b.margin"]);
    assert_eq!(json!(swept.axes[0].values), json!([[100, 200], [200, 100]]));
    assert_eq!(values(&swept, 1), json!([0.2, 0.4, 0.6, 0.8, 1, 1.2]));
    assert_eq!(values(&swept, 2), json!([10, 100, 1000]));
    assert_eq!(values(&swept, 3), json!([0.5, -0.25]));
    assert_eq!(swept.cells.len(), 2 * 6 * 3 * 2);
    let set = |cell: usize| -> Vec<String> {
        swept.cells[cell].set.iter().map(|(key, value)| format!("{key}={value}")).collect()
    };
    let first = [
        "positions.a.margin=100",
        "positions.b.margin=200",
        "assets.BTC.model.volatility=0.2",
        "assets.ETH.price=10",
        "correlation.\"BTC/ETH\"=0.5",
    ];
    assert_eq!(set(0), first);
    assert_eq!(set(1)[..4], first[..4]);
    assert_eq!(set(1)[4], "correlation.\"BTC/ETH\"=-0.25");
    assert_eq!(set(2)[3], "assets.ETH.price=100");
    assert_eq!(
        set(35)[..3],
        ["positions.a.margin=100", "positions.b.margin=200", "assets.BTC.model.volatility=1.2"]
    );
    assert_eq!(set(36)[..2], ["positions.a.margin=200", "positions.b.margin=100"]);
    // One table of zipped keys is a zip too, and an axis may have one value.
    let one = batch("[sweep.zip]\n\"account.wallet\" = [2_000]\n\"positions.a.margin\" = [300]\n");
    assert!(one.is_sweep());
    assert_eq!((one.cells.len(), one.cells[0].scenario.portfolio.account.wallet), (1, 2_000.into()));
    let same = batch("[sweep]\n\"account.wallet\" = { from = 900, to = 900, steps = 1 }\n");
    assert_eq!(values(&same, 0), json!([900]));
}

/// What cannot be an `f64` without loss stays text, which `--set` takes as well.
#[test]
fn values_keep_their_digits() {
    let swept = batch(
        "[sweep]\n\"account.wallet\" = [1000, 1_500.0, 1e4, \"2000.50\", 1234.5678901234567891]\n\"account.currency\" = [\"USD\", \"€\"]\n",
    );
    assert_eq!(values(&swept, 0), json!([1000, 1500, 10000, "2000.50", "1234.5678901234567891"]));
    assert_eq!(values(&swept, 1), json!(["USD", "€"]));
    let wallet = swept.cells[8].scenario.portfolio.account.wallet;
    assert_eq!(wallet.to_string(), "1234.5678901234567891");
}

#[test]
fn a_cell_is_the_file_run_alone_with_its_values_set() {
    let sweeps = [
        "\"positions.a.leverage\" = [2, 5.5]\n\"venue.preset\" = [\"textbook\", \"okx\"]\n\"account.wallet\" = [900, \"1100.25\"]\n",
        "\"simulation.step\" = [\"1h\", \"2h\"]\n\"simulation.seed\" = [1, 9]\n\"simulation.monitoring\" = [\"continuous\"]\n",
        // Both take the place of a key that the file writes and that excludes them.
        "\"simulation.steps\" = [10, 20]\n\"assets.BTC.tiers\" = [\"tiers.csv\"]\n",
        "\"assets.BTC.model.volatility\" = { from = 0.1, to = 1, steps = 4 }\n'correlation.\"BTC/ETH\"' = [0, 0.9]\n",
        "\"simulation.paths\" = [100, 200]\n\"simulation.sampling\" = [\"antithetic\"]\n\"simulation.ruin_level\" = [0.2]\n",
    ];
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("tiers.csv"), "tier,notional_floor,notional_cap,maintenance_margin_rate,max_leverage,maintenance_amount\n1,0,,0.01,,0\n").unwrap();
    for sweep in sweeps {
        let swept = read_in(folder.path(), &format!("[sweep]\n{sweep}"), &[]).unwrap();
        assert!(swept.cells.len() >= 2);
        for cell in &swept.cells {
            let value = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let sets: Vec<String> =
                cell.set.iter().map(|(key, set)| format!("{key}={}", value(set))).collect();
            let alone = alone(folder.path(), &sets);
            assert_eq!(cell.scenario, alone, "{sets:?}");
            assert_eq!(cell.scenario.sha256(), alone.sha256());
        }
        let mut hashes: Vec<String> = swept.cells.iter().map(|cell| cell.scenario.sha256()).collect();
        hashes.sort();
        hashes.dedup();
        assert_eq!(hashes.len(), swept.cells.len(), "{sweep}");
    }
}

#[test]
fn tables_and_items_of_lists_are_swept_too() {
    let swept = batch(
        r#"
[sweep]
"assets.BTC.model" = [{ kind = "gbm", drift = 0, volatility = 0.5 }, { kind = "ou", level = 60_000, mean_reversion = 2, volatility = 0.5 }]
[[sweep.positions]]
a = { asset = "BTC", side = "long", margin = 200, leverage = 4 }
[[sweep.positions]]
a = { asset = "BTC", side = "long", margin = 100, leverage = 4 }
b = { asset = "ETH", side = "long", margin = 100, leverage = 4 }
"#,
    );
    let kinds: Vec<(&str, usize)> = swept
        .cells
        .iter()
        .map(|cell| (cell.scenario.market.assets[0].process.kind(), cell.scenario.portfolio.positions.len()))
        .collect();
    assert_eq!(kinds, [("gbm", 1), ("gbm", 2), ("ou", 1), ("ou", 2)]);
    assert_eq!(swept.axes[1].values[0][0]["a"]["margin"], 200);
    // The remark about the asset that no position holds is each cell's; it is told once.
    assert_eq!(swept.notes().len(), 1, "{:?}", swept.notes());
    let shock =
        "[[shock]]\nat = \"1d\"\nmoves = { BTC = -0.1 }\n[sweep]\n\"shock.0.moves.BTC\" = [-0.2, -0.3]\n";
    let beyond = refusal(read(&shock.replace("shock.0", "shock.1"), &[]), "beyond the list");
    assert!(beyond.contains("the sweep cannot set item `1` of a list of 1 item"), "{beyond}");
    let moves: Vec<f64> =
        batch(shock).cells.iter().map(|c| c.scenario.market.shocks[0].log_moves[0]).collect();
    assert!(
        (moves[0] - libm::log(0.8)).abs() < 1e-15 && (moves[1] - libm::log(0.7)).abs() < 1e-15,
        "{moves:?}"
    );
}

#[test]
fn cells_share_their_paths_unless_a_price_moves_otherwise() {
    let shared = [
        ("positions.a.leverage", "[2, 3]"),
        ("positions.a.margin", "[100, 150]"),
        ("positions.a.mode", "[\"isolated\", \"cross\"]"),
        ("positions.a.side", "[\"long\", \"short\"]"),
        ("simulation.modes", "[[\"isolated\"], [\"cross\", \"mixed\"]]"),
        ("simulation.ruin_level", "[0.1, 0.5]"),
        ("account.wallet", "[1000, 2000]"),
        ("account.currency", "[\"USD\", \"USDT\"]"),
        ("venue.preset", "[\"textbook\", \"okx\", \"bybit\"]"),
        ("venue.taker_fee", "[0, 0.001]"),
        ("assets.BTC.maintenance_margin_rate", "[0.005, 0.01]"),
    ];
    for (key, values) in shared {
        let swept = batch(&format!("[sweep]\n\"{key}\" = {values}\n"));
        let all: Vec<usize> = (0..swept.cells.len()).collect();
        assert_eq!(swept.groups(), [all], "{key}");
        for cell in &swept.cells {
            assert!(Arc::ptr_eq(&cell.scenario.market, &swept.cells[0].scenario.market), "{key}");
        }
    }
    let apart = [
        ("assets.BTC.model.volatility", "[0.5, 0.6]"),
        ("assets.BTC.price", "[60_000, 61_000]"),
        ("correlation.BTC/ETH", "[0.5, 0.6]"),
        ("simulation.seed", "[1, 2]"),
        ("simulation.paths", "[100, 200]"),
        ("simulation.step", "[\"1h\", \"2h\"]"),
        ("simulation.horizon", "[\"2d\", \"3d\"]"),
        ("simulation.sampling", "[\"independent\", \"antithetic\"]"),
        ("simulation.monitoring", "[\"step\", \"continuous\"]"),
    ];
    for (key, values) in apart {
        let swept = batch(&format!("[sweep]\n\"{key}\" = {values}\n\"account.wallet\" = [1000, 1100]\n"));
        assert_eq!(swept.groups(), [[0, 1], [2, 3]], "{key}");
    }
    let crossed = batch("[sweep]\n\"account.wallet\" = [1000, 1100]\n\"simulation.seed\" = [1, 2]\n");
    assert_eq!(crossed.groups(), [[0, 2], [1, 3]]);
}

/// A year of hourly closes that wander.
fn history(folder: &Path) {
    let mut text = "time,close\n".to_owned();
    let mut price = 100.0_f64;
    for hour in 0..2_000_u64 {
        price *= 1.0 + 0.01 * (f64::from(hour as u32 * 37 % 61) / 30.0 - 1.0);
        text += &format!("{},{price}\n", 1_600_000_000 + 3_600 * hour);
    }
    fs::write(folder.join("btc.csv"), text).unwrap();
}

#[test]
fn a_history_is_held_once() {
    let folder = TempDir::new().unwrap();
    history(folder.path());
    let models = r#"[{ kind = "bootstrap", history = "btc.csv", block = "1d" }]"#;
    let sweep = format!("[sweep]\n\"assets.BTC.model\" = {models}\n\"assets.BTC.price\" = [100, 200]\n");
    let swept = read_in(folder.path(), &sweep, &["correlation={}"]).unwrap();
    let returns = |cell: usize| &swept.cells[cell].scenario.market.history.as_ref().unwrap().log_returns;
    assert_eq!(returns(0).len(), 1_999);
    assert!(Arc::ptr_eq(returns(0), returns(1)));
    assert_eq!(swept.groups().len(), 2);
    let models = r#"[{ kind = "replay", history = "btc.csv", stride = 100 }, { kind = "replay", history = "btc.csv", stride = 50 }]"#;
    let swept =
        read_in(folder.path(), &format!("[sweep]\n\"assets.BTC.model\" = {models}\n"), &["correlation={}"])
            .unwrap();
    let windows = |cell: usize| swept.cells[cell].scenario.market.windows.as_ref().unwrap();
    assert_eq!((windows(0).stride, windows(1).stride), (100, 50));
    assert!(Arc::ptr_eq(&windows(0).closes, &windows(1).closes));
}

#[test]
fn settings_from_outside_come_before_the_sweep() {
    let sweep = "[sweep]\n\"positions.a.leverage\" = [2, 3]\n";
    let swept = read(sweep, &["account.wallet=1234", "sweep.\"positions.a.margin\"=[100, 150]"]).unwrap();
    assert_eq!(swept.cells.len(), 4);
    assert!(swept.cells.iter().all(|cell| cell.scenario.portfolio.account.wallet == 1234.into()));
    let other = read(sweep, &["sweep.\"positions.a.leverage\"=[5]"]).unwrap();
    assert_eq!(values(&other, 0), json!([5]));
    let none = read(sweep, &["sweep={}", "positions.a.leverage=5"]).unwrap();
    assert!(!none.is_sweep());
    assert_eq!(none.cells[0].scenario, alone(Path::new(""), &["positions.a.leverage=5".to_owned()]));
    for set in ["positions.a.leverage=5", "positions.\"a\".leverage=2"] {
        let message = refusal(read(sweep, &[set]), set);
        for part in [
            "the sweep varies `positions.a.leverage`",
            "--set 'sweep.\"positions.a.leverage\"=[…]'",
            "sweep={}",
        ] {
            assert!(message.contains(part), "{part}: {message}");
        }
    }
    let whole = "[[sweep.positions]]\na = { asset = \"BTC\", side = \"long\", margin = 100, leverage = 2 }\n";
    assert!(
        refusal(read(whole, &["positions.a.margin=5"]), "below").contains("the sweep varies `positions`")
    );
    // A key above a swept one is written first, and the sweep's values then within it.
    let whole = "positions={ a = { asset = \"BTC\", side = \"long\", margin = 100, leverage = 9 } }";
    let within = read(sweep, &[whole]).unwrap();
    assert_eq!(within.cells[1].scenario.portfolio.positions[0].leverage, 3.into());
    // A key that a swept one excludes stays, so that the two contradict each other as two `--set` do.
    let both = refusal(read("[sweep]\n\"simulation.steps\" = [10]\n", &["simulation.step=2h"]), "both");
    assert!(both.contains("are both given") && both.contains("in the cell simulation.steps = 10"), "{both}");
    match load_text("swept", "swept.toml", &format!("{BASE}{sweep}"), Path::new(""), &[]) {
        Err(Error::Input(error)) => {
            let text = error.to_string();
            assert!(text.contains("a sweep of 2 runs") && text.contains("sweep={}"), "{text}")
        }
        other => panic!("{other:?}"),
    }
}

/// What is written below `[sweep]`, and what the refusal says.
const REFUSED: &[(&str, &[&str])] = &[
    (
        "\"positions.a.levrage\" = [2, 3]",
        &[
            "sweep.\"positions.a.levrage\": unknown key `positions.a.levrage`",
            "did you mean `leverage`",
            "swept.toml:31:1",
            "one more cell",
        ],
    ),
    (
        "\"positions.a.leverage\" = [2, 5000]",
        &["the position a would be liquidated at entry", "in the cell positions.a.leverage = 5000"],
    ),
    (
        "\"positions.a.leverage\" = [500]\n\"venue.preset\" = [\"okx\", \"bybit\"]",
        &["in the cell positions.a.leverage = 500, venue.preset = \"okx\""],
    ),
    (
        "\"positions.c.leverage\" = [2]",
        &["missing key `positions.c.asset`", "sweep.\"positions.c.leverage\""],
    ),
    ("\"venue.preset\" = [\"okex\"]", &["did you mean `okx`"]),
    ("\"simulation.seed.x\" = [2]", &["the sweep cannot set `x`", "not a table"]),
    ("\"simulation.modes.7\" = [\"cross\"]", &["`simulation.modes` is a table; expected a list"]),
    ("\"positions.a.leverage\" = []", &["`sweep.\"positions.a.leverage\"` is an empty list"]),
    ("\"positions.a.leverage\" = 3", &["expected a list or a range", "{ from = 2, to = 10, steps = 5 }"]),
    (
        "\"positions.a.leverage\" = [2, 3, 2.0]",
        &["duplicate value of `sweep.\"positions.a.leverage\"`: the number `2.0`"],
    ),
    (
        "positions.a.leverage = [2, 3]",
        &["write the dotted key in quotes", "\"positions.a.leverage\" = [2, 5, 10]"],
    ),
    (
        "\"assets.BTC.model\" = { kind = \"gbm\" }",
        &["is a table; expected a list or a range", "a list of tables"],
    ),
    ("\"positions..a\" = [2]", &["one of its parts is empty"]),
    ("\"a.b.c.d.e.f.g.h.i\" = [2]", &["more than 8 parts"]),
    ("\"positions.a.leverage\" = [2]\n\"positions.'a'.leverage\" = [3]", &["is swept twice"]),
    ("\"positions.a\" = [{}]\n\"positions.a.leverage\" = [3]", &["above or below it", "`positions.a`"]),
    (
        "\"simulation.step\" = [\"1h\"]\n\"simulation.steps\" = [3]",
        &["a key that excludes it, `simulation.step`"],
    ),
    (
        "\"account.wallet\" = { from = 1, to = 2, step = 3 }",
        &["unknown key `sweep.\"account.wallet\".step`", "did you mean `steps`"],
    ),
    ("\"account.wallet\" = { from = 1, to = 2 }", &["missing key `sweep.\"account.wallet\".steps`"]),
    ("\"account.wallet\" = { from = 1, steps = 2 }", &["missing key `sweep.\"account.wallet\".to`"]),
    ("\"account.wallet\" = { from = 1, to = 2, steps = 1 }", &["steps` is 1, but `from` and `to` differ"]),
    ("\"account.wallet\" = { from = 2, to = 2, steps = 3 }", &["steps` is 3, but `from` and `to` are equal"]),
    ("\"account.wallet\" = { from = 1, to = 2, steps = 0 }", &["a whole number from 1 to 10000"]),
    ("\"account.wallet\" = { from = 1, to = 2, steps = 1_000_000_000 }", &["a whole number from 1 to 10000"]),
    (
        "\"account.wallet\" = { from = 1, to = 1.000_000_000_000_1, steps = 9 }",
        &["duplicate value", "the number `1`", "12 digits"],
    ),
    (
        "\"account.wallet\" = { from = 0, to = 2, steps = 3, scale = \"log\" }",
        &["expected ends greater than 0 on a log scale"],
    ),
    ("\"account.wallet\" = { from = 1, to = 2, steps = 3, scale = \"logg\" }", &["did you mean `log`"]),
    ("\"account.wallet\" = { from = \"1h\", to = 2, steps = 3 }", &["is not a number"]),
    ("\"account.wallet\" = { from = nan, to = 2, steps = 3 }", &["is not a finite number"]),
    (
        "\"simulation.seed\" = { from = 1, to = 101, steps = 101 }\n\"account.wallet\" = { from = 1, to = 100, steps = 100 }",
        &["too many cells", "10100", "the limit is 10000 cells"],
    ),
    ("\"title\" = [\"a\"]", &["`title` cannot be swept"]),
    ("\"description\" = [\"a\"]", &["`description` cannot be swept"]),
    ("\"simulation\" = [{}]", &["`simulation` cannot be swept: it is a whole section"]),
    ("\"simulation.confidence\" = [0.9]", &["the same for all cells"]),
    ("\"simulation.intervals\" = [\"pointwise\"]", &["the same for all cells"]),
    ("\"simulation.precision.half_width\" = [0.1]", &["the same for all cells"]),
    ("\"sweep.x\" = [1]", &["a sweep cannot vary itself"]),
    ("zip = 3", &["`sweep.zip` is the number `3`"]),
    ("[sweep.zip]", &["`sweep.zip` has no keys"]),
    (
        "[[sweep.zip]]\n\"account.wallet\" = [1, 2, 3]\n\"positions.a.margin\" = [1, 2]",
        &["`sweep.zip.0.\"positions.a.margin\"` has 2 values", "`account.wallet`", "has 3"],
    ),
    ("[[sweep.zip]]\n\"account.wallet\" = [1, 2]\n\"account.wallet.x\" = [1, 2]", &["`account.wallet`"]),
    ("[[sweep.zip]]\n\"account.wallet\" = [1]\n[[sweep.zip]]\n\"account.wallet\" = [1]", &["is swept twice"]),
];

#[test]
fn refusals_say_what_to_write() {
    for (sweep, parts) in REFUSED {
        let message = refusal(read(&format!("[sweep]\n{sweep}\n"), &[]), sweep);
        for part in *parts {
            assert!(message.contains(part), "{part} in\n{message}");
        }
    }
    let number = refusal(read("", &["sweep=3"]), "sweep=3");
    assert!(number.contains("`sweep` is the number `3`; expected a table"), "{number}");
    let broken = refusal(read("", &["sweep.\"account.wallet\"=[1"]), "broken");
    assert!(broken.contains("invalid TOML"), "{broken}");
}

/// 10^36 cells, as a product that no integer holds: refused at once, and nothing is expanded.
#[test]
fn the_number_of_cells_cannot_overflow() {
    let axis = |key: &str| format!("\"{key}\" = {{ from = 1, to = 2, steps = 10_000 }}\n");
    let nine: String = (0..9).map(|i| axis(&format!("assets.A{i}.price"))).collect();
    let message = refusal(read(&format!("[sweep]\n{nine}"), &[]), "nine axes");
    assert!(message.contains("too many cells"), "{message}");
    let group = format!("[[sweep.zip]]\n{}", axis("account.wallet"));
    let zips: String =
        (0..9).map(|i| group.replace("account.wallet", &format!("assets.A{i}.price"))).collect();
    assert!(refusal(read(&zips, &[]), "nine zips").contains("too many cells"));
}

#[test]
fn the_manifest_has_what_is_shared_and_what_is_swept() {
    let swept = batch("[sweep]\n\"positions.a.leverage\" = [2, 3]\n'correlation.\"BTC/ETH\"' = [0, 0.5]\n");
    let lines = swept.resolved();
    let line = |key: &str| lines.iter().find(|(own, _)| own == key).map(|(_, value)| value.as_str());
    assert_eq!(line("account.wallet"), Some("1000"));
    assert_eq!(line("positions.b.margin"), Some("200"));
    assert_eq!(line("positions.a.quantity"), None);
    assert_eq!(line("sweep.\"positions.a.leverage\""), Some("[2,3]"));
    assert_eq!(line("sweep.\"correlation.\\\"BTC/ETH\\\"\""), Some("[0,0.5]"));
    let hash = swept.sha256();
    assert_eq!(hash.len(), 64);
    let turned = batch("[sweep]\n'correlation.\"BTC/ETH\"' = [0, 0.5]\n\"positions.a.leverage\" = [2, 3]\n");
    let fewer = batch("[sweep]\n\"positions.a.leverage\" = [2, 3]\n'correlation.\"BTC/ETH\"' = [0]\n");
    assert!(turned.sha256() != hash && fewer.sha256() != hash);
    let spelt = batch(
        "[sweep]\n\"positions.a.leverage\" = { from = 2.0, to = 3, steps = 2 }\n'correlation.\"BTC/ETH\"' = [0.00, 5e-1]\n",
    );
    assert_eq!(spelt.sha256(), hash);
}

#[test]
fn precision_and_intervals_are_read_and_mentioned_where_written() {
    let plain = batch("");
    let settings = &plain.cells[0].scenario.settings;
    assert_eq!((settings.precision, settings.intervals), (None, Intervals::Pointwise));
    let mentioned = |batch: &Batch, what: &str| {
        batch.cells[0].scenario.resolved.iter().any(|(key, _)| key.contains(what))
    };
    assert!(!mentioned(&plain, "precision") && !mentioned(&plain, "intervals"));
    for measure in Measure::ALL {
        let set = format!("simulation.precision={{ measure = \"{measure}\", relative = 0.05 }}");
        let read = read("", &[&set, "simulation.intervals=simultaneous"]).unwrap();
        let settings = &read.cells[0].scenario.settings;
        let target = PrecisionTarget::Relative(0.05);
        assert_eq!(settings.precision, Some(Precision { measure, target }));
        assert_eq!(settings.intervals, Intervals::Simultaneous);
        assert!(
            mentioned(&read, "simulation.precision.relative") && mentioned(&read, "simulation.intervals")
        );
        assert_ne!(read.sha256(), plain.sha256());
    }
    let width = read("", &["simulation.precision={ measure = \"pnl\", half_width = 12.5 }"]).unwrap();
    let target = PrecisionTarget::HalfWidth(12.5);
    assert_eq!(width.cells[0].scenario.settings.precision, Some(Precision { measure: Measure::Pnl, target }));
}

#[test]
fn a_precision_that_cannot_be_met_is_refused() {
    let any = |rest: &str| format!("{{ measure = \"liquidation.any\"{rest} }}");
    let cases: [(String, &str); 10] = [
        ("0.002".to_owned(), "precision = { measure = \"liquidation.any\", half_width = 0.002 }"),
        ("{ half_width = 0.1 }".to_owned(), "missing key `simulation.precision.measure`"),
        ("{ measure = \"liquidation.some\", half_width = 0.1 }".to_owned(), "did you mean `liquidation.any`"),
        (any(""), "gives no precision"),
        (any(", half_width = 0.1, relative = 0.1"), "are both given"),
        (any(", half_width = 0"), "greater than 0, below 1"),
        (any(", half_width = -0.1"), "greater than 0, below 1"),
        (any(", half_width = 1"), "greater than 0, below 1"),
        (any(", relative = 1.5"), "greater than 0, below 1"),
        (any(", half_widht = 0.1"), "did you mean `half_width`"),
    ];
    for (value, part) in &cases {
        let message = refusal(read("", &[&format!("simulation.precision={value}")]), value);
        assert!(message.contains(part), "{value}: {message}");
    }
    let paired = "simulation.precision={ measure = \"paired.pnl\", half_width = 5 }";
    let message = refusal(read("", &[paired, "simulation.modes=[\"cross\"]"]), "one mode");
    assert!(message.contains("compares two modes") && message.contains("add a mode"), "{message}");
    let message =
        refusal(read("[sweep]\n\"simulation.modes\" = [[\"cross\"]]\n", &[paired]), "one mode in a cell");
    assert!(message.contains("compares two modes"), "{message}");
    let folder = TempDir::new().unwrap();
    history(folder.path());
    let replayed = |stride: &str| {
        let model =
            format!("assets.BTC.model={{ kind = \"replay\", history = \"btc.csv\", stride = {stride} }}");
        read_in(
            folder.path(),
            "",
            &["correlation={}", &model, &format!("simulation.precision={}", any(", half_width = 0.1"))],
        )
    };
    assert!(refusal(replayed("47"), "overlap").contains("overlapping windows"));
    assert_eq!(replayed("48").unwrap().cells.len(), 1);
}

#[test]
fn shipped_sweeps_are_small_and_say_what_they_teach() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/sweeps");
    let mut seen = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("# ") && text.contains("Look at"), "{}", path.display());
        let swept = load_batch(&path, &[]).unwrap_or_else(|error| panic!("{error}"));
        assert!(swept.is_sweep() && swept.axes.len() == 2 && swept.cells.len() <= 60, "{}", path.display());
        assert!(swept.cells.iter().all(|cell| cell.scenario.settings.paths == 20_000));
        // Without its sweep it is a scenario like any other.
        let alone = load_batch(&path, &overrides(&["sweep={}"])).unwrap_or_else(|error| panic!("{error}"));
        assert!(!alone.is_sweep());
        let shown = plan::render_batch(&swept, 2);
        assert!(shown.contains(&format!(
            "a sweep of {} cells on {} set",
            swept.cells.len(),
            swept.groups().len()
        )));
        for line in shown.lines() {
            assert!(line.chars().count() <= 100, "{line}");
        }
        seen += 1;
    }
    assert_eq!(seen, 5);
}

#[test]
fn the_plan_of_a_sweep_fits_and_escapes() {
    let mut swept = batch(
        "[sweep]\n\"account.currency\" = [\"a\", \"b\"]\n\"simulation.seed\" = { from = 1, to = 100, steps = 100 }\n",
    );
    swept.cells[0].set[0].1 = Value::from("x".repeat(3_000));
    swept.axes[0].values[1][0] = Value::from("\u{1b}[2J".repeat(100));
    swept.axes[0].keys[0] = "\u{1b}[2J".to_owned();
    let shown = plan::render_batch(&swept, 2);
    assert!(!shown.contains('\u{1b}'));
    assert!(shown.contains("simulation.seed (100): 1, 2, 3") && shown.contains("…, 100"), "{shown}");
    assert!(
        shown.contains("a sweep of 200 cells on 100 sets of price paths: 30,000 paths in all"),
        "{shown}"
    );
    for line in shown.lines() {
        assert!(line.chars().count() <= 100, "{line}");
    }
    let precision = "simulation.precision={ measure = \"ruin\", half_width = 0.01 }";
    let stops = read("[sweep]\n\"account.wallet\" = [900, 1000]\n", &[precision]);
    let shown = plan::render_batch(&stops.unwrap(), 2);
    assert!(
        shown.contains("a cell stops early once the pointwise interval of ruin is within ±0.01"),
        "{shown}"
    );
    assert!(shown.contains("Predicted: at most "), "{shown}");
}
