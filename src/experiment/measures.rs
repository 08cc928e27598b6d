//! What a run says, one value a replication, under the dotted paths of `summary.json`. Must never
//! compute a metric: each value is read from the summary of one replication, so an experiment and a
//! run can never disagree. Values have the summary's six decimals; money is in yuan.

use super::replicate::{Outcome, Setup};
use super::risk_tables::segment_name;
use super::summary::summary;
use super::tables::{PARTICIPATION, age_label, group_cells, saved_min};
use super::{Trouble, figures};
use crate::domain::{Day, Fen, Refusal};
use crate::flow::DayStats;
use crate::ledger::Audit;
use crate::metrics::{ArmSums, Cells, PairSums, SEGMENTS};
use crate::sim::{
    ArmResult, ClaimTotals, FileTotals, HomeTotals, PayTotals, Replication, RetailTotals,
};
use crate::stats::Estimate;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Where refusals are counted; a word that nobody heard has no entry in a summary and counts zero.
const REFUSED: &str = "settlement.refused_by_reason.";

/// Every estimate of a summary as its values by replication.
#[derive(Clone, Debug, PartialEq)]
pub struct Measures {
    values: BTreeMap<String, Vec<f64>>,
    replications: usize,
    groups: Vec<Group>,
    losses: Vec<Group>,
}

/// A group of visits or of holders, with one figure a replication.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// What it is a group by: age, level, income, district.
    pub kind: &'static str,
    /// Which one.
    pub label: String,
    /// Minutes saved a visit, or yuan lost net of recoveries; one value a replication.
    pub values: Vec<f64>,
}

impl Measures {
    /// Reads the replications of an outcome that is needed further.
    pub fn read(setup: &Setup, outcome: &Outcome) -> Measures {
        let Outcome { replications, people, sites, bytes_per_person } = outcome;
        let outcome = Outcome {
            replications: replications.clone(),
            people: *people,
            sites: sites.clone(),
            bytes_per_person: *bytes_per_person,
        };
        Measures::of(setup, outcome)
    }

    /// Reads the replications of an outcome.
    pub fn of(setup: &Setup, outcome: Outcome) -> Measures {
        let Outcome { replications, people, sites, bytes_per_person } = outcome;
        let count = replications.len();
        let groups = group_cells(setup).into_iter().map(|(kind, label, cell)| {
            let saved = |run: &Replication| saved_min(&run.pairs.cells[cell]);
            Group { kind, label, values: replications.iter().map(saved).collect() }
        });
        let mut groups: Vec<Group> = groups.collect();
        groups.extend(PARTICIPATION.iter().enumerate().map(|(class, word)| {
            let saved = |run: &Replication| saved_min(&run.pairs.against[0][class]);
            let values = replications.iter().map(saved).collect();
            Group { kind: "participation", label: (*word).to_owned(), values }
        }));
        let losses = losses(&replications);
        let mut values: BTreeMap<String, Vec<f64>> = BTreeMap::new();
        for (index, run) in replications.into_iter().enumerate() {
            let sites = sites.clone();
            let alone = Outcome { replications: vec![run], people, sites, bytes_per_person };
            for (path, value) in estimates(&summary(setup, &alone)) {
                let list = values.entry(path).or_insert_with(|| vec![0.0; count]);
                list[index] = value;
            }
        }
        Measures { values, replications: count, groups, losses }
    }

    /// The values of a metric, one a replication; the path must be one of `paths`.
    pub fn get(&self, path: &str) -> Vec<f64> {
        match self.values.get(path) {
            Some(values) => values.clone(),
            None if path.starts_with(REFUSED) => vec![0.0; self.replications],
            None => panic!("invariant: {path} was checked before the runs"),
        }
    }

    /// Every path, in order.
    pub fn known(&self) -> impl Iterator<Item = &str> {
        self.values.keys().map(String::as_str)
    }

    /// Number of replications.
    pub fn replications(&self) -> usize {
        self.replications
    }

    /// Groups of visits, in the order of `by_group.csv`.
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// What the policy's lines lost, net, and the bills that hospitals gave up, by group of people: those of
    /// `credit_segments.csv`, then those who may use a line and all others.
    pub fn losses(&self) -> &[Group] {
        &self.losses
    }

    /// Mean and interval of a metric.
    pub fn estimate(&self, path: &str) -> Estimate {
        let values = self.get(path);
        let Some(estimate) = Estimate::of(&values) else {
            panic!("invariant: {path} has no replication")
        };
        estimate
    }
}

/// What was written off less what was recovered, and bills that hospitals gave up: by age, income and
/// insurance of the debtor, and by who may use a line.
fn losses(runs: &[Replication]) -> Vec<Group> {
    let group = |(at, (kind, label)): (usize, (&'static str, String))| {
        let lost = |run: &Replication| {
            let segment = run.arms.last().map(|arm| &arm.sums.risk.segments[at]);
            segment.map_or(0.0, |s| (s.written_off - s.recovered + s.bad_debt).0 as f64 / 100.0)
        };
        let label = if kind == "age" { age_label(at) } else { label.replace('_', " ") };
        Group { kind, label, values: runs.iter().map(lost).collect() }
    };
    let mut groups: Vec<Group> =
        (0..SEGMENTS).map(|at| (at, segment_name(at))).map(group).collect();
    let parts: [fn(&ArmSums) -> Fen; 2] = [
        |sums| sums.written_off - sums.recovered + sums.risk.participants_bad_debt,
        |sums| sums.arrears_written_off - sums.risk.participants_bad_debt,
    ];
    groups.extend(PARTICIPATION.iter().zip(parts).map(|(word, part)| {
        let lost =
            |run: &Replication| run.arms.last().map_or(0.0, |arm| part(&arm.sums).0 as f64 / 100.0);
        let values = runs.iter().map(lost).collect();
        Group { kind: "participation", label: (*word).to_owned(), values }
    }));
    groups
}

/// An estimate as `{"mean", "ci95"}`.
pub(super) fn shown(estimate: &Estimate) -> Value {
    json!({
        "mean": figures::rounded(estimate.mean),
        "ci95": estimate.ci95.map(|[low, high]| [figures::rounded(low), figures::rounded(high)]),
    })
}

/// Every metric that a run of this setup can give, in the order of the summary; nothing is run.
pub fn paths(setup: &Setup) -> Vec<String> {
    let known = estimates(&summary(setup, &empty(setup))).into_iter().map(|(path, _)| path);
    let refusals = Refusal::ALL.into_iter().map(|word| format!("{REFUSED}{}", word.word()));
    known.chain(refusals).collect()
}

/// Whole numbers of a summary that are no estimates, such as `settlement.ledger_imbalance_fen`.
pub(super) fn plain_paths(setup: &Setup) -> Vec<String> {
    let mut found = Vec::new();
    plain(&summary(setup, &empty(setup)), "", &mut found);
    found
}

fn plain(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(entries) if !entries.contains_key("mean") => {
            for (key, inner) in entries {
                let dot = if path.is_empty() { "" } else { "." };
                plain(inner, &format!("{path}{dot}{key}"), found);
            }
        }
        Value::Number(_) => found.push(path.to_owned()),
        _ => {}
    }
}

/// The asked paths, checked (a trailing `.mean` is understood); all of `otherwise` when none is
/// asked.
pub(super) fn chosen(
    setup: &Setup,
    asked: &[String],
    otherwise: &[String],
) -> Result<Vec<String>, Trouble> {
    if asked.is_empty() {
        return Ok(otherwise.to_vec());
    }
    let known = paths(setup);
    asked.iter().map(|path| known_path(&known, path)).collect()
}

/// One checked path.
pub(super) fn checked(setup: &Setup, asked: &str) -> Result<String, Trouble> {
    known_path(&paths(setup), asked)
}

fn known_path(known: &[String], asked: &str) -> Result<String, Trouble> {
    let asked = asked.trim();
    let path = asked.strip_suffix(".mean").unwrap_or(asked);
    if known.iter().any(|known| known == path) {
        return Ok(path.to_owned());
    }
    let near = nearest(path, known.iter().map(String::as_str));
    let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    Err(Trouble::Question(format!("there is no metric `{asked}` in summary.json{hint}")))
}

/// The known name that is most like `name`.
pub(super) fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let scored = known.map(|known| (strsim::normalized_damerau_levenshtein(name, known), known));
    scored
        .fold(None, |best: Option<(f64, &str)>, next| match best {
            Some(best) if best.0 >= next.0 => Some(best),
            _ => Some(next),
        })
        .map(|(_, known)| known)
}

/// The estimates of a summary under their dotted paths, in its order.
fn estimates(summary: &Value) -> Vec<(String, f64)> {
    let mut found = Vec::new();
    collect(summary, "", &mut found);
    found
}

fn collect(value: &Value, path: &str, found: &mut Vec<(String, f64)>) {
    let Value::Object(entries) = value else { return };
    if let Some(mean) = entries.get("mean") {
        found.extend(number(mean).map(|mean| (path.to_owned(), mean)));
        return;
    }
    for (key, inner) in entries {
        let inner_path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        collect(inner, &inner_path, found);
    }
}

/// A mean: a number, or yuan as text.
pub(super) fn number(mean: &Value) -> Option<f64> {
    match mean {
        Value::String(yuan) => yuan.parse().ok(),
        other => other.as_f64(),
    }
}

/// A replication in which nothing happened: its summary has every path.
fn empty(setup: &Setup) -> Outcome {
    let scenario = &setup.scenario;
    let arm = || ArmResult {
        sums: ArmSums::new(false),
        audit: Audit::new(),
        days: Vec::new(),
        buckets: Vec::new(),
        classes: Vec::new(),
        codes: Vec::new(),
        stations: std::array::from_fn(|_| DayStats::default()),
        peak_minute: 0,
        busiest_day: Vec::new(),
        opened_by_day: Vec::new(),
        losses: [Fen::ZERO; crate::credit::BEARERS],
        claims: ClaimTotals::default(),
        premium: Fen::ZERO,
        patient_premium: Fen::ZERO,
        clearing: None,
        lent_fen_days: 0,
        homes: HomeTotals::default(),
        files: FileTotals::default(),
        payments: PayTotals::default(),
        retail: RetailTotals::default(),
        banks: Vec::new(),
        line_days: [0; 2],
        used: 0,
        dpd90_accounts: 0,
        books_closed: Day(0),
    };
    let baselines = scenario.baselines.len();
    let cells =
        Cells { districts: scenario.city.districts.len(), sites: scenario.city.sites.len() };
    let run = Replication {
        arms: (0..=baselines).map(|_| arm()).collect(),
        pairs: PairSums::new(baselines, cells.len()),
        story: None,
        left_undone: 0,
        away: None,
    };
    Outcome { replications: vec![run], people: 0, sites: Vec::new(), bytes_per_person: 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn estimates_are_read_under_their_paths_and_money_as_yuan() {
        let summary = json!({
            "seed": 1,
            "queue": { "wait": { "mean": 1.5, "ci95": null } },
            "credit": { "drawn_total": { "mean": "1234.56", "ci95": null }, "worst": 0 },
        });
        let expected = [("queue.wait".to_owned(), 1.5), ("credit.drawn_total".to_owned(), 1234.56)];
        assert_eq!(estimates(&summary), expected);
    }

    #[test]
    fn an_unknown_path_names_the_nearest() {
        let known = ["credit.drawn_total".to_owned(), "queue.saved_hours_total".to_owned()];
        assert!(known_path(&known, "credit.drawn_total.mean").is_ok());
        let Err(Trouble::Question(text)) = known_path(&known, "credit.drawn") else {
            panic!("an unknown path was accepted")
        };
        assert!(text.contains("did you mean `credit.drawn_total`?"), "{text}");
    }
}
