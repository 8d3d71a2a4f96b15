//! The output folder: a result is there whole or not at all, and nobody's files are lost.

// Clippy lets tests unwrap, but not the functions that they share.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::process::Command;

use ringfence::error::Result;
use ringfence::store::folder::{self, OutputFolder, ResultFolder};
use serde_json::{Value, json};

fn keys(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
}

fn prepare(
    out: &Path,
    name: &str,
    sha256: &str,
    resolved: &[(String, String)],
    force: bool,
) -> Result<ResultFolder> {
    folder::prepare(&OutputFolder::open(out)?, name, sha256, resolved, force)
}

fn reserve(out: &Path, sha256: &str, force: bool) -> Result<ResultFolder> {
    prepare(out, "default", sha256, &keys(&[("simulation.seed", "42"), ("simulation.paths", "1000")]), force)
}

/// Publishes a result with one file in a folder of its own.
fn publish(out: &Path, sha256: &str, text: &str) {
    let folder = reserve(out, sha256, false).unwrap();
    fs::create_dir(folder.staging().join("charts")).unwrap();
    fs::write(folder.staging().join("summary.json"), text).unwrap();
    fs::write(folder.staging().join("charts/a.svg"), "<svg/>").unwrap();
    assert_eq!(folder.publish(&json!({ "seed": 42 })).unwrap(), out.join("default"));
}

/// The refusal's text; also proves that it counts as wrong input and left nothing behind.
fn refusal(out: &Path, attempt: Result<ResultFolder>) -> String {
    let error = attempt.unwrap_err();
    assert_eq!(error.exit_code(), 2);
    assert_eq!(hidden(out), Vec::<String>::new());
    error.to_string()
}

fn hidden(out: &Path) -> Vec<String> {
    let names = fs::read_dir(out).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
    names.filter(|n| n.starts_with('.')).collect()
}

#[test]
fn a_published_result_is_whole_and_alone() {
    let base = tempfile::tempdir().unwrap();
    let out = base.path().join("not/yet/there");
    publish(&out, "aa", "abc");
    assert_eq!(fs::read_to_string(out.join("default/summary.json")).unwrap(), "abc");
    assert_eq!(fs::read_dir(&out).unwrap().count(), 1, "no lock and no temporary folder stay behind");
    let manifest: Value =
        serde_json::from_slice(&fs::read(out.join("default/manifest.json")).unwrap()).unwrap();
    assert_eq!(manifest["program"], "ringfence");
    assert_eq!(manifest["scenario"], "default");
    assert_eq!(manifest["seed"], 42);
    assert_eq!(manifest["sha256"], "aa");
    assert_eq!(manifest["resolved"]["simulation.paths"], "1000");
    // SHA-256 of "abc": FIPS 180-2, appendix B.1.
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(manifest["files"]["summary.json"], abc);
    assert_eq!(
        manifest["files"].as_object().unwrap().keys().collect::<Vec<_>>(),
        ["charts/a.svg", "summary.json"]
    );
}

#[cfg(unix)]
#[test]
fn a_result_can_be_read_as_any_other_folder() {
    use std::os::unix::fs::PermissionsExt;
    let out = tempfile::tempdir().unwrap();
    publish(out.path(), "aa", "abc");
    fs::create_dir(out.path().join("usual")).unwrap();
    let mode = |name: &str| fs::metadata(out.path().join(name)).unwrap().permissions().mode();
    assert_eq!(mode("default"), mode("usual"));
}

#[test]
fn the_same_scenario_replaces_its_result_whole() {
    let out = tempfile::tempdir().unwrap();
    publish(out.path(), "aa", "old");
    let folder = reserve(out.path(), "aa", false).unwrap();
    fs::write(folder.staging().join("other.csv"), "new").unwrap();
    assert!(
        out.path().join("default/summary.json").exists(),
        "the old result stays until the new one is whole"
    );
    folder.publish(&json!({})).unwrap();
    assert_eq!(fs::read_to_string(out.path().join("default/other.csv")).unwrap(), "new");
    assert!(!out.path().join("default/summary.json").exists());
    assert_eq!(hidden(out.path()), Vec::<String>::new());
}

#[test]
fn an_empty_folder_is_free() {
    let out = tempfile::tempdir().unwrap();
    fs::create_dir(out.path().join("default")).unwrap();
    publish(out.path(), "aa", "abc");
    assert!(out.path().join("default/summary.json").exists());
}

#[test]
fn another_scenario_is_refused_with_the_keys_that_differ() {
    let out = tempfile::tempdir().unwrap();
    publish(out.path(), "aa", "abc");
    let other = keys(&[("simulation.seed", "7"), ("simulation.paths", "1000"), ("account.wallet", "5")]);
    let text = refusal(out.path(), prepare(out.path(), "default", "bb", &other, false));
    for part in ["simulation.seed: 42 → 7", "account.wallet: absent → 5", "--out", "--force"] {
        assert!(text.contains(part), "{part:?} is not in: {text}");
    }
    assert!(!text.contains("simulation.paths"), "{text}");
    let fewer =
        refusal(out.path(), prepare(out.path(), "default", "bb", &keys(&[("simulation.seed", "42")]), false));
    assert!(fewer.contains("simulation.paths: 1000 → absent"), "{fewer}");
    let many: Vec<_> = (0..20).map(|i| (format!("key{i}"), "1".to_owned())).collect();
    let text = refusal(out.path(), prepare(out.path(), "default", "bb", &many, false));
    // 20 keys have come and 2 have gone; 8 are shown.
    assert!(text.contains("and 14 more") && !text.contains("key8:"), "{text}");
    assert_eq!(fs::read_to_string(out.path().join("default/summary.json")).unwrap(), "abc");
}

#[test]
fn foreign_files_are_refused_and_named() {
    let out = tempfile::tempdir().unwrap();
    let place = out.path().join("default");
    fs::create_dir(&place).unwrap();
    fs::write(place.join("thesis.tex"), "years of work").unwrap();
    assert!(refusal(out.path(), reserve(out.path(), "aa", false)).contains("thesis.tex"));
    fs::write(place.join("manifest.json"), "{ \"sha256\": \"aa\" }").unwrap();
    assert!(refusal(out.path(), reserve(out.path(), "aa", false)).contains("thesis.tex"));
    fs::write(place.join("manifest.json"), "not JSON").unwrap();
    assert!(refusal(out.path(), reserve(out.path(), "aa", false)).contains("thesis.tex"));
}

#[test]
fn a_file_added_to_a_result_is_not_lost() {
    let out = tempfile::tempdir().unwrap();
    publish(out.path(), "aa", "abc");
    fs::write(out.path().join("default/charts/notes.md"), "mine").unwrap();
    let text = refusal(out.path(), reserve(out.path(), "aa", false));
    assert!(text.contains("charts/notes.md") && !text.contains("summary.json"), "{text}");
}

#[test]
fn force_replaces_another_folder_whole() {
    let out = tempfile::tempdir().unwrap();
    fs::create_dir(out.path().join("default")).unwrap();
    fs::write(out.path().join("default/thesis.tex"), "years of work").unwrap();
    let folder = reserve(out.path(), "aa", true).unwrap();
    fs::write(folder.staging().join("summary.json"), "abc").unwrap();
    folder.publish(&json!({})).unwrap();
    assert!(!out.path().join("default/thesis.tex").exists());
    assert!(out.path().join("default/summary.json").exists());
}

#[test]
fn force_never_replaces_a_repository() {
    let out = tempfile::tempdir().unwrap();
    fs::create_dir_all(out.path().join("default/work/.git")).unwrap();
    fs::write(out.path().join("default/work/.git/HEAD"), "ref").unwrap();
    assert!(refusal(out.path(), reserve(out.path(), "aa", true)).contains("git repository"));
}

/// Runs itself in another process, whose current and home folder can be chosen.
#[test]
fn force_never_replaces_the_current_or_the_home_folder() {
    const OUT: &str = "FOLDER_TEST_OUT";
    const SAYS: &str = "FOLDER_TEST_SAYS";
    if let Some(out) = std::env::var_os(OUT) {
        let text = refusal(Path::new(&out), reserve(Path::new(&out), "aa", true));
        let says = std::env::var(SAYS).unwrap();
        assert!(text.contains(&says), "{text}");
        return;
    }
    let (out, aside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let inside = out.path().join("default/inside");
    fs::create_dir_all(&inside).unwrap();
    for (current, home, says) in
        [(&*inside, aside.path(), "current folder"), (aside.path(), &*inside, "home folder")]
    {
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "folder::force_never_replaces_the_current_or_the_home_folder"])
            .current_dir(current)
            .envs([
                ("HOME", home.as_os_str()),
                ("USERPROFILE", home.as_os_str()),
                (OUT, out.path().as_os_str()),
            ])
            .env(SAYS, says)
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&child.stdout);
        assert!(child.status.success() && told.contains("1 passed"), "{told}");
    }
}

#[test]
fn a_file_in_the_place_of_a_folder_is_refused_even_by_force() {
    let base = tempfile::tempdir().unwrap();
    let file = base.path().join("file");
    fs::write(&file, "").unwrap();
    let error = reserve(&file, "aa", true).unwrap_err();
    assert_eq!(error.exit_code(), 2);
    assert!(error.to_string().contains("--out"), "{error}");
    fs::write(base.path().join("default"), "a file").unwrap();
    assert!(refusal(base.path(), reserve(base.path(), "aa", true)).contains("this is a file"));
    assert_eq!(fs::read_to_string(base.path().join("default")).unwrap(), "a file");
}

#[cfg(unix)]
#[test]
fn a_symbolic_link_is_refused_even_by_force() {
    let (out, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for target in [elsewhere.path(), Path::new("dangling")] {
        let link = out.path().join("default");
        std::os::unix::fs::symlink(target, &link).unwrap();
        assert!(refusal(out.path(), reserve(out.path(), "aa", true)).contains("symbolic link"));
        fs::remove_file(link).unwrap();
    }
}

#[test]
fn dropped_before_publishing_nothing_stays() {
    let out = tempfile::tempdir().unwrap();
    let folder = reserve(out.path(), "aa", false).unwrap();
    fs::write(folder.staging().join("half.csv"), "1,2").unwrap();
    assert_eq!(hidden(out.path()).len(), 2, "the staging folder and the lock");
    drop(folder);
    assert_eq!(fs::read_dir(out.path()).unwrap().count(), 0);
}

#[test]
fn an_output_folder_made_in_vain_goes_again() {
    let base = tempfile::tempdir().unwrap();
    let path = base.path().join("not/yet/there");
    let kept = || fs::read_dir(base.path()).unwrap().count();
    drop(OutputFolder::open(&path).unwrap());
    assert_eq!(kept(), 0);
    let out = OutputFolder::open(&path).unwrap();
    drop(folder::prepare(&out, "default", "aa", &[], false).unwrap());
    drop(out);
    assert_eq!(kept(), 0, "after a run that was interrupted");
    let out = OutputFolder::open(&path).unwrap();
    folder::prepare(&out, "default", "aa", &[], false).unwrap().publish(&json!({})).unwrap();
    drop(out);
    assert!(path.join("default/manifest.json").exists());
}

#[test]
fn an_output_folder_that_was_there_or_holds_something_stays() {
    let base = tempfile::tempdir().unwrap();
    drop(OutputFolder::open(base.path()).unwrap());
    assert!(base.path().exists());
    let out = OutputFolder::open(&base.path().join("a/b")).unwrap();
    fs::write(base.path().join("a/mine.txt"), "mine").unwrap();
    drop(out);
    assert!(base.path().join("a/mine.txt").exists() && !base.path().join("a/b").exists());
}

#[cfg(unix)]
#[test]
fn what_a_killed_run_left_is_removed_and_nothing_else() {
    let out = tempfile::tempdir().unwrap();
    let at = |name: &str| out.path().join(name);
    fs::create_dir_all(at(".default.ringfence-aB3dE9/charts")).unwrap();
    fs::write(at(".default.ringfence-aB3dE9/charts/half.svg"), "<svg").unwrap();
    let folders = [
        ".default.ringfence-mine",
        ".default.ringfence-my.own",
        ".default.ringfence-aB3dE9.bak",
        ".default.aB3dE9",
        ".default.previous-aB3dE9",
        ".other.ringfence-aB3dE9",
        "default.ringfence-aB3dE9",
    ];
    folders.iter().for_each(|name| fs::create_dir(at(name)).unwrap());
    fs::write(at(".default.ringfence-aFile1"), "mine").unwrap();
    std::os::unix::fs::symlink(at("nowhere"), at(".default.ringfence-aLink1")).unwrap();
    drop(reserve(out.path(), "aa", false).unwrap());
    assert!(!at(".default.ringfence-aB3dE9").exists());
    for name in folders.iter().chain(&[".default.ringfence-aFile1", ".default.ringfence-aLink1"]) {
        assert!(fs::symlink_metadata(at(name)).is_ok(), "{name} is not ours");
    }
}

#[test]
fn a_refused_run_leaves_the_other_run_alone() {
    let out = tempfile::tempdir().unwrap();
    let first = reserve(out.path(), "aa", false).unwrap();
    fs::write(first.staging().join("half.csv"), "1,2").unwrap();
    assert!(reserve(out.path(), "aa", false).is_err());
    assert!(first.staging().join("half.csv").exists());
}

#[test]
fn one_run_at_a_time_writes_a_result() {
    let out = tempfile::tempdir().unwrap();
    let first = reserve(out.path(), "aa", false).unwrap();
    let error = reserve(out.path(), "aa", true).unwrap_err();
    assert_eq!(error.exit_code(), 2);
    assert!(error.to_string().contains("another run"), "{error}");
    let other = prepare(out.path(), "other", "aa", &[], false);
    assert!(other.is_ok(), "another scenario is not locked");
    drop(first);
    assert!(reserve(out.path(), "aa", false).is_ok());
}

#[test]
fn a_lock_file_left_by_a_killed_run_locks_nothing() {
    let out = tempfile::tempdir().unwrap();
    fs::write(out.path().join(".default.lock"), "").unwrap();
    publish(out.path(), "aa", "abc");
    assert_eq!(hidden(out.path()), Vec::<String>::new());
}

#[test]
fn a_place_taken_meanwhile_fails_and_is_left_alone() {
    let out = tempfile::tempdir().unwrap();
    let folder = reserve(out.path(), "aa", false).unwrap();
    fs::create_dir(out.path().join("default")).unwrap();
    fs::write(out.path().join("default/mine.txt"), "mine").unwrap();
    let error = folder.publish(&json!({})).unwrap_err();
    assert_eq!(error.exit_code(), 1);
    assert!(error.to_string().contains("mine.txt"), "{error}");
    assert_eq!(fs::read_to_string(out.path().join("default/mine.txt")).unwrap(), "mine");
    assert_eq!(hidden(out.path()), Vec::<String>::new());
}

#[test]
fn names_that_lead_elsewhere_are_refused() {
    let out = tempfile::tempdir().unwrap();
    for name in ["", ".", "..", "a/b", "/etc", "../up", "a/"] {
        let error = prepare(out.path(), name, "aa", &[], true).unwrap_err();
        assert_eq!(error.exit_code(), 2, "{name:?}");
    }
    let long = "n".repeat(300);
    assert_eq!(prepare(out.path(), &long, "aa", &[], false).unwrap_err().exit_code(), 2);
}
