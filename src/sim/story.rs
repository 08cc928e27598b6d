//! One patient's visit as plain facts, taken from the run itself by a stated rule. Must never change a row, a
//! time or an amount, and never pick a visit for what it would prove.

use super::choice::Standing;
use super::city_view::World;
use super::trace::{ArmTrace, Asked, CommandTrace, NightTrace, StepTrace, VisitTrace};
use crate::credit::DrawStage;
use crate::domain::{Day, Fen, HospitalLevel, InsuranceScheme, Ms};
use crate::flow::{Channel, Outcome, PaymentPoint, StepKind, Stops};
use serde::{Deserialize, Serialize};

/// A visit in every arm; [`Standing`] says by which rule it was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitStory {
    /// Day of the visit.
    pub day: Day,
    /// Where it lies among the visits of its day that a line paid.
    pub standing: Standing,
    /// Age of the patient, years.
    pub age: u8,
    /// Insurance.
    pub insurance: InsuranceScheme,
    /// Level of the hospital.
    pub level: HospitalLevel,
    /// Name of the hospital.
    pub hospital: String,
    /// Arrival, ms from midnight.
    pub arrival_ms: Ms,
    /// The whole bill.
    pub bill: Fen,
    /// The arms, the policy last.
    pub arms: Vec<ArmStory>,
}

/// The visit in one arm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArmStory {
    /// Name of the arm.
    pub name: String,
    /// When the patient left, ms from midnight.
    pub exit_ms: Ms,
    /// Trips made to pay.
    pub stops: u8,
    /// What was done, in order; nothing is left out between arrival and exit.
    pub steps: Vec<StoryStep>,
    /// Paid by insurance funds.
    pub fund: Fen,
    /// Paid from personal accounts.
    pub account: Fen,
    /// Drawn on a line.
    pub line: Fen,
    /// Paid by the patient on the day.
    pub cash: Fen,
    /// Left unpaid to the hospital.
    pub unpaid: Fen,
    /// When the draw is due.
    pub due: Option<Day>,
    /// What became of the draw: a line a change.
    pub after: Vec<StoryNight>,
}

/// One step as it was walked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoryStep {
    /// `walk`, `serve`, `reports`, `release`, `pay` or `desk`.
    pub what: String,
    /// Station or payment point; empty where there is none.
    pub place: String,
    /// How it was paid; empty where nothing was.
    pub channel: String,
    /// Began, ms from midnight.
    pub from_ms: Ms,
    /// Over, ms from midnight.
    pub until_ms: Ms,
    /// Of it, in a queue, ms.
    pub queue_ms: Ms,
    /// Of it, on the way to pay and back, ms.
    pub detour_ms: Ms,
}

/// A draw of the visit after a night on which it changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoryNight {
    /// The day that ended.
    pub day: Day,
    /// Principal left.
    pub left: Fen,
    /// Days past due.
    pub dpd: u16,
    /// `free`, `instalments`, `overdue`, `cured`, `written_off` or `closed`.
    pub stage: String,
}

impl VisitStory {
    /// The story of a trace.
    pub(super) fn of(world: &World<'_>, trace: &VisitTrace, standing: Standing) -> VisitStory {
        let want = &trace.want;
        let person = world.city.person(want.person);
        let site = &world.city.sites[usize::from(want.site.0)];
        let arms = world.arms.iter().zip(&trace.arms);
        VisitStory {
            day: trace.day,
            standing,
            age: person.age,
            insurance: person.scheme(),
            level: site.level,
            hospital: site.name.clone(),
            arrival_ms: want.arrival_ms,
            bill: want.bill_fen.into_iter().map(Fen::unpacked).sum(),
            arms: arms
                .map(|(arm, trace)| ArmStory::of(&arm.spec.name, trace, want.arrival_ms))
                .collect(),
        }
    }
}

impl ArmStory {
    fn of(name: &str, trace: &ArmTrace, arrival_ms: Ms) -> ArmStory {
        let Outcome { exit_ms, desk_queue_ms, stops, .. } = trace.outcome;
        let at_desk_ms = trace.outcome.at_desk_ms();
        let desk = (at_desk_ms > 0).then(|| StoryStep {
            what: "desk".to_owned(),
            place: String::new(),
            channel: String::new(),
            from_ms: arrival_ms,
            until_ms: arrival_ms + at_desk_ms,
            queue_ms: desk_queue_ms,
            detour_ms: 0,
        });
        let steps = trace.steps.iter().map(|step| StoryStep::of(step, trace.stops));
        let settled = trace.commands.iter().filter(|command| {
            matches!(command.asked, Asked::Settle(_)) && command.decision.refusal.is_none()
        });
        let settled: Vec<&CommandTrace> = settled.collect();
        let sum = |of: fn(&CommandTrace) -> Fen| settled.iter().map(|one| of(one)).sum();
        ArmStory {
            name: name.to_owned(),
            exit_ms,
            stops,
            steps: desk.into_iter().chain(steps).collect(),
            fund: sum(|one| one.decision.fund),
            account: sum(|one| one.decision.account),
            line: sum(|one| one.decision.line),
            cash: sum(|one| one.decision.cash),
            unpaid: sum(|one| one.decision.receivable),
            due: settled.iter().find_map(|one| one.decision.due),
            after: trace.nights.iter().map(StoryNight::of).collect(),
        }
    }
}

impl StoryNight {
    fn of(night: &NightTrace) -> StoryNight {
        let stage = match night.stage {
            None => "closed",
            Some(DrawStage::Free) => "free",
            Some(DrawStage::Instalments) => "instalments",
            Some(DrawStage::Overdue) => "overdue",
            Some(DrawStage::Cured) => "cured",
            Some(DrawStage::WrittenOff) => "written_off",
        };
        StoryNight { day: night.day, left: night.left, dpd: night.dpd, stage: stage.to_owned() }
    }
}

impl StoryStep {
    fn of(trace: &StepTrace, stops: Stops) -> StoryStep {
        let StepTrace { step, from_ms, until_ms, queue_ms, detour_ms } = *trace;
        let (what, place, channel) = match step.kind {
            StepKind::Walk => ("walk", "", ""),
            StepKind::Serve => ("serve", station(step.place), ""),
            // A report that is under way takes no time of the patient.
            StepKind::Report | StepKind::AwaitReports => ("reports", "", ""),
            StepKind::AwaitRelease => ("release", "", ""),
            StepKind::Pay => {
                let point = PaymentPoint::ALL[usize::from(step.place)];
                ("pay", point_word(point), channel(stops.get(point)))
            }
        };
        StoryStep {
            what: what.to_owned(),
            place: place.to_owned(),
            channel: channel.to_owned(),
            from_ms,
            until_ms,
            queue_ms,
            detour_ms,
        }
    }
}

fn station(place: u8) -> &'static str {
    const WORDS: [&str; 10] = [
        "registration",
        "cashier",
        "kiosk",
        "laboratory",
        "imaging",
        "treatment",
        "pharmacy",
        "admission_desk",
        "discharge_desk",
        "emergency",
    ];
    WORDS.get(usize::from(place)).copied().unwrap_or("doctor")
}

fn point_word(point: PaymentPoint) -> &'static str {
    match point {
        PaymentPoint::Registration => "registration",
        PaymentPoint::Tests => "tests",
        PaymentPoint::Treatment => "treatment",
        PaymentPoint::Drugs => "drugs",
        PaymentPoint::Final => "final",
        // Stories are of visits, which leave no deposit.
        PaymentPoint::REFUND => "refund",
        PaymentPoint::Stay => "stay",
    }
}

fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::None => "no_stop",
        Channel::Phone => "phone",
        Channel::Kiosk | Channel::PhoneThenKiosk => "kiosk",
        Channel::Window | Channel::PhoneThenWindow => "window",
        Channel::DischargeDesk => "discharge_desk",
    }
}
