//! The payers after the pooled fund, asked in the stated order: each pays on what the earlier ones left.
//! Must never take from a payer more than its ceiling leaves.

use super::bill::Split;
use super::explain::{Silent, StepRule, Trace};
use super::payers::{ExtraCover, OutsideCover, Payer};
use super::spec::{AssistanceRules, Band, BandBase, TieredCover};
use super::split::{Case, Span, room_under};
use crate::domain::{AssistanceClass, Fen, InsuranceScheme, Ratio};
use std::cmp::Ordering;

/// What the payers find.
struct Open {
    /// The bill's in-policy amount that nobody has paid yet.
    left: Fen,
    /// The year's in-policy burden before this bill that the payers asked so far have left.
    before: Fen,
    /// Unpaid initial self-payment, over-limit amounts and fully self-paid items.
    outside: [Fen; 3],
}

impl Case<'_> {
    /// Asks the payers in order.
    #[inline]
    pub(super) fn pass_on<T: Trace>(&self, split: &mut Split, trace: &mut T) {
        let left = split.inscp_scp_amt - split.hifp_pay;
        split.compliant_burden = left;
        let mut open = Open {
            left,
            before: self.year.left_by_pooled(self.more),
            outside: [split.preselfpay_amt, split.overlmt_selfpay, split.fulamt_ownpay_amt],
        };
        for &payer in self.rules.payers.order.steps() {
            match payer {
                Payer::SecondLayer => self.second_layer(split, &mut open, trace),
                Payer::Assistance => self.assistance(split, &mut open, trace),
                _ => self.extra(payer, split, &mut open, trace),
            }
        }
    }

    /// The second layer pays what the year's cover grows by when this bill's burden is added.
    fn second_layer<T: Trace>(&self, split: &mut Split, open: &mut Open, trace: &mut T) {
        if self.member.scheme == InsuranceScheme::Uninsured {
            return;
        }
        open.before -= Fen::unpacked(self.year.second_layer);
        split.compliant_burden = open.left;
        let Some(cover) = &self.rules.second_layer[self.member.scheme as usize] else {
            return;
        };
        split.compliant_burden = compliant_burden(cover, open.left, split.eligible_over_ceiling);
        let before = Fen::unpacked(self.year.burden);
        trace.step(StepRule::Burden, 0, before, None, split.compliant_burden);
        let poor = self.member.assistance != AssistanceClass::None;
        let (threshold, added) = if poor {
            (cover.poor_threshold_factor.of(cover.threshold), cover.poor_added_ratio)
        } else {
            (cover.threshold, Ratio::ZERO)
        };
        let tiers = Tiers { bands: &cover.tiers, base: cover.band_base, threshold, added };
        let grows = tiers.grow(Payer::SecondLayer, before, split.compliant_burden, trace);
        let pays = grows.min(room_under(cover.ceiling_year, self.year.second_layer));
        trace.cut(StepRule::Ceiling(Payer::SecondLayer), grows, pays);
        match self.member.scheme {
            InsuranceScheme::Employee => split.hifob_pay = pays,
            _ => split.hifmi_pay = pays,
        }
        open.left -= pays;
    }

    /// Assistance pays what it grows by when this bill's remaining in-policy burden is added.
    fn assistance<T: Trace>(&self, split: &mut Split, open: &mut Open, trace: &mut T) {
        let rules = &self.rules.assistance[self.member.assistance as usize];
        let insured = self.member.scheme != InsuranceScheme::Uninsured;
        if insured
            && self.member.assistance != AssistanceClass::None
            && !rules.ceiling_year.is_zero()
        {
            let above = |burden: Fen| (burden - rules.threshold).at_least_zero();
            let (base, from) = (above(open.before + open.left), above(open.before));
            let grows = assistance_on(rules, base) - assistance_on(rules, from);
            trace.step(StepRule::Assistance, 0, base - from, Some(rules.ratio), grows);
            let pays = grows.min(room_under(Some(rules.ceiling_year), self.year.assistance));
            trace.cut(StepRule::Ceiling(Payer::Assistance), grows, pays);
            split.maf_pay = pays;
            open.left -= pays;
        }
        open.before -= Fen::unpacked(self.year.assistance);
    }

    /// A further cover pays on the burden that earlier payers left, then on what lies outside.
    #[inline(never)]
    fn extra<T: Trace>(&self, payer: Payer, split: &mut Split, open: &mut Open, trace: &mut T) {
        let cover = payer.extra().and_then(|at| self.rules.payers.covers[at].as_ref());
        let Some(cover) = cover.filter(|_| payer.belongs_to(self.member)) else { return };
        let used = self.more.extra[payer.slot()];
        if cover.who.admits(self.member, self.care) {
            let inside = Case::inside(cover, payer, open, used, trace);
            let outside = cover
                .outside
                .as_ref()
                .map_or(Fen::ZERO, |outside| outside.pay(payer, &mut open.outside, trace));
            open.left -= inside;
            split.extra_in_policy[payer.slot()] += inside;
            split.fulamt_borne = split.fulamt_ownpay_amt - open.outside[2];
            match payer {
                Payer::CivilServant => split.cvlserv_pay = inside + outside,
                Payer::Enterprise => split.hifes_pay = inside + outside,
                _ => split.other[payer.slot() - 1] = inside + outside,
            }
        }
        open.before -= Fen::unpacked(used);
    }

    fn inside<T: Trace>(
        cover: &ExtraCover,
        payer: Payer,
        open: &Open,
        used: u32,
        trace: &mut T,
    ) -> Fen {
        let tiers = Tiers {
            bands: &cover.tiers,
            base: cover.band_base,
            threshold: cover.threshold,
            added: Ratio::ZERO,
        };
        let grows = tiers.grow(payer, open.before.at_least_zero(), open.left, trace);
        let pays = grows.min(room_under(cover.ceiling_year, used));
        trace.cut(StepRule::Ceiling(payer), grows, pays);
        pays
    }
}

impl OutsideCover {
    /// Pays a share of a bill's amounts outside the eligible one; what is nearest to the catalogue
    /// first.
    fn pay<T: Trace>(&self, payer: Payer, amounts: &mut [Fen; 3], trace: &mut T) -> Fen {
        let counts =
            [self.counts_initial_self_payment, self.counts_over_limit, self.counts_fully_self_paid];
        let counted: Fen =
            amounts.iter().zip(counts).filter(|(_, counts)| *counts).map(|(&part, _)| part).sum();
        let base = (counted - self.deductible_bill).at_least_zero();
        let share = self.ratio.of(base);
        let pays = self.ceiling_bill.map_or(share, |ceiling| share.min(ceiling));
        if !base.is_zero() {
            trace.step(StepRule::Outside(payer), 0, base, Some(self.ratio), pays);
        }
        let mut rest = pays;
        for (part, _) in amounts.iter_mut().zip(counts).filter(|(_, counts)| *counts) {
            let taken = rest.min(*part);
            *part -= taken;
            rest -= taken;
        }
        pays
    }
}

fn assistance_on(rules: &AssistanceRules, above_threshold: Fen) -> Fen {
    rules.ratio.of(above_threshold)
}

/// What of a bill's unpaid in-policy amount the second layer counts.
#[inline]
fn compliant_burden(cover: &TieredCover, left: Fen, over_ceiling: Fen) -> Fen {
    let over_ceiling = over_ceiling.min(left);
    match (cover.counts_cost_sharing, cover.counts_excess_over_ceiling) {
        (true, true) => left,
        (true, false) => left - over_ceiling,
        (false, true) => over_ceiling,
        (false, false) => Fen::ZERO,
    }
}

/// Tiers over a year's burden.
struct Tiers<'a> {
    bands: &'a [Band],
    base: BandBase,
    threshold: Fen,
    added: Ratio,
}

impl Tiers<'_> {
    /// What the tiers' sum grows by when a burden is added to the year's.
    #[inline]
    fn grow<T: Trace>(&self, payer: Payer, before: Fen, added: Fen, trace: &mut T) -> Fen {
        let after = before + added;
        if after <= self.threshold {
            return Fen::ZERO;
        }
        let sum = self.pay(payer, after, trace);
        let paid_for = self.pay(payer, before, &mut Silent);
        trace.step(StepRule::PaidFor(payer), 0, before, None, -paid_for);
        sum - paid_for
    }

    /// All that the tiers pay on a year's burden, before the ceiling.
    fn pay<T: Trace>(&self, payer: Payer, burden: Fen, trace: &mut T) -> Fen {
        let mut pays = Fen::ZERO;
        let span = Span { base: self.base, from: self.threshold, to: burden };
        span.walk(self.bands, |number, part, ratio| {
            let added = self.added;
            let ratio = at_most_one(if added.is_zero() { ratio } else { ratio.plus(added) });
            let amount = ratio.of(part);
            trace.step(StepRule::Tier(payer), number, part, Some(ratio), amount);
            pays += amount;
        });
        pays
    }
}

fn at_most_one(ratio: Ratio) -> Ratio {
    if ratio.compare(Ratio::ONE) == Ordering::Greater { Ratio::ONE } else { ratio }
}
