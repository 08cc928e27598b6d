//! From a replication's arms to the facts that a book is made from. Must never price anything.

use super::super::replicate::Setup;
use super::super::rollout::campaigns;
use crate::clearing::OpenDays;
use crate::domain::{Fen, HospitalLevel, Ratio};
use crate::economics::{ArmFacts, SchemeFacts};
use crate::flow::spec::Station;
use crate::metrics::Match;
use crate::sim::{ArmResult, Replication};
use serde_json::Value;

/// Stations at which a clerk takes money or admits and discharges.
const WINDOWS: [Station; 4] =
    [Station::Registration, Station::Cashier, Station::AdmissionDesk, Station::DischargeDesk];

/// The facts of an arm.
pub(super) fn of(arm: &ArmResult) -> ArmFacts {
    let clearing = arm.clearing.as_ref();
    let open = clearing.map_or_else(OpenDays::default, |totals| totals.open);
    let windows = arm
        .stations
        .iter()
        .flat_map(|level| WINDOWS.iter().map(|&station| level.stations[station as usize].busy_ms));
    ArmFacts {
        roles: *arm.audit.totals(),
        patient_premium: arm.patient_premium,
        network_fees: clearing.map_or(Fen::ZERO, |totals| totals.network_fees),
        drawn: arm.sums.drawn,
        draws: arm.sums.draws,
        opened: arm.sums.opened,
        told: 0,
        lent_fen_days: arm.lent_fen_days,
        deposit_fen_days: i128::from(arm.sums.inpatient.locked_fen_days),
        owed_fen_days: [open.funds - open.advance, open.banks, open.in_transit, open.patients],
        other_finance: arm.sums.finance.cost,
        other_fen_days: i128::from(arm.sums.finance.fen_days),
        messages: Fen::ZERO,
        windows_ms: windows.sum(),
        desk_ms: 0,
    }
}

/// Both sides of the visits and stays that took place in both arms.
pub(super) fn matched(run: &Replication, baseline: usize) -> Match {
    let mut all = run.pairs.stays[baseline];
    run.pairs.against[baseline].iter().for_each(|class| all.merge(class));
    all
}

/// What the arms share. A sample bears its part of what the whole city costs.
pub(in super::super) fn scheme(setup: &Setup) -> SchemeFacts {
    let city = &setup.scenario.city;
    let resolved = &setup.scenario.resolved;
    let people = i64::from(city.people.population);
    let whole = resolved["people"]["population"].as_i64().unwrap_or(people);
    let part = setup.sample.as_ref().map_or(Ratio::ONE, |_| Ratio::new(people, whole.max(people)));
    let mut sites = [0; 3];
    match (&setup.sample, resolved["city"]["sites"].as_array()) {
        (Some(_), Some(listed)) => {
            for level in listed.iter().filter(|site| takes_part(site)).filter_map(level_of) {
                sites[level as usize] += 1;
            }
        }
        _ => {
            for site in city.sites.iter().filter(|site| site.in_scheme_from.is_some()) {
                sites[site.level as usize] += 1;
            }
        }
    }
    let messages_by = super::super::messages::payer(setup);
    SchemeFacts {
        sites,
        part_of_city: part,
        days: setup.days,
        campaign_days: campaign_days(setup),
        messages_by,
    }
}

/// Members who were told that they will be enrolled unless they opt out.
pub(super) fn told(setup: &Setup, arm: &ArmResult) -> u64 {
    let opt_out = setup.scenario.behaviour.adoption.joining.opts_out.is_some();
    let told = (arm.sums.applied + arm.sums.opted_out).saturating_sub(arm.sums.outside);
    if opt_out { told } else { 0 }
}

/// Days of the run on which a campaign runs; where several run, the day counts once.
fn campaign_days(setup: &Setup) -> u32 {
    let campaigns = campaigns(&setup.scenario);
    let start = setup.scenario.city.start;
    let runs = |day: &u32| {
        let day = start + day.cast_signed();
        campaigns.iter().any(|campaign| (campaign.from..=campaign.to).contains(&day))
    };
    (0..setup.days).filter(runs).count() as u32
}

fn takes_part(site: &Value) -> bool {
    site["in_scheme_from"].as_str().is_some_and(|from| from != "none")
}

fn level_of(site: &Value) -> Option<HospitalLevel> {
    match site["level"].as_str()? {
        "primary" => Some(HospitalLevel::Primary),
        "secondary" => Some(HospitalLevel::Secondary),
        "tertiary" => Some(HospitalLevel::Tertiary),
        _ => None,
    }
}
