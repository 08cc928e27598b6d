//! Everything random of a replication, drawn before anybody walks: when customers come, the way of
//! each through the network and every service time. Luck is addressed by stream, number and step, so
//! more servers leave everybody's services as they were. Must never know a queue.

use super::compile::{Coming, CompiledStation, Network, Rates, Slots};
use crate::domain::Ms;
use crate::random::{Address, Philox, Purpose, chance};

/// Blocks of words drawn for a customer at once: two steps each, the arrival being the first.
const AHEAD: usize = 4;
/// Customers whose words are drawn together, before any of them walks: a processor computes several
/// of them at the same time.
const TOGETHER: usize = 16;
/// Items of a step's address: way and time, then patience and balking, then group and lateness.
const TEMPER_ITEM: u8 = 1;
const COMING_ITEM: u8 = 2;

/// No station: the exit.
pub(super) const NOWHERE: u8 = u8::MAX;

/// A service of a customer. A customer's steps follow each other, those of a later customer behind
/// them, so the place of a step orders customers too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// At least 1 ms.
    pub(super) service_ms: Ms,
    pub(super) station: u8,
    pub(super) activity: u8,
    /// Station of the next step, or [`NOWHERE`].
    pub(super) next: u8,
}

/// What a customer bears at a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Temper {
    pub(super) patience_ms: Ms,
    pub(super) balk_word: u32,
}

/// A replication's customers in the order in which they come.
#[derive(Debug, Default)]
pub(super) struct Program {
    /// Arrival and first step of each customer.
    pub(super) customers: Vec<(Ms, u32)>,
    /// By customer, kept only where a station asks: (priority, appointment or arrival).
    pub(super) ranks: Vec<(u8, Ms)>,
    pub(super) steps: Vec<Step>,
    /// By step, kept only where a station asks.
    pub(super) tempers: Vec<Temper>,
    /// Customer of each step, kept only where a station asks.
    pub(super) owners: Vec<u32>,
    /// Shortest service of each activity.
    pub(super) shortest: Vec<Ms>,
    pub(super) no_shows: u64,
    comers: Vec<Comer>,
}

/// A customer who comes, before sorting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Comer {
    came_ms: Ms,
    stream: u32,
    number: u32,
    due_ms: Ms,
}

/// The luck of one replication.
#[derive(Clone, Copy)]
pub(super) struct Luck {
    pub(super) philox: Philox,
    pub(super) replication: u16,
}

impl Luck {
    fn address(self, stream: u32, number: u32) -> Address {
        let entity = u64::from(stream) << 32 | u64::from(number);
        Address::new(entity, self.replication, Purpose::Network)
    }
}

/// Words of a customer's steps, drawn some blocks ahead.
struct Words {
    ahead: [[u32; 4]; AHEAD],
}

impl Words {
    #[inline]
    fn of(luck: Luck, address: Address) -> Words {
        Words { ahead: luck.philox.blocks(address) }
    }

    /// The two words of a step.
    #[inline]
    fn at(&self, luck: Luck, address: Address, step: u32) -> (u32, u32) {
        let block = (step / 2) as usize;
        let [a, b, c, d] = match self.ahead.get(block) {
            Some(words) => *words,
            None => luck.philox.block(address.at(step / 2)),
        };
        if step.is_multiple_of(2) { (a, b) } else { (c, d) }
    }
}

impl Program {
    /// Draws a replication.
    pub(super) fn draw(&mut self, network: &Network, luck: Luck) {
        self.customers.clear();
        self.ranks.clear();
        self.steps.clear();
        self.tempers.clear();
        self.owners.clear();
        self.comers.clear();
        self.no_shows = 0;
        self.shortest.clear();
        self.shortest.resize(network.activities.len(), Ms::MAX);
        match &network.streams[..] {
            [only]
                if let Coming::Rates(rates) = &only.coming
                    && only.groups.is_empty() =>
            {
                self.draw_stream(network, luck, rates);
            }
            _ => self.draw_streams(network, luck),
        }
    }

    /// One stream of single customers: way and arrival from the same words.
    fn draw_stream(&mut self, network: &Network, luck: Luck, rates: &Rates) {
        let mut clock = rates.clock();
        for first in (0..).step_by(TOGETHER) {
            let drawn: [Words; TOGETHER] =
                std::array::from_fn(|k| Words::of(luck, luck.address(0, first + k as u32)));
            for (number, words) in (first..).zip(&drawn) {
                let (route, gap) = words.at(luck, luck.address(0, number), 0);
                let Some(came_ms) = clock.after(rates, rates.unit.sample(gap)) else { return };
                let comer = Comer { came_ms, stream: 0, number, due_ms: came_ms };
                self.walk(network, luck, (comer, route), words);
            }
        }
    }

    fn draw_streams(&mut self, network: &Network, luck: Luck) {
        for (stream, spec) in (0_u32..).zip(&network.streams) {
            let mut number = 0;
            match &spec.coming {
                Coming::Rates(rates) => {
                    let mut clock = rates.clock();
                    for event in 0.. {
                        let (_, gap) = first_words(luck, stream, event);
                        let Some(ms) = clock.after(rates, rates.unit.sample(gap)) else { break };
                        self.group(network, luck, (stream, event), ms, &mut number);
                    }
                }
                Coming::Renewal { gap_ms, until_ms } => {
                    let mut now: Ms = 0;
                    for event in 0.. {
                        let (_, gap) = first_words(luck, stream, event);
                        now = now.saturating_add(gap_ms.sample(gap).max(1));
                        if now >= *until_ms {
                            break;
                        }
                        self.group(network, luck, (stream, event), now, &mut number);
                    }
                }
                Coming::Trace { times_ms } => {
                    for (event, &ms) in (0..).zip(times_ms) {
                        self.group(network, luck, (stream, event), ms, &mut number);
                    }
                }
                Coming::Appointments(slots) => self.keep_appointments(luck, stream, slots),
            }
        }
        let mut comers = std::mem::take(&mut self.comers);
        comers.sort_unstable();
        for comer in &comers {
            let address = luck.address(comer.stream, comer.number);
            let words = Words::of(luck, address);
            let (route, _) = words.at(luck, address, 0);
            self.walk(network, luck, (*comer, route), &words);
        }
        self.comers = comers;
    }

    /// Those who come together at an event of a stream.
    fn group(
        &mut self,
        network: &Network,
        luck: Luck,
        (stream, event): (u32, u32),
        came_ms: Ms,
        number: &mut u32,
    ) {
        let groups = &network.streams[stream as usize].groups;
        let mut size = 1;
        if !groups.is_empty() {
            let address = luck.address(stream, event).item(COMING_ITEM);
            let word = luck.philox.block(address)[0];
            size += groups.iter().filter(|&&threshold| !chance(word, threshold)).count();
        }
        for _ in 0..size {
            self.comers.push(Comer { came_ms, stream, number: *number, due_ms: came_ms });
            *number += 1;
        }
    }

    fn keep_appointments(&mut self, luck: Luck, stream: u32, slots: &Slots) {
        for number in 0..slots.count * slots.per_slot {
            let due_ms = slots.from_ms + (number / slots.per_slot) * slots.every_ms;
            let address = luck.address(stream, number).item(COMING_ITEM);
            let [show, late, ..] = luck.philox.block(address);
            if chance(show, slots.no_show) {
                self.no_shows += 1;
                continue;
            }
            let came_ms = (due_ms + slots.late.sample(late)).saturating_sub(slots.early_ms);
            self.comers.push(Comer { came_ms, stream, number, due_ms });
        }
    }

    /// Draws a customer's way.
    #[inline]
    fn walk(&mut self, network: &Network, luck: Luck, (comer, route): (Comer, u32), words: &Words) {
        let stream = &network.streams[comer.stream as usize];
        let mut next = stream.first.choose(route);
        if next == NOWHERE {
            return;
        }
        let rank = self.customers.len() as u32;
        self.customers.push((comer.came_ms, self.steps.len() as u32));
        if network.keeps.ranks {
            self.ranks.push((stream.priority, comer.due_ms));
        }
        let address = luck.address(comer.stream, comer.number);
        let (mut passed, mut step) = (0_u64, 1);
        while next != NOWHERE {
            let (service, route) = words.at(luck, address, step);
            let activity = &network.activities[usize::from(next)];
            let bit = 1_u64 << next;
            let table = if passed & bit == 0 { activity.service } else { activity.again };
            let service_ms = network.tables[table].sample(service).max(1);
            let shortest = &mut self.shortest[usize::from(next)];
            *shortest = service_ms.min(*shortest);
            if network.keeps.tempers {
                let station = &network.stations[usize::from(activity.station)];
                self.tempers.push(temper(station, luck, address.at(step)));
            }
            if network.keeps.owners {
                self.owners.push(rank);
            }
            passed |= bit;
            step += 1;
            let here = next;
            next = activity.next.choose(route);
            let station = network.station_of(next);
            self.steps.push(Step {
                service_ms,
                station: activity.station,
                activity: here,
                next: station,
            });
        }
    }

    /// The first step of a customer, behind all steps for the one after the last.
    pub(super) fn first_step(&self, customer: usize) -> u32 {
        self.customers.get(customer).map_or(self.steps.len() as u32, |&(_, first)| first)
    }
}

/// What a customer bears at a step; drawn only where somebody may leave.
fn temper(station: &CompiledStation, luck: Luck, address: Address) -> Temper {
    if station.patience.is_none() && station.balking.is_empty() {
        return Temper { patience_ms: Ms::MAX, balk_word: 0 };
    }
    let [word, balk_word, ..] = luck.philox.block(address.item(TEMPER_ITEM));
    let patience = station.patience.as_ref();
    let patience_ms = patience.map_or(Ms::MAX, |table| table.sample(word).max(1));
    Temper { patience_ms, balk_word }
}

fn first_words(luck: Luck, stream: u32, event: u32) -> (u32, u32) {
    let [route, gap, ..] = luck.philox.block(luck.address(stream, event));
    (route, gap)
}
