//! The figures behind pictures that are drawn from the summary, as tables. Must never compute a figure that
//! the summary does not hold.

use super::replicate::Setup;
use super::tables::{Table, table};
use serde_json::Value;

/// A mean of the summary; money may be text.
fn mean(value: &Value) -> Option<f64> {
    let mean = &value["mean"];
    mean.as_f64().or_else(|| mean.as_str()?.parse().ok())
}

/// `time_parts.csv`: minutes of an average visit by what they are spent on, an arm after the other.
pub(super) fn time_parts(setup: &Setup, summary: &Value) -> Table {
    let queue = &summary["queue"];
    let mut rows = Vec::new();
    let mut arm = |name: &str, block: &Value, side: &str| {
        let of = |measure: &str| mean(&block[measure]["all"][side]);
        let parts = (of("time_in_hospital"), of("clinical_wait"), of("payment"));
        let (Some(whole), Some(queues), Some(payment)) = parts else { return };
        let care = whole - queues - payment;
        for (part, minutes) in [("care", care), ("queues_for_care", queues), ("payment", payment)] {
            rows.push(vec![name.to_owned(), part.to_owned(), format!("{minutes:.4}")]);
        }
    };
    let scenario = &setup.scenario;
    for (index, baseline) in scenario.baselines.iter().enumerate() {
        let block = if index == 0 { queue } else { &queue["against"][&baseline.name] };
        arm(&baseline.name, block, "baseline");
    }
    arm(&scenario.policy.name, queue, "policy");
    table("time_parts.csv", &["arm", "time_part", "minutes_per_visit"], rows)
}

/// `loss_waterfall.csv`: from what was written off to who bears it.
pub(super) fn loss_waterfall(summary: &Value) -> Table {
    let credit = &summary["credit"];
    let amount = |value: &Value| mean(value).map(|yuan| format!("{yuan:.2}"));
    let steps = ["written_off", "recovered", "net_credit_loss"];
    let steps = steps.into_iter().filter_map(|step| Some((step, amount(&credit[step])?)));
    let bearers = credit["loss_by_bearer"].as_object().into_iter().flatten();
    let bearers = bearers.filter_map(|(bearer, part)| Some((bearer.as_str(), amount(part)?)));
    let rows = steps.chain(bearers).map(|(step, yuan)| vec![step.to_owned(), yuan]).collect();
    table("loss_waterfall.csv", &["loss_step", "amount_yuan"], rows)
}
