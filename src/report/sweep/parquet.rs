//! The table as Parquet: one row group, Snappy, numbers that may be missing as optional doubles.

use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as PhysicalType};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;

use crate::error::{Error, Result};
use crate::report::sweep::table::{Column, Table, Values};

/// The file's bytes: the same for the same table.
///
/// # Errors
/// [`Error::Failed`] if the table cannot be encoded.
pub fn encoded(table: &Table) -> Result<Vec<u8>> {
    write(table).map_err(|e| Error::failed(format!("sweep.parquet: cannot be written: {e}")))
}

fn write(table: &Table) -> std::result::Result<Vec<u8>, ParquetError> {
    let fields = table.columns.iter().map(|column| Ok(Arc::new(field(column)?)));
    let fields = fields.collect::<std::result::Result<Vec<_>, ParquetError>>()?;
    let schema = Type::group_type_builder("sweep").with_fields(fields).build()?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_created_by(format!("{} {}", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")))
        .build();
    let mut file = SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::new(properties))?;
    let mut group = file.next_row_group()?;
    for column in &table.columns {
        let Some(mut writer) = group.next_column()? else { break };
        match &column.values {
            Values::Counts(values) => {
                let values: Vec<i64> = values.iter().map(|v| i64::try_from(*v).unwrap_or(i64::MAX)).collect();
                writer.typed::<Int64Type>().write_batch(&values, None, None)?;
            }
            Values::Numbers(values) => {
                let known: Vec<f64> = values.iter().flatten().copied().collect();
                let levels: Vec<i16> = values.iter().map(|v| i16::from(v.is_some())).collect();
                writer.typed::<DoubleType>().write_batch(&known, Some(&levels), None)?;
            }
            Values::Texts(values) => {
                let values: Vec<ByteArray> = values.iter().map(|text| text.as_str().into()).collect();
                writer.typed::<ByteArrayType>().write_batch(&values, None, None)?;
            }
        }
        writer.close()?;
    }
    group.close()?;
    file.into_inner()
}

fn field(column: &Column) -> std::result::Result<Type, ParquetError> {
    let (kind, repetition, logical) = match column.values {
        Values::Counts(_) => (PhysicalType::INT64, Repetition::REQUIRED, None),
        Values::Numbers(_) => (PhysicalType::DOUBLE, Repetition::OPTIONAL, None),
        Values::Texts(_) => (PhysicalType::BYTE_ARRAY, Repetition::REQUIRED, Some(LogicalType::String)),
    };
    Type::primitive_type_builder(&column.name, kind)
        .with_repetition(repetition)
        .with_logical_type(logical)
        .build()
}
