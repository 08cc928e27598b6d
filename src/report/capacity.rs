//! The capacity page: what a city's peak minute asks of each tier, what was measured, and what saturates
//! first, English and Chinese side by side. Must never compute: every number comes from the command's
//! own answer.

use super::charts::{KneePoint, KneeView, draw_knee};
use super::headroom::multiple;
use super::numbers::{decimal, telling, tick};
use super::page::escape;
use super::words::{Text, t};
use super::{Lang, Result};
use serde_json::Value;
use std::fmt::Write;

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}\
table{border-collapse:collapse;width:100%;margin:1rem 0}th,td{border-bottom:1px solid #ccc;padding:.35rem .5rem;\
text-align:left;vertical-align:top}th{vertical-align:bottom}td.n,th.n{text-align:right}td.n{white-space:nowrap}th small{display:block;font-weight:400}tr.first{font-weight:600}small{color:#555}\
svg{max-width:100%;height:auto}.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(26rem,100%),1fr));gap:1rem}figure{margin:1rem 0}td small{white-space:nowrap}\
.scroll{overflow-x:auto}@media print{@page{size:A4;margin:14mm}body{max-width:none;margin:0;padding:0;font-size:9.5pt}thead,p.caption{break-after:avoid}.scroll{overflow:visible}.pair{grid-template-columns:1fr 1fr}.pair,table,h2+p{break-inside:avoid}h2{break-after:avoid}}";

/// Columns of the file behind the pictures: the steps of each store's search.
pub const CAPACITY_STEPS: [&str; 4] = ["store", "offered_per_s", "p50_ms", "p99_ms"];

/// Words of a tier and of a command.
const WORDS: [(&str, Text); 18] = [
    ("hospital", t("Busiest hospital's system", "最忙医院信息系统")),
    ("network", t("Network", "专网")),
    ("city_core", t("City core", "市级核心")),
    ("bank", t("Bank", "银行")),
    ("province_hub", t("Province hub", "省级平台")),
    ("query", t("query", "查询")),
    ("open_line", t("open a line", "开通额度")),
    ("reserve", t("reserve", "预占额度")),
    ("settle", t("settle", "结算")),
    ("reverse", t("reverse", "冲正")),
    ("release", t("release", "释放预占")),
    ("deposit", t("deposit", "押金")),
    ("repay", t("repay", "还款")),
    ("tick", t("end of day", "日终")),
    ("arrears", t("arrears", "欠费处理")),
    ("debit_overdue", t("debit of what is overdue", "逾期扣款")),
    ("pre_settle", t("pre-settle", "预结算")),
    ("lookup", t("look up", "查结算")),
];

fn word(key: &str, lang: Lang) -> &str {
    WORDS.iter().find(|(known, _)| *known == key).map_or(key, |(_, word)| word.of(lang))
}

/// Both languages of a tier or a command.
fn words(key: &str) -> String {
    let [en, zh] = [Lang::En, Lang::Zh].map(|lang| escape(word(key, lang)));
    format!("{en} <small>{zh}</small>")
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
        "<style>{STYLE}</style></head><body><h1>Capacity <small>容量</small></h1><p>{scenario}, {day}: {recorded} of \
         {people} people were recorded and their requests multiplied; the busiest minute began at {peak}. \
         <br>{scenario}，{day}：录制 {recorded} 人（全市 {people} 人），请求按人数放大；最忙的一分钟始于 {peak}。</p>",
        scenario = text("scenario"),
        day = text("day"),
        recorded = number("people_recorded"),
        people = number("people"),
        peak = answer["peak_minute"]
            .as_str()
            .map_or_else(|| "–".to_owned(), |at| escape(&at[at.len().min(11)..])),
    );
    tiers(answer, &mut html);
    verdicts(answer, &mut html);
    calls(answer, &mut html);
    for store in answer["stores"].as_array().into_iter().flatten() {
        let mut pair = String::new();
        for lang in [Lang::En, Lang::Zh] {
            if let Some(svg) = draw_knee(&knee(store), lang)? {
                let _ = write!(pair, "<figure>{svg}</figure>");
            }
        }
        let _ = write!(html, "<div class=\"pair\">{pair}</div>");
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
            words(tier),
            escape(row["store"].as_str().unwrap_or("–")),
            number("demand_per_s", 1),
            number("capacity_per_s", 0),
            row["headroom"].as_f64().map_or_else(|| "–".to_owned(), multiple),
            number("cities", 0),
        );
    }
    let _ = write!(
        html,
        "</table></div><p>First to saturate: <strong>{}</strong>. 最先饱和：<strong>{}</strong>。</p><p><small>Capacities of hospital, \
         network and bank are those of the pools that were described, not measured; of the core, those of the stores measured \
         below. The hub carries {province} people at this city's requests a head. 医院、专网、银行的容量按所述资源池计算，并非实测；\
         核心取下列存储的实测值。省级平台按全省 {province} 人、人均请求与本市相同计。</small></p>",
        escape(word(first, Lang::En)),
        escape(word(first, Lang::Zh)),
        province = decimal(answer["province_people"].as_f64().unwrap_or(0.0), 0),
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
            "<li>{}{}: {}{en}. {}{zh}。</li>",
            escape(store["store"].as_str().unwrap_or("–")),
            objective(store),
            escape(said.of(Lang::En)),
            escape(said.of(Lang::Zh)),
        );
    }
    html.push_str("</ul>");
}

/// The objective that the rate of a store held.
fn objective(store: &Value) -> String {
    let (Some(ms), Some(quantile)) =
        (store["objective_ms"].as_f64(), store["objective_quantile"].as_f64())
    else {
        return String::new();
    };
    format!(" (p{} &lt; {} ms)", tick(100.0 * quantile), tick(ms))
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
            words(name),
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
            "peak_minute": "2023-11-01T08:19:00",
            "province_people": 127_060_000,
            "first_to_saturate": "bank",
            "tiers": [
                {"tier": "bank", "demand_per_s": 200.0, "capacity_per_s": 1_600.0, "headroom": 8.0, "cities": 8},
                {"tier": "city_core", "store": "journal", "demand_per_s": 1_000.0},
            ],
            "by_command": {"settle": {"requests": 5, "a_visit": 1.5}},
            "stores": [{"store": "journal", "objective_ms": 5.0, "objective_quantile": 0.99, "steps": [step(10.0, 1.0), step(100.0, 2.0)]}],
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
            "Bank <small>银行</small>",
            "最先饱和：<strong>银行</strong>",
            "settle <small>结算</small>",
            "(p99 &lt; 5 ms)",
            "08:19:00",
            "127,060,000",
            "<td class=\"n\">8.0</td>",
            "<svg",
            "1.500",
        ] {
            assert!(page.contains(word), "{word}");
        }
    }
}
