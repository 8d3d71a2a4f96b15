//! What the paired test and interval establish about how often two modes are liquidated.

use crate::result::document::Frequency;
use crate::result::document::paired::PairedResult;
use crate::text::format::{significant, significant_at_least};

/// Ratio of frequencies from which it is stated.
const STATED_RATIO: f64 = 1.5;
/// Liquidated paths of the rarer mode from which a ratio is known to about 40 %; below, only a lower bound of the ratio is
/// stated.
const RATIO_EVENTS: u64 = 30;

/// What is established about the liquidation frequencies of two modes on the same paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// No sampling error can be stated: the counts of these windows stand alone.
    Windows,
    /// Neither mode was liquidated on any path.
    Never,
    /// Both modes were liquidated on the same paths.
    Same,
    /// One mode is liquidated more often: the interval of the difference and the test agree.
    Established,
    /// The interval and the test disagree.
    Doubtful,
    /// The difference is not statistically significant.
    Open,
}

/// The verdict on a pair of modes, the first with the frequency `a` and the second with `b`.
pub fn verdict(pair: &PairedResult, a: &Frequency, b: &Frequency, confidence: f64) -> Verdict {
    let l = &pair.liquidation;
    let Some(p) = l.mcnemar_p else { return Verdict::Windows };
    if a.count == 0 && b.count == 0 {
        return Verdict::Never;
    }
    if l.table.a_only == 0 && l.table.b_only == 0 {
        return Verdict::Same;
    }
    let by_interval = l.low.is_some_and(|low| low > 0.0) || l.high.is_some_and(|high| high < 0.0);
    match (by_interval, p < 1.0 - confidence) {
        (true, true) => Verdict::Established,
        (false, false) => Verdict::Open,
        _ => Verdict::Doubtful,
    }
}

/// `, by a factor of 3.1`: the ratio of the larger frequency to the smaller one; empty where it is small.
pub fn factor(a: &Frequency, b: &Frequency) -> String {
    let (more, rarer) = if a.count > b.count { (a, b) } else { (b, a) };
    let ratio = |more: Option<f64>, rarer: Option<f64>| {
        more.zip(rarer).map(|(more, rarer)| more / rarer).filter(|ratio| *ratio >= STATED_RATIO)
    };
    let stated = if rarer.count >= RATIO_EVENTS {
        ratio(more.frequency, rarer.frequency).map(|ratio| significant(ratio, 2))
    } else {
        ratio(more.low, rarer.high).map(|ratio| format!("at least {}", significant_at_least(ratio, 2)))
    };
    stated.map(|ratio| format!(", by a factor of {ratio}")).unwrap_or_default()
}
