//! From those who may to those who gain: eligible, opened, activated, used, minutes a use. Must never count
//! what the simulation did not see happen.

use super::answer::scheme;
use super::figures::{count, estimate, share};
use super::replicate::Setup;
use super::rollout::{campaigns, days_in_run, joining_told};
use super::tables::{Table, table as rows_of};
use crate::behaviour::spec::Campaign;
use crate::domain::{Fen, Refusal};
use crate::economics::{SchemeFacts, campaign_cost};
use crate::sim::{ArmResult, Replication};
use serde_json::{Map, Value, json};

const MS_PER_MINUTE: f64 = 60_000.0;

fn yuan(amount: Fen) -> f64 {
    amount.0 as f64 / 100.0
}

/// Reads a count of an arm.
type Read = fn(&ArmResult) -> u64;

/// Steps of the funnel in order: key, and its count in the policy arm.
const STEPS: [(&str, Read); 6] = [
    ("eligible", |arm| arm.sums.eligible),
    ("applied", |arm| arm.sums.applied),
    ("opened", |arm| arm.sums.opened),
    ("activated", |arm| arm.sums.shown),
    ("used", |arm| arm.used),
    ("uses", |arm| arm.sums.draws),
];

/// Where those went who hold no line: `eligible` is `applied` less `applied_outside_gates`, and the first two of these;
/// `applied` is `opened` less `second_lines` (a holder's second), and `abandoned`, `turned_down`, `still_waiting`.
const ASIDE: [(&str, Read); 7] = [
    ("opted_out", |arm| arm.sums.opted_out),
    ("stayed_out", |arm| {
        (arm.sums.eligible + arm.sums.outside).saturating_sub(arm.sums.applied + arm.sums.opted_out)
    }),
    ("applied_outside_gates", |arm| arm.sums.outside),
    ("abandoned", |arm| arm.sums.abandoned),
    ("turned_down", |arm| arm.sums.turned_down.iter().sum()),
    ("still_waiting", |arm| arm.sums.still_waiting),
    ("second_lines", |arm| arm.sums.opened_second),
];

fn policy(run: &Replication) -> &ArmResult {
    let Some(arm) = run.arms.last() else { panic!("invariant: a run has a policy arm") };
    arm
}

/// Minutes saved by the visits on a line against the first baseline, a visit.
fn minutes_per_use(run: &Replication) -> f64 {
    let users = run.pairs.against[0][0];
    share(users.saved_ms() as f64 / MS_PER_MINUTE, users.visits as f64)
}

/// The funnel of the policy arm; `None` without a scheme.
pub(super) fn funnel(setup: &Setup, runs: &[Replication]) -> Option<Value> {
    let scheme = setup.scenario.policy.scheme.as_ref()?;
    let each =
        |of: &dyn Fn(&Replication) -> f64| estimate(&runs.iter().map(of).collect::<Vec<_>>());
    let mut told = json!({});
    for (key, read) in STEPS {
        told[key] = count(runs.iter().map(|run| read(policy(run))));
    }
    for (key, read) in ASIDE {
        told[key] = count(runs.iter().map(|run| read(policy(run))));
    }
    let reasons = turned_down(runs);
    if !reasons.is_empty() {
        told["turned_down_by_reason"] = reasons.into();
    }
    told["uses_per_user"] = each(&|run| {
        let arm = policy(run);
        share(arm.sums.draws as f64, arm.used as f64)
    });
    told["minutes_per_use"] = each(&minutes_per_use);
    told["approval_lead_days"] = scheme.credit.more.onboarding.lead_days.into();
    told["joining"] = joining_told(&setup.scenario);
    told["campaigns"] =
        campaigns(&setup.scenario).iter().map(|one| told_campaign(setup, runs, one)).collect();
    Some(told)
}

/// Why applicants were turned down, but for words that nobody heard.
fn turned_down(runs: &[Replication]) -> Map<String, Value> {
    let by_word = |word: Refusal| {
        let of = |run: &Replication| policy(run).sums.turned_down[word as usize];
        let heard = runs.iter().any(|run| of(run) > 0);
        heard.then(|| (word.word().to_owned(), count(runs.iter().map(of))))
    };
    Refusal::ALL.into_iter().filter_map(by_word).collect()
}

/// A campaign: when, how strong, the lines opened while it ran in the run, what it cost, and both together.
fn told_campaign(setup: &Setup, runs: &[Replication], campaign: &Campaign) -> Value {
    let scheme = scheme(setup);
    let days = days_in_run(setup, campaign);
    let first = u32::try_from(campaign.from - setup.scenario.city.start).unwrap_or(0) as usize;
    let opened = |run: &Replication| {
        let by_day = &policy(run).opened_by_day;
        let until = |day: usize| by_day[..day.min(by_day.len())].last().copied().unwrap_or(0);
        if days == 0 { 0 } else { until(first + days as usize) - until(first) }
    };
    let spec = setup.scenario.costs.as_ref().and_then(|costs| costs.joining);
    let cost =
        spec.map(|spec| campaign_cost(&spec, &SchemeFacts { campaign_days: days, ..scheme }));
    let each = |cost: Fen| {
        let opened: Vec<f64> = runs.iter().map(|run| opened(run) as f64).collect();
        let all = opened.iter().all(|opened| *opened > 0.0);
        all.then(|| estimate(&opened.iter().map(|opened| yuan(cost) / opened).collect::<Vec<_>>()))
    };
    json!({
        "from": campaign.from.to_string(),
        "to": campaign.to.to_string(),
        "factor": campaign.factor,
        "days_in_run": days,
        "lines_opened": count(runs.iter().map(opened)),
        "cost": cost.map(|fen| fen.to_string()),
        "cost_per_line_opened": cost.and_then(each),
    })
}

/// `funnel.csv`: a row a step and replication.
pub(super) fn table(setup: &Setup, runs: &[Replication]) -> Option<Table> {
    setup.scenario.policy.scheme.as_ref()?;
    let mut rows = Vec::new();
    for (number, run) in (1..).zip(runs) {
        let mut before: Option<u64> = None;
        for (step, read) in STEPS {
            let here = read(policy(run));
            let of_before = before.map_or(String::new(), |before| {
                format!("{:.6}", share(here as f64, before as f64))
            });
            rows.push(vec![number.to_string(), step.to_owned(), here.to_string(), of_before]);
            before = Some(here);
        }
        let minutes = format!("{:.6}", minutes_per_use(run));
        rows.push(vec![number.to_string(), "minutes_per_use".to_owned(), minutes, String::new()]);
    }
    let header = ["replication", "funnel_step", "funnel_count", "of_step_before"];
    Some(rows_of("funnel.csv", &header, rows))
}
