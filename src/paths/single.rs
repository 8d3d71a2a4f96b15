//! Elementary functions in single precision, for standard normals alone: twice as many lanes to a vector, and what they
//! are off by is far below what any number of paths could show (see [`super::normal`]).
//!
//! Coefficients are those of the Cephes library (`logf.c`, `sinf.c`; Moshier 1992), the logarithm's summed by Estrin's
//! scheme.

/// Bits of √½; subtracting them splits a number into a power of two and a mantissa in [√½, √2).
const ROOT_HALF_BITS: u32 = 0x3f35_04f3;
const EXPONENT: u32 = 0xff80_0000;

/// Natural logarithm of a positive normal number; relative error below 2e-7.
#[inline(always)]
pub fn ln(x: f32) -> f32 {
    const P: [f32; 9] = [
        3.333_333_117_4e-1,
        -2.499_999_399_3e-1,
        2.000_071_476_5e-1,
        -1.666_805_766_5e-1,
        1.424_932_278_7e-1,
        -1.242_014_084_6e-1,
        1.167_699_874_0e-1,
        -1.151_461_031_0e-1,
        7.037_683_629_2e-2,
    ];
    let offset = x.to_bits().wrapping_sub(ROOT_HALF_BITS);
    let exponent = ((offset as i32) >> 23) as f32;
    let f = f32::from_bits(x.to_bits().wrapping_sub(offset & EXPONENT)) - 1.0;
    let f2 = f * f;
    let f4 = f2 * f2;
    let low = (P[0] + f * P[1]) + f2 * (P[2] + f * P[3]);
    let high = (P[4] + f * P[5]) + f2 * (P[6] + f * P[7]);
    let series = low + f4 * (high + f4 * P[8]);
    ((f * f2 * series - 0.5 * f2) + exponent * std::f32::consts::LN_2) + f
}

/// (sin x, cos x) for |x| <= π/4; error below 1e-7.
#[inline(always)]
pub fn sin_cos_eighth(x: f32) -> (f32, f32) {
    const S: [f32; 3] = [-1.951_529_589_1e-4, 8.332_160_873_6e-3, -1.666_665_461_1e-1];
    const C: [f32; 3] = [2.443_315_711_809_948e-5, -1.388_731_625_493_765e-3, 4.166_664_568_298_827e-2];
    let z = x * x;
    let sin = x + x * z * (S[2] + z * (S[1] + z * S[0]));
    let cos = 1.0 - 0.5 * z + z * z * (C[2] + z * (C[1] + z * C[0]));
    (sin, cos)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(low: f64, high: f64) -> impl Iterator<Item = f32> {
        (0..200_000)
            .map(move |i| (low + (high - low) * (f64::from(i) * 0.618_033_988_749_895).fract()) as f32)
    }

    /// Against libm in double precision. The numbers next to 1 are the smallest radii.
    #[test]
    fn ln_within_its_bound() {
        let next_to_one = (1..2_000).map(|i| 1.0 - i as f32 * f32::EPSILON / 2.0);
        let small = (1..=52).map(|k| (1u64 << k) as f32).map(|x| 1.0 / x);
        for x in grid(1e-6, 1.0).chain(next_to_one).chain(small) {
            let exact = libm::log(f64::from(x));
            assert!((f64::from(ln(x)) / exact - 1.0).abs() < 2e-7, "ln {x}");
        }
        assert_eq!(ln(1.0), 0.0);
    }

    #[test]
    fn sine_and_cosine_within_their_bound() {
        let eighth = std::f64::consts::FRAC_PI_4;
        for x in grid(-eighth, eighth) {
            let (sin, cos) = sin_cos_eighth(x);
            assert!((f64::from(sin) - libm::sin(f64::from(x))).abs() < 1e-7, "sin {x}");
            assert!((f64::from(cos) - libm::cos(f64::from(x))).abs() < 1e-7, "cos {x}");
        }
    }
}
