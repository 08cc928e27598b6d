//! Sums behind the risk report: vintages, stages of delinquency, groups of people. Must never hold a
//! rate: the report divides.

use crate::domain::{AGE_BANDS, Fen, INCOME_BANDS, SCHEMES};
use serde::{Deserialize, Serialize};

/// Stages of delinquency: 1–30, 31–60, 61–90, 90+ days past due, written off.
pub const STAGES: usize = 5;
/// Months on book that are kept apart; the last one takes all that come later.
pub const MONTHS_ON_BOOK: usize = 25;
/// Groups of people: age bands, then income fifths, then insurance schemes.
pub const SEGMENTS: usize = AGE_BANDS + INCOME_BANDS + SCHEMES;

/// What a vintage lost while it was so many months old.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnBook {
    /// Principal that went more than 30 days past due.
    pub late_31: Fen,
    /// Principal that went more than 90 days past due.
    pub late_91: Fen,
    /// Written off.
    pub written_off: Fen,
    /// Recovered after the write-off.
    pub recovered: Fen,
}

impl OnBook {
    /// Adds another one's sums.
    pub fn add(&mut self, other: &OnBook) {
        self.late_31 += other.late_31;
        self.late_91 += other.late_91;
        self.written_off += other.written_off;
        self.recovered += other.recovered;
    }
}

/// Lines of one credit code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeSums {
    /// Lines.
    pub lines: u64,
    /// Of them, drawn at least once.
    pub used: u64,
    /// Ever more than 90 days past due.
    pub defaulted: u64,
    /// Cancelled.
    pub cancelled: u64,
    /// Drawn over the run.
    pub drawn: Fen,
}

/// Draws of one calendar month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vintage {
    /// Draws, those taken back on the same day included.
    pub draws: u64,
    /// Their amount.
    pub drawn: Fen,
    /// Draws that entered each stage.
    pub entered: [u64; STAGES],
    /// Principal on entry.
    pub principal: [Fen; STAGES],
    /// Recovered after the write-off.
    pub recovered: Fen,
    /// By months on book, from the month of the draw.
    pub on_book: [OnBook; MONTHS_ON_BOOK],
}

impl Default for Vintage {
    fn default() -> Vintage {
        Vintage {
            draws: 0,
            drawn: Fen::ZERO,
            entered: [0; STAGES],
            principal: [Fen::ZERO; STAGES],
            recovered: Fen::ZERO,
            on_book: [OnBook::default(); MONTHS_ON_BOOK],
        }
    }
}

/// One group of people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// Adults.
    pub adults: u64,
    /// Of them, eligible for a line.
    pub eligible: u64,
    /// Draws of holders in the group.
    pub draws: u64,
    /// Their amount.
    pub drawn: Fen,
    /// Draws that went more than 90 days past due.
    pub defaults: u64,
    /// Written off.
    pub written_off: Fen,
    /// Recovered after.
    pub recovered: Fen,
    /// Bills of theirs that hospitals gave up.
    pub bad_debt: Fen,
}

/// What the risk report is made from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RiskSums {
    /// By month of the draw, from the first month of the run.
    pub vintages: Vec<Vintage>,
    /// By group.
    pub segments: [Segment; SEGMENTS],
    /// Of the bills that hospitals gave up, those of people who may use a line by then.
    pub participants_bad_debt: Fen,
}

impl RiskSums {
    /// The vintage of a month, counted from the first one.
    pub fn vintage(&mut self, month: usize) -> &mut Vintage {
        if self.vintages.len() <= month {
            self.vintages.resize(month + 1, Vintage::default());
        }
        &mut self.vintages[month]
    }

    /// Adds another block's sums.
    pub fn merge(&mut self, other: &RiskSums) {
        for (month, theirs) in other.vintages.iter().enumerate() {
            let mine = self.vintage(month);
            mine.draws += theirs.draws;
            mine.drawn += theirs.drawn;
            mine.recovered += theirs.recovered;
            for (mine, theirs) in mine.on_book.iter_mut().zip(&theirs.on_book) {
                mine.add(theirs);
            }
            for stage in 0..STAGES {
                mine.entered[stage] += theirs.entered[stage];
                mine.principal[stage] += theirs.principal[stage];
            }
        }
        for (mine, theirs) in self.segments.iter_mut().zip(&other.segments) {
            mine.adults += theirs.adults;
            mine.eligible += theirs.eligible;
            mine.draws += theirs.draws;
            mine.drawn += theirs.drawn;
            mine.defaults += theirs.defaults;
            mine.written_off += theirs.written_off;
            mine.recovered += theirs.recovered;
            mine.bad_debt += theirs.bad_debt;
        }
        self.participants_bad_debt += other.participants_bad_debt;
    }

    /// All vintages together.
    pub fn total(&self) -> Vintage {
        let mut total = RiskSums::default();
        for vintage in &self.vintages {
            let one = RiskSums { vintages: vec![*vintage], ..RiskSums::default() };
            total.merge(&one);
        }
        total.vintages.first().copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_add_up_whatever_months_they_know() {
        let mut sums = RiskSums::default();
        sums.vintage(2).draws = 3;
        let mut other = RiskSums::default();
        other.vintage(0).draws = 4;
        other.vintage(2).entered[0] = 1;
        other.segments[1].drawn = Fen(7);
        sums.merge(&other);
        assert_eq!((sums.vintages.len(), sums.total().draws, sums.total().entered[0]), (3, 7, 1));
        assert_eq!(sums.segments[1].drawn, Fen(7));
    }
}
