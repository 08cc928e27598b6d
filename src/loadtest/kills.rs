//! Kill -9 for real: a client with its journal runs in a child process and is killed at a write of the log,
//! in the middle of it, or at a random time, recovery included; after each kill an auditor, a process of
//! its own, reads the client's acknowledgement log and the journal. Must never trust a word of the victim
//! beside that log.

use super::auditor::{self, Findings};
use super::clock::Clock;
use super::mix::Mix;
use super::source::Synthetic;
use super::world::LoadWorld;
use crate::engine::Decision;
use crate::random::{Address, Philox, Purpose};
use crate::store::disk::{Disk, DiskFile, RealDisk};
use crate::store::journal::Recovery;
use crate::store::{Answered, Journal, JournalOptions, Store, StoreError};
use crate::wire::answer::{put_decision, take_decision};
use crate::wire::packed::{put_request, take_request};
use crate::wire::{Batch, Reader, Request, RequestId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Kills that one journal lives through before a new one is begun.
const KILLS_A_JOURNAL: u64 = 25;
/// Lives begun at most for each kill that is asked for.
const LIVES_A_KILL: u64 = 4;
/// Batches of one life that is not ended before.
const BATCHES: usize = 60;
/// One batch in so many is followed by a checkpoint.
const CHECKPOINT: u64 = 30;
/// Longest wait before a kill at a random time, ms.
const LONGEST_MS: u64 = 60;
/// The journal of a victim rolls often.
const SEGMENT_BYTES: u64 = 64 << 10;
/// What a victim says when the planned write is reached, and when it is open.
const HERE: &str = "here";
const READY: &str = "ready";

/// What all kills together showed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct KillReport {
    /// Processes killed at a planned write or flush, half of a write done.
    pub at_writes: u64,
    /// Processes killed at a random time.
    pub at_times: u64,
    /// Of both, those killed while they recovered.
    pub in_recovery: u64,
    /// Lives that ended by themselves before the planned write.
    pub unharmed: u64,
    /// Acknowledged operations, over all journals.
    pub acknowledged: u64,
    /// Acknowledged operations lost.
    pub lost: u64,
    /// Operations booked twice.
    pub doubled: u64,
    /// Fen off.
    pub imbalance_fen: i64,
    /// Longest recovery, ms.
    pub longest_recovery_ms: f64,
    /// The first findings, with the kill after which they were made.
    pub findings: Vec<String>,
}

/// What an auditor's process says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Audited {
    /// The findings.
    pub findings: Findings,
    /// How long recovery took, ms.
    pub recovery_ms: f64,
    /// Commands replayed.
    pub replayed: u64,
}

/// How a victim is started: the program with the arguments before `--journal`.
pub trait Starts {
    /// A command of this program with these arguments.
    fn command(&self, verb: &str, arguments: &[String]) -> Command;
}

/// Kills so many victims; `told` hears a line a journal.
pub fn run(
    starts: &impl Starts,
    folder: &Path,
    kills: u64,
    seed: u64,
    told: &mut dyn FnMut(&str),
) -> io::Result<KillReport> {
    let mut report = KillReport::default();
    // A life that ended by itself was no kill; that few of them do is the victim's own matter.
    for kill in 0..LIVES_A_KILL * kills {
        let place = folder.join(format!("journal-{}", kill / KILLS_A_JOURNAL));
        let acks = place.with_extension("acks");
        let [mode, after, ..] = Philox::new(seed).block(Address::new(kill, 0, Purpose::Load));
        let arguments = [
            "--journal".to_owned(),
            place.display().to_string(),
            "--acknowledged".to_owned(),
            acks.display().to_string(),
        ];
        let mut victim = arguments.to_vec();
        victim.extend(["--life".to_owned(), kill.to_string()]);
        if mode & 1 == 0 {
            let at = 1 + (u64::from(after) * 160 >> 32);
            victim.extend(["--stop-at-write".to_owned(), at.to_string()]);
            at_a_write(starts.command("victim", &victim), &mut report)?;
        } else {
            let wait = u64::from(after) * LONGEST_MS * 1_000 >> 32;
            at_a_time(starts.command("victim", &victim), wait, &mut report)?;
        }
        let output = starts.command("audit", &arguments).output()?;
        let acknowledged = judge(kill, &output, &mut report);
        let killed = report.at_writes + report.at_times;
        if (kill + 1) % KILLS_A_JOURNAL == 0 || killed == kills {
            report.acknowledged += acknowledged;
            told(&format!("{killed} kills, {} lost, {} doubled", report.lost, report.doubled));
            if report.findings.is_empty() {
                gone(std::fs::remove_dir_all(&place))?;
                gone(std::fs::remove_file(&acks))?;
            }
        }
        if killed == kills {
            break;
        }
    }
    Ok(report)
}

/// Whether it is gone now: a victim may have died before it wrote anything.
fn gone(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Enters what an auditor's process said; gives the acknowledged operations that it looked at.
pub(super) fn judge(kill: u64, output: &std::process::Output, report: &mut KillReport) -> u64 {
    let Ok(audited) = serde_json::from_slice::<Audited>(&output.stdout) else {
        let words = String::from_utf8_lossy(&output.stderr);
        report.findings.push(format!("after kill {kill}: the auditor could not read: {words}"));
        return 0;
    };
    let Findings { lost, doubled, imbalance_fen, acknowledged, .. } = audited.findings;
    report.lost += lost;
    report.doubled += doubled;
    report.imbalance_fen += imbalance_fen;
    report.longest_recovery_ms = report.longest_recovery_ms.max(audited.recovery_ms);
    let words = audited.findings.findings.into_iter();
    report.findings.extend(words.map(|finding| format!("after kill {kill}: {finding}")));
    acknowledged
}

/// Kills where the victim says that it stands in the middle of the planned write.
fn at_a_write(mut command: Command, report: &mut KillReport) -> io::Result<()> {
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let (mut ready, mut here) = (false, false);
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).lines() {
            let line = line?;
            ready |= line == READY;
            here |= line == HERE;
            if here {
                break;
            }
        }
    }
    if here {
        report.at_writes += 1;
        report.in_recovery += u64::from(!ready);
        return end(&mut child);
    }
    report.unharmed += 1;
    child.wait().map(|_| ())
}

/// Kills so many microseconds after the start.
fn at_a_time(mut command: Command, wait_us: u64, report: &mut KillReport) -> io::Result<()> {
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    std::thread::sleep(Duration::from_micros(wait_us));
    let ended = child.try_wait()?.is_some();
    end(&mut child)?;
    let mut said = String::new();
    if let Some(mut stdout) = child.stdout.take() {
        io::Read::read_to_string(&mut stdout, &mut said)?;
    }
    report.at_times += u64::from(!ended);
    report.unharmed += u64::from(ended);
    report.in_recovery += u64::from(!ended && !said.contains(READY));
    Ok(())
}

/// `SIGKILL`.
fn end(child: &mut Child) -> io::Result<()> {
    child.kill()?;
    child.wait().map(|_| ())
}

/// The acknowledgement log as read: what was sent, and what was answered.
#[derive(Clone, Debug, Default)]
pub struct Acknowledged {
    /// Every request sent, with its lines.
    pub sent: Batch,
    /// Answers received.
    pub told: Vec<(RequestId, Decision)>,
}

/// Reads an acknowledgement log; a line that a kill cut short is left out.
pub fn read_acknowledged(path: &Path) -> io::Result<Acknowledged> {
    let mut log = Acknowledged::default();
    let text = match std::fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        read => read?,
    };
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    let mut seen = BTreeSet::new();
    for line in whole.lines() {
        let (kind, hex) = line.split_at(line.len().min(2));
        let bytes = bytes_of(hex).ok_or_else(|| io::Error::other(format!("`{line}`")))?;
        let mut reader = Reader::new(&bytes);
        let fault = |error: crate::wire::WireError| io::Error::other(error.to_string());
        if kind == "S " {
            let mut one = Batch::default();
            take_request(&mut reader, &mut one).map_err(fault)?;
            if seen.insert(one.requests()[0].id) {
                log.sent.extend_from(&one, 0, 1);
            }
        } else {
            let id = RequestId(reader.u128().map_err(fault)?);
            log.told.push((id, take_decision(&mut reader).map_err(fault)?));
        }
    }
    Ok(log)
}

/// Opens an acknowledgement log to go on with; a line that a kill cut short is taken off, as reading leaves it out.
fn appending(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new().create(true).append(true).open(path)?;
    let whole = std::fs::read(path)?.iter().rposition(|&byte| byte == b'\n');
    file.set_len(whole.map_or(0, |end| end as u64 + 1))?;
    Ok(file)
}

fn bytes_of(hex: &str) -> Option<Vec<u8>> {
    let pair = |at: usize| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok();
    (0..hex.len()).step_by(2).map(pair).collect()
}

fn hex_line(kind: &str, bytes: &[u8], out: &mut String) {
    out.push_str(kind);
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(out, "{byte:02x}");
    }
    out.push('\n');
}

/// One life of a victim.
#[derive(Clone, Copy, Debug)]
pub struct Life<'p> {
    /// Folder of the journal.
    pub journal: &'p Path,
    /// The client's acknowledgement log.
    pub acknowledged: &'p Path,
    /// Number of the life: its requests are new.
    pub number: u64,
    /// Operation of the disk in whose middle the victim waits to be killed.
    pub stop_at_write: Option<u64>,
}

/// A client and its store until somebody kills them: asks again what was not answered in the last life,
/// then sends its own, logging each request before it is sent and each answer when it is given.
pub fn live(world: &LoadWorld<'_>, life: &Life<'_>) -> Result<(), StoreError> {
    let disk = StoppingDisk {
        inner: RealDisk::at(life.journal),
        operations: Arc::default(),
        stop_at: life.stop_at_write.unwrap_or(u64::MAX),
    };
    let options = JournalOptions { segment_bytes: SEGMENT_BYTES, ..JournalOptions::default() };
    let (mut journal, _) = Journal::open_on(&disk, world.engine(), &world.census, options)?;
    say(READY);
    live_on(world, &mut journal, life, &mut Journal::checkpoint)
}

/// The same on any open store; `now_and_then` is done to it after some of the batches.
pub fn live_on<S: Store>(
    world: &LoadWorld<'_>,
    store: &mut S,
    life: &Life<'_>,
    now_and_then: &mut dyn FnMut(&mut S) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let io = StoreError::io("the acknowledgement log");
    let log = read_acknowledged(life.acknowledged).map_err(&io)?;
    let mut file = appending(life.acknowledged).map_err(&io)?;
    let answered: BTreeSet<RequestId> = log.told.iter().map(|(id, _)| *id).collect();
    let mut again = Batch::default();
    for (at, request) in log.sent.requests().iter().enumerate() {
        if !answered.contains(&request.id) {
            again.extend_from(&log.sent, at, at + 1);
        }
    }
    ask(store, &again, &mut file)?;
    let mix =
        Mix { settle: 30, reserve: 15, draw: 25, reverse: 8, repay: 17, query: 5, pre_settle: 0 };
    let mut source = Synthetic::new(world, &mix, life.number).eager(world).reborn(life.number);
    for opening in source.lines_to_open() {
        ask(store, &opening, &mut file)?;
    }
    for number in 0..BATCHES as u64 {
        let [size, rest, ..] =
            Philox::new(life.number).block(Address::new(number, 1, Purpose::Load));
        let batch = source.some(1 + (size % 40) as usize);
        ask(store, &batch, &mut file)?;
        if u64::from(rest) % CHECKPOINT == 0 {
            now_and_then(store)?;
        }
    }
    Ok(())
}

fn ask<S: Store>(store: &mut S, batch: &Batch, log: &mut File) -> Result<(), StoreError> {
    let io = StoreError::io("the acknowledgement log");
    let (mut text, mut bytes) = (String::new(), Vec::new());
    for request in batch.requests() {
        bytes.clear();
        put_request(&mut bytes, request, batch.lines_of(request));
        hex_line("S ", &bytes, &mut text);
    }
    log.write_all(text.as_bytes()).map_err(&io)?;
    store.try_submit(batch)?;
    store.flush()?;
    let mut answers: Vec<Answered> = Vec::new();
    store.drain(&mut answers);
    text.clear();
    for Answered { id, answer } in &answers {
        let Some(decision) = answer.decision() else { continue };
        bytes.clear();
        bytes.extend_from_slice(&id.0.to_le_bytes());
        put_decision(&mut bytes, decision);
        hex_line("A ", &bytes, &mut text);
    }
    log.write_all(text.as_bytes()).map_err(&io)
}

fn say(word: &str) {
    let mut stdout = io::stdout().lock();
    // A reader that went away kills nobody.
    let _ = writeln!(stdout, "{word}");
    let _ = stdout.flush();
}

/// Audits a journal against an acknowledgement log, as a process of its own.
pub fn audit_journal(
    world: &LoadWorld<'_>,
    journal: &Path,
    acknowledged: &Path,
) -> Result<Audited, StoreError> {
    let log = read_acknowledged(acknowledged);
    let log = log.map_err(StoreError::io("the acknowledgement log"))?;
    let clock = Clock::start();
    let options = JournalOptions { segment_bytes: SEGMENT_BYTES, ..JournalOptions::default() };
    let opened = Journal::open(world.engine(), &world.census, journal, options)?;
    let (mut journal, Recovery { commands, .. }) = opened;
    let recovery_ms = clock.ns() as f64 / 1e6;
    let findings = findings(&log, &mut journal)?;
    Ok(Audited { findings, recovery_ms, replayed: commands })
}

/// Holds an acknowledgement log against any store.
pub fn findings<S: Store>(log: &Acknowledged, store: &mut S) -> Result<Findings, StoreError> {
    let outcomes = store.outcomes()?;
    let by_id: std::collections::BTreeMap<RequestId, Request> =
        log.sent.requests().iter().map(|request| (request.id, *request)).collect();
    let told: Vec<(Request, Decision)> =
        log.told.iter().filter_map(|(id, told)| Some((*by_id.get(id)?, *told))).collect();
    let report = store.audit();
    let mut findings = auditor::audit(log.sent.requests(), &told, &outcomes, &report);
    if told.len() < log.told.len() {
        findings.doubled += (log.told.len() - told.len()) as u64;
        findings.findings.push("answers to requests that were never sent".to_owned());
    }
    Ok(findings)
}

/// The real disk, standing still in the middle of one operation until the process is killed.
#[derive(Clone, Debug)]
struct StoppingDisk {
    inner: RealDisk,
    operations: Arc<AtomicU64>,
    stop_at: u64,
}

#[derive(Debug)]
struct StoppingFile {
    inner: File,
    disk: StoppingDisk,
}

impl StoppingDisk {
    /// Whether this is the operation to stop in.
    fn is_here(&self) -> bool {
        self.operations.fetch_add(1, Ordering::Relaxed) + 1 == self.stop_at
    }

    fn stop_here(&self) {
        if self.is_here() {
            wait_for_the_end();
        }
    }
}

fn wait_for_the_end() -> ! {
    say(HERE);
    loop {
        std::thread::park();
    }
}

impl Disk for StoppingDisk {
    type File = StoppingFile;
    type Lock = File;
    const WRITES_AHEAD: bool = true;

    fn open(&self) -> io::Result<File> {
        self.inner.open()
    }

    fn list(&self) -> io::Result<Vec<String>> {
        self.inner.list()
    }

    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        self.inner.read(name)
    }

    fn create(&self, name: &str) -> io::Result<StoppingFile> {
        self.stop_here();
        Ok(StoppingFile { inner: self.inner.create(name)?, disk: self.clone() })
    }

    fn reopen(&self, name: &str) -> io::Result<StoppingFile> {
        Ok(StoppingFile { inner: self.inner.reopen(name)?, disk: self.clone() })
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.stop_here();
        self.inner.rename(from, to)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.stop_here();
        self.inner.remove(name)
    }

    fn sync_names(&self) -> io::Result<()> {
        self.stop_here();
        self.inner.sync_names()
    }

    fn path(&self, name: &str) -> String {
        self.inner.path(name)
    }
}

impl DiskFile for StoppingFile {
    fn write_at(&mut self, at: u64, bytes: &[u8]) -> io::Result<()> {
        if self.disk.is_here() {
            self.inner.write_at(at, &bytes[..bytes.len() / 2])?;
            wait_for_the_end();
        }
        self.inner.write_at(at, bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.disk.stop_here();
        self.inner.sync()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_a_kill_cut_short_is_not_glued_to_the_next() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("acknowledged.log");
        for (before, after) in
            [("", ""), ("A 0a\n", "A 0a\n"), ("A 0a\nS 1e00", "A 0a\n"), ("S 1", "")]
        {
            std::fs::write(&path, before).expect("written");
            appending(&path).expect("open").write_all(b"S 2f\n").expect("appended");
            let text = std::fs::read_to_string(&path).expect("read");
            assert_eq!(text, format!("{after}S 2f\n"), "after `{before}`");
        }
    }
}
