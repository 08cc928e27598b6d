//! What the behaviour room promises: the spec's rates in the crowd, nested adoption, replayable
//! luck.

use super::spec::{
    AdoptionSpec, BehaviourSpec, MoreBehaviour, RepaymentSpec, Shock, Spell, UseSpec,
    WindowArrearsSpec,
};
use super::{
    Arrears, Behaviour, EligibleMix, Intent, Late, LateStage, PersonView, Pressure, WindowBill,
};
use crate::domain::{CareKind, Fen};
use crate::random::{Address, Philox, Purpose};

fn spec() -> BehaviourSpec {
    BehaviourSpec {
        adoption: AdoptionSpec {
            share_at_start: 0.02,
            share_at_end: 0.20,
            over_60_factor: 0.5,
            need_weight: 0.6,
            at_desk_share: 0.3,
            by_institution: None,
            joining: super::spec::Joining::default(),
        },
        use_of_line: UseSpec { reserve_above_income: 0.0, outpatient: 0.4, inpatient: 0.7 },
        repayment: RepaymentSpec {
            first_day: 0.35,
            early: 0.25,
            miss_due: 0.08,
            roll: [0.30, 0.50, 0.60],
            cure_90_plus: 0.25,
            recover_after_write_off: 0.10,
            heterogeneity: 1.2,
            large_draw_odds: 2.0,
        },
        window_arrears: WindowArrearsSpec {
            inpatient_share: 0.03,
            emergency_share: 0.05,
            on_books_share: 0.02,
            recovered_share: 0.4,
        },
        more: MoreBehaviour::default(),
    }
}

fn mix() -> EligibleMix {
    EligibleMix::from_counts([[48, 12], [22, 18]])
}

/// A synthetic person; 40 in 100 chronic, 30 in 100 over 60, as in `mix`.
fn person(philox: Philox, id: u32) -> PersonView {
    let [traits, group, ..] = philox.block(Address::new(u64::from(id), 0, Purpose::Traits));
    let group = (u64::from(group) * 100) >> 32;
    let (chronic, age) = match group {
        0..48 => (false, 40),
        48..60 => (false, 65),
        60..82 => (true, 40),
        _ => (true, 65),
    };
    PersonView {
        ability: (traits >> 16) as u16,
        willingness: traits as u16,
        chronic,
        age,
        monthly_income: Fen::from_yuan(5_000),
    }
}

/// Fails unless `hits` of `trials` lies within four standard errors of `expected`: one false alarm
/// in 16,000 checks.
fn assert_rate(name: &str, hits: u64, trials: u64, expected: f64) {
    let rate = hits as f64 / trials as f64;
    let error = libm::sqrt(expected * (1.0 - expected) / trials as f64);
    let off = (rate - expected).abs();
    assert!(off < 4.0 * error, "{name}: {rate:.5} of {trials}, expected {expected} ± {error:.5}");
}

const DRAWS: u32 = 400_000;
const STAGES: [LateStage; 5] = [
    LateStage::D1To30,
    LateStage::D31To60,
    LateStage::D61To90,
    LateStage::D90Plus,
    LateStage::WrittenOff,
];

#[test]
fn a_crowd_returns_the_spec_s_rates_stage_by_stage() {
    for heterogeneity in [0.0, 1.2, 2.5] {
        let mut spec = spec();
        spec.repayment.heterogeneity = heterogeneity;
        let behaviour = Behaviour::new(&spec, &mix());
        let philox = Philox::new(20_231_101);
        let (mut first, mut early, mut later, mut missed) = (0, 0, 0, 0);
        let mut reached = [0_u64; 6];
        for id in 0..DRAWS {
            let (visit, view) = (u64::from(id), person(philox, id));
            match behaviour.repayment(philox, visit, 1, &view, Fen::from_yuan(300), 56) {
                Intent::FirstDay => first += 1,
                Intent::Early { after_days } => {
                    assert!((1..=55).contains(&after_days));
                    early += 1;
                }
                Intent::OnDue => later += 1,
                Intent::Misses => missed += 1,
            }
            // Follow everybody who would miss, whatever the channel: more draws reach the late
            // stages.
            if !behaviour.misses_instalment(philox, visit, 1, &view, 1) {
                continue;
            }
            reached[0] += 1;
            for (stage, k) in STAGES.into_iter().zip(1..) {
                let late = Late { stage, episode: 0, days: 30, pressure: Pressure::default() };
                match behaviour.after_stage(philox, visit, 1, &view, late) {
                    Some(day) => {
                        assert!(day < 30);
                        break;
                    }
                    None => reached[k] += 1,
                }
            }
        }
        let n = u64::from(DRAWS);
        let repayment = &spec.repayment;
        assert_rate("first day", first, n, repayment.first_day);
        assert_rate("early", early, n, repayment.early);
        assert_rate("missed", missed, later + missed, repayment.miss_due);
        assert_rate("missed instalment", reached[0], n, repayment.miss_due);
        let stays = [0.30, 0.50, 0.60, 0.75, 0.90];
        for ((pair, expected), stage) in reached.windows(2).zip(stays).zip(STAGES) {
            let name = format!("{stage:?} at heterogeneity {heterogeneity}");
            assert_rate(&name, pair[1], pair[0], expected);
        }
    }
}

#[test]
fn heterogeneity_moves_misses_to_the_least_able_and_willing() {
    let philox = Philox::new(3);
    let missed = |heterogeneity: f64, quantile: u16| {
        let mut spec = spec();
        spec.repayment.heterogeneity = heterogeneity;
        let behaviour = Behaviour::new(&spec, &mix());
        let base = person(philox, 0);
        let view = PersonView { ability: quantile, willingness: quantile, ..base };
        let misses = |visit: &u64| behaviour.misses_instalment(philox, *visit, 0, &view, 1);
        (0..20_000_u64).filter(misses).count() as u64
    };
    assert_rate("alike, worst", missed(0.0, 3_000), 20_000, 0.08);
    assert_rate("alike, best", missed(0.0, 62_000), 20_000, 0.08);
    assert!(missed(1.2, 3_000) > 20 * missed(1.2, 62_000));
}

#[test]
fn large_draws_are_missed_with_their_odds_ratio() {
    let mut spec = spec();
    spec.repayment.heterogeneity = 0.0;
    let behaviour = Behaviour::new(&spec, &mix());
    let philox = Philox::new(5);
    let (mut missed, mut all) = (0, 0);
    for id in 0..100_000 {
        let view = person(philox, id);
        match behaviour.repayment(philox, u64::from(id), 0, &view, Fen::from_yuan(5_001), 56) {
            Intent::Misses => (missed, all) = (missed + 1, all + 1),
            Intent::OnDue => all += 1,
            Intent::FirstDay | Intent::Early { .. } => {}
        }
    }
    let odds = 2.0 * 0.08 / 0.92;
    assert_rate("missed, large", missed, all, odds / (1.0 + odds));
}

#[test]
fn the_ramp_is_met_on_its_first_and_last_day_and_need_comes_first() {
    let behaviour = Behaviour::new(&spec(), &mix());
    let philox = Philox::new(11);
    let (mut at_start, mut at_half, mut at_end, mut desk) = (0, 0, 0, 0);
    let mut by_group = [[0_u64; 2]; 4];
    for id in 0..200_000 {
        let view = person(philox, id);
        let (chronic, old) = EligibleMix::cell(&view);
        by_group[chronic * 2 + old][1] += 1;
        let Some(sign_up) = behaviour.sign_up_day(philox, id, 0, &view, 365) else { continue };
        by_group[chronic * 2 + old][0] += 1;
        at_end += 1;
        at_start += u64::from(sign_up.day_index <= 0);
        at_half += u64::from(sign_up.day_index <= 182);
        desk += u64::from(sign_up.at_desk);
        assert!((0..=364).contains(&sign_up.day_index));
    }
    assert_rate("first day", at_start, 200_000, 0.02);
    assert_rate("half-way", at_half, 200_000, 0.11);
    assert_rate("last day", at_end, 200_000, 0.20);
    assert_rate("at the desk", desk, at_end, 0.3);
    let share = |group: usize| by_group[group][0] as f64 / by_group[group][1] as f64;
    // Odds of not signing up compound: (1 − share) of a group is (1 − share of another)^(rate
    // ratio).
    let ratio = |a: usize, b: usize| libm::log(1.0 - share(a)) / libm::log(1.0 - share(b));
    assert!((ratio(1, 0) - 0.5).abs() < 0.03, "over 60: {}", ratio(1, 0));
    assert!((ratio(2, 0) - 2.5).abs() < 0.08, "chronic: {}", ratio(2, 0));
}

#[test]
fn a_larger_share_contains_the_smaller_one_and_nobody_signs_up_later() {
    let with_end = |share_at_end: f64| {
        let mut spec = spec();
        spec.adoption.share_at_end = share_at_end;
        Behaviour::new(&spec, &mix())
    };
    let (small, large) = (with_end(0.20), with_end(0.30));
    let philox = Philox::new(13);
    let mut more = 0;
    for id in 0..50_000 {
        let view = person(philox, id);
        let in_small = small.sign_up_day(philox, id, 0, &view, 365);
        let in_large = large.sign_up_day(philox, id, 0, &view, 365);
        match (in_small, in_large) {
            (Some(small), Some(large)) => assert!(large.day_index <= small.day_index),
            (Some(_), None) => panic!("person {id} is lost by a larger share"),
            (None, Some(_)) => more += 1,
            (None, None) => {}
        }
    }
    assert_rate("only in the larger", more, 50_000, 0.10);
}

#[test]
fn everybody_or_nobody_signs_up_at_the_ends_of_the_scale() {
    let mut all = spec();
    all.adoption.share_at_start = 1.0;
    all.adoption.share_at_end = 1.0;
    let mut none = spec();
    none.adoption.share_at_start = 0.0;
    none.adoption.share_at_end = 0.0;
    let (all, none) = (Behaviour::new(&all, &mix()), Behaviour::new(&none, &mix()));
    let philox = Philox::new(17);
    for id in 0..5_000 {
        let view = person(philox, id);
        assert_eq!(all.sign_up_day(philox, id, 0, &view, 30).map(|s| s.day_index), Some(0));
        assert_eq!(none.sign_up_day(philox, id, 0, &view, 30), None);
    }
}

#[test]
fn lines_are_used_and_window_bills_left_at_the_spec_s_rates() {
    let behaviour = Behaviour::new(&spec(), &mix());
    let philox = Philox::new(19);
    let n = 200_000_u32;
    let used = |care| {
        let uses = |id: &u32| behaviour.uses_line(philox, u64::from(*id), 2, care);
        (0..n).filter(uses).count() as u64
    };
    assert_rate("outpatient", used(CareKind::Outpatient), n.into(), 0.4);
    assert_rate("inpatient", used(CareKind::Inpatient), n.into(), 0.7);
    let bill = |care, on_books| WindowBill { care, in_parts: false, on_books };
    let table = [
        (bill(CareKind::Inpatient, false), 0.03),
        (bill(CareKind::Emergency, false), 0.05),
        (bill(CareKind::Outpatient, true), 0.02),
        (bill(CareKind::Chronic, true), 0.02),
    ];
    for (bill, share) in table {
        let (mut unpaid, mut never) = (0, 0);
        for id in 0..n {
            match behaviour.window_arrears(philox, u64::from(id), 2, &person(philox, id), bill) {
                Arrears::Pays => {}
                Arrears::PaysAfter { days } => {
                    assert!((1..=365).contains(&days));
                    unpaid += 1;
                }
                Arrears::Never => (unpaid, never) = (unpaid + 1, never + 1),
            }
        }
        assert_rate("unpaid", unpaid, n.into(), share);
        assert_rate("never paid", never, unpaid, 0.6);
    }
    let view = person(philox, 0);
    for paid_first in [bill(CareKind::Outpatient, false), bill(CareKind::Pharmacy, true)] {
        let fate = |id| behaviour.window_arrears(philox, id, 2, &view, paid_first);
        assert!((0..1_000).all(|id| fate(id) == Arrears::Pays), "{paid_first:?}");
    }
}

#[test]
fn decisions_are_replayed_from_their_address_alone() {
    let (one, two) = (Behaviour::new(&spec(), &mix()), Behaviour::new(&spec(), &mix()));
    let philox = Philox::new(23);
    let late =
        Late { stage: LateStage::D31To60, episode: 0, days: 30, pressure: Pressure::default() };
    let decide = |behaviour: &Behaviour, id: u32, replication: u16| {
        let (view, visit) = (person(philox, id), u64::from(id) << 8);
        let amount = Fen::from_yuan(300);
        (
            behaviour.repayment(philox, visit, replication, &view, amount, 56),
            behaviour.after_stage(philox, visit, replication, &view, late),
            behaviour.sign_up_day(philox, id, replication, &view, 365),
        )
    };
    let forward: Vec<_> = (0..2_000).map(|id| decide(&one, id, 0)).collect();
    let mut backward: Vec<_> = (0..2_000).rev().map(|id| decide(&two, id, 0)).collect();
    backward.reverse();
    assert_eq!(forward, backward);
    assert_ne!(forward, (0..2_000).map(|id| decide(&one, id, 1)).collect::<Vec<_>>());
    let again = Late { episode: 3, ..late };
    let differs = (0..200_u32).any(|id| {
        let view = person(philox, id);
        one.after_stage(philox, u64::from(id), 0, &view, late)
            != one.after_stage(philox, u64::from(id), 0, &view, again)
    });
    assert!(differs, "a second delinquency has luck of its own");
}

/// One macro factor: over years, the share of a book that misses has the limit distribution of Vasicek
/// as the book grows; a book of 500 has the finite pool's quantile. With 3,000 years the rank of the 99 %
/// quantile has a standard deviation of √(0.99 × 0.01 / 3,000) = 0.0018, so quantiles at 0.99 ± 4 × 0.0018
/// must bracket what is seen.
#[test]
fn misses_of_a_book_converge_on_vasicek_and_a_small_book_keeps_its_own_quantile() {
    const YEARS: u16 = 3_000;
    let (pd, rho) = (0.05, 0.10);
    let mut spec = spec();
    spec.repayment = RepaymentSpec {
        first_day: 0.0,
        early: 0.0,
        miss_due: pd,
        heterogeneity: 0.0,
        ..spec.repayment
    };
    spec.more.macro_correlation = rho;
    let behaviour = Behaviour::new(&spec, &mix());
    let philox = Philox::new(29);
    let view = person(philox, 0);
    let seen = |book: u32| {
        let year = |replication: u16| {
            let misses =
                |k: &u32| behaviour.misses_instalment(philox, u64::from(*k), replication, &view, 1);
            (0..book).filter(misses).count() as f64 / f64::from(book)
        };
        let mut shares: Vec<f64> = (1..=YEARS).map(year).collect();
        shares.sort_by(f64::total_cmp);
        let mean = shares.iter().sum::<f64>() / f64::from(YEARS);
        (mean, shares[usize::from(YEARS) * 99 / 100])
    };
    let limit = |level: f64| {
        let bad = crate::random::normal_quantile(1.0 - level);
        let top = crate::random::normal_quantile(pd) - libm::sqrt(rho) * bad;
        crate::random::normal_cdf(top / libm::sqrt(1.0 - rho))
    };
    // Quantile levels four standard errors of rank away.
    let (low, high) = (0.99 - 4.0 * 0.0018, 0.99 + 4.0 * 0.0018);
    let (mean, large) = seen(4_000);
    // Standard error of the mean: the limit's standard deviation is 0.041, over √3,000.
    assert!((mean - pd).abs() < 4.0 * 0.041 / libm::sqrt(f64::from(YEARS)), "{mean}");
    // A book of 4,000 adds binomial noise of at most 0.006 at the quantile; half of it is allowed for.
    assert!((limit(low) - 0.003..limit(high) + 0.006).contains(&large), "{large}");
    // Finite pool of 500, PD 5 %, ρ 10 %: computed by integration in `finite_quantile`.
    let (_, small) = seen(500);
    let [from, to] = [low, high].map(|level| finite_quantile(500, pd, rho, level));
    assert!((from..=to).contains(&small), "{small} outside {from}..{to}");
}

/// Quantile of the share of defaults of a pool: binomial mixed over the factor, by the trapezoid.
fn finite_quantile(n: u32, pd: f64, rho: f64, level: f64) -> f64 {
    let threshold = crate::random::normal_quantile(pd);
    let mut masses = vec![0.0; n as usize + 1];
    let steps = 1_200;
    for step in 0..steps {
        let z = -6.0 + 12.0 * (f64::from(step) + 0.5) / f64::from(steps);
        let weight = libm::exp(-0.5 * z * z);
        let top = threshold - libm::sqrt(rho) * z;
        let p = crate::random::normal_cdf(top / libm::sqrt(1.0 - rho)).clamp(1e-12, 1.0 - 1e-12);
        let mut mass = weight * libm::pow(1.0 - p, f64::from(n));
        for (k, slot) in (0_u32..).zip(masses.iter_mut()) {
            *slot += mass;
            mass *= f64::from(n - k) / f64::from(k + 1) * p / (1.0 - p);
        }
    }
    let total: f64 = masses.iter().sum();
    let mut sum = 0.0;
    let at = masses.iter().position(|mass| {
        sum += mass / total;
        sum >= level
    });
    at.map_or(1.0, |k| k as f64 / f64::from(n))
}

#[test]
fn levers_move_the_payers_whom_they_concern_and_in_the_stated_direction() {
    let mut spec = spec();
    spec.more.payers.strategic = 0.3;
    spec.more.payers.strained = 0.3;
    spec.more.levers.reminder = 3.0;
    spec.more.levers.report = 3.0;
    let behaviour = Behaviour::new(&spec, &mix());
    let philox = Philox::new(31);
    let paid = |quantiles: (u16, u16), pressure: Pressure| {
        let view =
            PersonView { ability: quantiles.0, willingness: quantiles.1, ..person(philox, 0) };
        let late = Late { stage: LateStage::D1To30, episode: 0, days: 30, pressure };
        let pays = |visit: &u64| behaviour.after_stage(philox, *visit, 0, &view, late).is_some();
        (0..4_000_u64).filter(pays).count()
    };
    let reminded = Pressure { reminded: true, ..Pressure::default() };
    let reported = Pressure { reported: true, ..Pressure::default() };
    let (forgetful, strained, strategic) = ((50_000, 50_000), (5_000, 50_000), (50_000, 5_000));
    let plain = Pressure::default();
    assert!(paid(forgetful, reminded) > paid(forgetful, plain));
    assert_eq!(paid(forgetful, reported), paid(forgetful, plain));
    assert!(paid(strategic, reported) > paid(strategic, plain));
    assert_eq!(paid(strategic, reminded), paid(strategic, plain));
    assert_eq!(paid(strained, reminded), paid(strained, plain));
}

/// Adverse selection: signers are worse than the others, the ramp is still met, and 0 is exactly the
/// ramp without it.
#[test]
fn adverse_selection_brings_the_worse_risks_first_and_keeps_the_ramp() {
    let mut spec = spec();
    spec.more.selection = 1.0;
    let behaviour = Behaviour::new(&spec, &mix());
    let philox = Philox::new(37);
    let (mut signed, mut bad_signed, mut bad) = (0_u64, 0_u64, 0_u64);
    let n = 100_000_u32;
    for id in 0..n {
        let view = person(philox, id);
        let is_bad = u32::from(view.ability) + u32::from(view.willingness) < 65_536;
        bad += u64::from(is_bad);
        if behaviour.sign_up_day(philox, id, 0, &view, 365).is_some() {
            signed += 1;
            bad_signed += u64::from(is_bad);
        }
    }
    // Classes of risk are means over 1/32 of the scores: the ramp is met within 2 %.
    let share = signed as f64 / f64::from(n);
    assert!((share / 0.20 - 1.0).abs() < 0.02, "{share}");
    let among_signers = bad_signed as f64 / signed as f64;
    assert!(among_signers > bad as f64 / f64::from(n) + 0.15, "{among_signers}");
}

#[test]
fn retries_find_money_at_their_rate_and_wages_wait_for_pay_day() {
    let mut spec = spec();
    spec.more.debit.retry_success = 0.4;
    spec.more.debit.pay_day = 10;
    spec.more.debit.on_pay_day = 1.0;
    let behaviour = Behaviour::new(&spec, &mix());
    let philox = Philox::new(41);
    let found = (0..50_000_u64)
        .filter(|bill| behaviour.retry_that_succeeds(philox, *bill, 0, 2).is_some())
        .count();
    assert_rate("two retries", found as u64, 50_000, 1.0 - 0.6 * 0.6);
    let day = |text: &str| crate::domain::Day::parse(text).expect("a date");
    let on = |text: &str, until: i32| behaviour.pays_on(philox, 1, 0, day(text), day(text) + until);
    assert_eq!(on("2024-02-20", 30), day("2024-03-10"));
    assert_eq!(on("2024-02-10", 30), day("2024-02-10"));
    assert_eq!(on("2024-02-20", 5), day("2024-02-20"), "the stage ends before pay day");
    let plain = Behaviour::new(&self::spec(), &mix());
    assert_eq!(plain.retry_that_succeeds(philox, 1, 0, 9), None);
    assert_eq!(
        plain.pays_on(philox, 1, 0, day("2024-02-20"), day("2024-04-01")),
        day("2024-02-20")
    );
}

/// Institutions bring lines as visits meet them: the earlier, the more often and the readier, the more.
#[test]
fn sign_up_at_institutions_follows_their_dates_and_visits() {
    use super::spec::{Campaign, InstitutionCurve, OwnCurve};
    use crate::domain::Day;
    let curve = InstitutionCurve {
        chance_per_visit: 0.02,
        at_launch: 0.25,
        days_to_full: 100.0,
        campaigns: vec![Campaign { from: Day(150), to: Day(159), factor: 3.0 }],
        own: vec![OwnCurve {
            institution: "quick".into(),
            chance_per_visit: 0.04,
            at_launch: 1.0,
            days_to_full: 0.0,
        }],
    };
    assert!((curve.chance("quick", Day(0), Day(0)) - 0.04).abs() < 1e-12);
    let table = [(-1, 0.0), (0, 0.005), (50, 0.0125), (100, 0.02), (150, 0.06), (160, 0.02)];
    for (day, chance) in table {
        assert!((curve.chance("any", Day(0), Day(day)) - chance).abs() < 1e-12, "day {day}");
    }
    let (philox, behaviour) = (Philox::new(11), Behaviour::new(&spec(), &mix()));
    let exposure = |joined: i32| -> Vec<f64> {
        let mut sum = 0.0;
        let mut next = |day| {
            sum += curve.chance("any", Day(joined), Day(day));
            sum
        };
        (0..365).map(&mut next).collect()
    };
    let day_of = |id: u32, exposure: &[f64], visits: f64, from: i32| {
        let view = PersonView { age: 40, ..person(philox, id) };
        let who = (id, 1);
        behaviour.sign_up_day_at_institutions(philox, who, &view, visits, (exposure, from))
    };
    let signed = |exposure: &[f64], visits: f64| -> Vec<u32> {
        (0..20_000).filter(|&id| day_of(id, exposure, visits, 0).is_some()).collect()
    };
    let early = exposure(0);
    let base = signed(&early, 0.01);
    let expected = 20_000.0 * (1.0 - (-0.01 * early[364]).exp());
    let miss = base.len() as f64 - expected;
    assert!(miss.abs() < 4.0 * expected.sqrt(), "{} against {expected}", base.len());
    for fewer in [signed(&exposure(200), 0.01), signed(&early, 0.004)] {
        assert!(fewer.len() < base.len() * 3 / 4 && fewer.iter().all(|id| base.contains(id)));
    }
    let late: Vec<i32> = (0..20_000)
        .filter_map(|id| day_of(id, &early, 0.01, 200))
        .map(|sign_up| sign_up.day_index)
        .collect();
    let expected = 20_000.0 * (1.0 - (-0.01 * (early[364] - early[199])).exp());
    assert!((late.len() as f64 - expected).abs() < 4.0 * expected.sqrt(), "{}", late.len());
    assert!(late.iter().all(|&day| day >= 200), "nobody before word reaches them");
}

/// A job loss takes income and ability from the share that it hits, while it lasts, and from the same
/// people all the time; other kinds of bad times leave people as they are.
#[test]
fn a_job_loss_hits_income_and_ability_of_its_share_of_people() {
    let mut spec = spec();
    let shock = Shock::JobLoss { income_kept: 0.4 };
    let lost = Spell { from_day: 10, to_day: 19, hit: 0.25, miss_odds: 1.0, shock };
    let wave = Spell { shock: Shock::EpidemicWave { visits: 2.0 }, ..lost };
    spec.more.stress = vec![wave, lost];
    let behaviour = Behaviour::new(&spec, &mix());
    let philox = Philox::new(3);
    let hit = |day: u32| {
        let is_hit = |id: &u32| {
            let before = person(philox, *id);
            let now = behaviour.in_spells(philox, *id, 1, day, before);
            let poorer = now.monthly_income == Fen::from_yuan(2_000);
            assert_eq!(poorer, now != before);
            assert!(now.ability <= before.ability);
            poorer
        };
        (0..20_000).filter(is_hit).collect::<Vec<u32>>()
    };
    let (during, later) = (hit(10), hit(19));
    assert_eq!(during, later);
    // Standard error of a share of 20,000: 0.31 %.
    assert!((during.len() as f64 / 20_000.0 - 0.25).abs() < 0.0125, "{}", during.len());
    assert!(hit(9).is_empty() && hit(20).is_empty());
}

#[test]
fn a_visit_on_the_line_leads_to_further_ones_at_the_given_share_or_not_at_all() {
    let mut spec = spec();
    let again = |spec: &BehaviourSpec| {
        let behaviour = Behaviour::new(spec, &mix());
        (0..20_000).filter(|&visit| behaviour.comes_again(Philox::new(4), visit, 1)).count()
    };
    assert_eq!(again(&spec), 0);
    spec.more.induced_visits = 0.1;
    assert!((again(&spec) as f64 / 20_000.0 - 0.1).abs() < 0.0085, "four standard errors");
}
