//! Delinquency: what happens on a due day that is not met, and while days past due add up.
//! Must never sweep: each event is tied to one count of days past due and happens once an episode.

use super::draw::{Accrued, DrawRow, DrawStage, bring_to};
use super::line::LineRow;
use super::spec::{CollectionAction, CollectionStep, CreditPolicy};
use crate::domain::{Day, Fen};
use std::ops::Range;

/// First days past due of the buckets 1–30, 31–60, 61–90 and 90+.
pub(super) const BUCKET_EDGES: [u16; 4] = [1, 31, 61, 91];

/// Delinquency buckets by days past due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Bucket {
    /// Nothing past due.
    Current = 0,
    /// 1 to 30 days past due.
    D1To30 = 1,
    /// 31 to 60.
    D31To60 = 2,
    /// 61 to 90.
    D61To90 = 3,
    /// More than 90.
    D90Plus = 4,
}

/// Five-tier classification of card-type credit (CBRC Measures for Credit Card Business, article
/// 92).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum FiveTier {
    /// 正常: nothing past due.
    Normal = 0,
    /// 关注: 1 to 90 days.
    SpecialMention = 1,
    /// 次级: 91 to 120 days.
    Substandard = 2,
    /// 可疑: 121 to 180 days.
    Doubtful = 3,
    /// 损失: more than 180 days.
    Loss = 4,
}

/// What a due day came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// Charges booked by the passing of days.
    pub accrued: Accrued,
    /// What happened.
    pub outcome: DueOutcome,
}

/// Outcomes of a due day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DueOutcome {
    /// Nothing is due, or all that was due has been paid.
    Met,
    /// What was unpaid became instalments.
    Converted {
        /// Principal put on the plan.
        principal: Fen,
        /// Number of instalments.
        months: u8,
        /// Day of the first instalment.
        first: Day,
    },
    /// Missed: the draw is overdue from now on.
    Missed(Aged),
    /// Overdue already; a further instalment may have joined what is due.
    AlreadyOverdue,
}

/// What happened while a draw aged. Events of days that were not visited are caught up here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Aged {
    /// Charges booked by the passing of days; inside `DueOutcome::Missed` only a late fee, the rest
    /// is outside.
    pub accrued: Accrued,
    /// Days past due now.
    pub dpd: u16,
    /// The bucket entered, if one was.
    pub entered: Option<Bucket>,
    /// Whether the line was frozen just now.
    pub frozen: bool,
    /// Whether the line was cancelled just now (too many misses, or the write-off).
    pub cancelled: bool,
    /// Whether the person is to be put on the blacklist.
    pub blacklisted: bool,
    /// Steps of collections taken, as positions in `CreditPolicy::collections`.
    pub steps: Range<usize>,
    /// What those steps cost.
    pub collection_cost: Fen,
    /// The write-off, if it came to that.
    pub write_off: Option<WriteOff>,
}

/// What a write-off takes off the books.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WriteOff {
    /// Principal lost; goes to `share_loss`. Later payments on the draw recover it. Zero where
    /// refunds had left only charges: the row may be dropped and a blacklisting be looked at again.
    pub principal: Fen,
    /// Interest booked and never paid: reversed against income.
    pub interest: Fen,
    /// Penalty booked and never paid: reversed against income.
    pub penalty: Fen,
}

/// Days past due on `day`: 0 unless the draw is overdue, else days since the oldest missed due day.
/// A written-off draw keeps counting.
pub fn dpd(draw: &DrawRow, day: Day) -> u16 {
    match draw.stage() {
        DrawStage::Overdue | DrawStage::WrittenOff => {
            let days = (day - draw.overdue_since()).max(0);
            u16::try_from(days).unwrap_or(u16::MAX)
        }
        DrawStage::Free | DrawStage::Instalments | DrawStage::Cured => 0,
    }
}

/// The bucket of a count of days past due.
pub fn bucket(dpd: u16) -> Bucket {
    match dpd {
        0 => Bucket::Current,
        1..=30 => Bucket::D1To30,
        31..=60 => Bucket::D31To60,
        61..=90 => Bucket::D61To90,
        91.. => Bucket::D90Plus,
    }
}

/// The regulatory class of a count of days past due.
pub fn five_tier(dpd: u16) -> FiveTier {
    match dpd {
        0 => FiveTier::Normal,
        1..=90 => FiveTier::SpecialMention,
        91..=120 => FiveTier::Substandard,
        121..=180 => FiveTier::Doubtful,
        181.. => FiveTier::Loss,
    }
}

/// Closes a due day: call it after the day's payments. At the end of the free window what is unpaid
/// becomes instalments where the policy has them, else the draw is missed; an instalment not paid
/// is missed.
pub fn fall_due(policy: &CreditPolicy, line: &mut LineRow, draw: &mut DrawRow, day: Day) -> Due {
    let accrued = bring_to(policy, line, draw, day);
    let outcome = match draw.stage() {
        DrawStage::Overdue => DueOutcome::AlreadyOverdue,
        DrawStage::WrittenOff => DueOutcome::Met,
        _ if draw.due_now().is_zero() => DueOutcome::Met,
        DrawStage::Free => match policy.instalments {
            Some(rules) => convert(draw, rules.months),
            None => DueOutcome::Missed(miss(policy, line, draw, day)),
        },
        DrawStage::Instalments | DrawStage::Cured => {
            DueOutcome::Missed(miss(policy, line, draw, day))
        }
    };
    Due { accrued, outcome }
}

fn convert(draw: &mut DrawRow, months: u8) -> DueOutcome {
    assert!(months > 0, "invariant: a plan of visit {} has instalments", draw.visit);
    let first = draw.first_due().plus_months(1);
    draw.stage = DrawStage::Instalments;
    draw.due_principal = 0;
    draw.plan_principal = draw.principal;
    draw.months = months;
    draw.instalment = 1;
    draw.due_on = first.0;
    DueOutcome::Converted { principal: draw.principal(), months, first }
}

fn miss(policy: &CreditPolicy, line: &mut LineRow, draw: &mut DrawRow, day: Day) -> Aged {
    draw.stage = DrawStage::Overdue;
    let points = line.points_of_miss(&policy.more.limits);
    let allowed = policy.sanctions.cancel_after_missed;
    let cancelled = line.count_miss(&policy.limits, allowed, points);
    line.follow_score(policy);
    let fee = draw.charge_late_fee(policy);
    line.book_charges(fee);
    let aged = age(policy, line, draw, day);
    let accrued = Accrued { penalty: aged.accrued.penalty + fee, ..aged.accrued };
    Aged { cancelled: aged.cancelled || cancelled, accrued, ..aged }
}

/// Ages an overdue draw to `day`: penalty, freeze, blacklist, steps of collections, write-off. Does
/// nothing to a draw that is not overdue.
pub fn age(policy: &CreditPolicy, line: &mut LineRow, draw: &mut DrawRow, day: Day) -> Aged {
    let accrued = bring_to(policy, line, draw, day);
    let dpd = dpd(draw, day);
    if draw.stage() != DrawStage::Overdue || dpd < draw.next_dpd {
        return Aged { accrued, dpd, ..Aged::default() };
    }
    let window = draw.next_dpd..=dpd;
    draw.next_dpd = dpd + 1;
    line.worst_dpd = line.worst_dpd.max(dpd);
    let sanctions = &policy.sanctions;
    let steps = steps_within(policy, *window.start(), dpd);
    let reports = |step: &CollectionStep| step.action == CollectionAction::Report;
    if policy.collections[steps.clone()].iter().any(reports) {
        line.lose_points(policy.more.limits.score_reported);
        line.follow_score(policy);
    }
    let write_off = (dpd >= policy.write_off_dpd).then(|| write_off(line, draw));
    Aged {
        accrued,
        dpd,
        entered: BUCKET_EDGES.iter().any(|edge| window.contains(edge)).then(|| bucket(dpd)),
        frozen: write_off.is_none() && dpd >= sanctions.freeze_from_dpd && line.freeze(),
        cancelled: write_off.is_some_and(|lost| lost.principal > Fen::ZERO) && line.cancel(),
        blacklisted: sanctions.blacklist_from_dpd.is_some_and(|from| window.contains(&from)),
        collection_cost: policy.collections[steps.clone()].iter().map(|step| step.cost).sum(),
        steps,
        write_off,
    }
}

/// Whether who is this late is wilful, where the policy looks at ability to pay before it lists anybody.
pub fn is_wilful(policy: &CreditPolicy, draw: &DrawRow, monthly_income: Fen) -> bool {
    let months = policy.more.delinquency.wilful_income_months;
    months.is_none_or(|months| draw.due_now() <= months.of(monthly_income))
}

/// What presses on a late payer during a stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent rules of a policy")]
pub struct Levers {
    /// A reminder is sent in the stage.
    pub reminded: bool,
    /// A call is made in the stage.
    pub called: bool,
    /// Penalty interest or a late fee is in force.
    pub penalty: bool,
    /// Benefits are suspended by the stage's end.
    pub suspended: bool,
    /// The credit record has been told by the stage's end.
    pub reported: bool,
    /// An agency or a court has the case by the stage's end.
    pub pursued: bool,
}

/// The levers of a stage of so many days past due, first and last.
pub fn levers(policy: &CreditPolicy, from_dpd: u16, to_dpd: u16) -> Levers {
    let taken = |actions: &[CollectionAction], from: u16| {
        let within = |step: &CollectionStep| (from..=to_dpd).contains(&step.dpd);
        policy.collections.iter().any(|step| within(step) && actions.contains(&step.action))
    };
    let sanctions = &policy.sanctions;
    Levers {
        reminded: taken(&[CollectionAction::Reminder], from_dpd),
        called: taken(&[CollectionAction::Call], from_dpd),
        penalty: !sanctions.penalty_rate_day.is_zero() || policy.more.repayment.late_fee.is_some(),
        suspended: sanctions.blacklist_from_dpd.is_some_and(|from| from <= to_dpd),
        reported: taken(&[CollectionAction::Report], 0),
        pursued: taken(&[CollectionAction::Agency, CollectionAction::Lawsuit], 0),
    }
}

/// Steps of collections whose day lies in `from..=to`.
fn steps_within(policy: &CreditPolicy, from: u16, to: u16) -> Range<usize> {
    let steps = &policy.collections;
    steps.partition_point(|step| step.dpd < from)..steps.partition_point(|step| step.dpd <= to)
}

/// Takes a draw off the books. Where refunds left charges but no principal, nothing is lost: the
/// charges are waived, no claim remains and the line does not suffer.
fn write_off(line: &mut LineRow, draw: &mut DrawRow) -> WriteOff {
    let lost = WriteOff {
        principal: draw.principal(),
        interest: draw.interest(),
        penalty: draw.penalty(),
    };
    line.clear_charges(lost.interest + lost.penalty);
    line.overdue_draws -= 1;
    line.open_draws -= 1;
    line.written_off_draws += u16::from(lost.principal > Fen::ZERO);
    line.reduce_principal(lost.principal);
    line.unfreeze();
    draw.stage = DrawStage::WrittenOff;
    draw.due_principal = draw.principal;
    draw.interest = 0;
    draw.penalty = 0;
    lost
}

/// Counts of days past due at which the policy's sanctions act.
pub(super) fn dpd_thresholds(policy: &CreditPolicy) -> [u16; 5] {
    let rules = &policy.sanctions;
    let blacklist = rules.blacklist_from_dpd.unwrap_or(policy.write_off_dpd);
    let hardship = policy.more.delinquency.hardship_from_dpd.unwrap_or(policy.write_off_dpd);
    let claim = policy.more.waterfall.claim_from_dpd.unwrap_or(policy.write_off_dpd);
    [rules.freeze_from_dpd, blacklist, hardship, claim, policy.write_off_dpd]
}
