//! The scenario that `ringfence run` simulates when it is told nothing: the program's own reading of it beside the plain
//! loop's numbers, written out from scenarios/ten-thousand.toml.

use std::path::Path;

use ringfence::scenario::{DEFAULT_NAME, DEFAULT_TEXT, load_text};

use super::Workload;
use crate::baseline::laws::Gbm;
use crate::baseline::{Account, Position};

/// A long of $20,000 on a wallet of $10,000, $2,000 of it at stake when isolated; whatever a liquidation leaves is
/// forfeited. 100,000 paths of 30 days in hours.
pub fn default_scenario() -> Option<Workload> {
    let scenario = load_text(DEFAULT_NAME, DEFAULT_NAME, DEFAULT_TEXT, Path::new(""), &[]).ok()?;
    let job = ringfence::evaluate::job(&scenario).ok()?;
    let account = Account {
        wallet: 10_000.0,
        entry: 60_000.0,
        positions: vec![Position::new(20_000.0 / 60_000.0, 2_000.0)],
        forfeits: true,
    };
    Some(Workload::new("default", "shipped scenario", job, account, Gbm::new(&[0.65], 0.0)))
}
