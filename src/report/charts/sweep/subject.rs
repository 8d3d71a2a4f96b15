//! What a picture of a sweep is about.

use crate::domain::{MarginMode, Measure};
use crate::report::charts::axis::Quantity;
use crate::report::document::{SweepCell, SweepDocument};
use crate::report::measures::{Estimate, Unit, of_mode, of_pair, unit_of};

/// Measures of one mode that are drawn.
const OF_MODES: [Measure; 4] =
    [Measure::LiquidationAny, Measure::Ruin, Measure::DrawdownRelative, Measure::Pnl];
/// Measures of two modes that are drawn.
const OF_PAIRS: [Measure; 3] = [Measure::PairedLiquidation, Measure::PairedDrawdownRelative, Measure::PairedPnl];

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
        let quantity = match (unit_of(measure), source) {
            (Unit::Share, Source::Mode(_)) => Quantity::Share,
            (Unit::Share, Source::Pair { .. }) => Quantity::Points,
            (Unit::Money, _) => {
                Quantity::Money(crate::report::charts::text::one_line(&document.scenario.currency))
            }
        };
        Self { measure, source, quantity }
    }

    /// Whether it is a difference of two modes.
    pub fn is_difference(&self) -> bool {
        matches!(self.source, Source::Pair { .. })
    }

    /// What was found in a cell.
    pub fn estimate(&self, cell: &SweepCell) -> Option<Estimate> {
        let finite = |e: Estimate| Estimate { value: e.value.filter(|v| v.is_finite()), ..e };
        match self.source {
            Source::Mode(mode) => of_mode(cell.modes.get(mode.name())?, self.measure).map(finite),
            Source::Pair { a, b } => {
                let find = |a: MarginMode, b: MarginMode| {
                    cell.paired.iter().find(|pair| pair.a == a.name() && pair.b == b.name())
                };
                let straight = || of_pair(find(a, b)?, self.measure);
                let turned = || of_pair(find(b, a)?, self.measure).map(|e| e.negated());
                straight().or_else(turned).map(finite)
            }
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
        format!("{}: {}", self.what(), self.name())
    }

    /// What stands above a picture of it in every mode.
    pub fn together_heading(&self) -> String {
        if self.is_difference() { self.heading() } else { self.what().to_owned() }
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

    fn what(&self) -> &'static str {
        match self.measure {
            Measure::LiquidationAny | Measure::PairedLiquidation => "Liquidated at all",
            Measure::LiquidationAll => "Every position liquidated",
            Measure::Ruin => "Ruined",
            Measure::DrawdownRelative | Measure::PairedDrawdownRelative => "Maximum drawdown, mean",
            Measure::DrawdownAbsolute => "Maximum drawdown in money, mean",
            Measure::Pnl | Measure::PairedPnl => "Profit, mean",
        }
    }

    /// What its values are called beside an axis, without the unit.
    pub fn bar(&self) -> &'static str {
        match self.measure {
            Measure::LiquidationAny | Measure::LiquidationAll | Measure::Ruin => "Share of paths",
            Measure::DrawdownRelative => "Fall below the peak",
            Measure::DrawdownAbsolute => "Fall below the peak",
            Measure::Pnl => "Profit",
            Measure::PairedLiquidation | Measure::PairedDrawdownRelative | Measure::PairedPnl => "Difference",
        }
    }

    /// What a positive difference says, and what a negative one says.
    pub fn signs(&self) -> [String; 2] {
        let Source::Pair { a, b } = self.source else { return [String::new(), String::new()] };
        let more = match self.measure {
            Measure::PairedLiquidation => "is liquidated more often",
            Measure::PairedDrawdownRelative => "falls deeper",
            _ => "earns more",
        };
        [a, b].map(|mode| format!("{mode} {more}"))
    }
}

/// The modes of a sweep in its order.
fn modes(document: &SweepDocument) -> Vec<MarginMode> {
    let Some(cell) = document.sweep.first() else { return Vec::new() };
    let known = |name: &str| MarginMode::ALL.into_iter().find(|mode| mode.name() == name);
    cell.modes.iter().filter_map(|(name, _)| known(name)).collect()
}

/// Isolated and cross where both are there; otherwise the first two modes.
fn pair(document: &SweepDocument) -> Option<(MarginMode, MarginMode)> {
    let modes = modes(document);
    let usual = (MarginMode::Isolated, MarginMode::Cross);
    if modes.contains(&usual.0) && modes.contains(&usual.1) {
        return Some(usual);
    }
    Some((*modes.first()?, *modes.get(1)?))
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
    let of_pair = pair(document).into_iter().flat_map(|(a, b)| {
        OF_PAIRS.iter().map(move |measure| vec![Subject::new(document, *measure, Source::Pair { a, b })])
    });
    of_modes.chain(of_pair).collect()
}
