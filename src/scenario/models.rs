//! Price models as written: parameters, histories and shock overlays become price processes.

pub(crate) mod model;
pub(crate) mod model_reader;
pub(crate) mod overflow_check;
pub(crate) mod parameters;
pub(crate) mod positive_definite;
pub(crate) mod replaying;
pub(crate) mod resampling;
pub(crate) mod shock_overlay;
pub(crate) mod transitions;
