//! The page of `validate`: theory cases and published outcomes in one table each, English and Chinese side by
//! side. Must never compute: every number comes from the command's own answer.

use super::page::escape;
use serde_json::Value;
use std::fmt::Write;

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;max-width:78rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}\
table{border-collapse:collapse;width:100%;margin:1rem 0}th,td{border-bottom:1px solid #ccc;padding:.35rem .5rem;\
text-align:left;vertical-align:top}td.n{text-align:right;white-space:nowrap}.inside{color:#0a5c36;font-weight:600}\
.outside{color:#b00020;font-weight:600}small{color:#555}";

/// The page for the answer of `validate --format json`.
pub fn validation(answer: &Value) -> String {
    let mut html = String::from(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Validation 验证</title>",
    );
    // Writing to a String cannot fail.
    let _ =
        write!(html, "<style>{STYLE}</style></head><body><h1>Validation <small>验证</small></h1>");
    theory(answer, &mut html);
    outcomes(&answer["outcomes"], &mut html);
    html + "</body></html>\n"
}

fn theory(answer: &Value, html: &mut String) {
    let count = |key: &str| answer[key].as_u64().unwrap_or(0);
    let _ = write!(
        html,
        "<h2>Theory and reference cases <small>理论与参考算例</small></h2><p>{} passed 通过, {} failed 失败, \
         {} partly 部分, {} not covered 未覆盖.</p><details><summary>All cases 全部算例</summary><table>\
         <tr><th>Case 算例</th><th>Topic 主题</th><th>Result 结果</th></tr>",
        count("passed"),
        count("failed"),
        count("partly"),
        count("not_covered")
    );
    for case in answer["cases"].as_array().into_iter().flatten() {
        let text = |key: &str| escape(case[key].as_str().unwrap_or_default());
        let class = if case["result"] == "failed" { "outside" } else { "" };
        let _ = write!(
            html,
            "<tr><td>{}</td><td>{}</td><td class=\"{class}\">{}</td></tr>",
            text("id"),
            text("topic"),
            text("result")
        );
    }
    html.push_str("</table></details>");
}

fn outcomes(outcomes: &Value, html: &mut String) {
    let rows = outcomes["rows"].as_array().map_or(&[][..], Vec::as_slice);
    if rows.is_empty() {
        return;
    }
    html.push_str(
        "<h2>Published outcomes <small>公开报道的成效</small></h2><p>Definitions and held-out cities were fixed before any \
         comparison (docs/validation_outcomes.md). The simulated interval runs over the shared uncertain inputs; it is not \
         Monte Carlo noise. 定义与留出城市均在比较之前确定；模拟区间反映共同输入的不确定性。</p><table><tr><th>City 城市</th>\
         <th>Definition 定义</th><th>Published 报道</th><th>Simulated 模拟</th><th>Verdict 结论</th><th>Why 原因</th></tr>",
    );
    for row in rows {
        let text = |key: &str| escape(row[key].as_str().unwrap_or_default());
        let held = if row["held_out"] == true { "<br><small>held out 留出</small>" } else { "" };
        let _ = write!(
            html,
            "<tr><td>{}<br><small>{}</small>{held}</td><td>{}<br><small>{}</small></td><td class=\"n\">{}</td>\
             <td class=\"n\">{}</td><td class=\"{}\">{}<br><small>{}</small></td><td>{}</td></tr>",
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
        );
    }
    let _ =
        write!(html, "</table><p>{}</p>", escape(outcomes["said"].as_str().unwrap_or_default()));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn a_disagreement_stands_red_in_the_table_and_text_is_escaped() {
        let row = json!({
            "city": "A & B", "as_of": "2023", "held_out": true, "verdict": "outside",
            "verdict_en": "outside", "verdict_zh": "不符", "published_shown": "1", "simulated_shown": "2",
            "definition_en": "d", "definition_zh": "定义", "why": "<because>",
        });
        let answer = json!({
            "passed": 1, "failed": 0, "partly": 0, "not_covered": 0,
            "cases": [{ "id": "X-1", "topic": "t", "result": "passed" }],
            "outcomes": { "rows": [row], "said": "1 of 2" },
        });
        let html = super::validation(&answer);
        for part in ["class=\"outside\">outside", "A &amp; B", "&lt;because&gt;", "held out", "X-1"]
        {
            assert!(html.contains(part), "{part} is not in {html}");
        }
        let bare = super::validation(&json!({ "passed": 0, "cases": [] }));
        assert!(!bare.contains("Published outcomes"));
    }
}
