//! The split of one bill: integer arithmetic, no allocation, one code path for the answer and for
//! its explanation. Must never read the clock, a balance or a credit line.

use super::bill::{BillLine, Member, Split, YearToDate};
use super::explain::{StepRule, Trace};
use super::spec::{AssistanceRules, Band, BandBase, InpatientRules, Rules, TieredCover};
use crate::domain::{
    AssistanceClass, CareKind, Fen, HospitalLevel, InsuranceScheme, ItemClass, Ratio,
};
use std::cmp::Ordering;

/// More than any year's payments; stands for "no ceiling".
const NO_CEILING: Fen = Fen(i64::MAX);

/// Splits a bill between funds and person, given what the year has used before it.
#[inline]
pub fn split(
    rules: &Rules,
    member: Member,
    level: HospitalLevel,
    care: CareKind,
    year: &YearToDate,
    lines: &[BillLine],
) -> Split {
    Case { rules, member, level, care, year }.split(lines, &mut super::explain::Silent)
}

/// One bill's circumstances.
#[derive(Clone, Copy)]
pub(super) struct Case<'a> {
    pub(super) rules: &'a Rules,
    pub(super) member: Member,
    pub(super) level: HospitalLevel,
    pub(super) care: CareKind,
    pub(super) year: &'a YearToDate,
}

/// What the pooled fund made of the eligible amount.
struct Pooled {
    deductible: Fen,
    pays: Fen,
    over_ceiling: Fen,
}

impl Case<'_> {
    pub(super) fn split<T: Trace>(&self, lines: &[BillLine], trace: &mut T) -> Split {
        let insured = self.member.scheme != InsuranceScheme::Uninsured;
        let mut split = itemise(lines, insured, trace);
        if insured {
            self.share(&mut split, trace);
        }
        let split = split.sealed();
        trace.step(StepRule::Funds, 0, split.medfee_sumamt, None, split.fund_pay_sumamt);
        trace.step(StepRule::PersonPart, 0, split.medfee_sumamt, None, split.psn_part_amt);
        split
    }

    fn share<T: Trace>(&self, split: &mut Split, trace: &mut T) {
        let eligible = split.inscp_scp_amt;
        let pooled = match self.care {
            CareKind::Outpatient | CareKind::Emergency => self.outpatient(eligible, trace),
            CareKind::Inpatient => self.inpatient(eligible, trace),
        };
        split.act_pay_dedc = pooled.deductible;
        split.hifp_pay = pooled.pays;
        split.eligible_over_ceiling = pooled.over_ceiling;
        let left = eligible - pooled.pays;
        let second = self.second_layer(split, left, trace);
        match self.member.scheme {
            InsuranceScheme::Employee => split.hifob_pay = second,
            _ => split.hifmi_pay = second,
        }
        split.maf_pay = self.assistance(left - second, trace);
    }

    fn outpatient<T: Trace>(&self, eligible: Fen, trace: &mut T) -> Pooled {
        let scheme = &self.rules.scheme[self.member.scheme as usize];
        let rules = &scheme.outpatient[self.member.status as usize];
        let used = Fen::unpacked(self.year.outpatient_eligible);
        let open = (rules.deductible_year - used).at_least_zero();
        let deductible = open.min(eligible);
        trace.step(StepRule::DeductibleYear, 0, open, None, deductible);
        let mut till = Till::open(rules.ceiling_year, self.year.outpatient_fund);
        till.pay(1, eligible - deductible, rules.ratio_by_level[self.level as usize], trace);
        till.close(deductible, trace)
    }

    fn inpatient<T: Trace>(&self, eligible: Fen, trace: &mut T) -> Pooled {
        let scheme = &self.rules.scheme[self.member.scheme as usize];
        let rules = &scheme.inpatient[self.member.status as usize];
        let open = self.deductible_of_admission(rules);
        let deductible = open.min(eligible);
        trace.step(StepRule::DeductibleAdmission, 0, open, None, deductible);
        let mut till = Till::open(rules.ceiling_year, self.year.inpatient_fund);
        let factor = rules.person_share_factor;
        let span = Span { base: rules.band_base, from: open, to: eligible };
        span.walk(&rules.bands_by_level[self.level as usize], |number, part, ratio| {
            till.pay(number, part, fund_ratio(ratio, factor), trace);
        });
        till.close(deductible, trace)
    }

    fn deductible_of_admission(&self, rules: &InpatientRules) -> Fen {
        let first = rules.deductible_by_level[self.level as usize];
        let index = usize::from(self.year.admissions).min(rules.repeat_factors.len().max(1) - 1);
        rules.repeat_factors.get(index).map_or(first, |factor| factor.of(first))
    }

    /// The second layer pays what the year's cover grows by when this bill's burden is added.
    fn second_layer<T: Trace>(&self, split: &mut Split, left: Fen, trace: &mut T) -> Fen {
        let Some(cover) = &self.rules.second_layer[self.member.scheme as usize] else {
            split.compliant_burden = left;
            return Fen::ZERO;
        };
        split.compliant_burden = compliant_burden(cover, left, split.eligible_over_ceiling);
        let before = Fen::unpacked(self.year.burden);
        let after = before + split.compliant_burden;
        let poor = self.member.assistance != AssistanceClass::None;
        let threshold =
            if poor { cover.poor_threshold_factor.of(cover.threshold) } else { cover.threshold };
        trace.step(StepRule::Burden, 0, before, None, split.compliant_burden);
        if after <= threshold {
            return Fen::ZERO;
        }
        let added = if poor { cover.poor_added_ratio } else { Ratio::ZERO };
        let sum = tiers_pay(cover, threshold, after, added, trace);
        let paid_for = tiers_pay(cover, threshold, before, added, &mut super::explain::Silent);
        trace.step(StepRule::SecondLayerBefore, 0, before, None, -paid_for);
        let grows = sum - paid_for;
        let room = room_under(cover.ceiling_year, self.year.second_layer);
        let pays = grows.min(room);
        trace.cut(StepRule::SecondLayerCeiling, grows, pays);
        pays
    }

    /// Assistance pays what it grows by when this bill's remaining in-policy burden is added.
    fn assistance<T: Trace>(&self, left: Fen, trace: &mut T) -> Fen {
        let rules = &self.rules.assistance[self.member.assistance as usize];
        if self.member.assistance == AssistanceClass::None || rules.ceiling_year.is_zero() {
            return Fen::ZERO;
        }
        let before = self.year.in_policy_burden();
        let above = |burden: Fen| (burden - rules.threshold).at_least_zero();
        let (base, sum) = (above(before + left), assistance_on(rules, above(before + left)));
        let grows = sum - assistance_on(rules, above(before));
        trace.step(StepRule::Assistance, 0, base - above(before), Some(rules.ratio), grows);
        let pays = grows.min(room_under(Some(rules.ceiling_year), self.year.assistance));
        trace.cut(StepRule::AssistanceCeiling, grows, pays);
        pays
    }
}

fn assistance_on(rules: &AssistanceRules, above_threshold: Fen) -> Fen {
    rules.ratio.of(above_threshold)
}

/// Sorts the lines into self-paid and eligible amounts.
#[inline]
fn itemise<T: Trace>(lines: &[BillLine], insured: bool, trace: &mut T) -> Split {
    let mut split = Split::default();
    for (index, line) in lines.iter().enumerate() {
        let amount = Fen::unpacked(line.amount_fen);
        split.medfee_sumamt += amount;
        let own = match line.class {
            _ if !insured => &mut split.fulamt_ownpay_amt,
            ItemClass::A => continue,
            ItemClass::B => {
                let own = initial_self_payment(*line);
                split.preselfpay_amt += own;
                let rate = Ratio::new(i64::from(line.prepay_bp), 10_000);
                trace.step(StepRule::InitialSelfPayment, index + 1, amount, Some(rate), own);
                continue;
            }
            ItemClass::C if line.prepay_bp == BillLine::OVER_LIMIT => &mut split.overlmt_selfpay,
            ItemClass::C => &mut split.fulamt_ownpay_amt,
        };
        *own += amount;
    }
    let own = split.fulamt_ownpay_amt + split.overlmt_selfpay + split.preselfpay_amt;
    split.inscp_scp_amt = split.medfee_sumamt - own;
    trace.step(StepRule::Total, 0, split.medfee_sumamt, None, split.medfee_sumamt);
    trace.step(StepRule::FullySelfPaid, 0, split.medfee_sumamt, None, split.fulamt_ownpay_amt);
    trace.step(StepRule::OverLimit, 0, split.medfee_sumamt, None, split.overlmt_selfpay);
    trace.step(StepRule::Eligible, 0, split.medfee_sumamt, None, split.inscp_scp_amt);
    split
}

/// The first share of a class B line, rounded half up at the fen.
#[inline]
fn initial_self_payment(line: BillLine) -> Fen {
    assert!(line.prepay_bp <= 10_000, "invariant: self-payment of at most the whole, {line:?}");
    Fen((i64::from(line.amount_fen) * i64::from(line.prepay_bp) + 5_000) / 10_000)
}

/// The fund's ratio when the person's share is scaled: `1 - factor × (1 - ratio)`.
#[inline]
fn fund_ratio(ratio: Ratio, person_share_factor: Ratio) -> Ratio {
    if person_share_factor == Ratio::ONE {
        return ratio;
    }
    person_share_factor.times(ratio.complement()).complement()
}

/// What of a bill's unpaid in-policy amount the second layer counts.
#[inline]
fn compliant_burden(cover: &TieredCover, left: Fen, over_ceiling: Fen) -> Fen {
    match (cover.counts_cost_sharing, cover.counts_excess_over_ceiling) {
        (true, true) => left,
        (true, false) => left - over_ceiling,
        (false, true) => over_ceiling,
        (false, false) => Fen::ZERO,
    }
}

/// All that the tiers pay on a year's burden, before the ceiling.
fn tiers_pay<T: Trace>(
    cover: &TieredCover,
    threshold: Fen,
    burden: Fen,
    added: Ratio,
    trace: &mut T,
) -> Fen {
    let mut pays = Fen::ZERO;
    let span = Span { base: cover.band_base, from: threshold, to: burden };
    span.walk(&cover.tiers, |number, part, ratio| {
        let ratio = at_most_one(if added.is_zero() { ratio } else { ratio.plus(added) });
        let amount = ratio.of(part);
        trace.step(StepRule::SecondLayerTier, number, part, Some(ratio), amount);
        pays += amount;
    });
    pays
}

fn at_most_one(ratio: Ratio) -> Ratio {
    if ratio.compare(Ratio::ONE) == Ordering::Greater { Ratio::ONE } else { ratio }
}

/// What a yearly ceiling leaves after what was paid.
fn room_under(ceiling: Option<Fen>, paid: u32) -> Fen {
    ceiling.map_or(NO_CEILING, |ceiling| (ceiling - Fen::unpacked(paid)).at_least_zero())
}

/// An amount laid over bands.
struct Span {
    base: BandBase,
    from: Fen,
    to: Fen,
}

impl Span {
    /// Calls `visit` with number (from 1), part and ratio of each band that the span reaches.
    #[inline]
    fn walk(&self, bands: &[Band], mut visit: impl FnMut(usize, Fen, Ratio)) {
        let origin = match self.base {
            BandBase::Absolute => Fen::ZERO,
            BandBase::Excess => self.from,
        };
        for (index, band) in bands.iter().enumerate() {
            let lower = if index == 0 { self.from } else { self.from.max(origin + band.from) };
            let upper =
                bands.get(index + 1).map_or(self.to, |next| self.to.min(origin + next.from));
            if upper > lower {
                visit(index + 1, upper - lower, band.ratio);
            }
            if upper == self.to {
                break;
            }
        }
    }
}

/// The pooled fund while it pays band after band up to its ceiling.
struct Till {
    room: Fen,
    pays: Fen,
    over_ceiling: Fen,
}

impl Till {
    fn open(ceiling: Option<Fen>, paid: u32) -> Till {
        Till { room: room_under(ceiling, paid), pays: Fen::ZERO, over_ceiling: Fen::ZERO }
    }

    #[inline]
    fn pay<T: Trace>(&mut self, number: usize, part: Fen, ratio: Ratio, trace: &mut T) {
        let full = ratio.of(part);
        trace.step(StepRule::PooledBand, number, part, Some(ratio), full);
        let pays = full.min(self.room);
        if pays < full {
            self.over_ceiling += part - largest_covered(part, ratio, self.room);
            trace.cut(StepRule::PooledCeiling, full, pays);
        }
        self.room -= pays;
        self.pays += pays;
    }

    fn close<T: Trace>(self, deductible: Fen, trace: &mut T) -> Pooled {
        trace.step(StepRule::Pooled, 0, self.over_ceiling, None, self.pays);
        Pooled { deductible, pays: self.pays, over_ceiling: self.over_ceiling }
    }
}

/// The largest part whose rounded share does not exceed `room`: the position at which the ceiling
/// binds.
#[cold]
fn largest_covered(part: Fen, ratio: Ratio, room: Fen) -> Fen {
    let (mut fits, mut exceeds) = (Fen::ZERO, part);
    if ratio.of(Fen(1)) > room {
        return fits;
    }
    while exceeds.0 - fits.0 > 1 {
        let middle = Fen(i64::midpoint(fits.0, exceeds.0));
        if ratio.of(middle) <= room {
            fits = middle;
        } else {
            exceeds = middle;
        }
    }
    fits
}
