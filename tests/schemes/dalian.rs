//! Dalian: the outpatient line of 2021 and the inpatient version of 2022.

use super::town::*;
use aftercare::domain::{Fen, Refusal};
use aftercare::ledger::Role;

/// Every bill goes on the line.
const RESERVE: &str = "behaviour.use_of_line.reserve_above_income_ratio=0";

fn whole(year: &str, set: &[&str]) -> aftercare::scenario::Scenario {
    town(year, &[set, &[RESERVE]].concat())
}

#[test]
fn members_of_the_basic_insurance_take_part() {
    let base = sums(whole("dalian_2022", &[]), 1);
    let open = sums(whole("dalian_2022", &["credit.eligibility.schemes.uninsured=true"]), 1);
    assert!(shut_out(&base, Refusal::NotInsured) > 0 && shut_out(&open, Refusal::NotInsured) == 0);
}

#[test]
fn limits_were_1000_to_8000_and_became_5000_to_20000() {
    let mean = |year: &str| {
        let sums = sums(whole(year, &[]), 1);
        sums.limit_total.0 / sums.opened as i64
    };
    let (before, after) = (mean("dalian_2021"), mean("dalian_2022"));
    assert!((100_000..=800_000).contains(&before), "{before}");
    assert!((500_000..=2_000_000).contains(&after), "{after}");
    let keys = ["credit.limits.tiers=[{ score_from = 560, limit_yuan = 5000 }]"];
    let less = sums(whole("dalian_2022", &keys), 1);
    assert!(less.limit_total < sums(whole("dalian_2022", &[]), 1).limit_total);
}

#[test]
fn who_signed_leaves_no_deposit() {
    let free = sums(whole("dalian_2022", &[]), 6).deposits;
    let asked = sums(whole("dalian_2022", &["credit.deposit_free=false"]), 6).deposits;
    assert!(free < asked, "{free} against {asked}");
}

#[test]
fn only_the_personal_part_is_charged() {
    let drawn = |set: &[&str]| {
        let mut town = whole_town("dalian_2022", set);
        town.behaviour.use_of_line.reserve_above_income = 0.0;
        let run = run(town, 4);
        let (arm, pooled) = (policy(&run), booked(&run, Role::PooledEmployee));
        assert!(pooled > Fen::ZERO && arm.sums.drawn < arm.sums.billed - pooled);
        arm.sums.drawn
    };
    let tenths = "{ primary = 0.1, secondary = 0.1, tertiary = 0.1 }";
    let less = format!("rules.employee.outpatient.active.ratio_by_level={tenths}");
    assert!(drawn(&[&less]) > drawn(&[]), "what the fund no longer pays is the personal part");
}

/// Of a bill that the line bears as a whole.
#[test]
fn settlement_is_automatic_when_the_patient_forgets() {
    let stops = |set: &[&str]| {
        let keys = [&["credit.pays_out_of_catalogue=true"], set].concat();
        visits(&run(whole("dalian_2022", &keys), 2))[0].policy.stops
    };
    assert_eq!(stops(&[]), 0);
    assert!(stops(&["scheme_flow.final_stop_share=1"]) > 0);
}

#[test]
fn a_draw_is_free_for_59_days() {
    let run_out = |set: &[&str]| days_of_run_out(whole("dalian_2021", set), 3);
    assert_eq!(run_out(&[]), 59);
    assert_eq!(run_out(&["credit.free_window.fixed_days.free_days=56"]), 56);
    let [key, rest] = ["credit.free_window={ statement={ statement_day=1, grace_days=", " } }"];
    assert_eq!([29, 59].map(|days| run_out(&[&format!("{key}{days}{rest}")])), [53, 83]);
}

#[test]
fn then_the_loan_becomes_instalments_at_4_98_percent() {
    let earned = |set: &[&str]| {
        let reserve = "behaviour.use_of_line.reserve_above_income_ratio=0";
        let run = run(slow_town("dalian_2022", &[set, &[reserve]].concat()), 4);
        -booked(&run, Role::BankInterest)
    };
    let base = earned(&[]);
    assert!(base > Fen::ZERO);
    assert!(earned(&["credit.instalments.rate_per_year=0.0996"]) > base);
    assert!(earned(&["credit.instalments.method=\"flat_fee\""]) > base);
    assert_eq!(earned(&["credit.instalments=\"none\""]), Fen::ZERO);
}

#[test]
fn the_bound_card_is_debited_on_the_due_day() {
    let mut town = whole("dalian_2021", &[]);
    town.behaviour.repayment.first_day = 0.0;
    let all = run(town, 2);
    assert_eq!(policy(&all).sums.repaid, policy(&all).sums.drawn, "nothing is left to collect");
    let lent = |missed: f64| {
        let mut town = late_town("dalian_2021", &[RESERVE]);
        town.behaviour.repayment.roll = [0.0; 3];
        town.behaviour.repayment.miss_due = missed;
        policy(&run(town, 3)).lent_fen_days
    };
    let (paid, missed) = (lent(0.0), lent(0.5));
    assert!(
        paid < missed,
        "a debit that fails is owed for longer: {paid} against {missed} fen days"
    );
}

#[test]
fn family_members_share_the_limit_since_2022() {
    let base = sums(whole("dalian_2022", &[]), 3);
    let alone = sums(whole("dalian_2022", &["credit.family.minors_use_parents_line=false"]), 3);
    assert!(alone.draws < base.draws);
    let before = whole("dalian_2021", &[]);
    let mut before = before;
    assert!(!rules(&mut before).credit.family.minors_use_parents_line);
}

#[test]
fn costs_outside_the_catalogue_are_excluded_unless_the_switch_is_on() {
    let base = sums(whole("dalian_2022", &[]), 3);
    let more = sums(whole("dalian_2022", &["credit.pays_out_of_catalogue=true"]), 3);
    assert!(base.drawn < more.drawn);
}

#[test]
fn people_on_the_courts_list_are_excluded() {
    let base = sums(whole("dalian_2022", &[]), 1);
    let keys = ["credit.eligibility.refuses_judgment_debtors=false"];
    let open = sums(whole("dalian_2022", &keys), 1);
    assert!(shut_out(&base, Refusal::JudgmentDebtor) > 0);
    assert_eq!(shut_out(&open, Refusal::JudgmentDebtor), 0);
}

#[test]
fn stays_came_into_the_scheme_in_2022() {
    let drawn = |year: &str, set: &[&str]| sums(whole(year, set), 10).drawn;
    assert!(drawn("dalian_2022", &["credit.covers.inpatient=false"]) < drawn("dalian_2022", &[]));
    assert!(drawn("dalian_2021", &["credit.covers.inpatient=true"]) > drawn("dalian_2021", &[]));
}

#[test]
fn nine_pilot_hospitals_are_listed() {
    assert_eq!((institutions("dalian_2021"), institutions("dalian_2022")), (9, 9));
}

#[test]
fn the_line_is_a_reserve_that_hardly_anybody_draws() {
    let draws = |ratio: &str| {
        let key = format!("behaviour.use_of_line.reserve_above_income_ratio={ratio}");
        let mut town = town("dalian_2021", &[&key]);
        town.city.demand.visits_per_person_year = 30.0;
        sums(town, 8).draws
    };
    let (any, tenth, half) = (draws("0"), draws("0.1"), draws("0.5"));
    assert!(half * 5 < any && half < tenth && tenth < any, "{any}, {tenth}, {half} draws");
}

/// 2021 by the record at the central bank: some have too thin a file there.
#[test]
fn the_persons_own_record_at_the_central_bank_decides() {
    let refusals = |source: &str| {
        let keys = [
            "behaviour.applying.thin_file_share=0.3",
            &format!("credit.onboarding.source=\"{source}\""),
        ];
        let sums = sums(whole_town("dalian_2021", &keys), 2);
        (refused(&sums, Refusal::ThinFile), sums.opened)
    };
    let (thin, opened) = refusals("central_bank_record");
    let (none, more) = refusals("public_platform");
    assert!(
        thin > 100 && none == 0 && more > opened,
        "{thin}, {none} thin; {opened}, {more} lines"
    );
}

#[test]
fn an_agreement_of_combined_settlement_is_signed_with_the_application() {
    let opened = |needed: bool| {
        let keys = [
            "behaviour.applying.unsigned_share=0.3",
            &format!("credit.onboarding.needs_commitment={needed}"),
        ];
        sums(whole_town("dalian_2022", &keys), 2)
    };
    let (asked, free) = (opened(true), opened(false));
    assert!(refused(&asked, Refusal::CommitmentNotSigned) > 100 && asked.opened < free.opened);
    assert_eq!(refused(&free, Refusal::CommitmentNotSigned), 0);
}

#[test]
fn the_line_applies_at_once_on_signing() {
    let used = |days: u32| {
        let mut town = whole_town("dalian_2022", &[&format!("credit.onboarding.lead_days={days}")]);
        town.behaviour.use_of_line.reserve_above_income = 0.0;
        (town.behaviour.adoption.share_at_start, town.behaviour.adoption.share_at_end) = (0.0, 1.0);
        town.behaviour.adoption.at_desk_share = 0.0;
        sums(town, 8).draws
    };
    assert!(used(0) > used(5), "who must wait five days draws later");
}

#[test]
fn sign_up_on_the_ward_comes_too_late() {
    let late = |on_the_ward: bool| {
        let key = format!("credit.onboarding.on_the_ward={on_the_ward}");
        let mut town = whole_town("dalian_2022", &[&key]);
        sign_up_at_desks(&mut town);
        town.city.demand.admissions_per_person_year *= 3.0;
        let sums = sums(town, 8);
        (refused(&sums, Refusal::SignedUpTooLate), sums.deposits)
    };
    let (too_late, deposits) = late(false);
    let (none, fewer) = late(true);
    assert!(too_late > 0 && none == 0, "{too_late} and {none}");
    assert!(deposits > fewer, "who signed too late leaves a deposit: {deposits} against {fewer}");
}

#[test]
fn long_stays_pay_in_stages_that_the_hospital_sets() {
    let staged = |days: u32| {
        let key = format!("inpatient.staged_every_days={days}");
        let sums = sums(whole_town("dalian_2022", &[&key]), 12).inpatient;
        (sums.staged, sums.paid_on_the_way)
    };
    let (often, seldom, never) = (staged(3), staged(7), staged(60));
    assert!(often.0 > seldom.0 && seldom.0 > never.0, "{often:?}, {seldom:?}, {never:?}");
    assert!(often.1 > never.1, "more is paid before the end");
}

#[test]
fn costly_stays_pay_in_stages_from_an_amount_on() {
    let staged = |yuan: u32| {
        let keys =
            ["inpatient.staged_every_days=60", &format!("inpatient.staged_over_yuan={yuan}")];
        let sums = sums(whole_town("dalian_2022", &keys), 12).inpatient;
        (sums.staged, sums.paid_on_the_way)
    };
    let (low, high, never) = (staged(500), staged(3_000), staged(5_000_000));
    assert!(low.0 > high.0 && high.0 > never.0, "{low:?}, {high:?}, {never:?}");
    assert!(low.1 > never.1, "more is paid before the end");
}

#[test]
fn an_overdue_hospital_bill_is_debited_from_the_line() {
    let debited = |days: u32| {
        let key = format!("credit.repayment.pays_overdue_bill_after_days={days}");
        let mut town = whole_town("dalian_2022", &[&key]);
        town.behaviour.use_of_line.inpatient = 0.0;
        town.behaviour.window_arrears.inpatient_share = 0.5;
        town.behaviour.window_arrears.recovered_share = 1.0;
        sums(town, 10).debited
    };
    let (soon, late) = (debited(2), debited(300));
    assert!(soon > late, "{soon} after two days, {late} after three hundred, most paid by then");
}

#[test]
fn costs_for_which_somebody_else_is_liable_are_excluded() {
    let words = [Refusal::WorkInjury, Refusal::ThirdParty, Refusal::PublicHealth];
    let keys = ["work_injury", "third_party", "public_health"];
    for (word, key) in words.into_iter().zip(keys) {
        let of = |share: f64| {
            let key = format!("demand.other_causes.{key}_share={share}");
            let mut town = whole_town("dalian_2022", &[&key]);
            town.behaviour.use_of_line.reserve_above_income = 0.0;
            refused(&sums(town, 3), word)
        };
        let (none, tenth) = (of(0.0), of(0.1));
        assert!(none == 0 && tenth > 50, "{key}: {none} and {tenth}");
    }
}

#[test]
fn the_fund_pays_hospitals_in_time() {
    let days = |after: u32| {
        let key = format!("clearing.policy.funds_pay_after_days={after}");
        let run = run(whole_town("dalian_2022", &[&key]), 3);
        let mean = |arm: &aftercare::sim::ArmResult| {
            let totals = arm.clearing.as_ref().expect("money between institutions");
            totals.fund_fen_days as f64 / totals.funds_paid.0 as f64
        };
        (mean(&run.arms[0]), mean(policy(&run)))
    };
    let (usual, prompt) = days(10);
    assert!(prompt < usual - 5.0, "{prompt} against {usual} days to the fund's payment");
    assert!(days(40).1 > usual);
}

#[test]
fn a_part_above_the_limit_is_refused_whole_unless_the_switch_is_on() {
    let of = |in_part: bool| {
        let keys = [
            "credit.limits.tiers=[{ score_from = 560, limit_yuan = 60 }]",
            "credit.limits.floor_yuan=60",
            &format!("credit.draws_in_part={in_part}"),
        ];
        let mut town = whole_town("dalian_2022", &keys);
        town.behaviour.use_of_line.reserve_above_income = 0.0;
        let run = run(town, 4);
        let sums = &policy(&run).sums;
        (refused(sums, Refusal::LimitExhausted), sums.drawn)
    };
    let (whole, part) = (of(false), of(true));
    assert!(part.0 < whole.0 && part.1 > whole.1, "{whole:?} against {part:?}");
}

#[test]
fn limits_suffice_for_a_share_of_bills_that_rises_with_them() {
    let covered = |limit: u32| {
        let tiers = format!("credit.limits.tiers=[{{ score_from = 560, limit_yuan = {limit} }}]");
        let keys = [tiers.as_str(), "credit.limits.floor_yuan=500"];
        let sums = sums(whole("dalian_2022", &keys), 4);
        let [all, whole] = sums.line_bills_of_all();
        whole as f64 / all as f64
    };
    let (low, high) = (covered(500), covered(20_000));
    assert!(low < high && high > 0.9, "{low} and {high}");
}

#[test]
fn holders_have_a_credit_code() {
    let by_code = |codes: &str| {
        let key = format!("credit.onboarding.codes={codes}");
        let run = run(whole("dalian_2022", &[&key]), 1);
        let lines = policy(&run).codes.iter().map(|code| code.lines).collect::<Vec<u64>>();
        assert_eq!(lines.iter().sum::<u64>(), policy(&run).sums.opened);
        lines
    };
    let two = by_code("[{ score_from = 500, code = \"B\" }, { score_from = 640, code = \"A\" }]");
    let harder =
        by_code("[{ score_from = 500, code = \"B\" }, { score_from = 700, code = \"A\" }]");
    assert!(two[2] > harder[2] && harder[2] > 0, "{two:?} and {harder:?}");
}

#[test]
fn drug_purchases_at_pharmacies_go_on_the_line() {
    let of = |joined: bool| {
        let from = if joined { "2022-05-01" } else { "\"none\"" };
        let key = format!("demand.retail_pharmacy.in_scheme_from={from}");
        let mut town = whole_town("dalian_2022", &[&key]);
        town.behaviour.use_of_line.reserve_above_income = 0.0;
        let retail = town.city.demand.retail.as_mut().expect("pharmacies");
        retail.purchases_per_person_year = 30.0;
        policy(&run(town, 2)).retail
    };
    let (joined, not) = (of(true), of(false));
    assert!(joined.purchases > 100 && joined.purchases == not.purchases, "{joined:?}");
    assert!(joined.line > Fen::ZERO && not.line == Fen::ZERO, "{joined:?} against {not:?}");
}

/// A town of outpatients without a phone, under Dalian's line with some keys changed.
fn by_hand(set: &[&str]) -> aftercare::scenario::Scenario {
    let nobody = "regimes.windows_2015.channels.phone_shares_by_age=[0, 0, 0, 0, 0, 0]";
    let keys = ["policy.regime=\"windows_2015\"", nobody, "credit.covers.inpatient=false"];
    let mut town = whole_town("dalian_2022", &[&keys, set].concat());
    town.behaviour.use_of_line.reserve_above_income = 0.0;
    town.city.demand.emergency_share = 0.0;
    town.city.demand.admissions_per_person_year = 0.0;
    town
}

/// Who pays a part with the line pays as much in the end as under the baseline; shares of a bill that is settled
/// in one go instead of step by step are rounded once, a fen or so.
fn nobody_pays_more(run: &aftercare::sim::Replication) {
    let cash = |arm: &aftercare::sim::ArmResult| arm.audit.total(Role::PersonCash).0;
    let more = cash(policy(run)) - cash(&run.arms[0]);
    let visits: u64 = visits(run).iter().map(|class| class.visits).sum();
    assert!(more.unsigned_abs() < visits / 10, "{more} fen over {visits} visits");
}

#[test]
fn the_rest_of_a_bill_that_is_above_the_limit_costs_one_trip_to_the_window() {
    let keys = [
        "credit.limits.tiers=[{ score_from = 560, limit_yuan = 1 }]",
        "credit.limits.floor_yuan=1",
        "credit.draws_in_part=true",
        "credit.pays_out_of_catalogue=true",
    ];
    let mut town = by_hand(&keys);
    // Else a personal account may leave less than a yuan to the line.
    town.city.demand.bills.iter_mut().for_each(|bills| bills.class_c_share = 0.0);
    let run = run(town, 3);
    let (users, sums) = (visits(&run)[0], &policy(&run).sums);
    assert!(users.visits > 30, "{}", users.visits);
    assert_eq!(users.policy.stops, users.visits, "one trip each");
    assert!(users.policy.payment_ms > 60_000 * users.visits, "which takes its minutes");
    assert!(sums.drawn <= Fen::from_yuan(sums.draws as i64), "the line bears a yuan of each");
    nobody_pays_more(&run);
}

#[test]
fn costs_that_the_line_excludes_are_paid_in_one_trip_before_leaving() {
    let stops = |everything: bool| {
        let run = run(by_hand(&[&format!("credit.pays_out_of_catalogue={everything}")]), 3);
        nobody_pays_more(&run);
        let users = visits(&run)[0];
        (users.visits, users.policy.stops)
    };
    let ((_, none), (users, trips)) = (stops(true), stops(false));
    assert_eq!(none, 0, "the line bears all of it");
    assert!(users > 30);
    assert_eq!(trips, users, "each bill has some part outside the catalogue");
}

/// A reminder, and nothing after it.
const REMINDED_ONLY: &str =
    "credit.collections=[{ dpd_days = 1, action = \"reminder\", cost_yuan = 0.1 }]";

#[test]
fn a_missed_payment_is_recorded_at_the_central_bank() {
    let recorded = |set: &[&str]| {
        let reserve = "behaviour.use_of_line.reserve_above_income_ratio=0";
        let run = run(late_town("dalian_2022", &[set, &[reserve]].concat()), 3);
        policy(&run).recorded()[0]
    };
    assert!(recorded(&[]) > 0, "who does not pay is reported");
    assert_eq!(recorded(&[REMINDED_ONLY]), 0);
}

#[test]
fn a_draw_may_be_repaid_early() {
    let lent = |early: f64| {
        let mut town = whole("dalian_2021", &[]);
        town.behaviour.repayment.early = early;
        policy(&run(town, 3)).lent_fen_days
    };
    let (due, early) = (lent(0.0), lent(1.0));
    assert!(0 < early && early < due, "{early} against {due} fen days are lent");
}

#[test]
fn people_insured_elsewhere_stay_outside() {
    let eligible = |may: bool| {
        let keys = [
            "people.insured_elsewhere_share=0.2",
            &format!("credit.eligibility.insured_elsewhere={may}"),
        ];
        sums(whole_town("dalian_2022", &keys), 1).eligible
    };
    let none = sums(whole_town("dalian_2022", &["people.insured_elsewhere_share=0"]), 1).eligible;
    let (inside, all) = (eligible(false), eligible(true));
    assert!(inside < all && all == none, "{inside} of {all} in the pooling area");
    let own = sums(whole_town("dalian_2022", &["people.insured_elsewhere_share=0.2"]), 1).eligible;
    assert_eq!(own, inside, "the file's own rule");
}

#[test]
fn limits_are_held_against_bills_by_level_of_the_hospital() {
    let shares = |limit: u32| {
        let tiers = format!("credit.limits.tiers=[{{ score_from = 560, limit_yuan = {limit} }}]");
        let keys =
            [tiers.as_str(), "credit.limits.floor_yuan=60", "credit.limits.ceiling_yuan=20000"];
        let bills = sums(whole("dalian_2022", &keys), 4).line_bills;
        bills.map(|[all, whole]| whole as f64 / (all as f64).max(1.0))
    };
    let ([clinic, _, hospital], [_, _, enough]) = (shares(60), shares(20_000));
    assert!(clinic > hospital && hospital < enough, "{clinic}, {hospital}, {enough} fit the limit");
}

#[test]
fn the_card_network_takes_its_fee() {
    let of = |set: &[&str]| {
        let run = run(whole_town("dalian_2022", set), 3);
        policy(&run).clearing.clone().expect("money between institutions")
    };
    let (usual, none) = (of(&[]), of(&["clearing.policy.network_fee_ratio=0"]));
    assert!(usual.network_fees > Fen::ZERO && none.network_fees == Fen::ZERO);
}

/// What people have at hand, in monthly incomes.
fn at_hand(months: f64) -> String {
    format!("inpatient.means.at_once={{ fixed = {{ value_months = {months} }} }}")
}

/// The whole town, where the holder of a line keeps it for later.
fn kept_line(set: &[&str]) -> aftercare::scenario::Scenario {
    let mut town = whole_town("dalian_2022", set);
    town.behaviour.use_of_line.outpatient = 0.0;
    town.behaviour.use_of_line.inpatient = 0.0;
    town
}

#[test]
fn a_line_that_nobody_draws_has_a_value_as_a_reserve() {
    let value = |set: &[&str]| {
        let said = told(kept_line(set), 8);
        let of = |key: &str| mean(&said, &format!("other_finance.reserve.never_drawn.{key}"));
        assert!(of("lines") > 100.0 && of("line_years") > 1.0);
        assert!(of("bills_met") <= of("bills_above_own_means") && of("met") <= of("lacked"));
        (of("bills_met"), of("option_value_per_line_year"))
    };
    let none = "behaviour.other_finance.go_without_shares=[0, 0, 0, 0, 0]";
    let little = at_hand(0.1);
    let (bills, worth) = value(&[&little, none]);
    assert!(bills > 0.0 && worth > 0.0, "{bills} bills, {worth} yuan a line and year");
    let (fewer, less) = value(&[&at_hand(1.0), none]);
    assert!(fewer < bills && less < worth, "{fewer} of {bills}: who has more needs it less");
    let cheap = "behaviour.other_finance.card.fee_ratio_per_month=0.001";
    let (again, nothing) = value(&[&little, none, cheap]);
    assert!(alike(again, bills) && alike(nothing, 0.0), "no dearer than the line: {nothing}");
    let tiers = "credit.limits.tiers=[{ score_from = 560, limit_yuan = 60 }]";
    let floor = ["credit.limits.floor_yuan=60", tiers];
    let (small, _) = value(&[&little, none, floor[0], floor[1]]);
    assert!(small < bills, "{small} bills within a limit of 60 yuan");
}

#[test]
fn an_outpatient_line_meets_bills_above_what_is_at_hand() {
    let met = |months: f64| {
        let hand =
            format!("behaviour.other_finance.at_hand={{ fixed = {{ value_months = {months} }} }}");
        let mut town = whole_town("dalian_2021", &[&hand]);
        town.inpatient.means = None;
        mean(&told(town, 4), "other_finance.reserve.all.bills_met")
    };
    let (little, much) = (met(0.05), met(50.0));
    assert!(little > 0.0 && much == 0.0, "{little} and {much} bills");
}

#[test]
fn cards_and_relatives_pay_what_is_above_own_means_in_each_arm() {
    let hand = at_hand(0.1);
    let said = |set: &[&str]| {
        let mut town = whole_town("dalian_2022", &[set, &[hand.as_str()]].concat());
        town.behaviour.use_of_line.reserve_above_income = 0.0;
        told(town, 8)
    };
    let usual = said(&[]);
    let of = |said: &serde_json::Value, arm: &str, key: &str| {
        mean(said, &format!("other_finance.{arm}.{key}"))
    };
    for key in ["lent_by_card", "lent_by_relatives", "cost_to_patients"] {
        let (before, after) = (of(&usual, "baseline", key), of(&usual, "policy", key));
        assert!(after < before && before > 0.0, "{key}: {after} against {before} without a line");
    }
    let dear = said(&["behaviour.other_finance.card.fee_ratio_per_month=0.012"]);
    let [one, two] = [&usual, &dear].map(|said| of(said, "baseline", "cost_to_patients"));
    assert!((two / one - 2.0).abs() < 0.001, "twice the fee: {one} and {two}");
    let gain = |said: &serde_json::Value, party: &str| {
        let against = said["answer"]["against"].as_object().expect("baselines");
        let (name, first) = against.iter().next().expect("a baseline");
        assert_eq!(first["sum_gap_fen"], 0, "{name}: what patients save, lenders lose");
        mean(said, &format!("answer.against.{name}.npv_paying_by_party.{party}"))
    };
    assert!(gain(&dear, "patients") > gain(&usual, "patients"));
    assert!(gain(&dear, "others") < gain(&usual, "others"));
}

#[test]
fn who_cannot_pay_for_tests_goes_without_unless_the_line_pays() {
    let of = |share: u8| {
        let shares = format!("behaviour.other_finance.go_without_shares={:?}", [share; 5]);
        let mut town = whole_town("dalian_2022", &[&at_hand(0.02), &shares]);
        town.behaviour.use_of_line.reserve_above_income = 0.0;
        let said = told(town, 3);
        ["baseline", "policy"]
            .map(|arm| mean(&said, &format!("other_finance.{arm}.visits_without_tests")))
    };
    let [before, after] = of(1);
    assert!(after < before, "{after} with lines, {before} without");
    assert!(of(0).iter().all(|&visits| alike(visits, 0.0)));
}

#[test]
fn an_unsigned_emergency_signs_on_the_ward_or_leaves_a_deposit() {
    let of = |may: bool, share: u8| {
        let keys = [
            format!("credit.onboarding.emergencies_on_the_ward={may}"),
            format!("behaviour.applying.on_the_ward_share={share}"),
            "inpatient.emergency_share=0.9".to_owned(),
        ];
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let mut town = whole_town("dalian_2022", &keys);
        town.behaviour.adoption.share_at_start = 0.0;
        town.behaviour.adoption.share_at_end = 0.0;
        town.city.demand.admissions_per_person_year *= 3.0;
        let stays = sums(town, 8).inpatient;
        (stays.unsigned, stays.signed_on_ward, stays.unsigned_deposits, stays.on_line)
    };
    let (unsigned, signed, deposits, on_line) = of(true, 1);
    assert!(signed > 0 && signed < unsigned, "{signed} of {unsigned}: some may have no line");
    assert!(on_line > 0 && on_line <= signed, "{on_line} stays on the lines of {signed}");
    let (as_many, nobody, all_leave, none) = of(true, 0);
    assert_eq!((nobody, none), (0, 0));
    assert!(all_leave > deposits, "{all_leave} deposits of {as_many}, {deposits} where some sign");
    assert_eq!(of(false, 1).1, 0, "where sign-up must precede an emergency's admission too");
}

#[test]
fn bills_of_children_are_paid_from_a_grown_ups_means() {
    let said = told(whole_town("dalian_2022", &[&at_hand(1.0)]), 3);
    let of = |key: &str| mean(&said, &format!("other_finance.baseline.{key}"));
    let bills = of("bills_by_card") + of("bills_by_relatives");
    let visits = mean(&said, "visits");
    assert!(visits > 500.0 && bills < 0.02 * visits, "{bills} of {visits}, a sixth by children");
}
