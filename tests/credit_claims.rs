//! Claims on the credit insurer before a write-off, on the whole simulator: exact sums, recourse to the
//! patient, closed books; and the keys of the risk report: each does what it says.

use aftercare::credit::spec::{
    Bearer, Cover, CreditPolicy, CreditRecord, ExposureClass, Waterfall,
};
use aftercare::domain::{Fen, Ratio};
use aftercare::experiment::{self, Outcome, Setup, replicate};
use aftercare::ledger::Role;
use aftercare::report::{Lang, render};
use aftercare::risk::{RetailClass, RetailExposure, capital};
use aftercare::scenario::{self, Scenario};
use aftercare::sim::ArmResult;
use serde_json::Value;
use std::path::Path;

fn smoke() -> Scenario {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/smoke.toml");
    scenario::load(&path).expect("the smoke district")
}

/// The smoke district with many late payers, due in full, no instalments: a draw is late once at most.
fn district() -> Scenario {
    let mut scenario = smoke();
    scenario.baselines.truncate(1);
    let behaviour = &mut scenario.behaviour;
    behaviour.adoption.share_at_start = 0.6;
    behaviour.adoption.share_at_end = 0.6;
    behaviour.repayment.miss_due = 0.6;
    behaviour.repayment.roll = [0.7, 0.8, 0.8];
    behaviour.repayment.recover_after_write_off = 0.3;
    credit(&mut scenario).instalments = None;
    scenario
}

fn credit(scenario: &mut Scenario) -> &mut CreditPolicy {
    &mut scenario.policy.scheme.as_mut().expect("a scheme").credit
}

fn run(scenario: Scenario) -> (Setup, Outcome) {
    let setup = Setup::new(scenario, 3, 2, 4, None);
    let outcome = replicate(&setup, &mut |_| true).expect("balanced books");
    (setup, outcome)
}

fn policies(outcome: &Outcome) -> impl Iterator<Item = &ArmResult> {
    outcome.replications.iter().map(|run| run.arms.last().expect("a policy arm"))
}

/// A surety that pays the whole principal at so many days past due.
fn bond(claim_from_dpd: Option<u16>) -> Scenario {
    let mut scenario = district();
    let policy = credit(&mut scenario);
    policy.loss.insurer_share = Ratio::ONE;
    policy.loss.insurer_deductible = Fen::ZERO;
    policy.loss.insurer_limit_year = Fen::from_yuan(100_000_000);
    policy.loss.rest_weights = [1, 0, 0];
    policy.more.waterfall =
        Waterfall { cover: Cover::SuretyBond, claim_from_dpd, ..Waterfall::default() };
    scenario
}

/// The bond pays on day 61 exactly what the risk report saw enter 61–90 days past due; what patients pay
/// from then to the write-off comes back to it, so that it holds exactly what is written off; after that its
/// loss is the net loss, and the bank's is nothing. A bond that waits for the write-off ends at the same fen.
#[test]
fn a_bond_pays_on_claim_and_patients_money_comes_back_to_the_fen() {
    let (_, early) = run(bond(Some(61)));
    let (_, late) = run(bond(None));
    for (arm, waits) in policies(&early).zip(policies(&late)) {
        let (claims, total) = (arm.claims, arm.sums.risk.total());
        assert!(claims.filed > 50 && claims.back > Fen::ZERO, "{claims:?}");
        assert_eq!((claims.filed, claims.paid), (total.entered[2], total.principal[2]));
        assert_eq!(claims.paid - claims.back, arm.sums.written_off);
        let net = arm.sums.written_off - arm.sums.recovered;
        let mut expected = [Fen::ZERO; 5];
        expected[Bearer::Insurer as usize] = net;
        assert_eq!(arm.losses, expected);
        assert_eq!(arm.audit.total(Role::InsurerLoss), net, "the ledger says the same");
        assert_eq!(arm.audit.total(Role::ClaimAdvances), Fen::ZERO, "no claim stays open");
        assert_eq!((waits.losses, waits.claims.filed), (arm.losses, 0));
        assert_eq!(waits.sums.written_off, arm.sums.written_off, "a claim changes no conduct");
    }
}

/// Deductible, share and a yearly limit hold on claims as on losses; what the insurer does not bear the bank
/// does, and both sum to the net loss.
#[test]
fn what_a_claim_does_not_cover_stays_with_the_bank() {
    for (cover, limit) in [
        (Cover::SuretyBond, Fen::from_yuan(100_000_000)),
        (Cover::TradeCredit, Fen::from_yuan(100_000_000)),
        (Cover::TradeCredit, Fen::from_yuan(300)),
    ] {
        let mut scenario = bond(Some(91));
        let policy = credit(&mut scenario);
        policy.loss.insurer_share = Ratio::percent(80);
        policy.loss.insurer_deductible = Fen::from_yuan(10);
        policy.loss.insurer_limit_year = limit;
        policy.more.waterfall.cover = cover;
        let (_, outcome) = run(scenario);
        for arm in policies(&outcome) {
            let net = arm.sums.written_off - arm.sums.recovered;
            let of = |bearer: Bearer| arm.losses[bearer as usize];
            assert_eq!(of(Bearer::Insurer) + of(Bearer::Bank), net, "{cover:?}");
            assert_eq!(arm.audit.total(Role::BankLoss), of(Bearer::Bank));
            assert!(of(Bearer::Bank) > Fen::ZERO && arm.claims.paid <= limit, "{cover:?}");
            let most = Ratio::percent(80).of(arm.sums.risk.total().principal[3]);
            assert!(Fen::ZERO < arm.claims.paid && arm.claims.paid < most, "{:?}", arm.claims);
        }
    }
}

/// With instalments a draw can be late, cured and late again, and is looked at by several chains of days: it is
/// claimed once in its life, and the books close.
#[test]
fn a_draw_on_instalments_is_claimed_once() {
    let mut scenario = bond(Some(91));
    credit(&mut scenario).instalments = smoke().policy.scheme.expect("a scheme").credit.instalments;
    let (_, outcome) = run(scenario);
    for arm in policies(&outcome) {
        let total = arm.sums.risk.total();
        assert!(arm.claims.filed > 10 && arm.claims.filed <= total.entered[3]);
        assert_eq!(arm.claims.paid - arm.claims.back, arm.sums.written_off, "all was claimed");
        assert_eq!(arm.losses[Bearer::Bank as usize], Fen::ZERO);
    }
}

#[test]
fn the_right_record_is_named() {
    for (record, word) in [
        (CreditRecord::PublicPlatform, "public_platform"),
        (CreditRecord::CentralBank, "central_bank"),
        (CreditRecord::SchemeList, "scheme_list"),
    ] {
        let mut scenario = district();
        credit(&mut scenario).more.delinquency.record = record;
        let setup = Setup::new(scenario, 3, 1, 1, None);
        let outcome = replicate(&setup, &mut |_| true).expect("balanced books");
        let summary = experiment::summary(&setup, &outcome);
        assert_eq!(summary["credit"]["risk"]["reports_go_to"], word);
    }
}

/// Paths, draws followed, the curve's points, the first old band and the capital class come from the
/// scenario; the annex says class and correlation, and its K is the formula's at its own PD and LGD.
#[test]
fn the_keys_of_the_risk_report_do_what_they_say() {
    let annexed = |class: ExposureClass| {
        let mut scenario = bond(Some(61));
        let policy = credit(&mut scenario);
        policy.more.bank_annex = true;
        let report = &mut policy.more.report;
        report.irb_pd_floor = Some(Ratio::new(5, 10_000));
        report.exposure_class = class;
        (report.tail_paths, report.tail_draws) = (300, 200);
        report.curve = vec![Ratio::ONE, Ratio::new(7, 2)];
        report.old_from_years = 75;
        let (setup, outcome) = run(scenario);
        experiment::summary(&setup, &outcome)
    };
    let classes = [
        (ExposureClass::QualifyingRevolving, RetailClass::QualifyingRevolving, "合格循环零售"),
        (ExposureClass::OtherRetail, RetailClass::Other, "其他零售"),
    ];
    for (key, class, told) in classes {
        let summary = annexed(key);
        let risk = &summary["credit"]["risk"];
        assert_eq!(risk["loss_distribution"]["modelled"]["paths"], 300);
        let points = risk["loss_curve"]["points"].as_array().expect("points");
        let multiples: Vec<&Value> = points.iter().map(|point| &point["multiple"]).collect();
        assert_eq!(multiples, [&Value::from(1.0), &Value::from(3.5)]);
        let figure = |value: &Value| value.as_f64().expect("a figure");
        let curve = &risk["loss_curve"];
        let income = figure(&curve["income_yuan"]) + figure(&curve["avoided_hospital_loss_yuan"]);
        let even = figure(&curve["break_even_multiple"]) * figure(&points[0]["loss_yuan"]);
        assert!((even - income.max(0.0)).abs() < 1e-3 * even.max(1.0), "{even} {income}");
        let net = figure(&points[1]["net_yuan"]) - figure(&points[1]["loss_yuan"]);
        assert!((net + income).abs() < 0.05, "{net} {income}");
        assert_eq!(risk["fairness"][0]["group"], "age_75_plus");
        let annex = &risk["bank_annex"];
        let mean = |key: &str| risk[key]["mean"].as_f64().expect("a mean");
        assert!(mean("pd_per_draw") > 0.05, "far above the floor");
        let r = annex["irb_asset_correlation"].as_f64().expect("R");
        let formula = |pd: f64| {
            let exposure = RetailExposure { class, pd, pd_floor: 0.0, lgd: 1.0, ead: 1.0 };
            capital(&exposure).correlation
        };
        // Pooled over draws, so that the mean of two replications is near it only.
        assert!((r - formula(mean("pd_per_draw"))).abs() < 0.002, "{r}");
        assert!((class == RetailClass::Other) == (r < 0.039), "R falls towards 0.03: {r}");
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("summary.json"), summary.to_string()).expect("written");
        let page = |lang| render(folder.path(), lang).expect("a page").html;
        let (english, chinese) = (page(Lang::En), page(Lang::Zh));
        assert!(chinese.contains(told) && chinese.contains("向信用保险人的索赔"), "{told}");
        assert!(chinese.contains("75岁及以上") && english.contains("75 and over"));
        assert!(english.contains("Claims on the credit insurer before the write-off"));
    }
}

#[test]
fn wrong_keys_of_claims_and_report_are_told_with_place_and_way_out() {
    let smoke = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/smoke.toml");
    let load = |line: &str| scenario::load_with(&smoke, &[line.to_owned()]);
    for (line, told) in [
        ("credit.waterfall.claim_from_dpd_days = 180", "not before the write-off at 180 days"),
        ("credit.risk_report.old_from_age_years = 50", "one of 5, 15, 45, 60, 75"),
        ("credit.risk_report.loss_curve_multiples = []", "the loss curve has no point"),
        ("credit.risk_report.tail_paths = 0", "tail_paths"),
        ("credit.risk_report.exposure_class = \"mortgage\"", "exposure_class"),
    ] {
        let problems = load(line).expect_err("a mistake").to_string();
        assert!(problems.contains(told), "{line}: {problems}");
    }
    let read = load("credit.waterfall.claim_from_dpd_days = 91").expect("a sound file");
    let scheme = read.policy.scheme.expect("a scheme");
    assert_eq!(scheme.credit.more.waterfall.claim_from_dpd, Some(91));
}
