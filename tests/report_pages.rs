//! The report of a real run as its readers get it: no word of a chart leaves its picture or lies on another, each
//! picture has a table and a file behind it, and the Word document is whole and holds what the page holds.
#![cfg(feature = "exports")]
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod run_support;

use aftercare::report::{Capacity, Lang, render, render_beside, word};
use quick_xml::Reader;
use quick_xml::events::Event;
use run_support::{LANGS, json, smoke};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Cursor, Read};

/// Whether a file's name has one of these endings.
fn is(name: &str, endings: &[&str]) -> bool {
    name.rsplit_once('.').is_some_and(|(_, ending)| endings.contains(&ending))
}

/// A text of a chart with the room that it takes, px.
#[derive(Debug)]
struct Label {
    text: String,
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

/// Width of a text in common fonts, px.
fn width(text: &str, size: f64) -> f64 {
    let em = |c: char| match c {
        c if c >= '\u{2e80}' => 1.0,
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | ' ' | 'I' | '(' | ')' | 't'
        | 'f' => 0.3,
        'm' | 'w' | 'M' | 'W' => 0.85,
        'A'..='Z' => 0.68,
        _ => 0.56,
    };
    text.chars().map(em).sum::<f64>() * size
}

fn labels(svg: &str) -> Vec<Label> {
    let attribute = |tag: &str, name: &str| {
        let (_, rest) = tag.split_once(&format!(" {name}=\"")).unwrap();
        rest.split('"').next().unwrap().to_owned()
    };
    svg.split("<text")
        .skip(1)
        .map(|part| {
            let (tag, rest) = part.split_once('>').unwrap();
            let text = rest.split("</text>").next().unwrap().trim().to_owned();
            let number = |name: &str| attribute(tag, name).parse::<f64>().unwrap();
            let (x, y, size) = (number("x"), number("y"), number("font-size"));
            let wide = width(&text, size);
            let left = match attribute(tag, "text-anchor").as_str() {
                "start" => x,
                "middle" => x - wide / 2.0,
                _ => x - wide,
            };
            // Capitals and digits stand within 0.76 of the size.
            let tall = 0.76 * size;
            let top = match attribute(tag, "dy").as_str() {
                "0.76em" => y,
                "0.5ex" => y - tall / 2.0,
                _ => y - tall,
            };
            Label { text, left, right: left + wide, top, bottom: top + tall }
        })
        .collect()
}

#[test]
fn no_word_of_a_chart_leaves_its_picture_or_lies_on_another() {
    let capacity = |per_s| Capacity { store: "journal".into(), per_s, ..Capacity::default() };
    let capacities = [capacity(0.5), capacity(250_000.0)];
    for lang in LANGS {
        for (name, svg) in render_beside(&smoke(), &capacities, lang).unwrap().charts {
            let labels = labels(&svg);
            let height = svg.split(" height=\"").nth(1).unwrap().split('"').next().unwrap();
            let height: f64 = height.parse().unwrap();
            for label in &labels {
                let inside = label.left >= -3.0
                    && label.right <= 523.0
                    && label.top >= -1.0
                    && label.bottom <= height + 2.0;
                assert!(inside, "{name} {lang:?}: {label:?} leaves the picture of height {height}");
                assert!(!label.text.contains('…'), "{name} {lang:?}: {label:?} is cut");
            }
            for (at, one) in labels.iter().enumerate() {
                for other in &labels[at + 1..] {
                    let across = one.right.min(other.right) - one.left.max(other.left);
                    let down = one.bottom.min(other.bottom) - one.top.max(other.top);
                    assert!(
                        across < 2.0 || down < 1.5,
                        "{name} {lang:?}: {one:?} lies on {other:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn every_chart_has_a_title_a_description_and_a_table_with_a_file_behind_it() {
    let dir = smoke();
    for lang in LANGS {
        let page = render(&dir, lang).unwrap();
        for (name, svg) in &page.charts {
            for part in ["<title>", "<desc>", "role=\"img\""] {
                assert!(svg.contains(part), "{name} has no {part}");
            }
            assert!(!svg.contains("<title></title>") && !svg.contains("<desc></desc>"), "{name}");
            let (_, after) = page.html.split_once(svg.as_str()).unwrap();
            let (_, after) = after.split_once("</figure>").unwrap();
            let behind = after.split("<figure>").next().unwrap();
            let file = behind.split("<details").skip(1).find_map(|part| {
                let title = part.split("</summary>").next().unwrap();
                let words = title.split(|c: char| !(c.is_ascii_alphanumeric() || "._".contains(c)));
                words.filter(|word| is(word, &["csv"])).map(str::to_owned).next()
            });
            let file = file.unwrap_or_else(|| panic!("{name}: nothing stands behind it"));
            assert!(dir.join(&file).exists(), "{name}: {file} is not there");
        }
        assert!(page.charts.len() >= 14, "{}", page.charts.len());
    }
}

/// The text between tags.
fn visible(html: &str) -> String {
    let body = html.split("</style>").nth(1).unwrap();
    body.split('<')
        .map(|part| part.split_once('>').map_or("", |(_, text)| text))
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn chinese_has_no_blank_between_two_characters() {
    let han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c) || "，。；：（）".contains(c);
    let page = render(&smoke(), Lang::Zh).unwrap().html;
    for line in visible(&page).lines().map(str::trim) {
        let chars: Vec<char> = line.chars().collect();
        let blank =
            chars.windows(3).find(|three| three[1] == ' ' && han(three[0]) && han(three[2]));
        assert_eq!(blank, None, "{line}");
    }
}

/// The parts of a Word document by name.
fn parts(document: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut zip = zip::ZipArchive::new(Cursor::new(document)).unwrap();
    let mut parts = BTreeMap::new();
    for at in 0..zip.len() {
        let mut file = zip.by_index(at).unwrap();
        let (name, mut bytes) = (file.name().unwrap().into_owned(), Vec::new());
        file.read_to_end(&mut bytes).unwrap();
        assert!(parts.insert(name.clone(), bytes).is_none(), "{name} stands twice");
    }
    parts
}

/// Names of the elements of a part, each with its attributes; a part that is no XML stops the test.
fn elements(name: &str, bytes: &[u8]) -> Vec<(String, BTreeMap<String, String>)> {
    let mut reader = Reader::from_reader(bytes);
    reader.config_mut().check_end_names = true;
    let (mut found, mut open) = (Vec::new(), 0);
    loop {
        let event = reader.read_event().unwrap_or_else(|error| panic!("{name}: {error}"));
        match event {
            Event::Start(tag) | Event::Empty(tag) => {
                let attributes = tag.attributes().map(|one| {
                    let one = one.unwrap_or_else(|error| panic!("{name}: {error}"));
                    (one.key.as_ref().to_owned(), one.value.into_owned())
                });
                found.push((tag.name().as_ref().to_owned(), attributes.collect()));
                open += 1;
            }
            Event::GeneralRef(entity) => {
                let known = entity.is_char_ref()
                    || ["amp", "lt", "gt", "quot", "apos"].iter().any(|one| *one == &*entity);
                assert!(known, "{name}: {entity:?} is no entity of XML");
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert!(open > 0, "{name} is empty");
    found
}

/// The page without the tables that are cut.
fn without_cut_tables(html: &str) -> String {
    let mut pieces = html.split("<details class=\"cut\">");
    let first = pieces.next().unwrap().to_owned();
    pieces
        .map(|piece| piece.split_once("</details>").unwrap().1)
        .fold(first, |all, piece| all + piece)
}

#[test]
fn a_word_document_is_whole_the_same_each_time_and_holds_what_the_page_holds() {
    let dir = smoke();
    for lang in LANGS {
        let document = word(&dir, &[], lang).unwrap();
        assert_eq!(document, word(&dir, &[], lang).unwrap(), "the same bytes");
        let parts = parts(&document);
        let mut by_part = BTreeMap::new();
        for (name, bytes) in &parts {
            if is(name, &["xml", "rels", "svg"]) {
                by_part.insert(name.as_str(), elements(name, bytes));
            }
        }
        // Every relation leads to a part, and every use of one to a relation.
        let mut ids = BTreeSet::new();
        for (rels, folder) in [("_rels/.rels", ""), ("word/_rels/document.xml.rels", "word/")] {
            for (tag, attributes) in by_part[rels].iter().filter(|(tag, _)| tag == "Relationship") {
                let target = format!("{folder}{}", attributes["Target"]);
                assert!(parts.contains_key(&target), "{tag}: {target} is not there");
                ids.insert(attributes["Id"].clone());
            }
        }
        let body = &by_part["word/document.xml"];
        for (tag, attributes) in body {
            for name in ["r:embed", "r:id"] {
                if let Some(id) = attributes.get(name) {
                    assert!(ids.contains(id), "{tag}: {id} is no relation");
                }
            }
        }
        let types = &by_part["[Content_Types].xml"];
        for name in parts.keys() {
            let ending = name.rsplit('.').next().unwrap();
            let named = types.iter().any(|(_, one)| {
                one.get("PartName") == Some(&format!("/{name}"))
                    || one.get("Extension").is_some_and(|e| e == ending)
            });
            assert!(named, "{name} has no type");
        }
        // What the page holds.
        let page = render(&dir, lang).unwrap();
        let html = page.html.as_str();
        let count = |tag: &str| body.iter().filter(|(name, _)| name == tag).count();
        // Tables that show the first rows of a long file only are for the screen.
        let html = without_cut_tables(html);
        assert_eq!(count("w:tbl"), html.matches("<table").count(), "tables");
        assert_eq!(count("w:drawing"), html.matches("<figure>").count(), "pictures");
        for (name, svg) in &page.charts {
            let held = parts.values().any(|bytes| bytes == svg.as_bytes());
            assert!(held, "{name} is not in the document");
        }
        let styled = |style: &str| {
            body.iter()
                .filter(|(tag, one)| {
                    tag == "w:pStyle" && one.get("w:val").is_some_and(|v| v == style)
                })
                .count()
        };
        assert_eq!(styled("Heading1"), html.matches("<h2>").count(), "headings");
        assert_eq!(styled("Heading2"), html.matches("<h3").count(), "sheets");
        let rows = html.matches("<tr").count();
        assert_eq!(count("w:tr"), rows, "rows");
    }
}

#[test]
fn the_page_says_the_question_three_answers_and_their_intervals() {
    let dir = smoke();
    let titles = json(&dir.join("summary.json"))["titles"].clone();
    for (lang, words) in [
        (Lang::En, ["Asked: ", "<b>Minutes.</b>", "<b>Money.</b>", "<b>Load.</b>", "noise"]),
        (Lang::Zh, ["问题：", "<b>时间。</b>", "<b>资金。</b>", "<b>负荷。</b>", "模拟噪声"]),
    ] {
        let page = render(&dir, lang).unwrap().html;
        let head = page.split("<nav").next().unwrap();
        assert!(head.contains(titles[lang.code()].as_str().unwrap()));
        for word in words {
            assert!(head.contains(word), "{word}");
        }
        // Without a capacity the page says which commands give one.
        assert!(page.contains("--capacity capacity.json"), "{lang:?}");
    }
}

#[test]
fn an_export_with_a_capacity_says_the_headroom_and_leaves_the_run_as_it_was() {
    let dir = smoke();
    let room = dir.parent().unwrap();
    let before = run_support::files(&dir);
    let report = serde_json::json!({
        "schema": "aftercare.load/1", "store": "journal", "scenario": "smoke", "verdict": "ok",
        "capacity_per_s": 90_000.0, "capacity_is_a_lower_bound": false,
        "objective": {"kind": null, "quantile": 0.99, "ms": 50.0},
    });
    fs::write(room.join("capacity.json"), report.to_string()).unwrap();
    let export = |more: &[&str]| {
        let mut command = run_support::program(room);
        command.args(["export", "smoke"]).args(more);
        command
    };
    export(&["--html", "--docx", "--capacity", "capacity.json", "--out", "told"])
        .assert()
        .success();
    let page = fs::read_to_string(room.join("told/report.html")).unwrap();
    let peak = json(&dir.join("summary.json"))["throughput"]["peak_requests_per_s"]["mean"]
        .as_f64()
        .unwrap();
    let cities = (90_000.0 / peak).floor() as u64;
    let grouped = if cities >= 1000 {
        format!("{},{:03}", cities / 1000, cities % 1000)
    } else {
        cities.to_string()
    };
    assert!(page.contains("the store “journal” took 90,000 requests a second"), "the capacity");
    assert!(page.contains(&format!("so {grouped} such cities would fit")), "{grouped} cities");
    assert!(page.contains("journal: 5.40 million a minute"), "the line of the picture");
    assert!(!page.contains("--capacity capacity.json"), "no command where there is a capacity");
    let zh = fs::read_to_string(room.join("told/report.zh.html")).unwrap();
    assert!(zh.contains("存储“journal”在容量测试中每秒承受"), "Chinese");
    assert!(room.join("told/report.zh.docx").exists());
    assert_eq!(run_support::files(&dir), before, "the run's folder");
    fs::write(room.join("other.json"), "{\"schema\": \"aftercare.summary/1\"}").unwrap();
    let wrong = export(&["--html", "--capacity", "other.json", "--out", "wrong"]).assert().code(2);
    let said = run_support::text(&wrong.get_output().stderr);
    assert!(said.contains("other.json") && said.contains("aftercare load"), "{said}");
    export(&["--capacity", "capacity.json", "--out", "alone"]).assert().code(2);
}
