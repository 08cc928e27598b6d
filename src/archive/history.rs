//! The history of runs: list, show, compare, verify, remove. Must never remove a file that a manifest
//! of ours does not list.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{Error, FileEntry, MANIFEST_FILE, Manifest, Result, SUMMARY_FILE};

/// One run of a folder of runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Its folder.
    pub dir: PathBuf,
    /// Its manifest.
    pub manifest: Manifest,
}

/// Lists the runs directly inside `dir`, by name; hidden and foreign folders are passed over.
pub fn list(dir: &Path) -> Result<Vec<Run>> {
    let mut runs = Vec::new();
    for entry in fs::read_dir(dir).map_err(Error::io(dir))? {
        let path = entry.map_err(Error::io(dir))?.path();
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if hidden || !path.is_dir() {
            continue;
        }
        match Manifest::read(&path) {
            Ok(manifest) => runs.push(Run { dir: path, manifest }),
            Err(Error::Foreign { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    runs.sort_by(|a, b| a.dir.cmp(&b.dir));
    Ok(runs)
}

/// Reads one run: its manifest and its summary.
pub fn show(dir: &Path) -> Result<(Manifest, Value)> {
    let manifest = Manifest::read(dir)?;
    Ok((manifest, summary(dir)?))
}

/// A value of the summary that differs between two runs; `None` where a run does not have it.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// Dotted path, such as `queue.wait.all.saved.mean`.
    pub path: String,
    /// Value in the first run.
    pub a: Option<Value>,
    /// Value in the second run.
    pub b: Option<Value>,
}

/// Compares two summaries leaf by leaf, ordered by path.
pub fn diff(a: &Path, b: &Path) -> Result<Vec<Difference>> {
    Manifest::read(a)?;
    Manifest::read(b)?;
    let (a, b) = (leaves(&summary(a)?), leaves(&summary(b)?));
    let paths: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
    let differs = |path: &&String| a.get(*path) != b.get(*path);
    Ok(paths
        .into_iter()
        .filter(differs)
        .map(|path| Difference {
            path: path.clone(),
            a: a.get(path).cloned(),
            b: b.get(path).cloned(),
        })
        .collect())
}

/// What re-hashing a run found. Sound if all but `intact` are empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verification {
    /// Files whose size and hash agree with the manifest.
    pub intact: usize,
    /// Files that differ from the manifest.
    pub changed: Vec<String>,
    /// Files that the manifest lists and the folder lacks.
    pub missing: Vec<String>,
    /// Files that the folder holds and the manifest does not list.
    pub unlisted: Vec<String>,
}

impl Verification {
    /// Whether the folder is exactly what the run left.
    pub fn is_sound(&self) -> bool {
        self.changed.is_empty() && self.missing.is_empty() && self.unlisted.is_empty()
    }
}

/// Hashes every file of a run again.
pub fn verify(dir: &Path) -> Result<Verification> {
    let manifest = Manifest::read(dir)?;
    let mut found = Verification::default();
    for file in &manifest.files {
        let path = dir.join(&file.name);
        match fs::read(&path) {
            Ok(bytes) if FileEntry::of(&file.name, &bytes) == *file => found.intact += 1,
            Ok(_) => found.changed.push(file.name.clone()),
            Err(e) if e.kind() == io::ErrorKind::NotFound => found.missing.push(file.name.clone()),
            Err(source) => return Err(Error::Io { path, source }),
        }
    }
    let listed: BTreeSet<&str> = manifest.files.iter().map(|file| file.name.as_str()).collect();
    found.unlisted = walk(dir)?;
    found.unlisted.retain(|name| name != MANIFEST_FILE && !listed.contains(name.as_str()));
    Ok(found)
}

/// Removes a run's own files and then its folder. Returns what somebody else put there, which stays.
pub fn rm(dir: &Path) -> Result<Vec<String>> {
    let manifest = Manifest::read(dir)?;
    let home = fs::canonicalize(dir).map_err(Error::io(dir))?;
    for file in &manifest.files {
        remove_inside(&home, &file.name)?;
    }
    let folders: BTreeSet<&Path> =
        manifest.files.iter().flat_map(|file| Path::new(&file.name).ancestors().skip(1)).collect();
    for folder in folders.into_iter().rev().filter(|folder| !folder.as_os_str().is_empty()) {
        // A sub-folder that still holds something is not empty and stays.
        let _ = fs::remove_dir(home.join(folder));
    }
    let kept: Vec<String> = walk(&home)?.into_iter().filter(|name| name != MANIFEST_FILE).collect();
    let manifest_path = home.join(MANIFEST_FILE);
    fs::remove_file(&manifest_path).map_err(Error::io(&manifest_path))?;
    if kept.is_empty() {
        fs::remove_dir(&home).map_err(Error::io(&home))?;
    }
    Ok(kept)
}

/// Removes `home/name` unless a link inside the folder would lead outside.
fn remove_inside(home: &Path, name: &str) -> Result<()> {
    let path = home.join(name);
    let parent = path.parent().unwrap_or(home);
    match fs::canonicalize(parent) {
        Ok(real) if !real.starts_with(home) => {
            let reason = "it leads outside the run folder through a link";
            return Err(Error::BadName { name: name.to_owned(), reason });
        }
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(source) => return Err(Error::Io { path, source }),
    }
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(Error::Io { path, source: error })
        }
        _ => Ok(()),
    }
}

fn summary(dir: &Path) -> Result<Value> {
    let path = dir.join(SUMMARY_FILE);
    let bytes = fs::read(&path).map_err(Error::io(&path))?;
    serde_json::from_slice(&bytes).map_err(|source| Error::Json { path, source })
}

/// All leaves of a JSON value under their dotted paths.
fn leaves(value: &Value) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    collect_leaves(value, String::new(), &mut found);
    found
}

fn collect_leaves(value: &Value, path: String, found: &mut BTreeMap<String, Value>) {
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match value {
        Value::Object(map) if !map.is_empty() => {
            map.iter().for_each(|(key, inner)| collect_leaves(inner, below(key), found));
        }
        Value::Array(items) if !items.is_empty() => {
            for (i, inner) in items.iter().enumerate() {
                collect_leaves(inner, below(&i.to_string()), found);
            }
        }
        leaf => {
            found.insert(path, leaf.clone());
        }
    }
}

/// Names of all files below `dir`, with `/`, sorted; links are named and not followed.
fn walk(dir: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    let mut todo = vec![(dir.to_owned(), String::new())];
    while let Some((folder, prefix)) = todo.pop() {
        for entry in fs::read_dir(&folder).map_err(Error::io(&folder))? {
            let entry = entry.map_err(Error::io(&folder))?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.file_type().map_err(Error::io(&folder))?.is_dir() {
                todo.push((entry.path(), format!("{name}/")));
            } else {
                names.push(name);
            }
        }
    }
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::RunWriter;
    use serde_json::json;

    fn put(dir: &Path, hash: &str, summary: &Value) {
        let mut run = RunWriter::create(dir, false).unwrap();
        run.write(SUMMARY_FILE, &serde_json::to_vec(summary).unwrap()).unwrap();
        run.write("charts/en/a.svg", b"<svg/>").unwrap();
        run.finish(Manifest { input_hash: hash.into(), ..Manifest::default() }).unwrap();
    }

    #[test]
    fn only_our_runs_are_listed_in_name_order() {
        let room = tempfile::tempdir().unwrap();
        for name in ["b", "a"] {
            put(&room.path().join(name), name, &json!({}));
        }
        fs::create_dir(room.path().join("holiday")).unwrap();
        fs::write(room.path().join("file.txt"), "x").unwrap();
        let _unfinished = RunWriter::create(&room.path().join("c"), false).unwrap();
        let hashes: Vec<_> =
            list(room.path()).unwrap().into_iter().map(|run| run.manifest.input_hash).collect();
        assert_eq!(hashes, ["a", "b"]);
        let (manifest, summary) = show(&room.path().join("a")).unwrap();
        assert_eq!((manifest.input_hash.as_str(), summary), ("a", json!({})));
        assert!(matches!(show(&room.path().join("none")), Err(Error::Missing { .. })));
    }

    #[test]
    fn a_difference_has_its_dotted_path_and_both_values() {
        let room = tempfile::tempdir().unwrap();
        let (a, b) = (room.path().join("a"), room.path().join("b"));
        put(&a, "a", &json!({"queue": {"saved": {"mean": 1.5, "ci95": [1.0, 2.0]}}, "same": "x"}));
        put(
            &b,
            "b",
            &json!({"queue": {"saved": {"mean": 1.5, "ci95": null}}, "same": "x", "n": {}}),
        );
        let found: Vec<_> = diff(&a, &b).unwrap().into_iter().map(|d| (d.path, d.a, d.b)).collect();
        let expected = [
            ("n", None, Some(json!({}))),
            ("queue.saved.ci95", None, Some(Value::Null)),
            ("queue.saved.ci95.0", Some(json!(1.0)), None),
            ("queue.saved.ci95.1", Some(json!(2.0)), None),
        ]
        .map(|(path, a, b)| (path.to_owned(), a, b));
        assert_eq!(found, expected);
        assert!(diff(&a, &a).unwrap().is_empty());
    }

    #[test]
    fn verify_names_what_changed_what_is_gone_and_what_is_new() {
        let room = tempfile::tempdir().unwrap();
        let dir = room.path().join("run");
        put(&dir, "h", &json!({"x": 1}));
        let sound = verify(&dir).unwrap();
        assert!(sound.is_sound() && sound.intact == 2, "{sound:?}");
        fs::write(dir.join(SUMMARY_FILE), "{\"x\":2}").unwrap();
        fs::remove_file(dir.join("charts/en/a.svg")).unwrap();
        fs::write(dir.join("charts/mine.svg"), "x").unwrap();
        let found = verify(&dir).unwrap();
        assert_eq!(found.changed, [SUMMARY_FILE]);
        assert_eq!(found.missing, ["charts/en/a.svg"]);
        assert_eq!(found.unlisted, ["charts/mine.svg"]);
        assert!(!found.is_sound());
    }

    #[test]
    fn rm_takes_a_run_and_leaves_what_is_not_ours() {
        let room = tempfile::tempdir().unwrap();
        let clean = room.path().join("clean");
        put(&clean, "h", &json!({}));
        assert!(rm(&clean).unwrap().is_empty());
        assert!(!clean.exists());

        let shared = room.path().join("shared");
        put(&shared, "h", &json!({}));
        fs::write(shared.join("charts/notes.txt"), "mine").unwrap();
        assert_eq!(rm(&shared).unwrap(), ["charts/notes.txt"]);
        assert_eq!(fs::read_to_string(shared.join("charts/notes.txt")).unwrap(), "mine");
        assert!(matches!(rm(&shared), Err(Error::Foreign { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn rm_does_not_follow_a_link_out_of_the_folder() {
        let room = tempfile::tempdir().unwrap();
        let (dir, outside) = (room.path().join("run"), room.path().join("outside"));
        put(&dir, "h", &json!({}));
        fs::create_dir_all(outside.join("en")).unwrap();
        fs::write(outside.join("en/a.svg"), "precious").unwrap();
        fs::remove_dir_all(dir.join("charts")).unwrap();
        std::os::unix::fs::symlink(&outside, dir.join("charts")).unwrap();
        assert!(matches!(rm(&dir), Err(Error::BadName { .. })));
        assert!(outside.join("en/a.svg").exists());
    }
}
