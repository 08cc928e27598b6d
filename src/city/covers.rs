//! Who has a supplement beside basic insurance. Must never change a draw of another trait: a city without
//! supplements is the same city.

use super::person::Person;
use super::spec::CoverShares;
use crate::domain::{Employer, InsuranceScheme};
use crate::random::{Address, Philox, Purpose, unit};

/// Supplement of the employer, and whether the commercial one is held.
pub(super) type Cover = (Employer, bool);

/// Draws everybody's supplements; nothing where no share is above zero.
pub(super) fn draw(shares: &CoverShares, people: &[Person], philox: Philox) -> Vec<Cover> {
    if *shares == CoverShares::default() {
        return Vec::new();
    }
    let of = |(id, person): (u64, &Person)| {
        let [job, own, ..] = philox.block(Address::new(id, 0, Purpose::Traits).item(1));
        let (job, own) = (unit(job), unit(own));
        let employer = match person.scheme() {
            InsuranceScheme::Employee if job < shares.civil_service => Employer::CivilService,
            InsuranceScheme::Employee if job < shares.civil_service + shares.enterprise => {
                Employer::EnterpriseWithSupplement
            }
            _ => Employer::default(),
        };
        let insured = person.scheme() != InsuranceScheme::Uninsured;
        (employer, insured && own < shares.commercial)
    };
    (0_u64..).zip(people).map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::MemberStatus;

    #[test]
    fn shares_come_out_among_those_whom_they_are_about() {
        let people: Vec<Person> = (0..30_000)
            .map(|at| {
                let mut person = Person::default();
                let schemes = [
                    InsuranceScheme::Employee,
                    InsuranceScheme::Resident,
                    InsuranceScheme::Uninsured,
                ];
                person.insure(schemes[at % 3], MemberStatus::Active);
                person
            })
            .collect();
        let shares = CoverShares { civil_service: 0.1, enterprise: 0.3, commercial: 0.25 };
        let covers = draw(&shares, &people, Philox::new(7));
        let count = |test: &dyn Fn(usize) -> bool| (0..people.len()).filter(|&at| test(at)).count();
        let civil = count(&|at| covers[at].0 == Employer::CivilService);
        let enterprise = count(&|at| covers[at].0 == Employer::EnterpriseWithSupplement);
        let commercial = count(&|at| covers[at].1);
        // Four standard deviations of 10,000 (20,000) trials.
        assert!((880..=1_120).contains(&civil), "{civil} of 10,000");
        assert!((2_816..=3_184).contains(&enterprise), "{enterprise} of 10,000");
        assert!((4_755..=5_245).contains(&commercial), "{commercial} of 20,000");
        assert!(count(&|at| at % 3 != 0 && covers[at].0 != Employer::default()) == 0);
        assert!(count(&|at| at % 3 == 2 && covers[at].1) == 0, "the uninsured hold nothing");
        assert!(draw(&CoverShares::default(), &people, Philox::new(7)).is_empty());
    }
}
