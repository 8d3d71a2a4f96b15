//! Ranges, ticks and their labels.

use crate::report::charts::format::{Scale, grouped, power_of_ten, scientific};
use crate::report::charts::picture::Span;
use crate::report::charts::text::width;
use crate::text::format::percent_trimmed;

/// Size of the labels at ticks, in units.
pub const TICK_SIZE: f64 = 20.0;

/// An axis: what it spans and what is written along it.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// Value at its beginning; finite, below `high`.
    pub low: f64,
    /// Value at its end.
    pub high: f64,
    /// Values that carry a mark, rising, with what is written there.
    pub ticks: Vec<(f64, String)>,
    /// Its name and unit.
    pub label: String,
    unit: String,
    divisor: f64,
}

/// What the numbers of an axis are.
#[derive(Debug, Clone, PartialEq)]
pub enum Quantity {
    /// Shares of one, shown as percentages.
    Share,
    /// Differences of shares, shown as percentage points.
    Points,
    /// Money; the text is the currency.
    Money(String),
    /// Time in the named unit.
    Time(&'static str),
}

impl Axis {
    /// An axis over `low ..= high`, with as many round ticks, at most `most`, as its labels fit into `length`
    /// units laid end to end (`None`: labels lie below one another).
    pub fn new(
        name: &str,
        quantity: &Quantity,
        (low, high): (f64, f64),
        most: u32,
        length: Option<f64>,
    ) -> Self {
        let scale = match quantity {
            Quantity::Money(_) => Scale::of(low.abs().max(high.abs())),
            _ => Scale { divisor: 1.0, word: "" },
        };
        let fits = |ticks: &[(f64, String)]| {
            let widest = ticks.iter().map(|(_, text)| width(text, TICK_SIZE, false)).fold(0.0, f64::max);
            length.is_none_or(|l| (widest + TICK_SIZE) * ticks.len() as f64 <= l)
        };
        let ticks = (2..=most.max(2))
            .rev()
            .map(|count| labelled(quantity, scale.divisor, low, high, count))
            .find(|ticks| fits(ticks))
            .unwrap_or_default();
        let unit = unit(quantity, scale);
        let label = if unit.is_empty() { name.to_owned() } else { format!("{name} ({unit})") };
        let is_share = matches!(quantity, Quantity::Share | Quantity::Points);
        let divisor = if is_share { 0.01 } else { scale.divisor };
        Self { low, high, ticks, label, unit, divisor }
    }

    /// An axis with ticks of the caller's, over settings that have no unit.
    pub fn of_settings(label: String, (low, high): (f64, f64), ticks: Vec<(f64, String)>) -> Self {
        Self { low, high, ticks, label, unit: String::new(), divisor: 1.0 }
    }

    /// What it spans, as it is shown.
    pub fn span(&self) -> Span {
        Span { low: self.low / self.divisor, high: self.high / self.divisor, unit: self.unit.clone() }
    }
}

fn unit(quantity: &Quantity, scale: Scale) -> String {
    match quantity {
        Quantity::Share => "%".to_owned(),
        Quantity::Points => "percentage points".to_owned(),
        Quantity::Time(unit) => (*unit).to_owned(),
        Quantity::Money(currency) => [scale.word, currency.as_str()]
            .into_iter()
            .filter(|w| !w.is_empty())
            .collect::<Vec<_>>()
            .join(" "),
    }
}

fn labelled(quantity: &Quantity, divisor: f64, low: f64, high: f64, count: u32) -> Vec<(f64, String)> {
    let divisor = if matches!(quantity, Quantity::Share | Quantity::Points) { 0.01 } else { divisor };
    let (values, step) = round_ticks(low / divisor, high / divisor, count);
    let decimals = decimals_of(step);
    let plain = step >= 1e-6 && high.abs().max(low.abs()) / divisor < 1e12;
    let text = |value: f64| match value {
        _ if plain => grouped(value, decimals),
        0.0 => "0".to_owned(),
        _ => scientific(value),
    };
    values.into_iter().map(|value| (value * divisor, text(value))).collect()
}

/// Multiples of 1, 2, 2.5 or 5 times a power of ten within `low ..= high`, about `count` of them, and
/// their distance.
fn round_ticks(low: f64, high: f64, count: u32) -> (Vec<f64>, f64) {
    let raw = (high - low) / f64::from(count.max(1));
    let base = power_of_ten(libm::floor(libm::log10(raw)) as i32);
    let factor = [1.0, 2.0, 2.5, 5.0].into_iter().find(|m| m * base >= raw * (1.0 - 1e-9)).unwrap_or(10.0);
    let step = factor * base;
    let (first, last) = ((low / step - 1e-6).ceil() as i64, (high / step + 1e-6).floor() as i64);
    ((first..=last).take(50).map(|i| i as f64 * step).collect(), step)
}

/// Decimal places that show `step` exactly, at most 12.
fn decimals_of(step: f64) -> usize {
    (0..12)
        .find(|&d| {
            let scaled = step * power_of_ten(d);
            (scaled - scaled.round()).abs() < 1e-6 * scaled
        })
        .unwrap_or(12) as usize
}

/// The span of `values`, never empty: a span too narrow to be told apart from its values is widened.
pub fn span_of(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) = values
        .filter(|v| v.is_finite())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    if low > high {
        return (0.0, 1.0);
    }
    let size = low.abs().max(high.abs());
    if high - low > 1e-6 * size {
        return (low, high);
    }
    let room = if size > 0.0 { 0.05 * size } else { 1.0 };
    (low - room, high + room)
}

/// The span with a share of its width added at both ends, so that no line runs along the frame.
pub fn roomy((low, high): (f64, f64), share: f64) -> (f64, f64) {
    let room = share * (high - low);
    (low - room, high + room)
}

/// The time of a run in the unit that suits its length.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Clock {
    unit: &'static str,
    per_step: f64,
    total: f64,
}

impl Clock {
    /// For a run of `horizon_days` in `steps` equal steps.
    pub fn new(horizon_days: f64, steps: u64) -> Self {
        const UNITS: [(f64, &str); 5] = [
            (1.0 / 365.0, "years of 365 days"),
            (1.0, "days"),
            (24.0, "hours"),
            (1_440.0, "minutes"),
            (86_400.0, "seconds"),
        ];
        let found = UNITS.iter().find(|(per_day, _)| horizon_days * per_day >= 3.0);
        let (per_day, unit) = found.copied().unwrap_or(UNITS[4]);
        let total = if horizon_days > 0.0 { horizon_days * per_day } else { 1.0 };
        Self { unit, per_step: total / steps.max(1) as f64, total }
    }

    /// Time of a step.
    pub fn at(&self, step: u64) -> f64 {
        step as f64 * self.per_step
    }

    /// The axis of time, `length` units long.
    pub fn axis(&self, length: f64) -> Axis {
        Axis::new("Time", &Quantity::Time(self.unit), (0.0, self.total), 10, Some(length))
    }
}

/// The axis of shares from 0 to 1, or from a round value below `lowest` where that is high, so that
/// rare events can be seen.
pub fn share_axis(name: &str, lowest: f64) -> Axis {
    let low = [0.9, 0.99, 0.999].into_iter().rev().find(|limit| lowest >= *limit).unwrap_or(0.0);
    let mut axis = Axis::new(name, &Quantity::Share, (low, 1.0), 10, None);
    if low > 0.0 {
        axis.label = format!("{} — the axis starts at {}", axis.label, percent_trimmed(low));
    }
    axis
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_inside() {
        assert_eq!(round_ticks(0.0, 30.0, 6), (vec![0.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0], 5.0));
        let (values, step) = round_ticks(-0.7, 1.1, 4);
        assert_eq!((values, step), (vec![-0.5, 0.0, 0.5, 1.0], 0.5));
        let (values, _) = round_ticks(1e12, 1.1e12, 5);
        assert_eq!(values.len(), 6);
    }

    #[test]
    fn decimals_follow_the_step() {
        for (step, decimals) in [(1.0, 0), (0.5, 1), (2.5, 1), (0.25, 2), (1e-6, 6), (200.0, 0)] {
            assert_eq!(decimals_of(step), decimals, "{step}");
        }
    }

    #[test]
    fn spans_are_never_empty() {
        for values in [vec![], vec![0.0], vec![1e12; 3], vec![1e-6], vec![f64::NAN], vec![-5.0, -5.0]] {
            let (low, high) = span_of(values.iter().copied());
            assert!(low < high, "{values:?}");
        }
        assert_eq!(span_of([1.0, 3.0].into_iter()), (1.0, 3.0));
    }

    #[test]
    fn time_is_counted_in_a_unit_that_suits() {
        for (days, unit) in [(1_500.0, "years of 365 days"), (30.0, "days"), (1.0, "hours"), (0.1, "minutes")]
        {
            assert_eq!(Clock::new(days, 10).unit, unit);
        }
        assert_eq!(Clock::new(30.0, 720).at(24), 1.0);
    }

    #[test]
    fn axis_zooms_only_where_all_shares_are_high() {
        assert_eq!(share_axis("Alive", 0.4).low, 0.0);
        assert_eq!(share_axis("Alive", 0.95).low, 0.9);
        assert_eq!(share_axis("Alive", 1.0).low, 0.999);
        assert!(share_axis("Alive", 0.95).label.contains("starts at 90 %"));
    }
}
