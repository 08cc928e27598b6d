//! The fast split equals the decimal reference on 120,000 generated rules and bills, to the fen in every
//! field, and the national identities hold under both conventions. Counts how often each boundary was met; a
//! mutated ceiling, threshold, order or rounding is caught within the same cases.

mod luck;
mod reference;
mod settlement_generator;

use aftercare::domain::{
    AssistanceClass, CareKind, Employer, Fen, InsuranceScheme, ItemClass, Ratio,
};
use aftercare::settlement::spec::{
    Band, BandBase, LineRounding, OutpatientRules, OutsideCover, Payer, PayerOrder, Rules,
};
use aftercare::settlement::{BillLine, Means, Member, Reply, Split};
use luck::Luck;
use reference::{Answer, Bands, Case, Cover, Line, Outside, Pooled, Rounding, Second, Turn};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use settlement_generator::{Asked, asked};
use std::collections::BTreeMap;

const CASES: u64 = 120_000;

// ---- the same circumstance in the reference's words -------------------------------------------------

fn told_bands(bands: &[Band], base: BandBase) -> Bands {
    let steps = bands.iter().map(|band| (band.from.0, band.ratio.to_decimal())).collect();
    Bands { steps, from_start: base == BandBase::Excess }
}

fn left(ceiling: Option<Fen>, paid: u32) -> Option<i64> {
    ceiling.map(|ceiling| (ceiling.0 - i64::from(paid)).max(0))
}

fn told_pool(asked: &Asked) -> (Pooled, Option<i64>) {
    let Asked { rules, member, level, care, year, more, .. } = asked;
    let blank = Pooled::Yearly { deductible: 0, seen: 0, ratio: Decimal::ZERO };
    let Some(scheme) = rules.scheme.get(member.scheme as usize) else { return (blank, None) };
    let (status, level) = (member.status as usize, *level as usize);
    let shares = scheme.chronic.as_ref().is_some_and(|chronic| chronic.shares_inpatient_ceiling);
    let stay = &scheme.inpatient[status];
    let used = year.inpatient_fund + if shares { more.chronic_fund } else { 0 };
    let of_stays = left(stay.ceiling_year, used);
    if *care == CareKind::Inpatient {
        let nth = usize::from(year.admissions).min(stay.repeat_factors.len() - 1);
        let pooled = Pooled::Stay {
            deductible: stay.deductible_by_level[level].0,
            factor: stay.repeat_factors[nth].to_decimal(),
            bands: told_bands(&stay.bands_by_level[level], stay.band_base),
            person: stay.person_share_factor.to_decimal(),
        };
        return (pooled, of_stays);
    }
    let yearly = |rules: &OutpatientRules, seen: u32| Pooled::Yearly {
        deductible: rules.deductible_year.0,
        seen: i64::from(seen),
        ratio: rules.ratio_by_level[level].to_decimal(),
    };
    if let (CareKind::Chronic, Some(chronic)) = (care, &scheme.chronic) {
        let rules = &chronic.by_status[status];
        let own = left(rules.ceiling_year, more.chronic_fund);
        let room = match (own, of_stays.filter(|_| shares)) {
            (Some(own), Some(shared)) => Some(own.min(shared)),
            (own, shared) => own.or(shared),
        };
        return (yearly(rules, more.chronic_eligible), room);
    }
    let rules = match (care, &scheme.emergency, &scheme.pharmacy) {
        (CareKind::Emergency, Some(own), _) | (CareKind::Pharmacy, _, Some(own)) => &own[status],
        _ => &scheme.outpatient[status],
    };
    (yearly(rules, year.outpatient_eligible), left(rules.ceiling_year, year.outpatient_fund))
}

fn told_second(asked: &Asked) -> Option<Second> {
    let cover = asked.rules.second_layer.get(asked.member.scheme as usize)?.as_ref()?;
    let poor = asked.member.assistance != AssistanceClass::None;
    let full = Decimal::from(cover.threshold.0);
    let halved = (full * cover.poor_threshold_factor.to_decimal())
        .round_dp_with_strategy(0, rust_decimal::RoundingStrategy::MidpointAwayFromZero);
    Some(Second {
        threshold: if poor { halved.to_i64().expect("fits") } else { cover.threshold.0 },
        added: if poor { cover.poor_added_ratio.to_decimal() } else { Decimal::ZERO },
        tiers: told_bands(&cover.tiers, cover.band_base),
        ceiling: cover.ceiling_year.map(|ceiling| ceiling.0),
        sharing: cover.counts_cost_sharing,
        excess: cover.counts_excess_over_ceiling,
        burden_before: i64::from(asked.year.burden),
    })
}

fn told_turn(asked: &Asked, payer: Payer, care: CareKind) -> Turn {
    let Asked { rules, member, year, more, .. } = asked;
    let insured = member.scheme != InsuranceScheme::Uninsured;
    let (number, slot, knows) = match payer {
        Payer::SecondLayer => {
            let paid = if insured { i64::from(year.second_layer) } else { 0 };
            return Turn::Second { terms: told_second(asked), paid };
        }
        Payer::Assistance => {
            let class = &rules.assistance[member.assistance as usize];
            let terms = (class.threshold.0, class.ratio.to_decimal(), class.ceiling_year.0);
            let entitled = member.assistance != AssistanceClass::None;
            let terms = (entitled && terms.2 > 0).then_some(terms);
            return Turn::Assistance { terms, paid: i64::from(year.assistance) };
        }
        Payer::CivilServant => (0, 0, member.employer == Employer::CivilService),
        Payer::Enterprise => (1, 0, member.employer == Employer::EnterpriseWithSupplement),
        Payer::Commercial => (2, 1, member.commercial),
        Payer::Relief => (3, 2, true),
        Payer::Charity => (4, 3, true),
    };
    let Some(cover) = rules.payers.covers[number].as_ref().filter(|_| knows) else {
        return Turn::Cover { number, terms: None, paid: 0 };
    };
    let who = &cover.who;
    let helps = who.schemes[member.scheme as usize]
        && who.assistance[member.assistance as usize]
        && who.care[care as usize];
    let outside = |o: &OutsideCover| Outside {
        deductible: o.deductible_bill.0,
        ratio: o.ratio.to_decimal(),
        ceiling: o.ceiling_bill.map(|ceiling| ceiling.0),
        counts: [o.counts_initial_self_payment, o.counts_over_limit, o.counts_fully_self_paid],
    };
    let terms = helps.then(|| Cover {
        threshold: cover.threshold.0,
        tiers: told_bands(&cover.tiers, cover.band_base),
        ceiling: cover.ceiling_year.map(|ceiling| ceiling.0),
        outside: cover.outside.as_ref().map(outside),
    });
    Turn::Cover { number, terms, paid: i64::from(more.extra[slot]) }
}

fn told(asked: &Asked) -> Case {
    let Asked { rules, member, year, more, lines, .. } = asked;
    let chronic = rules.scheme.get(member.scheme as usize).is_some_and(|s| s.chronic.is_some());
    let care = match asked.care {
        CareKind::Chronic if !chronic => CareKind::Outpatient,
        care => care,
    };
    let line = |line: &BillLine| {
        let fen = i64::from(line.amount_fen);
        match (line.class, line.prepay_bp) {
            (ItemClass::A, _) => Line::A(fen),
            (ItemClass::B, share) => Line::B(fen, Decimal::new(i64::from(share), 4)),
            (ItemClass::C, BillLine::OVER_LIMIT) => Line::OverLimit(fen),
            (ItemClass::C, _) => Line::C(fen),
        }
    };
    let (pooled, room) = told_pool(&Asked { care, ..asked.clone() });
    let eligible = [year.outpatient_eligible, year.inpatient_eligible, more.chronic_eligible];
    let funds = [year.outpatient_fund, year.inpatient_fund, more.chronic_fund];
    let sum = |parts: [u32; 3]| parts.into_iter().map(i64::from).sum::<i64>();
    Case {
        insured: member.scheme != InsuranceScheme::Uninsured,
        rounding: match rules.line_rounding {
            LineRounding::HalfUpPerLine => Rounding::HalfUpPerLine,
            LineRounding::DownPerLine => Rounding::DownPerLine,
            LineRounding::HalfUpOnSum => Rounding::HalfUpOnSum,
        },
        lines: lines.iter().map(line).collect(),
        pooled,
        room,
        burden_before: sum(eligible) - sum(funds),
        turns: rules.payers.order.steps().iter().map(|&p| told_turn(asked, p, care)).collect(),
    }
}

// ---- comparison ------------------------------------------------------------------------------------

fn as_answer(split: &Split, member: Member) -> Answer {
    let fen = |amount: Fen| Decimal::from(amount.0);
    let [commercial, relief, charity] = split.other.map(fen);
    let inside = split.extra_in_policy.map(fen);
    let civil = member.employer == Employer::CivilService;
    let zero = Decimal::ZERO;
    Answer {
        total: fen(split.medfee_sumamt),
        full: fen(split.fulamt_ownpay_amt),
        over: fen(split.overlmt_selfpay),
        initial: fen(split.preselfpay_amt),
        eligible: fen(split.inscp_scp_amt),
        deductible: fen(split.act_pay_dedc),
        pooled: fen(split.hifp_pay),
        above_ceiling: fen(split.eligible_over_ceiling),
        burden: fen(split.compliant_burden),
        second: fen(split.second_layer()),
        assistance: fen(split.maf_pay),
        covers: [fen(split.cvlserv_pay), fen(split.hifes_pay), commercial, relief, charity],
        covers_inside: [
            if civil { inside[0] } else { zero },
            if civil { zero } else { inside[0] },
            inside[1],
            inside[2],
            inside[3],
        ],
        full_borne: fen(split.fulamt_borne),
        funds: fen(split.fund_pay_sumamt),
        person: fen(split.psn_part_amt),
        hits: Vec::new(),
    }
}

/// The identities of the national interface, with accounts counted among the funds or not.
fn check_identities(asked: &Asked, s: &Split, luck: &mut Luck) {
    let parts = s.fulamt_ownpay_amt + s.overlmt_selfpay + s.preselfpay_amt + s.inscp_scp_amt;
    assert_eq!(s.medfee_sumamt, parts);
    let funds = s.hifp_pay + s.cvlserv_pay + s.hifes_pay + s.hifmi_pay + s.hifob_pay + s.maf_pay;
    assert_eq!(s.fund_pay_sumamt, funds + s.oth_pay);
    let means = Means {
        account_own: Fen(i64::from(luck.below(500_000))),
        account_family: Fen(i64::from(luck.below(50_000))),
        line: Fen(i64::from(luck.below(500_000))),
        account_pays_out_of_catalogue: luck.flag(),
        line_pays_out_of_catalogue: luck.flag(),
        ..Means::default()
    };
    let tender = means.tender(s);
    for includes_account in [false, true] {
        let rules = Rules { fund_sum_includes_account: includes_account, ..asked.rules.clone() };
        let reply = Reply::new(&rules, s, &tender);
        assert_eq!(reply.psn_part_amt, reply.acct_pay + reply.psn_cash_pay);
        let twice = if includes_account { reply.acct_pay } else { Fen::ZERO };
        let sum = reply.fund_pay_sumamt + reply.psn_part_amt;
        assert_eq!(reply.medfee_sumamt, sum - twice);
        assert!(tender.line <= reply.psn_cash_pay, "a line pays cash parts only");
    }
}

/// Rules with one small mistake, by name.
fn mutants(asked: &Asked) -> Vec<(&'static str, Asked)> {
    let mut all = Vec::new();
    let mut with = |name, change: &dyn Fn(&mut Rules)| {
        let mut mutant = asked.clone();
        change(&mut mutant.rules);
        all.push((name, mutant));
    };
    let one_fen = |ceiling: &mut Option<Fen>| {
        if let Some(ceiling) = ceiling {
            *ceiling += Fen(1);
        }
    };
    with("pooled ceiling + 0.01", &|rules| {
        for scheme in &mut rules.scheme {
            scheme.inpatient.iter_mut().for_each(|r| one_fen(&mut r.ceiling_year));
            scheme.outpatient.iter_mut().for_each(|r| one_fen(&mut r.ceiling_year));
        }
    });
    with("second layer's ceiling + 0.01", &|rules| {
        rules.second_layer.iter_mut().flatten().for_each(|c| one_fen(&mut c.ceiling_year));
    });
    with("covers' ceilings + 0.01", &|rules| {
        rules.payers.covers.iter_mut().flatten().for_each(|c| one_fen(&mut c.ceiling_year));
    });
    with("thresholds + 0.01", &|rules| {
        rules.second_layer.iter_mut().flatten().for_each(|c| c.threshold += Fen(1));
    });
    with("order reversed", &|rules| {
        let mut steps = rules.payers.order.steps().to_vec();
        steps.reverse();
        rules.payers.order = PayerOrder::new(&steps).expect("still nobody twice");
    });
    with("line rounding", &|rules| {
        rules.line_rounding = match rules.line_rounding {
            LineRounding::HalfUpPerLine => LineRounding::HalfUpOnSum,
            _ => LineRounding::HalfUpPerLine,
        };
    });
    with("bands on the other base", &|rules| {
        for inpatient in rules.scheme.iter_mut().flat_map(|s| &mut s.inpatient) {
            inpatient.band_base = match inpatient.band_base {
                BandBase::Absolute => BandBase::Excess,
                BandBase::Excess => BandBase::Absolute,
            };
        }
    });
    with("retiree's factor", &|rules| {
        for inpatient in rules.scheme.iter_mut().flat_map(|s| &mut s.inpatient) {
            inpatient.person_share_factor = Ratio::ONE;
        }
    });
    all
}

#[test]
fn the_fast_split_equals_the_decimal_reference_and_mutants_are_caught() {
    let mut luck = Luck::new(20_231_120);
    let mut hits: BTreeMap<&str, u64> = BTreeMap::new();
    let mut caught: BTreeMap<&str, u64> = BTreeMap::new();
    for number in 0..CASES {
        let asked = asked(&mut luck);
        let fast = asked.split();
        let mut slow = told(&asked).split();
        for hit in std::mem::take(&mut slow.hits) {
            *hits.entry(hit).or_default() += 1;
        }
        let answer = as_answer(&fast, asked.member);
        assert_eq!(answer, slow, "case {number}: {:?}", told(&asked));
        check_identities(&asked, &fast, &mut luck);
        if number % 4 == 0 {
            for (name, mutant) in mutants(&asked) {
                let differs = as_answer(&mutant.split(), asked.member) != slow;
                *caught.entry(name).or_default() += u64::from(differs);
            }
        }
    }
    println!("{CASES} cases; boundaries met: {hits:?}; mutants caught in a quarter: {caught:?}");
    let boundaries = [
        "half a fen",
        "a ceiling met exactly",
        "a band's edge met exactly",
        "a threshold met exactly",
        "a deductible met exactly",
        "the pooled fund's ceiling binds",
        "the second layer's ceiling binds",
        "assistance's ceiling binds",
        "a further cover's ceiling binds",
        "a bill's ceiling binds",
    ];
    for boundary in boundaries {
        assert!(hits.get(boundary).is_some_and(|&met| met >= 100), "{boundary}: {hits:?}");
    }
    assert!(caught.values().all(|&cases| cases > 0), "a mutant survived: {caught:?}");
}
