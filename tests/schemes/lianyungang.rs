//! Lianyungang: one commitment, charges entered, one bill within three days, the hospitals carry the credit.

use super::town::*;
use aftercare::domain::{Fen, MessageKind, Refusal};
use aftercare::ledger::Role;

#[test]
fn the_single_bill_is_due_on_day_3() {
    assert_eq!(days_of_run_out(town("lianyungang", &[]), 3), 3);
    let key = "credit.free_window.fixed_days.free_days=5";
    assert_eq!(days_of_run_out(town("lianyungang", &[key]), 3), 5);
}

#[test]
fn charges_are_entered_and_billed_once_a_visit() {
    let bills = |set: &[&str]| {
        let run = run(town("lianyungang", set), 3);
        (policy(&run).sums.draws, visits(&run)[0].visits)
    };
    let (draws, users) = bills(&[]);
    assert!(users > 300 && draws.abs_diff(users) <= users / 20, "{draws} bills, {users} visits");
    let (draws, users) = bills(&["scheme_flow.when=\"at_order\""]);
    assert!(draws > users * 3 / 2, "each order its own bill: {draws} bills, {users} visits");
}

#[test]
fn some_pay_on_the_way_out() {
    let stops = |share: &str| {
        let key = format!("scheme_flow.final_stop_share={share}");
        visits(&run(town("lianyungang", &[&key]), 2))[0].policy.stops
    };
    assert!(stops("0") == 0 && stops("0") < stops("0.25") && stops("0.25") < stops("1"));
}

#[test]
fn one_commitment_is_valid_at_every_hospital_in_the_scheme() {
    let all = sums(town("lianyungang", &[]), 3);
    let mut one = town("lianyungang", &[]);
    one.city.sites[1].in_scheme_from = None;
    one.city.sites[2].in_scheme_from = None;
    let one = sums(one, 3);
    assert_eq!(all.opened, one.opened, "nobody signs a second time for the other hospitals");
    assert_eq!(refused(&all, Refusal::InstitutionNotInScheme), 0);
    assert!(one.draws < all.draws, "without mutual recognition the other hospitals are paid first");
}

#[test]
fn who_is_late_is_restricted_everywhere() {
    let frozen = |set: &[&str]| {
        let mut town = late_town("lianyungang", set);
        town.city.demand.visits_per_person_year = 30.0;
        refused(&sums(town, 10), Refusal::LineFrozen)
    };
    assert!(frozen(&[]) > 0);
    assert_eq!(frozen(&["credit.sanctions.freeze_from_dpd_days=3650"]), 0);
}

/// Half are late and pay within the month; from then on the line is theirs again, or some days later.
#[test]
fn a_restriction_may_outlast_the_payment() {
    let frozen = |days: u32| {
        let key = format!("credit.sanctions.restriction_days_after_payment={days}");
        let mut town = slow_town("lianyungang", &[&key]);
        town.city.demand.visits_per_person_year = 60.0;
        let sums = sums(town, 30);
        (refused(&sums, Refusal::LineFrozen), sums.draws)
    };
    let [(short, most), (longer, fewer), (longest, fewest)] = [0, 10, 90].map(frozen);
    assert!(0 < short && short < longer && longer < longest, "{short}, {longer}, {longest}");
    assert!(most > fewer && fewer > fewest, "{most}, {fewer}, {fewest} draws");
}

#[test]
fn the_hospital_carries_the_credit() {
    let losses = |set: &[&str]| {
        let run = run(late_town("lianyungang", set), 2);
        assert_eq!(booked(&run, Role::BankPenalty), Fen::ZERO, "no interest, no penalty");
        (policy(&run).losses, policy(&run).sums.written_off)
    };
    let ([_, hospital, _, bank, _], lost) = losses(&[]);
    assert!(lost > Fen::ZERO && hospital == lost && bank == Fen::ZERO);
    let keys = ["credit.loss.rest_weights.bank=1", "credit.loss.rest_weights.hospital=0"];
    let ([_, hospital, _, bank, _], lost) = losses(&keys);
    assert!(bank == lost && hospital == Fen::ZERO);
}

#[test]
fn no_limit_is_stated() {
    let base = sums(town("lianyungang", &[]), 4);
    assert_eq!(refused(&base, Refusal::LimitExhausted), 0);
    let keys = [
        "credit.limits.floor_yuan=100",
        "credit.limits.tiers=[{ score_from = 0, limit_yuan = 100 }]",
    ];
    assert!(refused(&sums(town("lianyungang", &keys), 4), Refusal::LimitExhausted) > 0);
}

#[test]
fn only_outpatients_and_emergencies_take_part() {
    let base = sums(town("lianyungang", &[]), 8);
    let stays = sums(town("lianyungang", &["credit.covers.inpatient=true"]), 8);
    assert!(stays.drawn > base.drawn);
}

#[test]
fn a_signed_commitment_and_nothing_else_is_asked() {
    let refusals = |set: &[&str]| {
        let keys = [&["behaviour.applying.unsigned_share=0.3"], set].concat();
        let sums = sums(whole_town("lianyungang", &keys), 2);
        (refused(&sums, Refusal::CommitmentNotSigned), sums.opened)
    };
    let (unsigned, fewer) = refusals(&[]);
    let (none, more) = refusals(&["credit.onboarding.needs_commitment=false"]);
    assert!(unsigned > 100 && none == 0 && fewer < more);
    let scored = sums(town("lianyungang", &["credit.eligibility.score_min=700"]), 1);
    assert_eq!(shut_out(&scored, Refusal::ScoreTooLow), 0, "no score is looked up");
}

#[test]
fn six_tertiary_hospitals_take_part() {
    assert_eq!(institutions("lianyungang"), 6);
    let joined = |site: &&aftercare::city::spec::SiteSpec| site.in_scheme_from.is_some();
    let sites = scheme("lianyungang", &[]).city.sites;
    let tertiary = aftercare::domain::HospitalLevel::Tertiary;
    assert!(sites.iter().filter(joined).all(|site| site.level == tertiary));
}

#[test]
fn who_is_late_is_reminded_and_tracked() {
    let followed = |set: &[&str]| {
        let run = run(late_town("lianyungang", set), 2);
        (policy(&run).sums.collection_cost, policy(&run).recorded()[0])
    };
    let step = |action: &str, yuan: &str| {
        let step = format!("dpd_days = 2, action = \"{action}\", cost_yuan = {yuan}");
        format!("credit.collections=[{{ {step} }}]")
    };
    let cost = |yuan: &str| followed(&[&step("reminder", yuan)]).0;
    let (once, twice) = (cost("0.1"), cost("0.2"));
    assert!(once > Fen::ZERO && twice == once + once, "{once} and {twice} for messages");
    let [reminded, tracked] =
        ["reminder", "report"].map(|action| followed(&[&step(action, "0.1")]).1);
    assert!(reminded == 0 && tracked > 0, "{reminded} and {tracked} on the record");
}

/// The town where the platform sends one kind of message to everybody, reaches everybody and everybody acts.
fn told(kind: &str, effect: &str, share: &str) -> aftercare::sim::Replication {
    let kinds = [
        ("previsit", "keeps_hour_share"),
        ("treatment", "waits_outside_share"),
        ("guidance", "walk_saved_share"),
        ("charge", "pays_in_time_share"),
    ];
    let mut keys = vec!["messages.sent_to=\"everybody\"".to_owned()];
    for (name, key) in kinds {
        let value = if (name, key) == (kind, effect) { share } else { "0" };
        keys.push(format!("messages.{name}.{key}={value}"));
        keys.push(format!("messages.{name}.reached_share=1"));
    }
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    run(town("lianyungang", &keys), 3)
}

/// Time in clinical queues of the first baseline and of the policy, every visit.
fn waited(run: &aftercare::sim::Replication) -> [u64; 2] {
    use aftercare::flow::spec::Station;
    [&run.arms[0], policy(run)].map(|arm| {
        let doctors = |level: &aftercare::flow::DayStats| {
            level.stations[Station::Department0 as usize].wait_sum_ms
        };
        arm.stations.iter().map(doctors).sum()
    })
}

#[test]
fn a_notice_before_the_visit_spreads_arrivals_over_the_clinics_day() {
    let [none, all] = ["0", "1"].map(|share| told("previsit", "keeps_hour_share", share));
    let acted = |run| policy(run).sums.messages.of(MessageKind::Previsit).acted;
    assert_eq!(acted(&none), 0);
    assert!(acted(&all) > 100);
    let [[before, without], [same, with]] = [waited(&none), waited(&all)];
    assert_eq!(before, same, "the baseline is not told");
    assert!(with < without, "{with} ms before doctors, {without} without notices");
}

#[test]
fn a_reminder_of_the_turn_empties_the_hall() {
    let hall = |run: &aftercare::sim::Replication| {
        let levels = policy(run).stations.iter();
        levels.map(|level| level.halls[1].person_minutes).sum::<u64>()
    };
    let [none, some, all] =
        ["0", "0.5", "1"].map(|share| hall(&told("treatment", "waits_outside_share", share)));
    assert!(all < some && some < none, "{none}, {some}, {all} person-minutes in waiting areas");
}

#[test]
fn guidance_shortens_the_walks() {
    let clinical = |share: &str| {
        let run = told("guidance", "walk_saved_share", share);
        let all = visits(&run);
        let in_hospital = |of: &aftercare::metrics::Match| {
            of.policy.in_hospital_ms - of.policy.wait_ms - of.policy.payment_ms
        };
        all.iter().map(in_hospital).sum::<u64>()
    };
    let [none, tenth, half] = ["0", "0.1", "0.5"].map(clinical);
    assert!(half < tenth && tenth < none, "{none}, {tenth}, {half} ms walked and treated");
}

#[test]
fn a_message_about_a_charge_is_paid_in_time() {
    let late = |share: &str| {
        let keys = [
            "messages.charge.reached_share=1",
            &format!("messages.charge.pays_in_time_share={share}"),
        ];
        let sums = sums(slow_town("lianyungang", &keys), 3);
        let record = sums.messages.of(MessageKind::Charge);
        assert!(
            record.sent > sums.draws && record.reached == record.sent,
            "several charges a bill"
        );
        (record.acted, sums.draws)
    };
    let ((nobody, _), (everybody, draws)) = (late("0"), late("1"));
    assert_eq!(nobody, 0);
    assert!(everybody.abs_diff(draws / 2) < draws / 10, "{everybody} of {draws}: half would miss");
}

#[test]
fn messages_that_do_not_arrive_change_nothing_and_cost_all_the_same() {
    let record = |reached: &str| {
        let keys = [
            &format!("messages.previsit.reached_share={reached}")[..],
            "messages.sent_to=\"everybody\"",
        ];
        policy(&run(town("lianyungang", &keys), 2)).sums.messages.of(MessageKind::Previsit)
    };
    let (lost, read) = (record("0"), record("1"));
    assert!(lost.sent == read.sent && lost.sent > 0);
    assert_eq!((lost.reached, lost.acted, read.reached), (0, 0, read.sent));
    assert!(read.acted > 0);
}

#[test]
fn only_participants_are_told_unless_everybody_is() {
    let sent = |to: &str| {
        let mut town = town("lianyungang", &[&format!("messages.sent_to=\"{to}\"")]);
        (town.behaviour.adoption.share_at_start, town.behaviour.adoption.share_at_end) = (0.1, 0.1);
        sums(town, 2).messages.of(MessageKind::Treatment).sent
    };
    let (signed, all) = (sent("participants"), sent("everybody"));
    assert!(signed > 0 && signed * 2 < all, "{signed} of {all}");
}

#[test]
fn the_hospitals_pay_for_the_platforms_messages() {
    let answer = |by: &str, yuan: &str| {
        let keys = [
            &format!("messages.borne_by=\"{by}\"")[..],
            &format!("messages.treatment.yuan_each={yuan}"),
            "messages.sent_to=\"everybody\"",
        ];
        let setup = aftercare::experiment::Setup::new(town("lianyungang", &keys), 1, 1, 2, None);
        let outcome = aftercare::experiment::replicate(&setup, &mut |_| true).expect("a valid run");
        let summary = aftercare::experiment::summary(&setup, &outcome);
        let yuan = |value: &serde_json::Value| {
            value["mean"].as_str().expect("yuan").parse::<f64>().expect("a number")
        };
        let record = &summary["messages"];
        assert_eq!(record["borne_by"], by);
        let against = summary["answer"]["against"].as_object().expect("baselines");
        let book = against.values().next().expect("a baseline");
        let of = |party: &str| yuan(&book["npv_by_party"][party]);
        (yuan(&record["treatment"]["cost"]), of("hospitals"), of("treasury"))
    };
    let (dear, hospitals, treasury) = answer("hospitals", "1");
    let (free, spared, _) = answer("hospitals", "0");
    assert!(dear > 0.0 && free == 0.0 && hospitals < spared - dear);
    let (_, elsewhere, paying) = answer("treasury", "1");
    assert!(elsewhere > hospitals && paying < treasury);
}

#[test]
fn entered_tests_that_are_not_wanted_are_taken_out_of_the_bill_at_a_window() {
    let back = |share: &str| {
        let key = format!("scheme_flow.refund_trip_share={share}");
        let run = run(town("lianyungang", &[&key]), 3);
        let sums = &policy(&run).sums;
        (sums.refund_trips, sums.drawn, visits(&run)[0].policy.stops)
    };
    let ((none, all, few), (trips, less, more)) = (back("0"), back("0.5"));
    assert_eq!(none, 0);
    assert!(trips > 50 && less < all && more > few, "{trips} trips; {less} of {all} drawn");
}

/// The four falls and two rises of a town beside its baseline, as the summary has them.
fn falls_and_rises(town: aftercare::scenario::Scenario, days: u32) -> serde_json::Value {
    let name = town.baselines[0].name.clone();
    let setup = aftercare::experiment::Setup::new(town, 1, 1, days, None);
    let outcome = aftercare::experiment::replicate(&setup, &mut |_| true).expect("a valid run");
    let summary = aftercare::experiment::summary(&setup, &outcome);
    summary["falls_and_rises"]["against"][&name].clone()
}

/// A figure of theirs without the scheme and with it.
fn both(figures: &serde_json::Value, path: &str) -> [f64; 2] {
    let of = |side: &str| {
        figures.pointer(&format!("{path}/{side}/mean")).and_then(serde_json::Value::as_f64)
    };
    ["baseline", "policy"].map(|side| of(side).unwrap_or_else(|| panic!("{path} in {figures}")))
}

#[test]
fn queues_to_pay_and_queueing_time_fall_with_the_stops_on_the_way_out() {
    let of = |share: &str| {
        let key = format!("scheme_flow.final_stop_share={share}");
        let figures = falls_and_rises(town("lianyungang", &[&key]), 2);
        ["queues_per_visit", "queueing_min", "long_around_payment_share"]
            .map(|name| both(&figures, &format!("/{name}/credit_users")))
    };
    let (none, all) = (of("0"), of("1"));
    for (at, [[before, after], [same, more]]) in [0, 1, 2].map(|at| (at, [none[at], all[at]])) {
        assert!(before > after && after < more, "figure {at}: {before} to {after}, {more}");
        assert!((before - same).abs() < 1e-9, "the baseline knows of no scheme: {before}, {same}");
    }
    let left: f64 = none.iter().map(|[_, after]| after).sum();
    assert!(left < 1e-12, "nobody stops, queues or pays there: {none:?}");
}

#[test]
fn waiting_time_falls_where_notices_spread_arrivals() {
    let of = |share: &str| {
        let keys = [
            "messages.sent_to=\"everybody\"",
            "messages.previsit.reached_share=1",
            &format!("messages.previsit.keeps_hour_share={share}")[..],
        ];
        let figures = falls_and_rises(town("lianyungang", &keys), 3);
        (both(&figures, "/waiting_min/all"), both(&figures, "/hour_by_notice_share"))
    };
    let ((quiet, none), (told, hours)) = (of("0"), of("1"));
    assert!(told[1] < quiet[1] && told[1] < told[0], "{quiet:?} and {told:?} minutes");
    assert!(none == [0.0, 0.0] && hours[0] == 0.0 && hours[1] > 0.3, "{none:?} {hours:?}");
}

#[test]
fn the_hospitals_running_cost_falls_by_clerks_hours_and_rises_by_messages() {
    let of = |saved: &str, message: &str| {
        let saved = format!("costs.hospital.clerk_saved_ratio={saved}");
        let message = format!("messages.treatment.yuan_each={message}");
        let keys = [&saved[..], &message, "messages.sent_to=\"everybody\""];
        let mut town = town("lianyungang", &keys);
        town.costs = scheme("lianyungang", &keys).costs;
        both(&falls_and_rises(town, 2), "/running_cost_yuan")
    };
    let [before, kept] = of("0", "0");
    let ([same, moved], [_, told]) = (of("1", "0"), of("0", "1"));
    assert!(before > 0.0 && (before - same).abs() < 1e-9, "{before} and {same} yuan a visit");
    assert!(moved < kept && told > kept, "{moved}, {kept}, {told} yuan a visit");
    let mut free = town("lianyungang", &[]);
    free.costs = None;
    assert!(falls_and_rises(free, 1)["running_cost_yuan"].is_null(), "no costs, no figure");
}

#[test]
fn appointments_are_an_input_and_satisfaction_is_not_comparable() {
    let of = |share: &str| {
        let key = |level: &str| format!("demand.course.{level}.registered_ahead_share={share}");
        let keys = ["primary", "secondary", "tertiary"].map(key);
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let mut town = town("lianyungang", &keys);
        town.city.demand = scheme("lianyungang", &keys).city.demand;
        let figures = falls_and_rises(town, 1);
        assert_eq!(figures["satisfaction"], "not_comparable");
        both(&figures, "/registered_ahead_share")
    };
    let ([none, same], [most, alike]) = (of("0"), of("1"));
    assert!(none == 0.0 && same == 0.0 && most > 0.8, "all but emergencies: {most}");
    assert!((most - alike).abs() < 1e-9, "the scheme does not move an input");
}

/// What visits give back after they have paid, by arm: the first baseline's and the policy's.
fn given_back(set: &[&str], days: u32) -> [aftercare::metrics::ArmSums; 2] {
    let mut town = town("lianyungang", set);
    town.refunds = scheme("lianyungang", set).refunds;
    let run = run(town, days);
    [&run.arms[0], policy(&run)].map(|arm| arm.sums.clone())
}

#[test]
fn an_item_given_back_after_payment_is_settled_again_and_the_money_flows_back() {
    let keys = |share: &str| format!("refunds.visits_share={share}");
    let none = given_back(&[&keys("0"), "refunds.item_ratio=0.5"], 3);
    assert!(none.iter().all(|arm| arm.refunds == aftercare::metrics::RefundSums::default()));
    let every = given_back(&[&keys("1"), "refunds.item_ratio=0.5"], 3);
    for (before, after) in none.iter().zip(&every) {
        let back = &after.refunds;
        assert!(back.visits > 300 && back.gap() == Fen::ZERO, "{back:?}");
        assert!(back.funds > Fen::ZERO && back.patients > Fen::ZERO, "{back:?}");
        let less = before.billed - after.billed;
        let off = (less - back.total).0.abs() as f64 / back.total.0 as f64;
        assert!(off < 0.02, "bills are {less} less, {} was given back", back.total);
    }
    let [own, line] = every.each_ref().map(|arm| &arm.refunds);
    assert!(own.visits.abs_diff(line.visits) < own.visits / 50, "the same visits in each arm");
    assert_eq!(own.lines, Fen::ZERO, "no line, nothing back to one");
    assert!(line.lines > Fen::ZERO && line.patients < own.patients);
    let less = none[1].drawn - every[1].drawn;
    assert!((less - line.lines).0.abs() < line.lines.0 / 20, "{less} less drawn, {line:?}");
}

#[test]
fn a_refund_after_payment_is_made_in_place_or_at_a_window_in_every_arm() {
    let of = |share: &str| {
        let place = format!("refunds.in_place_share={share}");
        given_back(&["refunds.visits_share=1", &place], 2).map(|arm| arm.refunds)
    };
    let (window, place) = (of("0"), of("1"));
    for (window, place) in window.iter().zip(&place) {
        assert!(window.trips * 100 > window.visits * 95, "{window:?}");
        assert!(place.trips > 0 && place.trips < window.trips, "{place:?}: paid at a window");
    }
    assert!(place[1].trips < place[0].trips, "who pays nothing at a window gets it back without");
}
