//! `ringfence margin`, and the figures of one position behind it.

use std::process::Output;

use proptest::prelude::*;
use ringfence::domain::{
    Basis, Contract, FeeInRequirement, Fees, MarginMode, Requirement, Side, TierTable, Venue,
};
use ringfence::margin::{Backing, OtherPosition, Quote, QuoteError, QuoteInput, quote};
use ringfence::scenario::{Quantity, presets};
use rust_decimal::{Decimal, dec};
use serde_json::Value;

use crate::testkit::command::ringfence;

fn margin(arguments: &str) -> Output {
    let mut command = ringfence(env!("CARGO_MANIFEST_DIR"));
    command.arg("margin").args(arguments.split_whitespace()).output().unwrap()
}

fn printed(arguments: &str) -> String {
    let output = margin(arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn refused(arguments: &str) -> String {
    let output = margin(arguments);
    assert_eq!(output.status.code(), Some(2), "{arguments}");
    assert!(output.stdout.is_empty());
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn json_has_the_six_keys_with_all_their_digits() {
    // A published example: 20,000 at 50x, maintenance 0.5 %.
    let text = printed(
        "--venue bybit --side long --quantity 1 --entry 20000 --leverage 50 --rate 0.005 --taker-fee 0 --json",
    );
    let expected = "{\n  \"initial_margin\": 400,\n  \"maintenance_margin\": 100,\n  \"liquidation_price\": 19700,\n  \
                    \"bankruptcy_price\": 19600,\n  \"unrealized_pnl\": 0,\n  \"margin_ratio\": 4\n}\n";
    assert_eq!(text, expected);
    // 1.5 quotes at 1/3 have no end: as many digits as a decimal holds, more than an f64.
    let text = printed("--venue textbook --side short --quantity 1 --entry 3 --margin 1 --json");
    assert!(text.contains("\"liquidation_price\": 3.980099502487562189054726368"), "{text}");
}

#[test]
fn what_does_not_exist_is_null() {
    let text = printed(
        "--venue textbook --side long --quantity 1 --entry 100 --wallet 200 --mode cross --rate 0 --json",
    );
    let document: Value = serde_json::from_str(&text).unwrap();
    for key in ["initial_margin", "liquidation_price", "bankruptcy_price", "margin_ratio"] {
        assert_eq!(document[key], Value::Null, "{key}");
    }
}

#[test]
fn a_market_brings_its_tiers() {
    // BTCUSDT: 10 short at 60,000 with 12,000: at the price the size stands in the third tier (0.65 %, 950):
    // (12,000 + 950 + 600,000) / (10·1.0065).
    let text = printed(
        "--venue binance-usdm --market BTCUSDT --side short --quantity 10 --entry 60000 --leverage 50 --json",
    );
    let document: Value = serde_json::from_str(&text).unwrap();
    let price = document["liquidation_price"].as_f64().unwrap();
    assert!((price - 612_950.0 / 10.065).abs() < 1e-6, "{price}");
    // And their largest leverages: 100x up to 600,000, 75x above.
    let higher =
        "--venue binance-usdm --market BTCUSDT --side short --quantity 10.001 --entry 60000 --leverage";
    assert!(printed(&format!("{higher} 75")).contains("initial margin"));
    let error = refused(&format!("{higher} 76"));
    assert!(error.contains("leverage 76 exceeds 75") && error.contains("--leverage"), "{error}");
    // Without a market the rate and the leverage of those not listed hold.
    let unlisted = "--venue binance-usdm --side long --quantity 1 --entry 100 --leverage";
    assert!(printed(&format!("{unlisted} 25")).contains("margin"));
    let error = refused(&format!("{unlisted} 26"));
    assert!(error.contains("leverage 26 exceeds 25") && error.contains("--leverage"), "{error}");
    // A rate of one's own knows no tiers.
    assert!(printed(&format!("{higher} 76 --rate 0.005")).contains("initial margin"));
}

#[test]
fn a_contract_of_ones_own_and_a_wallet() {
    // A venue's example: 10,000 at 8,000 with half a coin; the fee of closing at the bankruptcy price is part of both.
    let text = printed(
        "--venue bybit --contract inverse --side long --quantity 10000 --entry 8000 --wallet 0.5 --mode cross \
         --rate 0.005 --taker-fee 0.00075 --json",
    );
    let document: Value = serde_json::from_str(&text).unwrap();
    assert!((document["bankruptcy_price"].as_f64().unwrap() - 5718.57).abs() < 0.005);
    assert_eq!((document["liquidation_price"].as_f64().unwrap() * 2.0).ceil() / 2.0, 5739.5);
    // Without a rate, the venue's of markets it does not list, 2 %; a market's tiers count dollars, not coins.
    let inverse =
        "--venue binance-usdm --contract inverse --side long --quantity 60000 --entry 60000 --leverage 20";
    let document: Value = serde_json::from_str(&printed(&format!("{inverse} --json"))).unwrap();
    assert_eq!(document["maintenance_margin"].as_f64(), Some(0.02));
    let error = refused(&format!("{inverse} --market BTCUSDT"));
    assert!(error.contains("--contract is inverse") && error.contains("--rate"), "{error}");
    let own = printed(&format!("{inverse} --market BTCUSDT --rate 0.01 --json"));
    assert!(own.contains("\"maintenance_margin\": 0.01,"), "{own}");
}

#[test]
fn the_table_has_words() {
    let text = printed(
        "--venue okx --market ETH-USDT-SWAP --side long --quantity 0.1 --entry 3011 --mark 3010.54 --margin 30.11",
    );
    for words in [
        "long 0.1 at 3011, mark 3010.54",
        "okx, linear, isolated",
        "liquidation price   2722.14967353",
        "22.19",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
}

#[test]
fn the_ratio_is_told_as_the_venue_triggers() {
    let at =
        |venue: &str| printed(&format!("--venue {venue} --side long --quantity 1 --entry 100 --leverage 5"));
    assert!(at("textbook").contains("liquidated at 1\n"));
    assert!(at("dydx").contains("liquidated below 1\n"));
}

#[test]
fn wrong_flags_are_named_with_a_remedy() {
    let rest = "--side long --quantity 1 --entry 100";
    for (arguments, words) in [
        (
            "--venue binance-usd --side long --quantity 1 --entry 100 --leverage 5".to_owned(),
            "did you mean `binance-usdm`",
        ),
        (format!("--venue textbook {rest}"), "pass --margin, --leverage or --wallet"),
        (format!("--venue textbook {rest} --mode cross --leverage 5"), "--wallet 1000"),
        (
            format!("--venue textbook {rest} --mode cross --margin 5 --wallet 5"),
            "--margin applies to isolated positions",
        ),
        (
            format!("--venue textbook {rest} --mode isolated --wallet 5"),
            "--wallet applies to cross positions",
        ),
        (format!("--venue textbook {rest} --mode mixed --wallet 5"), "isolated or cross"),
        (format!("--venue textbook {rest} --leverage 0"), "greater than 0"),
        (format!("--venue textbook {rest} --leverage x"), "not a number"),
        (format!("--venue textbook {rest} --margin -1"), "--margin is -1; expected greater than 0"),
        (format!("--venue textbook {rest} --margin 0"), "--margin is 0; expected greater than 0"),
        (format!("--venue textbook {rest} --wallet 0"), "--wallet is 0; expected greater than 0"),
        (format!("--venue textbook {rest} --wallet -5"), "--wallet is -5; expected greater than 0"),
        (
            format!("--venue textbook {rest} --margin 1e40"),
            "invalid value `1e40` for --margin: it is too large",
        ),
        (format!("--venue textbook {rest} --margin 1e-40"), "more than 28 digits"),
        (
            format!("--venue textbook {rest} --leverage 5 --rate 5"),
            "--rate is 5; expected 0 and more, below 1",
        ),
        (
            format!("--venue textbook {rest} --leverage 5 --rate 1"),
            "--rate is 1; expected 0 and more, below 1",
        ),
        (format!("--venue textbook {rest} --leverage 5 --rate -0.1"), "--rate is -0.1; expected"),
        (
            format!("--venue textbook {rest} --leverage 5 --rate 0.01 --deduction -1"),
            "--deduction is -1; expected 0 and more",
        ),
        // The rate asks for 1 % of 100.
        (
            format!("--venue textbook {rest} --leverage 5 --rate 0.01 --deduction 1.01"),
            "--deduction is 1.01, so that the maintenance margin is negative; expected 0 to 1",
        ),
        (format!("--venue Binance-USDM {rest} --leverage 5"), "did you mean `binance-usdm`"),
        (format!("--venue binance-usdm {rest} --leverage 5 --market btcusdt"), "did you mean `BTCUSDT`"),
        (format!("--venue hyperliquid {rest} --leverage 5 --market nothing"), ", …; or remove --market"),
        (format!("--venue textbook {rest} --leverage 5 --deduction 5"), "--deduction needs --rate"),
        (format!("--venue textbook {rest} --leverage 5 --mark -2"), "--mark is -2"),
        (format!("--venue binance-usdm {rest} --leverage 5 --market BTCUSD"), "did you mean `BTCUSDT`"),
        ("--venue textbook --side up --quantity 1 --entry 1 --margin 1".to_owned(), "long or short"),
        (
            "--venue textbook --side long --quantity 1e20 --entry 1e20 --margin 1".to_owned(),
            "needs more than 28 digits",
        ),
    ] {
        let error = refused(&arguments);
        assert!(error.contains(words), "{arguments}: {error}");
    }
}

fn venue(contract: Contract, basis: Basis, fee: FeeInRequirement, taker: Decimal) -> Venue {
    let fees = Fees { taker, maker: taker };
    Venue { contract, basis, fee_in_requirement: fee, fees, ..Venue::textbook() }
}

fn ask<'a>(
    venue: &'a Venue,
    maintenance: &'a Requirement,
    side: Side,
    backing: Backing<'a>,
) -> QuoteInput<'a> {
    let (quantity, entry, mark) = (dec!(2), dec!(100), dec!(110));
    QuoteInput {
        venue,
        maintenance,
        max_leverage: None,
        side,
        quantity,
        entry,
        mark,
        leverage: None,
        backing,
    }
}

#[test]
fn the_initial_margin_is_at_entry_alone_and_at_the_basis_in_a_pool() {
    let flat = Requirement::flat(dec!(0.01));
    let initial = |basis, backing| {
        let venue = venue(Contract::Linear, basis, FeeInRequirement::None, dec!(0));
        let input = QuoteInput { leverage: Some(dec!(10)), ..ask(&venue, &flat, Side::Long, backing) };
        quote(&input).unwrap().initial_margin
    };
    let (alone, pool) =
        (Backing::Isolated { margin: Some(dec!(5)) }, Backing::Cross { wallet: dec!(50), others: &[] });
    assert_eq!(initial(Basis::Mark, alone), Some(dec!(20)));
    assert_eq!(initial(Basis::Entry, pool), Some(dec!(20)));
    assert_eq!(initial(Basis::Mark, pool), Some(dec!(22)));
}

#[test]
fn without_leverage_the_margin_or_the_least_allowed_tells() {
    let plain = venue(Contract::Linear, Basis::Entry, FeeInRequirement::None, dec!(0));
    let flat = Requirement::flat(dec!(0.01));
    let get = |input: &QuoteInput| quote(input).unwrap().initial_margin;
    let alone = ask(&plain, &flat, Side::Long, Backing::Isolated { margin: Some(dec!(7)) });
    assert_eq!(get(&alone), Some(dec!(7)));
    let pool = ask(&plain, &flat, Side::Long, Backing::Cross { wallet: dec!(50), others: &[] });
    assert_eq!(get(&pool), None);
    assert_eq!(get(&QuoteInput { max_leverage: Some(dec!(40)), ..pool }), Some(dec!(5)));
    let nothing = ask(&plain, &flat, Side::Long, Backing::Isolated { margin: None });
    assert_eq!(quote(&nothing), Err(QuoteError::OutOfRange));
}

#[test]
fn a_slope_tightens_the_leverage_of_large_sizes() {
    // 1/50 = 2 %, and 0.5 % a unit: 3 % of two units, 33.3x.
    let plain = venue(Contract::Linear, Basis::Entry, FeeInRequirement::None, dec!(0));
    let slope = Requirement::Slope { base: dec!(0.01), slope: dec!(0.005) };
    let pool = ask(&plain, &slope, Side::Long, Backing::Cross { wallet: dec!(50), others: &[] });
    let input = QuoteInput { max_leverage: Some(dec!(50)), ..pool };
    assert_eq!(quote(&input).unwrap().initial_margin, Some(dec!(6)));
    assert!(quote(&QuoteInput { leverage: Some(dec!(33)), ..input }).is_ok());
    let Err(QuoteError::LeverageTooHigh { most, .. }) =
        quote(&QuoteInput { leverage: Some(dec!(34)), ..input })
    else {
        panic!("34x is more than 33.3x");
    };
    assert_eq!(most.round_dp(2), dec!(33.33));
}

#[test]
fn a_fee_set_aside_is_reckoned_with_the_initial_margin() {
    let flat = Requirement::flat(dec!(0.01));
    let at = |contract, fee, side| -> Quote {
        let venue = venue(contract, Basis::Entry, fee, dec!(0.01));
        let alone = Backing::Isolated { margin: None };
        let input = QuoteInput { leverage: Some(dec!(4)), ..ask(&venue, &flat, side, alone) };
        quote(&input).unwrap()
    };
    use FeeInRequirement::{TakerAtBankruptcy, TakerAtEntry};
    // N = 200, margin 50: bankrupt at a notional of 150 (long) or 250 (short); at entry: 250 for both.
    let long = at(Contract::Linear, TakerAtBankruptcy, Side::Long);
    assert_eq!((long.set_aside, long.initial_margin), (dec!(1.5), Some(dec!(51.5))));
    assert_eq!(at(Contract::Linear, TakerAtBankruptcy, Side::Short).set_aside, dec!(2.5));
    let entry = at(Contract::Linear, TakerAtEntry, Side::Long);
    assert_eq!((entry.set_aside, entry.initial_margin), (dec!(2.5), Some(dec!(50))));
    // N = 0.02 coin, margin 0.005: 0.025 for a long, whose coin falls; 0.015 for a short.
    assert_eq!(at(Contract::Inverse, TakerAtBankruptcy, Side::Long).set_aside, dec!(0.00025));
    assert_eq!(at(Contract::Inverse, TakerAtBankruptcy, Side::Short).set_aside, dec!(0.00015));
    // A pool that is never bankrupt sets nothing aside; one without leverage cannot tell the fee at entry.
    let bankrupt = venue(Contract::Linear, Basis::Entry, TakerAtBankruptcy, dec!(0.01));
    let rich = ask(&bankrupt, &flat, Side::Long, Backing::Cross { wallet: dec!(500), others: &[] });
    assert_eq!(quote(&rich).unwrap().set_aside, Decimal::ZERO);
    // 80 + 2·(P − 100) = 0.01·2·P: P = 120/1.98.
    let poor = ask(&bankrupt, &flat, Side::Long, Backing::Cross { wallet: dec!(80), others: &[] });
    let price = quote(&poor).unwrap().bankruptcy_price.unwrap();
    assert!((price - dec!(120) / dec!(1.98)).abs() < dec!(0.00000000000000000001));
    let at_entry = venue(Contract::Linear, Basis::Entry, TakerAtEntry, dec!(0.01));
    let unknown = ask(&at_entry, &flat, Side::Long, Backing::Cross { wallet: dec!(80), others: &[] });
    assert_eq!(quote(&unknown), Err(QuoteError::LeverageNeeded));
}

#[test]
fn numbers_of_no_sense_are_refused() {
    let plain = venue(Contract::Inverse, Basis::Mark, FeeInRequirement::None, dec!(0));
    let line = Requirement::Lines(TierTable::line(dec!(0.5), dec!(3)));
    let input = ask(&plain, &line, Side::Short, Backing::Cross { wallet: dec!(1), others: &[] });
    let zero = Decimal::ZERO;
    for input in [
        QuoteInput { quantity: zero, ..input },
        QuoteInput { entry: zero, ..input },
        QuoteInput { mark: -Decimal::ONE, ..input },
        QuoteInput { leverage: Some(zero), ..input },
        QuoteInput { max_leverage: Some(zero), ..input },
        QuoteInput { quantity: Decimal::MAX, entry: dec!(0.1), ..input },
    ] {
        assert_eq!(quote(&input), Err(QuoteError::OutOfRange));
    }
}

proptest! {
    /// Numbers of any size and sign: figures or a refusal, never a panic.
    #[test]
    fn no_number_breaks_a_quote(
        numbers in prop::collection::vec((any::<i128>(), 0_u32..29, 0_u32..96), 9),
        kinds in (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>(), 0..5_usize),
    ) {
        let number = |i: usize| {
            let (mantissa, scale, shift) = numbers[i];
            Decimal::try_from_i128_with_scale(mantissa >> (32 + shift), scale).unwrap_or_default()
        };
        let (linear, at_mark, long, isolated, fee) = kinds;
        let fee = [
            FeeInRequirement::None,
            FeeInRequirement::Taker,
            FeeInRequirement::Liquidation,
            FeeInRequirement::TakerAtBankruptcy,
            FeeInRequirement::TakerAtEntry,
        ][fee];
        let contract = if linear { Contract::Linear } else { Contract::Inverse };
        let venue = venue(contract, if at_mark { Basis::Mark } else { Basis::Entry }, fee, number(0));
        let slope = Requirement::Slope { base: number(1), slope: number(2) };
        let line = Requirement::Lines(TierTable::line(number(1), number(2)));
        let other = OtherPosition {
            maintenance: line.clone(),
            side: Side::Short,
            quantity: number(7),
            entry: number(8),
            mark: number(4),
        };
        let others = [other];
        let input = QuoteInput {
            quantity: number(3).abs(),
            entry: number(4).abs(),
            mark: number(5).abs(),
            leverage: long.then(|| number(6).abs()),
            max_leverage: at_mark.then(|| number(7).abs()),
            ..ask(
                &venue,
                if linear { &line } else { &slope },
                if long { Side::Long } else { Side::Short },
                match isolated {
                    true => Backing::Isolated { margin: Some(number(8)) },
                    false => Backing::Cross { wallet: number(8), others: &others },
                },
            )
        };
        let _ = quote(&input);
    }
}

/// What every preset's file gives as its own proof; its maintenance margins hold every fee of the requirement.
#[test]
fn worked_examples_of_the_presets_are_given_back() {
    let mut checked = 0;
    for preset in presets().unwrap() {
        for example in &preset.examples {
            let fees = Fees { taker: example.taker_fee, maker: example.taker_fee };
            let venue = Venue { contract: example.contract, fees, ..preset.rules.venue.clone() };
            let backing = match example.mode {
                MarginMode::Isolated => Backing::Isolated { margin: example.margin },
                _ => Backing::Cross { wallet: example.wallet.unwrap(), others: &[] },
            };
            let figures = quote(&QuoteInput {
                venue: &venue,
                maintenance: &example.requirement.requirement,
                max_leverage: None,
                side: example.side,
                quantity: example.quantity,
                entry: example.entry,
                mark: example.mark,
                leverage: example.leverage,
                backing,
            })
            .unwrap();
            for expected in &example.expected {
                let figure = match expected.what {
                    Quantity::LiquidationPrice => figures.liquidation_price,
                    Quantity::BankruptcyPrice => figures.bankruptcy_price,
                    Quantity::MaintenanceMargin => Some(figures.requirement),
                    Quantity::InitialMargin => figures.initial_margin,
                    Quantity::UnrealizedPnl => Some(figures.unrealized_pnl),
                };
                let near = figure.is_some_and(|value| (value - expected.value).abs() <= example.tolerance);
                assert!(near, "{}, {}: {:?} is {figure:?}", preset.name, example.source, expected);
                checked += 1;
            }
        }
    }
    assert!(checked >= 24, "{checked} figures");
}
