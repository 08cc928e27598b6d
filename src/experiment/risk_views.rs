//! Views of the risk sums: vintages by months on book, groups, credit codes, loan classes, sanctions.
//! Must never compute what `risk_report` computes otherwise.

use super::figures::{count, money, rounded, share};
use super::replicate::{Outcome, Setup};
use super::risk_tables::segment_name;
use super::tables::{Table, mean_fen, table};
use crate::credit::spec::{BlacklistScope, CreditPolicy};
use crate::domain::Fen;
use crate::metrics::{CodeSums, MONTHS_ON_BOOK, OnBook, RiskSums, SEGMENTS, Segment, Vintage};
use crate::sim::{ArmResult, Replication};
use serde_json::{Value, json};

fn last(run: &Replication) -> &ArmResult {
    let Some(arm) = run.arms.last() else { panic!("invariant: a run has a policy arm") };
    arm
}

fn policy(setup: &Setup) -> Option<&CreditPolicy> {
    setup.scenario.policy.scheme.as_ref().map(|scheme| &scheme.credit)
}

/// Sums of a vintage up to each month on book, as far as anything still happens.
fn by_age(vintage: &Vintage) -> Vec<OnBook> {
    let mut sum = OnBook::default();
    let sums = vintage.on_book.iter().map(|month| {
        sum.add(month);
        sum
    });
    let sums: Vec<OnBook> = sums.collect();
    let quiet = |month: &OnBook| *month == OnBook::default();
    let end = vintage.on_book.iter().rposition(|month| !quiet(month)).map_or(1, |last| last + 1);
    sums.into_iter().take(end.min(MONTHS_ON_BOOK)).collect()
}

/// Shares of the yuan drawn: ever 31+ and 91+ days past due, written off, net of recoveries.
fn shares(sums: &OnBook, drawn: Fen) -> [f64; 4] {
    let net = sums.written_off - sums.recovered;
    [sums.late_31, sums.late_91, sums.written_off, net]
        .map(|part| rounded(share(part.0 as f64, drawn.0 as f64)))
}

/// The curve of all vintages together.
pub(super) fn vintage_curve(all: &RiskSums) -> Value {
    let total = all.total();
    let point = |(age, sums): (usize, &OnBook)| {
        let [late_31, late_91, written_off, net] = shares(sums, total.drawn);
        json!({
            "months_on_book": age,
            "ever_31_plus_share": late_31,
            "ever_90_plus_share": late_91,
            "written_off_share": written_off,
            "net_loss_share": net,
        })
    };
    by_age(&total).iter().enumerate().map(point).collect()
}

/// The curve of each vintage.
pub(super) fn vintage_table(setup: &Setup, all: &RiskSums) -> Table {
    let header = [
        "month",
        "months_on_book",
        "ever_31_plus_share",
        "ever_90_plus_share",
        "written_off_share",
        "net_loss_share",
    ];
    let start = setup.scenario.city.start;
    let mut rows = Vec::new();
    for (month, vintage) in (0..).zip(&all.vintages) {
        let civil = start.plus_months(month).civil();
        for (age, sums) in by_age(vintage).iter().enumerate() {
            let mut row = vec![format!("{}-{:02}", civil.year, civil.month), age.to_string()];
            row.extend(shares(sums, vintage.drawn).map(|share| share.to_string()));
            rows.push(row);
        }
    }
    table("credit_vintage_curves.csv", &header, rows)
}

/// Losses and eligibility by group.
pub(super) fn segments(all: &RiskSums) -> Value {
    let row = |(at, segment): (usize, &Segment)| {
        let (kind, name) = segment_name(at);
        let net = segment.written_off - segment.recovered;
        json!({
            "group_kind": kind,
            "group": name,
            "eligible_share": rounded(share(segment.eligible as f64, segment.adults as f64)),
            "draws": segment.draws,
            "default_rate": rounded(share(segment.defaults as f64, segment.draws as f64)),
            "loss_rate": rounded(share(net.0 as f64, segment.drawn.0 as f64)),
        })
    };
    all.segments.iter().enumerate().take(SEGMENTS).map(row).collect()
}

/// Lines by credit code, all replications; null where the scheme has none.
pub(super) fn codes(setup: &Setup, runs: &[Replication]) -> Value {
    let Some(policy) = policy(setup).filter(|p| !p.more.onboarding.codes.is_empty()) else {
        return Value::Null;
    };
    let words = policy.more.onboarding.codes.iter().map(|(_, word)| word.as_str());
    let row = |(at, word): (usize, &str)| {
        let mut sum = CodeSums::default();
        for code in runs.iter().filter_map(|run| last(run).codes.get(at)) {
            sum.lines += code.lines;
            sum.used += code.used;
            sum.defaulted += code.defaulted;
            sum.cancelled += code.cancelled;
            sum.drawn += code.drawn;
        }
        json!({
            "code": word,
            "lines": sum.lines,
            "lines_used": sum.used,
            "lines_cancelled": sum.cancelled,
            "drawn_yuan": sum.drawn,
            "default_rate_of_lines": rounded(share(sum.defaulted as f64, sum.used as f64)),
        })
    };
    std::iter::once("none").chain(words).enumerate().map(row).collect()
}

/// Words of the regulatory classes, in their order.
pub(super) const CLASSES: [&str; 5] =
    ["normal", "special_mention", "substandard", "doubtful", "loss"];

/// Outstanding principal by class: mean over weeks, a replication at a time.
pub(super) fn classes(runs: &[Replication]) -> Value {
    let mean = |run: &Replication, class: usize| {
        let weeks = &last(run).classes;
        let sum: Fen = weeks.iter().map(|(_, sums)| sums.0[class]).sum();
        crate::domain::Ratio::new(1, weeks.len().max(1) as i64).of(sum)
    };
    let of = |class: usize| money(runs.iter().map(|run| mean(run, class)));
    CLASSES.iter().enumerate().map(|(at, word)| ((*word).to_owned(), of(at))).collect()
}

/// Outstanding principal by class at the end of each week, mean over replications.
pub(super) fn class_table(outcome: &Outcome) -> Table {
    let header = [
        "day",
        "normal_yuan",
        "special_mention_yuan",
        "substandard_yuan",
        "doubtful_yuan",
        "loss_class_yuan",
    ];
    let runs: Vec<&ArmResult> = outcome.replications.iter().map(last).collect();
    let weeks = runs.iter().map(|arm| arm.classes.len()).max().unwrap_or(0);
    let rows = (0..weeks).map(|week| {
        let here: Vec<_> = runs.iter().filter_map(|arm| arm.classes.get(week)).collect();
        let mut row = vec![here[0].0.to_string()];
        row.extend(
            (0..CLASSES.len())
                .map(|class| mean_fen(here.iter().map(|(_, sums)| sums.0[class]).sum(), outcome)),
        );
        row
    });
    table("credit_classes.csv", &header, rows.collect())
}

/// What the scheme does to late payers beyond charges, with the counts that tell how far it reaches.
pub(super) fn sanctions(setup: &Setup, runs: &[Replication]) -> Value {
    use crate::domain::Refusal::{BenefitsSuspended, BlacklistedHere};
    let Some(policy) = policy(setup) else { return Value::Null };
    let from = policy.sanctions.blacklist_from_dpd;
    let city = policy.more.delinquency.blacklist == BlacklistScope::City;
    let refused = |word: crate::domain::Refusal| {
        count(runs.iter().map(move |run| last(run).sums.refusals[word as usize]))
    };
    json!({
        "blacklist_from_days_past_due": from,
        "blacklist_scope": from.map(|_| if city { "city" } else { "hospital" }),
        "suspends_insurance_benefits": from.is_some() && city,
        "emergencies_exempt": policy.more.delinquency.emergencies_exempt,
        "blacklistings": count(runs.iter().map(|run| last(run).sums.blacklisted)),
        "bills_without_benefits": refused(BenefitsSuspended),
        "lines_refused_at_the_hospital": refused(BlacklistedHere),
    })
}

/// Claims on the credit insurer for draws still on the books; `None` where it pays at the write-off.
pub(super) fn claims(setup: &Setup, runs: &[Replication]) -> Option<Value> {
    let waterfall = &policy(setup)?.more.waterfall;
    let from = waterfall.claim_from_dpd?;
    let amount = |of: fn(&ArmResult) -> Fen| money(runs.iter().map(|run| of(last(run))));
    Some(json!({
        "from_days_past_due": from,
        "filed": count(runs.iter().map(|run| last(run).claims.filed)),
        "paid": amount(|arm| arm.claims.paid),
        "paid_back_by_patients": amount(|arm| arm.claims.back),
    }))
}
