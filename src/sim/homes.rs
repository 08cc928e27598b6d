//! What households owe for care and what cash leaves them, from the postings themselves: the run as a whole
//! and the worst 30 days. Must never count a loan as income: a draw is owed, not received.

use super::city_view::World;
use super::purses::cell_of;
use crate::city::City;
use crate::domain::{Fen, GroupId, PersonId};
use crate::economics::spec::HouseholdSpec;
use crate::ledger::{Code, Posting, Role};
use crate::metrics::GroupSums;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Days of a window of cash.
const WINDOW_DAYS: i32 = 30;

/// One kin group in one arm.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Household {
    /// Owed for care so far: bills less what funds and personal accounts bore, interest on top.
    owed: i64,
    /// Cash paid in the open window.
    cash: i64,
    /// Catastrophic spending of a month, fen.
    limit: i64,
    /// Number of the open window.
    window: u16,
    /// Whether a window's cash ever reached the limit.
    beyond: bool,
}

impl Household {
    /// Takes a leg of one of the household's commands.
    #[inline]
    pub(super) fn see(&mut self, posting: &Posting) {
        let amount = posting.amount.0;
        match posting.role {
            Role::PersonCash => self.cash += amount,
            Role::PersonalAccount if matches!(posting.code, Code::Claim | Code::ClaimReversed) => {
                self.owed -= amount;
            }
            Role::HospitalIncome
            | Role::BankInterest
            | Role::BankPenalty
            | Role::PooledEmployee
            | Role::PooledResident
            | Role::SecondLayer
            | Role::Assistance
            | Role::HardshipAid
            | Role::CivilServantFund
            | Role::EnterpriseFund
            | Role::CommercialInsurer
            | Role::EmergencyRelief
            | Role::Charity => self.owed -= amount,
            _ => {}
        }
    }

    /// Whether it owes a catastrophic part of its means, a run of so many days as a whole.
    fn owes_beyond(&self, days: u32) -> bool {
        let owed = i128::from(self.owed) * i128::from(WINDOW_DAYS);
        self.owed > 0 && owed >= i128::from(self.limit) * i128::from(days)
    }

    /// Ends a command: what was paid and returned within it has cancelled.
    #[inline]
    pub(super) fn close(&mut self) {
        self.beyond |= self.cash > 0 && self.cash >= self.limit;
    }
}

/// How many households spend beyond their means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HomeTotals {
    /// Households.
    pub homes: u64,
    /// Those that owe so much, the run as a whole.
    pub owed: u64,
    /// Those that pay so much cash in some 30 days.
    pub cash: u64,
}

/// The households of a block in one arm; empty where nobody asks.
#[derive(Debug, Default)]
pub(super) struct Homes {
    first: u32,
    rows: Vec<Household>,
}

impl Homes {
    /// Opens the households of some kin groups.
    pub(super) fn open(world: &World<'_>, groups: Range<u32>) -> Homes {
        let Some(costs) = &world.scenario.costs else { return Homes::default() };
        let limit = |group| limit(world, group, &costs.household).0;
        let row = |group| Household { limit: limit(group), ..Household::default() };
        Homes { first: groups.start, rows: groups.map(row).collect() }
    }

    /// A household on a day of the run; a window that is over begins anew.
    pub(super) fn on(&mut self, group: u32, day: i32) -> Option<&mut Household> {
        let home = self.rows.get_mut((group - self.first) as usize)?;
        let window = u16::try_from(day / WINDOW_DAYS).unwrap_or(u16::MAX);
        if home.window != window {
            (home.window, home.cash) = (window, 0);
        }
        Some(home)
    }

    /// Adds this block's households to the totals of a run of so many days.
    pub(super) fn count(&self, days: u32, totals: &mut HomeTotals) {
        totals.homes += self.rows.len() as u64;
        for home in &self.rows {
            totals.owed += u64::from(home.owes_beyond(days));
            totals.cash += u64::from(home.beyond);
        }
    }

    /// Adds the people of this block's households to their groups.
    pub(super) fn count_people(&self, city: &City, days: u32, groups: &mut [GroupSums]) {
        for (group, home) in (self.first..).zip(&self.rows) {
            let beyond = u64::from(home.owes_beyond(days));
            for person in &city.people[city.members(GroupId(group))] {
                let sums = &mut groups[cell_of(person)];
                sums.people += 1;
                sums.beyond_owed += beyond;
                sums.beyond_cash += u64::from(home.beyond);
            }
        }
    }
}

/// Catastrophic spending of a month: the stated part of what income leaves above subsistence.
fn limit(world: &World<'_>, group: u32, spec: &HouseholdSpec) -> Fen {
    let members =
        world.city.group_first[group as usize]..world.city.group_first[group as usize + 1];
    let subsistence = Fen(spec.subsistence_month.0 * members.len() as i64);
    let income: Fen = members.map(|person| world.city.monthly_income(PersonId(person))).sum();
    spec.catastrophic.of((income - subsistence).at_least_zero())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(home: &mut Household, role: Role, code: Code, yuan: i64) {
        home.see(&Posting { role, code, party: 0, amount: Fen::from_yuan(yuan) });
    }

    #[test]
    fn a_draw_is_owed_when_it_is_made_and_cash_when_it_is_repaid() {
        let mut home = Household { limit: Fen::from_yuan(400).0, ..Household::default() };
        // A bill of 1,000: the fund 600, the personal account 50, the line 350.
        post(&mut home, Role::HospitalIncome, Code::Claim, -1_000);
        post(&mut home, Role::PooledEmployee, Code::Claim, 600);
        post(&mut home, Role::PersonalAccount, Code::Claim, 50);
        post(&mut home, Role::LineReceivable, Code::Draw, 350);
        home.close();
        assert_eq!((home.owed, home.cash, home.beyond), (Fen::from_yuan(350).0, 0, false));
        // Interest of 60 falls due; 410 are repaid in cash.
        post(&mut home, Role::LineReceivable, Code::Interest, 60);
        post(&mut home, Role::BankInterest, Code::Interest, -60);
        post(&mut home, Role::PersonCash, Code::Repayment, 410);
        post(&mut home, Role::LineReceivable, Code::Repayment, -410);
        home.close();
        assert_eq!((home.owed, home.cash), (Fen::from_yuan(410).0, Fen::from_yuan(410).0));
        assert!(home.beyond, "410 of a limit of 400");
    }

    #[test]
    fn what_comes_back_within_a_command_never_left_and_windows_begin_anew() {
        let limit = Fen::from_yuan(400).0;
        let row = Household { limit, ..Household::default() };
        let mut homes = Homes { first: 7, rows: vec![row] };
        let home = homes.on(7, 29).expect("the household");
        post(home, Role::PersonCash, Code::Deposit, 500);
        post(home, Role::PersonCash, Code::DepositReturned, -200);
        home.close();
        let home = homes.on(7, 30).expect("the household");
        post(home, Role::PersonCash, Code::Claim, 300);
        post(home, Role::HospitalIncome, Code::Claim, -300);
        home.close();
        let mut totals = HomeTotals::default();
        homes.count(60, &mut totals);
        assert_eq!(totals, HomeTotals { homes: 1, owed: 0, cash: 0 });
        homes.count(15, &mut totals);
        assert_eq!(totals, HomeTotals { homes: 2, owed: 1, cash: 0 }, "300 of 200 in half a month");
    }
}
