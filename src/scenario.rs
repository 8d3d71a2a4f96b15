//! From a scenario file to a validated [`Scenario`]: everything exact, every default filled in.
//!
//! `load` reads a file, and `resolve` turns its tree into a scenario. `syntax` is the file as text: values with their places,
//! overrides, typed readers. `sections` checks one table a file, `venue` the rules of the venue, `models` turns price models as written into
//! price processes, `sweep` makes a scenario of every cell, which share by `files` what they read. `definition` is what
//! comes out; `schema` describes the file to editors.

pub(crate) mod context;
pub(crate) mod definition;
pub(crate) mod files;
pub(crate) mod load;
pub(crate) mod models;
pub(crate) mod resolve;
pub mod schema;
pub(crate) mod sections;
pub(crate) mod sweep;
pub(crate) mod syntax;
pub(crate) mod venue;

pub use crate::scenario::definition::{Scenario, Settings};
pub use crate::scenario::load::load_preset;
pub use crate::scenario::load::{DEFAULT_NAME, DEFAULT_TEXT, load, load_batch, load_batch_text, load_text};
pub use crate::scenario::sections::market_requirement::{MarketRequirement, RequirementKind};
pub use crate::scenario::sweep::batch::{Axis, Batch, Cell};
pub use crate::scenario::syntax::name::{RULE as NAME_RULE, name_fault};
pub use crate::scenario::syntax::overrides::{Override, parse_override};
pub use crate::scenario::venue::about::{Preset, read_preset};
pub use crate::scenario::venue::examples::{Example, Expected, Quantity};
pub use crate::scenario::venue::rules::{FundingCap, FundingSource, Market, Rules};
pub use crate::scenario::venue::shipped::presets;
