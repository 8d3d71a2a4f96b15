//! The story of a path, told with a venue's rules.

use std::path::Path;

use ringfence::domain::{FundingRates, MarginMode, Orders, Reopen, Slippage, StepKind, TopUp, TopUpAmount};
use ringfence::run::replay;
use ringfence::scenario::load;
use rust_decimal::dec;

use super::book::venue_of;

const SCENARIO: &str = r#"
[simulation]
paths = 100
seed = 3
horizon = "10d"
step = "1h"
modes = ["isolated", "cross"]
[account]
wallet = 1_000
[venue]
preset = "textbook"
[assets.BTC]
price = 100
model = { kind = "gbm", drift = 0.0, volatility = 1.0 }
[positions.long]
asset = "BTC"
side = "long"
margin = 100
leverage = 20
"#;

#[test]
fn every_kind_of_event_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("told.toml");
    std::fs::write(&file, SCENARIO).unwrap();
    let mut scenario = load(Path::new(&file), &[]).unwrap();
    let half = StepKind::Fraction {
        fraction: dec!(0.5),
        above_notional: dec!(1000),
        least_notional: dec!(0),
        cooldown_seconds: 7_200,
        repeat: false,
    };
    scenario.portfolio.venue = venue_of(&[half]);
    scenario.portfolio.venue.liquidation.fee = dec!(0.001);
    scenario.portfolio.venue.liquidation.slippage = Slippage::Fixed(dec!(0.0005));
    scenario.portfolio.assets[0].funding = FundingRates::Constant(dec!(0.0001));
    scenario.portfolio.positions[0].entry_fee = dec!(0.0005);
    scenario.portfolio.positions[0].orders = Orders {
        stop_loss: None,
        take_profit: Some(dec!(104)),
        top_up: Some(TopUp { trigger: dec!(2), amount: TopUpAmount::Money(dec!(10)), times: 1 }),
        reopen: Some(Reopen { after_seconds: 3_600, times: 1 }),
    };
    let told: String =
        (0..20).map(|path| replay(&scenario, &[MarginMode::Isolated], path).unwrap()).collect();
    for words in [
        "fees of the entry 1 paid",
        "funding owed by long",
        "from margin",
        "10 of margin added to long",
        "the margin check of long fails",
        "fraction: 10 of 20 BTC long sold into the book",
        "checked again at step",
        "nothing is left open: forfeited 0, returned",
        "long is opened anew",
        "the take profit of long at 104 is filled at",
        "net funding paid",
    ] {
        assert!(told.contains(words), "{words} in\n{told}");
    }
    let conserved: Vec<&str> = told.lines().filter(|line| line.contains("money conserved")).collect();
    assert!(conserved.len() == 20 && conserved.iter().all(|line| line.ends_with("= 0")));
}
