//! The keys of a venue file.

use crate::domain::Contract;

/// Keys of a venue file that describe it.
pub(crate) const ABOUT: [&str; 6] = ["name", "summary", "date", "source", "notes", "example"];

/// Keys that make up a requirement.
pub(crate) const REQUIREMENT: [&str; 4] = ["maintenance_margin_rate", "tiers", "base", "slope"];

/// Keys of its rules, which a scenario's `[venue]` may override.
pub(crate) const RULES: [&str; 17] = [
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

pub(crate) const CONTRACTS: [(&str, Contract); 2] =
    [("linear", Contract::Linear), ("inverse", Contract::Inverse)];
