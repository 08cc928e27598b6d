//! Bars that begin where the last one ended, and bars side by side, each with its interval and its value
//! in words. Must never draw a bar without its value.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::super::Lang;
use super::super::numbers::{decimal, places_for, tick};
use super::super::words::Text as Word;
use super::canvas::{self, BLUE, Drawn, Key, LABEL_PX, SKY, Sheet, Step, VERMILLION, quiet_axes};

/// One bar.
#[derive(Clone, Debug)]
pub(in super::super) struct Fall {
    pub(in super::super) label: String,
    /// Where it begins and by how much it goes on.
    pub(in super::super) from: f64,
    pub(in super::super) by: f64,
    /// Ends of the interval of `by`.
    pub(in super::super) ends: Option<[f64; 2]>,
    /// A sum of the bars above it.
    pub(in super::super) sum: bool,
    /// Printed behind the value.
    pub(in super::super) aside: String,
}

/// Words around the bars.
pub(in super::super) struct FallFrame {
    pub(in super::super) title: Word,
    pub(in super::super) subtitle: String,
    pub(in super::super) axis: Word,
    /// Words for more, less and the sum; none = no legend.
    pub(in super::super) keys: Option<[Word; 3]>,
    /// Whole numbers.
    pub(in super::super) counts: bool,
}

const ROW: u32 = 48;

/// Horizontal bars, one a row, in the given order.
pub(in super::super) fn falls(frame: &FallFrame, bars: &[Fall], lang: Lang) -> Drawn {
    if bars.is_empty() {
        return Ok(None);
    }
    let colours = [BLUE, VERMILLION, SKY];
    let keys = frame.keys.iter().flatten().zip(colours);
    let sheet = Sheet {
        title: frame.title.of(lang).to_owned(),
        subtitle: frame.subtitle.clone(),
        legend: keys.map(|(word, colour)| Key::filled(word.of(lang), colour)).collect(),
        height: ROW * bars.len() as u32 + 48,
    };
    let places = bars.iter().flat_map(|bar| {
        let ends = bar.ends.unwrap_or([bar.by; 2]);
        [bar.from, bar.from + bar.by, bar.from + ends[0], bar.from + ends[1]]
    });
    let (low, high) =
        places.fold((0.0, 0.0), |(low, high): (f64, f64), x| (low.min(x), high.max(x)));
    let room = if high > low { high - low } else { 1.0 };
    // The values stand to the right of the bars.
    let right = if frame.counts { 0.42 } else { 0.34 };
    let span = low - 0.02 * room * f64::from(u8::from(low < 0.0))..high + right * room;
    sheet.draw(|area| -> Step {
        let mut chart = ChartBuilder::on(area)
            .margin_right(6)
            .margin_left(6)
            .x_label_area_size(42)
            .build_cartesian_2d(span, 0.0..bars.len() as f64)?;
        quiet_axes!(chart)
            .disable_y_mesh()
            .disable_y_axis()
            .x_labels(6)
            .x_label_formatter(&|x| tick(*x))
            .x_desc(frame.axis.of(lang))
            .draw()?;
        let plane = chart.plotting_area();
        for (row, bar) in bars.iter().enumerate() {
            let base = (bars.len() - 1 - row) as f64;
            let colour = colours[if bar.sum { 2 } else { usize::from(bar.by < 0.0) }];
            let to = bar.from + bar.by;
            plane.draw(&Rectangle::new(
                [(bar.from, base + 0.12), (to, base + 0.52)],
                colour.filled(),
            ))?;
            let mut edge = bar.from.max(to);
            if let Some([first, last]) = bar.ends {
                let [first, last] = [bar.from + first, bar.from + last];
                let line = vec![(first, base + 0.32), (last, base + 0.32)];
                plane.draw(&PathElement::new(line, canvas::INK.stroke_width(1)))?;
                for end in [first, last] {
                    let tick = vec![(end, base + 0.24), (end, base + 0.40)];
                    plane.draw(&PathElement::new(tick, canvas::INK.stroke_width(1)))?;
                }
                edge = edge.max(last);
            }
            // Zero is drawn beside the bars only: the names stand between them.
            let zero = vec![(0.0, base + 0.04), (0.0, base + 0.56)];
            plane.draw(&PathElement::new(zero, canvas::axis_line()))?;
            let name = canvas::style(LABEL_PX, canvas::INK, HPos::Left, VPos::Bottom);
            let place = EmptyElement::at((low, base + 0.56));
            plane.draw(&(place + Text::new(bar.label.clone(), (4, -1), name)))?;
            let value = value(bar, frame.counts);
            let style = canvas::style(LABEL_PX, canvas::INK, HPos::Left, VPos::Center);
            let place = EmptyElement::at((edge, base + 0.32));
            plane.draw(&(place + Text::new(value, (6, 0), canvas::bold(style))))?;
        }
        Ok(())
    })
}

/// A bar's value with what is added to it.
fn value(bar: &Fall, counts: bool) -> String {
    let places = if counts { 0 } else { places_for(bar.by) };
    let value = decimal(bar.by, places);
    if bar.aside.is_empty() { value } else { format!("{value} {}", bar.aside) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::words::t;

    #[test]
    fn every_bar_has_its_name_and_value_and_an_empty_chart_is_none() {
        let frame = FallFrame {
            title: t("Falls", "瀑布"),
            subtitle: "minutes".into(),
            axis: t("min", "分钟"),
            keys: None,
            counts: false,
        };
        assert_eq!(falls(&frame, &[], Lang::En), Ok(None));
        let bar = |label: &str, from, by| Fall {
            label: label.into(),
            from,
            by,
            ends: Some([by - 0.5, by + 0.5]),
            sum: false,
            aside: String::new(),
        };
        let bars = [bar("up", 0.0, 4.25), bar("down", 4.25, -1.5)];
        let svg = falls(&frame, &bars, Lang::Zh).expect("drawn").expect("a picture");
        for said in ["up", "down", "4.2", "−1.5", "瀑布"] {
            assert!(svg.contains(said), "{said}: {svg}");
        }
    }
}
