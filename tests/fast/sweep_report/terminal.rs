//! The sweep on a terminal.

use ringfence::report::terminal;
use ringfence::result::document::{PrecisionResult, SweepDocument};
use serde_json::json;

use crate::testkit::sweeps::{axis, emptied, shapes, steps, sweep};

fn small() -> SweepDocument {
    sweep(
        "Leverage by volatility",
        vec![
            axis(&["positions.btc_long.leverage"], vec![json!(2), json!(10), json!(50)]),
            axis(&["assets.BTC.model.volatility"], steps(0.2, 1.2, 6)),
        ],
        3_000.0,
    )
}

#[test]
fn two_axes_are_matrices() {
    // Isolated: 2 % + 70 % · x · (0.4 + 0.6 y), cross beside it by 25 points · (y − 0.6) · (0.3 + x), x and y from 0 to 1.
    let expected = "\
Leverage by volatility
18 cells of 20,000 paths; 720 steps over 30 days; seed 42; opening equity 10,000.00 USDT
btc_long leverage: 3 settings, 2 … 50
BTC volatility: 6 settings, 0.2 … 1.2

Liquidation frequency, isolated (%)
      0.2    0.4    0.6    0.8      1    1.2
 2   2.00   2.00   2.00   2.00   2.00   2.00
10  16.00  20.20  24.39  28.59  32.80  37.00
50  30.00  38.40  46.80  55.20  63.60  72.00

Liquidation frequency, cross (%)
      0.2    0.4    0.6    0.8      1    1.2
 2   0.00   0.00   0.50   2.00   3.50   5.00
10   4.00  12.20  20.39  28.59  36.80  45.00
50  10.50  25.40  40.29  55.20  70.10  85.00

Difference in liquidation frequency, isolated − cross (percentage points; · not significant)
       0.2     0.4     0.6     0.8       1     1.2
 2   +2.00   +2.00   +1.50       ·   -1.50   -3.00
10  +12.00   +8.00   +4.00       ·   -4.00   -8.00
50  +19.50  +13.00   +6.50       ·   -6.50  -13.00

Rows: btc_long leverage; columns: BTC volatility.

Intervals are pointwise, each at 95 %; · not statistically significant (the interval of the
  difference contains 0). If no cell differed, about 5 % would still appear to.
All cells use the same price paths.
Margin checks: at the end of each step of 1 h.
Audit: 64 paths replayed in exact decimals over 720 steps with 9 liquidations, all identical.
";
    assert_eq!(terminal::render_sweep(&small()), expected);
}

#[test]
fn one_axis_is_a_row_a_cell() {
    let mut document =
        sweep("Venues", vec![axis(&["venue.preset"], vec![json!("textbook"), json!("b"), json!("c")])], 1.0);
    emptied(&mut document.sweep[2]);
    let shown = terminal::render_sweep(&document);
    let expected = "\
┌─────────────────────────────────────────────────────────────────┐
│ venue preset        isolated           cross   isolated − cross │
│                   liquidated      liquidated       perc. points │
╞═════════════════════════════════════════════════════════════════╡
│ textbook        2.00 % ±0.19   0 % (≤ 0.019)        +2.00 ±0.19 │
│ b              16.00 % ±0.51    4.00 % ±0.27       +12.00 ±0.48 │
│ c                          -               -                  - │
└─────────────────────────────────────────────────────────────────┘
";
    assert!(shown.contains(expected), "{shown}");
}

#[test]
fn the_footer_states_what_the_intervals_are_and_where_the_precision_was_reached() {
    let mut document = small();
    (document.intervals.kind, document.intervals.confidence_each) = ("simultaneous".to_owned(), 0.9986);
    document.plan.path_groups = 6;
    for (index, cell) in document.sweep.iter_mut().enumerate() {
        cell.paths = if index < 5 { 20_000 } else { 640 };
        cell.precision = Some(PrecisionResult {
            measure: "liquidation.any".to_owned(),
            half_width: Some(0.002),
            relative: None,
            met: index >= 5,
            widest: Some(0.001),
        });
    }
    let shown = terminal::render_sweep(&document);
    for part in [
        "18 cells of 640 to 20,000 paths; ",
        "Intervals are simultaneous: all 36 of one measure hold together at 95 %, each at 99.86 %; · not",
        "The cells use 6 sets of price paths; cells that share a set see the same prices.\n",
        "Precision: liquidation.any reached ±0.002 in 13 of 18 cells.\n",
    ] {
        assert!(shown.contains(part), "{part} in\n{shown}");
    }
    document.sampling.overlapping_windows = true;
    assert!(terminal::render_sweep(&document).contains("no sampling error can be stated"));
}

#[test]
fn hostile_text_cannot_move_the_cursor() {
    let hostile = "\u{1b}[2J\u{202e}x";
    let values = || vec![json!(hostile), json!("a\nb")];
    let grid = sweep(hostile, vec![axis(&[hostile], values()), axis(&["k"], values())], 1.0);
    let row = sweep(hostile, vec![axis(&[hostile], values())], 1.0);
    for mut document in [grid, row] {
        document.notes.push(hostile.to_owned());
        document.scenario.currency = hostile.to_owned();
        let shown = terminal::render_sweep(&document);
        assert!(shown.contains('\u{fffd}') && !shown.contains(['\u{1b}', '\u{202e}']), "{shown}");
    }
}

#[test]
fn nothing_is_wider_than_a_terminal() {
    for (name, document) in shapes() {
        let shown = terminal::render_sweep(&document);
        for line in shown.lines() {
            assert!(line.chars().count() <= 100, "{name}: {line}");
            assert_eq!(line.trim_end(), line, "{name}");
        }
        assert!(shown.lines().count() < 120, "{name}");
    }
}

#[test]
fn what_is_too_wide_is_a_table_of_cells() {
    let (_, document) = shapes().into_iter().find(|(name, _)| *name == "30x30").unwrap();
    let shown = terminal::render_sweep(&document);
    assert!(shown.contains("… and 840 more in sweep.csv\n"), "{shown}");
    assert!(!shown.contains("(percentage points; ·"), "{shown}");
}
