//! What people of each group bore of their bills and what they paid, from the postings themselves.
//! Must never ask whose visit it was: the party of a posting is who bears or pays.

use super::city_view::World;
use crate::city::{City, Person};
use crate::domain::{Fen, PersonId};
use crate::ledger::{Code, Posting, Role};
use crate::metrics::{Flow, JOINT_GROUPS, Purse, joint_group};

/// The groups of a block in one arm; empty where nobody asks.
#[derive(Debug, Default)]
pub(super) struct Purses(Vec<Purse>);

impl Purses {
    /// Opens the groups of a scenario that asks.
    pub(super) fn open(world: &World<'_>) -> Purses {
        let groups = world.scenario.costs.as_ref().map_or(0, |_| JOINT_GROUPS);
        Purses(vec![Purse::default(); groups])
    }

    /// The groups on a day of the run.
    pub(super) fn on<'a>(&'a mut self, city: &'a City, day: i32) -> Option<Seen<'a>> {
        (!self.0.is_empty()).then_some(Seen { purses: &mut self.0, city, day: i64::from(day) })
    }

    /// By cell.
    pub(super) fn rows(&self) -> &[Purse] {
        &self.0
    }
}

/// The cell of a person.
#[inline]
pub(super) fn cell_of(person: &Person) -> usize {
    joint_group(person.age_band(), usize::from(person.income_band), person.scheme() as usize)
}

/// The groups, looked at on one day.
#[derive(Debug)]
pub(super) struct Seen<'a> {
    purses: &'a mut [Purse],
    city: &'a City,
    day: i64,
}

impl Seen<'_> {
    /// Takes a leg of a command.
    #[inline]
    pub(super) fn see(&mut self, posting: &Posting) {
        let amount = posting.amount;
        let (mut paid, mut line, mut books, mut theirs) = (false, false, false, true);
        match posting.role {
            Role::PersonCash
            | Role::PersonalAccount
            | Role::AccountContributions
            | Role::PremiumPaid => paid = true,
            Role::LineReceivable => line = true,
            Role::HospitalReceivable => books = true,
            Role::HospitalDeposits | Role::Recovered => {}
            // What others gain or lose by a line, told by its holder.
            Role::BankLoss
            | Role::BankInterest
            | Role::BankPenalty
            | Role::HardshipAid
            | Role::CollectionCosts => theirs = false,
            _ => return,
        }
        let person = self.city.person(PersonId(posting.party));
        let purse = &mut self.purses[cell_of(person)];
        if let Some((flow, sign)) = flow(posting) {
            purse.flows[flow as usize] += Fen(sign * amount.0);
        }
        if theirs && of_a_bill(posting.code) {
            purse.own_part += amount;
        }
        if paid {
            purse.paid += amount;
        }
        // What comes to nothing in the end was owed for as long as its legs are apart.
        let fen_days = -amount.0 * self.day;
        purse.line_fen_days += if line { fen_days } else { 0 };
        purse.books_fen_days += if books { fen_days } else { 0 };
    }
}

/// The flow that a leg belongs to, and the sign of the leg in it.
const fn flow(posting: &Posting) -> Option<(Flow, i64)> {
    match (posting.role, posting.code) {
        (Role::BankLoss, _) | (Role::Recovered, Code::Recovery) => Some((Flow::NotRepaid, 1)),
        (Role::HospitalReceivable, Code::ArrearsWrittenOff) => Some((Flow::GivenUp, -1)),
        (Role::HospitalDeposits, _) => Some((Flow::LeftOnCards, -1)),
        (Role::HardshipAid, _) => Some((Flow::HardshipAid, 1)),
        (Role::BankInterest, _) => Some((Flow::Interest, -1)),
        (Role::BankPenalty, _) => Some((Flow::Penalty, -1)),
        (Role::PremiumPaid, _) => Some((Flow::Premium, 1)),
        (Role::CollectionCosts, _) => Some((Flow::Collection, 1)),
        _ => None,
    }
}

/// Whether a posting says who bears a bill, or takes that back.
const fn of_a_bill(code: Code) -> bool {
    matches!(
        code,
        Code::Claim | Code::Draw | Code::Arrears | Code::ClaimReversed | Code::Reimbursed
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::city::Person;
    use crate::scenario;
    use std::path::Path;

    #[test]
    fn a_bill_is_borne_by_whose_line_it_is_put_on_and_owed_until_it_is_repaid() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/smoke.toml");
        let scenario = scenario::load(&path).expect("the smoke district");
        let world = World::new(&scenario, 7);
        let cell = |person: u32| cell_of(world.city.person(PersonId(person)));
        let (child, holder) = (0..world.city.people.len() as u32 - 1)
            .map(|person| (person, person + 1))
            .find(|&(one, other)| cell(one) != cell(other))
            .expect("two people who differ");
        let mut purses = Purses::open(&world);
        let post =
            |purses: &mut Purses, day: i32, role: Role, code: Code, party: u32, yuan: i64| {
                let amount = Fen::from_yuan(yuan);
                let mut seen = purses.on(&world.city, day).expect("a scenario with costs");
                seen.see(&Posting { role, code, party, amount });
            };
        // A bill of 1,000: fund 600, the child's cash 50, the holder's line 350; 360 repaid ten days later.
        post(&mut purses, 3, Role::HospitalIncome, Code::Claim, 0, -1_000);
        post(&mut purses, 3, Role::PooledResident, Code::Claim, 0, 600);
        post(&mut purses, 3, Role::PersonCash, Code::Claim, child, 50);
        post(&mut purses, 3, Role::LineReceivable, Code::Draw, holder, 350);
        post(&mut purses, 13, Role::LineReceivable, Code::Interest, holder, 10);
        post(&mut purses, 13, Role::BankInterest, Code::Interest, holder, -10);
        post(&mut purses, 13, Role::PersonCash, Code::Repayment, holder, 360);
        post(&mut purses, 13, Role::LineReceivable, Code::Repayment, holder, -360);
        let row = |person: u32| purses.rows()[cell(person)];
        let yuan = Fen::from_yuan;
        assert_eq!((row(child).own_part, row(child).paid), (yuan(50), yuan(50)));
        assert_eq!((row(holder).own_part, row(holder).paid), (yuan(350), yuan(360)));
        assert_eq!(row(holder).line_fen_days, yuan(3_500).0, "350 yuan for ten days");
        assert_eq!(row(child).line_fen_days, 0);
        // The rest is given up: 4 yuan of principal, 1 of interest; 3 come in later.
        post(&mut purses, 13, Role::BankLoss, Code::WriteOff, holder, 4);
        post(&mut purses, 13, Role::BankInterest, Code::WriteOff, holder, 1);
        post(&mut purses, 13, Role::Recovered, Code::Recovery, holder, -3);
        let flow = |person: u32, flow: Flow| {
            let row = purses.rows()[cell(person)];
            row.flows[flow as usize]
        };
        assert_eq!(flow(holder, Flow::NotRepaid), yuan(1));
        assert_eq!(flow(holder, Flow::Interest), yuan(9));
        assert_eq!(flow(child, Flow::NotRepaid), Fen::ZERO);
        assert_eq!(purses.rows()[cell(holder)].own_part, yuan(350), "a loss is no bill");
    }

    #[test]
    fn people_are_in_the_cell_of_their_age_income_and_insurance() {
        let mut person = Person::default();
        (person.age, person.income_band) = (30, 4);
        assert_eq!(cell_of(&person), joint_group(2, 4, person.scheme() as usize));
        person.age = 80;
        assert_eq!(cell_of(&person), joint_group(5, 4, person.scheme() as usize));
    }
}
