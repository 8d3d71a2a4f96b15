//! The list of price models. Each has a file of its own with everything that concerns it; the enums and the dispatch
//! below are made from the list.

mod bates;
mod bootstrap;
mod garch;
mod gbm;
mod heston;
mod kou;
mod merton;
mod nig;
mod ou;
mod regime;
mod replay;
mod variance_gamma;

use super::catalogue::parameter_table::ModelEntry;
use super::draws::Draws;
use super::jump_size::OwnJumps;
use super::log_return_bound::LogReturnBound;
use super::market_context::MarketContext;
use super::parameter_reader::ParameterReader;
use super::price_model::{FormulaModel, HistoryModel, ModelStep, PriceModel, StepSetting};
use super::stream::{Purpose, Stream};
use crate::lanes::Lanes;

pub use garch::Innovations;
pub use regime::{State, stationary};

/// Makes [`PriceProcess`], its step and state, and [`MODELS`] from the two lists of models: each line is a type and its
/// file.
macro_rules! price_models {
    (
        formula { $($Formula:ident($formula:ident),)+ }
        history { $($History:ident($history:ident),)+ }
    ) => {
        $(pub use $formula::$Formula;)+
        $(pub use $history::$History;)+

        /// The price model of one asset.
        #[derive(Debug, Clone, PartialEq)]
        #[allow(missing_docs, reason = "the documentation of a model is that of its type")]
        pub enum PriceProcess {
            $($Formula($Formula),)+
            $($History($History),)+
        }

        /// Every model, in the order in which they are listed.
        pub static MODELS: [ModelEntry; [$(stringify!($Formula),)+ $(stringify!($History),)+].len()] =
            [$(*$Formula::ENTRY,)+ $(*$History::ENTRY,)+];

        impl PriceProcess {
            /// Reads the parameters of the model of this kind; `None` where no formula defines a model of this kind.
            ///
            /// # Errors
            /// A parameter out of its range; parameters that contradict each other.
            pub fn read<E>(kind: &str, parameters: &mut dyn ParameterReader<E>) -> Result<Option<Self>, E> {
                $(if kind == $Formula::ENTRY.kind {
                    return $Formula::read(parameters).map(|model| Some(Self::$Formula(model)));
                })+
                Ok(None)
            }

            /// Whether a Gaussian driver moves it, which correlations refer to.
            pub fn is_driven(&self) -> bool {
                match self {
                    $(Self::$Formula(_) => true,)+
                    $(Self::$History(_) => false,)+
                }
            }

            /// Standard deviation of the log return per square-root year over the long run, jumps included. For sizing
            /// and predictions only; of a reverting price that of a short time.
            pub fn annual_volatility(&self, context: &MarketContext<'_>) -> f64 {
                match self {
                    $(Self::$Formula(model) => model.annual_variance().sqrt(),)+
                    $(Self::$History(model) => model.annual_volatility(context),)+
                }
            }

            /// Bound of the log return over a horizon; `None` for a history, which is checked by its own returns.
            pub fn log_return_bound(&self, price: f64, years: f64) -> Option<LogReturnBound> {
                match self {
                    $(Self::$Formula(model) => Some(model.log_return_bound(price, years)),)+
                    $(Self::$History(_) => None,)+
                }
            }

            /// What to change where the price may leave the range of numbers; empty for a history.
            pub fn overflow_help(&self) -> &'static str {
                match self {
                    $(Self::$Formula(_) => $Formula::OVERFLOW_HELP,)+
                    $(Self::$History(_) => "",)+
                }
            }
        }

        dispatch! { $($Formula)+ $($History)+ }
    };
}

/// What does not depend on whether a formula or a history defines a model. Every `match` is static, so that steps are
/// inlined at the caller's vector width.
macro_rules! dispatch {
    ($($Model:ident)+) => {
        impl PriceProcess {
            /// What the catalogue says of it.
            pub fn entry(&self) -> &'static ModelEntry {
                match self {
                    $(Self::$Model(_) => $Model::ENTRY,)+
                }
            }

            /// The step of an asset.
            pub(super) fn step(&self, setting: &StepSetting) -> ProcessStep {
                match self {
                    $(Self::$Model(model) => ProcessStep::$Model(model.step(setting)),)+
                }
            }

            /// The jumps of the asset alone.
            pub(super) fn own_jumps(&self) -> Option<OwnJumps> {
                match self {
                    $(Self::$Model(model) => model.own_jumps(),)+
                }
            }

            /// Jumps and switches expected per year.
            pub fn events_per_year(&self) -> f64 {
                match self {
                    $(Self::$Model(model) => model.events_per_year(),)+
                }
            }

            /// Time to draw a step of an asset, in units of gbm's.
            pub fn relative_cost(&self) -> f64 {
                match self {
                    $(Self::$Model(model) => model.relative_cost(),)+
                }
            }

            /// A phrase with all its parameters, which follows an asset's name and price in reports.
            pub fn describe(&self, context: &MarketContext<'_>) -> String {
                match self {
                    $(Self::$Model(model) => model.describe(context),)+
                }
            }
        }

        /// How one asset steps.
        #[derive(Debug, Clone)]
        #[allow(clippy::large_enum_variant, reason = "one an asset, made once a run")]
        pub(super) enum ProcessStep {
            $($Model(<$Model as PriceModel>::Step),)+
        }

        /// What a price model keeps of every path of a block.
        #[derive(Debug, Clone)]
        #[allow(clippy::large_enum_variant, reason = "one an asset and block, stepped in place")]
        pub(super) enum ProcessState {
            /// No path is begun.
            Nothing,
            $($Model(<<$Model as PriceModel>::Step as ModelStep>::State),)+
        }

        impl ProcessStep {
            /// The state before the first step; `stream` gives a lane's stream.
            pub fn begin(&self, stream: impl Fn(usize, Purpose) -> Stream) -> ProcessState {
                match self {
                    $(Self::$Model(step) => ProcessState::$Model(step.begin(stream)),)+
                }
            }

            /// The log prices a step after `before`.
            #[inline(always)]
            pub fn advance(
                &self,
                state: &mut ProcessState,
                before: &Lanes,
                after: &mut Lanes,
                draws: &Draws<'_>,
            ) {
                match (self, state) {
                    $((Self::$Model(step), ProcessState::$Model(state)) => {
                        step.advance(state, before, after, draws);
                    })+
                    _ => debug_assert!(false, "the generator of a block begins its states"),
                }
            }

            /// Variance of the diffusion over the step just made, per lane; 0 without a bridge between steps.
            pub fn step_variance(&self, state: &ProcessState, row: &mut Lanes) {
                match (self, state) {
                    $((Self::$Model(step), ProcessState::$Model(state)) => step.step_variance(state, row),)+
                    _ => debug_assert!(false, "the generator of a block begins its states"),
                }
            }

            /// The stream of normals that it draws beside the driver.
            pub fn own_normals(&self) -> Option<Purpose> {
                match self {
                    $(Self::$Model(step) => step.own_normals(),)+
                }
            }

            /// The stream of uniforms that it draws.
            pub fn own_uniforms(&self) -> Option<Purpose> {
                match self {
                    $(Self::$Model(step) => step.own_uniforms(),)+
                }
            }

            /// Whether its log price may leave the range of numbers, so that it is clamped.
            pub fn may_overflow(&self) -> bool {
                match self {
                    $(Self::$Model(step) => step.may_overflow(),)+
                }
            }

            /// The part of a jump at `instant`, a fraction of the step, that remains at the end of the step.
            pub fn left_of_jump(&self, instant: f64) -> f64 {
                match self {
                    $(Self::$Model(step) => step.left_of_jump(instant),)+
                }
            }
        }
    };
}

price_models! {
    formula {
        Gbm(gbm),
        Merton(merton),
        Kou(kou),
        Heston(heston),
        Bates(bates),
        Garch(garch),
        Regime(regime),
        Ou(ou),
        VarianceGamma(variance_gamma),
        Nig(nig),
    }
    history {
        Bootstrap(bootstrap),
        Replay(replay),
    }
}

impl PriceProcess {
    /// Name in scenario files.
    pub fn kind(&self) -> &'static str {
        self.entry().kind
    }

    /// Whether the path between two steps is, given its ends, a Brownian bridge, which continuous monitoring needs. Bars
    /// of a history contain nothing of the time between them, and pure jumps have no path in between.
    pub fn has_bridge(&self) -> bool {
        self.entry().is_continuous
    }
}
