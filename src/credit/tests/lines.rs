//! Lines: reservation, release, cuts, raises, and the refusal words of a reservation.

use super::super::{
    DrawRow, LineRow, LineStatus, age, draw, draw_more, fall_due, free_limit, pay, release, reserve,
};
use super::{date, drawn, line, policy, visit, yuan};
use crate::domain::{Fen, Refusal};

#[test]
fn a_reservation_is_refused_by_the_first_word_that_applies() {
    let policy = policy();
    let fresh = line(&policy);
    let with = |change: fn(&mut LineRow)| {
        let mut row = fresh;
        change(&mut row);
        row
    };
    let frozen = with(|row| assert!(row.freeze()));
    let cancelled = with(|row| assert!(row.cancel()));
    let closed = with(|row| assert!(row.close()));
    let table = [
        (closed, Fen::ZERO, Err(Refusal::NoLine)),
        (frozen, Fen::ZERO, Err(Refusal::LineFrozen)),
        (cancelled, yuan(9_999), Err(Refusal::LineCancelled)),
        (fresh, yuan(3_000) + Fen(1), Err(Refusal::LimitExhausted)),
        (fresh, Fen::ZERO, Err(Refusal::AmountNotPositive)),
        (fresh, Fen(-1), Err(Refusal::AmountNotPositive)),
        (fresh, yuan(3_000), Ok(())),
    ];
    for (mut row, amount, answer) in table {
        let before = row;
        assert_eq!(reserve(&mut row, amount), answer, "{amount} on {:?}", before.status());
        assert_eq!(row == before, answer.is_err(), "a refusal changes nothing");
    }
}

#[test]
fn a_draw_releases_the_rest_of_its_reservation() {
    let policy = policy();
    let mut row = line(&policy);
    reserve(&mut row, yuan(800)).expect("free");
    let bill = yuan(650);
    let drawn = draw(&policy, &mut row, yuan(800), bill, visit(1), 999, date("2023-05-01"));
    let drawn = drawn.expect("within the reservation");
    assert_eq!((row.reserved(), row.drawn()), (Fen::ZERO, bill));
    assert_eq!(free_limit(&row), yuan(3_000) - bill);
    assert_eq!((drawn.principal(), drawn.user(), drawn.holder()), (bill, 999, 1_000));
    assert_eq!(drawn.drawn_on(), date("2023-05-01"));
    assert_eq!(drawn.due_on(), date("2023-06-26"));
}

#[test]
fn a_draw_above_its_reservation_takes_free_limit_or_changes_nothing() {
    let policy = policy();
    let mut row = line(&policy);
    reserve(&mut row, yuan(800)).expect("free");
    let day = date("2023-05-01");
    let before = row;
    let refused = draw(&policy, &mut row, yuan(800), yuan(3_001), visit(1), 1_000, day);
    assert_eq!((refused, row), (Err(Refusal::LimitExhausted), before));
    let none = draw(&policy, &mut row, yuan(800), Fen::ZERO, visit(1), 1_000, day);
    assert_eq!((none, row), (Err(Refusal::AmountNotPositive), before));
    assert!(row.freeze());
    let frozen = draw(&policy, &mut row, yuan(800), yuan(801), visit(1), 1_000, day);
    assert_eq!(frozen, Err(Refusal::LineFrozen));
    assert!(draw(&policy, &mut row, yuan(800), yuan(800), visit(1), 1_000, day).is_ok());
    assert_eq!(row.exposure(), yuan(800), "a reservation is honoured on a frozen line");
}

#[test]
fn a_visit_paid_in_parts_is_one_draw_with_one_due_day() {
    let policy = policy();
    let mut row = line(&policy);
    let mut draw = drawn(&policy, &mut row, yuan(100), date("2023-05-01"));
    let due = draw.due_on();
    reserve(&mut row, yuan(300)).expect("free");
    draw_more(&mut row, &mut draw, yuan(300), yuan(250), date("2023-05-02")).expect("reserved");
    assert_eq!((draw.principal(), draw.original(), draw.due_on()), (yuan(350), yuan(350), due));
    assert_eq!((row.drawn(), row.reserved(), row.draws()), (yuan(350), Fen::ZERO, 1));
    let (line_before, draw_before) = (row, draw);
    let table = [
        (yuan(2_651), due + -1, Refusal::LimitExhausted),
        (Fen::ZERO, due + -1, Refusal::AmountNotPositive),
        (yuan(1), due, Refusal::NothingOpen),
    ];
    for (amount, day, word) in table {
        assert_eq!(draw_more(&mut row, &mut draw, Fen::ZERO, amount, day), Err(word));
        assert_eq!((row, draw), (line_before, draw_before));
    }
}

#[test]
fn a_reservation_survives_the_cancelling_of_its_line() {
    let policy = policy();
    let mut row = line(&policy);
    reserve(&mut row, yuan(500)).expect("free");
    assert!(row.cancel());
    assert_eq!((row.limit(), free_limit(&row)), (yuan(500), Fen::ZERO));
    draw(&policy, &mut row, yuan(500), yuan(300), visit(1), 1_000, date("2023-05-01"))
        .expect("honoured");
    assert_eq!((row.limit(), row.drawn()), (yuan(300), yuan(300)));
    assert_eq!(row.status(), LineStatus::Cancelled);
}

#[test]
fn a_cut_waits_for_exposure_to_fall() {
    let policy = policy();
    let mut row = line(&policy);
    reserve(&mut row, yuan(2_400)).expect("free");
    row.count_miss(&policy.limits, 6, 0);
    assert_eq!((row.limit(), free_limit(&row)), (yuan(2_400), Fen::ZERO));
    release(&mut row, yuan(400));
    assert_eq!((row.limit(), free_limit(&row)), (yuan(2_000), Fen::ZERO));
    release(&mut row, yuan(1_000));
    assert_eq!((row.limit(), free_limit(&row)), (yuan(1_500), yuan(500)), "cut by half");
}

#[test]
fn repeated_cuts_stop_at_the_floor_and_the_seventh_miss_cancels() {
    let policy = policy();
    let mut row = line(&policy);
    let limits = [1_500, 750, 375, 300, 300, 300].map(yuan);
    for limit in limits {
        assert!(!row.count_miss(&policy.limits, 6, 0));
        assert_eq!(row.limit(), limit);
    }
    assert!(row.count_miss(&policy.limits, 6, 0), "six are allowed");
    assert_eq!((row.status(), row.limit()), (LineStatus::Cancelled, Fen::ZERO));
    let mut never = line(&policy);
    assert!((0..300).all(|_| !never.count_miss(&policy.limits, 0, 0)), "0 = never cancelled");
    assert_eq!(never.missed(), u8::MAX);
}

#[test]
fn three_repayments_on_time_raise_the_limit_up_to_the_ceiling() {
    let policy = policy();
    let mut row = line(&policy);
    let day = date("2023-05-01");
    let raises: Vec<Option<Fen>> = (0..7)
        .map(|_| {
            let mut draw = drawn(&policy, &mut row, yuan(100), day);
            pay(&policy, &mut row, &mut draw, yuan(100), day).raised_to
        })
        .collect();
    let top = Some(yuan(3_500));
    assert_eq!(raises, [None, None, top, None, None, None, None], "3,600 is above the ceiling");
    assert_eq!(row.limit(), yuan(3_500));
    assert_eq!((row.draws(), row.open_draws(), row.drawn_ever()), (7, 0, yuan(700)));
    let mut row = line(&policy);
    let mut never = policy.limits.clone();
    never.raise_after_on_time = 0;
    assert!((0..300).all(|_| row.count_on_time(&never, 0).is_none()), "0 = never");
}

#[test]
fn a_line_closes_only_when_nothing_is_reserved_or_owed() {
    let policy = policy();
    let mut row = line(&policy);
    let mut draw = drawn(&policy, &mut row, yuan(100), date("2023-05-01"));
    assert!(!row.close());
    pay(&policy, &mut row, &mut draw, yuan(100), date("2023-05-02"));
    reserve(&mut row, Fen(1)).expect("free");
    assert!(!row.close());
    release(&mut row, Fen(1));
    assert!(row.close() && !row.close());
    assert_eq!(reserve(&mut row, Fen(1)), Err(Refusal::NoLine));
}

#[test]
#[should_panic(expected = "invariant: holder 1000 releases 0.02 of 0.01 reserved")]
fn more_than_was_reserved_cannot_be_released() {
    let mut row = line(&policy());
    reserve(&mut row, Fen(1)).expect("free");
    release(&mut row, Fen(2));
}

#[test]
fn rows_survive_their_bytes_and_bad_bytes_are_refused() {
    let policy = policy();
    let mut row = line(&policy);
    let mut draw = drawn(&policy, &mut row, yuan(100), date("2023-05-01"));
    let due = draw.due_on();
    fall_due(&policy, &mut row, &mut draw, due);
    age(&policy, &mut row, &mut draw, due + 40);
    assert_eq!(LineRow::from_bytes(&row.to_bytes()), Ok(row));
    assert_eq!(DrawRow::from_bytes(&draw.to_bytes()), Ok(draw));
    let mut bytes = row.to_bytes();
    bytes[63] = 1;
    assert!(LineRow::from_bytes(&bytes).is_err(), "padding");
    let mut bytes = row.to_bytes();
    bytes[20..24].fill(0);
    assert!(LineRow::from_bytes(&bytes).is_err(), "an exposure above the limit");
    let mut bytes = draw.to_bytes();
    bytes[63] = 9;
    assert!(DrawRow::from_bytes(&bytes).is_err(), "no such stage");
}
