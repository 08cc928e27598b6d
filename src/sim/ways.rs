//! How people come to a line: on visits to institutions or by a ramp, from the day of their group and of
//! the word that reaches them, or enrolled without asking. Must never post or change a row.

use super::city_view::World;
use super::replication::RunPlan;
use crate::behaviour::{Behaviour, SignUp};
use crate::credit::spec::CreditPolicy;
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

/// What somebody who may have a line does about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WayIn {
    /// Signs up or is enrolled: day index, person, whether at the desk.
    Joins((i32, u32, bool)),
    /// Is told and opts out.
    OptsOut,
    /// Hears nothing of it, or does nothing.
    StaysOut,
}

/// How a person comes to a line, if at all.
pub(super) fn way_in(world: &World<'_>, plan: RunPlan, person: u32, ways: &WaysIn) -> WayIn {
    let view = world.person_view(PersonId(person));
    let (philox, replication) = (world.philox, plan.replication);
    let row = world.city.person(PersonId(person));
    let joining = &world.scenario.behaviour.adoption.joining;
    let fame = Behaviour::fame_word(philox, person, replication);
    let district = world.scenario.city.districts[usize::from(row.district)].name.as_str();
    let who = (&view, row.scheme(), district);
    if let Some(opts_out) = joining.opts_out {
        // Whoever is enrolled without asking need not have heard of it.
        let day = joining.from_day(world.day(0), who, (&[], fame)).zip(ways.begins);
        let day = day.map(|(day, begins)| day.max(begins));
        return match day.filter(|&day| day < plan.days as i32) {
            None => WayIn::StaysOut,
            Some(_) if unit(fame) < opts_out => WayIn::OptsOut,
            Some(day) => WayIn::Joins((day, person, false)),
        };
    }
    let Some(from) = joining.from_day(world.day(0), who, (&ways.known, fame)) else {
        return WayIn::StaysOut;
    };
    let found = match ways.exposure.get(usize::from(row.district)) {
        None => {
            let found = world.behaviour.sign_up_day(philox, person, replication, &view, plan.days);
            let found = found.map(|found| SignUp { day_index: found.day_index.max(from), ..found });
            found.filter(|found| found.day_index < plan.days as i32)
        }
        Some(exposure) => world.behaviour.sign_up_day_at_institutions(
            philox,
            (person, replication),
            &view,
            world.demand.visits_per_day(row),
            (exposure, from),
        ),
    };
    match found {
        None => WayIn::StaysOut,
        Some(SignUp { day_index, at_desk }) => {
            WayIn::Joins((day_index, person, at_desk && day_index > 0))
        }
    }
}

/// What people did who may have a line, or ask for one all the same.
#[derive(Debug, Default)]
pub(super) struct Ways {
    /// Sign-ups: day index, person, whether at the desk.
    pub(super) sign_ups: Vec<(i32, u32, bool)>,
    /// Applicants who give up waiting.
    pub(super) abandoned: u64,
    /// Of all applicants, those who may not have a line.
    pub(super) outside: u64,
    /// People who are told and opt out.
    pub(super) opted_out: u64,
}

impl Ways {
    /// Enters a person who may have a line, or (`may` false) may not.
    pub(super) fn enter(
        &mut self,
        (world, plan, ways): (&World<'_>, RunPlan, &WaysIn),
        policy: &CreditPolicy,
        (person, may): (u32, bool),
    ) {
        let (philox, replication) = (world.philox, plan.replication);
        if !may && !world.behaviour.applies_unaware(philox, person, replication) {
            return;
        }
        match way_in(world, plan, person, ways) {
            WayIn::StaysOut => {}
            // Nobody outside the gates is told.
            WayIn::OptsOut => self.opted_out += u64::from(may),
            WayIn::Joins(sign_up) => {
                let waited = waits(world, plan, sign_up, policy);
                self.abandoned += u64::from(waited.is_none());
                self.outside += u64::from(!may);
                self.sign_ups.extend(waited);
            }
        }
    }
}

/// Holders of the first day have had their line before; later applicants wait for it, and some give up.
fn waits(
    world: &World<'_>,
    plan: RunPlan,
    (day_index, person, at_desk): (i32, u32, bool),
    policy: &CreditPolicy,
) -> Option<(i32, u32, bool)> {
    let days = policy.more.onboarding.lead_days;
    if day_index == 0 {
        return Some((day_index, person, at_desk));
    }
    let gives_up = world.behaviour.abandons(world.philox, person, plan.replication, days);
    (!gives_up).then_some((day_index + i32::from(days), person, at_desk))
}
