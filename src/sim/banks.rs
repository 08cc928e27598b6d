//! Banks in the simulation: whose first choice which one is, and what each has lent, earned, lost and sanctioned.
//! Must never decide about a line: `credit` does.

use super::block::Block;
use super::city_view::World;
use crate::credit::{DrawRow, DrawStage, LineRow};
use crate::domain::{Day, Fen, VisitId};
use crate::engine::{Decision, GroupCredit, GroupRows};
use crate::random::{Address, Purpose};
use serde::{Deserialize, Serialize};

/// What a bank's lines come to in one replication.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankTotals {
    /// Lines opened.
    pub lines: u64,
    /// Of these, second lines of their holders.
    pub second_lines: u64,
    /// Limits in force at the end.
    pub limits: Fen,
    /// Draws.
    pub draws: u64,
    /// Principal drawn.
    pub drawn: Fen,
    /// Lines ever more than 90 days past due.
    pub dpd90_lines: u64,
    /// Principal lent × nights, fen-days.
    pub fen_days: i128,
    /// Of it, lent free of interest before its due day.
    pub free_fen_days: i128,
    /// Interest and penalties received.
    pub charges: Fen,
    /// Principal written off.
    pub written_off: Fen,
    /// Of it, recovered since.
    pub recovered: Fen,
    /// What the bank itself bears of its write-offs, less its share of recoveries; the rest is borne by
    /// the others of the waterfall.
    pub borne: Fen,
    /// Blacklistings for its draws.
    pub blacklisted: u64,
    /// Lines cancelled for good.
    pub cancelled: u64,
}

impl BankTotals {
    /// What each bank's lines come to in an arm, with what each bears; nothing without banks.
    pub(super) fn of(blocks: &[Block], arm: usize, borne: &[Fen]) -> Vec<BankTotals> {
        let mut banks = vec![BankTotals::default(); borne.len()];
        for block in blocks.iter().map(|block| &block.arms[arm]).filter(|_| !borne.is_empty()) {
            let lines = block.credit.values().flat_map(|credit| &credit.lines);
            lines.for_each(|line| banks[line.bank()].count(line));
            banks.iter_mut().zip(&block.banks.totals).for_each(|(bank, more)| bank.add(more));
        }
        banks.iter_mut().zip(borne).for_each(|(bank, &borne)| bank.borne = borne);
        banks
    }

    /// Counts a line as it stands at the end.
    fn count(&mut self, line: &LineRow) {
        self.lines += 1;
        self.second_lines += u64::from(line.place() > 0);
        self.limits += line.limit();
        self.draws += u64::from(line.draws());
        self.drawn += line.drawn_ever();
        self.dpd90_lines += u64::from(line.worst_dpd() > 90);
    }

    /// Adds what a block has counted night by night.
    fn add(&mut self, more: &BankTotals) {
        self.fen_days += more.fen_days;
        self.free_fen_days += more.free_fen_days;
        self.charges += more.charges;
        self.written_off += more.written_off;
        self.recovered += more.recovered;
        self.blacklisted += more.blacklisted;
        self.cancelled += more.cancelled;
    }
}

/// The banks of one block and arm, night by night; empty without banks.
#[derive(Debug, Default)]
pub(super) struct BankNights {
    totals: Vec<BankTotals>,
    /// Lent last night, of it free of interest, by bank.
    lent: Vec<[i128; 2]>,
    last: Option<Day>,
}

impl BankNights {
    /// Banks of an arm before the first night.
    pub(super) fn open(world: &World<'_>, arm: usize) -> BankNights {
        let banks = count(world, arm);
        BankNights {
            totals: vec![BankTotals::default(); banks],
            lent: vec![[0; 2]; banks],
            last: None,
        }
    }

    /// The bank whose line bears a bill's draw.
    pub(super) fn of_bill(&self, rows: &GroupRows, bill: VisitId) -> Option<usize> {
        if self.totals.is_empty() {
            return None;
        }
        let draw = rows.credit.draws.iter().find(|draw| draw.visit() == bill.raw())?;
        Some(rows.credit.lines[rows.line_by_key(draw.line_key())?].bank())
    }

    /// Counts what a night or a payment did to a draw of a bank.
    pub(super) fn decided(&mut self, bank: Option<usize>, decision: &Decision) {
        let Some(bank) = bank.map(|bank| &mut self.totals[bank]) else { return };
        bank.charges += decision.charges;
        bank.written_off += decision.tick.written_off;
        bank.recovered += decision.recovered;
        bank.blacklisted += u64::from(decision.tick.blacklisted);
        bank.cancelled += u64::from(decision.tick.cancelled);
    }

    /// Ends a night: what each bank has lent counts a day more. On nights that were passed over nothing moved.
    pub(super) fn end<'c>(&mut self, day: Day, credits: impl Iterator<Item = &'c GroupCredit>) {
        if self.totals.is_empty() {
            return;
        }
        let passed_over = self.last.map_or(0, |last| i128::from(day - last - 1));
        self.last = Some(day);
        for (bank, [lent, free]) in self.totals.iter_mut().zip(&self.lent) {
            bank.fen_days += lent * passed_over;
            bank.free_fen_days += free * passed_over;
        }
        self.lent.fill([0; 2]);
        for credit in credits {
            for line in &credit.lines {
                self.lent[line.bank()][0] += i128::from(line.drawn().0);
            }
            let is_free = |draw: &&DrawRow| draw.stage() == DrawStage::Free;
            for draw in credit.draws.iter().filter(is_free) {
                let line = credit.lines.iter().find(|line| line.key() == draw.line_key());
                if let Some(line) = line {
                    self.lent[line.bank()][1] += i128::from(draw.principal().0);
                }
            }
        }
        for (bank, [lent, free]) in self.totals.iter_mut().zip(&self.lent) {
            bank.fen_days += lent;
            bank.free_fen_days += free;
        }
    }
}

/// What each bank of an arm bears itself, as losses are shared and recoveries passed on.
#[derive(Debug, Default)]
pub(super) struct BankLosses {
    borne: Vec<Fen>,
    /// Recovered on each bank's draws up to last night.
    recovered: Vec<Fen>,
}

impl BankLosses {
    /// Nothing lost yet.
    pub(super) fn open(world: &World<'_>, arm: usize) -> BankLosses {
        let none = vec![Fen::ZERO; count(world, arm)];
        BankLosses { borne: none.clone(), recovered: none }
    }

    /// What each bears.
    pub(super) fn borne(&self) -> &[Fen] {
        &self.borne
    }

    /// A bank's own part of a write-off.
    pub(super) fn bear(&mut self, bank: Option<usize>, part: Fen) {
        if let Some(bank) = bank {
            self.borne[bank] += part;
        }
    }

    /// The banks' part of tonight's recoveries goes to those whose draws brought them, in proportion and
    /// up to what each still bears; what is left over goes to the others in the scheme's order.
    pub(super) fn give_back(&mut self, part: Fen, blocks: &[Block], arm: usize) {
        if self.borne.is_empty() {
            return;
        }
        let mut tonight = Vec::with_capacity(self.borne.len());
        for (bank, before) in self.recovered.iter_mut().enumerate() {
            let totals = blocks.iter().map(|block| block.arms[arm].banks.totals[bank].recovered);
            let now: Fen = totals.sum();
            tonight.push(now - *before);
            *before = now;
        }
        share_back(&mut self.borne, &tonight, part);
    }
}

/// Takes `part` off what banks bear, in proportion to what each brought, then in their order.
fn share_back(borne: &mut [Fen], brought: &[Fen], part: Fen) {
    let all: i128 = brought.iter().map(|brought| i128::from(brought.0)).sum();
    let (mut sum, mut given, mut left) = (0_i128, 0_i128, part);
    for (bank, brought) in borne.iter_mut().zip(brought).filter(|_| all > 0) {
        sum += i128::from(brought.0);
        let until = i128::from(part.0) * sum / all;
        let own = Fen((until - given) as i64).min(*bank);
        given = until;
        *bank -= own;
        left -= own;
    }
    for bank in borne.iter_mut() {
        let more = left.min(*bank);
        *bank -= more;
        left -= more;
    }
    assert!(left.is_zero(), "invariant: banks bear {left} less than they get back");
}

/// Number of banks of an arm.
fn count(world: &World<'_>, arm: usize) -> usize {
    world.arms[arm].engine.policy.map_or(0, |policy| policy.more.banks.list.len())
}

/// The bank of a person's first choice, by the weights of the policy's banks.
pub(super) fn first_choice(world: &World<'_>, person: u32) -> u8 {
    let policy = world.arms[world.policy()].engine.policy;
    let banks = policy.map_or(&[][..], |policy| &policy.more.banks.list);
    let total: u64 = banks.iter().map(|bank| u64::from(bank.weight)).sum();
    let address = Address::new(u64::from(person), 0, Purpose::SignUp).item(7);
    let mut left = (u64::from(world.philox.block(address)[0]) * total) >> 32;
    let chosen = banks.iter().position(|bank| {
        let here = left < u64::from(bank.weight);
        left = left.saturating_sub(u64::from(bank.weight));
        here
    });
    chosen.unwrap_or(0) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recoveries_go_to_the_bank_whose_draws_brought_them_and_no_further_than_its_loss() {
        // borne, brought and given back, borne afterwards
        let table = [
            ([100, 200, 50], ([30, 60, 0], 90), [70, 140, 50]),
            ([100, 200, 50], ([30, 60, 0], 45), [85, 170, 50]),
            ([10, 200, 50], ([30, 60, 0], 90), [0, 120, 50]),
            ([10, 20, 50], ([0, 0, 0], 25), [0, 5, 50]),
        ];
        for (borne, (brought, part), after) in table {
            let mut banks = borne.map(Fen);
            share_back(&mut banks, &brought.map(Fen), Fen(part));
            assert_eq!(banks, after.map(Fen), "{borne:?} {brought:?} {part}");
        }
    }
}
