//! Random streams: a stream is a function of (seed, path, purpose, index), never "the next number".
//!
//! Generator: xoshiro256++ (Blackman and Vigna, "Scrambled linear pseudorandom number generators",
//! 2021), its state filled by SplitMix64 as its authors advise.

use std::convert::Infallible;

use rand::TryRng;

use super::elementary::ln;
use super::unit_interval::one_to_two;
use crate::lanes::{Aligned, LANES, Lanes};

/// What a stream's numbers are used for. Adding draws for one purpose shifts no other. The position of a variant is part
/// of its streams' seed: new variants go to the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Gaussian drivers of the diffusions; the index is the asset.
    Diffusion,
    /// Rows of a history; index 0.
    Resample,
    /// Arrivals of one asset's jumps; the index is the asset, as in the rest but where it is named.
    Jump,
    /// Sizes of one asset's jumps.
    JumpSize,
    /// Arrivals of common jumps; index 0.
    CommonJump,
    /// Sizes of common jumps.
    CommonJumpSize,
    /// Times of shocks; the index is the shock.
    ShockTime,
    /// The part of a variance's driver that is its own.
    Volatility,
    /// Normals of a subordinator, or of innovations' random variance; index 0, the same for all assets.
    Subordinator,
    /// Uniforms of a subordinator; index 0.
    SubordinatorRoot,
    /// States of a regime.
    Switch,
    /// The bridge inside a step; the index is the step.
    Bridge,
}

impl Purpose {
    /// Whether all assets draw from one stream. With one subordinator each, assets would lose their correlation.
    pub fn is_shared(self) -> bool {
        matches!(self, Self::Subordinator | Self::SubordinatorRoot)
    }

    /// Whether the paths of an antithetic pair take normals of opposite signs: those of a variance's driver, not those of
    /// a subordinator.
    pub fn is_mirrored(self) -> bool {
        matches!(self, Self::Diffusion | Self::Volatility)
    }
}

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// SplitMix64's output function: a bijection of 64-bit numbers.
fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The state of the stream's generator. Injective in the path for a given seed, purpose and index.
fn initial_state(seed: u64, path: u64, purpose: Purpose, index: u32) -> [u64; 4] {
    let label = ((purpose as u64) << 32) | u64::from(index);
    let family = mix(mix(seed.wrapping_add(GOLDEN)) ^ label.wrapping_mul(0xd134_2543_de82_ef95));
    let mut counter = mix(family.wrapping_add(path.wrapping_mul(GOLDEN)));
    std::array::from_fn(|_| {
        counter = counter.wrapping_add(GOLDEN);
        mix(counter)
    })
}

/// One stream, one number at a time; implements rand's generator trait.
#[derive(Debug, Clone)]
pub struct Stream {
    state: [u64; 4],
}

impl Stream {
    /// The stream of one path.
    pub fn new(seed: u64, path: u64, purpose: Purpose, index: u32) -> Self {
        Self { state: initial_state(seed, path, purpose, index) }
    }
}

impl Stream {
    /// The next word.
    #[inline(always)]
    pub fn word(&mut self) -> u64 {
        let [a, b, c, d] = &mut self.state;
        step(a, b, c, d)
    }
}

/// Words that are looked up by number, in any order: SplitMix64's sequence.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counter {
    base: u64,
}

impl Counter {
    /// The words of one path.
    pub fn new(seed: u64, path: u64, purpose: Purpose, index: u32) -> Self {
        let [base, ..] = initial_state(seed, path, purpose, index);
        Self { base }
    }

    /// Word number `number`.
    #[inline(always)]
    pub fn at(self, number: u64) -> u64 {
        mix(self.base.wrapping_add(number.wrapping_mul(GOLDEN)))
    }
}

impl TryRng for Stream {
    type Error = Infallible;

    #[inline]
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.try_next_u64().map(|word| (word >> 32) as u32)
    }

    #[inline]
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.word())
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(8) {
            let word = self.try_next_u64()?.to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
        Ok(())
    }
}

/// One xoshiro256++ step.
#[inline(always)]
fn step(a: &mut u64, b: &mut u64, c: &mut u64, d: &mut u64) -> u64 {
    let out = a.wrapping_add(*d).rotate_left(23).wrapping_add(*a);
    let shifted = *b << 17;
    *c ^= *a;
    *d ^= *b;
    *b ^= *c;
    *a ^= *d;
    *c ^= shifted;
    *d = d.rotate_left(45);
    out
}

/// A uniform number in (0, 1], a multiple of 2^−52.
#[inline(always)]
pub fn unit_open(stream: &mut Stream) -> f64 {
    2.0 - one_to_two(stream.word())
}

/// An exponential number of mean 1.
pub fn unit_exponential(stream: &mut Stream) -> f64 {
    -ln(unit_open(stream))
}

/// The streams of a block's paths, stepped side by side; lane for lane the same as [`Stream`].
#[derive(Debug, Clone)]
pub struct LaneStreams {
    state: Aligned<[[u64; LANES]; 4]>,
}

impl LaneStreams {
    /// Streams of the paths whose numbers are `paths`.
    pub fn new(seed: u64, paths: &[u64; LANES], purpose: Purpose, index: u32) -> Self {
        let mut state = Aligned([[0; LANES]; 4]);
        for lane in 0..LANES {
            let words = initial_state(seed, paths[lane], purpose, index);
            for (row, word) in state.iter_mut().zip(words) {
                row[lane] = word;
            }
        }
        Self { state }
    }

    /// Gives the next word of every stream, with its lane.
    #[inline(always)]
    pub fn each_word(&mut self, mut give: impl FnMut(usize, u64)) {
        let [a, b, c, d] = &mut *self.state;
        for l in 0..LANES {
            give(l, step(&mut a[l], &mut b[l], &mut c[l], &mut d[l]));
        }
    }

    /// The next number in (0, 1] of every stream.
    #[inline(always)]
    pub fn uniforms(&mut self, row: &mut Lanes) {
        self.each_word(|l, word| row[l] = 2.0 - one_to_two(word));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::Rng;

    #[test]
    fn matches_the_published_generator() {
        // First outputs of xoshiro256++ from the state {1, 2, 3, 4}, as printed in the test of the
        // rand_xoshiro crate (taken there from the authors' C code).
        let mut stream = Stream { state: [1, 2, 3, 4] };
        let expected = [
            41_943_041,
            58_720_359,
            3_588_806_011_781_223,
            3_591_011_842_654_386,
            9_228_616_714_210_784_205,
            9_973_669_472_204_895_162,
        ];
        for word in expected {
            assert_eq!(stream.next_u64(), word);
        }
    }

    #[test]
    fn lanes_are_the_scalar_streams() {
        let mut lanes =
            LaneStreams::new(7, &std::array::from_fn(|l| 1_000 + l as u64), Purpose::Diffusion, 3);
        let mut scalars: Vec<_> =
            (0..LANES as u64).map(|l| Stream::new(7, 1_000 + l, Purpose::Diffusion, 3)).collect();
        for _ in 0..5 {
            lanes.each_word(|l, word| assert_eq!(word, scalars[l].next_u64()));
        }
    }

    #[test]
    fn seed_path_purpose_and_index_all_matter() {
        let first = |seed, path, purpose, index| Stream::new(seed, path, purpose, index).next_u64();
        let base = first(1, 0, Purpose::Diffusion, 0);
        assert_ne!(base, first(2, 0, Purpose::Diffusion, 0));
        assert_ne!(base, first(1, 1, Purpose::Diffusion, 0));
        assert_ne!(base, first(1, 0, Purpose::Resample, 0));
        assert_ne!(base, first(1, 0, Purpose::Diffusion, 1));
    }
}
