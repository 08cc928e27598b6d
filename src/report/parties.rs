//! Objection sheets of hospital, bank, finance and audit, and the paragraph to quote. Must never leave an
//! objection out because the run has no answer to it: then the sheet says that.

use super::Lang;
use super::headline::{self, PLAIN};
use super::headroom;
use super::numbers::{Unit, decimal};
use super::page::{Block, Html, RowKind, Section, Table, escape};
use super::source::{Source, Summary, is_assumed};
use super::words::{self as w, Text, t};

/// Gaps of an answer: name, path in the summary (the main baseline as `*`), unit.
type Figures = &'static [(&'static str, &'static str, Unit)];

/// An objection: the question, the answer with gaps, the figures that close them, why they may be missing.
struct Objection(Text, Text, Figures, Text);

/// What is said where the answer that has these figures lacks one: that each yuan loses says more than nothing.
const NEVER_EVEN: (Text, Figures) = (
    t(
        "The bank's result is {a} a year against fixed costs of {b}. Each yuan drawn costs it more than it brings, so \
         no use rate breaks even without a subsidy; to break even it takes {c} of what is drawn, {d} a line and year.",
        "银行年度结果 {a}，固定成本 {b}。每支用一元银行即亏损，没有补贴时任何使用率都无法保本；保本所需补贴为支用额的 {c}，\
         即每户每年 {d}。",
    ),
    &[
        ("a", "answer.bank.result_per_year", Unit::Yuan),
        ("b", "answer.bank.fixed_cost_per_year", Unit::Yuan),
        ("c", "answer.bank.break_even_subsidy_share", Unit::Share),
        ("d", "answer.bank.break_even_subsidy_yuan_per_line_year", Unit::Yuan),
    ],
);

/// The load of the busiest minute; what a machine can take stands beside it.
const PEAK: &str = "throughput.peak_requests_per_s";

/// A party and what it will ask.
struct Party(Text, &'static [Objection]);

const NO_COSTS: Text = t("the scenario states no costs ([costs])", "情景未给出成本（[costs]）");
const NO_CLEARING: Text = t(
    "the scenario does not follow money between institutions ([clearing])",
    "情景未跟踪机构间清算（[clearing]）",
);
const NO_FIGURE: Text = t("the summary does not hold it", "汇总结果中没有该数字");

const PARTIES: [Party; 4] = [
    Party(t("hospital", "医院"), &HOSPITAL),
    Party(t("bank", "银行"), &BANK),
    Party(t("finance bureau", "财政"), &FINANCE),
    Party(t("audit", "审计"), &AUDIT),
];

const HOSPITAL: [Objection; 5] = [
    Objection(
        t("We will wait longer for our money.", "我们的回款会更慢。"),
        t(
            "Days until the hospitals have their money, on average: {a} days in the baseline, {b} days under the scheme. \
             Owed by the bank on an average day: {c}.",
            "医院平均回款天数（应收账款周转天数）：基线 {a} 天，本方案 {b} 天；日均银行应付款 {c}。",
        ),
        &[
            ("a", "clearing.days_sales_outstanding.baseline", Unit::Plain(1)),
            ("b", "clearing.days_sales_outstanding.policy", Unit::Plain(1)),
            ("c", "clearing.owed_by_banks.policy", Unit::Yuan),
        ],
        NO_CLEARING,
    ),
    Objection(
        t(
            "Patients will leave without paying, and we bear it.",
            "患者走了不付钱，损失由我们承担。",
        ),
        t(
            "Overdue bills of patients: {a} in the baseline, {b} under the scheme; of the net credit loss the \
             hospitals bear {c}.",
            "患者逾期欠费：基线 {a}，本方案 {b}；信用净损失中由医院承担 {c}。",
        ),
        &[
            ("a", "credit.overdue_patient_receivables.baseline", Unit::Yuan),
            ("b", "credit.overdue_patient_receivables.policy", Unit::Yuan),
            ("c", "credit.loss_by_bearer.hospital", Unit::Yuan),
        ],
        NO_FIGURE,
    ),
    Objection(
        t("Without deposits we lose our security.", "取消押金，我们就没有保障。"),
        t(
            "Deposits taken: {a} in the baseline, {b} under the scheme. Stays refused for want of a deposit: {c} \
             and {d}.",
            "收取押金：基线 {a}，本方案 {b}；因无力交押金而未入院：{c} 次与 {d} 次。",
        ),
        &[
            ("a", "credit.deposits.baseline", Unit::Yuan),
            ("b", "credit.deposits.policy", Unit::Yuan),
            ("c", "credit.stays_refused_for_want_of_deposit.baseline", Unit::Count),
            ("d", "credit.stays_refused_for_want_of_deposit.policy", Unit::Count),
        ],
        NO_FIGURE,
    ),
    Objection(
        t("The work at the windows only moves elsewhere.", "窗口的工作只是换了地方。"),
        t(
            "Payment stops a visit: {a} in the baseline, {b} under the scheme; signing up and help take {c} \
             minutes of an average visit.",
            "每次就诊缴费停留：基线 {a} 次，本方案 {b} 次；签约与帮助平均占用 {c} 分钟。",
        ),
        &[
            ("a", "queue.payment_stops.all.baseline", Unit::Plain(2)),
            ("b", "queue.payment_stops.all.policy", Unit::Plain(2)),
            ("c", "queue.check.sign_up_and_help_min", Unit::Plain(2)),
        ],
        NO_FIGURE,
    ),
    Objection(
        t("The new system costs us money.", "系统改造要我们花钱。"),
        t(
            "Over {b} years the change in the way of paying is worth {a} to the hospitals (net present value; − = they pay).",
            "{b} 年内支付方式变化给医院带来的净现值：{a}（− 表示付出）。",
        ),
        &[
            ("a", "answer.against.*.npv_paying_by_party.hospitals", Unit::Yuan),
            ("b", "answer.horizon_years", Unit::Plain(0)),
        ],
        NO_COSTS,
    ),
];

const BANK: [Objection; 5] = [
    Objection(
        t("Unsecured small lines are not repaid.", "无抵押小额授信收不回来。"),
        t(
            "Ever more than 90 days late: {a} of lines used and {b} of yuan drawn. Net credit loss {c}, of which \
             the bank bears {d}.",
            "曾逾期 90 天以上：户数 {a}，金额 {b}；信用净损失 {c}，其中银行承担 {d}。",
        ),
        &[
            ("a", "credit.dpd90_rate_accounts", Unit::Share),
            ("b", "credit.dpd90_rate_balance", Unit::Share),
            ("c", "credit.net_credit_loss", Unit::Yuan),
            ("d", "credit.loss_by_bearer.bank", Unit::Yuan),
        ],
        NO_FIGURE,
    ),
    Objection(
        t("Lines are opened and never used.", "开了额度没人用。"),
        t(
            "{a} people may open a line, {b} did, {c} used it; {d} drawn of limits of {e}.",
            "{a}人符合条件，{b}人开通，{c}人使用；授信 {e} 中支用 {d}。",
        ),
        &[
            ("a", "credit.eligible", Unit::Count),
            ("b", "credit.opened", Unit::Count),
            ("c", "credit.used", Unit::Count),
            ("d", "credit.drawn_total", Unit::Yuan),
            ("e", "credit.limit_total", Unit::Yuan),
        ],
        NO_FIGURE,
    ),
    Objection(
        t("It cannot pay for itself.", "业务无法自负盈亏。"),
        t(
            "The bank's result is {a} a year against fixed costs of {b}; it breaks even without a subsidy at a \
             use rate of {c}, and has {d}.",
            "银行年度结果 {a}，固定成本 {b}；无补贴时盈亏平衡使用率为 {c}，实际为 {d}。",
        ),
        &[
            ("a", "answer.bank.result_per_year", Unit::Yuan),
            ("b", "answer.bank.fixed_cost_per_year", Unit::Yuan),
            ("c", "answer.bank.break_even_use_rate", Unit::Share),
            ("d", "answer.bank.use_rate", Unit::Share),
        ],
        NO_COSTS,
    ),
    Objection(
        t("Collecting small sums costs more than it brings.", "催收小额款项得不偿失。"),
        t(
            "Collections cost {a}; {b} came back after write-off of {c}.",
            "催收成本 {a}；核销 {c}，核销后收回 {b}。",
        ),
        &[
            ("a", "credit.collection_cost", Unit::Yuan),
            ("b", "credit.recovered", Unit::Yuan),
            ("c", "credit.written_off", Unit::Yuan),
        ],
        NO_FIGURE,
    ),
    Objection(
        t("Our systems cannot take the morning peak.", "系统扛不住早高峰。"),
        t(
            "The busiest minute brings {a} requests a second; a visit makes {b}.",
            "最繁忙一分钟每秒 {a} 个请求；平均每次就诊 {b} 个。",
        ),
        &[("a", PEAK, Unit::Plain(1)), ("b", "throughput.requests_per_visit", Unit::Plain(1))],
        NO_FIGURE,
    ),
];

const FINANCE: [Objection; 5] = [
    Objection(
        t("What does an hour saved cost the public purse?", "每节省一小时，公共资金花多少钱？"),
        t(
            "{a} an hour for the public purse and {b} for society, beside {c} that an hour is taken to be worth.",
            "公共资金 {a}/小时，全社会 {b}/小时；时间价值取 {c}/小时。",
        ),
        &[
            ("a", "answer.against.*.cost_per_hour.public_purse", Unit::Yuan),
            ("b", "answer.against.*.cost_per_hour.society", Unit::Yuan),
            ("c", "answer.value_of_time_yuan_per_hour", Unit::Yuan),
        ],
        t(
            "the scenario states no costs ([costs]), or no hour is saved",
            "情景未给出成本（[costs]），或没有节省时间",
        ),
    ),
    Objection(
        t("Who pays in the end?", "最终谁买单？"),
        t(
            "Net present value by the way of paying: patients {a}, hospitals {b}, bank {c}, funds {d}, credit \
             insurer {e}, public budget {f}, platform {g}, others {h}; together {i}, which is minus the resources used.",
            "支付方式变化带来的净现值：患者 {a}，医院 {b}，银行 {c}，医保基金 {d}，信用保险人 {e}，财政 {f}，平台 {g}，其他 \
             {h}；合计 {i}，即资源耗费的相反数。",
        ),
        &[
            ("a", "answer.against.*.npv_paying_by_party.patients", Unit::Yuan),
            ("b", "answer.against.*.npv_paying_by_party.hospitals", Unit::Yuan),
            ("c", "answer.against.*.npv_paying_by_party.bank", Unit::Yuan),
            ("d", "answer.against.*.npv_paying_by_party.funds", Unit::Yuan),
            ("e", "answer.against.*.npv_paying_by_party.credit_insurer", Unit::Yuan),
            ("f", "answer.against.*.npv_paying_by_party.treasury", Unit::Yuan),
            ("g", "answer.against.*.npv_paying_by_party.platform", Unit::Yuan),
            ("h", "answer.against.*.npv_paying_by_party.others", Unit::Yuan),
            ("i", "answer.against.*.sum_of_paying", Unit::Yuan),
        ],
        NO_COSTS,
    ),
    Objection(
        t("Phones have done this already.", "手机支付已经解决了。"),
        t(
            "Against {base} the scheme saves {a} minutes of an average visit, {b} of them in payment.",
            "对比{base}，本方案平均每次就诊节省 {a} 分钟，其中缴费 {b} 分钟。",
        ),
        &[
            ("a", "queue.time_in_hospital.all.saved", Unit::Plain(2)),
            ("b", "queue.payment.all.saved", Unit::Plain(2)),
        ],
        NO_FIGURE,
    ),
    Objection(
        t("Easy payment makes people use more care.", "付费方便会诱导过度医疗。"),
        t(
            "Visits that the scheme itself brought in this run: {a}. Paying later lowers no bill.",
            "本次运行中由方案引起的就诊：{a}次。先诊疗并不减少应付费用。",
        ),
        &[("a", "credit.induced_visits", Unit::Count)],
        NO_FIGURE,
    ),
    Objection(
        t("The funds will be drained.", "医保基金会被掏空。"),
        t(
            "Paid by the funds: {a} in the baseline, {b} under the scheme.",
            "基金支付：基线 {a}，本方案 {b}。",
        ),
        &[
            ("a", "clearing.funds_paid.baseline", Unit::Yuan),
            ("b", "clearing.funds_paid.policy", Unit::Yuan),
        ],
        NO_CLEARING,
    ),
];

const AUDIT: [Objection; 4] = [
    Objection(
        t("Do the books balance?", "账目是否平衡？"),
        t(
            "{a} claims over {b}; the ledger's largest imbalance is {c} fen.",
            "{a}笔结算，合计 {b}；账目最大差额 {c} 分。",
        ),
        &[
            ("a", "settlement.claims", Unit::Count),
            ("b", "settlement.total", Unit::Yuan),
            ("c", "settlement.ledger_imbalance_fen", Unit::Plain(0)),
        ],
        NO_FIGURE,
    ),
    Objection(
        t("Are errors between institutions found?", "机构间对账差错能否发现？"),
        t(
            "Of {a} records compared, {b} false alarms; {c} at stake in planted faults.",
            "比对 {a} 条记录，误报 {b} 条；植入差错涉及 {c}。",
        ),
        &[
            ("a", "clearing.reconciliation.records", Unit::Count),
            ("b", "clearing.reconciliation.false_alarms", Unit::Count),
            ("c", "clearing.reconciliation.at_stake", Unit::Yuan),
        ],
        NO_CLEARING,
    ),
    Objection(
        t("Can the result be repeated?", "结果能否复现？"),
        t(
            "Yes: seed {a}, {b} replications; the command, the hash of all inputs and the version stand at the \
             end of the report, and `aftercare runs verify` holds the files to their hashes.",
            "可以：随机种子 {a}，{b} 次重复；命令、全部输入的哈希值和版本见报告末尾，aftercare runs verify 可核对文件。",
        ),
        &[("a", "seed", Unit::Plain(0)), ("b", "replications", Unit::Plain(0))],
        NO_FIGURE,
    ),
    Objection(
        t("What was simplified?", "做了哪些简化？"),
        t(
            "Visits whose payment stops differed between rehearsal and walk: {a}; visits without a match in the \
             other arm: {b}. The approximations are counted under “Limits”.",
            "预演与实际缴费停留不一致的就诊：{a}次；在另一方案中没有对应的就诊：{b}次。近似处理的计数见“局限”一节。",
        ),
        &[("a", "stop_conflicts", Unit::Count), ("b", "queue.unmatched", Unit::Count)],
        NO_FIGURE,
    ),
];

/// The sheets, each kept whole in print.
pub(super) fn sheets(source: &Source, lang: Lang) -> Section {
    let summary = source.summary();
    let baseline = headline::baseline(summary, lang, PLAIN);
    let lead = w::PARTIES_LEAD.fill(lang, &[("baseline", &baseline)]);
    let mut blocks = vec![Block::Para(Html::text(&lead))];
    let says = w::SAYS_RUN.fill(lang, &[("baseline", &baseline)]);
    for Party(name, objections) in &PARTIES {
        let title = w::PARTY_OF.fill(lang, &[("party", name.of(lang))]);
        blocks.push(Block::Sheet(Html::text(&title)));
        let row = |Objection(question, answer, figures, why): &Objection| {
            let said = said(summary, lang, (*answer, figures), &baseline)
                .or_else(|| even(summary, lang, figures, &baseline))
                .unwrap_or_else(|| w::ABSENT.fill(lang, &[("why", why.of(lang))]));
            let room = figures.iter().any(|(_, path, _)| *path == PEAK);
            let room = if room { headroom::line(source, lang) } else { String::new() };
            let said = format!("{said}{}{room}", lang.pick(" ", "")).trim_end().to_owned();
            (RowKind::Plain, vec![Html::text(question.of(lang)), marked(&said)])
        };
        blocks.push(Block::Table(Table {
            caption: Html::default(),
            head: vec![Html::text(w::OBJECTION.of(lang)), Html::text(&says)],
            rows: objections.iter().map(row).collect(),
            numeric: false,
        }));
    }
    Section { id: "parties", title: Html::text(w::PARTIES_TITLE.of(lang)), blocks }
}

/// The bank's answer where no use rate breaks even.
fn even(
    summary: Summary<'_>,
    lang: Lang,
    figures: &[(&str, &str, Unit)],
    baseline: &str,
) -> Option<String> {
    let asks = figures.iter().any(|(_, path, _)| *path == "answer.bank.break_even_use_rate");
    asks.then(|| said(summary, lang, NEVER_EVEN, baseline)).flatten()
}

/// An answer with its figures and their intervals; nothing where one is missing.
fn said(
    summary: Summary<'_>,
    lang: Lang,
    (text, figures): (Text, &[(&str, &str, Unit)]),
    baseline: &str,
) -> Option<String> {
    let mut gaps = vec![("base", baseline.to_owned())];
    for &(gap, path, unit) in figures {
        let path = path.replace('*', summary.text("baseline"));
        let estimate = summary.estimate(&path)?;
        let (mean, interval) = match path.as_str() {
            // A seed is a name, not an amount.
            "seed" => (summary.at("seed").to_string(), String::new()),
            _ => unit.estimate(lang, &estimate),
        };
        let (open, close) = lang.pick((" (", ")"), ("（", "）"));
        let exact = estimate.ci95.is_none_or(|[low, high]| (high - low).abs() < 1e-12);
        gaps.push((gap, if exact { mean } else { format!("{mean}{open}{interval}{close}") }));
    }
    let gaps: Vec<(&str, &str)> = gaps.iter().map(|(gap, said)| (*gap, said.as_str())).collect();
    Some(text.fill(lang, &gaps))
}

/// Keys and commands marked as such.
fn marked(said: &str) -> Html {
    let mut html = escape(said);
    for key in ["[costs]", "[clearing]", "aftercare runs verify"] {
        html = html.replace(&format!("`{key}`"), key).replace(key, Html::code(key).as_str());
    }
    Html::trusted(html)
}

/// The paragraph to quote, in both languages whatever the page's own.
pub(super) fn quote(source: &Source, lang: Lang) -> Section {
    let mut blocks = vec![Block::Para(Html::text(w::QUOTE_LEAD.of(lang)))];
    for of in [Lang::Zh, Lang::En] {
        blocks.push(Block::Quote {
            lang: of.pick("en", "zh-CN"),
            text: Html::trusted(paragraph(source, of)),
        });
    }
    Section { id: "quote", title: Html::text(w::QUOTE_TITLE.of(lang)), blocks }
}

fn paragraph(source: &Source, lang: Lang) -> String {
    let summary = source.summary();
    let headline::Answer { main, invalid, .. } = headline::answer(summary, lang, PLAIN);
    if let Some(invalid) = invalid {
        return escape(&invalid);
    }
    let manifest = source.manifest.clone().unwrap_or_default();
    let rows = source.assumptions.as_deref().unwrap_or_default();
    let assumed = rows.iter().filter(|row| is_assumed(row)).count();
    let count =
        |path: &str| summary.mean(path).map_or_else(String::new, |x| Unit::Count.say(lang, x));
    let code = |text: &str| Html::code(text).as_str().to_owned();
    let hash: String = manifest.input_hash.chars().take(16).collect();
    let gaps = [
        ("answer", escape(&main)),
        ("noise", noise(summary, lang)),
        ("parts", spread(summary, lang)),
        ("version", code(&format!("aftercare {}", manifest.tool_version))),
        ("title", escape(summary.title(lang))),
        ("people", count("population")),
        ("days", count("days")),
        ("replications", headline::replications(summary, lang)),
        ("assumed", assumed.to_string()),
        ("inputs", rows.len().to_string()),
        ("hash", code(&hash)),
    ];
    let gaps: Vec<(&str, &str)> = gaps.iter().map(|(gap, said)| (*gap, said.as_str())).collect();
    w::QUOTE.fill(lang, &gaps).replace("  ", " ")
}

/// The interval over replications in words.
fn noise(summary: Summary<'_>, lang: Lang) -> String {
    let saved = summary.estimate("queue.time_in_hospital.all.saved");
    if saved.is_some_and(|saved| saved.covers_zero()) {
        // The answer itself says this interval.
        return String::new();
    }
    let Some([low, high]) = saved.and_then(|saved| saved.ci95) else {
        return w::QUOTE_NO_NOISE.of(lang).to_owned();
    };
    let [low, high] = [low, high].map(|x| decimal(x, 2));
    w::QUOTE_NOISE.fill(lang, &[("low", &low), ("high", &high)])
}

/// The second interval in words.
fn spread(summary: Summary<'_>, lang: Lang) -> String {
    let metric = &summary.at("uncertainty.headlines")["queue.time_in_hospital.all.saved"];
    let ends = [0, 1].map(|end| metric["spread95"][end].as_f64());
    match ends {
        [Some(low), Some(high)] => {
            let [low, high] = [low, high].map(|x| decimal(x, 2));
            w::QUOTE_SPREAD.fill(lang, &[("low", &low), ("high", &high)])
        }
        _ => w::QUOTE_NO_SPREAD.of(lang).to_owned(),
    }
}
