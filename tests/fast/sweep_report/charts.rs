//! Pictures of sweeps of every shape.

use std::fs;

use plotters::style::{FontDesc, FontFamily, FontStyle};
use ringfence::report::charts::{self, Anchor, Ink, Layout, Picture, Scale, Shape, Text};
use ringfence::result::document::{OrderedMap, SweepDocument};
use serde_json::json;

use crate::testkit::sweeps::{axis, emptied, shapes, steps, sweep};

/// The name under which the embedded font is known once pictures have been made.
const FONT: &str = "Roboto, 'Helvetica Neue', Arial, sans-serif";

fn pictures(document: &SweepDocument) -> Vec<(String, Picture)> {
    charts::sweep_pictures(document, Layout::File).unwrap()
}

fn named(document: &SweepDocument, name: &str) -> Picture {
    let mut found = pictures(document);
    let names: Vec<String> = found.iter().map(|(name, _)| name.clone()).collect();
    let at = names.iter().position(|n| n == name).unwrap_or_else(|| panic!("{name} in {names:?}"));
    found.swap_remove(at).1
}

fn shape(name: &str) -> SweepDocument {
    shapes().into_iter().find(|(n, _)| *n == name).unwrap().1
}

fn texts(picture: &Picture) -> Vec<&Text> {
    let mut found = Vec::new();
    for shape in &picture.shapes {
        if let Shape::Text(text) = shape {
            found.push(text);
        }
    }
    found
}

fn words(picture: &Picture) -> Vec<&str> {
    texts(picture).into_iter().map(|text| text.text.as_str()).collect()
}

/// Left, top, right and lower edge of a text.
fn edges(text: &Text) -> [f64; 4] {
    let weight = if text.bold { FontStyle::Bold } else { FontStyle::Normal };
    // Measured large, since whole pixels are counted; the rasteriser's size is that of a line.
    let font = FontDesc::new(FontFamily::Name(FONT), 100.0 * 2_400.0 / 2_048.0, weight);
    let width = f64::from(font.box_size(&text.text).unwrap().0) / 100.0 * text.size;
    let left = match text.anchor {
        Anchor::Start => text.at.0,
        Anchor::Middle => text.at.0 - width / 2.0,
        Anchor::End => text.at.0 - width,
    };
    [left, text.at.1 - 0.72 * text.size, left + width, text.at.1 + 0.1 * text.size]
}

/// Filled rectangles of the page: left, top, right, bottom and colour.
fn rectangles(picture: &Picture) -> Vec<([f64; 4], Ink)> {
    let corners = |shape: &Shape| match shape {
        Shape::Area { points, ink, .. } if points.len() == 4 => {
            Some(([points[0].0, points[0].1, points[2].0, points[2].1], *ink))
        }
        _ => None,
    };
    picture.shapes.iter().filter_map(corners).collect()
}

/// The colour below a point.
fn colour_at(picture: &Picture, (x, y): (f64, f64)) -> Ink {
    let inside = |[left, top, right, bottom]: [f64; 4]| left <= x && x <= right && top <= y && y <= bottom;
    rectangles(picture).into_iter().rev().find(|(edges, _)| inside(*edges)).unwrap().1
}

#[test]
fn no_text_leaves_the_page_or_touches_another() {
    let mut seen = 0;
    for (shape, document) in shapes() {
        for (name, picture) in pictures(&document) {
            let (width, height) = picture.size;
            let found: Vec<([f64; 4], &str)> =
                texts(&picture).into_iter().map(|text| (edges(text), text.text.as_str())).collect();
            for (at, [left, top, right, bottom]) in found.iter().map(|(e, _)| *e).enumerate() {
                let text = found[at].1;
                let on_page = left >= 0.0 && right <= width && top >= 0.0 && bottom <= height;
                assert!(on_page, "{shape}/{name}: {text:?} leaves the page");
                for (other, said) in &found[..at] {
                    let apart =
                        right <= other[0] || other[2] <= left || bottom <= other[1] || other[3] <= top;
                    assert!(apart, "{shape}/{name}: {text:?} touches {said:?}");
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 100_000, "{seen}");
}

#[test]
fn every_mode_and_the_difference_have_maps_and_they_are_files() {
    let document = shape("2x2");
    let folder = tempfile::tempdir().unwrap();
    let files = charts::render_sweep_charts(folder.path(), &document, Scale::ONE, &false.into()).unwrap();
    let names = [
        "liquidation_any_isolated",
        "liquidation_any_cross",
        "ruin_isolated",
        "ruin_cross",
        "drawdown_relative_isolated",
        "drawdown_relative_cross",
        "pnl_isolated",
        "pnl_cross",
        "liquidation_isolated_minus_cross",
        "drawdown_relative_isolated_minus_cross",
        "pnl_isolated_minus_cross",
    ];
    let expected: Vec<String> =
        names.iter().flat_map(|n| ["png", "svg"].map(|kind| format!("charts/sweep_{n}.{kind}"))).collect();
    assert_eq!(files, expected);
    for file in &files {
        let bytes = fs::read(folder.path().join(file)).unwrap();
        if file.ends_with(".svg") {
            let text = String::from_utf8(bytes).unwrap();
            let tree = roxmltree::Document::parse(&text).unwrap();
            let label = tree.root_element().attribute("aria-label").unwrap().to_owned();
            assert!(label.contains("Map of btc_long leverage by BTC volatility: from"), "{label}");
        } else {
            assert!(bytes.starts_with(b"\x89PNG") && bytes.len() > 8_000, "{file}: {}", bytes.len());
        }
    }
    let again = tempfile::tempdir().unwrap();
    charts::render_sweep_charts(again.path(), &document, Scale::ONE, &false.into()).unwrap();
    for file in &files {
        let [a, b] = [&folder, &again].map(|f| fs::read(f.path().join(file)).unwrap());
        assert!(a == b, "{file} differs");
    }
}

#[test]
fn a_map_shows_each_value_in_its_place() {
    let document = shape("10x5");
    let picture = named(&document, "sweep_liquidation_any_isolated");
    // Leverage 50, the last row of the sweep, is the topmost; margin 8,000 the rightmost. 20,000 paths.
    let count = document.sweep[49].modes.get("isolated").unwrap().liquidation.any.count;
    let value = format!("{:.1}", count as f64 / 200.0);
    let (top, right) = (find(&picture, "50"), find(&picture, "8,000"));
    let value = texts(&picture).into_iter().find(|text| text.text == value).unwrap();
    assert!((value.at.0 - right.0).abs() < 0.01 && (value.at.1 - top.1).abs() < 0.01, "{value:?}");
    // More is darker.
    let brightness = |Ink(r, g, b): Ink| u32::from(r) + u32::from(g) + u32::from(b);
    let (least, most) = (
        colour_at(&picture, (find(&picture, "500").0, find(&picture, "2").1)),
        colour_at(&picture, value.at),
    );
    assert!(brightness(least) > brightness(most) + 300, "{least:?} {most:?}");
}

fn find(picture: &Picture, word: &str) -> (f64, f64) {
    texts(picture).into_iter().find(|text| text.text == word).unwrap_or_else(|| panic!("{word}")).at
}

#[test]
fn differences_are_blue_or_orange_and_grey_where_chance_may_be_the_cause() {
    let mut document = sweep(
        "Signs",
        vec![
            axis(&["positions.p.leverage"], steps(1.0, 2.0, 2)),
            axis(&["assets.A.model.volatility"], steps(0.5, 1.5, 2)),
        ],
        1.0,
    );
    let bounds = [(0.1, 0.05, 0.15), (-0.1, -0.15, -0.05), (0.1, -0.01, 0.21), (0.0, 0.0, 0.0)];
    for (cell, (value, low, high)) in document.sweep.iter_mut().zip(bounds) {
        let found = &mut cell.paired[0].liquidation;
        (found.difference, found.low, found.high) = (Some(value), Some(low), Some(high));
    }
    let map = |document: &SweepDocument| named(document, "sweep_liquidation_isolated_minus_cross");
    let picture = map(&document);
    let at = |picture: &Picture, row: &str, column: &str| {
        colour_at(picture, (find(picture, column).0, find(picture, row).1 - 7.0))
    };
    let colours =
        |p: &Picture| [("1", "0.5"), ("1", "1.5"), ("2", "0.5"), ("2", "1.5")].map(|(r, c)| at(p, r, c));
    let [more, less, unsure, none] = colours(&picture);
    assert!(more.2 > more.0 + 80, "isolated more often is blue: {more:?}");
    assert!(less.0 > less.2 + 80, "cross more often is orange: {less:?}");
    assert_eq!(unsure, none);
    assert!(unsure.0.abs_diff(unsure.2) < 8, "grey: {unsure:?}");
    let told = words(&picture).join("\n");
    for part in [
        "isolated is liquidated more often",
        "not significant at 95 %",
        "+10.0",
        "−10.0",
        "about 5 % would still appear to",
    ] {
        assert!(told.contains(part), "{part} in\n{told}");
    }
    assert!(
        picture.alternative.contains("The difference is not significant in 2 of 4 cells."),
        "{}",
        picture.alternative
    );
    // The other way round in the document is the same picture.
    for cell in &mut document.sweep {
        let pair = &mut cell.paired[0];
        std::mem::swap(&mut pair.a, &mut pair.b);
        let l = &mut pair.liquidation;
        l.difference = l.difference.map(|v| -v);
        (l.low, l.high) = (l.high.map(|v| -v), l.low.map(|v| -v));
    }
    assert_eq!(colours(&map(&document)), [more, less, unsure, none]);
}

#[test]
fn the_alternative_says_where_the_extremes_are() {
    let mut document = shape("10x5");
    let set = |document: &mut SweepDocument, cell: usize, value: f64| {
        let modes = &mut document.sweep[cell].modes;
        modes.0.iter_mut().for_each(|(_, mode)| mode.pnl.distribution.mean = Some(value));
    };
    (0..50).for_each(|cell| set(&mut document, cell, 100.0));
    set(&mut document, 7, -12.6);
    set(&mut document, 48, 430.0);
    let picture = named(&document, "sweep_pnl_cross");
    // Row-major: cell 7 is the second leverage and the third margin, cell 48 the last and the fourth.
    let expected = "from −13 USDT at btc_long leverage 3, btc_long margin 2,000 to 430 USDT at btc_long leverage 50, \
                    btc_long margin 4,000.";
    assert!(picture.alternative.contains(expected), "{}", picture.alternative);
}

#[test]
fn missing_cells_are_marked_and_a_measure_without_any_value_has_no_map() {
    let gaps = named(&shape("gaps"), "sweep_ruin_isolated");
    assert!(words(&gaps).contains(&"no value"));
    assert!(gaps.alternative.contains("4 of 60 cells have no value."), "{}", gaps.alternative);
    let mut empty = shape("2x2");
    empty.sweep.iter_mut().for_each(emptied);
    assert!(pictures(&empty).is_empty());
    // A document may be cut short: what is not there is missing, not a panic.
    let mut short = shape("10x5");
    short.sweep.truncate(20);
    assert!(named(&short, "sweep_ruin_cross").alternative.contains("30 of 50 cells have no value."));
}

#[test]
fn one_axis_is_a_line_chart_of_all_modes() {
    let document = shape("12");
    let names: Vec<String> = pictures(&document).into_iter().map(|(name, _)| name).collect();
    assert_eq!(
        names,
        [
            "sweep_liquidation_any",
            "sweep_ruin",
            "sweep_drawdown_relative",
            "sweep_pnl",
            "sweep_liquidation_isolated_minus_cross",
            "sweep_drawdown_relative_isolated_minus_cross",
            "sweep_pnl_isolated_minus_cross"
        ]
    );
    let picture = named(&document, "sweep_liquidation_any");
    let discs = |ink: Ink| {
        let of_ink = |shape: &&Shape| matches!(shape, Shape::Disc { ink: found, .. } if *found == ink);
        picture.shapes.iter().filter(of_ink).count()
    };
    let [blue, orange] = [Ink(0, 114, 178), Ink(213, 94, 0)];
    assert_eq!([discs(blue), discs(orange)], [12, 12]);
    let bands =
        picture.shapes.iter().filter(|s| matches!(s, Shape::Area { points, .. } if points.len() == 24));
    assert_eq!(bands.count(), 2);
}

#[test]
fn further_axes_are_small_grids_or_the_first_of_many_with_a_note() {
    let three = named(&shape("three_axes"), "sweep_pnl_cross");
    for venue in ["venue preset textbook", "venue preset bybit-linear", "venue preset okx-swap-usdt-margined"]
    {
        assert!(words(&three).contains(&venue), "{venue}");
    }
    assert!(three.alternative.contains(", venue preset "), "{}", three.alternative);
    let four = named(&shape("four_axes"), "sweep_pnl_cross");
    let note = "Shown for venue preset textbook, btc_long margin 500, the first of 25 combinations; sweep.csv has all of them.";
    assert!(words(&four).contains(&note), "{:?}", words(&four));
}

#[test]
fn windows_have_no_doubted_signs_and_simultaneous_intervals_say_so() {
    let mut windows = shape("zip");
    windows.sampling.overlapping_windows = true;
    for cell in &mut windows.sweep {
        (cell.paired[0].liquidation.low, cell.paired[0].liquidation.high) = (None, None);
    }
    let map = named(&windows, "sweep_liquidation_isolated_minus_cross");
    let said = words(&map).join("\n");
    assert!(said.contains("no sampling error can be stated") && !said.contains("not significant"), "{said}");
    let together = named(&shape("simultaneous"), "sweep_pnl_isolated_minus_cross");
    let note = "Significance by simultaneous 95 % intervals (100 of a measure, each at 99.95 %).";
    assert!(words(&together).contains(&note), "{:?}", words(&together));
}

#[test]
fn hostile_names_stay_text_and_files_stay_in_the_folder() {
    let hostile = "../../<b>\u{202e}&\"";
    let mut document = sweep(
        hostile,
        vec![axis(&[hostile], steps(1.0, 2.0, 2)), axis(&["k"], vec![json!(hostile), json!("\u{1b}[31m")])],
        1.0,
    );
    document.scenario.currency = hostile.to_owned();
    for cell in &mut document.sweep {
        let mut modes = cell.modes.0.clone();
        modes.push((hostile.to_owned(), modes[0].1.clone()));
        cell.modes = OrderedMap(modes);
    }
    let folder = tempfile::tempdir().unwrap();
    let files = charts::render_sweep_charts(folder.path(), &document, Scale::ONE, &false.into()).unwrap();
    let plain = |c: char| c.is_ascii_alphanumeric() || "_./".contains(c);
    assert!(
        files.len() == 22
            && files
                .iter()
                .all(|f| f.starts_with("charts/sweep_") && f.chars().all(plain) && !f.contains(".."))
    );
    for file in files.iter().filter(|file| file.ends_with(".svg")) {
        let text = fs::read_to_string(folder.path().join(file)).unwrap();
        let tree = roxmltree::Document::parse(&text).unwrap();
        assert!(!tree.descendants().any(|node| node.has_tag_name("b")));
        assert!(!text.contains('\u{202e}') && !text.contains('\u{1b}'), "{file}");
    }
}

#[test]
fn an_interrupted_sweep_draws_nothing_more() {
    let folder = tempfile::tempdir().unwrap();
    let stopped = charts::render_sweep_charts(folder.path(), &shape("2x2"), Scale::ONE, &true.into());
    assert_eq!(stopped.unwrap_err().exit_code(), 130);
}

#[test]
fn every_medium_has_room_for_every_shape() {
    for layout in [Layout::Wide, Layout::Narrow] {
        for (shape, document) in shapes() {
            for (name, picture) in charts::sweep_pictures(&document, layout).unwrap() {
                let (width, height) = picture.size;
                for text in texts(&picture) {
                    let [left, top, right, bottom] = edges(text);
                    let inside = left >= 0.0 && right <= width && top >= 0.0 && bottom <= height;
                    assert!(inside, "{layout:?} {shape}/{name}: {:?} leaves the picture", text.text);
                }
            }
        }
    }
}
