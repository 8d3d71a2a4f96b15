//! The shape of the source, kept by a test: imports run down the layers, bans hold, files and
//! functions stay short.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Layers from the top; modules of one row do not import each other.
const LAYERS: [&[&str]; 13] = [
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
    &["statistics"],
];
/// The kernel steps lanes that the path generator fills: margin may use paths' lane type.
const ALLOWED_SIBLING: (&str, &str) = ("margin", "paths");
const LONGEST_FILE: usize = 500;
const LONGEST_FUNCTION: usize = 70;

/// (what, allowed only below these places, why)
const BANS: [(&str, &[&str], &str); 9] = [
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

fn sources() -> Vec<(String, String)> {
    fn walk(folder: &Path, into: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { walk(&path, into) } else { into.push(path) }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    walk(&root, &mut files);
    files.sort();
    assert!(files.len() > 30, "the walk found the sources");
    files
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
            (name, fs::read_to_string(&path).unwrap())
        })
        .collect()
}

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
    for (name, text) in sources() {
        let module = name.split(['/', '.']).next().unwrap_or_default().to_owned();
        let Some(own) = layer(&module) else { continue };
        let text = code(&text);
        for (at, _) in text.match_indices("crate::") {
            let rest = &text[at + "crate::".len()..];
            let target: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            assert!(!target.is_empty(), "src/{name}: write one path a line after `crate::`");
            let Some(other) = layer(&target) else { continue };
            let sibling_allowed = (module.as_str(), target.as_str()) == ALLOWED_SIBLING;
            assert!(
                target == module || other > own || sibling_allowed,
                "src/{name} imports {target}, which does not lie below {module}"
            );
        }
    }
}

#[test]
fn bans_hold() {
    for (name, text) in sources() {
        let text = code(&text);
        for (what, places, why) in BANS {
            let allowed = places.iter().any(|place| name.starts_with(place));
            assert!(allowed || !text.contains(what), "src/{name} contains {what}: {why}");
        }
    }
}

#[test]
fn files_and_functions_are_short() {
    for (name, text) in sources() {
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
