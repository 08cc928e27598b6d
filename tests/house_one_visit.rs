//! The example that follows one visit: it tells every hand-over, and what it prints adds up. Must never
//! hold a number of the run: sums are checked, not copied.

#[path = "../examples/one_visit.rs"]
#[expect(dead_code, reason = "the example's own main is not called here")]
mod one_visit;

use aftercare::domain::Fen;
use std::sync::LazyLock;

static STORY: LazyLock<String> = LazyLock::new(|| one_visit::story().expect("the example runs"));

fn lines_with(part: &str) -> Vec<&'static str> {
    STORY.lines().filter(|line| line.contains(part)).collect()
}

/// The amounts of a line, in order: every word that reads as yuan with two decimals.
fn amounts(line: &str) -> Vec<Fen> {
    let words = line.split([' ', ';', ',']);
    let yuan = words.filter(|word| word.len() >= 4 && word.as_bytes()[word.len() - 3] == b'.');
    yuan.filter_map(|word| word.parse().ok()).collect()
}

fn decimal(word: &str) -> f64 {
    word.parse().expect("a decimal number")
}

#[test]
fn the_story_names_every_hand_over_in_order() {
    let places = [
        "1. city::Demand::wants -> sim",
        "2. flow::outpatient_steps -> sim",
        "-> sim (pass 2, rehearse) -> flow",
        "== baseline mobile_2023 ==",
        "4. flow::walk -> sim",
        "-> engine::Engine::apply",
        "-> credit: what became of each draw",
        "== policy smoke_credit ==",
        "-> metrics: what differed",
        "saved against mobile_2023:",
    ];
    let mut rest = STORY.as_str();
    for place in places {
        let at = rest.find(place).unwrap_or_else(|| panic!("`{place}` is told in order:\n{rest}"));
        rest = &rest[at + place.len()..];
    }
}

#[test]
fn every_payment_is_split_to_the_fen_and_every_command_balances() {
    let splits = lines_with(" = fund ");
    assert!(splits.len() >= 6, "settlements, totals and the comparison:\n{}", *STORY);
    for line in splits {
        let amounts = amounts(line);
        let (total, payers) = amounts.split_first().expect("a total");
        assert_eq!(payers.iter().copied().sum::<Fen>(), *total, "{line}");
    }
    let legs = lines_with(" legs posted, sum ");
    assert!(!legs.is_empty());
    for line in legs {
        assert!(line.ends_with("sum 0.00"), "{line}");
    }
    let bill = lines_with("   bill ");
    let amounts = amounts(bill[0]);
    assert_eq!(amounts[1..].iter().copied().sum::<Fen>(), amounts[0], "{}", bill[0]);
}

#[test]
fn all_arms_settle_the_whole_bill_and_the_line_is_drawn_and_repaid() {
    let bill = amounts(lines_with("   bill ")[0])[0];
    for paid in lines_with("paid for the visit:") {
        assert_eq!(amounts(paid)[0], bill, "{paid}");
    }
    let held = lines_with("held on the line");
    let settled = lines_with("settle at final");
    let drawn = amounts(settled.last().expect("one settlement at the end"))[3];
    let last_hold = *amounts(held.last().expect("a reservation")).last().expect("an amount");
    assert!(drawn > Fen::ZERO, "the line pays a part");
    assert_eq!(last_hold, drawn, "what was held is what is drawn");
    assert!(settled.last().expect("one").contains("; due 2023-03-"), "a due date is told");
    let nights = lines_with("line of person");
    assert_eq!(amounts(nights[0])[0], drawn, "midnight sees the draw");
    assert!(nights.last().expect("nights").ends_with("closed"), "the draw ends: {nights:?}");
}

#[test]
fn each_arms_minutes_are_the_sum_of_their_parts_and_the_steps_follow_each_other() {
    let header = lines_with("minutes  = seconds:");
    assert_eq!(header.len(), 1);
    let table = STORY.lines().skip_while(|line| *line != header[0]).skip(1).take(3);
    for row in table {
        let words: Vec<&str> = row.split_whitespace().skip(2).collect();
        let seconds: f64 = words[1..].iter().map(|word| decimal(word)).sum();
        assert!((decimal(words[0]) - seconds / 60.0).abs() < 0.0101, "{row}");
    }
    let clocks = |line: &'static str| -> Option<(&str, &str)> {
        let mut words = line.split_whitespace();
        let (from, until) = (words.next()?, words.next()?);
        let is_clock = |word: &str| word.len() == 8 && word.as_bytes()[2] == b':';
        (is_clock(from) && is_clock(until)).then_some((from, until))
    };
    let steps: Vec<_> = STORY.lines().map(clocks).collect();
    let pairs = steps.windows(2).filter_map(|pair| Some((pair[0]?, pair[1]?)));
    let mut seen = 0;
    for (before, after) in pairs {
        assert_eq!(before.1, after.0, "a step begins when the one before it ends");
        seen += 1;
    }
    assert!(seen > 10, "both arms' steps are told");
}

#[test]
fn the_story_is_the_same_each_time() {
    assert_eq!(one_visit::story().expect("the example runs"), *STORY);
}
