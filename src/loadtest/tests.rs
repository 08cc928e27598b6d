//! The load test tested: stalls are paid by everybody who was due, lost answers and lost fen are seen, a
//! slow generator is not blamed on the store.

use super::feed::{Chunk, Source};
use super::*;
use crate::engine::Decision;
use crate::ledger::PlantedFault;
use crate::scenario::{self, Scenario};
use crate::store::testkit::{batches, workload};
use crate::store::{Answer, Answered, AuditReport, Census, Submission, testkit};
use crate::wire::{Batch, RequestId};
use std::io::{Read, Write};
use std::sync::LazyLock;

static SCENARIO: LazyLock<Scenario> = LazyLock::new(|| {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/smoke.toml");
    scenario::load(&path).expect("the shipped scenario is sound")
});

pub(super) fn world() -> LoadWorld<'static> {
    LoadWorld::new(&SCENARIO, Some(6_000), 1)
}

/// A dozen kin groups, so that requests meet.
pub(super) fn village() -> LoadWorld<'static> {
    LoadWorld::new(&SCENARIO, Some(200), 1).first_groups(12)
}

fn plan(rate: f64, ms: u64) -> LoadPlan {
    LoadPlan {
        rate,
        duration: Duration::from_millis(ms),
        warmup: Duration::from_millis(ms / 10),
        windows: 0,
        most_a_batch: 256,
        objective: None,
        search: false,
        seed: 3,
        folder: PathBuf::new(),
        segment_bytes: 1 << 20,
        database: None,
        label: "city".to_owned(),
        arrivals: Arrivals::Poisson,
        skew: Skew::None,
        closed: None,
        repeats: 0,
        overload: None,
        usual_flushes: None,
        #[cfg(feature = "server")]
        http: None,
    }
}

fn report<S: Store>(store: &mut S, plan: &LoadPlan) -> LoadReport {
    report_by(&Clock::start(), store, plan)
}

fn report_by<S: Store>(clock: &Clock, store: &mut S, plan: &LoadPlan) -> LoadReport {
    let world = world();
    let workload = Workload::Mix(Mix::default());
    let told: &mut dyn FnMut(&str) = &mut |_| {};
    let kind = StoreKind::Memory;
    measured_report(kind, &world, store, &workload, plan, (clock, told)).expect("alive")
}

fn memory(census: &Census) -> Memory<'static> {
    Memory::open(testkit::engine(), census)
}

/// A memory store with a fault in how it answers, or so slow that each request takes its time of a clock.
struct Faulty {
    inner: Memory<'static>,
    calls: u32,
    fault: fn(u32, &mut Vec<Answered>),
    slow: Option<(Clock, u64)>,
}

impl Store for Faulty {
    fn try_submit(&mut self, batch: &Batch) -> Result<Submission, StoreError> {
        if let Some((clock, service_ns)) = self.slow {
            clock.advance(batch.len() as u64 * service_ns);
        }
        self.inner.try_submit(batch)
    }
    fn flush(&mut self) -> Result<(), StoreError> {
        Ok(())
    }
    fn drain(&mut self, answers: &mut Vec<Answered>) {
        self.inner.drain(answers);
        self.calls += 1;
        (self.fault)(self.calls, answers);
    }
    fn snapshot<W: Write>(&mut self, out: W) -> Result<(), StoreError> {
        self.inner.snapshot(out)
    }
    fn restore<R: Read>(&mut self, image: R) -> Result<(), StoreError> {
        self.inner.restore(image)
    }
    fn audit(&self) -> AuditReport {
        self.inner.audit()
    }
    fn outcomes(&mut self) -> Result<Vec<(RequestId, Decision)>, StoreError> {
        self.inner.outcomes()
    }
}

fn faulty(fault: fn(u32, &mut Vec<Answered>)) -> Faulty {
    Faulty { inner: memory(&world().census), calls: 0, fault, slow: None }
}

fn reasons(report: &LoadReport) -> String {
    report.reasons.join("; ")
}

#[test]
fn every_request_is_answered_once_and_both_books_agree() {
    let report = report(&mut memory(&world().census), &plan(8_000.0, 500));
    assert_eq!((report.client.sent, report.client.unexpected), (report.client.answered, 0));
    assert!(report.client.against(&report.books).is_empty(), "{}", reasons(&report));
    assert!(report.books.sound());
    let kinds = &report.client.by_command;
    for kind in ["open_line", "settle", "reserve", "reverse", "repay", "query"] {
        assert!(kinds.get(kind).is_some_and(|&count| count > 10), "{kind}: {kinds:?}");
    }
    let told = &report.client;
    assert!(report.books.open_draws > 50, "{} draws: {told:?}", report.books.open_draws);
    // 4,000 requests are expected in all; five standard deviations of the Poisson count.
    let run = report.client.sent - kinds["open_line"];
    assert!((3_680..=4_320).contains(&run), "{run} requests");
    assert!(report.latency.p50_us >= report.lag.p50_us);
}

#[test]
fn a_stall_is_paid_by_everybody_who_was_due_meanwhile() {
    // Call 60 is soon after the start: one stall of 200 ms in half a second.
    let mut store = faulty(|call, _| {
        if call == 60 {
            std::thread::sleep(Duration::from_millis(200));
        }
    });
    let whole = LoadPlan { warmup: Duration::ZERO, ..plan(4_000.0, 500) };
    let report = report(&mut store, &whole);
    assert!(report.latency.max_us >= 190_000.0, "{:?}", report.latency);
    // A closed loop would show one slow request in two thousand; here a fifth or more was due in the
    // stall's first half and waited for its second.
    assert!(report.latency.p90_us >= 90_000.0, "{:?}", report.latency);
    assert!(report.lag.max_us >= 150_000.0, "{:?}", report.lag);
}

#[test]
fn a_lost_answer_and_a_doubled_answer_make_the_test_invalid() {
    let losing: fn(u32, &mut Vec<Answered>) = |_, answers| {
        answers.retain(|answered| answered.id.serial() % 1_000 != 999);
    };
    let doubling: fn(u32, &mut Vec<Answered>) = |_, answers| {
        let again = |answered: &&Answered| answered.id.serial() % 1_000 == 999;
        let doubled: Vec<Answered> = answers.iter().filter(again).copied().collect();
        answers.extend(doubled);
    };
    for (fault, lost) in [(losing, true), (doubling, false)] {
        let report = report(&mut faulty(fault), &plan(8_000.0, 500));
        let told = &report.client;
        assert_eq!((told.sent > told.answered, told.unexpected > 0), (lost, !lost), "{told:?}");
        assert!(reasons(&report).contains("answers to nobody"), "{}", reasons(&report));
        assert_eq!(report.exit_code(), 4);
    }
}

#[test]
fn a_fen_lost_under_load_is_found_and_makes_the_test_invalid() {
    let mut store = memory(&world().census);
    store.plant(PlantedFault::DropOneFen { at_posting: 30 });
    let report = report(&mut store, &plan(8_000.0, 500));
    assert!(report.audit.imbalance_fen > 0);
    assert!(reasons(&report).contains("legs sum to"), "{}", reasons(&report));
    assert_eq!(report.exit_code(), 4);
}

#[test]
fn an_answer_that_says_another_amount_than_the_books_is_seen() {
    let mut store = faulty(|_, answers| {
        for answered in answers.iter_mut().filter(|answered| answered.id.serial() % 500 == 0) {
            if let Answer::Decided(decision) = &mut answered.answer {
                decision.total.0 += 1;
            }
        }
    });
    let report = report(&mut store, &plan(8_000.0, 500));
    assert!(reasons(&report).contains("clients were told bills"), "{}", reasons(&report));
}

/// A source that takes longer to make a request than the schedule allows.
struct Slow(Synthetic);

impl Source for Slow {
    fn fill(&mut self, count: usize, chunk: &mut Chunk) {
        self.0.fill(count.min(8), chunk);
        std::thread::sleep(Duration::from_millis(20));
    }
    fn pass_over(&mut self, before_ns: u64) -> u64 {
        self.0.pass_over(before_ns)
    }
}

#[test]
fn a_generator_that_cannot_keep_up_makes_the_test_invalid() {
    let (world, plan) = (world(), plan(2_000.0, 300));
    let clock = Clock::start();
    let mut store = memory(&world.census);
    let mut driver = Driver::new(&clock, &plan);
    let mut source = Synthetic::new(&world, &Mix::default(), 1);
    source.begin(plan.rate, plan.duration);
    driver.run(&mut store, Feed::start(Slow(source), 256), plan.rate).expect("alive");
    let audit = store.audit();
    let report = LoadReport::new(StoreKind::Memory, &world, &plan, driver.into_measured(), &audit);
    assert!(report.generator_late_share > 0.5, "{}", report.generator_late_share);
    assert!(reasons(&report).contains("the generator was the bottleneck"));
    assert_eq!(report.exit_code(), 4);
}

#[test]
fn the_same_seed_makes_the_same_load_however_it_is_cut() {
    let world = world();
    let make = |seed: u64, size: usize| {
        let mut source = Synthetic::new(&world, &Mix::default(), seed);
        source.begin(50_000.0, Duration::from_millis(200));
        let mut all = Chunk::default();
        loop {
            let before = all.due_ns.len();
            source.fill(size, &mut all);
            if all.due_ns.len() == before {
                return all;
            }
        }
    };
    let (one, other) = (make(5, 1_024), make(5, 37));
    assert!(one.batch == other.batch && one.due_ns == other.due_ns);
    assert!(make(6, 1_024).batch != one.batch);
    assert!(one.due_ns.is_sorted());
    // 10,000 expected; five standard deviations.
    assert!((9_500..=10_500).contains(&one.due_ns.len()), "{}", one.due_ns.len());
}

#[test]
fn what_is_passed_over_is_a_poisson_number_and_is_not_made() {
    let world = world();
    let mut source = Synthetic::new(&world, &Mix::default(), 5);
    source.begin(10_000.0, Duration::from_secs(3));
    // 2,000 stretches of 0.9 ms, each after a request that is made: nine a stretch.
    let (mut sum, mut squares, mut chunk) = (0.0, 0.0, Chunk::default());
    for stretch in 1..=2_000_u64 {
        let from = chunk.due_ns.last().copied().unwrap_or_default();
        let count = source.pass_over(from + 900_000) as f64;
        (sum, squares) = (sum + count, squares + count * count);
        source.fill(1, &mut chunk);
        assert_eq!(chunk.due_ns.len() as u64, stretch);
        assert!(chunk.due_ns[stretch as usize - 1] >= from + 900_000);
    }
    // The mean has a standard error of 0.067, the variance one of 0.29: five of each.
    let mean = sum / 2_000.0;
    let variance = squares / 2_000.0 - mean * mean;
    assert!((8.66..9.34).contains(&mean), "{mean}");
    assert!((7.5..10.5).contains(&variance), "{variance}");
    // Nothing is due behind the end of the run, and nothing is counted twice.
    source.pass_over(u64::MAX);
    assert_eq!(source.pass_over(u64::MAX), 0);
    source.fill(1, &mut chunk);
    assert_eq!(chunk.due_ns.len(), 2_000);
}

/// Counts what it makes.
struct Counted(Synthetic, u64);

impl Source for Counted {
    fn fill(&mut self, count: usize, chunk: &mut Chunk) {
        let before = chunk.due_ns.len();
        self.0.fill(count, chunk);
        self.1 += (chunk.due_ns.len() - before) as u64;
    }
    fn pass_over(&mut self, before_ns: u64) -> u64 {
        self.0.pass_over(before_ns)
    }
}

#[test]
fn of_a_refused_request_nothing_is_made_but_a_part_of_the_room() {
    // A store of exactly 200,000 a second offered three times as much; its cores are the generator's too.
    let clock = Clock::by_hand();
    let mut store = Faulty { slow: Some((clock, 5_000)), ..faulty(|_, _| {}) };
    let plan = LoadPlan { most_a_batch: 2_048, ..plan(600_000.0, 150) };
    let mut source = Synthetic::new(&world(), &Mix::default(), 1);
    source.begin(plan.rate, plan.duration);
    let mut driver = Driver::new(&clock, &plan);
    let feed = Feed::bounded(Counted(source, 0), plan.most_a_batch);
    let Counted(_, made) = driver.run(&mut store, feed, plan.rate).expect("alive");
    let measured = driver.measured();
    // 90,000 offered, five standard deviations; 30,000 are answered in the time, and a group behind it.
    let offered = measured.sent + measured.refused_at_once;
    assert!((88_500..=91_500).contains(&offered), "{offered}");
    assert!((28_000..=34_100).contains(&measured.sent), "{}", measured.sent);
    let in_vain = (made - measured.sent) as f64 / measured.sent as f64;
    assert!(in_vain <= 1.2 / 16.0, "{in_vain} made in vain for each that was sent");
}

#[test]
fn rates_move_within_a_run_and_keep_their_mean() {
    let world = world();
    let dues = |arrivals: Arrivals| {
        let mut source = Synthetic::new(&world, &Mix::default(), 5).shaped(arrivals, Skew::Account);
        source.begin(5_000.0, Duration::from_secs(4));
        let mut all = Chunk::default();
        source.fill(100_000, &mut all);
        let hot = all.batch.requests().iter().filter(|row| row.group.0 == 0).count();
        assert!(hot * 10 > all.due_ns.len(), "{hot} of {} are hot", all.due_ns.len());
        all.due_ns
    };
    for arrivals in [Arrivals::Poisson, Arrivals::Bursts, Arrivals::Ramp] {
        let dues = dues(arrivals);
        // 20,000 expected; about seven standard deviations.
        assert!((19_000..=21_000).contains(&dues.len()), "{arrivals:?}: {}", dues.len());
        let early = dues.iter().filter(|&&due| due % 1_000_000_000 < 200_000_000).count();
        let bursts = early * 10 > dues.len() * 6;
        assert_eq!(bursts, arrivals == Arrivals::Bursts, "{arrivals:?}: {early}");
        let half = dues.iter().filter(|&&due| due < 2_000_000_000).count();
        let ramps = half * 10 < dues.len() * 4;
        assert_eq!(ramps, arrivals == Arrivals::Ramp, "{arrivals:?}: {half}");
    }
}

#[test]
fn a_big_hospital_gets_half_of_the_bills_and_others_share_the_rest() {
    let world = world();
    let share = |skew: Skew| {
        let source = Synthetic::new(&world, &Mix::default(), 5);
        let mut source = source.shaped(Arrivals::Poisson, skew);
        source.begin(10_000.0, Duration::from_secs(1));
        let mut all = Chunk::default();
        source.fill(100_000, &mut all);
        let hospitals = all.batch.requests().iter().filter_map(|row| row.body.claim());
        let hospitals: Vec<u16> = hospitals.map(|claim| claim.hospital.0).collect();
        let first = hospitals.iter().filter(|&&hospital| hospital == 0).count();
        first as f64 / hospitals.len() as f64
    };
    let even = share(Skew::None);
    // Half, and its even part of the other half; four standard deviations of 7,500 bills.
    let expected = 0.5 + 0.5 * even;
    assert!((share(Skew::Hospital) - expected).abs() < 0.025, "{even}");
    assert!(even < 0.5, "the village has more than one hospital: {even}");
}

#[test]
fn under_overload_the_accepted_are_answered_and_the_rest_refused_and_counted() {
    // Half a millisecond of the clock a request, 2,000 a second, at most 10 at a time; the clock stands still
    // for everything else, so what follows is arithmetic.
    let run = || {
        let clock = Clock::by_hand();
        let slow = Some((clock, 500_000));
        let mut store = Faulty { slow, ..faulty(|_, _| {}) };
        let plan = LoadPlan { most_a_batch: 10, overload: Some(3.0), ..plan(1_500.0, 5_000) };
        let report = report_by(&clock, &mut store, &plan);
        assert!(report.client.against(&report.books).is_empty(), "{}", reasons(&report));
        report.overload.expect("asked for")
    };
    let overload = run();
    assert_eq!(overload, run(), "which are refused depends on no thread");
    // The store never rests; a group at either end of the 4.5 s that count makes the difference.
    assert!((1_995.0..=2_005.0).contains(&overload.capacity_per_s), "{overload:?}");
    assert!((1_995.0..=2_005.0).contains(&overload.answered_per_s), "{overload:?}");
    assert!((0.995..=1.005).contains(&overload.share_of_capacity), "{overload:?}");
    // At worst a whole group before the own one, and a thousandth for the histogram's three digits.
    assert!(overload.p99_ms <= 10.01, "{overload:?}");
    let [least, most] = overload.share_bounds;
    assert!(0.99 <= least && least <= most && most <= 1.01, "{overload:?}");
    // Three times 30,000 offered less 10,000 answered; five standard deviations of the Poisson count.
    assert!((58_500..=61_500).contains(&overload.refused), "{overload:?}");
}

#[test]
fn a_capacity_is_never_more_than_the_store_answers() {
    // 2,000 a second of the clock. In a step of three seconds, 2,300 a second pile up no more than the 500 ms
    // that the objective allows.
    let clock = Clock::by_hand();
    let mut store = Faulty { slow: Some((clock, 500_000)), ..faulty(|_, _| {}) };
    let objective = Some(Objective { kind: None, quantile: 0.99, ms: 500.0 });
    let plan = LoadPlan { objective, search: true, most_a_batch: 20, ..plan(1_150.0, 3_000) };
    let report = report_by(&clock, &mut store, &plan);
    let capacity = report.capacity_per_s.expect("searched");
    // Bounds a twentieth apart, and three standard deviations of the Poisson count of a step.
    assert!((1_860.0..=2_005.0).contains(&capacity), "{:?}", report.steps);
    let answered = |step: &&Step| step.held && step.achieved_per_s < 0.95 * step.offered_per_s;
    assert_eq!(report.steps.iter().filter(answered).count(), 0, "{:?}", report.steps);
}

#[test]
fn a_closed_loop_never_has_more_than_its_clients_waiting() {
    let plan = LoadPlan { closed: Some(16), warmup: Duration::ZERO, ..plan(1.0, 200) };
    let report = report(&mut memory(&world().census), &plan);
    assert!(report.measured > 500 && report.mean_batch <= 16.0, "{report:?}");
    assert!(report.client.against(&report.books).is_empty());
}

#[test]
fn a_trace_runs_at_its_own_times_and_can_be_run_again() {
    let census = testkit::census(50);
    let all = batches(&workload(2_000, 50, 3), 2_000).remove(0);
    let clock = Clock::start();
    let mut first = None;
    for _ in 0..2 {
        let mut store = memory(&census);
        // 84,000 minutes of trace in three tenths of a second.
        let mut source = Traced::new(&all, 84_000.0 * 60.0 / 0.3, Duration::from_secs(1), (1, 0));
        let rate = source.rate();
        assert!((6_000.0..7_500.0).contains(&rate), "{rate}");
        let mut driver = Driver::new(&clock, &plan(rate, 300));
        source = driver.run(&mut store, Feed::start(source, 64), rate).expect("alive");
        let mut rest = Chunk::default();
        source.fill(1, &mut rest);
        assert!(rest.due_ns.is_empty(), "the whole trace was sent");
        let books = driver.into_measured().books;
        assert_eq!((books.sent, books.answered), (2_000, 2_000));
        assert!(books.against(&store.audit()).is_empty());
        assert_eq!(*first.get_or_insert_with(|| books.clone()), books);
    }
}

#[test]
fn a_journal_is_recovered_after_the_test_to_the_same_books() {
    let folder = tempfile::tempdir().expect("a folder");
    let plan = LoadPlan {
        folder: folder.path().join("journal"),
        objective: Some(Objective { kind: None, quantile: 0.99, ms: 60_000.0 }),
        ..plan(2_000.0, 400)
    };
    let world = world();
    let workload = Workload::Mix(Mix::default());
    let run = || super::run(&world, StoreKind::Journal, &workload, &plan, &mut |_| {});
    let report = run().expect("alive");
    let disk = report.disk.expect("a journal has a disk");
    assert!(disk.recovered_equal && disk.flushes > 0);
    assert_eq!(disk.recovered_commands, report.books.commands);
    assert!(report.client.against(&report.books).is_empty());
    assert!(report.objective_met.is_some(), "judged; how fast this machine was is no test");
    let text = serde_json::to_string(&report).expect("plain data");
    let read: LoadReport = serde_json::from_str(&text).expect("its own text");
    assert_eq!((read.client, read.audit), (report.client.clone(), report.audit));
    assert_eq!((read.schema, read.verdict), (report.schema.clone(), report.verdict));
    assert!(matches!(run(), Err(LoadError::Usage(_))), "a used folder is refused");
}

#[test]
fn each_verdict_has_its_exit_code_and_a_slow_disk_is_no_fault_of_the_store() {
    let mut report = report(&mut memory(&world().census), &plan(500.0, 100));
    let sound = report.verdict;
    report.judge_probe([9_000.0, 5_000.0], None);
    assert_eq!(report.verdict, sound, "more than half its usual rate");
    report.judge_probe([9_000.0, 4_000.0], None);
    assert_eq!(report.verdict, Verdict::Disturbed, "{}", reasons(&report));
    report.verdict = Verdict::Ok;
    report.judge_probe([900.0, 900.0], Some(10_000.0));
    assert_eq!(report.verdict, Verdict::Disturbed, "alike before and after, and both are slow");
    assert!(reasons(&report).contains("10000/s is usual"), "{}", reasons(&report));
    let codes = [
        (Verdict::Ok, 0),
        (Verdict::SloMissed, 99),
        (Verdict::GeneratorBound, 4),
        (Verdict::Disturbed, 4),
        (Verdict::Unsound, 4),
    ];
    for (verdict, code) in codes {
        report.verdict = verdict;
        assert_eq!(report.exit_code(), code, "{verdict:?}");
    }
}

#[test]
fn what_cannot_be_run_is_said_before_anything_is_opened() {
    let world = world();
    let mix = Workload::Mix(Mix::default());
    let nothing = Workload::Mix(Mix::NOTHING);
    let good = plan(100.0, 100);
    let searching = LoadPlan { search: true, ..good.clone() };
    let table = [
        (StoreKind::Memory, &mix, LoadPlan { rate: 0.0, ..good.clone() }, "rate"),
        (StoreKind::Memory, &mix, LoadPlan { warmup: good.duration, ..good.clone() }, "warm-up"),
        (StoreKind::Memory, &mix, searching, "objective"),
        (StoreKind::Memory, &nothing, good, "mix is empty"),
    ];
    for (kind, workload, plan, expected) in table {
        let error = super::run(&world, kind, workload, &plan, &mut |_| {}).expect_err(expected);
        assert!(error.to_string().contains(expected), "{error}");
    }
}
