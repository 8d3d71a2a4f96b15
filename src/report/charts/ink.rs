//! Colours and dashes that shapes are painted with.

/// An opaque colour, red, green, blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ink(pub u8, pub u8, pub u8);

impl Ink {
    /// The colour mixed with white; `strength` 1 leaves it, 0 is white.
    pub fn tint(self, strength: f64) -> Self {
        let mix = |c: u8| (255.0 - strength * (255.0 - f64::from(c))).round() as u8;
        Self(mix(self.0), mix(self.1), mix(self.2))
    }
}

/// Lengths of mark and gap, in units.
pub type Dash = (f64, f64);
