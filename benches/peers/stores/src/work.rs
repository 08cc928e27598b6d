//! The work that every store does: people, rules and bills, and a settlement on one group's row. Must never
//! differ between stores.

use crate::Fault;
use aftercare::domain::{
    CareKind, CostCause, Day, Fen, GroupId, HospitalId, HospitalLevel, InsuranceScheme, ItemClass,
    MemberStatus, TimeMs, VisitId,
};
use aftercare::engine::{
    Body, Command, Decision, Engine, Facts, Funding, GroupRows, PersonRow, Settle, tags,
};
use aftercare::ledger::{Posting, Sink};
use aftercare::scenario;
use aftercare::settlement::spec::Rules;
use aftercare::settlement::{BillLine, Member, YearToDate};
use aftercare::store::Census;
use aftercare::wire::answer::put_decision;
use aftercare::wire::{Batch, ClaimBody, Request, RequestBody, RequestId};
use std::path::Path;

/// Kin groups of four; a million people.
pub const GROUPS: u32 = 250_000;
/// People.
pub const PEOPLE: u32 = 4 * GROUPS;
const FIRST_DAY: Day = Day(19_662);
/// Bytes of a person's row.
const ROW: usize = 37;

/// The benefit rules of a county with every payer.
pub fn rules() -> Result<Rules, Fault> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
    let rules = scenario::load_rules(&root.join("scenarios/rules/county_one_stop.toml"));
    rules.map_err(|problems| problems.to_string().into())
}

fn facts(member: usize) -> Facts {
    let scheme = [InsuranceScheme::Employee, InsuranceScheme::Resident][member / 2];
    let status =
        [MemberStatus::Retired, MemberStatus::Active, MemberStatus::Active, MemberStatus::Minor]
            [member];
    Facts {
        member: Member { scheme, status, ..Member::default() },
        age: [67, 38, 36, 8][member],
        generation: [0, 1, 1, 2][member],
        score: 720,
        ..Facts::default()
    }
}

fn opening(member: usize) -> PersonRow {
    let (year_tag, month_tag) = tags(FIRST_DAY);
    let account = [90_000, 40_000, 0, 0][member];
    PersonRow { account, year_tag, month_tag, ..PersonRow::default() }
}

/// The people as a store of ours opens with them.
pub fn census() -> Census {
    Census {
        first_day: FIRST_DAY,
        sizes: vec![4; GROUPS as usize],
        facts: (0..GROUPS).flat_map(|_| (0..4).map(facts)).collect(),
        rows: (0..GROUPS).flat_map(|_| (0..4).map(opening)).collect(),
        more: Vec::new(),
        credit: Vec::new(),
    }
}

/// A whole number that looks like a draw (SplitMix64).
fn mixed(number: u64) -> u64 {
    let mut x = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// One bill after the other, in random order of kin groups.
#[derive(Default)]
pub struct Bills {
    next: u64,
}

/// A bill.
pub struct Bill {
    /// Number, which is also the key's serial.
    pub serial: u64,
    /// Whose group.
    pub group: u32,
    /// Which member.
    pub member: u8,
    /// The claim's lines.
    pub lines: [BillLine; 3],
}

impl Bills {
    /// The next bill.
    pub fn next_bill(&mut self) -> Bill {
        let serial = self.next;
        self.next += 1;
        let word = mixed(serial);
        let group = ((word >> 32) * u64::from(GROUPS) >> 32) as u32;
        let fen = 1_000 + (word % 60_000) as u32;
        let lines = [
            BillLine { amount_fen: fen, class: ItemClass::A, prepay_bp: 0 },
            BillLine { amount_fen: fen / 2, class: ItemClass::B, prepay_bp: 1_000 },
            BillLine { amount_fen: fen / 9, class: ItemClass::C, prepay_bp: 0 },
        ];
        Bill { serial, group, member: (word >> 8) as u8 % 4, lines }
    }

    /// The next bills as our stores take them.
    pub fn batch(&mut self, count: usize) -> Batch {
        let mut batch = Batch::default();
        for _ in 0..count {
            let bill = self.next_bill();
            let at = at();
            let claim = ClaimBody {
                visit: bill.visit(),
                point: bill.point(),
                hospital: bill.hospital(),
                level: HospitalLevel::Tertiary,
                care: CareKind::Outpatient,
                cause: CostCause::Illness,
                in_scheme: false,
                lines_from: 0,
                lines: 0,
            };
            let funding = Funding::Own { deposit: Fen::ZERO };
            let body = RequestBody::Settle { claim, funding };
            let id = RequestId::new(at, u128::from(bill.serial));
            let group = GroupId(bill.group);
            batch.push(Request { id, at, group, member: bill.member, body }, &bill.lines);
        }
        batch
    }
}

fn at() -> TimeMs {
    FIRST_DAY.start() + 8 * 3_600_000
}

impl Bill {
    fn visit(&self) -> VisitId {
        let number = self.serial / 200;
        VisitId::new((number >> 8) as u32 & 0xffff, GroupId(self.group), number as u32 & 0xff)
    }

    fn point(&self) -> u8 {
        (self.serial % 200) as u8
    }

    fn hospital(&self) -> HospitalId {
        HospitalId(self.serial as u16 % 64)
    }

    /// The idempotency key.
    pub fn key(&self) -> [u8; 16] {
        RequestId::new(at(), u128::from(self.serial)).0.to_be_bytes()
    }
}

/// A group's row as it was never touched.
pub fn opening_row() -> Vec<u8> {
    let mut bytes = Vec::with_capacity(4 * ROW);
    (0..4).for_each(|member| put(&mut bytes, &opening(member)));
    bytes
}

fn put(out: &mut Vec<u8>, row: &PersonRow) {
    let PersonRow { year, account, year_tag, month_tag, flags } = row;
    let words = [
        year.outpatient_eligible,
        year.outpatient_fund,
        year.inpatient_eligible,
        year.inpatient_fund,
        year.burden,
        year.second_layer,
        year.assistance,
        *account,
    ];
    words.iter().for_each(|word| out.extend_from_slice(&word.to_le_bytes()));
    out.extend_from_slice(&month_tag.to_le_bytes());
    out.extend_from_slice(&[*year_tag, *flags, year.admissions]);
}

fn take(bytes: &[u8]) -> PersonRow {
    let word = |at: usize| {
        let mut four = [0; 4];
        four.copy_from_slice(&bytes[4 * at..4 * at + 4]);
        u32::from_le_bytes(four)
    };
    PersonRow {
        year: YearToDate {
            outpatient_eligible: word(0),
            outpatient_fund: word(1),
            inpatient_eligible: word(2),
            inpatient_fund: word(3),
            burden: word(4),
            second_layer: word(5),
            assistance: word(6),
            admissions: bytes[36],
        },
        account: word(7),
        month_tag: u16::from_le_bytes([bytes[32], bytes[33]]),
        year_tag: bytes[34],
        flags: bytes[35],
    }
}

/// The legs of a command.
#[derive(Default)]
struct Legs(Vec<Posting>);

impl Sink for Legs {
    fn post(&mut self, posting: Posting) {
        self.0.push(posting);
    }
    fn close(&mut self, _: u128) {}
}

/// What a settlement writes.
pub struct Written {
    /// The group's row after it.
    pub row: Vec<u8>,
    /// The answer under its key.
    pub answer: Vec<u8>,
    /// The postings, 17 bytes each.
    pub postings: Vec<u8>,
    /// The first four balances that moved: name and change.
    pub balances: Vec<([u8; 5], i64)>,
}

/// Decides settlements on rows that a peer keeps.
pub struct Clerk<'r> {
    engine: Engine<'r>,
    rows: GroupRows,
}

impl<'r> Clerk<'r> {
    /// A clerk with these rules.
    pub fn new(rules: &'r Rules) -> Clerk<'r> {
        Clerk { engine: Engine { rules, policy: None }, rows: GroupRows::default() }
    }

    /// Settles a bill on a group's row.
    pub fn settle(&mut self, bill: &Bill, row: &[u8]) -> Written {
        let rows = &mut self.rows;
        rows.clear(4 * bill.group, 4);
        for member in 0..4 {
            rows.set_facts(member, facts(member));
            rows.people[member] = take(&row[member * ROW..(member + 1) * ROW]);
        }
        let claim = Settle {
            visit: bill.visit(),
            point: bill.point(),
            hospital: bill.hospital(),
            level: HospitalLevel::Tertiary,
            care: CareKind::Outpatient,
            cause: CostCause::Illness,
            in_scheme: false,
            continues: false,
            purse: None,
            lines: &bill.lines,
        };
        let body = Body::Settle { claim, funding: Funding::Own { deposit: Fen::ZERO } };
        let member = usize::from(bill.member);
        let command = Command { id: u128::from(bill.serial), at: at(), member, body };
        let mut legs = Legs::default();
        let decision = self.engine.apply(rows, &command, &mut legs);
        written(&self.rows, &decision, &legs.0)
    }
}

fn written(rows: &GroupRows, decision: &Decision, legs: &[Posting]) -> Written {
    let mut out = Written {
        row: Vec::with_capacity(4 * ROW),
        answer: Vec::new(),
        postings: Vec::new(),
        balances: Vec::new(),
    };
    (0..4).for_each(|member| put(&mut out.row, &rows.people[member]));
    put_decision(&mut out.answer, decision);
    for leg in legs {
        let party = leg.party.to_le_bytes();
        out.postings.extend_from_slice(&[leg.role as u8]);
        out.postings.extend_from_slice(&party);
        out.postings.extend_from_slice(&leg.amount.0.to_le_bytes());
        if out.balances.len() < 4 {
            let [a, b, c, d] = party;
            out.balances.push(([leg.role as u8, a, b, c, d], leg.amount.0));
        }
    }
    out
}
