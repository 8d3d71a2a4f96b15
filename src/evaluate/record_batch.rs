//! Outcomes as Arrow record batches.

use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, RecordBatch, StringArray, UInt64Array};

use crate::error::{Error, Result};
use crate::evaluate::outcomes::{Outcome, Outcomes};

/// Groups outcomes into Arrow record batches of `rows` rows, the last shorter. Columns: `path`, `mode`,
/// `liquidation_days` (null without a liquidation), `first_liquidated` (likewise), `final_equity`, `max_drawdown`,
/// `shortfall`.
///
/// The item is an error where the simulation failed; it is the last item.
pub fn record_batches(mut outcomes: Outcomes, rows: usize) -> impl Iterator<Item = Result<RecordBatch>> {
    std::iter::from_fn(move || {
        let group: Result<Vec<Outcome>> = outcomes.by_ref().take(rows.max(1)).collect();
        match group {
            Ok(group) if group.is_empty() => None,
            Ok(group) => Some(record_batch(&group)),
            Err(error) => Some(Err(error)),
        }
    })
}

fn record_batch(rows: &[Outcome]) -> Result<RecordBatch> {
    fn floats(rows: &[Outcome], of: fn(&Outcome) -> f64) -> ArrayRef {
        Arc::new(Float64Array::from_iter_values(rows.iter().map(of)))
    }
    let modes = rows.iter().map(|row| row.mode.as_ref());
    let first = rows.iter().map(|row| row.first_liquidated.as_deref());
    let days = rows.iter().map(|row| row.liquidation_days);
    let path: ArrayRef = Arc::new(UInt64Array::from_iter_values(rows.iter().map(|row| row.path)));
    // A column's nullability belongs to the schema, which must not vary from batch to batch.
    RecordBatch::try_from_iter_with_nullable([
        ("path", path, false),
        ("mode", Arc::new(StringArray::from_iter_values(modes)), false),
        ("liquidation_days", Arc::new(days.collect::<Float64Array>()), true),
        ("first_liquidated", Arc::new(first.collect::<StringArray>()), true),
        ("final_equity", floats(rows, |row| row.final_equity), false),
        ("max_drawdown", floats(rows, |row| row.max_drawdown), false),
        ("shortfall", floats(rows, |row| row.shortfall), false),
    ])
    .map_err(|error| Error::failed(format!("outcomes do not fit an Arrow record batch: {error}")))
}
