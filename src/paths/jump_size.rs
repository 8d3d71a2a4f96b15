//! Sizes of jumps of the log price.

use super::normal::pair;
use super::parameter_reader::ParameterReader;
use super::unit_interval::{exponential, one_to_two};

/// A jump of the log price, normally distributed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NormalJump {
    /// Mean, log price.
    pub mean: f64,
    /// Standard deviation, log price, `>= 0`.
    pub std: f64,
}

impl NormalJump {
    /// `E[exp(J)] − 1`.
    pub fn mean_return(&self) -> f64 {
        libm::expm1(self.mean + 0.5 * self.std * self.std)
    }

    /// `E[J²]`.
    pub fn mean_square(&self) -> f64 {
        self.mean * self.mean + self.std * self.std
    }
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
    /// Reads `jump_rate`, `jump_mean` and `jump_std`.
    ///
    /// # Errors
    /// Those of the reader.
    pub fn read<E>(parameters: &mut dyn ParameterReader<E>) -> Result<Self, E> {
        let rate = parameters.rate("jump_rate")?;
        let size = NormalJump { mean: parameters.number("jump_mean")?, std: parameters.number("jump_std")? };
        Ok(Self { rate, size })
    }

    /// What jumps add to the expected return per year.
    pub fn mean_return(&self) -> f64 {
        self.rate * self.size.mean_return()
    }

    /// Variance of the log return per year that comes from jumps.
    pub fn annual_variance(&self) -> f64 {
        self.rate * self.size.mean_square()
    }
}

/// The distribution of one jump of the log price.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum JumpSize {
    /// Normal.
    Normal(NormalJump),
    /// Exponential either way.
    DoubleExponential {
        /// Probability of an upward jump.
        up_probability: f64,
        /// Mean of an upward jump.
        up_mean: f64,
        /// Mean of a downward jump, as a positive number.
        down_mean: f64,
    },
    /// Always the same.
    Fixed(f64),
}

impl JumpSize {
    /// The size that two words make.
    pub fn of(self, [first, second]: [u64; 2]) -> f64 {
        match self {
            Self::Normal(NormalJump { mean, std }) => mean + std * pair(first, second).0,
            Self::DoubleExponential { up_probability, up_mean, down_mean } => {
                let size = exponential(first);
                if 2.0 - one_to_two(second) <= up_probability { up_mean * size } else { -down_mean * size }
            }
            Self::Fixed(size) => size,
        }
    }
}

/// The jumps of one asset alone: a Poisson process with independent sizes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OwnJumps {
    /// Arrivals per year, `>= 0`.
    pub rate: f64,
    /// The distribution of a size.
    pub size: JumpSize,
}
