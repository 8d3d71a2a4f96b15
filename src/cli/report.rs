use super::args::ReportOptions;
use super::run::scale;
use super::{output, signal};
use crate::error::Result;
use crate::run;

/// `ringfence report`
pub fn report(options: &ReportOptions) -> Result<()> {
    let finished = run::redraw(&options.folder, scale(options.scale)?, signal::listen())?;
    output::message(&format!("written: {}", finished.folder.display()));
    Ok(())
}
