//! The names of accounts and the reasons of postings. Must never carry an amount or a rule.

use serde::{Deserialize, Serialize};

/// Whose index a posting's `party` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartyKind {
    /// A `PersonId`.
    Person,
    /// A `HospitalId`.
    Hospital,
}

/// Declares an enum of words: the variants, `ALL`, `COUNT` and `word` from one list.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[repr(u8)]
        pub enum $name { $($(#[$doc])* $variant,)+ }

        impl $name {
            /// Every variant in numeric order.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];
            /// Number of variants.
            pub const COUNT: usize = Self::ALL.len();

            /// The word as it stands in reports and files.
            pub const fn word(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }
        }
    };
}

words! {
    /// A named account of the books. The sum of all roles is zero after every command.
    Role {
        /// Cash, card or wallet money that people paid.
        PersonCash = "person_cash",
        /// Personal (medical savings) accounts; party = the account's owner. Balance = minus the
        /// sum.
        PersonalAccount = "personal_account",
        /// Contributions that flowed into personal accounts.
        AccountContributions = "account_contributions",
        /// Pooled fund of the employees' scheme.
        PooledEmployee = "pooled_employee",
        /// Pooled fund of the residents' scheme.
        PooledResident = "pooled_resident",
        /// Critical illness insurance or large-amount subsidy.
        SecondLayer = "second_layer",
        /// Medical assistance.
        Assistance = "assistance",
        /// What hospitals billed (negative).
        HospitalIncome = "hospital_income",
        /// Unpaid bills on the hospital's own books; party = the debtor.
        HospitalReceivable = "hospital_receivable",
        /// Deposits that hospitals hold (negative); party = the person who paid.
        HospitalDeposits = "hospital_deposits",
        /// Outstanding on credit lines: principal, interest and penalties; party = the line's
        /// holder.
        LineReceivable = "line_receivable",
        /// The bank's interest income (negative).
        BankInterest = "bank_interest",
        /// The bank's penalty income (negative).
        BankPenalty = "bank_penalty",
        /// The bank's share of written-off lines, less its recoveries.
        BankLoss = "bank_loss",
        /// The credit insurer's share of written-off lines, less its recoveries.
        InsurerLoss = "insurer_loss",
        /// The hospital's share of written-off lines, less its recoveries.
        HospitalLoss = "hospital_loss",
        /// The public risk pool's share of written-off lines, less its recoveries.
        RiskPoolLoss = "risk_pool_loss",
        /// A guarantor's share of written-off lines, less its recoveries.
        GuarantorLoss = "guarantor_loss",
        /// Draws of people in hardship that the assistance fund paid.
        HardshipAid = "hardship_aid",
        /// Premiums of credit insurance paid by hospital or patient.
        PremiumPaid = "premium_paid",
        /// Premiums that the credit insurer received (negative).
        PremiumIncome = "premium_income",
        /// Written-off bills of the hospital's own books.
        HospitalArrearsLoss = "hospital_arrears_loss",
        /// Money recovered after write-off (negative) until the night passes it on to those who bore
        /// the loss.
        Recovered = "recovered",
        /// Cost of collections to those who bear it.
        CollectionCosts = "collection_costs",
        /// What collectors received (negative).
        CollectionsPaid = "collections_paid",
        /// Civil servants' medical subsidy.
        CivilServantFund = "civil_servant_fund",
        /// Enterprise supplementary insurance.
        EnterpriseFund = "enterprise_fund",
        /// Commercial supplementary insurance.
        CommercialInsurer = "commercial_insurer",
        /// Emergency disease relief fund.
        EmergencyRelief = "emergency_relief",
        /// Charities.
        Charity = "charity",
        /// Money that has reached a hospital's bank account; party = the hospital, as in all roles
        /// between institutions.
        HospitalCash = "hospital_cash",
        /// What the funds have paid to hospitals (negative).
        FundsPaid = "funds_paid",
        /// What banks have paid to hospitals for draws on lines (negative).
        BanksPaid = "banks_paid",
        /// Patients' own money that has reached hospitals (negative).
        PatientsPaid = "patients_paid",
        /// Advance funding that hospitals hold for the funds (negative).
        AdvanceFunding = "advance_funding",
        /// Fees that the card network kept.
        NetworkFees = "network_fees",
        /// The clearing account of a province of care: what it paid for other provinces (negative)
        /// and got back.
        CareProvince = "care_province",
        /// The sub-account from which an insurer pays critical illness benefits.
        SubAccount = "sub_account",
        /// What the credit insurer has paid on draws that are still on the bank's books (negative), until
        /// the patient's money or the write-off settles it; party = the line's holder.
        ClaimAdvances = "claim_advances",
    }
}

words! {
    /// Why a posting was made.
    Code {
        /// Monthly inflow of a personal account.
        AccountInflow = "account_inflow",
        /// A settled claim.
        Claim = "claim",
        /// A claim taken back.
        ClaimReversed = "claim_reversed",
        /// A deposit at admission.
        Deposit = "deposit",
        /// A deposit given back.
        DepositReturned = "deposit_returned",
        /// A drawdown of a credit line.
        Draw = "draw",
        /// A repayment of a credit line.
        Repayment = "repayment",
        /// Interest on instalments.
        Interest = "interest",
        /// Penalty interest.
        Penalty = "penalty",
        /// The receivable that a write-off ends.
        WriteOff = "write_off",
        /// A bearer's share of a write-off.
        LossShare = "loss_share",
        /// Money that came in after a write-off.
        Recovery = "recovery",
        /// A bearer's share of a recovery.
        RecoveryShare = "recovery_share",
        /// A draw in hardship that the assistance fund pays.
        HardshipAid = "hardship_aid",
        /// A premium of credit insurance.
        Premium = "premium",
        /// A bill left on the hospital's books.
        Arrears = "arrears",
        /// A payment of the hospital's books.
        ArrearsPaid = "arrears_paid",
        /// A bill that the hospital gave up.
        ArrearsWrittenOff = "arrears_written_off",
        /// A step of collections.
        CollectionCost = "collection_cost",
        /// A fund pays a hospital's monthly statement.
        FundPayment = "fund_payment",
        /// A bank pays a hospital for draws.
        BankPayment = "bank_payment",
        /// Patients' own money reaches a hospital.
        PatientPayment = "patient_payment",
        /// Advance funding given to a hospital.
        Advance = "advance",
        /// Advance funding set off against a statement.
        AdvanceCleared = "advance_cleared",
        /// The card network's fee.
        NetworkFee = "network_fee",
        /// A province of insurance pays the province of care.
        ProvincePayment = "province_payment",
        /// A sub-account is filled ahead, topped up or emptied.
        Prepayment = "prepayment",
        /// A fund pays a patient back who advanced the bill.
        Reimbursed = "reimbursed",
        /// A personal account kept without a card is carried over to its first card.
        AccountCarried = "account_carried",
        /// A claim on the credit insurer: paid, given back out of the patient's payments, settled by the
        /// write-off.
        InsurerClaim = "insurer_claim",
    }
}

impl Role {
    /// Whose index `Posting::party` is for this role: funds and income name the hospital, the rest
    /// the person.
    pub const fn party(self) -> PartyKind {
        match self {
            Role::PooledEmployee
            | Role::PooledResident
            | Role::SecondLayer
            | Role::Assistance
            | Role::CivilServantFund
            | Role::EnterpriseFund
            | Role::CommercialInsurer
            | Role::EmergencyRelief
            | Role::Charity
            | Role::HospitalIncome
            | Role::HospitalCash
            | Role::FundsPaid
            | Role::BanksPaid
            | Role::PatientsPaid
            | Role::AdvanceFunding
            | Role::NetworkFees
            | Role::CareProvince
            | Role::SubAccount => PartyKind::Hospital,
            _ => PartyKind::Person,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_is_its_own_serde_name_and_number() {
        for (index, role) in Role::ALL.iter().enumerate() {
            assert_eq!(*role as usize, index);
            assert_eq!(serde_json::to_string(role).unwrap(), format!("\"{}\"", role.word()));
        }
        for (index, code) in Code::ALL.iter().enumerate() {
            assert_eq!(*code as usize, index);
            assert_eq!(serde_json::to_string(code).unwrap(), format!("\"{}\"", code.word()));
        }
        assert_eq!((Role::COUNT, Code::COUNT), (39, 30));
    }
}
