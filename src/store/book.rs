//! The rows of one shard: packed by person, gathered for a decision, written back after it. Must never
//! look at another shard.

use super::answer::View;
use super::audit::Faults;
use super::census::Census;
use super::claims::Claims;
use crate::credit::{DrawRow, DrawStage, LineRow, free_limit, next_event_day};
use crate::domain::{Fen, Refusal, TimeMs, VisitId};
use crate::engine::{
    Body, ClaimRow, Command, Decision, Engine, Facts, GroupCredit, GroupRows, PersonRow,
};
use crate::ledger::{Discard, Sink};
use crate::settlement::YearMore;
use crate::store::SHARDS;
use std::ops::Range;

/// Stays a person can have in a year before the store refuses more; the row counts to 255.
const MOST_ADMISSIONS: u8 = 250;

/// A kin group at rest.
#[derive(Clone, Debug)]
pub(super) struct Group {
    /// City-wide index of the first member.
    pub(super) first: u32,
    /// Position of the first member in the shard's lists.
    pub(super) at: u32,
    /// Members.
    pub(super) size: u8,
    /// Time of the last command.
    pub(super) last: TimeMs,
    /// Lines, draws, holds.
    pub(super) credit: GroupCredit,
    /// Claims that can be reversed.
    pub(super) claims: Claims,
}

impl Group {
    /// Positions of the members in the shard's lists.
    #[inline]
    fn members(&self) -> Range<usize> {
        let first = self.at as usize;
        first..first + usize::from(self.size)
    }
}

/// A person at rest: one line of memory.
#[derive(Clone, Debug)]
#[repr(align(64))]
pub(super) struct Person {
    pub(super) row: PersonRow,
    facts: Facts,
}

const _: () = assert!(size_of::<Person>() == 64, "a person is one line of memory");

/// The groups of one shard.
#[derive(Clone, Debug, Default)]
pub(super) struct Book {
    pub(super) groups: Vec<Group>,
    pub(super) people: Vec<Person>,
    /// The rest of each person's year; empty where the rules do not use it.
    pub(super) more: Vec<YearMore>,
    opening_accounts: i64,
    scratch: GroupRows,
}

impl Book {
    /// The books of every shard: group g lies in shard g mod 64. One is opened after the other, so that what a
    /// shard works on lies together.
    pub(super) fn open(census: &Census, uses_more: bool) -> Vec<Book> {
        let mut next = 0_usize;
        let firsts = census.sizes.iter().map(|&size| {
            let first = next;
            next += usize::from(size);
            first
        });
        let firsts: Vec<usize> = firsts.collect();
        let open = |number| Book::of_shard(census, &firsts, uses_more, number);
        let mut books: Vec<Book> = (0..SHARDS).map(open).collect();
        for (group, credit) in &census.credit {
            let group = group.0 as usize;
            books[group % SHARDS].groups[group / SHARDS].credit.clone_from(credit);
        }
        books
    }

    fn of_shard(census: &Census, firsts: &[usize], uses_more: bool, number: usize) -> Book {
        let mut book = Book::default();
        for group in (number..firsts.len()).step_by(SHARDS) {
            let (first, size) = (firsts[group], census.sizes[group]);
            let members = first..first + usize::from(size);
            book.groups.push(Group {
                first: first as u32,
                at: book.people.len() as u32,
                size,
                last: census.first_day.start(),
                credit: GroupCredit::default(),
                claims: Claims::with_room(),
            });
            if !census.more.is_empty() && uses_more {
                book.more.extend_from_slice(&census.more[members.clone()]);
            }
            let rows = census.rows[members.clone()].iter().zip(&census.facts[members]);
            book.people.extend(rows.map(|(&row, &facts)| Person { row, facts }));
        }
        if uses_more {
            book.more.resize(book.people.len(), YearMore::default());
        }
        let accounts = book.people.iter().map(|person| i64::from(person.row.account));
        book.opening_accounts = accounts.sum();
        book
    }

    /// Whether the shard has a group at this position.
    pub(super) fn has(&self, group: usize) -> bool {
        group < self.groups.len()
    }

    /// Reads each line of memory of a group's own row, to have it in cache when its turn comes.
    #[inline]
    pub(super) fn touch_group(&self, group: usize) -> u64 {
        let touch = |group: &Group| {
            let Group { at, last, credit, claims, .. } = group;
            let held = credit.lines.len() ^ credit.draws.len() ^ credit.holds.len();
            u64::from(*at) ^ last.0.cast_unsigned() ^ held as u64 ^ claims.touch()
        };
        self.groups.get(group).map_or(0, touch)
    }

    /// Reads the rows behind a group's own.
    #[inline]
    pub(super) fn touch_rows(&self, group: usize) -> u64 {
        let Some(group) = self.groups.get(group) else { return 0 };
        let members = group.members();
        let more = self.more.get(members.clone()).unwrap_or_default();
        let people = self.people[members].iter().map(|person| u64::from(person.row.account));
        let more = more.iter().map(|more| u64::from(more.chronic_eligible));
        let rows = people.chain(more).fold(0, |seen, raw| seen ^ raw);
        let lines = group.credit.lines.iter().map(|line| u64::from(line.key()));
        let draws = group.credit.draws.iter().map(DrawRow::visit);
        let holds = group.credit.holds.first().map(|hold| hold.visit.raw());
        let credit = lines.chain(draws).chain(holds);
        credit.fold(rows ^ group.claims.touch_end(), |seen, raw| seen ^ raw)
    }

    /// What a command would give, decided on a copy of a group's rows.
    pub(super) fn rehearse(
        &mut self,
        engine: &Engine<'_>,
        group: usize,
        command: &Command<'_>,
    ) -> Decision {
        self.gather(group, command);
        let Book { groups, scratch, .. } = self;
        let (copy, credit) = (&mut scratch.credit, &groups[group].credit);
        copy.lines.clone_from(&credit.lines);
        copy.draws.clone_from(&credit.draws);
        copy.holds.clone_from(&credit.holds);
        decide(engine, scratch, command, &mut Discard)
    }

    /// The settlement of a bill that can still be reversed, as it was answered.
    pub(super) fn settlement(&self, group: usize, visit: VisitId, point: u8) -> Decision {
        let found = self.groups[group].claims.find(visit, point);
        let Some(ClaimRow { split, tender, holder, .. }) = found else {
            return Decision::refused(Refusal::NothingOpen);
        };
        Decision {
            total: split.medfee_sumamt,
            fund: split.fund_pay_sumamt,
            person: split.psn_part_amt,
            account: tender.account_own + tender.account_family,
            cash: tender.cash,
            line: tender.line,
            receivable: tender.receivable,
            holder: (!tender.line.is_zero()).then_some(holder),
            ..Decision::default()
        }
    }

    /// Copies what a decision needs of a group, but for its credit.
    #[inline]
    fn gather(&mut self, group: usize, command: &Command<'_>) {
        let Book { groups, people, more, scratch, .. } = self;
        let rest = &groups[group];
        let members = rest.members();
        scratch.first = rest.first;
        scratch.size = members.len();
        scratch.last = rest.last;
        for (member, person) in people[members.clone()].iter().enumerate() {
            scratch.set_facts(member, person.facts);
            scratch.people[member] = person.row;
        }
        if !more.is_empty() {
            scratch.more[..members.len()].copy_from_slice(&more[members]);
        }
        scratch.claims.clear();
        if !year_ended(rest.last, command.at) {
            scratch.claims.extend(rest.claims.rows_for(&command.body));
        }
    }

    /// Decides a command on a group's rows.
    #[inline]
    pub(super) fn apply<S: Sink>(
        &mut self,
        engine: &Engine<'_>,
        group: usize,
        command: &Command<'_>,
        sink: &mut S,
    ) -> Decision {
        self.gather(group, command);
        let Book { groups, people, more, scratch, .. } = self;
        let rest = &mut groups[group];
        if year_ended(rest.last, command.at) {
            rest.claims.clear();
        }
        let seen = scratch.claims.len();
        std::mem::swap(&mut scratch.credit, &mut rest.credit);
        let decision = decide(engine, scratch, command, sink);
        std::mem::swap(&mut scratch.credit, &mut rest.credit);
        let members = rest.members();
        for (person, row) in people[members.clone()].iter_mut().zip(&scratch.people) {
            person.row = *row;
        }
        if !more.is_empty() {
            more[members.clone()].copy_from_slice(&scratch.more[..members.len()]);
        }
        rest.last = scratch.last;
        rest.claims.write_back(&command.body, &scratch.claims, seen);
        decision
    }

    /// Enters a group's last draw again: a deliberate fault.
    pub(super) fn double_draw(&mut self, group: usize) {
        let draws = &mut self.groups[group].credit.draws;
        draws.extend(draws.last().copied());
    }

    /// Gives an account back what it paid: a deliberate fault.
    pub(super) fn lose_update(&mut self, group: usize, paid: Fen) {
        self.people[self.groups[group].at as usize].row.account += paid.packed();
    }

    /// What a query sees; `None` for a member that the group does not have.
    pub(super) fn view(&self, group: usize, member: u8) -> Option<View> {
        let group = &self.groups[group];
        if member >= group.size {
            return None;
        }
        let row = &self.people[group.at as usize + usize::from(member)].row;
        let holder = group.first + u32::from(member);
        let line = group.credit.lines.iter().find(|line| line.key() == holder);
        let sum = |a: u32, b: u32| Fen::unpacked(a) + Fen::unpacked(b);
        Some(View {
            account: Fen::unpacked(row.account),
            free_limit: line.map(free_limit),
            exposure: line.map_or(Fen::ZERO, LineRow::exposure),
            eligible: sum(row.year.outpatient_eligible, row.year.inpatient_eligible),
            fund: sum(row.year.outpatient_fund, row.year.inpatient_fund),
        })
    }

    /// Re-adds holds, draws and account balances against what the lines and the ledger say.
    pub(super) fn check(&self, account_legs: Fen, faults: &mut Faults) {
        for group in &self.groups {
            check_lines(group, faults);
        }
        let balances: i64 = self.people.iter().map(|person| i64::from(person.row.account)).sum();
        let expected = Fen(self.opening_accounts) - account_legs;
        if Fen(balances) != expected {
            let balances = Fen(balances);
            faults.push(format!("personal accounts hold {balances}, the ledger says {expected}"));
        }
    }

    /// Draws not closed.
    pub(super) fn open_draws(&self) -> u64 {
        self.groups.iter().map(|group| group.credit.draws.len() as u64).sum()
    }
}

/// Whether a calendar year ended since a group's last command: with it ends the reversal of its claims.
#[inline]
fn year_ended(last: TimeMs, now: TimeMs) -> bool {
    let (last, today) = (last.day(), now.day());
    today > last && last.civil().year != today.civil().year
}

/// Runs the midnights that passed, then the command.
#[inline]
fn decide<S: Sink>(
    engine: &Engine<'_>,
    rows: &mut GroupRows,
    command: &Command<'_>,
    sink: &mut S,
) -> Decision {
    open_days(engine, rows, command, sink);
    match refused_here(rows, command) {
        Some(word) => Decision::refused(word),
        None => engine.apply(rows, command, sink),
    }
}

/// Brings a group to the day of its command: midnights that passed since its last one are run for its
/// draws.
fn open_days<S: Sink>(
    engine: &Engine<'_>,
    rows: &mut GroupRows,
    command: &Command<'_>,
    sink: &mut S,
) {
    let (last, today) = (rows.last.day(), command.at.day());
    if today <= last {
        return;
    }
    let Some(policy) = engine.policy else { return };
    let mut closed = last + -1;
    loop {
        let next = |draw: &DrawRow| next_event_day(policy, draw, closed);
        let next_day = rows.credit.draws.iter().filter_map(next).min();
        let Some(day) = next_day.filter(|&day| day < today) else { return };
        for at in 0..rows.credit.draws.len() {
            let draw = &rows.credit.draws[at];
            if next_event_day(policy, draw, closed) == Some(day) {
                let bill = VisitId::from_raw(draw.visit());
                let body = Body::Tick { bill };
                engine.apply(rows, &Command { at: day.start(), body, ..*command }, sink);
            }
        }
        closed = day;
    }
}

/// What the engine takes for granted and a client may still ask: the reversal of a claim whose draw is
/// already repaid, amounts beyond what a year's packed accumulators hold.
pub(super) fn refused_here(rows: &GroupRows, command: &Command<'_>) -> Option<Refusal> {
    match command.body {
        Body::Reverse { visit, point } => {
            let repaid = !settled(rows, visit, point)?.tender.line.is_zero();
            (repaid && !drawn(rows, visit, point)).then_some(Refusal::NothingOpen)
        }
        Body::Settle { ref claim, .. } if command.member < rows.size => {
            let year = &rows.people[command.member].year;
            let used = [year.outpatient_eligible, year.inpatient_eligible, year.burden];
            let bill = claim.lines.iter().map(|line| u64::from(line.amount_fen));
            let chronic = u64::from(rows.more[command.member].chronic_eligible);
            let sum: u64 = used.into_iter().map(u64::from).chain(bill).sum::<u64>() + chronic;
            let full = sum > u64::from(u32::MAX) || year.admissions >= MOST_ADMISSIONS;
            full.then_some(Refusal::LimitExhausted)
        }
        _ => None,
    }
}

/// The claim of a bill, if it can still be reversed.
fn settled(rows: &GroupRows, visit: VisitId, point: u8) -> Option<&ClaimRow> {
    rows.claims.iter().rfind(|claim| claim.visit == visit && claim.point == point)
}

/// Whether something of a bill's draw is still open.
fn drawn(rows: &GroupRows, visit: VisitId, point: u8) -> bool {
    let bill = visit.bill(point).raw();
    rows.credit.draws.iter().any(|draw| draw.visit() == bill)
}

fn check_lines(group: &Group, faults: &mut Faults) {
    for line in &group.credit.lines {
        let holder = line.holder();
        let mine = group.credit.holds.iter();
        let held: Fen = mine
            .filter(|hold| group.first + u32::from(hold.member()) == holder)
            .filter(|hold| hold.place() == line.place())
            .map(|hold| hold.amount)
            .sum();
        let draws = group.credit.draws.iter().filter(|draw| draw.line_key() == line.key());
        let alive = draws.filter(|draw| draw.stage() != DrawStage::WrittenOff);
        let drawn: Fen = alive.map(DrawRow::principal).sum();
        if line.exposure() > line.limit() {
            let (exposure, limit) = (line.exposure(), line.limit());
            faults.push(format!("line of person {holder}: {exposure} used of a limit of {limit}"));
        }
        if held != line.reserved() || drawn != line.drawn() {
            let (reserved, principal) = (line.reserved(), line.drawn());
            faults.push(format!(
                "line of person {holder}: holds {held} of {reserved} reserved, draws {drawn} of \
                 {principal} drawn"
            ));
        }
    }
}
