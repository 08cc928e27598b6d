//! `summary.json`: the contract of the run's answer, deterministic values only.
//! Must never hold a wall-clock figure, a path or a thread count.

use super::figures::{count, estimate, money, share};
use super::inpatient;
use super::replicate::{Outcome, Setup};
use super::tables::LEVELS;
use super::{answer, away, banks, between, payments};
use crate::domain::{Fen, Refusal};
use crate::ledger::Role;
use crate::metrics::{Match, Times};
use crate::scenario::{ArmSpec, Scenario};
use crate::sim::{ArmResult, Replication};
use serde_json::{Map, Value, json};

/// Version of the summary's form.
pub const SUMMARY_SCHEMA: &str = "aftercare.summary/1";

const MS_PER_MINUTE: f64 = 60_000.0;
const MS_PER_HOUR: f64 = 3_600_000.0;

/// The baselines with the titles that readers see.
pub(super) fn titles_of_baselines(scenario: &Scenario) -> Value {
    let title = |arm: &ArmSpec| {
        json!({
            "name": arm.name,
            "title_en": arm.regime.title_en,
            "title_zh": arm.regime.title_zh,
        })
    };
    scenario.baselines.iter().map(title).collect()
}

/// The summary of a finished run.
pub fn summary(setup: &Setup, outcome: &Outcome) -> Value {
    let scenario = &setup.scenario;
    let runs = &outcome.replications;
    let policy = |run: &Replication| run.arms.len() - 1;
    let of_days = |f: &dyn Fn(&crate::metrics::ArmDay) -> u64| {
        count(runs.iter().map(|run| run.arms[policy(run)].days.iter().map(f).sum()))
    };
    let conflicts = runs.iter().map(|run| run.arms.iter().map(|arm| arm.sums.stop_conflicts).sum());
    let mut summary = json!({
        "schema": SUMMARY_SCHEMA,
        "scenario": scenario.name,
        "titles": { "en": scenario.title_en, "zh": scenario.title_zh },
        "baseline": scenario.baselines[0].name,
        "baselines": titles_of_baselines(scenario),
        "policy": scenario.policy.name,
        "seed": setup.seed,
        "replications": setup.replications,
        "population": outcome.people,
        "days": setup.days,
        "visits": of_days(&|day| day.visits),
        "admissions": of_days(&|day| day.admissions),
        "stop_conflicts": count(conflicts),
        "queue": queue(setup, runs),
        "credit": credit(setup, outcome),
        "settlement": settlement(runs),
        "throughput": throughput(setup, runs),
        "approximations": approximations(setup, runs),
        "falls_and_rises": super::falls_and_rises::summary(setup, runs),
        "uncertainty_note": { "en": UNCERTAINTY_NOTE_EN, "zh": UNCERTAINTY_NOTE_ZH },
    });
    let optional = [
        ("clearing", between::clearing(setup, runs)),
        ("cross_province", away::cross_province(setup, runs)),
        ("payments", payments::payments(setup, runs)),
        ("hospital_cards", payments::cards(setup, runs)),
        ("retail_pharmacies", payments::retail(setup, runs)),
        ("banks", banks::summary(setup, runs)),
        ("answer", answer::answer(setup, runs)),
        ("funnel", super::funnel::funnel(setup, runs)),
        ("sample", super::sampled::block(setup)),
        ("insured_elsewhere", super::elsewhere::summary(setup, runs)),
        ("messages", super::messages::summary(setup, runs)),
        ("entitlement", super::entitlement::summary(setup, runs)),
        ("refunds", super::refunds::summary(setup, runs)),
        ("per_case", super::per_case::summary(setup, outcome)),
        ("other_finance", super::finance::summary(setup, runs)),
    ];
    for (key, part) in optional {
        if let (Value::Object(parts), Some(part)) = (&mut summary, part) {
            parts.insert(key.into(), part);
        }
    }
    if let Some(claims) = super::risk_views::claims(setup, runs) {
        summary["credit"]["insurer_claims"] = claims;
    }
    if let Some(calibration) = &scenario.calibration {
        summary["calibration"] = super::fit::label(calibration);
    }
    if let Some(entries) = summary.as_object_mut() {
        let blocks = inpatient::blocks(runs);
        entries.extend(blocks.map(|(name, block)| (name.to_owned(), block)));
    }
    summary
}

/// The summary of `run`: the judgement on its own figures and the spread from uncertain inputs stand
/// beside the figures.
pub fn run_summary(
    setup: &Setup,
    outcome: &Outcome,
    quality: &Value,
    spread: Option<&Value>,
) -> Value {
    let mut whole = summary(setup, outcome);
    whole["quality"] = quality.clone();
    if let Some(published) = super::outcomes::beside(setup, outcome) {
        whole["published"] = published;
    }
    if let Some(spread) = spread {
        whole["uncertainty"] = spread.clone();
        whole["uncertainty_note"] = json!({ "en": BOTH_NOTE_EN, "zh": BOTH_NOTE_ZH });
    }
    whole
}

const BOTH_NOTE_EN: &str = "ci95 is the Monte Carlo interval over replications (Student); the spread \
    from uncertain inputs stands beside it under its own name; assumptions.csv lists each input \
    with its source.";
const BOTH_NOTE_ZH: &str = "ci95 为各次重复之间的蒙特卡洛区间（学生t分布）；输入不确定性带来的范围另行列出；\
    assumptions.csv 列出每个输入及其来源。";
const UNCERTAINTY_NOTE_EN: &str = "ci95 is the Monte Carlo interval over replications (Student). It \
    does not hold the spread from uncertain inputs; assumptions.csv lists each input with its source.";
const UNCERTAINTY_NOTE_ZH: &str = "ci95 为各次重复之间的蒙特卡洛区间（学生t分布），不包含输入不确定性带来的差异；\
    assumptions.csv 列出每个输入及其来源。";

fn last(run: &Replication) -> &ArmResult {
    let Some(arm) = run.arms.last() else { panic!("invariant: a run has a policy arm") };
    arm
}

/// Everything about time, against each baseline.
fn queue(setup: &Setup, runs: &[Replication]) -> Value {
    let mut queue = against(runs, 0);
    let mut others = Map::new();
    for (index, arm) in setup.scenario.baselines.iter().enumerate().skip(1) {
        others.insert(arm.name.clone(), Value::Object(against(runs, index)));
    }
    queue.insert("against".into(), Value::Object(others));
    queue.insert("unmatched".into(), count(runs.iter().map(|run| run.pairs.unmatched)));
    Value::Object(queue)
}

/// Waits that half, 95 % and 99 % of the visits did not exceed, in both arms of a pair: all queues of a
/// visit, and those at windows and kiosks of the visits that went to one.
fn wait_quantiles(runs: &[Replication], baseline: usize) -> Map<String, Value> {
    type Read = fn(&crate::metrics::WaitsOf) -> &crate::metrics::Waits;
    let kinds: [(&str, Read); 2] =
        [("wait", |waits| &waits.all), ("payment_queue", |waits| &waits.payment)];
    let mut found = Map::new();
    for (kind, read) in kinds {
        for (mark, per_mille) in [("p50", 500), ("p95", 950), ("p99", 990)] {
            let minutes = |run: &Replication, side: usize| {
                let seconds =
                    read(&run.pairs.waits[baseline][side]).quantile_s(per_mille).unwrap_or(0);
                seconds as f64 / 60.0
            };
            let side = |of: &dyn Fn(&Replication) -> f64| {
                estimate(&runs.iter().map(of).collect::<Vec<_>>())
            };
            let all = json!({
                "baseline": side(&|run| minutes(run, 0)),
                "policy": side(&|run| minutes(run, 1)),
                "saved": side(&|run| minutes(run, 0) - minutes(run, 1)),
            });
            found.insert(format!("{kind}_{mark}"), json!({ "all": all }));
        }
    }
    found
}

fn against(runs: &[Replication], baseline: usize) -> Map<String, Value> {
    type Read = fn(&Times) -> f64;
    let metrics: [(&str, Read); 5] = [
        ("wait", |times| times.wait_ms as f64 / MS_PER_MINUTE),
        ("clinical_wait", |times| times.clinical_wait_ms as f64 / MS_PER_MINUTE),
        ("payment", |times| times.payment_ms as f64 / MS_PER_MINUTE),
        ("time_in_hospital", |times| times.in_hospital_ms as f64 / MS_PER_MINUTE),
        ("payment_stops", |times| times.stops as f64),
    ];
    let mut queue = Map::new();
    for (name, read) in metrics {
        let mut classes = Map::new();
        for (class, matches) in classes_of(runs, baseline) {
            classes.insert(class.into(), sides(&matches, read));
        }
        queue.insert(name.into(), Value::Object(classes));
    }
    let all = matches_of(runs, baseline, |pair| merged(&pair[0], &pair[1]));
    let hours = |m: &Match| m.saved_ms() as f64 / MS_PER_HOUR;
    queue.extend(wait_quantiles(runs, baseline));
    queue.insert("saved_hours_total".into(), estimate(&all.iter().map(hours).collect::<Vec<_>>()));
    let users = runs.iter().map(|run| run.pairs.against[baseline][0].visits);
    queue.insert(
        "matched_visits".into(),
        json!({
            "all": count(all.iter().map(|m| m.visits)),
            "credit_users": count(users),
        }),
    );
    queue.insert("check".into(), check(&all));
    let stays = runs.iter().map(|run| run.pairs.stays[baseline]).collect::<Vec<_>>();
    queue.insert(
        "stay_desk_time".into(),
        sides(&stays, |times| times.in_hospital_ms as f64 / MS_PER_MINUTE),
    );
    queue
}

fn matches_of(
    runs: &[Replication],
    baseline: usize,
    of: impl Fn(&[Match; 2]) -> Match,
) -> Vec<Match> {
    runs.iter().map(|run| of(&run.pairs.against[baseline])).collect()
}

fn classes_of(runs: &[Replication], baseline: usize) -> [(&'static str, Vec<Match>); 3] {
    [
        ("all", matches_of(runs, baseline, |pair| merged(&pair[0], &pair[1]))),
        ("credit_users", matches_of(runs, baseline, |pair| pair[0])),
        ("others", matches_of(runs, baseline, |pair| pair[1])),
    ]
}

fn merged(a: &Match, b: &Match) -> Match {
    let mut both = *a;
    both.merge(b);
    both
}

/// Baseline, policy and saved, a visit each.
fn sides(matches: &[Match], read: fn(&Times) -> f64) -> Value {
    let per_visit = |value: f64, m: &Match| share(value, m.visits as f64);
    let side = |of: &dyn Fn(&Match) -> f64| {
        estimate(&matches.iter().map(|m| per_visit(of(m), m)).collect::<Vec<_>>())
    };
    json!({
        "baseline": side(&|m| read(&m.baseline)),
        "policy": side(&|m| read(&m.policy)),
        "saved": side(&|m| read(&m.baseline) - read(&m.policy)),
    })
}

/// The arithmetic check: stops removed × minutes a stop + change of other queues − sign-up and help,
/// beside the simulated saving. Minutes a stop are the baseline's payment minutes ÷ its stops; what
/// payments that remain gain or lose against that counts among the other queues.
fn check(matches: &[Match]) -> Value {
    let per = |m: &Match, value: f64| share(value, m.visits as f64);
    let each = |of: &dyn Fn(&Match) -> f64| estimate(&matches.iter().map(of).collect::<Vec<_>>());
    let minutes = |ms: u64| ms as f64 / MS_PER_MINUTE;
    let removed = |m: &Match| per(m, m.baseline.stops as f64 - m.policy.stops as f64);
    let a_stop = |m: &Match| share(minutes(m.baseline.payment_ms), m.baseline.stops as f64);
    let stops_part = |m: &Match| removed(m) * a_stop(m);
    let clinical = |m: &Match| {
        per(m, minutes(m.baseline.clinical_wait_ms) - minutes(m.policy.clinical_wait_ms))
    };
    let remaining = |m: &Match| {
        per(m, minutes(m.baseline.payment_ms) - minutes(m.policy.payment_ms)) - stops_part(m)
    };
    let desk = |m: &Match| per(m, minutes(m.policy.desk_ms) - minutes(m.baseline.desk_ms));
    json!({
        "stops_removed_per_visit": each(&removed),
        "minutes_per_stop": each(&a_stop),
        "stops_part_min": each(&stops_part),
        "other_queues_min": each(&|m| clinical(m) + remaining(m)),
        "clinical_queues_min": each(&clinical),
        "remaining_payments_min": each(&remaining),
        "sign_up_and_help_min": each(&desk),
        "explained_min": each(&|m| stops_part(m) + clinical(m) + remaining(m) - desk(m)),
        "simulated_min": each(&|m| per(m, m.saved_ms() as f64 / MS_PER_MINUTE)),
    })
}

fn credit(setup: &Setup, outcome: &Outcome) -> Value {
    let runs = &outcome.replications;
    let sums = |f: fn(&ArmResult) -> u64| count(runs.iter().map(|run| f(last(run))));
    let amount = |f: fn(&ArmResult) -> Fen| money(runs.iter().map(|run| f(last(run))));
    let rate = |f: fn(&ArmResult) -> (f64, f64)| {
        let rates = runs.iter().map(|run| f(last(run)));
        estimate(&rates.map(|(part, whole)| share(part, whole)).collect::<Vec<_>>())
    };
    let bearer = |index: usize| money(runs.iter().map(move |run| last(run).losses[index]));
    let mut ineligible = Map::new();
    for word in Refusal::ALL {
        let counts = runs.iter().map(|run| last(run).sums.ineligible[word as usize]);
        if counts.clone().any(|people| people > 0) {
            ineligible.insert(word.word().into(), count(counts));
        }
    }
    json!({
        "eligible": sums(|arm| arm.sums.eligible),
        "ineligible_by_reason": ineligible,
        "line_bills": sums(|arm| arm.sums.line_bills_of_all()[0]),
        "line_bills_covered": sums(|arm| arm.sums.line_bills_of_all()[1]),
        "line_bills_covered_share": sufficiency(runs),
        "opened": sums(|arm| arm.sums.opened),
        "used": sums(|arm| arm.used),
        "draws": sums(|arm| arm.sums.draws),
        "limit_total": amount(|arm| arm.sums.limit_total),
        "drawn_total": amount(|arm| arm.sums.drawn),
        "dpd90_rate_accounts": rate(|arm| (arm.dpd90_accounts as f64, arm.used as f64)),
        "dpd90_rate_balance": rate(|arm| (arm.sums.dpd90.0 as f64, arm.sums.drawn.0 as f64)),
        "net_loss_rate": rate(|arm| {
            let net = arm.sums.written_off - arm.sums.recovered;
            (net.0 as f64, arm.sums.drawn.0 as f64)
        }),
        "net_credit_loss": amount(|arm| arm.sums.written_off - arm.sums.recovered),
        "recovered": amount(|arm| arm.sums.recovered),
        "written_off": amount(|arm| arm.sums.written_off),
        "collection_cost": amount(|arm| arm.sums.collection_cost),
        "applications_abandoned": sums(|arm| arm.sums.abandoned),
        "swept_from_personal_accounts": amount(|arm| arm.sums.swept),
        "hardship_aid": amount(|arm| arm.sums.hardship_aid),
        "risk": super::risk_report::risk(setup, outcome),
        "insurance_premium": amount(|arm| arm.premium + arm.patient_premium),
        "insurance_premium_by_payer": {
            "hospital": amount(|arm| arm.premium),
            "patient": amount(|arm| arm.patient_premium),
        },
        "overdue_bills_paid_by_lines": amount(|arm| arm.sums.debited),
        "induced_visits": sums(|arm| arm.sums.induced_visits),
        "stays_refused_for_want_of_deposit": {
            "baseline": count(runs.iter().map(|run| run.arms[0].sums.deposit_refused)),
            "policy": sums(|arm| arm.sums.deposit_refused),
        },
        "loss_by_bearer": {
            "insurer": bearer(0),
            "hospital": bearer(1),
            "risk_pool": bearer(2),
            "bank": bearer(3),
            "guarantor": bearer(4),
        },
        "overdue_patient_receivables": {
            "baseline": money(runs.iter().map(|run| run.arms[0].sums.arrears)),
            "policy": amount(|arm| arm.sums.arrears),
        },
        "deposits": {
            "baseline": money(runs.iter().map(|run| run.arms[0].sums.deposits)),
            "policy": amount(|arm| arm.sums.deposits),
        },
    })
}

/// Whether limits suffice: bills that the line bore as far as it may, of all put to it, by level of the institution;
/// 0 where none was.
fn sufficiency(runs: &[Replication]) -> Value {
    let shares = LEVELS.map(|(label, level)| {
        let bills = runs.iter().map(|run| last(run).sums.line_bills[level as usize]);
        let shares = bills.map(|[all, whole]| share(whole as f64, all as f64));
        (label.to_owned(), estimate(&shares.collect::<Vec<f64>>()))
    });
    Value::Object(Map::from_iter(shares))
}

/// What each payer bore in an arm, by its name in reports.
fn by_fund(arm: &ArmResult) -> Vec<(&'static str, Fen)> {
    let total = |role: Role| arm.audit.total(role);
    let accounts = total(Role::PersonalAccount) + total(Role::AccountContributions);
    let basic = [
        (Role::PooledEmployee.word(), total(Role::PooledEmployee)),
        (Role::PooledResident.word(), total(Role::PooledResident)),
        (Role::SecondLayer.word(), total(Role::SecondLayer)),
        (Role::Assistance.word(), total(Role::Assistance)),
        (Role::PersonalAccount.word(), accounts),
    ];
    let further = FURTHER_FUNDS.map(|role| (role.word(), total(role)));
    let funds = || basic.into_iter().chain(further);
    let paid: Fen = funds().map(|(_, amount)| amount).sum();
    let billed = -total(Role::HospitalIncome);
    let person = ("person", billed - paid);
    funds()
        .chain([person])
        .filter(|(word, amount)| !is_further(word) || !amount.is_zero())
        .collect()
}

/// Funds that are told where they paid anything.
const FURTHER_FUNDS: [Role; 5] = [
    Role::CivilServantFund,
    Role::EnterpriseFund,
    Role::CommercialInsurer,
    Role::EmergencyRelief,
    Role::Charity,
];

fn is_further(word: &str) -> bool {
    FURTHER_FUNDS.iter().any(|role| role.word() == word)
}

/// Words of all funds that are told of some arms, in the order of `by_fund`.
pub(super) fn fund_words<'a>(arms: impl Iterator<Item = &'a ArmResult>) -> Vec<&'static str> {
    let mut words: Vec<&'static str> = Vec::new();
    for (word, _) in arms.flat_map(by_fund) {
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words
}

/// What one fund paid; zero where it is not told.
pub(super) fn of_fund(arm: &ArmResult, word: &str) -> Fen {
    let found = by_fund(arm).into_iter().find(|(name, _)| *name == word);
    found.map_or(Fen::ZERO, |(_, amount)| amount)
}

fn settlement(runs: &[Replication]) -> Value {
    let mut funds = Map::new();
    for name in fund_words(runs.iter().map(last)) {
        funds.insert(name.into(), money(runs.iter().map(|run| of_fund(last(run), name))));
    }
    let mut refused = Map::new();
    for word in Refusal::ALL {
        let counts = runs.iter().map(|run| last(run).sums.refusals[word as usize]);
        if counts.clone().any(|count| count > 0) {
            refused.insert(word.word().into(), count(counts));
        }
    }
    let worst = runs
        .iter()
        .flat_map(|run| &run.arms)
        .map(|arm| arm.audit.imbalance_fen())
        .max()
        .unwrap_or(0);
    json!({
        "claims": count(runs.iter().map(|run| last(run).sums.claims)),
        "total": money(runs.iter().map(|run| -last(run).audit.total(Role::HospitalIncome))),
        "by_fund": funds,
        "refused_by_reason": refused,
        "ledger_imbalance_fen": worst,
    })
}

/// The load on a settlement core: of the policy arm, and of the baselines by name.
fn throughput(setup: &Setup, runs: &[Replication]) -> Value {
    let peak = |arm: usize| {
        let peak = runs.iter().map(|run| f64::from(run.arms[arm].peak_minute) / 60.0);
        estimate(&peak.collect::<Vec<_>>())
    };
    let per_visit = |arm: usize| {
        let per_visit = runs.iter().map(|run| {
            let sums = &run.arms[arm].sums;
            share(sums.requests as f64, sums.requesting_visits as f64)
        });
        estimate(&per_visit.collect::<Vec<_>>())
    };
    let policy = setup.scenario.baselines.len();
    let baselines = setup.scenario.baselines.iter().enumerate().map(|(arm, spec)| {
        let load = json!({
            "peak_requests_per_s": peak(arm),
            "requests_per_visit": per_visit(arm),
        });
        (spec.name.clone(), load)
    });
    let commands = runs.iter().map(|run| {
        let sums = &last(run).sums;
        share(last(run).audit.commands() as f64, sums.requesting_visits as f64)
    });
    let postings = runs.iter().map(|run| {
        let sums = &last(run).sums;
        share(last(run).audit.postings() as f64, sums.requesting_visits as f64)
    });
    json!({
        "peak_requests_per_s": peak(policy),
        "requests_per_visit": per_visit(policy),
        "baselines": baselines.collect::<Map<_, _>>(),
        "commands_per_visit": estimate(&commands.collect::<Vec<_>>()),
        "postings_per_visit": estimate(&postings.collect::<Vec<_>>()),
    })
}

/// How often an honest approximation of the model was used (`docs/model_assumptions.md`).
fn approximations(setup: &Setup, runs: &[Replication]) -> Value {
    let days = |f: fn(&crate::metrics::ArmDay) -> u64| {
        count(runs.iter().map(|run| last(run).days.iter().map(f).sum()))
    };
    json!({
        "spilled_to_next_day": days(|day| day.spilled),
        "left_a_queue": days(|day| day.reneged),
        "admission_waited_for_a_bed": days(|day| day.no_bed),
        "left_undone_after_last_day": count(runs.iter().map(|run| run.left_undone)),
        "sampled_city": setup.sample.is_some(),
    })
}
