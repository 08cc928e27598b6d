//! A smaller city for a quicker look: whole hospitals, stratified by level, with people to match.
//! Must never thin the queues of a hospital that it keeps, unless it says that waits are not
//! comparable.
//!
//! Hospitals stand in one fixed order (one of each level first, then always the level that lags
//! most behind its share of visits), and a sample is a prefix of it: a larger sample contains a
//! smaller one.

use super::spec::{CitySpec, SiteSpec};
use crate::domain::HospitalLevel;

const LEVELS: [HospitalLevel; 3] =
    [HospitalLevel::Primary, HospitalLevel::Secondary, HospitalLevel::Tertiary];

/// What a sample kept, for the run's notes.
#[derive(Clone, Debug, PartialEq)]
pub struct SampleNote {
    /// People asked for.
    pub asked: u32,
    /// People in the sample: their visits fill the kept hospitals as the full city's do.
    pub population: u32,
    /// Kept hospitals as positions in the full city's list, rising.
    pub kept: Vec<usize>,
    /// Share of the city's outpatient visits that the kept hospitals have in the full city.
    pub visits_share: f64,
    /// Factor on beds, which keeps admissions per bed as in the full city.
    pub bed_factor: f64,
    /// False when even one hospital of each level was too much, so that visits and servers were
    /// scaled down: small stations queue differently, and waits do not compare with the full
    /// city's.
    pub waits_comparable: bool,
}

/// The sample nearest to `population` people.
pub(super) fn sample(spec: &CitySpec, population: u32) -> (CitySpec, SampleNote) {
    assert!(!spec.sites.is_empty(), "invariant: a city has institutions");
    if population >= spec.people.population {
        return whole(spec, population);
    }
    let asked = f64::from(population) / f64::from(spec.people.population);
    let (order, first) = site_order(spec);
    let total: f64 = spec.sites.iter().map(|site| site.visits_per_year).sum();
    let mut share = 0.0;
    let cumulative: Vec<f64> = order
        .iter()
        .map(|&site| {
            share += spec.sites[site].visits_per_year / total;
            share
        })
        .collect();
    if asked < cumulative[first - 1] {
        return scaled_down(spec, population, &order[..first]);
    }
    // Nearest prefix: one more hospital when that comes closer to what was asked.
    let below = cumulative.partition_point(|&share| share <= asked);
    let closer_above =
        cumulative.get(below).is_some_and(|above| above - asked < asked - cumulative[below - 1]);
    let count = below + usize::from(closer_above);
    let share = cumulative[count - 1].min(1.0);
    let people = (f64::from(spec.people.population) * share).round() as u32;
    let mut note = note(population, people, &order[..count]);
    note.visits_share = share;
    (shrink(spec, &mut note, |site| site.visits_per_year), note)
}

fn whole(spec: &CitySpec, asked: u32) -> (CitySpec, SampleNote) {
    let sites: Vec<usize> = (0..spec.sites.len()).collect();
    (spec.clone(), note(asked, spec.people.population, &sites))
}

fn note(asked: u32, population: u32, kept: &[usize]) -> SampleNote {
    let mut kept = kept.to_vec();
    kept.sort_unstable();
    SampleNote {
        asked,
        population: population.max(1),
        kept,
        visits_share: 1.0,
        bed_factor: 1.0,
        waits_comparable: true,
    }
}

/// One hospital of each level, each made smaller so that the levels keep their shares of visits.
fn scaled_down(spec: &CitySpec, population: u32, kept: &[usize]) -> (CitySpec, SampleNote) {
    let mut note = note(population, population, kept);
    note.waits_comparable = false;
    note.visits_share = f64::from(population) / f64::from(spec.people.population);
    let share = note.visits_share;
    let visits = |site: &SiteSpec| share * level_visits(spec, site.level);
    (shrink(spec, &mut note, visits), note)
}

/// The spec of the kept sites. Beds follow people, so that admissions per bed stay as they are.
fn shrink(spec: &CitySpec, note: &mut SampleNote, visits: impl Fn(&SiteSpec) -> f64) -> CitySpec {
    let mut smaller = spec.clone();
    smaller.people.population = note.population;
    smaller.sites = note.kept.iter().map(|&site| spec.sites[site].clone()).collect();
    let beds = |sites: &[SiteSpec]| sites.iter().map(|site| f64::from(site.beds)).sum::<f64>();
    let people = f64::from(note.population) / f64::from(spec.people.population);
    let kept_beds = beds(&smaller.sites);
    note.bed_factor = if kept_beds > 0.0 { people * beds(&spec.sites) / kept_beds } else { 1.0 };
    for site in &mut smaller.sites {
        site.visits_per_year = visits(site);
        let beds = f64::from(site.beds) * note.bed_factor;
        site.beds = if site.beds > 0 { (beds.round() as u32).max(1) } else { 0 };
    }
    smaller
}

/// The fixed order of all sites, and how many of its first entries make one hospital of each level.
fn site_order(spec: &CitySpec) -> (Vec<usize>, usize) {
    let mut queues: Vec<Vec<usize>> =
        LEVELS.iter().map(|&level| typical_first(spec, level)).collect();
    queues.retain(|queue| !queue.is_empty());
    let visits = |site: usize| spec.sites[site].visits_per_year;
    let planned: Vec<f64> =
        queues.iter().map(|queue| queue.iter().map(|&site| visits(site)).sum()).collect();
    let mut order: Vec<usize> = queues.iter_mut().map(|queue| queue.remove(0)).collect();
    let mut taken: Vec<f64> = order.iter().map(|&site| visits(site)).collect();
    let first = order.len();
    while order.len() < spec.sites.len() {
        let open = (0..queues.len()).filter(|&level| !queues[level].is_empty());
        let reached = |level: usize| taken[level] / planned[level];
        let Some(level) = open.min_by(|&a, &b| reached(a).total_cmp(&reached(b))) else { break };
        let site = queues[level].remove(0);
        taken[level] += visits(site);
        order.push(site);
    }
    (order, first)
}

/// The sites of a level, those nearest to its mean size first; the very first has beds if any has.
fn typical_first(spec: &CitySpec, level: HospitalLevel) -> Vec<usize> {
    let mut sites: Vec<usize> =
        (0..spec.sites.len()).filter(|&site| spec.sites[site].level == level).collect();
    let mean = level_visits(spec, level) / sites.len().max(1) as f64;
    let away = |site: usize| (spec.sites[site].visits_per_year - mean).abs();
    sites.sort_by(|&a, &b| away(a).total_cmp(&away(b)).then(a.cmp(&b)));
    if let Some(bedded) = sites.iter().position(|&site| spec.sites[site].beds > 0) {
        sites[..=bedded].rotate_right(1);
    }
    sites
}

fn level_visits(spec: &CitySpec, level: HospitalLevel) -> f64 {
    let sites = spec.sites.iter().filter(|site| site.level == level);
    sites.map(|site| site.visits_per_year).sum()
}
