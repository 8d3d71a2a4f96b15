//! Files with a row for every path: read back by the parquet crate and by csv, they are what the totals are of.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking, as tests do")]

use std::path::Path;
use std::sync::atomic::AtomicBool;

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use ringfence::domain::MarginMode;
use ringfence::report::outcomes::{COLUMNS, OutcomeFile, OutcomeFormat};
use ringfence::result::outcome_names::OutcomeNames;
use ringfence::scenario::{load, parse_override};
use ringfence::simulation::{
    Control, Job, PathOutcome, RunOutcome, Simulator, Totals, VectorWidth, WidthLimit,
};

/// One row as a reader sees it.
#[derive(Debug, Clone, PartialEq)]
struct Row {
    path: i64,
    mode: String,
    days: Option<f64>,
    first: Option<String>,
    numbers: [f64; 3],
}

fn job(changes: &[&str]) -> (Job, OutcomeNames) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/hedged-pair.toml");
    let changes: Vec<_> = changes.iter().map(|text| parse_override(text).unwrap()).collect();
    let scenario = load(&path, &changes).unwrap();
    let names = OutcomeNames::new(&scenario);
    (ringfence::evaluate::job(&scenario).unwrap(), names)
}

fn written(
    path: &Path,
    format: OutcomeFormat,
    (job, names): &(Job, OutcomeNames),
    threads: usize,
) -> RunOutcome {
    let simulator = Simulator::new(threads, VectorWidth::detect(WidthLimit::Avx512)).unwrap();
    let mut file = OutcomeFile::create(path, format, names.clone()).unwrap();
    let mut totals = [Totals::new(job)];
    let cancelled = AtomicBool::new(false);
    let control = Control { cancelled: &cancelled, progress: &|_| () };
    simulator.extend_with_outcomes(&[job], 0..job.blocks(), &mut totals, &mut file, &control).unwrap();
    file.finish().unwrap();
    let [totals] = totals;
    totals.finish()
}

fn parquet_rows(path: &Path) -> Vec<Row> {
    let reader = SerializedFileReader::new(std::fs::File::open(path).unwrap()).unwrap();
    let meta = reader.metadata();
    assert_eq!(meta.file_metadata().created_by(), Some(concat!("ringfence ", env!("CARGO_PKG_VERSION"))));
    assert!(meta.row_groups().iter().all(|group| group.num_rows() <= 1 << 20));
    let row = |row: parquet::record::Row| {
        let fields: Vec<_> = row.into_columns();
        assert!(fields.iter().map(|(name, _)| name.as_str()).eq(COLUMNS));
        let [path, mode, days, first, numbers @ ..] = &fields[..] else { panic!() };
        let text = |field: &Field| match field {
            Field::Str(text) => Some(text.clone()),
            Field::Null => None,
            other => panic!("{other}"),
        };
        let double = |field: &Field| match field {
            Field::Double(number) => Some(*number),
            Field::Null => None,
            other => panic!("{other}"),
        };
        let Field::Long(path) = path.1 else { panic!("{}", path.1) };
        Row {
            path,
            mode: text(&mode.1).unwrap(),
            days: double(&days.1),
            first: text(&first.1),
            numbers: [0, 1, 2].map(|at| double(&numbers[at].1).unwrap()),
        }
    };
    reader.get_row_iter(None).unwrap().map(|read| row(read.unwrap())).collect()
}

fn csv_rows(path: &Path) -> Vec<Row> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    assert!(reader.headers().unwrap().iter().eq(COLUMNS));
    let row = |cells: csv::StringRecord| {
        let number = |at: usize| cells[at].parse::<f64>().ok();
        Row {
            path: cells[0].parse().unwrap(),
            mode: cells[1].to_owned(),
            days: number(2),
            first: Some(cells[3].to_owned()).filter(|name| !name.is_empty()),
            numbers: [4, 5, 6].map(|at| number(at).unwrap()),
        }
    };
    reader.records().map(|read| row(read.unwrap())).collect()
}

#[test]
fn both_formats_are_read_back_and_add_up_to_the_totals() {
    let folder = tempfile::tempdir().unwrap();
    // More than one group of rows, and a last block that is cut.
    let cell = job(&["simulation.paths=40001", "simulation.step=\"1d\"", "positions.eth_short.leverage=20"]);
    let (parquet, comma) = (folder.path().join("a.parquet"), folder.path().join("a.csv"));
    let outcome = written(&parquet, OutcomeFormat::Parquet, &cell, 2);
    written(&comma, OutcomeFormat::Csv, &cell, 2);
    let rows = parquet_rows(&parquet);
    assert_eq!(rows.len(), 80_002);
    assert!(rows == csv_rows(&comma));
    let order = (0..40_001).flat_map(|path| ["isolated", "cross"].map(|mode| (path, mode)));
    assert!(rows.iter().map(|row| (row.path, row.mode.as_str())).eq(order));
    let opening = cell.0.opening_equity();
    for mode in &outcome.modes {
        let mine: Vec<&Row> = rows.iter().filter(|row| row.mode == mode.mode.name()).collect();
        let count = |of: &dyn Fn(&Row) -> bool| mine.iter().filter(|row| of(row)).count() as u64;
        assert_eq!(count(&|row| row.days.is_some()), mode.any);
        assert_eq!(count(&|row| row.numbers[2] > 0.0), mode.shortfall_paths);
        for (step, paths) in mode.first_liquidation.iter().enumerate() {
            assert_eq!(count(&|row| row.days == Some(step as f64)), *paths);
        }
        for (position, lost) in cell.1.positions.iter().zip(&mode.positions) {
            let first = count(&|row| row.first.as_deref() == Some(&**position));
            // In one pool both go at once, and the first in the portfolio's order is named.
            let named = mode.mode == MarginMode::Isolated || *position == cell.1.positions[0];
            assert!(named == (first > 0) && first <= *lost, "{position}: {first} of {lost}");
        }
        let near =
            |values: f64, mean: Option<f64>| (values / 40_001.0 - mean.unwrap()).abs() < 1e-9 * opening;
        let sum = |of: &dyn Fn(&Row) -> f64| mine.iter().map(|row| of(row)).sum::<f64>();
        assert!(near(sum(&|row| row.numbers[0] - opening), mode.pnl.moments().mean()));
        assert!(near(sum(&|row| row.numbers[1]), mode.drawdown_relative.moments().mean()));
        assert!(near(sum(&|row| row.numbers[2]), mode.shortfall.mean()));
    }
}

#[test]
fn bytes_do_not_depend_on_threads() {
    let folder = tempfile::tempdir().unwrap();
    let cell = job(&["simulation.paths=5000", "simulation.step=\"1d\""]);
    for (format, name) in [(OutcomeFormat::Parquet, "a.parquet"), (OutcomeFormat::Csv, "a.csv")] {
        let bytes = |threads| {
            let path = folder.path().join(name);
            written(&path, format, &cell, threads);
            std::fs::read(path).unwrap()
        };
        let one = bytes(1);
        assert!(bytes(2) == one && bytes(3) == one, "{name}");
    }
}

#[test]
fn several_at_once_name_the_first_position_and_text_stays_text() {
    let folder = tempfile::tempdir().unwrap();
    let names = OutcomeNames {
        modes: vec!["isolated".into()],
        positions: vec!["=1+1".into(), "-b".into()],
        horizon_days: 30.0,
        steps: 720,
    };
    let row = |path, first: Option<usize>| PathOutcome {
        path,
        job: 0,
        mode: 0,
        liquidation_step: first.map(|_| 36),
        first_liquidated: first,
        final_equity: -0.1,
        max_drawdown: 1.0,
        shortfall: 0.1,
    };
    for (format, expected) in [(OutcomeFormat::Parquet, "=1+1"), (OutcomeFormat::Csv, "'=1+1")] {
        let path = folder.path().join("names");
        let mut file = OutcomeFile::create(&path, format, names.clone()).unwrap();
        file.add([row(0, Some(0)), row(1, None)].iter()).unwrap();
        file.finish().unwrap();
        let rows = if format == OutcomeFormat::Csv { csv_rows(&path) } else { parquet_rows(&path) };
        assert_eq!((rows[0].first.as_deref(), rows[0].days), (Some(expected), Some(1.5)));
        assert_eq!((rows[1].first.as_deref(), rows[1].days), (None, None));
    }
    let nowhere = folder.path().join("no/such/folder");
    assert!(OutcomeFile::create(&nowhere, OutcomeFormat::Csv, names).is_err());
}
