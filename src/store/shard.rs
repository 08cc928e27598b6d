//! One shard: its rows, keys and audit, and the order of checks before the engine is asked. Must never
//! wait for another shard.

use super::answer::{Answer, Answered, StoreRefusal};
use super::audit::{Base, Faults};
use super::book::Book;
use super::keys::{KEPT_BEFORE_TODAY, Keys, Known};
use super::planted::{Bug, Bugs};
use crate::domain::{Day, Fen, Refusal};
use crate::engine::{Decision, Engine, Funding};
use crate::ledger::{Audit, Posting, Role, Sink};
use crate::store::SHARDS;
use crate::wire::answer::{put_decision, take_decision};
use crate::wire::digest::digest64;
use crate::wire::packed::{HEAD, put_request};
use crate::wire::{Batch, Reader, Request, RequestBody};
use std::ops::Range;

/// Days by which a command may be ahead of the shard's last one.
const MOST_DAYS_AHEAD: i32 = 400;
/// Requests whose rows are read ahead together: about as many misses as a core keeps in flight.
const WARMED: usize = 16;
/// Most that one command may move: 4 million yuan, a tenth of what a packed row can hold.
const MOST_FEN: i64 = 400_000_000;

/// A shard and the buffers of the batch in hand.
#[derive(Clone, Debug)]
pub(super) struct Shard {
    pub(super) first_day: Day,
    /// Latest day of a command that was decided.
    pub(super) newest: Day,
    pub(super) book: Book,
    pub(super) keys: Keys,
    pub(super) audit: Audit,
    pub(super) base: Base,
    pub(super) bugs: Bugs,
    /// Positions in the batch of this shard's requests.
    pub(super) inbox: Vec<u32>,
    /// Answers in inbox order.
    pub(super) answers: Vec<Answered>,
    /// Log of the batch: records, each followed by the digest of its decision.
    pub(super) log: Vec<u8>,
    record: Vec<u8>,
    packed: Vec<u8>,
}

impl Shard {
    pub(super) fn new(first_day: Day, book: Book) -> Shard {
        Shard {
            first_day,
            newest: first_day,
            book,
            keys: Keys::default(),
            audit: Audit::new(),
            base: Base::default(),
            bugs: Bugs::default(),
            inbox: Vec::new(),
            answers: Vec::new(),
            log: Vec::new(),
            record: Vec::new(),
            packed: Vec::new(),
        }
    }

    /// Answers the inbox. With `logging`, decided commands are appended to the shard's log.
    pub(super) fn run(&mut self, engine: &Engine<'_>, batch: &Batch, logging: bool) {
        let mut from = 0;
        while from < self.inbox.len() {
            let to = self.inbox.len().min(from + WARMED);
            self.warm(batch, from..to);
            for at in from..to {
                let request = &batch.requests()[self.inbox[at] as usize];
                let answer = self.answer(engine, batch, request, logging);
                self.answers.push(Answered { id: request.id, answer });
            }
            from = to;
        }
    }

    /// Reads what the next requests will need. The reads do not depend on one another, so the memory
    /// serves them together; left to the decisions, each would wait for its own.
    fn warm(&self, batch: &Batch, window: Range<usize>) {
        let requests = || {
            let positions = self.inbox[window.clone()].iter();
            positions.map(|&at| &batch.requests()[at as usize])
        };
        let group = |request: &Request| request.group.0 as usize / SHARDS;
        let mut seen = 0;
        for request in requests() {
            seen ^= self.keys.touch(request.id) ^ self.book.touch_group(group(request));
        }
        for request in requests() {
            let bill = batch.lines_of(request).first().map_or(0, |line| u64::from(line.amount_fen));
            seen ^= bill ^ self.book.touch_rows(group(request));
        }
        std::hint::black_box(seen);
    }

    fn answer(
        &mut self,
        engine: &Engine<'_>,
        batch: &Batch,
        request: &Request,
        logging: bool,
    ) -> Answer {
        let group = request.group.0 as usize / SHARDS;
        if !self.book.has(group) {
            return Answer::Refused(StoreRefusal::UnknownGroup);
        }
        if request.body == RequestBody::Query {
            let unknown = Decision::refused(Refusal::UnknownPerson);
            let view = self.book.view(group, request.member);
            return view.map_or(Answer::Decided(unknown), Answer::View);
        }
        if let RequestBody::Lookup { visit, point } = request.body {
            return Answer::Quoted(self.book.settlement(group, visit, point));
        }
        if let Err(word) = self.admit(batch, request) {
            return Answer::Refused(word);
        }
        if let (RequestBody::PreSettle { .. }, Some(command)) =
            (request.body, batch.command(request))
        {
            return Answer::Quoted(self.book.rehearse(engine, group, &command));
        }
        self.record.clear();
        put_request(&mut self.record, request, batch.lines_of(request));
        // The body is everything behind the key and the time: a retry carries a later clock.
        let body = digest64(&self.record[HEAD..]);
        match self.keys.find(request.id, body) {
            Known::New => self.decide(engine, batch, request, body, logging),
            Known::Same(decision) => Answer::Replayed(self.replayed(decision)),
            Known::Other if self.bugs.has(Bug::BodyNotCompared) => {
                Answer::Replayed(self.replayed(Decision::default()))
            }
            Known::Other => Answer::Refused(StoreRefusal::KeyReused),
        }
    }

    /// The first answer to a repeated key.
    fn replayed(&self, first: Decision) -> Decision {
        if self.bugs.has(Bug::StaleAnswer) {
            let last = take_decision(&mut Reader::new(&self.packed));
            return last.unwrap_or(first);
        }
        first
    }

    /// Checks on time, key and amounts that need no rule.
    fn admit(&self, batch: &Batch, request: &Request) -> Result<(), StoreRefusal> {
        let day = request.at.day();
        let today = self.newest.max(day);
        let born = request.id.born().day();
        if day < self.first_day {
            return Err(StoreRefusal::BeforeOpening);
        }
        if day - self.newest > MOST_DAYS_AHEAD {
            return Err(StoreRefusal::ClockAhead);
        }
        if today - born > KEPT_BEFORE_TODAY {
            return Err(StoreRefusal::KeyTooOld);
        }
        if born - day > 1 {
            return Err(StoreRefusal::KeyFromFuture);
        }
        let most = MOST_FEN + i64::from(self.bugs.has(Bug::LimitOffByOne));
        let within = |amount: Fen| (0..=most).contains(&amount.0);
        let sound = match request.body {
            RequestBody::Settle { funding, .. } => within(held(funding)),
            RequestBody::Deposit { amount, .. }
            | RequestBody::Arrears { amount, .. }
            | RequestBody::DebitOverdue { amount, .. } => within(amount),
            RequestBody::Repay { offered, .. } => within(offered),
            _ => true,
        };
        let lines = batch.lines_of(request).iter();
        let bill = Fen(lines.map(|line| i64::from(line.amount_fen)).sum());
        if sound && within(bill) { Ok(()) } else { Err(StoreRefusal::AmountOutOfRange) }
    }

    fn decide(
        &mut self,
        engine: &Engine<'_>,
        batch: &Batch,
        request: &Request,
        body: u64,
        logging: bool,
    ) -> Answer {
        let Some(command) = batch.command(request) else {
            panic!("invariant: {} is a command, not a query", request.id)
        };
        let group = request.group.0 as usize / SHARDS;
        let mut decision = if self.bugs.has(Bug::LostPosting) {
            self.book.apply(engine, group, &command, &mut Losing(&mut self.audit, 0))
        } else {
            self.book.apply(engine, group, &command, &mut self.audit)
        };
        self.misbehave(request, group, &mut decision);
        if request.at.day() > self.newest {
            self.newest = request.at.day();
            self.keys.forget_before(self.newest);
        }
        self.packed.clear();
        put_decision(&mut self.packed, &decision);
        if !(self.bugs.has(Bug::KeyForgotten) && is_some_of(request)) {
            self.keys.remember(request.id, body, &self.packed);
        }
        if logging {
            self.log.extend_from_slice(&self.record);
            self.log.extend_from_slice(&digest64(&self.packed).to_le_bytes());
        }
        Answer::Decided(decision)
    }

    /// The deliberate faults after a decision.
    #[inline]
    fn misbehave(&mut self, request: &Request, group: usize, decision: &mut Decision) {
        if self.bugs.has(Bug::DoubledDraw) && !decision.line.is_zero() {
            self.book.double_draw(group);
        }
        if self.bugs.has(Bug::LostUpdate) && !decision.account.is_zero() && is_some_of(request) {
            self.book.lose_update(group, decision.account);
        }
        if self.bugs.has(Bug::RefusedButBooked) && !decision.cash.is_zero() && is_some_of(request) {
            *decision = Decision::refused(Refusal::LimitExhausted);
        }
    }

    /// Adds the shard to a report.
    pub(super) fn audit_into(&self, sum: &mut Base, faults: &mut Faults) {
        let mine = self.base.plus(&self.audit);
        if let Some(imbalance) = self.audit.imbalance() {
            faults.push(imbalance.to_string());
        } else if mine.imbalance_fen != 0 {
            faults.push("an imbalance from before the image was taken".to_owned());
        }
        self.book.check(Fen(mine.totals[Role::PersonalAccount as usize]), faults);
        for (total, more) in sum.totals.iter_mut().zip(mine.totals) {
            *total += more;
        }
        sum.commands += mine.commands;
        sum.postings += mine.postings;
        sum.imbalance_fen += mine.imbalance_fen;
    }
}

/// One request in eight, for faults that strike now and then.
fn is_some_of(request: &Request) -> bool {
    request.id.serial() % 8 == 3
}

/// A sink that loses the first leg of each command.
struct Losing<'a>(&'a mut Audit, u64);

impl Sink for Losing<'_> {
    fn post(&mut self, posting: Posting) {
        if self.1 > 0 {
            self.0.post(posting);
        }
        self.1 += 1;
    }

    fn close(&mut self, command: u128) {
        self.0.close(command);
        self.1 = 0;
    }
}

/// The deposit that a settlement says is held.
fn held(funding: Funding) -> Fen {
    match funding {
        Funding::Own { deposit }
        | Funding::Line { deposit, .. }
        | Funding::Receivable { deposit } => deposit,
    }
}
