//! What settled commands mean to one hospital: legs sorted into channels, command by command. Must
//! never see a command that concerns no hospital.

use super::FUNDS;
use crate::domain::{Fen, HospitalId};
use crate::ledger::{Code, Posting, Role};

/// From whom a hospital's money comes, or where it is stuck.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Channel {
    /// What the hospital billed.
    Income,
    /// A fund's share, by its place in `FUNDS`.
    Fund(usize),
    /// Patients' own money: bills, deposits, late payments, refunds.
    Own,
    /// Drawn on credit lines.
    Line,
    /// Deposits held.
    Deposits,
    /// Bills left unpaid.
    Receivable,
    /// Bills given up.
    Lost,
}

impl Channel {
    /// Number of channels.
    pub const COUNT: usize = FUNDS.len() + 6;

    /// Place in an array of channels.
    pub const fn place(self) -> usize {
        match self {
            Channel::Fund(fund) => fund,
            Channel::Income => FUNDS.len(),
            Channel::Own => FUNDS.len() + 1,
            Channel::Line => FUNDS.len() + 2,
            Channel::Deposits => FUNDS.len() + 3,
            Channel::Receivable => FUNDS.len() + 4,
            Channel::Lost => FUNDS.len() + 5,
        }
    }

    /// The channel of a leg; `None` for legs between a person and somebody else than the hospital.
    #[inline]
    pub const fn of(role: Role, code: Code) -> Option<Channel> {
        match role {
            Role::HospitalIncome => Some(Channel::Income),
            Role::PooledEmployee => Some(Channel::Fund(0)),
            Role::PooledResident => Some(Channel::Fund(1)),
            Role::SecondLayer => Some(Channel::Fund(2)),
            Role::Assistance => Some(Channel::Fund(3)),
            Role::PersonalAccount => match code {
                Code::Claim | Code::ClaimReversed => Some(Channel::Fund(4)),
                _ => None,
            },
            Role::CivilServantFund => Some(Channel::Fund(5)),
            Role::EnterpriseFund => Some(Channel::Fund(6)),
            Role::CommercialInsurer => Some(Channel::Fund(7)),
            Role::EmergencyRelief => Some(Channel::Fund(8)),
            Role::Charity => Some(Channel::Fund(9)),
            Role::PersonCash => Some(Channel::Own),
            Role::HospitalDeposits => Some(Channel::Deposits),
            Role::HospitalReceivable => Some(Channel::Receivable),
            Role::HospitalArrearsLoss => Some(Channel::Lost),
            Role::LineReceivable | Role::Recovered => match code {
                Code::Draw | Code::ClaimReversed => Some(Channel::Line),
                _ => None,
            },
            Role::AccountContributions
            | Role::GuarantorLoss
            | Role::HardshipAid
            | Role::PremiumPaid
            | Role::PremiumIncome
            | Role::BankInterest
            | Role::BankPenalty
            | Role::BankLoss
            | Role::InsurerLoss
            | Role::HospitalLoss
            | Role::RiskPoolLoss
            | Role::CollectionCosts
            | Role::CollectionsPaid
            | Role::HospitalCash
            | Role::FundsPaid
            | Role::BanksPaid
            | Role::PatientsPaid
            | Role::AdvanceFunding
            | Role::NetworkFees
            | Role::CareProvince
            | Role::SubAccount
            | Role::ClaimAdvances => None,
        }
    }
}

/// What one hospital's day comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SiteFlows {
    amounts: [Fen; Channel::COUNT],
    /// Of patients' own money, what a card network carries; `None` where nobody says.
    pub network: Option<Fen>,
}

impl SiteFlows {
    /// Sum of one channel's legs.
    pub fn amount(&self, channel: Channel) -> Fen {
        self.amounts[channel.place()]
    }

    /// Adds one leg.
    #[inline]
    pub fn add(&mut self, channel: Channel, amount: Fen) {
        self.amounts[channel.place()] += amount;
    }

    /// Adds another block's day.
    pub fn merge(&mut self, other: &SiteFlows) {
        for (sum, more) in self.amounts.iter_mut().zip(other.amounts) {
            *sum += more;
        }
        self.network = match (self.network, other.network) {
            (Some(mine), Some(theirs)) => Some(mine + theirs),
            (mine, theirs) => mine.or(theirs),
        };
    }

    /// Whether nothing moved.
    pub fn is_quiet(&self) -> bool {
        self.amounts.iter().all(|amount| amount.is_zero())
    }
}

/// Today's flows of every hospital as one worker sees them; empty where clearing is off.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SiteBooks {
    flows: Vec<SiteFlows>,
}

impl SiteBooks {
    /// Books for so many hospitals; none switches them off.
    pub fn new(hospitals: usize) -> SiteBooks {
        SiteBooks { flows: vec![SiteFlows::default(); hospitals] }
    }

    /// Whether anything is kept.
    pub fn is_on(&self) -> bool {
        !self.flows.is_empty()
    }

    /// Adds one leg of a command that concerns a hospital.
    #[inline]
    pub fn post(&mut self, hospital: HospitalId, posting: &Posting) {
        if let Some(channel) = Channel::of(posting.role, posting.code) {
            self.flows[usize::from(hospital.0)].add(channel, posting.amount);
        }
    }

    /// A hospital's day so far.
    pub fn day(&mut self, hospital: HospitalId) -> &mut SiteFlows {
        &mut self.flows[usize::from(hospital.0)]
    }

    /// Adds today to a city's sums and begins an empty day.
    pub fn drain_into(&mut self, city: &mut [SiteFlows]) {
        for (total, day) in city.iter_mut().zip(&mut self.flows) {
            total.merge(&std::mem::take(day));
        }
    }
}
