use std::fmt;

use rust_decimal::Decimal;

/// One line of a requirement: from `floor` upwards the maintenance is `rate·N − deduction`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tier {
    /// Smallest notional of the tier, in account currency.
    pub floor: Decimal,
    /// Maintenance margin rate, `0 <= rate < 1`.
    pub rate: Decimal,
    /// Maintenance amount `c`, which makes the requirement continuous.
    pub deduction: Decimal,
}

/// A maintenance requirement made of lines, convex and continuous by construction:
/// `mm(N) = max over k of (r_k·N − c_k)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TierTable {
    tiers: Vec<Tier>,
}

/// Why a list of tiers is not a requirement. `tier` counts from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TierError {
    /// No tier at all.
    Empty,
    /// The first tier starts above zero.
    FirstFloor(Decimal),
    /// The first tier carries a deduction.
    FirstDeduction(Decimal),
    /// A floor that does not lie above the one before.
    Floor {
        /// Row.
        tier: usize,
        /// Its floor.
        floor: Decimal,
        /// The floor before it.
        previous: Decimal,
    },
    /// A rate below 0, or 1 and more.
    RateRange {
        /// Row.
        tier: usize,
        /// Its rate.
        rate: Decimal,
    },
    /// A rate below the one before it.
    Rate {
        /// Row.
        tier: usize,
        /// Its rate.
        rate: Decimal,
        /// The rate before it.
        previous: Decimal,
    },
    /// A deduction that makes the requirement jump.
    Deduction {
        /// Row.
        tier: usize,
        /// As written.
        deduction: Decimal,
        /// What continuity asks for.
        expected: Decimal,
    },
    /// Numbers so large that the deduction cannot be computed.
    Overflow {
        /// Row.
        tier: usize,
    },
}

impl fmt::Display for TierError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "the table has no tiers"),
            Self::FirstFloor(floor) => write!(f, "tier 1 starts at {floor}; the first tier starts at 0"),
            Self::FirstDeduction(c) => write!(f, "tier 1 has the maintenance amount {c}; it must be 0"),
            Self::Floor { tier, floor, previous } => {
                write!(f, "tier {tier} starts at {floor}, not above the {previous} of the tier before it")
            }
            Self::RateRange { tier, rate } => {
                write!(f, "tier {tier} has the rate {rate}; a rate lies in 0 <= r < 1 (0.005 is 0.5 %)")
            }
            Self::Rate { tier, rate, previous } => {
                write!(
                    f,
                    "tier {tier} has the rate {rate}; below the {previous} of the tier before it; rates never fall"
                )
            }
            Self::Deduction { tier, deduction, expected } => {
                write!(
                    f,
                    "tier {tier} has the maintenance amount {deduction}; floor·(rate − previous rate) \
                     added to the amount before it gives {expected}"
                )
            }
            Self::Overflow { tier } => write!(f, "the numbers of tier {tier} are too large"),
        }
    }
}

impl std::error::Error for TierError {}

impl TierTable {
    /// One rate for every size. The caller has checked `0 <= rate < 1`.
    pub fn flat(rate: Decimal) -> Self {
        Self::line(rate, Decimal::ZERO)
    }

    /// One line `rate·N − deduction`, as a venue prints it for the tier at hand, without the tiers below it. Its rate lies
    /// in `0 <= r < 1`; its deduction may be anything.
    pub fn line(rate: Decimal, deduction: Decimal) -> Self {
        Self { tiers: vec![Tier { floor: Decimal::ZERO, rate, deduction }] }
    }

    /// Checks floors, rates and the identity `c_k = c_{k−1} + F_k·(r_k − r_{k−1})`. A deduction of
    /// `None` is computed by it.
    ///
    /// # Errors
    /// The first [`TierError`] from the top of the table.
    pub fn new(rows: &[(Decimal, Decimal, Option<Decimal>)]) -> Result<Self, TierError> {
        let mut tiers: Vec<Tier> = Vec::with_capacity(rows.len());
        for (index, &(floor, rate, written)) in rows.iter().enumerate() {
            let tier = index + 1;
            if rate < Decimal::ZERO || rate >= Decimal::ONE {
                return Err(TierError::RateRange { tier, rate });
            }
            let deduction = match tiers.last() {
                None if !floor.is_zero() => return Err(TierError::FirstFloor(floor)),
                None if written.is_some_and(|c| !c.is_zero()) => {
                    return Err(TierError::FirstDeduction(written.unwrap_or_default()));
                }
                None => Decimal::ZERO,
                Some(p) if floor <= p.floor => {
                    return Err(TierError::Floor { tier, floor, previous: p.floor });
                }
                Some(p) if rate < p.rate => return Err(TierError::Rate { tier, rate, previous: p.rate }),
                Some(p) => (rate - p.rate)
                    .checked_mul(floor)
                    .and_then(|step| step.checked_add(p.deduction))
                    .ok_or(TierError::Overflow { tier })?
                    .normalize(),
            };
            if let Some(written) = written
                && written != deduction
            {
                return Err(TierError::Deduction { tier, deduction: written, expected: deduction });
            }
            tiers.push(Tier { floor, rate, deduction });
        }
        if tiers.is_empty() { Err(TierError::Empty) } else { Ok(Self { tiers }) }
    }

    /// The lines, from the smallest size up; never empty.
    pub fn tiers(&self) -> &[Tier] {
        &self.tiers
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;

    #[test]
    fn computes_the_deductions_of_a_published_table() {
        // BTCUSDT of 2024-10-24: 0, 50, 950, 11450 (tiers 1 to 4).
        let rows = [
            (dec!(0), dec!(0.004), None),
            (dec!(50000), dec!(0.005), Some(dec!(50))),
            (dec!(600000), dec!(0.0065), None),
            (dec!(3000000), dec!(0.01), Some(dec!(11450))),
        ];
        let table = TierTable::new(&rows);
        let deductions: Vec<_> = table.iter().flat_map(|t| t.tiers()).map(|tier| tier.deduction).collect();
        assert_eq!(deductions, [dec!(0), dec!(50), dec!(950), dec!(11450)]);
    }

    #[test]
    fn names_the_row_and_the_expected_value() {
        let broken =
            TierTable::new(&[(dec!(0), dec!(0.004), None), (dec!(50000), dec!(0.005), Some(dec!(51)))]);
        assert_eq!(broken, Err(TierError::Deduction { tier: 2, deduction: dec!(51), expected: dec!(50) }));
        let falling = TierTable::new(&[(dec!(0), dec!(0.004), None), (dec!(50000), dec!(0.003), None)]);
        assert_eq!(falling, Err(TierError::Rate { tier: 2, rate: dec!(0.003), previous: dec!(0.004) }));
        let same_floor = TierTable::new(&[(dec!(0), dec!(0.004), None), (dec!(0), dec!(0.005), None)]);
        assert_eq!(same_floor, Err(TierError::Floor { tier: 2, floor: dec!(0), previous: dec!(0) }));
        assert_eq!(TierTable::new(&[(dec!(1), dec!(0.004), None)]), Err(TierError::FirstFloor(dec!(1))));
        let late = TierTable::new(&[(dec!(0), dec!(0.004), Some(dec!(3)))]);
        assert_eq!(late, Err(TierError::FirstDeduction(dec!(3))));
        let whole = TierTable::new(&[(dec!(0), dec!(1), None)]);
        assert_eq!(whole, Err(TierError::RateRange { tier: 1, rate: dec!(1) }));
        assert_eq!(TierTable::new(&[]), Err(TierError::Empty));
    }
}
