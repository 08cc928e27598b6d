//! The page of `validate`: published outcomes and theory cases, English and Chinese side by side. Must never
//! compute: every number comes from the command's own answer.

use super::page::escape;
use serde_json::Value;
use std::fmt::Write;

const STYLE: &str = "body{font:15px/1.5 system-ui,'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif;\
max-width:78rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}.answer{font-size:1.25rem}li{margin:.4rem 0}\
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;min-width:44rem;margin:1rem 0}\
th,td{border-bottom:1px solid #ccc;padding:.35rem .5rem;text-align:left;vertical-align:top}\
td.n{text-align:right;white-space:nowrap}.inside{color:#0a5c36;font-weight:600}\
.outside{color:#b00020;font-weight:600}small{color:#555}td small,td code{display:block;font-weight:400}td code{font-size:.8em;overflow-wrap:anywhere}td p{margin:.4rem 0}\
@media print{@page{size:A4;margin:14mm}body{max-width:none;margin:0;padding:0;font-size:9pt}h1,h2,thead,.answer{break-after:avoid}\
tr{break-inside:avoid}.scroll{overflow:visible}table{min-width:0}th,td{padding:2pt 4pt}td.n{white-space:normal}}";

/// How the comparison is to be read, English and Chinese; `{…}` are closed from the answer.
const HOW: [[&str; 2]; 5] = [
    [
        "Comparable means that the same thing can be counted in the simulation: denominator, patients and hours are \
         known well enough. The list and its definitions were fixed before the first comparison.",
        "“可比”指模型能够统计同一口径：分母、患者与时间范围足够清楚。名单与定义在首次比较之前确定。",
    ],
    [
        "The simulated interval runs from the smallest to the largest value over the same points of the shared uncertain \
         inputs for every city. One set of parameters serves all cities; a city differs by its own facts only.",
        "模拟区间为共同不确定输入各取值点上的最小值至最大值，各城市取点相同；所有城市共用一套参数，差异只来自各自的事实。",
    ],
    [
        "Held out: {cities}. No parameter was chosen with a look at their figures, so they test the model most strictly.",
        "留出城市：{cities}。任何参数的选择都未参考其数据，因此是对模型最严格的检验。",
    ],
    [
        "Skill says how much nearer the simulation comes than copying the mean of the other cities would: 1 is exact, 0 is no \
         nearer, below 0 is further away. Here: {skill}; held-out cities: {held}.",
        "技巧分：与“照搬其他城市均值”相比接近了多少；1为完全一致，0为没有更近，负值为更远。本次：{skill}；留出城市：{held}。",
    ],
    [
        "Inside: interval and published range meet. Outside: they do not; the row stays red, with its likely reason.",
        "相符：模拟区间与报道范围有重叠。不符：没有重叠，保留红色并写明可能原因。",
    ],
];

/// Tables of outcomes: heading in both languages and the rows that belong there.
type Part = (&'static str, &'static str, fn(&str) -> bool);

const PARTS: [Part; 3] = [
    ("Comparable outcomes", "可比的成效", |verdict| matches!(verdict, "inside" | "outside")),
    ("Not comparable, and why", "不可比及原因", |verdict| verdict == "not_comparable"),
    ("Fitted or given: never counted", "用于校准或作为输入：不计入", |verdict| {
        matches!(verdict, "fitted" | "input")
    }),
];

/// The page for the answer of `validate --format json`.
pub fn validation(answer: &Value) -> String {
    let mut html = String::from(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>Validation 验证</title>",
    );
    // Writing to a String cannot fail.
    let _ =
        write!(html, "<style>{STYLE}</style></head><body><h1>Validation <small>验证</small></h1>");
    outcomes(&answer["outcomes"], &mut html);
    theory(answer, &mut html);
    html + "</body></html>\n"
}

fn heading(en: &str, zh: &str, html: &mut String) {
    let _ = write!(html, "<h2>{en} <small>{zh}</small></h2>");
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[][..], Vec::as_slice)
}

fn outcomes(outcomes: &Value, html: &mut String) {
    let rows = list(&outcomes["rows"]);
    if rows.is_empty() {
        return;
    }
    let said = escape(outcomes["said"].as_str().unwrap_or_default());
    let count = |key: &str| outcomes[key].as_u64().unwrap_or(0);
    let (inside, comparable) = (count("inside"), count("comparable"));
    let declared = outcomes["declared"].as_u64();
    let declared = declared.map_or_else(String::new, |n| format!("，事先声明至少{n}项"));
    let _ = write!(
        html,
        "<p class=\"answer\">{said}.</p><p>{comparable}项可比成效中{inside}项相符{declared}。</p>"
    );
    how(outcomes, rows, html);
    for (en, zh, belongs) in PARTS {
        let verdict = |row: &&Value| belongs(row["verdict"].as_str().unwrap_or_default());
        let part: Vec<&Value> = rows.iter().filter(verdict).collect();
        if !part.is_empty() {
            heading(en, zh, html);
            table(&part, html);
        }
    }
}

/// How to read the tables, and which cities were held out.
fn how(outcomes: &Value, rows: &[Value], html: &mut String) {
    let mut cities: Vec<&str> = Vec::new();
    for row in rows.iter().filter(|row| row["held_out"] == true) {
        let city = row["city"].as_str().unwrap_or_default();
        if !cities.contains(&city) {
            cities.push(city);
        }
    }
    let cities = if cities.is_empty() { "–".to_owned() } else { cities.join(", ") };
    let skill = |key: &str| {
        let found = outcomes[key]["skill"].as_f64();
        found.map_or_else(|| "–".to_owned(), |skill| format!("{skill:.2}"))
    };
    let (all, held) = (skill("skill_against_mean_of_others"), skill("skill_held_out"));
    let fill = |text: &str| {
        escape(&text.replace("{cities}", &cities).replace("{skill}", &all).replace("{held}", &held))
    };
    html.push_str("<ul>");
    for [en, zh] in HOW {
        let _ = write!(html, "<li>{}<br><small>{}</small></li>", fill(en), fill(zh));
    }
    html.push_str("</ul>");
}

fn table(rows: &[&Value], html: &mut String) {
    html.push_str(
        "<div class=\"scroll\"><table><thead><tr><th>City 城市</th><th>What is counted 口径</th><th>Published 报道</th>\
         <th>Simulated 模拟</th><th>Verdict 结论</th><th>Why 原因</th></tr></thead>",
    );
    for row in rows {
        let text = |key: &str| escape(row[key].as_str().unwrap_or_default());
        let held = if row["held_out"] == true { "<small>held out 留出</small>" } else { "" };
        let range = match [text("published_from"), text("published_to")] {
            [from, to] if from == to => String::new(),
            [from, to] => format!("<small>{from} – {to}</small>"),
        };
        let _ = write!(
            html,
            "<tr><td>{}<small>{}</small>{held}</td><td>{}<small>{}</small></td><td class=\"n\">{}{range}</td>\
             <td class=\"n\">{}</td><td class=\"{}\">{}<small>{}</small></td><td>{}<small>{}</small>{}</td></tr>",
            text("city"),
            text("as_of"),
            text("definition_en"),
            text("definition_zh"),
            text("published_shown"),
            text("simulated_shown"),
            text("verdict"),
            text("verdict_en"),
            text("verdict_zh"),
            text("why"),
            text("why_zh"),
            proof(row),
        );
    }
    html.push_str("</table></div>");
}

/// What the program itself shows of the reason, or that nothing does.
fn proof(row: &Value) -> String {
    let text = |key: &str| escape(row[key].as_str().unwrap_or_default());
    if row["argument_only"] == true {
        let said = "An argument: no run of the program shows it. 此为推断，没有相应的运行结果。";
        return format!("<em>{said}</em>");
    }
    let commands = row["shown_by"].as_str().unwrap_or_default().split(';');
    let commands = commands.map(str::trim).filter(|command| !command.is_empty());
    let commands: Vec<String> =
        commands.map(|command| format!("<code>{}</code>", escape(command))).collect();
    if commands.is_empty() {
        return String::new();
    }
    let commands = commands.concat();
    format!("<p>{}<small>{}</small></p>{commands}", text("found"), text("found_zh"))
}

fn theory(answer: &Value, html: &mut String) {
    let count = |key: &str| answer[key].as_u64().unwrap_or(0);
    heading("Theory and reference cases", "理论与参考算例", html);
    let _ = write!(
        html,
        "<p>{} passed 通过, {} failed 失败, {} partly 部分, {} not covered 未覆盖.</p>",
        count("passed"),
        count("failed"),
        count("partly"),
        count("not_covered")
    );
    if count("simulated_checks") > 0 {
        let _ = write!(
            html,
            "<p>The simulator itself against exact values: {} checks, {} of their 95 % intervals miss the value (about one in \
             twenty should). 仿真与精确值对照{}项，其中{}项的95%区间未含精确值（约二十分之一属正常）。</p>",
            count("simulated_checks"),
            count("simulated_missed_95"),
            count("simulated_checks"),
            count("simulated_missed_95"),
        );
    }
    html.push_str(
        "<details><summary>All cases 全部算例</summary><div class=\"scroll\"><table>\
         <thead><tr><th>Case 算例</th><th>Topic 主题</th><th>Outputs 输出项</th><th>Result 结果</th></tr></thead>",
    );
    // What failed stands first.
    let (failed, others): (Vec<&Value>, Vec<&Value>) =
        list(&answer["cases"]).iter().partition(|case| case["result"] == "failed");
    for case in failed.into_iter().chain(others) {
        let text = |key: &str| escape(case[key].as_str().unwrap_or_default());
        let class = if case["result"] == "failed" { "outside" } else { "" };
        let _ = write!(
            html,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td class=\"{class}\">{}<small>{}</small></td></tr>",
            text("id"),
            text("topic").replace('_', " "),
            list(&case["outputs"]).len(),
            text("result").replace('_', " "),
            text("message"),
        );
    }
    html.push_str("</table></div></details>");
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn a_disagreement_stands_red_with_its_reason_and_what_is_not_comparable_stands_apart() {
        let row = |id: &str, verdict: &str| {
            json!({
                "id": id, "city": "A & B", "as_of": "2023", "held_out": true, "verdict": verdict,
                "verdict_en": verdict, "verdict_zh": "不符", "published_shown": "1",
                "published_from": "0.9", "published_to": "1.1", "simulated_shown": "2",
                "definition_en": "d", "definition_zh": "定义", "why": format!("<because {id}>"),
                "why_zh": "原因在此", "argument_only": id == "n",
                "shown_by": if id == "o" { "aftercare run a<b; aftercare sweep c" } else { "" },
                "found": "found so",
            })
        };
        let answer = json!({
            "passed": 1, "failed": 1, "partly": 0, "not_covered": 0,
            "cases": [{ "id": "X-1", "topic": "t", "result": "passed" },
                { "id": "X-2", "topic": "t", "result": "failed", "message": "off" }],
            "outcomes": {
                "inside": 1, "comparable": 2, "declared": 1, "said": "1 of 2",
                "skill_against_mean_of_others": { "skill": -0.09, "outcomes": 9 },
                "rows": [row("n", "not_comparable"), row("o", "outside")],
            },
        });
        let html = super::validation(&answer);
        for part in [
            "class=\"outside\">outside",
            "A &amp; B",
            "&lt;because o&gt;",
            "held out",
            "原因在此",
            "found so",
            "<code>aftercare run a&lt;b</code><code>aftercare sweep c</code>",
            "An argument: no run",
            "Held out: A &amp; B.",
            "Here: -0.09; held-out cities: –",
            "0.9 – 1.1",
            "2项可比成效中1项相符，事先声明至少1项",
        ] {
            assert!(html.contains(part), "{part} is not in {html}");
        }
        let place = |part: &str| html.find(part).unwrap_or_else(|| panic!("{part}: {html}"));
        assert!(place("because o") < place("Not comparable, and why"));
        assert!(place("Not comparable, and why") < place("because n"));
        assert!(place("X-2") < place("X-1"), "what failed stands first");
        let bare = super::validation(&json!({ "passed": 0, "cases": [] }));
        assert!(!bare.contains("Comparable outcomes"));
    }
}
