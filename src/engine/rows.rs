//! The rows of one kin group, gathered for a decision and written back after it; the gathered copy is
//! also the rehearsal's fork. Must never reach into another group.

use crate::credit::spec::{CreditPolicy, LineOrder};
use crate::credit::{DrawRow, Kin, LineRow, free_limit};
use crate::domain::{CareKind, Day, Fen, HospitalId, InsuranceScheme, TimeMs, VisitId};
use crate::settlement::{Member, Split, Tender, YearMore, YearToDate};

/// Most people in a kin group.
pub const GROUP_MAX: usize = 16;

/// What never changes about a person within a run.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts of a person")]
pub struct Facts {
    /// Insurance membership.
    pub member: Member,
    /// Age in years.
    pub age: u8,
    /// 0 = grandparents, 1 = adults in the middle, 2 = children.
    pub generation: u8,
    /// Public-credit score.
    pub score: u16,
    /// On the court's list of dishonest judgment debtors.
    pub judgment_debtor: bool,
    /// Insured in another pooling area.
    pub insured_elsewhere: bool,
    /// Monthly income.
    pub monthly_income: Fen,
    /// Months of the last 24 in which contributions were paid without a gap; known at an application only.
    pub insured_months: u8,
    /// The central bank's record holds too little.
    pub thin_file: bool,
    /// The credit commitment is not signed.
    pub unsigned: bool,
    /// Not registered by real name with the hospital.
    pub unregistered: bool,
    /// Bank of first choice, by its place in the scheme's list.
    pub bank: u8,
}

/// One person's state in one arm: 40 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PersonRow {
    /// The year's accumulators, reset lazily when the year tag is old.
    pub year: YearToDate,
    /// Personal-account balance, fen.
    pub account: u32,
    /// Calendar year of the accumulators, counted from 2000.
    pub year_tag: u8,
    /// Month up to which account inflows are booked, counted from January 2000.
    pub month_tag: u16,
    /// Flags, see the constants.
    pub flags: u8,
}

const _: () = assert!(size_of::<PersonRow>() == 40);

impl PersonRow {
    /// Insurance benefits are suspended until overdue credit is paid.
    pub const BLACKLISTED: u8 = 1;
    /// Wants to sign up at the desk on the next visit (set by the simulation).
    pub const SIGN_UP_PENDING: u8 = 2;
    /// Has used a line before (help at the point of care is given once).
    pub const HAS_USED_LINE: u8 = 4;
    /// Somebody in the kin group has a line (set on the first member; spares a look-up).
    pub const GROUP_HAS_LINE: u8 = 8;
    /// Holds no social-security card: the account is used with the e-credential, where the rules let it.
    pub const NO_CARD: u8 = 16;
    /// The holder's line was shown at an institution in the scheme (set by the simulation).
    pub const LINE_SHOWN: u8 = 32;

    /// What the funds have paid for the person in this calendar year.
    pub fn benefits_used(&self, today: Day) -> Fen {
        if self.year_tag != tags(today).0 {
            return Fen::ZERO;
        }
        let year = &self.year;
        let paid = [year.outpatient_fund, year.inpatient_fund, year.second_layer, year.assistance];
        paid.into_iter().map(Fen::unpacked).sum()
    }

    /// Whether a flag is set.
    pub fn has(self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}

/// Money held on a line for a visit that is not settled yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hold {
    /// The visit.
    pub visit: VisitId,
    /// Member whose line holds it, marked for a second line; see `member` and `place`.
    pub holder: u8,
    /// Amount held.
    pub amount: Fen,
    /// Day on which it was first held.
    pub on: Day,
}

impl Hold {
    /// Marks a hold on the member's second line.
    pub(super) const SECOND: u8 = 1 << 7;

    /// Position of the line's holder in the group.
    pub fn member(&self) -> u8 {
        self.holder & !Hold::SECOND
    }

    /// Place among the holder's lines.
    pub fn place(&self) -> usize {
        usize::from(self.holder >> 7)
    }
}

/// A settled claim that can still be reversed.
#[derive(Clone, Copy, Debug)]
pub struct ClaimRow {
    /// The visit.
    pub visit: VisitId,
    /// Its payment point.
    pub point: u8,
    /// The patient's position in the group.
    pub member: u8,
    /// Kind of care.
    pub care: CareKind,
    /// Where.
    pub hospital: HospitalId,
    /// Who bore what.
    pub split: Split,
    /// How the personal part was paid.
    pub tender: Tender,
    /// Member whose line was drawn.
    pub holder: u8,
    /// What each member's account gave by family mutual aid, fen.
    pub aid: [u32; GROUP_MAX],
    /// Year whose benefits it used, counted from 2000.
    pub year_tag: u8,
    /// 0 = a whole bill, 1 = the first stage of a stay in its year, 2 = a later stage.
    pub stage: u8,
}

/// Lines, draws and holds of a group: kept only for groups that have a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupCredit {
    /// Open and closed lines, at most two a person.
    pub lines: Vec<LineRow>,
    /// Open draws.
    pub draws: Vec<DrawRow>,
    /// Open reservations.
    pub holds: Vec<Hold>,
}

/// One kin group, ready for decisions.
#[derive(Clone, Debug)]
pub struct GroupRows {
    /// City-wide index of the first member.
    pub first: u32,
    /// Number of members.
    pub size: usize,
    /// What never changes.
    pub facts: [Facts; GROUP_MAX],
    /// The same as the family rules see it.
    pub kin: [Kin; GROUP_MAX],
    /// State.
    pub people: [PersonRow; GROUP_MAX],
    /// The rest of each year, where the rules use it.
    pub more: [YearMore; GROUP_MAX],
    /// Lines, draws, holds.
    pub credit: GroupCredit,
    /// Claims that can still be reversed.
    pub claims: Vec<ClaimRow>,
    /// Time of the group's last command.
    pub last: TimeMs,
    /// The day whose tags were looked up last, with its year and month tags.
    tagged: (Day, u8, u16),
}

impl Default for GroupRows {
    fn default() -> GroupRows {
        GroupRows {
            first: 0,
            size: 0,
            facts: [Facts::default(); GROUP_MAX],
            kin: [Kin { age: 0, generation: 0, insured: false }; GROUP_MAX],
            people: [PersonRow::default(); GROUP_MAX],
            more: [YearMore::default(); GROUP_MAX],
            credit: GroupCredit::default(),
            claims: Vec::new(),
            last: TimeMs(i64::MIN),
            tagged: (Day(i32::MIN), 0, 0),
        }
    }
}

impl GroupRows {
    /// Year and month tags of a day; the calendar is asked once a day, not once a command.
    pub(super) fn tags(&mut self, day: Day) -> (u8, u16) {
        if self.tagged.0 != day {
            let (year, month) = tags(day);
            self.tagged = (day, year, month);
        }
        (self.tagged.1, self.tagged.2)
    }

    /// Sets what never changes about a member.
    pub fn set_facts(&mut self, member: usize, facts: Facts) {
        self.facts[member] = facts;
        let insured = facts.member.scheme != InsuranceScheme::Uninsured;
        self.kin[member] = Kin { age: facts.age, generation: facts.generation, insured };
    }

    /// Empties the buffers for the next group, keeping their memory.
    pub fn clear(&mut self, first: u32, size: usize) {
        assert!(size <= GROUP_MAX, "invariant: kin group at {first} has {size} people");
        self.first = first;
        self.size = size;
        self.credit.lines.clear();
        self.credit.draws.clear();
        self.credit.holds.clear();
        self.claims.clear();
        self.last = TimeMs(i64::MIN);
    }

    /// The line of a member, if one was ever opened.
    pub fn line_of(&self, member: usize) -> Option<usize> {
        let holder = self.first + member as u32;
        self.credit.lines.iter().position(|line| line.holder() == holder)
    }

    /// The member's line that is asked for an amount by the policy's choice and bears at least `least` of
    /// it; where none does, the first one in order, which will say why.
    pub(super) fn line_with(
        &self,
        policy: &CreditPolicy,
        member: usize,
        amount: Fen,
        least: Fen,
    ) -> Option<usize> {
        let lines = &self.credit.lines;
        let first = self.line_of(member)?;
        let holder = lines[first].holder();
        let second = lines[first + 1..].iter().position(|line| line.holder() == holder);
        let choice = policy.more.banks.asked;
        let free = |at: usize| free_limit(&lines[at]);
        let second = second.map(|further| first + 1 + further);
        let second_goes_first = second.is_some_and(|second| match choice.order {
            LineOrder::FirstOpened => false,
            LineOrder::LastOpened => true,
            LineOrder::MostFree => free(second) > free(first),
        });
        let order = if second_goes_first { [second, Some(first)] } else { [Some(first), second] };
        let today = self.last.day();
        let bears = |part: Fen| {
            let can =
                |&at: &usize| free(at) >= part && lines[at].stands_still(policy, today).is_none();
            order.into_iter().flatten().find(can)
        };
        let whole = if choice.enough_first { bears(amount) } else { None };
        whole.or_else(|| bears(least)).or(order[0])
    }

    /// The line that a hold stands on.
    pub(super) fn line_of_hold(&self, hold: &Hold) -> Option<usize> {
        let (member, place) = (self.first + u32::from(hold.member()), hold.place());
        let same = |line: &LineRow| line.holder() == member && line.place() == place;
        self.credit.lines.iter().position(same)
    }

    /// The line that was drawn, by its number.
    pub fn line_by_key(&self, key: u32) -> Option<usize> {
        self.credit.lines.iter().position(|line| line.key() == key)
    }

    /// Position of a line's holder in the group.
    pub fn holder_of(&self, line: usize) -> usize {
        (self.credit.lines[line].holder() - self.first) as usize
    }
}

/// Year tag (from 2000) and month tag (from January 2000) of a day.
pub fn tags(day: Day) -> (u8, u16) {
    let civil = day.civil();
    let years = u16::try_from(civil.year - 2000)
        .unwrap_or_else(|_| panic!("invariant: books open after 2000, got {day}"));
    (years as u8, years * 12 + u16::from(civil.month) - 1)
}
