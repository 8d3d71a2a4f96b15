//! How a price model reads its parameters, whatever the format they are written in.

use crate::domain::Decimal;

/// One table of parameters, read by the names of the model's parameter table. Names, ranges, units and defaults are those
/// of the table; a value outside them is an error of the reader. The order of the calls is the order of the resolved
/// scenario.
pub trait ParameterReader<E> {
    /// A number as written.
    fn decimal(&mut self, name: &str) -> Result<Decimal, E>;

    /// The nearest `f64` of a number.
    fn number(&mut self, name: &str) -> Result<f64, E>;

    /// A rate of arrivals per year. Errors: more arrivals over the horizon than can be drawn.
    fn rate(&mut self, name: &str) -> Result<f64, E>;

    /// A length of time in steps; one step where it is not written. Errors: no whole number of steps.
    fn whole_steps(&mut self, name: &str) -> Result<u32, E>;

    /// A mean duration in years. Errors: so short that more ends than can be drawn fall within the horizon.
    fn mean_duration(&mut self, name: &str) -> Result<f64, E>;

    /// Reads a duration that has no effect, and remarks why, where it is written.
    fn ignored_duration(&mut self, name: &str, why: &str) -> Result<(), E>;

    /// Of a key that takes a word or a table of one number: the number, or `None` for the word and where nothing is
    /// written.
    fn number_unless_word(&mut self, name: &str) -> Result<Option<f64>, E>;

    /// A list of tables: calls `each` with the reader of every table and the number of tables.
    fn tables(&mut self, name: &str, each: &mut TableVisitor<'_, E>) -> Result<(), E>;

    /// Row-major probabilities of going from each of `states` states to each other. Rows sum to 1, the diagonal is 0.
    fn transitions(&mut self, name: &str, states: usize) -> Result<Vec<f64>, E>;

    /// Length of a step in years.
    fn step_years(&self) -> f64;

    /// The path of a key, as messages show it; of the table itself where `name` is empty.
    fn path(&self, name: &str) -> String;

    /// An error at a key, or at the table where `name` is empty or not written.
    fn refuse(&self, name: &str, problem: &str, help: &str) -> E;
}

/// What [`ParameterReader::tables`] calls for every table.
pub type TableVisitor<'a, E> = dyn FnMut(&mut dyn ParameterReader<E>, usize) -> Result<(), E> + 'a;
