//! Outcomes as Parquet: a column of its own for each measure, names as a dictionary.

use std::io::Write;
use std::sync::Arc;

use parquet::basic::{Compression, Encoding};
use parquet::column::writer::ColumnWriterImpl;
use parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::ColumnPath;

use crate::report::outcomes::columns::Reason;
use crate::result::outcome_names::OutcomeNames;
use crate::simulation::PathOutcome;

/// Rows of a group: 3.5 MB are held of each file, and a sweep writes many side by side.
const GROUP: usize = 1 << 16;

const SCHEMA: &str = "message outcomes {
    required int64 path;
    required binary mode (string);
    optional double liquidation_days;
    optional binary first_liquidated (string);
    required double final_equity;
    required double max_drawdown;
    required double shortfall;
}";

/// A table that is being written, and rows of the group at hand.
pub struct Table<W: Write + Send> {
    writer: SerializedFileWriter<W>,
    rows: Vec<PathOutcome>,
}

impl<W: Write + Send> Table<W> {
    /// Without rows.
    pub fn new(to: W) -> Result<Self, Reason> {
        // Paths follow one another: their differences take next to no room.
        let path = ColumnPath::from("path");
        let properties = WriterProperties::builder()
            .set_column_dictionary_enabled(path.clone(), false)
            .set_column_encoding(path, Encoding::DELTA_BINARY_PACKED)
            .set_compression(Compression::SNAPPY)
            .set_created_by(concat!("ringfence ", env!("CARGO_PKG_VERSION")).to_owned())
            .build();
        let schema = Arc::new(parse_message_type(SCHEMA)?);
        let writer = SerializedFileWriter::new(to, schema, Arc::new(properties))?;
        Ok(Self { writer, rows: Vec::with_capacity(GROUP) })
    }

    pub fn add(&mut self, row: &PathOutcome, names: &OutcomeNames) -> Result<(), Reason> {
        self.rows.push(*row);
        if self.rows.len() == GROUP { self.write_group(names) } else { Ok(()) }
    }

    pub fn finish(mut self, names: &OutcomeNames) -> Result<W, Reason> {
        if !self.rows.is_empty() {
            self.write_group(names)?;
        }
        Ok(self.writer.into_inner()?)
    }

    fn write_group(&mut self, names: &OutcomeNames) -> Result<(), Reason> {
        let rows = &self.rows;
        let name = |name: &Arc<str>| ByteArray::from(name.as_bytes().to_vec());
        let (modes, positions): (Vec<_>, Vec<_>) =
            (names.modes.iter().map(name).collect(), names.positions.iter().map(name).collect());
        let mut group = self.writer.next_row_group()?;
        required::<Int64Type>(&mut group, rows.iter().map(|row| row.path as i64))?;
        required::<ByteArrayType>(&mut group, rows.iter().map(|row| known(&modes, row.mode)))?;
        optional::<DoubleType>(&mut group, rows.iter().map(|row| names.days(row)))?;
        let first = |row: &PathOutcome| row.first_liquidated.map(|position| known(&positions, position));
        optional::<ByteArrayType>(&mut group, rows.iter().map(first))?;
        required::<DoubleType>(&mut group, rows.iter().map(|row| row.final_equity))?;
        required::<DoubleType>(&mut group, rows.iter().map(|row| row.max_drawdown))?;
        required::<DoubleType>(&mut group, rows.iter().map(|row| row.shortfall))?;
        group.close()?;
        self.rows.clear();
        Ok(())
    }
}

fn known(names: &[ByteArray], index: usize) -> ByteArray {
    names.get(index).cloned().unwrap_or_default()
}

/// Writes the group's next column.
fn column<W: Write + Send, T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    write: impl FnOnce(&mut ColumnWriterImpl<'_, T>) -> parquet::errors::Result<usize>,
) -> Result<(), Reason> {
    let mut column = group.next_column()?.ok_or("more columns than the schema has")?;
    write(column.typed::<T>())?;
    Ok(column.close()?)
}

fn required<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, impl Write + Send>,
    values: impl Iterator<Item = T::T>,
) -> Result<(), Reason> {
    let values: Vec<T::T> = values.collect();
    column::<_, T>(group, |column| column.write_batch(&values, None, None))
}

fn optional<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, impl Write + Send>,
    values: impl Iterator<Item = Option<T::T>>,
) -> Result<(), Reason> {
    let values: Vec<Option<T::T>> = values.collect();
    let levels: Vec<i16> = values.iter().map(|value| i16::from(value.is_some())).collect();
    let values: Vec<T::T> = values.into_iter().flatten().collect();
    column::<_, T>(group, |column| column.write_batch(&values, Some(&levels), None))
}
