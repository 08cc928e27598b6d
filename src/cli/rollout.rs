//! `aftercare rollout`: institutions and groups join in waves, month by month; or the best order of
//! institutions for a budget. Must never show a month that the run did not reach.

use super::args::Common;
use super::fault::{Exit, Fault};
use super::study::{
    Csv, Extra, Study, StudyArgs, file_name, full, heading, interval, items, label, quoted, table,
    text,
};
use crate::experiment::{Order, Rollout, RolloutPlan};
use clap::Args;
use serde_json::Value;
use std::path::PathBuf;

/// What `--help` says.
pub(super) const LONG: &str = "\
Gives each institution the day on which it joins the scheme, in place of the scenario's own \
days; those in no wave stay out. Shows for each calendar month the time saved against the first \
baseline, what was drawn and repaid, the lender's cash, the hospitals' gain of cash where the \
scenario follows money between institutions, what was written off IN that month (losses come \
months after their draws; those after the last day stand in a row of their own), and what was owed \
at its end; and for each institution its curve: the share of its visits on the line, month by month.

  --waves 2023-01-01=5,2023-04-01=10                the 5 largest, then the 10 largest that are left
  --waves '2023-01-01=First Hospital,East Clinic'   by name, or by a part that only one name has
  --groups '2023-01-01=60+,2023-07-01=all'          who may sign up from when: ages (60+, 18-59), \
chronic, employee, resident, uninsured, a district, all; joined by & they must all hold
  --awareness 0.1:0.15                              a tenth knows at first, a month reaches 15 % of the rest
  --campaign 2023-03-01..2023-03-31=3               triples sign-up at visits and the reach of the word
  --opt-out 0.05                                    everybody is enrolled, 5 % opt out; --opt-in undoes it
  --uncertainty 16                                  fans over the scenario's uncertain inputs, not luck alone

Curves of single institutions stand in the scenario (behaviour.adoption.by_institution.own).

With --out the folder gets rollout.json, rollout.csv (a row a month, with the fans), institutions.csv and \
report.html with the fan charts.

--budget N --from DATE instead of --waves looks for the order in which N institutions should join: at \
each step the one that gains most of --maximise beside those before it; the choice is then held against \
the N largest on a fresh seed.";

/// Arguments of `rollout`.
#[derive(Clone, Debug, Args)]
pub(super) struct RolloutArgs {
    /// Scenario file.
    scenario: PathBuf,
    /// Days and who joins on them.
    #[arg(long, value_name = "DATE=N|names,…", required_unless_present = "budget")]
    waves: Vec<String>,
    /// Days from which groups of people may sign up; all people from the first day if not given.
    #[arg(long, value_name = "DATE=GROUP,…")]
    groups: Vec<String>,
    /// Times in which sign-up is faster.
    #[arg(long, value_name = "FROM..TO=FACTOR")]
    campaign: Vec<String>,
    /// How word spreads: share that knows on the first day, share of the others that a month reaches.
    #[arg(long, value_name = "KNOWN:REACHED")]
    awareness: Option<String>,
    /// Everybody is enrolled without asking but the share that opts out.
    #[arg(long, value_name = "SHARE", value_parser = share, conflicts_with = "opt_in")]
    opt_out: Option<f64>,
    /// People sign up themselves, whatever the scenario says.
    #[arg(long)]
    opt_in: bool,
    /// Points through the scenario's uncertain inputs, for the fans.
    #[arg(long, value_name = "POINTS", conflicts_with = "budget", value_parser = clap::value_parser!(u32).range(5..))]
    uncertainty: Option<u32>,
    /// Number of institutions whose best order is wanted.
    #[arg(long, value_name = "N", conflicts_with = "waves", requires = "from")]
    budget: Option<usize>,
    /// Day on which they join.
    #[arg(long, value_name = "DATE", requires = "budget")]
    from: Option<String>,
    /// What an order should gain most of (or lose least of).
    #[arg(
        long,
        value_name = "PATH",
        requires = "budget",
        default_value = "queue.saved_hours_total"
    )]
    maximise: String,
    #[command(flatten)]
    study: StudyArgs,
}

fn share(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| "expected a share, 0 to 1".to_owned())
}

impl RolloutArgs {
    fn plan(&self) -> RolloutPlan {
        RolloutPlan {
            waves: self.waves.clone(),
            groups: self.groups.clone(),
            campaigns: self.campaign.clone(),
            awareness: self.awareness.clone(),
            opt_out: self.opt_out,
            opt_in: self.opt_in,
            uncertainty: self.uncertainty,
        }
    }

    /// The words that decide the answer.
    fn line(&self) -> String {
        let mut line = file_name(&self.scenario);
        let lists =
            [("waves", &self.waves), ("groups", &self.groups), ("campaign", &self.campaign)];
        for (name, values) in lists {
            line.extend(values.iter().map(|value| format!(" --{name} {}", quoted(value))));
        }
        let mut add = |name: &str, value: Option<String>| {
            line.extend(value.map(|value| format!(" --{name} {}", quoted(&value))));
        };
        add("awareness", self.awareness.clone());
        add("opt-out", self.opt_out.map(|share| share.to_string()));
        add("uncertainty", self.uncertainty.map(|points| points.to_string()));
        add("budget", self.budget.map(|budget| budget.to_string()));
        add("from", self.from.clone());
        add("maximise", self.budget.map(|_| self.maximise.clone()));
        if self.opt_in {
            line += " --opt-in";
        }
        line
    }
}

/// Rolls out, or looks for the best order.
pub(super) fn run(arguments: &RolloutArgs, common: &Common) -> Result<Exit, Fault> {
    if let (Some(budget), Some(from)) = (arguments.budget, &arguments.from) {
        return order(arguments, (budget, from), common);
    }
    let rollout = Rollout::with(&arguments.study.frame(&arguments.scenario), &arguments.plan())?;
    let study = Study {
        verb: "rollout",
        arguments: &arguments.study,
        common,
        line: arguments.line(),
        inputs: rollout.inputs(),
        runs: rollout.runs(),
    };
    study.refuse_task()?;
    let more =
        |document: &Value| vec![("institutions.csv", Extra::Table(institutions_csv(document)))];
    let document = study.answer_with(|tell| rollout.run(tell), csv, more)?;
    study.tell(&document, |document| human(document, common))?;
    Ok(Exit::Done)
}

fn order(arguments: &RolloutArgs, budget: (usize, &str), common: &Common) -> Result<Exit, Fault> {
    let frame = arguments.study.frame(&arguments.scenario);
    let order = Order::new(&frame, &arguments.plan(), budget, &arguments.maximise)?;
    let study = Study {
        verb: "rollout",
        arguments: &arguments.study,
        common,
        line: arguments.line(),
        inputs: order.inputs(),
        runs: order.runs(),
    };
    study.refuse_task()?;
    let document = study.answer(|tell| order.run(tell), order_csv)?;
    study.tell(&document, |document| order_human(document, common))?;
    Ok(Exit::Done)
}

/// Columns of a month after its name: key, English and Chinese head.
const COLUMNS: [(&str, &str, &str); 8] = [
    ("matched_visits", "visits", "就诊"),
    ("saved_min_per_visit", "min saved a visit", "每次节省分钟"),
    ("saved_hours", "hours saved", "节省小时"),
    ("drawn_yuan", "drawn, yuan", "垫付（元）"),
    ("lender_cash_yuan", "lender's cash, yuan", "出资方现金（元）"),
    ("written_off_yuan", "written off, yuan", "核销（元）"),
    ("outstanding_end_yuan", "owed at end, yuan", "期末余额（元）"),
    ("overdue_end_yuan", "overdue at end, yuan", "期末逾期（元）"),
];

/// Names of the figures of a month, in order.
fn figures(document: &Value) -> Vec<&str> {
    // A cut month has no month's end, and no figure of it.
    let months = items(&document["months"]).filter_map(Value::as_object);
    let most = months.max_by_key(|month| month.len()).into_iter().flatten();
    most.filter(|(_, figure)| figure.is_object()).map(|(key, _)| key.as_str()).collect()
}

fn csv(document: &Value) -> Csv {
    let keys = figures(document);
    let percentiles: Vec<String> =
        items(&document["fan"]["percentiles"]).map(|p| format!("p{p}")).collect();
    let mut header = vec!["month".to_owned(), "days".into(), "sites_in_scheme".into()];
    for key in &keys {
        header.extend([(*key).to_owned(), format!("{key}.low"), format!("{key}.high")]);
        header.extend(percentiles.iter().map(|percent| format!("{key}.{percent}")));
    }
    let row = |month: &Value| {
        let head = ["month", "days", "sites_in_scheme"].map(|key| full(&month[key]));
        let figures = keys.iter().flat_map(|key| {
            let figure = &month[*key];
            let estimate = [&figure["mean"], &figure["ci95"][0], &figure["ci95"][1]].map(full);
            let fan = (0..percentiles.len()).map(|at| full(&figure["fan"][at]));
            estimate.into_iter().chain(fan).collect::<Vec<_>>()
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

/// A row an institution and month.
fn institutions_csv(document: &Value) -> Csv {
    let header = [
        "institution",
        "from",
        "month",
        "matched_visits",
        "credit_share",
        "credit_share.low",
        "credit_share.high",
        "saved_min_per_visit",
    ];
    let mut rows = Vec::new();
    for institution in items(&document["institutions"]) {
        for month in items(&institution["months"]) {
            let share = &month["credit_share"];
            let cells = [
                &institution["name"],
                &institution["from"],
                &month["month"],
                &month["matched_visits"]["mean"],
                &share["mean"],
                &share["ci95"][0],
                &share["ci95"][1],
                &month["saved_min_per_visit"]["mean"],
            ];
            rows.push(cells.map(full).to_vec());
        }
    }
    Csv { header: header.map(str::to_owned).to_vec(), rows }
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
    out + &format!("{after}: {late}\n\n") + &curves(document, common)
}

/// The share of each institution's visits on the line, month by month.
fn curves(document: &Value, common: &Common) -> String {
    let months: Vec<String> =
        items(&document["months"]).map(|month| text(&month["month"])).collect();
    let mut header = vec![common.say("share of visits on the line", "使用额度的就诊占比")];
    header.extend(months.iter().map(String::as_str));
    let joined = items(&document["institutions"]).filter(|site| !site["from"].is_null());
    let row = |site: &Value| {
        let shares = items(&site["months"]).map(|month| text(&month["credit_share"]["mean"]));
        std::iter::once(text(&site["name"])).chain(shares).collect()
    };
    table(&header, joined.map(row).collect(), 1)
}

fn order_csv(document: &Value) -> Csv {
    let header = [
        "step",
        "institution",
        "visits_per_year",
        "gain",
        "objective",
        "objective.low",
        "objective.high",
        "net_credit_loss_yuan",
    ];
    let row = |step: &Value| {
        let objective = &step["objective"];
        let cells = [
            &step["step"],
            &step["institution"],
            &step["visits_per_year"],
            &step["gain"],
            &objective["mean"],
            &objective["ci95"][0],
            &objective["ci95"][1],
            &step["net_credit_loss_yuan"]["mean"],
        ];
        cells.map(full).to_vec()
    };
    let rows = items(&document["order"]).map(row).collect();
    Csv { header: header.map(str::to_owned).to_vec(), rows }
}

fn order_human(document: &Value, common: &Common) -> String {
    let objective = label(common, &full(&document["objective"]["path"]));
    let header = [
        common.say("institution", "机构"),
        common.say("gain", "增益"),
        objective.as_str(),
        common.say("95 % interval", "95%区间"),
        common.say("net credit loss, yuan", "净信用损失（元）"),
    ];
    let row = |step: &Value| {
        let objective = &step["objective"];
        vec![
            format!("{}. {}", text(&step["step"]), text(&step["institution"])),
            text(&step["gain"]),
            text(&objective["mean"]),
            interval(&objective["ci95"]),
            text(&step["net_credit_loss_yuan"]["mean"]),
        ]
    };
    let rows = items(&document["order"]).map(row).collect();
    let fresh = &document["fresh"];
    let against =
        common.say("against the largest first, on a fresh seed", "与“规模从大到小”相比（新种子）");
    let says = match fresh["verdict"].as_str().unwrap_or_default() {
        "better" => common.say("better", "更好"),
        "worse" => common.say("worse", "更差"),
        "the_same_institutions" => common.say("the same institutions", "所选机构相同"),
        _ => common.say("cannot tell", "无法判断"),
    };
    let points = common.say("points run", "运行的参数点");
    format!(
        "{}{}\n{against}: {} ({}) {says}\n{points}: {}\n",
        heading(common, document),
        table(&header, rows, 1),
        text(&fresh["delta"]),
        interval(&fresh["ci95"]),
        text(&document["points_run"]),
    )
}
