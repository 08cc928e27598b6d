//! What the store in `PostgreSQL` promises, on a real server that these tests start. Without an installed
//! server they fail and say how to get one: they are never skipped.

use super::cluster::Cluster;
use super::*;
use crate::store::testkit::{batches, census, engine, workload};
use crate::store::{Memory, Store};

const GROUPS: u32 = 60;

fn cluster() -> Cluster {
    Cluster::start(&std::env::temp_dir()).unwrap_or_else(|error| panic!("{error}"))
}

fn open(cluster: &Cluster) -> Postgres<'static> {
    Postgres::open(engine(), &census(GROUPS), &cluster.url())
        .unwrap_or_else(|error| panic!("{error}"))
}

fn run<S: Store>(store: &mut S, batches: &[Batch]) -> Vec<Answered> {
    let mut answers = Vec::new();
    for batch in batches {
        assert_eq!(store.try_submit(batch).expect("alive"), Submission::Accepted);
        store.flush().expect("alive");
        store.drain(&mut answers);
    }
    answers
}

#[test]
fn the_database_decides_as_memory_does_and_remembers_it_over_restarts() {
    let mut cluster = cluster();
    let requests = workload(2_000, GROUPS, 6);
    let (before, after) = requests.split_at(1_200);
    let mut memory = Memory::open(engine(), &census(GROUPS));
    let mut store = open(&cluster);
    assert!(run(&mut store, &batches(before, 150)) == run(&mut memory, &batches(before, 150)));
    let image_of = |store: &mut Postgres<'_>| {
        let mut bytes = Vec::new();
        store.snapshot(&mut bytes).expect("readable");
        bytes
    };
    drop(store);
    cluster.kill().expect("killed");
    cluster.restart().expect("it recovers");
    // Two stores on one database see one another's rows and keys.
    let (mut one, mut other) = (open(&cluster), open(&cluster));
    for (at, batch) in batches(after, 100).iter().enumerate() {
        let store = if at % 2 == 0 { &mut one } else { &mut other };
        let batch = std::slice::from_ref(batch);
        assert!(run(store, batch) == run(&mut memory, batch), "batch {at}");
    }
    let again = batches(&requests[1_950..], 50);
    let replayed = run(&mut one, &again);
    let new = replayed.iter().filter(|row| matches!(row.answer, Answer::Decided(_))).count();
    assert_eq!(new, 0, "a retry runs again");
    let (mine, theirs) = (one.audit(), memory.audit());
    assert!(mine.sound(), "{:?}", mine.findings);
    assert_eq!((mine.totals, mine.postings), (theirs.totals, theirs.postings));
    let image = image_of(&mut one);
    one.restore(image.as_slice()).expect("its own image");
    assert!(image_of(&mut one) == image);
}

#[test]
fn other_people_are_refused() {
    let cluster = cluster();
    drop(open(&cluster));
    let other = Postgres::open(engine(), &census(GROUPS + 1), &cluster.url());
    assert!(matches!(other.map(|_| ()), Err(StoreError::Foreign { .. })));
}
