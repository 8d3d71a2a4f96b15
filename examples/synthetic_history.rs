//! Writes the two synthetic price histories of `data/histories`: two assets that share a volatile
//! market, hour by hour over a year.
//!
//! `cargo run --example synthetic_history [FOLDER]`
//!
//! Each hourly log return is `σ·√(dt·h)·(√ρ·m + √(1 − ρ)·e)`: `m` is the market's shock and `e` the
//! asset's own, both Student-t with 5 degrees of freedom scaled to variance 1, and `h` follows a
//! GARCH(1,1) in the market's shock with mean 1 (Bollerslev 1986): calm and stormy weeks are shared.

use std::convert::Infallible;
use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use rand::{RngExt, TryRng};
use rand_distr::{Distribution, StudentT};

const SEED: u64 = 2_025;
const BARS: usize = 8_760;
const START: &str = "2025-01-01T00:00:00Z";
const BARS_PER_YEAR: f64 = 8_760.0;
const CORRELATION: f64 = 0.8;
const DEGREES_OF_FREEDOM: f64 = 5.0;
/// GARCH weights of the last squared shock and of the last variance.
const ALPHA: f64 = 0.05;
const BETA: f64 = 0.93;

struct Asset {
    file: &'static str,
    price: f64,
    /// Per square-root year.
    volatility: f64,
    /// Base units an hour in a calm market.
    volume: f64,
}

const ASSETS: [Asset; 2] = [
    Asset { file: "sample_btc.csv", price: 60_000.0, volatility: 0.6, volume: 500.0 },
    Asset { file: "sample_eth.csv", price: 3_000.0, volatility: 0.8, volume: 6_000.0 },
];

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).map_or_else(|| PathBuf::from("data/histories"), PathBuf::from);
    let mut rng = Xoshiro256PlusPlus::from_seed(SEED);
    let shock = StudentT::new(DEGREES_OF_FREEDOM)?;
    let to_unit_variance = ((DEGREES_OF_FREEDOM - 2.0) / DEGREES_OF_FREEDOM).sqrt();
    let mut prices = ASSETS.map(|asset| asset.price);
    let mut writers = Vec::new();
    for asset in &ASSETS {
        writers.push(create(&folder, asset.file)?);
    }
    let start: Timestamp = START.parse()?;
    let mut variance = 1.0;
    for bar in 0..BARS {
        let time = start + SignedDuration::from_hours(bar as i64);
        let market = shock.sample(&mut rng) * to_unit_variance;
        for ((asset, price), writer) in ASSETS.iter().zip(&mut prices).zip(&mut writers) {
            let own = shock.sample(&mut rng) * to_unit_variance;
            let scale = asset.volatility * (variance / BARS_PER_YEAR).sqrt();
            let mixed = CORRELATION.sqrt() * market + (1.0 - CORRELATION).sqrt() * own;
            let close = cents(*price * libm::exp(scale * mixed - 0.5 * scale * scale));
            write_bar(writer, &mut rng, time, [*price, close], scale, asset.volume * variance)?;
            *price = close;
        }
        variance = (1.0 - ALPHA - BETA) + variance * (ALPHA * market * market + BETA);
    }
    for mut writer in writers {
        writer.flush()?;
    }
    Ok(())
}

fn create(folder: &Path, name: &str) -> std::io::Result<BufWriter<File>> {
    let mut writer = BufWriter::new(File::create(folder.join(name))?);
    writeln!(writer, "time,open,high,low,close,volume")?;
    Ok(writer)
}

/// One row; high and low stand out from open and close by a random part of the bar's `scale`.
fn write_bar(
    writer: &mut impl Write,
    rng: &mut Xoshiro256PlusPlus,
    time: Timestamp,
    [open, close]: [f64; 2],
    scale: f64,
    volume: f64,
) -> std::io::Result<()> {
    let mut beyond = || 0.6 * scale * rng.random::<f64>();
    let high = cents(open.max(close) * (1.0 + beyond()));
    let low = cents(open.min(close) * (1.0 - beyond()));
    let volume = volume * (0.5 + rng.random::<f64>());
    writeln!(writer, "{time},{open},{high},{low},{close},{volume:.1}")
}

fn cents(price: f64) -> f64 {
    (price * 100.0).round() / 100.0
}

/// xoshiro256++ 1.0 (Blackman and Vigna 2019), written out so that the files can always be made again.
struct Xoshiro256PlusPlus {
    state: [u64; 4],
}

impl Xoshiro256PlusPlus {
    /// Expands the seed by SplitMix64, as its authors advise.
    fn from_seed(mut seed: u64) -> Self {
        let state = [(); 4].map(|()| {
            seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut word = seed;
            word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            word ^ (word >> 31)
        });
        Self { state }
    }
}

impl TryRng for Xoshiro256PlusPlus {
    type Error = Infallible;

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let [a, b, c, d] = &mut self.state;
        let word = a.wrapping_add(*d).rotate_left(23).wrapping_add(*a);
        let shifted = *b << 17;
        *c ^= *a;
        *d ^= *b;
        *b ^= *c;
        *a ^= *d;
        *c ^= shifted;
        *d = d.rotate_left(45);
        Ok(word)
    }

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.try_next_u64().map(|word| (word >> 32) as u32)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(8) {
            let word = self.try_next_u64()?.to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
        Ok(())
    }
}
