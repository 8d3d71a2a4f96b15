//! Rows of times and values in the order in which they are read, until they are known to be in the order of time.

use std::cmp::Ordering;
use std::fmt::Display;

use crate::error::Invalid;
use crate::history::csv_file::shown;
use crate::history::time::{TIME_REMEDY, TimeFormat, iso, parse_time};

/// Times and values, such as the closes of bars, checked for one format of time, one direction and no contradictions.
pub(crate) struct Bars<V> {
    /// What messages call a row, and its value.
    pub(crate) row: &'static str,
    value: &'static str,
    pub(crate) times_ms: Vec<i64>,
    pub(crate) values: Vec<V>,
    /// Rows left out because they repeat the row before them.
    pub(crate) duplicates: u64,
    format: Option<TimeFormat>,
    direction: Option<Ordering>,
    last_line: u64,
}

impl<V: Copy + PartialEq + Display> Bars<V> {
    /// Nothing read yet; `row` and `value` are what messages call them.
    pub(crate) fn new(row: &'static str, value: &'static str) -> Self {
        Self {
            row,
            value,
            times_ms: Vec::new(),
            values: Vec::new(),
            duplicates: 0,
            format: None,
            direction: None,
            last_line: 0,
        }
    }

    /// Adds the row that stands on `line`.
    ///
    /// # Errors
    /// A time that cannot be read, is written in another way than those before, breaks the order,
    /// or repeats the time before with another value.
    pub(crate) fn push(&mut self, line: u64, time: &str, value: V) -> Result<(), Invalid> {
        let time_ms = self.time(time)?;
        let previous = self.times_ms.last().copied().zip(self.values.last().copied());
        if let Some((previous_ms, before)) = previous {
            let step = time_ms.cmp(&previous_ms);
            if step == Ordering::Equal {
                return self.repeat(line, time, value, before);
            }
            if *self.direction.get_or_insert(step) != step {
                return Err(self.disorder(time_ms, previous_ms));
            }
        }
        self.times_ms.push(time_ms);
        self.values.push(value);
        self.last_line = line;
        Ok(())
    }

    /// Rounds every time down to a whole number of `unit_ms`, and drops rows that then repeat the row before them.
    ///
    /// # Errors
    /// Two values within one unit.
    pub(crate) fn round_times(&mut self, unit_ms: i64) -> Result<(), Invalid> {
        let rows = self.times_ms.drain(..).zip(self.values.drain(..)).collect::<Vec<_>>();
        for (time_ms, value) in rows {
            let time_ms = time_ms - time_ms.rem_euclid(unit_ms);
            match self.times_ms.last().zip(self.values.last()) {
                Some((last, before)) if *last == time_ms && *before == value => self.duplicates += 1,
                Some((last, before)) if *last == time_ms => {
                    let message = format!(
                        "two rows of the time {} have the {}s {before} and {value}",
                        iso(time_ms),
                        self.value
                    );
                    return Err(Invalid::new(message).with_help("delete one of the rows"));
                }
                _ => {
                    self.times_ms.push(time_ms);
                    self.values.push(value);
                }
            }
        }
        Ok(())
    }

    /// Puts the oldest row first; tells whether the file had it last.
    pub(crate) fn sort_ascending(&mut self) -> bool {
        let newest_first = self.direction == Some(Ordering::Less);
        if newest_first {
            self.times_ms.reverse();
            self.values.reverse();
        }
        newest_first
    }

    fn time(&mut self, text: &str) -> Result<i64, Invalid> {
        let (time_ms, format) = parse_time(text)
            .ok_or_else(|| Invalid::new(format!("invalid time {}", shown(text))).with_help(TIME_REMEDY))?;
        let first = *self.format.get_or_insert(format);
        if first == format {
            return Ok(time_ms);
        }
        let message = format!(
            "the time {} is in {}, but those above are in {}",
            shown(text),
            format.name(),
            first.name()
        );
        Err(Invalid::new(message).with_help(
            "write one unit in the whole file (Binance's spot files changed from milliseconds to microseconds on \
             2025-01-01)",
        ))
    }

    fn repeat(&mut self, line: u64, time: &str, value: V, previous: V) -> Result<(), Invalid> {
        if value != previous {
            let message = format!(
                "duplicate time {}: line {} has the {} {previous} and this line {value}",
                shown(time),
                self.last_line,
                self.value
            );
            return Err(Invalid::new(message).with_help("delete one of the rows"));
        }
        self.duplicates += 1;
        self.last_line = line;
        Ok(())
    }

    fn disorder(&self, time_ms: i64, previous_ms: i64) -> Invalid {
        let order = if self.direction == Some(Ordering::Less) { "newest first" } else { "oldest first" };
        let message = format!(
            "the {} of {} follows that of {} (line {}), but the rows above are {order}",
            self.row,
            iso(time_ms),
            iso(previous_ms),
            self.last_line
        );
        Invalid::new(message).with_help("sort the file by time")
    }
}
