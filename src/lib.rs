//! ringfence: how often is each margin mode liquidated, how deep does it draw down, and what does
//! the difference cost?
//!
//! The pipeline, one module a stage; imports run down this list only:
//!
//! ```text
//! main → cli → run → { report, store, plan } → result → { simulation, scenario } → history → { paths, margin } → text →
//! { domain, statistics }
//! ```

pub mod error;

pub mod cli;
pub mod domain;
pub mod history;
pub mod margin;
pub mod paths;
pub mod plan;
pub mod report;
pub mod result;
pub mod run;
pub mod scenario;
pub mod simulation;
pub mod statistics;
pub mod store;
pub mod text;
