//! `[behaviour]`: how people sign up, use a line and repay. Must never hold a rule of a scheme.

use super::form::{Bounds, number};
use super::joining;
use super::reader::{Reader, tidy};
use crate::behaviour::spec::{
    AdoptionSpec, BehaviourSpec, InstitutionCurve, RepaymentSpec, UseSpec, WindowArrearsSpec,
};

/// Reads `[behaviour]`.
pub(super) fn read(r: &mut Reader<'_>) -> BehaviourSpec {
    BehaviourSpec {
        adoption: r.table("adoption", "sign-up", adoption),
        use_of_line: r.table("use_of_line", "visits put on an open line", |r| UseSpec {
            reserve_above_income: r
                .maybe(
                    "reserve_above_income_ratio",
                    "only bills above this part of a month's income, absent = any bill",
                    &number(Bounds::NON_NEGATIVE),
                )
                .unwrap_or(0.0),
            outpatient: r.share("outpatient_share", "outpatient visits"),
            inpatient: r.share("inpatient_share", "stays"),
        }),
        repayment: r.table("repayment", "repayment of draws", repayment),
        window_arrears: r.table("window_arrears", "bills unpaid where no line stands", |r| {
            WindowArrearsSpec {
                inpatient_share: r
                    .share("inpatient_share", "personal parts above the deposit not paid"),
                emergency_share: r.share("emergency_share", "emergency bills not paid"),
                on_books_share: r
                    .maybe(
                        "on_books_share",
                        "ordinary outpatient bills on the hospital's books until the end, not paid; absent = 0",
                        &number(Bounds::SHARE),
                    )
                    .unwrap_or(0.0),
                recovered_share: r.share("recovered_share", "of those, paid within a year"),
            }
        }),
        more: super::behaviour_more::read(r),
    }
}

fn adoption(r: &mut Reader<'_>) -> AdoptionSpec {
    let mark = r.mark();
    let adoption = AdoptionSpec {
        share_at_start: r.share("share_at_start", "eligible people with a line, first day"),
        share_at_end: r.share("share_at_end", "eligible people with a line, last day"),
        over_60_factor: r.non_negative("over_60_factor", "relative propensity over 60, 1 = same"),
        need_weight: r.share("need_weight", "weight of illness in the order of sign-up"),
        at_desk_share: r.share("at_desk_share", "sign-ups at the hospital's desk"),
        by_institution: r.maybe_table(
            "by_institution",
            "sign-up on visits to institutions in the scheme, in place of the two shares above",
            by_institution,
        ),
        joining: r
            .maybe_table("joining", "who may sign up from when on", joining::read)
            .unwrap_or_default(),
    };
    if r.clean_since(mark) && adoption.share_at_end < adoption.share_at_start {
        let message =
            format!("below share_at_start = {}: lines are not taken back", adoption.share_at_start);
        r.fault("share_at_end", message, "share_at_start <= share_at_end", "");
    }
    adoption
}

fn by_institution(r: &mut Reader<'_>) -> InstitutionCurve {
    InstitutionCurve {
        chance_per_visit: r
            .share("chance_per_visit_share", "visits of eligible people that lead to sign-up"),
        at_launch: r.share("at_launch_share", "part of that chance on an institution's first day"),
        days_to_full: r.non_negative("days_to_full", "days from there to the full chance"),
        campaigns: r
            .maybe_list("campaigns", "times in which the chance is multiplied", joining::campaign)
            .unwrap_or_default(),
        own: r
            .maybe_list("own", "institutions with a curve of their own", joining::own_curve)
            .unwrap_or_default(),
    }
}

fn repayment(r: &mut Reader<'_>) -> RepaymentSpec {
    let mark = r.mark();
    let repayment = RepaymentSpec {
        first_day: r.share("first_day_share", "draws repaid within 24 hours"),
        early: r.share("early_share", "draws repaid before the due date, uniformly"),
        miss_due: r.share("miss_due_share", "of the rest, draws that miss the due date"),
        roll: r.by(
            "roll_per_month",
            "probability of the next stage of delinquency",
            ["dpd_1_30_to_31_60", "dpd_31_60_to_61_90", "dpd_61_90_to_90_plus"],
            &number(Bounds::SHARE),
        ),
        cure_90_plus: r.share("cure_90_plus_share", "90+ recovered before write-off"),
        recover_after_write_off: r
            .share("recover_after_write_off_share", "written-off draws recovered in a year"),
        heterogeneity: r.non_negative("heterogeneity", "spread of ability on the odds scale"),
        large_draw_odds: r
            .positive("large_draw_odds", "odds ratio of missing above a month's income"),
    };
    if r.clean_since(mark) && repayment.first_day + repayment.early > 1.0 {
        let sum = tidy(repayment.first_day + repayment.early);
        let message = format!("with first_day_share it makes {sum} of the draws");
        r.fault("early_share", message, "first_day_share + early_share at most 1", "");
    }
    repayment
}
