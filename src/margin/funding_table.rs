//! Funding rates of a portfolio's markets as dense numbers, by step and path.

use crate::domain::{Clock, FundingRates, Portfolio, to_f64};
use crate::lanes::Lanes;

/// One market's rates.
#[derive(Debug, Clone)]
enum Rates {
    Constant(f64),
    /// One after the other, from the start again after the last; never empty.
    Series(Vec<f64>),
    /// Rates, and the index of every path's first payment.
    Windows(Vec<f64>, Vec<u32>),
}

/// The funding rates due at every step of every path. None at all, by default.
#[derive(Debug, Clone, Default)]
pub struct FundingTable {
    /// By asset.
    rates: Vec<Rates>,
    /// None where nothing is ever paid.
    due: Option<(Clock, u64)>,
}

impl FundingTable {
    /// The rates of a portfolio's assets.
    pub fn new(portfolio: &Portfolio, clock: Clock) -> Self {
        let dense = |rates: &[crate::domain::Decimal]| rates.iter().map(|&rate| to_f64(rate)).collect();
        let of = |rates: &FundingRates| match rates {
            FundingRates::Constant(rate) => Rates::Constant(to_f64(*rate)),
            FundingRates::Series(rates) if rates.is_empty() => Rates::Constant(0.0),
            FundingRates::Series(rates) => Rates::Series(dense(rates)),
            FundingRates::Windows { rates, starts } => Rates::Windows(dense(rates), starts.to_vec()),
        };
        let is_paid = portfolio.assets.iter().any(|asset| !asset.funding.is_zero());
        Self {
            rates: portfolio.assets.iter().map(|asset| of(&asset.funding)).collect(),
            due: is_paid.then_some((clock, portfolio.venue.funding.interval_seconds)),
        }
    }

    /// Puts the sum of the rates due at step `step` (from 1) into a row for each asset, lane by lane from path
    /// `first_path` on. `false`, and rows as they were, where no payment is due.
    #[inline]
    pub fn rates(&self, first_path: u64, step: u64, rows: &mut [Lanes]) -> bool {
        let Some((clock, interval)) = self.due else { return false };
        let payments = clock.payments(step, interval);
        if payments.is_empty() {
            return false;
        }
        for (rates, row) in self.rates.iter().zip(rows) {
            match rates {
                Rates::Constant(rate) => row.fill(rate * (payments.end - payments.start) as f64),
                Rates::Series(series) => {
                    let length = series.len() as u64;
                    row.fill(payments.clone().map(|index| series[(index % length) as usize]).sum());
                }
                Rates::Windows(rates, starts) => {
                    for (lane, cell) in row.iter_mut().enumerate() {
                        let path = usize::try_from(first_path.saturating_add(lane as u64)).ok();
                        let start = path.and_then(|path| starts.get(path)).copied();
                        let at =
                            |index| start.and_then(|start| usize::try_from(u64::from(start) + index).ok());
                        let rate = |index| at(index).and_then(|at| rates.get(at)).copied().unwrap_or(0.0);
                        *cell = payments.clone().map(rate).sum();
                    }
                }
            }
        }
        true
    }

    /// The first step from `step` on at which a payment is due; none ever where nothing is paid.
    pub fn next_due(&self, step: u64) -> u64 {
        let Some((clock, interval)) = self.due else { return u64::MAX };
        let next = u128::from(clock.payments(step, interval).start) + 1;
        let at = next * u128::from(interval) * u128::from(clock.steps);
        u64::try_from(at.div_ceil(u128::from(clock.horizon_seconds))).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Account, Asset, Decimal, Requirement, Venue};
    use crate::lanes::LANES;
    use rust_decimal::dec;

    fn table(rates: FundingRates, hours: u64, steps: u64) -> FundingTable {
        let asset = Asset {
            name: "X".into(),
            price: dec!(100),
            maintenance: Requirement::flat(Decimal::ZERO),
            lot: dec!(1),
            funding: rates,
        };
        let portfolio = Portfolio {
            account: Account { wallet: dec!(1), currency: "USD".into() },
            venue: Venue::textbook(),
            assets: vec![asset],
            positions: Vec::new(),
        };
        FundingTable::new(&portfolio, Clock { horizon_seconds: hours * 3_600, steps })
    }

    fn at(table: &FundingTable, step: u64) -> Option<[f64; 3]> {
        let mut rows = [[9.0; LANES]];
        table.rates(1, step, &mut rows).then(|| [rows[0][0], rows[0][1], rows[0][2]])
    }

    #[test]
    fn payments_of_a_step_are_summed() {
        // Every 8 h on hourly steps; two daily steps hold three payments each: 1+2+3, then 1+2+3 again of 3 rates.
        let constant = table(FundingRates::Constant(dec!(0.0001)), 24, 24);
        assert_eq!([7, 8, 9].map(|step| at(&constant, step)), [None, Some([0.0001; 3]), None]);
        let series = table(FundingRates::Series([dec!(1), dec!(2), dec!(4), dec!(8)].into()), 48, 2);
        assert_eq!([1, 2].map(|step| at(&series, step)), [Some([7.0; 3]), Some([11.0; 3])]);
    }

    #[test]
    fn windows_begin_where_their_path_does() {
        let rates = FundingRates::Windows {
            rates: [dec!(1), dec!(2), dec!(4), dec!(8)].into(),
            starts: [0, 2, 3].into(),
        };
        // Lanes are the paths 1, 2 and one that no window belongs to.
        assert_eq!(at(&table(rates, 24, 24), 16), Some([8.0, 0.0, 0.0]));
    }

    #[test]
    fn the_next_payment_is_found() {
        let eight_hourly = table(FundingRates::Constant(dec!(1)), 24, 24);
        assert_eq!([1, 8, 9, 24].map(|step| eight_hourly.next_due(step)), [8, 8, 16, 24]);
        // 16 h in 7 steps: payments at 3.5 and 7 steps.
        let uneven = table(FundingRates::Constant(dec!(1)), 16, 7);
        assert_eq!([1, 4, 5].map(|step| uneven.next_due(step)), [4, 4, 7]);
        assert_eq!(table(FundingRates::default(), 24, 24).next_due(1), u64::MAX);
    }
}
