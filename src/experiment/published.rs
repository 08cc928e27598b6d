//! The published table: for each metric of a summary its unit and the direction that counts as
//! better. Must never give a direction to a number that is only a fact (how many people, how much
//! money).

use crate::stats::Better;

/// What is published about the metrics that a row covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Published {
    /// Beginning of the path.
    pub starts: &'static str,
    /// Text within the rest of the path.
    pub holds: &'static str,
    /// End of the path.
    pub ends: &'static str,
    /// Which way is better; `None` for a fact without a better side.
    pub better: Option<Better>,
    /// Unit of the values.
    pub unit: &'static str,
}

const fn row(
    starts: &'static str,
    holds: &'static str,
    ends: &'static str,
    better: Option<Better>,
    unit: &'static str,
) -> Published {
    Published { starts, holds, ends, better, unit }
}

const HIGHER: Option<Better> = Some(Better::Higher);
const LOWER: Option<Better> = Some(Better::Lower);

/// The table; the first row that fits a path holds.
pub const PUBLISHED: &[Published] = &[
    row("queue.", "", "saved_hours_total", HIGHER, "h"),
    row("queue.", "payment_stops.", ".saved", HIGHER, "stops a visit"),
    row("queue.", "payment_stops.", ".policy", LOWER, "stops a visit"),
    row("queue.", "payment_stops.", ".baseline", None, "stops a visit"),
    row("queue.", "matched_visits.", "", None, "visits"),
    row("queue.", "check.", "stops_removed_per_visit", HIGHER, "stops a visit"),
    row("queue.", "check.", "", None, "min"),
    row("queue.", "", ".saved", HIGHER, "min"),
    row("queue.", "", ".policy", LOWER, "min"),
    row("queue.", "", ".baseline", None, "min"),
    row("queue.", "", "unmatched", None, "visits"),
    row("credit.", "", "eligible", None, "people"),
    row("credit.", "ineligible_by_reason.", "", None, "people"),
    row("credit.", "line_bills_covered_share.", "", HIGHER, "share"),
    row("credit.", "", "line_bills", None, "bills"),
    row("credit.", "", "line_bills_covered", None, "bills"),
    row("credit.", "", "opened", None, "lines"),
    row("credit.", "", "used", None, "lines"),
    row("credit.", "", "draws", None, "draws"),
    row("credit.", "", "limit_total", None, "yuan"),
    row("credit.", "", "drawn_total", None, "yuan"),
    row("credit.", "dpd90_rate_", "", LOWER, "share"),
    row("credit.", "", "net_loss_rate", LOWER, "share"),
    row("credit.", "", "net_credit_loss", LOWER, "yuan"),
    row("credit.", "", "recovered", HIGHER, "yuan"),
    row("credit.", "", "written_off", LOWER, "yuan"),
    row("credit.", "", "collection_cost", LOWER, "yuan"),
    row("credit.", "loss_by_bearer.", "", LOWER, "yuan"),
    row("credit.", "overdue_patient_receivables", ".policy", LOWER, "yuan"),
    row("credit.", "deposits", ".policy", LOWER, "yuan"),
    row("credit.", "", "applications_abandoned", LOWER, "people"),
    row("credit.", "", "swept_from_personal_accounts", None, "yuan"),
    row("credit.", "", "hardship_aid", None, "yuan"),
    row("credit.", "", "insurance_premium", LOWER, "yuan"),
    row("credit.", "insurance_premium_by_payer.", "", LOWER, "yuan"),
    row("credit.", "", "overdue_bills_paid_by_lines", None, "yuan"),
    row("credit.", "", "induced_visits", None, "visits"),
    row("credit.", "stays_refused_for_want_of_deposit", "", None, "stays"),
    row("credit.risk.", "", "pd_per_draw", None, "share"),
    row("credit.risk.", "", "lgd", None, "share"),
    row("credit.risk.", "roll_rates.", "", None, "share"),
    row("credit.risk.", "", "", None, "yuan"),
    row("credit.", "", ".baseline", None, "yuan"),
    row("settlement.", "refused_by_reason.", "", None, "refusals"),
    row("settlement.", "by_fund.", "", None, "yuan"),
    row("settlement.", "", "total", None, "yuan"),
    row("settlement.", "", "claims", None, "claims"),
    row("throughput.", "", "peak_requests_per_s", LOWER, "1/s"),
    row("throughput.", "", "per_visit", None, "a visit"),
    row("stop_conflicts", "", "", LOWER, "visits"),
    row("visits", "", "", None, "visits"),
    row("admissions", "", "", None, "admissions"),
    row("payments.", "network_answer_s", "", LOWER, "s"),
    row("payments.", "", "_share", None, "share"),
    row("payments.", "", "network_asked", None, "payments"),
    row("payments.", "", "receipts", None, "receipts"),
    row("payments.", "", "messages_sent", None, "messages"),
    row("payments.", "", "", None, "yuan"),
    row("other_finance.", "", "bills_by_card", None, "bills"),
    row("other_finance.", "", "bills_by_relatives", None, "bills"),
    row("other_finance.", "", "lent_by_card", None, "yuan"),
    row("other_finance.", "", "lent_by_relatives", None, "yuan"),
    row("other_finance.", "", "cost_to_patients", LOWER, "yuan"),
    row("other_finance.", "", "visits_without_tests", LOWER, "visits"),
    row("other_finance.", "", "tests_not_had", LOWER, "yuan"),
    row("other_finance.", "", "stays_not_had", LOWER, "stays"),
    row("other_finance.reserve.", "", "bills_above_own_means", None, "bills"),
    row("other_finance.reserve.", "", "bills_met", None, "bills"),
    row("other_finance.reserve.", "", "lacked", None, "yuan"),
    row("other_finance.reserve.", "", "met", None, "yuan"),
    row("other_finance.reserve.", "", "lines", None, "lines"),
    row("other_finance.reserve.", "", "line_years", None, "years"),
    row("other_finance.reserve.", "", "expected_use_per_line_year", None, "yuan"),
    row("other_finance.reserve.", "", "met_for_want_of_any_other", None, "yuan"),
    row("other_finance.reserve.", "", "option_value_per_line_year", HIGHER, "yuan"),
    row("answer.groups.", "", ".people", None, "people"),
    row("answer.groups.", "", ".users", None, "people"),
    row("answer.groups.", ".bank.", "result_per_year", HIGHER, "yuan"),
    row("answer.groups.", ".bank.", "margin_per_yuan_drawn", HIGHER, "yuan"),
    row("answer.groups.", ".bank.", "use_rate", None, "share"),
    row("answer.groups.", ".bank.", "subsidy_share", LOWER, "share"),
    row("answer.groups.", ".bank.", "", LOWER, "yuan"),
    row("answer.groups.", "concentration_of_", "", None, "index"),
    row("answer.groups.", "", "bills_given_up", LOWER, "yuan"),
    row("answer.groups.", "", "days_own_part_owed_to_hospitals", None, "days"),
    row("answer.groups.", "locked", "", None, "yuan days"),
    row("answer.groups.", "npv_paying", "", HIGHER, "yuan"),
    row("answer.groups.", "recorded", "", LOWER, "people"),
    row("answer.groups.", "", "minutes_saved_others", HIGHER, "min"),
    row("answer.groups.", "_share", "", None, "share"),
    row("answer.groups.", "cost_per_hour.", "", LOWER, "yuan/h"),
    row("answer.", "net_hours", "", HIGHER, "h"),
    row("answer.", "", "eligible_visits", None, "visits"),
    row("answer.", "cost_per_hour.", "", LOWER, "yuan/h"),
    row("answer.", "npv_by_party.", "", HIGHER, "yuan"),
    row("answer.", "npv_paying_by_party.", "", HIGHER, "yuan"),
    row("answer.", "", "sum_of_paying", HIGHER, "yuan"),
    row("answer.", "", "sum_of_parties", HIGHER, "yuan"),
    row("answer.", "", "care_part", None, "yuan"),
    row("answer.", "resource_cost", "", LOWER, "yuan"),
    row("answer.", "", "time_worth", HIGHER, "yuan"),
    row("answer.", "", "net_benefit", HIGHER, "yuan"),
    row("answer.stays.", "locked", "", None, "yuan days"),
    row("answer.stays.", "", "", None, "share"),
    row("answer.households.", "", "", None, "share"),
    row("answer.hospital.days_", "", "", None, "days"),
    row("answer.hospital.", "", "", None, "yuan"),
    row("answer.crowding.", "", "", None, "min"),
    row("answer.harm.recorded", "", "", LOWER, "people"),
    row("answer.harm.", "", "minutes_saved_others", HIGHER, "min"),
    row("answer.harm.", "", "", None, "index"),
    row("answer.bank.", "", "result_per_year", HIGHER, "yuan"),
    row("answer.bank.", "", "fixed_cost_per_year", LOWER, "yuan"),
    row("answer.bank.", "", "margin_per_yuan_drawn", HIGHER, "yuan"),
    row("answer.bank.", "", "yuan_per_line_year", LOWER, "yuan"),
    row("answer.bank.", "", "use_rate", None, "share"),
    row("answer.bank.", "", "subsidy_share", LOWER, "share"),
    row("hospital_cards.", "", "_share", None, "share"),
    row("hospital_cards.", "", "_cards", None, "cards"),
    row("hospital_cards.", "", "top_ups", None, "payments"),
    row("hospital_cards.", "", "", None, "yuan"),
    row("retail_pharmacies.", "", "purchases", None, "purchases"),
    row("retail_pharmacies.", "", "", None, "yuan"),
    row("banks.", "", "lines", None, "lines"),
    row("banks.", "", "lines_over_90_days", None, "lines"),
    row("banks.", "", "lines_cancelled", LOWER, "lines"),
    row("banks.", "", "blacklisted", LOWER, "times"),
    row("banks.", "", "loss_borne", LOWER, "yuan"),
    row("banks.", "", "draws", None, "draws"),
    row("banks.", "", "", None, "yuan"),
    row("clearing.days_", "", "", None, "days"),
    row("clearing.reconciliation.", "", "at_stake", None, "yuan"),
    row("clearing.reconciliation.", "", "", None, "records"),
    row("clearing.", "", "", None, "yuan"),
    row("cross_province.sub_account_yuan_days", "", "", None, "yuan days"),
    row("cross_province.hospitals_wait_days", "", "", None, "days"),
    row("cross_province.capacity.", "", "", LOWER, "yuan"),
    row("cross_province.", "_share", "", None, "share"),
    row("cross_province.answer_", "", "", None, "s"),
    row("cross_province.messages.", "", "", None, "messages"),
    row("cross_province.", "", "_yuan_days", None, "yuan days"),
    row("cross_province.", "", "days_to_benefit", None, "days"),
    row("cross_province.", "", "clerk_hours", None, "h"),
    row("cross_province.", "", "return_trips", None, "trips"),
    row("cross_province.", "", "stays", None, "stays"),
    row("cross_province.", "", "settled_at_once", None, "stays"),
    row("cross_province.", "", "settled_after_repair", None, "stays"),
    row("cross_province.", "", "diverted", None, "stays"),
    row("cross_province.", "", "stays_without_benefit", None, "stays"),
    row("cross_province.", "", "treatment_interrupted", None, "stays"),
    row("cross_province.", "", "reversed", None, "stays"),
    row("cross_province.", "", "faults", None, "faults"),
    row("cross_province.", "", "", None, "yuan"),
    row("inpatient.", "_share.", "", None, "share"),
    row("inpatient.", "_yuan_days.", "", None, "yuan days"),
    row("inpatient.", "_yuan.", "", None, "yuan"),
    row("inpatient.", "_days_mean.", "", None, "days"),
    row("inpatient.", "_min_mean.", "", None, "min"),
    row("inpatient.top_ups.", "", "", None, "payments"),
    row("inpatient.staged_payments.", "", "", None, "payments"),
    row("inpatient.", "", "", None, "stays"),
    row("help_desk.", "_share.", "", None, "share"),
    row("help_desk.", "_min_mean.", "", None, "min"),
    row("help_desk.staff_hours.", "", "", None, "h"),
    row("help_desk.", "", "", None, "visits"),
    row("outages.", "_min_", "", None, "min"),
    row("outages.site_outages.", "", "", None, "outages"),
    row("outages.diverted_payments.", "", "", None, "payments"),
    row("outages.", "", "", None, "visits"),
    row("prices.", "", "", None, "visits"),
    row("funnel.", "", "minutes_per_use", HIGHER, "min"),
    row("funnel.", "", "uses_per_user", None, "uses"),
    row("funnel.", "", "uses", None, "uses"),
    row("funnel.", "", "eligible", None, "people"),
    row("funnel.", "", "applied", None, "people"),
    row("funnel.", "", "abandoned", LOWER, "people"),
    row("funnel.", "", "turned_down", LOWER, "people"),
    row("funnel.", "turned_down_by_reason.", "", LOWER, "people"),
    row("funnel.", "", "still_waiting", None, "people"),
    row("funnel.", "", "", None, "lines"),
    row("falls_and_rises.", "queues_per_visit.", ".policy", LOWER, "stops a visit"),
    row("falls_and_rises.", "queues_per_visit.", "", None, "stops a visit"),
    row("falls_and_rises.", "_min.", ".policy", LOWER, "min"),
    row("falls_and_rises.", "_min.", "", None, "min"),
    row("falls_and_rises.", "running_cost_yuan.", ".policy", LOWER, "yuan a visit"),
    row("falls_and_rises.", "running_cost_yuan.", "", None, "yuan a visit"),
    row("falls_and_rises.", "long_around_payment_share.", ".policy", LOWER, "share"),
    row("falls_and_rises.", "_share.", "", None, "share"),
    row("falls_and_rises.", "", "", None, ""),
    row("per_case.", "", ".drift_share", None, "share"),
    row("per_case.", "bill_yuan.", "", None, "yuan a stay"),
    row("per_case.", "cases_per_1000_people.", "", None, "stays"),
    row("refunds.", "", ".visits", None, "visits"),
    row("refunds.", "", ".trips", LOWER, "trips"),
    row("refunds.", "", ".settlements_cancelled", None, "settlements"),
    row("refunds.", "", "", None, "yuan"),
    row("messages.", "", "cost", None, "yuan"),
    row("messages.", "", "", None, "messages"),
    row("entitlement.", "", "_min_per_stay", LOWER, "min"),
    row("entitlement.", "", "_hours", LOWER, "h"),
    row("entitlement.", "", "_per_stay", None, "a stay"),
    row("entitlement.", "", "", None, "stays"),
    row("insured_elsewhere.", "", "_yuan_days", LOWER, "yuan days"),
    row("insured_elsewhere.", "", "days_out_of_pocket", LOWER, "days"),
    row("insured_elsewhere.", "", "claims", None, "claims"),
    row("insured_elsewhere.", "", "", None, "yuan"),
    row("quality.", "", "", None, ""),
    row("approximations.", "", "", None, "visits"),
];

/// The headline metrics, in the order in which they are printed.
pub const HEADLINES: [&str; 12] = [
    "queue.time_in_hospital.all.saved",
    "queue.wait.all.saved",
    "queue.payment.all.saved",
    "queue.payment_stops.all.saved",
    "queue.time_in_hospital.credit_users.saved",
    "queue.time_in_hospital.others.saved",
    "queue.saved_hours_total",
    "credit.used",
    "credit.drawn_total",
    "credit.dpd90_rate_balance",
    "credit.net_credit_loss",
    "credit.overdue_patient_receivables.policy",
];

/// The headlines as owned paths.
pub(super) fn headlines() -> Vec<String> {
    HEADLINES.iter().map(|path| (*path).to_owned()).collect()
}

/// What is published about a metric.
pub fn published(path: &str) -> Option<&'static Published> {
    PUBLISHED.iter().find(|row| {
        path.strip_prefix(row.starts)
            .is_some_and(|rest| rest.contains(row.holds) && path.ends_with(row.ends))
    })
}

/// Unit of a metric; empty when none is published.
pub fn unit(path: &str) -> &'static str {
    published(path).map_or("", |row| row.unit)
}

/// Better side of a metric, if it has one.
pub fn better(path: &str) -> Option<Better> {
    published(path).and_then(|row| row.better)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_metric_has_its_own_direction() {
        let table = [
            ("queue.time_in_hospital.all.saved", HIGHER, "min"),
            ("queue.against.windows_2015.wait.others.saved", HIGHER, "min"),
            ("queue.payment_stops.all.policy", LOWER, "stops a visit"),
            ("queue.wait.all.baseline", None, "min"),
            ("queue.wait_p95.all.policy", LOWER, "min"),
            ("credit.net_loss_rate", LOWER, "share"),
            ("credit.net_credit_loss", LOWER, "yuan"),
            ("credit.drawn_total", None, "yuan"),
            ("credit.loss_by_bearer.bank", LOWER, "yuan"),
            ("settlement.by_fund.person", None, "yuan"),
        ];
        for (path, direction, unit_of) in table {
            assert_eq!((better(path), unit(path)), (direction, unit_of), "{path}");
        }
        assert_eq!(published("nothing.of.the.kind"), None);
    }
}
