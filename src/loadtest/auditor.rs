//! The auditor: what clients sent and were told against what a store holds. Must never ask the process
//! under test: it reads an acknowledgement log and the store, nothing else.

use super::books::ClientBooks;
use crate::engine::Decision;
use crate::store::{Answer, AuditReport};
use crate::wire::{Request, RequestId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// Findings that are spelled out.
const SPELLED_OUT: usize = 6;

/// What the auditor found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Findings {
    /// Acknowledged operations that the store does not know, or knows differently.
    pub lost: u64,
    /// Operations that the books hold more often than once, or that nobody sent.
    pub doubled: u64,
    /// Fen by which debits and credits, or books and answers, differ.
    pub imbalance_fen: i64,
    /// Acknowledged operations looked at.
    pub acknowledged: u64,
    /// The first findings in words.
    pub findings: Vec<String>,
}

impl Findings {
    /// Whether nothing is wrong.
    pub fn sound(&self) -> bool {
        self.findings.is_empty()
    }

    fn push(&mut self, finding: String) {
        if self.findings.len() < SPELLED_OUT {
            self.findings.push(finding);
        }
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} acknowledged, {} lost, {} doubled, {} fen off",
            self.acknowledged, self.lost, self.doubled, self.imbalance_fen
        )?;
        self.findings.iter().try_for_each(|finding| write!(f, "; {finding}"))
    }
}

/// Holds `told` (what clients were told) and `sent` (all that they ever asked) against what the store
/// remembers of every key and against its books. All keys must be young enough to be remembered.
pub fn audit(
    sent: &[Request],
    told: &[(Request, Decision)],
    outcomes: &[(RequestId, Decision)],
    books: &AuditReport,
) -> Findings {
    let mut findings = Findings { acknowledged: told.len() as u64, ..Findings::default() };
    let by_id: BTreeMap<RequestId, &Decision> =
        outcomes.iter().map(|(id, decision)| (*id, decision)).collect();
    if by_id.len() < outcomes.len() {
        findings.doubled += (outcomes.len() - by_id.len()) as u64;
        findings.push("the store remembers a key twice".to_owned());
    }
    for (request, decision) in told.iter().filter(|(request, _)| !is_query(request)) {
        match by_id.get(&request.id) {
            Some(&known) if known == decision => {}
            Some(_) => {
                findings.lost += 1;
                findings.push(format!("{} is remembered with another answer", request.id));
            }
            None => {
                findings.lost += 1;
                findings.push(format!("{} was acknowledged and is lost", request.id));
            }
        }
    }
    let kinds: BTreeMap<RequestId, u8> =
        sent.iter().map(|request| (request.id, request.body.kind())).collect();
    let mut client = ClientBooks::default();
    for (id, decision) in &by_id {
        let Some(&kind) = kinds.get(id) else {
            findings.doubled += 1;
            findings.push(format!("{id} was never sent"));
            continue;
        };
        client.sent += 1;
        client.enter(kind, &Answer::Decided(**decision));
    }
    for finding in client.against(books) {
        findings.push(finding);
    }
    findings.imbalance_fen = books.ledger_imbalance_fen + client.off_by(books);
    books.findings.iter().for_each(|finding| findings.push(finding.clone()));
    findings
}

fn is_query(request: &Request) -> bool {
    request.body.only_reads()
}
