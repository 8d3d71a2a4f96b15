//! Venue files: every preset loads and gives its published numbers back, every key overrides, every flaw is told.

use std::fmt::Write as _;
use std::path::Path;

use ringfence::domain::{
    Account, Asset, Basis, Clock, Contract, Debit, Decimal, FeeInRequirement, FillPrice, FundingRates,
    MarginMode, Order, Orders, Portfolio, Position, Remainder, Requirement, Side, Slippage, StepKind,
    TopUpAmount, Trigger, Venue,
};
use ringfence::error::Result;
use ringfence::margin::{BookPlan, BookState, Ledger, Partition, requirement};
use ringfence::paths::LANES;
use ringfence::scenario::{
    Example, Override, Preset, Quantity, Scenario, load_text, parse_override, presets, read_preset,
};
use rust_decimal::dec;

use crate::testkit::scenario::has_remedy;

fn preset(name: &str) -> Preset {
    presets().unwrap().into_iter().find(|preset| preset.name == name).unwrap()
}

const BASE: &str = r#"
[simulation]
horizon = "30d"
step = "1h"
paths = 10
[account]
wallet = 10_000
[venue]
preset = "textbook"
[assets.BTC]
price = 60_000
model = { kind = "gbm", drift = 0.0, volatility = 0.65 }
[positions.long]
asset = "BTC"
side = "long"
margin = 2_000
leverage = 10
"#;

fn read_in(folder: &Path, text: &str, sets: &[&str]) -> Result<Scenario> {
    let overrides: Vec<Override> = sets.iter().map(|set| parse_override(set)).collect::<Result<_>>()?;
    load_text("base", "base.toml", text, folder, &overrides)
}

fn read(sets: &[&str]) -> Result<Scenario> {
    read_in(Path::new(""), BASE, sets)
}

fn refused(sets: &[&str]) -> String {
    read(sets).err().map_or_else(|| panic!("accepted: {sets:?}"), |error| error.to_string())
}

#[test]
fn every_preset_loads_and_says_where_it_is_from() {
    let all = presets().unwrap();
    let names: Vec<&str> = all.iter().map(|preset| preset.name.as_str()).collect();
    let expected =
        "textbook binance-usdm binance-coinm bybit bybit-uta okx hyperliquid dydx deribit bitmex kraken";
    assert_eq!(names.join(" "), expected);
    for preset in &all {
        let name = &preset.name;
        assert!(!preset.summary.is_empty() && preset.summary.len() < 120, "{name}");
        assert!(preset.date.starts_with("20") && preset.date.len() >= 7, "{name}: {}", preset.date);
        assert!(!preset.sources.is_empty() && !preset.examples.is_empty(), "{name}");
        assert!(
            *name == "textbook" || (preset.notes.len() > 3 && !preset.rules.markets.is_empty()),
            "{name}"
        );
        assert_eq!(preset.rules.venue.preset, *name);
        // A scenario that names it and nothing else means the same.
        let set = format!("venue.preset={name}");
        let wallet =
            if preset.rules.venue.contract == Contract::Inverse { "account.wallet=3000" } else { "title=x" };
        let modes = "simulation.modes=[\"isolated\", \"cross\"]";
        let leverage = "positions.long.leverage=5";
        assert_eq!(
            read(&[&set, wallet, modes, leverage]).unwrap().portfolio.venue,
            preset.rules.venue,
            "{name}"
        );
    }
}

/// c_1 = 0 and c_k = c_(k−1) + F_k·(r_k − r_(k−1)), by hand from the tables that venues print amounts in.
#[test]
fn tables_satisfy_the_recurrence() {
    let mut tiers = 0;
    for preset in presets().unwrap() {
        for market in &preset.rules.markets {
            let Some(own) = &market.requirement else { continue };
            let table = own.requirement.tiers();
            for pair in table.windows(2) {
                let step = pair[1].floor * (pair[1].rate - pair[0].rate);
                assert!(
                    pair[1].rate > pair[0].rate && pair[1].floor > pair[0].floor,
                    "{} {}",
                    preset.name,
                    market.name
                );
                assert!((pair[0].deduction + step - pair[1].deduction).abs() < dec!(1e-8), "{}", market.name);
            }
            assert!(own.max_leverages.windows(2).all(|pair| pair[1] <= pair[0]), "{}", market.name);
            tiers += table.len();
        }
    }
    assert!(tiers > 200, "{tiers}");
    let last = |preset: &Preset, market: &str| {
        let own = preset.rules.market(market).unwrap().requirement.clone().unwrap();
        own.requirement.tiers().last().unwrap().deduction
    };
    // As the venues print them.
    assert_eq!(last(&preset("binance-usdm"), "BTCUSDT"), dec!(421481450));
    assert_eq!(last(&preset("binance-usdm"), "ETHUSDT"), dec!(280506450));
    assert_eq!(last(&preset("bybit-uta"), "BTCUSDT"), dec!(242382510));
    assert_eq!(last(&preset("bybit"), "BTCUSDT"), dec!(1482000));
}

/// The account of a worked example.
fn portfolio(example: &Example, venue: &Venue) -> (Portfolio, MarginMode) {
    let mut venue = venue.clone();
    venue.contract = example.contract;
    venue.fees.taker = example.taker_fee;
    let notional = match example.contract {
        Contract::Linear => example.quantity * example.entry,
        Contract::Inverse => example.quantity / example.entry,
    };
    let leverage = example.leverage.unwrap_or(Decimal::TEN);
    let margin = example.margin.unwrap_or(notional / leverage);
    let position = Position {
        name: "p".to_owned(),
        asset: 0,
        side: example.side,
        quantity: example.quantity,
        margin,
        leverage,
        collateral: None,
        entry_fee: Decimal::ZERO,
        orders: Orders::default(),
    };
    let asset = Asset {
        name: "A".to_owned(),
        price: example.entry,
        maintenance: example.requirement.requirement.clone(),
        lot: dec!(0.00000001),
        funding: FundingRates::default(),
    };
    let wallet = example.wallet.unwrap_or(notional * dec!(2));
    let account = Account { wallet, currency: "USD".to_owned() };
    (Portfolio { account, venue, assets: vec![asset], positions: vec![position] }, example.mode)
}

fn is_liquidated_at(portfolio: &Portfolio, mode: MarginMode, mark: Decimal) -> bool {
    let clock = Clock { horizon_seconds: 3_600, steps: 10 };
    let mut ledger = Ledger::open(portfolio, mode, clock, 0);
    ledger.step(1, &[mark]).unwrap();
    let plan = BookPlan::new(portfolio, mode, clock);
    let mut kernel = BookState::open(&plan);
    let row = [mark.to_string().parse().unwrap(); LANES];
    kernel.step(&plan, 1, |_| &row, None);
    let liquidated = ledger.liquidated_at(0).is_some();
    assert_eq!(kernel.liquidated_at(0, 5).is_some(), liquidated, "the kernel at {mark}");
    liquidated
}

/// Published liquidation prices against the ledger and the kernel themselves: a little on the safe side nothing happens, a little beyond
/// the position is liquidated.
#[test]
fn worked_examples_hold() {
    let mut wrong = String::new();
    let mut count = 0;
    for preset in presets().unwrap() {
        for example in &preset.examples {
            let (portfolio, mode) = portfolio(example, &preset.rules.venue);
            for expected in &example.expected {
                count += 1;
                let what = format!("{} {} {}", preset.name, expected.what.name(), expected.value);
                if let Err(found) = holds(example, &portfolio, mode, expected.what, expected.value) {
                    writeln!(wrong, "{what}: {found}").unwrap();
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(count >= 25, "{count} numbers");
}

fn holds(
    example: &Example,
    portfolio: &Portfolio,
    mode: MarginMode,
    what: Quantity,
    value: Decimal,
) -> std::result::Result<(), String> {
    let s = example.side.sign();
    let near = |found: Decimal| {
        ((found - value).abs() <= example.tolerance).then_some(()).ok_or_else(|| format!("found {found}"))
    };
    let notional = |price: Decimal| match example.contract {
        Contract::Linear => example.quantity * price,
        Contract::Inverse => example.quantity / price,
    };
    // Profit: s·q·(P − E), or s·q·(1/E − 1/P).
    let profit = |price: Decimal| match example.contract {
        Contract::Linear => s * (notional(price) - notional(example.entry)),
        Contract::Inverse => s * (notional(example.entry) - notional(price)),
    };
    match what {
        Quantity::LiquidationPrice => {
            // A billionth beyond the tolerance, since prices have no more digits than that.
            let by = example.tolerance + value * dec!(1e-9);
            let (safe, beyond) = (value + s * by, value - s * by);
            match [safe, beyond].map(|mark| is_liquidated_at(portfolio, mode, mark)) {
                [false, true] => Ok(()),
                found => Err(format!("liquidated at {safe} and {beyond}: {found:?}")),
            }
        }
        Quantity::BankruptcyPrice => {
            // What is set aside for the fee of closing does not move the price where the margin is used up.
            let money = match example.mode {
                MarginMode::Isolated => portfolio.positions[0].margin,
                _ => portfolio.account.wallet,
            };
            let at = |price: Decimal| (money + profit(price)).is_sign_negative();
            let by = example.tolerance + value * dec!(1e-12);
            match [value + s * by, value - s * by].map(at) {
                [false, true] => Ok(()),
                found => Err(format!("{found:?}")),
            }
        }
        Quantity::MaintenanceMargin => {
            let pool = &Partition::new(portfolio, mode).pools[0];
            near(requirement(portfolio, pool, &[example.mark]).unwrap())
        }
        Quantity::InitialMargin => near(notional(example.mark) / example.leverage.unwrap()),
        Quantity::UnrealizedPnl => near(profit(example.mark)),
    }
}

#[test]
fn every_key_of_a_venue_overrides_its_preset() {
    let venue = |sets: &[&str]| read(sets).unwrap().portfolio.venue;
    let set = |key: &str| venue(&[&format!("venue.{key}")]);
    assert_eq!(set("trigger=lt").trigger, Trigger::Below);
    assert_eq!(set("taker_fee=0.001").fees.taker, dec!(0.001));
    assert_eq!(set("maker_fee=-0.0001").fees.maker, dec!(-0.0001));
    assert_eq!(set("requirement_basis=entry").basis, Basis::Entry);
    assert_eq!(
        set("fee_in_requirement=taker_at_bankruptcy").fee_in_requirement,
        FeeInRequirement::TakerAtBankruptcy
    );
    assert_eq!(set("liquidation.price=bankruptcy").liquidation.first_price(), FillPrice::Bankruptcy);
    assert_eq!(set("liquidation.remainder=return").liquidation.remainder, Remainder::Return);
    assert_eq!(set("liquidation.order=largest_requirement").liquidation.order, Order::LargestRequirement);
    assert_eq!(set("liquidation.fee=0.0125").liquidation.fee, dec!(0.0125));
    assert_eq!(venue(&["venue.taker_fee=0.002", "venue.liquidation.fee=taker"]).liquidation.fee, dec!(0.002));
    assert_eq!(set("liquidation.slippage=0.002").liquidation.slippage, Slippage::Fixed(dec!(0.002)));
    let law = Slippage::SquareRoot { impact: dec!(0.1), daily_volume: dec!(1000000000) };
    assert_eq!(set("liquidation.slippage={ impact = 0.1, daily_volume = 1e9 }").liquidation.slippage, law);
    assert_eq!(set("liquidation.backstop=0.5").liquidation.backstop, Some(dec!(0.5)));
    let kinds = |sets: &[&str]| -> Vec<(StepKind, FillPrice)> {
        venue(sets).liquidation.steps.iter().map(|step| (step.kind, step.price)).collect()
    };
    let (mark, bankruptcy) = (FillPrice::Mark, FillPrice::Bankruptcy);
    let tiered = |tiers, above_first_tier| StepKind::Tiered { tiers, above_first_tier };
    assert_eq!(
        kinds(&["venue.liquidation.procedure=tiered", "venue.liquidation.price=bankruptcy"]),
        [(tiered(1, false), mark), (StepKind::Full, bankruptcy)]
    );
    assert_eq!(
        kinds(&["venue.liquidation.procedure=cover", "venue.liquidation.order=largest_loss"]),
        [(StepKind::Cover, mark), (StepKind::Full, mark)]
    );
    let fraction = |fraction, repeat| StepKind::Fraction {
        fraction,
        above_notional: Decimal::ZERO,
        least_notional: Decimal::ZERO,
        cooldown_seconds: 0,
        repeat,
    };
    assert_eq!(
        kinds(&["venue.liquidation.procedure=fraction", "venue.liquidation.fraction=0.25"]),
        [(fraction(dec!(0.25), false), mark), (StepKind::Full, mark)]
    );
    let steps = "venue.liquidation.steps=[{ kind = \"tiered\", tiers = 2, above_first_tier = true }, { kind = \"full\", \
                 price = \"bankruptcy\" }]";
    assert_eq!(kinds(&[steps]), [(tiered(2, true), mark), (StepKind::Full, bankruptcy)]);
    let funding = venue(&[
        "venue.funding.interval=4h",
        "venue.funding.debit=available_then_margin",
        "venue.funding.floor_at_requirement=true",
    ])
    .funding;
    assert_eq!(
        (funding.interval_seconds, funding.debit, funding.floor_at_requirement),
        (14_400, Debit::AvailableThenMargin, true)
    );
    let fillable = venue(&[
        "venue.liquidation.price=fillable",
        "venue.liquidation.fillable={ spread = 2, adjustment = 3 }",
        "venue.liquidation.steps=[{ kind = \"fraction\", fraction = 0.1, least_notional = 1000, cooldown = \"2h\", \
         above_notional = 0, repeat = true }]",
    ])
    .liquidation;
    assert_eq!(fillable.fillable.map(|f| (f.spread, f.adjustment)), Some((dec!(2), dec!(3))));
    assert_eq!(fillable.steps[0].price, FillPrice::Fillable);
    // A written procedure replaces a preset's list of steps, and the other way round.
    let replaced = ["venue.preset=binance-usdm", "venue.liquidation.procedure=full"];
    assert_eq!(kinds(&replaced), [(StepKind::Full, bankruptcy)]);
    let both =
        refused(&["venue.liquidation.procedure=full", "venue.liquidation.steps=[{ kind = \"full\" }]"]);
    assert!(both.contains("both given"), "{both}");
}

#[test]
fn requirements_come_from_the_asset_the_scenario_the_market_and_the_default() {
    let first = |sets: &[&str]| {
        let scenario = read(&[&["venue.preset=binance-usdm"], sets].concat()).unwrap();
        let asset = &scenario.portfolio.assets[0];
        (asset.maintenance.first_rate(), asset.maintenance.tiers().len(), asset.lot, scenario.notes)
    };
    let (rate, tiers, _, notes) = first(&[]);
    assert_eq!((rate, tiers), (dec!(0.02), 1));
    let note = "BTC names no market of binance-usdm, whose default applies: a maintenance margin rate of 0.02 and at most \
                25x; write market = \"BTCUSDT\" (near: BTCUSDT, BTCUSDC)";
    assert_eq!(notes, [note]);
    let (rate, tiers, lot, notes) = first(&["assets.BTC.market=BTCUSDT"]);
    assert_eq!((rate, tiers, lot, notes.len()), (dec!(0.004), 12, dec!(0.001), 0));
    let (rate, tiers, lot, _) = first(&["assets.BTC.market=BTCUSDT", "venue.maintenance_margin_rate=0.03"]);
    assert_eq!((rate, tiers, lot), (dec!(0.03), 1, dec!(0.001)));
    let (rate, ..) =
        first(&["venue.maintenance_margin_rate=0.03", "assets.BTC.maintenance_margin_rate=0.04"]);
    assert_eq!(rate, dec!(0.04));
    let (rate, tiers, ..) = first(&["assets.BTC.tiers=[[0, 0.01, 50], [1000, 0.02, 20, 10]]"]);
    assert_eq!((rate, tiers), (dec!(0.01), 2));
    let (.., lot, _) = first(&["assets.BTC.market=BTCUSDT", "assets.BTC.lot=0.5"]);
    assert_eq!(lot, dec!(0.5));
    let (rate, ..) =
        first(&["assets.BTC.market=BTCUSDT", "venue.markets.BTCUSDT.maintenance_margin_rate=0.07"]);
    assert_eq!(rate, dec!(0.07));
    // Where the name of the asset is one of a market no key is needed.
    let own = read(&["venue.preset=hyperliquid"]).unwrap();
    assert_eq!((own.portfolio.assets[0].maintenance.first_rate(), own.notes.len()), (dec!(0.0125), 0));
    // Steps and slopes.
    let okx = read(&["venue.preset=okx", "assets.BTC.market=BTC-USDT-SWAP"]).unwrap();
    assert!(matches!(&okx.portfolio.assets[0].maintenance, Requirement::Steps(steps) if steps.len() == 2));
    let slope = read(&["venue.base=0.01", "venue.slope=0.00005"]).unwrap();
    let expected = Requirement::Slope { base: dec!(0.01), slope: dec!(0.00005) };
    assert_eq!(slope.portfolio.assets[0].maintenance, expected);
}

#[test]
fn leverages_above_the_cap_are_refused_with_both_numbers() {
    let binance = ["venue.preset=binance-usdm", "assets.BTC.market=BTCUSDT"];
    let with = |sets: &[&'static str]| [&binance[..], sets].concat();
    // 400·125 = 50,000, in the first tier; 500·125 = 62,500 in the second, of 100x.
    assert!(read(&with(&["positions.long.margin=400", "positions.long.leverage=125"])).is_ok());
    let text = refused(&with(&["positions.long.margin=500", "positions.long.leverage=125"]));
    assert!(text.contains("125x at a notional of 62500, but binance-usdm allows 100x"), "{text}");
    assert!(text.contains("write leverage = 100 or lower"), "{text}");
    // By quantity: 10 BTC stand in the first tier of 100x, more in the second of 66.66x.
    let okx = |quantity: &str| {
        let set = format!(
            "positions.long={{ asset = \"BTC\", side = \"long\", quantity = {quantity}, leverage = 80 }}"
        );
        read(&["venue.preset=okx", "assets.BTC.market=BTC-USDT-SWAP", "account.wallet=1e6", &set])
    };
    assert!(okx("10").is_ok());
    assert!(okx("10.1").unwrap_err().to_string().contains("okx allows 66.66x"));
}

/// What a scenario writes over a venue either counts or is refused.
#[test]
fn no_override_is_without_effect() {
    let binance = ["venue.preset=binance-usdm", "assets.BTC.market=BTCUSDT"];
    let cases: &[(&[&str], &[&str])] = &[
        // A cap for all markets, and for one; the scenario asks for 10x.
        (&["venue.max_leverage=5"], &["10x at a notional of 20000", "under venue.max_leverage allows 5x"]),
        (&["venue.markets.BTCUSDT.max_leverage=5"], &["allows 5x"]),
        (&["venue.max_leverage=5", "assets.BTC.maintenance_margin_rate=0.01"], &["assets.BTC allows 5x"]),
        (&["venue.max_leverage=5", "venue.maintenance_margin_rate=0.01"], &["own requirement allows 5x"]),
        (&["venue.tiers=[[0, 0.01, 50]]", "venue.max_leverage=5"], &["own requirement allows 5x"]),
        (&["venue.liquidation.fraction=0.2"], &["`venue.liquidation.fraction` has no effect when"]),
        (&["venue.requirement=steps"], &["`venue.requirement` differs from `lines`", "venue.tiers"]),
        (&["venue.contract=inverse"], &["`venue.contract` differs from `linear`", "venue.tiers"]),
        (&["venue.markets.BTCUSD.lot=1"], &["does not list `BTCUSD`", "did you mean `BTCUSDT`?"]),
        (&["venue.markets.btcusdt.tiers=[[0, 0.01]]"], &["BTCUSDT", "differ only in case"]),
        (&["assets.BTC.market=btcusdt"], &["did you mean `BTCUSDT`?"]),
    ];
    for (sets, says) in cases {
        let text = refused(&[&binance[..], sets].concat());
        assert!(says.iter().all(|part| text.contains(part)), "{sets:?}: {text}");
    }
    let slope =
        refused(&["venue.preset=deribit", "assets.BTC.market=BTC_USDC-PERPETUAL", "venue.requirement=lines"]);
    assert!(slope.contains("differs from `slope`"), "{slope}");
    // A cap alone on a market without a table of its own lies on what the venue requires.
    let capped = ["venue.maintenance_margin_rate=0.01", "venue.markets.BTC.max_leverage=5"];
    assert!(refused(&capped).contains("allows 5x"));
    // A requirement in the new unit, or of the new kind, answers for it.
    let coin = "positions.long={ asset = \"BTC\", side = \"long\", notional = 30_000, leverage = 10 }";
    for own in ["venue.maintenance_margin_rate=0.01", "assets.BTC.tiers=[[0, 0.01], [5, 0.02]]"] {
        assert!(
            read(&[&binance[..], &["venue.contract=inverse", "account.wallet=1", coin, own]].concat())
                .is_ok()
        );
        assert!(read(&[&binance[..], &["venue.requirement=steps", own]].concat()).is_ok());
    }
    let own = "venue.markets.BTCUSDT.tiers=[[0, 0.01], [5, 0.02]]";
    assert!(read(&[&binance[..], &["venue.requirement=steps", own]].concat()).is_ok());
}

#[test]
fn what_can_do_nothing_is_noted() {
    let notes = |sets: &[&str]| read(sets).unwrap().notes;
    // The textbook's long fails at 54,271.36 (18,000 / (1/3·0.995)).
    let isolated = "simulation.modes=[\"isolated\"]";
    let beyond = notes(&[isolated, "positions.long.stop_loss=54_271"]);
    assert!(
        beyond[0].contains("stop_loss lies at 54271, beyond the liquidation price at entry of 54271.357"),
        "{beyond:?}"
    );
    assert!(notes(&[isolated, "positions.long.stop_loss=54_272"]).is_empty());
    // In cross the whole wallet of 10,000 stands behind it: 10,000 / (1/3·0.995) = 30,150.75 from there.
    assert!(notes(&["positions.long.stop_loss=54_271"]).is_empty());
    assert_eq!(notes(&["positions.long.stop_loss=30_150"]).len(), 1);
    let after = notes(&["positions.long.reopen={ after = \"30d\" }"]);
    assert!(after[0].contains("positions.long.reopen has no effect"), "{after:?}");
    assert!(notes(&["positions.long.reopen={ after = \"29d\" }"]).is_empty());
    let unread = notes(&["venue.liquidation.fillable={ spread = 2, adjustment = 1 }"]);
    assert!(unread[0].contains("venue.liquidation.fillable has no effect"), "{unread:?}");
}

#[test]
fn orders_and_entry_are_read() {
    let sets = [
        "venue.preset=binance-usdm",
        "assets.BTC.market=BTCUSDT",
        "positions.long.entry=maker",
        "positions.long.stop_loss=56_000",
        "positions.long.take_profit=70_000",
        "positions.long.top_up={ trigger = 1.5, amount = \"initial\", times = 3 }",
        "positions.long.reopen={ after = \"1d\" }",
    ];
    let scenario = read(&sets).unwrap();
    let position = &scenario.portfolio.positions[0];
    let orders = position.orders;
    assert_eq!(position.entry_fee, dec!(0.0002));
    assert_eq!((orders.stop_loss, orders.take_profit), (Some(dec!(56000)), Some(dec!(70000))));
    let top_up = orders.top_up.unwrap();
    assert_eq!((top_up.trigger, top_up.amount, top_up.times), (dec!(1.5), TopUpAmount::Initial, 3));
    assert_eq!(orders.reopen.map(|r| (r.after_seconds, r.times)), Some((86_400, 1)));
    let cross = read(&[&sets[..], &["simulation.modes=[\"cross\"]"]].concat()).unwrap();
    assert_eq!(cross.portfolio.positions[0].orders.top_up, None);
    assert!(
        cross.notes.iter().any(|note| note.contains("positions.long.top_up is ignored")),
        "{:?}",
        cross.notes
    );
    assert_ne!(cross.sha256(), scenario.sha256());
}

#[test]
fn entry_counts_fees_and_what_is_set_aside() {
    // Bybit: 20,000 at 10x. Fee 20,000·0.00055 = 11; set aside (20,000 − 2,000)·0.00055 = 9.9.
    let wallet = |wallet: &str, mode: &str| {
        let wallet = format!("account.wallet={wallet}");
        let mode = format!("simulation.modes=[\"{mode}\"]");
        // 0.4 BTC, so that nothing is rounded.
        read(&["venue.preset=bybit", "assets.BTC.market=BTCUSDT", "assets.BTC.price=50000", &wallet, &mode])
    };
    assert!(wallet("2020.9", "isolated").is_ok());
    let text = wallet("2020.89", "isolated").unwrap_err().to_string();
    assert!(text.contains("margins of 2009.9") && text.contains("fees of 11"), "{text}");
    assert!(wallet("2011", "cross").is_ok());
    assert!(wallet("2010.99", "cross").is_err());
    // At 10x on a rate of 0.1 equity is exactly the requirement: safe only where the trigger is `lt`.
    let trigger = |trigger: &str| {
        let trigger = format!("venue.trigger={trigger}");
        read(&["venue.maintenance_margin_rate=0.1", &trigger, "simulation.modes=[\"isolated\"]"])
    };
    assert!(trigger("lt").is_ok());
    assert!(trigger("le").unwrap_err().to_string().contains("liquidated at entry"));
}

#[test]
fn inverse_accounts_hold_one_coin() {
    let coin = [
        "venue.preset=binance-coinm",
        "assets.BTC.market=BTCUSD_PERP",
        "account.wallet=1",
        "positions.long={ asset = \"BTC\", side = \"long\", notional = 30_000, leverage = 10 }",
    ];
    let scenario = read(&coin).unwrap();
    let position = &scenario.portfolio.positions[0];
    assert_eq!((position.quantity, position.margin), (dec!(30000), dec!(0.05)));
    // Money is the coin, unless it has a name.
    assert_eq!(scenario.portfolio.account.currency, "BTC");
    assert!(scenario.resolved.contains(&("account.currency".to_owned(), "BTC".to_owned())));
    let named = read(&[&coin[..], &["account.currency=XBT"]].concat()).unwrap();
    assert_eq!(named.portfolio.account.currency, "XBT");
    let two = [
        &coin[..],
        &[
            "assets.ETH={ price = 3000, model = { kind = \"gbm\", drift = 0, volatility = 1 } }",
            "positions.other={ asset = \"ETH\", side = \"long\", notional = 3000, leverage = 10 }",
        ],
    ]
    .concat();
    let text = refused(&two);
    assert!(text.contains("long is in BTC and position other in ETH") && text.contains("one coin"), "{text}");
}

#[test]
fn flaws_are_told_with_the_remedy() {
    let cases: &[(&str, &[&str])] = &[
        ("venue.preset=binance", &["`binance`", "did you mean `binance-usdm`", "textbook"]),
        ("venue.preset=Binance-USDM", &["did you mean `binance-usdm`"]),
        ("venue.preset=./none.toml", &["venue.preset", "none.toml", "cannot be read"]),
        ("venue.taker_fee=5", &["`venue.taker_fee` is 5", "looks like per cent", "taker_fee = 0.05"]),
        ("venue.maker_fee=-0.5", &["`venue.maker_fee` is -0.5", "-0.01 to 0.1"]),
        ("venue.trigger=gt", &["le, lt"]),
        ("venue.contract=quanto", &["linear, inverse"]),
        ("venue.requirement_basis=index", &["mark, entry"]),
        ("venue.fee_in_requirement=maker", &["none, taker, liquidation"]),
        ("venue.tiers=[[0, 0.004], [0, 0.005]]", &["tier 2 starts at 0, not above the 0"]),
        ("venue.tiers=[[0, 0.02], [100, 0.01]]", &["rates never fall"]),
        ("venue.tiers=[[5, 0.02]]", &["the first tier starts at 0"]),
        ("venue.tiers=[[0, 5]]", &["looks like per cent"]),
        ("venue.tiers=[[0, 1]]", &["`venue.tiers.0.1` is 1", "write `0.01`"]),
        ("venue.tiers=5", &["expected a list of tiers, or the name of a tier file", "tiers = \"tiers.csv\""]),
        ("venue.markets.BTC.lot=0.1", &["`venue.markets.BTC`", "does not list `BTC`"]),
        ("venue.tiers=[[0, 0.01], [100, 0.02, 50, 7]]", &["maintenance amount 7", "gives 1"]),
        ("venue.tiers=[[0]]", &["`venue.tiers.0` has 1 numbers", "[floor, rate]"]),
        ("venue.tiers=[[0, 0.01, 0.5]]", &["`venue.tiers.0.2` is 0.5", "1 to 1000000"]),
        ("venue.slope=0.1", &["missing key `venue.base`"]),
        ("venue.max_leverage=0", &["`venue.max_leverage` is 0"]),
        ("venue.modes=[]", &["`venue.modes` is empty"]),
        ("venue.liquidation.fee=5", &["looks like per cent", "fee = 0.05"]),
        ("venue.liquidation.fee=maker", &["`venue.liquidation.fee`", "is not a number"]),
        ("venue.liquidation.slippage=20", &["looks like per cent", "slippage = 0.2"]),
        (
            "venue.liquidation.slippage={ impact = 1 }",
            &["missing key `venue.liquidation.slippage.daily_volume`"],
        ),
        ("venue.liquidation.order=random", &["all, largest_loss, largest_requirement"]),
        ("venue.liquidation.procedure=slow", &["full, tiered, fraction, cover"]),
        ("venue.liquidation.procedure=fraction", &["missing key `venue.liquidation.fraction`"]),
        ("venue.liquidation.fraction=0.2", &["no effect without procedure"]),
        (
            "venue.liquidation.fillable={ spread = 2 }",
            &["missing key `venue.liquidation.fillable.adjustment`"],
        ),
        ("venue.liquidation.fillable={ spread = 101, adjustment = 1 }", &["is 101; expected 0 to 100"]),
        (
            "venue.liquidation.steps=[{ kind = \"fraction\", fraction = 0.009, repeat = true }]",
            &["fraction` is 0.009; expected 0.01 to 1"],
        ),
        ("venue.liquidation.procedure=cover", &["one position after another", "largest_loss"]),
        ("venue.liquidation.steps=[]", &["has 0 steps"]),
        ("venue.liquidation.steps=[{ kind = \"tiered\" }]", &["leaves positions open", "kind = \"full\""]),
        ("venue.liquidation.steps=[{ kind = \"full\" }, { kind = \"full\" }]", &["another step follows it"]),
        (
            "venue.liquidation.steps=[{ kind = \"tiered\", price = \"bankruptcy\" }, { kind = \"full\" }]",
            &["only a whole pool is taken over"],
        ),
        (
            "venue.liquidation.steps=[{ kind = \"fraction\", fraction = 20 }, { kind = \"full\" }]",
            &["looks like per cent", "fraction = 0.2"],
        ),
        ("venue.liquidation.steps=[{ kind = \"full\", tiers = 1 }]", &["unknown key", "kind, price"]),
        (
            "venue.liquidation.steps=[{ kind = \"tiered\", above_first_tier = \"yes\" }, { kind = \"full\" }]",
            &["true or false, without quotes"],
        ),
        ("venue.liquidation.price=fillable", &["missing key `venue.liquidation.fillable`", "spread"]),
        ("venue.liquidation.backstop=2", &["`venue.liquidation.backstop` is 2", "at most 1"]),
        ("venue.funding.interval=30s", &["is 30s; expected at least 1m"]),
        ("venue.funding.rate=1", &["looks like per cent", "rate = 0.01"]),
        ("venue.funding.rate=20", &["`venue.funding.rate` is 20", "-0.1 to 0.1"]),
        ("venue.funding.cap=sometimes", &["`venue.funding.cap`", "is not a number"]),
        ("venue.funding.debit=bank", &["margin, wallet, available_then_margin"]),
        ("venue.funding.history=none.csv", &["none.csv", "cannot be read"]),
        ("assets.BTC.market=BTCUSD", &["`BTCUSD`", "textbook does not list", "remove the key"]),
        ("assets.BTC.lot=0", &["`assets.BTC.lot` is 0"]),
        ("positions.long.entry=limit", &["taker, maker"]),
        ("positions.long.stop_loss=61_000", &["of a long it lies below the entry price of 60000"]),
        ("positions.long.take_profit=60_000", &["it lies above the entry price"]),
        ("positions.long.top_up={ trigger = 1, amount = 5 }", &["greater than 1"]),
        ("positions.long.top_up={ trigger = 2, amount = \"all\" }", &["is not a number"]),
        ("positions.long.top_up={ trigger = 2 }", &["missing key `positions.long.top_up.amount`"]),
        ("positions.long.reopen={ times = 2 }", &["missing key `positions.long.reopen.after`"]),
        ("positions.long.reopen={ after = \"1d\", times = 0 }", &["from 1 to 1000000"]),
    ];
    let mut wrong = String::new();
    for (set, says) in cases {
        let text = refused(&[set]);
        if !has_remedy(&text) {
            writeln!(wrong, "{set} has no remedy:\n{text}\n").unwrap();
        }
        for part in says.iter().chain(&["--set"]).filter(|part| !text.contains(**part)) {
            // A missing key is pointed at in the table, which may be the preset's.
            if *part != "--set" || !(text.contains("missing key") || text.contains("leaves")) {
                writeln!(wrong, "{set} should say {part:?}, but says:\n{text}\n").unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    let small = refused(&["venue.liquidation.procedure=fraction", "venue.liquidation.fraction=0.0099"]);
    assert!(small.contains("expected 0.01 to 1"), "{small}");
    assert!(read(&["venue.liquidation.procedure=fraction", "venue.liquidation.fraction=0.01"]).is_ok());
    let mixed =
        refused(&["venue.preset=bybit-uta", "simulation.modes=[\"mixed\"]", "positions.long.mode=cross"]);
    assert!(
        mixed.contains("which bybit-uta does not offer: the margin mode belongs to the whole account"),
        "{mixed}"
    );
    // 10·sqrt(20,000/8,000,000) is a half.
    let slippage =
        |volume: &str| format!("venue.liquidation.slippage={{ impact = 10, daily_volume = {volume} }}");
    assert!(refused(&[&slippage("7.9e6")]).contains("costs 0.50 of the price"));
    assert!(read(&[&slippage("8.1e6")]).is_ok());
    let fine = refused(&["venue.funding.interval=1m", "simulation.steps=1", "simulation.horizon=30d"]);
    assert!(fine.contains("43200 funding payments") && fine.contains("at most 10000"), "{fine}");
}

#[test]
fn a_file_of_the_users_is_a_preset() {
    let folder = tempfile::tempdir().unwrap();
    let text = "name = \"mine\"\nmaintenance_margin_rate = 0.01\nmax_leverage = 20\ntaker_fee = 0.001\n\
                [liquidation]\nprice = \"mark\"\nremainder = \"return\"\n[markets.BTC]\nlot = 0.1\ntiers = [[0, 0.02]]\n";
    std::fs::write(folder.path().join("mine.toml"), text).unwrap();
    let base = BASE.replace("\"textbook\"", "\"./mine.toml\"");
    let scenario = read_in(folder.path(), &base, &[]).unwrap();
    assert_eq!(scenario.portfolio.venue.preset, "mine");
    assert_eq!(scenario.portfolio.assets[0].maintenance.first_rate(), dec!(0.02));
    assert_eq!(scenario.portfolio.positions[0].entry_fee, dec!(0.001));
    let cases = [
        (text.replace("taker_fee = 0.001", "taker_fee = 5"), "mine.toml:4:13"),
        (text.replace("taker_fee", "taker_fees"), "unknown key `taker_fees`"),
        (text.replace("name = \"mine\"\n", ""), "missing key `name`"),
        (text.replace("maintenance_margin_rate = 0.01\n", ""), "the venue has no maintenance margin"),
        (format!("{text}[example]\n"), "example"),
        (format!("{text}[[example]]\nside = \"long\"\n"), "missing key"),
        (text.replace("price = \"mark\"\n", ""), "mine.toml:5:1"),
        (text.replace("remainder", "remainders"), "unknown key"),
        (text.replace("0.001", "="), "invalid TOML"),
    ];
    for (broken, says) in cases {
        std::fs::write(folder.path().join("mine.toml"), &broken).unwrap();
        // Alike in a scenario and by itself.
        let whole = read_preset("mine.toml", &broken, folder.path()).map(|_| ());
        for read in [whole, read_in(folder.path(), &base, &[]).map(|_| ())] {
            let text = read.unwrap_err().to_string();
            assert!(text.contains(says) && text.contains("mine.toml"), "{says}: {text}");
        }
    }
}

const FUNDING: &str = "calc_time,funding_interval_hours,last_funding_rate\n";

/// Payments every 8 h from 2024-01-01, a few milliseconds late: 0.0001, 0.0002, …
fn funding_csv(rows: i64) -> String {
    let row =
        |i: i64| format!("{},8,{}\n", 1_704_067_200_000 + i * 28_800_000 + i % 7, Decimal::new(i + 1, 4));
    FUNDING.to_owned() + &(0..rows).map(row).collect::<String>()
}

#[test]
fn funding_is_read_from_rates_and_histories() {
    let rate = |sets: &[&str]| read(sets).unwrap().portfolio.assets[0].funding.clone();
    assert_eq!(rate(&["venue.funding.rate=0.0001"]), FundingRates::Constant(dec!(0.0001)));
    assert_eq!(
        rate(&["venue.funding.rate=0.0001", "assets.BTC.funding.rate=-0.0003"]),
        FundingRates::Constant(dec!(-0.0003))
    );
    let capped = read(&["venue.funding.rate=0.03", "venue.funding.cap=maintenance"]).unwrap();
    assert_eq!(capped.portfolio.assets[0].funding, FundingRates::Constant(dec!(0.005)));
    assert!(capped.notes[0].contains("beyond the cap"), "{:?}", capped.notes);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("f.csv"), funding_csv(40)).unwrap();
    let scenario = read_in(folder.path(), BASE, &["venue.funding.history=f.csv"]).unwrap();
    let FundingRates::Series(rates) = &scenario.portfolio.assets[0].funding else { panic!("a series") };
    assert_eq!((rates.len(), rates[0], rates[39]), (40, dec!(0.0001), dec!(0.004)));
    assert!(scenario.notes.iter().any(|note| note.contains("from the first again")), "{:?}", scenario.notes);
    let daily = "date,funding_mean\n2024-01-01,0.0001\n2024-01-02,0.0002\n";
    std::fs::write(folder.path().join("d.csv"), daily).unwrap();
    let notes = read_in(folder.path(), BASE, &["venue.funding.history=d.csv"]).unwrap().notes;
    assert!(notes.iter().any(|note| note.contains("rates are 1d apart, payments are every 8h")), "{notes:?}");
    assert!(notes.iter().any(|note| note.contains("rows 1d apart are paid one each 8h")), "{notes:?}");
    // Four equal rows, two of them milliseconds late: two are left. The median of 8h, 8h and 16h is no other spacing.
    let rows = "time,rate\n1704067200000,0.1\n1704067200003,0.1\n1704096000000,0.1\n1704096000000,0.1\n\
                1704124800000,0.1\n1704182400000,0.1\n";
    std::fs::write(folder.path().join("d.csv"), rows).unwrap();
    let twice = read_in(folder.path(), BASE, &["venue.funding.history=d.csv"]).unwrap();
    assert!(twice.notes.iter().any(|note| note.contains("2 repeated rows dropped")), "{:?}", twice.notes);
    assert!(!twice.notes.iter().any(|note| note.contains("apart")), "{:?}", twice.notes);
    assert!(matches!(&twice.portfolio.assets[0].funding, FundingRates::Series(rates) if rates.len() == 4));
    let bad = [
        ("time,rate\n1704067200000,0.1\n1704067200003,0.2\n", "have the rates 0.1 and 0.2"),
        ("", "the file is empty"),
        ("1,2\n", "has no header"),
        (FUNDING, "a header but no rates"),
        ("time,open,close\n1,2,3\n", "these look like prices"),
        ("time,rate\n1704067200000,\n", ":2: the rate is missing"),
        ("time,rate\n1704067200000,0.01%\n", "write a fraction"),
        ("time,rate\n1704067200000,2\n", "greater than -1 and less than 1"),
        ("time,rate\n1704067200000,x\n", "expected a number"),
        ("time,rate\nyesterday,0.1\n", ":2: invalid time `yesterday`"),
        ("time,rate\n1704067200000,0.1\n1704067200000,0.2\n", "has the rate 0.1 and this line 0.2"),
        ("time,rate\n1704067200,0.1\n1704096000000,0.2\n", "are in seconds"),
        ("time;rate\n1704067200;0.1\n", "semicolons"),
        ("time,rate\n1704067200,0.1,3\n", "3 columns instead of 2"),
    ];
    for (text, says) in bad {
        std::fs::write(folder.path().join("b.csv"), text).unwrap();
        let text = read_in(folder.path(), BASE, &["venue.funding.history=b.csv"]).unwrap_err().to_string();
        assert!(text.contains(says) && text.contains("b.csv") && text.contains("help: "), "{says}: {text}");
    }
}

/// Hourly prices from 2024-01-01T00:00 on, in windows of 16 steps, funding every 8 h.
#[test]
fn replayed_windows_take_the_rates_of_their_time() {
    let folder = tempfile::tempdir().unwrap();
    let bars: String =
        (0..100_i64).map(|i| format!("{},60000\n", 1_704_067_200_000 + i * 3_600_000)).collect();
    std::fs::write(folder.path().join("p.csv"), format!("time,close\n{bars}")).unwrap();
    std::fs::write(folder.path().join("f.csv"), funding_csv(20)).unwrap();
    let base = BASE
        .replace("kind = \"gbm\", drift = 0.0, volatility = 0.65", "kind = \"replay\", history = \"p.csv\"")
        .replace("30d", "16h")
        .replace("paths = 10", "paths = 1000");
    let scenario = read_in(folder.path(), &base, &["venue.funding.history=f.csv"]).unwrap();
    let funding = &scenario.portfolio.assets[0].funding;
    assert_eq!(scenario.settings.paths, 84);
    for path in 0..84_u64 {
        // Window w begins when bar w closes, at hour w + 1; payment k is due 8·(k + 1) hours later.
        for payment in 0..2_u64 {
            let hour = path + 1 + 8 * (payment + 1);
            let expected = Decimal::new((hour / 8 + 1) as i64, 4);
            assert_eq!(funding.rate(path, payment), expected, "path {path}, payment {payment}");
        }
    }
    std::fs::write(folder.path().join("f.csv"), funding_csv(5)).unwrap();
    let text = read_in(folder.path(), &base, &["venue.funding.history=f.csv"]).unwrap_err().to_string();
    let ranges = "from 2024-01-01T00:00:00Z to 2024-01-02T08:00:00Z, but payments are due from 2024-01-01T09:00:00Z to \
                  2024-01-05T04:00:00Z";
    assert!(text.contains(ranges), "{text}");
}

/// Whoever uses no key of this kind runs what was run before them: the hash of the default scenario.
#[test]
fn plain_scenarios_keep_their_lines() {
    let scenario = read(&[]).unwrap();
    let venue: Vec<&str> = scenario
        .resolved
        .iter()
        .map(|(key, _)| key.as_str())
        .filter(|key| key.starts_with("venue"))
        .collect();
    assert_eq!(venue, ["venue.preset", "venue.liquidation.price", "venue.liquidation.remainder"]);
    assert_eq!(scenario.portfolio.positions[0].side, Side::Long);
}
