//! Jump diffusion with normally distributed jumps (Merton, "Option pricing when underlying stock returns are
//! discontinuous", 1976): d ln S = (drift − volatility²/2 − jump_rate·(E[e^J] − 1)) dt + volatility dB + J dN.
//!
//! N counts arrivals, `jump_rate` a year; J is normal. The step is exact: arrivals fall where they fall, whatever
//! the step, and between them the price is a geometric Brownian motion.

use super::jumps::JumpSize;
use crate::paths::market::NormalJump;

/// Parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Merton {
    /// Drift of the price per year, jumps compensated: `E[S_t] = S_0·exp(drift·t)`.
    pub drift: f64,
    /// Volatility of the diffusion per square-root year, `>= 0`.
    pub volatility: f64,
    /// The jumps.
    pub jumps: NormalJumps,
}

/// Jumps of one asset alone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NormalJumps {
    /// Arrivals per year, `>= 0`.
    pub rate: f64,
    /// Size.
    pub size: NormalJump,
}

impl NormalJumps {
    /// What jumps add to the expected return per year.
    pub fn mean_return(&self) -> f64 {
        self.rate * self.size.mean_return()
    }

    /// Variance of the log return per year that comes from jumps.
    pub fn annual_variance(&self) -> f64 {
        self.rate * self.size.mean_square()
    }

    /// The size as the generator draws it.
    pub fn size(&self) -> JumpSize {
        JumpSize::Normal(self.size)
    }
}

impl Merton {
    /// Variance of the log return per year.
    pub fn annual_variance(&self) -> f64 {
        self.volatility * self.volatility + self.jumps.annual_variance()
    }
}
