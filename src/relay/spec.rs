//! Cross-province settlement as plain data, built by `scenario`. Must never hold a float or a default
//! that stands for a rule.

use super::{Asking, Capacity, Link};
use crate::domain::{Fen, Ratio};

/// Stays of people who are insured in another province.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrossSpec {
    /// Share of the city's insured people who are insured elsewhere.
    pub insured_elsewhere: Ratio,
    /// Whether hospitals have a direct connection that leaves systems out.
    pub direct_connection: bool,
    /// Systems and links in the order of the way out.
    pub links: Vec<Link>,
    /// Attempts and time-outs.
    pub asking: Asking,
    /// Hours for which a patient puts off leaving until a fault is repaired; longer faults divert the
    /// patient to manual reimbursement.
    pub waits_for_repair_h: u32,
    /// Clerk minutes of a stay that is settled directly.
    pub clerk_min: u32,
    /// What happens without direct settlement.
    pub manual: ManualSpec,
    /// Who pays whom, when.
    pub clearing: ProvinceClearing,
    /// Hospitals at which people from elsewhere are treated; empty = all.
    pub sites: Vec<String>,
    /// What servers and lines on the way cost; `None` = not asked.
    pub capacity: Option<Capacity>,
    /// Provinces of insurance: name and weight.
    pub provinces: Vec<(String, u32)>,
}

/// Manual reimbursement: the patient advances all and is paid back in the province of insurance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManualSpec {
    /// Days from leaving to the payment: equally likely values.
    pub days_to_payment: Vec<u32>,
    /// Share of stays whose invoice is lost before it is handed in: nothing is reimbursed.
    pub invoice_lost: Ratio,
    /// Trips back to the province of insurance: equally likely values.
    pub return_trips: Vec<u32>,
    /// Cost of a trip.
    pub trip_cost: Fen,
    /// Clerk minutes of a claim.
    pub clerk_min: u32,
    /// What a patient can raise at once: equally likely values.
    pub can_raise: Vec<Fen>,
    /// Days until somebody who cannot has borrowed the rest; treatment stops until then.
    pub days_to_borrow: Vec<u32>,
    /// Share of those who never find it: the bill stays unpaid, so there is no invoice.
    pub never_found: Ratio,
}

/// Clearing between provinces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProvinceClearing {
    /// Days from a settlement to the payment of the province of care to the hospital.
    pub hospital_paid_after_days: u16,
    /// Days from a month's end to the payment of the province of insurance.
    pub pays_after_days: u16,
    /// Where the place of insurance pays the hospital itself: days from a month's end until it does. `None` = the
    /// province of care pays first and is cleared later.
    pub home_pays_after_days: Option<u16>,
    /// Deposit of the province of insurance as a share of its first month.
    pub deposit: Ratio,
    /// Prepayment to the sub-account from which an insurer pays the critical illness part, as a
    /// share of the first month with such benefits; zero = the fund pays it itself. What it holds is paid at a month's
    /// end; the fund fills it again, and pays what lacked, on its own day.
    pub sub_account: Ratio,
}
