//! People, rules and a random workload for the stores' tests. Must never be part of a build.

use super::census::Census;
use crate::domain::{
    AssistanceClass, CareKind, CostCause, Day, Fen, GroupId, HospitalId, HospitalLevel,
    InsuranceScheme, ItemClass, MemberStatus, TimeMs, VisitId,
};
use crate::engine::{Engine, Facts, Funding, PersonRow, tags};
use crate::random::{Address, Philox, Purpose};
use crate::scenario::{self, Scenario};
use crate::settlement::{BillLine, Member};
use crate::wire::{Batch, ClaimBody, Request, RequestBody, RequestId};
use std::path::Path;
use std::sync::LazyLock;

static SCENARIO: LazyLock<Scenario> = LazyLock::new(|| {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/smoke.toml");
    scenario::load(&path).expect("the shipped scenario is sound")
});

/// The shipped smoke scenario's rules and policy.
pub(crate) fn engine() -> Engine<'static> {
    let scheme = SCENARIO.policy.scheme.as_ref().expect("the scenario has a scheme");
    Engine { rules: &SCENARIO.rules, policy: Some(&scheme.credit) }
}

pub(crate) const FIRST_DAY: Day = Day(19_662);

/// Families of four: a retiree, two working adults, a child.
pub(crate) fn census(groups: u32) -> Census {
    let (year_tag, month_tag) = tags(FIRST_DAY);
    let person = |age, generation, scheme, status| Facts {
        member: Member { scheme, status, assistance: AssistanceClass::None, ..Member::default() },
        age,
        generation,
        score: 720,
        judgment_debtor: false,
        ..Facts::default()
    };
    let family = [
        person(67, 0, InsuranceScheme::Employee, MemberStatus::Retired),
        person(38, 1, InsuranceScheme::Employee, MemberStatus::Active),
        person(36, 1, InsuranceScheme::Resident, MemberStatus::Active),
        person(8, 2, InsuranceScheme::Resident, MemberStatus::Minor),
    ];
    let rows = [90_000, 40_000, 0, 0].map(|account| PersonRow {
        account,
        year_tag,
        month_tag,
        ..PersonRow::default()
    });
    Census::alike(FIRST_DAY, groups, &family, &rows)
}

/// A time on the first day plus minutes.
pub(crate) fn minute(minutes: i64) -> TimeMs {
    FIRST_DAY.start() + (8 * 60 + minutes) * 60_000
}

pub(crate) fn claim(visit: VisitId, point: u8) -> ClaimBody {
    ClaimBody {
        visit,
        point,
        hospital: HospitalId(1),
        level: HospitalLevel::Tertiary,
        care: CareKind::Outpatient,
        cause: CostCause::Illness,
        in_scheme: true,
        lines_from: 0,
        lines: 0,
    }
}

pub(crate) fn lines(fen: u32) -> [BillLine; 3] {
    [
        BillLine { amount_fen: fen, class: ItemClass::A, prepay_bp: 0 },
        BillLine { amount_fen: fen / 2, class: ItemClass::B, prepay_bp: 1_000 },
        BillLine { amount_fen: fen / 9, class: ItemClass::C, prepay_bp: 0 },
    ]
}

/// A request of a group's adult at a minute.
pub(crate) fn request(serial: u64, minutes: i64, group: u32, body: RequestBody) -> Request {
    let at = minute(minutes);
    let id = RequestId::new(at, u128::from(serial));
    Request { id, at, group: GroupId(group), member: 1, body }
}

/// A batch of one request.
pub(crate) fn single(request: Request) -> Batch {
    let mut batch = Batch::default();
    batch.push(request, &lines(20_000));
    batch
}

/// A random mix over a few groups, days apart, so that lines are opened, drawn, repaid, missed, taken
/// back, and asked for twice.
pub(crate) fn workload(requests: u64, groups: u32, seed: u64) -> Vec<Request> {
    let philox = Philox::new(seed);
    let pick = |word: u32, n: u32| ((u64::from(word) * u64::from(n)) >> 32) as u32;
    let one = |serial: u64| {
        let [a, b, c, d] = philox.block(Address::new(serial, 0, Purpose::Load));
        let group = pick(a, groups);
        // Two months within one year: due dates pass, months change. Few bills a week, so that what
        // was settled is soon settled again, repaid or taken back.
        let minutes = (serial * 84_000 / requests).cast_signed();
        let week = minutes as u32 / (7 * 24 * 60);
        let visit = VisitId::new(week, GroupId(group), pick(c, 2));
        let point = pick(b.rotate_left(7), 2) as u8;
        let deposit = Fen::ZERO;
        let body = match pick(b, 21) {
            0 | 1 => RequestBody::OpenLine,
            2 | 3 => RequestBody::Reserve { claim: claim(visit, point), partial: c & 1 == 1 },
            4..=6 => RequestBody::Settle {
                claim: claim(visit, point),
                funding: Funding::Own { deposit },
            },
            7..=11 => RequestBody::Settle {
                claim: claim(visit, point),
                funding: Funding::Line { partial: c & 1 == 1, deposit },
            },
            12 => RequestBody::Settle {
                claim: claim(visit, point),
                funding: Funding::Receivable { deposit },
            },
            13 => RequestBody::Release { visit },
            14..=16 => RequestBody::Repay {
                bill: visit.bill(point),
                offered: Fen(i64::from(pick(c, 40_000))),
            },
            17 | 18 => RequestBody::Reverse { visit, point },
            19 => RequestBody::Tick { bill: visit.bill(point) },
            _ => RequestBody::Query,
        };
        Request { member: pick(d.rotate_left(9), 4) as u8, ..request(serial, minutes, group, body) }
    };
    (0..requests).map(one).collect()
}

/// A workload cut into batches of a size.
pub(crate) fn batches(requests: &[Request], size: usize) -> Vec<Batch> {
    let cut = |chunk: &[Request]| {
        let mut batch = Batch::default();
        for request in chunk {
            batch.push(*request, &lines(1_000 + request.id.serial() as u32 % 90_000));
        }
        batch
    };
    requests.chunks(size).map(cut).collect()
}
