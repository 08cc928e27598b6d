//! One visit followed through a replication: what each pass hands to the next, in every arm. The run
//! that is watched is the very same run. Must never change a row, a time or an amount: it only reads.

use super::block::{Block, Kind, Plan};
use super::choice::{Choice, Standing, User};
use super::city_view::World;
use super::group::{GroupScratch, Witness};
use super::hospital::SiteDay;
use super::replication::{RunPlan, Stopped, Watch, run_watched};
use super::settle::SettleDay;
use super::story::VisitStory;
use super::till::SiteSink;
use crate::city::Want;
use crate::credit::{self, DrawStage};
use crate::domain::{Day, Fen, HospitalId, Ms, PersonId, VisitId};
use crate::engine::{Body, Decision, Funding, Settle};
use crate::flow::{End, Outcome, Step, Stops};
use crate::ledger::{Posting, Sink};
use crate::settlement::BillLine;

/// A visit of today that a trace could follow.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// What the person wants.
    pub want: &'a Want,
    /// Payment points that a line bears in the policy arm by the rehearsal, a bit each.
    pub granted: u8,
}

/// One visit, followed from the wish for care to the last repaid fen.
#[derive(Clone, Debug)]
pub struct VisitTrace {
    /// Day of the visit.
    pub day: Day,
    /// From `city`: who wants what, where and when.
    pub want: Want,
    /// From `flow`: the steps of the visit, alike in every arm.
    pub program: Vec<Step>,
    /// The arms in the world's order, the policy last.
    pub arms: Vec<ArmTrace>,
}

/// The visit in one arm.
#[derive(Clone, Debug)]
pub struct ArmTrace {
    /// From the rehearsal: how each payment point is passed.
    pub stops: Stops,
    /// From the rehearsal: payment points that a line bears, a bit each.
    pub granted: u8,
    /// From the walk: each step that was done.
    pub steps: Vec<StepTrace>,
    /// From the walk: what became of the visit.
    pub outcome: Outcome,
    /// From the settlement: every command of the visit, in order.
    pub commands: Vec<CommandTrace>,
    /// From midnight: every night on which a draw of the visit was made, moved or closed.
    pub nights: Vec<NightTrace>,
}

/// One step as it was walked. Its parts sum: `until_ms - from_ms` is queue, detour and the rest.
#[derive(Clone, Copy, Debug)]
pub struct StepTrace {
    /// The step.
    pub step: Step,
    /// When it began, ms from midnight.
    pub from_ms: Ms,
    /// When it was over, ms from midnight.
    pub until_ms: Ms,
    /// Of it, in a queue, ms.
    pub queue_ms: Ms,
    /// Of it, on the detour to pay and back, ms.
    pub detour_ms: Ms,
}

/// What a command asked of the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// To open a line.
    OpenLine,
    /// To hold the personal part on a line.
    Reserve,
    /// To settle a claim, paid in this way.
    Settle(Funding),
    /// To cancel a settlement.
    Reverse,
    /// To give back what is held on a line.
    Release,
    /// To take a deposit.
    Deposit,
    /// To take a repayment.
    Repay,
    /// To hand a personal account over to a card.
    CarryAccount,
    /// To look at a draw at midnight.
    Tick,
    /// To let a line pay an unpaid bill.
    DebitOverdue,
    /// To pay or give up an unpaid bill.
    Arrears,
}

/// One command and its answer.
#[derive(Clone, Debug)]
pub struct CommandTrace {
    /// Time of day, ms from midnight.
    pub at_ms: Ms,
    /// Payment point (`PaymentPoint as u8`).
    pub point: u8,
    /// What was asked.
    pub asked: Asked,
    /// Bill lines of the claim; empty where the command has none.
    pub lines: Vec<BillLine>,
    /// The engine's answer.
    pub decision: Decision,
    /// What it posted; the legs sum to zero.
    pub postings: Vec<Posting>,
}

/// A draw of the visit after a night.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NightTrace {
    /// The day that ended.
    pub day: Day,
    /// The bill that was drawn for.
    pub bill: VisitId,
    /// Whose line it is.
    pub holder: PersonId,
    /// Drawn.
    pub original: Fen,
    /// Principal left.
    pub left: Fen,
    /// Next due day.
    pub due_on: Day,
    /// Days past due.
    pub dpd: u16,
    /// Where the draw stands; `None` once it is closed.
    pub stage: Option<DrawStage>,
}

/// Runs a replication and follows the first outpatient or emergency visit that takes place in every arm
/// and that `choose` accepts, by day, then kin group. `None` when there is no such visit.
pub fn trace_visit(
    world: &World<'_>,
    plan: RunPlan,
    choose: &dyn Fn(&Candidate<'_>) -> bool,
) -> Result<Option<VisitTrace>, Stopped> {
    let mut follower = Follower { world, replication: plan.replication, choose, found: None };
    run_watched(world, plan, &mut |_| true, &mut follower)?;
    Ok(follower.found.map(|found| found.trace))
}

/// Waits for the visit, then follows it.
struct Follower<'a, 's> {
    world: &'a World<'s>,
    replication: u16,
    choose: &'a dyn Fn(&Candidate<'_>) -> bool,
    found: Option<Found>,
}

/// The visit, and where its kin group lives.
struct Found {
    block: usize,
    group: u32,
    trace: VisitTrace,
}

impl Watch for Follower<'_, '_> {
    fn walked(&mut self, blocks: &[Block], sites: &[SiteDay], day: Day) {
        if self.found.is_some() {
            return;
        }
        for (number, block) in blocks.iter().enumerate() {
            let plans = &block.today.plans;
            if let Some(at) = (0..plans.len()).find(|&at| self.accepts(block, at)) {
                let settle = SettleDay {
                    world: self.world,
                    sites: Some(sites),
                    replication: self.replication,
                    day,
                    block: number,
                };
                let group = plans[at].want.visit.group().0;
                let trace = trace_day(&settle, block, at);
                self.found = Some(Found { block: number, group, trace });
                return;
            }
        }
    }

    fn night(&mut self, blocks: &[Block], day: Day) {
        if let Some(found) = &mut self.found {
            found.night(blocks, day);
        }
    }
}

impl Found {
    fn night(&mut self, blocks: &[Block], day: Day) {
        let Found { block, group, trace } = self;
        let visit = trace.want.visit;
        for (state, arm) in blocks[*block].arms.iter().zip(&mut trace.arms) {
            let draws = state.credit.get(group).map_or(&[][..], |credit| &credit.draws);
            let open: Vec<NightTrace> =
                draws.iter().map(|draw| NightTrace::of(draw, day)).collect();
            arm.note_night(open.into_iter().filter(|draw| draw.bill.visit() == visit), day);
        }
    }
}

/// Follows the visit of a line's user that [`Choice`] takes.
pub(super) struct Median<'a, 's> {
    world: &'a World<'s>,
    replication: u16,
    found: Option<(Standing, Found)>,
}

impl<'a, 's> Median<'a, 's> {
    pub(super) fn new(world: &'a World<'s>, replication: u16) -> Median<'a, 's> {
        Median { world, replication, found: None }
    }

    /// What was followed.
    pub(super) fn story(&self) -> Option<VisitStory> {
        let (standing, found) = self.found.as_ref()?;
        Some(VisitStory::of(self.world, &found.trace, *standing))
    }

    /// The visits of a day that a line paid and that were finished in every arm.
    fn users(&self, blocks: &[Block], settle: &SettleDay<'_, '_>) -> Vec<User> {
        let (arms, policy) = (self.world.arms.len(), self.world.policy());
        let mut found = Vec::new();
        for (number, block) in blocks.iter().enumerate() {
            let settle = SettleDay { block: number, ..*settle };
            for (at, plan) in block.today.plans.iter().enumerate() {
                let granted = block.today.rehearsed[at * arms + policy].granted;
                let plain = plan.kind == Kind::Visit
                    && !plan.carried
                    && plan.comes_ms == plan.want.arrival_ms;
                if granted == 0 || !plain || plan.arms != self.world.all_arms() {
                    continue;
                }
                if (0..arms).all(|arm| settle.outcome(plan, arm).end == End::Done) {
                    let [before, after] = [0, policy].map(|arm| settle.outcome(plan, arm));
                    found.push(User {
                        saved_ms: i64::from(before.exit_ms) - i64::from(after.exit_ms),
                        block: number,
                        at,
                        stop_less: after.stops < before.stops,
                    });
                }
            }
        }
        found
    }
}

impl Watch for Median<'_, '_> {
    fn walked(&mut self, blocks: &[Block], sites: &[SiteDay], day: Day) {
        let so_far = self.found.as_ref().map(|(standing, _)| *standing);
        if so_far.is_some_and(|standing| standing.is_enough()) {
            return;
        }
        let Median { world, replication, .. } = *self;
        let settle = SettleDay { world, sites: Some(sites), replication, day, block: 0 };
        let Some(Choice { block, at, standing }) = Choice::of(self.users(blocks, &settle)) else {
            return;
        };
        if so_far.is_some_and(|before| before.rank() >= standing.rank()) {
            return;
        }
        let settle = SettleDay { block, ..settle };
        let trace = trace_day(&settle, &blocks[block], at);
        let group = trace.want.visit.group().0;
        self.found = Some((standing, Found { block, group, trace }));
    }

    fn night(&mut self, blocks: &[Block], day: Day) {
        if let Some((_, found)) = &mut self.found {
            found.night(blocks, day);
        }
    }
}

impl Follower<'_, '_> {
    fn accepts(&self, block: &Block, at: usize) -> bool {
        let plan = &block.today.plans[at];
        let arms = self.world.arms.len();
        let granted = block.today.rehearsed[at * arms + self.world.policy()].granted;
        plan.kind == Kind::Visit
            && !plan.carried
            && plan.arms == self.world.all_arms()
            && (self.choose)(&Candidate { want: &plan.want, granted })
    }
}

impl NightTrace {
    fn of(draw: &credit::DrawRow, day: Day) -> NightTrace {
        NightTrace {
            day,
            bill: VisitId::from_raw(draw.visit()),
            holder: PersonId(draw.holder()),
            original: draw.original(),
            left: draw.principal(),
            due_on: draw.due_on(),
            dpd: credit::dpd(draw, day),
            stage: Some(draw.stage()),
        }
    }

    /// The draw is no longer among the open ones.
    fn closed(self, day: Day) -> NightTrace {
        NightTrace { day, left: Fen::ZERO, dpd: 0, stage: None, ..self }
    }

    /// Whether nothing but the date differs.
    fn is_still(&self, other: &NightTrace) -> bool {
        *self == NightTrace { day: self.day, dpd: self.dpd, ..*other }
    }
}

impl ArmTrace {
    /// The last that is known of each bill.
    fn last_of(&self, bill: VisitId) -> Option<NightTrace> {
        self.nights.iter().rev().find(|night| night.bill == bill).copied()
    }

    fn note_night(&mut self, open: impl Iterator<Item = NightTrace>, day: Day) {
        let mut seen = Vec::new();
        for now in open {
            seen.push(now.bill);
            if self.last_of(now.bill).is_none_or(|before| !now.is_still(&before)) {
                self.nights.push(now);
            }
        }
        let bills: Vec<VisitId> = self.nights.iter().map(|night| night.bill).collect();
        for bill in bills.into_iter().filter(|bill| !seen.contains(bill)) {
            if let Some(before) = self.last_of(bill).filter(|before| before.stage.is_some()) {
                self.nights.push(before.closed(day));
            }
        }
    }
}

/// What the day's passes did with a plan of a block, before anything of the day is posted.
fn trace_day(settle: &SettleDay<'_, '_>, block: &Block, at: usize) -> VisitTrace {
    let plan = &block.today.plans[at];
    let program = block.today.steps[plan.first_step as usize..][..plan.steps as usize].to_vec();
    let arms = (0..settle.world.arms.len()).map(|arm| {
        let rehearsed = block.today.rehearsed[at * settle.world.arms.len() + arm];
        ArmTrace {
            stops: rehearsed.code.up,
            granted: rehearsed.granted,
            steps: walked_steps(settle, (block, at), arm),
            outcome: settle.outcome(plan, arm),
            commands: commands(settle, block, arm, at),
            nights: Vec::new(),
        }
    });
    VisitTrace { day: settle.day, want: plan.want, arms: arms.collect(), program }
}

/// Each step of a visit from what the walk had added up after it.
fn walked_steps(
    settle: &SettleDay<'_, '_>,
    (block, at): (&Block, usize),
    arm: usize,
) -> Vec<StepTrace> {
    let plan: &Plan = &block.today.plans[at];
    let Some(sites) = settle.sites else { return Vec::new() };
    let site = &sites[usize::from(plan.want.site.0)];
    let after = site.follow(settle.world, arm, (settle.block, at), settle.day);
    let desk_ms = after.first().map_or(0, Outcome::at_desk_ms);
    let comes_ms = plan.arrival_ms(arm == settle.world.policy());
    let arrived = Outcome { exit_ms: comes_ms + desk_ms, ..Outcome::default() };
    let before = std::iter::once(&arrived).chain(&after);
    let program = &block.today.steps[plan.first_step as usize..][..plan.steps as usize];
    let steps = program.iter().zip(before).zip(&after);
    steps
        .map(|((&step, before), after)| StepTrace {
            step,
            from_ms: before.exit_ms,
            until_ms: after.exit_ms,
            queue_ms: after.wait_ms + after.pay_queue_ms - before.wait_ms - before.pay_queue_ms,
            detour_ms: after.pay_walk_ms - before.pay_walk_ms,
        })
        .collect()
}

/// The commands of a visit: its kin group's day, settled on a copy of the midnight rows.
fn commands(settle: &SettleDay<'_, '_>, block: &Block, arm: usize, at: usize) -> Vec<CommandTrace> {
    let group = block.today.group_at(at);
    let plans = &block.today.plans;
    let from = plans.partition_point(|plan| plan.want.visit.group() < group);
    let to = block.today.group_end(from);
    let mut scratch = GroupScratch::default();
    settle.enter_group(block, arm, (from, to), &mut scratch);
    let mut legs = Legs::default();
    let mut recorder = Recorder { visit: at - from, decided: 0, commands: Vec::new() };
    settle.group_day(arm).run(&mut scratch, &plans[from..to], &mut legs, &mut recorder);
    let commands = recorder.commands.into_iter();
    commands
        .map(|(number, command)| CommandTrace {
            postings: std::mem::take(&mut legs.closed[number]),
            ..command
        })
        .collect()
}

/// Keeps every leg, command by command.
#[derive(Default)]
struct Legs {
    open: Vec<Posting>,
    closed: Vec<Vec<Posting>>,
}

impl SiteSink for Legs {
    fn at(&mut self, _: HospitalId) {}
}

impl Sink for Legs {
    fn post(&mut self, posting: Posting) {
        self.open.push(posting);
    }

    fn close(&mut self, _: u128) {
        self.closed.push(std::mem::take(&mut self.open));
    }
}

/// Keeps the commands of one visit, each with its number among the group's commands of the day.
struct Recorder {
    visit: usize,
    decided: usize,
    commands: Vec<(usize, CommandTrace)>,
}

impl Witness for Recorder {
    fn refused(&mut self, _: &Decision) {}

    fn decided(
        &mut self,
        at_ms: Ms,
        visit: usize,
        claim: &Settle<'_>,
        asked: &Body<'_>,
        decision: &Decision,
    ) {
        let number = self.decided;
        self.decided += 1;
        if visit != self.visit {
            return;
        }
        let command = CommandTrace {
            at_ms,
            point: claim.point,
            asked: Asked::of(asked),
            lines: claim.lines.to_vec(),
            decision: *decision,
            postings: Vec::new(),
        };
        self.commands.push((number, command));
    }

    fn opened(&mut self, _: bool, _: &Decision) {}
}

impl Asked {
    fn of(body: &Body<'_>) -> Asked {
        match body {
            Body::OpenLine => Asked::OpenLine,
            Body::Reserve { .. } => Asked::Reserve,
            Body::Settle { funding, .. } => Asked::Settle(*funding),
            Body::Reverse { .. } => Asked::Reverse,
            Body::Release { .. } => Asked::Release,
            Body::Deposit { .. } | Body::ReturnDeposit { .. } => Asked::Deposit,
            Body::Repay { .. } | Body::RepayFromAccount { .. } => Asked::Repay,
            Body::CarryAccount => Asked::CarryAccount,
            Body::Tick { .. } => Asked::Tick,
            Body::DebitOverdue { .. } => Asked::DebitOverdue,
            Body::Arrears { .. } => Asked::Arrears,
        }
    }
}
