//! `aftercare attribute`: where the minutes come from, step by step and in every order.
//! Must never print a step without the arm that it starts from.

use super::args::{Common, Language};
use super::fault::{Exit, Fault};
use super::study::{
    Csv, Extra, Study, StudyArgs, entries, file_name, full, heading, interval, items, table, text,
};
use crate::experiment::Attribution;
use clap::Args;
use serde_json::Value;
use std::path::PathBuf;

/// What `--help` says.
pub(super) const LONG: &str = "\
Runs a ladder of payment regimes in the scenario's city on the same luck: windows_2015, then phones as \
in mobile_2023, then payment in the room, then automatic charge without credit, then the scenario's \
scheme on top; and from mobile_2023 one payment on the hospital's books, automatic charge alone, and \
the scheme as it is written. Each step has its minutes, yuan and harm with paired intervals, and an \
arithmetic check: stops removed x minutes a stop against the simulated minutes, a gap above 20 % \
explained by its parts.

Because the order matters, all 16 sets of the four components are run too, and the whole is shared out \
by Shapley's rule: the mean of what a component adds over all 24 orders. The shares sum to the whole \
to the millisecond and the fen. --ladder-only leaves them out (7 arms instead of 17, and 4 worlds of the study).

From the same run: what a study before and after, or of users against others, would have seen beside the \
paired effect; each rival cause alone; a stepped-wedge pilot that would find the effect; the funnel from \
eligible people to uses. Their assumptions are [study] of the scenario, else parts/study_rivals.toml.

With --out the folder gets attribute.json, attribute.csv (one row a step), shapley.csv, rivals.csv, \
pilot.csv, funnel_steps.csv and the pages.";

/// Arguments of `attribute`.
#[derive(Clone, Debug, Args)]
pub(super) struct AttributeArgs {
    /// Scenario file; it needs a scheme.
    scenario: PathBuf,
    /// Only the ladder: no Shapley shares.
    #[arg(long)]
    ladder_only: bool,
    #[command(flatten)]
    study: StudyArgs,
}

/// Attributes.
pub(super) fn run(arguments: &AttributeArgs, common: &Common) -> Result<Exit, Fault> {
    let AttributeArgs { scenario, ladder_only, study } = arguments;
    let attribution = Attribution::new(&study.frame(scenario), !ladder_only)?;
    let mut line = file_name(scenario);
    if *ladder_only {
        line.push_str(" --ladder-only");
    }
    let study = Study {
        verb: "attribute",
        arguments: study,
        common,
        line,
        inputs: attribution.inputs(),
        runs: attribution.runs(),
    };
    if let Some(exit) = study.task(|| Ok(attribution.setups()))? {
        return Ok(exit);
    }
    let document = study.answer_with(|tell| attribution.run(tell), steps_csv, extras)?;
    study.tell(&document, |document| human(document, common))?;
    Ok(Exit::Done)
}

/// Further tables beside the document.
fn extras(document: &Value) -> Vec<(&'static str, Extra)> {
    let mut tables = vec![
        ("rivals.csv", Extra::Table(rivals_csv(document))),
        ("pilot.csv", Extra::Table(pilot_csv(document))),
        ("funnel_steps.csv", Extra::Table(funnel_csv(document))),
    ];
    if !document["shapley"].is_null() {
        tables.push(("shapley.csv", Extra::Table(shapley_csv(document))));
    }
    tables
}

/// What a study would have seen: the two comparisons, then each rival cause.
fn rivals_csv(document: &Value) -> Csv {
    let study = &document["study"];
    let mut header = vec!["part".to_owned(), "name".to_owned()];
    for name in ["naive_min", "true_min"] {
        estimate_heads(&mut header, name);
    }
    let row = |part: &str, name: &str, naive: &Value, real: &Value| {
        let mut cells = vec![part.to_owned(), name.to_owned()];
        cells.extend(estimate_cells(naive));
        cells.extend(estimate_cells(real));
        cells
    };
    let compared = ["before_after", "users_against_others"]
        .map(|key| row("comparison", key, &study[key]["naive_min"], &study[key]["true_min"]));
    let rivals = items(&study["rivals"]).map(|rival| {
        row("rival", &full(&rival["cause"]), &rival["credited_min"], &rival["true_min"])
    });
    Csv { header, rows: compared.into_iter().chain(rivals).collect() }
}

/// Effects that the pilot could be asked to find.
fn pilot_csv(document: &Value) -> Csv {
    let pilot = &document["pilot"];
    let header = ["which", "effect_min", "power_share", "needed_visits_per_hospital_and_period"];
    let row = |which: &str, row: &Value| {
        let cells = header[1..].iter().map(|key| full(&row[*key]));
        std::iter::once(which.to_owned()).chain(cells).collect()
    };
    let mut rows: Vec<Vec<String>> =
        items(&pilot["effects"]).map(|effect| row("asked", effect)).collect();
    for which in ["wanted", "simulated"] {
        if !pilot[which].is_null() {
            rows.push(row(which, &pilot[which]));
        }
    }
    Csv { header: header.map(str::to_owned).to_vec(), rows }
}

/// The figures of the funnel.
fn funnel_csv(document: &Value) -> Csv {
    let mut header = vec!["step".to_owned()];
    estimate_heads(&mut header, "count");
    let figures = entries(&document["funnel"]).filter(|(_, figure)| figure.get("mean").is_some());
    let row = |(key, figure): (&String, &Value)| {
        let mut cells = vec![key.clone()];
        cells.extend(estimate_cells(figure));
        cells
    };
    Csv { header, rows: figures.map(row).collect() }
}

/// Every step of the document: the ladder, the whole, what could follow today's practice.
fn steps(document: &Value) -> Vec<(&'static str, &Value)> {
    let ladder = &document["ladder"];
    let rungs = items(&ladder["steps"]).map(|step| ("ladder", step));
    let others = items(&document["from_today"]).map(|step| ("from_today", step));
    rungs.chain([("whole", &ladder["whole"])]).chain(others).collect()
}

fn estimate_heads(header: &mut Vec<String>, name: &str) {
    header.extend([name.to_owned(), format!("{name}.low"), format!("{name}.high")]);
}

fn estimate_cells(estimate: &Value) -> [String; 3] {
    [&estimate["mean"], &estimate["ci95"][0], &estimate["ci95"][1]].map(full)
}

/// Figures of a step that stand in its row: times and counts first, then its check.
const FIGURES: [&str; 6] = [
    "minutes_per_visit",
    "waiting_min",
    "paying_min",
    "stops_removed_per_visit",
    "hours",
    "matched_visits",
];
const CHECKS: [&str; 7] = [
    "minutes_per_stop",
    "stops_part_min",
    "simulated_min",
    "clinical_queues_min",
    "remaining_payments_min",
    "sign_up_and_help_min",
    "unexplained_min",
];

fn steps_csv(document: &Value) -> Csv {
    let mut header: Vec<String> =
        ["part", "from", "to", "adds"].into_iter().map(str::to_owned).collect();
    let first = &document["ladder"]["whole"];
    for name in FIGURES {
        estimate_heads(&mut header, name);
    }
    for group in ["yuan", "harm"] {
        for (key, _) in entries(&first[group]) {
            estimate_heads(&mut header, &format!("{group}.{key}"));
        }
    }
    for name in CHECKS {
        estimate_heads(&mut header, &format!("check.{name}"));
    }
    header.push("check.gap_share".into());
    let row = |(part, step): (&str, &Value)| {
        let mut cells = vec![part.to_owned()];
        cells.extend(["from", "to", "adds"].map(|key| full(&step[key])));
        cells.extend(FIGURES.iter().flat_map(|key| estimate_cells(&step[*key])));
        for group in ["yuan", "harm"] {
            cells.extend(entries(&step[group]).flat_map(|(_, figure)| estimate_cells(figure)));
        }
        cells.extend(CHECKS.iter().flat_map(|key| estimate_cells(&step["check"][*key])));
        cells.push(full(&step["check"]["gap_share"]));
        cells
    };
    Csv { header, rows: steps(document).into_iter().map(row).collect() }
}

fn shapley_csv(document: &Value) -> Csv {
    let components = &document["shapley"]["components"];
    let mut header = vec!["component".to_owned()];
    let figures = ["minutes_per_visit", "share_of_whole", "hours"];
    for name in figures {
        estimate_heads(&mut header, name);
    }
    for group in ["yuan", "harm"] {
        for (key, _) in entries(&components[0][group]) {
            estimate_heads(&mut header, &format!("{group}.{key}"));
        }
    }
    let row = |share: &Value| {
        let mut cells = vec![full(&share["component"])];
        cells.extend(figures.iter().flat_map(|key| estimate_cells(&share[*key])));
        for group in ["yuan", "harm"] {
            cells.extend(entries(&share[group]).flat_map(|(_, figure)| estimate_cells(figure)));
        }
        cells
    };
    Csv { header, rows: items(components).map(row).collect() }
}

/// A component or an arm in the language of the user; other names stay.
fn name(common: &Common, key: &Value) -> String {
    let known = [
        ("phone", "phones as in 2023", "2023年手机缴费"),
        ("in_room", "payment in the room", "诊间支付"),
        ("auto_debit", "automatic charge", "自动扣款"),
        ("credit_line", "credit line", "信用额度"),
        ("clinical_queues", "queues for care", "诊疗排队"),
        ("payments_that_remain", "payments that remain", "剩余缴费"),
        ("sign_up_and_help", "sign-up and help", "开通与帮助"),
        ("other", "other", "其他"),
        ("scheme", "the scheme alone", "仅方案"),
        ("phone_growth", "growth of phone payment alone", "仅手机缴费增长"),
        ("appointments", "better appointments alone", "仅预约改善"),
        ("attention", "attention alone", "仅受关注效应"),
        ("together", "what they do only together", "共同作用的额外部分"),
        ("all", "all at once", "全部同时"),
    ];
    let word = text(key);
    let found = known.iter().find(|(known, _, _)| *known == word);
    found.map_or(word.clone(), |(_, en, zh)| common.say(en, zh).to_owned())
}

fn human(document: &Value, common: &Common) -> String {
    let mut out = heading(common, document);
    let header = [
        common.say("from", "从"),
        common.say("to", "到"),
        common.say("min saved a visit", "每次节省分钟"),
        common.say("95 % interval", "95%区间"),
        common.say("stops removed", "减少缴费次数"),
        common.say("x min a stop", "×每次缴费分钟"),
        common.say("net credit loss, yuan", "净信用损失（元）"),
    ];
    let row = |(_, step): (&str, &Value)| {
        vec![
            text(&step["from"]),
            text(&step["to"]),
            text(&step["minutes_per_visit"]["mean"]),
            interval(&step["minutes_per_visit"]["ci95"]),
            text(&step["stops_removed_per_visit"]["mean"]),
            text(&step["check"]["stops_part_min"]["mean"]),
            text(&step["yuan"]["net_credit_loss"]["mean"]),
        ]
    };
    let all = steps(document);
    out += &table(&header, all.iter().copied().map(row).collect(), 2);
    for (_, step) in &all {
        let parts: Vec<String> = items(&step["check"]["explained_by"])
            .map(|part| format!("{} {} min", name(common, &part["cause"]), text(&part["minutes"])))
            .collect();
        if !parts.is_empty() {
            let gap = match common.lang {
                Language::En => "the stops alone do not explain it:",
                Language::Zh => "仅由减少的缴费次数不能解释：",
            };
            let (from, to) = (text(&step["from"]), text(&step["to"]));
            out.extend([format!("{from} → {to}: {gap} {}\n", parts.join(", "))]);
        }
    }
    out + &shares(document, common) + &seen(document, common) + &funnel(document, common)
}

/// What a study would have seen, and the pilot.
fn seen(document: &Value, common: &Common) -> String {
    let study = &document["study"];
    let header = [
        common.say("what a study would have seen", "一项研究会看到什么"),
        common.say("naive, min", "朴素估计（分钟）"),
        common.say("paired, min", "配对效应（分钟）"),
        common.say("95 % interval", "95%区间"),
    ];
    let said = |en, zh| common.say(en, zh).to_owned();
    let row = |name: String, naive: &Value, real: &Value| {
        vec![name, text(&naive["mean"]), text(&real["mean"]), interval(&real["ci95"])]
    };
    let compared = [
        (said("before against after", "前后对比"), "before_after"),
        (said("users against others", "使用者与非使用者"), "users_against_others"),
    ];
    let mut rows: Vec<Vec<String>> = compared
        .into_iter()
        .map(|(name, key)| row(name, &study[key]["naive_min"], &study[key]["true_min"]))
        .collect();
    rows.extend(items(&study["rivals"]).map(|rival| {
        row(name(common, &rival["cause"]), &rival["credited_min"], &rival["true_min"])
    }));
    let pilot = &document["pilot"];
    let wanted = &pilot["wanted"];
    let words = [
        common.say("stepped-wedge pilot: hospitals", "阶梯楔形试点：医院数"),
        common.say("steps", "步数"),
        common.say("effect, min", "效应（分钟）"),
        common.say("power", "检验效能"),
        common.say("visits needed a hospital and period", "每家医院每期所需就诊量"),
    ];
    let values = [
        &pilot["clusters"],
        &pilot["steps"],
        &wanted["effect_min"],
        &wanted["power_share"],
        &wanted["needed_visits_per_hospital_and_period"],
    ];
    let pairs: Vec<String> =
        words.iter().zip(values).map(|(word, value)| format!("{word} {}", text(value))).collect();
    format!("\n{}{}\n", table(&header, rows, 1), pairs.join(", "))
}

fn funnel(document: &Value, common: &Common) -> String {
    let steps = ["eligible", "applied", "opened", "activated", "used", "uses", "minutes_per_use"];
    let funnel = &document["funnel"];
    let told: Vec<String> =
        steps.iter().map(|step| format!("{step} {}", text(&funnel[*step]["mean"]))).collect();
    let title = common.say("funnel", "采用漏斗");
    format!("{title}: {}\n", told.join(" → "))
}

fn shares(document: &Value, common: &Common) -> String {
    let components = &document["shapley"]["components"];
    if components.is_null() {
        return String::new();
    }
    let header = [
        common.say("component", "组成部分"),
        common.say("min a visit", "每次分钟"),
        common.say("95 % interval", "95%区间"),
        common.say("of the whole", "占比"),
        common.say("net credit loss, yuan", "净信用损失（元）"),
    ];
    let row = |share: &Value| {
        vec![
            name(common, &share["component"]),
            text(&share["minutes_per_visit"]["mean"]),
            interval(&share["minutes_per_visit"]["ci95"]),
            text(&share["share_of_whole"]["mean"]),
            text(&share["yuan"]["net_credit_loss"]["mean"]),
        ]
    };
    let title = common.say(
        "Shapley shares: the mean of what each adds over all orders",
        "Shapley份额：各组成部分在所有顺序下增量的平均",
    );
    format!("\n{title}\n{}", table(&header, items(components).map(row).collect(), 1))
}
