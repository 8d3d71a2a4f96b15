//! What `check` prints.

use ringfence::report::plan;

use super::*;

#[test]
fn numbers_are_short_and_thousands_apart() {
    let mut large = scenario("Large");
    large.portfolio.account.wallet = Decimal::new(1_234_525, 2);
    large.portfolio.positions[0].quantity = Decimal::new(12_345_678_901, 10);
    large.settings.paths = 50_000;
    let shown = plan::render(&large, 2);
    for text in ["wallet 12,345.25 USDT", "long 1.234568", "50,000 paths", "60,000", "(2,000)"] {
        assert!(shown.contains(text), "{text} in\n{shown}");
    }
}

#[test]
fn the_plan_fits_a_hundred_columns_and_keeps_names_apart() {
    let mut wide = scenario(&"wide ".repeat(40));
    wide.name = "scenario_".repeat(20);
    let long = "position_".repeat(6);
    wide.portfolio.positions[0].name = format!("{long}first");
    wide.portfolio.positions[1].name = format!("{long}second");
    wide.portfolio.assets[0].name = "1000000".repeat(9);
    wide.portfolio.assets[0].price = Decimal::new(1_234_567_890_123, 20);
    wide.portfolio.positions[0].quantity = Decimal::new(98_765_432_198_765_432, 3);
    wide.notes = vec!["a note ".repeat(40)];
    let shown = plan::render(&wide, 16);
    for line in shown.lines() {
        assert!(line.chars().count() <= 100, "{} columns: {line}", line.chars().count());
    }
    let names: Vec<&str> = shown
        .lines()
        .filter(|line| line.contains("isolated "))
        .filter_map(|line| line.split(' ').nth(1))
        .collect();
    assert!(names.iter().any(|name| name.ends_with("first")), "{shown}");
    assert!(names.iter().any(|name| name.ends_with("second")), "{shown}");
}
