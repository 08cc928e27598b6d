//! The postings of one settled claim and of its reversal. Must never decide an amount.

use super::bill::Split;
use super::tender::Tender;
use crate::domain::{Fen, HospitalId, InsuranceScheme, PersonId};
use crate::ledger::{Code, Posting, Role, Sink};

/// Whose books a claim touches.
#[derive(Clone, Copy, Debug)]
pub struct Parties<'a> {
    /// The patient.
    pub person: PersonId,
    /// The patient's basic scheme (names the pooled fund).
    pub scheme: InsuranceScheme,
    /// The hospital that billed.
    pub hospital: HospitalId,
    /// Whose line is drawn: the patient or a relative who bears the repayment.
    pub line_holder: PersonId,
    /// Relatives whose accounts pay, with amounts that sum to `Tender::account_family`.
    pub relatives: &'a [(PersonId, Fen)],
}

/// Posts a settled claim. The caller closes the command.
#[inline]
pub fn claim_postings<S: Sink>(sink: &mut S, parties: &Parties, split: &Split, tender: &Tender) {
    let codes = Codes { claim: Code::Claim, draw: Code::Draw, arrears: Code::Arrears };
    Legs { sink, codes, sign: 1 }.post_all(parties, split, tender);
}

/// Posts the exact opposite of a settled claim. The caller closes the command.
#[inline]
pub fn reversal_postings<S: Sink>(sink: &mut S, parties: &Parties, split: &Split, tender: &Tender) {
    let back = Code::ClaimReversed;
    let codes = Codes { claim: back, draw: back, arrears: back };
    Legs { sink, codes, sign: -1 }.post_all(parties, split, tender);
}

struct Codes {
    claim: Code,
    draw: Code,
    arrears: Code,
}

struct Legs<'s, S: Sink> {
    sink: &'s mut S,
    codes: Codes,
    sign: i64,
}

impl<S: Sink> Legs<'_, S> {
    #[inline]
    fn post_all(&mut self, parties: &Parties, split: &Split, tender: &Tender) {
        assert!(
            tender.sum() == split.psn_part_amt,
            "invariant: the tender {tender:?} pays the person's part {} of {}",
            split.psn_part_amt,
            parties.person.0
        );
        let claim = self.codes.claim;
        self.funds(parties, split);
        self.accounts(parties, tender);
        let person = parties.person.0;
        self.leg(Role::HospitalDeposits, claim, person, tender.deposit + tender.prepaid);
        self.leg(Role::PersonCash, claim, person, tender.cash);
        self.leg(Role::LineReceivable, self.codes.draw, parties.line_holder.0, tender.line);
        self.leg(Role::HospitalReceivable, self.codes.arrears, person, tender.receivable);
    }

    fn funds(&mut self, parties: &Parties, split: &Split) {
        let (claim, hospital) = (self.codes.claim, u32::from(parties.hospital.0));
        self.leg(Role::HospitalIncome, claim, hospital, -split.medfee_sumamt);
        let pooled = match parties.scheme {
            InsuranceScheme::Employee => Role::PooledEmployee,
            InsuranceScheme::Resident | InsuranceScheme::Uninsured => Role::PooledResident,
        };
        self.leg(pooled, claim, hospital, split.hifp_pay);
        self.leg(Role::SecondLayer, claim, hospital, split.second_layer());
        self.leg(Role::Assistance, claim, hospital, split.maf_pay);
        self.leg(Role::CivilServantFund, claim, hospital, split.cvlserv_pay);
        self.leg(Role::EnterpriseFund, claim, hospital, split.hifes_pay);
        let [commercial, relief, charity] = split.other;
        self.leg(Role::CommercialInsurer, claim, hospital, commercial);
        self.leg(Role::EmergencyRelief, claim, hospital, relief);
        self.leg(Role::Charity, claim, hospital, charity);
    }

    fn accounts(&mut self, parties: &Parties, tender: &Tender) {
        let claim = self.codes.claim;
        self.leg(Role::PersonalAccount, claim, parties.person.0, tender.account_own);
        let mut family = Fen::ZERO;
        for &(relative, amount) in parties.relatives {
            self.leg(Role::PersonalAccount, claim, relative.0, amount);
            family += amount;
        }
        assert!(
            family == tender.account_family,
            "invariant: relatives of {} pay {family} of {}",
            parties.person.0,
            tender.account_family
        );
    }

    #[inline]
    fn leg(&mut self, role: Role, code: Code, party: u32, amount: Fen) {
        if !amount.is_zero() {
            self.sink.post(Posting { role, code, party, amount: Fen(amount.0 * self.sign) });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Audit;

    fn claim() -> (Split, Tender) {
        let split = Split {
            medfee_sumamt: Fen(100_000),
            hifp_pay: Fen(60_000),
            hifmi_pay: Fen(5_000),
            maf_pay: Fen(1_000),
            ..Split::default()
        }
        .sealed();
        let tender = Tender {
            account_own: Fen(4_000),
            account_family: Fen(3_000),
            line: Fen(20_000),
            deposit: Fen(4_000),
            prepaid: Fen(1_000),
            cash: Fen(1_500),
            receivable: Fen(500),
        };
        (split, tender)
    }

    fn parties(relatives: &[(PersonId, Fen)]) -> Parties<'_> {
        Parties {
            person: PersonId(7),
            scheme: InsuranceScheme::Resident,
            hospital: HospitalId(2),
            line_holder: PersonId(8),
            relatives,
        }
    }

    #[test]
    fn a_claim_debits_each_payer_once_and_a_reversal_undoes_it() {
        let (split, tender) = claim();
        let relatives = [(PersonId(8), Fen(2_000)), (PersonId(9), Fen(1_000))];
        let mut audit = Audit::new();
        claim_postings(&mut audit, &parties(&relatives), &split, &tender);
        crate::ledger::Sink::close(&mut audit, 1);
        let table = [
            (Role::HospitalIncome, -100_000),
            (Role::PooledResident, 60_000),
            (Role::PooledEmployee, 0),
            (Role::SecondLayer, 5_000),
            (Role::Assistance, 1_000),
            (Role::PersonalAccount, 7_000),
            (Role::HospitalDeposits, 5_000),
            (Role::PersonCash, 1_500),
            (Role::LineReceivable, 20_000),
            (Role::HospitalReceivable, 500),
        ];
        for (role, fen) in table {
            assert_eq!(audit.total(role), Fen(fen), "{}", role.word());
        }
        reversal_postings(&mut audit, &parties(&relatives), &split, &tender);
        crate::ledger::Sink::close(&mut audit, 2);
        assert!(audit.totals().iter().all(|&total| total == 0));
        assert_eq!((audit.imbalance_fen(), audit.postings()), (0, 22));
    }

    #[test]
    #[should_panic(expected = "invariant: the tender")]
    fn a_tender_that_misses_a_fen_is_a_broken_invariant() {
        let (split, tender) = claim();
        let short = Tender { cash: tender.cash - Fen(1), ..tender };
        claim_postings(&mut Audit::new(), &parties(&[]), &split, &short);
    }

    #[test]
    #[should_panic(expected = "invariant: relatives of 7 pay")]
    fn relatives_pay_exactly_the_family_part() {
        let (split, tender) = claim();
        claim_postings(&mut Audit::new(), &parties(&[]), &split, &tender);
    }
}
