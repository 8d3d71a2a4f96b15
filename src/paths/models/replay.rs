//! Windows of a history as they were: a column of the market's [`WindowHistory`](crate::paths::WindowHistory).
//! `crate::paths::replayer` reads the prices of all assets from the same bars.

use crate::lanes::Lanes;
use crate::paths::catalogue::parameter_table::{ModelEntry, Parameter, ValueKind};
use crate::paths::catalogue::parameters::{GAPS, HISTORY};
use crate::paths::draws::Draws;
use crate::paths::market_context::{MarketContext, volatility_of_returns};
use crate::paths::price_model::{HistoryModel, ModelStep, PriceModel, StepSetting};
use crate::paths::stream::{Purpose, Stream};
use crate::text::format::whole;

/// The column of an asset.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Replay {
    /// Column of the history.
    pub column: usize,
}

/// The parameter table.
const PARAMETERS: [Parameter; 3] = [
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

impl PriceModel for Replay {
    const ENTRY: &'static ModelEntry = &ModelEntry {
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
        parameters: &PARAMETERS,
    };

    type Step = ReplayStep;

    fn step(&self, _setting: &StepSetting) -> ReplayStep {
        ReplayStep { column: self.column }
    }

    fn relative_cost(&self) -> f64 {
        1.6
    }

    fn describe(&self, context: &MarketContext<'_>) -> String {
        match context.windows {
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
        }
    }
}

impl HistoryModel for Replay {
    fn annual_volatility(&self, context: &MarketContext<'_>) -> f64 {
        context.windows.map_or(0.0, |history| {
            let closes = || history.closes.iter().skip(self.column).step_by(history.columns);
            let returns = closes().zip(closes().skip(1)).map(|(before, after)| libm::log(after / before));
            volatility_of_returns(returns, context.step_years)
        })
    }
}

/// One step: the log price stays where it is, except for jumps. The prices of the history are read, not stepped, and
/// the generator puts them under what has been added.
#[derive(Debug, Clone, Copy)]
pub struct ReplayStep {
    /// Column of the history.
    pub column: usize,
}

impl ModelStep for ReplayStep {
    type State = ();

    fn begin(&self, _stream: impl Fn(usize, Purpose) -> Stream) {}

    #[inline(always)]
    fn advance(&self, _state: &mut (), before: &Lanes, after: &mut Lanes, _draws: &Draws<'_>) {
        *after = *before;
    }
}
