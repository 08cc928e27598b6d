//! The published reference cases of credit and risk, run through the public interface. Topics
//! without a counterpart in this crate are counted and printed, never passed over in silence.

use aftercare::credit::spec::{FreeWindow, InstalmentMethod, LossRules};
use aftercare::credit::{FiveTier, PlanLine, due_day, five_tier, schedule, share_loss};
use aftercare::domain::{Day, Fen, Ratio};
use aftercare::experiment::validate::{Ending, run_case};
use aftercare::risk;
use rust_decimal::Decimal;
use serde_json::Value;
use std::collections::BTreeMap;

/// One case, with its pass rule.
struct Case<'a> {
    id: &'a str,
    inputs: &'a Value,
    expected: &'a Value,
    abs_tol: Option<f64>,
    rel_tol: Option<f64>,
}

impl Case<'_> {
    fn number(&self, key: &str) -> f64 {
        self.inputs[key].as_f64().unwrap_or_else(|| panic!("{}: input {key}", self.id))
    }

    fn numbers(&self, key: &str) -> Vec<f64> {
        floats(&self.inputs[key])
    }

    /// `got` meets the absolute or the relative tolerance.
    fn close(&self, what: &str, got: f64, expected: &Value) {
        let expected = expected.as_f64().unwrap_or_else(|| panic!("{}: expected {what}", self.id));
        let off = (got - expected).abs();
        let passes = self.abs_tol.is_some_and(|tol| off <= tol)
            || self.rel_tol.is_some_and(|tol| off <= tol * expected.abs());
        assert!(passes, "{} {what}: got {got:e}, expected {expected:e}", self.id);
    }

    fn expect(&self, key: &str, got: f64) {
        self.close(key, got, &self.expected[key]);
    }

    fn expect_all(&self, key: &str, got: &[f64]) {
        let expected = self.expected[key].as_array().expect("a list");
        assert_eq!(got.len(), expected.len(), "{} {key}", self.id);
        for (at, (got, expected)) in got.iter().zip(expected).enumerate() {
            self.close(&format!("{key}[{at}]"), *got, expected);
        }
    }

    fn yuan(&self, key: &str) -> Fen {
        fen(&self.inputs[key])
    }
}

fn floats(list: &Value) -> Vec<f64> {
    list.as_array().expect("a list").iter().map(|x| x.as_f64().expect("a number")).collect()
}

/// An amount in yuan, as a number or as text.
fn fen(value: &Value) -> Fen {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    text.parse().expect("an amount in yuan")
}

fn ratio(value: &Value) -> Ratio {
    let decimal: Decimal = value.to_string().parse().expect("a decimal");
    Ratio::from_decimal(decimal).expect("a short decimal")
}

fn day(value: &Value) -> Day {
    Day::parse(value.as_str().expect("a date")).expect("a date")
}

#[test]
fn every_reference_case_of_a_covered_topic_is_met() {
    let text = include_str!("data/credit.json");
    let file: Value = serde_json::from_str(text).expect("the reference cases");
    let cases = file["cases"].as_array().expect("cases");
    let mut open: BTreeMap<&str, usize> = BTreeMap::new();
    for case in cases {
        let topic = case["topic"].as_str().expect("a topic");
        let read = Case {
            id: case["id"].as_str().expect("an id"),
            inputs: &case["inputs"],
            expected: &case["expected"],
            abs_tol: case["abs_tol"].as_f64(),
            rel_tol: case["rel_tol"].as_f64(),
        };
        if !run(topic, &read) {
            *open.entry(topic).or_default() += 1;
        }
    }
    let left: usize = open.values().sum();
    println!("{} cases met, {left} not covered: {open:?}", cases.len() - left);
    // What this file does not call by itself goes through `aftercare validate`'s own evaluation.
    for case in cases.iter().filter(|case| open.contains_key(case["topic"].as_str().expect("one")))
    {
        let result = run_case(case);
        assert_eq!(result.ending, Ending::Passed, "{result:?}");
    }
}

/// Runs a case; false when its topic is not covered.
fn run(topic: &str, case: &Case) -> bool {
    match topic {
        "vasicek_conditional_pd" => conditional(case),
        "vasicek_var_es" => var_es(case),
        "finite_pool_default_count" => finite_pool(case),
        "rare_default_tail" => rare_tail(case),
        "basel_irb_retail" => irb(case),
        "loss_waterfall_lhp" => layer(case),
        "woe_iv" => weight_of_evidence(case),
        "scorecard_scaling" => scaling(case),
        "scorecard_points" => points(case),
        "auc_gini_ks" => auc(case),
        "psi" => case.expect("psi", risk::psi(&case.numbers("expected"), &case.numbers("actual"))),
        "roll_rate_markov" => markov(case),
        "instalment_annuity" => annuity(case),
        "instalment_equal_principal" => equal_principal(case),
        "flat_fee_apr" => flat_fee(case),
        "xirr_act365" => xirr(case),
        "interest_free_days" => free_days(case),
        "lifetime_ecl_amortising" => amortising(case),
        "revolving_ecl_ccf" => revolving(case),
        "loss_waterfall_claims" => claims(case),
        "card_five_tier" => tiers(case),
        "concentration" => concentration(case),
        _ => return false,
    }
    true
}

fn conditional(case: &Case) {
    let got = risk::conditional_pd(case.number("pd"), case.number("rho"), case.number("z"));
    case.expect("conditional_pd", got);
}

fn var_es(case: &Case) {
    let confidence = case.number("confidence");
    let got =
        risk::tail_risk(case.number("pd"), case.number("rho"), case.number("lgd"), confidence);
    case.expect("expected_loss", got.expected_loss);
    case.expect("var", got.value_at_risk);
    case.expect("expected_shortfall", got.expected_shortfall);
    case.expect("unexpected_loss", got.unexpected_loss);
    case.expect("loss_sd", got.sd);
    case.expect("default_correlation", got.default_correlation);
    case.expect("joint_default_prob", got.joint_default);
}

fn pool(case: &Case) -> risk::FinitePool {
    risk::FinitePool {
        size: case.number("n") as u32,
        pd: case.number("pd"),
        rho: case.number("rho"),
    }
}

fn finite_pool(case: &Case) {
    let pool = pool(case);
    for (k, expected) in case.expected["pmf"].as_object().expect("a table") {
        case.close(&format!("pmf {k}"), pool.probability(k.parse().expect("a count")), expected);
    }
    for (level, expected) in case.expected["quantile"].as_object().expect("a table") {
        let (defaults, below, at) = pool.quantile(level.parse().expect("a level"));
        assert_eq!(Some(u64::from(defaults)), expected.as_u64(), "{} at {level}", case.id);
        case.close(level, below, &case.expected["cdf_below_quantile"][level]);
        case.close(level, at, &case.expected["cdf_at_quantile"][level]);
    }
    let (mean, sd) = pool.moments();
    case.expect("mean", mean);
    case.expect("sd", sd);
}

fn rare_tail(case: &Case) {
    let tail = pool(case).tail(case.number("k") as u32);
    case.expect("tail_prob", tail);
    case.expect("crude_mc_rel_se_at_1e6", libm::sqrt((1.0 - tail) / (1e6 * tail)));
}

fn irb(case: &Case) {
    let (class, floor) = match case.inputs["asset_class"].as_str() {
        Some("qrre") => (risk::RetailClass::QualifyingRevolving, "qrre_revolver"),
        Some("other_retail") => (risk::RetailClass::Other, "other_retail"),
        other => panic!("{}: asset class {other:?}", case.id),
    };
    let got = risk::capital(&risk::RetailExposure {
        class,
        pd: case.number("pd"),
        pd_floor: case.inputs["pd_floor"][floor].as_f64().expect("a floor"),
        lgd: case.number("lgd"),
        ead: case.number("ead"),
    });
    case.expect("correlation", got.correlation);
    case.expect("k", got.k);
    case.expect("risk_weight", got.risk_weight);
    case.expect("rwa", got.rwa);
    case.expect("capital", got.capital);
    case.expect("expected_loss", got.expected_loss);
}

fn layer(case: &Case) {
    let (pd, rho, lgd) = (case.number("pd"), case.number("rho"), case.number("lgd"));
    let (attach, detach) = (case.number("attach"), case.number("detach"));
    let (insurer, exhausted) = risk::layer_loss(pd, rho, lgd, attach, detach);
    case.expect("total_el", pd * lgd);
    case.expect("insurer_el", insurer);
    case.expect("bank_el", pd * lgd - insurer);
    case.expect("prob_layer_exhausted", exhausted);
}

fn weight_of_evidence(case: &Case) {
    let (good, bad) = (case.numbers("good"), case.numbers("bad"));
    case.expect_all("woe", &risk::woe(&good, &bad));
    case.expect("iv", risk::information_value(&good, &bad));
}

fn scale(case: &Case) -> risk::PointsScale {
    risk::PointsScale::new(
        case.number("base_score"),
        case.number("base_odds_good_bad"),
        case.number("pdo"),
    )
}

fn scaling(case: &Case) {
    let scale = scale(case);
    case.expect("factor", scale.factor);
    case.expect("offset", scale.offset);
    let scores: Vec<f64> = case.numbers("pd").iter().map(|&pd| scale.score(pd)).collect();
    case.expect_all("score_of_pd", &scores);
    let pds: Vec<f64> = case.numbers("score").iter().map(|&score| scale.pd(score)).collect();
    case.expect_all("pd_of_score", &pds);
}

fn points(case: &Case) {
    let scale = scale(case);
    let (good, bad) = (case.numbers("good"), case.numbers("bad"));
    let overall = bad.iter().sum::<f64>() / (good.iter().sum::<f64>() + bad.iter().sum::<f64>());
    case.expect("base_points", scale.score(overall));
    let points: Vec<f64> = risk::woe(&good, &bad).iter().map(|woe| -scale.factor * woe).collect();
    case.expect_all("points", &points);
}

fn auc(case: &Case) {
    let bad = case.inputs["bad"].as_array().expect("flags").iter();
    let accounts: Vec<(f64, bool)> =
        case.numbers("score").into_iter().zip(bad.map(|flag| flag.as_u64() == Some(1))).collect();
    let got = risk::discrimination(&accounts).expect("good and bad accounts");
    case.expect("auc", got.auc);
    case.expect("gini", got.gini);
    case.expect("ks", got.ks);
    assert_eq!(Some(got.bad as u64), case.expected["n_bad"].as_u64());
}

fn markov(case: &Case) {
    let rows = case.inputs["P"].as_array().expect("a matrix").iter().map(floats).collect();
    let matrix = risk::RollMatrix::new(rows).expect("a stochastic matrix");
    let months = case.number("months") as u32;
    case.expect_all("dist_12m_from_current", &matrix.after(0, months));
    case.expect("ever_90plus_12m", matrix.ever_reaches(0, 4, months));
    let waits = matrix.expected_months_to(5).expect("absorbing");
    case.expect_all("expected_months_to_writeoff", &waits);
    case.expect("straight_roll_current_to_90plus", matrix.straight_roll(4));
}

fn plan(case: &Case, rate: &str, method: InstalmentMethod) -> Vec<PlanLine> {
    let months = case.number("months") as u16;
    let first_due = Day::parse("2024-01-31").expect("a date");
    schedule(case.yuan("principal"), ratio(&case.inputs[rate]), months, method, first_due)
}

fn payments(plan: &[PlanLine]) -> Vec<Fen> {
    plan.iter().map(|line| line.payment).collect()
}

/// Every printed line of a plan: number, payment, principal, interest, balance.
fn expect_lines(case: &Case, plan: &[PlanLine]) {
    let expected = case.expected["schedule_fen"].as_array().expect("lines");
    assert_eq!(plan.len(), expected.len(), "{}", case.id);
    for (line, row) in plan.iter().zip(expected) {
        assert_eq!(Some(u64::from(line.number)), row[0].as_u64());
        let got = [line.payment, line.principal, line.interest, line.balance];
        let expected = [1, 2, 3, 4].map(|at| fen(&row[at]));
        assert_eq!(got, expected, "{} line {}", case.id, line.number);
    }
}

fn annuity(case: &Case) {
    let plan = plan(case, "apr_nominal", InstalmentMethod::Annuity);
    expect_lines(case, &plan);
    assert_eq!(payments(&plan).into_iter().sum::<Fen>(), fen(&case.expected["total_paid_fen"]));
    // The printed rate is of the unrounded plan; rounding to the fen moves it by less than 1e-5.
    let rate =
        risk::effective_annual_rate(case.yuan("principal"), &payments(&plan)).expect("a rate");
    let exact = case.expected["effective_annual_rate"].as_f64().expect("a rate");
    assert!((rate - exact).abs() < 1e-5, "{}: {rate} against {exact}", case.id);
}

fn equal_principal(case: &Case) {
    let plan = plan(case, "apr_nominal", InstalmentMethod::EqualPrincipal);
    expect_lines(case, &plan);
    let interest: Fen = plan.iter().map(|line| line.interest).sum();
    assert_eq!(interest, fen(&case.expected["total_interest_fen"]));
}

fn flat_fee(case: &Case) {
    let plan = plan(case, "flat_fee_pa", InstalmentMethod::FlatFee);
    let principal = case.yuan("principal");
    assert!(plan.iter().all(|line| line.payment == fen(&case.expected["payment"])));
    let paid = payments(&plan);
    case.expect("monthly_irr", risk::monthly_rate(principal, &paid).expect("a rate"));
    case.expect("nominal_apr", risk::nominal_rate(principal, &paid).expect("a rate"));
    let effective = risk::effective_annual_rate(principal, &paid).expect("a rate");
    case.expect("effective_annual", effective);
}

fn xirr(case: &Case) {
    let dates = case.inputs["dates"].as_array().expect("dates").iter().map(day);
    let amounts = case.inputs["amounts"].as_array().expect("amounts").iter().map(fen);
    let flows: Vec<(Day, Fen)> = dates.zip(amounts).collect();
    case.expect("xirr", risk::dated_rate(&flows).expect("a rate"));
}

fn free_days(case: &Case) {
    let window = FreeWindow::Statement {
        statement_day: case.number("statement_day") as u8,
        grace_days: case.number("grace_days") as u16,
    };
    let rows = case.expected["rows_draw_statement_due_days"].as_array().expect("rows");
    assert_eq!(rows.len(), case.inputs["draw_dates"].as_array().expect("dates").len());
    for row in rows {
        let drawn = day(&row[0]);
        let due = due_day(window, drawn);
        assert_eq!(due, day(&row[2]), "{} drawn {drawn}", case.id);
        assert_eq!(Some(i64::from(due - drawn)), row[3].as_i64());
    }
    let year = (0..366).map(|k| day(&rows[0][0]) + k);
    let longest = year.map(|drawn| due_day(window, drawn) - drawn).max();
    assert_eq!(longest.map(i64::from), case.expected["max_days"].as_i64());
}

fn amortising(case: &Case) {
    let (loss, pd) = risk::amortising_ecl(
        case.number("principal"),
        case.number("apr_nominal"),
        case.number("months") as u32,
        case.number("monthly_hazard"),
        case.number("lgd"),
    );
    case.expect("lifetime_ecl", loss);
    case.expect("cumulative_pd", pd);
    case.expect("coverage", loss / case.number("principal"));
}

fn revolving(case: &Case) {
    let with = |drawn: f64, undrawn: f64| {
        risk::revolving_ecl(
            drawn,
            undrawn,
            case.number("ccf"),
            case.number("lgd"),
            case.number("pd_12m"),
            case.number("eir"),
            &case.numbers("marginal_pd_monthly"),
        )
    };
    let (drawn, undrawn) = (case.number("drawn"), case.number("undrawn"));
    let whole = with(drawn, undrawn);
    case.expect("ead", whole.exposure);
    case.expect("ecl_stage1", whole.twelve_months);
    case.expect("ecl_stage2", whole.lifetime);
    case.expect("stage2_drawn", with(drawn, 0.0).lifetime);
    case.expect("stage2_undrawn", with(0.0, undrawn).lifetime);
}

fn claims(case: &Case) {
    let rules = LossRules {
        insurer_share: ratio(&case.inputs["insurer_share"]),
        insurer_deductible: case.yuan("deductible_each"),
        insurer_limit_year: case.yuan("aggregate_limit"),
        rest_weights: [1, 0, 0],
    };
    let (mut insurer, mut bank) = (Fen::ZERO, Fen::ZERO);
    for row in case.expected["rows_loss_insurer_bank"].as_array().expect("rows") {
        let shares = share_loss(&rules, fen(&row[0]), insurer);
        assert_eq!((shares.insurer, shares.bank), (fen(&row[1]), fen(&row[2])), "{}", case.id);
        assert_eq!(shares.total(), fen(&row[0]));
        insurer += shares.insurer;
        bank += shares.bank;
    }
    assert_eq!(insurer, fen(&case.expected["insurer_total"]));
    assert_eq!(bank, fen(&case.expected["bank_total"]));
}

fn tiers(case: &Case) {
    let names = case.expected["tier"].as_array().expect("names");
    for (dpd, name) in case.numbers("dpd").into_iter().zip(names) {
        let got = match five_tier(dpd as u16) {
            FiveTier::Normal => "正常",
            FiveTier::SpecialMention => "关注",
            FiveTier::Substandard => "次级",
            FiveTier::Doubtful => "可疑",
            FiveTier::Loss => "损失",
        };
        assert_eq!(Some(got), name.as_str(), "{} at {dpd} days", case.id);
    }
}

fn concentration(case: &Case) {
    let got = risk::concentration(&case.numbers("exposures")).expect("exposures");
    case.expect("hhi", got.herfindahl);
    case.expect("effective_n", got.effective_number);
    case.expect("gini", got.gini);
}
