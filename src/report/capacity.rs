//! The capacity page: what a city's peak minute asks of each tier, what was measured, and what saturates
//! first, English and Chinese side by side. Must never compute: every number comes from the command's
//! own answer.

use super::charts::{KneePoint, KneeView, draw_knee};
use super::headroom::multiple;
use super::numbers::{decimal, telling};
use super::page::escape;
use super::{Lang, Result};
use serde_json::Value;
use std::fmt::Write;

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}\
table{border-collapse:collapse;width:100%;margin:1rem 0}th,td{border-bottom:1px solid #ccc;padding:.35rem .5rem;\
text-align:left;vertical-align:top}td.n,th.n{text-align:right}td.n{white-space:nowrap}th small{display:block;font-weight:400}tr.first{font-weight:600}small{color:#555}\
svg{max-width:100%;height:auto}.scroll{overflow-x:auto}\
@media print{@page{size:A4;margin:14mm}body{max-width:none;margin:0;padding:0;font-size:9.5pt}h1,h2,thead,p.caption{break-after:avoid}\
tr,figure,li{break-inside:avoid}figure{margin:8pt 0}.scroll{overflow:visible}}";

/// Columns of the file behind the pictures: the steps of each store's search.
pub const CAPACITY_STEPS: [&str; 4] = ["store", "offered_per_s", "p50_ms", "p99_ms"];

/// Words of a tier and of its systems.
const WORDS: [(&str, &str); 7] = [
    ("hospital", "Busiest hospital's system 最忙医院信息系统"),
    ("network", "Network 专网"),
    ("city_core", "City core 市级核心"),
    ("bank", "Bank 银行"),
    ("province_hub", "Province hub 省级平台"),
    ("stores", "Stores 存储"),
    ("peers", "Peers 对照"),
];

fn word(key: &str) -> &str {
    WORDS.iter().find(|(known, _)| *known == key).map_or(key, |(_, word)| word)
}

/// The rows of that file.
pub fn capacity_steps(answer: &Value) -> Vec<[String; 4]> {
    let row = |store: &Value, step: &Value| {
        let figures = CAPACITY_STEPS[1..].iter().map(|key| step[*key].to_string());
        let name = store["store"].as_str().unwrap_or_default().to_owned();
        let mut cells = std::iter::once(name).chain(figures);
        std::array::from_fn(|_| cells.next().unwrap_or_default())
    };
    list(&answer["stores"])
        .flat_map(|store| list(&store["steps"]).map(move |step| row(store, step)))
        .collect()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// The page for the answer of `load headroom --format json`; the file `csv` beside it holds the numbers of
/// its pictures.
pub fn capacity(answer: &Value, csv: &str) -> Result<String> {
    let text = |key: &str| escape(answer[key].as_str().unwrap_or_default());
    let number = |key: &str| decimal(answer[key].as_f64().unwrap_or(0.0), 0);
    let mut html = String::from(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><title>Capacity 容量</title>",
    );
    // Writing to a String cannot fail.
    let _ = write!(
        html,
        "<style>{STYLE}</style></head><body><h1>Capacity <small>容量</small></h1><p>{}, {} people recorded of {}, {}. \
         录制 {} 人，全市 {} 人。</p>",
        text("scenario"),
        number("people_recorded"),
        number("people"),
        text("day"),
        number("people_recorded"),
        number("people"),
    );
    tiers(answer, &mut html);
    verdicts(answer, &mut html);
    calls(answer, &mut html);
    for store in list(&answer["stores"]) {
        for lang in [Lang::En, Lang::Zh] {
            if let Some(svg) = draw_knee(&knee(store), lang)? {
                let _ = write!(html, "<figure>{svg}</figure>");
            }
        }
        steps(store, csv, &mut html);
    }
    Ok(html + "</body></html>\n")
}

fn tiers(answer: &Value, html: &mut String) {
    html.push_str(
        "<h2>Peak minute by tier <small>各层级峰值分钟</small></h2><div class=\"scroll\"><table><thead><tr><th>Tier <small>层级</small></th>\
         <th>Store <small>存储</small></th><th class=\"n\">Requests/s <small>每秒请求</small></th><th class=\"n\">Capacity/s \
         <small>每秒容量</small></th><th class=\"n\">Headroom, times the peak <small>余量（峰值的倍数）</small></th>\
         <th class=\"n\">Such cities that fit <small>可容城市数</small></th></tr></thead>",
    );
    let first = answer["first_to_saturate"].as_str().unwrap_or_default();
    for row in answer["tiers"].as_array().into_iter().flatten() {
        let tier = row["tier"].as_str().unwrap_or_default();
        let number = |key: &str, places: usize| {
            row[key].as_f64().map_or_else(|| "–".to_owned(), |value| decimal(value, places))
        };
        let class = if tier == first { " class=\"first\"" } else { "" };
        let _ = write!(
            html,
            "<tr{class}><td>{}</td><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td>\
             <td class=\"n\">{}</td></tr>",
            escape(word(tier)),
            escape(row["store"].as_str().unwrap_or("–")),
            number("demand_per_s", 1),
            number("capacity_per_s", 0),
            row["headroom"].as_f64().map_or_else(|| "–".to_owned(), multiple),
            number("cities", 0),
        );
    }
    let _ = write!(
        html,
        "</table></div><p>First to saturate: <strong>{}</strong>. 最先饱和：<strong>{}</strong>。</p>",
        escape(word(first)),
        escape(word(first))
    );
}

/// What the capacity test said of itself: a rate is worth no more than its verdict.
fn verdicts(answer: &Value, html: &mut String) {
    html.push_str("<ul>");
    for store in answer["stores"].as_array().into_iter().flatten() {
        let said = super::words::verdict(store["verdict"].as_str().unwrap_or_default());
        let (en, zh) = if store["at_least"] == true {
            ("; at least this rate, more was not tried", "；至少如此，未试更高速率")
        } else if store["capacity_per_s"].is_null() {
            ("; no rate was found within the objective", "；未找到满足目标的速率")
        } else {
            ("", "")
        };
        let _ = write!(
            html,
            "<li>{}: {}{en}. {}{zh}。</li>",
            escape(store["store"].as_str().unwrap_or("–")),
            escape(said.of(Lang::En)),
            escape(said.of(Lang::Zh)),
        );
    }
    html.push_str("</ul>");
}

fn calls(answer: &Value, html: &mut String) {
    html.push_str(
        "<h2>Requests of the day <small>全天请求</small></h2><table><thead><tr><th>Command <small>命令</small></th>\
         <th class=\"n\">Requests <small>请求数</small></th><th class=\"n\">Requests a visit <small>每次就诊请求数</small></th></tr></thead>",
    );
    for (name, row) in answer["by_command"].as_object().into_iter().flatten() {
        let number = |key: &str, places| decimal(row[key].as_f64().unwrap_or(0.0), places);
        let _ = write!(
            html,
            "<tr><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
            escape(name),
            number("requests", 0),
            number("a_visit", 3)
        );
    }
    html.push_str("</table>");
}

/// The table behind a store's picture.
fn steps(store: &Value, csv: &str, html: &mut String) {
    let mut rows = list(&store["steps"]).peekable();
    if rows.peek().is_none() {
        return;
    }
    let _ = write!(
        html,
        "<p class=\"caption\">Behind the picture of {name}: its steps, as in <code>{csv}</code>. \
         <small>{name} 图中数据，见 <code>{csv}</code>。</small></p><div class=\"scroll\"><table><thead><tr>\
         <th>Offered, requests/s <small>施加负荷（请求/秒）</small></th>\
         <th class=\"n\">Median, ms <small>中位数（毫秒）</small></th>\
         <th class=\"n\">99th percentile, ms <small>第99百分位数（毫秒）</small></th></tr></thead>",
        name = escape(store["store"].as_str().unwrap_or("–")),
        csv = escape(csv),
    );
    for step in rows {
        let number = |key: &str, places| telling(step[key].as_f64().unwrap_or(0.0), places);
        let _ = write!(
            html,
            "<tr><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
            number("offered_per_s", 0),
            number("p50_ms", 3),
            number("p99_ms", 3),
        );
    }
    html.push_str("</table></div>");
}

/// The steps of a store's search.
fn knee(store: &Value) -> KneeView {
    let number = |value: &Value, key: &str| value[key].as_f64().unwrap_or(0.0);
    let points = store["steps"].as_array().into_iter().flatten().map(|step| KneePoint {
        offered_per_s: number(step, "offered_per_s"),
        p50_ms: number(step, "p50_ms"),
        p99_ms: number(step, "p99_ms"),
    });
    KneeView {
        name: store["store"].as_str().unwrap_or_default().to_owned(),
        points: points.collect(),
        capacity_per_s: store["capacity_per_s"].as_f64(),
        objective_ms: store["objective_ms"].as_f64(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_page_says_what_saturates_first_and_draws_the_knee() {
        let step =
            |rate: f64, ms: f64| json!({"offered_per_s": rate, "p50_ms": ms, "p99_ms": ms * 2.0});
        let answer = json!({
            "scenario": "a <city>",
            "day": "2023-11-01",
            "people": 13_000_000,
            "people_recorded": 1_300_000,
            "first_to_saturate": "bank",
            "tiers": [
                {"tier": "bank", "demand_per_s": 200.0, "capacity_per_s": 1_600.0, "headroom": 8.0, "cities": 8},
                {"tier": "city_core", "store": "journal", "demand_per_s": 1_000.0},
            ],
            "by_command": {"settle": {"requests": 5, "a_visit": 1.5}},
            "stores": [{"store": "journal", "steps": [step(10.0, 1.0), step(100.0, 2.0)]}],
        });
        let page = capacity(&answer, "capacity.csv").expect("a page");
        // Each column of numbers says what it counts.
        for head in page.split("<th class=\"n\">").skip(1) {
            let head = head.split("</th>").next().unwrap_or_default();
            let units = ["equests", "/s", "times", "ms", "ities"];
            assert!(units.iter().any(|unit| head.contains(unit)), "{head}");
        }
        assert_eq!(page.matches("<figure>").count(), 2, "the picture in both languages");
        assert!(page.contains("its steps, as in <code>capacity.csv</code>"), "what lies behind it");
        let rows = capacity_steps(&answer);
        assert_eq!(rows[1], ["journal", "100.0", "2.0", "4.0"]);
        for word in [
            "a &lt;city&gt;",
            "13,000,000",
            "Bank 银行",
            "<td class=\"n\">8.0</td>",
            "<svg",
            "1.500",
        ] {
            assert!(page.contains(word), "{word}");
        }
    }
}
