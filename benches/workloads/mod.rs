//! What is timed, ours beside the plain scalar loop of the same work.
//!
//! | name | assets | position and account |
//! | --- | --- | --- |
//! | W1, W3, W4, W5 | one of about 80 % volatility: geometric Brownian motion, Heston, Merton, GARCH with Student-t innovations | one unit at 10x, wallet 50 on a notional of 100 |
//! | W2 | four, correlated at 0.6 | two long and two short, a unit each at 10x, wallet 100 |
//! | default | what `ringfence run` simulates when it is told nothing | its own |
//!
//! W1 to W5: hourly steps, maintenance 0.5 %, fill at the mark, remainder returned, no fees. Both modes everywhere.

mod account;
mod shipped;
mod venue;

use ringfence::domain::Side;
use ringfence::paths::{AssetModel, Gbm, MarketModel, NormalJumps, PriceProcess};
use ringfence::simulation::Job;

pub use account::{on, sweep, w1};
pub use venue::w1_under_binance_usdm;

use crate::baseline::{self, Account, Position, laws as plain};
use crate::digest::Digest;
use crate::laws::{self, DEGREES, GARCH_T, GBM, HESTON, MERTON};

pub const PATHS: u64 = 16_384;
pub const STEPS: u64 = 720;
pub const STEP_YEARS: f64 = 1.0 / 8_760.0;

/// W2's.
const VOLATILITIES: [f64; 4] = [0.6, 0.8, 1.0, 1.2];
/// W2's, of any two assets.
const CORRELATION: f64 = 0.6;

/// The same work twice.
pub struct Workload {
    pub name: &'static str,
    pub about: &'static str,
    pub job: Job,
    /// The plain scalar loop.
    pub plain: Box<dyn Fn() -> Digest>,
    /// Whether both follow the same law, so that their liquidations agree within sampling error.
    pub same_law: bool,
}

impl Workload {
    /// Ours, and a plain account on a plain law that does as many steps of as many paths.
    fn new<L: baseline::Law + Clone + 'static>(
        name: &'static str,
        about: &'static str,
        job: Job,
        account: Account,
        law: L,
    ) -> Self {
        let (paths, steps) = (job.paths, job.steps);
        let plain = Box::new(move || account.simulate(law.clone(), paths, steps));
        Self { name, about, job, plain, same_law: true }
    }

    /// One an asset, a path and a step.
    pub fn asset_steps(&self) -> u64 {
        self.job.paths * self.job.steps * self.job.generator.assets() as u64
    }
}

/// W1 to W5, then the default scenario. `None` where one of them cannot be built.
pub fn all() -> Option<Vec<Workload>> {
    let plain_gbm = plain::Gbm::new(&[0.8], 0.0);
    let NormalJumps { rate, size } = MERTON.jumps;
    let plain_merton = plain::Merton::new(MERTON.volatility, rate, size.mean, size.std)?;
    let plain_garch = plain::GarchT::new(GARCH_T.volatility, GARCH_T.alpha, GARCH_T.beta, DEGREES)?;
    Some(vec![
        one_asset("W1", "gbm", PriceProcess::Gbm(GBM), plain_gbm)?,
        w2()?,
        Workload {
            same_law: false,
            ..one_asset("W3", "heston; Euler", PriceProcess::Heston(HESTON), plain::Heston::new(HESTON))?
        },
        one_asset("W4", "merton", PriceProcess::Merton(MERTON), plain_merton)?,
        Workload {
            same_law: false,
            ..one_asset("W5", "garch, Student-t", PriceProcess::Garch(GARCH_T), plain_garch)?
        },
        shipped::default_scenario()?,
    ])
}

/// The account of W1, W3, W4 and W5.
fn one_asset<L: baseline::Law + Clone + 'static>(
    name: &'static str,
    about: &'static str,
    law: PriceProcess,
    plain_law: L,
) -> Option<Workload> {
    let account = plain_account(50.0, &[1.0]);
    let job = on(&laws::market(law), 50, &[Side::Long])?;
    Some(Workload::new(name, about, job, account, plain_law))
}

fn w2() -> Option<Workload> {
    let account = plain_account(100.0, &[1.0, 1.0, -1.0, -1.0]);
    Some(Workload::new("W2", "four gbm", w2_job()?, account, plain::Gbm::new(&VOLATILITIES, CORRELATION)))
}

/// W2 as ringfence runs it.
pub fn w2_job() -> Option<Job> {
    let sides = [Side::Long, Side::Long, Side::Short, Side::Short];
    on(&gbm(&VOLATILITIES, CORRELATION), 100, &sides)
}

/// Assets at 100; `volatilities[i]` per square-root year.
fn gbm(volatilities: &[f64], correlation: f64) -> MarketModel {
    let n = volatilities.len();
    let law = |&volatility: &f64| AssetModel {
        price: 100.0,
        process: PriceProcess::Gbm(Gbm { drift: 0.0, volatility }),
    };
    MarketModel {
        assets: volatilities.iter().map(law).collect(),
        correlation: (0..n * n).map(|k| if k % (n + 1) == 0 { 1.0 } else { correlation }).collect(),
        step_years: STEP_YEARS,
        ..MarketModel::default()
    }
}

/// A unit of each asset at 100 and 10x.
fn plain_account(wallet: f64, signs: &[f64]) -> Account {
    let position = |&size| Position::new(size, 10.0);
    Account { wallet, entry: 100.0, positions: signs.iter().map(position).collect(), forfeits: false }
}
