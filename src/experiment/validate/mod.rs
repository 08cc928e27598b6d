//! Reference cases against the library: topic → function(inputs) → outputs, compared leaf by leaf with
//! what the case expects. Must never hold an expected value, and never pass over a topic in silence.

mod compare;
mod credit;
mod inputs;
mod networks;
mod periodic;
mod queues;
mod risk;
mod settlement;
mod simulated;
mod stats;

pub use compare::{Check, Leaf};
pub use simulated::LeftOut;

use compare::{Tolerance, compare};
use inputs::Inputs;
use serde_json::Value;

/// What an evaluation gives: outputs in the shape of `expected`, or why the inputs make no sense.
type Answer = Result<Value, String>;

/// How a case ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Ending {
    /// Every expected output was met.
    Passed,
    /// Some output was missed, or the inputs could not be evaluated.
    Failed,
    /// What was computed agrees, but some expected outputs are not computed here.
    Partly,
    /// The topic is not known here.
    NotCovered,
}

/// One case after its evaluation.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseResult {
    /// The case's id.
    pub id: String,
    /// The case's topic.
    pub topic: String,
    /// How it ended.
    pub ending: Ending,
    /// Every expected output with what was got.
    pub leaves: Vec<Leaf>,
    /// Outputs of a simulated topic that only the formula was held to.
    pub left_out: Vec<LeftOut>,
    /// Why it could not be evaluated; empty otherwise.
    pub message: String,
}

/// The cases of a file: `{"cases": [...]}`, a list, or a single case.
pub fn cases(file: &Value) -> Option<Vec<Value>> {
    match (file.get("cases"), file) {
        (Some(Value::Array(cases)), _) | (None, Value::Array(cases)) => Some(cases.clone()),
        (None, Value::Object(case)) if case.contains_key("topic") => Some(vec![file.clone()]),
        _ => None,
    }
}

/// Evaluates a case and compares. A panic of the library on a case's inputs fails that case only.
pub fn run_case(case: &Value) -> CaseResult {
    run_case_with(case, true)
}

/// The same with or without the simulations beside the formulas.
pub fn run_case_with(case: &Value, simulate: bool) -> CaseResult {
    let text = |key: &str| case[key].as_str().unwrap_or_default().to_owned();
    let (id, topic) = (text("id"), text("topic"));
    let mut result = CaseResult {
        id,
        topic,
        ending: Ending::NotCovered,
        leaves: Vec::new(),
        left_out: Vec::new(),
        message: String::new(),
    };
    let evaluation = std::panic::catch_unwind(|| evaluate(&result.topic, &case["inputs"]));
    let answer = match evaluation {
        Ok(None) => return result,
        Ok(Some(answer)) => answer,
        Err(_) => Err("the library broke off on these inputs".to_owned()),
    };
    match answer {
        Ok(got) => {
            result.leaves = compare(&got, &case["expected"], Tolerance::of(case));
            let inputs = Inputs(&case["inputs"]);
            if simulate {
                let (leaves, left_out) =
                    simulated::checks(&result.topic, inputs, &case["expected"]);
                result.leaves.extend(leaves);
                result.left_out = left_out;
            }
            result.ending = ending(&result.leaves);
        }
        Err(message) => {
            result.message = message;
            result.ending = Ending::Failed;
        }
    }
    result
}

fn ending(leaves: &[Leaf]) -> Ending {
    let any = |check: Check| leaves.iter().any(|leaf| leaf.check == check);
    if any(Check::Missed) || leaves.is_empty() {
        Ending::Failed
    } else if any(Check::NotComputed) {
        Ending::Partly
    } else {
        Ending::Passed
    }
}

/// The one dispatcher; `None` for a topic that is not known.
fn evaluate(topic: &str, inputs: &Value) -> Option<Answer> {
    let inputs = Inputs(inputs);
    settlement::evaluate(topic, inputs)
        .or_else(|| credit::evaluate(topic, inputs))
        .or_else(|| risk::evaluate(topic, inputs))
        .or_else(|| stats::evaluate(topic, inputs))
        .or_else(|| queues::evaluate(topic, inputs))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::collections::BTreeSet;

    /// Topics of the shipped cases that no function of this library answers.
    const NOT_COVERED: [&str; 0] = [];

    fn shipped() -> Vec<Value> {
        let files = [
            include_str!("../../../tests/data/credit.json"),
            include_str!("../../../tests/data/insurance.json"),
            include_str!("../../../tests/data/queueing.json"),
            include_str!("../../../tests/data/stats.json"),
        ];
        let read = |text: &str| {
            let file: Value = serde_json::from_str(text).expect("JSON");
            cases(&file).expect("cases")
        };
        files.into_iter().flat_map(read).collect()
    }

    #[test]
    fn every_shipped_case_of_a_known_topic_is_met() {
        let results: Vec<CaseResult> =
            shipped().iter().map(|case| run_case_with(case, false)).collect();
        for result in &results {
            let missed: Vec<_> =
                result.leaves.iter().filter(|leaf| leaf.check != Check::Met).collect();
            let fine = matches!(result.ending, Ending::Passed | Ending::NotCovered);
            assert!(fine, "{} {:?} {} {missed:#?}", result.id, result.ending, result.message);
        }
        let open: BTreeSet<&str> = results
            .iter()
            .filter(|result| result.ending == Ending::NotCovered)
            .map(|result| result.topic.as_str())
            .collect();
        assert_eq!(open.into_iter().collect::<Vec<_>>(), NOT_COVERED);
    }

    #[test]
    fn every_output_of_every_known_case_is_really_compared() {
        for case in shipped() {
            let topic = case["topic"].as_str().expect("a topic");
            let Some(got) = evaluate(topic, &case["inputs"]) else { continue };
            let got = got.unwrap_or_else(|message| panic!("{topic}: {message}"));
            let mut wrong = case["expected"].clone();
            spoil(&mut wrong);
            let leaves = compare(&got, &wrong, Tolerance::of(&case));
            let met: Vec<_> = leaves.iter().filter(|leaf| leaf.check == Check::Met).collect();
            assert!(met.is_empty(), "{topic}: {met:#?}");
        }
    }

    /// The case's numbers come from the function that the engine calls: a due-date rule that is one
    /// day off fails the case, and moves the due day of the engine's own draws.
    #[test]
    fn a_wrong_due_date_rule_in_the_engine_fails_the_report_s_case() {
        use crate::credit::planted::with_shift;
        let cases = shipped();
        let case = cases.iter().find(|case| case["topic"] == "interest_free_days").expect("case");
        assert_eq!(run_case(case).ending, Ending::Passed);
        for days in [-1, 1, 30] {
            let wrong = with_shift(days, || run_case(case));
            assert_eq!(wrong.ending, Ending::Failed, "{days} days off: {wrong:?}");
        }
        let right = due_of_a_draw();
        assert_eq!(with_shift(1, due_of_a_draw) - right, 1);
        assert_eq!(run_case(case).ending, Ending::Passed, "the fault is gone again");
    }

    /// Due day of a draw that the engine makes under a window of 56 days.
    fn due_of_a_draw() -> crate::domain::Day {
        let scenario = crate::scenario::load("scenarios/smoke.toml".as_ref()).expect("smoke");
        let policy = &scenario.policy.scheme.as_ref().expect("a scheme").credit;
        let mut rows = crate::engine::GroupRows::default();
        rows.clear(0, 1);
        let member = crate::settlement::Member {
            scheme: crate::domain::InsuranceScheme::Employee,
            ..Default::default()
        };
        let facts = crate::engine::Facts { member, age: 40, score: 900, ..Default::default() };
        rows.set_facts(0, facts);
        let engine = crate::engine::Engine { rules: &scenario.rules, policy: Some(policy) };
        let at = crate::domain::Day::from_civil(2023, 3, 10).expect("a date").start();
        let line = crate::settlement::BillLine {
            amount_fen: 9_000,
            class: crate::domain::ItemClass::C,
            prepay_bp: 0,
        };
        let claim = crate::engine::Settle {
            visit: crate::domain::VisitId::new(0, crate::domain::GroupId(0), 0),
            point: 0,
            hospital: crate::domain::HospitalId(0),
            level: crate::domain::HospitalLevel::Tertiary,
            care: crate::domain::CareKind::Outpatient,
            cause: crate::domain::CostCause::Illness,
            in_scheme: true,
            continues: false,
            purse: None,
            lines: &[line],
        };
        let funding =
            crate::engine::Funding::Line { partial: true, deposit: crate::domain::Fen::ZERO };
        let mut ask = |id, body| {
            let command = crate::engine::Command { id, at, member: 0, body };
            engine.apply(&mut rows, &command, &mut crate::ledger::Audit::new())
        };
        ask(1, crate::engine::Body::OpenLine);
        let drawn = ask(2, crate::engine::Body::Settle { claim, funding });
        drawn.due.unwrap_or_else(|| panic!("a draw: {drawn:?}"))
    }

    /// The night's values of the swinging day: too rare to be met often enough, and said to be.
    #[test]
    fn what_only_the_formula_is_held_to_is_named_with_the_length_of_the_run_that_it_would_need() {
        let shipped = shipped();
        let case = shipped.iter().find(|case| case["id"] == "Q-MTMC-01").expect("the case");
        let left =
            simulated::left_out("mt_m_c_periodic", Inputs(&case["inputs"]), &case["expected"]);
        let paths: Vec<&str> = left.iter().map(|output| output.path.as_str()).collect();
        assert_eq!(paths, ["lq.6", "p_all_busy.6"]);
        assert!(left.iter().all(|output| output.least_replications > 50_000_000), "{left:?}");
        let steady = shipped.iter().find(|case| case["topic"] == "mmc").expect("a case");
        let none = simulated::left_out("mmc", Inputs(&steady["inputs"]), &steady["expected"]);
        assert_eq!(none, []);
    }

    /// Changes every value by more than any tolerance.
    fn spoil(value: &mut Value) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(spoil),
            Value::Object(map) => map.values_mut().for_each(spoil),
            Value::Number(n) => *value = json!(n.as_f64().expect("a number") * 1.7 + 7.3),
            Value::Bool(flag) => *value = json!(!*flag),
            Value::String(text) => {
                let amount: Result<f64, _> = text.parse();
                *value = json!(amount.map_or(format!("{text}?"), |a| format!("{:.2}", a + 9.0)));
            }
            Value::Null => *value = json!("something"),
        }
    }

    #[test]
    fn nonsense_fails_its_case_and_nothing_else() {
        let table = [
            (json!({"topic": "vasicek_conditional_pd", "inputs": {}, "expected": {}}), "pd"),
            (
                json!({"topic": "mmc", "inputs": {"lambda_": 9.0, "mu": 1.0, "c": 2}, "expected": {}}),
                "load",
            ),
            (
                json!({"topic": "psi", "inputs": {"expected": "x", "actual": []}, "expected": {}}),
                "expected",
            ),
        ];
        for (case, word) in table {
            let result = run_case(&case);
            assert_eq!(result.ending, Ending::Failed, "{result:?}");
            assert!(result.message.contains(word), "{result:?}");
        }
        let unknown = json!({"topic": "astrology", "inputs": {}, "expected": {}});
        assert_eq!(run_case(&unknown).ending, Ending::NotCovered);
        assert_eq!(cases(&json!({"x": 1})), None);
    }
}
