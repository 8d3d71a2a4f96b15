//! A pool's equity less its requirement as a function of one price, and where it is zero.
//!
//! With `x = p` of a linear contract and `x = 1/p` of an inverse one, notional and profit are linear in `x`
//! (RULES.md), and a requirement is a maximum of lines, one line, or a constant. The difference is therefore concave
//! and piecewise linear in `x`: each piece has the root of its own line, and the first piece that holds its root has
//! the answer. Nothing is iterated, nothing is approximated but the last digit of a division.

use rust_decimal::Decimal;

use crate::domain::{Asset, Basis, Contract, Requirement, Side, Venue};

/// Fraction of the present `x` below which a root is zero but for the rounding of quantities.
const NOTHING: Decimal = Decimal::from_parts(1, 0, 0, false, 9);

/// An open position, as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holding {
    /// Index into the assets.
    pub asset: usize,
    /// Direction.
    pub side: Side,
    /// What is left of it: base units, or face value in quote of an inverse contract; greater than 0.
    pub quantity: Decimal,
    /// Its entry price; greater than 0.
    pub entry: Decimal,
    /// What is left of the sum set aside for the fee of closing it.
    pub set_aside: Decimal,
}

/// A pool as it stands, and the price that moves.
#[derive(Debug, Clone, Copy)]
pub struct CurveInput<'a> {
    /// Contract, basis and fee in the requirement.
    pub venue: &'a Venue,
    /// Requirement of each market.
    pub assets: &'a [Asset],
    /// The pool's money, what was set aside included.
    pub money: Decimal,
    /// Everything open in the pool.
    pub holdings: &'a [Holding],
    /// Index of the asset whose price moves.
    pub moving: usize,
    /// A mark for every asset, greater than 0; that of the moving one is not read.
    pub marks: &'a [Decimal],
}

/// A line in `x`.
#[derive(Debug, Clone, Copy)]
struct Line {
    constant: Decimal,
    slope: Decimal,
}

impl Line {
    fn at(self, x: Decimal) -> Option<Decimal> {
        self.constant.checked_add(self.slope.checked_mul(x)?)
    }

    fn minus(self, other: Self) -> Option<Self> {
        Some(Self {
            constant: self.constant.checked_sub(other.constant)?,
            slope: self.slope.checked_sub(other.slope)?,
        })
    }
}

/// A pool's equity less its requirement, or less what was set aside, as a function of one asset's price.
#[derive(Debug, Clone)]
pub struct Curve {
    contract: Contract,
    /// Everything but the requirements that move with the price.
    base: Line,
    /// Lines of each such requirement, of which the highest holds.
    requirements: Vec<Vec<Line>>,
    /// Values of `x`, rising, at which a requirement changes its line.
    breaks: Vec<Decimal>,
}

/// All holdings of one market and side: what a requirement is counted by.
struct Size {
    asset: usize,
    side: Side,
    quantity: Decimal,
    /// `Σ q·x_E`.
    entry_notional: Decimal,
}

impl Curve {
    /// Equity less requirement: zero at the liquidation price. `None` where an amount outgrows decimals, a price is not
    /// greater than 0, or an index lies outside.
    pub fn new(input: &CurveInput) -> Option<Self> {
        let mut curve = Self::above_set_aside(input)?;
        for size in sizes(input)? {
            curve.require(input, &size)?;
        }
        curve.breaks.sort();
        curve.breaks.dedup();
        Some(curve)
    }

    /// Equity less what was set aside for fees: zero at the bankruptcy price. `None` as in [`Curve::new`].
    pub fn above_set_aside(input: &CurveInput) -> Option<Self> {
        let contract = input.venue.contract;
        let mut base = Line { constant: input.money, slope: Decimal::ZERO };
        for holding in input.holdings {
            base.constant = base.constant.checked_sub(holding.set_aside)?;
            // U = ±s·q·(x − x_E), + for linear.
            let signed = match contract {
                Contract::Linear => holding.side.sign().checked_mul(holding.quantity)?,
                Contract::Inverse => (-holding.side.sign()).checked_mul(holding.quantity)?,
            };
            let entry = notional(contract, signed, holding.entry)?;
            base.constant = base.constant.checked_sub(entry)?;
            if holding.asset == input.moving {
                base.slope = base.slope.checked_add(signed)?;
            } else {
                let mark = *input.marks.get(holding.asset)?;
                base.constant = base.constant.checked_add(notional(contract, signed, mark)?)?;
            }
        }
        Some(Self { contract, base, requirements: Vec::new(), breaks: Vec::new() })
    }

    /// Subtracts the requirement of a size.
    fn require(&mut self, input: &CurveInput, size: &Size) -> Option<()> {
        let requirement = &input.assets.get(size.asset)?.maintenance;
        let fee = input.venue.fee_rate_in_requirement();
        let mut rates = requirement_lines(requirement, size.quantity)?;
        for rate in &mut rates {
            rate.slope = rate.slope.checked_add(fee)?;
        }
        let basis = match input.venue.basis {
            Basis::Entry => size.entry_notional,
            Basis::Mark if size.asset == input.moving => {
                for rate in &mut rates {
                    rate.slope = rate.slope.checked_mul(size.quantity)?;
                }
                self.requirements.push(rates);
                // A break that no decimal holds lies beyond any price.
                let floors = requirement.tiers().iter().skip(1);
                self.breaks.extend(floors.filter_map(|tier| tier.floor.checked_div(size.quantity)));
                return Some(());
            }
            Basis::Mark => notional(self.contract, size.quantity, *input.marks.get(size.asset)?)?,
        };
        self.base.constant = self.base.constant.checked_sub(highest(&rates, basis)?.at(basis)?)?;
        Some(())
    }

    /// The value at a price greater than 0.
    pub fn value(&self, price: Decimal) -> Option<Decimal> {
        let x = notional(self.contract, Decimal::ONE, price)?;
        self.piece(x)?.at(x)
    }

    /// Where the value is zero: from a mark that does not fail in the direction in which the side loses, from one that
    /// fails in the other. `None` where no price does it, or only one that is nothing or endless.
    pub fn root(&self, mark: Decimal, side: Side) -> Option<Decimal> {
        let x = notional(self.contract, Decimal::ONE, mark)?;
        let value = self.piece(x)?.at(x)?;
        let loses_upwards = (side == Side::Short) == (self.contract == Contract::Linear);
        match value {
            v if v.is_zero() => Some(mark),
            v => self.walk(x, v, loses_upwards == (v > Decimal::ZERO)),
        }
    }

    /// The price, on the way from one that fails to where the pool does not fail, at which it is zero, and whether it
    /// lies above; `None` where there is none. On a concave curve only one way leads there.
    pub(super) fn way_out(&self, failing: Decimal) -> Option<(Decimal, bool)> {
        let x = notional(self.contract, Decimal::ONE, failing)?;
        let value = self.piece(x)?.at(x)?;
        let rises = |upwards: bool| upwards == (self.contract == Contract::Linear);
        if value.is_zero() {
            let upwards = self.piece(self.inside(x, true)?)?.slope > Decimal::ZERO;
            return Some((failing, rises(upwards)));
        }
        let root = |upwards| Some((self.walk(x, value, upwards)?, rises(upwards)));
        root(true).or_else(|| root(false))
    }

    /// From `near`, where the value is not 0, piece by piece to the first root; a price.
    fn walk(&self, near: Decimal, value: Decimal, upwards: bool) -> Option<Decimal> {
        let positive = value > Decimal::ZERO;
        let least = near.checked_mul(NOTHING)?;
        let mut near = near;
        loop {
            let far = self.next_break(near, upwards);
            let piece = self.piece(self.inside(near, upwards)?)?;
            let crosses = match far {
                Some(far) => {
                    let value = piece.at(far)?;
                    value.is_zero() || (value > Decimal::ZERO) != positive
                }
                // Unbounded, or to x = 0, which is no price.
                None if upwards => (piece.slope < Decimal::ZERO) == positive && !piece.slope.is_zero(),
                None => (piece.constant < Decimal::ZERO) == positive && !piece.constant.is_zero(),
            };
            if crosses {
                let x = (-piece.constant).checked_div(piece.slope)?;
                return match self.contract {
                    _ if x <= least => None,
                    Contract::Linear => Some(x),
                    // One division instead of two keeps the last digit.
                    Contract::Inverse => piece.slope.checked_div(-piece.constant),
                };
            }
            near = far?;
        }
    }

    fn next_break(&self, from: Decimal, upwards: bool) -> Option<Decimal> {
        match upwards {
            true => self.breaks.iter().copied().find(|b| *b > from),
            false => self.breaks.iter().rev().copied().find(|b| *b < from),
        }
    }

    /// A point inside the piece that begins at `near`.
    fn inside(&self, near: Decimal, upwards: bool) -> Option<Decimal> {
        let far = match self.next_break(near, upwards) {
            Some(far) => far,
            None if upwards => near.checked_mul(Decimal::TWO)?,
            None => Decimal::ZERO,
        };
        near.checked_add(far)?.checked_div(Decimal::TWO)
    }

    /// The line that the curve is at `x`.
    fn piece(&self, x: Decimal) -> Option<Line> {
        self.requirements.iter().try_fold(self.base, |piece, lines| piece.minus(highest(lines, x)?))
    }
}

/// `q·x` at a price: `q·p`, or `q/p` of an inverse contract.
pub(in crate::margin) fn notional(contract: Contract, quantity: Decimal, price: Decimal) -> Option<Decimal> {
    match contract {
        _ if price <= Decimal::ZERO => None,
        Contract::Linear => quantity.checked_mul(price),
        Contract::Inverse => quantity.checked_div(price),
    }
}

fn sizes(input: &CurveInput) -> Option<Vec<Size>> {
    let mut sizes: Vec<Size> = Vec::new();
    for holding in input.holdings.iter().filter(|holding| !holding.quantity.is_zero()) {
        let entry = notional(input.venue.contract, holding.quantity, holding.entry)?;
        match sizes.iter_mut().find(|size| (size.asset, size.side) == (holding.asset, holding.side)) {
            Some(size) => {
                size.quantity = size.quantity.checked_add(holding.quantity)?;
                size.entry_notional = size.entry_notional.checked_add(entry)?;
            }
            None => sizes.push(Size {
                asset: holding.asset,
                side: holding.side,
                quantity: holding.quantity,
                entry_notional: entry,
            }),
        }
    }
    Some(sizes)
}

/// The requirement of a size as lines in its notional, without the venue's fee.
fn requirement_lines(requirement: &Requirement, quantity: Decimal) -> Option<Vec<Line>> {
    let rate = match requirement {
        Requirement::Lines(table) => {
            let line = |tier: &crate::domain::Tier| Line { constant: -tier.deduction, slope: tier.rate };
            return Some(table.tiers().iter().map(line).collect());
        }
        Requirement::Steps(steps) => {
            let holds = steps.iter().rev().find(|step| step.floor < quantity).or(steps.first());
            holds.map_or(Decimal::ZERO, |step| step.rate)
        }
        Requirement::Slope { base, slope } => base.checked_add(slope.checked_mul(quantity)?)?,
    };
    Some(vec![Line { constant: Decimal::ZERO, slope: rate }])
}

/// What a requirement asks of a size of this notional, without the venue's fee.
pub(in crate::margin) fn maintenance_of(
    requirement: &Requirement,
    quantity: Decimal,
    notional: Decimal,
) -> Option<Decimal> {
    highest(&requirement_lines(requirement, quantity)?, notional)?.at(notional)
}

/// The line that is highest at `x`; the first of equals.
fn highest(lines: &[Line], x: Decimal) -> Option<Line> {
    let mut best: Option<(Decimal, Line)> = None;
    for line in lines {
        let value = line.at(x)?;
        if best.is_none_or(|(highest, _)| value > highest) {
            best = Some((value, *line));
        }
    }
    best.map(|(_, line)| line)
}
