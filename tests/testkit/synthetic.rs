//! Outcomes of a toy account, made up without the simulation: two long positions of equal notional on
//! correlated random walks, isolated or cross margin.

use ringfence::domain::MarginMode;
use ringfence::simulation::{ModeOutcome, PairOutcome, PathSample, RunOutcome, SampledMode, TwoByTwo};
use ringfence::statistics::{Distribution, Moments};

/// What the toy is made of.
#[derive(Debug, Clone, Copy)]
pub struct Toy {
    pub modes: &'static [MarginMode],
    pub paths: u64,
    pub steps: u64,
    pub wallet: f64,
    /// Standard deviation of a step's return.
    pub step_volatility: f64,
    /// Notional of each position over the wallet.
    pub exposure: f64,
}

/// SplitMix64, summed up to something bell-shaped.
struct Noise(u64);

impl Noise {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }
}

struct Walked {
    equity: Vec<f64>,
    hit: Option<u64>,
    closed: [bool; 2],
}

/// One path: margins of a fifth of the wallet each when isolated, the whole wallet when cross.
fn walk(toy: &Toy, mode: MarginMode, prices: &[[f64; 2]]) -> Walked {
    let notional = toy.exposure * toy.wallet;
    let margin = 0.2 * toy.wallet;
    let (mut closed, mut hit, mut realised) = ([false; 2], None, 0.0);
    let mut equity = vec![toy.wallet];
    for (k, price) in prices.iter().enumerate() {
        let gain = |i: usize, closed: &[bool; 2]| if closed[i] { 0.0 } else { notional * (price[i] - 1.0) };
        let step = Some(k as u64 + 1);
        for i in 0..2 {
            let alone = mode == MarginMode::Isolated || (mode == MarginMode::Mixed && i == 0);
            if alone && !closed[i] && margin + gain(i, &closed) <= 0.005 * notional * price[i] {
                (closed[i], realised, hit) = (true, realised - margin, hit.or(step));
            }
        }
        let now = toy.wallet + realised + gain(0, &closed) + gain(1, &closed);
        if mode != MarginMode::Isolated && !(closed[0] && closed[1]) && now <= 0.01 * notional {
            (closed, realised, hit) = ([true; 2], -toy.wallet, hit.or(step));
        }
        equity.push(toy.wallet + realised + gain(0, &closed) + gain(1, &closed));
    }
    Walked { equity, hit, closed }
}

fn drawdowns(equity: &[f64]) -> (f64, f64) {
    let (mut peak, mut relative, mut absolute) = (f64::MIN, 0.0f64, 0.0f64);
    for e in equity {
        peak = peak.max(*e);
        absolute = absolute.max(peak - e);
        relative = relative.max((peak - e) / peak);
    }
    (relative.min(1.0), absolute)
}

fn empty(toy: &Toy, mode: MarginMode) -> ModeOutcome {
    ModeOutcome {
        mode,
        any: 0,
        all: 0,
        positions: vec![0; 2],
        ruin: 0,
        first_liquidation: vec![0; toy.steps as usize + 1],
        drawdown_relative: Distribution::new(1.0),
        drawdown_absolute: Distribution::new(toy.wallet),
        pnl: Distribution::new(toy.wallet),
        shortfall_paths: 0,
        shortfall: Moments::new(toy.wallet),
        loss_when_liquidated: Moments::new(toy.wallet),
        fees: Moments::new(toy.wallet),
        funding: Moments::new(toy.wallet),
        quote: None,
    }
}

/// All paths of the toy; the first 2,000 are kept as the sample, at most 120 times each.
pub fn run(toy: &Toy) -> (RunOutcome, PathSample) {
    let mut modes: Vec<_> = toy.modes.iter().map(|m| empty(toy, *m)).collect();
    let stride = (toy.steps / 120).max(1);
    let steps: Vec<u64> = (0..=toy.steps).filter(|k| k % stride == 0 || *k == toy.steps).collect();
    let mut sampled: Vec<_> = toy
        .modes
        .iter()
        .map(|&mode| SampledMode {
            mode,
            equity: vec![],
            first_liquidation: vec![],
            drawdown_relative: vec![],
        })
        .collect();
    let mut noise = Noise(42);
    for path in 0..toy.paths {
        let mut price = [1.0f64; 2];
        let prices: Vec<_> = (0..toy.steps)
            .map(|_| {
                let (a, b) = (noise.normal(), noise.normal());
                price[0] *= 1.0 + toy.step_volatility * a;
                price[1] *= 1.0 + toy.step_volatility * (0.7 * a + 0.714 * b);
                price
            })
            .collect();
        for (mode, sample) in modes.iter_mut().zip(&mut sampled) {
            let walked = walk(toy, mode.mode, &prices);
            let (relative, absolute) = drawdowns(&walked.equity);
            if let Some(step) = walked.hit {
                mode.first_liquidation[step as usize] += 1;
                mode.any += 1;
            }
            mode.all += u64::from(walked.closed == [true; 2]);
            mode.drawdown_relative.add(relative);
            mode.drawdown_absolute.add(absolute);
            mode.pnl.add(walked.equity[toy.steps as usize] - toy.wallet);
            mode.shortfall.add(0.0);
            if path < 2_000 {
                sample.equity.push(steps.iter().map(|k| walked.equity[*k as usize]).collect());
                sample.first_liquidation.push(walked.hit);
                sample.drawdown_relative.push(relative);
            }
        }
    }
    let pairs = (0..modes.len()).flat_map(|b| (0..b).map(move |a| pair(a, b, toy.wallet))).collect();
    let outcome = RunOutcome {
        paths: toy.paths,
        modes,
        pairs,
        held_paths: 0,
        twins: None,
        step_bias: None,
        correlations: Vec::new(),
    };
    (outcome, PathSample { steps, modes: sampled })
}

fn pair(a: usize, b: usize, wallet: f64) -> PairOutcome {
    PairOutcome {
        a,
        b,
        liquidation: TwoByTwo::default(),
        positions: vec![TwoByTwo::default(); 2],
        drawdown_relative: Moments::new(1.0),
        pnl: Moments::new(wallet),
        shortfall: Moments::new(wallet),
    }
}
