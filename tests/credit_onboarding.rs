//! Applying for a line, on the whole simulator: waiting for approval and giving up, thin files, unsigned
//! commitments, people outside the gates who apply all the same; each refusal under its own name.

use aftercare::behaviour::spec::Applying;
use aftercare::credit::spec::{CreditPolicy, EligibilitySource};
use aftercare::domain::Refusal;
use aftercare::experiment::{Setup, replicate};
use aftercare::scenario::{self, Scenario};
use aftercare::sim::ArmResult;
use std::path::Path;

/// The smoke district; a fifth of the eligible have a line on the first day, three fifths on the last, all
/// sign up at home.
fn district() -> Scenario {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/smoke.toml");
    let mut scenario = scenario::load(&path).expect("the smoke district");
    scenario.baselines.truncate(1);
    let adoption = &mut scenario.behaviour.adoption;
    (adoption.share_at_start, adoption.share_at_end, adoption.at_desk_share) = (0.2, 0.6, 0.0);
    scenario
}

fn credit(scenario: &mut Scenario) -> &mut CreditPolicy {
    &mut scenario.policy.scheme.as_mut().expect("a scheme").credit
}

fn run(scenario: Scenario) -> ArmResult {
    let setup = Setup::new(scenario, 9, 1, 12, None);
    let outcome = replicate(&setup, &mut |_| true).expect("balanced books");
    let run = outcome.replications.into_iter().next().expect("one run");
    run.arms.into_iter().next_back().expect("a policy arm")
}

fn refused(arm: &ArmResult, word: Refusal) -> u64 {
    arm.sums.refusals[word as usize]
}

/// Within four standard errors of a share of so many.
fn assert_share(what: &str, part: u64, whole: u64, share: f64) {
    let got = part as f64 / whole as f64;
    let error = libm::sqrt(share * (1.0 - share) / whole as f64);
    assert!((got - share).abs() < 4.0 * error, "{what}: {part} of {whole}, expected {share}");
}

/// Nobody who had a line on the first day waits for it; of those who apply later 1 − 0.9⁵ give up in the
/// five days to the approval, and everybody else gets the line five days later.
#[test]
fn applicants_wait_for_the_approval_and_some_give_up() {
    let mut constant = district();
    constant.behaviour.adoption.share_at_end = 0.2;
    let first_day = run(constant).sums.opened;
    let at_once = run(district()).sums;
    assert_eq!(at_once.abandoned, 0);
    let waiting = |abandon_per_day: f64| {
        let mut scenario = district();
        credit(&mut scenario).more.onboarding.lead_days = 5;
        scenario.behaviour.more.applying = Applying { abandon_per_day, ..Applying::default() };
        run(scenario).sums
    };
    let applicants = at_once.opened - first_day;
    assert!(applicants > 1_000, "{applicants} of {}", at_once.opened);
    let patient = waiting(0.0);
    assert_eq!(patient.abandoned, 0);
    // Everybody gets the line, if after the last day, and uses it for fewer days.
    assert_eq!(patient.opened, at_once.opened);
    assert!(patient.draws < at_once.draws, "{} {}", patient.draws, at_once.draws);
    let impatient = waiting(0.1);
    assert_share("given up", impatient.abandoned, applicants, 1.0 - 0.9_f64.powi(5));
    assert_eq!(impatient.opened + impatient.abandoned, patient.opened);
}

#[test]
fn thin_files_and_unsigned_commitments_are_refused_at_their_shares_where_the_scheme_asks() {
    let applying = Applying { thin_file: 0.3, unsigned: 0.2, ..Applying::default() };
    let with = |change: &dyn Fn(&mut CreditPolicy)| {
        let mut scenario = district();
        scenario.behaviour.more.applying = applying;
        change(credit(&mut scenario));
        run(scenario)
    };
    let all = with(&|_| ()).sums.opened;
    let record = with(&|policy| {
        policy.more.onboarding.source = EligibilitySource::CentralBankRecord;
    });
    assert_share("thin", refused(&record, Refusal::ThinFile), all, 0.3);
    assert_eq!(record.sums.opened + refused(&record, Refusal::ThinFile), all);
    let pledge = with(&|policy| policy.more.onboarding.needs_commitment = true);
    assert_share("unsigned", refused(&pledge, Refusal::CommitmentNotSigned), all, 0.2);
    assert_eq!(refused(&pledge, Refusal::ThinFile), 0, "no record is looked up");
}

#[test]
fn people_outside_the_gates_who_apply_hear_the_gate_s_name() {
    let with = |unaware: f64| {
        let mut scenario = district();
        let gates = &mut credit(&mut scenario).eligibility;
        (gates.age_min, gates.age_max) = (23, 55);
        scenario.behaviour.more.applying = Applying { unaware, ..Applying::default() };
        run(scenario)
    };
    let (nobody, half) = (with(0.0), with(0.5));
    assert_eq!(refused(&nobody, Refusal::TooOldForScheme), 0);
    assert!(refused(&half, Refusal::TooOldForScheme) > 500, "{:?}", half.sums.refusals);
    assert_eq!(nobody.sums.opened, half.sums.opened, "no gate opens for asking");
    assert!(nobody.sums.ineligible[Refusal::TooOldForScheme as usize] > 2_000);
}
