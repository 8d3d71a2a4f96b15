//! Jobs that share their paths: a block is drawn once, and every job's accounts are stepped on it.
//!
//! The accounts of many jobs do not fit a processor's caches together. A segment of the paths is drawn and kept, and one job
//! after the other goes through the whole of it, its accounts at hand all the while. Every job takes the very steps that it
//! takes alone.

use std::sync::atomic::{AtomicBool, Ordering};

use super::block::{Accounts, Place, Scratch, Unobserved, end_chunk, extremes, watch_chunk};
use super::dispatch::{VectorWidth, Wide};
use crate::error::{Error, Result};
use crate::paths::{Aligned, BridgeWalk, CHUNK, LANES, Lanes, PathBlock, PathGenerator};
use crate::simulation::engine::Job;

/// Chunks of one asset that a segment keeps at most: 128 KiB, with room beside them in a cache of the second level.
const MOST_CHUNKS: usize = 32;

/// Prices of several chunks.
pub struct Segment {
    assets: usize,
    /// `prices[chunk · assets + asset]`.
    prices: Vec<Aligned<[Lanes; CHUNK]>>,
    /// Each lane's least and greatest price of a chunk, in the same order; those of one chunk at least.
    bounds: Vec<[Lanes; 2]>,
}

impl Segment {
    /// Room for a segment; one job needs none, but for the bounds of a chunk.
    pub fn new(assets: usize, jobs: usize) -> Self {
        let assets = assets.max(1);
        let kept = if jobs > 1 { assets * (MOST_CHUNKS / assets).max(1) } else { 0 };
        Self {
            assets,
            prices: vec![Aligned([[0.0; LANES]; CHUNK]); kept],
            bounds: vec![[[0.0; LANES]; 2]; kept.max(assets)],
        }
    }

    /// Bounds of a chunk that is not kept.
    pub fn bounds_of_one(&mut self) -> &mut [[Lanes; 2]] {
        &mut self.bounds[..self.assets]
    }

    /// Draws the next chunks of a block; returns their steps.
    #[inline(always)]
    fn draw(&mut self, generator: &PathGenerator, paths: &mut PathBlock, left: u64) -> usize {
        let mut drawn = 0;
        let chunks = self.prices.chunks_mut(self.assets).zip(self.bounds.chunks_mut(self.assets));
        for (prices, bounds) in chunks {
            let steps = CHUNK.min((left - drawn as u64) as usize);
            if steps == 0 {
                break;
            }
            generator.advance(paths, steps);
            for (asset, (kept, bounds)) in prices.iter_mut().zip(bounds).enumerate() {
                **kept = *paths.prices(asset);
                extremes(kept, bounds);
            }
            drawn += steps;
        }
        drawn
    }
}

/// Steps the paths `first_path ..` of jobs that share them to the horizon, in every mode of each.
///
/// # Errors
/// [`Error::Interrupted`] if cancelled on the way.
pub fn run_group(
    width: VectorWidth,
    jobs: &[&Job],
    scratch: &mut Scratch,
    first_path: u64,
    cancelled: &AtomicBool,
) -> Result<()> {
    let Some(Job { generator, steps, .. }) = jobs.first() else { return Ok(()) };
    let Scratch { paths, accounts, segment } = scratch;
    generator.restart(paths, first_path);
    for (job, accounts) in jobs.iter().zip(&mut *accounts) {
        accounts.restart(job);
    }
    let mut walk = generator.records_bridges().then(|| BridgeWalk::new(generator));
    let mut done = 0;
    while done < *steps {
        if cancelled.load(Ordering::Relaxed) {
            return Err(Error::Interrupted);
        }
        let left = steps - done;
        let drawn = match &walk {
            None => width.dispatch(Draw { segment, generator, paths, left }),
            Some(_) => width.dispatch(Advance { generator, paths, left }),
        };
        let place = Place { first_path, done, steps: drawn };
        for (job, accounts) in jobs.iter().zip(&mut *accounts) {
            match (&mut walk, job.is_managed()) {
                (None, false) => width.dispatch(Walk::<false> { job, place, segment, accounts }),
                (None, true) => width.dispatch(Walk::<true> { job, place, segment, accounts }),
                (Some(walk), false) => width.dispatch(Watch::<false> { job, place, paths, walk, accounts }),
                (Some(walk), true) => width.dispatch(Watch::<true> { job, place, paths, walk, accounts }),
            }
        }
        done += drawn as u64;
    }
    Ok(())
}

/// Draws a segment.
struct Draw<'a> {
    segment: &'a mut Segment,
    generator: &'a PathGenerator,
    paths: &'a mut PathBlock,
    left: u64,
}

impl Wide for Draw<'_> {
    type Output = usize;

    #[inline(always)]
    fn done(self) -> usize {
        self.segment.draw(self.generator, self.paths, self.left)
    }
}

/// Draws one chunk, whose steps can be looked inside as long as it is the last.
struct Advance<'a> {
    generator: &'a PathGenerator,
    paths: &'a mut PathBlock,
    left: u64,
}

impl Wide for Advance<'_> {
    type Output = usize;

    #[inline(always)]
    fn done(self) -> usize {
        let steps = CHUNK.min(self.left as usize);
        self.generator.advance(self.paths, steps);
        steps
    }
}

/// Moves one job through a segment.
struct Walk<'a, const MANAGED: bool> {
    job: &'a Job,
    place: Place,
    segment: &'a Segment,
    accounts: &'a mut Accounts,
}

impl<const MANAGED: bool> Wide for Walk<'_, MANAGED> {
    type Output = ();

    #[inline(always)]
    fn done(self) {
        let Self { job, place, segment, accounts } = self;
        let chunks = segment.prices.chunks(segment.assets).zip(segment.bounds.chunks(segment.assets));
        for (at, (prices, bounds)) in chunks.take(place.steps.div_ceil(CHUNK)).enumerate() {
            let before = at * CHUNK;
            let steps = CHUNK.min(place.steps - before);
            let place = Place { done: place.done + before as u64, steps, ..place };
            let rows = |asset: usize| &*prices[asset];
            end_chunk::<_, MANAGED>(job, place, rows, bounds, accounts, &mut Unobserved);
        }
    }
}

/// Moves one job through one chunk, looking inside its steps.
struct Watch<'a, 'b, const MANAGED: bool> {
    job: &'a Job,
    place: Place,
    paths: &'a PathBlock,
    walk: &'a mut BridgeWalk<'b>,
    accounts: &'a mut Accounts,
}

impl<const MANAGED: bool> Wide for Watch<'_, '_, MANAGED> {
    type Output = ();

    #[inline(always)]
    fn done(self) {
        let Self { job, place, paths, walk, accounts } = self;
        watch_chunk::<_, MANAGED>(job, place, paths, walk, accounts, &mut Unobserved);
    }
}
