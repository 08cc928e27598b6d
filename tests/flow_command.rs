//! `aftercare flow` as its users meet it: warm-up, the folder it leaves, what it says of broken networks.
//! Must never look inside the engine.

use assert_cmd::Command;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

const DAY: &str = "scenarios/networks/outpatient_day.toml";
const MORNING: &str = "scenarios/networks/clinic_morning.toml";

/// Exit code, stdout and stderr.
fn call(arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::cargo_bin("aftercare").expect("the binary is built");
    let output = command.arg("flow").args(arguments).output().expect("it runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    let code = output.status.code().expect("it ends by itself");
    (code, text(output.stdout), text(output.stderr))
}

fn answer(arguments: &[&str]) -> Value {
    let (code, out, said) = call(&[arguments, &["--format", "json"]].concat());
    assert_eq!(code, 0, "{arguments:?}: {said}");
    serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}"))
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

#[test]
fn the_warm_up_leaves_out_who_came_earlier_and_nobody_else() {
    let run = |warm_up: &[&str]| answer(&[&[DAY, "--replications", "4"], warm_up].concat());
    let whole = run(&[]);
    let later = run(&["--warm-up", "7200"]);
    assert_eq!(
        (whole["warm_up"].as_str(), later["warm_up"].as_str()),
        (Some("none"), Some("given"))
    );
    assert_eq!(later["warm_up_s"], 7_200.0);
    let share = number(&later["patients"]) / number(&whole["patients"]);
    assert!((share - 0.75).abs() < 0.02, "two of eight hours: {share}");
    assert_eq!(later["end_s"], whole["end_s"], "they are simulated all the same");
    assert_eq!(later["conserved"], true);
    let found = run(&["--warm-up", "mser5"]);
    assert_eq!(found["warm_up"], "mser5");
    assert!(number(&found["warm_up_s"]) < 14_400.0, "at most half: {}", found["warm_up_s"]);
    for wrong in ["-1", "soon", "1e9"] {
        let (code, _, said) = call(&[DAY, &format!("--warm-up={wrong}")]);
        assert!(code == 2 && said.contains("mser5"), "{wrong}: {said}");
    }
}

/// Registration: 8 windows, 20 s each, a patient every 3 s, so five windows in six are busy while
/// patients come; until the last one has left the hospital it is less.
#[test]
fn utilisation_is_that_of_the_time_in_which_customers_come() {
    let day = answer(&[DAY, "--replications", "20"]);
    let of = |station: &str, key: &str| number(&day["stations"][station][key]["mean"]);
    let busy = of("registration", "utilisation");
    assert!((busy - 20.0 / 24.0).abs() < 0.01, "{busy}");
    for station in ["registration", "doctors", "cashier", "laboratory", "pharmacy"] {
        let (open, to_end) = (of(station, "utilisation"), of(station, "utilisation_to_end"));
        assert!(to_end < open && open < 1.0, "{station}: {open} and {to_end}");
    }
}

#[test]
fn the_folder_has_tables_pictures_and_what_was_read() {
    let room = tempfile::tempdir().expect("a folder");
    let out = |lang: &str| {
        let folder = room.path().join(lang);
        let path = folder.to_string_lossy().into_owned();
        let arguments = [MORNING, "--replications", "3", "--out", &path, "--lang", lang];
        let (code, _, said) = call(&arguments);
        assert_eq!(code, 0, "{said}");
        folder
    };
    let read = |folder: &Path, name: &str| {
        std::fs::read_to_string(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    };
    let (english, chinese) = (out("en"), out("zh"));
    let names: BTreeSet<String> = std::fs::read_dir(&english)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    for name in ["flow.json", "stations.csv", "queues.csv", "network.svg", "queues.svg"] {
        assert!(names.contains(name), "{name}: {names:?}");
    }
    let summary: Value = serde_json::from_str(&read(&english, "flow.json")).expect("JSON");
    assert!(summary.get("seconds").is_none(), "no clock in a file that is compared");
    let inputs: Vec<&str> = summary["inputs"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|input| input["name"].as_str().expect("a name"))
        .collect();
    assert_eq!(inputs, ["clinic_morning.toml", "ambulance.csv"], "the trace was read too");
    assert_eq!(summary["inputs"][1]["blake3"].as_str().map(str::len), Some(64));
    let rows = read(&english, "stations.csv").lines().count();
    let stations = summary["stations"].as_object().expect("stations").len();
    assert_eq!(rows, 1 + 3 * stations, "a row a replication and station");
    for (folder, word) in [(&english, "arrival"), (&chinese, "到达")] {
        let picture = read(folder, "network.svg");
        assert!(picture.starts_with("<svg") && picture.contains(word), "{word}");
    }
    for name in ["stations.csv", "queues.csv"] {
        assert_eq!(read(&english, name), read(&chinese, name), "figures have no language");
    }
    assert_eq!(read(&out("en"), "flow.json"), read(&english, "flow.json"), "the same bytes again");
}

/// A network file with one thing changed.
fn broken(folder: &Path, from: &str, to: &str) -> String {
    let text = std::fs::read_to_string(DAY).expect("the network");
    assert!(text.contains(from), "{from}");
    let path = folder.join("broken.toml");
    std::fs::write(&path, text.replacen(from, to, 1)).expect("written");
    path.to_string_lossy().into_owned()
}

#[test]
fn each_fault_of_a_network_has_its_own_words() {
    let room = tempfile::tempdir().expect("a folder");
    let spare = "[[activities]]\nname = \"spare\"\nstation = \"pharmacy\"\n\
                 service = { fixed = { value_s = 1 } }\n\n[[routes]]\nfrom = \"spare\"\n\
                 to = \"exit\"\nprobability = 1\n\n[[routes]]\n";
    let rows = [
        ("[[routes]]\n", spare, "no route reaches `spare`"),
        ("probability = 0.6", "probability = 0.5", "0.9"),
        ("servers = 14", "servers = 0", "stations[2].servers: 0 is below 1"),
    ];
    for (from, to, words) in rows {
        let (code, out, said) = call(&[&broken(room.path(), from, to)]);
        assert!(code == 2 && out.is_empty() && said.contains(words), "{words}: {said}");
    }
}

#[test]
fn an_overloaded_station_is_named_in_a_warning_and_the_run_ends() {
    let room = tempfile::tempdir().expect("a folder");
    let file = broken(room.path(), "servers = 14", "servers = 9");
    let (code, out, said) = call(&[&file, "--replications", "2"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("`cashier` is overloaded"), "{said}");
    assert!(out.contains("cashier"), "{out}");
}
