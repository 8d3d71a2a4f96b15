//! What a price model supplies: its catalogue entry with the parameter table, reading, steps, bounds, cost and description.
//!
//! Every model is a type in a file of its own below `paths/models/`; the list in `paths/models.rs` makes the enums and the
//! dispatch from them. Functions that touch lanes are `#[inline(always)]`.

use std::fmt::Debug;

use super::catalogue::parameter_table::ModelEntry;
use super::draws::Draws;
use super::jump_size::OwnJumps;
use super::log_return_bound::LogReturnBound;
use super::market_context::MarketContext;
use super::parameter_reader::ParameterReader;
use super::stream::{Purpose, Stream};
use crate::lanes::{LANES, Lanes};

/// A price model with its parameters.
pub trait PriceModel: Sized {
    /// Its kind, summary, equations and parameter table.
    const ENTRY: &'static ModelEntry;

    /// How its log price steps.
    type Step: ModelStep;

    /// The step of an asset.
    fn step(&self, setting: &StepSetting) -> Self::Step;

    /// The jumps of the asset alone, which are added to what the step does.
    fn own_jumps(&self) -> Option<OwnJumps> {
        None
    }

    /// Jumps and switches expected per year, each of which costs a draw of its own.
    fn events_per_year(&self) -> f64 {
        self.own_jumps().map_or(0.0, |jumps| jumps.rate)
    }

    /// Time to draw a step of an asset, in units of gbm's.
    fn relative_cost(&self) -> f64;

    /// A phrase with all its parameters, which follows an asset's name and price in reports.
    fn describe(&self, context: &MarketContext<'_>) -> String;
}

/// A price model that a formula defines: a Gaussian driver moves it, which correlations refer to.
pub trait FormulaModel: PriceModel {
    /// What to change where the price may leave the range of numbers.
    const OVERFLOW_HELP: &'static str = "shorten simulation.horizon, or lower drift, volatility or jumps";

    /// Reads its parameters.
    ///
    /// # Errors
    /// Those of the reader; parameters that contradict each other.
    fn read<E>(parameters: &mut dyn ParameterReader<E>) -> Result<Self, E>;

    /// Variance of the log return per year over the long run, jumps included; of a reverting price over a short time.
    fn annual_variance(&self) -> f64;

    /// Bound of the log return over a horizon of `years` years, from the opening price `price`.
    fn log_return_bound(&self, price: f64, years: f64) -> LogReturnBound;
}

/// A price model that is a column of a history. The scenario reader reads it: all assets of one kind share the rows of
/// one joint history.
pub trait HistoryModel: PriceModel {
    /// Standard deviation of the log return per square-root year.
    fn annual_volatility(&self, context: &MarketContext<'_>) -> f64;
}

/// What the step of an asset is made for.
#[derive(Debug, Clone, Copy)]
pub struct StepSetting {
    /// Price at time 0.
    pub price: f64,
    /// What common jumps add to the expected return per year; a price model with a drift subtracts it from the drift.
    pub common_return: f64,
    /// Length of a step in years.
    pub step_years: f64,
}

/// How the log price of one asset steps.
pub trait ModelStep {
    /// What it keeps of every path of a block.
    type State: Debug + Clone;

    /// The state before the first step; `stream` gives a lane's stream.
    fn begin(&self, stream: impl Fn(usize, Purpose) -> Stream) -> Self::State;

    /// The log prices a step after `before`.
    fn advance(&self, state: &mut Self::State, before: &Lanes, after: &mut Lanes, draws: &Draws<'_>);

    /// Variance of the diffusion over the step just made, per lane; 0 without a bridge between steps.
    fn step_variance(&self, _state: &Self::State, row: &mut Lanes) {
        *row = [0.0; LANES];
    }

    /// The stream of normals that it draws beside the driver.
    fn own_normals(&self) -> Option<Purpose> {
        None
    }

    /// The stream of uniforms that it draws.
    fn own_uniforms(&self) -> Option<Purpose> {
        None
    }

    /// Whether its log price may leave the range of numbers, so that it is clamped.
    fn may_overflow(&self) -> bool {
        true
    }

    /// The part of a jump at `instant`, a fraction of the step, that remains at the end of the step.
    fn left_of_jump(&self, _instant: f64) -> f64 {
        1.0
    }
}
