//! Price files as people have them: every layout that is read, every flaw that is refused.

#![allow(clippy::unwrap_used, reason = "the lint's exception for tests does not reach helper functions")]

use std::f64::consts::LN_2;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use ringfence::error::Result;
use ringfence::history::{Gaps, PriceHistory, joint_returns, read_history};
use tempfile::TempDir;

/// 2024-01-01T00:00:00Z (GNU date -u -d 2024-01-01 +%s).
const START_SECONDS: i64 = 1_704_067_200;
const HEADER: &str = "time,open,high,low,close,volume";

/// `count` hourly rows in milliseconds; row `i` closes at `100 + i`.
fn rows(count: usize) -> Vec<String> {
    (0..count).map(|i| format!("{},100,{},99,{},1", time_ms(i), 101 + i, 100 + i)).collect()
}

fn time_ms(bar: usize) -> i64 {
    (START_SECONDS + 3_600 * bar as i64) * 1_000
}

fn csv(header: &str, rows: &[String]) -> String {
    format!("{header}\n{}\n", rows.join("\n"))
}

/// A good file of 40 bars whose row `index` (line `index + 2`) is replaced.
fn with_row(index: usize, row: impl Into<String>) -> String {
    let mut rows = rows(40);
    rows[index] = row.into();
    csv(HEADER, &rows)
}

fn with_close(close: &str) -> String {
    with_row(5, format!("{},100,120,99,{close},1", time_ms(5)))
}

fn read(content: impl AsRef<[u8]>) -> Result<PriceHistory> {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("any.csv");
    fs::write(&path, content).unwrap();
    read_history(&path, "btc.csv")
}

fn message<T, E: std::fmt::Display>(result: std::result::Result<T, E>) -> String {
    match result {
        Err(error) => error.to_string(),
        Ok(_) => panic!("accepted"),
    }
}

fn assert_contains(name: &str, text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{name}: `{part}` is not in: {text}");
    }
}

#[test]
fn reads_every_layout_to_the_same_bars() {
    let times: Vec<i64> = (0..40).map(time_ms).collect();
    let closes: Vec<f64> = (0..40).map(|i| 100.0 + f64::from(i)).collect();
    let two_columns = |time: &dyn Fn(usize) -> String| {
        let rows: Vec<String> = (0..40).map(|i| format!("{},{}", time(i), 100 + i)).collect();
        csv("Timestamp,Close", &rows)
    };
    let klines = |unit: i64| -> Vec<String> {
        let row = |i: usize| (time_ms(i) * unit, 101 + i, 100 + i, (time_ms(i + 1) - 1) * unit);
        (0..40).map(row).map(|(t, h, c, e)| format!("{t},100,{h},99,{c},1,{e},9,3,1,2,0")).collect()
    };
    let kline_header = "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,\
                        taker_buy_quote_volume,ignore";
    let mut newest_first = rows(40);
    newest_first.reverse();
    let good = csv(HEADER, &rows(40));
    let quoted = good.replace(',', "\",\"").replace('\n', "\"\n\"");
    let quoted = format!("\"{}", quoted.strip_suffix('"').unwrap());
    let cases: Vec<(&str, String)> = vec![
        ("header, milliseconds", good.clone()),
        ("no line break at the end", good.trim_end().to_owned()),
        ("CRLF", good.replace('\n', "\r\n")),
        ("byte order mark", format!("\u{feff}{good}")),
        ("blank lines", good.replace('\n', "\n\n")),
        ("blanks around fields", good.replace(',', " , ")),
        ("quoted fields", quoted),
        ("capitals", good.replace("time,open,high,low,close", "Open Time,Open,High,Low,CLOSE")),
        ("newest first", csv(HEADER, &newest_first)),
        ("klines", klines(1).join("\n")),
        ("klines in microseconds", klines(1_000).join("\n")),
        ("klines with header", csv(kline_header, &klines(1))),
        ("seconds", two_columns(&|i| (time_ms(i) / 1_000).to_string())),
        ("seconds with a fraction of zero", two_columns(&|i| format!("{}.0", time_ms(i) / 1_000))),
        ("nanoseconds", two_columns(&|i| format!("{}000000", time_ms(i)))),
        ("ISO", two_columns(&|i| format!("2024-01-{:02}T{:02}:00:00Z", 1 + i / 24, i % 24))),
        ("ISO without zone", two_columns(&|i| format!("2024-01-{:02} {:02}:00:00", 1 + i / 24, i % 24))),
        ("ISO with offset", two_columns(&|i| format!("2024-01-{:02} {:02}:30+00:30", 1 + i / 24, i % 24))),
    ];
    for (name, content) in cases {
        let history = read(&content).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(history.times_ms, times, "{name}");
        assert_eq!(history.closes, closes, "{name}");
        let note = match name {
            "newest first" => Some("read in reverse"),
            "no line break at the end" | "klines" | "klines in microseconds" => {
                Some("the last line does not end in a line break")
            }
            _ => None,
        };
        assert_eq!(history.notes.len(), usize::from(note.is_some()), "{name}: {:?}", history.notes);
        assert!(
            history.notes.iter().zip(note).all(|(said, part)| said.contains(part)),
            "{:?}",
            history.notes
        );
    }
}

#[test]
fn refuses_every_flaw_with_place_value_and_remedy() {
    let good = csv(HEADER, &rows(40));
    let row = |time: i64| format!("{time},100,120,99,105,1");
    let utf16: Vec<u8> = good.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let cases: Vec<(&str, Vec<u8>, &[&str])> = vec![
        ("empty", vec![], &["btc.csv: ", "empty"]),
        ("blank lines only", b"\n\n \n".into(), &["empty"]),
        ("header only", format!("{HEADER}\n").into(), &["a header but no bars"]),
        ("30 bars, 29 returns", csv(HEADER, &rows(30)).into(), &["30 bars", "at least 31"]),
        ("no header", rows(40).join("\n").into(), &[":1:", "no header", "6 columns", "time,open,high"]),
        ("no header, dates", "2024-01-01,1,1,1,1,1\n".into(), &[":1:", "no header"]),
        (
            "banner",
            format!("https://www.example.com\n{good}").into(),
            &[":1:", "`https://www.example.com`", "line 2", "delete"],
        ),
        (
            "two lines of banner",
            format!("https://www.example.com\nHourly bars,of one coin\n{good}").into(),
            &[":1:", "`https://www.example.com`", "line 3", "delete the lines above the header"],
        ),
        (
            "blank lines without end",
            format!("{HEADER}\n{}", "\n".repeat(1_001)).into(),
            &[":1002:", "1000 blank lines"],
        ),
        ("no time column", good.replace("time", "when").into(), &[":1:", "`time`", "when,open"]),
        ("no close column", good.replace("close", "last").into(), &[":1:", "`close`", "time,open"]),
        ("two closes", good.replace("volume", "close").into(), &[":1:", "duplicate column", "`close`"]),
        (
            "date and time apart",
            good.replace("time,open", "date,time").into(),
            &["`date` and `time`", "join"],
        ),
        (
            "funding rates",
            "calc_time,funding_interval_hours,last_funding_rate\n1741276800000,8,0.00002685\n".into(),
            &["missing column `time`", "funding rates"],
        ),
        ("semicolons", good.replace(',', ";").into(), &[":1:", "semicolons", "expected commas"]),
        ("tabs", good.replace(',', "\t").into(), &[":1:", "tabs", "expected commas"]),
        ("semicolons without header", rows(40).join("\n").replace(',', ";").into(), &["semicolons"]),
        (
            "seconds after milliseconds",
            with_row(5, row(time_ms(5) / 1_000)).into(),
            &[":7:", "`1704085200`", "in seconds", "in milliseconds", "one unit"],
        ),
        (
            "microseconds after milliseconds",
            with_row(5, row(time_ms(5) * 1_000)).into(),
            &[":7:", "in microseconds", "2025-01-01"],
        ),
        ("ISO after milliseconds", with_row(5, "2024-01-01T05:00Z,100,120,99,105,1").into(), &[":7:", "ISO"]),
        (
            "not a time",
            with_row(5, "yesterday,100,120,99,105,1").into(),
            &[":7:", "`yesterday`", "2024-01-31T13"],
        ),
        ("time as a compact date", with_row(5, "20240101,100,120,99,105,1").into(), &[":7:", "`20240101`"]),
        ("time empty", with_row(5, ",100,120,99,105,1").into(), &[":7:", "invalid time ``"]),
        (
            "out of order",
            with_row(5, row(time_ms(2))).into(),
            &[":7:", "2024-01-01T02:00:00Z", "line 6", "oldest first", "sort"],
        ),
        (
            "conflicting duplicate",
            with_row(5, row(time_ms(4))).into(),
            &[":7:", "line 6", "104", "105", "delete one"],
        ),
        (
            "high below low",
            with_row(5, format!("{},100,98,99,98.5,1", time_ms(5))).into(),
            &[":7:", "high 98", "low 99"],
        ),
        (
            "close above high",
            with_row(5, format!("{},100,104,99,105,1", time_ms(5))).into(),
            &[":7:", "close 105", "from low 99 to high 104"],
        ),
        (
            "close below low",
            with_row(5, format!("{},100,104,99,98,1", time_ms(5))).into(),
            &[":7:", "close 98"],
        ),
        ("price 0", with_close("0").into(), &[":7:", "close", "`0`", "greater than 0"]),
        ("price negative", with_close("-105").into(), &[":7:", "close", "`-105`", "greater than 0"]),
        ("price empty", with_close("").into(), &[":7:", "close", "missing", "delete the row"]),
        ("price NULL", with_close("NULL").into(), &[":7:", "close", "`NULL`", "missing"]),
        ("price NaN", with_close("NaN").into(), &[":7:", "close", "`NaN`", "missing"]),
        ("price inf", with_close("inf").into(), &[":7:", "close", "`inf`", "expected a number"]),
        ("thousands", with_close("\"1,234.56\"").into(), &[":7:", "close", "`1,234.56`", "thousands"]),
        ("currency", with_close("$100").into(), &[":7:", "close", "`$100`", "number alone"]),
        (
            "low empty",
            with_row(5, format!("{},100,120,,105,1", time_ms(5))).into(),
            &[":7:", "the low is missing"],
        ),
        ("control characters", with_close("\u{1b}[31m").into(), &[":7:", "`\\u{1b}[31m`"]),
        (
            "ragged",
            with_row(5, format!("{},100,120,99,105", time_ms(5))).into(),
            &[":7:", "5 columns instead of 6", "correct"],
        ),
        (
            "decimal comma",
            with_row(5, format!("{},100,120,99,105,5,1", time_ms(5))).into(),
            &[":7:", "7 columns", "comma"],
        ),
        (
            "last row cut off",
            format!("{good}{},100,1", time_ms(40)).into(),
            &[":42:", "3 columns", "cut off"],
        ),
        ("open quote", with_close("\"105").into(), &[":7:", "quote"]),
        ("gzip", b"\x1f\x8b\x08\x00rest".into(), &["btc.csv: ", "gzip", "unpack it first"]),
        ("zip", b"PK\x03\x04rest".into(), &["zip", "unpack it first"]),
        ("UTF-16 with mark", [&b"\xff\xfe"[..], &utf16].concat(), &["UTF-16", "UTF-8"]),
        ("UTF-16 without mark", utf16, &[":1:", "NUL", "UTF-8"]),
        ("NUL", with_close("10\x005").into(), &[":7:", "NUL"]),
        (
            "not valid UTF-8",
            [good.clone().into_bytes(), b"caf\xe9\n".into()].concat(),
            &[":42:", "not valid UTF-8"],
        ),
        ("bare carriage returns", good.replace('\n', "\r").into(), &[":1:", "carriage return"]),
        ("long line", with_close(&"1".repeat(2 << 20)).into(), &[":7:", "longer than 1 MiB"]),
    ];
    for (name, content, parts) in cases {
        assert_contains(name, &message(read(content)), parts);
    }
}

#[test]
fn places_stay_right_after_blank_lines_and_with_crlf() {
    let content = with_close("oops").replace("volume\n", "volume\n\n\n").replace('\n', "\r\n");
    assert_contains("line", &message(read(content)), &[":9:", "`oops`"]);
}

#[test]
fn a_bar_that_does_not_move_is_no_flaw() {
    let history = read(with_row(5, format!("{},105,105,105,105,0", time_ms(5)))).unwrap();
    assert_eq!(history.closes[5], 105.0);
}

#[test]
fn equal_duplicates_are_dropped_and_counted() {
    let mut doubled = rows(40);
    doubled.insert(3, doubled[2].clone());
    doubled.insert(3, doubled[2].clone());
    let history = read(csv(HEADER, &doubled)).unwrap();
    assert_eq!(history.closes.len(), 40);
    assert_eq!(history.notes, ["btc.csv: 2 repeated rows dropped"]);
}

#[test]
fn files_that_are_no_files_are_refused_at_once() {
    let folder = TempDir::new().unwrap();
    let refused = |path: &Path| message(read_history(path, "btc.csv"));
    assert_contains("folder", &refused(folder.path()), &["btc.csv", "folder"]);
    assert_contains("missing", &refused(&folder.path().join("none.csv")), &["btc.csv", "cannot be read"]);
    #[cfg(unix)]
    assert_contains("device", &refused(Path::new("/dev/zero")), &["not a regular file"]);
    // Sparse files: nothing of this size is written to the disk, nor may it be read to the memory.
    let large = folder.path().join("large.csv");
    let file = fs::File::create(&large).unwrap();
    file.set_len(256 << 20).unwrap();
    assert_contains("one line", &refused(&large), &[":1:", "longer than 1 MiB"]);
    file.set_len(1 << 30).unwrap();
    assert_contains("1 GiB", &refused(&large), &["larger than the limit of 256 MiB"]);
}

/// 200 MB of blank lines stay below the limit of the size; what is read of them is a thousand.
#[test]
fn a_file_of_blank_lines_is_refused_at_once() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("blank.csv");
    let mut content = format!("{HEADER}\n").into_bytes();
    content.resize(2_000_000, b'\n');
    fs::write(&path, content).unwrap();
    assert_contains("blank", &message(read_history(&path, "btc.csv")), &[":1002:", "blank lines"]);
}

/// A bar a second: 6,000,000 are read (69 days here, ten years as minutes), one more is not.
#[test]
fn six_million_bars_are_the_limit() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("long.csv");
    let mut content = String::from("time,close\n");
    for bar in 0..6_000_000 {
        writeln!(content, "{},{}", START_SECONDS + bar, 100 + bar % 7).unwrap();
    }
    fs::write(&path, &content).unwrap();
    assert_eq!(read_history(&path, "btc.csv").unwrap().closes.len(), 6_000_000);
    writeln!(content, "{},100", START_SECONDS + 6_000_000).unwrap();
    fs::write(&path, &content).unwrap();
    assert_contains(
        "limit",
        &message(read_history(&path, "btc.csv")),
        &[":6000002:", "more than 6000000 bars"],
    );
}

/// `count` hourly bars from bar `first`, without those in `holes`; bar `i` closes at `price(i)`.
fn history(first: usize, count: usize, holes: &[usize], price: impl Fn(usize) -> f64) -> PriceHistory {
    let bars: Vec<usize> = (first..first + count).filter(|i| !holes.contains(i)).collect();
    PriceHistory {
        times_ms: bars.iter().map(|i| time_ms(*i)).collect(),
        closes: bars.iter().map(|i| price(*i)).collect(),
        notes: Vec::new(),
        sha256: String::new(),
    }
}

/// Tolerance of a logarithm: a few units in the last place of a number near 1.
const ROUNDING: f64 = 1e-15;

#[test]
fn returns_are_logarithms_of_ratios_and_rows_are_the_same_bar() {
    // One asset doubles on bar 20, the other gains 10 % on bar 20 and loses 20 % on bar 30.
    let a = history(0, 50, &[], |i| if i < 20 { 100.0 } else { 200.0 });
    let b = history(10, 60, &[], |i| [30.0, 33.0, 26.4][usize::from(i >= 20) + usize::from(i >= 30)]);
    let joint = joint_returns(&[("A", &a), ("B", &b)], 3_600, Gaps::Error, 24.0).unwrap();
    assert_eq!((joint.history.columns, joint.history.rows(), joint.history.mean_block), (2, 39, 24.0));
    // Row r leads from bar 10 + r to bar 11 + r; ln 1.1 and ln 0.8 to 17 digits (bc -l).
    for (r, row) in joint.history.log_returns.chunks(2).enumerate() {
        let expected = match r {
            9 => [LN_2, 0.095_310_179_804_324_87],
            19 => [0.0, -0.223_143_551_314_209_76],
            _ => [0.0, 0.0],
        };
        assert!(
            (row[0] - expected[0]).abs() < ROUNDING && (row[1] - expected[1]).abs() < ROUNDING,
            "{r}: {row:?}"
        );
    }
    assert_eq!(joint.notes.len(), 2);
    assert_contains("A", &joint.notes[0], &["A: 10 bars", "2024-01-01T10:00:00Z … 2024-01-03T01:00:00Z"]);
    assert_contains("B", &joint.notes[1], &["B: 20 bars"]);
}

#[test]
fn gaps_are_refused_or_filled_with_the_last_close() {
    let a = history(0, 50, &[], |i| 100.0 + i as f64);
    let holed = history(0, 50, &[10, 20, 21, 22], |i| 100.0 + i as f64);
    let text = message(joint_returns(&[("A", &a), ("B", &holed)], 3_600, Gaps::Error, 5.0));
    let parts =
        ["history of B", "4 of 50 bars", "3 bars", "2024-01-01T19:00:00Z", "gaps = \"fill\"", "cut the file"];
    assert_contains("error", &text, &parts);
    let joint = joint_returns(&[("A", &a), ("B", &holed)], 3_600, Gaps::Fill, 5.0).unwrap();
    assert_eq!(joint.history.rows(), 49);
    let column =
        |c: usize| -> Vec<f64> { joint.history.log_returns.iter().skip(c).step_by(2).copied().collect() };
    let (full, filled) = (column(0), column(1));
    assert_eq!(filled[19..22], [0.0, 0.0, 0.0]);
    assert_eq!(filled[9], 0.0);
    // The whole move from bar 19 (119) to bar 23 (123), then as without gaps.
    assert!((filled[22] - full[19..23].iter().sum::<f64>()).abs() < ROUNDING);
    assert_eq!(filled[23..], full[23..]);
    assert_contains("note", &joint.notes[0], &["B: 4 of 50 bars", "filled"]);
}

#[test]
fn a_bar_missing_where_the_common_range_begins_takes_the_close_before_it() {
    let a = history(10, 50, &[], |_| 1.0);
    let b = history(0, 60, &[10], |i| if i < 11 { 50.0 } else { 100.0 });
    let joint = joint_returns(&[("A", &a), ("B", &b)], 3_600, Gaps::Fill, 5.0).unwrap();
    assert!((joint.history.log_returns[1] - LN_2).abs() < ROUNDING);
}

#[test]
fn histories_that_do_not_fit_are_refused() {
    let hourly = history(0, 50, &[], |_| 1.0);
    let late = history(100, 50, &[], |_| 1.0);
    let touching = history(40, 50, &[], |_| 1.0);
    let mostly_holes = history(0, 100, &(40..95).collect::<Vec<_>>(), |_| 1.0);
    let mut shifted = history(0, 50, &[], |_| 1.0);
    shifted.times_ms.iter_mut().for_each(|time| *time += 1_800_000);
    let joint = |assets: &[(&str, &PriceHistory)], step, block| {
        message(joint_returns(assets, step, Gaps::Fill, block))
    };
    let a = ("A", &hourly);
    let cases: [(&str, String, &[&str]); 9] = [
        ("interval", joint(&[a], 86_400, 2.0), &["history of A", "1h apart", "step is 1d", "step = \"1h\""]),
        (
            "no overlap",
            joint(&[a, ("B", &late)], 3_600, 2.0),
            &[
                "A (2024-01-01T00:00:00Z … 2024-01-03T01:00:00Z)",
                "B (2024-01-05T04:00:00Z … 2024-01-07T05:00:00Z)",
            ],
        ),
        ("short overlap", joint(&[a, ("B", &touching)], 3_600, 2.0), &["9 returns in common", "at least 30"]),
        (
            "phases",
            joint(&[a, ("B", &shifted)], 3_600, 2.0),
            &["history of A", "whole number of steps", "00:30:00Z"],
        ),
        (
            "more holes than bars",
            joint(&[("A", &mostly_holes)], 3_600, 2.0),
            &["55 of 100", "more than half"],
        ),
        ("block of 0", joint(&[a], 3_600, 0.0), &["mean block of 0", "at least one step"]),
        ("block NaN", joint(&[a], 3_600, f64::NAN), &["mean block"]),
        ("block too long", joint(&[a], 3_600, 50.0), &["mean block of 50", "at most 49 steps"]),
        ("nothing", joint(&[], 3_600, 2.0), &["no asset"]),
    ];
    for (name, text, parts) in cases {
        assert_contains(name, &text, parts);
    }
    assert_contains("step 0", &joint(&[a], 0, 2.0), &["step of 0"]);
}

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/histories").join(name)
}

#[test]
fn the_shipped_sample_is_dependent_and_clustered_and_says_that_it_is_synthetic() {
    let btc = read_history(&data("sample_btc.csv"), "sample_btc.csv").unwrap();
    let eth = read_history(&data("sample_eth.csv"), "sample_eth.csv").unwrap();
    assert!(btc.notes.is_empty() && eth.notes.is_empty());
    let joint = joint_returns(&[("BTC", &btc), ("ETH", &eth)], 3_600, Gaps::Error, 48.0).unwrap();
    assert!(joint.notes.is_empty(), "{:?}", joint.notes);
    assert_eq!(joint.history.rows(), 8_759);
    let column =
        |c: usize| -> Vec<f64> { joint.history.log_returns.iter().skip(c).step_by(2).copied().collect() };
    let (a, b) = (column(0), column(1));
    // The law's correlation is 0.8; that of 8,759 such returns has a standard error near 0.007.
    let correlation = correlation(&a, &b);
    assert!((0.7..0.9).contains(&correlation), "{correlation}");
    for returns in [&a, &b] {
        let squares: Vec<f64> = returns.iter().map(|r| r * r).collect();
        // Without clustering: 0, standard error 1/√8759 = 0.011; four of them.
        let autocorrelation = self::correlation(&squares[1..], &squares[..squares.len() - 1]);
        assert!(autocorrelation > 0.044, "{autocorrelation}");
    }
    let readme = fs::read_to_string(data("README.md")).unwrap();
    assert_contains("README", &readme, &["SYNTHETIC", "sample_btc.csv", "sample_eth.csv", "seed 2025"]);
}

/// Pearson's coefficient.
fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let mean = |x: &[f64]| x.iter().sum::<f64>() / x.len() as f64;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let product = |x: &[f64], mx: f64, y: &[f64], my: f64| -> f64 {
        x.iter().zip(y).map(|(x, y)| (x - mx) * (y - my)).sum()
    };
    product(a, mean_a, b, mean_b) / (product(a, mean_a, a, mean_a) * product(b, mean_b, b, mean_b)).sqrt()
}

#[test]
fn the_hash_is_that_of_the_file() {
    // By sha256sum: a header, then 1704067200,100 and so on, an hour and a unit apart, to bar 39.
    let rows: Vec<String> = (0..40).map(|i| format!("{},{}", time_ms(i) / 1_000, 100 + i)).collect();
    let plain = csv("time,close", &rows);
    assert_eq!(
        read(&plain).unwrap().sha256,
        "ff9b1dd821fec55684c96502bfcd524072571277041c103390276a0266729f63"
    );
    assert_ne!(read(plain.replace('\n', "\r\n")).unwrap().sha256, read(&plain).unwrap().sha256);
}

proptest! {
    // The same cases on every run: a failure is then always the code's.
    #![proptest_config(ProptestConfig {
        cases: 512,
        rng_seed: RngSeed::Fixed(1),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Any bytes end in bars or in an error that names the file.
    #[test]
    fn any_bytes_are_answered(content in prop::collection::vec(any::<u8>(), 0..400)) {
        if let Err(error) = read(content) {
            prop_assert!(error.to_string().starts_with("btc.csv"));
        }
    }

    /// A good file with a few bytes overwritten ends in ordered, positive bars or in such an error;
    /// and what is read can be joined or is refused, without a panic.
    #[test]
    fn damaged_files_are_answered(
        damage in prop::collection::vec((any::<prop::sample::Index>(), prop::sample::select(b"0159,.;-\"\n\r e\0x".to_vec())), 1..6),
        newest_first in any::<bool>(),
    ) {
        let mut rows = rows(60);
        if newest_first {
            rows.reverse();
        }
        let mut content = csv(HEADER, &rows).into_bytes();
        for (place, byte) in damage {
            let place = place.index(content.len());
            content[place] = byte;
        }
        match read(content) {
            Err(error) => prop_assert!(error.to_string().starts_with("btc.csv"), "{error}"),
            Ok(history) => {
                prop_assert_eq!(history.times_ms.len(), history.closes.len());
                prop_assert!(history.times_ms.windows(2).all(|pair| pair[0] < pair[1]));
                prop_assert!(history.closes.iter().all(|close| close.is_finite() && *close > 0.0));
                for gaps in [Gaps::Error, Gaps::Fill] {
                    if let Ok(joint) = joint_returns(&[("A", &history)], 3_600, gaps, 4.0) {
                        prop_assert!(joint.history.log_returns.iter().all(|r| r.is_finite()));
                        prop_assert!(joint.history.rows() <= 2 * history.closes.len());
                    }
                }
            }
        }
    }
}
