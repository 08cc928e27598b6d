//! A line that a family shares is one purse: two visits of a day at two hospitals cannot spend it twice.

use super::support::{House, claim, date, person, policy, self_paid, visit};
use aftercare::domain::{Fen, HospitalId, InsuranceScheme, Refusal};
use aftercare::engine::{Body, Decision, Funding, Settle};
use proptest::prelude::*;

const PARENT: usize = 0;
const CHILD: usize = 1;

/// One parent with a line of 500 yuan and a child who may use it.
fn parent_and_child(house: &mut House<'_>) {
    let opened = house.send(PARENT, Body::OpenLine);
    assert_eq!(opened.line, Fen::from_yuan(500));
}

fn reserve(house: &mut House<'_>, member: usize, number: u32, fen: u32, partial: bool) -> Decision {
    let lines = self_paid(fen);
    let hospital = HospitalId(number as u16);
    let claim = Settle { hospital, ..claim(visit(number), &lines) };
    house.send(member, Body::Reserve { claim, partial })
}

fn settle(house: &mut House<'_>, member: usize, number: u32, fen: u32) -> Decision {
    let lines = self_paid(fen);
    let hospital = HospitalId(number as u16);
    let claim = Settle { hospital, ..claim(visit(number), &lines) };
    let funding = Funding::Line { partial: false, deposit: Fen::ZERO };
    house.send(member, Body::Settle { claim, funding })
}

fn family() -> Vec<aftercare::engine::Facts> {
    let scheme = InsuranceScheme::Resident;
    vec![person(scheme, 40, 1, 600), person(scheme, 9, 2, 0)]
}

#[test]
fn two_visits_at_two_hospitals_share_one_limit() {
    let policy = policy();
    let exhausted = Some(Refusal::LimitExhausted);
    // parent's bill, child's bill, may the child's hold be partial: what is held, or why not
    let table = [
        (30_000, 20_000, false, (None, 20_000)),
        (30_000, 20_001, false, (exhausted, 0)),
        (30_000, 20_001, true, (None, 20_000)),
        (50_000, 1, false, (exhausted, 0)),
        (50_000, 1, true, (exhausted, 0)),
        (50_001, 50_000, false, (None, 50_000)),
    ];
    for (first, second, partial, (word, held)) in table {
        let mut house = House::new(Some(&policy), &family(), date("2023-05-08"));
        parent_and_child(&mut house);
        reserve(&mut house, PARENT, 1, first, false);
        let child = reserve(&mut house, CHILD, 2, second, partial);
        assert_eq!((child.refusal, child.line), (word, Fen(held)), "{first} then {second}");
        assert!(house.line(PARENT).exposure() <= Fen(50_000));
    }
}

#[test]
fn a_hold_of_one_visit_is_not_spent_by_the_other() {
    let policy = policy();
    let mut house = House::new(Some(&policy), &family(), date("2023-05-08"));
    parent_and_child(&mut house);
    assert_eq!(reserve(&mut house, PARENT, 1, 30_000, false).line, Fen(30_000));
    assert_eq!(settle(&mut house, CHILD, 2, 25_000).refusal, Some(Refusal::LimitExhausted));
    let child = settle(&mut house, CHILD, 2, 20_000);
    assert_eq!((child.line, child.holder), (Fen(20_000), Some(PARENT as u8)));
    assert_eq!(child.due, Some(date("2023-05-08") + 56), "the holder repays after 56 days");
    assert_eq!(settle(&mut house, PARENT, 1, 30_000).line, Fen(30_000), "the hold was kept");
    assert_eq!(reserve(&mut house, CHILD, 3, 1, false).refusal, Some(Refusal::LimitExhausted));
    assert_eq!(house.line(PARENT).drawn(), Fen(50_000));
}

proptest! {
    #[test]
    fn whatever_a_family_asks_of_one_line_in_a_day_it_gets_the_limit_at_most(
        asks in prop::collection::vec((0_usize..2, 0_u32..4, 1_u32..40_000, any::<bool>(), any::<bool>()), 1..30),
    ) {
        let policy = policy();
        let mut house = House::new(Some(&policy), &family(), date("2023-05-08"));
        parent_and_child(&mut house);
        let mut spent = Fen::ZERO;
        for (at, (member, number, fen, holds, partial)) in asks.into_iter().enumerate() {
            let settled = if holds {
                reserve(&mut house, member, number, fen, partial);
                Decision::default()
            } else {
                settle(&mut house, member, 100 + at as u32, fen)
            };
            spent += settled.line;
            let line = house.line(PARENT);
            prop_assert_eq!(line.drawn(), spent);
            prop_assert!(line.exposure() <= line.start_limit());
        }
    }
}
