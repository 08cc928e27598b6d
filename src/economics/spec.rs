//! What a scheme costs besides what the ledger posts, as plain data built by `scenario`. Must never hold a
//! default that stands for a cost.

use super::Party;
use crate::domain::{Fen, Ratio};

/// Costs of a scheme and the figures by which flows of several years are made comparable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CostSpec {
    /// Years over which flows are added up, each like the run.
    pub horizon_years: u8,
    /// Discount rate a year; flows stand at the end of their year, set-up at the beginning of the first.
    pub discount_rate_year: Ratio,
    /// What money costs a year that somebody pays later than he otherwise would.
    pub funding_rate_year: Ratio,
    /// Value of an hour of a patient.
    pub value_of_hour: Fen,
    /// What a yuan of care that one arm gives and the other does not costs its hospital.
    pub care_cost: Ratio,
    /// The scheme's system.
    pub it: FixedCost,
    /// The bank.
    pub bank: BankCost,
    /// The hospitals that take part.
    pub hospital: HospitalCost,
    /// Messages to patients besides those of collections.
    pub messages: MessageCost,
    /// The help desk on the telephone.
    pub help: HelpCost,
    /// The channel over which a line pays a bill.
    pub channel: ChannelCost,
    /// Who bears the cost of collections.
    pub collection_by: Party,
    /// Public money to the bank on each yuan drawn.
    pub subsidy: Ratio,
    /// A patient's time to sign up at home, seconds.
    pub sign_up_at_home_s: u32,
    /// A wait in payment queues above which the hall counts as crowded, seconds.
    pub crowded_from_s: u32,
    /// Telling people of the scheme; `None` = costs nothing.
    pub joining: Option<JoiningCost>,
    /// A household, for health spending beyond its means.
    pub household: HouseholdSpec,
}

/// Money once and money each year for the whole city.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FixedCost {
    /// Who bears it.
    pub by: Party,
    /// At the beginning.
    pub once: Fen,
    /// A year.
    pub yearly: Fen,
}

/// A bank's own costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BankCost {
    /// Its system, at the beginning, whole city.
    pub once: Fen,
    /// Its system and people, a year, whole city.
    pub yearly: Fen,
    /// Look-up and contract of a line.
    pub per_line: Fen,
    /// Keeping a line, a year.
    pub per_line_year: Fen,
}

/// A hospital's own costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HospitalCost {
    /// Rework of its system on joining, by level.
    pub rework: [Fen; 3],
    /// Upkeep of that a year, as a part of it.
    pub upkeep_year: Ratio,
    /// An hour of a clerk.
    pub clerk_hour: Fen,
    /// Part of the hours that windows have less to do that can really be saved.
    pub clerk_saved: Ratio,
}

/// Messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageCost {
    /// Who pays them.
    pub by: Party,
    /// Each.
    pub each: Fen,
    /// Messages a thousand draws.
    pub per_1000_draws: i64,
    /// Messages a thousand lines and year.
    pub per_1000_line_years: i64,
}

/// Help on the telephone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HelpCost {
    /// Who runs the desk.
    pub by: Party,
    /// Calls a thousand draws.
    pub per_1000_draws: i64,
    /// A call.
    pub call: Fen,
}

/// The payment channel of draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChannelCost {
    /// Fee on each yuan drawn, from the hospital to the platform.
    pub fee: Ratio,
    /// Fee on each draw, from the hospital to the platform.
    pub fee_item: Fen,
    /// What a draw costs the platform itself, a thousand draws.
    pub handling_1000: Fen,
}

/// Telling people of the scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JoiningCost {
    /// Who pays.
    pub by: Party,
    /// Each member who is told that he will be enrolled unless he opts out.
    pub per_told: Fen,
    /// A day of a campaign, whole city.
    pub campaign_day: Fen,
}

/// What a household needs before it pays for care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HouseholdSpec {
    /// Subsistence of a person and month: capacity to pay is income above it.
    pub subsistence_month: Fen,
    /// Part of capacity to pay from which health spending counts as catastrophic.
    pub catastrophic: Ratio,
}
