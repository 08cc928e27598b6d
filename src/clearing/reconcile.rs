//! Four-sided reconciliation: the daily files of hospital, insurer, bank and card network held against
//! each other, every discrepancy found and named with the side that is wrong. Must never mend a
//! record, and must never see who planted a fault.

use crate::domain::{Day, Fen};

/// Whose file a record stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// The hospital's books.
    Hospital,
    /// The insurer's.
    Insurer,
    /// The bank's.
    Bank,
    /// The card network's.
    Network,
}

impl Side {
    /// Names of the sides in their order.
    pub const NAMES: [&'static str; 4] = ["hospital", "insurer", "bank", "network"];
}

/// Which part of a settlement a record is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The whole bill.
    Bill,
    /// Funds and personal accounts.
    Insurance,
    /// Drawn on a credit line.
    Line,
    /// Card and wallet money.
    Card,
    /// Cash at the counter, and what is left unpaid or taken from a deposit.
    Counter,
}

impl Part {
    /// Names of the parts in their order.
    pub const NAMES: [&'static str; 5] = ["bill", "insurance", "line", "card", "counter"];
    /// Every part.
    pub const ALL: [Part; 5] = [Part::Bill, Part::Insurance, Part::Line, Part::Card, Part::Counter];

    /// The sides whose files must hold it, the hospital first.
    pub const fn sides(self) -> &'static [Side] {
        match self {
            Part::Bill | Part::Insurance => &[Side::Hospital, Side::Insurer],
            Part::Line => &[Side::Hospital, Side::Bank],
            Part::Card => &[Side::Hospital, Side::Bank, Side::Network],
            Part::Counter => &[Side::Hospital],
        }
    }
}

/// One line of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Record {
    /// Number of the settlement, the same in every file.
    pub key: u64,
    /// Part of it.
    pub part: Part,
    /// Whose file.
    pub side: Side,
    /// Day on which the settlement was made, as its number says.
    pub made: Day,
    /// Day under which the side booked it.
    pub booked: Day,
    /// Amount.
    pub amount: Fen,
}

/// What is wrong with a side's records of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// There is none.
    Missing,
    /// There is more than one.
    Duplicate,
    /// Another amount than the others agree on, by so much.
    WrongAmount(Fen),
    /// Booked so many days late (negative: early).
    WrongDay(i32),
}

impl Fault {
    /// Number of kinds.
    pub const KINDS: usize = 4;
    /// Names of the kinds.
    pub const NAMES: [&'static str; Fault::KINDS] =
        ["missing", "duplicate", "wrong_amount", "wrong_day"];

    /// Place of its kind among the names.
    pub const fn kind(self) -> usize {
        match self {
            Fault::Missing => 0,
            Fault::Duplicate => 1,
            Fault::WrongAmount(_) => 2,
            Fault::WrongDay(_) => 3,
        }
    }
}

/// A discrepancy with its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// Number of the settlement.
    pub key: u64,
    /// Part of it.
    pub part: Part,
    /// The side that is wrong.
    pub side: Side,
    /// What is wrong.
    pub fault: Fault,
}

/// Compares the files of all sides; `records` is sorted on the way. Findings come by settlement.
pub fn reconcile(records: &mut [Record]) -> Vec<Finding> {
    records.sort_unstable();
    let mut findings = Vec::new();
    for settlement in records.chunk_by(|a, b| a.key == b.key) {
        let mut sound = None;
        for of_part in settlement.chunk_by(|a, b| a.part == b.part) {
            if !all_agree(of_part) {
                let sound = *sound.get_or_insert_with(|| hospital_is_sound(settlement));
                compare(of_part, sound, &mut findings);
            }
        }
    }
    findings
}

/// Whether each side has one record of the part, of one amount, booked on its day: almost every part.
fn all_agree(of_part: &[Record]) -> bool {
    let first = of_part[0];
    let sides = first.part.sides();
    let agrees = |(each, side): (&Record, &Side)| {
        each.side == *side && each.amount == first.amount && each.booked == each.made
    };
    of_part.len() == sides.len() && of_part.iter().zip(sides).all(agrees)
}

/// Whether the hospital's parts sum to the bill that it sent: a settlement's check digit. The
/// insurer's copy of the bill decides where there is one.
fn hospital_is_sound(settlement: &[Record]) -> bool {
    let bill = |side: Side| {
        let mut found =
            settlement.iter().filter(move |each| each.part == Part::Bill && each.side == side);
        found.next().map(|each| each.amount)
    };
    let mut sum = Fen::ZERO;
    let hospital = settlement.iter().filter(|each| each.side == Side::Hospital);
    let mut last = None;
    for each in hospital.filter(|each| each.part != Part::Bill) {
        if last != Some(each.part) {
            sum += each.amount;
        }
        last = Some(each.part);
    }
    // With the bill itself in doubt, the side whose bill the parts sum to is right.
    bill(Side::Hospital).or(bill(Side::Insurer)) == Some(sum)
}

/// Holds the records of one part against each other.
fn compare(of_part: &[Record], hospital_is_sound: bool, findings: &mut Vec<Finding>) {
    let first = of_part[0];
    let of = |side: Side| of_part.iter().filter(move |each| each.side == side);
    let agreed = agreed_amount(of_part, hospital_is_sound);
    for &side in first.part.sides() {
        let mut name = |fault| {
            findings.push(Finding { key: first.key, part: first.part, side, fault });
        };
        let Some(record) = of(side).next() else {
            name(Fault::Missing);
            continue;
        };
        for _ in of(side).skip(1) {
            name(Fault::Duplicate);
        }
        if record.amount != agreed {
            name(Fault::WrongAmount(record.amount - agreed));
        }
        if record.booked != record.made {
            name(Fault::WrongDay(record.booked - record.made));
        }
    }
}

/// The amount that most sides have; between two, the hospital's where its own parts sum to the bill.
fn agreed_amount(of_part: &[Record], hospital_is_sound: bool) -> Fen {
    let backing = |amount: Fen| {
        let sides = of_part[0].part.sides().iter();
        let has =
            |side: &&Side| of_part.iter().any(|each| each.side == **side && each.amount == amount);
        sides.filter(has).count()
    };
    let trusted = |each: &Record| (each.side == Side::Hospital) == hospital_is_sound;
    let best = of_part.iter().max_by_key(|each| (backing(each.amount), trusted(each)));
    best.map_or(Fen::ZERO, |each| each.amount)
}

/// The records that a settlement leaves in the files of all sides.
pub fn records_of(key: u64, made: Day, parts: [Fen; 4]) -> impl Iterator<Item = Record> {
    let [insurance, line, card, counter] = parts;
    let bill = insurance + line + card + counter;
    let amounts = [bill, insurance, line, card, counter];
    let of_part = Part::ALL.into_iter().zip(amounts).filter(|(_, amount)| !amount.is_zero());
    of_part.flat_map(move |(part, amount)| {
        part.sides().iter().map(move |&side| Record { key, part, side, made, booked: made, amount })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const DAY: Day = Day(19_000);

    fn files(settlements: &[[i64; 4]]) -> Vec<Record> {
        let each = (1_u64..).zip(settlements);
        each.flat_map(|(key, parts)| records_of(key, DAY, parts.map(Fen))).collect()
    }

    #[test]
    fn files_that_agree_leave_nothing_to_say() {
        let mut records = files(&[[100, 50, 30, 20], [0, 0, 0, 7], [80, 0, 0, 0]]);
        assert_eq!(records.len(), 2 + 2 + 2 + 3 + 1 + 2 + 1 + 4);
        assert!(reconcile(&mut records).is_empty());
    }

    #[test]
    fn the_side_that_errs_is_named_even_between_two() {
        let table = [
            (Part::Insurance, Side::Insurer),
            (Part::Insurance, Side::Hospital),
            (Part::Line, Side::Bank),
            (Part::Line, Side::Hospital),
            (Part::Card, Side::Network),
            (Part::Card, Side::Bank),
            (Part::Card, Side::Hospital),
        ];
        for (part, side) in table {
            let mut records = files(&[[100, 50, 30, 20]]);
            let wrong = records.iter_mut().find(|r| r.part == part && r.side == side);
            wrong.expect("a record").amount += Fen(3);
            let fault = Fault::WrongAmount(Fen(3));
            assert_eq!(reconcile(&mut records), [Finding { key: 1, part, side, fault }]);
        }
    }

    proptest! {
        /// One fault a settlement: each is found, named and nothing else is.
        #[test]
        fn every_planted_discrepancy_is_found_and_named(
            settlements in proptest::collection::vec(
                (proptest::array::uniform4(1_i64..100_000), 0_usize..6, 0_usize..10, 1_i32..4),
                1..30),
        ) {
            let mut records = Vec::new();
            let mut planted = Vec::new();
            for (key, &(parts, kind, at, by)) in (1_u64..).zip(&settlements) {
                let mut own: Vec<Record> = records_of(key, DAY, parts.map(Fen)).collect();
                let at = at % own.len();
                let victim = own[at];
                let fault = match kind {
                    0 if victim.part.sides().len() > 1 => Some(Fault::Missing),
                    1 => Some(Fault::Duplicate),
                    2 if victim.part.sides().len() > 1 => {
                        Some(Fault::WrongAmount(Fen(i64::from(by))))
                    }
                    3 => Some(Fault::WrongDay(by)),
                    _ => None,
                };
                match fault {
                    Some(Fault::Missing) => drop(own.remove(at)),
                    Some(Fault::Duplicate) => own.push(victim),
                    Some(Fault::WrongAmount(by)) => own[at].amount += by,
                    Some(Fault::WrongDay(by)) => own[at].booked = own[at].made + by,
                    None => {}
                }
                let Record { part, side, .. } = victim;
                planted.extend(fault.map(|fault| Finding { key, part, side, fault }));
                records.extend(own);
            }
            let mut found = reconcile(&mut records);
            found.sort_unstable();
            planted.sort_unstable();
            prop_assert_eq!(found, planted);
        }
    }
}
