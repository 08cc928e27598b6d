//! A smaller city for a quicker look: whole hospitals, stratified by level and by when they join the
//! scheme, with people to match.
//! Must never thin the queues of a hospital that it keeps, unless it says that waits are not
//! comparable; must never lose a stratum without saying so.
//!
//! Hospitals stand in one fixed order (one of each level first, one of them in the scheme where the city
//! has any; then always the level that lags most behind its share of visits), and a sample is a prefix
//! of it: a larger sample contains a smaller one. Too few people for that order's beginning get one
//! hospital of each stratum, made smaller.

use super::spec::{CitySpec, SiteSpec};
use crate::domain::HospitalLevel;

const LEVELS: [HospitalLevel; 3] =
    [HospitalLevel::Primary, HospitalLevel::Secondary, HospitalLevel::Tertiary];

/// When an institution joins the scheme, seen from the first simulated day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Joins {
    /// It is in the scheme when the run begins.
    AtStart,
    /// It joins while the run goes on, or after it.
    Later,
    /// It never takes part.
    Never,
}

impl Joins {
    const ALL: [Joins; 3] = [Joins::AtStart, Joins::Later, Joins::Never];

    /// The word in files.
    pub const fn word(self) -> &'static str {
        match self {
            Joins::AtStart => "at_start",
            Joins::Later => "later",
            Joins::Never => "never",
        }
    }
}

/// Institutions, and their share of the outpatient visits of all that are looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Part {
    /// Number of institutions.
    pub sites: usize,
    /// Their share of outpatient visits.
    pub visits_share: f64,
}

/// Institutions of one level that join alike: what the city has of them, and what the sample kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stratum {
    /// Level.
    pub level: HospitalLevel,
    /// When they join the scheme.
    pub joins: Joins,
    /// In the full city.
    pub city: Part,
    /// In the sample.
    pub kept: Part,
}

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
    /// Every stratum of the full city, by level and joining.
    pub strata: Vec<Stratum>,
}

impl SampleNote {
    /// Institutions that ever take part, in the full city and in the sample.
    pub fn members(&self) -> [Part; 2] {
        self.strata.iter().filter(|stratum| stratum.joins != Joins::Never).fold(
            [Part::default(); 2],
            |[mut city, mut kept], stratum| {
                city.add(stratum.city);
                kept.add(stratum.kept);
                [city, kept]
            },
        )
    }

    /// Strata of the city of which the sample holds nobody.
    pub fn lost(&self) -> impl Iterator<Item = &Stratum> {
        self.strata.iter().filter(|stratum| stratum.kept.sites == 0)
    }
}

impl Part {
    fn add(&mut self, other: Part) {
        self.sites += other.sites;
        self.visits_share += other.visits_share;
    }
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
        return scaled_down(spec, population);
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
    (shrink(spec, &mut note, |site| spec.sites[site].visits_per_year), note)
}

fn whole(spec: &CitySpec, asked: u32) -> (CitySpec, SampleNote) {
    let sites: Vec<usize> = (0..spec.sites.len()).collect();
    let mut note = note(asked, spec.people.population, &sites);
    note.strata = strata_of(spec, &sites, spec);
    (spec.clone(), note)
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
        strata: Vec::new(),
    }
}

/// One hospital of each stratum, each made smaller so that the strata keep their shares of visits.
fn scaled_down(spec: &CitySpec, population: u32) -> (CitySpec, SampleNote) {
    let queues = queues(spec, &LEVELS);
    let typical: Vec<usize> = queues.iter().map(|queue| queue.sites[0]).collect();
    let mut note = note(population, population, &typical);
    note.waits_comparable = false;
    note.visits_share = f64::from(population) / f64::from(spec.people.population);
    let share = note.visits_share;
    let planned = |site: usize| {
        let stratum = queues.iter().find(|queue| queue.sites[0] == site);
        stratum.map_or(0.0, |queue| share * queue.planned)
    };
    (shrink(spec, &mut note, planned), note)
}

/// The spec of the kept sites, with these visits a year. Beds follow people, so that admissions per bed
/// stay as they are.
fn shrink(spec: &CitySpec, note: &mut SampleNote, visits: impl Fn(usize) -> f64) -> CitySpec {
    let mut smaller = spec.clone();
    smaller.people.population = note.population;
    smaller.sites = note.kept.iter().map(|&site| spec.sites[site].clone()).collect();
    let beds = |sites: &[SiteSpec]| sites.iter().map(|site| f64::from(site.beds)).sum::<f64>();
    let people = f64::from(note.population) / f64::from(spec.people.population);
    let kept_beds = beds(&smaller.sites);
    note.bed_factor = if kept_beds > 0.0 { people * beds(&spec.sites) / kept_beds } else { 1.0 };
    for (site, &original) in smaller.sites.iter_mut().zip(&note.kept) {
        site.visits_per_year = visits(original);
        let beds = f64::from(site.beds) * note.bed_factor;
        site.beds = if site.beds > 0 { (beds.round() as u32).max(1) } else { 0 };
    }
    note.strata = strata_of(spec, &note.kept, &smaller);
    smaller
}

/// Every stratum of the city, and what is kept of it.
fn strata_of(spec: &CitySpec, kept: &[usize], smaller: &CitySpec) -> Vec<Stratum> {
    let all = |city: &CitySpec| city.sites.iter().map(|site| site.visits_per_year).sum::<f64>();
    let [total, sampled] = [all(spec), all(smaller)];
    let stratum = |queue: Queue| {
        let mut part = Part::default();
        for (site, _) in smaller.sites.iter().zip(kept).filter(|(_, at)| queue.sites.contains(at)) {
            part.add(Part { sites: 1, visits_share: site.visits_per_year / sampled });
        }
        let city = Part { sites: queue.sites.len(), visits_share: queue.planned / total };
        Stratum { level: queue.level, joins: queue.joins, city, kept: part }
    };
    queues(spec, &LEVELS).into_iter().map(stratum).collect()
}

/// A stratum's sites in the order in which they are taken.
struct Queue {
    level: HospitalLevel,
    joins: Joins,
    /// Those nearest to its mean size first; the very first has beds if any has.
    sites: Vec<usize>,
    /// Visits a year of all of them.
    planned: f64,
}

/// The strata of some levels that have any site.
fn queues(spec: &CitySpec, levels: &[HospitalLevel]) -> Vec<Queue> {
    let each = levels.iter().flat_map(|&level| Joins::ALL.map(|joins| (level, joins)));
    let stratum = |(level, joins)| {
        let of = |&site: &usize| spec.sites[site].level == level && joins_of(spec, site) == joins;
        let sites = typical_first(spec, (0..spec.sites.len()).filter(of).collect());
        let planned = sites.iter().map(|&site| spec.sites[site].visits_per_year).sum();
        Queue { level, joins, sites, planned }
    };
    each.map(stratum).filter(|queue| !queue.sites.is_empty()).collect()
}

fn joins_of(spec: &CitySpec, site: usize) -> Joins {
    match spec.sites[site].in_scheme_from {
        None => Joins::Never,
        Some(from) if from <= spec.start => Joins::AtStart,
        Some(_) => Joins::Later,
    }
}

/// Sites by their distance from the mean size; the very first has beds if any has.
fn typical_first(spec: &CitySpec, mut sites: Vec<usize>) -> Vec<usize> {
    let visits = |site: usize| spec.sites[site].visits_per_year;
    let mean = sites.iter().map(|&site| visits(site)).sum::<f64>() / sites.len().max(1) as f64;
    let away = |site: usize| (visits(site) - mean).abs();
    sites.sort_by(|&a, &b| away(a).total_cmp(&away(b)).then(a.cmp(&b)));
    if let Some(bedded) = sites.iter().position(|&site| spec.sites[site].beds > 0) {
        sites[..=bedded].rotate_right(1);
    }
    sites
}

/// The fixed order of all sites, and how many of its first entries make one hospital of each level.
fn site_order(spec: &CitySpec) -> (Vec<usize>, usize) {
    let order = |level: HospitalLevel, first: Option<usize>| level_order(spec, level, first);
    let mut levels: Vec<Vec<usize>> = Vec::new();
    for level in LEVELS {
        let usual = order(level, None);
        let bedded = usual.iter().find(|&&site| spec.sites[site].beds > 0).copied();
        levels.extend((!usual.is_empty()).then(|| order(level, bedded)));
    }
    let heads: Vec<usize> = levels.iter().map(|sites| sites[0]).collect();
    if let Some(member) = member_for(spec, &heads)
        && let Some(sites) = levels.iter_mut().find(|sites| sites.contains(&member))
    {
        *sites = order(spec.sites[member].level, Some(member));
    }
    (merged(spec, &levels), levels.len())
}

/// The member that must stand among the first sites where they hold none of the earliest ones: members
/// are few then, so the smallest one with beds distorts their share least.
fn member_for(spec: &CitySpec, heads: &[usize]) -> Option<usize> {
    let joins = |site: usize| joins_of(spec, site);
    let earliest = (0..spec.sites.len()).map(joins).min()?;
    if earliest == Joins::Never || heads.iter().any(|&site| joins(site) == earliest) {
        return None;
    }
    let size = |site: usize| (spec.sites[site].beds == 0, spec.sites[site].visits_per_year);
    (0..spec.sites.len()).filter(|&site| joins(site) == earliest).min_by(|&a, &b| {
        let ((no_beds, visits), (others, more)) = (size(a), size(b));
        no_beds.cmp(&others).then(visits.total_cmp(&more))
    })
}

/// The sites of a level, its strata taking turns in proportion to their visits: next is the stratum
/// that would lag most behind with half of its next site (Webster's method). `first` goes before all.
fn level_order(spec: &CitySpec, level: HospitalLevel, first: Option<usize>) -> Vec<usize> {
    let visits = |site: usize| spec.sites[site].visits_per_year;
    let mut strata: Vec<(Queue, f64)> =
        queues(spec, &[level]).into_iter().map(|queue| (queue, 0.0)).collect();
    let reached =
        |(queue, taken): &(Queue, f64)| (taken + visits(queue.sites[0]) / 2.0) / queue.planned;
    let (mut order, mut first) = (Vec::new(), first);
    loop {
        strata.retain(|(queue, _)| !queue.sites.is_empty());
        let lagging =
            strata.iter().min_by(|a, b| reached(a).total_cmp(&reached(b))).map(|(q, _)| q.sites[0]);
        let Some(site) = first.take().or(lagging) else { return order };
        for (queue, taken) in &mut strata {
            if let Some(at) = queue.sites.iter().position(|&other| other == site) {
                queue.sites.remove(at);
                *taken += visits(site);
            }
        }
        order.push(site);
    }
}

/// The levels' orders as one: the heads, then always the level that lags most behind its visits.
fn merged(spec: &CitySpec, levels: &[Vec<usize>]) -> Vec<usize> {
    let visits = |site: usize| spec.sites[site].visits_per_year;
    let planned: Vec<f64> =
        levels.iter().map(|sites| sites.iter().map(|&site| visits(site)).sum()).collect();
    let mut order: Vec<usize> = levels.iter().map(|sites| sites[0]).collect();
    let mut taken: Vec<f64> = order.iter().map(|&site| visits(site)).collect();
    let mut next = vec![1; levels.len()];
    while order.len() < spec.sites.len() {
        let open = (0..levels.len()).filter(|&level| next[level] < levels[level].len());
        let reached = |level: usize| taken[level] / planned[level];
        let Some(level) = open.min_by(|&a, &b| reached(a).total_cmp(&reached(b))) else { break };
        let site = levels[level][next[level]];
        next[level] += 1;
        taken[level] += visits(site);
        order.push(site);
    }
    order
}

#[cfg(test)]
#[path = "sample_tests.rs"]
mod tests;
