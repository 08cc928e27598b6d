//! `aftercare settle` on a stream of transactions: people, visits and kin groups by their outside numbers, and
//! the desk's answer to each line. Must never settle itself: `engine::Desk` does.

use crate::domain::{Day, Fen, GroupId, Refusal, TimeMs, VisitId};
use crate::engine::{
    Decision, Desk, DeskAnswer, Engine, Facts, GroupRows, Notice, PersonRow, Transaction, tags,
};
use crate::ledger::Audit;
use crate::scenario::DeskSpec;
use crate::settlement::spec::Rules;
use crate::settlement::{Reply, Split};
use crate::wire::{SetlInfo, TransactionForm};
use std::collections::BTreeMap;

/// Most people whom the office gives numbers in one kin group.
const MOST: u32 = crate::engine::GROUP_MAX as u32;

/// What one line came to.
pub(super) struct Answered {
    pub(super) line: u64,
    pub(super) form: TransactionForm,
    pub(super) answer: DeskAnswer,
    /// The request id was known: this is the first answer again.
    pub(super) replayed: bool,
    /// Receipts and messages, with the visit's outside number.
    pub(super) notices: Vec<(String, Notice)>,
    /// Replies in national fields: of settlements that stand now, or of a pre-settlement.
    pub(super) replies: Vec<SetlInfo>,
}

/// Desks of all kin groups of a file.
pub(super) struct Office<'r> {
    rules: &'r Rules,
    spec: &'r DeskSpec,
    engine: Engine<'r>,
    desks: Vec<Desk<'r>>,
    groups: BTreeMap<String, usize>,
    people: BTreeMap<String, (usize, usize)>,
    visits: BTreeMap<String, (usize, VisitId)>,
    names: BTreeMap<VisitId, String>,
    requests: BTreeMap<String, u128>,
    pub(super) audit: Audit,
}

impl<'r> Office<'r> {
    /// An office nobody has come to yet.
    pub(super) fn new(rules: &'r Rules, spec: &'r DeskSpec, engine: Engine<'r>) -> Office<'r> {
        Office {
            rules,
            spec,
            engine,
            desks: Vec::new(),
            groups: BTreeMap::new(),
            people: BTreeMap::new(),
            visits: BTreeMap::new(),
            names: BTreeMap::new(),
            requests: BTreeMap::new(),
            audit: Audit::new(),
        }
    }

    /// Answers a line; an error is a field that makes no sense.
    pub(super) fn answer(&mut self, line: u64, form: TransactionForm) -> Result<Answered, String> {
        let at = form.at()?;
        let mut answered = Answered {
            line,
            answer: DeskAnswer::Done(Vec::new()),
            replayed: false,
            notices: Vec::new(),
            replies: Vec::new(),
            form,
        };
        match answered.form.infno.as_str() {
            "1101" => self.register(&answered.form, at)?,
            "midnight" => self.midnight(at, &mut answered),
            _ => {
                let (desk, asked) = match self.asked(&answered.form, at)? {
                    Ok(found) => found,
                    Err(word) => {
                        answered.answer = DeskAnswer::Refused(word);
                        return Ok(answered);
                    }
                };
                let next = self.requests.len() as u128 + 1;
                let msgid = answered.form.msgid.clone();
                answered.replayed = self.requests.contains_key(&msgid);
                let id = *self.requests.entry(msgid).or_insert(next);
                answered.answer = self.desks[desk].answer(id, at, asked, &mut self.audit);
                self.tell(desk, &mut answered);
            }
        }
        Ok(answered)
    }

    /// 1101: a person comes into a kin group; the group's books open with the first one.
    fn register(&mut self, form: &TransactionForm, at: TimeMs) -> Result<(), String> {
        let person = form.person()?.to_owned();
        if self.people.contains_key(&person) {
            return Err(format!("psn_no `{person}` is registered on an earlier line"));
        }
        let group = form.kin_group.clone().unwrap_or_else(|| person.clone());
        let desk = self.desk(&group);
        let rows = &mut self.desks[desk].rows;
        let member = rows.size;
        if member >= MOST as usize {
            return Err(format!("kin_group `{group}` has more than {MOST} people"));
        }
        let year = form.cumulative.unwrap_or_default();
        let (year_tag, month_tag) = tags(at.day());
        let balance = form.balc.unwrap_or_default();
        let account = u32::try_from(balance.0)
            .map_err(|_| format!("balc {balance} is negative or too large"))?;
        rows.size += 1;
        rows.people[member] =
            PersonRow { year: year.year()?, account, year_tag, month_tag, ..PersonRow::default() };
        rows.more[member] = year.more()?;
        let facts = Facts {
            member: form.member()?,
            age: form.age.unwrap_or(40),
            generation: form.generation.unwrap_or(1),
            score: form.score.unwrap_or_default(),
            judgment_debtor: form.judgment_debtor.unwrap_or_default(),
            ..Facts::default()
        };
        rows.set_facts(member, facts);
        self.people.insert(person, (desk, member));
        Ok(())
    }

    fn desk(&mut self, group: &str) -> usize {
        let next = self.desks.len();
        let at = *self.groups.entry(group.to_owned()).or_insert(next);
        if at == next {
            let mut rows = GroupRows::default();
            rows.clear(next as u32 * MOST, 0);
            self.desks.push(Desk::new(self.engine, self.spec.rules, rows));
        }
        at
    }

    fn midnight(&mut self, at: TimeMs, answered: &mut Answered) {
        let mut decisions = Vec::new();
        for desk in 0..self.desks.len() {
            let settled = self.desks[desk].midnight(at, &mut self.audit);
            decisions.extend(settled.into_iter().map(|(_, decision)| decision));
            self.tell(desk, answered);
        }
        answered.answer = DeskAnswer::Done(decisions);
    }

    /// The desk and the transaction of a line; a refusal for a visit or person that nobody knows.
    fn asked(
        &mut self,
        form: &TransactionForm,
        at: TimeMs,
    ) -> Result<Result<(usize, Transaction), Refusal>, String> {
        if matches!(form.infno.as_str(), "2204" | "2301") {
            return self.upload(form, at.day());
        }
        let of_person = ["status", "means", "top_up", "close_card", "open_line", "issue_card"];
        if of_person.contains(&form.infno.as_str()) {
            let Some(&(desk, member)) = self.people.get(form.person()?) else {
                return Ok(Err(Refusal::UnknownPerson));
            };
            let asked = match form.infno.as_str() {
                "status" => {
                    Transaction::ChangeStatus { member, to: form.member()?, from: form.from()? }
                }
                "means" => {
                    let purse = form.purse(&self.spec.orders)?;
                    Transaction::Means { member, purse, reached: form.reached.unwrap_or(true) }
                }
                "top_up" => Transaction::TopUp { member, amount: form.amount()? },
                "close_card" => Transaction::CloseCard { member },
                "open_line" => Transaction::OpenLine { member },
                _ => Transaction::IssueCard { member, bank: form.bank()? },
            };
            return Ok(Ok((desk, asked)));
        }
        if form.infno == "2601" {
            let of =
                form.of_msgid.as_deref().ok_or("missing field `of_msgid`, which 2601 needs")?;
            let Some(&of) = self.requests.get(of) else { return Ok(Err(Refusal::NothingOpen)) };
            let desk = match form.mdtrt_id.as_deref().and_then(|visit| self.visits.get(visit)) {
                Some(&(desk, _)) => desk,
                None => self.people.get(form.person()?).map_or(0, |&(desk, _)| desk),
            };
            return Ok(Ok((desk, Transaction::Undo { of })));
        }
        let Some(&(desk, visit)) = self.visits.get(form.visit()?) else {
            return Ok(Err(Refusal::NothingOpen));
        };
        Ok(Ok((desk, of_visit(form, visit)?)))
    }

    fn upload(
        &mut self,
        form: &TransactionForm,
        today: Day,
    ) -> Result<Result<(usize, Transaction), Refusal>, String> {
        let Some(&(desk, member)) = self.people.get(form.person()?) else {
            return Ok(Err(Refusal::UnknownPerson));
        };
        let name = form.visit()?;
        let lines = form.lines()?;
        let place = form.place()?;
        let number = self.visits.len() as u32;
        let visit = self.visits.get(name).map_or_else(
            || VisitId::new(number >> 8 & 0xffff, GroupId(desk as u32), number & 0xff),
            |&(_, visit)| visit,
        );
        debug_assert!(today.0 > 0, "books open after 1970");
        self.visits.entry(name.to_owned()).or_insert((desk, visit));
        self.names.entry(visit).or_insert_with(|| name.to_owned());
        let agreed = form.funding()?;
        Ok(Ok((desk, Transaction::Upload { visit, member, place, agreed, lines })))
    }

    /// Takes receipts and messages from a desk, and the replies of what stands now.
    fn tell(&mut self, desk: usize, answered: &mut Answered) {
        if let DeskAnswer::PreSettled(split) = &answered.answer {
            let name = answered.form.mdtrt_id.clone().unwrap_or_default();
            answered.replies.push(pre_settled(self.rules, &name, split));
        }
        let notices = self.desks[desk].take_notices();
        if answered.replayed {
            return;
        }
        for notice in notices {
            let name = self.names.get(&notice.visit).cloned().unwrap_or_default();
            let claims = &self.desks[desk].rows.claims;
            let stands = claims
                .iter()
                .find(|claim| claim.visit == notice.visit && claim.point == notice.point);
            if let (Some(claim), false) = (stands, notice.taken_back) {
                let reply = Reply::new(self.rules, &claim.split, &claim.tender);
                answered.replies.push(SetlInfo::new(&name, &claim.split, &reply));
            }
            answered.notices.push((name, notice));
        }
    }
}

/// A pre-settlement knows no payment: the whole own part is cash.
fn pre_settled(rules: &Rules, name: &str, split: &Split) -> SetlInfo {
    let tender = crate::settlement::Tender { cash: split.psn_part_amt, ..Default::default() };
    SetlInfo::new(name, split, &Reply::new(rules, split, &tender))
}

/// Transactions on a visit that is known.
fn of_visit(form: &TransactionForm, visit: VisitId) -> Result<Transaction, String> {
    Ok(match form.infno.as_str() {
        "2205" | "2302" => Transaction::CancelFees { visit },
        "2206" | "2303" => Transaction::PreSettle { visit },
        "2207" | "2304" => {
            Transaction::Settle { visit, funding: form.funding()?, stage: form.is_stage()? }
        }
        "2208" | "2305" => Transaction::Reverse { visit },
        "2402" => Transaction::Discharge {
            visit,
            bedside: form.funding.map(|_| form.funding()).transpose()?,
        },
        "late_fee" => Transaction::LateFee { visit, lines: form.lines()? },
        "deposit" => Transaction::Deposit { visit, amount: form.amount()? },
        "refund_deposit" => Transaction::RefundDeposit { visit },
        "repay" => Transaction::Repay {
            visit,
            offered: form.amount()?,
            from_account: form.from_account.unwrap_or(false),
        },
        other => return Err(format!("infno `{other}` is not one of a visit's")),
    })
}

impl Answered {
    /// The answer in a word.
    pub(super) fn word(&self) -> &'static str {
        match &self.answer {
            DeskAnswer::Done(_) => "done",
            DeskAnswer::PreSettled(_) => "pre_settled",
            DeskAnswer::Refused(word) => word.word(),
            DeskAnswer::KeyReused => "key_reused",
        }
    }

    /// The engine's decisions.
    pub(super) fn decisions(&self) -> &[Decision] {
        match &self.answer {
            DeskAnswer::Done(decisions) => decisions,
            _ => &[],
        }
    }
}

/// Counts of a whole file.
#[derive(Default)]
pub(super) struct Counts {
    pub(super) done: usize,
    pub(super) refused: usize,
    pub(super) replayed: usize,
    pub(super) sent: usize,
    pub(super) reached: usize,
    pub(super) message_cost: Fen,
}

impl Counts {
    pub(super) fn of(answers: &[Answered]) -> Counts {
        let mut counts = Counts::default();
        for each in answers {
            let accepted = matches!(each.answer, DeskAnswer::Done(_) | DeskAnswer::PreSettled(_));
            counts.replayed += usize::from(each.replayed && accepted);
            counts.done += usize::from(accepted && !each.replayed);
            counts.refused += usize::from(!accepted);
            for (reached, cost) in each.notices.iter().filter_map(|(_, notice)| notice.message) {
                counts.sent += 1;
                counts.reached += usize::from(reached);
                counts.message_cost += cost;
            }
        }
        counts
    }
}
