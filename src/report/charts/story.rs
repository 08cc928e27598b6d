//! One visit on two timelines: care, queues and payment from arrival to leaving. Must never draw a minute
//! twice.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::super::numbers::{decimal, tick};
use super::super::source::ArmRole;
use super::super::story::{Arm, Step as Walked, Story};
use super::super::words as w;
use super::Brief;
use super::canvas::{self, Area, Colour, Drawn, Key, LABEL_PX, Sheet, Step, quiet_axes};

/// A bar's title and its pieces: colour, minutes since arrival.
struct Bar {
    title: String,
    pieces: Vec<(Colour, f64, f64)>,
    ends: f64,
}

/// The picture; nothing where the run left no story.
pub(super) fn one_day(brief: &Brief) -> Drawn {
    let Some(story) = &brief.source.story else { return Ok(None) };
    let lang = brief.lang;
    let of = |role| brief.arms.iter().find(|arm| arm.role == role);
    let titles = [ArmRole::Baseline, ArmRole::Policy]
        .map(|role| of(role).map_or_else(String::new, |arm| arm.title.clone()));
    let bars: Vec<Bar> = story
        .two()
        .into_iter()
        .zip(titles)
        .map(|(arm, title)| {
            let minutes = decimal(story.minute(arm.exit_ms), 1);
            let gaps = [("arm", &*title), ("minutes", &minutes), ("stops", &arm.stops.to_string())];
            bar(story, arm, w::DAY_BAR.fill(lang, &gaps))
        })
        .collect();
    let has_desk = bars.iter().any(|bar| bar.pieces.iter().any(|piece| piece.0 == canvas::ORANGE));
    let mut legend = vec![
        Key::filled(w::DAY_CARE.of(lang), canvas::PALE),
        Key::filled(w::DAY_QUEUE.of(lang), canvas::SKY),
        Key::filled(w::DAY_PAY.of(lang), canvas::VERMILLION),
    ];
    if has_desk {
        legend.push(Key::filled(w::DAY_DESK.of(lang), canvas::ORANGE));
    }
    let sheet = Sheet {
        title: w::DAY_TITLE.of(lang).to_owned(),
        subtitle: w::DAY_SUB.of(lang).to_owned(),
        legend,
        height: 62 * bars.len() as u32 + 46,
    };
    sheet.draw(|area| draw(area, &bars, w::DAY_AX.of(lang)))
}

fn bar(story: &Story, arm: &Arm, title: String) -> Bar {
    let mut pieces = Vec::new();
    for step in &arm.steps {
        let (from, until) = (story.minute(step.from_ms), story.minute(step.until_ms));
        if until > from {
            pieces.extend(parts(step, from, until));
        }
    }
    Bar { title, pieces, ends: story.minute(arm.exit_ms) }
}

/// A step is its queue first, then the rest; all of a payment is payment.
fn parts(step: &Walked, from: f64, until: f64) -> Vec<(Colour, f64, f64)> {
    let queued = (from + f64::from(step.queue_ms) / 60_000.0).min(until);
    match step.what.as_str() {
        "pay" => vec![(canvas::VERMILLION, from, until)],
        "desk" => vec![(canvas::ORANGE, from, until)],
        _ => vec![(canvas::SKY, from, queued), (canvas::PALE, queued, until)],
    }
}

fn draw(area: &Area, bars: &[Bar], axis: &str) -> Step {
    let end = canvas::headroom(bars.iter().map(|bar| bar.ends), 1.04);
    let mut chart = ChartBuilder::on(area)
        .margin_right(14)
        .margin_left(6)
        .x_label_area_size(42)
        .build_cartesian_2d(0.0..end, 0.0..bars.len() as f64)?;
    quiet_axes!(chart)
        .disable_y_mesh()
        .disable_y_axis()
        .x_labels(8)
        .x_label_formatter(&|x| tick(*x))
        .x_desc(axis)
        .draw()?;
    for (i, bar) in bars.iter().enumerate() {
        let base = (bars.len() - 1 - i) as f64;
        let name = canvas::style(LABEL_PX, canvas::INK, HPos::Left, VPos::Bottom);
        let place = EmptyElement::at((0.0, base + 0.62));
        chart.plotting_area().draw(&(place + Text::new(bar.title.clone(), (4, -1), name)))?;
        for (colour, from, until) in &bar.pieces {
            let piece = [(*from, base + 0.12), (*until, base + 0.6)];
            chart.plotting_area().draw(&Rectangle::new(piece, colour.filled()))?;
        }
    }
    Ok(())
}
