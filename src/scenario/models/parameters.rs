//! Keys of the parameter tables of price models: read, checked against their ranges, and resolved.

use rust_decimal::Decimal;

use crate::domain::{Span, to_f64};
use crate::error::{Error, Result};
use crate::paths::catalogue::{Parameter, Range, ValueKind};
use crate::scenario::context::Context;
use crate::scenario::syntax::reader::{Field, Table};
use crate::text::number::exact_decimal;

/// Largest expected number of arrivals or switches of one source on a path: each costs a draw of its own.
const MOST_ARRIVALS: f64 = 1e6;

/// A table and the parameters that its keys are.
pub(crate) struct Keys<'a, 't> {
    /// As written.
    pub table: &'t Table<'a>,
    parameters: &'static [Parameter],
}

impl<'a, 't> Keys<'a, 't> {
    /// The keys of a table, which has no others than `parameters` and `beside`.
    ///
    /// # Errors
    /// Any other key.
    pub fn new(table: &'t Table<'a>, parameters: &'static [Parameter], beside: &[&str]) -> Result<Self> {
        let names: Vec<&str> = beside.iter().copied().chain(parameters.iter().map(|p| p.name)).collect();
        table.only(&names, &[])?;
        Ok(Self { table, parameters })
    }

    /// The parameter of a key.
    pub fn parameter(&self, name: &str) -> Result<&'static Parameter> {
        self.parameters
            .iter()
            .find(|parameter| parameter.name == name)
            .ok_or_else(|| Error::failed(format!("the catalogue of models lacks `{name}`")))
    }

    /// The value of a key; `None` where it is not written and has a default.
    ///
    /// # Errors
    /// It is missing and has none.
    pub fn field(&self, name: &str) -> Result<Option<Field<'a>>> {
        let parameter = self.parameter(name)?;
        match self.table.field(name) {
            None if parameter.default.is_none() => self.table.require(name, &example(parameter)).map(Some),
            written => Ok(written),
        }
    }

    /// A key that has no default.
    pub fn required(&self, name: &str) -> Result<Field<'a>> {
        self.table.require(name, &example(self.parameter(name)?))
    }

    /// A number, in the catalogue's range.
    pub fn decimal(&self, name: &str, context: &mut Context<'_>) -> Result<Decimal> {
        let parameter = self.parameter(name)?;
        let value = match self.field(name)? {
            Some(field) => number(&field, parameter)?,
            None => exact_decimal(parameter.default.unwrap_or_default()).unwrap_or_default(),
        };
        context.resolve_decimal(self.table.key(name), value);
        Ok(value)
    }

    /// The same as the nearest `f64`.
    pub fn number(&self, name: &str, context: &mut Context<'_>) -> Result<f64> {
        self.decimal(name, context).map(to_f64)
    }
}

/// A number as written, in the catalogue's range.
///
/// # Errors
/// Not a number, or outside the range: with the range, the unit and an example.
pub(crate) fn number(field: &Field<'_>, parameter: &Parameter) -> Result<Decimal> {
    let example = example(parameter);
    let value = field.decimal(&example)?;
    let (ValueKind::Number(range) | ValueKind::Matrix(range)) = parameter.value else { return Ok(value) };
    if range.holds(to_f64(value)) {
        return Ok(value);
    }
    match in_per_cent(value, range) {
        Some(fraction) => Err(field.per_cent(value, fraction, &range.in_words())),
        None => Err(field.out_of_range(value, &parameter.allowed(), &example)),
    }
}

/// A number outside the range as a fraction, where it looks like per cent.
fn in_per_cent(value: Decimal, range: Range) -> Option<Decimal> {
    let fraction = value.checked_div(Decimal::ONE_HUNDRED)?;
    (range.is_fraction && value.abs() > Decimal::ONE && range.holds(to_f64(fraction))).then_some(fraction)
}

/// Refuses a rate at which a path would have more arrivals than can be drawn in reasonable time.
pub(crate) fn check_arrivals(field: &Field<'_>, rate: f64, horizon: Span) -> Result<()> {
    let expected = rate * horizon.years();
    if expected <= MOST_ARRIVALS {
        return Ok(());
    }
    let what = format!(
        "`{}`: {rate} a year over {horizon} makes {expected:.0} arrivals on every path; expected at most 1000000",
        field.path
    );
    Err(field.fail(
        &what,
        "lower the rate, or shorten simulation.horizon; express frequent small moves as volatility",
    ))
}

/// `volatility = 0.65 (of the log price; …)`.
fn example(parameter: &Parameter) -> String {
    format!("{} = {} ({})", parameter.name, parameter.example, parameter.meaning)
}

/// How many steps a length of time is, which must be whole.
///
/// # Errors
/// A length that is no whole number of steps, or longer than the horizon.
pub(crate) fn whole_steps(field: &Field<'_>, length: Span, horizon: Span, steps: u64) -> Result<u64> {
    let parts = u128::from(length.seconds()) * u128::from(steps);
    let of = u128::from(horizon.seconds());
    if length > horizon {
        let what = format!("`{}` is {length}, which is longer than the horizon of {horizon}", field.path);
        return Err(field.fail(&what, "shorten it, or lengthen simulation.horizon"));
    }
    if parts.is_multiple_of(of) {
        return Ok((parts / of) as u64);
    }
    let what = format!("`{}` is {length}, which is not a whole number of steps", field.path);
    let key = field.path.rsplit('.').next().unwrap_or_default();
    let near = |count: u128| {
        let seconds = count * of;
        let whole = seconds.is_multiple_of(u128::from(steps)).then(|| (seconds / u128::from(steps)) as u64);
        let span = whole.and_then(Span::from_seconds).filter(|span| *span <= horizon);
        span.map(|span| format!("{key} = \"{span}\""))
    };
    let near: Vec<String> = [parts / of, parts / of + 1].into_iter().filter_map(near).collect();
    let help = if near.is_empty() {
        "choose a step of whole seconds, such as step = \"1h\"".to_owned()
    } else {
        format!("write {}, or choose another simulation.step", near.join(" or "))
    };
    Err(field.fail(&what, &help))
}

/// Length of a step, if it is a whole number of seconds.
pub(crate) fn whole_seconds(horizon: Span, steps: u64) -> Option<Span> {
    let seconds = horizon.seconds().checked_div(steps)?;
    horizon.seconds().is_multiple_of(steps).then(|| Span::from_seconds(seconds)).flatten()
}
