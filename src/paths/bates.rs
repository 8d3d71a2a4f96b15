//! Stochastic variance and normally distributed jumps (Bates, "Jumps and stochastic volatility", 1996): Heston's
//! price with Merton's jumps laid over it, both drifts compensated. Steps as in `heston`; jumps are exact.

use super::heston::Heston;
use super::merton::NormalJumps;

/// Parameters. `heston.drift` is the drift of the price with its jumps: `E[S_t] = S_0·exp(drift·t)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bates {
    /// The diffusion.
    pub heston: Heston,
    /// The jumps.
    pub jumps: NormalJumps,
}
