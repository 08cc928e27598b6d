//! Guangzhou: employees, a card-like limit of 5,000 and more, settlement at each order, a statement.

use super::town::*;
use aftercare::domain::{Day, Fen, Refusal};
use aftercare::ledger::Role;
use aftercare::settlement::Source;

#[test]
fn only_members_of_the_employees_scheme_take_part() {
    let base = sums(town("guangzhou", &[]), 1);
    let open = sums(town("guangzhou", &["credit.eligibility.schemes.resident=true"]), 1);
    assert!(shut_out(&base, Refusal::InsuranceNotAdmitted) > 1_000);
    assert_eq!(shut_out(&open, Refusal::InsuranceNotAdmitted), 0);
    assert_eq!(shut_out(&base, Refusal::NotInsured), shut_out(&open, Refusal::NotInsured));
    assert!(open.eligible > base.eligible);
}

#[test]
fn the_limit_is_at_least_5000() {
    let base = sums(town("guangzhou", &[]), 1);
    assert!(base.limit_total >= Fen::from_yuan(5_000 * base.opened as i64));
    let keys = [
        "credit.limits.tiers=[{ score_from = 560, limit_yuan = 4000 }]",
        "credit.limits.floor_yuan=4000",
    ];
    assert!(sums(town("guangzhou", &keys), 1).limit_total < base.limit_total);
}

#[test]
fn each_order_is_settled_when_it_is_issued() {
    let draws = |set: &[&str]| {
        let run = run(town("guangzhou", set), 3);
        policy(&run).sums.draws as f64 / visits(&run)[0].visits as f64
    };
    let (each, once) = (draws(&[]), draws(&["scheme_flow.when=\"once_at_end\""]));
    assert!(each > 1.4 * once, "{each} against {once} debits a visit");
    assert_eq!(visits(&run(town("guangzhou", &[]), 2))[0].policy.stops, 0);
}

#[test]
fn the_pooled_part_is_never_advanced_by_the_patient() {
    let paid = |set: &[&str]| {
        let run = run(whole_town("guangzhou", set), 3);
        let pooled = booked(&run, Role::PooledEmployee);
        assert!(policy(&run).sums.drawn <= policy(&run).sums.billed - pooled);
        (pooled, policy(&run).sums.drawn)
    };
    let halves = "{ primary = 0.1, secondary = 0.1, tertiary = 0.1 }";
    let less = format!("rules.employee.outpatient.active.ratio_by_level={halves}");
    let ((pooled, drawn), (smaller, larger)) = (paid(&[]), paid(&[&less]));
    assert!(
        smaller < pooled && larger > drawn,
        "what the fund pays is never the patient's to advance"
    );
}

#[test]
fn the_statement_sets_the_due_day() {
    // The last visit is on 8 March; the statement of the 10th is due 25 days later, on 4 April.
    let run_out = |set: &[&str]| days_of_run_out(town("guangzhou", set), 3);
    let base = run_out(&[]);
    assert_eq!(run_out(&["credit.free_window.statement.grace_days=20"]), base - 5);
    assert_eq!(run_out(&["credit.free_window.statement.statement_day=12"]), base + 2);
}

#[test]
fn hospitals_join_in_waves() {
    let start = scheme("guangzhou", &[]).city.start;
    let (first, end) = (institutions_on("guangzhou", start), institutions("guangzhou"));
    assert!((3..19).contains(&first) && end == 19, "{first} at first, {end} at the end");
}

#[test]
fn who_is_not_in_an_institution_of_the_scheme_pays_as_before() {
    let mut town = town("guangzhou", &[]);
    town.city.sites.iter_mut().for_each(|site| site.in_scheme_from = None);
    let none = sums(town, 2);
    assert_eq!((none.draws, none.drawn), (0, Fen::ZERO));
}

/// Money that each source gave in the policy's arm.
fn paid(run: &aftercare::sim::Replication) -> impl Fn(Source) -> i64 + '_ {
    |source| policy(run).payments.paid[source as usize].0
}

#[test]
fn the_patient_chooses_which_source_comes_first() {
    let habit = |order: &str| {
        let all = "weight_by_age = [1, 1, 1, 1, 1, 1]";
        let key = format!("payment_means.habits=[{{ name = \"all\", {all}, order = {order} }}]");
        run(whole_town("guangzhou", &[&key]), 3)
    };
    let account = habit("[\"account\", \"line\", \"debit_card\"]");
    let card = habit("[\"debit_card\", \"account\"]");
    let line = habit("[\"line\", \"account\", \"debit_card\"]");
    assert!(paid(&account)(Source::Account) > paid(&line)(Source::Account));
    assert!(paid(&line)(Source::Line) > paid(&account)(Source::Line));
    assert!(paid(&card)(Source::DebitCard) > 0 && paid(&card)(Source::Account) == 0);
    assert_eq!(paid(&card)(Source::Line), 0, "the card bears every order");
}

#[test]
fn a_source_that_is_short_is_followed_by_the_next() {
    let short = |set: &[&str]| policy(&run(whole_town("guangzhou", set), 3)).payments.fell_short;
    let one = "payment_means.habits=[{ name = \"cash\", weight_by_age = [1,1,1,1,1,1], order = [\"cash\"] }]";
    assert!(short(&[]) > 0);
    assert_eq!(short(&[one]), 0);
}

#[test]
fn the_receipt_lists_the_booked_and_the_own_part_and_a_message_goes_out() {
    let of = |set: &[&str]| {
        let run = run(whole_town("guangzhou", set), 3);
        let pay = policy(&run).payments.clone();
        let own: i64 = pay.paid.iter().map(|part| part.0).sum::<i64>() + pay.unpaid.0;
        assert_eq!(pay.booked.0 + own, pay.billed.0, "receipts sum to the fen");
        (pay.sent, pay.reached, pay.message_cost)
    };
    let (sent, reached, cost) = of(&[]);
    assert!(sent > reached && reached > 0);
    let (_, fewer, dearer) = of(&[
        "payment_means.message_reached_per_million=500000",
        "payment_means.message_cost_yuan=0.10",
    ]);
    assert!(fewer < reached && dearer == cost + cost);
}

#[test]
fn the_personal_account_may_repay_the_line() {
    let swept = |set: &[&str]| {
        let order = "order = [\"line\", \"debit_card\"]";
        let all = "weight_by_age = [1, 1, 1, 1, 1, 1]";
        let key = format!("payment_means.habits=[{{ name = \"line\", {all}, {order} }}]");
        let mut town = whole_town("guangzhou", &[set, &[&key]].concat());
        town.behaviour.repayment.miss_due = 1.0;
        sums(town, 3).swept
    };
    assert!(swept(&[]) > Fen::ZERO);
    assert_eq!(swept(&["credit.repayment.account_sweep=false"]), Fen::ZERO);
}

#[test]
fn seven_banks_sign_and_three_begin() {
    let lines = |day: &str| {
        let mut town = whole_town("guangzhou", &[]);
        town.city.start = aftercare::domain::Day::parse(day).expect("a day");
        town.city.sites.iter_mut().for_each(|site| site.in_scheme_from = Some(town.city.start));
        let run = run(town, 1);
        policy(&run).banks.iter().map(|bank| bank.lines).collect::<Vec<u64>>()
    };
    let (first, later) = (lines("2023-03-06"), lines("2023-09-04"));
    assert_eq!(first.len(), 7);
    assert_eq!(first.iter().filter(|&&lines| lines > 0).count(), 3, "{first:?}");
    assert!(later.iter().all(|&lines| lines > 0), "{later:?}");
}

#[test]
fn one_person_may_hold_lines_at_two_banks() {
    let second = |set: &[&str]| -> u64 {
        let keys = [&["behaviour.second_line_share=0.3"], set].concat();
        policy(&run(whole_town("guangzhou", &keys), 1)).banks.iter().map(|b| b.second_lines).sum()
    };
    assert!(second(&[]) > 0);
    assert_eq!(second(&["credit.lines_per_person=1"]), 0);
}

#[test]
fn approval_takes_days_as_for_a_credit_card_and_some_give_up() {
    let waited = |days: u32| {
        let keys = [
            format!("credit.onboarding.lead_days={days}"),
            "behaviour.applying.abandon_share_per_day=0.1".to_owned(),
        ];
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let mut town = whole_town("guangzhou", &keys);
        town.behaviour.adoption.share_at_start = 0.0;
        let sums = sums(town, 6);
        (sums.opened, sums.abandoned)
    };
    let (at_once, slow) = (waited(0), waited(4));
    assert!(at_once.1 == 0 && slow.1 > 100 && slow.0 < at_once.0, "{at_once:?} and {slow:?}");
}

#[test]
fn an_account_without_a_card_is_used_with_the_e_credential() {
    let account = |needs_card: bool, share: f64| {
        let keys = [
            format!("rules.account.needs_card={needs_card}"),
            format!("people.without_card_share={share}"),
            "people.first_card_share_per_year=0".to_owned(),
        ];
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let run = run(whole_town("guangzhou", &keys), 2);
        paid(&run)(Source::Account) + paid(&run)(Source::Family)
    };
    let (credential, card) = (account(false, 0.4), account(true, 0.4));
    assert!(card < credential, "{card} against {credential}");
    assert_eq!(account(true, 1.0), 0, "nobody has a card");
    assert_eq!(account(true, 0.0), account(false, 0.0), "everybody has one");
}

/// The card's bank takes over what stands on the account, to the fen, and what was closed without a card opens.
#[test]
fn an_account_is_carried_over_to_the_bank_of_the_first_card() {
    let of = |share: f64, needs_card: bool| {
        let keys = [
            format!("people.first_card_share_per_year={share}"),
            format!("rules.account.needs_card={needs_card}"),
            "people.without_card_share=0.5".to_owned(),
        ];
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let run = run(whole_town("guangzhou", &keys), 5);
        let pay = policy(&run).payments.clone();
        (
            pay.first_cards,
            pay.carried,
            paid(&run)(Source::Account),
            booked(&run, Role::PersonalAccount),
        )
    };
    let (none, some, all) = (of(0.0, false), of(0.9, false), of(1.0, false));
    assert_eq!((none.0, none.1), (0, Fen::ZERO));
    assert!(some.0 > 20 && all.0 > 10 * some.0, "{} and {} cards", some.0, all.0);
    assert!(some.1 > Fen::from_yuan(500 * some.0 as i64), "{} carried", some.1);
    assert_eq!((none.2, none.3), (all.2, all.3), "the balance itself stays what it was");
    let (closed, opened) = (of(0.0, true), of(1.0, true));
    assert!(closed.2 < opened.2, "{} and {} paid from accounts", closed.2, opened.2);
}

/// Minutes from door to door, and the wait at the counters, where a share of the people goes to the kiosks.
fn agency(share: f64) -> [f64; 2] {
    let path = file("networks/agency_kiosks");
    let text = std::fs::read_to_string(path).expect("the network");
    let [counter, kiosk] = [("go_to_agency", 1.0 - share), ("go_to_branch", share)];
    let mut changed = text.clone();
    for (to, share) in [counter, kiosk] {
        let route = format!("from = \"arrival\"\nto = \"{to}\"\nprobability = ");
        assert!(text.contains(&format!("{route}0.5")), "{to}");
        changed = changed.replace(&format!("{route}0.5"), &format!("{route}{share}"));
    }
    let room = tempfile::tempdir().expect("a folder");
    let other = room.path().join("agency.toml");
    std::fs::write(&other, changed).expect("a copy");
    let ended = assert_cmd::Command::cargo_bin("aftercare")
        .expect("the program")
        .args(["flow", "--replications", "8", "--format", "json"])
        .arg(&other)
        .output()
        .expect("it runs");
    let answer: serde_json::Value = serde_json::from_slice(&ended.stdout).expect("an answer");
    assert_eq!(answer["conserved"], true);
    let mean = |value: &serde_json::Value| value["mean"].as_f64().expect("a number") / 60.0;
    [mean(&answer["time_in_system_mean_s"]), mean(&answer["stations"]["counters"]["wait_mean_s"])]
}

#[test]
fn agency_services_at_bank_kiosks_save_minutes() {
    let [before, half, most] = [0.05, 0.5, 0.9].map(agency);
    assert!(before[0] > half[0] + 15.0 && half[0] > most[0] + 15.0, "{before:?} {half:?} {most:?}");
    assert!(before[1] > half[1], "who still comes to the counter waits less");
    assert!(most[0] < 35.0, "a circle of fifteen minutes: {most:?} minutes there and back");
}

#[test]
fn a_campaign_of_a_hundred_days_brings_signers() {
    let opened = |factor: &str| {
        let mut town = town("guangzhou", &[]);
        town.behaviour = scheme("guangzhou", &[&campaign(factor)]).behaviour;
        town.city.start = aftercare::domain::Day::parse("2023-05-08").expect("a day");
        sums(town, 10).opened
    };
    let (none, twice, most) = (opened("1"), opened("2"), opened("4"));
    assert!(none < twice && twice < most, "{none}, {twice}, {most} signers");
}

/// The file's campaign with another factor.
fn campaign(factor: &str) -> String {
    let days = "from = 2023-04-23, to = 2023-07-31";
    format!("behaviour.adoption.by_institution.campaigns=[{{ {days}, factor = {factor} }}]")
}

#[test]
fn the_card_network_takes_its_time_to_answer() {
    let answers = |set: &[&str]| policy(&run(whole_town("guangzhou", set), 2)).payments.answers;
    let usual = answers(&[]);
    assert!(usual.asked > 100 && 0 < usual.too_late && usual.too_late < usual.asked, "{usual:?}");
    let slow = answers(&["payment_means.network.answer_ms=[9000]"]);
    assert_eq!(
        (slow.asked, slow.wait_ms, slow.too_late),
        (usual.asked, 9_000 * usual.asked, usual.asked)
    );
    let patient = answers(&["payment_means.network.patience_ms=30000"]);
    assert_eq!((patient.wait_ms, patient.too_late), (usual.wait_ms, 0));
}

#[test]
fn the_card_network_keeps_its_fee_and_pays_hospitals_by_its_next_days_file() {
    let of = |set: &[&str]| {
        let run = run(whole_town("guangzhou", set), 3);
        policy(&run).clearing.clone().expect("money between institutions")
    };
    let usual = of(&[]);
    // What is given back leaves the fee with the network, so it is more than 0.2 % of the balance.
    assert!(usual.network_fees.0 > usual.network_carried.0 / 500, "{usual:?}");
    let twice = of(&["clearing.network_fee_ratio=0.004"]).network_fees;
    let rounded = (twice.0 - 2 * usual.network_fees.0).abs();
    assert!(rounded < 100, "{twice} in place of {}", usual.network_fees);
    let late = of(&["clearing.network_pays_after_days=3"]);
    assert_eq!(late.network_carried, usual.network_carried);
    let [next_day, third_day] = [&usual, &late].map(|clearing| clearing.open.in_transit);
    assert!(third_day > 2 * next_day, "{third_day} fen-days open in place of {next_day}");
}

#[test]
fn reconciliation_has_four_sides() {
    use aftercare::clearing::{Part, Side};
    let planted = |uses: f64, more: u32| {
        let mut town = whole_town("guangzhou", &[]);
        town.behaviour.use_of_line.outpatient = uses;
        town.behaviour.use_of_line.inpatient = uses;
        let spec = town.policy.clearing.as_mut().expect("money between institutions");
        let mistakes = spec.mistakes.as_mut().expect("mistakes to find");
        mistakes.per_million = mistakes.per_million.map(|each| each * more);
        let files = policy(&run(town, 6)).files.clone();
        assert_eq!(files.planted, files.named, "each is found and named right");
        assert_eq!(files.false_alarms, 0);
        let lines = files.named_each.iter().filter(|named| named.part == Part::Line as u8).count();
        let sides = (0..Side::NAMES.len()).map(|side| {
            files.named_each.iter().filter(|named| usize::from(named.side) == side).count()
        });
        (sides.collect::<Vec<_>>(), lines)
    };
    assert_eq!(Side::NAMES, ["hospital", "insurer", "bank", "network"]);
    let (four, lines) = planted(1.0, 20);
    assert!(four.iter().all(|&mistakes| mistakes > 0), "each side's file has mistakes: {four:?}");
    assert!(lines > 0, "some of them about draws");
    assert_eq!(planted(1.0, 0), (vec![0; 4], 0), "and none are named where there are none");
    assert_eq!(planted(0.0, 20).1, 0, "without draws none is about one");
}

#[test]
fn less_crowding_is_counted_in_person_minutes_in_crowded_halls() {
    let halls = |set: &[&str]| {
        let mut town = whole_town("guangzhou", set);
        town.flow = scheme("guangzhou", set).flow;
        town.baselines[0] = scheme("smoke", &[]).baselines.remove(1);
        let run = run(town, 3);
        [&run.arms[0], policy(&run)].map(|arm| {
            let of = |read: fn(&aftercare::flow::HallStats) -> u64| {
                arm.stations.iter().map(|stats| read(&stats.halls[0])).sum::<u64>()
            };
            (of(|hall| hall.person_minutes), of(|hall| hall.crowded))
        })
    };
    let of_places = |places: &str| {
        let all = format!("{{ primary = {places}, secondary = {places}, tertiary = {places} }}");
        halls(&[&format!("flow.halls.payment_places_per_server={all}")])
    };
    let [(lines, crowds), (fewer, thinner)] = of_places("0.2");
    assert!(fewer < lines && thinner < crowds, "{thinner} of {crowds} in the policy");
    let [(same, less), _] = of_places("2");
    assert!(same == lines && less < crowds, "a larger hall is crowded later: {less} of {crowds}");
}

#[test]
fn a_refund_cancels_the_settlements_that_stand_on_it_in_reverse_order() {
    let refunds = |share: &str, strictly: bool| {
        let share = format!("refunds.visits_share={share}");
        let keys = [&share[..], "refunds.item_ratio=0.5"];
        let mut town = whole_town("guangzhou", &keys);
        town.refunds = scheme("guangzhou", &keys).refunds;
        town.rules.reverses_latest_first = strictly;
        let sums = sums(town, 2);
        (sums.refunds, refused(&sums, Refusal::LaterClaimFirst), sums.billed)
    };
    let (each, ..) = refunds("1", false);
    assert!(each.visits > 200 && each.gap() == Fen::ZERO && each.lines > Fen::ZERO, "{each:?}");
    assert!(each.cancelled * 10 > each.visits * 11, "tests are settled before drugs: {each:?}");
    let (strict, refused, billed) = refunds("1", true);
    assert!(
        strict.visits * 100 > each.visits * 99 && refused < 10,
        "{refused} refused: {strict:?}"
    );
    let (off, _, all) = refunds("0", true);
    assert_eq!((off.visits, off.total), (0, Fen::ZERO));
    assert_eq!(all - billed, strict.total, "what is given back is not billed, and all else is");
}

/// Opened lines, the whole funnel, and what the lines and telling people cost.
#[test]
fn enjoyed_without_applying_enrols_all_who_do_not_opt_out_and_costs_more() {
    let of = |opts_out: &str| {
        let key = format!("behaviour.adoption.joining.opts_out_share={opts_out}");
        let scheme = scheme("guangzhou", &[&key]);
        let mut town = whole_town("guangzhou", &[&key]);
        town.behaviour.adoption = scheme.behaviour.adoption;
        town.behaviour.more.applying.abandon_per_day = 0.0;
        town.costs.as_mut().expect("costs").joining = scheme.costs.expect("costs").joining;
        let said = told(town, 8);
        let of = |key: &str| mean(&said, &format!("funnel.{key}"));
        let here = of("applied") - of("applied_outside_gates") + of("opted_out");
        assert!(alike(of("eligible"), here + of("stayed_out")), "everybody is somewhere");
        let asked = of("abandoned") + of("turned_down") + of("still_waiting");
        assert!(alike(of("applied"), of("opened") - of("second_lines") + asked));
        let first = said["answer"]["against"].as_object().expect("baselines");
        let name = first.keys().next().expect("a baseline");
        let cost = mean(&said, &format!("answer.against.{name}.resource_cost_without_care"));
        (of("applied"), of("opted_out") / of("eligible"), of("stayed_out"), cost)
    };
    let (asked, nobody, stay_out, cost) = of("\"none\"");
    let (enrolled, tenth, none_left, more) = of("0.1");
    assert!(nobody == 0.0 && stay_out > 0.0, "opt-in");
    assert!((tenth - 0.1).abs() < 0.02 && none_left == 0.0, "{tenth} opt out, {none_left} left");
    assert!(enrolled > 5.0 * asked, "{enrolled} enrolled, {asked} who asked");
    assert!(more > cost, "{more} yuan against {cost}: more lines, and everybody is told");
    let (_, most, _, _) = of("0.6");
    assert!((most - 0.6).abs() < 0.02, "{most}");
}

#[test]
fn campaigns_and_telling_members_cost_what_the_file_says() {
    let cost = |day: u32| {
        let mut town = whole_town("guangzhou", &[]);
        let set = [format!("costs.joining.campaign_yuan_per_day={day}")];
        let scheme = scheme("guangzhou", &[&set[0]]);
        town.costs.as_mut().expect("costs").joining = scheme.costs.expect("costs").joining;
        town.behaviour.adoption.by_institution = scheme.behaviour.adoption.by_institution;
        town.city.start = Day::from_civil(2023, 7, 29).expect("a day");
        let said = told(town, 8);
        let name = said["baseline"].as_str().expect("its name").to_owned();
        mean(&said, &format!("answer.against.{name}.resource_cost_without_care"))
    };
    let (free, dear) = (cost(0), cost(1_000));
    assert!(alike(dear - free, 3_000.0), "the last three days of the campaign, 29 to 31 July");
}
