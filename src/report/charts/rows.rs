//! Rows of a label and its bars: waits by station in both arms, hospitals by minutes saved, losses by bearer
//! and the way to them, who gains. Must never leave a negative amount or a loser out of sight.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::super::Lang;
use super::super::numbers::{DASH, Unit, decimal};
use super::super::source::{Arm, distinct, term, weighted_mean};
use super::super::words as w;
use super::Brief;
use super::canvas::{self, Area, Colour, Drawn, Key, LABEL_PX, Plane, Sheet, Step};

/// A row: its label, and bars below each other; a row without bars is a gap.
#[derive(Clone, Debug, Default)]
struct Row {
    label: String,
    bars: Vec<Bar>,
}

/// A bar from one value to another, with what stands behind its second end.
#[derive(Clone, Debug)]
struct Bar {
    colour: Colour,
    from: f64,
    to: f64,
    said: String,
}

impl Row {
    /// One bar from zero; a negative one is vermillion.
    fn single(label: String, value: f64, said: String) -> Row {
        let colour = if value < 0.0 { canvas::VERMILLION } else { canvas::BLUE };
        Row { label, bars: vec![Bar { colour, from: 0.0, to: value, said }] }
    }
}

/// Mean wait at each station, both arms, all hospitals.
pub(super) fn waits_by_station(brief: &Brief) -> Drawn {
    let rows = brief.source.stations.as_deref().unwrap_or_default();
    let arms: Vec<&Arm> = brief.arms.iter().filter(|arm| !arm.is_other()).collect();
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
        // A station that nobody used in an arm has no wait there.
        let bars = arms.iter().zip(waits).map(|(arm, wait)| Bar {
            colour: canvas::arm_colour(arm),
            from: 0.0,
            to: wait.unwrap_or_default(),
            said: wait.map_or(DASH.to_owned(), |wait| Unit::Plain(1).say(brief.lang, wait)),
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
        height: height(&found),
    };
    sheet.draw(|area| draw(area, &found, (w::AX_MIN_WAIT.of(brief.lang), 1.0)))
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
    let row = |label: String, colour, from, to, said| Row {
        label,
        bars: vec![Bar { colour, from, to, said }],
    };
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
    money_sheet(w::C_FALL, w::C_LOSS_SUB.of(lang).to_owned(), &rows, lang)
}

/// Hospitals shown at each end of the ranking.
const EACH_END: usize = 8;

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
        w if w < 0.01 => 4,
        w if w < 0.1 => 3,
        w if w < 10.0 => 2,
        _ => 1,
    };
    let row = |&(name, saved): &(&str, f64)| {
        Row::single(name.to_owned(), saved, Unit::Plain(places).say(brief.lang, saved))
    };
    let mut rows: Vec<Row> = Vec::new();
    if ranked.len() <= 2 * EACH_END + 1 {
        rows.extend(ranked.iter().map(row));
    } else {
        rows.extend(ranked[..EACH_END].iter().map(row));
        rows.push(Row { label: "⋯".to_owned(), bars: Vec::new() });
        rows.extend(ranked[ranked.len() - EACH_END..].iter().map(row));
    }
    let sheet = Sheet {
        title: w::C_HOSP.of(brief.lang).to_owned(),
        subtitle: w::C_HOSP_SUB.fill(brief.lang, &[("baseline", &brief.baseline)]),
        legend: Vec::new(),
        height: height(&rows),
    };
    sheet.draw(|area| draw(area, &rows, (w::AX_SAVED_VISIT.of(brief.lang), 1.0)))
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
    parts.retain(|part| part.1 != 0.0);
    parts.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    let row = |(bearer, yuan): (&str, f64)| {
        let share = decimal(yuan / total * 100.0, 0);
        let said = format!("{} ({share}%)", Unit::Yuan.say(brief.lang, yuan));
        Row::single(term(brief.lang, bearer), yuan, said)
    };
    let rows: Vec<Row> = parts.into_iter().map(row).collect();
    money_sheet(w::C_LOSS, w::C_LOSS_SUB.of(brief.lang).to_owned(), &rows, brief.lang)
}

/// Who gains and who pays, against the main baseline; patients' time stands last.
pub(super) fn parties(brief: &Brief) -> Drawn {
    let summary = brief.source.summary();
    let path = format!("answer.against.{}", summary.text("baseline"));
    let parties = summary.estimates(&format!("{path}.npv_paying_by_party"));
    if parties.is_empty() {
        return Ok(None);
    }
    let row = |(party, yuan): (&str, f64)| {
        Row::single(term(brief.lang, party), yuan, Unit::Yuan.say(brief.lang, yuan))
    };
    let moved = parties.into_iter().filter(|(party, npv)| *party != "others" || npv.mean != 0.0);
    let worth = summary.mean(&format!("{path}.time_worth")).map(|yuan| ("patients_time", yuan));
    let rows: Vec<Row> =
        moved.map(|(party, npv)| (party, npv.mean)).chain(worth).map(row).collect();
    let subtitle = w::C_PARTIES_SUB.fill(brief.lang, &[("baseline", &brief.baseline)]);
    money_sheet(w::C_PARTIES, subtitle, &rows, brief.lang)
}

/// Rows of money on an axis in a unit that suits their size.
fn money_sheet(title: w::Text, subtitle: String, rows: &[Row], lang: Lang) -> Drawn {
    let ends = rows.iter().flat_map(|row| &row.bars).map(|bar| bar.from.abs().max(bar.to.abs()));
    let (by, unit) = super::lines::money_axis(lang, ends.fold(0.0, f64::max));
    let title = title.of(lang).to_owned();
    let sheet = Sheet { title, subtitle, legend: Vec::new(), height: height(rows) };
    sheet.draw(|area| draw(area, rows, (unit.of(lang), by)))
}

/// Room right of the plane for half a tick label, px.
const MARGIN: i32 = 16;
/// Between a label and the plane, and between a bar and its value, px.
const GAP: i32 = 8;
/// Most room for the labels, px; longer ones stand on two lines.
const LABELS_MAX: f64 = 236.0;
/// Sizes of a value beside a bar and of a label on two lines, px.
const VALUE_PX: f64 = 12.0;
const SMALL_PX: f64 = 10.5;

/// Height of a row, px: more for several bars.
fn row_height(rows: &[Row]) -> u32 {
    10 + 12 * rows.iter().map(|row| row.bars.len()).max().unwrap_or(1).max(1) as u32
}

fn height(rows: &[Row]) -> u32 {
    row_height(rows) * rows.len() as u32 + canvas::AXIS_PX + 6
}

/// Room that the labels take, px.
fn room(rows: &[Row]) -> f64 {
    let widest = rows.iter().map(|row| canvas::text_px(&row.label, LABEL_PX)).fold(0.0, f64::max);
    widest.min(LABELS_MAX)
}

/// Ends of the axis that leave room for the value beside each bar, on its side of zero.
fn bounds(rows: &[Row], by: f64) -> (f64, f64) {
    let bars = || rows.iter().flat_map(|row| &row.bars);
    let reach = |sign: f64| {
        let ends = bars().flat_map(|bar| [bar.from, bar.to]);
        let longest = ends.map(|end| end * sign / by).fold(0.0, f64::max);
        let own = bars().filter(|bar| (bar.to < bar.from) == (sign < 0.0));
        let text = own.map(|bar| canvas::text_px(&bar.said, VALUE_PX)).fold(0.0, f64::max);
        (longest, if text > 0.0 { text + f64::from(GAP) } else { 0.0 })
    };
    let ((left, left_text), (right, right_text)) = (reach(-1.0), reach(1.0));
    let plane = f64::from(canvas::WIDTH - MARGIN - GAP) - room(rows);
    let scale = (plane - left_text - right_text) / (left + right).max(f64::MIN_POSITIVE);
    let (low, high) = (-(left + left_text / scale), right + right_text / scale);
    if high > low { (low, high) } else { (0.0, 1.0) }
}

/// Rows from the top down; the axis counts in units of `by`.
fn draw(area: &Area, rows: &[Row], (axis, by): (&str, f64)) -> Step {
    let (low, high) = bounds(rows, by);
    let labels = room(rows);
    let left = labels as i32 + GAP;
    let plane = Plane { sides: (left, MARGIN), span: low..high, rows: rows.len(), axis };
    let chart = plane.on(area)?;
    let plane = chart.plotting_area();
    for (i, row) in rows.iter().enumerate() {
        let top = (rows.len() - i) as f64;
        let middle = chart.backend_coord(&(low, top - 0.5)).1 - area.get_base_pixel().1;
        draw_label(area, &row.label, (left - GAP, middle), labels)?;
        let lane = 0.8 / row.bars.len().max(1) as f64;
        for (k, Bar { colour, from, to, said }) in row.bars.iter().enumerate() {
            let (from, to) = (from / by, to / by);
            let upper = top - 0.1 - lane * k as f64;
            let bar = [(from.min(to), upper - lane * 0.92), (from.max(to), upper)];
            plane.draw(&Rectangle::new(bar, colour.filled()))?;
            let (side, offset) = if to < from { (HPos::Right, -5) } else { (HPos::Left, 5) };
            let style = canvas::style(VALUE_PX, canvas::INK, side, VPos::Center);
            let place = EmptyElement::at((to, upper - lane * 0.46));
            plane.draw(&(place + Text::new(said.clone(), (offset, 0), style)))?;
        }
    }
    let zero = PathElement::new(vec![(0.0, 0.0), (0.0, rows.len() as f64)], canvas::axis_line());
    Ok(plane.draw(&zero)?)
}

/// A label that ends at a place, on one line or two.
fn draw_label(area: &Area, label: &str, (x, y): (i32, i32), room: f64) -> Step {
    let lines = label_lines(label, room);
    let (px, apart) = if lines.len() > 1 { (SMALL_PX, 11) } else { (LABEL_PX, 0) };
    for (line, at) in lines.iter().zip([-1, 1]) {
        let style = canvas::style(px, canvas::INK, HPos::Right, VPos::Center);
        area.draw_text(line, &style, (x, y + at * apart / 2))?;
    }
    Ok(())
}

/// A label's lines: one where it fits, else two smaller ones, the second cut if it must be.
fn label_lines(label: &str, room: f64) -> Vec<String> {
    if canvas::text_px(label, LABEL_PX) <= room + 0.5 {
        return vec![label.to_owned()];
    }
    let lines = canvas::wrap_px(label, room, SMALL_PX);
    let first = lines[0].clone();
    let rest = label[first.len()..].trim_start();
    vec![first, canvas::cut(rest, room, SMALL_PX)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn single(label: &str, value: f64) -> Row {
        Row::single(label.to_owned(), value, "0.00".to_owned())
    }

    #[test]
    fn values_have_room_on_both_sides_of_zero() {
        let table: [&[f64]; 4] = [&[3.0, -1.0], &[2.0, 1.0], &[-2.0, -0.1], &[0.0]];
        for values in table {
            let rows: Vec<Row> = values.iter().map(|x| single("hospital", *x)).collect();
            let (low, high) = bounds(&rows, 1.0);
            let plane = f64::from(canvas::WIDTH - MARGIN - GAP) - room(&rows);
            let px = plane / (high - low);
            let text = canvas::text_px("0.00", VALUE_PX);
            assert!(low <= 0.0 && high >= 0.0 && high > low, "{values:?}: {low} to {high}");
            for value in values.iter().filter(|value| **value != 0.0) {
                let room = if *value < 0.0 { value - low } else { high - value };
                assert!(room * px >= text, "{values:?}: {room} leaves no room");
            }
        }
    }

    #[test]
    fn long_names_stand_on_two_lines_and_every_line_has_room() {
        let names = [
            "Zhongshan",
            "Xiamen Women and Children's Hospital, Huli campus",
            "厦门大学附属第一医院思明院区及其下属社区卫生服务中心联合体",
            "a name that goes on and on and on and on, through many halls and over many stairs, to no end",
        ];
        for name in names {
            let rows = [single(name, 1.0)];
            let lines = label_lines(name, room(&rows));
            assert!(lines.len() <= 2, "{lines:?}");
            let px = if lines.len() > 1 { SMALL_PX } else { LABEL_PX };
            for line in &lines {
                assert!(canvas::text_px(line, px) <= LABELS_MAX + 1.0, "{line}");
            }
            let whole = lines.concat().replace([' ', '…'], "");
            assert!(name.replace(' ', "").starts_with(&whole), "{lines:?}");
        }
        assert!(!label_lines(names[1], LABELS_MAX).concat().contains('…'));
    }

    #[test]
    fn no_station_party_or_bearer_needs_a_second_line() {
        let plain = "registration cashier kiosk laboratory imaging treatment pharmacy admission_desk discharge_desk \
                     emergency help_desk consultation patients hospitals bank funds insurer treasury platform \
                     others patients_time";
        let bearers = "bank pool guarantor hospital insurer credit_insurer";
        for lang in [Lang::En, Lang::Zh] {
            let plain = plain.split_whitespace().map(|key| term(lang, key));
            let of = |key| w::BORNE.fill(lang, &[("bearer", &term(lang, key))]);
            for label in plain.chain(bearers.split_whitespace().map(of)) {
                assert!(canvas::text_px(&label, LABEL_PX) <= LABELS_MAX, "{label}");
            }
        }
    }
}
