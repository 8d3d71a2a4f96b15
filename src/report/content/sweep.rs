//! The report of a sweep.

use crate::domain::{Intervals, MarginMode, Measure};
use crate::report::content::section::{
    Column, Content, Reproduce, Section, Table, assumption_sections, clean, reproduction,
};
use crate::report::sweep::compared::{difference, modes};
use crate::report::sweep::words::{axis_name, setting_in_words};
use crate::report::sweep::{compared, varies};
use crate::report::wording::cells::or_dash;
use crate::report::wording::headline;
use crate::report::wording::sampling_error::audited;
use crate::report::wording::share::{mean_share, share};
use crate::report::wording::sweep::{by_chance, path_groups, precision};
use crate::result::document::sweep::{SweepAxis, SweepCell, SweepDocument};
use crate::text::format::{counted, decimals_for, fixed, percent_trimmed, whole};

/// More rows than this are looked up in `sweep.csv`.
const MOST_ROWS: usize = 500;
/// Digits of a setting.
const DIGITS: usize = 6;

/// A sweep's report, with the maps of the given names.
pub fn of_sweep(document: &SweepDocument, maps: &[&str], reproduce: &Reproduce) -> Content {
    let scenario = &document.scenario;
    let modes = modes(document).iter().map(|mode| mode.name().to_owned()).collect();
    let headline = headline::sweep::of_sweep(document);
    let mut content = Content::new(scenario, &document.version, modes, headline, reproduce);
    let axes = document.axes.iter().map(axis_name).collect::<Vec<_>>().join(" × ");
    let differ = [("account", "wallet and currency"), ("venue", "venue"), ("simulation", "settings")]
        .into_iter()
        .filter(|(start, _)| varies(document, start))
        .map(|(_, what)| what)
        .collect::<Vec<_>>();
    let first = match differ.is_empty() {
        true => String::new(),
        false => format!(" ({} of the first cell)", differ.join(", ")),
    };
    let count = counted(document.plan.cells, "cell", "cells");
    let cells_of = format!("A sweep over {axes}: {count} of {}{first}", content.summary);
    content.summary = clean(&cells_of);
    content.add(Section {
        id: "maps",
        heading: "Results across the sweep",
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
        true => scenario.model.iter().map(|line| format!("First cell: {line}")).collect(),
        false => scenario.model.clone(),
    };
    for section in assumption_sections(&model, &document.assumptions, &document.notes, false) {
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
    let mut columns: Vec<Column> = axes.iter().map(|axis| Column::new(clean(&axis_name(axis)))).collect();
    columns.extend(pair.map(|(a, b)| Column::new(format!("liquidated: {a} − {b} (percentage points)"))));
    for mode in &modes {
        let measures = ["liquidated", "ruin", "drawdown, mean"];
        columns.extend(measures.map(|what| Column::of_mode(mode.name(), Some(what))));
    }
    columns.push(Column::new("paths"));
    let (shown, total) = (whole(MOST_ROWS as u64), whole(all.len() as u64));
    let caption = match all.len() > MOST_ROWS {
        false if all.len() == 1 => "The only cell".to_owned(),
        false => format!("All {total} cells"),
        true => format!("The first {shown} of {total} cells; sweep.csv has all of them"),
    };
    let mut table = Table { sortable: true, ..Table::new(caption, columns) };
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
    let covered = "They cover the sampling error of a finite number of paths, not errors in the price model.";
    let symbols = format!("±: half-width of the {confidence} interval; [ ]: the interval.");
    let said = if document.sampling.overlapping_windows {
        "Paths are overlapping windows of one history, so no sampling error can be stated.".to_owned()
    } else if intervals.kind == Intervals::Simultaneous.name() {
        format!(
            "±: half-width of an interval; [ ]: the interval. The {family} intervals of one measure, over all cells and modes, \
             hold together at {confidence}, each at {} (Bonferroni). {covered}",
            percent_trimmed(intervals.confidence_each),
        )
    } else {
        format!(
            "{symbols} {covered} Each interval holds on its own: about {} of the {family} intervals of one measure are \
             expected to miss the true value. {} simulation.intervals = \"simultaneous\" makes the intervals hold together.",
            fixed(intervals.family as f64 * (1.0 - document.scenario.confidence), 0),
            by_chance(document),
        )
    };
    let mut text = vec![said, path_groups(document)];
    text.extend(precision(document));
    text.push(audited(&document.audit));
    Section { id: "error", heading: "Sampling error", text, ..Section::default() }
}
