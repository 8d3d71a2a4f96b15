//! From what a run added up to the numbers a person reads.

use super::assumptions::{assumptions, model_in_words};
use super::document::*;
use crate::domain::Decimal;
use crate::margin::EntryPrices;
use crate::scenario::Scenario;
use crate::simulation::{Audit, ModeOutcome, PairOutcome, RunOutcome, TwoByTwo};
use crate::statistics::{
    Distribution, Moments, liquidation_step_quantile, mcnemar_exact, mean_liquidation_step, newcombe_paired,
    proportion_variance_factor, rank_interval, restricted_mean_step, survival, two_sided_z, variance_factor,
    wilson,
};

/// Name and version of the document's shape.
const SCHEMA: &str = "ringfence/result/1";
/// Equal times at which survival is given, besides time 0.
const SURVIVAL_POINTS: u64 = 50;
/// Quantile levels and the keys they are given under.
const LEVELS: [(&str, f64); 9] = [
    ("0.01", 0.01),
    ("0.05", 0.05),
    ("0.1", 0.1),
    ("0.25", 0.25),
    ("0.5", 0.5),
    ("0.75", 0.75),
    ("0.9", 0.9),
    ("0.95", 0.95),
    ("0.99", 0.99),
];
/// Levels of tail measures, and the share of paths beyond them (written out: 1 − 0.95 is not 0.05).
const TAILS: [(&str, f64); 2] = [("0.95", 0.05), ("0.99", 0.01)];

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
    let no_prices = Vec::new();
    let modes = outcome.modes.iter().enumerate().map(|(index, mode)| {
        let prices = entry.get(index).unwrap_or(&no_prices);
        (mode.mode.name().to_owned(), context.mode(mode, prices))
    });
    ResultDocument {
        schema: SCHEMA,
        version: env!("CARGO_PKG_VERSION"),
        scenario: summary(scenario, sha256, outcome.paths),
        modes: modes.collect(),
        paired: outcome.pairs.iter().filter_map(|pair| context.pair(pair, &outcome.modes)).collect(),
        audit: AuditResult {
            paths: audit.paths,
            events: audit.events,
            max_balance_error: number(audit.max_balance_error),
        },
        assumptions: assumptions(scenario),
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

/// A finite number, zero without a sign; `None` for what JSON cannot say.
fn number(value: f64) -> Option<f64> {
    value.is_finite().then_some(value + 0.0)
}

fn decimal(value: Decimal) -> Option<f64> {
    // The text is the shortest exact one, and parsing rounds correctly; `to_f64` may not.
    value.to_string().parse().ok().and_then(number)
}

/// A price at 12 significant digits, as scenarios and the ledger have them.
fn price(value: Decimal) -> Option<f64> {
    decimal(value.round_sf(12).unwrap_or(value))
}

/// What all numbers of one run share.
struct Context<'a> {
    scenario: &'a Scenario,
    paths: u64,
    z: f64,
    /// Per quantile level: ranks of its bounds among all paths.
    ranks: Vec<(Option<u64>, Option<u64>)>,
}

impl<'a> Context<'a> {
    fn new(scenario: &'a Scenario, paths: u64) -> Self {
        let confidence = scenario.settings.confidence;
        let ranks = LEVELS.iter().map(|(_, p)| rank_interval(paths, *p, confidence)).collect();
        Self { scenario, paths, z: two_sided_z(confidence), ranks }
    }

    fn mode(&self, mode: &ModeOutcome, prices: &[EntryPrices]) -> ModeResult {
        let shortfall = mode.shortfall.mean_of_nonzero(mode.shortfall_paths);
        ModeResult {
            liquidation: self.liquidation(mode, prices),
            ruin: self.frequency(mode.ruin, self.paths),
            drawdown: Drawdowns {
                relative: self.drawdown(&mode.drawdown_relative),
                absolute: self.drawdown(&mode.drawdown_absolute),
            },
            pnl: self.pnl(&mode.pnl),
            shortfall: ShortfallResult {
                paths: self.frequency(mode.shortfall_paths, mode.any),
                mean: shortfall.and_then(|s| number(s.mean)),
                mean_std_error: shortfall.and_then(|s| s.std_error).and_then(number),
            },
        }
    }

    fn liquidation(&self, mode: &ModeOutcome, prices: &[EntryPrices]) -> LiquidationResult {
        let positions = self.scenario.portfolio.positions.iter().zip(&mode.positions).enumerate();
        LiquidationResult {
            any: self.frequency(mode.any, self.paths),
            all: self.frequency(mode.all, self.paths),
            positions: positions
                .map(|(index, (position, count))| {
                    let at = prices.get(index);
                    let result = PositionResult {
                        liquidated: self.frequency(*count, self.paths),
                        liquidation_price: at.and_then(|p| p.liquidation).and_then(price),
                        bankruptcy_price: at.and_then(|p| p.bankruptcy).and_then(price),
                    };
                    (position.name.clone(), result)
                })
                .collect(),
            time_days: self.time_days(&mode.first_liquidation),
            survival: self.survival(&mode.first_liquidation),
        }
    }

    fn time_days(&self, first_liquidation: &[u64]) -> TimeToLiquidation {
        let settings = &self.scenario.settings;
        let days = |steps: f64| number(steps * settings.horizon.days() / settings.steps as f64);
        let mean = mean_liquidation_step(first_liquidation);
        let restricted = restricted_mean_step(first_liquidation, self.paths);
        TimeToLiquidation {
            mean: mean.and_then(|m| days(m.mean)),
            mean_std_error: mean.and_then(|m| m.std_error).and_then(days),
            restricted_mean: restricted.and_then(|m| days(m.mean)),
            restricted_mean_std_error: restricted.and_then(|m| m.std_error).and_then(days),
            quantiles: at_levels(|_, p| {
                liquidation_step_quantile(first_liquidation, p).and_then(|step| days(step as f64))
            }),
        }
    }

    fn survival(&self, first_liquidation: &[u64]) -> Vec<SurvivalRow> {
        let settings = &self.scenario.settings;
        survival(first_liquidation, self.paths, SURVIVAL_POINTS, settings.confidence)
            .into_iter()
            .map(|point| SurvivalRow {
                day: point.fraction_of_horizon * settings.horizon.days(),
                alive: point.alive,
                low: point.low,
                high: point.high,
            })
            .collect()
    }

    fn frequency(&self, count: u64, of: u64) -> Frequency {
        let bounds = wilson(count, of, self.scenario.settings.confidence);
        Frequency {
            count,
            frequency: bounds.map(|_| count as f64 / of as f64),
            low: bounds.map(|b| b.low),
            high: bounds.map(|b| b.high),
        }
    }

    fn distribution(&self, values: &Distribution) -> DistributionResult {
        let moments = values.moments();
        let (low, high) = self.bounds_of_mean(moments);
        let rank_of = |index: usize| self.ranks.get(index).copied().unwrap_or_default();
        DistributionResult {
            mean: moments.mean().and_then(number),
            std_error: moments.std_error().and_then(number),
            low,
            high,
            std: moments.std().and_then(number),
            min: moments.min().and_then(number),
            max: moments.max().and_then(number),
            quantiles: at_levels(|_, p| values.quantile(p)),
            quantiles_low: at_levels(|i, _| rank_of(i).0.and_then(|rank| values.at_rank(rank))),
            quantiles_high: at_levels(|i, _| rank_of(i).1.and_then(|rank| values.at_rank(rank))),
        }
    }

    fn bounds_of_mean(&self, moments: &Moments) -> (Option<f64>, Option<f64>) {
        let bound = |z: f64| number(moments.mean()? + z * moments.std_error()?);
        (bound(-self.z), bound(self.z))
    }

    fn drawdown(&self, values: &Distribution) -> DrawdownResult {
        DrawdownResult {
            distribution: self.distribution(values),
            cdar: in_tails(|share| values.upper_tail_mean(share)),
        }
    }

    fn pnl(&self, values: &Distribution) -> PnlResult {
        PnlResult {
            distribution: self.distribution(values),
            value_at_risk: in_tails(|share| values.quantile(share).map(|v| -v)),
            expected_shortfall: in_tails(|share| values.lower_tail_mean(share).map(|v| -v)),
        }
    }

    fn pair(&self, pair: &PairOutcome, modes: &[ModeOutcome]) -> Option<PairedResult> {
        let (a, b) = (modes.get(pair.a)?, modes.get(pair.b)?);
        let names = self.scenario.portfolio.positions.iter().map(|position| position.name.clone());
        Some(PairedResult {
            a: a.mode.name().to_owned(),
            b: b.mode.name().to_owned(),
            liquidation: self.paired_liquidation(pair.liquidation),
            positions: names.zip(pair.positions.iter().map(|table| (*table).into())).collect(),
            drawdown_relative: self.mean_difference(
                &pair.drawdown_relative,
                a.drawdown_relative.moments(),
                b.drawdown_relative.moments(),
            ),
            pnl: self.mean_difference(&pair.pnl, a.pnl.moments(), b.pnl.moments()),
            shortfall: self.mean_difference(&pair.shortfall, &a.shortfall, &b.shortfall),
        })
    }

    fn paired_liquidation(&self, table: TwoByTwo) -> PairedLiquidation {
        let TwoByTwo { both, a_only, b_only, neither } = table;
        let bounds = newcombe_paired(both, a_only, b_only, neither, self.scenario.settings.confidence);
        PairedLiquidation {
            table: table.into(),
            difference: bounds.map(|_| (a_only as f64 - b_only as f64) / self.paths as f64),
            low: bounds.map(|b| b.low),
            high: bounds.map(|b| b.high),
            mcnemar_p: mcnemar_exact(a_only, b_only),
            variance_factor: proportion_variance_factor(both, a_only, b_only, neither),
        }
    }

    fn mean_difference(&self, difference: &Moments, a: &Moments, b: &Moments) -> MeanDifference {
        let (low, high) = self.bounds_of_mean(difference);
        MeanDifference {
            mean_difference: difference.mean().and_then(number),
            std_error: difference.std_error().and_then(number),
            low,
            high,
            variance_factor: variance_factor(a.variance(), b.variance(), difference.variance()),
        }
    }
}

fn at_levels(value: impl Fn(usize, f64) -> Option<f64>) -> Keyed<Option<f64>> {
    LEVELS
        .iter()
        .enumerate()
        .map(|(index, (key, p))| ((*key).to_owned(), value(index, *p).and_then(number)))
        .collect()
}

fn in_tails(value: impl Fn(f64) -> Option<f64>) -> Keyed<Option<f64>> {
    TAILS.iter().map(|(key, share)| ((*key).to_owned(), value(*share).and_then(number))).collect()
}
