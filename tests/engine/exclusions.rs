//! What the scheme excludes: work injury, third parties, public health, the court's debtor list, bills outside
//! the catalogue. Each is a named refusal of the line, the first that applies is the answer, and no fund pays
//! for what the law lays on somebody else.

use super::support::{House, claim, date, insured, person, policy, self_paid, visit};
use aftercare::credit::spec::CreditPolicy;
use aftercare::domain::{CostCause, Fen, InsuranceScheme, Refusal};
use aftercare::engine::{Body, Facts, Funding, Settle};
use aftercare::ledger::Role;

use Refusal::{
    InstitutionNotInScheme, JudgmentDebtor, OutOfScope, PublicHealth, ThirdParty, WorkInjury,
};

const CAUSES: [(CostCause, Option<Refusal>); 4] = [
    (CostCause::Illness, None),
    (CostCause::WorkInjury, Some(WorkInjury)),
    (CostCause::ThirdParty, Some(ThirdParty)),
    (CostCause::PublicHealth, Some(PublicHealth)),
];

/// A house with an open line whose holder came onto the court's list afterwards, or did not.
fn house(policy: &CreditPolicy, debtor: bool) -> House<'_> {
    let good = person(InsuranceScheme::Resident, 40, 1, 720);
    let mut house = House::new(Some(policy), &[good], date("2023-05-08"));
    assert_eq!(house.send(0, Body::OpenLine).refusal, None);
    house.rows.set_facts(0, Facts { judgment_debtor: debtor, ..good });
    house
}

#[test]
fn each_exclusion_is_a_named_refusal_and_the_first_that_applies_is_the_answer() {
    let policy = CreditPolicy { pays_out_of_catalogue: false, ..policy() };
    for (cause, by_law) in CAUSES {
        for mask in 0..8_u8 {
            let [debtor, outside, outsider] = [mask & 1 != 0, mask & 2 != 0, mask & 4 != 0];
            let lines = if outside { self_paid(9_000) } else { insured(9_000) };
            let claim = Settle { cause, in_scheme: !outsider, ..claim(visit(1), &lines) };
            let expected = [
                by_law,
                debtor.then_some(JudgmentDebtor),
                outsider.then_some(InstitutionNotInScheme),
                outside.then_some(OutOfScope),
            ];
            let expected = expected.into_iter().flatten().min();
            for partial in [false, true] {
                let funding = Funding::Line { partial, deposit: Fen::ZERO };
                let paid = house(&policy, debtor).send(0, Body::Settle { claim, funding });
                let held = house(&policy, debtor).send(0, Body::Reserve { claim, partial });
                assert_eq!(paid.refusal, expected, "{cause:?} {mask:03b}, partial: {partial}");
                assert_eq!(held.refusal, expected, "{cause:?} {mask:03b}, partial: {partial}");
            }
        }
    }
}

/// Paid by the patient now, the bill is settled, but no fund pays for what the law lays on somebody else.
#[test]
fn no_fund_pays_for_what_the_law_lays_on_somebody_else() {
    for (cause, by_law) in CAUSES {
        let good = person(InsuranceScheme::Resident, 40, 1, 720);
        let mut house = House::new(None, &[good], date("2023-05-08"));
        let lines = insured(900_000);
        let claim = Settle { cause, ..claim(visit(1), &lines) };
        let funding = Funding::Own { deposit: Fen::ZERO };
        let decision = house.send(0, Body::Settle { claim, funding });
        assert_eq!((decision.refusal, decision.benefits_refused), (None, by_law));
        assert_eq!(decision.fund.is_zero(), by_law.is_some(), "{cause:?}");
        assert_eq!(decision.fund + decision.person, Fen(900_000));
        assert_eq!(house.total(Role::PooledResident) == 0, by_law.is_some(), "{cause:?}");
        assert_eq!(house.rows.people[0].year.outpatient_eligible == 0, by_law.is_some());
    }
}

/// The switch of `[credit]`: with it the line pays the self-paid items of a bill, without it only what is in the
/// catalogue, and a bill wholly outside is refused by name.
#[test]
fn the_line_pays_outside_the_catalogue_only_where_the_switch_says_so() {
    let bill = [insured(10_000)[0], self_paid(4_000)[0]];
    for switch in [false, true] {
        let policy = CreditPolicy { pays_out_of_catalogue: switch, ..policy() };
        let mut house = house(&policy, false);
        let funding = Funding::Line { partial: true, deposit: Fen::ZERO };
        let claim = claim(visit(1), &bill);
        let decision = house.send(0, Body::Settle { claim, funding });
        let outside = if switch { Fen::ZERO } else { Fen(4_000) };
        assert_eq!((decision.refusal, decision.cash), (None, outside), "{switch}");
        assert_eq!(decision.line, decision.person - decision.account - outside);
        let wholly = self_paid(500);
        let body =
            Body::Settle { claim: Settle { visit: visit(2), lines: &wholly, ..claim }, funding };
        let expected = (!switch).then_some(OutOfScope);
        assert_eq!(house.send(0, body).refusal, expected);
    }
}
