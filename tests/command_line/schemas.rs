//! `ringfence schema` and `ringfence new`: the schemas hold for what is written, and the template for what is read.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking, as tests do")]

use std::fs;

use ringfence::domain::Measure;
use ringfence::{result::schema as result_schema, scenario::schema};
use serde_json::{Map, Value, json};
use tempfile::TempDir;

use crate::testkit::command::{printed, run};

/// The result document of a scenario.
fn document(text: &str) -> Value {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("small.toml"), text).unwrap();
    let mut closes = "time,close\n".to_owned();
    for hour in 0..400_u32 {
        closes += &format!("{},{}\n", 1_600_000_000 + 3_600 * hour, 100.0 + f64::from(hour * 37 % 61));
    }
    fs::write(folder.path().join("btc.csv"), closes).unwrap();
    let arguments = ["run", "small.toml", "--json", "--no-charts", "--quiet", "--threads", "1"];
    serde_json::from_str(&printed(&run(folder.path(), &arguments))).unwrap()
}

/// What a value breaks of a schema: of the keywords that the result's schema has, every one.
fn faults(schema: &Value, root: &Value, value: &Value, place: &str) -> Vec<String> {
    let Value::Object(schema) = schema else {
        return if schema == &json!(true) { Vec::new() } else { vec![format!("{place}: no schema")] };
    };
    let mut all = Vec::new();
    for (keyword, with) in schema {
        let mut found = match keyword.as_str() {
            "$schema" | "title" | "description" | "definitions" | "format" => Vec::new(),
            "$ref" => {
                let target = root.pointer(with.as_str().unwrap().trim_start_matches('#')).unwrap();
                faults(target, root, value, place)
            }
            "allOf" => {
                with.as_array().unwrap().iter().flat_map(|part| faults(part, root, value, place)).collect()
            }
            "anyOf" => {
                let tried: Vec<Vec<String>> =
                    with.as_array().unwrap().iter().map(|part| faults(part, root, value, place)).collect();
                tried.into_iter().min_by_key(Vec::len).unwrap()
            }
            "type" => {
                let known = match with {
                    Value::Array(kinds) => kinds.clone(),
                    kind => vec![kind.clone()],
                };
                let is = |kind: &Value| match kind.as_str().unwrap() {
                    "integer" => value.is_u64() || value.is_i64(),
                    "number" => value.is_number(),
                    "string" => value.is_string(),
                    "boolean" => value.is_boolean(),
                    "object" => value.is_object(),
                    "array" => value.is_array(),
                    "null" => value.is_null(),
                    other => panic!("{other}"),
                };
                let fault = format!("{place}: {value} is no {with}");
                if known.iter().any(is) { Vec::new() } else { vec![fault] }
            }
            "minimum" => match value.as_f64() {
                Some(number) if number < with.as_f64().unwrap() => {
                    vec![format!("{place}: {number} below {with}")]
                }
                _ => Vec::new(),
            },
            "required" => {
                let missing = |key: &&Value| value.get(key.as_str().unwrap()).is_none();
                with.as_array()
                    .unwrap()
                    .iter()
                    .filter(missing)
                    .map(|key| format!("{place}: {key} is missing"))
                    .collect()
            }
            "items" => {
                let items = value.as_array().into_iter().flatten().enumerate();
                items
                    .flat_map(|(index, item)| faults(with, root, item, &format!("{place}/{index}")))
                    .collect()
            }
            "properties" | "additionalProperties" => Vec::new(),
            other => panic!("{place}: the test does not know the keyword {other}"),
        };
        all.append(&mut found);
    }
    all.extend(keys(schema, root, value, place));
    all
}

/// Every key of an object is described.
fn keys(schema: &Map<String, Value>, root: &Value, value: &Value, place: &str) -> Vec<String> {
    if !schema.contains_key("properties") && !schema.contains_key("additionalProperties") {
        return Vec::new();
    }
    let each = |(key, value): (&String, &Value)| {
        let place = format!("{place}/{key}");
        let own =
            schema.get("properties").and_then(|all| all.get(key)).or(schema.get("additionalProperties"));
        match own {
            Some(own) => faults(own, root, value, &place),
            None => vec![format!("{place}: not in the schema")],
        }
    };
    value.as_object().into_iter().flatten().flat_map(each).collect()
}

const LINEAR: &str = r#"
[simulation]
paths = 200
horizon = "2d"
modes = ["isolated", "cross"]
[account]
wallet = 1_000
[assets.BTC]
price = 100
model = { kind = "gbm", drift = 0.0, volatility = 0.9 }
[assets.ETH]
price = 100
model = { kind = "gbm", drift = 0.0, volatility = 0.9 }
[positions.long]
asset = "BTC"
side = "long"
margin = 200
leverage = 20
"#;

fn documents() -> Vec<(&'static str, Value)> {
    let inverse = LINEAR.replace("[assets.BTC]", "[venue]\ncontract = \"inverse\"\n[assets.BTC]");
    let inverse = inverse.replace(
        "[assets.ETH]\nprice = 100\nmodel = { kind = \"gbm\", drift = 0.0, volatility = 0.9 }\n",
        "",
    );
    let replay = |stride: &str| {
        let model = format!("{{ kind = \"replay\", history = \"btc.csv\", stride = \"{stride}\" }}");
        LINEAR.replacen("{ kind = \"gbm\", drift = 0.0, volatility = 0.9 }", &model, 1)
    };
    let antithetic = LINEAR.replace("paths = 200", "paths = 200\nsampling = \"antithetic\"");
    vec![
        ("run", document(LINEAR)),
        ("inverse", document(&inverse)),
        ("overlapping", document(&replay("6h"))),
        ("windows", document(&replay("2d"))),
        ("antithetic", document(&antithetic)),
        ("one path", document(&LINEAR.replace("paths = 200", "paths = 1"))),
    ]
}

/// A sweep's document, put together from runs'.
fn sweep_of(runs: &[Value]) -> Value {
    let first = &runs[0];
    let precision = json!({
        "measure": "ruin", "half_width": 0.1, "relative": null, "met": true, "widest": 0.02,
    });
    let cell = |(index, run): (usize, &Value)| {
        json!({
            "set": { "account.wallet": 1_000 + index, "venue": { "preset": "okx" }, "x": "text" },
            "sha256": "0", "path_group": 0, "paths": 200, "wallet": 1_000.0,
            "modes": run["modes"], "paired": run["paired"],
            "precision": if index == 0 { precision.clone() } else { Value::Null },
        })
    };
    json!({
        "schema": first["schema"], "version": first["version"], "scenario": first["scenario"],
        "sampling": first["sampling"], "monitoring": first["monitoring"], "held_paths": 0,
        "axes": [{ "keys": ["account.wallet", "x"], "values": [[1_000, "a"], ["1000.1", { "a": [1] }]] }],
        "plan": { "cells": runs.len(), "path_groups": 1 },
        "intervals": { "kind": "pointwise", "family": 4, "confidence_each": 0.95 },
        "sweep": runs.iter().enumerate().map(cell).collect::<Vec<_>>(),
        "audit": first["audit"], "assumptions": first["assumptions"], "essential": 1, "notes": [],
    })
}

/// What makes a document a wrong one.
type Change = fn(&mut Value);

#[test]
fn the_result_schema_holds_for_what_is_written() {
    let schema = result_schema::result();
    assert_eq!(schema["$schema"], "http://json-schema.org/draft-07/schema#");
    let runs = documents();
    for (what, document) in &runs {
        assert_eq!(faults(&schema, &schema, document, ""), Vec::<String>::new(), "{what}");
    }
    let linear: Vec<Value> = [&runs[0].1, &runs[4].1].map(Value::clone).to_vec();
    let sweep = sweep_of(&linear);
    serde_json::from_value::<ringfence::result::document::SweepDocument>(sweep.clone()).unwrap();
    assert_eq!(faults(&schema, &schema, &sweep, ""), Vec::<String>::new());
    let written =
        format!("{LINEAR}[sweep]\n\"account.wallet\" = [1_000, 1_100]\n\"simulation.seed\" = [1, 2]\n");
    let written = document(&written);
    assert_eq!(written["sweep"].as_array().unwrap().len(), 4);
    assert_eq!(faults(&schema, &schema, &written, ""), Vec::<String>::new());
    // And it refuses what is not: a missing key, an unknown one, another kind of value, wherever they stand.
    let broken = |change: Change| {
        let mut document = runs[0].1.clone();
        change(&mut document);
        faults(&schema, &schema, &document, "")
    };
    let cases: [(&str, Change); 3] = [
        ("is missing", |d| {
            d.pointer_mut("/modes/cross/liquidation/any")
                .unwrap()
                .as_object_mut()
                .unwrap()
                .shift_remove("low");
        }),
        ("not in the schema", |d| d.pointer_mut("/paired/0/liquidation").unwrap()["odds"] = json!(1)),
        ("is no", |d| d.pointer_mut("/modes/cross/pnl").unwrap()["mean"] = json!("1")),
    ];
    for (what, change) in cases {
        let found = broken(change);
        assert!(found.iter().any(|fault| fault.contains(what)), "{what}: {found:?}");
    }
}

/// A measure's name is the place of its number in the document.
#[test]
fn measures_are_named_after_their_places() {
    let document = document(LINEAR);
    for measure in Measure::ALL {
        let path = measure.name().replace('.', "/");
        let (place, keys) = match measure.is_paired() {
            true => (path.replace("paired/", "/paired/0/"), ["difference", "mean_difference"]),
            false => (format!("/modes/cross/{path}"), ["frequency", "mean"]),
        };
        let found = document.pointer(&place).unwrap_or_else(|| panic!("{measure}: no {place}"));
        assert!(keys.iter().any(|key| found[*key].is_number()), "{measure}: {found}");
        assert!(found["low"].is_number() && found["high"].is_number(), "{measure}: {found}");
    }
}

#[test]
fn the_scenario_schema_knows_batches() {
    let schema = schema::scenario();
    let measures =
        &schema["properties"]["simulation"]["properties"]["precision"]["properties"]["measure"]["enum"];
    assert_eq!(*measures, json!(Measure::ALL.map(Measure::name)));
    let range = &schema["properties"]["sweep"]["additionalProperties"]["anyOf"][1];
    assert_eq!(range["required"], json!(["from", "to", "steps"]));
    assert_eq!(range["properties"]["scale"]["enum"], json!(["linear", "log"]));
}

#[test]
fn both_schemas_are_printed() {
    let folder = TempDir::new().unwrap();
    for (of, title) in [("scenario", "ringfence scenario"), ("result", "ringfence result")] {
        let shown: Value = serde_json::from_str(&printed(&run(folder.path(), &["schema", of]))).unwrap();
        assert_eq!(shown["title"], title);
    }
}

#[test]
fn a_new_scenario_runs_as_it_is() {
    let folder = TempDir::new().unwrap();
    let written = printed(&run(folder.path(), &["new", "my-first.2"]));
    assert_eq!(written, "written: my-first.2.toml\nnext: ringfence check my-first.2.toml\n");
    let plan = printed(&run(folder.path(), &["check", "my-first.2.toml"]));
    assert!(plan.contains("54,271.36"), "{plan}");
    let arguments = ["run", "my-first.2.toml", "--no-charts", "--quiet", "--paths", "100"];
    assert!(printed(&run(folder.path(), &arguments)).contains("isolated"));
    // What is there stays.
    let before = fs::read(folder.path().join("my-first.2.toml")).unwrap();
    fs::write(folder.path().join("mine.toml"), "mine").unwrap();
    for (name, says) in [
        ("mine", "exists already"),
        ("my-first.2", "exists already"),
        ("mine.toml", "write `ringfence new mine`"),
        ("../mine", "contains a character"),
        ("a/b", "contains a character"),
        ("", "is empty"),
        ("..", "denotes a folder"),
        (".hidden", "begins with a dot"),
        ("CON", "device"),
        ("com1.x", "device"),
    ] {
        let output = run(folder.path(), &["new", name]);
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{name}: {message}");
        assert!(message.contains(says), "{name}: {message}");
    }
    assert_eq!(fs::read(folder.path().join("my-first.2.toml")).unwrap(), before);
    assert_eq!(fs::read_to_string(folder.path().join("mine.toml")).unwrap(), "mine");
    let files = fs::read_dir(folder.path()).unwrap();
    let names = files.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(
        names.into_iter().all(|name| ["mine.toml", "my-first.2.toml", "results"].contains(&name.as_str()))
    );
}

/// Whatever the template offers to switch on can be switched on.
#[test]
fn the_remarks_of_a_new_scenario_hold() {
    let folder = TempDir::new().unwrap();
    printed(&run(folder.path(), &["new", "x"]));
    let text = fs::read_to_string(folder.path().join("x.toml")).unwrap();
    let is_setting = |line: &str| {
        let line = line.trim_start_matches('"');
        line.starts_with('[') || line.split_once(" = ").is_some_and(|(key, _)| !key.contains(' '))
    };
    // Other models and venues take the place of what is there.
    let instead = ["preset =", "market =", "model = { kind = \"bootstrap\""];
    let (mut on, mut count) = (String::new(), 0);
    for line in text.lines() {
        let setting = line.strip_prefix("# ").filter(|line| is_setting(line));
        let setting = setting.filter(|line| !instead.iter().any(|other| line.starts_with(other)));
        count += usize::from(setting.is_some());
        on += &format!("{}\n", setting.unwrap_or(line));
    }
    assert!(count > 15, "{on}");
    fs::write(folder.path().join("on.toml"), &on).unwrap();
    let plan = printed(&run(folder.path(), &["check", "on.toml"]));
    assert!(plan.contains("a sweep of 48 cells on 4 sets of price paths"), "{plan}");
    let venue =
        ["check", "x.toml", "--set", "venue.preset=binance-usdm", "--set", "assets.BTC.market=BTCUSDT"];
    printed(&run(folder.path(), &venue));
}
