//! Samples of a city: nested, representative of level and membership, never without the scheme, and
//! telling what they lost.

use super::*;
use crate::city::spec::DistrictSpec;
use crate::city::tests::{philox, small_city, wants_of};
use crate::city::{City, Demand, build_sites};
use crate::domain::Day;
use libm::sqrt;
use proptest::prelude::*;

#[test]
fn larger_samples_contain_the_hospitals_of_smaller_ones() {
    let spec = small_city(2_000_000);
    let mut before: Vec<usize> = Vec::new();
    for population in [1_000, 50_000, 400_000, 600_000, 900_000, 1_500_000, 2_000_000, 3_000_000] {
        let (smaller, note) = City::sample(&spec, population);
        assert_eq!(smaller.people.population, note.population);
        assert_eq!(smaller.sites.len(), note.kept.len());
        assert!(before.iter().all(|site| note.kept.contains(site)), "{population}: {note:?}");
        if note.waits_comparable {
            before.clone_from(&note.kept);
        }
        for level in [HospitalLevel::Primary, HospitalLevel::Secondary, HospitalLevel::Tertiary] {
            assert!(
                smaller.sites.iter().any(|site| site.level == level),
                "{population}: {level:?}"
            );
        }
        if note.waits_comparable {
            for (site, &original) in smaller.sites.iter().zip(&note.kept) {
                let same = SiteSpec { beds: site.beds, ..spec.sites[original].clone() };
                assert_eq!(*site, same, "only beds may differ");
            }
            let share = f64::from(note.population) / 2e6;
            assert!((share - note.visits_share).abs() < 1e-6);
            let asked = f64::from(population.min(2_000_000)) / 2e6;
            // The nearest prefix misses by at most half of the largest hospital: 2.4 of 7.1
            // million.
            assert!((share - asked).abs() <= 0.5 * 2.4 / 7.1, "{population}: {note:?}");
        } else {
            assert_eq!(note.population, population);
            let city = City::build(&smaller, philox());
            let expected: f64 = Demand::new(&city, &smaller).expected(1).iter().sum();
            let wants = wants_of(&city, &Demand::new(&city, &smaller), 0, 1..2).len() as f64;
            assert!((wants - expected).abs() < 4.0 * sqrt(expected), "{wants} for {expected}");
            let visits: f64 = smaller.sites.iter().map(|site| site.visits_per_year).sum();
            let all: f64 = spec.sites.iter().map(|site| site.visits_per_year).sum();
            assert!((visits / all - note.visits_share).abs() < 1e-9);
        }
    }
    let (_, least) = City::sample(&spec, 1_000);
    assert!(!least.waits_comparable && least.lost().count() == 0, "{least:?}");
    assert_eq!(least.kept.len(), 6, "each level has members and others");
    let (whole, note) = City::sample(&spec, 2_000_000);
    assert!(note.waits_comparable && whole == spec);
}

#[test]
fn kept_hospitals_keep_their_own_demand() {
    let spec = small_city(2_000_000);
    let per_day = |spec: &CitySpec| -> Vec<(String, f64)> {
        let sites = build_sites(spec, philox());
        sites.into_iter().map(|site| (site.name, site.planned_visits_per_day)).collect()
    };
    let (smaller, _) = City::sample(&spec, 900_000);
    let full = per_day(&spec);
    for (name, visits) in per_day(&smaller) {
        let original = full.iter().find(|(other, _)| *other == name).expect("a kept hospital").1;
        assert!((visits / original - 1.0).abs() < 1e-5, "{name}: {visits} of {original}");
    }
}

/// Three members, small beside the rest: the sample holds the smallest one with beds, and the hospitals
/// beside it stand for the rest.
#[test]
fn a_small_sample_of_a_city_with_few_members_holds_one_of_them() {
    let mut spec = small_city(2_000_000);
    for (index, site) in spec.sites.iter_mut().enumerate() {
        site.in_scheme_from = [5, 7, 8].contains(&index).then_some(spec.start);
    }
    for population in [670_000, 900_000, 1_500_000] {
        let (_, note) = City::sample(&spec, population);
        assert!(note.waits_comparable && note.kept.contains(&7), "{population}: {note:?}");
    }
    let (_, note) = City::sample(&spec, 670_000);
    let lost: Vec<_> = note.lost().map(|stratum| (stratum.level, stratum.joins)).collect();
    assert_eq!(
        lost,
        [(HospitalLevel::Primary, Joins::Never), (HospitalLevel::Secondary, Joins::AtStart)]
    );
}

fn site(at: usize, (level, size, beds, joins): (usize, u32, bool, u8)) -> SiteSpec {
    SiteSpec {
        name: format!("Institution {at}"),
        level: LEVELS[level],
        district: 0,
        visits_per_year: f64::from(size) * 1_000.0,
        beds: if beds { size } else { 0 },
        in_scheme_from: match joins {
            0 => Some(Day(19_000)),
            1 => Some(Day(19_700)),
            _ => None,
        },
    }
}

fn random_city() -> impl Strategy<Value = CitySpec> {
    let sites =
        proptest::collection::vec((0_usize..3, 50_u32..3_000, any::<bool>(), 0_u8..6), 1..40);
    sites.prop_map(|sites| CitySpec {
        start: Day(19_400),
        districts: vec![DistrictSpec {
            name: "All".into(),
            population_share: 1.0,
            x_km: 0.0,
            y_km: 0.0,
        }],
        sites: sites.into_iter().enumerate().map(|(at, drawn)| site(at, drawn)).collect(),
        ..small_city(1_000_000)
    })
}

/// Institutions of one kind in a city.
fn count(city: &CitySpec, joins: Joins) -> usize {
    (0..city.sites.len()).filter(|&site| joins_of(city, site) == joins).count()
}

proptest! {
    #[test]
    fn a_sample_holds_the_scheme_and_tells_what_it_lost(
        spec in random_city(), asked in 1_u32..1_000_000, more in 0_u32..1_000_000,
    ) {
        let (smaller, note) = City::sample(&spec, asked);
        prop_assert_eq!(City::sample(&spec, asked), (smaller.clone(), note.clone()), "no luck in it");
        let earliest = [Joins::AtStart, Joins::Later].into_iter().find(|&joins| count(&spec, joins) > 0);
        if let Some(earliest) = earliest {
            prop_assert!(count(&smaller, earliest) > 0, "{:?}", note);
        }
        let [city, kept] = note.members();
        prop_assert_eq!(city.sites, spec.sites.len() - count(&spec, Joins::Never));
        prop_assert_eq!(kept.sites, smaller.sites.len() - count(&smaller, Joins::Never));
        for stratum in &note.strata {
            let alike = |city: &CitySpec| (0..city.sites.len())
                .filter(|&at| city.sites[at].level == stratum.level && joins_of(city, at) == stratum.joins)
                .count();
            prop_assert_eq!((alike(&spec), alike(&smaller)), (stratum.city.sites, stratum.kept.sites));
            let listed = note.lost().any(|lost| (lost.level, lost.joins) == (stratum.level, stratum.joins));
            prop_assert_eq!(listed, alike(&smaller) == 0);
            if !note.waits_comparable {
                prop_assert!((stratum.kept.visits_share - stratum.city.visits_share).abs() < 1e-9);
            }
        }
        let sum = |part: fn(&Stratum) -> Part| -> f64 {
            note.strata.iter().map(|stratum| part(stratum).visits_share).sum()
        };
        prop_assert!((sum(|s| s.city) - 1.0).abs() < 1e-9 && (sum(|s| s.kept) - 1.0).abs() < 1e-9);
        let (_, larger) = City::sample(&spec, asked.max(more));
        if note.waits_comparable {
            prop_assert!(note.kept.iter().all(|site| larger.kept.contains(site)), "nested");
        }
    }
}
