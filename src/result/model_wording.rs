//! Laws in words, with all their parameters.

use crate::domain::{SECONDS_PER_YEAR, Span};
use crate::paths::{
    Garch, Heston, Innovations, Kou, MarketModel, NormalJump, NormalJumps, PriceProcess, Regime, ShockTime,
};
use crate::text::format::{percent_trimmed, significant, whole};

/// Significant digits of a parameter.
const DIGITS: usize = 6;
const DAYS_PER_YEAR: f64 = 365.0;

/// One law, to follow an asset's name and price.
pub fn in_words(law: &PriceProcess, market: &MarketModel) -> String {
    match law {
        PriceProcess::Gbm(law) => {
            format!("geometric Brownian motion, {}", diffusion(law.drift, law.volatility))
        }
        PriceProcess::Merton(law) => format!(
            "Brownian motion with normal jumps (Merton), {}; {}",
            diffusion(law.drift, law.volatility),
            normal_jumps(&law.jumps)
        ),
        PriceProcess::Kou(law) => kou(law),
        PriceProcess::Heston(law) => format!("stochastic variance (Heston), {}", heston(law)),
        PriceProcess::Bates(law) => format!(
            "stochastic variance with normal jumps (Bates), {}; {}",
            heston(&law.heston),
            normal_jumps(&law.jumps)
        ),
        PriceProcess::Garch(law) => garch(law, market.step_years),
        PriceProcess::Regime(law) => regime(law),
        PriceProcess::Ou(law) => format!(
            "log price that reverts to {} at a speed of {} a year{}, volatility {} a year, without drift",
            significant(law.level, 12),
            short(law.mean_reversion),
            half_life(law.mean_reversion),
            percent_trimmed(law.volatility)
        ),
        PriceProcess::VarianceGamma(law) => format!(
            "variance gamma, {} on the clock, skew {} and variance of the clock {} a year; it moves by jumps alone",
            diffusion(law.drift, law.volatility),
            short(law.skew),
            short(law.nu)
        ),
        PriceProcess::Nig(law) => format!(
            "normal inverse Gaussian, drift {} a year, alpha {}, beta {} and delta {} a year; it moves by jumps alone",
            percent_trimmed(law.drift),
            short(law.alpha),
            short(law.beta),
            short(law.delta)
        ),
        PriceProcess::Bootstrap { .. } => match &market.history {
            Some(history) => format!(
                "returns resampled from {} rows of history in blocks of {} steps on average",
                whole(history.rows() as u64),
                short(history.mean_block),
            ),
            None => "returns resampled from its history".to_owned(),
        },
        PriceProcess::Replay { .. } => match &market.windows {
            Some(history) => format!(
                "windows of {} bars of history as they were, scaled to this price, one beginning every {}",
                whole(history.bars() as u64),
                if history.stride == 1 {
                    "bar".to_owned()
                } else {
                    format!("{} bars", whole(history.stride as u64))
                },
            ),
            None => "windows of its history as they were".to_owned(),
        },
    }
}

fn short(value: f64) -> String {
    significant(value, DIGITS)
}

fn diffusion(drift: f64, volatility: f64) -> String {
    format!("drift {} and volatility {} a year", percent_trimmed(drift), percent_trimmed(volatility))
}

/// ` (a half-life of 6.93 days)`; nothing where a deviation stays.
fn half_life(speed: f64) -> String {
    if speed > 0.0 {
        let days = core::f64::consts::LN_2 / speed * DAYS_PER_YEAR;
        format!(" (a half-life of {} days)", significant(days, 3))
    } else {
        String::new()
    }
}

fn size(jump: &NormalJump) -> String {
    format!("mean {} and standard deviation {} in log price", short(jump.mean), short(jump.std))
}

fn normal_jumps(jumps: &NormalJumps) -> String {
    format!("{} jumps a year on average, {}, compensated in the drift", short(jumps.rate), size(&jumps.size))
}

fn kou(law: &Kou) -> String {
    format!(
        "Brownian motion with double exponential jumps (Kou), {}; {} jumps a year on average, up with probability {} \
         by {} on average and otherwise down by {} in log price, compensated in the drift",
        diffusion(law.drift, law.volatility),
        short(law.jump_rate),
        percent_trimmed(law.up_probability),
        short(1.0 / law.up_rate),
        short(1.0 / law.down_rate),
    )
}

fn heston(law: &Heston) -> String {
    format!(
        "drift {} a year; the variance opens at {} a year (volatility {}), reverts to {} (volatility {}) at a speed of {} \
         a year{}, has a volatility of {}, and a correlation of {} with the price",
        percent_trimmed(law.drift),
        short(law.initial_variance),
        percent_trimmed(law.initial_variance.sqrt()),
        short(law.long_run_variance),
        percent_trimmed(law.long_run_variance.sqrt()),
        short(law.mean_reversion),
        half_life(law.mean_reversion),
        short(law.vol_of_vol),
        short(law.correlation),
    )
}

fn garch(law: &Garch, step_years: f64) -> String {
    let innovations = match law.innovations {
        Innovations::Normal => "normal".to_owned(),
        Innovations::StudentT(nu) => format!("Student-t with {} degrees of freedom", short(nu)),
    };
    let seconds = f64::from(law.interval_steps) * step_years * SECONDS_PER_YEAR as f64;
    let length = match Span::from_seconds(libm::round(seconds) as u64) {
        Some(span) if (seconds - libm::round(seconds)).abs() < 1e-6 => span.to_string(),
        _ => format!("{} s", short(seconds)),
    };
    format!(
        "GARCH{}, drift {} and long-run volatility {} a year, alpha {}, beta {}, gamma {}, innovations \
         {innovations}; its variance is updated every {} ({length})",
        if law.gamma == 0.0 { "" } else { " with leverage" },
        percent_trimmed(law.drift),
        percent_trimmed(law.volatility),
        short(law.alpha),
        short(law.beta),
        short(law.gamma),
        if law.interval_steps == 1 { "step".to_owned() } else { format!("{} steps", law.interval_steps) },
    )
}

fn regime(law: &Regime) -> String {
    let n = law.states.len();
    let state = |index: usize| {
        let state = &law.states[index];
        let held = if state.mean_duration_years.is_finite() {
            let days = short(state.mean_duration_years * DAYS_PER_YEAR);
            format!(" for {days} {} on average", if days == "1" { "day" } else { "days" })
        } else {
            String::new()
        };
        let share = percent_trimmed(libm::round(law.start[index] * 1e4) / 1e4);
        let follow: Vec<String> = (0..n)
            .filter(|to| n > 2 && law.transition[index * n + to] > 0.0)
            .map(|to| format!("{to} ({})", percent_trimmed(law.transition[index * n + to])))
            .collect();
        let follow =
            if follow.is_empty() { String::new() } else { format!(", then to {}", follow.join(", ")) };
        format!("{index}: {}{held}{follow} ({share} of the time)", diffusion(state.drift, state.volatility))
    };
    let states: Vec<String> = (0..n).map(state).collect();
    format!("switches between states; {}", states.join("; "))
}

/// The jumps that assets have in common, where there are any.
pub fn common_jumps_in_words(market: &MarketModel, names: &[&str]) -> Option<String> {
    let jumps = market.common_jumps.as_ref()?;
    let taking_part = names.iter().zip(&jumps.sizes).filter_map(|(name, size)| Some((name, size.as_ref()?)));
    let sizes: Vec<String> = taking_part.map(|(name, jump)| format!("{name} {}", size(jump))).collect();
    Some(format!(
        "Common jumps, {} a year on average, at the same instants: {}; compensated in the drift of laws that have one",
        short(jumps.rate),
        sizes.join("; ")
    ))
}

/// The shocks laid over the models, one sentence each.
pub fn shocks_in_words(market: &MarketModel, names: &[&str]) -> Vec<String> {
    let shock = |shock: &crate::paths::Shock| {
        let moves: Vec<String> = names
            .iter()
            .zip(&shock.log_moves)
            .filter(|(_, log_move)| **log_move != 0.0)
            .map(|(name, log_move)| format!("{name} {}", percent_trimmed(libm::expm1(*log_move))))
            .collect();
        let when = match shock.time {
            ShockTime::At(at) => {
                let seconds = libm::round(at * market.step_years * SECONDS_PER_YEAR as f64);
                Span::from_seconds(seconds as u64)
                    .map_or("at once".to_owned(), |span| format!("after {span}"))
            }
            ShockTime::Rate(1.0) => "once a year on average, at random".to_owned(),
            ShockTime::Rate(rate) => format!("{} times a year on average, at random", short(rate)),
        };
        format!("Shock {when}: {}, laid over the models and not compensated", moves.join(", "))
    };
    market.shocks.iter().map(shock).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paths::{CommonJumps, Merton, Shock, State};

    #[test]
    fn laws_name_all_their_parameters() {
        let market = MarketModel { step_years: 1.0 / 8_760.0, ..MarketModel::default() };
        let jumps = NormalJumps { rate: 12.0, size: NormalJump { mean: -0.05, std: 0.08 } };
        let garch = Garch {
            drift: 0.1,
            volatility: 0.65,
            alpha: 0.05,
            beta: 0.9,
            gamma: 0.02,
            innovations: Innovations::StudentT(5.0),
            interval_steps: 24,
            initial_variance: 1.0,
        };
        let state = |volatility, days: f64| State {
            drift: 0.0,
            volatility,
            mean_duration_years: days / DAYS_PER_YEAR,
        };
        let regime = Regime {
            states: vec![state(0.4, 60.0), state(1.0, 20.0)],
            transition: vec![0.0, 1.0, 1.0, 0.0],
            start: vec![0.75, 0.25],
        };
        let cases = [
            (
                PriceProcess::Merton(Merton { drift: 0.0, volatility: 0.5, jumps }),
                "Brownian motion with normal jumps (Merton), drift 0 % and volatility 50 % a year; 12 jumps a year on \
                 average, mean -0.05 and standard deviation 0.08 in log price, compensated in the drift",
            ),
            (
                PriceProcess::Garch(garch),
                "GARCH with leverage, drift 10 % and long-run volatility 65 % a year, alpha 0.05, beta 0.9, gamma 0.02, \
                 innovations Student-t with 5 degrees of freedom; its variance is updated every 24 steps (1d)",
            ),
            (
                PriceProcess::Regime(regime),
                "switches between states; 0: drift 0 % and volatility 40 % a year for 60 days on average (75 % of the \
                 time); 1: drift 0 % and volatility 100 % a year for 20 days on average (25 % of the time)",
            ),
        ];
        for (law, words) in cases {
            assert_eq!(in_words(&law, &market), words);
        }
    }

    #[test]
    fn what_is_laid_over_names_its_assets() {
        let shock = |time, log_moves| Shock { time, log_moves };
        let market = MarketModel {
            common_jumps: Some(CommonJumps {
                rate: 4.0,
                sizes: vec![None, Some(NormalJump { mean: -0.1, std: 0.05 })],
            }),
            shocks: vec![
                shock(ShockTime::At(36.0), vec![libm::log1p(-0.3), libm::log1p(0.5)]),
                shock(ShockTime::Rate(1.0), vec![0.0, libm::log1p(-0.2)]),
            ],
            step_years: 1.0 / 8_760.0,
            ..MarketModel::default()
        };
        let names = ["BTC", "ETH"];
        assert_eq!(
            common_jumps_in_words(&market, &names).as_deref(),
            Some(
                "Common jumps, 4 a year on average, at the same instants: ETH mean -0.1 and standard deviation 0.05 in \
                 log price; compensated in the drift of laws that have one"
            )
        );
        assert_eq!(
            shocks_in_words(&market, &names),
            [
                "Shock after 36h: BTC -30 %, ETH 50 %, laid over the models and not compensated",
                "Shock once a year on average, at random: ETH -20 %, laid over the models and not compensated",
            ]
        );
    }
}
