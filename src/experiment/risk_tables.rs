//! Tables of the risk report. Must never compute what `risk_report` computes otherwise.

use super::figures::{rounded, share};
use super::replicate::{Outcome, Setup};
use super::risk_report::pooled;
use super::tables::Table;
use crate::domain::{AGE_BAND_EDGES, AGE_BANDS, Fen, INCOME_BANDS, SCHEMES};
use crate::metrics::SEGMENTS;
use serde_json::Value;

fn table(name: &'static str, header: &[&'static str], rows: Vec<Vec<String>>) -> Table {
    Table { name, header: header.to_vec(), rows }
}

fn part(part: f64, whole: f64) -> String {
    rounded(share(part, whole)).to_string()
}

/// Draws by month: amounts and the shares that ever went late; all replications together.
pub(super) fn vintages(setup: &Setup, outcome: &Outcome) -> Table {
    let header = [
        "month",
        "draws",
        "drawn_yuan",
        "ever_1_plus_share",
        "ever_31_plus_share",
        "ever_61_plus_share",
        "ever_90_plus_share",
        "written_off_yuan",
        "recovered_yuan",
    ];
    let all = pooled(&outcome.replications);
    let start = setup.scenario.city.start;
    let rows = (0..).zip(&all.vintages).map(|(month, vintage)| {
        let civil = start.plus_months(month).civil();
        let drawn = vintage.drawn.0 as f64;
        let ever = |stage: usize| part(vintage.principal[stage].0 as f64, drawn);
        vec![
            format!("{}-{:02}", civil.year, civil.month),
            vintage.draws.to_string(),
            vintage.drawn.to_string(),
            ever(0),
            ever(1),
            ever(2),
            ever(3),
            vintage.principal[4].to_string(),
            vintage.recovered.to_string(),
        ]
    });
    table("credit_vintages.csv", &header, rows.collect())
}

/// Words of the insurance schemes, in the order of `InsuranceScheme`.
pub(super) const SCHEME_WORDS: [&str; SCHEMES] = ["employee", "resident", "uninsured"];

/// Kind and name of a group of holders.
pub(super) fn segment_name(at: usize) -> (&'static str, String) {
    if at < AGE_BANDS {
        ("age", AGE_BAND_EDGES[at].to_string())
    } else if at < AGE_BANDS + INCOME_BANDS {
        ("income", format!("fifth_{}", at - AGE_BANDS + 1))
    } else {
        ("scheme", SCHEME_WORDS[at - AGE_BANDS - INCOME_BANDS].to_owned())
    }
}

/// Losses and eligibility by group; all replications together.
pub(super) fn segments(outcome: &Outcome) -> Table {
    let header = [
        "group_kind",
        "group",
        "adults",
        "eligible_share",
        "draws",
        "drawn_yuan",
        "default_rate",
        "written_off_yuan",
        "net_loss_yuan",
        "loss_rate",
        "bad_debt_yuan",
    ];
    let all = pooled(&outcome.replications);
    let rows = (0..SEGMENTS).zip(&all.segments).map(|(at, segment)| {
        let (kind, group) = segment_name(at);
        let net: Fen = segment.written_off - segment.recovered;
        vec![
            kind.into(),
            group,
            segment.adults.to_string(),
            part(segment.eligible as f64, segment.adults as f64),
            segment.draws.to_string(),
            segment.drawn.to_string(),
            part(segment.defaults as f64, segment.draws as f64),
            segment.written_off.to_string(),
            net.to_string(),
            part(net.0 as f64, segment.drawn.0 as f64),
            segment.bad_debt.to_string(),
        ]
    });
    table("credit_segments.csv", &header, rows.collect())
}

/// The roll-rate matrix, a row a pair of states.
pub(super) fn rolls(summary: &Value) -> Table {
    let matrix = &summary["credit"]["risk"]["roll_matrix"];
    let states: Vec<&str> =
        matrix["states"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let mut rows = Vec::new();
    for (from, row) in states.iter().zip(matrix["rows"].as_array().into_iter().flatten()) {
        for (to, value) in states.iter().zip(row.as_array().into_iter().flatten()) {
            rows.push(vec![(*from).into(), (*to).into(), value.to_string()]);
        }
    }
    table("credit_rolls.csv", &["from", "to", "probability_per_month"], rows)
}

/// The loss curve over the uncertain default rate.
pub(super) fn curve(summary: &Value) -> Table {
    let points = summary["credit"]["risk"]["loss_curve"]["points"].as_array();
    let keys = ["multiple", "default_rate", "loss_yuan", "net_yuan"];
    let row = |point: &Value| keys.map(|key| point[key].to_string()).to_vec();
    table("credit_loss_curve.csv", &keys, points.into_iter().flatten().map(row).collect())
}
