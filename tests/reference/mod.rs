//! The slow second route to each split: decimals throughout, formulas instead of walks, types of its own.
//! Imports nothing of the program: rules and bills are told to it in its own words.

use rust_decimal::{Decimal, RoundingStrategy};

/// Amounts are decimals counted in fen; ratios are decimals.
pub(crate) type Fen = Decimal;

/// How class B lines are rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rounding {
    HalfUpPerLine,
    DownPerLine,
    HalfUpOnSum,
}

/// A line of the bill.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Line {
    A(i64),
    B(i64, Decimal),
    C(i64),
    OverLimit(i64),
}

/// Bands: lower edge and ratio, rising; edges count from zero or from the start.
#[derive(Clone, Debug)]
pub(crate) struct Bands {
    pub(crate) steps: Vec<(i64, Decimal)>,
    pub(crate) from_start: bool,
}

/// The pooled fund's terms for this person, level and care.
#[derive(Clone, Debug)]
pub(crate) enum Pooled {
    /// Deductible of the year, eligible before, ratio.
    Yearly { deductible: i64, seen: i64, ratio: Decimal },
    /// Deductible of the first admission, factor of this one, bands, factor on the person's share.
    Stay { deductible: i64, factor: Decimal, bands: Bands, person: Decimal },
}

/// The second layer.
#[derive(Clone, Debug)]
pub(crate) struct Second {
    pub(crate) threshold: i64,
    pub(crate) added: Decimal,
    pub(crate) tiers: Bands,
    pub(crate) ceiling: Option<i64>,
    pub(crate) sharing: bool,
    pub(crate) excess: bool,
    pub(crate) burden_before: i64,
}

/// A further cover, for a person whom it helps.
#[derive(Clone, Debug)]
pub(crate) struct Cover {
    pub(crate) threshold: i64,
    pub(crate) tiers: Bands,
    pub(crate) ceiling: Option<i64>,
    pub(crate) outside: Option<Outside>,
}

#[derive(Clone, Debug)]
pub(crate) struct Outside {
    pub(crate) deductible: i64,
    pub(crate) ratio: Decimal,
    pub(crate) ceiling: Option<i64>,
    /// Initial self-payment, above limits, class C.
    pub(crate) counts: [bool; 3],
}

/// A payer in its turn, with what it paid of the year's in-policy burden before.
#[derive(Clone, Debug)]
pub(crate) enum Turn {
    Second {
        terms: Option<Second>,
        paid: i64,
    },
    Assistance {
        terms: Option<(i64, Decimal, i64)>,
        paid: i64,
    },
    /// `number` names the payer in the answer.
    Cover {
        number: usize,
        terms: Option<Cover>,
        paid: i64,
    },
}

/// A whole circumstance.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) insured: bool,
    pub(crate) rounding: Rounding,
    pub(crate) lines: Vec<Line>,
    pub(crate) pooled: Pooled,
    /// What the pooled fund's ceilings leave.
    pub(crate) room: Option<i64>,
    /// The year's eligible amounts less what the pooled fund paid of them.
    pub(crate) burden_before: i64,
    pub(crate) turns: Vec<Turn>,
}

/// The answer, fen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) total: Fen,
    pub(crate) full: Fen,
    pub(crate) over: Fen,
    pub(crate) initial: Fen,
    pub(crate) eligible: Fen,
    pub(crate) deductible: Fen,
    pub(crate) pooled: Fen,
    pub(crate) above_ceiling: Fen,
    pub(crate) burden: Fen,
    pub(crate) second: Fen,
    pub(crate) assistance: Fen,
    /// By number of the cover: all it pays.
    pub(crate) covers: [Fen; 5],
    /// By number of the cover: the in-policy part of it.
    pub(crate) covers_inside: [Fen; 5],
    pub(crate) full_borne: Fen,
    pub(crate) funds: Fen,
    pub(crate) person: Fen,
    /// Boundaries that the case met, for the report.
    pub(crate) hits: Vec<&'static str>,
}

fn dec(fen: i64) -> Decimal {
    Decimal::from(fen)
}

fn positive(amount: Decimal) -> Decimal {
    amount.max(Decimal::ZERO)
}

impl Answer {
    fn half_up(&mut self, amount: Decimal) -> Decimal {
        if amount.fract() == Decimal::new(5, 1) {
            self.hits.push("half a fen");
        }
        amount.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero)
    }

    fn capped(&mut self, full: Decimal, room: Option<Decimal>, what: &'static str) -> Decimal {
        let Some(room) = room else { return full };
        if full > room {
            self.hits.push(what);
        } else if full == room && !full.is_zero() {
            self.hits.push("a ceiling met exactly");
        }
        full.min(room)
    }
}

impl Bands {
    /// How much of `[from, to]` lies in each band, with the band's ratio.
    fn parts(&self, from: Decimal, to: Decimal, answer: &mut Answer) -> Vec<(Decimal, Decimal)> {
        let shift = if self.from_start { from } else { Decimal::ZERO };
        let edge = |index: usize| dec(self.steps[index].0) + shift;
        let mut parts = Vec::new();
        for index in 0..self.steps.len() {
            let lower = if index == 0 { from } else { edge(index).max(from) };
            let upper = if index + 1 < self.steps.len() { edge(index + 1).min(to) } else { to };
            if index > 0 && edge(index) == to {
                answer.hits.push("a band's edge met exactly");
            }
            parts.push((positive(upper - lower), self.steps[index].1));
        }
        parts
    }

    fn pay(
        &self,
        threshold: Decimal,
        burden: Decimal,
        added: Decimal,
        answer: &mut Answer,
    ) -> Decimal {
        if burden == threshold && !burden.is_zero() {
            answer.hits.push("a threshold met exactly");
        }
        let parts = self.parts(threshold, burden.max(threshold), answer);
        parts
            .into_iter()
            .map(|(part, ratio)| answer.half_up(part * (ratio + added).min(Decimal::ONE)))
            .sum()
    }
}

impl Case {
    pub(crate) fn split(&self) -> Answer {
        let mut answer = Answer::default();
        self.itemise(&mut answer);
        if self.insured {
            self.pool(&mut answer);
        }
        self.pass_on(&mut answer);
        answer.funds = answer.pooled
            + answer.second
            + answer.assistance
            + answer.covers.iter().copied().sum::<Decimal>();
        answer.person = answer.total - answer.funds;
        answer
    }

    fn itemise(&self, answer: &mut Answer) {
        let mut exact = Decimal::ZERO;
        for line in &self.lines {
            let (Line::A(fen) | Line::B(fen, _) | Line::C(fen) | Line::OverLimit(fen)) = *line;
            answer.total += dec(fen);
            match *line {
                _ if !self.insured => answer.full += dec(fen),
                Line::A(_) => {}
                Line::C(_) => answer.full += dec(fen),
                Line::OverLimit(_) => answer.over += dec(fen),
                Line::B(_, share) => match self.rounding {
                    Rounding::HalfUpPerLine => {
                        let own = answer.half_up(dec(fen) * share);
                        answer.initial += own;
                    }
                    Rounding::DownPerLine => answer.initial += (dec(fen) * share).floor(),
                    Rounding::HalfUpOnSum => exact += dec(fen) * share,
                },
            }
        }
        let on_sum = answer.half_up(exact);
        answer.initial += on_sum;
        answer.eligible = answer.total - answer.full - answer.over - answer.initial;
    }

    fn pool(&self, answer: &mut Answer) {
        let eligible = answer.eligible;
        let (due, parts) = match &self.pooled {
            Pooled::Yearly { deductible, seen, ratio } => {
                let due = positive(dec(*deductible) - dec(*seen));
                (due, vec![(positive(eligible - due), *ratio)])
            }
            Pooled::Stay { deductible, factor, bands, person } => {
                let due = answer.half_up(dec(*deductible) * factor);
                let parts = bands.parts(due, eligible.max(due), answer);
                let scaled =
                    |(part, ratio)| (part, Decimal::ONE - *person * (Decimal::ONE - ratio));
                (due, parts.into_iter().map(scaled).collect())
            }
        };
        if due == eligible && !due.is_zero() {
            answer.hits.push("a deductible met exactly");
        }
        answer.deductible = due.min(eligible);
        for (part, ratio) in parts {
            let full = answer.half_up(part * ratio);
            let left = self.room.map(|room| dec(room) - answer.pooled);
            let pays = answer.capped(full, left, "the pooled fund's ceiling binds");
            if pays < full {
                // The largest whole-fen part whose rounded share still fits.
                let position = ((pays + Decimal::new(5, 1)) / ratio).ceil() - Decimal::ONE;
                answer.above_ceiling += part - position;
            }
            answer.pooled += pays;
        }
    }

    fn pass_on(&self, answer: &mut Answer) {
        let mut left = answer.eligible - answer.pooled;
        let mut before = dec(self.burden_before);
        let mut outside = [answer.initial, answer.over, answer.full];
        answer.burden = left;
        for turn in &self.turns {
            let (pays, paid) = match turn {
                Turn::Second { terms, paid } => {
                    (self.second(terms.as_ref(), *paid, left, answer), *paid)
                }
                Turn::Assistance { terms, paid } => {
                    (self.assist(*terms, *paid, (before, left), answer), *paid)
                }
                Turn::Cover { number, terms, paid } => {
                    let pays = terms.as_ref().map_or(Decimal::ZERO, |terms| {
                        terms.pay(*paid, (before, left), &mut outside, (*number, answer))
                    });
                    (pays, *paid)
                }
            };
            left -= pays;
            before -= dec(paid);
        }
        answer.full_borne = answer.full - outside[2];
    }

    fn second(
        &self,
        terms: Option<&Second>,
        paid: i64,
        left: Decimal,
        answer: &mut Answer,
    ) -> Decimal {
        if !self.insured {
            return Decimal::ZERO;
        }
        answer.burden = left;
        let Some(terms) = terms else { return Decimal::ZERO };
        let above = answer.above_ceiling.min(left);
        let mut burden = Decimal::ZERO;
        if terms.sharing {
            burden += left - above;
        }
        if terms.excess {
            burden += above;
        }
        answer.burden = burden;
        let (threshold, before) = (dec(terms.threshold), dec(terms.burden_before));
        let sum = terms.tiers.pay(threshold, before + burden, terms.added, answer);
        let grows = sum - terms.tiers.pay(threshold, before, terms.added, answer);
        let room = terms.ceiling.map(|ceiling| positive(dec(ceiling) - dec(paid)));
        answer.second = answer.capped(grows, room, "the second layer's ceiling binds");
        answer.second
    }

    fn assist(
        &self,
        terms: Option<(i64, Decimal, i64)>,
        paid: i64,
        (before, left): (Decimal, Decimal),
        answer: &mut Answer,
    ) -> Decimal {
        let Some((threshold, ratio, ceiling)) = terms.filter(|_| self.insured) else {
            return Decimal::ZERO;
        };
        let above = |burden: Decimal| positive(burden - dec(threshold)) * ratio;
        let grows = answer.half_up(above(before + left)) - answer.half_up(above(before));
        let room = Some(positive(dec(ceiling) - dec(paid)));
        answer.assistance = answer.capped(grows, room, "assistance's ceiling binds");
        answer.assistance
    }
}

impl Cover {
    /// Pays and returns the in-policy part.
    fn pay(
        &self,
        paid: i64,
        (before, left): (Decimal, Decimal),
        outside: &mut [Decimal; 3],
        (number, answer): (usize, &mut Answer),
    ) -> Decimal {
        let (threshold, before) = (dec(self.threshold), positive(before));
        let sum = self.tiers.pay(threshold, before + left, Decimal::ZERO, answer);
        let grows = sum - self.tiers.pay(threshold, before, Decimal::ZERO, answer);
        let room = self.ceiling.map(|ceiling| positive(dec(ceiling) - dec(paid)));
        let inside = answer.capped(grows, room, "a further cover's ceiling binds");
        let mut pays = inside;
        if let Some(terms) = &self.outside {
            let counted: Decimal =
                (0..3).filter(|&at| terms.counts[at]).map(|at| outside[at]).sum();
            let share = answer.half_up(positive(counted - dec(terms.deductible)) * terms.ratio);
            let mut rest = answer.capped(share, terms.ceiling.map(dec), "a bill's ceiling binds");
            pays += rest;
            for at in (0..3).filter(|&at| terms.counts[at]) {
                let part = rest.min(outside[at]);
                outside[at] -= part;
                rest -= part;
            }
        }
        answer.covers[number] += pays;
        answer.covers_inside[number] += inside;
        inside
    }
}
