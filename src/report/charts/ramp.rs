//! Colours of maps. Steps are even in lightness (OKLab, Ottosson 2020), which every kind of colour vision sees and
//! print keeps; where numbers stand on them, their ink follows.

use crate::report::charts::ink::Ink;
use crate::report::charts::style::DARK;

/// From little to much: pale yellow, green, dark blue. Lightness falls from 0.97 to 0.29.
const SEQUENTIAL: [Ink; 9] = [
    Ink(252, 247, 212),
    Ink(210, 225, 170),
    Ink(154, 206, 146),
    Ink(91, 184, 142),
    Ink(11, 159, 143),
    Ink(4, 127, 136),
    Ink(4, 98, 123),
    Ink(0, 69, 111),
    Ink(18, 38, 92),
];
/// From nothing to much of one sign. Both arms have the same lightness, from 0.97 to 0.42.
const POSITIVE: [Ink; 6] = [
    Ink(245, 245, 245),
    Ink(194, 211, 230),
    Ink(143, 178, 214),
    Ink(92, 144, 197),
    Ink(34, 111, 179),
    Ink(1, 79, 138),
];
const NEGATIVE: [Ink; 6] = [
    Ink(245, 245, 245),
    Ink(228, 203, 191),
    Ink(209, 162, 138),
    Ink(188, 121, 86),
    Ink(166, 80, 26),
    Ink(125, 53, 1),
];
/// Luminance (WCAG 2) from which dark text reads better than white.
const BRIGHT: f64 = 0.25;

/// A colour for every value of a range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Ramp {
    /// From the least to the greatest value; `low < high`.
    Sequential {
        /// Least value.
        low: f64,
        /// Greatest value.
        high: f64,
    },
    /// Around 0, as far on both sides; `reach > 0`.
    Diverging {
        /// Size of the greatest value of either sign.
        reach: f64,
    },
}

impl Ramp {
    /// The colour of a value.
    pub fn ink(self, value: f64) -> Ink {
        match self {
            Self::Sequential { low, high } => between(&SEQUENTIAL, (value - low) / (high - low)),
            Self::Diverging { reach } if value < 0.0 => between(&NEGATIVE, -value / reach),
            Self::Diverging { reach } => between(&POSITIVE, value / reach),
        }
    }

    /// Its range.
    pub fn span(self) -> (f64, f64) {
        match self {
            Self::Sequential { low, high } => (low, high),
            Self::Diverging { reach } => (-reach, reach),
        }
    }
}

/// The colour that stands for a positive value, and for a negative one, in legends.
pub const SIGNS: [Ink; 2] = [POSITIVE[4], NEGATIVE[4]];

fn between(anchors: &[Ink], share: f64) -> Ink {
    let last = anchors.len().saturating_sub(1);
    let at = share.clamp(0.0, 1.0) * last as f64;
    let index = (at as usize).min(last.saturating_sub(1));
    let (Some(from), Some(to)) = (anchors.get(index), anchors.get(index + 1)) else { return DARK };
    let mix =
        |a: u8, b: u8| (f64::from(a) + (at - index as f64) * (f64::from(b) - f64::from(a))).round() as u8;
    Ink(mix(from.0, to.0), mix(from.1, to.1), mix(from.2, to.2))
}

/// Ink that can be read on a colour.
pub fn readable_on(ground: Ink) -> Ink {
    if luminance(ground) >= BRIGHT { DARK } else { Ink(255, 255, 255) }
}

/// Relative luminance, WCAG 2.
fn luminance(Ink(red, green, blue): Ink) -> f64 {
    0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

fn linear(channel: u8) -> f64 {
    let c = f64::from(channel) / 255.0;
    if c <= 0.04045 { c / 12.92 } else { libm::pow((c + 0.055) / 1.055, 2.4) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lightness of OKLab: <https://bottosson.github.io/posts/oklab/>.
    fn lightness(Ink(r, g, b): Ink) -> f64 {
        let (r, g, b) = (linear(r), linear(g), linear(b));
        let l = 0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b;
        let m = 0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b;
        let s = 0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b;
        0.210_454_255_3 * libm::cbrt(l) + 0.793_617_785_0 * libm::cbrt(m) - 0.004_072_046_8 * libm::cbrt(s)
    }

    #[test]
    fn lightness_falls_evenly() {
        for (ramp, ends) in [
            (Ramp::Sequential { low: 2.0, high: 4.0 }, (2.0, 4.0)),
            (Ramp::Diverging { reach: 3.0 }, (0.0, 3.0)),
            (Ramp::Diverging { reach: 3.0 }, (0.0, -3.0)),
        ] {
            let at = |i: i32| lightness(ramp.ink(ends.0 + f64::from(i) / 20.0 * (ends.1 - ends.0)));
            let whole = at(0) - at(20);
            assert!(whole > 0.5, "{ramp:?}: {whole}");
            for i in 0..20 {
                // A twentieth each; mixing in sRGB between anchors and rounding to whole levels moves a step by a sixth.
                let step = 20.0 * (at(i) - at(i + 1)) / whole;
                assert!((step - 1.0).abs() < 0.17, "{ramp:?} at {i}: {step}");
            }
        }
    }

    #[test]
    fn text_can_be_read_on_every_colour() {
        for i in -100..=100 {
            for ramp in [Ramp::Sequential { low: -100.0, high: 100.0 }, Ramp::Diverging { reach: 100.0 }] {
                let ground = ramp.ink(f64::from(i));
                let (a, b) = (luminance(ground), luminance(readable_on(ground)));
                let contrast = (a.max(b) + 0.05) / (a.min(b) + 0.05);
                // WCAG 2 asks 3 to 1 of large text.
                assert!(contrast >= 3.4, "{ground:?}: {contrast}");
            }
        }
    }

    #[test]
    fn ends_and_beyond() {
        let ramp = Ramp::Sequential { low: 0.0, high: 1.0 };
        assert_eq!([ramp.ink(0.0), ramp.ink(-1.0)], [SEQUENTIAL[0]; 2]);
        assert_eq!([ramp.ink(1.0), ramp.ink(9.0)], [SEQUENTIAL[8]; 2]);
        assert_eq!(Ramp::Diverging { reach: 1.0 }.ink(-1.0), NEGATIVE[5]);
    }
}
