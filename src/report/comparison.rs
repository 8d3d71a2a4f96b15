//! The comparison of two results as text for a terminal: at most 100 columns, no colour.

use crate::domain::Measure;
use crate::result::comparison::{DiffDocument, DiffRow};
use crate::result::document::ordered_map::OrderedMap;
use crate::text::format::{
    decimals_for, elided, fixed, paths, percent_trimmed, printable, significant, whole, wrap,
};

const WIDTH: usize = 100;
/// Rows of a sweep's comparison that are shown.
const MOST_ROWS: usize = 60;
/// Characters of a differing key's value that are shown.
const VALUE: usize = 30;
/// Differing keys that are shown.
const MOST_KEYS: usize = 40;
/// Marks a difference whose interval excludes 0.
const MARK: &str = "*";

/// Both results, the keys that differ, and the difference of every measure; of sweeps only the significant differences.
pub fn render(document: &DiffDocument) -> String {
    let mut out = String::new();
    for (letter, one) in [("A", &document.a), ("B", &document.b)] {
        let line = format!(
            "{letter}: {} ({}), {}, seed {}, version {}",
            printable(&one.path, WIDTH),
            printable(&one.name, VALUE),
            paths(one.paths),
            one.seed,
            printable(&one.version, VALUE),
        );
        out.push_str(&wrap(&line, "", "   ", WIDTH));
    }
    out.push('\n');
    out.push_str(&differing_keys(document));
    out.push('\n');
    out.push_str(&measures(document));
    out.push('\n');
    let lines = std::iter::once(reading(document)).chain(document.remarks.iter().cloned());
    lines.for_each(|line| out.push_str(&wrap(&printable(&line, 10 * WIDTH), "", "  ", WIDTH)));
    out
}

fn differing_keys(document: &DiffDocument) -> String {
    if document.differing_keys.is_empty() {
        return "No key differs between the two results.\n".to_owned();
    }
    let absent = || "absent".to_owned();
    let shown = |value: &Option<String>| value.as_ref().map_or_else(absent, |text| elided(text, VALUE));
    let mut out = "Differing keys\n".to_owned();
    for differing in document.differing_keys.iter().take(MOST_KEYS) {
        out.push_str(&format!(
            "  {:<34} {} → {}\n",
            elided(&differing.key, 34),
            shown(&differing.a),
            shown(&differing.b)
        ));
    }
    let more = document.differing_keys.len().saturating_sub(MOST_KEYS);
    if more > 0 {
        out.push_str(&format!("  and {} more (--json lists all)\n", whole(more as u64)));
    }
    out
}

fn measures(document: &DiffDocument) -> String {
    let is_sweep = document.measures.iter().any(|row| !row.set.0.is_empty());
    let rows: Vec<&DiffRow> =
        document.measures.iter().filter(|row| !is_sweep || row.excludes_zero == Some(true)).collect();
    if is_sweep && rows.is_empty() {
        return "No difference is statistically significant in any cell (--json lists all).\n".to_owned();
    }
    let mut out = format!("{:<16}{:<27}{:>11} {:>11}  {}\n", "", "", "A", "B", "B − A");
    let mut set = &OrderedMap(Vec::new());
    for row in rows.iter().take(MOST_ROWS) {
        if row.set != *set {
            set = &row.set;
            let keys =
                set.iter().map(|(key, value)| format!("{key} = {value}")).collect::<Vec<_>>().join(", ");
            out.push_str(&format!("{}\n", elided(&keys, WIDTH)));
        }
        out.push_str(&line(row));
    }
    let more = rows.len().saturating_sub(MOST_ROWS);
    if more > 0 {
        out.push_str(&format!(
            "… and {} more significant differences (--json lists all)\n",
            whole(more as u64)
        ));
    }
    out
}

fn line(row: &DiffRow) -> String {
    let measure = Measure::ALL.into_iter().find(|measure| measure.name() == row.measure);
    let is_share = measure.is_some_and(Measure::is_share);
    let scale = if is_share { 100.0 } else { 1.0 };
    let half = row.low.zip(row.high).map(|(low, high)| scale * (high - low) / 2.0).filter(|half| *half > 0.0);
    let decimals = half.map_or(2, |half| decimals_for(half, if is_share { 1 } else { 0 })).min(6);
    let text = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |v| fixed(scale * v, decimals));
    let unit = if is_share { " %" } else { "" };
    let with_unit = |value: Option<f64>| format!("{}{unit}", text(value));
    let sign = if row.difference.is_some_and(|d| d > 0.0) { "+" } else { "" };
    let bounds = match (row.low, row.high) {
        (Some(_), Some(_)) => format!(" [{}, {}]", text(row.low), text(row.high)),
        _ => String::new(),
    };
    let mark = if row.excludes_zero == Some(true) { format!(" {MARK}") } else { String::new() };
    let line = format!(
        "{:<16}{:<27}{:>11} {:>11}  {sign}{}{bounds}{mark}",
        elided(&row.mode, 15),
        row.measure,
        with_unit(row.a),
        with_unit(row.b),
        text(row.difference),
    );
    format!("{}\n", line.trim_end())
}

/// How the numbers should be read.
fn reading(document: &DiffDocument) -> String {
    let Some(confidence) = document.confidence else {
        return "Shares are in %, their differences in percentage points.".to_owned();
    };
    let expected = (1.0 - confidence) * document.intervals as f64;
    format!(
        "Shares are in %, their differences in percentage points; [ ]: the {} interval; {MARK}: its interval excludes 0, as {} of {} do. \
         If nothing differed, chance alone would be expected to mark {} of them.",
        percent_trimmed(confidence),
        whole(document.excluding_zero),
        whole(document.intervals),
        significant(expected, 2),
    )
}
