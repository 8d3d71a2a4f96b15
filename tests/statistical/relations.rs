//! Relations that need no oracle, on whole runs: closed answers without volatility, scaling, order,
//! ties, and how uncertainty shrinks.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use ringfence::evaluate::job;
use ringfence::run::simulator;
use ringfence::scenario::{Override, load_text, parse_override};
use ringfence::simulation::{Control, ModeOutcome, RunOutcome};

const BASE: &str = r#"
[simulation]
paths = 4_000
seed = 3
horizon = "7d"
step = "1h"
[account]
wallet = 10_000
[assets.BTC]
price = 60_000
model = { kind = "gbm", drift = 0.0, volatility = 0.8 }
[assets.ETH]
price = 3_000
maintenance_margin_rate = 0.01
model = { kind = "gbm", drift = 0.0, volatility = 1.0 }
[correlation]
"BTC/ETH" = 0.7
[positions.btc]
asset = "BTC"
side = "long"
margin = 4_300
leverage = 10
[positions.eth]
asset = "ETH"
side = "short"
quantity = 4
leverage = 5
"#;

fn outcome(text: &str, set: &[&str]) -> RunOutcome {
    let overrides: Vec<Override> = set.iter().map(|s| parse_override(s).unwrap()).collect();
    let scenario = load_text("base", "base.toml", text, Path::new(""), &overrides).unwrap();
    let cancelled = AtomicBool::new(false);
    let control = Control { cancelled: &cancelled, progress: &|_| () };
    simulator(2).unwrap().simulate(&job(&scenario).unwrap(), &control).unwrap()
}

fn mean_pnl(mode: &ModeOutcome) -> f64 {
    mode.pnl.moments().mean().unwrap()
}

/// Nothing moves but by the drift: BTC falls to 60,000·e^(−1.2·7/365) = 58,635.16 on every path.
#[test]
fn zero_volatility_has_a_closed_answer() {
    let still = [
        r#"assets.BTC.model={ kind = "gbm", drift = -1.2, volatility = 0 }"#,
        r#"assets.ETH.model={ kind = "gbm", drift = 0, volatility = 0 }"#,
    ];
    let run = outcome(BASE, &still);
    let fallen = 60_000.0 * libm::exp(-1.2 * 7.0 / 365.0);
    let expected = 43_000.0 / 60_000.0 * (fallen - 60_000.0);
    for mode in &run.modes {
        assert!((mean_pnl(mode) - expected).abs() < 1e-6, "{} and {expected}", mean_pnl(mode));
        assert_eq!(mode.pnl.moments().std(), Some(0.0));
        assert_eq!((mode.any, mode.ruin), (0, 0));
        let drawdown = mode.drawdown_relative.moments().mean().unwrap();
        assert!((drawdown + expected / 10_000.0).abs() < 1e-12);
    }
    // Far enough down that the isolated long fails on every path at the same step, and cross stands.
    let run = outcome(BASE, &[still[0], still[1], r#"simulation.horizon="35d""#]);
    let (isolated, cross) = (&run.modes[0], &run.modes[1]);
    // 60,000·e^(−1.2·t) <= (43,000 − 4,300)/((43/60)·0.995) = 54,271.357 at t = 0.083625 y = 732.56 h: step 733.
    assert_eq!((isolated.any, isolated.positions[0], isolated.positions[1]), (4_000, 4_000, 0));
    assert_eq!(isolated.first_liquidation[733], 4_000);
    assert_eq!(cross.any, 0);
}

/// All money and quantities by 4: the same counts, four times the profit.
#[test]
fn money_scales() {
    let once = outcome(BASE, &[]);
    let four_times =
        outcome(BASE, &["account.wallet=40_000", "positions.btc.margin=17_200", "positions.eth.quantity=16"]);
    for (a, b) in once.modes.iter().zip(&four_times.modes) {
        assert_eq!((a.any, a.all, a.ruin), (b.any, b.all, b.ruin));
        assert_eq!(a.first_liquidation, b.first_liquidation);
        assert!((4.0 * mean_pnl(a) - mean_pnl(b)).abs() < 1e-6);
    }
}

/// Every price by 1/10 and every quantity by 10: the same accounts.
#[test]
fn prices_scale() {
    let once = outcome(BASE, &[]);
    let tenth =
        outcome(BASE, &["assets.BTC.price=6_000", "assets.ETH.price=300", "positions.eth.quantity=40"]);
    for (a, b) in once.modes.iter().zip(&tenth.modes) {
        assert_eq!((a.any, a.all, &a.positions), (b.any, b.all, &b.positions));
        assert!((mean_pnl(a) - mean_pnl(b)).abs() < 1e-6);
    }
}

/// The order in which positions are written changes no total.
#[test]
fn the_order_of_positions_does_not_matter() {
    let at = BASE.find("[positions.btc]").unwrap();
    let eth = BASE.find("[positions.eth]").unwrap();
    let swapped = format!("{}{}{}", &BASE[..at], &BASE[eth..], &BASE[at..eth]);
    let (one, other) = (outcome(BASE, &[]), outcome(&swapped, &[]));
    for (a, b) in one.modes.iter().zip(&other.modes) {
        assert_eq!((a.any, a.all, a.ruin), (b.any, b.all, b.ruin));
        assert_eq!(a.positions.iter().rev().collect::<Vec<_>>(), b.positions.iter().collect::<Vec<_>>());
        assert!((mean_pnl(a) - mean_pnl(b)).abs() < 1e-9);
    }
}

/// Common random numbers: a higher rate, a smaller margin or more leverage can only add liquidations.
#[test]
fn worse_terms_never_help() {
    let any = |set: &[&str]| {
        let run = outcome(BASE, set);
        [run.modes[0].positions[0], run.modes[1].any]
    };
    let base = any(&[]);
    let never_better = |worse: [u64; 2]| worse.iter().zip(base).all(|(w, b)| *w >= b);
    assert!(never_better(any(&["venue.maintenance_margin_rate=0.02"])));
    assert!(never_better(any(&["positions.btc.leverage=12"])));
    assert!(any(&["account.wallet=8_000"])[1] >= base[1]);
    assert!(base[0] > 100 && base[1] > 3, "there is something to compare: {base:?}");
}

/// Finer steps over the same horizon see more: frequencies rise towards continuous monitoring. Independent
/// draws; each gap is above 2 points, a standard error is 0.6.
#[test]
fn finer_steps_see_more_liquidations() {
    let share = |steps: &str| {
        let run = outcome(BASE, &["simulation.paths=20_000", steps]);
        run.modes[0].positions[0] as f64 / run.paths as f64
    };
    let text = BASE.replace("step = \"1h\"\n", "");
    let by_steps = |steps: u32| {
        let set = format!("simulation.steps={steps}");
        let run = outcome(&text, &["simulation.paths=20_000", &set]);
        run.modes[0].positions[0] as f64 / run.paths as f64
    };
    let (daily, hourly) = (by_steps(7), share("simulation.step=\"1h\""));
    assert!(hourly > daily + 0.02, "{daily} {hourly}");
}

/// Two accounts measured elsewhere, on 40,000 paths or so (7 days, hourly, volatilities 60 and 80 %, rate 0.4 %,
/// money split equally, remainder forfeited): two longs at 10x correlated 0.7, and a hedge at 20x correlated
/// 0.95. "Any" and "all" differ in kind from an account's liquidation. Tolerance 1.3 points: 4.5 joint standard errors.
#[test]
fn any_all_and_cross_are_three_answers() {
    let account = |side: &str, leverage: u32, correlation: f64| {
        let text = format!(
            r#"
            simulation = {{ paths = 100_000, seed = 5, horizon = "7d" }}
            account.wallet = 10_000
            venue.maintenance_margin_rate = 0.004
            assets.A = {{ price = 100, model = {{ kind = "gbm", drift = 0, volatility = 0.6 }} }}
            assets.B = {{ price = 100, model = {{ kind = "gbm", drift = 0, volatility = 0.8 }} }}
            correlation."A/B" = {correlation}
            positions.a = {{ asset = "A", side = "long", margin = 5_000, leverage = {leverage} }}
            positions.b = {{ asset = "B", side = "{side}", margin = 5_000, leverage = {leverage} }}
            "#
        );
        let run = outcome(&text, &[]);
        let percent = |count: u64| 100.0 * count as f64 / run.paths as f64;
        [percent(run.modes[0].any), percent(run.modes[0].all), percent(run.modes[1].any)]
    };
    let longs = account("long", 10, 0.7);
    for (got, want) in longs.iter().zip([40.96, 16.52, 25.35]) {
        assert!((got - want).abs() < 1.3, "{longs:?}");
    }
    let hedge = account("short", 20, 0.95);
    assert!((hedge[0] - 97.29).abs() < 0.5 && (hedge[2] - 4.18).abs() < 0.6, "{hedge:?}");
}

/// Without drift, fees and forfeits nobody gains on average but by what the fund pays in: mean profit is the
/// mean shortfall. Within 4.5 standard errors of their difference, which sees 1 % of the wallet.
#[test]
fn profit_is_a_martingale_but_for_the_shortfall() {
    let run = outcome(BASE, &["simulation.paths=40_000", r#"venue.liquidation.remainder="return""#]);
    for mode in &run.modes {
        let error = mode.pnl.moments().std_error().unwrap();
        let excess = mean_pnl(mode) - mode.shortfall.mean().unwrap();
        assert!(excess.abs() < 4.5 * error, "{}: {excess} with error {error}", mode.mode);
        assert!(error < 100.0);
    }
    assert!(run.modes[0].shortfall.mean().unwrap() > 1.0, "gaps pay in");
}

/// A position whose margin is just its requirement is refused, whichever way its quantity was rounded.
#[test]
fn a_tie_at_entry_is_refused_however_the_quantity_rounds() {
    for margin in [1_000, 2_000, 3_000, 5_000, 7_000] {
        let set = [format!("positions.btc.margin={margin}"), "positions.btc.leverage=200".to_owned()];
        let overrides: Vec<Override> = set.iter().map(|s| parse_override(s).unwrap()).collect();
        let refused = load_text("base", "base.toml", BASE, Path::new(""), &overrides);
        assert!(refused.is_err(), "{margin}");
    }
}

/// Numbers as scripts print them, with 16 and 17 digits, are taken as they are, and the audit agrees on them.
#[test]
fn seventeen_digits_are_welcome() {
    let text = r#"
        simulation = { paths = 640, horizon = "30d", steps = 24 }
        account.wallet = 33.333333333333336
        assets.X = { price = 60123.456789012345, model = { kind = "gbm", drift = 0.1, volatility = 0.9 } }
        positions.p = { asset = "X", side = "long", quantity = 0.0016632443444444331, leverage = 3.0000000000000004 }
    "#;
    let scenario = load_text("digits", "digits.toml", text, Path::new(""), &[]).unwrap();
    assert_eq!(scenario.portfolio.account.wallet.to_string(), "33.333333333333336");
    assert_eq!(scenario.portfolio.assets[0].price.to_string(), "60123.456789012345");
    let audit = simulator(2).unwrap().audit(&job(&scenario).unwrap(), 1, &AtomicBool::new(false)).unwrap();
    assert!(audit.paths == 64 && audit.events > 5, "{audit:?}");
}

/// The whole notional as collateral: no price but zero liquidates a long, rounding or not.
#[test]
fn an_account_that_cannot_fail_has_no_liquidation_price() {
    let text = BASE.replace("margin = 4_300\nleverage = 10", "margin = 3_333\nnotional = 10_000");
    let alone = &text[..text.find("[positions.eth]").unwrap()];
    let scenario = load_text("base", "base.toml", alone, Path::new(""), &[]).unwrap();
    let prices =
        &ringfence::margin::entry_prices(&scenario.portfolio, ringfence::domain::MarginMode::Cross)[0];
    assert_eq!((prices.liquidation, prices.bankruptcy), (None, None));
}

/// Four times the paths halve the standard error; its own sampling error is under 2 %.
#[test]
fn standard_errors_shrink_with_the_root_of_the_paths() {
    let error = |paths: &str| outcome(BASE, &[paths]).modes[1].pnl.moments().std_error().unwrap();
    let ratio = error("simulation.paths=4_000") / error("simulation.paths=16_000");
    assert!((ratio - 2.0).abs() < 0.12, "{ratio}");
}

/// The lost margin leaves exactly 5,700 = 0.57 of 10,000, and 0.57·10,000 is below 5,700 in f64.
#[test]
fn ruin_counts_a_path_that_ends_at_the_level() {
    let alone = &BASE[..BASE.find("[positions.eth]").unwrap()];
    let run = outcome(alone, &["simulation.ruin_level=0.57"]);
    let isolated = &run.modes[0];
    assert!(isolated.any > 1_000);
    assert_eq!(isolated.ruin, isolated.any);
    let below = outcome(alone, &["simulation.ruin_level=0.5699"]);
    assert_eq!(below.modes[0].ruin, 0);
}

/// A small position in a large account: what nearly every path loses is still told apart from nothing.
#[test]
fn a_small_position_is_resolved_as_finely_as_a_large_one() {
    let alone = &BASE[..BASE.find("[positions.eth]").unwrap()];
    let run = outcome(alone, &["account.wallet=1e9", "positions.btc.margin=10"]);
    let pnl = &run.modes[0].pnl;
    assert!(run.modes[0].any > run.paths / 10, "the isolated position is lost often");
    // At the 5 % quantile the whole margin of 10 is gone.
    assert!((pnl.quantile(0.05).unwrap() + 10.0).abs() < 1e-6, "{:?}", pnl.quantile(0.05));
    let std = pnl.moments().std().unwrap();
    assert!((1.0..100.0).contains(&std), "{std}");
}
