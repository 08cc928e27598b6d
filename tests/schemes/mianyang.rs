//! Mianyang: 18 and more, at least 3,000 yuan, outpatients, each step charged, 56 days.

use super::town::*;
use aftercare::domain::{Fen, Refusal};

#[test]
fn the_outpatient_limit_is_at_least_3000() {
    let base = sums(town("mianyang", &[]), 1);
    assert!(base.limit_total >= Fen::from_yuan(3_000 * base.opened as i64));
    let keys = [
        "credit.limits.tiers=[{ score_from = 540, limit_yuan = 2000 }]",
        "credit.limits.floor_yuan=2000",
    ];
    assert!(sums(town("mianyang", &keys), 1).limit_total < base.limit_total);
    let mut holder = Holder::of("mianyang", &["credit.limits.cut_by_ratio=0.9"]);
    holder.draw_and_pay(Fen::from_yuan(10), false).expect("a draw");
    assert_eq!(holder.line.limit(), Fen::from_yuan(3_000), "no cut goes below the floor");
}

#[test]
fn people_under_18_are_refused() {
    let base = sums(town("mianyang", &[]), 1);
    let open = sums(town("mianyang", &["credit.eligibility.age_min_years=0"]), 1);
    assert!(shut_out(&base, Refusal::TooYoung) > 0 && shut_out(&open, Refusal::TooYoung) == 0);
}

#[test]
fn social_insurance_must_be_paid() {
    let base = sums(town("mianyang", &[]), 1);
    let open = sums(town("mianyang", &["credit.eligibility.schemes.uninsured=true"]), 1);
    assert!(shut_out(&base, Refusal::NotInsured) > 0 && open.eligible > base.eligible);
}

#[test]
fn stays_are_not_covered_yet() {
    let base = sums(town("mianyang", &[]), 60);
    assert!(sums(town("mianyang", &["credit.covers.inpatient=true"]), 60).drawn > base.drawn);
}

#[test]
fn the_code_is_shown_once_and_each_step_is_charged() {
    let charged = |set: &[&str]| {
        let run = run(town("mianyang", set), 3);
        let users = visits(&run)[0];
        (policy(&run).sums.draws as f64 / users.visits as f64, users.policy.stops)
    };
    let (each, stops) = charged(&[]);
    let (once, _) = charged(&["scheme_flow.when=\"once_at_end\""]);
    assert!(each > 1.4 * once && stops == 0, "{each} against {once} debits a visit, {stops} stops");
}

#[test]
fn a_draw_is_free_for_56_days() {
    assert_eq!(days_of_run_out(town("mianyang", &[]), 2), 56);
    let key = "credit.free_window.fixed_days.free_days=20";
    assert_eq!(days_of_run_out(town("mianyang", &[key]), 2), 20);
}

#[test]
fn it_may_be_repaid_at_any_time() {
    let lent = |first_day: f64, early: f64| {
        let mut town = town("mianyang", &[]);
        let repayment = &mut town.behaviour.repayment;
        (repayment.first_day, repayment.early) = (first_day, early);
        policy(&run(town, 2)).lent_fen_days
    };
    let (at_once, between, due) = (lent(1.0, 0.0), lent(0.0, 1.0), lent(0.0, 0.0));
    assert!(at_once < between && between < due, "{at_once}, {between}, {due} fen days");
}

#[test]
fn five_municipal_hospitals_take_part() {
    let published = aftercare::domain::Day::from_civil(2023, 11, 30).expect("a day");
    assert_eq!(institutions_on("mianyang", published), 5);
}

/// All tertiary public hospitals within the year: none is missing at its end, and none was there in November.
#[test]
fn all_tertiary_public_hospitals_join_within_the_year() {
    use aftercare::domain::{Day, HospitalLevel};
    let day = |month, of_month| Day::from_civil(2023, month, of_month).expect("a day");
    let joined_by = |last: Day| {
        let sites = scheme("mianyang", &[]).city.sites;
        let tertiary = sites.iter().filter(|site| site.level == HospitalLevel::Tertiary);
        let public = tertiary.filter(|site| !site.name.ends_with(": other tertiary hospitals"));
        let days: Vec<Option<Day>> = public.map(|site| site.in_scheme_from).collect();
        let joined = days.iter().filter(|from| from.is_some_and(|from| from <= last)).count();
        [joined, days.len()]
    };
    let [november, all] = joined_by(day(11, 30));
    assert_eq!((november, joined_by(day(12, 31))), (5, [all, all]));
    assert!(all > 12, "{all} tertiary public hospitals");
    assert_eq!(institutions_on("mianyang", day(12, 31)), all, "lines are used at each of them");
    assert!(day(12, 31) < last_day("mianyang"), "within the file's own run");
}

fn registered(set: &[&str]) -> aftercare::sim::Replication {
    run(whole_town("mianyang", set), 2)
}

#[test]
fn who_is_not_registered_by_real_name_cannot_open_the_line_and_pays_as_before() {
    let asked = registered(&[]);
    let free = registered(&["credit.onboarding.needs_real_name=false"]);
    let turned_down = |run: &aftercare::sim::Replication| {
        policy(run).sums.turned_down[Refusal::RealNameNotRegistered as usize]
    };
    let missed = turned_down(&asked);
    assert!(missed > 100 && turned_down(&free) == 0, "{missed} turned down");
    assert_eq!(policy(&asked).sums.opened + missed, policy(&free).sums.opened);
    let [[on_line, others], [more_on_line, fewer_others]] = [visits(&asked), visits(&free)];
    assert!(on_line.visits < more_on_line.visits && others.visits > fewer_others.visits);
    assert_eq!(others.policy.stops, others.baseline.stops, "who pays as before stops as before");
    let told = told(whole_town("mianyang", &[]), 2);
    let path = "funnel.turned_down_by_reason.real_name_not_registered";
    assert!(alike(mean(&told, path), mean(&told, "funnel.turned_down")), "{told:#}");
}

#[test]
fn the_more_have_registered_the_more_lines_are_opened() {
    let opened = |share: &str| {
        let key = format!("behaviour.applying.unregistered_share={share}");
        policy(&registered(&[&key])).sums.opened
    };
    let [all, most, half, nobody] = ["0", "0.2", "0.5", "1"].map(opened);
    assert!(
        all > most && most > half && half > 0 && nobody == 0,
        "{all}, {most}, {half}, {nobody}"
    );
}

#[test]
fn no_bank_card_is_bound_and_everybody_pays_by_hand() {
    let lent = |unbound: u8| {
        let key = format!("behaviour.debit.unbound_share={unbound}");
        let mut town = whole_town("mianyang", &[&key]);
        town.behaviour.repayment.miss_due = 0.1;
        town.behaviour.repayment.roll = [0.0; 3];
        policy(&run(town, 3)).lent_fen_days
    };
    let (bound, by_hand) = (lent(0), lent(1));
    assert!(by_hand > bound, "{by_hand} against {bound} fen days: more miss the due day");
}

/// The scheme against payment by phone, as the city says itself, and against windows.
#[test]
fn with_payment_by_phone_nobody_needs_the_window_but_each_step_is_paid_before_the_next() {
    let against = |regime: &str, set: &[&str]| {
        let mut town = town("mianyang", &[]);
        let arm =
            format!("baselines=[{{ regime = \"{regime}\", deposit = \"deposit_free_amount\" }}]");
        town.baselines = scheme("mianyang", &[set, &[arm.as_str()]].concat()).baselines;
        let users = visits(&run(town, 2))[0];
        (users.baseline.stops, users.saved_ms())
    };
    let (phone, saved) = against("mobile_2023", &[]);
    let (windows, more) = against("windows_2015", &[]);
    assert!(0 < phone && phone < windows, "{phone} trips with the phone, {windows} without");
    assert!(0 < saved && saved < more, "{saved} ms against the phone, {more} against windows");
    let (once, less) = against("mobile_2023", &["regimes.mobile_2023.when=\"once_at_end\""]);
    assert!(once < phone && less < saved, "each step is paid before the next: {once}, {less}");
}
