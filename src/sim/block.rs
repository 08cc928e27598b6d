//! A block of kin groups: the unit of parallel work, with its people's rows in every arm, today's visits
//! and what is due on later days. Must never look into another block.

use super::arm::ARMS_MAX;
use super::away::Stay;
use super::banks::BankNights;
use super::cards::Cards;
use super::files::DayFiles;
use super::homes::Homes;
use super::payments::PayDay;
use super::pharmacy::RetailTotals;
use super::purses::Purses;
use crate::city::{City, Want};
use crate::clearing::SiteBooks;
use crate::domain::{Day, Fen, Ms, PersonId, VisitId};
use crate::engine::{Facts, GroupCredit, GroupRows, PersonRow};
use crate::flow::{Step, StopCode, Told};
use crate::ledger::Audit;
use crate::metrics::{ArmSums, PairSums};
use crate::settlement::{Member, YearMore};
use std::collections::BTreeMap;
use std::ops::Range;

/// What a plan is about today.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// Outpatient or emergency visit.
    Visit,
    /// Admission to a bed.
    Admission,
    /// A payment towards a stay under way.
    TopUp,
    /// End of a stay.
    Discharge,
}

/// One plan of today: what the person wants, and in which arms it happens today.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    pub(super) want: Want,
    pub(super) kind: Kind,
    /// Bit per arm.
    pub(super) arms: u8,
    /// The step to start from, for plans carried over from yesterday.
    pub(super) resume_at: u8,
    /// Carried over from an earlier day: its times are not matched.
    pub(super) carried: bool,
    /// An admission through the emergency room.
    pub(super) emergency: bool,
    pub(super) first_step: u32,
    pub(super) steps: u32,
    /// Payment points of the program, a bit each.
    pub(super) points: u8,
    /// Position among this block's plans for the same site.
    pub(super) slot: u32,
    /// When the patient comes under the policy, ms from midnight: a message may name another hour.
    pub(super) comes_ms: Ms,
    /// What messages told the patient under the policy.
    pub(super) told: Told,
    /// Deposit held (discharges) or asked (payments on the way), by arm.
    pub(super) deposit_fen: [u32; ARMS_MAX],
}

/// What the rehearsal settles for one plan in one arm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Rehearsed {
    pub(super) code: StopCode,
    /// Payment points that a line bears.
    pub(super) granted: u8,
    /// Payment points before which the hospital's card is filled.
    pub(super) topped: u8,
    /// Whether the patient goes without tests that he cannot pay.
    pub(super) without: bool,
    /// Sign-up and help at the desk, ms.
    pub(super) desk_ms: u32,
    /// Deposit asked at admission, fen.
    pub(super) deposit_fen: u32,
}

/// Today's plans of a block.
#[derive(Debug, Default)]
pub(super) struct Today {
    pub(super) wants: Vec<Want>,
    pub(super) plans: Vec<Plan>,
    pub(super) steps: Vec<Step>,
    /// Plan-major: `plan * arms + arm`.
    pub(super) rehearsed: Vec<Rehearsed>,
    /// Whether a plan drew on a line in the policy arm.
    pub(super) drew: Vec<bool>,
    /// Plans ordered by site, and where each site begins.
    pub(super) by_site: Vec<u32>,
    pub(super) site_start: Vec<u32>,
}

/// What falls due on a later day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// The patient pays towards the draw of a visit: all that is due.
    Repay,
    /// The draw is looked at: due date, ageing, collections, write-off.
    Tick,
    /// The patient's line is asked to pay an unpaid hospital bill; what it leaves is paid or given up on
    /// a later day.
    Debit { hospital: u16, amount: Fen, rest_on: Day, written_off: bool },
    /// Somebody who has not used a hospital's card for long may hand it in.
    HandIn { hospital: u16 },
    /// Somebody without a card is given the first one; its bank takes the account over.
    FirstCard,
    /// An unpaid hospital bill is paid or given up.
    Arrears { hospital: u16, amount: Fen, written_off: bool },
}

/// A dated entry of the calendar.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) group: u32,
    pub(super) person: u32,
    pub(super) bill: VisitId,
    pub(super) due: Due,
}

/// A block's state in one arm.
#[derive(Debug)]
pub(super) struct ArmBlock {
    pub(super) rows: Vec<PersonRow>,
    /// The rest of each person's year; empty where the rules do not use it.
    pub(super) more: Vec<YearMore>,
    pub(super) credit: BTreeMap<u32, GroupCredit>,
    pub(super) calendar: Calendar,
    /// Sign-ups at home by day, latest first (popped from the end): (day index, person, at desk).
    pub(super) sign_ups: Vec<(i32, u32, bool)>,
    /// People who want to sign up at the desk on their next visit.
    pub(super) pending: u32,
    pub(super) audit: Audit,
    /// Today's files of all sides, for reconciliation.
    pub(super) files: DayFiles,
    /// What each bank has lent, earned and lost; empty without banks.
    pub(super) banks: BankNights,
    /// Hospitals' prepaid cards, where people carry them.
    pub(super) cards: Cards,
    /// Purchases at retail pharmacies, where they are followed.
    pub(super) retail: RetailTotals,
    /// With what people pay, where the scenario follows it.
    pub(super) pay: PayDay,
    /// Stays of people insured elsewhere, kept in the policy arm.
    pub(super) away: Vec<Stay>,
    /// Today's flows of hospitals, for clearing.
    pub(super) sites: SiteBooks,
    /// What each household owes and pays, where the scenario asks.
    pub(super) homes: Homes,
    /// What each group of people bore and paid, where the scenario asks.
    pub(super) purses: Purses,
    pub(super) sums: ArmSums,
}

/// A plan that goes on another day.
#[derive(Clone, Copy, Debug)]
pub(super) struct Later {
    pub(super) want: Want,
    pub(super) kind: Kind,
    pub(super) arms: u8,
    pub(super) resume_at: u8,
    pub(super) carried: bool,
    pub(super) deposit_fen: [u32; ARMS_MAX],
}

/// A block of kin groups.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) groups: Range<u32>,
    pub(super) first_person: u32,
    pub(super) arms: Vec<ArmBlock>,
    pub(super) today: Today,
    /// Plans of later days: stays that end, visits that spilled.
    pub(super) later: BTreeMap<i32, Vec<Later>>,
    pub(super) pairs: PairSums,
    /// Written off today by arm, in claim order: what was lost.
    pub(super) lost: Vec<OfDraw>,
    /// Draws that the credit insurer is asked to pay from tonight on, with what they owe.
    pub(super) claimed: Vec<OfDraw>,
}

/// An amount of a draw.
#[derive(Clone, Copy, Debug)]
pub(super) struct OfDraw {
    pub(super) arm: usize,
    pub(super) holder: u32,
    pub(super) bank: Option<usize>,
    pub(super) bill: VisitId,
    pub(super) amount: Fen,
}

/// The unchanging facts of a person, as the engine reads them.
pub(super) fn facts(city: &City, person: u32) -> Facts {
    let (employer, commercial) = city.covers(PersonId(person));
    let person = &city.people[person as usize];
    Facts {
        member: Member {
            scheme: person.scheme(),
            status: person.status(),
            assistance: person.assistance(),
            employer,
            commercial,
        },
        age: person.age,
        generation: person.generation,
        score: person.score,
        judgment_debtor: person.judgment_debtor(),
        insured_elsewhere: person.insured_elsewhere(),
        ..Facts::default()
    }
}

impl ArmBlock {
    /// Copies a group's rows out; the copy is what decisions change.
    pub(super) fn gather(&self, city: &City, block_first: u32, group: u32, rows: &mut GroupRows) {
        let first = city.group_first[group as usize];
        let size = (city.group_first[group as usize + 1] - first) as usize;
        rows.clear(first, size);
        let local = (first - block_first) as usize;
        rows.people[..size].copy_from_slice(&self.rows[local..local + size]);
        if !self.more.is_empty() {
            rows.more[..size].copy_from_slice(&self.more[local..local + size]);
        }
        for member in 0..size {
            rows.set_facts(member, facts(city, first + member as u32));
        }
        if let Some(credit) = self.credit.get(&group) {
            rows.credit.lines.extend_from_slice(&credit.lines);
            rows.credit.draws.extend_from_slice(&credit.draws);
            rows.credit.holds.extend_from_slice(&credit.holds);
        }
    }

    /// Writes a decided group back.
    pub(super) fn scatter(&mut self, block_first: u32, group: u32, rows: &GroupRows) {
        let local = (rows.first - block_first) as usize;
        self.rows[local..local + rows.size].copy_from_slice(&rows.people[..rows.size]);
        if !self.more.is_empty() {
            self.more[local..local + rows.size].copy_from_slice(&rows.more[..rows.size]);
        }
        if rows.credit.lines.is_empty() {
            return;
        }
        let credit = self.credit.entry(group).or_default();
        credit.lines.clone_from(&rows.credit.lines);
        credit.draws.clone_from(&rows.credit.draws);
        credit.holds.clone_from(&rows.credit.holds);
    }
}

/// What falls due, by civil day.
#[derive(Debug, Default)]
pub(super) struct Calendar(BTreeMap<i32, Vec<Entry>>);

impl Calendar {
    /// Enters something that falls due on a day.
    pub(super) fn enter(&mut self, day: Day, entry: Entry) {
        self.0.entry(day.0).or_default().push(entry);
    }

    /// Takes what falls due on a day.
    pub(super) fn take(&mut self, day: Day) -> Vec<Entry> {
        self.0.remove(&day.0).unwrap_or_default()
    }

    /// What falls due on a day.
    pub(super) fn on(&self, day: Day) -> &[Entry] {
        self.0.get(&day.0).map_or(&[], Vec::as_slice)
    }

    /// The first day on which something falls due.
    pub(super) fn first(&self) -> Option<Day> {
        self.0.keys().next().map(|&day| Day(day))
    }

    /// Strikes what a reversed bill would have brought.
    pub(super) fn forget(&mut self, bill: VisitId) {
        for entries in self.0.values_mut() {
            entries.retain(|entry| entry.bill != bill);
        }
    }
}

impl Block {
    /// Reads a word of each row that today's groups will need. The loads do not wait for each other,
    /// so memory answers many at once; group after group each would be waited for
    /// (`docs/performance.md`).
    pub(super) fn touch(&self, city: &City, arms: Range<usize>) {
        let mut seen = 0_u32;
        let mut from = 0;
        while from < self.today.plans.len() {
            let group = self.today.group_at(from).0 as usize;
            let people = city.group_first[group] as usize..city.group_first[group + 1] as usize;
            seen ^= city.people[people.clone()]
                .iter()
                .fold(0, |all, person| all ^ u32::from(person.rate));
            let first = self.first_person as usize;
            for arm in &self.arms[arms.clone()] {
                let rows = &arm.rows[people.start - first..people.end - first];
                seen ^= rows.iter().fold(0, |all, row| all ^ row.account);
            }
            from = self.today.group_end(from);
        }
        std::hint::black_box(seen);
    }

    /// Puts a plan on a later day; the same plan of several arms becomes one.
    pub(super) fn put_off(&mut self, day: Day, plan: Later) {
        let plans = self.later.entry(day.0).or_default();
        let same = |other: &&mut Later| {
            other.want.visit == plan.want.visit
                && other.kind == plan.kind
                && other.resume_at == plan.resume_at
                && other.carried == plan.carried
        };
        match plans.iter_mut().rev().take(16).find(same) {
            Some(other) => {
                other.arms |= plan.arms;
                for (held, more) in other.deposit_fen.iter_mut().zip(plan.deposit_fen) {
                    *held += more;
                }
            }
            None => plans.push(plan),
        }
    }
}

impl Block {
    /// Forgets visits and admissions that wait for a tomorrow that does not come; returns how many.
    pub(super) fn drop_unfinished(&mut self) -> u64 {
        let mut dropped = 0;
        for plans in self.later.values_mut() {
            // Payments towards stays are not made any more; a stay's bill asks for what lacks.
            plans.retain(|plan| plan.kind != Kind::TopUp);
            let before = plans.len();
            plans.retain(|plan| plan.kind == Kind::Discharge);
            dropped += (before - plans.len()) as u64;
        }
        self.later.retain(|_, plans| !plans.is_empty());
        dropped
    }

    /// The next day on which anything of this block falls due.
    pub(super) fn next_due(&self) -> Option<Day> {
        let calendars = self.arms.iter().filter_map(|arm| arm.calendar.first());
        calendars.chain(self.later.keys().next().map(|&day| Day(day))).min()
    }
}
