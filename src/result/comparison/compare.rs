//! The differences between two results, with intervals.

use serde_json::{Value, json};

use crate::domain::Measure;
use crate::error::{Invalid, Result};
use crate::paths::Sampling;
use crate::result::comparison::document::{Compared, DiffDocument, DiffRow, DifferingKey};
use crate::result::comparison::saved::Saved;
use crate::result::document::either::Document;
use crate::result::document::mode::ModeResult;
use crate::result::document::ordered_map::OrderedMap;
use crate::result::document::paired::PairedResult;
use crate::result::document::{SamplingResult, ScenarioSummary};
use crate::result::measures::{Estimate, MeasureRow, rows};
use crate::statistics::{Bounded, Interval, MeanOf, difference_of_bounded, difference_of_means};

/// Name and version of the document's shape.
const SCHEMA: &str = "ringfence/diff/1";
/// Settings of a cell that a message shows.
const SHOWN: usize = 200;

/// Compares two runs, or two sweeps with the same cells.
///
/// # Errors
/// [`Error::Input`](crate::error::Error::Input) where one is a run and the other a sweep, or where the sweeps have other cells.
pub fn diff(a: &Saved, b: &Saved) -> Result<DiffDocument> {
    let (cells_a, cells_b) = (cells(a), cells(b));
    refuse_unlike(a, b, &cells_a, &cells_b)?;
    let (scenario_a, scenario_b) = (scenario(a), scenario(b));
    let confidence = Some(level(a)).filter(|one| *one == level(b));
    let same_money = scenario_a.currency == scenario_b.currency;
    let mut measures = Vec::new();
    let mut only = Vec::new();
    for (one, other) in cells_a.iter().zip(&cells_b) {
        let rows_b = rows(other.modes, other.paired);
        let rows_a = rows(one.modes, one.paired);
        for row in &rows_a {
            match in_other(&rows_b, row) {
                Some(estimate) => {
                    let comparable = same_money || row.measure.is_share();
                    let level = confidence.filter(|_| comparable);
                    let interval = level.and_then(|level| interval([one, other], row, &estimate, level));
                    let mut found = diff_row(one.set, row, &estimate, interval);
                    found.difference = found.difference.filter(|_| comparable);
                    measures.push(found);
                }
                None => remember(&mut only, "A", &row.mode),
            }
        }
        let missing = rows_b.iter().filter(|row| in_other(&rows_a, row).is_none());
        missing.for_each(|row| remember(&mut only, "B", &row.mode));
    }
    let count = |is: fn(&DiffRow) -> bool| measures.iter().filter(|row| is(row)).count() as u64;
    let same_seed = scenario_a.seed == scenario_b.seed;
    let mut remarks = remarks(a, b, same_seed, confidence.is_some(), same_money);
    remarks.extend(only.into_iter().map(|(which, mode)| format!("Only {which} has {mode}.")));
    Ok(DiffDocument {
        schema: SCHEMA.to_owned(),
        a: compared(a),
        b: compared(b),
        same_seed,
        confidence,
        excluding_zero: count(|row| row.excludes_zero == Some(true)),
        intervals: count(|row| row.excludes_zero.is_some()),
        differing_keys: differing_keys(a, b),
        measures,
        remarks,
    })
}

/// One cell of a result; a run is one.
struct Cell<'a> {
    set: Option<&'a OrderedMap<Value>>,
    modes: &'a OrderedMap<ModeResult>,
    paired: &'a [PairedResult],
    /// Observations that are independent of each other: paths, or pairs of them.
    independent: u64,
}

fn cells(saved: &Saved) -> Vec<Cell<'_>> {
    match &saved.document {
        Document::Run(run) => {
            let independent = run.sampling.pairs.unwrap_or(run.scenario.paths);
            vec![Cell { set: None, modes: &run.modes, paired: &run.paired, independent }]
        }
        Document::Sweep(sweep) => sweep
            .sweep
            .iter()
            .map(|cell| {
                let independent = if sweep.sampling.kind == Sampling::Antithetic.name() {
                    cell.paths / 2
                } else {
                    cell.paths
                };
                Cell { set: Some(&cell.set), modes: &cell.modes, paired: &cell.paired, independent }
            })
            .collect(),
    }
}

fn scenario(saved: &Saved) -> &ScenarioSummary {
    match &saved.document {
        Document::Run(run) => &run.scenario,
        Document::Sweep(sweep) => &sweep.scenario,
    }
}

fn sampling(saved: &Saved) -> &SamplingResult {
    match &saved.document {
        Document::Run(run) => &run.sampling,
        Document::Sweep(sweep) => &sweep.sampling,
    }
}

/// Level of the bounds in the document.
fn level(saved: &Saved) -> f64 {
    match &saved.document {
        Document::Run(run) => run.scenario.confidence,
        Document::Sweep(sweep) => sweep.intervals.confidence_each,
    }
}

fn compared(saved: &Saved) -> Compared {
    let (version, paths) = match &saved.document {
        Document::Run(run) => (&run.version, run.scenario.paths),
        Document::Sweep(sweep) => {
            (&sweep.version, sweep.sweep.iter().map(|cell| cell.paths).max().unwrap_or(0))
        }
    };
    let scenario = scenario(saved);
    Compared {
        path: saved.path.clone(),
        name: scenario.name.clone(),
        sha256: scenario.sha256.clone(),
        version: version.clone(),
        seed: scenario.seed,
        paths,
    }
}

fn refuse_unlike(a: &Saved, b: &Saved, cells_a: &[Cell<'_>], cells_b: &[Cell<'_>]) -> Result<()> {
    let kind = |saved: &Saved| match saved.document {
        Document::Run(_) => "one run",
        Document::Sweep(_) => "a sweep",
    };
    if kind(a) != kind(b) {
        let message = format!("{} is {}, but {} is {}", a.path, kind(a), b.path, kind(b));
        return Err(Invalid::new(message)
            .with_help("name two runs, or two sweeps with the same cells")
            .into());
    }
    if cells_a.len() != cells_b.len() {
        let message = format!("{} has {} cells, but {} has {}", a.path, cells_a.len(), b.path, cells_b.len());
        return Err(Invalid::new(message).with_help("name two sweeps with the same cells").into());
    }
    let unlike = cells_a.iter().zip(cells_b).position(|(one, other)| one.set != other.set);
    match unlike {
        None => Ok(()),
        Some(index) => {
            let shown = |cells: &[Cell<'_>]| -> String {
                let set = cells.get(index).and_then(|cell| cell.set);
                let text = set.and_then(|set| serde_json::to_string(set).ok()).unwrap_or_default();
                text.chars().take(SHOWN).collect()
            };
            let message = format!(
                "{} and {} have different cells: cell {index} is {} in the first and {} in the second",
                a.path,
                b.path,
                shown(cells_a),
                shown(cells_b)
            );
            Err(Invalid::new(message).with_help("name two sweeps with the same [sweep]").into())
        }
    }
}

/// The same measure of the same mode; of a pair of modes also where the other result has it turned round.
fn in_other(rows: &[MeasureRow], wanted: &MeasureRow) -> Option<Estimate> {
    let same = |mode: &str| rows.iter().find(|row| row.measure == wanted.measure && row.mode == mode);
    let turned = || {
        let (a, b) = wanted.mode.split_once('-').filter(|_| wanted.measure.is_paired())?;
        Some(same(&format!("{b}-{a}"))?.estimate.negated())
    };
    same(&wanted.mode).map(|row| row.estimate).or_else(turned)
}

fn remember(only: &mut Vec<(&'static str, String)>, which: &'static str, mode: &str) {
    let known = only.iter().any(|(w, m)| *w == which && m == mode);
    if !known {
        only.push((which, mode.to_owned()));
    }
}

/// Of B − A as of independent results: shares by their bounds, which are not symmetric, means by their errors.
fn interval(cells: [&Cell<'_>; 2], row: &MeasureRow, b: &Estimate, level: f64) -> Option<Interval> {
    let a = &row.estimate;
    let is_proportion = matches!(
        row.measure,
        Measure::LiquidationAny | Measure::LiquidationAll | Measure::Ruin | Measure::PairedLiquidation
    );
    if is_proportion {
        let bounded = |e: &Estimate| Some(Bounded { value: e.value?, low: e.low?, high: e.high? });
        return Some(difference_of_bounded(bounded(a)?, bounded(b)?));
    }
    let mean = |e: &Estimate, cell: &Cell<'_>| {
        Some(MeanOf { value: e.value?, std_error: e.std_error?, n: cell.independent })
    };
    difference_of_means(mean(a, cells[0])?, mean(b, cells[1])?, level)
}

fn diff_row(
    set: Option<&OrderedMap<Value>>,
    row: &MeasureRow,
    b: &Estimate,
    interval: Option<Interval>,
) -> DiffRow {
    let (a, b) = (row.estimate.value, b.value);
    DiffRow {
        set: set.cloned().unwrap_or_else(|| OrderedMap(Vec::new())),
        mode: row.mode.clone(),
        measure: row.measure.name().to_owned(),
        a,
        b,
        difference: a.zip(b).map(|(a, b)| b - a + 0.0).filter(|v| v.is_finite()),
        low: interval.map(|i| i.low + 0.0).filter(|v| v.is_finite()),
        high: interval.map(|i| i.high + 0.0).filter(|v| v.is_finite()),
        excludes_zero: interval.map(|i| i.low > 0.0 || i.high < 0.0),
    }
}

fn remarks(a: &Saved, b: &Saved, same_seed: bool, same_level: bool, same_money: bool) -> Vec<String> {
    let mut remarks = Vec::new();
    let (one, other) = (scenario(a), scenario(b));
    let same_version = compared(a).version == compared(b).version;
    if one.sha256 == other.sha256 && same_version {
        remarks
            .push("Both results have the same scenario, seed and version: they are the same run.".to_owned());
    } else if same_seed {
        remarks.push(format!(
            "Both results have seed {}, so they use the same random numbers where their draws align. The intervals treat the \
             results as independent; they are then usually wider than necessary, and in rare cases too narrow. By how \
             much cannot be determined from the two results.",
            one.seed
        ));
    } else {
        remarks.push(
            "The seeds differ: the intervals are those of a difference of two independent results."
                .to_owned(),
        );
    }
    if !same_level {
        remarks.push(format!(
            "The two results have intervals of different levels ({} and {}), so no interval of a difference is stated: run \
             both with the same simulation.confidence and simulation.intervals.",
            level(a),
            level(b)
        ));
    }
    if !same_money {
        remarks.push(format!(
            "Amounts are in {} and {}, so they cannot be subtracted.",
            one.currency, other.currency
        ));
    }
    if [a, b].iter().any(|saved| sampling(saved).overlapping_windows) {
        remarks.push(
            "Paths are overlapping windows of one history, so no sampling error can be stated.".to_owned(),
        );
    }
    remarks
}

/// ScenarioDescription of the documents, and where both folders tell, keys of the scenarios.
fn differing_keys(a: &Saved, b: &Saved) -> Vec<DifferingKey> {
    let mut found = differing(&keys_of(a), &keys_of(b));
    if let (Some(one), Some(other)) = (&a.resolved, &b.resolved) {
        found.extend(differing(one, other));
    }
    found
}

fn keys_of(saved: &Saved) -> Vec<(String, String)> {
    let (version, monitoring) = match &saved.document {
        Document::Run(run) => (&run.version, &run.monitoring.kind),
        Document::Sweep(sweep) => (&sweep.version, &sweep.monitoring.kind),
    };
    let s = scenario(saved);
    let keys = json!({
        "version": version, "title": s.title, "name": s.name, "sha256": s.sha256, "paths": s.paths, "steps": s.steps,
        "seed": s.seed, "horizon_days": s.horizon_days, "confidence": s.confidence, "ruin_level": s.ruin_level,
        "wallet": s.wallet, "currency": s.currency, "venue": s.venue, "model": s.model.join("; "),
        "sampling": sampling(saved).kind, "monitoring": monitoring,
    });
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    keys.as_object().into_iter().flatten().map(|(key, value)| (key.clone(), text(value))).collect()
}

fn differing(a: &[(String, String)], b: &[(String, String)]) -> Vec<DifferingKey> {
    let value = |of: &[(String, String)], key: &str| {
        of.iter().find(|(k, _)| k == key).map(|(_, value)| value.clone())
    };
    let in_a = a.iter().filter_map(|(key, one)| {
        let other = value(b, key);
        (other.as_ref() != Some(one)).then(|| DifferingKey {
            key: key.clone(),
            a: Some(one.clone()),
            b: other,
        })
    });
    let only_b = b.iter().filter(|(key, _)| value(a, key).is_none());
    in_a.chain(only_b.map(|(key, other)| DifferingKey { key: key.clone(), a: None, b: Some(other.clone()) }))
        .collect()
}
