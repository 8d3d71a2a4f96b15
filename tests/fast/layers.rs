//! The shape of the source, kept by a test: imports run down the layers, bans hold, files and
//! functions stay short.

mod source;
mod words;

use std::collections::BTreeSet;
use std::process::Command;

use source::{Source, imports, sources};

/// Layers from the top; modules of one row do not import each other.
const LAYERS: [&[&str]; 14] = [
    &["main"],
    &["cli"],
    &["run"],
    &["evaluate"],
    &["report", "store"],
    &["plan"],
    &["result"],
    &["simulation", "scenario"],
    &["history"],
    &["paths", "margin"],
    &["text"],
    &["domain"],
    &["statistics", "lanes"],
    &["error"],
];
const LONGEST_FILE: usize = 500;
const LONGEST_FUNCTION: usize = 70;

/// (what, allowed only below these places, why)
const BANS: [(&str, &[&str], &str); 10] = [
    ("annotate_snippets::", &["cli/"], "errors are data; the command line renders them"),
    ("rayon::", &["simulation/"], "threads live in simulation"),
    ("clap::", &["cli/", "cli.rs"], "only the command line knows clap"),
    ("println!", &[], "write through cli::output"),
    ("eprintln!", &[], "write through cli::output"),
    (".unwrap()", &[], "return an error"),
    (".expect(", &[], "return an error"),
    ("todo!", &[], "build it"),
    ("dbg!", &[], "remove it"),
    ("unsafe ", &["simulation/dispatch.rs"], "run-time dispatch alone needs it"),
];

/// The part of a file before its unit tests, comments removed.
fn code(text: &str) -> String {
    let tests = text.find("#[cfg(test)]").unwrap_or(text.len());
    let lines = text[..tests].lines().map(|line| line.split("//").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|row| row.contains(&module))
}

#[test]
fn imports_run_down() {
    let sources = sources();
    for (from, targets) in imports(&sources) {
        let Some(own) = sources[from].module.first().and_then(|room| layer(room)) else { continue };
        for to in targets {
            let Some(other) = layer(&sources[to].module[0]) else { continue };
            assert!(
                sources[from].module[0] == sources[to].module[0] || other > own,
                "src/{} imports src/{}, which does not lie below it",
                sources[from].name,
                sources[to].name
            );
        }
    }
}

#[test]
fn every_room_has_a_layer() {
    for source in sources() {
        let Some(room) = source.module.first() else { continue };
        assert!(layer(room).is_some(), "src/{}: LAYERS does not list {room}", source.name);
    }
}

/// Imports from a parent's file that are still there. A line goes when its import does; none is added.
const PARENT_IMPORTS: [&str; 10] = [
    "margin.rs < margin/kernel/ties.rs",
    "margin/kernel.rs < margin/kernel/inside.rs",
    "margin/kernel.rs < margin/kernel/plain_inside.rs",
    "margin/ledger.rs < margin/ledger/close.rs",
    "margin/ledger.rs < margin/ledger/cover.rs",
    "margin/ledger.rs < margin/ledger/funding.rs",
    "margin/ledger.rs < margin/ledger/inside.rs",
    "margin/ledger.rs < margin/ledger/orders.rs",
    "margin/ledger.rs < margin/ledger/procedure.rs",
    "simulation/totals.rs < simulation/totals/saved.rs",
];

/// Files that are still on an import cycle. A line goes when its file leaves the cycle; none is added.
const ON_A_CYCLE: [&str; 18] = [
    "margin/kernel.rs",
    "margin/kernel/plain.rs",
    "margin/kernel/plain_inside.rs",
    "margin/plan.rs",
    "simulation/audit.rs",
    "simulation/bias.rs",
    "simulation/block.rs",
    "simulation/correlation.rs",
    "simulation/dispatch.rs",
    "simulation/engine.rs",
    "simulation/group.rs",
    "simulation/outcome.rs",
    "simulation/outcomes.rs",
    "simulation/pass.rs",
    "simulation/results.rs",
    "simulation/sample.rs",
    "simulation/totals.rs",
    "simulation/twins.rs",
];

/// What a child needs from its parent's file lives in a file below both.
#[test]
fn no_file_imports_from_the_file_of_its_parent() {
    let sources = sources();
    let mut found = Vec::new();
    for (from, targets) in imports(&sources) {
        for to in targets {
            if sources[from].module.starts_with(&sources[to].module) {
                found.push(format!("{} < {}", sources[to].name, sources[from].name));
            }
        }
    }
    found.sort();
    assert_eq!(found, PARENT_IMPORTS);
}

#[test]
fn files_import_each_other_without_a_cycle() {
    let sources = sources();
    let mut graph = imports(&sources);
    // A file that imports no other file of the graph, or that none imports, is on no cycle; once it is taken out, the
    // same holds of others.
    loop {
        let is_imported: BTreeSet<usize> = graph.values().flatten().copied().collect();
        let is_free = |at: &usize, targets: &BTreeSet<usize>| targets.is_empty() || !is_imported.contains(at);
        let free: Vec<usize> =
            graph.iter().filter(|(at, targets)| is_free(at, targets)).map(|(at, _)| *at).collect();
        if free.is_empty() {
            break;
        }
        for at in free {
            graph.remove(&at);
            for targets in graph.values_mut() {
                targets.remove(&at);
            }
        }
    }
    let mut names: Vec<&str> = graph.keys().map(|file| sources[*file].name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ON_A_CYCLE, "files on an import cycle, or between two");
}

#[test]
fn modules_are_files_beside_their_folder() {
    for source in sources() {
        assert!(!source.name.ends_with("mod.rs"), "src/{}: write `name.rs` beside `name/`", source.name);
    }
}

#[test]
fn bans_hold() {
    for Source { name, text, .. } in sources() {
        let text = code(&text);
        for (what, places, why) in BANS {
            let allowed = places.iter().any(|place| name.starts_with(place));
            assert!(allowed || !text.contains(what), "src/{name} contains {what}: {why}");
        }
    }
}

#[test]
fn files_and_functions_are_short() {
    for Source { name, text, .. } in sources() {
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines.len() <= LONGEST_FILE, "src/{name} has {} lines", lines.len());
        let mut start: Option<(usize, usize)> = None;
        for (index, line) in lines.iter().enumerate() {
            let indent = line.len() - line.trim_start().len();
            let head = line.trim_start();
            let is_function = head.starts_with("fn ") || head.contains(" fn ") && !head.starts_with("//");
            if is_function && start.is_none() && !head.ends_with(';') {
                start = Some((index, indent));
            }
            if let Some((begun, depth)) = start
                && head.starts_with('}')
                && indent == depth
            {
                let length = index - begun + 1;
                assert!(
                    length <= LONGEST_FUNCTION,
                    "src/{name}:{} is a function of {length} lines",
                    begun + 1
                );
                start = None;
            }
        }
    }
}

/// The lock file also lists versions that optional features of others name; what counts is what is built.
#[test]
fn one_version_of_rand_is_built() {
    let arguments = ["tree", "--locked", "--offline", "--prefix", "none", "--edges", "normal,dev"];
    let tree =
        Command::new(env!("CARGO")).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let tree = String::from_utf8(tree.stdout).unwrap();
    let mut versions: Vec<&str> = tree.lines().filter(|line| line.starts_with("rand v")).collect();
    versions.iter_mut().for_each(|line| *line = line.split(' ').nth(1).unwrap());
    versions.sort_unstable();
    versions.dedup();
    assert_eq!(versions.len(), 1, "{versions:?}");
}
