//! Pure functions over numbers: estimates with their uncertainty.

mod distribution;
mod histogram;
mod moments;

pub use distribution::Distribution;
pub use histogram::Histogram;
pub use moments::Moments;
