//! One visit on two timelines: care, queues and payment from arrival to leaving. Must never draw a minute
//! twice.

use super::super::numbers::decimal;
use super::super::source::ArmRole;
use super::super::story::{Arm, Step as Walked, Story};
use super::super::words as w;
use super::Brief;
use super::canvas::{self, Colour, Drawn, Key, Sheet};
use super::stacks::{self, Stack};

/// The picture; nothing where the run left no story.
pub(super) fn one_day(brief: &Brief) -> Drawn {
    let Some(story) = &brief.source.story else { return Ok(None) };
    let lang = brief.lang;
    let of = |role| brief.arms.iter().find(|arm| arm.role == role);
    let titles = [ArmRole::Baseline, ArmRole::Policy]
        .map(|role| of(role).map_or_else(String::new, |arm| arm.title.clone()));
    let bars: Vec<Stack> = story
        .two()
        .into_iter()
        .zip(titles)
        .map(|(arm, title)| {
            let minutes = decimal(story.minute(arm.exit_ms), 1);
            let gaps = [("arm", &*title), ("minutes", &minutes), ("stops", &arm.stops.to_string())];
            bar(story, arm, w::DAY_BAR.fill(lang, &gaps))
        })
        .collect();
    let has_desk = bars.iter().any(|bar| bar.pieces.iter().any(|piece| piece.0 == canvas::BLUE));
    let mut legend = vec![
        Key::filled(w::DAY_CARE.of(lang), canvas::PALE),
        Key::filled(w::DAY_QUEUE.of(lang), canvas::SKY),
        Key::filled(w::DAY_PAY.of(lang), canvas::VERMILLION),
    ];
    if has_desk {
        legend.push(Key::filled(w::DAY_DESK.of(lang), canvas::BLUE));
    }
    let sheet = Sheet {
        title: w::DAY_TITLE.of(lang).to_owned(),
        subtitle: w::DAY_SUB.of(lang).to_owned(),
        legend,
        height: stacks::height(&bars),
    };
    sheet.draw(|area| stacks::draw(area, &bars, w::DAY_AX.of(lang)))
}

fn bar(story: &Story, arm: &Arm, title: String) -> Stack {
    let mut pieces = Vec::new();
    for step in &arm.steps {
        let (from, until) = (story.minute(step.from_ms), story.minute(step.until_ms));
        if until > from {
            pieces.extend(parts(step, from, until));
        }
    }
    Stack { title, pieces, ends: story.minute(arm.exit_ms), told: false }
}

/// A step is its queue first, then the rest; all of a payment is payment.
fn parts(step: &Walked, from: f64, until: f64) -> Vec<(Colour, f64, f64)> {
    let queued = (from + f64::from(step.queue_ms) / 60_000.0).min(until);
    match step.what.as_str() {
        "pay" => vec![(canvas::VERMILLION, from, until)],
        "desk" => vec![(canvas::BLUE, from, until)],
        _ => vec![(canvas::SKY, from, queued), (canvas::PALE, queued, until)],
    }
}
