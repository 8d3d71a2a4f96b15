//! Price models: from parameters and a seed to blocks of price paths, [`LANES`] of them side by side.
//!
//! Every function that touches lanes is `#[inline(always)]`, so that the caller's vector width
//! applies to it. Only IEEE-exact operations are used (no fused multiply-add, no platform `libm`):
//! the bits are the same for every width.

mod block;
mod bridge_chunk;
mod bridge_walk;
pub mod catalogue;
mod cholesky;
mod draws;
mod elementary;
mod gamma;
mod gaussian;
mod generator;
mod jump_size;
mod jumps;
mod log_return_bound;
mod market;
mod market_context;
mod models;
mod normal;
mod parameter_reader;
mod price_model;
mod quadratic_exponential;
mod replayer;
mod resampler;
mod single;
mod stream;
mod table;
mod unit_interval;
pub(crate) mod wording;

pub use crate::lanes::{Aligned, CHUNK, LANES, Lanes, Need, Normals};
pub use block::PathBlock;
pub use bridge_chunk::BridgeChunk;
pub use bridge_walk::{BridgeObserver, BridgeWalk, PARTS_OF_A_STEP};
pub use cholesky::{SMALLEST_PIVOT, cholesky};
pub use generator::PathGenerator;
pub use jump_size::{NormalJump, NormalJumps};
pub use log_return_bound::LogReturnBound;
pub use market::{AssetModel, CommonJumps, MarketModel, Sampling, Shock, ShockTime};
pub use market_context::MarketContext;
pub use models::*;
pub use parameter_reader::{ParameterReader, TableVisitor};
pub use price_model::{FormulaModel, PriceModel};
pub use replayer::WindowHistory;
pub use resampler::ReturnHistory;
pub use stream::{Purpose, Stream};
