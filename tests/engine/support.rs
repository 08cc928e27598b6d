//! A kin group with its engine, and the invariants that hold after every command. Shared by the
//! engine's tests; must never decide what the engine should.

use aftercare::credit::spec::{
    AutoDebitRules, CollectionAction, CollectionStep, CreditPolicy, Eligibility, FamilyRules,
    FreeWindow, InstalmentMethod, InstalmentRules, LimitRules, LimitTier, LossRules, MoreRules,
    SanctionRules,
};
use aftercare::credit::{DrawRow, DrawStage, LineStatus};
use aftercare::domain::{
    AssistanceClass, CareKind, CostCause, Day, Fen, GroupId, HospitalId, HospitalLevel,
    InsuranceScheme, ItemClass, MemberStatus, Ratio, Refusal, TimeMs, VisitId,
};
use aftercare::engine::{
    Body, Command, Decision, Engine, Facts, GroupRows, PersonRow, Settle, tags,
};
use aftercare::ledger::{Audit, Code, Posting, Role, Sink, transfer};
use aftercare::scenario;
use aftercare::settlement::spec::Rules;
use aftercare::settlement::{BillLine, Member};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;

/// City-wide index of the group's first member.
pub(crate) const FIRST: u32 = 4_200;

/// Benefit rules as shipped.
pub(crate) static RULES: LazyLock<Rules> = LazyLock::new(|| {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/rules/urban_2023.toml");
    scenario::load_rules(&path).expect("the shipped rules")
});

pub(crate) fn date(text: &str) -> Day {
    Day::parse(text).expect("a date of the test")
}

/// Every rule switched on: due in full after 56 days, simple penalty 0.05 % a day up to 20 %, frozen
/// from the first day past due, blacklisted from the 90th, written off on the 181st.
pub(crate) fn policy() -> CreditPolicy {
    let step = |dpd, action, fen| CollectionStep { dpd, action, cost: Fen(fen) };
    CreditPolicy {
        eligibility: Eligibility {
            age_min: 18,
            age_max: 75,
            schemes: [true, true, false],
            insured_elsewhere: false,
            score_min: 580,
            refuses_judgment_debtors: true,
            assistance_only: false,
        },
        limits: LimitRules {
            tiers: vec![
                LimitTier { score_from: 580, limit: Fen::from_yuan(500) },
                LimitTier { score_from: 700, limit: Fen::from_yuan(3_000) },
            ],
            raise_after_on_time: 2,
            raise_by: Ratio::percent(20),
            cut_by: Ratio::percent(50),
            ceiling: Fen::from_yuan(4_000),
            floor: Fen::from_yuan(300),
        },
        family: FamilyRules {
            minors_use_parents_line: true,
            parents_use_adult_childs_line: true,
            spouses_share: true,
        },
        covers: [true, true, true],
        pays_out_of_catalogue: true,
        deposit_free: true,
        funds_deposit: false,
        free_window: FreeWindow::FixedDays { days: 56 },
        auto_debit: AutoDebitRules { retries: 2, retry_every_days: 3 },
        instalments: None,
        sanctions: SanctionRules {
            penalty_rate_day: Ratio::new(5, 10_000),
            penalty_ceiling: Ratio::percent(20),
            freeze_from_dpd: 1,
            cancel_after_missed: 6,
            blacklist_from_dpd: Some(90),
            restriction_days: 0,
        },
        collections: vec![
            step(1, CollectionAction::Reminder, 10),
            step(15, CollectionAction::Call, 800),
            step(90, CollectionAction::Agency, 6_000),
        ],
        write_off_dpd: 181,
        loss: LossRules {
            insurer_share: Ratio::percent(80),
            insurer_deductible: Fen::ZERO,
            insurer_limit_year: Fen::from_yuan(9_000),
            rest_weights: [1, 0, 0],
        },
        more: MoreRules::default(),
    }
}

/// The same scheme, but what is unpaid becomes three instalments of equal principal at 12 % a year.
pub(crate) fn policy_with_instalments() -> CreditPolicy {
    let method = InstalmentMethod::EqualPrincipal;
    let rules = InstalmentRules { rate_year: Ratio::percent(12), months: 3, method };
    CreditPolicy { instalments: Some(rules), ..policy() }
}

pub(crate) fn person(scheme: InsuranceScheme, age: u8, generation: u8, score: u16) -> Facts {
    let status = match age {
        0..18 => MemberStatus::Minor,
        60.. => MemberStatus::Retired,
        _ => MemberStatus::Active,
    };
    let member = Member { scheme, status, assistance: AssistanceClass::None, ..Member::default() };
    Facts { member, age, generation, score, judgment_debtor: false, ..Facts::default() }
}

/// Grandparents, parents, a grown and a small child: every scheme, every family rule.
pub(crate) fn three_generations() -> Vec<Facts> {
    use InsuranceScheme::{Employee, Resident, Uninsured};
    vec![
        person(Employee, 70, 0, 720),
        person(Resident, 68, 0, 650),
        person(Employee, 45, 1, 710),
        person(Resident, 44, 1, 600),
        person(Uninsured, 20, 2, 700),
        person(Resident, 9, 2, 0),
    ]
}

/// A group, the engine that decides for it and its books.
pub(crate) struct House<'p> {
    pub(crate) engine: Engine<'p>,
    pub(crate) rows: GroupRows,
    pub(crate) audit: Audit,
    /// Every posting as bytes, for an auditor that sees nothing else.
    pub(crate) journal: Vec<u8>,
    pub(crate) today: Day,
    /// What has happened so far, for tests that must know how far they reach.
    pub(crate) seen: BTreeSet<String>,
    pub(crate) commands: u32,
}

impl<'p> House<'p> {
    pub(crate) fn new(policy: Option<&'p CreditPolicy>, people: &[Facts], today: Day) -> House<'p> {
        let mut rows = GroupRows::default();
        rows.clear(FIRST, people.len());
        let (year_tag, month_tag) = tags(today);
        for (member, facts) in people.iter().enumerate() {
            rows.set_facts(member, *facts);
            rows.people[member] = PersonRow { year_tag, month_tag, ..PersonRow::default() };
        }
        let engine = Engine { rules: &RULES, policy };
        House {
            engine,
            rows,
            audit: Audit::new(),
            journal: Vec::new(),
            today,
            seen: BTreeSet::new(),
            commands: 0,
        }
    }

    /// Gives a member an opening balance.
    pub(crate) fn with_account(mut self, member: usize, balance: Fen) -> House<'p> {
        let party = FIRST + member as u32;
        let (from, to) = ((Role::AccountContributions, party), (Role::PersonalAccount, party));
        let sink = &mut Tee { audit: &mut self.audit, journal: &mut self.journal };
        transfer(sink, Code::AccountInflow, from, to, balance);
        sink.close(0);
        self.rows.people[member].account += balance.packed();
        self
    }

    /// Sends a command at its own moment of today and checks every invariant after it.
    pub(crate) fn send(&mut self, member: usize, body: Body<'_>) -> Decision {
        self.commands += 1;
        let at = TimeMs(self.today.start().0 + i64::from(self.commands));
        let command = Command { id: u128::from(self.commands), at, member, body };
        let before = self.rows.clone();
        let mut sink = Tee { audit: &mut self.audit, journal: &mut self.journal };
        let decision = self.engine.apply(&mut self.rows, &command, &mut sink);
        if decision.refusal.is_some() {
            self.check_unchanged_but_for_the_date(&before, &command, &decision);
        }
        self.check_books();
        self.note(&decision);
        decision
    }

    fn note(&mut self, decision: &Decision) {
        let tick = &decision.tick;
        let events = [
            ("missed", tick.missed),
            ("instalments", tick.instalments),
            ("cancelled", tick.cancelled),
            ("blacklisted", tick.blacklisted),
            ("written off", !tick.written_off.is_zero()),
            ("recovered", !decision.recovered.is_zero()),
            ("charges paid", !decision.charges.is_zero()),
            ("by an account", !decision.account.is_zero()),
            ("by a relative's line", decision.holder.is_some() && !decision.line.is_zero()),
            ("benefits suspended", decision.benefits_refused.is_some()),
        ];
        let happened = events.into_iter().filter(|(_, is)| *is).map(|(event, _)| event);
        self.seen.extend(happened.chain(decision.refusal.map(Refusal::word)).map(String::from));
    }

    /// Ends days: every open draw is looked at, then the next day begins.
    pub(crate) fn pass_days(&mut self, days: u32) {
        for _ in 0..days {
            let bills: Vec<_> = self.rows.credit.draws.iter().map(DrawRow::visit).collect();
            for bill in bills {
                let decision = self.send(0, Body::Tick { bill: VisitId::from_raw(bill) });
                assert_eq!(decision.refusal, None, "an open draw is there to look at");
            }
            self.today = self.today + 1;
        }
    }

    pub(crate) fn pass_days_until(&mut self, day: Day) {
        self.pass_days(u32::try_from(day - self.today).expect("a later day"));
    }

    pub(crate) fn line(&self, member: usize) -> &aftercare::credit::LineRow {
        &self.rows.credit.lines[self.rows.line_of(member).expect("a line")]
    }

    pub(crate) fn total(&self, role: Role) -> i64 {
        self.audit.total(role).0
    }

    /// A refusal leaves all as it was. Time is not undone: accumulators and account inflows may have been
    /// brought up to the day of the command, and holds may have lapsed, as any later command would have
    /// done.
    fn check_unchanged_but_for_the_date(
        &self,
        before: &GroupRows,
        command: &Command<'_>,
        decision: &Decision,
    ) {
        let word = decision.refusal;
        let rows = &self.rows;
        if rows.credit.holds.len() == before.credit.holds.len() {
            assert_eq!(rows.credit, before.credit, "{word:?} to {command:?}");
        } else {
            let lapse = self.engine.policy.is_some_and(|p| p.more.repayment.hold_days.is_some());
            assert!(lapse, "{word:?} to {command:?}: a hold is gone");
        }
        assert_eq!(rows.claims.len(), before.claims.len(), "{word:?} to {command:?}");
        let today = before.last.max(command.at).day();
        for member in 0..rows.size {
            let row = before.people[member];
            let now = rows.people[member];
            let dated = brought_up_to(row, before.facts[member], today);
            assert!(now == row || now == dated, "{word:?} to {command:?}: {row:?} is now {now:?}");
        }
        assert_eq!(*decision, Decision { refusal: word, ..Decision::default() }, "no amounts");
    }

    /// What is true after every command.
    fn check_books(&self) {
        if let Some(imbalance) = self.audit.imbalance() {
            panic!("{imbalance}");
        }
        assert_eq!(self.audit.totals().iter().sum::<i64>(), 0, "legs sum to zero");
        self.check_lines();
        let people = &self.rows.people[..self.rows.size];
        let accounts: i64 = people.iter().map(|row| i64::from(row.account)).sum();
        assert_eq!(accounts, -self.total(Role::PersonalAccount), "accounts are what was posted");
        assert!(self.total(Role::HospitalDeposits) <= 0, "no deposit is used that nobody left");
    }

    fn check_lines(&self) {
        let credit = &self.rows.credit;
        let mut owed = 0;
        for (position, line) in credit.lines.iter().enumerate() {
            let holder = line.holder();
            assert!(line.exposure() <= line.limit(), "holder {holder} is overdrawn");
            let member = self.rows.holder_of(position);
            let on = (member, line.place());
            let held = credit.holds.iter();
            let held = held.filter(|hold| (usize::from(hold.member()), hold.place()) == on);
            let held: Fen = held.map(|hold| hold.amount).sum();
            assert_eq!(line.reserved(), held, "reserved is the sum of open reservations");
            let draws = credit.draws.iter().filter(|draw| draw.line_key() == line.key());
            let alive = draws.clone().filter(|draw| draw.stage() != DrawStage::WrittenOff);
            assert_eq!(line.drawn(), alive.clone().map(DrawRow::principal).sum::<Fen>());
            let charges = alive.map(|draw| draw.interest() + draw.penalty()).sum::<Fen>();
            assert_eq!(line.due_charges(), charges);
            owed += (line.drawn() + line.due_charges()).0;
            let late = |stage| matches!(stage, DrawStage::Overdue | DrawStage::WrittenOff);
            let own = credit.draws.iter().filter(|draw| draw.holder() == holder);
            let clear = !own.clone().any(|draw| late(draw.stage()));
            let blacklisted = self.rows.people[member].has(PersonRow::BLACKLISTED);
            assert!(!(clear && blacklisted), "holder {holder} owes nothing late");
            assert!(line.status() != LineStatus::Frozen || !line.in_good_standing());
        }
        assert_eq!(self.total(Role::LineReceivable), owed, "the receivable is what lines owe");
    }
}

/// Bytes of one journal record: role, code, party, amount.
pub(crate) const RECORD: usize = 14;

/// Audits and writes each posting down.
struct Tee<'a> {
    audit: &'a mut Audit,
    journal: &'a mut Vec<u8>,
}

impl Sink for Tee<'_> {
    fn post(&mut self, posting: Posting) {
        self.audit.post(posting);
        self.journal.extend_from_slice(&[posting.role as u8, posting.code as u8]);
        self.journal.extend_from_slice(&posting.party.to_le_bytes());
        self.journal.extend_from_slice(&posting.amount.0.to_le_bytes());
    }
    fn close(&mut self, command: u128) {
        self.audit.close(command);
    }
}

/// What a day does to a person's row by itself.
pub(crate) fn brought_up_to(mut row: PersonRow, facts: Facts, today: Day) -> PersonRow {
    let (year_tag, month_tag) = tags(today);
    if row.year_tag < year_tag {
        row.year = aftercare::settlement::YearToDate::default();
        row.year_tag = year_tag;
    }
    let months = u32::from(month_tag.saturating_sub(row.month_tag));
    let monthly = match (facts.member.scheme, facts.member.status) {
        (InsuranceScheme::Employee, MemberStatus::Retired) => RULES.account.retired_monthly,
        (InsuranceScheme::Employee, _) => RULES.account.active_monthly,
        _ => Fen::ZERO,
    };
    row.account += months * monthly.packed();
    row.month_tag = row.month_tag.max(month_tag);
    row
}

/// A visit's number within the test.
pub(crate) fn visit(number: u32) -> VisitId {
    VisitId::new(number / 200, GroupId(7), number % 200)
}

/// A bill of one line that is the person's own, whatever the insurance says.
pub(crate) fn self_paid(fen: u32) -> [BillLine; 1] {
    [BillLine { amount_fen: fen, class: ItemClass::C, prepay_bp: 0 }]
}

/// A bill of one line that the insurance shares.
pub(crate) fn insured(fen: u32) -> [BillLine; 1] {
    [BillLine { amount_fen: fen, class: ItemClass::A, prepay_bp: 0 }]
}

/// An outpatient claim at a tertiary hospital that takes part.
pub(crate) fn claim(visit: VisitId, lines: &[BillLine]) -> Settle<'_> {
    Settle {
        visit,
        point: 4,
        hospital: HospitalId(3),
        level: HospitalLevel::Tertiary,
        care: CareKind::Outpatient,
        cause: CostCause::Illness,
        in_scheme: true,
        continues: false,
        purse: None,
        lines,
    }
}
