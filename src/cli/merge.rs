use crate::cli::args::MergeOptions;
use crate::cli::run::{scale, tell};
use crate::cli::signal;
use crate::error::Result;
use crate::run;
use crate::run::{Request, simulator};
use crate::simulation::Control;

/// `ringfence merge`
pub fn merge(options: &MergeOptions) -> Result<()> {
    let request = Request {
        out: &options.out,
        charts: !options.no_charts,
        scale: scale(options.scale)?,
        force: options.force,
        resume: false,
        shard: None,
        outcomes: None,
        keep_every: std::time::Duration::MAX,
    };
    let threads = simulator(0)?.threads();
    let control = Control { cancelled: signal::listen(), progress: &|_| {} };
    let finished = run::merge(&options.folders, &request, threads, &control)?;
    tell(&finished, options.json, options.quiet)
}
