//! Jump diffusion with double exponential jumps (Kou, "A jump-diffusion model for option pricing", 2002):
//! d ln S = (drift − volatility²/2 − jump_rate·(E[e^J] − 1)) dt + volatility dB + J dN.
//!
//! J is exponential with mean 1/up_rate upwards with probability `up_probability`, and with mean 1/down_rate
//! downwards otherwise: E[e^J] = p·η₁/(η₁ − 1) + (1 − p)·η₂/(η₂ + 1), which exists for η₁ > 1. The step is exact.

use super::jumps::JumpSize;

/// Parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Kou {
    /// Drift of the price per year, jumps compensated: `E[S_t] = S_0·exp(drift·t)`.
    pub drift: f64,
    /// Volatility of the diffusion per square-root year, `>= 0`.
    pub volatility: f64,
    /// Arrivals per year, `>= 0`.
    pub jump_rate: f64,
    /// Probability that a jump goes up, `0 ..= 1`.
    pub up_probability: f64,
    /// Rate of upward sizes, `> 1`; their mean is its inverse.
    pub up_rate: f64,
    /// Rate of downward sizes, `> 0`.
    pub down_rate: f64,
}

impl Kou {
    /// What jumps add to the expected return per year.
    pub fn mean_return(&self) -> f64 {
        let (p, up, down) = (self.up_probability, self.up_rate, self.down_rate);
        // E[e^J] − 1, written without the cancellation of small sizes.
        self.jump_rate * (p / (up - 1.0) - (1.0 - p) / (down + 1.0))
    }

    /// Variance of the log return per year.
    pub fn annual_variance(&self) -> f64 {
        let (p, up, down) = (self.up_probability, self.up_rate, self.down_rate);
        let mean_square = 2.0 * p / (up * up) + 2.0 * (1.0 - p) / (down * down);
        self.volatility * self.volatility + self.jump_rate * mean_square
    }

    /// The size as the generator draws it.
    pub fn size(&self) -> JumpSize {
        JumpSize::DoubleExponential {
            up_probability: self.up_probability,
            up_mean: 1.0 / self.up_rate,
            down_mean: 1.0 / self.down_rate,
        }
    }
}
