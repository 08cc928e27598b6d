//! What must be true of a whole run, whatever its numbers: where savings come from, that nobody is lost,
//! that the books close. On the smoke district, changed as each question needs.

use aftercare::city::WantKind;
use aftercare::credit::spec::CreditPolicy;
use aftercare::domain::{Fen, InsuranceScheme, Refusal};
use aftercare::experiment::{Outcome, Setup, replicate, summary};
use aftercare::flow::spec::{FreedWindows, PayWhen, Station};
use aftercare::flow::{DayStats, Down, Payer, PaymentPoint};
use aftercare::ledger::Role;
use aftercare::metrics::{ArmDay, HISTOGRAM_FROM_MIN, HISTOGRAM_STEP_MIN, Match, Times};
use aftercare::random::Distribution;
use aftercare::scenario::{self, DepositRule, InpatientSpec, OutageSpec, Scenario, SchemeSpec};
use aftercare::sim::{ArmResult, Replication, World};
use std::path::Path;

const NOTHING: Distribution = Distribution::Deterministic { value: 0.0 };

/// The smoke district.
fn smoke() -> Scenario {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/smoke.toml");
    scenario::load(&path).expect("the smoke district")
}

fn simulate(scenario: Scenario, replications: u16, days: u32) -> (Setup, Outcome) {
    let setup = Setup::new(scenario, 1, replications, days, None);
    let outcome = replicate(&setup, &mut |_| true).expect("a valid run");
    (setup, outcome)
}

fn one_run(scenario: Scenario, days: u32) -> Replication {
    simulate(scenario, 1, days).1.replications.remove(0)
}

fn scheme(scenario: &mut Scenario) -> &mut SchemeSpec {
    scenario.policy.scheme.as_mut().expect("the smoke district has a scheme")
}

fn policy(scenario: &mut Scenario) -> &mut CreditPolicy {
    &mut scheme(scenario).credit
}

fn last(run: &Replication) -> &ArmResult {
    run.arms.last().expect("a policy arm")
}

/// Matched visits of every kind against one baseline: visits that drew, others, stays.
fn pairs(run: &Replication, baseline: usize) -> [Match; 3] {
    let [drew, others] = run.pairs.against[baseline];
    [drew, others, run.pairs.stays[baseline]]
}

/// Time with doctors, on the way and waiting for reports: all that is no queue, payment or desk.
fn clinical_ms(times: &Times) -> u64 {
    times.in_hospital_ms - times.payment_ms - times.clinical_wait_ms - times.desk_ms
}

/// Walk, queue and service of every payment cost nothing, on the phone, at desks and at sign-up too.
fn make_paying_free(scenario: &mut Scenario) {
    for level in &mut scenario.flow.levels {
        level.payment_walk_s = NOTHING;
        for station in [Station::Cashier, Station::Kiosk, Station::DischargeDesk] {
            level.stations[station as usize].service_s = NOTHING;
        }
    }
    let arms = scenario.baselines.iter_mut().chain([&mut scenario.policy]);
    for arm in arms {
        arm.regime.channels.phone_s = NOTHING;
        arm.regime.channels.insured_window_extra_s = 0.0;
    }
    scheme(scenario).flow.sign_up_s = NOTHING;
    scheme(scenario).flow.help_s = NOTHING;
}

#[test]
fn where_paying_takes_no_time_nothing_is_saved() {
    let mut scenario = smoke();
    make_paying_free(&mut scenario);
    let run = one_run(scenario, 4);
    for baseline in 0..2 {
        for matched in pairs(&run, baseline) {
            let Match { visits, baseline, policy } = matched;
            assert!(visits > 10, "{visits} matched visits");
            let stops = policy.stops;
            assert_eq!(Times { stops, ..baseline }, policy, "every time of every visit is alike");
            assert_eq!(policy.payment_ms, 0);
        }
    }
    let [drew, _, _] = pairs(&run, 0);
    assert!(drew.policy.stops < drew.baseline.stops, "stops were removed all the same");
    let zero = usize::try_from(-HISTOGRAM_FROM_MIN / HISTOGRAM_STEP_MIN).expect("a bin");
    for class in run.pairs.histogram {
        assert_eq!(class.iter().sum::<u64>(), class[zero], "no single visit saved or lost time");
    }
}

/// Time saved = payments saved + clinical queues saved − sign-up and help, to the millisecond, when
/// reports come at once; else a patient who gets through a queue sooner waits longer for the report,
/// and that, never anything else, is the difference.
#[test]
fn savings_are_explained_to_the_millisecond_but_for_waits_for_reports() {
    let mut at_once = smoke();
    for level in &mut at_once.flow.levels {
        (level.lab_report_s, level.imaging_report_s) = (NOTHING, NOTHING);
    }
    for exact in [true, false] {
        let scenario = if exact { at_once.clone() } else { smoke() };
        let (setup, outcome) = simulate(scenario, 3, 4);
        for run in &outcome.replications {
            for baseline in 0..2 {
                assert_explained(&pairs(run, baseline), exact);
            }
        }
        let answer = summary(&setup, &outcome);
        let check = |key: &str| &answer["queue"]["check"][key];
        let mean = |key: &str| check(key)["mean"].as_f64().expect("a number");
        let ends: Vec<f64> = check("simulated_min")["ci95"]
            .as_array()
            .expect("an interval")
            .iter()
            .map(|end| end.as_f64().expect("a number"))
            .collect();
        let explained = mean("explained_min");
        assert!(ends[0] <= explained && explained <= ends[1], "{explained} outside {ends:?}");
        let off = explained - mean("simulated_min");
        println!("{off} minutes a visit are waits for reports");
        assert!(off.abs() < if exact { 2e-6 } else { 0.1 }, "{off} minutes are not explained");
    }
}

fn assert_explained(matched: &[Match], exact: bool) {
    for Match { visits, baseline, policy } in matched {
        let change = |of: fn(&Times) -> u64| of(baseline).cast_signed() - of(policy).cast_signed();
        let explained = change(|times| times.payment_ms)
            + change(|times| times.clinical_wait_ms)
            + change(|times| times.desk_ms);
        let reports = change(clinical_ms);
        assert_eq!(explained + reports, change(|times| times.in_hospital_ms));
        if exact {
            assert_eq!(reports, 0, "programs are alike in every arm: {visits} visits");
        }
    }
}

#[test]
fn a_policy_that_is_its_own_baseline_changes_nothing() {
    let mut scenario = smoke();
    let name = scenario.policy.name.clone();
    scenario.policy = aftercare::scenario::ArmSpec { name, ..scenario.baselines[0].clone() };
    let run = one_run(scenario, 5);
    let [drew, others, stays] = pairs(&run, 0);
    assert_eq!(drew, Match::default(), "nobody draws without a scheme");
    assert!(others.visits > 1_000 && stays.visits > 5);
    assert_eq!(others.baseline, others.policy);
    assert_eq!(stays.baseline, stays.policy);
    let (baseline, policy) = (&run.arms[0], last(&run));
    assert_eq!(baseline.audit.totals(), policy.audit.totals());
    assert_eq!(baseline.stations, policy.stations);
    for (before, after) in baseline.days.iter().zip(&policy.days) {
        assert!(after.matched > 100 && after.saved_ms == 0, "{after:?}");
        assert_eq!(*before, ArmDay { matched: 0, ..*after });
    }
    let sums = |arm: &ArmResult| (arm.sums.claims, arm.sums.billed, arm.sums.requests);
    assert_eq!(sums(baseline), sums(policy));
    for cell in &run.pairs.cells {
        assert_eq!(cell.baseline, cell.policy);
    }
}

/// Wants of a run: outpatient and emergency visits, admissions.
fn wants(scenario: &Scenario, days: u32) -> (u64, u64) {
    let world = World::new(scenario, 1);
    let mut wants = Vec::new();
    let mut counted = (0, 0);
    for day in 0..days {
        wants.clear();
        let groups = 0..world.city.groups();
        world.demand.wants(&world.city, world.philox, 1, day, groups, &mut wants);
        let stays = wants.iter().filter(|want| want.kind == WantKind::Admission).count() as u64;
        counted.0 += wants.len() as u64 - stays;
        counted.1 += stays;
    }
    counted
}

/// What became of the wants of an arm: done, left in a queue, admitted, still waiting at the end.
fn fates(arm: &ArmResult, wanted: (u64, u64)) -> (u64, u64) {
    let sum = |of: fn(&ArmDay) -> u64| arm.days.iter().map(of).sum::<u64>();
    let stays = &arm.sums.inpatient;
    let ended =
        sum(|day| day.visits) + sum(|day| day.admissions) + sum(|day| day.reneged) + stays.gave_up;
    let all = wanted.0 + wanted.1;
    assert!(ended <= all, "{ended} of {all} wants ended: somebody was counted twice");
    // Whoever was turned away for want of the deposit comes back after the fifth day.
    let waiting = arm.days.last().map_or(0, |day| day.spilled + day.no_bed);
    (all - ended, waiting + stays.turned_away - stays.gave_up)
}

#[test]
fn nobody_who_wants_care_is_lost_in_any_arm() {
    for (beds, patience_s) in [(60, 9_000.0), (1, 9_000.0), (4, 120.0)] {
        let mut scenario = smoke();
        let hospitals = scenario.city.sites.iter_mut().filter(|site| site.beds > 0);
        hospitals.for_each(|site| site.beds = beds);
        let patience = Distribution::Deterministic { value: patience_s };
        scenario.flow.levels.iter_mut().for_each(|level| level.patience_s = patience.clone());
        let wanted = wants(&scenario, 5);
        let run = one_run(scenario, 5);
        let mut undone = Vec::new();
        for arm in &run.arms {
            let (left, waiting) = fates(arm, wanted);
            assert!(
                left <= waiting,
                "{left} undone, but only {waiting} were put off on the last day"
            );
            undone.push(left);
        }
        let (most, all) = (undone.iter().max().copied(), undone.iter().sum::<u64>());
        assert!(most <= Some(run.left_undone) && run.left_undone <= all, "{undone:?}, {run:?}");
        let reneged: u64 = last(&run).days.iter().map(|day| day.reneged).sum();
        assert_eq!(reneged > 0, patience_s < 1_000.0, "{reneged} left a queue");
    }
}

#[test]
fn one_bed_makes_admissions_wait_and_says_so() {
    let mut scenario = smoke();
    scenario.inpatient = InpatientSpec::default();
    let plenty = one_run(scenario.clone(), 6);
    let hospitals = scenario.city.sites.iter_mut().filter(|site| site.beds > 0);
    hospitals.for_each(|site| site.beds = 1);
    let (setup, outcome) = simulate(scenario, 1, 6);
    let short = &outcome.replications[0];
    let waited = |run: &Replication| last(run).days.iter().map(|day| day.no_bed).sum::<u64>();
    let admitted = |run: &Replication| last(run).days.iter().map(|day| day.admissions).sum::<u64>();
    assert_eq!(waited(&plenty), 0);
    assert!(waited(short) > 20, "{} waited", waited(short));
    assert!(admitted(short) < admitted(&plenty) / 2);
    assert!(last(short).days.iter().all(|day| day.admissions <= 2), "two hospitals, a bed each");
    let answer = summary(&setup, &outcome);
    let counted = &answer["approximations"];
    assert_eq!(counted["admission_waited_for_a_bed"]["mean"], waited(short) as f64);
    assert_eq!(counted["left_undone_after_last_day"]["mean"], short.left_undone as f64);
}

/// A desk that is closed when the patient comes sends him home: the bed must be there the next morning.
#[test]
fn a_closed_admission_desk_does_not_keep_the_bed() {
    let mut scenario = smoke();
    scenario.inpatient = InpatientSpec::default();
    scenario.city.demand.admissions_per_person_year *= 5.0;
    scenario.city.demand.stay_days = Distribution::Deterministic { value: 4.0 };
    let hospitals = scenario.city.sites.iter_mut().filter(|site| site.beds > 0);
    hospitals.for_each(|site| site.beds = 2);
    for level in &mut scenario.flow.levels {
        let shifts = &mut level.stations[Station::AdmissionDesk as usize].shifts;
        shifts.truncate(1);
        (shifts[0].from_ms, shifts[0].to_ms) = (27_000_000, 30_600_000);
    }
    let run = one_run(scenario, 2);
    let [first, second] = [0, 1].map(|day| last(&run).days[day]);
    assert!(first.spilled > 0 && first.admissions < 4, "came before half past seven: {first:?}");
    // Whoever waited comes back between half past seven and half past eight, when the desk is open.
    assert_eq!(first.admissions + second.admissions, 4, "two hospitals, two beds each: {second:?}");
}

/// Nobody has a fen: elective patients are turned away where a deposit is asked, none where it is waived,
/// and emergencies are in bed everywhere, in extra ones too.
#[test]
fn want_of_a_deposit_turns_elective_patients_away_and_never_an_emergency() {
    let mut scenario = smoke();
    let means = scenario.inpatient.means.as_mut().expect("means");
    means.months = NOTHING;
    scenario.inpatient.taken_at_start = 1.0;
    scenario.inpatient.emergency_share = 0.5;
    scenario.city.demand.admissions_per_person_year *= 5.0;
    scenario.policy.deposit = DepositRule::None;
    let run = one_run(scenario, 5);
    for arm in &run.arms {
        let ward = arm.stations.iter().fold((0, 0, 0, 0), |sum, level| {
            let ward = &level.ward;
            let beds = (sum.2 + ward.census, sum.3 + ward.bed_days);
            (sum.0 + ward.emergencies, sum.1 + ward.extra_beds, beds.0, beds.1)
        });
        let stays = &arm.sums.inpatient;
        assert!(ward.0 > 0 && ward.1 > 0, "emergencies and extra beds: {ward:?}");
        assert!(ward.2 * 2 > ward.3, "the first day's patients leave over weeks: {ward:?}");
        let asked = !matches!(arm.sums.inpatient.turned_away, 0);
        let waived = std::ptr::eq(arm, last(&run));
        assert_eq!(asked, !waived, "{stays:?}");
        if asked {
            assert_eq!(stays.admissions, ward.0 + stays.on_line, "only emergencies are admitted");
            assert!(stays.gave_up < stays.turned_away, "some come back: {stays:?}");
        }
    }
}

/// Cash is locked from the admission to the discharge, and topped up or paid in stages as the stay goes on.
#[test]
fn deposits_are_held_topped_up_and_handed_back() {
    let mut scenario = smoke();
    scenario.inpatient.means = None;
    scenario.inpatient.emergency_share = 0.0;
    scenario.inpatient.top_up = None;
    scenario.inpatient.staged_every_days = None;
    let small = DepositRule::Amount { by_level: [Fen::from_yuan(300); 3] };
    for arm in scenario.baselines.iter_mut().chain([&mut scenario.policy]) {
        arm.deposit = small;
    }
    scenario.city.demand.stay_days = Distribution::Deterministic { value: 6.0 };
    let plain = one_run(scenario.clone(), 4);
    scenario.inpatient = InpatientSpec {
        top_up: smoke().inpatient.top_up,
        staged_every_days: Some(2),
        ..scenario.inpatient
    };
    let paid = one_run(scenario, 4);
    for (before, after) in plain.arms.iter().zip(&paid.arms) {
        let (plain, paid) = (&before.sums.inpatient, &after.sums.inpatient);
        assert_eq!((plain.top_ups, plain.staged, plain.paid_on_the_way), (0, 0, Fen::ZERO));
        let six_days = 6 * before.sums.deposits.0;
        assert!(plain.locked_fen_days >= six_days, "six days each, more where a desk was closed");
        assert!(plain.locked_fen_days <= six_days * 7 / 6);
        assert!(paid.top_ups + paid.staged > 0 && paid.locked_fen_days > plain.locked_fen_days);
        let more = after.sums.deposits - before.sums.deposits;
        assert_eq!(paid.paid_on_the_way, more, "deposits are those of admission and on the way");
    }
}

/// An hour without core or network in the morning peak sends payers to windows, in every arm.
#[test]
fn an_outage_sends_payers_to_windows_and_they_queue() {
    let mut scenario = smoke();
    scenario.city.demand.visits_per_person_year *= 5.0;
    let quiet = one_run(scenario.clone(), 3);
    for down in [Down::Core, Down::Network] {
        let hour = 3_600_000;
        scenario.outages = vec![OutageSpec {
            date: scenario.city.start + 1,
            from_ms: 9 * hour,
            to_ms: 11 * hour,
            down,
            window_extra_ms: 60_000,
            sites: Vec::new(),
        }];
        let run = one_run(scenario.clone(), 3);
        for (before, after) in quiet.arms.iter().zip(&run.arms) {
            let total = |arm: &ArmResult| {
                let mut total = arm.stations[0];
                for level in &arm.stations[1..] {
                    total.merge(level);
                }
                total
            };
            let (usual, outage) = (total(before), total(after));
            assert_eq!((usual.outage.outages, usual.outage.payments), (0, 0));
            assert_eq!(outage.outage.outages, 3, "three sites, one day");
            assert!(outage.outage.visits > 50 && outage.outage.recovery_max_ms > 0);
            let cashier = Station::Cashier as usize;
            let waits = |stats: &DayStats| stats.stations[cashier].wait_sum_ms;
            assert!(waits(&outage) > waits(&usual), "{down:?}: lines at windows are longer");
        }
        let drawn = |run: &Replication| (last(run).days[1].drawn, last(run).sums.drawn);
        let (usual, outage) = (drawn(&quiet), drawn(&run));
        assert!(outage.0 < usual.0 && outage.1 < usual.1, "{down:?}: {outage:?} and {usual:?}");
        let conflicts = last(&run).sums.stop_conflicts;
        assert!(conflicts * 50 < last(&run).sums.claims, "{down:?}: {conflicts} conflicts");
    }
}

/// The same people decline their tests at the price, and fetch a refund where it was charged first.
#[test]
fn second_thoughts_skip_the_tests_or_cost_a_trip() {
    let mut scenario = smoke();
    scenario.policy.scheme = None;
    scenario.policy.regime.when = PayWhen::AtOrder;
    scenario.policy.regime.refund_trip_share = 0.3;
    scenario.baselines[0].regime.price_decline_share = 0.3;
    let run = one_run(scenario, 3);
    let [by_hand, windows, charged] = [0, 1, 2].map(|arm| &run.arms[arm].sums);
    assert_eq!((windows.declined, windows.refund_trips), (0, 0));
    assert!(by_hand.declined > 50 && by_hand.refund_trips == 0);
    assert!(charged.declined > 50 && charged.refund_trips == charged.declined);
    let nearly = charged.declined.abs_diff(by_hand.declined) * 20 < by_hand.declined;
    assert!(nearly, "{} and {}: the same people", charged.declined, by_hand.declined);
    assert!(by_hand.billed < windows.billed, "tests not taken are not paid");
}

/// The books run on until every draw is repaid or written off, and what was drawn is one or the other.
#[test]
fn after_the_run_out_every_balance_is_closed() {
    for (when, miss_due) in [(PayWhen::OnceAtEnd, 0.2), (PayWhen::AtOrder, 0.9)] {
        let mut scenario = smoke();
        scheme(&mut scenario).flow.when = when;
        scenario.behaviour.repayment.miss_due = miss_due;
        scenario.behaviour.repayment.recover_after_write_off = 0.5;
        scenario.behaviour.window_arrears.emergency_share = 0.6;
        let impatient = Distribution::Exponential { mean: 300.0 };
        scenario.flow.levels.iter_mut().for_each(|level| level.patience_s = impatient.clone());
        let run = one_run(scenario, 5);
        for arm in &run.arms {
            assert_closed(arm);
        }
        let arm = last(&run);
        assert!(arm.sums.draws > 20 && arm.sums.written_off > Fen::ZERO, "{:?}", arm.sums);
        assert!(arm.sums.arrears > Fen::ZERO && arm.sums.arrears_written_off > Fen::ZERO);
        assert!(arm.sums.arrears_written_off < arm.sums.arrears, "half is paid in time");
        let borne: Fen = arm.losses.iter().copied().sum();
        assert!(arm.sums.recovered > Fen::ZERO);
        assert_eq!(borne, arm.sums.written_off - arm.sums.recovered, "every net loss has a bearer");
        assert!(arm.losses.iter().all(|&part| part >= Fen::ZERO), "{:?}", arm.losses);
    }
}

fn assert_closed(arm: &ArmResult) {
    let total = |role| arm.audit.total(role);
    let closing =
        [Role::LineReceivable, Role::HospitalReceivable, Role::HospitalDeposits, Role::Recovered];
    for role in closing {
        assert_eq!(total(role), Fen::ZERO, "{}", role.word());
    }
    let bearers = [
        Role::InsurerLoss,
        Role::HospitalLoss,
        Role::RiskPoolLoss,
        Role::BankLoss,
        Role::GuarantorLoss,
    ];
    assert_eq!(bearers.map(total), arm.losses, "the books say who bears what");
    let sums = &arm.sums;
    assert_eq!(sums.drawn, sums.repaid + sums.written_off, "a draw is repaid or written off");
    assert_eq!(sums.billed, -total(Role::HospitalIncome), "bills are the hospitals' income");
    assert_eq!(arm.audit.imbalance_fen(), 0);
    assert_eq!(arm.audit.totals().iter().sum::<i64>(), 0);
}

/// Whoever walks to pay in the time of phones walked in the time of windows too: person by person, point
/// by point, and so in the sums.
#[test]
fn phones_only_remove_stops() {
    let scenario = smoke();
    let world = World::new(&scenario, 1);
    let mut removed = 0;
    for (index, person) in (0_u32..).zip(&world.city.people) {
        for (site, place) in world.city.sites.iter().enumerate() {
            let stops = [0, 1].map(|arm| {
                let arm = &world.arms[arm];
                let payer = Payer {
                    age_band: person.age_band() as u8,
                    level: place.level,
                    site_takes_phone: arm.site_takes_phone[site],
                    registered_ahead: false,
                    phone_word: u32::from(person.phone) << 16,
                    insured: person.scheme() != InsuranceScheme::Uninsured,
                };
                let luck = |point| {
                    let [kiosk, failure, ..] = world.philox.words([index, u32::from(point), 0, 0]);
                    [kiosk, failure]
                };
                arm.regime.stops(payer, 0b111_1111, luck)
            });
            for point in PaymentPoint::ALL {
                let trips = stops.map(|stops| stops.get(point).station().is_some());
                assert!(!trips[0] || trips[1], "person {index} at {}: {point:?}", place.name);
                removed += u32::from(trips[1] && !trips[0]);
            }
        }
    }
    assert!(removed > 10_000, "{removed} stops removed");
    let run = one_run(scenario, 3);
    let per_visit = |baseline: usize| {
        let [drew, others, _] = pairs(&run, baseline);
        let stops = drew.baseline.stops + others.baseline.stops;
        stops as f64 / (drew.visits + others.visits) as f64
    };
    assert!(per_visit(1) > per_visit(0) + 0.5, "{} and {}", per_visit(1), per_visit(0));
}

/// What each use of the freed windows does to visits that draw on no line, in minutes a visit under the
/// policy: payment, and queues of clinics and desks. Kept: users leave the lines at windows shorter for the
/// others. Closed: the same clerks are missing there. Sent to registration: they are missing too, and what
/// is gained is gained in other lines.
#[test]
fn what_becomes_of_freed_windows_falls_on_those_who_do_not_take_part() {
    let busy = |freed: FreedWindows| {
        let mut scenario = smoke();
        scenario.city.demand.visits_per_person_year *= 10.0;
        scheme(&mut scenario).flow.freed_windows = freed;
        for site in &mut scenario.city.sites {
            site.in_scheme_from = Some(scenario.city.start);
        }
        let run = one_run(scenario, 3);
        let [drew, others, _] = pairs(&run, 0);
        assert!(drew.visits > 1_000 && others.visits > 1_000);
        let a_visit = |ms: u64| ms as f64 / 60_000.0 / others.visits as f64;
        let Match { baseline, policy, .. } = others;
        let sides = [baseline, policy];
        sides.map(|times| [a_visit(times.payment_ms), a_visit(times.clinical_wait_ms)])
    };
    let moved_share = 0.3;
    let to = Station::Registration;
    let [before, kept] = busy(FreedWindows::Kept);
    let [_, closed] = busy(FreedWindows::Closed { moved_share });
    let [_, away] = busy(FreedWindows::Redeployed { moved_share, to });
    println!("payment and other queues of others: {before:?}, {kept:?}, {closed:?}, {away:?}");
    assert!(kept[0] < before[0], "others pay sooner where windows are kept");
    assert!(closed[0] > kept[0] + 0.05, "others pay later where they are closed");
    assert!(away[0] > kept[0] + 0.05, "and where the clerks work elsewhere");
    assert!(away[1] < closed[1], "but registration is then quicker for them");
}

#[test]
fn payers_who_never_pay_lose_their_lines_and_benefits() {
    let mut scenario = smoke();
    let repayment = &mut scenario.behaviour.repayment;
    (repayment.first_day, repayment.early, repayment.miss_due) = (0.0, 0.0, 1.0);
    repayment.roll = [1.0; 3];
    repayment.cure_90_plus = 0.0;
    scenario.city.demand.visits_per_person_year *= 3.0;
    let credit = policy(&mut scenario);
    credit.instalments = None;
    credit.sanctions.cancel_after_missed = 1;
    credit.sanctions.blacklist_from_dpd = Some(2);
    credit.sanctions.freeze_from_dpd = 1;
    let run = one_run(scenario, 14);
    let arm = last(&run);
    let refused = |word: Refusal| arm.sums.refusals[word as usize];
    assert!(arm.sums.cancelled > 0 && arm.sums.blacklisted > 0, "{:?}", arm.sums);
    for word in [Refusal::LineFrozen, Refusal::LineCancelled, Refusal::BenefitsSuspended] {
        assert!(refused(word) > 0, "nobody heard {}", word.word());
    }
    assert_eq!(arm.sums.written_off, arm.sums.drawn, "who never pays costs all that was drawn");
    assert_eq!(arm.dpd90_accounts, arm.used);
    assert!(run.arms[0].sums.refusals.iter().all(|&count| count == 0), "no line, no word");
}

/// A line that covers part of a stay is used as far as it goes, and whoever has it leaves no deposit.
#[test]
fn deposits_fall_where_a_line_stands_behind_the_stay() {
    let mut scenario = smoke();
    scenario.behaviour.adoption.share_at_start = 0.6;
    scenario.behaviour.adoption.share_at_end = 0.6;
    let run = one_run(scenario, 7);
    let (before, after) = (run.arms[0].sums.deposits, last(&run).sums.deposits);
    assert!(after < before && after > Fen::ZERO, "{before} before, {after} after");
    assert_eq!(last(&run).sums.refusals[Refusal::AmountNotPositive as usize], 0);
}
