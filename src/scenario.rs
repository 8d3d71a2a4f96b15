//! From a scenario file to a validated [`Scenario`]: everything exact, every default filled in.
//!
//! `load` reads and drives; `node` is the file as written, every value with its place; `overrides` changes that
//! tree; `sweep` (with `range`) takes the axes of a sweep from it, `cells` makes the scenario of every cell, which share
//! by `files` what they read, and `batch` is what comes out. `venue` fills a tree from the venue file; `reader` takes
//! typed values from it, and one file a section (`settings` with `precision`, `assets` with `model`, `correlation` and
//! `funding`, `laid_over`, `positions` with `sizes` and `orders`) checks them; `requirement` and `tiers` read what a market
//! requires; `entry` checks the whole.
//! Models: `keys` reads what `paths::catalogue` describes, `laws` and `regimes` make laws of it, `resampling` and
//! `replaying` join histories, `reach` keeps prices within the range of numbers.

pub(crate) mod context;
pub(crate) mod definition;
pub(crate) mod files;
pub(crate) mod load;
pub(crate) mod models;
pub mod schema;
pub(crate) mod sections;
pub(crate) mod sweep;
pub(crate) mod syntax;
pub(crate) mod venue;

pub use crate::scenario::definition::{Scenario, Settings};
pub use crate::scenario::load::load_preset;
pub use crate::scenario::load::{DEFAULT_NAME, DEFAULT_TEXT, load, load_batch, load_batch_text, load_text};
pub use crate::scenario::sections::requirement::{MarketRequirement, RequirementKind};
pub use crate::scenario::sweep::batch::{Axis, Batch, Cell};
pub use crate::scenario::syntax::name::name_fault;
pub use crate::scenario::syntax::overrides::{Override, parse_override};
pub use crate::scenario::venue::about::{Preset, read_preset};
pub use crate::scenario::venue::examples::{Example, Expected, Quantity};
pub use crate::scenario::venue::rules::{FundingCap, FundingSource, Market, Rules};
pub use crate::scenario::venue::shipped::presets;
