//! Scenario files as strangers write them: what a good one means, and what every bad one is told.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use ringfence::domain::{Collateral, FillPrice, MarginMode, Remainder, Side, Span};
use ringfence::error::{Error, Result};
use ringfence::paths::{Bootstrap, PriceProcess};
use ringfence::scenario::{DEFAULT_NAME, DEFAULT_TEXT, Override, Scenario, load, load_text, parse_override};
use rust_decimal::dec;

use crate::testkit::scenario::has_remedy;

const GOOD: &str = r#"title = "A pair"
description = "Two legs"

[simulation]
paths = 1_000
seed = 7
horizon = "30d"
step = "1h"
modes = ["isolated", "cross"]
confidence = 0.95
ruin_level = 0.1

[account]
wallet = 10_000
currency = "USDT"

[venue]
preset = "textbook"

[assets.BTC]
price = 60_000
model = { kind = "gbm", drift = 0.0, volatility = 0.65 }

[assets.ETH]
price = 3_000
maintenance_margin_rate = 0.01
model = { kind = "gbm", drift = 0.1, volatility = 0.80 }

[correlation]
"BTC/ETH" = 0.8

[positions.btc_long]
asset = "BTC"
side = "long"
margin = 2_000
leverage = 10

[positions.eth_short]
asset = "ETH"
side = "short"
quantity = 2
leverage = 5
"#;

fn read(text: &str) -> Result<Scenario> {
    load_text("pair", "bad.toml", text, Path::new(""), &[])
}

fn read_with(text: &str, sets: &[&str]) -> Result<Scenario> {
    let overrides: Vec<Override> = sets.iter().map(|set| parse_override(set)).collect::<Result<_>>()?;
    load_text("pair", "bad.toml", text, Path::new(""), &overrides)
}

fn message(result: Result<Scenario>, case: &str) -> String {
    match result {
        Ok(_) => panic!("accepted: {case}"),
        Err(error @ Error::Input(_)) => error.to_string(),
        Err(error) => panic!("{case}: not an input error: {error}"),
    }
}

fn resolved<'s>(scenario: &'s Scenario, key: &str) -> &'s str {
    let found = scenario.resolved.iter().find(|(known, _)| known == key);
    found.map_or_else(|| panic!("no {key} in {:?}", scenario.resolved), |(_, value)| value)
}

#[test]
fn a_good_scenario_means_what_it_says() {
    let scenario = read(GOOD).unwrap();
    assert_eq!((scenario.name.as_str(), scenario.title.as_str()), ("pair", "A pair"));
    assert_eq!(scenario.description.as_deref(), Some("Two legs"));
    let settings = &scenario.settings;
    assert_eq!((settings.paths, settings.seed, settings.steps), (1_000, 7, 720));
    assert_eq!(settings.horizon, "30d".parse::<Span>().unwrap());
    assert_eq!(settings.modes, [MarginMode::Isolated, MarginMode::Cross]);
    assert_eq!((settings.confidence, settings.ruin_level), (0.95, 0.1));
    let portfolio = &scenario.portfolio;
    assert_eq!((portfolio.account.wallet, portfolio.account.currency.as_str()), (dec!(10000), "USDT"));
    assert_eq!(portfolio.venue.liquidation.first_price(), FillPrice::Mark);
    assert_eq!(portfolio.venue.liquidation.remainder, Remainder::Forfeit);
    assert_eq!(portfolio.assets[0].maintenance.tiers()[0].rate, dec!(0.005));
    assert_eq!(portfolio.assets[0].maintenance.tiers()[0].rate, dec!(0.005));
    assert_eq!(portfolio.assets[1].maintenance.tiers()[0].rate, dec!(0.01));
    let [long, short] = &portfolio.positions[..] else { panic!("two positions") };
    assert_eq!((long.side, long.asset, long.margin, long.leverage), (Side::Long, 0, dec!(2000), dec!(10)));
    // 20,000 / 60,000 to 15 significant digits.
    assert_eq!(long.quantity, dec!(0.333333333333333));
    // 2 · 3,000 / 5.
    assert_eq!(
        (short.side, short.asset, short.margin, short.quantity),
        (Side::Short, 1, dec!(1200), dec!(2))
    );
    assert_eq!(scenario.market.correlation, [1.0, 0.8, 0.8, 1.0]);
    assert_eq!(
        scenario.market.assets[1].process,
        PriceProcess::Gbm(ringfence::paths::Gbm { drift: 0.1, volatility: 0.8 })
    );
    assert_eq!(scenario.market.step_years, 30.0 / 365.0 / 720.0);
    assert_eq!(scenario.notes, Vec::<String>::new());
}

#[test]
fn defaults_are_those_of_the_documentation() {
    let text = r#"
        simulation.horizon = "2d"
        account.wallet = "10000.50"
        assets.BTC = { price = 100, model = { kind = "gbm", drift = 0, volatility = 0.5 } }
        positions.p = { asset = "BTC", side = "long", notional = 100, leverage = 2 }
    "#;
    let scenario = read(text).unwrap();
    let settings = &scenario.settings;
    assert_eq!((settings.paths, settings.seed, settings.steps), (100_000, 1, 48));
    assert_eq!(settings.modes, [MarginMode::Isolated, MarginMode::Cross]);
    assert_eq!((settings.confidence, settings.ruin_level), (0.95, 0.1));
    assert_eq!(scenario.title, "pair");
    assert_eq!(scenario.description, None);
    assert_eq!(scenario.portfolio.account.currency, "USD");
    assert_eq!(scenario.portfolio.account.wallet, dec!(10000.5));
    assert_eq!(scenario.portfolio.venue.preset, "textbook");
}

#[test]
fn resolved_lists_every_setting_in_one_order() {
    let scenario = read(GOOD).unwrap();
    let keys: Vec<&str> = scenario.resolved.iter().map(|(key, _)| key.as_str()).collect();
    let expected = "title description simulation.paths simulation.seed simulation.horizon simulation.step \
        simulation.steps simulation.modes simulation.monitoring simulation.sampling simulation.confidence simulation.ruin_level account.wallet \
        account.currency venue.preset venue.liquidation.price \
        venue.liquidation.remainder assets.BTC.price assets.BTC.maintenance_margin_rate assets.BTC.model.kind assets.BTC.model.drift \
        assets.BTC.model.volatility assets.ETH.price assets.ETH.maintenance_margin_rate assets.ETH.model.kind \
        assets.ETH.model.drift assets.ETH.model.volatility correlation.\"BTC/ETH\" positions.btc_long.asset \
        positions.btc_long.side positions.btc_long.quantity positions.btc_long.margin \
        positions.eth_short.asset positions.eth_short.side positions.eth_short.quantity \
        positions.eth_short.margin";
    assert_eq!(keys, expected.split_whitespace().collect::<Vec<_>>());
    assert_eq!(resolved(&scenario, "simulation.paths"), "1000");
    assert_eq!(resolved(&scenario, "assets.ETH.model.volatility"), "0.8");
    assert_eq!(resolved(&scenario, "account.wallet"), "10000");
}

#[test]
fn the_hash_sees_meaning_and_not_spelling() {
    let hash = |text: &str| read(text).unwrap().sha256();
    let same = [
        ("paths = 1_000", "paths = 1e3 # the same"),
        ("volatility = 0.80", "volatility = 0.8"),
        ("drift = 0.0", "drift = -0.0"),
        ("\"BTC/ETH\" = 0.8", "\"ETH/BTC\" = 0.80"),
        ("[venue]\npreset = \"textbook\"\n", ""),
        ("step = \"1h\"", "steps = 720"),
        ("wallet = 10_000", "wallet = \"10000.00\""),
        ("margin = 2_000\nleverage = 10", "notional = 20_000\nleverage = 10"),
        ("margin = 2_000\nleverage = 10", "margin = 2_000\nquantity = 0.333333333333333"),
        ("leverage = 5", "leverage = 5\nmode = \"cross\""),
        ("price = 60_000", "price = 60_000\nmaintenance_margin_rate = 0.0050"),
        ("preset = \"textbook\"", "maintenance_margin_rate = 0.005"),
    ];
    for (from, to) in same {
        assert_eq!(hash(GOOD), hash(&GOOD.replace(from, to)), "{to}");
    }
    // A rate of the venue that no asset uses is no part of the run.
    let own = GOOD.replace("price = 60_000", "price = 60_000\nmaintenance_margin_rate = 0.005");
    assert_eq!(hash(&own), hash(&own.replace("preset = \"textbook\"", "maintenance_margin_rate = 0.02")));
    let mixed = |mode: &str| {
        let text = GOOD
            .replace("\"cross\"]", "\"mixed\"]")
            .replace("leverage = 10", "leverage = 10\nmode = \"cross\"");
        hash(&text.replace("leverage = 5", &format!("leverage = 5\nmode = \"{mode}\"")))
    };
    assert_ne!(mixed("cross"), mixed("isolated"));
    let other = [
        ("preset = \"textbook\"", "maintenance_margin_rate = 0.006"),
        ("seed = 7", "seed = 8"),
        ("wallet = 10_000", "wallet = 10_001"),
        ("A pair", "B pair"),
    ];
    for (from, to) in other {
        assert_ne!(hash(GOOD), hash(&GOOD.replace(from, to)), "{to}");
    }
    assert_eq!(hash(GOOD).len(), 64);
}

#[test]
fn byte_order_mark_and_carriage_returns_are_fine() {
    let windows = format!("\u{feff}{}", GOOD.replace('\n', "\r\n"));
    assert_eq!(read(&windows).unwrap().sha256(), read(GOOD).unwrap().sha256());
    let broken = message(read(&windows.replace("seed = 7", "seed = -7")), "crlf");
    assert!(broken.contains("bad.toml:6:8"), "{broken}");
}

/// What is changed in [`GOOD`], and what the message says besides file and line. The line is that of the change,
/// unless the message is expected to name another.
const BAD: &[(&str, &str, &[&str])] = &[
    // TOML
    ("[account]", "[account", &["invalid TOML"]),
    ("horizon = \"30d\"", "horizon = 30d", &["invalid TOML", "quotes"]),
    ("leverage = 10", "leverage = 10\nleverage = 11", &["bad.toml:37:1", "duplicate key `leverage`"]),
    ("[assets.ETH]", "[assets.BTC]", &["duplicate key `BTC`"]),
    // unknown keys
    (
        "leverage = 10",
        "levrage = 10",
        &["unknown key `positions.btc_long.levrage`", "did you mean `leverage`"],
    ),
    ("[positions.btc_long]", "[position.btc_long]", &["unknown key `position`", "did you mean `positions`"]),
    ("seed = 7", "colour = 7", &["unknown key `simulation.colour`", "expected one of: paths, seed"]),
    ("preset = \"textbook\"", "rate = 1", &["unknown key `venue.rate`", "maintenance_margin_rate"]),
    // sweeps, and later versions
    ("[venue]", "[sweep.zip]\n[venue]", &["`sweep.zip` has no keys"]),
    ("\"cross\"]", "\"portfolio\"]", &["`portfolio`", "not supported yet"]),
    // simulation
    ("paths = 1_000", "paths = -1", &["`simulation.paths` is -1", "from 1 to 1000000000000", "100_000"]),
    ("paths = 1_000", "paths = 0", &["`simulation.paths` is 0"]),
    ("paths = 1_000", "paths = 1.5", &["`simulation.paths` is 1.5", "a whole number"]),
    ("paths = 1_000", "paths = 1e20", &["`simulation.paths` is 100000000000000000000"]),
    ("paths = 1_000", "paths = 0x10", &["`simulation.paths`", "a base other than ten"]),
    (
        "paths = 1_000\nseed = 7\nhorizon = \"30d\"\nstep = \"1h\"",
        "paths = 1e12\nhorizon = \"30d\"\nsteps = 10_000",
        &["1000000000000 paths", "2314 days", "±0.3 percentage points at 95 %", "bad.toml:4:1"],
    ),
    ("paths = 1_000", "paths = true", &["`simulation.paths` is `true`", "expected a number"]),
    ("seed = 7", "seed = -7", &["`simulation.seed` is -7", "from 0 to 9223372036854775807"]),
    ("seed = 7", "seed = 9223372036854775808", &["`simulation.seed`", "expected a whole number"]),
    ("horizon = \"30d\"", "", &["missing key `simulation.horizon`", "horizon = \"30d\"", "bad.toml:4:1"]),
    ("horizon = \"30d\"", "horizon = 30", &["`simulation.horizon` is the number `30`", "text in quotes"]),
    (
        "horizon = \"30d\"",
        "horizon = \"30 days\"",
        &["invalid duration `30 days` for `simulation.horizon`", "s, m, h, d, w or y"],
    ),
    (
        "horizon = \"30d\"",
        "horizon = \"1001y\"",
        &["invalid duration `1001y` for `simulation.horizon`", "at most 1000 years"],
    ),
    ("step = \"1h\"", "step = \"7h\"", &["7h does not divide", "30d", "step = \"400m\" or step = \"432m\""]),
    (
        "step = \"1h\"",
        "step = \"1h\"\nsteps = 720",
        &["`simulation.step` and `simulation.steps`", "keep one"],
    ),
    ("step = \"1h\"", "steps = 0", &["`simulation.steps` is 0", "from 1 to 10000000"]),
    (
        "horizon = \"30d\"\nstep = \"1h\"",
        "horizon = \"2y\"\nstep = \"1s\"",
        &["63072000 steps", "10000000", "bad.toml:8:"],
    ),
    (
        "modes = [\"isolated\", \"cross\"]",
        "modes = [\"izolated\"]",
        &["`izolated`", "did you mean `isolated`"],
    ),
    ("modes = [\"isolated\", \"cross\"]", "modes = []", &["`simulation.modes` is empty"]),
    (
        "modes = [\"isolated\", \"cross\"]",
        "modes = [\"cross\", \"cross\"]",
        &["duplicate mode `cross`", "remove one of the two"],
    ),
    (
        "modes = [\"isolated\", \"cross\"]",
        "modes = \"cross\"",
        &["expected a list", "[\"isolated\", \"cross\"]"],
    ),
    (
        "modes = [\"isolated\", \"cross\"]",
        "modes = [\"mixed\"]",
        &["missing key `positions.btc_long.mode`", "mixed", "bad.toml:32:"],
    ),
    ("confidence = 0.95", "confidence = 95", &["looks like per cent", "confidence = 0.95"]),
    ("confidence = 0.95", "confidence = 0", &["`simulation.confidence` is 0", "at most 0.999999999"]),
    ("confidence = 0.95", "confidence = 1", &["is 1;", "write, for example, confidence = 0.95"]),
    ("confidence = 0.95", "confidence = 5", &["is 5;", "confidence = 0.95"]),
    ("confidence = 0.95", "confidence = 99.5", &["looks like per cent", "write `confidence = 0.995`"]),
    // As an f64 it is 1.
    (
        "confidence = 0.95",
        "confidence = 0.9999999999999999999",
        &["`simulation.confidence`", "at most 0.999999999"],
    ),
    ("confidence = 0.95", "confidence = nan", &["`simulation.confidence`", "not a finite number"]),
    ("ruin_level = 0.1", "ruin_level = 10", &["looks like per cent", "write `ruin_level = 0.1`"]),
    ("ruin_level = 0.1", "ruin_level = -0.1", &["`simulation.ruin_level` is -0.1", "0 to 1"]),
    // account
    ("wallet = 10_000", "", &["missing key `account.wallet`", "wallet = 10_000", "bad.toml:13:"]),
    ("wallet = 10_000", "wallet = 0", &["`account.wallet` is 0", "1e-4 to 1e12"]),
    ("wallet = 10_000", "wallet = 0.00009", &["`account.wallet` is 0.00009", "1e-4 to 1e12"]),
    ("wallet = 10_000", "wallet = -5", &["`account.wallet` is -5"]),
    ("wallet = 10_000", "wallet = 2e12", &["`account.wallet` is 2000000000000", "1e12"]),
    ("wallet = 10_000", "wallet = inf", &["`account.wallet`", "not a finite number"]),
    (
        "wallet = 10_000",
        "wallet = \"$100\"",
        &["`account.wallet`", "`$100`", "is not a number", "wallet = 10_000"],
    ),
    ("wallet = 10_000", "wallet = \"1,234.56\"", &["`account.wallet`", "is not a number"]),
    ("wallet = 10_000", "wallet = 10_000.00000000000000000001", &["`account.wallet`", "24 digits"]),
    ("wallet = 10_000", "wallet = 3_000", &["margins of 3200", "wallet of 3000"]),
    (
        "currency = \"USDT\"",
        "currency = \"more than sixteen chars\"",
        &["`account.currency`", "16 characters"],
    ),
    // venue
    ("preset = \"textbook\"", "preset = \"texbook\"", &["`texbook`", "did you mean `textbook`"]),
    (
        "preset = \"textbook\"",
        "maintenance_margin_rate = 5",
        &["looks like per cent", "maintenance_margin_rate = 0.05"],
    ),
    ("preset = \"textbook\"", "maintenance_margin_rate = -0.1", &["`venue.maintenance_margin_rate` is -0.1"]),
    (
        "preset = \"textbook\"",
        "tiers = \"none.csv\"",
        &["`venue.tiers`", "none.csv", "cannot be read", "folder"],
    ),
    ("preset = \"textbook\"", "tiers = \".\"", &["`venue.tiers`", "not a regular file"]),
    (
        "maintenance_margin_rate = 0.01",
        "maintenance_margin_rate = 0.01\ntiers = \"x\"",
        &["`assets.ETH.tiers`", "both", "bad.toml:27:"],
    ),
    (
        "preset = \"textbook\"",
        "liquidation = { price = \"last\" }",
        &["`venue.liquidation.price`", "mark, bankruptcy, fillable"],
    ),
    (
        "preset = \"textbook\"",
        "liquidation = { remainder = \"keep\" }",
        &["`venue.liquidation.remainder`", "forfeit, return"],
    ),
    (
        "preset = \"textbook\"",
        "liquidation = \"mark\"",
        &["`venue.liquidation` is the text", "expected a table"],
    ),
    // assets and models
    ("price = 60_000", "", &["missing key `assets.BTC.price`", "bad.toml:20:"]),
    ("price = 60_000", "price = 0", &["`assets.BTC.price` is 0", "1e-9 to 1e12"]),
    ("price = 60_000", "price = -1", &["`assets.BTC.price` is -1"]),
    (
        "price = 60_000",
        "price = 60000.0000000000000000000000000000000001",
        &["`assets.BTC.price`", "28 digits"],
    ),
    ("price = 60_000", "price = 60000.1234567890123", &["`assets.BTC.price`", "17 significant digits"]),
    (
        "model = { kind = \"gbm\", drift = 0.0, volatility = 0.65 }",
        "",
        &["missing key `assets.BTC.model`", "kind", "bad.toml:20:"],
    ),
    ("model = { kind = \"gbm\", drift = 0.0, volatility = 0.65 }", "model = \"gbm\"", &["expected a table"]),
    ("kind = \"gbm\", drift = 0.0", "drift = 0.0", &["missing key `assets.BTC.model.kind`"]),
    ("kind = \"gbm\", drift = 0.0", "kind = \"gmb\", drift = 0.0", &["`gmb`", "did you mean `gbm`"]),
    ("kind = \"gbm\", drift = 0.0", "kind = \"gbm\"", &["missing key `assets.BTC.model.drift`"]),
    ("drift = 0.0,", "drift = 25,", &["`assets.BTC.model.drift` is 25", "20"]),
    ("drift = 0.0,", "drift = 0.0, nu = 3,", &["unknown key `assets.BTC.model.nu`"]),
    (
        "volatility = 0.65",
        "volatility = 80",
        &["`assets.BTC.model.volatility` is 80", "looks like per cent", "write `volatility = 0.8`"],
    ),
    (
        "volatility = 0.65",
        "volatility = 12.345",
        &["`assets.BTC.model.volatility` is 12.345", "write `volatility = 0.12345`"],
    ),
    ("volatility = 0.65", "volatility = -0.2", &["`assets.BTC.model.volatility` is -0.2", "0 to 10"]),
    (
        "horizon = \"30d\"",
        "horizon = \"1000y\"",
        &[
            "prices overflow",
            "log returns up to 396",
            "expected at most 60, a factor of 1e26",
            "bad.toml:22:",
        ],
    ),
    ("[assets.BTC]", "[assets.\"../../x\"]", &["../../x", "use 1 to 64"]),
    ("[assets.BTC]", "[assets.CON]", &["`CON`", "device"]),
    ("[assets.BTC]", "[assets.\"<script>\"]", &["<script>", "letters"]),
    ("[assets.BTC]", "[assets.\"=cmd\"]", &["=cmd", "letters"]),
    ("[assets.ETH]", "[assets.btc]", &["`BTC` and `btc`", "case"]),
    // correlation
    (
        "\"BTC/ETH\" = 0.8",
        "\"BTC/ETH\" = 1.2",
        &["correlation.\"BTC/ETH\"` is 1.2", "greater than −1 and less than 1"],
    ),
    ("\"BTC/ETH\" = 0.8", "\"BTC/ETH\" = -1", &["is -1", "greater than −1 and less than 1"]),
    ("\"BTC/ETH\" = 0.8", "\"BTC/ETH\" = 0.8\n\"ETH/BTC\" = 0.7", &["duplicate correlation", "bad.toml:31:"]),
    ("\"BTC/ETH\" = 0.8", "\"BTC/BTC\" = 0.8", &["with itself"]),
    ("\"BTC/ETH\" = 0.8", "\"BTC/EHT\" = 0.8", &["unknown asset `EHT`", "did you mean `ETH`", "BTC, ETH"]),
    ("\"BTC/ETH\" = 0.8", "BTC = 0.8", &["does not name two assets", "\"A/B\""]),
    (
        "\"BTC/ETH\" = 0.8",
        "\"BTC/ETH\" = 0.9999999999999",
        &["`correlation.\"BTC/ETH\"` is 0.9999999999999", "so close to 1", "write 0.9999"],
    ),
    ("\"BTC/ETH\" = 0.8", "\"BTC/ETH\" = -0.9999999999999", &["so close to −1", "write -0.9999"]),
    // positions
    ("asset = \"BTC\"", "", &["missing key `positions.btc_long.asset`", "bad.toml:32:"]),
    ("asset = \"BTC\"", "asset = \"BCT\"", &["`BCT`", "did you mean `BTC`", "BTC, ETH"]),
    (
        "side = \"long\"",
        "side = \"buy\"",
        &["unknown value `buy` of `positions.btc_long.side`", "long, short"],
    ),
    ("leverage = 10", "leverage = \"five\"", &["`positions.btc_long.leverage`", "`five`", "is not a number"]),
    (
        "margin = 2_000\nleverage = 10",
        "notional = 1e12\nleverage = 1e-19",
        &["too large or too small", "bad.toml:32:"],
    ),
    ("leverage = 10", "leverage = nan", &["not a finite number"]),
    ("leverage = 10", "leverage = -inf", &["not a finite number"]),
    ("leverage = 10", "leverage = 0", &["`positions.btc_long.leverage` is 0", "greater than 0"]),
    ("leverage = 10", "leverage = -5", &["`positions.btc_long.leverage` is -5"]),
    (
        "leverage = 10",
        "leverage = 1000",
        &["liquidated at entry", "margin is 2000", "maintenance margin of 9999.99999999", "bad.toml:32:"],
    ),
    ("leverage = 10", "leverage = 200", &["liquidated at entry", "below 200", "bad.toml:32:"]),
    ("leverage = 10", "", &["the size of `positions.btc_long` needs exactly two", "bad.toml:32:"]),
    (
        "leverage = 10",
        "leverage = 10\nquantity = 1",
        &["margin, leverage, quantity", "exactly two", "bad.toml:32:"],
    ),
    ("margin = 2_000\nleverage = 10", "", &["has none of them", "bad.toml:32:"]),
    ("margin = 2_000", "margin = 2e11", &["notional of 1999999999999.998", "1e12", "bad.toml:32:"]),
    (
        "margin = 2_000",
        "margin = 1e13",
        &["`positions.btc_long.margin` is 10000000000000", "at most 1000000000000"],
    ),
    (
        "margin = 2_000\nleverage = 10",
        "margin = 0.000000001\nleverage = 100",
        &["rounds down to 0", "bad.toml:32:"],
    ),
    ("margin = 2_000", "margin = 9_000", &["margins of 10200", "wallet of 10000", "bad.toml:14:"]),
    (
        "quantity = 2",
        "quantity = 0.0000000000009",
        &["quantity of 0.0000000000009", "at least 1e-12", "bad.toml:38:"],
    ),
    ("quantity = 2", "quantity = 2.12345678901234567", &["17 significant digits"]),
    ("leverage = 5", "leverage = 5\nmode = \"croos\"", &["`croos`", "did you mean `cross`", "bad.toml:43:"]),
    ("[positions.eth_short]", "[positions.BTC_long]", &["`btc_long` and `BTC_long`", "case"]),
    ("title = \"A pair\"", "title = 3", &["`title` is the number `3`", "text in quotes"]),
];

#[test]
fn bad_scenarios_are_told_what_to_write() {
    let mut wrong = String::new();
    for (from, to, says) in BAD {
        assert!(GOOD.contains(from), "{from}");
        let text = GOOD.replacen(from, to, 1);
        let message = message(read(&text), to);
        let start = GOOD.find(from).unwrap();
        let line = format!("bad.toml:{}:", GOOD[..start].matches('\n').count() + 1);
        let mut says = says.to_vec();
        if !says.iter().any(|part| part.starts_with("bad.toml:")) {
            says.push(&line);
        }
        for part in says.iter().filter(|part| !message.contains(**part)) {
            writeln!(wrong, "{to:?} should say {part:?}, but says:\n{message}\n").unwrap();
        }
        if !has_remedy(&message) {
            writeln!(wrong, "{to:?} has no remedy:\n{message}\n").unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn a_message_has_place_value_and_help() {
    let text = GOOD.replace("leverage = 10", "leverage = \"five\"");
    let expected = "\
bad.toml:36:12: invalid number `five` for `positions.btc_long.leverage`: is not a number; help: write, for example, \
                    leverage = 10";
    assert_eq!(message(read(&text), "five"), expected);
}

#[test]
fn whole_files_that_are_not_scenarios() {
    let says = |text: &str, part: &str| {
        let message = message(read(text), part);
        assert!(message.contains(part) && message.contains("bad.toml"), "{message}");
    };
    says("", "is empty");
    says("# nothing\n", "is empty");
    says("a = \"\0\"", "NUL");
    says(&format!("x = {}", "[".repeat(100_000)), "recurs");
    says(&format!("{}x = 1", "x.".repeat(100_000)), "recurs");
    says(&GOOD.replace("[assets.BTC]", "[assets]\n[assets2.BTC]"), "unknown key `assets2`");
    let without = |from: &str, to: &str| {
        let (start, end) = (GOOD.find(from).unwrap(), GOOD.find(to).unwrap_or(GOOD.len()));
        format!("{}{}", &GOOD[..start], &GOOD[end..])
    };
    says(&without("[positions.btc_long]", "no such"), "has no positions");
    says(&without("[assets.BTC]", "[correlation]"), "has no assets");
    for name in ["", "..", "NUL", "a b", ".hidden", &"x".repeat(300)] {
        let error = load_text(name, "bad.toml", GOOD, Path::new(""), &[]).unwrap_err().to_string();
        assert!(error.contains("rename the file") && error.len() < 500, "{error}");
    }
}

#[test]
fn a_long_line_is_answered_briefly() {
    let long = "x".repeat(900_000);
    let cases = [
        format!("title = \"{long}\" \n{}", GOOD.replace("title = \"A pair\"", "seed = 1")),
        GOOD.replace("\"USDT\"", &format!("\"{long}\"")),
        GOOD.replace("\"USDT\"", &format!("1{}", "0".repeat(900_000))),
        GOOD.replace("leverage = 10", &format!("{long} = 10")),
        GOOD.replace("asset = \"BTC\"", &format!("asset = \"{long}\"")),
        GOOD.replace("[assets.ETH]", &format!("[assets.{long}]")),
    ];
    for text in cases {
        let message = message(read(&text), "long line");
        assert!(message.len() < 3_000, "{} bytes: {}", message.len(), &message[..300]);
    }
}

#[test]
fn files_that_cannot_be_scenarios() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| -> PathBuf {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let big = format!("{GOOD}# {}", "x".repeat(2 << 20));
    let utf16: Vec<u8> =
        [0xFF, 0xFE].into_iter().chain(GOOD.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let cases = [
        (write("big.toml", big.as_bytes()), "1 MiB"),
        (write("wide.toml", &utf16), "UTF-16"),
        (write("latin.toml", b"title = \"a\"\nx = \"\xE9\"\n"), "latin.toml:2: not valid UTF-8"),
        (write("no name.toml", GOOD.as_bytes()), "rename the file"),
        (folder.path().to_owned(), "regular file"),
        (folder.path().join("absent.toml"), "cannot be read"),
    ];
    for (path, says) in cases {
        let error = load(&path, &[]).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = error.to_string();
        assert!(text.contains(says) && text.contains(&file), "{says}: {text}");
    }
    let good = load(&write("good.toml", GOOD.as_bytes()), &[]).unwrap();
    assert_eq!(good.name, "good");
}

#[test]
fn notes_say_what_has_no_effect() {
    let ignored = read(&GOOD.replace("leverage = 5", "leverage = 5\nmode = \"cross\"")).unwrap();
    assert!(
        ignored.notes.iter().any(|note| note.contains("positions.eth_short.mode is ignored")),
        "{:?}",
        ignored.notes
    );
    assert_eq!(ignored.portfolio.positions[1].collateral, Some(Collateral::Cross));
    let unused = read(&GOOD.replace(
        "asset = \"ETH\"\nside = \"short\"\nquantity = 2",
        "asset = \"BTC\"\nside = \"short\"\nquantity = 0.1",
    ))
    .unwrap();
    assert!(
        unused.notes.iter().any(|note| note.contains("ETH") && note.contains("no position")),
        "{:?}",
        unused.notes
    );
}

#[test]
fn overrides_reach_every_key() {
    let sets = [
        "simulation.paths=5e4",
        "simulation.modes=[\"cross\", \"mixed\"]",
        "simulation.horizon=10d",
        "positions.btc_long.leverage=5",
        "positions.btc_long.mode=isolated",
        "positions.eth_short.mode='cross'",
        "correlation.\"BTC/ETH\"=0.5",
        "assets.BTC.model={ kind = \"gbm\", drift = 0.2, volatility = 0.3 }",
        "venue.liquidation.remainder=return",
        "title=2024-01-01",
        "assets.SOL={ price = 150, model = { kind = \"gbm\", drift = 0, volatility = 1 } }",
        "assets.SOL.price=160",
    ];
    let scenario = read_with(GOOD, &sets).unwrap();
    let expected = [
        ("simulation.paths", "50000"),
        ("simulation.modes", "cross, mixed"),
        ("simulation.steps", "240"),
        ("positions.btc_long.margin", "2000"),
        ("positions.btc_long.mode", "isolated"),
        ("positions.eth_short.mode", "cross"),
        ("correlation.\"BTC/ETH\"", "0.5"),
        ("assets.BTC.model.drift", "0.2"),
        ("venue.liquidation.price", "mark"),
        ("venue.liquidation.remainder", "return"),
        ("title", "2024-01-01"),
        ("assets.SOL.price", "160"),
    ];
    for (key, value) in expected {
        assert_eq!(resolved(&scenario, key), value, "{key}");
    }
}

#[test]
fn overrides_are_checked_like_the_file() {
    let cases = [
        ("positions.btc_long.levrage=3", "did you mean `leverage`"),
        ("simulation.paths=many", "invalid number `many`"),
        ("simulation.modes=[isolated]", "invalid TOML"),
        ("simulation.paths.x=1", "not a table"),
        ("sweep.x=1", "expected a list or a range"),
    ];
    for (set, says) in cases {
        let message = message(read_with(GOOD, &[set]), set);
        assert!(message.contains(says) && message.contains("help: "), "{set}: {message}");
    }
    let shown = message(read_with(GOOD, &["simulation.paths=many"]), "many");
    assert!(shown.starts_with("--set:1:18: invalid number `many`"), "{shown}");
}

#[test]
fn an_override_replaces_what_it_excludes() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("tiers.csv"), TIERS).unwrap();
    let read = |text: &str, sets: &[&str]| {
        let overrides: Vec<Override> = sets.iter().map(|set| parse_override(set)).collect::<Result<_>>()?;
        load_text("pair", "bad.toml", text, folder.path(), &overrides)
    };
    assert_eq!(read(GOOD, &["simulation.steps=10"]).unwrap().settings.steps, 10);
    let steps = GOOD.replace("step = \"1h\"", "steps = 7");
    assert_eq!(read(&steps, &["simulation.step=1d"]).unwrap().settings.steps, 30);
    let tiers = |scenario: Scenario| -> Vec<usize> {
        scenario.portfolio.assets.iter().map(|asset| asset.maintenance.tiers().len()).collect()
    };
    assert_eq!(tiers(read(GOOD, &["assets.ETH.tiers=tiers.csv"]).unwrap()), [1, 3]);
    assert_eq!(tiers(read(GOOD, &["venue.tiers=tiers.csv"]).unwrap()), [3, 1]);
    let both = GOOD
        .replace("preset = \"textbook\"", "tiers = \"tiers.csv\"")
        .replace("maintenance_margin_rate = 0.01", "tiers = \"tiers.csv\"");
    assert_eq!(tiers(read(&both, &["venue.maintenance_margin_rate=0.01"]).unwrap()), [1, 3]);
    assert_eq!(tiers(read(&both, &["assets.ETH.maintenance_margin_rate=0.01"]).unwrap()), [3, 1]);
    // Names are no keys.
    let named = GOOD.replace("[positions.btc_long]", "[positions.step]");
    let sets = ["positions.steps={ asset = \"BTC\", side = \"long\", notional = 100, leverage = 2 }"];
    assert_eq!(read(&named, &sets).unwrap().portfolio.positions.len(), 3);
    // Two overrides that exclude each other are a contradiction.
    let twice = message(read(GOOD, &["simulation.steps=10", "simulation.step=1h"]), "twice");
    assert!(twice.contains("both given"), "{twice}");
}

#[test]
fn an_override_of_a_size_replaces_its_own_kind_or_says_how() {
    let margin = |sets: &[&str]| read_with(GOOD, sets).unwrap().portfolio.positions[0].margin;
    assert_eq!(margin(&["positions.btc_long.margin=1000"]), dec!(1000));
    let text = message(read_with(GOOD, &["positions.btc_long.notional=100"]), "notional");
    let whole = "positions.btc_long={ asset = \"BTC\", side = \"long\", notional = 100, leverage = 2 }";
    assert!(
        text.contains("margin, leverage, notional") && text.contains(&format!("--set '{whole}'")),
        "{text}"
    );
    assert_eq!(margin(&[whole]), dec!(50));
    // Where the file alone is wrong, its own remedy.
    let file = GOOD.replace("leverage = 10", "leverage = 10\nnotional = 100");
    let text = message(read_with(&file, &["positions.btc_long.side=short"]), "file");
    assert!(text.contains("write leverage with one of"), "{text}");
}

#[test]
fn contradicting_correlations_name_the_pair_and_the_value() {
    let sets = [
        "assets.SOL={ price = 150, model = { kind = \"gbm\", drift = 0, volatility = 1 } }",
        "correlation.\"BTC/ETH\"=0.9",
        "correlation.\"BTC/SOL\"=0.9",
        "correlation.\"ETH/SOL\"=0.5",
    ];
    // With 0.9 and 0.9 the third lies above 0.81 − 0.19 = 0.62; 0.5 needs the change 0.1201. With 0.9 and 0.5
    // another lies below 0.45 + sqrt(0.19·0.75) = 0.82749; 0.9 needs the change 0.0726, the least.
    let message = message(read_with(GOOD, &sets), "correlation");
    assert!(message.contains("0.8274") && message.contains("correlation.\"BTC/"), "{message}");
    // The characteristic polynomial t³ − (2·0.81 + 0.25)·t − 2·0.405 in t = λ − 1 has the root −1.0471 (Newton).
    assert!(message.contains("smallest eigenvalue is -0.0471"), "{message}");
    let fixed = [&sets[..2], &["correlation.\"BTC/SOL\"=0.8274"], &sets[3..]].concat();
    assert!(read_with(GOOD, &fixed).is_ok());
}

/// Hourly closes that rise and fall, enough for any check of length.
fn history(closes: impl Fn(i64) -> f64) -> String {
    let mut text = "timestamp,open,high,low,close\n".to_owned();
    for hour in 0..200_i64 {
        let (time, close) = (1_700_000_000_000 / 3_600_000 * 3_600_000 + hour * 3_600_000, closes(hour));
        text.push_str(&format!("{time},{close},{close},{close},{close}\n"));
    }
    text
}

fn with_histories(btc_extra: &str, eth_extra: &str) -> String {
    let model = |file: &str, extra: &str| {
        format!("model = {{ kind = \"bootstrap\", history = \"{file}\", block = \"1d\"{extra} }}")
    };
    GOOD.replace("model = { kind = \"gbm\", drift = 0.0, volatility = 0.65 }", &model("btc.csv", btc_extra))
        .replace("model = { kind = \"gbm\", drift = 0.1, volatility = 0.80 }", &model("eth.csv", eth_extra))
        .replace("[correlation]\n\"BTC/ETH\" = 0.8\n", "")
}

/// A hundred assets whose correlations are all `rho`.
fn hundred(rho: &str) -> String {
    let mut text = "simulation = { horizon = \"1d\", paths = 500 }\naccount.wallet = 1000\n".to_owned();
    for i in 0..100 {
        writeln!(
            text,
            "assets.A{i} = {{ price = 100, model = {{ kind = \"gbm\", drift = 0, volatility = 0.5 }} }}"
        )
        .unwrap();
        writeln!(text, "positions.p{i} = {{ asset = \"A{i}\", side = \"long\", margin = 1, leverage = 5 }}")
            .unwrap();
        for j in 0..i {
            writeln!(text, "correlation.\"A{j}/A{i}\" = {rho}").unwrap();
        }
    }
    text
}

/// Work of the order n⁵ would take minutes here.
#[test]
fn a_hundred_correlated_assets_are_answered_at_once() {
    assert_eq!(read(&hundred("0.5")).unwrap().market.correlation[1], 0.5);
    // Equal correlations have the smallest eigenvalue 1 − 99·0.5 and work up to −1/99.
    let message = message(read(&hundred("-0.5")), "hundred");
    assert!(
        message.contains("smallest eigenvalue is -48.5") && message.contains("multiply all of them by 0.02"),
        "{message}"
    );
}

#[test]
fn histories_are_read_from_the_scenarios_folder() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("btc.csv"), history(|hour| 60_000.0 + (hour % 7) as f64)).unwrap();
    std::fs::write(folder.path().join("eth.csv"), history(|hour| 3_000.0 + (hour % 5) as f64)).unwrap();
    let write = |name: &str, text: String| std::fs::write(folder.path().join(name), text).unwrap();
    let eth = || history(|hour| 3_000.0 + (hour % 5) as f64);
    write(
        "holes.csv",
        eth().lines().filter(|line| !line.contains("3002")).map(|line| format!("{line}\n")).collect(),
    );
    write("bad.csv", eth().replacen("3001", "0", 4));
    write("late.csv", eth().replace("\n1", "\n2"));
    // +8 % an hour: 720 steps drift by 720·ln 1.08 = 55, and the spread of a constant is 24·ln 1.08 = 1.8; +9 %: 62.
    write("rocket.csv", history(|hour| 1e-6 * libm::pow(1.09, hour as f64)));
    write("fast.csv", history(|hour| 1e-6 * libm::pow(1.08, hour as f64)));
    let read = |text: &str| load_text("pair", "bad.toml", text, folder.path(), &[]);
    assert!(read(&with_histories("", "").replace("btc.csv", "fast.csv")).is_ok());
    let scenario = read(&with_histories("", "")).unwrap();
    let history = scenario.market.history.as_ref().unwrap();
    assert_eq!((history.columns, history.rows(), history.mean_block), (2, 199, 24.0));
    assert_eq!(scenario.market.assets[1].process, PriceProcess::Bootstrap(Bootstrap { column: 1 }));
    assert_eq!(scenario.market.correlation, [1.0, 0.0, 0.0, 1.0]);
    let hash = resolved(&scenario, "assets.BTC.model.history");
    assert!(hash.starts_with("sha256:") && hash.len() == 7 + 64, "{hash}");
    assert_eq!(resolved(&scenario, "assets.BTC.model.gaps"), "error");
    let cases = [
        (with_histories("", ", gaps = \"fill\""), "the same block and gaps"),
        (with_histories("", ", gaps = \"skip\""), "expected one of: error, fill"),
        (
            with_histories("", "")
                .replace("[positions.btc_long]", "[correlation]\n\"BTC/ETH\" = 0.8\n[positions.btc_long]"),
            "joint rows",
        ),
        (with_histories("", "").replace("1d", "30m"), "shorter than a step"),
        (with_histories("", "").replace("step = \"1h\"", "steps = 7_000_000"), "whole seconds"),
        (with_histories("", "").replace("eth.csv", "none.csv"), "none.csv"),
        (with_histories("", "").replace("1d", "300h"), "at most 199 steps"),
        (with_histories("", "").replace("step = \"1h\"", "step = \"2h\""), "write step = \"1h\""),
        (with_histories("", "").replace("eth.csv", "holes.csv"), "write gaps = \"fill\""),
        (with_histories("", "").replace("eth.csv", "bad.csv"), "bad.csv:3: the close is `0`"),
        (with_histories("", "").replace("eth.csv", "late.csv"), "no dates in common"),
        (with_histories("", "").replace("btc.csv", "rocket.csv"), "shorten simulation.horizon or the block"),
        (
            with_histories("", "").replace("history = \"eth.csv\", ", ""),
            "missing key `assets.ETH.model.history`",
        ),
    ];
    for (text, says) in cases {
        let message = message(read(&text), says);
        assert!(
            message.contains(says) && message.contains("bad.toml:") && has_remedy(&message),
            "{says}: {message}"
        );
    }
    let places = [
        (
            with_histories("", "").replace("eth.csv", "bad.csv"),
            "`assets.ETH.model.history`: ",
            "bad.toml:27:41",
        ),
        (with_histories("", "").replace("1d", "300h"), "mean block of 300", "bad.toml:22:60"),
        (with_histories("", "").replace("eth.csv", "holes.csv"), "history of ETH", "bad.toml:27:41"),
        (
            with_histories(", gaps = \"error\"", ", gaps = \"error\"").replace("eth.csv", "holes.csv"),
            "history of ETH",
            "bad.toml:27:75",
        ),
        (with_histories("", "").replace("step = \"1h\"", "step = \"2h\""), "step is 2h", "bad.toml:8:8"),
    ];
    for (text, says, place) in places {
        let message = message(read(&text), says);
        assert!(message.contains(says) && message.contains(place), "{says} {place}: {message}");
    }
}

/// The first three tiers of BTCUSDT on 2024-10-24.
const TIERS: &str = "tier,notional_floor,notional_cap,maintenance_margin_rate,max_leverage,maintenance_amount\n\
    1,0,50000,0.004,125,0\n2,50000,600000,0.005,100,50\n3,600000,3000000,0.0065,75,950\n";

#[test]
fn tiers_of_an_asset_go_before_the_venues() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("tiers.csv"), TIERS).unwrap();
    let text = GOOD.replace("preset = \"textbook\"", "tiers = \"tiers.csv\"");
    let scenario = load_text("pair", "bad.toml", &text, folder.path(), &[]).unwrap();
    assert_eq!(scenario.portfolio.assets[0].maintenance.tiers()[2].deduction, dec!(950));
    assert_eq!(scenario.portfolio.assets[1].maintenance.tiers().len(), 1);
    assert_eq!(
        resolved(&scenario, "assets.BTC.tiers"),
        "0.004 above 0, 0.005 above 50000, 0.0065 above 600000"
    );
    assert_eq!(resolved(&scenario, "assets.ETH.maintenance_margin_rate"), "0.01");
    assert_eq!(scenario.notes, Vec::<String>::new());
    // 126x on a notional of 25,200 is in the tier of 125x; 101x on 60,600 in that of 100x. ETH has no tiers.
    for (size, says) in [
        (
            "margin = 200\nleverage = 126",
            "126x at a notional of 25200, but the scenario's own requirement allows 125x for this size",
        ),
        (
            "margin = 600\nleverage = 101",
            "101x at a notional of 60600, but the scenario's own requirement allows 100x for this size",
        ),
    ] {
        let text = text.replace("margin = 2_000\nleverage = 10", size);
        let refused = message(load_text("pair", "bad.toml", &text, folder.path(), &[]), size);
        assert!(refused.contains(says) && refused.contains("bad.toml:36:"), "{refused}");
    }
    // Of an asset's own table it is told.
    let own = GOOD.replace("price = 60_000", "price = 60_000\ntiers = [[0, 0.01, 5]]");
    let refused = message(read(&own), "a table of the asset");
    assert!(refused.contains("the requirement of assets.BTC allows 5x"), "{refused}");
    std::fs::write(folder.path().join("tiers.csv"), TIERS.replace("2,50000", "2,60000")).unwrap();
    let broken = message(load_text("pair", "bad.toml", &text, folder.path(), &[]), "gap");
    for part in ["`venue.tiers`: ", "tiers.csv:3:", "bad.toml:18:9", "leaves a gap"] {
        assert!(broken.contains(part), "{part}: {broken}");
    }
}

#[test]
fn the_default_is_the_shipped_file() {
    let scenario = load_text(DEFAULT_NAME, "default", DEFAULT_TEXT, Path::new(""), &[]).unwrap();
    assert_eq!(scenario.settings.paths, 100_000);
    assert_eq!(scenario.portfolio.positions.len(), 1);
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(format!("{DEFAULT_NAME}.toml"));
    assert_eq!(load(&file, &[]).unwrap(), scenario);
}

fn files(folder: &PathBuf) -> Vec<PathBuf> {
    let all = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    all.filter(|path| path.is_file()).collect()
}

#[test]
fn every_shipped_scenario_loads_without_remarks() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut count = 0;
    for path in [&folder, &folder.join("venues")].into_iter().flat_map(files) {
        let text = std::fs::read_to_string(&path).unwrap();
        let scenario = load(&path, &[]).unwrap_or_else(|error| panic!("{error}"));
        assert!(text.starts_with("# "), "{} opens with its question", path.display());
        assert!(text.contains("Look at: "), "{} says what to look at", path.display());
        assert!(scenario.title != scenario.name && scenario.description.is_some(), "{}", path.display());
        assert_eq!(scenario.notes, Vec::<String>::new(), "{}", path.display());
        count += 1;
    }
    assert!(count >= 11, "{count} scenarios");
}

proptest! {
    // 2,000 mutations take a second or two and reach every stage: syntax, keys, ranges, whole checks.
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_mutation_of_a_good_scenario_panics(
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..4_u8, any::<u8>()), 1..6),
    ) {
        let mut bytes = GOOD.as_bytes().to_vec();
        for (index, kind, byte) in edits {
            let at = index.index(bytes.len());
            match kind {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                2 => { bytes.remove(at); }
                // Digits and signs reach further than arbitrary bytes.
                _ => bytes[at] = b"0123456789-.e\"[]{}=#\n"[usize::from(byte) % 21],
            }
        }
        let text = String::from_utf8_lossy(&bytes);
        if let Err(error) = read(&text) {
            prop_assert_eq!(error.exit_code(), 2);
        }
    }

    #[test]
    fn no_override_panics(key in "[a-zA-Z_.\"'/]{0,30}", value in "\\PC{0,20}") {
        if let Ok(set) = parse_override(&format!("{key}={value}")) {
            let _ = load_text("pair", "bad.toml", GOOD, Path::new(""), &[set]);
        }
    }
}
