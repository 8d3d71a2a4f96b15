//! Account equity as a line in prices.

use std::ops::Range;

use super::track::EquityTrack;
use crate::paths::{LANES, Lanes};

/// Assets that are added up in registers at once.
const GROUP: usize = 4;

/// Rows that begin where a cache line does: half of all vector loads and stores would cross one otherwise.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub(super) struct Aligned<T>(pub T);

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
            add(&mut rows.0, &self.nets[first..first + GROUP], group);
            first += GROUP;
        }
        see_sum(track, |index, l| rows.0[index][l], &self.nets[first..], |asset| xs(first + asset));
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

    /// Whole numbers, so that every order of adding gives the sum: one to three groups of assets, full and not.
    #[test]
    fn a_track_sees_every_asset() {
        for assets in 0..=13 {
            let mut line = EquityLine::new(assets);
            let number = |a: usize, index: usize, l: usize| (3 + 7 * a + 11 * index + l) as f64;
            line.base = std::array::from_fn(|l| l as f64);
            line.nets = (0..assets).map(|a| std::array::from_fn(|l| number(a, 5, l) - 40.0)).collect();
            let xs: Vec<[Lanes; 2]> = (0..assets)
                .map(|a| std::array::from_fn(|index| std::array::from_fn(|l| number(a, index, l))))
                .collect();
            let mut track = EquityTrack::open(0.0);
            line.see(&mut track, |asset| &xs[asset]);
            let mut rows = [[0.0; LANES]; 2];
            line.write(&mut rows, 0..2, |asset| &xs[asset]);
            for l in 0..LANES {
                let worth =
                    |index: usize| (0..assets).map(|a| line.nets[a][l] * xs[a][index][l]).sum::<f64>();
                let equities = [0, 1].map(|index| line.base[l] + worth(index));
                assert_eq!(rows.map(|row| row[l]), equities, "{assets} assets");
                assert_eq!(track.equity[l], equities[1], "{assets} assets");
                assert_eq!(track.least(l), equities[0].min(equities[1]).min(0.0), "{assets} assets");
            }
        }
    }
}
