use crate::cli::args::ReportOptions;
use crate::cli::run::scale;
use crate::cli::{output, signal};
use crate::error::Result;
use crate::run;

/// `ringfence report`
pub fn report(options: &ReportOptions) -> Result<()> {
    let finished = run::redraw(&options.folder, scale(options.scale)?, signal::listen())?;
    output::message(&format!("written: {}", finished.folder.display()));
    Ok(())
}
