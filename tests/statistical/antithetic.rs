//! Intervals over antithetic pairs hold what they promise, where those of independent paths would not.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking, as tests do")]

use std::path::Path;
use std::sync::atomic::AtomicBool;

use ringfence::evaluate::job;
use ringfence::paths::Sampling;
use ringfence::report::terminal;
use ringfence::result::build::build;
use ringfence::result::document::ResultDocument;
use ringfence::result::scenario_description::ScenarioDescription;
use ringfence::scenario::{Scenario, load_text};
use ringfence::simulation::{Audit, Control, RunOutcome, Simulator, VectorWidth, WidthLimit};
use ringfence::statistics::{normal_cdf, normal_quantile};

const REPLICATIONS: u64 = 2_000;
const CONFIDENCE: f64 = 0.95;
/// Four standard errors of a coverage of 95 % in so many replications.
const FOUR_ERRORS: f64 = 0.0195;
/// A week of geometric Brownian motion at 60 % a year.
const DEVIATION: f64 = 0.6;
const YEARS: f64 = 7.0 / 365.0;

/// Reference G09 (tests/statistical/reference/gbm_discrete.csv): one unit at 100, 20 times leverage, eight steps in a week. Under
/// cross margin the account is never liquidated: its profit is that of the unit.
const LONG: &str = r#"
[simulation]
paths = 400
horizon = "7d"
steps = 8
[account]
wallet = 100
[assets.A]
price = 100
maintenance_margin_rate = 0.005
model = { kind = "gbm", drift = 0.0, volatility = 0.6 }
[positions.long]
asset = "A"
side = "long"
quantity = 1
leverage = 20
"#;
/// G09 with N = 8 there.
const LONG_LIQUIDATED: f64 = 0.4670703799074249;

fn scenario(text: &str, sampling: Sampling) -> Scenario {
    let mut scenario = load_text("toy", "toy.toml", text, Path::new(""), &[]).unwrap();
    scenario.settings.sampling = sampling;
    scenario
}

fn simulator(threads: usize) -> Simulator {
    Simulator::new(threads, VectorWidth::detect(WidthLimit::Avx512)).unwrap()
}

fn outcome(scenario: &Scenario, simulator: &Simulator) -> RunOutcome {
    let cancelled = AtomicBool::new(false);
    let control = Control { cancelled: &cancelled, progress: &|_| () };
    simulator.simulate(&job(scenario).unwrap(), &control).unwrap()
}

fn document(scenario: &Scenario, outcome: &RunOutcome) -> ResultDocument {
    build(&ScenarioDescription::new(scenario, "", &[]), outcome, &Audit::default())
}

/// An interval of a document.
type Bounds = fn(&ResultDocument) -> (Option<f64>, Option<f64>);

fn any(d: &ResultDocument) -> (Option<f64>, Option<f64>) {
    let f = &d.modes.get("isolated").unwrap().liquidation.any;
    (f.low, f.high)
}

fn difference(d: &ResultDocument) -> (Option<f64>, Option<f64>) {
    (d.paired[0].liquidation.low, d.paired[0].liquidation.high)
}

fn mean_profit(d: &ResultDocument) -> (Option<f64>, Option<f64>) {
    let p = &d.modes.get("cross").unwrap().pnl.distribution;
    (p.low, p.high)
}

fn profit_quantile(d: &ResultDocument, level: &str) -> (Option<f64>, Option<f64>) {
    let p = &d.modes.get("cross").unwrap().pnl.distribution;
    let at = |q: &ringfence::result::document::OrderedMap<Option<f64>>| q.get(level).copied().flatten();
    (at(&p.quantiles_low), at(&p.quantiles_high))
}

fn half_alive(d: &ResultDocument) -> (Option<f64>, Option<f64>) {
    let row = d.modes.get("isolated").unwrap().liquidation.survival.last().unwrap().clone();
    (row.low, row.high)
}

/// Shares of replications whose intervals hold the truth: by pairs, and as if paths were independent.
fn coverage(text: &str, measures: &[(Bounds, f64)]) -> Vec<[f64; 2]> {
    let scenario = scenario(text, Sampling::Antithetic);
    let half = |first: u64| {
        let (mut scenario, simulator) = (scenario.clone(), simulator(1));
        let mut hits = vec![[0_u32; 2]; measures.len()];
        for seed in (first..REPLICATIONS).step_by(2) {
            scenario.settings.seed = seed;
            let by_pairs = outcome(&scenario, &simulator);
            let naive = RunOutcome { twins: None, ..by_pairs.clone() };
            let documents = [&by_pairs, &naive].map(|outcome| document(&scenario, outcome));
            for (hits, (bounds, truth)) in hits.iter_mut().zip(measures) {
                for (hits, document) in hits.iter_mut().zip(&documents) {
                    let (low, high) = bounds(document);
                    *hits += u32::from(low.is_none_or(|l| l <= *truth) && high.is_none_or(|h| *truth <= h));
                }
            }
        }
        hits
    };
    let halves = std::thread::scope(|scope| {
        [0, 1].map(|first| scope.spawn(move || half(first))).map(|thread| thread.join().unwrap())
    });
    let [first, second] = halves;
    let share = |a: u32, b: u32| f64::from(a + b) / REPLICATIONS as f64;
    first.iter().zip(&second).map(|(a, b)| [share(a[0], b[0]), share(a[1], b[1])]).collect()
}

/// The `p`-quantile of the unit's profit.
fn quantile(p: f64) -> f64 {
    let spread = DEVIATION * YEARS.sqrt();
    100.0 * libm::expm1(normal_quantile(p) * spread - 0.5 * spread * spread)
}

#[test]
fn intervals_by_pairs_cover_what_they_promise() {
    let lower_quartile: Bounds = |d| profit_quantile(d, "0.25");
    let measures: [(Bounds, f64); 5] = [
        (any, LONG_LIQUIDATED),
        (half_alive, 1.0 - LONG_LIQUIDATED),
        (difference, LONG_LIQUIDATED),
        (mean_profit, 0.0),
        (lower_quartile, quantile(0.25)),
    ];
    let found = coverage(LONG, &measures);
    println!("{found:?}");
    for (index, [by_pairs, naive]) in found.iter().enumerate() {
        assert!((by_pairs - CONFIDENCE).abs() < FOUR_ERRORS, "measure {index}: {by_pairs}");
        assert!((naive - CONFIDENCE).abs() > FOUR_ERRORS, "measure {index}, naive: {naive}");
    }
}

/// Exactly one of each pair lies below the median of a rising function of the draws: the count does not vary, and what
/// is left is the floor under a measured variance. It holds, and is far narrower than for independent paths.
#[test]
fn the_median_of_mirrored_profits_is_all_but_known() {
    let median: Bounds = |d| profit_quantile(d, "0.5");
    let found = coverage(LONG, &[(median, quantile(0.5))]);
    println!("{found:?}");
    assert!(found[0][0] > CONFIDENCE);
    let mut scenario = scenario(LONG, Sampling::Antithetic);
    let (mut narrow, mut wide) = (0.0, 0.0);
    for seed in 0..20 {
        scenario.settings.seed = seed;
        let by_pairs = outcome(&scenario, &simulator(1));
        let naive = RunOutcome { twins: None, ..by_pairs.clone() };
        let width = |outcome| {
            let (low, high) = median(&document(&scenario, outcome));
            high.unwrap() - low.unwrap()
        };
        narrow += width(&by_pairs);
        wide += width(&naive);
    }
    assert!(narrow < 0.4 * wide, "{narrow} {wide}");
}

/// The mean of the worst twentieth, by the closed form of a lognormal's lower tail: no pair lies in it whole.
#[test]
fn tail_means_cover_what_they_promise() {
    let worst: Bounds = |d| {
        let p = &d.modes.get("cross").unwrap().pnl;
        let at = |q: &ringfence::result::document::OrderedMap<Option<f64>>| q.get("0.95").copied().flatten();
        (at(&p.expected_shortfall_low), at(&p.expected_shortfall_high))
    };
    let spread = DEVIATION * YEARS.sqrt();
    let truth = 100.0 - 100.0 * normal_cdf(normal_quantile(0.05) - spread) / 0.05;
    let found = coverage(&LONG.replace("paths = 400", "paths = 1_200"), &[(worst, truth)]);
    println!("{found:?}");
    assert!((found[0][0] - CONFIDENCE).abs() < FOUR_ERRORS, "{found:?}");
}

/// A long and a short at once: a large move of either sign liquidates one of them, so the two paths of a pair agree and
/// are worth little more than one. Taken as independent they would promise too much.
#[test]
fn pairs_that_agree_widen_intervals() {
    let both = LONG.replace("steps = 8", "steps = 1")
        + "[positions.short]\nasset = \"A\"\nside = \"short\"\nquantity = 1\nleverage = 20\n";
    let spread = DEVIATION * YEARS.sqrt();
    let reached = |price: f64| (libm::log(price / 100.0) + 0.5 * spread * spread) / spread;
    let (down, up) = (95.0 / 0.995, 105.0 / 1.005);
    let truth = normal_cdf(reached(down)) + normal_cdf(-reached(up));
    let found = coverage(&both, &[(any, truth)]);
    println!("{found:?}");
    assert!((found[0][0] - CONFIDENCE).abs() < FOUR_ERRORS, "{found:?}");
    assert!(found[0][1] < 0.9, "{found:?}");
}

#[test]
fn factors_are_measured_and_told() {
    let long = scenario(&LONG.replace("paths = 400", "paths = 20_000"), Sampling::Antithetic);
    let run = outcome(&long, &simulator(2));
    let doc = document(&long, &run);
    assert_eq!((doc.sampling.kind.as_str(), doc.sampling.pairs), ("antithetic", Some(10_000)));
    // Var[S] over Var[(S + S')/2]: (e^v − 1)/2 over [(e^v − 1) + (e^(−v) − 1)]/4, v = 0.36·7/365.
    let v: f64 = DEVIATION * DEVIATION * YEARS;
    let exact = libm::expm1(v) / (libm::expm1(v) + libm::expm1(-v));
    let factor = doc.modes.get("cross").unwrap().antithetic_variance_factor.pnl.unwrap();
    assert!((factor / exact - 1.0).abs() < 0.1, "{factor} and {exact}");
    let text = terminal::render(&doc).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("Antithetic pairs, cross: variance reduced by a factor of "), "{text}");
    assert!(text.contains("(mean profit)"), "{text}");
    assert!(text.contains("McNemar's test for antithetic pairs: p "), "{text}");
    // The factor of the share by definition: independent variance over that of pair means.
    let isolated = run.modes[0].any as f64 / 20_000.0;
    let both = run.twins.as_ref().unwrap().modes[0].any as f64 / 10_000.0;
    let effect = 1.0 + (both - isolated * isolated) / (isolated * (1.0 - isolated));
    let factor = doc.modes.get("isolated").unwrap().antithetic_variance_factor.liquidation_any.unwrap();
    assert!((factor * effect - 1.0).abs() < 1e-3, "{factor} {effect}");
}

#[test]
fn threads_change_no_bit_of_pairs() {
    let long = scenario(&LONG.replace("paths = 400", "paths = 1_000"), Sampling::Antithetic);
    let reference = format!("{:?}", outcome(&long, &simulator(1)));
    for threads in [2, 5] {
        assert!(format!("{:?}", outcome(&long, &simulator(threads))) == reference, "{threads} threads");
    }
}
