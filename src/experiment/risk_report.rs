//! The risk report of a run: PD, LGD, EAD, roll rates, vintages, loss distribution, loss curve,
//! groups; the bank's annex where the scenario asks for it. Must never decide or post anything.

use super::figures::{count, estimate, money, rounded, share};
use super::replicate::{Outcome, Setup};
use super::risk_views;
use crate::credit::spec::{CreditPolicy, ExposureClass, InstalmentMethod, ReportRules};
use crate::credit::{self, PlanLine};
use crate::domain::{AGE_BAND_EDGES, AGE_BANDS, Day, Fen, INCOME_BANDS, Ratio};
use crate::metrics::{RiskSums, Segment, Vintage};
use crate::random::Philox;
use crate::risk::{
    self, Book, Decisions, FOUR_FIFTHS, Obligors, RetailClass, RetailExposure, RollMatrix,
};
use crate::sim::{ArmResult, Replication};
use serde_json::{Value, json};

fn last(run: &Replication) -> &ArmResult {
    let Some(arm) = run.arms.last() else { panic!("invariant: a run has a policy arm") };
    arm
}

/// What a replication's book did.
struct Facts {
    pd: f64,
    lgd: f64,
    ead: f64,
    rolls: [f64; 5],
}

fn facts(total: &Vintage) -> Facts {
    let [e1, e2, e3, e4, e5] = total.entered.map(|n| n as f64);
    let lost = (total.principal[4] - total.recovered).0 as f64;
    Facts {
        pd: share(e4, total.draws as f64),
        lgd: share(lost, total.principal[3].0 as f64),
        ead: share(total.principal[3].0 as f64, e4),
        rolls: [
            share(e1, total.draws as f64),
            share(e2, e1),
            share(e3, e2),
            share(e4, e3),
            share(e5, e4),
        ],
    }
}

/// All replications' risk sums together.
pub(super) fn pooled(runs: &[Replication]) -> RiskSums {
    let mut all = RiskSums::default();
    for run in runs {
        all.merge(&last(run).sums.risk);
    }
    all
}

/// `credit.risk` of the summary.
pub(super) fn risk(setup: &Setup, outcome: &Outcome) -> Value {
    let runs = &outcome.replications;
    let books: Vec<Facts> = runs.iter().map(|run| facts(&last(run).sums.risk.total())).collect();
    let each = |of: &dyn Fn(&Facts) -> f64| estimate(&books.iter().map(of).collect::<Vec<_>>());
    let all = pooled(runs);
    let roll = |at: usize| each(&move |book: &Facts| book.rolls[at]);
    json!({
        "pd_per_draw": each(&|book| book.pd),
        "lgd": each(&|book| book.lgd),
        "ead_per_default_yuan": each(&|book| book.ead / 100.0),
        "roll_rates": {
            "current_to_1_30": roll(0),
            "1_30_to_31_60": roll(1),
            "31_60_to_61_90": roll(2),
            "61_90_to_90_plus": roll(3),
            "90_plus_to_write_off": roll(4),
        },
        "roll_matrix": matrix(&facts(&all.total())),
        "loss_distribution": distribution(setup, runs, &all),
        "loss_curve": curve(&rules(setup).curve, runs),
        "against_baseline": against_baseline(runs),
        "fairness": fairness(usize::from(rules(setup).old_from_years), &all),
        "segments": risk_views::segments(&all),
        "vintage_curve": risk_views::vintage_curve(&all),
        "loan_classes": risk_views::classes(runs),
        "credit_codes": risk_views::codes(setup, runs),
        "sanctions": risk_views::sanctions(setup, runs),
        "rate_disclosure": disclosure(setup),
        "reports_go_to": record(setup),
        "bank_annex": annex(setup, runs, &all),
    })
}

/// Stages in order and the monthly matrix over them; who does not roll on cures.
fn matrix(book: &Facts) -> Value {
    let states = ["current", "1_30", "31_60", "61_90", "90_plus", "write_off"];
    let mut rows = vec![vec![0.0; states.len()]; states.len()];
    for (state, roll) in book.rolls.into_iter().enumerate() {
        let roll = roll.clamp(0.0, 1.0);
        rows[state][state + 1] = roll;
        rows[state][0] += 1.0 - roll;
    }
    rows[5][5] = 1.0;
    let straight = RollMatrix::new(rows.clone()).map(|matrix| rounded(matrix.straight_roll(4)));
    let rows: Vec<Vec<f64>> =
        rows.into_iter().map(|row| row.into_iter().map(rounded).collect()).collect();
    json!({ "states": states, "rows": rows, "straight_roll_to_90_plus": straight })
}

/// Net loss over replications, and the tail of a book of this run's draws under the scenario's macro
/// factor by importance sampling.
fn distribution(setup: &Setup, runs: &[Replication], all: &RiskSums) -> Value {
    let losses = runs.iter().map(|run| last(run).sums.written_off - last(run).sums.recovered);
    let worst = losses.clone().max().unwrap_or_default();
    let rules = rules(setup);
    let confidence = rules.confidence.map(Ratio::to_f64);
    let mut answer = json!({
        "net_loss": money(losses),
        "worst_replication": worst.to_string(),
        "confidence": confidence,
        "macro_correlation": setup.scenario.behaviour.more.macro_correlation,
    });
    if let (Some(confidence), Some(book)) = (confidence, book(setup, runs.len(), all)) {
        let tail = book.tail(confidence, Philox::new(setup.seed), rules.tail_paths);
        let yuan = |fen: f64| Fen(libm::round(fen) as i64).to_string();
        answer["modelled"] = json!({
            "expected_loss": yuan(tail.expected_loss),
            "value_at_risk": yuan(tail.value_at_risk),
            "expected_shortfall": yuan(tail.expected_shortfall),
            "paths": rules.tail_paths,
            "tail_probability": rounded(tail.beyond.value),
            "tail_probability_se": rounded(tail.beyond.standard_error),
        });
    }
    answer
}

/// A replication's draws as obligors by income fifth; a large book is followed by fewer, larger draws.
fn book(setup: &Setup, replications: usize, all: &RiskSums) -> Option<Book> {
    let total = facts(&all.total());
    let draws = all.total().draws as f64 / replications as f64;
    let fold = (draws / f64::from(rules(setup).tail_draws)).max(1.0);
    let obligors: Vec<Obligors> = all.segments[AGE_BANDS..AGE_BANDS + INCOME_BANDS]
        .iter()
        .filter(|segment| segment.draws > 0 && segment.defaults > 0)
        .map(|segment| Obligors {
            count: libm::ceil(segment.draws as f64 / replications as f64 / fold) as u32,
            pd: (segment.defaults as f64 / segment.draws as f64).min(0.999_999),
            loss: total.lgd * total.ead * fold,
        })
        .collect();
    let rho = setup.scenario.behaviour.more.macro_correlation.min(0.99);
    let some = !obligors.is_empty() && total.lgd > 0.0;
    some.then_some(Book { obligors, rho })
}

/// The net result of lending at multiples of the default rate that the run had: losses and collections
/// less interest, penalties and the hospitals' own losses that the scheme avoids.
fn curve(multiples: &[Ratio], runs: &[Replication]) -> Value {
    let mean = |of: &dyn Fn(&Replication) -> f64| {
        runs.iter().map(of).sum::<f64>() / runs.len() as f64 / 100.0
    };
    let cost = mean(&|run| {
        let sums = &last(run).sums;
        (sums.written_off - sums.recovered + sums.collection_cost).0 as f64
    });
    let income = mean(&|run| last(run).sums.charges.0 as f64);
    let avoided = mean(&|run| {
        let [before, after] = [&run.arms[0].sums, &last(run).sums];
        (before.arrears_written_off - after.arrears_written_off).0 as f64
    });
    let defaults = mean(&|run| facts(&last(run).sums.risk.total()).pd) * 100.0;
    let point = |multiple: f64| {
        json!({
            "multiple": multiple,
            "default_rate": rounded(multiple * defaults),
            "loss_yuan": rounded(multiple * cost),
            "net_yuan": rounded(multiple * cost - income - avoided),
        })
    };
    let breaks = (cost > 0.0).then(|| (income + avoided).max(0.0) / cost);
    json!({
        "points": multiples.iter().map(|ratio| point(ratio.to_f64())).collect::<Vec<_>>(),
        "income_yuan": rounded(income),
        "avoided_hospital_loss_yuan": rounded(avoided),
        "break_even_multiple": breaks.map(rounded),
        "break_even_default_rate": breaks.map(|multiple| rounded(multiple * defaults)),
    })
}

/// The scheme's loss as a difference from the baseline's own, of either sign.
fn against_baseline(runs: &[Replication]) -> Value {
    let own = |arm: &ArmResult| arm.sums.arrears_written_off;
    let net = |arm: &ArmResult| arm.sums.written_off - arm.sums.recovered;
    json!({
        "baseline_bad_debt": money(runs.iter().map(|run| own(&run.arms[0]))),
        "policy_bad_debt": money(runs.iter().map(|run| own(last(run)))),
        "policy_net_credit_loss": money(runs.iter().map(|run| net(last(run)))),
        "difference": money(
            runs.iter().map(|run| own(last(run)) + net(last(run)) - own(&run.arms[0])),
        ),
        "baseline_stays_refused_for_want_of_deposit":
            count(runs.iter().map(|run| run.arms[0].sums.deposit_refused)),
    })
}

/// Eligibility of the old and of the poorest fifth against everybody else.
fn fairness(old_from: usize, all: &RiskSums) -> Value {
    let (ages, others) = all.segments.split_at(AGE_BANDS);
    let incomes = &others[..INCOME_BANDS];
    let young = AGE_BAND_EDGES.iter().filter(|&&edge| usize::from(edge) < old_from).count();
    let sum = |segments: &[Segment]| {
        let (mut approved, mut refused) = (0.0, 0.0);
        for segment in segments {
            approved += segment.eligible as f64;
            refused += (segment.adults - segment.eligible) as f64;
        }
        Decisions { counts: [[0.0, refused], [0.0, approved]] }
    };
    let row = |group: &str, protected: &[Segment], reference: &[Segment]| {
        let got = risk::fairness(&sum(protected), &sum(reference));
        json!({
            "group": group,
            "eligible_share": rounded(got.approval[0]),
            "eligible_share_others": rounded(got.approval[1]),
            "ratio": rounded(got.disparate_impact),
            "four_fifths_met": got.disparate_impact >= FOUR_FIFTHS,
        })
    };
    json!([
        row(&format!("age_{old_from}_plus"), &ages[young..], &ages[..young]),
        row("income_lowest_fifth", &incomes[..1], &incomes[1..]),
    ])
}

/// What the rate of the instalments means: nominal and effective, from the plan itself.
fn disclosure(setup: &Setup) -> Value {
    let Some(rules) = scheme(setup).and_then(|credit| credit.instalments) else {
        return Value::Null;
    };
    let principal = Fen::from_yuan(10_000);
    let months = u16::from(rules.months);
    let plan = credit::schedule(principal, rules.rate_year, months, rules.method, Day(0));
    let payments: Vec<Fen> = plan.iter().map(|line: &PlanLine| line.payment).collect();
    let method = match rules.method {
        InstalmentMethod::Annuity => "annuity",
        InstalmentMethod::EqualPrincipal => "equal_principal",
        InstalmentMethod::FlatFee => "flat_fee",
    };
    json!({
        "stated_rate": rules.rate_year.to_f64(),
        "method": method,
        "nominal_annual_rate": risk::nominal_rate(principal, &payments).map(rounded),
        "effective_annual_rate": risk::effective_annual_rate(principal, &payments).map(rounded),
    })
}

fn scheme(setup: &Setup) -> Option<&CreditPolicy> {
    setup.scenario.policy.scheme.as_ref().map(|scheme| &scheme.credit)
}

/// What the report is made with; a run without a scheme has the defaults.
fn rules(setup: &Setup) -> ReportRules {
    scheme(setup).map(|credit| credit.more.report.clone()).unwrap_or_default()
}

fn record(setup: &Setup) -> Value {
    use crate::credit::spec::CreditRecord::{CentralBank, PublicPlatform, SchemeList};
    scheme(setup).map_or(Value::Null, |credit| {
        json!(match credit.more.delinquency.record {
            PublicPlatform => "public_platform",
            CentralBank => "central_bank",
            SchemeList => "scheme_list",
        })
    })
}

/// Expected credit loss in three stages and IRB capital, on the mean book of the run.
fn annex(setup: &Setup, runs: &[Replication], all: &RiskSums) -> Value {
    let Some(more) = scheme(setup).map(|credit| &credit.more).filter(|more| more.bank_annex) else {
        return Value::Null;
    };
    let (word, class) = match more.report.exposure_class {
        ExposureClass::QualifyingRevolving => {
            ("qualifying_revolving", RetailClass::QualifyingRevolving)
        }
        ExposureClass::OtherRetail => ("other_retail", RetailClass::Other),
    };
    let pd_floor = more.report.irb_pd_floor.map_or(0.0, Ratio::to_f64);
    let book = facts(&all.total());
    let weeks: Vec<[Fen; 5]> =
        runs.iter().flat_map(|run| last(run).buckets.iter().map(|(_, b)| b.0)).collect();
    let mean = |at: usize| {
        let sum: i64 = weeks.iter().map(|buckets| buckets[at].0).sum();
        sum as f64 / weeks.len().max(1) as f64 / 100.0
    };
    let [_, r1, r2, r3, _] = book.rolls;
    // Stage 2 begins above 30 days past due; its lifetime ends in default or cure.
    let stages = [
        mean(0) * book.pd * book.lgd + mean(1) * r1 * r2 * r3 * book.lgd,
        (mean(2) * r2 * r3 + mean(3) * r3) * book.lgd,
        mean(4) * book.lgd,
    ];
    let capital = risk::capital(&RetailExposure {
        class,
        pd: book.pd,
        pd_floor,
        lgd: book.lgd,
        ead: mean(0) + mean(1) + mean(2) + mean(3),
    });
    json!({
        "ecl_stage_1_yuan": rounded(stages[0]),
        "ecl_stage_2_yuan": rounded(stages[1]),
        "ecl_stage_3_yuan": rounded(stages[2]),
        "exposure_class": word,
        "irb_asset_correlation": rounded(capital.correlation),
        "irb_pd_floor": pd_floor,
        "irb_capital_ratio_k": rounded(capital.k),
        "irb_risk_weight": rounded(capital.risk_weight),
        "irb_capital_yuan": rounded(capital.capital),
    })
}
