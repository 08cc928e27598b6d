//! `[credit]`: the scheme's credit policy. Must never hold a probability of what people do.

use super::form::{self, or_none, yuan};
use super::reader::{Case, Reader};
use crate::credit::spec::{
    AutoDebitRules, CollectionAction, CollectionStep, CreditPolicy, Eligibility, FamilyRules,
    FreeWindow, InstalmentMethod, InstalmentRules, LimitRules, LimitTier, LossRules, SanctionRules,
};
use crate::domain::InsuranceScheme;

/// Reads `[credit]`.
pub(super) fn read(r: &mut Reader<'_>) -> CreditPolicy {
    let mark = r.mark();
    let policy = CreditPolicy {
        eligibility: r.table("eligibility", "who may open a line", eligibility),
        limits: r.table("limits", "how limits are set and moved", limits),
        family: r.table("family", "which relatives may use a line", family),
        covers: r.by(
            "covers",
            "kinds of care that the line may pay",
            ["outpatient", "emergency", "inpatient"],
            &form::flag(),
        ),
        pays_out_of_catalogue: r
            .flag("pays_out_of_catalogue", "the line may pay fully self-paid items"),
        deposit_free: r.flag("deposit_free", "no deposit at admission for usable lines"),
        funds_deposit: r
            .maybe(
                "funds_deposit",
                "a usable line stands for the deposit, absent = it does not",
                &form::flag(),
            )
            .unwrap_or(false),
        free_window: r.one_of("free_window", "when a draw falls due", &free_window()),
        auto_debit: r.table("auto_debit", "debit from the bound bank account", auto_debit),
        instalments: r.table_or_none(
            "instalments",
            "conversion of an unpaid due amount",
            instalments,
        ),
        sanctions: r.table("sanctions", "what happens to a late payer", sanctions),
        collections: r.list("collections", "steps by rising days past due", collection),
        write_off_dpd: r.count("write_off_dpd_days", "days past due at write-off", 1, 3650),
        loss: r.table("loss", "who bears a written-off draw", loss),
        more: super::credit_more::read(r),
    };
    if r.clean_since(mark) {
        check(r, &policy);
    }
    policy
}

/// What holds between the parts.
fn check(r: &Reader<'_>, policy: &CreditPolicy) {
    let days: Vec<u16> = policy.collections.iter().map(|step| step.dpd).collect();
    r.check_rising("collections", "dpd_days", &days);
    let late = days.iter().position(|&dpd| dpd > policy.write_off_dpd);
    if let Some(index) = late {
        let message = format!("after the write-off at {} days", policy.write_off_dpd);
        r.fault(&format!("collections[{index}].dpd_days"), message, "before the write-off", "");
    }
    let claim = policy.more.waterfall.claim_from_dpd;
    if claim.is_some_and(|dpd| dpd >= policy.write_off_dpd) {
        let message = format!("not before the write-off at {} days", policy.write_off_dpd);
        let hint = "drop it: without it the insurer pays at the write-off";
        r.fault("waterfall.claim_from_dpd_days", message, "before the write-off", hint);
    }
    super::credit_more::check(r, &policy.more);
    reaches_somebody(r, policy);
    after_write_off(r, policy);
    let tier = policy.limits.tiers.first();
    if tier.is_some_and(|tier| tier.score_from > policy.eligibility.score_min) {
        let message = "people at the lowest admitted score fall below the first tier".to_owned();
        let expected = format!("at most eligibility.score_min = {}", policy.eligibility.score_min);
        r.fault("limits.tiers[0].score_from", message, &expected, "");
    }
}

/// A scheme admits somebody and pays for something.
fn reaches_somebody(r: &Reader<'_>, policy: &CreditPolicy) {
    let admitted = policy.eligibility.schemes.iter().any(|&admitted| admitted);
    if !admitted && !policy.eligibility.insured_elsewhere {
        let message = "nobody may open a line: no insurance is admitted".to_owned();
        let hint = "leave [credit] and [scheme_flow] out to study a policy without credit";
        r.fault("eligibility.schemes", message, "at least one of them true", hint);
    }
    if !policy.covers.iter().any(|&covered| covered) {
        let message = "the line pays for no kind of care".to_owned();
        r.fault("covers", message, "at least one of them true", "");
    }
}

/// Warns of sanctions that nobody can meet: a draw is written off before.
fn after_write_off(r: &Reader<'_>, policy: &CreditPolicy) {
    let rules = &policy.sanctions;
    let from = [
        ("sanctions.freeze_from_dpd_days", Some(rules.freeze_from_dpd)),
        ("sanctions.blacklist_from_dpd_days", rules.blacklist_from_dpd),
    ];
    for (key, days) in from {
        if days.is_some_and(|days| days >= policy.write_off_dpd) {
            let at = policy.write_off_dpd;
            let message = format!("never reached: what is owed is written off at {at} days");
            r.warn(key, message, "below write_off_dpd_days");
        }
    }
}

fn eligibility(r: &mut Reader<'_>) -> Eligibility {
    let mark = r.mark();
    let mut eligibility = Eligibility {
        age_min: r.count("age_min_years", "youngest age, inclusive", 0, 120),
        age_max: r.count("age_max_years", "oldest age, inclusive", 0, 120),
        schemes: r.by(
            "schemes",
            "whose members may open a line",
            ["employee", "resident", "uninsured"],
            &form::flag(),
        ),
        insured_elsewhere: false,
        score_min: r.count("score_min", "lowest score, inclusive", 0, 10_000),
        refuses_judgment_debtors: r
            .flag("refuses_judgment_debtors", "dishonest judgment debtors are refused"),
        assistance_only: r
            .maybe(
                "assistance_only",
                "only minimum-living and destitute people, absent = everybody",
                &form::flag(),
            )
            .unwrap_or(false),
    };
    eligibility.insured_elsewhere = r
        .maybe(
            "insured_elsewhere",
            "people insured in another pooling area may open a line; absent = as the uninsured",
            &form::flag(),
        )
        .unwrap_or(eligibility.schemes[InsuranceScheme::Uninsured as usize]);
    if r.clean_since(mark) && eligibility.age_min > eligibility.age_max {
        let message = format!(
            "the age gate is upside down: oldest {} is below youngest {}",
            eligibility.age_max, eligibility.age_min
        );
        let hint = "swap age_min_years and age_max_years";
        r.fault("age_max_years", message, "age_min_years <= age_max_years", hint);
    }
    eligibility
}

fn limits(r: &mut Reader<'_>) -> LimitRules {
    let mark = r.mark();
    let limits = LimitRules {
        tiers: r.list("tiers", "limits by rising score", |r| LimitTier {
            score_from: r.count("score_from", "lowest score of the tier", 0, 10_000),
            limit: r.yuan("limit_yuan", "limit of the tier"),
        }),
        raise_after_on_time: r.count(
            "raise_after_on_time",
            "on-time repayments in a row, 0 = never",
            0,
            255,
        ),
        raise_by: r.get("raise_by_ratio", "relative rise", &form::ratio(10)),
        cut_by: r.ratio("cut_by_ratio", "relative cut after a missed payment"),
        ceiling: r.yuan("ceiling_yuan", "highest limit a line can reach"),
        floor: r.yuan("floor_yuan", "lowest limit after cuts"),
    };
    if !r.clean_since(mark) {
        return limits;
    }
    let scores: Vec<u16> = limits.tiers.iter().map(|tier| tier.score_from).collect();
    r.check_rising("tiers", "score_from", &scores);
    if let Some(index) = limits.tiers.iter().position(|tier| tier.limit > limits.ceiling) {
        let message = format!("above the ceiling of {} yuan", limits.ceiling);
        r.fault(&format!("tiers[{index}].limit_yuan"), message, "at most ceiling_yuan", "");
    }
    if limits.floor > limits.ceiling {
        let message = format!("above the ceiling of {} yuan", limits.ceiling);
        r.fault("floor_yuan", message, "at most ceiling_yuan", "");
    }
    limits
}

fn family(r: &mut Reader<'_>) -> FamilyRules {
    FamilyRules {
        minors_use_parents_line: r
            .flag("minors_use_parents_line", "people under 18 may use a parent's line"),
        parents_use_adult_childs_line: r.flag(
            "parents_use_adult_childs_line",
            "adult children may bear their parents' repayment",
        ),
        spouses_share: r.flag("spouses_share", "spouses may use each other's line"),
    }
}

fn free_window() -> [Case<FreeWindow>; 2] {
    [
        Case::new("fixed_days", "a fixed number of days after the draw", |r| {
            FreeWindow::FixedDays { days: r.count("free_days", "interest-free days", 0, 3650) }
        }),
        Case::new("statement", "a monthly statement, due some days later", |r| {
            FreeWindow::Statement {
                statement_day: r.count("statement_day", "day of the month of the cut", 1, 28),
                grace_days: r.count(
                    "grace_days",
                    "days from the statement to the due date",
                    0,
                    365,
                ),
            }
        }),
    ]
}

fn auto_debit(r: &mut Reader<'_>) -> AutoDebitRules {
    AutoDebitRules {
        retries: r.count("retries", "further tries after the due date", 0, 255),
        retry_every_days: r.count("retry_every_days", "days between tries", 1, 255),
    }
}

fn instalments(r: &mut Reader<'_>) -> InstalmentRules {
    let method = form::word(&[
        ("annuity", InstalmentMethod::Annuity),
        ("equal_principal", InstalmentMethod::EqualPrincipal),
        ("flat_fee", InstalmentMethod::FlatFee),
    ]);
    InstalmentRules {
        rate_year: r.ratio("rate_per_year", "nominal rate a year"),
        months: r.count("months", "monthly instalments", 1, 120),
        method: r.get("method", "what the rate is counted on", &method),
    }
}

fn sanctions(r: &mut Reader<'_>) -> SanctionRules {
    SanctionRules {
        penalty_rate_day: r.ratio("penalty_rate_per_day", "simple, on the overdue amount"),
        penalty_ceiling: r
            .ratio("penalty_ceiling_ratio", "most penalties reach, of the overdue principal"),
        freeze_from_dpd: r.count("freeze_from_dpd_days", "line frozen from here", 1, 3650),
        cancel_after_missed: r.count(
            "cancel_after_missed",
            "missed due dates allowed in all, 0 = no end",
            0,
            255,
        ),
        blacklist_from_dpd: r
            .get(
                "blacklist_from_dpd_days",
                "benefits suspended from here",
                &or_none(form::count(1, 3650)),
            )
            .and_then(|days| u16::try_from(days).ok()),
        restriction_days: r
            .maybe(
                "restriction_days_after_payment",
                "a line that was frozen takes nothing new for so long after payment; absent = 0",
                &form::count(0, 3650),
            )
            .map_or(0, |days| days as u16),
    }
}

fn collection(r: &mut Reader<'_>) -> CollectionStep {
    let action = form::word(&[
        ("reminder", CollectionAction::Reminder),
        ("call", CollectionAction::Call),
        ("report", CollectionAction::Report),
        ("agency", CollectionAction::Agency),
        ("lawsuit", CollectionAction::Lawsuit),
    ]);
    CollectionStep {
        dpd: r.count("dpd_days", "days past due", 0, 3650),
        action: r.get("action", "what is done", &action),
        cost: r.get("cost_yuan", "cost of the step", &yuan()),
    }
}

fn loss(r: &mut Reader<'_>) -> LossRules {
    let mark = r.mark();
    let loss = LossRules {
        insurer_share: r.ratio("insurer_share", "of each loss above the deductible"),
        insurer_deductible: r.yuan("insurer_deductible_yuan", "part of each loss not covered"),
        insurer_limit_year: r
            .yuan("insurer_limit_yuan_per_year", "most the insurer pays in a policy year"),
        rest_weights: r
            .by(
                "rest_weights",
                "weights of the others in what is left",
                ["bank", "hospital", "risk_pool"],
                &form::count(0, 1_000_000),
            )
            .map(i64::unsigned_abs),
    };
    if r.clean_since(mark) && loss.rest_weights.iter().all(|&weight| weight == 0) {
        r.fault("rest_weights", "nobody bears the rest".to_owned(), "a weight above 0", "");
    }
    loss
}
