//! Portfolio cases: capital, tails, scores, roll rates, provisions. Must never hold a parameter that the
//! case does not give.

use super::Answer;
use super::inputs::{Inputs, day};
use crate::experiment::backtest;
use crate::risk::{
    self, DayCount, Decisions, FinitePool, Logit, LogitGroup, PointsScale, RetailClass,
    RetailExposure, RollMatrix,
};
use libm::{log, round, sqrt};
use serde_json::{Map, Value, json};

/// Evaluates a topic of this area.
pub(super) fn evaluate(topic: &str, inputs: Inputs) -> Option<Answer> {
    Some(match topic {
        "vasicek_conditional_pd" => conditional(inputs),
        "vasicek_var_es" => tail(inputs),
        "finite_pool_default_count" => finite_pool(inputs),
        "rare_default_tail" => rare_tail(inputs),
        "basel_irb_retail" => irb(inputs),
        "loss_waterfall_lhp" => layer(inputs),
        "woe_iv" => weight_of_evidence(inputs),
        "scorecard_scaling" => scaling(inputs),
        "scorecard_points" => points(inputs),
        "auc_gini_ks" => auc(inputs),
        "psi" => stability(inputs),
        "roll_rate_markov" => markov(inputs),
        "roll_rate_estimate" => roll_rate(inputs),
        "lifetime_ecl_amortising" => amortising(inputs),
        "revolving_ecl_ccf" => revolving(inputs),
        "pd_calibration_tests" => calibration(inputs),
        "hosmer_lemeshow" => hosmer_lemeshow(inputs),
        "concentration" => concentration(inputs),
        "day_count" => day_count(inputs),
        "kaplan_meier" => survival(inputs),
        "fairness_by_group" => fairness(inputs),
        "logistic_regression" => logit(inputs),
        _ => return None,
    })
}

fn share(inputs: Inputs, key: &str) -> Result<f64, String> {
    let value = inputs.number(key)?;
    let fits = value > 0.0 && value < 1.0;
    if fits { Ok(value) } else { Err(format!("{key}: expected between 0 and 1, got {value}")) }
}

fn conditional(inputs: Inputs) -> Answer {
    let got =
        risk::conditional_pd(share(inputs, "pd")?, share(inputs, "rho")?, inputs.number("z")?);
    Ok(json!({ "conditional_pd": got }))
}

fn tail(inputs: Inputs) -> Answer {
    let (pd, rho) = (share(inputs, "pd")?, share(inputs, "rho")?);
    let got = risk::tail_risk(pd, rho, inputs.number("lgd")?, share(inputs, "confidence")?);
    Ok(json!({
        "expected_loss": got.expected_loss,
        "var": got.value_at_risk,
        "expected_shortfall": got.expected_shortfall,
        "unexpected_loss": got.unexpected_loss,
        "loss_sd": got.sd,
        "default_correlation": got.default_correlation,
        "joint_default_prob": got.joint_default,
    }))
}

fn pool(inputs: Inputs) -> Result<FinitePool, String> {
    let size = inputs.count("n")?;
    if !(1..=100_000).contains(&size) {
        return Err(format!("n: expected 1 to 100000, got {size}"));
    }
    Ok(FinitePool { size, pd: share(inputs, "pd")?, rho: share(inputs, "rho")? })
}

fn finite_pool(inputs: Inputs) -> Answer {
    let pool = pool(inputs)?;
    let mut masses = Map::new();
    for k in inputs.numbers("pmf_at")? {
        masses.insert(k.to_string(), json!(pool.probability(k as u32)));
    }
    let [mut quantiles, mut at_quantile, mut below_quantile] = [Map::new(), Map::new(), Map::new()];
    for level in inputs.list("quantile_levels")? {
        let value = level.as_f64().ok_or_else(|| format!("quantile_levels: {level}"))?;
        let (defaults, below, at) = pool.quantile(value);
        quantiles.insert(level.to_string(), json!(defaults));
        at_quantile.insert(level.to_string(), json!(at));
        below_quantile.insert(level.to_string(), json!(below));
    }
    let (mean, sd) = pool.moments();
    Ok(json!({
        "pmf": masses, "quantile": quantiles, "cdf_at_quantile": at_quantile,
        "cdf_below_quantile": below_quantile, "mean": mean, "sd": sd,
    }))
}

fn rare_tail(inputs: Inputs) -> Answer {
    let tail = pool(inputs)?.tail(inputs.count("k")?);
    Ok(json!({
        "tail_prob": tail,
        "crude_mc_rel_se_at_1e6": sqrt((1.0 - tail) / (1e6 * tail)),
    }))
}

fn irb(inputs: Inputs) -> Answer {
    let (class, floor) = match inputs.text("asset_class")? {
        "qrre" => (RetailClass::QualifyingRevolving, "qrre_revolver"),
        "other_retail" => (RetailClass::Other, "other_retail"),
        "mortgage" => (RetailClass::Mortgage, "mortgage"),
        other => return Err(format!("asset_class: `{other}` is not known")),
    };
    let got = risk::capital(&RetailExposure {
        class,
        pd: inputs.number("pd")?,
        pd_floor: Inputs(inputs.at("pd_floor")).number(floor)?,
        lgd: inputs.number("lgd")?,
        ead: inputs.number("ead")?,
    });
    Ok(json!({
        "correlation": got.correlation, "k": got.k, "risk_weight": got.risk_weight,
        "rwa": got.rwa, "capital": got.capital, "expected_loss": got.expected_loss,
    }))
}

fn layer(inputs: Inputs) -> Answer {
    let (pd, rho, lgd) = (share(inputs, "pd")?, share(inputs, "rho")?, inputs.number("lgd")?);
    let (attach, detach) = (inputs.number("attach")?, inputs.number("detach")?);
    let (insurer, exhausted) = risk::layer_loss(pd, rho, lgd, attach, detach);
    // A layer is hit when a layer that ends where it begins would be used up.
    let hit = if attach > 0.0 { risk::layer_loss(pd, rho, lgd, 0.0, attach).1 } else { 1.0 };
    Ok(json!({
        "total_el": pd * lgd, "insurer_el": insurer, "bank_el": pd * lgd - insurer,
        "prob_layer_hit": hit, "prob_layer_exhausted": exhausted,
    }))
}

fn weight_of_evidence(inputs: Inputs) -> Answer {
    let (good, bad) = (inputs.numbers("good")?, inputs.numbers("bad")?);
    Ok(json!({ "woe": risk::woe(&good, &bad), "iv": risk::information_value(&good, &bad) }))
}

fn scale(inputs: Inputs) -> Result<PointsScale, String> {
    let (score, odds) = (inputs.number("base_score")?, inputs.number("base_odds_good_bad")?);
    Ok(PointsScale::new(score, odds, inputs.number("pdo")?))
}

fn scaling(inputs: Inputs) -> Answer {
    let scale = scale(inputs)?;
    let scores: Vec<f64> = inputs.numbers("pd")?.iter().map(|&pd| scale.score(pd)).collect();
    let pds: Vec<f64> = inputs.numbers("score")?.iter().map(|&score| scale.pd(score)).collect();
    Ok(json!({
        "factor": scale.factor, "offset": scale.offset, "score_of_pd": scores, "pd_of_score": pds,
    }))
}

/// A logistic regression on the weight of evidence of one characteristic has slope 1 and the overall
/// log-odds of bad as its intercept, exactly.
fn points(inputs: Inputs) -> Answer {
    let scale = scale(inputs)?;
    let (good, bad) = (inputs.numbers("good")?, inputs.numbers("bad")?);
    let intercept = log(bad.iter().sum::<f64>() / good.iter().sum::<f64>());
    let base = scale.offset - scale.factor * intercept;
    let woe = risk::woe(&good, &bad);
    let points: Vec<f64> = woe.iter().map(|woe| -scale.factor * woe).collect();
    let rounded: Vec<f64> = points.iter().map(|&points| round(points)).collect();
    Ok(json!({
        "intercept": intercept, "slope": 1.0, "base_points": base, "points": points,
        "base_points_rounded": round(base), "points_rounded": rounded,
    }))
}

fn auc(inputs: Inputs) -> Answer {
    let bad = inputs.numbers("bad")?.into_iter().map(|flag| flag > 0.5);
    let accounts: Vec<(f64, bool)> = inputs.numbers("score")?.into_iter().zip(bad).collect();
    let got = risk::discrimination(&accounts).ok_or("expected good and bad accounts")?;
    Ok(json!({ "auc": got.auc, "gini": got.gini, "ks": got.ks, "n_bad": got.bad }))
}

fn stability(inputs: Inputs) -> Answer {
    let psi = risk::psi(&inputs.numbers("expected")?, &inputs.numbers("actual")?);
    let flag = backtest::psi_flag(psi);
    Ok(json!({ "psi": psi, "flag": flag }))
}

/// Six states: current, three buckets, 90+, written off.
fn markov(inputs: Inputs) -> Answer {
    let matrix = RollMatrix::new(inputs.rows("P")?).ok_or("P: expected a stochastic matrix")?;
    if matrix.states() != 6 {
        return Err("P: expected the six states of the case's form".to_owned());
    }
    let months = inputs.count("months")?;
    Ok(json!({
        "dist_12m_from_current": matrix.after(0, months),
        "ever_90plus_12m": matrix.ever_reaches(0, 4, months),
        "expected_months_to_writeoff": matrix.expected_months_to(5),
        "straight_roll_current_to_90plus": matrix.straight_roll(4),
    }))
}

/// 95 per cent intervals of a rate: Wilson's score, Clopper and Pearson's exact one.
fn roll_rate(inputs: Inputs) -> Answer {
    let (rolled, stayed) = (inputs.number("rolled")?, inputs.number("stayed")?);
    let rate = backtest::rate_interval(rolled, rolled + stayed);
    Ok(json!({ "rate": rate.rate, "wilson": rate.wilson, "clopper_pearson": rate.exact }))
}

fn amortising(inputs: Inputs) -> Answer {
    let principal = inputs.number("principal")?;
    let (loss, pd) = risk::amortising_ecl(
        principal,
        inputs.number("apr_nominal")?,
        inputs.count("months")?,
        inputs.number("monthly_hazard")?,
        inputs.number("lgd")?,
    );
    Ok(json!({ "lifetime_ecl": loss, "cumulative_pd": pd, "coverage": loss / principal }))
}

fn revolving(inputs: Inputs) -> Answer {
    let (ccf, lgd, pd) = (inputs.number("ccf")?, inputs.number("lgd")?, inputs.number("pd_12m")?);
    let (rate, marginal) = (inputs.number("eir")?, inputs.numbers("marginal_pd_monthly")?);
    let with = |drawn, undrawn| risk::revolving_ecl(drawn, undrawn, ccf, lgd, pd, rate, &marginal);
    let (drawn, undrawn) = (inputs.number("drawn")?, inputs.number("undrawn")?);
    let whole = with(drawn, undrawn);
    Ok(json!({
        "ead": whole.exposure, "ecl_stage1": whole.twelve_months, "ecl_stage2": whole.lifetime,
        "stage2_drawn": with(drawn, 0.0).lifetime, "stage2_undrawn": with(0.0, undrawn).lifetime,
    }))
}

/// One-sided: how likely are so many defaults if the grade's probability is right?
fn calibration(inputs: Inputs) -> Answer {
    let (n, d, pd) = (inputs.number("n")?, inputs.number("defaults")?, share(inputs, "pd")?);
    let got = backtest::calibration(n, d, pd);
    Ok(json!({
        "binomial_p": got.binomial_p, "jeffreys_p": got.jeffreys_p, "observed_rate": got.observed,
    }))
}

fn hosmer_lemeshow(inputs: Inputs) -> Answer {
    let grade = |row: Vec<f64>| match row[..] {
        [n, d, pd] => Ok([n, d, pd]),
        _ => Err("a grade is [n, d, pd]".to_owned()),
    };
    let grades = inputs.rows("grades_n_d_pd")?.into_iter().map(grade);
    let got = backtest::hosmer_lemeshow(&grades.collect::<Result<Vec<_>, _>>()?);
    Ok(json!({
        "stat": got.statistic, "p_df_G": got.p_given, "p_df_Gminus2": got.p_fitted,
    }))
}

fn day_count(inputs: Inputs) -> Answer {
    let (start, end) = (day(inputs.at("start"))?, day(inputs.at("end"))?);
    let yearly = inputs.number("principal")? * inputs.number("rate")?;
    let interest = |convention| yearly * risk::year_fraction(convention, start, end);
    Ok(json!({
        "days": end - start,
        "interest": {
            "act/365f": interest(DayCount::Actual365Fixed),
            "act/360": interest(DayCount::Actual360),
            "30e/360": interest(DayCount::Thirty360European),
            "act/act_isda": interest(DayCount::ActualActualIsda),
        },
    }))
}

/// Survival at the months that the case expects are quarters of the year.
fn survival(inputs: Inputs) -> Answer {
    let defaulted = inputs.numbers("default")?.into_iter().map(|flag| flag > 0.5);
    let accounts: Vec<(f64, bool)> = inputs.numbers("months")?.into_iter().zip(defaulted).collect();
    let steps = risk::kaplan_meier(&accounts);
    let (mut survival, mut errors) = (Map::new(), Map::new());
    for month in [3_u8, 6, 9, 12] {
        let step = risk::survival_at(&steps, f64::from(month));
        survival.insert(month.to_string(), json!(step.map_or(1.0, |step| step.survival)));
        errors.insert(month.to_string(), json!(step.map_or(0.0, |step| step.standard_error)));
    }
    let hazard = risk::survival_at(&steps, 12.0).map_or(0.0, |step| step.hazard);
    Ok(json!({ "survival": survival, "greenwood_se": errors, "nelson_aalen_12": hazard }))
}

/// Rows are [group, approved, good, people]; group 0 is the protected one.
fn fairness(inputs: Inputs) -> Answer {
    let mut groups = [Decisions::default(); 2];
    for row in inputs.rows("counts")? {
        let [group, approved, good, people] = row[..] else {
            return Err("a row is [group, approved, good, people]".to_owned());
        };
        let flag = |value: f64| usize::from(value > 0.5);
        groups[flag(group)].counts[flag(approved)][flag(good)] += people;
    }
    let got = risk::fairness(&groups[0], &groups[1]);
    Ok(json!({
        "approval": got.approval,
        "disparate_impact": got.disparate_impact,
        "demographic_parity_diff": got.demographic_parity,
        "equal_opportunity_diff": got.equal_opportunity,
        "equalised_odds_gap": got.equalised_odds_gap,
        "four_fifths_pass": got.disparate_impact >= risk::FOUR_FIFTHS,
    }))
}

fn logit(inputs: Inputs) -> Answer {
    let (people, defaults) = (inputs.numbers("n")?, inputs.numbers("defaults")?);
    let groups = inputs.rows("x")?.into_iter().zip(people).zip(defaults);
    let groups: Vec<LogitGroup> =
        groups.map(|((x, people), defaults)| LogitGroup { x, people, defaults }).collect();
    let fit = Logit::fit(&groups).ok_or("the groups have no finite fit")?;
    Ok(json!({ "coef": fit.coefficients, "se": fit.standard_errors }))
}

fn concentration(inputs: Inputs) -> Answer {
    let got = risk::concentration(&inputs.numbers("exposures")?).ok_or("expected exposures")?;
    let answer: Value = json!({
        "hhi": got.herfindahl, "effective_n": got.effective_number, "gini": got.gini,
    });
    Ok(answer)
}
