//! Results of sweeps made by hand: every number is a plain function of the settings.
#![allow(dead_code)] // each test file uses its part

use ringfence::result::assumption::{Assumption, AssumptionKind};
use ringfence::result::document::*;
use ringfence::statistics::{newcombe_paired, proportion_difference_std_error, proportion_std_error, wilson};
use serde_json::{Value, json};

pub const PATHS: u64 = 20_000;
const Z: f64 = 1.959_963_984_540_054;

pub fn frequency(count: u64, of: u64) -> Frequency {
    let bounds = wilson(count, of, 0.95);
    Frequency {
        count,
        frequency: (of > 0).then(|| count as f64 / of as f64),
        std_error: proportion_std_error(count, of),
        low: bounds.map(|b| b.low),
        high: bounds.map(|b| b.high),
    }
}

pub fn distribution(mean: f64, std_error: f64) -> DistributionResult {
    let none = || OrderedMap(Vec::new());
    DistributionResult {
        mean: Some(mean),
        std_error: Some(std_error),
        low: Some(mean - Z * std_error),
        high: Some(mean + Z * std_error),
        std: Some(std_error * (PATHS as f64).sqrt()),
        min: None,
        max: None,
        resolution: Some(1e-6),
        quantiles: none(),
        quantiles_low: none(),
        quantiles_high: none(),
    }
}

fn drawdown(mean: f64, std_error: f64) -> DrawdownResult {
    let none = || OrderedMap(Vec::new());
    DrawdownResult {
        distribution: distribution(mean, std_error),
        cdar: none(),
        cdar_std_error: none(),
        cdar_low: none(),
        cdar_high: none(),
    }
}

pub fn mode(liquidated: u64, ruined: u64, fall: f64, profit: f64) -> ModeResult {
    let none = || OrderedMap(Vec::new());
    let share = |count| frequency(count, PATHS);
    ModeResult {
        liquidation: LiquidationResult {
            any: share(liquidated),
            all: share(liquidated / 3),
            positions: OrderedMap(Vec::new()),
            time_days: TimeToLiquidation {
                mean: None,
                mean_std_error: None,
                mean_low: None,
                mean_high: None,
                restricted_mean: None,
                restricted_mean_std_error: None,
                restricted_mean_low: None,
                restricted_mean_high: None,
                quantiles: none(),
                quantiles_low: none(),
                quantiles_high: none(),
            },
            survival: Vec::new(),
            loss: MeanOfPaths::default(),
        },
        ruin: share(ruined),
        drawdown: Drawdowns {
            relative: drawdown(fall, 0.02 * fall + 1e-4),
            absolute: drawdown(10_000.0 * fall, 200.0 * fall + 1.0),
        },
        pnl: PnlResult {
            distribution: distribution(profit, 0.03 * profit.abs() + 0.5),
            value_at_risk: none(),
            value_at_risk_low: none(),
            value_at_risk_high: none(),
            expected_shortfall: none(),
            expected_shortfall_std_error: none(),
            expected_shortfall_low: none(),
            expected_shortfall_high: none(),
        },
        shortfall: ShortfallResult {
            paths: frequency(0, liquidated),
            mean: None,
            mean_std_error: None,
            mean_low: None,
            mean_high: None,
        },
        costs: Costs::default(),
        in_quote: None,
        antithetic_variance_factor: AntitheticFactors::default(),
    }
}

fn mean_difference(mean: f64, std_error: f64) -> MeanDifference {
    MeanDifference {
        mean_difference: Some(mean),
        std_error: Some(std_error),
        low: Some(mean - Z * std_error),
        high: Some(mean + Z * std_error),
        variance_factor: None,
    }
}

/// Isolated against cross, four in five of the rarer's liquidations shared.
pub fn pair(a: &ModeResult, b: &ModeResult) -> PairedResult {
    let [any_a, any_b] = [a, b].map(|mode| mode.liquidation.any.count);
    let both = (any_a.min(any_b) * 4 / 5).max((any_a + any_b).saturating_sub(PATHS));
    let (a_only, b_only) = (any_a - both, any_b - both);
    let neither = PATHS - both - a_only - b_only;
    let bounds = newcombe_paired(both, a_only, b_only, neither, 0.95);
    let mean = |of: fn(&ModeResult) -> &DistributionResult| of(a).mean.unwrap() - of(b).mean.unwrap();
    PairedResult {
        a: "isolated".to_owned(),
        b: "cross".to_owned(),
        liquidation: PairedLiquidation {
            table: TwoByTwoResult { both, a_only, b_only, neither },
            difference: Some((a_only as f64 - b_only as f64) / PATHS as f64),
            std_error: proportion_difference_std_error(both, a_only, b_only, neither),
            low: bounds.map(|b| b.low),
            high: bounds.map(|b| b.high),
            mcnemar_p: None,
            variance_factor: None,
        },
        positions: OrderedMap(Vec::new()),
        drawdown_relative: mean_difference(mean(|m| &m.drawdown.relative.distribution), 0.004),
        pnl: mean_difference(mean(|m| &m.pnl.distribution), 12.0),
        shortfall: mean_difference(0.0, 0.0),
    }
}

/// A key, or several that move together, and per setting a value of each.
pub fn axis(keys: &[&str], values: Vec<Value>) -> SweepAxis {
    let of_setting = |value: Value| match (keys.len(), value) {
        (1, value) => vec![value],
        (_, Value::Array(values)) => values,
        (_, value) => panic!("{value}: one value for each of {keys:?}"),
    };
    SweepAxis {
        keys: keys.iter().map(|key| (*key).to_owned()).collect(),
        values: values.into_iter().map(of_setting).collect(),
    }
}

/// Numbers from … to, both included.
pub fn steps(from: f64, to: f64, count: usize) -> Vec<Value> {
    (0..count).map(|i| json!(from + (to - from) * i as f64 / (count - 1).max(1) as f64)).collect()
}

/// A sweep over the axes; `money` scales profits. What is found rises along the first axis and bends along the second,
/// so that the modes change places.
pub fn sweep(title: &str, axes: Vec<SweepAxis>, money: f64) -> SweepDocument {
    let count: usize = axes.iter().map(|axis| axis.values.len()).product();
    let cells: Vec<SweepCell> = (0..count).map(|index| cell(&axes, index, money)).collect();
    SweepDocument {
        schema: "ringfence/result/1".to_owned(),
        version: "0.5.0".to_owned(),
        scenario: ScenarioSummary {
            title: title.to_owned(),
            name: "grid".to_owned(),
            sha256: "00ff".to_owned(),
            paths: PATHS,
            steps: 720,
            seed: 42,
            horizon_days: 30.0,
            confidence: 0.95,
            ruin_level: 0.1,
            wallet: 10_000.0,
            currency: "USDT".to_owned(),
            venue: "textbook".to_owned(),
            model: vec!["BTC: geometric Brownian motion, drift 0, volatility 0.65".to_owned()],
        },
        sampling: SamplingResult { kind: "independent".to_owned(), pairs: None, overlapping_windows: false },
        monitoring: MonitoringResult { kind: "step".to_owned(), paths: None, modes: OrderedMap(Vec::new()) },
        clamped_paths: 0,
        axes,
        plan: SweepPlan { cells: count as u64, path_groups: 1 },
        intervals: SweepIntervals {
            kind: "pointwise".to_owned(),
            family: 2 * count as u64,
            confidence_each: 0.95,
        },
        sweep: cells,
        audit: AuditResult { paths: 64, steps: 720, left_out: 0, events: 9, max_balance_error: Some(1e-15) },
        assumptions: vec![
            Assumption::new(AssumptionKind::MarginChecks, "at the end of each step of 1 h."),
            Assumption::new(AssumptionKind::Quantiles, "read from histogram bins."),
        ],
        essential: 1,
        notes: Vec::new(),
    }
}

fn cell(axes: &[SweepAxis], index: usize, money: f64) -> SweepCell {
    let mut left = index;
    let mut settings = vec![0; axes.len()];
    for (at, axis) in axes.iter().enumerate().rev() {
        settings[at] = left % axis.values.len();
        left /= axis.values.len();
    }
    let share = |at: usize| {
        let of = axes.get(at).map_or(1, |axis| axis.values.len());
        settings.get(at).map_or(0.0, |s| *s as f64 / (of - 1).max(1) as f64)
    };
    let (x, y, z) = (share(0), share(1), share(2));
    let isolated = 0.02 + 0.7 * x * (0.4 + 0.6 * y) + 0.1 * z;
    let cross = (isolated + 0.25 * (y - 0.6) * (0.3 + x)).clamp(0.0, 1.0);
    let of = |p: f64| (p * PATHS as f64) as u64;
    let result = |p: f64| mode(of(p), of(p * p / 2.0), 0.05 + 0.9 * p, money * (0.3 - p));
    let (a, b) = (result(isolated), result(cross));
    let set = axes
        .iter()
        .zip(&settings)
        .flat_map(|(axis, s)| axis.keys.iter().cloned().zip(axis.values[*s].iter().cloned()));
    let paired = vec![pair(&a, &b)];
    SweepCell {
        set: set.collect(),
        sha256: format!("{index:04x}"),
        path_group: 0,
        paths: PATHS,
        wallet: 10_000.0,
        modes: OrderedMap(vec![("isolated".to_owned(), a), ("cross".to_owned(), b)]),
        paired,
        precision: None,
    }
}

/// Takes every number out of a cell.
pub fn emptied(cell: &mut SweepCell) {
    for (_, mode) in &mut cell.modes.0 {
        let nothing = Frequency { count: 0, frequency: None, std_error: None, low: None, high: None };
        mode.liquidation.any = nothing.clone();
        mode.liquidation.all = nothing.clone();
        mode.ruin = nothing;
        for d in [
            &mut mode.drawdown.relative.distribution,
            &mut mode.drawdown.absolute.distribution,
            &mut mode.pnl.distribution,
        ] {
            (d.mean, d.std_error, d.low, d.high) = (None, None, None, None);
        }
    }
    cell.paired.clear();
}

/// Sweeps of every shape, each with a name for its folder.
pub fn shapes() -> Vec<(&'static str, SweepDocument)> {
    let leverage = |values: Vec<Value>| axis(&["positions.btc_long.leverage"], values);
    let volatility = |count| axis(&["assets.BTC.model.volatility"], steps(0.2, 1.2, count));
    let levels = || [2, 3, 5, 8, 10, 15, 20, 30, 40, 50].map(|v| json!(v)).to_vec();
    let margins =
        || axis(&["positions.btc_long.margin"], [500, 1000, 2000, 4000, 8000].map(|v| json!(v)).to_vec());
    let venues = [
        "textbook",
        "binance-usdm",
        "bybit-linear",
        "okx-swap-usdt-margined",
        "a venue file/with a long name.toml",
    ];
    let venue = || axis(&["venue.preset"], venues.map(|v| json!(v)).to_vec());
    let models = json!([
        { "kind": "gbm", "drift": 0, "volatility": 0.65 },
        { "kind": "heston", "drift": 0, "initial_variance": 0.4, "mean_reversion": 3.0, "vol_of_vol": 0.9 },
        { "kind": "heston", "drift": 0, "initial_variance": 0.5, "mean_reversion": 3.0, "vol_of_vol": 0.9 }
    ]);
    let models = || axis(&["assets.BTC.model"], models.as_array().unwrap().clone());
    let mut gaps = sweep("Cells without a value", vec![leverage(levels()), volatility(6)], 3_000.0);
    [3, 17, 18, 40].into_iter().for_each(|index| emptied(&mut gaps.sweep[index]));
    let mut gap_in_line = sweep("A line with a gap", vec![volatility(12)], 3_000.0);
    emptied(&mut gap_in_line.sweep[5]);
    let mut together = sweep("All intervals together", vec![leverage(levels()), margins()], 3_000.0);
    (together.intervals.kind, together.intervals.confidence_each) = ("simultaneous".to_owned(), 0.9995);
    let zip = axis(
        &["positions.eth_short_hedge.margin", "positions.btc_long.margin"],
        (0..5).map(|i| json!([1_000 + 500 * i, 3_000 - 500 * i])).collect(),
    );
    let long = axis(
        &["positions.a_position_with_a_very_long_name_that_nobody_would_write_but_somebody_will.leverage"],
        steps(1.0, 9.0, 5),
    );
    let long_too = axis(
        &["venue.liquidation.a_key_of_unusual_length_for_an_axis.that_goes_on.and_on"],
        steps(1e-7, 9e-7, 6),
    );
    vec![
        ("10x5", sweep("Leverage by margin", vec![leverage(levels()), margins()], 3_000.0)),
        ("2x2", sweep("Two by two", vec![leverage(steps(2.0, 10.0, 2)), volatility(2)], 3_000.0)),
        ("12", sweep("Volatility alone", vec![volatility(12)], 3_000.0)),
        (
            "line_log",
            sweep("Leverage alone", vec![leverage([1, 10, 100, 1000].map(|v| json!(v)).to_vec())], 3_000.0),
        ),
        ("line_text", sweep("Venues alone", vec![venue()], 3_000.0)),
        ("line_many", sweep("Many settings", vec![volatility(200)], 3_000.0)),
        ("30x30", sweep("Thirty by thirty", vec![leverage(steps(1.0, 30.0, 30)), volatility(30)], 3_000.0)),
        ("100x3", sweep("A hundred rows", vec![leverage(steps(1.0, 100.0, 100)), volatility(3)], 3_000.0)),
        ("2x200", sweep("Two hundred columns", vec![leverage(steps(1.0, 2.0, 2)), volatility(200)], 3_000.0)),
        ("long_keys", sweep(&"A title that goes on ".repeat(12), vec![long, long_too], 3_000.0)),
        ("three_axes", sweep("Three axes", vec![leverage(levels()), volatility(5), venue()], 3_000.0)),
        (
            "four_axes",
            sweep(
                "Four axes",
                vec![leverage(steps(2.0, 10.0, 5)), volatility(4), venue(), margins()],
                3_000.0,
            ),
        ),
        (
            "two_venues",
            sweep(
                "Two of a third",
                vec![leverage(levels()), volatility(6), axis(&["simulation.seed"], vec![json!(1), json!(2)])],
                3_000.0,
            ),
        ),
        (
            "four_grids",
            sweep(
                "Four of a third",
                vec![leverage(levels()), volatility(6), axis(&["simulation.seed"], steps(1.0, 4.0, 4))],
                3_000.0,
            ),
        ),
        ("zip", sweep("Two keys together", vec![zip, volatility(5)], 3_000.0)),
        ("venues", sweep("Venue by leverage", vec![venue(), leverage(levels())], 3_000.0)),
        ("venues_across", sweep("Leverage by venue", vec![leverage(levels()), venue()], 3_000.0)),
        ("models", sweep("Models", vec![models(), volatility(5)], 3_000.0)),
        (
            "huge",
            sweep(
                "Huge amounts",
                vec![axis(&["account.wallet"], vec![json!(1e9), json!(1e13), json!(1e17)]), volatility(5)],
                4e13,
            ),
        ),
        ("beyond", sweep("Beyond all names", vec![leverage(levels()), volatility(5)], 1e200)),
        ("tiny", sweep("Tiny amounts", vec![leverage(levels()), volatility(5)], 1e-9)),
        ("gaps", gaps),
        ("gap_in_line", gap_in_line),
        ("simultaneous", together),
    ]
}

/// The result of one run with these modes.
pub fn document(modes: OrderedMap<ModeResult>, paired: Vec<PairedResult>) -> ResultDocument {
    let sweep = sweep("One run", Vec::new(), 1.0);
    ResultDocument {
        schema: "ringfence/result/1".to_owned(),
        version: sweep.version,
        scenario: sweep.scenario,
        sampling: sweep.sampling,
        monitoring: sweep.monitoring,
        clamped_paths: 0,
        modes,
        paired,
        correlations: Vec::new(),
        audit: sweep.audit,
        assumptions: sweep.assumptions,
        precision: None,
        notes: Vec::new(),
    }
}
