//! Charts of experiments: fans over months, and policies by minutes and losses. Must never draw a point
//! without its interval, nor a fan without saying over what it runs.

use plotters::prelude::*;

use super::super::Lang;
use super::super::numbers::tick;
use super::super::words::Text as Word;
use super::canvas::{
    self, BLUE, Dash, Drawn, Key, ORANGE, PALE, SKY, Sheet, Step, VERMILLION, quiet_axes,
};

/// A fan: for each month its name and the percentiles 5, 25, 50, 75, 95.
pub(in super::super) struct Fan<'a> {
    pub(in super::super) title: String,
    pub(in super::super) subtitle: String,
    pub(in super::super) months: Vec<(&'a str, [f64; 5])>,
    pub(in super::super) unit: Word,
    /// Words of the bands: 5–95 %, 25–75 %, the middle.
    pub(in super::super) bands: [Word; 3],
}

/// Draws a fan.
pub(in super::super) fn fan(fan: &Fan<'_>, lang: Lang) -> Drawn {
    if fan.months.is_empty() {
        return Ok(None);
    }
    let legend = vec![
        Key::filled(fan.bands[0].of(lang), PALE),
        Key::filled(fan.bands[1].of(lang), SKY),
        Key { label: fan.bands[2].of(lang).to_owned(), colour: BLUE, line: Some(Dash::Solid) },
    ];
    let sheet =
        Sheet { title: fan.title.clone(), subtitle: fan.subtitle.clone(), legend, height: 230 };
    let values = || fan.months.iter().flat_map(|(_, at)| at.iter().copied());
    let (low, high) = (values().fold(0.0, f64::min), values().fold(0.0, f64::max));
    let room = if high > low { (high - low) * 0.06 } else { 1.0 };
    let count = fan.months.len();
    sheet.draw(|area| -> Step {
        area.draw_text(fan.unit.of(lang), &canvas::label(), (0, 0))?;
        let mut chart = ChartBuilder::on(area)
            .margin_top(26)
            .margin_right(14)
            .x_label_area_size(28)
            .y_label_area_size(64)
            .build_cartesian_2d(
                -0.5..count as f64 - 0.5,
                (low - if low < 0.0 { room } else { 0.0 })..(high + room),
            )?;
        let name = |x: f64| -> String {
            let at = libm::round(x);
            let whole = (x - at).abs() < 1e-6 && at >= 0.0;
            let month = whole.then(|| fan.months.get(at as usize)).flatten();
            month.map_or_else(String::new, |(name, _)| (*name).to_owned())
        };
        quiet_axes!(chart)
            .disable_x_mesh()
            .x_labels(count.min(7))
            .x_label_formatter(&|x| name(*x))
            .y_labels(5)
            .y_label_formatter(&|y| tick(*y))
            .draw()?;
        let at = |k: usize| fan.months.iter().enumerate().map(move |(x, (_, v))| (x as f64, v[k]));
        for (lower, upper, colour) in [(0, 4, PALE), (1, 3, SKY)] {
            let mut outline: Vec<(f64, f64)> = at(lower).collect();
            let mut back: Vec<(f64, f64)> = at(upper).collect();
            back.reverse();
            outline.extend(back);
            chart.draw_series(std::iter::once(Polygon::new(outline, colour.mix(0.7).filled())))?;
        }
        chart.draw_series(LineSeries::new(at(2), canvas::stroke(BLUE)))?;
        chart.draw_series(at(2).map(|point| Circle::new(point, 3, BLUE.filled())))?;
        Ok(())
    })
}

/// A policy by what it saves and what it loses: mean and ends of the interval.
pub(in super::super) struct Place<'a> {
    pub(in super::super) name: &'a str,
    pub(in super::super) more: [f64; 3],
    pub(in super::super) less: [f64; 3],
    pub(in super::super) dominated: bool,
}

/// Title, subtitle, axes.
pub(in super::super) struct Frame {
    pub(in super::super) title: Word,
    pub(in super::super) subtitle: String,
    pub(in super::super) x: Word,
    pub(in super::super) y: Word,
    /// Words for policies that none dominates, and for the others.
    pub(in super::super) keys: [Word; 2],
}

/// The Pareto picture: hours to the right, losses upward, a cross of both intervals a policy.
pub(in super::super) fn pareto(frame: &Frame, places: &[Place<'_>], lang: Lang) -> Drawn {
    if places.is_empty() {
        return Ok(None);
    }
    let legend = vec![
        Key::filled(frame.keys[0].of(lang), BLUE),
        Key::filled(frame.keys[1].of(lang), ORANGE),
    ];
    let sheet = Sheet {
        title: frame.title.of(lang).to_owned(),
        subtitle: frame.subtitle.clone(),
        legend,
        height: 280,
    };
    let span = |values: &dyn Fn(&Place<'_>) -> [f64; 3]| {
        let all = places.iter().flat_map(values);
        let (low, high) =
            all.fold((f64::MAX, f64::MIN), |(low, high), x| (low.min(x), high.max(x)));
        let room = if high > low { (high - low) * 0.15 } else { high.abs().max(1.0) * 0.1 };
        low - room..high + room
    };
    sheet.draw(|area| -> Step {
        area.draw_text(frame.y.of(lang), &canvas::label(), (0, 0))?;
        let mut chart = ChartBuilder::on(area)
            .margin_top(26)
            .margin_right(14)
            .x_label_area_size(44)
            .y_label_area_size(64)
            .build_cartesian_2d(span(&|place| place.more), span(&|place| place.less))?;
        quiet_axes!(chart)
            .x_labels(6)
            .x_label_formatter(&|x| tick(*x))
            .y_labels(5)
            .y_label_formatter(&|y| tick(*y))
            .x_desc(frame.x.of(lang))
            .draw()?;
        let mut taken = Vec::new();
        for place in places {
            let colour = if place.dominated { ORANGE } else { BLUE };
            let ([x, x_low, x_high], [y, y_low, y_high]) = (place.more, place.less);
            for ends in [[(x_low, y), (x_high, y)], [(x, y_low), (x, y_high)]] {
                chart.draw_series(LineSeries::new(ends, colour.stroke_width(1)))?;
            }
            let look = if place.dominated { colour.stroke_width(2) } else { colour.filled() };
            chart.draw_series(std::iter::once(Circle::new((x, y), 4, look)))?;
            // Names of dots near the right edge stand left of them.
            let wide = canvas::text_px(place.name, canvas::LABEL_PX) as i32;
            let (place_x, place_y) = chart.backend_coord(&(x, y));
            let left = place_x + 7 + wide > canvas::WIDTH;
            let offset = if left { -7 - wide } else { 7 };
            let down = free(&mut taken, (place_x + offset, place_y), wide);
            let label = canvas::label();
            let text =
                EmptyElement::at((x, y)) + Text::new(place.name.to_owned(), (offset, down), label);
            chart.draw_series(std::iter::once(text))?;
        }
        Ok(())
    })
}

/// How far below its dot a name begins, px: the nearest line above or below where it lies on no other name.
fn free(taken: &mut Vec<[i32; 4]>, (x, y): (i32, i32), wide: i32) -> i32 {
    const LINE: i32 = 15;
    let clear = |down: &i32| {
        taken.iter().all(|[left, top, right, bottom]| {
            x >= *right || x + wide <= *left || y + down >= *bottom || y + down + LINE <= *top
        })
    };
    let mut tries = (0..12).flat_map(|step| [-16 - LINE * step, 4 + LINE * step]);
    let down = tries.find(clear).unwrap_or(-16);
    taken.push([x, y + down, x + wide, y + down + LINE]);
    down
}

/// Net worth of the second policy by what an hour is worth: a line with its band, crossing zero at the
/// break-even.
pub(in super::super) fn break_even(
    frame: &Frame,
    (hours, cost): (f64, f64),
    even: (f64, Option<[f64; 2]>),
    lang: Lang,
) -> Drawn {
    let (at, ends) = even;
    let furthest = ends.map_or(at, |ends| ends[1].max(at)).max(1.0) * 2.0;
    let worth = |hour: f64| hours * hour - cost;
    let values = [worth(0.0), worth(furthest), 0.0];
    let (low, high) = (
        values.iter().fold(0.0, |a: f64, b| a.min(*b)),
        values.iter().fold(0.0, |a: f64, b| a.max(*b)),
    );
    let legend = vec![
        Key { label: frame.keys[0].of(lang).to_owned(), colour: BLUE, line: Some(Dash::Solid) },
        Key::filled(frame.keys[1].of(lang), PALE),
    ];
    let sheet = Sheet {
        title: frame.title.of(lang).to_owned(),
        subtitle: frame.subtitle.clone(),
        legend,
        height: 230,
    };
    let room = (high - low).max(1.0) * 0.08;
    sheet.draw(|area| -> Step {
        area.draw_text(frame.y.of(lang), &canvas::label(), (0, 0))?;
        let mut chart = ChartBuilder::on(area)
            .margin_top(26)
            .margin_right(14)
            .x_label_area_size(44)
            .y_label_area_size(64)
            .build_cartesian_2d(0.0..furthest, low - room..high + room)?;
        quiet_axes!(chart)
            .disable_x_mesh()
            .x_labels(8)
            .x_label_formatter(&|x| tick(*x))
            .y_labels(5)
            .y_label_formatter(&|y| tick(*y))
            .x_desc(frame.x.of(lang))
            .draw()?;
        if let Some([from, to]) = ends {
            let corners = [(from, low - room), (to, high + room)];
            chart.draw_series(std::iter::once(Rectangle::new(corners, PALE.mix(0.7).filled())))?;
        }
        let line = [(0.0, worth(0.0)), (furthest, worth(furthest))];
        chart.draw_series(LineSeries::new(line, canvas::stroke(BLUE)))?;
        let zero = [(0.0, 0.0), (furthest, 0.0)];
        chart.draw_series(LineSeries::new(zero, canvas::axis_line()))?;
        chart.draw_series(std::iter::once(Circle::new((at, 0.0), 4, VERMILLION.filled())))?;
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_dots_at_one_place_do_not_lie_on_each_other() {
        let mut taken = Vec::new();
        let downs: Vec<i32> = (0..5).map(|_| free(&mut taken, (100, 100), 60)).collect();
        for (at, one) in downs.iter().enumerate() {
            assert!(downs[at + 1..].iter().all(|other| (one - other).abs() >= 15), "{downs:?}");
        }
        assert_eq!(free(&mut taken, (300, 100), 60), -16, "far away the first place is free");
    }
}
