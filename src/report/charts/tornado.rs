//! Tornadoes: what a figure does at both ends of each input, the longest first. Must never draw a bar
//! without the ends of its input in words.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::super::Lang;
use super::super::numbers::decimal;
use super::super::words::Text as Word;
use super::canvas::{self, BLUE, Colour, Drawn, Key, LABEL_PX, ORANGE, Sheet, Step, quiet_axes};

/// What an input does at its low and at its high end.
#[derive(Clone, Debug)]
pub(in super::super) struct Swing {
    pub(in super::super) label: String,
    /// The ends of the input and its value now, in words.
    pub(in super::super) range: String,
    /// Low end, high end.
    pub(in super::super) sides: [Side; 2],
}

/// The figure at one end, less the figure now.
#[derive(Clone, Debug)]
pub(in super::super) struct Side {
    pub(in super::super) by: f64,
    /// Ends of the interval of `by`.
    pub(in super::super) ends: Option<[f64; 2]>,
    /// `by` as it is printed.
    pub(in super::super) said: String,
}

/// Words around the bars.
pub(in super::super) struct TornadoFrame {
    pub(in super::super) title: String,
    pub(in super::super) subtitle: String,
    pub(in super::super) axis: Word,
    /// Words for the low and the high end.
    pub(in super::super) keys: [Word; 2],
}

/// Height of an input: name, range, two bars.
const ROW: u32 = 72;
/// The bars of a row, low end and high end: lower and upper edge in parts of the row.
const BARS: [[f64; 2]; 2] = [[0.27, 0.45], [0.05, 0.23]];
const COLOURS: [Colour; 2] = [ORANGE, BLUE];

/// Draws a tornado in the given order.
pub(in super::super) fn tornado(frame: &TornadoFrame, swings: &[Swing], lang: Lang) -> Drawn {
    if swings.is_empty() {
        return Ok(None);
    }
    let keys = frame.keys.iter().zip(COLOURS);
    let sheet = Sheet {
        title: frame.title.clone(),
        subtitle: frame.subtitle.clone(),
        legend: keys.map(|(word, colour)| Key::filled(word.of(lang), colour)).collect(),
        height: ROW * swings.len() as u32 + 48,
    };
    let (low, high) = bounds(swings);
    // A fifth of the axis shows one digit.
    let places = (-libm::floor(libm::log10((high - low) / 5.0))).clamp(0.0, 6.0) as usize;
    sheet.draw(|area| -> Step {
        let mut chart = ChartBuilder::on(area)
            .margin_right(6)
            .margin_left(6)
            .x_label_area_size(42)
            .build_cartesian_2d(low..high, 0.0..swings.len() as f64)?;
        quiet_axes!(chart)
            .disable_y_mesh()
            .disable_y_axis()
            .x_labels(6)
            .x_label_formatter(&|x| decimal(*x, places))
            .x_desc(frame.axis.of(lang))
            .draw()?;
        let plane = chart.plotting_area();
        for (row, swing) in swings.iter().enumerate() {
            let base = (swings.len() - 1 - row) as f64;
            for (line, colour, text) in
                [(0.74, canvas::INK, &swing.label), (0.49, canvas::SOFT, &swing.range)]
            {
                let style = canvas::style(LABEL_PX, colour, HPos::Left, VPos::Bottom);
                let place = EmptyElement::at((low, base + line));
                plane.draw(&(place + Text::new(text.clone(), (0, -1), style)))?;
            }
            for ((side, edges), colour) in swing.sides.iter().zip(BARS).zip(COLOURS) {
                let [bottom, top] = edges.map(|edge| base + edge);
                let bar = [(0.0, bottom), (side.by, top)];
                plane.draw(&Rectangle::new(bar, colour.filled()))?;
                let mut reach = side.by;
                if let Some([first, last]) = side.ends {
                    let middle = f64::midpoint(bottom, top);
                    let line = vec![(first, middle), (last, middle)];
                    plane.draw(&PathElement::new(line, canvas::INK.stroke_width(1)))?;
                    reach = if side.by < 0.0 { first.min(reach) } else { last.max(reach) };
                }
                let (from, offset) =
                    if side.by < 0.0 { (HPos::Right, -5) } else { (HPos::Left, 5) };
                let style = canvas::style(LABEL_PX - 1.0, canvas::INK, from, VPos::Center);
                let place = EmptyElement::at((reach, f64::midpoint(bottom, top)));
                plane.draw(&(place + Text::new(side.said.clone(), (offset, 0), style)))?;
            }
        }
        let zero = vec![(0.0, 0.0), (0.0, swings.len() as f64)];
        plane.draw(&PathElement::new(zero, canvas::axis_line()))?;
        Ok(())
    })
}

/// Ends of the axis that leave room for the values beyond the bars on both sides of zero.
fn bounds(swings: &[Swing]) -> (f64, f64) {
    let sides = || swings.iter().flat_map(|swing| &swing.sides);
    let reach = |sign: f64| {
        let of = move |side: &Side| {
            let ends = side.ends.unwrap_or([side.by; 2]);
            (side.by * sign).max(ends[0] * sign).max(ends[1] * sign).max(0.0)
        };
        let longest = sides().map(of).fold(0.0, f64::max);
        let text = sides()
            .filter(|side| side.by * sign > 0.0 || (sign > 0.0 && side.by == 0.0))
            .map(|side| canvas::text_px(&side.said, LABEL_PX) + 12.0);
        (longest, text.fold(0.0, f64::max))
    };
    let ((left, left_text), (right, right_text)) = (reach(-1.0), reach(1.0));
    let plot = f64::from(canvas::WIDTH) - 12.0;
    let scale = (plot - left_text - right_text) / (left + right).max(f64::MIN_POSITIVE);
    let (low, high) = (-(left + left_text / scale), right + right_text / scale);
    if high > low { (low, high) } else { (0.0, 1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::words::t;

    fn side(by: f64) -> Side {
        Side { by, ends: Some([by - 0.5, by + 0.5]), said: format!("{by:+}") }
    }

    #[test]
    fn every_bar_has_its_input_its_ends_and_its_value() {
        let frame = TornadoFrame {
            title: "Saved".into(),
            subtitle: "minutes".into(),
            axis: t("change", "变化"),
            keys: [t("low", "下端"), t("high", "上端")],
        };
        assert_eq!(tornado(&frame, &[], Lang::En), Ok(None));
        let swing =
            Swing {
                label: "days".into(), range: "1 … 56".into(), sides: [side(-4.0), side(2.0)]
            };
        let svg = tornado(&frame, &[swing], Lang::Zh).expect("drawn").expect("a picture");
        for said in ["days", "1 … 56", "-4", "+2", "下端", "<title>Saved", "<desc>minutes"] {
            assert!(svg.contains(said), "{said}: {svg}");
        }
    }

    #[test]
    fn the_axis_holds_both_ends_and_their_values() {
        for values in [[-4.0, 2.0], [1.0, 3.0], [-1.0, -3.0], [0.0, 1e-9]] {
            let sides = values.map(side);
            let swing = Swing { label: String::new(), range: String::new(), sides: sides.clone() };
            let (low, high) = bounds(&[swing]);
            assert!(low < high && low <= 0.0 && high >= 0.0, "{values:?}: {low} to {high}");
            for side in &sides {
                let [first, last] = side.ends.expect("an interval");
                assert!(low <= first && last <= high, "{values:?}: {low} to {high}");
            }
        }
    }
}
