//! A disk in memory that fails on purpose: power losses that drop, reorder and tear what was not flushed,
//! full disks, short writes, flushes that report an error and forget what they held. The same seed fails
//! in the same way. Must never keep a byte that a real disk could lose.

use super::disk::{Disk, DiskFile, SECTOR};
use crate::random::{Address, Philox, Purpose};
use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What goes wrong at an operation of the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiskFault {
    /// The power goes: this operation and all later ones fail.
    PowerLoss,
    /// No room: a write keeps half of its bytes and fails.
    Full,
    /// A write keeps half of its bytes and fails.
    ShortWrite,
    /// A flush fails; what it should have kept is believed to be clean from then on.
    FlushError,
}

/// A file: what is read, what survives, and what is on its way between them.
#[derive(Clone, Debug, Default)]
struct Content {
    seen: Vec<u8>,
    kept: Vec<u8>,
    pending: Vec<(usize, Vec<u8>)>,
}

/// A change of names that is not flushed yet.
#[derive(Clone, Debug)]
enum Naming {
    Link(String, usize),
    Unlink(String),
    Rename(String, String),
}

#[derive(Debug, Default)]
struct State {
    files: Vec<Content>,
    names: BTreeMap<String, usize>,
    kept_names: BTreeMap<String, usize>,
    naming: Vec<Naming>,
    operations: u64,
    faults: Vec<(u64, DiskFault)>,
    off: bool,
    owner: bool,
    crashes: u64,
}

/// The disk; clones are the same disk.
#[derive(Clone, Debug)]
pub struct SimDisk {
    state: Arc<Mutex<State>>,
    seed: u64,
}

/// An open file of a simulated disk.
#[derive(Debug)]
pub struct SimFile {
    disk: SimDisk,
    file: usize,
}

/// Ownership of a simulated disk.
#[derive(Debug)]
pub struct SimLock(SimDisk);

impl Drop for SimLock {
    fn drop(&mut self) {
        self.0.state().owner = false;
    }
}

impl SimDisk {
    /// An empty disk; the seed decides what a power loss keeps.
    pub fn new(seed: u64) -> SimDisk {
        SimDisk { state: Arc::default(), seed }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes, flushes and renames so far.
    pub fn operations(&self) -> u64 {
        self.state().operations
    }

    /// Lets something go wrong `after` so many more operations.
    pub fn plan(&self, after: u64, fault: DiskFault) {
        let mut state = self.state();
        let at = state.operations + after;
        state.faults.push((at, fault));
    }

    /// Forgets what was planned.
    pub fn calm(&self) {
        self.state().faults.clear();
    }

    /// Whether the power is gone.
    pub fn is_off(&self) -> bool {
        self.state().off
    }

    /// The power goes and comes back: of what was not flushed, a seeded choice of whole sectors
    /// reached the disk, in any order; names survive as a prefix of their changes.
    pub fn power_loss(&self) {
        let mut state = self.state();
        state.crashes += 1;
        let mut dice = Dice::new(self.seed, state.crashes);
        for file in &mut state.files {
            lose(file, &mut dice);
        }
        let naming = std::mem::take(&mut state.naming);
        let reached = dice.below(naming.len() as u64 + 1) as usize;
        let mut names = std::mem::take(&mut state.kept_names);
        naming.into_iter().take(reached).for_each(|change| apply(&mut names, change));
        state.names = names.clone();
        state.kept_names = names;
        (state.off, state.owner) = (false, false);
        state.faults.clear();
    }

    /// The process dies and the machine stays up: all that was written can be read, flushed or not.
    pub fn kill(&self) {
        let mut state = self.state();
        (state.off, state.owner) = (false, false);
        state.faults.clear();
    }

    /// Flips one bit of a file, on the platter and in the cache.
    pub fn flip(&self, name: &str, bit: usize) {
        let mut state = self.state();
        let Some(&file) = state.names.get(name) else { return };
        let content = &mut state.files[file];
        for bytes in [&mut content.seen, &mut content.kept] {
            if let Some(byte) = bytes.get_mut(bit / 8) {
                *byte ^= 1 << (bit % 8);
            }
        }
    }

    /// Cuts a file to a length.
    pub fn truncate(&self, name: &str, bytes: usize) {
        let mut state = self.state();
        let Some(&file) = state.names.get(name) else { return };
        let content = &mut state.files[file];
        content.seen.truncate(bytes);
        content.kept.truncate(bytes);
    }

    /// Counts an operation and tells what goes wrong with it.
    fn step(state: &mut State) -> io::Result<Option<DiskFault>> {
        if state.off {
            return Err(io::Error::other("the power is gone"));
        }
        state.operations += 1;
        let now = state.operations;
        let due = state.faults.iter().position(|&(at, _)| at <= now);
        let fault = due.map(|position| state.faults.remove(position).1);
        if fault == Some(DiskFault::PowerLoss) {
            state.off = true;
        }
        Ok(fault)
    }

    /// An operation on names.
    fn naming(&self, change: impl FnOnce(&State) -> io::Result<Naming>) -> io::Result<()> {
        let mut state = self.state();
        let change = change(&state)?;
        match SimDisk::step(&mut state)? {
            None | Some(DiskFault::ShortWrite) => {}
            Some(DiskFault::PowerLoss) => return Err(io::Error::other("the power went")),
            Some(_) => return Err(io::Error::from(io::ErrorKind::StorageFull)),
        }
        apply(&mut state.names, change.clone());
        state.naming.push(change);
        Ok(())
    }
}

fn apply(names: &mut BTreeMap<String, usize>, change: Naming) {
    match change {
        Naming::Link(name, file) => drop(names.insert(name, file)),
        Naming::Unlink(name) => drop(names.remove(&name)),
        Naming::Rename(from, to) => {
            if let Some(file) = names.remove(&from) {
                names.insert(to, file);
            }
        }
    }
}

/// Keeps a seeded choice of the sectors on their way; the order of writes to one sector is any.
fn lose(file: &mut Content, dice: &mut Dice) {
    let mut pending = std::mem::take(&mut file.pending);
    let keep_of_16 = dice.below(17);
    for last in (1..pending.len()).rev() {
        pending.swap(last, dice.below(last as u64 + 1) as usize);
    }
    for (at, bytes) in pending {
        let mut from = 0;
        while from < bytes.len() {
            let to = bytes.len().min(from + SECTOR - (at + from) % SECTOR);
            if dice.below(16) < keep_of_16 {
                put(&mut file.kept, at + from, &bytes[from..to]);
            }
            from = to;
        }
    }
    file.seen.clone_from(&file.kept);
}

fn put(bytes: &mut Vec<u8>, at: usize, new: &[u8]) {
    if bytes.len() < at + new.len() {
        bytes.resize(at + new.len(), 0);
    }
    bytes[at..at + new.len()].copy_from_slice(new);
}

/// Draws of one power loss.
#[derive(Debug)]
struct Dice {
    philox: Philox,
    address: Address,
}

impl Dice {
    fn new(seed: u64, crash: u64) -> Dice {
        Dice { philox: Philox::new(seed), address: Address::new(crash, 0, Purpose::Load).item(7) }
    }

    fn below(&mut self, n: u64) -> u64 {
        self.address.step += 1;
        (u64::from(self.philox.block(self.address)[0]) * n) >> 32
    }
}

fn missing() -> io::Error {
    io::Error::from(io::ErrorKind::NotFound)
}

impl Disk for SimDisk {
    type File = SimFile;
    type Lock = SimLock;
    const WRITES_AHEAD: bool = false;

    fn open(&self) -> io::Result<SimLock> {
        let mut state = self.state();
        if std::mem::replace(&mut state.owner, true) {
            return Err(io::Error::other("the journal is open in another process"));
        }
        Ok(SimLock(self.clone()))
    }

    fn list(&self) -> io::Result<Vec<String>> {
        Ok(self.state().names.keys().cloned().collect())
    }

    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        let state = self.state();
        let &file = state.names.get(name).ok_or_else(missing)?;
        Ok(state.files[file].seen.clone())
    }

    fn create(&self, name: &str) -> io::Result<SimFile> {
        let file = {
            let mut state = self.state();
            state.files.push(Content::default());
            state.files.len() - 1
        };
        self.naming(|_| Ok(Naming::Link(name.to_owned(), file)))?;
        Ok(SimFile { disk: self.clone(), file })
    }

    fn reopen(&self, name: &str) -> io::Result<SimFile> {
        let file = *self.state().names.get(name).ok_or_else(missing)?;
        Ok(SimFile { disk: self.clone(), file })
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.naming(|state| {
            state.names.get(from).ok_or_else(missing)?;
            Ok(Naming::Rename(from.to_owned(), to.to_owned()))
        })
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.naming(|state| {
            state.names.get(name).ok_or_else(missing)?;
            Ok(Naming::Unlink(name.to_owned()))
        })
    }

    fn sync_names(&self) -> io::Result<()> {
        let mut state = self.state();
        match SimDisk::step(&mut state)? {
            None | Some(DiskFault::ShortWrite | DiskFault::Full) => {}
            Some(_) => return Err(io::Error::other("the flush failed")),
        }
        state.naming.clear();
        state.kept_names = state.names.clone();
        Ok(())
    }

    fn path(&self, name: &str) -> String {
        name.to_owned()
    }
}

impl DiskFile for SimFile {
    fn write_at(&mut self, at: u64, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.disk.state();
        let fault = SimDisk::step(&mut state)?;
        let (length, error) = match fault {
            None | Some(DiskFault::FlushError) => (bytes.len(), None),
            Some(DiskFault::Full) => (bytes.len() / 2, Some(io::ErrorKind::StorageFull)),
            Some(_) => (bytes.len() / 2, Some(io::ErrorKind::WriteZero)),
        };
        let content = &mut state.files[self.file];
        put(&mut content.seen, at as usize, &bytes[..length]);
        content.pending.push((at as usize, bytes[..length].to_vec()));
        error.map_or(Ok(()), |kind| Err(io::Error::from(kind)))
    }

    fn sync(&mut self) -> io::Result<()> {
        let mut state = self.disk.state();
        let fault = SimDisk::step(&mut state)?;
        let content = &mut state.files[self.file];
        match fault {
            // The bytes may have reached the disk, or not; only a power loss will tell.
            Some(DiskFault::PowerLoss) => return Err(io::Error::other("the power went")),
            Some(DiskFault::FlushError) => {
                // As Linux does: the pages count as clean, can still be read, and are never written.
                content.pending.clear();
                return Err(io::Error::other("the flush failed"));
            }
            _ => {}
        }
        let Content { kept, pending, .. } = content;
        pending.drain(..).for_each(|(at, bytes)| put(kept, at, &bytes));
        Ok(())
    }
}
