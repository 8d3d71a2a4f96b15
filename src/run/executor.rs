//! What simulates, and what is watched while it does.

use std::ops::Range;
use std::time::Duration;

use crate::run::cell_store::Store;
use crate::simulation::{Control, Job, Simulator, Stopped, Totals};

/// The simulator of a run, and how it is watched.
pub struct Machine<'a> {
    /// Threads and vector width.
    pub simulator: &'a Simulator,
    /// Progress and interruption.
    pub control: &'a Control<'a>,
    /// How often work at hand is kept.
    pub keep_every: Duration,
}

impl Machine<'_> {
    /// Tells of paths that need not be run.
    pub fn skip(&self, paths: u64) {
        (self.control.progress)(paths);
    }

    /// Steps blocks of the jobs, which share their price paths, and adds them to the totals.
    pub fn extend(
        &self,
        jobs: &[&Job],
        blocks: Range<u64>,
        totals: &mut [Totals],
        store: &mut Store<'_>,
    ) -> Result<(), Stopped> {
        match store.outcomes() {
            Some(sink) => self.simulator.extend_with_outcomes(jobs, blocks, totals, sink, self.control),
            None => self.simulator.extend(jobs, blocks, totals, self.control),
        }
    }
}
