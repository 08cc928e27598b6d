//! The report of a run as a reader without the program gets it: paper holds what a director reads, heads have
//! units, no number is without a meaning, every sheet names its baseline, the page works offline.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod run_support;

use aftercare::report::{Lang, render};
use run_support::{LANGS, json, smoke};

/// The page without its pictures and without what paper does not hold.
fn paper(lang: Lang) -> String {
    let page = render(&smoke(), lang).unwrap().html;
    let drop = |page: &str, open: &str, close: &str| {
        let mut pieces = page.split(open);
        let first = pieces.next().unwrap().to_owned();
        pieces.map(|piece| piece.split_once(close).unwrap().1).fold(first, |all, one| all + one)
    };
    drop(&drop(&page, "<svg", "</svg>"), "<details class=\"cut\">", "</details>")
}

/// The texts between tags.
fn texts(html: &str) -> Vec<String> {
    let body = html.split("</style>").nth(1).unwrap();
    let texts =
        body.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text.trim());
    texts.filter(|text| !text.is_empty()).map(str::to_owned).collect()
}

#[test]
fn paper_holds_twenty_pages_of_rows_and_names_the_files_of_the_rest() {
    for lang in LANGS {
        let (page, paper) = (render(&smoke(), lang).unwrap().html, paper(lang));
        let rows = |html: &str| html.matches("<tr").count();
        // About 20 rows a page beside the pictures; the list of assumed inputs alone has hundreds.
        assert!(rows(&paper) < 400, "{lang:?}: {} rows on paper", rows(&paper));
        assert!(rows(&page) > rows(&paper) + 300, "{lang:?}: the screen holds the long lists");
        for list in page.split("<details class=\"cut\">").skip(1) {
            let title = list.split("</summary>").next().unwrap();
            let named = [".csv</code>", ".json</code>"].iter().any(|file| title.contains(file));
            assert!(named, "{lang:?}: {title} names no file");
        }
        assert!(page.contains("id=\"short\""), "{lang:?}: no box for the short print");
    }
}

#[test]
fn no_number_is_without_a_meaning() {
    for lang in LANGS {
        for text in texts(&paper(lang)) {
            for bad in ["NaN", "inf", "0 to 0", "0 至 0", "null"] {
                let word = text.split([' ', '(', '（']).any(|word| word == bad) || text == bad;
                assert!(!word, "{lang:?}: {text}");
            }
            let minus_zero = |word: &str| {
                let digits = word.strip_prefix(['−', '-']).unwrap_or_default();
                !digits.is_empty() && digits.bytes().all(|b| b"0.,%".contains(&b))
            };
            assert!(!text.split([' ', '（', '(', '）', ')']).any(minus_zero), "{lang:?}: {text}");
        }
    }
}

#[test]
fn heads_of_the_group_and_station_tables_have_units() {
    for (lang, units) in [(Lang::En, ["min", "%", "hare"]), (Lang::Zh, ["分钟", "%", "占比"])] {
        let page = render(&smoke(), lang).unwrap().html;
        let who = page.split("<section id=\"who\">").nth(1).unwrap();
        let who = who.split("</section>").next().unwrap();
        let table = who.rsplit("<thead>").next().unwrap().split("</thead>").next().unwrap();
        for head in table.split("<th ").skip(2) {
            assert!(units.iter().any(|unit| head.contains(unit)), "{lang:?}: {head}");
        }
    }
}

#[test]
fn every_sheet_of_objections_names_the_baseline_and_every_question_has_an_answer() {
    let baseline = json(&smoke().join("summary.json"))["baseline"].as_str().unwrap().to_owned();
    for lang in LANGS {
        let paper = paper(lang);
        let parties = paper.split("<section id=\"parties\">").nth(1).unwrap();
        let parties = parties.split("</section>").next().unwrap();
        let sheets: Vec<&str> = parties.split("<h3 class=\"sheet\">").skip(1).collect();
        assert_eq!(sheets.len(), 4, "hospital, bank, finance, audit");
        for sheet in sheets {
            let (head, body) = sheet.split_once("</thead>").unwrap();
            assert!(head.contains(&baseline), "{lang:?}: {head}");
            for row in body.split("<tr").skip(1) {
                let answer = row.split("<td>").nth(1).unwrap().split("</td>").next().unwrap();
                assert!(answer.chars().count() > 8, "{lang:?}: {row}");
            }
        }
        let quote = paper.split("<section id=\"quote\">").nth(1).unwrap();
        let quote = quote.split("</section>").next().unwrap();
        assert!(quote.contains(&baseline), "{lang:?}: {quote}");
        let paragraphs: Vec<&str> = quote.split("<blockquote").skip(1).collect();
        assert_eq!(paragraphs.len(), 2, "both languages");
        for told in paragraphs {
            assert_eq!(told.matches("95%").count(), 1, "one interval, told once: {told}");
        }
    }
}

#[test]
fn the_told_visit_has_a_stop_less_and_the_page_says_how_it_was_chosen() {
    let story = json(&smoke().join("story.json"));
    let visit = &story["visit"];
    let standing = &visit["standing"];
    let count = |key: &str| standing[key].as_u64().unwrap();
    assert!(count("stop_less") > 0 && count("stop_less") <= count("users"), "{standing}");
    let arms = visit["arms"].as_array().unwrap();
    let [before, after] = [&arms[0], &arms[arms.len() - 1]];
    assert!(before["stops"].as_u64() > after["stops"].as_u64(), "a stop less");
    let exit = |arm: &serde_json::Value| arm["exit_ms"].as_i64().unwrap();
    let half = &standing["chosen_from"]["half_ms"];
    assert_eq!(half.as_i64().unwrap(), exit(before) - exit(after), "the middle one");
    for (lang, words) in [(Lang::En, "less often than under"), (Lang::Zh, "缴费停留少于")] {
        let paper = paper(lang);
        let day = paper.split("<section id=\"day\">").nth(1).unwrap();
        let day = day.split("</section>").next().unwrap();
        assert!(day.contains(words) && day.contains("mobile_2023"), "{lang:?}");
        for key in ["users", "stop_less", "saved_less"] {
            assert!(day.contains(&count(key).to_string()), "{lang:?}: {key}");
        }
    }
}
