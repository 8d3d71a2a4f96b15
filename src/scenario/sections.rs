//! One file a table of the scenario file: keys checked, defaults filled in.

pub(crate) mod assets;
pub(crate) mod correlation;
pub(crate) mod entry;
pub(crate) mod funding;
pub(crate) mod market_requirement;
pub(crate) mod modelled;
pub(crate) mod orders;
pub(crate) mod positions;
pub(crate) mod precision;
pub(crate) mod requirement;
pub(crate) mod settings;
pub(crate) mod sizes;
pub mod tiers;
