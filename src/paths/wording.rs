//! Phrases that the descriptions of several price models share.

use super::jump_size::{NormalJump, NormalJumps};
use crate::text::format::{percent_trimmed, significant};

/// Significant digits of a parameter.
const DIGITS: usize = 6;
/// Days of a year.
pub const DAYS_PER_YEAR: f64 = 365.0;

/// A parameter as a number.
pub fn short(value: f64) -> String {
    significant(value, DIGITS)
}

/// `drift 5 % and volatility 65 % a year`.
pub fn diffusion(drift: f64, volatility: f64) -> String {
    format!("drift {} and volatility {} a year", percent_trimmed(drift), percent_trimmed(volatility))
}

/// ` (a half-life of 6.93 days)`; empty where a deviation stays.
pub fn half_life(speed: f64) -> String {
    if speed > 0.0 {
        let days = core::f64::consts::LN_2 / speed * DAYS_PER_YEAR;
        format!(" (a half-life of {} days)", significant(days, 3))
    } else {
        String::new()
    }
}

/// The distribution of a jump.
pub fn jump_size(jump: &NormalJump) -> String {
    format!("mean {} and standard deviation {} in log price", short(jump.mean), short(jump.std))
}

/// The jumps of one asset alone.
pub fn normal_jumps(jumps: &NormalJumps) -> String {
    format!(
        "{} jumps a year on average, {}, compensated in the drift",
        short(jumps.rate),
        jump_size(&jumps.size)
    )
}
