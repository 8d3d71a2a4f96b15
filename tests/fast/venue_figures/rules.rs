//! What each rule of the table asks the program for.

use ringfence::domain::{Basis, FeeInRequirement, Requirement, TierTable};
use ringfence::margin::{OtherPosition, Quote};
use rust_decimal::{Decimal, dec};

use super::ask::{Ask, Money};
use super::closes;
use super::row::{Row, number};

/// What became of a row.
pub enum Answer {
    Figure(Decimal),
    /// The program says there is none.
    None,
    OutOfScope(&'static str),
}

use Basis::{Entry, Mark};
use FeeInRequirement::{Liquidation, None as NoFee, Taker, TakerAtBankruptcy, TakerAtEntry};

pub fn answer(row: &Row) -> Answer {
    if let Some(why) = out_of_scope(row) {
        return Answer::OutOfScope(why);
    }
    let figure = match row.formula() {
        "deribit_margin" | "dydx_im" | "dydx_mm" => of_accounts(row),
        formula if formula.starts_with("dydx_") || formula == "drift_cover" => closes::answer(row),
        formula if formula.starts_with("tier_") || formula == "cum_identity" => of_tiers(row),
        formula if formula.starts_with("bitmex_") => of_bitmex(row),
        formula if formula.starts_with("bybit_") => of_bybit(row),
        formula if formula.starts_with("kucoin_") => of_kucoin(row),
        formula if formula.starts_with("okx_") || formula.starts_with("hl_") => of_equity(row),
        _ => of_position(row),
    };
    figure.map_or(Answer::None, Answer::Figure)
}

fn out_of_scope(row: &Row) -> Option<&'static str> {
    Some(match row.formula() {
        "lin_mark_lp" if row.key("buffer").is_some() && is_never_liquidated(row) => {
            "a negative price, which its source goes on to reckon with; here there is none"
        }
        "nautilus_margin" => "a requirement divided by leverage: no venue does it",
        "hl_2023" => "the rule of 2023: a requirement frozen at the total notional",
        "hl_account_value" | "kucoin_posmargin" => "a sum of amounts the row itself gives",
        "gmx_v1" => "fees owed in fixed dollars, and liquidation at a share of collateral",
        "drift_fee" => "a fee that rises with the slots a liquidation waits",
        "bybit_order_im" | "kucoin_cross_risk" => "margin of resting orders, which are not modelled",
        "bybit_uta_cross_lp" => {
            "an estimate with a frozen requirement and a borrowed coin's; not the trigger"
        }
        "dydx_mmf" | "dydx_funding_cap" => "a constant of a market, which its file states",
        _ => return None,
    })
}

fn is_never_liquidated(row: &Row) -> bool {
    Ask::new(row, Mark, Taker).quote().liquidation_price.is_none()
}

/// Rules of one position.
fn of_position(row: &Row) -> Option<Decimal> {
    let ask = |basis, fee| Ask::new(row, basis, fee);
    match row.formula() {
        "lin_mark_lp" | "inv_mark_lp" => {
            let ask = ask(Mark, Taker);
            match (ask.quote().liquidation_price, row.key("buffer").map(number)) {
                (Some(price), Some(buffer)) => Some(price + (ask.entry - price) * buffer),
                (price, _) => price.or(printed_as_zero(row)),
            }
        }
        "lin_entry_lp" | "inv_entry_lp" => match row.key("mm").map(number) {
            Some(fixed) => ask(Entry, NoFee).line(Decimal::ZERO, -fixed).quote().liquidation_price,
            None => ask(Entry, TakerAtBankruptcy).quote().liquidation_price,
        },
        "lin_bankr" | "inv_bankr" => ask(Entry, TakerAtBankruptcy).quote().bankruptcy_price,
        "mm_linear" | "mm_notional" => Some(ask(Mark, Taker).quote().maintenance_margin),
        "mm_linear_fee" => Some(ask(Mark, Liquidation).quote().maintenance_margin),
        "im_linear" | "im_inverse" => ask(Entry, NoFee).quote().initial_margin,
        "im_linear_mark" => ask(Mark, NoFee).quote().initial_margin,
        "im_rate" => {
            let mut ask = ask(Entry, NoFee);
            ask.leverage = Some(Decimal::ONE / row.key_number("rate"));
            ask.quote().initial_margin
        }
        "iso_margin_at_mark" => Some(ask(Mark, NoFee).quote().equity),
        "upnl" => Some(ask(Mark, NoFee).quote().unrealized_pnl),
        "margin_ratio" => ask(Mark, Taker).quote().margin_ratio,
        "mm_ratio_inv" => ask(Mark, Taker).quote().margin_ratio.map(|ratio| Decimal::ONE / ratio),
        "fee_at" => {
            let mut ask = ask(Mark, Liquidation).line(Decimal::ZERO, Decimal::ZERO);
            ask.mark = row.key_number("price");
            Some(ask.quote().maintenance_margin)
        }
        // The margin put in is whatever gives the price before; more of it moves the price.
        "shift_add_margin" => {
            let mut ask = ask(Entry, NoFee);
            ask.quantity = row.key_number("q_new");
            let margin = (ask.entry - row.key_number("liq0")).abs() * ask.quantity;
            ask.money = Money::Margin(Some(margin));
            assert_eq!(ask.quote().liquidation_price, Some(row.key_number("liq0")));
            ask.money = Money::Margin(Some(margin + row.key_number("added")));
            ask.quote().liquidation_price
        }
        other => panic!("{}: unknown rule {other}", row.id()),
    }
}

/// Venues print 0 where no price liquidates.
fn printed_as_zero(row: &Row) -> Option<Decimal> {
    number(row.text("expected_value")).is_zero().then_some(Decimal::ZERO)
}

/// Rows that give equity in place of a wallet.
fn of_equity(row: &Row) -> Option<Decimal> {
    let mut ask = Ask::new(row, Mark, Taker);
    match row.formula() {
        "okx_lp_from_ratio" => {
            let required = ask.quote().requirement;
            let equity = match row.key("mgn_ratio") {
                Some(ratio) => required * number(ratio),
                None => required / row.key_number("inv_ratio"),
            };
            ask.with_equity(equity).quote().liquidation_price
        }
        // The mark is known from the profit: 1/P = 1/E − U/(s·q).
        "okx_inv_ratio" | "okx_inv_mm" => {
            let shift = row.key_number("upl") / (ask.side.sign() * ask.quantity);
            ask.mark = Decimal::ONE / (Decimal::ONE / ask.entry - shift);
            let quote: Quote = ask.quote();
            if row.formula() == "okx_inv_mm" { Some(quote.maintenance_margin) } else { quote.margin_ratio }
        }
        "hl_lp_raw" => {
            let equity = row.key_number("raw_usd") + ask.side.sign() * ask.quantity * ask.mark;
            ask.with_equity(equity).quote().liquidation_price
        }
        // Of the other positions only the sum of their requirements is known.
        "hl_cross_mm" => {
            ask.mark = row.key_number("pos_value") / ask.quantity;
            let equity = row.number("isolated_margin_or_wallet")?;
            let rest = row.key_number("mm_total") - ask.quote().maintenance_margin;
            let mut ask = ask.with_equity(equity);
            let other = OtherPosition {
                maintenance: Requirement::Lines(TierTable::line(Decimal::ZERO, -rest)),
                side: ask.side,
                quantity: Decimal::ONE,
                entry: Decimal::ONE,
                mark: Decimal::ONE,
            };
            ask.money = Money::Wallet(equity, vec![other]);
            ask.quote().liquidation_price
        }
        other => panic!("{}: unknown rule {other}", row.id()),
    }
}

fn of_bybit(row: &Row) -> Option<Decimal> {
    let entry = Ask::new(row, Entry, TakerAtBankruptcy);
    let mark = Ask::new(row, Mark, TakerAtBankruptcy);
    match row.formula() {
        "bybit_pos_im" => entry.quote().initial_margin,
        "bybit_pos_mm" => Some(entry.quote().maintenance_margin),
        "bybit_uta_im" => mark.quote().initial_margin,
        "bybit_uta_mm" => Some(mark.quote().maintenance_margin),
        "bybit_pos_balance" => {
            let quote = entry.quote();
            Some(quote.initial_margin? + (-quote.unrealized_pnl).max(Decimal::ZERO))
        }
        "bybit_inv_cross_bankr" => entry.quote().bankruptcy_price,
        "bybit_inv_cross_liq" => entry.quote().liquidation_price,
        // Of the pool only its bankruptcy price is known.
        "bybit_bust_to_lp" => {
            let mut ask = Ask::new(row, Entry, NoFee);
            ask.money =
                Money::Margin(Some((ask.entry - row.key_number("bust")) * ask.side.sign() * ask.quantity));
            ask.quote().liquidation_price
        }
        "bybit_mm_at_bust" => {
            let mut ask = Ask::new(row, Mark, NoFee);
            ask.mark = row.key_number("bust");
            Some(ask.quote().maintenance_margin)
        }
        other => panic!("{}: unknown rule {other}", row.id()),
    }
}

fn of_kucoin(row: &Row) -> Option<Decimal> {
    let mut ask = Ask::new(row, Entry, TakerAtEntry);
    let cost = ask.quantity * ask.entry;
    match row.formula() {
        "kucoin_comm" => {
            ask.leverage = Some(cost / row.key_number("pos_init"));
            Some(ask.quote().set_aside)
        }
        // The printed leverage is rounded; the exact one is what gives the fee that was set aside.
        "kucoin_mm_old" => {
            ask.leverage = Some(cost / (row.key_number("pos_comm") / row.number("fee")? - cost));
            Some(ask.quote().maintenance_margin)
        }
        other => panic!("{}: unknown rule {other}", row.id()),
    }
}

/// Amounts are whole satoshi, rounded up; prices are whole satoshi a contract, rounded against the holder, and then
/// half dollars.
fn of_bitmex(row: &Row) -> Option<Decimal> {
    let coin = dec!(100000000);
    // Twenty-eight digits of a division leave a trace beyond the sixth decimal of a satoshi.
    let satoshi = |amount: Decimal| (amount * coin).round_dp(6).ceil() / coin;
    let mut ask = Ask::new(row, Entry, TakerAtEntry);
    // The printed entry price is rounded, the cost is not.
    ask.entry = ask.quantity / (row.key_number("pos_cost_sat") / coin);
    let quote = ask.quote();
    let price = |price: Decimal| match row.text("side") {
        "short" => (coin / (coin / price).round_dp(6).ceil() * dec!(2)).floor() / dec!(2),
        _ => (coin / (coin / price).round_dp(6).floor() * dec!(2)).ceil() / dec!(2),
    };
    match row.formula() {
        "bitmex_init" => quote.initial_margin.map(satoshi),
        "bitmex_comm" => Some(satoshi(quote.set_aside)),
        "bitmex_margin" => Some(satoshi(quote.initial_margin?) + satoshi(quote.set_aside)),
        "bitmex_maint" => {
            Some(satoshi(quote.maintenance_margin - quote.set_aside) + satoshi(quote.set_aside))
        }
        "bitmex_liq" => quote.liquidation_price.map(price),
        "bitmex_bankr" => quote.bankruptcy_price.map(price),
        other => panic!("{}: unknown rule {other}", row.id()),
    }
}

/// Rate and deduction of the tier a size stands in, seen from the requirement just below the size and at it.
fn of_tiers(row: &Row) -> Option<Decimal> {
    if row.formula() == "cum_identity" {
        let [low, high, before] = ["mmr_lo", "mmr_hi", "cum_lo"].map(|key| row.key_number(key));
        let rows = [
            (Decimal::ZERO, Decimal::ZERO, None),
            (before / low, low, None),
            (row.key_number("floor"), high, None),
        ];
        return TierTable::new(&rows).unwrap().tiers().last().map(|tier| tier.deduction);
    }
    let listed: Vec<[serde_json::Number; 3]> =
        serde_json::from_str(row.text("other_positions_json")).unwrap();
    let tiers: Vec<_> = listed
        .iter()
        .map(|tier| tier.each_ref().map(|value| number(&value.to_string())))
        .map(|[floor, rate, amount]| (floor, rate, Some(amount)))
        .collect();
    let mut ask = Ask::new(row, Mark, NoFee);
    ask.money = Money::Wallet(Decimal::ZERO, Vec::new());
    ask.maintenance = Requirement::Lines(TierTable::new(&tiers).unwrap());
    let (at, step) = (ask.quote().maintenance_margin, dec!(0.001));
    let notional = ask.quantity * ask.mark;
    ask.quantity -= step;
    let rate = (at - ask.quote().maintenance_margin) / (step * ask.mark);
    Some(if row.formula() == "tier_cum" { notional * rate - at } else { rate })
}

/// Accounts without a chosen leverage.
fn of_accounts(row: &Row) -> Option<Decimal> {
    let mut ask = Ask::new(row, Mark, NoFee);
    ask.money = Money::Wallet(Decimal::ZERO, Vec::new());
    match row.formula() {
        "deribit_margin" => {
            let (base, slope) = (row.key_number("base"), row.key_number("slope"));
            ask.max_leverage = Some(Decimal::ONE / base);
            ask.maintenance = Requirement::Slope { base, slope };
            match row.text("expected_quantity_name") {
                "initial_margin" => ask.quote().initial_margin,
                _ => Some(ask.quote().maintenance_margin),
            }
        }
        "dydx_im" => {
            ask.max_leverage = Some(Decimal::ONE / row.key_number("imf"));
            ask.quote().initial_margin
        }
        "dydx_mm" => {
            let rate = row.key_number("imf") * row.key_number("mfrac");
            Some(ask.line(rate, Decimal::ZERO).quote().maintenance_margin)
        }
        other => panic!("{}: unknown rule {other}", row.id()),
    }
}
