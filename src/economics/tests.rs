//! The book's identities, case by case and for any ledger.

use super::spec::*;
use super::*;
use crate::domain::{Fen, Ratio};
use crate::ledger::Role;
use proptest::prelude::*;

fn yuan(yuan: i64) -> Fen {
    Fen::from_yuan(yuan)
}

/// A spec in which nothing is free.
pub(super) fn dear() -> CostSpec {
    CostSpec {
        horizon_years: 5,
        discount_rate_year: Ratio::percent(3),
        funding_rate_year: Ratio::new(25, 1_000),
        value_of_hour: yuan(20),
        care_cost: Ratio::percent(90),
        it: FixedCost { by: Party::Platform, once: yuan(3_000_001), yearly: yuan(700_003) },
        bank: BankCost {
            once: yuan(1_000_003),
            yearly: yuan(300_007),
            per_line: Fen(1_234),
            per_line_year: Fen(301),
        },
        hospital: HospitalCost {
            rework: [yuan(30_000), yuan(90_001), yuan(250_003)],
            upkeep_year: Ratio::percent(15),
            clerk_hour: yuan(35),
            clerk_saved: Ratio::percent(20),
        },
        messages: MessageCost {
            by: Party::Bank,
            each: Fen(5),
            per_1000_draws: 2_000,
            per_1000_line_years: 12_000,
        },
        help: HelpCost { by: Party::Platform, per_1000_draws: 23, call: yuan(6) },
        channel: ChannelCost {
            fee: Ratio::new(2, 1_000),
            fee_item: Fen(3),
            handling_1000: yuan(37),
        },
        collection_by: Party::Bank,
        subsidy: Ratio::new(1, 1_000),
        sign_up_at_home_s: 480,
        crowded_from_s: 600,
        joining: Some(JoiningCost {
            by: Party::Funds,
            per_told: Fen(51),
            campaign_day: yuan(4_001),
        }),
        household: HouseholdSpec { subsistence_month: yuan(900), catastrophic: Ratio::percent(40) },
    }
}

/// A ledger whose roles sum to zero: bills, shares, losses, charges, premiums, collections as given, and the
/// patients' cash as what is left.
fn ledger(amounts: &[i64; 18]) -> [i64; Role::COUNT] {
    let mut roles = [0; Role::COUNT];
    let plus = [
        Role::PooledEmployee,
        Role::PooledResident,
        Role::SecondLayer,
        Role::Assistance,
        Role::CivilServantFund,
        Role::EnterpriseFund,
        Role::CommercialInsurer,
        Role::BankLoss,
        Role::InsurerLoss,
        Role::HospitalLoss,
        Role::RiskPoolLoss,
        Role::GuarantorLoss,
        Role::HardshipAid,
        Role::HospitalArrearsLoss,
    ];
    for (role, &amount) in plus.iter().zip(amounts) {
        roles[*role as usize] = amount;
    }
    let [.., interest, penalty, premium, collection] = *amounts;
    roles[Role::HospitalIncome as usize] = -40 * amounts[0] - 7_777;
    roles[Role::HospitalDeposits as usize] = -amounts[2] / 7;
    roles[Role::BankInterest as usize] = -interest;
    roles[Role::BankPenalty as usize] = -penalty;
    roles[Role::PremiumPaid as usize] = premium;
    roles[Role::PremiumIncome as usize] = -premium;
    roles[Role::CollectionCosts as usize] = collection;
    roles[Role::CollectionsPaid as usize] = -collection;
    roles[Role::PersonCash as usize] = -roles.iter().sum::<i64>();
    roles
}

fn scheme() -> SchemeFacts {
    SchemeFacts {
        sites: [4, 2, 1],
        part_of_city: Ratio::new(20_000, 7_400_000),
        days: 363,
        campaign_days: 100,
        messages_by: Party::Hospitals,
    }
}

fn two_arms() -> (ArmFacts, ArmFacts) {
    let mut amounts = [0; 18];
    for (at, amount) in (1_i64..).zip(&mut amounts) {
        *amount = 1_003 * at;
    }
    let policy = ArmFacts {
        roles: ledger(&amounts),
        patient_premium: Fen(5_001),
        network_fees: Fen(77),
        drawn: Fen(9_999_999),
        draws: 321,
        opened: 1_234,
        told: 2_345,
        lent_fen_days: 4_444_444_444,
        deposit_fen_days: 55_555_555,
        owed_fen_days: [-1_111_111_111, 2_222, -3_333, 444_444_444],
        other_finance: Fen(1_201),
        other_fen_days: 77_777_777_777,
        messages: Fen(12_347),
        windows_ms: 7_200_000_001,
        desk_ms: 36_000_017,
    };
    let baseline = ArmFacts {
        roles: ledger(&[900; 18]),
        windows_ms: 9_000_000_000,
        deposit_fen_days: 99_999_999,
        network_fees: Fen(1_077),
        other_finance: Fen(90_003),
        other_fen_days: 888_888_888_888,
        ..ArmFacts::default()
    };
    (policy, baseline)
}

#[test]
fn gains_of_all_parties_are_minus_the_resources_used_to_the_fen() {
    let (policy, baseline) = two_arms();
    let compared = Compared { policy: &policy, baseline: &baseline };
    let book = book(&dear(), compared, &scheme());
    assert_eq!(book.audit(), Ok(()));
    assert_eq!(book.gap(), Fen::ZERO);
    let gains: Fen = Party::ALL.iter().map(|&party| book.npv(party)).sum();
    assert_eq!(gains, -book.resources(|_| true));
    assert!(book.resources(|row| !row.kind.is_care()) > Fen::ZERO);
    let kinds = |kind: Kind| book.rows().iter().any(|row| row.kind == kind);
    for &kind in Kind::ALL {
        assert!(kinds(kind), "{} has no row", kind.word());
    }
}

#[test]
fn what_other_lenders_take_less_leaves_patients_more_and_cancels() {
    let (policy, baseline) = two_arms();
    let book = book(&dear(), Compared { policy: &policy, baseline: &baseline }, &scheme());
    let fee = |party: Party| book.gain(party, |row| row.kind == Kind::OtherFinance, |row| row.run);
    assert_eq!((fee(Party::Patients), fee(Party::Others)), (Fen(88_802), Fen(-88_802)));
    let lent = |row: &Row| row.kind == Kind::UseOfMoney && row.from == Party::Others;
    assert!(book.gain(Party::Others, lent, |row| row.run) > Fen::ZERO, "they wait for less");
}

#[test]
fn a_fen_without_a_payer_or_a_role_of_nobody_is_named() {
    let (mut policy, baseline) = two_arms();
    let spec = dear();
    let make = |policy: &ArmFacts| book(&spec, Compared { policy, baseline: &baseline }, &scheme());
    let mut planted = make(&policy);
    planted.plant();
    let broken = planted.audit().expect_err("a planted fen");
    assert_eq!(broken.fen.abs(), 1);
    assert!(broken.what.contains("patients"), "{}", broken.what);
    policy.roles[Role::LineReceivable as usize] += 5;
    policy.roles[Role::PersonCash as usize] -= 5;
    let broken = make(&policy).audit().expect_err("money that nobody holds");
    assert_eq!(broken.fen, 5);
}

#[test]
fn an_arm_against_itself_moves_nothing_but_what_the_scheme_costs_whoever_uses_it() {
    let (_, baseline) = two_arms();
    let same = Compared { policy: &baseline, baseline: &baseline };
    let book = book(&dear(), same, &scheme());
    let left: Vec<Kind> = book.rows().iter().map(|row| row.kind).collect();
    assert_eq!(left, [Kind::It, Kind::BankSystem, Kind::HospitalSystem, Kind::Joining]);
    assert_eq!(book.npv(Party::Patients), Fen::ZERO);
}

#[test]
fn present_values_follow_the_textbook() {
    // 100 yuan a year for five years at 3 % are worth 457.97 (annuity factor 4.5797).
    let horizon = Horizon::new(5, Ratio::percent(3), 365);
    assert_eq!(horizon.present(yuan(100)), Fen(45_797));
    let free = Horizon::new(5, Ratio::ZERO, 73);
    assert_eq!(free.present(free.a_year(yuan(7))), yuan(175));
    // 1,000 yuan lent for 73 days at 2.5 % cost 5 yuan.
    assert_eq!(horizon::use_of_money(100_000 * 73, Ratio::new(25, 1_000)), yuan(5));
    assert_eq!(horizon::use_of_money(-100_000 * 73, Ratio::new(25, 1_000)), yuan(-5));
}

proptest! {
    #[test]
    fn any_two_ledgers_give_a_book_that_closes(
        ours in proptest::array::uniform18(-1_000_000_000_i64..1_000_000_000),
        theirs in proptest::array::uniform18(-1_000_000_000_i64..1_000_000_000),
        premium in -1_000_i64..1_000,
        fen_days in -1_000_000_000_000_i64..1_000_000_000_000,
        counts in proptest::array::uniform4(0_u64..10_000_000),
        days in 1_u32..4_000,
        rate in 0_i64..200_000_000,
        years in 1_u8..31,
        payer in 0_usize..Party::COUNT,
    ) {
        let policy = ArmFacts {
            roles: ledger(&ours),
            patient_premium: Fen(premium),
            drawn: Fen(ours[0].abs()),
            draws: counts[0],
            opened: counts[1],
            lent_fen_days: i128::from(fen_days),
            windows_ms: counts[2],
            desk_ms: counts[3],
            ..ArmFacts::default()
        };
        let baseline = ArmFacts { roles: ledger(&theirs), ..ArmFacts::default() };
        let spec = CostSpec {
            discount_rate_year: Ratio::new(rate, 1_000_000_000),
            horizon_years: years,
            collection_by: Party::ALL[payer],
            ..dear()
        };
        let facts = SchemeFacts { days, ..scheme() };
        let book = book(&spec, Compared { policy: &policy, baseline: &baseline }, &facts);
        prop_assert_eq!(book.audit(), Ok(()));
        prop_assert_eq!(book.gap(), Fen::ZERO);
        let gains: Fen = Party::ALL.iter().map(|&party| book.npv(party)).sum();
        prop_assert_eq!(gains, -book.resources(|_| true));
    }
}
