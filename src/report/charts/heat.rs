//! Waits by station and hour, both arms above each other, as shaded cells with their minutes in them.
//! Must never tell a number by its shade alone.

use std::collections::BTreeMap;

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::super::numbers::decimal;
use super::super::source::{Arm, distinct, term, weighted_mean};
use super::super::words as w;
use super::Brief;
use super::canvas::{self, Area, Colour, Drawn, LABEL_PX, Sheet, Step, WIDTH};

/// Width of the labels, px.
const LABELS: i32 = 140;
/// Height of a row, px.
const ROW: i32 = 21;
/// Height above the rows of an arm: its name, and the hours below them.
const HEAD: i32 = 26;
/// Hours shown: a joined line of the day shift; nights are in the table.
const HOURS: std::ops::RangeInclusive<u32> = 7..=18;

/// Mean minutes by station and hour, of one arm.
struct Panel {
    title: String,
    waits: BTreeMap<(usize, u32), f64>,
}

/// Mean wait at each station by hour, all hospitals, baseline above the scheme.
pub(super) fn waits_by_station_hour(brief: &Brief) -> Drawn {
    let rows = brief.source.station_hours.as_deref().unwrap_or_default();
    let stations = distinct(rows.iter().map(|row| row.station.as_str()));
    let panel = |arm: &Arm| {
        let mut waits = BTreeMap::new();
        for (place, station) in stations.iter().enumerate() {
            for hour in HOURS {
                let own = rows.iter().filter(|row| {
                    row.station == *station && row.hour == Some(f64::from(hour)) && arm.is(&row.arm)
                });
                let mean = weighted_mean(own.map(|row| (row.wait_min_mean, row.arrivals)));
                waits.extend(mean.map(|mean| ((place, hour), mean)));
            }
        }
        Panel { title: arm.title.clone(), waits }
    };
    let arms = brief.arms.iter().filter(|arm| !arm.is_other());
    let panels: Vec<Panel> = arms.map(panel).filter(|panel| !panel.waits.is_empty()).collect();
    if panels.is_empty() {
        return Ok(None);
    }
    let labels: Vec<String> = stations.iter().map(|name| term(brief.lang, name)).collect();
    let height = (stations.len() as i32 * ROW + 2 * HEAD) * panels.len() as i32 + 20;
    let sheet = Sheet {
        title: w::C_HEAT.of(brief.lang).to_owned(),
        subtitle: w::C_HEAT_SUB.of(brief.lang).to_owned(),
        legend: Vec::new(),
        height: height.unsigned_abs(),
    };
    sheet.draw(|area| draw(area, &panels, &labels, w::AX_CLOCK.of(brief.lang)))
}

fn draw(area: &Area, panels: &[Panel], labels: &[String], axis: &str) -> Step {
    let most = panels.iter().flat_map(|panel| panel.waits.values()).fold(0.0_f64, |a, &b| a.max(b));
    let hours = HOURS.count() as i32;
    let cell = (WIDTH - LABELS - 12) / hours;
    let mut top = 0;
    for panel in panels {
        let bold = canvas::style(LABEL_PX, canvas::INK, HPos::Left, VPos::Center);
        area.draw_text(&panel.title, &bold, (8, top + HEAD / 2))?;
        top += HEAD;
        for (place, label) in labels.iter().enumerate() {
            let middle = top + ROW / 2;
            let style = canvas::style(LABEL_PX, canvas::INK, HPos::Right, VPos::Center);
            let label = canvas::cut(label, f64::from(LABELS) - 12.0, LABEL_PX);
            area.draw_text(&label, &style, (LABELS - 8, middle))?;
            for (column, hour) in (0..).zip(HOURS) {
                let Some(&wait) = panel.waits.get(&(place, hour)) else { continue };
                let left = LABELS + column * cell;
                let shade = if most > 0.0 { wait / most } else { 0.0 };
                let frame = [(left, top), (left + cell - 1, top + ROW - 1)];
                area.draw(&Rectangle::new(frame, shaded(shade).filled()))?;
                let ink = if shade > 0.5 { WHITE } else { canvas::INK };
                let style = canvas::style(11.5, ink, HPos::Center, VPos::Center);
                let places = usize::from(wait < 9.95);
                area.draw_text(&decimal(wait, places), &style, (left + cell / 2, middle))?;
            }
            top += ROW;
        }
        for (column, hour) in (0..).zip(HOURS) {
            let style = canvas::style(11.5, canvas::SOFT, HPos::Center, VPos::Center);
            let at = (LABELS + column * cell + cell / 2, top + HEAD / 3);
            area.draw_text(&hour.to_string(), &style, at)?;
        }
        top += HEAD;
    }
    let style = canvas::style(LABEL_PX, canvas::SOFT, HPos::Center, VPos::Center);
    area.draw_text(axis, &style, (LABELS + hours * cell / 2, top + 4))?;
    Ok(())
}

/// From the paper to full blue.
fn shaded(share: f64) -> Colour {
    let RGBColor(red, green, blue) = canvas::BLUE;
    let mix = |to: u8| (255.0 + (f64::from(to) - 255.0) * (0.06 + 0.94 * share)) as u8;
    RGBColor(mix(red), mix(green), mix(blue))
}
