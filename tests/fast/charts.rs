//! Charts of every kind of run: the files are there, whole, and say what they should.

// Clippy lets tests unwrap, but not the functions that they share.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use crate::testkit::synthetic::{Toy, run};
use ringfence::domain::MarginMode::{self, Cross, Isolated, Mixed};
use ringfence::error::Result;
use ringfence::report::charts::{self, ChartInput, Layout, Scale};
use ringfence::simulation::{PathSample, RunOutcome};

const TWO: &[MarginMode] = &[Isolated, Cross];
const USUAL: Toy =
    Toy { modes: TWO, paths: 300, steps: 90, wallet: 10_000.0, step_volatility: 0.02, exposure: 1.5 };

fn input<'a>(toy: &Toy, title: &'a str, outcome: &'a RunOutcome, sample: &'a PathSample) -> ChartInput<'a> {
    ChartInput {
        title,
        currency: "USDT",
        opening_equity: toy.wallet,
        horizon_days: 30.0,
        steps: toy.steps,
        confidence: 0.95,
        intervals: true,
        outcome,
        sample,
        subtitle: "a toy · seed 42".to_owned(),
        layout: Layout::File,
    }
}

fn render_all(folder: &Path, run: &ChartInput<'_>) -> Result<Vec<String>> {
    charts::render_all(folder, run, Scale::ONE, &AtomicBool::new(false))
}

fn rendered(toy: &Toy, title: &str, folder: &Path) -> Vec<String> {
    let (outcome, sample) = run(toy);
    render_all(folder, &input(toy, title, &outcome, &sample)).unwrap()
}

/// Decodes a PNG whole; returns its size and how many pixels are not white.
fn decoded(file: &Path) -> (u32, u32, usize) {
    let decoder = png::Decoder::new(std::io::BufReader::new(fs::File::open(file).unwrap()));
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    assert_eq!(info.color_type, png::ColorType::Rgb);
    (info.width, info.height, pixels.chunks_exact(3).filter(|p| *p != [255; 3]).count())
}

fn check(folder: &Path, names: &[String]) {
    for name in names {
        let file = folder.join(name);
        if name.ends_with(".png") {
            let (width, height, inked) = decoded(&file);
            assert_eq!((width, height), (1280, 800), "{name}");
            // The heading alone covers some 3,000 pixels.
            assert!(inked > 8_000, "{name} is nearly empty: {inked}");
        } else {
            let text = fs::read_to_string(&file).unwrap();
            let tree = roxmltree::Document::parse(&text).unwrap_or_else(|e| panic!("{name}: {e}"));
            assert!(tree.descendants().filter(|n| n.has_tag_name("text")).count() > 8, "{name}");
            assert!(!text.contains("NaN") && !text.contains("inf,"), "{name}");
            on_the_page(&tree, name);
        }
    }
}

/// No text starts or stops outside the page, whatever sans-serif font the viewer has.
fn on_the_page(tree: &roxmltree::Document<'_>, name: &str) {
    for text in tree.descendants().filter(|n| n.has_tag_name("text")) {
        let number = |key: &str| text.attribute(key).unwrap().parse::<f64>().unwrap();
        let shown = text.text().unwrap().trim();
        // Half an em is a generous mean width of Latin text with figures.
        let long = shown.chars().count() as f64 * 0.53 * number("font-size");
        let (left, right) = match text.attribute("text-anchor") {
            Some("start") => (0.0, long),
            Some("middle") => (long / 2.0, long / 2.0),
            _ => (long, 0.0),
        };
        let (x, width) = (number("x"), 3.0 * 1280.0);
        assert!(x - left >= 0.0 && x + right <= width, "{name}: {shown:?} leaves the page");
        assert!((0.0..3.0 * 800.0).contains(&number("y")), "{name}: {shown:?}");
    }
}

fn words(folder: &Path, chart: &str) -> String {
    let text = fs::read_to_string(folder.join(format!("charts/{chart}.svg"))).unwrap();
    let tree = roxmltree::Document::parse(&text).unwrap();
    let lines = tree.descendants().filter(|n| n.has_tag_name("text")).filter_map(|n| n.text());
    lines.map(str::trim).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_chart_in_both_formats_names_the_run_and_its_modes() {
    let folder = tempfile::tempdir().unwrap();
    let names = rendered(&USUAL, "A small account", folder.path());
    let charts = ["survival", "drawdown", "final_equity", "sample_paths", "equity_fan", "drawdown_pairs"];
    let expected: Vec<_> =
        charts.iter().flat_map(|c| [format!("charts/{c}.png"), format!("charts/{c}.svg")]).collect();
    assert_eq!(names, expected);
    check(folder.path(), &names);
    for chart in charts {
        let words = words(folder.path(), chart);
        for word in ["A small account", "a toy · seed 42", "isolated", "cross"] {
            assert!(words.contains(word), "{chart} lacks {word:?}");
        }
    }
}

#[test]
fn legends_state_the_figures_of_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let (outcome, sample) = run(&USUAL);
    render_all(folder.path(), &input(&USUAL, "figures", &outcome, &sample)).unwrap();
    // Counted here from the sample, which holds every path of this run.
    let alive = sample.modes[0].first_liquidation.iter().filter(|hit| hit.is_none()).count();
    assert!(alive > 20 && alive < 280, "the toy liquidates some paths only: {alive}");
    let share = format!("isolated: {:.1} % at the horizon", alive as f64 / 3.0);
    assert!(words(folder.path(), "survival").contains(&share), "{share}");
    let hit = sample.modes[1].first_liquidation[..40].iter().flatten().count();
    assert!(words(folder.path(), "sample_paths").contains(&format!("cross: {hit} of 40 liquidated")));
    let (a, b) = (&sample.modes[0].drawdown_relative, &sample.modes[1].drawdown_relative);
    let deeper = a.iter().zip(b).filter(|(a, b)| *b - *a > 1e-9).count();
    let share = format!("deeper in cross: {:.1} %", deeper as f64 / 3.0);
    assert!(words(folder.path(), "drawdown_pairs").contains(&share), "{share}");
    // Both margins of a fifth are gone: six tenths of 10,000 remain.
    let lost = sample.modes[0].equity.iter().filter(|e| (e[e.len() - 1] - 6_000.0).abs() < 1e-6).count();
    let atom = format!("{:.1} % end at 6,000", lost as f64 / 3.0);
    assert!(words(folder.path(), "final_equity").contains(&atom), "{atom}");
}

#[test]
fn without_intervals_there_are_no_bands() {
    let folder = tempfile::tempdir().unwrap();
    let (outcome, sample) = run(&USUAL);
    let run = ChartInput { intervals: false, ..input(&USUAL, "windows", &outcome, &sample) };
    let names = render_all(folder.path(), &run).unwrap();
    check(folder.path(), &names);
    let words = words(folder.path(), "survival");
    assert!(
        !words.contains(" to ") && !words.contains("Bands") && words.contains("% at the horizon"),
        "{words}"
    );
}

#[test]
fn one_mode_has_no_pairs_and_three_have_three_panels() {
    let folder = tempfile::tempdir().unwrap();
    let names = rendered(&Toy { modes: &[Cross], ..USUAL }, "one", folder.path());
    assert_eq!(names.len(), 10);
    assert!(!names.iter().any(|n| n.contains("pairs")));
    check(folder.path(), &names);
    let folder = tempfile::tempdir().unwrap();
    let names = rendered(&Toy { modes: &[Isolated, Cross, Mixed], ..USUAL }, "three", folder.path());
    check(folder.path(), &names);
    let fan = words(folder.path(), "equity_fan");
    assert!(["isolated", "cross", "mixed"].iter().all(|m| fan.contains(m)), "{fan}");
}

#[test]
fn extreme_runs_are_drawn() {
    let cases = [
        ("nothing happens", Toy { step_volatility: 0.0, ..USUAL }),
        ("no liquidation", Toy { step_volatility: 0.0005, ..USUAL }),
        ("all at step 1", Toy { step_volatility: 0.0, exposure: 250.0, ..USUAL }),
        ("one path of one step", Toy { paths: 1, steps: 1, ..USUAL }),
        ("huge amounts", Toy { wallet: 1e12, ..USUAL }),
        ("beyond all names", Toy { wallet: 1e200, ..USUAL }),
        ("tiny amounts", Toy { wallet: 1e-6, ..USUAL }),
        ("tinier still", Toy { wallet: 1e-200, ..USUAL }),
    ];
    for (title, toy) in cases {
        let folder = tempfile::tempdir().unwrap();
        let names = rendered(&toy, title, folder.path());
        assert_eq!(names.len(), 12, "{title}");
        check(folder.path(), &names);
    }
}

#[test]
fn an_empty_sample_leaves_its_charts_out() {
    let folder = tempfile::tempdir().unwrap();
    let (outcome, _) = run(&USUAL);
    let none = PathSample { steps: vec![], modes: vec![] };
    let names = render_all(folder.path(), &input(&USUAL, "no sample", &outcome, &none)).unwrap();
    assert_eq!(names.len(), 6);
    check(folder.path(), &names);
}

#[test]
fn hostile_titles_are_shown_as_text() {
    let folder = tempfile::tempdir().unwrap();
    let title = format!(
        "<script>alert(\"1\")</script>\n& Ünïcödé\u{0}\u{1b}[31m \u{202e}中文 {}",
        "wide ".repeat(60)
    );
    let names = rendered(&USUAL, &title, folder.path());
    check(folder.path(), &names);
    let text = fs::read_to_string(folder.path().join("charts/survival.svg")).unwrap();
    let tree = roxmltree::Document::parse(&text).unwrap();
    assert!(!tree.descendants().any(|n| n.has_tag_name("script")));
    let words = words(folder.path(), "survival");
    let shown = "<script>alert(\"1\")</script> & Ünïcödé\u{fffd}\u{fffd}[31m \u{fffd}中文 wide";
    assert!(words.contains(shown), "{words}");
    assert!(words.contains('…'), "a title that is too long is cut: {words}");
}

/// The characters that Unicode's Bidi_Control lists, and those without width that hide parts of a name.
#[test]
fn no_file_holds_characters_that_hide_or_turn_text() {
    let hostile: Vec<char> =
        "\u{61c}\u{200b}\u{200c}\u{200d}\u{200e}\u{200f}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\
        \u{2060}\u{2066}\u{2067}\u{2068}\u{2069}\u{feff}"
            .chars()
            .collect();
    let title: String = hostile.iter().map(|c| format!("a{c}")).collect();
    let folder = tempfile::tempdir().unwrap();
    let (outcome, sample) = run(&USUAL);
    let mut input = input(&USUAL, &title, &outcome, &sample);
    (input.currency, input.subtitle) = (&title, title.clone());
    let names = render_all(folder.path(), &input).unwrap();
    for name in names.iter().filter(|name| name.ends_with(".svg")) {
        let text = fs::read_to_string(folder.path().join(name)).unwrap();
        assert!(text.contains("a\u{fffd}a\u{fffd}"), "{name}");
        let found: Vec<_> = text.chars().filter(|c| hostile.contains(c)).collect();
        assert!(found.is_empty(), "{name}: {found:?}");
    }
}

/// Points of the SVG's unbroken lines of one colour, in the order of painting.
fn lines(folder: &Path, chart: &str, colour: &str) -> Vec<Vec<(f64, f64)>> {
    let text = fs::read_to_string(folder.join(format!("charts/{chart}.svg"))).unwrap();
    let tree = roxmltree::Document::parse(&text).unwrap();
    let point = |pair: &str| {
        let (x, y) = pair.split_once(',').unwrap();
        (x.parse().unwrap(), y.parse().unwrap())
    };
    tree.descendants()
        .filter(|n| n.has_tag_name("polyline") && n.attribute("stroke") == Some(colour))
        .map(|n| n.attribute("points").unwrap().split_whitespace().map(point).collect())
        .collect()
}

fn longest(lines: Vec<Vec<(f64, f64)>>) -> Vec<(f64, f64)> {
    lines.into_iter().max_by_key(Vec::len).unwrap()
}

const ISOLATED: &str = "#0072B2";
const GRID: &str = "#E1E4E8";

#[test]
fn survival_falls_at_the_steps_that_liquidate_and_nowhere_else() {
    // More steps than a curve of few samples could tell apart.
    let toy = Toy { steps: 600, step_volatility: 0.006, ..USUAL };
    let folder = tempfile::tempdir().unwrap();
    let (outcome, sample) = run(&toy);
    render_all(folder.path(), &input(&toy, "corners", &outcome, &sample)).unwrap();
    let curve = longest(lines(folder.path(), "survival", ISOLATED));
    let (left, right) = (curve[0].0, curve[curve.len() - 1].0);
    let falls = curve.windows(2).filter(|w| w[1].1 > w[0].1).map(|w| {
        assert_eq!(w[0].0, w[1].0, "the curve falls upright");
        // A step is some 5 painted pixels wide: rounding to whole ones moves it by a tenth of a step.
        ((w[0].0 - left) / (right - left) * 600.0).round() as u64
    });
    let falls: Vec<u64> = falls.collect();
    // Counted from the sample, which holds every path of this run.
    let mut expected: Vec<u64> = sample.modes[0].first_liquidation.iter().flatten().copied().collect();
    expected.sort_unstable();
    expected.dedup();
    assert!(expected.len() > 60, "{}", expected.len());
    assert_eq!(falls, expected);
}

#[test]
fn final_equity_ends_at_the_share_that_the_cut_reaches() {
    let toy = Toy { paths: 2_000, steps: 30, ..USUAL };
    let folder = tempfile::tempdir().unwrap();
    let (outcome, sample) = run(&toy);
    render_all(folder.path(), &input(&toy, "cut", &outcome, &sample)).unwrap();
    let curve = longest(lines(folder.path(), "final_equity", ISOLATED));
    let levels = lines(folder.path(), "final_equity", GRID);
    let all = levels.iter().filter(|l| l[0].1 == l[1].1).map(|l| l[0].1).fold(f64::INFINITY, f64::min);
    let (none, end) = (curve[0].1, curve[curve.len() - 1].1);
    let share = (none - end) / (none - all);
    // The axis ends just beyond the 99.5 % quantile of the wider mode; a painted pixel is 0.06 %.
    assert!((0.994..0.9995).contains(&share), "{share}");
    let cut = words(folder.path(), "final_equity");
    assert!(cut.contains("The axis ends at the 99.5 % quantile"), "{cut}");
}

#[test]
fn pairs_show_isolated_against_cross_where_both_are_there() {
    const CASES: [(&[MarginMode], &str); 4] = [
        (&[Isolated, Cross], "isolated against cross"),
        (&[Mixed, Cross, Isolated], "isolated against cross"),
        (&[Cross, Isolated], "isolated against cross"),
        (&[Mixed, Cross], "mixed against cross"),
    ];
    for (modes, stated) in CASES {
        let folder = tempfile::tempdir().unwrap();
        let toy = Toy { modes, ..USUAL };
        let (outcome, sample) = run(&toy);
        render_all(folder.path(), &input(&toy, "pairs", &outcome, &sample)).unwrap();
        let words = words(folder.path(), "drawdown_pairs");
        assert!(words.contains(stated), "{modes:?}: {words}");
        let (a, b) = stated.split_once(" against ").unwrap();
        let drawdowns = |name| {
            let found = sample.modes.iter().find(|m| m.mode.name() == name).unwrap();
            found.drawdown_relative.iter().copied()
        };
        let deeper = drawdowns(a).zip(drawdowns(b)).filter(|(a, b)| a - b > 1e-9).count();
        let share = format!("deeper in {a}: {:.1} %", deeper as f64 / 3.0);
        assert!(words.contains(&share), "{modes:?}: {share} in {words}");
    }
}

#[test]
fn an_interrupted_run_draws_no_further_chart() {
    let folder = tempfile::tempdir().unwrap();
    let (outcome, sample) = run(&USUAL);
    let input = input(&USUAL, "interrupted", &outcome, &sample);
    let error = charts::render_all(folder.path(), &input, Scale::ONE, &AtomicBool::new(true)).unwrap_err();
    assert_eq!(error.exit_code(), 130);
    assert_eq!(fs::read_dir(folder.path().join("charts")).unwrap().count(), 0);
}

#[test]
fn same_run_gives_the_same_bytes() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let names = rendered(&USUAL, "again", one.path());
    assert_eq!(names, rendered(&USUAL, "again", two.path()));
    for name in names {
        let [a, b] = [&one, &two].map(|folder| fs::read(folder.path().join(&name)).unwrap());
        assert!(a == b, "{name} differs");
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_an_error_with_its_name() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("charts"), "in the way").unwrap();
    let (outcome, sample) = run(&USUAL);
    let error = render_all(folder.path(), &input(&USUAL, "t", &outcome, &sample)).unwrap_err();
    assert_eq!(error.exit_code(), 1);
    assert!(error.to_string().contains("charts"), "{error}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let (outcome, sample) = run(&USUAL);
    for name in ["charts/survival.png", "charts/survival.svg"] {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("charts")).unwrap();
        std::os::unix::fs::symlink("/dev/full", folder.path().join(name)).unwrap();
        let error = render_all(folder.path(), &input(&USUAL, "t", &outcome, &sample)).unwrap_err();
        assert_eq!(error.exit_code(), 1);
        assert!(error.to_string().contains(name), "{error}");
    }
}

#[test]
fn a_scale_multiplies_the_pixels_and_changes_no_shape() {
    let folder = tempfile::tempdir().unwrap();
    let (outcome, sample) = run(&USUAL);
    let input = input(&USUAL, "scaled", &outcome, &sample);
    let drawn = |scale: f64| {
        let place = folder.path().join(scale.to_string());
        fs::create_dir(&place).unwrap();
        charts::render_all(&place, &input, Scale::new(scale).unwrap(), &AtomicBool::new(false)).unwrap();
        let (width, height, inked) = decoded(&place.join("charts/survival.png"));
        (width, height, inked, fs::read_to_string(place.join("charts/survival.svg")).unwrap())
    };
    let [(_, _, ones, one), (width, height, twos, two)] = [1.0, 2.0].map(drawn);
    assert_eq!((width, height), (2560, 1600));
    let ratio = twos as f64 / ones as f64;
    assert!((3.0..4.5).contains(&ratio), "four times the pixels: {ratio}");
    assert_eq!(one.replacen("width=\"1280\" height=\"800\"", "width=\"2560\" height=\"1600\"", 1), two);
    assert!([0.49, 4.01, f64::NAN].into_iter().all(|scale| Scale::new(scale).is_none()));
}
