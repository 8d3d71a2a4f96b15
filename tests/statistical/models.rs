//! Every price model from scenario text to its law: what is read, what is refused and how, and that the catalogue, the
//! reader, the schema and the README say the same.

use std::fmt::Write as _;
use std::path::Path;

use ringfence::domain::Monitoring;
use ringfence::error::{Error, Result};
use ringfence::paths::catalogue::{
    Bound, COMMON_JUMP, MODELS, Parameter, Range, SHOCK_MOVE, ValueKind, model,
};
use ringfence::paths::{
    Bates, CommonJumps, Garch, Gbm, Heston, Innovations, Kou, Merton, Nig, NormalJump, NormalJumps, Ou,
    PriceProcess, Regime, Replay, Sampling, Shock, ShockTime, State, VarianceGamma,
};
use ringfence::scenario::{Override, Scenario, load_text, parse_override};
use ringfence::{report::model_catalogue as catalogue, scenario::schema};
use serde_json::Value;
use tempfile::TempDir;

use crate::testkit::scenario::has_remedy;

/// A scenario with one asset; its model stands on line 11.
fn with_model(model: &str) -> String {
    format!(
        "[simulation]\nhorizon = \"10d\"\nstep = \"1h\"\npaths = 100\n\n[account]\nwallet = 1_000\n\n[assets.BTC]\n\
         price = 100\nmodel = {model}\n\n[positions.long]\nasset = \"BTC\"\nside = \"long\"\nmargin = 100\nleverage = 5\n"
    )
}

/// Two Brownian motions, BTC and ETH, and what else is asked for.
fn pair(more: &str) -> String {
    let gbm = "{ kind = \"gbm\", drift = 0, volatility = 0.5 }";
    with_model(gbm) + &format!("\n[assets.ETH]\nprice = 10\nmodel = {gbm}\n\n{more}")
}

fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("btc.csv"), history(0, 400)).unwrap();
    std::fs::write(folder.path().join("eth.csv"), history(50, 400)).unwrap();
    std::fs::write(folder.path().join("short.csv"), history(0, 240)).unwrap();
    folder
}

/// So many hourly closes from an hour on, which tell what hour they are of.
fn history(from: i64, bars: i64) -> String {
    let mut text = "timestamp,close\n".to_owned();
    for hour in from..from + bars {
        writeln!(text, "{},{}", 1_700_000_000_000 / 3_600_000 * 3_600_000 + hour * 3_600_000, 1_000 + hour)
            .unwrap();
    }
    text
}

fn read_in(folder: &Path, text: &str, sets: &[&str]) -> Result<Scenario> {
    let overrides: Vec<Override> = sets.iter().map(|set| parse_override(set)).collect::<Result<_>>()?;
    load_text("models", "models.toml", text, folder, &overrides)
}

fn read(text: &str) -> Result<Scenario> {
    read_in(Path::new(""), text, &[])
}

fn law(model: &str) -> PriceProcess {
    read(&with_model(model)).unwrap_or_else(|error| panic!("{error}")).market.assets[0].process.clone()
}

fn refusal(result: Result<Scenario>, case: &str) -> String {
    match result {
        Err(error @ Error::Input(_)) => error.to_string(),
        Err(error) => panic!("{case}: {error}"),
        Ok(_) => panic!("accepted: {case}"),
    }
}

fn resolved<'s>(scenario: &'s Scenario, key: &str) -> &'s str {
    let found = scenario.resolved.iter().find(|(known, _)| known == key);
    found.map_or_else(|| panic!("no {key} in {:?}", scenario.resolved), |(_, value)| value)
}

/// Every message names `parts`, its place and a remedy.
fn expect_refused(cases: &[(&str, &[&str])], read: impl Fn(&str) -> Result<Scenario>) {
    let mut wrong = String::new();
    for (text, parts) in cases {
        let message = refusal(read(text), text);
        if !has_remedy(&message) {
            writeln!(wrong, "{text} has no remedy:\n{message}\n").unwrap();
        }
        for part in parts.iter().chain(&[":"]).filter(|part| !message.contains(**part)) {
            writeln!(wrong, "{text} should say {part:?}, but says:\n{message}\n").unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

const HESTON: &str = "drift = 0.1, initial_variance = 0.4, mean_reversion = 3, long_run_variance = 0.5, \
                      vol_of_vol = 0.9, correlation = -0.7";
const JUMPS: &str = "jump_rate = 12, jump_mean = -0.05, jump_std = 0.08";

#[test]
fn every_kind_reads_to_its_law() {
    let jumps = NormalJumps { rate: 12.0, size: NormalJump { mean: -0.05, std: 0.08 } };
    let heston = Heston {
        drift: 0.1,
        initial_variance: 0.4,
        mean_reversion: 3.0,
        long_run_variance: 0.5,
        vol_of_vol: 0.9,
        correlation: -0.7,
    };
    let cases = [
        (
            format!("{{ kind = \"merton\", drift = 0.1, volatility = 0.5, {JUMPS} }}"),
            PriceProcess::Merton(Merton { drift: 0.1, volatility: 0.5, jumps }),
        ),
        (
            "{ kind = \"kou\", drift = 0.1, volatility = 0.5, jump_rate = 9, up_probability = 0.4, up_rate = 20, \
             down_rate = 15 }"
                .to_owned(),
            PriceProcess::Kou(Kou {
                drift: 0.1,
                volatility: 0.5,
                jump_rate: 9.0,
                up_probability: 0.4,
                up_rate: 20.0,
                down_rate: 15.0,
            }),
        ),
        (format!("{{ kind = \"heston\", {HESTON} }}"), PriceProcess::Heston(heston)),
        (format!("{{ kind = \"bates\", {HESTON}, {JUMPS} }}"), PriceProcess::Bates(Bates { heston, jumps })),
        (
            "{ kind = \"ou\", level = 101.5, mean_reversion = 50, volatility = 0.1 }".to_owned(),
            PriceProcess::Ou(Ou { level: 101.5, mean_reversion: 50.0, volatility: 0.1 }),
        ),
        (
            "{ kind = \"variance_gamma\", drift = 0.1, volatility = 0.5, skew = -0.2, nu = 0.01 }".to_owned(),
            PriceProcess::VarianceGamma(VarianceGamma { drift: 0.1, volatility: 0.5, skew: -0.2, nu: 0.01 }),
        ),
        (
            "{ kind = \"nig\", drift = 0.1, alpha = 30, beta = -2, delta = 12 }".to_owned(),
            PriceProcess::Nig(Nig { drift: 0.1, alpha: 30.0, beta: -2.0, delta: 12.0 }),
        ),
        (
            "{ kind = \"gbm\", drift = -0.1, volatility = 0.5 }".to_owned(),
            PriceProcess::Gbm(Gbm { drift: -0.1, volatility: 0.5 }),
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(law(&text), expected, "{text}");
    }
}

#[test]
fn garch_has_defaults_and_an_interval_of_whole_steps() {
    let base = "kind = \"garch\", drift = 0, volatility = 0.6, alpha = 0.05, beta = 0.9";
    let expected = Garch {
        drift: 0.0,
        volatility: 0.6,
        alpha: 0.05,
        beta: 0.9,
        gamma: 0.0,
        innovations: Innovations::Normal,
        interval_steps: 1,
        initial_variance: 1.0,
    };
    assert_eq!(law(&format!("{{ {base} }}")), PriceProcess::Garch(expected));
    assert_eq!(
        law(&format!("{{ {base}, innovations = \"normal\", interval = \"1h\" }}")),
        PriceProcess::Garch(expected)
    );
    let more = format!("{{ {base}, gamma = 0.04, innovations = {{ student_t = 2.5 }}, interval = \"1d\" }}");
    let changed =
        Garch { gamma: 0.04, innovations: Innovations::StudentT(2.5), interval_steps: 24, ..expected };
    assert_eq!(law(&more), PriceProcess::Garch(changed));
    let hash = |text: &str| read(&with_model(text)).unwrap().sha256();
    assert_eq!(
        hash(&format!("{{ {base} }}")),
        hash(&format!("{{ {base}, interval = \"60m\", gamma = 0.0 }}"))
    );
    expect_refused(
        &[
            ("gamma = -0.06", &["alpha + gamma is -0.01", "expected at least 0"]),
            ("gamma = 0.1", &["alpha + beta + gamma/2 is 1:", "never fade"]),
            ("gamma = 0.3", &["alpha + beta + gamma/2 is 1.1:"]),
            (
                "innovations = { student_t = 2 }",
                &["innovations.student_t` is 2", "greater than 2", "no variance"],
            ),
            ("innovations = { student_t = 2e6 }", &["at most 1e6"]),
            ("innovations = { nu = 5 }", &["unknown key `assets.BTC.model.innovations.nu`", "student_t"]),
            ("innovations = {}", &["innovations.student_t`"]),
            ("innovations = \"student_t\"", &["without its degrees of freedom", "{ student_t = 5 }"]),
            ("innovations = \"norml\"", &["did you mean `normal`"]),
            (
                "interval = \"90m\"",
                &["90m", "whole number of steps", "interval = \"1h\" or interval = \"2h\""],
            ),
            ("interval = \"30m\"", &["write interval = \"1h\", or choose"]),
            ("interval = \"11d\"", &["longer than the horizon of 10d"]),
            ("interval = 24", &["text in quotes"]),
        ],
        |more| read(&with_model(&format!("{{ {base}, {more} }}"))),
    );
    // Steps that are no whole seconds: 864,000 s in 7 steps.
    let seventh = with_model(&format!("{{ {base} }}")).replace("step = \"1h\"", "steps = 7");
    assert_eq!(resolved(&read(&seventh).unwrap(), "assets.BTC.model.interval"), "1 step");
    let day = seventh.replace("beta = 0.9", "beta = 0.9, interval = \"1d\"");
    assert!(refusal(read(&day), "1d").contains("whole seconds"));
}

#[test]
fn regimes_open_in_their_long_run_law() {
    let two = "{ kind = \"regime\", states = [{ drift = 0.3, volatility = 0.4, mean_duration = \"60d\" }, \
               { drift = -0.6, volatility = 1, mean_duration = \"20d\" }] }";
    let years = |days: f64| days / 365.0;
    let state = |drift, volatility, days: f64| State { drift, volatility, mean_duration_years: years(days) };
    let PriceProcess::Regime(Regime { states, transition, start }) = law(two) else { panic!("a regime") };
    assert_eq!(states, [state(0.3, 0.4, 60.0), state(-0.6, 1.0, 20.0)]);
    assert_eq!(transition, [0.0, 1.0, 1.0, 0.0]);
    // Shares of time 60 : 20.
    assert!((start[0] - 0.75).abs() < 1e-15 && (start[1] - 0.25).abs() < 1e-15, "{start:?}");
    let written = two.replace("] }", "], transition = [[0, 1], [1, 0]] }");
    assert_eq!(read(&with_model(two)).unwrap().sha256(), read(&with_model(&written)).unwrap().sha256());
    let PriceProcess::Regime(one) =
        law("{ kind = \"regime\", states = [{ drift = 0.3, volatility = 0.4 }] }")
    else {
        panic!("a regime")
    };
    assert_eq!((one.states[0].mean_duration_years, &one.start[..]), (f64::INFINITY, &[1.0][..]));
    let three = |rows: &str| {
        let state = "{ drift = 0, volatility = 0.5, mean_duration = \"10d\" }";
        read(&with_model(&format!(
            "{{ kind = \"regime\", states = [{state}, {state}, {state}]{}{rows} }}",
            if rows.is_empty() { "" } else { ", transition = " }
        )))
    };
    let scenario = three("[[0, 0.3333333333, 0.6666666667], [0.5, 0, 0.5], [1, 0, 0]]").unwrap();
    let PriceProcess::Regime(regime) = &scenario.market.assets[0].process else { panic!("a regime") };
    assert_eq!(regime.transition[3..], [0.5, 0.0, 0.5, 1.0, 0.0, 0.0]);
    assert_eq!(
        resolved(&scenario, "assets.BTC.model.transition"),
        "0, 0.3333333333, 0.6666666667; 0.5, 0, 0.5; 1, 0, 0"
    );
    expect_refused(
        &[
            ("", &["transition`", "the next of 3 states", "[[0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0]]"]),
            ("[[0, 1], [1, 0]]", &["transition` has 2 rows for 3 states"]),
            ("[[0, 1, 0], [1, 0], [1, 0, 0]]", &["transition.1` has 2 entries"]),
            ("[[0, 1, 0], [1, 0, 0], [0.5, 0.5, 0.1]]", &["transition.2.2` is 0.1", "cannot follow itself"]),
            ("[[0, 1, 0], [1, 0, 0], [0.5, 0.4, 0]]", &["transition.2` sums to 0.9; expected 1"]),
            ("[[0, 1, 0], [1, 0, 0], [1.5, -0.5, 0]]", &["transition.2.0` is 1.5", "0 to 1"]),
            ("[[0, 1, 0], [1, 0, 0], [1, 0, 0]]", &["states.2` is never entered"]),
            ("[0, 1, 0]", &["transition.0` is the number `0`; expected a list"]),
        ],
        three,
    );
    let four = "[{ drift = 0, volatility = 1, mean_duration = \"1d\" }, { drift = 0, volatility = 1, mean_duration \
                = \"1d\" }, { drift = 0, volatility = 1, mean_duration = \"1d\" }, { drift = 0, volatility = 1, \
                mean_duration = \"1d\" }]";
    expect_refused(
        &[
            ("[]", &["has 0 states; expected 1 to 16"]),
            ("[1]", &["`assets.BTC.model.states.0` is the number `1`; expected a table"]),
            ("[{ drift = 0, volatility = 80 }]", &["states.0.volatility` is 80", "write `volatility = 0.8`"]),
            (
                "[{ drift = 0, volatility = 1 }, { drift = 0, volatility = 1, mean_duration = \"1d\" }]",
                &["missing key `assets.BTC.model.states.0.mean_duration`"],
            ),
            (
                &format!("{four}, transition = [[0,1,0,0],[1,0,0,0],[0,0,0,1],[0,0,1,0]]"),
                &["cannot be reached from others"],
            ),
            ("[{ drift = 0, volatility = 1 }], transition = [[0]]", &["no effect with a single state"]),
        ],
        |states| read(&with_model(&format!("{{ kind = \"regime\", states = {states} }}"))),
    );
    let seconds = two.replace("20d", "1s");
    let long = with_model(&seconds).replace("\"10d\"", "\"30d\"").replace("step = \"1h\"", "steps = 30");
    let message = refusal(read(&long), "a switch a second");
    assert!(
        message.contains("states.1.mean_duration`") && message.contains("expected at most 1000000"),
        "{message}"
    );
}

#[test]
fn parameters_must_fit_each_other() {
    expect_refused(
        &[
            (
                "{ kind = \"variance_gamma\", drift = 0, volatility = 1, skew = 0.5, nu = 1 }",
                &["skew·nu + volatility²·nu/2 is 1;", "is infinite"],
            ),
            (
                "{ kind = \"nig\", drift = 0, alpha = 3, beta = 2, delta = 1 }",
                &["alpha greater than |beta| and |beta + 1|, here 3"],
            ),
            ("{ kind = \"nig\", drift = 0, alpha = 3, beta = -3, delta = 1 }", &["here 3"]),
            (
                "{ kind = \"merton\", drift = 0, volatility = 0.5, jump_rate = 10000, jump_mean = 0, jump_std = 2 }",
                &["prices overflow", "expected at most 60"],
            ),
            // 1e4·(1/1e-3) a year is taken from the drift of the logarithm.
            (
                "{ kind = \"kou\", drift = 0, volatility = 0.5, jump_rate = 10, up_probability = 1, up_rate = 1.001, \
                 down_rate = 100 }",
                &["prices overflow"],
            ),
            (
                "{ kind = \"gbm\", drift = 0, volatility = 80 }",
                &["looks like per cent", "write `volatility = 0.8`"],
            ),
            ("{ kind = \"hestn\" }", &["did you mean `heston`", "variance_gamma"]),
            ("{ kind = \"heston\", drift = 0 }", &["missing key `assets.BTC.model.initial_variance`"]),
            (
                "{ kind = \"heston\", drift = 0, vol = 1 }",
                &["unknown key `assets.BTC.model.vol`", "vol_of_vol"],
            ),
        ],
        |model| read(&with_model(model)),
    );
    // |ln(1e-9/100)| = 25.3, and 9·10·√(90/365) = 44.7.
    let far = with_model("{ kind = \"ou\", level = 1e-9, mean_reversion = 0, volatility = 10 }");
    assert!(read(&far).is_ok());
    let message = refusal(read(&far.replace("10d", "90d")), "far");
    assert!(message.contains("log returns up to 70") && message.contains("move level towards"), "{message}");
    assert_eq!(
        law("{ kind = \"heston\", drift = 0, initial_variance = 0, mean_reversion = 0, long_run_variance = 0, \
             vol_of_vol = 0, correlation = 1 }")
        .kind(),
        "heston"
    );
    let long = with_model(
        "{ kind = \"merton\", drift = 0, volatility = 0.1, jump_rate = 9999, jump_mean = 0, jump_std = 0 }",
    );
    let message =
        refusal(read(&long.replace("\"10d\"", "\"101y\"").replace("step = \"1h\"", "steps = 1")), "long");
    assert!(
        message.contains("model.jump_rate`") && message.contains("expected at most 1000000"),
        "{message}"
    );
}

/// The example of a kind, and one key of it written otherwise.
fn example_with(entry: &ringfence::paths::catalogue::ModelEntry, name: &str, value: &str) -> String {
    let keys = entry.parameters.iter().filter(|p| p.default.is_none() || p.name == name);
    let written =
        |p: &Parameter| format!(", {} = {}", p.name, if p.name == name { value } else { p.example });
    format!("{{ kind = \"{}\"{} }}", entry.kind, keys.map(written).collect::<String>())
}

/// Numbers just outside a range.
fn outside(range: Range) -> Vec<String> {
    let nudge = |value: f64, by: f64| value + by * (value.abs() * 1e-6).max(1e-7);
    let mut values = vec![match range.low {
        Bound::Closed(1e-9) => "0.9e-9".to_owned(),
        Bound::Closed(low) if range.or_zero => format!("{}", low / 2.0),
        Bound::Closed(low) => format!("{}", nudge(low, -1.0)),
        Bound::Open(low) => format!("{low}"),
    }];
    values.push(match range.high {
        Bound::Closed(high) => format!("{}", nudge(high, 1.0)),
        Bound::Open(high) => format!("{high}"),
    });
    values
}

#[test]
fn the_reader_keeps_every_range_of_the_catalogue() {
    let folder = folder();
    let mut count = 0;
    for entry in &MODELS {
        for parameter in entry.parameters {
            let ValueKind::Number(range) = parameter.value else { continue };
            for value in outside(range) {
                let text = with_model(&example_with(entry, parameter.name, &value));
                let message = refusal(read_in(folder.path(), &text, &[]), &text);
                let key = format!("`assets.BTC.model.{}` is", parameter.name);
                // A volatility a little above its range reads as one in per cent.
                let words = range.in_words();
                assert!(message.contains(&key) && message.contains(&words), "{text}: {message}");
                count += 1;
            }
        }
    }
    assert!(count > 80, "{count}");
}

#[test]
fn the_example_of_every_kind_runs() {
    let folder = folder();
    for entry in &MODELS {
        let text = with_model(&entry.example());
        let scenario = read_in(folder.path(), &text, &[]).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(scenario.market.assets[0].process.kind(), entry.kind);
        assert_eq!(scenario.market.assets[0].process.has_bridge(), entry.is_continuous, "{}", entry.kind);
        ringfence::evaluate::job(&scenario).unwrap();
        for parameter in entry.parameters {
            let key = format!("assets.BTC.model.{}", parameter.name);
            assert!(scenario.resolved.iter().any(|(known, _)| known.starts_with(&key)), "{key}");
        }
        let monitored = read_in(folder.path(), &text, &["simulation.monitoring=continuous"]);
        match monitored {
            Ok(scenario) => assert_eq!(scenario.settings.monitoring, Monitoring::Continuous),
            Err(error) => {
                let message = error.to_string();
                for part in ["of BTC", entry.kind, "models that can: gbm, merton", "simulation.monitoring"] {
                    assert!(message.contains(part), "{part}: {message}");
                }
                assert!(!entry.is_continuous);
            }
        }
    }
}

#[test]
fn the_schema_has_every_key_of_the_catalogue() {
    let schema = schema::scenario();
    let models =
        schema["properties"]["assets"]["additionalProperties"]["properties"]["model"]["oneOf"].as_array();
    let models = models.unwrap();
    assert_eq!(models.len(), MODELS.len());
    for (entry, shown) in MODELS.iter().zip(models) {
        assert_eq!(shown["properties"]["kind"]["const"], entry.kind);
        let names: Vec<&str> = ["kind"].into_iter().chain(entry.parameters.iter().map(|p| p.name)).collect();
        let keys: Vec<&String> = shown["properties"].as_object().unwrap().keys().collect();
        assert_eq!(keys, names);
        let required = entry.parameters.iter().filter(|p| p.default.is_none()).map(|p| Value::from(p.name));
        let required: Vec<Value> = [Value::from("kind")].into_iter().chain(required).collect();
        assert_eq!(shown["required"], Value::from(required));
        for parameter in entry.parameters {
            let ValueKind::Number(range) = parameter.value else { continue };
            let mut within = &shown["properties"][parameter.name];
            if range.or_zero {
                within = &within["anyOf"][1];
            }
            let low = match range.low {
                Bound::Closed(_) => &within["minimum"],
                Bound::Open(_) => &within["exclusiveMinimum"],
            };
            assert_eq!(low.as_f64(), Some(range.low.value()), "{} {}", entry.kind, parameter.name);
        }
    }
    let sections: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
    let message = refusal(read(&pair("nothing = 1").replace("[positions", "[x]\n[positions")), "sections");
    for section in sections {
        assert!(message.contains(section.as_str()), "{section}: {message}");
    }
    let message = refusal(read_in(Path::new(""), &pair(""), &["simulation.x=1"]), "simulation");
    for key in schema["properties"]["simulation"]["properties"].as_object().unwrap().keys() {
        assert!(message.contains(key.as_str()), "{key}: {message}");
    }
}

#[test]
fn the_readme_shows_the_catalogue() {
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let shown = readme.split_once("<!-- models -->\n").unwrap().1.split_once("<!-- /models -->").unwrap().0;
    let now = catalogue::render_markdown();
    assert_eq!(shown, now, "now:\n{now}");
}

#[test]
fn pages_of_models_fit_a_terminal() {
    let pages = MODELS.iter().map(catalogue::render_one).chain([catalogue::render_list()]);
    for page in pages {
        for line in page.lines() {
            assert!(line.chars().count() <= 100, "{line}");
        }
    }
    for entry in &MODELS {
        let page = catalogue::render_one(entry);
        let (_, example) = page.split_once("[assets.BTC.model]").unwrap();
        let head = with_model("{}").replace("model = {}\n", &format!("[assets.BTC.model]{example}\n"));
        let folder = folder();
        read_in(folder.path(), &head, &[]).unwrap_or_else(|error| panic!("{error}"));
    }
    assert_eq!(model("gmb"), None);
}

#[test]
fn windows_are_joint_closes_and_limit_the_paths() {
    let folder = folder();
    let replay = |more: &str| format!("{{ kind = \"replay\", history = \"btc.csv\"{more} }}");
    let scenario = read_in(folder.path(), &with_model(&replay("")), &["simulation.paths=100_000"]).unwrap();
    let windows = scenario.market.windows.as_ref().unwrap();
    // 400 bars hold 160 windows of 240 steps.
    assert_eq!((windows.columns, windows.bars(), windows.stride, scenario.settings.paths), (1, 400, 1, 160));
    assert_eq!(resolved(&scenario, "simulation.paths"), "160");
    assert!(
        scenario.notes[0]
            .contains("160 windows of 10d (240 steps), one beginning every bar: 160 paths; they overlap")
    );
    let fewer = read_in(folder.path(), &with_model(&replay(", stride = \"2d\"")), &[]).unwrap();
    assert_eq!((fewer.settings.paths, fewer.market.windows.as_ref().unwrap().stride), (4, 48));
    let bars = read_in(folder.path(), &with_model(&replay(", stride = 48")), &[]).unwrap();
    assert_eq!(bars.sha256(), fewer.sha256());
    let both = with_model(&replay(""))
        + "\n[assets.ETH]\nprice = 10\nmodel = { kind = \"replay\", history = \"eth.csv\" }\n";
    let joint = read_in(folder.path(), &both, &[]).unwrap();
    let windows = joint.market.windows.as_ref().unwrap();
    // Hours 50 to 399 are common; both files say what hour it is.
    // 110 windows for at most 100 paths: every second is taken, so that they span the history.
    assert_eq!((windows.columns, windows.bars(), windows.stride, joint.settings.paths), (2, 350, 2, 55));
    assert!(joint.notes.iter().any(|note| note.contains("of which every 2. is a path")), "{:?}", joint.notes);
    let (first, last) = joint.window(54).unwrap();
    // Bar 108 of the common ones, which open at hour 50, and 240 bars later.
    assert_eq!((first.as_str(), last.as_str()), ("2023-11-21T12:00:00Z", "2023-12-01T12:00:00Z"));
    assert_eq!(joint.window(55), None);
    assert_eq!(windows.closes[..4], [1_050.0, 1_050.0, 1_051.0, 1_051.0]);
    assert_eq!(joint.market.assets[1].process, PriceProcess::Replay(Replay { column: 1 }));
    let bootstrap = both
        .replace("\"replay\", history = \"eth.csv\"", "\"bootstrap\", history = \"eth.csv\", block = \"1d\"");
    let correlated = both.clone() + "\n[correlation]\n\"BTC/ETH\" = 0.5\n";
    let cases: [(String, &[&str]); 8] = [
        (bootstrap, &["ETH is resampled and BTC replayed", "dependence"]),
        (correlated, &["follows a history", "joint rows"]),
        (both.replace("\"eth.csv\"", "\"eth.csv\", stride = 2"), &["differ in `stride` or `gaps`"]),
        (
            both.replace("btc.csv", "short.csv").replace("eth.csv", "short.csv"),
            &["240 bars", "span 239h", "10d"],
        ),
        (with_model(&replay(", stride = \"90m\"")), &["whole number of steps", "stride = \"1h\""]),
        (with_model(&replay(", stride = 0")), &["stride` is 0", "a whole number from 1"]),
        (with_model(&replay("")).replace("\"1h\"", "\"2h\""), &["the bars are 1h apart"]),
        (with_model(&replay(", block = \"1d\"")), &["unknown key `assets.BTC.model.block`"]),
    ];
    for (text, parts) in cases {
        let message = refusal(read_in(folder.path(), &text, &[]), &text);
        for part in parts.iter().chain(&["models.toml:"]) {
            assert!(message.contains(part), "{part}: {message}");
        }
    }
}

#[test]
fn common_jumps_strike_the_assets_that_take_part() {
    let text = "[common_jumps]\nrate = 4\nETH = { mean = -0.1, std = 0.05 }\n";
    let scenario = read(&pair(text)).unwrap();
    let size = NormalJump { mean: -0.1, std: 0.05 };
    assert_eq!(scenario.market.common_jumps, Some(CommonJumps { rate: 4.0, sizes: vec![None, Some(size)] }));
    assert_eq!(resolved(&scenario, "common_jumps.ETH.mean"), "-0.1");
    assert_ne!(scenario.sha256(), read(&pair(&text.replace("= 4", "= 5"))).unwrap().sha256());
    let set =
        read_in(Path::new(""), &pair(text), &["common_jumps.rate=7", "common_jumps.BTC={mean=0,std=1}"]);
    assert_eq!(
        set.unwrap().market.common_jumps.clone().unwrap().sizes[0],
        Some(NormalJump { mean: 0.0, std: 1.0 })
    );
    expect_refused(
        &[
            ("ETH = { mean = 0, std = 0.1 }", &["missing key `common_jumps.rate`"]),
            ("rate = 4", &["`common_jumps` moves no asset"]),
            (
                "rate = -1\nETH = { mean = 0, std = 0.1 }",
                &["`common_jumps.rate` is -1", "0 to 10000 per year"],
            ),
            ("rate = 4\nEHT = { mean = 0, std = 0.1 }", &["unknown asset `EHT`", "did you mean `ETH`"]),
            ("rate = 4\nETH = { mean = 0 }", &["missing key `common_jumps.ETH.std`"]),
            ("rate = 4\nETH = 3", &["`common_jumps.ETH` is the number `3`; expected a table"]),
            ("rate = { mean = 0, std = 0.1 }", &["the number of arrivals", "an asset named `rate`"]),
            (
                "rate = 10000\nETH = { mean = 2, std = 2 }",
                &["`common_jumps` allows log returns", "expected at most 60"],
            ),
        ],
        |text| read(&pair(&format!("[common_jumps]\n{text}\n"))),
    );
    for parameter in COMMON_JUMP {
        for value in outside(parameter.range().unwrap()) {
            let size = format!("common_jumps.ETH.{}={value}", parameter.name);
            let message = refusal(read_in(Path::new(""), &pair(text), &[&size]), &size);
            assert!(message.contains(&parameter.range().unwrap().in_words()), "{message}");
        }
    }
}

#[test]
fn shocks_fall_on_steps_exactly() {
    let text = "[[shock]]\nat = \"7h\"\nmoves = { BTC = -0.30 }\n\n[[shock]]\nrate = 2\nmoves = { ETH = 0.5, BTC = -0.1 }\n";
    let scenario = read(&pair(text)).unwrap();
    let (a, b, c) = (libm::log1p(-0.3), libm::log1p(-0.1), libm::log1p(0.5));
    assert_eq!(
        scenario.market.shocks,
        [
            Shock { time: ShockTime::At(7.0), log_moves: vec![a, 0.0] },
            Shock { time: ShockTime::Rate(2.0), log_moves: vec![b, c] },
        ]
    );
    assert_eq!(resolved(&scenario, "shock.0.at"), "7h");
    assert_eq!(resolved(&scenario, "shock.1.moves.ETH"), "0.5");
    let at = |set: &str| match read_in(Path::new(""), &pair(text), &[set]).unwrap().market.shocks[0].time {
        ShockTime::At(steps) => steps,
        ShockTime::Rate(rate) => -rate,
    };
    assert_eq!(at("shock.0.at=10d"), 240.0);
    assert_eq!(at("shock.0.at=90m"), 1.5);
    assert_eq!(at("shock.0.rate=3"), -3.0);
    let message = refusal(read_in(Path::new(""), &pair(text), &["shock.2.at=1d"]), "beyond");
    assert!(message.contains("item `2` of a list of 2 items") && message.contains("0 to 1"), "{message}");
    let message = refusal(read_in(Path::new(""), &pair(text), &["shock.first.at=1d"]), "word");
    assert!(message.contains("item `first` of a list of 2 items"), "{message}");
    expect_refused(
        &[
            ("moves = { BTC = -0.3 }", &["`shock.0` has neither `at` nor `rate`"]),
            ("at = \"1d\"\nrate = 2\nmoves = { BTC = -0.3 }", &["`shock.0` has both `at` and `rate`"]),
            ("at = \"11d\"\nmoves = { BTC = -0.3 }", &["`shock.0.at` is 11d, after the horizon of 10d"]),
            ("at = \"0d\"\nmoves = { BTC = -0.3 }", &["greater than 0"]),
            ("at = \"1d\"", &["missing key `shock.0.moves`"]),
            ("at = \"1d\"\nmoves = {}", &["moves no asset"]),
            ("at = \"1d\"\nmoves = { BCT = -0.3 }", &["unknown asset `BCT`", "did you mean `BTC`"]),
            ("at = \"1d\"\nmoves = { BTC = -30 }", &["looks like per cent", "write `BTC = -0.3`"]),
            ("at = \"1d\"\nmoves = { BTC = -1 }", &["`shock.0.moves.BTC` is -1", &SHOCK_MOVE.allowed()]),
            ("rate = 20000\nmoves = { BTC = -0.3 }", &["`shock.0.rate` is 20000", "0 to 10000"]),
            ("rate = 10000\nmoves = { BTC = -0.3 }", &["`shock` allows log returns"]),
            ("when = 1", &["unknown key `shock.0.when`"]),
        ],
        |text| read(&pair(&format!("[[shock]]\n{text}\n"))),
    );
    let table = refusal(read(&pair("[shock]\nat = \"1d\"\n")), "a table");
    assert!(table.contains("[[shock]], with two brackets"), "{table}");
    let none = refusal(read_in(Path::new(""), &pair(""), &["shock.0.at=1d"]), "no shocks");
    assert!(none.contains("no shocks to change; write --set 'shock=[{"), "{none}");
    let many = "[[shock]]\nat = \"1d\"\nmoves = { BTC = 0.1 }\n".repeat(101);
    assert!(refusal(read(&pair(&many)), "many").contains("has 101 shocks; expected at most 100"));
}

#[test]
fn a_key_of_a_list_can_be_set() {
    let two = with_model(
        "{ kind = \"regime\", states = [{ drift = 0.3, volatility = 0.4, mean_duration = \"60d\" }, { drift = 0, \
         volatility = 1, mean_duration = \"15d\" }] }",
    );
    let sets = [
        "assets.BTC.model.states.1.volatility=0.9",
        "simulation.modes.0=mixed",
        "simulation.modes=[\"cross\"]",
    ];
    let list = two.replace("paths = 100", "paths = 100\nmodes = [\"cross\", \"isolated\"]");
    let scenario = read_in(Path::new(""), &list, &sets).unwrap();
    assert_eq!(resolved(&scenario, "assets.BTC.model.states.1.volatility"), "0.9");
    let message = refusal(read_in(Path::new(""), &two, &["assets.BTC.model.states.2.drift=0"]), "beyond");
    assert!(message.contains("2 items") && message.contains("--set:1:"), "{message}");
}

#[test]
fn antithetic_paths_come_in_pairs_that_can_be_mirrored() {
    let folder = folder();
    let set = "simulation.sampling=antithetic";
    let gbm = pair("");
    assert_eq!(read_in(folder.path(), &gbm, &[set]).unwrap().settings.sampling, Sampling::Antithetic);
    let odd = refusal(read_in(folder.path(), &gbm, &[set, "simulation.paths=101"]), "odd");
    assert!(odd.contains("101 is odd") && odd.contains("write paths = 100 or paths = 102"), "{odd}");
    let replay = "{ kind = \"replay\", history = \"btc.csv\" }";
    let alone = refusal(read_in(folder.path(), &with_model(replay), &[set]), "replay");
    assert!(alone.contains("no asset has a Gaussian driver"), "{alone}");
    let beside = with_model(replay)
        + "\n[assets.ETH]\nprice = 10\nmodel = { kind = \"gbm\", drift = 0, volatility = 1 }\n";
    let beside = refusal(read_in(folder.path(), &beside, &[set]), "beside");
    assert!(beside.contains("different windows"), "{beside}");
    let unknown = refusal(read_in(folder.path(), &gbm, &["simulation.sampling=anti"]), "anti");
    assert!(unknown.contains("independent, antithetic"), "{unknown}");
}

#[test]
fn every_driven_law_is_correlated() {
    let folder = folder();
    for entry in MODELS.iter().filter(|entry| !["bootstrap", "replay"].contains(&entry.kind)) {
        let text = with_model(&entry.example())
            + "\n[assets.ETH]\nprice = 10\nmodel = { kind = \"gbm\", drift = 0, volatility = 1 }\n\n[correlation]\n\
               \"BTC/ETH\" = 0.5\n";
        let scenario = read_in(folder.path(), &text, &[]).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(scenario.market.correlation[1], 0.5, "{}", entry.kind);
    }
}
