//! A million seeded commands over many kin groups: every invariant of `support` after each of them, and
//! at the end of each life an auditor that reads nothing but the journal's bytes.

use super::support::{FIRST, RECORD, policy, policy_with_instalments};
use super::swarm::{Bill, Life, Purse, Step};
use aftercare::domain::{CareKind, Fen};
use aftercare::ledger::Role;
use std::collections::BTreeMap;

const COMMANDS: u64 = 1_000_000;
const STEPS_A_LIFE: u32 = 120;

/// `SplitMix64`: the test's own luck, so that no change of a library moves it.
struct Luck(u64);

impl Luck {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut word = self.0;
        word = (word ^ word >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ word >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        word ^ word >> 31
    }

    fn below(&mut self, limit: u32) -> u32 {
        (self.next() % u64::from(limit)) as u32
    }

    fn position(&mut self, limit: u32) -> usize {
        self.below(limit) as usize
    }

    fn flag(&mut self) -> bool {
        self.next() & 1 == 1
    }

    fn bill(&mut self) -> Bill {
        let own = if self.flag() { 0 } else { self.below(90_000) };
        let care = match self.below(7) {
            0 => CareKind::Emergency,
            1 | 2 => CareKind::Inpatient,
            3 => CareKind::Chronic,
            4 => CareKind::Pharmacy,
            _ => CareKind::Outpatient,
        };
        Bill { shared: self.below(400_000), own, care, in_scheme: self.below(10) > 0 }
    }

    fn purse(&mut self) -> Purse {
        match self.below(4) {
            0 => Purse::Own,
            1 => Purse::Books,
            _ => Purse::Line { partial: self.flag() },
        }
    }

    fn step(&mut self) -> Step {
        let member = self.position(7);
        let of = self.flag().then(|| self.position(5));
        match self.below(23) {
            0 | 1 => Step::Open { member },
            2..=4 => Step::Reserve { member, of, bill: self.bill(), partial: self.flag() },
            5..=9 => {
                let deposit = if self.flag() { 0 } else { i64::from(self.below(200_000)) };
                Step::Settle { member, of, bill: self.bill(), purse: self.purse(), deposit }
            }
            10 | 11 => Step::SettleAndReverse { member, bill: self.bill(), purse: self.purse() },
            12 => Step::ReverseAgain { at: self.position(9) },
            13 => Step::Release { at: self.position(5) },
            14..=17 => Step::Repay { at: self.position(9), percent: i64::from(self.below(150)) },
            18 => Step::PayBooks { written_off: self.flag() },
            _ => Step::Days { days: 1 + self.below(20) },
        }
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
    let mut luck = Luck(20_231_120);
    let (mut commands, mut postings, mut lives) = (0, 0, 0_u32);
    while commands < COMMANDS {
        let policy = if luck.flag() { policy_with_instalments() } else { policy() };
        let mut life = Life::new(&policy);
        (0..6).for_each(|member| life.take(Step::Open { member }));
        for _ in 0..STEPS_A_LIFE {
            let step = luck.step();
            life.take(step);
        }
        postings += audit(&life);
        commands += u64::from(life.house.commands);
        lives += 1;
    }
    assert!(commands >= COMMANDS && postings > commands, "{commands} {postings} in {lives} lives");
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
