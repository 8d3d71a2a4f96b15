//! The result document, its JSON, its tables and what the terminal shows, from outcomes made by hand.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking, as tests do")]

mod correlation;
mod plan;
mod sampling;
mod uncertainty;
mod words;

use std::sync::Arc;

use ringfence::domain::*;
use ringfence::margin::EntryPrices;
use ringfence::paths::{AssetModel, Gbm, MarketModel, PriceProcess};
use ringfence::report::{csv, terminal};
use ringfence::result::build::build;
use ringfence::result::document::ResultDocument;
use ringfence::result::json;
use ringfence::result::scenario_description::ScenarioDescription;
use ringfence::scenario::{Scenario, Settings};
use ringfence::simulation::{Audit, ModeBias, ModeOutcome, PairOutcome, RunOutcome, StepBias, TwoByTwo};
use ringfence::statistics::{Distribution, Moments, binomial_lower_tail};
use serde_json::{Value, json};

const WALLET: f64 = 10_000.0;
const STEPS: u64 = 4;
const POSITIONS: [&str; 2] = ["btc_long", "eth_short"];

/// What one path did in one mode.
#[derive(Clone, Copy, Default)]
struct Path {
    /// Step of each position's forced close.
    closed: [Option<u64>; 2],
    ruin: bool,
    drawdown: f64,
    pnl: f64,
    shortfall: f64,
}

const AUDIT: Audit = Audit { paths: 64, steps: 4, left_out: 0, events: 3, max_balance_error: 2e-15 };

fn mode_outcome(mode: MarginMode, paths: &[Path]) -> ModeOutcome {
    let count = |f: &dyn Fn(&Path) -> bool| paths.iter().filter(|p| f(p)).count() as u64;
    let mut outcome = ModeOutcome {
        mode,
        any: count(&|p| p.closed.iter().any(Option::is_some)),
        all: count(&|p| p.closed.iter().all(Option::is_some)),
        positions: (0..2).map(|i| count(&|p| p.closed[i].is_some())).collect(),
        ruin: count(&|p| p.ruin),
        first_liquidation: vec![0; STEPS as usize + 1],
        drawdown_relative: Distribution::new(1.0),
        drawdown_absolute: Distribution::new(WALLET),
        pnl: Distribution::new(WALLET),
        shortfall_paths: count(&|p| p.shortfall > 0.0),
        shortfall: Moments::new(WALLET),
        loss_when_liquidated: Moments::new(WALLET),
        fees: Moments::new(WALLET),
        funding: Moments::new(WALLET),
        quote: None,
    };
    for path in paths {
        if let Some(step) = path.closed.iter().flatten().min() {
            outcome.first_liquidation[*step as usize] += 1;
            outcome.loss_when_liquidated.add(-path.pnl);
        }
        outcome.drawdown_relative.add(path.drawdown);
        outcome.drawdown_absolute.add(path.drawdown * WALLET);
        outcome.pnl.add(path.pnl);
        outcome.shortfall.add(path.shortfall);
        outcome.fees.add(0.0);
        outcome.funding.add(0.0);
    }
    outcome
}

fn table(a: &[Path], b: &[Path], happened: impl Fn(&Path) -> bool) -> TwoByTwo {
    let mut table = TwoByTwo::default();
    for (a, b) in a.iter().zip(b) {
        match (happened(a), happened(b)) {
            (true, true) => table.both += 1,
            (true, false) => table.a_only += 1,
            (false, true) => table.b_only += 1,
            (false, false) => table.neither += 1,
        }
    }
    table
}

fn run_outcome(isolated: &[Path], cross: &[Path]) -> RunOutcome {
    run_of([MarginMode::Isolated, MarginMode::Cross], [isolated, cross])
}

fn bias(at_steps: u64, continuous: u64, residual: f64) -> ModeBias {
    ModeBias { at_steps, continuous, only_continuous: continuous - at_steps, residual }
}

fn run_of(modes: [MarginMode; 2], [first, second]: [&[Path]; 2]) -> RunOutcome {
    let difference = |unit: f64, measure: &dyn Fn(&Path) -> f64| {
        first.iter().zip(second).fold(Moments::new(unit), |mut m, (a, b)| {
            m.add(measure(a) - measure(b));
            m
        })
    };
    RunOutcome {
        paths: first.len() as u64,
        held_paths: 0,
        twins: None,
        // 1,000 paths, by hand: 20 and 5 of them liquidated between steps only.
        step_bias: Some(StepBias { paths: 1_000, modes: vec![bias(130, 150, 0.0), bias(40, 45, 0.000_333)] }),
        correlations: Vec::new(),
        modes: vec![mode_outcome(modes[0], first), mode_outcome(modes[1], second)],
        pairs: vec![PairOutcome {
            a: 0,
            b: 1,
            liquidation: table(first, second, |p| p.closed.iter().any(Option::is_some)),
            positions: (0..2).map(|i| table(first, second, |p| p.closed[i].is_some())).collect(),
            drawdown_relative: difference(1.0, &|p| p.drawdown),
            pnl: difference(WALLET, &|p| p.pnl),
            shortfall: difference(WALLET, &|p| p.shortfall),
        }],
    }
}

fn scenario(title: &str) -> Scenario {
    let venue = Venue::textbook();
    let position = |name: &str, asset, side, quantity| Position {
        name: name.to_owned(),
        asset,
        side,
        quantity,
        margin: Decimal::from(2_000),
        leverage: Decimal::TEN,
        collateral: None,
        entry_fee: Decimal::ZERO,
        orders: Orders::default(),
    };
    let asset = |name: &str, price: i64| Asset {
        name: name.to_owned(),
        price: Decimal::from(price),
        maintenance: Requirement::flat(Decimal::new(5, 3)),
        lot: Decimal::new(1, 8),
        funding: FundingRates::default(),
    };
    let model =
        |price, volatility| AssetModel { price, process: PriceProcess::Gbm(Gbm { drift: 0.0, volatility }) };
    Scenario {
        name: "hand_made".to_owned(),
        title: title.to_owned(),
        description: None,
        settings: Settings {
            monitoring: ringfence::domain::Monitoring::Step,
            sampling: ringfence::paths::Sampling::Independent,
            paths: 4,
            seed: 42,
            horizon: "4d".parse().unwrap(),
            steps: STEPS,
            modes: vec![MarginMode::Isolated, MarginMode::Cross],
            confidence: 0.95,
            ruin_level: 0.1,
            precision: None,
            intervals: ringfence::domain::Intervals::Pointwise,
        },
        portfolio: Portfolio {
            account: Account { wallet: Decimal::from(10_000), currency: "USDT".to_owned() },
            venue: venue.clone(),
            assets: vec![asset("BTC", 60_000), asset("ETH", 3_000)],
            positions: vec![
                position(POSITIONS[0], 0, Side::Long, Decimal::new(333, 3)),
                position(POSITIONS[1], 1, Side::Short, Decimal::new(6_667, 3)),
            ],
        },
        market: Arc::new(MarketModel {
            assets: vec![model(60_000.0, 0.65), model(3_000.0, 0.8)],
            correlation: vec![1.0, 0.8, 0.8, 1.0],
            step_years: 1.0 / 365.0,
            ..MarketModel::default()
        }),
        resolved: Vec::new(),
        notes: vec!["history.csv: 2 duplicate rows dropped".to_owned()],
    }
}

fn entry() -> Vec<Vec<EntryPrices>> {
    let both = |liquidation: Decimal, bankruptcy: Decimal| EntryPrices {
        liquidation: Some(liquidation),
        bankruptcy: Some(bankruptcy),
    };
    vec![
        vec![
            both(Decimal::new(54_271_356_784, 6), Decimal::from(54_000)),
            both(Decimal::new(32_835_820_896, 7), Decimal::from(3_300)),
        ],
        vec![
            both(Decimal::new(30_150_753_769, 6), Decimal::from(30_000)),
            EntryPrices { liquidation: None, bankruptcy: None },
        ],
    ]
}

fn document(isolated: &[Path], cross: &[Path]) -> ResultDocument {
    build(
        &ScenarioDescription::new(&scenario("Two positions, by hand"), "abc123", &entry()),
        &run_outcome(isolated, cross),
        &AUDIT,
    )
}

fn four_paths() -> (Vec<Path>, Vec<Path>) {
    let isolated = vec![
        Path { closed: [Some(1), None], drawdown: 0.2, pnl: -2_000.0, shortfall: 30.0, ..Path::default() },
        Path { closed: [Some(3), Some(2)], drawdown: 0.4, pnl: -4_000.0, shortfall: 50.0, ..Path::default() },
        Path { drawdown: 0.1, pnl: 500.0, ..Path::default() },
        Path { drawdown: 0.0, pnl: 1_500.0, ..Path::default() },
    ];
    let cross = vec![
        Path { drawdown: 0.25, pnl: -2_500.0, ..Path::default() },
        Path { closed: [Some(4); 2], ruin: true, drawdown: 1.0, pnl: -10_000.0, ..Path::default() },
        Path { drawdown: 0.1, pnl: 500.0, ..Path::default() },
        Path { drawdown: 0.0, pnl: 1_500.0, ..Path::default() },
    ];
    (isolated, cross)
}

fn as_value(documents: &[ResultDocument]) -> Value {
    serde_json::from_str(&json::render(&documents.iter().collect::<Vec<_>>()).unwrap()).unwrap()
}

#[track_caller]
fn close(value: &Value, expected: f64) {
    let value = value.as_f64().unwrap();
    assert!((value - expected).abs() <= 1e-12 * expected.abs().max(1e-3), "{value}, expected {expected}");
}

#[test]
fn liquidation_numbers_by_hand() {
    let (isolated, cross) = four_paths();
    let doc = as_value(&[document(&isolated, &cross)]);
    let mode = &doc["modes"]["isolated"];
    assert_eq!(mode["liquidation"]["any"]["count"], 2);
    close(&mode["liquidation"]["any"]["frequency"], 0.5);
    // Wilson for 2 of 4 at 95 %: 1/2 ∓ z/(2√(4 + z²)), z² = 3.8414588.
    let half = 1.959963984540054 / 2.0 / (4.0_f64 + 3.841458820694124).sqrt();
    close(&mode["liquidation"]["any"]["low"], 0.5 - half);
    close(&mode["liquidation"]["any"]["high"], 0.5 + half);
    assert_eq!(mode["liquidation"]["all"]["count"], 1);
    assert_eq!(mode["liquidation"]["positions"]["btc_long"]["count"], 2);
    assert_eq!(mode["liquidation"]["positions"]["eth_short"]["count"], 1);
    assert_eq!(mode["liquidation"]["positions"]["btc_long"]["liquidation_price"], 54_271.356784);
    assert_eq!(
        doc["modes"]["cross"]["liquidation"]["positions"]["eth_short"]["bankruptcy_price"],
        Value::Null
    );
    // A day a step: liquidated on days 1 and 2; the restricted mean adds 4 and 4.
    let time = &mode["liquidation"]["time_days"];
    close(&time["mean"], 1.5);
    close(&time["mean_std_error"], 0.5);
    close(&time["restricted_mean"], 2.75);
    close(&time["quantiles"]["0.5"], 1.0);
    close(&time["quantiles"]["0.75"], 2.0);
    let survival = mode["liquidation"]["survival"].as_array().unwrap();
    assert_eq!(survival.len(), 51);
    let alive = |i: usize| survival[i]["alive"].as_f64().unwrap();
    // Day 1 falls between points 12 (0.96 d) and 13 (1.04 d); day 2 is point 25.
    assert_eq!(
        [alive(0), alive(12), alive(13), alive(24), alive(25), alive(50)],
        [1.0, 1.0, 0.75, 0.75, 0.5, 0.5]
    );
    close(&survival[50]["day"], 4.0);
    assert_eq!(doc["modes"]["cross"]["ruin"]["count"], 1);
}

#[test]
fn money_numbers_by_hand() {
    let (isolated, cross) = four_paths();
    let doc = as_value(&[document(&isolated, &cross)]);
    let mode = &doc["modes"]["isolated"];
    // -4000 -2000 500 1500: mean -1000, sum of squares about it 9 + 1 + 2.25 + 6.25 million.
    let pnl = &mode["pnl"];
    close(&pnl["mean"], -1_000.0);
    let std = (18.5e6_f64 / 3.0).sqrt();
    close(&pnl["std"], std);
    close(&pnl["std_error"], std / 2.0);
    // Student's t with three degrees of freedom.
    close(&pnl["low"], -1_000.0 - 3.182446305283708 * std / 2.0);
    close(&pnl["high"], -1_000.0 + 3.182446305283708 * std / 2.0);
    close(&pnl["quantiles"]["0.25"], -4_000.0);
    close(&pnl["quantiles"]["0.5"], -2_000.0);
    close(&pnl["value_at_risk"]["0.95"], 4_000.0);
    close(&pnl["expected_shortfall"]["0.95"], 4_000.0);
    // Four values bound no quantile at 95 %.
    assert_eq!(pnl["quantiles_low"]["0.5"], Value::Null);
    assert_eq!([&pnl["min"], &pnl["max"]], [&json!(-4_000.0), &json!(1_500.0)]);
    close(&mode["drawdown"]["relative"]["mean"], 0.175);
    close(&mode["drawdown"]["relative"]["cdar"]["0.95"], 0.4);
    close(&mode["drawdown"]["absolute"]["max"], 4_000.0);
    // Shortfall on both liquidated paths: 30 and 50.
    close(&mode["shortfall"]["frequency"], 1.0);
    close(&mode["shortfall"]["mean"], 40.0);
    close(&mode["shortfall"]["mean_std_error"], 10.0);
    // The liquidated paths lost 2,000 and 4,000: standard deviation 2000/sqrt(2), of the mean 1,000.
    close(&mode["liquidation"]["loss"]["mean"], 3_000.0);
    close(&mode["liquidation"]["loss"]["std_error"], 1_000.0);
    assert_eq!(doc["modes"]["cross"]["shortfall"]["mean"], Value::Null);
    close(&doc["modes"]["cross"]["shortfall"]["frequency"], 0.0);
}

#[test]
fn paired_numbers_by_hand() {
    let (isolated, cross) = four_paths();
    let doc = as_value(&[document(&isolated, &cross)]);
    let pair = &doc["paired"][0];
    assert_eq!([&pair["a"], &pair["b"]], ["isolated", "cross"]);
    let l = &pair["liquidation"];
    assert_eq!(
        [&l["both"], &l["a_only"], &l["b_only"], &l["neither"]],
        [&json!(1), &json!(1), &json!(0), &json!(2)]
    );
    close(&l["difference"], 0.25);
    close(&l["mcnemar_p"], 1.0);
    // (1/4 + 3/16) / (1/4 − 1/16)
    close(&l["variance_factor"], 7.0 / 3.0);
    assert_eq!(pair["positions"]["eth_short"]["both"], 1);
    // Differences of profit: 500, 6000, 0, 0.
    close(&pair["pnl"]["mean_difference"], 1_625.0);
    let of_difference: f64 =
        [500.0, 6_000.0, 0.0, 0.0].map(|d: f64| (d - 1_625.0) * (d - 1_625.0)).iter().sum();
    // Cross: -2500 -10000 500 1500, mean -2625.
    let of_cross: f64 =
        [-2_500.0, -10_000.0, 500.0, 1_500.0].map(|p: f64| (p + 2_625.0) * (p + 2_625.0)).iter().sum();
    close(&pair["pnl"]["variance_factor"], (18.5e6 + of_cross) / of_difference);
    close(&pair["pnl"]["std_error"], (of_difference / 12.0).sqrt());
    close(&pair["shortfall"]["mean_difference"], 20.0);
}

#[test]
fn tells_what_was_run() {
    let (isolated, cross) = four_paths();
    let doc = as_value(&[document(&isolated, &cross)]);
    assert_eq!(doc["schema"], "ringfence/result/1");
    assert_eq!(doc["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(doc["scenario"]["sha256"], "abc123");
    close(&doc["scenario"]["horizon_days"], 4.0);
    assert_eq!(
        doc["audit"],
        json!({ "paths": 64, "steps": 4, "left_out": 0, "events": 3, "max_balance_error": 2e-15 })
    );
    assert_eq!(doc["notes"], json!(["history.csv: 2 duplicate rows dropped"]));
    let model = &doc["scenario"]["model"];
    assert_eq!(model[0], "BTC at 60,000: geometric Brownian motion, drift 0 % and volatility 65 % a year");
    assert_eq!(model[2], "BTC/ETH correlation 0.8");
    let assumptions = doc["assumptions"].to_string();
    assert!(assumptions.contains("end of each of 4 steps (1d apart)"), "{assumptions}");
}

/// Every key of the published shape, with what stands under it; an empty object stands for a leaf.
fn shape() -> Value {
    let leaves = |keys: &[&str]| -> Value { keys.iter().map(|k| ((*k).to_owned(), json!({}))).collect() };
    let with = |mut base: Value, more: Value| {
        base.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        base
    };
    let e = leaves(&["count", "frequency", "std_error", "low", "high"]);
    let q = leaves(&["0.01", "0.05", "0.1", "0.25", "0.5", "0.75", "0.9", "0.95", "0.99"]);
    let tails = leaves(&["0.95", "0.99"]);
    let position = with(e.clone(), leaves(&["liquidation_price", "bankruptcy_price"]));
    let distribution = with(
        leaves(&["mean", "std_error", "low", "high", "std", "min", "max", "resolution"]),
        json!({ "quantiles": q, "quantiles_low": q, "quantiles_high": q }),
    );
    let drawdown = with(
        distribution.clone(),
        json!({ "cdar": tails, "cdar_std_error": tails, "cdar_low": tails, "cdar_high": tails }),
    );
    let mode = json!({
        "liquidation": {
            "any": e, "all": e,
            "positions": { "btc_long": position, "eth_short": position },
            "time_days": with(
                leaves(&[
                    "mean", "mean_std_error", "mean_low", "mean_high", "restricted_mean", "restricted_mean_std_error",
                    "restricted_mean_low", "restricted_mean_high",
                ]),
                json!({ "quantiles": q, "quantiles_low": q, "quantiles_high": q }),
            ),
            "survival": [leaves(&["day", "alive", "low", "high"])],
            "loss": leaves(&["mean", "std_error", "low", "high"]),
        },
        "ruin": e,
        "drawdown": { "relative": drawdown, "absolute": drawdown },
        "pnl": with(distribution, json!({
            "value_at_risk": tails, "value_at_risk_low": tails, "value_at_risk_high": tails,
            "expected_shortfall": tails, "expected_shortfall_std_error": tails,
            "expected_shortfall_low": tails, "expected_shortfall_high": tails,
        })),
        "shortfall": with(e, leaves(&["mean", "mean_std_error", "mean_low", "mean_high"])),
        "costs": { "fees": leaves(&["mean", "std_error", "low", "high"]), "funding": leaves(&["mean", "std_error", "low", "high"]) },
        "in_quote": {},
        "antithetic_variance_factor": leaves(&[
            "liquidation_any", "ruin", "drawdown_relative", "drawdown_absolute", "pnl", "shortfall",
        ]),
    });
    let counts = leaves(&["both", "a_only", "b_only", "neither"]);
    let mean = leaves(&["mean_difference", "std_error", "low", "high", "variance_factor"]);
    let frequency = leaves(&["count", "frequency", "std_error", "low", "high"]);
    let leaves_of_bias =
        json!({ "at_steps": frequency, "continuous": frequency, "missed": frequency, "residual": {} });
    json!({
        "schema": {}, "version": {},
        "scenario": leaves(&["title", "name", "sha256", "paths", "steps", "seed", "horizon_days"]),
        "sampling": leaves(&["kind", "pairs", "overlapping_windows"]),
        "monitoring": { "kind": {}, "paths": {}, "modes": {
            "isolated": leaves_of_bias, "cross": leaves_of_bias,
        } },
        "held_paths": {},
        "modes": { "isolated": mode, "cross": mode },
        "paired": [{
            "a": {}, "b": {},
            "liquidation": with(counts.clone(), leaves(&["difference", "std_error", "low", "high", "mcnemar_p", "variance_factor"])),
            "positions": { "btc_long": counts, "eth_short": counts },
            "drawdown_relative": mean, "pnl": mean, "shortfall": mean,
        }],
        "correlations": [],
        "audit": leaves(&["paths", "steps", "left_out", "events", "max_balance_error"]),
    })
}

#[track_caller]
fn has_keys_in_order(document: &Value, shape: &Value, at: &str) {
    match shape {
        Value::Object(wanted) if !wanted.is_empty() => {
            let found = document.as_object().unwrap_or_else(|| panic!("{at} is not an object"));
            let order: Vec<_> = found.keys().filter(|k| wanted.contains_key(*k)).collect();
            assert_eq!(order, wanted.keys().collect::<Vec<_>>(), "keys of {at}");
            for (key, below) in wanted {
                has_keys_in_order(&found[key], below, &format!("{at}.{key}"));
            }
        }
        Value::Array(wanted) => {
            let found = document.as_array().unwrap_or_else(|| panic!("{at} is not an array"));
            assert_eq!(found.is_empty(), wanted.is_empty(), "{at}");
            found.iter().for_each(|item| has_keys_in_order(item, &wanted[0], at));
        }
        _ => assert!(!document.is_object(), "{at}"),
    }
}

/// Outcomes at the edges: one path, nobody liquidated, everybody at the first step.
fn edge_cases() -> Vec<(&'static str, Vec<Path>, Vec<Path>)> {
    let calm = Path { drawdown: 0.05, pnl: 12.5, ..Path::default() };
    let lost = Path { closed: [Some(1); 2], ruin: true, drawdown: 1.0, pnl: -WALLET, shortfall: 7.0 };
    let (isolated, cross) = four_paths();
    vec![
        ("four paths", isolated, cross),
        ("one path", vec![calm], vec![lost]),
        ("none liquidated", vec![calm; 500], vec![calm; 500]),
        ("all liquidated", vec![lost; 500], vec![lost; 500]),
        ("no movement", vec![Path::default(); 3], vec![Path::default(); 3]),
        ("huge profit", vec![Path { pnl: 1e18, ..calm }, calm], vec![Path { pnl: -1e18, ..calm }, calm]),
    ]
}

#[test]
fn every_key_is_there_in_order_whatever_happened() {
    for (case, isolated, cross) in edge_cases() {
        let text = json::render(&[&document(&isolated, &cross)]).unwrap();
        has_keys_in_order(&serde_json::from_str(&text).unwrap(), &shape(), case);
        assert!(text.ends_with("}\n"), "{case}");
        for wrong in ["NaN", "nan", "inf", "-0.0,", "-0.0\n"] {
            assert!(!text.contains(wrong), "{case}: {wrong} in {text}");
        }
    }
}

#[test]
fn undefined_is_null() {
    let calm = Path { drawdown: 0.05, pnl: 12.5, ..Path::default() };
    let doc = as_value(&[document(&[calm], &[calm])]);
    let mode = &doc["modes"]["cross"];
    let nulls = [
        &mode["pnl"]["std_error"],
        &mode["pnl"]["low"],
        &mode["liquidation"]["time_days"]["mean"],
        &mode["liquidation"]["time_days"]["quantiles"]["0.5"],
        &mode["shortfall"]["frequency"],
        &mode["shortfall"]["low"],
        &doc["paired"][0]["pnl"]["variance_factor"],
        &doc["paired"][0]["liquidation"]["variance_factor"],
    ];
    assert!(nulls.iter().all(|value| value.is_null()), "{nulls:?}");
    close(&mode["liquidation"]["time_days"]["restricted_mean"], 4.0);
    close(&mode["liquidation"]["any"]["low"], 0.0);
}

#[test]
fn quantile_bounds_are_order_statistics() {
    let paths: Vec<Path> = (1..=100).map(|i| Path { pnl: f64::from(i) * 100.0, ..Path::default() }).collect();
    let doc = as_value(&[document(&paths, &paths)]);
    let pnl = &doc["modes"]["isolated"]["pnl"];
    close(&pnl["quantiles"]["0.5"], 5_000.0);
    let low = pnl["quantiles_low"]["0.5"].as_f64().unwrap() / 100.0;
    let high = pnl["quantiles_high"]["0.5"].as_f64().unwrap() / 100.0;
    // The textbook ranks for the median of a hundred at 95 %: 40 and 61.
    assert_eq!((low, high), (40.0, 61.0));
    assert!(binomial_lower_tail(39, 100, 0.5) <= 0.025 && binomial_lower_tail(40, 100, 0.5) > 0.025);
    assert_eq!(pnl["quantiles_low"]["0.01"], Value::Null);
}

/// What steps miss, in the document, the table and its file: 20 and 5 of 1,000.
#[test]
fn the_bias_of_steps_is_reported() {
    let (isolated, cross) = four_paths();
    let doc = document(&isolated, &cross);
    let found = &as_value(std::slice::from_ref(&doc))["monitoring"];
    assert_eq!((&found["kind"], &found["paths"]), (&json!("step"), &json!(1_000)));
    for (mode, at_steps, continuous, missed, residual) in
        [("isolated", 130, 150, 20, 0.0), ("cross", 40, 45, 5, 0.000_333)]
    {
        let of_mode = &found["modes"][mode];
        for (key, count) in [("at_steps", at_steps), ("continuous", continuous), ("missed", missed)] {
            assert_eq!(of_mode[key]["count"], json!(count), "{mode} {key}");
            assert_eq!(of_mode[key]["frequency"], json!(f64::from(count) / 1_000.0));
        }
        assert_eq!(of_mode["residual"], json!(residual));
    }
    let tables = csv::tables(&doc, &run_outcome(&isolated, &cross)).unwrap();
    let rows = csv_rows(&tables, "monitoring.csv");
    assert_eq!((rows.len(), rows[3][..3].join(" ")), (9, "isolated missed 0.02".to_owned()));
    let mut unknown = run_outcome(&isolated, &cross);
    unknown.step_bias = None;
    let shown = terminal::render(&build(
        &ScenarioDescription::new(&scenario("No bridge"), "", &entry()),
        &unknown,
        &AUDIT,
    ));
    assert!(shown.contains("The bias of checking margin at the ends of steps is not measured"), "{shown}");
}

#[test]
fn several_documents_are_an_array() {
    let (isolated, cross) = four_paths();
    let one = document(&isolated, &cross);
    assert_eq!(as_value(&[one.clone(), one]).as_array().map(Vec::len), Some(2));
}

fn csv_rows(tables: &[(&str, String)], name: &str) -> Vec<Vec<String>> {
    let (_, text) = tables.iter().find(|(n, _)| *n == name).unwrap();
    text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

#[test]
fn tables_are_rectangular_and_agree_with_the_document() {
    for (case, isolated, cross) in edge_cases() {
        let tables = csv::tables(&document(&isolated, &cross), &run_outcome(&isolated, &cross)).unwrap();
        assert_eq!(tables.len(), 8);
        for (name, text) in &tables {
            let rows = csv_rows(&tables, name);
            assert!(rows.iter().all(|row| row.len() == rows[0].len()), "{case}: {name}\n{text}");
            assert!(!text.contains("NaN") && !text.contains("inf"), "{case}: {name}");
        }
        let bins = csv_rows(&tables, "histograms.csv");
        let pnl = bins.iter().filter(|row| row[0] == "cross" && row[1] == "pnl");
        let counts: Vec<u64> = pnl.map(|row| row[4].parse().unwrap()).collect();
        assert!(counts.len() <= 400 && counts.iter().sum::<u64>() == cross.len() as u64, "{case}");
    }
    let (isolated, cross) = four_paths();
    let tables = csv::tables(&document(&isolated, &cross), &run_outcome(&isolated, &cross)).unwrap();
    let has = |name: &str, row: &str| {
        let (_, text) = tables.iter().find(|(n, _)| *n == name).unwrap();
        assert!(text.lines().any(|line| line == row), "{row} in {text}");
    };
    has("modes.csv", "isolated,pnl_max,1500.0,,,,USDT");
    has("quantiles.csv", "isolated,pnl,0.5,-2000.0,,,USDT");
    has("quantiles.csv", "isolated,time_to_liquidation,0.75,2.0,,,days");
    has("paired.csv", "isolated,cross,liquidated_a_only,,1.0,,,,paths");
    has("paired.csv", "isolated,cross,liquidated_a_only,btc_long,1.0,,,,paths");
    has("survival.csv", "cross,0.0,1.0,1.0,1.0");
    has("survival.csv", &format!("cross,0.08,1.0,{:?},1.0", 4.0 / (4.0 + 3.841458820694124)));
}

#[test]
fn formulas_in_names_are_disarmed() {
    let (isolated, cross) = four_paths();
    let mut hostile = scenario("=1+1");
    hostile.portfolio.positions[0].name = "-x".to_owned();
    hostile.portfolio.account.currency = "=HYPERLINK(\"a,b\")".to_owned();
    let outcome = run_outcome(&isolated, &cross);
    let document = build(&ScenarioDescription::new(&hostile, "", &entry()), &outcome, &AUDIT);
    let tables = csv::tables(&document, &outcome).unwrap();
    for (name, text) in &tables {
        for cell in [",-x,", ",=HYPERLINK", "\"=HYPERLINK"] {
            assert!(!text.contains(cell), "{name}: {cell}");
        }
    }
    let (_, positions) = tables.iter().find(|(name, _)| *name == "positions.csv").unwrap();
    assert!(positions.contains(",'-x,"), "{positions}");
}

#[test]
fn tables_are_written_to_a_folder() {
    let (isolated, cross) = four_paths();
    let folder = tempfile::tempdir().unwrap();
    let (doc, outcome) = (document(&isolated, &cross), run_outcome(&isolated, &cross));
    let names = csv::write_tables(folder.path(), &doc, &outcome).unwrap();
    assert_eq!(names.len(), 8);
    assert!(names.iter().all(|name| folder.path().join(name).is_file()));
    let missing = folder.path().join("missing");
    let error = csv::write_tables(&missing, &doc, &outcome).unwrap_err();
    assert!(error.to_string().contains("modes.csv") && error.exit_code() == 1, "{error}");
}

/// 10,000 paths by a linear congruence: about 1,300 lost under isolated margin, 400 under cross.
fn many_paths() -> (Vec<Path>, Vec<Path>) {
    let mut state = 7_u64;
    let mut draw = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    (0..10_000)
        .map(|_| {
            let (u, v) = (draw(), draw());
            let step = Some(1 + (4.0 * draw()) as u64);
            let drawdown = 0.3 * u * v;
            let pnl = (u - 0.48) * 6_000.0;
            let calm = Path { drawdown, pnl, ..Path::default() };
            let isolated = if u < 0.13 {
                let shortfall = if v < 0.1 { 90.0 * v } else { 0.0 };
                Path {
                    closed: [step, step.filter(|_| v < 0.02)],
                    drawdown: 0.2 + drawdown,
                    shortfall,
                    pnl,
                    ..calm
                }
            } else {
                calm
            };
            let cross = if u < 0.04 || (u > 0.13 && v < 0.001) {
                Path { closed: [step; 2], drawdown: 1.0, pnl: -WALLET, ruin: true, ..calm }
            } else {
                calm
            };
            (isolated, cross)
        })
        .unzip()
}

#[test]
fn the_terminal_shows_what_it_always_showed() {
    let (isolated, cross) = many_paths();
    let shown = terminal::render(&document(&isolated, &cross));
    assert_eq!(shown, include_str!("snapshots/terminal.txt"), "now:\n{shown}");
}

#[test]
fn the_terminal_shows_the_edges() {
    let text: String = edge_cases()
        .into_iter()
        .map(|(case, isolated, cross)| {
            format!("== {case}\n{}\n", terminal::render(&document(&isolated, &cross)))
        })
        .collect();
    assert_eq!(text, include_str!("snapshots/terminal_edges.txt"), "now:\n{text}");
}

#[test]
fn the_terminal_compares_scenarios() {
    let (isolated, cross) = many_paths();
    let first = document(&isolated, &cross);
    let mut second = document(&cross, &isolated);
    second.scenario.name = "a_name_much_longer_than_the_column_that_holds_it".to_owned();
    let shown = terminal::render_comparison(&[&first, &second]);
    assert_eq!(shown, include_str!("snapshots/comparison.txt"), "now:\n{shown}");
}

#[test]
fn the_terminal_keeps_its_width_and_takes_no_orders() {
    let (isolated, cross) = many_paths();
    let mut hostile = scenario(&format!("\u{1b}]0;owned\u{7}\n<script>\u{202e}{}", "long ".repeat(100)));
    hostile.portfolio.positions[0].name = "p".repeat(64);
    hostile.portfolio.positions[1].name = "q".repeat(64);
    hostile.portfolio.account.currency = "ELEPHANTS\u{1b}[31m".repeat(5);
    hostile.notes = vec!["a\rb".to_owned()];
    let document =
        build(&ScenarioDescription::new(&hostile, "", &entry()), &run_outcome(&isolated, &cross), &AUDIT);
    let shown = terminal::render(&document) + &terminal::render_comparison(&[&document]);
    for line in shown.lines() {
        assert!(line.chars().count() <= 100, "{line}");
        assert!(!line.chars().any(|c| c.is_control() || c == '\u{202e}'), "{line:?}");
    }
}
