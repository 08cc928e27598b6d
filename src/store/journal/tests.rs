//! What the journal promises: nothing answered is lost, damage is seen, a flush that failed is the end.

use super::block::{self, HEADER_BYTES, Link};
use super::*;
use crate::domain::{Fen, GroupId, VisitId};
use crate::engine::Funding;
use crate::store::answer::Answer;
use crate::store::disk::SECTOR;
use crate::store::testkit::{batches, census, claim, engine, request, single, workload};
use crate::store::{Memory, Store};
use crate::wire::{Request, RequestBody};
use std::path::PathBuf;
use tempfile::TempDir;

const GROUPS: u32 = 90;
const SMALL: JournalOptions = JournalOptions { segment_bytes: 16 << 10, bugs: Bugs::NONE };

fn open(folder: &Path) -> Result<(Journal<'static>, Recovery), StoreError> {
    Journal::open(engine(), &census(GROUPS), folder, SMALL)
}

fn reopen(folder: &Path) -> (Journal<'static>, Recovery) {
    open(folder).unwrap_or_else(|error| panic!("{error}"))
}

/// State after everything accepted, wherever in the log it is.
fn state(journal: &Journal<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    image::write(&journal.core, image::Place::default(), &mut bytes).expect("memory");
    bytes
}

fn submit_all(journal: &mut Journal<'_>, batches: &[Batch]) -> Vec<Answered> {
    let mut answers = Vec::new();
    for batch in batches {
        assert_eq!(journal.try_submit(batch).expect("alive"), Submission::Accepted);
        journal.drain(&mut answers);
    }
    journal.flush().expect("alive");
    journal.drain(&mut answers);
    answers
}

/// A folder with a journal of `blocks` batches; the state after each.
fn written(blocks: usize) -> (TempDir, Vec<Vec<u8>>) {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut journal, _) = reopen(folder.path());
    let mut states = vec![state(&journal)];
    for batch in &batches(&workload(blocks as u64 * 40, GROUPS, 5), 40) {
        submit_all(&mut journal, std::slice::from_ref(batch));
        states.push(state(&journal));
    }
    (folder, states)
}

fn last_segment(folder: &Path) -> PathBuf {
    let entries = std::fs::read_dir(folder).expect("the folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let logs = paths.filter(|path| path.to_string_lossy().contains("/log-"));
    logs.max().expect("a segment")
}

/// Where the blocks of a segment begin.
fn starts(bytes: &[u8]) -> Vec<usize> {
    let mut starts = vec![HEADER_BYTES];
    while let Some(found) = block::read(&bytes[starts[starts.len() - 1]..]) {
        starts.push(starts[starts.len() - 1] + found.bytes());
    }
    starts
}

#[test]
fn answers_equal_the_memory_stores_and_wait_for_their_flush() {
    let requests = workload(3_000, GROUPS, 6);
    let mut memory = Memory::open(engine(), &census(GROUPS));
    let folder = tempfile::tempdir().expect("a folder");
    let (mut journal, _) = reopen(folder.path());
    let (mut expected, mut answers) = (Vec::new(), Vec::new());
    for (index, batch) in batches(&requests, 300).iter().enumerate() {
        memory.try_submit(batch).expect("alive");
        journal.try_submit(batch).expect("alive");
        journal.drain(&mut answers);
        assert_eq!(answers.len(), expected.len(), "block {index} is answered before its flush");
        memory.drain(&mut expected);
    }
    journal.flush().expect("alive");
    journal.drain(&mut answers);
    assert!(answers == expected);
    assert_eq!(journal.audit(), memory.audit());
    assert!(journal.flushes() == 10 && journal.bytes_logged() > 0);
}

#[test]
fn recovery_replays_every_block_across_segments() {
    let (folder, states) = written(30);
    let segments = std::fs::read_dir(folder.path()).expect("the folder").count();
    assert!(segments > 4, "{segments} files: the segments are too large for this test");
    let (mut journal, recovery) = reopen(folder.path());
    assert!(state(&journal) == states[30]);
    assert_eq!((recovery.snapshot_at, recovery.blocks, recovery.torn_bytes), (None, 30, 0));
    assert!(recovery.commands > 1_000);
    // Keys survive: the same request again is answered again, not run again.
    let again = workload(1_200, GROUPS, 5)[1_199];
    let answers = submit_all(&mut journal, &batches(&[again], 1));
    assert!(!matches!(answers[0].answer, Answer::Decided(_)), "{:?}", answers[0]);
    assert!(journal.audit().sound());
}

#[test]
fn power_loss_at_any_byte_of_the_last_block_loses_at_most_that_block() {
    let (folder, states) = written(4);
    let path = last_segment(folder.path());
    let whole = std::fs::read(&path).expect("the segment");
    let starts = starts(&whole);
    let [.., from, end] = starts[..] else { panic!("two blocks") };
    let cuts = (from + 1..end).filter(|at| at % SECTOR == 0).chain([from]);
    for cut in cuts {
        // Bytes behind the cut never reached the disk: the preallocated zeros are still there.
        let mut torn = whole.clone();
        torn[cut..end].fill(0);
        std::fs::write(&path, &torn).expect("written");
        let (mut journal, recovery) = reopen(folder.path());
        assert!(state(&journal) == states[3], "cut at {cut}");
        assert_eq!(recovery.torn_bytes > 0, cut > from, "cut at {cut}");
        let asked = request(77_777, 80_000, 1, RequestBody::OpenLine);
        submit_all(&mut journal, &[single(asked)]);
        let after = state(&journal);
        drop(journal);
        let (journal, recovery) = reopen(folder.path());
        assert!(state(&journal) == after && recovery.torn_bytes == 0, "cut at {cut}");
    }
}

#[test]
fn damage_before_the_end_is_seen_and_stops_recovery() {
    let folder = tempfile::tempdir().expect("a folder");
    let large = JournalOptions { segment_bytes: 64 << 10, bugs: Bugs::NONE };
    let (mut journal, _) =
        Journal::open(engine(), &census(GROUPS), folder.path(), large).expect("a new journal");
    submit_all(&mut journal, &batches(&workload(240, GROUPS, 5), 40));
    drop(journal);
    let path = last_segment(folder.path());
    let whole = std::fs::read(&path).expect("the segment");
    let starts = starts(&whole);
    let (block, last) = (starts[starts.len() - 3], starts[starts.len() - 2]);
    let front = [0, 9, 20, HEADER_BYTES - 1];
    // The last block too, whose answers were given: it is whole but for a bit, so it is not torn.
    let blocks =
        [block, last].into_iter().flat_map(|at| [0, 5, 9, 20, 30, 60, 200].map(|b| at + b));
    for at in front.into_iter().chain(blocks) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x20;
        std::fs::write(&path, &damaged).expect("written");
        let error = open(folder.path()).map(|_| ()).expect_err("damage").to_string();
        assert!(error.contains("damaged") || error.contains("written for"), "byte {at}: {error}");
    }
    for length in [0, 100, HEADER_BYTES, block, last, last + 100, whole.len() - 1] {
        std::fs::write(&path, &whole[..length]).expect("written");
        let error = open(folder.path()).map(|_| ()).expect_err("cut").to_string();
        assert!(error.contains("damaged"), "cut at {length}: {error}");
    }
    std::fs::write(&path, &whole).expect("written");
    assert!(open(folder.path()).is_ok());
}

#[test]
fn a_missing_segment_is_seen() {
    let (folder, _) = written(30);
    let second = {
        let mut paths: Vec<PathBuf> = std::fs::read_dir(folder.path())
            .expect("the folder")
            .map(|entry| entry.expect("an entry").path())
            .filter(|path| path.to_string_lossy().contains("/log-"))
            .collect();
        paths.sort();
        paths.swap_remove(1)
    };
    std::fs::remove_file(second).expect("removed");
    let error = open(folder.path()).map(|_| ()).expect_err("a hole").to_string();
    assert!(error.contains("does not join"), "{error}");
}

#[test]
fn a_decision_that_replays_differently_stops_recovery_and_is_named() {
    let (folder, _) = written(3);
    let path = last_segment(folder.path());
    let mut bytes = std::fs::read(&path).expect("the segment");
    let starts = starts(&bytes);
    let at = starts[starts.len() - 2];
    let found = block::read(&bytes[at..]).expect("the last block");
    let (link, mut payload) = (found.link, found.payload.to_vec());
    // The digest behind the block's last record, resealed as if the journal had written it so.
    let last = payload.len() - 1;
    payload[last] ^= 1;
    let mut block = Vec::new();
    block::put(&mut block, link, &payload);
    bytes[at..at + block.len()].copy_from_slice(&block);
    std::fs::write(&path, &bytes).expect("written");
    let error = open(folder.path()).map(|_| ()).expect_err("a difference");
    assert!(matches!(error, StoreError::Diverged { sequence: 2, .. }), "{error}");
    assert!(error.to_string().contains("request 0"), "{error}");
}

#[test]
fn a_journal_of_other_people_is_foreign() {
    let (folder, _) = written(1);
    let other = Journal::open(engine(), &census(GROUPS + 1), folder.path(), SMALL);
    assert!(matches!(other.map(|_| ()), Err(StoreError::Foreign { .. })));
    let mut no_scheme = engine();
    no_scheme.policy = None;
    let other = Journal::open(no_scheme, &census(GROUPS), folder.path(), SMALL);
    assert!(matches!(other.map(|_| ()), Err(StoreError::Foreign { .. })));
}

#[test]
fn one_process_at_a_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = reopen(folder.path());
    let error = open(folder.path()).map(|_| ()).expect_err("locked").to_string();
    assert!(error.contains("open in another process"), "{error}");
    drop(first);
    assert!(open(folder.path()).is_ok());
}

#[test]
fn a_flush_that_fails_is_fatal_and_answers_nothing() {
    let (folder, states) = written(2);
    let (mut journal, _) = reopen(folder.path());
    let visit = VisitId::new(8, GroupId(3), 0);
    let funding = Funding::Own { deposit: Fen::ZERO };
    let body = RequestBody::Settle { claim: claim(visit, 0), funding };
    let asked = single(request(500_000, 84_000, 3, body));
    journal.try_submit(&asked).expect("alive");
    journal.log.fail_next_flush = true;
    assert!(matches!(journal.flush(), Err(StoreError::Io { what: "flushing the log", .. })));
    let mut answers = Vec::new();
    journal.drain(&mut answers);
    assert!(answers.is_empty(), "an answer whose flush failed was given");
    assert!(matches!(journal.try_submit(&asked), Err(StoreError::Stopped)));
    assert!(matches!(journal.flush(), Err(StoreError::Stopped)));
    assert!(matches!(journal.checkpoint(), Err(StoreError::Stopped)));
    drop(journal);
    // Whether the block reached the disk is unknown; here it did. Asking again is safe either way.
    let (mut journal, _) = reopen(folder.path());
    let again = submit_all(&mut journal, std::slice::from_ref(&asked));
    assert!(matches!(again[0].answer, Answer::Replayed(_) | Answer::Decided(_)));
    assert!(state(&journal) != states[2]);
    assert!(journal.audit().sound());
}

#[test]
fn a_flush_that_fails_while_the_next_batch_is_decided_is_fatal_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut journal, _) = reopen(folder.path());
    let all = batches(&workload(900, GROUPS, 8), 300);
    journal.try_submit(&all[0]).expect("alive");
    journal.log.fail_next_flush = true;
    assert!(journal.try_submit(&all[1]).is_err());
    let mut answers = Vec::new();
    journal.drain(&mut answers);
    assert!(answers.is_empty());
    assert!(matches!(journal.try_submit(&all[2]), Err(StoreError::Stopped)));
}

#[test]
fn a_checkpoint_shortens_recovery_and_deletes_what_it_replaces() {
    let (folder, states) = written(12);
    let (mut journal, _) = reopen(folder.path());
    journal.checkpoint().expect("alive");
    let more = batches(&workload(600, GROUPS, 5)[480..], 40);
    submit_all(&mut journal, &more);
    let after = state(&journal);
    drop(journal);
    let (mut journal, recovery) = reopen(folder.path());
    assert!(state(&journal) == after && after != states[12]);
    assert_eq!((recovery.snapshot_at, recovery.blocks), (Some(12), more.len() as u64));
    journal.checkpoint().expect("alive");
    journal.checkpoint().expect("a checkpoint of nothing new is allowed");
    drop(journal);
    let names = std::fs::read_dir(folder.path()).expect("the folder");
    let kept = names.filter(|entry| {
        let name = entry.as_ref().expect("an entry").file_name();
        name.to_string_lossy().ends_with(".bin")
    });
    assert_eq!(kept.count(), 2, "one snapshot and one segment");
    let (journal, recovery) = reopen(folder.path());
    assert!(state(&journal) == after && recovery.blocks == 0);
}

#[test]
fn an_unfinished_segment_or_snapshot_of_a_crash_is_replaced() {
    let (folder, states) = written(3);
    // A crash while a segment or a snapshot was made: neither has its name yet.
    std::fs::write(folder.path().join("spare-9.tmp"), vec![0; 1_000]).expect("written");
    std::fs::write(folder.path().join("snapshot-00000000000000000003.bin.tmp"), b"h").expect("w");
    let (mut journal, recovery) = reopen(folder.path());
    assert!(state(&journal) == states[3] && recovery.blocks == 3);
    submit_all(&mut journal, &batches(&workload(160, GROUPS, 5)[120..], 40));
    let after = state(&journal);
    drop(journal);
    assert!(state(&reopen(folder.path()).0) == after);
}

#[test]
fn an_image_moves_the_state_between_stores() {
    let requests = workload(1_000, GROUPS, 9);
    let (before, after) = requests.split_at(700);
    let mut memory = Memory::open(engine(), &census(GROUPS));
    let mut answers = Vec::new();
    for batch in &batches(before, 100) {
        memory.try_submit(batch).expect("alive");
        memory.drain(&mut answers);
    }
    let mut bytes = Vec::new();
    memory.snapshot(&mut bytes).expect("memory");
    let folder = tempfile::tempdir().expect("a folder");
    let (mut journal, _) = reopen(folder.path());
    journal.restore(bytes.as_slice()).expect("its own people");
    submit_all(&mut journal, &batches(after, 100));
    let expected = state(&journal);
    drop(journal);
    assert!(state(&reopen(folder.path()).0) == expected);
}

#[test]
fn blocks_longer_than_a_segment_get_one_of_their_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut journal, _) = reopen(folder.path());
    submit_all(&mut journal, &batches(&workload(2_000, GROUPS, 10), 500));
    let expected = state(&journal);
    drop(journal);
    let (journal, recovery) = reopen(folder.path());
    assert!(state(&journal) == expected);
    assert_eq!(recovery.blocks, 4);
}

/// The seal covers everything in front of it: no field of a block can be changed alone.
#[test]
fn every_bit_of_a_block_is_sealed() {
    let mut bytes = Vec::new();
    block::put(
        &mut bytes,
        Link { number: 7, chain: [9; 32] },
        b"forty-two bytes of commands and digests..",
    );
    assert!(block::read(&bytes).is_some());
    for bit in 0..bytes.len() * 8 {
        bytes[bit / 8] ^= 1 << (bit % 8);
        assert!(block::read(&bytes).is_none(), "bit {bit}");
        bytes[bit / 8] ^= 1 << (bit % 8);
    }
}

#[test]
fn a_busy_journal_takes_nothing_until_it_is_drained() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut journal, _) = reopen(folder.path());
    let mut batch = Batch::default();
    for serial in 0..MOST_UNDRAINED as u64 {
        let asked: Request = request(serial, 0, (serial % 90) as u32, RequestBody::Query);
        batch.push(asked, &[]);
    }
    assert_eq!(journal.try_submit(&batch).expect("alive"), Submission::Accepted);
    assert_eq!(journal.try_submit(&batch).expect("alive"), Submission::Busy);
    journal.flush().expect("alive");
    assert_eq!(journal.try_submit(&batch).expect("alive"), Submission::Busy);
    let mut answers = Vec::new();
    journal.drain(&mut answers);
    assert_eq!(answers.len(), MOST_UNDRAINED);
    assert_eq!(journal.try_submit(&batch).expect("alive"), Submission::Accepted);
}
