//! What one arm did against the base arm of the same run, one value a replication, as whole numbers.
//! Must never divide: shares and minutes a visit are made of these where they are shown.

use crate::metrics::{ArmDay, Match, Times};
use crate::sim::{ArmResult, Replication};

/// Reads a whole number of an arm.
type Read = fn(&ArmResult) -> i64;

/// Amounts that steps and shares are told in, fen; above zero = more than under the base.
pub(super) const MONEY: [(&str, Read); 6] = [
    ("patient_charges", |arm| (arm.sums.charges + arm.patient_premium).0),
    ("net_credit_loss", |arm| (arm.sums.written_off - arm.sums.recovered).0),
    ("collection_cost", |arm| arm.sums.collection_cost.0),
    ("hospital_premium", |arm| arm.premium.0),
    ("unpaid_bills_given_up", |arm| arm.sums.arrears_written_off.0),
    ("deposits_taken", |arm| arm.sums.deposits.0),
];

/// Harm, counted; above zero = more than under the base.
pub(super) const HARM: [(&str, Read); 5] = [
    ("lines_over_90_days_late", |arm| whole(arm.dpd90_accounts)),
    ("people_with_benefits_suspended", |arm| whole(arm.sums.blacklisted)),
    ("lines_cancelled", |arm| whole(arm.sums.cancelled)),
    ("patients_who_left_a_queue", |arm| days(arm, |day| day.reneged)),
    ("stays_refused_for_want_of_deposit", |arm| whole(arm.sums.deposit_refused)),
];

fn whole(count: u64) -> i64 {
    count.cast_signed()
}

fn days(arm: &ArmResult, of: fn(&ArmDay) -> u64) -> i64 {
    whole(arm.days.iter().map(of).sum())
}

/// One replication of one arm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Facts {
    /// Visits that ended in both arms: under the base, under this arm.
    pub(super) visits: Match,
    /// Visits of either arm without a partner.
    pub(super) unmatched: i64,
    /// Differences of `MONEY`, fen.
    pub(super) money: [i64; MONEY.len()],
    /// Differences of `HARM`.
    pub(super) harm: [i64; HARM.len()],
    /// Bills put to a line, and those that it bore whole.
    pub(super) line_bills: [i64; 2],
}

impl Facts {
    /// Reads a run whose first baseline is the base.
    pub(super) fn of(run: &Replication) -> Facts {
        let mut visits = run.pairs.against[0][0];
        visits.merge(&run.pairs.against[0][1]);
        let (Some(base), Some(arm)) = (run.arms.first(), run.arms.last()) else {
            panic!("invariant: a run has a baseline and a policy arm")
        };
        Facts {
            visits,
            unmatched: whole(run.pairs.unmatched),
            money: MONEY.map(|(_, read)| read(arm) - read(base)),
            harm: HARM.map(|(_, read)| read(arm) - read(base)),
            line_bills: arm.sums.line_bills_of_all().map(whole),
        }
    }

    /// What the arm saves of some time or count a visit, in its own unit.
    pub(super) fn saved(&self, read: impl Fn(&Times) -> u64) -> f64 {
        let saved = whole(read(&self.visits.baseline)) - whole(read(&self.visits.policy));
        super::figures::share(saved as f64, self.visits.visits as f64)
    }
}
