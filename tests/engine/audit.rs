//! One fen lost anywhere is seen, and the command that lost it is named.

use super::support::{House, claim, date, insured, policy, three_generations, visit};
use aftercare::domain::{CareKind, Fen, HospitalId};
use aftercare::engine::{Body, Command, Funding, GroupRows, Settle};
use aftercare::ledger::{Audit, PlantedFault, Posting, Sink};

/// A sink that keeps the number of postings of each command.
#[derive(Default)]
struct Tape {
    open: u64,
    commands: Vec<(u128, u64)>,
}

impl Sink for Tape {
    fn post(&mut self, _: Posting) {
        self.open += 1;
    }

    fn close(&mut self, command: u128) {
        self.commands.push((command, std::mem::take(&mut self.open)));
    }
}

/// A stay with a deposit, a visit on a line, its reversal, a repayment and a bill on the books.
fn play<S: Sink>(house: &House<'_>, sink: &mut S) {
    let lines = insured(260_000);
    let visits = [visit(1), visit(2), visit(3)];
    let stay = Settle { care: CareKind::Inpatient, ..claim(visits[0], &lines) };
    let deposit = Fen(300_000);
    let line = Funding::Line { partial: true, deposit: Fen::ZERO };
    let bodies = [
        Body::OpenLine,
        Body::Deposit { hospital: HospitalId(3), amount: deposit },
        Body::Settle { claim: stay, funding: Funding::Own { deposit } },
        Body::Reserve { claim: claim(visits[1], &lines), partial: true },
        Body::Settle { claim: claim(visits[1], &lines), funding: line },
        Body::Reverse { visit: visits[1], point: 4 },
        Body::Settle { claim: claim(visits[2], &lines), funding: line },
        Body::Repay { bill: visits[2].bill(4), offered: Fen(1_000_000) },
        Body::Settle {
            claim: claim(visit(4), &lines),
            funding: Funding::Receivable { deposit: Fen::ZERO },
        },
    ];
    let mut rows: GroupRows = house.rows.clone();
    for (number, body) in (100..).zip(bodies) {
        let command = Command { id: number, at: house.today.start(), member: 2, body };
        let decision = house.engine.apply(&mut rows, &command, sink);
        assert_eq!(decision.refusal, None, "{body:?}");
    }
}

#[test]
fn a_fen_dropped_from_any_posting_names_its_command() {
    let policy = policy();
    let house = House::new(Some(&policy), &three_generations(), date("2023-05-08"));
    let mut tape = Tape::default();
    play(&house, &mut tape);
    let mut at_posting = 0;
    for &(command, postings) in &tape.commands {
        for _ in 0..postings {
            let mut audit = Audit::new();
            audit.plant(PlantedFault::DropOneFen { at_posting });
            play(&house, &mut audit);
            let found = audit.imbalance().expect("the audit sees the dropped fen");
            assert_eq!((found.command, u64::from(found.legs)), (command, postings));
            assert_eq!(audit.imbalance_fen(), 1);
            at_posting += 1;
        }
    }
    assert_eq!(at_posting, 22, "the story posts what it always did");
    let mut audit = Audit::new();
    audit.plant(PlantedFault::DropOneFen { at_posting });
    play(&house, &mut audit);
    assert_eq!(audit.imbalance(), None, "a posting that never comes drops nothing");
}
