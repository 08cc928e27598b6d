//! The life of claims at one kin group's desk, in the national interface's transactions: fees are uploaded,
//! pre-settled, settled per order, in stages or once at the end, reversed newest first and settled again. Must
//! never move money itself: each step is a command of the engine.
//!
//! | transaction | number |
//! |---|---|
//! | `Upload`, `CancelFees` | 2204/2301, 2205/2302 |
//! | `PreSettle` | 2206/2303 |
//! | `Settle`, with `stage` = `mid_setl_flag` | 2207/2304 |
//! | `Discharge` | 2402; the bill is settled at the bedside now, or by `midnight` when it is forgotten |
//! | `Reverse`, `Undo` | 2208/2305, 2601 |
//! | `LateFee`, `ChangeStatus` | reversal newest first, then settlement again in the old order, each in its own year |

use super::command::{Body, Command, Decision, Funding, Settle};
use super::rows::GroupRows;
use super::{Engine, tags};
use crate::domain::{CareKind, Day, Fen, Refusal, TimeMs, VisitId};
use crate::ledger::{Posting, Sink};
use crate::settlement::{BillLine, Member, OwnParts, Purse};
use aside::Aside;
use std::collections::BTreeMap;

mod aside;
mod ask;

pub use ask::{DeskAnswer, DeskRules, Notice, Place, Transaction};

/// A visit with its fees.
#[derive(Clone, Debug)]
struct Encounter {
    member: usize,
    place: Place,
    agreed: Funding,
    /// All fees.
    lines: Vec<BillLine>,
    /// How many of them are settled.
    settled: usize,
    /// Next payment point.
    point: u8,
    last_stage: Day,
    discharged: Option<Day>,
    /// Deposit held for it.
    deposit: Fen,
}

impl Encounter {
    /// The engine's claim for the open fees, with the year's earlier stages of the stay before them.
    fn claim<'a>(
        &'a self,
        visit: VisitId,
        from: usize,
        stage: bool,
        purse: Option<&'a Purse>,
    ) -> Result<(usize, Settle<'a>), Refusal> {
        if self.settled == self.lines.len() {
            return Err(Refusal::NothingOpen);
        }
        let Place { hospital, level, care, cause, in_scheme } = self.place;
        let (point, continues) = (self.point, stage || from < self.settled);
        let lines = &self.lines[from..];
        let claim = Settle {
            visit,
            point,
            hospital,
            level,
            care,
            cause,
            in_scheme,
            continues,
            purse,
            lines,
        };
        Ok((self.member, claim))
    }
}

/// A settlement that stands.
#[derive(Clone, Debug)]
struct Record {
    request: u128,
    visit: VisitId,
    point: u8,
    funding: Funding,
    /// Day of the benefits: that of the first settlement, however often it is settled again.
    day: Day,
    /// What the patient's own sources gave, where an order was chosen.
    own: Option<OwnParts>,
    /// Fees that were settled before, and after it.
    fees: (usize, usize),
    /// First fee of the stay's settlements of this year: a stage is split together with those before.
    from: usize,
    stage: bool,
}

/// One kin group's desk.
#[derive(Debug)]
pub struct Desk<'e> {
    engine: Engine<'e>,
    rules: DeskRules,
    /// The group's rows.
    pub rows: GroupRows,
    visits: BTreeMap<VisitId, Encounter>,
    records: Vec<Record>,
    answered: BTreeMap<u128, (Transaction, DeskAnswer)>,
    aside: Aside,
    commands: u128,
}

impl<'e> Desk<'e> {
    /// A desk without visits.
    pub fn new(engine: Engine<'e>, rules: DeskRules, rows: GroupRows) -> Desk<'e> {
        Desk {
            engine,
            rules,
            rows,
            visits: BTreeMap::new(),
            records: Vec::new(),
            answered: BTreeMap::new(),
            aside: Aside::default(),
            commands: 0,
        }
    }

    /// Answers a request once: the same id with the same body gets the first answer again.
    pub fn answer<S: Sink>(
        &mut self,
        id: u128,
        at: TimeMs,
        asked: Transaction,
        sink: &mut S,
    ) -> DeskAnswer {
        if let Some((first, answer)) = self.answered.get(&id) {
            return if *first == asked { answer.clone() } else { DeskAnswer::KeyReused };
        }
        self.keep_years(at);
        self.end_days(at, sink);
        let done = self.act(id, at, &asked, sink);
        let answer = done.unwrap_or_else(DeskAnswer::Refused);
        self.answered.insert(id, (asked, answer.clone()));
        answer
    }

    /// Settles what the hospital's rules say of visits that nobody settles: stages of long or costly
    /// stays, and forgotten bills. Returns what was settled.
    pub fn midnight<S: Sink>(&mut self, at: TimeMs, sink: &mut S) -> Vec<(VisitId, Decision)> {
        let today = at.day();
        self.keep_years(at);
        self.end_days(at, sink);
        let due = |visit: &Encounter| self.falls_due(visit, today);
        let due: Vec<(VisitId, bool)> =
            self.visits.iter().filter_map(|(&id, visit)| Some((id, due(visit)?))).collect();
        let mut settled = Vec::new();
        for (visit, stage) in due {
            let funding = self.visits[&visit].agreed;
            if let Ok(decision) = self.settle(0, (at, today), visit, funding, stage, sink) {
                settled.push((visit, decision));
            }
        }
        settled
    }

    /// Whether open fees are settled tonight, and as a stage.
    fn falls_due(&self, visit: &Encounter, today: Day) -> Option<bool> {
        let open: i64 =
            visit.lines[visit.settled..].iter().map(|line| i64::from(line.amount_fen)).sum();
        if open == 0 {
            return None;
        }
        let since =
            |day: Day, days: Option<u16>| days.is_some_and(|days| today - day >= i32::from(days));
        if let Some(day) = visit.discharged {
            return since(day, self.rules.settle_forgotten_after_days).then_some(false);
        }
        let by_days = since(visit.last_stage, self.rules.stage_every_days);
        let by_amount = self.rules.stage_at_open.is_some_and(|amount| Fen(open) >= amount);
        let stay = visit.place.care == CareKind::Inpatient;
        (stay && (by_days || by_amount)).then_some(true)
    }

    fn act<S: Sink>(
        &mut self,
        id: u128,
        at: TimeMs,
        asked: &Transaction,
        sink: &mut S,
    ) -> Result<DeskAnswer, Refusal> {
        let one = |decision: Decision| DeskAnswer::Done(vec![decision]);
        match *asked {
            Transaction::Upload { visit, member, place, agreed, ref lines } => {
                self.upload(visit, (member, place, agreed), lines, at.day())
            }
            Transaction::CancelFees { visit } => {
                let visit = self.visit(visit)?;
                if visit.lines.len() == visit.settled {
                    return Err(Refusal::NothingOpen);
                }
                visit.lines.truncate(visit.settled);
                Ok(DeskAnswer::Done(Vec::new()))
            }
            Transaction::PreSettle { visit } => {
                let from = self.year_from(visit, at.day())?;
                let open = self.visits.get(&visit).ok_or(Refusal::NothingOpen)?;
                let (member, claim) = open.claim(visit, from, false, None)?;
                let split = self.engine.pre_settle(&self.rows, member, &claim, at.day());
                Ok(DeskAnswer::PreSettled(Box::new(split)))
            }
            Transaction::Settle { visit, funding, stage } => {
                self.settle(id, (at, at.day()), visit, funding, stage, sink).map(one)
            }
            Transaction::Discharge { visit, bedside } => {
                let open = self.visit(visit)?;
                if open.discharged.is_some() {
                    return Err(Refusal::NothingOpen);
                }
                let decisions = match bedside {
                    Some(funding) => {
                        vec![self.settle(id, (at, at.day()), visit, funding, false, sink)?]
                    }
                    None => Vec::new(),
                };
                self.visit(visit)?.discharged = Some(at.day());
                Ok(DeskAnswer::Done(decisions))
            }
            Transaction::Reverse { visit } => {
                let found = self.records.iter().rposition(|record| record.visit == visit);
                self.reverse(found.ok_or(Refusal::NothingOpen)?, at, sink).map(one)
            }
            Transaction::Undo { of } => {
                let found = self.records.iter().rposition(|record| record.request == of);
                self.reverse(found.ok_or(Refusal::NothingOpen)?, at, sink).map(one)
            }
            Transaction::LateFee { visit, ref lines } => self.late_fee(visit, lines, at, sink),
            Transaction::ChangeStatus { member, to, from } => {
                self.change_status(member, to, from, at, sink)
            }
            _ => self.act_on_means(at, asked, sink).map(one),
        }
    }

    fn visit(&mut self, visit: VisitId) -> Result<&mut Encounter, Refusal> {
        self.visits.get_mut(&visit).ok_or(Refusal::NothingOpen)
    }

    fn upload(
        &mut self,
        visit: VisitId,
        (member, place, agreed): (usize, Place, Funding),
        lines: &[BillLine],
        today: Day,
    ) -> Result<DeskAnswer, Refusal> {
        if member >= self.rows.size {
            return Err(Refusal::UnknownPerson);
        }
        let open = self.visits.entry(visit).or_insert_with(|| Encounter {
            member,
            place,
            agreed,
            lines: Vec::new(),
            settled: 0,
            point: 0,
            last_stage: today,
            discharged: None,
            deposit: Fen::ZERO,
        });
        if open.member != member || open.place != place {
            return Err(Refusal::UnknownPerson);
        }
        if open.discharged.is_some() && open.settled == open.lines.len() {
            return Err(Refusal::AlreadySettled);
        }
        open.lines.extend_from_slice(lines);
        Ok(DeskAnswer::Done(Vec::new()))
    }

    /// The first fee of the visit's settlements of this year.
    fn year_from(&self, visit: VisitId, today: Day) -> Result<usize, Refusal> {
        let open = self.visits.get(&visit).ok_or(Refusal::NothingOpen)?;
        let year = tags(today).0;
        let same = |record: &&Record| record.visit == visit && tags(record.day).0 == year;
        let first = self.records.iter().find(same);
        Ok(first.filter(|record| record.stage).map_or(open.settled, |record| record.from))
    }

    /// Settles what is open of a visit now, by the benefits of the year of a day.
    fn settle<S: Sink>(
        &mut self,
        request: u128,
        (at, as_of): (TimeMs, Day),
        visit: VisitId,
        funding: Funding,
        stage: bool,
        sink: &mut S,
    ) -> Result<Decision, Refusal> {
        let member = self.visit(visit)?.member;
        let year = tags(as_of).0;
        self.in_year(member, year, at, sink, |desk, sink| {
            desk.settle_in_year(request, (at, as_of), visit, funding, stage, sink)
        })
    }

    fn settle_in_year<S: Sink>(
        &mut self,
        request: u128,
        (at, as_of): (TimeMs, Day),
        visit: VisitId,
        funding: Funding,
        stage: bool,
        sink: &mut S,
    ) -> Result<Decision, Refusal> {
        let from = self.year_from(visit, as_of)?;
        let open = self.visits.get(&visit).ok_or(Refusal::NothingOpen)?;
        let purse = self.aside.purses[open.member];
        let (member, claim) = open.claim(visit, from, stage, purse.as_ref())?;
        if self.engine.shifts_payers(&self.rows, member, &claim, as_of) {
            return self.settle_as_one(request, (at, as_of), visit, funding, stage, sink);
        }
        let (point, continues) = (claim.point, claim.continues);
        // What is held for a stay is kept for its end.
        let deposit = if stage { Fen::ZERO } else { open.deposit };
        let with = if deposit.is_zero() { funding } else { funding.with_deposit(deposit) };
        let body = Body::Settle { claim, funding: with };
        let command = Command { id: self.commands, at, member, body };
        let decision = self.engine.apply(&mut self.rows, &command, sink);
        self.commands += 1;
        if let Some(word) = decision.refusal {
            return Err(word);
        }
        let open = self.visit(visit)?;
        let fees = (open.settled, open.lines.len());
        open.settled = open.lines.len();
        open.point += 1;
        open.last_stage = as_of;
        open.deposit -= deposit;
        let own = self.settled(visit, point, at);
        let (day, stage) = (as_of, continues);
        self.records.push(Record { request, visit, point, funding, day, own, fees, from, stage });
        Ok(decision)
    }

    /// Reverses one settlement; refused while a later one of the same person and year stands.
    fn reverse<S: Sink>(
        &mut self,
        found: usize,
        at: TimeMs,
        sink: &mut S,
    ) -> Result<Decision, Refusal> {
        let Record { visit, point, fees, own, day, .. } = self.records[found];
        let (member, year) = (self.visits[&visit].member, tags(day).0);
        let later = |record: &Record| {
            self.visits[&record.visit].member == member && tags(record.day).0 == year
        };
        if self.records[found + 1..].iter().any(later) {
            return Err(Refusal::LaterClaimFirst);
        }
        let parts = own.map(Purse::of_parts);
        let receipt = self.receipt(visit, point, parts.as_ref());
        let decision = self.in_year(member, year, at, sink, |desk, sink| {
            let body = Body::Reverse { visit, point };
            let command = Command { id: desk.commands, at, member, body };
            let decision = desk.engine.apply(&mut desk.rows, &command, sink);
            desk.commands += 1;
            decision.refusal.map_or(Ok(decision), Err)
        })?;
        self.records.remove(found);
        self.visit(visit)?.settled = fees.0;
        self.given_back((visit, point), at, own, receipt);
        Ok(decision)
    }

    /// The person's settlements from a position on, of one year or of all.
    fn standing(&self, member: usize, from: usize, year: Option<u8>) -> Vec<usize> {
        let of = |&at: &usize| {
            let record = &self.records[at];
            self.visits[&record.visit].member == member
                && year.is_none_or(|year| tags(record.day).0 == year)
        };
        (from..self.records.len()).filter(of).collect()
    }

    /// Settles a stay whose stages of this year cannot carry what their sum has become: they are
    /// reversed, and the whole is one settlement. What was settled since is settled again before it.
    fn settle_as_one<S: Sink>(
        &mut self,
        request: u128,
        (at, as_of): (TimeMs, Day),
        visit: VisitId,
        funding: Funding,
        stage: bool,
        sink: &mut S,
    ) -> Result<Decision, Refusal> {
        let year = tags(as_of).0;
        let of_stay = |record: &Record| record.visit == visit && tags(record.day).0 == year;
        let first = self.records.iter().position(of_stay).ok_or(Refusal::NothingOpen)?;
        let standing = self.standing(self.visits[&visit].member, first, Some(year));
        self.all_or_nothing(sink, |desk, held| {
            let (mut records, _) = desk.take_back(&standing, at, held)?;
            records.retain(|record| record.visit != visit);
            desk.settle_again(&records, at, held)?;
            desk.settle(request, (at, as_of), visit, funding, stage, held)
        })
    }

    /// Does several steps, or none: postings are held back until the last one is accepted.
    fn all_or_nothing<S: Sink, T>(
        &mut self,
        sink: &mut S,
        steps: impl FnOnce(&mut Desk<'e>, &mut Held) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let before =
            (self.rows.clone(), self.visits.clone(), self.records.clone(), self.aside.clone());
        let mut held = Held::default();
        let done = steps(self, &mut held);
        if done.is_ok() {
            held.release(sink);
        } else {
            (self.rows, self.visits, self.records, self.aside) = before;
        }
        done
    }

    /// Reverses settlements newest first, changes something, and settles them again in the old order.
    fn again<S: Sink>(
        &mut self,
        standing: &[usize],
        at: TimeMs,
        change: impl FnOnce(&mut Desk<'e>),
        sink: &mut S,
    ) -> Result<DeskAnswer, Refusal> {
        self.all_or_nothing(sink, |desk, held| {
            let (records, mut decisions) = desk.take_back(standing, at, held)?;
            change(desk);
            decisions.extend(desk.settle_again(&records, at, held)?);
            Ok(DeskAnswer::Done(decisions))
        })
    }

    /// Reverses settlements, newest first; returns them in their order.
    fn take_back(
        &mut self,
        standing: &[usize],
        at: TimeMs,
        sink: &mut Held,
    ) -> Result<(Vec<Record>, Vec<Decision>), Refusal> {
        let records = standing.iter().map(|&at| self.records[at].clone()).collect();
        let reversed = standing.iter().rev().map(|&found| self.reverse(found, at, sink));
        let decisions = reversed.collect::<Result<_, _>>()?;
        Ok((records, decisions))
    }

    /// Settles again what was taken back; a visit's last settlement takes in all of its fees.
    fn settle_again(
        &mut self,
        records: &[Record],
        at: TimeMs,
        sink: &mut Held,
    ) -> Result<Vec<Decision>, Refusal> {
        let mut decisions = Vec::new();
        for record in records {
            let whole = self.visit(record.visit)?.lines.clone();
            let last = records.iter().rfind(|other| other.visit == record.visit);
            let is_last = last.is_some_and(|last| last.point == record.point);
            let kept = if is_last { whole.len() } else { record.fees.1 };
            self.visit(record.visit)?.lines.truncate(kept);
            let Record { request, visit, funding, stage, day, .. } = *record;
            let settled = self.settle(request, (at, day), visit, funding, stage, sink);
            self.visit(record.visit)?.lines = whole;
            decisions.push(settled?);
        }
        Ok(decisions)
    }

    fn late_fee<S: Sink>(
        &mut self,
        visit: VisitId,
        lines: &[BillLine],
        at: TimeMs,
        sink: &mut S,
    ) -> Result<DeskAnswer, Refusal> {
        let found = self.records.iter().rposition(|record| record.visit == visit);
        let found = found.ok_or(Refusal::NothingOpen)?;
        let member = self.visits[&visit].member;
        let year = tags(self.records[found].day).0;
        let standing = self.standing(member, found, Some(year));
        let add = |desk: &mut Desk<'e>| {
            if let Some(open) = desk.visits.get_mut(&visit) {
                open.lines.extend_from_slice(lines);
            }
        };
        self.again(&standing, at, add, sink)
    }

    fn change_status<S: Sink>(
        &mut self,
        member: usize,
        to: Member,
        from: Day,
        at: TimeMs,
        sink: &mut S,
    ) -> Result<DeskAnswer, Refusal> {
        if member >= self.rows.size {
            return Err(Refusal::UnknownPerson);
        }
        let first = self
            .records
            .iter()
            .position(|record| self.visits[&record.visit].member == member && record.day >= from);
        let standing = first.map_or_else(Vec::new, |first| self.standing(member, first, None));
        let change = |desk: &mut Desk<'e>| {
            let facts = desk.rows.facts[member];
            desk.rows.set_facts(member, super::Facts { member: to, ..facts });
        };
        self.again(&standing, at, change, sink)
    }
}

/// Postings that may still be dropped.
#[derive(Default)]
struct Held(Vec<Kept>);

enum Kept {
    Posting(Posting),
    Close(u128),
}

impl Held {
    fn release<S: Sink>(self, sink: &mut S) {
        for kept in self.0 {
            match kept {
                Kept::Posting(posting) => sink.post(posting),
                Kept::Close(command) => sink.close(command),
            }
        }
    }
}

impl Sink for Held {
    fn post(&mut self, posting: Posting) {
        self.0.push(Kept::Posting(posting));
    }
    fn close(&mut self, command: u128) {
        self.0.push(Kept::Close(command));
    }
}
