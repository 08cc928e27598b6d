//! The rules as rows of data: lines of a scenario file for off and on, the figure that moves, and where to.

use aftercare::domain::Refusal;
use aftercare::sim::ArmResult;

/// Many late payers, who react to what a scheme does; hardly any rule is on.
pub(crate) const DISTRICT: &str = r#"
include = ["smoke.toml"]
baselines = [{ regime = "mobile_2023", deposit = "deposit_free_amount" }]
[city]
sites = [
  { name = "A", level = "tertiary", district = "Old town 老城", visits_per_year = 48000, beds = 40, in_scheme_from = 2023-01-01 },
  { name = "B", level = "secondary", district = "New town 新城", visits_per_year = 12000, beds = 12, in_scheme_from = 2023-01-01 },
  { name = "C", level = "primary", district = "Old town 老城", visits_per_year = 20000, beds = 0, in_scheme_from = 2023-01-01 },
]
[behaviour.adoption]
share_at_start = 0.6
share_at_end = 0.6
[behaviour.use_of_line]
outpatient_share = 1.0
[behaviour.repayment]
miss_due_share = 0.6
roll_per_month = { dpd_1_30_to_31_60 = 0.7, dpd_31_60_to_61_90 = 0.8, dpd_61_90_to_90_plus = 0.8 }
recover_after_write_off_share = 0.3
[behaviour.payers]
strategic_share = 0.3
strained_share = 0.3
[behaviour.lever_odds]
reminder = 3
call = 2
penalty = 1.6
suspension = 2
report = 2
pursuit = 2
agreement = 3
[credit]
instalments = "none"
collections = [{ dpd_days = 180, action = "reminder", cost_yuan = 0.1 }]
[credit.limits]
tiers = [
  { score_from = 500, limit_yuan = 300 },
  { score_from = 620, limit_yuan = 400 },
  { score_from = 680, limit_yuan = 500 },
]
[credit.sanctions]
penalty_rate_per_day = 0
freeze_from_dpd_days = 3650
cancel_after_missed = 0
"#;

/// Days of visits: six show what happens to a draw, thirty what happens to the next one of a late payer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Days {
    Six,
    Thirty,
}

use Days::{Six, Thirty};

/// A rule switched off and on: lines laid over the district, and over those.
pub(crate) struct Row {
    pub(crate) what: &'static str,
    pub(crate) days: Days,
    pub(crate) off: &'static str,
    pub(crate) on: &'static str,
    pub(crate) figure: fn(&ArmResult) -> i64,
    pub(crate) falls: bool,
}

const fn row(
    what: &'static str,
    days: Days,
    (off, on): (&'static str, &'static str),
    figure: fn(&ArmResult) -> i64,
    falls: bool,
) -> Row {
    Row { what, days, off, on, figure, falls }
}

fn net_loss(arm: &ArmResult) -> i64 {
    (arm.sums.written_off - arm.sums.recovered).0
}
fn charges(arm: &ArmResult) -> i64 {
    arm.sums.charges.0
}
fn bad_debt(arm: &ArmResult) -> i64 {
    arm.sums.arrears_written_off.0
}
fn drawn(arm: &ArmResult) -> i64 {
    arm.sums.drawn.0
}
fn collecting(arm: &ArmResult) -> i64 {
    arm.sums.collection_cost.0
}
fn premium(arm: &ArmResult) -> i64 {
    arm.premium.0
}
fn claims_paid(arm: &ArmResult) -> i64 {
    arm.claims.paid.0
}
fn suspended_bills(arm: &ArmResult) -> i64 {
    arm.sums.refusals[Refusal::BenefitsSuspended as usize].cast_signed()
}
fn refused_here(arm: &ArmResult) -> i64 {
    arm.sums.refusals[Refusal::BlacklistedHere as usize].cast_signed()
}
fn insurer(arm: &ArmResult) -> i64 {
    arm.losses[0].0
}
fn hospital(arm: &ArmResult) -> i64 {
    arm.losses[1].0
}
fn pool(arm: &ArmResult) -> i64 {
    arm.losses[2].0
}
fn bank(arm: &ArmResult) -> i64 {
    arm.losses[3].0
}
fn guarantor(arm: &ArmResult) -> i64 {
    arm.losses[4].0
}

const PENALTY: &str = "credit.sanctions.penalty_rate_per_day = 0.0005";
const RETRIES: &str = "credit.auto_debit.retries = 3
    credit.sanctions.penalty_rate_per_day = 0.0005
    behaviour.debit = { retry_success_share = 0.3, unbound_share = 0, unbound_odds = 1, pay_day = 1, on_pay_day_share = 0 }";
const SWEEP: &str = "credit.repayment.account_sweep = true
    credit.sanctions.penalty_rate_per_day = 0.002
    people.account_start_yuan = { active = 30, retired = 30 }
    rules.account = { active_yuan_per_month = 5, retired_yuan_per_month = 5 }";
const UNPAID_BILLS: &str = "behaviour.use_of_line = { outpatient_share = 0.3, inpatient_share = 0.3 }
    behaviour.window_arrears = { inpatient_share = 0, emergency_share = 0.9, recovered_share = 0.4 }";
const SMALL_FLOOR: &str = "credit.limits.floor_yuan = 10";
const SCORED: &str = "credit.limits.floor_yuan = 10
    credit.limits.tiers = [{ score_from = 500, limit_yuan = 300 }, { score_from = 620, limit_yuan = 900 }, { score_from = 680, limit_yuan = 2700 }]
    credit.limit_extras.follows_score = true
    credit.limit_extras.score_missed_points = 0
    credit.collections = [{ dpd_days = 1, action = \"report\", cost_yuan = 0.1 }]";
const STRICT: &str = "credit.limits.floor_yuan = 10
    credit.limits.tiers = [{ score_from = 500, limit_yuan = 300 }, { score_from = 620, limit_yuan = 900 }, { score_from = 680, limit_yuan = 2700 }]
    credit.limit_extras.follows_score = true
    credit.limit_extras.score_missed_points = 200";
const FREEZE: &str = "credit.sanctions.freeze_from_dpd_days = 1";
const BLACKLIST: &str = "credit.sanctions.blacklist_from_dpd_days = 1";
const INSURED: &str = "credit.loss = { insurer_share = 0.8, insurer_deductible_yuan = 0, insurer_limit_yuan_per_year = 100000000, rest_weights = { bank = 1, hospital = 0, risk_pool = 0 } }
    credit.waterfall.premium_ratio = 0";
const PREMIUM: &str = "credit.waterfall.premium_ratio = 0.01";
const LAYER: &str = "credit.waterfall.layers = [{ bearer = \"risk_pool\", share = 0.4, limit_each_yuan = 100000000, limit_yuan_per_year = 100000000 }]";

/// The rules of late payment.
pub(crate) const LATE: [Row; 27] = [
    row(
        "reminder",
        Six,
        (
            "",
            "credit.collections = [{ dpd_days = 1, action = \"reminder\", cost_yuan = 0.1 }, { dpd_days = 180, action = \"reminder\", cost_yuan = 0.1 }]",
        ),
        net_loss,
        true,
    ),
    row(
        "call",
        Six,
        (
            "",
            "credit.collections = [{ dpd_days = 15, action = \"call\", cost_yuan = 0.1 }, { dpd_days = 180, action = \"reminder\", cost_yuan = 0.1 }]",
        ),
        net_loss,
        true,
    ),
    row(
        "report",
        Six,
        (
            "",
            "credit.collections = [{ dpd_days = 31, action = \"report\", cost_yuan = 0.1 }, { dpd_days = 180, action = \"reminder\", cost_yuan = 0.1 }]",
        ),
        net_loss,
        true,
    ),
    row(
        "agency",
        Six,
        (
            "",
            "credit.collections = [{ dpd_days = 91, action = \"agency\", cost_yuan = 0.1 }, { dpd_days = 180, action = \"reminder\", cost_yuan = 0.1 }]",
        ),
        net_loss,
        true,
    ),
    row(
        "lawsuit",
        Six,
        (
            "",
            "credit.collections = [{ dpd_days = 91, action = \"lawsuit\", cost_yuan = 0.1 }, { dpd_days = 180, action = \"reminder\", cost_yuan = 0.1 }]",
        ),
        net_loss,
        true,
    ),
    row(
        "cost of a step",
        Six,
        ("", "credit.collections = [{ dpd_days = 180, action = \"reminder\", cost_yuan = 5 }]"),
        collecting,
        false,
    ),
    row("penalty interest", Six, ("", PENALTY), net_loss, true),
    row(
        "ceiling of penalties",
        Six,
        (PENALTY, "credit.sanctions.penalty_ceiling_ratio = 0.001"),
        charges,
        true,
    ),
    row(
        "late fee",
        Six,
        ("", "credit.repayment.late_fee = { ratio = 0.05, least_yuan = 5, most_yuan = 50 }"),
        net_loss,
        true,
    ),
    row("freeze", Thirty, ("", "credit.sanctions.freeze_from_dpd_days = 1"), net_loss, true),
    row(
        "a restriction that outlasts payment",
        Thirty,
        (FREEZE, "credit.sanctions.restriction_days_after_payment = 90"),
        drawn,
        true,
    ),
    row("cancellation", Thirty, ("", "credit.sanctions.cancel_after_missed = 1"), net_loss, true),
    row(
        "suspension of benefits",
        Six,
        ("", "credit.sanctions.blacklist_from_dpd_days = 61"),
        net_loss,
        true,
    ),
    row(
        "emergencies lose theirs too",
        Thirty,
        (BLACKLIST, "credit.delinquency.emergencies_exempt = false"),
        suspended_bills,
        false,
    ),
    row(
        "who owes more than he can pay is not listed",
        Thirty,
        (BLACKLIST, "credit.delinquency.wilful_up_to_income_months = 0.02"),
        suspended_bills,
        true,
    ),
    row(
        "blacklisting by hospital",
        Thirty,
        (BLACKLIST, "credit.delinquency.blacklist_scope = \"hospital\""),
        refused_here,
        false,
    ),
    row("retries of the debit", Six, (RETRIES, "credit.auto_debit.retries = 0"), net_loss, false),
    row(
        "retries far apart",
        Six,
        (RETRIES, "credit.auto_debit.retry_every_days = 9"),
        charges,
        false,
    ),
    row("account sweep", Six, ("", "credit.repayment.account_sweep = true"), net_loss, true),
    row(
        "principal first",
        Six,
        (SWEEP, "credit.repayment.principal_first_from_dpd_days = 1"),
        net_loss,
        true,
    ),
    row(
        "assistance in hardship",
        Six,
        (
            "people.assistance_shares = { low_income = 0.1, minimum_living = 0.1, destitute = 0.1 }",
            "credit.delinquency.hardship_from_dpd_days = 61",
        ),
        net_loss,
        true,
    ),
    row(
        "the line pays overdue bills",
        Six,
        (UNPAID_BILLS, "credit.repayment.pays_overdue_bill_after_days = 30"),
        bad_debt,
        true,
    ),
    row(
        "monthly parts of unpaid bills",
        Six,
        (UNPAID_BILLS, "credit.delinquency.agreement_months = 12"),
        bad_debt,
        true,
    ),
    row(
        "cuts of the limit",
        Thirty,
        (SMALL_FLOOR, "credit.limits.cut_by_ratio = 0.9"),
        net_loss,
        true,
    ),
    row(
        "points for a miss",
        Thirty,
        (SCORED, "credit.limit_extras.score_missed_points = 200"),
        net_loss,
        true,
    ),
    row(
        "points from the third miss in a row only",
        Thirty,
        (STRICT, "credit.limit_extras.score_missed_in_a_row = 3"),
        net_loss,
        false,
    ),
    row(
        "points for a report",
        Thirty,
        (SCORED, "credit.limit_extras.score_reported_points = 200"),
        net_loss,
        true,
    ),
];

/// Rules of the score and of limits that move with conduct.
pub(crate) const SCORE: [Row; 3] = [
    row(
        "points for a kept promise",
        Thirty,
        (SCORED, "credit.limit_extras.score_on_time_points = 200"),
        drawn,
        false,
    ),
    row(
        "the limit follows the score",
        Thirty,
        (
            "credit.limits.floor_yuan = 10
        credit.limit_extras.score_missed_points = 200",
            "credit.limit_extras.follows_score = true",
        ),
        net_loss,
        true,
    ),
    row(
        "rises after repayment on time",
        Thirty,
        ("", "credit.limits = { raise_after_on_time = 1, raise_by_ratio = 2 }"),
        drawn,
        false,
    ),
];

/// The rules of loss sharing.
pub(crate) const SHARING: [Row; 17] = [
    row(
        "insurer's share",
        Six,
        (
            "credit.loss = { insurer_share = 0, insurer_limit_yuan_per_year = 100000000 }",
            "credit.loss.insurer_share = 0.8",
        ),
        bank,
        true,
    ),
    row("deductible", Six, (INSURED, "credit.loss.insurer_deductible_yuan = 50"), insurer, true),
    row(
        "insurer's limit",
        Six,
        (INSURED, "credit.loss.insurer_limit_yuan_per_year = 100"),
        insurer,
        true,
    ),
    row("the hospital bears", Six, ("", "credit.loss.rest_weights.hospital = 1"), hospital, false),
    row("the pool bears", Six, ("", "credit.loss.rest_weights.risk_pool = 1"), pool, false),
    row(
        "the bank bears",
        Six,
        (
            "credit.loss.rest_weights = { bank = 0, hospital = 1, risk_pool = 0 }",
            "credit.loss.rest_weights.bank = 1",
        ),
        bank,
        false,
    ),
    row("premium", Six, (INSURED, "credit.waterfall.premium_ratio = 0.01"), premium, false),
    row(
        "a bond has recourse first",
        Six,
        (INSURED, "credit.waterfall.cover = \"surety_bond\""),
        insurer,
        true,
    ),
    row(
        "a bond is paid by its patients",
        Six,
        (PREMIUM, "credit.waterfall.cover = \"surety_bond\""),
        |arm| arm.patient_premium.0,
        false,
    ),
    row(
        "a bond is paid by no hospital",
        Six,
        (PREMIUM, "credit.waterfall.cover = \"surety_bond\""),
        premium,
        true,
    ),
    row(
        "recoveries to the insurer first",
        Six,
        (INSURED, "credit.waterfall.recovery_order = [\"insurer\"]"),
        insurer,
        true,
    ),
    row(
        "claims before the write-off",
        Six,
        (INSURED, "credit.waterfall.claim_from_dpd_days = 91"),
        claims_paid,
        false,
    ),
    row("a layer", Six, ("", LAYER), pool, false),
    row(
        "a guarantor's layer",
        Six,
        (
            "",
            "credit.waterfall.layers = [{ bearer = \"guarantor\", share = 0.4, limit_each_yuan = 100000000, limit_yuan_per_year = 100000000 }]",
        ),
        guarantor,
        false,
    ),
    row(
        "a smaller share",
        Six,
        (
            LAYER,
            "credit.waterfall.layers = [{ bearer = \"risk_pool\", share = 0.1, limit_each_yuan = 100000000, limit_yuan_per_year = 100000000 }]",
        ),
        pool,
        true,
    ),
    row(
        "a layer's limit a loss",
        Six,
        (
            LAYER,
            "credit.waterfall.layers = [{ bearer = \"risk_pool\", share = 0.4, limit_each_yuan = 5, limit_yuan_per_year = 100000000 }]",
        ),
        pool,
        true,
    ),
    row(
        "a layer's limit a year",
        Six,
        (
            LAYER,
            "credit.waterfall.layers = [{ bearer = \"risk_pool\", share = 0.4, limit_each_yuan = 100000000, limit_yuan_per_year = 50 }]",
        ),
        pool,
        true,
    ),
];

/// Keys of the same tables that move no loss, and where each is shown.
pub(crate) const NO_LOSS: [(&str, &str); 7] = [
    ("repayment.capture_at", "the hour of drawing: credit_shows, the_hour_of_capture"),
    ("repayment.hold_days", "holds that lapse: engine/more, reservations_lapse_and_lines_expire"),
    ("delinquency.record", "the record's name: credit_claims, the_right_record_is_named"),
    ("limits.tiers.score_from", "starting limits: credit::tests::rules, limits_follow_the_tier"),
    ("limits.tiers.limit_yuan", "starting limits: credit::tests::rules, limits_follow_the_tier"),
    ("limits.ceiling_yuan", "bounds of rises: credit::tests::lines, three_repayments_on_time"),
    ("limits.floor_yuan", "bounds of cuts: credit::tests::lines, repeated_cuts_stop"),
];

/// The tables of `[credit]` that hold such rules. Of the extras of limits only the moving score is one;
/// the others set starting limits (`credit::tests::more`).
pub(crate) const TABLES: [&str; 8] = [
    "sanctions",
    "collections",
    "auto_debit",
    "repayment",
    "delinquency",
    "loss",
    "waterfall",
    "limits",
];
pub(crate) const SCORE_KEYS: [&str; 5] = [
    "limit_extras.score_on_time_points",
    "limit_extras.score_missed_points",
    "limit_extras.score_missed_in_a_row",
    "limit_extras.score_reported_points",
    "limit_extras.follows_score",
];
