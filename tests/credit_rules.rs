//! Bearers of losses sum to the net loss to the fen whoever shares it; a family's shared line is never
//! overdrawn; reported roll rates are those of the scenario. Every rule off and on: `credit_switches`.

use aftercare::behaviour::spec::{LeverOdds, MoreBehaviour};
use aftercare::credit::spec::{Bearer, CreditPolicy, Layer, Waterfall};
use aftercare::domain::{Fen, Ratio, Refusal};
use aftercare::experiment::{Outcome, Setup, replicate};
use aftercare::scenario::{self, Scenario};
use aftercare::sim::ArmResult;
use aftercare::stats::Estimate;
use std::path::Path;

/// A rule that is switched on.
type Rule<'a> = &'a dyn Fn(&mut CreditPolicy);

const REPLICATIONS: u16 = 8;
const DAYS: u32 = 6;

/// The smoke district with many late payers, and people who react to what a scheme does.
fn district() -> Scenario {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/smoke.toml");
    let mut scenario = scenario::load(&path).expect("the smoke district");
    scenario.baselines.truncate(1);
    for site in &mut scenario.city.sites {
        site.in_scheme_from = Some(scenario.city.start);
    }
    let behaviour = &mut scenario.behaviour;
    behaviour.adoption.share_at_start = 0.6;
    behaviour.adoption.share_at_end = 0.6;
    behaviour.use_of_line.outpatient = 1.0;
    behaviour.repayment.miss_due = 0.6;
    behaviour.repayment.roll = [0.7, 0.8, 0.8];
    behaviour.repayment.recover_after_write_off = 0.3;
    behaviour.more.payers.strategic = 0.3;
    behaviour.more.payers.strained = 0.3;
    behaviour.more.levers = LeverOdds {
        reminder: 3.0,
        call: 2.0,
        penalty: 1.6,
        suspension: 2.0,
        report: 2.0,
        pursuit: 2.0,
        agreement: 1.0,
    };
    scenario
}

fn credit(scenario: &mut Scenario) -> &mut CreditPolicy {
    &mut scenario.policy.scheme.as_mut().expect("a scheme").credit
}

fn run(scenario: Scenario) -> Outcome {
    let setup = Setup::new(scenario, 3, REPLICATIONS, DAYS, None);
    replicate(&setup, &mut |_| true).expect("balanced books")
}

fn figures(outcome: &Outcome, of: impl Fn(&ArmResult) -> Fen) -> Vec<f64> {
    let arms = outcome.replications.iter().map(|run| run.arms.last().expect("a policy arm"));
    arms.map(|arm| of(arm).0 as f64).collect()
}

fn net_loss(arm: &ArmResult) -> Fen {
    arm.sums.written_off - arm.sums.recovered
}

fn bears(bearer: Bearer) -> impl Fn(&ArmResult) -> Fen {
    move |arm| arm.losses[bearer as usize]
}

/// `on` − `off`, replication by replication: the whole 95 % interval lies on the stated side of zero.
fn assert_moves(what: &str, off: &[f64], on: &[f64], falls: bool) {
    let differences: Vec<f64> = off.iter().zip(on).map(|(off, on)| on - off).collect();
    let [low, high] = Estimate::of(&differences).and_then(|e| e.ci95).expect("an interval");
    let stated = if falls { high < 0.0 } else { low > 0.0 };
    assert!(stated, "{what}: {low}..{high} fen, off {off:?}, on {on:?}");
}

#[test]
fn each_rule_of_loss_sharing_moves_the_loss_to_its_bearer() {
    let mut bank_only = district();
    credit(&mut bank_only).loss.insurer_share = Ratio::ZERO;
    credit(&mut bank_only).loss.rest_weights = [1, 0, 0];
    let off = run(bank_only.clone());
    let bank_alone = figures(&off, bears(Bearer::Bank));
    assert_eq!(bank_alone, figures(&off, net_loss), "the bank bears the net loss to the fen");
    let with = |change: &dyn Fn(&mut CreditPolicy)| {
        let mut scenario = bank_only.clone();
        change(credit(&mut scenario));
        run(scenario)
    };
    let all = Fen::from_yuan(100_000_000);
    let layer = |bearer| {
        move |policy: &mut CreditPolicy| {
            let share = Ratio::percent(40);
            let layer = Layer { bearer, share, limit_each: all, limit_year: all };
            policy.more.waterfall = Waterfall { layers: vec![layer], ..Waterfall::default() };
        }
    };
    let insurer = |policy: &mut CreditPolicy| {
        policy.loss.insurer_share = Ratio::percent(80);
        policy.loss.insurer_deductible = Fen::ZERO;
        policy.loss.insurer_limit_year = all;
        policy.more.waterfall.premium = Ratio::percent(1);
    };
    let rules: [(Bearer, Rule<'_>); 4] = [
        (Bearer::Insurer, &insurer),
        (Bearer::Hospital, &|policy| policy.loss.rest_weights = [1, 1, 0]),
        (Bearer::RiskPool, &layer(Bearer::RiskPool)),
        (Bearer::Guarantor, &layer(Bearer::Guarantor)),
    ];
    for (bearer, rule) in rules {
        let on = with(rule);
        let what = format!("{bearer:?}");
        assert_moves(&what, &bank_alone, &figures(&on, bears(Bearer::Bank)), true);
        assert_moves(&what, &figures(&off, bears(bearer)), &figures(&on, bears(bearer)), false);
        let whole = |arm: &ArmResult| arm.losses.iter().copied().sum();
        assert_eq!(
            figures(&on, whole),
            figures(&on, net_loss),
            "{what}: shares sum to the net loss"
        );
        if bearer == Bearer::Insurer {
            assert!(figures(&on, |arm| arm.premium).iter().all(|premium| *premium > 0.0));
        }
    }
    // Recoveries back to the insurer first: it bears less than in proportion, the bank more.
    let proportional = with(&insurer);
    let first = with(&|policy| {
        insurer(policy);
        policy.loss.insurer_share = Ratio::percent(80);
        policy.more.waterfall.recovery_order = vec![Bearer::Insurer];
    });
    let of = |outcome: &Outcome, bearer| figures(outcome, bears(bearer));
    let (then, now) = (of(&proportional, Bearer::Insurer), of(&first, Bearer::Insurer));
    assert_moves("recoveries to the insurer first", &then, &now, true);
    let (then, now) = (of(&proportional, Bearer::Bank), of(&first, Bearer::Bank));
    assert_moves("recoveries to the bank last", &then, &now, false);
}

/// Small limits and one line for a whole family: refusals for an exhausted limit come up, no line was ever
/// above its limit (the engine stops the program if one is), and the books are the same to the last
/// posting for one thread and for several.
#[test]
fn same_day_visits_of_sharing_families_never_overdraw_a_line() {
    let mut scenario = district();
    scenario.behaviour.adoption.share_at_start = 0.6;
    scenario.behaviour.adoption.share_at_end = 0.6;
    scenario.behaviour.use_of_line.outpatient = 1.0;
    for site in &mut scenario.city.sites {
        site.in_scheme_from = Some(scenario.city.start);
    }
    let policy = credit(&mut scenario);
    policy.more.relatives_may_be_bound = true;
    policy.limits.ceiling = Fen::from_yuan(300);
    policy.limits.floor = Fen::from_yuan(100);
    for tier in &mut policy.limits.tiers {
        tier.limit = Fen::from_yuan(300);
    }
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        let outcome = pool.install(|| {
            let setup = Setup::new(scenario.clone(), 5, 1, 6, None);
            replicate(&setup, &mut |_| true).expect("balanced books")
        });
        let run = outcome.replications.into_iter().next().expect("one run");
        (run.arms.last().expect("a policy arm").sums.clone(), run.pairs)
    };
    let (sums, pairs) = on(1);
    let exhausted = sums.refusals[Refusal::LimitExhausted as usize];
    assert!(exhausted > 0 && sums.draws > 1_000, "{exhausted} refusals, {} draws", sums.draws);
    for threads in [2, 5] {
        let (other, other_pairs) = on(threads);
        assert!(sums == other && pairs == other_pairs, "{threads} threads");
    }
}

/// Without differences between people and without reactions, the stages that the run reports roll at the
/// rates that the scenario gave: within four standard errors of a share of so many draws.
#[test]
fn reported_roll_rates_return_the_matrix_that_made_them() {
    let mut scenario = district();
    scenario.behaviour.more = MoreBehaviour::default();
    let repayment = &mut scenario.behaviour.repayment;
    (repayment.first_day, repayment.early) = (0.0, 0.0);
    (repayment.miss_due, repayment.heterogeneity, repayment.large_draw_odds) = (0.6, 0.0, 1.0);
    repayment.roll = [0.7, 0.6, 0.8];
    repayment.cure_90_plus = 0.3;
    credit(&mut scenario).instalments = None;
    credit(&mut scenario).more.bank_annex = true;
    let setup = Setup::new(scenario, 7, 2, 6, None);
    let outcome = replicate(&setup, &mut |_| true).expect("balanced books");
    let mut entered = [0_u64; 5];
    let mut draws = 0;
    for run in &outcome.replications {
        let total = run.arms.last().expect("a policy arm").sums.risk.total();
        draws += total.draws;
        for (sum, part) in entered.iter_mut().zip(total.entered) {
            *sum += part;
        }
    }
    let stages = [entered[0], entered[1], entered[2], entered[3]];
    let rows = [(0.7, 1), (0.6, 2), (0.8, 3), (0.7, 4)];
    for (expected, to) in rows {
        let (from, to) = (stages[to - 1] as f64, entered[to] as f64);
        let error = libm::sqrt(expected * (1.0 - expected) / from);
        assert!((to / from - expected).abs() < 4.0 * error, "{to} of {from}, expected {expected}");
    }
    let missed = entered[0] as f64 / draws as f64;
    let error = libm::sqrt(0.6 * 0.4 / draws as f64);
    assert!((missed - 0.6).abs() < 4.0 * error, "{missed} of {draws}");
    let answer = aftercare::experiment::summary(&setup, &outcome);
    let risk = &answer["credit"]["risk"];
    assert_eq!(risk["roll_matrix"]["states"].as_array().map(Vec::len), Some(6));
    assert!(risk["loss_distribution"]["modelled"]["value_at_risk"].is_string(), "{risk}");
    assert!(risk["bank_annex"]["ecl_stage_1_yuan"].as_f64().is_some_and(|ecl| ecl > 0.0));
    assert!(risk["loss_curve"]["break_even_default_rate"].is_number());
    assert_eq!(risk["fairness"].as_array().map(Vec::len), Some(2));
}
