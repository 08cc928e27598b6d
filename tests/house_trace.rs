//! `sim::trace_visit`: what is told of a visit agrees with itself and with what the run did. Must never look
//! at one lucky visit only: users and others of a week are followed.

use aftercare::domain::{Fen, VisitId};
use aftercare::flow::{End, Step};
use aftercare::scenario::{self, Scenario};
use aftercare::sim::{ArmTrace, Asked, Candidate, RunPlan, VisitTrace, World, trace_visit};
use std::cell::Cell;
use std::path::Path;

const PLAN: RunPlan = RunPlan { replication: 1, days: 4, planted: None };

fn smoke() -> Scenario {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/smoke.toml");
    scenario::load(&path).expect("the shipped scenario is in order")
}

/// The visit that is the n-th among those accepted, counted from 0.
fn nth(world: &World<'_>, n: u32, accept: impl Fn(&Candidate<'_>) -> bool) -> VisitTrace {
    let seen = Cell::new(0);
    let choose = |candidate: &Candidate<'_>| {
        accept(candidate) && {
            seen.set(seen.get() + 1);
            seen.get() > n
        }
    };
    trace_visit(world, PLAN, &choose).expect("the run is valid").expect("enough visits in the week")
}

/// Users and others, early and late in the run.
fn followed(world: &World<'_>) -> Vec<VisitTrace> {
    let users = [0, 7, 40].map(|n| nth(world, n, |candidate| candidate.granted != 0));
    let others = [0, 11, 300].map(|n| nth(world, n, |candidate| candidate.granted == 0));
    users.into_iter().chain(others).collect()
}

fn settled(arm: &ArmTrace, of: fn(&aftercare::engine::Decision) -> Fen) -> Fen {
    let settles = arm.commands.iter().filter(|command| {
        matches!(command.asked, Asked::Settle(_)) && command.decision.refusal.is_none()
    });
    settles.map(|command| of(&command.decision)).sum()
}

#[test]
fn what_is_told_of_a_visit_agrees_with_itself_and_with_the_run() {
    let scenario = smoke();
    let world = World::new(&scenario, 1);
    for trace in followed(&world) {
        assert_eq!(trace.arms.len(), world.arms.len());
        for (number, arm) in trace.arms.iter().enumerate() {
            let place = format!("visit {}, arm {number}", trace.want.visit);
            steps_fill_the_time(&trace, arm, &place);
            commands_balance(arm, &place);
            nights_agree_with_commands(arm, trace.want.visit, &place);
        }
    }
}

fn steps_fill_the_time(trace: &VisitTrace, arm: &ArmTrace, place: &str) {
    let outcome = &arm.outcome;
    let mut now = trace.want.arrival_ms + outcome.at_desk_ms();
    for step in &arm.steps {
        assert_eq!(step.from_ms, now, "{place}");
        assert!(
            step.queue_ms + step.detour_ms <= step.until_ms - step.from_ms,
            "{place}: {step:?}"
        );
        now = step.until_ms;
    }
    assert_eq!(arm.steps.len(), usize::from(outcome.steps_done), "{place}");
    let told: Vec<Step> = arm.steps.iter().map(|step| step.step).collect();
    assert!(trace.program.starts_with(&told), "{place}: steps of the program, in order");
    if outcome.end == End::Done {
        assert_eq!(now, outcome.exit_ms, "{place}");
        let queues: u32 = arm.steps.iter().map(|step| step.queue_ms).sum();
        assert_eq!(queues, outcome.wait_ms + outcome.pay_queue_ms, "{place}");
        let detours: u32 = arm.steps.iter().map(|step| step.detour_ms).sum();
        assert_eq!(detours, outcome.pay_walk_ms, "{place}");
    }
}

fn commands_balance(arm: &ArmTrace, place: &str) {
    for command in &arm.commands {
        let legs: Fen = command.postings.iter().map(|leg| leg.amount).sum();
        assert_eq!(legs, Fen::ZERO, "{place}: {command:?}");
        let decision = &command.decision;
        if matches!(command.asked, Asked::Settle(_)) && decision.refusal.is_none() {
            let billed: i64 = command.lines.iter().map(|line| i64::from(line.amount_fen)).sum();
            assert_eq!(decision.total, Fen(billed), "{place}");
            assert_eq!(decision.total, decision.fund + decision.person, "{place}");
            let paid = decision.account + decision.line + decision.cash + decision.receivable;
            assert_eq!(decision.person, paid, "{place}");
        }
    }
}

/// Commands come from a copy of the rows, nights from the run's own rows: two routes to one draw.
fn nights_agree_with_commands(arm: &ArmTrace, visit: VisitId, place: &str) {
    let drawn = settled(arm, |decision| decision.line);
    let mut seen: Vec<VisitId> = Vec::new();
    let mut original = Fen::ZERO;
    for night in &arm.nights {
        assert_eq!(night.bill.visit(), visit, "{place}");
        if !seen.contains(&night.bill) {
            seen.push(night.bill);
            original += night.original;
        }
    }
    assert_eq!(original, drawn, "{place}: {:?}", arm.nights);
    for bill in seen {
        let last = arm.nights.iter().rev().find(|night| night.bill == bill).expect("a night");
        let over = last.stage.is_none_or(|stage| stage == aftercare::credit::DrawStage::WrittenOff);
        assert!(over, "{place}: after the run-out no draw is open, {last:?}");
    }
}

#[test]
fn no_visit_is_found_when_none_is_wanted() {
    let scenario = smoke();
    let world = World::new(&scenario, 1);
    assert!(trace_visit(&world, PLAN, &|_| false).expect("the run is valid").is_none());
}
