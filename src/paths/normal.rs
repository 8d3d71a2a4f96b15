//! Standard normals for a block of paths.

use super::elementary::{ln, sin_cos_eighth};
use super::stream::LaneStreams;
use super::unit_interval::one_to_two;
use crate::lanes::{Aligned, LANES, Normals};
use crate::paths::single;

const SIGN: u64 = 1 << 63;

const ONE_BITS_SINGLE: u32 = 0x3f80_0000;
/// Of an angle's 23 bits the upper 10.
const UPPER_ANGLE: u32 = 0x007f_e000;

/// Two independent standard normals per path, by Box and Muller (1958), both outputs used, from one word.
///
/// The radius √(−2 ln u) takes u from the word's upper 52 bits, so values up to 8.49 occur. Of the 12 below, one flips the
/// signs of both, one swaps sine and cosine, and ten are the upper ones of the angle, drawn in the eighth turn around 0: no
/// radius knows them, so that each normal is symmetric and the pair is isotropic however far out. The
/// angle's lower 13 bits, worth 1/650 of a radian, are those of u between 2^−45 and 2^−33.
///
/// In single precision: a radius is right to a relative 4e-7 above 0.6; below, its square is right to 2e-7, so that the
/// grid of single precision shows within 0.01 of the origin, in one pair of 20,000.
#[inline(always)]
pub fn normal_pairs(streams: &mut LaneStreams, first: &mut Normals, second: &mut Normals) {
    let (mut uniforms, mut angles) = (Aligned([0.0; LANES]), Aligned([0; LANES]));
    streams.each_word(|l, word| {
        uniforms[l] = (2.0 - one_to_two(word)) as f32;
        angles[l] = word as u32;
    });
    for l in 0..LANES {
        (first[l], second[l]) = pair_of(uniforms[l], angles[l]);
    }
}

/// The pair of a uniform number in (0, 1] and the bits of an angle.
#[inline(always)]
fn pair_of(uniform: f32, angle_bits: u32) -> (f32, f32) {
    let radius = (-2.0 * single::ln(uniform)).sqrt();
    // The bits below a radius's come first: far out they are the only ones that it leaves free.
    let angle = (angle_bits << 11 & UPPER_ANGLE) | angle_bits >> 19;
    let eighth = f32::from_bits(angle | ONE_BITS_SINGLE) - 1.5;
    let (sin, cos) = single::sin_cos_eighth(eighth * std::f32::consts::FRAC_PI_2);
    let flip = angle_bits << 31;
    let swap = angle_bits & 2 != 0;
    let x = radius * if swap { cos } else { sin };
    let y = radius * if swap { sin } else { cos };
    (f32::from_bits(x.to_bits() ^ flip), f32::from_bits(y.to_bits() ^ flip))
}

/// A pair in double precision, of two words: for draws that are made one at a time.
#[inline(always)]
pub(super) fn pair(radius_word: u64, angle_word: u64) -> (f64, f64) {
    let radius = (-2.0 * ln(2.0 - one_to_two(radius_word))).sqrt();
    let angle = (one_to_two(angle_word) - 1.5) * std::f64::consts::FRAC_PI_2;
    let (sin, cos) = sin_cos_eighth(angle);
    let flip = (angle_word << 62) & SIGN;
    let swap = angle_word & 1 == 1;
    let x = radius * if swap { cos } else { sin };
    let y = radius * if swap { sin } else { cos };
    (f64::from_bits(x.to_bits() ^ flip), f64::from_bits(y.to_bits() ^ flip))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paths::Purpose;
    use statrs::distribution::{ContinuousCDF, Normal};

    fn draw(pairs: usize) -> (Vec<f64>, Vec<f64>) {
        let (mut a, mut b) = (Vec::new(), Vec::new());
        for block in 0..pairs.div_ceil(LANES * 100) {
            let mut streams = LaneStreams::new(
                11,
                &std::array::from_fn(|l| (block * LANES + l) as u64),
                Purpose::Diffusion,
                0,
            );
            for _ in 0..100 {
                let (mut x, mut y) = ([0.0; LANES], [0.0; LANES]);
                normal_pairs(&mut streams, &mut x, &mut y);
                a.extend(x.map(f64::from));
                b.extend(y.map(f64::from));
            }
        }
        (a, b)
    }

    /// Anderson–Darling statistic against N(0, 1).
    fn anderson_darling(mut sample: Vec<f64>) -> f64 {
        sample.sort_by(f64::total_cmp);
        let normal = Normal::standard();
        let n = sample.len();
        let sum: f64 = (0..n)
            .map(|i| {
                let (x, y) = (sample[i], sample[n - 1 - i]);
                (2 * i + 1) as f64 * (libm::log(normal.cdf(x)) + libm::log(normal.sf(y)))
            })
            .sum();
        -(n as f64) - sum / n as f64
    }

    /// False alarm at 6.0: about 1e-3 for each of the two (Marsaglia and Marsaglia 2004); the seed is fixed.
    /// 640,000 values see a scale error of 0.3 %.
    #[test]
    fn both_outputs_are_standard_normal() {
        let (a, b) = draw(640_000);
        assert!(anderson_darling(a) < 6.0);
        assert!(anderson_darling(b) < 6.0);
    }

    /// Correlations of values and of squares, each with standard error 1/√n and √2·…; bound 4.5 of them.
    #[test]
    fn the_pair_is_independent() {
        let (a, b) = draw(640_000);
        let n = a.len() as f64;
        let linear: f64 = a.iter().zip(&b).map(|(x, y)| x * y).sum::<f64>() / n.sqrt();
        let squares: f64 =
            a.iter().zip(&b).map(|(x, y)| (x * x - 1.0) * (y * y - 1.0)).sum::<f64>() / (2.0 * n.sqrt());
        assert!(linear.abs() < 4.5, "{linear}");
        assert!(squares.abs() < 4.5, "{squares}");
    }

    /// Words spread over all 64 bits, and the ends of the range of uniform numbers.
    fn words() -> impl Iterator<Item = u64> {
        let ends = [0, u64::MAX, 1 << 12, (1 << 63) | 5, u64::MAX - 0xfff, u64::MAX - (1 << 13)];
        (1..1_000_000u64).map(|i| i.wrapping_mul(0x9e37_79b9_7f4a_7c15)).chain(ends)
    }

    /// A word's pair from its definition, with libm in double precision.
    fn exact_pair(word: u64) -> (f64, f64, f64) {
        let uniform = 1.0 - (word >> 12) as f64 / 4_503_599_627_370_496.0;
        let radius = (-2.0 * libm::log(uniform)).sqrt();
        let angle = (word >> 2 & 0x3ff) as f64 / 1_024.0 + (word >> 19 & 0x1fff) as f64 / 8_388_608.0;
        let angle = (angle - 0.5) * std::f64::consts::FRAC_PI_2;
        let (sin, cos) = (libm::sin(angle), libm::cos(angle));
        let sign = if word & 1 == 1 { -1.0 } else { 1.0 };
        let (x, y) = if word >> 1 & 1 == 1 { (cos, sin) } else { (sin, cos) };
        (radius, sign * radius * x, sign * radius * y)
    }

    fn single_pair(word: u64) -> (f64, f64) {
        let (x, y) = pair_of((2.0 - one_to_two(word)) as f32, word as u32);
        (f64::from(x), f64::from(y))
    }

    #[test]
    fn single_precision_keeps_its_bound() {
        for word in words() {
            let ((radius, x, y), (a, b)) = (exact_pair(word), single_pair(word));
            let allowed = if radius > 0.6 { 4e-7 * radius } else { (2e-7 / radius.abs()).min(4e-4) };
            assert!((a - x).abs() <= allowed && (b - y).abs() <= allowed, "{word:x}: {a} {x}, {b} {y}");
            if radius <= 0.6 {
                let square = a * a + b * b;
                assert!((square - radius * radius).abs() <= 2e-7, "{word:x}: {square}");
            }
        }
    }

    /// What single precision adds to the second and the fourth moment, over a million words: less than 1e-8 and 1e-7,
    /// where 10^12 paths would be needed to see 1e-6.
    #[test]
    fn single_precision_has_no_bias() {
        let (mut second, mut fourth, mut n) = (0.0, 0.0, 0.0);
        for word in words() {
            let ((_, x, y), (a, b)) = (exact_pair(word), single_pair(word));
            second += a * a - x * x + b * b - y * y;
            fourth += libm::pow(a, 4.0) - libm::pow(x, 4.0) + libm::pow(b, 4.0) - libm::pow(y, 4.0);
            n += 2.0;
        }
        assert!((second / n).abs() < 1e-8, "{:e}", second / n);
        assert!((fourth / n).abs() < 1e-7, "{:e}", fourth / n);
    }

    /// Of the words with the smallest 2^-39 of all uniform numbers, each one: numbers of normals beyond k are those of Φ, in
    /// either tail and of either output, up to 8, where 57 values of u are left and their grid takes 2 %.
    #[test]
    fn the_far_tail_is_that_of_the_normal_distribution() {
        let limits = [7.4, 7.6, 7.8, 8.0];
        let mut beyond = [[0_u32; 4]; 4];
        for low in 0..1 << 25 {
            let (x, y) = single_pair(u64::MAX << 25 | low);
            for (k, limit) in limits.into_iter().enumerate() {
                for (tail, z) in [x, -x, y, -y].into_iter().enumerate() {
                    beyond[k][tail] += u32::from(z > limit);
                }
            }
        }
        for (k, limit) in limits.into_iter().enumerate() {
            let expected = Normal::standard().sf(limit) * libm::exp2(64.0);
            for count in beyond[k] {
                assert!((f64::from(count) / expected - 1.0).abs() < 0.03, "{limit}: {beyond:?}, {expected}");
            }
        }
    }

    #[test]
    fn the_tail_is_there() {
        // P(|Z| > 4) = 6.334e-5 of 1.28 million values: 81 expected, standard deviation 9.
        let (a, b) = draw(640_000);
        let far = a.iter().chain(&b).filter(|z| z.abs() > 4.0).count();
        assert!((45..=117).contains(&far), "{far}");
        let (x, y) = single_pair(u64::MAX);
        assert!((x * x + y * y).sqrt() > 8.4);
    }
}
