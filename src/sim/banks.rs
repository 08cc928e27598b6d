//! Banks in the simulation: whose first choice which one is, and what each has lent. Must never decide about a
//! line: `credit` does.

use super::block::Block;
use super::city_view::World;
use crate::credit::LineRow;
use crate::domain::Fen;
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
}

impl BankTotals {
    /// What each bank's lines come to in an arm; nothing without banks.
    pub(super) fn of(blocks: &[Block], arm: usize) -> Vec<BankTotals> {
        let count = blocks.first().map_or(0, |block| block.arms[arm].lent.len());
        let mut banks = vec![BankTotals::default(); count];
        for block in blocks.iter().map(|block| &block.arms[arm]).filter(|_| count > 0) {
            let lines = block.credit.values().flat_map(|credit| &credit.lines);
            lines.for_each(|line| banks[line.bank()].count(line));
            banks.iter_mut().zip(&block.lent).for_each(|(bank, lent)| bank.fen_days += lent);
        }
        banks
    }

    /// Counts a line as it stands at the end.
    pub(super) fn count(&mut self, line: &LineRow) {
        self.lines += 1;
        self.second_lines += u64::from(line.place() > 0);
        self.limits += line.limit();
        self.draws += u64::from(line.draws());
        self.drawn += line.drawn_ever();
        self.dpd90_lines += u64::from(line.worst_dpd() > 90);
    }
}

/// What each bank of an arm has lent before the first night; empty without banks.
pub(super) fn nothing_lent(world: &World<'_>, arm: usize) -> Vec<i128> {
    vec![0; world.arms[arm].engine.policy.map_or(0, |policy| policy.more.banks.list.len())]
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
