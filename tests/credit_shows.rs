//! Credit risk shown on the simulator itself: correlated defaults against the exact pool and its limit,
//! shared lines under load, the hour of automatic drawdown, and bad times that act where they belong.

mod run_support;

use aftercare::behaviour::spec::{MoreBehaviour, Shock, Spell};
use aftercare::behaviour::{Behaviour, EligibleMix, Intent, PersonView, macro_factor};
use aftercare::credit::spec::CreditPolicy;
use aftercare::domain::{Fen, GroupId, VisitId};
use aftercare::experiment::{self, Outcome, Setup, replicate};
use aftercare::flow::spec::PayWhen;
use aftercare::random::Philox;
use aftercare::report::{Lang, render};
use aftercare::risk::{FinitePool, conditional_pd, tail_risk};
use aftercare::scenario::{self, Scenario};
use aftercare::sim::ArmResult;
use aftercare::stats::Estimate;
use rayon::prelude::*;
use serde_json::Value;
use std::path::Path;

const PD: f64 = 0.02;
const RHO: f64 = 0.05;
const LEVELS: [f64; 3] = [0.5, 0.9, 0.99];

fn smoke() -> Scenario {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/smoke.toml");
    scenario::load(&path).expect("the smoke district")
}

/// Everybody alike, nobody early, one macro factor a year.
fn one_factor(scenario: &mut Scenario, miss_due: f64, correlation: f64) {
    let repayment = &mut scenario.behaviour.repayment;
    (repayment.first_day, repayment.early) = (0.0, 0.0);
    (repayment.miss_due, repayment.heterogeneity, repayment.large_draw_odds) = (miss_due, 0.0, 1.0);
    scenario.behaviour.more =
        MoreBehaviour { macro_correlation: correlation, ..MoreBehaviour::default() };
}

/// Defaults of a book of so many draws in each of so many years, by the simulator's own decisions.
fn book(size: u32, years: u16) -> Vec<u32> {
    let mut scenario = smoke();
    one_factor(&mut scenario, PD, RHO);
    let mix = EligibleMix::from_counts([[1, 1], [1, 1]]);
    let behaviour = Behaviour::new(&scenario.behaviour, &mix);
    let view = PersonView {
        ability: 30_000,
        willingness: 40_000,
        chronic: false,
        age: 40,
        monthly_income: Fen::from_yuan(5_000),
    };
    let philox = Philox::new(2_024);
    let year = |year: u16| {
        let misses = |draw: &u32| {
            let bill = VisitId::new(0, GroupId(*draw), 0).bill(4).raw();
            let intent = behaviour.repayment(philox, bill, year, &view, Fen(10_000), 56);
            intent == Intent::Misses
        };
        (0..size).filter(misses).count() as u32
    };
    let mut defaults: Vec<u32> = (1..=years).into_par_iter().map(year).collect();
    defaults.sort_unstable();
    defaults
}

fn quantile<T: Copy>(sorted: &[T], level: f64) -> T {
    let place = libm::ceil(level * sorted.len() as f64) as usize;
    sorted[place.clamp(1, sorted.len()) - 1]
}

/// Four standard errors of the share of so many years that lie below a quantile of this level.
fn slack(level: f64, years: usize) -> f64 {
    4.0 * libm::sqrt(level * (1.0 - level) / years as f64)
}

/// 10,000 years of 500 draws. The share of years below the true quantile is binomial, so the empirical
/// quantile lies between the exact quantiles of the levels ± four standard errors: at 0.99 between those
/// of 0.986 and 0.994. The infinite pool's quantile would be too low there: it is not what is met.
#[test]
fn a_book_of_five_hundred_gives_the_finite_pool_s_quantiles() {
    let years = book(500, 10_000);
    let pool = FinitePool { size: 500, pd: PD, rho: RHO };
    for level in LEVELS {
        let slack = slack(level, years.len());
        let (low, ..) = pool.quantile(level - slack);
        let (high, ..) = pool.quantile(level + slack);
        let got = quantile(&years, level);
        assert!((low..=high).contains(&got), "{level}: {got}, exact {low} to {high}");
    }
    let mean = years.iter().map(|&d| f64::from(d)).sum::<f64>() / years.len() as f64;
    let (expected, sd) = pool.moments();
    assert!((mean - expected).abs() < 4.0 * sd / 100.0, "{mean}, expected {expected}");
    let limit = tail_risk(PD, RHO, 1.0, 0.99).value_at_risk * 500.0;
    assert!(f64::from(quantile(&years, 0.99)) > limit, "a small book is worse than {limit}");
}

/// The same years (the same macro factors) for books of 50, 500 and 5,000 draws: a year's loss differs from
/// its limit, the conditional probability of default, by √(p(1−p)/n) in the root mean square, and sorted
/// losses lie no farther from sorted limits than that; quantile for quantile they come closer each time, and the
/// 0.99 quantile of the largest book lies between the limit's quantiles of 0.99 ± four standard errors.
#[test]
fn loss_quantiles_converge_on_the_vasicek_limit_as_the_book_grows() {
    let years = 2_000;
    let philox = Philox::new(2_024);
    let mut limits: Vec<f64> =
        (1..=years).map(|year| conditional_pd(PD, RHO, macro_factor(philox, year, 0))).collect();
    limits.sort_by(f64::total_cmp);
    let spread = |p: f64| libm::sqrt(p * (1.0 - p));
    let expected_rms = libm::sqrt(
        limits.iter().map(|&p| spread(p) * spread(p)).sum::<f64>() / limits.len() as f64,
    );
    let limit = tail_risk(PD, RHO, 1.0, 0.99).value_at_risk;
    let mut gaps = Vec::new();
    for size in [50, 500, 5_000] {
        let losses: Vec<f64> =
            book(size, years).iter().map(|&d| f64::from(d) / f64::from(size)).collect();
        // Sorted losses against sorted limits: the distance between the two distributions' quantiles.
        let squares =
            losses.iter().zip(&limits).map(|(loss, limit)| (loss - limit) * (loss - limit));
        let rms = libm::sqrt(squares.sum::<f64>() / f64::from(years));
        assert!(rms < expected_rms / libm::sqrt(f64::from(size)), "{size}: {rms}");
        gaps.push(rms);
        if size == 5_000 {
            let slack = slack(0.99, losses.len());
            let low = tail_risk(PD, RHO, 1.0, 0.99 - slack).value_at_risk;
            let high = tail_risk(PD, RHO, 1.0, 0.99 + slack).value_at_risk;
            let got = quantile(&losses, 0.99);
            assert!(low < got && got < high, "{got}: {low} to {high}, limit {limit}");
        }
    }
    assert!(gaps[0] > gaps[1] && gaps[1] > gaps[2], "{gaps:?}");
}

/// The whole run: in each replication (a year of its own) the share of draws that goes late is the
/// conditional probability at that year's factor, within four binomial standard errors.
#[test]
fn each_replication_of_a_run_has_the_default_rate_of_its_macro_factor() {
    let mut scenario = smoke();
    let (pd, rho) = (0.3, 0.2);
    one_factor(&mut scenario, pd, rho);
    scenario.behaviour.more.macro_correlation = rho;
    credit(&mut scenario).instalments = None;
    let setup = Setup::new(scenario, 7, 10, 4, None);
    let outcome = replicate(&setup, &mut |_| true).expect("balanced books");
    let mut shares = Vec::new();
    for (number, run) in (1..).zip(&outcome.replications) {
        let total = run.arms.last().expect("a policy arm").sums.risk.total();
        let n = total.draws as f64;
        let expected = conditional_pd(pd, rho, macro_factor(Philox::new(7), number, 0));
        let got = total.entered[0] as f64 / n;
        let error = libm::sqrt(expected * (1.0 - expected) / n);
        assert!((got - expected).abs() < 4.0 * error, "{number}: {got} of {n}, {expected}");
        shares.push(got);
    }
    let [low, high] =
        shares.iter().fold([1.0_f64, 0.0], |[low, high], &s| [low.min(s), high.max(s)]);
    assert!(high - low > 0.1, "years differ: {shares:?}");
}

fn credit(scenario: &mut Scenario) -> &mut CreditPolicy {
    &mut scenario.policy.scheme.as_mut().expect("a scheme").credit
}

/// Eight times the district: 24 institutions, 160,000 people, every family on one line of 300 yuan.
fn crowded() -> String {
    let site = |name: String, level: &str, district: &str, visits: u32, beds: u32| {
        format!(
            "{{ name = \"{name}\", level = \"{level}\", district = \"{district}\", \
             visits_per_year = {visits}, beds = {beds}, in_scheme_from = 2023-01-01 }},\n"
        )
    };
    let sites: String = (0..8)
        .flat_map(|copy| {
            [
                site(format!("First {copy}"), "tertiary", "Old town 老城", 48_000, 40),
                site(format!("District {copy}"), "secondary", "New town 新城", 12_000, 12),
                site(format!("Centre {copy}"), "primary", "Old town 老城", 20_000, 0),
            ]
        })
        .collect();
    let smoke = run_support::scenario("smoke.toml");
    format!(
        r#"include = ["{}"]
        baselines = [{{ regime = "mobile_2023", deposit = "deposit_free_amount" }}]
        [city]
        sites = [
        {sites}]
        [people]
        population = 160000
        [behaviour.adoption]
        share_at_start = 0.6
        share_at_end = 0.6
        [behaviour.use_of_line]
        outpatient_share = 1.0
        [credit]
        relatives_may_be_bound = true
        [credit.limits]
        tiers = [{{ score_from = 500, limit_yuan = 300 }}]
        ceiling_yuan = 300
        floor_yuan = 100
        "#,
        smoke.display()
    )
}

/// Thousands of visits a day at 24 institutions, families on one line of 300 yuan: hundreds of refusals for an
/// exhausted limit, no line above its limit (the engine stops the program if one is), and every file that the
/// program leaves on disk but its manifest is the same to the byte for one, two and seven threads.
#[test]
fn nobody_spends_a_family_s_line_twice_on_thousands_of_visits_a_day() {
    let room = tempfile::tempdir().expect("a folder");
    let scenario = room.path().join("crowded.toml");
    std::fs::write(&scenario, crowded()).expect("written");
    let on = |threads: &str| {
        let mut command = run_support::program(room.path());
        command.arg("run").arg(&scenario).args(["--out", threads, "--threads", threads]);
        command.args(["--days", "2", "--replications", "2", "--seed", "5"]).assert().code(0);
        let mut files = run_support::files(&room.path().join(threads));
        assert!(files.remove("manifest.json").is_some(), "the manifest names the threads");
        files
    };
    let one = on("1");
    let summary: Value = serde_json::from_slice(&one["summary.json"]).expect("JSON");
    let mean = |part: &Value| part["mean"].as_f64().unwrap_or_default();
    let exhausted = mean(&summary["settlement"]["refused_by_reason"]["limit_exhausted"]);
    let (draws, visits) = (mean(&summary["credit"]["draws"]), mean(&summary["visits"]));
    assert!(visits > 4_000.0, "{visits} visits in two days");
    assert!(exhausted > 100.0 && draws > 1_000.0, "{exhausted}, {draws} draws");
    for threads in ["2", "7"] {
        let other = on(threads);
        assert!(one.keys().eq(other.keys()), "{threads} threads leave other files");
        for (name, bytes) in &one {
            assert!(*bytes == other[name], "{name} differs on {threads} threads");
        }
    }
}

fn run(scenario: &Scenario, days: u32) -> Outcome {
    let setup = Setup::new(scenario.clone(), 3, 6, days, None);
    replicate(&setup, &mut |_| true).expect("balanced books")
}

fn figures(outcome: &Outcome, of: impl Fn(&ArmResult) -> f64) -> Vec<f64> {
    outcome.replications.iter().map(|run| of(run.arms.last().expect("a policy arm"))).collect()
}

/// `on` − `off`, replication by replication: the whole 95 % interval lies above zero.
fn assert_rises(what: &str, off: &[f64], on: &[f64]) {
    let differences: Vec<f64> = off.iter().zip(on).map(|(off, on)| on - off).collect();
    let [low, high] = Estimate::of(&differences).and_then(|e| e.ci95).expect("an interval");
    assert!(low > 0.0, "{what}: {low}..{high}, off {off:?}, on {on:?}");
}

/// What nobody settles on leaving is drawn at the scheme's hour: the same draws, but all at one minute.
#[test]
fn the_hour_of_capture_draws_what_the_day_has_held() {
    let mut scenario = smoke();
    scenario.baselines.truncate(1);
    let scheme = scenario.policy.scheme.as_mut().expect("a scheme");
    scheme.flow.when = PayWhen::AfterLeaving;
    let at_once = run(&scenario, 3);
    credit(&mut scenario).more.repayment.capture_at = Some(22 * 3_600_000);
    let at_ten = run(&scenario, 3);
    let peak = |arm: &ArmResult| f64::from(arm.peak_minute);
    let (before, after) = (figures(&at_once, peak), figures(&at_ten, peak));
    assert!(before.iter().zip(&after).all(|(b, a)| *a > 3.0 * b), "{before:?} {after:?}");
    let drawn = |arm: &ArmResult| arm.sums.drawn.0 as f64;
    let (before, after) = (figures(&at_once, drawn), figures(&at_ten, drawn));
    for (before, after) in before.iter().zip(after) {
        assert!((after / before - 1.0).abs() < 0.02, "the same bills: {before} {after}");
    }
}

/// An institution's unpaid bills are paid by the line where the scheme agreed so: the hospital gives up less.
#[test]
fn lines_that_pay_overdue_bills_lower_the_hospitals_bad_debt() {
    let mut scenario = smoke();
    scenario.baselines.truncate(1);
    scenario.behaviour.use_of_line.outpatient = 0.3;
    scenario.behaviour.use_of_line.inpatient = 0.3;
    scenario.behaviour.adoption.share_at_start = 0.6;
    scenario.behaviour.adoption.share_at_end = 0.6;
    let arrears = &mut scenario.behaviour.window_arrears;
    (arrears.inpatient_share, arrears.emergency_share) = (0.5, 0.5);
    let off = run(&scenario, 5);
    credit(&mut scenario).more.repayment.pays_overdue_after = Some(30);
    let on = run(&scenario, 5);
    // As a share of what was left unpaid: one dear stay does not make the interval.
    let given_up =
        |arm: &ArmResult| -(arm.sums.arrears_written_off.0 as f64) / arm.sums.arrears.0 as f64;
    assert_rises("bad debt", &figures(&off, given_up), &figures(&on, given_up));
    assert!(figures(&off, |arm| arm.sums.debited.0 as f64).iter().all(|paid| *paid == 0.0));
    assert!(figures(&on, |arm| arm.sums.debited.0 as f64).iter().all(|paid| *paid > 0.0));
}

/// Job loss acts on ability and so on missed payments, a wave on visits, a late insurer on how long hospitals
/// wait for the funds, an induced visit on the policy arm alone.
#[test]
fn bad_times_and_induced_visits_act_where_they_belong() {
    let mut calm = smoke();
    calm.baselines.truncate(1);
    let base = run(&calm, 5);
    let with = |shock, hit| {
        let mut scenario = calm.clone();
        let spell = Spell { from_day: 0, to_day: 400, hit, miss_odds: 1.0, shock };
        scenario.behaviour.more.stress = vec![spell];
        scenario
    };
    let missed = |arm: &ArmResult| {
        let total = arm.sums.risk.total();
        total.entered[0] as f64 / total.draws as f64
    };
    let jobs = run(&with(Shock::JobLoss { income_kept: 0.2 }, 0.5), 5);
    assert_rises("job loss", &figures(&base, missed), &figures(&jobs, missed));

    let visits = |arm: &ArmResult| arm.days.iter().map(|day| day.visits as f64).sum();
    let mut wave = calm.clone();
    let factor = aftercare::city::spec::Wave { from_day: 0, to_day: 400, factor: 1.5 };
    wave.city.demand.waves = vec![factor];
    assert_rises("wave", &figures(&base, visits), &figures(&run(&wave, 5), visits));

    let waits = |arm: &ArmResult| {
        let clearing = arm.clearing.as_ref().expect("clearing is followed");
        clearing.fund_fen_days as f64
    };
    let mut late = calm.clone();
    let (from, to) = (late.city.start, late.city.start + 400);
    let clearing = late.policy.clearing.as_mut().expect("clearing is followed");
    clearing.late = Some(aftercare::clearing::spec::LateFunds { from, to, days: 60 });
    assert_rises("insurer", &figures(&base, waits), &figures(&run(&late, 5), waits));

    let mut induced = calm.clone();
    induced.behaviour.more.induced_visits = 0.5;
    induced.behaviour.more.induced_after_days = 2;
    let more = run(&induced, 5);
    assert_rises("induced", &figures(&base, visits), &figures(&more, visits));
    for (run, same) in more.replications.iter().zip(&base.replications) {
        assert_eq!(run.arms[0].sums.induced_visits, 0);
        assert_eq!(run.arms[0].sums.claims, same.arms[0].sums.claims, "the baseline is left alone");
    }
}

/// The same bad times as a scenario file says them; a stray key and two late insurers get their place.
#[test]
fn bad_times_are_read_from_a_scenario_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let smoke = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/smoke.toml");
    let write = |stress: &str| {
        let path = folder.path().join("stressed.toml");
        let text = format!("include = [{:?}]\n{stress}", smoke.to_str().expect("a path"));
        std::fs::write(&path, text).expect("written");
        path
    };
    let spell = |kind: &str, more: &str| {
        format!("[[behaviour.stress]]\nkind = \"{kind}\"\nfrom_day = 2\nto_day = 9\n{more}\n")
    };
    let all = [
        spell("job_loss", "hit_share = 0.1\nincome_kept_ratio = 0.5"),
        spell("epidemic_wave", "visits_ratio = 1.4"),
        spell("insurer_pays_late", "later_days = 30"),
    ];
    let read = scenario::load(&write(&all.concat())).expect("a sound file");
    assert_eq!(read.behaviour.more.stress.len(), 3);
    assert_eq!(read.behaviour.more.stress[0].shock, Shock::JobLoss { income_kept: 0.5 });
    assert_eq!(read.city.demand.waves[0].factor.to_bits(), 1.4_f64.to_bits());
    let late = read.policy.clearing.and_then(|clearing| clearing.late).expect("late funds");
    assert_eq!((late.days, late.from), (30, read.city.start + 2));
    let wrong = [
        (spell("job_loss", "later_days = 30"), "later_days"),
        (all[2].repeat(2), "at most one of kind insurer_pays_late"),
        ("[behaviour]\ninduced_visits_share = 0.1\n".to_owned(), "induced_after_days"),
        (
            "[credit]\nbank_annex = true\n[credit.risk_report]\nirb_pd_floor_ratio = 2\n"
                .to_owned(),
            "irb_pd_floor_ratio",
        ),
        ("[credit.risk_report]\nconfidence_ratio = 1\n".to_owned(), "above 0 and below 1"),
    ];
    for (stress, told) in wrong {
        let problems = scenario::load(&write(&stress)).expect_err("a mistake").to_string();
        assert!(problems.contains(told), "{problems}");
    }
}

/// Tail, vintages, groups, credit codes, loan classes, sanctions and rate stand in the report in both languages;
/// the bank's annex only where the scheme asks for it.
#[test]
fn the_report_has_the_risk_tables_in_both_languages_and_the_annex_on_demand() {
    let captions = [
        ("Tail of the loss", "信用损失分布的尾部"),
        ("Vintages by months on book", "按账龄的累计表现"),
        ("Eligibility, defaults and losses by group", "分群体的准入、违约与损失"),
        ("Lines by credit code", "期末按信用码的额度账户"),
        ("Loan classes by the card rule", "贷款五级分类"),
        ("legally sensitive", "法律上敏感"),
        ("What the stated rate of instalments means", "分期利率的含义"),
    ];
    for annex in [false, true] {
        let mut scenario = smoke();
        scenario.baselines.truncate(1);
        scenario.behaviour.repayment.roll = [0.8; 3];
        let policy = credit(&mut scenario);
        policy.more.bank_annex = annex;
        policy.sanctions.blacklist_from_dpd = Some(61);
        let setup = Setup::new(scenario, 3, 2, 5, None);
        let outcome = replicate(&setup, &mut |_| true).expect("balanced books");
        let summary = experiment::summary(&setup, &outcome);
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("summary.json"), summary.to_string()).expect("written");
        let page = |lang| render(folder.path(), lang).expect("a page").html;
        let (english, chinese) = (page(Lang::En), page(Lang::Zh));
        for (en, zh) in captions {
            assert!(english.contains(en) && chinese.contains(zh), "{en} {zh}");
        }
        let has = (english.contains("Bank annex"), chinese.contains("银行附件"));
        assert_eq!(has, (annex, annex));
        let curve = summary["credit"]["risk"]["vintage_curve"].as_array().expect("a curve");
        let share = |at: usize, key: &str| curve[at][key].as_f64().expect("a share");
        let last = curve.len() - 1;
        assert!(last >= 6 && share(last, "written_off_share") > 0.0, "{curve:?}");
        for at in 1..=last {
            for key in ["ever_31_plus_share", "ever_90_plus_share", "written_off_share"] {
                assert!(share(at, key) >= share(at - 1, key), "{key} at {at} months");
            }
        }
        let codes = summary["credit"]["risk"]["credit_codes"].as_array().expect("codes");
        let lines: u64 = codes.iter().filter_map(|code| code["lines"].as_u64()).sum();
        let opened = summary["credit"]["opened"]["mean"].as_f64().expect("a mean");
        assert!((lines as f64 - 2.0 * opened).abs() < 0.5, "every line has one code");
    }
}
