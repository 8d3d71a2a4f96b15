//! The program's one error type. Its text says what is wrong and what to write instead.

use std::fmt;

/// What ended a command, and so its exit status.
#[derive(Debug)]
pub enum Error {
    /// Arguments, input or output folder were wrong; found before anything was simulated.
    /// The text is complete: file, line, key, remedy.
    Input(String),
    /// The run failed on the way: a full disk, a closed output.
    Failed(String),
    /// Ctrl-C.
    Interrupted,
}

/// The result of every fallible stage.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An [`Error::Input`] from anything printable.
    pub fn input(text: impl fmt::Display) -> Self {
        Self::Input(text.to_string())
    }

    /// An [`Error::Failed`] from anything printable.
    pub fn failed(text: impl fmt::Display) -> Self {
        Self::Failed(text.to_string())
    }

    /// Exit status: 1 failed on the way, 2 wrong input, 130 interrupted.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Failed(_) => 1,
            Self::Input(_) => 2,
            Self::Interrupted => 130,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Input(text) | Self::Failed(text) => f.write_str(text),
            Self::Interrupted => f.write_str("interrupted"),
        }
    }
}

impl std::error::Error for Error {}
