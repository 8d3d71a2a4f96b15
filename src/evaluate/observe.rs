//! What is measured beside a run, on its first paths: the audit, correlations, discretisation bias, sample paths.

use std::sync::atomic::AtomicBool;

use crate::error::Result;
use crate::simulation::{Job, Simulator};
use crate::store::saved_totals::Observed;

/// Audits a job, and for a single run measures what its report shows beside the totals. The `cells` of a sweep share the
/// effort of the audit, and have neither charts nor what these need.
///
/// # Errors
/// As the simulator's observers.
pub fn observe(
    simulator: &Simulator,
    job: &Job,
    cells: u64,
    is_sweep: bool,
    cancelled: &AtomicBool,
) -> Result<Observed> {
    let audit = simulator.audit(job, cells, cancelled)?;
    if is_sweep {
        return Ok(Observed { audit, correlations: Vec::new(), step_bias: None, sample: None });
    }
    Ok(Observed {
        audit,
        correlations: simulator.correlations(job, cancelled)?,
        step_bias: simulator.step_bias(job, cancelled)?,
        sample: Some(simulator.sample(job, cancelled)?),
    })
}
