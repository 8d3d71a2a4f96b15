/// The law of one asset's price.
#[derive(Debug, Clone, PartialEq)]
pub enum Law {
    /// Geometric Brownian motion.
    Gbm {
        /// Drift of the price per year: `E[S_t] = S_0·exp(drift·t)`.
        drift: f64,
        /// Volatility per square-root year, `>= 0`.
        volatility: f64,
    },
    /// Log returns resampled from the market's [`ReturnHistory`].
    Bootstrap {
        /// Column of the history.
        column: usize,
    },
}

/// One asset as the path generator sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct AssetModel {
    /// Price at time 0, quote per base unit.
    pub price: f64,
    /// How it moves.
    pub law: Law,
}

/// Log returns of the assets that have a history, over the dates they have in common.
#[derive(Debug, Clone, PartialEq)]
pub struct ReturnHistory {
    /// Number of columns (assets).
    pub columns: usize,
    /// Row-major, `rows × columns`: the log return of each bar.
    pub log_returns: Vec<f64>,
    /// Mean length of a resampled block in rows (steps), `>= 1`.
    pub mean_block: f64,
}

impl ReturnHistory {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.log_returns.len() / self.columns
    }
}

/// Everything that determines the law of the price vector.
#[derive(Debug, Clone, PartialEq)]
pub struct MarketModel {
    /// Assets in the scenario's order.
    pub assets: Vec<AssetModel>,
    /// Correlation of the Gaussian drivers, `assets × assets`, row-major, positive definite, ones
    /// on the diagonal. Assets without a driver have zeros off the diagonal.
    pub correlation: Vec<f64>,
    /// Present when any asset is [`Law::Bootstrap`].
    pub history: Option<ReturnHistory>,
    /// Length of a step in years of 365 days.
    pub step_years: f64,
}
