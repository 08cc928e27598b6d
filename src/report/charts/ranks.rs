//! Ranked bars with a label before each: hospitals by minutes saved, losses by bearer. Must never hide
//! the ones that lose.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::super::numbers::{Unit, decimal, tick};
use super::super::source::term;
use super::super::words as w;
use super::Brief;
use super::canvas::{self, Area, Colour, Drawn, LABEL_PX, Sheet, Step, quiet_axes};

/// Hospitals shown at each end of the ranking.
const EACH_END: usize = 8;
/// Width of the labels, px.
const LABELS: i32 = 196;
/// Room at the right for half a tick label, px.
const MARGIN: i32 = 16;
/// Height of a row, px.
const ROW: u32 = 22;

/// One bar; `None` is the gap between the best and the last.
type Bar = Option<(String, f64, String, Colour)>;

/// The hospitals with the highest and the lowest saving.
pub(super) fn hospitals(brief: &Brief) -> Drawn {
    let rows = brief.source.hospitals.as_deref().unwrap_or_default();
    let policy = brief.arms.last();
    let mut ranked: Vec<(&str, f64)> = rows
        .iter()
        .filter(|row| policy.is_some_and(|arm| arm.is(&row.arm)))
        .filter(|row| row.visits.is_some_and(|visits| visits > 0.0))
        .filter_map(|row| Some((row.hospital.as_str(), row.saved_min_mean?)))
        .collect();
    if ranked.is_empty() {
        return Ok(None);
    }
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    let widest = ranked.iter().map(|(_, saved)| saved.abs()).fold(0.0, f64::max);
    let places = match widest {
        w if w < 0.1 => 3,
        w if w < 10.0 => 2,
        _ => 1,
    };
    let bar = |&(name, saved): &(&str, f64)| {
        let colour = if saved < 0.0 { canvas::VERMILLION } else { canvas::BLUE };
        let name = canvas::cut(name, f64::from(LABELS) - 14.0, LABEL_PX);
        Some((name, saved, decimal(saved, places), colour))
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

/// Who gains and who pays, against the main baseline; patients' time stands last.
pub(super) fn parties(brief: &Brief) -> Drawn {
    let summary = brief.source.summary();
    let path = format!("answer.against.{}", summary.text("baseline"));
    let parties = summary.estimates(&format!("{path}.npv_paying_by_party"));
    if parties.is_empty() {
        return Ok(None);
    }
    let bar = |label: String, yuan: f64| {
        let colour = if yuan < 0.0 { canvas::VERMILLION } else { canvas::BLUE };
        Some((label, yuan, Unit::Yuan.say(brief.lang, yuan), colour))
    };
    let moved = parties.into_iter().filter(|(party, npv)| *party != "others" || npv.mean != 0.0);
    let mut bars: Vec<Bar> =
        moved.map(|(party, npv)| bar(term(brief.lang, party), npv.mean)).collect();
    if let Some(worth) = summary.mean(&format!("{path}.time_worth")) {
        bars.push(bar(term(brief.lang, "patients_time"), worth));
    }
    let highest = bars.iter().flatten().map(|bar| bar.1.abs()).fold(0.0, f64::max);
    let (by, unit) = super::lines::money_axis(brief.lang, highest);
    let sheet = Sheet {
        title: w::C_PARTIES.of(brief.lang).to_owned(),
        subtitle: w::C_PARTIES_SUB.fill(brief.lang, &[("baseline", &brief.baseline)]),
        legend: Vec::new(),
        height: ROW * bars.len() as u32 + 46,
    };
    sheet.draw(|area| draw_ranks(area, &bars, unit.of(brief.lang), by))
}

/// Bars from the top down; the axis counts in units of `by`.
fn draw_ranks(area: &Area, bars: &[Bar], axis: &str, by: f64) -> Step {
    let (low, high) = bounds(bars, by);
    let n = bars.len() as f64;
    let mut chart = ChartBuilder::on(area)
        .margin_left(LABELS)
        .margin_right(MARGIN)
        .x_label_area_size(42)
        .build_cartesian_2d(low..high, 0.0..n)?;
    quiet_axes!(chart)
        .disable_y_mesh()
        .disable_y_axis()
        .x_labels(6)
        .x_label_formatter(&|x| tick(*x))
        .x_desc(axis)
        .draw()?;
    for (i, bar) in bars.iter().enumerate() {
        let y = n - i as f64 - 0.5;
        let before = EmptyElement::at((low, y));
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

/// Ends of the axis that leave room for the value beside each bar, on its side of zero.
fn bounds(bars: &[Bar], by: f64) -> (f64, f64) {
    let side = |sign: f64| {
        let bars = || bars.iter().flatten().filter(move |bar| bar.1 * sign > 0.0);
        let longest = bars().map(|bar| bar.1 * sign / by).fold(0.0, f64::max);
        let text = bars().map(|bar| canvas::text_px(&bar.2, LABEL_PX) + 14.0).fold(0.0, f64::max);
        (longest, text)
    };
    let ((left, left_text), (right, right_text)) = (side(-1.0), side(1.0));
    let plot = f64::from(canvas::WIDTH) - f64::from(LABELS + MARGIN);
    let scale = (plot - left_text - right_text) / (left + right).max(f64::MIN_POSITIVE);
    let low = -(left + left_text / scale);
    let high = right + right_text / scale;
    if high > low { (low, high) } else { (0.0, 1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_room_on_both_sides_of_zero() {
        let table: [&[f64]; 4] = [&[3.0, -1.0], &[2.0, 1.0], &[-2.0, -0.1], &[0.0]];
        for values in table {
            let bars: Vec<Bar> = values
                .iter()
                .map(|x| Some((String::new(), *x, "0.00".into(), canvas::BLUE)))
                .collect();
            let (low, high) = bounds(&bars, 1.0);
            let px = (f64::from(canvas::WIDTH) - f64::from(LABELS + MARGIN)) / (high - low);
            let text = canvas::text_px("0.00", LABEL_PX);
            assert!(low <= 0.0 && high >= 0.0 && high > low, "{values:?}: {low} to {high}");
            for value in values.iter().filter(|value| **value != 0.0) {
                let room = if *value < 0.0 { value - low } else { high - value };
                assert!(room * px >= text, "{values:?}: {room} leaves no room");
            }
        }
    }
}
