//! Hospitals' prepaid cards between visits, and purchases at retail pharmacies: balances close to the fen, a card that
//! covers the bill spares the queue, the line pays at pharmacies only where the scheme says so.

use aftercare::domain::Fen;
use aftercare::experiment::{Setup, replicate, summary};
use aftercare::ledger::Role;
use aftercare::scenario::{Scenario, load_with};
use aftercare::settlement::Source;
use aftercare::sim::{ArmResult, Replication};
use std::path::Path;

mod run_support;

fn scenario(file: &str, set: &[&str]) -> Scenario {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(file);
    let set: Vec<String> = set.iter().map(|line| (*line).to_owned()).collect();
    load_with(&path, &set).unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn run(set: &[&str], days: u32) -> Replication {
    let scenario = scenario("payment_means.toml", set);
    let outcome = replicate(&Setup::new(scenario, 1, 1, days, None), &mut |_| true);
    let outcome = outcome.unwrap_or_else(|stopped| panic!("{stopped:?}"));
    outcome.replications.into_iter().next().expect("one")
}

/// The arm with the prepaid card, and those without.
fn arms(run: &Replication) -> (&ArmResult, [&ArmResult; 2]) {
    (&run.arms[1], [&run.arms[0], &run.arms[2]])
}

#[test]
fn a_cards_balance_is_carried_between_visits_and_closes_to_the_fen() {
    let run = run(&[], 7);
    let (card, others) = arms(&run);
    let cards = &card.payments.cards;
    assert!(cards.issued > 0 && cards.handed_in > 0 && cards.left.0 > 0, "{cards:?}");
    assert_eq!(cards.issued, cards.handed_in + cards.left.0, "every card is out or handed in");
    let put_on = cards.put_on + cards.deposits;
    assert_eq!(put_on, cards.spent + cards.given_back + cards.left.1, "{cards:?}");
    assert_eq!(cards.spent, card.payments.paid[Source::TopUpCard as usize], "as receipts say");
    // What nobody hands in stays with the hospitals as deposits; nothing else does.
    assert_eq!(card.audit.total(Role::HospitalDeposits), -cards.left.1);
    assert_eq!(card.audit.imbalance_fen(), 0);
    for other in others {
        assert_eq!((other.payments.cards.issued, other.payments.cards.put_on), (0, Fen::ZERO));
        assert_eq!(other.audit.total(Role::HospitalDeposits), Fen::ZERO);
    }
}

/// The balance decides who queues: cards filled with more at a time are filled less often, and fewer payments
/// need a window or kiosk.
#[test]
fn larger_top_ups_spare_trips_and_lie_with_the_hospitals() {
    let of = |yuan: &str| {
        let run = run(&[&format!("payment_means.top_up_card.top_up_yuan=[{yuan}]")], 7);
        let (card, _) = arms(&run);
        let deposits = card.clearing.as_ref().expect("the clearing").open.deposits;
        let payments: u64 = card.stations.iter().map(|level| level.stations[1].served).sum();
        (card.payments.cards, deposits, payments)
    };
    let (small, large) = (of("50"), of("1000"));
    assert!(large.0.top_ups < small.0.top_ups && large.0.in_place > small.0.in_place);
    assert!(large.1 > 2 * small.1, "deposits held: {} and {}", large.1, small.1);
    assert!(large.2 < small.2, "patients at windows: {} and {}", large.2, small.2);
}

#[test]
fn idle_cards_are_handed_in_as_the_rules_say() {
    let of = |line: &str| arms(&run(&[line], 3)).0.payments.cards;
    let all = of("payment_means.top_up_card.handed_in_per_million=1000000");
    assert_eq!(all.left, (0, Fen::ZERO));
    let none = of("payment_means.top_up_card.handed_in_per_million=0");
    assert_eq!((none.handed_in, none.given_back), (0, Fen::ZERO));
    assert_eq!(none.left.0, none.issued);
}

#[test]
fn purchases_at_pharmacies_are_settled_by_their_rules_and_books() {
    let run = run(&[], 7);
    let retail = &run.arms.last().expect("the policy").retail;
    // 20,000 people, four purchases a year: 1,534 a week, standard deviation 39.
    assert!((1_380..1_690).contains(&retail.purchases), "{retail:?}");
    let parts = retail.funds + retail.account + retail.line + retail.own;
    assert_eq!(parts, retail.billed, "{retail:?}");
    assert!(retail.account > Fen::ZERO && retail.line > Fen::ZERO && retail.funds > Fen::ZERO);
    let mean = retail.billed.0 / retail.purchases.cast_signed();
    assert!((6_300..7_700).contains(&mean), "70 yuan each, got {mean} fen");
    let baseline = &run.arms[0].retail;
    assert_eq!((baseline.purchases, baseline.billed), (retail.purchases, retail.billed));
    assert_eq!(baseline.line, Fen::ZERO, "no line in a baseline");
}

#[test]
fn the_pharmacy_rules_and_the_scheme_decide_who_pays_there() {
    let of = |set: &[&str]| run(set, 3).arms.last().expect("the policy").retail;
    let usual = of(&[]);
    let outside = of(&["demand.retail_pharmacy.in_scheme_from=\"none\""]);
    assert_eq!(outside.line, Fen::ZERO, "pharmacies do not take part");
    let mut generous = scenario("payment_means.toml", &[]);
    for scheme in &mut generous.rules.scheme {
        let own = scheme.outpatient.clone();
        let rules = scheme.pharmacy.get_or_insert(own);
        for status in rules {
            status.deductible_year = Fen::ZERO;
            status.ratio_by_level = [aftercare::domain::Ratio::percent(90); 3];
        }
    }
    let outcome = replicate(&Setup::new(generous, 1, 1, 3, None), &mut |_| true).expect("days");
    let generous = outcome.replications[0].arms.last().expect("the policy").retail;
    assert_eq!(generous.billed, usual.billed, "the same purchases");
    assert!(generous.funds > usual.funds, "{generous:?} against {usual:?}");
}

/// Nothing is on unless the file says so: the smoke district knows neither cards nor pharmacies.
#[test]
fn without_the_tables_nothing_is_followed() {
    let setup = Setup::new(scenario("smoke.toml", &[]), 1, 1, 1, None);
    let outcome = replicate(&setup, &mut |_| true).expect("a day");
    for arm in &outcome.replications[0].arms {
        assert_eq!((arm.retail.purchases, arm.payments.cards.issued), (0, 0));
    }
    let summary = summary(&setup, &outcome);
    assert!(summary["retail_pharmacies"].is_null());
}

/// What a reader of the run folder gets: a row a bank, and tables in both languages.
#[test]
fn banks_cards_and_pharmacies_are_told_in_tables_and_both_reports() {
    let room = tempfile::tempdir().expect("a folder");
    let mut program = run_support::program(room.path());
    let file = run_support::scenario("payment_means.toml");
    program.arg("run").arg(file).args(["--out", "out", "--days", "3", "--replications", "1"]);
    program.assert().success();
    let read =
        |name: &str| std::fs::read_to_string(room.path().join("out").join(name)).expect(name);
    let banks = read("banks.csv");
    let mut lines = banks.lines();
    let header: Vec<&str> = lines.next().expect("a header").split(',').collect();
    let column = |name: &str| header.iter().position(|&each| each == name).expect(name);
    let names = ["funding_cost_of_free_days_yuan", "loss_borne_yuan", "blacklisted", "score_min"];
    assert!(names.iter().all(|name| column(name) > 0));
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    assert_eq!(rows.len(), 3, "{banks}");
    let second = column("second_lines");
    assert!(rows.iter().any(|row| row[second] != "0"), "one person holds two lines: {banks}");
    let clearing = read("clearing.csv");
    assert!(clearing.contains("Retail pharmacies 定点零售药店"), "books of their own: {clearing}");
    let (en, zh) = (read("report.html"), read("report.zh.html"));
    let told = [
        ("Loss that the bank itself bears", "银行自担净损失"),
        ("Payments that the balance covered in place", "余额足付占比"),
        ("Purchases at retail pharmacies", "定点零售药店购药"),
    ];
    for (english, chinese) in told {
        assert!(en.contains(english) && zh.contains(chinese), "{english}");
    }
}
