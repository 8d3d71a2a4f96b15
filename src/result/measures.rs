//! The measures that tables of cells, maps, differences and precision speak of, read off a result.

use crate::domain::{Measure, Precision, PrecisionTarget};
use crate::result::document::mode::{DistributionResult, MeanOfPaths, ModeResult};
use crate::result::document::ordered_map::OrderedMap;
use crate::result::document::paired::{MeanDifference, PairedLiquidation, PairedResult};
use crate::result::document::{Frequency, PrecisionResult, ResultDocument};

/// A value with its uncertainty, each where it is known.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Estimate {
    /// The value itself.
    pub value: Option<f64>,
    /// Its standard error.
    pub std_error: Option<f64>,
    /// Lower bound.
    pub low: Option<f64>,
    /// Upper bound.
    pub high: Option<f64>,
}

impl Estimate {
    /// A value whose uncertainty is not known.
    pub fn of(value: Option<f64>) -> Self {
        Self { value, ..Self::default() }
    }

    /// Half the interval.
    pub fn half_width(&self) -> Option<f64> {
        Some((self.high? - self.low?) / 2.0)
    }

    /// Whether it differs from 0 by more than chance: 0 lies outside the interval. `None` without an interval.
    pub fn excludes_zero(&self) -> Option<bool> {
        Some(self.low? > 0.0 || self.high? < 0.0)
    }

    /// The opposite: of a − b that of b − a.
    pub fn negated(&self) -> Self {
        // Adding 0 leaves no sign on a zero.
        let minus = |value: Option<f64>| value.map(|v| -v + 0.0);
        Self {
            value: minus(self.value),
            std_error: self.std_error,
            low: minus(self.high),
            high: minus(self.low),
        }
    }
}

impl From<&Frequency> for Estimate {
    fn from(f: &Frequency) -> Self {
        Self { value: f.frequency, std_error: f.std_error, low: f.low, high: f.high }
    }
}

impl From<&DistributionResult> for Estimate {
    fn from(d: &DistributionResult) -> Self {
        Self { value: d.mean, std_error: d.std_error, low: d.low, high: d.high }
    }
}

impl From<&MeanOfPaths> for Estimate {
    fn from(m: &MeanOfPaths) -> Self {
        Self { value: m.mean, std_error: m.std_error, low: m.low, high: m.high }
    }
}

impl From<&MeanDifference> for Estimate {
    fn from(d: &MeanDifference) -> Self {
        Self { value: d.mean_difference, std_error: d.std_error, low: d.low, high: d.high }
    }
}

impl From<&PairedLiquidation> for Estimate {
    fn from(l: &PairedLiquidation) -> Self {
        Self { value: l.difference, std_error: l.std_error, low: l.low, high: l.high }
    }
}

/// One measure of one mode, or of one pair of modes.
#[derive(Debug, Clone, PartialEq)]
pub struct MeasureRow {
    /// The mode, or `a-b` for the difference a − b of two.
    pub mode: String,
    /// What is measured.
    pub measure: Measure,
    /// What was found.
    pub estimate: Estimate,
}

/// Every measure of every mode in order, then of every pair.
pub fn rows(modes: &OrderedMap<ModeResult>, paired: &[PairedResult]) -> Vec<MeasureRow> {
    let of_modes = modes.iter().flat_map(|(name, mode)| {
        Measure::ALL.into_iter().filter_map(move |measure| {
            Some(MeasureRow { mode: name.to_owned(), measure, estimate: of_mode(mode, measure)? })
        })
    });
    let of_pairs = paired.iter().flat_map(|pair| {
        Measure::ALL.into_iter().filter_map(move |measure| {
            let mode = format!("{}-{}", pair.a, pair.b);
            Some(MeasureRow { mode, measure, estimate: of_pair(pair, measure)? })
        })
    });
    of_modes.chain(of_pairs).collect()
}

/// A measure of one mode; `None` for those of pairs.
pub fn of_mode(mode: &ModeResult, measure: Measure) -> Option<Estimate> {
    Some(match measure {
        Measure::LiquidationAny => (&mode.liquidation.any).into(),
        Measure::LiquidationAll => (&mode.liquidation.all).into(),
        Measure::Ruin => (&mode.ruin).into(),
        Measure::DrawdownRelative => (&mode.drawdown.relative.distribution).into(),
        Measure::DrawdownAbsolute => (&mode.drawdown.absolute.distribution).into(),
        Measure::Pnl => (&mode.pnl.distribution).into(),
        Measure::PairedLiquidation | Measure::PairedDrawdownRelative | Measure::PairedPnl => return None,
    })
}

/// A measure of a pair, a − b; `None` for those of one mode.
pub fn of_pair(pair: &PairedResult, measure: Measure) -> Option<Estimate> {
    Some(match measure {
        Measure::PairedLiquidation => (&pair.liquidation).into(),
        Measure::PairedDrawdownRelative => (&pair.drawdown_relative).into(),
        Measure::PairedPnl => (&pair.pnl).into(),
        Measure::LiquidationAny
        | Measure::LiquidationAll
        | Measure::Ruin
        | Measure::DrawdownRelative
        | Measure::DrawdownAbsolute
        | Measure::Pnl => return None,
    })
}

/// Whether a measure is known as well as was asked for, in every mode, or in every two of them. Where there is no
/// interval, or, relatively, no estimate but 0, it is not.
pub fn precision(result: &ResultDocument, asked: &Precision) -> PrecisionResult {
    let (half_width, relative) = match asked.target {
        PrecisionTarget::HalfWidth(half) => (Some(half), None),
        PrecisionTarget::Relative(share) => (None, Some(share)),
    };
    let reached = |row: MeasureRow| {
        let half = row.estimate.half_width()?;
        let unit = match asked.target {
            PrecisionTarget::HalfWidth(_) => 1.0,
            PrecisionTarget::Relative(_) => row.estimate.value?.abs(),
        };
        // Values that are all alike do not show how they vary: nothing is known of them yet.
        Some(half / unit).filter(|width| width.is_finite() && *width > 0.0)
    };
    let of_measure =
        rows(&result.modes, &result.paired).into_iter().filter(|row| row.measure == asked.measure);
    let widths: Option<Vec<f64>> = of_measure.map(reached).collect();
    let widest = widths.and_then(|widths| widths.into_iter().reduce(f64::max));
    let met = widest.zip(half_width.or(relative)).is_some_and(|(widest, target)| widest <= target);
    PrecisionResult { measure: asked.measure.name().to_owned(), half_width, relative, met, widest }
}
