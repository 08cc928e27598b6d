//! What pays for the part of a bill that is above the patient's own means where no line does: card instalments,
//! relatives, or nothing at all. Must never know a bill: amounts come in and prices go out.

use crate::domain::{Fen, INCOME_BANDS, Ratio};
use crate::random::{Distribution, unit};

/// The other finance of patients.
#[derive(Clone, Debug, PartialEq)]
pub struct OtherFinance {
    /// Money at hand for a bill, in monthly incomes; `None` = that for a deposit.
    pub at_hand: Option<Distribution>,
    /// Share of people who go without tests that they cannot pay themselves, by fifth of income, poorest first.
    pub go_without: [f64; INCOME_BANDS],
    /// Share of the others who pay in instalments on a card, by fifth of income; all others ask relatives.
    pub on_card: [f64; INCOME_BANDS],
    /// Instalments on a card.
    pub card: CardInstalments,
    /// Loans of relatives.
    pub relatives: Relatives,
}

/// Instalments on a credit card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CardInstalments {
    /// Fee a month on the first sum.
    pub fee_month: Ratio,
    /// Equal monthly parts.
    pub months: u16,
}

/// Loans of relatives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relatives {
    /// Days until they are paid back.
    pub days: u16,
    /// What they cost, as a part of the loan.
    pub cost: Ratio,
}

/// Where the money comes from that somebody lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Instalments on a card.
    Card = 0,
    /// Relatives.
    Relatives = 1,
    /// Nowhere: he goes without where care is paid before it is given, and asks relatives where it is not.
    GoesWithout = 2,
}

impl Source {
    /// Number of sources.
    pub const COUNT: usize = 3;
}

/// Days of a month, for sums owed over time.
const MONTH_DAYS: i64 = 30;

impl OtherFinance {
    /// Whom somebody of an income band turns to, by a word of the bill's own.
    pub fn source(&self, income_band: usize, word: u32) -> Source {
        let luck = unit(word);
        let without = self.go_without[income_band];
        if luck < without {
            Source::GoesWithout
        } else if luck < without + (1.0 - without) * self.on_card[income_band] {
            Source::Card
        } else {
            Source::Relatives
        }
    }

    /// What a loan costs its patient.
    pub fn cost(&self, source: Source, loan: Fen) -> Fen {
        match source {
            Source::Card => Fen(self.card.fee_month.of(loan).0 * i64::from(self.card.months)),
            Source::Relatives | Source::GoesWithout => self.relatives.cost.of(loan),
        }
    }

    /// What is owed of a loan × days: a card's parts are paid a month after each other.
    pub fn fen_days(&self, source: Source, loan: Fen) -> i64 {
        match source {
            Source::Card => loan.0 * (i64::from(self.card.months) + 1) * MONTH_DAYS / 2,
            Source::Relatives | Source::GoesWithout => loan.0 * i64::from(self.relatives.days),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finance() -> OtherFinance {
        OtherFinance {
            at_hand: None,
            go_without: [0.2, 0.1, 0.0, 0.0, 0.0],
            on_card: [0.5, 0.5, 0.5, 1.0, 0.0],
            card: CardInstalments { fee_month: Ratio::new(6, 1_000), months: 12 },
            relatives: Relatives { days: 180, cost: Ratio::ZERO },
        }
    }

    #[test]
    fn a_card_costs_its_fee_each_month_and_relatives_what_the_file_says() {
        let loan = Fen::from_yuan(10_000);
        let of = finance();
        assert_eq!(of.cost(Source::Card, loan), Fen::from_yuan(720));
        assert_eq!(of.cost(Source::Relatives, loan), Fen::ZERO);
        assert_eq!(
            of.fen_days(Source::Card, loan),
            loan.0 * 195,
            "12 parts: 6.5 months on average"
        );
        assert_eq!(of.fen_days(Source::Relatives, loan), loan.0 * 180);
    }

    #[test]
    fn shares_by_income_are_met() {
        let of = finance();
        let shares = |band: usize| {
            let mut counts = [0_u32; Source::COUNT];
            for step in 0..1_000_u32 {
                counts[of.source(band, step * 4_294_967 + 2_147_483) as usize] += 1;
            }
            counts
        };
        assert_eq!(shares(0), [400, 400, 200], "a fifth go without, half of the rest use a card");
        assert_eq!(shares(3), [1_000, 0, 0]);
        assert_eq!(shares(4), [0, 1_000, 0]);
    }
}
