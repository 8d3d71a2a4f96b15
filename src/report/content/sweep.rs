//! The report of a sweep.

use crate::domain::{Intervals, MarginMode, Measure};
use crate::report::content::section::{Content, Reproduce, Section, Table, assumptions, clean, reproduction};
use crate::report::headline;
use crate::report::sweep::compared::{difference, modes};
use crate::report::sweep::words::{axis_name, setting_in_words};
use crate::report::sweep::{compared, varies};
use crate::report::terminal::layout::{audited, or_dash};
use crate::report::terminal::share::{mean_share, share};
use crate::report::terminal::sweep::{draws, precision};
use crate::result::document::sweep::{SweepAxis, SweepCell, SweepDocument};
use crate::text::format::{decimals_for, fixed, percent_trimmed, whole};

/// More rows than this are looked up in `sweep.csv`.
const MOST_ROWS: usize = 500;
/// Digits of a setting.
const DIGITS: usize = 6;

/// A sweep's report, with the maps of the given names.
pub fn of_sweep(document: &SweepDocument, maps: &[&str], reproduce: &Reproduce) -> Content {
    let scenario = &document.scenario;
    let modes = modes(document).iter().map(|mode| mode.name().to_owned()).collect();
    let answer = headline::of_sweep(document);
    let mut content = Content::new(scenario, &document.version, modes, answer, reproduce);
    let axes = document.axes.iter().map(axis_name).collect::<Vec<_>>().join(" × ");
    let differ = [("account", "wallet and currency"), ("venue", "venue"), ("simulation", "settings")]
        .into_iter()
        .filter(|(start, _)| varies(document, start))
        .map(|(_, what)| what)
        .collect::<Vec<_>>();
    let first = match differ.is_empty() {
        true => String::new(),
        false => format!(" ({} of the first)", differ.join(", ")),
    };
    let count = whole(document.plan.cells);
    let cells_of = format!("A sweep over {axes}: {count} cells of {}{first}", content.facts);
    content.facts = clean(&cells_of);
    content.add(Section {
        id: "maps",
        heading: "How the answer moves",
        charts: maps.iter().map(|name| (*name).to_owned()).collect(),
        ..Section::default()
    });
    content.add(Section {
        id: "cells",
        heading: "Cells",
        tables: vec![cells(document)],
        ..Section::default()
    });
    let varied =
        ["assets", "correlation", "common_jumps", "shock"].iter().any(|start| varies(document, start));
    let model: Vec<String> = match varied {
        true => scenario.model.iter().map(|line| format!("In the first cell: {line}")).collect(),
        false => scenario.model.clone(),
    };
    for section in assumptions(&model, &document.assumptions, &document.notes) {
        content.add(section);
    }
    content.add(error(document));
    content.add(reproduction(scenario, &document.version, reproduce));
    content
}

/// A setting of an axis in a cell.
fn setting(axis: &SweepAxis, cell: &SweepCell) -> String {
    let values: Vec<_> = axis.keys.iter().filter_map(|key| cell.set.get(key).cloned()).collect();
    clean(&setting_in_words(&values, DIGITS))
}

fn cells(document: &SweepDocument) -> Table {
    let (all, axes, modes) = (&document.sweep, &document.axes, modes(document));
    let pair = compared(document);
    let mut head: Vec<String> = axes.iter().map(|axis| clean(&axis_name(axis))).collect();
    head.extend(pair.map(|(a, b)| format!("liquidated: {a} − {b} (points)")));
    for mode in &modes {
        head.extend(["liquidated", "ruin", "drawdown, mean"].map(|what| format!("{mode}: {what}")));
    }
    head.push("paths".to_owned());
    let (shown, total) = (whole(MOST_ROWS as u64), whole(all.len() as u64));
    let caption = match all.len() > MOST_ROWS {
        false => format!("All {total} cells"),
        true => format!("The first {shown} of {total} cells; sweep.csv has all of them"),
    };
    let mut table = Table { sortable: true, ..Table::new(caption, head) };
    for cell in all.iter().take(MOST_ROWS) {
        let mut row: Vec<String> = axes.iter().map(|axis| setting(axis, cell)).collect();
        row.extend(pair.map(|pair| or_dash(in_points(cell, pair))));
        for mode in &modes {
            let result = cell.modes.get(mode.name());
            row.extend([
                or_dash(result.map(|m| share(&m.liquidation.any))),
                or_dash(result.map(|m| share(&m.ruin))),
                or_dash(result.map(|m| mean_share(&m.drawdown.relative.distribution))),
            ]);
        }
        row.push(whole(cell.paths));
        table.row(row);
    }
    table
}

/// `8.92 [8.71, 9.13]`
fn in_points(cell: &SweepCell, pair: (MarginMode, MarginMode)) -> Option<String> {
    let found = difference(cell, pair, Measure::PairedLiquidation)?;
    let decimals = found.half_width().map_or(2, |half| decimals_for(100.0 * half, 1));
    let points = |value: f64| fixed(100.0 * value, decimals);
    let bounds = found.low.zip(found.high).map(|(low, high)| format!(" [{}, {}]", points(low), points(high)));
    Some(points(found.value?) + &bounds.unwrap_or_default())
}

fn error(document: &SweepDocument) -> Section {
    let intervals = &document.intervals;
    let confidence = percent_trimmed(document.scenario.confidence);
    let family = whole(intervals.family);
    let said = if document.sampling.overlapping_windows {
        "Paths are overlapping windows of one history: no sampling error can be stated, and none is."
            .to_owned()
    } else if intervals.kind == Intervals::Simultaneous.name() {
        format!(
            "± is half an interval, [ ] the interval itself. All {family} intervals of one measure, one a cell and mode, \
             hold together at {confidence}, each by itself at {} (Bonferroni): they cover the error of simulating so many \
             paths rather than all, not that of the price model.",
            percent_trimmed(intervals.confidence_each),
        )
    } else {
        format!(
            "± is half the {confidence} interval, [ ] the interval itself: the error of simulating so many paths rather \
             than all, not that of the price model. Each holds by itself: of the {family} of one measure about {} miss \
             what they are for. simulation.intervals = \"simultaneous\" makes them hold together.",
            fixed(intervals.family as f64 * (1.0 - document.scenario.confidence), 0),
        )
    };
    let mut text = vec![said, draws(document)];
    text.extend(precision(document));
    text.push(audited(&document.audit));
    Section { id: "error", heading: "Sampling error", text, ..Section::default() }
}
