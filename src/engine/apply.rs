//! The façade: every command of the engine as one helper, claims here and lines in `lines`.
//! Must never leave a row half-changed when it refuses.

use super::command::{Body, Command, Decision, Funding, Settle};
use super::means::{carry_account, return_deposit, take_aid, usable_account};
use super::rows::{ClaimRow, GROUP_MAX, GroupRows, PersonRow, tags};
use crate::credit::spec::CreditPolicy;
use crate::domain::{
    CareKind, Day, Fen, HospitalId, InsuranceScheme, ItemClass, MemberStatus, PersonId, Refusal,
    VisitId,
};
use crate::ledger::{Code, Role, Sink, transfer};
use crate::settlement::spec::Rules;
use crate::settlement::{
    self, BillLine, Means, Member, Parties, Remainder, Split, Tender, YearMore, YearToDate,
};

/// The rules that one arm decides by.
#[derive(Clone, Copy, Debug)]
pub struct Engine<'r> {
    /// Benefit rules.
    pub rules: &'r Rules,
    /// Credit policy, if the arm has a scheme.
    pub policy: Option<&'r CreditPolicy>,
}

impl Engine<'_> {
    /// Decides one command on the rows of its kin group and posts what moved.
    #[inline]
    pub fn apply<S: Sink>(
        &self,
        rows: &mut GroupRows,
        command: &Command<'_>,
        sink: &mut S,
    ) -> Decision {
        if command.member >= rows.size {
            return Decision::refused(Refusal::UnknownPerson);
        }
        rows.last = rows.last.max(command.at);
        let today = rows.last.day();
        let member = command.member;
        let person = rows.first + member as u32;
        let decision = match command.body {
            Body::Settle { claim, funding } => {
                self.lapse_holds(rows, today);
                self.settle(rows, member, &claim, funding, today, sink)
            }
            Body::Reserve { claim, partial } => {
                self.lapse_holds(rows, today);
                self.touch_payers(rows, member, today, sink);
                self.reserve(rows, member, &claim, partial)
            }
            Body::Release { visit } => release_hold(rows, visit),
            Body::OpenLine => self.open_line(rows, member, today),
            Body::Reverse { visit, point } => self.reverse(rows, visit, point, today, sink),
            Body::Deposit { hospital: _, amount } => deposit(person, amount, sink),
            Body::Repay { bill, offered } => self.repay(rows, bill, offered, today, sink),
            Body::Tick { bill } => self.tick(rows, bill, today, sink),
            Body::DebitOverdue { bill, hospital, amount } => {
                self.debit_overdue(rows, member, bill, hospital, amount, today, sink)
            }
            Body::Arrears { hospital, amount, written_off } => {
                arrears(person, hospital, amount, written_off, sink)
            }
            Body::ReturnDeposit { amount } => return_deposit(person, amount, sink),
            Body::RepayFromAccount { bill, offered } => {
                self.touch_holder(rows, bill, today, sink);
                self.repay_from_account(rows, bill, offered, today, sink)
            }
            Body::CarryAccount => {
                self.touch(rows, member, today, sink);
                carry_account(rows, member, sink)
            }
        };
        sink.close(command.id);
        decision
    }

    /// Brings a person's accumulators and personal account up to date: a new year empties the
    /// accumulators, each new month books the account's inflow.
    pub(super) fn touch<S: Sink>(
        &self,
        rows: &mut GroupRows,
        member: usize,
        today: Day,
        sink: &mut S,
    ) {
        let (year_tag, month_tag) = rows.tags(today);
        let row = &mut rows.people[member];
        if row.month_tag >= month_tag {
            return;
        }
        if row.year_tag != year_tag {
            row.year = YearToDate::default();
            row.year_tag = year_tag;
            rows.more[member] = YearMore::default();
        }
        let months = i64::from(month_tag - row.month_tag);
        row.month_tag = month_tag;
        let inflow = Fen(monthly_inflow(self.rules, rows.facts[member].member).0 * months);
        row.account += inflow.packed();
        let party = rows.first + member as u32;
        let contributions = (Role::AccountContributions, party);
        transfer(sink, Code::AccountInflow, contributions, (Role::PersonalAccount, party), inflow);
    }

    /// Brings everybody up to date whose account the claim may use.
    fn touch_payers<S: Sink>(&self, rows: &mut GroupRows, member: usize, today: Day, sink: &mut S) {
        self.touch(rows, member, today, sink);
        if self.rules.account.family_mutual_aid {
            for other in 0..rows.size {
                self.touch(rows, other, today, sink);
            }
        }
    }

    /// The split of a claim by the rules, and whether a blacklist withheld the benefits.
    pub(super) fn split(
        &self,
        rows: &GroupRows,
        member: usize,
        claim: &Settle<'_>,
    ) -> (Split, Option<Refusal>) {
        let (year, more) = (&rows.people[member].year, &rows.more[member]);
        if claim.continues {
            return self.split_stage(rows, member, claim);
        }
        self.split_after(rows, member, claim, (year, more))
    }

    /// The split that a settlement today would give (2206/2303); changes nothing.
    pub fn pre_settle(
        &self,
        rows: &GroupRows,
        member: usize,
        claim: &Settle<'_>,
        today: Day,
    ) -> Split {
        if rows.people[member].year_tag == tags(today).0 {
            return self.split(rows, member, claim).0;
        }
        self.split_after(rows, member, claim, (&YearToDate::default(), &YearMore::default())).0
    }

    /// A stage: what the stay's split has grown by since its earlier stages of this year, so that
    /// all stages sum to the split of the whole. Where the person's standing has changed since (a
    /// share would be negative), the new lines are split by themselves.
    #[cold]
    fn split_stage(
        &self,
        rows: &GroupRows,
        member: usize,
        claim: &Settle<'_>,
    ) -> (Split, Option<Refusal>) {
        let (grown, settled, word) = self.growth(rows, member, claim);
        if grown.is_sound() {
            return (grown, word);
        }
        let mut before = settled.medfee_sumamt;
        let is_settled = |line: &&BillLine| {
            before -= Fen::unpacked(line.amount_fen);
            before >= Fen::ZERO
        };
        let new = claim.lines.iter().take_while(is_settled).count();
        let claim = Settle { lines: &claim.lines[new..], ..*claim };
        self.split_after(rows, member, &claim, (&rows.people[member].year, &rows.more[member]))
    }

    /// What a stay's split has grown by since its earlier stages of this year, and their sum.
    fn growth(
        &self,
        rows: &GroupRows,
        member: usize,
        claim: &Settle<'_>,
    ) -> (Split, Split, Option<Refusal>) {
        let (mut year, mut more) = (rows.people[member].year, rows.more[member]);
        let mut settled = Split::default();
        for stage in rows.stages(member, claim.visit) {
            if stage.stage == 1 {
                year.reverse(stage.care, &stage.split);
            } else {
                year.reverse_stage(stage.care, &stage.split);
            }
            more.reverse(stage.care, &stage.split);
            settled = settled.plus(&stage.split);
        }
        let (whole, word) = self.split_after(rows, member, claim, (&year, &more));
        (whole.minus(&settled), settled, word)
    }

    /// Whether the new lines of a stay move amounts between the payers of its earlier stages: one that
    /// is asked late (assistance, a supplement) bears less of the whole than it has paid already,
    /// because an earlier one has come to its threshold. No stage can carry that; the stages must be
    /// reversed and settled again as one.
    pub(super) fn shifts_payers(
        &self,
        rows: &GroupRows,
        member: usize,
        claim: &Settle<'_>,
        today: Day,
    ) -> bool {
        if !claim.continues || rows.people[member].year_tag != tags(today).0 {
            return false;
        }
        let (grown, settled, _) = self.growth(rows, member, claim);
        let pooled_grows = grown.hifp_pay >= Fen::ZERO && grown.inscp_scp_amt >= Fen::ZERO;
        !settled.medfee_sumamt.is_zero() && pooled_grows && !grown.is_sound()
    }

    /// The same, after a year that used so much.
    fn split_after(
        &self,
        rows: &GroupRows,
        member: usize,
        claim: &Settle<'_>,
        (year, more): (&YearToDate, &YearMore),
    ) -> (Split, Option<Refusal>) {
        if let Some(word) = claim.cause.refusal() {
            return (settlement::self_paid(claim.lines), Some(word));
        }
        let row = &rows.people[member];
        let mut insured = rows.facts[member].member;
        let exempt = claim.care == CareKind::Emergency
            && self.policy.is_none_or(|policy| policy.more.delinquency.emergencies_exempt);
        let suspended = row.has(PersonRow::BLACKLISTED) && !exempt;
        if suspended {
            insured = Member { scheme: InsuranceScheme::Uninsured, ..insured };
        }
        let Settle { level, care, lines, .. } = *claim;
        let split = settlement::split_with(self.rules, insured, level, care, year, more, lines);
        (split, suspended.then_some(Refusal::BenefitsSuspended))
    }

    /// What pays before a line: personal accounts (own, then relatives') and a deposit.
    pub(super) fn means(&self, rows: &GroupRows, member: usize, deposit: Fen) -> Means {
        let account = &self.rules.account;
        let family = if account.family_mutual_aid {
            let others = (0..rows.size).filter(|&other| other != member);
            others.map(|other| usable_account(self.rules, &rows.people[other])).sum()
        } else {
            Fen::ZERO
        };
        Means {
            account_own: usable_account(self.rules, &rows.people[member]),
            account_family: family,
            deposit,
            account_pays_out_of_catalogue: account.pays_out_of_catalogue,
            line_pays_out_of_catalogue: self.policy.is_some_and(|p| p.pays_out_of_catalogue),
            ..Means::default()
        }
    }

    /// The personal part that a claim would leave today (2303), whatever the day of the rows.
    pub fn person_part(
        &self,
        rows: &GroupRows,
        member: usize,
        claim: &Settle<'_>,
        today: Day,
    ) -> Fen {
        let row = &rows.people[member];
        let (year, more) = if row.year_tag == tags(today).0 {
            (row.year, rows.more[member])
        } else {
            (YearToDate::default(), YearMore::default())
        };
        self.split_after(rows, member, claim, (&year, &more)).0.psn_part_amt
    }

    /// Why an empty claim is refused: the first word that applies to it.
    pub(super) fn empty_claim(
        &self,
        rows: &GroupRows,
        member: usize,
        claim: &Settle<'_>,
    ) -> Decision {
        let word = self.line_for(rows, member, claim, ANY_AMOUNT).err();
        Decision::refused(word.unwrap_or(Refusal::AmountNotPositive))
    }

    fn settle<S: Sink>(
        &self,
        rows: &mut GroupRows,
        member: usize,
        claim: &Settle<'_>,
        funding: Funding,
        today: Day,
        sink: &mut S,
    ) -> Decision {
        if rows.settled(claim.visit, claim.point) {
            return Decision::refused(Refusal::AlreadySettled);
        }
        if claim.is_empty() {
            return match funding {
                Funding::Line { .. } => self.empty_claim(rows, member, claim),
                _ => Decision::refused(Refusal::AmountNotPositive),
            };
        }
        self.touch_payers(rows, member, today, sink);
        let (split, benefits_refused) = self.split(rows, member, claim);
        let held = funding.deposit();
        let mut means = self.means(rows, member, held);
        let mut decision = Decision {
            benefits_refused,
            total: split.medfee_sumamt,
            fund: split.fund_pay_sumamt,
            person: split.psn_part_amt,
            ..Decision::default()
        };
        let mut holder = member;
        match funding {
            Funding::Own { .. } => {}
            Funding::Receivable { .. } => means.remainder = Remainder::HospitalBooks,
            Funding::Line { partial, .. } => {
                let partial = partial || claim.purse.is_some() || self.draws_in_part();
                match self.draw(rows, member, claim, &split, means, partial, today) {
                    Ok(drawn) => {
                        self.post_premium(rows.first + drawn.holder as u32, drawn.amount, sink);
                        means.line = drawn.amount;
                        holder = drawn.holder;
                        decision.holder = Some(drawn.holder as u8);
                        decision.due = drawn.due;
                    }
                    Err(_) if claim.purse.is_some() => drop(rows.take_hold(claim.visit)),
                    Err(word) => return Decision::refused(word),
                }
            }
        }
        let tender = claim.tender(&means, &split);
        decision.account = tender.account_own + tender.account_family;
        decision.cash = tender.cash;
        decision.line = tender.line;
        decision.receivable = tender.receivable;
        decision.handed_back = held - tender.deposit;
        let counts_as = self.rules.counts_as(rows.facts[member].member.scheme, claim.care);
        let claim = &Settle { care: counts_as, ..*claim };
        book_claim(self.rules, rows, (member, holder), claim, &split, &tender, sink);
        let person = rows.first + member as u32;
        let code = Code::DepositReturned;
        let back = decision.handed_back;
        transfer(sink, code, (Role::HospitalDeposits, person), (Role::PersonCash, person), back);
        decision
    }

    /// Reverses a settled claim; what it used of an earlier year's benefits is that year's matter. The
    /// national interface wants later claims of the person reversed first, and the rules may insist
    /// on it (`Rules::reverses_latest_first`). In any other order the books and accumulators stay
    /// exact, but a later claim keeps the split that it got.
    fn reverse<S: Sink>(
        &self,
        rows: &mut GroupRows,
        visit: VisitId,
        point: u8,
        today: Day,
        sink: &mut S,
    ) -> Decision {
        let same = |claim: &ClaimRow| claim.visit == visit && claim.point == point;
        let Some(at) = rows.claims.iter().rposition(same) else {
            return Decision::refused(Refusal::NothingOpen);
        };
        if rows.stands_on(at, self.rules.reverses_latest_first) {
            return Decision::refused(Refusal::LaterClaimFirst);
        }
        let claim = rows.claims.remove(at);
        let member = usize::from(claim.member);
        let tender = claim.tender;
        if rows.people[member].year_tag == claim.year_tag {
            let year = &mut rows.people[member].year;
            if claim.stage == 2 {
                year.reverse_stage(claim.care, &claim.split);
            } else {
                year.reverse(claim.care, &claim.split);
            }
            rows.more[member].reverse(claim.care, &claim.split);
        }
        rows.people[member].account += tender.account_own.packed();
        for (row, aid) in rows.people.iter_mut().zip(claim.aid) {
            row.account += aid;
        }
        let (buffer, count) = relatives(rows.first, &claim.aid);
        let holder = usize::from(claim.holder);
        let parties = parties(rows, (member, holder), claim.hospital, &buffer[..count]);
        settlement::reversal_postings(sink, &parties, &claim.split, &tender);
        let bill = claim.visit.bill(point);
        let back = self.refund(rows, bill, holder, tender.line, today, sink);
        Decision {
            total: claim.split.medfee_sumamt,
            fund: claim.split.fund_pay_sumamt,
            person: claim.split.psn_part_amt,
            account: tender.account_own + tender.account_family,
            cash: tender.cash,
            handed_back: tender.cash + back,
            line: tender.line,
            receivable: tender.receivable,
            ..Decision::default()
        }
    }
}

impl GroupRows {
    /// Whether a bill number is settled and not reversed, as far as claims and draws tell.
    fn settled(&self, visit: VisitId, point: u8) -> bool {
        let bill = visit.bill(point).raw();
        self.claims.iter().any(|claim| claim.visit == visit && claim.point == point)
            || self.credit.draws.iter().any(|draw| draw.visit() == bill)
    }

    /// Whether a later claim of the same person and year stands on the claim at a position: a later
    /// stage of the same stay always does, any other one if `all` do.
    fn stands_on(&self, at: usize, all: bool) -> bool {
        let claim = &self.claims[at];
        let same = |later: &ClaimRow| {
            let of_stay = claim.stage > 0 && later.stage == 2 && later.visit == claim.visit;
            later.member == claim.member && later.year_tag == claim.year_tag && (all || of_stay)
        };
        self.claims[at + 1..].iter().any(same)
    }

    /// The stages of a stay that are settled in the person's current year.
    fn stages(&self, member: usize, visit: VisitId) -> impl Iterator<Item = &ClaimRow> {
        let year = self.people[member].year_tag;
        self.claims.iter().filter(move |claim| {
            claim.stage > 0
                && claim.visit == visit
                && usize::from(claim.member) == member
                && claim.year_tag == year
        })
    }
}

/// The least amount: stands for "any at all".
pub(super) const ANY_AMOUNT: Fen = Fen(1);

impl Settle<'_> {
    /// Whether there is nothing to settle.
    pub(super) fn is_empty(&self) -> bool {
        self.lines.iter().all(|line| line.amount_fen == 0)
    }

    /// Whether all that is billed lies outside the catalogue.
    pub(super) fn is_out_of_scope(&self) -> bool {
        let outside = |line: &BillLine| {
            line.amount_fen == 0
                || line.class == ItemClass::C && line.prepay_bp != BillLine::OVER_LIMIT
        };
        self.lines.iter().all(outside)
    }
}

impl Funding {
    /// The same with another deposit.
    pub(super) fn with_deposit(self, deposit: Fen) -> Funding {
        match self {
            Funding::Own { .. } => Funding::Own { deposit },
            Funding::Line { partial, .. } => Funding::Line { partial, deposit },
            Funding::Receivable { .. } => Funding::Receivable { deposit },
        }
    }

    /// The deposit held for the bill.
    pub fn deposit(self) -> Fen {
        match self {
            Funding::Own { deposit }
            | Funding::Line { deposit, .. }
            | Funding::Receivable { deposit } => deposit,
        }
    }
}

/// Commits accumulators, empties accounts, posts the claim and keeps it for a reversal.
fn book_claim<S: Sink>(
    rules: &Rules,
    rows: &mut GroupRows,
    (member, holder): (usize, usize),
    claim: &Settle<'_>,
    split: &Split,
    tender: &Tender,
    sink: &mut S,
) {
    let later = claim.continues && rows.stages(member, claim.visit).next().is_some();
    if later {
        rows.people[member].year.commit_stage(claim.care, split);
    } else {
        rows.people[member].year.commit(claim.care, split);
    }
    rows.more[member].commit(claim.care, split);
    rows.people[member].account -= tender.account_own.packed();
    let aid = take_aid(rules, rows, member, tender.account_family);
    let (buffer, count) = relatives(rows.first, &aid);
    let parties = parties(rows, (member, holder), claim.hospital, &buffer[..count]);
    settlement::claim_postings(sink, &parties, split, tender);
    rows.claims.push(ClaimRow {
        visit: claim.visit,
        point: claim.point,
        member: member as u8,
        care: claim.care,
        hospital: claim.hospital,
        split: *split,
        tender: *tender,
        holder: holder as u8,
        aid,
        year_tag: rows.people[member].year_tag,
        stage: u8::from(claim.continues) + u8::from(later),
    });
}

fn relatives(first: u32, aid: &[u32; GROUP_MAX]) -> ([(PersonId, Fen); GROUP_MAX], usize) {
    let mut buffer = [(PersonId(0), Fen::ZERO); GROUP_MAX];
    let mut count = 0;
    for (member, &fen) in aid.iter().enumerate() {
        if fen > 0 {
            buffer[count] = (PersonId(first + member as u32), Fen::unpacked(fen));
            count += 1;
        }
    }
    (buffer, count)
}

fn parties<'a>(
    rows: &GroupRows,
    (member, holder): (usize, usize),
    hospital: HospitalId,
    relatives: &'a [(PersonId, Fen)],
) -> Parties<'a> {
    Parties {
        person: PersonId(rows.first + member as u32),
        scheme: rows.facts[member].member.scheme,
        hospital,
        line_holder: PersonId(rows.first + holder as u32),
        relatives,
    }
}

/// Monthly inflow into the personal account of a member.
fn monthly_inflow(rules: &Rules, member: Member) -> Fen {
    match (member.scheme, member.status) {
        (InsuranceScheme::Employee, MemberStatus::Retired) => rules.account.retired_monthly,
        (InsuranceScheme::Employee, _) => rules.account.active_monthly,
        _ => Fen::ZERO,
    }
}

fn deposit<S: Sink>(person: u32, amount: Fen, sink: &mut S) -> Decision {
    if amount <= Fen::ZERO {
        return Decision::refused(Refusal::AmountNotPositive);
    }
    let held = (Role::HospitalDeposits, person);
    transfer(sink, Code::Deposit, (Role::PersonCash, person), held, amount);
    Decision { cash: amount, ..Decision::default() }
}

fn arrears<S: Sink>(
    person: u32,
    hospital: HospitalId,
    amount: Fen,
    written_off: bool,
    sink: &mut S,
) -> Decision {
    if amount <= Fen::ZERO {
        return Decision::refused(Refusal::AmountNotPositive);
    }
    let owed = (Role::HospitalReceivable, person);
    if written_off {
        let lost = (Role::HospitalArrearsLoss, u32::from(hospital.0));
        transfer(sink, Code::ArrearsWrittenOff, lost, owed, amount);
        return Decision::default();
    }
    transfer(sink, Code::ArrearsPaid, (Role::PersonCash, person), owed, amount);
    Decision { cash: amount, ..Decision::default() }
}

/// Gives back what is held for a visit.
fn release_hold(rows: &mut GroupRows, visit: VisitId) -> Decision {
    match rows.take_hold(visit) {
        Some(hold) => Decision { line: hold.amount, ..Decision::default() },
        None => Decision::refused(Refusal::NothingOpen),
    }
}
