//! What every store promises, on the memory store: one answer a key, the same answers for any batch
//! size and number of threads, images that bring all of it back.

use super::answer::{Answer, Answered, StoreRefusal};
use super::book::refused_here;
use super::claims::CLAIMS_KEPT;
use super::testkit::{
    FIRST_DAY, batches, census, claim, engine, lines, minute, request, single, workload,
};
use super::{Memory, SHARDS, Store, Submission};
use crate::credit::DrawRow;
use crate::domain::{Day, Fen, GroupId, Refusal, VisitId};
use crate::engine::{Body, Command, Decision, Funding, GroupRows};
use crate::ledger::{Audit, PlantedFault, Role};
use crate::wire::{Batch, Request, RequestBody, RequestId};
use std::collections::BTreeMap;

fn memory(groups: u32) -> Memory<'static> {
    Memory::open(engine(), &census(groups))
}

fn ask<S: Store>(store: &mut S, request: Request) -> Answer {
    let mut answers = Vec::new();
    assert_eq!(store.try_submit(&single(request)).expect("alive"), Submission::Accepted);
    store.flush().expect("alive");
    store.drain(&mut answers);
    assert_eq!((answers.len(), answers[0].id), (1, request.id));
    answers[0].answer
}

fn run(store: &mut Memory<'_>, batches: &[Batch]) -> BTreeMap<RequestId, Answer> {
    let mut answers = Vec::new();
    for batch in batches {
        assert_eq!(store.try_submit(batch).expect("alive"), Submission::Accepted);
        store.drain(&mut answers);
    }
    answers.into_iter().map(|Answered { id, answer }| (id, answer)).collect()
}

fn image(store: &mut Memory<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    store.snapshot(&mut bytes).expect("memory takes everything");
    bytes
}

fn settle(visit: VisitId) -> RequestBody {
    RequestBody::Settle { claim: claim(visit, 0), funding: Funding::Own { deposit: Fen::ZERO } }
}

#[test]
fn a_repeated_key_is_answered_again_and_never_run_again() {
    let mut store = memory(3);
    let visit = VisitId::new(0, GroupId(2), 0);
    let first = request(1, 0, 2, settle(visit));
    let Answer::Decided(decision) = ask(&mut store, first) else { panic!("decided") };
    assert!(decision.total > Fen::ZERO);
    let income = store.audit().total(Role::HospitalIncome);
    assert_eq!(income, -decision.total);
    let later = Request { at: minute(30), ..first };
    assert_eq!(ask(&mut store, later), Answer::Replayed(decision), "a retry has a later clock");
    let other_body = Request { member: 0, ..first };
    assert_eq!(ask(&mut store, other_body), Answer::Refused(StoreRefusal::KeyReused));
    assert_eq!(store.audit().total(Role::HospitalIncome), income);
}

#[test]
fn refused_commands_are_remembered_too() {
    let mut store = memory(3);
    let body = RequestBody::Release { visit: VisitId::new(0, GroupId(0), 0) };
    let nothing_open = request(1, 0, 0, body);
    let Answer::Decided(decision) = ask(&mut store, nothing_open) else { panic!("decided") };
    assert_eq!(decision.refusal, Some(Refusal::NothingOpen));
    assert_eq!(ask(&mut store, nothing_open), Answer::Replayed(decision));
}

#[test]
fn requests_that_never_reach_the_engine_are_refused_in_the_stated_order() {
    let days = |days: i64| days * 24 * 60;
    let visit = VisitId::new(0, GroupId(1), 0);
    let key_of = |day: Day| RequestId::new(day.start(), 9);
    let fresh = request(9, 0, 1, settle(visit));
    let dear =
        RequestBody::Deposit { hospital: claim(visit, 0).hospital, amount: Fen(400_000_001) };
    let old_key = key_of(FIRST_DAY + -2);
    let table = [
        (Request { group: GroupId(77), id: old_key, ..fresh }, StoreRefusal::UnknownGroup),
        (Request { at: minute(days(-1)), id: old_key, ..fresh }, StoreRefusal::BeforeOpening),
        (Request { at: minute(days(401)), ..fresh }, StoreRefusal::ClockAhead),
        (Request { id: old_key, ..fresh }, StoreRefusal::KeyTooOld),
        (Request { id: key_of(FIRST_DAY + 2), ..fresh }, StoreRefusal::KeyFromFuture),
        (Request { body: dear, ..fresh }, StoreRefusal::AmountOutOfRange),
    ];
    let mut store = memory(3);
    for (request, expected) in table {
        assert_eq!(ask(&mut store, request), Answer::Refused(expected));
    }
    assert_eq!(store.audit().commands, 0);
}

#[test]
fn keys_two_days_old_are_refused_although_the_table_forgot_them() {
    let mut store = memory(3);
    let key = request(1, 0, 1, settle(VisitId::new(0, GroupId(1), 0)));
    assert!(matches!(ask(&mut store, key), Answer::Decided(_)));
    // A command of the same shard two days later moves its clock.
    ask(&mut store, request(2, 2 * 24 * 60, 1, RequestBody::OpenLine));
    assert_eq!(ask(&mut store, key), Answer::Refused(StoreRefusal::KeyTooOld));
    let retried = Request { at: minute(2 * 24 * 60), ..key };
    assert_eq!(ask(&mut store, retried), Answer::Refused(StoreRefusal::KeyTooOld));
}

#[test]
fn answers_and_images_do_not_depend_on_batch_size_or_threads() {
    let requests = workload(6_000, 200, 1);
    let mut oracle = memory(200);
    let answers = run(&mut oracle, &batches(&requests, 1));
    let expected = image(&mut oracle);
    for (threads, size) in [(1, 6_000), (2, 700), (4, 3_000)] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| {
            let mut store = memory(200);
            assert!(run(&mut store, &batches(&requests, size)) == answers, "{threads} threads");
            assert!(image(&mut store) == expected, "{threads} threads, batches of {size}");
        });
    }
}

/// The engine alone on each group's rows, without shards, keys or batches, and with a midnight for
/// each draw on every day that passes, whether anything is due or not.
#[test]
fn decisions_equal_the_engine_asked_directly() {
    let requests = workload(4_000, 80, 2);
    let mut store = memory(80);
    let answers = run(&mut store, &batches(&requests, 512));
    let (engine, census) = (engine(), census(80));
    let mut audit = Audit::new();
    let (mut words, mut reversals) = (BTreeMap::new(), 0);
    for group in 0..80_u32 {
        let mut rows = GroupRows::default();
        rows.clear(group * 4, 4);
        rows.last = FIRST_DAY.start();
        for member in 0..4 {
            rows.set_facts(member, census.facts[member]);
            rows.people[member] = census.rows[group as usize * 4 + member];
        }
        for request in requests.iter().filter(|request| request.group.0 == group) {
            let mut batch = Batch::default();
            batch.push(*request, &lines(1_000 + request.id.serial() as u32 % 90_000));
            let Some(command) = batch.command(&batch.requests()[0]) else { continue };
            for day in rows.last.day().0..request.at.day().0 {
                let bills: Vec<u64> = rows.credit.draws.iter().map(DrawRow::visit).collect();
                for bill in bills.into_iter().map(VisitId::from_raw) {
                    let body = Body::Tick { bill };
                    let tick = Command { at: Day(day).start(), body, ..command };
                    engine.apply(&mut rows, &tick, &mut audit);
                }
            }
            let decision = match refused_here(&rows, &command) {
                Some(word) => Decision::refused(word),
                None => engine.apply(&mut rows, &command, &mut audit),
            };
            let surplus = rows.claims.len().saturating_sub(CLAIMS_KEPT);
            rows.claims.drain(..surplus);
            reversals += usize::from(!decision.handed_back.is_zero());
            assert_eq!(answers[&request.id], Answer::Decided(decision), "{request:?}");
            *words.entry(decision.refusal).or_insert(0) += 1;
        }
    }
    let report = store.audit();
    assert_eq!(report.totals, audit.totals().map(Fen));
    assert!(report.sound(), "{report:?}");
    assert!(words.len() > 4, "the workload is too tame: {words:?}");
    assert!(report.open_draws > 20 && reversals > 20, "{reversals} reversals, {report:?}");
}

#[test]
fn an_image_brings_everything_back() {
    let requests = workload(3_000, 120, 3);
    let (before, after) = requests.split_at(2_000);
    let mut original = memory(120);
    run(&mut original, &batches(before, 256));
    let bytes = image(&mut original);
    let mut copy = memory(120);
    copy.restore(bytes.as_slice()).expect("its own image");
    assert!(image(&mut copy) == bytes);
    assert_eq!(copy.audit(), original.audit());
    let more = batches(after, 256);
    assert!(run(&mut copy, &more) == run(&mut original, &more));
    assert!(image(&mut copy) == image(&mut original));
    assert!(copy.audit().sound());
}

#[test]
fn damaged_and_foreign_images_are_refused_and_stop_the_store() {
    let mut store = memory(120);
    let bytes = image(&mut store);
    let mut other = memory(119);
    let error = other.restore(bytes.as_slice()).expect_err("other people").to_string();
    assert!(error.contains("other people"), "{error}");
    for at in [0, 5, 40, bytes.len() / 2, bytes.len() - 1] {
        let mut damaged = bytes.clone();
        damaged[at] ^= 4;
        assert!(store.restore(damaged.as_slice()).is_err(), "byte {at}");
        let asked = single(request(1, 0, 1, RequestBody::OpenLine));
        assert!(store.try_submit(&asked).is_err(), "a store of unknown state answers nothing");
    }
    store.restore(bytes.as_slice()).expect("the whole image");
    assert!(matches!(ask(&mut store, request(1, 0, 1, RequestBody::OpenLine)), Answer::Decided(_)));
}

#[test]
fn a_lost_fen_is_found_and_named() {
    let mut store = memory(SHARDS as u32);
    store.plant(PlantedFault::DropOneFen { at_posting: 5 });
    run(&mut store, &batches(&workload(4_000, SHARDS as u32, 4), 500));
    let report = store.audit();
    assert!(!report.sound());
    assert!(report.ledger_imbalance_fen > 0);
    assert!(report.findings[0].contains("legs sum to"), "{:?}", report.findings);
}
