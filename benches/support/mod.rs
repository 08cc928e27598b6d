//! One million people and what is asked for them, for the benches of the stores. Must never hold what is
//! measured.

use aftercare::domain::{
    AssistanceClass, CareKind, CostCause, Day, Employer, Fen, GroupId, HospitalId, HospitalLevel,
    InsuranceScheme, ItemClass, MemberStatus, TimeMs, VisitId,
};
use aftercare::engine::{Facts, Funding, PersonRow, tags};
use aftercare::random::{Address, Philox, Purpose};
use aftercare::settlement::{BillLine, Member};
use aftercare::store::Census;
use aftercare::wire::{Batch, ClaimBody, Request, RequestBody, RequestId};
use std::path::Path;

/// Kin groups of four.
pub(crate) const GROUPS: u32 = 250_000;
/// Batches a day: the keys of two days are kept.
const BATCHES_A_DAY: u32 = 64;
const FIRST_DAY: Day = Day(19_662);

/// The folder of the package.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A retiree, a civil servant, a poor resident with the commercial supplement, a child.
pub(crate) fn census() -> Census {
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
    let rows = [90_000, 40_000, 0, 0].map(|account| PersonRow {
        account,
        year_tag,
        month_tag,
        ..PersonRow::default()
    });
    Census::alike(FIRST_DAY, GROUPS, &family, &rows)
}

/// Requests in random order of kin groups, each visit once.
pub(crate) struct Source {
    philox: Philox,
    /// Batches made so far.
    pub(crate) batch: u32,
    serial: u64,
}

impl Source {
    /// The same requests in every run.
    pub(crate) fn new() -> Source {
        Source { philox: Philox::new(1), batch: 0, serial: 0 }
    }

    fn request(&mut self, group: u32, member: u8, body: RequestBody) -> Request {
        self.serial += 1;
        let day = FIRST_DAY + (self.batch / BATCHES_A_DAY) as i32;
        let at = TimeMs(day.start().0 + 8 * 3_600_000 + i64::from(self.batch % BATCHES_A_DAY));
        let id = RequestId::new(at, u128::from(self.serial));
        Request { id, at, group: GroupId(group), member, body }
    }

    /// One line a group.
    pub(crate) fn open_lines(&mut self) -> Batch {
        let mut batch = Batch::default();
        for group in 0..GROUPS {
            let request = self.request(group, 1, RequestBody::OpenLine);
            batch.push(request, &[]);
        }
        batch
    }

    /// Half the settlements hold a line first and then draw on it, half are paid at once.
    pub(crate) fn settlements(&mut self, count: u32) -> Batch {
        let mut batch = Batch::default();
        for number in 0..count {
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
