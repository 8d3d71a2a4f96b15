//! Characteristic functions E[e^(iu·ln(S_t/S_0))] as they stand in the literature, written from there and not from
//! the engine.

use ringfence::paths::{Garch, Heston, Kou, NormalJumps, Ou, PriceProcess, Regime};

use super::complex::{Complex, I};

/// Of one asset's log return after `t` years from a price of 1; `None` where there is none in closed form.
pub fn log_return(law: &PriceProcess, t: f64) -> Option<Box<dyn Fn(f64) -> Complex + '_>> {
    Some(match law {
        PriceProcess::Gbm(law) => Box::new(move |u| diffusion(u, law.drift, law.volatility, t)),
        PriceProcess::Merton(law) => {
            Box::new(move |u| diffusion(u, law.drift, law.volatility, t) * normal_jumps(u, &law.jumps, t))
        }
        PriceProcess::Kou(law) => {
            Box::new(move |u| diffusion(u, law.drift, law.volatility, t) * double_exponential(u, law, t))
        }
        PriceProcess::Heston(law) => Box::new(move |u| heston(u, law, t)),
        PriceProcess::Bates(law) => {
            Box::new(move |u| heston(u, &law.heston, t) * normal_jumps(u, &law.jumps, t))
        }
        PriceProcess::Regime(law) if law.states.len() == 2 => Box::new(move |u| two_states(u, law, t)),
        PriceProcess::Ou(law) => Box::new(move |u| ornstein_uhlenbeck(u, law, t)),
        // Madan, Carr and Chang (1998), equation 7 with the compensation of equation 22.
        PriceProcess::VarianceGamma(law) => Box::new(move |u| {
            let (theta, sigma, nu) = (law.skew, law.volatility, law.nu);
            let clock = |iu: Complex| {
                (-(Complex::from(1.0) - iu * theta * nu - iu * iu * (0.5 * sigma * sigma * nu)).ln()) / nu
            };
            let mean = Complex::from(law.drift) - clock(Complex::from(1.0));
            ((I * u * mean + clock(I * u)) * t).exp()
        }),
        // Barndorff-Nielsen (1998), equation 3.
        PriceProcess::Nig(law) => Box::new(move |u| {
            let (alpha, beta) = (law.alpha, law.beta);
            let exponent = |iu: Complex| {
                let shifted = iu + beta;
                let gamma = (alpha * alpha - beta * beta).sqrt();
                (-(Complex::from(alpha * alpha) - shifted * shifted).sqrt() + gamma) * law.delta
            };
            let mean = Complex::from(law.drift) - exponent(Complex::from(1.0));
            ((I * u * mean + exponent(I * u)) * t).exp()
        }),
        PriceProcess::Garch(Garch { .. })
        | PriceProcess::Bootstrap(_)
        | PriceProcess::Replay(_)
        | PriceProcess::Regime(_) => {
            return None;
        }
    })
}

fn diffusion(u: f64, drift: f64, volatility: f64, t: f64) -> Complex {
    let variance = volatility * volatility;
    ((I * u * (drift - 0.5 * variance) - 0.5 * variance * u * u) * t).exp()
}

fn normal_jumps(u: f64, jumps: &NormalJumps, t: f64) -> Complex {
    let (mean, variance) = (jumps.size.mean, jumps.size.std * jumps.size.std);
    let of_size = (I * u * mean - 0.5 * variance * u * u).exp();
    let mean_return = libm::exp(mean + 0.5 * variance) - 1.0;
    ((of_size - 1.0 - I * u * mean_return) * (jumps.rate * t)).exp()
}

fn double_exponential(u: f64, law: &Kou, t: f64) -> Complex {
    let (p, up, down) = (law.up_probability, law.up_rate, law.down_rate);
    let of_size = |iu: Complex| {
        Complex::from(p * up) / (Complex::from(up) - iu) + Complex::from((1.0 - p) * down) / (iu + down)
    };
    let mean_return = of_size(Complex::from(1.0)) - 1.0;
    ((of_size(I * u) - 1.0 - I * u * mean_return) * (law.jump_rate * t)).exp()
}

/// The second formula of Albrecher, Mayer, Schoutens and Tistaert, "The little Heston trap" (2007), which never leaves
/// the principal branch.
fn heston(u: f64, law: &Heston, t: f64) -> Complex {
    let (kappa, theta, xi, rho) =
        (law.mean_reversion, law.long_run_variance, law.vol_of_vol, law.correlation);
    let beta = Complex::from(kappa) - I * (rho * xi * u);
    let d = (beta * beta + (I * u + u * u) * (xi * xi)).sqrt();
    let g = (beta - d) / (beta + d);
    let decay = (-d * t).exp();
    let one = Complex::from(1.0);
    let level = ((beta - d) * t - ((one - g * decay) / (one - g)).ln() * 2.0) * (kappa * theta / (xi * xi));
    let slope = (beta - d) / (xi * xi) * ((one - decay) / (one - g * decay));
    (I * u * law.drift * t + level + slope * law.initial_variance).exp()
}

/// p'·exp(t·(Q + D))·1 for two states, the exponential of a 2×2 matrix in closed form (Hamilton's chain in continuous
/// time; Buffington and Elliott, "American options with regime switching", 2002).
fn two_states(u: f64, law: &Regime, t: f64) -> Complex {
    let rate = |i: usize| 1.0 / law.states[i].mean_duration_years;
    let own = |i: usize| {
        let s = &law.states[i];
        let variance = s.volatility * s.volatility;
        I * u * (s.drift - 0.5 * variance) - 0.5 * variance * u * u - rate(i)
    };
    let (a, b, c, d) = (own(0), Complex::from(rate(0)), Complex::from(rate(1)), own(1));
    let half_trace = (a + d) * 0.5;
    let root = (half_trace * half_trace - (a * d - b * c)).sqrt();
    let (plus, minus) = (((half_trace + root) * t).exp(), ((half_trace - root) * t).exp());
    let (even, odd) = ((plus + minus) * 0.5, (plus - minus) / (root * 2.0));
    let row = |i: usize| {
        let (from, to) = if i == 0 { (a, b) } else { (d, c) };
        even + odd * (from - half_trace + to)
    };
    row(0) * law.start[0] + row(1) * law.start[1]
}

/// From a price of 1.
fn ornstein_uhlenbeck(u: f64, law: &Ou, t: f64) -> Complex {
    let (kappa, level) = (law.mean_reversion, libm::log(law.level));
    let mean = level * (1.0 - libm::exp(-kappa * t));
    let variance = law.volatility * law.volatility * (1.0 - libm::exp(-2.0 * kappa * t)) / (2.0 * kappa);
    (I * u * mean - 0.5 * variance * u * u).exp()
}
