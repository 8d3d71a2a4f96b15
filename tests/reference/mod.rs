//! The simulator against figures from outside: reading them, simulating what they describe, and
//! saying by how many standard errors the two differ. `README.md` beside this file describes the figures.

pub mod closed_form;
pub mod comparison;
pub mod figures;
pub mod setting;
