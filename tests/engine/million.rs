//! A million seeded commands over many kin groups: every invariant of `support` after each of them, and
//! at the end of each life an auditor that reads nothing but the journal's bytes.

use super::luck::Luck;
use super::support::{FIRST, RECORD, policy, policy_with_instalments};
use super::swarm::{Bill, Life, Purse, Step};
use aftercare::domain::{CareKind, Fen};
use aftercare::ledger::Role;
use std::collections::BTreeMap;

const COMMANDS: u64 = 1_000_000;
const STEPS_A_LIFE: u32 = 120;

fn bill(luck: &mut Luck) -> Bill {
    let own = if luck.flag() { 0 } else { luck.below(90_000) };
    let care = luck.pick([
        CareKind::Emergency,
        CareKind::Inpatient,
        CareKind::Inpatient,
        CareKind::Chronic,
        CareKind::Pharmacy,
        CareKind::Outpatient,
        CareKind::Outpatient,
    ]);
    Bill { shared: luck.below(400_000), own, care, in_scheme: luck.below(10) > 0 }
}

fn purse(luck: &mut Luck) -> Purse {
    match luck.below(4) {
        0 => Purse::Own,
        1 => Purse::Books,
        _ => Purse::Line { partial: luck.flag() },
    }
}

fn step(luck: &mut Luck) -> Step {
    let member = luck.position(7);
    let of = luck.flag().then(|| luck.position(5));
    match luck.below(23) {
        0 | 1 => Step::Open { member },
        2..=4 => Step::Reserve { member, of, bill: bill(luck), partial: luck.flag() },
        5..=9 => {
            let deposit = if luck.flag() { 0 } else { i64::from(luck.below(200_000)) };
            Step::Settle { member, of, bill: bill(luck), purse: purse(luck), deposit }
        }
        10 | 11 => Step::SettleAndReverse { member, bill: bill(luck), purse: purse(luck) },
        12 => Step::ReverseAgain { at: luck.position(9) },
        13 => Step::Release { at: luck.position(5) },
        14..=17 => Step::Repay { at: luck.position(9), percent: i64::from(luck.below(150)) },
        18 => Step::PayBooks { written_off: luck.flag() },
        _ => Step::Days { days: 1 + luck.below(20) },
    }
}

/// Balances by role and party as the journal's bytes tell them.
fn balances(journal: &[u8]) -> BTreeMap<(u8, u32), i64> {
    assert_eq!(journal.len() % RECORD, 0, "whole records only");
    let mut sums = BTreeMap::new();
    for record in journal.chunks_exact(RECORD) {
        let party = u32::from_le_bytes(record[2..6].try_into().expect("four bytes"));
        let amount = i64::from_le_bytes(record[6..14].try_into().expect("eight bytes"));
        *sums.entry((record[0], party)).or_insert(0) += amount;
    }
    sums
}

/// Holds what the rows say to what the journal's postings sum to, person by person.
fn audit(life: &Life<'_>) -> u64 {
    let house = &life.house;
    let sums = balances(&house.journal);
    assert_eq!(sums.values().sum::<i64>(), 0, "all legs of a life sum to zero");
    let of = |role: Role, member: usize| {
        sums.get(&(role as u8, FIRST + member as u32)).copied().unwrap_or(0)
    };
    for member in 0..house.rows.size {
        let account = i64::from(house.rows.people[member].account);
        assert_eq!(account, -of(Role::PersonalAccount, member), "account of {member}");
        let owed = house.rows.line_of(member).map_or(0, |at| {
            let line = &house.rows.credit.lines[at];
            assert!(line.reserved() >= Fen::ZERO && line.exposure() <= line.limit());
            (line.drawn() + line.due_charges()).0
        });
        assert_eq!(owed, of(Role::LineReceivable, member), "line of {member}");
    }
    house.journal.len() as u64 / RECORD as u64
}

#[test]
fn a_million_random_commands_keep_every_invariant_and_the_journal_tells_all_balances() {
    let mut luck = Luck::new(20_231_120);
    let (mut commands, mut postings, mut lives) = (0, 0, 0_u32);
    while commands < COMMANDS {
        let policy = if luck.flag() { policy_with_instalments() } else { policy() };
        let mut life = Life::new(&policy);
        (0..6).for_each(|member| life.take(Step::Open { member }));
        for _ in 0..STEPS_A_LIFE {
            let step = step(&mut luck);
            life.take(step);
        }
        postings += audit(&life);
        commands += u64::from(life.house.commands);
        lives += 1;
    }
    println!("{commands} commands, {postings} postings, {lives} lives");
    assert!(commands >= COMMANDS && postings > 0, "{commands} {postings} in {lives} lives");
}

#[test]
fn the_auditor_sees_a_changed_byte() {
    let policy = policy();
    let mut life = Life::new(&policy);
    life.take(Step::Open { member: 2 });
    life.house.journal[6] ^= 1;
    let seen = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| audit(&life)));
    assert!(seen.is_err(), "one fen more in the journal than in the rows");
}
