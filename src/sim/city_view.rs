//! What a replication reads and never changes: the city, its demand, hospitals and arms.
//! Must never hold state of a day.

use super::arm::{Arm, takes_part};
use super::banks;
use super::stays::MONTH_UNITS;
use crate::behaviour::spec::MoreBehaviour;
use crate::behaviour::{Behaviour, EligibleMix, PersonView};
use crate::city::spec::PeopleSpec;
use crate::city::{City, Demand, Retail, Site};
use crate::credit::spec::CreditPolicy;
use crate::credit::{self, Applicant, INSURED_MONTHS};
use crate::domain::{
    CostCause, Day, Fen, GroupId, HospitalId, HospitalLevel, MessageKind, Ms, PersonId, Ratio,
    VisitId,
};
use crate::engine::{GroupRows, PersonRow};
use crate::flow::spec::{FreedWindows, PaymentPlaces, Station};
use crate::flow::{Hospital, LevelTables, Outage};
use crate::metrics::Cells;
use crate::random::{Address, Philox, Purpose, QuantileTable, unit};
use crate::scenario::{OutageSpec, Scenario};
use crate::settlement::CardRules;

/// The world of one run; replications share it.
#[derive(Debug)]
pub struct World<'s> {
    /// The scenario as written.
    pub scenario: &'s Scenario,
    /// Keyed randomness of the run.
    pub philox: Philox,
    /// People and sites.
    pub city: City,
    /// Demand.
    pub demand: Demand,
    /// Purchases at retail pharmacies, where they are followed.
    pub(super) retail: Option<Retail>,
    /// Repayment, sign-up and use.
    pub behaviour: Behaviour,
    /// Baselines in the scenario's order, then the policy.
    pub arms: Vec<Arm<'s>>,
    /// Hospitals by arm, then site: payment places differ.
    hospitals: Vec<Vec<SiteStaff>>,
    /// Money at hand for a deposit or bill, thousandths of a month's income.
    pub(super) means: Option<QuantileTable>,
    /// By site: outages by day.
    outages: Vec<Vec<(Day, Outage)>>,
    /// Tables by arm (channels differ), then level.
    pub tables: Vec<[LevelTables; 3]>,
    /// Relative growth of a bill that a line will pay.
    pub induced_bill: Ratio,
    /// A bit for each person who may open a line under the policy.
    may_open: Vec<u64>,
}

impl<'s> World<'s> {
    /// Builds people, hospitals and arms for a scenario and seed.
    pub fn new(scenario: &'s Scenario, seed: u64) -> World<'s> {
        let philox = Philox::new(seed);
        let city = City::build(&scenario.city, philox);
        let demand = Demand::new(&city, &scenario.city);
        let retail = scenario.city.demand.retail.as_ref().map(|spec| Retail::new(&city, spec));
        let means = scenario.payment_means.as_ref();
        let card_regimes =
            means.and_then(|means| means.cards.as_ref()).map_or(&[][..], |cards| &cards.regimes);
        let specs = scenario.baselines.iter().chain([&scenario.policy]);
        let arms: Vec<Arm<'s>> = specs
            .map(|spec| {
                let sites = city.sites.iter().map(|site| (site.level, site.word));
                Arm::new(spec, &scenario.rules, sites).with_cards(card_regimes)
            })
            .collect();
        let hospitals = arms
            .iter()
            .map(|arm| {
                let sites = city.sites.iter().zip(&arm.site_takes_phone);
                sites.map(|(site, &phone)| SiteStaff::new(scenario, arm, site, phone)).collect()
            })
            .collect();
        let tables = arms
            .iter()
            .map(|arm| {
                let channels = &arm.spec.regime.channels;
                std::array::from_fn(|level| {
                    LevelTables::new(&scenario.flow.levels[level], channels)
                })
            })
            .collect();
        let tables = with_guidance(scenario, tables);
        let credit = scenario.policy.scheme.as_ref().map(|scheme| &scheme.credit);
        let may_open = who_may_open(&city, credit, (philox, &scenario.city.people));
        let mix = eligible_mix(&city, &may_open);
        let behaviour = Behaviour::new(&scenario.behaviour, &mix);
        let deposits = scenario.inpatient.means.as_ref().map(|means| &means.months);
        let bills = scenario.behaviour.more.other_finance.as_ref();
        let means = deposits.or(bills.and_then(|finance| finance.at_hand.as_ref()));
        let means = means.map(|months| months.table(MONTH_UNITS));
        let outages = city.sites.iter().map(|site| outages_of(scenario, &site.name)).collect();
        let induced_bill = induced(&scenario.behaviour.more);
        World {
            scenario,
            philox,
            city,
            demand,
            retail,
            behaviour,
            arms,
            hospitals,
            means,
            outages,
            tables,
            induced_bill,
            may_open,
        }
    }

    /// Monthly income of a kin group.
    pub(super) fn household_income(&self, group: GroupId) -> Fen {
        let members = self.city.members(group);
        members.map(|person| self.city.monthly_income(PersonId(person as u32))).sum()
    }

    /// Who has to bear a visit's or stay's bill by law.
    pub(super) fn cause(&self, visit: VisitId, replication: u16) -> CostCause {
        let [work, third, health] = self.scenario.city.demand.other_causes;
        if work + third + health <= 0.0 {
            return CostCause::Illness;
        }
        let address = Address::new(visit.raw(), replication, Purpose::Bill).item(1);
        let word = unit(self.philox.block(address)[0]);
        match word {
            word if word < work => CostCause::WorkInjury,
            word if word < work + third => CostCause::ThirdParty,
            word if word < work + third + health => CostCause::PublicHealth,
            _ => CostCause::Illness,
        }
    }

    /// The mark of somebody without a card.
    pub(super) fn card_flag(&self, person: u32) -> u8 {
        let share = self.scenario.city.people.without_card;
        let word = |person| self.philox.block(Address::new(person, 0, Purpose::Traits).item(2))[0];
        let without = share > 0.0 && unit(word(u64::from(person))) < share;
        if without { PersonRow::NO_CARD } else { 0 }
    }

    /// The day of the run on which somebody without a card is given the first one, as if at a steady rate.
    pub(super) fn first_card_on(&self, person: u32) -> Option<u32> {
        let share = self.scenario.city.people.first_card_per_year;
        if share <= 0.0 || self.card_flag(person) == 0 {
            return None;
        }
        let address = Address::new(u64::from(person), 0, Purpose::Traits).item(2);
        let word = unit(self.philox.block(address)[1]);
        let years = libm::log1p(-word) / libm::log1p(-share);
        let day = years * crate::city::YEAR_DAYS;
        (day < f64::from(u32::MAX)).then_some(day as u32)
    }

    /// Whether a person may open a line under the policy.
    #[inline]
    pub(super) fn may_open(&self, person: PersonId) -> bool {
        is_marked(&self.may_open, person.0 as usize)
    }

    /// What an application on the first day says of a person.
    pub(super) fn applicant(&self, person: PersonId) -> Applicant {
        applicant(&self.city, person, (self.philox, &self.scenario.city.people))
    }

    /// Puts what only an application shows of a person into the gathered rows.
    pub(super) fn show_file(&self, rows: &mut GroupRows, member: usize, replication: u16) {
        let person = rows.first + member as u32;
        let (thin_file, unsigned) = self.behaviour.file(self.philox, person, replication);
        let unregistered = self.behaviour.is_unregistered(self.philox, person, replication);
        let facts = &mut rows.facts[member];
        facts.monthly_income = self.city.monthly_income(PersonId(person));
        facts.insured_months = insured_months(self.philox, &self.scenario.city.people, person);
        (facts.thin_file, facts.unsigned) = (thin_file, unsigned);
        facts.unregistered = unregistered;
        facts.bank = banks::first_choice(self, person);
    }

    /// Whether somebody who has just opened a line opens one at a second bank too.
    pub fn opens_second_line(&self, arm: usize, person: u32) -> bool {
        let policy = self.arms[arm].engine.policy;
        policy.is_some_and(|policy| policy.more.banks.lines_each > 1)
            && self.behaviour.opens_second_line(self.philox, person)
    }

    /// The rules of hospitals' cards, in an arm where people carry them.
    #[inline]
    pub(super) fn card_rules(&self, arm: usize) -> Option<&'s CardRules> {
        if !self.arms[arm].takes_card {
            return None;
        }
        self.scenario.payment_means.as_ref()?.cards.as_ref()
    }

    /// First day on which retail pharmacies take part in the scheme.
    pub(super) fn pharmacies_join(&self) -> Option<Day> {
        self.scenario.city.demand.retail.as_ref()?.in_scheme_from
    }

    /// Bit set of every arm.
    pub fn all_arms(&self) -> u8 {
        (1 << self.arms.len()) - 1
    }

    /// Index of the policy arm: the last.
    pub fn policy(&self) -> usize {
        self.arms.len() - 1
    }

    /// The civil day of a day index.
    pub fn day(&self, index: u32) -> Day {
        self.scenario.city.start + index as i32
    }

    /// Months of the day of a visit since the first month of the run, for vintages.
    pub(super) fn vintage(&self, visit: VisitId) -> usize {
        self.month(self.day(visit.visit().day()))
    }

    /// Months from the first month of the run to that of a day.
    pub(super) fn month(&self, day: Day) -> usize {
        let months = |day: Day| {
            let civil = day.civil();
            i32::from(civil.year) * 12 + i32::from(civil.month)
        };
        usize::try_from(months(day) - months(self.scenario.city.start)).unwrap_or(0)
    }

    /// Groups of a person in the risk sums.
    pub(super) fn segments(&self, person: u32) -> [usize; 3] {
        let row = self.city.person(PersonId(person));
        super::books::segments_of(row)
    }

    /// The day index of a civil day.
    pub fn index(&self, day: Day) -> i32 {
        day - self.scenario.city.start
    }

    /// A site's hospital in an arm on a day.
    pub fn hospital(&self, arm: usize, site: HospitalId, day: Day) -> &Hospital {
        let index = usize::from(site.0);
        let staff = &self.hospitals[arm][index];
        match &staff.in_scheme {
            Some(changed) if takes_part(self.city.sites[index].in_scheme_from, day) => changed,
            _ => &staff.usual,
        }
    }

    /// The outages of a site on a day, in rising order.
    pub(super) fn outages(&self, site: HospitalId, day: Day) -> impl Iterator<Item = Outage> {
        let of_site = &self.outages[usize::from(site.0)];
        of_site.iter().filter(move |(date, _)| *date == day).map(|&(_, outage)| outage)
    }

    /// Number of consulting departments of a site, alike in every arm.
    pub fn departments(&self, site: HospitalId) -> u32 {
        self.hospitals[0][usize::from(site.0)].usual.departments()
    }

    /// Clinical tables of a site's level; they are alike in every arm.
    pub fn tables(&self, site: HospitalId) -> &LevelTables {
        &self.tables[0][self.city.sites[usize::from(site.0)].level as usize]
    }
}

/// Where the policy's platform guides patients, they save a part of each walk.
fn with_guidance(scenario: &Scenario, mut arms: Vec<[LevelTables; 3]>) -> Vec<[LevelTables; 3]> {
    let messages = scenario.policy.scheme.as_ref().and_then(|scheme| scheme.messages);
    let guidance = messages.and_then(|messages| messages.of(MessageKind::Guidance));
    if let (Some(spec), Some(levels)) = (guidance, arms.last_mut()) {
        for level in levels {
            level.guide(spec.effect);
        }
    }
    arms
}

/// A site's outages in rising order.
fn outages_of(scenario: &Scenario, site: &str) -> Vec<(Day, Outage)> {
    let here = |spec: &&OutageSpec| spec.sites.is_empty() || spec.sites.iter().any(|s| s == site);
    let outage = |spec: &OutageSpec| {
        let &OutageSpec { from_ms, to_ms, down, window_extra_ms, .. } = spec;
        (spec.date, Outage { from_ms, to_ms, down, window_extra_ms })
    };
    let mut outages: Vec<_> = scenario.outages.iter().filter(here).map(outage).collect();
    outages.sort_by_key(|(day, outage)| (*day, outage.from_ms));
    outages
}

/// The servers of one site in one arm.
#[derive(Debug)]
struct SiteStaff {
    /// As the payment regime needs them.
    usual: Hospital,
    /// From the day on which the site joins the scheme, if that frees windows.
    in_scheme: Option<Hospital>,
}

impl SiteStaff {
    fn new(scenario: &Scenario, arm: &Arm<'_>, site: &Site, phone: bool) -> SiteStaff {
        let kind = |places: &PaymentPlaces| places[site.level as usize][usize::from(phone)];
        let places = arm.spec.places.as_ref().map(kind);
        let build = |freed| {
            Hospital::new(&scenario.flow, site.level, site.planned_visits_per_day, places, freed)
        };
        let freed = arm.scheme().map_or(FreedWindows::Kept, |scheme| scheme.flow.freed_windows);
        let in_scheme = (freed != FreedWindows::Kept).then(|| build(freed));
        SiteStaff { usual: build(FreedWindows::Kept), in_scheme }
    }
}

/// Hours that the scenario's shifts imply, and people as `behaviour` sees them.
impl World<'_> {
    /// A person as `behaviour` sees one.
    pub fn person_view(&self, person: PersonId) -> PersonView {
        person_view(&self.city, person)
    }

    /// A person on a day, with what bad times do.
    pub(super) fn view_on(&self, person: PersonId, day: Day, replication: u16) -> PersonView {
        let view = self.person_view(person);
        if self.behaviour.more().stress.is_empty() {
            return view;
        }
        let run_day = u32::try_from(self.index(day)).unwrap_or(0);
        self.behaviour.in_spells(self.philox, person.0, replication, run_day, view)
    }

    /// Bytes of lasting state a person: people, demand and every arm's rows, without the few lines.
    pub fn bytes_per_person(&self) -> f64 {
        let people = self.city.people.len();
        let rows = people * self.arms.len() * size_of::<crate::engine::PersonRow>();
        let groups = (self.city.groups() as usize) * (size_of::<u32>() * 2);
        let bytes = rows + groups + people * size_of::<crate::city::Person>();
        bytes as f64 / people as f64
    }

    /// Groups by which matched visits are counted.
    pub fn cells(&self) -> Cells {
        Cells { districts: self.scenario.city.districts.len(), sites: self.city.sites.len() }
    }

    /// When a plan that was put off arrives tomorrow: at its own minute of the first consulting hour.
    pub fn morning(&self, arrival_ms: Ms) -> Ms {
        let consulting = &self.scenario.flow.levels[0].stations[Station::Department0 as usize];
        consulting.shifts[0].from_ms + arrival_ms % MS_PER_HOUR
    }

    /// When a stay ends on its last day: uniform over the discharge desk's first shift.
    pub fn discharge_ms(&self, visit: VisitId, replication: u16) -> Ms {
        let level = &self.scenario.flow.levels[HospitalLevel::Tertiary as usize];
        let shift = level.stations[Station::DischargeDesk as usize].shifts[0];
        let address = Address::new(visit.raw(), replication, Purpose::Course).at(DISCHARGE_STEP);
        let word = self.philox.block(address)[0];
        let width = u64::from(shift.to_ms - shift.from_ms);
        shift.from_ms + ((width * u64::from(word)) >> 32) as Ms
    }
}

const MS_PER_HOUR: Ms = 3_600_000;
/// The semantic step of the hour of discharge.
const DISCHARGE_STEP: u32 = 65;

fn person_view(city: &City, person: PersonId) -> PersonView {
    let row = city.person(person);
    PersonView {
        ability: row.ability,
        willingness: row.willingness,
        chronic: row.chronic(),
        age: row.age,
        monthly_income: city.monthly_income(person),
    }
}

/// A growth as an exact ratio of hundredths of a per cent.
fn induced(more: &MoreBehaviour) -> Ratio {
    Ratio::new(libm::round(more.induced_bill * 10_000.0) as i64, 10_000)
}

/// What an application says of a person.
fn applicant(city: &City, id: PersonId, (philox, people): (Philox, &PeopleSpec)) -> Applicant {
    let person = city.person(id);
    Applicant {
        age: person.age,
        scheme: person.scheme(),
        score: person.score,
        judgment_debtor: person.judgment_debtor(),
        insured_elsewhere: person.insured_elsewhere(),
        poor: credit::counts_as_poor(person.assistance()),
        monthly_income: city.monthly_income(id),
        insured_months: insured_months(philox, people, id.0),
        account: city.account_start(id),
        ..Applicant::default()
    }
}

/// Months of the last two years in which somebody paid contributions without a gap: all, or any number below.
fn insured_months(philox: Philox, people: &PeopleSpec, person: u32) -> u8 {
    if people.insurance_gap <= 0.0 {
        return INSURED_MONTHS;
    }
    let address = Address::new(u64::from(person), 0, Purpose::Traits).item(3);
    let [gap, months, ..] = philox.block(address);
    if unit(gap) >= people.insurance_gap {
        return INSURED_MONTHS;
    }
    ((u64::from(months) * u64::from(INSURED_MONTHS)) >> 32) as u8
}

/// A bit for each person who may open a line; nobody's without a policy.
fn who_may_open(
    city: &City,
    policy: Option<&CreditPolicy>,
    record: (Philox, &PeopleSpec),
) -> Vec<u64> {
    let mut marks = vec![0; city.people.len().div_ceil(64)];
    if let Some(policy) = policy {
        for person in 0..city.people.len() as u32 {
            let may = credit::eligible(policy, &applicant(city, PersonId(person), record)).is_ok();
            marks[person as usize / 64] |= u64::from(may) << (person % 64);
        }
    }
    marks
}

fn is_marked(marks: &[u64], at: usize) -> bool {
    marks[at / 64] >> (at % 64) & 1 != 0
}

/// How those who may open a line are mixed.
fn eligible_mix(city: &City, may_open: &[u64]) -> EligibleMix {
    let mut counts = [[0; 2]; 2];
    for person in (0..city.people.len()).filter(|&person| is_marked(may_open, person)) {
        let view = person_view(city, PersonId(person as u32));
        let (chronic, old) = EligibleMix::cell(&view);
        counts[chronic][old] += 1;
    }
    EligibleMix::from_counts(counts)
}
