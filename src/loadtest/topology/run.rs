//! A topology under load: calls pass the systems in virtual time, the store decides. Must never let a call
//! be served twice.

use super::parts::{Agenda, Breaker, Draws, Entered, Pool};
use super::spec::{LineSpec, SystemSpec, Topology};
use crate::domain::{GroupId, TimeMs, VisitId};
use crate::engine::Decision;
use crate::loadtest::{ClientBooks, LoadWorld};
use crate::random::Philox;
use crate::relay::{Calls, Transaction};
use crate::store::{Answer, Memory, Store, StoreError};
use crate::wire::RequestBody;
use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Orders of a visit that each have a bill.
pub(super) const ORDERS: u8 = 3;
/// Time between two bills of a visit, µs; it does not change the load.
const GAP_US: u64 = 1_000_000;
/// How a visit is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paying {
    /// A trial and a settlement an order.
    PerOrder,
    /// One trial and one settlement at the end.
    OnceAtEnd,
}

/// What comes in.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// Visits in all.
    pub visits: usize,
    /// Visits a second.
    pub visits_per_s: f64,
    /// Share of visits whose part is drawn on a line at the bank, per cent.
    pub through_bank_percent: u32,
    /// Hospitals.
    pub hospitals: usize,
    /// Root seed.
    pub seed: u64,
}

/// What a topology did.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TopologyReport {
    /// Visits.
    pub visits: u64,
    /// Calls by transaction code.
    pub calls: BTreeMap<u16, u64>,
    /// Calls a visit.
    pub calls_a_visit: f64,
    /// Bills settled.
    pub settled: u64,
    /// Bills that went to a window: refused, turned away, or undone.
    pub to_a_window: u64,
    /// Settlements whose answer did not come in time.
    pub unknown: u64,
    /// Of these, found settled (5203).
    pub found_done: u64,
    /// Of these, undone (2601).
    pub undone: u64,
    /// Of these, answered by nobody until the end of the day's reconciliation.
    pub left_for_reconciliation: u64,
    /// Calls that a full queue or an open breaker turned away at once.
    pub turned_away: u64,
    /// Times that a breaker opened: lines to the core, line to the bank.
    pub breakers_opened: [u64; 2],
    /// Draws that the core took back at the bank because the bank's answer did not come.
    pub taken_back_at_bank: u64,
    /// From the first call of a bill to its end: median and 99th percentile, ms.
    pub bill_p50_ms: f64,
    /// 99th percentile, ms.
    pub bill_p99_ms: f64,
    /// Share of each pool in use: busiest hospital, core, bank.
    pub utilisation: [f64; 3],
    /// The same of the network between them, where there is one.
    pub network_utilisation: Option<f64>,
    /// The pool that is used most.
    pub first_to_saturate: String,
    /// Visits a second at which it would be full.
    pub saturates_at_visits_per_s: f64,
    /// Bills on which hospital and core disagree after all.
    pub disagreements: u64,
    /// Draws on which core and bank disagree after all.
    pub bank_disagreements: u64,
    /// What the store's books say against what hospitals were told.
    pub findings: Vec<String>,
}

/// Where an event happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Event {
    /// A visit asks for its next bill.
    Visit(usize),
    /// A hospital's own work on a call is done.
    HospitalServed(usize),
    /// A call comes to the network and is through.
    AtNetwork(usize),
    NetworkServed(usize),
    /// A call comes to the core, or to the bank.
    AtCore(usize),
    AtBank(usize),
    /// Their own work is done.
    CoreServed(usize),
    BankServed(usize),
    /// The bank's answer comes to the core, the core's to the hospital.
    BackAtCore(usize),
    BackAtHospital(usize),
    /// Nobody waits any longer.
    HospitalGivesUp(usize),
    CoreGivesUp(usize),
}

/// A call and how far it is.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts of one call")]
pub(super) struct Call {
    pub(super) visit: usize,
    pub(super) transaction: Transaction,
    pub(super) point: u8,
    pub(super) tries: u32,
    /// The settlement that a query or a reversal is about.
    pub(super) about: Option<usize>,
    /// The hospital still waits.
    pub(super) open: bool,
    /// The core waits for the bank.
    pub(super) at_bank: bool,
    pub(super) bank_did: bool,
    pub(super) bank_undone: bool,
    /// The store holds the settlement.
    pub(super) stands: bool,
    /// Undone before it came.
    pub(super) kept_out: bool,
    pub(super) decision: Option<Decision>,
    pub(super) found: bool,
}

/// A visit and what it has paid.
#[derive(Clone, Copy, Debug)]
pub(super) struct Visit {
    pub(super) id: VisitId,
    pub(super) group: GroupId,
    pub(super) member: u8,
    pub(super) hospital: usize,
    pub(super) through_bank: bool,
    pub(super) point: u8,
    pub(super) bill_from_us: u64,
}

pub(super) struct Run<'a, 'w> {
    pub(super) topology: &'a Topology,
    pub(super) paying: Paying,
    pub(super) draws: Draws,
    pub(super) store: Memory<'w>,
    pub(super) open_at: TimeMs,
    pub(super) agenda: Agenda<Event>,
    pub(super) now_us: u64,
    pub(super) hospitals: Vec<Pool>,
    pub(super) network: Option<Pool>,
    pub(super) core: Pool,
    pub(super) bank: Pool,
    pub(super) to_core: Vec<Breaker>,
    pub(super) to_bank: Breaker,
    pub(super) visits: Vec<Visit>,
    pub(super) calls: Vec<Call>,
    pub(super) counted: Calls,
    pub(super) books: ClientBooks,
    pub(super) bills: Histogram<u64>,
    pub(super) serial: u64,
    pub(super) report: TopologyReport,
}

/// Sends visits through a topology until every call has ended.
pub fn run(
    world: &LoadWorld<'_>,
    topology: &Topology,
    paying: Paying,
    load: &Load,
) -> Result<TopologyReport, StoreError> {
    // From a microsecond to an hour, three digits.
    let histogram = Histogram::new_with_bounds(1, 3_600_000_000, 3)
        .unwrap_or_else(|error| panic!("invariant: the bounds are sound: {error}"));
    let mut run = Run {
        topology,
        paying,
        draws: Draws(Philox::new(load.seed)),
        store: Memory::open(world.engine(), &world.census),
        open_at: world.census.first_day.start() + 8 * 3_600_000,
        agenda: Agenda::new(),
        now_us: 0,
        hospitals: vec![Pool::new(&topology.hospital); load.hospitals.max(1)],
        network: topology.network.as_ref().map(Pool::new),
        core: Pool::new(&topology.insurer_core),
        bank: Pool::new(&topology.bank),
        to_core: vec![Breaker::default(); load.hospitals.max(1)],
        to_bank: Breaker::default(),
        visits: Vec::new(),
        calls: Vec::new(),
        counted: Calls::default(),
        books: ClientBooks::default(),
        bills: histogram,
        serial: 0,
        report: TopologyReport::default(),
    };
    run.enter_visits(world, load)?;
    while let Some((us, event)) = run.agenda.next() {
        run.now_us = us;
        run.happen(event)?;
    }
    Ok(run.finish(load))
}

impl Run<'_, '_> {
    /// Opens the lines that are needed and enters the arrivals.
    fn enter_visits(&mut self, world: &LoadWorld<'_>, load: &Load) -> Result<(), StoreError> {
        let groups = world.census.sizes.len() as u64;
        let mut with_line = vec![false; world.census.sizes.len()];
        let mut counts = vec![0_u32; world.census.sizes.len()];
        let mut at_us = 0.0;
        for number in 0..load.visits {
            let [gap, who, where_, how] = self.draws.words(number, 99);
            at_us -= 1e6 / load.visits_per_s * libm::log(crate::random::unit(gap));
            let group = ((u64::from(who) * groups) >> 32) as usize;
            let holder = world.may_open[group];
            let wants = u64::from(how) * 100 >> 32 < u64::from(load.through_bank_percent);
            let through_bank = wants && holder.is_some();
            let id = GroupId(group as u32);
            let member = if through_bank { holder.unwrap_or(0) } else { 0 };
            if through_bank && !std::mem::replace(&mut with_line[group], true) {
                self.tell(id, member, RequestBody::OpenLine, &[])?;
            }
            counts[group] += 1;
            let hospital = ((u64::from(where_) * self.hospitals.len() as u64) >> 32) as usize;
            self.visits.push(Visit {
                id: VisitId::new(counts[group] >> 8, id, counts[group] & 0xff),
                group: id,
                member,
                hospital,
                through_bank,
                point: 0,
                bill_from_us: 0,
            });
            self.agenda.at(at_us as u64, Event::Visit(number));
        }
        Ok(())
    }

    fn happen(&mut self, event: Event) -> Result<(), StoreError> {
        match event {
            Event::Visit(visit) => {
                self.visits[visit].bill_from_us = self.now_us;
                self.send(visit, Transaction::OutpatientTrial, None, 1);
            }
            Event::HospitalServed(call) => self.leave_hospital(call),
            Event::AtNetwork(call) => self.at_network(call),
            Event::NetworkServed(call) => self.network_served(call),
            Event::AtCore(call) => match self.core.enter(call, self.now_us) {
                Entered::Served => self.serve_core(call),
                Entered::Waits => {}
                Entered::Full => self.turned_away_by_core(call),
            },
            Event::CoreServed(call) => self.core_served(call)?,
            Event::AtBank(call) => match self.bank.enter(call, self.now_us) {
                Entered::Served => self.serve_bank(call),
                Entered::Waits => {}
                // The core hears nothing and gives up in its own time.
                Entered::Full => self.report.turned_away += 1,
            },
            Event::BankServed(call) => self.bank_served(call),
            Event::BackAtCore(call) => self.back_at_core(call)?,
            Event::CoreGivesUp(call) => self.core_gives_up(call),
            Event::BackAtHospital(call) => self.back_at_hospital(call),
            Event::HospitalGivesUp(call) => self.hospital_gives_up(call),
        }
        Ok(())
    }

    /// A hospital begins a call.
    fn send(&mut self, visit: usize, transaction: Transaction, about: Option<usize>, tries: u32) {
        let point = self.visits[visit].point;
        let call = self.calls.len();
        self.calls.push(Call {
            visit,
            transaction,
            point,
            tries,
            about,
            open: true,
            at_bank: false,
            bank_did: false,
            bank_undone: false,
            stands: false,
            kept_out: false,
            decision: None,
            found: false,
        });
        let hospital = self.visits[visit].hospital;
        match self.hospitals[hospital].enter(call, self.now_us) {
            Entered::Served => self.serve_hospital(call),
            Entered::Waits => {}
            Entered::Full => {
                self.report.turned_away += 1;
                self.calls[call].open = false;
                self.fail(call);
            }
        }
    }

    pub(super) fn service(&self, call: usize, stage: u16, system: &SystemSpec) -> u64 {
        self.now_us + self.draws.time(call, stage, system.service_ms, system.cv)
    }

    /// When a message over a line arrives; nothing when it is lost.
    fn arrival(&self, call: usize, stage: u16, line: &LineSpec) -> Option<u64> {
        let lost = self.draws.lost(call, stage, line.lost_per_million);
        let time = self.draws.time(call, stage, line.latency_ms, line.cv);
        (!lost).then_some(self.now_us + time)
    }

    fn serve_hospital(&mut self, call: usize) {
        let until = self.service(call, 0, &self.topology.hospital);
        self.agenda.at(until, Event::HospitalServed(call));
    }

    fn serve_core(&mut self, call: usize) {
        let until = self.service(call, 1, &self.topology.insurer_core);
        self.agenda.at(until, Event::CoreServed(call));
    }

    fn serve_bank(&mut self, call: usize) {
        let until = self.service(call, 2, &self.topology.bank);
        self.agenda.at(until, Event::BankServed(call));
    }

    /// The hospital's place is held until the answer comes or nobody waits for it.
    fn leave_hospital(&mut self, call: usize) {
        let line = &self.topology.hospital_to_core;
        let hospital = self.visits[self.calls[call].visit].hospital;
        if !self.to_core[hospital].lets_through(self.now_us) {
            self.report.turned_away += 1;
            self.close(call);
            self.fail(call);
            return;
        }
        self.counted.add(self.calls[call].transaction, 1);
        self.agenda.at(self.now_us + line.time_out_ms * 1_000, Event::HospitalGivesUp(call));
        if let Some(at) = self.arrival(call, 3, line) {
            self.agenda.at(at, self.first_stop(call));
        }
    }

    pub(super) fn turned_away_by_core(&mut self, call: usize) {
        self.report.turned_away += 1;
        self.calls[call].kept_out = true;
        self.answer(call);
    }

    /// The core's own work is done: it decides, or asks the bank first.
    fn core_served(&mut self, call: usize) -> Result<(), StoreError> {
        let Call { visit, transaction, about, kept_out, .. } = self.calls[call];
        match transaction {
            Transaction::OutpatientSettle if kept_out => self.leave_core(call),
            Transaction::OutpatientSettle if self.visits[visit].through_bank => {
                let line = &self.topology.core_to_bank;
                if !self.to_bank.lets_through(self.now_us) {
                    self.report.turned_away += 1;
                    self.leave_core(call);
                    return Ok(());
                }
                self.calls[call].at_bank = true;
                self.agenda.at(self.now_us + line.time_out_ms * 1_000, Event::CoreGivesUp(call));
                if let Some(at) = self.arrival(call, 4, line) {
                    self.agenda.at(at, Event::AtBank(call));
                }
            }
            Transaction::OutpatientSettle => {
                self.settle(call)?;
                self.leave_core(call);
            }
            Transaction::Query => {
                self.calls[call].found = about.is_some_and(|about| self.calls[about].stands);
                self.leave_core(call);
            }
            Transaction::Reversal => {
                if let Some(about) = about {
                    self.undo(about)?;
                }
                self.leave_core(call);
            }
            _ => {
                self.pre_settle(call)?;
                self.leave_core(call);
            }
        }
        Ok(())
    }

    /// Frees the core's place and answers.
    fn leave_core(&mut self, call: usize) {
        if let Some(next) = self.core.leave(self.now_us) {
            self.serve_core(next);
        }
        self.answer(call);
    }

    fn answer(&mut self, call: usize) {
        if let Some(at) = self.arrival(call, 5, &self.topology.hospital_to_core) {
            self.agenda.at(at, Event::BackAtHospital(call));
        }
    }

    fn bank_served(&mut self, call: usize) {
        if let Some(next) = self.bank.leave(self.now_us) {
            self.serve_bank(next);
        }
        let this = &mut self.calls[call];
        // A draw that was taken back before it came is kept out.
        this.bank_did = !this.bank_undone;
        if let Some(at) = self.arrival(call, 6, &self.topology.core_to_bank) {
            self.agenda.at(at, Event::BackAtCore(call));
        }
    }

    fn back_at_core(&mut self, call: usize) -> Result<(), StoreError> {
        if !std::mem::replace(&mut self.calls[call].at_bank, false) {
            return Ok(());
        }
        self.to_bank.heard(&self.topology.core_to_bank, true, self.now_us);
        if self.calls[call].kept_out {
            self.calls[call].bank_undone = true;
        } else {
            self.settle(call)?;
        }
        self.leave_core(call);
        Ok(())
    }

    fn core_gives_up(&mut self, call: usize) {
        if !std::mem::replace(&mut self.calls[call].at_bank, false) {
            return;
        }
        self.to_bank.heard(&self.topology.core_to_bank, false, self.now_us);
        self.bank.give_up(call);
        self.calls[call].bank_undone = true;
        self.report.taken_back_at_bank += 1;
        self.leave_core(call);
    }

    /// Ends a call at its hospital and frees the place.
    fn close(&mut self, call: usize) {
        self.calls[call].open = false;
        let hospital = self.visits[self.calls[call].visit].hospital;
        if let Some(next) = self.hospitals[hospital].leave(self.now_us) {
            self.serve_hospital(next);
        }
    }

    fn back_at_hospital(&mut self, call: usize) {
        if !self.calls[call].open {
            return;
        }
        let Call { visit, transaction, about, tries, .. } = self.calls[call];
        let hospital = self.visits[visit].hospital;
        self.to_core[hospital].heard(&self.topology.hospital_to_core, true, self.now_us);
        self.close(call);
        match transaction {
            Transaction::OutpatientSettle => {
                let told = self.calls[call].decision.filter(|_| self.calls[call].stands);
                match told {
                    Some(decision) => self.settled(visit, &decision),
                    None => self.window(visit),
                }
            }
            Transaction::Query => {
                let Some(settlement) = about else { return };
                if self.calls[call].found {
                    self.report.found_done += 1;
                    let decision = self.calls[settlement].decision.unwrap_or_default();
                    self.settled(visit, &decision);
                } else {
                    self.send(visit, Transaction::Reversal, about, 1);
                }
            }
            Transaction::Reversal => {
                self.report.undone += 1;
                self.window(visit);
            }
            _ => self.send(visit, Transaction::OutpatientSettle, None, tries),
        }
    }

    fn hospital_gives_up(&mut self, call: usize) {
        if !self.calls[call].open {
            return;
        }
        let hospital = self.visits[self.calls[call].visit].hospital;
        self.to_core[hospital].heard(&self.topology.hospital_to_core, false, self.now_us);
        self.close(call);
        if self.calls[call].transaction == Transaction::OutpatientSettle {
            self.report.unknown += 1;
            self.send(self.calls[call].visit, Transaction::Query, Some(call), 1);
        } else {
            self.fail(call);
        }
    }

    /// A call that was not sent, or a question that was not answered.
    fn fail(&mut self, call: usize) {
        let Call { visit, transaction, about, tries, .. } = self.calls[call];
        match transaction {
            Transaction::Query | Transaction::Reversal => {
                let most = self.topology.hospital_to_core.tries;
                if tries < most {
                    self.send(visit, transaction, about, tries + 1);
                } else {
                    self.report.left_for_reconciliation += 1;
                }
            }
            _ => self.window(visit),
        }
    }

    fn settled(&mut self, visit: usize, decision: &Decision) {
        self.report.settled += 1;
        self.books.enter(SETTLE, &Answer::Decided(*decision));
        self.next_bill(visit);
    }

    fn window(&mut self, visit: usize) {
        self.report.to_a_window += 1;
        self.next_bill(visit);
    }

    fn next_bill(&mut self, visit: usize) {
        let this = &mut self.visits[visit];
        let took = self.now_us - this.bill_from_us;
        self.bills.saturating_record(took);
        this.point += 1;
        if self.paying == Paying::PerOrder && this.point < ORDERS {
            self.agenda.at(self.now_us + GAP_US, Event::Visit(visit));
        }
    }
}

/// Number of the kind `settle`.
const SETTLE: u8 = 3;

/// What it came to.
impl Run<'_, '_> {
    /// What is still open at the end of the day is settled between the two sides' lists.
    fn finish(mut self, load: &Load) -> TopologyReport {
        let mut told = self.report.settled;
        let standing = self.calls.iter().filter(|call| call.stands).count() as u64;
        // A bill that nobody could ask about until the end: the core's list decides.
        let left = standing.saturating_sub(told).min(self.report.left_for_reconciliation);
        told += left;
        self.report.disagreements = standing.abs_diff(told);
        let bank = |call: &&Call| {
            let drawn = call.bank_did && !call.bank_undone;
            let held = call.stands && self.visits[call.visit].through_bank;
            call.transaction == Transaction::OutpatientSettle && drawn != held
        };
        self.report.bank_disagreements = self.calls.iter().filter(bank).count() as u64;
        let audit = self.store.audit();
        (self.books.sent, self.books.answered) = (0, 0);
        self.report.findings.clone_from(&audit.findings);
        if left == 0 {
            self.report.findings.extend(self.books.against(&audit));
        }
        // Time-outs that found nothing to end came later: they are no part of the load.
        let pools = self.hospitals.iter().chain([&self.core, &self.bank]).chain(&self.network);
        let now = pools.map(Pool::last_us).max().unwrap_or_default();
        let hospitals = self.hospitals.iter_mut().map(|pool| pool.utilisation(now));
        let busiest = hospitals.fold(0.0, f64::max);
        let used = [busiest, self.core.utilisation(now), self.bank.utilisation(now)];
        let network = self.network.as_mut().map(|pool| pool.utilisation(now));
        let names = ["hospital", "insurer_core", "bank", "network"];
        let all = [used[0], used[1], used[2], network.unwrap_or_default()];
        let most = (0..4).max_by(|&a, &b| all[a].total_cmp(&all[b])).unwrap_or(0);
        let report = &mut self.report;
        report.visits = load.visits as u64;
        (report.utilisation, report.network_utilisation) = (used, network);
        names[most].clone_into(&mut report.first_to_saturate);
        report.saturates_at_visits_per_s = load.visits_per_s / all[most].max(1e-9);
        report.calls = Transaction::ALL
            .into_iter()
            .map(|each| (each.code(), self.counted.count(each)))
            .filter(|(_, count)| *count > 0)
            .collect();
        report.calls_a_visit = self.counted.total() as f64 / load.visits.max(1) as f64;
        let opened = self.to_core.iter().map(|breaker| breaker.opened).sum();
        report.breakers_opened = [opened, self.to_bank.opened];
        report.bill_p50_ms = self.bills.value_at_quantile(0.5) as f64 / 1e3;
        report.bill_p99_ms = self.bills.value_at_quantile(0.99) as f64 / 1e3;
        self.report
    }
}
