//! Writes a run folder so that nobody ever sees half of one. Must never delete an existing result:
//! with `force` the old folder is renamed, and a folder that is not ours is refused.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::manifest::check_name;
use super::{Error, FileEntry, MANIFEST_FILE, MANIFEST_SCHEMA, Manifest, Result, is_free};

/// Collects the files of a run in a hidden folder beside its place and moves it there at the end.
#[derive(Debug)]
pub struct RunWriter {
    dir: PathBuf,
    /// Hidden sibling; `None` once it was moved into place.
    part: Option<PathBuf>,
    force: bool,
    files: BTreeMap<String, FileEntry>,
}

impl RunWriter {
    /// Starts a run folder. Fails at once, before any work, if `dir` could not be taken at the end.
    pub fn create(dir: &Path, force: bool) -> Result<Self> {
        check_place(dir, force)?;
        let parent = parent_of(dir);
        fs::create_dir_all(&parent).map_err(Error::io(&parent))?;
        let part = fresh_part(&parent, dir)?;
        Ok(Self { dir: dir.to_owned(), part: Some(part), force, files: BTreeMap::new() })
    }

    /// The hidden folder that holds what was written so far (readable by `report` before `finish`).
    pub fn path(&self) -> &Path {
        self.part.as_deref().unwrap_or(&self.dir)
    }

    /// Writes one file; each name once, sub-folders with `/`.
    pub fn write(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        check_name(name)?;
        if self.files.contains_key(name) {
            return Err(Error::BadName { name: name.into(), reason: "it was written already" });
        }
        write_synced(&self.path().join(name), bytes)?;
        self.files.insert(name.to_owned(), FileEntry::of(name, bytes));
        Ok(())
    }

    /// Writes one table; every row must have as many cells as the header.
    pub fn csv<R, C>(&mut self, name: &str, header: &[&str], rows: R) -> Result<()>
    where
        R: IntoIterator<Item = C>,
        C: IntoIterator,
        C::Item: AsRef<[u8]>,
    {
        let table = |source| Error::Table { name: name.to_owned(), source };
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(header).map_err(table)?;
        for row in rows {
            writer.write_record(row).map_err(table)?;
        }
        let bytes = writer.into_inner().map_err(|e| table(e.into_error().into()))?;
        self.write(name, &bytes)
    }

    /// Writes a first manifest without outputs, so that a report can be made before `finish`.
    pub fn draft(&mut self, manifest: &Manifest) -> Result<()> {
        let draft = Manifest { files: Vec::new(), ..with_schema(manifest.clone()) };
        write_synced(&self.path().join(MANIFEST_FILE), &draft.to_bytes(&self.dir)?)
    }

    /// Writes the manifest with every file's hash and moves the folder into its place.
    /// Returns where an older result went, if there was one.
    pub fn finish(mut self, manifest: Manifest) -> Result<Option<PathBuf>> {
        let files = std::mem::take(&mut self.files).into_values().collect();
        let manifest = Manifest { files, ..with_schema(manifest) };
        let part = self.path().to_owned();
        write_synced(&part.join(MANIFEST_FILE), &manifest.to_bytes(&self.dir)?)?;
        check_place(&self.dir, self.force)?;
        let old = if self.force { move_aside(&self.dir)? } else { clear_empty(&self.dir) };
        if let Err(source) = fs::rename(&part, &self.dir) {
            if let Some(old) = &old {
                fs::rename(old, &self.dir).map_err(Error::io(old))?;
            }
            return Err(Error::Io { path: self.dir.clone(), source });
        }
        self.part = None;
        sync_dir(&parent_of(&self.dir));
        Ok(old)
    }
}

impl Drop for RunWriter {
    fn drop(&mut self) {
        if let Some(part) = self.part.take() {
            // Nothing can be done about a failure here, and the folder is hidden and known as a part.
            let _ = fs::remove_dir_all(part);
        }
    }
}

fn with_schema(manifest: Manifest) -> Manifest {
    Manifest { schema: MANIFEST_SCHEMA.to_owned(), ..manifest }
}

/// Checks that a finished folder may stand at `dir`.
fn check_place(dir: &Path, force: bool) -> Result<()> {
    if is_free(dir)? {
        return Ok(());
    }
    Manifest::read(dir)?;
    if force { Ok(()) } else { Err(Error::Exists { dir: dir.to_owned() }) }
}

fn parent_of(dir: &Path) -> PathBuf {
    match dir.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

fn with_suffix(dir: &Path, suffix: &str) -> PathBuf {
    let mut name = dir.file_name().unwrap_or_default().to_owned();
    name.push(suffix);
    parent_of(dir).join(name)
}

/// Creates `.<name>.part-<process>-<n>` beside `dir`; the same folder system makes the move atomic.
fn fresh_part(parent: &Path, dir: &Path) -> Result<PathBuf> {
    let Some(name) = dir.file_name() else {
        let reason = "a run needs a named folder of its own";
        return Err(Error::BadName { name: dir.display().to_string(), reason });
    };
    let process = std::process::id();
    for n in 0u32.. {
        let part = parent.join(format!(".{}.part-{process}-{n}", name.to_string_lossy()));
        match fs::create_dir(&part) {
            Ok(()) => return Ok(part),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(source) => return Err(Error::Io { path: part, source }),
        }
    }
    unreachable!("invariant: 4 billion part folders beside {}", dir.display())
}

/// Renames a finished run at `dir` to `<dir>.<n>` with the first free n.
fn move_aside(dir: &Path) -> Result<Option<PathBuf>> {
    if is_free(dir)? {
        return Ok(clear_empty(dir));
    }
    let mut names = (1..=u32::MAX).map(|n| with_suffix(dir, &format!(".{n}")));
    let free = names.find(|old| !old.exists());
    let Some(old) = free else { return Err(Error::Exists { dir: dir.to_owned() }) };
    fs::rename(dir, &old).map_err(Error::io(dir))?;
    Ok(Some(old))
}

/// Makes room where an empty folder may stand; `remove_dir` refuses anything else.
fn clear_empty(dir: &Path) -> Option<PathBuf> {
    let _ = fs::remove_dir(dir);
    None
}

fn write_synced(path: &Path, bytes: &[u8]) -> Result<()> {
    let folder = parent_of(path);
    fs::create_dir_all(&folder).map_err(Error::io(&folder))?;
    let mut file = fs::File::create(path).map_err(Error::io(path))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(Error::io(path))
}

/// Asks the system to keep the rename; some folder systems cannot, and the data itself is synced.
fn sync_dir(dir: &Path) {
    if let Ok(folder) = fs::File::open(dir) {
        let _ = folder.sync_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::{Existing, existing};

    fn manifest(hash: &str) -> Manifest {
        Manifest { input_hash: hash.into(), seed: 7, ..Manifest::default() }
    }

    fn names(dir: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(dir)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    fn write_run(dir: &Path, hash: &str, force: bool) -> Result<Option<PathBuf>> {
        let mut run = RunWriter::create(dir, force)?;
        run.write("summary.json", hash.as_bytes())?;
        run.csv("daily.csv", &["day", "visits"], [["1", "20"], ["2", "19"]])?;
        run.finish(manifest(hash))
    }

    #[test]
    fn a_run_appears_whole_with_every_file_hashed() {
        let room = tempfile::tempdir().unwrap();
        let dir = room.path().join("deep/xiamen");
        assert_eq!(write_run(&dir, "h1", false).unwrap(), None);
        assert_eq!(names(&dir), ["daily.csv", "manifest.json", "summary.json"]);
        assert_eq!(fs::read_to_string(dir.join("daily.csv")).unwrap(), "day,visits\n1,20\n2,19\n");
        let read = Manifest::read(&dir).unwrap();
        let listed: Vec<_> = read.files.iter().map(|f| (f.name.as_str(), f.bytes)).collect();
        assert_eq!(listed, [("daily.csv", 21), ("summary.json", 2)]);
        assert_eq!(read.files[1], FileEntry::of("summary.json", b"h1"));
        assert_eq!(existing(&dir, "h1").unwrap(), Existing::SameInput);
        assert_eq!(existing(&dir, "h2").unwrap(), Existing::OtherInput { hash: "h1".into() });
    }

    #[test]
    fn nothing_is_visible_before_finish_and_nothing_is_left_after_a_drop() {
        let room = tempfile::tempdir().unwrap();
        let dir = room.path().join("run");
        let mut run = RunWriter::create(&dir, false).unwrap();
        run.write("charts/a.svg", b"<svg/>").unwrap();
        run.draft(&manifest("h")).unwrap();
        assert!(Manifest::read(run.path()).unwrap().files.is_empty());
        assert!(!dir.exists());
        assert!(names(room.path()).iter().all(|name| name.starts_with('.')));
        drop(run);
        assert!(names(room.path()).is_empty());
    }

    #[test]
    fn an_older_result_is_kept_or_renamed_but_never_lost() {
        let room = tempfile::tempdir().unwrap();
        let dir = room.path().join("run");
        write_run(&dir, "h1", false).unwrap();
        assert!(matches!(write_run(&dir, "h2", false), Err(Error::Exists { .. })));
        assert_eq!(write_run(&dir, "h2", true).unwrap(), Some(room.path().join("run.1")));
        assert_eq!(write_run(&dir, "h3", true).unwrap(), Some(room.path().join("run.2")));
        let hashes: Vec<_> = ["run", "run.1", "run.2"]
            .map(|name| Manifest::read(&room.path().join(name)).unwrap().input_hash)
            .into();
        assert_eq!(hashes, ["h3", "h1", "h2"]);
        assert_eq!(names(room.path()), ["run", "run.1", "run.2"]);
    }

    #[test]
    fn a_foreign_folder_survives_force_even_if_it_comes_late() {
        let room = tempfile::tempdir().unwrap();
        let dir = room.path().join("thesis");
        let run = RunWriter::create(&dir, true).unwrap();
        fs::create_dir(&dir).unwrap();
        fs::write(dir.join("chapter1.txt"), "years of work").unwrap();
        assert!(matches!(run.finish(manifest("h")), Err(Error::Foreign { .. })));
        assert!(matches!(RunWriter::create(&dir, true), Err(Error::Foreign { .. })));
        assert_eq!(names(room.path()), ["thesis"]);
        assert_eq!(names(&dir), ["chapter1.txt"]);
    }

    #[test]
    fn a_second_writer_that_finishes_first_is_not_overwritten() {
        let room = tempfile::tempdir().unwrap();
        let dir = room.path().join("run");
        let slow = RunWriter::create(&dir, false).unwrap();
        write_run(&dir, "fast", false).unwrap();
        assert!(matches!(slow.finish(manifest("slow")), Err(Error::Exists { .. })));
        assert_eq!(Manifest::read(&dir).unwrap().input_hash, "fast");
        assert_eq!(names(room.path()), ["run"]);
    }

    #[test]
    fn an_empty_folder_may_be_filled() {
        let room = tempfile::tempdir().unwrap();
        write_run(room.path().join("e").as_path(), "h", false).unwrap();
        let made = room.path().join("made");
        fs::create_dir(&made).unwrap();
        assert_eq!(write_run(&made, "h", false).unwrap(), None);
        assert_eq!(existing(&made, "h").unwrap(), Existing::SameInput);
    }

    #[test]
    fn a_name_twice_and_a_ragged_row_are_refused() {
        let room = tempfile::tempdir().unwrap();
        let mut run = RunWriter::create(&room.path().join("run"), false).unwrap();
        run.write("a.txt", b"1").unwrap();
        assert!(matches!(run.write("a.txt", b"2"), Err(Error::BadName { .. })));
        let ragged = run.csv("t.csv", &["a", "b"], [vec!["1", "2"], vec!["1"]]);
        assert!(matches!(ragged, Err(Error::Table { .. })));
    }
}
