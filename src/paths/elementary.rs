//! Elementary functions as polynomials, the same bits on every machine and for every vector width.
//!
//! Coefficients and error bounds are those of FreeBSD's msun (`e_log.c`, `k_sin.c`, `k_cos.c`,
//! Sun Microsystems 1993), but for the exponential's, which are stated there.

const LN2_HIGH: f64 = 6.931_471_803_691_238_164_90e-01;
const LN2_LOW: f64 = 1.908_214_929_270_587_700_02e-10;

/// Adding it leaves a whole number of small size in the low mantissa bits.
const ROUND: f64 = 6_755_399_441_055_744.0; // 1.5·2^52
const TWO_POW_52: u64 = 0x4330_0000_0000_0000;
const MANTISSA: u64 = 0x000f_ffff_ffff_ffff;
const ONE_BITS: u64 = 0x3ff0_0000_0000_0000;

/// Natural logarithm of a positive normal number; error below 1 ulp.
#[inline(always)]
pub fn ln(x: f64) -> f64 {
    const L1: f64 = 6.666_666_666_666_735_130e-01;
    const L2: f64 = 3.999_999_999_940_941_908e-01;
    const L3: f64 = 2.857_142_874_366_239_149e-01;
    const L4: f64 = 2.222_219_843_214_978_396e-01;
    const L5: f64 = 1.818_357_216_161_805_012e-01;
    const L6: f64 = 1.531_383_769_920_937_332e-01;
    const L7: f64 = 1.479_819_860_511_658_591e-01;
    let bits = x.to_bits();
    let mantissa = f64::from_bits((bits & MANTISSA) | ONE_BITS);
    let exponent = f64::from_bits((bits >> 52) | TWO_POW_52) - (4_503_599_627_370_496.0 + 1_023.0);
    // m in [√½, √2)
    let high = mantissa > std::f64::consts::SQRT_2;
    let m = if high { 0.5 * mantissa } else { mantissa };
    let k = if high { exponent + 1.0 } else { exponent };
    let f = m - 1.0;
    let s = f / (2.0 + f);
    let z = s * s;
    let w = z * z;
    let odd = w * (L2 + w * (L4 + w * L6));
    let even = z * (L1 + w * (L3 + w * (L5 + w * L7)));
    let half_square = 0.5 * f * f;
    k * LN2_HIGH - ((half_square - (s * (half_square + odd + even) + k * LN2_LOW)) - f)
}

/// Largest |x| of [`exp`]; beyond it e^x is cut off.
const LARGEST_EXPONENT: f64 = 700.0;

/// e^x for any x; the argument is cut off at ±700. Error as of [`exp_within`].
#[inline(always)]
pub fn exp(x: f64) -> f64 {
    let low = if x < -LARGEST_EXPONENT { -LARGEST_EXPONENT } else { x };
    exp_within(if low > LARGEST_EXPONENT { LARGEST_EXPONENT } else { low })
}

/// e^x for |x| <= 700; relative error below 6e-16 + 1.3e-16·|x|. For other x any number may come out.
///
/// 2^(n + r) with x/ln 2 = n + r, |r| <= 1/2. 2^r by the polynomial of degree 10 that meets it at the Chebyshev nodes of
/// [−1/2, 1/2] (relative error 2.9e-16; coefficients solved for with 50 digits), summed by Estrin's scheme, whose short
/// chains leave the processor more to do at a time than Horner's. The part of the error that grows with |x| is the rounding
/// of x/ln 2 and of 1/ln 2.
#[inline(always)]
pub fn exp_within(x: f64) -> f64 {
    const C1: f64 = 0.693_147_180_559_949_982_857;
    const C2: f64 = 0.240_226_506_959_100_982_2;
    const C3: f64 = 0.055_504_108_664_447_719_166_4;
    const C4: f64 = 0.009_618_129_107_606_888_527_28;
    const C5: f64 = 0.001_333_355_823_016_497_389_94;
    const C6: f64 = 0.000_154_035_304_417_360_501_549;
    const C7: f64 = 0.000_015_252_657_260_200_837_063_6;
    const C8: f64 = 0.000_001_321_544_258_792_168_965_3;
    const C9: f64 = 1.020_869_029_995_830_583_46e-7;
    const C10: f64 = 7.072_585_949_269_223_699_86e-9;
    let t = x * std::f64::consts::LOG2_E;
    let shifted = t + ROUND;
    let r = t - (shifted - ROUND);
    let r2 = r * r;
    let r4 = r2 * r2;
    let low = (1.0 + r * C1) + r2 * (C2 + r * C3);
    let middle = (C4 + r * C5) + r2 * (C6 + r * C7);
    let high = (C8 + r * C9) + r2 * C10;
    let value = low + r4 * (middle + r4 * high);
    // n sits in the low bits of `shifted`; the value's exponent has room for it.
    f64::from_bits(value.to_bits().wrapping_add(shifted.to_bits() << 52))
}

/// (sin x, cos x) for |x| <= π/4; error below 1 ulp.
#[inline(always)]
pub fn sin_cos_eighth(x: f64) -> (f64, f64) {
    const S1: f64 = -1.666_666_666_666_663_243_48e-01;
    const S2: f64 = 8.333_333_333_322_489_461_24e-03;
    const S3: f64 = -1.984_126_982_985_794_931_34e-04;
    const S4: f64 = 2.755_731_370_707_006_767_89e-06;
    const S5: f64 = -2.505_076_025_340_686_341_95e-08;
    const S6: f64 = 1.589_690_995_211_550_102_21e-10;
    const C1: f64 = 4.166_666_666_666_660_190_37e-02;
    const C2: f64 = -1.388_888_888_887_410_957_49e-03;
    const C3: f64 = 2.480_158_728_947_672_941_78e-05;
    const C4: f64 = -2.755_731_435_139_066_330_35e-07;
    const C5: f64 = 2.087_572_321_298_174_827_90e-09;
    const C6: f64 = -1.135_964_755_778_819_482_65e-11;
    let z = x * x;
    let sin = x + x * z * (S1 + z * (S2 + z * (S3 + z * (S4 + z * (S5 + z * S6)))));
    let tail = z * (C1 + z * (C2 + z * (C3 + z * (C4 + z * (C5 + z * C6)))));
    let half = 0.5 * z;
    let w = 1.0 - half;
    let cos = w + (((1.0 - w) - half) + z * tail);
    (sin, cos)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Distance in units of the last place of `b`.
    fn ulps(a: f64, b: f64) -> f64 {
        (a - b).abs() / (f64::EPSILON * b.abs().max(f64::MIN_POSITIVE))
    }

    fn grid(low: f64, high: f64) -> impl Iterator<Item = f64> {
        // A step that shares no factor with the binary grid.
        (0..200_000).map(move |i| low + (high - low) * (f64::from(i) * 0.618_033_988_749_895).fract())
    }

    #[test]
    fn ln_within_two_ulps_of_libm() {
        for x in grid(1e-16, 2.0).chain(grid(0.9, 1.1)).chain([1.0, f64::EPSILON, 2f64.sqrt()]) {
            assert!(ulps(ln(x), libm::log(x)) <= 2.0, "ln {x}");
        }
    }

    #[test]
    fn exp_within_its_bound() {
        for x in grid(-2.0, 2.0).chain(grid(-700.0, 700.0)).chain([0.0, -0.0, 1e-300, 700.0, -700.0]) {
            // libm's own error is below 1 ulp, 2.2e-16.
            let error = (exp(x) / libm::exp(x) - 1.0).abs();
            assert!(error < 6e-16 + 1.3e-16 * x.abs() + 2.3e-16, "exp {x}: {error:e}");
        }
        assert_eq!(exp(0.0), 1.0);
        assert_eq!(exp(-1e9), exp(-700.0));
        assert_eq!(exp(f64::INFINITY), exp(700.0));
    }

    #[test]
    fn sine_and_cosine_within_two_ulps_of_libm() {
        let eighth = std::f64::consts::FRAC_PI_4;
        for x in grid(-eighth, eighth) {
            let (sin, cos) = sin_cos_eighth(x);
            assert!(ulps(sin, libm::sin(x)) <= 2.0, "sin {x}");
            assert!(ulps(cos, libm::cos(x)) <= 2.0, "cos {x}");
        }
    }
}
