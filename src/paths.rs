//! Price models: from parameters and a seed to blocks of price paths, [`LANES`] of them side by side.
//!
//! Every function that touches lanes is `#[inline(always)]`, so that the caller's vector width
//! applies to it. Only IEEE-exact operations are used (no fused multiply-add, no platform `libm`):
//! the bits are the same for every width.

mod asset;
mod bates;
mod block;
mod bootstrap;
mod bridge_chunk;
mod bridge_walk;
pub mod catalogue;
mod cholesky;
mod elementary;
mod gamma;
mod garch;
mod gaussian;
mod gbm;
mod generator;
mod heston;
mod jumps;
mod kou;
mod market;
mod merton;
mod nig;
mod normal;
mod ou;
mod quadratic_exponential;
mod regime;
mod replay;
mod single;
mod stream;
mod table;
mod unit_interval;
mod variance_gamma;

pub use crate::lanes::{Aligned, CHUNK, LANES, Lanes, Need, Normals};
pub use bates::Bates;
pub use block::PathBlock;
pub use bridge_chunk::BridgeChunk;
pub use bridge_walk::{BridgeObserver, BridgeWalk, PARTS_OF_A_STEP};
pub use cholesky::{SMALLEST_PIVOT, cholesky};
pub use garch::{Garch, Innovations};
pub use gbm::Gbm;
pub use generator::PathGenerator;
pub use heston::Heston;
pub use kou::Kou;
pub use market::{
    AssetModel, CommonJumps, MarketModel, NormalJump, PriceProcess, ReturnHistory, Sampling, Shock,
    ShockTime, WindowHistory,
};
pub use merton::{Merton, NormalJumps};
pub use nig::Nig;
pub use ou::Ou;
pub use regime::{Regime, State, stationary};
pub use stream::{Purpose, Stream};
pub use variance_gamma::VarianceGamma;
