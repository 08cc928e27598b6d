//! What care costs: log-normal orders by level, and the catalogue classes of a bill. Must never
//! decide who pays; amounts are whole fen and parts always sum.

use super::spec::{BillSpec, DemandSpec};
use crate::domain::{Fen, HospitalLevel, ItemClass};
use crate::random::{Distribution, QuantileTable};

/// Unit of the tables of relative amounts: a mean of 1 is 2^16.
const ONE: f64 = 65_536.0;
const ONE_BITS: u32 = 16;
/// Basis points of the whole.
const WHOLE_BP: u16 = 10_000;

/// One catalogue class of a bill.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BillPart {
    /// Amount, fen.
    pub amount_fen: u32,
    /// Catalogue class.
    pub class: ItemClass,
    /// Share that the patient pays first, basis points: 0 for class A, all of class C.
    pub prepay_bp: u16,
}

/// The price tables of a city, by hospital level.
#[derive(Clone, Debug)]
pub struct BillTables {
    levels: [LevelBills; 3],
}

#[derive(Clone, Debug)]
pub(super) struct LevelBills {
    registration: u32,
    /// Means of laboratory, imaging, treatment and drug orders, fen.
    means: [u64; 4],
    stay_day_mean: u64,
    /// Relative size of an order and of a stay's day; mean 2^16.
    order: QuantileTable,
    stay: QuantileTable,
    /// Shares of classes B and C in units of 2^-16.
    shares: [u64; 2],
    prepay_bp: u16,
}

impl BillTables {
    /// Compiles the bills of a demand spec.
    pub fn new(demand: &DemandSpec) -> BillTables {
        BillTables { levels: demand.bills.each_ref().map(LevelBills::new) }
    }

    /// The registration and consultation fee of a level, fen.
    #[inline]
    pub(super) fn registration(&self, level: HospitalLevel) -> u32 {
        self.levels[level as usize].registration
    }

    /// The amount of an order (0 laboratory, 1 imaging, 2 treatment, 3 drugs) at a word, fen.
    #[inline]
    pub(super) fn order(&self, level: HospitalLevel, order: usize, word: u32) -> u32 {
        self.levels[level as usize].order(order, word)
    }

    /// The bill of a whole stay, fen: one draw of the day's bill, times the days.
    #[inline]
    pub(super) fn stay(&self, level: HospitalLevel, days: u16, word: u32) -> u32 {
        let bills = &self.levels[level as usize];
        scaled(bills.stay_day_mean * u64::from(days), bills.stay.sample(word))
    }

    /// Cuts an amount into classes A, B and C, which sum to it exactly. The shares of B and C move
    /// between half and one and a half times their means, evenly, by the two halves of the word.
    pub fn lines(&self, level: HospitalLevel, amount: Fen, word: u32) -> [BillPart; 3] {
        self.levels[level as usize].lines(amount, word)
    }
}

impl LevelBills {
    /// The amount of an order at a word, fen.
    #[inline]
    pub(super) fn order(&self, order: usize, word: u32) -> u32 {
        scaled(self.means[order], self.order.sample(word))
    }

    /// Cuts an amount into classes.
    #[inline]
    pub(super) fn lines(&self, amount: Fen, word: u32) -> [BillPart; 3] {
        let whole = amount.packed();
        let part = |share: u64, half: u32| {
            let jitter = u64::from(half) + (1 << 15);
            let part = (u128::from(whole) * u128::from(share * jitter)) >> 32;
            u32::try_from(part).unwrap_or(whole).min(whole)
        };
        let b = part(self.shares[0], word & 0xffff);
        let c = part(self.shares[1], word >> 16).min(whole - b);
        [
            BillPart { amount_fen: whole - b - c, class: ItemClass::A, prepay_bp: 0 },
            BillPart { amount_fen: b, class: ItemClass::B, prepay_bp: self.prepay_bp },
            BillPart { amount_fen: c, class: ItemClass::C, prepay_bp: WHOLE_BP },
        ]
    }
}

impl LevelBills {
    pub(super) fn new(spec: &BillSpec) -> LevelBills {
        let mean = |fen: Fen| u64::from(fen.packed());
        let relative = |cv: f64| Distribution::LogNormal { mean: 1.0, cv }.table(ONE);
        LevelBills {
            registration: spec.registration.packed(),
            means: [spec.lab_mean, spec.imaging_mean, spec.treatment_mean, spec.drugs_mean]
                .map(mean),
            stay_day_mean: mean(spec.stay_day_mean),
            order: relative(spec.outpatient_cv),
            stay: relative(spec.stay_cv),
            shares: [spec.class_b_share, spec.class_c_share].map(|s| (s * ONE).round() as u64),
            prepay_bp: (spec.class_b_prepay * f64::from(WHOLE_BP)).round() as u16,
        }
    }
}

/// `mean` × `relative` / 2^16, rounded; at least one fen for something that has a price. The cap is
/// the row's: 42.9 million yuan, beyond any tail of a plausible spec.
#[inline]
fn scaled(mean: u64, relative: u32) -> u32 {
    let amount = (u128::from(mean) * u128::from(relative) + (1 << (ONE_BITS - 1))) >> ONE_BITS;
    u32::try_from(amount).unwrap_or(u32::MAX).max(u32::from(mean > 0))
}

#[cfg(test)]
mod tests {
    use super::super::tests::small_city;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn classes_sum_to_the_bill(fen in 0_u32.., word in 0_u32.., b in 0.0..1.0, c in 0.0..1.0) {
            let mut demand = small_city(1_000).demand;
            demand.bills[1].class_b_share = b;
            demand.bills[1].class_c_share = c;
            let tables = BillTables::new(&demand);
            let lines = tables.lines(HospitalLevel::Secondary, Fen::unpacked(fen), word);
            let sum: u64 = lines.iter().map(|line| u64::from(line.amount_fen)).sum();
            prop_assert_eq!(sum, u64::from(fen));
            prop_assert_eq!(lines[2].prepay_bp, 10_000);
            prop_assert_eq!(lines[0].prepay_bp, 0);
        }
    }

    #[test]
    fn class_shares_average_to_their_means() {
        let demand = small_city(1_000).demand;
        let tables = BillTables::new(&demand);
        let whole = Fen(1_000_000);
        let words = (0..1_u32 << 16).map(|i| i.wrapping_mul(0x9E37_79B9));
        let mut sums = [0_u64; 3];
        for word in words {
            for (sum, line) in
                sums.iter_mut().zip(tables.lines(HospitalLevel::Tertiary, whole, word))
            {
                *sum += u64::from(line.amount_fen);
            }
        }
        let share = |sum: u64| sum as f64 / 65_536.0 / 1e6;
        let spec = &demand.bills[2];
        assert!((share(sums[1]) - spec.class_b_share).abs() < 1e-4, "{sums:?}");
        assert!((share(sums[2]) - spec.class_c_share).abs() < 1e-4, "{sums:?}");
    }

    #[test]
    fn orders_and_stays_average_to_their_means() {
        let demand = small_city(1_000).demand;
        let tables = BillTables::new(&demand);
        let level = HospitalLevel::Secondary;
        let words = || (0..1_u32 << 20).map(|i| (i << 12) | 2_048);
        let mean = |fen: u64| fen as f64 / f64::from(1 << 20);
        let lab = mean(words().map(|word| u64::from(tables.order(level, 0, word))).sum());
        let stay = mean(words().map(|word| u64::from(tables.stay(level, 4, word))).sum());
        let spec = &demand.bills[1];
        assert!((lab / spec.lab_mean.0 as f64 - 1.0).abs() < 2e-3, "laboratory {lab}");
        assert!((stay / (4 * spec.stay_day_mean.0) as f64 - 1.0).abs() < 2e-3, "stay {stay}");
    }
}
