//! Clearing between institutions: what the funds owe each hospital for settled claims, month by
//! month, and when the money of funds, banks and patients reaches the hospital. Must never split a
//! claim, and must never lose or invent a fen: what was added is stated, once.

mod cash;
mod reconcile;
mod site;
pub mod spec;

pub use cash::{Institutions, MonthEnd, OpenDays, Totals};
pub use reconcile::{Fault, Finding, Part, Record, Side, reconcile, records_of};
pub use site::{Channel, SiteBooks, SiteFlows};

use crate::domain::{Fen, HospitalId, InsuranceScheme};
use crate::ledger::Role;
use crate::settlement::{Split, Tender};

/// The funds that hospitals are paid by, in the order of `Statement::owed`. Personal accounts are
/// held by the agency and cleared with the rest.
pub const FUNDS: [Role; 10] = [
    Role::PooledEmployee,
    Role::PooledResident,
    Role::SecondLayer,
    Role::Assistance,
    Role::PersonalAccount,
    Role::CivilServantFund,
    Role::EnterpriseFund,
    Role::CommercialInsurer,
    Role::EmergencyRelief,
    Role::Charity,
];

/// What the funds owe one hospital for one monthly cycle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Number of the cycle, from 0 at the run's start.
    pub cycle: u32,
    /// The hospital.
    pub hospital: HospitalId,
    /// Claims settled, less claims taken back.
    pub claims: i64,
    /// Owed by fund, in the order of `FUNDS`; negative when more was taken back than settled.
    pub owed: [Fen; FUNDS.len()],
    /// Paid so far on this statement.
    pub paid: Fen,
}

impl Statement {
    /// Owed by all funds.
    pub fn total(&self) -> Fen {
        self.owed.iter().copied().sum()
    }

    /// Owed and not yet paid.
    pub fn outstanding(&self) -> Fen {
        self.total() - self.paid
    }
}

/// What one hospital has gathered in the open cycle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Open {
    claims: i64,
    owed: [Fen; FUNDS.len()],
}

/// The open cycle of all hospitals and the statements of closed ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clearing {
    open: Vec<Open>,
    cycle: u32,
    statements: Vec<Statement>,
}

impl Clearing {
    /// Books for so many hospitals, first cycle open.
    pub fn new(hospitals: usize) -> Clearing {
        Clearing { open: vec![Open::default(); hospitals], cycle: 0, statements: Vec::new() }
    }

    /// Adds one fund's share of a settled claim (negative: of a claim taken back).
    /// Panics for a role that is no fund.
    #[inline]
    pub fn add_claim(&mut self, hospital: HospitalId, fund: Role, amount: Fen) {
        let slot = slot_of(fund);
        self.open[usize::from(hospital.0)].owed[slot] += amount;
    }

    /// Adds all shares of a settled claim.
    pub fn settle(
        &mut self,
        hospital: HospitalId,
        scheme: InsuranceScheme,
        split: &Split,
        tender: &Tender,
    ) {
        self.open[usize::from(hospital.0)].claims += 1;
        for (fund, amount) in shares(scheme, split, tender) {
            self.add_claim(hospital, fund, amount);
        }
    }

    /// Takes all shares of a settled claim back.
    pub fn reverse(
        &mut self,
        hospital: HospitalId,
        scheme: InsuranceScheme,
        split: &Split,
        tender: &Tender,
    ) {
        self.open[usize::from(hospital.0)].claims -= 1;
        for (fund, amount) in shares(scheme, split, tender) {
            self.add_claim(hospital, fund, -amount);
        }
    }

    /// Adds another worker's open cycle. Both must stand in the same cycle, and only `self` may
    /// have statements. Integer sums: the order does not matter.
    pub fn merge(&mut self, other: &Clearing) {
        assert!(
            other.statements.is_empty() && self.open.len() == other.open.len(),
            "invariant: only open cycles of the same {} hospitals are merged",
            self.open.len()
        );
        for (mine, theirs) in self.open.iter_mut().zip(&other.open) {
            mine.claims += theirs.claims;
            for (sum, more) in mine.owed.iter_mut().zip(theirs.owed) {
                *sum += more;
            }
        }
    }

    /// Closes the month: one statement a hospital that had anything, and a fresh cycle.
    pub fn close_month(&mut self) -> Vec<Statement> {
        let cycle = self.cycle;
        let mut closed = Vec::new();
        for (index, open) in self.open.iter_mut().enumerate() {
            let Open { claims, owed } = std::mem::take(open);
            if claims != 0 || owed.iter().any(|amount| !amount.is_zero()) {
                let hospital = HospitalId(index as u16);
                closed.push(Statement { cycle, hospital, claims, owed, paid: Fen::ZERO });
            }
        }
        self.statements.extend_from_slice(&closed);
        self.cycle += 1;
        closed
    }

    /// Books a payment to a hospital against its oldest unpaid statements. Returns what no
    /// statement took: an advance that the caller keeps.
    pub fn paid(&mut self, hospital: HospitalId, amount: Fen) -> Fen {
        let mut left = amount;
        for statement in self.statements.iter_mut().filter(|each| each.hospital == hospital) {
            let part = statement.outstanding().at_least_zero().min(left);
            statement.paid += part;
            left -= part;
        }
        left
    }

    /// Books a payment on one statement, whatever its sign.
    pub fn pay_statement(&mut self, cycle: u32, hospital: HospitalId, amount: Fen) {
        let of = |each: &&mut Statement| each.cycle == cycle && each.hospital == hospital;
        let found = self.statements.iter_mut().rev().find(of);
        let statement = found.unwrap_or_else(|| {
            panic!("invariant: hospital {} has a statement of cycle {cycle}", hospital.0)
        });
        statement.paid += amount;
    }

    /// Statements of all closed months, oldest first, then by hospital.
    pub fn statements(&self) -> &[Statement] {
        &self.statements
    }

    /// Owed to a hospital on closed months and not yet paid.
    pub fn outstanding(&self, hospital: HospitalId) -> Fen {
        let own = self.statements.iter().filter(|each| each.hospital == hospital);
        own.map(Statement::outstanding).sum()
    }

    /// All that one fund was charged: closed months and the open one.
    pub fn charged(&self, fund: Role) -> Fen {
        let slot = slot_of(fund);
        let closed: Fen = self.statements.iter().map(|statement| statement.owed[slot]).sum();
        closed + self.open.iter().map(|open| open.owed[slot]).sum()
    }
}

#[inline]
fn slot_of(fund: Role) -> usize {
    let slot = FUNDS.iter().position(|&each| each == fund);
    slot.unwrap_or_else(|| panic!("invariant: {} is no fund that clears", fund.word()))
}

fn shares(scheme: InsuranceScheme, split: &Split, tender: &Tender) -> [(Role, Fen); 9] {
    let pooled = match scheme {
        InsuranceScheme::Employee => Role::PooledEmployee,
        InsuranceScheme::Resident | InsuranceScheme::Uninsured => Role::PooledResident,
    };
    [
        (pooled, split.hifp_pay),
        (Role::SecondLayer, split.second_layer()),
        (Role::Assistance, split.maf_pay),
        (Role::PersonalAccount, tender.account_own + tender.account_family),
        (Role::CivilServantFund, split.cvlserv_pay),
        (Role::EnterpriseFund, split.hifes_pay),
        (Role::CommercialInsurer, split.other[0]),
        (Role::EmergencyRelief, split.other[1]),
        (Role::Charity, split.other[2]),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn claim(pooled: i64, second: i64, account: i64) -> (Split, Tender) {
        let split = Split {
            medfee_sumamt: Fen(pooled + second + account),
            hifp_pay: Fen(pooled),
            hifob_pay: Fen(second),
            ..Split::default()
        };
        let tender = Tender { account_own: Fen(account), ..Tender::default() };
        (split.sealed(), tender)
    }

    #[test]
    fn a_claim_taken_back_next_month_makes_a_negative_statement() {
        let mut clearing = Clearing::new(2);
        let (split, tender) = claim(300, 20, 50);
        clearing.settle(HospitalId(1), InsuranceScheme::Employee, &split, &tender);
        let first = clearing.close_month();
        assert_eq!(
            (first.len(), first[0].hospital, first[0].total()),
            (1, HospitalId(1), Fen(370))
        );
        clearing.reverse(HospitalId(1), InsuranceScheme::Employee, &split, &tender);
        let second = clearing.close_month();
        assert_eq!((second[0].cycle, second[0].claims, second[0].total()), (1, -1, Fen(-370)));
        assert_eq!(clearing.outstanding(HospitalId(1)), Fen::ZERO);
        assert!(clearing.close_month().is_empty(), "a quiet month states nothing");
    }

    #[test]
    fn payments_reach_the_oldest_statement_first_and_never_more_than_is_owed() {
        let mut clearing = Clearing::new(1);
        for pooled in [100, 200] {
            clearing.add_claim(HospitalId(0), Role::PooledResident, Fen(pooled));
            clearing.close_month();
        }
        assert_eq!(clearing.paid(HospitalId(0), Fen(150)), Fen::ZERO);
        let left: Vec<Fen> = clearing.statements().iter().map(Statement::outstanding).collect();
        assert_eq!(left, [Fen::ZERO, Fen(150)]);
        assert_eq!(clearing.paid(HospitalId(0), Fen(200)), Fen(50));
    }

    proptest! {
        #[test]
        fn statements_sum_to_the_fund_shares_in_any_order_of_merging(
            claims in proptest::collection::vec(
                (0_u16..4, any::<bool>(), 0_i64..9_999, 0_i64..999, 0_i64..999), 0..60),
            cut in 0_usize..60,
        ) {
            let (mut left, mut right) = (Clearing::new(4), Clearing::new(4));
            let mut charged = Fen::ZERO;
            for (index, &row) in claims.iter().enumerate() {
                let (hospital, employee, pooled, second, account) = row;
                let (split, tender) = claim(pooled, second, account);
                let scheme =
                    if employee { InsuranceScheme::Employee } else { InsuranceScheme::Resident };
                let side = if index < cut { &mut left } else { &mut right };
                side.settle(HospitalId(hospital), scheme, &split, &tender);
                charged += split.fund_pay_sumamt + tender.account_own;
            }
            let mut swapped = right.clone();
            swapped.merge(&left);
            left.merge(&right);
            prop_assert_eq!(&left, &swapped);
            let stated: Fen = left.close_month().iter().map(Statement::total).sum();
            prop_assert_eq!(stated, charged);
            prop_assert_eq!(FUNDS.iter().map(|&fund| left.charged(fund)).sum::<Fen>(), charged);
        }
    }
}
