//! The audit: re-adds every command's legs while they are in cache, sums roles, keeps the first
//! imbalance with what is needed to replay it. Must never stop the run itself or mend a sum.

use super::posting::{Posting, Sink};
use super::role::{Code, Role};
use crate::domain::{Fen, wide};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Legs of an unbalanced command that are kept for the message.
const KEPT: usize = 16;

const BLANK: Posting =
    Posting { role: Role::PersonCash, code: Code::Claim, party: 0, amount: Fen::ZERO };

/// A fault that a test run plants to prove that the audit sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlantedFault {
    /// The posting with this number (from 0, in this sink) loses one fen before it is summed.
    DropOneFen {
        /// Number of the posting.
        at_posting: u64,
    },
}

/// The first command whose legs did not sum to zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imbalance {
    /// Request id of the command.
    pub command: u128,
    /// Sum of its legs.
    pub sum: Fen,
    /// How many legs it had.
    pub legs: u32,
    kept: [Posting; KEPT],
}

impl Imbalance {
    /// The last legs of the command, at most 16, oldest first.
    pub fn postings(&self) -> impl Iterator<Item = &Posting> {
        let legs = self.legs as usize;
        (legs.saturating_sub(KEPT)..legs).map(|leg| &self.kept[leg % KEPT])
    }
}

impl fmt::Display for Imbalance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "command {:#034x}: {} legs sum to {} yuan instead of 0.00:",
            self.command, self.legs, self.sum
        )?;
        for posting in self.postings() {
            write!(f, " [{posting}]")?;
        }
        Ok(())
    }
}

/// Sums of roles, counts, and the check of every command. Written down, it keeps the sums and counts
/// of commands that are closed; the legs of an imbalance are for the message of the run that saw it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(from = "Closed", into = "Closed")]
pub struct Audit {
    totals: [i64; Role::COUNT],
    postings: u64,
    commands: u64,
    sum: i64,
    legs: u32,
    kept: [Posting; KEPT],
    first: Option<Box<Imbalance>>,
    imbalance_fen: i64,
    fault_at: u64,
}

/// What an audit leaves behind.
#[derive(Serialize, Deserialize)]
struct Closed {
    #[serde(with = "wide")]
    totals: [i64; Role::COUNT],
    postings: u64,
    commands: u64,
    imbalance_fen: i64,
}

impl From<Audit> for Closed {
    fn from(audit: Audit) -> Closed {
        let Audit { totals, postings, commands, imbalance_fen, .. } = audit;
        Closed { totals, postings, commands, imbalance_fen }
    }
}

impl From<Closed> for Audit {
    fn from(closed: Closed) -> Audit {
        let Closed { totals, postings, commands, imbalance_fen } = closed;
        Audit { totals, postings, commands, imbalance_fen, ..Audit::new() }
    }
}

impl Default for Audit {
    fn default() -> Audit {
        Audit::new()
    }
}

impl Audit {
    /// An audit that has seen nothing.
    pub fn new() -> Audit {
        Audit {
            totals: [0; Role::COUNT],
            postings: 0,
            commands: 0,
            sum: 0,
            legs: 0,
            kept: [BLANK; KEPT],
            first: None,
            imbalance_fen: 0,
            fault_at: u64::MAX,
        }
    }

    /// Plants a fault in the postings still to come.
    pub fn plant(&mut self, fault: PlantedFault) {
        let PlantedFault::DropOneFen { at_posting } = fault;
        self.fault_at = at_posting;
    }

    /// Sum of all legs by `Role as usize`, in fen.
    pub fn totals(&self) -> &[i64; Role::COUNT] {
        &self.totals
    }

    /// Sum of all legs of one role.
    pub fn total(&self, role: Role) -> Fen {
        Fen(self.totals[role as usize])
    }

    /// Number of postings seen.
    pub fn postings(&self) -> u64 {
        self.postings
    }

    /// Number of commands closed.
    pub fn commands(&self) -> u64 {
        self.commands
    }

    /// The first command that did not balance.
    pub fn imbalance(&self) -> Option<&Imbalance> {
        self.first.as_deref()
    }

    /// Absolute imbalances of all commands, summed, in fen; 0 when the books balance.
    pub fn imbalance_fen(&self) -> i64 {
        self.imbalance_fen
    }

    /// Adds another audit whose commands come after this one's. Associative; both must be between
    /// commands.
    pub fn merge(&mut self, later: &Audit) {
        assert!(
            self.legs == 0 && later.legs == 0,
            "invariant: audits are merged between commands, with {} and {} legs open",
            self.legs,
            later.legs
        );
        for (total, more) in self.totals.iter_mut().zip(later.totals) {
            *total += more;
        }
        self.postings += later.postings;
        self.commands += later.commands;
        self.imbalance_fen += later.imbalance_fen;
        if self.first.is_none() {
            self.first.clone_from(&later.first);
        }
    }

    #[cold]
    fn record_imbalance(&mut self, command: u128) {
        self.imbalance_fen += self.sum.abs();
        if self.first.is_none() {
            let (sum, legs, kept) = (Fen(self.sum), self.legs, self.kept);
            self.first = Some(Box::new(Imbalance { command, sum, legs, kept }));
        }
    }

    #[cold]
    fn faulty(posting: Posting) -> Posting {
        let lost = if posting.amount > Fen::ZERO { Fen(1) } else { Fen(-1) };
        Posting { amount: posting.amount - lost, ..posting }
    }
}

impl Sink for Audit {
    #[inline]
    fn post(&mut self, mut posting: Posting) {
        if self.postings == self.fault_at {
            posting = Audit::faulty(posting);
        }
        self.kept[self.legs as usize % KEPT] = posting;
        self.legs += 1;
        self.postings += 1;
        self.sum += posting.amount.0;
        self.totals[posting.role as usize] += posting.amount.0;
    }

    #[inline]
    fn close(&mut self, command: u128) {
        if self.sum != 0 {
            self.record_imbalance(command);
        }
        self.commands += 1;
        self.sum = 0;
        self.legs = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::super::posting::transfer;
    use super::*;
    use proptest::prelude::*;

    fn repay(audit: &mut Audit, command: u128, amounts: &[i64]) {
        for &amount in amounts {
            let (plus, minus) = ((Role::PersonCash, 7), (Role::LineReceivable, 7));
            transfer(audit, Code::Repayment, plus, minus, Fen(amount));
        }
        audit.close(command);
    }

    #[test]
    fn balanced_commands_leave_no_imbalance_and_sum_by_role() {
        let mut audit = Audit::new();
        repay(&mut audit, 1, &[100, 0, 250]);
        repay(&mut audit, 2, &[50]);
        assert_eq!(audit.total(Role::PersonCash), Fen(400));
        assert_eq!(audit.total(Role::LineReceivable), Fen(-400));
        assert_eq!((audit.postings(), audit.commands()), (6, 2), "a zero transfer posts nothing");
        assert_eq!((audit.imbalance(), audit.imbalance_fen()), (None, 0));
    }

    #[test]
    fn a_dropped_fen_is_named_with_its_command_and_legs() {
        for (at_posting, sum) in [(2, -1), (3, 1)] {
            let mut audit = Audit::new();
            audit.plant(PlantedFault::DropOneFen { at_posting });
            for command in 10..14 {
                repay(&mut audit, command, &[300]);
            }
            let found = audit.imbalance().expect("the audit sees the dropped fen");
            assert_eq!((found.command, found.sum, found.legs), (11, Fen(sum), 2));
            assert_eq!(audit.imbalance_fen(), 1);
            let text = found.to_string();
            assert!(text.contains("person_cash#7 repayment"), "{text}");
            assert!(text.contains(if sum < 0 { "2.99" } else { "-2.99" }), "{text}");
        }
    }

    #[test]
    fn opposite_imbalances_do_not_cancel_and_only_the_last_legs_are_kept() {
        let mut audit = Audit::new();
        for (command, amount) in [(1, 5), (2, -5)] {
            for leg in 0..20 {
                let amount = Fen(if leg == 19 { amount } else { 0 });
                audit.post(Posting { party: leg, amount, ..BLANK });
            }
            audit.close(command);
        }
        assert_eq!(audit.imbalance_fen(), 10);
        let kept: Vec<u32> =
            audit.imbalance().expect("kept").postings().map(|leg| leg.party).collect();
        assert_eq!(kept, (4..20).collect::<Vec<u32>>());
    }

    proptest! {
        #[test]
        fn merge_is_associative_and_equals_one_audit(
            blocks in proptest::collection::vec(
                proptest::collection::vec(-1000_i64..1000, 1..6), 3),
            fault in 0_u64..12,
        ) {
            let audits: Vec<Audit> = blocks.iter().enumerate().map(|(index, amounts)| {
                let mut audit = Audit::new();
                audit.plant(PlantedFault::DropOneFen { at_posting: fault });
                repay(&mut audit, index as u128, amounts);
                audit
            }).collect();
            let mut left = audits[0].clone();
            left.merge(&audits[1]);
            left.merge(&audits[2]);
            let mut tail = audits[1].clone();
            tail.merge(&audits[2]);
            let mut right = audits[0].clone();
            right.merge(&tail);
            prop_assert_eq!(left.totals(), right.totals());
            prop_assert_eq!(left.imbalance(), right.imbalance());
            prop_assert_eq!(left.imbalance_fen(), right.imbalance_fen());
            prop_assert_eq!(left.postings(), audits.iter().map(Audit::postings).sum::<u64>());
            prop_assert_eq!(left.totals().iter().sum::<i64>().abs() <= left.imbalance_fen(), true);
        }
    }
}
