//! Bars made of pieces that follow each other, a title above each. Must never draw a piece twice, nor leave
//! the pieces' sum unsaid.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::super::numbers::decimal;
use super::canvas::{self, Area, Colour, LABEL_PX, Plane, Step};

/// A bar: what stands above it, its pieces from left to right, and where it ends.
pub(super) struct Stack {
    pub(super) title: String,
    /// Colour and both ends of a piece.
    pub(super) pieces: Vec<(Colour, f64, f64)>,
    pub(super) ends: f64,
    /// Whether each piece carries its length.
    pub(super) told: bool,
}

/// Height of a bar with its title, px.
const ROW: u32 = 62;
/// Share of the plane's width that a piece needs to hold its number.
const SHARE_MIN: f64 = 0.065;

/// Height of a chart of so many bars, px.
pub(super) fn height(stacks: &[Stack]) -> u32 {
    ROW * stacks.len() as u32 + canvas::AXIS_PX + 4
}

pub(super) fn draw(area: &Area, stacks: &[Stack], axis: &str) -> Step {
    let end = canvas::headroom(stacks.iter().map(|stack| stack.ends), 1.1);
    let plane = Plane { sides: (6, 14), span: 0.0..end, rows: stacks.len(), axis };
    let chart = plane.on(area)?;
    let plane = chart.plotting_area();
    for (i, stack) in stacks.iter().enumerate() {
        let base = (stacks.len() - 1 - i) as f64;
        let name = canvas::style(LABEL_PX, canvas::INK, HPos::Left, VPos::Bottom);
        let place = EmptyElement::at((0.0, base + 0.62));
        plane.draw(&(place + Text::new(stack.title.clone(), (4, -1), name)))?;
        for (colour, from, until) in &stack.pieces {
            let piece = [(*from, base + 0.12), (*until, base + 0.6)];
            plane.draw(&Rectangle::new(piece, colour.filled()))?;
            if stack.told && (until - from) / end > SHARE_MIN {
                let ink = if *colour == canvas::VERMILLION { WHITE } else { canvas::INK };
                let style = canvas::style(LABEL_PX, ink, HPos::Center, VPos::Center);
                let middle = (f64::midpoint(*from, *until), base + 0.36);
                plane.draw(&Text::new(decimal(until - from, 1), middle, style))?;
            }
        }
        let style = canvas::style(LABEL_PX, canvas::INK, HPos::Left, VPos::Center);
        let place = EmptyElement::at((stack.ends, base + 0.36));
        let sum = Text::new(decimal(stack.ends, 1), (5, 0), canvas::bold(style));
        plane.draw(&(place + sum))?;
    }
    Ok(())
}
