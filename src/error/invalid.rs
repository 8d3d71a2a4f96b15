//! Input that is wrong: its place, key and value, what was expected, and what to write instead.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::error::excerpt::Excerpt;

/// Where wrong input was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A file or folder as a whole.
    File(PathBuf),
    /// A line of a file, counted from 1.
    Line(PathBuf, u64),
    /// A stretch of a text of the scenario.
    Excerpt(Excerpt),
}

/// Wrong input. The message has the form of rustc: lower case, the offending value in backticks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid(Box<Details>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Details {
    place: Option<Place>,
    key: Option<String>,
    value: Option<String>,
    message: String,
    expected: Option<String>,
    note: Option<String>,
    help: Option<String>,
}

impl Invalid {
    /// An error with a message alone.
    pub fn new(message: impl fmt::Display) -> Self {
        Self(Box::new(Details {
            place: None,
            key: None,
            value: None,
            message: message.to_string(),
            expected: None,
            note: None,
            help: None,
        }))
    }

    /// Sets the file or folder that is wrong.
    #[must_use]
    pub fn in_file(mut self, path: impl AsRef<Path>) -> Self {
        self.0.place = Some(Place::File(path.as_ref().to_owned()));
        self
    }

    /// Sets the line of a file, counted from 1.
    #[must_use]
    pub fn in_line(mut self, path: impl AsRef<Path>, line: u64) -> Self {
        self.0.place = Some(Place::Line(path.as_ref().to_owned(), line));
        self
    }

    /// Sets the place in a text of the scenario.
    #[must_use]
    pub fn in_excerpt(mut self, excerpt: Excerpt) -> Self {
        self.0.place = Some(Place::Excerpt(excerpt));
        self
    }

    /// Sets the dotted key, as `--set` would name it.
    #[must_use]
    pub fn of_key(mut self, key: impl fmt::Display) -> Self {
        self.0.key = Some(key.to_string());
        self
    }

    /// Sets the value as written.
    #[must_use]
    pub fn with_value(mut self, value: impl fmt::Display) -> Self {
        self.0.value = Some(value.to_string());
        self
    }

    /// Sets what is allowed, to follow the word "expected".
    #[must_use]
    pub fn expected(mut self, expected: impl fmt::Display) -> Self {
        self.0.expected = Some(expected.to_string());
        self
    }

    /// Adds a remark on the circumstances.
    #[must_use]
    pub fn with_note(mut self, note: impl fmt::Display) -> Self {
        self.0.note = Some(match self.0.note {
            Some(earlier) => format!("{earlier}; {note}"),
            None => note.to_string(),
        });
        self
    }

    /// Sets what to write or do instead.
    #[must_use]
    pub fn with_help(mut self, help: impl fmt::Display) -> Self {
        self.0.help = Some(help.to_string());
        self
    }

    /// Puts a text before the message: the cell of a sweep, the market of a preset.
    #[must_use]
    pub(crate) fn with_prefix(mut self, prefix: impl fmt::Display) -> Self {
        self.0.message = format!("{prefix}: {}", self.0.message);
        self
    }

    /// Where the input was found.
    pub fn place(&self) -> Option<&Place> {
        self.0.place.as_ref()
    }

    /// The dotted key, as `--set` would name it.
    pub fn key(&self) -> Option<&str> {
        self.0.key.as_deref()
    }

    /// The value as written.
    pub fn value(&self) -> Option<&str> {
        self.0.value.as_deref()
    }

    /// What is wrong.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What is allowed.
    pub fn expectation(&self) -> Option<&str> {
        self.0.expected.as_deref()
    }

    /// The circumstances, such as the cell of a sweep.
    pub fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// What to write or do instead.
    pub fn help(&self) -> Option<&str> {
        self.0.help.as_deref()
    }

    /// The message and what was expected: the first line of a diagnostic, without the place.
    pub fn title(&self) -> String {
        match &self.0.expected {
            Some(expected) => format!("{}; expected {expected}", self.0.message),
            None => self.0.message.clone(),
        }
    }
}

impl std::error::Error for Invalid {}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Line(path, line) => write!(f, "{}:{line}", path.display()),
            Self::Excerpt(excerpt) => {
                let (line, column) = excerpt.line_and_column();
                write!(f, "{}:{line}:{column}", excerpt.name)
            }
        }
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.0.place {
            write!(f, "{place}: ")?;
        }
        f.write_str(&self.title())?;
        if let Some(note) = &self.0.note {
            write!(f, "; {note}")?;
        }
        if let Some(help) = &self.0.help {
            write!(f, "; help: {help}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_has_all_that_is_known() {
        let error = Invalid::new("unknown model kind `gbn`")
            .in_line("a.toml", 3)
            .of_key("assets.BTC.model.kind")
            .with_value("gbn")
            .expected("one of: gbm, merton")
            .with_help("did you mean `gbm`?");
        let text =
            "a.toml:3: unknown model kind `gbn`; expected one of: gbm, merton; help: did you mean `gbm`?";
        assert_eq!(error.to_string(), text);
        assert_eq!((error.key(), error.value()), (Some("assets.BTC.model.kind"), Some("gbn")));
    }
}
