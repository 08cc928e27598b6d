//! The synthetic mix: which kinds of request, in which proportion. Must never change its meaning
//! between versions without a note in the changelog: figures of two versions are compared.

use serde::{Deserialize, Serialize};

/// Kinds of request that the synthetic load sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operation {
    /// A new bill paid by the patient.
    Settle,
    /// A hold on a line for a new visit.
    Reserve,
    /// A bill drawn on a line: of the oldest held visit, else of a new one.
    Draw,
    /// The reversal of the oldest bill that was paid by a patient.
    Reverse,
    /// A payment towards the oldest draw.
    Repay,
    /// A look at a person's account, line and accumulators.
    Query,
    /// What a bill would come to.
    PreSettle,
}

impl Operation {
    /// In the order of `Mix`.
    pub const ALL: [Operation; 7] = [
        Operation::Settle,
        Operation::Reserve,
        Operation::Draw,
        Operation::Reverse,
        Operation::Repay,
        Operation::Query,
        Operation::PreSettle,
    ];
}

/// Relative weights. A kind that finds nothing to work on (no open draw yet) sends a `settle` instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mix {
    /// New bills paid by the patient.
    pub settle: u32,
    /// Holds on lines.
    pub reserve: u32,
    /// Bills drawn on lines.
    pub draw: u32,
    /// Reversals.
    pub reverse: u32,
    /// Repayments.
    pub repay: u32,
    /// Queries.
    pub query: u32,
    /// Pre-settlements.
    pub pre_settle: u32,
}

impl Default for Mix {
    /// Assumed: a core that carries a city's bills, a fifth of them on lines, each repaid once. Recorded
    /// days of a simulated city have the true mix.
    fn default() -> Mix {
        Mix { settle: 50, reserve: 10, draw: 15, reverse: 2, repay: 13, query: 10, pre_settle: 0 }
    }
}

impl Mix {
    /// No weight at all.
    pub const NOTHING: Mix =
        Mix { settle: 0, reserve: 0, draw: 0, reverse: 0, repay: 0, query: 0, pre_settle: 0 };

    fn weights(&self) -> [u32; 7] {
        let Mix { settle, reserve, draw, reverse, repay, query, pre_settle } = *self;
        [settle, reserve, draw, reverse, repay, query, pre_settle]
    }

    /// Whether the national interface has a transaction for all of it.
    pub fn is_national(&self) -> bool {
        let Mix { reserve, draw, repay, query, .. } = *self;
        reserve + draw + repay + query == 0
    }

    /// Sum of the weights.
    pub fn total(&self) -> u64 {
        self.weights().iter().map(|&weight| u64::from(weight)).sum()
    }

    /// The operation at a uniform word.
    pub fn pick(&self, word: u32) -> Operation {
        let mut left = (u64::from(word) * self.total()) >> 32;
        for (operation, weight) in Operation::ALL.into_iter().zip(self.weights()) {
            match left.checked_sub(u64::from(weight)) {
                Some(rest) => left = rest,
                None => return operation,
            }
        }
        Operation::Settle
    }
}

impl std::str::FromStr for Mix {
    type Err = String;

    /// `city`, one kind alone (`settle`), or weights: `settle=50,draw=15,query=10`.
    fn from_str(text: &str) -> Result<Mix, String> {
        if text == "city" {
            return Ok(Mix::default());
        }
        let mut mix = Mix::NOTHING;
        for part in text.split(',') {
            let (kind, weight) = part.split_once('=').unwrap_or((part, "1"));
            let wrong = || format!("`{weight}` is not a whole number below a million");
            let weight: u32 = weight.parse().map_err(|_| wrong())?;
            if weight >= 1_000_000 {
                return Err(wrong());
            }
            let place = match kind {
                "settle" => &mut mix.settle,
                "reserve" => &mut mix.reserve,
                "draw" => &mut mix.draw,
                "reverse" => &mut mix.reverse,
                "repay" => &mut mix.repay,
                "query" => &mut mix.query,
                "pre_settle" => &mut mix.pre_settle,
                _ => {
                    return Err(format!(
                        "`{kind}` is not city, settle, reserve, draw, reverse, repay, query or \
                         pre_settle"
                    ));
                }
            };
            *place = weight;
        }
        if mix.total() == 0 { Err("a mix needs a weight above 0".to_owned()) } else { Ok(mix) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mixes_are_read_as_people_write_them() {
        let read = |text: &str| text.parse::<Mix>();
        assert_eq!(read("city"), Ok(Mix::default()));
        let only = Mix { settle: 1, ..Mix::NOTHING };
        assert_eq!(read("settle"), Ok(only));
        assert_eq!(read("settle=3,query=1"), Ok(Mix { settle: 3, query: 1, ..only }));
        for wrong in ["", "pay", "settle=-1", "settle=0", "settle=1000000"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn words_fall_on_operations_by_weight() {
        let mix = Mix { settle: 1, draw: 2, query: 1, ..Mix::NOTHING };
        let mut counts = [0; 7];
        for word in (0..4_000_u64).map(|i| ((i << 32) + (1 << 31)) / 4_000) {
            counts[mix.pick(word as u32) as usize] += 1;
        }
        assert_eq!(counts, [1_000, 0, 2_000, 0, 0, 1_000, 0]);
    }
}
