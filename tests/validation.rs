//! `validate` from outside: tables of a user's own, the README's place, and when it succeeds. Must never run a
//! city larger than the smoke district.

use assert_cmd::Command;
use std::path::Path;

const HEADER: &str = "id,city,scenario,quantity,baseline,low,reported,high,unit,as_of,kind,held_out,\
    definition_en,definition_zh,note_en\n";

/// Exit code, output and errors of a call in a folder.
fn validate(dir: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::cargo_bin("aftercare").expect("the program");
    let ended = command.current_dir(dir).arg("validate").args(arguments).output().expect("it runs");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (ended.status.code().expect("it ends by itself"), text(ended.stdout), text(ended.stderr))
}

/// A row about lines that are used, which the smoke district has, with the ends that it must meet.
fn row(id: &str, low: f64, high: f64) -> String {
    let middle = f64::midpoint(low, high);
    format!(
        "{id},Smoke,smoke,uses_per_line,,{low},{middle},{high},uses,2023,comparable,no,d,定义,n\n"
    )
}

/// A copy of what the command reads of the sources, with a table of outcomes of its own.
fn sources(rows: &str) -> tempfile::TempDir {
    let room = tempfile::tempdir().expect("a folder");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec!["scenarios".to_owned()];
    while let Some(folder) = folders.pop() {
        std::fs::create_dir_all(room.path().join(&folder)).expect("a folder");
        for entry in std::fs::read_dir(root.join(&folder)).expect("the sources") {
            let entry = entry.expect("a file");
            let name = format!("{folder}/{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                folders.push(name);
            } else {
                std::fs::copy(entry.path(), room.path().join(name)).expect("a copy");
            }
        }
    }
    let table = room.path().join("scenarios/evidence/outcomes.csv");
    std::fs::write(table, format!("{HEADER}{rows}")).expect("a table");
    room
}

const OUTCOMES: [&str; 4] = ["--only", "outcomes", "--points", "1"];

#[test]
fn a_table_of_ones_own_is_compared_and_declares_nothing() {
    let room = sources("");
    let own = format!("{HEADER}{}{}", row("near", 0.0, 1e3), row("far", 5e3, 6e3));
    std::fs::write(room.path().join("mine.csv"), own).expect("a table");
    let more = ["--evidence", "mine.csv", "--page", "mine.html"];
    let (code, said, errors) = validate(room.path(), &[&OUTCOMES[..], &more].concat());
    assert_eq!(code, 0, "{errors}");
    assert!(said.contains("1 of 2 comparable outcomes inside\n"), "{said}");
    assert!(said.contains("no reason is recorded"), "{said}");
    let page = std::fs::read_to_string(room.path().join("mine.html")).expect("the page");
    assert!(page.contains("class=\"outside\"") && page.contains("class=\"inside\""));
    assert!(!room.path().join("validation.html").exists(), "the page is where it was asked for");
}

#[test]
fn a_wrong_table_is_refused_with_its_place() {
    let room = sources("");
    let table = [
        (HEADER.replace("unit", "units") + &row("a", 0.0, 1.0), "units"),
        (format!("{HEADER}{}", row("a", 0.0, 1.0).replace("uses_per_line", "luck")), "row 1 (a)"),
        (format!("{HEADER}{}", row("a", 0.0, 1.0).replace("smoke", "nowhere")), "nowhere.toml"),
        (HEADER.to_owned(), "no row"),
    ];
    for (text, words) in table {
        std::fs::write(room.path().join("mine.csv"), text).expect("a table");
        let more = ["--evidence", "mine.csv"];
        let (code, _, errors) = validate(room.path(), &[&OUTCOMES[..], &more].concat());
        assert!(code != 0 && code != 99, "{words}: {code}");
        assert!(errors.contains(words), "{words}: {errors}");
        assert!(!room.path().join("validation.html").exists());
    }
}

#[test]
fn the_table_goes_between_the_marks_of_a_readme_and_a_readme_without_them_is_left_alone() {
    let room = sources(&row("near", 0.0, 1e3));
    let readme = room.path().join("README.md");
    let whole = "# Mine\n\n<!-- validation -->\nold\n<!-- /validation -->\n\nThe end.\n";
    std::fs::write(&readme, whole).expect("a README");
    let asked = [&OUTCOMES[..], &["--readme", "README.md"]].concat();
    let (code, ..) = validate(room.path(), &asked);
    assert_eq!(code, 99, "one outcome is fewer than were declared");
    let text = std::fs::read_to_string(&readme).expect("a README");
    assert!(text.starts_with("# Mine\n\n<!-- validation -->\n| outcome |"), "{text}");
    assert!(
        text.ends_with("<!-- /validation -->\n\nThe end.\n") && !text.contains("old"),
        "{text}"
    );
    assert!(text.contains("| Smoke: uses per line |"), "{text}");
    for bare in ["# Mine\n", "<!-- /validation --> <!-- validation -->\n"] {
        std::fs::write(&readme, bare).expect("a README");
        let (code, _, errors) = validate(room.path(), &asked);
        assert!(code != 0 && code != 99 && errors.contains("<!-- validation -->"), "{errors}");
        assert_eq!(std::fs::read_to_string(&readme).expect("a README"), bare);
    }
    let own = ["--evidence", "scenarios/evidence/outcomes.csv"];
    let (code, _, errors) = validate(room.path(), &[&asked[..], &own].concat());
    assert!(code != 0 && errors.contains("--evidence"), "a README has the shipped table: {errors}");
}

/// Exit code 0 only when every theory case holds and at least the declared number lies inside.
#[test]
fn it_succeeds_only_when_cases_hold_and_the_declared_number_lies_inside() {
    let outcomes = |inside: usize| -> String {
        let ends = |at: usize| if at < inside { (0.0, 1e3) } else { (5e3, 6e3) };
        (0..7).map(|at| row(&format!("r{at}"), ends(at).0, ends(at).1)).collect()
    };
    let cases = |expected: &str| {
        format!(
            r#"{{"cases": [{{"id": "MINE-1", "topic": "pooling", "abs_tol": null, "rel_tol": 1e-9,
            "inputs": {{"lambda_": 48.0, "mu": 14.0, "c": 4}}, "expected": {{"ratio": {expected}}}}}]}}"#
        )
    };
    let table = [(6, "4.876736111111111", 0), (5, "4.876736111111111", 99), (7, "5.0", 99)];
    for (inside, expected, code) in table {
        let room = sources(&outcomes(inside));
        std::fs::create_dir_all(room.path().join("tests/data")).expect("a folder");
        std::fs::write(room.path().join("tests/data/mine.json"), cases(expected)).expect("cases");
        let (ended, said, errors) = validate(room.path(), &["--points", "1", "--formulas-only"]);
        assert_eq!(ended, code, "{inside} inside, {expected}: {said} {errors}");
        assert!(room.path().join("validation.html").exists(), "a failure leaves its page too");
        assert!(said.contains(&format!("{inside} of 7 comparable")), "{said}");
    }
}

/// A disagreement of the README's table has a reason.
#[test]
fn every_red_row_of_the_readme_has_its_reason() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |name: &str| std::fs::read_to_string(root.join(name)).expect(name);
    let outcomes = aftercare::experiment::outcomes::read(&read("scenarios/evidence/outcomes.csv"));
    let outcomes = outcomes.expect("the table");
    let reasons =
        aftercare::experiment::outcomes::read_reasons(&read("scenarios/evidence/reasons.csv"));
    let reasons = reasons.expect("the reasons");
    let text = read("README.md");
    let red: Vec<&str> = text.lines().filter(|line| line.ends_with("**outside** |")).collect();
    assert!(!red.is_empty(), "the table is in the README");
    for line in red {
        let row = outcomes.iter().find(|row| {
            let name = format!("| {}: {}", row.city, row.quantity.replace('_', " "));
            line.starts_with(&name)
        });
        let row = row.unwrap_or_else(|| panic!("{line}"));
        assert!(reasons.iter().any(|reason| reason.id == row.id), "{line}");
    }
}

/// What is said to show a reason can be started: the same command with a few people for a day or two.
#[test]
fn each_reason_is_shown_by_commands_that_run_or_says_that_it_is_an_argument() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let table = std::fs::read_to_string(root.join("scenarios/evidence/reasons.csv")).expect("it");
    let reasons = aftercare::experiment::outcomes::read_reasons(&table).expect("the reasons");
    let mut commands = 0;
    for reason in reasons {
        let found = [&reason.found_en, &reason.found_zh].map(String::is_empty);
        assert_eq!(found, [reason.shown_by.is_empty(); 2], "{}: command and finding", reason.id);
        for command in reason.shown_by.split(';').filter(|command| !command.is_empty()) {
            let room = tempfile::tempdir().expect("a folder");
            let out = room.path().join("out");
            let ended = Command::cargo_bin("aftercare")
                .expect("the program")
                .current_dir(root)
                .args(small(command))
                .args(["--quiet", "--out"])
                .arg(&out)
                .output()
                .expect("it runs");
            let errors = String::from_utf8_lossy(&ended.stderr);
            assert!(ended.status.success(), "{}: {command}: {errors}", reason.id);
            commands += 1;
        }
    }
    assert!(commands >= 8, "{commands} commands");
}

/// The words of a command after the program's name, with few people and days.
fn small(command: &str) -> Vec<String> {
    let mut words = command.split_whitespace().map(|word| word.trim_matches('\'').to_owned());
    assert_eq!(words.next().as_deref(), Some("aftercare"), "{command}");
    let mut words: Vec<String> = words.collect();
    for word in &mut words {
        if word.starts_with("people.population=") {
            "people.population=600".clone_into(word);
        }
    }
    for (flag, value) in [("--population", "600"), ("--days", "2")] {
        match words.iter().position(|word| word == flag) {
            Some(at) => value.clone_into(&mut words[at + 1]),
            None => words.extend([flag.to_owned(), value.to_owned()]),
        }
    }
    words
}
