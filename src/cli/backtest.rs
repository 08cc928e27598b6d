//! `aftercare backtest`: a score held against a user's own accounts, from a CSV file.
//! Must never guess which column is which.

use super::args::Common;
use super::fault::{Exit, Fault};
use super::out;
use crate::experiment::backtest::{self, Account};
use clap::Args;
use serde_json::Value;
use std::path::PathBuf;

const LONG: &str = "\
Reads accounts from a CSV file with a header, one a row, and reports how well the score told good from bad:
AUC with ties counted half, Gini, KS at distinct scores; the stability index between a development sample
and a later one (by deciles of the former); calibration of predicted probabilities over ten grades with
exact intervals; fairness of a cut-off between two groups. A high score means good (--low-is-good turns it).";

/// Arguments of `backtest`.
#[derive(Clone, Debug, Args)]
#[command(long_about = LONG)]
pub(super) struct BacktestArgs {
    /// CSV file with a header.
    file: PathBuf,
    /// Column of the score.
    #[arg(long, value_name = "COLUMN", default_value = "score")]
    score: String,
    /// Column that is 1 for an account that went bad, else 0.
    #[arg(long, value_name = "COLUMN", default_value = "bad")]
    bad: String,
    /// Column of the predicted probability of going bad.
    #[arg(long, value_name = "COLUMN")]
    pd: Option<String>,
    /// Column that is 1 for the sample on which the score was built, else 0.
    #[arg(long, value_name = "COLUMN")]
    development: Option<String>,
    /// Column that is 1 for the protected group, else 0; needs --cut-off.
    #[arg(long, value_name = "COLUMN", requires = "cut_off")]
    protected: Option<String>,
    /// Accounts with at least this score count as approved.
    #[arg(long, value_name = "SCORE")]
    cut_off: Option<f64>,
    /// A low score means good.
    #[arg(long)]
    low_is_good: bool,
}

/// Prints the back-test.
pub(super) fn run(arguments: &BacktestArgs, common: &Common) -> Result<Exit, Fault> {
    let accounts = read(arguments)?;
    let turned = if arguments.low_is_good { -1.0 } else { 1.0 };
    let cut_off = arguments.cut_off.map(|score| turned * score);
    let answer = backtest::backtest(&accounts, cut_off).ok_or_else(|| {
        Fault::input(format!("{} needs both good and bad accounts", arguments.file.display()))
    })?;
    if common.wants_json() {
        out::print_json(&answer)?;
    } else {
        out::print(&human(&answer, common))?;
    }
    Ok(Exit::Done)
}

/// Places of the named columns.
struct Columns {
    score: usize,
    bad: usize,
    pd: Option<usize>,
    development: Option<usize>,
    protected: Option<usize>,
}

fn columns(arguments: &BacktestArgs, header: &csv::StringRecord) -> Result<Columns, Fault> {
    let place = |name: &String| {
        header.iter().position(|column| column.trim() == name).ok_or_else(|| {
            let known: Vec<&str> = header.iter().collect();
            let file = arguments.file.display();
            Fault::input(format!("{file} has no column `{name}`; it has {}", known.join(", ")))
        })
    };
    Ok(Columns {
        score: place(&arguments.score)?,
        bad: place(&arguments.bad)?,
        pd: arguments.pd.as_ref().map(place).transpose()?,
        development: arguments.development.as_ref().map(place).transpose()?,
        protected: arguments.protected.as_ref().map(place).transpose()?,
    })
}

fn read(arguments: &BacktestArgs) -> Result<Vec<Account>, Fault> {
    let unreadable =
        |error: csv::Error| Fault::input(format!("{}: {error}", arguments.file.display()));
    let mut file = csv::Reader::from_path(&arguments.file).map_err(unreadable)?;
    let columns = columns(arguments, file.headers().map_err(unreadable)?)?;
    let mut accounts = Vec::new();
    for (row, record) in (2..).zip(file.records()) {
        let record = record.map_err(unreadable)?;
        let at = Cell { arguments, record: &record, row };
        let score = at.number(columns.score)?;
        accounts.push(Account {
            score: if arguments.low_is_good { -score } else { score },
            bad: at.flag(columns.bad)?,
            pd: columns.pd.map(|column| at.probability(column)).transpose()?,
            development: columns.development.is_some_and(|c| at.flag(c).unwrap_or(false)),
            protected: columns.protected.map(|column| at.flag(column)).transpose()?,
        });
    }
    Ok(accounts)
}

/// One row in hand.
struct Cell<'a> {
    arguments: &'a BacktestArgs,
    record: &'a csv::StringRecord,
    row: u64,
}

impl Cell<'_> {
    fn wrong(&self, column: usize, expected: &str) -> Fault {
        let (file, text) = (self.arguments.file.display(), self.record.get(column).unwrap_or(""));
        let place = column + 1;
        Fault::input(format!("{file}:{}:{place}: expected {expected}, got `{text}`", self.row))
    }

    fn number(&self, column: usize) -> Result<f64, Fault> {
        let value = self.record.get(column).and_then(|text| text.trim().parse().ok());
        let finite = value.filter(|value: &f64| value.is_finite());
        finite.ok_or_else(|| self.wrong(column, "a number"))
    }

    fn probability(&self, column: usize) -> Result<f64, Fault> {
        let value = self.number(column)?;
        let inside = (0.0..=1.0).contains(&value);
        if inside { Ok(value) } else { Err(self.wrong(column, "a probability, 0 to 1")) }
    }

    fn flag(&self, column: usize) -> Result<bool, Fault> {
        match self.record.get(column).map(str::trim) {
            Some("0") => Ok(false),
            Some("1") => Ok(true),
            _ => Err(self.wrong(column, "0 or 1")),
        }
    }
}

fn human(answer: &Value, common: &Common) -> String {
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut push = |name: &str, value: &Value| {
        if !value.is_null() {
            rows.push(vec![name.to_owned(), value.to_string().replace('"', "")]);
        }
    };
    push(common.say("accounts", "账户数"), &answer["accounts"]);
    push(common.say("bad", "坏账户数"), &answer["bad"]);
    push("AUC", &answer["auc"]);
    push("Gini", &answer["gini"]);
    push("KS", &answer["ks"]);
    push(common.say("PSI", "稳定性 PSI"), &answer["stability"]["psi"]);
    push(common.say("PSI reading", "PSI 判读"), &answer["stability"]["flag"]);
    push("Hosmer-Lemeshow", &answer["calibration"]["hosmer_lemeshow"]);
    push(common.say("its p-value", "其 p 值"), &answer["calibration"]["p"]);
    push(
        common.say("approval ratio of the groups", "群体批准率之比"),
        &answer["fairness"]["disparate_impact"],
    );
    push(
        common.say("four-fifths rule met", "满足五分之四规则"),
        &answer["fairness"]["four_fifths_met"],
    );
    let header = [common.say("measure", "指标"), common.say("value", "值")];
    let mut text = out::table(&header, rows, 1);
    if let Some(grades) = answer["calibration"]["grades"].as_array() {
        let header = [
            common.say("grade", "等级"),
            common.say("accounts", "账户数"),
            common.say("predicted", "预测违约率"),
            common.say("observed", "实际违约率"),
            "95 %",
            common.say("binomial p", "二项 p 值"),
        ];
        let row = |(number, grade): (usize, &Value)| {
            let keys = ["accounts", "predicted", "observed", "observed_ci95", "binomial_p"];
            let cells = keys.iter().map(|&key| grade[key].to_string());
            std::iter::once(number.to_string()).chain(cells).collect()
        };
        text.push('\n');
        text.push_str(&out::table(&header, (1..).zip(grades).map(row).collect(), 0));
    }
    text
}
