//! The deterministic swarm: engine, journal and clients on a simulated disk and network, with faults drawn
//! from a seed. Requests are lost, doubled, late and reordered, clocks jump, the power goes, disks fill and
//! lie; at the end everything that a client was told must be in the books exactly once. Must never depend
//! on the clock or on threads: a seed that fails, fails again.

use super::auditor;
use super::mix::Mix;
use super::source::Synthetic;
use super::world::LoadWorld;
use crate::domain::Fen;
use crate::engine::Decision;
use crate::random::{Address, Philox, Purpose};
use crate::store::planted::Bugs;
use crate::store::simdisk::{DiskFault, SimDisk};
use crate::store::{
    Answer, Answered, Journal, JournalOptions, Store, StoreError, StoreRefusal, Submission,
};
use crate::wire::{Batch, Request, RequestBody, RequestId};
use std::collections::BTreeMap;

/// Requests of a run, and most rounds until all must be answered.
const REQUESTS: usize = 120;
const MOST_ROUNDS: u64 = 4_000;
/// Rounds after which a client asks again.
const PATIENCE: u64 = 12;
/// Bytes of a segment: a run fills several.
const SEGMENT_BYTES: u64 = 8 << 10;
/// More than one command may move, by one fen.
const TOO_MUCH: Fen = Fen(400_000_001);

/// What a seed showed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SwarmReport {
    /// Requests acknowledged.
    pub acknowledged: u64,
    /// Times that a client asked again.
    pub retries: u64,
    /// Power losses and kills survived, those during recovery included.
    pub crashes: u64,
    /// Times that the store stopped because of the disk.
    pub stops: u64,
    /// Damage that was planted and seen.
    pub damage_seen: u64,
}

/// What a client knows of one of its requests.
#[derive(Clone, Copy, Debug)]
struct Asked {
    request: Request,
    /// Position of its lines in the plan.
    index: usize,
    sent: Option<u64>,
    told: Option<Decision>,
    /// The request breaks a rule of the store and must be refused with this word.
    must: Option<StoreRefusal>,
    done: bool,
}

/// A message on its way.
#[derive(Clone, Copy, Debug)]
enum Message {
    Ask { asked: usize, other_body: bool },
    Answer { asked: usize, other_body: bool, answer: Answer },
}

struct Swarm<'w> {
    world: &'w LoadWorld<'w>,
    dice: Dice,
    disk: SimDisk,
    options: JournalOptions,
    plan: Batch,
    asked: Vec<Asked>,
    by_id: BTreeMap<RequestId, usize>,
    network: Vec<(u64, Message)>,
    round: u64,
    report: SwarmReport,
}

/// Runs one seed; the error says what went wrong.
pub fn run(world: &LoadWorld<'_>, seed: u64, bugs: Bugs) -> Result<SwarmReport, String> {
    let mut swarm = Swarm::new(world, seed, bugs);
    let mut journal = swarm.recover()?;
    while swarm.asked.iter().any(|asked| !asked.done) {
        swarm.round += 1;
        if swarm.round > MOST_ROUNDS {
            return Err("requests were never answered".to_owned());
        }
        swarm.send();
        if swarm.serve(&mut journal).is_err() {
            swarm.report.stops += 1;
            drop(journal);
            swarm.crash();
            journal = swarm.recover()?;
        }
        swarm.deliver_answers()?;
    }
    swarm.end(journal)?;
    Ok(swarm.report)
}

impl<'w> Swarm<'w> {
    fn new(world: &'w LoadWorld<'w>, seed: u64, bugs: Bugs) -> Swarm<'w> {
        let plan = requests(world, seed);
        let mut dice = Dice::new(seed);
        let mut asked = Vec::new();
        for (index, &request) in plan.requests().iter().enumerate() {
            let (request, must) = vary(request, &mut dice);
            asked.push(Asked { request, index, sent: None, told: None, must, done: false });
        }
        let by_id = asked.iter().enumerate().map(|(at, asked)| (asked.request.id, at)).collect();
        let options = JournalOptions { segment_bytes: SEGMENT_BYTES, bugs };
        Swarm {
            world,
            dice,
            disk: SimDisk::new(seed),
            options,
            plan,
            asked,
            by_id,
            network: Vec::new(),
            round: 0,
            report: SwarmReport::default(),
        }
    }

    /// Opens the journal, through crashes of the recovery itself.
    fn recover(&mut self) -> Result<Journal<'w, SimDisk>, String> {
        let mut interruptions = self.dice.below(3);
        loop {
            if interruptions > 0 && self.dice.one_in(2) {
                self.disk.plan(1 + self.dice.below(12), self.dice.fault());
            }
            let (engine, census) = (self.world.engine(), &self.world.census);
            match Journal::open_on(&self.disk, engine, census, self.options) {
                Ok((journal, _)) => {
                    self.disk.calm();
                    self.plan_fault();
                    return Ok(journal);
                }
                Err(StoreError::Io { .. }) if interruptions > 0 => {
                    interruptions -= 1;
                    self.crash();
                }
                Err(error) => return Err(format!("recovery: {error}")),
            }
        }
    }

    fn plan_fault(&mut self) {
        if self.report.crashes < 6 && self.dice.one_in(2) {
            let fault = self.dice.fault();
            self.disk.plan(1 + self.dice.below(60), fault);
        }
    }

    /// The machine or only the process dies.
    fn crash(&mut self) {
        self.report.crashes += 1;
        if self.disk.is_off() || self.dice.one_in(2) {
            self.disk.power_loss();
        } else {
            self.disk.kill();
        }
    }

    /// Clients send what is new and what was not answered for long.
    fn send(&mut self) {
        let fresh = self.asked.iter().position(|asked| asked.sent.is_none());
        let burst = self.dice.below(6) as usize;
        for at in fresh.into_iter().flat_map(|from| from..from + burst) {
            if at < self.asked.len() {
                self.post_request(at, false);
            }
        }
        for at in 0..self.asked.len() {
            let asked = &self.asked[at];
            let late = asked.sent.is_some_and(|sent| self.round - sent > PATIENCE);
            if late && !asked.done {
                self.report.retries += 1;
                self.post_request(at, false);
            }
        }
    }

    /// Puts a request on the network: perhaps late, twice, or never.
    fn post_request(&mut self, asked: usize, other_body: bool) {
        self.asked[asked].sent = Some(self.round);
        let copies = [0, 1, 1, 1, 1, 1, 2][self.dice.below(7) as usize];
        for _ in 0..copies {
            let late = if self.dice.one_in(9) { 30 } else { 4 };
            let at = self.round + self.dice.below(late);
            self.network.push((at, Message::Ask { asked, other_body }));
        }
    }

    /// The server decides what has arrived, sometimes flushes, and answers what is final.
    fn serve(&mut self, journal: &mut Journal<'w, SimDisk>) -> Result<(), StoreError> {
        let now = self.round;
        let mut batch = Batch::default();
        let mut kept = Vec::new();
        let mut other = BTreeMap::new();
        for (at, message) in std::mem::take(&mut self.network) {
            match message {
                Message::Ask { asked, other_body } if at <= now => {
                    let (request, lines) = self.body(asked, other_body);
                    other.insert((request.id, batch.len()), other_body);
                    batch.push(request, &lines);
                }
                _ => kept.push((at, message)),
            }
        }
        self.network = kept;
        // One at a time where a batch holds a key twice with two bodies: answers carry keys alone.
        let mixed = other.values().any(|&other_body| other_body);
        let size = if mixed { 1 } else { batch.len().max(1) };
        if mixed {
            journal.flush()?;
            let mut answers = Vec::new();
            journal.drain(&mut answers);
            self.post_answers(&answers, false);
        }
        for from in (0..batch.len()).step_by(size) {
            let mut part = Batch::default();
            part.extend_from(&batch, from, (from + size).min(batch.len()));
            while journal.try_submit(&part)? == Submission::Busy {
                journal.flush()?;
            }
            if mixed || self.dice.one_in(2) {
                journal.flush()?;
            }
            let mut answers = Vec::new();
            journal.drain(&mut answers);
            let other_body = mixed && other.get(&(part.requests()[0].id, from)) == Some(&true);
            self.post_answers(&answers, other_body);
        }
        if self.dice.one_in(25) {
            journal.checkpoint()?;
        }
        Ok(())
    }

    /// A request as it is sent now: a retry carries a later clock, sometimes another body.
    fn body(&self, asked: usize, other_body: bool) -> (Request, Vec<crate::settlement::BillLine>) {
        let Asked { mut request, index, .. } = self.asked[asked];
        let mut lines = self.plan.lines_of(&self.plan.requests()[index]).to_vec();
        if other_body {
            request.member ^= 1;
            lines.truncate(1);
        }
        (request, lines)
    }

    fn post_answers(&mut self, answers: &[Answered], other_body: bool) {
        for answered in answers {
            let Some(&asked) = self.by_id.get(&answered.id) else { continue };
            if !self.dice.one_in(8) {
                let at = self.round + self.dice.below(5);
                let answer = answered.answer;
                self.network.push((at, Message::Answer { asked, other_body, answer }));
            }
        }
    }

    fn deliver_answers(&mut self) -> Result<(), String> {
        for (at, message) in std::mem::take(&mut self.network) {
            match message {
                Message::Answer { asked, other_body, answer } if at <= self.round => {
                    if other_body {
                        self.hear_other(asked, &answer)?;
                    } else {
                        self.hear(asked, &answer)?;
                    }
                }
                _ => self.network.push((at, message)),
            }
        }
        Ok(())
    }

    /// The same key with another body must be refused by name.
    fn hear_other(&self, asked: usize, answer: &Answer) -> Result<(), String> {
        let id = self.asked[asked].request.id;
        match answer {
            Answer::Refused(StoreRefusal::KeyReused) => Ok(()),
            other => Err(format!("request {id} with another body was answered {other:?}")),
        }
    }

    /// A client holds what it is told against what it was told before.
    fn hear(&mut self, at: usize, answer: &Answer) -> Result<(), String> {
        let asked = &mut self.asked[at];
        let id = asked.request.id;
        match (answer, asked.must) {
            (Answer::Refused(word), Some(must)) if *word == must => asked.done = true,
            (answer, Some(must)) => {
                return Err(format!("request {id} must be refused as {must:?}, got {answer:?}"));
            }
            (Answer::View(_) | Answer::Quoted(_), None) => asked.done = true,
            (Answer::Decided(decision) | Answer::Replayed(decision), None) => {
                if asked.told.is_some_and(|told| told != *decision) {
                    return Err(format!("request {id} was answered twice and differently"));
                }
                let first = asked.told.replace(*decision).is_none();
                (asked.done, self.report.acknowledged) =
                    (true, self.report.acknowledged + u64::from(first));
                let logged = !asked.request.body.only_reads();
                if first && logged && self.dice.one_in(6) {
                    self.post_request(at, true);
                }
            }
            (Answer::Refused(word), None) => {
                return Err(format!("request {id} was refused as {word:?}"));
            }
        }
        Ok(())
    }

    /// The last audit: as it stands, after a power loss, and with damage planted.
    fn end(&mut self, mut journal: Journal<'w, SimDisk>) -> Result<(), String> {
        self.disk.calm();
        let stopped = journal.flush().is_err();
        if !stopped {
            self.audit(&mut journal)?;
        }
        drop(journal);
        self.disk.power_loss();
        self.report.crashes += 1;
        let (engine, census) = (self.world.engine(), &self.world.census);
        let opened = Journal::open_on(&self.disk, engine, census, self.options);
        let (mut journal, _) = opened.map_err(|error| format!("the last recovery: {error}"))?;
        self.audit(&mut journal)?;
        drop(journal);
        self.damage()
    }

    fn audit(&self, journal: &mut Journal<'w, SimDisk>) -> Result<(), String> {
        let told = self.asked.iter().filter_map(|asked| Some((asked.request, asked.told?)));
        let told: Vec<(Request, Decision)> = told.collect();
        let sent: Vec<Request> = self.asked.iter().map(|asked| asked.request).collect();
        let outcomes = journal.outcomes().map_err(|error| error.to_string())?;
        let findings = auditor::audit(&sent, &told, &outcomes, &journal.audit());
        if findings.sound() { Ok(()) } else { Err(findings.to_string()) }
    }

    /// Flips a bit of a file, or cuts it: opening must stop, or nothing acknowledged is touched.
    fn damage(&mut self) -> Result<(), String> {
        use crate::store::disk::Disk;
        let names = self.disk.list().map_err(|error| error.to_string())?;
        let files: Vec<String> = names.into_iter().filter(|name| is_kept(name)).collect();
        let Some(name) = files.get(self.dice.below(files.len() as u64) as usize) else {
            return Ok(());
        };
        let bytes = self.disk.read(name).map_err(|error| error.to_string())?;
        let used = bytes.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1) as u64;
        if self.dice.one_in(4) {
            self.disk.truncate(name, self.dice.below(bytes.len() as u64) as usize);
        } else {
            self.disk.flip(name, self.dice.below(used * 8) as usize);
        }
        let (engine, census) = (self.world.engine(), &self.world.census);
        match Journal::open_on(&self.disk, engine, census, self.options) {
            Err(StoreError::Corrupt { .. } | StoreError::Foreign { .. }) => {
                self.report.damage_seen += 1;
                Ok(())
            }
            Err(error) => Err(format!("damage to {name} was met with: {error}")),
            Ok((mut journal, _)) => {
                self.audit(&mut journal).map_err(|found| format!("damage to {name}: {found}"))
            }
        }
    }
}

/// The plan: lines are opened, then the mix; all within a day, as keys are kept.
fn requests(world: &LoadWorld<'_>, seed: u64) -> Batch {
    let mix =
        Mix { settle: 25, reserve: 15, draw: 25, reverse: 8, repay: 17, query: 5, pre_settle: 5 };
    let mut source = Synthetic::new(world, &mix, seed).eager(world);
    let mut batch = Batch::default();
    for opening in source.lines_to_open() {
        batch.extend_from(&opening, 0, opening.len());
    }
    batch.extend_from(&source.some(REQUESTS), 0, REQUESTS);
    batch
}

/// Clocks jump and limits are tried: the request as it is sent, and the refusal that it must get.
fn vary(request: Request, dice: &mut Dice) -> (Request, Option<StoreRefusal>) {
    const HOUR: i64 = 3_600_000;
    let too_dear =
        RequestBody::Deposit { hospital: crate::domain::HospitalId(0), amount: TOO_MUCH };
    if request.body == RequestBody::Query {
        return (request, None);
    }
    match dice.below(40) {
        0 => {
            (Request { at: request.at + -48 * HOUR, ..request }, Some(StoreRefusal::BeforeOpening))
        }
        1 => (Request { at: request.at + 9_700 * HOUR, ..request }, Some(StoreRefusal::ClockAhead)),
        2 => (Request { body: too_dear, ..request }, Some(StoreRefusal::AmountOutOfRange)),
        // Within the day that keys are kept for: backwards and forwards by hours.
        3..=8 => (Request { at: request.at + (dice.below(22) as i64 - 7) * HOUR, ..request }, None),
        _ => (request, None),
    }
}

/// Draws of one swarm run, in the order of its events: one thread, one order.
struct Dice {
    philox: Philox,
    address: Address,
}

impl Dice {
    fn new(seed: u64) -> Dice {
        let address = Address::new(u64::MAX, 0, Purpose::Load).item(9);
        Dice { philox: Philox::new(seed), address }
    }

    fn below(&mut self, n: u64) -> u64 {
        self.address.step += 1;
        (u64::from(self.philox.block(self.address)[0]) * n) >> 32
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    fn fault(&mut self) -> DiskFault {
        use DiskFault::{FlushError, Full, PowerLoss, ShortWrite};
        [PowerLoss, PowerLoss, PowerLoss, Full, ShortWrite, FlushError][self.below(6) as usize]
    }
}

/// The command that runs a seed of a scenario again, with the deliberate fault that was switched on.
pub fn replay(scenario: &std::path::Path, seed: u64, planted: Option<&str>) -> String {
    let planted = planted.map_or(String::new(), |word| format!(" --plant {word}"));
    format!("aftercare load swarm {} --from {seed} --seeds 1{planted}", scenario.display())
}

/// Whether a file holds what was acknowledged, by its name.
fn is_kept(name: &str) -> bool {
    std::path::Path::new(name).extension().is_some_and(|extension| extension == "bin")
}

#[cfg(test)]
mod tests {
    use super::super::tests::village;
    use super::*;
    use crate::store::planted::Bug;
    use rayon::prelude::*;

    /// Seeds of the ordinary test run; the command runs ten thousand.
    const SEEDS: u64 = 400;

    #[test]
    fn every_seed_keeps_what_was_acknowledged() {
        let world = village();
        let reports: Vec<SwarmReport> = (0..SEEDS)
            .into_par_iter()
            .map(|seed| {
                let report = run(&world, seed, Bugs::NONE);
                let again = replay("scenarios/smoke.toml".as_ref(), seed, None);
                report.unwrap_or_else(|error| panic!("{error}; replay: {again}"))
            })
            .collect();
        let sum = |of: fn(&SwarmReport) -> u64| reports.iter().map(of).sum::<u64>();
        // The faults really strike.
        assert!(sum(|report| report.crashes) > SEEDS + SEEDS / 4);
        assert!(sum(|report| report.stops) > SEEDS / 8);
        assert!(sum(|report| report.retries) > 5 * SEEDS);
        assert!(sum(|report| report.damage_seen) > SEEDS / 4);
        assert!(sum(|report| report.acknowledged) > 80 * SEEDS);
    }

    #[test]
    fn a_seed_gives_the_same_run_again() {
        let world = village();
        for seed in [3, 77] {
            assert_eq!(run(&world, seed, Bugs::NONE), run(&world, seed, Bugs::NONE));
        }
    }

    #[test]
    fn each_planted_bug_is_caught() {
        let world = village();
        for (word, bug) in Bug::ALL {
            let caught = (0..300_u64).find_map(|seed| {
                let bugs = Bugs::planted(bug);
                let ran = std::panic::catch_unwind(|| run(&world, seed, bugs));
                match ran {
                    Ok(Ok(_)) => None,
                    Ok(Err(finding)) => Some((seed, finding)),
                    Err(_) => Some((seed, "an invariant of the engine broke".to_owned())),
                }
            });
            assert!(caught.is_some(), "{word} was not caught");
        }
    }
}
