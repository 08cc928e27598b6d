//! Bar charts: time in hospital by part, payment by age, distribution of saved minutes. Must never
//! stack parts that overlap.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::super::numbers::{Unit, decimal, tick};
use super::super::source::{Arm, ArmRole, HistogramRow, Summary, distinct, term, weighted_mean};
use super::super::words as w;
use super::Brief;
use super::canvas::{self, Area, Colour, Drawn, Key, LABEL_PX, Sheet, Slots, Step, quiet_axes};

/// The parts of an arm's time in hospital, minutes: care, queues for care, payment.
struct Parts {
    title: String,
    minutes: Vec<(Colour, f64)>,
}

/// Stacked bars by arm. Queues at the cashier belong to payment, so "queues for care" are taken from
/// the table by hour, where clinical waiting stands apart.
pub(super) fn time_in_hospital(brief: &Brief) -> Drawn {
    let parts: Vec<Parts> = brief.arms.iter().filter_map(|arm| parts_of(brief, arm)).collect();
    if parts.is_empty() {
        return Ok(None);
    }
    let split = parts.iter().all(|arm| arm.minutes.len() == 3);
    let rest = if split { w::SEG_CARE } else { w::SEG_REST };
    let mut legend = vec![Key::filled(rest.of(brief.lang), canvas::PALE)];
    if split {
        legend.push(Key::filled(w::SEG_QUEUE.of(brief.lang), canvas::SKY));
    }
    legend.push(Key::filled(w::SEG_PAYMENT.of(brief.lang), canvas::VERMILLION));
    let sheet = Sheet {
        title: w::C_TIME.of(brief.lang).to_owned(),
        subtitle: w::C_TIME_SUB.of(brief.lang).to_owned(),
        legend,
        height: 62 * parts.len() as u32 + 46,
    };
    sheet.draw(|area| draw_stacks(area, &parts, w::AX_MIN_VISIT.of(brief.lang)))
}

fn parts_of(brief: &Brief, arm: &Arm) -> Option<Parts> {
    let mean = |measure: &str| queue_mean(brief.source.summary(), arm, measure);
    let (total, payment) = (mean("time_in_hospital")?, mean("payment")?);
    let hours = brief.source.hours.as_deref().unwrap_or_default();
    let queue = weighted_mean(
        hours
            .iter()
            .filter(|row| arm.is(&row.arm))
            .map(|row| (row.clinical_wait_min_mean, row.arrivals)),
    );
    let minutes = match queue {
        Some(queue) if queue + payment <= total => vec![
            (canvas::PALE, total - payment - queue),
            (canvas::SKY, queue),
            (canvas::VERMILLION, payment),
        ],
        _ => vec![(canvas::PALE, total - payment), (canvas::VERMILLION, payment)],
    };
    let gaps = [("title", &*arm.title), ("x", &decimal(payment, 1))];
    Some(Parts { title: w::PAYMENT_OF.fill(brief.lang, &gaps), minutes })
}

/// Mean of a measure over all visits of an arm.
fn queue_mean(summary: Summary, arm: &Arm, measure: &str) -> Option<f64> {
    let path = match arm.role {
        ArmRole::Other => format!("queue.against.{}.{measure}.all.baseline", arm.name),
        ArmRole::Baseline => format!("queue.{measure}.all.baseline"),
        ArmRole::Policy => format!("queue.{measure}.all.policy"),
    };
    summary.mean(&path)
}

fn draw_stacks(area: &Area, arms: &[Parts], axis: &str) -> Step {
    let total = |arm: &Parts| arm.minutes.iter().map(|(_, x)| x).sum::<f64>();
    let end = canvas::headroom(arms.iter().map(total), 1.1);
    let mut chart = ChartBuilder::on(area)
        .margin_right(14)
        .margin_left(6)
        .x_label_area_size(42)
        .build_cartesian_2d(0.0..end, 0.0..arms.len() as f64)?;
    quiet_axes!(chart)
        .disable_y_mesh()
        .disable_y_axis()
        .x_labels(8)
        .x_label_formatter(&|x| tick(*x))
        .x_desc(axis)
        .draw()?;
    for (i, arm) in arms.iter().enumerate() {
        let base = (arms.len() - 1 - i) as f64;
        let name = canvas::style(LABEL_PX, canvas::INK, HPos::Left, VPos::Bottom);
        let place = EmptyElement::at((0.0, base + 0.62));
        chart.plotting_area().draw(&(place + Text::new(arm.title.clone(), (4, -1), name)))?;
        let mut from = 0.0;
        for (colour, minutes) in &arm.minutes {
            let bar = [(from, base + 0.12), (from + minutes, base + 0.6)];
            chart.plotting_area().draw(&Rectangle::new(bar, colour.filled()))?;
            if minutes / end > 0.065 {
                let ink = if *colour == canvas::VERMILLION { WHITE } else { canvas::INK };
                let style = canvas::style(LABEL_PX, ink, HPos::Center, VPos::Center);
                let text =
                    Text::new(decimal(*minutes, 1), (from + minutes / 2.0, base + 0.36), style);
                chart.plotting_area().draw(&text)?;
            }
            from += minutes;
        }
        let style = canvas::style(LABEL_PX, canvas::INK, HPos::Left, VPos::Center);
        let place = EmptyElement::at((from, base + 0.36));
        let sum = Text::new(decimal(from, 1), (5, 0), canvas::bold(style));
        chart.plotting_area().draw(&(place + sum))?;
    }
    Ok(())
}

/// Grouped bars: payment minutes by age band and arm.
pub(super) fn payment_by_age(brief: &Brief) -> Drawn {
    let rows = brief.source.groups.as_deref().unwrap_or_default();
    let ages = || rows.iter().filter(|row| row.group_kind == "age");
    let bands = distinct(ages().map(|row| row.group.as_str()));
    let arms: Vec<&Arm> =
        brief.arms.iter().filter(|arm| ages().any(|row| arm.is(&row.arm))).collect();
    if bands.is_empty() || arms.is_empty() {
        return Ok(None);
    }
    let minutes = |arm: &Arm, band: &str| {
        ages().find(|row| arm.is(&row.arm) && row.group == band)?.payment_min_mean
    };
    let groups: Vec<(String, Vec<(Colour, f64)>)> = bands
        .iter()
        .map(|band| {
            let bars = arms
                .iter()
                .map(|arm| (canvas::arm_colour(arm), minutes(arm, band).unwrap_or_default()));
            (term(brief.lang, band).replace('-', "–"), bars.collect())
        })
        .collect();
    let sheet = Sheet {
        title: w::C_AGE.of(brief.lang).to_owned(),
        subtitle: w::C_AGE_SUB.of(brief.lang).to_owned(),
        legend: arms
            .iter()
            .map(|arm| Key::filled(arm.title.clone(), canvas::arm_colour(arm)))
            .collect(),
        height: 270,
    };
    let axes = (w::AX_AGE.of(brief.lang), w::AX_MIN_VISIT.of(brief.lang));
    sheet.draw(|area| draw_groups(area, &groups, axes))
}

/// A label and its bars.
type Group = (String, Vec<(Colour, f64)>);

fn draw_groups(area: &Area, groups: &[Group], (x_axis, y_axis): (&str, &str)) -> Step {
    let end = canvas::headroom(groups.iter().flat_map(|g| g.1.iter().map(|bar| bar.1)), 1.1);
    let label = |x: &f64| {
        let index = libm::floor(*x) as usize;
        let centred = (x - libm::floor(*x) - 0.5).abs() < 1e-9;
        groups.get(index).filter(|_| centred).map_or(String::new(), |group| group.0.clone())
    };
    let marks = (0..groups.len()).map(|i| i as f64 + 0.5).collect();
    area.draw_text(y_axis, &canvas::label(), (0, 0))?;
    let mut chart = ChartBuilder::on(area)
        .margin_top(20)
        .margin_right(4)
        .x_label_area_size(44)
        .y_label_area_size(34)
        .build_cartesian_2d(Slots { count: groups.len(), marks }, 0.0..end)?;
    quiet_axes!(chart)
        .disable_x_mesh()
        .x_label_formatter(&label)
        .y_labels(6)
        .y_label_formatter(&|y| tick(*y))
        .x_desc(x_axis)
        .draw()?;
    for (i, (_, bars)) in groups.iter().enumerate() {
        let wide = 0.8 / bars.len() as f64;
        for (k, (colour, y)) in bars.iter().enumerate() {
            let from = i as f64 + 0.1 + wide * k as f64;
            let bar = [(from + wide * 0.04, 0.0), (from + wide * 0.96, *y)];
            chart.plotting_area().draw(&Rectangle::new(bar, colour.filled()))?;
            let style = canvas::style(10.5, canvas::SOFT, HPos::Center, VPos::Bottom);
            let place = EmptyElement::at((from + wide / 2.0, *y));
            chart.plotting_area().draw(&(place + Text::new(decimal(*y, 1), (0, -1), style)))?;
        }
    }
    Ok(())
}

/// Two histograms on one axis: visits on a credit line, all others.
pub(super) fn saved_minutes(brief: &Brief) -> Drawn {
    let rows = brief.source.histogram.as_deref().unwrap_or_default();
    let lang = brief.lang;
    let panel = |title: super::super::words::Text, pick: fn(&HistogramRow) -> Option<f64>| {
        let total: f64 = rows.iter().filter_map(pick).sum();
        let title = title.fill(lang, &[("n", &Unit::Count.say(lang, total))]);
        (total > 0.0).then(|| {
            (title, rows.iter().map(|row| pick(row).unwrap_or(0.0) / total).collect::<Vec<_>>())
        })
    };
    let panels: Vec<(String, Vec<f64>)> =
        [panel(w::H_USERS, |row| row.visits_credit), panel(w::H_OTHERS, |row| row.visits_others)]
            .into_iter()
            .flatten()
            .collect();
    if panels.is_empty() {
        return Ok(None);
    }
    let sheet = Sheet {
        title: w::C_HIST.of(lang).to_owned(),
        subtitle: w::C_HIST_SUB.fill(lang, &[("baseline", &brief.baseline)]),
        legend: Vec::new(),
        height: 182 * panels.len() as u32 + 22,
    };
    let axis = w::AX_SAVED.of(lang);
    sheet.draw(|area| {
        let mut rest = area.clone();
        for (i, (title, shares)) in panels.iter().enumerate() {
            let last = i + 1 == panels.len();
            let (place, below) = rest.split_vertically(if last { 204 } else { 182 });
            draw_histogram(&place, rows, (title, shares), last.then_some(axis))?;
            rest = below;
        }
        Ok(())
    })
}

fn draw_histogram(
    area: &Area,
    rows: &[HistogramRow],
    (title, shares): (&str, &[f64]),
    axis: Option<&str>,
) -> Step {
    let style = canvas::style(LABEL_PX, canvas::INK, HPos::Left, VPos::Top);
    area.draw_text(title, &style, (0, 7))?;
    let every = rows.len().div_ceil(14).max(1);
    let edges: Vec<f64> = (0..=rows.len()).step_by(every).map(|i| i as f64).collect();
    let label = |x: &f64| edge_label(rows, *x as usize);
    let mut chart = ChartBuilder::on(area)
        .margin_top(30)
        .margin_right(14)
        .x_label_area_size(if axis.is_some() { 44 } else { 24 })
        .y_label_area_size(40)
        .build_cartesian_2d(
            Slots { count: rows.len(), marks: edges },
            0.0..canvas::headroom(shares.iter().copied(), 1.08),
        )?;
    quiet_axes!(chart)
        .disable_x_mesh()
        .x_label_formatter(&label)
        .y_labels(4)
        .y_label_formatter(&|y| format!("{}%", tick(y * 100.0)))
        .x_desc(axis.unwrap_or_default())
        .draw()?;
    for (i, share) in shares.iter().enumerate() {
        let colour = side_colour(&rows[i]);
        let bar = [(i as f64 + 0.04, 0.0), (i as f64 + 0.96, *share)];
        chart.plotting_area().draw(&Rectangle::new(bar, colour.filled()))?;
    }
    Ok(())
}

/// The edge between two bins; open ends have none.
fn edge_label(rows: &[HistogramRow], edge: usize) -> String {
    let value = match rows.get(edge) {
        Some(row) => row.minutes_from,
        None => rows.last().and_then(|row| row.minutes_to),
    };
    value.map_or(String::new(), tick)
}

fn side_colour(row: &HistogramRow) -> Colour {
    let longer = row.minutes_to.is_some_and(|to| to <= 0.0);
    let shorter = row.minutes_from.is_some_and(|from| from >= 0.0);
    match (longer, shorter) {
        (true, _) => canvas::VERMILLION,
        (_, true) => canvas::BLUE,
        _ => canvas::GREY,
    }
}
