//! Random lives of a kin group: the books are checked after every command (see `support`).

use super::support::{
    House, brought_up_to, claim, date, insured, policy, policy_with_instalments, self_paid,
    three_generations, visit,
};
use aftercare::credit::spec::CreditPolicy;
use aftercare::domain::{CareKind, Fen, HospitalId, VisitId};
use aftercare::engine::{Body, ClaimRow, Decision, Funding, GroupRows, Settle};
use aftercare::ledger::Role;
use aftercare::settlement::BillLine;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use std::collections::BTreeSet;

/// A bill: its two lines in fen, and the kind of care.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bill {
    pub(super) shared: u32,
    pub(super) own: u32,
    pub(super) care: CareKind,
    pub(super) in_scheme: bool,
}

/// How a bill is paid.
#[derive(Clone, Copy, Debug)]
pub(super) enum Purse {
    Own,
    Line { partial: bool },
    Books,
}

/// One step of a random life; positions wrap.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    Open { member: usize },
    Reserve { member: usize, of: Option<usize>, bill: Bill, partial: bool },
    Settle { member: usize, of: Option<usize>, bill: Bill, purse: Purse, deposit: i64 },
    SettleAndReverse { member: usize, bill: Bill, purse: Purse },
    ReverseAgain { at: usize },
    Release { at: usize },
    Repay { at: usize, percent: i64 },
    PayBooks { written_off: bool },
    Days { days: u32 },
}

fn bill() -> impl Strategy<Value = Bill> {
    let care = prop_oneof![
        4 => Just(CareKind::Outpatient), 1 => Just(CareKind::Emergency), 2 => Just(CareKind::Inpatient),
    ];
    (0_u32..400_000, prop_oneof![Just(0_u32), 1_u32..90_000], care, prop::bool::weighted(0.9))
        .prop_map(|(shared, own, care, in_scheme)| Bill { shared, own, care, in_scheme })
}

fn purse() -> impl Strategy<Value = Purse> {
    prop_oneof![
        Just(Purse::Own),
        any::<bool>().prop_map(|partial| Purse::Line { partial }),
        Just(Purse::Books),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let member = || 0_usize..7;
    let of = || prop::option::of(0_usize..5);
    prop_oneof![
        2 => member().prop_map(|member| Step::Open { member }),
        3 => (member(), of(), bill(), any::<bool>())
            .prop_map(|(member, of, bill, partial)| Step::Reserve { member, of, bill, partial }),
        5 => (member(), of(), bill(), purse(), prop_oneof![Just(0_i64), 1_i64..200_000]).prop_map(
            |(member, of, bill, purse, deposit)| Step::Settle { member, of, bill, purse, deposit }),
        2 => (member(), bill(), purse())
            .prop_map(|(member, bill, purse)| Step::SettleAndReverse { member, bill, purse }),
        1 => (0_usize..9).prop_map(|at| Step::ReverseAgain { at }),
        1 => (0_usize..5).prop_map(|at| Step::Release { at }),
        3 => (0_usize..9, -1_i64..150).prop_map(|(at, percent)| Step::Repay { at, percent }),
        1 => any::<bool>().prop_map(|written_off| Step::PayBooks { written_off }),
        3 => (1_u32..90).prop_map(|days| Step::Days { days }),
    ]
}

/// A group's life, with what the engine does not remember.
pub(super) struct Life<'p> {
    pub(super) house: House<'p>,
    visits: u32,
    owed: Fen,
}

impl<'p> Life<'p> {
    pub(super) fn new(policy: &'p CreditPolicy) -> Life<'p> {
        let house = House::new(Some(policy), &three_generations(), date("2023-11-20"));
        let house = house.with_account(0, Fen(123_456)).with_account(2, Fen(77));
        Life { house, visits: 0, owed: Fen::ZERO }
    }

    pub(super) fn take(&mut self, step: Step) {
        match step {
            Step::Open { member } => {
                self.house.send(member, Body::OpenLine);
            }
            Step::Reserve { member, of, bill, partial } => self.reserve(member, of, bill, partial),
            Step::Settle { member, of, bill, purse, deposit } => {
                let visit = self.visit(of);
                self.settle(member, visit, bill, purse, deposit);
            }
            Step::SettleAndReverse { member, bill, purse } => {
                self.settle_and_reverse(member, bill, purse);
            }
            Step::ReverseAgain { at } => self.reverse(at),
            Step::Release { at } => {
                if let Some(hold) = pick(&self.house.rows.credit.holds, at) {
                    let visit = hold.visit;
                    let released = self.house.send(0, Body::Release { visit });
                    assert_eq!(released.line, hold.amount);
                }
            }
            Step::Repay { at, percent } => self.repay(at, percent),
            Step::PayBooks { written_off } => {
                let body =
                    Body::Arrears { hospital: HospitalId(3), amount: self.owed, written_off };
                self.house.send(0, body);
                self.owed = Fen::ZERO;
            }
            Step::Days { days } => self.house.pass_days(days),
        }
        assert_eq!(self.house.total(Role::HospitalReceivable), self.owed.0);
    }

    /// A visit that holds something on a line, or a new one.
    fn visit(&mut self, of: Option<usize>) -> VisitId {
        let held = of.and_then(|at| pick(&self.house.rows.credit.holds, at));
        held.map_or_else(
            || {
                self.visits += 1;
                visit(self.visits)
            },
            |hold| hold.visit,
        )
    }

    fn reserve(&mut self, member: usize, of: Option<usize>, bill: Bill, partial: bool) {
        let visit = self.visit(of);
        let lines = bill.lines();
        let claim = bill.claim(visit, &lines);
        let decision = self.house.send(member, Body::Reserve { claim, partial });
        if decision.refusal.is_none() {
            assert_eq!(decision.line + decision.cash, decision.person);
        }
    }

    fn settle(
        &mut self,
        member: usize,
        visit: VisitId,
        bill: Bill,
        purse: Purse,
        deposit: i64,
    ) -> Decision {
        let deposit = Fen(deposit);
        let left = Body::Deposit { hospital: HospitalId(3), amount: deposit };
        let left = self.house.send(member, left).refusal.is_none();
        let lines = bill.lines();
        let claim = bill.claim(visit, &lines);
        let funding = purse.funding(if left { deposit } else { Fen::ZERO });
        let decision = self.house.send(member, Body::Settle { claim, funding });
        if decision.refusal.is_some() {
            return decision;
        }
        let used = if left { deposit - decision.handed_back } else { Fen::ZERO };
        let paid = decision.account + decision.cash + decision.line + decision.receivable + used;
        assert_eq!(decision.total, bill.total());
        assert_eq!(decision.fund + decision.person, decision.total, "shares sum to the bill");
        assert_eq!(paid, decision.person, "means sum to the personal part");
        self.owed += decision.receivable;
        decision
    }

    /// A claim that is reversed at once leaves nothing behind but the record that a draw was made.
    fn settle_and_reverse(&mut self, member: usize, bill: Bill, purse: Purse) {
        let before = self.house.rows.clone();
        let visit = self.visit(None);
        if self.settle(member, visit, bill, purse, 0).refusal.is_some() {
            return;
        }
        let back = self.house.send(member, Body::Reverse { visit, point: 4 });
        assert_eq!(back.refusal, None);
        self.owed -= back.receivable;
        self.assert_as_before(&before);
        let again = self.house.send(member, Body::Reverse { visit, point: 4 });
        assert!(again.refusal.is_some(), "a claim is reversed once");
    }

    fn assert_as_before(&self, before: &GroupRows) {
        let rows = &self.house.rows;
        for member in 0..rows.size {
            let row = before.people[member];
            let dated = brought_up_to(row, before.facts[member], self.house.today);
            let now = rows.people[member];
            assert!(now == row || now == dated, "member {member}: {row:?} is now {now:?}");
        }
        assert_eq!(rows.credit.draws, before.credit.draws);
        assert_eq!(rows.credit.holds, before.credit.holds);
        assert_eq!(rows.claims.len(), before.claims.len());
        for (now, then) in rows.credit.lines.iter().zip(&before.credit.lines) {
            assert_eq!(now.exposure(), then.exposure());
            assert_eq!((now.limit(), now.status()), (then.limit(), then.status()));
            assert_eq!((now.open_draws(), now.missed()), (then.open_draws(), then.missed()));
        }
    }

    /// Reverses a claim of any age, whatever has become of its draw since.
    fn reverse(&mut self, at: usize) {
        let Some(ClaimRow { visit, point, .. }) = pick(&self.house.rows.claims, at) else {
            return;
        };
        // Of claims under one bill number the engine takes back the latest.
        let mut claims = self.house.rows.claims.iter().rev();
        let latest = claims.find(|claim| claim.visit == visit && claim.point == point);
        let Some(tender) = latest.map(|claim| claim.tender) else { return };
        // Bills on the hospital's books may have been paid meanwhile: the engine does not know.
        if self.owed < tender.receivable {
            return;
        }
        let back = self.house.send(0, Body::Reverse { visit, point });
        assert_eq!(back.refusal, None);
        self.owed -= back.receivable;
    }

    fn repay(&mut self, at: usize, percent: i64) {
        let Some(draw) = pick(&self.house.rows.credit.draws, at) else { return };
        let bill = VisitId::from_raw(draw.visit());
        let today = self.house.today;
        let asked = self.house.engine.asked(&self.house.rows, bill, today);
        let offered = Fen(asked.0 * percent / 100);
        let paid = self.house.send(0, Body::Repay { bill, offered });
        assert_eq!(paid.refusal.is_some(), offered <= Fen::ZERO);
        if paid.refusal.is_none() {
            assert_eq!(paid.cash + paid.handed_back, offered);
            assert_eq!(paid.principal + paid.charges + paid.recovered, paid.cash);
        }
    }
}

impl Bill {
    fn lines(self) -> [BillLine; 2] {
        let ([shared], [own]) = (insured(self.shared), self_paid(self.own));
        [shared, own]
    }

    fn total(self) -> Fen {
        Fen(i64::from(self.shared) + i64::from(self.own))
    }

    fn claim(self, visit: VisitId, lines: &[BillLine]) -> Settle<'_> {
        Settle { care: self.care, in_scheme: self.in_scheme, ..claim(visit, lines) }
    }
}

impl Purse {
    fn funding(self, deposit: Fen) -> Funding {
        match self {
            Purse::Own => Funding::Own { deposit },
            Purse::Line { partial } => Funding::Line { partial, deposit },
            Purse::Books => Funding::Receivable { deposit },
        }
    }
}

fn pick<T: Clone>(list: &[T], at: usize) -> Option<T> {
    (!list.is_empty()).then(|| list[at % list.len()].clone())
}

/// The swarm reaches every event and every word that it can; else its silence would mean little.
#[test]
fn the_swarm_reaches_every_event() {
    let mut runner = TestRunner::deterministic();
    let mut seen = BTreeSet::new();
    for round in 0..300 {
        let policy = if round % 2 == 0 { policy_with_instalments() } else { policy() };
        let mut life = Life::new(&policy);
        for member in 0..6 {
            life.take(Step::Open { member });
        }
        let steps = prop::collection::vec(step(), 30..60).new_tree(&mut runner).expect("steps");
        steps.current().into_iter().for_each(|step| life.take(step));
        seen.append(&mut life.house.seen);
    }
    let events = [
        "already_open",
        "amount_not_positive",
        "benefits suspended",
        "blacklisted",
        "by a relative's line",
        "by an account",
        "cancelled",
        "charges paid",
        "instalments",
        "institution_not_in_scheme",
        "limit_exhausted",
        "line_cancelled",
        "line_frozen",
        "missed",
        "not_insured",
        "nothing_open",
        "recovered",
        "no_line",
        "too_young",
        "unknown_person",
        "written off",
    ];
    let missing: Vec<_> = events.iter().filter(|event| !seen.contains(**event)).collect();
    assert!(missing.is_empty(), "never happened: {missing:?} of {seen:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, rng_seed: proptest::test_runner::RngSeed::Fixed(20_231_120), ..ProptestConfig::default() })]

    #[test]
    fn the_books_hold_after_every_command_of_a_life(
        steps in prop::collection::vec(step(), 1..60), on_plans in any::<bool>(),
    ) {
        let policy = if on_plans { policy_with_instalments() } else { policy() };
        let mut life = Life::new(&policy);
        for member in 0..6 {
            life.take(Step::Open { member });
        }
        for step in steps {
            life.take(step);
        }
    }

    #[test]
    fn claims_reversed_in_any_order_leave_what_the_others_used(
        bills in prop::collection::vec(bill(), 2..6), order in any::<prop::sample::Index>(),
    ) {
        let policy = policy();
        let mut life = Life::new(&policy);
        for bill in &bills {
            let visit = life.visit(None);
            life.settle(2, visit, *bill, Purse::Own, 0);
        }
        if !life.house.rows.claims.is_empty() {
            let at = order.index(life.house.rows.claims.len());
            life.reverse(at);
        }
        let left = &life.house.rows.claims;
        let eligible: Fen = left.iter().map(|claim| claim.split.inscp_scp_amt).sum();
        let year = life.house.rows.people[2].year;
        let used = year.outpatient_eligible + year.inpatient_eligible;
        prop_assert_eq!(Fen::unpacked(used), eligible);
    }
}
