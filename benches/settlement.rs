//! Speed of the settlement core: the memory store with the full engine (benefits of every payer, accumulators,
//! credit, postings, idempotency) on one million people in random order. One element is one settlement; commands
//! and postings a settlement, and the ratio to a core written by hand, are printed from the same sitting.

#[path = "support/bound.rs"]
mod bound;
#[path = "support/mod.rs"]
mod support;

use aftercare::engine::Engine;
use aftercare::random::{Address, Philox, Purpose};
use aftercare::scenario;
use aftercare::store::{Answered, Memory, Store};
use aftercare::wire::Batch;
use bound::{Bill, ByHand};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use rayon::ThreadPool;
use std::cell::RefCell;
use std::hint::black_box;
use std::io::Write;
use std::time::{Duration, Instant};
use support::{GROUPS, Source, census, root};

/// Settlements of a batch.
const SETTLEMENTS: u32 = 8_192;
/// Rounds of the comparison; each lasts some seconds for each core, one after the other.
const ROUNDS: usize = 3;
const ROUND: Duration = Duration::from_secs(1);

fn say(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}

fn submit(store: &mut Memory<'_>, batch: &Batch, answers: &mut Vec<Answered>) {
    answers.clear();
    store.try_submit(batch).expect("memory does not fail");
    store.drain(answers);
    black_box(answers);
}

fn pool(threads: usize) -> ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool of threads")
}

#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
fn now() -> Instant {
    Instant::now()
}

/// Settlements a second of one round; making the batches is not counted.
fn round(mut one_batch: impl FnMut() -> Duration) -> f64 {
    let (mut spent, mut settled) = (Duration::ZERO, 0_u64);
    while spent < ROUND {
        spent += one_batch();
        settled += u64::from(SETTLEMENTS);
    }
    settled as f64 / spent.as_secs_f64()
}

fn bills(philox: Philox, batch: u64) -> Vec<Bill> {
    let bill = |number| {
        let address = Address::new(batch << 32 | u64::from(number), 1, Purpose::Load);
        let [who, amount, ..] = philox.block(address);
        let person = (u64::from(who) * u64::from(4 * GROUPS)) >> 32;
        Bill { person: person as u32, fen: 1_000 + amount % 60_000 }
    };
    (0..SETTLEMENTS).map(bill).collect()
}

/// The product on one and two threads and the core by hand on one, in turn; the best of each.
fn compare(store: &mut Memory<'_>, source: &mut Source) {
    let (one, two) = (pool(1), pool(2));
    let mut hand = ByHand::new(4 * GROUPS as usize, 1 << 22);
    let philox = Philox::new(2);
    let (mut best, mut answers, mut batches) = ([0.0_f64; 3], Vec::new(), 0);
    for _ in 0..ROUNDS {
        for (at, pool) in [&one, &two].into_iter().enumerate() {
            let rate = round(|| {
                let batch = source.settlements(SETTLEMENTS);
                let from = now();
                pool.install(|| submit(store, &batch, &mut answers));
                from.elapsed()
            });
            best[at] = best[at].max(rate);
        }
        let rate = round(|| {
            batches += 1;
            let batch = bills(philox, batches);
            let from = now();
            black_box(hand.settle(&batch));
            from.elapsed()
        });
        best[2] = best[2].max(rate);
    }
    let [alone, both, hand] = best.map(|rate| rate / 1e6);
    say(&format!(
        "million settlements a second, best of {ROUNDS}: one thread {alone:.2}, two threads {both:.2} \
         ({:.2} x), core by hand on one thread {hand:.2}; the product reaches {:.3} of it\n",
        both / alone,
        alone / hand
    ));
}

fn settle_a_million_people(criterion: &mut Criterion) {
    let rules = scenario::load_rules(&root().join("scenarios/rules/county_one_stop.toml"));
    let rules = rules.expect("the committed rules are valid");
    let city = scenario::load(&root().join("scenarios/smoke.toml")).expect("the scenario is sound");
    let scheme = city.policy.scheme.as_ref().expect("the scenario has a scheme");
    let engine = Engine { rules: &rules, policy: Some(&scheme.credit) };
    let store = RefCell::new(Memory::open(engine, &census()));
    let source = RefCell::new(Source::new());
    let answers = RefCell::new(Vec::new());
    submit(&mut store.borrow_mut(), &source.borrow_mut().open_lines(), &mut answers.borrow_mut());
    let before = store.borrow().audit();
    let mut group = criterion.benchmark_group("settlement");
    group.throughput(Throughput::Elements(u64::from(SETTLEMENTS)));
    group.bench_function("memory_1m_people_random_order", |bencher| {
        bencher.iter_batched(
            || source.borrow_mut().settlements(SETTLEMENTS),
            |batch| submit(&mut store.borrow_mut(), &batch, &mut answers.borrow_mut()),
            BatchSize::PerIteration,
        );
    });
    group.finish();
    compare(&mut store.borrow_mut(), &mut source.borrow_mut());
    let after = store.borrow().audit();
    assert!(after.sound(), "{:?}", after.findings);
    let settled = u64::from(source.borrow().batch) * u64::from(SETTLEMENTS);
    let commands = (after.commands - before.commands) as f64 / settled as f64;
    let postings = (after.postings - before.postings) as f64 / settled as f64;
    say(&format!("{commands:.2} commands and {postings:.2} postings a settlement\n"));
}

criterion_group!(benches, settle_a_million_people);
criterion_main!(benches);
