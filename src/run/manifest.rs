//! What a manifest records of a run.

use std::time::Instant;

use serde_json::{Map, Value, json};

use crate::result::batch_description::BatchDescription;

/// What a manifest holds beside the scenario and the files.
pub(crate) fn manifest(batch: &BatchDescription, threads: usize, started: Instant) -> Value {
    let pairs = |lines: Vec<(String, String)>| -> Value {
        lines.into_iter().map(|(key, value)| (key, Value::from(value))).collect::<Map<_, _>>().into()
    };
    let data = batch.resolved.iter().filter(|(_, value)| value.contains("sha256:")).cloned().collect();
    json!({
        "command": batch.command,
        "overrides": pairs(batch.overrides.clone()),
        "data": pairs(data),
        "seed": batch.seed,
        "cells": batch.cells.len(),
        "threads": threads,
        "operating_system": std::env::consts::OS,
        "processor": std::env::consts::ARCH,
        "wall_time_seconds": started.elapsed().as_secs_f64(),
    })
}
