//! Keys that several models have, and those of jumps and shocks laid over any model.

use crate::paths::catalogue::parameter_table::{Parameter, Range, ValueKind};

const YEARLY: &str = "per year";
const ROOT_YEAR: &str = "per square-root year";
const LOG_PRICE: &str = "in log price";

/// A number that must be written.
const fn number(
    name: &'static str,
    unit: &'static str,
    range: Range,
    example: &'static str,
    meaning: &'static str,
) -> Parameter {
    Parameter { name, unit, value: ValueKind::Number(range), default: None, example, meaning }
}

const DRIFT: Parameter = number(
    "drift",
    YEARLY,
    Range::closed(-20.0, 20.0),
    "0.05",
    "of the price: E[S_t] = S_0·exp(drift·t), jumps compensated",
);
const VOLATILITY: Parameter = number(
    "volatility",
    ROOT_YEAR,
    Range::closed(0.0, 10.0).fraction(),
    "0.65",
    "of the log price; 0.65 is 65 %",
);
/// Arrivals of jumps.
pub const JUMP_RATE: Parameter =
    number("jump_rate", YEARLY, Range::closed(0.0, 10_000.0), "12", "mean number of jumps");
const JUMP_MEAN: Parameter =
    number("jump_mean", LOG_PRICE, Range::closed(-2.0, 2.0), "-0.05", "mean size of a jump; -0.05 is −4.9 %");
const JUMP_STD: Parameter =
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

pub(super) const GBM: [Parameter; 2] = [DRIFT, VOLATILITY];
pub(super) const MERTON: [Parameter; 5] = [DRIFT, DIFFUSION, JUMP_RATE, JUMP_MEAN, JUMP_STD];
pub(super) const KOU: [Parameter; 6] = [
    DRIFT,
    DIFFUSION,
    JUMP_RATE,
    number("up_probability", "", Range::closed(0.0, 1.0), "0.4", "that a jump goes up"),
    number(
        "up_rate",
        "per log price",
        Range::above(1.0, 10_000.0),
        "20",
        "an upward jump is exponential with mean 1/up_rate; at 1 the expected price is infinite",
    ),
    number(
        "down_rate",
        "per log price",
        Range::above(0.0, 10_000.0),
        "15",
        "a downward jump is exponential with mean 1/down_rate",
    ),
];
const DIFFUSION: Parameter = Parameter { meaning: "of the diffusion, jumps not counted", ..VOLATILITY };

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
pub(super) const HESTON: [Parameter; 6] =
    [DRIFT, INITIAL_VARIANCE, VARIANCE_REVERSION, LONG_RUN_VARIANCE, VOL_OF_VOL, LEVERAGE];
pub(super) const BATES: [Parameter; 9] = [
    DRIFT,
    INITIAL_VARIANCE,
    VARIANCE_REVERSION,
    LONG_RUN_VARIANCE,
    VOL_OF_VOL,
    LEVERAGE,
    JUMP_RATE,
    JUMP_MEAN,
    JUMP_STD,
];

const INNOVATIONS: [Parameter; 1] = [number(
    "student_t",
    "",
    Range::above(2.0, 1e6),
    "5",
    "degrees of freedom; up to 2 a Student-t has no variance",
)];
pub(super) const GARCH: [Parameter; 7] = [
    DRIFT,
    Parameter { meaning: "in the long run", ..VOLATILITY },
    number("alpha", "", Range::closed(0.0, 1.0), "0.08", "weight of the last squared return"),
    number("beta", "", Range::closed(0.0, 1.0), "0.90", "weight of the last variance"),
    Parameter {
        default: Some("0"),
        ..number(
            "gamma",
            "",
            Range::closed(-1.0, 1.0),
            "0.02",
            "weight added where the last return was a loss",
        )
    },
    Parameter {
        name: "innovations",
        unit: "",
        value: ValueKind::WordOrTable("normal", &INNOVATIONS),
        default: Some("\"normal\""),
        example: "{ student_t = 5 }",
        meaning: "law of the shocks, scaled to variance 1",
    },
    Parameter {
        name: "interval",
        unit: "",
        value: ValueKind::Duration,
        default: Some("the step"),
        example: "\"1h\"",
        meaning: "the variance is updated once per interval, whole steps that alpha and beta belong to",
    },
];

const STATE: [Parameter; 3] = [
    Parameter { meaning: "of the price while the state holds", ..DRIFT },
    Parameter { meaning: "while the state holds", ..VOLATILITY },
    Parameter {
        name: "mean_duration",
        unit: "",
        value: ValueKind::Duration,
        default: Some("for ever, with one state only"),
        example: "\"20d\"",
        meaning: "how long the state holds on average",
    },
];
pub(super) const REGIME: [Parameter; 2] = [
    Parameter {
        name: "states",
        unit: "",
        value: ValueKind::Tables(16, &STATE),
        default: None,
        example: "[{ drift = 0.3, volatility = 0.4, mean_duration = \"60d\" }, { drift = -0.6, volatility = 1.0, \
                  mean_duration = \"15d\" }]",
        meaning: "the states; one is drawn at time 0 by its share of time",
    },
    Parameter {
        name: "transition",
        unit: "",
        value: ValueKind::Matrix(Range::closed(0.0, 1.0)),
        default: Some("to the other, with two states"),
        example: "[[0, 1], [1, 0]]",
        meaning: "row by row, the probability that a state is followed by each other; the diagonal is 0",
    },
];

pub(super) const OU: [Parameter; 3] = [
    number("level", "quote per base", Range::closed(1e-9, 1e12), "1.0", "price that it returns to"),
    number(
        "mean_reversion",
        YEARLY,
        Range::closed(0.0, 10_000.0),
        "100",
        "speed at which the log price returns: ln 2/speed is its half-life",
    ),
    VOLATILITY,
];
pub(super) const VARIANCE_GAMMA: [Parameter; 4] = [
    DRIFT,
    Parameter { meaning: "per square-root year of the clock", ..VOLATILITY },
    number("skew", YEARLY, Range::closed(-10.0, 10.0), "-0.2", "drift of the log price on the clock"),
    number(
        "nu",
        "years",
        Range::closed(1e-6, 10.0),
        "0.01",
        "variance of the clock per year: how far it is from even",
    ),
];
pub(super) const NIG: [Parameter; 4] = [
    DRIFT,
    number("alpha", "per log price", Range::above(0.0, 10_000.0), "30", "the larger, the thinner the tails"),
    number("beta", "per log price", Range::closed(-10_000.0, 10_000.0), "-2", "asymmetry"),
    number("delta", YEARLY, Range::above(0.0, 1_000.0), "12", "scale"),
];

const HISTORY: Parameter = Parameter {
    name: "history",
    unit: "",
    value: ValueKind::File,
    default: None,
    example: "\"btc.csv\"",
    meaning: "bars a step apart",
};
const GAPS: Parameter = Parameter {
    name: "gaps",
    unit: "",
    value: ValueKind::Word(&["error", "fill"]),
    default: Some("\"error\""),
    example: "\"fill\"",
    meaning: "missing bars are refused, or repeat the last close",
};
pub(super) const BOOTSTRAP_KEYS: [Parameter; 3] = [
    HISTORY,
    Parameter {
        name: "block",
        unit: "",
        value: ValueKind::Duration,
        default: None,
        example: "\"1d\"",
        meaning: "mean length of a block; the same for all resampled assets",
    },
    GAPS,
];
pub(super) const REPLAY: [Parameter; 3] = [
    HISTORY,
    Parameter {
        name: "stride",
        unit: "",
        value: ValueKind::DurationOrBars,
        default: Some("1 bar"),
        example: "\"1d\"",
        meaning: "from the start of one window to that of the next; the same for all replayed assets",
    },
    GAPS,
];
