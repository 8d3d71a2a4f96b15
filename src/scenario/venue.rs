//! A venue as data: a file of rules, shipped or the user's, and `[venue]` merged over it.
//!
//! `shipped` holds the files, `merge` applies a scenario's overrides to one, `overridden` lists these overrides, `rules` reads the
//! result, with `procedure` for the liquidation steps; `about` reads the description of a file, `examples` its worked examples.

pub(crate) mod about;
pub(crate) mod examples;
pub(crate) mod keys;
pub(crate) mod merge;
pub(crate) mod overridden;
pub(crate) mod procedure;
pub(crate) mod rules;
pub(crate) mod shipped;

pub(crate) use crate::scenario::venue::about::check;
pub use crate::scenario::venue::about::{Preset, read_preset};
pub(crate) use crate::scenario::venue::merge::merge_preset;
pub(crate) use crate::scenario::venue::rules::{check_modes, lot, read, read_funding};
pub(crate) use crate::scenario::venue::shipped::chosen_preset;
