//! The bank's account: what a year brings and costs, the subsidy that would make it come out even, and the
//! use of limits at which it does. Must never call a loss on each yuan a matter of scale.

use super::super::figures::share;
use super::view::View;
use crate::domain::Fen;
use crate::economics::{Party, Row};
use crate::metrics::GroupSums;

/// A bank's year, yuan; floats, for ratios only.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct BankYear {
    /// What grows with draws: interest, losses, fees, use of money, collections.
    pub(super) variable: f64,
    /// What does not: systems, people, lines kept.
    pub(super) fixed: f64,
    /// Drawn a year.
    pub(super) drawn: f64,
    /// Limits of the lines opened.
    pub(super) limits: f64,
    /// Lines opened.
    pub(super) lines: f64,
}

impl BankYear {
    /// The year of a view.
    pub(super) fn of(view: &View) -> BankYear {
        let horizon = *view.book.horizon();
        let annuity = horizon.annuity().to_f64();
        let gain = |read: &dyn Fn(&Row) -> Fen| -> f64 {
            let own = |row: &Row| row.kind != crate::economics::Kind::Care;
            yuan(view.book.gain(Party::Bank, own, read))
        };
        let variable = gain(&|row| horizon.a_year(row.run));
        let yearly = gain(&|row| row.yearly) - variable;
        let once = gain(&|row| row.once);
        BankYear {
            variable,
            fixed: -(yearly + share(once, annuity)),
            drawn: yuan(view.policy.drawn) * horizon.year_of_run().to_f64(),
            limits: yuan(view.limits),
            lines: view.policy.opened as f64,
        }
    }

    /// The year of the holders of a group: `gains` are the bank's present value and what draws bring it a year.
    pub(super) fn of_group(view: &View, gains: (Fen, Fen), group: &GroupSums) -> BankYear {
        let horizon = *view.book.horizon();
        let variable = yuan(gains.1);
        BankYear {
            variable,
            fixed: variable - share(yuan(gains.0), horizon.annuity().to_f64()),
            drawn: yuan(group.drawn) * horizon.year_of_run().to_f64(),
            limits: yuan(group.limits),
            lines: group.lines as f64,
        }
    }

    /// What a year leaves.
    pub(super) fn result(&self) -> f64 {
        self.variable - self.fixed
    }

    /// The subsidy on each yuan drawn that makes the year come out even; negative = the bank earns.
    pub(super) fn subsidy_share(&self) -> Option<f64> {
        (self.drawn > 0.0).then(|| -self.result() / self.drawn)
    }

    /// The same a line and year, yuan.
    pub(super) fn subsidy_per_line(&self) -> Option<f64> {
        (self.lines > 0.0).then(|| -self.result() / self.lines)
    }

    /// Yuan drawn a year over limits.
    pub(super) fn use_rate(&self) -> Option<f64> {
        (self.limits > 0.0).then(|| self.drawn / self.limits)
    }

    /// What a yuan drawn leaves before fixed costs.
    pub(super) fn margin(&self) -> Option<f64> {
        (self.drawn > 0.0).then(|| self.variable / self.drawn)
    }

    /// The use rate at which the year comes out even with no subsidy; `None` where each yuan drawn loses.
    pub(super) fn break_even_use_rate(&self) -> Option<f64> {
        let margin = self.margin().filter(|margin| *margin > 0.0 && self.limits > 0.0)?;
        Some(self.fixed / margin / self.limits)
    }
}

fn yuan(amount: Fen) -> f64 {
    amount.0 as f64 / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_break_even_comes_out_even() {
        let year =
            BankYear { variable: 30.0, fixed: 90.0, drawn: 1_000.0, limits: 50_000.0, lines: 6.0 };
        assert!((year.result() + 60.0).abs() < 1e-12);
        assert!((year.subsidy_share().expect("draws") - 0.06).abs() < 1e-12);
        assert!((year.subsidy_per_line().expect("lines") - 10.0).abs() < 1e-12);
        assert!((year.use_rate().expect("limits") - 0.02).abs() < 1e-12);
        // At three times the use the margin of 3 % pays the fixed 90 yuan.
        let at = year.break_even_use_rate().expect("a margin");
        assert!((at - 0.06).abs() < 1e-12);
        let there = BankYear { variable: 0.03 * at * 50_000.0, drawn: at * 50_000.0, ..year };
        assert!(there.result().abs() < 1e-9);
        let losing = BankYear { variable: -1.0, ..year };
        assert_eq!(losing.break_even_use_rate(), None);
        let idle = BankYear { variable: 0.0, drawn: 0.0, lines: 0.0, ..year };
        assert_eq!((idle.subsidy_share(), idle.subsidy_per_line()), (None, None));
        assert_eq!((idle.margin(), idle.break_even_use_rate()), (None, None));
    }
}
