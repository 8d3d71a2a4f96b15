//! The headline of a sweep.

use crate::domain::{MarginMode, Measure};
use crate::report::sweep::compared;
use crate::report::sweep::compared::{difference, modes};
use crate::report::sweep::words::{axis_name, setting_in_words};
use crate::report::wording::headline::sentence::{Headline, capitalised};
use crate::result::document::ordered_map::OrderedMap;
use crate::result::document::sweep::{SweepAxis, SweepCell, SweepDocument};
use crate::result::measures::Estimate;
use crate::text::format::{counted, fixed, percent_trimmed, significant, whole};

/// Digits of a setting.
const DIGITS: usize = 6;

/// Which of two modes is liquidated less often in a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    First,
    Second,
    Open,
}

impl Sign {
    /// By the interval of the difference.
    fn of(estimate: &Estimate) -> Self {
        match (estimate.low, estimate.high) {
            (Some(low), _) if low > 0.0 => Self::Second,
            (_, Some(high)) if high < 0.0 => Self::First,
            _ => Self::Open,
        }
    }
}

/// A cell and the difference of the two modes there.
struct Compared<'a> {
    cell: &'a SweepCell,
    estimate: Estimate,
    sign: Sign,
}

/// The range of how often modes are liquidated, and in how many cells which of them is liquidated less often.
pub fn of_sweep(document: &SweepDocument) -> Headline {
    let cells = counted(document.sweep.len() as u64, "cell", "cells");
    let over = format!("Over {cells} {}.", ranges(document));
    let Some((a, b)) = compared(document) else {
        return Headline { text: over, more: Vec::new() };
    };
    if document.sampling.overlapping_windows {
        let more =
            "Paths are overlapping windows: no sampling error can be stated, so differences are not tested.";
        return Headline { text: over, more: vec![more.to_owned()] };
    }
    let of_cell = |cell| {
        let estimate = difference(cell, (a, b), Measure::PairedLiquidation).unwrap_or_default();
        Compared { cell, sign: Sign::of(&estimate), estimate }
    };
    let found: Vec<Compared<'_>> = document.sweep.iter().map(of_cell).collect();
    let text = counts((a, b), &found, document.scenario.confidence);
    let mut more = vec![over];
    more.extend(extreme(document, &found, (b, a), Sign::Second));
    more.extend(extreme(document, &found, (a, b), Sign::First));
    more.extend(turns(document, &found));
    Headline { text, more }
}

/// In how many cells the second mode is liquidated less often than the first, more often, or neither; only kinds that occur.
fn counts((a, b): (MarginMode, MarginMode), found: &[Compared<'_>], confidence: f64) -> String {
    let kinds = [
        (Sign::Second, format!("{b} is liquidated less often than {a}")),
        (Sign::First, format!("{b} is liquidated more often than {a}")),
        (Sign::Open, format!("the difference is not significant at {}", percent_trimmed(confidence))),
    ];
    let parts =
        kinds.into_iter().filter_map(|(sign, what)| match found.iter().filter(|c| c.sign == sign).count() {
            0 => None,
            count if count == found.len() => Some(format!("in every cell {what}")),
            count => {
                Some(format!("in {} of {} cells {what}", whole(count as u64), whole(found.len() as u64)))
            }
        });
    format!("{}.", capitalised(parts.collect::<Vec<_>>().join(", ")))
}

/// `isolated is liquidated on 0.2 % to 45.1 % of paths, cross on …`
fn ranges(document: &SweepDocument) -> String {
    let of_mode = |mode: MarginMode| {
        let of_cell = |cell: &SweepCell| cell.modes.get(mode.name())?.liquidation.any.frequency;
        let found = document.sweep.iter().filter_map(of_cell);
        let (low, high) = found.fold((f64::INFINITY, 0.0f64), |(low, high), f| (low.min(f), high.max(f)));
        let percent = |share: f64| format!("{} %", significant(100.0 * share, 3));
        (low <= high).then(|| match low == high {
            true => format!("{mode} is liquidated on {} of paths", percent(low)),
            false => format!("{mode} is liquidated on {} to {} of paths", percent(low), percent(high)),
        })
    };
    modes(document).into_iter().filter_map(of_mode).collect::<Vec<_>>().join(", ")
}

/// The cell in which one mode is liquidated least relative to the other.
fn extreme(
    document: &SweepDocument,
    found: &[Compared<'_>],
    (better, worse): (MarginMode, MarginMode),
    wanted: Sign,
) -> Option<String> {
    let size = |c: &Compared<'_>| c.estimate.value.unwrap_or(0.0).abs();
    let most = found.iter().filter(|c| c.sign == wanted).max_by(|x, y| size(x).total_cmp(&size(y)))?;
    let bounds = [most.estimate.low?.abs(), most.estimate.high?.abs()];
    let [low, high] = [bounds[0].min(bounds[1]), bounds[0].max(bounds[1])].map(|v| fixed(100.0 * v, 2));
    Some(format!(
        "{} has its largest advantage over {worse} at {}: {} percentage points fewer paths are liquidated [{low}, {high}].",
        capitalised(better.name().to_owned()),
        place(document, &most.cell.set),
        fixed(100.0 * size(most), 2),
    ))
}

/// `btc_long leverage 10, BTC volatility 0.5`
fn place(document: &SweepDocument, set: &OrderedMap<serde_json::Value>) -> String {
    let of_axis = |axis: &SweepAxis| {
        let values: Vec<_> = axis.keys.iter().filter_map(|key| set.get(key).cloned()).collect();
        format!("{} {}", axis_name(axis), setting_in_words(&values, DIGITS))
    };
    document.axes.iter().map(of_axis).collect::<Vec<_>>().join(", ")
}

/// Along which axes the significant sign changes from one cell to the next.
fn turns(document: &SweepDocument, found: &[Compared<'_>]) -> Option<String> {
    let mut stride: usize = 1;
    let mut names = Vec::new();
    for axis in document.axes.iter().rev() {
        let length = axis.values.len().max(1);
        let turns = |index: usize| {
            let signs =
                found.get(index).zip(found.get(index + stride)).map(|(one, next)| (one.sign, next.sign));
            let inside = (index / stride) % length + 1 < length;
            inside && matches!(signs, Some((Sign::First, Sign::Second) | (Sign::Second, Sign::First)))
        };
        if (0..found.len()).any(turns) {
            names.push(axis_name(axis));
        }
        stride = stride.saturating_mul(length);
    }
    names.reverse();
    (!names.is_empty()).then(|| {
        format!(
            "The sign of the difference changes between neighbouring cells along {}.",
            names.join(" and ")
        )
    })
}
