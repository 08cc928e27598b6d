//! Bills above what a patient has at hand: what he lacks, where it comes from, whether a free limit would do. Must
//! never post money: what a lender pays the hospital is the patient's money in the books.

use super::block::{Kind, Plan};
use super::city_view::World;
use super::group::BILLS_A_DAY;
use super::settle::SettleDay;
use super::visit_day::VisitDay;
use crate::behaviour::Source;
use crate::behaviour::spec::OtherFinance;
use crate::city::WantKind;
use crate::domain::Fen;
use crate::flow::PaymentPoint;
use crate::metrics::{ArmSums, Need};

/// A visit's day as far as its money may be short.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Short {
    /// Paid in money, deposits among it.
    pub(super) own: Fen,
    /// Of it, for tests.
    pub(super) tests: Fen,
    /// Put on a line.
    pub(super) on_line: Fen,
    /// Billed for what no line of the arm pays, by the day's bill: one that is taken back and settled again stands once.
    pub(super) outside: [Fen; BILLS_A_DAY as usize],
    /// The line that the patient may use for it, when he came.
    pub(super) line: Option<OfLine>,
    /// Goes without tests that he cannot pay.
    pub(super) without: bool,
}

/// A line that might bear a bill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OfLine {
    /// What it could bear of this visit or stay.
    pub(super) free: Fen,
    /// Whether it was drawn before.
    pub(super) drawn: bool,
}

impl World<'_> {
    /// The other finance of patients, where it is followed.
    #[inline]
    pub(super) fn other_finance(&self) -> Option<&OtherFinance> {
        self.scenario.behaviour.more.other_finance.as_ref()
    }

    /// Where somebody turns to who cannot pay a visit's bill himself.
    fn turns_to(&self, finance: &OtherFinance, plan: &Plan, replication: u16) -> Source {
        let person = self.city.person(plan.want.person);
        finance.source(
            usize::from(person.income_band),
            self.stay_words(plan.want.visit, replication)[3],
        )
    }

    /// Whether a patient goes without tests that cost him so much.
    pub(super) fn goes_without(&self, plan: &Plan, tests: Fen, replication: u16) -> bool {
        let elective = plan.kind == Kind::Visit && plan.want.kind == WantKind::Outpatient;
        let Some(finance) = self.other_finance().filter(|_| elective && !tests.is_zero()) else {
            return false;
        };
        let hand = self.at_hand(plan.want.visit, plan.want.person, replication);
        tests > hand && self.turns_to(finance, plan, replication) == Source::GoesWithout
    }

    /// Whether a patient may have to go without tests: he would if insurance paid nothing.
    pub(super) fn may_go_without(&self, plan: &Plan, replication: u16) -> bool {
        let tests = Fen::unpacked(plan.want.bill_fen[PaymentPoint::Tests as usize]);
        self.goes_without(plan, tests, replication)
    }
}

impl SettleDay<'_, '_> {
    /// Counts what a patient lacked today and what paid for it.
    pub(super) fn count_finance(&self, sums: &mut ArmSums, plan: &Plan, done: &VisitDay) {
        let short = &done.short;
        let Some(finance) = self.world.other_finance() else { return };
        if short.own.is_zero() && short.on_line.is_zero() {
            return;
        }
        let hand = self.world.at_hand(plan.want.visit, plan.want.person, self.replication);
        if short.own + short.on_line <= hand {
            return;
        }
        let source = self.world.turns_to(finance, plan, self.replication);
        if let Some(line) = short.line {
            let drawn = line.drawn || !short.on_line.is_zero();
            sums.finance.need[usize::from(drawn)].merge(&need(short, line, hand, source));
        }
        let lacks = short.own - hand;
        if lacks <= Fen::ZERO {
            return;
        }
        let lender = if source == Source::Card { Source::Card } else { Source::Relatives };
        let (cost, fen_days) = (finance.cost(lender, lacks), finance.fen_days(lender, lacks));
        let all = &mut sums.finance;
        all.bills[lender as usize] += 1;
        all.lent[lender as usize] += lacks;
        all.cost += cost;
        all.fen_days += fen_days;
        let group = self.stay_group(sums, plan);
        group.lent_cost += cost;
        group.lent_fen_days += fen_days;
    }
}

/// A bill above own means beside the line that might bear it.
fn need(short: &Short, line: OfLine, hand: Fen, source: Source) -> Need {
    let all = short.own + short.on_line;
    let lacked = all - hand;
    let covers =
        line.free.min(all - short.outside.into_iter().sum::<Fen>()).min(lacked).at_least_zero();
    let mut need =
        Need { bills: 1, lacked, met_bills: u64::from(covers == lacked), ..Need::default() };
    need.met[source as usize] = covers;
    need
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_free_limit_meets_what_lacks_as_far_as_it_goes_and_may_bear_it() {
        let yuan = Fen::from_yuan;
        let mut short = Short { own: yuan(3_000), ..Short::default() };
        (short.outside[0], short.outside[2]) = (yuan(200), yuan(300));
        let of = |free: i64, hand: i64| {
            need(&short, OfLine { free: yuan(free), drawn: false }, yuan(hand), Source::Card)
        };
        let table = [
            // (free limit, at hand, lacked, met, whole)
            (5_000, 1_000, 2_000, 2_000, 1),
            (1_500, 1_000, 2_000, 1_500, 0),
            (5_000, 100, 2_900, 2_500, 0),
            (0, 1_000, 2_000, 0, 0),
        ];
        for (free, hand, lacked, met, whole) in table {
            let found = of(free, hand);
            assert_eq!(
                (found.lacked, found.met[0], found.met_bills),
                (yuan(lacked), yuan(met), whole)
            );
        }
    }
}
