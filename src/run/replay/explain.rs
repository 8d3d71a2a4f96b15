//! Events of an account in words, every amount as the ledger has it.

use std::fmt::Write;

use rust_decimal::Decimal;

use crate::domain::{Contract, FillPrice, Portfolio, Side, Span, StepKind};
use crate::margin::{
    Cause, FundingEvent, Ledger, LedgerEvent, LiquidationEvent, OrderEvent, OrderKind, PoolKind,
    ReopeningEvent, SizeClose, TopUpEvent,
};
use crate::scenario::Scenario;

/// Digits of a price or a fraction that a person still reads.
const READABLE_DIGITS: u32 = 15;

fn money(amount: Decimal) -> Decimal {
    amount.normalize()
}

fn price(price: Decimal) -> Decimal {
    price.round_sf(READABLE_DIGITS).unwrap_or(price).normalize()
}

/// What the account holds at time 0.
pub(crate) fn opening(portfolio: &Portfolio, ledger: &Ledger<'_>) -> String {
    let mut text = format!("  open, wallet {} {}", money(ledger.wallet()), portfolio.account.currency);
    if !ledger.fees().is_zero() {
        let _ = write!(text, ", fees of the entry {} paid", money(ledger.fees()));
    }
    text.push('\n');
    for (pool, held) in ledger.pools() {
        let backing = match pool.kind {
            PoolKind::Isolated => format!("its own margin of {}", money(held)),
            PoolKind::Wallet => format!("the wallet of {}", money(held)),
        };
        for &index in &pool.positions {
            let p = &portfolio.positions[index];
            let asset = &portfolio.assets[p.asset];
            let _ = writeln!(
                text,
                "    {}: {} {} {} at {}, backed by {backing}",
                p.name,
                p.side.name(),
                p.quantity.normalize(),
                unit(portfolio, p.asset),
                asset.price.normalize()
            );
        }
    }
    text
}

/// What a quantity of an asset is counted in.
fn unit(portfolio: &Portfolio, asset: usize) -> String {
    let of = match portfolio.venue.contract {
        Contract::Linear => "",
        Contract::Inverse => "quote of ",
    };
    format!("{of}{}", portfolio.assets[asset].name)
}

/// Tells the events of one step.
pub(crate) struct Words<'a> {
    scenario: &'a Scenario,
    ledger: &'a Ledger<'a>,
    /// `step`, or what inside one.
    when: &'static str,
}

impl<'a> Words<'a> {
    pub fn new(scenario: &'a Scenario, ledger: &'a Ledger<'a>, when: &'static str) -> Self {
        Self { scenario, ledger, when }
    }

    /// All of a step's events, one after the other.
    pub fn all(&self, step: u64, events: &[LedgerEvent]) -> String {
        let mut text = String::new();
        for event in events {
            let told = match event {
                LedgerEvent::Funding(event) => self.funding(event),
                LedgerEvent::Order(event) => self.order(event),
                LedgerEvent::Liquidation(event) => self.liquidation(event),
                LedgerEvent::TopUp(event) => self.top_up(event),
                LedgerEvent::Reopening(event) => self.reopening(event),
            };
            let _ = writeln!(text, "  {}: {told}", self.time(step));
        }
        if !events.is_empty() {
            let _ = writeln!(text, "    wallet now {}", money(self.ledger.wallet()));
        }
        text
    }

    fn portfolio(&self) -> &Portfolio {
        &self.scenario.portfolio
    }

    fn name(&self, position: usize) -> &str {
        &self.portfolio().positions[position].name
    }

    fn time(&self, step: u64) -> String {
        let settings = &self.scenario.settings;
        let seconds = u128::from(step) * u128::from(settings.horizon.seconds());
        let elapsed = Span::from_seconds((seconds / u128::from(settings.steps)) as u64);
        let ends = if self.when == "step" { "" } else { "ends at " };
        let elapsed = elapsed.map_or_else(String::new, |span| format!(" ({ends}{span})"));
        format!("{} {step}{elapsed}", self.when)
    }

    /// The positions of a pool, or the wallet's.
    fn pool(&self, pool: usize) -> String {
        match self.ledger.pools().nth(pool) {
            Some((pool, _)) if pool.kind == PoolKind::Isolated => {
                pool.positions.iter().map(|&index| self.name(index)).collect()
            }
            _ => "the cross positions".to_owned(),
        }
    }

    fn funding(&self, event: &FundingEvent) -> String {
        let pool = self.pool(event.pool);
        if event.owed.is_sign_negative() {
            let to = if event.from_wallet.is_zero() { "margin" } else { "the wallet" };
            return format!("funding received by {pool}: {} into {to}", money(-event.owed));
        }
        let mut parts = Vec::new();
        for (amount, from) in [
            (event.from_wallet, "from the wallet"),
            (event.from_margin, "from margin"),
            (event.waived, "waived, so that the requirement stays met"),
            (event.shortfall, "that could not be paid, the fund's shortfall"),
        ] {
            if !amount.is_zero() {
                parts.push(format!("{} {from}", money(amount)));
            }
        }
        format!("funding owed by {pool}: {}: {}", money(event.owed), parts.join(", "))
    }

    fn order(&self, event: &OrderEvent) -> String {
        let kind = match event.kind {
            OrderKind::StopLoss => "stop loss",
            OrderKind::TakeProfit => "take profit",
        };
        let side = self.portfolio().positions[event.position].side;
        let mut text = format!(
            "the {kind} of {} at {} is filled at {}\n    {} = {}; fee {}",
            self.name(event.position),
            price(event.level),
            price(event.fill),
            self.profit(side, event.quantity, event.entry, event.fill),
            money(event.realised),
            money(event.fee)
        );
        if !event.shortfall.is_zero() {
            let _ = write!(text, "; shortfall {}, paid in by the fund", money(event.shortfall));
        } else if !event.returned.is_zero() {
            let _ = write!(text, "; {} returned", money(event.returned));
        }
        text
    }

    fn top_up(&self, event: &TopUpEvent) -> String {
        format!(
            "{} of margin added to {}: equity {}, requirement {}",
            money(event.amount),
            self.name(event.position),
            money(event.equity),
            money(event.requirement)
        )
    }

    fn reopening(&self, event: &ReopeningEvent) -> String {
        let name = self.name(event.position);
        let needs = format!(
            "margin {}, set aside {}, fee {}; free wallet before {}",
            money(event.margin),
            money(event.set_aside),
            money(event.fee),
            money(event.free)
        );
        if event.opened {
            format!("{name} is opened anew, {} at {}: {needs}", price(event.quantity), price(event.price))
        } else if event.quantity.is_zero() {
            format!("{name} stays out: at {} it is less than a lot", price(event.price))
        } else {
            format!("{name} stays out, {} at {}: {needs}", price(event.quantity), price(event.price))
        }
    }

    fn liquidation(&self, event: &LiquidationEvent) -> String {
        let mut text = format!(
            "the margin check of {} fails\n    equity {} = money {} + profit; requirement {}\n",
            self.pool(event.pool),
            money(event.equity),
            money(event.money),
            money(event.requirement)
        );
        for close in &event.closes {
            self.close(&mut text, close);
        }
        let _ = write!(
            text,
            "    realised {}, fees {}, shortfall {}, paid in by the fund {}",
            money(event.realised),
            money(event.fee),
            money(event.shortfall),
            money(event.paid_in)
        );
        if event.emptied {
            let _ = write!(
                text,
                "\n    nothing is left open: forfeited {}, returned {}",
                money(event.forfeited),
                money(event.returned)
            );
        }
        if let Some(until) = event.waits_until {
            let _ = write!(text, "\n    checked again at step {until}");
        }
        text
    }

    fn close(&self, text: &mut String, close: &SizeClose) {
        let (why, how) = match close.cause {
            Cause::Backstop => ("backstop".to_owned(), "taken over at the mark"),
            Cause::Step(kind, fill) => {
                let why = match kind {
                    StepKind::Tiered { .. } => format!("tiered, from tier {}", close.tier),
                    _ => kind.name().to_owned(),
                };
                (
                    why,
                    match fill {
                        FillPrice::Mark => "sold into the book",
                        FillPrice::Bankruptcy => "handed over where the money is used up",
                        FillPrice::Fillable => "filled at the limit",
                    },
                )
            }
        };
        let how = if how == "sold into the book" && close.side == Side::Short { "bought back" } else { how };
        let _ = write!(
            text,
            "    {why}: {} of {} {} {} {how}, mark {}",
            price(close.quantity),
            price(close.of),
            unit(self.portfolio(), close.asset),
            close.side.name(),
            price(close.mark)
        );
        if let Some(fill) = close.fill {
            let _ = write!(text, ", fill {}, fee {}", price(fill), money(close.fee));
        }
        if !close.paid_in.is_zero() {
            let _ = write!(text, ", paid in by the fund {}", money(close.paid_in));
        }
        text.push('\n');
        for fill in &close.fills {
            let at = close.fill.unwrap_or(close.mark);
            let profit = if close.fill.is_some() { fill.profit } else { fill.profit_at_mark };
            let _ = writeln!(
                text,
                "      {}: {} = {}",
                self.name(fill.position),
                self.profit(close.side, fill.quantity, fill.entry, at),
                money(profit)
            );
        }
    }

    /// The formula of a profit with its numbers.
    fn profit(&self, side: Side, quantity: Decimal, entry: Decimal, at: Decimal) -> String {
        let sign = if side == Side::Short { "−" } else { "" };
        let (quantity, entry, at) = (price(quantity), price(entry), price(at));
        match self.portfolio().venue.contract {
            Contract::Linear => format!("{sign}{quantity}·({at} − {entry})"),
            Contract::Inverse => format!("{sign}{quantity}·(1/{entry} − 1/{at})"),
        }
    }
}
