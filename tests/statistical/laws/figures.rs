//! Exact moments and probabilities of log returns, read from the tables under `tests/statistical/reference`, and their comparison
//! with the path generator.

use std::collections::HashMap;
use std::error::Error;

use ringfence::paths::{
    Garch, Heston, Innovations, MarketModel, Nig, Ou, PriceProcess, Regime, State, VarianceGamma,
};

use super::sample::{log_prices, one_asset};

/// What a figure is the value of; X is the log return of its window of steps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Statistic {
    /// E[X].
    Mean,
    Variance,
    Skewness,
    ExcessKurtosis,
    /// P(X < argument).
    ProbabilityBelow(f64),
    /// Correlation of the log prices at the window's ends.
    Correlation,
}

/// One exact number.
#[derive(Debug, Clone)]
pub struct Figure {
    pub id: String,
    /// As the table names the statistic.
    pub name: String,
    pub market: MarketModel,
    /// (from, to) in steps.
    pub window: (usize, usize),
    pub statistic: Statistic,
    pub exact: f64,
    /// What the value may be off by for the length of the step; stated where it is not 0.
    pub budget: f64,
}

/// Parameters of a law that are figures themselves: (id, name, ours, exact).
pub type Identity = (String, String, f64, f64);

type Read<T> = Result<T, Box<dyn Error>>;

struct Row(HashMap<String, String>);

impl Row {
    fn text(&self, name: &str) -> Read<&str> {
        Ok(self.0.get(name).ok_or_else(|| format!("no column '{name}'"))?)
    }

    fn number(&self, name: &str) -> Read<f64> {
        Ok(self.text(name)?.parse()?)
    }

    fn optional(&self, name: &str) -> Read<Option<f64>> {
        let text = self.text(name)?;
        Ok(if text.is_empty() { None } else { Some(text.parse()?) })
    }

    fn moment(&self) -> Read<Statistic> {
        Ok(match self.text("statistic")? {
            "mean" => Statistic::Mean,
            "variance" => Statistic::Variance,
            "skewness" => Statistic::Skewness,
            "excess_kurtosis" => Statistic::ExcessKurtosis,
            other => return Err(format!("no statistic '{other}'").into()),
        })
    }

    /// A figure of X over the first `steps` steps.
    fn figure(&self, market: MarketModel, steps: usize, statistic: Statistic, exact: f64) -> Read<Figure> {
        Ok(Figure {
            id: self.text("id")?.to_owned(),
            name: self.text("statistic")?.to_owned(),
            market,
            window: (0, steps),
            statistic,
            exact,
            budget: 0.0,
        })
    }
}

fn rows(table: &str) -> Read<Vec<Row>> {
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(table.as_bytes());
    Ok(reader.deserialize().collect::<Result<Vec<_>, _>>()?.into_iter().map(Row).collect())
}

/// Discretisation budget of a probability under Heston's law, at daily and at hourly steps.
pub const HESTON_BUDGET: f64 = 1e-3;

/// Heston's law in `steps_per_day` steps a day. A quantile is compared as a probability.
pub fn heston(steps_per_day: usize) -> Read<Vec<Figure>> {
    let mut figures = Vec::new();
    for row in rows(include_str!("../reference/heston_terminal.csv"))? {
        let law = PriceProcess::Heston(Heston {
            drift: row.number("drift")?,
            initial_variance: row.number("initial_variance")?,
            mean_reversion: row.number("mean_reversion")?,
            long_run_variance: row.number("long_run_variance")?,
            vol_of_vol: row.number("vol_of_vol")?,
            correlation: row.number("correlation")?,
        });
        let market = one_asset(law, 1.0 / (365.0 * steps_per_day as f64));
        let steps = row.number("days")? as usize * steps_per_day;
        let (value, argument) = (row.number("value")?, row.optional("argument")?);
        let (statistic, exact, budget) = match (row.text("statistic")?, argument) {
            ("probability_below", Some(k)) => {
                (Statistic::ProbabilityBelow(libm::log(k)), value, HESTON_BUDGET)
            }
            ("quantile", Some(p)) => (Statistic::ProbabilityBelow(value), p, HESTON_BUDGET),
            _ => (row.moment()?, value, 0.0),
        };
        figures.push(Figure { budget, ..row.figure(market, steps, statistic, exact)? });
    }
    Ok(figures)
}

/// Variance gamma, normal inverse Gaussian, Ornstein–Uhlenbeck, two states, in `steps` steps (exact for any number).
pub fn exact_laws(steps: usize) -> Read<(Vec<Figure>, Vec<Identity>)> {
    let (mut figures, mut identities) = (Vec::new(), Vec::new());
    for row in rows(include_str!("../reference/variance_gamma_moments.csv"))? {
        let mut law = VarianceGamma {
            drift: 0.0,
            volatility: row.number("volatility")?,
            skew: row.number("theta")?,
            nu: row.number("nu")?,
        };
        law.drift = row.number("log_drift")? - law.compensation();
        let (name, exact) = (row.text("statistic")?, row.number("value")?);
        if name == "log_compensation" {
            identities.push((row.text("id")?.to_owned(), name.to_owned(), law.compensation(), exact));
            continue;
        }
        let market = one_asset(PriceProcess::VarianceGamma(law), row.number("years")? / steps as f64);
        figures.push(row.figure(market, steps, row.moment()?, exact)?);
    }
    for row in rows(include_str!("../reference/nig_moments.csv"))? {
        let (alpha, beta) = (row.number("alpha")?, row.number("beta")?);
        let mut law = Nig { drift: 0.0, alpha, beta, delta: row.number("delta")? };
        law.drift = row.number("log_drift")? - law.compensation();
        let market = one_asset(PriceProcess::Nig(law), row.number("years")? / steps as f64);
        figures.push(row.figure(market, steps, row.moment()?, row.number("value")?)?);
    }
    for row in rows(include_str!("../reference/regime_moments.csv"))? {
        let state = |i: usize, to: usize| -> Read<State> {
            Ok(State {
                drift: row.number(&format!("drift_{i}"))?,
                volatility: row.number(&format!("volatility_{i}"))?,
                mean_duration_years: 1.0 / row.number(&format!("rate_{i}{to}"))?,
            })
        };
        let start = row.number("start")?;
        let law = Regime {
            states: vec![state(1, 2)?, state(2, 1)?],
            transition: vec![0.0, 1.0, 1.0, 0.0],
            start: vec![start, 1.0 - start],
        };
        let market = one_asset(PriceProcess::Regime(law), row.number("days")? / 365.0 / steps as f64);
        figures.push(row.figure(market, steps, row.moment()?, row.number("value")?)?);
    }
    for row in rows(include_str!("../reference/ou_moments.csv"))? {
        figures.push(ornstein_uhlenbeck(&row, steps)?);
    }
    Ok((figures, identities))
}

/// The log price starts `start − mean` away from its level; the stationary law is taken after 20/κ.
fn ornstein_uhlenbeck(row: &Row, steps: usize) -> Read<Figure> {
    let (kappa, start) = (row.number("mean_reversion")?, row.number("start")?);
    let offset = start - row.number("mean")?;
    let law = Ou { level: libm::exp(-offset), mean_reversion: kappa, volatility: row.number("volatility")? };
    let years = row.number("years")?;
    let market = one_asset(PriceProcess::Ou(law), years / steps as f64);
    let late = libm::ceil(20.0 / kappa / years) as usize * steps;
    let value = row.number("value")?;
    let (window, statistic, exact) = match row.text("statistic")? {
        "stationary_mean" => ((0, late), Statistic::Mean, value - start),
        "stationary_variance" => ((0, late), Statistic::Variance, value),
        "transition_mean" => ((0, steps), Statistic::Mean, value - start),
        "transition_variance" => ((0, steps), Statistic::Variance, value),
        "autocorrelation(t)" => ((late, late + steps), Statistic::Correlation, value),
        other => return Err(format!("no statistic '{other}'").into()),
    };
    Ok(Figure { window, ..row.figure(market, steps, statistic, exact)? })
}

/// Standard deviation of a step's return in GARCH runs. The recursion knows no scale, so the figures' variances are
/// measured in units of the long-run one; so small a unit keeps the convexity −h/2 of the log return, which
/// correlates with later shocks under leverage (1.7 % of a variance at the figures' own scale), out of them.
const GARCH_UNIT: f64 = 1e-6;
/// Steps after which a GARCH figure is taken as stationary: what is left of the start in E[h²] is 0.9732^600 = 1e-7.
const GARCH_LATE: usize = 600;

/// GARCH and GJR, normal and Student-t.
pub fn garch() -> Read<(Vec<Figure>, Vec<Identity>)> {
    let (mut figures, mut identities) = (Vec::new(), Vec::new());
    for row in rows(include_str!("../reference/garch_moments.csv"))? {
        let (alpha, beta, gamma) = (row.number("alpha")?, row.number("beta")?, row.number("gamma")?);
        let long_run = row.number("omega")? / (1.0 - alpha - beta - 0.5 * gamma);
        let law = Garch {
            drift: 0.0,
            volatility: GARCH_UNIT,
            alpha,
            beta,
            gamma,
            innovations: row.optional("nu")?.map_or(Innovations::Normal, Innovations::StudentT),
            interval_steps: 1,
            initial_variance: row.optional("initial_variance")?.map_or(1.0, |h| h / long_run),
        };
        let unit = GARCH_UNIT * GARCH_UNIT / long_run;
        let (name, value) = (row.text("statistic")?, row.number("value")?);
        let k = row.optional("argument")?.map_or(0, |k| k as usize);
        let (window, statistic, exact) = match name {
            "persistence" => {
                let id = row.text("id")?.to_owned();
                identities.push((id, name.to_owned(), law.persistence(), value));
                continue;
            }
            "unconditional_variance" => ((GARCH_LATE - 1, GARCH_LATE), Statistic::Variance, value * unit),
            "unconditional_kurtosis" => {
                ((GARCH_LATE - 1, GARCH_LATE), Statistic::ExcessKurtosis, value - 3.0)
            }
            "innovation_kurtosis" => ((0, 1), Statistic::ExcessKurtosis, value - 3.0),
            "kurtosis_of_return" => ((k - 1, k), Statistic::ExcessKurtosis, value - 3.0),
            "expected_variance" => ((k, k + 1), Statistic::Variance, value * unit),
            "aggregated_variance" => ((0, k), Statistic::Variance, value * unit),
            other => return Err(format!("no statistic '{other}'").into()),
        };
        let market = one_asset(PriceProcess::Garch(law), 1.0);
        figures.push(Figure { window, ..row.figure(market, 1, statistic, exact)? });
    }
    Ok((figures, identities))
}

/// What was measured beside what is exact.
#[derive(Debug, Clone, Copy)]
pub struct Comparison {
    pub measured: f64,
    pub std_error: f64,
    /// Deviation in standard errors, beyond the budget where the figure has one.
    pub z: f64,
}

/// Simulates every market of the figures once, each with a seed of its own.
pub fn compare(figures: &[Figure], first_seed: u64, paths: u64) -> Vec<(Figure, Comparison)> {
    let mut markets: Vec<(MarketModel, Vec<&Figure>)> = Vec::new();
    for figure in figures {
        match markets.iter_mut().find(|(market, _)| *market == figure.market) {
            Some((_, of_market)) => of_market.push(figure),
            None => markets.push((figure.market.clone(), vec![figure])),
        }
    }
    let of_market = |market: &MarketModel, figures: &[&Figure], seed: u64| {
        let mut at: Vec<usize> = figures.iter().flat_map(|f| [f.window.0, f.window.1]).collect();
        at.sort_unstable();
        at.dedup();
        at.retain(|step| *step > 0);
        let prices = log_prices(market, seed, paths, &at);
        let row = |step: usize| at.iter().position(|s| *s == step).map(|which| prices[which].as_slice());
        let compared = |figure: &&Figure| {
            let (from, to) = (row(figure.window.0), row(figure.window.1).unwrap_or_default());
            ((*figure).clone(), measure(figure, from, to))
        };
        figures.iter().map(compared).collect::<Vec<_>>()
    };
    // A thread a market.
    std::thread::scope(|scope| {
        let of_market = &of_market;
        let numbered = markets.iter().zip(first_seed..);
        let runs: Vec<_> =
            numbered.map(|(run, seed)| scope.spawn(move || of_market(&run.0, &run.1, seed))).collect();
        runs.into_iter().flat_map(|run| run.join().expect("a comparison that ends")).collect()
    })
}

fn measure(figure: &Figure, from: Option<&[f64]>, to: &[f64]) -> Comparison {
    let returns: Vec<f64> = match from {
        Some(from) => to.iter().zip(from).map(|(b, a)| b - a).collect(),
        None => to.to_vec(),
    };
    let n = returns.len() as f64;
    let (measured, std_error) = match figure.statistic {
        Statistic::ProbabilityBelow(level) => {
            let below = returns.iter().filter(|x| **x < level).count() as f64;
            (below / n, (figure.exact * (1.0 - figure.exact) / n).sqrt())
        }
        Statistic::Correlation => {
            let correlation = correlation(from.unwrap_or_default(), to);
            (correlation, (1.0 - figure.exact * figure.exact) / n.sqrt())
        }
        statistic => jackknife(&returns, statistic),
    };
    let difference = measured - figure.exact;
    let beyond = (difference.abs() - figure.budget).max(0.0).copysign(difference);
    Comparison { measured, std_error, z: beyond / std_error }
}

/// Correlation of two samples.
pub fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let n = a.len() as f64;
    let mean = |x: &[f64]| x.iter().sum::<f64>() / n;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let product = |x: &[f64], mx: f64, y: &[f64], my: f64| {
        x.iter().zip(y).map(|(x, y)| (x - mx) * (y - my)).sum::<f64>()
    };
    product(a, mean_a, b, mean_b) / (product(a, mean_a, a, mean_a) * product(b, mean_b, b, mean_b)).sqrt()
}

/// A moment and its standard error by the delete-a-group jackknife over 200 groups of paths. Where the eighth moment
/// is infinite (kurtosis under Student-t shocks) the estimate has no variance and the error is only an order of size.
fn jackknife(values: &[f64], statistic: Statistic) -> (f64, f64) {
    const GROUPS: usize = 200;
    let n = values.len();
    let centre = values.iter().sum::<f64>() / n as f64;
    let sums = |values: &[f64]| {
        values.iter().fold([0.0; 5], |mut sums, value| {
            let x = value - centre;
            let square = x * x;
            let powers = [1.0, x, square, square * x, square * square];
            sums.iter_mut().zip(powers).for_each(|(sum, power)| *sum += power);
            sums
        })
    };
    let of = |sums: [f64; 5]| {
        let [n, a, b, c, d] = sums;
        let (m, b, c, d) = (a / n, b / n, c / n, d / n);
        let variance = b - m * m;
        match statistic {
            Statistic::Mean => centre + m,
            Statistic::Variance => variance * n / (n - 1.0),
            Statistic::Skewness => (c - 3.0 * m * b + 2.0 * m * m * m) / (variance * variance.sqrt()),
            _ => {
                let fourth = d - 4.0 * m * c + 6.0 * m * m * b - 3.0 * m * m * m * m;
                fourth / (variance * variance) - 3.0
            }
        }
    };
    let groups: Vec<[f64; 5]> = values.chunks(n.div_ceil(GROUPS)).map(sums).collect();
    let total = groups.iter().fold([0.0; 5], |mut total, group| {
        total.iter_mut().zip(group).for_each(|(sum, part)| *sum += part);
        total
    });
    let without = |group: &[f64; 5]| of(std::array::from_fn(|k| total[k] - group[k]));
    let estimates: Vec<f64> = groups.iter().map(without).collect();
    let g = estimates.len() as f64;
    let mean = estimates.iter().sum::<f64>() / g;
    let squares: f64 = estimates.iter().map(|e| (e - mean) * (e - mean)).sum();
    (of(total), (squares * (g - 1.0) / g).sqrt())
}
