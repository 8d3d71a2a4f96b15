//! ringfence: how often is each margin mode liquidated, how deep does it draw down, and what does
//! the difference cost?
//!
//! # As a library
//!
//! ```
//! # fn main() -> ringfence::error::Result<()> {
//! # let scenario = include_str!("../scenarios/ten-thousand.toml");
//! # let scenario = ringfence::Scenario::from_text("ten-thousand", &scenario.replace("100_000", "1_000"))?;
//! # assert_eq!(scenario.settings.paths, 1_000);
//! // let scenario = ringfence::Scenario::load("scenarios/ten-thousand.toml")?;
//! let result = ringfence::simulate(&scenario, &ringfence::Options::default())?;
//! let frequency = result.modes["isolated"].liquidation.any.frequency;
//! println!("{:.2} %", 100.0 * frequency.unwrap_or_default());
//! # assert!((0.5..0.7).contains(&frequency.unwrap_or_default()));
//! # Ok(())
//! # }
//! ```
//!
//! A sweep, cell by cell:
//!
//! ```
//! # fn main() -> ringfence::error::Result<()> {
//! let set = ringfence::scenario::parse_override("simulation.paths=640")?;
//! let file = std::path::Path::new("scenarios/sweeps/allocation.toml");
//! let batch = ringfence::scenario::load_batch(file, &[set])?;
//! let document = ringfence::sweep(&batch, &ringfence::Options::default())?;
//! for cell in &document.sweep {
//!     println!("{:?} {:?}", cell.set, cell.modes["isolated"].liquidation.any.frequency);
//! }
//! # assert_eq!(document.sweep.len(), batch.cells.len());
//! # Ok(())
//! # }
//! ```
//!
//! The outcome of every path; the feature `arrow` groups them into record batches:
//!
//! ```
//! # fn main() -> ringfence::error::Result<()> {
//! # let text = include_str!("../scenarios/ten-thousand.toml").replace("100_000", "1_000");
//! # let scenario = ringfence::Scenario::from_text("ten-thousand", &text)?;
//! let outcomes = ringfence::outcomes(&scenario, &ringfence::Options::default())?;
//! # #[cfg(feature = "arrow")]
//! let rows: usize = ringfence::record_batches(outcomes, 4_096)
//!     .map(|batch| Ok(batch?.num_rows()))
//!     .sum::<ringfence::error::Result<usize>>()?;
//! # #[cfg(not(feature = "arrow"))]
//! # let rows = outcomes.count();
//! assert_eq!(rows, 2_000, "1,000 paths in each of two modes");
//! # Ok(())
//! # }
//! ```
//!
//! # Stages
//!
//! The pipeline, one module a stage; imports run down this list only:
//!
//! ```text
//! main → cli → run → evaluate → { report, store } → plan → result → { simulation, scenario } → history →
//! { paths, margin } → text → domain → { statistics, lanes } → error
//! ```

// Cost predictions and wording that only reports use are not reached without them.
#![cfg_attr(not(feature = "report"), allow(dead_code))]

pub mod error;

#[cfg(feature = "cli")]
pub mod cli;
pub mod domain;
pub mod evaluate;
pub mod history;
pub mod lanes;
pub mod margin;
pub mod paths;
pub mod plan;
#[cfg(feature = "report")]
pub mod report;
pub mod result;
#[cfg(feature = "report")]
pub mod run;
pub mod scenario;
pub mod simulation;
pub mod statistics;
pub mod store;
pub mod text;

#[cfg(feature = "arrow")]
pub use evaluate::record_batches;
pub use evaluate::{Options, Outcome, Outcomes, outcomes, simulate, sweep};
pub use result::comparison::{diff as compare, load as load_result};
pub use result::document::ResultDocument as RunResult;
pub use scenario::Scenario;
