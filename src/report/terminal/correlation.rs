//! The correlation of step returns that the simulated paths have, beside the target.

use crate::report::terminal::layout::{NAME, WIDTH};
use crate::report::wording::cells::or_dash;
use crate::result::document::{CorrelationResult, ResultDocument};
use crate::text::format::{decimals_for, distinct, fixed, paths, significant, steps, wrap};

/// Pairs of assets up to which each is shown: those of six.
const SHOWN: usize = 15;
/// Width of a column of numbers.
const COLUMN: usize = 16;

/// A line for each pair of assets; of many pairs only the one that deviates most from its target; nothing for one asset.
pub fn render(document: &ResultDocument) -> String {
    let pairs = &document.correlations;
    let Some(first) = pairs.first() else { return String::new() };
    let over = format!("over {} of {}", steps(first.steps), paths(first.paths));
    if pairs.len() > SHOWN {
        return format!("\n{}", wrap(&farthest(pairs, &over), "", "  ", WIDTH));
    }
    let mut names: Vec<&str> = Vec::new();
    for name in pairs.iter().flat_map(|pair| [pair.a.as_str(), pair.b.as_str()]) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let shown = distinct(names.iter().copied(), NAME);
    let short = |name: &str| names.iter().position(|n| *n == name).and_then(|i| shown.get(i));
    let label = |pair: &CorrelationResult| Some(format!("  {}/{}", short(&pair.a)?, short(&pair.b)?));
    let labels: Vec<String> = pairs.iter().filter_map(label).collect();
    let heading = "Correlation of step returns";
    let widths = labels.iter().map(|label| label.chars().count());
    let width = widths.chain([heading.len()]).max().unwrap_or(0);
    let line = |label: &str, target: &str, realised: &str| {
        format!("{label:<width$} {target:>8} {realised:>COLUMN$}\n")
    };
    let mut out = format!("\n{}", line(heading, "target", "realised"));
    for (pair, label) in pairs.iter().zip(&labels) {
        let target = or_dash(pair.target.map(|target| significant(target, 4)));
        out.push_str(&line(label, &target, &realised(pair)));
    }
    out + &wrap(
        &format!(
            "({over}; the target is the correlation of the Gaussian drivers, to which jumps and shocks add)"
        ),
        "  ",
        "  ",
        WIDTH,
    )
}

/// `0.7982 ±0.0014`
fn realised(pair: &CorrelationResult) -> String {
    let half = pair.low.zip(pair.high).map(|(low, high)| (high - low) / 2.0);
    let decimals = half.filter(|half| *half > 0.0).map_or(3, |half| decimals_for(half, 2));
    let margin = half.map(|half| format!(" ±{}", fixed(half, decimals))).unwrap_or_default();
    or_dash(pair.realised.map(|realised| fixed(realised, decimals) + &margin))
}

fn farthest(pairs: &[CorrelationResult], over: &str) -> String {
    let distance = |pair: &CorrelationResult| Some((pair.realised? - pair.target?).abs());
    let known = pairs.iter().filter_map(|pair| Some((distance(pair)?, pair)));
    let most = known.max_by(|(a, _), (b, _)| a.total_cmp(b));
    let of_all = format!("Correlation of step returns of {} pairs of assets, {over}", pairs.len());
    match most {
        None => format!("{of_all}: see correlations.csv."),
        Some((_, pair)) => format!(
            "{of_all}: the largest deviation from the target is that of {}/{}, {} instead of {}; correlations.csv has all \
             pairs.",
            pair.a,
            pair.b,
            realised(pair),
            or_dash(pair.target.map(|target| significant(target, 4))),
        ),
    }
}
