//! Charts over time: waiting by hour, debt by day. Must never interpolate a day or hour without data
//! by anything but a straight line.

use std::collections::BTreeMap;

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::super::Lang;
use super::super::numbers::tick;
use super::super::source::{Arm, day_place, weighted_mean};
use super::super::words::{self as w, Text as Word};
use super::Brief;
use super::canvas::{self, Area, Colour, Dash, Drawn, Key, LABEL_PX, Sheet, Step, quiet_axes};

/// Hours with a smaller share of the day's arrivals are not drawn: their means are chance.
const HOUR_SHARE_MIN: f64 = 0.002;

/// A line: style and points.
pub(super) struct Line {
    pub(super) colour: Colour,
    pub(super) dash: Dash,
    pub(super) points: Vec<(f64, f64)>,
}

/// Mean wait at the cashier by hour of arrival, one line an arm.
pub(super) fn cashier_wait(brief: &Brief) -> Drawn {
    let arms: Vec<(&Arm, Line)> =
        brief.arms.iter().filter_map(|arm| Some((arm, hourly(brief, arm)?))).collect();
    if arms.is_empty() {
        return Ok(None);
    }
    let sheet = Sheet {
        title: w::C_HOUR.of(brief.lang).to_owned(),
        subtitle: w::C_HOUR_SUB.of(brief.lang).to_owned(),
        legend: arms
            .iter()
            .map(|(arm, line)| Key {
                label: arm.title.clone(),
                colour: line.colour,
                line: Some(line.dash),
            })
            .collect(),
        height: 250,
    };
    let lines: Vec<Line> = arms.into_iter().map(|(_, line)| line).collect();
    let axes = (w::AX_HOUR.of(brief.lang), w::AX_MIN_WAIT.of(brief.lang));
    sheet.draw(|area| draw_lines(area, &lines, axes, true))
}

fn hourly(brief: &Brief, arm: &Arm) -> Option<Line> {
    let rows: Vec<_> =
        brief.source.hours.as_deref()?.iter().filter(|row| arm.is(&row.arm)).collect();
    let all: f64 = rows.iter().filter_map(|row| row.arrivals).sum();
    let hours: Vec<f64> = {
        let mut hours: Vec<f64> = rows.iter().filter_map(|row| row.hour).collect();
        hours.sort_by(f64::total_cmp);
        hours.dedup();
        hours
    };
    let points = hours.into_iter().filter_map(|hour| {
        let here = || rows.iter().filter(move |row| row.hour == Some(hour));
        let arrivals: f64 = here().filter_map(|row| row.arrivals).sum();
        let wait = weighted_mean(here().map(|row| (row.cashier_wait_min_mean, row.arrivals)))?;
        (arrivals >= all * HOUR_SHARE_MIN).then_some((hour, wait))
    });
    let points: Vec<(f64, f64)> = points.collect();
    let (colour, dash) = (canvas::line_colour(arm), Dash::of(arm));
    (!points.is_empty()).then_some(Line { colour, dash, points })
}

/// Lines over time; a `clock` goes on with 0 after 24.
pub(super) fn draw_lines(
    area: &Area,
    lines: &[Line],
    (x_axis, y_axis): (&str, &str),
    clock: bool,
) -> Step {
    let xs = || lines.iter().flat_map(|line| line.points.iter().map(|point| point.0));
    let (first, last) = (xs().fold(f64::MAX, f64::min), xs().fold(f64::MIN, f64::max));
    let ys = lines.iter().flat_map(|line| line.points.iter().map(|point| point.1));
    area.draw_text(y_axis, &canvas::label(), (0, 0))?;
    let mut chart = ChartBuilder::on(area)
        .margin_top(24)
        .margin_right(14)
        .x_label_area_size(44)
        .y_label_area_size(54)
        .build_cartesian_2d(first..last.max(first + 1.0), 0.0..canvas::headroom(ys, 1.1))?;
    quiet_axes!(chart)
        .disable_x_mesh()
        // A short run has no half days.
        .x_labels(((last - first) as usize + 1).clamp(2, 14))
        .x_label_formatter(&|x| tick(if clock && *x >= 24.0 { x - 24.0 } else { *x }))
        .y_labels(6)
        .y_label_formatter(&|y| tick(*y))
        .x_desc(x_axis)
        .draw()?;
    // Dashes on top: where two arms agree, both are seen.
    let (solid, dashed): (Vec<&Line>, Vec<&Line>) =
        lines.iter().partition(|line| line.dash == Dash::Solid);
    for line in solid.into_iter().chain(dashed) {
        let points = line.points.iter().copied();
        let style = canvas::stroke(line.colour);
        match line.dash.lengths() {
            Some((dash, gap)) => {
                chart.draw_series(DashedLineSeries::new(points, dash, gap, style))?;
            }
            None => {
                chart.draw_series(LineSeries::new(points, style))?;
            }
        }
    }
    Ok(())
}

/// What is owed on one day, yuan: not due, then by days past due.
type Owed = [f64; 5];

/// Two panels: all that is owed, and what is past due by bucket.
pub(super) fn outstanding(brief: &Brief) -> Drawn {
    let (mut days, split) = match owed_by_bucket(brief) {
        days if !days.is_empty() => (days, true),
        _ => (owed_by_day(brief), false),
    };
    // After the last repayment the books are empty; one empty day shows that.
    let last = days.iter().rposition(|(_, owed)| owed.iter().sum::<f64>() > 0.0);
    let Some(last) = last else { return Ok(None) };
    days.truncate(last + 2);
    let lang = brief.lang;
    let buckets: &[(Word, Colour)] = if split { &BUCKETS } else { &BUCKETS[..1] };
    let mut legend = Vec::new();
    if split {
        legend.extend(buckets.iter().map(|(word, colour)| Key::filled(word.of(lang), *colour)));
    }
    let sheet = Sheet {
        title: w::C_OUT.of(lang).to_owned(),
        subtitle: w::C_OUT_SUB.of(lang).to_owned(),
        legend,
        height: 376,
    };
    let all: Vec<(f64, Vec<f64>)> =
        days.iter().map(|(day, owed)| (*day, vec![owed.iter().sum()])).collect();
    let late: Vec<(f64, Vec<f64>)> =
        days.iter().map(|(day, owed)| (*day, owed[1..=buckets.len()].to_vec())).collect();
    let colours: Vec<Colour> = buckets.iter().map(|(_, colour)| *colour).collect();
    sheet.draw(|area| {
        let (upper, lower) = area.split_vertically(172);
        draw_areas(&upper, &all, &[canvas::BLUE], (w::P_OUT, None), lang)?;
        draw_areas(&lower, &late, &colours, (w::P_OVERDUE, Some(w::AX_DAY)), lang)
    })
}

/// The later, the darker.
const BUCKETS: [(Word, Colour); 4] = [
    (w::B_1, canvas::PALE),
    (w::B_31, canvas::ORANGE),
    (w::B_61, canvas::VERMILLION),
    (w::B_90, canvas::RUST),
];

/// What to take off a day so that the run's first day is 1. The first day is the daily table's.
fn first_day(brief: &Brief) -> f64 {
    let daily = brief.source.daily.as_deref().unwrap_or_default().iter().map(|row| &row.day);
    let buckets = brief.source.buckets.as_deref().unwrap_or_default().iter().map(|row| &row.day);
    let days = daily.chain(buckets).filter_map(|day| day_place(day));
    days.reduce(f64::min).map_or(0.0, |first| first - 1.0)
}

fn owed_by_bucket(brief: &Brief) -> Vec<(f64, Owed)> {
    let rows = brief.source.buckets.as_deref().unwrap_or_default();
    let first = first_day(brief);
    let days = rows.iter().filter_map(|row| {
        let owed =
            [row.current_yuan, row.d1_30_yuan, row.d31_60_yuan, row.d61_90_yuan, row.d90_plus_yuan];
        Some((day_place(&row.day)? - first, owed.map(Option::unwrap_or_default)))
    });
    days.collect()
}

/// From the daily table: the mean over replications, late amounts in one bucket.
fn owed_by_day(brief: &Brief) -> Vec<(f64, Owed)> {
    let policy = brief.arms.last();
    let rows = brief.source.daily.as_deref().unwrap_or_default();
    let first = first_day(brief);
    let mut days: BTreeMap<i64, (f64, f64, f64)> = BTreeMap::new();
    for row in rows.iter().filter(|row| policy.is_some_and(|arm| arm.is(&row.arm))) {
        if let (Some(day), Some(owed)) = (day_place(&row.day), row.outstanding_yuan) {
            let sums = days.entry((day - first) as i64).or_default();
            sums.0 += owed;
            sums.1 += row.overdue_yuan.unwrap_or_default();
            sums.2 += 1.0;
        }
    }
    let mean = |(day, (owed, late, n)): (i64, (f64, f64, f64))| {
        (day as f64, [(owed - late) / n, late / n, 0.0, 0.0, 0.0])
    };
    days.into_iter().map(mean).collect()
}

/// Unit of a money axis: the divisor and its name.
pub(super) fn money_axis(lang: Lang, highest: f64) -> (f64, Word) {
    match lang {
        Lang::Zh if highest >= 2e4 => (1e4, w::AX_YUAN_W),
        Lang::En if highest >= 2e6 => (1e6, w::AX_YUAN_M),
        Lang::En if highest >= 2e3 => (1e3, w::AX_YUAN_K),
        _ => (1.0, w::AX_YUAN),
    }
}

/// Stacked areas over days, the first colour at the bottom.
fn draw_areas(
    area: &Area,
    days: &[(f64, Vec<f64>)],
    colours: &[Colour],
    (title, axis): (Word, Option<Word>),
    lang: Lang,
) -> Step {
    let highest = days.iter().map(|(_, parts)| parts.iter().sum::<f64>()).fold(0.0, f64::max);
    let (by, unit) = money_axis(lang, highest);
    let first = days.first().map_or(0.0, |day| day.0);
    let last = days.last().map_or(1.0, |day| day.0).max(first + 1.0);
    let heading = format!("{}{}", title.of(lang), lang.pick(", ", "，"));
    let style = canvas::style(LABEL_PX, canvas::INK, HPos::Left, VPos::Top);
    area.draw_text(&format!("{heading}{}", unit.of(lang)), &style, (0, 7))?;
    let mut chart = ChartBuilder::on(area)
        .margin_top(30)
        .margin_right(14)
        .x_label_area_size(if axis.is_some() { 44 } else { 24 })
        .y_label_area_size(48)
        .build_cartesian_2d(first..last, 0.0..canvas::headroom([highest / by].into_iter(), 1.08))?;
    quiet_axes!(chart)
        .disable_x_mesh()
        .x_labels(10)
        .x_label_formatter(&|x| tick(*x))
        .y_labels(4)
        .y_label_formatter(&|y| tick(*y))
        .x_desc(axis.map_or("", |axis| axis.of(lang)))
        .draw()?;
    for (k, colour) in colours.iter().enumerate().rev() {
        let sum = |parts: &[f64]| parts[..=k].iter().sum::<f64>() / by;
        let points = days.iter().map(|(day, parts)| (*day, sum(parts)));
        chart.draw_series(AreaSeries::new(points, 0.0, *colour))?;
    }
    Ok(())
}
