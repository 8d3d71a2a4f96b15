//! Joint closes and returns: the same bars of every asset, row by row.

use std::collections::BTreeMap;
use std::fmt;

use crate::domain::Span;
use crate::history::price_history::{MIN_RETURNS, PriceHistory};
use crate::history::time::iso;
use crate::paths::ReturnHistory;
use crate::text::format::{counted, whole};

/// What to do about bars that a history lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gaps {
    /// Refuse the history.
    Error,
    /// Carry the last close over them: returns of zero, then the whole move in one bar.
    Fill,
}

/// Log returns of several assets over the bars they have in common.
#[derive(Debug, Clone, PartialEq)]
pub struct JointReturns {
    /// One column an asset, one row a bar: row `r` is the same bar in every column.
    pub history: ReturnHistory,
    /// What was left out and what was filled, for the person to read.
    pub notes: Vec<String>,
}

/// Closes of several assets over the bars they have in common.
#[derive(Debug, Clone, PartialEq)]
pub struct JointCloses {
    /// One column an asset, all of one length: place `b` is the same bar in every column.
    pub columns: Vec<Vec<f64>>,
    /// Open time of the first and the last bar, milliseconds since 1970 (UTC).
    pub range_ms: (i64, i64),
    /// What was left out and what was filled, for the person to read.
    pub notes: Vec<String>,
}

/// What of a scenario a [`JointError`] is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The file of a history.
    History,
    /// The treatment of gaps.
    Gaps,
    /// The mean length of a block.
    Block,
    /// The distance of windows.
    Stride,
    /// The length of a step.
    Step,
}

/// Why histories cannot be resampled together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JointError {
    /// Index of the asset to point at, in column order; 0 where it is about all of them.
    pub asset: usize,
    /// Its setting to point at.
    pub place: Place,
    /// What is wrong, with the dates and the numbers.
    pub what: String,
    /// What to write instead.
    pub help: String,
}

impl fmt::Display for JointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.what, self.help)
    }
}

impl std::error::Error for JointError {}

fn refuse(asset: usize, place: Place, what: String, help: impl Into<String>) -> JointError {
    JointError { asset, place, what, help: help.into() }
}

const SAME_PERIOD: &str = "give files over the same, long period";

/// Bar times from `first` to `last`, both included, `step` apart; milliseconds.
struct Grid {
    first: i64,
    last: i64,
    step: i64,
}

impl Grid {
    fn bars(&self) -> u64 {
        ((self.last - self.first) / self.step) as u64 + 1
    }
}

/// Bars of the grid that a history lacks.
#[derive(Default)]
struct Missing {
    bars: u64,
    largest: u64,
    /// The bar before the largest gap, milliseconds.
    after: i64,
}

/// Joins `assets` (name and history, in column order) on the dates they have in common.
///
/// The bars of every history must be `step_seconds` apart; over the common range each must have
/// every bar, or with [`Gaps::Fill`] at least half of them.
///
/// # Errors
/// A [`JointError`] that names the asset, the dates and the setting to change.
pub fn joint_closes(
    assets: &[(&str, &PriceHistory)],
    step_seconds: u64,
    gaps: Gaps,
) -> Result<JointCloses, JointError> {
    let step = i64::try_from(step_seconds).ok().and_then(|s| s.checked_mul(1_000)).filter(|ms| *ms > 0);
    let step = step.ok_or_else(|| {
        let what = format!("a step of {step_seconds} seconds is too long for a history");
        refuse(0, Place::Step, what, "write step = \"1h\" for hourly bars")
    })?;
    for (index, (name, history)) in assets.iter().enumerate() {
        check_interval(name, history, step)
            .map_err(|(place, what, help)| refuse(index, place, what, help))?;
    }
    let grid = common_grid(assets, step)?;
    let mut notes = Vec::new();
    let mut columns = Vec::with_capacity(assets.len());
    for (index, (name, history)) in assets.iter().enumerate() {
        let closes = align(name, history, &grid, gaps, &mut notes);
        columns.push(closes.map_err(|(place, what, help)| refuse(index, place, what, help))?);
    }
    Ok(JointCloses { columns, range_ms: (grid.first, grid.last), notes })
}

/// Joins `assets` as [`joint_closes`] does and takes `ln(close / previous close)`; `mean_block_steps` is handed through.
///
/// # Errors
/// As of [`joint_closes`]; fewer than 30 returns; blocks that do not fit.
pub fn joint_returns(
    assets: &[(&str, &PriceHistory)],
    step_seconds: u64,
    gaps: Gaps,
    mean_block_steps: f64,
) -> Result<JointReturns, JointError> {
    let JointCloses { columns, range_ms, notes } = joint_closes(assets, step_seconds, gaps)?;
    let rows = columns.first().map_or(0, |closes| closes.len().saturating_sub(1));
    check_rows(range_ms, rows, mean_block_steps)?;
    let returns: Vec<Vec<f64>> = columns.iter().map(|closes| log_returns(closes)).collect();
    let log_returns = (0..rows).flat_map(|row| returns.iter().map(move |column| column[row])).collect();
    let history = ReturnHistory { columns: assets.len(), log_returns, mean_block: mean_block_steps };
    Ok(JointReturns { history, notes })
}

/// Place, fault and remedy, of an asset that the caller knows.
type Fault = (Place, String, String);

/// Refuses a history whose most frequent distance of bars is not the step.
fn check_interval(name: &str, history: &PriceHistory, step: i64) -> Result<(), Fault> {
    let mut counts: BTreeMap<i64, u64> = BTreeMap::new();
    for (earlier, later) in history.times_ms.iter().zip(history.times_ms.iter().skip(1)) {
        *counts.entry(later - earlier).or_default() += 1;
    }
    let found =
        counts.iter().max_by_key(|(distance, count)| (**count, -**distance)).map(|(distance, _)| *distance);
    match found {
        Some(found) if found == step => Ok(()),
        Some(found) => Err((
            Place::Step,
            format!(
                "history of {name}: the bars are {} apart, but the simulation's step is {}",
                span(found),
                span(step)
            ),
            format!("write step = \"{}\", or use a history of {} bars", span(found), span(step)),
        )),
        None => Err((
            Place::History,
            format!("history of {name}: it has fewer than two bars"),
            "use a longer history".to_owned(),
        )),
    }
}

/// From the latest first bar to the earliest last bar.
fn common_grid(assets: &[(&str, &PriceHistory)], step: i64) -> Result<Grid, JointError> {
    let ends =
        |history: &PriceHistory| history.times_ms.first().copied().zip(history.times_ms.last().copied());
    let ranges: Vec<(usize, i64, i64)> = assets
        .iter()
        .enumerate()
        .filter_map(|(index, (_, history))| ends(history).map(|(first, last)| (index, first, last)))
        .collect();
    let latest = ranges.iter().max_by_key(|(_, first, _)| *first);
    let earliest = ranges.iter().min_by_key(|(_, _, last)| *last);
    let (Some((late, first, late_end)), Some((early, early_start, last))) = (latest, earliest) else {
        let what = "no asset has a history".to_owned();
        return Err(refuse(0, Place::History, what, "write history = \"btc.csv\""));
    };
    if first > last {
        let name = |index: &usize| assets.get(*index).map_or("", |(name, _)| *name);
        let what = format!(
            "the histories of {} ({} … {}) and {} ({} … {}) have no dates in common",
            name(early),
            iso(*early_start),
            iso(*last),
            name(late),
            iso(*first),
            iso(*late_end)
        );
        return Err(refuse(*late, Place::History, what, SAME_PERIOD));
    }
    Ok(Grid { first: *first, last: *last, step })
}

/// The closes of one history on every bar of the grid.
fn align(
    name: &str,
    history: &PriceHistory,
    grid: &Grid,
    gaps: Gaps,
    notes: &mut Vec<String>,
) -> Result<Vec<f64>, Fault> {
    let start = history.times_ms.partition_point(|time| *time < grid.first);
    let end = history.times_ms.partition_point(|time| *time <= grid.last);
    let bars = || history.times_ms.iter().zip(&history.closes).skip(start).take(end - start);
    if let Some((time, _)) = bars().find(|(time, _)| (**time - grid.first) % grid.step != 0) {
        let what = format!(
            "history of {name}: the bar of {} is not a whole number of steps ({}) after the first common bar, {}",
            iso(*time),
            span(grid.step),
            iso(grid.first)
        );
        return Err((Place::History, what, "use bars that open at the same times".to_owned()));
    }
    let outside = history.times_ms.len() - (end - start);
    if outside > 0 {
        let (first, last) = (iso(grid.first), iso(grid.last));
        notes.push(format!(
            "history of {name}: {} outside the common range {first} … {last} left out",
            counted(outside as u64, "bar", "bars")
        ));
    }
    let missing = missing_bars(grid, bars().map(|(time, _)| *time));
    if missing.bars > 0 {
        notes.push(handle_gaps(name, grid, gaps, &missing)?);
    }
    let before = start.checked_sub(1).and_then(|index| history.closes.get(index)).copied();
    Ok(carry_forward(grid, before, bars().map(|(time, close)| (*time, *close))))
}

/// Counts what lies between the bars of a history; `times` are on the grid and ascending.
fn missing_bars(grid: &Grid, times: impl Iterator<Item = i64>) -> Missing {
    let mut missing = Missing::default();
    let mut expected = grid.first;
    for time in times.chain([grid.last + grid.step]) {
        let lacking = ((time - expected) / grid.step) as u64;
        missing.bars += lacking;
        if lacking > missing.largest {
            missing.largest = lacking;
            missing.after = expected - grid.step;
        }
        expected = time + grid.step;
    }
    missing
}

/// The note on filled gaps, or the refusal.
fn handle_gaps(name: &str, grid: &Grid, gaps: Gaps, missing: &Missing) -> Result<String, Fault> {
    let Missing { bars, largest, after } = missing;
    let (all, after) = (grid.bars(), iso(*after));
    let found = format!(
        "{} of {} {} missing; the largest gap is {} after {after}",
        whole(*bars),
        counted(all, "bar", "bars"),
        if *bars == 1 { "is" } else { "are" },
        counted(*largest, "bar", "bars")
    );
    match gaps {
        Gaps::Error => Err((
            Place::Gaps,
            format!("history of {name}: {found}"),
            "write gaps = \"fill\" to carry the last close over them, or cut the file to a part without gaps"
                .to_owned(),
        )),
        // Also what bounds the memory: a filled history is at most twice the file.
        Gaps::Fill if *bars > all / 2 => Err((
            Place::History,
            format!("history of {name}: {found}, so that more than half would be filled in"),
            "use a more complete file".to_owned(),
        )),
        Gaps::Fill => Ok(format!(
            "history of {name}: {found}; filled with the last close (returns of zero, then the whole move)"
        )),
    }
}

/// One close a bar of the grid; `before` is the last close ahead of the grid.
fn carry_forward(grid: &Grid, before: Option<f64>, bars: impl Iterator<Item = (i64, f64)>) -> Vec<f64> {
    let mut closes = Vec::with_capacity(grid.bars() as usize);
    let mut expected = grid.first;
    let mut last = before;
    for (time, close) in bars.map(|(time, close)| (time, Some(close))).chain([(grid.last + grid.step, None)])
    {
        let lacking = ((time - expected) / grid.step) as usize;
        closes.extend(last.into_iter().cycle().take(lacking));
        closes.extend(close);
        last = close;
        expected = time + grid.step;
    }
    closes
}

/// Refuses a history too short to draw from, and blocks that do not fit it.
fn check_rows((first, last): (i64, i64), rows: usize, mean_block_steps: f64) -> Result<(), JointError> {
    if rows < MIN_RETURNS {
        let what = format!(
            "the histories have {rows} returns in common ({} … {}); expected at least {MIN_RETURNS}",
            iso(first),
            iso(last)
        );
        return Err(refuse(0, Place::History, what, SAME_PERIOD));
    }
    if !(1.0..=rows as f64).contains(&mean_block_steps) {
        let what = format!("a mean block of {mean_block_steps} steps does not fit the history");
        let help = format!("write a block of at least one step and at most {rows} steps");
        return Err(refuse(0, Place::Block, what, help));
    }
    Ok(())
}

fn log_returns(closes: &[f64]) -> Vec<f64> {
    closes.windows(2).map(|pair| libm::log(pair[1] / pair[0])).collect()
}

/// `1h`, as a scenario writes it; milliseconds where it is no whole second.
fn span(milliseconds: i64) -> String {
    let whole = (milliseconds % 1_000 == 0).then_some((milliseconds / 1_000) as u64);
    match whole.and_then(Span::from_seconds) {
        Some(span) => span.to_string(),
        None => format!("{milliseconds} ms"),
    }
}
