//! Prices straight from the path generator.

use ringfence::paths::{AssetModel, CHUNK, LANES, MarketModel, PathBlock, PathGenerator, PriceProcess};

/// One asset that opens at a price of 1.
pub fn one_asset(law: PriceProcess, step_years: f64) -> MarketModel {
    MarketModel {
        assets: vec![AssetModel { price: 1.0, process: law }],
        correlation: vec![1.0],
        step_years,
        ..MarketModel::default()
    }
}

/// Shows every step of blocks of paths: `see(block, step, paths, index)`, steps from 1; the prices of step `step` are
/// `paths.price(asset, index)`.
pub fn walk(
    generator: &PathGenerator,
    blocks: u64,
    steps: usize,
    mut see: impl FnMut(u64, usize, &PathBlock, usize),
) {
    for block in 0..blocks {
        let mut paths = generator.begin(block * LANES as u64);
        let mut done = 0;
        while done < steps {
            let chunk = CHUNK.min(steps - done);
            generator.advance(&mut paths, chunk);
            for index in 0..chunk {
                see(block, done + index + 1, &paths, index);
            }
            done += chunk;
        }
    }
}

/// Log prices of asset `asset` at the steps `at` (ascending, from 1), for at least `paths` paths: one vector a step.
pub fn log_prices_of(generator: &PathGenerator, asset: usize, paths: u64, at: &[usize]) -> Vec<Vec<f64>> {
    let mut values = vec![Vec::new(); at.len()];
    let Some(last) = at.last() else { return values };
    walk(generator, paths.div_ceil(LANES as u64), *last, |_, step, paths, index| {
        if let Some(which) = at.iter().position(|s| *s == step) {
            values[which].extend(paths.price(asset, index).iter().map(|price| libm::log(*price)));
        }
    });
    values
}

/// The same of the only asset of a market.
pub fn log_prices(market: &MarketModel, seed: u64, paths: u64, at: &[usize]) -> Vec<Vec<f64>> {
    let generator = PathGenerator::new(market, seed).expect("a market that can be simulated");
    log_prices_of(&generator, 0, paths, at)
}
