//! The sheet under every chart: title, legend, text styles, colours, axes. Must never know what a
//! chart is about.

use std::error::Error;
use std::ops::Range;

use plotters::coord::Shift;
use plotters::coord::ranged1d::{DefaultFormatting, KeyPointHint};
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::super::numbers::tick;
use super::super::source::{Arm, ArmRole};
use super::super::terminal::{columns, wrap_by};

/// Colour of the drawing library.
pub(super) type Colour = RGBColor;
/// A part of a sheet.
pub(super) type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
/// One step of drawing.
pub(super) type Step = Result<(), Box<dyn Error>>;
/// A finished picture, nothing for want of data, or what the library said.
pub(super) type Drawn = Result<Option<String>, String>;

/// Width of every chart, px; wide enough for a page, narrow enough for a phone.
pub(super) const WIDTH: i32 = 520;
const FONTS: &str = "system-ui, -apple-system, 'Segoe UI', 'Helvetica Neue', Arial, 'PingFang SC', \
    'Hiragino Sans GB', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans SC', sans-serif";

/// Okabe and Ito's palette, told apart by the colour-blind, and greys. Sky and orange are alike in grey print:
/// never beside each other as areas.
pub(super) const BLUE: Colour = RGBColor(0x00, 0x72, 0xb2);
pub(super) const SKY: Colour = RGBColor(0x56, 0xb4, 0xe9);
pub(super) const ORANGE: Colour = RGBColor(0xe6, 0x9f, 0x00);
pub(super) const VERMILLION: Colour = RGBColor(0xd5, 0x5e, 0x00);
pub(super) const GREY: Colour = RGBColor(0xbf, 0xc7, 0xcf);
pub(super) const PALE: Colour = RGBColor(0xd5, 0xdb, 0xe1);
pub(super) const INK: Colour = RGBColor(0x1f, 0x29, 0x33);
pub(super) const SOFT: Colour = RGBColor(0x5a, 0x66, 0x72);
/// Darkest of a row of colours that grow worse: in grey print it stays apart from vermillion.
pub(super) const RUST: Colour = RGBColor(0x6b, 0x2d, 0x00);
const GRID: Colour = RGBColor(0xe4, 0xe8, 0xec);
const AXIS: Colour = RGBColor(0x9a, 0xa5, 0xb1);

/// The colour of an arm, the same in every chart.
pub(super) fn arm_colour(arm: &Arm) -> Colour {
    match arm.role {
        ArmRole::Other(_) => GREY,
        ArmRole::Baseline => ORANGE,
        ArmRole::Policy => BLUE,
    }
}

/// The colour of an arm's line: grey is too pale for one.
pub(super) fn line_colour(arm: &Arm) -> Colour {
    if arm.is_other() { SOFT } else { arm_colour(arm) }
}

/// How a line is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dash {
    Solid,
    Dashed,
    Dotted,
    Sparse,
}

impl Dash {
    /// An arm's own, the same in every chart.
    pub(super) fn of(arm: &Arm) -> Dash {
        match arm.role {
            ArmRole::Other(0) => Dash::Dotted,
            ArmRole::Other(_) => Dash::Sparse,
            ArmRole::Baseline => Dash::Dashed,
            ArmRole::Policy => Dash::Solid,
        }
    }

    /// Length of a dash and of the gap behind it, px; none for a whole line.
    pub(super) fn lengths(self) -> Option<(i32, i32)> {
        match self {
            Dash::Solid => None,
            Dash::Dashed => Some((7, 4)),
            Dash::Dotted => Some((2, 3)),
            Dash::Sparse => Some((2, 9)),
        }
    }
}

/// One entry of a legend.
#[derive(Clone, Debug)]
pub(super) struct Key {
    pub(super) label: String,
    pub(super) colour: Colour,
    /// Drawn as a line; `None` = a filled box.
    pub(super) line: Option<Dash>,
}

impl Key {
    pub(super) fn filled(label: impl Into<String>, colour: Colour) -> Self {
        Self { label: label.into(), colour, line: None }
    }
}

/// A chart's frame; the body gets what is left below the legend.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) title: String,
    pub(super) subtitle: String,
    pub(super) legend: Vec<Key>,
    /// Height of the body, px.
    pub(super) height: u32,
}

const TITLE_PX: f64 = 17.0;
const SUBTITLE_PX: f64 = 13.5;
/// Size of axis labels and values, px.
pub(super) const LABEL_PX: f64 = 13.0;
/// Room above the title: Chinese glyphs are taller than the font says.
const TOP: i32 = 4;
const TITLE_LINE: i32 = 23;
const LABEL_LINE: i32 = 19;

impl Sheet {
    /// Draws the frame, lets `body` draw the rest, and returns the SVG.
    pub(super) fn draw(self, body: impl FnOnce(&Area) -> Step) -> Drawn {
        self.try_draw(body).map(Some).map_err(|error| error.to_string())
    }

    fn try_draw(self, body: impl FnOnce(&Area) -> Step) -> Result<String, Box<dyn Error>> {
        let width = f64::from(WIDTH) - 8.0;
        let titles = wrap_px(&self.title, width, TITLE_PX * 1.06);
        let subtitles = wrap_px(&self.subtitle, width, SUBTITLE_PX);
        let legend = legend_places(&self.legend);
        // Each line of the header with the place of its top edge.
        let mut top = TOP;
        let mut place = |line: &String, height: i32| {
            let at = (line.clone(), top);
            top += height;
            at
        };
        let titles: Vec<_> = titles.iter().map(|line| place(line, TITLE_LINE)).collect();
        let subtitles: Vec<_> = subtitles.iter().map(|line| place(line, LABEL_LINE)).collect();
        let legend_top = top + 6;
        let legend_height = legend.last().map_or(0, |last| last.1 + LABEL_LINE + 6);
        let body_top = legend_top + legend_height;
        let size = (WIDTH as u32, self.height + body_top as u32);
        let mut svg = String::new();
        {
            let root = SVGBackend::with_string(&mut svg, size).into_drawing_area();
            let title = bold(style(TITLE_PX, INK, HPos::Left, VPos::Top));
            let subtitle = style(SUBTITLE_PX, SOFT, HPos::Left, VPos::Top);
            for (line, y) in &titles {
                root.draw_text(line, &title, (0, *y))?;
            }
            for (line, y) in &subtitles {
                root.draw_text(line, &subtitle, (0, *y))?;
            }
            for (key, (x, y)) in self.legend.iter().zip(&legend) {
                draw_key(&root, key, *x, legend_top + y)?;
            }
            body(&root.split_vertically(body_top).1)?;
            root.present()?;
        }
        Ok(finished(&svg, &self.title, &self.subtitle))
    }
}

/// Puts the font on the root once, and title and description for readers that cannot see the picture.
fn finished(svg: &str, title: &str, description: &str) -> String {
    let plain = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    let (title, description) = (plain(title), plain(description));
    let root = format!("<svg role=\"img\" font-family=\"{FONTS}\" ");
    let body = svg
        .replace(" font-family=\"sans-serif\"", "")
        .replace(" opacity=\"1\"", "")
        .replacen("<svg ", &root, 1);
    let words = format!(">\n<title>{title}</title>\n<desc>{description}</desc>\n");
    body.replacen(">\n", &words, 1)
}

/// Left edge and offset from the top of each legend entry, wrapped into lines.
fn legend_places(keys: &[Key]) -> Vec<(i32, i32)> {
    let (mut x, mut y) = (0, 0);
    let mut places = Vec::with_capacity(keys.len());
    for key in keys {
        let wide = 20 + text_px(&key.label, SUBTITLE_PX) as i32;
        if x > 0 && x + wide > WIDTH {
            (x, y) = (0, y + LABEL_LINE);
        }
        places.push((x, y));
        x += wide + 18;
    }
    places
}

fn draw_key(root: &Area, key: &Key, x: i32, y: i32) -> Step {
    match key.line {
        None => root.draw(&Rectangle::new([(x, y + 2), (x + 12, y + 13)], key.colour.filled()))?,
        Some(dash) => {
            let line = |a, b| PathElement::new(vec![(a, y + 8), (b, y + 8)], stroke(key.colour));
            let ends = match dash {
                Dash::Solid => vec![(x, x + 14)],
                Dash::Dashed => vec![(x, x + 5), (x + 9, x + 14)],
                Dash::Dotted => vec![(x, x + 2), (x + 5, x + 7), (x + 10, x + 12)],
                Dash::Sparse => vec![(x, x + 2), (x + 11, x + 13)],
            };
            ends.into_iter().try_for_each(|(a, b)| root.draw(&line(a, b)))?;
        }
    }
    let style = style(SUBTITLE_PX, INK, HPos::Left, VPos::Top);
    Ok(root.draw_text(&key.label, &style, (x + 20, y))?)
}

/// The stroke of a data line.
pub(super) fn stroke(colour: Colour) -> ShapeStyle {
    colour.stroke_width(2)
}

/// A text style; `px` is the size in the picture.
pub(super) fn style(px: f64, colour: Colour, h: HPos, v: VPos) -> TextStyle<'static> {
    // The SVG backend divides sizes by 1.24.
    FontDesc::new(FontFamily::SansSerif, px * 1.24, FontStyle::Normal)
        .into_font()
        .color(&colour)
        .pos(Pos::new(h, v))
}

/// The same style in bold.
pub(super) fn bold(mut style: TextStyle<'static>) -> TextStyle<'static> {
    style.font = style.font.style(FontStyle::Bold);
    style
}

/// Estimated width of a text, px; exact widths depend on the reader's fonts.
pub(super) fn text_px(text: &str, px: f64) -> f64 {
    let em = |c: char| match c {
        c if columns(c) == 2 => 1.0,
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | ' ' | 'I' | '(' | ')' => 0.31,
        'm' | 'w' | 'M' | 'W' => 0.87,
        'A'..='Z' => 0.7,
        _ => 0.62,
    };
    text.chars().map(em).sum::<f64>() * px
}

pub(super) fn wrap_px(text: &str, width: f64, px: f64) -> Vec<String> {
    wrap_by(text, width, |piece| text_px(piece, px))
}

/// A text cut to a width, with an ellipsis.
pub(super) fn cut(text: &str, width: f64, px: f64) -> String {
    if text_px(text, px) <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    for c in text.chars() {
        kept.push(c);
        if text_px(&kept, px) > width - px {
            kept.pop();
            break;
        }
    }
    format!("{}…", kept.trim_end())
}

/// An axis of equal slots, 0 to `count`, labelled at `marks` only.
#[derive(Clone, Debug)]
pub(super) struct Slots {
    pub(super) count: usize,
    pub(super) marks: Vec<f64>,
}

impl Ranged for Slots {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (from, to): (i32, i32)) -> i32 {
        let share = value / self.count.max(1) as f64;
        from + libm::round(share * f64::from(to - from)) as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        if hint.weight().allow_light_points() { Vec::new() } else { self.marks.clone() }
    }

    fn range(&self) -> Range<f64> {
        0.0..self.count as f64
    }
}

/// Styles the axes that every chart shares: quiet grid, small labels.
macro_rules! quiet_axes {
    ($chart:expr) => {{
        let mut mesh = $chart.configure_mesh();
        mesh.axis_style($crate::report::charts::canvas::axis_line())
            .bold_line_style($crate::report::charts::canvas::grid_line())
            .light_line_style(plotters::style::TRANSPARENT)
            .label_style($crate::report::charts::canvas::label())
            .axis_desc_style($crate::report::charts::canvas::label());
        mesh
    }};
}
pub(super) use quiet_axes;

/// A plane of `rows` rows below each other, counted from below; values grow to the right.
pub(super) type Lying<'a, 'b> =
    ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

/// What stands around lying rows.
pub(super) struct Plane<'w> {
    /// Room left and right of the plane, px.
    pub(super) sides: (i32, i32),
    pub(super) span: Range<f64>,
    pub(super) rows: usize,
    pub(super) axis: &'w str,
}

impl Plane<'_> {
    /// Draws the axis of the values and gives the plane.
    pub(super) fn on<'a, 'b>(self, area: &'a Area<'b>) -> Result<Lying<'a, 'b>, Box<dyn Error>> {
        let labels = self.labels();
        let mut chart = ChartBuilder::on(area)
            .margin_left(self.sides.0)
            .margin_right(self.sides.1)
            .x_label_area_size(AXIS_PX)
            .build_cartesian_2d(self.span, 0.0..self.rows as f64)?;
        quiet_axes!(chart)
            .disable_y_mesh()
            .disable_y_axis()
            .x_labels(labels)
            .x_label_formatter(&|x| tick(*x))
            .x_desc(self.axis)
            .draw()?;
        Ok(chart)
    }

    /// As many numbers along the axis as have room beside each other.
    fn labels(&self) -> usize {
        let axis = RangedCoordf64::from(self.span.clone());
        let px = f64::from(WIDTH - self.sides.0 - self.sides.1) / (self.span.end - self.span.start);
        let fit = |most: &usize| {
            let points = axis.key_points(*most);
            let wide = points.iter().map(|x| text_px(&tick(*x), LABEL_PX)).fold(0.0, f64::max);
            points.windows(2).all(|pair| (pair[1] - pair[0]) * px >= wide + LABEL_GAP_PX)
        };
        (2..LABELS_MOST).rev().find(fit).unwrap_or(2)
    }
}

/// One more than the most numbers along an axis.
const LABELS_MOST: usize = 8;
/// Least room between two of them, px.
const LABEL_GAP_PX: f64 = 8.0;

/// Height of an axis with its labels and its title, px.
pub(super) const AXIS_PX: u32 = 42;

pub(super) fn axis_line() -> ShapeStyle {
    AXIS.stroke_width(1)
}

pub(super) fn grid_line() -> ShapeStyle {
    GRID.stroke_width(1)
}

/// Style of axis labels and axis titles.
pub(super) fn label() -> TextStyle<'static> {
    style(LABEL_PX, SOFT, HPos::Left, VPos::Top)
}

/// Upper end of an axis: a little above the highest value, never zero.
pub(super) fn headroom(values: impl Iterator<Item = f64>, factor: f64) -> f64 {
    let highest = values.fold(0.0, f64::max);
    if highest > 0.0 { highest * factor } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_cut_within_their_width_and_short_ones_are_left() {
        assert_eq!(cut("Zhongshan", 200.0, 12.0), "Zhongshan");
        for name in
            ["Xiamen Women and Children's Hospital, Huli campus", "厦门大学附属第一医院思明院区"]
        {
            let short = cut(name, 100.0, 12.0);
            assert!(short.ends_with('…') && text_px(&short, 12.0) <= 101.0, "{short}");
        }
    }

    #[test]
    fn a_sheet_is_text_with_a_title_for_those_who_cannot_see() {
        let sheet = Sheet {
            title: "A & B < C".into(),
            subtitle: "sub".into(),
            legend: vec![Key::filled("one", BLUE)],
            height: 40,
        };
        let svg = sheet.draw(|_| Ok(())).unwrap().unwrap();
        assert!(svg.contains("<title>A &amp; B &lt; C</title>"), "{svg}");
        assert!(svg.contains("<desc>sub</desc>"), "{svg}");
        assert!(svg.contains("'Noto Sans CJK SC'") && !svg.contains("font-family=\"sans-serif\""));
        assert!(svg.contains(">\none\n</text>") || svg.contains(">one"), "{svg}");
    }

    /// How bright a colour is in grey print.
    fn grey(Colour { 0: red, 1: green, 2: blue }: Colour) -> f64 {
        0.299 * f64::from(red) + 0.587 * f64::from(green) + 0.114 * f64::from(blue)
    }

    #[test]
    fn colours_that_stand_beside_each_other_differ_in_grey_print() {
        let beside: [&[Colour]; 4] = [
            &[GREY, ORANGE, BLUE],
            &[PALE, ORANGE, VERMILLION, RUST],
            &[PALE, SKY, VERMILLION],
            &[PALE, SKY, BLUE],
        ];
        for row in beside {
            for pair in row.windows(2) {
                let apart = (grey(pair[0]) - grey(pair[1])).abs();
                assert!(apart >= 30.0, "{pair:?}: {apart}");
            }
        }
        let dashes = [Dash::Solid, Dash::Dashed, Dash::Dotted, Dash::Sparse].map(Dash::lengths);
        let different: std::collections::BTreeSet<_> = dashes.iter().collect();
        assert_eq!(different.len(), dashes.len(), "{dashes:?}");
    }

    #[test]
    fn legends_wrap_instead_of_leaving_the_sheet() {
        let keys = vec![Key::filled("a rather long label of an arm of the run", BLUE); 4];
        let places = legend_places(&keys);
        let wide = 20 + text_px(&keys[0].label, SUBTITLE_PX) as i32;
        assert!(places.iter().all(|(x, _)| x + wide <= WIDTH), "{places:?}");
        assert!(places[3].1 > 0);
    }
}
