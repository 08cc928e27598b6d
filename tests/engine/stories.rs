//! Lives of one draw, to the fen: every balance after every step, worked out by hand.
//!
//! Bills are outside the catalogue, so the personal part is the bill. Penalty is 0.05 % a day of what
//! is overdue: 0.50 yuan a day on 1,000 yuan.

use super::support::{
    House, RULES, claim, date, insured, person, policy, policy_with_instalments, self_paid, visit,
};
use aftercare::credit::LineStatus;
use aftercare::credit::spec::CreditPolicy;
use aftercare::domain::{CareKind, Fen, HospitalId, InsuranceScheme};
use aftercare::engine::{Body, Decision, Funding, PersonRow, Settle};
use aftercare::ledger::Role;

/// What happens in one line of a story; all of it is about one visit.
#[derive(Clone, Copy, Debug)]
enum Does {
    Opens,
    Holds(u32),
    Draws(u32),
    LeavesDeposit(i64),
    PaysOwn { bill: u32, deposit: i64 },
    SleepsUntil(&'static str),
    Repays(i64),
    RepaysWhatIsAsked,
    Reverses,
    Releases,
}
use Does::{
    Draws, Holds, LeavesDeposit, Opens, PaysOwn, Releases, Repays, RepaysWhatIsAsked, Reverses,
    SleepsUntil,
};

/// Balances in fen: cash that people paid, receivable, interest and penalty income, loss, recovered,
/// cost of collections.
type Balances = [i64; 7];

const ROLES: [Role; 7] = [
    Role::PersonCash,
    Role::LineReceivable,
    Role::BankInterest,
    Role::BankPenalty,
    Role::BankLoss,
    Role::Recovered,
    Role::CollectionCosts,
];

/// Plays a story for a resident with a line of 3,000 yuan; returns the house as it ends.
fn play<'p>(
    policy: &'p CreditPolicy,
    from: &str,
    story: &[(Does, Balances)],
) -> (House<'p>, Decision) {
    let people = [person(InsuranceScheme::Resident, 40, 1, 700)];
    let mut house = House::new(Some(policy), &people, date(from));
    let mut last = Decision::default();
    for (does, balances) in story {
        last = step(&mut house, *does);
        assert_eq!(last.refusal, None, "{does:?} on {}", house.today);
        let got = ROLES.map(|role| house.total(role));
        assert_eq!(got, *balances, "after {does:?} on {}", house.today);
    }
    (house, last)
}

fn step(house: &mut House<'_>, does: Does) -> Decision {
    // A new bill has a number of its own; everything else is about the latest.
    let settled = house.rows.claims.len() as u32;
    let new = matches!(does, Draws(_) | PaysOwn { .. } | Holds(_));
    let visit = visit(if new { settled + 1 } else { settled.max(1) });
    let bill = visit.bill(4);
    let hospital = HospitalId(3);
    match does {
        Opens => house.send(0, Body::OpenLine),
        Holds(fen) => {
            let lines = self_paid(fen);
            let claim = claim(visit, &lines);
            house.send(0, Body::Reserve { claim, partial: false })
        }
        Draws(fen) => {
            let funding = Funding::Line { partial: false, deposit: Fen::ZERO };
            let lines = self_paid(fen);
            house.send(0, Body::Settle { claim: claim(visit, &lines), funding })
        }
        LeavesDeposit(fen) => house.send(0, Body::Deposit { hospital, amount: Fen(fen) }),
        PaysOwn { bill, deposit } => {
            let funding = Funding::Own { deposit: Fen(deposit) };
            let lines = self_paid(bill);
            let claim = Settle { care: CareKind::Inpatient, ..claim(visit, &lines) };
            house.send(0, Body::Settle { claim, funding })
        }
        SleepsUntil(day) => {
            house.pass_days_until(date(day));
            Decision::default()
        }
        Repays(fen) => house.send(0, Body::Repay { bill, offered: Fen(fen) }),
        RepaysWhatIsAsked => {
            let offered = house.engine.asked(&house.rows, bill, house.today);
            house.send(0, Body::Repay { bill, offered })
        }
        Reverses => house.send(0, Body::Reverse { visit, point: 4 }),
        Releases => house.send(0, Body::Release { visit }),
    }
}

#[test]
fn a_draw_that_nobody_pays_is_written_off_on_day_181_and_recovered_later() {
    let policy = policy();
    let story = [
        (Opens, [0; 7]),
        (Holds(100_000), [0; 7]),
        (Draws(100_000), [0, 100_000, 0, 0, 0, 0, 0]),
        (SleepsUntil("2023-04-26"), [0, 100_000, 0, 0, 0, 0, 0]),
        // Due on 26 April, 56 days after the visit: missed that night, late from the next day.
        (SleepsUntil("2023-04-27"), [0, 100_000, 0, 0, 0, 0, 0]),
        (SleepsUntil("2023-04-28"), [0, 100_050, 0, -50, 0, 0, 10]),
        (SleepsUntil("2023-05-12"), [0, 100_750, 0, -750, 0, 0, 810]),
        (SleepsUntil("2023-05-27"), [0, 101_500, 0, -1_500, 0, 0, 810]),
        (SleepsUntil("2023-06-26"), [0, 103_000, 0, -3_000, 0, 0, 810]),
        (SleepsUntil("2023-07-26"), [0, 104_500, 0, -4_500, 0, 0, 6_810]),
        (SleepsUntil("2023-10-24"), [0, 109_000, 0, -9_000, 0, 0, 6_810]),
        // Day 181: the principal is lost, the penalty was never earned.
        (SleepsUntil("2023-10-25"), [0, 0, 0, 0, 100_000, 0, 6_810]),
        (SleepsUntil("2023-12-01"), [0, 0, 0, 0, 100_000, 0, 6_810]),
        (Repays(40_000), [40_000, 0, 0, 0, 100_000, -40_000, 6_810]),
        (Repays(70_000), [100_000, 0, 0, 0, 100_000, -100_000, 6_810]),
    ];
    let (house, last) = play(&policy, "2023-03-01", &story);
    assert_eq!((last.closed, last.recovered, last.handed_back), (true, Fen(60_000), Fen(10_000)));
    assert_eq!(house.line(0).status(), LineStatus::Cancelled, "what was paid back is not trust");
    assert!(!house.rows.people[0].has(PersonRow::BLACKLISTED));
    assert!(house.rows.credit.draws.is_empty());
}

#[test]
fn a_late_payer_pays_the_penalty_and_gets_half_the_limit_back() {
    let policy = policy();
    let story = [
        (Opens, [0; 7]),
        (Draws(100_000), [0, 100_000, 0, 0, 0, 0, 0]),
        (SleepsUntil("2023-05-06"), [0, 100_450, 0, -450, 0, 0, 10]),
        (RepaysWhatIsAsked, [100_500, 0, 0, -500, 0, 0, 10]),
    ];
    let (house, last) = play(&policy, "2023-03-01", &story);
    assert_eq!((last.charges, last.principal, last.closed), (Fen(500), Fen(100_000), true));
    let line = house.line(0);
    assert_eq!((line.status(), line.limit()), (LineStatus::Active, Fen(150_000)));
}

#[test]
fn instalments_bear_interest_and_a_missed_one_a_penalty_on_itself() {
    let policy = policy_with_instalments();
    // 900 yuan in three parts of 300; interest 1 % a month on 900, 600, 300.
    let story = [
        (Opens, [0; 7]),
        (Draws(90_000), [0, 90_000, 0, 0, 0, 0, 0]),
        (SleepsUntil("2023-03-08"), [0, 90_000, 0, 0, 0, 0, 0]),
        (SleepsUntil("2023-04-07"), [0, 90_000, 0, 0, 0, 0, 0]),
        (RepaysWhatIsAsked, [30_900, 60_000, -900, 0, 0, 0, 0]),
        (SleepsUntil("2023-05-08"), [30_900, 60_600, -1_500, 0, 0, 0, 0]),
        // Nine days of 0.05 % on 306 yuan are 1.377 yuan.
        (SleepsUntil("2023-05-17"), [30_900, 60_738, -1_500, -138, 0, 0, 10]),
        (RepaysWhatIsAsked, [61_653, 30_000, -1_500, -153, 0, 0, 10]),
        (SleepsUntil("2023-06-07"), [61_653, 30_000, -1_500, -153, 0, 0, 10]),
        (RepaysWhatIsAsked, [91_953, 0, -1_800, -153, 0, 0, 10]),
    ];
    let (_, last) = play(&policy, "2023-01-10", &story);
    assert!(last.closed);
}

#[test]
fn two_draws_repaid_on_time_raise_the_limit_by_a_fifth() {
    let policy = policy();
    let story = [
        (Opens, [0; 7]),
        (Draws(100_000), [0, 100_000, 0, 0, 0, 0, 0]),
        (SleepsUntil("2023-04-26"), [0, 100_000, 0, 0, 0, 0, 0]),
        (RepaysWhatIsAsked, [100_000, 0, 0, 0, 0, 0, 0]),
        (Draws(20_000), [100_000, 20_000, 0, 0, 0, 0, 0]),
        (RepaysWhatIsAsked, [120_000, 0, 0, 0, 0, 0, 0]),
    ];
    let (house, _) = play(&policy, "2023-03-01", &story);
    assert_eq!(house.line(0).limit(), Fen::from_yuan(3_600));
}

#[test]
fn what_is_taken_back_goes_the_way_it_came() {
    let policy = policy();
    let drawn = [0, 100_000, 0, 0, 0, 0, 0];
    let half_repaid = [40_000, 60_000, 0, 0, 0, 0, 0];
    let repaid = [100_000, 0, 0, 0, 0, 0, 0];
    let stories: [&[(Does, Balances)]; 5] = [
        &[(Opens, [0; 7]), (Holds(100_000), [0; 7]), (Releases, [0; 7])],
        &[(Opens, [0; 7]), (Draws(100_000), drawn), (Reverses, [0; 7])],
        &[
            (Opens, [0; 7]),
            (Draws(100_000), drawn),
            (Repays(40_000), half_repaid),
            (Reverses, [0; 7]),
        ],
        &[(Opens, [0; 7]), (Draws(100_000), drawn), (Repays(100_000), repaid), (Reverses, [0; 7])],
        // What a deposit leaves over is handed back with the bill; reversed, the deposit is held again.
        &[
            (LeavesDeposit(300_000), [300_000, 0, 0, 0, 0, 0, 0]),
            (PaysOwn { bill: 100_000, deposit: 300_000 }, repaid),
            (Reverses, repaid),
        ],
    ];
    for story in stories {
        let (house, _) = play(&policy, "2023-05-08", story);
        let deposits = house.total(Role::HospitalDeposits);
        assert_eq!(house.total(Role::HospitalIncome), 0, "{story:?}");
        assert_eq!(house.total(Role::PersonCash) + deposits, 0, "{story:?}");
        assert!(house.rows.credit.draws.is_empty() && house.rows.credit.holds.is_empty());
    }
}

/// A year's benefits end with the year: the deductible begins anew, and a bill of December that is taken
/// back in January gives nothing to the new year's accumulators.
#[test]
fn a_claim_of_december_reversed_in_january_leaves_the_new_year_alone() {
    let people = [person(InsuranceScheme::Employee, 70, 0, 700)];
    let mut house = House::new(None, &people, date("2023-12-28"));
    let own = Funding::Own { deposit: Fen::ZERO };
    let bill = insured(100_000);
    let december = house.send(0, Body::Settle { claim: claim(visit(1), &bill), funding: own });
    let again = house.send(0, Body::Settle { claim: claim(visit(2), &bill), funding: own });
    assert!(again.fund > december.fund, "the deductible was used up");
    let inflow = RULES.account.retired_monthly;
    house.pass_days_until(date("2024-01-03"));
    let january = house.send(0, Body::Settle { claim: claim(visit(3), &bill), funding: own });
    assert_eq!((january.fund, january.person), (december.fund, december.person));
    assert_eq!(january.account, inflow, "one month's inflow has come and pays first");
    let used = house.rows.people[0].year;
    house.send(0, Body::Reverse { visit: visit(1), point: 4 });
    assert_eq!(house.rows.people[0].year, used);
    house.send(0, Body::Reverse { visit: visit(3), point: 4 });
    assert_eq!(house.rows.people[0].year, aftercare::settlement::YearToDate::default());
    assert_eq!(Fen::unpacked(house.rows.people[0].account), inflow);
}
