//! Finished blocks of work beside the place of a result: each a file of its own that appears whole.
//! Must never hand out a part whose bytes differ from its hash, nor remove a file of another name.

use super::{Error, Result};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// How the file of a part ends.
const ENDING: &str = "part";

/// A folder of parts.
#[derive(Clone, Debug)]
pub struct Parts {
    dir: PathBuf,
}

impl Parts {
    /// The parts of a result that will stand at `dir`: the folder `<dir>.parts`, made when the first
    /// part comes.
    pub fn beside(dir: &Path) -> Parts {
        let mut name = dir.file_name().unwrap_or_default().to_owned();
        name.push(".parts");
        Parts { dir: dir.with_file_name(name) }
    }

    /// Where they are.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    fn path(&self, key: &str) -> PathBuf {
        self.dir.join(format!("{key}.{ENDING}"))
    }

    /// The bytes of a part; `None` when it is not there or not what was written.
    pub fn get(&self, key: &str) -> Option<Vec<u8>> {
        let bytes = fs::read(self.path(key)).ok()?;
        let end = bytes.iter().position(|&byte| byte == b'\n')?;
        let (hash, payload) = (&bytes[..end], &bytes[end + 1..]);
        (hash == blake3::hash(payload).to_hex().as_bytes()).then(|| payload.to_vec())
    }

    /// Writes a part so that it is there whole or not at all, even when the machine stops.
    pub fn put(&self, key: &str, bytes: &[u8]) -> Result<()> {
        fs::create_dir_all(&self.dir).map_err(Error::io(&self.dir))?;
        let own = self.dir.join(format!(".{key}.{}", std::process::id()));
        let written = write(&own, bytes).and_then(|()| fs::rename(&own, self.path(key)));
        written.map_err(|source| {
            // What a full disk took is given back, so that the next part finds room.
            let _ = fs::remove_file(&own);
            Error::Io { path: own, source }
        })
    }

    /// Number of parts.
    pub fn count(&self) -> usize {
        self.names().iter().filter(|name| name.ends_with(&format!(".{ENDING}"))).count()
    }

    /// Removes the parts, and what a killed writer left of one; the folder too if nothing else is in it.
    pub fn clear(&self) {
        for name in self.names() {
            let key = name.trim_start_matches('.').split('.').next().unwrap_or_default();
            let ours = key.len() == 32 && key.bytes().all(|byte| byte.is_ascii_hexdigit());
            if ours {
                // A part that stays is harmless: it is taken only under its own hash.
                let _ = fs::remove_file(self.dir.join(name));
            }
        }
        let _ = fs::remove_dir(&self.dir);
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.dir).into_iter().flatten().flatten();
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
    }
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = fs::File::create(path)?;
    file.write_all(blake3::hash(bytes).to_hex().as_bytes())?;
    file.write_all(b"\n")?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "00112233445566778899aabbccddeeff";

    #[test]
    fn a_part_comes_back_and_a_damaged_one_does_not() {
        let room = tempfile::tempdir().expect("a folder");
        let parts = Parts::beside(&room.path().join("run"));
        assert_eq!(parts.get(KEY), None);
        parts.put(KEY, b"exact sums").expect("room");
        assert_eq!(parts.get(KEY).as_deref(), Some(b"exact sums".as_slice()));
        assert_eq!(parts.count(), 1);
        let path = room.path().join(format!("run.parts/{KEY}.part"));
        let mut bytes = fs::read(&path).expect("the file");
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        fs::write(&path, &bytes).expect("a damaged file");
        assert_eq!(parts.get(KEY), None);
        fs::write(&path, &bytes[..20]).expect("a cut file");
        assert_eq!(parts.get(KEY), None);
    }

    #[test]
    fn clearing_takes_parts_and_leavings_and_nothing_else() {
        let room = tempfile::tempdir().expect("a folder");
        let parts = Parts::beside(&room.path().join("run"));
        parts.put(KEY, b"x").expect("room");
        fs::write(parts.dir().join(format!(".{KEY}.77")), b"half").expect("a leaving");
        fs::write(parts.dir().join("notes.txt"), b"mine").expect("a note");
        parts.clear();
        assert_eq!(parts.names(), ["notes.txt"]);
        fs::remove_file(parts.dir().join("notes.txt")).expect("gone");
        parts.clear();
        assert!(!parts.dir().exists());
    }
}
