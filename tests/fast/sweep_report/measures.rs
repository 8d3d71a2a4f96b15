//! Measures of a result, and whether they are known as well as was asked for.

use ringfence::domain::{Measure, Precision, PrecisionTarget};
use ringfence::result::document::{OrderedMap, PrecisionResult, ResultDocument};
use ringfence::result::measures;

use crate::testkit::sweeps::{document, mode, pair};

fn result() -> ResultDocument {
    let (a, b) = (mode(4_000, 100, 0.3, 50.0), mode(1_000, 0, 0.2, -20.0));
    let paired = vec![pair(&a, &b)];
    document(OrderedMap(vec![("isolated".to_owned(), a), ("cross".to_owned(), b)]), paired)
}

fn precision(result: &ResultDocument, measure: Measure, target: PrecisionTarget) -> PrecisionResult {
    measures::precision(result, &Precision { measure, target })
}

#[test]
fn every_measure_of_every_mode_and_pair_is_found_once() {
    let result = result();
    let rows = measures::rows(&result.modes, &result.paired);
    let named: Vec<(String, &str)> = rows.iter().map(|row| (row.mode.clone(), row.measure.name())).collect();
    let of = |mode: &str, paired: bool| -> Vec<(String, &'static str)> {
        let all = Measure::ALL.into_iter().filter(|measure| measure.is_paired() == paired);
        all.map(|measure| (mode.to_owned(), measure.name())).collect()
    };
    assert_eq!(named, [of("isolated", false), of("cross", false), of("isolated-cross", true)].concat());
    let value = |mode: &str, name: &str| {
        let row = rows.iter().find(|row| row.mode == mode && row.measure.name() == name).unwrap();
        row.estimate.value.unwrap()
    };
    // As the results were made: 4,000 and 1,000 of 20,000 paths, and so on.
    assert_eq!([value("isolated", "liquidation.any"), value("cross", "liquidation.any")], [0.2, 0.05]);
    assert_eq!(
        [value("isolated", "liquidation.all"), value("isolated", "ruin")],
        [1_333.0 / 20_000.0, 0.005]
    );
    assert_eq!([value("cross", "drawdown.relative"), value("cross", "drawdown.absolute")], [0.2, 2_000.0]);
    assert_eq!([value("cross", "pnl"), value("isolated-cross", "paired.pnl")], [-20.0, 70.0]);
    assert!((value("isolated-cross", "paired.liquidation") - 0.15).abs() < 1e-15);
    assert!((value("isolated-cross", "paired.drawdown_relative") - 0.1).abs() < 1e-15);
}

#[test]
fn a_half_width_is_that_of_the_widest_mode() {
    let result = result();
    // Wilson's formula in Python, for 4,000 of 20,000.
    let widest = (0.205_600_993_176_271_87 - 0.194_514_228_457_390_9) / 2.0;
    let met = |half| precision(&result, Measure::LiquidationAny, PrecisionTarget::HalfWidth(half));
    let found = met(0.0056);
    assert!((found.widest.unwrap() - widest).abs() < 1e-12, "{found:?}");
    assert_eq!((found.met, found.half_width, found.relative), (true, Some(0.0056), None));
    assert_eq!(found.measure, "liquidation.any");
    assert!(!met(0.0055).met);
    // At the very width it is met.
    assert!(met(found.widest.unwrap()).met);
}

#[test]
fn relatively_it_is_a_share_of_the_estimate() {
    let result = result();
    let relative = |measure, share| precision(&result, measure, PrecisionTarget::Relative(share));
    // 1.96 of 0.03·20 + 0.5 beside 20 is wider than of 0.03·50 + 0.5 beside 50; the sign does not matter.
    let expected = 1.959_963_984_540_054 * 1.1 / 20.0;
    let found = relative(Measure::Pnl, 0.11);
    assert!((found.widest.unwrap() / expected - 1.0).abs() < 1e-12, "{found:?}");
    assert_eq!((found.met, found.half_width, found.relative), (true, None, Some(0.11)));
    assert!(!relative(Measure::Pnl, 0.10).met);
    // No path of cross is ruined: of an estimate of 0 nothing is a share.
    let ruin = relative(Measure::Ruin, 0.99);
    assert_eq!((ruin.met, ruin.widest), (false, None));
    assert!(precision(&result, Measure::Ruin, PrecisionTarget::HalfWidth(0.01)).met);
}

#[test]
fn measures_of_two_modes_look_at_every_pair() {
    let mut result = result();
    let paired =
        |result: &ResultDocument| precision(result, Measure::PairedPnl, PrecisionTarget::HalfWidth(24.0));
    // A standard error of 12.
    let found = paired(&result);
    assert!(found.met && (found.widest.unwrap() - 12.0 * 1.959_963_984_540_054).abs() < 1e-9, "{found:?}");
    let mut wider = result.paired[0].clone();
    (wider.a, wider.pnl.low, wider.pnl.high) = ("mixed".to_owned(), Some(-100.0), Some(100.0));
    result.paired.push(wider);
    assert_eq!((paired(&result).met, paired(&result).widest), (false, Some(100.0)));
    result.paired.clear();
    assert_eq!((paired(&result).met, paired(&result).widest), (false, None), "there is nothing to know");
}

#[test]
fn without_an_interval_nothing_is_met() {
    let mut result = result();
    result.modes.0[1].1.liquidation.any.low = None;
    let found = precision(&result, Measure::LiquidationAny, PrecisionTarget::HalfWidth(0.5));
    assert_eq!((found.met, found.widest), (false, None));
    assert!(!precision(&result, Measure::LiquidationAny, PrecisionTarget::Relative(0.9)).met);
}
