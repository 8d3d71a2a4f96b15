//! The maintenance requirement of a market and the leverage that its tiers allow.

use rust_decimal::Decimal;

use crate::domain::TierTable;
use crate::domain::{RateStep, Requirement, TierError};

/// How a list of `tiers` is meant, and which keys make up a requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RequirementKind {
    /// Floors are notionals; each rate counts above its floor, so that the requirement is continuous.
    #[default]
    Lines,
    /// Floors are quantities; the rate of the last one below the size counts for the whole of it.
    Steps,
    /// A rate that rises with the size.
    Slope,
}

impl RequirementKind {
    /// By name.
    pub(crate) const WORDS: [(&'static str, Self); 3] =
        [("lines", Self::Lines), ("steps", Self::Steps), ("slope", Self::Slope)];
}

/// A maintenance requirement, and what else its source says about sizes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarketRequirement {
    /// The requirement.
    pub requirement: Requirement,
    /// The largest leverage of each tier, where the source names one; as many as there are tiers, at least one.
    pub max_leverages: Vec<Option<Decimal>>,
}

/// One row of a list of tiers: floor, rate, largest leverage, maintenance amount.
pub(crate) type TierRow = (Decimal, Decimal, Option<Decimal>, Option<Decimal>);

impl MarketRequirement {
    /// One rate for every size. The caller has checked `0 <= rate < 1`.
    pub(crate) fn flat(rate: Decimal, max_leverage: Option<Decimal>) -> Self {
        Self { requirement: Requirement::flat(rate), max_leverages: vec![max_leverage] }
    }

    /// Of rows in the order of floors; amounts count for [`RequirementKind::Lines`] alone.
    ///
    /// # Errors
    /// Rows that are no requirement.
    pub(crate) fn of_rows(kind: RequirementKind, rows: &[TierRow]) -> std::result::Result<Self, TierError> {
        let lines: Vec<_> = rows.iter().map(|&(floor, rate, _, amount)| (floor, rate, amount)).collect();
        let table = lines_of(&lines)?;
        let requirement = match kind {
            RequirementKind::Lines | RequirementKind::Slope => Requirement::Lines(table),
            RequirementKind::Steps => {
                Requirement::Steps(rows.iter().map(|&(floor, rate, ..)| RateStep { floor, rate }).collect())
            }
        };
        Ok(Self { requirement, max_leverages: rows.iter().map(|row| row.2).collect() })
    }

    /// Whether it is one rate for every size, in whatever unit sizes are.
    pub(crate) fn is_one_rate(&self) -> bool {
        matches!(&self.requirement, Requirement::Lines(table) if table.tiers().len() == 1)
    }

    /// The same with no leverage above a cap, where there is one.
    pub(crate) fn capped(mut self, cap: Option<Decimal>) -> Self {
        let Some(cap) = cap else { return self };
        for max in &mut self.max_leverages {
            *max = Some(max.map_or(cap, |max| max.min(cap)));
        }
        self
    }

    /// The largest leverage that the source allows a position of so large a notional and quantity.
    pub fn max_leverage(&self, notional: Decimal, quantity: Decimal) -> Option<Decimal> {
        let tier = match &self.requirement {
            Requirement::Lines(table) => table.tiers().partition_point(|tier| tier.floor < notional),
            Requirement::Steps(steps) => steps.partition_point(|step| step.floor < quantity),
            Requirement::Slope { .. } => 1,
        };
        self.max_leverages.get(tier.saturating_sub(1)).copied().flatten()
    }

    /// The key and the value under which a run records it: what it requires, not how its file spells that.
    pub(crate) fn resolved(&self) -> (&'static str, String) {
        let line =
            |rate: Decimal, floor: Decimal| format!("{} above {}", rate.normalize(), floor.normalize());
        match &self.requirement {
            Requirement::Lines(table) => match table.tiers() {
                [tier] => ("maintenance_margin_rate", tier.rate.normalize().to_string()),
                tiers => {
                    let lines: Vec<_> = tiers.iter().map(|tier| line(tier.rate, tier.floor)).collect();
                    ("tiers", lines.join(", "))
                }
            },
            Requirement::Steps(steps) => {
                let lines: Vec<_> = steps.iter().map(|step| line(step.rate, step.floor)).collect();
                ("tiers", format!("by quantity: {}", lines.join(", ")))
            }
            Requirement::Slope { base, slope } => {
                ("slope", format!("{} + {} a unit", base.normalize(), slope.normalize()))
            }
        }
    }
}

/// Account currency. A rate such as 1/30 is rounded where it is written, and so is its amount.
pub(crate) const AMOUNT_TOLERANCE: Decimal = Decimal::from_parts(1, 0, 0, false, 8);

/// The table of floors and rates; a written amount counts where it contradicts them by more than the rounding of its
/// last digits.
///
/// # Errors
/// As [`TierTable::new`].
pub(crate) fn lines_of(
    rows: &[(Decimal, Decimal, Option<Decimal>)],
) -> std::result::Result<TierTable, TierError> {
    let unchecked: Vec<_> = rows.iter().map(|&(floor, rate, _)| (floor, rate, None)).collect();
    let table = TierTable::new(&unchecked)?;
    let contradicts = |amount: &Decimal, computed: Decimal| {
        amount.checked_sub(computed).is_none_or(|difference| difference.abs() > AMOUNT_TOLERANCE)
    };
    let checked: Vec<_> = rows
        .iter()
        .zip(table.tiers())
        .map(|(&(floor, rate, amount), tier)| {
            (floor, rate, amount.filter(|amount| contradicts(amount, tier.deduction)))
        })
        .collect();
    TierTable::new(&checked)
}

/// The tier an error speaks of, from 1; 0 where it speaks of none.
pub(crate) fn tier_of(error: &TierError) -> usize {
    match error {
        TierError::Empty => 0,
        TierError::FirstFloor(_) | TierError::FirstDeduction(_) => 1,
        TierError::Floor { tier, .. }
        | TierError::RateRange { tier, .. }
        | TierError::Rate { tier, .. }
        | TierError::Deduction { tier, .. }
        | TierError::Overflow { tier } => *tier,
    }
}
