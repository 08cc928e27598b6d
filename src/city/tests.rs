//! The city as a whole, read from outside its files: margins, totals, profiles, samples,
//! partitions. Must never pin a drawn number: each tolerance is a multiple of the sampling error it
//! allows for.

use super::spec::{BillSpec, CitySpec, CourseSpec, DemandSpec, DistrictSpec, PeopleSpec, SiteSpec};
use super::*;
use crate::domain::{AGE_BANDS, AssistanceClass};
use crate::random::Distribution;
use libm::sqrt;
use proptest::prelude::*;

const SEED: u64 = 20_231_101;

/// A three-district city with eleven institutions; shares near those of a large coastal city.
pub(super) fn small_city(population: u32) -> CitySpec {
    let district = |name: &str, share: f64, x_km: f64, y_km: f64| DistrictSpec {
        name: name.into(),
        population_share: share,
        x_km,
        y_km,
    };
    CitySpec {
        name: "Testhaven".into(),
        start: Day::from_civil(2023, 1, 1).expect("a date"),
        districts: vec![
            district("Island", 0.5, 0.0, 0.0),
            district("North", 0.3, 3.0, 18.0),
            district("East", 0.2, 22.0, 6.0),
        ],
        people: people_spec(population),
        demand: demand_spec(),
        sites: sites(),
    }
}

fn people_spec(population: u32) -> PeopleSpec {
    PeopleSpec {
        covers: super::spec::CoverShares::default(),
        without_card: 0.0,
        first_card_per_year: 0.0,
        insurance_gap: 0.0,
        population,
        age_shares: [0.055, 0.115, 0.46, 0.2, 0.125, 0.045],
        kin_size_shares: [0.22, 0.28, 0.22, 0.14, 0.08, 0.04, 0.015, 0.005],
        employee_share_working_age: 0.62,
        retired_share: 0.48,
        uninsured_share: 0.04,
        elsewhere_share: 0.0,
        assistance_shares: [0.012, 0.02, 0.004],
        judgment_debtor_share: 0.008,
        monthly_income: [1_400, 2_900, 4_600, 7_400, 15_000].map(Fen::from_yuan),
        chronic_share: [0.01, 0.02, 0.09, 0.3, 0.52, 0.62],
        score_mean: 600.0,
        score_sd: 80.0,
        account_start: [2_600, 4_100].map(Fen::from_yuan),
    }
}

fn demand_spec() -> DemandSpec {
    let mut hours = [0.0; 24];
    let day = [0.06, 0.2, 0.18, 0.14, 0.07, 0.02, 0.08, 0.12, 0.08, 0.04, 0.01];
    hours[7..18].copy_from_slice(&day);
    let course = |lab, imaging| CourseSpec {
        lab,
        imaging,
        treatment: 0.2,
        drugs: 0.7,
        registered_ahead: 0.4,
    };
    DemandSpec {
        waves: Vec::new(),
        price_rise_per_year: 0.0,
        other_causes: [0.0; 3],
        retail: None,
        visits_per_person_year: 6.4,
        emergency_share: 0.07,
        admissions_per_person_year: 0.16,
        age_relativity: [1.6, 0.7, 0.65, 1.1, 1.7, 2.0],
        chronic_relativity: 2.6,
        frailty_shape: 1.2,
        month_weights: [0.95, 0.8, 1.05, 1.0, 1.0, 1.0, 1.05, 1.0, 1.0, 0.95, 1.05, 1.1],
        weekday_weights: [1.3, 1.12, 1.08, 1.02, 1.0, 0.9, 0.0],
        hour_shares: hours,
        emergency_hour_shares: [1.0 / 24.0; 24],
        distance_decay_per_km: 0.12,
        course: [course(0.2, 0.05), course(0.35, 0.2), course(0.4, 0.3)],
        bills: [bills(15, 0.3), bills(25, 0.8), bills(40, 1.0)],
        stay_days: Distribution::LogNormal { mean: 8.4, cv: 0.8 },
    }
}

fn bills(registration: i64, scale: f64) -> BillSpec {
    let yuan = |mean: f64| Fen((mean * scale * 100.0) as i64);
    BillSpec {
        registration: Fen::from_yuan(registration),
        lab_mean: yuan(160.0),
        imaging_mean: yuan(260.0),
        treatment_mean: yuan(220.0),
        drugs_mean: yuan(190.0),
        outpatient_cv: 1.1,
        stay_day_mean: yuan(1_400.0),
        stay_cv: 0.9,
        class_b_share: 0.3,
        class_b_prepay: 0.1,
        class_c_share: 0.08,
    }
}

fn sites() -> Vec<SiteSpec> {
    use HospitalLevel::{Primary, Secondary, Tertiary};
    let site = |index: usize, level, district, visits_per_year, beds| SiteSpec {
        name: format!("Institution {index}"),
        level,
        district,
        visits_per_year,
        beds,
        in_scheme_from: (!index.is_multiple_of(3)).then_some(Day(19_400)),
    };
    vec![
        site(0, Tertiary, 0, 2.4e6, 2_500),
        site(1, Tertiary, 0, 1.6e6, 1_500),
        site(2, Tertiary, 1, 0.9e6, 900),
        site(3, Secondary, 0, 0.6e6, 500),
        site(4, Secondary, 1, 0.5e6, 450),
        site(5, Secondary, 2, 0.4e6, 300),
        site(6, Primary, 0, 0.2e6, 0),
        site(7, Primary, 1, 0.15e6, 30),
        site(8, Primary, 1, 0.15e6, 0),
        site(9, Primary, 2, 0.1e6, 0),
        site(10, Primary, 2, 0.1e6, 0),
    ]
}

pub(super) fn philox() -> Philox {
    Philox::new(SEED)
}

pub(super) fn built(population: u32) -> (CitySpec, City, Demand) {
    let spec = small_city(population);
    let city = City::build(&spec, philox());
    let demand = Demand::new(&city, &spec);
    (spec, city, demand)
}

/// All wants of some days of a replication, day by day.
pub(super) fn wants_of(
    city: &City,
    demand: &Demand,
    replication: u16,
    days: Range<u32>,
) -> Vec<Want> {
    let mut wants = Vec::new();
    for day in days {
        demand.wants(city, philox(), replication, day, 0..city.groups(), &mut wants);
    }
    wants
}

/// Allows `sigmas` binomial standard errors of a share among `count` clusters of mean size 2.5 or
/// so, whose members are alike (design effect at most 4).
fn assert_share(name: &str, got: usize, of: usize, share: f64, sigmas: f64) {
    let error = sqrt(4.0 * share * (1.0 - share) / of as f64);
    let got = got as f64 / of as f64;
    println!("{name:<28} asked {share:.4}  got {got:.4}");
    assert!((got - share).abs() <= sigmas * error + 1e-4, "{name}: {got} for {share}");
}

#[test]
fn margins_of_the_population_meet_the_asked_shares() {
    let population = 200_000;
    let (spec, city, _) = built(population);
    let people = &city.people;
    assert_eq!(people.len(), population as usize);
    assert!(city.age_gap < 1e-6, "age shares are attainable, gap {}", city.age_gap);
    let count = |test: &dyn Fn(&Person) -> bool| people.iter().filter(|&p| test(p)).count();
    let all = people.len();
    for band in 0..AGE_BANDS {
        let in_band = count(&|p| p.age_band() == band);
        let asked = spec.people.age_shares[band];
        assert_share(&format!("age band {band}"), in_band, all, asked, 3.0);
        assert!((in_band as f64 / all as f64 - asked).abs() < 0.005, "half a point at most");
        let chronic = count(&|p| p.age_band() == band && p.chronic());
        let share = spec.people.chronic_share[band];
        assert_share(&format!("chronic in band {band}"), chronic, in_band, share, 3.0);
    }
    let groups = city.groups() as usize;
    for size in 1..=8 {
        let of_size = city.group_first.windows(2).filter(|g| g[1] - g[0] == size).count();
        let share = spec.people.kin_size_shares[size as usize - 1];
        assert_share(&format!("kin groups of {size}"), of_size, groups, share, 3.0);
    }
    let working = |p: &Person| p.adult() && p.age < RETIREMENT_AGE;
    let employed = count(&|p| working(p) && p.scheme() == InsuranceScheme::Employee);
    assert_share("employees 18-59", employed, count(&working), 0.62, 3.0);
    let retired = count(&|p| p.status() == MemberStatus::Retired);
    assert_share("retired 60+", retired, count(&|p| p.age >= RETIREMENT_AGE), 0.48, 3.0);
    let uninsured = count(&|p| p.scheme() == InsuranceScheme::Uninsured);
    assert_share("uninsured", uninsured, all, 0.04, 3.0);
    let debtors = count(&|p| p.judgment_debtor());
    assert_share("judgment debtors of adults", debtors, count(&Person::adult), 0.008, 3.0);
    let classes =
        [AssistanceClass::LowIncome, AssistanceClass::MinimumLiving, AssistanceClass::Destitute];
    for (class, share) in classes.into_iter().zip(spec.people.assistance_shares) {
        let got = count(&|p| p.assistance() == class);
        assert_share(&format!("assistance {class:?}"), got, all, share, 3.0);
    }
    for band in 0..5 {
        let got = count(&|p| p.income_band == band);
        assert_share(&format!("income band {band}"), got, all, 0.2, 3.0);
    }
    for (index, district) in (0_u8..).zip(&spec.districts) {
        let got = count(&|p| p.district == index);
        assert_share(&district.name, got, all, district.population_share, 3.0);
    }
}

#[test]
fn latent_quantiles_are_uniform_and_correlate_as_assumed() {
    let (spec, city, _) = built(100_000);
    let n = city.people.len() as f64;
    let mean = |value: &dyn Fn(&Person) -> f64| city.people.iter().map(value).sum::<f64>() / n;
    for (name, value) in [
        ("phone", (&|p: &Person| f64::from(p.phone)) as &dyn Fn(&Person) -> f64),
        ("ability", &|p| f64::from(p.ability)),
        ("willingness", &|p| f64::from(p.willingness)),
    ] {
        let middle = mean(value) / 65_536.0;
        // Uniform: sd 0.289; households share half the variance of ability.
        assert!((middle - 0.5).abs() < 0.006, "{name} has mean {middle}");
    }
    let score = mean(&|p| f64::from(p.score));
    let spread = sqrt(mean(&|p| (f64::from(p.score) - score) * (f64::from(p.score) - score)));
    assert!((score - spec.people.score_mean).abs() < 2.0, "score mean {score}");
    assert!((spread / spec.people.score_sd - 1.0).abs() < 0.02, "score sd {spread}");
    for trait_of in [|p: &Person| p.ability, |p: &Person| p.willingness] {
        let high = city.people.iter().filter(|p| trait_of(p) > 49_152).map(|p| f64::from(p.score));
        let high: Vec<f64> = high.collect();
        let lift = (high.iter().sum::<f64>() / high.len() as f64 - score) / spread;
        // The top quarter of a latent has mean 1.27; half of it shows in the score.
        assert!((lift - 0.5 * 1.271).abs() < 0.05, "lift {lift}");
    }
    let poor = city.people.iter().filter(|p| p.assistance() != AssistanceClass::None);
    let (low, all) =
        poor.fold((0, 0), |(low, all), p| (low + u32::from(p.income_band == 0), all + 1));
    assert!(f64::from(low) > 0.9 * f64::from(all), "assistance is for the poorest: {low} of {all}");
}

#[test]
fn households_are_plausible() {
    let (_, city, _) = built(50_000);
    for group in (0..city.groups()).map(GroupId) {
        let members = city.group(group);
        assert!((1..=8).contains(&members.len()));
        let of = |generation: u8| -> Vec<i16> {
            let members = members.iter().filter(|p| p.generation == generation);
            members.map(|p| i16::from(p.age)).collect()
        };
        let (elders, middle, children) = (of(GRANDPARENT), of(MIDDLE), of(CHILD));
        assert!(members.is_sorted_by_key(|p| p.generation), "{members:?}");
        for couple in elders.chunks_exact(2).chain(middle.chunks_exact(2)) {
            assert!((couple[0] - couple[1]).abs() <= 8, "{group:?}: spouses {couple:?}");
        }
        assert!(children.iter().all(|&age| age < 18));
        assert!(middle.iter().all(|&age| (18..60).contains(&age)));
        assert!(elders.iter().all(|&age| age >= 45));
        for (parent, child) in
            middle.iter().take(2).flat_map(|p| children.iter().map(move |c| (p, c)))
        {
            assert!((18..=45).contains(&(parent - child)), "{group:?}: {parent} and {child}");
        }
        if let (Some(elder), Some(adult)) = (elders.first(), middle.first()) {
            assert!((18..=45).contains(&(elder - adult)), "{group:?}: {elder} and {adult}");
        }
        assert!(children.is_empty() || !middle.is_empty(), "{group:?}: children alone");
        assert!(elders.is_empty() || elders.len() <= 2 || middle.len() >= 2, "{members:?}");
        let class = members[0].assistance();
        assert!(
            members.iter().all(|p| p.assistance() == class && p.district == members[0].district)
        );
        for (id, _) in city.members(group).zip(members) {
            assert_eq!(city.group_of(PersonId(id as u32)), group);
        }
    }
}

#[test]
fn accounts_start_at_their_means_and_minors_have_no_income() {
    let (spec, city, _) = built(50_000);
    for (status, mean) in
        [MemberStatus::Active, MemberStatus::Retired].into_iter().zip(spec.people.account_start)
    {
        let holders: Vec<PersonId> = (0..50_000)
            .map(PersonId)
            .filter(|&id| {
                let person = city.person(id);
                person.scheme() == InsuranceScheme::Employee && person.status() == status
            })
            .collect();
        let sum: Fen = holders.iter().map(|&id| city.account_start(id)).sum();
        let ratio = sum.0 as f64 / holders.len() as f64 / mean.0 as f64;
        // Employees are richer than others, and balances rise with ability.
        assert!((1.0..1.25).contains(&ratio), "{status:?}: {ratio}");
    }
    for id in (0..50_000).map(PersonId) {
        let person = city.person(id);
        assert_eq!(city.monthly_income(id).is_zero(), !person.adult());
        assert!(person.scheme() == InsuranceScheme::Employee || city.account_start(id).is_zero());
    }
}

#[test]
fn a_year_has_the_asked_visits_and_every_site_its_plan() {
    let (spec, city, demand) = built(20_000);
    let wants = wants_of(&city, &demand, 0, 0..365);
    let people = f64::from(spec.people.population);
    let count = |kind: WantKind| wants.iter().filter(|w| w.kind == kind).count() as f64;
    let visits = spec.demand.visits_per_person_year * people;
    let table = [
        (WantKind::Outpatient, visits * 0.93),
        (WantKind::Emergency, visits * 0.07),
        (WantKind::Admission, spec.demand.admissions_per_person_year * people),
    ];
    for (kind, expected) in table {
        let got = count(kind);
        assert!((got - expected).abs() < 3.0 * sqrt(expected), "{kind:?}: {got} for {expected}");
    }
    let outpatients: Vec<&Want> = wants.iter().filter(|w| w.kind != WantKind::Admission).collect();
    let beds: u32 = city.sites.iter().map(|site| site.beds).sum();
    for (index, site) in city.sites.iter().enumerate() {
        let of_site = |w: &Want| usize::from(w.site.0) == index;
        let got = outpatients.iter().filter(|w| of_site(w)).count() as f64;
        let planned = site.planned_visits_per_day * 365.0;
        assert!((got - planned).abs() < 4.0 * sqrt(planned), "{}: {got} of {planned}", site.name);
        let stays = wants.iter().filter(|w| w.kind == WantKind::Admission && of_site(w)).count();
        let fair = f64::from(site.beds) / f64::from(beds) * table[2].1;
        assert!((stays as f64 - fair).abs() <= 4.0 * sqrt(fair), "{}: {stays} stays", site.name);
    }
    let bedless = |w: &&Want| city.sites[usize::from(w.site.0)].beds == 0;
    assert!(!wants.iter().filter(|w| w.kind != WantKind::Outpatient).any(|w| bedless(&w)));
}

#[test]
fn months_weekdays_and_hours_follow_their_weights() {
    let (spec, city, demand) = built(20_000);
    let mut expected = [[0.0; 12], [0.0; 12]];
    let mut weekdays = [0.0; 7];
    for day in 0..365_u32 {
        let civil = (spec.start + day.cast_signed()).civil();
        let [elective, emergency, _] = demand.expected(day);
        expected[0][usize::from(civil.month) - 1] += elective;
        expected[1][usize::from(civil.month) - 1] += emergency;
        weekdays[usize::from(civil.weekday)] += elective;
    }
    let mut months = [[0.0; 12], [0.0; 12]];
    let mut by_weekday = [0.0; 7];
    let mut hours = [[0.0; 24], [0.0; 24]];
    for want in wants_of(&city, &demand, 1, 0..365) {
        let civil = (spec.start + want.visit.day().cast_signed()).civil();
        assert!((4 * 3_600_000..28 * 3_600_000).contains(&want.arrival_ms));
        let kind = match want.kind {
            WantKind::Outpatient => 0,
            WantKind::Emergency => 1,
            WantKind::Admission => continue,
        };
        months[kind][usize::from(civil.month) - 1] += 1.0;
        by_weekday[usize::from(civil.weekday)] += f64::from(1 - kind as u8);
        hours[kind][(want.arrival_ms / 3_600_000) as usize % 24] += 1.0;
    }
    assert!(by_weekday[6] < 1.0, "electives rest on Sundays");
    let ratio = weekdays[0] / weekdays[4];
    assert!((1.25..1.35).contains(&ratio), "Monday against Friday: {ratio}");
    assert_fits("weekdays", &by_weekday[..6], &weekdays[..6]);
    assert_fits("elective months", &months[0], &expected[0]);
    assert_fits("emergency months", &months[1], &expected[1]);
    for (kind, shares) in
        [spec.demand.hour_shares, spec.demand.emergency_hour_shares].iter().enumerate()
    {
        let total: f64 = hours[kind].iter().sum();
        assert_fits("hours", &hours[kind], &shares.map(|share| share * total));
    }
}

/// Pearson's statistic has mean n − 1 and variance 2(n − 1); 4 standard deviations are allowed.
fn assert_fits(name: &str, got: &[f64], expected: &[f64]) {
    let cells = got.iter().zip(expected).filter(|(_, e)| **e > 0.0);
    let (sum, count) = cells.fold((0.0, 0.0), |(sum, count), (got, expected)| {
        (sum + (got - expected) * (got - expected) / expected, count + 1.0)
    });
    assert!(got.iter().zip(expected).all(|(got, e)| *e > 0.0 || *got < 1.0), "{name}");
    let freedom = count - 1.0;
    assert!(sum < freedom + 4.0 * sqrt(2.0 * freedom), "{name}: chi-square {sum} on {freedom}");
}

#[test]
fn visits_cluster_in_the_chronically_ill_and_the_frail() {
    let (spec, city, demand) = built(20_000);
    let mut visits = vec![0_u32; city.people.len()];
    for want in wants_of(&city, &demand, 0, 0..365) {
        visits[want.person.0 as usize] += u32::from(want.kind != WantKind::Admission);
    }
    let total: u32 = visits.iter().sum();
    let share = |test: &dyn Fn(usize) -> bool| {
        let part: u32 = (0..visits.len()).filter(|&id| test(id)).map(|id| visits[id]).sum();
        f64::from(part) / f64::from(total)
    };
    let relative = population::relative_rates(&spec);
    let (mut chronic, mut all) = (0.0, 0.0);
    for (band, [others, sick]) in relative.into_iter().enumerate() {
        let (share, ill) = (spec.people.age_shares[band], spec.people.chronic_share[band]);
        chronic += share * ill * sick;
        all += share * (ill * sick + (1.0 - ill) * others);
    }
    let got = share(&|id| city.people[id].chronic());
    // Frailty with variance 1/1.2 over some 4,500 chronically ill people: 2 % is three errors.
    assert!((got - chronic / all).abs() < 0.02, "chronic share {got} for {}", chronic / all);
    for band in 0..AGE_BANDS {
        let got = share(&|id| city.people[id].age_band() == band);
        let asked = spec.people.age_shares[band] * spec.demand.age_relativity[band];
        let norm: f64 =
            spec.people.age_shares.iter().zip(spec.demand.age_relativity).map(|(s, r)| s * r).sum();
        assert!((got - asked / norm).abs() < 0.015, "age band {band}: {got} of {}", asked / norm);
    }
    let mut sorted = visits.clone();
    sorted.sort_unstable_by(|a, b| b.cmp(a));
    let top: u32 = sorted[..sorted.len() / 10].iter().sum();
    let top = f64::from(top) / f64::from(total);
    assert!((0.3..0.6).contains(&top), "a tenth of people makes {top} of visits");
}

#[test]
fn stays_and_bills_meet_their_means() {
    let (spec, city, demand) = built(20_000);
    let wants = wants_of(&city, &demand, 0, 0..365);
    let stays: Vec<f64> = wants
        .iter()
        .filter(|w| w.kind == WantKind::Admission)
        .map(|w| f64::from(w.stay_days))
        .collect();
    let mean = stays.iter().sum::<f64>() / stays.len() as f64;
    // 3,200 stays with a coefficient of variation of 0.8: 1.4 % standard error.
    assert!((mean / 8.4 - 1.0).abs() < 0.045, "mean stay {mean}");
    let tertiary: Vec<&Want> = wants
        .iter()
        .filter(|w| w.kind == WantKind::Outpatient)
        .filter(|w| city.sites[usize::from(w.site.0)].level == HospitalLevel::Tertiary)
        .collect();
    let share = |bit: Orders| tertiary.iter().filter(|w| w.orders.has(bit)).count();
    let course = &spec.demand.course[2];
    for (bit, probability) in [
        (Orders::LAB, course.lab),
        (Orders::IMAGING, course.imaging),
        (Orders::TREATMENT, course.treatment),
        (Orders::DRUGS, course.drugs),
        (Orders::AHEAD, course.registered_ahead),
    ] {
        assert_share(&format!("{bit:?}"), share(bit), tertiary.len(), probability, 3.0);
    }
    let drugs: Vec<f64> = tertiary
        .iter()
        .filter(|w| w.orders.has(Orders::DRUGS))
        .map(|w| f64::from(w.bill_fen[3]))
        .collect();
    let mean = drugs.iter().sum::<f64>() / drugs.len() as f64;
    let asked = spec.demand.bills[2].drugs_mean.0 as f64;
    assert!((mean / asked - 1.0).abs() < 4.0 * 1.1 / sqrt(drugs.len() as f64), "drugs {mean}");
    for want in &wants {
        let tests = want.orders.has(Orders::LAB) || want.orders.has(Orders::IMAGING);
        let admitted = want.kind == WantKind::Admission;
        assert_eq!(want.stay_days > 0, admitted);
        assert!(want.bill_fen[0] > 0);
        assert_eq!(want.bill_fen[1] > 0, tests && !admitted);
        assert_eq!(want.bill_fen[2] > 0, want.orders.has(Orders::TREATMENT));
        assert_eq!(want.bill_fen[3] > 0, want.orders.has(Orders::DRUGS));
        assert!(want.kind == WantKind::Outpatient || !want.orders.has(Orders::AHEAD));
        assert_eq!(city.group_of(want.person), want.visit.group());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_partition_of_the_groups_gives_the_same_wants(
        cuts in proptest::collection::vec(0_u32..1_600, 0..9), day in 0_u32..800,
    ) {
        let (_, city, demand) = built(4_000);
        let whole = wants_of(&city, &demand, 3, day..day + 1);
        prop_assert!(whole.is_sorted_by_key(|w| w.visit));
        let mut edges: Vec<u32> = cuts.into_iter().map(|cut| cut.min(city.groups())).collect();
        edges.extend([0, city.groups()]);
        edges.sort_unstable();
        let mut parts = Vec::new();
        for pair in edges.windows(2) {
            demand.wants(&city, philox(), 3, day, pair[0]..pair[1], &mut parts);
        }
        prop_assert_eq!(parts, whole);
    }
}

#[test]
fn threads_change_nothing() {
    let build = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| {
            let (_, city, demand) = built(30_000);
            let wants = wants_of(&city, &demand, 0, 0..5);
            (city.people, city.group_first, wants)
        })
    };
    let one = build(1);
    for threads in [2, 7] {
        assert!(build(threads) == one, "{threads} threads build another city");
    }
}

#[test]
fn a_replication_changes_wants_but_not_people_and_a_seed_changes_both() {
    let (spec, city, demand) = built(4_000);
    let wants = |replication| wants_of(&city, &demand, replication, 0..10);
    assert_eq!(wants(0), wants(0));
    assert_ne!(wants(0), wants(1));
    assert_ne!(City::build(&spec, Philox::new(SEED + 1)).people, city.people);
}

/// A wave multiplies every kind of demand on its days and leaves the others alone.
#[test]
fn an_epidemic_wave_multiplies_the_demand_of_its_days() {
    let (mut spec, city, calm) = built(20_000);
    spec.demand.waves = vec![super::spec::Wave { from_day: 3, to_day: 5, factor: 1.8 }];
    let wavy = Demand::new(&city, &spec);
    for day in 0..8 {
        let factor = if (3..=5).contains(&day) { 1.8 } else { 1.0 };
        for (with, without) in wavy.expected(day).into_iter().zip(calm.expected(day)) {
            assert!((with - factor * without).abs() < 1e-9 * without.max(1.0), "day {day}");
        }
    }
}

#[test]
fn contradicting_margins_are_reported_and_the_city_still_stands() {
    let mut spec = small_city(2_000);
    // Everybody lives alone, so nobody can be a child.
    spec.people.kin_size_shares = [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
    let city = City::build(&spec, philox());
    assert_eq!(city.people.len(), 2_000);
    assert!(city.age_gap > 0.1, "{}", city.age_gap);
    assert!(city.people.iter().all(Person::adult));
}
