//! What a picture of a sweep is about.

use crate::domain::{MarginMode, Measure};
use crate::report::charts::axis::Quantity;
use crate::report::charts::text::one_line;
use crate::report::sweep::compared;
use crate::report::sweep::compared::{difference, modes};
use crate::result::document::sweep::{SweepCell, SweepDocument};
use crate::result::measures::{Estimate, of_mode};

/// Measures of one mode that are drawn.
const OF_MODES: [Measure; 4] =
    [Measure::LiquidationAny, Measure::Ruin, Measure::DrawdownRelative, Measure::Pnl];
/// Measures of two modes that are drawn.
const OF_PAIRS: [Measure; 3] =
    [Measure::PairedLiquidation, Measure::PairedDrawdownRelative, Measure::PairedPnl];

/// Where in a cell the value stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Source {
    /// In a mode.
    Mode(MarginMode),
    /// In the difference a − b of two.
    Pair {
        /// The first.
        a: MarginMode,
        /// The second.
        b: MarginMode,
    },
}

/// One measure of one mode, or of two.
#[derive(Debug, Clone, PartialEq)]
pub struct Subject {
    /// What is measured.
    pub measure: Measure,
    /// Of what.
    pub source: Source,
    /// What its numbers are.
    pub quantity: Quantity,
}

impl Subject {
    fn new(document: &SweepDocument, measure: Measure, source: Source) -> Self {
        let quantity = match (measure.is_share(), measure.is_paired()) {
            (true, false) => Quantity::Share,
            (true, true) => Quantity::Points,
            (false, _) => Quantity::Money(one_line(&document.scenario.currency)),
        };
        Self { measure, source, quantity }
    }

    /// Whether it is a difference of two modes.
    pub fn is_difference(&self) -> bool {
        matches!(self.source, Source::Pair { .. })
    }

    /// The estimate in a cell.
    pub fn estimate(&self, cell: &SweepCell) -> Option<Estimate> {
        let finite = |e: Estimate| Estimate { value: e.value.filter(|v| v.is_finite()), ..e };
        match self.source {
            Source::Mode(mode) => of_mode(cell.modes.get(mode.name())?, self.measure).map(finite),
            Source::Pair { a, b } => difference(cell, (a, b), self.measure).map(finite),
        }
    }

    /// The subjects that share its colours: the same measure in every mode.
    pub fn of_all_modes(&self, document: &SweepDocument) -> Vec<Self> {
        match self.source {
            Source::Pair { .. } => vec![self.clone()],
            Source::Mode(_) => modes(document)
                .into_iter()
                .map(|mode| Self { source: Source::Mode(mode), ..self.clone() })
                .collect(),
        }
    }

    /// `isolated`, `isolated − cross`
    pub fn name(&self) -> String {
        match self.source {
            Source::Mode(mode) => mode.name().to_owned(),
            Source::Pair { a, b } => format!("{a} − {b}"),
        }
    }

    /// What stands above its picture.
    pub fn heading(&self) -> String {
        format!("{}: {}", self.measure.title(), self.name())
    }

    /// What stands above a picture of it in every mode.
    pub fn together_heading(&self) -> String {
        if self.is_difference() { self.heading() } else { self.measure.title().to_owned() }
    }

    /// File name without its ending.
    pub fn file(&self) -> String {
        match self.source {
            Source::Mode(mode) => format!("{}_{mode}", self.together_file()),
            Source::Pair { .. } => self.together_file(),
        }
    }

    /// File name of a picture of it in every mode.
    pub fn together_file(&self) -> String {
        match (self.measure, self.source) {
            (measure, Source::Mode(_)) => format!("sweep_{}", measure.name().replace('.', "_")),
            (measure, Source::Pair { a, b }) => {
                let what = measure.name().replace("paired.", "").replace('.', "_");
                format!("sweep_{what}_{a}_minus_{b}")
            }
        }
    }

    /// What its values are called beside an axis, without the unit.
    pub fn bar(&self) -> &'static str {
        match self.measure {
            Measure::LiquidationAny | Measure::LiquidationAll | Measure::Ruin => "Share of paths",
            Measure::DrawdownRelative | Measure::DrawdownAbsolute => "Drawdown",
            Measure::Pnl => "Profit",
            Measure::PairedLiquidation | Measure::PairedDrawdownRelative | Measure::PairedPnl => "Difference",
        }
    }

    /// The meaning of a positive and of a negative difference.
    pub fn signs(&self) -> [String; 2] {
        let Source::Pair { a, b } = self.source else { return [String::new(), String::new()] };
        let more = match self.measure {
            Measure::PairedLiquidation => "is liquidated more often",
            Measure::PairedDrawdownRelative => "has deeper drawdowns",
            _ => "has more profit",
        };
        [a, b].map(|mode| format!("{mode} {more}"))
    }
}

/// Every subject, each mode and each measure by itself.
pub fn subjects(document: &SweepDocument) -> Vec<Subject> {
    together(document).into_iter().flatten().collect()
}

/// Subjects by what they measure.
pub fn together(document: &SweepDocument) -> Vec<Vec<Subject>> {
    let of_modes = OF_MODES.iter().map(|measure| {
        modes(document).into_iter().map(|mode| Subject::new(document, *measure, Source::Mode(mode))).collect()
    });
    let of_pair = compared(document).into_iter().flat_map(|(a, b)| {
        OF_PAIRS.iter().map(move |measure| vec![Subject::new(document, *measure, Source::Pair { a, b })])
    });
    of_modes.chain(of_pair).collect()
}
