//! The random numbers of one step, as one asset receives them.

use super::resampler::{Resampler, ResamplerState};
use crate::lanes::{Lanes, Normals};

/// The random numbers of one step, as one asset receives them.
pub struct Draws<'a> {
    /// The asset's Gaussian driver; zeros where it has none.
    pub driver: &'a Normals,
    /// The normals that its price model draws beside the driver; zeros where it draws none.
    pub normals: &'a Normals,
    /// The uniforms in (0, 1] that its price model draws; zeros where it draws none.
    pub uniforms: &'a Lanes,
    /// The rows of the history that bootstrapped assets share.
    pub rows: Option<(&'a Resampler, &'a ResamplerState)>,
    /// Number of the step, from 1.
    pub step: u64,
}
