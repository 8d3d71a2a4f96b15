//! One path's account in exact decimals, told event by event.

use std::fmt::Write;

use rust_decimal::Decimal;

use super::job;
use crate::domain::{FillPrice, MarginMode, Portfolio, Remainder, Span};
use crate::error::{Error, Result};
use crate::margin::{Ledger, LiquidationEvent, OutOfRange, PoolKind, price_to_decimal};
use crate::paths::{CHUNK, LANES};
use crate::scenario::Scenario;

/// The story of path `path` in each of `modes`. A path is a function of the seed and its number: it
/// may lie beyond the scenario's `paths`.
///
/// # Errors
/// [`Error::Input`] when a mode is not one the scenario asks for; [`Error::Failed`] when an amount
/// outgrows exact decimals.
pub fn replay(scenario: &Scenario, modes: &[MarginMode], path: u64) -> Result<String> {
    if let Some(mode) = modes.iter().find(|mode| !scenario.settings.modes.contains(mode)) {
        let known: Vec<_> = scenario.settings.modes.iter().map(|m| m.name()).collect();
        return Err(Error::input(format!(
            "--mode {mode}: the scenario compares {}; add it to simulation.modes",
            known.join(", ")
        )));
    }
    let marks = price_path(scenario, path)?;
    let mut text = format!("{}: path {path}, seed {}\n", scenario.name, scenario.settings.seed);
    for &mode in modes {
        let told = tell(scenario, mode, &marks);
        let story = told.map_err(|e| Error::failed(format!("path {path} in mode {mode}: {e}")))?;
        text.push_str(&story);
    }
    Ok(text)
}

/// Marks of every asset after each step, at the 12 digits the ledger sees.
fn price_path(scenario: &Scenario, path: u64) -> Result<Vec<Vec<Decimal>>> {
    let job = job(scenario)?;
    let lane = (path % LANES as u64) as usize;
    let mut block = job.generator.begin(path - lane as u64);
    let mut marks = Vec::new();
    while (marks.len() as u64) < job.steps {
        let steps = CHUNK.min(job.steps as usize - marks.len());
        job.generator.advance(&mut block, steps);
        for index in 0..steps {
            let mark = |asset| price_to_decimal(block.price(asset, index)[lane]);
            let row = (0..job.generator.assets()).map(mark).collect::<std::result::Result<_, OutOfRange>>();
            marks.push(row.map_err(|e| Error::failed(format!("path {path}: {e}")))?);
        }
    }
    Ok(marks)
}

fn tell(
    scenario: &Scenario,
    mode: MarginMode,
    marks: &[Vec<Decimal>],
) -> std::result::Result<String, OutOfRange> {
    let portfolio = &scenario.portfolio;
    let mut ledger = Ledger::open(portfolio, mode);
    let mut text = format!("\nmode {mode}\n");
    tell_opening(&mut text, portfolio, &ledger);
    let opening = portfolio.account.wallet;
    let (mut equity, mut peak, mut deepest) = (opening, opening, Decimal::ZERO);
    let mut balance = None;
    for (index, row) in marks.iter().enumerate() {
        let step = index as u64 + 1;
        for event in ledger.step(step, row)? {
            tell_liquidation(&mut text, scenario, &ledger, &event);
        }
        let both_sides = ledger.balance(row)?;
        equity = both_sides.held;
        peak = peak.max(equity);
        deepest = deepest.max((peak - equity) / peak);
        balance = Some(both_sides);
    }
    let last: Vec<String> = portfolio
        .assets
        .iter()
        .zip(marks.last().into_iter().flatten())
        .map(|(asset, mark)| format!("{} {}", asset.name, mark.normalize()))
        .collect();
    let _ = writeln!(text, "  end, step {}: {}", marks.len(), last.join(", "));
    let _ = writeln!(
        text,
        "    equity {}, profit and loss {}, maximum drawdown {} %",
        equity.normalize(),
        (equity - opening).normalize(),
        (deepest * Decimal::ONE_HUNDRED).round_dp(4).normalize()
    );
    if let Some(balance) = balance {
        let _ = writeln!(
            text,
            "    money conserved: held {} − explained {} = {}",
            balance.held.normalize(),
            balance.explained.normalize(),
            (balance.held - balance.explained).normalize()
        );
    }
    Ok(text)
}

fn tell_opening(text: &mut String, portfolio: &Portfolio, ledger: &Ledger<'_>) {
    let _ = writeln!(text, "  open, wallet {} {}", ledger.wallet().normalize(), portfolio.account.currency);
    for (pool, _) in ledger.pools() {
        let backing = match pool.kind {
            PoolKind::Isolated => format!("its own margin of {}", pool.money.normalize()),
            PoolKind::Wallet => format!("the wallet of {}", pool.money.normalize()),
        };
        for &index in &pool.positions {
            let p = &portfolio.positions[index];
            let asset = &portfolio.assets[p.asset];
            let _ = writeln!(
                text,
                "    {}: {} {} {} at {}, backed by {backing}",
                p.name,
                p.side.name(),
                p.quantity.normalize(),
                asset.name,
                asset.price.normalize()
            );
        }
    }
}

fn tell_liquidation(text: &mut String, scenario: &Scenario, ledger: &Ledger<'_>, event: &LiquidationEvent) {
    let portfolio = &scenario.portfolio;
    let names: Vec<&str> =
        event.fills.iter().map(|fill| portfolio.positions[fill.position].name.as_str()).collect();
    let seconds = u128::from(event.step) * u128::from(scenario.settings.horizon.seconds());
    let elapsed = Span::from_seconds((seconds / u128::from(scenario.settings.steps)) as u64);
    let elapsed = elapsed.map_or_else(String::new, |span| format!(" ({span})"));
    let _ =
        writeln!(text, "  step {}{elapsed}: the margin check fails, {} closed", event.step, names.join(", "));
    for fill in &event.fills {
        let position = &portfolio.positions[fill.position];
        let _ = writeln!(
            text,
            "    {}: {}{}·({} − {}) = {}",
            position.name,
            if position.side.sign().is_sign_negative() { "−" } else { "" },
            position.quantity.normalize(),
            fill.mark.normalize(),
            portfolio.entry_price(position).normalize(),
            fill.profit_at_mark.normalize()
        );
    }
    let _ = writeln!(
        text,
        "    equity {} = money {} + profit; requirement {}",
        event.equity.normalize(),
        event.money.normalize(),
        event.requirement.normalize()
    );
    let price = match portfolio.venue.liquidation.price {
        FillPrice::Mark => "at the mark",
        FillPrice::Bankruptcy => "where the money is used up",
    };
    let _ = writeln!(
        text,
        "    filled {price}: realised {}, shortfall {}, paid in by the fund {}",
        event.realised.normalize(),
        event.shortfall.normalize(),
        event.paid_in.normalize()
    );
    let left = match portfolio.venue.liquidation.remainder {
        Remainder::Forfeit => format!("forfeited {}", event.forfeited.normalize()),
        Remainder::Return => format!("returned {}", event.returned.normalize()),
    };
    let _ = writeln!(text, "    left over: {left}; wallet now {}", ledger.wallet().normalize());
}
