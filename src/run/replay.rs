//! One path's account in exact decimals, told event by event.

pub(crate) mod explain;

use std::fmt::Write;

use rust_decimal::Decimal;

use crate::domain::{Asset, Clock, MarginMode};
use crate::error::{Error, Invalid, Result};
use crate::evaluate::job;
use crate::margin::{AccountRecord, BookState, Ledger, OutOfRange, price_to_decimal};
use crate::paths::{BridgeWalk, CHUNK, LANES, PathBlock};
use crate::run::replay::explain::Words;
use crate::scenario::Scenario;
use crate::simulation::{Job, Sighting, Sightings};

/// The story of path `path` in each of `modes`. A path is a function of the seed and its number: it
/// may lie beyond the scenario's `paths`, unless paths are windows of a history.
///
/// # Errors
/// [`Error::Input`] when a mode is not one the scenario asks for, or there is no such window; [`Error::Failed`] when an amount
/// outgrows exact decimals.
pub fn replay(scenario: &Scenario, modes: &[MarginMode], path: u64) -> Result<String> {
    if let Some(mode) = modes.iter().find(|mode| !scenario.settings.modes.contains(mode)) {
        let known: Vec<_> = scenario.settings.modes.iter().map(|m| m.name()).collect();
        let message = format!("the scenario has no mode `{mode}`");
        let invalid = Invalid::new(message).of_key("--mode").with_value(mode).expected(known.join(" or "));
        return Err(invalid.with_help("add it to simulation.modes").into());
    }
    let settings = &scenario.settings;
    let origin = match (&scenario.market.windows, scenario.window(path)) {
        (None, _) => format!("seed {}", settings.seed),
        (Some(_), Some((first, last))) => format!("the closes of the bars from {first} to {last}"),
        (Some(_), None) => {
            let message = format!("the history has no window for path {path}");
            let invalid = Invalid::new(message).of_key("--path").with_value(path);
            return Err(invalid.expected(format!("0 to {}", settings.paths.saturating_sub(1))).into());
        }
    };
    let tellers = modes.iter().map(|&mode| Teller::open(scenario, mode, path)).collect();
    let stories = follow(scenario, path, tellers)?;
    Ok(format!("{}: path {path}, {origin}\n{stories}", scenario.name))
}

/// Steps the tellers along the path, at the marks of 12 digits that the ledger sees.
fn follow(scenario: &Scenario, path: u64, mut tellers: Vec<Teller<'_>>) -> Result<String> {
    let job = job(scenario)?;
    let lane = (path % LANES as u64) as usize;
    let mut block = job.generator.begin(path - lane as u64);
    // Accounts that stay as they opened: what is near one of them is all that can be near the tellers'.
    let states: Vec<BookState> = job.books.iter().map(BookState::open).collect();
    let mut marks = Vec::new();
    let mut done = 0;
    while done < job.steps {
        let steps = CHUNK.min((job.steps - done) as usize);
        job.generator.advance(&mut block, steps);
        for index in 0..steps {
            let step = done + index as u64 + 1;
            for sighting in look_inside(&job, &block, (index, steps), lane, &states) {
                let exact =
                    sighting.exact().map_err(|e| Error::failed(format!("path {path}: a price: {e}")))?;
                for teller in &mut tellers {
                    let told = teller.look_inside(step, &exact);
                    told.map_err(|e| Error::failed(format!("path {path} in mode {}: {e}", teller.mode)))?;
                }
            }
            let mark = |asset| price_to_decimal(block.price(asset, index)[lane]);
            let row = (0..job.generator.assets()).map(mark).collect::<std::result::Result<_, OutOfRange>>();
            marks = row.map_err(|e| Error::failed(format!("path {path}: a price: {e}")))?;
            for teller in &mut tellers {
                let told = teller.step(step, &marks);
                told.map_err(|e| Error::failed(format!("path {path} in mode {}: {e}", teller.mode)))?;
            }
        }
        done += steps as u64;
    }
    Ok(tellers.into_iter().map(|teller| teller.close(done, &marks)).collect())
}

/// What happens inside a step wherever a pool is near; nothing where margin is checked at steps.
fn look_inside(
    job: &Job,
    block: &PathBlock,
    (index, steps): (usize, usize),
    lane: usize,
    states: &[BookState],
) -> Vec<Sighting<f64>> {
    let mut seen = Sightings { books: &job.books, states, lane, list: Vec::new() };
    BridgeWalk::new(&job.generator).look(block, (index, steps), lane, &mut seen);
    seen.list
}

/// One mode's account and its story so far.
struct Teller<'a> {
    scenario: &'a Scenario,
    mode: MarginMode,
    ledger: Ledger<'a>,
    text: String,
    record: AccountRecord,
    /// Nothing is open any more, and the record has seen it.
    is_settled: bool,
}

impl<'a> Teller<'a> {
    fn open(scenario: &'a Scenario, mode: MarginMode, path: u64) -> Self {
        let settings = &scenario.settings;
        let clock = Clock { horizon_seconds: settings.horizon.seconds(), steps: settings.steps };
        let ledger = Ledger::open(&scenario.portfolio, mode, clock, path);
        let mut text = format!("\nmode {mode}\n");
        text.push_str(&explain::opening(&scenario.portfolio, &ledger));
        let record = AccountRecord::open(scenario.portfolio.account.wallet);
        Self { scenario, mode, ledger, text, record, is_settled: false }
    }

    fn look_inside(
        &mut self,
        step: u64,
        sighting: &Sighting<Decimal>,
    ) -> std::result::Result<(), OutOfRange> {
        let when = match sighting {
            Sighting::Ran { .. } => "inside step",
            Sighting::Jumped(_) => "a jump inside step",
        };
        let events = sighting.tell(&mut self.ledger, step)?;
        self.text.push_str(&Words::new(self.scenario, &self.ledger, when).all(step, &events));
        Ok(())
    }

    fn step(&mut self, step: u64, marks: &[Decimal]) -> std::result::Result<(), OutOfRange> {
        if self.is_settled {
            return Ok(());
        }
        let events = self.ledger.step(step, marks)?;
        self.text.push_str(&Words::new(self.scenario, &self.ledger, "step").all(step, &events));
        self.record.see(self.ledger.balance(marks)?);
        self.is_settled = self.ledger.is_closed();
        Ok(())
    }

    fn close(mut self, steps: u64, marks: &[Decimal]) -> String {
        let portfolio = &self.scenario.portfolio;
        let name = |(asset, mark): (&Asset, &Decimal)| format!("{} {}", asset.name, mark.normalize());
        let last: Vec<String> = portfolio.assets.iter().zip(marks).map(name).collect();
        let _ = writeln!(self.text, "  end, step {steps}: {}", last.join(", "));
        let _ = writeln!(
            self.text,
            "    equity {}, profit and loss {}, maximum drawdown {} %",
            self.record.equity.normalize(),
            (self.record.equity - portfolio.account.wallet).normalize(),
            (self.record.relative_drawdown * Decimal::ONE_HUNDRED).round_dp(4).normalize()
        );
        let _ = writeln!(
            self.text,
            "    wallet {}, fees paid {}, net funding paid {}, shortfall {}",
            self.ledger.wallet().normalize(),
            self.ledger.fees().normalize(),
            self.ledger.funding_paid().normalize(),
            self.ledger.shortfall().normalize()
        );
        if let Some(balance) = self.record.balance {
            let _ = writeln!(
                self.text,
                "    money conserved: held {} − explained {} = {}",
                balance.held.normalize(),
                balance.explained.normalize(),
                (balance.held - balance.explained).normalize()
            );
        }
        self.text
    }
}
