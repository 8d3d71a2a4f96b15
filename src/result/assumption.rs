//! An assumption that the numbers of a result rest on: what it is about, and the sentence for its reader.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What an assumption is about. Reports select and place assumptions by their kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AssumptionKind {
    /// The price history that paths are resampled from, or windows of.
    History,
    /// How paths are drawn, and what this means for intervals.
    Sampling,
    /// Paths on which a price overflowed.
    Overflow,
    /// A run that stops at a requested precision.
    StoppingRule,
    /// When a path counts as liquidated.
    LiquidationCount,
    /// What a liquidation price at entry leaves out.
    LiquidationPrice,
    /// When margin is checked.
    MarginChecks,
    /// The venue's contract and requirement.
    VenueRules,
    /// The venue's liquidation procedure.
    LiquidationProcedure,
    /// Fees and funding.
    Costs,
    /// What one asset requires and pays.
    Market,
    /// What happens to positions at the horizon.
    Horizon,
    /// What the simulator does not support.
    NotModelled,
    /// What the simulator supports and the scenario does not use.
    NotUsed,
    /// What the intervals of a run cover.
    Intervals,
    /// Modes that share their price paths.
    CommonPaths,
    /// How quantiles are read from histograms.
    Quantiles,
    /// How the intervals of many cells are to be read.
    SweepIntervals,
    /// Cells of a sweep that share their price paths or random numbers.
    SharedPaths,
    /// An assumption of a document that another version wrote.
    Other,
}

impl AssumptionKind {
    /// Every kind that has a label.
    const LABELLED: [Self; 19] = [
        Self::History,
        Self::Sampling,
        Self::Overflow,
        Self::StoppingRule,
        Self::LiquidationCount,
        Self::LiquidationPrice,
        Self::MarginChecks,
        Self::VenueRules,
        Self::LiquidationProcedure,
        Self::Costs,
        Self::Market,
        Self::Horizon,
        Self::NotModelled,
        Self::NotUsed,
        Self::Intervals,
        Self::CommonPaths,
        Self::Quantiles,
        Self::SweepIntervals,
        Self::SharedPaths,
    ];

    /// The words before the colon; empty for [`Self::Other`].
    pub fn label(self) -> &'static str {
        match self {
            Self::History => "History",
            Self::Sampling => "Sampling",
            Self::Overflow => "Overflow",
            Self::StoppingRule => "Stopping rule",
            Self::LiquidationCount => "Liquidation count",
            Self::LiquidationPrice => "Liquidation price",
            Self::MarginChecks => "Margin checks",
            Self::VenueRules => "Venue rules",
            Self::LiquidationProcedure => "Liquidation",
            Self::Costs => "Fees and funding",
            Self::Market => "Market",
            Self::Horizon => "Horizon",
            Self::NotModelled => "Not modelled",
            Self::NotUsed => "Not used by this scenario",
            Self::Intervals => "Intervals",
            Self::CommonPaths => "Common random numbers",
            Self::Quantiles => "Quantiles",
            Self::SweepIntervals => "Intervals over cells",
            Self::SharedPaths => "Shared paths",
            Self::Other => "",
        }
    }

    /// Whether every reader of a table needs it; the terminal shows only these.
    pub fn is_essential(self) -> bool {
        !matches!(
            self,
            Self::Intervals
                | Self::CommonPaths
                | Self::Quantiles
                | Self::SweepIntervals
                | Self::SharedPaths
                | Self::Other
        )
    }
}

/// One assumption. The result document, and saved totals, hold it as one text, which reads back as the same assumption.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Assumption {
    /// What it is about.
    pub kind: AssumptionKind,
    /// In a sweep: it differs between cells, and is the first cell's.
    pub varies: bool,
    /// The sentences, without the label.
    pub text: String,
}

/// Marks the text of an assumption that differs between the cells of a sweep.
const FIRST_CELL: &str = "First cell: ";

impl Assumption {
    /// An assumption that holds for the whole run or sweep.
    pub fn new(kind: AssumptionKind, text: impl Into<String>) -> Self {
        Self { kind, varies: false, text: text.into() }
    }

    /// Whether every reader of a table needs it.
    pub fn is_essential(&self) -> bool {
        self.kind.is_essential()
    }
}

/// `Margin checks: at the end of each of 720 steps.`
impl fmt::Display for Assumption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            AssumptionKind::Other => f.write_str(&self.text),
            kind => write!(f, "{}: {}", kind.label(), self.text),
        }
    }
}

impl From<Assumption> for String {
    fn from(assumption: Assumption) -> Self {
        let mark = if assumption.varies { FIRST_CELL } else { "" };
        format!("{mark}{assumption}")
    }
}

impl From<String> for Assumption {
    fn from(whole: String) -> Self {
        let (varies, rest) = match whole.strip_prefix(FIRST_CELL) {
            Some(rest) => (true, rest),
            None => (false, whole.as_str()),
        };
        let labelled = rest.split_once(": ").and_then(|(label, text)| {
            let kind = AssumptionKind::LABELLED.into_iter().find(|kind| kind.label() == label)?;
            Some((kind, text))
        });
        let (kind, text) = labelled.unwrap_or((AssumptionKind::Other, rest));
        Self { kind, varies, text: text.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_survives_its_text() {
        for kind in AssumptionKind::LABELLED {
            for varies in [false, true] {
                let assumption = Assumption { kind, varies, text: "one: two. Three".to_owned() };
                assert_eq!(Assumption::from(String::from(assumption.clone())), assumption);
            }
        }
        let other = Assumption::from("Prices move in steps.".to_owned());
        assert_eq!(other, Assumption::new(AssumptionKind::Other, "Prices move in steps."));
        assert_eq!(String::from(other), "Prices move in steps.");
    }

    #[test]
    fn labels_differ() {
        let mut labels: Vec<&str> = AssumptionKind::LABELLED.iter().map(|kind| kind.label()).collect();
        labels.sort_unstable();
        labels.dedup();
        assert_eq!(labels.len(), AssumptionKind::LABELLED.len());
    }
}
