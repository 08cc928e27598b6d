//! Clauses of the answer that a referee would check one by one: campaigns and their cost, books that close for any
//! scenario, cash and harm where they are planted, schemes with and without banks side by side.

use aftercare::experiment::{Compare, Frame, Outcome, Setup, Trouble, replicate, summary, tables};
use aftercare::metrics::income_of_joint;
use aftercare::random::{Philox, unit};
use aftercare::scenario::{Scenario, load_with};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(name)
}

fn scenario(set: &[String]) -> Scenario {
    load_with(&file("smoke.toml"), set).unwrap_or_else(|problems| panic!("{set:?}: {problems}"))
}

fn lines(set: &[&str]) -> Vec<String> {
    set.iter().map(|line| (*line).to_owned()).collect()
}

/// The summary of a run of the smoke district.
fn run(set: &[&str], replications: u16, days: u32, people: u32) -> (Setup, Value) {
    let setup = Setup::new(scenario(&lines(set)), 7, replications, days, Some(people));
    let outcome = replicate(&setup, &mut |_| true).expect("a run");
    let summary = summary(&setup, &outcome);
    (setup, summary)
}

fn mean(value: &Value) -> f64 {
    let mean = &value["mean"];
    mean.as_f64().or_else(|| mean.as_str()?.parse().ok()).unwrap_or_else(|| panic!("{value}"))
}

/// An amount as fen.
fn fen(text: &str) -> i64 {
    let digits: String = text.chars().filter(|char| *char != '.').collect();
    digits.parse().unwrap_or_else(|_| panic!("{text} is an amount"))
}

/// A day of a campaign costs 900 yuan.
const COST: &str = "costs.joining = { borne_by = \"platform\", yuan_per_member_told = 0, campaign_yuan_per_day = 900 }";

const WORD: &str = "behaviour.adoption.joining = { awareness = { at_start_share = 0.3, reached_per_month_share = 0.5";

#[test]
fn a_campaign_stands_in_the_funnel_with_its_days_its_lines_and_its_cost() {
    // Five of the campaign's ten days fall into the run; a third of the district is simulated.
    let campaign = |factor: u32| {
        format!(
            "{WORD}, campaigns = [{{ from = 2023-03-01, to = 2023-03-10, factor = {factor} }}] }} }}"
        )
    };
    let [idle, strong] = [campaign(1), campaign(20)];
    let (_, free) = run(&[&idle], 2, 8, 5_000);
    let (_, paid) = run(&[&idle, COST], 2, 8, 5_000);
    let (_, speeded) = run(&[&strong, COST], 2, 8, 5_000);
    let told = |summary: &Value| summary["funnel"]["campaigns"][0].clone();
    let one = told(&paid);
    assert_eq!((&one["from"], &one["days_in_run"]), (&"2023-03-01".into(), &5.into()));
    assert_eq!(one["cost"], "1125.00", "a quarter of 5 x 900 yuan");
    assert!(told(&free)["cost"].is_null() && told(&free)["cost_per_line_opened"].is_null());
    let each = mean(&one["cost_per_line_opened"]) * mean(&one["lines_opened"]);
    assert!((each / 1_125.0 - 1.0).abs() < 0.05, "{one}");
    // It brings lines, and they are counted while it runs.
    let (before, after) = (mean(&one["lines_opened"]), mean(&told(&speeded)["lines_opened"]));
    assert!(after > 1.2 * before, "{before} {after}");
    assert!(mean(&speeded["funnel"]["opened"]) >= after, "{speeded}");
    // A campaign without effect moves nothing but the platform's purse, once.
    let value = |summary: &Value, key: &str| {
        fen(summary["answer"]["against"]["mobile_2023"][key]["mean"].as_str().expect("yuan"))
    };
    assert_eq!(value(&paid, "resource_cost") - value(&free, "resource_cost"), 112_500);
    let platform = |summary: &Value| {
        let parties = &summary["answer"]["against"]["mobile_2023"]["npv_by_party"];
        fen(parties["platform"]["mean"].as_str().expect("yuan"))
    };
    assert_eq!(platform(&free) - platform(&paid), 112_500);
    assert_eq!(paid["answer"]["against"]["mobile_2023"]["sum_gap_fen"], 0);
}

#[test]
fn the_page_tells_a_campaign_and_each_cost_with_its_basis() {
    let room = tempfile::tempdir().expect("a folder");
    let mut command = assert_cmd::Command::cargo_bin("aftercare").expect("the program");
    command.current_dir(room.path()).arg("run").arg(file("smoke.toml")).args(["--out", "out"]);
    command.args(["--population", "5000", "--days", "8", "--replications", "2", "--quiet"]);
    let campaign =
        format!("{WORD}, campaigns = [{{ from = 2023-03-08, to = 2023-03-10, factor = 3 }}] }} }}");
    command.args(["--set", &campaign, "--set", COST]);
    command.assert().success();
    let read =
        |name: &str| std::fs::read_to_string(room.path().join("out").join(name)).expect("a page");
    let said = [
        (
            "report.html",
            ["Campaign of 2023-03-08 to 2023-03-10", "a line opened meanwhile", "Campaigns: a day"],
        ),
        (
            "report.zh.html",
            ["宣传活动（2023-03-08 至 2023-03-10）", "折合期间每开通一户", "宣传活动：每天"],
        ),
    ];
    for (name, words) in said {
        let page = read(name);
        for word in words {
            assert!(page.contains(word), "{name}: {word}");
        }
    }
    // Every input of [costs] that stands in the list of inputs stands in the table, with its basis.
    let (page, list) = (read("report.html"), read("assumptions.csv"));
    let costs = list.lines().filter(|line| line.starts_with("costs.")).count();
    let (_, table) = page.split_once("Costs as inputs").expect("the table");
    let (table, _) = table.split_once("</table>").expect("its end");
    assert_eq!(table.matches("<tr").count(), costs + 1, "the head and {costs} inputs");
    assert!(table.contains(">assumed<") && table.contains(">source<"), "{table}");
}

/// Where hours are lost, the terminal says why an hour has no cost, in place of a dash.
#[test]
fn an_hour_that_is_not_saved_has_a_reason_in_place_of_a_price() {
    let slow = "scheme_flow.help={ fixed = { value_s = 20000 } }";
    for (lang, reason) in [("en", "An hour has no cost: not"), ("zh", "没有每小时成本")] {
        let room = tempfile::tempdir().expect("a folder");
        let mut command = assert_cmd::Command::cargo_bin("aftercare").expect("the program");
        command.current_dir(room.path()).arg("run").arg(file("smoke.toml"));
        command.args(["--population", "3000", "--days", "3", "--replications", "2", "--quiet"]);
        command.args(["--out", "out", "--lang", lang, "--set", slow]);
        let done = command.assert().success();
        let told = String::from_utf8(done.get_output().stdout.clone()).expect("text");
        assert!(told.contains(reason) && !told.contains("society —"), "{told}");
    }
}

/// Keys of the smoke district, and the ends between which a random scenario takes them.
const DRAWN: [(&str, f64, f64); 22] = [
    ("costs.discount_rate_per_year", 0.0, 0.2),
    ("costs.funding_rate_per_year", 0.0, 0.1),
    ("costs.care_cost_ratio", 0.0, 1.0),
    ("costs.subsidy_ratio", 0.0, 0.3),
    ("costs.it.set_up_yuan", 0.0, 9_999_999.0),
    ("costs.bank.opening_yuan_per_line", 0.0, 33.0),
    ("costs.bank.account_yuan_per_line_year", 0.0, 9.0),
    ("costs.hospital.clerk_yuan_per_hour", 1.0, 99.0),
    ("costs.hospital.clerk_saved_ratio", 0.0, 1.0),
    ("costs.messages.yuan_each", 0.0, 1.0),
    ("costs.help_desk.yuan_per_call", 0.0, 19.0),
    ("costs.channel.fee_ratio", 0.0, 0.02),
    ("costs.channel.fee_yuan_per_item", 0.0, 1.0),
    ("behaviour.use_of_line.outpatient_share", 0.0, 1.0),
    ("behaviour.use_of_line.inpatient_share", 0.0, 1.0),
    ("behaviour.repayment.miss_due_share", 0.0, 1.0),
    ("behaviour.adoption.share_at_start", 0.0, 0.3),
    ("scheme_flow.final_stop_share", 0.0, 1.0),
    ("credit.limits.ceiling_yuan", 3_000.0, 90_000.0),
    ("credit.instalments.rate_per_year", 0.0, 0.3),
    ("credit.loss.insurer_share", 0.0, 1.0),
    ("people.uninsured_share", 0.0, 0.3),
];

/// The set lines of a random scenario: each key between its ends, to the second decimal.
fn random(number: u32) -> Vec<String> {
    let draw = |at: usize| unit(Philox::new(20_260_101).words([number, at as u32, 0, 0])[0]);
    let value = |(at, (key, low, high)): (usize, &(&str, f64, f64))| {
        format!("{key}={:.2}", low + (high - low) * draw(at))
    };
    let mut set: Vec<String> = DRAWN.iter().enumerate().map(value).collect();
    let whens = ["once_at_end", "at_order", "after_leaving", "before_each_step"];
    set.push(format!("scheme_flow.when=\"{}\"", whens[(draw(50) * 4.0) as usize]));
    set.push(format!("costs.horizon_years={}", 1 + (draw(51) * 29.0) as u32));
    set
}

#[test]
fn values_of_all_parties_are_minus_the_resource_cost_to_the_fen_in_random_scenarios() {
    let mut flows = BTreeSet::new();
    for number in 0..8 {
        let set = random(number);
        let setup = Setup::new(scenario(&set), u64::from(number), 1, 4, Some(3_000));
        let outcome = replicate(&setup, &mut |_| true).unwrap_or_else(|e| panic!("{set:?}: {e:?}"));
        let summary = summary(&setup, &outcome);
        for (baseline, against) in summary["answer"]["against"].as_object().expect("baselines") {
            let yuan = |value: &Value| fen(value["mean"].as_str().expect("yuan"));
            let sum = |key: &str| -> i64 {
                against[key].as_object().expect("parties").values().map(yuan).sum()
            };
            assert_eq!(
                sum("npv_by_party"),
                -yuan(&against["resource_cost"]),
                "{baseline}: {set:?}"
            );
            let paying = -yuan(&against["resource_cost_without_care"]);
            assert_eq!(sum("npv_paying_by_party"), paying, "{baseline}: {set:?}");
            // The whole comes from the rows themselves, not from the sums beside them.
            assert_eq!(
                rows_used_up(&setup, &outcome, &summary, baseline),
                yuan(&against["resource_cost"])
            );
        }
        let tables = tables(&setup, &outcome, &summary);
        let found = tables.iter().find(|table| table.name == "flows.csv").expect("the flows");
        flows.extend(found.rows.iter().map(|row| row[2].clone()));
    }
    assert!(flows.len() > 17, "the scenarios moved little: {flows:?}");
}

/// What the rows of `flows.csv` use up against a baseline.
fn rows_used_up(setup: &Setup, outcome: &Outcome, summary: &Value, baseline: &str) -> i64 {
    let tables = tables(setup, outcome, summary);
    let flows = tables.iter().find(|table| table.name == "flows.csv").expect("the flows");
    let used = flows.rows.iter().filter(|row| row[1] == baseline && row[4] == "used_up");
    used.map(|row| fen(&row[8])).sum()
}

/// Households that earn next to nothing against households that earn a fortune: the same deposits.
#[test]
fn stays_whose_peak_exceeds_a_months_income_follow_the_income() {
    let share = |incomes: &str| {
        let set = format!("people.monthly_income_yuan={incomes}");
        let (_, summary) = run(&[&set], 1, 7, 6_000);
        let stays = &summary["answer"]["stays"]["peak_over_month_income_share"];
        ["baseline", "policy"].map(|side| mean(&stays[side]))
    };
    let [poor, poor_held] = share("[1, 1, 1, 1, 1]");
    let [rich, rich_held] = share("[900000, 900000, 900000, 900000, 900000]");
    assert!(poor > 0.5, "nearly every deposit is more than a yuan: {poor}");
    assert!(poor_held < poor, "holders leave none: {poor_held} of {poor}");
    assert!(rich.abs() < 1e-12 && rich_held.abs() < 1e-12, "{rich} {rich_held}");
}

/// Nobody pays on the due date, and a week later benefits are suspended. Whether that is for a debt under 500 yuan
/// follows from the limit.
#[test]
fn records_for_debts_under_500_yuan_are_told_apart() {
    let harm = |limit: &str| {
        let tier = format!("credit.limits.tiers=[{{ score_from = 500, limit_yuan = {limit} }}]");
        let set = [
            tier.as_str(),
            &format!("credit.limits.ceiling_yuan={limit}"),
            "credit.limits.floor_yuan=100",
            "behaviour.repayment.miss_due_share=1",
            "credit.sanctions.blacklist_from_dpd_days=8",
        ];
        let (_, summary) = run(&set, 1, 7, 6_000);
        let harm = &summary["answer"]["harm"];
        let of = |key: &str| mean(&harm[key]);
        (of("recorded_per_10000_users"), of("recorded_under_500_yuan_per_10000_users"))
    };
    let (all, small) = harm("499");
    assert!(all > 0.0 && (all - small).abs() < 1e-6, "{all} {small}");
    let (all, small) = harm("8000");
    assert!(small > 0.0 && small < all, "small and large debts: {small} of {all}");
}

/// The index by hand: twice the covariance of the figure and the income rank, over its mean.
fn by_hand(groups: &[(f64, f64)]) -> f64 {
    let people: f64 = groups.iter().map(|group| group.0).sum();
    let whole: f64 = groups.iter().map(|(number, value)| number * value).sum::<f64>() / people;
    let mut below = 0.0;
    let mut covariance = 0.0;
    for (number, value) in groups {
        let rank = (below + number / 2.0) / people;
        covariance += number / people * (value - whole) * (rank - 0.5);
        below += number;
    }
    2.0 * covariance / whole
}

#[test]
fn concentration_of_minutes_and_approvals_is_the_index_of_the_runs_own_fifths() {
    let setup = Setup::new(scenario(&[]), 7, 1, 7, Some(6_000));
    let outcome = replicate(&setup, &mut |_| true).expect("a run");
    let told = summary(&setup, &outcome);
    let harm = &told["answer"]["harm"];
    let mut fifths = [(0.0, 0.0); 5];
    for (cell, pair) in outcome.replications[0].pairs.groups[0].iter().enumerate() {
        let fifth = &mut fifths[income_of_joint(cell)];
        fifth.0 += pair.visits.iter().sum::<u64>() as f64;
        fifth.1 += pair.visits_saved_ms.iter().sum::<i64>() as f64;
    }
    let minutes = by_hand(&fifths.map(|(visits, saved)| (visits, saved / visits)));
    assert!((mean(&harm["concentration_of_minutes"]) - minutes).abs() < 1e-6, "{harm} {minutes}");
    // Approvals: where employees alone are admitted, the well-off are admitted more.
    let approvals = |resident: bool| {
        let schemes = format!(
            "credit.eligibility.schemes={{ employee = true, resident = {resident}, uninsured = false }}"
        );
        let (_, summary) = run(&[&schemes], 1, 2, 6_000);
        mean(&summary["answer"]["harm"]["concentration_of_eligibility"])
    };
    let (all, employees) = (approvals(true), approvals(false));
    assert!(employees > all + 0.02, "{employees} {all}");
}

/// One scheme names its banks and one does not: only what both have is compared, in either order.
#[test]
fn schemes_with_and_without_banks_are_compared() {
    let frame = |name: &str| Frame {
        scenario: file(name),
        set: Vec::new(),
        seed: Some(7),
        replications: Some(2),
        days: Some(2),
        population: Some(4_000),
    };
    let (with, without) = ("guangzhou.toml", "smoke.toml");
    let bank = |scenario: &str| {
        let frame = frame(scenario);
        let setup = frame.setup(frame.load().expect("a scenario")).expect("a setup");
        let banks = setup
            .scenario
            .policy
            .scheme
            .is_some_and(|scheme| !scheme.credit.more.banks.list.is_empty());
        assert_eq!(banks, scenario == with, "{scenario}");
    };
    bank(with);
    bank(without);
    for (first, second) in [(with, without), (without, with)] {
        let compare = Compare::new(&frame(first), &[file(second)], &[]).expect("two schemes");
        let document = compare.run(&mut |_| true).expect("both run");
        let metrics = document["pairs"][0]["metrics"].as_object().expect("metrics");
        assert!(metrics.len() > 60, "{} metrics", metrics.len());
        assert!(metrics.keys().all(|path| !path.starts_with("banks.")), "{first} {second}");
        assert_eq!(
            document["ranking"]["order"].as_array().map(Vec::len),
            Some(2),
            "{}",
            document["ranking"]
        );
    }
    let own = lines(&["banks.no_such_bank.lines"]);
    match Compare::new(&frame(with), &[file(without)], &own) {
        Err(Trouble::Question(text)) => assert!(text.contains("banks."), "{text}"),
        _ => panic!("a metric that neither has was accepted"),
    }
}
