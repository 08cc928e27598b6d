//! The calendar of a draw: end of the free window, debit tries, days on which something happens.
//! Must never be swept daily: a draw is touched only on the days named here.

use super::draw::{DrawRow, DrawStage};
use super::late::{BUCKET_EDGES, dpd_thresholds};
use super::spec::{AutoDebitRules, CreditPolicy, FreeWindow};
use crate::domain::Day;

/// The day on which a draw of `drawn_on` falls due. On a statement cycle the cut is at the start of
/// the statement day, so a draw made on that day belongs to the next statement.
pub fn due_day(window: FreeWindow, drawn_on: Day) -> Day {
    #[cfg(test)]
    let drawn_on = drawn_on + planted::shift();
    match window {
        FreeWindow::FixedDays { days } => drawn_on + i32::from(days),
        FreeWindow::Statement { statement_day, grace_days } => {
            let to_cut = i32::from(statement_day) - i32::from(drawn_on.civil().day);
            let this_month = drawn_on + to_cut;
            let cut = if to_cut > 0 { this_month } else { this_month.plus_months(1) };
            cut + i32::from(grace_days)
        }
    }
}

/// The days on which an auto-debit tries: the due day, then the retries.
pub fn debit_days(rules: AutoDebitRules, due: Day) -> impl Iterator<Item = Day> {
    (0..=i32::from(rules.retries)).map(move |k| due + k * i32::from(rules.retry_every_days))
}

/// The next day after `today` on which `fall_due` or `age` would do something if nobody paid until
/// then; `None` when the draw is settled or written off.
pub fn next_event_day(policy: &CreditPolicy, draw: &DrawRow, today: Day) -> Option<Day> {
    if draw.outstanding().is_zero() {
        return None;
    }
    let due = (draw.stage() == DrawStage::Free || draw.has_plan_left()).then(|| draw.due_on());
    let late = match draw.stage() {
        DrawStage::Overdue => next_late_day(policy, draw, today),
        DrawStage::Free | DrawStage::Instalments | DrawStage::Cured => None,
        DrawStage::WrittenOff => return None,
    };
    [due, late].into_iter().flatten().filter(|&day| day > today).min()
}

fn next_late_day(policy: &CreditPolicy, draw: &DrawRow, today: Day) -> Option<Day> {
    let since = draw.overdue_since();
    let collections = policy.collections.iter().map(|step| step.dpd);
    dpd_thresholds(policy)
        .into_iter()
        .chain(BUCKET_EDGES)
        .chain(collections)
        .map(|dpd| since + i32::from(dpd))
        .filter(|&day| day > today)
        .min()
}

/// A wrong due-date rule for tests: what depends on `due_day` must notice.
#[cfg(test)]
pub(crate) mod planted {
    use std::cell::Cell;

    thread_local! {
        static SHIFT: Cell<i32> = const { Cell::new(0) };
    }

    pub(crate) fn shift() -> i32 {
        SHIFT.get()
    }

    /// Counts draws of this thread as so many days later while `then` runs.
    pub(crate) fn with_shift<T>(days: i32, then: impl FnOnce() -> T) -> T {
        SHIFT.set(days);
        let result = then();
        SHIFT.set(0);
        result
    }
}
