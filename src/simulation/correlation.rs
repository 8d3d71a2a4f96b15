//! How step returns are correlated on the first paths of a run: what the drivers' correlation has become of.

use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use crate::error::{Error, Result};
use crate::paths::{CHUNK, LANES, PathBlock};
use crate::simulation::engine::Job;
use crate::simulation::outcome::Correlation;

/// Paths looked at, at most.
const MOST_PATHS: u64 = 4_096;
/// Steps of an asset looked at over all paths, at most.
const MOST_ASSET_STEPS: u64 = 20_000_000;
/// Products of two assets' returns over all paths, at most.
const MOST_PRODUCTS: u64 = 200_000_000;
/// Paths that are left out together for the standard error, where there are many and where there are few: pairs of
/// antithetic paths stay together.
const GROUP: usize = 8;
const SMALL_GROUP: usize = 2;
/// Paths from which on groups are the larger ones: there are then 64 of them.
const MANY_PATHS: u64 = 512;

/// Sums over one group of paths, or all: of returns, and of products of two.
#[derive(Debug, Clone)]
struct Sums {
    count: f64,
    returns: Vec<f64>,
    /// Row by row from the diagonal on.
    products: Vec<f64>,
}

impl Sums {
    fn new(assets: usize) -> Self {
        Self { count: 0.0, returns: vec![0.0; assets], products: vec![0.0; assets * (assets + 1) / 2] }
    }

    /// Adds one step's return of each asset.
    fn add(&mut self, row: &[f64]) {
        self.count += 1.0;
        let mut products = self.products.iter_mut();
        for (a, first) in row.iter().enumerate() {
            self.returns[a] += first;
            // The row first: a zip takes from its first side before it sees that the second has ended.
            for (second, sum) in row[a..].iter().zip(products.by_ref()) {
                *sum += first * second;
            }
        }
    }

    /// Adds `sign` times `other`.
    fn accumulate(&mut self, other: &Self, sign: f64) {
        self.count += sign * other.count;
        let of =
            |ours: &mut [f64], theirs: &[f64]| ours.iter_mut().zip(theirs).for_each(|(a, b)| *a += sign * b);
        of(&mut self.returns, &other.returns);
        of(&mut self.products, &other.products);
    }

    /// Pearson's correlation of two assets, `a <= b`.
    fn correlation(&self, a: usize, b: usize) -> Option<f64> {
        let assets = self.returns.len();
        let product = |a: usize, b: usize| {
            let mean = self.returns[a] / self.count * self.returns[b];
            let sum = self.products[a * assets - a * (a + 1) / 2 + b];
            // What is left of equal numbers is rounding.
            if (sum - mean).abs() <= 1e-12 * sum.abs() { 0.0 } else { sum - mean }
        };
        let variances = product(a, a) * product(b, b);
        let realised = product(a, b) / variances.sqrt();
        (variances > 0.0 && realised.is_finite()).then(|| realised.clamp(-1.0, 1.0))
    }
}

/// Every two assets. Groups are summed in the order of their paths, whatever the threads.
pub fn correlations(job: &Job, cancelled: &AtomicBool) -> Result<Vec<Correlation>> {
    let assets = job.generator.assets();
    if assets < 2 {
        return Ok(Vec::new());
    }
    let paths = MOST_PATHS.min(job.paths);
    let each = assets as u64;
    let affordable =
        (MOST_ASSET_STEPS / (paths * each)).min(MOST_PRODUCTS / (paths * each * each.div_ceil(2)));
    let steps = affordable.clamp(1, job.steps);
    let group = if paths < MANY_PATHS { SMALL_GROUP } else { GROUP };
    let blocks: Vec<Vec<Sums>> = (0..paths.div_ceil(LANES as u64))
        .into_par_iter()
        .map(|block| {
            let first = block * LANES as u64;
            let lanes = (paths - first).min(LANES as u64) as usize;
            of_block(job, (first, lanes, group), steps, cancelled)
        })
        .collect::<Result<_>>()?;
    let groups: Vec<Sums> = blocks.into_iter().flatten().collect();
    let mut whole = Sums::new(assets);
    groups.iter().for_each(|group| whole.accumulate(group, 1.0));
    let without: Vec<Sums> = groups
        .iter()
        .map(|group| {
            let mut rest = whole.clone();
            rest.accumulate(group, -1.0);
            rest
        })
        .collect();
    let pairs = (0..assets).flat_map(|a| (a + 1..assets).map(move |b| (a, b)));
    Ok(pairs
        .map(|(a, b)| Correlation {
            a,
            b,
            realised: whole.correlation(a, b),
            std_error: jackknife(without.iter().map(|rest| rest.correlation(a, b))),
            groups: groups.len() as u64,
            paths,
            steps,
        })
        .collect())
}

/// Standard error from the estimates that leave one group out: `√[(g − 1)/g · Σ(estimate − mean)²]`. `None` with fewer
/// than two groups, or where an estimate is undefined.
fn jackknife(estimates: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    let estimates: Vec<f64> = estimates.collect::<Option<_>>()?;
    let groups = estimates.len() as f64;
    let mean = estimates.iter().sum::<f64>() / groups;
    let squares: f64 = estimates.iter().map(|e| (e - mean) * (e - mean)).sum();
    (estimates.len() > 1).then(|| ((groups - 1.0) / groups * squares).sqrt())
}

/// Sums of each group of `group` of one block's first `lanes` paths.
fn of_block(
    job: &Job,
    (first, lanes, group): (u64, usize, usize),
    steps: u64,
    cancelled: &AtomicBool,
) -> Result<Vec<Sums>> {
    let assets = job.generator.assets();
    let mut groups = vec![Sums::new(assets); lanes.div_ceil(group)];
    let mut block = job.generator.begin(first);
    let mut before = vec![[0.0; LANES]; assets];
    for (asset, row) in before.iter_mut().enumerate() {
        *row = [job.generator.opening_price(asset); LANES];
    }
    let mut row = vec![0.0; assets];
    let mut done = 0;
    while done < steps {
        if cancelled.load(Ordering::Relaxed) {
            return Err(Error::Interrupted);
        }
        let chunk = CHUNK.min((steps - done) as usize);
        job.generator.advance(&mut block, chunk);
        for index in 0..chunk {
            for lane in 0..lanes {
                returns(&block, &mut before, index, lane, &mut row);
                groups[lane / group].add(&row);
            }
        }
        done += chunk as u64;
    }
    Ok(groups)
}

/// The log returns of one lane's step.
fn returns(block: &PathBlock, before: &mut [[f64; LANES]], index: usize, lane: usize, row: &mut [f64]) {
    for (asset, (cell, before)) in row.iter_mut().zip(before).enumerate() {
        let price = block.price(asset, index)[lane];
        *cell = libm::log(price / before[lane]);
        before[lane] = price;
    }
}
