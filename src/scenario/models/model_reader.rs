//! The table of a price model as its model reads it: every kind of value once, none of the models.

use rust_decimal::Decimal;

use crate::domain::to_f64;
use crate::error::{Error, Result};
use crate::paths::catalogue::ValueKind;
use crate::paths::{ParameterReader, TableVisitor};
use crate::scenario::context::Context;
use crate::scenario::definition::Settings;
use crate::scenario::models::parameters::{Keys, check_arrivals, whole_seconds, whole_steps};
use crate::scenario::models::transitions;
use crate::scenario::syntax::reader::{Field, for_example};
use crate::scenario::syntax::source::quoted;
use crate::text::did_you_mean;

/// Reads the parameters of a model from its table and records them in the resolved scenario.
pub(crate) struct ModelReader<'t, 'a, 'r, 'c> {
    /// The keys of the table.
    pub keys: Keys<'a, 't>,
    /// Horizon and steps, which lengths of time refer to.
    pub settings: &'r Settings,
    /// Where values and remarks go.
    pub context: &'r mut Context<'c>,
}

impl ParameterReader<Error> for ModelReader<'_, '_, '_, '_> {
    fn decimal(&mut self, name: &str) -> Result<Decimal> {
        self.keys.decimal(name, self.context)
    }

    fn number(&mut self, name: &str) -> Result<f64> {
        self.decimal(name).map(to_f64)
    }

    fn rate(&mut self, name: &str) -> Result<f64> {
        let rate = self.number(name)?;
        if let Some(field) = self.keys.table.field(name) {
            check_arrivals(&field, rate, self.settings.horizon)?;
        }
        Ok(rate)
    }

    fn whole_steps(&mut self, name: &str) -> Result<u32> {
        let Settings { horizon, steps, .. } = *self.settings;
        let example = self.keys.parameter(name)?.example;
        let (count, length) = match self.keys.field(name)? {
            Some(field) => {
                let length = field.span(&format!("{name} = {example}"))?;
                (whole_steps(&field, length, horizon, steps)?, Some(length))
            }
            None => (1, whole_seconds(horizon, steps)),
        };
        let key = self.keys.table.key(name);
        match length {
            Some(length) => self.context.resolve(key, length),
            None => self.context.resolve(key, "1 step"),
        }
        // At most as many as the horizon has, which is ten million.
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    fn mean_duration(&mut self, name: &str) -> Result<f64> {
        let example = self.keys.parameter(name)?.example;
        let field = self.keys.required(name)?;
        let length = field.span(&format!("{name} = {example}"))?;
        check_arrivals(&field, 1.0 / length.years(), self.settings.horizon)?;
        self.context.resolve(self.keys.table.key(name), length);
        Ok(length.years())
    }

    fn ignored_duration(&mut self, name: &str, why: &str) -> Result<()> {
        let example = self.keys.parameter(name)?.example;
        if let Some(field) = self.keys.table.field(name) {
            field.span(&format!("{name} = {example}"))?;
            self.context.notes.push(format!("{} is ignored: {why}", field.path));
        }
        Ok(())
    }

    fn number_unless_word(&mut self, name: &str) -> Result<Option<f64>> {
        let ValueKind::WordOrTable(word, inner) = self.keys.parameter(name)?.value else { return Ok(None) };
        let Some(key) = inner.first() else { return Ok(None) };
        let table_example = format!("{{ {} = {} }}", key.name, key.example);
        match self.keys.field(name)? {
            Some(field) if field.is_table() => {
                let table = field.table()?;
                let number = Keys::new(&table, inner, &[])?.decimal(key.name, self.context)?;
                return Ok(Some(to_f64(number)));
            }
            Some(field) if field.text("").is_ok_and(|text| text == key.name) => {
                let meaning = key.meaning.split(';').next().unwrap_or_default();
                let what = format!("`{}` is {} without its {meaning}", field.path, quoted(key.name));
                return Err(field.fail(&what, &format!("write {name} = {table_example}")));
            }
            Some(field) => require_word(&field, word, &table_example)?,
            None => {}
        }
        self.context.resolve(self.keys.table.key(name), word);
        Ok(None)
    }

    fn tables(&mut self, name: &str, each: &mut TableVisitor<'_, Error>) -> Result<()> {
        let parameter = self.keys.parameter(name)?;
        let ValueKind::Tables(most, inner) = parameter.value else { return Ok(()) };
        let example = format!("{name} = {}", parameter.example);
        let field = self.keys.required(name)?;
        let items = field.list(&example)?;
        if items.is_empty() || items.len() > most {
            let what = format!("`{}` has {} {name}", field.path, items.len());
            let help = for_example(&example);
            return Err(field.fail_expected(&what, &format!("1 to {most}"), &help));
        }
        for item in &items {
            let table = item.table()?;
            let keys = Keys::new(&table, inner, &[])?;
            let mut reader = ModelReader { keys, settings: self.settings, context: &mut *self.context };
            each(&mut reader, items.len())?;
        }
        Ok(())
    }

    fn transitions(&mut self, name: &str, states: usize) -> Result<Vec<f64>> {
        transitions::read(&self.keys, name, states, self.context)
    }

    fn step_years(&self) -> f64 {
        self.settings.horizon.years() / self.settings.steps as f64
    }

    fn path(&self, name: &str) -> String {
        if name.is_empty() { self.keys.table.path().to_owned() } else { self.keys.table.key(name) }
    }

    fn refuse(&self, name: &str, problem: &str, help: &str) -> Error {
        self.keys.table.fail_at(&[name], problem, help)
    }
}

fn require_word(field: &Field<'_>, word: &str, table_example: &str) -> Result<()> {
    field.word(&[(word, ())], &[]).map_err(|_| match field.text("") {
        Ok(text) => {
            let meant = did_you_mean(text, [word].into_iter());
            field.fail(
                &format!("unknown value {} of `{}`", quoted(text), field.path),
                &format!("{meant}write \"{word}\", or {table_example}"),
            )
        }
        Err(_) => field.fail_expected(
            &format!("`{}` is {}", field.path, field.node().describe()),
            "a text or a table",
            &format!("write \"{word}\", or {table_example}"),
        ),
    })
}
