//! The report of a run folder, as its readers get it. The sample's numbers are invented; the pictures
//! are left in the target's `tmp/report_sample` to be looked at.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::path::{Path, PathBuf};

use aftercare::archive::{Manifest, RunWriter, history};
use aftercare::report::{Lang, Rendered, headline, render};
use serde_json::{Value, json};

mod run_support;
use run_support::LANGS;

const CHARTS: [&str; 8] = [
    "time_in_hospital",
    "payment_by_age",
    "cashier_wait_by_hour",
    "waits_by_station",
    "saved_minutes",
    "hospitals",
    "outstanding",
    "losses_by_bearer",
];

fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/run_sample")
}

fn summary() -> Value {
    serde_json::from_slice(&fs::read(sample().join("summary.json")).unwrap()).unwrap()
}

/// Renders the sample with another summary and without some tables.
fn render_with(summary: &Value, without: &[&str], lang: Lang) -> Rendered {
    let room = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(sample()).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if !without.contains(&name.as_str()) {
            fs::copy(entry.path(), room.path().join(name)).unwrap();
        }
    }
    fs::write(room.path().join("summary.json"), serde_json::to_vec(summary).unwrap()).unwrap();
    render(room.path(), lang).unwrap()
}

/// Checks that tags nest and close, as in XML with HTML's void elements.
fn assert_well_formed(what: &str, text: &str) {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = text;
    if let Some((before, after)) = rest.split_once("<style>") {
        assert!(!before.contains("<script") && !after.contains("<script"), "{what} has a script");
    }
    while let Some(at) = rest.find('<') {
        let end = at + rest[at..].find('>').unwrap_or_else(|| panic!("{what}: unclosed tag"));
        let tag = &rest[at + 1..end];
        rest = &rest[end + 1..];
        let name = tag.trim_start_matches('/').split([' ', '\n', '/']).next().unwrap();
        if tag.starts_with('!') || tag.ends_with('/') || matches!(name, "meta" | "br") {
            continue;
        }
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name), "{what}: </{name}> closes another tag");
        } else {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{what}: {open:?} stay open");
}

/// The text that a reader sees, without names, foreign data and style.
fn visible_text(html: &str) -> String {
    let mut text = String::new();
    let mut hidden: Option<&str> = None;
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        if hidden.is_none() {
            text.push_str(&rest[..at]);
            text.push(' ');
        }
        let end = at + rest[at..].find('>').unwrap();
        let tag = &rest[at + 1..end];
        let name = tag.trim_start_matches('/').split([' ', '\n']).next().unwrap();
        let hides = matches!(name, "style" | "code" | "pre")
            || tag.contains("class=\"data\"")
            || matches!(name, "a" | "blockquote") && tag.contains("lang=\"en\"");
        match hidden {
            Some(waiting) if tag.starts_with('/') && name == waiting => hidden = None,
            None if hides && !tag.starts_with('/') => hidden = Some(name),
            _ => {}
        }
        rest = &rest[end + 1..];
    }
    text
}

#[test]
fn every_page_and_chart_is_whole_and_offline() {
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("report_sample");
    fs::create_dir_all(&out).unwrap();
    for lang in LANGS {
        let page = render(&sample(), lang).unwrap();
        assert_well_formed("page", &page.html);
        assert!(page.html.starts_with("<!DOCTYPE html>"), "{:?}", &page.html[..60]);
        for banned in ["NaN", "inf%", "http://", "https://", "src=", "@import", "url("] {
            let html = page.html.replace("http://www.w3.org/2000/svg", "");
            assert!(!html.contains(banned), "{banned} in the page");
        }
        let names: Vec<_> = page.charts.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, CHARTS);
        for (name, svg) in &page.charts {
            assert_well_formed(name, svg);
            assert!(page.html.contains(svg.as_str()), "{name} is not in the page");
            assert!(svg.contains("<text") && !svg.contains("NaN"), "{name}");
            fs::write(out.join(format!("{name}.{}.svg", lang.code())), svg).unwrap();
        }
        fs::write(out.join(format!("report.{}.html", lang.code())), &page.html).unwrap();
    }
}

#[test]
fn the_page_holds_the_figures_of_the_summary_with_their_intervals() {
    let cases = [
        (Lang::En, "0.42 minutes (25 s) less"),
        (Lang::En, "<b>0.42</b> <small>0.39 to 0.45</small>"),
        (Lang::En, "<b>CNY 402,310</b> <small>384,110 to 420,510</small>"),
        (Lang::En, "<b>1.32%</b> <small>1.25 to 1.39%</small>"),
        (Lang::En, "of which credit insurer"),
        (Lang::En, "<b>0 fen</b>"),
        (Lang::En, "institution not in the scheme"),
        (Lang::En, "(5.8% of all): 5.3 minutes less"),
        (Lang::En, "a sample of whole hospitals"),
        (Lang::En, "<code>some_new_counter</code>"),
        (Lang::En, "The two agree within their intervals."),
        (Lang::En, "4f0c6a1d9be27f35"),
        (Lang::Zh, "<b>0.42</b> <small>0.39 至 0.45</small>"),
        (Lang::Zh, "<b>40.2 万元</b> <small>38.4 至 42.1 万元</small>"),
        (Lang::Zh, "其中：信用保险公司"),
        (Lang::Zh, "机构未参与"),
    ];
    let pages = LANGS.map(|lang| render(&sample(), lang).unwrap().html);
    for (lang, words) in cases {
        let page = &pages[usize::from(lang == Lang::Zh)];
        assert!(page.contains(words), "{words} is missing");
    }
}

#[test]
fn every_caption_that_speaks_of_a_saving_names_its_baseline() {
    let page = render(&sample(), Lang::En).unwrap().html;
    let sentences = visible_text_with_names(&page);
    assert!(
        sentences.contains("Against mobile payment before each step (mobile_2023), an average")
    );
    for (i, _) in page.match_indices("<p class=\"caption\"") {
        let caption = page[i..].split("</p>").next().unwrap();
        if caption.to_lowercase().contains("saving") {
            assert!(caption.contains("mobile_2023"), "{caption}");
        }
    }
    let page = render(&sample(), Lang::Zh).unwrap();
    for name in ["saved_minutes", "hospitals"] {
        let svg = &page.charts.iter().find(|chart| chart.0 == name).unwrap().1;
        assert!(svg.contains("mobile_2023"), "{name} does not name its baseline");
    }
}

fn visible_text_with_names(html: &str) -> String {
    visible_text(&html.replace("<code>", "").replace("</code>", ""))
}

#[test]
fn the_chinese_page_has_no_english_words_but_names() {
    let summary = summary();
    let html = render_with(&summary, &["hospitals.csv"], Lang::Zh).html;
    let text = visible_text(&html);
    let known = ["mobile_2023", "windows_2015", "t", "Monte", "quot", "amp"];
    let mut strange: Vec<&str> = text
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .filter(|word| word.bytes().any(|b| b.is_ascii_alphabetic()))
        .filter(|word| !known.contains(word))
        .collect();
    strange.sort_unstable();
    strange.dedup();
    assert!(strange.is_empty(), "{strange:?}");
}

#[test]
fn what_the_run_did_not_leave_is_left_out_and_said() {
    let tables = [
        "by_group.csv",
        "by_hour.csv",
        "daily.csv",
        "stations.csv",
        "hospitals.csv",
        "saved_histogram.csv",
        "credit_buckets.csv",
        "funds.csv",
        "losses.csv",
        "refusals.csv",
        "assumptions.csv",
        "manifest.json",
    ];
    let page = render_with(&summary(), &tables, Lang::En);
    assert_well_formed("bare page", &page.html);
    // The stacked bars need the summary only; the rest has no data.
    let names: Vec<_> = page.charts.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["time_in_hospital"]);
    assert!(page.html.contains("Not shown, because the run left no data for it: Waiting at the"));
    assert!(page.html.contains("aftercare run scenarios/xiamen.toml --seed 1 --replications 5"));
}

#[test]
fn an_empty_summary_still_makes_a_page_that_claims_nothing() {
    for lang in LANGS {
        let tables = ["by_hour.csv", "losses.csv", "hospitals.csv", "credit_buckets.csv"];
        let page = render_with(&json!({}), &tables, lang);
        assert_well_formed("empty page", &page.html);
        assert!(!page.html.contains("NaN"));
    }
    let page = render_with(&json!({}), &[], Lang::En);
    assert!(page.html.contains("left no visits that can be compared"));
}

#[test]
fn one_replication_prints_dashes_and_says_why() {
    let mut one = summary();
    drop_intervals(&mut one);
    one["replications"] = json!(1);
    let page = render_with(&one, &[], Lang::En);
    assert!(page.html.contains("<b>0.42</b> <small>—</small>"));
    assert!(page.html.contains("One replication: no interval can be given"));
    assert!(!page.html.contains("Student"));
}

fn drop_intervals(value: &mut Value) {
    match value {
        Value::Object(map) => map.iter_mut().for_each(|(key, inner)| {
            if key == "ci95" {
                *inner = Value::Null;
            } else {
                drop_intervals(inner);
            }
        }),
        Value::Array(items) => items.iter_mut().for_each(drop_intervals),
        _ => {}
    }
}

#[test]
fn unbalanced_books_are_an_alarm_on_the_first_screen() {
    let mut broken = summary();
    broken["settlement"]["ledger_imbalance_fen"] = json!(3);
    let page = render_with(&broken, &[], Lang::En).html;
    let alarm = page.find("role=\"alert\"").unwrap();
    assert!(alarm < page.find("class=\"answer\"").unwrap());
    assert!(page.contains("but the books do not balance"));
    assert!(headline(&broken, Lang::En, 80).contains("invalid"));
}

#[test]
fn names_from_the_run_cannot_become_markup() {
    let mut hostile = summary();
    hostile["titles"]["en"] = json!("<script>alert(1)</script>");
    hostile["baselines"][0]["title_en"] = json!("<img onerror=x>");
    hostile["approximations"]["<b>x"] = json!(1);
    let page = render_with(&hostile, &[], Lang::En).html;
    assert!(!page.contains("<script") && !page.contains("<img") && !page.contains("<b>x"));
    assert_well_formed("hostile page", &page);
}

#[test]
fn the_terminal_table_fits_80_columns_in_both_languages() {
    for lang in LANGS {
        let text = headline(&summary(), lang, 80);
        for line in text.lines() {
            let wide = line.chars().filter(|c| ('\u{2e80}'..'\u{ffe7}').contains(c)).count();
            assert!(line.chars().count() + wide <= 80, "{line}");
        }
        assert!(!text.contains('\u{1b}'), "colour in plain text");
        assert!(text.contains("mobile_2023") && text.contains("windows_2015"), "{text}");
        assert!(text.contains("0.42"), "{text}");
        let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("report_sample");
        fs::create_dir_all(&out).unwrap();
        fs::write(out.join(format!("headline.{}.txt", lang.code())), text).unwrap();
    }
}

#[test]
fn a_report_made_before_the_move_is_the_report_of_the_finished_folder() {
    let room = tempfile::tempdir().unwrap();
    let dir = room.path().join("xiamen");
    let mut run = RunWriter::create(&dir, false).unwrap();
    for name in ["summary.json", "by_hour.csv", "losses.csv", "assumptions.csv"] {
        run.write(name, &fs::read(sample().join(name)).unwrap()).unwrap();
    }
    let early = Manifest { input_hash: "abc".into(), seed: 1, ..Manifest::default() };
    run.draft(&early).unwrap();
    for lang in LANGS {
        let page = render(run.path(), lang).unwrap();
        run.write(&format!("report.{}.html", lang.code()), page.html.as_bytes()).unwrap();
    }
    let late = Manifest { threads: 7, finished_at: "2026-11-22T00:00:00Z".into(), ..early };
    run.finish(late).unwrap();
    assert!(history::verify(&dir).unwrap().is_sound());
    for lang in LANGS {
        let stored = fs::read_to_string(dir.join(format!("report.{}.html", lang.code()))).unwrap();
        assert_eq!(render(&dir, lang).unwrap().html, stored);
    }
}
