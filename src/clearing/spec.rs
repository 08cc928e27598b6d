//! When money moves between institutions, as plain data built by `scenario`. Must never hold a
//! default that stands for a rule.

use crate::domain::{Day, Ratio};

/// Payment habits of funds, banks and the card network towards hospitals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClearingSpec {
    /// Days from the end of a month to the funds' payment of its statement.
    pub funds_pay_after_days: u16,
    /// Share of each statement that the funds keep back until the year's assessment.
    pub retained: Ratio,
    /// Days from the end of the calendar year to the payment of what was kept back.
    pub retained_paid_after_days: u16,
    /// Advance funding as a share of the first full statement; set off when the books close.
    pub advance: Ratio,
    /// Days from a draw on a line to the bank's payment to the hospital.
    pub banks_pay_after_days: u16,
    /// Days from a card or wallet payment to the network's payment to the hospital.
    pub network_pays_after_days: u16,
    /// The network's fee as a share of what it carries, borne by the hospital.
    pub network_fee: Ratio,
    /// Share of patients' own payments that travels over the network where no payment means are
    /// given.
    pub network_share: Ratio,
    /// Clerical mistakes in the daily files, which the reconciliation must find; `None` = the files
    /// are not followed.
    pub mistakes: Option<Mistakes>,
    /// Days in which the funds pay later than usual; `None` = never.
    pub late: Option<LateFunds>,
}

/// A time in which the funds pay statements later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LateFunds {
    /// First day.
    pub from: Day,
    /// Last day.
    pub to: Day,
    /// Days later than usual.
    pub days: u16,
}

/// How often a settlement's records go wrong, of a million settlements each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mistakes {
    /// Missing, duplicate, wrong amount, wrong day.
    pub per_million: [u32; 4],
}
