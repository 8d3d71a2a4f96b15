//! Price models as written: parameters, histories and shock overlays become price processes.

pub(crate) mod model;
pub(crate) mod overflow;
pub(crate) mod parameters;
pub(crate) mod positive_definite;
pub(crate) mod processes;
pub(crate) mod regimes;
pub(crate) mod replaying;
pub(crate) mod resampling;
pub(crate) mod shock_overlay;
