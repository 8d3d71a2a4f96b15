//! Account equity as a line in prices.

use std::ops::Range;

use super::track::EquityTrack;
use crate::lanes::{Aligned, LANES, Lanes};

/// Assets that are added up in registers at once.
const GROUP: usize = 4;

/// In every lane `base + Σ nets[asset]·x`.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub(super) struct EquityLine {
    pub base: Lanes,
    /// Per asset.
    pub nets: Vec<Lanes>,
}

impl EquityLine {
    pub fn new(assets: usize) -> Self {
        Self { base: [0.0; LANES], nets: vec![[0.0; LANES]; assets] }
    }

    /// The first lane's line in all of them.
    pub fn spread(&mut self) {
        self.base = [self.base[0]; LANES];
        for net in &mut self.nets {
            *net = [net[0]; LANES];
        }
    }

    /// One lane's equity.
    pub fn at(&self, lane: usize, x: impl Fn(usize) -> f64) -> f64 {
        let nets = self.nets.iter().enumerate();
        nets.fold(self.base[lane], |equity, (asset, net)| equity + net[lane] * x(asset))
    }

    /// Writes the equity of these steps. `xs(asset)` gives a row a step.
    #[inline(always)]
    pub fn write<'a, const N: usize>(
        &self,
        equity: &mut [Lanes; N],
        steps: Range<usize>,
        xs: impl Fn(usize) -> &'a [Lanes; N],
    ) {
        let Some((first, others)) = self.nets.split_first() else { return equity[steps].fill(self.base) };
        for (row, x) in equity[steps.clone()].iter_mut().zip(&xs(0)[steps.clone()]) {
            for l in 0..LANES {
                row[l] = self.base[l] + first[l] * x[l];
            }
        }
        for (at, net) in others.iter().enumerate() {
            for (row, x) in equity[steps.clone()].iter_mut().zip(&xs(at + 1)[steps.clone()]) {
                for l in 0..LANES {
                    row[l] += net[l] * x[l];
                }
            }
        }
    }

    /// Shows the track the equity of one step after the other. `xs(asset)` gives a row a step.
    #[inline(always)]
    pub fn see<'a, const N: usize>(&self, track: &mut EquityTrack, xs: impl Fn(usize) -> &'a [Lanes; N]) {
        if self.nets.len() <= GROUP {
            return see_sum(track, |_, l| self.base[l], &self.nets, &xs);
        }
        let mut rows = Aligned([self.base; N]);
        let mut first = 0;
        while self.nets.len() - first > GROUP {
            let group: [&[Lanes; N]; GROUP] = std::array::from_fn(|at| xs(first + at));
            add(&mut rows, &self.nets[first..first + GROUP], group);
            first += GROUP;
        }
        see_sum(track, |index, l| rows[index][l], &self.nets[first..], |asset| xs(first + asset));
    }
}

/// Adds what a group of assets is worth.
#[inline(always)]
fn add<const N: usize>(rows: &mut [Lanes; N], nets: &[Lanes], xs: [&[Lanes; N]; GROUP]) {
    let [a, b, c, d] = nets else { return };
    for l in 0..LANES {
        for index in 0..N {
            let [x, y, z, w] = xs.map(|x| x[index][l]);
            rows[index][l] = rows[index][l] + a[l] * x + b[l] * y + c[l] * z + d[l] * w;
        }
    }
}

/// Shows the track `start(step, lane)` and what these assets, four at most, are worth.
#[inline(always)]
fn see_sum<'a, const N: usize>(
    track: &mut EquityTrack,
    start: impl Fn(usize, usize) -> f64,
    nets: &[Lanes],
    xs: impl Fn(usize) -> &'a [Lanes; N],
) {
    match nets {
        [a] => {
            let x = xs(0);
            track.see::<N>(|i, l| start(i, l) + a[l] * x[i][l]);
        }
        [a, b] => {
            let (x, y) = (xs(0), xs(1));
            track.see::<N>(|i, l| start(i, l) + a[l] * x[i][l] + b[l] * y[i][l]);
        }
        [a, b, c] => {
            let (x, y, z) = (xs(0), xs(1), xs(2));
            track.see::<N>(|i, l| start(i, l) + a[l] * x[i][l] + b[l] * y[i][l] + c[l] * z[i][l]);
        }
        [a, b, c, d] => {
            let (x, y, z, w) = (xs(0), xs(1), xs(2), xs(3));
            track.see::<N>(|i, l| {
                start(i, l) + a[l] * x[i][l] + b[l] * y[i][l] + c[l] * z[i][l] + d[l] * w[i][l]
            });
        }
        _ => track.see::<N>(start),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lanes::CHUNK;

    /// Something between 0.5 and 1.5 that differs from cell to cell.
    fn cell(asset: usize, index: usize, lane: usize) -> f64 {
        let word = (asset * 7_919 + index * 104_729 + lane * 1_299_709) as u64;
        0.5 + (word.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 11) as f64 / (1_u64 << 53) as f64
    }

    #[test]
    fn a_chunk_is_one_lane_and_step_after_the_other_for_any_number_of_assets() {
        for assets in 0..=9 {
            let mut line = EquityLine::new(assets);
            line.base = std::array::from_fn(|lane| 100.0 * cell(99, 0, lane));
            for (asset, net) in line.nets.iter_mut().enumerate() {
                *net = std::array::from_fn(|lane| cell(asset, 99, lane) - 1.0);
            }
            let x = |asset| {
                std::array::from_fn(|index| std::array::from_fn(|lane| 90.0 * cell(asset, index, lane)))
            };
            let xs: Vec<[Lanes; CHUNK]> = (0..assets).map(x).collect();
            let (mut wide, mut alone) = (EquityTrack::open(150.0), EquityTrack::open(150.0));
            line.see(&mut wide, |asset| &xs[asset]);
            let mut rows = [[0.0; LANES]; CHUNK];
            line.write(&mut rows, 0..3, |asset| &xs[asset]);
            line.write(&mut rows, 3..CHUNK, |asset| &xs[asset]);
            for lane in 0..LANES {
                let mut track = alone.lane(lane);
                for (index, row) in rows.iter().enumerate() {
                    let mut equity = line.base[lane];
                    for asset in 0..assets {
                        equity += line.nets[asset][lane] * xs[asset][index][lane];
                    }
                    assert_eq!(line.at(lane, |asset| xs[asset][index][lane]), equity, "{assets} assets");
                    assert_eq!(row[lane], equity, "{assets} assets");
                    track.see(equity);
                }
                alone.set(lane, track);
                assert_eq!(wide.equity[lane], alone.equity[lane], "{assets} assets");
                assert_eq!(wide.least(lane), alone.least(lane));
                assert_eq!(wide.drawdown(lane), alone.drawdown(lane));
                assert_eq!(wide.relative_drawdown(lane), alone.relative_drawdown(lane));
            }
        }
    }
}
