//! The figures, read from the tables beside this file.

use std::error::Error;
use std::str::FromStr;

use ringfence::domain::{Decimal, MarginMode, Side};
use ringfence::paths::{Gbm, Heston, Kou, Merton, NormalJump, NormalJumps, PriceProcess};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::setting::{Leg, Monitoring, Setting};

/// Steps of a run under continuous monitoring, where the figure does not depend on them: 24 divide every day that a
/// figure asks for.
const CONTINUOUS_STEPS: u64 = 24;

/// What a figure is the value of. Times in days, drawdowns as fractions of the running peak.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Statistic {
    /// Probability of liquidation within the horizon.
    LiquidationProbability,
    /// Probability of liquidation by this day.
    LiquidatedBy(f64),
    /// Mean of the earlier of liquidation and horizon.
    RestrictedMeanDays,
    /// Mean time to liquidation given that it came.
    MeanDaysIfLiquidated,
    /// Probability of liquidation beyond the bankruptcy price.
    GapProbability,
    /// Mean shortfall of all paths.
    ShortfallMean,
    /// Mean maximum drawdown.
    DrawdownMean,
    /// Mean of −ln(1 − maximum drawdown).
    LogDrawdownMean,
    /// The quantile of this probability.
    DrawdownQuantile(f64),
    /// Probability of a maximum drawdown of this depth or more.
    DrawdownExceedance(f64),
}

/// One exact number.
#[derive(Debug, Clone)]
pub struct Figure {
    /// Name of the parameter set.
    pub id: String,
    pub setting: Setting,
    pub statistic: Statistic,
    pub exact: f64,
}

/// Every figure, table by table.
pub fn all() -> Result<Vec<Figure>, Box<dyn Error>> {
    let tables = [
        include_str!("gbm_discrete.csv"),
        include_str!("gbm_continuous.csv"),
        include_str!("liquidation_time.csv"),
        include_str!("liquidation_time_continuous.csv"),
        include_str!("drawdown_price.csv"),
        include_str!("drawdown_equity.csv"),
        include_str!("rare.csv"),
        include_str!("merton.csv"),
        include_str!("kou.csv"),
        include_str!("heston_barrier.csv"),
    ];
    let mut figures = two_assets(include_str!("cross_two_assets.csv"))?;
    for table in tables {
        figures.extend(one_asset(table)?);
    }
    Ok(figures)
}

/// Figures of one setting share a run; runs in the order of their first figures.
pub fn by_setting(figures: Vec<Figure>) -> Vec<Vec<Figure>> {
    let mut runs: Vec<Vec<Figure>> = Vec::new();
    for figure in figures {
        match runs.iter_mut().find(|run| run.iter().all(|f| f.setting == figure.setting)) {
            Some(run) => run.push(figure),
            None => runs.push(vec![figure]),
        }
    }
    runs
}

#[derive(Deserialize)]
struct OneAssetRow {
    id: String,
    mode: String,
    side: String,
    quantity: String,
    wallet: String,
    margin: String,
    maintenance: String,
    drift: f64,
    volatility: Option<f64>,
    jump_rate: Option<f64>,
    jump_mean: Option<f64>,
    jump_std: Option<f64>,
    up_probability: Option<f64>,
    up_rate: Option<f64>,
    down_rate: Option<f64>,
    initial_variance: Option<f64>,
    mean_reversion: Option<f64>,
    long_run_variance: Option<f64>,
    vol_of_vol: Option<f64>,
    correlation: Option<f64>,
    days: f64,
    /// 0 under continuous monitoring.
    steps: u64,
    statistic: String,
    argument: Option<f64>,
    value: f64,
}

/// Reads a table of accounts with one position.
pub fn one_asset(table: &str) -> Result<Vec<Figure>, Box<dyn Error>> {
    rows(table)?.into_iter().map(OneAssetRow::figure).collect()
}

impl OneAssetRow {
    /// The law whose columns the table has.
    fn law(&self) -> Result<PriceProcess, String> {
        let need = |value: Option<f64>, name: &str| value.ok_or_else(|| format!("no {name}"));
        let drift = self.drift;
        if let Some(initial_variance) = self.initial_variance {
            return Ok(PriceProcess::Heston(Heston {
                drift,
                initial_variance,
                mean_reversion: need(self.mean_reversion, "mean_reversion")?,
                long_run_variance: need(self.long_run_variance, "long_run_variance")?,
                vol_of_vol: need(self.vol_of_vol, "vol_of_vol")?,
                correlation: need(self.correlation, "correlation")?,
            }));
        }
        let volatility = need(self.volatility, "volatility")?;
        Ok(match (self.jump_rate, self.up_probability) {
            (Some(jump_rate), Some(up_probability)) => PriceProcess::Kou(Kou {
                drift,
                volatility,
                jump_rate,
                up_probability,
                up_rate: need(self.up_rate, "up_rate")?,
                down_rate: need(self.down_rate, "down_rate")?,
            }),
            (Some(rate), None) => {
                let (mean, std) = (need(self.jump_mean, "jump_mean")?, need(self.jump_std, "jump_std")?);
                let jumps = NormalJumps { rate, size: NormalJump { mean, std } };
                PriceProcess::Merton(Merton { drift, volatility, jumps })
            }
            _ => PriceProcess::Gbm(Gbm { drift, volatility }),
        })
    }

    fn figure(self) -> Result<Figure, Box<dyn Error>> {
        let leg = Leg {
            side: side(&self.side)?,
            quantity: Decimal::from_str(&self.quantity)?,
            maintenance: Decimal::from_str(&self.maintenance)?,
            law: self.law()?,
        };
        let is_continuous = self.steps == 0;
        let setting = Setting {
            mode: mode(&self.mode)?,
            wallet: Decimal::from_str(&self.wallet)?,
            margin: Decimal::from_str(&self.margin)?,
            legs: vec![leg],
            correlation: 0.0,
            days: self.days,
            steps: if is_continuous { CONTINUOUS_STEPS } else { self.steps },
            monitoring: if is_continuous { Monitoring::Continuous } else { Monitoring::Steps },
        };
        let statistic = statistic(&self.statistic, self.argument)?;
        Ok(Figure { id: self.id, setting, statistic, exact: self.value })
    }
}

#[derive(Deserialize)]
struct TwoAssetRow {
    id: String,
    wallet: String,
    quantity_1: String,
    quantity_2: String,
    side_1: String,
    side_2: String,
    maintenance_1: String,
    maintenance_2: String,
    drift_1: f64,
    drift_2: f64,
    volatility_1: f64,
    volatility_2: f64,
    correlation: f64,
    days: f64,
    steps: u64,
    value: f64,
}

/// Reads a table of cross accounts with two positions.
fn two_assets(table: &str) -> Result<Vec<Figure>, Box<dyn Error>> {
    rows(table)?.into_iter().map(TwoAssetRow::figure).collect()
}

impl TwoAssetRow {
    fn figure(self) -> Result<Figure, Box<dyn Error>> {
        let first = Leg {
            side: side(&self.side_1)?,
            quantity: Decimal::from_str(&self.quantity_1)?,
            maintenance: Decimal::from_str(&self.maintenance_1)?,
            law: PriceProcess::Gbm(Gbm { drift: self.drift_1, volatility: self.volatility_1 }),
        };
        let second = Leg {
            side: side(&self.side_2)?,
            quantity: Decimal::from_str(&self.quantity_2)?,
            maintenance: Decimal::from_str(&self.maintenance_2)?,
            law: PriceProcess::Gbm(Gbm { drift: self.drift_2, volatility: self.volatility_2 }),
        };
        let wallet = Decimal::from_str(&self.wallet)?;
        let setting = Setting {
            mode: MarginMode::Cross,
            wallet,
            margin: wallet / Decimal::TWO,
            legs: vec![first, second],
            correlation: self.correlation,
            days: self.days,
            steps: self.steps,
            monitoring: Monitoring::Steps,
        };
        Ok(Figure { id: self.id, setting, statistic: Statistic::LiquidationProbability, exact: self.value })
    }
}

fn rows<Row: DeserializeOwned>(table: &str) -> Result<Vec<Row>, csv::Error> {
    csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(table.as_bytes()).deserialize().collect()
}

fn side(name: &str) -> Result<Side, String> {
    [Side::Long, Side::Short].into_iter().find(|s| s.name() == name).ok_or(format!("no side '{name}'"))
}

fn mode(name: &str) -> Result<MarginMode, String> {
    MarginMode::ALL.into_iter().find(|m| m.name() == name).ok_or(format!("no mode '{name}'"))
}

fn statistic(name: &str, argument: Option<f64>) -> Result<Statistic, String> {
    Ok(match (name, argument) {
        ("liquidation_probability", None) => Statistic::LiquidationProbability,
        ("liquidated_by", Some(day)) => Statistic::LiquidatedBy(day),
        ("restricted_mean_days", None) => Statistic::RestrictedMeanDays,
        ("mean_days_if_liquidated", None) => Statistic::MeanDaysIfLiquidated,
        ("gap_probability", None) => Statistic::GapProbability,
        ("shortfall_mean", None) => Statistic::ShortfallMean,
        ("drawdown_mean", None) => Statistic::DrawdownMean,
        ("log_drawdown_mean", None) => Statistic::LogDrawdownMean,
        ("drawdown_quantile", Some(probability)) => Statistic::DrawdownQuantile(probability),
        ("drawdown_exceedance", Some(level)) => Statistic::DrawdownExceedance(level),
        _ => return Err(format!("no statistic '{name}' with argument {argument:?}")),
    })
}
