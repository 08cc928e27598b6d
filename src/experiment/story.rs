//! One patient's day out of the run: a document for the report and the table behind its picture. Must never
//! add a figure to what the run left.

use super::replicate::Outcome;
use super::tables::{Table, table};
use crate::domain::Ms;
use crate::sim::{ArmStory, StoryStep, VisitStory};
use serde_json::{Value, json};

/// Version of the document's form.
pub const STORY_SCHEMA: &str = "aftercare.story/2";

/// The story of the first replication; `None` where no visit was paid on a line.
fn told(outcome: &Outcome) -> Option<&VisitStory> {
    outcome.replications.first()?.story.as_deref()
}

/// `story.json`.
pub fn story(outcome: &Outcome) -> Option<Value> {
    let story = told(outcome)?;
    Some(json!({ "schema": STORY_SCHEMA, "enough": crate::sim::ENOUGH, "visit": story }))
}

/// `story.csv`: each step of the visit in each arm, in minutes from midnight.
pub(super) fn steps(outcome: &Outcome) -> Option<Table> {
    let story = told(outcome)?;
    let header = [
        "arm",
        "step",
        "what",
        "place",
        "channel",
        "from_min",
        "until_min",
        "queue_min",
        "detour_min",
    ];
    let rows = story.arms.iter().flat_map(|arm| {
        let ArmStory { name, steps, .. } = arm;
        (1..).zip(steps).map(move |(at, step): (u32, _)| row(name, at, step))
    });
    Some(table("story.csv", &header, rows.collect()))
}

fn row(arm: &str, at: u32, step: &StoryStep) -> Vec<String> {
    let StoryStep { what, place, channel, from_ms, until_ms, queue_ms, detour_ms } = step;
    let times = [from_ms, until_ms, queue_ms, detour_ms].map(|&ms| minutes(ms));
    let words = [arm.to_owned(), at.to_string(), what.clone(), place.clone(), channel.clone()];
    words.into_iter().chain(times).collect()
}

/// Minutes with three decimals, from whole milliseconds.
fn minutes(ms: Ms) -> String {
    let thousandths = (i64::from(ms) + 30) / 60;
    format!("{}.{:03}", thousandths / 1000, thousandths % 1000)
}
