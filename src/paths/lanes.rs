use std::ops::{Deref, DerefMut};

/// Paths that are stepped side by side.
pub const LANES: usize = 64;

/// One number per path of a block.
pub type Lanes = [f64; LANES];

/// One standard normal per path of a block.
pub type Normals = [f32; LANES];

/// Rows that begin where a line of the cache does: the widest vectors of rows that do not touch two lines with every load
/// and store, and a random number then costs twice the time.
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
