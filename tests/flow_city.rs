//! What the rules of the hospital do to a city: the help desk's line, refunds to a credit line, work on paid
//! orders, the deposit ceiling. Facts of whole runs of the smoke district, never a pinned figure.

use aftercare::domain::{Fen, Ratio};
use aftercare::experiment::{Outcome, Setup, replicate, summary};
use aftercare::flow::spec::{PayWhen, Station};
use aftercare::flow::{End, PaymentPoint};
use aftercare::ledger::Role;
use aftercare::metrics::{Match, Times};
use aftercare::random::Distribution;
use aftercare::scenario::{self, DepositRule, Scenario, SchemeSpec};
use aftercare::sim::{
    ArmResult, Asked, Candidate, CommandTrace, Replication, RunPlan, VisitTrace, World, trace_visit,
};
use std::cell::Cell;
use std::path::Path;

fn smoke() -> Scenario {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/smoke.toml");
    scenario::load(&path).expect("the smoke district")
}

fn scheme(scenario: &mut Scenario) -> &mut SchemeSpec {
    scenario.policy.scheme.as_mut().expect("the smoke district has a scheme")
}

fn simulate(scenario: Scenario, days: u32) -> (Setup, Outcome) {
    let setup = Setup::new(scenario, 1, 1, days, None);
    let outcome = replicate(&setup, &mut |_| true).expect("a valid run");
    (setup, outcome)
}

fn one_run(scenario: Scenario, days: u32) -> Replication {
    simulate(scenario, days).1.replications.remove(0)
}

fn policy(run: &Replication) -> &ArmResult {
    run.arms.last().expect("a policy arm")
}

/// Visits matched with the first baseline, drawn on a line or not.
fn matched(run: &Replication) -> Match {
    let mut all = run.pairs.against[0][0];
    all.merge(&run.pairs.against[0][1]);
    all
}

/// The n-th visit that is accepted, in a scenario.
fn followed(scenario: &Scenario, n: u32, accept: impl Fn(&Candidate<'_>) -> bool) -> VisitTrace {
    let world = World::new(scenario, 1);
    let seen = Cell::new(0);
    let choose = |candidate: &Candidate<'_>| {
        accept(candidate) && {
            seen.set(seen.get() + 1);
            seen.get() > n
        }
    };
    let plan = RunPlan { replication: 1, days: 3, planted: None };
    trace_visit(&world, plan, &choose).expect("a valid run").expect("enough such visits")
}

/// The desk has few clerks and each sign-up takes long: its line is charged to the scheme to the
/// millisecond, and where there is no desk only its time is.
#[test]
fn the_line_at_the_help_desk_is_charged_to_the_scheme() {
    let with_desk = |desk: bool| {
        let mut scenario = smoke();
        scenario.city.demand.visits_per_person_year *= 4.0;
        scenario.behaviour.adoption.at_desk_share = 1.0;
        scenario.behaviour.adoption.share_at_end = 0.9;
        scheme(&mut scenario).flow.sign_up_s = Distribution::Deterministic { value: 900.0 };
        for level in &mut scenario.flow.levels {
            (level.lab_report_s, level.imaging_report_s) = (
                Distribution::Deterministic { value: 0.0 },
                Distribution::Deterministic { value: 0.0 },
            );
            if !desk {
                level.stations[Station::HelpDesk as usize].shifts = Vec::new();
            }
        }
        simulate(scenario, 3)
    };
    let ((setup, with), (_, without)) = (with_desk(true), with_desk(false));
    let Match { visits, baseline, policy: times } = matched(&with.replications[0]);
    assert!(visits > 500, "{visits} visits");
    assert_eq!((baseline.desk_ms, baseline.desk_queue_ms), (0, 0), "nobody is sent there");
    assert!(times.desk_queue_ms > 600_000, "{} ms in line", times.desk_queue_ms);
    let change = |of: fn(&Times) -> u64| of(&baseline).cast_signed() - of(&times).cast_signed();
    let explained =
        change(|t| t.payment_ms) + change(|t| t.clinical_wait_ms) + change(|t| t.desk_ms);
    assert_eq!(explained, change(|t| t.in_hospital_ms), "the line counts as time in hospital");

    let no_line = matched(&without.replications[0]).policy;
    assert_eq!(no_line.desk_queue_ms, 0);
    assert!(no_line.desk_ms > 0 && no_line.desk_ms < times.desk_ms);
    let answer = summary(&setup, &with);
    let desk = |key: &str, side: &str| {
        answer["help_desk"][key][side]["mean"].as_f64().expect("an estimate")
    };
    assert!(desk("visits", "policy") > 50.0 && desk("visits", "baseline") == 0.0);
    assert!(desk("wait_min_mean", "policy") > 1.0 && desk("staff_hours", "policy") > 0.0);
    assert!(desk("staff_hours", "baseline") == 0.0, "no clerk is counted where nobody comes");
}

fn legs_of<'c>(commands: impl Iterator<Item = &'c CommandTrace>, role: Role) -> Fen {
    let legs = commands.flat_map(|command| &command.postings);
    legs.filter(|leg| leg.role == role).map(|leg| leg.amount).sum()
}

/// Tests charged on a credit line and declined then: what was drawn for them goes back to the line, the
/// fund's part to the fund, and the patient walks to the window for it.
#[test]
fn a_refund_of_tests_goes_back_to_the_line_and_costs_a_trip() {
    let mut scenario = smoke();
    scheme(&mut scenario).flow.when = PayWhen::AtOrder;
    scheme(&mut scenario).flow.refund_trip_share = 1.0;
    let tests = PaymentPoint::Tests as u8;
    let mut drawn = Fen::ZERO;
    for n in [0, 5, 20] {
        let on_line = |candidate: &Candidate<'_>| candidate.granted & 1 << tests != 0;
        let trace = followed(&scenario, n, on_line);
        let arm = trace.arms.last().expect("the policy");
        if !arm.stops.declines_tests() || arm.outcome.end != End::Done {
            continue;
        }
        let of_tests = || arm.commands.iter().filter(|command| command.point == tests);
        let taken_back = of_tests().filter(|command| command.asked == Asked::Reverse).count();
        assert_eq!(taken_back, 1, "{:?}", arm.commands);
        let charge = of_tests().filter(|command| matches!(command.asked, Asked::Settle(_)));
        drawn += charge.map(|command| command.decision.line).sum::<Fen>();
        for role in of_tests().flat_map(|command| &command.postings).map(|leg| leg.role) {
            assert_eq!(legs_of(of_tests(), role), Fen::ZERO, "{} is as before", role.word());
        }
        let outcome = &arm.outcome;
        assert!(outcome.stops >= 1 && outcome.pay_walk_ms + outcome.pay_service_ms > 0);
        assert!(outcome.point_ms[PaymentPoint::Final as usize] <= outcome.exit_ms, "at the end");
    }
    assert!(drawn > Fen::ZERO, "something had been drawn on a line");

    let run = one_run(scenario.clone(), 3);
    scheme(&mut scenario).flow.refund_trip_share = 0.0;
    let never = one_run(scenario, 3);
    let (with, without) = (&policy(&run).sums, &policy(&never).sums);
    assert!(with.refund_trips > 20 && with.refund_trips == with.declined, "{with:?}");
    assert_eq!(without.refund_trips, 0);
    assert!(with.drawn < without.drawn, "{} and {}", with.drawn, without.drawn);
    let users = |run: &Replication| run.pairs.against[0][0].policy;
    assert!(users(&run).stops > users(&never).stops, "trips to the window");
    for arm in [policy(&run), policy(&never)] {
        assert_eq!(arm.audit.imbalance_fen(), 0);
        assert_eq!(arm.audit.total(Role::LineReceivable), Fen::ZERO, "every draw has ended");
        assert_eq!(arm.sums.drawn, arm.sums.repaid + arm.sums.written_off);
        assert_eq!(arm.sums.billed, -arm.audit.total(Role::HospitalIncome));
    }
}

/// Drugs that take ten minutes to pack from the payment on: time in hospital rises in every arm, by less than
/// those ten minutes, as the patient walks meanwhile; a test that must be booked delays in the same way.
#[test]
fn work_on_paid_orders_begins_with_the_payment_and_lengthens_visits() {
    let with = |packing_s: Option<f64>, booking_s: Option<f64>| {
        let mut scenario = smoke();
        let fixed = |value| Distribution::Deterministic { value };
        for level in &mut scenario.flow.levels {
            (level.drug_packing_s, level.test_booking_s) =
                (packing_s.map(fixed), booking_s.map(fixed));
        }
        matched(&one_run(scenario, 3))
    };
    let (off, packed, booked) =
        (with(None, None), with(Some(600.0), None), with(None, Some(600.0)));
    let minutes = |m: &Match, of: fn(&Match) -> Times| {
        of(m).in_hospital_ms as f64 / 60_000.0 / m.visits as f64
    };
    for of in [(|m: &Match| m.baseline) as fn(&Match) -> Times, |m| m.policy] {
        let more = minutes(&packed, of) - minutes(&off, of);
        assert!(more > 2.0 && more < 10.0, "{more} minutes a visit for packing");
        let more = minutes(&booked, of) - minutes(&off, of);
        assert!(more > 0.2 && more < 10.0, "{more} minutes a visit for booking");
    }
}

/// The 2025 ceiling, the mean personal part of like stays, over the sum that hospitals asked before: less cash is left and locked, and fewer patients are turned away for want of it.
#[test]
fn the_ceiling_of_2025_locks_less_cash_and_turns_fewer_away() {
    let mut scenario = smoke();
    scenario.city.demand.admissions_per_person_year *= 5.0;
    let means = scenario.inpatient.means.as_mut().expect("means");
    means.months = Distribution::Exponential { mean: 1.5 };
    scenario.city.sites.iter_mut().for_each(|site| site.beds *= 8);
    let DepositRule::Amount { by_level: usual } = scenario.baselines[0].deposit else {
        panic!("the baseline asks a sum by level")
    };
    scenario.policy = scenario::ArmSpec {
        name: "ceiling".into(),
        deposit: DepositRule::ShareOfExpectedPersonPart { share: Ratio::ONE, usual: Some(usual) },
        ..scenario.baselines[0].clone()
    };
    let run = one_run(scenario, 4);
    let (free, ceiling) = (&run.arms[0].sums, &policy(&run).sums);
    assert!(free.inpatient.admissions > 30, "{:?}", free.inpatient);
    let a_stay = |sums: &aftercare::metrics::ArmSums| {
        sums.deposits.0 / sums.inpatient.admissions.cast_signed()
    };
    assert!(ceiling.deposits > Fen::ZERO && a_stay(ceiling) < a_stay(free));
    assert!(ceiling.inpatient.locked_fen_days < free.inpatient.locked_fen_days);
    assert!(ceiling.inpatient.turned_away < free.inpatient.turned_away, "{:?}", ceiling.inpatient);
    assert!(ceiling.inpatient.admissions > free.inpatient.admissions);
}

/// An item worth nothing is given back by everybody: bills are cancelled and settled again as they were, so what
/// patients lack and what their lines might have borne of it stay to the fen.
#[test]
fn a_bill_that_is_settled_again_stands_once_beside_what_the_line_excludes() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/dalian_2022.toml");
    let needs = |visits: f64| {
        let hand = "inpatient.means.at_once={ fixed = { value_months = 0.05 } }".to_owned();
        let other = scenario::load_with(&path, &[hand]).expect("a scheme that excludes some costs");
        let mut town = smoke();
        town.baselines.truncate(1);
        town.policy.scheme = other.policy.scheme;
        town.behaviour.more.other_finance = other.behaviour.more.other_finance;
        town.inpatient = other.inpatient;
        let adoption = &mut town.behaviour.adoption;
        (adoption.share_at_start, adoption.share_at_end) = (1.0, 1.0);
        town.behaviour.use_of_line.outpatient = 0.0;
        let item = Ratio::new(0, 1);
        town.refunds = Some(scenario::RefundSpec { visits, item, in_place: 1.0 });
        let run = one_run(town, 3);
        (policy(&run).sums.finance.need, policy(&run).sums.refunds.visits)
    };
    let ((never, none), (always, refunds)) = (needs(0.0), needs(1.0));
    assert!(none == 0 && refunds > 500, "{refunds} refunds");
    assert!(never[0].bills > 0 && never[0].met_bills > 0, "{never:?}");
    assert_eq!(never, always);
}
