//! The rule by which a run takes the one visit that its report tells, and where that visit lies among the
//! others. Must never look at anything but what the visits saved and whether a stop fell away.

use serde::{Deserialize, Serialize};

/// Visits with a stop less that a day must have for the rule to take it at once.
pub const ENOUGH: usize = 20;

/// A visit of a day that a line paid and that was finished in every arm. The order is that of the rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct User {
    /// Time in hospital against the first baseline, ms; below zero where the scheme costs time.
    pub(super) saved_ms: i64,
    /// Its block.
    pub(super) block: usize,
    /// Its plan in the block.
    pub(super) at: usize,
    /// Whether the patient stopped to pay less often than under the first baseline.
    pub(super) stop_less: bool,
}

/// Where the told visit lies among the visits that a line paid. The rule: among those of a day on which the
/// patient stopped to pay less often than under the first baseline, the one whose saving is the middle one;
/// the day is the first with [`ENOUGH`] of them, or else the one with the most. Where a line spares nobody
/// a stop, all that a line paid stand in for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Visits of the day that a line paid and that were finished in every arm.
    pub users: u32,
    /// Of them, visits with a payment stop less than under the first baseline.
    pub stop_less: u32,
    /// Of all of them, those that saved less than the told visit.
    pub saved_less: u32,
    /// What the visits saved from which the rule chose.
    pub chosen_from: Savings,
    /// What all visits that a line paid saved.
    pub all_users: Savings,
}

/// How savings of visits lie, ms against the first baseline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Savings {
    /// A quarter of the visits saved no more.
    pub quarter_ms: i64,
    /// Half of them saved no more.
    pub half_ms: i64,
    /// Three quarters of them saved no more.
    pub three_quarters_ms: i64,
}

/// The visit that the rule takes on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) block: usize,
    pub(super) at: usize,
    pub(super) standing: Standing,
}

impl Choice {
    /// Chooses; `None` on a day on which no line paid a visit.
    pub(super) fn of(mut users: Vec<User>) -> Option<Choice> {
        users.sort_unstable();
        let spared: Vec<User> = users.iter().copied().filter(|user| user.stop_less).collect();
        let from = if spared.is_empty() { &users } else { &spared };
        let User { saved_ms, block, at, .. } = *quantile(from, 2)?;
        let standing = Standing {
            users: users.len() as u32,
            stop_less: spared.len() as u32,
            saved_less: users.partition_point(|user| user.saved_ms < saved_ms) as u32,
            chosen_from: Savings::of(from)?,
            all_users: Savings::of(&users)?,
        };
        Some(Choice { block, at, standing })
    }
}

impl Standing {
    /// Whether no later day is looked at.
    pub(super) fn is_enough(&self) -> bool {
        self.stop_less as usize >= ENOUGH
    }

    /// By this the better of two days is known.
    pub(super) fn rank(&self) -> (u32, u32) {
        (self.stop_less, self.users)
    }
}

impl Savings {
    fn of(sorted: &[User]) -> Option<Savings> {
        let saved = |quarter| quantile(sorted, quarter).map(|user| user.saved_ms);
        Some(Savings { quarter_ms: saved(1)?, half_ms: saved(2)?, three_quarters_ms: saved(3)? })
    }
}

/// The visit below which so many quarters of the others lie; the lower one of two in the middle.
fn quantile(sorted: &[User], quarter: usize) -> Option<&User> {
    sorted.get(sorted.len().checked_sub(1)? * quarter / 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(saved_ms: i64, at: usize, stop_less: bool) -> User {
        User { saved_ms, block: 0, at, stop_less }
    }

    #[test]
    fn the_told_visit_is_the_middle_one_of_those_with_a_stop_less() {
        // Eight of thirteen users keep their stops and save nothing: the middle of all would tell of no difference.
        let idle = (0..8).map(|at| user(0, at, false));
        let spared =
            [5, -1, 9, 7, 3].map(|saved| user(saved, 20 + saved.unsigned_abs() as usize, true));
        let choice = Choice::of(idle.chain(spared).collect()).expect("users");
        assert_eq!(choice.at, 25, "5 ms is the middle of -1, 3, 5, 7, 9");
        let Standing { users, stop_less, saved_less, chosen_from, all_users } = choice.standing;
        assert_eq!((users, stop_less, saved_less), (13, 5, 10));
        assert_eq!(
            (chosen_from.quarter_ms, chosen_from.half_ms, chosen_from.three_quarters_ms),
            (3, 5, 7)
        );
        assert_eq!(
            (all_users.quarter_ms, all_users.half_ms, all_users.three_quarters_ms),
            (0, 0, 3)
        );
    }

    #[test]
    fn where_nobody_is_spared_a_stop_the_middle_user_stands_for_them() {
        let users = [4, -2, 0, 1].map(|saved| user(saved, saved.unsigned_abs() as usize, false));
        let choice = Choice::of(users.to_vec()).expect("users");
        assert_eq!((choice.at, choice.standing.stop_less, choice.standing.users), (0, 0, 4));
        assert_eq!(Choice::of(Vec::new()), None, "a day without users");
    }

    #[test]
    fn the_choice_does_not_hang_on_the_order_in_which_visits_are_found() {
        let mut users: Vec<User> =
            (0..40).map(|at| user((at as i64 * 7) % 13, at, at % 3 == 0)).collect();
        let first = Choice::of(users.clone());
        users.reverse();
        assert_eq!(Choice::of(users), first);
    }

    #[test]
    fn a_day_with_more_visits_that_lose_a_stop_is_the_better_one() {
        let day = |spared: usize, idle: usize| {
            let users = (0..spared + idle).map(|at| user(1, at, at < spared));
            Choice::of(users.collect()).expect("users").standing
        };
        assert!(day(2, 0).rank() > day(1, 50).rank());
        assert!(day(0, 3).rank() > day(0, 2).rank());
        assert!(day(ENOUGH, 0).is_enough() && !day(ENOUGH - 1, 90).is_enough());
    }
}
