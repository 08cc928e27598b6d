//! Charts over time: growth of the scheme, requests of the busiest day, late shares by age of the draws.
//! Must never draw a day that the run does not have.

use std::collections::BTreeMap;

use super::super::headroom;
use super::super::numbers::Unit;
use super::super::source::{Arm, day_place, weighted_mean};
use super::super::words as w;
use super::Brief;
use super::canvas::{self, Colour, Dash, Drawn, Key, Sheet};
use super::lines::{Line, draw_lines};

fn sheet(title: w::Text, subtitle: w::Text, lines: &[(String, Line)], brief: &Brief) -> Sheet {
    let key = |(label, line): &(String, Line)| Key {
        label: label.clone(),
        colour: line.colour,
        line: Some(line.dash),
    };
    Sheet {
        title: title.of(brief.lang).to_owned(),
        subtitle: subtitle.of(brief.lang).to_owned(),
        legend: lines.iter().map(key).collect(),
        height: 250,
    }
}

fn finish(sheet: Sheet, lines: Vec<(String, Line)>, axes: (&str, &str), clock: bool) -> Drawn {
    let lines: Vec<Line> = lines.into_iter().map(|(_, line)| line).collect();
    sheet.draw(|area| draw_lines(area, &lines, axes, clock))
}

/// Lines opened, day by day, under the scheme.
pub(super) fn adoption(brief: &Brief) -> Drawn {
    let rows = brief.source.growth.as_deref().unwrap_or_default();
    let points = |read: fn(&super::super::source::GrowthRow) -> Option<f64>| {
        let first = rows.first().and_then(|row| day_place(&row.day)).unwrap_or_default();
        let at = move |day: &str| Some(day_place(day)? - first + 1.0);
        rows.iter().filter_map(move |row| Some((at(&row.day)?, read(row)?))).collect::<Vec<_>>()
    };
    if rows.len() < 2 {
        return Ok(None);
    }
    let line =
        Line { colour: canvas::BLUE, dash: Dash::Solid, points: points(|row| row.lines_opened) };
    let lines = vec![(w::OPENED.of(brief.lang).to_owned(), line)];
    let sheet = sheet(w::C_ADOPT, w::C_ADOPT_SUB, &lines, brief);
    finish(sheet, lines, (w::AX_DAY.of(brief.lang), w::AX_LINES.of(brief.lang)), false)
}

/// Drawn and repaid so far, day by day.
pub(super) fn money(brief: &Brief) -> Drawn {
    let rows = brief.source.growth.as_deref().unwrap_or_default();
    let most = rows.iter().filter_map(|row| row.drawn_to_date_yuan).fold(0.0, f64::max);
    if rows.len() < 2 || most <= 0.0 {
        return Ok(None);
    }
    let (by, unit) = super::lines::money_axis(brief.lang, most);
    let first = rows.first().and_then(|row| day_place(&row.day)).unwrap_or_default();
    let mut lines = Vec::new();
    for (word, colour, dash, repaid) in [
        (w::DRAWN_TOTAL, canvas::BLUE, Dash::Solid, false),
        (w::REPAID_TOTAL, canvas::ORANGE, Dash::Dashed, true),
    ] {
        let value = |row: &super::super::source::GrowthRow| {
            if repaid { row.repaid_to_date_yuan } else { row.drawn_to_date_yuan }
        };
        let points = rows
            .iter()
            .filter_map(|row| Some((day_place(&row.day)? - first + 1.0, value(row)? / by)));
        lines.push((
            word.of(brief.lang).to_owned(),
            Line { colour, dash, points: points.collect() },
        ));
    }
    let sheet = sheet(w::C_MONEY, w::C_MONEY_SUB, &lines, brief);
    finish(sheet, lines, (w::AX_DAY.of(brief.lang), unit.of(brief.lang)), false)
}

/// How many times the highest point a capacity may be to be drawn: more would flatten the day.
const BEYOND: f64 = 4.0;

/// Requests a minute over the busiest day, both arms, and the capacities that were given.
pub(super) fn requests(brief: &Brief) -> Drawn {
    let rows = brief.source.requests.as_deref().unwrap_or_default();
    let of = |arm: &Arm| -> Vec<(f64, f64)> {
        let own = rows.iter().filter(|row| arm.is(&row.arm));
        own.filter_map(|row| Some((row.from_min? / 60.0, row.requests_per_min?))).collect()
    };
    let line =
        |arm: &Arm| Line { colour: canvas::line_colour(arm), dash: Dash::of(arm), points: of(arm) };
    let arms = brief.arms.iter();
    let lines: Vec<(String, Line)> = arms
        .map(|arm| (arm.title.clone(), line(arm)))
        .filter(|(_, line)| line.points.len() > 1)
        .collect();
    if lines.is_empty() {
        return Ok(None);
    }
    let highest = lines.iter().flat_map(|(_, line)| &line.points).map(|point| point.1);
    let highest = highest.fold(0.0, f64::max);
    let whole_day = [0.0, 24.0];
    let capacities = brief.source.capacities.iter().map(|capacity| {
        let a_minute = capacity.per_s * 60.0;
        let fits = a_minute <= BEYOND * highest;
        let rate = Unit::Count.say(brief.lang, a_minute);
        let peak = brief.source.summary().mean("throughput.peak_requests_per_s");
        let times = peak.and_then(|peak| headroom::headroom(peak, capacity.per_s));
        let times = times.map_or(String::new(), |room| headroom::multiple(room.times));
        let gaps = [("store", &*capacity.store), ("rate", &*rate), ("times", &*times)];
        let words = if fits { w::HEAD_LINE } else { w::HEAD_BEYOND };
        let points = whole_day.into_iter().filter(|_| fits).map(|hour| (hour, a_minute)).collect();
        (
            words.fill(brief.lang, &gaps),
            Line { colour: canvas::VERMILLION, dash: Dash::Dashed, points },
        )
    });
    let lines: Vec<(String, Line)> = lines.into_iter().chain(capacities).collect();
    let sheet = sheet(w::C_REQUESTS, w::C_REQUESTS_SUB, &lines, brief);
    finish(sheet, lines, (w::AX_CLOCK.of(brief.lang), w::AX_REQUESTS.of(brief.lang)), true)
}

/// Reads a share of a row.
type Read = fn(&super::super::source::VintageRow) -> Option<f64>;

/// Late shares and net loss by months since the draw, all months of draws together.
pub(super) fn vintages(brief: &Brief) -> Drawn {
    let rows = brief.source.vintages.as_deref().unwrap_or_default();
    let lang = brief.lang;
    let mut ages: BTreeMap<i64, Vec<&super::super::source::VintageRow>> = BTreeMap::new();
    for row in rows {
        ages.entry(row.months_on_book.unwrap_or_default() as i64).or_default().push(row);
    }
    // Ages that only the older draws have would mix months.
    let most = ages.values().map(Vec::len).max().unwrap_or(0);
    ages.retain(|_, rows| rows.len() == most);
    let kinds: [(w::Text, Colour, Dash, Read); 3] = [
        (w::V_31, canvas::SKY, Dash::Dashed, |row| row.ever_31_plus_share),
        (w::V_90, canvas::VERMILLION, Dash::Dotted, |row| row.ever_90_plus_share),
        (w::V_LOSS, canvas::BLUE, Dash::Solid, |row| row.net_loss_share),
    ];
    let lines: Vec<(String, Line)> = kinds
        .into_iter()
        .map(|(word, colour, dash, read)| {
            let mean = |rows: &[&super::super::source::VintageRow]| {
                weighted_mean(rows.iter().map(|row| (read(row), Some(1.0))))
            };
            let points =
                ages.iter().filter_map(|(age, rows)| Some((*age as f64, mean(rows)? * 100.0)));
            (word.of(lang).to_owned(), Line { colour, dash, points: points.collect() })
        })
        .collect();
    let any = lines
        .iter()
        .any(|(_, line)| line.points.len() > 1 && line.points.iter().any(|p| p.1 > 0.0));
    if !any {
        return Ok(None);
    }
    let sheet = sheet(w::C_VINTAGE, w::C_VINTAGE_SUB, &lines, brief);
    finish(sheet, lines, (w::AX_MONTHS.of(lang), w::AX_PERCENT.of(lang)), false)
}
