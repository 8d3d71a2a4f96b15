//! The shape of a block of paths, which the path generator and the margin kernel share: [`LANES`] paths side by side,
//! [`CHUNK`] steps at a time, rows that begin at a cache line.

use std::ops::{Deref, DerefMut};

/// Paths that are stepped side by side.
pub const LANES: usize = 64;

/// Steps advanced at a time; even, because normals come in pairs. A chunk of one asset is 4 KiB.
pub const CHUNK: usize = 8;

/// One number per path of a block.
pub type Lanes = [f64; LANES];

/// One standard normal per path of a block.
pub type Normals = [f32; LANES];

/// A row that begins at a cache line. Without that alignment the widest vectors touch two lines with every load and store,
/// and drawing a random number takes twice the time.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
#[repr(align(64))]
pub struct Aligned<T>(pub T);

impl<T> Deref for Aligned<T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Aligned<T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

/// How much of the path inside a step an observer has to see, from the least to the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// Nothing can happen.
    Nothing,
    /// The prices at the times that are drawn.
    Times,
    /// The extremes between them, too.
    Extremes,
}
