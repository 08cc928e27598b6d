//! What a sample kept of its city and what that means for the answer, in figures and in words. Must never
//! be silent about a stratum that is gone.

use super::figures::rounded;
use super::replicate::Setup;
use crate::city::{Joins, Part, SampleNote, Stratum};
use crate::domain::HospitalLevel;
use serde_json::{Value, json};

/// Members' share of visits in the sample over that in the city, beyond which use per person is called
/// different.
const ALIKE: std::ops::RangeInclusive<f64> = 0.8..=1.25;

/// The summary's block on the sample; nothing for a whole city.
pub(super) fn block(setup: &Setup) -> Option<Value> {
    let note = setup.sample.as_ref()?;
    let [city, kept] = note.members();
    let all: usize = note.strata.iter().map(|stratum| stratum.city.sites).sum();
    let part = |part: Part| json!({ "institutions": part.sites, "visits_share": rounded(part.visits_share) });
    let stratum = |stratum: &Stratum| {
        json!({
            "level": stratum.level,
            "joins": stratum.joins.word(),
            "city": part(stratum.city),
            "sample": part(stratum.kept),
        })
    };
    Some(json!({
        "asked_people": note.asked,
        "people": note.population,
        "waits_comparable": note.waits_comparable,
        "city": { "institutions": all, "members": part(city) },
        "sample": { "institutions": note.kept.len(), "members": part(kept) },
        "strata": note.strata.iter().map(stratum).collect::<Vec<_>>(),
        "warnings": warnings(setup, note),
    }))
}

/// What a reader must know, each in both languages, with the scheme's and the sample's name.
fn warnings(setup: &Setup, note: &SampleNote) -> Vec<Value> {
    let scheme = &setup.scenario.policy.name;
    let (people, city) = (note.population, &setup.scenario.city.name);
    let said = |(en, zh): (String, String)| {
        json!({
            "en": format!("{scheme}, sample of {people} people of {city}: {en}"),
            "zh": format!("{scheme}，{city}{people}人样本：{zh}"),
        })
    };
    let size = (!note.waits_comparable).then(too_small);
    let lost = note.lost().map(lost);
    let shares = setup.scenario.policy.scheme.is_some().then(|| members(note)).flatten();
    size.into_iter().chain(shares).chain(lost).map(said).collect()
}

fn too_small() -> (String, String) {
    (
        "too few people for whole hospitals; hospitals were made smaller, so that waits do not compare \
         with the whole city's."
            .to_owned(),
        "人数不足以保留整家医院；医院已按比例缩小，等候时间与全市不可比。".to_owned(),
    )
}

/// Where the scheme's institutions weigh much more, or less, than in the city.
fn members(note: &SampleNote) -> Option<(String, String)> {
    let [city, kept] = note.members();
    let ratio = kept.visits_share / city.visits_share;
    if city.sites == 0 || ALIKE.contains(&ratio) {
        return None;
    }
    let [here, there] = [kept.visits_share, city.visits_share].map(percent);
    let (more, often) = if ratio > 1.0 { ("more", "偏多") } else { ("less", "偏少") };
    Some((
        format!(
            "the scheme's institutions have {here} % of its outpatient visits, {there} % in the whole \
             city; enrolment and use per person are {more} than the city's."
        ),
        format!("参加机构占样本门诊量的{here}%，全市为{there}%；人均参加与使用比全市{often}。"),
    ))
}

fn lost(stratum: &Stratum) -> (String, String) {
    let Part { sites, visits_share } = stratum.city;
    let share = percent(visits_share);
    let (level, grade) = match stratum.level {
        HospitalLevel::Primary => ("primary", "基层"),
        HospitalLevel::Secondary => ("secondary", "二级"),
        HospitalLevel::Tertiary => ("tertiary", "三级"),
    };
    let (which, kind) = match stratum.joins {
        Joins::AtStart => ("in the scheme from the start", "自开始即参加的"),
        Joins::Later => ("that join the scheme later", "以后参加的"),
        Joins::Never => ("outside the scheme", "不参加的"),
    };
    (
        format!(
            "it holds none of the city's {sites} {level} institutions {which} ({share} % of its outpatient \
             visits); what happens there is not seen."
        ),
        format!("不含全市{sites}家{kind}{grade}机构（占门诊量{share}%），其情况未被反映。"),
    )
}

fn percent(share: f64) -> String {
    format!("{:.1}", share * 100.0)
}
