//! How a simulation is carried out. No option changes a number of the result.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::error::Result;
use crate::simulation::{Simulator, VectorWidth, WidthLimit};

/// Threads, progress and cancellation of a simulation. The default uses every core and reports nothing.
#[derive(Clone, Default)]
pub struct Options {
    /// Number of threads; 0 uses one per core.
    pub threads: usize,
    /// Called from any thread with the number of paths completed since the last call; in a sweep a path counts once
    /// for each cell.
    pub progress: Option<Arc<dyn Fn(u64) + Send + Sync>>,
    /// Set to `true` to stop; the simulation then returns [`Error::Interrupted`](crate::error::Error::Interrupted).
    pub cancelled: Arc<AtomicBool>,
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options").field("threads", &self.threads).finish_non_exhaustive()
    }
}

impl Options {
    /// Passes progress on to the caller.
    pub(crate) fn report(&self, paths: u64) {
        if let Some(progress) = &self.progress {
            progress(paths);
        }
    }

    /// The simulator with these threads; the environment variable `RINGFENCE_VECTOR` limits its vector width.
    ///
    /// # Errors
    /// [`Error::Input`](crate::error::Error::Input) for an unknown vector width; [`Error::Failed`](crate::error::Error::Failed) when no threads can be started.
    pub(crate) fn simulator(&self) -> Result<Simulator> {
        let limit = match std::env::var_os("RINGFENCE_VECTOR") {
            None => WidthLimit::Avx512,
            Some(text) => text.to_string_lossy().parse()?,
        };
        Simulator::new(self.threads, VectorWidth::detect(limit))
    }
}
