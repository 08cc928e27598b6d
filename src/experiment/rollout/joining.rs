//! Groups, campaigns, awareness and the way in, as they are written on the command line, laid over a
//! scenario. Must never leave a word that it did not understand.

use super::super::frame::Trouble;
use super::super::replicate::Setup;
use super::super::vary::decimal;
use super::RolloutPlan;
use super::waves::one_of;
use crate::behaviour::spec::{Awareness, Campaign, JoiningGroup};
use crate::domain::{Day, InsuranceScheme};
use crate::scenario::Scenario;
use rust_decimal::prelude::ToPrimitive;
use serde_json::{Value, json};

/// Oldest age of a group that names none.
const OLDEST: u8 = 120;

/// Lays groups, campaigns and the way in over a scenario.
pub(super) fn apply(scenario: &mut Scenario, plan: &RolloutPlan) -> Result<(), Trouble> {
    let districts: Vec<String> =
        scenario.city.districts.iter().map(|each| each.name.clone()).collect();
    let adoption = &mut scenario.behaviour.adoption;
    if !plan.groups.is_empty() {
        adoption.joining.groups = groups(&plan.groups, &districts)?;
    }
    if let Some(text) = &plan.awareness {
        let campaigns = adoption.joining.awareness.take().map(|word| word.campaigns);
        adoption.joining.awareness = Some(awareness(text, campaigns.unwrap_or_default())?);
    }
    if plan.opt_in {
        adoption.joining.opts_out = None;
    }
    if let Some(share) = plan.opt_out {
        adoption.joining.opts_out = Some(share);
    }
    for text in &plan.campaigns {
        let campaign = campaign(text)?;
        let curve = adoption.by_institution.as_mut().map(|curve| &mut curve.campaigns);
        let word = adoption.joining.awareness.as_mut().map(|word| &mut word.campaigns);
        if curve.is_none() && word.is_none() {
            let message = "a campaign speeds sign-up at visits and the spread of the word; the \
                scenario follows a ramp, so give --awareness, or \
                behaviour.adoption.by_institution in the scenario";
            return Err(Trouble::Question(message.into()));
        }
        for campaigns in [curve, word].into_iter().flatten() {
            campaigns.push(campaign);
        }
    }
    Ok(())
}

/// What is in force, for the document.
pub(in crate::experiment) fn told(scenario: &Scenario) -> Value {
    let adoption = &scenario.behaviour.adoption;
    let joining = &adoption.joining;
    let group = |group: &JoiningGroup| {
        let schemes: Vec<String> =
            group.schemes.iter().map(|each| format!("{each:?}").to_lowercase()).collect();
        json!({
            "from": group.from.to_string(),
            "age_years": [group.age_from, group.age_to],
            "chronic_only": group.chronic_only,
            "schemes": schemes,
            "districts": group.districts,
        })
    };
    json!({
        "way_in": if joining.opts_out.is_some() { "opt_out" } else { "opt_in" },
        "opts_out_share": joining.opts_out,
        "groups": joining.groups.iter().map(group).collect::<Vec<_>>(),
        "awareness": joining.awareness.as_ref().map(|word| json!({
            "at_start_share": word.at_start,
            "reached_per_month_share": word.reached_per_month,
        })),
        "campaigns": campaigns(scenario).iter().map(campaign_told).collect::<Vec<_>>(),
    })
}

fn campaign_told(campaign: &Campaign) -> Value {
    let Campaign { from, to, factor } = campaign;
    json!({ "from": from.to_string(), "to": to.to_string(), "factor": factor })
}

/// The campaigns for sign-up, the earliest first; one that speeds both visits and the word counts once.
pub(in crate::experiment) fn campaigns(scenario: &Scenario) -> Vec<Campaign> {
    let adoption = &scenario.behaviour.adoption;
    let curve = adoption.by_institution.iter().flat_map(|curve| &curve.campaigns);
    let word = adoption.joining.awareness.iter().flat_map(|word| &word.campaigns);
    let mut campaigns: Vec<Campaign> = curve.chain(word).copied().collect();
    campaigns.sort_by_key(|campaign| (campaign.from, campaign.to));
    campaigns.dedup();
    campaigns
}

/// Days of a campaign that fall into the run.
pub(in crate::experiment) fn days_in_run(setup: &Setup, campaign: &Campaign) -> u32 {
    let start = setup.scenario.city.start;
    let end = start + setup.days.cast_signed();
    let days = end.min(campaign.to + 1) - start.max(campaign.from);
    u32::try_from(days).unwrap_or(0)
}

fn number(text: &str) -> Result<f64, Trouble> {
    Ok(decimal(text)?.to_f64().unwrap_or_default())
}

fn share(text: &str) -> Result<f64, Trouble> {
    let share = number(text)?;
    if (0.0..=1.0).contains(&share) {
        return Ok(share);
    }
    Err(Trouble::Question(format!("`{text}` is no share: expected 0 to 1")))
}

fn day(text: &str) -> Result<Day, Trouble> {
    Day::parse(text.trim()).map_err(Trouble::Question)
}

/// `KNOWN:REACHED`.
fn awareness(text: &str, campaigns: Vec<Campaign>) -> Result<Awareness, Trouble> {
    let expected = || {
        Trouble::Question(format!(
            "`{text}`: expected KNOWN:REACHED, the shares that know on the first day and that a \
             month reaches, such as 0.1:0.15"
        ))
    };
    let (known, reached) = text.split_once(':').ok_or_else(expected)?;
    Ok(Awareness { at_start: share(known)?, reached_per_month: share(reached)?, campaigns })
}

/// `FROM..TO=FACTOR`.
fn campaign(text: &str) -> Result<Campaign, Trouble> {
    let expected = || Trouble::Question(format!("`{text}`: expected FROM..TO=FACTOR"));
    let (days, factor) = text.split_once('=').ok_or_else(expected)?;
    let (from, to) = days.split_once("..").ok_or_else(expected)?;
    let campaign = Campaign { from: day(from)?, to: day(to)?, factor: number(factor)? };
    if campaign.to < campaign.from || campaign.factor < 0.0 {
        return Err(expected());
    }
    Ok(campaign)
}

/// `DATE=WHO[&WHO]`, several with commas.
fn groups(texts: &[String], districts: &[String]) -> Result<Vec<JoiningGroup>, Trouble> {
    let pieces = texts.iter().flat_map(|text| text.split(',')).map(str::trim);
    pieces
        .map(|piece| {
            let expected = || {
                Trouble::Question(format!("`{piece}`: expected DATE=GROUP, such as 2023-04-01=60+"))
            };
            let (from, who) = piece.split_once('=').ok_or_else(expected)?;
            let mut group = JoiningGroup {
                from: day(from)?,
                age_from: 0,
                age_to: OLDEST,
                chronic_only: false,
                schemes: Vec::new(),
                districts: Vec::new(),
            };
            who.split('&').try_for_each(|word| narrow(&mut group, word.trim(), districts))?;
            Ok(group)
        })
        .collect()
}

/// Narrows a group by one word.
fn narrow(group: &mut JoiningGroup, word: &str, districts: &[String]) -> Result<(), Trouble> {
    let age = |text: &str| text.trim().parse::<u8>().ok().filter(|&age| age <= OLDEST);
    let schemes = [
        ("employee", InsuranceScheme::Employee),
        ("resident", InsuranceScheme::Resident),
        ("uninsured", InsuranceScheme::Uninsured),
    ];
    if let Some(from) = word.strip_suffix('+').and_then(age) {
        group.age_from = from;
    } else if let Some((Some(from), Some(to))) =
        word.split_once('-').map(|(from, to)| (age(from), age(to)))
    {
        (group.age_from, group.age_to) = (from, to);
    } else if let Some((_, scheme)) = schemes.iter().find(|(name, _)| *name == word) {
        group.schemes.push(*scheme);
    } else if word == "chronic" {
        group.chronic_only = true;
    } else if word != "all" {
        let names: Vec<&str> = districts.iter().map(String::as_str).collect();
        let words = ["all", "chronic", "employee", "resident", "uninsured"];
        let known: Vec<&str> = words.into_iter().chain(names).collect();
        let at = one_of(&known, word, "group or district")?;
        group.districts.push(known[at].to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<JoiningGroup>, Trouble> {
        groups(&[text.to_owned()], &["Old town".to_owned(), "New town".to_owned()])
    }

    #[test]
    fn groups_are_read_by_age_illness_insurance_and_district() {
        let found = read("1970-01-02=60+,1970-01-03=18-59&employee&Old,1970-02-01=all")
            .expect("three groups");
        let ages: Vec<(u8, u8)> = found.iter().map(|g| (g.age_from, g.age_to)).collect();
        assert_eq!(ages, [(60, OLDEST), (18, 59), (0, OLDEST)]);
        assert_eq!(found[1].schemes, [InsuranceScheme::Employee]);
        assert_eq!(found[1].districts, ["Old town"]);
        assert_eq!(found[2].from, Day(31));
    }

    #[test]
    fn mistakes_are_told() {
        for (text, expected) in [
            ("60+", "DATE=GROUP"),
            ("1970-01-01=chronc", "did you mean `chronic`"),
            ("1970-01-01=town", "say more"),
        ] {
            match read(text) {
                Err(Trouble::Question(message)) => {
                    assert!(message.contains(expected), "{text}: {message}");
                }
                other => panic!("{text}: {other:?}"),
            }
        }
        for text in ["1970-01-01=2", "1970-02-01..1970-01-01=2", "1970-01-01..1970-02-01=x"] {
            assert!(campaign(text).is_err(), "{text}");
        }
        assert!(awareness("0.1", Vec::new()).is_err() && awareness("2:0.1", Vec::new()).is_err());
    }
}
