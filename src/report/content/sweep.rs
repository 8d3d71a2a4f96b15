//! The report of a sweep.

use super::{Content, Reproduce, Section, Table, assumptions, clean, reproduction};
use crate::report::answer::{self, axis_name, main_pair, short_key, shown};
use crate::report::document::{PairedResult, SweepCell, SweepDocument};
use crate::report::format::{decimals_for, fixed, percent_trimmed, whole};
use crate::report::terminal::share::{half_width, mean_share, share};
use crate::report::terminal::{audited, or_dash};

/// More rows than this are looked up in `sweep.csv`.
const MOST_ROWS: usize = 500;

/// A sweep's report, with the maps of the given names.
pub fn of_sweep(document: &SweepDocument, maps: &[&str], reproduce: &Reproduce) -> Content {
    let scenario = &document.scenario;
    let first = document.sweep.first();
    let modes = first.iter().flat_map(|cell| cell.modes.iter()).map(|(name, _)| name.to_owned()).collect();
    let answer = answer::of_sweep(document);
    let mut content = Content::new(scenario, &document.version, modes, answer, reproduce);
    let axes =
        document.axes.iter().map(|axis| axis_name(&document.axes, axis)).collect::<Vec<_>>().join(" × ");
    content.facts = clean(&format!(
        "A sweep over {axes}: {} of {}",
        whole(document.plan.cells) + " cells",
        content.facts
    ));
    let grey = "Where the sign of a difference is not established its cell is grey.";
    content.add(Section {
        id: "maps",
        heading: "Maps",
        text: if maps.is_empty() { Vec::new() } else { vec![grey.to_owned()] },
        charts: maps.iter().map(|name| (*name).to_owned()).collect(),
        ..Section::default()
    });
    content.add(Section {
        id: "cells",
        heading: "Cells",
        tables: vec![cells(document)],
        ..Section::default()
    });
    for section in assumptions(&scenario.model, &document.assumptions, &document.notes) {
        content.add(section);
    }
    content.add(error(document));
    content.add(reproduction(scenario, &document.version, reproduce));
    content
}

fn cells(document: &SweepDocument) -> Table {
    let all = &document.sweep;
    let keys: Vec<&str> =
        document.axes.iter().flat_map(|axis| axis.keys.iter().map(String::as_str)).collect();
    let first = all.first();
    let modes: Vec<&str> = first.iter().flat_map(|cell| cell.modes.iter()).map(|(name, _)| name).collect();
    let pair = first.and_then(|cell| main_pair(&cell.paired)).map(|pair| (pair.a.clone(), pair.b.clone()));
    let mut head: Vec<String> = keys.iter().map(|key| short_key(&document.axes, key)).collect();
    for mode in &modes {
        head.extend(["liquidated", "ruin", "drawdown, mean"].map(|what| format!("{mode}: {what}")));
    }
    head.extend(pair.as_ref().map(|(a, b)| format!("liquidated: {a} − {b} (points)")));
    head.push("paths".to_owned());
    let caption = match all.len() > MOST_ROWS {
        false => format!("All {} cells", whole(all.len() as u64)),
        true => format!(
            "The first {} of {} cells; sweep.csv has all of them",
            whole(MOST_ROWS as u64),
            whole(all.len() as u64)
        ),
    };
    let mut table = Table { sortable: true, ..Table::new(caption, head) };
    for cell in all.iter().take(MOST_ROWS) {
        let mut row: Vec<String> =
            keys.iter().map(|key| or_dash(cell.set.get(key).map(|value| clean(&shown(value))))).collect();
        for mode in &modes {
            let result = cell.modes.get(mode);
            row.extend([
                or_dash(result.map(|m| share(&m.liquidation.any))),
                or_dash(result.map(|m| share(&m.ruin))),
                or_dash(result.map(|m| mean_share(&m.drawdown.relative.distribution))),
            ]);
        }
        row.extend(pair.as_ref().map(|(a, b)| difference(cell, a, b)));
        row.push(whole(cell.paths));
        table.row(row);
    }
    table
}

/// `8.92 [8.71, 9.13]`
fn difference(cell: &SweepCell, a: &str, b: &str) -> String {
    let found: Option<&PairedResult> = cell.paired.iter().find(|pair| pair.a == a && pair.b == b);
    or_dash(found.and_then(|pair| {
        let l = &pair.liquidation;
        let decimals = half_width(l.low, l.high).map_or(2, |half| decimals_for(100.0 * half, 1));
        let points = |value: f64| fixed(100.0 * value, decimals);
        let bounds = l.low.zip(l.high).map(|(low, high)| format!(" [{}, {}]", points(low), points(high)));
        Some(points(l.difference?) + &bounds.unwrap_or_default())
    }))
}

fn error(document: &SweepDocument) -> Section {
    let intervals = &document.intervals;
    let confidence = percent_trimmed(document.scenario.confidence);
    let mut text = Vec::new();
    if document.sampling.overlapping_windows {
        text.push(
            "Paths are overlapping windows of one history: no sampling error can be stated, and none is."
                .to_owned(),
        );
    } else if intervals.kind == "simultaneous" {
        text.push(format!(
            "± is half an interval, [ ] the interval itself. All {} intervals of one measure, one a cell and mode, hold \
             together at {confidence}, each by itself at {} (Bonferroni): they cover the error of simulating so many \
             paths rather than all, not that of the price model.",
            whole(intervals.family),
            percent_trimmed(intervals.confidence_each),
        ));
    } else {
        text.push(format!(
            "± is half the {confidence} interval, [ ] the interval itself: the error of simulating so many paths rather \
             than all, not that of the price model. Each holds by itself: of {} intervals of one measure about {} miss \
             what they are for. `simulation.intervals = \"simultaneous\"` makes them hold together.",
            whole(intervals.family),
            fixed(intervals.family as f64 * (1.0 - document.scenario.confidence), 0),
        ));
    }
    let plan = document.plan;
    text.push(format!(
        "{} cells stand on {} of the price paths: cells of one draw see the same prices, so that their differences are \
         not blurred by different luck.",
        whole(plan.cells),
        if plan.path_groups == 1 { "one draw".to_owned() } else { format!("{} draws", whole(plan.path_groups)) },
    ));
    let asked: Vec<bool> =
        document.sweep.iter().filter_map(|cell| Some(cell.precision.as_ref()?.met)).collect();
    if !asked.is_empty() {
        let met = asked.iter().filter(|met| **met).count();
        text.push(format!(
            "The precision that was asked for was met in {} of {} cells.",
            whole(met as u64),
            whole(asked.len() as u64)
        ));
    }
    text.push(audited(&document.audit));
    Section { id: "error", heading: "Sampling error", text, ..Section::default() }
}
