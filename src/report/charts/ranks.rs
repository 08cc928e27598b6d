//! Ranked bars with a label before each: hospitals by minutes saved, losses by bearer. Must never hide
//! the ones that lose.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::super::numbers::{Unit, decimal, places_for, tick};
use super::super::source::term;
use super::super::words as w;
use super::Brief;
use super::canvas::{self, Area, Colour, Drawn, LABEL_PX, Sheet, Step, quiet_axes};

/// Hospitals shown at each end of the ranking.
const EACH_END: usize = 8;
/// Width of the labels, px.
const LABELS: i32 = 216;
/// Height of a row, px.
const ROW: u32 = 22;

/// One bar; `None` is the gap between the best and the last.
type Bar = Option<(String, f64, String, Colour)>;

/// The hospitals with the highest and the lowest saving.
pub(super) fn hospitals(brief: &Brief) -> Drawn {
    let rows = brief.source.hospitals.as_deref().unwrap_or_default();
    let policy = brief.arms.last();
    let mut ranked: Vec<(&str, &str, f64)> = rows
        .iter()
        .filter(|row| policy.is_some_and(|arm| arm.is(&row.arm)))
        .filter(|row| row.visits.is_some_and(|visits| visits > 0.0))
        .filter_map(|row| Some((row.hospital.as_str(), row.level.as_str(), row.saved_min_mean?)))
        .collect();
    if ranked.is_empty() {
        return Ok(None);
    }
    ranked.sort_by(|a, b| b.2.total_cmp(&a.2).then_with(|| a.0.cmp(b.0)));
    let bar = |&(name, level, saved): &(&str, &str, f64)| {
        let colour = if saved < 0.0 { canvas::VERMILLION } else { canvas::BLUE };
        let level = term(brief.lang, level);
        let room = f64::from(LABELS) - 10.0 - canvas::text_px(&level, LABEL_PX) - 14.0;
        let name = canvas::cut(name, room, LABEL_PX);
        Some((format!("{name} · {level}"), saved, decimal(saved, places_for(saved)), colour))
    };
    let mut bars: Vec<Bar> = Vec::new();
    if ranked.len() <= 2 * EACH_END + 1 {
        bars.extend(ranked.iter().map(bar));
    } else {
        bars.extend(ranked[..EACH_END].iter().map(bar));
        bars.push(None);
        bars.extend(ranked[ranked.len() - EACH_END..].iter().map(bar));
    }
    let sheet = Sheet {
        title: w::C_HOSP.of(brief.lang).to_owned(),
        subtitle: w::C_HOSP_SUB.fill(brief.lang, &[("baseline", &brief.baseline)]),
        legend: Vec::new(),
        height: ROW * bars.len() as u32 + 46,
    };
    sheet.draw(|area| draw_ranks(area, &bars, w::AX_SAVED_VISIT.of(brief.lang), 1.0))
}

/// Who bears the net credit loss.
pub(super) fn losses(brief: &Brief) -> Drawn {
    let rows = brief.source.losses.as_deref().unwrap_or_default();
    let mut parts: Vec<(&str, f64)> =
        rows.iter().filter_map(|row| Some((row.bearer.as_str(), row.amount_yuan?))).collect();
    let total: f64 = parts.iter().map(|part| part.1).sum();
    if total <= 0.0 {
        return Ok(None);
    }
    parts.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    let bars: Vec<Bar> = parts
        .into_iter()
        .map(|(bearer, yuan)| {
            let share = decimal(yuan / total * 100.0, 0);
            let value = format!("{} ({share}%)", Unit::Yuan.say(brief.lang, yuan));
            Some((term(brief.lang, bearer), yuan, value, canvas::BLUE))
        })
        .collect();
    let highest = bars.iter().flatten().map(|bar| bar.1).fold(0.0, f64::max);
    let (by, unit) = super::lines::money_axis(brief.lang, highest);
    let sheet = Sheet {
        title: w::C_LOSS.of(brief.lang).to_owned(),
        subtitle: w::C_LOSS_SUB.of(brief.lang).to_owned(),
        legend: Vec::new(),
        height: ROW * bars.len() as u32 + 46,
    };
    sheet.draw(|area| draw_ranks(area, &bars, unit.of(brief.lang), by))
}

/// Bars from the top down; the axis counts in units of `by`.
fn draw_ranks(area: &Area, bars: &[Bar], axis: &str, by: f64) -> Step {
    let values = || bars.iter().flatten().map(|bar| bar.1 / by);
    let widest = bars.iter().flatten().map(|bar| canvas::text_px(&bar.2, LABEL_PX));
    let widest = widest.fold(0.0, f64::max) + 10.0;
    let plot = f64::from(canvas::WIDTH as i32 - LABELS);
    // The value stands at the end of its bar and needs its width on that side of zero.
    let room = plot / (plot - widest);
    let loses = values().any(|x| x < 0.0);
    let high = canvas::headroom(values(), room);
    let low = if loses { -canvas::headroom(values().map(|x| -x), room) } else { 0.0 };
    let room_low = if loses { low.min(-(high - low) * widest / plot) } else { 0.0 };
    let n = bars.len() as f64;
    let mut chart = ChartBuilder::on(area)
        .margin_left(LABELS)
        .x_label_area_size(42)
        .build_cartesian_2d(room_low..high, 0.0..n)?;
    quiet_axes!(chart)
        .disable_y_mesh()
        .disable_y_axis()
        .x_labels(6)
        .x_label_formatter(&|x| tick(*x))
        .x_desc(axis)
        .draw()?;
    for (i, bar) in bars.iter().enumerate() {
        let y = n - i as f64 - 0.5;
        let before = EmptyElement::at((room_low, y));
        let style = canvas::style(LABEL_PX, canvas::INK, HPos::Right, VPos::Center);
        let Some((label, value, said, colour)) = bar else {
            chart.plotting_area().draw(&(before + Text::new("⋯", (-8, 0), style)))?;
            continue;
        };
        let value = value / by;
        chart.plotting_area().draw(&(before + Text::new(label.clone(), (-8, 0), style)))?;
        let shape = Rectangle::new([(0.0, y - 0.34), (value, y + 0.34)], colour.filled());
        chart.plotting_area().draw(&shape)?;
        let (h, offset) = if value < 0.0 { (HPos::Right, -5) } else { (HPos::Left, 5) };
        let style = canvas::style(LABEL_PX, canvas::SOFT, h, VPos::Center);
        let end = EmptyElement::at((value, y)) + Text::new(said.clone(), (offset, 0), style);
        chart.plotting_area().draw(&end)?;
    }
    let zero = PathElement::new(vec![(0.0, 0.0), (0.0, n)], canvas::axis_line());
    Ok(chart.plotting_area().draw(&zero)?)
}
