//! Rule sets and random circumstances that the settlement tests share. Must never call a split.
#![allow(dead_code, reason = "each test binary uses its own part")]

use aftercare::domain::{
    AssistanceClass, CareKind, Fen, HospitalLevel, InsuranceScheme, ItemClass, MemberStatus, Ratio,
};
use aftercare::settlement::spec::{
    AccountRules, AssistanceRules, Band, BandBase, InpatientRules, LineRounding, OutpatientRules,
    Payers, Rules, SchemeRules, TieredCover,
};
use aftercare::settlement::{BillLine, Member, YearToDate};
use proptest::prelude::*;

/// Rules that pay nothing at all; cases fill in what they are about.
pub(crate) fn blank_rules() -> Rules {
    let outpatient = OutpatientRules {
        deductible_year: Fen::ZERO,
        ratio_by_level: [Ratio::ZERO; 3],
        ceiling_year: None,
    };
    let inpatient = InpatientRules {
        deductible_by_level: [Fen::ZERO; 3],
        repeat_factors: vec![Ratio::ONE],
        bands_by_level: [vec![flat(Ratio::ZERO)], vec![flat(Ratio::ZERO)], vec![flat(Ratio::ZERO)]],
        band_base: BandBase::Absolute,
        person_share_factor: Ratio::ONE,
        ceiling_year: None,
    };
    let scheme = SchemeRules {
        outpatient: std::array::from_fn(|_| outpatient.clone()),
        inpatient: std::array::from_fn(|_| inpatient.clone()),
        emergency: None,
        pharmacy: None,
        chronic: None,
    };
    Rules {
        name: "blank".to_owned(),
        version: 1,
        scheme: [scheme.clone(), scheme],
        second_layer: [None, None],
        assistance: [AssistanceRules::default(); 4],
        account: AccountRules {
            active_monthly: Fen::ZERO,
            retired_monthly: Fen::ZERO,
            family_mutual_aid: true,
            pays_out_of_catalogue: false,
            needs_card: false,
        },
        fund_sum_includes_account: false,
        line_rounding: LineRounding::HalfUpPerLine,
        payers: Payers::default(),
        reverses_latest_first: false,
    }
}

pub(crate) fn flat(ratio: Ratio) -> Band {
    Band { from: Fen::ZERO, ratio }
}

/// A whole circumstance of one split.
#[derive(Clone, Debug)]
pub(crate) struct Circumstance {
    pub(crate) rules: Rules,
    pub(crate) member: Member,
    pub(crate) level: HospitalLevel,
    pub(crate) care: CareKind,
    pub(crate) year: YearToDate,
    pub(crate) lines: Vec<BillLine>,
}

pub(crate) fn circumstance() -> impl Strategy<Value = Circumstance> {
    let who = (member(), level(), care());
    (rules(), who, year(), lines(100_000_000)).prop_map(|(rules, who, year, lines)| {
        let (member, level, care) = who;
        Circumstance { rules, member, level, care, year, lines }
    })
}

pub(crate) fn member() -> impl Strategy<Value = Member> {
    let scheme = prop_oneof![
        5 => Just(InsuranceScheme::Employee),
        5 => Just(InsuranceScheme::Resident),
        1 => Just(InsuranceScheme::Uninsured),
    ];
    let status = proptest::sample::select(vec![
        MemberStatus::Active,
        MemberStatus::Retired,
        MemberStatus::Minor,
    ]);
    let assistance = proptest::sample::select(vec![
        AssistanceClass::None,
        AssistanceClass::LowIncome,
        AssistanceClass::MinimumLiving,
        AssistanceClass::Destitute,
    ]);
    (scheme, status, assistance).prop_map(|(scheme, status, assistance)| Member {
        scheme,
        status,
        assistance,
        ..Member::default()
    })
}

pub(crate) fn level() -> impl Strategy<Value = HospitalLevel> {
    proptest::sample::select(vec![
        HospitalLevel::Primary,
        HospitalLevel::Secondary,
        HospitalLevel::Tertiary,
    ])
}

pub(crate) fn care() -> impl Strategy<Value = CareKind> {
    proptest::sample::select(vec![CareKind::Outpatient, CareKind::Emergency, CareKind::Inpatient])
}

/// Up to twelve lines; `largest` fen each.
pub(crate) fn lines(largest: u32) -> impl Strategy<Value = Vec<BillLine>> {
    let amount = prop_oneof![0_u32..2_000, 0_u32..100_000, 0..largest];
    let kind = prop_oneof![
        4 => Just((ItemClass::A, 0_u16)),
        3 => (0_u16..=10_000).prop_map(|bp| (ItemClass::B, bp)),
        1 => Just((ItemClass::C, 10_000)),
        1 => Just((ItemClass::C, BillLine::OVER_LIMIT)),
    ];
    let line = (amount, kind).prop_map(|(amount_fen, (class, prepay_bp))| BillLine {
        amount_fen,
        class,
        prepay_bp,
    });
    proptest::collection::vec(line, 0..12)
}

/// A year's state that some history could have left: funds paid no more than was eligible.
pub(crate) fn year() -> impl Strategy<Value = YearToDate> {
    let used = prop_oneof![Just(0_u32), 0_u32..500_000, 0_u32..60_000_000];
    (used.clone(), used, 0_u32..=100, 0_u32..=100, 0_u32..=100, 0_u8..6).prop_map(
        |(outpatient_eligible, inpatient_eligible, fund, second, helped, admissions)| {
            let share = |amount: u32, percent: u32| {
                let part = u64::from(amount) * u64::from(percent) / 100;
                u32::try_from(part).expect("a share of a u32")
            };
            let (outpatient_fund, inpatient_fund) =
                (share(outpatient_eligible, fund), share(inpatient_eligible, fund));
            let burden =
                outpatient_eligible + inpatient_eligible - outpatient_fund - inpatient_fund;
            let second_layer = share(burden, second);
            let assistance = share(burden - second_layer, helped);
            YearToDate {
                outpatient_eligible,
                outpatient_fund,
                inpatient_eligible,
                inpatient_fund,
                burden,
                second_layer,
                assistance,
                admissions,
            }
        },
    )
}

/// A ratio of at most one with up to four decimals.
pub(crate) fn ratio() -> impl Strategy<Value = Ratio> {
    prop_oneof![
        (0_i64..=100).prop_map(Ratio::percent),
        (0_i64..=10_000).prop_map(|num| Ratio::new(num, 10_000)),
    ]
}

fn fen(most: i64) -> impl Strategy<Value = Fen> {
    prop_oneof![Just(Fen::ZERO), (0..=most).prop_map(Fen)]
}

fn ceiling(most: i64) -> impl Strategy<Value = Option<Fen>> {
    proptest::option::of(fen(most))
}

fn bands() -> impl Strategy<Value = Vec<Band>> {
    let steps = proptest::collection::vec((1_i64..5_000_000, ratio()), 1..5);
    (fen(300_000), steps).prop_map(|(first, steps)| {
        let mut from = first;
        let laid = steps.into_iter().map(|(width, ratio)| {
            let band = Band { from, ratio };
            from += Fen(width);
            band
        });
        laid.collect()
    })
}

fn band_base() -> impl Strategy<Value = BandBase> {
    proptest::sample::select(vec![BandBase::Absolute, BandBase::Excess])
}

fn outpatient() -> impl Strategy<Value = OutpatientRules> {
    (fen(300_000), [ratio(), ratio(), ratio()], ceiling(5_000_000)).prop_map(
        |(deductible_year, ratio_by_level, ceiling_year)| OutpatientRules {
            deductible_year,
            ratio_by_level,
            ceiling_year,
        },
    )
}

fn inpatient() -> impl Strategy<Value = InpatientRules> {
    (
        [fen(200_000), fen(200_000), fen(200_000)],
        proptest::collection::vec(ratio(), 1..4),
        [bands(), bands(), bands()],
        band_base(),
        prop_oneof![Just(Ratio::ONE), ratio()],
        ceiling(50_000_000),
    )
        .prop_map(
            |(
                deductible_by_level,
                repeat_factors,
                bands_by_level,
                band_base,
                person_share_factor,
                ceiling_year,
            )| InpatientRules {
                deductible_by_level,
                repeat_factors,
                bands_by_level,
                band_base,
                person_share_factor,
                ceiling_year,
            },
        )
}

fn scheme() -> impl Strategy<Value = SchemeRules> {
    (outpatient(), inpatient()).prop_map(|(outpatient, inpatient)| SchemeRules {
        outpatient: std::array::from_fn(|_| outpatient.clone()),
        inpatient: std::array::from_fn(|_| inpatient.clone()),
        emergency: None,
        pharmacy: None,
        chronic: None,
    })
}

fn cover() -> impl Strategy<Value = TieredCover> {
    (
        (fen(4_000_000), bands(), band_base(), ceiling(30_000_000)),
        (ratio(), ratio(), any::<bool>(), any::<bool>()),
    )
        .prop_map(|((threshold, tiers, band_base, ceiling_year), poor)| TieredCover {
            threshold,
            tiers,
            band_base,
            ceiling_year,
            poor_threshold_factor: poor.0,
            poor_added_ratio: poor.1,
            counts_cost_sharing: poor.2,
            counts_excess_over_ceiling: poor.3,
        })
}

fn assistance() -> impl Strategy<Value = AssistanceRules> {
    (fen(1_000_000), ratio(), fen(10_000_000)).prop_map(|(threshold, ratio, ceiling_year)| {
        AssistanceRules { threshold, ratio, ceiling_year }
    })
}

pub(crate) fn rules() -> impl Strategy<Value = Rules> {
    let covers = [proptest::option::of(cover()), proptest::option::of(cover())];
    let classes = [assistance(), assistance(), assistance(), assistance()];
    ([scheme(), scheme()], covers, classes, any::<bool>()).prop_map(
        |(scheme, second_layer, assistance, fund_sum_includes_account)| Rules {
            scheme,
            second_layer,
            assistance,
            fund_sum_includes_account,
            ..blank_rules()
        },
    )
}
