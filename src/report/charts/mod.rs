//! The charts of a report, drawn as SVG with text that stays text. Must never show a saving without
//! naming its baseline, nor colour alone: arms differ by dash or order too, bars carry their values.

mod bars;
mod canvas;
mod falls;
mod funnel;
mod heat;
mod knee;
mod lines;
mod network;
mod rows;
mod stacks;
mod story;
mod study;
mod time;
mod tornado;

pub(super) use falls::{Fall, FallFrame, falls};
pub(super) use funnel::{STEPS as FUNNEL_STEPS, funnel};
pub(super) use study::{Fan, Frame, Place, break_even, fan, pareto};
pub(super) use tornado::{Side, Swing, TornadoFrame, tornado};

pub use knee::{KneePoint, KneeView, draw_knee};
pub use network::{NetworkView, PlaceView, WayView, draw_network};

use super::headline::{PLAIN, baseline};
use super::source::{Arm, Source, arms};
use super::words::{self as w, Text};
use super::{Error, Lang, Result};

/// One chart with what stands around it on the page.
#[derive(Clone, Debug)]
pub(super) struct Chart {
    /// File name without ending.
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    /// What to see in it; plain text.
    pub(super) caption: String,
    /// The picture; `None` if the run left no data for it.
    pub(super) svg: Option<String>,
}

/// What every chart is drawn from.
struct Brief<'a> {
    source: &'a Source,
    lang: Lang,
    arms: Vec<Arm>,
    /// The main baseline, named.
    baseline: String,
}

/// A chart's data and picture; `None` without data.
type Draw = fn(&Brief) -> canvas::Drawn;

/// Name, title, caption and picture of each chart, in page order.
const CHARTS: [(&str, Text, Text, Draw); 17] = [
    ("time_in_hospital", w::C_TIME, w::C_TIME_CAP, bars::time_in_hospital),
    ("one_day", w::DAY_TITLE, w::DAY_CAP, story::one_day),
    ("payment_by_age", w::C_AGE, w::C_AGE_CAP, bars::payment_by_age),
    ("cashier_wait_by_hour", w::C_HOUR, w::C_HOUR_CAP, lines::cashier_wait),
    ("waits_by_station", w::C_STATIONS, w::C_STATIONS_CAP, rows::waits_by_station),
    ("waits_by_hour", w::C_HEAT, w::C_HEAT_CAP, heat::waits_by_station_hour),
    ("saved_minutes", w::C_HIST, w::C_HIST_CAP, bars::saved_minutes),
    ("hospitals", w::C_HOSP, w::C_HOSP_CAP, rows::hospitals),
    ("adoption", w::C_ADOPT, w::C_ADOPT_CAP, time::adoption),
    ("money", w::C_MONEY, w::C_MONEY_CAP, time::money),
    ("outstanding", w::C_OUT, w::C_OUT_CAP, lines::outstanding),
    ("losses_by_bearer", w::C_LOSS, w::C_LOSS_CAP, rows::losses),
    ("vintages", w::C_VINTAGE, w::C_VINTAGE_CAP, time::vintages),
    ("requests", w::C_REQUESTS, w::C_REQUESTS_CAP, time::requests),
    ("loss_waterfall", w::C_FALL, w::C_FALL_CAP, rows::loss_waterfall),
    ("who_gains", w::C_PARTIES, w::C_PARTIES_CAP, rows::parties),
    ("funnel", w::attribution::FUNNEL_CHART, w::attribution::FUNNEL_NOTE, of_run),
];

/// The funnel of a run; nothing for a run of earlier versions or without a scheme.
fn of_run(brief: &Brief) -> canvas::Drawn {
    funnel::funnel(brief.source.summary().at("funnel"), brief.lang)
}

/// Draws every chart that the run has data for.
pub(super) fn draw_all(source: &Source, lang: Lang) -> Result<Vec<Chart>> {
    let summary = source.summary();
    let brief =
        Brief { source, lang, arms: arms(summary, lang), baseline: baseline(summary, lang, PLAIN) };
    CHARTS
        .iter()
        .map(|&(name, title, caption, draw)| {
            let svg = draw(&brief).map_err(|reason| Error::Draw { name, reason })?;
            let caption = caption.fill(lang, &[("baseline", &brief.baseline)]);
            Ok(Chart { name, title: title.of(lang), caption, svg })
        })
        .collect()
}
