//! The liquidation procedure: step by step, until the check holds or nothing is left.

use super::account::Desk;
use super::terms::{FractionTerms, KindTerms, SizeTerms};
use super::terms::{Rates, is_above};
use crate::domain::{FillPrice, Order};

/// What a step of the procedure came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reached {
    /// The pool no longer fails, holds nothing any more, or waits.
    End,
    /// The next step's turn.
    Next,
}

impl Desk<'_> {
    /// Liquidates a failing pool, from the procedure's step `stage` on.
    pub fn liquidate(&mut self, pool: usize, stage: usize) {
        let rule = &self.terms.procedure;
        if let Some(share) = rule.backstop
            && self.equity(pool) < share * self.requirement(pool)
        {
            return self.take_over(pool);
        }
        for (index, step) in rule.steps.iter().enumerate().skip(stage) {
            let reached = match step.kind {
                KindTerms::Full => self.close_all(pool, step.price),
                KindTerms::Fraction(fraction) => self.close_fraction(pool, index, &fraction, step.price),
                KindTerms::Tiered { tiers, above_first_tier } => {
                    self.close_tiers(pool, tiers, above_first_tier, step.price)
                }
                KindTerms::Cover => self.cover(pool, step.price),
            };
            if reached == Reached::End {
                return;
            }
        }
        let last = rule.steps.last().map_or(FillPrice::Mark, |step| step.price);
        self.close_all(pool, last);
    }

    /// Asked after a close: is it over? A pool without positions is settled.
    fn reached(&mut self, pool: usize) -> Reached {
        if self.is_empty(pool) {
            self.settle(pool, self.terms.procedure.remainder);
            return Reached::End;
        }
        if self.fails(pool) { Reached::Next } else { Reached::End }
    }

    /// Closes these amounts one after the other, with the question after each, or after the last where all go at once.
    fn close_in_turn(&mut self, pool: usize, amounts: &[(&SizeTerms, f64)], price: FillPrice) -> Reached {
        let at_once = self.terms.procedure.order == Order::All;
        for (index, &(size, amount)) in amounts.iter().enumerate() {
            self.close(pool, size, amount, price);
            let asked = !at_once || index + 1 == amounts.len();
            if asked && self.reached(pool) == Reached::End {
                return Reached::End;
            }
        }
        Reached::Next
    }

    fn close_all(&mut self, pool: usize, price: FillPrice) -> Reached {
        if price == FillPrice::Bankruptcy {
            self.hand_over(pool);
            return Reached::End;
        }
        let sizes = self.ordered(pool);
        let amounts: Vec<_> = sizes.into_iter().map(|size| (size, self.quantity(size))).collect();
        self.close_in_turn(pool, &amounts, price)
    }

    fn close_fraction(
        &mut self,
        pool: usize,
        stage: usize,
        rule: &FractionTerms,
        price: FillPrice,
    ) -> Reached {
        loop {
            let mut eligible = self.ordered(pool);
            eligible.retain(|size| is_above(self.notional(size), rule.above));
            let amount =
                |size: &SizeTerms| (rule.fraction * self.quantity(size)).max(rule.least / self.x(size.asset));
            let amounts: Vec<_> = eligible.into_iter().map(|size| (size, amount(size))).collect();
            if amounts.is_empty() {
                return Reached::Next;
            }
            if self.close_in_turn(pool, &amounts, price) == Reached::End {
                return Reached::End;
            }
            if rule.cooldown > 0 {
                self.account.pools[pool].waits_until = self.step.saturating_add(rule.cooldown);
                self.account.pools[pool].stage = if rule.repeat { stage } else { stage + 1 };
                return Reached::End;
            }
            if !rule.repeat {
                return Reached::Next;
            }
        }
    }

    fn close_tiers(&mut self, pool: usize, tiers: usize, above_first: bool, price: FillPrice) -> Reached {
        loop {
            if above_first && self.equity(pool) < self.first_tier_requirement(pool) {
                return Reached::Next;
            }
            let sizes = self.ordered(pool);
            let down = |size| self.down_by_tiers(size, tiers).map(|amount| (size, amount));
            let mut amounts: Vec<_> = sizes.into_iter().filter_map(down).collect();
            if self.terms.procedure.order != Order::All {
                amounts.truncate(1);
            }
            if amounts.is_empty() {
                return Reached::Next;
            }
            if self.close_in_turn(pool, &amounts, price) == Reached::End {
                return Reached::End;
            }
        }
    }

    /// How much of a size is closed so that it stands `tiers` lower; `None` where it does not stand so high.
    fn down_by_tiers(&self, size: &SizeTerms, tiers: usize) -> Option<f64> {
        let rates = &self.terms.markets[size.asset].rates;
        let quantity = self.quantity(size);
        let amount = match rates {
            Rates::Steps(_) => quantity,
            Rates::Lines(_) | Rates::Slope { .. } => self.basis_notional(size),
        };
        let floors = rates.floors();
        let tier = floors.iter().filter(|&&floor| is_above(amount, floor)).count().max(1);
        let floor = floors.get(tier.checked_sub(tiers).filter(|&lower| lower >= 1)?)?;
        Some(quantity * (1.0 - floor / amount))
    }

    fn cover(&mut self, pool: usize, price: FillPrice) -> Reached {
        for size in self.ordered(pool) {
            let curve = super::cover::Curve::new(self, pool, size, price);
            let whole = self.quantity(size);
            match curve.least().filter(|&amount| amount < whole) {
                Some(amount) => {
                    self.close(pool, size, amount, price);
                    // Lots may have taken all of it.
                    self.reached(pool);
                    return Reached::End;
                }
                // The last size is left to the next step, which is there for it.
                None if self.ordered(pool).len() > 1 && curve.closing_all_helps() => {
                    self.close(pool, size, whole, price);
                    if self.reached(pool) == Reached::End {
                        return Reached::End;
                    }
                }
                None => {}
            }
        }
        Reached::Next
    }
}
