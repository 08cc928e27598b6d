//! A run folder as the report sees it: the summary by dotted path and the tables as typed rows. Must
//! never compute a result that the run did not leave, and never accept a number that is not finite.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::behind::Behind;
use super::headroom::Capacity;
use super::numbers::Estimate;
use super::story::Story;
use super::words::{self, Text};
use super::{Error, Lang, Result};
use crate::archive::{Manifest, SUMMARY_FILE};
use crate::domain::Day;

/// The summary, read by dotted path.
#[derive(Clone, Copy, Debug)]
pub(super) struct Summary<'a>(pub(super) &'a Value);

impl<'a> Summary<'a> {
    pub(super) fn at(self, path: &str) -> &'a Value {
        path.split('.').fold(self.0, |value, key| &value[key])
    }

    pub(super) fn estimate(self, path: &str) -> Option<Estimate> {
        Estimate::read(self.at(path))
    }

    pub(super) fn mean(self, path: &str) -> Option<f64> {
        self.estimate(path).map(|estimate| estimate.mean)
    }

    pub(super) fn text(self, path: &str) -> &'a str {
        self.at(path).as_str().unwrap_or_default()
    }

    /// The members of an object of estimates, in file order.
    pub(super) fn estimates(self, path: &str) -> Vec<(&'a str, Estimate)> {
        let members = self.at(path).as_object().into_iter().flatten();
        members.filter_map(|(key, value)| Some((key.as_str(), Estimate::read(value)?))).collect()
    }

    /// Other baselines than the main one, as the summary compares them.
    pub(super) fn other_baselines(self) -> Vec<&'a str> {
        self.at("queue.against")
            .as_object()
            .into_iter()
            .flatten()
            .map(|(k, _)| k.as_str())
            .collect()
    }

    /// The scheme's printed title.
    pub(super) fn title(self, lang: Lang) -> &'a str {
        let title = self.at("titles")[lang.code()].as_str().unwrap_or_default();
        if title.is_empty() { self.text("scenario") } else { title }
    }
}

/// Part that an arm plays in the comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ArmRole {
    /// A further baseline, by its place among them.
    Other(usize),
    Baseline,
    Policy,
}

/// One arm of the run.
#[derive(Clone, Debug)]
pub(super) struct Arm {
    /// Name in files.
    pub(super) name: String,
    /// Printed title.
    pub(super) title: String,
    pub(super) role: ArmRole,
}

/// All arms, oldest regime first, the scheme last.
pub(super) fn arms(summary: Summary, lang: Lang) -> Vec<Arm> {
    let baseline = summary.text("baseline");
    let regime = |name: &str, role| {
        let title = capital(&baseline_title(summary, name, lang));
        Arm { name: name.to_owned(), title, role }
    };
    let others = summary.other_baselines().into_iter().enumerate();
    let mut arms: Vec<Arm> =
        others.map(|(place, name)| regime(name, ArmRole::Other(place))).collect();
    arms.push(regime(baseline, ArmRole::Baseline));
    let title = words::THE_SCHEME.of(lang).to_owned();
    let name =
        [summary.text("policy"), summary.text("scenario")].into_iter().find(|n| !n.is_empty());
    arms.push(Arm { name: name.unwrap_or_default().to_owned(), title, role: ArmRole::Policy });
    arms
}

/// A title as it stands alone; names such as `mobile_2023` stay as they are.
pub(super) fn capital(title: &str) -> String {
    let mut chars = title.chars();
    match chars.next() {
        Some(first) if title.contains(' ') => first.to_uppercase().chain(chars).collect(),
        _ => title.to_owned(),
    }
}

/// Printed title of a regime, or its name.
pub(super) fn baseline_title(summary: Summary, name: &str, lang: Lang) -> String {
    let listed = summary.at("baselines").as_array().into_iter().flatten();
    let key = match lang {
        Lang::En => "title_en",
        Lang::Zh => "title_zh",
    };
    listed
        .filter(|entry| entry["name"] == name)
        .find_map(|entry| entry[key].as_str())
        .filter(|title| !title.is_empty())
        .unwrap_or(name)
        .to_owned()
}

/// Title of an arm as it stands over a column.
pub(super) fn arm_title(summary: Summary, name: &str, lang: Lang) -> String {
    if name == summary.text("policy") {
        words::THE_SCHEME.of(lang).to_owned()
    } else {
        capital(&baseline_title(summary, name, lang))
    }
}

impl Arm {
    /// Whether it is a baseline beside the main one.
    pub(super) fn is_other(&self) -> bool {
        matches!(self.role, ArmRole::Other(_))
    }

    /// Whether a table's `arm` cell means this arm.
    pub(super) fn is(&self, cell: &str) -> bool {
        let role = match self.role {
            ArmRole::Other(_) => "",
            ArmRole::Baseline => "baseline",
            ArmRole::Policy => "policy",
        };
        !cell.is_empty() && (cell == role || cell == self.name)
    }
}

/// A finite number or an empty cell.
fn finite<'de, D: Deserializer<'de>>(cell: D) -> std::result::Result<Option<f64>, D::Error> {
    let value = Option::<f64>::deserialize(cell)?;
    match value {
        Some(x) if !x.is_finite() => Err(serde::de::Error::custom("the number is not finite")),
        _ => Ok(value),
    }
}

macro_rules! row {
    ($(#[$doc:meta])* $name:ident { $($text:ident),* ; $($number:ident),* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Deserialize)]
        pub(super) struct $name {
            $(pub(super) $text: String,)*
            $(#[serde(deserialize_with = "finite")] pub(super) $number: Option<f64>,)*
        }
    };
}

row!(/// `by_group.csv`.
    GroupRow { arm, group_kind, group; visits, payment_min_mean, time_in_hospital_min_mean,
        saved_min_mean });
row!(/// `by_hour.csv`.
    HourRow { arm; hour, arrivals, cashier_wait_min_mean });
row!(/// `by_station_hour.csv`.
    StationHourRow { arm, station; hour, arrivals, wait_min_mean });
row!(/// `daily.csv`.
    DailyRow { arm, day; outstanding_yuan, overdue_yuan });
row!(/// `growth.csv`.
    GrowthRow { day; lines_opened, drawn_to_date_yuan, repaid_to_date_yuan });
row!(/// `requests.csv`.
    RequestRow { arm; from_min, requests_per_min });
row!(/// `credit_vintage_curves.csv`.
    VintageRow { ; months_on_book, ever_31_plus_share, ever_90_plus_share, net_loss_share });
row!(/// `stations.csv`.
    StationRow { arm, level, station; served, wait_min_mean, utilisation });
row!(/// `hospitals.csv`.
    HospitalRow { arm, hospital; visits, saved_min_mean });
row!(/// `saved_histogram.csv`.
    HistogramRow { ; minutes_from, minutes_to, visits_credit, visits_others });
row!(/// `credit_buckets.csv`.
    BucketRow { day; current_yuan, d1_30_yuan, d31_60_yuan, d61_90_yuan, d90_plus_yuan });
row!(/// `funds.csv`.
    FundRow { arm, role; amount_yuan });
row!(/// `losses.csv`.
    LossRow { bearer; amount_yuan });
row!(/// `assumptions.csv`.
    AssumptionRow { key, value, source, assumed, file, line; });

/// Whether an input has no source.
pub(super) fn is_assumed(row: &AssumptionRow) -> bool {
    matches!(&*row.assumed, "true" | "1" | "yes")
}

/// Everything that a report is made from. A table that the run did not leave is `None`.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) summary: Value,
    pub(super) manifest: Option<Manifest>,
    pub(super) groups: Option<Vec<GroupRow>>,
    pub(super) hours: Option<Vec<HourRow>>,
    pub(super) station_hours: Option<Vec<StationHourRow>>,
    pub(super) daily: Option<Vec<DailyRow>>,
    pub(super) growth: Option<Vec<GrowthRow>>,
    pub(super) requests: Option<Vec<RequestRow>>,
    pub(super) vintages: Option<Vec<VintageRow>>,
    pub(super) stations: Option<Vec<StationRow>>,
    pub(super) hospitals: Option<Vec<HospitalRow>>,
    pub(super) histogram: Option<Vec<HistogramRow>>,
    pub(super) buckets: Option<Vec<BucketRow>>,
    pub(super) funds: Option<Vec<FundRow>>,
    pub(super) losses: Option<Vec<LossRow>>,
    pub(super) assumptions: Option<Vec<AssumptionRow>>,
    /// `story.json`.
    pub(super) story: Option<Story>,
    /// The rows behind each picture.
    pub(super) behind: Vec<Behind>,
    /// Capacities measured elsewhere.
    pub(super) capacities: Vec<Capacity>,
}

impl Source {
    /// Reads a run folder; only the summary must be there.
    pub(super) fn read(dir: &Path) -> Result<Self> {
        let path = dir.join(SUMMARY_FILE);
        let bytes = fs::read(&path).map_err(|source| Error::Io { path: path.clone(), source })?;
        let summary =
            serde_json::from_slice(&bytes).map_err(|source| Error::Json { path, source })?;
        Ok(Self {
            summary,
            manifest: Manifest::read(dir).ok(),
            groups: table(dir, "by_group.csv")?,
            hours: table(dir, "by_hour.csv")?,
            station_hours: table(dir, "by_station_hour.csv")?,
            daily: table(dir, "daily.csv")?,
            growth: table(dir, "growth.csv")?,
            requests: table(dir, "requests.csv")?,
            vintages: table(dir, "credit_vintage_curves.csv")?,
            stations: table(dir, "stations.csv")?,
            hospitals: table(dir, "hospitals.csv")?,
            histogram: table(dir, "saved_histogram.csv")?,
            buckets: table(dir, "credit_buckets.csv")?,
            funds: table(dir, "funds.csv")?,
            losses: table(dir, "losses.csv")?,
            assumptions: table(dir, "assumptions.csv")?,
            story: Story::read(dir)?,
            behind: super::behind::read(dir)?,
            capacities: Vec::new(),
        })
    }

    pub(super) fn summary(&self) -> Summary<'_> {
        Summary(&self.summary)
    }
}

fn table<T: DeserializeOwned>(dir: &Path, name: &'static str) -> Result<Option<Vec<T>>> {
    let path = dir.join(name);
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(Error::Io { path, source }),
    };
    let rows = csv::Reader::from_reader(bytes.as_slice())
        .deserialize()
        .collect::<std::result::Result<Vec<T>, _>>();
    let rows = rows.map_err(|source| Error::Table { name, source })?;
    Ok((!rows.is_empty()).then_some(rows))
}

/// The place of a day on an axis: a number as it is, a date as days since 1970.
pub(super) fn day_place(text: &str) -> Option<f64> {
    if let Ok(number) = text.parse::<f64>() {
        return number.is_finite().then_some(number);
    }
    let mut parts = text.splitn(3, '-');
    let mut next = || parts.next();
    let (year, month, day) = (next()?.parse().ok()?, next()?.parse().ok()?, next()?.parse().ok()?);
    Some(f64::from(Day::from_civil(year, month, day)?.0))
}

/// Mean of `value` weighted by `weight`; `None` without weight.
pub(super) fn weighted_mean(
    pairs: impl Iterator<Item = (Option<f64>, Option<f64>)>,
) -> Option<f64> {
    let (mut total, mut weights) = (0.0, 0.0);
    for (value, weight) in pairs {
        if let (Some(value), Some(weight)) = (value, weight) {
            total += value * weight;
            weights += weight;
        }
    }
    (weights > 0.0).then(|| total / weights)
}

/// Distinct keys in order of first appearance.
pub(super) fn distinct<'a>(keys: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut seen = BTreeSet::new();
    keys.filter(|key| seen.insert(*key)).collect()
}

/// A field term in this language: from the table of terms, else the key itself in plain spelling.
pub(super) fn term(lang: Lang, key: &str) -> String {
    match words::terms::find(key) {
        Some(Text { en, zh }) => lang.pick(en, zh).to_owned(),
        None if lang == Lang::En => key.replace('_', " "),
        None => key.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_table_is_none_and_a_bad_cell_names_its_table() {
        let room = tempfile::tempdir().unwrap();
        assert!(matches!(Source::read(room.path()), Err(Error::Io { .. })));
        fs::write(room.path().join(SUMMARY_FILE), "{}").unwrap();
        let source = Source::read(room.path()).unwrap();
        assert!(source.losses.is_none());
        for bad in ["bearer,amount_yuan\nbank,NaN\n", "bearer,amount\nbank,1\n"] {
            fs::write(room.path().join("losses.csv"), bad).unwrap();
            let error = Source::read(room.path()).unwrap_err().to_string();
            assert!(error.contains("losses.csv"), "{error}");
        }
        fs::write(room.path().join("losses.csv"), "bearer,amount_yuan\nbank,\n").unwrap();
        assert_eq!(Source::read(room.path()).unwrap().losses.unwrap()[0].amount_yuan, None);
    }

    #[test]
    fn weighted_means_ignore_rows_without_value_or_weight() {
        let rows = [(Some(2.0), Some(1.0)), (Some(5.0), Some(3.0)), (None, Some(9.0))];
        assert_eq!(weighted_mean(rows.into_iter()), Some(4.25));
        assert_eq!(weighted_mean([(Some(1.0), Some(0.0))].into_iter()), None);
    }

    #[test]
    fn days_are_numbers_or_dates() {
        let table =
            [("12", Some(12.0)), ("1970-01-03", Some(2.0)), ("2023-02-30", None), ("x", None)];
        for (text, place) in table {
            assert_eq!(day_place(text), place, "{text}");
        }
    }

    #[test]
    fn an_arm_answers_to_its_name_and_its_role() {
        let summary = serde_json::json!({
            "baseline": "mobile_2023", "scenario": "xiamen", "queue": {"against": {"windows_2015": {}}},
            "baselines": [{"name": "mobile_2023", "title_en": "Mobile", "title_zh": "手机"}],
        });
        let arms = arms(Summary(&summary), Lang::Zh);
        let titles: Vec<_> = arms.iter().map(|arm| arm.title.as_str()).collect();
        assert_eq!(titles, ["windows_2015", "手机", words::THE_SCHEME.zh]);
        assert!(arms[1].is("baseline") && arms[1].is("mobile_2023") && !arms[1].is("policy"));
        assert!(arms[2].is("policy") && arms[2].is("xiamen") && !arms[0].is(""));
    }
}
