//! `[venue.liquidation]`: what closes a pool that fails.

use rust_decimal::{Decimal, dec};

use crate::domain::{
    FillPrice, Fillable, LiquidationRule, LiquidationStep, Order, Remainder, Slippage, StepKind,
};
use crate::error::Result;
use crate::scenario::context::Context;
use crate::scenario::syntax::reader::{Field, Table, for_example};

const KEYS: [&str; 10] = [
    "price",
    "remainder",
    "order",
    "fee",
    "slippage",
    "procedure",
    "steps",
    "fraction",
    "backstop",
    "fillable",
];
const FILLS: [(&str, FillPrice); 3] =
    [("mark", FillPrice::Mark), ("bankruptcy", FillPrice::Bankruptcy), ("fillable", FillPrice::Fillable)];
const REMAINDERS: [(&str, Remainder); 2] = [("forfeit", Remainder::Forfeit), ("return", Remainder::Return)];
const ORDERS: [(&str, Order); 3] = [
    ("all", Order::All),
    ("largest_loss", Order::LargestLoss),
    ("largest_requirement", Order::LargestRequirement),
];
const EXAMPLE: &str = "steps = [{ kind = \"cover\" }, { kind = \"full\", price = \"bankruptcy\" }]";
/// Most steps of a procedure.
const MAX_STEPS: usize = 20;
/// Largest fee and slippage: beyond it a fill would mean nothing.
const MAX_FEE: Decimal = dec!(0.1);
const MAX_SLIPPAGE: Decimal = dec!(0.5);
/// Smallest part of a size that a step closes: what repeats takes some 1 / fraction closes to halve a size.
const MIN_FRACTION: Decimal = dec!(0.01);
/// Largest amounts of notional, account currency.
const MAX_NOTIONAL: Decimal = dec!(1_000_000_000_000_000);

/// Kinds of a step, before their numbers are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Full,
    Tiered,
    Fraction,
    Cover,
}

const KINDS: [(&str, Kind); 4] =
    [("full", Kind::Full), ("tiered", Kind::Tiered), ("fraction", Kind::Fraction), ("cover", Kind::Cover)];

/// Reads the rule; `taker` is what `fee = "taker"` means.
///
/// # Errors
/// A key out of its range; steps that cannot follow each other, or do not end.
pub(crate) fn read(venue: &Table<'_>, taker: Decimal, context: &mut Context<'_>) -> Result<LiquidationRule> {
    let table = venue.table("liquidation")?;
    table.only(&KEYS, &[])?;
    let price = table.require("price", "price = \"mark\"")?.word(&FILLS, &[])?;
    let remainder = table.require("remainder", "remainder = \"forfeit\"")?.word(&REMAINDERS, &[])?;
    let order = table.field("order").map_or(Ok(Order::All), |field| field.word(&ORDERS, &[]))?;
    let fee = match table.field("fee") {
        Some(field) if field.is_text() && field.text("")? == "taker" => taker,
        Some(field) => field.fraction(Decimal::ZERO, MAX_FEE, "fee = 0.0125, or fee = \"taker\"")?,
        None => Decimal::ZERO,
    };
    let slippage = table.field("slippage").map_or(Ok(Slippage::Fixed(Decimal::ZERO)), |f| slippage(&f))?;
    let steps = steps(&table, price)?;
    check_order(&table, order, &steps)?;
    let fillable = fillable(&table, &steps, context)?;
    let backstop = table.field("backstop").map(|field| backstop(&field)).transpose()?;
    Ok(LiquidationRule { steps, order, fee, slippage, remainder, fillable, backstop })
}

fn slippage(field: &Field<'_>) -> Result<Slippage> {
    let example = "slippage = 0.001, or slippage = { impact = 0.1, daily_volume = 1e9 }";
    if !field.is_table() {
        return field.fraction(Decimal::ZERO, MAX_SLIPPAGE, example).map(Slippage::Fixed);
    }
    let table = field.table()?;
    table.only(&["impact", "daily_volume"], &[])?;
    let impact = table.require("impact", "impact = 0.1")?.decimal_in(
        |impact| impact >= Decimal::ZERO && impact <= Decimal::TEN,
        "0 to 10, the fraction of the price that closing a day's volume costs",
        "impact = 0.1",
    )?;
    let daily_volume = table.require("daily_volume", "daily_volume = 1e9")?.decimal_in(
        |volume| volume > Decimal::ZERO && volume <= MAX_NOTIONAL,
        "an amount greater than 0 and at most 1e15, in the currency of notionals",
        "daily_volume = 1e9",
    )?;
    Ok(Slippage::SquareRoot { impact, daily_volume })
}

fn backstop(field: &Field<'_>) -> Result<Decimal> {
    field.decimal_in(
        |share| share > Decimal::ZERO && share <= Decimal::ONE,
        "a fraction of the requirement greater than 0 and at most 1",
        "backstop = 0.6667",
    )
}

/// The numbers of a fillable price, checked even where no step fills at it.
fn fillable(
    table: &Table<'_>,
    steps: &[LiquidationStep],
    context: &mut Context<'_>,
) -> Result<Option<Fillable>> {
    let example = "fillable = { spread = 1.5, adjustment = 1 }";
    let is_read = steps.iter().any(|step| step.price == FillPrice::Fillable);
    if !is_read && table.field("fillable").is_none() {
        return Ok(None);
    }
    let field = table.require("fillable", example)?;
    let inner = field.table()?;
    inner.only(&["spread", "adjustment"], &[])?;
    let number = |key: &str| {
        inner.require(key, example)?.decimal_in(
            |value| value >= Decimal::ZERO && value <= Decimal::ONE_HUNDRED,
            "0 to 100",
            example,
        )
    };
    let fillable = Fillable { spread: number("spread")?, adjustment: number("adjustment")? };
    if !is_read {
        context.note(&[format!("{} has no effect: no step fills at price = \"fillable\"", field.path)]);
    }
    Ok(is_read.then_some(fillable))
}

/// The steps as written, or those that `procedure` is short for.
fn steps(table: &Table<'_>, price: FillPrice) -> Result<Vec<LiquidationStep>> {
    let (written, procedure) = (table.field("steps"), table.field("procedure"));
    if let (Some(field), Some(_)) = (&written, &procedure) {
        let what = format!("`{}` and `{}` are both given", table.key("procedure"), field.path);
        return Err(field.fail(&what, "keep one of the two"));
    }
    let full = LiquidationStep { kind: StepKind::Full, price };
    if let (Some(field), Some(_)) = (table.field("fraction"), &written) {
        let what = format!(
            "`{}` has no effect when `{}` is given, because each step has its own",
            field.path,
            table.key("steps")
        );
        return Err(
            field.fail(&what, "write it in venue.liquidation.steps, or write procedure = \"fraction\"")
        );
    }
    if let Some(field) = written {
        let items = field.list(EXAMPLE)?;
        if items.is_empty() || items.len() > MAX_STEPS {
            let what = format!("`{}` has {} steps", field.path, items.len());
            let expected = format!("1 to {MAX_STEPS}");
            return Err(field.fail_expected(&what, &expected, &for_example(EXAMPLE)));
        }
        let steps =
            items.iter().map(|item| step(&item.table()?, price)).collect::<Result<Vec<LiquidationStep>>>()?;
        check_end(&items, &steps)?;
        return Ok(steps);
    }
    let kind = procedure.as_ref().map_or(Ok(Kind::Full), |field| field.word(&KINDS, &[]))?;
    if let (Some(field), true) = (table.field("fraction"), kind != Kind::Fraction) {
        let what = format!("`{}` has no effect without procedure = \"fraction\"", field.path);
        return Err(field.fail(&what, "remove it, or write procedure = \"fraction\""));
    }
    let kind = match kind {
        Kind::Full => return Ok(vec![full]),
        Kind::Tiered => StepKind::Tiered { tiers: 1, above_first_tier: false },
        Kind::Cover => StepKind::Cover,
        Kind::Fraction => StepKind::Fraction {
            fraction: share(&table.require("fraction", "fraction = 0.2")?)?,
            above_notional: Decimal::ZERO,
            least_notional: Decimal::ZERO,
            cooldown_seconds: 0,
            repeat: false,
        },
    };
    Ok(vec![LiquidationStep { kind, price: on_the_book(price) }, full])
}

/// The price of a step that closes a part, where it names none.
fn on_the_book(price: FillPrice) -> FillPrice {
    if price == FillPrice::Fillable { price } else { FillPrice::Mark }
}

/// The part of a size that a step closes.
fn share(field: &Field<'_>) -> Result<Decimal> {
    let range = format!("{MIN_FRACTION} to 1");
    let value = field.decimal("fraction = 0.2")?;
    if (MIN_FRACTION..=Decimal::ONE).contains(&value) {
        return Ok(value);
    }
    if value > Decimal::ONE && value <= Decimal::ONE_HUNDRED {
        return Err(field.per_cent(value, value / Decimal::ONE_HUNDRED, &range));
    }
    Err(field.out_of_range(value, &range, "fraction = 0.2"))
}

fn step(table: &Table<'_>, default: FillPrice) -> Result<LiquidationStep> {
    let kind = table.require("kind", "kind = \"full\"")?.word(&KINDS, &[])?;
    let keys: &[&str] = match kind {
        Kind::Full | Kind::Cover => &[],
        Kind::Tiered => &["tiers", "above_first_tier"],
        Kind::Fraction => &["fraction", "above_notional", "least_notional", "cooldown", "repeat"],
    };
    table.only(&[&["kind", "price"], keys].concat(), &[])?;
    let flag = |key: &str| table.field(key).map_or(Ok(false), |field| field.flag(&format!("{key} = true")));
    let amount = |key: &str| match table.field(key) {
        Some(field) => field.decimal_in(
            |amount| amount >= Decimal::ZERO && amount <= MAX_NOTIONAL,
            "0 to 1e15, a notional",
            &format!("{key} = 100_000"),
        ),
        None => Ok(Decimal::ZERO),
    };
    let price = match table.field("price") {
        Some(field) => {
            let price = field.word(&FILLS, &[])?;
            if kind != Kind::Full && price == FillPrice::Bankruptcy {
                let what = format!(
                    "`{}` is `bankruptcy`, the price at which only a whole pool is taken over",
                    field.path
                );
                return Err(field.fail(&what, "write price = \"mark\", or kind = \"full\""));
            }
            price
        }
        None if kind == Kind::Full => default,
        None => on_the_book(default),
    };
    let kind = match kind {
        Kind::Full => StepKind::Full,
        Kind::Cover => StepKind::Cover,
        Kind::Tiered => StepKind::Tiered {
            tiers: table.field("tiers").map_or(Ok(1), |f| f.whole(1, 100, "tiers = 1"))? as u32,
            above_first_tier: flag("above_first_tier")?,
        },
        Kind::Fraction => StepKind::Fraction {
            fraction: share(&table.require("fraction", "fraction = 0.2")?)?,
            above_notional: amount("above_notional")?,
            least_notional: amount("least_notional")?,
            cooldown_seconds: match table.field("cooldown") {
                Some(field) => field.span("cooldown = \"30s\"")?.seconds(),
                None => 0,
            },
            repeat: flag("repeat")?,
        },
    };
    Ok(LiquidationStep { kind, price })
}

/// A procedure ends with everything closed, and nothing follows that.
fn check_end(items: &[Field<'_>], steps: &[LiquidationStep]) -> Result<()> {
    let ends = |step: &LiquidationStep| match step.kind {
        StepKind::Full => true,
        StepKind::Fraction { repeat, above_notional, .. } => repeat && above_notional.is_zero(),
        StepKind::Tiered { .. } | StepKind::Cover => false,
    };
    match steps.iter().position(ends) {
        Some(end) if end + 1 == steps.len() => Ok(()),
        Some(end) => {
            let item = items.get(end + 1).or(items.first());
            let what = format!("step {} closes everything, but another step follows it", end + 1);
            Err(item.map_or_else(
                || crate::error::Error::input(&what),
                |item| item.fail(&what, "move the step that closes everything to the end"),
            ))
        }
        None => {
            let what = "the last step leaves positions open".to_owned();
            Err(items.last().map_or_else(
                || crate::error::Error::input(&what),
                |item| item.fail(&what, "end with { kind = \"full\" }, or with a fraction and repeat = true"),
            ))
        }
    }
}

/// Exactly what restores the requirement can only be found for one size after the other.
fn check_order(table: &Table<'_>, order: Order, steps: &[LiquidationStep]) -> Result<()> {
    if order != Order::All || !steps.iter().any(|step| step.kind == StepKind::Cover) {
        return Ok(());
    }
    let what =
        format!("a step `cover` closes one position after another, but `{}` is `all`", table.key("order"));
    let help = "write order = \"largest_loss\" or order = \"largest_requirement\"";
    Err(table.fail_at(&["order", "steps", "procedure"], &what, help))
}
