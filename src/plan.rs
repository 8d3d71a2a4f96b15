//! What a run will cost in time and memory, and in which passes a sweep is simulated.

pub(crate) mod cost;
pub(crate) mod passes;
