//! A CSV file read a line at a time: no input fills the memory, every complaint knows its line.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use csv::StringRecord;
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};
use crate::text::hex;

const MAX_LINE_BYTES: u64 = 1 << 20;
/// Enough for a file with a blank line here and there; a file of nothing else is told so at once.
const MAX_BLANK_LINES: u64 = 1_000;
/// First bytes of files that are no text, and what to do about them.
const FOREIGN_STARTS: [(&[u8], &str); 8] = [
    (b"\x1f\x8b", "is compressed (gzip): unpack it first"),
    (b"PK\x03\x04", "is compressed (zip): unpack it first"),
    (b"BZh", "is compressed (bzip2): unpack it first"),
    (b"\xfd7zXZ", "is compressed (xz): unpack it first"),
    (b"\x28\xb5\x2f\xfd", "is compressed (zstd): unpack it first"),
    (b"PAR1", "is a Parquet file: write it as CSV"),
    (b"\xff\xfe", "is UTF-16 text: save it as UTF-8"),
    (b"\xfe\xff", "is UTF-16 text: save it as UTF-8"),
];

/// An open CSV file: comma-separated records, one a line, blank lines skipped. Fields come with the blanks around
/// them: to trim here would allocate a second record for every line.
pub(crate) struct CsvFile {
    name: String,
    reader: csv::Reader<Lines>,
}

impl CsvFile {
    /// Opens a regular file of at most `max_mib` MiB; lines that begin with `comment` are skipped.
    ///
    /// # Errors
    /// Missing, unreadable, empty, too large, a folder, a device.
    pub(crate) fn open(path: &Path, shown_name: &str, max_mib: u64, comment: Option<u8>) -> Result<Self> {
        let name = shown_name.to_owned();
        let unreadable = |e: io::Error| Error::input(format!("{name}: cannot be read: {e}"));
        // Asked before opening: opening a pipe would wait for a writer.
        let metadata = fs::metadata(path).map_err(unreadable)?;
        if metadata.is_dir() {
            return Err(Error::input(format!("{name}: is a folder: name a CSV file")));
        }
        if !metadata.is_file() {
            return Err(Error::input(format!("{name}: is not a regular file: name a CSV file")));
        }
        if metadata.len() == 0 {
            return Err(Error::input(format!("{name}: the file is empty")));
        }
        if metadata.len() > max_mib << 20 {
            return Err(Error::input(format!("{name}: the file is larger than {max_mib} MiB: shorten it")));
        }
        let file = File::open(path).map_err(unreadable)?;
        let lines = Lines {
            name: name.clone(),
            file: BufReader::new(file),
            comment,
            hash: Sha256::new(),
            number: 0,
            blank: 0,
            is_whole: true,
            line: Vec::new(),
            given: 0,
        };
        let reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(lines);
        Ok(Self { name, reader })
    }

    /// Reads the next record and gives the number of its line, or `None` at the end of the file.
    ///
    /// # Errors
    /// A line that is not text, too long, or leaves a quote open.
    pub(crate) fn read(&mut self, record: &mut StringRecord) -> Result<Option<u64>> {
        let found = self.reader.read_record(record).map_err(|error| match error.into_kind() {
            csv::ErrorKind::Io(e) => Error::input(e),
            other => Error::input(format!("{}: cannot be read: {other:?}", self.name)),
        })?;
        Ok(found.then_some(self.reader.get_ref().number))
    }

    /// An error about one line of this file.
    pub(crate) fn error_at(&self, line: u64, text: impl std::fmt::Display) -> Error {
        Error::input(format!("{}, line {line}: {text}", self.name))
    }

    /// An error about the whole file.
    pub(crate) fn error(&self, text: impl std::fmt::Display) -> Error {
        Error::input(format!("{}: {text}", self.name))
    }

    /// Whether the last line read ended in a line break.
    pub(crate) fn ends_in_line_break(&self) -> bool {
        self.reader.get_ref().is_whole
    }

    /// SHA-256 of the bytes read so far, in hex: of the file once [`Self::read`] gave `None`.
    pub(crate) fn sha256(self) -> String {
        hex(&self.reader.into_inner().hash.finalize())
    }
}

/// A value from a file as a message shows it: control characters escaped, long values cut.
pub(crate) fn shown(value: &str) -> String {
    const LONGEST: usize = 40;
    let start: String = value.chars().take(LONGEST).collect();
    let more = if value.chars().nth(LONGEST).is_some() { "…" } else { "" };
    format!("`{}{more}`", start.escape_debug())
}

/// Hands out one checked line at a time, so that after each record `number` is the line it stood on.
struct Lines {
    name: String,
    file: BufReader<File>,
    comment: Option<u8>,
    hash: Sha256,
    number: u64,
    blank: u64,
    is_whole: bool,
    line: Vec<u8>,
    given: usize,
}

impl Lines {
    /// Loads the next line that holds anything; leaves `line` empty at the end of the file.
    fn advance(&mut self) -> io::Result<()> {
        loop {
            self.line.clear();
            self.given = 0;
            let mut limited = self.file.by_ref().take(MAX_LINE_BYTES + 1);
            limited
                .read_until(b'\n', &mut self.line)
                .map_err(|e| io::Error::new(e.kind(), format!("{}: cannot be read: {e}", self.name)))?;
            if self.line.is_empty() {
                return Ok(());
            }
            self.number += 1;
            self.hash.update(&self.line);
            self.is_whole = self.line.ends_with(b"\n");
            if self.number == 1 {
                self.check_start()?;
            }
            if let Some(problem) = line_problem(&self.line) {
                return Err(io::Error::other(format!("{}, line {}: {problem}", self.name, self.number)));
            }
            match self.line.trim_ascii_start().first().copied() {
                None => self.count_blank()?,
                first if first == self.comment => {}
                _ => break,
            }
        }
        if self.line.ends_with(b"\r\n") {
            self.line.truncate(self.line.len() - 2);
            self.line.push(b'\n');
        }
        Ok(())
    }

    fn count_blank(&mut self) -> io::Result<()> {
        self.blank += 1;
        if self.blank <= MAX_BLANK_LINES {
            return Ok(());
        }
        Err(io::Error::other(format!(
            "{}, line {}: more than {MAX_BLANK_LINES} blank lines: delete them",
            self.name, self.number
        )))
    }

    /// Refuses files that are no text and removes a byte order mark.
    fn check_start(&mut self) -> io::Result<()> {
        if let Some((_, what)) = FOREIGN_STARTS.iter().find(|(start, _)| self.line.starts_with(start)) {
            return Err(io::Error::other(format!("{}: {what}", self.name)));
        }
        if self.line.starts_with(b"\xef\xbb\xbf") {
            self.line.drain(..3);
        }
        Ok(())
    }
}

impl Read for Lines {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given == self.line.len() {
            self.advance()?;
        }
        let mut rest = self.line.get(self.given..).unwrap_or_default();
        let count = rest.read(buffer)?;
        self.given += count;
        Ok(count)
    }
}

/// What keeps a line, its line break included, from being read as a record.
fn line_problem(line: &[u8]) -> Option<&'static str> {
    if line.len() as u64 > MAX_LINE_BYTES {
        return Some("the line is longer than 1 MiB: is this a CSV file?");
    }
    if line.contains(&0) {
        return Some("the line holds NUL bytes (UTF-16 text, or no text at all): save it as UTF-8");
    }
    if std::str::from_utf8(line).is_err() {
        return Some("the line is not UTF-8: save the file as UTF-8");
    }
    if line.iter().filter(|byte| **byte == b'"').count() % 2 == 1 {
        return Some("a quote is opened and not closed on this line: remove or close it");
    }
    let content = line.strip_suffix(b"\n").unwrap_or(line);
    let content = content.strip_suffix(b"\r").unwrap_or(content);
    content.contains(&b'\r').then_some("a carriage return stands inside the line: end lines with line feeds")
}
