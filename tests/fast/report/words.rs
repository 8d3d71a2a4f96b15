//! What the terminal says must not be more than the paths bear out.

use super::*;

/// Paths on which both, only the first, only the second or neither mode lost both positions.
fn lost(both: usize, first: usize, second: usize, neither: usize) -> [Vec<Path>; 2] {
    let gone = Path { closed: [Some(1); 2], drawdown: 0.5, pnl: -3_000.0, ..Path::default() };
    let kept = Path { drawdown: 0.1, pnl: 100.0, ..Path::default() };
    let runs = |parts: [(Path, usize); 4]| parts.iter().flat_map(|(path, n)| vec![*path; *n]).collect();
    [
        runs([(gone, both), (gone, first), (kept, second), (kept, neither)]),
        runs([(gone, both), (kept, first), (gone, second), (kept, neither)]),
    ]
}

/// The text with its line breaks undone.
fn words(document: &ResultDocument) -> String {
    terminal::render(document).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn shown(both: usize, first: usize, second: usize, neither: usize) -> String {
    let [isolated, cross] = lost(both, first, second, neither);
    words(&document(&isolated, &cross))
}

fn in_modes(modes: [MarginMode; 2], [first, second]: [Vec<Path>; 2]) -> String {
    let outcome = run_of(modes, [&first, &second]);
    words(&build(&ScenarioDescription::new(&scenario("Modes"), "", &entry()), &outcome, &AUDIT))
}

#[track_caller]
fn says(text: &str, part: &str) {
    assert!(text.contains(part), "no \"{part}\" in\n{text}");
}

#[test]
fn lopsided_intervals_are_shown_whole() {
    // Wilson by mpmath: 1 of 2,000 in [0.00883 %, 0.28274 %]; 1,999 the mirror image.
    let text = shown(0, 1, 0, 1_999);
    says(&text, "liquidation frequency 0.05 % [0.01, 0.28] 0 % (≤ 0.19)");
    let text = shown(1_999, 0, 1, 0);
    says(&text, "liquidation frequency 99.95 % [99.72, 99.99] 100 % (≥ 99.81)");
    // Thirty paths are enough for half a width, 29 are not.
    let text = shown(29, 1, 0, 1_970);
    says(&text, "liquidation frequency 1.50 % ±0.54 1.45 % [1.01, 2.07]");
}

#[test]
fn a_ratio_needs_thirty_events() {
    // 1,000/40 = 25.
    says(&shown(40, 960, 0, 9_000), "cross is liquidated less often than isolated, by a factor of 25:");
    // 39,100/20 would be 1,955; what the bounds bear is 97.50 % over 0.0772 %, by mpmath 1,264.
    says(
        &shown(20, 39_080, 0, 900),
        "cross is liquidated less often than isolated, by a factor of at least 1,200:",
    );
    // 7,820/40 = 195.5 to two digits.
    says(&shown(40, 7_780, 0, 180), "cross is liquidated less often than isolated, by a factor of 200:");
    // Nine paths against none: 0.0474 % over 0.0384 % is no ratio worth naming.
    says(&shown(0, 9, 0, 9_991), "cross is liquidated less often than isolated:");
}

#[test]
fn a_direction_needs_the_test_and_the_interval() {
    // Exact p = 2·(1/2)^5 = 0.0625, though Newcombe's interval of 5 against 0 of 100 begins at 0.3 points.
    let text = shown(0, 5, 0, 95);
    says(&text, "but at 95 % the interval of the difference and McNemar's test disagree on its significance");
    assert!(!text.contains("cross is liquidated"), "{text}");
    // Six: p = 0.03125.
    says(&shown(0, 6, 0, 94), "cross is liquidated less often than isolated");
    says(
        &shown(0, 6, 5, 94),
        "the liquidation frequencies of cross and isolated do not differ significantly at 95 %",
    );
}

#[test]
fn attributions_are_named_after_their_modes() {
    use MarginMode::{Cross, Isolated, Mixed};
    let of = |modes| in_modes(modes, lost(10, 40, 7, 943));
    let tail = "7 paths (0.70 %), liquidated in both on 10 paths (1.00 %).";
    says(
        &of([Isolated, Cross]),
        &format!("btc_long: saved by pooling on 40 paths (4.00 %), contagion on {tail}"),
    );
    says(
        &of([Cross, Isolated]),
        &format!("btc_long: contagion on 40 paths (4.00 %), saved by pooling on {tail}"),
    );
    says(
        &of([Isolated, Mixed]),
        &format!(
            "btc_long: liquidated in isolated only on 40 paths (4.00 %), liquidated in mixed only on {tail}"
        ),
    );
}

#[test]
fn long_names_stay_apart() {
    let [isolated, cross] = lost(10, 40, 7, 943);
    let mut named = scenario("Names");
    for (index, position) in named.portfolio.positions.iter_mut().enumerate() {
        position.name = format!("{}{index}{}", "a".repeat(30), "b".repeat(30));
    }
    let outcome = run_outcome(&isolated, &cross);
    let text = words(&build(&ScenarioDescription::new(&named, "", &entry()), &outcome, &AUDIT));
    says(&text, "aaaaaaaaaaa…bbbbbbbbbb~1: saved");
    says(&text, "aaaaaaaaaaa…bbbbbbbbbb~2: saved");
    named.portfolio.positions[1].name.push_str("_tail");
    let text = words(&build(&ScenarioDescription::new(&named, "", &entry()), &outcome, &AUDIT));
    says(&text, "aaaaaaaaaaaa…bbbbbb_tail: saved");
}

/// A thousand times the usual account, with the profits of a small one.
fn rich(isolated: &[Path], cross: &[Path]) -> String {
    let mut rich = scenario("Rich");
    rich.portfolio.account.wallet = Decimal::from(10_000_000);
    words(&build(&ScenarioDescription::new(&rich, "", &entry()), &run_outcome(isolated, cross), &AUDIT))
}

#[test]
fn money_has_the_decimals_that_its_uncertainty_asks_for() {
    let alternating = |size: f64, by: f64| -> Vec<Path> {
        (0..500)
            .map(|i| Path { pnl: by + if i % 2 == 0 { size } else { -size }, ..Path::default() })
            .collect()
    };
    // Half-widths: 1.96·5/√499 = 0.44 and, of the difference, 1.96·1/√499 = 0.088.
    let text = rich(&alternating(5.0, 0.0), &alternating(6.0, 0.5));
    says(&text, "profit, mean (USDT) 0.00 ±0.44 0.50 ±0.53");
    says(&text, "the mean profit is 0.500 ± 0.088 USDT higher in cross than in isolated.");
    // Less than the rounding of the simulation, a billionth of the account, is no difference.
    let text = rich(&alternating(5.0, 0.0), &alternating(5.0, 0.001));
    says(&text, "the mean profit is the same in both modes.");
    assert!(!text.contains("±0 ") && !text.contains("± 0 "), "{text}");
}

#[test]
fn the_level_of_the_intervals_is_named_in_full() {
    let (isolated, cross) = many_paths();
    let mut strict = scenario("Strict");
    strict.settings.confidence = 0.999_999_999_9;
    let outcome = run_outcome(&isolated, &cross);
    let doc = build(&ScenarioDescription::new(&strict, "", &entry()), &outcome, &AUDIT);
    let comparison = terminal::render_comparison(&[&doc]);
    says(&words(&doc), "±: half-width of the 99.99999999 % interval");
    says(&comparison, "±: half-width of the 99.99999999 % interval");
    assert!(
        doc.assumptions.iter().any(|line| line.text.contains("at 99.99999999 %")),
        "{:?}",
        doc.assumptions
    );
}

#[test]
fn bins_are_told_where_they_are_coarse() {
    let paths = |step: f64| -> Vec<Path> {
        (0..500).map(|i| Path { pnl: step * f64::from(i), ..Path::default() }).collect()
    };
    // Bins are 10,000/2^14 = 0.61 wide; 500 steps of 0.1 have a standard deviation of 14.4, of 1 of 144.
    let fine = document(&paths(1.0), &paths(1.0));
    assert!(!words(&fine).contains("read from histogram bins"));
    let coarse = words(&document(&paths(0.1), &paths(1.0)));
    says(
        &coarse,
        "Profit in isolated: quantiles and tail means are read from histogram bins 0.61 USDT wide, 4.2 % of the",
    );
    assert!(!coarse.contains("Profit in cross: quantiles"), "{coarse}");
    // Values all alike come out exactly, whatever the bins.
    assert!(
        !words(&document(&[Path::default(); 50], &[Path::default(); 50]))
            .contains("read from histogram bins")
    );
}
