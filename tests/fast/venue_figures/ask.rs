//! A row's inputs laid out for the program.

use ringfence::domain::{
    Basis, Contract, FeeInRequirement, Fees, FillPrice, LiquidationRule, Remainder, Requirement, Side,
    TierTable, Venue,
};
use ringfence::margin::{Backing, OtherPosition, Quote, QuoteInput, quote};
use rust_decimal::Decimal;

use super::row::{Row, number};

/// A row's position, to be changed where its rule derives an input.
pub struct Ask {
    pub venue: Venue,
    pub maintenance: Requirement,
    pub max_leverage: Option<Decimal>,
    pub side: Side,
    pub quantity: Decimal,
    pub entry: Decimal,
    pub mark: Decimal,
    pub leverage: Option<Decimal>,
    pub money: Money,
}

pub enum Money {
    Margin(Option<Decimal>),
    Wallet(Decimal, Vec<OtherPosition>),
}

impl Ask {
    /// The row under a basis and a fee in the requirement, everything else as its columns say.
    pub fn new(row: &Row, basis: Basis, fee_in_requirement: FeeInRequirement) -> Self {
        let fee = row.number("fee").unwrap_or_default();
        let mut liquidation = LiquidationRule::full(FillPrice::Mark, Remainder::Return);
        liquidation.fee = fee;
        let contract = if row.text("contract") == "inverse" { Contract::Inverse } else { Contract::Linear };
        let venue = Venue {
            contract,
            basis,
            fee_in_requirement,
            fees: Fees { taker: fee, maker: fee },
            liquidation,
            ..Venue::textbook()
        };
        let mark = row.number("mark_price");
        let decimals = row.key("entry_trunc").map_or(28, |digits| digits.parse().unwrap());
        let entry = row.number("entry_price").or(mark).unwrap_or(Decimal::ONE).trunc_with_scale(decimals);
        let rate = row.number("mmr").unwrap_or_default();
        let deduction = row.number("cum").unwrap_or_default();
        let given = row.number("isolated_margin_or_wallet");
        let money = match row.text("mode") {
            "cross" => Money::Wallet(given.unwrap_or_default(), others(row)),
            _ => Money::Margin(given),
        };
        let mut ask = Self {
            venue,
            maintenance: Requirement::Lines(TierTable::line(rate, deduction)),
            max_leverage: None,
            side: if row.text("side") == "short" { Side::Short } else { Side::Long },
            quantity: row.number("quantity").unwrap_or(Decimal::ONE),
            entry,
            mark: mark.unwrap_or(entry),
            leverage: row.number("leverage"),
            money,
        };
        if let Some(added) = row.key("added").map(number)
            && row.text("isolated_margin_or_wallet") == "IM"
        {
            ask.money = Money::Margin(ask.quote().initial_margin.map(|margin| margin + added));
        }
        ask
    }

    pub fn line(mut self, rate: Decimal, deduction: Decimal) -> Self {
        self.maintenance = Requirement::Lines(TierTable::line(rate, deduction));
        self
    }

    /// The whole of its equity at the mark as money, without unrealised profit.
    pub fn with_equity(mut self, equity: Decimal) -> Self {
        self.entry = self.mark;
        self.money = Money::Wallet(equity, Vec::new());
        self
    }

    pub fn quote(&self) -> Quote {
        let backing = match &self.money {
            Money::Margin(margin) => Backing::Isolated { margin: *margin },
            Money::Wallet(wallet, others) => Backing::Cross { wallet: *wallet, others },
        };
        let input = QuoteInput {
            venue: &self.venue,
            maintenance: &self.maintenance,
            max_leverage: self.max_leverage,
            side: self.side,
            quantity: self.quantity,
            entry: self.entry,
            mark: self.mark,
            leverage: self.leverage,
            backing,
        };
        quote(&input).unwrap()
    }
}

/// Positions in other markets, where the column lists them.
fn others(row: &Row) -> Vec<OtherPosition> {
    let listed: serde_json::Value = serde_json::from_str(row.text("other_positions_json")).unwrap();
    let other = |position: &serde_json::Value| {
        let field = |name: &str| Some(number(position.get(name)?.as_str()?));
        Some(OtherPosition {
            maintenance: Requirement::Lines(TierTable::line(field("mmr")?, field("cum")?)),
            side: if position["side"] == "short" { Side::Short } else { Side::Long },
            quantity: field("quantity")?,
            entry: field("entry")?,
            mark: field("mark")?,
        })
    };
    listed.as_array().unwrap().iter().filter_map(other).collect()
}
