//! Double entry: balanced postings between named account roles, and the audit that re-adds them.
//! Must never see a patient's illness, a rule or a clock, and must never repair what does not
//! balance.
//!
//! **Sign.** The legs of one command sum to zero. A positive leg is what a payer bore or what
//! somebody is now owed; a negative leg is what somebody received or a claim that ended. So
//! `HospitalIncome` falls by each bill, payers rise by their shares, and what is left of a personal
//! account is minus the sum of its legs.
//!
//! | event | + legs | − legs | code |
//! |---|---|---|---|
//! | account inflow | `AccountContributions` | `PersonalAccount` | `AccountInflow` |
//! | claim of total T | | `HospitalIncome` T | `Claim` |
//! | … funds' shares | `PooledEmployee` or `PooledResident` | | `Claim` |
//! | | `SecondLayer`, `Assistance` | | `Claim` |
//! | | `CivilServantFund`, `EnterpriseFund` | | `Claim` |
//! | | `CommercialInsurer`, `EmergencyRelief`, `Charity` | | `Claim` |
//! | … accounts, own and relatives' | `PersonalAccount` of each owner | | `Claim` |
//! | … deposit used, cash | `HospitalDeposits`, `PersonCash` | | `Claim` |
//! | … part on a credit line | `LineReceivable` | | `Draw` |
//! | … part on the hospital's books | `HospitalReceivable` | | `Arrears` |
//! | claim reversed | `HospitalIncome` T | every leg of the claim | `ClaimReversed` |
//! | deposit paid | `PersonCash` | `HospitalDeposits` | `Deposit` |
//! | deposit returned | `HospitalDeposits` | `PersonCash` | `DepositReturned` |
//! | repayment of a line | `PersonCash` | `LineReceivable` | `Repayment` |
//! | interest falls due | `LineReceivable` | `BankInterest` | `Interest` |
//! | penalty falls due | `LineReceivable` | `BankPenalty` | `Penalty` |
//! | write-off of a line | | `LineReceivable` | `WriteOff` |
//! | … shares of the loss | `InsurerLoss`, `HospitalLoss` | | `LossShare` |
//! | | `RiskPoolLoss`, `BankLoss`, `GuarantorLoss` | | `LossShare` |
//! | recovery after write-off | `PersonCash` | `Recovered` | `Recovery` |
//! | … passed on to those who bear | `Recovered` | the shares of the loss | `RecoveryShare` |
//! | the insurer pays a claim | `InsurerLoss` | `ClaimAdvances` | `InsurerClaim` |
//! | … gets patients' money back | `ClaimAdvances` | `InsurerLoss` | `InsurerClaim` |
//! | … is settled by the write-off | `ClaimAdvances` | `BankLoss` | `InsurerClaim` |
//! | a draw in hardship, paid by assistance | `HardshipAid` | `LineReceivable` | `HardshipAid` |
//! | a premium of credit insurance | `PremiumPaid` | `PremiumIncome` | `Premium` |
//! | hospital's books paid | `PersonCash` | `HospitalReceivable` | `ArrearsPaid` |
//! | hospital's books written off | `HospitalArrearsLoss` | `HospitalReceivable` | `ArrearsWrittenOff` |
//! | a step of collections | `CollectionCosts` | `CollectionsPaid` | `CollectionCost` |
//! | a fund pays a statement | `HospitalCash` | `FundsPaid` | `FundPayment` |
//! | a bank pays for draws | `HospitalCash` | `BanksPaid` | `BankPayment` |
//! | patients' money arrives | `HospitalCash` | `PatientsPaid` | `PatientPayment` |
//! | advance funding given | `HospitalCash` | `AdvanceFunding` | `Advance` |
//! | … set off | `AdvanceFunding` | `HospitalCash` | `AdvanceCleared` |
//! | the network's fee | `NetworkFees` | `HospitalCash` | `NetworkFee` |

mod audit;
mod posting;
mod role;

pub use audit::{Audit, Imbalance, PlantedFault};
pub use posting::{Discard, Posting, Sink, transfer};
pub use role::{Code, PartyKind, Role};
