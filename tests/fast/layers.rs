//! The shape of the source, kept by a test: imports run down the layers, bans hold, files and
//! functions stay short.

mod source;
mod words;

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

/// Rooms whose files still import from their parent's file or each other in a cycle. None may be added.
const TANGLED: [&str; 2] = ["margin", "simulation"];

/// Whether the rule against cycles and imports from parents does not hold in a file's room yet.
fn is_tangled(source: &Source) -> bool {
    source.module.first().is_some_and(|room| TANGLED.contains(&room.as_str()))
}

/// What a child needs from its parent's file lives in a file below both.
#[test]
fn no_file_imports_from_the_file_of_its_parent() {
    let sources = sources();
    let mut wrong = Vec::new();
    for (from, targets) in imports(&sources) {
        for to in targets {
            if sources[from].module.starts_with(&sources[to].module) && !is_tangled(&sources[from]) {
                wrong.push(format!("src/{} imports from src/{}", sources[from].name, sources[to].name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_import_each_other_without_a_cycle() {
    let sources = sources();
    let mut graph = imports(&sources);
    graph.retain(|from, _| !is_tangled(&sources[*from]));
    for targets in graph.values_mut() {
        targets.retain(|to| !is_tangled(&sources[*to]));
    }
    // Files that import nothing are on no cycle; nor are those that imported only them, and so on.
    loop {
        let done: Vec<usize> =
            graph.iter().filter(|(_, targets)| targets.is_empty()).map(|(at, _)| *at).collect();
        if done.is_empty() {
            break;
        }
        for at in done {
            graph.remove(&at);
            for targets in graph.values_mut() {
                targets.remove(&at);
            }
        }
    }
    // Each file that remains imports another that remains: a walk along them comes back to itself.
    let Some(&start) = graph.keys().next() else { return };
    let mut walk = vec![start];
    let cycle = loop {
        let next = *graph[walk.last().unwrap()].first().unwrap();
        if let Some(at) = walk.iter().position(|file| *file == next) {
            break walk.split_off(at);
        }
        walk.push(next);
    };
    let names: Vec<&str> = cycle.iter().map(|file| sources[*file].name.as_str()).collect();
    panic!("import cycle: each of these imports the next, and the last the first: {}", names.join(", "));
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
