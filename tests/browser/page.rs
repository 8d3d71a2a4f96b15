//! The report page in a real browser: Chromium, driven over the DevTools protocol. Without one on the path the tests
//! say so and pass, unless `RINGFENCE_BROWSER_TEST=required`.

#![allow(clippy::unwrap_used)]

mod browser;

use std::fs;
use std::path::{Path, PathBuf};

use browser::Browser;
use serde_json::Value;

use crate::testkit::command::ringfence;

/// What the page is asked in itself: a list of what is wrong with it.
const CHECK: &str = include_str!("page/check.js");
const HOSTILE: &str = "<script>alert(1)</script>\"><img src=x onerror=alert(1)> & `a` {{ 1 }}";
const DESCRIPTION: &str = "*Look* at <b>this</b> <img src=x onerror=alert(1)> ![p](https://example.org/p.png) \
    [bad](javascript:alert(1)) [good](https://example.org)\n\n<script>alert(2)</script>\n\n<style>*{display:none}</style>";

/// Runs a scenario of this repository into `out`; returns the address of its page.
fn page_of(out: &Path, scenario: &Path, changes: &[&str]) -> PathBuf {
    let mut command = ringfence(env!("CARGO_MANIFEST_DIR"));
    command.arg("run").arg(scenario).arg("--out").arg(out);
    for change in changes {
        command.args(["--set", change]);
    }
    let output = command.arg("--quiet").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    out.join(scenario.file_stem().unwrap()).join("report.html")
}

fn quoted(key: &str, text: &str) -> String {
    format!("{key}={}", Value::from(text))
}

/// Everything that must hold of any page, in both colour schemes, on a screen and on a telephone.
fn check(browser: &mut Browser, page: &Path, charts: usize) {
    let mut grounds = Vec::new();
    for (width, scheme) in [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")] {
        let what = format!("{} at {width}, {scheme}", page.display());
        browser.open(page, width, scheme);
        let found = browser.evaluate(CHECK);
        let problems = found["problems"].as_array().unwrap();
        assert!(problems.is_empty(), "{what}: {problems:#?}");
        assert_eq!(found["charts"], charts, "{what}");
        grounds.push(found["ground"].clone());
        browser.assert_quiet(page, &what);
    }
    assert_ne!(grounds[0], grounds[1], "dark is not light");
}

#[test]
fn pages_stand_up_in_a_browser() {
    let Some(mut browser) = Browser::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let run = |name: &str, changes: &[&str]| {
        page_of(folder.path(), Path::new(&format!("scenarios/{name}.toml")), changes)
    };
    check(&mut browser, &run("ten-thousand", &["simulation.paths=2000"]), 6);
    check(&mut browser, &run("mixed", &["simulation.paths=2000"]), 6);
    check(&mut browser, &run("hedged-pair", &["simulation.paths=640", "simulation.modes=[\"cross\"]"]), 5);
    check(&mut browser, &run("venues/binance-coinm", &["simulation.paths=640"]), 6);
    // Nothing is liquidated, and nothing moves.
    check(&mut browser, &run("four-longs", &["simulation.paths=64", "simulation.horizon=\"2h\""]), 6);
    check(&mut browser, &run("leverage-02x", &["simulation.paths=64", "assets.BTC.model.volatility=0"]), 6);
}

#[test]
fn pages_of_sweeps_stand_up_in_a_browser() {
    let Some(mut browser) = Browser::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let leverage = "sweep.\"positions.btc_long.leverage\"=[2, 5, 10, 20, 50]";
    let volatility = "sweep.\"assets.BTC.model.volatility\"={ from = 0.2, to = 1.2, steps = 6 }";
    let scenario = Path::new("scenarios/ten-thousand.toml");
    let paths = "simulation.paths=640";
    let page = page_of(folder.path(), scenario, &[paths, leverage, volatility]);
    let maps = fs::read_dir(page.with_file_name("charts")).unwrap().count() / 2;
    assert!(maps >= 3, "{maps}");
    check(&mut browser, &page, maps);
    let page = page_of(&folder.path().join("line"), scenario, &[paths, leverage]);
    let lines = fs::read_dir(page.with_file_name("charts")).unwrap().count() / 2;
    check(&mut browser, &page, lines);
    // The first column is sorted by number, the last cell of it first.
    browser.open(&page, 1280, "light");
    let column =
        "Array.from(document.querySelectorAll('#cells tbody tr'), (row) => row.cells[0].textContent)";
    assert_eq!(browser.evaluate(column), serde_json::json!(["2", "5", "10", "20", "50"]));
    let click = "document.querySelector('#cells thead th').click()";
    browser.evaluate(&format!("{click}; {click}"));
    assert_eq!(browser.evaluate(column), serde_json::json!(["50", "20", "10", "5", "2"]));
}

#[test]
fn hostile_text_is_text() {
    let Some(mut browser) = Browser::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let changes = [
        quoted("title", HOSTILE),
        quoted("description", DESCRIPTION),
        quoted("account.currency", "<i>$</i>"),
        "simulation.paths=64".to_owned(),
    ];
    let changes: Vec<&str> = changes.iter().map(String::as_str).collect();
    let page = page_of(folder.path(), Path::new("scenarios/ten-thousand.toml"), &changes);
    check(&mut browser, &page, 6);
    let text = |browser: &mut Browser, of: &str| {
        browser.evaluate(&format!("document.querySelector('{of}').textContent")).as_str().unwrap().to_owned()
    };
    assert_eq!(text(&mut browser, "h1"), HOSTILE);
    assert_eq!(text(&mut browser, "title"), HOSTILE);
    let description = text(&mut browser, "#description");
    for shown in
        ["<b>this</b>", "<img src=x onerror=alert(1)>", "<script>alert(2)</script>", "bad", "<style>"]
    {
        assert!(description.contains(shown), "{description}");
    }
    let count = |browser: &mut Browser, of: &str| {
        browser.evaluate(&format!("document.querySelectorAll('{of}').length")).as_u64().unwrap()
    };
    assert_eq!(
        ["img", "script", "style", "#description b", "i"].map(|of| count(&mut browser, of)),
        [0, 1, 1, 0, 0]
    );
    assert_eq!(["#description em", "#description a"].map(|of| count(&mut browser, of)), [1, 1]);
    let markdown = fs::read_to_string(page.with_file_name("report.md")).unwrap();
    assert!(
        !markdown.contains('<')
            || markdown.matches('<').count()
                == markdown.matches("details>").count() + markdown.matches("summary>").count()
    );
    assert!(!markdown.contains("![p]") && markdown.contains("&lt;script&gt;"), "{markdown}");
}

#[test]
fn modes_are_hidden_and_curves_tell_their_values() {
    let Some(mut browser) = Browser::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let page = page_of(folder.path(), Path::new("scenarios/mixed.toml"), &["simulation.paths=640"]);
    browser.open(&page, 1280, "light");
    let state = "[...document.querySelectorAll('.wide .cross, td.cross')].filter((e) => e.getClientRects().length).length";
    let shown = browser.evaluate(state).as_u64().unwrap();
    assert!(shown > 20, "{shown}");
    let click = "document.querySelector('#survival button[data-mode=cross]').click()";
    browser.evaluate(click);
    assert_eq!(browser.evaluate(state), 0);
    let pressed =
        "[...document.querySelectorAll('button[data-mode=cross]')].every((b) => b.ariaPressed === 'false')";
    assert_eq!(browser.evaluate(pressed), true);
    browser.evaluate(click);
    assert_eq!(browser.evaluate(state), shown);
    let place = browser.evaluate(
        "(() => { const svg = document.querySelector('#survival .wide svg'); svg.scrollIntoView({ block: 'center' }); \
         const r = svg.getBoundingClientRect(); return [r.left + r.width / 2, r.top + r.height / 2]; })()",
    );
    browser.point_at(place[0].as_f64().unwrap(), place[1].as_f64().unwrap());
    let tip = browser
        .evaluate("document.getElementById('tip').hidden ? '' : document.getElementById('tip').textContent");
    let tip = tip.as_str().unwrap();
    // Half of 30 days, within the width of the axis labels.
    let day: f64 = tip.split(' ').next().unwrap().parse().unwrap();
    assert!((13.0..16.0).contains(&day), "{tip}");
    for mode in ["isolated: ", "cross: ", "mixed: "] {
        assert!(tip.contains(mode) && tip.contains(" %"), "{tip}");
    }
    browser.assert_quiet(&page, "after clicks");
}
