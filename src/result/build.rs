//! The result document, built from the totals of a run.

pub(crate) mod correlation;
pub(crate) mod estimate;
pub(crate) mod factors;
pub(crate) mod monitoring;
pub(crate) mod paired;

use crate::result::build::estimate::{Estimator, LEVELS, Uncertainty, at_levels, number};
use crate::result::document::*;
use crate::result::sampling;
use crate::result::scenario_description::ScenarioDescription;
use crate::simulation::{Audit, ModeOutcome, RunOutcome, TwinMode};
use crate::statistics::{
    Interval, MeanEstimate, liquidation_step_at_rank, liquidation_step_quantile, mean_liquidation_step,
    restricted_mean_step, survival,
};

/// Name and version of the document's shape.
const SCHEMA: &str = "ringfence/result/1";
/// Equal times at which survival is given, besides time 0.
const SURVIVAL_POINTS: u64 = 50;

/// The document of one run: `description` of its scenario, `outcome` of its paths, `audit` of the kernel by the ledger.
pub fn build(description: &ScenarioDescription, outcome: &RunOutcome, audit: &Audit) -> ResultDocument {
    let uncertainty = match &outcome.twins {
        _ if description.overlapping_windows => Uncertainty::Unknown,
        Some(twins) => Uncertainty::Pairs(twins),
        None => Uncertainty::Independent,
    };
    let context = Context::new(description, outcome.paths, uncertainty);
    let modes = outcome.modes.iter().enumerate().map(|(index, mode)| {
        let twin = outcome.twins.as_ref().and_then(|twins| twins.modes.get(index));
        let prices = description.entry.get(index).map_or(&[][..], Vec::as_slice);
        (mode.mode.name().to_owned(), context.mode(mode, twin, prices))
    });
    let drawn = sampling::assumptions(description.overlapping_windows, outcome);
    ResultDocument {
        schema: SCHEMA.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        scenario: ScenarioSummary { paths: outcome.paths, ..description.summary.clone() },
        sampling: SamplingResult {
            kind: description.sampling.clone(),
            pairs: outcome.twins.as_ref().map(|twins| twins.pairs),
            overlapping_windows: description.overlapping_windows,
        },
        monitoring: monitoring::monitoring(description, outcome),
        clamped_paths: outcome.held_paths,
        modes: modes.collect(),
        paired: (0..outcome.pairs.len())
            .filter_map(|index| paired::pair(outcome, index, description, &context.estimator))
            .collect(),
        correlations: correlation::correlations(description, outcome),
        audit: AuditResult {
            paths: audit.paths,
            steps: audit.steps,
            left_out: audit.left_out,
            events: audit.events,
            max_balance_error: number(audit.max_balance_error),
        },
        assumptions: [drawn, description.essential.clone(), description.further.clone()].concat(),
        precision: None,
        notes: description.notes.clone(),
    }
}

/// What all numbers of one run share.
struct Context<'a> {
    description: &'a ScenarioDescription,
    paths: u64,
    estimator: Estimator<'a>,
}

impl<'a> Context<'a> {
    fn new(description: &'a ScenarioDescription, paths: u64, uncertainty: Uncertainty<'a>) -> Self {
        Self { description, paths, estimator: Estimator::new(paths, description.level, uncertainty) }
    }

    /// A share of all paths, `both` pairs of which are counted whole.
    fn share(&self, count: u64, both: Option<u64>) -> Frequency {
        self.estimator.frequency(count, self.paths, self.estimator.spread(count, both))
    }

    fn mode(&self, mode: &ModeOutcome, twin: Option<&TwinMode>, prices: &[[Option<f64>; 2]]) -> ModeResult {
        let estimator = &self.estimator;
        let shortfall = estimator.mean(
            mode.shortfall.mean_of_nonzero(mode.shortfall_paths),
            mode.shortfall_paths,
            estimator.worst_spread(),
        );
        ModeResult {
            liquidation: self.liquidation(mode, twin, prices),
            ruin: self.share(mode.ruin, twin.map(|t| t.ruin)),
            drawdown: Drawdowns {
                relative: estimator.drawdown(&mode.drawdown_relative, twin.map(|t| &t.drawdown_relative)),
                absolute: estimator.drawdown(&mode.drawdown_absolute, twin.map(|t| &t.drawdown_absolute)),
            },
            pnl: estimator.pnl(&mode.pnl, twin.map(|t| &t.pnl)),
            shortfall: ShortfallResult {
                paths: estimator.frequency(mode.shortfall_paths, mode.any, estimator.worst_spread()),
                mean: shortfall.mean,
                mean_std_error: shortfall.std_error,
                mean_low: shortfall.low,
                mean_high: shortfall.high,
            },
            costs: Costs {
                fees: estimator.mean_of_paths(&mode.fees),
                funding: estimator.mean_of_paths(&mode.funding),
            },
            in_quote: mode.quote.as_ref().map(|quote| QuoteResult {
                drawdown: Drawdowns {
                    relative: estimator.drawdown(&quote.drawdown_relative, None),
                    absolute: estimator.drawdown(&quote.drawdown_absolute, None),
                },
                pnl: estimator.pnl(&quote.pnl, None),
            }),
            antithetic_variance_factor: self.factors(mode, twin),
        }
    }

    fn factors(&self, mode: &ModeOutcome, twin: Option<&TwinMode>) -> AntitheticFactors {
        match (self.estimator.uncertainty(), twin) {
            (Uncertainty::Pairs(twins), Some(twin)) => factors::factors(mode, twin, twins.pairs),
            _ => AntitheticFactors::default(),
        }
    }

    fn liquidation(
        &self,
        mode: &ModeOutcome,
        twin: Option<&TwinMode>,
        prices: &[[Option<f64>; 2]],
    ) -> LiquidationResult {
        let positions = self.description.positions.iter().zip(&mode.positions).enumerate();
        LiquidationResult {
            any: self.share(mode.any, twin.map(|t| t.any)),
            all: self.share(mode.all, twin.map(|t| t.all)),
            positions: positions
                .map(|(index, (position, count))| {
                    let [liquidation_price, bankruptcy_price] =
                        prices.get(index).copied().unwrap_or_default();
                    let both = twin.and_then(|t| t.positions.get(index)).copied();
                    let result = PositionResult {
                        liquidated: self.share(*count, both),
                        liquidation_price,
                        bankruptcy_price,
                    };
                    (position.clone(), result)
                })
                .collect(),
            time_days: self.time_days(mode, twin),
            survival: self.survival(&mode.first_liquidation, twin),
            loss: self.estimator.mean_of_paths(&mode.loss_when_liquidated),
        }
    }

    fn time_days(&self, mode: &ModeOutcome, twin: Option<&TwinMode>) -> TimeToLiquidation {
        let first = &mode.first_liquidation;
        let days = |step: f64| self.description.days(step);
        let worst = self.estimator.worst_spread();
        let mean = self.estimator.mean(mean_liquidation_step(first), mode.any, worst).converted(days);
        let over_all = |e: MeanEstimate| {
            self.estimator.mean_over_all(e.mean, e.std_error, twin.map(|t| &t.restricted_step))
        };
        let restricted =
            restricted_mean_step(first, self.paths).map(over_all).unwrap_or_default().converted(days);
        let ranks: Vec<_> = LEVELS.iter().map(|(_, p)| self.estimator.ranks_of_some(mode.any, *p)).collect();
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

    fn survival(&self, first_liquidation: &[u64], twin: Option<&TwinMode>) -> Vec<SurvivalRow> {
        let horizon_days = self.description.summary.horizon_days;
        survival(first_liquidation, self.paths, SURVIVAL_POINTS)
            .into_iter()
            .enumerate()
            .map(|(i, point)| {
                let both = twin.map(|t| t.both_alive_after(self.paths / 2, point.step));
                // Nothing is liquidated at time 0: that is known, not estimated.
                let certain = (i == 0).then_some(Interval { low: 1.0, high: 1.0 });
                let spread = self.estimator.spread(point.alive_paths, both);
                let bounds = self.estimator.bounds(point.alive_paths, self.paths, spread);
                let bounds = bounds.map(|bounds| certain.unwrap_or(bounds));
                SurvivalRow {
                    // Multiplied first, so that the only rounding is that of the result.
                    day: i as f64 * horizon_days / SURVIVAL_POINTS as f64,
                    alive: point.alive,
                    low: bounds.map(|b| b.low),
                    high: bounds.map(|b| b.high),
                }
            })
            .collect()
    }
}
