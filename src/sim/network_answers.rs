//! How long the card network takes to answer a payment that it carries. Must never move money or a patient: answers
//! are a matter of seconds, and a payment that waits too long is only counted.

use crate::domain::Ms;
use crate::relay::pick;
use crate::settlement::NetworkRules;
use serde::{Deserialize, Serialize};

/// Answers of the card network in one arm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkAnswers {
    /// Payments and refunds that the network carried.
    pub asked: u64,
    /// Time until it answered, added over them, ms.
    pub wait_ms: u64,
    /// Those of them that took longer than a payer waits.
    pub too_late: u64,
}

impl NetworkAnswers {
    /// Asks once more; the word says how long it takes.
    pub(super) fn ask(&mut self, rules: &NetworkRules, word: u32) {
        let ms: Ms = pick(&rules.answer_ms, word);
        self.asked += 1;
        self.wait_ms += u64::from(ms);
        self.too_late += u64::from(ms > rules.patience_ms);
    }

    /// Adds another block's answers.
    pub(super) fn merge(&mut self, other: &NetworkAnswers) {
        self.asked += other.asked;
        self.wait_ms += other.wait_ms;
        self.too_late += other.too_late;
    }
}
