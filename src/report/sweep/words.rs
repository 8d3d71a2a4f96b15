//! Keys and settings as a person reads them.

use serde_json::Value;

use crate::result::document::sweep::SweepAxis;
use crate::text::format::{distinct, significant};

/// Sections of a scenario that say nothing more than what stands below them.
const SECTIONS: [&str; 4] = ["positions.", "assets.", "simulation.", "account."];
/// Keys of an axis that are named.
const NAMED: usize = 2;
/// Digits of a number, from the fewest; more where settings would look alike.
const DIGITS: [usize; 4] = [4, 6, 9, 15];
/// Characters of a setting, where a longer one would not be read.
const LONGEST: usize = 400;

/// What an axis is called: its key without the section and without `model`; of keys that move together the first
/// two.
pub fn axis_name(axis: &SweepAxis) -> String {
    let mut names: Vec<String> = axis.keys.iter().take(NAMED).map(|key| key_in_words(key)).collect();
    if axis.keys.len() > NAMED {
        names.push(format!("{} more", axis.keys.len() - NAMED));
    }
    names.join(" and ")
}

fn key_in_words(key: &str) -> String {
    let rest = SECTIONS.iter().find_map(|section| key.strip_prefix(section)).unwrap_or(key);
    let rest = rest.replace('"', "");
    match rest.rsplit_once('.') {
        Some((before, last)) => {
            format!("{} {}", before.trim_end_matches(".model"), last.replace('_', " "))
        }
        None => rest.replace('_', " "),
    }
}

/// The settings of an axis, each in at most `most` characters, no two different ones alike.
pub fn labels(axis: &SweepAxis, most: usize) -> Vec<String> {
    let is_table = |values: &Vec<Value>| values.iter().any(Value::is_object);
    if axis.values.iter().all(|values| is_table(values) && setting_in_words(values, DIGITS[0]).len() > most) {
        // Of long tables no beginning says what differs.
        return (1..=axis.values.len()).map(|number| format!("no. {number}")).collect();
    }
    let at = |digits: usize| -> Vec<String> {
        axis.values.iter().map(|values| setting_in_words(values, digits)).collect()
    };
    let alike = |labels: &[String]| {
        let mut sorted = labels.to_vec();
        sorted.sort_unstable();
        sorted.windows(2).any(|pair| pair[0] == pair[1])
    };
    let full = DIGITS.into_iter().map(at).find(|labels| !alike(labels)).unwrap_or_else(|| at(DIGITS[3]));
    distinct(full.iter().map(String::as_str), most)
}

/// One setting: of keys that move together their values with a stroke between them, or the one value that all have.
pub fn setting_in_words(values: &[Value], digits: usize) -> String {
    let values = match values {
        [first, rest @ ..] if rest.iter().all(|value| value == first) => &values[..1],
        _ => values,
    };
    let text = values.iter().map(|value| value_in_words(value, digits)).collect::<Vec<_>>().join(" / ");
    text.chars().take(LONGEST).collect()
}

fn value_in_words(value: &Value, digits: usize) -> String {
    match value {
        Value::Number(number) => number.as_f64().map_or_else(String::new, |v| significant(v, digits)),
        Value::String(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
        Value::Array(values) => {
            let inner: Vec<String> = values.iter().map(|value| value_in_words(value, digits)).collect();
            format!("[{}]", inner.join(", "))
        }
        Value::Object(keys) => {
            let inner = keys.iter().map(|(key, value)| match (key.as_str(), value) {
                ("kind", Value::String(kind)) => kind.clone(),
                (key, value) => format!("{key} {}", value_in_words(value, digits)),
            });
            inner.collect::<Vec<_>>().join(", ")
        }
        Value::Bool(_) | Value::Null => value.to_string(),
    }
}

/// The settings as numbers, where the axis has one key, and all are, rising or falling.
pub fn numbers(axis: &SweepAxis) -> Option<Vec<f64>> {
    let of_one = |values: &Vec<Value>| match values.as_slice() {
        [value] => value.as_f64().filter(|v| v.is_finite()),
        _ => None,
    };
    let found: Vec<f64> = axis.values.iter().map(of_one).collect::<Option<_>>()?;
    let ordered =
        |rises: bool| found.windows(2).all(|pair| (pair[0] < pair[1]) == rises && pair[0] != pair[1]);
    (ordered(true) || ordered(false)).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn axis(keys: &[&str], values: Value) -> SweepAxis {
        let values = values.as_array().unwrap().iter().map(|v| v.as_array().unwrap().clone()).collect();
        SweepAxis { keys: keys.iter().map(|&key| key.to_owned()).collect(), values }
    }

    #[test]
    fn keys_lose_what_says_nothing() {
        let cases = [
            ("positions.btc_long.leverage", "btc_long leverage"),
            ("assets.BTC.model.volatility", "BTC volatility"),
            ("assets.BTC.model", "BTC model"),
            ("assets.BTC.price", "BTC price"),
            ("correlation.\"BTC/ETH\"", "correlation BTC/ETH"),
            ("simulation.ruin_level", "ruin level"),
            ("venue.liquidation.fee", "venue.liquidation fee"),
            ("account.wallet", "wallet"),
        ];
        for (key, name) in cases {
            assert_eq!(axis_name(&axis(&[key], json!([]))), name);
        }
        let zipped = axis(&["positions.a.margin", "positions.b.margin", "account.wallet"], json!([]));
        assert_eq!(axis_name(&zipped), "a margin and b margin and 1 more");
    }

    #[test]
    fn settings_are_short_and_never_alike() {
        let volatility = axis(&["v"], json!([[0.1], [0.200_000_000_000_000_01], [0.30000000000000004]]));
        assert_eq!(labels(&volatility, 12), ["0.1", "0.2", "0.3"]);
        let close = axis(&["v"], json!([[0.123_451], [0.123_452]]));
        assert_eq!(labels(&close, 12), ["0.123451", "0.123452"]);
        let zipped = axis(&["a", "b"], json!([[1000, 3000.5], [2000, "x  y"]]));
        assert_eq!(labels(&zipped, 20), ["1,000 / 3,001", "2,000 / x y"]);
        let models =
            axis(&["m"], json!([[{ "kind": "gbm", "drift": 0, "volatility": 0.5 }], [[true, null]]]));
        assert_eq!(labels(&models, 40), ["gbm, drift 0, volatility 0.5", "[true, null]"]);
        let same =
            labels(&axis(&["m"], json!([["a long venue name 1 of x"], ["a long venue name 2 of x"]])), 10);
        assert!(same[0] != same[1] && same.iter().all(|label| label.chars().count() <= 10), "{same:?}");
    }

    #[test]
    fn numbers_are_a_line_only_where_they_have_an_order() {
        assert_eq!(numbers(&axis(&["v"], json!([[1], [2.5]]))), Some(vec![1.0, 2.5]));
        assert_eq!(numbers(&axis(&["v"], json!([[3], [1]]))), Some(vec![3.0, 1.0]));
        for values in
            [json!([[1], ["a"]]), json!([[1], [3], [2]]), json!([[1], [1]]), json!([[1, 2], [2, 3]])]
        {
            assert_eq!(numbers(&axis(&["v"], values.clone())), None, "{values}");
        }
    }
}
