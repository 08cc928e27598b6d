//! Fairness of approvals between two groups of people, from counts. Must never hold a person.

/// Decisions on one group: `counts[approved][turned out good]`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Decisions {
    /// Refused and approved people by outcome, `[bad, good]` each.
    pub counts: [[f64; 2]; 2],
}

impl Decisions {
    /// People decided on.
    pub fn people(&self) -> f64 {
        self.counts.iter().flatten().sum()
    }

    /// Share approved; 0 where nobody was decided on.
    pub fn approval(&self) -> f64 {
        part(self.counts[1].iter().sum(), self.people())
    }

    /// Share approved among those with an outcome (false = bad, true = good).
    fn approval_given(&self, good: bool) -> f64 {
        let [refused, approved] = self.counts.map(|row| row[usize::from(good)]);
        part(approved, refused + approved)
    }
}

fn part(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

/// How a protected group fares against a reference group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fairness {
    /// Approval rates, protected then reference.
    pub approval: [f64; 2],
    /// Ratio of approval rates.
    pub disparate_impact: f64,
    /// Difference of approval rates.
    pub demographic_parity: f64,
    /// Difference of approval rates among the good.
    pub equal_opportunity: f64,
    /// Largest difference of approval rates given the outcome.
    pub equalised_odds_gap: f64,
}

/// The four-fifths rule: below this ratio of approval rates a practice needs a reason.
pub const FOUR_FIFTHS: f64 = 0.8;

/// Compares a protected group with a reference group.
pub fn fairness(protected: &Decisions, reference: &Decisions) -> Fairness {
    let approval = [protected.approval(), reference.approval()];
    let gap = |good| protected.approval_given(good) - reference.approval_given(good);
    Fairness {
        approval,
        disparate_impact: part(approval[0], approval[1]),
        demographic_parity: approval[0] - approval[1],
        equal_opportunity: gap(true),
        equalised_odds_gap: gap(true).abs().max(gap(false).abs()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alike_groups_are_treated_alike_and_an_empty_one_divides_by_nothing() {
        let group = Decisions { counts: [[3.0, 7.0], [10.0, 30.0]] };
        let same = fairness(&group, &group);
        assert!((same.disparate_impact - 1.0).abs() < 1e-15 && same.equalised_odds_gap < 1e-15);
        let nobody = fairness(&Decisions::default(), &group);
        assert!(nobody.approval[0].abs() < 1e-15 && nobody.disparate_impact.abs() < 1e-15);
    }
}
