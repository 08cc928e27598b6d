//! The only place that knows TOML: it reads a scenario file with its shared parts and builds the
//! plain data of the rooms, or says everything that is wrong with it. Must never write a file, draw
//! a random number or hold a constant of the model.
//!
//! `load` fails with all problems of all files at once: syntax errors and includes first, then
//! keys.

mod arm;
mod assign;
mod behaviour;
mod behaviour_more;
mod checks;
mod clearing;
mod costs;
mod credit;
mod credit_more;
mod cross_province;
mod demand;
mod desk;
mod distribution;
mod entitlement;
mod finance;
mod flow;
mod form;
mod home_claims;
mod identity;
mod include;
mod inpatient;
pub mod intake;
mod joining;
mod messages;
mod network;
mod notes;
mod payers;
mod payment_means;
mod people;
mod problem;
mod reader;
mod refunds;
mod regime;
mod rivals;
mod rules;
mod schema;
mod shipped;
mod sites;
mod source;
mod staffing;
mod study;
mod tree;

pub use arm::BASELINES_MAX;
pub use assign::{resolved_text, set_line};
pub use desk::DeskSpec;
pub use entitlement::{EntitlementSpec, Minutes, Place, Proof, Showing};
pub use home_claims::HomeClaims;
pub use messages::{MessageSpec, MessagesSpec};
pub use network::{NETWORK_SCHEMA, NetworkInput, load_network};
pub use notes::{InputNote, ORIGINS};
pub use problem::{Problem, Problems, Severity};
pub use refunds::RefundSpec;
pub use rivals::{PilotSpec, StudySpec};
pub use schema::{network_schema, schema};
pub use shipped::{shipped_regime, shipped_study};
pub use study::{Calibration, UncertainInput, Uncertainty};

use crate::behaviour::spec::BehaviourSpec;
use crate::city::spec::CitySpec;
use crate::clearing::spec::ClearingSpec;
use crate::credit::spec::CreditPolicy;
use crate::domain::{Day, Fen, Ms, Ratio};
use crate::economics::spec::CostSpec;
use crate::flow::Down;
use crate::flow::spec::{FlowSpec, PaymentPlaces, RegimeSpec, SchemeFlowSpec};
use crate::random::Distribution;
use crate::relay::spec::CrossSpec;
use crate::settlement::PaymentHabits;
use crate::settlement::spec::Rules;
use include::{Assembly, assemble};
use reader::{Desk, Reader};
use std::path::Path;

/// A scenario, checked and ready to run.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Stem of the file's name; the name of the output folder.
    pub name: String,
    /// Printed title, English.
    pub title_en: String,
    /// Printed title, Chinese.
    pub title_zh: String,
    /// People, hospitals and demand.
    pub city: CitySpec,
    /// Benefit rules of the pooling area.
    pub rules: Rules,
    /// Stations and walks.
    pub flow: FlowSpec,
    /// Beds, deposits and payments of stays.
    pub inpatient: InpatientSpec,
    /// Outages.
    pub outages: Vec<OutageSpec>,
    /// Sign-up, use and repayment.
    pub behaviour: BehaviourSpec,
    /// Arms to compare with; the first is the default baseline.
    pub baselines: Vec<ArmSpec>,
    /// The arm under study.
    pub policy: ArmSpec,
    /// Stays of people insured in another province; `None` = not followed.
    pub cross_province: Option<Box<CrossProvince>>,
    /// How payers beyond basic insurance are shown what they owe; `None` = not followed.
    pub entitlement: Option<EntitlementSpec>,
    /// How people insured in another pooling area claim at home; `None` = not followed.
    pub claims_at_home: Option<HomeClaims>,
    /// With what people pay their part; `None` = not followed.
    pub payment_means: Option<PaymentHabits>,
    /// Items given back after their bill was paid; `None` = none.
    pub refunds: Option<RefundSpec>,
    /// What the scheme costs; `None` = no economics.
    pub costs: Option<CostSpec>,
    /// Length and number of runs where the command line does not say otherwise.
    pub run: RunDefaults,
    /// Uncertain inputs; `None` when the scenario names none.
    pub uncertainty: Option<Uncertainty>,
    /// Conditions that a run must meet, as written.
    pub gates: Vec<String>,
    /// What its values were calibrated on; `None` when nothing was set from outcomes.
    pub calibration: Option<Calibration>,
    /// What a study would mix up with the scheme; `None` = the shipped values.
    pub study: Option<StudySpec>,
    /// Origin of every number, in the order of the file.
    pub assumptions: Vec<InputNote>,
    /// Every file that was read, the scenario's own first.
    pub files: Vec<InputFile>,
    /// The merged input, for the echo beside the results; the same bytes for the same input.
    pub resolved: serde_json::Value,
    /// What the writer should look at.
    pub warnings: Problems,
    /// The scenario whose scheme was taken over; `None` = its own.
    pub scheme_of: Option<String>,
}

impl Scenario {
    /// Takes over another scenario's scheme — its name, its credit rules, how participants pay, its relay
    /// between provinces — in place of this one's. City, people, regimes, deposits and behaviour stay as they
    /// are.
    pub fn adopt(&mut self, other: &Scenario) {
        self.scheme_of = Some(other.name.clone());
        self.policy.name.clone_from(&other.policy.name);
        self.policy.scheme.clone_from(&other.policy.scheme);
        let mut keys = vec!["credit", "scheme_flow", "messages"];
        if other.cross_province.is_some() {
            self.cross_province.clone_from(&other.cross_province);
            keys.push("cross_province");
        }
        for key in keys {
            match other.resolved.get(key) {
                Some(value) => self.resolved[key] = value.clone(),
                None => drop(self.resolved.as_object_mut().and_then(|all| all.remove(key))),
            }
        }
        self.resolved["policy"]["name"] = other.policy.name.as_str().into();
    }
}

/// One arm: a payment regime, a deposit rule and perhaps a scheme.
#[derive(Clone, Debug, PartialEq)]
pub struct ArmSpec {
    /// Name as printed beside every saving.
    pub name: String,
    /// When and where those pay who pay themselves.
    pub regime: RegimeSpec,
    /// What is left at admission.
    pub deposit: DepositRule,
    /// Its own payment places; `None` = those of the flow.
    pub places: Option<PaymentPlaces>,
    /// The credit scheme; `None` in a baseline.
    pub scheme: Option<SchemeSpec>,
    /// When money moves between institutions; `None` = not followed.
    pub clearing: Option<ClearingSpec>,
}

/// Stays of people insured elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrossProvince {
    /// The relay, manual reimbursement and clearing.
    pub spec: CrossSpec,
    /// Benefit rules of the province of insurance; the city's if absent.
    pub rules: Option<Rules>,
}

/// A credit scheme.
#[derive(Clone, Debug, PartialEq)]
pub struct SchemeSpec {
    /// Rules of the line.
    pub credit: CreditPolicy,
    /// How participants pay.
    pub flow: SchemeFlowSpec,
    /// What its platform tells patients; `None` = nothing.
    pub messages: Option<MessagesSpec>,
}

/// How beds are handed on and what a stay pays on the way. The default is: beds at once, no
/// emergencies, everybody can leave a deposit, nothing is paid on the way.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InpatientSpec {
    /// From a discharge until its bed can be taken, ms.
    pub handover_ms: Ms,
    /// Share of admissions that come through the emergency room.
    pub emergency_share: f64,
    /// Share of beds taken on the first day.
    pub taken_at_start: f64,
    /// Who can leave a deposit; `None` = everybody.
    pub means: Option<MeansSpec>,
    /// When a deposit is topped up; `None` = never.
    pub top_up: Option<TopUpSpec>,
    /// Days between payments towards a long stay; `None` = none.
    pub staged_every_days: Option<i64>,
    /// Personal part not yet covered from which a payment towards a costly stay is due; `None` = none.
    pub staged_over: Option<Fen>,
}

/// Money that people can find for a deposit.
#[derive(Clone, Debug, PartialEq)]
pub struct MeansSpec {
    /// Money at hand, in monthly incomes.
    pub months: Distribution,
    /// Share of those turned away who come back with the money.
    pub returns: f64,
    /// Days until they do.
    pub return_after_days: u16,
}

/// When and how much a deposit is topped up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TopUpSpec {
    /// Part of what is held that the personal part so far may use.
    pub used: Ratio,
    /// Amount asked, as a part of the first deposit.
    pub amount: Ratio,
}

/// An outage of the settlement core or the network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutageSpec {
    /// The day.
    pub date: Day,
    /// Begins, ms from midnight.
    pub from_ms: Ms,
    /// Is over.
    pub to_ms: Ms,
    /// What does not answer.
    pub down: Down,
    /// Added to each payment that is then made by hand, ms.
    pub window_extra_ms: Ms,
    /// Names of the sites; empty = all.
    pub sites: Vec<String>,
}

/// The inpatient half of a regime: what is left at admission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DepositRule {
    /// Nothing.
    None,
    /// A sum by hospital level (primary, secondary, tertiary).
    Amount {
        /// The sums.
        by_level: [Fen; 3],
    },
    /// A share of the mean personal part of like stays.
    ShareOfExpectedPersonPart {
        /// The share.
        share: Ratio,
        /// Sums by level that are asked where they are less: the share is then a ceiling only.
        usual: Option<[Fen; 3]>,
    },
}

/// Length and number of runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunDefaults {
    /// Simulated days.
    pub days: u32,
    /// Replications.
    pub replications: u32,
    /// Root seed.
    pub seed: u64,
}

/// An input file as it was read, for hashing and for the echo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputFile {
    /// Path as shown in messages.
    pub path: String,
    /// Whole text.
    pub text: String,
}

/// The version of the form that this program reads.
pub const SCHEMA: &str = "aftercare.scenario/1";

/// Loads a scenario.
pub fn load(path: &Path) -> Result<Scenario, Problems> {
    load_with(path, &[])
}

/// Loads a scenario with `key = value` lines laid over it (`--set`, sweeps).
pub fn load_with(path: &Path, set: &[String]) -> Result<Scenario, Problems> {
    let mut reading = read(path, set, whole);
    reading.problems.list.append(&mut reading.unexplained);
    if reading.problems.errors() > 0 {
        return Err(reading.problems);
    }
    Ok(Scenario {
        name: stem(path),
        assumptions: reading.notes,
        files: reading.files,
        resolved: reading.resolved,
        warnings: reading.problems,
        ..reading.value
    })
}

/// Everything that is wrong with a scenario, a network or a rules file, warnings included.
pub fn check(path: &Path) -> Problems {
    let Reading { mut problems, mut unexplained, .. } = match kind(path) {
        Kind::Scenario => read(path, &[], whole).without_value(),
        Kind::Rules => read(path, &[], rules_alone).without_value(),
        Kind::Network => {
            let folder = path.parent().unwrap_or(Path::new(""));
            return read(path, &[], |r| network::whole(r, folder)).problems;
        }
    };
    problems.list.append(&mut unexplained);
    problems
}

/// The forms that a file can have.
enum Kind {
    Scenario,
    Network,
    Rules,
}

/// What a file says it is; a scenario when it says nothing.
fn kind(path: &Path) -> Kind {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let table: toml::Table = text.parse().unwrap_or_default();
    match table.get("schema").and_then(toml::Value::as_str) {
        Some(schema) if schema.starts_with("aftercare.network/") => Kind::Network,
        None if table.keys().all(|key| ["rules", "include", "desk"].contains(&key.as_str()))
            && (table.contains_key("rules") || table.contains_key("desk")) =>
        {
            Kind::Rules
        }
        _ => Kind::Scenario,
    }
}

/// Stem of a file's name.
fn stem(path: &Path) -> String {
    path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into())
}

/// Loads the `[rules]` of a file that holds nothing else.
pub fn load_rules(path: &Path) -> Result<Rules, Problems> {
    let reading = read(path, &[], rules_alone);
    if reading.problems.errors() > 0 { Err(reading.problems) } else { Ok(reading.value) }
}

/// Loads the `[rules]` and the `[desk]` of a rules file.
pub fn load_desk(path: &Path) -> Result<(Rules, DeskSpec), Problems> {
    let reading = read(path, &[], rules_and_desk);
    if reading.problems.errors() > 0 { Err(reading.problems) } else { Ok(reading.value) }
}

fn rules_alone(r: &mut Reader<'_>) -> Rules {
    rules_and_desk(r).0
}

fn rules_and_desk(r: &mut Reader<'_>) -> (Rules, DeskSpec) {
    includes(r);
    let rules = r.table("rules", "benefit rules of the pooling area", rules::read);
    (rules, desk::read(r))
}

/// The scenarios of a folder: name, English and Chinese title, sorted by name.
pub fn list(folder: &Path) -> Vec<(String, String, String)> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut found: Vec<_> = paths.filter_map(|path| titles(&path)).collect();
    found.sort();
    found
}

/// Name and titles of a file that is a scenario.
fn titles(path: &Path) -> Option<(String, String, String)> {
    if path.extension()? != "toml" {
        return None;
    }
    let table: toml::Table = std::fs::read_to_string(path).ok()?.parse().ok()?;
    let text = |key: &str| table.get(key).and_then(toml::Value::as_str).map(str::to_owned);
    text("schema").filter(|schema| schema == SCHEMA)?;
    Some((stem(path), text("title_en")?, text("title_zh")?))
}

/// A documented scenario to copy.
pub fn template() -> &'static str {
    shipped::TEMPLATE
}

/// What came out of reading one file with its includes.
struct Reading<T> {
    value: T,
    problems: Problems,
    notes: Vec<InputNote>,
    unexplained: Vec<Problem>,
    files: Vec<InputFile>,
    resolved: serde_json::Value,
}

impl<T> Reading<T> {
    fn without_value(self) -> Reading<()> {
        let Reading { problems, notes, unexplained, files, resolved, .. } = self;
        Reading { value: (), problems, notes, unexplained, files, resolved }
    }
}

/// Reads a file. Keys are looked at only when all files could be parsed and found.
fn read<T>(path: &Path, set: &[String], form: impl FnOnce(&mut Reader<'_>) -> T) -> Reading<T> {
    let Assembly { sources, tree, problems: mut list } = assemble(path, set);
    let readable = list.is_empty();
    let desk = Desk::new(&sources);
    let (value, _) = Reader::root(&desk, readable.then_some(&tree), form);
    list.extend(desk.into_problems());
    let (notes, unexplained) =
        if readable { notes::collect(&tree, &sources) } else { Default::default() };
    let input =
        |file: &source::SourceFile| InputFile { path: file.name.clone(), text: file.text.clone() };
    Reading {
        value,
        problems: Problems { list },
        notes,
        unexplained,
        files: sources.files.iter().map(input).collect(),
        resolved: tree.to_json(),
    }
}

fn site_names(city: &CitySpec) -> Vec<String> {
    city.sites.iter().map(|site| site.name.clone()).collect()
}

/// Reads every key of a scenario; what is not in its keys is filled in by `load_with`.
fn whole(r: &mut Reader<'_>) -> Scenario {
    r.get("schema", "version of this form", &form::word(&[(SCHEMA, ())]));
    let title_en = r.text("title_en", "printed title, English");
    let title_zh = r.text("title_zh", "printed title, Chinese");
    includes(r);
    let mark = r.mark();
    let sites::City { name, start, districts, sites } =
        r.table("city", "calendar, districts and institutions", sites::read);
    let people = r.table("people", "who lives in the city", people::read);
    let demand = r.table("demand", "how often people need care, when, what it costs", demand::read);
    let mut city = CitySpec { name, start, districts, people, demand, sites };
    let flow = r.table("flow", "stations, walks and opening hours", flow::read);
    let (inpatient, outages) = stays_and_outages(r);
    if r.clean_since(mark) {
        checks::city(r, &city, &flow);
        inpatient::check(r, &outages, &site_names(&city));
    }
    let rules = r.table("rules", "benefit rules of the pooling area", rules::read);
    let behaviour = r.table("behaviour", "sign-up, use and repayment", behaviour::read);
    if r.clean_since(mark) {
        let districts: Vec<String> = city.districts.iter().map(|each| each.name.clone()).collect();
        joining::check(r, &behaviour.adoption, &site_names(&city), &districts);
        finance::check(r, &behaviour, &inpatient);
    }
    let (mut baselines, mut policy) = arm::read(r);
    let arms = baselines.iter_mut().chain([&mut policy]);
    behaviour_more::act(r, &behaviour.more.stress, &mut city, arms);
    let cross_province = cross_province::read(r, &city.sites);
    let (entitlement, claims_at_home) = (entitlement::read(r), home_claims::read(r));
    let (payment_means, refunds) = (payment_means::read(r), refunds::read(r));
    let costs = costs::read(r);
    if let (true, Some(baseline)) = (r.clean_since(mark), baselines.first()) {
        staffing::check(r, &city, &flow, &baseline.regime);
        for arm in baselines.iter_mut().chain([&mut policy]) {
            arm.places = staffing::places(&city, &flow, &arm.regime);
        }
    }
    let run = r.table("run", "what the command line does not say", run_defaults);
    let (uncertainty, gates) = (study::uncertainty(r), study::gates(r));
    let (calibration, study) = (study::calibration(r), rivals::read(r));
    Scenario {
        name: String::new(),
        title_en,
        title_zh,
        city,
        rules,
        flow,
        inpatient,
        outages,
        behaviour,
        baselines,
        policy,
        cross_province: cross_province.map(Box::new),
        entitlement,
        claims_at_home,
        payment_means,
        refunds,
        costs,
        run,
        uncertainty,
        gates,
        calibration,
        study,
        assumptions: Vec::new(),
        files: Vec::new(),
        resolved: serde_json::Value::Null,
        warnings: Problems::default(),
        scheme_of: None,
    }
}

fn stays_and_outages(r: &mut Reader<'_>) -> (InpatientSpec, Vec<OutageSpec>) {
    let inpatient = "beds, deposits that people can leave, payments towards stays; off if absent";
    let inpatient = r.maybe_table("inpatient", inpatient, inpatient::read).unwrap_or_default();
    let outages = "hours in which systems are down";
    (inpatient, r.maybe_list("outages", outages, inpatient::outage).unwrap_or_default())
}

fn run_defaults(r: &mut Reader<'_>) -> RunDefaults {
    RunDefaults {
        days: r.count("days", "simulated days", 1, 36_500),
        replications: r.count("replications", "replications", 1, 10_000),
        seed: r.count("seed", "root seed", 0, i64::MAX),
    }
}

/// The key that `include` has already acted upon; here only its type is checked.
fn includes(r: &mut Reader<'_>) {
    let doc = "shared parts, later ones over earlier ones, this file over all of them";
    let _: Option<Vec<String>> = r.maybe_several("include", doc, &form::text());
}

#[cfg(test)]
mod tests;
