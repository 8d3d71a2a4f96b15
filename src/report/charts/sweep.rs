//! The results of a sweep as pictures: maps over two axes, lines along one.

pub(crate) mod subject;

use crate::domain::Intervals;
use crate::report::charts::axis::{Axis, Quantity, span_of};
use crate::report::charts::heat_map::{HeatMap, Shown, Side};
use crate::report::charts::ink::Ink;
use crate::report::charts::layout::Layout as Medium;
use crate::report::charts::numbers::Numbers;
use crate::report::charts::page::{Page, Run};
use crate::report::charts::picture::{Picture, Swatch};
use crate::report::charts::ramp::{Ramp, SIGNS};
use crate::report::charts::style::{GREY, Stroke, of_mode};
use crate::report::charts::sweep::subject::{Source, Subject, subjects};
use crate::report::charts::sweep_lines::{Positions, Series, paint};
use crate::report::charts::text::one_line;
use crate::report::sweep::layout::Layout;
use crate::report::sweep::words::{axis_name, labels, numbers};
use crate::report::wording::sweep::by_chance;
use crate::result::document::sweep::{SweepAxis, SweepDocument};
use crate::result::measures::Estimate;
use crate::text::format::{counted, paths, percent_trimmed, whole};

/// Combinations of further axes up to which each has its own grid.
const MOST_GRIDS: usize = 6;
/// Characters of a label before it is measured.
const LABEL: usize = 40;
const NO_INTERVALS: &str = "Paths are overlapping windows: no sampling error can be stated.";
/// Colour of a difference between two modes in line charts.
const BETWEEN: Ink = Ink(31, 41, 55);

/// The pictures of a sweep with their names; none where nothing varies.
pub fn pictures(document: &SweepDocument, medium: Medium) -> Vec<(String, Picture)> {
    let layout = Layout::new(document);
    let axes = layout.axes();
    let chart = Chart { document, layout, subtitle: subtitle(document), medium };
    match axes.as_slice() {
        [] => Vec::new(),
        [axis] => subject::together(document)
            .iter()
            .filter_map(|group| Some((group.first()?.together_file(), chart.lines(axis, group)?)))
            .collect(),
        [rows, columns, others @ ..] => subjects(document)
            .iter()
            .filter_map(|subject| Some((subject.file(), chart.map([rows, columns], others, subject)?)))
            .collect(),
    }
}

/// What pictures of one sweep share.
struct Chart<'a> {
    document: &'a SweepDocument,
    layout: Layout<'a>,
    subtitle: String,
    medium: Medium,
}

impl Chart<'_> {
    fn run(&self) -> Run<'_> {
        Run { title: &self.document.scenario.title, subtitle: &self.subtitle, layout: self.medium }
    }

    fn confidence(&self) -> String {
        percent_trimmed(self.document.scenario.confidence)
    }

    /// How intervals are to be read; `None` where there are none.
    fn intervals(&self) -> Option<String> {
        let intervals = &self.document.intervals;
        if self.document.sampling.overlapping_windows {
            return None;
        }
        let confidence = self.confidence();
        Some(match intervals.kind.as_str() {
            kind if kind == Intervals::Simultaneous.name() => format!(
                "simultaneous {confidence} intervals ({} of a measure, each at {})",
                whole(intervals.family),
                percent_trimmed(intervals.confidence_each),
            ),
            _ => format!("pointwise {confidence} intervals"),
        })
    }

    fn estimate(&self, subject: &Subject, settings: &[usize]) -> Option<Estimate> {
        subject.estimate(self.layout.cell(settings)?)
    }

    fn map(
        &self,
        [rows, columns]: [&SweepAxis; 2],
        others: &[&SweepAxis],
        subject: &Subject,
    ) -> Option<Picture> {
        let order = top_to_bottom(rows);
        let (row_side, column_side) = (side(rows, &order), side(columns, &in_order(columns)));
        let combinations = combinations(others);
        let shown: &[Vec<usize>] = match combinations.len() {
            0..=MOST_GRIDS => &combinations,
            _ => combinations.get(..1)?,
        };
        let settings = |row: usize, column: usize, rest: &[usize]| [&[row, column], rest].concat();
        let grids: Vec<(String, Vec<Vec<Shown>>)> = shown
            .iter()
            .map(|rest| {
                let cell =
                    |row, column| shown_as(subject, self.estimate(subject, &settings(row, column, rest)));
                let cells =
                    order.iter().map(|row| (0..columns.values.len()).map(|c| cell(*row, c)).collect());
                (if shown.len() > 1 { settings_of(others, rest) } else { String::new() }, cells.collect())
            })
            .collect();
        let (ramp, numbers) = self.scale(subject)?;
        let bar = Axis::new(subject.bar(), &subject.quantity, ramp.span(), 7, None);
        let counts = Counts::of(&grids);
        let mut notes = Vec::new();
        if shown.len() < combinations.len() {
            notes.push(format!(
                "Shown for {}, the first of {} combinations; sweep.csv has all of them.",
                settings_of(others, shown.first()?),
                whole(combinations.len() as u64),
            ));
        }
        notes.push(self.remark(subject));
        let page = Page {
            heading: &subject.heading(),
            legend: self.legend(subject, &counts),
            notes,
            panels: shown.len(),
        };
        let (mut picture, space) = page.begin(self.run());
        let map =
            HeatMap { rows: &row_side, columns: &column_side, grids, ramp, numbers: &numbers, bar: &bar };
        map.paint(&mut picture, space);
        picture.alternative = self.in_words(&map, subject, &counts)?;
        Some(picture)
    }

    /// Colours of all modes' maps of a measure, over every cell; `None` where no cell has a value.
    fn scale(&self, subject: &Subject) -> Option<(Ramp, Numbers)> {
        let like = subject.of_all_modes(self.document);
        let cells = || self.document.sweep.iter();
        let values: Vec<f64> =
            like.iter().flat_map(|s| cells().filter_map(|cell| s.estimate(cell)?.value)).collect();
        let own = cells().any(|cell| subject.estimate(cell).is_some_and(|e| e.value.is_some()));
        if !own {
            return None;
        }
        let largest = values.iter().fold(0.0, |most: f64, v| most.max(v.abs()));
        let ramp = if subject.is_difference() {
            Ramp::Diverging { reach: if largest > 0.0 { largest } else { 1.0 } }
        } else {
            let (low, high) = span_of(values.into_iter());
            // A share is never below 0, nor above 1.
            let clamped = subject.quantity == Quantity::Share;
            let (low, high) = if clamped { (low.max(0.0), high.min(1.0)) } else { (low, high) };
            Ramp::Sequential { low, high }
        };
        Some((ramp, Numbers::new(subject.quantity.clone(), largest, subject.is_difference())))
    }

    fn remark(&self, subject: &Subject) -> String {
        let Some(intervals) = self.intervals() else { return NO_INTERVALS.to_owned() };
        if !subject.is_difference() {
            return "The maps of all modes share one colour scale.".to_owned();
        }
        if self.document.intervals.kind == Intervals::Simultaneous.name() {
            return format!("Significance by {intervals}.");
        }
        format!("Significance by {intervals}. {}", by_chance(self.document))
    }

    fn legend(&self, subject: &Subject, counts: &Counts) -> Vec<(Swatch, String)> {
        let mut legend = Vec::new();
        if let Source::Pair { .. } = subject.source {
            let [a, b] = subject.signs();
            legend.extend([(Swatch::Band(SIGNS[0]), a), (Swatch::Band(SIGNS[1]), b)]);
            if counts.not_significant > 0 {
                legend.push((Swatch::Hatched, format!("not significant at {}", self.confidence())));
            }
        }
        if counts.missing > 0 {
            legend.push((Swatch::Missing, "no value".to_owned()));
        }
        legend
    }

    /// The map in sentences.
    fn in_words(&self, map: &HeatMap<'_>, subject: &Subject, counts: &Counts) -> Option<String> {
        let place = |grid: usize, row: usize, column: usize| {
            let label = |side: &Side, at: usize| {
                format!("{} {}", side.name, side.labels.get(at).map_or("", String::as_str))
            };
            let caption = map.grids.get(grid).map_or("", |(caption, _)| caption.as_str());
            let others = if caption.is_empty() { String::new() } else { format!(", {caption}") };
            format!("{}, {}{others}", label(map.rows, row), label(map.columns, column))
        };
        let values = || cells(&map.grids).filter_map(|(g, r, c, shown)| Some((value_of(shown)?, g, r, c)));
        let least = values().min_by(|a, b| a.0.total_cmp(&b.0))?;
        let most = values().max_by(|a, b| a.0.total_cmp(&b.0))?;
        let end = |(value, g, r, c): (f64, usize, usize, usize)| {
            format!("{} at {}", map.numbers.with_unit(value), place(g, r, c))
        };
        let mut text = format!(
            "{} — {}. Map of {} by {}: from {} to {}.",
            subject.heading(),
            one_line(&self.document.scenario.title),
            map.rows.name,
            map.columns.name,
            end(least),
            end(most),
        );
        let all = whole(counts.all as u64);
        if subject.is_difference() && !self.document.sampling.overlapping_windows {
            text += &format!(
                " The difference is not significant in {} of {all} cells.",
                whole(counts.not_significant as u64)
            );
        }
        if counts.missing > 0 {
            text += &format!(
                " {} of {all} cells {} no value.",
                whole(counts.missing as u64),
                if counts.missing == 1 { "has" } else { "have" }
            );
        }
        Some(text)
    }

    fn lines(&self, axis: &SweepAxis, group: &[Subject]) -> Option<Picture> {
        let first = group.first()?;
        let side = side(axis, &in_order(axis));
        let count = axis.values.len();
        let found: Vec<Vec<Option<Estimate>>> = group
            .iter()
            .map(|subject| (0..count).map(|setting| self.estimate(subject, &[setting])).collect())
            .collect();
        let values = || found.iter().flatten().flatten().filter_map(|e| e.value);
        let numbers_shown = Numbers::new(
            first.quantity.clone(),
            values().fold(0.0, |m: f64, v| m.max(v.abs())),
            first.is_difference(),
        );
        let mut legend = Vec::new();
        let mut ranges = Vec::new();
        for (subject, values) in group.iter().zip(&found) {
            let Some([least, most]) = extremes(values) else { continue };
            let range = |end: (usize, f64)| numbers_shown.with_unit(end.1);
            let Stroke { ink, dash } = stroke(subject);
            legend.push((
                Swatch::Line(ink, dash),
                format!("{}: {} to {}", subject.name(), range(least), range(most)),
            ));
            let at = |end: (usize, f64)| {
                format!("{} at {}", range(end), side.labels.get(end.0).map_or("", String::as_str))
            };
            ranges.push(format!("{}: from {} to {}.", subject.name(), at(least), at(most)));
        }
        if legend.is_empty() {
            return None;
        }
        let not_significant = |e: &Estimate| e.excludes_zero() == Some(false);
        if first.is_difference() && found.iter().flatten().flatten().any(not_significant) {
            legend.push((Swatch::Disc(GREY), format!("not significant at {}", self.confidence())));
        }
        let bands = self.intervals().map(|intervals| format!("Bands: {intervals}."));
        let heading = first.together_heading();
        let notes = vec![bands.unwrap_or_else(|| NO_INTERVALS.to_owned())];
        let page = Page { heading: &heading, legend, notes, panels: 1 };
        let (mut picture, space) = page.begin(self.run());
        let series: Vec<Series> = group
            .iter()
            .zip(found)
            .map(|(subject, values)| Series { stroke: stroke(subject), values })
            .collect();
        let positions = Positions::new(numbers(axis).as_deref(), count);
        let name = (first.bar(), &first.quantity);
        paint(&mut picture, space, &side, &positions, name, &series, first.is_difference());
        let title = one_line(&self.document.scenario.title);
        picture.alternative = format!("{heading} — {title}. By {}. {}", side.name, ranges.join(" "));
        Some(picture)
    }
}

/// Cells by what they show.
struct Counts {
    all: usize,
    not_significant: usize,
    missing: usize,
}

impl Counts {
    fn of(grids: &[(String, Vec<Vec<Shown>>)]) -> Self {
        let count = |is: fn(&Shown) -> bool| cells(grids).filter(|(_, _, _, shown)| is(shown)).count();
        Self {
            all: count(|_| true),
            not_significant: count(|shown| matches!(shown, Shown::NotSignificant(_))),
            missing: count(|shown| *shown == Shown::Missing),
        }
    }
}

type Grids = [(String, Vec<Vec<Shown>>)];

/// Every cell with its grid, row and column.
fn cells(grids: &Grids) -> impl Iterator<Item = (usize, usize, usize, &Shown)> {
    grids.iter().enumerate().flat_map(|(g, (_, rows))| {
        rows.iter()
            .enumerate()
            .flat_map(move |(r, row)| row.iter().enumerate().map(move |(c, shown)| (g, r, c, shown)))
    })
}

fn value_of(shown: &Shown) -> Option<f64> {
    match shown {
        Shown::Missing => None,
        Shown::Value(value) | Shown::NotSignificant(value) => Some(*value),
    }
}

fn shown_as(subject: &Subject, estimate: Option<Estimate>) -> Shown {
    let Some(estimate) = estimate else { return Shown::Missing };
    match estimate.value {
        None => Shown::Missing,
        Some(value) if subject.is_difference() && estimate.excludes_zero() == Some(false) => {
            Shown::NotSignificant(value)
        }
        Some(value) => Shown::Value(value),
    }
}

/// The first setting with the least value and the first with the greatest.
fn extremes(values: &[Option<Estimate>]) -> Option<[(usize, f64); 2]> {
    let known = || values.iter().enumerate().filter_map(|(i, e)| Some((i, e.as_ref()?.value?)));
    let least = known().min_by(|a, b| a.1.total_cmp(&b.1))?;
    let most = known().max_by(|a, b| a.1.total_cmp(&b.1))?;
    Some([least, most])
}

fn stroke(subject: &Subject) -> Stroke {
    match subject.source {
        Source::Mode(mode) => of_mode(mode),
        Source::Pair { .. } => Stroke { ink: BETWEEN, dash: None },
    }
}

fn in_order(axis: &SweepAxis) -> Vec<usize> {
    (0..axis.values.len()).collect()
}

/// Rows as they stand on the page: numbers rise upwards, all else is read from the top.
fn top_to_bottom(axis: &SweepAxis) -> Vec<usize> {
    let rises = numbers(axis).is_some_and(|numbers| numbers.first() < numbers.last());
    let order = in_order(axis);
    if rises { order.into_iter().rev().collect() } else { order }
}

fn side(axis: &SweepAxis, order: &[usize]) -> Side {
    let all: Vec<String> = labels(axis, LABEL).iter().map(|label| one_line(label)).collect();
    let labels = order.iter().filter_map(|index| all.get(*index).cloned()).collect();
    Side { name: one_line(&axis_name(axis)), labels, numeric: numbers(axis).is_some() }
}

/// Every setting of each of the axes, the last fastest; one empty combination of none.
fn combinations(axes: &[&SweepAxis]) -> Vec<Vec<usize>> {
    axes.iter().fold(vec![Vec::new()], |all, axis| {
        let with = |before: &Vec<usize>, setting: usize| [before.as_slice(), &[setting]].concat();
        all.iter()
            .flat_map(|before| (0..axis.values.len()).map(move |setting| with(before, setting)))
            .collect()
    })
}

/// `BTC volatility 0.5, seed 2`
fn settings_of(axes: &[&SweepAxis], settings: &[usize]) -> String {
    let one = |(axis, setting): (&&SweepAxis, &usize)| {
        let label = labels(axis, LABEL).get(*setting).cloned().unwrap_or_default();
        format!("{} {label}", axis_name(axis))
    };
    one_line(&axes.iter().zip(settings).map(one).collect::<Vec<_>>().join(", "))
}

/// What was run, without what the sweep varies.
fn subtitle(document: &SweepDocument) -> String {
    let scenario = &document.scenario;
    let swept = |start: &str| document.axes.iter().flat_map(|a| &a.keys).any(|key| key.starts_with(start));
    let fewest = document.sweep.iter().map(|cell| cell.paths).min().unwrap_or(0);
    let most = document.sweep.iter().map(|cell| cell.paths).max().unwrap_or(0);
    let of_cell = if fewest == most { paths(most) } else { format!("{} to {}", whole(fewest), paths(most)) };
    let cells = document.sweep.len() as u64;
    let mut parts = vec![format!("{} of {of_cell}", counted(cells, "cell", "cells"))];
    let draws = document.plan.path_groups;
    parts.push(if draws == 1 {
        "the same price paths in all cells".to_owned()
    } else {
        format!("{} sets of price paths", whole(draws))
    });
    if !swept("simulation.seed") {
        parts.push(format!("seed {}", scenario.seed));
    }
    if !swept("venue") {
        parts.push(scenario.venue.clone());
    }
    if !swept("assets") && !swept("correlation") {
        parts.push(scenario.model.join("; "));
    }
    parts.join(" · ")
}
