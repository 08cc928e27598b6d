//! One resident as a 16-byte row that never changes within a run. Must never hold an arm's state:
//! balances, lines and accumulators live with the arm.

use crate::domain::{AssistanceClass, InsuranceScheme, MemberStatus, age_band};

/// Generation of grandparents.
pub const GRANDPARENT: u8 = 0;
/// Generation of the adults in the middle.
pub const MIDDLE: u8 = 1;
/// Generation of children under 18.
pub const CHILD: u8 = 2;

/// First age of an adult; younger people are minors of the residents' scheme.
pub const ADULT_AGE: u8 = 18;
/// First age at which a member of the employees' scheme counts as retired.
pub const RETIREMENT_AGE: u8 = 60;
/// `Person::rate` of somebody with the population's nominal mean rate.
pub const RATE_ONE: u16 = 1024;

/// A resident. Latent quantiles are uniform over 0..=65535 in the population.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// Age in years at the start, 0 to 99.
    pub age: u8,
    /// 0 = grandparents, 1 = adults in the middle, 2 = children under 18. Within generations 0 and
    /// 1 of a kin group, members 2j and 2j + 1 (counted from 0 inside the generation) are spouses.
    pub generation: u8,
    /// Index of the district of residence.
    pub district: u8,
    /// Fifth of the population by household income, 0 = poorest.
    pub income_band: u8,
    /// Packed scheme (2 bits; 3 = insured elsewhere), status (2), assistance class (2), chronic (1), judgment debtor (1).
    flags: u8,
    /// Latent quantile: pays by phone when below the regime's share.
    pub phone: u16,
    /// Latent quantile of the ability to pay, rising with household income.
    pub ability: u16,
    /// Latent quantile of the willingness to pay.
    pub willingness: u16,
    /// Public-credit score on the scheme's scale.
    pub score: u16,
    /// Relative rate of outpatient visits, age × chronic illness × frailty; `RATE_ONE` is the mean.
    pub rate: u16,
}

const _: () = assert!(size_of::<Person>() == 16);

/// Scheme bits of somebody insured elsewhere.
const ELSEWHERE: u8 = 3;
const CHRONIC: u8 = 1 << 6;
const JUDGMENT_DEBTOR: u8 = 1 << 7;

impl Person {
    /// Basic insurance scheme of this pooling area; `Uninsured` also for somebody insured elsewhere.
    #[inline]
    pub fn scheme(&self) -> InsuranceScheme {
        match self.flags & 3 {
            0 => InsuranceScheme::Employee,
            1 => InsuranceScheme::Resident,
            _ => InsuranceScheme::Uninsured,
        }
    }

    /// Insured in another pooling area: pays here as a stranger and claims at home.
    #[inline]
    pub fn insured_elsewhere(&self) -> bool {
        self.flags & 3 == ELSEWHERE
    }

    /// Status within the scheme.
    #[inline]
    pub fn status(&self) -> MemberStatus {
        match self.flags >> 2 & 3 {
            0 => MemberStatus::Active,
            1 => MemberStatus::Retired,
            _ => MemberStatus::Minor,
        }
    }

    /// Medical-assistance class, the same for all members of a household.
    #[inline]
    pub fn assistance(&self) -> AssistanceClass {
        match self.flags >> 4 & 3 {
            0 => AssistanceClass::None,
            1 => AssistanceClass::LowIncome,
            2 => AssistanceClass::MinimumLiving,
            _ => AssistanceClass::Destitute,
        }
    }

    /// Has a chronic illness.
    #[inline]
    pub fn chronic(&self) -> bool {
        self.flags & CHRONIC != 0
    }

    /// Stands on the court's list of dishonest judgment debtors.
    #[inline]
    pub fn judgment_debtor(&self) -> bool {
        self.flags & JUDGMENT_DEBTOR != 0
    }

    /// Index of the age band (`domain::AGE_BAND_EDGES`).
    #[inline]
    pub fn age_band(&self) -> usize {
        age_band(self.age)
    }

    /// 18 or older.
    #[inline]
    pub fn adult(&self) -> bool {
        self.age >= ADULT_AGE
    }

    /// Sets insurance scheme and status.
    pub(super) fn insure(&mut self, scheme: InsuranceScheme, status: MemberStatus) {
        self.flags = self.flags & !0xf | scheme as u8 | (status as u8) << 2;
    }

    /// Sets the insurance of another pooling area; the status stays.
    pub(super) fn insure_elsewhere(&mut self) {
        self.flags |= ELSEWHERE;
    }

    /// Sets the assistance class.
    pub(super) fn assist(&mut self, class: AssistanceClass) {
        self.flags = self.flags & !(3 << 4) | (class as u8) << 4;
    }

    /// Sets the marks of chronic illness and of the court's list.
    pub(super) fn mark(&mut self, traits: Marks) {
        self.flags &= !(CHRONIC | JUDGMENT_DEBTOR);
        self.flags |= if traits.chronic { CHRONIC } else { 0 };
        self.flags |= if traits.judgment_debtor { JUDGMENT_DEBTOR } else { 0 };
    }
}

/// Yes-or-no traits of a person.
#[derive(Clone, Copy, Debug)]
pub(super) struct Marks {
    pub(super) chronic: bool,
    pub(super) judgment_debtor: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_traits_read_back_in_every_combination() {
        use {AssistanceClass as A, InsuranceScheme as S, MemberStatus as M};
        let classes = [A::None, A::LowIncome, A::MinimumLiving, A::Destitute];
        for scheme in [S::Employee, S::Resident, S::Uninsured] {
            for status in [M::Active, M::Retired, M::Minor] {
                for class in classes {
                    for bits in 0..4 {
                        let marks = Marks { chronic: bits & 1 == 1, judgment_debtor: bits > 1 };
                        let mut person = Person::default();
                        person.mark(marks);
                        person.insure(scheme, status);
                        person.assist(class);
                        let read = (person.scheme(), person.status(), person.assistance());
                        assert_eq!(read, (scheme, status, class));
                        assert_eq!(person.chronic(), marks.chronic);
                        assert_eq!(person.judgment_debtor(), marks.judgment_debtor);
                    }
                }
            }
        }
    }
}
