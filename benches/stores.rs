//! Hot paths of the stores, one by one: packing a request, a durable step of the journal by size of its group,
//! recovery of a log. Rates between stores are compared by `benches/targets.sh`, not here.

#[path = "support/mod.rs"]
mod support;

use aftercare::engine::Engine;
use aftercare::scenario;
use aftercare::store::{Answered, Journal, JournalOptions, Store};
use aftercare::wire::Batch;
use aftercare::wire::packed::put_request;
use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use support::{Source, census, root};

/// Small enough that a journal is opened in no time, large enough for several steps of each size.
const SEGMENT_BYTES: u64 = 64 << 20;
const RECOVERED: u32 = 20_000;

/// One durable step.
fn submit(store: &mut Journal<'_>, batch: &Batch, answers: &mut Vec<Answered>) {
    store.try_submit(batch).expect("the disk holds");
    store.flush().expect("the disk holds");
    answers.clear();
    store.drain(answers);
    black_box(answers);
}

fn packing(criterion: &mut Criterion) {
    let batch = Source::new().settlements(1_000);
    let mut group = criterion.benchmark_group("wire");
    group.throughput(Throughput::Elements(batch.len() as u64));
    group.bench_function("pack_a_request", |bencher| {
        let mut record = Vec::new();
        bencher.iter(|| {
            for request in batch.requests() {
                record.clear();
                put_request(&mut record, request, batch.lines_of(request));
                black_box(&record);
            }
        });
    });
    group.finish();
}

fn journal(criterion: &mut Criterion) {
    let rules = scenario::load_rules(&root().join("scenarios/rules/county_one_stop.toml"));
    let rules = rules.expect("the committed rules are valid");
    let city = scenario::load(&root().join("scenarios/smoke.toml")).expect("the scenario is sound");
    let scheme = city.policy.scheme.as_ref().expect("the scenario has a scheme");
    let engine = Engine { rules: &rules, policy: Some(&scheme.credit) };
    let census = census();
    let options = JournalOptions { segment_bytes: SEGMENT_BYTES, ..JournalOptions::default() };
    let mut group = criterion.benchmark_group("journal");
    for size in [1, 100, 1_000] {
        let folder = tempfile::tempdir().expect("a folder");
        let opened = Journal::open(engine, &census, folder.path(), options);
        let (mut store, _) = opened.expect("a new journal");
        let (mut source, mut answers) = (Source::new(), Vec::new());
        submit(&mut store, &source.open_lines(), &mut answers);
        group.throughput(Throughput::Elements(u64::from(size)));
        group.bench_function(BenchmarkId::new("durable_step", size), |bencher| {
            bencher.iter_batched(
                || source.settlements(size),
                |batch| submit(&mut store, &batch, &mut answers),
                BatchSize::PerIteration,
            );
        });
    }
    let folder = tempfile::tempdir().expect("a folder");
    let opened = Journal::open(engine, &census, folder.path(), options);
    let (mut store, _) = opened.expect("a new journal");
    let mut source = Source::new();
    let mut commands = 0;
    while commands < RECOVERED {
        let batch = source.settlements(1_000);
        commands += batch.len() as u32;
        submit(&mut store, &batch, &mut Vec::new());
    }
    drop(store);
    group.throughput(Throughput::Elements(u64::from(commands)));
    group.sample_size(10);
    group.bench_function("recovery_of_a_log", |bencher| {
        bencher.iter(|| {
            let opened = Journal::open(engine, &census, folder.path(), options);
            black_box(opened.expect("a sound journal").1)
        });
    });
    group.finish();
}

criterion_group!(benches, packing, journal);
criterion_main!(benches);
