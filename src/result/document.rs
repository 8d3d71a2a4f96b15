//! The result document: what a run found, as plain data. `None` is written as `null`, and every key is
//! always there. Shares and frequencies are fractions of 1, money is in account currency, times in days.

pub(crate) mod conditions;
pub(crate) mod either;
pub(crate) mod estimate;
pub(crate) mod mode;
pub(crate) mod ordered_map;
pub(crate) mod paired;
pub(crate) mod run;
pub(crate) mod sweep;

pub use crate::result::document::conditions::{
    AuditResult, MonitoringResult, PrecisionResult, SamplingResult, ScenarioSummary, StepBiasResult,
};
pub use crate::result::document::either::Document;
pub use crate::result::document::estimate::Frequency;
pub use crate::result::document::mode::*;
pub use crate::result::document::ordered_map::OrderedMap;
pub use crate::result::document::paired::*;
pub use crate::result::document::run::{CorrelationResult, ResultDocument};
pub use crate::result::document::sweep::*;
