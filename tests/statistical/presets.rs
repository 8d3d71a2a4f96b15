//! Every preset on the portfolio of `scenarios/venues`: the same bits on every machine, ledger and kernel alike under
//! every price model, and never a loss beyond what was allocated.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use ringfence::domain::{Contract, Debit, Decimal, MarginMode, Portfolio, to_f64};
use ringfence::evaluate::job;
use ringfence::margin::{AccountRecord, Balance, BookPlan, BookState, Ledger, Partition, price_to_decimal};
use ringfence::paths::{BridgeObserver, BridgeWalk, CHUNK, LANES, Need};
use ringfence::scenario::{Scenario, load, parse_override};
use ringfence::simulation::{Control, Job, ModeOutcome, RunOutcome, Simulator, VectorWidth, WidthLimit};
use ringfence::statistics::Moments;

/// Models with gaps, clusters and regimes, and a calm one; wild, so that every path meets its margin.
const MODELS: [&str; 9] = [
    r#"{ kind = "gbm", drift = 0.0, volatility = 1.5 }"#,
    r#"{ kind = "merton", drift = 0.0, volatility = 0.8, jump_rate = 60, jump_mean = -0.1, jump_std = 0.2 }"#,
    r#"{ kind = "kou", drift = 0.0, volatility = 0.8, jump_rate = 60, up_probability = 0.4, up_rate = 6, down_rate = 5 }"#,
    r#"{ kind = "bates", drift = 0.0, initial_variance = 1, mean_reversion = 3, long_run_variance = 1, vol_of_vol = 2, correlation = -0.7, jump_rate = 60, jump_mean = -0.1, jump_std = 0.2 }"#,
    r#"{ kind = "garch", drift = 0.0, volatility = 1.5, alpha = 0.1, beta = 0.85, innovations = { student_t = 3 } }"#,
    r#"{ kind = "regime", states = [{ drift = 0.0, volatility = 0.5, mean_duration = "10d" }, { drift = -5.0, volatility = 2.5, mean_duration = "3d" }] }"#,
    r#"{ kind = "ou", level = 40_000, mean_reversion = 40, volatility = 2.0 }"#,
    r#"{ kind = "variance_gamma", drift = 0.0, volatility = 1.5, skew = -0.3, nu = 0.01 }"#,
    r#"{ kind = "nig", drift = 0.0, alpha = 8, beta = -2, delta = 12 }"#,
];
const PATHS: u64 = 16;

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/venues");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert_eq!(files.len(), 11, "a file for every preset");
    files
}

fn scenario(file: &Path, sets: &[&str]) -> Scenario {
    let sets: Vec<_> = sets.iter().map(|set| parse_override(set).unwrap()).collect();
    load(file, &sets).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn run(job: &Job, threads: usize, limit: WidthLimit) -> RunOutcome {
    let simulator = Simulator::new(threads, VectorWidth::detect(limit)).unwrap();
    simulator.simulate(job, &Control { cancelled: &AtomicBool::new(false), progress: &|_| () }).unwrap()
}

#[test]
fn no_preset_depends_on_threads_or_vector_width() {
    for file in files() {
        let job = job(&scenario(&file, &["simulation.paths=200", "simulation.horizon=7d"])).unwrap();
        let reference = format!("{:?}", run(&job, 1, WidthLimit::Scalar));
        for (threads, limit) in [(2, WidthLimit::Avx2), (3, WidthLimit::Avx512)] {
            let same = format!("{:?}", run(&job, threads, limit)) == reference;
            assert!(same, "{}, {threads} threads, {limit:?}", file.display());
        }
    }
}

/// Paths liquidated at all, isolated and cross, of 2,000 with seed 42. If one changes, the change is value-breaking: name
/// it under that heading in CHANGELOG.md.
#[test]
fn values_of_every_preset_are_stable_between_versions() {
    let counts: Vec<(String, [u64; 2])> = files()
        .iter()
        .map(|file| {
            let scenario = scenario(file, &["simulation.paths=2_000"]);
            let outcome = run(&job(&scenario).unwrap(), 2, WidthLimit::Avx512);
            (scenario.name, [outcome.modes[0].any, outcome.modes[1].any])
        })
        .collect();
    let expected: [(&str, [u64; 2]); 11] = [
        ("binance-coinm", [1320, 764]),
        ("binance-usdm", [1540, 617]),
        ("bitmex", [1301, 743]),
        ("bybit-uta", [1508, 621]),
        ("bybit", [1516, 629]),
        ("deribit", [1549, 610]),
        ("dydx", [1563, 617]),
        ("hyperliquid", [1620, 660]),
        ("kraken", [1536, 596]),
        ("okx", [1506, 586]),
        ("textbook", [1514, 586]),
    ];
    let expected: Vec<_> = expected.iter().map(|(name, counts)| ((*name).to_owned(), *counts)).collect();
    assert_eq!(counts, expected);
}

/// The two sets of overrides that give both assets of a scenario this model.
fn models(scenario: &Scenario, model: &str) -> Vec<String> {
    let assets = scenario.portfolio.assets.iter();
    assets
        .map(|asset| {
            let model = if asset.name == "ETH" { model.replace("40_000", "2_000") } else { model.to_owned() };
            format!("assets.{}.model={model}", asset.name)
        })
        .collect()
}

/// Every preset under every model: ledger and kernel agree, money is conserved, and an isolated account never holds less
/// than the wallet that was allocated to no position, less the funding that its venue books to the wallet.
#[test]
fn under_every_model_losses_are_capped_and_ledger_and_kernel_agree() {
    let simulator = Simulator::new(2, VectorWidth::detect(WidthLimit::Avx512)).unwrap();
    let mut liquidations = 0;
    for file in files() {
        let base = scenario(&file, &[]);
        for model in MODELS {
            let models = models(&base, model);
            let mut sets = vec!["simulation.step=6h", "simulation.paths=16"];
            sets.extend(models.iter().map(String::as_str));
            let scenario = scenario(&file, &sets);
            let job = job(&scenario).unwrap();
            let audit = simulator.audit(&job, 1, &AtomicBool::new(false));
            let audit = audit.unwrap_or_else(|error| panic!("{}, {model}: {error}", scenario.name));
            assert_eq!(
                (audit.paths, audit.left_out, audit.steps),
                (PATHS, 0, 120),
                "{}, {model}",
                scenario.name
            );
            liquidations += audit.events;
            for path in 0..PATHS {
                never_loses_more(&scenario, &job, path);
            }
        }
    }
    assert!(liquidations > 1_000, "{liquidations}");
}

fn never_loses_more(scenario: &Scenario, job: &Job, path: u64) {
    let portfolio = &scenario.portfolio;
    let unallocated = Partition::new(portfolio, MarginMode::Isolated).wallet;
    let mut ledger = Ledger::open(portfolio, MarginMode::Isolated, job.books[0].clock(), path);
    let lane = (path % LANES as u64) as usize;
    let mut block = job.generator.begin(path - lane as u64);
    let mut done = 0;
    while done < job.steps {
        let chunk = CHUNK.min((job.steps - done) as usize);
        job.generator.advance(&mut block, chunk);
        for index in 0..chunk {
            let step = done + index as u64 + 1;
            let marks: Vec<Decimal> = (0..portfolio.assets.len())
                .map(|asset| price_to_decimal(block.price(asset, index)[lane]).unwrap())
                .collect();
            ledger.step(step, &marks).unwrap();
            let balance = ledger.balance(&marks).unwrap();
            assert_eq!(balance.held, balance.explained, "{}, path {path}, step {step}", scenario.name);
            let booked = match portfolio.venue.funding.debit {
                Debit::Margin => Decimal::ZERO,
                Debit::Wallet | Debit::AvailableThenMargin => ledger.funding_paid().max(Decimal::ZERO),
            };
            let least = unallocated - booked;
            assert!(balance.held >= least, "{}, path {path}, step {step}: {balance:?}", scenario.name);
        }
        done += chunk as u64;
    }
}

/// Sums over the paths of one mode, by name; of amounts in units of opening equity.
type Sums = BTreeMap<&'static str, f64>;

fn add(sums: &mut Sums, name: &'static str, value: f64) {
    *sums.entry(name).or_default() += value;
}

/// One path followed in the exact ledger at marks of 12 digits, in account currency and, of an inverse contract, in
/// quote.
struct Followed<'a> {
    ledger: Ledger<'a>,
    record: AccountRecord,
    in_quote: Option<AccountRecord>,
}

impl<'a> Followed<'a> {
    fn open(book: &'a BookPlan, path: u64) -> Self {
        let portfolio = book.portfolio();
        let wallet = portfolio.account.wallet;
        let in_quote = AccountRecord::open(wallet * portfolio.assets[0].price);
        Self {
            ledger: Ledger::open(portfolio, book.mode(), book.clock(), path),
            record: AccountRecord::open(wallet),
            in_quote: (portfolio.venue.contract == Contract::Inverse).then_some(in_quote),
        }
    }

    fn step(&mut self, step: u64, marks: &[Decimal]) {
        self.ledger.step(step, marks).unwrap();
        let balance = self.ledger.balance(marks).unwrap();
        self.record.see(balance);
        if let Some(record) = &mut self.in_quote {
            let equity = balance.held * marks[0];
            record.see(Balance { held: equity, explained: equity });
        }
    }

    fn add_to(&self, sums: &mut Sums, portfolio: &Portfolio) {
        let opening = portfolio.account.wallet;
        let part = |amount: Decimal| to_f64(amount) / to_f64(opening);
        let lost = (0..portfolio.positions.len()).any(|p| self.ledger.liquidated_at(p).is_some());
        let pnl = part(self.record.equity - opening);
        add(sums, "liquidated", f64::from(lost));
        add(sums, "loss when liquidated", if lost { -pnl } else { 0.0 });
        add(sums, "pnl", pnl);
        add(sums, "fees", part(self.ledger.fees()));
        add(sums, "funding", part(self.ledger.funding_paid()));
        add(sums, "shortfall", part(self.ledger.shortfall()));
        if let Some(record) = &self.in_quote {
            let opening = opening * portfolio.assets[0].price;
            let part = |amount: Decimal| to_f64(amount) / to_f64(opening);
            add(sums, "quote pnl", part(record.equity - opening));
            add(sums, "quote drawdown", part(record.drawdown));
            add(sums, "quote relative drawdown", to_f64(record.relative_drawdown));
        }
    }
}

/// Sums of every mode over the job's paths, by the ledger.
fn by_ledger(job: &Job) -> Vec<Sums> {
    let mut sums = vec![Sums::new(); job.books.len()];
    let assets = 0..job.books[0].portfolio().assets.len();
    for first_path in (0..job.paths).step_by(LANES) {
        let lanes = LANES.min((job.paths - first_path) as usize);
        let open = |book| (0..lanes as u64).map(|lane| Followed::open(book, first_path + lane)).collect();
        let mut followed: Vec<Vec<Followed<'_>>> = job.books.iter().map(open).collect();
        let mut block = job.generator.begin(first_path);
        let mut done = 0;
        while done < job.steps {
            let chunk = CHUNK.min((job.steps - done) as usize);
            job.generator.advance(&mut block, chunk);
            for (index, lane) in (0..chunk).flat_map(|index| (0..lanes).map(move |lane| (index, lane))) {
                let mark = |asset| price_to_decimal(block.price(asset, index)[lane]).unwrap();
                let marks: Vec<Decimal> = assets.clone().map(mark).collect();
                followed.iter_mut().for_each(|mode| mode[lane].step(done + index as u64 + 1, &marks));
            }
            done += chunk as u64;
        }
        for (sums, followed) in sums.iter_mut().zip(&followed) {
            followed.iter().for_each(|path| path.add_to(sums, job.books[0].portfolio()));
        }
    }
    sums
}

/// The same sums by a run.
fn by_run(job: &Job) -> Vec<Sums> {
    let outcome = run(job, 2, WidthLimit::Avx512);
    let opening = job.opening_equity();
    let sums = |(mode, book): (&ModeOutcome, &BookPlan)| {
        let mut sums = Sums::new();
        assert_eq!(mode.fees.count(), job.paths);
        add(&mut sums, "liquidated", mode.any as f64);
        add(&mut sums, "loss when liquidated", mode.loss_when_liquidated.sum() / opening);
        assert_eq!(mode.loss_when_liquidated.count(), mode.any);
        add(&mut sums, "pnl", mode.pnl.moments().sum() / opening);
        add(&mut sums, "fees", mode.fees.sum() / opening);
        add(&mut sums, "funding", mode.funding.sum() / opening);
        add(&mut sums, "shortfall", mode.shortfall.sum() / opening);
        if let Some(quote) = &mode.quote {
            let opening = book.opening_quote_equity().unwrap();
            add(&mut sums, "quote pnl", quote.pnl.moments().sum() / opening);
            add(&mut sums, "quote drawdown", quote.drawdown_absolute.moments().sum() / opening);
            add(&mut sums, "quote relative drawdown", quote.drawdown_relative.moments().sum());
        }
        sums
    };
    outcome.modes.iter().zip(&job.books).map(sums).collect()
}

/// Fees, funding and what is counted in quote are told by no audit: here every total of a run is.
#[test]
fn totals_of_every_preset_are_the_ledgers() {
    let mut all = Sums::new();
    for file in files() {
        let sets =
            ["simulation.paths=64", "simulation.horizon=7d", r#"simulation.modes=["isolated","cross"]"#];
        let base = scenario(&file, &sets);
        let models = models(&base, r#"{ kind = "gbm", drift = 0.0, volatility = 1.5 }"#);
        let rates = base
            .portfolio
            .assets
            .iter()
            .map(|asset| format!("assets.{}.funding={{ rate = 0.0001 }}", asset.name));
        let rates: Vec<String> = rates.collect();
        let sets: Vec<&str> =
            sets.into_iter().chain(models.iter().chain(&rates).map(String::as_str)).collect();
        let job = job(&scenario(&file, &sets)).unwrap();
        for ((run, ledger), book) in by_run(&job).iter().zip(by_ledger(&job)).zip(&job.books) {
            assert_eq!(run.contains_key("quote pnl"), book.is_inverse());
            assert_eq!(run.len(), ledger.len());
            for (name, value) in ledger {
                let error = (run[name] - value).abs() / job.paths as f64;
                assert!(error < 1e-9, "{}, {}, {name}: {} and {value}", base.name, book.mode(), run[name]);
                add(&mut all, name, value.abs());
            }
        }
    }
    assert!(all.values().all(|sum| *sum > 0.1), "{all:?}");
}

/// One lane of one account that looks at the extremes of every stretch of a step, whatever it needs.
struct Everywhere<'a> {
    plan: &'a BookPlan,
    state: &'a mut BookState,
    step: u32,
    lane: usize,
}

impl BridgeObserver for Everywhere<'_> {
    fn need(&self, _: &[f64], _: &[f64]) -> Need {
        Need::Extremes
    }

    fn moved(&mut self, low: &[f64], high: &[f64], end: &[f64]) {
        self.state.ran(self.plan, self.step, self.lane, [low, high, end]);
    }

    fn jumped(&mut self, to: &[f64]) {
        self.state.jumped(self.plan, self.step, self.lane, to);
    }
}

/// The job's only mode over a block of paths, looking everywhere.
fn looked_everywhere(job: &Job, first_path: u64) -> BookState {
    let plan = &job.books[0];
    let mut state = BookState::open(plan);
    let mut block = job.generator.begin(first_path);
    let mut walk = BridgeWalk::new(&job.generator);
    let mut rates = vec![[0.0; LANES]; job.generator.assets()];
    let mut done = 0;
    while done < job.steps {
        let chunk = CHUNK.min((job.steps - done) as usize);
        job.generator.advance(&mut block, chunk);
        for index in 0..chunk {
            let step = done + index as u64 + 1;
            for lane in 0..LANES {
                let mut watcher = Everywhere { plan, state: &mut state, step: step as u32, lane };
                walk.look(&block, (index, chunk), lane, &mut watcher);
            }
            let due = job.funding.rates(first_path, step, &mut rates).then_some(&*rates);
            state.step(plan, step as u32, |asset| block.price(asset, index), due);
        }
        done += chunk as u64;
    }
    state
}

/// Asserts that a run of an isolated account misses nothing where it does not look; returns the number of paths
/// liquidated, and of paths closed by their holder.
fn misses_nothing(job: &Job, what: &str) -> [u64; 2] {
    let outcome = run(job, 2, WidthLimit::Avx512);
    let mode = &outcome.modes[0];
    let unit = job.money_unit();
    let (mut pnl, mut fees) = (Moments::new(unit), Moments::new(unit));
    let mut first_liquidation = vec![0; job.steps as usize + 1];
    let mut positions = vec![0; job.positions()];
    let mut left_by_holder = 0;
    for first_path in (0..job.paths).step_by(LANES) {
        let state = looked_everywhere(job, first_path);
        for lane in 0..LANES.min((job.paths - first_path) as usize) {
            let lost: Vec<_> = (0..job.positions()).map(|p| state.liquidated_at(p, lane)).collect();
            if let Some(first) = lost.iter().flatten().min() {
                first_liquidation[*first as usize] += 1;
            }
            for (count, lost) in positions.iter_mut().zip(&lost) {
                *count += u64::from(lost.is_some());
            }
            let left = |p: usize| lost[p].is_none() && state.quantity(p, lane) == 0.0;
            left_by_holder += u64::from((0..job.positions()).any(left));
            pnl.add(state.equity()[lane] - job.opening_equity());
            fees.add(state.fees(lane));
        }
    }
    assert_eq!(mode.first_liquidation, first_liquidation, "{what}: liquidations by step");
    assert_eq!(mode.positions, positions, "{what}: liquidations by position");
    for (name, run, all) in [("profit", mode.pnl.moments(), &pnl), ("fees", &mode.fees, &fees)] {
        let pairs = [(run.mean(), all.mean()), (run.std(), all.std()), (run.min(), all.min())];
        for (run, all) in pairs {
            let (run, all) = (run.unwrap(), all.unwrap());
            assert!((run - all).abs() < 1e-9 * unit, "{what}: {name} {run} and {all}");
        }
    }
    [mode.any, left_by_holder]
}

/// Models with a path inside steps: calm, so that a step's bounds are narrow, with jumps, and with moving variance.
const INSIDE: [&str; 4] = [
    r#"{ kind = "gbm", drift = -3.0, volatility = 0.3 }"#,
    r#"{ kind = "gbm", drift = 0.0, volatility = 1.5 }"#,
    r#"{ kind = "merton", drift = 0.0, volatility = 0.8, jump_rate = 60, jump_mean = -0.1, jump_std = 0.2 }"#,
    r#"{ kind = "garch", drift = 0.0, volatility = 1.5, alpha = 0.1, beta = 0.85, innovations = { student_t = 3 } }"#,
];

/// Sizes in higher tiers, shorts, and orders; what is missing from a file is no part of it.
const HOLDINGS: [&[&str]; 4] = [
    &[],
    &[
        "account.wallet=40_000_000",
        "positions.btc_long.margin=12_000_000",
        "positions.eth_long.margin=6_000_000",
    ],
    &[
        "positions.btc_long.stop_loss=56_500",
        "positions.btc_long.take_profit=62_000",
        "positions.eth_long.stop_loss=2_850",
        "positions.eth_long.take_profit=3_100",
    ],
    &[
        r#"positions.btc_long.side="short""#,
        "positions.btc_long.stop_loss=63_000",
        "positions.btc_long.take_profit=57_000",
        r#"positions.eth_long.side="short""#,
    ],
];

/// Where the kernel does not look inside a step there was nothing to see: whoever looks everywhere finds the same.
#[test]
fn isolated_accounts_miss_nothing_inside_steps() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/venues");
    let mut seen = [0, 0];
    for preset in ["binance-coinm", "hyperliquid", "okx", "binance-usdm"] {
        let file = folder.join(format!("{preset}.toml"));
        let inverse = preset == "binance-coinm";
        for model in INSIDE {
            for holding in HOLDINGS {
                let models = models(&scenario(&file, &[]), model);
                let mut sets = vec![
                    "simulation.paths=128",
                    "simulation.horizon=5d",
                    "simulation.step=6h",
                    r#"simulation.monitoring="continuous""#,
                    r#"simulation.modes=["isolated"]"#,
                ];
                sets.extend(models.iter().map(String::as_str));
                // An account in coin holds BTC alone; in higher tiers 40,000,000 of quote.
                let coin = |set: &&str| {
                    !set.contains("eth_long") && !set.contains("margin") && !set.contains("wallet")
                };
                let large = holding.iter().any(|set| set.contains("wallet"));
                sets.extend(holding.iter().copied().filter(|set| !inverse || coin(set)));
                if inverse && large {
                    sets.extend([
                        "account.wallet=200",
                        "positions.btc_long.notional=40_000_000",
                        "positions.btc_long.leverage=5",
                    ]);
                }
                let job = job(&scenario(&file, &sets)).unwrap();
                let found = misses_nothing(&job, &format!("{preset}, {model}, {holding:?}"));
                seen = [seen[0] + found[0], seen[1] + found[1]];
            }
        }
    }
    assert!(seen.iter().all(|paths| *paths > 500), "{seen:?}");
}

/// A pool that waited is asked as soon as the next step begins: one that has recovered by then and fails later in that
/// step begins its procedure anew. That shows where a jump takes it there: a price that diffuses is seen on its way.
#[test]
fn a_pool_that_waited_is_asked_at_once_inside_the_step() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/venues/hyperliquid.toml");
    let rest = r#"venue.liquidation.steps=[{ kind = "fraction", fraction = 0.2, cooldown = "6h" }, { kind = "full" }]"#;
    let model = r#"{ kind = "merton", drift = 0.0, volatility = 0.5, jump_rate = 1_500, jump_mean = 0.0, jump_std = 0.04 }"#;
    let models = models(&scenario(&file, &[]), model);
    let mut sets = vec![
        "simulation.paths=512",
        "simulation.horizon=5d",
        "simulation.step=6h",
        r#"simulation.monitoring="continuous""#,
        r#"simulation.modes=["isolated"]"#,
        rest,
        "venue.liquidation.backstop=0.01",
        "assets.BTC.maintenance_margin_rate=0.06",
        "assets.ETH.maintenance_margin_rate=0.06",
    ];
    sets.extend(models.iter().map(String::as_str));
    let [liquidated, _] = misses_nothing(&job(&scenario(&file, &sets)).unwrap(), "waiting");
    assert!(liquidated > 64, "{liquidated}");
}
