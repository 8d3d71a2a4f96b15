//! From what a run added up to the numbers a person reads.

mod estimate;
mod paired;

use estimate::{Estimator, LEVELS, at_levels, decimal, number};

use super::assumptions::{essential, further, model_in_words};
use super::document::*;
use crate::domain::Decimal;
use crate::margin::EntryPrices;
use crate::scenario::Scenario;
use crate::simulation::{Audit, ModeOutcome, RunOutcome};
use crate::statistics::{
    liquidation_step_at_rank, liquidation_step_quantile, mean_liquidation_step, rank_interval,
    restricted_mean_step, survival,
};

/// Name and version of the document's shape.
const SCHEMA: &str = "ringfence/result/1";
/// Equal times at which survival is given, besides time 0.
const SURVIVAL_POINTS: u64 = 50;
/// The document of one run. `entry` holds, per mode and position in the scenario's order, the prices at
/// which the pool fails at entry; `sha256` is the resolved scenario's.
pub fn build(
    scenario: &Scenario,
    sha256: &str,
    entry: &[Vec<EntryPrices>],
    outcome: &RunOutcome,
    audit: &Audit,
) -> ResultDocument {
    let context = Context::new(scenario, outcome.paths);
    let (positions, confidence) = (&scenario.portfolio.positions, scenario.settings.confidence);
    let no_prices = Vec::new();
    let modes = outcome.modes.iter().enumerate().map(|(index, mode)| {
        let prices = entry.get(index).unwrap_or(&no_prices);
        (mode.mode.name().to_owned(), context.mode(mode, prices))
    });
    let essential = essential(scenario);
    ResultDocument {
        schema: SCHEMA,
        version: env!("CARGO_PKG_VERSION"),
        scenario: summary(scenario, sha256, outcome.paths),
        modes: modes.collect(),
        paired: outcome
            .pairs
            .iter()
            .filter_map(|pair| paired::pair(pair, &outcome.modes, positions, &context.estimator, confidence))
            .collect(),
        audit: AuditResult {
            paths: audit.paths,
            steps: audit.steps,
            left_out: audit.left_out,
            events: audit.events,
            max_balance_error: number(audit.max_balance_error),
        },
        essential: essential.len(),
        assumptions: [essential, further(scenario)].concat(),
        notes: scenario.notes.clone(),
    }
}

fn summary(scenario: &Scenario, sha256: &str, paths: u64) -> ScenarioSummary {
    let settings = &scenario.settings;
    ScenarioSummary {
        title: scenario.title.clone(),
        name: scenario.name.clone(),
        sha256: sha256.to_owned(),
        paths,
        steps: settings.steps,
        seed: settings.seed,
        horizon_days: settings.horizon.days(),
        confidence: settings.confidence,
        ruin_level: settings.ruin_level,
        wallet: decimal(scenario.portfolio.account.wallet).unwrap_or(0.0),
        currency: scenario.portfolio.account.currency.clone(),
        model: model_in_words(scenario),
    }
}

/// A price at 12 significant digits, as scenarios and the ledger have them.
fn price(value: Decimal) -> Option<f64> {
    decimal(value.round_sf(12).unwrap_or(value))
}

/// What all numbers of one run share.
struct Context<'a> {
    scenario: &'a Scenario,
    paths: u64,
    estimator: Estimator,
}

impl<'a> Context<'a> {
    fn new(scenario: &'a Scenario, paths: u64) -> Self {
        Self { scenario, paths, estimator: Estimator::new(paths, scenario.settings.confidence) }
    }

    fn mode(&self, mode: &ModeOutcome, prices: &[EntryPrices]) -> ModeResult {
        let estimator = &self.estimator;
        let shortfall =
            estimator.mean(mode.shortfall.mean_of_nonzero(mode.shortfall_paths), mode.shortfall_paths);
        ModeResult {
            liquidation: self.liquidation(mode, prices),
            ruin: estimator.frequency(mode.ruin, self.paths),
            drawdown: Drawdowns {
                relative: estimator.drawdown(&mode.drawdown_relative),
                absolute: estimator.drawdown(&mode.drawdown_absolute),
            },
            pnl: estimator.pnl(&mode.pnl),
            shortfall: ShortfallResult {
                paths: estimator.frequency(mode.shortfall_paths, mode.any),
                mean: shortfall.mean,
                mean_std_error: shortfall.std_error,
                mean_low: shortfall.low,
                mean_high: shortfall.high,
            },
        }
    }

    fn liquidation(&self, mode: &ModeOutcome, prices: &[EntryPrices]) -> LiquidationResult {
        let positions = self.scenario.portfolio.positions.iter().zip(&mode.positions).enumerate();
        LiquidationResult {
            any: self.estimator.frequency(mode.any, self.paths),
            all: self.estimator.frequency(mode.all, self.paths),
            positions: positions
                .map(|(index, (position, count))| {
                    let at = prices.get(index);
                    let result = PositionResult {
                        liquidated: self.estimator.frequency(*count, self.paths),
                        liquidation_price: at.and_then(|p| p.liquidation).and_then(price),
                        bankruptcy_price: at.and_then(|p| p.bankruptcy).and_then(price),
                    };
                    (position.name.clone(), result)
                })
                .collect(),
            time_days: self.time_days(mode),
            survival: self.survival(&mode.first_liquidation),
        }
    }

    fn time_days(&self, mode: &ModeOutcome) -> TimeToLiquidation {
        let settings = &self.scenario.settings;
        let first = &mode.first_liquidation;
        let (horizon_days, steps) = (settings.horizon.days(), settings.steps as f64);
        let days = |step: f64| step * horizon_days / steps;
        let mean = self.estimator.mean(mean_liquidation_step(first), mode.any).converted(days);
        let restricted =
            self.estimator.mean(restricted_mean_step(first, self.paths), self.paths).converted(days);
        let ranks: Vec<_> =
            LEVELS.iter().map(|(_, p)| rank_interval(mode.any, *p, settings.confidence)).collect();
        let at_rank = |rank: Option<u64>| {
            rank.and_then(|r| liquidation_step_at_rank(first, r)).map(|step| days(step as f64))
        };
        TimeToLiquidation {
            mean: mean.mean,
            mean_std_error: mean.std_error,
            mean_low: mean.low,
            mean_high: mean.high,
            restricted_mean: restricted.mean,
            restricted_mean_std_error: restricted.std_error,
            restricted_mean_low: restricted.low,
            restricted_mean_high: restricted.high,
            quantiles: at_levels(|_, p| liquidation_step_quantile(first, p).map(|step| days(step as f64))),
            quantiles_low: at_levels(|i, _| ranks.get(i).and_then(|r| at_rank(r.0))),
            quantiles_high: at_levels(|i, _| ranks.get(i).and_then(|r| at_rank(r.1))),
        }
    }

    fn survival(&self, first_liquidation: &[u64]) -> Vec<SurvivalRow> {
        let settings = &self.scenario.settings;
        let horizon_days = settings.horizon.days();
        survival(first_liquidation, self.paths, SURVIVAL_POINTS, settings.confidence)
            .into_iter()
            .enumerate()
            .map(|(i, point)| SurvivalRow {
                // Multiplied first, so that the only rounding is that of the result.
                day: i as f64 * horizon_days / SURVIVAL_POINTS as f64,
                alive: point.alive,
                low: point.low,
                high: point.high,
            })
            .collect()
    }
}
