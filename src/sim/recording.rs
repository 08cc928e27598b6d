//! One day of a simulated city as a settlement core meets it: the rows of the midnight before, and every
//! command of the day and of the midnight after it, in the order of their true times. The run that is
//! recorded is the very same run. Must never change a row: it only reads.

use super::block::{Block, Due, Entry};
use super::city_view::World;
use super::group::{GroupScratch, Witness};
use super::hospital::SiteDay;
use super::replication::{Progress, RunPlan, Stopped, Watch, run_watched};
use super::settle::SettleDay;
use crate::domain::{Day, GroupId, HospitalId, MS_PER_DAY, Ms, TimeMs};
use crate::engine::{Body, Command, Decision, GroupCredit, GroupRows, PersonRow, Settle};
use crate::ledger::Discard;
use crate::settlement::{BillLine, YearMore};
use crate::wire::{Batch, ClaimBody, Request, RequestBody, RequestId};

/// A recorded day.
#[derive(Clone, Debug)]
pub struct RecordedDay {
    /// The day.
    pub day: Day,
    /// Everybody's row at the midnight before it, in kin-group order.
    pub rows: Vec<PersonRow>,
    /// The rest of each person's year; empty where the rules do not use it.
    pub more: Vec<YearMore>,
    /// Lines, draws and holds at that midnight, by kin group in rising order.
    pub credit: Vec<(GroupId, GroupCredit)>,
    /// The commands in the order of their times.
    pub commands: Batch,
    /// What the simulation decided, command by command.
    pub decisions: Vec<Decision>,
}

/// Runs a replication up to a day (from 0) and records the policy arm's commands of that day.
pub fn record_day(
    world: &World<'_>,
    replication: u16,
    day: u32,
    tell: &mut dyn FnMut(Progress) -> bool,
) -> Result<RecordedDay, Stopped> {
    let plan = RunPlan { replication, days: day + 1, planted: None };
    let mut recorder = Recorder { world, replication, wanted: world.day(day), found: None };
    let ran = run_watched(world, plan, &mut |at| tell(at) && at.day <= day, &mut recorder);
    match (recorder.found, ran) {
        (Some(found), _) => Ok(found),
        (None, Err(stopped)) => Err(stopped),
        (None, Ok(_)) => Err(Stopped::Interrupted),
    }
}

/// Waits for the day, then records it.
struct Recorder<'a, 's> {
    world: &'a World<'s>,
    replication: u16,
    wanted: Day,
    found: Option<RecordedDay>,
}

impl Watch for Recorder<'_, '_> {
    fn walked(&mut self, blocks: &[Block], sites: &[SiteDay], day: Day) {
        if day != self.wanted {
            return;
        }
        let arm = self.world.policy();
        let mut heard = Vec::new();
        let (mut rows, mut more, mut credit) = (Vec::new(), Vec::new(), Vec::new());
        for (number, block) in blocks.iter().enumerate() {
            let state = &block.arms[arm];
            rows.extend_from_slice(&state.rows);
            more.extend_from_slice(&state.more);
            let lines = state.credit.iter().filter(|(_, credit)| !credit.lines.is_empty());
            credit.extend(lines.map(|(&group, credit)| (GroupId(group), credit.clone())));
            let settle = SettleDay {
                world: self.world,
                sites: Some(sites),
                replication: self.replication,
                day,
                block: number,
            };
            record_block(&settle, block, &mut heard);
        }
        // Within a group the order of sending stands; groups do not know of one another.
        heard.sort_by_key(|heard| (heard.at, heard.group));
        let mut commands = Batch::default();
        let mut decisions = Vec::with_capacity(heard.len());
        for (serial, Heard { at, group, member, body, lines, decision }) in (0_u128..).zip(heard) {
            let id = RequestId::new(at, serial);
            commands.push(Request { id, at, group, member, body }, &lines);
            decisions.push(decision);
        }
        self.found = Some(RecordedDay { day, rows, more, credit, commands, decisions });
    }

    fn night(&mut self, _: &[Block], _: Day) {}
}

/// A command that was heard.
struct Heard {
    at: TimeMs,
    group: GroupId,
    member: u8,
    body: RequestBody,
    lines: Vec<BillLine>,
    decision: Decision,
}

/// The day of every group of a block that does something, then its midnight, on copies of its rows.
fn record_block(settle: &SettleDay<'_, '_>, block: &Block, heard: &mut Vec<Heard>) {
    let arm = settle.world.policy();
    let mut due: Vec<Entry> = block.arms[arm].calendar.on(settle.day).to_vec();
    due.sort_by_key(|entry| entry.group);
    let mut due = due.chunk_by(|a, b| a.group == b.group).peekable();
    let mut scratch = GroupScratch::default();
    let mut from = 0;
    while from < block.today.plans.len() {
        let to = block.today.group_end(from);
        let group = block.today.group_at(from);
        while let Some(entries) = due.next_if(|entries| entries[0].group < group.0) {
            night_only(settle, block, entries, &mut scratch, heard);
        }
        settle.enter_group(block, arm, (from, to), &mut scratch);
        let plans = &block.today.plans[from..to];
        let first = scratch.rows.first;
        let members = plans.iter().map(|plan| (plan.want.person.0 - first) as u8).collect();
        let mut ear = Ear { day: settle.day, group, members, heard };
        settle.group_day(arm).run(&mut scratch, plans, &mut Discard, &mut ear);
        if let Some(entries) = due.next_if(|entries| entries[0].group == group.0) {
            night(settle, entries, &mut scratch.rows, heard);
        }
        from = to;
    }
    for entries in due {
        night_only(settle, block, entries, &mut scratch, heard);
    }
}

fn night_only(
    settle: &SettleDay<'_, '_>,
    block: &Block,
    entries: &[Entry],
    scratch: &mut GroupScratch,
    heard: &mut Vec<Heard>,
) {
    let state = &block.arms[settle.world.policy()];
    let group = entries[0].group;
    state.gather(&settle.world.city, block.first_person, group, &mut scratch.rows);
    night(settle, entries, &mut scratch.rows, heard);
}

/// What falls due at midnight, as the night's pass sends it.
fn night(
    settle: &SettleDay<'_, '_>,
    entries: &[Entry],
    rows: &mut GroupRows,
    heard: &mut Vec<Heard>,
) {
    let engine = &settle.world.arms[settle.world.policy()].engine;
    let at = settle.day.start() + (MS_PER_DAY - 1);
    for entry in entries {
        let member = (entry.person - rows.first) as usize;
        let (command, body) = match entry.due {
            Due::Repay => {
                let offered = engine.asked(rows, entry.bill, settle.day);
                if offered.is_zero() {
                    continue;
                }
                let bill = entry.bill;
                (Body::Repay { bill, offered }, RequestBody::Repay { bill, offered })
            }
            Due::Tick => {
                let bill = entry.bill;
                (Body::Tick { bill }, RequestBody::Tick { bill })
            }
            // No request of the load test gives back a deposit or issues a card.
            Due::HandIn { .. } | Due::FirstCard => continue,
            Due::Debit { hospital, amount, .. } => {
                let (bill, hospital) = (entry.bill, HospitalId(hospital));
                (
                    Body::DebitOverdue { bill, hospital, amount },
                    RequestBody::DebitOverdue { bill, hospital, amount },
                )
            }
            Due::Arrears { hospital, amount, written_off } => {
                let hospital = HospitalId(hospital);
                (
                    Body::Arrears { hospital, amount, written_off },
                    RequestBody::Arrears { hospital, amount, written_off },
                )
            }
        };
        let id = heard.len() as u128;
        let decision = engine.apply(rows, &Command { id, at, member, body: command }, &mut Discard);
        let (group, member) = (GroupId(entry.group), member as u8);
        heard.push(Heard { at, group, member, body, lines: Vec::new(), decision });
    }
}

/// Hears the commands of a group's day.
struct Ear<'h> {
    day: Day,
    group: GroupId,
    /// The patient of each visit.
    members: Vec<u8>,
    heard: &'h mut Vec<Heard>,
}

impl Witness for Ear<'_> {
    fn decided(
        &mut self,
        at_ms: Ms,
        visit: usize,
        _: &Settle<'_>,
        asked: &Body<'_>,
        decision: &Decision,
    ) {
        let (body, lines) = body_of(asked);
        self.heard.push(Heard {
            at: self.day.start() + i64::from(at_ms),
            group: self.group,
            member: self.members[visit],
            body,
            lines,
            decision: *decision,
        });
    }

    fn opened(&mut self, _: bool, _: &Decision) {}

    fn refused(&mut self, _: &Decision) {}
}

/// A command as a core is sent it, with its bill lines.
fn body_of(asked: &Body<'_>) -> (RequestBody, Vec<BillLine>) {
    let claim_of = |claim: &Settle<'_>| ClaimBody {
        visit: claim.visit,
        point: claim.point,
        hospital: claim.hospital,
        level: claim.level,
        care: claim.care,
        cause: claim.cause,
        in_scheme: claim.in_scheme,
        lines_from: 0,
        lines: claim.lines.len() as u16,
    };
    let body = match *asked {
        Body::OpenLine => RequestBody::OpenLine,
        Body::Reserve { ref claim, partial } => {
            let body = RequestBody::Reserve { claim: claim_of(claim), partial };
            return (body, claim.lines.to_vec());
        }
        Body::Settle { ref claim, funding } => {
            let body = RequestBody::Settle { claim: claim_of(claim), funding };
            return (body, claim.lines.to_vec());
        }
        Body::Reverse { visit, point } => RequestBody::Reverse { visit, point },
        Body::Release { visit } => RequestBody::Release { visit },
        Body::Deposit { hospital, amount } => RequestBody::Deposit { hospital, amount },
        Body::Repay { bill, offered } => RequestBody::Repay { bill, offered },
        Body::Tick { bill } => RequestBody::Tick { bill },
        Body::DebitOverdue { bill, hospital, amount } => {
            RequestBody::DebitOverdue { bill, hospital, amount }
        }
        Body::Arrears { hospital, amount, written_off } => {
            RequestBody::Arrears { hospital, amount, written_off }
        }
        Body::ReturnDeposit { .. } | Body::RepayFromAccount { .. } | Body::CarryAccount => {
            panic!("invariant: {asked:?} is asked at a desk, not by the city")
        }
    };
    (body, Vec::new())
}
