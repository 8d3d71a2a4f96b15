//! Realised correlations beside those asked for.

use super::*;
use ringfence::simulation::Correlation;

fn found(a: usize, b: usize, realised: f64) -> Correlation {
    let std_error = Some(0.001);
    Correlation { a, b, realised: Some(realised), std_error, groups: 512, paths: 4_096, steps: 720 }
}

fn of(scenario: &Scenario, correlations: Vec<Correlation>) -> ResultDocument {
    let (isolated, cross) = four_paths();
    let outcome = RunOutcome { correlations, ..run_outcome(&isolated, &cross) };
    build(&ScenarioDescription::new(scenario, "", &entry()), &outcome, &AUDIT)
}

#[test]
fn one_pair_is_shown_with_its_bounds() {
    let doc = of(&scenario("Two"), vec![found(0, 1, 0.7982)]);
    let json = as_value(std::slice::from_ref(&doc));
    let pair = &json["correlations"][0];
    assert_eq!([&pair["a"], &pair["b"]], ["BTC", "ETH"]);
    close(&pair["asked"], 0.8);
    close(&pair["realised"], 0.7982);
    close(&pair["low"], 0.7982 - 1.959963984540054 * 0.001);
    close(&pair["high"], 0.7982 + 1.959963984540054 * 0.001);
    assert_eq!([&pair["paths"], &pair["steps"]], [4_096, 720]);
    let text = terminal::render(&doc);
    assert!(text.contains("Correlation of step returns   target         realised\n"), "{text}");
    assert!(text.contains("  BTC/ETH                        0.8   0.7982 ±0.0020\n"), "{text}");
    assert!(text.contains("over 720 steps of 4,096 paths"), "{text}");
    let (isolated, cross) = four_paths();
    let tables = csv::tables(&doc, &run_outcome(&isolated, &cross)).unwrap();
    let rows = csv_rows(&tables, "correlations.csv");
    assert_eq!(rows[0], ["a", "b", "asked", "realised", "std_error", "low", "high", "paths", "steps"]);
    assert_eq!(rows[1][..5], ["BTC", "ETH", "0.8", "0.7982", "0.001"]);
}

#[test]
fn assets_without_a_driver_have_no_target() {
    let mut mixed = scenario("Mixed");
    Arc::make_mut(&mut mixed.market).assets[1].process =
        PriceProcess::Bootstrap(ringfence::paths::Bootstrap { column: 0 });
    let doc = of(&mixed, vec![found(0, 1, 0.0123)]);
    assert_eq!(doc.correlations[0].target, None);
    let text = terminal::render(&doc);
    assert!(text.contains("  BTC/ETH                          -   0.0123 ±0.0020\n"), "{text}");
}

#[test]
fn of_many_assets_the_largest_deviation_is_named() {
    let mut many = scenario("Many");
    let (asset, model) = (many.portfolio.assets[0].clone(), many.market.assets[0].clone());
    let count = 7;
    many.portfolio.assets = (0..count).map(|i| Asset { name: format!("A{i}"), ..asset.clone() }).collect();
    let market = Arc::make_mut(&mut many.market);
    market.assets = vec![model; count];
    market.correlation = (0..count * count).map(|i| if i % (count + 1) == 0 { 1.0 } else { 0.5 }).collect();
    let pairs = (0..count).flat_map(|a| (a + 1..count).map(move |b| (a, b)));
    let all: Vec<_> = pairs.map(|(a, b)| found(a, b, if (a, b) == (2, 5) { 0.41 } else { 0.49 })).collect();
    let text = terminal::render(&of(&many, all)).split_whitespace().collect::<Vec<_>>().join(" ");
    let sentence = "of 21 pairs of assets, over 720 steps of 4,096 paths: the largest deviation from the target is that \
                    of A2/A5, 0.4100 ±0.0020 instead of 0.5; correlations.csv has all pairs.";
    assert!(text.contains(sentence), "{text}");
}
