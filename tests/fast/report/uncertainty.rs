//! Every measure with its standard error and interval, against figures worked out apart.

use super::*;

/// 1,000 paths with profits of 1 … 1,000; isolated loses the 40 lowest, step 1 … 4 in turn.
fn ladder() -> Vec<Path> {
    (1..=1_000_u32)
        .map(|i| Path {
            closed: [(i <= 40).then_some(u64::from(1 + i % 4)), None],
            drawdown: 1.0 - f64::from(i) / 1_024.0,
            pnl: f64::from(i),
            shortfall: if i <= 4 { f64::from(i) } else { 0.0 },
            ..Path::default()
        })
        .collect()
}

/// JSON is read back to within a last digit only.
#[track_caller]
fn same(cell: Option<f64>, value: &Value, what: &str) {
    match (cell, value.as_f64()) {
        (Some(a), Some(b)) => assert!((a - b).abs() <= 1e-15 * a.abs(), "{what}: {a} and {b}"),
        (a, b) => assert_eq!(a, b, "{what}"),
    }
}

fn mode() -> Value {
    let paths = ladder();
    as_value(&[document(&paths, &paths)])["modes"]["isolated"].clone()
}

/// Whole values are read off bins 10,000/2^14 wide, which no two of them share, so they come out exactly.
#[test]
fn tail_measures() {
    let mode = mode();
    let pnl = &mode["pnl"];
    close(&pnl["resolution"], 10_000.0 / 16_384.0);
    // scipy.stats.binom(1000, 0.05): the ranks 37 and 65 enclose the 5 % quantile at 95 %.
    close(&pnl["value_at_risk"]["0.95"], -50.0);
    close(&pnl["value_at_risk_low"]["0.95"], -65.0);
    close(&pnl["value_at_risk_high"]["0.95"], -37.0);
    // The worst 1 … 50: mean 25.5, variance 50·51/12, quantile 50; a tail of 50 has 49 degrees of freedom.
    close(&pnl["expected_shortfall"]["0.95"], -25.5);
    let error = ((50.0 * 51.0 / 12.0 + 0.95 * 24.5 * 24.5) / 50.0_f64).sqrt();
    close(&pnl["expected_shortfall_std_error"]["0.95"], error);
    close(&pnl["expected_shortfall_low"]["0.95"], -25.5 - 2.009575237129235 * error);
    close(&pnl["expected_shortfall_high"]["0.95"], -25.5 + 2.009575237129235 * error);
    let relative = &mode["drawdown"]["relative"];
    close(&relative["cdar"]["0.95"], 1.0 - 25.5 / 1_024.0);
    close(&relative["cdar_std_error"]["0.95"], error / 1_024.0);
    close(&relative["cdar_high"]["0.95"], 1.0 - (25.5 - 2.009575237129235 * error) / 1_024.0);
    close(&relative["cdar_low"]["0.95"], 1.0 - (25.5 + 2.009575237129235 * error) / 1_024.0);
}

#[test]
fn frequencies_and_times() {
    let mode = mode();
    close(&mode["liquidation"]["any"]["std_error"], (0.04 * 0.96 / 1_000.0_f64).sqrt());
    assert_eq!(mode["ruin"]["std_error"], Value::Null);
    // Forty liquidated, ten on each of four days: mean 2.5, squares about it 50; t has 39 degrees of freedom.
    let time = &mode["liquidation"]["time_days"];
    let error = (50.0_f64 / 39.0 / 40.0).sqrt();
    close(&time["mean_std_error"], error);
    close(&time["mean_low"], 2.5 - 2.022690920036762 * error);
    close(&time["mean_high"], 2.5 + 2.022690920036762 * error);
    // Over all 1,000: 960 at 4, 100 days in all for the others.
    close(&time["restricted_mean"], 3.94);
    let squares = 10.0 * (1.0 + 4.0 + 9.0 + 16.0) + 960.0 * 16.0 - 1_000.0 * 3.94 * 3.94;
    let error = (squares / 999.0 / 1_000.0_f64).sqrt();
    close(&time["restricted_mean_low"], 3.94 - 1.959963984540054 * error);
    close(&time["restricted_mean_high"], 3.94 + 1.959963984540054 * error);
    // The textbook ranks for the median of forty at 95 %: 14 and 27.
    close(&time["quantiles"]["0.5"], 2.0);
    close(&time["quantiles_low"]["0.5"], 2.0);
    close(&time["quantiles_high"]["0.5"], 3.0);
    assert_eq!(time["quantiles_low"]["0.01"], Value::Null);
    // Shortfalls 1 2 3 4: t has three degrees of freedom.
    let error = (5.0_f64 / 3.0 / 4.0).sqrt();
    // Squares of amounts that are 1e-4 of the account are kept to 1e-10 of themselves.
    for (key, bound) in [("mean_low", -3.182446305283708), ("mean_high", 3.182446305283708)] {
        let found = mode["shortfall"][key].as_f64().unwrap();
        assert!((found - (2.5 + bound * error)).abs() < 1e-9, "{key}: {found}");
    }
}

#[test]
fn the_difference_of_frequencies_has_a_standard_error() {
    let (isolated, cross) = four_paths();
    let doc = as_value(&[document(&isolated, &cross)]);
    close(&doc["paired"][0]["liquidation"]["std_error"], (0.1875 / 4.0_f64).sqrt());
}

#[test]
fn too_few_paths_in_a_tail_have_no_interval() {
    let (isolated, cross) = four_paths();
    let doc = as_value(&[document(&isolated, &cross)]);
    let pnl = &doc["modes"]["isolated"]["pnl"];
    for key in ["expected_shortfall_std_error", "expected_shortfall_low", "value_at_risk_high"] {
        assert_eq!(pnl[key]["0.99"], Value::Null, "{key}");
    }
}

#[test]
fn survival_starts_for_certain_and_counts_days_to_the_nearest_number() {
    let (isolated, cross) = four_paths();
    let mut month = scenario("A month");
    month.settings.horizon = "30d".parse().unwrap();
    let doc = build(&ScenarioDescription::new(&month, "", &entry()), &run_outcome(&isolated, &cross), &AUDIT);
    let rows = &doc.modes.get("isolated").unwrap().liquidation.survival;
    assert_eq!((rows[0].alive, rows[0].low, rows[0].high), (1.0, Some(1.0), Some(1.0)));
    assert!(rows[1].low.unwrap() < 1.0);
    for (i, row) in rows.iter().enumerate() {
        // Fifty times in thirty days: 0.6 of a day apart, as decimals.
        let nearest: f64 = format!("{}.{}", i * 6 / 10, i * 6 % 10).parse().unwrap();
        assert_eq!(row.day, nearest);
    }
}

#[test]
fn tables_carry_the_same_bounds() {
    let paths = ladder();
    let doc = document(&paths, &paths);
    let tables = csv::tables(&doc, &run_outcome(&paths, &paths)).unwrap();
    let value = as_value(&[doc]);
    let mode = &value["modes"]["isolated"];
    let cell = |name: &str, first: &[&str], column: usize| -> Option<f64> {
        let rows = csv_rows(&tables, name);
        let row = rows.iter().find(|row| first.iter().zip(row.iter()).all(|(a, b)| a == b)).unwrap();
        row[column].parse().ok()
    };
    let measures = [
        ("pnl_value_at_risk_0.95", &mode["pnl"], "value_at_risk"),
        ("pnl_expected_shortfall_0.95", &mode["pnl"], "expected_shortfall"),
        ("drawdown_relative_cdar_0.95", &mode["drawdown"]["relative"], "cdar"),
    ];
    for (measure, at, key) in measures {
        for (column, suffix) in [(2, ""), (3, "_std_error"), (4, "_low"), (5, "_high")] {
            let found = cell("modes.csv", &["isolated", measure], column);
            same(found, &at[format!("{key}{suffix}")]["0.95"], &format!("{measure}{suffix}"));
        }
    }
    let time = &mode["liquidation"]["time_days"];
    for (measure, key) in [("mean", "mean"), ("restricted_mean", "restricted_mean")] {
        for (column, suffix) in [(2, ""), (3, "_std_error"), (4, "_low"), (5, "_high")] {
            let found = cell("modes.csv", &["isolated", &format!("time_to_liquidation_{measure}")], column);
            assert!(found.is_some(), "{measure}{suffix}");
            same(found, &time[format!("{key}{suffix}")], &format!("{measure}{suffix}"));
        }
    }
    let low = cell("modes.csv", &["isolated", "shortfall_mean"], 4);
    same(low, &mode["shortfall"]["mean_low"], "shortfall");
    let error = cell("modes.csv", &["isolated", "liquidated_any"], 3);
    same(error, &mode["liquidation"]["any"]["std_error"], "liquidated");
    let high = cell("quantiles.csv", &["isolated", "time_to_liquidation", "0.5"], 5);
    assert_eq!(high, Some(3.0));
}
