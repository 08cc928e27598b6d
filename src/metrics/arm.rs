//! What one arm did: visits, money, credit, refusals, requests.

use super::finance::FinanceSums;
use super::groups::{GroupSums, JOINT_GROUPS};
use super::messages::MessageSums;
use super::refunds::RefundSums;
use super::risk::RiskSums;
use super::{Elsewhere, EntitlementSums, InpatientSums};
use crate::domain::{Fen, Refusal, wide};
use serde::{Deserialize, Serialize};

/// Minutes of a hospital day's clock.
pub const MINUTES_A_DAY: usize = 1_440;

/// One day of one arm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArmDay {
    /// Outpatient and emergency visits that ended today.
    pub visits: u64,
    /// Admissions today.
    pub admissions: u64,
    /// Bills of the stays that began today.
    pub stays_billed: Fen,
    /// Plans put off to tomorrow because a station had closed.
    pub spilled: u64,
    /// Admissions put off because no bed was free.
    pub no_bed: u64,
    /// Patients who left a queue.
    pub reneged: u64,
    /// Drawn on lines.
    pub drawn: Fen,
    /// Principal repaid.
    pub repaid: Fen,
    /// Principal written off.
    pub written_off: Fen,
    /// Change of overdue principal.
    pub overdue_change: Fen,
    /// Visits that ended today here and under the first baseline; counted in the policy arm.
    pub matched: u64,
    /// Their time in hospital saved against the first baseline, ms.
    pub saved_ms: i64,
}

impl ArmDay {
    /// Adds another block's day.
    pub fn merge(&mut self, other: &ArmDay) {
        self.visits += other.visits;
        self.admissions += other.admissions;
        self.stays_billed += other.stays_billed;
        self.spilled += other.spilled;
        self.no_bed += other.no_bed;
        self.reneged += other.reneged;
        self.drawn += other.drawn;
        self.repaid += other.repaid;
        self.written_off += other.written_off;
        self.overdue_change += other.overdue_change;
        self.matched += other.matched;
        self.saved_ms += other.saved_ms;
    }
}

/// Outstanding principal by days past due: current, 1–30, 31–60, 61–90, 90+.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Buckets(pub [Fen; 5]);

/// One arm over a whole replication.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArmSums {
    /// Today, emptied each midnight.
    pub day: ArmDay,
    /// Requests by minute of today, emptied each midnight; empty in totals.
    pub minutes: Vec<u32>,
    /// Claims settled and not reversed; so are bills, draws and arrears.
    pub claims: u64,
    /// Sum of bills.
    pub billed: Fen,
    /// Those of people insured elsewhere.
    pub elsewhere: Elsewhere,
    /// Requests to the engine on account of visits.
    pub requests: u64,
    /// Visits and stays that made them.
    pub requesting_visits: u64,
    /// Refusals by word.
    #[serde(with = "wide")]
    pub refusals: [u64; Refusal::ALL.len()],
    /// Stop codes that differed between rehearsal and settlement.
    pub stop_conflicts: u64,
    /// People who may open a line.
    pub eligible: u64,
    /// People who may not open a line, by the first word that applies.
    #[serde(with = "wide")]
    pub ineligible: [u64; Refusal::ALL.len()],
    /// People who asked for a line, or were to be enrolled.
    pub applied: u64,
    /// Those of them who may not have one.
    pub outside: u64,
    /// People who may have a line, were to be enrolled and opted out.
    pub opted_out: u64,
    /// Those who applied whose line was refused when they asked for it, by the word of refusal.
    #[serde(with = "wide")]
    pub turned_down: [u64; Refusal::ALL.len()],
    /// Those of them who still wait on the last day: for approval, or for a visit to the desk.
    pub still_waiting: u64,
    /// Holders whose line was shown at an institution in the scheme.
    pub shown: u64,
    /// Lines opened.
    pub opened: u64,
    /// Those of them opened at a hospital's desk.
    pub opened_at_desk: u64,
    /// Those of them that are their holder's second.
    pub opened_second: u64,
    /// Sum of starting limits.
    pub limit_total: Fen,
    /// Draws.
    pub draws: u64,
    /// By level of the institution: bills put to a line that drew on it or were refused for want of limit, and
    /// those of them of which the line bore all that it may bear of the personal part.
    pub line_bills: [[u64; 2]; 3],
    /// Drawn on lines.
    pub drawn: Fen,
    /// Principal repaid.
    pub repaid: Fen,
    /// Interest and penalties repaid.
    pub charges: Fen,
    /// Principal that was ever more than 90 days past due.
    pub dpd90: Fen,
    /// Written off.
    pub written_off: Fen,
    /// Recovered after write-off.
    pub recovered: Fen,
    /// Cost of collections.
    pub collection_cost: Fen,
    /// Bills left unpaid at the hospital.
    pub arrears: Fen,
    /// Bills that the hospital gave up.
    pub arrears_written_off: Fen,
    /// Deposits taken.
    pub deposits: Fen,
    /// Lines cancelled after missed payments.
    pub cancelled: u64,
    /// People blacklisted.
    pub blacklisted: u64,
    /// Stays.
    pub inpatient: InpatientSums,
    /// What it takes to show what payers beyond basic insurance owe.
    pub entitlement: EntitlementSums,
    /// Visits that declined their tests.
    pub declined: u64,
    /// Visits with a trip to have a charge refunded.
    pub refund_trips: u64,
    /// What was given back after it was paid.
    pub refunds: RefundSums,
    /// Applicants who gave up waiting for their line.
    pub abandoned: u64,
    /// Taken from personal accounts on due dates.
    pub swept: Fen,
    /// Draws of people in hardship, paid by assistance.
    pub hardship_aid: Fen,
    /// Stays refused for want of a deposit.
    pub deposit_refused: u64,
    /// Bills left unpaid at hospitals that a line paid later.
    pub debited: Fen,
    /// Further visits that a line led to.
    pub induced_visits: u64,
    /// Messages of the scheme's platform.
    pub messages: MessageSums,
    /// Bills above own means.
    pub finance: FinanceSums,
    /// What the risk report is made from.
    pub risk: RiskSums,
    /// Stays by group of people; empty until somebody is admitted.
    pub groups: Vec<GroupSums>,
}

impl ArmSums {
    /// Bills put to a line, and those that it bore as far as it may, at all institutions.
    pub fn line_bills_of_all(&self) -> [u64; 2] {
        [0, 1].map(|kind| self.line_bills.iter().map(|level| level[kind]).sum())
    }

    /// Empty sums; `minutes` keeps a clock of requests too.
    pub fn new(minutes: bool) -> ArmSums {
        ArmSums {
            day: ArmDay::default(),
            minutes: vec![0; if minutes { MINUTES_A_DAY } else { 0 }],
            claims: 0,
            billed: Fen::ZERO,
            elsewhere: Elsewhere::default(),
            requests: 0,
            requesting_visits: 0,
            refusals: [0; Refusal::ALL.len()],
            stop_conflicts: 0,
            eligible: 0,
            ineligible: [0; Refusal::ALL.len()],
            applied: 0,
            outside: 0,
            opted_out: 0,
            turned_down: [0; Refusal::ALL.len()],
            still_waiting: 0,
            shown: 0,
            opened: 0,
            opened_at_desk: 0,
            opened_second: 0,
            limit_total: Fen::ZERO,
            line_bills: [[0; 2]; 3],
            draws: 0,
            drawn: Fen::ZERO,
            repaid: Fen::ZERO,
            charges: Fen::ZERO,
            dpd90: Fen::ZERO,
            written_off: Fen::ZERO,
            recovered: Fen::ZERO,
            collection_cost: Fen::ZERO,
            arrears: Fen::ZERO,
            arrears_written_off: Fen::ZERO,
            deposits: Fen::ZERO,
            cancelled: 0,
            blacklisted: 0,
            inpatient: InpatientSums::default(),
            entitlement: EntitlementSums::default(),
            declined: 0,
            refund_trips: 0,
            refunds: RefundSums::default(),
            abandoned: 0,
            swept: Fen::ZERO,
            hardship_aid: Fen::ZERO,
            deposit_refused: 0,
            debited: Fen::ZERO,
            induced_visits: 0,
            messages: MessageSums::default(),
            finance: FinanceSums::default(),
            risk: RiskSums::default(),
            groups: Vec::new(),
        }
    }

    /// A group of people.
    pub fn group(&mut self, cell: usize) -> &mut GroupSums {
        if self.groups.is_empty() {
            self.groups.resize(JOINT_GROUPS, GroupSums::default());
        }
        &mut self.groups[cell]
    }

    /// Counts a refusal.
    pub fn refuse(&mut self, word: Refusal) {
        self.refusals[word as usize] += 1;
    }

    /// Counts one request at a time of day.
    #[inline]
    pub fn request(&mut self, at_ms: u32) {
        self.requests += 1;
        if !self.minutes.is_empty() {
            self.minutes[(at_ms / 60_000) as usize % MINUTES_A_DAY] += 1;
        }
    }

    /// Adds another block's sums (not its day).
    pub fn merge(&mut self, other: &ArmSums) {
        self.claims += other.claims;
        self.billed += other.billed;
        self.elsewhere.add(&other.elsewhere);
        self.requests += other.requests;
        self.requesting_visits += other.requesting_visits;
        for (mine, theirs) in self.refusals.iter_mut().zip(other.refusals) {
            *mine += theirs;
        }
        self.stop_conflicts += other.stop_conflicts;
        self.eligible += other.eligible;
        for (mine, theirs) in self.ineligible.iter_mut().zip(other.ineligible) {
            *mine += theirs;
        }
        for (mine, theirs) in self.line_bills.iter_mut().zip(other.line_bills) {
            *mine = [mine[0] + theirs[0], mine[1] + theirs[1]];
        }
        self.applied += other.applied;
        self.outside += other.outside;
        self.opted_out += other.opted_out;
        for (mine, theirs) in self.turned_down.iter_mut().zip(other.turned_down) {
            *mine += theirs;
        }
        self.still_waiting += other.still_waiting;
        self.shown += other.shown;
        self.opened += other.opened;
        self.opened_at_desk += other.opened_at_desk;
        self.opened_second += other.opened_second;
        self.limit_total += other.limit_total;
        self.draws += other.draws;
        self.drawn += other.drawn;
        self.repaid += other.repaid;
        self.charges += other.charges;
        self.dpd90 += other.dpd90;
        self.written_off += other.written_off;
        self.recovered += other.recovered;
        self.collection_cost += other.collection_cost;
        self.arrears += other.arrears;
        self.arrears_written_off += other.arrears_written_off;
        self.deposits += other.deposits;
        self.cancelled += other.cancelled;
        self.blacklisted += other.blacklisted;
        self.inpatient.merge(&other.inpatient);
        self.entitlement.merge(&other.entitlement);
        self.declined += other.declined;
        self.refund_trips += other.refund_trips;
        self.refunds.add(&other.refunds);
        self.abandoned += other.abandoned;
        self.swept += other.swept;
        self.hardship_aid += other.hardship_aid;
        self.deposit_refused += other.deposit_refused;
        self.debited += other.debited;
        self.induced_visits += other.induced_visits;
        self.messages.merge(&other.messages);
        self.finance.merge(&other.finance);
        self.risk.merge(&other.risk);
        for (cell, theirs) in other.groups.iter().enumerate() {
            self.group(cell).add(theirs);
        }
    }
}
