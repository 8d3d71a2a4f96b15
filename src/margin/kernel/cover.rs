//! How much of a size restores the requirement: the least root of what closing leaves.
//!
//! Equity less requirement after closing y is concave in y on every stretch on which the rate that belongs to the quantity
//! does not jump: the requirement is convex in what is left, and costs are convex in what is closed. Newton's method from
//! the left, where it is negative, therefore rises to the least root and never passes it.

use super::account::{Desk, FARTHEST};
use super::terms::{Rates, SizeTerms, is_above};
use crate::domain::FillPrice;

/// Newton's steps at most; it ends by itself after a few, or one for each line.
const MOST_STEPS: usize = 200;
/// Part of a size's notional from which a gain counts.
const MATTERS: f64 = 1e-12;

/// Equity less requirement of a pool as a function of how much of one size is closed.
pub(super) struct Curve<'a> {
    rates: &'a Rates,
    /// Equity less the other sizes' requirements, before.
    before: f64,
    quantity: f64,
    x: f64,
    /// Of one unit: notional by the requirement's basis, and what is set aside.
    basis: f64,
    aside: f64,
    phi: f64,
    costs: Costs,
}

/// What closing costs: a loss against the mark, and a fee.
enum Costs {
    /// Per unit.
    Linear(f64),
    /// The fill moves away with the root of what is closed, by `away·√y` of the price.
    Root { away: f64, x: f64, fee: f64, sign: f64, inverse: bool },
}

impl Costs {
    /// Costs of closing `y`, and their change per unit.
    fn at(&self, y: f64) -> (f64, f64) {
        match *self {
            Self::Linear(unit) => (unit * y, unit),
            Self::Root { away, x, fee, sign, inverse } => {
                let part = away * y.sqrt();
                if part > FARTHEST {
                    let fill =
                        if inverse { x / (1.0 - sign * FARTHEST) } else { x * (1.0 - sign * FARTHEST) };
                    let unit = (x - fill).abs() + fee * fill;
                    return (y * unit, unit);
                }
                if inverse {
                    let near = 1.0 - sign * part;
                    let fill = x / near;
                    let unit = (sign + fee) * fill - sign * x;
                    (y * unit, unit + (sign + fee) * 0.5 * sign * part * x / (near * near))
                } else {
                    let net = part * (1.0 - fee * sign);
                    (y * x * (fee + net), x * (fee + 1.5 * net))
                }
            }
        }
    }
}

impl<'a> Curve<'a> {
    pub fn new(desk: &Desk<'a>, pool: usize, size: &SizeTerms, price: FillPrice) -> Self {
        let (terms, x, quantity) = (desk.terms, desk.x(size.asset), desk.quantity(size));
        let rule = &terms.procedure;
        let costs = if rule.impact > 0.0 && price != FillPrice::Fillable {
            let (sign, inverse) = (size.sign, terms.inverse);
            Costs::Root { away: rule.impact * x.sqrt(), x, fee: rule.fee, sign, inverse }
        } else {
            let fill = desk.fill_x(pool, size, quantity, price);
            Costs::Linear(terms.direction(size.sign) * (x - fill) + rule.fee * fill)
        };
        Self {
            rates: &terms.markets[size.asset].rates,
            before: desk.equity(pool) - (desk.requirement(pool) - desk.size_requirement(size)),
            quantity,
            x,
            basis: desk.basis_notional(size) / quantity,
            aside: desk.set_aside(size) / quantity,
            phi: terms.phi,
            costs,
        }
    }

    /// Whether more is left once the whole size is closed, by more than rounding.
    pub fn closing_all_helps(&self) -> bool {
        self.gap(self.quantity) - self.gap(0.0) > MATTERS * self.quantity * self.x
    }

    /// What is left above the requirement after closing `y`.
    fn gap(&self, y: f64) -> f64 {
        let left = self.quantity - y;
        let required = self.rates.required(left * self.basis, left);
        self.before - self.costs.at(y).0 - required - (self.phi * self.basis + self.aside) * left
    }

    /// Value and slope where the size left has the rate `rate`, or that of its line.
    fn value_and_slope(&self, y: f64, rate: Option<f64>) -> (f64, f64) {
        let left = self.quantity - y;
        let notional = left * self.basis;
        let (required, per_unit) = match (self.rates, rate) {
            (_, Some(rate)) => (rate * notional, rate * self.basis),
            (Rates::Lines(lines), None) => {
                let steeper = |best: (f64, f64), [_, rate, deduction]: &[f64; 3]| {
                    let line = rate * notional - deduction;
                    if line > best.0 { (line, rate * self.basis) } else { best }
                };
                lines.iter().fold((0.0, 0.0), steeper)
            }
            (Rates::Slope { base, slope }, None) => {
                ((base + slope * left) * notional, (base + 2.0 * slope * left) * self.basis)
            }
            (Rates::Steps(_), None) => (self.rates.required(notional, left), 0.0),
        };
        let fixed = self.phi * self.basis + self.aside;
        let (cost, cost_slope) = self.costs.at(y);
        (self.before - cost - required - fixed * left, per_unit + fixed - cost_slope)
    }

    /// The least amount after which the pool no longer fails; `None` where there is none.
    pub fn least(&self) -> Option<f64> {
        let Rates::Steps(steps) = self.rates else { return self.rising(0.0, self.quantity, None) };
        // From the present rate down; a quantity at a floor has the rate below it.
        let mut from = 0.0;
        for (index, &[floor, rate]) in steps.iter().enumerate().rev() {
            let floor = if index == 0 { 0.0 } else { floor };
            if !is_above(self.quantity, floor) {
                continue;
            }
            let to = self.quantity - floor;
            if let Some(y) = self.rising(from, to, Some(rate)) {
                return Some(y);
            }
            from = to;
        }
        None
    }

    /// The least root in a stretch, if what is left is negative at its start and rises to it; the start where it is not.
    fn rising(&self, from: f64, to: f64, rate: Option<f64>) -> Option<f64> {
        let mut y = from;
        for _ in 0..MOST_STEPS {
            let (value, slope) = self.value_and_slope(y, rate);
            // The pool fails before anything is closed, whatever rounding says.
            if value >= 0.0 && y > 0.0 {
                return Some(y);
            }
            if slope <= 0.0 {
                return None;
            }
            let next = y - value.min(0.0) / slope;
            if next >= to {
                return None;
            }
            if next - y <= 1e-15 * self.quantity {
                return Some(next);
            }
            y = next;
        }
        Some(y)
    }
}
