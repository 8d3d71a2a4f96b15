//! Log returns resampled from a history: a column of the market's [`ReturnHistory`](crate::paths::ReturnHistory), whose
//! rows `crate::paths::resampler` draws for all assets at once.

use crate::lanes::Lanes;
use crate::paths::catalogue::parameter_table::{ModelEntry, Parameter, ValueKind};
use crate::paths::catalogue::parameters::{GAPS, HISTORY};
use crate::paths::draws::Draws;
use crate::paths::market_context::{MarketContext, volatility_of_returns};
use crate::paths::price_model::{HistoryModel, ModelStep, PriceModel, StepSetting};
use crate::paths::stream::{Purpose, Stream};
use crate::paths::wording::short;
use crate::text::format::whole;

/// The column of an asset.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bootstrap {
    /// Column of the history.
    pub column: usize,
}

/// The parameter table.
const PARAMETERS: [Parameter; 3] = [
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

impl PriceModel for Bootstrap {
    const ENTRY: &'static ModelEntry = &ModelEntry {
        kind: "bootstrap",
        summary: "blocks of a history's returns, in random order",
        formula: &["blocks of geometric length with mean `block`, uniform start, circular, uncentred"],
        discretisation: "one bar is one step; all resampled assets share the row, over the dates they have in common",
        source: "Politis and Romano, The stationary bootstrap, 1994",
        limits: "Knows only what is in the history. Not together with replay. Only closes are used: margin is checked at \
                 them alone, and highs and lows between them are not seen.",
        is_continuous: false,
        parameters: &PARAMETERS,
    };

    type Step = BootstrapStep;

    fn step(&self, _setting: &StepSetting) -> BootstrapStep {
        BootstrapStep { column: self.column }
    }

    fn relative_cost(&self) -> f64 {
        1.6
    }

    fn describe(&self, context: &MarketContext<'_>) -> String {
        match context.history {
            Some(history) => format!(
                "returns resampled from {} rows of history in blocks of {} steps on average",
                whole(history.rows() as u64),
                short(history.mean_block),
            ),
            None => "returns resampled from its history".to_owned(),
        }
    }
}

impl HistoryModel for Bootstrap {
    fn annual_volatility(&self, context: &MarketContext<'_>) -> f64 {
        context.history.map_or(0.0, |history| {
            let returns = history.log_returns.iter().skip(self.column).step_by(history.columns);
            volatility_of_returns(returns.copied(), context.step_years)
        })
    }
}

/// One step: the return of the present row.
#[derive(Debug, Clone, Copy)]
pub struct BootstrapStep {
    column: usize,
}

impl ModelStep for BootstrapStep {
    type State = ();

    fn begin(&self, _stream: impl Fn(usize, Purpose) -> Stream) {}

    #[inline(always)]
    fn advance(&self, _state: &mut (), before: &Lanes, after: &mut Lanes, draws: &Draws<'_>) {
        match draws.rows {
            Some((resampler, rows)) => resampler.gather(rows, self.column, before, after),
            None => *after = *before,
        }
    }
}
