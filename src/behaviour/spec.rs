//! How people sign up, use a line and repay, as plain data built by `scenario`.
//! Must never hold money or a rule of a scheme.

pub use super::finance::{CardInstalments, OtherFinance, Relatives};
pub use super::joining::{Awareness, Joining, JoiningGroup};
pub use super::more::{Applying, Debit, LeverOdds, MoreBehaviour, PayerShares, Shock, Spell};
use crate::domain::Day;

/// Sign-up at institutions: each visit of an eligible person without a line, to an institution in the
/// scheme, is a chance to sign up. How many hold a line then follows from institutions, their dates and
/// how often people come.
#[derive(Clone, Debug, PartialEq)]
pub struct InstitutionCurve {
    /// Chance that such a visit leads to sign-up once the institution is in full swing.
    pub chance_per_visit: f64,
    /// The same on the institution's first day, as a part of the full chance.
    pub at_launch: f64,
    /// Days from an institution's first day to full swing; linear in between.
    pub days_to_full: f64,
    /// Campaigns: the chance is multiplied while one runs.
    pub campaigns: Vec<Campaign>,
    /// Institutions with a curve of their own.
    pub own: Vec<OwnCurve>,
}

/// The curve of one institution, in place of the one for all.
#[derive(Clone, Debug, PartialEq)]
pub struct OwnCurve {
    /// Name of the institution.
    pub institution: String,
    /// Chance that a visit leads to sign-up once it is in full swing.
    pub chance_per_visit: f64,
    /// The same on its first day, as a part of the full chance.
    pub at_launch: f64,
    /// Days from its first day to full swing.
    pub days_to_full: f64,
}

/// A campaign, or a change of the way in (a sign-up without asking multiplies too).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Campaign {
    /// First day.
    pub from: Day,
    /// Last day.
    pub to: Day,
    /// Factor on the chance of sign-up.
    pub factor: f64,
}

impl InstitutionCurve {
    /// Chance that a visit on `today` leads to sign-up, at an institution in the scheme from `joined`.
    pub fn chance(&self, institution: &str, joined: Day, today: Day) -> f64 {
        let age = f64::from(today - joined);
        if age < 0.0 {
            return 0.0;
        }
        let own = self.own.iter().find(|own| own.institution == institution);
        let (full, at_launch, days) = match own {
            Some(own) => (own.chance_per_visit, own.at_launch, own.days_to_full),
            None => (self.chance_per_visit, self.at_launch, self.days_to_full),
        };
        let swing = if age >= days { 1.0 } else { age / days };
        let factor = super::joining::factor(&self.campaigns, today);
        (full * (at_launch + (1.0 - at_launch) * swing) * factor).min(1.0)
    }
}

/// Sign-up: a ramp of the share of eligible people who hold a line.
#[derive(Clone, Debug, PartialEq)]
pub struct AdoptionSpec {
    /// Share of eligible people who hold a line on the first day.
    pub share_at_start: f64,
    /// Share of eligible people who hold a line on the last day (linear in between).
    pub share_at_end: f64,
    /// Relative propensity of people over 60 (1 = same).
    pub over_60_factor: f64,
    /// Weight of latent need (chronic illness) in the order of sign-up, 0 to 1.
    pub need_weight: f64,
    /// Share of sign-ups that take place at the hospital's desk (the rest on the phone at home).
    pub at_desk_share: f64,
    /// Sign-up at institutions instead of the ramp.
    pub by_institution: Option<InstitutionCurve>,
    /// Who may sign up from when on.
    pub joining: Joining,
}

/// Use of an open line at a visit.
#[derive(Clone, Debug, PartialEq)]
pub struct UseSpec {
    /// A line kept in reserve: only bills above this part of a month's income are put on it; 0 = any
    /// bill.
    pub reserve_above_income: f64,
    /// Probability that a visit of somebody with a usable line is put on it, outpatient.
    pub outpatient: f64,
    /// The same for a stay.
    pub inpatient: f64,
}

/// Repayment of a draw. Stages: 0 = due date; 1 = 1–30 days past due, 2 = 31–60, 3 = 61–90, 4 = 90+.
#[derive(Clone, Debug, PartialEq)]
pub struct RepaymentSpec {
    /// Share of draws repaid within the first 24 hours.
    pub first_day: f64,
    /// Share repaid on a day uniform over the free window, before the due date.
    pub early: f64,
    /// Share of the rest that misses the due date (auto-debit finds too little), population mean.
    pub miss_due: f64,
    /// Monthly roll: probability of going from 1–30 to 31–60, from 31–60 to 61–90, from 61–90 to 90+.
    pub roll: [f64; 3],
    /// Probability that something 90+ is recovered before write-off.
    pub cure_90_plus: f64,
    /// Probability that a written-off draw is recovered within a year after.
    pub recover_after_write_off: f64,
    /// Spread of the latent ability and willingness on the odds scale (0 = everybody alike).
    pub heterogeneity: f64,
    /// Odds ratio of missing, for draws above the person's monthly income.
    pub large_draw_odds: f64,
}

/// Bills left unpaid at the window where no line stands behind the patient.
#[derive(Clone, Debug, PartialEq)]
pub struct WindowArrearsSpec {
    /// Share of inpatient personal parts above the deposit that are not paid at discharge.
    pub inpatient_share: f64,
    /// Share of emergency outpatient bills that are not paid.
    pub emergency_share: f64,
    /// Share of ordinary outpatient bills that are not paid where the hospital has written them on its books
    /// until the end of the visit or longer.
    pub on_books_share: f64,
    /// Share of those arrears that is paid within a year.
    pub recovered_share: f64,
}

/// All of it.
#[derive(Clone, Debug, PartialEq)]
pub struct BehaviourSpec {
    /// Sign-up.
    pub adoption: AdoptionSpec,
    /// Use.
    pub use_of_line: UseSpec,
    /// Repayment.
    pub repayment: RepaymentSpec,
    /// Arrears at the window.
    pub window_arrears: WindowArrearsSpec,
    /// What a scenario adds; the default changes nothing.
    pub more: MoreBehaviour,
}
