//! Starts the built program on the smoke district and reads what it leaves. Must never look inside it.

#![allow(dead_code, reason = "each test binary uses its part of the support")]

use aftercare::report::Lang;
use assert_cmd::Command;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Three days, two replications: a fraction of a second.
pub(crate) const TINY: [&str; 4] = ["--days", "3", "--replications", "2"];

/// The languages of a report.
pub(crate) const LANGS: [Lang; 2] = [Lang::En, Lang::Zh];

/// A finished tiny run of the smoke district, made once for all tests of a file.
pub(crate) fn smoke() -> PathBuf {
    static RUN: OnceLock<tempfile::TempDir> = OnceLock::new();
    let room = RUN.get_or_init(|| {
        let room = tempfile::tempdir().expect("a folder");
        run(room.path(), "smoke").assert().success();
        room
    });
    room.path().join("smoke")
}

/// The program, in a folder of the test's own.
pub(crate) fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aftercare"));
    command.current_dir(folder).env("NO_COLOR", "1");
    command
}

/// A file under `scenarios/`.
pub(crate) fn scenario(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(name)
}

/// `run` on the smoke district into `out`, tiny.
pub(crate) fn run(folder: &Path, out: &str) -> Command {
    let mut command = program(folder);
    command.arg("run").arg(scenario("smoke.toml")).args(["--out", out]).args(TINY);
    command
}

/// Every file below a folder by its relative name, with its bytes.
pub(crate) fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    gather(folder, "", &mut found);
    found
}

fn gather(folder: &Path, before: &str, found: &mut BTreeMap<String, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let entry = entry.expect("an entry");
        let name = format!("{before}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            gather(&entry.path(), &format!("{name}/"), found);
        } else {
            found.insert(name, std::fs::read(entry.path()).expect("a file"));
        }
    }
}

/// Names directly in a folder, hidden ones too.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// A JSON file.
pub(crate) fn json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).expect("a file")).expect("JSON")
}

/// What was printed, as text.
pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}
