//! The sensitivity page: made from a real analysis, in both languages, self-contained, the strongest input on top.

use aftercare::experiment::{Frame, Looks, Sensitivity};
use aftercare::report::{Lang, Rendered, study};
use serde_json::Value;
use std::path::Path;

const DRAWN: &str = "credit.drawn_total";
const STRONG: &str = "behaviour.use_of_line.outpatient_share";
const WEAK: &str = "credit.sanctions.penalty_rate_per_day";
const ODD: &str = "inpatient.means.at_once.lognormal.mean_months";

fn frame() -> Frame {
    Frame {
        scenario: Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/smoke.toml"),
        set: Vec::new(),
        seed: Some(7),
        replications: Some(2),
        days: Some(1),
        population: Some(1_500),
    }
}

fn words(list: &[&str]) -> Vec<String> {
    list.iter().map(|word| (*word).to_owned()).collect()
}

/// The weak input is named first; the strong one must come out on top all the same.
fn document(metrics: &[&str]) -> Value {
    let inputs = words(&[&format!("{WEAK}=0..0.0006"), &format!("{STRONG}=0..0.9")]);
    let looks = Looks {
        trajectories: 2,
        sobol: 2,
        stresses: words(&["bad year: behaviour.repayment.miss_due_share=0.5"]),
    };
    let found = Sensitivity::with(&frame(), &inputs, &words(metrics), &looks).expect("inputs");
    found.run(&mut |_: aftercare::sim::Progress| true).expect("runs")
}

fn page(document: &Value, lang: Lang) -> Rendered {
    study(document, lang).expect("drawn").expect("a page")
}

fn place(text: &str, part: &str) -> usize {
    text.find(part).unwrap_or_else(|| panic!("`{part}` is not there"))
}

fn loads_nothing(html: &str) {
    for banned in ["NaN", "inf%", "http://", "https://", "src=", "@import", "url(", "<script"] {
        assert!(!html.contains(banned), "{banned}");
    }
    assert!(html.contains("sensitivity.csv"), "the table behind the pictures is named");
}

#[test]
fn the_strong_input_is_on_top_in_both_languages_and_the_page_loads_nothing() {
    let document = document(&[DRAWN]);
    let table = [
        (
            Lang::En,
            ["Visits of holders put on the line", "Penalty interest"],
            ["0 %", "90 %", "0.06 % a day", "Drawn, yuan", "bad year", "Morris"],
        ),
        (
            Lang::Zh,
            ["开通者就诊用信比例", "罚息"],
            ["0%", "90%", "每日 0.06%", "支用金额（元）", "bad year", "Morris"],
        ),
    ];
    for (lang, [strong, weak], said) in table {
        let page = page(&document, lang);
        let names: Vec<&str> = page.charts.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["tornado_1"]);
        let svg = &page.charts[0].1;
        assert!(svg.contains(strong) && !svg.contains(weak), "what moves nothing is not drawn");
        assert!(svg.contains("<title>") && svg.contains("<desc>"), "for those who cannot see");
        for part in said {
            assert!(page.html.contains(part), "{part}: {}", page.html);
        }
        let answer = &page.html[place(&page.html, "class=\"answer\"")..];
        assert!(place(answer, strong) < place(answer, weak), "the answer names the strong one");
        for key in [STRONG, WEAK] {
            assert!(page.html.contains(&format!("<code>{key}</code>")), "{key} can be looked up");
        }
        loads_nothing(&page.html.replace("http://www.w3.org/2000/svg", ""));
    }
}

#[test]
fn figures_that_nothing_moves_say_so_and_none_is_left_out() {
    let inputs = words(&[&format!("{ODD}=4..20")]);
    let found = Sensitivity::new(&frame(), &inputs, &[], 0).expect("an input");
    let document = found.run(&mut |_: aftercare::sim::Progress| true).expect("runs");
    let asked = document["order"].as_array().expect("figures").len();
    assert!(asked >= 6, "minutes, lines, yuan and losses are looked at unasked: {asked}");
    let html = page(&document, Lang::En).html;
    let pictures = html.matches("<figure").count();
    let without = html.matches("No input moves this figure").count();
    assert_eq!(pictures + without, asked);
    assert!(without > 0, "ready money for stays moves no outpatient's minutes");
}

#[test]
fn the_command_leaves_the_page_in_both_languages_beside_its_table() {
    let room = tempfile::tempdir().expect("a folder");
    let out = room.path().join("sens");
    let ended = assert_cmd::Command::cargo_bin("aftercare")
        .expect("the program")
        .arg("sensitivity")
        .arg(frame().scenario)
        .args(["--inputs", &format!("{STRONG}=0..0.9"), "--population", "1000", "--days", "1"])
        .args(["--replications", "1", "--out"])
        .arg(&out)
        .ok();
    assert!(ended.is_ok(), "{ended:?}");
    let read = |name: &str| std::fs::read_to_string(out.join(name)).expect(name);
    assert!(read("report.html").contains("Which inputs matter"));
    assert!(read("report.zh.html").contains("哪些输入最关键"));
    assert!(read("charts/tornado_1.svg").starts_with("<svg"));
    assert!(read("sensitivity.csv").lines().count() > 8, "both ends of each figure");
}
