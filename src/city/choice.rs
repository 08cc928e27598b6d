//! Which institution a patient goes to: a logit over attraction and distance, with attractions
//! balanced so that every institution receives its planned share. Must never look at queues or
//! prices.
//!
//! Utility is ln(attraction) − decay × km between district centres. Plain attractions proportional
//! to planned visits would over-fill central hospitals; the balancing factors of a doubly
//! constrained gravity model (Furness 1965, Wilson 1971) make planned totals come out exactly in
//! expectation while distance decides who goes where.

use super::pick::Weighted;
use super::spec::{CitySpec, DistrictSpec};
use libm::{exp, sqrt};

const ROUNDS: usize = 500;
const TOLERANCE: f64 = 1e-10;

/// For one kind of care: a table of institutions for each district.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    by_district: Vec<Weighted>,
}

impl Choice {
    /// Balances the tables: `origin` is the demand by district, `target` the planned demand by site
    /// (any unit). `None` when no site has a target.
    pub(super) fn new(spec: &CitySpec, origin: &[f64], target: &[f64]) -> Option<Choice> {
        let pull = balanced_pull(spec, origin, target);
        let by_district: Option<Vec<Weighted>> =
            pull.iter().map(|sites| Weighted::new(sites)).collect();
        Some(Choice { by_district: by_district? })
    }

    /// Share of a district's visits that a site receives.
    pub(super) fn share(&self, district: usize, site: usize) -> f64 {
        self.by_district[district].share(site)
    }

    /// The site of a visit from a district.
    #[inline]
    pub(super) fn pick(&self, district: u8, word: u32) -> usize {
        self.by_district[usize::from(district)].pick(word)
    }
}

/// Probability weights by district, then site, whose column totals meet the targets' shares.
fn balanced_pull(spec: &CitySpec, origin: &[f64], target: &[f64]) -> Vec<Vec<f64>> {
    let decay = spec.demand.distance_decay_per_km;
    let whole: f64 = origin.iter().sum();
    let planned: f64 = target.iter().sum();
    let near = |from: &DistrictSpec, site: usize| {
        let to = &spec.districts[usize::from(spec.sites[site].district)];
        exp(-decay * distance_km(from, to)).max(f64::MIN_POSITIVE)
    };
    let nearness: Vec<Vec<f64>> = spec
        .districts
        .iter()
        .map(|from| (0..target.len()).map(|site| near(from, site)).collect())
        .collect();
    let mut attraction: Vec<f64> = target.to_vec();
    for _ in 0..ROUNDS {
        let got = received(&nearness, origin, &attraction);
        let mut worst = 0.0_f64;
        for (site, attraction) in
            attraction.iter_mut().enumerate().filter(|(s, _)| target[*s] > 0.0)
        {
            let ratio = target[site] / planned * whole / got[site];
            worst = worst.max((ratio - 1.0).abs());
            *attraction *= ratio;
        }
        if worst < TOLERANCE {
            break;
        }
    }
    let weigh = |row: &Vec<f64>| row.iter().zip(&attraction).map(|(near, a)| near * a).collect();
    nearness.iter().map(weigh).collect()
}

/// Demand that arrives at each site under the present attractions.
fn received(nearness: &[Vec<f64>], origin: &[f64], attraction: &[f64]) -> Vec<f64> {
    let mut got = vec![0.0; attraction.len()];
    for (row, demand) in nearness.iter().zip(origin) {
        let total: f64 = row.iter().zip(attraction).map(|(near, a)| near * a).sum();
        for (got, (near, a)) in got.iter_mut().zip(row.iter().zip(attraction)) {
            *got += demand * near * a / total;
        }
    }
    got
}

fn distance_km(from: &DistrictSpec, to: &DistrictSpec) -> f64 {
    let (east, north) = (from.x_km - to.x_km, from.y_km - to.y_km);
    sqrt(east * east + north * north)
}

/// Planned demand by site for outpatient visits, emergencies and admissions, in shares of each
/// kind. Emergencies go to institutions with beds (to all, when none has beds) in proportion to
/// planned visits, and elective visits fill the rest of each plan; admissions go in proportion to
/// beds.
pub(super) fn targets(spec: &CitySpec) -> [Vec<f64>; 3] {
    let anywhere = spec.sites.iter().all(|site| site.beds == 0);
    let planned: f64 = spec.sites.iter().map(|site| site.visits_per_year).sum();
    let share = |visits: f64| visits / planned;
    let open = |beds: u32| anywhere || beds > 0;
    let at_open: f64 =
        spec.sites.iter().filter(|s| open(s.beds)).map(|s| share(s.visits_per_year)).sum();
    let emergency = |site: &super::spec::SiteSpec| {
        if open(site.beds) { share(site.visits_per_year) / at_open } else { 0.0 }
    };
    let emergencies = spec.demand.emergency_share;
    let elective = |site: &super::spec::SiteSpec| {
        (share(site.visits_per_year) - emergencies * emergency(site)).max(0.0)
    };
    [
        spec.sites.iter().map(elective).collect(),
        spec.sites.iter().map(emergency).collect(),
        spec.sites.iter().map(|site| f64::from(site.beds)).collect(),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::tests::small_city;
    use super::*;

    #[test]
    fn every_site_gets_its_plan_and_near_sites_get_more_of_a_district() {
        let spec = small_city(1_000);
        let origin = [5.0, 3.0, 2.0];
        for target in targets(&spec) {
            let planned: f64 = target.iter().sum();
            let pull = balanced_pull(&spec, &origin, &target);
            let share = |district: usize, site: usize| {
                pull[district][site] / pull[district].iter().sum::<f64>()
            };
            for (site, target) in target.iter().enumerate() {
                let got: f64 = origin
                    .iter()
                    .enumerate()
                    .map(|(d, demand)| demand / 10.0 * share(d, site))
                    .sum();
                assert!((got - target / planned).abs() < 1e-9, "site {site}: {got}");
                let home = usize::from(spec.sites[site].district);
                let away = (0..3).filter(|&district| district != home);
                assert!(away.into_iter().all(|d| share(d, site) <= share(home, site)));
            }
        }
    }

    #[test]
    fn without_decay_everybody_chooses_alike() {
        let mut spec = small_city(1_000);
        spec.demand.distance_decay_per_km = 0.0;
        let [elective, ..] = targets(&spec);
        let pull = balanced_pull(&spec, &[5.0, 3.0, 2.0], &elective);
        for (far, near) in pull[2].iter().zip(&pull[0]) {
            assert!((far - near).abs() < 1e-12);
        }
    }
}
