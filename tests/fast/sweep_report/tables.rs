//! `sweep.csv` and `sweep.parquet`.

use std::fs;
use std::path::Path;

use parquet::basic::{Compression, LogicalType, Type};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use ringfence::report::sweep as saved;
use ringfence::result::document::SweepDocument;
use serde_json::{Value, json};

use crate::testkit::sweeps::{axis, emptied, steps, sweep};

fn written(document: &SweepDocument) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(saved::write_tables(folder.path(), document).unwrap(), ["sweep.csv", "sweep.parquet"]);
    folder
}

fn csv_rows(folder: &Path) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::Reader::from_path(folder.join("sweep.csv")).unwrap();
    let text = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect::<Vec<_>>();
    let header = text(reader.headers().unwrap());
    (header, reader.records().map(|record| text(&record.unwrap())).collect())
}

fn parquet_rows(folder: &Path) -> (Vec<String>, Vec<Vec<Field>>) {
    let reader = SerializedFileReader::try_from(folder.join("sweep.parquet").as_path()).unwrap();
    let columns = reader.metadata().file_metadata().schema_descr().columns().iter();
    let names = columns.map(|column| column.name().to_owned()).collect();
    let row = |row: parquet::record::Row| row.get_column_iter().map(|(_, field)| field.clone()).collect();
    (names, reader.get_row_iter(None).unwrap().map(|r| row(r.unwrap())).collect())
}

fn grid() -> SweepDocument {
    let mut document = sweep(
        "Tables",
        vec![
            axis(&["positions.btc_long.leverage"], vec![json!(2), json!(2.5), json!(10)]),
            axis(
                &["assets.BTC.model"],
                vec![
                    json!({ "kind": "gbm", "volatility": 0.5 }),
                    json!("=cmd()"),
                    json!("plain, \"quoted\"\nline"),
                ],
            ),
        ],
        1_000.0,
    );
    emptied(&mut document.sweep[4]);
    document.sweep[8].paths = 640;
    document
}

#[test]
fn a_row_for_each_cell_mode_and_measure() {
    let document = grid();
    let folder = written(&document);
    let (header, rows) = csv_rows(folder.path());
    let expected = [
        "cell",
        "positions.btc_long.leverage",
        "assets.BTC.model",
        "mode",
        "measure",
        "estimate",
        "low",
        "high",
        "std_error",
        "unit",
        "paths",
    ];
    assert_eq!(header, expected);
    // Two modes of six measures and three of the pair; cell 4 has lost its pair.
    assert_eq!(rows.len(), 9 * (2 * 6 + 3) - 3);
    let row = rows.iter().find(|row| row[0] == "3" && row[3] == "cross" && row[4] == "pnl").unwrap();
    let pnl = &document.sweep[3].modes.get("cross").unwrap().pnl.distribution;
    let number = |text: &str| text.parse::<f64>().unwrap();
    let cells: Vec<Option<f64>> = row[5..9].iter().map(|cell| Some(number(cell))).collect();
    assert_eq!(cells, [pnl.mean, pnl.low, pnl.high, pnl.std_error], "every digit is kept");
    assert_eq!((row[1].as_str(), row[9].as_str(), row[10].as_str()), ("2.5", "USDT", "20000"));
    assert_eq!(row[2], "{\"kind\":\"gbm\",\"volatility\":0.5}");
    let find = |cell: &str, mode: &str, measure: &str| {
        rows.iter().find(|row| row[0] == cell && row[3] == mode && row[4] == measure).unwrap()
    };
    assert_eq!(find("4", "isolated", "ruin")[5..9], ["", "", "", ""]);
    assert_eq!(find("8", "isolated-cross", "paired.liquidation")[9..], ["share of paths", "640"]);
    assert_eq!(find("8", "isolated", "drawdown.relative")[9], "share of peak");
    assert_eq!(find("1", "cross", "ruin")[2], "'=cmd()", "no spreadsheet takes it for a formula");
    assert_eq!(find("2", "cross", "ruin")[2], "plain, \"quoted\"\nline");
}

#[test]
fn parquet_holds_the_same_table() {
    let document = grid();
    let folder = written(&document);
    let (header, rows) = csv_rows(folder.path());
    let (names, fields) = parquet_rows(folder.path());
    assert_eq!(names, header);
    assert_eq!(fields.len(), rows.len());
    for (row, fields) in rows.iter().zip(&fields) {
        for (text, field) in row.iter().zip(fields) {
            match field {
                Field::Long(v) => assert_eq!(&v.to_string(), text),
                Field::Double(v) => assert_eq!(v.to_bits(), text.parse::<f64>().unwrap().to_bits()),
                Field::Null => assert_eq!(text, ""),
                // Parquet is no spreadsheet: text stays as it is.
                Field::Str(v) => assert_eq!(v, text.strip_prefix('\'').unwrap_or(text)),
                other => panic!("{other:?}"),
            }
        }
    }
    let reader = SerializedFileReader::try_from(folder.path().join("sweep.parquet").as_path()).unwrap();
    let metadata = reader.metadata();
    let created = format!("ringfence {}", env!("CARGO_PKG_VERSION"));
    assert_eq!(metadata.file_metadata().created_by(), Some(created.as_str()));
    assert_eq!(metadata.row_group(0).column(0).compression(), Compression::SNAPPY);
    let schema = metadata.file_metadata().schema_descr();
    let kinds: Vec<Type> = schema.columns().iter().map(|column| column.physical_type()).collect();
    let (text, number, count) = (Type::BYTE_ARRAY, Type::DOUBLE, Type::INT64);
    assert_eq!(kinds, [count, number, text, text, text, number, number, number, number, text, count]);
    assert_eq!(schema.column(2).logical_type_ref(), Some(&LogicalType::String));
}

#[test]
fn the_bytes_are_the_same_each_time() {
    let document = grid();
    let (one, two) = (written(&document), written(&document.clone()));
    for name in ["sweep.csv", "sweep.parquet"] {
        let [a, b] = [&one, &two].map(|folder| fs::read(folder.path().join(name)).unwrap());
        assert!(a == b, "{name}");
    }
}

#[test]
fn no_swept_key_takes_the_place_of_a_column() {
    let mut document =
        sweep("Names", vec![axis(&["mode", "paths"], vec![json!([1, 2]), json!([3, 4])])], 1.0);
    document.axes.push(axis(&["sweep.mode"], vec![json!("x")]));
    document.axes.push(axis(&["=x"], vec![json!("y")]));
    let folder = written(&document);
    let (header, rows) = csv_rows(folder.path());
    let expected = ["cell", "sweep.mode", "sweep.paths", "sweep.sweep.mode", "'=x", "mode", "measure"];
    assert_eq!(header[..7], expected);
    assert_eq!((rows[0][1].as_str(), rows[0][5].as_str()), ("1.0", "isolated"));
    let (names, _) = parquet_rows(folder.path());
    assert_eq!(names[4], "=x");
}

#[test]
fn a_number_that_a_double_cannot_hold_stays_text() {
    let seeds: [Value; 2] = [json!(9_007_199_254_740_993_u64), json!(1)];
    let folder = written(&sweep("Seeds", vec![axis(&["simulation.seed"], seeds.to_vec())], 1.0));
    assert_eq!(csv_rows(folder.path()).1[0][1], "9007199254740993");
    assert_eq!(parquet_rows(folder.path()).1[0][1], Field::Str("9007199254740993".to_owned()));
}

#[test]
fn a_large_sweep_is_one_table() {
    let document =
        sweep("Large", vec![axis(&["a.b"], steps(0.0, 1.0, 50)), axis(&["c.d"], steps(0.0, 1.0, 40))], 1.0);
    let folder = written(&document);
    let (_, rows) = parquet_rows(folder.path());
    assert_eq!(rows.len(), 2_000 * 15);
    assert_eq!(rows[rows.len() - 1][0], Field::Long(1_999));
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let error = saved::write_tables(Path::new("/nowhere/at/all"), &grid()).unwrap_err();
    assert_eq!(error.exit_code(), 1);
    assert!(error.to_string().contains("/nowhere/at/all/sweep.csv"), "{error}");
}
