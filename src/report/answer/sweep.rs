//! The answer of a sweep.

use serde_json::Value;

use super::{Answer, capitalised, main_pair};
use crate::report::document::{PairedResult, SweepAxis, SweepCell, SweepDocument};
use crate::report::format::{fixed, percent_trimmed, significant, whole};

/// Which of two modes is liquidated less often in a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    First,
    Second,
    Open,
}

/// The range of how often modes are liquidated, and in how many cells which of them is liquidated less often.
pub fn of_sweep(document: &SweepDocument) -> Answer {
    let cells = &document.sweep;
    let main = cells.first().and_then(|cell| main_pair(&cell.paired)).map(|p| (p.a.as_str(), p.b.as_str()));
    let ranges = ranges(cells);
    let over = format!("over {} cells", whole(cells.len() as u64));
    let Some((a, b)) = main else {
        return Answer { headline: capitalised(format!("{over}, {ranges}.")), more: Vec::new() };
    };
    let pairs: Vec<Option<&PairedResult>> =
        cells.iter().map(|cell| cell.paired.iter().find(|p| p.a == a && p.b == b)).collect();
    let signs: Vec<Sign> = pairs.iter().map(|pair| pair.map_or(Sign::Open, sign)).collect();
    let count = |wanted: Sign| signs.iter().filter(|sign| **sign == wanted).count() as u64;
    let (first, second, open) = (count(Sign::First), count(Sign::Second), count(Sign::Open));
    let not = match document.sampling.overlapping_windows {
        true => "no sampling error can be stated, and so no sign is established in any".to_owned(),
        false => format!(
            "{b} is liquidated less often than {a} in {}, more often in {}, and in {} the sign is not established at {}",
            whole(second),
            whole(first),
            whole(open),
            percent_trimmed(document.scenario.confidence),
        ),
    };
    let mut more = vec![capitalised(format!("{over}, {ranges}."))];
    more.extend(extreme(document, &pairs, &signs, (a, b), Sign::Second));
    more.extend(extreme(document, &pairs, &signs, (a, b), Sign::First));
    more.extend(flips(document, &signs));
    Answer { headline: format!("Of {} cells, {not}.", whole(cells.len() as u64)), more }
}

/// `isolated is liquidated on 0.2 % to 45.1 % of paths, cross on …`
fn ranges(cells: &[SweepCell]) -> String {
    let modes = cells.first().into_iter().flat_map(|cell| cell.modes.iter()).map(|(name, _)| name);
    let of_mode = |name: &str| {
        let found = cells.iter().filter_map(|cell| cell.modes.get(name)?.liquidation.any.frequency);
        let (low, high) = found.fold((f64::INFINITY, 0.0f64), |(low, high), f| (low.min(f), high.max(f)));
        let percent = |share: f64| format!("{} %", significant(100.0 * share, 3));
        (low <= high).then(|| match low == high {
            true => format!("{name} is liquidated on {} of paths", percent(low)),
            false => format!("{name} is liquidated on {} to {} of paths", percent(low), percent(high)),
        })
    };
    modes.filter_map(of_mode).collect::<Vec<_>>().join(", ")
}

/// Whose frequency is the lower one, where the interval of the difference says so.
fn sign(pair: &PairedResult) -> Sign {
    match (pair.liquidation.low, pair.liquidation.high) {
        (Some(low), _) if low > 0.0 => Sign::Second,
        (_, Some(high)) if high < 0.0 => Sign::First,
        _ => Sign::Open,
    }
}

/// Where one mode does best beside the other.
fn extreme(
    document: &SweepDocument,
    pairs: &[Option<&PairedResult>],
    signs: &[Sign],
    (a, b): (&str, &str),
    wanted: Sign,
) -> Option<String> {
    let known = document.sweep.iter().zip(pairs).zip(signs).filter(|(_, sign)| **sign == wanted);
    let sized = known.filter_map(|((cell, pair), _)| {
        let l = &(*pair)?.liquidation;
        Some((cell, l.difference?, l.low?, l.high?))
    });
    let (cell, difference, low, high) = sized.max_by(|x, y| x.1.abs().total_cmp(&y.1.abs()))?;
    let (better, worse) = if wanted == Sign::Second { (b, a) } else { (a, b) };
    Some(format!(
        "Most in favour of {better}: {} points [{}, {}] less often than {worse}, at {}.",
        points(difference.abs()),
        points(low.abs().min(high.abs())),
        points(low.abs().max(high.abs())),
        setting(document, cell)
    ))
}

fn points(share: f64) -> String {
    fixed(100.0 * share, 2)
}

/// `leverage 10, volatility 0.5`
fn setting(document: &SweepDocument, cell: &SweepCell) -> String {
    let one = |(key, value)| format!("{} {}", short_key(&document.axes, key), shown(value));
    cell.set.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// Along which axes the established sign turns.
fn flips(document: &SweepDocument, signs: &[Sign]) -> Option<String> {
    let mut stride: usize = 1;
    let mut found = Vec::new();
    for axis in document.axes.iter().rev() {
        let length = axis.values.len();
        let turns = |index: usize| {
            let next = index + stride;
            let place = (index / stride) % length.max(1);
            let (Some(one), Some(other)) = (signs.get(index), signs.get(next)) else { return false };
            place + 1 < length && *one != Sign::Open && *other != Sign::Open && one != other
        };
        if (0..signs.len()).any(turns) {
            found.push(axis_name(&document.axes, axis));
        }
        stride = stride.saturating_mul(length.max(1));
    }
    found.reverse();
    (!found.is_empty())
        .then(|| format!("The sign turns between neighbouring cells along {}.", found.join(" and ")))
}

/// An axis in a few words: the last parts of its keys.
pub fn axis_name(axes: &[SweepAxis], axis: &SweepAxis) -> String {
    axis.keys.iter().map(|key| short_key(axes, key)).collect::<Vec<_>>().join(" with ")
}

/// `leverage` of `positions.btc_long.leverage`, or as many parts more as tell it from the other keys.
pub fn short_key(axes: &[SweepAxis], key: &str) -> String {
    let others = || axes.iter().flat_map(|axis| &axis.keys).filter(|other| *other != key);
    let ends = key.rmatch_indices('.').map(|(at, _)| key.get(at + 1..).unwrap_or(key));
    let distinct = |end: &&str| !others().any(|other| other.ends_with(&format!(".{end}")) || other == end);
    ends.filter(|end| !end.is_empty()).find(distinct).unwrap_or(key).replace('"', "")
}

/// A value as a person writes it; of a table its kind, or its JSON.
pub fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.as_f64().map_or_else(|| number.to_string(), |v| significant(v, 6)),
        Value::Object(table) => {
            table.get("kind").and_then(Value::as_str).map_or_else(|| value.to_string(), str::to_owned)
        }
        other => other.to_string(),
    }
}
