//! Every preset on the portfolio of `scenarios/venues`: the same bits on every machine, ledger and kernel alike under
//! every price model, and never a loss beyond what was allocated.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use ringfence::domain::{Debit, Decimal, MarginMode};
use ringfence::margin::{Ledger, Partition, price_to_decimal};
use ringfence::paths::{CHUNK, LANES};
use ringfence::run::job;
use ringfence::scenario::{Scenario, load, parse_override};
use ringfence::simulation::{Control, Job, RunOutcome, Simulator, VectorWidth, WidthLimit};

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
        ("binance-coinm", [1329, 765]),
        ("binance-usdm", [1519, 593]),
        ("bitmex", [1307, 744]),
        ("bybit-uta", [1496, 598]),
        ("bybit", [1500, 613]),
        ("deribit", [1526, 585]),
        ("dydx", [1545, 597]),
        ("hyperliquid", [1595, 649]),
        ("kraken", [1515, 565]),
        ("okx", [1497, 549]),
        ("textbook", [1499, 547]),
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
            let audit = simulator.audit(&job, &AtomicBool::new(false));
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
