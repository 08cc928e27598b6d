//! The split of one bill: integer arithmetic, no allocation, one code path for the answer and for
//! its explanation. Must never read the clock, a balance or a credit line.

use super::bill::{BillLine, Member, Split, YearMore, YearToDate};
use super::explain::{StepRule, Trace};
use super::spec::{Band, BandBase, InpatientRules, LineRounding, OutpatientRules, Rules};
use crate::domain::{CareKind, Fen, HospitalLevel, InsuranceScheme, ItemClass, Ratio};

/// More than any year's payments; stands for "no ceiling".
pub(super) const NO_CEILING: Fen = Fen(i64::MAX);

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
    split_with(rules, member, level, care, year, &YearMore::default(), lines)
}

/// The same where the rules use the rest of the year too (`Rules::uses_more`).
#[inline]
pub fn split_with(
    rules: &Rules,
    member: Member,
    level: HospitalLevel,
    care: CareKind,
    year: &YearToDate,
    more: &YearMore,
    lines: &[BillLine],
) -> Split {
    let care = rules.counts_as(member.scheme, care);
    Case { rules, member, level, care, year, more }.split(lines, &mut super::explain::Silent)
}

/// The split of a bill that no payer bears anything of, whatever the person's insurance.
pub fn self_paid(lines: &[BillLine]) -> Split {
    let rounding = LineRounding::default();
    itemise(lines, false, rounding, &mut super::explain::Silent).sealed()
}

/// One bill's circumstances.
#[derive(Clone, Copy)]
pub(super) struct Case<'a> {
    pub(super) rules: &'a Rules,
    pub(super) member: Member,
    pub(super) level: HospitalLevel,
    pub(super) care: CareKind,
    pub(super) year: &'a YearToDate,
    pub(super) more: &'a YearMore,
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
        let mut split = itemise(lines, insured, self.rules.line_rounding, trace);
        if insured {
            self.pool(&mut split, trace);
        }
        self.pass_on(&mut split, trace);
        let split = split.sealed();
        trace.step(StepRule::Funds, 0, split.medfee_sumamt, None, split.fund_pay_sumamt);
        trace.step(StepRule::PersonPart, 0, split.medfee_sumamt, None, split.psn_part_amt);
        split
    }

    fn pool<T: Trace>(&self, split: &mut Split, trace: &mut T) {
        let eligible = split.inscp_scp_amt;
        let pooled = match self.care {
            CareKind::Inpatient => self.inpatient(eligible, trace),
            _ => self.outpatient(eligible, trace),
        };
        split.act_pay_dedc = pooled.deductible;
        split.hifp_pay = pooled.pays;
        split.eligible_over_ceiling = pooled.over_ceiling;
    }

    fn outpatient<T: Trace>(&self, eligible: Fen, trace: &mut T) -> Pooled {
        let (rules, used, room) = self.outpatient_rules();
        let open = (rules.deductible_year - used).at_least_zero();
        let deductible = open.min(eligible);
        trace.step(StepRule::DeductibleYear, 0, open, None, deductible);
        let mut till = Till::open(room);
        till.pay(1, eligible - deductible, rules.ratio_by_level[self.level as usize], trace);
        till.close(deductible, trace)
    }

    /// The rules of this outpatient care, what of the year its deductible has seen, and what its
    /// ceiling leaves.
    #[inline]
    fn outpatient_rules(&self) -> (&OutpatientRules, Fen, Fen) {
        let (scheme, status) =
            (&self.rules.scheme[self.member.scheme as usize], self.member.status as usize);
        if let (CareKind::Chronic, Some(chronic)) = (self.care, &scheme.chronic) {
            let rules = &chronic.by_status[status];
            let mut room = room_under(rules.ceiling_year, self.more.chronic_fund);
            if chronic.shares_inpatient_ceiling {
                room = room.min(self.inpatient_room(&scheme.inpatient[status]));
            }
            return (rules, Fen::unpacked(self.more.chronic_eligible), room);
        }
        let own = match self.care {
            CareKind::Emergency => scheme.emergency.as_ref(),
            CareKind::Pharmacy => scheme.pharmacy.as_ref(),
            _ => None,
        };
        let rules = &own.unwrap_or(&scheme.outpatient)[status];
        let room = room_under(rules.ceiling_year, self.year.outpatient_fund);
        (rules, Fen::unpacked(self.year.outpatient_eligible), room)
    }

    /// What the inpatient ceiling leaves, which chronic care may use too.
    #[inline]
    fn inpatient_room(&self, rules: &InpatientRules) -> Fen {
        let room = room_under(rules.ceiling_year, self.year.inpatient_fund);
        let scheme = &self.rules.scheme[self.member.scheme as usize];
        let shared = scheme.chronic.as_ref().is_some_and(|c| c.shares_inpatient_ceiling);
        if !shared || room == NO_CEILING {
            return room;
        }
        (room - Fen::unpacked(self.more.chronic_fund)).at_least_zero()
    }

    fn inpatient<T: Trace>(&self, eligible: Fen, trace: &mut T) -> Pooled {
        let scheme = &self.rules.scheme[self.member.scheme as usize];
        let rules = &scheme.inpatient[self.member.status as usize];
        let open = self.deductible_of_admission(rules);
        let deductible = open.min(eligible);
        trace.step(StepRule::DeductibleAdmission, 0, open, None, deductible);
        let mut till = Till::open(self.inpatient_room(rules));
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
}

/// Sorts the lines into self-paid and eligible amounts.
#[inline]
fn itemise<T: Trace>(
    lines: &[BillLine],
    insured: bool,
    rounding: LineRounding,
    trace: &mut T,
) -> Split {
    let mut split = Split::default();
    let mut exact = 0_i64;
    for (index, line) in lines.iter().enumerate() {
        let amount = Fen::unpacked(line.amount_fen);
        split.medfee_sumamt += amount;
        let own = match line.class {
            _ if !insured => &mut split.fulamt_ownpay_amt,
            ItemClass::A => continue,
            ItemClass::B => {
                let share = initial_self_payment(*line);
                let own = match rounding {
                    LineRounding::HalfUpPerLine => half_up(share),
                    LineRounding::DownPerLine => Fen(share / 10_000),
                    LineRounding::HalfUpOnSum => {
                        let before = half_up(exact);
                        exact += share;
                        half_up(exact) - before
                    }
                };
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

/// The first share of a class B line in 1/10,000 fen.
#[inline]
fn initial_self_payment(line: BillLine) -> i64 {
    assert!(line.prepay_bp <= 10_000, "invariant: self-payment of at most the whole, {line:?}");
    i64::from(line.amount_fen) * i64::from(line.prepay_bp)
}

#[inline]
fn half_up(share: i64) -> Fen {
    Fen((share + 5_000) / 10_000)
}

/// The fund's ratio when the person's share is scaled: `1 - factor × (1 - ratio)`.
#[inline]
fn fund_ratio(ratio: Ratio, person_share_factor: Ratio) -> Ratio {
    if person_share_factor == Ratio::ONE {
        return ratio;
    }
    person_share_factor.times(ratio.complement()).complement()
}

/// What a yearly ceiling leaves after what was paid.
pub(super) fn room_under(ceiling: Option<Fen>, paid: u32) -> Fen {
    ceiling.map_or(NO_CEILING, |ceiling| (ceiling - Fen::unpacked(paid)).at_least_zero())
}

/// An amount laid over bands.
pub(super) struct Span {
    pub(super) base: BandBase,
    pub(super) from: Fen,
    pub(super) to: Fen,
}

impl Span {
    /// Calls `visit` with number (from 1), part and ratio of each band that the span reaches.
    #[inline]
    pub(super) fn walk(&self, bands: &[Band], mut visit: impl FnMut(usize, Fen, Ratio)) {
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
    fn open(room: Fen) -> Till {
        Till { room, pays: Fen::ZERO, over_ceiling: Fen::ZERO }
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
