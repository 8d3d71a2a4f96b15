//! The outcome of every path, as an iterator.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use crate::error::{Error, Result};
use crate::evaluate::job::job;
use crate::evaluate::options::Options;
use crate::result::outcome_names::OutcomeNames;
use crate::scenario::Scenario;
use crate::simulation::{Control, OutcomeSink, PathOutcome, Totals};

/// Batches of outcomes that may wait for the consumer before the simulation pauses.
const WAITING_BATCHES: usize = 2;

/// The outcome of one path in one margin mode.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Number of the path, from 0.
    pub path: u64,
    /// Name of the margin mode.
    pub mode: Arc<str>,
    /// Days to the first liquidation, if there was one.
    pub liquidation_days: Option<f64>,
    /// Name of the position that was liquidated first.
    pub first_liquidated: Option<Arc<str>>,
    /// Equity at the end, account currency.
    pub final_equity: f64,
    /// Largest fall from the running peak relative to it, in `[0, 1]`.
    pub max_drawdown: f64,
    /// Deficit beyond the collateral (bad debt), account currency.
    pub shortfall: f64,
}

/// Outcomes of all paths: path after path, of one path mode after mode. At most a few hundred thousand are held in
/// memory. Dropping the iterator stops the simulation.
///
/// The item is an error where the simulation failed; it is the last item.
#[derive(Debug)]
pub struct Outcomes {
    batches: Receiver<Result<Vec<Outcome>>>,
    current: std::vec::IntoIter<Outcome>,
}

impl Iterator for Outcomes {
    type Item = Result<Outcome>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(outcome) = self.current.next() {
                return Some(Ok(outcome));
            }
            // The channel closes when the simulation has ended.
            let batch = self.batches.recv().ok()?;
            match batch {
                Ok(batch) => self.current = batch.into_iter(),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

/// Simulates a scenario on a thread of its own and yields the outcome of every path in every mode.
///
/// # Errors
/// As [`crate::evaluate::simulate`], found before the first path.
pub fn outcomes(scenario: &Scenario, options: &Options) -> Result<Outcomes> {
    let (simulator, job) = (options.simulator()?, job(scenario)?);
    let names = OutcomeNames::new(scenario);
    let (sender, receiver) = sync_channel(WAITING_BATCHES);
    let options = options.clone();
    std::thread::spawn(move || {
        let progress = |paths| options.report(paths);
        let control = Control { cancelled: &options.cancelled, progress: &progress };
        let mut sink = Sender { names, to: sender.clone() };
        let mut totals = [Totals::new(&job)];
        let run = simulator.extend_with_outcomes(&[&job], 0..job.blocks(), &mut totals, &mut sink, &control);
        if let Err(stopped) = run {
            // The receiver is gone only where nobody waits for the error.
            drop(sender.send(Err(stopped.error)));
        }
    });
    Ok(Outcomes { batches: receiver, current: Vec::new().into_iter() })
}

struct Sender {
    names: OutcomeNames,
    to: SyncSender<Result<Vec<Outcome>>>,
}

impl OutcomeSink for Sender {
    /// Ends the simulation where the iterator has been dropped.
    fn write(&mut self, rows: &[PathOutcome]) -> Result<()> {
        let rows = rows.iter().map(|row| outcome(row, &self.names)).collect();
        self.to.send(Ok(rows)).map_err(|_| Error::Interrupted)
    }
}

fn outcome(row: &PathOutcome, names: &OutcomeNames) -> Outcome {
    Outcome {
        path: row.path,
        mode: names.modes[row.mode].clone(),
        liquidation_days: names.days(row),
        first_liquidated: names.first_liquidated(row).cloned(),
        final_equity: row.final_equity,
        max_drawdown: row.max_drawdown,
        shortfall: row.shortfall,
    }
}
