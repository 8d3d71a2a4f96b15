//! Statistics against published figures, other implementations, full enumeration and brute force.
#![allow(clippy::excessive_precision, reason = "figures stand as their sources print them")]

use proptest::prelude::*;
use ringfence::statistics::*;
use statrs::distribution::{Binomial, ContinuousCDF, DiscreteCDF, StudentsT};

/// |a − b| relative to |b|.
fn relative(a: f64, b: f64) -> f64 {
    ((a - b) / b).abs()
}

#[test]
fn zeros_added_at_once_are_zeros_added_one_by_one() {
    let [mut at_once, mut one_by_one] = [Moments::new(3.0), Moments::new(3.0)];
    at_once.add(2.5);
    one_by_one.add(2.5);
    at_once.add_zeros(0);
    assert_eq!(at_once, one_by_one);
    at_once.add_zeros(3);
    (0..3).for_each(|_| one_by_one.add(0.0));
    assert_eq!(at_once, one_by_one);
    assert_eq!((at_once.min(), at_once.mean()), (Some(0.0), Some(0.625)));
}

#[test]
fn normal_quantile_against_forty_digits() {
    // mpmath 1.4 at 40 digits: root of ncdf(x) = p for the f64 nearest to p.
    let cases = [
        (1e-300, -37.047096299361199237),
        (1e-20, -9.2623400897984075796),
        (1e-5, -4.2648907939228246102),
        (0.0005, -3.2905267314918947874),
        (0.025, -1.9599639845400542118),
        (0.075, -1.4395314709384559349),
        (0.3, -0.52440051270804081597),
        (0.4999, -0.00025066283008800749239),
        (0.7, 0.52440051270804065631),
        (0.93, 1.475791028179171099),
        (0.999, 3.0902323061678132778),
    ];
    for (p, expected) in cases {
        // The algorithm's own bound is 1e-16; evaluation in f64 adds a few roundings.
        assert!(relative(normal_quantile(p), expected) < 1e-15, "{p}");
    }
    assert_eq!(normal_quantile(0.5), 0.0);
    assert_eq!((normal_quantile(0.0), normal_quantile(1.0)), (f64::NEG_INFINITY, f64::INFINITY));
    assert!(normal_quantile(1.5).is_nan() && normal_quantile(-0.1).is_nan());
}

#[test]
fn normal_cdf_against_forty_digits() {
    let cases = [
        (-30.0, 4.9067139271481870595e-198),
        (-8.0, 6.2209605742717841235e-16),
        (-1.96, 0.024997895148220436213),
        (-0.5, 0.30853753872598689636),
        (0.0, 0.5),
        (1.0, 0.84134474606854294859),
        (6.0, 0.99999999901341235496),
    ];
    for (x, expected) in cases {
        // x/√2 is rounded, which the tail magnifies by x²: 900·1e-16 at −30.
        assert!(relative(normal_cdf(x), expected) < 1e-15 + x * x * 2e-16, "{x}");
    }
}

#[test]
fn wilson_against_forty_digits() {
    // mpmath at 40 digits, checked with statsmodels: (count, n, alpha, low, high).
    let cases = [
        (0, 10, 0.05, 0.0, 0.27753279986288926),
        (0, 1000, 0.05, 0.0, 0.0038267584855551243),
        (1, 20, 0.05, 0.00888144880079539, 0.23613119344674205),
        (3, 100, 0.05, 0.010254524024038923, 0.08451936429052762),
        (5, 10, 0.1, 0.2692718211382672, 0.7307281788617328),
        (12, 1000, 0.01, 0.005809541614776806, 0.02462343533094826),
        (17, 50, 0.05, 0.22436949222500083, 0.47846173949767395),
        (999, 1000, 0.05, 0.9943574414020421, 0.999823453629374),
        (1000, 1000, 0.05, 0.9961732415144449, 1.0),
        (37, 10000, 0.05, 0.002685648037750953, 0.005095508744982636),
        (4321, 100000, 0.001, 0.041143233087946096, 0.04537567468177163),
        (1, 1000000, 0.05, 1.7652457674537147e-07, 5.664911804311443e-06),
    ];
    for (count, n, alpha, low, high) in cases {
        let interval = wilson(count, n, 1.0 - alpha).unwrap();
        // 1 − 0.05 is not 0.05 from 1 exactly: z is off by up to 1e-15, magnified where alpha is small.
        assert!((interval.low - low).abs() <= 1e-13 * low, "{count} of {n}: {interval:?}");
        assert!((interval.high - high).abs() <= 1e-13 * high, "{count} of {n}: {interval:?}");
    }
    assert_eq!(wilson(0, 7, 0.95).unwrap().low, 0.0);
    assert_eq!(wilson(7, 7, 0.95).unwrap().high, 1.0);
    assert_eq!(wilson(0, 0, 0.95), None);
}

#[test]
fn binomial_probabilities_against_forty_digits() {
    // mpmath at 40 digits from log-gammas. The tolerance grows with n: n·p is rounded to an f64.
    let cases = [
        (3, 10, 0.25, 0.25028228759765625, 1e-14),
        (0, 1000, 0.001, 0.36769542477096403696, 1e-13),
        (500, 1000, 0.5, 0.025225018178360801907, 1e-14),
        (17, 20, 0.99, 0.00096095524045767906084, 1e-13),
        (10_000, 1_000_000, 0.01, 0.0040094873631829205393, 1e-13),
        (499_999_000_000, 1_000_000_000_000, 0.5, 1.0798193302642109637e-7, 1e-9),
        (10_000_100_000, 1_000_000_000_000, 0.01, 2.4196379938909101754e-6, 1e-9),
    ];
    for (k, n, p, expected, tolerance) in cases {
        assert!(relative(binomial_pmf(k, n, p), expected) < tolerance, "{k} of {n} at {p}");
    }
    assert_eq!(binomial_pmf(5, 4, 0.5), 0.0);
    // 40-digit sum of the tail; scipy's own cdf agrees to 1.4e-10 only.
    let tail = binomial_lower_tail(499_999_000_000, 1_000_000_000_000, 0.5);
    assert!(relative(tail, 0.022750185939173) < 1e-9, "{tail}");
}

#[test]
fn binomial_tails_against_statrs() {
    for (n, p) in [(1, 0.5), (7, 0.03), (60, 0.5), (300, 0.99), (5_000, 0.2)] {
        let other = Binomial::new(p, n).unwrap();
        for k in (0..n).step_by((n as usize / 50).max(1)) {
            let (below, above) = (binomial_lower_tail(k, n, p), binomial_upper_tail(k + 1, n, p));
            // statrs evaluates the incomplete beta function to about 1e-11 at these sizes.
            assert!((below - other.cdf(k)).abs() < 1e-10, "P(X <= {k}), n = {n}, p = {p}");
            assert!((above - other.sf(k)).abs() < 1e-10, "P(X > {k}), n = {n}, p = {p}");
        }
    }
}

#[test]
fn mcnemar_against_other_implementations() {
    // Up to (2, 40): mpmath, checked with statsmodels; the rest scipy.stats.binom, 1 − 1e-12 precise.
    let cases = [
        (0, 0, 1.0),
        (9, 9, 1.0),
        (3, 4, 1.0),
        (0, 3, 0.25),
        (1, 9, 0.021484375),
        (10, 25, 0.01667384780012071),
        (101, 121, 0.20213432065995873),
        (2, 40, 4.1109160520136356e-10),
        (0, 1000, 1.8665272370064378e-301),
        (100_000, 101_000, 0.02586239243973295),
        (499_999_000, 500_001_000, 0.9495961520934655),
    ];
    for (b, c, expected) in cases {
        assert!(relative(mcnemar_exact(b, c), expected) < 1e-9, "{b} against {c}: {}", mcnemar_exact(b, c));
        assert_eq!(mcnemar_exact(b, c), mcnemar_exact(c, b));
    }
}

#[test]
fn newcombe_against_published_tables() {
    // Newcombe (1998), Stat Med 17:2635, prints 0.0569 to 0.3404 for (36, 12, 2, 0). All digits: his formula
    // over statsmodels' Wilson limits, with the corrected phi as R's biostatUZH::confIntPairedProportion has it.
    let cases = [
        ((36, 12, 2, 0), 0.95, 0.05692958400323875, 0.3404276029749408),
        ((36, 14, 0, 0), 0.95, 0.15283951785585742, 0.41665123695956563),
        ((20, 12, 2, 16), 0.95, 0.05615642484174821, 0.32920699540014053),
        ((20, 12, 2, 16), 0.99, 0.012766997760196547, 0.36318874663593004),
        ((0, 29, 9, 262), 0.95, 0.02697110818704164, 0.10863950884161705),
        ((2, 2, 0, 96), 0.95, -0.022819251592738173, 0.07235726782134307),
        ((53, 8, 22, 17), 0.95, -0.2424066542093839, -0.03330260617734662),
        ((98, 2, 0, 0), 0.95, -0.01973300711633589, 0.07001179072854402),
        ((14, 5, 0, 22), 0.95, 0.011483241383033221, 0.2264926843512112),
        ((4321, 9000, 12, 86667), 0.95, 0.088114501540392, 0.09166566631734088),
        ((0, 0, 0, 50), 0.95, -0.07134759913335874, 0.07134759913335874),
        ((10, 0, 0, 40), 0.95, -0.05709224769985126, 0.05709224769985126),
        ((0, 50, 0, 0), 0.95, 0.8990992576628452, 1.0),
    ];
    for ((both, a, b, neither), confidence, low, high) in cases {
        let ours = newcombe_paired(both, a, b, neither, confidence).unwrap();
        assert!(
            (ours.low - low).abs() < 1e-12 && (ours.high - high).abs() < 1e-12,
            "{both} {a} {b}: {ours:?}"
        );
        let mirrored = newcombe_paired(both, b, a, neither, confidence).unwrap();
        assert!((mirrored.low + high).abs() < 1e-12 && (mirrored.high + low).abs() < 1e-12);
    }
    assert_eq!(newcombe_paired(0, 0, 0, 0, 0.95), None);
}

#[test]
fn variance_factors_by_hand() {
    assert_eq!(variance_factor(Some(3.0), Some(5.0), Some(2.0)), Some(4.0));
    assert_eq!(variance_factor(Some(3.0), Some(5.0), Some(0.0)), None);
    assert_eq!(variance_factor(None, Some(5.0), Some(1.0)), None);
    // p_a = 0.4, p_b = 0.3: (0.24 + 0.21) / (0.2 + 0.1 − 0.01).
    let factor = proportion_variance_factor(2, 2, 1, 5).unwrap();
    assert!(relative(factor, 0.45 / 0.29) < 1e-14, "{factor}");
    assert_eq!(proportion_variance_factor(3, 0, 0, 7), None);
    assert_eq!(proportion_variance_factor(0, 0, 0, 0), None);
}

#[test]
fn standard_errors_of_proportions_by_hand() {
    // √(0.3·0.7/10) and √[(0.2 + 0.1 − 0.01)/10].
    assert!(relative(proportion_std_error(3, 10).unwrap(), 0.021_f64.sqrt()) < 1e-15);
    assert!(relative(proportion_difference_std_error(2, 2, 1, 5).unwrap(), 0.029_f64.sqrt()) < 1e-15);
    // Where the formula would claim certainty there is none.
    assert_eq!(
        [proportion_std_error(0, 10), proportion_std_error(10, 10), proportion_std_error(0, 0)],
        [None; 3]
    );
    assert_eq!(proportion_difference_std_error(4, 0, 0, 6), None);
    assert_eq!(proportion_difference_std_error(0, 0, 7, 0), None);
}

#[test]
fn student_t_against_twenty_digits() {
    // mpmath 1.4 at 40 digits: root of the incomplete beta function for the f64 nearest to the confidence.
    let cases = [
        (1, 0.5, 1.0),
        (1, 0.95, 12.706204736174693314),
        (2, 0.95, 4.3026527297494617894),
        (3, 0.95, 3.1824463052837084359),
        (4, 0.99, 4.6040948713499920459),
        (7, 0.9, 1.8945786050900075405),
        (30, 0.95, 2.0422724563012378878),
        (63, 0.999, 3.4517689449609978068),
        (98, 0.95, 1.984467454508481421),
        (99, 0.5, 0.67697598554615262576),
        (10, 0.001, 0.0012849894064565898673),
    ];
    for (freedom, confidence, expected) in cases {
        // Coverage within 1e-14 moves t by at most 1e-14/(1 − c)/freedom of itself, or 1e-14/c.
        let t = two_sided_t(confidence, freedom);
        assert!(relative(t, expected) < 2e-11, "{freedom} at {confidence}: {t}");
    }
    // 1 − c = 1e-10: the same 1e-14 is 1e-4 of the tail, a fifth of that of t.
    assert!(relative(two_sided_t(0.999_999_999_9, 5), 180.14909786675682846) < 2e-5);
}

#[test]
fn student_t_against_statrs() {
    for freedom in 1..100 {
        let law = StudentsT::new(0.0, 1.0, freedom as f64).unwrap();
        for confidence in [0.01, 0.5, 0.8, 0.95, 0.99, 0.9999] {
            let t = two_sided_t(confidence, freedom);
            // statrs evaluates the incomplete beta function to about 1e-11.
            assert!((1.0 - 2.0 * law.cdf(-t) - confidence).abs() < 1e-10, "{freedom} at {confidence}: {t}");
        }
    }
}

#[test]
fn means_of_few_values_use_student_t() {
    assert_eq!([mean_half_width(0, 0.95), mean_half_width(1, 0.95)], [None, None]);
    assert_eq!(mean_half_width(4, 0.95), Some(two_sided_t(0.95, 3)));
    assert_eq!(mean_half_width(99, 0.95), Some(two_sided_t(0.95, 98)));
    assert_eq!(mean_half_width(100, 0.95), Some(two_sided_z(0.95)));
}

#[test]
fn ranks_against_scipy() {
    // scipy.stats.binom cdf and sf, searched for the definition's two ranks.
    let cases = [
        (5, 0.5, 0.95, (None, None)),
        (6, 0.5, 0.95, (Some(1), Some(6))),
        (10, 0.5, 0.95, (Some(2), Some(9))),
        (100, 0.01, 0.95, (None, Some(4))),
        (298, 0.01, 0.95, (None, Some(8))),
        (299, 0.01, 0.9, (Some(1), Some(7))),
        (1000, 0.05, 0.95, (Some(37), Some(65))),
        (100_000, 0.5, 0.95, (Some(49_690), Some(50_311))),
        (100_000, 0.99, 0.999, (Some(98_895), Some(99_103))),
        (1_000_000_000, 0.25, 0.95, (Some(249_973_162), Some(250_026_839))),
        (1_000_000_000_000, 0.5, 0.95, (Some(499_999_020_018), Some(500_000_979_983))),
        (1_000_000_000_000, 0.01, 0.95, (Some(9_999_804_987), Some(10_000_195_015))),
    ];
    for (n, p, confidence, expected) in cases {
        assert_eq!(rank_interval(n, p, confidence), expected, "n = {n}, p = {p}, c = {confidence}");
    }
    assert_eq!(rank_interval(0, 0.5, 0.95), (None, None));
}

/// Bin(n, p) by multiplying one trial after the other into the distribution.
fn enumerate_binomial(n: u64, p: f64) -> Vec<f64> {
    (0..n).fold(vec![1.0], |row, _| {
        let mut next = vec![0.0; row.len() + 1];
        for (k, share) in row.iter().enumerate() {
            next[k] += share * (1.0 - p);
            next[k + 1] += share * p;
        }
        next
    })
}

#[test]
fn ranks_cover_and_no_narrower_pair_does() {
    for n in 1..=30 {
        for p in [0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99] {
            let pmf = enumerate_binomial(n, p);
            for confidence in [0.5, 0.9, 0.95, 0.99] {
                let tail = (1.0 - confidence) / 2.0;
                let below = |l: u64| pmf[..l as usize].iter().sum::<f64>();
                let above = |u: u64| pmf[u as usize..].iter().sum::<f64>();
                let lower = (1..=n).rev().find(|l| below(*l) <= tail);
                let upper = (1..=n).find(|u| above(*u) <= tail);
                assert_eq!(rank_interval(n, p, confidence), (lower, upper), "{n} {p} {confidence}");
            }
        }
    }
}

#[test]
fn quantile_ranks_are_type_one() {
    // Exact: the smallest k with k·100 >= percent·n.
    for n in
        [1, 2, 3, 7, 20, 99, 100, 101, 12_345, 100_000, 10_000_000_019, 999_999_999_999, 1_000_000_000_000]
    {
        for percent in [1_u64, 5, 10, 25, 50, 75, 90, 95, 99] {
            let exact = (u128::from(percent) * u128::from(n)).div_ceil(100) as u64;
            assert_eq!(quantile_rank(percent as f64 / 100.0, n), exact, "{percent} % of {n}");
        }
    }
}

#[test]
fn survival_by_hand() {
    // Four steps, ten paths: two go at step 1, one at step 3, three at step 4.
    let points = survival(&[0, 2, 0, 1, 3], 10, 8);
    let alive: Vec<f64> = points.iter().map(|p| p.alive).collect();
    assert_eq!(alive, [1.0, 1.0, 0.8, 0.8, 0.8, 0.8, 0.7, 0.7, 0.4]);
    assert_eq!(points.iter().map(|p| p.step).collect::<Vec<_>>(), [0, 0, 1, 1, 2, 2, 3, 3, 4]);
    assert_eq!(points[3].fraction_of_horizon, 0.375);
    assert_eq!(points[6].alive_paths, 7);
    assert!(survival(&[0, 0], 0, 50).is_empty());
    // More steps than points: seven steps, a path at each; at half the horizon (3.5) three are gone.
    let alive: Vec<f64> = survival(&[0, 1, 1, 1, 1, 1, 1, 1], 7, 2).iter().map(|p| p.alive).collect();
    assert_eq!(alive, [1.0, 4.0 / 7.0, 0.0]);
}

#[test]
fn liquidation_times_by_hand() {
    let counts = [0, 2, 0, 1, 3];
    let mean = mean_liquidation_step(&counts).unwrap();
    // 1 1 3 4 4 4: mean 17/6, sum of squares about it 59 − 289/6.
    assert!(relative(mean.mean, 17.0 / 6.0) < 1e-15);
    let error = ((59.0_f64 - 289.0 / 6.0) / 5.0 / 6.0).sqrt();
    assert!(relative(mean.std_error.unwrap(), error) < 1e-14);
    // With four survivors at 4: 33/10.
    assert!(relative(restricted_mean_step(&counts, 10).unwrap().mean, 3.3) < 1e-15);
    assert_eq!(mean_liquidation_step(&[0, 0, 0]), None);
    let none_gone = restricted_mean_step(&[0, 0, 0], 5).unwrap();
    assert_eq!((none_gone.mean, none_gone.std_error), (2.0, Some(0.0)));
    let steps: Vec<_> = [0.01, 0.34, 0.5, 0.51, 1.0].map(|p| liquidation_step_quantile(&counts, p)).into();
    assert_eq!(steps, [Some(1), Some(3), Some(3), Some(4), Some(4)]);
    assert_eq!(liquidation_step_quantile(&[0, 0], 0.5), None);
    let ranked: Vec<_> = [0, 1, 2, 3, 4, 6, 7].map(|rank| liquidation_step_at_rank(&counts, rank)).into();
    assert_eq!(ranked, [None, Some(1), Some(1), Some(3), Some(4), Some(4), None]);
}

fn distribution(values: &[f64], unit: f64) -> Distribution {
    values.iter().fold(Distribution::new(unit), |mut d, v| {
        d.add(*v);
        d
    })
}

#[test]
fn moments_against_two_passes() {
    // A fixed sequence with a wide spread: a linear congruence, no random numbers needed.
    let mut state = 12_345_u64;
    let values: Vec<f64> = (0..10_000)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((state >> 11) as f64 / (1_u64 << 53) as f64 - 0.3) * 5_000.0
        })
        .collect();
    let mut moments = Moments::new(10_000.0);
    values.iter().for_each(|v| moments.add(*v));
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / (n - 1.0);
    // The oracle's own rounding: n·1e-16 at worst.
    assert!(relative(moments.mean().unwrap(), mean) < 1e-12);
    assert!(relative(moments.variance().unwrap(), variance) < 1e-12);
    assert!(relative(moments.std_error().unwrap(), (variance / n).sqrt()) < 1e-12);
    assert_eq!(moments.min(), values.iter().copied().reduce(f64::min));
    assert_eq!(moments.max(), values.iter().copied().reduce(f64::max));
}

#[test]
fn moments_at_their_ends() {
    let mut moments = Moments::new(10.0);
    assert_eq!((moments.mean(), moments.variance(), moments.min()), (None, None, None));
    moments.add(-0.0);
    assert_eq!((moments.mean(), moments.variance(), moments.std_error()), (Some(0.0), None, None));
    moments.add(0.0);
    assert_eq!((moments.variance(), moments.count()), (Some(0.0), 2));
    // A square that does not fit gives no variance rather than a wrong one.
    let mut wide = Moments::new(1.0);
    [1e14, 3e14].iter().for_each(|v| wide.add(*v));
    assert_eq!((wide.mean(), wide.variance(), wide.std_error()), (Some(2e14), None, None));
    wide.add(1e30);
    assert_eq!(wide.mean(), None);
    // Beyond the range of a single value nothing wraps, and order is still of no account.
    let sum = |values: [f64; 3]| {
        let mut m = Moments::new(1.0);
        values.iter().for_each(|v| m.add(*v));
        m
    };
    assert_eq!(sum([1e300, 1.0, -1e300]), sum([1.0, -1e300, 1e300]));
    assert_eq!(sum([1e300, 1.0, -1e300]).sum(), 1.0);
}

#[test]
fn mean_over_the_nonzero_values_only() {
    let mut moments = Moments::new(100.0);
    [0.0, 3.0, 0.0, 5.0, 10.0, 0.0].iter().for_each(|v| moments.add(*v));
    let mean = moments.mean_of_nonzero(3).unwrap();
    // 3 5 10: mean 6, variance 13; the values are cut to 2^-60 of the unit.
    assert!(relative(mean.mean, 6.0) < 1e-14);
    assert!(relative(mean.std_error.unwrap(), (13.0_f64 / 3.0).sqrt()) < 1e-13);
    assert_eq!(moments.mean_of_nonzero(0), None);
    assert_eq!(moments.mean_of_nonzero(1).unwrap().std_error, None);
}

#[test]
fn whole_units_come_out_exactly() {
    // Losing the whole account, beside paths a little better off in what would be the same bin.
    let d = distribution(&[-10_000.0, -10_000.0, -9_999.9, 0.0, 0.1, 10_000.0], 10_000.0);
    assert_eq!(d.quantile(0.2), Some(-10_000.0));
    assert_eq!(d.quantile(0.5), Some(-9_999.9));
    assert_eq!(d.quantile(0.6), Some(0.0));
    assert_eq!(d.quantile(1.0), Some(10_000.0));
    assert_eq!(d.at_rank(0), None);
    assert_eq!(d.at_rank(7), None);
}

#[test]
fn bins_stay_in_order_across_their_two_widths() {
    let values = [-1e9, -8.001, -8.0, -7.999, -1e-9, 0.0, 1e-9, 8.0, 8.001, 1e9, 1e300];
    let histogram = distribution(&values, 1.0).histogram().clone();
    let bins: Vec<f64> = histogram.bins().map(|(value, _)| value).collect();
    assert!(bins.is_sorted(), "{bins:?}");
    assert_eq!(histogram.bins().map(|(_, count)| count).sum::<u64>(), values.len() as u64);
    assert_eq!(bins.last(), Some(&1e300));
}

#[test]
fn tail_errors_by_hand() {
    // 1 … 100: the lowest tenth is 1 … 10, mean 5.5, variance 82.5/9, the quantile is 10.
    let values: Vec<f64> = (1..=100).map(f64::from).collect();
    let d = distribution(&values, 1.0);
    let error = ((82.5_f64 / 9.0 + 0.9 * 4.5 * 4.5) / 10.0).sqrt();
    for (tail, mean) in [(d.lower_tail(0.1), 5.5), (d.upper_tail(0.1), 95.5)] {
        let tail = tail.unwrap();
        assert!(relative(tail.mean, mean) < 1e-14);
        assert!(relative(tail.std_error.unwrap(), error) < 1e-13, "{tail:?}");
    }
    // Nine values in a tail are too few for an error, but not for a mean.
    let few = d.lower_tail(0.09).unwrap();
    assert_eq!((few.mean, few.std_error), (5.0, None));
    assert_eq!(Distribution::new(1.0).lower_tail(0.1), None);
}

/// Uniform on (0, 1), by SplitMix64 (Steele, Lea & Flood 2014).
fn uniform(state: &mut u64) -> f64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64 + f64::EPSILON / 4.0
}

/// A thousand samples of 10,000 from laws whose tail means are known: the 95 % intervals must hold them
/// in 950 of the thousand, ±31, which is 4.5 standard deviations of that count: a right formula fails for
/// seven seeds in a million. Without the error of the quantile they would hold in 840 at most.
#[test]
fn tail_intervals_cover() {
    const SAMPLES: u64 = 1_000;
    const SIZE: u64 = 10_000;
    let exponential = |u: f64, _: f64| -libm::log(u);
    // Box & Muller (1958).
    let normal = |u: f64, v: f64| (-2.0 * libm::log(u)).sqrt() * libm::cos(std::f64::consts::TAU * v);
    // E[X | X > q_s] = 1 + ln(1/s) for the exponential, density(q_s)/s for the normal (scipy.stats.norm).
    type Draw<'a> = &'a dyn Fn(f64, f64) -> f64;
    let laws: [(Draw, [f64; 2]); 2] = [
        (&exponential, [1.0 + libm::log(20.0), 1.0 + libm::log(100.0)]),
        (&normal, [2.062_712_807_507_2, 2.665_214_220_345_8]),
    ];
    for (index, (draw, exact)) in laws.into_iter().enumerate() {
        let mut state = 20_240_607 + index as u64;
        let mut covered = [[0_u64; 2]; 2];
        for _ in 0..SAMPLES {
            let (mut d, mut mirrored) = (Distribution::new(1.0), Distribution::new(1.0));
            for _ in 0..SIZE {
                let x = draw(uniform(&mut state), uniform(&mut state));
                d.add(x);
                mirrored.add(-x);
            }
            for (tail, share) in [0.05, 0.01].into_iter().enumerate() {
                let half = |error: f64| mean_half_width((share * SIZE as f64) as u64, 0.95).unwrap() * error;
                let upper = d.upper_tail(share).unwrap();
                let lower = mirrored.lower_tail(share).unwrap();
                let holds = |mean: f64, error: f64| u64::from((mean - exact[tail]).abs() <= half(error));
                covered[tail][0] += holds(upper.mean, upper.std_error.unwrap());
                covered[tail][1] += holds(-lower.mean, lower.std_error.unwrap());
            }
        }
        for count in covered.concat() {
            assert!(count.abs_diff(950) <= 31, "law {index}: {covered:?}");
        }
    }
}

#[test]
fn resolution_is_the_width_of_a_bin() {
    assert_eq!(Distribution::new(5.0).resolution(), None);
    assert_eq!(distribution(&[-0.2, 0.1], 4.0).resolution(), Some(4.0 / 16_384.0));
    // Beyond 8 units: 2^-14 of the value.
    assert_eq!(distribution(&[-8e6, 1.0], 4.0).resolution(), Some(8e6 / 16_384.0));
}

/// Resolution that [`Distribution`] states: 2^-14 of the unit, and of the value beyond 8 units.
fn resolution(value: f64, unit: f64) -> f64 {
    let size = if value.abs() > 8.0 * unit { value.abs() } else { unit };
    size / 16_384.0 + 1e-12 * value.abs()
}

proptest! {
    #[test]
    fn quantiles_and_tails_against_sorting(
        mut values in prop::collection::vec(prop_oneof![Just(-1_000.0), Just(0.0), -3e3..3e3, -1e8..1e8], 1..200),
        share in 0.01..1.0_f64,
    ) {
        let unit = 1_000.0;
        let d = distribution(&values, unit);
        values.sort_by(f64::total_cmp);
        let n = values.len();
        let exact = values[(0..n).find(|i| (i + 1) as f64 >= share * n as f64).unwrap_or(n - 1)];
        let ours = d.quantile(share).unwrap();
        prop_assert!((ours - exact).abs() <= resolution(exact, unit), "{ours} for {exact}");
        prop_assert!(ours >= exact && ours - exact <= d.resolution().unwrap(), "{ours} for {exact}");
        let tail = |sorted: &mut dyn Iterator<Item = f64>| {
            let (mut left, mut sum) = (share * n as f64, 0.0);
            for value in sorted {
                sum += value * left.clamp(0.0, 1.0);
                left -= 1.0;
            }
            sum / (share * n as f64)
        };
        let (low, high) = (tail(&mut values.iter().copied()), tail(&mut values.iter().rev().copied()));
        let size = values.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
        prop_assert!((d.lower_tail(share).map(|tail| tail.mean).unwrap() - low).abs() <= resolution(size, unit));
        prop_assert!((d.upper_tail(share).map(|tail| tail.mean).unwrap() - high).abs() <= resolution(size, unit));
    }

    #[test]
    fn merging_is_exact_in_any_order_and_split(
        values in prop::collection::vec(prop_oneof![Just(-0.0), -5.0..5.0, -1e12..1e12], 0..120),
        cut in 0..120_usize,
    ) {
        let whole = distribution(&values, 3.0);
        let (left, right) = values.split_at(cut.min(values.len()));
        let mut merged = distribution(right, 3.0);
        merged.merge(&distribution(left, 3.0));
        prop_assert_eq!(&merged, &whole);
        let mut backwards = values.clone();
        backwards.reverse();
        prop_assert_eq!(&distribution(&backwards, 3.0), &whole);
    }

    #[test]
    fn wilson_encloses_the_share(n in 1..1_000_000_000_000_u64, part in 0.0..=1.0_f64, confidence in 0.001..0.999_f64) {
        let count = ((n as f64 * part) as u64).min(n);
        let interval = wilson(count, n, confidence).unwrap();
        let share = count as f64 / n as f64;
        prop_assert!(0.0 <= interval.low && interval.low <= share && share <= interval.high && interval.high <= 1.0);
    }
}

/// Exact coverage, by enumeration: over 40 probabilities with n·p >= 30, Wilson's 95 % interval holds the truth
/// with probability 0.95 ± 0.005 on average and ± 0.015 at each (Brown, Cai and DasGupta 2001 show the wiggle).
#[test]
fn wilson_covers_as_often_as_it_says() {
    const N: u64 = 1_000;
    let coverage = |p: f64| -> f64 {
        (0..=N)
            .filter(|k| wilson(*k, N, 0.95).is_some_and(|i| i.low <= p && p <= i.high))
            .map(|k| binomial_pmf(k, N, p))
            .sum()
    };
    let all: Vec<f64> = (1..=40).map(|i| coverage(0.03 + 0.011_7 * f64::from(i))).collect();
    assert!(all.iter().all(|c| (c - 0.95).abs() < 0.015), "{all:?}");
    let mean = all.iter().sum::<f64>() / all.len() as f64;
    assert!((mean - 0.95).abs() < 0.005, "{mean}");
}

/// The same for the paired difference: over all tables of 60 pairs, by enumeration of the multinomial.
#[test]
fn newcombe_covers_as_often_as_it_says() {
    const N: u64 = 60;
    let coverage = |both: f64, a_only: f64, b_only: f64| -> f64 {
        let truth = a_only - b_only;
        let mut sum = 0.0;
        for x in 0..=N {
            for a in 0..=N - x {
                for b in 0..=N - x - a {
                    let held = newcombe_paired(x, a, b, N - x - a - b, 0.95)
                        .is_some_and(|i| i.low <= truth && truth <= i.high);
                    if held {
                        // Multinomial as three binomials in a row.
                        sum += binomial_pmf(x, N, both)
                            * binomial_pmf(a, N - x, a_only / (1.0 - both))
                            * binomial_pmf(b, N - x - a, b_only / (1.0 - both - a_only));
                    }
                }
            }
        }
        sum
    };
    for (both, a_only, b_only) in [(0.1, 0.3, 0.05), (0.3, 0.2, 0.2), (0.05, 0.5, 0.05), (0.6, 0.1, 0.2)] {
        let c = coverage(both, a_only, b_only);
        // Newcombe (1998) finds method 10 slightly conservative at such sizes.
        assert!((0.94..0.985).contains(&c), "{both} {a_only} {b_only}: {c}");
    }
}

#[test]
fn a_design_effect_is_a_variance_of_pairs_over_that_of_paths() {
    // 1,000 pairs: 100 both, 200 one, 700 none. Correlation within a pair by definition: (0.1 − 0.2²)/(0.2·0.8).
    let some = TwinProportion { count: 400, both: 100, pairs: 1_000 };
    let effect = 1.0 + (0.1 - 0.04) / 0.16;
    assert!((some.design_effect() - effect * 1_000.0 / 999.0).abs() < 1e-12);
    assert!((some.variance_factor().unwrap() - 999.0 / 1_000.0 / effect).abs() < 1e-12);
    // Two that always agree are worth one; what is seen on no path, or every path, says nothing of pairs.
    for (count, both) in [(400, 200), (0, 0), (2_000, 1_000)] {
        assert_eq!(TwinProportion { count, both, pairs: 1_000 }.design_effect(), 2.0);
    }
    // One of every pair: the count does not vary, which is taken as a standard deviation of two paths.
    let mirrored = TwinProportion { count: 1_000, both: 0, pairs: 1_000 };
    assert!((mirrored.design_effect() * 500.0 - 4.0 * 1_000.0 / 999.0).abs() < 1e-9);
    assert_eq!(mirrored.variance_factor(), None);
    // Independent: a quarter of 1e11 pairs each.
    let independent = TwinProportion { count: 100_000_000_000, both: 25_000_000_000, pairs: 100_000_000_000 };
    assert!((independent.design_effect() - 1.0).abs() < 1e-9);
    assert_eq!(TwinProportion { count: 1, both: 0, pairs: 1 }.design_effect(), 2.0);
}

#[test]
fn intervals_of_clusters_are_those_of_fewer() {
    let near = |a: Interval, b: Interval| (a.low - b.low).abs() + (a.high - b.high).abs() < 1e-14;
    assert!(near(wilson_of_clusters(14, 40, 2.0, 0.95).unwrap(), wilson(7, 20, 0.95).unwrap()));
    assert_eq!(wilson_of_clusters(14, 40, 1.0, 0.95), wilson(14, 40, 0.95));
    assert_eq!(wilson_of_clusters(0, 40, 2.0, 0.95).unwrap().low, 0.0);
    assert_eq!(wilson_of_clusters(40, 40, 0.5, 0.95).unwrap().high, 1.0);
    let doubled = newcombe_of_clusters([40, 30, 10, 120], 2.0, 0.95).unwrap();
    assert!(near(doubled, newcombe_paired(20, 15, 5, 60, 0.95).unwrap()));
    assert_eq!(newcombe_of_clusters([20, 15, 5, 60], 1.0, 0.95), newcombe_paired(20, 15, 5, 60, 0.95));
}

#[test]
fn ranks_are_moved_from_the_middle_outwards_or_inwards() {
    let ranks = rank_interval(100, 0.5, 0.95);
    assert_eq!(ranks, (Some(40), Some(61)));
    assert_eq!(widened_ranks(ranks, 100, 0.5, 1.0, 1.0), ranks);
    // Twice as far: 50 − 20, and 60 + 10 + 1.
    assert_eq!(widened_ranks(ranks, 100, 0.5, 4.0, 4.0), (Some(30), Some(71)));
    // A count that never varies is 50: the 50th value is not above the median, the 51st not below.
    assert_eq!(widened_ranks(ranks, 100, 0.5, 0.0, 0.0), (Some(50), Some(51)));
    assert_eq!(widened_ranks((Some(1), None), 100, 0.05, 2.0, 2.0), (None, None));
}

#[test]
fn mcnemar_by_pairs() {
    // 30 pairs differ by one, 10 by two, 50 for and 0 against: correction 70/50, (50 − 1.4)/√70.
    let d = TwinDifferences { by_one: 30, by_two: 10 };
    let z = (50.0 - 1.4) / 70.0_f64.sqrt();
    assert!((d.mcnemar(50, 0) / (2.0 * normal_cdf(-z)) - 1.0).abs() < 1e-12);
    assert_eq!(TwinDifferences::default().mcnemar(0, 0), 1.0);
    assert_eq!(d.mcnemar(26, 25), 1.0);
    // Where every pair that disagrees does so the same way, it is as sure as the exact test of so many observations,
    // to a twentieth of p among few; that both paths of a pair say the same adds nothing.
    for n in 1..60 {
        let once = TwinDifferences { by_one: n, by_two: 0 }.mcnemar(n, 0);
        assert!(once >= 0.95 * mcnemar_exact(n, 0), "{n}: {once}");
        let twice = TwinDifferences { by_one: 0, by_two: n }.mcnemar(2 * n, 0);
        assert!((twice / once - 1.0).abs() < 1e-12, "{n}");
    }
    // Σ D² = 30 + 40, mean 50/1,000: against independent 50 − 50²/2,000.
    let effect = (70.0 - 2.5) * 1_000.0 / 999.0 / (50.0 - 1.25);
    assert!((d.design_effect(50, 0, 1_000) - effect).abs() < 1e-12);
    assert_eq!(TwinDifferences::default().design_effect(0, 0, 1_000), 2.0);
}

#[test]
fn counts_to_a_value_are_those_of_its_bin() {
    let mut histogram = Histogram::new(1.0);
    for value in [-20.0, -0.5, 0.0, 0.0, 0.25, 3.0, 50.0] {
        histogram.add(value);
    }
    assert_eq!(histogram.counts_to(0.0), (2, 4));
    assert_eq!(histogram.counts_to(0.1), (4, 4));
    assert_eq!(histogram.counts_to(-20.0), (0, 1));
    assert_eq!(histogram.counts_to(1e9), (7, 7));
    assert_eq!(histogram.counts_to(-1e9), (0, 0));
    assert_eq!(histogram.counts_to(50.0), (6, 7));
}

/// Over 440 doublings of either sign, as held prices spread: in order, near, and small.
#[test]
fn far_values_share_coarser_bins() {
    let mut spread = Distribution::new(100.0);
    let mut values: Vec<f64> = (0..60_000).map(|i| 1e3 * libm::exp(f64::from(i) * 0.005)).collect();
    values.extend(values.clone().iter().map(|v| -v));
    values.iter().for_each(|v| spread.add(*v));
    values.sort_by(f64::total_cmp);
    assert_eq!(spread.histogram().total(), 120_000);
    let bins: Vec<(f64, u64)> = spread.histogram().bins().collect();
    assert!(bins.windows(2).all(|w| w[0].0 < w[1].0), "ascending");
    // Pages of 256: 24 doublings from 10 to 2^27 units have 2^14 bins each, all the rest 256.
    let pages: f64 = 2.0 * (24.0 * 64.0 + 415.0);
    assert!(bins.len() as f64 <= 256.0 * pages, "{}", bins.len());
    for rank in [1, 777, 30_000, 60_000, 60_001, 90_000, 119_999, 120_000] {
        let (found, exact) = (spread.at_rank(rank as u64).unwrap(), values[rank - 1]);
        assert!(found >= exact && found - exact <= exact.abs() / 256.0, "{rank}: {found} {exact}");
    }
    assert_eq!(spread.resolution().map(|r| r / values[119_999]), Some(1.0 / 256.0));
    // Where the bins change their width, they stay in order: 2^27 units and its neighbours.
    let edge = 100.0 * 134_217_728.0;
    let mut around = Histogram::new(100.0);
    [0.9, 1.0, 1.002, 1.01, 1.5].iter().for_each(|f| around.add(f * edge));
    assert_eq!(
        around.bins().map(|(value, count)| (value / edge, count)).collect::<Vec<_>>(),
        [(0.9, 1), (1.002, 2), (1.01, 1), (1.5, 1)]
    );
}

/// McNemar's test by pairs rejects a true hypothesis as seldom as it says, whichever way the paths of a pair depend on
/// each other; the exact test of as many independent paths does not.
#[test]
fn mcnemar_by_pairs_holds_its_level() {
    const RUNS: u32 = 4_000;
    let mut state = 11_u64;
    let mut uniform = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    for (sign, naive_from, naive_to) in [(1, 0.1, 1.0), (-1, 0.0, 0.01)] {
        let (mut by_pairs, mut naive) = (0, 0);
        for _ in 0..RUNS {
            let (mut d, mut plus, mut minus) = (TwinDifferences::default(), 0, 0);
            for _ in 0..400 {
                let mut draw = || -> i32 {
                    match uniform() {
                        u if u < 0.1 => -1,
                        u if u < 0.2 => 1,
                        _ => 0,
                    }
                };
                let (first, other) = (draw(), draw());
                let second = if uniform() < 0.8 { sign * first } else { other };
                match (first + second).abs() {
                    1 => d.by_one += 1,
                    2 => d.by_two += 1,
                    _ => {}
                }
                let count = |v: i32| u64::from(first == v) + u64::from(second == v);
                (plus, minus) = (plus + count(1), minus + count(-1));
            }
            by_pairs += u32::from(d.mcnemar(plus, minus) < 0.05);
            naive += u32::from(mcnemar_exact(plus, minus) < 0.05);
        }
        let share = |count: u32| f64::from(count) / f64::from(RUNS);
        assert!((0.02..0.06).contains(&share(by_pairs)), "{sign}: {}", share(by_pairs));
        assert!((naive_from..naive_to).contains(&share(naive)), "{sign}: {}", share(naive));
    }
}

/// Depths 3, 2, 1, 0 … of the lower tail of half of eight values, by hand.
#[test]
fn tail_effects_are_bounded_by_the_deepest() {
    let of = |pairs: &[[f64; 2]], tail, share| {
        let (mut values, mut larger) = (Histogram::new(1.0), Histogram::new(1.0));
        for [a, b] in pairs {
            values.add(*a);
            values.add(*b);
            larger.add(a.max(*b));
        }
        largest_tail_effect(&values, &larger, tail, share)
    };
    // In the tail 1 2 3 4, depths 3 2 1 0: mean 6/8, squares 14, variance 14/8 − 9/16. One pair is in it whole, its
    // nearer depth 1; the deepest value there is has 3. At most 1·3/4 − 9/16.
    let pairs = [[3.0, 2.0], [1.0, 5.0], [6.0, 4.0], [7.0, 8.0]];
    let expected = 1.0 + (0.75 - 0.5625) / (1.75 - 0.5625);
    assert!((of(&pairs, Tail::Lower, 0.5) - expected).abs() < 1e-12);
    // The same seen from the other end.
    let mirrored = pairs.map(|pair| pair.map(|v| 9.0 - v));
    assert!((of(&mirrored, Tail::Upper, 0.5) - expected).abs() < 1e-12);
    // Twins that are alike are worth one; where no pair is in the tail whole, at least two.
    let alike: Vec<[f64; 2]> = (0..100).map(|i| [f64::from(i); 2]).collect();
    let apart: Vec<[f64; 2]> = (0..100).map(|i| [f64::from(i), 199.0 - f64::from(i)]).collect();
    for tail in [Tail::Lower, Tail::Upper] {
        assert!((of(&alike, tail, 0.1) - 2.0).abs() < 1e-9);
        assert_eq!(of(&apart, tail, 0.1), 1.0);
        assert_eq!(of(&[[1.0; 2]; 5], tail, 0.1), 2.0);
    }
}
