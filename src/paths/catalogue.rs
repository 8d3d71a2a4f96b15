//! Every price model once, as data: what it is, and the parameters that it takes. The scenario reader takes its ranges
//! from here, `ringfence models`, the schema and the README's table are printed from here.

pub(crate) mod parameter_table;
pub(crate) mod parameters;

pub use crate::paths::catalogue::parameter_table::{Bound, ModelEntry, Parameter, Range, ValueKind};
pub use crate::paths::models::MODELS;
pub use parameters::{COMMON_JUMP, JUMP_RATE, SHOCK_MOVE};

/// The model of this kind.
pub fn model(kind: &str) -> Option<&'static ModelEntry> {
    MODELS.iter().find(|entry| entry.kind == kind)
}
