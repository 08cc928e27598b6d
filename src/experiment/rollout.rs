//! Institutions join the scheme in waves: what each month saves, lends and loses.
//! Must never move a loss to the month of its draw: a month shows what was written off in it.

use super::figures;
use super::frame::{Bench, Frame, Tell, Trouble, head};
use super::measures::{Measures, nearest, shown};
use super::published::{HEADLINES, unit};
use super::replicate::{Outcome, Setup};
use crate::city::spec::SiteSpec;
use crate::domain::{Day, Fen};
use crate::metrics::ArmDay;
use crate::scenario::Scenario;
use crate::sim::Replication;
use serde_json::{Map, Value, json};
use std::ops::Range;

/// Version of the document's form.
pub const ROLLOUT_SCHEMA: &str = "aftercare.rollout/1";

const MS_PER_MINUTE: f64 = 60_000.0;
const MS_PER_HOUR: f64 = 3_600_000.0;
const FEN_PER_YUAN: f64 = 100.0;

/// A rollout that is ready to run.
#[derive(Clone, Debug)]
pub struct Rollout {
    setup: Setup,
    waves: Vec<Wave>,
}

/// Institutions that join on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Wave {
    from: Day,
    sites: Vec<String>,
}

impl Rollout {
    /// Gives each institution the day of its wave; those in no wave stay out. A wave is `DATE=N`
    /// (the N largest that are left) or `DATE=NAME,NAME`; a piece without a date belongs to the one
    /// before.
    pub fn new(frame: &Frame, waves: &[String]) -> Result<Rollout, Trouble> {
        let mut scenario = frame.load()?;
        let waves = join(&mut scenario.city.sites, waves)?;
        Ok(Rollout { setup: frame.setup(scenario)?, waves })
    }

    /// Replications.
    pub fn runs(&self) -> u16 {
        self.setup.replications
    }

    /// The scenario, for the hash of the input.
    pub fn inputs(&self) -> Vec<&Scenario> {
        vec![&self.setup.scenario]
    }

    /// Runs the waves.
    pub fn run(&self, tell: Tell<'_>) -> Result<Value, Trouble> {
        let outcome = Bench::new(tell).outcome(&self.setup)?;
        let waves = self
            .waves
            .iter()
            .map(|wave| json!({ "from": wave.from.to_string(), "sites": wave.sites }));
        let mut document = head(ROLLOUT_SCHEMA, &self.setup);
        document.insert("waves".into(), waves.collect());
        document.insert("months".into(), self.months(&outcome));
        document.insert("after_last_day".into(), after_last_day(&outcome));
        let measures = Measures::of(&self.setup, outcome);
        let total = |path: &str| {
            let mut total = shown(&measures.estimate(path));
            total["unit"] = unit(path).into();
            (path.to_owned(), total)
        };
        let totals: Map<String, Value> = HEADLINES.into_iter().map(total).collect();
        document.insert("totals".into(), Value::Object(totals));
        Ok(Value::Object(document))
    }

    /// One row a calendar month (the first and last may be cut by the run).
    fn months(&self, outcome: &Outcome) -> Value {
        let start = self.setup.scenario.city.start;
        let sites = &self.setup.scenario.city.sites;
        let month = |days: Range<usize>| {
            let first = nth(start, days.start);
            let last = nth(start, days.end - 1);
            let takes_part = |site: &&SiteSpec| site.in_scheme_from.is_some_and(|day| day <= last);
            let civil = first.civil();
            let mut row = Map::new();
            let mut add = |key: &str, value: Value| row.insert(key.into(), value);
            add("month", format!("{:04}-{:02}", civil.year, civil.month).into());
            add("days", days.len().into());
            add("sites_in_scheme", sites.iter().filter(takes_part).count().into());
            let runs = &outcome.replications;
            let each = |of: &dyn Fn(&ArmDay) -> f64| in_days(runs, days.clone(), of);
            let to_end = |of: &dyn Fn(&ArmDay) -> f64| in_days(runs, 0..days.end, of);
            add("matched_visits", estimate(&each(&|day| day.matched as f64)));
            add("saved_min_per_visit", estimate(&per_visit(runs, days.clone())));
            add("saved_hours", estimate(&each(&|day| day.saved_ms as f64 / MS_PER_HOUR)));
            add("drawn_yuan", estimate(&each(&|day| yuan(day.drawn))));
            add("repaid_yuan", estimate(&each(&|day| yuan(day.repaid))));
            add("written_off_yuan", estimate(&each(&|day| yuan(day.written_off))));
            let owed = |day: &ArmDay| yuan(day.drawn - day.repaid - day.written_off);
            add("outstanding_end_yuan", estimate(&to_end(&owed)));
            add("overdue_end_yuan", estimate(&to_end(&|day| yuan(day.overdue_change))));
            Value::Object(row)
        };
        months_of(start, self.setup.days as usize).into_iter().map(month).collect()
    }
}

fn yuan(amount: Fen) -> f64 {
    amount.0 as f64 / FEN_PER_YUAN
}

fn estimate(values: &[f64]) -> Value {
    figures::estimate(values)
}

fn policy_days(run: &Replication) -> &[ArmDay] {
    let Some(arm) = run.arms.last() else { panic!("invariant: a run has a policy arm") };
    &arm.days
}

/// Sums over a range of days, one a replication.
fn in_days(runs: &[Replication], days: Range<usize>, of: &dyn Fn(&ArmDay) -> f64) -> Vec<f64> {
    runs.iter().map(|run| policy_days(run)[days.clone()].iter().map(of).sum()).collect()
}

fn per_visit(runs: &[Replication], days: Range<usize>) -> Vec<f64> {
    let minutes = in_days(runs, days.clone(), &|day| day.saved_ms as f64 / MS_PER_MINUTE);
    let visits = in_days(runs, days, &|day| day.matched as f64);
    minutes.into_iter().zip(visits).map(|(min, visits)| figures::share(min, visits)).collect()
}

/// What the run-out brings when nobody comes any more: most losses fall here, months after the
/// draw.
fn after_last_day(outcome: &Outcome) -> Value {
    let runs = &outcome.replications;
    let written_off = runs.iter().map(|run| {
        let of_days: Fen = policy_days(run).iter().map(|day| day.written_off).sum();
        let of_run = run.arms.last().map_or(Fen::ZERO, |arm| arm.sums.written_off);
        yuan(of_run - of_days)
    });
    json!({ "written_off_yuan": estimate(&written_off.collect::<Vec<_>>()) })
}

/// The day with an index.
fn nth(start: Day, index: usize) -> Day {
    let Ok(days) = i32::try_from(index) else { panic!("invariant: a run of {index} days") };
    start + days
}

/// The days of each calendar month.
fn months_of(start: Day, days: usize) -> Vec<Range<usize>> {
    let mut months: Vec<Range<usize>> = Vec::new();
    for index in 0..days {
        match months.last_mut() {
            Some(month) if nth(start, index).civil().day != 1 => month.end = index + 1,
            _ => months.push(index..index + 1),
        }
    }
    months
}

/// Reads the waves and writes each site's day.
fn join(sites: &mut [SiteSpec], texts: &[String]) -> Result<Vec<Wave>, Trouble> {
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
fn largest(sites: &[SiteSpec], count: usize) -> Result<Vec<usize>, Trouble> {
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
    if let Some(site) = sites.iter().position(|site| site.name == name) {
        return Ok(site);
    }
    let mut with = (0..sites.len()).filter(|&site| sites[site].name.contains(name));
    match (with.next(), with.next()) {
        (Some(site), None) if !name.is_empty() => Ok(site),
        (Some(a), Some(b)) if !name.is_empty() => {
            let (a, b) = (&sites[a].name, &sites[b].name);
            Err(Trouble::Question(format!("`{name}` is a part of `{a}` and of `{b}`; say more")))
        }
        _ => {
            let near = nearest(name, sites.iter().map(|site| site.name.as_str()));
            let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            Err(Trouble::Question(format!("there is no institution `{name}`{hint}")))
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

    #[test]
    fn months_follow_the_calendar() {
        let start = Day::from_civil(2023, 1, 30).expect("a date");
        assert_eq!(months_of(start, 33), [0..2, 2..30, 30..33]);
        assert_eq!(months_of(start, 1), vec![0..1; 1]);
    }
}
