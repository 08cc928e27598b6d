//! The knee: latency against load, step by step of a search. Must never draw a step that was not run.

use super::super::numbers::{decimal, tick};
use super::super::words::Text;
use super::super::{Error, Lang, Result};
use super::canvas::{self, Area, Colour, Dash, Drawn, Key, Sheet, Step, quiet_axes};
use plotters::coord::combinators::BindKeyPoints;
use plotters::prelude::*;

/// One step of a search.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct KneePoint {
    /// Requests a second offered.
    pub offered_per_s: f64,
    /// Median latency, ms.
    pub p50_ms: f64,
    /// 99th percentile, ms.
    pub p99_ms: f64,
}

/// A search to draw.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KneeView {
    /// Store under test.
    pub name: String,
    /// Its steps in any order.
    pub points: Vec<KneePoint>,
    /// Highest rate that held the objective.
    pub capacity_per_s: Option<f64>,
    /// The objective, ms.
    pub objective_ms: Option<f64>,
}

const TITLE: Text = Text { en: "Latency against load: {name}", zh: "时延与负载：{name}" };
const SUB: Text = Text {
    en: "each point is a step of the search or its repeat, the line their medians; equal distances are equal ratios",
    zh: "每点为一次试探或其复测，线为其中位；两轴均为对数刻度",
};
const AX_X: Text = Text { en: "requests a second offered", zh: "每秒施加请求数" };
const AX_Y: Text = Text { en: "ms", zh: "毫秒" };
const P50: Text = Text { en: "median", zh: "中位数" };
const P99: Text = Text { en: "99th percentile", zh: "第99百分位" };
const CAPACITY: Text = Text { en: "capacity {rate}/s", zh: "容量 {rate}/秒" };
const OBJECTIVE: Text = Text { en: "objective {ms} ms", zh: "目标 {ms} 毫秒" };

/// Draws the knee; nothing with fewer than two steps.
pub fn draw_knee(view: &KneeView, lang: Lang) -> Result<Option<String>> {
    draw(view, lang).map_err(|reason| Error::Draw { name: "knee", reason })
}

fn key(label: String, colour: Colour, dash: Dash) -> Key {
    Key { label, colour, line: Some(dash) }
}

fn draw(view: &KneeView, lang: Lang) -> Drawn {
    let mut points: Vec<KneePoint> = view.points.clone();
    points.retain(|point| point.offered_per_s > 0.0 && point.p50_ms > 0.0 && point.p99_ms > 0.0);
    points.sort_by(|a, b| a.offered_per_s.total_cmp(&b.offered_per_s));
    if points.len() < 2 {
        return Ok(None);
    }
    let mut legend = vec![
        key(P50.of(lang).to_owned(), canvas::SKY, Dash::Solid),
        key(P99.of(lang).to_owned(), canvas::BLUE, Dash::Solid),
    ];
    if let Some(rate) = view.capacity_per_s {
        let label = CAPACITY.fill(lang, &[("rate", &decimal(rate, 0))]);
        legend.push(key(label, canvas::ORANGE, Dash::Dashed));
    }
    if let Some(ms) = view.objective_ms {
        legend.push(key(
            OBJECTIVE.fill(lang, &[("ms", &tick(ms))]),
            canvas::VERMILLION,
            Dash::Dotted,
        ));
    }
    let sheet = Sheet {
        title: TITLE.fill(lang, &[("name", &view.name)]),
        subtitle: SUB.of(lang).to_owned(),
        legend,
        height: 260,
    };
    sheet.draw(|area| body(area, view, &points, lang))
}

fn body(area: &Area, view: &KneeView, points: &[KneePoint], lang: Lang) -> Step {
    let (first, last) = spread(points.iter().map(|point| point.offered_per_s));
    let times = points.iter().flat_map(|point| [point.p50_ms, point.p99_ms]);
    let (low, high) = spread(times.chain(view.objective_ms));
    area.draw_text(AX_Y.of(lang), &canvas::label(), (0, 0))?;
    let mut chart = ChartBuilder::on(area)
        .margin_top(20)
        .margin_right(24)
        .x_label_area_size(44)
        .y_label_area_size(54)
        .build_cartesian_2d(
            (first..last).log_scale().with_key_points(ticks(first, last)),
            (low..high).log_scale().with_key_points(ticks(low, high)),
        )?;
    let plain = |value: &f64| tick(*value);
    quiet_axes!(chart)
        .disable_x_mesh()
        .x_label_formatter(&plain)
        .y_label_formatter(&plain)
        .x_desc(AX_X.of(lang))
        .draw()?;
    let dots = |of: fn(&KneePoint) -> f64| {
        points.iter().map(move |point| (point.offered_per_s, of(point)))
    };
    for (of, colour) in
        [(p50 as fn(&KneePoint) -> f64, canvas::SKY), (p99 as fn(&KneePoint) -> f64, canvas::BLUE)]
    {
        chart.draw_series(LineSeries::new(medians(points, of), canvas::stroke(colour)))?;
        chart.draw_series(dots(of).map(|at| Circle::new(at, 3, colour.filled())))?;
    }
    if let Some(rate) = view.capacity_per_s {
        let points = [(rate, low), (rate, high)].into_iter();
        chart.draw_series(DashedLineSeries::new(points, 7, 4, canvas::stroke(canvas::ORANGE)))?;
    }
    if let Some(ms) = view.objective_ms {
        let points = [(first, ms), (last, ms)].into_iter();
        let style = canvas::stroke(canvas::VERMILLION);
        chart.draw_series(DashedLineSeries::new(points, 2, 3, style))?;
    }
    Ok(())
}

/// The median of what was measured at each rate.
fn medians(points: &[KneePoint], of: fn(&KneePoint) -> f64) -> Vec<(f64, f64)> {
    let alike = points.chunk_by(|a, b| a.offered_per_s.total_cmp(&b.offered_per_s).is_eq());
    let middle = |steps: &[KneePoint]| {
        let mut values: Vec<f64> = steps.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        (steps[0].offered_per_s, values[values.len() / 2])
    };
    alike.map(middle).collect()
}

/// Round values between two bounds: 1, 2 and 5 of each power of ten, or the powers alone where these are many.
fn ticks(low: f64, high: f64) -> Vec<f64> {
    let steps: &[f64] = if high / low > 3e3 { &[1.0] } else { &[1.0, 2.0, 5.0] };
    let powers = (-6..=12).map(|power| libm::pow(10.0, f64::from(power)));
    let all = powers.flat_map(|power| steps.iter().map(move |step| step * power));
    all.filter(|value| (low..=high).contains(value)).collect()
}

/// The range of values above 0, a little wider than they are.
fn spread(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) = values
        .fold((f64::MAX, 0.0), |(low, high): (f64, f64), value| (low.min(value), high.max(value)));
    (low / 1.3, high * 1.3)
}

fn p50(point: &KneePoint) -> f64 {
    point.p50_ms
}

fn p99(point: &KneePoint) -> f64 {
    point.p99_ms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_goes_through_the_medians_and_an_axis_has_its_ticks() {
        let point =
            |offered_per_s: f64, p99_ms: f64| KneePoint { offered_per_s, p50_ms: 1.0, p99_ms };
        let points = [point(10.0, 3.0), point(20.0, 9.0), point(20.0, 4.0), point(20.0, 5.0)];
        assert_eq!(medians(&points, p99), [(10.0, 3.0), (20.0, 5.0)]);
        assert_eq!(ticks(400_000.0, 2_200_000.0), [5e5, 1e6, 2e6]);
        assert_eq!(ticks(0.05, 900.0), [0.1, 1.0, 10.0, 100.0]);
    }

    #[test]
    fn a_search_is_drawn_with_its_capacity_and_objective() {
        let point = |offered_per_s: f64, p99_ms: f64| KneePoint {
            offered_per_s,
            p50_ms: p99_ms / 3.0,
            p99_ms,
        };
        let mut view = KneeView {
            name: "journal".to_owned(),
            points: vec![point(1e4, 0.5), point(1e6, 80.0), point(1e5, 1.0)],
            capacity_per_s: Some(5e5),
            objective_ms: Some(5.0),
        };
        let svg = draw_knee(&view, Lang::En).expect("drawn").expect("three points");
        for word in ["journal", "500,000/s", "99th percentile"] {
            assert!(svg.contains(word), "{word}");
        }
        assert!(draw_knee(&view, Lang::Zh).expect("drawn").expect("points").contains("容量"));
        view.points.truncate(1);
        assert_eq!(draw_knee(&view, Lang::En).expect("no fault"), None);
    }
}
