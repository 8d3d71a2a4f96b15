//! ringfence: how often is each margin mode liquidated, how deep does it draw down, and what does
//! the difference cost?
//!
//! The pipeline, one module a stage; imports run down this list only:
//!
//! ```text
//! main → cli → run → report → { simulation, scenario } → { paths, margin } → { domain, statistics }
//! ```

pub mod error;

pub mod cli;
pub mod domain;
pub mod margin;
pub mod paths;
pub mod report;
pub mod run;
pub mod scenario;
pub mod simulation;
pub mod statistics;
