/// Paths that are stepped side by side.
pub const LANES: usize = 64;

/// One number per path of a block.
pub type Lanes = [f64; LANES];

/// One standard normal per path of a block.
pub type Normals = [f32; LANES];
