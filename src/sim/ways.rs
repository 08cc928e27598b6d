//! How people come to a line: on visits to institutions or by a ramp, from the day of their group and of
//! the word that reaches them, or enrolled without asking. Must never post or change a row.

use super::city_view::World;
use super::replication::RunPlan;
use crate::behaviour::{Behaviour, SignUp};
use crate::domain::{Day, PersonId};
use crate::random::unit;

/// What a replication knows beforehand about sign-up.
pub(super) struct WaysIn {
    /// Sums of chances by district and day; empty where a ramp is given.
    exposure: Vec<Vec<f64>>,
    /// Share of people who know of the scheme, by day; empty where everybody does.
    known: Vec<f64>,
    /// Day index of the first institution in the scheme.
    begins: Option<i32>,
}

impl WaysIn {
    /// Prepares a replication.
    pub(super) fn new(world: &World<'_>, plan: RunPlan) -> WaysIn {
        let joining = &world.scenario.behaviour.adoption.joining;
        let first = world.day(0);
        let known = joining.awareness.as_ref().map(|word| word.curve(first, plan.days));
        let joined = world.city.sites.iter().filter_map(|site| site.in_scheme_from).min();
        WaysIn {
            exposure: exposure(world, plan),
            known: known.unwrap_or_default(),
            begins: joined.map(|day| (day - first).max(0)),
        }
    }
}

/// Where sign-up happens on visits: for each district and day of the run, the chances of sign-up a visit
/// a day, summed from the first institution's first day. Empty where a ramp is given instead.
fn exposure(world: &World<'_>, plan: RunPlan) -> Vec<Vec<f64>> {
    let Some(curve) = &world.scenario.behaviour.adoption.by_institution else {
        return Vec::new();
    };
    let first = world.day(0);
    let joined: Vec<(usize, Day)> = (world.city.sites.iter().enumerate())
        .filter_map(|(site, place)| Some((site, place.in_scheme_from?)))
        .collect();
    let from = joined.iter().map(|&(_, day)| day).min().map_or(first, |day| day.min(first));
    let by_district = |district: usize| {
        let offers: Vec<(f64, usize, Day)> = joined
            .iter()
            .map(|&(site, day)| (world.demand.site_share(district, site), site, day))
            .collect();
        let mut sum = 0.0;
        let mut days = Vec::with_capacity(plan.days as usize);
        for day in (from.0..first.0 + plan.days as i32).map(Day) {
            if day > first {
                days.push(sum);
            }
            sum += offers
                .iter()
                .map(|(share, site, joined)| {
                    share * curve.chance(&world.city.sites[*site].name, *joined, day)
                })
                .sum::<f64>();
        }
        days.push(sum);
        days
    };
    (0..world.scenario.city.districts.len()).map(by_district).collect()
}

/// The day on which a person signs up, if at all, and whether at the desk.
pub(super) fn planned_sign_up(
    world: &World<'_>,
    plan: RunPlan,
    person: u32,
    ways: &WaysIn,
) -> Option<(i32, u32, bool)> {
    let view = world.person_view(PersonId(person));
    let (philox, replication) = (world.philox, plan.replication);
    let row = world.city.person(PersonId(person));
    let joining = &world.scenario.behaviour.adoption.joining;
    let fame = Behaviour::fame_word(philox, person, replication);
    let district = world.scenario.city.districts[usize::from(row.district)].name.as_str();
    let who = (&view, row.scheme(), district);
    if let Some(opts_out) = joining.opts_out {
        // Whoever is enrolled without asking need not have heard of it.
        let day = joining.from_day(world.day(0), who, (&[], fame))?.max(ways.begins?);
        let enrolled = unit(fame) >= opts_out && day < plan.days as i32;
        return enrolled.then_some((day, person, false));
    }
    let from = joining.from_day(world.day(0), who, (&ways.known, fame))?;
    let SignUp { day_index, at_desk } = match ways.exposure.get(usize::from(row.district)) {
        None => {
            let found =
                world.behaviour.sign_up_day(philox, person, replication, &view, plan.days)?;
            let day_index = found.day_index.max(from);
            (day_index < plan.days as i32).then_some(SignUp { day_index, ..found })?
        }
        Some(exposure) => world.behaviour.sign_up_day_at_institutions(
            philox,
            (person, replication),
            &view,
            world.demand.visits_per_day(row),
            (exposure, from),
        )?,
    };
    Some((day_index, person, at_desk && day_index > 0))
}
