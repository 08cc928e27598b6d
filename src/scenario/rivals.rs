//! `[study]`: what else changes while a scheme comes in, and the pilot that would find its effect.
//! Must never change a run: only `attribute` looks at it.

use super::reader::Reader;

/// What a study without random numbers mixes up with a scheme.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StudySpec {
    /// Share of the growth of phone payment, from 2015 to the baseline's, that the year before had seen.
    pub before_phone_growth: f64,
    /// Share of the elective arrivals of busy hours that better appointments spread over these hours.
    pub appointments_evened: f64,
    /// Part by which service times shorten while they are watched.
    pub attention_faster: f64,
    /// The pilot.
    pub pilot: PilotSpec,
}

/// A stepped-wedge pilot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PilotSpec {
    /// Groups of hospitals that begin one after the other.
    pub steps: u32,
    /// Days between two steps.
    pub period_days: u32,
    /// Effect that should be found, minutes a visit.
    pub wanted_min: f64,
    /// Probability of finding it.
    pub power: f64,
    /// Probability of finding one where there is none.
    pub alpha: f64,
}

/// Reads `[study]`.
pub(super) fn read(r: &mut Reader<'_>) -> Option<StudySpec> {
    let doc = "what a study would mix up with the scheme; parts/study_rivals.toml if absent";
    r.maybe_table("study", doc, |r| StudySpec {
        before_phone_growth: r.share(
            "before_phone_growth_share",
            "of the growth of phone payment since windows_2015, what the year before had seen",
        ),
        appointments_evened: r.table("appointments", "better appointments", |r| {
            r.share(
                "evened_share",
                "elective arrivals of the busy hours spread evenly over these hours",
            )
        }),
        attention_faster: r.table("attention", "the effect of being watched", |r| {
            r.share("faster_share", "part by which service times shorten")
        }),
        pilot: r.table("pilot", "a stepped-wedge pilot", pilot),
    })
}

fn pilot(r: &mut Reader<'_>) -> PilotSpec {
    let mark = r.mark();
    let pilot = PilotSpec {
        steps: r.count("steps", "groups of hospitals that begin one after the other", 1, 60),
        period_days: r.count("period_days", "days between two steps", 1, 365),
        wanted_min: r.positive("wanted_min", "effect that should be found, minutes a visit"),
        power: r.share("power_share", "probability of finding it"),
        alpha: r.share("alpha_share", "probability of finding one where there is none"),
    };
    for (key, share) in [("power_share", pilot.power), ("alpha_share", pilot.alpha)] {
        if r.clean_since(mark) && (share <= 0.0 || share >= 1.0) {
            let message = "neither never nor always can be asked of a pilot".to_owned();
            r.fault(key, message, "above 0 and below 1", "0.8 and 0.05 are usual");
        }
    }
    pilot
}
