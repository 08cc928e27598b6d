//! What a journal needs of a disk, and the real one. Must never promise more than a disk does: only what
//! was flushed survives, and after a flush that failed nothing is known.

use std::fmt::Debug;
use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Bytes that a disk writes whole or not at all; a block torn by a power loss is told from a damaged one
/// by whole sectors that are still zero.
pub const SECTOR: usize = 512;

/// One folder of files.
pub trait Disk: Clone + Debug + Send + Sync + 'static {
    /// An open file.
    type File: DiskFile;
    /// Held while the folder is in use.
    type Lock: Debug + Send;
    /// Whether segments may be written out ahead on another thread.
    const WRITES_AHEAD: bool;

    /// Makes the folder and takes it for this owner.
    fn open(&self) -> io::Result<Self::Lock>;
    /// Names of the files.
    fn list(&self) -> io::Result<Vec<String>>;
    /// All bytes of a file.
    fn read(&self, name: &str) -> io::Result<Vec<u8>>;
    /// An empty file for writing; one of that name is emptied.
    fn create(&self, name: &str) -> io::Result<Self::File>;
    /// An existing file for writing.
    fn reopen(&self, name: &str) -> io::Result<Self::File>;
    /// Gives a file another name.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;
    /// Deletes a file.
    fn remove(&self, name: &str) -> io::Result<()>;
    /// Makes names survive a power loss.
    fn sync_names(&self) -> io::Result<()>;
    /// How messages call a file.
    fn path(&self, name: &str) -> String;
}

/// A file open for writing.
pub trait DiskFile: Debug + Send {
    /// Writes bytes at an offset.
    fn write_at(&mut self, at: u64, bytes: &[u8]) -> io::Result<()>;
    /// Makes what was written survive a power loss.
    fn sync(&mut self) -> io::Result<()>;
}

/// A folder of the file system.
#[derive(Clone, Debug)]
pub struct RealDisk {
    folder: PathBuf,
}

impl RealDisk {
    /// The disk under a folder.
    pub fn at(folder: &Path) -> RealDisk {
        RealDisk { folder: folder.to_path_buf() }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

impl Disk for RealDisk {
    type File = File;
    type Lock = File;
    const WRITES_AHEAD: bool = true;

    fn open(&self) -> io::Result<File> {
        std::fs::create_dir_all(&self.folder)?;
        let mut options = OpenOptions::new();
        let file = options.create(true).truncate(false).write(true).open(self.file("LOCK"))?;
        file.try_lock().map_err(|error| {
            io::Error::other(format!("the journal is open in another process ({error})"))
        })?;
        Ok(file)
    }

    fn list(&self) -> io::Result<Vec<String>> {
        let name = |entry: io::Result<std::fs::DirEntry>| {
            entry.map(|entry| entry.file_name().to_string_lossy().into_owned())
        };
        std::fs::read_dir(&self.folder)?.map(name).collect()
    }

    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        std::fs::read(self.file(name))
    }

    fn create(&self, name: &str) -> io::Result<File> {
        File::create(self.file(name))
    }

    fn reopen(&self, name: &str) -> io::Result<File> {
        OpenOptions::new().write(true).open(self.file(name))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        std::fs::rename(self.file(from), self.file(to))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        std::fs::remove_file(self.file(name))
    }

    fn sync_names(&self) -> io::Result<()> {
        File::open(&self.folder)?.sync_all()
    }

    fn path(&self, name: &str) -> String {
        self.file(name).display().to_string()
    }
}

impl DiskFile for File {
    fn write_at(&mut self, at: u64, bytes: &[u8]) -> io::Result<()> {
        self.seek(SeekFrom::Start(at))?;
        self.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }
}

/// Writes one file from front to end, in pieces.
#[derive(Debug)]
pub(super) struct Stream<'f, F> {
    file: &'f mut F,
    at: u64,
}

impl<'f, F: DiskFile> Stream<'f, F> {
    pub(super) fn new(file: &'f mut F) -> Stream<'f, F> {
        Stream { file, at: 0 }
    }
}

impl<F: DiskFile> Write for Stream<'_, F> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write_at(self.at, bytes)?;
        self.at += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
