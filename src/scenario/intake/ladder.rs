//! Values that must rise or fit together. Must never change what somebody filled in: assumed values give
//! way, and a contradiction between given ones is told.

use super::city::{Facts, Origin};
use super::grid::{Wrong, both};
use rust_decimal::Decimal;

/// Items of which each is at least the one before, and by how much more.
const LADDERS: [(&[&str], Decimal); 3] = [
    (&["score_min", "score_middle", "score_high"], Decimal::ONE),
    (&["limit_low_yuan", "limit_middle_yuan", "limit_high_yuan"], Decimal::ZERO),
    (&["signed_share_at_start", "signed_share_at_end"], Decimal::ZERO),
];
const WEIGHTS: [&str; 3] = ["loss_weight_bank", "loss_weight_hospital", "loss_weight_risk_pool"];
const FOLLOWS: [&str; 2] =
    ["moved to fit what was filled in beside it", "为与已填写的相关数值一致而调整"];

/// Makes the ladders rise and somebody bear the loss.
pub(super) fn climb(facts: &mut Facts, wrong: &mut Vec<Wrong>) {
    for (items, step) in LADDERS {
        let before = wrong.len();
        for pair in given(facts, items).windows(2) {
            let [low, high] = [facts.number(pair[0]), facts.number(pair[1])];
            if high < low + step {
                let least = low + step;
                let en = format!("{least} or more, as {} says", pair[0]);
                let zh = format!("不小于 {least} 的数（见 {}）", pair[0]);
                wrong.extend(complaint(facts, pair[1], [en, zh]));
            }
        }
        if wrong.len() == before {
            settle(facts, items, step);
        }
    }
    let nobody = WEIGHTS.iter().all(|item| facts.number(item).is_zero());
    if nobody {
        let item = given(facts, &WEIGHTS).first().copied().unwrap_or(WEIGHTS[0]);
        let expected =
            both("a weight above 0 for somebody who bears the loss", "至少一方承担损失的正权重");
        wrong.extend(complaint(facts, item, expected));
    }
}

fn given<'i>(facts: &Facts, items: &[&'i str]) -> Vec<&'i str> {
    items.iter().copied().filter(|item| facts.get(item).is_filled()).collect()
}

fn complaint(facts: &Facts, item: &str, expected: [String; 2]) -> Option<Wrong> {
    let fact = facts.get(item);
    let Origin::Given { row, column, .. } = fact.origin else { return None };
    Some(Wrong {
        sheet: facts.sheet().to_owned(),
        cell: super::grid::cell_name(row, column),
        value: fact.plain().to_owned(),
        expected,
    })
}

/// Assumed values rise to what stands below them, then sink to what stands above.
fn settle(facts: &mut Facts, items: &[&str], step: Decimal) {
    let mut floor: Option<Decimal> = None;
    for item in items {
        let now = facts.number(item);
        let fitting = floor.map_or(now, |floor| now.max(floor + step));
        if fitting != now && !facts.get(item).is_filled() {
            facts.get_mut(item).assume(fitting, FOLLOWS);
        }
        floor = Some(facts.number(item));
    }
    let mut roof: Option<Decimal> = None;
    for item in items.iter().rev() {
        let now = facts.number(item);
        let fitting = roof.map_or(now, |roof| now.min(roof - step));
        if fitting != now && !facts.get(item).is_filled() {
            facts.get_mut(item).assume(fitting, FOLLOWS);
        }
        roof = Some(facts.number(item));
    }
}
