//! A small town in which every rule meets somebody: the smoke district, under the policy of a scheme's file.

use aftercare::city::City;
use aftercare::credit::{self, DrawRow, LineRow};
use aftercare::domain::{Day, Fen, PersonId, Refusal, VisitId};
use aftercare::experiment::{Setup, replicate, summary};
use aftercare::ledger::Role;
use aftercare::metrics::{ArmSums, Match};
use aftercare::scenario::{self, Scenario, SchemeSpec};
use aftercare::sim::{ArmResult, Replication, World};
use std::path::{Path, PathBuf};

/// A scenario file.
pub(crate) fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("scenarios/{name}.toml"))
}

/// A scheme as its file has it, with some keys changed.
pub(crate) fn scheme(name: &str, set: &[&str]) -> Scenario {
    let set: Vec<String> = set.iter().map(|&line| line.to_owned()).collect();
    scenario::load_with(&file(name), &set).unwrap_or_else(|problems| panic!("{name}: {problems}"))
}

/// The town under a scheme's policy: everybody who may has a line and puts every visit on it, and pays on
/// the due day.
pub(crate) fn town(name: &str, set: &[&str]) -> Scenario {
    let mut town = scheme("smoke", &[]);
    let other = scheme(name, set);
    town.policy = other.policy;
    town.baselines = vec![town.baselines[0].clone()];
    town.policy.deposit = town.baselines[0].deposit;
    let behaviour = &mut town.behaviour;
    behaviour.adoption.share_at_start = 1.0;
    behaviour.adoption.share_at_end = 1.0;
    behaviour.adoption.over_60_factor = 1.0;
    behaviour.use_of_line.outpatient = 1.0;
    behaviour.use_of_line.inpatient = 1.0;
    behaviour.use_of_line.reserve_above_income = other.behaviour.use_of_line.reserve_above_income;
    behaviour.more.other_finance = other.behaviour.more.other_finance;
    let repayment = &mut behaviour.repayment;
    (repayment.first_day, repayment.early, repayment.miss_due) = (0.0, 0.0, 0.0);
    for site in &mut town.city.sites {
        site.in_scheme_from = Some(town.city.start + -10);
    }
    town
}

/// The town with everything else of a scheme's file too that is not its map: benefit rules, payment means, stays,
/// supplements, causes of cost, who applies, money between institutions, other provinces.
pub(crate) fn whole_town(name: &str, set: &[&str]) -> Scenario {
    let other = scheme(name, set);
    let mut town = town(name, set);
    town.rules = other.rules;
    town.payment_means = other.payment_means;
    town.inpatient = other.inpatient;
    town.cross_province = other.cross_province;
    town.entitlement = other.entitlement;
    town.claims_at_home = other.claims_at_home;
    town.behaviour.more = other.behaviour.more;
    town.city.demand.other_causes = other.city.demand.other_causes;
    town.city.demand.retail.clone_from(&other.city.demand.retail);
    let (people, theirs) = (&mut town.city.people, other.city.people);
    people.covers = theirs.covers;
    people.without_card = theirs.without_card;
    people.first_card_per_year = theirs.first_card_per_year;
    people.uninsured_share = theirs.uninsured_share;
    people.elsewhere_share = theirs.elsewhere_share;
    town.baselines[0].clearing = other.baselines[0].clearing;
    town
}

/// Everybody signs up at the desk of the first visit that meets one, nobody before.
pub(crate) fn sign_up_at_desks(town: &mut Scenario) {
    let adoption = &mut town.behaviour.adoption;
    (adoption.share_at_start, adoption.share_at_end) = (0.0, 1.0);
    adoption.at_desk_share = 1.0;
}

/// The town where nobody pays before being long late.
pub(crate) fn late_town(name: &str, set: &[&str]) -> Scenario {
    let mut town = town(name, set);
    town.behaviour.repayment.miss_due = 1.0;
    town.behaviour.repayment.roll = [1.0; 3];
    town.behaviour.repayment.cure_90_plus = 0.0;
    town.behaviour.repayment.recover_after_write_off = 0.0;
    town
}

/// The town where half miss a due day and everybody pays within the month.
pub(crate) fn slow_town(name: &str, set: &[&str]) -> Scenario {
    let mut town = late_town(name, set);
    town.behaviour.repayment.miss_due = 0.5;
    town.behaviour.repayment.roll = [0.0; 3];
    town
}

/// The scheme of a scenario.
pub(crate) fn rules(scenario: &mut Scenario) -> &mut SchemeSpec {
    scenario.policy.scheme.as_mut().expect("a scheme")
}

/// Runs the town for some days.
pub(crate) fn run(town: Scenario, days: u32) -> Replication {
    let setup = Setup::new(town, 1, 1, days, None);
    let mut outcome = replicate(&setup, &mut |_| true).expect("a valid run");
    let run = outcome.replications.remove(0);
    assert!(run.arms.iter().all(|arm| arm.audit.imbalance_fen() == 0), "the books balance");
    run
}

/// What `summary.json` says of the town.
pub(crate) fn told(town: Scenario, days: u32) -> serde_json::Value {
    let setup = Setup::new(town, 1, 1, days, None);
    let outcome = replicate(&setup, &mut |_| true).expect("a valid run");
    summary(&setup, &outcome)
}

/// The mean of an estimate, money too.
pub(crate) fn mean(told: &serde_json::Value, path: &str) -> f64 {
    let pointer = format!("/{}/mean", path.replace('.', "/"));
    let value = told.pointer(&pointer).unwrap_or_else(|| panic!("{path}: {told:#}"));
    let text = value.as_str().and_then(|text| text.parse().ok());
    value.as_f64().or(text).unwrap_or_else(|| panic!("{path} is {value}"))
}

/// Whether two figures of a summary are the same.
pub(crate) fn alike(one: f64, other: f64) -> bool {
    (one - other).abs() < 1e-6
}

/// The policy's arm.
pub(crate) fn policy(run: &Replication) -> &ArmResult {
    run.arms.last().expect("a policy arm")
}

/// Sums of the policy's arm after so many days.
pub(crate) fn sums(town: Scenario, days: u32) -> ArmSums {
    policy(&run(town, days)).sums.clone()
}

/// How often a word was the answer.
pub(crate) fn refused(sums: &ArmSums, word: Refusal) -> u64 {
    sums.refusals[word as usize]
}

/// How many people may not open a line for this reason.
pub(crate) fn shut_out(sums: &ArmSums, word: Refusal) -> u64 {
    sums.ineligible[word as usize]
}

/// Visits on the line, and all others.
pub(crate) fn visits(run: &Replication) -> [Match; 2] {
    run.pairs.against[0]
}

/// What stands on an account of the policy's books.
pub(crate) fn booked(run: &Replication, role: Role) -> Fen {
    policy(run).audit.total(role)
}

/// The file's own map and calendar from a day on: few people, often ill, all of them admitted and holding a line.
fn map_of(name: &str, set: &[&str], from: Day) -> Scenario {
    let mut map = scheme(name, set);
    map.baselines.truncate(1);
    let city = &mut map.city;
    city.start = from;
    city.people.population = 5_000;
    city.demand.visits_per_person_year = 250.0;
    city.demand.admissions_per_person_year = 0.0;
    let behaviour = &mut map.behaviour;
    (behaviour.adoption.share_at_start, behaviour.adoption.share_at_end) = (1.0, 1.0);
    behaviour.adoption.over_60_factor = 1.0;
    behaviour.adoption.by_institution = None;
    behaviour.use_of_line.outpatient = 1.0;
    behaviour.use_of_line.reserve_above_income = 0.0;
    let credit = &mut rules(&mut map).credit;
    credit.covers = [true; 3];
    credit.eligibility.assistance_only = false;
    map
}

/// Institutions of a map at which somebody pays with a line within five days.
fn drawn_at(map: Scenario) -> Vec<usize> {
    let sites = map.city.sites.len();
    let months = run(map, 5).pairs.site_months;
    let of = |site: usize| months.iter().skip(site).step_by(sites).map(|m| m.credit).sum::<u64>();
    (0..sites).filter(|&site| of(site) > 0).collect()
}

/// Institutions of the file's own map at which lines are used from a day on: exactly those that have joined.
pub(crate) fn institutions_on(name: &str, from: Day) -> usize {
    let map = map_of(name, &[], from);
    let sites = map.city.sites.iter().enumerate();
    let joined = sites.filter(|(_, site)| site.in_scheme_from.is_some_and(|day| day <= from + 4));
    let joined: Vec<usize> = joined.map(|(at, _)| at).collect();
    assert_eq!(drawn_at(map), joined, "{name}: lines are used where they may be");
    joined.len()
}

/// The file's last day with visits.
pub(crate) fn last_day(name: &str) -> Day {
    let scenario = scheme(name, &[]);
    scenario.city.start + (scenario.run.days as i32 - 1)
}

/// Institutions at which lines are used when the file's run ends; one that does not join is one less.
pub(crate) fn institutions(name: &str) -> usize {
    let last = last_day(name);
    let all = institutions_on(name, last);
    let mut fewer = map_of(name, &[], last);
    let first = fewer.city.sites.iter_mut().find(|site| site.in_scheme_from.is_some());
    first.expect("an institution of the scheme").in_scheme_from = None;
    assert_eq!(drawn_at(fewer).len() + 1, all, "{name}");
    all
}

/// People of the town who pass a test of their own facts, by age.
pub(crate) fn people(town: &Scenario, of: impl Fn(&City, PersonId) -> bool) -> u64 {
    let world = World::new(town, 1);
    let all = 0..world.city.people.len() as u32;
    all.filter(|&person| of(&world.city, PersonId(person))).count() as u64
}

/// The last day on which the books moved, counted from the last day with visits; for elective visits, whose
/// draws are made on the day itself.
pub(crate) fn days_of_run_out(mut town: Scenario, days: u32) -> i32 {
    town.city.demand.emergency_share = 0.0;
    town.city.demand.admissions_per_person_year = 0.0;
    let last = town.city.start + (days as i32 - 1);
    policy(&run(town, days)).books_closed - last
}

/// A holder's line and a draw on it that is due, under the rules of a scheme: for rules that count.
pub(crate) struct Holder {
    pub(crate) line: LineRow,
    rules: aftercare::credit::spec::CreditPolicy,
    today: Day,
    visit: u64,
}

impl Holder {
    /// Opens a line under the scheme of a file.
    pub(crate) fn of(name: &str, set: &[&str]) -> Holder {
        let mut scenario = scheme(name, set);
        let rules = rules(&mut scenario).credit.clone();
        let applicant = credit::Applicant {
            age: 40,
            scheme: aftercare::domain::InsuranceScheme::Resident,
            score: 700,
            judgment_debtor: false,
            poor: true,
            ..credit::Applicant::default()
        };
        let today = Day::from_civil(2023, 3, 6).expect("a day");
        let line = LineRow::open(&rules, &applicant, 0, today).expect("an eligible applicant");
        Holder { line, rules, today, visit: 0 }
    }

    /// Draws an amount today.
    pub(crate) fn draw(&mut self, amount: Fen) -> Result<DrawRow, Refusal> {
        self.visit += 1;
        let visit = VisitId::from_raw(self.visit << 8);
        credit::draw(&self.rules, &mut self.line, Fen::ZERO, amount, visit, 0, self.today)
    }

    /// Draws, and pays on the due day, or a day after it.
    pub(crate) fn draw_and_pay(&mut self, amount: Fen, on_time: bool) -> Result<(), Refusal> {
        let mut draw = self.draw(amount)?;
        self.today = draw.due_on() + i32::from(!on_time);
        if !on_time {
            let due = draw.due_on();
            credit::fall_due(&self.rules, &mut self.line, &mut draw, due);
        }
        let owed = credit::payoff(&self.rules, &draw, self.today);
        credit::pay(&self.rules, &mut self.line, &mut draw, owed, self.today);
        Ok(())
    }
}
