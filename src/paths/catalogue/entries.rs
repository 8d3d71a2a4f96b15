//! The models.

use super::parameters as keys;
use crate::paths::catalogue::parameter_table::ModelEntry;

/// Every model, in the order in which they are listed.
pub static MODELS: [ModelEntry; 12] =
    [GBM, MERTON, KOU, HESTON, BATES, GARCH, REGIME, OU, VARIANCE_GAMMA, NIG, BOOTSTRAP, REPLAY];

const GBM: ModelEntry = ModelEntry {
    kind: "gbm",
    summary: "geometric Brownian motion: independent normal log returns",
    formula: &["d ln S = (drift − volatility²/2) dt + volatility dB"],
    discretisation: "exact in law for any step",
    source: "Samuelson, Rational theory of warrant pricing, 1965",
    limits: "No jumps, no fat tails, no clusters of volatility.",
    is_continuous: true,
    parameters: &keys::GBM,
};

const MERTON: ModelEntry = ModelEntry {
    kind: "merton",
    summary: "Brownian motion with normally distributed jumps",
    formula: &[
        "d ln S = (drift − volatility²/2 − jump_rate·(E[e^J] − 1)) dt + volatility dB + J dN",
        "N counts arrivals, jump_rate a year; J is normal with jump_mean and jump_std",
    ],
    discretisation: "exact in law for any step; jumps strike at their own instants, whatever the step",
    source: "Merton, Option pricing when underlying stock returns are discontinuous, 1976",
    limits: "Jumps come independently of each other and of the diffusion.",
    is_continuous: true,
    parameters: &keys::MERTON,
};

const KOU: ModelEntry = ModelEntry {
    kind: "kou",
    summary: "Brownian motion with double exponential jumps",
    formula: &[
        "d ln S = (drift − volatility²/2 − jump_rate·(E[e^J] − 1)) dt + volatility dB + J dN",
        "J > 0 with up_probability, exponential with mean 1/up_rate; else −J has mean 1/down_rate",
    ],
    discretisation: "exact in law for any step; jumps strike at their own instants, whatever the step",
    source: "Kou, A jump-diffusion model for option pricing, 2002",
    limits: "Jumps come independently of each other and of the diffusion.",
    is_continuous: true,
    parameters: &keys::KOU,
};

const HESTON: ModelEntry = ModelEntry {
    kind: "heston",
    summary: "stochastic variance that reverts to a mean",
    formula: &[
        "d ln S = (drift − v/2) dt + √v dB",
        "dv = mean_reversion·(long_run_variance − v) dt + vol_of_vol·√v dC, correlation of B and C",
    ],
    discretisation: "variance by the quadratic-exponential scheme, price martingale-corrected (Andersen 2008): mean and \
                     variance of v and E[S] exact, weak order 1 in the step; good where v reaches 0",
    source: "Heston, A closed-form solution for options with stochastic volatility, 1993",
    limits: "No jumps. Between steps the price is taken as a Brownian bridge of the step's variance.",
    is_continuous: true,
    parameters: &keys::HESTON,
};

const BATES: ModelEntry = ModelEntry {
    kind: "bates",
    summary: "stochastic variance and normally distributed jumps",
    formula: &["heston's price with merton's jumps laid over it, both compensated in the drift"],
    discretisation: "as heston: weak order 1 in the step; jumps exact, at their own instants",
    source: "Bates, Jumps and stochastic volatility, 1996",
    limits: "Variance does not jump. Between steps as heston.",
    is_continuous: true,
    parameters: &keys::BATES,
};

const GARCH: ModelEntry = ModelEntry {
    kind: "garch",
    summary: "variance that answers to past returns, GARCH(1,1) with leverage",
    formula: &[
        "r = drift·dt − h/2 + √h·e",
        "h' = w + (alpha + gamma·[e < 0])·h·e² + beta·h, w = h_long·(1 − alpha − beta − gamma/2)",
    ],
    discretisation: "a model in discrete time, exact on its own interval; the steps inside one share h equally",
    source: "Bollerslev 1986, 1987 (Student-t); Glosten, Jagannathan and Runkle 1993 (gamma)",
    limits: "alpha + beta + gamma/2 < 1 and alpha + gamma >= 0. The parameters belong to the interval: those fitted on \
             days are not those of hours. With Student-t innovations E[S] does not exist and −h/2 is a convention.",
    is_continuous: true,
    parameters: &keys::GARCH,
};

const REGIME: ModelEntry = ModelEntry {
    kind: "regime",
    summary: "drift and volatility that switch between states",
    formula: &[
        "in state i: d ln S = (drift_i − volatility_i²/2) dt + volatility_i dB",
        "a state holds for an exponential time and is left by the transition probabilities",
    ],
    discretisation: "exact in law for any step; switches fall at their own instants",
    source: "Hamilton 1989; in continuous time Guo 2001",
    limits: "Starts in its long-run law: which state it is at time 0 is drawn. A switch inside a step is seen by its \
             share of the step's variance.",
    is_continuous: true,
    parameters: &keys::REGIME,
};

const OU: ModelEntry = ModelEntry {
    kind: "ou",
    summary: "log price that reverts to a level, as of a pegged coin",
    formula: &["dx = mean_reversion·(ln level − x) dt + volatility dB, x = ln S"],
    discretisation: "exact in law for any step; a jump laid over it decays like any deviation",
    source: "Uhlenbeck and Ornstein 1930; for prices Schwartz 1997, model 1",
    limits: "No drift, so that common jumps are not compensated. Under continuous monitoring a step should be short \
             beside the half-life, ln 2/mean_reversion: inside it the price is taken to move at a constant rate.",
    is_continuous: true,
    parameters: &keys::OU,
};

const VARIANCE_GAMMA: ModelEntry = ModelEntry {
    kind: "variance_gamma",
    summary: "Brownian motion on a gamma clock: many small jumps, fat tails",
    formula: &[
        "ln S_t = ln S_0 + (drift + w)·t + skew·G_t + volatility·B(G_t)",
        "G_t is gamma with mean t and variance nu·t; w = ln(1 − skew·nu − volatility²·nu/2)/nu",
    ],
    discretisation: "exact in law for any step",
    source: "Madan, Carr and Chang, The variance gamma process and option pricing, 1998",
    limits: "skew·nu + volatility²·nu/2 < 1, or the expected price does not exist. It moves by jumps alone: between two \
             steps there is no continuous path, so that margin is checked at steps only.",
    is_continuous: false,
    parameters: &keys::VARIANCE_GAMMA,
};

const NIG: ModelEntry = ModelEntry {
    kind: "nig",
    summary: "normal inverse Gaussian: Brownian motion on an inverse Gaussian clock",
    formula: &[
        "ln S_t = ln S_0 + (drift + w)·t + beta·I_t + B(I_t), g = √(alpha² − beta²)",
        "I_t is inverse Gaussian with mean delta·t/g; w = delta·(√(alpha² − (beta + 1)²) − g)",
    ],
    discretisation: "exact in law for any step",
    source: "Barndorff-Nielsen, Processes of normal inverse Gaussian type, 1998",
    limits: "|beta| < alpha and |beta + 1| < alpha, or the expected price does not exist. It moves by jumps alone: \
             between two steps there is no continuous path, so that margin is checked at steps only.",
    is_continuous: false,
    parameters: &keys::NIG,
};

const BOOTSTRAP: ModelEntry = ModelEntry {
    kind: "bootstrap",
    summary: "blocks of a history's returns, in random order",
    formula: &["blocks of geometric length with mean `block`, uniform start, circular, uncentred"],
    discretisation: "one bar is one step; all resampled assets share the row, over the dates they have in common",
    source: "Politis and Romano, The stationary bootstrap, 1994",
    limits: "Knows only what is in the history. Not together with replay. Only closes are used: margin is checked at \
             them alone, and highs and lows between them are not seen.",
    is_continuous: false,
    parameters: &keys::BOOTSTRAP_KEYS,
};

const REPLAY: ModelEntry = ModelEntry {
    kind: "replay",
    summary: "windows of a history, as they were: each is one path",
    formula: &[
        "path p is the window of the horizon's length that opens at bar p·stride, scaled to the asset's price",
    ],
    discretisation: "one bar is one step; all replayed assets are taken from the same bars",
    source: "historical simulation",
    limits: "At most simulation.paths windows are taken; of more, every n-th, so that they span the history. Windows \
             less than a horizon apart overlap, and all come from one history. Not together with bootstrap. Only closes \
             are used: margin is checked at them alone, and highs and lows between them are not seen.",
    is_continuous: false,
    parameters: &keys::REPLAY,
};
