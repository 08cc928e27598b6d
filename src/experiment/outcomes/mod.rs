//! Published outcomes beside simulated ones: every city at the same points of the shared uncertain inputs.
//! Must never give one city a parameter of its own, and never leave a row without a verdict.

mod beside;
mod evidence;
mod facts;

pub(super) use beside::beside;
pub use evidence::{
    End, Kind, Published, QUANTITIES, Reason, Shared, read, read_reasons, read_spread,
};

use self::facts::{Facts, quantity};
use super::frame::Trouble;
use super::replicate::{Setup, replicate};
use crate::domain::{Day, HospitalLevel};
use crate::random::Philox;
use crate::scenario::{self, Scenario};
use crate::stats::Sobol;
use libm::{fabs, log};
use rayon::prelude::*;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// How large the comparison is.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Folder of the scenario files.
    pub folder: PathBuf,
    /// Points through the shared inputs.
    pub points: u32,
    /// People of a city made smaller for enrolment, use and money.
    pub people: u32,
    /// Days of a run for times.
    pub days_of_times: u32,
    /// Root seed.
    pub seed: u64,
}

/// Where a published figure lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The simulated interval meets the published range.
    Inside,
    /// It does not.
    Outside,
    /// Not to be judged: fitted, an input, or not comparable.
    None,
}

/// A published outcome with what was simulated.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The row.
    pub published: Published,
    /// Least, middle and largest simulated value over the points.
    pub simulated: Option<[f64; 3]>,
    /// Whether the two meet.
    pub verdict: Verdict,
}

/// Share of line holders in runs for times: so few that they do not change the queues of the others.
const HOLDERS: f64 = 0.03;
/// The quantity that rests on events so rare that a small city shows chance, and how much larger its city is made.
const RARE: (&str, u32) = ("limits_drawn_share", 10);

/// Compares every row. Rows of unknown scenarios are an error, not a gap.
pub fn judge(rows: &[Published], spread: &[Shared], frame: &Frame) -> Result<Vec<Judged>, Trouble> {
    let mut jobs: Vec<(&str, &str)> = Vec::new();
    for row in rows.iter().filter(|row| computed(row)) {
        for baseline in ["", row.baseline.as_str()] {
            let job = (row.scenario.as_str(), baseline);
            if !jobs.contains(&job) {
                jobs.push(job);
            }
        }
    }
    let points: Vec<Vec<f64>> = points(spread.len(), frame);
    let tasks: Vec<(usize, usize)> =
        (0..jobs.len()).flat_map(|job| (0..points.len()).map(move |point| (job, point))).collect();
    let answers: Result<Vec<Facts>, Trouble> = tasks
        .par_iter()
        .map(|&(job, point)| {
            let (scenario, _) = jobs[job];
            let rare = rows.iter().any(|row| row.scenario == scenario && row.quantity == RARE.0);
            let people = if rare { frame.people.saturating_mul(RARE.1) } else { frame.people };
            facts(jobs[job], spread, &points[point], &Frame { people, ..frame.clone() })
        })
        .collect();
    let answers = answers?;
    let at = |job: (&str, &str), point: usize| {
        let found = jobs.iter().position(|&known| known == job);
        let job = found.unwrap_or_else(|| panic!("invariant: {job:?} was run"));
        &answers[job * points.len() + point]
    };
    let judged = |row: &Published| {
        let values: Vec<f64> = if computed(row) {
            let value = |point| {
                let money = at((&row.scenario, ""), point);
                quantity(row, money, at((&row.scenario, &row.baseline), point))
            };
            (0..points.len()).map(value).collect()
        } else {
            Vec::new()
        };
        verdict(row, values)
    };
    Ok(rows.iter().map(judged).collect())
}

fn computed(row: &Published) -> bool {
    row.kind != Kind::NotComparable && QUANTITIES.contains(&row.quantity.as_str())
}

/// The same points for every city.
fn points(inputs: usize, frame: &Frame) -> Vec<Vec<f64>> {
    let sobol = Sobol::new(inputs).shifted(Philox::new(frame.seed), 1);
    (0..frame.points.max(1)).map(|index| sobol.point(index)).collect()
}

fn verdict(row: &Published, mut values: Vec<f64>) -> Judged {
    values.sort_by(f64::total_cmp);
    let simulated = match values.as_slice() {
        [] => None,
        all => Some([all[0], all[all.len() / 2], all[all.len() - 1]]),
    };
    let meets = simulated.map(|[low, _, high]| low <= row.high && row.low <= high);
    let verdict = match meets {
        Some(meets) if row.kind == Kind::Comparable => {
            if meets {
                Verdict::Inside
            } else {
                Verdict::Outside
            }
        }
        _ => Verdict::None,
    };
    Judged { published: row.clone(), simulated, verdict }
}

/// Runs a scenario at a point: the whole city made smaller, or, against a baseline, one hospital of each
/// level in the scheme at its full size.
fn facts(
    (name, baseline): (&str, &str),
    spread: &[Shared],
    point: &[f64],
    frame: &Frame,
) -> Result<Facts, Trouble> {
    let file = frame.folder.join(format!("{name}.toml"));
    let mut scenario = at_point(&file, spread, point)?;
    let whole = scenario.city.people.population;
    beside_one(&mut scenario, baseline)?;
    let joins = joins(&scenario);
    let days = if baseline.is_empty() {
        thin(&mut scenario, frame.people);
        scenario.run.days
    } else {
        keep_one_a_level(&mut scenario);
        frame.days_of_times
    };
    let setup = Setup::new(scenario, frame.seed, 1, days, None);
    let outcome = replicate(&setup, &mut |_| true).map_err(Trouble::Stopped)?;
    let people = outcome.people as f64;
    let of = (people, f64::from(days), f64::from(whole) / people);
    let baseline = (!baseline.is_empty()).then_some(0);
    Ok(Facts { joins, ..Facts::of(&outcome.replications[0], of, baseline) })
}

/// First days of the institutions in the scheme on the last day.
fn joins(scenario: &Scenario) -> Vec<Day> {
    let last: Day = scenario.city.start + (scenario.run.days as i32 - 1);
    let days = scenario.city.sites.iter().filter_map(|site| site.in_scheme_from);
    days.filter(|&from| from <= last).collect()
}

/// Keeps the baseline of that name alone; any one where no time is saved against it.
fn beside_one(scenario: &mut Scenario, baseline: &str) -> Result<(), Trouble> {
    if !baseline.is_empty() {
        scenario.baselines.retain(|arm| arm.name == baseline);
    }
    scenario.baselines.truncate(1);
    if scenario.baselines.is_empty() {
        let name = &scenario.name;
        let message =
            format!("baseline `{baseline}`: not among `baselines` of {name}; add it to the file");
        return Err(Trouble::Question(message));
    }
    Ok(())
}

/// The scenario with the shared inputs at a point.
fn at_point(file: &Path, spread: &[Shared], point: &[f64]) -> Result<Scenario, Trouble> {
    let base = scenario::load(file)?;
    let mut lines: Vec<String> = Vec::new();
    for (shared, share) in spread.iter().zip(point) {
        let Some(own) = own_value(&base.resolved, &shared.key) else { continue };
        let (low, high) = (shared.low.of(own), shared.high.of(own));
        lines.push(format!("{} = {:.6}", shared.key, low + (high - low) * share));
    }
    Ok(scenario::load_with(file, &lines)?)
}

/// The number that a scenario has under a dotted key.
fn own_value(resolved: &Value, key: &str) -> Option<f64> {
    let found = key.split('.').try_fold(resolved, |node, part| node.get(part))?;
    found.as_f64().or_else(|| found.as_str()?.parse().ok())
}

/// The whole city with fewer people, visits and beds, and every institution kept: enrolment, use and money
/// do not depend on queues.
fn thin(scenario: &mut Scenario, people: u32) {
    let city = &mut scenario.city;
    let share = f64::from(people.min(city.people.population)) / f64::from(city.people.population);
    city.people.population = people.min(city.people.population);
    for site in &mut city.sites {
        site.visits_per_year *= share;
        if site.beds > 0 {
            site.beds = ((f64::from(site.beds) * share) as u32).max(1);
        }
    }
}

/// One institution of each level that takes part, the middle one by size, full size, with the people who fill
/// it; a few of them hold lines throughout.
fn keep_one_a_level(scenario: &mut Scenario) {
    let city = &mut scenario.city;
    let mut kept = Vec::new();
    for level in [HospitalLevel::Primary, HospitalLevel::Secondary, HospitalLevel::Tertiary] {
        let mut sites: Vec<usize> = (0..city.sites.len())
            .filter(|&at| city.sites[at].level == level && city.sites[at].in_scheme_from.is_some())
            .collect();
        let size = |at: usize| city.sites[at].visits_per_year;
        sites.sort_by(|&a, &b| size(a).total_cmp(&size(b)));
        kept.extend(sites.get(sites.len() / 2).copied());
    }
    kept.sort_unstable();
    let joined = Some(city.start + -1);
    city.sites = kept.iter().map(|&at| city.sites[at].clone()).collect();
    city.sites.iter_mut().for_each(|site| site.in_scheme_from = joined);
    let visits: f64 = city.sites.iter().map(|site| site.visits_per_year).sum();
    city.people.population = (visits / city.demand.visits_per_person_year) as u32;
    if city.sites.iter().all(|site| site.beds == 0) {
        city.demand.admissions_per_person_year = 0.0;
    }
    let adoption = &mut scenario.behaviour.adoption;
    adoption.by_institution = None;
    (adoption.share_at_start, adoption.share_at_end) = (HOLDERS, HOLDERS);
}

/// Skill against "the mean of the others", over comparable quantities that several cities report.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Skill {
    /// 1 = perfect, 0 = no better than copying the other cities, negative = worse.
    pub skill: f64,
    /// Outcomes that entered.
    pub outcomes: usize,
}

/// The skill of the judged rows; `None` when no quantity is reported by two cities.
pub fn skill(judged: &[Judged], held_out_only: bool) -> Option<Skill> {
    let same = |a: &Published, b: &Published| {
        a.quantity == b.quantity && a.city != b.city && b.kind != Kind::NotComparable
    };
    let (mut ours, mut theirs, mut outcomes) = (0.0, 0.0, 0);
    for row in judged.iter().filter(|row| row.verdict != Verdict::None) {
        let published = &row.published;
        let others: Vec<f64> = (judged.iter().map(|other| &other.published))
            .filter(|other| same(published, other))
            .map(|other| other.reported)
            .collect();
        let Some([_, middle, _]) = row.simulated.filter(|[_, middle, _]| *middle > 0.0) else {
            continue;
        };
        if others.is_empty() || (held_out_only && !published.held_out) {
            continue;
        }
        let mean = others.iter().sum::<f64>() / others.len() as f64;
        ours += fabs(log(middle / published.reported));
        theirs += fabs(log(mean / published.reported));
        outcomes += 1;
    }
    (outcomes > 0 && theirs > 0.0).then_some(Skill { skill: 1.0 - ours / theirs, outcomes })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(city: &str, quantity: &str, reported: f64, kind: Kind) -> Published {
        Published {
            id: format!("{city}_{quantity}"),
            city: city.into(),
            scenario: "smoke".into(),
            quantity: quantity.into(),
            baseline: String::new(),
            low: reported * 0.9,
            reported,
            high: reported * 1.1,
            unit: "x".into(),
            as_of: "2023".into(),
            kind,
            held_out: city == "A",
            definition_en: "d".into(),
            definition_zh: "d".into(),
            note_en: "n".into(),
        }
    }

    #[test]
    fn a_figure_is_inside_when_the_two_ranges_meet() {
        let table = [
            (Kind::Comparable, vec![80.0, 85.0, 91.0], Verdict::Inside),
            (Kind::Comparable, vec![120.0, 105.0, 200.0], Verdict::Inside),
            (Kind::Comparable, vec![120.0, 200.0], Verdict::Outside),
            (Kind::Fitted, vec![100.0], Verdict::None),
            (Kind::NotComparable, vec![], Verdict::None),
        ];
        for (kind, values, expected) in table {
            let judged = verdict(&row("A", "uses_per_line", 100.0, kind), values.clone());
            assert_eq!(judged.verdict, expected, "{kind:?} {values:?}");
        }
    }

    #[test]
    fn skill_is_one_when_right_zero_when_as_good_as_the_others_and_negative_when_worse() {
        let simulated = |factor: f64| {
            let rows = [("A", 1.0), ("B", 2.0)];
            let judge = |(city, value): (&str, f64)| {
                let row = row(city, "uses_per_line", value, Kind::Comparable);
                verdict(&row, vec![value * factor])
            };
            skill(&rows.map(judge), false).expect("two cities").skill
        };
        for (factor, expected) in [(1.0, 1.0), (2.0, 0.0), (0.5, 0.0), (4.0, -1.0)] {
            assert!((simulated(factor) - expected).abs() < 1e-12, "{factor}");
        }
        let alone = [verdict(&row("A", "uses_per_line", 1.0, Kind::Comparable), vec![1.0])];
        assert_eq!(skill(&alone, false), None);
    }

    #[test]
    fn a_row_is_judged_by_runs_of_its_own_city() {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scenarios");
        let frame = Frame { folder, points: 2, people: 2_000, days_of_times: 2, seed: 1 };
        let mut rows = vec![row("A", "uses_per_line", 1.0, Kind::Comparable)];
        rows.push(Published {
            quantity: "time_saved_share".into(),
            baseline: "windows_2015".into(),
            ..rows[0].clone()
        });
        let spread = [Shared {
            key: "behaviour.use_of_line.outpatient_share".into(),
            low: End::Factor(0.1),
            high: End::Factor(1.0),
        }];
        let judged = judge(&rows, &spread, &frame).expect("two runs");
        let [low, _, high] = judged[0].simulated.expect("computed");
        assert!(0.0 < low && low < high, "the shared input moves it: {low} {high}");
        let [_, saved, _] = judged[1].simulated.expect("computed");
        assert!((0.01..0.9).contains(&saved), "{saved}");
        rows[1].baseline = "topup_card".into();
        let unknown = judge(&rows, &spread, &frame).map(|rows| rows.len());
        let named =
            |why: &Trouble| matches!(why, Trouble::Question(text) if text.contains("`topup_card`"));
        assert!(unknown.as_ref().is_err_and(named), "smoke has no such baseline: {unknown:?}");
        rows[0].scenario = "nowhere".into();
        assert!(judge(&rows, &spread, &frame).is_err());
    }

    /// Mianyang's later joins lie within its run and beyond the month in which five were published.
    #[test]
    fn institutions_that_join_after_the_published_month_are_not_counted() {
        let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scenarios/mianyang.toml");
        let facts =
            Facts { joins: joins(&scenario::load(&file).expect("a city")), ..Facts::default() };
        let counted = |as_of: &str| {
            let row = row("Mianyang", "sites_in_scheme", 5.0, Kind::Input);
            let row = Published { as_of: as_of.into(), ..row };
            quantity(&row, &facts, &facts) as usize
        };
        assert_eq!((counted("2023-11"), counted("2023-12")), (5, facts.joins.len()));
        assert!(facts.joins.len() > 12, "{:?}", facts.joins);
    }
}
