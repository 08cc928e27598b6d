//! What the client was told, summed: the second route to the store's books. Must never look into the
//! store.

use crate::domain::Fen;
use crate::ledger::Role;
use crate::store::{Answer, AuditReport};
use crate::wire::RequestBody;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Sums over all answers of a test, measured or not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientBooks {
    /// Requests sent.
    pub sent: u64,
    /// Answers received.
    pub answered: u64,
    /// Answers to keys that were not waiting for one.
    pub unexpected: u64,
    /// Decisions by kind of command, refusals included.
    pub by_command: BTreeMap<String, u64>,
    /// Refusals by word, the engine's and the store's.
    pub refused: BTreeMap<String, u64>,
    /// Bills settled less bills reversed.
    pub billed: Fen,
    /// Cash paid by people less what was handed back to them.
    pub cash: Fen,
}

impl ClientBooks {
    /// Enters an answer to a request of this kind.
    pub fn enter(&mut self, kind: u8, answer: &Answer) {
        self.answered += 1;
        let command = RequestBody::WORDS[usize::from(kind)];
        bump(&mut self.by_command, command);
        match answer {
            Answer::Refused(word) => bump(&mut self.refused, word.word()),
            Answer::View(_) | Answer::Quoted(_) | Answer::Replayed(_) => {}
            Answer::Decided(decision) => {
                if let Some(word) = decision.refusal {
                    bump(&mut self.refused, word.word());
                    return;
                }
                match command {
                    "settle" => {
                        self.billed += decision.total;
                        self.cash += decision.cash - decision.handed_back;
                    }
                    "reverse" => {
                        self.billed -= decision.total;
                        self.cash -= decision.handed_back;
                    }
                    "deposit" | "repay" | "arrears" => self.cash += decision.cash,
                    _ => {}
                }
            }
        }
    }

    /// What does not agree with the store's own books.
    pub fn against(&self, audit: &AuditReport) -> Vec<String> {
        let mut findings = Vec::new();
        if self.sent != self.answered || self.unexpected > 0 {
            findings.push(format!(
                "{} requests sent, {} answered, {} answers to nobody",
                self.sent, self.answered, self.unexpected
            ));
        }
        for (what, told, booked) in self.pairs(audit) {
            if told != booked {
                findings
                    .push(format!("clients were told {what} of {told}, the books say {booked}"));
            }
        }
        findings
    }

    /// Sums that the clients' answers and the books must agree on.
    fn pairs(&self, audit: &AuditReport) -> [(&'static str, Fen, Fen); 2] {
        [
            ("bills", self.billed, -audit.total(Role::HospitalIncome)),
            ("cash", self.cash, audit.total(Role::PersonCash)),
        ]
    }

    /// Fen by which answers and books differ.
    pub fn off_by(&self, audit: &AuditReport) -> i64 {
        self.pairs(audit).iter().map(|(_, told, booked)| (*told - *booked).0.abs()).sum()
    }
}

/// Counts a word without allocating for one already seen.
fn bump(counts: &mut BTreeMap<String, u64>, word: &str) {
    match counts.get_mut(word) {
        Some(count) => *count += 1,
        None => {
            counts.insert(word.to_owned(), 1);
        }
    }
}
