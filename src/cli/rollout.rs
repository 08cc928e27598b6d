//! `aftercare rollout`: institutions join in waves, month by month.
//! Must never show a month that the run did not reach.

use super::args::Common;
use super::fault::{Exit, Fault};
use super::study::{Csv, Study, StudyArgs, file_name, full, heading, items, quoted, table, text};
use crate::experiment::Rollout;
use clap::Args;
use serde_json::Value;
use std::path::PathBuf;

/// What `--help` says.
pub(super) const LONG: &str = "\
Gives each institution the day on which it joins the scheme, in place of the scenario's own \
days; those in no wave stay out. Shows for each calendar month the time saved against the first \
baseline, what was drawn and repaid, what was written off IN that month (losses come months \
after their draws; those after the last day stand in a row of their own), and what was owed at \
its end.

  --waves 2023-01-01=5,2023-04-01=10                the 5 largest, then the 10 largest that are left
  --waves '2023-01-01=First Hospital,East Clinic'   by name, or by a part that only one name has

Does not do yet: groups of people by wave, campaigns and awareness, adoption curves of their own \
for each institution, the best order of institutions for a budget.";

/// Arguments of `rollout`.
#[derive(Clone, Debug, Args)]
pub(super) struct RolloutArgs {
    /// Scenario file.
    scenario: PathBuf,
    /// Days and who joins on them.
    #[arg(long, value_name = "DATE=N|names,…", required = true)]
    waves: Vec<String>,
    #[command(flatten)]
    study: StudyArgs,
}

/// Rolls out.
pub(super) fn run(arguments: &RolloutArgs, common: &Common) -> Result<Exit, Fault> {
    let RolloutArgs { scenario, waves, study } = arguments;
    let rollout = Rollout::new(&study.frame(scenario), waves)?;
    let mut line = file_name(scenario);
    for wave in waves {
        line.extend([format!(" --waves {}", quoted(wave))]);
    }
    let study = Study {
        verb: "rollout",
        arguments: study,
        common,
        line,
        inputs: rollout.inputs(),
        runs: rollout.runs(),
    };
    study.refuse_task()?;
    let document = study.answer(|tell| rollout.run(tell), csv)?;
    study.tell(&document, |document| human(document, common))?;
    Ok(Exit::Done)
}

/// Columns of a month after its name: key, English and Chinese head.
const COLUMNS: [(&str, &str, &str); 8] = [
    ("matched_visits", "visits", "就诊"),
    ("saved_min_per_visit", "min saved a visit", "每次节省分钟"),
    ("saved_hours", "hours saved", "节省小时"),
    ("drawn_yuan", "drawn, yuan", "垫付（元）"),
    ("repaid_yuan", "repaid, yuan", "还款（元）"),
    ("written_off_yuan", "written off, yuan", "核销（元）"),
    ("outstanding_end_yuan", "owed at end, yuan", "期末余额（元）"),
    ("overdue_end_yuan", "overdue at end, yuan", "期末逾期（元）"),
];

fn csv(document: &Value) -> Csv {
    let mut header = vec!["month".to_owned(), "days".into(), "sites_in_scheme".into()];
    for (key, _, _) in COLUMNS {
        header.extend([key.to_owned(), format!("{key}.low"), format!("{key}.high")]);
    }
    let row = |month: &Value| {
        let head = ["month", "days", "sites_in_scheme"].map(|key| full(&month[key]));
        let figures = COLUMNS.iter().flat_map(|(key, _, _)| {
            let figure = &month[*key];
            [&figure["mean"], &figure["ci95"][0], &figure["ci95"][1]].map(full)
        });
        head.into_iter().chain(figures).collect()
    };
    let mut rows: Vec<Vec<String>> = items(&document["months"]).map(row).collect();
    let mut after = vec![String::new(); header.len()];
    after[0] = "after_last_day".into();
    let late = &document["after_last_day"]["written_off_yuan"];
    if let Some(column) = header.iter().position(|name| name == "written_off_yuan") {
        let figures = [&late["mean"], &late["ci95"][0], &late["ci95"][1]].map(full);
        after[column..column + 3].clone_from_slice(&figures);
    }
    rows.push(after);
    Csv { header, rows }
}

fn human(document: &Value, common: &Common) -> String {
    let mut out = heading(common, document);
    for wave in items(&document["waves"]) {
        let sites: Vec<String> = items(&wave["sites"]).map(text).collect();
        out.extend([format!("{}: {}\n", text(&wave["from"]), sites.join(", "))]);
    }
    let mut header = vec![common.say("month", "月份"), common.say("sites", "机构")];
    header.extend(COLUMNS.iter().map(|(_, en, zh)| common.say(en, zh)));
    let row = |month: &Value| {
        let head = ["month", "sites_in_scheme"].map(|key| text(&month[key]));
        let means = COLUMNS.iter().map(|(key, _, _)| text(&month[*key]["mean"]));
        head.into_iter().chain(means).collect()
    };
    let rows = items(&document["months"]).map(row).collect();
    out.extend([format!("\n{}", table(&header, rows, 1))]);
    let late = text(&document["after_last_day"]["written_off_yuan"]["mean"]);
    let after = common.say("written off after the last day, yuan", "末日之后核销（元）");
    out + &format!("{after}: {late}\n")
}
