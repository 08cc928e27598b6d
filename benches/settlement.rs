//! Speed of the settlement core: the memory store with the full engine (benefits of every payer, accumulators,
//! credit, postings, idempotency) on one million people in random order. One element is one settlement; commands
//! and postings a settlement are printed once. Compare with the `memory` bound of a hand-written core.

use aftercare::domain::{
    AssistanceClass, CareKind, CostCause, Day, Employer, Fen, GroupId, HospitalId, HospitalLevel,
    InsuranceScheme, ItemClass, MemberStatus, TimeMs, VisitId,
};
use aftercare::engine::{Engine, Facts, Funding, PersonRow, tags};
use aftercare::random::{Address, Philox, Purpose};
use aftercare::scenario;
use aftercare::settlement::{BillLine, Member};
use aftercare::store::{Census, Memory, Store};
use aftercare::wire::{Batch, ClaimBody, Request, RequestBody, RequestId};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use std::cell::RefCell;
use std::hint::black_box;
use std::io::Write;
use std::path::Path;

const GROUPS: u32 = 250_000;
const SETTLEMENTS: u32 = 8_192;
/// Batches a day: the keys of two days are kept.
const BATCHES_A_DAY: u32 = 64;
const FIRST_DAY: Day = Day(19_662);

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A retiree, a civil servant, a poor resident with the commercial supplement, a child.
fn census() -> Census {
    let (year_tag, month_tag) = tags(FIRST_DAY);
    let person = |age, generation, scheme, status| Facts {
        member: Member { scheme, status, ..Member::default() },
        age,
        generation,
        score: 720,
        ..Facts::default()
    };
    let mut family = [
        person(67, 0, InsuranceScheme::Employee, MemberStatus::Retired),
        person(38, 1, InsuranceScheme::Employee, MemberStatus::Active),
        person(36, 1, InsuranceScheme::Resident, MemberStatus::Active),
        person(8, 2, InsuranceScheme::Resident, MemberStatus::Minor),
    ];
    family[1].member.employer = Employer::CivilService;
    family[2].member.assistance = AssistanceClass::MinimumLiving;
    family[2].member.commercial = true;
    let row = |member: usize| PersonRow {
        account: [90_000, 40_000, 0, 0][member],
        year_tag,
        month_tag,
        ..PersonRow::default()
    };
    Census {
        first_day: FIRST_DAY,
        sizes: vec![4; GROUPS as usize],
        facts: (0..GROUPS).flat_map(|_| family).collect(),
        rows: (0..GROUPS).flat_map(|_| (0..4).map(row)).collect(),
        more: Vec::new(),
        credit: Vec::new(),
    }
}

/// Requests in random order of kin groups, each visit once.
struct Source {
    philox: Philox,
    batch: u32,
    serial: u64,
}

impl Source {
    fn request(&mut self, group: u32, member: u8, body: RequestBody) -> Request {
        self.serial += 1;
        let day = FIRST_DAY + (self.batch / BATCHES_A_DAY) as i32;
        let at = TimeMs(day.start().0 + 8 * 3_600_000 + i64::from(self.batch % BATCHES_A_DAY));
        let id = RequestId::new(at, u128::from(self.serial));
        Request { id, at, group: GroupId(group), member, body }
    }

    fn open_lines(&mut self) -> Batch {
        let mut batch = Batch::default();
        for group in 0..GROUPS {
            let request = self.request(group, 1, RequestBody::OpenLine);
            batch.push(request, &[]);
        }
        batch
    }

    /// Half the settlements hold a line first and then draw on it, half are paid at once.
    fn settlements(&mut self) -> Batch {
        let mut batch = Batch::default();
        for number in 0..SETTLEMENTS {
            let at = u64::from(self.batch) << 32 | u64::from(number);
            let [who, what, amount, _] = self.philox.block(Address::new(at, 0, Purpose::Load));
            let group = ((u64::from(who) * u64::from(GROUPS)) >> 32) as u32;
            let day = (self.batch / BATCHES_A_DAY) & 0xffff;
            let claim = ClaimBody {
                visit: VisitId::new(day, GroupId(group), number % 256),
                point: (self.batch % BATCHES_A_DAY) as u8,
                hospital: HospitalId((what >> 16) as u16 % 64),
                level: HospitalLevel::Tertiary,
                care: if what.is_multiple_of(8) { CareKind::Chronic } else { CareKind::Outpatient },
                cause: CostCause::Illness,
                in_scheme: true,
                lines_from: 0,
                lines: 0,
            };
            let fen = 1_000 + amount % 60_000;
            let lines = [
                BillLine { amount_fen: fen, class: ItemClass::A, prepay_bp: 0 },
                BillLine { amount_fen: fen / 2, class: ItemClass::B, prepay_bp: 1_000 },
                BillLine { amount_fen: fen / 9, class: ItemClass::C, prepay_bp: 0 },
            ];
            let deposit = Fen::ZERO;
            let funding = if number & 1 == 0 {
                let hold = self.request(group, 1, RequestBody::Reserve { claim, partial: true });
                batch.push(hold, &lines);
                Funding::Line { partial: true, deposit }
            } else {
                Funding::Own { deposit }
            };
            let member = if number & 1 == 0 { 1 } else { (what >> 8) as u8 % 4 };
            let settle = self.request(group, member, RequestBody::Settle { claim, funding });
            batch.push(settle, &lines);
        }
        self.batch += 1;
        batch
    }
}

fn submit(store: &mut Memory<'_>, batch: &Batch, answers: &mut Vec<aftercare::store::Answered>) {
    answers.clear();
    store.try_submit(batch).expect("memory does not fail");
    store.drain(answers);
    black_box(answers);
}

fn settle_a_million_people(criterion: &mut Criterion) {
    let rules = scenario::load_rules(&root().join("scenarios/rules/county_one_stop.toml"));
    let rules = rules.expect("the committed rules are valid");
    let city = scenario::load(&root().join("scenarios/smoke.toml")).expect("the scenario is sound");
    let scheme = city.policy.scheme.as_ref().expect("the scenario has a scheme");
    let engine = Engine { rules: &rules, policy: Some(&scheme.credit) };
    let store = RefCell::new(Memory::open(engine, &census()));
    let source = RefCell::new(Source { philox: Philox::new(1), batch: 0, serial: 0 });
    let answers = RefCell::new(Vec::new());
    submit(&mut store.borrow_mut(), &source.borrow_mut().open_lines(), &mut answers.borrow_mut());
    let before = store.borrow().audit();
    let mut group = criterion.benchmark_group("settlement");
    group.throughput(Throughput::Elements(u64::from(SETTLEMENTS)));
    group.bench_function("memory_1m_people_random_order", |bencher| {
        bencher.iter_batched(
            || source.borrow_mut().settlements(),
            |batch| submit(&mut store.borrow_mut(), &batch, &mut answers.borrow_mut()),
            BatchSize::PerIteration,
        );
    });
    group.finish();
    let after = store.borrow().audit();
    assert!(after.sound(), "{:?}", after.findings);
    let settled = u64::from(source.borrow().batch) * u64::from(SETTLEMENTS);
    let commands = (after.commands - before.commands) as f64 / settled as f64;
    let postings = (after.postings - before.postings) as f64 / settled as f64;
    let text = format!("{commands:.2} commands and {postings:.2} postings a settlement\n");
    let _ = std::io::stderr().write_all(text.as_bytes());
}

criterion_group!(benches, settle_a_million_people);
criterion_main!(benches);
