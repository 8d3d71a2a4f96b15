//! The crate's one error type: what is wrong, where, and what to write instead, as data. Text is made of it at the
//! command line (`cli::diagnostic`); `Display` gives the same facts on one line.

pub(crate) mod excerpt;
pub(crate) mod invalid;

use std::path::{Path, PathBuf};
use std::{fmt, io};

pub use crate::error::excerpt::Excerpt;
pub use crate::error::invalid::{Invalid, Place};

/// What ended a command, and so its exit status.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// A scenario, file or argument is wrong; found before anything is simulated.
    Input(Invalid),
    /// The operating system refused to read or write a file.
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What was refused, to follow the path: "cannot be written".
        action: &'static str,
        /// Why.
        source: io::Error,
    },
    /// The run failed on the way; the text is complete.
    Failed(String),
    /// Ctrl-C, or [`crate::Options`] cancelled the run.
    Interrupted,
}

/// The result of every fallible stage.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An [`Error::Input`] that is a message alone; [`Invalid`] says more.
    pub fn input(message: impl fmt::Display) -> Self {
        Self::Input(Invalid::new(message))
    }

    /// An [`Error::Failed`] from anything printable.
    pub fn failed(text: impl fmt::Display) -> Self {
        Self::Failed(text.to_string())
    }

    /// An [`Error::Io`], to be given to `map_err`.
    pub(crate) fn io(path: &Path, action: &'static str) -> impl Fn(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::Io { path: path.clone(), action, source }
    }

    /// The error as wrong input, for what is read once and named at several places.
    pub(crate) fn into_invalid(self) -> Invalid {
        match self {
            Self::Input(invalid) => invalid,
            other => Invalid::new(other),
        }
    }

    /// Exit status: 1 failed on the way, 2 wrong input, 130 interrupted.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Failed(_) | Self::Io { .. } => 1,
            Self::Input(_) => 2,
            Self::Interrupted => 130,
        }
    }
}

impl From<Invalid> for Error {
    fn from(invalid: Invalid) -> Self {
        Self::Input(invalid)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Input(invalid) => invalid.fmt(f),
            Self::Io { path, action, source } => write!(f, "{}: {action}: {source}", path.display()),
            Self::Failed(text) => f.write_str(text),
            Self::Interrupted => f.write_str("interrupted"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}
