//! Properties under random sequences of operations: nothing is overdrawn, nothing is lost.

use super::super::spec::{CreditPolicy, InstalmentMethod};
use super::super::{
    DrawRow, DrawStage, LineRow, LineStatus, age, amount_due, draw, draw_ceiling, fall_due,
    next_event_day, pay, payoff, refund, release, reserve,
};
use super::{line, policy, policy_with_instalments, visit};
use crate::domain::{Day, Fen};
use proptest::prelude::*;

/// One step of a random life; amounts are in fen, indices wrap.
#[derive(Clone, Copy, Debug)]
enum Step {
    Reserve(i64),
    Release(usize),
    Draw(usize, i64),
    Pay(usize, i64),
    Settle(usize),
    Refund(usize, i64),
    Days(i32),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (-10_i64..400_000).prop_map(Step::Reserve),
        (0_usize..8).prop_map(Step::Release),
        (0_usize..8, -10_i64..400_000).prop_map(|(at, fen)| Step::Draw(at, fen)),
        (0_usize..8, 0_i64..200_000).prop_map(|(at, fen)| Step::Pay(at, fen)),
        (0_usize..8).prop_map(Step::Settle),
        (0_usize..8, 0_i64..50_000).prop_map(|(at, fen)| Step::Refund(at, fen)),
        (1_i32..120).prop_map(Step::Days),
    ]
}

/// What moved in and out of one draw, added up by hand.
#[derive(Clone, Copy, Default)]
struct Flows {
    accrued: Fen,
    charges_out: Fen,
    principal_out: Fen,
}

struct Life<'a> {
    policy: &'a CreditPolicy,
    line: LineRow,
    reservations: Vec<Fen>,
    draws: Vec<(DrawRow, Flows)>,
    today: Day,
    /// Score by hand, and misses since a draw was repaid on time.
    promises: (u16, u8),
}

impl<'a> Life<'a> {
    fn new(policy: &'a CreditPolicy) -> Life<'a> {
        let today = Day(19_700);
        let line = line(policy);
        let promises = (line.score(), 0);
        Life { policy, line, reservations: Vec::new(), draws: Vec::new(), today, promises }
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Reserve(fen) => {
                if reserve(&mut self.line, Fen(fen)).is_ok() {
                    self.reservations.push(Fen(fen));
                }
            }
            Step::Release(at) => {
                if let Some(amount) =
                    pick(self.reservations.len(), at).map(|at| self.reservations.swap_remove(at))
                {
                    release(&mut self.line, amount);
                }
            }
            Step::Draw(at, fen) => self.draw(at, Fen(fen)),
            Step::Pay(at, fen) => self.pay(at, |_, _, _| Fen(fen)),
            Step::Settle(at) => self.pay(at, payoff),
            Step::Refund(at, fen) => self.refund(at, Fen(fen)),
            Step::Days(days) => (0..days).for_each(|_| self.next_day()),
        }
        self.check();
    }

    fn draw(&mut self, at: usize, amount: Fen) {
        let held = pick(self.reservations.len(), at);
        let reservation = held.map_or(Fen::ZERO, |at| self.reservations[at]);
        let fits = amount > Fen::ZERO && amount <= draw_ceiling(&self.line, reservation);
        let before = self.line;
        let id = visit(self.line.draws() % 256);
        let drawn = draw(self.policy, &mut self.line, reservation, amount, id, 1_002, self.today);
        assert_eq!(drawn.is_ok(), fits);
        match drawn {
            Ok(row) => {
                held.map(|at| self.reservations.swap_remove(at));
                self.draws.push((row, Flows::default()));
            }
            Err(_) => assert_eq!(self.line, before),
        }
    }

    fn pay(&mut self, at: usize, amount: impl Fn(&CreditPolicy, &DrawRow, Day) -> Fen) {
        let Some(at) = pick(self.draws.len(), at) else { return };
        let (row, flows) = &mut self.draws[at];
        let due = amount_due(self.policy, row, self.today);
        let all = payoff(self.policy, row, self.today);
        let amount = amount(self.policy, row, self.today);
        let kept = matches!(row.stage(), DrawStage::Free | DrawStage::Instalments);
        let paid = pay(self.policy, &mut self.line, row, amount, self.today);
        let parts = paid.penalty + paid.interest + paid.principal + paid.recovered;
        assert_eq!(parts + paid.left_over, amount, "the parts are the payment");
        assert_eq!(paid.left_over, (amount - all).at_least_zero());
        assert_eq!(paid.closed, amount >= all, "paying everything closes");
        assert!(row.stage() != DrawStage::Overdue || amount < due);
        flows.accrued += paid.accrued.interest + paid.accrued.penalty;
        flows.charges_out += paid.interest + paid.penalty;
        flows.principal_out += paid.principal + paid.recovered;
        if kept && paid.closed {
            self.promises = (self.promises.0 + self.policy.more.limits.score_on_time, 0);
        }
        self.drop_closed(at);
    }

    fn refund(&mut self, at: usize, amount: Fen) {
        let Some(at) = pick(self.draws.len(), at) else { return };
        let (row, flows) = &mut self.draws[at];
        let back = refund(self.policy, &mut self.line, row, amount, self.today);
        let charges = back.interest + back.penalty;
        assert_eq!(back.principal + back.recovered + charges + back.to_person, amount);
        flows.accrued += back.accrued.interest + back.accrued.penalty;
        flows.charges_out += charges;
        flows.principal_out += back.principal + back.recovered;
        self.drop_closed(at);
    }

    fn next_day(&mut self) {
        self.today = self.today + 1;
        for (row, flows) in &mut self.draws {
            if next_event_day(self.policy, row, self.today + -1) != Some(self.today) {
                continue;
            }
            let due = fall_due(self.policy, &mut self.line, row, self.today);
            let mut accrued = due.accrued;
            if let super::super::DueOutcome::Missed(aged) = due.outcome {
                let rules = &self.policy.more.limits;
                self.promises.1 = self.promises.1.saturating_add(1);
                if self.promises.1 >= rules.missed_in_a_row {
                    self.promises.0 = self.promises.0.saturating_sub(rules.score_missed);
                }
                accrued.penalty += aged.accrued.penalty;
                accrued.interest += aged.accrued.interest;
            }
            let aged = age(self.policy, &mut self.line, row, self.today);
            flows.accrued += accrued.interest + accrued.penalty;
            flows.accrued += aged.accrued.interest + aged.accrued.penalty;
            if let Some(lost) = aged.write_off {
                flows.charges_out += lost.interest + lost.penalty;
            }
        }
        (0..self.draws.len()).rev().for_each(|at| self.drop_closed(at));
    }

    fn drop_closed(&mut self, at: usize) {
        let (row, flows) = self.draws[at];
        if row.outstanding().is_zero() {
            assert_eq!(flows.principal_out, row.original(), "no principal is lost");
            assert_eq!(flows.charges_out, flows.accrued, "no charge is lost");
            self.draws.swap_remove(at);
        }
    }

    /// The line's totals are the sums over its parts.
    fn check(&self) {
        let open = || {
            self.draws.iter().map(|(row, _)| row).filter(|row| row.stage() != DrawStage::WrittenOff)
        };
        assert_eq!(self.line.reserved(), self.reservations.iter().copied().sum());
        assert_eq!(self.line.drawn(), open().map(DrawRow::principal).sum());
        let charges = open().map(|row| row.interest() + row.penalty()).sum();
        assert_eq!(self.line.due_charges(), charges);
        assert!(self.line.exposure() <= self.line.limit());
        assert_eq!(self.line.score(), self.promises.0);
        assert_eq!(usize::from(self.line.open_draws()), open().count());
        let overdue = open().filter(|row| row.stage() == DrawStage::Overdue).count();
        assert_eq!(usize::from(self.line.overdue_draws()), overdue);
        let lost = self.draws.len() - open().count();
        assert_eq!(usize::from(self.line.written_off_draws()), lost);
        if self.line.status() == LineStatus::Frozen {
            assert!(!self.line.in_good_standing(), "a freeze ends with its cause");
        }
        for (row, flows) in &self.draws {
            assert_eq!(row.original(), row.principal() + flows.principal_out);
            let charges = row.interest() + row.penalty();
            assert_eq!(flows.accrued, charges + flows.charges_out);
            assert!(row.due_principal() <= row.principal());
            let copy = DrawRow::from_bytes(&row.to_bytes());
            assert_eq!(copy.as_ref(), Ok(row));
        }
    }
}

fn pick(len: usize, at: usize) -> Option<usize> {
    (len > 0).then(|| at % len)
}

fn policies() -> impl Strategy<Value = CreditPolicy> {
    prop_oneof![
        Just(policy()),
        Just(policy_with_instalments(InstalmentMethod::Annuity)),
        Just(policy_with_instalments(InstalmentMethod::EqualPrincipal)),
        Just(policy_with_instalments(InstalmentMethod::FlatFee)),
        (0_u8..5).prop_map(|in_a_row| {
            let mut policy = policy();
            let limits = &mut policy.more.limits;
            (limits.score_missed, limits.score_on_time, limits.follows_score) = (15, 5, true);
            limits.missed_in_a_row = in_a_row;
            policy
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn no_sequence_of_operations_overdraws_or_loses_a_fen(
        policy in policies(), steps in proptest::collection::vec(step(), 1..80),
    ) {
        let mut life = Life::new(&policy);
        for step in steps {
            life.take(step);
        }
    }

    /// Looking at a draw more often never changes what it costs.
    #[test]
    fn penalty_does_not_depend_on_how_often_it_is_booked(
        policy in policies(), fen in 1_i64..300_000, days in 1_i32..900,
    ) {
        let policy = CreditPolicy { write_off_dpd: 2_000, ..policy };
        let live = |touched_daily: bool| {
            let mut row = line(&policy);
            reserve(&mut row, Fen(fen)).expect("free");
            let mut drawn =
                draw(&policy, &mut row, Fen(fen), Fen(fen), visit(0), 1_000, Day(19_700)).expect("free");
            for day in 0..=days {
                let today = drawn.drawn_on() + day;
                let event = next_event_day(&policy, &drawn, today + -1) == Some(today);
                if event {
                    fall_due(&policy, &mut row, &mut drawn, today);
                }
                if event || touched_daily || day == days {
                    age(&policy, &mut row, &mut drawn, today);
                }
            }
            (row.due_charges(), drawn.penalty(), drawn.interest(), drawn.due_principal())
        };
        prop_assert_eq!(live(true), live(false));
    }
}
