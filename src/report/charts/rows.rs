//! Charts of labelled rows: waits by station in both arms, the way from what was written off to who bears it,
//! and late shares by age of the draws. Must never leave a negative amount out of sight.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::super::numbers::{Unit, decimal, tick};
use super::super::source::{Arm, ArmRole, distinct, term, weighted_mean};
use super::super::words as w;
use super::Brief;
use super::canvas::{self, Area, Colour, Drawn, Key, LABEL_PX, Sheet, Step, quiet_axes};

/// A row: its label, and bars below each other with what stands at their ends.
struct Row {
    label: String,
    bars: Vec<(Colour, f64, f64, String)>,
}

/// Mean wait at each station, both arms, all hospitals.
pub(super) fn waits_by_station(brief: &Brief) -> Drawn {
    let rows = brief.source.stations.as_deref().unwrap_or_default();
    let arms: Vec<&Arm> = brief.arms.iter().filter(|arm| arm.role != ArmRole::Other).collect();
    let mean = |arm: &Arm, station: &str| {
        let own = rows.iter().filter(|row| row.station == station && arm.is(&row.arm));
        weighted_mean(own.map(|row| (row.wait_min_mean, row.served)))
    };
    let mut found = Vec::new();
    for station in distinct(rows.iter().map(|row| row.station.as_str())) {
        let waits: Vec<Option<f64>> = arms.iter().map(|arm| mean(arm, station)).collect();
        if waits.iter().all(Option::is_none) {
            continue;
        }
        let bars = arms.iter().zip(waits).map(|(arm, wait)| {
            let wait = wait.unwrap_or_default();
            (canvas::arm_colour(arm), 0.0, wait, decimal(wait, 1))
        });
        found.push(Row { label: term(brief.lang, station), bars: bars.collect() });
    }
    if found.is_empty() {
        return Ok(None);
    }
    let legend = arms.iter().map(|arm| Key::filled(arm.title.clone(), canvas::arm_colour(arm)));
    let sheet = Sheet {
        title: w::C_STATIONS.of(brief.lang).to_owned(),
        subtitle: w::C_STATIONS_SUB.of(brief.lang).to_owned(),
        legend: legend.collect(),
        height: 34 * found.len() as u32 + 50,
    };
    sheet.draw(|area| draw(area, &found, w::AX_MIN_WAIT.of(brief.lang)))
}

/// From what was written off, less what came back, to those who bear the rest.
pub(super) fn loss_waterfall(brief: &Brief) -> Drawn {
    let (summary, lang) = (brief.source.summary(), brief.lang);
    let of = |path: &str| summary.mean(&format!("credit.{path}"));
    let (Some(off), Some(back), Some(net)) =
        (of("written_off"), of("recovered"), of("net_credit_loss"))
    else {
        return Ok(None);
    };
    if off <= 0.0 {
        return Ok(None);
    }
    let said = |x: f64| Unit::Yuan.say(lang, x);
    let row =
        |label: String, colour, from, to, text| Row { label, bars: vec![(colour, from, to, text)] };
    let mut rows = vec![
        row(w::FALL_OFF.of(lang).to_owned(), canvas::VERMILLION, 0.0, off, said(off)),
        row(w::FALL_BACK.of(lang).to_owned(), canvas::SKY, off - back, off, said(-back)),
        row(w::FALL_NET.of(lang).to_owned(), canvas::BLUE, 0.0, net, said(net)),
    ];
    let mut from = 0.0;
    for (bearer, part) in summary.estimates("credit.loss_by_bearer") {
        if part.mean != 0.0 {
            let label = w::BORNE.fill(lang, &[("bearer", &term(lang, bearer))]);
            rows.push(row(label, canvas::GREY, from, from + part.mean, said(part.mean)));
            from += part.mean;
        }
    }
    let sheet = Sheet {
        title: w::C_FALL.of(lang).to_owned(),
        subtitle: w::C_LOSS_SUB.of(lang).to_owned(),
        legend: Vec::new(),
        height: 34 * rows.len() as u32 + 50,
    };
    sheet.draw(|area| draw(area, &rows, w::AX_YUAN.of(lang)))
}

/// Width of the labels, px.
const LABELS: u32 = 168;

fn draw(area: &Area, rows: &[Row], axis: &str) -> Step {
    let ends = || rows.iter().flat_map(|row| row.bars.iter().flat_map(|bar| [bar.1, bar.2]));
    let low = ends().fold(0.0, f64::min);
    let high = canvas::headroom(ends(), 1.0);
    // Room for the values that stand right of the bars.
    let high = high + (high - low) * 0.3;
    let mut chart = ChartBuilder::on(area)
        .margin_right(10)
        .margin_left(LABELS as i32)
        .x_label_area_size(42)
        .build_cartesian_2d(low..high, 0.0..rows.len() as f64)?;
    quiet_axes!(chart)
        .disable_y_mesh()
        .disable_y_axis()
        .x_labels(6)
        .x_label_formatter(&|x| tick(*x))
        .x_desc(axis)
        .draw()?;
    for (i, row) in rows.iter().enumerate() {
        let top = (rows.len() - i) as f64;
        let lane = 0.8 / row.bars.len() as f64;
        let style = canvas::style(LABEL_PX, canvas::INK, HPos::Right, VPos::Center);
        let label = canvas::cut(&row.label, f64::from(LABELS) - 12.0, LABEL_PX);
        let (_, y) = chart.backend_coord(&(low, top - 0.5));
        let (_, edge) = area.get_base_pixel();
        area.draw_text(&label, &style, (LABELS as i32 - 8, y - edge))?;
        for (k, (colour, from, to, text)) in row.bars.iter().enumerate() {
            let upper = top - 0.1 - lane * k as f64;
            let bar = [(from.min(*to), upper - lane * 0.92), (from.max(*to), upper)];
            chart.plotting_area().draw(&Rectangle::new(bar, colour.filled()))?;
            let style = canvas::style(11.5, canvas::INK, HPos::Left, VPos::Center);
            let place = EmptyElement::at((from.max(*to), upper - lane * 0.46));
            chart.plotting_area().draw(&(place + Text::new(text.clone(), (4, 0), style)))?;
        }
    }
    Ok(())
}
