//! Parameters that several price models have, and those of common jumps and shocks.

use crate::paths::catalogue::parameter_table::{Parameter, Range, ValueKind};

/// Unit of a yearly quantity.
pub const YEARLY: &str = "per year";
const ROOT_YEAR: &str = "per square-root year";
const LOG_PRICE: &str = "in log price";

/// A number that must be written.
pub const fn number(
    name: &'static str,
    unit: &'static str,
    range: Range,
    example: &'static str,
    meaning: &'static str,
) -> Parameter {
    Parameter { name, unit, value: ValueKind::Number(range), default: None, example, meaning }
}

/// Drift of the price.
pub const DRIFT: Parameter = number(
    "drift",
    YEARLY,
    Range::closed(-20.0, 20.0),
    "0.05",
    "of the price: E[S_t] = S_0·exp(drift·t), jumps compensated",
);
/// Volatility of the log price.
pub const VOLATILITY: Parameter = number(
    "volatility",
    ROOT_YEAR,
    Range::closed(0.0, 10.0).fraction(),
    "0.65",
    "of the log price; 0.65 is 65 %",
);
/// Arrivals of jumps.
pub const JUMP_RATE: Parameter =
    number("jump_rate", YEARLY, Range::closed(0.0, 10_000.0), "12", "mean number of jumps");
/// Mean size of a jump.
pub const JUMP_MEAN: Parameter =
    number("jump_mean", LOG_PRICE, Range::closed(-2.0, 2.0), "-0.05", "mean size of a jump; -0.05 is −4.9 %");
/// Spread of sizes of jumps.
pub const JUMP_STD: Parameter =
    number("jump_std", LOG_PRICE, Range::closed(0.0, 2.0), "0.08", "standard deviation of a jump's size");

/// Size of one asset's part in common jumps.
pub const COMMON_JUMP: [Parameter; 2] =
    [Parameter { name: "mean", ..JUMP_MEAN }, Parameter { name: "std", ..JUMP_STD }];
/// Move of a price in a shock.
pub const SHOCK_MOVE: Parameter = number(
    "moves",
    "",
    Range::closed(-0.999_999_9, 10.0).fraction(),
    "-0.30",
    "move of the price as a fraction; -0.30 is −30 %",
);

/// Volatility beside jumps.
pub const DIFFUSION: Parameter = Parameter { meaning: "of the diffusion, jumps not counted", ..VOLATILITY };

const INITIAL_VARIANCE: Parameter = number(
    "initial_variance",
    YEARLY,
    Range::closed(0.0, 100.0),
    "0.42",
    "variance at time 0; 0.42 is a volatility of 65 %",
);
const VARIANCE_REVERSION: Parameter = number(
    "mean_reversion",
    YEARLY,
    Range::closed(0.0, 1_000.0),
    "5",
    "speed at which the variance returns: ln 2/speed is its half-life",
);
const LONG_RUN_VARIANCE: Parameter =
    number("long_run_variance", YEARLY, Range::closed(0.0, 100.0), "0.42", "variance that it returns to");
const VOL_OF_VOL: Parameter = number(
    "vol_of_vol",
    ROOT_YEAR,
    Range::closed(1e-6, 100.0).or_zero(),
    "1.5",
    "volatility of the variance",
);
const LEVERAGE: Parameter = number(
    "correlation",
    "",
    Range::closed(-1.0, 1.0),
    "-0.5",
    "of price and variance; negative: falls are followed by unrest",
);
/// The parameters of a stochastic variance.
pub const HESTON: [Parameter; 6] =
    [DRIFT, INITIAL_VARIANCE, VARIANCE_REVERSION, LONG_RUN_VARIANCE, VOL_OF_VOL, LEVERAGE];

/// The file of a history.
pub const HISTORY: Parameter = Parameter {
    name: "history",
    unit: "",
    value: ValueKind::File,
    default: None,
    example: "\"btc.csv\"",
    meaning: "bars a step apart",
};
/// How missing bars are read.
pub const GAPS: Parameter = Parameter {
    name: "gaps",
    unit: "",
    value: ValueKind::Word(&["error", "fill"]),
    default: Some("\"error\""),
    example: "\"fill\"",
    meaning: "missing bars are refused, or repeat the last close",
};
