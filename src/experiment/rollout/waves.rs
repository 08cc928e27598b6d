//! Waves of institutions as they are written on the command line. Must never take an institution twice.

use super::super::frame::Trouble;
use super::super::measures::nearest;
use crate::city::spec::SiteSpec;
use crate::domain::Day;

/// Institutions that join on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wave {
    pub(super) from: Day,
    pub(super) sites: Vec<String>,
}

/// Reads the waves and writes each site's day.
pub(super) fn join(sites: &mut [SiteSpec], texts: &[String]) -> Result<Vec<Wave>, Trouble> {
    for site in sites.iter_mut() {
        site.in_scheme_from = None;
    }
    let mut waves: Vec<Wave> = Vec::new();
    for piece in texts.iter().flat_map(|text| text.split(',')).map(str::trim) {
        let (date, who) = match piece.split_once('=') {
            Some((date, who)) => (Some(Day::parse(date.trim()).map_err(Trouble::Question)?), who),
            None => (None, piece),
        };
        if let Some(from) = date {
            waves.push(Wave { from, sites: Vec::new() });
        }
        let Some(wave) = waves.last_mut() else {
            let message = format!("`{piece}`: a wave begins with its day: DATE=N or DATE=NAME,...");
            return Err(Trouble::Question(message));
        };
        let members = match who.trim().parse::<usize>() {
            Ok(count) if date.is_some() => largest(sites, count)?,
            _ => vec![named(sites, who.trim())?],
        };
        for member in members {
            let site = &mut sites[member];
            if let Some(before) = site.in_scheme_from {
                let message = format!("`{}` joined on {before} already", site.name);
                return Err(Trouble::Question(message));
            }
            site.in_scheme_from = Some(wave.from);
            wave.sites.push(site.name.clone());
        }
    }
    Ok(waves)
}

/// The largest sites that are in no wave yet, by planned visits; equal ones in their order.
pub(super) fn largest(sites: &[SiteSpec], count: usize) -> Result<Vec<usize>, Trouble> {
    let mut left: Vec<usize> =
        (0..sites.len()).filter(|&site| sites[site].in_scheme_from.is_none()).collect();
    if count > left.len() {
        let message = format!("a wave of {count}, but only {} institutions are left", left.len());
        return Err(Trouble::Question(message));
    }
    left.sort_by(|&a, &b| sites[b].visits_per_year.total_cmp(&sites[a].visits_per_year));
    left.truncate(count);
    Ok(left)
}

/// The site of a name, or of a part that only one name has.
fn named(sites: &[SiteSpec], name: &str) -> Result<usize, Trouble> {
    let names: Vec<&str> = sites.iter().map(|site| site.name.as_str()).collect();
    one_of(&names, name, "institution")
}

/// The position of a name, or of a part that only one name has.
pub(super) fn one_of(names: &[&str], name: &str, what: &str) -> Result<usize, Trouble> {
    if let Some(at) = names.iter().position(|known| *known == name) {
        return Ok(at);
    }
    let mut with = (0..names.len()).filter(|&at| names[at].contains(name));
    match (with.next(), with.next()) {
        (Some(at), None) if !name.is_empty() => Ok(at),
        (Some(a), Some(b)) if !name.is_empty() => {
            let (a, b) = (names[a], names[b]);
            Err(Trouble::Question(format!("`{name}` is a part of `{a}` and of `{b}`; say more")))
        }
        _ => {
            let near = nearest(name, names.iter().copied());
            let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            Err(Trouble::Question(format!("there is no {what} `{name}`{hint}")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::HospitalLevel;

    fn site(name: &str, visits_per_year: f64) -> SiteSpec {
        SiteSpec {
            name: name.into(),
            level: HospitalLevel::Primary,
            district: 0,
            visits_per_year,
            beds: 0,
            in_scheme_from: Some(Day(0)),
        }
    }

    fn waves(texts: &[&str]) -> Result<Vec<(i32, Vec<String>)>, Trouble> {
        let mut sites =
            [site("East", 10.0), site("West", 30.0), site("North A", 20.0), site("North B", 5.0)];
        let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
        let waves = join(&mut sites, &texts)?;
        Ok(waves.into_iter().map(|wave| (wave.from.0, wave.sites)).collect())
    }

    #[test]
    fn waves_take_the_largest_that_are_left_or_the_named() {
        let found = waves(&["1970-01-02=East, North A,1970-01-03=1"]).expect("three join");
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(found, [(1, names(&["East", "North A"])), (2, names(&["West"]))]);
        let found = waves(&["1970-01-05=2", "1970-01-03=Ea"]).expect("three join");
        assert_eq!(found, [(4, names(&["West", "North A"])), (2, names(&["East"]))]);
    }

    #[test]
    fn mistakes_in_waves_are_told() {
        let table = [
            ("East", "begins with its day"),
            ("1970-13-01=1", "not a date"),
            ("1970-01-01=9", "only 4"),
            ("1970-01-01=North", "say more"),
            ("1970-01-01=Wset", "did you mean `West`"),
            ("1970-01-01=East,1970-01-02=East", "already"),
        ];
        for (text, expected) in table {
            match waves(&[text]) {
                Err(Trouble::Question(message)) => {
                    assert!(message.contains(expected), "{text}: {message}");
                }
                other => panic!("{text}: {other:?}"),
            }
        }
    }
}
