//! W1's account on every law, beside gbm's time in the same run.

use std::sync::Arc;

use ringfence::domain::Side;
use ringfence::paths::PathGenerator;
use ringfence::simulation::{Job, Simulator};

use super::ROUNDS;
use crate::clock::{run, seconds};
use crate::digest::Digest;
use crate::laws;
use crate::workloads::{STEPS, on, w1, w2_job};

/// A line a law.
pub fn print(one: &Simulator) {
    let of_law = |(name, market): (&'static str, _)| Some((name, on(&market, 50, &[Side::Long])?));
    let mut rows: Vec<(&str, Job)> = laws::all().into_iter().filter_map(of_law).collect();
    for (name, job) in [("gbm, continuous", w1(STEPS)), ("four gbm (W2), continuous", w2_job())] {
        rows.extend(job.map(|job| {
            (
                name,
                Job { generator: Arc::new(PathGenerator::clone(&job.generator).recording_bridges()), ..job },
            )
        }));
    }
    let mut outcomes = Vec::new();
    let mut fastest = vec![f64::INFINITY; rows.len()];
    for _ in 0..ROUNDS {
        outcomes.clear();
        for ((_, job), least) in rows.iter().zip(&mut fastest) {
            *least = least.min(seconds(|| outcomes.push(run(one, job))));
        }
    }
    for (((name, job), time), outcome) in rows.iter().zip(&fastest).zip(&outcomes) {
        let steps = (job.paths * job.steps * job.generator.assets() as u64) as f64;
        println!(
            "{name:26} {:5.0} million asset-steps/s, {:4.1} times gbm's time for each; digest: {}",
            steps / time / 1e6,
            time / fastest[0] * (job.paths * job.steps) as f64 / steps,
            Digest::of(outcome)
        );
    }
}
