//! Generated rules, years and bills, aimed at edges now and then. Must never look at what the reference says.

use super::luck::Luck;
use aftercare::domain::{
    AssistanceClass, CareKind, Employer, Fen, HospitalLevel, InsuranceScheme, ItemClass,
    MemberStatus, Ratio,
};
use aftercare::settlement::spec::{
    AccountRules, AssistanceRules, Band, BandBase, ChronicRules, ExtraCover, InpatientRules,
    LineRounding, OutpatientRules, OutsideCover, Payer, PayerOrder, Payers, Rules, SchemeRules,
    TieredCover, Who,
};
use aftercare::settlement::{BillLine, Member, Split, YearMore, YearToDate, split_with};

/// What the program is asked: the same circumstance in its own words.
#[derive(Clone)]
pub(crate) struct Asked {
    pub(crate) rules: Rules,
    pub(crate) member: Member,
    pub(crate) level: HospitalLevel,
    pub(crate) care: CareKind,
    pub(crate) year: YearToDate,
    pub(crate) more: YearMore,
    pub(crate) lines: Vec<BillLine>,
}

impl Asked {
    pub(crate) fn split(&self) -> Split {
        let Asked { rules, member, level, care, year, more, lines } = self;
        split_with(rules, *member, *level, *care, year, more, lines)
    }
}

fn ratio(luck: &mut Luck) -> Ratio {
    if luck.flag() {
        Ratio::percent(i64::from(luck.below(101)))
    } else {
        Ratio::new(i64::from(luck.below(10_001)), 10_000)
    }
}

fn some(luck: &mut Luck, most: u32) -> Fen {
    Fen(if luck.below(4) == 0 { 0 } else { i64::from(luck.below(most)) })
}

fn ceiling(luck: &mut Luck, most: u32) -> Option<Fen> {
    luck.flag().then(|| some(luck, most))
}

fn bands(luck: &mut Luck) -> (Vec<Band>, BandBase) {
    let mut from = some(luck, 300_000);
    let steps = (0..=luck.below(4)).map(|_| {
        let band = Band { from, ratio: ratio(luck) };
        from += Fen(1 + i64::from(luck.below(3_000_000)));
        band
    });
    let steps = steps.collect();
    (steps, if luck.flag() { BandBase::Absolute } else { BandBase::Excess })
}

fn outpatient(luck: &mut Luck) -> OutpatientRules {
    OutpatientRules {
        deductible_year: some(luck, 300_000),
        ratio_by_level: std::array::from_fn(|_| ratio(luck)),
        ceiling_year: ceiling(luck, 3_000_000),
    }
}

fn inpatient(luck: &mut Luck) -> InpatientRules {
    let laid: [(Vec<Band>, BandBase); 3] = std::array::from_fn(|_| bands(luck));
    InpatientRules {
        deductible_by_level: std::array::from_fn(|_| some(luck, 200_000)),
        repeat_factors: (0..=luck.below(3)).map(|_| ratio(luck)).collect(),
        band_base: laid[0].1,
        bands_by_level: laid.map(|(bands, _)| bands),
        person_share_factor: if luck.flag() { Ratio::ONE } else { ratio(luck) },
        ceiling_year: ceiling(luck, 20_000_000),
    }
}

fn scheme(luck: &mut Luck) -> SchemeRules {
    let by_status = |luck: &mut Luck| std::array::from_fn(|_| outpatient(luck));
    SchemeRules {
        outpatient: by_status(luck),
        inpatient: std::array::from_fn(|_| inpatient(luck)),
        emergency: luck.flag().then(|| by_status(luck)),
        pharmacy: luck.flag().then(|| by_status(luck)),
        chronic: luck.flag().then(|| ChronicRules {
            by_status: by_status(luck),
            shares_inpatient_ceiling: luck.flag(),
        }),
    }
}

fn second(luck: &mut Luck) -> Option<TieredCover> {
    let (tiers, band_base) = bands(luck);
    let cover = TieredCover {
        threshold: some(luck, 3_000_000),
        tiers,
        band_base,
        ceiling_year: ceiling(luck, 10_000_000),
        poor_threshold_factor: ratio(luck),
        poor_added_ratio: Ratio::percent(i64::from(luck.below(20))),
        counts_cost_sharing: luck.below(4) > 0,
        counts_excess_over_ceiling: luck.flag(),
    };
    (luck.below(5) > 0).then_some(cover)
}

fn cover(luck: &mut Luck) -> Option<ExtraCover> {
    let (tiers, band_base) = bands(luck);
    let outside = OutsideCover {
        deductible_bill: some(luck, 50_000),
        ratio: ratio(luck),
        ceiling_bill: ceiling(luck, 500_000),
        counts_initial_self_payment: luck.flag(),
        counts_over_limit: luck.flag(),
        counts_fully_self_paid: luck.flag(),
    };
    let who = Who {
        schemes: std::array::from_fn(|_| luck.below(4) > 0),
        assistance: std::array::from_fn(|_| luck.below(4) > 0),
        care: std::array::from_fn(|_| luck.below(4) > 0),
    };
    let cover = ExtraCover {
        who,
        threshold: some(luck, 1_000_000),
        tiers,
        band_base,
        ceiling_year: ceiling(luck, 3_000_000),
        outside: luck.flag().then_some(outside),
    };
    (luck.below(4) > 0).then_some(cover)
}

/// Seven payers in a random order, cut anywhere.
fn payers(luck: &mut Luck) -> Payers {
    let mut all = Payer::ALL;
    for at in (1..all.len()).rev() {
        all.swap(at, luck.position(at as u32 + 1));
    }
    let named = &all[..luck.position(Payer::COUNT as u32 + 1)];
    let order = PayerOrder::new(named).expect("a shuffle names nobody twice");
    Payers { order, covers: std::array::from_fn(|_| cover(luck)) }
}

fn rules(luck: &mut Luck) -> Rules {
    let class = |luck: &mut Luck| AssistanceRules {
        threshold: some(luck, 1_000_000),
        ratio: ratio(luck),
        ceiling_year: some(luck, 5_000_000),
    };
    Rules {
        name: "generated".to_owned(),
        version: 1,
        scheme: [scheme(luck), scheme(luck)],
        second_layer: [second(luck), second(luck)],
        assistance: std::array::from_fn(|_| class(luck)),
        account: AccountRules {
            active_monthly: Fen::ZERO,
            retired_monthly: Fen::ZERO,
            family_mutual_aid: true,
            pays_out_of_catalogue: luck.flag(),
            needs_card: false,
        },
        fund_sum_includes_account: luck.flag(),
        line_rounding: luck.pick([
            LineRounding::HalfUpPerLine,
            LineRounding::DownPerLine,
            LineRounding::HalfUpOnSum,
        ]),
        payers: payers(luck),
        reverses_latest_first: luck.flag(),
    }
}

fn member(luck: &mut Luck) -> Member {
    use InsuranceScheme::{Employee, Resident, Uninsured};
    Member {
        scheme: luck.pick([Employee, Employee, Resident, Resident, Uninsured]),
        status: luck.pick([MemberStatus::Active, MemberStatus::Retired, MemberStatus::Minor]),
        assistance: luck.pick([
            AssistanceClass::None,
            AssistanceClass::LowIncome,
            AssistanceClass::MinimumLiving,
            AssistanceClass::Destitute,
        ]),
        employer: luck.pick([
            Employer::None,
            Employer::CivilService,
            Employer::EnterpriseWithSupplement,
        ]),
        commercial: luck.flag(),
    }
}

fn lines(luck: &mut Luck) -> Vec<BillLine> {
    let line = |luck: &mut Luck| {
        let most = luck.pick([2_000, 100_000, 20_000_000]);
        let (class, prepay_bp) = match luck.below(9) {
            0..=3 => (ItemClass::A, 0),
            4..=6 => (ItemClass::B, luck.below(101) as u16 * 100),
            7 => (ItemClass::C, 0),
            _ => (ItemClass::C, BillLine::OVER_LIMIT),
        };
        BillLine { amount_fen: luck.below(most), class, prepay_bp }
    };
    (0..luck.below(8)).map(|_| line(luck)).collect()
}

/// A year that some history could have left.
fn year(luck: &mut Luck) -> (YearToDate, YearMore) {
    let used = |luck: &mut Luck| {
        let most = luck.pick([1, 500_000, 40_000_000]);
        luck.below(most)
    };
    let share =
        |luck: &mut Luck, of: u32| (u64::from(of) * u64::from(luck.below(101)) / 100) as u32;
    let [outpatient_eligible, inpatient_eligible, chronic_eligible] =
        std::array::from_fn(|_| used(luck));
    let outpatient_fund = share(luck, outpatient_eligible);
    let inpatient_fund = share(luck, inpatient_eligible);
    let chronic_fund = share(luck, chronic_eligible);
    let mut left = outpatient_eligible + inpatient_eligible + chronic_eligible
        - outpatient_fund
        - inpatient_fund
        - chronic_fund;
    let burden = left;
    let mut take = |luck: &mut Luck| {
        let part = share(luck, left) / 2;
        left -= part;
        part
    };
    let second_layer = take(luck);
    let assistance = take(luck);
    let extra = std::array::from_fn(|_| take(luck));
    let admissions = luck.below(5) as u8;
    let year = YearToDate {
        outpatient_eligible,
        outpatient_fund,
        inpatient_eligible,
        inpatient_fund,
        burden,
        second_layer,
        assistance,
        admissions,
    };
    (year, YearMore { chronic_eligible, chronic_fund, extra })
}

pub(crate) fn asked(luck: &mut Luck) -> Asked {
    let (year, more) = year(luck);
    let mut asked = Asked {
        rules: rules(luck),
        member: member(luck),
        level: luck.pick([
            HospitalLevel::Primary,
            HospitalLevel::Secondary,
            HospitalLevel::Tertiary,
        ]),
        care: luck.pick([
            CareKind::Outpatient,
            CareKind::Emergency,
            CareKind::Inpatient,
            CareKind::Inpatient,
            CareKind::Chronic,
            CareKind::Pharmacy,
        ]),
        year,
        more,
        lines: lines(luck),
    };
    if luck.below(3) == 0 {
        aim(luck, &mut asked);
    }
    asked
}

/// Random bills seldom meet an edge: adds the line that makes the eligible amount meet one, or miss it by
/// a fen, and now and then sets a ceiling to exactly what is paid.
fn aim(luck: &mut Luck, asked: &mut Asked) {
    let before = asked.split();
    let scheme = asked.member.scheme as usize;
    let Some(rules) = asked.rules.scheme.get_mut(scheme) else { return };
    let status = asked.member.status as usize;
    let stay = &mut rules.inpatient[status];
    let edge = match luck.below(5) {
        0 if asked.care == CareKind::Inpatient => {
            stay.ceiling_year = Some(before.hifp_pay + Fen::unpacked(asked.year.inpatient_fund));
            return;
        }
        0 => {
            let paid = before.hifp_pay + Fen::unpacked(asked.year.outpatient_fund);
            rules.outpatient[status].ceiling_year = Some(paid);
            return;
        }
        1 => {
            let bands = &stay.bands_by_level[asked.level as usize];
            bands[luck.position(bands.len() as u32)].from
        }
        2 => stay.deductible_by_level[asked.level as usize],
        3 => {
            rules.outpatient[status].deductible_year - Fen::unpacked(asked.year.outpatient_eligible)
        }
        _ => {
            if let Some(cover) = &mut asked.rules.second_layer[scheme] {
                cover.threshold = Fen::unpacked(asked.year.burden) + before.compliant_burden;
                cover.poor_threshold_factor = Ratio::ONE;
            }
            return;
        }
    };
    let off = Fen(i64::from(luck.below(3)) - 1);
    let missing = edge + off - before.inscp_scp_amt;
    if let Ok(amount_fen) = u32::try_from(missing.0) {
        asked.lines.push(BillLine { amount_fen, class: ItemClass::A, prepay_bp: 0 });
    }
}
