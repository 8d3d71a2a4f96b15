//! The block loop compiled for several vector widths, the widest chosen at run time.
//!
//! This is the one file with `unsafe`. The argument: the two functions below are compiled for
//! processor features, and calling them is sound exactly where the processor has those features.
//! A [`VectorWidth`] above `Baseline` is only ever made after the processor was asked for them.
//! All arithmetic is IEEE-exact and never contracted, so every width gives the same bits.
#![allow(unsafe_code)]

use std::str::FromStr;
use std::sync::atomic::AtomicBool;

use super::block::{Observer, Scratch, run_block};
use super::results::ModeResults;
use super::totals::{NotFinite, Totals};
use crate::error::{Invalid, Result};
use crate::margin::BookState;
use crate::simulation::engine::Job;

/// The widest vectors a person allows, for testing that bits do not change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum WidthLimit {
    /// The target's baseline.
    Scalar,
    /// 256 bits.
    Avx2,
    /// 512 bits.
    Avx512,
}

impl FromStr for WidthLimit {
    type Err = Invalid;

    fn from_str(text: &str) -> std::result::Result<Self, Invalid> {
        match text {
            "scalar" => Ok(Self::Scalar),
            "avx2" => Ok(Self::Avx2),
            "avx512" => Ok(Self::Avx512),
            _ => Err(Invalid::new(format!("the environment variable RINGFENCE_VECTOR is `{text}`"))
                .of_key("RINGFENCE_VECTOR")
                .with_value(text)
                .expected("scalar, avx2 or avx512")),
        }
    }
}

/// A vector width that this processor has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VectorWidth(WidthLimit);

impl VectorWidth {
    /// The widest this processor has within the limit.
    pub fn detect(limit: WidthLimit) -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            let avx2 = is_x86_feature_detected!("avx2");
            let avx512 = is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512dq")
                && is_x86_feature_detected!("avx512vl")
                && is_x86_feature_detected!("avx512bw");
            if avx2 && avx512 && limit >= WidthLimit::Avx512 {
                return Self(WidthLimit::Avx512);
            }
            if avx2 && limit >= WidthLimit::Avx2 {
                return Self(WidthLimit::Avx2);
            }
        }
        let _ = limit;
        Self(WidthLimit::Scalar)
    }

    /// Runs the block loop at this width.
    pub(super) fn run<O: Observer>(
        self,
        job: &Job,
        scratch: &mut Scratch,
        first_path: u64,
        observer: &mut O,
        cancelled: &AtomicBool,
    ) -> Result<()> {
        match (job.generator.records_bridges(), job.is_managed()) {
            (false, false) => self.run_loop::<O, false, false>(job, scratch, first_path, observer, cancelled),
            (false, true) => self.run_loop::<O, false, true>(job, scratch, first_path, observer, cancelled),
            (true, false) => self.run_loop::<O, true, false>(job, scratch, first_path, observer, cancelled),
            (true, true) => self.run_loop::<O, true, true>(job, scratch, first_path, observer, cancelled),
        }
    }

    fn run_loop<O: Observer, const WATCHED: bool, const MANAGED: bool>(
        self,
        job: &Job,
        scratch: &mut Scratch,
        first_path: u64,
        observer: &mut O,
        cancelled: &AtomicBool,
    ) -> Result<()> {
        self.dispatch(BlockLoop::<O, WATCHED, MANAGED> { job, scratch, first_path, observer, cancelled })
    }

    /// Folds a block that has reached the horizon, at this width.
    pub(super) fn fold(
        self,
        totals: &mut Totals,
        job: &Job,
        (states, held): (&[BookState], u64),
        results: &mut [ModeResults],
        lanes: usize,
    ) -> std::result::Result<(), NotFinite> {
        self.dispatch(Fold { totals, job, states, held, results, lanes })
    }

    /// Does the work at this width.
    pub(super) fn dispatch<W: Wide>(self, work: W) -> W::Output {
        match self.0 {
            // SAFETY: `detect` found avx512f, avx512dq, avx512vl, avx512bw and avx2.
            #[cfg(target_arch = "x86_64")]
            WidthLimit::Avx512 => unsafe { do_avx512(work) },
            // SAFETY: `detect` found avx2.
            #[cfg(target_arch = "x86_64")]
            WidthLimit::Avx2 => unsafe { do_avx2(work) },
            _ => work.done(),
        }
    }
}

/// Work over lanes; everything on the way is `#[inline(always)]`, so that a clone is compiled for its width.
pub(super) trait Wide {
    /// What comes of it.
    type Output;

    /// Does it.
    fn done(self) -> Self::Output;
}

struct BlockLoop<'a, O, const WATCHED: bool, const MANAGED: bool> {
    job: &'a Job,
    scratch: &'a mut Scratch,
    first_path: u64,
    observer: &'a mut O,
    cancelled: &'a AtomicBool,
}

impl<O: Observer, const WATCHED: bool, const MANAGED: bool> Wide for BlockLoop<'_, O, WATCHED, MANAGED> {
    type Output = Result<()>;

    #[inline(always)]
    fn done(self) -> Result<()> {
        let Self { job, scratch, first_path, observer, cancelled } = self;
        run_block::<O, WATCHED, MANAGED>(job, scratch, first_path, observer, cancelled)
    }
}

struct Fold<'a> {
    totals: &'a mut Totals,
    job: &'a Job,
    states: &'a [BookState],
    held: u64,
    results: &'a mut [ModeResults],
    lanes: usize,
}

impl Wide for Fold<'_> {
    type Output = std::result::Result<(), NotFinite>;

    #[inline(always)]
    fn done(self) -> Self::Output {
        self.totals.fold(self.job, (self.states, self.held), self.results, self.lanes)
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,avx512f,avx512dq,avx512vl,avx512bw")]
fn do_avx512<W: Wide>(work: W) -> W::Output {
    work.done()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn do_avx2<W: Wide>(work: W) -> W::Output {
    work.done()
}
