//! The headline of a report, on documents whose numbers are written here, and the report as Markdown.

#![allow(clippy::unwrap_used)]

use ringfence::report::content::{self, Reproduce};
use ringfence::report::headline::of_run;
use ringfence::result::document::{Frequency, OrderedMap, PairedResult, ResultDocument};

use crate::testkit::document::small_result;

/// A document of the right shape, whose numbers the tests replace.
fn document() -> ResultDocument {
    let mut document = small_result();
    document.scenario.paths = 10_000;
    document
}

fn frequency(count: u64, bounds: Option<(f64, f64)>) -> Frequency {
    Frequency {
        count,
        frequency: Some(count as f64 / 10_000.0),
        std_error: None,
        low: bounds.map(|b| b.0),
        high: bounds.map(|b| b.1),
    }
}

/// Liquidated paths of 10,000, the interval's half-width, and the mean loss in an account of 10,000.
fn mode(document: &mut ResultDocument, name: &str, count: u64, half: Option<f64>, loss: Option<f64>) {
    let share = count as f64 / 10_000.0;
    let (_, mode) = document.modes.0.iter_mut().find(|(known, _)| known == name).unwrap();
    mode.liquidation.any = frequency(count, half.map(|half| ((share - half).max(0.0), share + half)));
    let found = &mut mode.liquidation.loss;
    (found.mean, found.low, found.high) = (loss, None, None);
    mode.ruin = frequency(0, Some((0.0, 0.0004)));
}

fn pair(document: &mut ResultDocument, only: [u64; 2], bounds: Option<(f64, f64)>, p: Option<f64>) {
    let liquidation = &mut document.paired[0].liquidation;
    (liquidation.table.a_only, liquidation.table.b_only) = (only[0], only[1]);
    liquidation.difference = Some((only[0] as f64 - only[1] as f64) / 10_000.0);
    (liquidation.low, liquidation.high) = (bounds.map(|b| b.0), bounds.map(|b| b.1));
    liquidation.mcnemar_p = p;
}

#[test]
fn the_usual_headline_names_both_shares_and_what_becomes_of_the_account() {
    let mut d = document();
    mode(&mut d, "isolated", 1_310, Some(0.002), Some(2_000.0));
    mode(&mut d, "cross", 420, Some(0.001), Some(9_980.0));
    pair(&mut d, [900, 10], Some((0.08, 0.10)), Some(1e-200));
    assert_eq!(
        of_run(&d).text,
        "Cross is liquidated less often than isolated, by a factor of 3.1: 4.2 % ± 0.1 against 13.1 % ± 0.2. On liquidated \
         paths the account on average loses 100 % of its opening equity in cross and loses 20 % of its opening equity in \
         isolated."
    );
}

#[test]
fn a_loss_that_is_not_significant_is_not_stated() {
    let mut d = document();
    mode(&mut d, "isolated", 1_310, Some(0.002), Some(10.0));
    mode(&mut d, "cross", 420, Some(0.001), Some(9_980.0));
    pair(&mut d, [900, 10], Some((0.08, 0.10)), Some(1e-200));
    let loss = &mut d.modes.0[0].1.liquidation.loss;
    (loss.low, loss.high) = (Some(-40.0), Some(60.0));
    let headline = of_run(&d).text;
    assert!(
        headline.ends_with(
            "loses 100 % of its opening equity in cross and shows no significant change in isolated."
        ),
        "{headline}"
    );
}

#[test]
fn what_is_not_established_is_not_claimed() {
    let mut d = document();
    mode(&mut d, "isolated", 1_310, Some(0.007), None);
    mode(&mut d, "cross", 1_320, Some(0.007), Some(-300.0));
    pair(&mut d, [40, 50], Some((-0.003, 0.001)), Some(0.34));
    assert_eq!(
        of_run(&d).text,
        "The liquidation frequencies of isolated and cross do not differ significantly on 10,000 paths: 13.2 % ± 0.7 against \
         13.1 % ± 0.7 (difference -0.10 percentage points [-0.30, 0.10]). On liquidated paths the account on average gains \
         3 % of its opening equity in cross."
    );
    pair(&mut d, [40, 50], Some((-0.003, 0.001)), Some(0.04));
    assert!(of_run(&d).text.contains("the significance of the difference is doubtful"));
    pair(&mut d, [0, 0], Some((-0.001, 0.001)), Some(1.0));
    assert!(of_run(&d).text.starts_with("Isolated and cross are liquidated on the same paths: 13.1 % ± 0.7"));
}

#[test]
fn never_is_not_never() {
    let mut d = document();
    mode(&mut d, "isolated", 0, Some(0.0004), None);
    mode(&mut d, "cross", 0, Some(0.0004), None);
    pair(&mut d, [0, 0], Some((-0.0004, 0.0004)), Some(1.0));
    let never = "Neither isolated nor cross was liquidated on any of 10,000 paths (at most 0.04 % at 95 % confidence).";
    assert_eq!(of_run(&d).text, never);
    mode(&mut d, "isolated", 1_310, Some(0.002), Some(2_000.0));
    pair(&mut d, [1_310, 0], Some((0.12, 0.14)), Some(1e-300));
    assert_eq!(
        of_run(&d).text,
        "Cross was not liquidated on any of 10,000 paths (at most 0.04 % at 95 % confidence), isolated on \
         13.1 % ± 0.2. On liquidated paths the account on average loses 20 % of its opening equity in isolated."
    );
}

#[test]
fn windows_say_what_happened() {
    let mut d = document();
    mode(&mut d, "isolated", 1_310, None, Some(2_000.0));
    mode(&mut d, "cross", 420, None, Some(5_000.0));
    pair(&mut d, [900, 10], None, None);
    let headline = of_run(&d).text;
    assert!(headline.starts_with(
        "On these windows cross was liquidated less often than isolated: 4.20 % against 13.10 %"
    ));
    assert!(!headline.contains('±') && !headline.contains('['), "{headline}");
}

#[test]
fn one_mode_alone_is_compared_with_nothing() {
    let mut d = document();
    mode(&mut d, "cross", 420, Some(0.001), Some(9_980.0));
    d.modes = OrderedMap(d.modes.0.into_iter().filter(|(name, _)| name == "cross").collect());
    d.paired = Vec::<PairedResult>::new();
    assert_eq!(
        of_run(&d).text,
        "Cross is liquidated on 4.2 % ± 0.1 of 10,000 paths. On these paths the account loses 100 % of its opening equity \
         on average."
    );
}

#[test]
fn a_report_has_all_its_parts_and_no_holes() {
    let mut d = document();
    d.scenario.title = "a | b\n<script>".to_owned();
    let reproduce = Reproduce {
        command: "ringfence run x.toml".to_owned(),
        resolved: vec![
            ("description".to_owned(), "text".to_owned()),
            ("simulation.seed".to_owned(), "42".to_owned()),
        ],
    };
    let content = content::of_run(&d, &[], &reproduce);
    let ids: Vec<_> = content.sections.iter().map(|section| section.id).collect();
    let expected = [
        "paired",
        "survival",
        "drawdown",
        "equity",
        "attribution",
        "positions",
        "assumptions",
        "not-modelled",
        "error",
        "reproduce",
    ];
    assert_eq!(ids, expected);
    assert_eq!((content.title.as_str(), content.description.as_str()), ("a | b <script>", "text"));
    for table in content.sections.iter().flat_map(|section| &section.tables) {
        assert!(table.rows.iter().all(|row| row.cells.len() == table.columns.len()), "{}", table.caption);
    }
    let missing = &content.sections[7].text;
    assert!(missing.iter().any(|line| line.starts_with("Not modelled:")), "{missing:?}");
}
