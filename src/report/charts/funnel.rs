//! The funnel from eligible people to uses. Must never draw a step without its share of the step before.

use serde_json::Value;

use super::super::Lang;
use super::super::numbers::{decimal, percent};
use super::super::words::attribution as w;
use super::canvas::Drawn;
use super::falls::{Fall, FallFrame, falls};

/// Steps in order; each is held against the one before.
pub(in super::super) const STEPS: [&str; 6] =
    ["eligible", "applied", "opened", "activated", "used", "uses"];

/// Bars of a funnel's counts; nothing where nobody may.
pub(in super::super) fn funnel(funnel: &Value, lang: Lang) -> Drawn {
    let counts: Vec<f64> =
        STEPS.iter().map(|step| funnel[*step]["mean"].as_f64().unwrap_or_default()).collect();
    if counts[0] <= 0.0 {
        return Ok(None);
    }
    let bar = |(at, count): (usize, &f64)| {
        let before = at.checked_sub(1).map(|before| counts[before]).filter(|before| *before > 0.0);
        let ends = |end: usize| funnel[STEPS[at]]["ci95"][end].as_f64();
        let aside = before.map_or(String::new(), |before| match STEPS[at] {
            "uses" => w::FUNNEL_EACH.fill(lang, &[("uses", &decimal(count / before, 1))]),
            _ => format!("({})", percent(count / before, 1)),
        });
        Fall {
            label: w::name_of(STEPS[at]).map_or("", |text| text.of(lang)).to_owned(),
            from: 0.0,
            by: *count,
            ends: ends(0).zip(ends(1)).map(|(low, high)| [low, high]),
            sum: false,
            aside,
        }
    };
    let bars: Vec<Fall> = counts.iter().enumerate().map(bar).collect();
    let frame = FallFrame {
        title: w::FUNNEL_CHART,
        subtitle: w::FUNNEL_SUB.of(lang).to_owned(),
        axis: w::FUNNEL_AXIS,
        keys: None,
        counts: true,
    };
    falls(&frame, &bars, lang)
}
