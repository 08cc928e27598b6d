//! Who wants care on a day: a pure function of (seed, replication, day, kin group), at a cost that
//! is a compare for groups without a want. Must never allocate beyond its output, nor know queues
//! or money sources.
//!
//! A kin group wants Poisson(envelope rate) visits a day, the envelope being the busiest day's
//! rate. Word g mod 4 of block (Wants, g div 4, day) decides how many: below the group's threshold,
//! none. Each candidate is kept with probability day ÷ envelope, so a day's factor never disturbs
//! who comes. What a visit is comes from items 0–3 of (Visit, visit); purposes Course, Bill and
//! Payment stay free. A visit's rate is its person's own: repeat visits cluster in the chronically
//! ill and the frail.

use super::bills::{BillPart, BillTables};
use super::calendar::{Calendar, DayFactor, YEAR_DAYS};
use super::choice::{Choice, targets};
use super::pick::Weighted;
use super::population::relative_rates;
use super::spec::{CitySpec, CourseSpec};
use super::{City, Person, Site};
use crate::domain::{AGE_BANDS, Fen, GroupId, HospitalId, HospitalLevel, Ms, PersonId, VisitId};
use crate::random::{Address, Philox, Purpose, QuantileTable, chance, probability_to_word, unit};
use libm::exp;
use rayon::prelude::*;
use std::ops::Range;

/// Units of admission weight in one unit of `Person::rate`.
const FINE: u32 = 4096;
/// Kin groups served by one block of random words.
const LANES: u32 = 4;
const MS_PER_HOUR: u64 = 3_600_000;
/// The hospital day runs from 04:00 to 04:00: earlier hours belong to the evening before.
const FIRST_HOUR: usize = 4;
/// Stays are tabulated in hundredths of a day before they are rounded.
const STAY_UNITS: u32 = 100;
/// A price that has not risen.
const PRICE_ONE: u64 = 1 << 16;

/// The kind of care wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum WantKind {
    /// An elective outpatient visit.
    Outpatient = 0,
    /// An emergency outpatient visit.
    Emergency = 1,
    /// An admission.
    Admission = 2,
}

/// What an outpatient visit will need, as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Orders(pub u8);

impl Orders {
    /// Laboratory tests.
    pub const LAB: Orders = Orders(1);
    /// Imaging.
    pub const IMAGING: Orders = Orders(2);
    /// Treatment or further tests, paid separately.
    pub const TREATMENT: Orders = Orders(4);
    /// Drugs.
    pub const DRUGS: Orders = Orders(8);
    /// Registered, and paid the fee, by appointment on the phone before arrival.
    pub const AHEAD: Orders = Orders(16);

    /// Whether all bits of `other` are set.
    #[inline]
    pub const fn has(self, other: Orders) -> bool {
        self.0 & other.0 == other.0
    }
}

/// A wanted visit or stay, before any queue or payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Want {
    /// Day, kin group and number; the number counts candidates, so it may skip.
    pub visit: VisitId,
    /// The patient.
    pub person: PersonId,
    /// Arrival, ms from midnight of the hospital day: from 4 h to below 28 h.
    pub arrival_ms: Ms,
    /// Bill by payment point (registration, tests, treatment, drugs), fen; of an admission, entry 0
    /// is the whole stay.
    pub bill_fen: [u32; 4],
    /// Uniform word by which an arm may thin demand further; smaller words are kept first.
    pub thin_word: u32,
    /// The institution.
    pub site: HospitalId,
    /// Uniform word that chooses among the site's departments.
    pub department_word: u16,
    /// Length of stay of an admission, days, at least 1; 0 for outpatients.
    pub stay_days: u16,
    /// Kind of care.
    pub kind: WantKind,
    /// Clinical orders.
    pub orders: Orders,
}

const _: () = assert!(size_of::<Want>() <= 48);

/// Demand of a city, compiled: 4 bytes a kin group and small tables.
#[derive(Clone, Debug)]
pub struct Demand {
    /// Below this word the group wants nothing: P(0) at the envelope rate.
    none: Vec<u32>,
    /// Envelope wants a day per unit of weight.
    per_unit: f64,
    /// Weight of an admission by age band, without and with chronic illness.
    admission: [[u32; 2]; AGE_BANDS],
    /// Word threshold of an emergency among outpatient candidates.
    emergency: u32,
    calendar: Calendar,
    choice: [Option<Choice>; 3],
    levels: Vec<HospitalLevel>,
    hours: [Weighted; 2],
    course: [[u32; 5]; 3],
    stay: QuantileTable,
    bills: BillTables,
    /// Rise of bills a year.
    price_rise: f64,
    /// Expected wants of a mean day by kind.
    mean_day: [f64; 3],
}

/// One day of one replication.
#[derive(Clone, Copy, Debug)]
struct Today {
    philox: Philox,
    replication: u16,
    day_index: u32,
    /// Threshold of keeping a candidate by kind.
    keep: [u32; 3],
    /// What bills are multiplied by, in units of 2^-16.
    price: u64,
}

impl Demand {
    /// Compiles the demand of a built city.
    pub fn new(city: &City, spec: &CitySpec) -> Demand {
        let demand = &spec.demand;
        let calendar = Calendar::new(spec.start, demand);
        let census = Census::take(city, spec.districts.len());
        let rates = Rates::new(spec, &census, calendar.envelope);
        let choice = targets(spec).map(|target| Choice::new(spec, &census.origin(), &target));
        assert!(
            choice[2].is_some() || demand.admissions_per_person_year <= 0.0,
            "invariant: admissions are wanted but no institution has beds"
        );
        let mut compiled = Demand {
            none: Vec::new(),
            per_unit: rates.per_unit,
            admission: rates.admission,
            emergency: rates.emergency,
            calendar,
            choice,
            levels: city.sites.iter().map(|site: &Site| site.level).collect(),
            hours: [&demand.hour_shares, &demand.emergency_hour_shares].map(|shares| {
                let hours = Weighted::new(shares);
                hours.unwrap_or_else(|| panic!("invariant: no hour of the day has a share"))
            }),
            course: demand.course.each_ref().map(course_thresholds),
            stay: demand.stay_days.table(f64::from(STAY_UNITS)),
            bills: BillTables::new(demand),
            price_rise: demand.price_rise_per_year,
            mean_day: rates.mean_day,
        };
        let groups = (0..city.groups()).into_par_iter().map(GroupId);
        compiled.none = groups
            .map(|group| {
                let rate = compiled.weight(city.group(group)) as f64 * compiled.per_unit;
                probability_to_word(exp(-rate))
            })
            .collect();
        compiled
    }

    /// Appends the wants of the kin groups on a day, ordered by group and number. The same wants
    /// come from any partition of the groups.
    pub fn wants(
        &self,
        city: &City,
        philox: Philox,
        replication: u16,
        day_index: u32,
        groups: Range<u32>,
        out: &mut Vec<Want>,
    ) {
        let today = self.today(philox, replication, day_index);
        self.wants_today(city, &today, groups, out);
    }

    fn wants_today(&self, city: &City, today: &Today, groups: Range<u32>, out: &mut Vec<Want>) {
        let mut first = groups.start;
        while first < groups.end {
            let lane = first % LANES;
            let end = (first - lane + LANES).min(groups.end);
            let words = today.group_words(first / LANES);
            let words = &words[lane as usize..];
            let thresholds = &self.none[first as usize..end as usize];
            for ((group, &word), &none) in (first..).zip(words).zip(thresholds) {
                if word >= none {
                    self.wants_of_group(city, today, GroupId(group), word, out);
                }
            }
            first = end;
        }
    }

    /// Expected wants of the whole city on a day by kind (outpatient, emergency, admission).
    pub fn expected(&self, day_index: u32) -> [f64; 3] {
        let factor = self.calendar.factor(day_index);
        let [elective, emergency, admission] = self.mean_day;
        [elective * factor.elective, emergency * factor.acute, admission * factor.acute]
    }

    /// Expected outpatient visits of a person on a mean day, emergencies included.
    pub fn visits_per_day(&self, person: &Person) -> f64 {
        let [elective, emergency, _] = self.mean_day;
        let envelope = self.calendar.envelope;
        let peak = elective * envelope.elective + emergency * envelope.acute;
        outpatient_weight(person) as f64 * self.per_unit * (elective + emergency) / peak
    }

    /// Share of a district's elective visits that a site receives.
    pub fn site_share(&self, district: usize, site: usize) -> f64 {
        let choice = self.choice[WantKind::Outpatient as usize].as_ref();
        choice.map_or(0.0, |choice| choice.share(district, site))
    }

    /// Cuts an amount into catalogue classes; see `BillTables::lines`.
    #[inline]
    pub fn bill_lines(&self, level: HospitalLevel, amount: Fen, word: u32) -> [BillPart; 3] {
        self.bills.lines(level, amount, word)
    }

    fn today(&self, philox: Philox, replication: u16, day_index: u32) -> Today {
        let (factor, envelope) = (self.calendar.factor(day_index), self.calendar.envelope);
        let elective = probability_to_word(factor.elective / envelope.elective);
        let acute = probability_to_word(factor.acute / envelope.acute);
        let rise = 1.0 + self.price_rise * f64::from(day_index) / YEAR_DAYS;
        let price = libm::round(rise * PRICE_ONE as f64) as u64;
        Today { philox, replication, day_index, keep: [elective, acute, acute], price }
    }

    /// The rate of a group in units of weight.
    #[inline]
    fn weight(&self, people: &[Person]) -> u64 {
        people.iter().map(|person| outpatient_weight(person) + self.admission_weight(person)).sum()
    }

    #[inline]
    fn admission_weight(&self, person: &Person) -> u64 {
        u64::from(self.admission[person.age_band()][usize::from(person.chronic())])
    }

    fn wants_of_group(
        &self,
        city: &City,
        today: &Today,
        group: GroupId,
        word: u32,
        out: &mut Vec<Want>,
    ) {
        let members = city.members(group);
        let people = &city.people[members.clone()];
        let weight = self.weight(people);
        let rate = weight as f64 * self.per_unit;
        for k in 0..poisson(word, self.none[group.0 as usize], rate) {
            let visit = VisitId::new(today.day_index, group, k);
            let words = today.visit_words(visit, 0);
            let (member, kind) = self.choose(people, weight, words[1]);
            if chance(words[0], today.keep[kind as usize]) {
                let person = PersonId((members.start + member) as u32);
                let want = Candidate { visit, person, kind, district: people[member].district };
                out.push(self.furnish(today, want, words));
            }
        }
    }

    /// Which member wants which kind of care, by where a word falls on the line of all weights.
    #[inline]
    fn choose(&self, people: &[Person], weight: u64, word: u32) -> (usize, WantKind) {
        let mut at = (u64::from(word) * weight) >> 32;
        for (member, person) in people.iter().enumerate() {
            let outpatient = outpatient_weight(person);
            if at < outpatient {
                let emergencies = (outpatient * u64::from(self.emergency)) >> 32;
                let emergency = at < emergencies;
                return (
                    member,
                    if emergency { WantKind::Emergency } else { WantKind::Outpatient },
                );
            }
            at -= outpatient;
            let admission = self.admission_weight(person);
            if at < admission {
                return (member, WantKind::Admission);
            }
            at -= admission;
        }
        panic!("invariant: word {word:#x} falls outside the kin group's weight {weight}")
    }

    /// Where, when and what of a kept candidate.
    fn furnish(&self, today: &Today, candidate: Candidate, words: [u32; 4]) -> Want {
        let Candidate { visit, person, kind, district } = candidate;
        let site = match &self.choice[kind as usize] {
            Some(choice) => choice.pick(district, words[2]),
            None => panic!("invariant: visit {visit} has no institution for {kind:?}"),
        };
        let level = self.levels[site];
        let more = today.visit_words(visit, 2);
        let mut want = Want {
            visit,
            person,
            arrival_ms: self.arrival(kind, words[3]),
            bill_fen: [0; 4],
            thin_word: more[2],
            site: HospitalId(site as u16),
            department_word: (more[1] >> 16) as u16,
            stay_days: 0,
            kind,
            orders: Orders::default(),
        };
        let amounts = today.visit_words(visit, 3);
        if kind == WantKind::Admission {
            let days = (self.stay.sample(more[3]) + STAY_UNITS / 2) / STAY_UNITS;
            want.stay_days = days.clamp(1, u32::from(u16::MAX)) as u16;
            want.bill_fen[0] = self.bills.stay(level, want.stay_days, amounts[0]);
        } else {
            want.orders = self.orders(level, kind, today.visit_words(visit, 1), more[0]);
            want.bill_fen = self.outpatient_bill(level, want.orders, amounts);
        }
        if today.price != PRICE_ONE {
            let risen = |fen: u32| (u64::from(fen) * today.price) >> 16;
            want.bill_fen = want.bill_fen.map(|fen| u32::try_from(risen(fen)).unwrap_or(u32::MAX));
        }
        want
    }

    fn arrival(&self, kind: WantKind, word: u32) -> Ms {
        let hours = &self.hours[usize::from(kind == WantKind::Emergency)];
        let (hour, within) = hours.pick_within(word);
        let hour = if hour < FIRST_HOUR { hour + 24 } else { hour };
        (hour as u64 * MS_PER_HOUR + ((u64::from(within) * MS_PER_HOUR) >> 32)) as Ms
    }

    #[inline]
    fn orders(&self, level: HospitalLevel, kind: WantKind, words: [u32; 4], ahead: u32) -> Orders {
        let [lab, imaging, treatment, drugs, registered] = self.course[level as usize];
        let bit =
            |word, threshold, order: Orders| if chance(word, threshold) { order.0 } else { 0 };
        let ahead = kind == WantKind::Outpatient && chance(ahead, registered);
        Orders(
            bit(words[0], lab, Orders::LAB)
                | bit(words[1], imaging, Orders::IMAGING)
                | bit(words[2], treatment, Orders::TREATMENT)
                | bit(words[3], drugs, Orders::DRUGS)
                | if ahead { Orders::AHEAD.0 } else { 0 },
        )
    }

    #[inline]
    fn outpatient_bill(&self, level: HospitalLevel, orders: Orders, words: [u32; 4]) -> [u32; 4] {
        const ORDERS: [Orders; 4] =
            [Orders::LAB, Orders::IMAGING, Orders::TREATMENT, Orders::DRUGS];
        let amount = |index: usize| {
            let ordered = orders.has(ORDERS[index]);
            if ordered { self.bills.order(level, index, words[index]) } else { 0 }
        };
        let tests = amount(0).saturating_add(amount(1));
        [self.bills.registration(level), tests, amount(2), amount(3)]
    }
}

#[derive(Clone, Copy)]
struct Candidate {
    visit: VisitId,
    person: PersonId,
    kind: WantKind,
    district: u8,
}

impl Today {
    #[inline]
    fn group_words(&self, block: u32) -> [u32; 4] {
        let address = Address::new(u64::from(block), self.replication, Purpose::Wants);
        self.philox.block(address.at(self.day_index))
    }

    #[inline]
    fn visit_words(&self, visit: VisitId, item: u8) -> [u32; 4] {
        let address = Address::new(visit.raw(), self.replication, Purpose::Visit);
        self.philox.block(address.item(item))
    }
}

#[inline]
fn outpatient_weight(person: &Person) -> u64 {
    u64::from(person.rate) * u64::from(FINE)
}

/// Poisson count by inversion, given that the word is not below the threshold of zero. It ends
/// where the next term is below a word's resolution: there rounding, not luck, would decide.
#[inline]
pub(super) fn poisson(word: u32, none: u32, rate: f64) -> u32 {
    const RESOLUTION: f64 = 1.0 / 4_294_967_296.0;
    let place = unit(word);
    let mut term = f64::from(none) * RESOLUTION;
    let mut cumulative = term;
    let mut count = 0;
    let last = VisitId::MAX_PER_DAY - 1;
    while place >= cumulative && count < last && (term > RESOLUTION || f64::from(count) < rate) {
        count += 1;
        term *= rate / f64::from(count);
        cumulative += term;
    }
    count
}

fn course_thresholds(course: &CourseSpec) -> [u32; 5] {
    [course.lab, course.imaging, course.treatment, course.drugs, course.registered_ahead]
        .map(probability_to_word)
}

/// Integer counts of a city: they add up the same in any order.
#[derive(Clone, Debug, Default)]
struct Census {
    people: u64,
    /// Sum of `Person::rate`, by district.
    rate: Vec<u64>,
    /// People by age band, without and with chronic illness.
    cells: [[u64; 2]; AGE_BANDS],
}

impl Census {
    fn take(city: &City, districts: usize) -> Census {
        let empty = || Census { rate: vec![0; districts], ..Census::default() };
        city.people
            .par_iter()
            .fold(empty, |mut census, person| {
                census.people += 1;
                census.rate[usize::from(person.district)] += u64::from(person.rate);
                census.cells[person.age_band()][usize::from(person.chronic())] += 1;
                census
            })
            .reduce(empty, Census::plus)
    }

    fn plus(mut self, other: Census) -> Census {
        self.people += other.people;
        for (sum, rate) in self.rate.iter_mut().zip(other.rate) {
            *sum += rate;
        }
        for (sums, cells) in self.cells.iter_mut().zip(other.cells) {
            sums[0] += cells[0];
            sums[1] += cells[1];
        }
        self
    }

    fn origin(&self) -> Vec<f64> {
        self.rate.iter().map(|&rate| rate as f64).collect()
    }
}

/// Rates normalised over the built population: the yearly means hold exactly in expectation.
struct Rates {
    per_unit: f64,
    admission: [[u32; 2]; AGE_BANDS],
    emergency: u32,
    mean_day: [f64; 3],
}

impl Rates {
    fn new(spec: &CitySpec, census: &Census, envelope: DayFactor) -> Rates {
        let demand = &spec.demand;
        let people = census.people as f64;
        let visits_day = demand.visits_per_person_year * people / YEAR_DAYS;
        let admissions_day = demand.admissions_per_person_year * people / YEAR_DAYS;
        let elective = (1.0 - demand.emergency_share) * envelope.elective;
        let emergency = demand.emergency_share * envelope.acute;
        let rate: u64 = census.rate.iter().sum();
        let per_unit = visits_day * (elective + emergency) / (rate as f64 * f64::from(FINE));
        assert!(per_unit > 0.0, "invariant: outpatient visits per person and year are positive");
        let relative = relative_rates(spec);
        let cells = census.cells.iter().flatten().zip(relative.iter().flatten());
        let total: f64 = cells.map(|(&count, rate)| count as f64 * rate).sum();
        let admission = admissions_day * envelope.acute / total / per_unit;
        Rates {
            per_unit,
            admission: relative.map(|pair| pair.map(|rate| (rate * admission).round() as u32)),
            emergency: probability_to_word(emergency / (elective + emergency)),
            mean_day: [
                visits_day * (1.0 - demand.emergency_share),
                visits_day * demand.emergency_share,
                admissions_day,
            ],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::built;
    use super::*;

    #[test]
    fn counts_follow_the_poisson_law_at_the_thresholds_of_their_words() {
        let rate = 0.7_f64;
        let none = probability_to_word(exp(-rate));
        let mut below = exp(-rate);
        let mut term = below;
        for count in 1..8_u32 {
            term *= rate / f64::from(count);
            let (first, last) = (probability_to_word(below), probability_to_word(below + term));
            assert_eq!(poisson(first + 2, none, rate), count);
            assert_eq!(poisson(last - 2, none, rate), count);
            below += term;
        }
        assert_eq!(poisson(0, none, rate), 0);
        assert!(poisson(u32::MAX, none, rate) < 20);
    }

    #[test]
    fn a_weaker_day_keeps_a_subset_of_the_same_wants() {
        let (_, city, demand) = built(4_000);
        let philox = Philox::new(5);
        let strong = demand.today(philox, 0, 40);
        let weak = Today { keep: strong.keep.map(|word| word / 2), ..strong };
        let (mut all, mut some) = (Vec::new(), Vec::new());
        demand.wants_today(&city, &strong, 0..city.groups(), &mut all);
        demand.wants_today(&city, &weak, 0..city.groups(), &mut some);
        assert!(some.iter().all(|want| all.contains(want)));
        let ratio = some.len() as f64 / all.len() as f64;
        // About 70 wants: a third and two thirds are three standard errors away.
        assert!((0.32..0.68).contains(&ratio), "{ratio}");
    }
}
