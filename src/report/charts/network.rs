//! Pictures of a queueing network: its stations and ways, lines over time, waits by station. Must
//! never know the simulator; whoever draws hands over plain numbers.

use super::super::numbers::{decimal, tick};
use super::super::words as w;
use super::super::{Error, Lang, Result};
use super::canvas::{self, Area, Colour, Dash, Drawn, Key, LABEL_PX, Sheet, Step, quiet_axes};
use libm::{cos, pow, sin};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};
use std::f64::consts::PI;

/// A network to draw.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NetworkView {
    /// Name of the network.
    pub name: String,
    /// Places in the order in which customers pass them: entry, stations, exit.
    pub places: Vec<PlaceView>,
    /// Ways between places.
    pub ways: Vec<WayView>,
}

/// An entry, a station or the exit.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlaceView {
    /// Printed name.
    pub name: String,
    /// What stands below it, such as servers and load.
    pub note: String,
    /// Mean, 90 % and 99 % wait, s; `None` for what is no station.
    pub waits_s: Option<[f64; 3]>,
    /// Mean length of the line and mean number in service over time: (hours, line, served).
    pub over_time: Vec<(f64, f64, f64)>,
}

/// A way between two places.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct WayView {
    /// Place where it begins.
    pub from: usize,
    /// Place where it ends.
    pub to: usize,
    /// Customers who take it, as a share of all (more than 1 for loops).
    pub share: f64,
}

/// Draws one picture.
type Picture = fn(&NetworkView, Lang) -> Drawn;

/// Pictures of a network, as file name without ending and SVG; those without data are left out.
pub fn draw_network(view: &NetworkView, lang: Lang) -> Result<Vec<(&'static str, String)>> {
    let pictures: [(&'static str, Picture); 3] =
        [("network", ways), ("queues", lines), ("waits", waits)];
    let mut drawn = Vec::new();
    for (name, draw) in pictures {
        let svg = draw(view, lang).map_err(|reason| Error::Draw { name, reason })?;
        drawn.extend(svg.map(|svg| (name, svg)));
    }
    Ok(drawn)
}

/// Height of a place and of the gap below it, px.
const BOX_PX: i32 = 40;
const GAP_PX: i32 = 26;
/// Edges of the boxes, px.
const LEFT_PX: i32 = 165;
const RIGHT_PX: i32 = 355;
/// Farthest that a way may swing out, px.
const SWING_PX: f64 = 140.0;

/// Places below each other; ways onward swing out to the right, ways back to the left.
fn ways(view: &NetworkView, lang: Lang) -> Drawn {
    let sheet = Sheet {
        title: w::N_WAYS.fill(lang, &[("name", &view.name)]),
        subtitle: w::N_WAYS_SUB.of(lang).to_owned(),
        legend: Vec::new(),
        height: (view.places.len() as i32 * (BOX_PX + GAP_PX) + 12) as u32,
    };
    sheet.draw(|area| {
        for way in &view.ways {
            draw_way(area, way, view.places.len())?;
        }
        for (k, place) in view.places.iter().enumerate() {
            draw_place(area, place, k as i32 * (BOX_PX + GAP_PX) + 6)?;
        }
        Ok(())
    })
}

fn draw_place(area: &Area, place: &PlaceView, top: i32) -> Step {
    let corners = [(LEFT_PX, top), (RIGHT_PX, top + BOX_PX)];
    let fill = if place.waits_s.is_some() { canvas::PALE } else { WHITE };
    area.draw(&Rectangle::new(corners, fill.filled()))?;
    area.draw(&Rectangle::new(corners, canvas::SOFT.stroke_width(1)))?;
    let middle = i32::midpoint(LEFT_PX, RIGHT_PX);
    let style = canvas::style(LABEL_PX, canvas::INK, HPos::Center, VPos::Center);
    let lower = if place.note.is_empty() { BOX_PX / 2 } else { 12 };
    area.draw_text(&place.name, &canvas::bold(style), (middle, top + lower))?;
    let note = canvas::style(11.0, canvas::SOFT, HPos::Center, VPos::Center);
    area.draw_text(&place.note, &note, (middle, top + 29)).map_err(Into::into)
}

/// Half an ellipse beside the boxes, or a straight line to the next one.
fn draw_way(area: &Area, way: &WayView, places: usize) -> Step {
    let middle = |k: usize| f64::from(k as i32 * (BOX_PX + GAP_PX) + 6 + BOX_PX / 2);
    let onward = way.to > way.from;
    let colour = if onward { canvas::BLUE } else { canvas::VERMILLION };
    let thick = (1.0 + 4.0 * way.share.min(1.0)) as u32;
    let share = decimal(way.share, 2);
    let text = |h, x: f64, y: f64| {
        let style = canvas::style(11.0, colour, h, VPos::Center);
        area.draw_text(&share, &style, (x as i32, y as i32))
    };
    if way.to == way.from + 1 {
        let x = i32::midpoint(LEFT_PX, RIGHT_PX);
        let (y0, y1) = (middle(way.from) as i32 + BOX_PX / 2, middle(way.to) as i32 - BOX_PX / 2);
        area.draw(&PathElement::new(vec![(x, y0), (x, y1 - 5)], colour.stroke_width(thick)))?;
        draw_head(area, (f64::from(x), f64::from(y1)), (0.0, 1.0), colour)?;
        return Ok(text(HPos::Left, f64::from(x + 8), f64::from(i32::midpoint(y0, y1)))?);
    }
    let edge = f64::from(if onward { RIGHT_PX } else { LEFT_PX });
    let side = if onward { 1.0 } else { -1.0 };
    let span = way.to.abs_diff(way.from);
    let swing = side * (22.0 + SWING_PX * span as f64 / places.max(1) as f64).min(SWING_PX);
    let (y0, y1) = if span == 0 {
        (middle(way.from) + 9.0, middle(way.from) - 9.0)
    } else {
        // Ways that leave and ways that come in meet a box at different heights.
        (middle(way.from) + 8.0, middle(way.to) - 8.0)
    };
    let (centre, half) = (f64::midpoint(y0, y1), (y1 - y0) / 2.0);
    let point = |k: i32| {
        let angle = PI * f64::from(k) / 40.0;
        ((edge + swing * sin(angle)) as i32, (centre - half * cos(angle)) as i32)
    };
    area.draw(&PathElement::new(
        (0..=39).map(point).collect::<Vec<_>>(),
        colour.stroke_width(thick),
    ))?;
    draw_head(area, (edge, y1), (-side, 0.0), colour)?;
    let h = if onward { HPos::Left } else { HPos::Right };
    Ok(text(h, edge + swing + side * 4.0, centre)?)
}

/// An arrow's head with its tip at a point, looking along a direction.
fn draw_head(area: &Area, (x, y): (f64, f64), (dx, dy): (f64, f64), colour: Colour) -> Step {
    let (long, wide) = (9.0, 4.5);
    let corner = |sign: f64| {
        let (bx, by) = (x - long * dx, y - long * dy);
        ((bx - sign * wide * dy) as i32, (by + sign * wide * dx) as i32)
    };
    let corners = vec![(x as i32, y as i32), corner(1.0), corner(-1.0)];
    Ok(area.draw(&Polygon::new(corners, colour.filled()))?)
}

/// Height of a station's panel, px.
const PANEL_PX: u32 = 118;

/// A panel a station: customers in line and in service over time.
fn lines(view: &NetworkView, lang: Lang) -> Drawn {
    let places: Vec<&PlaceView> = view.places.iter().filter(|p| !p.over_time.is_empty()).collect();
    if places.is_empty() {
        return Ok(None);
    }
    let sheet = Sheet {
        title: w::N_LINES.fill(lang, &[("name", &view.name)]),
        subtitle: w::N_LINES_SUB.of(lang).to_owned(),
        legend: vec![
            Key {
                label: w::N_IN_LINE.of(lang).into(),
                colour: canvas::VERMILLION,
                line: Some(Dash::Solid),
            },
            Key {
                label: w::N_SERVED.of(lang).into(),
                colour: canvas::BLUE,
                line: Some(Dash::Dashed),
            },
        ],
        height: PANEL_PX * places.len() as u32 + 40,
    };
    sheet.draw(|area| {
        let mut rest = area.clone();
        for (k, place) in places.iter().enumerate() {
            let last = k + 1 == places.len();
            let (panel, below) = rest.split_vertically(PANEL_PX + if last { 38 } else { 0 });
            draw_panel(&panel, place, last.then(|| w::N_HOURS.of(lang)))?;
            rest = below;
        }
        Ok(())
    })
}

fn draw_panel(area: &Area, place: &PlaceView, axis: Option<&str>) -> Step {
    let style = canvas::style(LABEL_PX, canvas::INK, HPos::Left, VPos::Top);
    area.draw_text(&place.name, &canvas::bold(style), (0, 2))?;
    let end = place.over_time.last().map_or(1.0, |point| point.0).max(1e-6);
    let highest = place.over_time.iter().map(|point| point.1.max(point.2));
    let mut chart = ChartBuilder::on(area)
        .margin_top(22)
        .margin_right(14)
        .x_label_area_size(if axis.is_some() { 44 } else { 18 })
        .y_label_area_size(40)
        .build_cartesian_2d(0.0..end, 0.0..canvas::headroom(highest, 1.1))?;
    quiet_axes!(chart)
        .disable_x_mesh()
        .x_labels(10)
        .x_label_formatter(&|x| tick(*x))
        .y_labels(4)
        .y_label_formatter(&|y| tick(*y))
        .x_desc(axis.unwrap_or_default())
        .draw()?;
    let served = place.over_time.iter().map(|point| (point.0, point.2));
    chart.draw_series(DashedLineSeries::new(served, 6, 4, canvas::BLUE.stroke_width(1)))?;
    let line = place.over_time.iter().map(|point| (point.0, point.1));
    chart.draw_series(LineSeries::new(line, canvas::stroke(canvas::VERMILLION)))?;
    Ok(())
}

/// Height of a station's row of waits, px.
const ROW_PX: u32 = 34;

/// A row a station: mean wait as a bar, the 90 and 99 % waits as marks. Roots keep short waits
/// visible beside long ones.
fn waits(view: &NetworkView, lang: Lang) -> Drawn {
    let places: Vec<(&str, [f64; 3])> =
        view.places.iter().filter_map(|p| Some((p.name.as_str(), p.waits_s?))).collect();
    if places.is_empty() {
        return Ok(None);
    }
    let key = |text: w::Text, colour| Key::filled(text.of(lang), colour);
    let sheet = Sheet {
        title: w::N_WAITS.fill(lang, &[("name", &view.name)]),
        subtitle: w::N_WAITS_SUB.of(lang).to_owned(),
        legend: vec![
            key(w::N_MEAN, canvas::BLUE),
            key(w::N_P90, canvas::SKY),
            key(w::N_P99, canvas::PALE),
        ],
        height: ROW_PX * places.len() as u32 + 12,
    };
    let longest = places.iter().map(|(_, waits)| waits[2]).fold(1e-9, f64::max);
    sheet.draw(|area| {
        for (k, (name, waits)) in places.iter().enumerate() {
            draw_row(area, name, waits, (k as i32 * ROW_PX as i32 + 4, longest))?;
        }
        Ok(())
    })
}

fn draw_row(area: &Area, name: &str, waits: &[f64; 3], (top, longest): (i32, f64)) -> Step {
    let (left, right) = (130.0, f64::from(canvas::WIDTH) - 140.0);
    let at = |wait: f64| (left + (right - left) * pow(wait / longest, 0.5)) as i32;
    let style = canvas::style(LABEL_PX, canvas::INK, HPos::Left, VPos::Center);
    area.draw_text(name, &style, (0, top + 12))?;
    let bars =
        [(waits[2], 4, canvas::PALE), (waits[1], 7, canvas::SKY), (waits[0], 10, canvas::BLUE)];
    for (wait, inset, colour) in bars {
        let corners =
            [(left as i32, top + inset - 4), (at(wait).max(left as i32 + 1), top + 28 - inset)];
        area.draw(&Rectangle::new(corners, colour.filled()))?;
    }
    let values = waits.map(|wait| decimal(wait, usize::from(wait < 100.0))).join(" / ");
    let style = canvas::style(11.0, canvas::SOFT, HPos::Left, VPos::Center);
    Ok(area.draw_text(&values, &style, (at(waits[2]) + 6, top + 12))?)
}
