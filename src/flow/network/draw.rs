//! Everything random of a replication, drawn before anybody walks: when customers come, the way of
//! each through the network and every service time. Luck is addressed by stream, number and step, so
//! more servers leave everybody's services as they were. Must never know a queue.

use super::compile::{Coming, CompiledStation, Network, Rates, Slots};
use super::problems::MOST_ACTIVITIES;
use crate::domain::Ms;
use crate::random::{Address, Philox, Purpose, chance};

/// Blocks of words drawn for a customer at once: two steps each, the arrival being the first.
const AHEAD: usize = 4;
/// Customers whose words are drawn together, before any of them walks.
const TOGETHER: usize = 16;
/// Items of a step's address: way and time, then patience and balking, then group and lateness.
const TEMPER_ITEM: u8 = 1;
const COMING_ITEM: u8 = 2;

/// No activity.
pub(super) const NOWHERE: u8 = u8::MAX;

/// A service of a customer. A customer's steps follow each other, those of a later customer behind
/// them, so the place of a step orders customers too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Step {
    /// At least 1 ms.
    pub(super) service_ms: Ms,
    pub(super) station: u8,
    pub(super) activity: u8,
    /// Station of the next step, or the exit.
    pub(super) next: u8,
}

/// What a customer bears at a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Temper {
    pub(super) patience_ms: Ms,
    pub(super) balk_word: u32,
}

/// A replication's customers in the order in which they come.
#[derive(Debug)]
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
    pub(super) shortest: [Ms; MOST_ACTIVITIES],
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
    fn address(self, entity: u64) -> Address {
        Address::new(entity, self.replication, Purpose::Network)
    }
}

/// A customer, or an event of a stream, as an entity with luck of its own.
fn entity(stream: u32, number: u32) -> u64 {
    u64::from(stream) << 32 | u64::from(number)
}

/// Words of customers who are drawn together, two in one number: by step and customer.
#[derive(Default)]
struct Words {
    ahead: [[u64; TOGETHER]; 2 * AHEAD],
}

impl Words {
    #[inline]
    fn draw(&mut self, luck: Luck, entities: &[u64; TOGETHER]) {
        for (block, steps) in (0..).zip(self.ahead.as_chunks_mut().0) {
            *steps = luck.philox.columns(luck.address(0).at(block), entities);
        }
    }

    /// The two words of a step of one of the customers: time and way.
    #[inline]
    fn at(&self, luck: Luck, (customer, entity): (usize, u64), step: usize) -> (u32, u32) {
        if let Some(words) = self.ahead.get(step) {
            return (words[customer] as u32, (words[customer] >> 32) as u32);
        }
        let [a, b, c, d] = luck.philox.block(luck.address(entity).at(step as u32 / 2));
        if step.is_multiple_of(2) { (a, b) } else { (c, d) }
    }
}

impl Default for Program {
    fn default() -> Program {
        Program {
            customers: Vec::new(),
            ranks: Vec::new(),
            steps: Vec::new(),
            tempers: Vec::new(),
            owners: Vec::new(),
            shortest: [Ms::MAX; MOST_ACTIVITIES],
            no_shows: 0,
            comers: Vec::new(),
        }
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
        self.shortest = [Ms::MAX; MOST_ACTIVITIES];
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
        let (mut clock, mut words) = (rates.clock(), Words::default());
        for first in (0..).step_by(TOGETHER) {
            let entities = std::array::from_fn(|k| entity(0, first + k as u32));
            words.draw(luck, &entities);
            for (number, who) in (first..).zip(entities.into_iter().enumerate()) {
                let (_, gap) = words.at(luck, who, 0);
                let Some(came_ms) = clock.after(rates, rates.unit.sample(gap)) else { return };
                let comer = Comer { came_ms, stream: 0, number, due_ms: came_ms };
                self.walk(network, luck, comer, (&words, who));
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
        let mut words = Words::default();
        for together in comers.chunks(TOGETHER) {
            let of = |comer: &Comer| entity(comer.stream, comer.number);
            let entities = std::array::from_fn(|k| together.get(k).map_or(0, of));
            words.draw(luck, &entities);
            for (comer, who) in together.iter().zip(entities.into_iter().enumerate()) {
                self.walk(network, luck, *comer, (&words, who));
            }
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
            let address = luck.address(entity(stream, event)).item(COMING_ITEM);
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
            let address = luck.address(entity(stream, number)).item(COMING_ITEM);
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
    fn walk(
        &mut self,
        network: &Network,
        luck: Luck,
        comer: Comer,
        (words, who): (&Words, (usize, u64)),
    ) {
        let stream = &network.streams[comer.stream as usize];
        let (route, _) = words.at(luck, who, 0);
        let mut next = stream.first.choose(route);
        if next.activity == NOWHERE {
            return;
        }
        let first = self.steps.len();
        self.customers.push((comer.came_ms, first as u32));
        if network.keeps.ranks {
            self.ranks.push((stream.priority, comer.due_ms));
        }
        let (mut passed, mut step) = (0_u64, 1);
        while next.activity != NOWHERE {
            let (service, route) = words.at(luck, who, step);
            let here = next;
            let activity = &network.activities[usize::from(here.activity)];
            let place = usize::from(here.activity) % MOST_ACTIVITIES;
            let again = passed >> place & 1 == 1;
            passed |= 1 << place;
            let table = if again { activity.again } else { activity.service };
            let service_ms = network.tables[table].sample(service).max(1);
            self.shortest[place] = service_ms.min(self.shortest[place]);
            next = activity.next.choose(route);
            self.steps.push(Step {
                service_ms,
                station: here.station,
                activity: here.activity,
                next: next.station,
            });
            step += 1;
        }
        if network.keeps.of_steps() {
            self.keep(network, luck.address(who.1), luck, first);
        }
    }

    /// Keeps what stations ask to know of a customer's steps.
    fn keep(&mut self, network: &Network, address: Address, luck: Luck, first: usize) {
        for (step, at) in self.steps[first..].iter().zip(1..) {
            if network.keeps.tempers {
                let station = &network.stations[usize::from(step.station)];
                self.tempers.push(temper(station, luck, address.at(at)));
            }
            if network.keeps.owners {
                self.owners.push(self.customers.len() as u32 - 1);
            }
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
    let [route, gap, ..] = luck.philox.block(luck.address(entity(stream, event)));
    (route, gap)
}
