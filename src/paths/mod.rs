//! Price models: from parameters and a seed to blocks of price paths, [`LANES`] of them side by side.
//!
//! Every function that touches lanes is `#[inline(always)]`, so that the caller's vector width
//! applies to it. Only IEEE-exact operations are used (no fused multiply-add, no platform `libm`):
//! the bits are the same for every width.

mod bootstrap;
mod cholesky;
mod elementary;
mod gbm;
mod generator;
mod lanes;
mod market;
mod normal;
mod stream;

pub use cholesky::{SMALLEST_PIVOT, cholesky};
pub use generator::{CHUNK, PathBlock, PathGenerator};
pub use lanes::{LANES, Lanes};
pub use market::{AssetModel, Law, MarketModel, ReturnHistory};
pub use stream::{Purpose, Stream};
