//! A city that pays with everything: accounts, wallets, cards, lines of several banks, supplements. Receipts sum
//! to the fen, orders change who pays, a bank joins on its day, and all books close.

use aftercare::credit::Bearer;
use aftercare::credit::spec::Bank;
use aftercare::domain::{Day, Fen};
use aftercare::experiment::{Outcome, Setup, replicate};
use aftercare::ledger::Role;
use aftercare::scenario::{Scenario, load, load_with};
use aftercare::settlement::Source;
use aftercare::sim::{BankTotals, PayTotals};
use std::path::Path;

fn scenario(set: &[&str]) -> Scenario {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/payment_means.toml");
    let set: Vec<String> = set.iter().map(|line| (*line).to_owned()).collect();
    load_with(&path, &set).unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn run(set: &[&str], days: u32) -> Outcome {
    let outcome = replicate(&Setup::new(scenario(set), 1, 1, days, None), &mut |_| true);
    outcome.unwrap_or_else(|stopped| panic!("{stopped:?}"))
}

fn policy(outcome: &Outcome) -> &PayTotals {
    &outcome.replications[0].arms.last().expect("the policy").payments
}

#[test]
fn receipts_sum_to_the_bills_and_every_source_is_used() {
    let outcome = run(&[], 7);
    for arm in &outcome.replications[0].arms {
        let pay = &arm.payments;
        let own = pay.paid.iter().map(|paid| paid.0).sum::<i64>() + pay.unpaid.0;
        assert_eq!(pay.booked.0 + own, pay.billed.0, "booked and own parts");
        assert_eq!(pay.billed, arm.sums.billed, "a receipt a settlement");
        assert_eq!(pay.receipts, i64::try_from(arm.sums.claims).expect("a count"));
        assert!(pay.sent >= pay.receipts.unsigned_abs() && pay.reached < pay.sent);
        let used = |source: Source| pay.paid[source as usize].0 > 0;
        for source in
            [Source::Account, Source::Family, Source::WeChat, Source::Alipay, Source::ECny]
        {
            assert!(used(source), "{}", source.word());
        }
        assert!(used(Source::DebitCard) && used(Source::Cash) && used(Source::Deposit));
        assert!(pay.fell_short > 0, "some source ran out");
        assert_eq!(arm.audit.imbalance_fen(), 0);
        // Supplements of employers and the commercial one pay where people have them.
        for role in [Role::CivilServantFund, Role::CommercialInsurer] {
            assert!(arm.audit.total(role).0 > 0, "{}", role.word());
        }
    }
    assert!(policy(&outcome).paid[Source::Line as usize].0 > 0);
    let nobody =
        run(&["people.covers.commercial_share=0", "people.covers.civil_service_share=0"], 2);
    let audit = &nobody.replications[0].arms[0].audit;
    assert_eq!(audit.total(Role::CommercialInsurer).0 + audit.total(Role::CivilServantFund).0, 0);
}

/// Card first against account first, the same people and bills.
#[test]
fn the_order_that_people_choose_decides_who_pays() {
    let habit = |order: &str| {
        format!(
            "payment_means.habits=[{{ name = \"all\", weight_by_age = [1,1,1,1,1,1], order = {order} }}]"
        )
    };
    let first = |order: &str| run(&[&habit(order)], 3);
    let account = first("[\"account\", \"deposit\", \"cash\"]");
    let card = first("[\"deposit\", \"debit_card\", \"account\", \"cash\"]");
    let paid = |outcome: &Outcome, source: Source| policy(outcome).paid[source as usize].0;
    assert!(paid(&account, Source::Account) > 0);
    assert_eq!(paid(&card, Source::Account), 0, "the card has enough for everything");
    assert!(paid(&card, Source::DebitCard) > paid(&account, Source::Cash));
    assert_eq!(paid(&account, Source::Line), 0, "nobody named the line");
}

#[test]
fn banks_open_lines_by_their_own_scorecards_from_their_first_day() {
    let outcome = run(&["behaviour.second_line_share=0.5"], 7);
    let banks = &outcome.replications[0].arms.last().expect("the policy").banks;
    assert_eq!(banks.len(), 3);
    assert!(banks.iter().all(|bank| bank.lines > 0), "{banks:?}");
    assert!(banks.iter().map(|bank| bank.second_lines).sum::<u64>() > 0, "{banks:?}");
    assert!(banks[0].drawn.0 > 0 && banks[0].fen_days > 0);
    let each = |bank: usize| banks[bank].limits.0 as f64 / banks[bank].lines as f64;
    assert!(each(1) > each(0) && each(2) < each(0), "limits by bank");
    let mut late = scenario(&[]);
    let scheme = late.policy.scheme.as_mut().expect("a scheme");
    scheme.credit.more.banks.list[2].joins = Day::parse("2023-12-01").ok();
    let late = replicate(&Setup::new(late, 1, 1, 2, None), &mut |_| true).expect("two days");
    let banks = &late.replications[0].arms.last().expect("the policy").banks;
    assert_eq!(banks[2].lines, 0, "it has not joined");
}

/// What the banks report is the arm's books by bank, to the fen: write-offs, recoveries, what banks bear, sanctions,
/// and the days for which they lend free of interest.
#[test]
fn losses_free_days_and_sanctions_are_told_bank_by_bank() {
    // Bad times, so that a week's few draws go all the way; the books run on until each is closed.
    let bad = [
        "behaviour.repayment.miss_due_share=0.9",
        "behaviour.repayment.roll_per_month.dpd_1_30_to_31_60=0.95",
        "behaviour.repayment.roll_per_month.dpd_31_60_to_61_90=0.95",
        "behaviour.repayment.roll_per_month.dpd_61_90_to_90_plus=0.95",
        "behaviour.repayment.recover_after_write_off_share=0.5",
    ];
    let outcome = run(&bad, 7);
    let arm = outcome.replications[0].arms.last().expect("the policy");
    let sum = |read: fn(&BankTotals) -> i64| -> i64 { arm.banks.iter().map(read).sum() };
    assert_eq!(sum(|bank| bank.drawn.0), arm.sums.drawn.0);
    assert_eq!(sum(|bank| bank.written_off.0), arm.sums.written_off.0);
    assert_eq!(sum(|bank| bank.recovered.0), arm.sums.recovered.0);
    assert_eq!(sum(|bank| bank.charges.0), arm.sums.charges.0);
    assert_eq!(sum(|bank| bank.borne.0), arm.losses[Bearer::Bank as usize].0);
    assert_eq!(sum(|bank| bank.blacklisted as i64), arm.sums.blacklisted as i64);
    assert_eq!(sum(|bank| bank.cancelled as i64), arm.sums.cancelled as i64);
    assert!(sum(|bank| bank.recovered.0) > 0, "{:?}", arm.banks);
    for bank in &arm.banks[..2] {
        assert!(Fen::ZERO < bank.borne && bank.borne < bank.written_off, "{bank:?}");
        assert!(bank.blacklisted > 0 && 0 < bank.free_fen_days, "{bank:?}");
        assert!(bank.free_fen_days < bank.fen_days, "late draws are lent too, {bank:?}");
    }
    let longer = run(&["credit.free_window.fixed_days.free_days=30"], 7);
    let free = |outcome: &Outcome| -> i128 {
        let arm = outcome.replications[0].arms.last().expect("the policy");
        arm.banks.iter().map(|bank| bank.free_fen_days).sum()
    };
    assert!(free(&longer) > 4 * free(&run(&[], 7)), "ten times the free days");
}

/// The bank's own scorecard decides whom it admits, and by it the tier of the limit.
#[test]
fn a_bank_admits_by_its_own_scorecard() {
    let of = |change: &dyn Fn(&mut Bank)| {
        let mut scenario = scenario(&[]);
        let scheme = scenario.policy.scheme.as_mut().expect("a scheme");
        change(&mut scheme.credit.more.banks.list[1]);
        let outcome = replicate(&Setup::new(scenario, 1, 1, 1, None), &mut |_| true);
        let bank = outcome.expect("a day").replications[0].arms.last().expect("it").banks[1];
        (bank.lines, bank.limits)
    };
    let own = of(&|_| {});
    let public = of(&|bank| bank.scorecard = None);
    let strict = of(&|bank| bank.score_min = 680);
    assert_ne!(own, public, "the public score admits others");
    assert!(0 < strict.0 && strict.0 < own.0, "{strict:?} of {own:?}");
}

#[test]
fn wrong_tables_are_told_with_a_way_out() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/payment_means.toml");
    assert!(load(&path).is_ok());
    let told = |line: &str| {
        let problems = load_with(&path, &[line.to_owned()]).expect_err(line);
        problems.to_string()
    };
    let habit = |order: &str, weight: &str| {
        format!(
            "payment_means.habits=[{{ name = \"a\", weight_by_age = {weight}, order = {order} }}]"
        )
    };
    let all = "[1,1,1,1,1,1]";
    assert!(told(&habit("[\"cash\", \"cash\"]", all)).contains("named twice"));
    assert!(told("payment_means.top_up_card.top_up_yuan=[0]").contains("nothing is put on it"));
    assert!(told(&habit("[\"cash\"]", "[1,1,1,1,1,0]")).contains("nobody of age band 6"));
    assert!(told("people.covers.enterprise_share=0.99").contains("more than all employees"));
    assert!(told("credit.lines_per_person=3").contains("lines_per_person"));
}
