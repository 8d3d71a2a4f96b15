//! A CSV file read a line at a time: no input fills the memory, every error names its line.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use csv::StringRecord;
use sha2::{Digest, Sha256};

use crate::error::{Error, Invalid, Result};
use crate::text::hex;

const UNPACK: &str = "unpack it first";
const MAX_LINE_BYTES: u64 = 1 << 20;
/// Enough for a file with some blank lines; one of nothing else is refused at once.
const MAX_BLANK_LINES: u64 = 1_000;
/// First bytes of files that are no text: what they are, and what to do.
const FOREIGN_STARTS: [(&[u8], &str, &str); 8] = [
    (b"\x1f\x8b", "the file is compressed (gzip)", UNPACK),
    (b"PK\x03\x04", "the file is compressed (zip)", UNPACK),
    (b"BZh", "the file is compressed (bzip2)", UNPACK),
    (b"\xfd7zXZ", "the file is compressed (xz)", UNPACK),
    (b"\x28\xb5\x2f\xfd", "the file is compressed (zstd)", UNPACK),
    (b"PAR1", "the file is a Parquet file", "convert it to CSV"),
    (b"\xff\xfe", "the file is encoded in UTF-16", "save it as UTF-8"),
    (b"\xfe\xff", "the file is encoded in UTF-16", "save it as UTF-8"),
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
        let invalid = |message: &str| Invalid::new(message).in_file(&name);
        let unreadable = |e: io::Error| invalid(&format!("the file cannot be read: {e}"));
        // Checked before opening: opening a pipe would wait for a writer.
        let metadata = fs::metadata(path).map_err(unreadable)?;
        if metadata.is_dir() {
            return Err(invalid("this is a folder").with_help("name a CSV file").into());
        }
        if !metadata.is_file() {
            return Err(invalid("not a regular file").with_help("name a CSV file").into());
        }
        if metadata.len() == 0 {
            return Err(invalid("the file is empty").into());
        }
        if metadata.len() > max_mib << 20 {
            let message = format!("the file is larger than the limit of {max_mib} MiB");
            return Err(invalid(&message).with_help("shorten it").into());
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
            csv::ErrorKind::Io(e) => match e.downcast::<Invalid>() {
                Ok(invalid) => invalid.into(),
                Err(e) => self.error(&format!("the file cannot be read: {e}")),
            },
            other => self.error(&format!("the file cannot be read: {other:?}")),
        })?;
        Ok(found.then_some(self.reader.get_ref().number))
    }

    /// An error about one line of this file.
    pub(crate) fn error_at(&self, line: u64, invalid: Invalid) -> Error {
        invalid.in_line(&self.name, line).into()
    }

    /// An error about the whole file.
    pub(crate) fn error(&self, message: &str) -> Error {
        Invalid::new(message).in_file(&self.name).into()
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
            limited.read_until(b'\n', &mut self.line)?;
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
                return Err(self.error(problem));
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
        let message = format!("the file has more than {MAX_BLANK_LINES} blank lines");
        Err(self.error(Invalid::new(message).with_help("delete them")))
    }

    /// An error about the last line read, in the only form that a reader can return.
    fn error(&self, invalid: Invalid) -> io::Error {
        io::Error::other(invalid.in_line(&self.name, self.number))
    }

    /// Refuses files that are no text and removes a byte order mark.
    fn check_start(&mut self) -> io::Result<()> {
        let foreign = FOREIGN_STARTS.iter().find(|(start, ..)| self.line.starts_with(start));
        if let Some((_, message, help)) = foreign {
            return Err(io::Error::other(Invalid::new(message).in_file(&self.name).with_help(help)));
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
fn line_problem(line: &[u8]) -> Option<Invalid> {
    let problem = |message: &str, help: &str| Some(Invalid::new(message).with_help(help));
    if line.len() as u64 > MAX_LINE_BYTES {
        return problem("the line is longer than 1 MiB", "name a CSV file with one record a line");
    }
    if line.contains(&0) {
        return problem(
            "the line has NUL bytes, as UTF-16 text and binary files do",
            "save the file as UTF-8",
        );
    }
    if std::str::from_utf8(line).is_err() {
        return problem("not valid UTF-8", "save the file as UTF-8");
    }
    if line.iter().filter(|byte| **byte == b'"').count() % 2 == 1 {
        return problem("a quote is opened but not closed on this line", "close or remove it");
    }
    let content = line.strip_suffix(b"\n").unwrap_or(line);
    let content = content.strip_suffix(b"\r").unwrap_or(content);
    let inside = content.contains(&b'\r');
    inside.then(|| problem("a carriage return inside the line", "end lines with line feeds")).flatten()
}
