//! A simulated day replayed through a store: the same engine, the same decisions; several cities side by side
//! keep apart. Must never time anything.

use aftercare::engine::Decision;
use aftercare::loadtest::LoadWorld;
use aftercare::scenario::{self, Scenario};
use aftercare::sim::{RecordedDay, World, record_day};
use aftercare::store::{Answer, Memory, Store};
use aftercare::wire::Batch;
use assert_cmd::Command;
use serde_json::Value;
use std::path::Path;

fn smoke() -> Scenario {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/smoke.toml");
    scenario::load(&path).expect("the shipped scenario is in order")
}

fn recorded(scenario: &Scenario) -> RecordedDay {
    let world = World::new(scenario, 1);
    record_day(&world, 1, 24, &mut |_| true).expect("the run is valid")
}

fn decided(store: &mut Memory<'_>, batch: &Batch) -> Vec<Option<Decision>> {
    let mut all = Vec::new();
    for at in 0..batch.len() {
        let mut one = Batch::default();
        one.extend_from(batch, at, at + 1);
        store.try_submit(&one).expect("memory");
        let mut answers = Vec::new();
        store.drain(&mut answers);
        all.push(answers.pop().and_then(|answered| match answered.answer {
            Answer::Decided(decision) => Some(decision),
            _ => None,
        }));
    }
    all
}

#[test]
fn a_store_decides_a_simulated_day_as_the_simulation_did() {
    let scenario = smoke();
    let day = recorded(&scenario);
    assert!(day.commands.len() > 200, "{} commands", day.commands.len());
    assert!(day.credit.len() > 20, "{} groups with lines", day.credit.len());
    let world = LoadWorld::new(&scenario, None, 1).at_midnight(&day);
    let mut store = Memory::open(world.engine(), &world.census);
    let answers = decided(&mut store, &day.commands);
    let rows = day.commands.requests().iter().zip(&day.decisions).zip(&answers);
    for ((request, simulated), answer) in rows {
        assert_eq!(answer.as_ref(), Some(simulated), "{request:?}");
    }
    let audit = store.audit();
    assert!(audit.sound(), "{:?}", audit.findings);
}

#[test]
fn cities_side_by_side_decide_alike_and_keep_apart() {
    let scenario = smoke();
    let day = recorded(&scenario);
    let world = LoadWorld::new(&scenario, None, 1).at_midnight(&day);
    let groups = world.census.sizes.len() as u32;
    let world = world.cities(3);
    let mut store = Memory::open(world.engine(), &world.census);
    for city in [2, 0] {
        let mut moved = Batch::default();
        for request in day.commands.requests() {
            moved.push(request.moved(city * groups), day.commands.lines_of(request));
        }
        // Keys are the store's, not a city's.
        let mut keyed = Batch::default();
        for request in moved.requests() {
            let id = aftercare::wire::RequestId(request.id.0 + (u128::from(city) << 40));
            keyed.push(aftercare::wire::Request { id, ..*request }, moved.lines_of(request));
        }
        let answers = decided(&mut store, &keyed);
        let alike = answers.iter().zip(&day.decisions).all(|(a, b)| a.as_ref() == Some(b));
        assert!(alike, "city {city}");
    }
    assert!(store.audit().sound());
}

fn load(arguments: &[&str]) -> Value {
    let mut command = Command::cargo_bin("aftercare").expect("the program is built");
    let output = command.args(["--quiet", "--format", "json", "load"]).args(arguments).output();
    let output = output.expect("it runs");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{arguments:?}: {text}"))
}

#[test]
fn a_recording_is_played_and_its_peak_held_against_a_capacity() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = |name: &str| folder.path().join(name).display().to_string();
    let out = place("recording");
    let recording = load(&["record", "--month-end", "20", "--out", &out]);
    assert_eq!(recording["schema"], "aftercare.recording/1");
    assert!(recording["visits"].as_u64() > Some(100), "{recording}");
    let night = load(&["--recorded", &out, "--part", "night", "--seconds", "2"]);
    assert_eq!(night["audit"]["imbalance_fen"], 0, "{}", night["reasons"]);
    let played = load(&["--recorded", &out, "--speed", "40000", "--cities", "3", "--seconds", "3"]);
    assert_eq!(played["audit"]["lost"], 0, "{}", played["reasons"]);
    let sent = played["client"]["sent"].as_u64().expect("a number");
    assert_eq!(sent, 3 * recording["commands"].as_u64().expect("a number"));
    let report = place("report.json");
    std::fs::write(&report, played.to_string()).expect("written");
    let page = place("page.html");
    let arguments = ["headroom", "--recorded", &out, "--report", &report, "--page", &page];
    let headroom = load(&arguments);
    let tiers = headroom["tiers"].as_array().expect("tiers");
    assert_eq!(tiers.len(), 5, "{headroom}");
    // Where nothing goes to the bank in the peak minute, its headroom has no number.
    let asked = tiers.iter().filter(|tier| tier["demand_per_s"].as_f64() > Some(0.0));
    assert!(asked.clone().count() >= 3, "{headroom}");
    assert!(asked.clone().all(|tier| tier["headroom"].as_f64() > Some(0.0)), "{headroom}");
    let html = std::fs::read_to_string(&page).expect("the page");
    assert!(html.contains("First to saturate"), "{html}");
}

#[test]
fn topologies_and_turns_are_reported() {
    let report = load(&["topology", "--visits", "500", "--population", "2000"]);
    assert_eq!(report["once_at_end"]["disagreements"], 0, "{report}");
    let calls = |way: &str| report[way]["calls_a_visit"].as_f64().expect("a number");
    assert!(calls("per_order") > 2.5 * calls("once_at_end"), "{report}");
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().join("ab").display().to_string();
    let side = "--population 2000 --rate 500 --seconds 1";
    let journal = format!("{side} --store journal");
    let sides = ["ab", "--a", side, "--b", &journal, "--turns", "2", "--folder", &place];
    let other = assert_cmd::cargo::cargo_bin("aftercare").display().to_string();
    let ab = load(&[&sides[..], &["--program-b", &other]].concat());
    assert_eq!(ab["schema"], "aftercare.ab/1");
    assert_eq!(ab["b"]["verdicts"].as_array().map(Vec::len), Some(2), "{ab}");
    assert_eq!(ab["b"]["program"], other);
    let ratio = |key: &str| ab["b_by_a"]["per_s"][key].as_f64().expect("a ratio");
    assert!(ratio("least") <= ratio("median") && ratio("median") <= ratio("most"), "{ab}");
    assert!(
        std::fs::read_dir(&place).is_ok_and(|mut left| left.next().is_none()),
        "no journal is left"
    );
    let mut command = Command::cargo_bin("aftercare").expect("the program is built");
    let output = command.arg("load").args(sides).args(["--program-a", "/no/such/program"]).output();
    let said = String::from_utf8_lossy(&output.expect("it runs").stderr).into_owned();
    assert!(said.contains("/no/such/program: cannot be run"), "{said}");
}
