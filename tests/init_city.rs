//! A city out of a filled request for data, as a user makes one: the template, a half-filled workbook that
//! runs, wrong cells that are told and leave nothing behind.
#![cfg(feature = "exports")]
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use assert_cmd::Command;
use std::path::{Path, PathBuf};

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/init").join(name)
}

/// Runs the program in a folder: exit code, stdout, stderr.
fn call(dir: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::cargo_bin("aftercare").unwrap();
    let output = command.current_dir(dir).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn from(file: &str) -> String {
    data(file).display().to_string()
}

#[test]
fn a_half_filled_workbook_is_a_city_that_runs_and_a_list_of_what_was_assumed() {
    let room = tempfile::tempdir().unwrap();
    let (code, told, _) =
        call(room.path(), &["init", "my-city", "--from", &from("half_filled.xlsx")]);
    assert_eq!(code, 0);
    assert!(told.contains("46 % complete: 39 of 83 cells; priority 1: 28 / 34"), "{told}");
    let assumed = std::fs::read_to_string(room.path().join("my-city.assumed.csv")).unwrap();
    let snapshot = data("half_filled.assumed.csv");
    if std::env::var_os("AFTERCARE_RENEW_SNAPSHOTS").is_some() {
        std::fs::write(&snapshot, &assumed).unwrap();
    }
    assert_eq!(
        assumed,
        std::fs::read_to_string(&snapshot).unwrap(),
        "AFTERCARE_RENEW_SNAPSHOTS=1 renews"
    );
    let page = std::fs::read_to_string(room.path().join("my-city.missing.md")).unwrap();
    assert!(page.contains("health commission") && page.contains("46 % complete"), "{page}");
    assert!(page.contains("| yes |") && !page.contains("yes or no"), "{page}");
    assert!(
        told.contains(
            "1  Admissions per resident and year [admissions_per_person_per_year] = 0.17 "
        )
    );
    let (code, _, told) = call(room.path(), &["check", "my-city.toml"]);
    assert_eq!((code, told.as_str()), (0, ""), "no station of a gap is overloaded");
    let run = [
        "run",
        "my-city.toml",
        "--population",
        "20000",
        "--days",
        "2",
        "--replications",
        "1",
        "--quiet",
    ];
    let (code, told, _) = call(room.path(), &run);
    assert_eq!(code, 0, "{told}");
    let report = std::fs::read_to_string(room.path().join("output/my-city/report.html")).unwrap();
    assert!(
        report.contains("% complete). The assumed ones stand first"),
        "the meter of the report"
    );
    let first = report.split("<th scope=\"col\">Where</th>").nth(1).unwrap();
    let first = first.split("</tr>").nth(1).unwrap();
    assert!(first.contains("<code>my-city.toml:"), "the city's own gaps stand first: {first}");
    assert!(room.path().join("output/my-city/report.zh.html").exists());
    let before = std::fs::read(room.path().join("my-city.toml")).unwrap();
    let (code, _, told) =
        call(room.path(), &["init", "my-city", "--from", &from("half_filled.xlsx")]);
    assert!(code == 2 && told.contains("exists already and is left as it is"), "{told}");
    assert_eq!(std::fs::read(room.path().join("my-city.toml")).unwrap(), before);
}

/// Words of the list and the page are Chinese: Latin letters are left to codes in brackets, to names that the
/// workbook gives, and to addresses of commands.
#[test]
fn in_chinese_the_list_the_page_and_the_request_are_chinese() {
    let room = tempfile::tempdir().unwrap();
    let zh = ["init", "city", "--from", &from("half_filled.xlsx"), "--lang", "zh"];
    let (code, told, note) = call(room.path(), &zh);
    assert_eq!(code, 0, "{note}");
    assert!(told.contains("1  额度可用于门诊 [covers_outpatient] = 是 ← 方案文件"), "{told}");
    assert!(told.contains("[医院表第5行] = 500000 次/年 ← 医院财务科"), "{told}");
    assert!(note.contains("下一步"), "{note}");
    let page = std::fs::read_to_string(room.path().join("city.missing.md")).unwrap();
    assert!(page.contains("2023年医院住院2.45亿人次，除以14.1亿人"), "{page}");
    // Names of places as the workbook has them, and of what stands for the places that it does not name.
    let names = ["Second Hospital", "County Hospital", "Jianyang Hospital", "Yanping", "Jianyang"];
    let names =
        names.into_iter().chain(["Other counties", "other institutions", "other hospitals"]);
    let names: Vec<&str> = names.collect();
    let foreign = |text: &str| -> Vec<String> {
        let mut text = text.to_owned();
        for name in &names {
            text = text.replace(name, "");
        }
        // Codes stand in brackets on the terminal and between marks on the page.
        let outside = text.split(['[', '`']).enumerate().map(|(at, piece)| {
            let tail = piece.split_once([']', '`']).map_or(piece, |(_, tail)| tail);
            if at == 0 { piece } else { tail }
        });
        let words = outside.flat_map(|piece| piece.split(|c: char| !c.is_ascii_alphabetic()));
        words.filter(|word| word.len() > 1).map(str::to_owned).collect()
    };
    let listed: String = told.lines().take_while(|line| !line.is_empty()).collect();
    assert_eq!(foreign(&listed), Vec::<String>::new());
    let rows: String = page.lines().skip(7).collect::<Vec<_>>().join(" ").replace('`', "");
    let rows = codes_out(&rows);
    assert_eq!(foreign(&rows), Vec::<String>::new(), "{rows}");
    // A request in either language makes the same city.
    let city = |name: &str| std::fs::read_to_string(room.path().join(name)).unwrap();
    for lang in ["en", "zh"] {
        for end in ["xlsx", "csv"] {
            let file = format!("{lang}.{end}");
            let asked = ["init", "x", "--template", &file, "--lang", lang];
            assert_eq!(call(room.path(), &asked).0, 0);
            let name = format!("of_{lang}_{end}");
            assert_eq!(call(room.path(), &["init", &name, "--from", &file]).0, 0);
            let found = city(&format!("{name}.toml")).replace(&name, "");
            assert_eq!(found, city("of_en_xlsx.toml").replace("of_en_xlsx", ""), "{file}");
        }
    }
    let asked = city("zh.csv");
    assert!(asked.contains("编号,优先级（1–3）,所需数据,单位,数值 ← 填写,来源 ← 填写"), "{asked}");
    assert!(
        asked.contains("以下之一：手机加窗口、仅窗口") && asked.contains(",手机加窗口,"),
        "{asked}"
    );
    let asked = city("en.csv");
    assert!(!asked.contains("数据") && asked.contains("value ← fill in"), "{asked}");
}

/// Words with an underscore are codes of the request.
fn codes_out(text: &str) -> String {
    let words = text.split(' ').filter(|word| !word.contains('_') && *word != "population");
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn five_wrong_cells_are_five_messages_and_nothing_is_written() {
    let room = tempfile::tempdir().unwrap();
    let (code, out, told) = call(room.path(), &["init", "x", "--from", &from("wrong_cells.xlsx")]);
    assert_eq!((code, out.as_str()), (2, ""));
    let wrong = [
        "sheet `city 城市`, cell F4: `about two million`; expected a whole number from 2000 to 100000000",
        "sheet `city 城市`, cell F10: `400`; expected a number from 0.1 to 30",
        "sheet `city 城市`, cell F23: `perhaps`; expected yes or no",
        "sheet `city 城市`, cell F48: `3.1`; expected a share between 0 and 1, or a percentage; did you mean 3.1%?",
        "sheet `hospitals 医院`, cell C3: `Atlantis`; expected one of the districts: Yanping 延平, Jianyang 建阳, \
         Other counties 其他县市",
    ];
    for line in wrong {
        assert!(told.lines().any(|one| one.ends_with(line)), "{line}\n{told}");
    }
    assert_eq!(told.matches("; expected").count(), wrong.len(), "{told}");
    assert!(told.contains("5 cells are wrong; nothing was written"), "{told}");
    let zh = ["init", "x", "--from", &from("wrong_cells.xlsx"), "--lang", "zh"];
    let (code, _, told) = call(room.path(), &zh);
    assert_eq!(code, 2);
    for line in ["单元格 F23：“perhaps”；应为“是”或“否”", "5 个单元格有误；未写入任何文件"]
    {
        assert!(told.contains(line), "{line}\n{told}");
    }
    assert_eq!(std::fs::read_dir(room.path()).unwrap().count(), 0);
}

#[test]
fn an_empty_template_of_either_form_is_the_same_city() {
    let room = tempfile::tempdir().unwrap();
    for (template, name) in [("a.xlsx", "from_book"), ("b.csv", "from_csv")] {
        assert_eq!(call(room.path(), &["init", "x", "--template", template]).0, 0);
        assert_eq!(
            call(room.path(), &["init", "x", "--template", template]).0,
            2,
            "never overwritten"
        );
        assert_eq!(call(room.path(), &["init", name, "--from", template]).0, 0);
    }
    let city = |name: &str| {
        std::fs::read_to_string(room.path().join(format!("{name}.toml"))).unwrap().replace(name, "")
    };
    assert_eq!(city("from_book"), city("from_csv"));
}
