//! Standard output and standard error, without panics.

use std::io::{ErrorKind, Write};

use crate::error::{Error, Result};

/// Writes to standard output. A reader that has gone away is no error: it has seen enough.
///
/// # Errors
/// [`Error::Failed`] when standard output cannot be written, as on a full device.
pub fn print(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Error::failed(format!("cannot write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}

/// Writes a line to standard error; there is nowhere to report a failure to.
pub fn message(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
