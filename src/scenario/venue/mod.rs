//! A venue as data: a file of rules, shipped or the user's, and `[venue]` merged over it.
//!
//! `shipped` holds the files, `merge` lays a scenario's keys over one, `overridden` tells which they are, `rules` reads the result, with `procedure` for
//! what closes a pool; `about` reads what describes a file, `examples` its worked examples.

mod about;
mod examples;
mod merge;
mod overridden;
mod procedure;
mod rules;
mod shipped;

pub use about::{Preset, read_preset};
pub use examples::{Example, Expected, Quantity};
pub use rules::{FundingCap, FundingSource, Market, Rules};
pub use shipped::presets;

pub(super) use about::check;
pub(super) use merge::merge_preset;
pub(super) use overridden::Overridden;
pub(super) use rules::{check_modes, lot, read, read_funding};
pub(super) use shipped::chosen_preset;

/// Keys of a venue file that describe it.
const ABOUT: [&str; 6] = ["name", "summary", "date", "source", "notes", "example"];
/// Keys that make up a requirement.
const REQUIREMENT: [&str; 4] = ["maintenance_margin_rate", "tiers", "base", "slope"];
/// Keys of its rules, which a scenario's `[venue]` may override.
const RULES: [&str; 17] = [
    "modes",
    "modes_reason",
    "contract",
    "trigger",
    "taker_fee",
    "maker_fee",
    "requirement_basis",
    "fee_in_requirement",
    "requirement",
    "maintenance_margin_rate",
    "tiers",
    "base",
    "slope",
    "max_leverage",
    "liquidation",
    "funding",
    "markets",
];
