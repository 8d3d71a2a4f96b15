//! How paths were drawn decides what is said of sampling error.

use super::*;
use ringfence::paths::{Replay, WindowHistory};
use ringfence::simulation::Correlation;

/// 40 windows of four steps, `stride` bars apart.
fn windows(stride: usize) -> Scenario {
    let mut replayed = scenario("Windows");
    let market = Arc::make_mut(&mut replayed.market);
    for (column, asset) in market.assets.iter_mut().enumerate() {
        asset.process = PriceProcess::Replay(Replay { column });
    }
    market.correlation = vec![1.0, 0.0, 0.0, 1.0];
    market.windows = Some(WindowHistory {
        columns: 2,
        closes: vec![1.0; 400].into(),
        stride,
        first_bar_ms: 0,
        bar_ms: 3_600_000,
    });
    replayed
}

fn document_of(scenario: &Scenario) -> (ResultDocument, RunOutcome) {
    let (isolated, cross) = many_paths();
    let outcome = RunOutcome {
        correlations: vec![Correlation {
            groups: 50,
            a: 0,
            b: 1,
            realised: Some(0.5),
            std_error: Some(0.1),
            paths: 4,
            steps: 4,
        }],
        // A history has no path between its closes.
        step_bias: None,
        ..run_outcome(&isolated, &cross)
    };
    (build(&ScenarioDescription::new(scenario, "", &entry()), &outcome, &AUDIT), outcome)
}

fn says_of_error(key: &str) -> bool {
    let bound = key == "low" || key == "high" || key.ends_with("_low") || key.ends_with("_high");
    bound || key.ends_with("std_error") || key == "mcnemar_p"
}

/// Calls `see` with every leaf that stands under a key that states an error, and that key.
fn errors(value: &Value, stated: Option<&str>, see: &mut impl FnMut(&str, &Value)) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, below)| {
            errors(below, stated.or(says_of_error(key).then_some(key.as_str())), see)
        }),
        Value::Array(items) => items.iter().for_each(|item| errors(item, stated, see)),
        leaf => {
            if let Some(key) = stated {
                see(key, leaf);
            }
        }
    }
}

#[test]
fn overlapping_windows_have_no_intervals() {
    let (doc, outcome) = document_of(&windows(1));
    let json = as_value(std::slice::from_ref(&doc));
    assert_eq!(json["sampling"]["overlapping_windows"], true);
    let mut seen = 0;
    errors(&json, None, &mut |key, leaf| {
        seen += 1;
        assert!(leaf.is_null(), "{key}: {leaf}");
    });
    assert!(seen > 400, "{seen}");
    // Values stay.
    close(&json["modes"]["cross"]["liquidation"]["any"]["frequency"], 0.0424);
    close(&json["paired"][0]["liquidation"]["difference"], 0.0907);
    assert_eq!(json["paired"][0]["pnl"]["variance_factor"], Value::Null);
    assert!(json["modes"]["cross"]["pnl"]["std"].is_number());
    let tables = csv::tables(&doc, &outcome).unwrap();
    let mut cells = 0;
    for (name, _) in &tables {
        let rows = csv_rows(&tables, name);
        for (column, _) in rows[0].iter().enumerate().filter(|(_, title)| says_of_error(title)) {
            for row in &rows[1..] {
                assert_eq!(row[column], "", "{name}: {row:?}");
                cells += 1;
            }
        }
    }
    assert!(cells > 300, "{cells}");
}

#[test]
fn the_terminal_claims_nothing_of_overlapping_windows() {
    let calm = vec![Path { drawdown: 0.05, pnl: 12.5, ..Path::default() }; 50];
    let mut shown = terminal::render(&document_of(&windows(3)).0);
    let calm = RunOutcome { step_bias: None, ..run_outcome(&calm, &calm) };
    shown += &terminal::render(&build(&ScenarioDescription::new(&windows(3), "", &entry()), &calm, &AUDIT));
    shown += &terminal::render_comparison(&[&document_of(&windows(3)).0]);
    let table = shown.split("Note:").next().unwrap();
    for claim in
        ["±", "≤", "[", "≥ ", "significant", "McNemar", "common random numbers reduce", "probability", "()"]
    {
        let legend = shown.lines().find(|line| line.contains(claim) && !line.starts_with("In %"));
        assert!(legend.is_none_or(|line| line.starts_with("  one-sided interval.")), "{claim}: {legend:?}");
    }
    assert!(table.contains("13.31 %"), "{table}");
    let text = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [
        "cross was liquidated less often than isolated on these windows: 4.24 % against 13.31 %.",
        "cross was liquidated as often as isolated on these windows: 0.00 % against 0.00 %.",
        "the mean profit is 308.44 USDT lower in cross than in isolated on these windows.",
        "paths are overlapping windows of one history",
        "isolated and cross: no liquidation on 50 paths. This does not rule out a liquidation.",
    ] {
        assert!(text.contains(part), "no \"{part}\" in\n{text}");
    }
}

#[test]
fn windows_a_horizon_apart_keep_their_intervals() {
    let (doc, _) = document_of(&windows(4));
    assert!(!doc.sampling.overlapping_windows);
    let usual = document_of(&scenario("Windows")).0;
    assert_eq!(doc.modes, usual.modes);
    assert_eq!(doc.paired, usual.paired);
    assert!(doc.correlations[0].std_error.is_some());
}

#[test]
fn clamped_paths_are_reported() {
    let (isolated, cross) = four_paths();
    let outcome = RunOutcome { held_paths: 3, ..run_outcome(&isolated, &cross) };
    let doc = build(&ScenarioDescription::new(&scenario("Clamped"), "", &entry()), &outcome, &AUDIT);
    assert_eq!(as_value(std::slice::from_ref(&doc))["held_paths"], 3);
    let text = terminal::render(&doc);
    assert!(text.contains("Overflow: on 3 paths a price overflowed and was clamped"), "{text}");
    assert!(!terminal::render(&document(&isolated, &cross)).contains("Overflow:"));
    assert_eq!(as_value(&[document(&isolated, &cross)])["held_paths"], 0);
}

#[test]
fn independent_paths_have_no_pairs() {
    let (isolated, cross) = four_paths();
    let json = as_value(&[document(&isolated, &cross)]);
    assert_eq!(
        json["sampling"],
        json!({ "kind": "independent", "pairs": null, "overlapping_windows": false })
    );
    let factors = json["modes"]["cross"]["antithetic_variance_factor"].as_object().unwrap();
    assert!(factors.len() == 6 && factors.values().all(Value::is_null), "{factors:?}");
}
